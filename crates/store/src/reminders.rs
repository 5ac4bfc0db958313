//! What people answer to reminders: done, put off, not this year; and what the last follow-up of each customer says of
//! the next one.
//!
//! A reminder itself is nowhere: it follows from what is known of a customer (`actions::ReminderBook`). An answer
//! stands under the reminder's kind and key, which are the same whenever it is asked for; taken back, its row stays,
//! open.

use std::collections::HashMap;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Cond, Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use vocab::{CustomerId, Instant, Scope};

use crate::entity::{follow_ups, reminder_answers};
use crate::history::{Resource, last_before, parse};
use crate::scope::{admitted_few, among, listed};
use crate::words::words;
use crate::{Error, Store};

words! {
    /// What somebody answered to a reminder.
    AnswerState {
        /// Nothing: an answer was taken back.
        Open = "open",
        /// It is done.
        Done = "done",
        /// Not before a day.
        PutOff = "put_off",
        /// Nothing of its kind this year.
        NotThisYear = "not_this_year",
    }
}

/// An answer to a reminder, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReminderAnswer {
    /// Of which customer.
    pub customer: CustomerId,
    /// Kind of the reminder.
    pub kind: String,
    /// Its key within the kind.
    pub key: String,
    /// The year that it belongs to.
    pub year: i64,
    /// What is answered.
    pub state: AnswerState,
    /// The day to which it is put off.
    pub until_on: Option<String>,
    /// A word with it.
    pub note: Option<String>,
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderAnswer {
    /// Grows by one with every change; whoever changes it sends back the one they saw, 0 where there was none.
    pub version: i64,
    /// What was answered.
    pub answer: NewReminderAnswer,
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: String,
}

/// The last that was recorded of contact with a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastFollowUp {
    /// Who.
    pub customer: CustomerId,
    /// When somebody was last in touch.
    pub touched_at: Instant,
    /// When the record was made that was recorded last.
    pub recorded_at: Instant,
    /// The day of the next contact that it names.
    pub next_on: Option<String>,
}

impl Store {
    /// Every answer, or those of some customers, by customer, kind and key; with `before`, as they stood at that moment.
    ///
    /// # Edges
    /// The reader's scope is today's, whatever the moment. Of a moment those of all customers are told.
    pub async fn reminder_answers(
        &self,
        scope: &Scope,
        before: Option<Instant>,
        customers: Option<&[CustomerId]>,
    ) -> Result<Vec<ReminderAnswer>, Error> {
        let doing = "reading answers to reminders";
        let mut rows: Vec<reminder_answers::Model> = match before {
            Some(t) => {
                let rows = last_before(Resource::ReminderAnswer, scope, t).all(&self.reader).await;
                rows.map_err(Error::while_doing(doing))?.iter().map(parse).collect::<Result<_, _>>()?
            }
            None => {
                let only = admitted_few(scope, reminder_answers::Column::CustomerId);
                let column = (reminder_answers::Entity, reminder_answers::Column::CustomerId);
                let some = customers.map(|some| among(&self.reader, column, some));
                let select = reminder_answers::Entity::find().filter(Cond::all().add_option(only).add_option(some));
                select.all(&self.reader).await.map_err(Error::while_doing(doing))?
            }
        };
        rows.sort_by(|a, b| (&a.customer_id, &a.kind, &a.key).cmp(&(&b.customer_id, &b.kind, &b.key)));
        rows.into_iter().map(ReminderAnswer::new).collect()
    }

