//! Deliveries: one notice by one channel, from planned to settled.
//!
//! `planned → sending → sent | failed | possibly_sent`. Whoever sends claims first: a delivery is `sending`, with the
//! claimer and the moment, in a transaction of its own before anything leaves the house. One that its claimer never
//! settled is `possibly_sent`: nobody knows, so it is never sent again by itself, but shown until a person decides.
//!
//! Every call to the outside is an attempt, written before it and ended after it; attempts are what the pace of a channel
//! is counted by, so that a program that starts anew, or a second one, keeps to it too. Neither leaves a trace in the
//! history, where only what people decide is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, Order, QueryFilter,
    QueryOrder, QuerySelect,
};
use vocab::{Instant, Notice};

use crate::entity::{channels, notice_attempts, notice_deliveries, notices};
use crate::history::Resource;
use crate::notices::said;
use crate::open::Change;
use crate::scope::listed;
use crate::words::words;
use crate::{Error, Store};

/// How many people are looked at for whom to send to next, of those for whom something is due on a channel.
const LOOKED_AT: u64 = 200;
/// Whether anything of a group is urgent: 1 or 0.
const URGENT: &str = "MAX(CASE WHEN is_urgent THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END)";
/// How far back attempts may matter to a pace, in microseconds: an hour.
const MEMORY_MICROS: i64 = 3_600_000_000;

words! {
    /// How far a delivery is.
    DeliveryState {
        /// It waits for its moment.
        Planned = "planned",
        /// Somebody has claimed it and is about to send it, or has.
        Sending = "sending",
        /// It arrived.
        Sent = "sent",
        /// It did not, and will not by itself.
        Failed = "failed",
        /// Nobody knows.
        PossiblySent = "possibly_sent",
    }
}

impl DeliveryState {
    pub(crate) fn filter(self) -> Condition {
        Condition::all().add(notice_deliveries::Column::State.eq(self.as_str()))
    }

    /// Deliveries about which somebody should decide.
    pub(crate) fn undecided() -> Condition {
        let open = [DeliveryState::Failed.as_str(), DeliveryState::PossiblySent.as_str()];
        Condition::all()
            .add(notice_deliveries::Column::State.is_in(open))
            .add(notice_deliveries::Column::DecidedAt.is_null())
    }
}

words! {
    /// What came of a call to the outside.
    AttemptOutcome {
        /// It was taken.
        Sent = "sent",
        /// It was not, and may be the next time.
        Later = "later",
        /// It never will be.
        Failed = "failed",
        /// Nobody knows.
        Unknown = "unknown",
    }
}

/// What a person decides about a delivery that failed or may have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryDecision {
    /// Send it again.
    Resend,
    /// Leave it.
    Leave,
}

/// A delivery as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// Stable id.
    pub id: i64,
    /// Grows with every change.
    pub version: i64,
    /// Whom it is for.
    pub staff: i64,
    /// By which channel.
    pub channel_id: i64,
    /// How far it is.
    pub state: DeliveryState,
    /// When it is sent, or tried again, at the earliest.
    pub next_at: Instant,
    /// How often it was tried.
    pub tries: i64,
    /// When it was settled.
    pub settled_at: Option<Instant>,
    /// Why it did not arrive, as JSON that the caller understands.
    pub trouble: Option<String>,
    /// Who decided what to do about it.
    pub decided_by: Option<String>,
}

impl DeliveryRecord {
    /// Whether somebody should decide what to do about it.
    pub fn is_open(&self) -> bool {
        matches!(self.state, DeliveryState::Failed | DeliveryState::PossiblySent) && self.decided_by.is_none()
    }
}

/// A call to the outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRecord {
    /// Stable id.
    pub id: i64,
    /// By which channel.
    pub channel_id: i64,
    /// To whom.
    pub staff: i64,
    /// When it was made.
    pub started_at: Instant,
    /// When it had ended.
    pub ended_at: Option<Instant>,
    /// What came of it.
    pub outcome: Option<AttemptOutcome>,
    /// What the other side said, or what went wrong, as the caller wrote it.
    pub said: Option<String>,
}

