//! What somebody did on a case and somebody else is to know at once: it was put on their desk, they are urged, a remark mentions
//! them, a task is named for them.
//!
//! Read from the history of the last hours; not here: who is told of it and in which words (`actions::Call`, `app`).

use std::collections::BTreeMap;

use actions::Verb;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use vocab::{Instant, Scope};

use crate::entity::{case_mentions, case_tasks, cases, history};
use crate::history::{Resource, parse};
use crate::scope::{admitted_few, listed};
use crate::{Error, Store};

/// What the history calls the moves that are somebody else's business.
const MOVES: [Verb; 4] = [Verb::Assign, Verb::Transfer, Verb::Escalate, Verb::Nudge];
/// What it calls remarks and tasks that were written down.
const WRITTEN: [&str; 2] = ["added", "advised"];

/// Something that was done on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseCall {
    /// Its number in the history.
    pub number: i64,
    /// Which case.
    pub case: i64,
    /// What, and whom it calls.
    pub whom: Called,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: Instant,
    /// What was said: with the move, in the remark, as the task.
    pub said: Option<String>,
}

/// Whom something that was done on a case calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    /// Whoever's desk the case was on after this move.
    Desk(Verb, String),
    /// Those whom a remark mentions, ascending.
    Mentioned(Vec<i64>),
    /// For whom a task is named that is not done.
    Task(i64),
}

/// A remark, as the history has it.
#[derive(Deserialize)]
struct Remark {
    id: i64,
    case_id: i64,
    body: String,
}

/// Which task the history tells of.
#[derive(Deserialize)]
struct Task {
    id: i64,
}

impl Store {
    /// What was done on cases since a moment that calls somebody, in order. Of tasks that were given to somebody else since,
    /// whom they are named for now; none that are done.
    pub async fn case_calls(&self, scope: &Scope, since: Instant) -> Result<Vec<CaseCall>, Error> {
        let doing = "reading who was called";
        let read = self.read().await?;
        let first: Option<i64> = history::Entity::find()
            .select_only()
            .column(history::Column::Id)
            .filter(history::Column::At.gte(since.micros()))
            .order_by_asc(history::Column::At)
            .order_by_asc(history::Column::Id)
            .limit(1)
            .into_tuple()
            .one(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let Some(first) = first else { return Ok(Vec::new()) };
        let sorts = [Resource::Case, Resource::CaseComment, Resource::CaseTask].map(Resource::as_str);
        let causes = MOVES.map(Verb::done).into_iter().chain(WRITTEN);
        let mut told = history::Entity::find()
            .filter(history::Column::Id.gte(first))
            .filter(history::Column::Cause.is_in(causes))
            .filter(history::Column::Resource.is_in(sorts))
            .order_by_asc(history::Column::Id);
        if let Some(only) = admitted_few(scope, history::Column::CustomerId) {
            told = told.filter(only);
        }
        let entries = told.all(&read).await.map_err(Error::while_doing(doing))?;
        let (mut moves, mut remarks, mut written) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries {
            match entry.resource.as_str() {
                one if one == Resource::Case.as_str() => moves.extend(moved(&entry)?),
                one if one == Resource::CaseComment.as_str() => remarks.push((parse::<Remark>(&entry)?, entry)),
                _ => written.push((parse::<Task>(&entry)?.id, entry)),
            }
        }
        let mut calls = moves;
        calls.extend(mentioning(&read, remarks).await?);
        calls.extend(named(&read, written).await?);
        calls.sort_by_key(|call| call.number);
        Ok(calls)
    }
}

fn moved(entry: &history::Model) -> Result<Option<CaseCall>, Error> {
    let verb = MOVES.into_iter().find(|verb| verb.done() == entry.cause);
    let row: cases::Model = parse(entry)?;
    let call = |(verb, desk): (Verb, String)| CaseCall {
        number: entry.id,
        case: row.id,
        whom: Called::Desk(verb, desk),
        by: entry.actor.clone(),
        at: Instant::from_micros(entry.at),
        said: row.said,
    };
    Ok(verb.zip(row.assigned_to).map(call))
}

async fn mentioning(
    read: &impl ConnectionTrait,
    remarks: Vec<(Remark, history::Model)>,
) -> Result<Vec<CaseCall>, Error> {
    let ids: Vec<i64> = remarks.iter().map(|(remark, _)| remark.id).collect();
    let rows = case_mentions::Entity::find()
        .filter(listed(read, (case_mentions::Entity, case_mentions::Column::CommentId), &ids))
        .order_by_asc(case_mentions::Column::StaffId)
        .all(read)
        .await
        .map_err(Error::while_doing("reading who is mentioned"))?;
    let mut of: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    rows.into_iter().for_each(|row| of.entry(row.comment_id).or_default().push(row.staff_id));
    let call = |(remark, entry): (Remark, history::Model)| {
        Some(CaseCall {
            number: entry.id,
            case: remark.case_id,
            whom: Called::Mentioned(of.remove(&remark.id)?),
            by: entry.actor,
            at: Instant::from_micros(entry.at),
            said: Some(remark.body),
        })
    };
    Ok(remarks.into_iter().filter_map(call).collect())
}

async fn named(read: &impl ConnectionTrait, written: Vec<(i64, history::Model)>) -> Result<Vec<CaseCall>, Error> {
    let ids: Vec<i64> = written.iter().map(|(id, _)| *id).collect();
    let rows = case_tasks::Entity::find()
        .filter(listed(read, (case_tasks::Entity, case_tasks::Column::Id), &ids))
        .filter(case_tasks::Column::DoneAt.is_null())
        .all(read)
        .await
        .map_err(Error::while_doing("reading tasks"))?;
    let mut of: BTreeMap<i64, case_tasks::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let call = |(id, entry): (i64, history::Model)| {
        let task = of.remove(&id)?;
        Some(CaseCall {
            number: entry.id,
            case: task.case_id,
            whom: Called::Task(task.staff_id?),
            by: entry.actor,
            at: Instant::from_micros(entry.at),
            said: Some(task.title),
        })
    };
    Ok(written.into_iter().filter_map(call).collect())
}