    /// Keeps an answer in the place of the one before. `version` is the one that was seen, 0 for none.
    ///
    /// # Errors
    /// Not found for a customer outside the scope, where the scope is not everybody; a conflict where somebody else has
    /// answered since.
    pub async fn answer_reminder(
        &self,
        scope: &Scope,
        new: &NewReminderAnswer,
        version: i64,
        actor: &str,
        now: Instant,
    ) -> Result<ReminderAnswer, Error> {
        let doing = "keeping an answer to a reminder";
        let mut writing = self.write(now).await?;
        let known = reminder_answers::Entity::find()
            .filter(reminder_answers::Column::CustomerId.eq(new.customer.as_str()))
            .filter(reminder_answers::Column::Kind.eq(&new.kind))
            .filter(reminder_answers::Column::Key.eq(&new.key))
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        let seen = known.as_ref().map_or(0, |row| row.version);
        let row = reminder_answers::ActiveModel {
            id: known.as_ref().map_or(NotSet, |row| Set(row.id)),
            version: Set(seen + 1),
            customer_id: Set(new.customer.as_str().to_owned()),
            kind: Set(new.kind.clone()),
            key: Set(new.key.clone()),
            year: Set(new.year),
            state: Set(new.state.as_str().to_owned()),
            until_on: Set(new.until_on.clone()),
            note: Set(new.note.clone()),
            at: Set(now.micros()),
            actor: Set(actor.to_owned()),
        };
        let row = match known {
            Some(_) => row.update(&writing.transaction).await,
            None => row.insert(&writing.transaction).await,
        };
        let row = row.map_err(Error::while_doing(doing))?;
        if let Some(only) = admitted_few(scope, reminder_answers::Column::CustomerId) {
            let found = reminder_answers::Entity::find_by_id(row.id).filter(only).one(&writing.transaction).await;
            if found.map_err(Error::while_doing(doing))?.is_none() {
                return Err(Error::not_found(format!("the customer {}", new.customer)));
            }
        }
        if seen != version {
            return Err(Error::conflict(format!("the reminder {} of {}", new.key, new.customer), Some(seen)));
        }
        let of = (row.id, row.version, row.customer_id.as_str());
        writing.remember_of(Resource::ReminderAnswer, of, (actor, new.state.as_str()), &row)?;
        writing.commit().await?;
        ReminderAnswer::new(row)
    }

    /// The last follow-up of every customer, or of some, that has one, by customer; with `before`, of those recorded before
    /// that moment.
    pub async fn last_follow_ups(
        &self,
        scope: &Scope,
        before: Option<Instant>,
        customers: Option<&[CustomerId]>,
    ) -> Result<Vec<LastFollowUp>, Error> {
        let doing = "reading the last follow-up of each customer";
        let read = self.read().await?;
        let until = before.map(|t| follow_ups::Column::RecordedAt.lt(t.micros()));
        let some = customers.map(|some| among(&read, (follow_ups::Entity, follow_ups::Column::CustomerId), some));
        let only = Cond::all().add_option(admitted_few(scope, follow_ups::Column::CustomerId));
        let only = only.add_option(until).add_option(some);
        let last: Vec<(i64, i64)> = follow_ups::Entity::find()
            .select_only()
            .column_as(Expr::col((follow_ups::Entity, follow_ups::Column::Id)).max(), "last_id")
            .column_as(Expr::col((follow_ups::Entity, follow_ups::Column::At)).max(), "last_at")
            .filter(only)
            .group_by(follow_ups::Column::CustomerId)
            .into_tuple()
            .all(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let touched: HashMap<i64, i64> = last.into_iter().collect();
        let ids: Vec<i64> = touched.keys().copied().collect();
        let rows = follow_ups::Entity::find()
            .filter(listed(&read, (follow_ups::Entity, follow_ups::Column::Id), &ids))
            .order_by_asc(follow_ups::Column::CustomerId)
            .all(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let last = rows.into_iter().map(|row| LastFollowUp {
            touched_at: Instant::from_micros(touched.get(&row.id).copied().unwrap_or(row.at)),
            recorded_at: Instant::from_micros(row.recorded_at),
            customer: CustomerId::from(row.customer_id),
            next_on: row.next_on,
        });
        Ok(last.collect())
    }
}

impl ReminderAnswer {
    fn new(row: reminder_answers::Model) -> Result<Self, Error> {
        Ok(Self {
            version: row.version,
            answer: NewReminderAnswer {
                customer: CustomerId::from(row.customer_id),
                kind: row.kind,
                key: row.key,
                year: row.year,
                state: AnswerState::read(&row.state)?,
                until_on: row.until_on,
                note: row.note,
            },
            at: Instant::from_micros(row.at),
            actor: row.actor,
        })
    }
}
