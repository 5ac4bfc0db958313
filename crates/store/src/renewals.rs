//! 续约: what people say of contracts that come to their end.
//!
//! Three things are kept apart and never mixed: what the owner judges, what the customer answered, and what was decided
//! by hand where the facts are silent. Which contracts there are and what the facts say became of them is not here
//! (`outcomes::contracts`). Whatever somebody says carries who and when; each change is a row of the history.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use vocab::{CustomerId, Instant, Scope};

use crate::entity::{history, renewals};
use crate::history::{Resource, last_before, parse};
use crate::scope::{admitted_few, among};
use crate::words::words;
use crate::{Error, Store};

words! {
    /// What somebody means to do about a contract that ends: the owner's judgement of it, or the customer's own answer.
    Intention {
        /// 续.
        Renew = "renew",
        /// 续, for less.
        Shrink = "shrink",
        /// 还不一定.
        Unsure = "unsure",
        /// 不续.
        Leave = "leave",
    }
}

words! {
    /// How far the work on a renewal is.
    RenewalStage {
        /// 未启动.
        NotStarted = "not_started",
        /// 已联系.
        Contacted = "contacted",
        /// 谈判中.
        Negotiating = "negotiating",
        /// 待签.
        Signing = "signing",
    }
}

words! {
    /// What became of a contract, said by hand where the facts are silent.
    RenewalOutcome {
        /// 已续.
        Renewed = "renewed",
        /// 缩减.
        Shrunk = "shrunk",
        /// 流失.
        Lost = "lost",
    }
}

/// Which contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RenewalKey {
    /// Whose.
    pub customer: CustomerId,
    /// Its number, where it has one.
    pub contract: Option<String>,
    /// Its last day, `YYYY-MM-DD` of the firm's zone.
    pub due_on: String,
}

/// A word with who said it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenewalWord<T> {
    /// What.
    pub says: T,
    /// For how much a year, in hundredths of the firm's currency.
    pub amount_minor: Option<i64>,
    /// What was said with it.
    pub note: Option<String>,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// Everything that people say of one contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenewalRecord {
    /// Stable id.
    pub id: i64,
    /// Grows by one with every change; whoever changes it sends back the one they saw.
    pub version: i64,
    /// Which contract.
    pub key: RenewalKey,
    /// How far the work is.
    pub stage: RenewalStage,
    /// 客户经理判断.
    pub judgement: Option<RenewalWord<Intention>>,
    /// 客户答复. It carries no amount.
    pub answer: Option<RenewalWord<Intention>>,
    /// What comes next.
    pub next_step: Option<String>,
    /// On which day.
    pub next_on: Option<String>,
    /// What became of it, by hand. It carries no note.
    pub outcome: Option<RenewalWord<RenewalOutcome>>,
    /// Why it shrank or was lost: an id of the churn reasons.
    pub churn_reason: Option<String>,
}

/// One thing that somebody says of a renewal; `None` takes back what was said before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenewalSaying {
    /// The owner's judgement, for how much, with a word.
    Judgement(Option<(Intention, Option<i64>, Option<String>)>),
    /// The customer's answer, with a word.
    Answer(Option<(Intention, Option<String>)>),
    /// How far the work is.
    Stage(RenewalStage),
    /// What comes next, and on which day.
    Next(Option<(String, Option<String>)>),
    /// What became of it, for how much, and why.
    Outcome(Option<(RenewalOutcome, Option<i64>, Option<String>)>),
    /// Why it shrank or was lost.
    Reason(Option<String>),
}

impl RenewalSaying {
    /// The word that the history has for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            RenewalSaying::Judgement(_) => "judgement",
            RenewalSaying::Answer(_) => "answer",
            RenewalSaying::Stage(_) => "stage",
            RenewalSaying::Next(_) => "next",
            RenewalSaying::Outcome(_) => "outcome",
            RenewalSaying::Reason(_) => "reason",
        }
    }
}

/// One step of a renewal: what was said, and the record after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenewalStep {
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// What sort of thing was said: see [`RenewalSaying::as_str`].
    pub said: String,
    /// The record after it.
    pub after: RenewalRecord,
}

