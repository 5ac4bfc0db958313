//! What was on the desk within a stretch of time, folded from the history as it stood at the end of the stretch: asked
//! again later, it says the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::sea_query::Cond;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use vocab::{Instant, Scope};

use crate::alert::{AlertRecord, OnCase};
use crate::case::CaseRecord;
use crate::case_lives::ids_between;
use crate::entity::{alerts, cases, follow_ups, history};
use crate::follow_ups::FollowUpRecord;
use crate::history::{Resource, parse};
use crate::scope::{admitted_alerts, admitted_few, listed_text, owners_of};
use crate::{Error, Store};

/// What was on the desk between two moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkBetween {
    /// Alerts that were opened or resolved in the stretch, as they stood at its end; by id.
    pub alerts: Vec<AlertRecord>,
    /// Cases that were not closed at some moment of the stretch, each with its whole life up to its end; by id.
    pub cases: Vec<CaseTrail>,
    /// Follow-up records written in the stretch, oldest first, without what was promised in them.
    pub follow_ups: Vec<FollowUpRecord>,
}

/// A case's life up to a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseTrail {
    /// The case as each step left it, oldest first; never empty.
    pub steps: Vec<TrailStep>,
}

/// A step of a case with the whole case after it.
#[derive(Clone, Debug, PartialEq)]
pub struct TrailStep {
    /// As [`crate::CaseStep::what`].
    pub what: String,
    /// When it was written.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// What the case was then.
    pub case: CaseRecord,
}

impl CaseTrail {
    /// The case as it stood at the end.
    pub fn last(&self) -> Option<&CaseRecord> {
        self.steps.last().map(|step| &step.case)
    }
}

impl Store {
    /// What was on the desk in `[from, to)`, as it was recorded by `to`?
    ///
    /// # Edges
    /// The reader's scope is today's, whatever the moment. A case that somebody opened again after the stretch is among
    /// its cases even if it was closed throughout; its steps say so.
    pub async fn work_between(&self, scope: &Scope, from: Instant, to: Instant) -> Result<WorkBetween, Error> {
        let read = self.read().await?;
        let cases = trails(&read, scope, from, to).await?;
        let alerts = alerts_between(&read, scope, (from, to), &cases).await?;
        let mut said = follow_ups::Entity::find()
            .filter(follow_ups::Column::RecordedAt.gte(from.micros()))
            .filter(follow_ups::Column::RecordedAt.lt(to.micros()))
            .order_by_asc(follow_ups::Column::RecordedAt)
            .order_by_asc(follow_ups::Column::Id);
        if let Some(only) = admitted_few(scope, follow_ups::Column::CustomerId) {
            said = said.filter(only);
        }
        let said = said.all(&read).await.map_err(Error::while_doing("reading follow-up records"))?;
        let follow_ups = said.into_iter().map(|row| FollowUpRecord::new(row, None)).collect::<Result<_, _>>()?;
        Ok(WorkBetween { alerts, cases, follow_ups })
    }
}

/// The lives of cases that were not closed at some moment of `[from, to)`, up to its end; by id.
async fn trails(
    read: &impl ConnectionTrait,
    scope: &Scope,
    from: Instant,
    to: Instant,
) -> Result<Vec<CaseTrail>, Error> {
    let ids = ids_between(read, scope, (from, to)).await?;
    let mut rows: BTreeMap<i64, Vec<(history::Model, cases::Model)>> = BTreeMap::new();
    for entry in entries(read, Resource::Case, &ids, to).await? {
        let row: cases::Model = parse(&entry)?;
        rows.entry(row.id).or_default().push((entry, row));
    }
    let customers = rows.values().flatten().map(|(_, row)| row.customer_id.as_str());
    let owners = owners_of(read, customers).await?;
    let trail = |steps: Vec<(history::Model, cases::Model)>| {
        let steps = steps.into_iter().map(|(entry, row)| TrailStep::new(entry, row, &owners));
        steps.collect::<Result<_, _>>().map(|steps| CaseTrail { steps })
    };
    rows.into_values().map(trail).collect()
}

impl TrailStep {
    fn new(entry: history::Model, row: cases::Model, owners: &HashMap<String, String>) -> Result<Self, Error> {
        Ok(Self {
            what: entry.cause,
            at: Instant::from_micros(entry.at),
            actor: entry.actor,
            case: CaseRecord::new(row, owners)?,
        })
    }
}

async fn alerts_between(
    read: &impl ConnectionTrait,
    scope: &Scope,
    (from, to): (Instant, Instant),
    trails: &[CaseTrail],
) -> Result<Vec<AlertRecord>, Error> {
    let within = |column: alerts::Column| Cond::all().add(column.gte(from.micros())).add(column.lt(to.micros()));
    let mut ids = alerts::Entity::find()
        .select_only()
        .column(alerts::Column::Id)
        .filter(Cond::any().add(within(alerts::Column::OpenedAt)).add(within(alerts::Column::ResolvedAt)));
    if let Some(only) = admitted_alerts(scope) {
        ids = ids.filter(only);
    }
    let ids: Vec<i64> = ids.into_tuple().all(read).await.map_err(Error::while_doing("reading alerts"))?;
    let mut rows: BTreeMap<i64, alerts::Model> = BTreeMap::new();
    for entry in entries(read, Resource::Alert, &ids, to).await? {
        let row: alerts::Model = parse(&entry)?;
        rows.insert(row.id, row);
    }
    let owners = owners_of(read, rows.values().map(|row| row.customer_id.as_str())).await?;
    let cases: HashMap<i64, &CaseRecord> =
        trails.iter().filter_map(CaseTrail::last).map(|case| (case.id, case)).collect();
    let record = |row: alerts::Model| {
        let case = row.case_id.and_then(|id| cases.get(&id));
        let on_case = case.map(|case| OnCase {
            due_at: case.due_at.map(Instant::micros),
            version: case.version,
            assigned_to: case.assigned_to.clone(),
        });
        let state = case.map(|case| case.state.as_str().to_owned());
        let owner = owners.get(&row.customer_id).cloned();
        AlertRecord::new(alerts::Model { case_state: state, owner, ..row }, on_case)
    };
    rows.into_values().map(record).collect()
}

/// What the history has of these rows before a moment, in the order in which it was written.
async fn entries(
    read: &impl ConnectionTrait,
    resource: Resource,
    ids: &[i64],
    before: Instant,
) -> Result<Vec<history::Model>, Error> {
    let ids: BTreeSet<String> = ids.iter().map(i64::to_string).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    history::Entity::find()
        .filter(history::Column::Resource.eq(resource.as_str()))
        .filter(listed_text(read, (history::Entity, history::Column::ResourceId), &ids))
        .filter(history::Column::At.lt(before.micros()))
        .order_by_asc(history::Column::Id)
        .all(read)
        .await
        .map_err(Error::while_doing("reading the history of the desk"))
}
