//! 周会决定: what was decided in the review of a week, whose it is, by when, and whether it was done.
//!
//! A decision may be about a customer, but shows no more of them than their id, so it is not narrowed by customers' owners:
//! whoever asks names the people whose decisions they may see ([`DecisionsOf`]).

use std::collections::BTreeSet;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Cond;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use vocab::{Instant, Scope};

use crate::entity::decisions;
use crate::history::{Resource, last_before, parse};
use crate::open::{Change, Writing};
use crate::{Error, Store};

/// Whose decisions somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionsOf {
    /// Everybody's.
    Everybody,
    /// Those of these people, and those that this person wrote down.
    People {
        /// Whose they are.
        staff: BTreeSet<i64>,
        /// Who wrote them down; nobody where absent.
        author: Option<i64>,
    },
}

impl DecisionsOf {
    /// Whether a decision is among them.
    pub fn admits(&self, one: &DecisionRecord) -> bool {
        match self {
            DecisionsOf::Everybody => true,
            DecisionsOf::People { staff, author } => {
                staff.contains(&one.staff_id) || author.is_some() && one.author_id == *author
            }
        }
    }

    fn condition(&self) -> Condition {
        match self {
            DecisionsOf::Everybody => Cond::all(),
            DecisionsOf::People { staff, author } => Cond::any()
                .add(decisions::Column::StaffId.is_in(staff.iter().copied()))
                .add_option(author.map(|author| decisions::Column::AuthorId.eq(author))),
        }
    }
}

/// Something decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRecord {
    /// Stable id.
    pub id: i64,
    /// Grows by one with every change; whoever changes it sends back the one they saw.
    pub version: i64,
    /// Monday of the week that was reviewed, in the firm's zone.
    pub week_on: String,
    /// What is to be done.
    pub title: String,
    /// By whom.
    pub staff_id: i64,
    /// By which day.
    pub due_on: String,
    /// The end of that day.
    pub due_at: Instant,
    /// When it was written down.
    pub created_at: Instant,
    /// By whom.
    pub created_by: String,
    /// Their id; none of a program.
    pub author_id: Option<i64>,
    /// When it was done.
    pub done_at: Option<Instant>,
    /// By whom.
    pub done_by: Option<String>,
    /// About whom it is, where it is about a customer.
    pub customer_id: Option<String>,
}

/// What is to be done, by whom and by when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub title: String,
    /// By whom.
    pub staff_id: i64,
    /// By which day, in the firm's zone.
    pub due_on: String,
    /// The end of that day.
    pub due_at: Instant,
    /// About whom it is, where it is about a customer; said when it is written down, and not changed after that.
    pub customer_id: Option<String>,
}

