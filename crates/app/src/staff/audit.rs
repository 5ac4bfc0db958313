//! 审计: who signed in and failed to, exported, unmasked, changed the configuration, handed over. Read only: there is no
//! way to change it.

use store::{AuditFilter, AuditSort, HistoryEntry};
use vocab::{AsOf, Instant};

use crate::error::Error;
use crate::shown::written;
use crate::view::{AuditPage, AuditRow};
use crate::{App, Reader};

/// Which deeds are asked for.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// `sign_in`, `export`, `unmask`, `configuration`, `hand_over`, `sheet`; all when absent.
    pub sort: Option<String>,
    /// By this person.
    pub actor: Option<String>,
    /// At this moment or later.
    pub from: Option<String>,
    /// Before this moment.
    pub until: Option<String>,
    /// The page after this one.
    pub cursor: Option<String>,
    /// Rows on a page.
    pub limit: usize,
}

/// A detail longer than this is cut.
const LONGEST_DETAIL: usize = 2_000;

impl App {
    /// Deeds, the newest first; for administrators.
    pub async fn audit(&self, reader: &Reader, query: &AuditQuery) -> Result<AuditPage, Error> {
        reader.may_administer()?;
        let filter = self.audit_filter(query)?;
        let entries = self.store().audit(&reader.scope, &filter, query.limit as u64).await?;
        let next_cursor = entries.last().filter(|_| entries.len() == query.limit).map(|entry| entry.number.to_string());
        Ok(AuditPage {
            rows: entries.into_iter().filter_map(row).collect(),
            total: self.store().audit_count(&reader.scope, &filter).await?,
            next_cursor,
            actors: self.store().audit_actors(&reader.scope).await?,
        })
    }

    fn audit_filter(&self, query: &AuditQuery) -> Result<AuditFilter, Error> {
        let bad = |name: &str, word: &str| {
            let (zh, en) = (format!("{name} 写法不对：“{word}”"), format!("{name} is wrong: \"{word}\""));
            Error::bad("bad_query", (&zh, &en), ("参数及其写法见 /docs", "/docs lists the parameters"))
        };
        let moment = |text: &Option<String>| -> Result<Option<Instant>, Error> {
            text.as_deref().map(|text| self.moment(text).map(AsOf::instant)).transpose()
        };
        let sort = query.sort.as_deref().map(|word| word.parse::<AuditSort>().map_err(|()| bad("sort", word)));
        let before = query.cursor.as_deref().map(|word| word.parse::<i64>().map_err(|_| bad("cursor", word)));
        Ok(AuditFilter {
            sort: sort.transpose()?,
            actor: query.actor.clone(),
            from: moment(&query.from)?,
            until: moment(&query.until)?,
            before: before.transpose()?,
        })
    }
}

fn row(entry: HistoryEntry) -> Option<AuditRow> {
    let sort = AuditSort::of(&entry)?;
    let detail = if entry.after == "null" { String::new() } else { entry.after };
    Some(AuditRow {
        number: entry.number,
        sort: sort.as_str().to_owned(),
        what: entry.cause,
        resource: entry.resource.as_str().to_owned(),
        subject: entry.resource_id,
        at: written(entry.at),
        actor: entry.actor,
        detail: detail.chars().take(LONGEST_DETAIL).collect(),
    })
}
