//! What belongs to a case besides its moves: tasks, remarks that mention people, and how full each desk is.
//!
//! A task that is done is an act: whoever has the case is not merely passing it on. A remark is never changed.

use std::collections::BTreeMap;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use vocab::{CustomerId, Instant, Scope};

use crate::case::{CaseState, remember, visible};
use crate::case_moves::save;
use crate::entity::{case_comments, case_mentions, case_tasks, cases};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::scope::{admitted_few, listed};
use crate::{Error, Store};

/// A task of a case: one step for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseTask {
    /// Stable id.
    pub id: i64,
    /// Grows by one with every change.
    pub version: i64,
    /// Of which case.
    pub case_id: i64,
    /// What is to be done.
    pub title: String,
    /// By whom; none where nobody was named.
    pub staff_id: Option<i64>,
    /// By when.
    pub due_at: Option<Instant>,
    /// When it was written down.
    pub created_at: Instant,
    /// By whom.
    pub created_by: String,
    /// When it was done.
    pub done_at: Option<Instant>,
    /// By whom.
    pub done_by: Option<String>,
    /// The advice that it was filled from.
    pub advice: Option<Advised>,
}

/// Which entry of the library of advice, in which of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advised {
    /// The entry.
    pub id: String,
    /// How often the firm had written it; 0 of the shipped one.
    pub version: i64,
}

/// A task that waits for somebody, and of which customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingTask {
    /// The task.
    pub task: CaseTask,
    /// Whom its case is about.
    pub customer_id: CustomerId,
}

/// A task to write down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCaseTask {
    /// What is to be done.
    pub title: String,
    /// By whom.
    pub staff_id: Option<i64>,
    /// By when.
    pub due_at: Option<Instant>,
}

/// What a task is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskChange {
    /// What is to be done, by whom and by when.
    pub task: NewCaseTask,
    /// Whether it is done.
    pub done: bool,
}

/// A remark on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseComment {
    /// Stable id.
    pub id: i64,
    /// On which case.
    pub case_id: i64,
    /// What was said.
    pub body: String,
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// Ids of the people it mentions, ascending.
    pub mentions: Vec<i64>,
}

/// How full a desk is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskLoad {
    /// Cases on it that are not closed.
    pub open: u64,
    /// When the newest that is on it was opened.
    pub given_at: Option<Instant>,
}

