//! What was so when: the append-only history of every operational row, and the past folded from it.
//!
//! Rows are written by [`crate::open::Writing`] in the transaction of the change itself. The database numbers them in
//! the order of the commits, and their `at` never goes back, so whoever copies them elsewhere only remembers the last
//! number ([`Store::history_after`]) and a fold up to a moment gives the same answer for ever.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::sea_query::{Cond, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use vocab::{CustomerId, Instant, Scope};

use crate::alert::{AlertRecord, OnCase};
use crate::case::{CaseRecord, CaseStep};
use crate::entity::{alerts, cases, history};
use crate::open::Change;
use crate::scope::{admitted, admitted_few, listed_text, owners_of};
use crate::{Error, Store};

/// What sort of row a history entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// An alert.
    Alert,
    /// A case.
    Case,
    /// A remark on a case.
    CaseComment,
    /// A task of a case.
    CaseTask,
    /// A way by which notices leave the house.
    Channel,
    /// A version of a churn definition.
    ChurnDefinition,
    /// A cycle that was applied.
    Cycle,
    /// Something wrong with a source.
    DataAlert,
    /// Something decided in a weekly review.
    Decision,
    /// Something that was done without changing a row: see [`Store::record`].
    Deed,
    /// What somebody said and did with a customer.
    FollowUp,
    /// Two keys that a person keeps apart.
    IdentityApart,
    /// Customers that share a key.
    IdentityConflict,
    /// Customers of somebody who left, gone to others.
    HandOver,
    /// An import.
    Import,
    /// Somebody asked to work here.
    Invitation,
    /// What a person says of a customer's health.
    Judgement,
    /// A saved mapping.
    Mapping,
    /// A version of a model of who will leave.
    Model,
    /// The day on which somebody means to speak to a customer next.
    NextContact,
    /// What a person chose to be told, and how.
    NoticeChoice,
    /// A notice of which nobody knew whether it arrived, and what somebody decided.
    NoticeDelivery,
    /// A customer given another owner.
    OwnerChange,
    /// An owner was warned that a customer goes back to the pool.
    PoolWarning,
    /// Something promised to a customer.
    Promise,
    /// What people say of a contract that comes to its end.
    Renewal,
    /// What somebody answered to a reminder.
    ReminderAnswer,
    /// A filter that somebody saved.
    SavedView,
    /// A version of a rule.
    Rule,
    /// A version of a scorecard.
    Scorecard,
    /// A setting of the firm.
    Setting,
    /// A table that came back with changes.
    Sheet,
    /// A source of data.
    Source,
    /// A person who works here.
    Staff,
    /// A tag of a customer.
    Tag,
    /// A change of a tag, of one customer or of many.
    TagChange,
    /// A program's key.
    Token,
    /// A unit of the firm.
    Unit,
}

