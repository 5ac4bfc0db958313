//! 跟进记录: what somebody said and did with a customer, by which way, and how it went.
//!
//! A record never changes. It is written together with the promise it holds and with the act that it is on the customer's
//! case; the record of facts is told right after, by whoever reads [`Store::follow_ups_untold`], and exactly once, since
//! each has its own key.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use vocab::{CustomerId, Instant, Scope};

use crate::case_moves::{Acting, note_act};
use crate::entity::{follow_ups, promises};
use crate::history::Resource;
use crate::open::Writing;
use crate::promises::{PromiseState, remember_promise};
use crate::scope::admitted_few;
use crate::words::words;
use crate::{Error, Store, pool_returns};

words! {
    /// By which way somebody spoke to a customer.
    Channel {
        /// 电话.
        Call = "call",
        /// 微信 or another messenger.
        Message = "message",
        /// 拜访.
        Visit = "visit",
        /// 会议.
        Meeting = "meeting",
        /// 邮件.
        Email = "email",
        /// Any other.
        Other = "other",
    }
}

words! {
    /// Whether the customer was spoken to.
    TouchOutcome {
        /// They talked.
        Talked = "talked",
        /// A word was left; the answer is to come.
        LeftWord = "left_word",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// They do not want to talk.
        Refused = "refused",
    }
}

words! {
    /// How the customer stands, as whoever spoke to them heard it.
    Mood {
        /// 想留.
        Stay = "stay",
        /// 犹豫.
        Unsure = "unsure",
        /// 要走.
        Leave = "leave",
        /// 说不清.
        Unclear = "unclear",
    }
}

impl Mood {
    /// The mood as a number, so that it can be an indicator: 1 wants to stay, 0 hesitates, −1 wants to leave. What
    /// nobody can tell has none.
    pub fn number(self) -> Option<i8> {
        match self {
            Mood::Stay => Some(1),
            Mood::Unsure => Some(0),
            Mood::Leave => Some(-1),
            Mood::Unclear => None,
        }
    }
}

/// Something promised, with its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPromise {
    /// What.
    pub words: String,
    /// By which day, in the firm's zone.
    pub due_on: String,
    /// The end of that day.
    pub due_at: Instant,
}

/// What somebody said and did, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFollowUp {
    /// The sender's own name for it: the same sent twice is one.
    pub key: String,
    /// With whom.
    pub customer: CustomerId,
    /// When it happened.
    pub at: Instant,
    /// By which way.
    pub channel: Channel,
    /// Whether they were spoken to.
    pub outcome: TouchOutcome,
    /// Which person there.
    pub contact: Option<String>,
    /// How they stand.
    pub mood: Option<Mood>,
    /// What was said.
    pub note: Option<String>,
    /// The day of the next contact.
    pub next_on: Option<String>,
    /// What was promised.
    pub promise: Option<NewPromise>,
}

/// A follow-up record as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUpRecord {
    /// Stable id.
    pub id: i64,
    /// What was recorded; the promise stands by itself, as [`crate::PromiseRecord`].
    pub said: NewFollowUp,
    /// The case that it was an act on, if the customer had an open one.
    pub case_id: Option<i64>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// By whom.
    pub actor: String,
}