impl Store {
    /// What was decided in the reviews of weeks up to this one, newest week first.
    pub async fn decisions(&self, of: &DecisionsOf, until_week: &str) -> Result<Vec<DecisionRecord>, Error> {
        let rows = decisions::Entity::find()
            .filter(decisions::Column::WeekOn.lte(until_week))
            .filter(of.condition())
            .order_by_desc(decisions::Column::WeekOn)
            .order_by_asc(decisions::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading decisions"))?;
        Ok(rows.into_iter().map(DecisionRecord::new).collect())
    }

    /// What was decided about a customer and is not done, what is due first, first.
    pub async fn decisions_about(&self, of: &DecisionsOf, customer: &str) -> Result<Vec<DecisionRecord>, Error> {
        self.undone(Cond::all().add(of.condition()).add(decisions::Column::CustomerId.eq(customer))).await
    }

    /// What was decided for this person and is not done, what is due first, first.
    pub async fn decisions_waiting(&self, staff: i64) -> Result<Vec<DecisionRecord>, Error> {
        self.undone(Cond::all().add(decisions::Column::StaffId.eq(staff))).await
    }

    async fn undone(&self, of: Condition) -> Result<Vec<DecisionRecord>, Error> {
        let rows = decisions::Entity::find()
            .filter(decisions::Column::DoneAt.is_null())
            .filter(of)
            .order_by_asc(decisions::Column::DueAt)
            .order_by_asc(decisions::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading what is not done"))?;
        Ok(rows.into_iter().map(DecisionRecord::new).collect())
    }

    /// One decision, if it is among theirs.
    pub async fn decision(&self, of: &DecisionsOf, id: i64) -> Result<Option<DecisionRecord>, Error> {
        let row = decisions::Entity::find_by_id(id).filter(of.condition()).one(&self.reader).await;
        Ok(row.map_err(Error::while_doing("reading a decision"))?.map(DecisionRecord::new))
    }

    /// Every week's decisions as they stood at a moment, newest week first.
    pub async fn decisions_then(&self, of: &DecisionsOf, t: Instant) -> Result<Vec<DecisionRecord>, Error> {
        let rows = last_before(Resource::Decision, &Scope::All, t).all(&self.reader).await;
        let rows = rows.map_err(Error::while_doing("folding the history of decisions"))?;
        let rows: Vec<decisions::Model> = rows.iter().map(parse).collect::<Result<_, _>>()?;
        let mut rows: Vec<DecisionRecord> = rows.into_iter().map(DecisionRecord::new).collect();
        rows.retain(|one| of.admits(one));
        rows.sort_by(|a, b| b.week_on.cmp(&a.week_on).then_with(|| a.id.cmp(&b.id)));
        Ok(rows)
    }

    /// Writes down what was decided in the review of a week. `author` is who writes it, by name and by id.
    pub async fn add_decision(
        &self,
        week_on: &str,
        decided: &Decided,
        (actor, author_id): (&str, Option<i64>),
        now: Instant,
    ) -> Result<DecisionRecord, Error> {
        let mut writing = self.write(now).await?;
        let row = decisions::ActiveModel {
            id: NotSet,
            version: Set(1),
            week_on: Set(week_on.to_owned()),
            title: Set(decided.title.clone()),
            staff_id: Set(decided.staff_id),
            due_on: Set(decided.due_on.clone()),
            due_at: Set(decided.due_at.micros()),
            created_at: Set(now.micros()),
            created_by: Set(actor.to_owned()),
            author_id: Set(author_id),
            done_at: Set(None),
            done_by: Set(None),
            customer_id: Set(decided.customer_id.clone()),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing("writing a decision down"))?;
        remember_decision(&mut writing, &row, actor, "decided")?;
        writing.commit().await?;
        Ok(DecisionRecord::new(row))
    }

    /// Changes a decision, or says that it is done or not done after all. `version` is the one the caller saw.
    ///
    /// # Errors
    /// Not found where it is none of theirs; a conflict if it has changed since.
    pub async fn change_decision(
        &self,
        of: &DecisionsOf,
        (id, version): (i64, i64),
        (decided, done): (&Decided, bool),
        actor: &str,
        now: Instant,
    ) -> Result<DecisionRecord, Error> {
        let doing = "changing a decision";
        let mut writing = self.write(now).await?;
        let before = decisions::Entity::find_by_id(id)
            .filter(of.condition())
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?
            .ok_or_else(|| Error::not_found(format!("decision {id}")))?;
        if before.version != version {
            return Err(Error::conflict(format!("decision {id} was changed"), Some(before.version)));
        }
        let cause = match (before.done_at.is_some(), done) {
            (false, true) => "done",
            (true, false) => "reopened",
            _ => "changed",
        };
        let is_new_deed = cause == "done";
        let after = decisions::Model {
            version: version + 1,
            title: decided.title.clone(),
            staff_id: decided.staff_id,
            due_on: decided.due_on.clone(),
            due_at: decided.due_at.micros(),
            done_at: if is_new_deed { Some(now.micros()) } else { before.done_at.filter(|_| done) },
            done_by: if is_new_deed { Some(actor.to_owned()) } else { before.done_by.clone().filter(|_| done) },
            ..before
        };
        decisions::ActiveModel::from(after.clone())
            .reset_all()
            .update(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        remember_decision(&mut writing, &after, actor, cause)?;
        writing.commit().await?;
        Ok(DecisionRecord::new(after))
    }
}

fn remember_decision(writing: &mut Writing, row: &decisions::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let (id, version) = (row.id.to_string(), row.version);
    writing.remember(Change { resource: Resource::Decision, id, customer: None, version, actor, cause }, row)
}

impl DecisionRecord {
    fn new(row: decisions::Model) -> Self {
        Self {
            id: row.id,
            version: row.version,
            week_on: row.week_on,
            title: row.title,
            staff_id: row.staff_id,
            due_on: row.due_on,
            due_at: Instant::from_micros(row.due_at),
            created_at: Instant::from_micros(row.created_at),
            created_by: row.created_by,
            author_id: row.author_id,
            done_at: row.done_at.map(Instant::from_micros),
            done_by: row.done_by,
            customer_id: row.customer_id,
        }
    }
}