impl Store {
    /// What do people say of renewals? Of these customers, or of all in scope; by customer, then by last day.
    pub async fn renewals_said(
        &self,
        scope: &Scope,
        customers: Option<&[CustomerId]>,
    ) -> Result<Vec<RenewalRecord>, Error> {
        let mut select = renewals::Entity::find()
            .order_by_asc(renewals::Column::CustomerId)
            .order_by_asc(renewals::Column::DueOn)
            .order_by_asc(renewals::Column::Id);
        if let Some(customers) = customers {
            select = select.filter(among(&self.reader, (renewals::Entity, renewals::Column::CustomerId), customers));
        }
        if let Some(only) = admitted_few(scope, renewals::Column::CustomerId) {
            select = select.filter(only);
        }
        let rows = select.all(&self.reader).await.map_err(Error::while_doing("reading what is said of renewals"))?;
        rows.into_iter().map(RenewalRecord::new).collect()
    }

    /// The same as it stood at a moment, in no particular order.
    ///
    /// # Edges
    /// The reader's scope is today's, whatever the moment.
    pub async fn renewals_said_then(&self, scope: &Scope, t: Instant) -> Result<Vec<RenewalRecord>, Error> {
        let rows = last_before(Resource::Renewal, scope, t).all(&self.reader).await;
        let rows = rows.map_err(Error::while_doing("folding the history of renewals"))?;
        rows.iter().map(parse).map(|row| RenewalRecord::new(row?)).collect()
    }

    /// Everything that was ever said of a customer's renewals, oldest first; with `before`, only what was written before
    /// that moment.
    pub async fn renewal_steps(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        before: Option<Instant>,
    ) -> Result<Vec<RenewalStep>, Error> {
        let mut select = history::Entity::find()
            .filter(history::Column::Resource.eq(Resource::Renewal.as_str()))
            .filter(history::Column::CustomerId.eq(customer.as_str()))
            .order_by_asc(history::Column::Id);
        if let Some(only) = admitted_few(scope, history::Column::CustomerId) {
            select = select.filter(only);
        }
        if let Some(t) = before {
            select = select.filter(history::Column::At.lt(t.micros()));
        }
        let rows = select.all(&self.reader).await.map_err(Error::while_doing("reading the steps of renewals"))?;
        let step = |row: history::Model| {
            let after = RenewalRecord::new(parse(&row)?)?;
            Ok(RenewalStep { at: Instant::from_micros(row.at), actor: row.actor, said: row.cause, after })
        };
        rows.into_iter().map(step).collect()
    }

    /// Says one thing of a renewal. `version` is the one they saw; 0 where nobody has said anything yet.
    ///
    /// # Errors
    /// Not found for a customer outside the scope, where the scope is not everybody; a conflict if it has changed since.
    pub async fn say_renewal(
        &self,
        scope: &Scope,
        key: &RenewalKey,
        version: i64,
        saying: &RenewalSaying,
        actor: &str,
        now: Instant,
    ) -> Result<RenewalRecord, Error> {
        let doing = "keeping what is said of a renewal";
        let mut writing = self.write(now).await?;
        let contract = key.contract.as_deref().unwrap_or_default();
        let known = renewals::Entity::find()
            .filter(renewals::Column::CustomerId.eq(key.customer.as_str()))
            .filter(renewals::Column::Contract.eq(contract))
            .filter(renewals::Column::DueOn.eq(key.due_on.as_str()))
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        let present = known.as_ref().map_or(0, |row| row.version);
        let mut row = known.map_or_else(|| unsaid(key), renewals::ActiveModel::from);
        row.version = Set(present + 1);
        take(&mut row, saying, actor, now.micros());
        let changed = match present {
            0 => row.insert(&writing.transaction).await,
            _ => row.update(&writing.transaction).await,
        };
        let row = changed.map_err(Error::while_doing(doing))?;
        if let Some(only) = admitted_few(scope, renewals::Column::CustomerId) {
            let seen = renewals::Entity::find_by_id(row.id).filter(only).one(&writing.transaction).await;
            if seen.map_err(Error::while_doing(doing))?.is_none() {
                return Err(Error::not_found(format!("a renewal of {}", key.customer)));
            }
        }
        // Whoever may not see it is not told of its version either.
        if present != version {
            return Err(Error::conflict(format!("renewal {}", row.id), Some(present)));
        }
        let of = (row.id, row.version, row.customer_id.as_str());
        writing.remember_of(Resource::Renewal, of, (actor, saying.as_str()), &row)?;
        let record = RenewalRecord::new(row)?;
        writing.commit().await?;
        Ok(record)
    }
}