/// Deliveries to one person by one channel that go out together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The attempt that settles them.
    pub attempt_id: i64,
    /// By which channel.
    pub channel_id: i64,
    /// To whom.
    pub staff: i64,
    /// How often those of them were tried that were tried most, this time included.
    pub tries: i64,
    /// What they say: urgent ones first, then in the order planned.
    pub notices: Vec<Notice>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It arrived; the other side's words.
    Sent(String),
    /// It did not; try again then.
    Later {
        /// When.
        at: Instant,
        /// Why, as JSON that the caller understands.
        trouble: String,
        /// Nothing may go out by the channel before this.
        pause: Option<Instant>,
    },
    /// It did not and will not; why, as JSON that the caller understands.
    Failed(String),
    /// Nobody knows; why, as JSON that the caller understands.
    Perhaps(String),
}

/// From when on a channel may be used for a person, given every earlier attempt's moment and person within the last hour,
/// in order.
pub type Free<'a> = &'a (dyn Fn(i64, i64, &[(Instant, i64)]) -> Instant + Sync);

impl Store {
    /// Claims what is due, urgent ones first and what waits longest next, for at most `most` calls. What waits for one
    /// person on one channel goes out together.
    ///
    /// Nothing else may send it until it is settled ([`Store::settle_attempt`]).
    pub async fn claim_deliveries(
        &self,
        claimer: &str,
        most: usize,
        free: Free<'_>,
        now: Instant,
    ) -> Result<Vec<Claim>, Error> {
        let doing = "claiming deliveries";
        if due(&self.reader, now).await?.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = self.begin_write().await?;
        let due = due(&transaction, now).await?;
        let channels: BTreeSet<i64> = due.iter().map(|(channel, _)| *channel).collect();
        let mut earlier = attempts_since(&transaction, &channels, now.plus_micros(-MEMORY_MICROS)).await?;
        let mut claims = Vec::new();
        for (channel, staff) in due {
            if claims.len() == most {
                break;
            }
            let before = earlier.entry(channel).or_default();
            if free(channel, staff, before) > now {
                continue;
            }
            before.push((now, staff));
            let attempt =
                begun(channel, staff, claimer, now).insert(&transaction).await.map_err(Error::while_doing(doing))?;
            claim(&transaction, &attempt).await?;
            claims.push(attempt);
        }
        let claims = claims_of(&transaction, claims).await?;
        transaction.commit().await.map_err(Error::while_doing(doing))?;
        Ok(claims)
    }

    /// Notes an attempt that carries no notice: somebody tries a channel. Counts towards its pace.
    pub async fn begin_trial(&self, channel: i64, staff: i64, claimer: &str, now: Instant) -> Result<i64, Error> {
        let attempt = begun(channel, staff, claimer, now);
        let transaction = self.begin_write().await?;
        let attempt = attempt.insert(&transaction).await.map_err(Error::while_doing("beginning a trial"))?;
        transaction.commit().await.map_err(Error::while_doing("beginning a trial"))?;
        Ok(attempt.id)
    }

    /// Ends an attempt and settles what it carried.
    ///
    /// # Edges
    /// What was given up meanwhile ([`Store::give_up_claims`]) is settled all the same, unless a person has decided about
    /// it: who knows late knows better than who guessed.
    pub async fn settle_attempt(&self, attempt: i64, settled: &Settled, now: Instant) -> Result<(), Error> {
        let doing = "settling an attempt";
        use notice_deliveries::Column as C;
        let (state, outcome, said) = match settled {
            Settled::Sent(said) => (DeliveryState::Sent, AttemptOutcome::Sent, said),
            Settled::Later { trouble, .. } => (DeliveryState::Planned, AttemptOutcome::Later, trouble),
            Settled::Failed(trouble) => (DeliveryState::Failed, AttemptOutcome::Failed, trouble),
            Settled::Perhaps(trouble) => (DeliveryState::PossiblySent, AttemptOutcome::Unknown, trouble),
        };
        let transaction = self.begin_write().await?;
        let row = notice_attempts::Entity::find_by_id(attempt).one(&transaction).await;
        let row = row.map_err(Error::while_doing(doing))?;
        let row = row.ok_or_else(|| Error::not_found(format!("attempt {attempt}")))?;
        let channel = row.channel_id;
        let mut ended = row.into_active_model();
        ended.ended_at = Set(Some(now.micros()));
        ended.outcome = Set(Some(outcome.as_str().to_owned()));
        ended.said = Set(Some(said.clone()));
        ended.update(&transaction).await.map_err(Error::while_doing(doing))?;
        let open = [DeliveryState::Sending.as_str(), DeliveryState::PossiblySent.as_str()];
        let mut update = notice_deliveries::Entity::update_many()
            .col_expr(C::State, Expr::value(state.as_str()))
            .col_expr(C::Version, Expr::col(C::Version).add(1))
            .filter(C::AttemptId.eq(attempt))
            .filter(C::State.is_in(open))
            .filter(C::DecidedAt.is_null());
        update = match settled {
            Settled::Sent(_) => update.col_expr(C::Trouble, Expr::value(Option::<String>::None)),
            _ => update.col_expr(C::Trouble, Expr::value(said.as_str())),
        };
        update = match settled {
            Settled::Later { at, .. } => update.col_expr(C::NextAt, Expr::value(at.micros())),
            _ => update.col_expr(C::SettledAt, Expr::value(now.micros())),
        };
        update.exec(&transaction).await.map_err(Error::while_doing(doing))?;
        if let Settled::Later { pause: Some(until), .. } = settled {
            channels::Entity::update_many()
                .col_expr(channels::Column::PausedUntil, Expr::value(until.micros()))
                .filter(channels::Column::Id.eq(channel))
                .exec(&transaction)
                .await
                .map_err(Error::while_doing(doing))?;
        }
        transaction.commit().await.map_err(Error::while_doing(doing))
    }

