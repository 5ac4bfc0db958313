//! How the sources do: the last report, and what is wrong with which of them from when to when.

use std::collections::BTreeSet;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use vocab::{AsOf, Instant, Severity, Text};

use crate::cycle::CYCLE_ACTOR;
use crate::entity::{data_alerts, quality_reports};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::words::{severity_from, severity_number};
use crate::{Error, Store};

/// The one row of the last report.
const LAST: i64 = 1;

/// What a cycle finds wrong with a source.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDataAlert {
    /// Name of the source.
    pub source: String,
    /// Kind of fact; empty: all of the source.
    pub kind: String,
    /// Name of fact; empty: all of the source.
    pub name: String,
    /// `silent`, `volume_low`, `volume_high`, `missing`, `type_drift`….
    pub sort: String,
    /// How bad.
    pub severity: Severity,
    /// Since when, as far as the facts can tell.
    pub since: Instant,
    /// Which kinds and names lack what, as JSON that the caller understands.
    pub starved: String,
    /// What is wrong, in a sentence.
    pub sentence: Text,
}

/// Something wrong with a source, open or mended.
#[derive(Clone, Debug, PartialEq)]
pub struct DataAlertRecord {
    /// Stable id.
    pub id: i64,
    /// What.
    pub found: NewDataAlert,
    /// Whether a person said that it is no trouble: it is not found again.
    pub is_dismissed: bool,
    /// When the house learnt of it.
    pub opened_at: Instant,
    /// Moment of the cycle that found it.
    pub as_of: AsOf,
    /// When the house learnt that it was mended.
    pub closed_at: Option<Instant>,
    /// Moment of the cycle that found it mended.
    pub closed_as_of: Option<AsOf>,
    /// Until when it lasted, as far as the facts can tell.
    pub until: Option<Instant>,
}

impl Store {
    /// Keeps the report of a cycle and opens, changes and closes what it says about the sources. `mended` are open ones
    /// that are no more, each with until when it lasted. The same again changes nothing but the report's date.
    pub async fn set_quality(
        &self,
        report: &str,
        found: &[NewDataAlert],
        mended: &[(i64, Instant)],
        as_of: AsOf,
        now: Instant,
    ) -> Result<(), Error> {
        let mut writing = self.write(now).await?;
        self.keep_report(&writing, report, as_of, now).await?;
        let open = open_rows(&writing).await?;
        let closing: BTreeSet<i64> = mended.iter().map(|(id, _)| *id).collect();
        for one in found {
            let same = |row: &&data_alerts::Model| {
                row.source == one.source && row.kind == one.kind && row.name == one.name && row.sort == one.sort
            };
            match open.iter().filter(|row| !closing.contains(&row.id)).find(same) {
                Some(row) => {
                    let differs = row.sentence_zh != one.sentence.zh || row.starved != one.starved;
                    if differs {
                        let mut changed = row.clone().into_active_model();
                        changed.sentence_zh = Set(one.sentence.zh.clone());
                        changed.sentence_en = Set(one.sentence.en.clone());
                        changed.starved = Set(one.starved.clone());
                        changed.severity = Set(severity_number(one.severity));
                        keep(&mut writing, changed, CYCLE_ACTOR, "changed").await?;
                    }
                }
                None => add(&mut writing, one, as_of, now).await?,
            }
        }
        for (id, until) in mended {
            if let Some(row) = open.iter().find(|row| row.id == *id) {
                let mut closed = row.clone().into_active_model();
                closed.state = Set("closed".to_owned());
                closed.closed_at = Set(Some(now.micros()));
                closed.closed_as_of = Set(Some(as_of.instant().micros()));
                closed.until = Set(Some(until.micros()));
                keep(&mut writing, closed, CYCLE_ACTOR, "closed").await?;
            }
        }
        writing.commit().await
    }

    /// Ends what is wrong by a person's word: the source has ended, or it is meant to be so. It is not found again.
    ///
    /// # Errors
    /// Not found; a conflict if it is not open.
    pub async fn dismiss_data_alert(&self, id: i64, actor: &str, now: Instant) -> Result<DataAlertRecord, Error> {
        let mut writing = self.write(now).await?;
        let rows = open_rows(&writing).await?;
        let Some(row) = rows.into_iter().find(|row| row.id == id) else {
            let known = data_alerts::Entity::find_by_id(id).one(&writing.transaction).await;
            return Err(match known.map_err(Error::while_doing("reading what is wrong with a source"))? {
                Some(row) => Error::conflict(format!("data alert {id}"), Some(row.version)),
                None => Error::not_found(format!("data alert {id}")),
            });
        };
        let mut ended = row.into_active_model();
        ended.state = Set("dismissed".to_owned());
        ended.closed_at = Set(Some(now.micros()));
        ended.until = Set(Some(now.micros()));
        let row = keep(&mut writing, ended, actor, "dismissed").await?;
        writing.commit().await?;
        DataAlertRecord::new(row)
    }

