//! The lives of cases as far as their clocks are counted by them: of a hundred thousand at once, so that of each step no more
//! is read than what counts.
//!
//! Not here: everything that a case was at each step ([`crate::work_between`]), what is counted (`actions::tally`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use actions::CaseVersion;
use sea_orm::sea_query::Cond;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::Deserialize;
use vocab::{CustomerId, Instant, Scope};

use crate::case::CaseState;
use crate::entity::{cases, history};
use crate::history::Resource;
use crate::scope::{admitted, listed_text};
use crate::{Error, Store};

/// Of so many cases the steps are read at once: what is read is let go of before the next are.
const CASES_AT_ONCE: usize = 10_000;

/// A case's life up to a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLife {
    /// Whom it is about.
    pub customer_id: CustomerId,
    /// The case as each step left it, oldest first; never empty.
    pub versions: Vec<CaseVersion>,
}

/// What a step left behind, as the history has it: see [`crate::entity::cases::Model`].
#[derive(Deserialize)]
struct Left<'a> {
    id: i64,
    #[serde(borrow)]
    customer_id: Cow<'a, str>,
    #[serde(borrow)]
    state: Cow<'a, str>,
    #[serde(borrow)]
    assigned_to: Option<Cow<'a, str>>,
    opened_at: i64,
    accept_by: i64,
    accepted_at: Option<i64>,
    #[serde(default)]
    reply_by: Option<i64>,
    #[serde(default)]
    replied_at: Option<i64>,
    act_by: i64,
    #[serde(default)]
    acted_at: Option<i64>,
    #[serde(default)]
    passes: i64,
}

impl Left<'_> {
    fn version(&self, what: String, at: i64) -> Result<CaseVersion, Error> {
        let at_of = |micros: Option<i64>| micros.map(Instant::from_micros);
        Ok(CaseVersion {
            at: Instant::from_micros(at),
            what,
            state: CaseState::read(&self.state)?.into(),
            desk: self.assigned_to.as_deref().map(str::to_owned),
            opened_at: Instant::from_micros(self.opened_at),
            accept_by: Instant::from_micros(self.accept_by),
            accepted_at: at_of(self.accepted_at),
            reply_by: at_of(self.reply_by),
            replied_at: at_of(self.replied_at),
            act_by: Instant::from_micros(self.act_by),
            acted_at: at_of(self.acted_at),
            passes: u32::try_from(self.passes).unwrap_or(0),
        })
    }
}

impl Store {
    /// The lives of cases that were not closed at some moment of `[from, to)`, as they were recorded by `to`; by id.
    ///
    /// # Edges
    /// The reader's scope is today's, whatever the moment.
    pub async fn case_lives(&self, scope: &Scope, from: Instant, to: Instant) -> Result<Vec<CaseLife>, Error> {
        let read = self.read().await?;
        let ids = ids_between(&read, scope, (from, to)).await?;
        let mut lives = Vec::with_capacity(ids.len());
        for some in ids.chunks(CASES_AT_ONCE) {
            lives.extend(lives_of(&read, some, to).await?);
        }
        Ok(lives)
    }
}

/// Cases that were not closed at some moment of `[from, to)`, by id.
pub(crate) async fn ids_between(
    read: &impl ConnectionTrait,
    scope: &Scope,
    (from, to): (Instant, Instant),
) -> Result<Vec<i64>, Error> {
    let open = Cond::any().add(cases::Column::ClosedAt.is_null()).add(cases::Column::ClosedAt.gte(from.micros()));
    let mut ids: Vec<i64> = cases::Entity::find()
        .select_only()
        .column(cases::Column::Id)
        .filter(cases::Column::OpenedAt.lt(to.micros()))
        .filter(open)
        .filter(Cond::all().add_option(admitted(scope, cases::Column::CustomerId)))
        .into_tuple()
        .all(read)
        .await
        .map_err(Error::while_doing("reading cases"))?;
    ids.sort_unstable();
    Ok(ids)
}

async fn lives_of(read: &impl ConnectionTrait, ids: &[i64], to: Instant) -> Result<Vec<CaseLife>, Error> {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    let steps: Vec<(i64, i64, String, String)> = history::Entity::find()
        .select_only()
        .columns([history::Column::Id, history::Column::At, history::Column::Cause, history::Column::After])
        .filter(history::Column::Resource.eq(Resource::Case.as_str()))
        .filter(listed_text(read, (history::Entity, history::Column::ResourceId), &ids))
        .filter(history::Column::At.lt(to.micros()))
        .into_tuple()
        .all(read)
        .await
        .map_err(Error::while_doing("reading the lives of cases"))?;
    let mut lives: BTreeMap<i64, (CustomerId, Vec<(i64, CaseVersion)>)> = BTreeMap::new();
    for (number, at, what, after) in steps {
        let left: Left<'_> = serde_json::from_str(&after)
            .map_err(|error| Error::unreadable(format!("history {number} of a case: {error}")))?;
        let life = lives.entry(left.id).or_insert_with(|| (CustomerId::from(left.customer_id.as_ref()), Vec::new()));
        life.1.push((number, left.version(what, at)?));
    }
    let life = |(customer_id, mut steps): (CustomerId, Vec<(i64, CaseVersion)>)| {
        steps.sort_by_key(|(number, _)| *number);
        CaseLife { customer_id, versions: steps.into_iter().map(|(_, version)| version).collect() }
    };
    Ok(lives.into_values().map(life).collect())
}