impl Store {
    /// The tasks of these cases, in the order in which they were written down.
    pub async fn case_tasks(&self, scope: &Scope, of: &[i64]) -> Result<Vec<CaseTask>, Error> {
        let of = seen_among(&self.reader, scope, of).await?;
        let rows = case_tasks::Entity::find()
            .filter(listed(&self.reader, (case_tasks::Entity, case_tasks::Column::CaseId), &of))
            .order_by_asc(case_tasks::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading tasks"))?;
        Ok(rows.into_iter().map(CaseTask::new).collect())
    }

    /// Writes a task down.
    ///
    /// # Errors
    /// Not found outside the scope; a conflict if the case is closed.
    pub async fn add_case_task(
        &self,
        scope: &Scope,
        case: i64,
        new: &NewCaseTask,
        actor: &str,
        now: Instant,
    ) -> Result<CaseTask, Error> {
        let mut writing = self.write(now).await?;
        let of = open_case(&writing, scope, case).await?;
        let row = write_down(&mut writing, &of, (new, None), actor, now).await?;
        writing.commit().await?;
        Ok(CaseTask::new(row))
    }

    /// Writes a task down that advice fills. Where one that was filled by the same entry still waits, that one is the
    /// answer, and `false`: asked twice, it is done once.
    ///
    /// # Errors
    /// As [`Store::add_case_task`].
    pub async fn add_advised_task(
        &self,
        scope: &Scope,
        case: i64,
        (new, advised): (&NewCaseTask, &Advised),
        actor: &str,
        now: Instant,
    ) -> Result<(CaseTask, bool), Error> {
        let mut writing = self.write(now).await?;
        let of = open_case(&writing, scope, case).await?;
        let waiting = case_tasks::Entity::find()
            .filter(case_tasks::Column::CaseId.eq(case))
            .filter(case_tasks::Column::AdviceId.eq(advised.id.as_str()))
            .filter(case_tasks::Column::DoneAt.is_null())
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading tasks"))?;
        if let Some(row) = waiting {
            return Ok((CaseTask::new(row), false));
        }
        let row = write_down(&mut writing, &of, (new, Some(advised)), actor, now).await?;
        writing.commit().await?;
        Ok((CaseTask::new(row), true))
    }

    /// The tasks of open cases that wait for this person: named for them, or for nobody while the case is on their desk.
    /// What is due first comes first; what is never due, last.
    pub async fn tasks_waiting(&self, scope: &Scope, (staff, desk): (i64, &str)) -> Result<Vec<WaitingTask>, Error> {
        let open = |of_desk: Option<&str>| {
            let of_task = Expr::col((cases::Entity, cases::Column::Id));
            let seen = Cond::all().add_option(admitted_few(scope, cases::Column::CustomerId));
            let on_desk = of_desk.map(|desk| cases::Column::AssignedTo.eq(desk));
            let case = Query::select()
                .expr(Expr::val(1))
                .from(cases::Entity)
                .and_where(of_task.equals((case_tasks::Entity, case_tasks::Column::CaseId)))
                .cond_where(seen.add(cases::Column::State.ne(CaseState::Closed.as_str())).add_option(on_desk))
                .take();
            Expr::exists(case)
        };
        let named = Cond::all().add(case_tasks::Column::StaffId.eq(staff)).add(open(None));
        let unnamed = Cond::all().add(case_tasks::Column::StaffId.is_null()).add(open(Some(desk)));
        let read = self.read().await?;
        let doing = "reading who waits for what";
        let rows = case_tasks::Entity::find()
            .filter(case_tasks::Column::DoneAt.is_null())
            .filter(Cond::any().add(named).add(unnamed))
            .order_by_asc(case_tasks::Column::DueAt.is_null())
            .order_by_asc(case_tasks::Column::DueAt)
            .order_by_asc(case_tasks::Column::Id)
            .all(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let of: Vec<i64> = rows.iter().map(|row| row.case_id).collect();
        let customers: Vec<(i64, String)> = cases::Entity::find()
            .select_only()
            .column(cases::Column::Id)
            .column(cases::Column::CustomerId)
            .filter(listed(&read, (cases::Entity, cases::Column::Id), &of))
            .into_tuple()
            .all(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let customers: BTreeMap<i64, String> = customers.into_iter().collect();
        let waiting = rows.into_iter().filter_map(|row| {
            let customer_id = CustomerId::from(customers.get(&row.case_id)?.as_str());
            Some(WaitingTask { task: CaseTask::new(row), customer_id })
        });
        Ok(waiting.collect())
    }

    /// Changes a task, or says that it is done. `version` is the one of the task that the caller saw. One that is done is
    /// a step of the case, and nobody is passing the case on any more.
    ///
    /// # Errors
    /// Not found outside the scope, or where it is no task of this case; a conflict if it has changed since.
    pub async fn change_case_task(
        &self,
        scope: &Scope,
        (case, id, version): (i64, i64, i64),
        change: &TaskChange,
        actor: &str,
        now: Instant,
    ) -> Result<CaseTask, Error> {
        let doing = "changing a task";
        let mut writing = self.write(now).await?;
        let of = visible(&writing.transaction, scope, case).await?;
        let of = of.ok_or_else(|| Error::not_found(format!("case {case}")))?;
        let before = case_tasks::Entity::find_by_id(id)
            .filter(case_tasks::Column::CaseId.eq(case))
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?
            .ok_or_else(|| Error::not_found(format!("task {id}")))?;
        if before.version != version {
            return Err(Error::conflict(format!("task {id} was changed"), Some(before.version)));
        }
        let TaskChange { task, done } = change;
        let is_new_deed = *done && before.done_at.is_none();
        let after = case_tasks::Model {
            version: version + 1,
            title: task.title.clone(),
            staff_id: task.staff_id,
            due_at: task.due_at.map(Instant::micros),
            done_at: if is_new_deed { Some(now.micros()) } else { before.done_at.filter(|_| *done) },
            done_by: if is_new_deed { Some(actor.to_owned()) } else { before.done_by.clone().filter(|_| *done) },
            ..before
        };
        case_tasks::ActiveModel::from(after.clone())
            .reset_all()
            .update(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        remember_task(&mut writing, &after, &of.customer_id, actor, if is_new_deed { "done" } else { "changed" })?;
        if is_new_deed && of.state != CaseState::Closed.as_str() {
            let case = cases::Model { version: of.version + 1, passes: 0, said: Some(task.title.clone()), ..of };
            save(&writing, &case).await?;
            remember(&mut writing, &case, actor, "task_done")?;
        }
        writing.commit().await?;
        Ok(CaseTask::new(after))
    }

    /// The remarks on a case, oldest first.
    pub async fn case_comments(&self, scope: &Scope, case: i64) -> Result<Vec<CaseComment>, Error> {
        let of = seen_among(&self.reader, scope, &[case]).await?;
        let doing = "reading remarks";
        let rows = case_comments::Entity::find()
            .filter(listed(&self.reader, (case_comments::Entity, case_comments::Column::CaseId), &of))
            .order_by_asc(case_comments::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing(doing))?;
        let named = case_mentions::Entity::find()
            .filter(listed(&self.reader, (case_mentions::Entity, case_mentions::Column::CaseId), &of))
            .order_by_asc(case_mentions::Column::StaffId)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing(doing))?;
        let mut mentions: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for one in named {
            mentions.entry(one.comment_id).or_default().push(one.staff_id);
        }
        let shown = rows.into_iter().map(|row| CaseComment {
            id: row.id,
            case_id: row.case_id,
            body: row.body,
            at: Instant::from_micros(row.at),
            actor: row.actor,
            mentions: mentions.remove(&row.id).unwrap_or_default(),
        });
        Ok(shown.collect())
    }

    /// Somebody remarks on a case, closed or not, and mentions people.
    ///
    /// # Errors
    /// Not found outside the scope.
    pub async fn add_case_comment(
        &self,
        scope: &Scope,
        case: i64,
        (body, mentions): (&str, &[i64]),
        actor: &str,
        now: Instant,
    ) -> Result<i64, Error> {
        let doing = "writing a remark";
        let mut writing = self.write(now).await?;
        let of = visible(&writing.transaction, scope, case).await?;
        let of = of.ok_or_else(|| Error::not_found(format!("case {case}")))?;
        let row = case_comments::ActiveModel {
            id: NotSet,
            case_id: Set(case),
            body: Set(body.to_owned()),
            at: Set(now.micros()),
            actor: Set(actor.to_owned()),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        let named = mentions.iter().map(|staff| case_mentions::ActiveModel {
            comment_id: Set(row.id),
            staff_id: Set(*staff),
            case_id: Set(case),
        });
        if !mentions.is_empty() {
            case_mentions::Entity::insert_many(named)
                .exec_without_returning(&writing.transaction)
                .await
                .map_err(Error::while_doing(doing))?;
        }
        let change = Change {
            resource: Resource::CaseComment,
            id: row.id.to_string(),
            customer: Some(&of.customer_id),
            version: 1,
            actor,
            cause: "added",
        };
        writing.remember(change, &row)?;
        writing.commit().await?;
        Ok(row.id)
    }

    /// How many remarks there are on each of these cases, written before a moment where one is given; those with none are
    /// left out.
    pub async fn case_comment_counts(
        &self,
        scope: &Scope,
        of: &[i64],
        before: Option<Instant>,
    ) -> Result<BTreeMap<i64, u64>, Error> {
        let of = seen_among(&self.reader, scope, of).await?;
        let before = before.unwrap_or(Instant::MAX).micros();
        let cells: Vec<(i64, i64)> = case_comments::Entity::find()
            .select_only()
            .column(case_comments::Column::CaseId)
            .column_as(Expr::col((case_comments::Entity, case_comments::Column::Id)).count(), "how_many")
            .filter(listed(&self.reader, (case_comments::Entity, case_comments::Column::CaseId), &of))
            .filter(case_comments::Column::At.lt(before))
            .group_by(case_comments::Column::CaseId)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("counting remarks"))?;
        Ok(cells.into_iter().map(|(case, many)| (case, u64::try_from(many).unwrap_or(0))).collect())
    }

    /// How full each desk is, by desk; desks that never had a case are left out.
    pub async fn desk_loads(&self) -> Result<BTreeMap<String, DeskLoad>, Error> {
        let read = self.read().await?;
        let doing = "counting what is on each desk";
        let on_a_desk = || {
            cases::Entity::find()
                .select_only()
                .column(cases::Column::AssignedTo)
                .filter(cases::Column::AssignedTo.is_not_null())
                .group_by(cases::Column::AssignedTo)
        };
        let newest: Vec<(String, i64)> = on_a_desk()
            .column_as(cases::Column::OpenedAt.max(), "newest")
            .into_tuple()
            .all(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let open: Vec<(String, i64)> = on_a_desk()
            .column_as(Expr::col((cases::Entity, cases::Column::Id)).count(), "how_many")
            .filter(cases::Column::State.ne(CaseState::Closed.as_str()))
            .into_tuple()
            .all(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let mut loads: BTreeMap<String, DeskLoad> = BTreeMap::new();
        for (desk, at) in newest {
            loads.insert(desk, DeskLoad { open: 0, given_at: Some(Instant::from_micros(at)) });
        }
        for (desk, many) in open {
            loads.entry(desk).or_default().open = u64::try_from(many).unwrap_or(0);
        }
        Ok(loads)
    }
}

/// Of these cases those that the reader may see.
async fn seen_among(connection: &impl ConnectionTrait, scope: &Scope, of: &[i64]) -> Result<Vec<i64>, Error> {
    if *scope == Scope::All {
        return Ok(of.to_vec());
    }
    let mut select = cases::Entity::find().select_only().column(cases::Column::Id).filter(listed(
        connection,
        (cases::Entity, cases::Column::Id),
        of,
    ));
    if let Some(only) = admitted_few(scope, cases::Column::CustomerId) {
        select = select.filter(only);
    }
    select.into_tuple().all(connection).await.map_err(Error::while_doing("reading cases"))
}

/// The case, if the reader may see it and it is not closed.
async fn open_case(writing: &Writing, scope: &Scope, id: i64) -> Result<cases::Model, Error> {
    let row = visible(&writing.transaction, scope, id).await?;
    let row = row.ok_or_else(|| Error::not_found(format!("case {id}")))?;
    if row.state == CaseState::Closed.as_str() {
        return Err(Error::conflict(format!("case {id} is closed"), Some(row.version)));
    }
    Ok(row)
}

/// Writes a task of an open case down, in the transaction of what else is done.
async fn write_down(
    writing: &mut Writing,
    of: &cases::Model,
    (new, advised): (&NewCaseTask, Option<&Advised>),
    actor: &str,
    now: Instant,
) -> Result<case_tasks::Model, Error> {
    let row = case_tasks::ActiveModel {
        id: NotSet,
        version: Set(1),
        case_id: Set(of.id),
        title: Set(new.title.clone()),
        staff_id: Set(new.staff_id),
        due_at: Set(new.due_at.map(Instant::micros)),
        created_at: Set(now.micros()),
        created_by: Set(actor.to_owned()),
        done_at: Set(None),
        done_by: Set(None),
        advice_id: Set(advised.map(|advised| advised.id.clone())),
        advice_version: Set(advised.map(|advised| advised.version)),
    };
    let row = row.insert(&writing.transaction).await.map_err(Error::while_doing("writing a task down"))?;
    remember_task(writing, &row, &of.customer_id, actor, if advised.is_some() { "advised" } else { "added" })?;
    Ok(row)
}

fn remember_task(
    writing: &mut Writing,
    row: &case_tasks::Model,
    customer: &str,
    actor: &str,
    cause: &str,
) -> Result<(), Error> {
    let change = Change {
        resource: Resource::CaseTask,
        id: row.id.to_string(),
        customer: Some(customer),
        version: row.version,
        actor,
        cause,
    };
    writing.remember(change, row)
}

impl CaseTask {
    fn new(row: case_tasks::Model) -> CaseTask {
        CaseTask {
            id: row.id,
            version: row.version,
            case_id: row.case_id,
            title: row.title,
            staff_id: row.staff_id,
            due_at: row.due_at.map(Instant::from_micros),
            created_at: Instant::from_micros(row.created_at),
            created_by: row.created_by,
            done_at: row.done_at.map(Instant::from_micros),
            done_by: row.done_by,
            advice: row.advice_id.map(|id| Advised { id, version: row.advice_version.unwrap_or(0) }),
        }
    }
}
