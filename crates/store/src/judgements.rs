//! What people say of a customer's health: a number for a measure that only people can tell, or that the health is
//! another than was computed. Nothing is deleted: what was taken back says when and by whom.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use vocab::{CustomerId, Instant, Scope};

use crate::entity::judgements;
use crate::history::Resource;
use crate::scope::admitted_few;
use crate::{Error, Store};

/// A person's word on a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJudgement {
    /// On whom.
    pub customer: CustomerId,
    /// The measure that it is a number for; `None` = it is the health itself.
    pub measure: Option<String>,
    /// The number: of the measure, or the health in points.
    pub value: f64,
    /// Why.
    pub reason: String,
    /// When it ends, half-open; `None` = when it is taken back.
    pub until: Option<Instant>,
}

/// A person's word on a customer, as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Which row.
    pub id: i64,
    /// What was said.
    pub said: NewJudgement,
    /// Who said it.
    pub author: String,
    /// When.
    pub said_at: Instant,
    /// When it was taken back, if it was.
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    pub withdrawn_by: Option<String>,
}

impl Judgement {
    /// When it ended or will end: taken back, or at its end; [`Instant::MAX`] if neither.
    pub fn ends_at(&self) -> Instant {
        let ends = [self.withdrawn_at, self.said.until];
        ends.into_iter().flatten().min().unwrap_or(Instant::MAX)
    }
}

impl Store {
    /// Everything that was ever said of the customers a reader may see, oldest first.
    pub async fn judgements(&self, scope: &Scope) -> Result<Vec<Judgement>, Error> {
        let mut select = judgements::Entity::find().order_by_asc(judgements::Column::Id);
        if let Some(only) = admitted_few(scope, judgements::Column::CustomerId) {
            select = select.filter(only);
        }
        let rows = select.all(&self.reader).await.map_err(Error::while_doing("reading what people said"))?;
        Ok(rows.into_iter().map(Judgement::new).collect())
    }

    /// Keeps a person's word.
    ///
    /// # Errors
    /// Not found for a customer outside the scope, where the scope is not everybody.
    pub async fn add_judgement(
        &self,
        scope: &Scope,
        new: &NewJudgement,
        author: &str,
        now: Instant,
    ) -> Result<Judgement, Error> {
        let doing = "keeping what somebody said";
        let mut writing = self.write(now).await?;
        let row = judgements::ActiveModel {
            id: NotSet,
            version: Set(1),
            customer_id: Set(new.customer.as_str().to_owned()),
            measure: Set(new.measure.clone()),
            value: Set(new.value),
            reason: Set(new.reason.clone()),
            author: Set(author.to_owned()),
            said_at: Set(now.micros()),
            until: Set(new.until.map(Instant::micros)),
            withdrawn_at: Set(None),
            withdrawn_by: Set(None),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        if let Some(only) = admitted_few(scope, judgements::Column::CustomerId) {
            let seen = judgements::Entity::find_by_id(row.id).filter(only).one(&writing.transaction).await;
            if seen.map_err(Error::while_doing(doing))?.is_none() {
                return Err(Error::not_found(format!("the customer {}", new.customer)));
            }
        }
        let of = (row.id, row.version, row.customer_id.as_str());
        writing.remember_of(Resource::Judgement, of, (author, "said"), &row)?;
        writing.commit().await?;
        Ok(Judgement::new(row))
    }

    /// Takes a word back: from now on it no longer stands.
    ///
    /// # Errors
    /// Not found, also for a customer outside the scope; a conflict if it was taken back already.
    pub async fn withdraw_judgement(
        &self,
        scope: &Scope,
        id: i64,
        actor: &str,
        now: Instant,
    ) -> Result<Judgement, Error> {
        let doing = "taking back what somebody said";
        let mut writing = self.write(now).await?;
        let mut select = judgements::Entity::find_by_id(id);
        if let Some(only) = admitted_few(scope, judgements::Column::CustomerId) {
            select = select.filter(only);
        }
        let row = select.one(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        let row = row.ok_or_else(|| Error::not_found(format!("word {id}")))?;
        if row.withdrawn_at.is_some() {
            return Err(Error::conflict(format!("word {id}"), Some(row.version)));
        }
        let (version, said_at) = (row.version + 1, row.said_at);
        let mut changed = row.into_active_model();
        changed.version = Set(version);
        changed.withdrawn_at = Set(Some(now.micros().max(said_at)));
        changed.withdrawn_by = Set(Some(actor.to_owned()));
        let row = changed.update(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        let of = (row.id, row.version, row.customer_id.as_str());
        writing.remember_of(Resource::Judgement, of, (actor, "withdrawn"), &row)?;
        writing.commit().await?;
        Ok(Judgement::new(row))
    }
}

impl Judgement {
    fn new(row: judgements::Model) -> Self {
        Self {
            id: row.id,
            said: NewJudgement {
                customer: CustomerId::from(row.customer_id),
                measure: row.measure,
                value: row.value,
                reason: row.reason,
                until: row.until.map(Instant::from_micros),
            },
            author: row.author,
            said_at: Instant::from_micros(row.said_at),
            withdrawn_at: row.withdrawn_at.map(Instant::from_micros),
            withdrawn_by: row.withdrawn_by,
        }
    }
}
