//! What has become of models since they were judged, and trainings by the schedule.
//!
//! Reports are worked out from the facts and can be again: they leave no trace in the history. A training is claimed by
//! beginning it, so that of two servers on one database one trains. What comes of it is a version, and that has a history.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use vocab::{AsOf, Instant, Text};

use crate::entity::{model_retrainings, model_watches};
use crate::words::words;
use crate::{Error, Store};

/// Trainings that are shown.
const SHOWN: u64 = 50;

words! {
    /// Why a training was begun.
    RetrainingCause {
        /// A month has begun.
        Monthly = "monthly",
        /// The model in service is not what it was.
        Drift = "drift",
    }
}

words! {
    /// What came of a training by the schedule.
    RetrainingOutcome {
        /// A challenger.
        Trained = "trained",
        /// The model that was there already.
        Same = "same",
        /// History does not carry a model.
        Refused = "refused",
        /// It failed.
        Failed = "failed",
    }
}

/// The last report on a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelWatch {
    /// The moment it was made of.
    pub as_of: AsOf,
    /// The report, as the caller wrote it.
    pub report: String,
}

/// A training by the schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retraining {
    /// Which row.
    pub id: i64,
    /// The churn definition.
    pub of: String,
    /// The moment up to which history was known.
    pub as_of: AsOf,
    /// Why it was begun.
    pub cause: RetrainingCause,
    /// When.
    pub begun_at: Instant,
    /// What came of it; `None` while it runs, or if its process ended.
    pub outcome: Option<RetrainingOutcome>,
    /// The model that came of it.
    pub version_id: Option<i64>,
    /// Why there is none.
    pub says: Option<Text>,
}

impl Store {
    /// The last report on a model.
    pub async fn model_watch(&self, version_id: i64) -> Result<Option<ModelWatch>, Error> {
        let row = model_watches::Entity::find_by_id(version_id).one(&self.reader).await;
        let row = row.map_err(Error::while_doing("reading what has become of a model"))?;
        Ok(row.map(|row| ModelWatch { as_of: AsOf(Instant::from_micros(row.as_of)), report: row.report }))
    }

    /// Keeps a report in the place of the last one.
    pub async fn keep_model_watch(&self, version_id: i64, watch: &ModelWatch, now: Instant) -> Result<(), Error> {
        let doing = "keeping what has become of a model";
        let transaction = self.begin_write().await?;
        let row = model_watches::ActiveModel {
            version_id: Set(version_id),
            as_of: Set(watch.as_of.instant().micros()),
            written_at: Set(now.micros()),
            report: Set(watch.report.clone()),
        };
        let known = model_watches::Entity::find_by_id(version_id).one(&transaction).await;
        match known.map_err(Error::while_doing(doing))? {
            Some(_) => row.update(&transaction).await,
            None => row.insert(&transaction).await,
        }
        .map_err(Error::while_doing(doing))?;
        transaction.commit().await.map_err(Error::while_doing(doing))
    }

    /// Trainings by the schedule, the newest first.
    pub async fn retrainings(&self) -> Result<Vec<Retraining>, Error> {
        let rows = model_retrainings::Entity::find()
            .order_by_desc(model_retrainings::Column::AsOf)
            .order_by_desc(model_retrainings::Column::Id)
            .limit(SHOWN)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading trainings by the schedule"))?;
        rows.into_iter().map(Retraining::new).collect()
    }

    /// Claims the training of a churn definition as of a moment; its id, or `None` where it was done, or is being done.
    ///
    /// One that was begun before `lost_before` and never ended is begun anew: its process is gone.
    pub async fn begin_retraining(
        &self,
        (of, as_of): (&str, AsOf),
        cause: RetrainingCause,
        lost_before: Instant,
        now: Instant,
    ) -> Result<Option<i64>, Error> {
        let doing = "beginning a training";
        let transaction = self.begin_write().await?;
        let known = model_retrainings::Entity::find()
            .filter(model_retrainings::Column::OfId.eq(of))
            .filter(model_retrainings::Column::AsOf.eq(as_of.instant().micros()))
            .one(&transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        let row = match known {
            Some(row) if row.ended_at.is_some() || row.begun_at >= lost_before.micros() => return Ok(None),
            Some(row) => {
                let mut again = row.into_active_model();
                again.begun_at = Set(now.micros());
                again.update(&transaction).await
            }
            None => {
                let row = model_retrainings::ActiveModel {
                    id: NotSet,
                    of_id: Set(of.to_owned()),
                    as_of: Set(as_of.instant().micros()),
                    cause: Set(cause.as_str().to_owned()),
                    begun_at: Set(now.micros()),
                    ended_at: Set(None),
                    outcome: Set(None),
                    version_id: Set(None),
                    says_zh: Set(None),
                    says_en: Set(None),
                };
                row.insert(&transaction).await
            }
        };
        let id = row.map_err(Error::while_doing(doing))?.id;
        transaction.commit().await.map_err(Error::while_doing(doing))?;
        Ok(Some(id))
    }

    /// Notes what came of a training.
    ///
    /// # Errors
    /// Not found.
    pub async fn end_retraining(
        &self,
        id: i64,
        outcome: RetrainingOutcome,
        (version_id, says): (Option<i64>, Option<&Text>),
        now: Instant,
    ) -> Result<(), Error> {
        let doing = "ending a training";
        let transaction = self.begin_write().await?;
        let row = model_retrainings::Entity::find_by_id(id).one(&transaction).await;
        let row = row.map_err(Error::while_doing(doing))?;
        let mut row = row.ok_or_else(|| Error::not_found(format!("training {id}")))?.into_active_model();
        row.ended_at = Set(Some(now.micros()));
        row.outcome = Set(Some(outcome.as_str().to_owned()));
        row.version_id = Set(version_id);
        row.says_zh = Set(says.map(|says| says.zh.clone()));
        row.says_en = Set(says.map(|says| says.en.clone()));
        row.update(&transaction).await.map_err(Error::while_doing(doing))?;
        transaction.commit().await.map_err(Error::while_doing(doing))
    }
}

impl Retraining {
    fn new(row: model_retrainings::Model) -> Result<Retraining, Error> {
        let outcome = row.outcome.as_deref().map(RetrainingOutcome::read);
        Ok(Retraining {
            id: row.id,
            as_of: AsOf(Instant::from_micros(row.as_of)),
            cause: RetrainingCause::read(&row.cause)?,
            begun_at: Instant::from_micros(row.begun_at),
            outcome: outcome.transpose()?,
            version_id: row.version_id,
            says: row.says_zh.zip(row.says_en).map(|(zh, en)| Text::new(zh, en)),
            of: row.of_id,
        })
    }
}