impl Store {
    /// Keeps a record, its promise, and the act that it is on the customer's open case: all of it or nothing. `acting`
    /// says what an act makes of the work on that case. The second value says whether the record is new: the same key with
    /// the same content again changes nothing.
    ///
    /// # Errors
    /// Not found for a customer outside the scope, where the scope is not everybody; a conflict where the key was used
    /// for something else.
    pub async fn add_follow_up(
        &self,
        scope: &Scope,
        new: &NewFollowUp,
        (actor, acting): (&str, Acting<'_>),
        now: Instant,
    ) -> Result<(FollowUpRecord, bool), Error> {
        let doing = "keeping a follow-up record";
        let mut writing = self.write(now).await?;
        let known = follow_ups::Entity::find().filter(follow_ups::Column::Key.eq(&new.key));
        if let Some(row) = known.one(&writing.transaction).await.map_err(Error::while_doing(doing))? {
            return told_again(&writing, row, new, actor).await.map(|record| (record, false));
        }
        let case_id = note_act(&mut writing, new.customer.as_str(), acting, actor).await?;
        let row = follow_ups::ActiveModel {
            id: NotSet,
            version: Set(1),
            key: Set(new.key.clone()),
            customer_id: Set(new.customer.as_str().to_owned()),
            case_id: Set(case_id),
            at: Set(new.at.micros()),
            recorded_at: Set(now.micros()),
            actor: Set(actor.to_owned()),
            channel: Set(new.channel.as_str().to_owned()),
            outcome: Set(new.outcome.as_str().to_owned()),
            contact: Set(new.contact.clone()),
            mood: Set(new.mood.map(|mood| mood.as_str().to_owned())),
            note: Set(new.note.clone()),
            next_on: Set(new.next_on.clone()),
            told_at: Set(None),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        if let Some(only) = admitted_few(scope, follow_ups::Column::CustomerId) {
            let seen = follow_ups::Entity::find_by_id(row.id).filter(only).one(&writing.transaction).await;
            if seen.map_err(Error::while_doing(doing))?.is_none() {
                return Err(Error::not_found(format!("the customer {}", new.customer)));
            }
        }
        let of = (row.id, row.version, row.customer_id.as_str());
        writing.remember_of(Resource::FollowUp, of, (actor, "recorded"), &row)?;
        pool_returns::withdraw(&mut writing, new.customer.as_str(), actor).await?;
        if let Some(promise) = &new.promise {
            make_promise(&mut writing, &row, promise).await?;
        }
        writing.commit().await?;
        Ok((FollowUpRecord::new(row, new.promise.clone())?, true))
    }

    /// A customer's records, the latest recorded first; with `before`, those recorded before that moment.
    pub async fn follow_ups(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        before: Option<Instant>,
        limit: u64,
    ) -> Result<Vec<FollowUpRecord>, Error> {
        let mut select = follow_ups::Entity::find()
            .filter(follow_ups::Column::CustomerId.eq(customer.as_str()))
            .order_by_desc(follow_ups::Column::RecordedAt)
            .order_by_desc(follow_ups::Column::Id)
            .limit(limit);
        if let Some(only) = admitted_few(scope, follow_ups::Column::CustomerId) {
            select = select.filter(only);
        }
        if let Some(t) = before {
            select = select.filter(follow_ups::Column::RecordedAt.lt(t.micros()));
        }
        let rows = select.all(&self.reader).await.map_err(Error::while_doing("reading follow-up records"))?;
        rows.into_iter().map(|row| FollowUpRecord::new(row, None)).collect()
    }

    /// Records of which the record of facts has not been told, each with its promise.
    pub async fn follow_ups_untold(&self, scope: &Scope) -> Result<Vec<FollowUpRecord>, Error> {
        let doing = "reading what the facts do not know";
        let mut select = follow_ups::Entity::find()
            .filter(follow_ups::Column::ToldAt.is_null())
            .order_by_asc(follow_ups::Column::Id);
        if let Some(only) = admitted_few(scope, follow_ups::Column::CustomerId) {
            select = select.filter(only);
        }
        let rows = select.all(&self.reader).await.map_err(Error::while_doing(doing))?;
        let mut untold = Vec::with_capacity(rows.len());
        for row in rows {
            let promise = promises::Entity::find().filter(promises::Column::FollowUpId.eq(row.id));
            let promise = promise.one(&self.reader).await.map_err(Error::while_doing(doing))?;
            untold.push(FollowUpRecord::new(row, promise.as_ref().map(new_promise))?);
        }
        Ok(untold)
    }

    /// Notes that the record of facts was told of these records.
    pub async fn follow_ups_told(&self, ids: &[i64], now: Instant) -> Result<(), Error> {
        follow_ups::Entity::update_many()
            .col_expr(follow_ups::Column::ToldAt, Expr::value(now.micros()))
            .filter(follow_ups::Column::Id.is_in(ids.iter().copied()))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing("noting that records were told"))?;
        Ok(())
    }
}

/// The record under a key that was sent again: the same content and sender, or a conflict.
async fn told_again(
    writing: &Writing,
    row: follow_ups::Model,
    new: &NewFollowUp,
    actor: &str,
) -> Result<FollowUpRecord, Error> {
    let promise = promises::Entity::find().filter(promises::Column::FollowUpId.eq(row.id));
    let promise = promise.one(&writing.transaction).await.map_err(Error::while_doing("reading a promise"))?;
    let (version, by) = (row.version, row.actor.clone());
    let known = FollowUpRecord::new(row, promise.as_ref().map(new_promise))?;
    // Whoever leaves the moment out sends another one each time.
    let again = NewFollowUp { at: known.said.at, ..new.clone() };
    if known.said == again && by == actor {
        return Ok(known);
    }
    Err(Error::conflict(format!("the follow-up record {}", new.key), Some(version)))
}

async fn make_promise(writing: &mut Writing, row: &follow_ups::Model, promise: &NewPromise) -> Result<(), Error> {
    let made = promises::ActiveModel {
        id: NotSet,
        version: Set(1),
        follow_up_id: Set(row.id),
        customer_id: Set(row.customer_id.clone()),
        words: Set(promise.words.clone()),
        due_on: Set(promise.due_on.clone()),
        due_at: Set(promise.due_at.micros()),
        made_at: Set(row.recorded_at),
        made_by: Set(row.actor.clone()),
        state: Set(PromiseState::Open.as_str().to_owned()),
        settled_at: Set(None),
        settled_by: Set(None),
        note: Set(None),
        // That it was made is told with the record itself.
        told_version: Set(1),
        told_as: Set(None),
    };
    let made = made.insert(&writing.transaction).await.map_err(Error::while_doing("keeping a promise"))?;
    remember_promise(writing, &made, &row.actor, "made")
}

fn new_promise(row: &promises::Model) -> NewPromise {
    NewPromise { words: row.words.clone(), due_on: row.due_on.clone(), due_at: Instant::from_micros(row.due_at) }
}

impl FollowUpRecord {
    pub(crate) fn new(row: follow_ups::Model, promise: Option<NewPromise>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            said: NewFollowUp {
                key: row.key,
                customer: CustomerId::from(row.customer_id),
                at: Instant::from_micros(row.at),
                channel: Channel::read(&row.channel)?,
                outcome: TouchOutcome::read(&row.outcome)?,
                contact: row.contact,
                mood: row.mood.as_deref().map(Mood::read).transpose()?,
                note: row.note,
                next_on: row.next_on,
                promise,
            },
            case_id: row.case_id,
            recorded_at: Instant::from_micros(row.recorded_at),
            actor: row.actor,
        })
    }
}