impl Resource {
    /// Every one.
    pub const ALL: [Resource; 38] = [
        Resource::Alert,
        Resource::Case,
        Resource::CaseComment,
        Resource::CaseTask,
        Resource::Channel,
        Resource::ChurnDefinition,
        Resource::Cycle,
        Resource::DataAlert,
        Resource::Decision,
        Resource::Deed,
        Resource::FollowUp,
        Resource::IdentityApart,
        Resource::IdentityConflict,
        Resource::HandOver,
        Resource::Import,
        Resource::Invitation,
        Resource::Judgement,
        Resource::Mapping,
        Resource::Model,
        Resource::NextContact,
        Resource::NoticeChoice,
        Resource::NoticeDelivery,
        Resource::OwnerChange,
        Resource::PoolWarning,
        Resource::Promise,
        Resource::Renewal,
        Resource::ReminderAnswer,
        Resource::SavedView,
        Resource::Rule,
        Resource::Scorecard,
        Resource::Setting,
        Resource::Sheet,
        Resource::Source,
        Resource::Staff,
        Resource::Tag,
        Resource::TagChange,
        Resource::Token,
        Resource::Unit,
    ];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Resource::Alert => "alert",
            Resource::Case => "case",
            Resource::CaseComment => "case_comment",
            Resource::CaseTask => "case_task",
            Resource::Channel => "channel",
            Resource::ChurnDefinition => "churn_definition",
            Resource::Cycle => "cycle",
            Resource::DataAlert => "data_alert",
            Resource::Decision => "decision",
            Resource::Deed => "deed",
            Resource::FollowUp => "follow_up",
            Resource::IdentityApart => "identity_apart",
            Resource::IdentityConflict => "identity_conflict",
            Resource::HandOver => "hand_over",
            Resource::Import => "import",
            Resource::Invitation => "invitation",
            Resource::Judgement => "judgement",
            Resource::Mapping => "mapping",
            Resource::Model => "model",
            Resource::NextContact => "next_contact",
            Resource::NoticeChoice => "notice_choice",
            Resource::NoticeDelivery => "notice_delivery",
            Resource::OwnerChange => "owner_change",
            Resource::PoolWarning => "pool_warning",
            Resource::Promise => "promise",
            Resource::Renewal => "renewal",
            Resource::ReminderAnswer => "reminder_answer",
            Resource::SavedView => "saved_view",
            Resource::Rule => "rule",
            Resource::Scorecard => "scorecard",
            Resource::Setting => "setting",
            Resource::Sheet => "sheet",
            Resource::Source => "source",
            Resource::Staff => "staff",
            Resource::Tag => "tag",
            Resource::TagChange => "tag_change",
            Resource::Token => "token",
            Resource::Unit => "unit",
        }
    }
}

/// One change of one row: who, when, why, and the row after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Grows with every commit.
    pub number: i64,
    /// What sort of row.
    pub resource: Resource,
    /// Which row.
    pub resource_id: String,
    /// The customer it concerns, if any.
    pub customer_id: Option<CustomerId>,
    /// The row's version after the change, from 1.
    pub version: i64,
    /// When it was written; never before an earlier entry.
    pub at: Instant,
    /// Who did it; `liuke` for the cycle.
    pub actor: String,
    /// What was done, in a word: `opened`, `accepted`, `resolved:cleared`….
    pub cause: String,
    /// The row after the change, as JSON. Secrets are left out.
    pub after: String,
}

/// Alerts and cases as they stood at a moment, resolved and closed ones included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Alerts: severest first, then newest, then by id.
    pub alerts: Vec<AlertRecord>,
    /// Cases: newest first, then by id.
    pub cases: Vec<CaseRecord>,
}

impl Store {
    /// What did the desk look like at that moment? Everything written before `t`, and nothing written since.
    ///
    /// # Edges
    /// The reader's scope is today's: who may see a customer now may see that customer's past.
    pub async fn as_recorded(&self, scope: &Scope, t: Instant) -> Result<Recorded, Error> {
        let read = self.read().await?;
        let doing = "folding the history";
        let rows = last_before(Resource::Alert, scope, t).all(&read).await.map_err(Error::while_doing(doing))?;
        let alerts: Vec<alerts::Model> = rows.iter().map(parse).collect::<Result<_, _>>()?;
        let rows = last_before(Resource::Case, scope, t).all(&read).await.map_err(Error::while_doing(doing))?;
        let cases: Vec<cases::Model> = rows.iter().map(parse).collect::<Result<_, _>>()?;
        let customers = alerts.iter().map(|row| &row.customer_id).chain(cases.iter().map(|row| &row.customer_id));
        let owners = owners_of(&read, customers.map(String::as_str)).await?;

        let by_id: HashMap<i64, &cases::Model> = cases.iter().map(|row| (row.id, row)).collect();
        let mut recorded = Recorded::default();
        for alert in alerts {
            let case = alert.case_id.and_then(|id| by_id.get(&id));
            let state = case.map(|case| case.state.clone());
            let on_case = case.map(|case| OnCase {
                due_at: case.due_at,
                version: case.version,
                assigned_to: case.assigned_to.clone(),
            });
            let owner = owners.get(&alert.customer_id).cloned();
            recorded.alerts.push(AlertRecord::new(alerts::Model { case_state: state, owner, ..alert }, on_case)?);
        }
        for case in cases {
            recorded.cases.push(CaseRecord::new(case, &owners)?);
        }
        recorded
            .alerts
            .sort_by_key(|alert| (std::cmp::Reverse(alert.severity), std::cmp::Reverse(alert.opened_at), alert.id));
        recorded.cases.sort_by_key(|case| (std::cmp::Reverse(case.opened_at), std::cmp::Reverse(case.id)));
        Ok(recorded)
    }