    /// Gives up what was claimed and never settled: everything of one claimer, where nobody of that name can be at work
    /// any more, and of everybody what was claimed before a moment. How many are possibly sent for it.
    pub async fn give_up_claims(
        &self,
        claimer: Option<&str>,
        before: Instant,
        trouble: &str,
        now: Instant,
    ) -> Result<u64, Error> {
        let doing = "giving up claims";
        use notice_deliveries::Column as C;
        let lost = || {
            let late = Condition::any().add(C::ClaimedAt.lt(before.micros()));
            late.add_option(claimer.map(|claimer| C::ClaimedBy.eq(claimer)))
        };
        let sending = C::State.eq(DeliveryState::Sending.as_str());
        let some = notice_deliveries::Entity::find().filter(sending.clone()).filter(lost()).limit(1);
        if some.one(&self.reader).await.map_err(Error::while_doing(doing))?.is_none() {
            return Ok(0);
        }
        let transaction = self.begin_write().await?;
        let given_up = notice_deliveries::Entity::update_many()
            .col_expr(C::State, Expr::value(DeliveryState::PossiblySent.as_str()))
            .col_expr(C::Version, Expr::col(C::Version).add(1))
            .col_expr(C::Trouble, Expr::value(trouble))
            .col_expr(C::SettledAt, Expr::value(now.micros()))
            .filter(sending)
            .filter(lost())
            .exec(&transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        transaction.commit().await.map_err(Error::while_doing(doing))?;
        Ok(given_up.rows_affected)
    }

    /// Decides about a delivery that failed or may have arrived; with `staff`, only about that person's own. `version` is
    /// the one that was seen.
    ///
    /// # Errors
    /// Not found; a conflict if it changed meanwhile or there is nothing to decide; refused if it is to be sent again by a
    /// channel that is gone.
    pub async fn decide_delivery(
        &self,
        staff: Option<i64>,
        (id, version): (i64, i64),
        decision: DeliveryDecision,
        actor: &str,
        now: Instant,
    ) -> Result<DeliveryRecord, Error> {
        let doing = "deciding about a delivery";
        let mut writing = self.write(now).await?;
        let mut find = notice_deliveries::Entity::find_by_id(id);
        if let Some(staff) = staff {
            find = find.filter(notice_deliveries::Column::StaffId.eq(staff));
        }
        let row = find.one(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        let row = row.ok_or_else(|| Error::not_found(format!("delivery {id}")))?;
        let (present, channel) = (row.version, row.channel_id);
        if present != version || !DeliveryRecord::new(row.clone())?.is_open() {
            return Err(Error::conflict(format!("delivery {id}"), Some(present)));
        }
        let mut changed = row.into_active_model();
        changed.version = Set(present + 1);
        let cause = match decision {
            DeliveryDecision::Resend => {
                let channel = channels::Entity::find_by_id(channel).one(&writing.transaction).await;
                if channel.map_err(Error::while_doing(doing))?.is_none() {
                    return Err(Error::refused(format!("the channel of delivery {id} is gone")));
                }
                changed.state = Set(DeliveryState::Planned.as_str().to_owned());
                changed.next_at = Set(now.micros());
                changed.tries = Set(0);
                changed.attempt_id = Set(None);
                changed.settled_at = Set(None);
                "resent"
            }
            DeliveryDecision::Leave => {
                changed.decided_by = Set(Some(actor.to_owned()));
                changed.decided_at = Set(Some(now.micros()));
                "left"
            }
        };
        let row = changed.update(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        let change = Change {
            resource: Resource::NoticeDelivery,
            id: id.to_string(),
            customer: None,
            version: row.version,
            actor,
            cause,
        };
        writing.remember(change, &row)?;
        writing.commit().await?;
        DeliveryRecord::new(row)
    }

    /// The latest attempts of a channel, the newest first.
    pub async fn notice_attempts(&self, channel: i64, limit: u64) -> Result<Vec<AttemptRecord>, Error> {
        let rows = notice_attempts::Entity::find()
            .filter(notice_attempts::Column::ChannelId.eq(channel))
            .order_by_desc(notice_attempts::Column::StartedAt)
            .order_by_desc(notice_attempts::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading attempts"))?;
        rows.into_iter().map(AttemptRecord::new).collect()
    }
}

/// Whom something is due for, by channel and person: urgent first, then what waits longest.
async fn due(connection: &impl ConnectionTrait, now: Instant) -> Result<Vec<(i64, i64)>, Error> {
    use notice_deliveries::Column as C;
    let doing = "reading what is due";
    let rested = Condition::any()
        .add(channels::Column::PausedUntil.is_null())
        .add(channels::Column::PausedUntil.lte(now.micros()));
    let open: Vec<i64> = channels::Entity::find()
        .select_only()
        .column(channels::Column::Id)
        .filter(channels::Column::IsEnabled.eq(true))
        .filter(rested)
        .into_tuple()
        .all(connection)
        .await
        .map_err(Error::while_doing(doing))?;
    let urgent = || Expr::cust(URGENT);
    let waits = || Expr::col((notice_deliveries::Entity, C::NextAt)).min();
    let mut due: Vec<(i64, i64, i64, i64)> = Vec::new();
    // Channel by channel, so that one that may not be used at the moment keeps nobody waiting behind the others.
    for channel in open {
        let people: Vec<(i64, i64, i64)> = notice_deliveries::Entity::find()
            .select_only()
            .column(C::StaffId)
            .column_as(urgent(), "urgent")
            .column_as(waits(), "waits")
            .filter(C::ChannelId.eq(channel))
            .filter(C::State.eq(DeliveryState::Planned.as_str()))
            .filter(C::NextAt.lte(now.micros()))
            .group_by(C::StaffId)
            .order_by(urgent(), Order::Desc)
            .order_by(waits(), Order::Asc)
            .order_by_asc(C::StaffId)
            .limit(LOOKED_AT)
            .into_tuple()
            .all(connection)
            .await
            .map_err(Error::while_doing(doing))?;
        due.extend(people.into_iter().map(|(staff, urgent, waits)| (-urgent, waits, channel, staff)));
    }
    due.sort_unstable();
    Ok(due.into_iter().map(|(_, _, channel, staff)| (channel, staff)).collect())
}

/// The moments and persons of each channel's attempts since a moment, in order.
async fn attempts_since(
    connection: &impl ConnectionTrait,
    channels: &BTreeSet<i64>,
    since: Instant,
) -> Result<BTreeMap<i64, Vec<(Instant, i64)>>, Error> {
    use notice_attempts::Column as C;
    let rows: Vec<(i64, i64, i64)> = notice_attempts::Entity::find()
        .select_only()
        .column(C::ChannelId)
        .column(C::StartedAt)
        .column(C::StaffId)
        .filter(C::ChannelId.is_in(channels.iter().copied()))
        .filter(C::StartedAt.gte(since.micros()))
        .order_by_asc(C::StartedAt)
        .into_tuple()
        .all(connection)
        .await
        .map_err(Error::while_doing("reading earlier attempts"))?;
    let mut earlier: BTreeMap<i64, Vec<(Instant, i64)>> = BTreeMap::new();
    for (channel, at, staff) in rows {
        earlier.entry(channel).or_default().push((Instant::from_micros(at), staff));
    }
    Ok(earlier)
}

fn begun(channel: i64, staff: i64, claimer: &str, now: Instant) -> notice_attempts::ActiveModel {
    notice_attempts::ActiveModel {
        id: NotSet,
        channel_id: Set(channel),
        staff_id: Set(staff),
        claimed_by: Set(claimer.to_owned()),
        started_at: Set(now.micros()),
        ended_at: Set(None),
        outcome: Set(None),
        said: Set(None),
    }
}

/// Gives an attempt everything that is due for its person by its channel.
async fn claim(connection: &impl ConnectionTrait, attempt: &notice_attempts::Model) -> Result<(), Error> {
    use notice_deliveries::Column as C;
    notice_deliveries::Entity::update_many()
        .col_expr(C::State, Expr::value(DeliveryState::Sending.as_str()))
        .col_expr(C::Version, Expr::col(C::Version).add(1))
        .col_expr(C::Tries, Expr::col(C::Tries).add(1))
        .col_expr(C::AttemptId, Expr::value(attempt.id))
        .col_expr(C::ClaimedBy, Expr::value(attempt.claimed_by.as_str()))
        .col_expr(C::ClaimedAt, Expr::value(attempt.started_at))
        .filter(C::ChannelId.eq(attempt.channel_id))
        .filter(C::StaffId.eq(attempt.staff_id))
        .filter(C::State.eq(DeliveryState::Planned.as_str()))
        .filter(C::NextAt.lte(attempt.started_at))
        .exec(connection)
        .await
        .map_err(Error::while_doing("claiming deliveries"))?;
    Ok(())
}

async fn claims_of(
    connection: &impl ConnectionTrait,
    attempts: Vec<notice_attempts::Model>,
) -> Result<Vec<Claim>, Error> {
    let doing = "reading what was claimed";
    let ids: Vec<i64> = attempts.iter().map(|attempt| attempt.id).collect();
    let rows = notice_deliveries::Entity::find()
        .filter(listed(connection, notice_deliveries::Column::AttemptId, &ids))
        .order_by(notice_deliveries::Column::IsUrgent, Order::Desc)
        .order_by_asc(notice_deliveries::Column::Id)
        .all(connection)
        .await
        .map_err(Error::while_doing(doing))?;
    let told: Vec<i64> = rows.iter().map(|row| row.notice_id).collect();
    let texts = notices::Entity::find().filter(listed(connection, notices::Column::Id, &told)).all(connection).await;
    let texts = texts.map_err(Error::while_doing(doing))?;
    let texts: HashMap<i64, Notice> =
        texts.into_iter().map(|row| Ok((row.id, said(row)?))).collect::<Result<_, Error>>()?;
    let mut claims: BTreeMap<i64, Claim> = attempts
        .into_iter()
        .map(|attempt| {
            let claim = Claim {
                attempt_id: attempt.id,
                channel_id: attempt.channel_id,
                staff: attempt.staff_id,
                tries: 0,
                notices: Vec::new(),
            };
            (attempt.id, claim)
        })
        .collect();
    for row in rows {
        // A notice may be in two claims, by two channels.
        let text = texts.get(&row.notice_id).cloned();
        let claim = row.attempt_id.and_then(|attempt| claims.get_mut(&attempt));
        if let (Some(text), Some(claim)) = (text, claim) {
            claim.tries = Ord::max(claim.tries, row.tries);
            claim.notices.push(text);
        }
    }
    Ok(claims.into_values().collect())
}

impl DeliveryRecord {
    pub(crate) fn new(row: notice_deliveries::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            version: row.version,
            staff: row.staff_id,
            channel_id: row.channel_id,
            state: DeliveryState::read(&row.state)?,
            next_at: Instant::from_micros(row.next_at),
            tries: row.tries,
            settled_at: row.settled_at.map(Instant::from_micros),
            trouble: row.trouble,
            decided_by: row.decided_by,
        })
    }
}

impl AttemptRecord {
    fn new(row: notice_attempts::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            channel_id: row.channel_id,
            staff: row.staff_id,
            started_at: Instant::from_micros(row.started_at),
            ended_at: row.ended_at.map(Instant::from_micros),
            outcome: row.outcome.as_deref().map(AttemptOutcome::read).transpose()?,
            said: row.said,
        })
    }
}