/// A row of which nothing has been said.
fn unsaid(key: &RenewalKey) -> renewals::ActiveModel {
    renewals::ActiveModel {
        id: NotSet,
        version: Set(0),
        customer_id: Set(key.customer.as_str().to_owned()),
        contract: Set(key.contract.clone().unwrap_or_default()),
        due_on: Set(key.due_on.clone()),
        stage: Set(RenewalStage::NotStarted.as_str().to_owned()),
        judgement: Set(None),
        judgement_minor: Set(None),
        judgement_note: Set(None),
        judged_by: Set(None),
        judged_at: Set(None),
        answer: Set(None),
        answer_note: Set(None),
        answer_by: Set(None),
        answer_at: Set(None),
        next_step: Set(None),
        next_on: Set(None),
        outcome: Set(None),
        outcome_minor: Set(None),
        outcome_by: Set(None),
        outcome_at: Set(None),
        churn_reason: Set(None),
    }
}

fn take(row: &mut renewals::ActiveModel, saying: &RenewalSaying, actor: &str, at: i64) {
    let signed = |said: bool| (Set(said.then(|| actor.to_owned())), Set(said.then_some(at)));
    match saying {
        RenewalSaying::Judgement(said) => {
            row.judgement = Set(said.as_ref().map(|(says, ..)| says.as_str().to_owned()));
            row.judgement_minor = Set(said.as_ref().and_then(|(_, amount, _)| *amount));
            row.judgement_note = Set(said.as_ref().and_then(|(.., note)| note.clone()));
            (row.judged_by, row.judged_at) = signed(said.is_some());
        }
        RenewalSaying::Answer(said) => {
            row.answer = Set(said.as_ref().map(|(says, _)| says.as_str().to_owned()));
            row.answer_note = Set(said.as_ref().and_then(|(_, note)| note.clone()));
            (row.answer_by, row.answer_at) = signed(said.is_some());
        }
        RenewalSaying::Stage(stage) => row.stage = Set(stage.as_str().to_owned()),
        RenewalSaying::Next(said) => {
            row.next_step = Set(said.as_ref().map(|(words, _)| words.clone()));
            row.next_on = Set(said.as_ref().and_then(|(_, day)| day.clone()));
        }
        RenewalSaying::Outcome(said) => {
            row.outcome = Set(said.as_ref().map(|(says, ..)| says.as_str().to_owned()));
            row.outcome_minor = Set(said.as_ref().and_then(|(_, amount, _)| *amount));
            row.churn_reason = Set(said.as_ref().and_then(|(.., reason)| reason.clone()));
            (row.outcome_by, row.outcome_at) = signed(said.is_some());
        }
        RenewalSaying::Reason(reason) => row.churn_reason = Set(reason.clone()),
    }
}

/// A word as the row keeps it: the word, the amount, the note, by whom and when.
fn word<T: std::str::FromStr<Err = ()>>(
    says: Option<String>,
    amount_minor: Option<i64>,
    note: Option<String>,
    by: Option<String>,
    at: Option<i64>,
) -> Result<Option<RenewalWord<T>>, Error> {
    let (Some(says), Some(by), Some(at)) = (says, by, at) else { return Ok(None) };
    let says = says.parse().map_err(|()| Error::unreadable(format!("a word on a renewal: \"{says}\"")))?;
    Ok(Some(RenewalWord { says, amount_minor, note, by, at: Instant::from_micros(at) }))
}

impl RenewalRecord {
    fn new(row: renewals::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            version: row.version,
            key: RenewalKey {
                customer: CustomerId::from(row.customer_id),
                contract: Some(row.contract).filter(|number| !number.is_empty()),
                due_on: row.due_on,
            },
            stage: RenewalStage::read(&row.stage)?,
            judgement: word(row.judgement, row.judgement_minor, row.judgement_note, row.judged_by, row.judged_at)?,
            answer: word(row.answer, None, row.answer_note, row.answer_by, row.answer_at)?,
            next_step: row.next_step,
            next_on: row.next_on,
            outcome: word(row.outcome, row.outcome_minor, None, row.outcome_by, row.outcome_at)?,
            churn_reason: row.churn_reason,
        })
    }
}