    /// Remembers something that changes no row and must be accounted for all the same: an export, say. `deed` is what
    /// was done, `subject` what it was done to.
    pub async fn record(&self, deed: &str, subject: &str, actor: &str, now: Instant) -> Result<(), Error> {
        let mut writing = self.write(now).await?;
        let before: Option<i64> = history::Entity::find()
            .select_only()
            .column(history::Column::Version)
            .filter(history::Column::Resource.eq(Resource::Deed.as_str()))
            .filter(history::Column::ResourceId.eq(subject))
            .order_by_desc(history::Column::Version)
            .limit(1)
            .into_tuple()
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading the history of a deed"))?;
        let change = Change {
            resource: Resource::Deed,
            id: subject.to_owned(),
            customer: None,
            version: before.unwrap_or(0) + 1,
            actor,
            cause: deed,
        };
        writing.remember(change, &())?;
        writing.commit().await
    }

    /// Every step of these cases, oldest first; with `before`, only those written before that moment.
    pub async fn case_steps(
        &self,
        scope: &Scope,
        cases: &[i64],
        before: Option<Instant>,
    ) -> Result<BTreeMap<i64, Vec<CaseStep>>, Error> {
        steps_of(&self.reader, scope, cases, before).await
    }

    /// Everything that was ever done to one row, oldest first.
    ///
    /// # Edges
    /// A reader with a limited scope sees only what concerns their customers: no settings, staff, keys or cycles.
    pub async fn history_of(&self, scope: &Scope, resource: Resource, id: &str) -> Result<Vec<HistoryEntry>, Error> {
        let mut select = history::Entity::find()
            .filter(history::Column::Resource.eq(resource.as_str()))
            .filter(history::Column::ResourceId.eq(id))
            .order_by_asc(history::Column::Version);
        if let Some(only) = admitted_few(scope, history::Column::CustomerId) {
            select = select.filter(only);
        }
        let rows = select.all(&self.reader).await.map_err(Error::while_doing("reading the history of a row"))?;
        rows.into_iter().map(entry).collect()
    }

    /// The entries after a number, in the order of the commits: what is still to be copied elsewhere.
    pub async fn history_after(&self, scope: &Scope, number: i64, limit: u64) -> Result<Vec<HistoryEntry>, Error> {
        let mut select = history::Entity::find()
            .filter(history::Column::Id.gt(number))
            .order_by_asc(history::Column::Id)
            .limit(limit);
        if let Some(only) = admitted(scope, history::Column::CustomerId) {
            select = select.filter(only);
        }
        let rows = select.all(&self.reader).await.map_err(Error::while_doing("reading the history"))?;
        rows.into_iter().map(entry).collect()
    }
}