    async fn keep_report(&self, writing: &Writing, report: &str, as_of: AsOf, now: Instant) -> Result<(), Error> {
        let doing = "keeping the report on the sources";
        let row = quality_reports::ActiveModel {
            id: Set(LAST),
            as_of: Set(as_of.instant().micros()),
            written_at: Set(now.micros()),
            report: Set(report.to_owned()),
        };
        let known = quality_reports::Entity::find_by_id(LAST).one(&writing.transaction).await;
        match known.map_err(Error::while_doing(doing))? {
            Some(_) => row.update(&writing.transaction).await,
            None => row.insert(&writing.transaction).await,
        }
        .map_err(Error::while_doing(doing))?;
        Ok(())
    }

    /// The last report, with its moment.
    pub async fn quality_report(&self) -> Result<Option<(AsOf, String)>, Error> {
        let row = quality_reports::Entity::find_by_id(LAST).one(&self.reader).await;
        let row = row.map_err(Error::while_doing("reading the report on the sources"))?;
        Ok(row.map(|row| (AsOf(Instant::from_micros(row.as_of)), row.report)))
    }

    /// What is or was wrong with the sources, newest first; only what is open, or all of it.
    pub async fn data_alerts(&self, only_open: bool) -> Result<Vec<DataAlertRecord>, Error> {
        let mut query = data_alerts::Entity::find().order_by_desc(data_alerts::Column::Id).limit(5_000);
        if only_open {
            query = query.filter(data_alerts::Column::State.eq("open"));
        }
        let rows =
            query.all(&self.reader).await.map_err(Error::while_doing("reading what is wrong with the sources"))?;
        rows.into_iter().map(DataAlertRecord::new).collect()
    }
}

async fn open_rows(writing: &Writing) -> Result<Vec<data_alerts::Model>, Error> {
    data_alerts::Entity::find()
        .filter(data_alerts::Column::State.eq("open"))
        .order_by_asc(data_alerts::Column::Id)
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading what is wrong with the sources"))
}

async fn add(writing: &mut Writing, found: &NewDataAlert, as_of: AsOf, now: Instant) -> Result<(), Error> {
    let row = data_alerts::ActiveModel {
        id: NotSet,
        version: Set(1),
        source: Set(found.source.clone()),
        kind: Set(found.kind.clone()),
        name: Set(found.name.clone()),
        sort: Set(found.sort.clone()),
        severity: Set(severity_number(found.severity)),
        state: Set("open".to_owned()),
        since: Set(found.since.micros()),
        starved: Set(found.starved.clone()),
        sentence_zh: Set(found.sentence.zh.clone()),
        sentence_en: Set(found.sentence.en.clone()),
        opened_at: Set(now.micros()),
        as_of: Set(as_of.instant().micros()),
        closed_at: Set(None),
        closed_as_of: Set(None),
        until: Set(None),
    };
    let row =
        row.insert(&writing.transaction).await.map_err(Error::while_doing("noting what is wrong with a source"))?;
    remember(writing, &row, CYCLE_ACTOR, "opened")
}

async fn keep(
    writing: &mut Writing,
    mut changed: data_alerts::ActiveModel,
    actor: &str,
    cause: &str,
) -> Result<data_alerts::Model, Error> {
    changed.version = Set(changed.version.take().unwrap_or(0) + 1);
    let row = changed.update(&writing.transaction).await;
    let row = row.map_err(Error::while_doing("changing what is wrong with a source"))?;
    remember(writing, &row, actor, cause)?;
    Ok(row)
}

fn remember(writing: &mut Writing, row: &data_alerts::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let (id, version) = (row.id.to_string(), row.version);
    let change = Change { resource: Resource::DataAlert, id, customer: None, version, actor, cause };
    writing.remember(change, row)
}

impl DataAlertRecord {
    fn new(row: data_alerts::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            found: NewDataAlert {
                source: row.source,
                kind: row.kind,
                name: row.name,
                sort: row.sort,
                severity: severity_from(row.severity)?,
                since: Instant::from_micros(row.since),
                starved: row.starved,
                sentence: Text::new(row.sentence_zh, row.sentence_en),
            },
            is_dismissed: row.state == "dismissed",
            opened_at: Instant::from_micros(row.opened_at),
            as_of: AsOf(Instant::from_micros(row.as_of)),
            closed_at: row.closed_at.map(Instant::from_micros),
            closed_as_of: row.closed_as_of.map(|at| AsOf(Instant::from_micros(at))),
            until: row.until.map(Instant::from_micros),
        })
    }
}