/// See [`Store::case_steps`].
pub(crate) async fn steps_of(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    cases: &[i64],
    before: Option<Instant>,
) -> Result<BTreeMap<i64, Vec<CaseStep>>, Error> {
    let ids: Vec<String> = cases.iter().map(i64::to_string).collect();
    let mut select = history::Entity::find()
        .filter(history::Column::Resource.eq(Resource::Case.as_str()))
        .filter(listed_text(connection, (history::Entity, history::Column::ResourceId), &ids))
        .order_by_asc(history::Column::Id);
    if let Some(only) = admitted_few(scope, history::Column::CustomerId) {
        select = select.filter(only);
    }
    if let Some(t) = before {
        select = select.filter(history::Column::At.lt(t.micros()));
    }
    let rows = select.all(connection).await.map_err(Error::while_doing("reading the steps of cases"))?;
    let mut steps: BTreeMap<i64, Vec<CaseStep>> = BTreeMap::new();
    for row in rows {
        let id = row.resource_id.parse().map_err(|_| Error::unreadable(format!("case {}", row.resource_id)))?;
        steps.entry(id).or_default().push(CaseStep::new(&row)?);
    }
    Ok(steps)
}

/// What the history tells after a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Its last number now; 0 while it is empty.
    pub number: i64,
    /// The customers of whom it tells.
    pub customers: BTreeSet<CustomerId>,
}

impl Store {
    /// Of which customers does the history tell something of these sorts after a number, and how far does it go? For whoever
    /// keeps such rows in memory.
    pub async fn news_of(&self, scope: &Scope, number: i64, sorts: &[Resource]) -> Result<News, Error> {
        let (doing, read) = ("reading the end of the history", self.read().await?);
        let last: Option<Option<i64>> = history::Entity::find()
            .select_only()
            .column_as(history::Column::Id.max(), "number")
            .into_tuple()
            .one(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let customers: Vec<Option<String>> = history::Entity::find()
            .select_only()
            .column(history::Column::CustomerId)
            .distinct()
            .filter(history::Column::Id.gt(number))
            .filter(history::Column::Resource.is_in(sorts.iter().map(|sort| sort.as_str())))
            .filter(Cond::all().add_option(admitted(scope, history::Column::CustomerId)))
            .into_tuple()
            .all(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let customers = customers.into_iter().flatten().map(CustomerId::from).collect();
        Ok(News { number: last.flatten().unwrap_or(0), customers })
    }
}

/// The last entry of every row of this sort that was written before `t`.
pub(crate) fn last_before(resource: Resource, scope: &Scope, t: Instant) -> Select<history::Entity> {
    let newest = Query::select()
        .column(history::Column::ResourceId)
        .expr(Expr::col(history::Column::Version).max())
        .from(history::Entity)
        .and_where(Expr::col(history::Column::Resource).eq(resource.as_str()))
        .and_where(Expr::col(history::Column::At).lt(t.micros()))
        .group_by_col(history::Column::ResourceId)
        .take();
    let row = Expr::tuple([
        Expr::col((history::Entity, history::Column::ResourceId)),
        Expr::col((history::Entity, history::Column::Version)),
    ]);
    let select =
        history::Entity::find().filter(history::Column::Resource.eq(resource.as_str())).filter(row.in_subquery(newest));
    match admitted(scope, history::Column::CustomerId) {
        Some(only) => select.filter(only),
        None => select,
    }
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(row: &history::Model) -> Result<T, Error> {
    serde_json::from_str(&row.after).map_err(|error| {
        Error::unreadable(format!("history {} of {} {}: {error}", row.id, row.resource, row.resource_id))
    })
}

pub(crate) fn entry(row: history::Model) -> Result<HistoryEntry, Error> {
    let resource = Resource::ALL
        .into_iter()
        .find(|resource| resource.as_str() == row.resource)
        .ok_or_else(|| Error::unreadable(format!("history {} about a {}", row.id, row.resource)))?;
    Ok(HistoryEntry {
        number: row.id,
        resource,
        resource_id: row.resource_id,
        customer_id: row.customer_id.map(CustomerId::from),
        version: row.version,
        at: Instant::from_micros(row.at),
        actor: row.actor,
        cause: row.cause,
        after: row.after,
    })
}
