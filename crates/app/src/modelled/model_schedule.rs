//! Trainings that nobody asks for: when a month begins, or when the model in service is not what it was. What comes of one is
//! a challenger; a person puts it in service.
//!
//! A training is claimed before it is begun, so that of two servers on one database one trains, and never twice as of the
//! same moment.

use store::{Retraining, RetrainingCause, RetrainingOutcome, VersionRecord, Versioned};
use vocab::{AsOf, Instant, Text};

use crate::error::Error;
use crate::learnt::trained::{SEED, TrainingQuery};
use crate::shown::written;
use crate::staff::people::sees_all;
use crate::view::{self, ModelDrift, ModelPassport, ModelRetraining, ModelSchedule, TrainingRun, Words};
use crate::{App, Reader};

/// Under which key the choice is kept.
const SETTING: &str = "model_schedule";
/// What history names who trained by the schedule.
const ACTOR: &str = "schedule";
/// A training that has not ended after so long is lost with its process.
const LOST_AFTER: i64 = 12 * 3_600_000_000;
/// Trainings shown.
const SHOWN: usize = 5;

/// When models are trained without being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Off,
    Monthly,
    Drift,
}

impl Mode {
    const ALL: [Mode; 3] = [Mode::Off, Mode::Monthly, Mode::Drift];

    fn as_str(self) -> &'static str {
        match self {
            Mode::Off => "off",
            Mode::Monthly => "monthly",
            Mode::Drift => "drift",
        }
    }

    fn read(word: &str) -> Option<Mode> {
        Mode::ALL.into_iter().find(|mode| mode.as_str() == word)
    }
}

impl App {
    async fn model_mode(&self) -> Result<Mode, Error> {
        let chosen = self.store().setting(SETTING).await?;
        Ok(chosen.as_deref().and_then(Mode::read).unwrap_or(Mode::Off))
    }

    /// When models are trained without being asked, and what came of it.
    pub(crate) async fn model_schedule(&self) -> Result<ModelSchedule, Error> {
        let trainings = self.store().retrainings().await?;
        Ok(ModelSchedule {
            mode: self.model_mode().await?.as_str().to_owned(),
            trainings: trainings.iter().take(SHOWN).map(|one| self.retraining_shown(one)).collect(),
        })
    }

    /// Chooses when models are trained without being asked.
    ///
    /// # Errors
    /// `unknown_choice`.
    pub async fn set_model_schedule(
        &self,
        reader: &Reader,
        change: view::ModelScheduleChange,
        now: Instant,
    ) -> Result<ModelSchedule, Error> {
        reader.may_act()?;
        sees_all(reader)?;
        let mode = Mode::read(&change.mode).ok_or_else(|| {
            let shown: String = change.mode.chars().take(40).collect();
            Error::bad(
                "unknown_choice",
                (&format!("没有这种安排：“{shown}”"), &format!("no such schedule: \"{shown}\"")),
                ("可用：off、monthly、drift", "one of off, monthly, drift"),
            )
        })?;
        self.store().put_setting(SETTING, mode.as_str(), &reader.actor(), now).await?;
        self.model_schedule().await
    }

    /// Looks after models: what has become of the one in service, and a training if one is due. Waits for its end.
    ///
    /// # Edges
    /// Nothing is done before the firm is set up, nor twice for the same moment.
    pub async fn keep_models(&self, now: Instant) -> Result<(), Error> {
        let Some(firm) = self.firm().await? else { return Ok(()) };
        let drift = self.watch_champion(&firm.churn, now).await?;
        let cause = match self.model_mode().await? {
            Mode::Monthly => RetrainingCause::Monthly,
            Mode::Drift if drift.as_ref().is_some_and(is_wrong) => RetrainingCause::Drift,
            Mode::Off | Mode::Drift => return Ok(()),
        };
        self.retrain(&firm.churn, cause, now).await
    }

    /// Trains as of the beginning of the month, once; not where a model knows as much already.
    async fn retrain(&self, churn: &str, cause: RetrainingCause, now: Instant) -> Result<(), Error> {
        let is_busy = self.last_training().is_some_and(|run| run.state == "running");
        let as_of = AsOf(self.zone().month_start(now, 0));
        let lost_before = now.plus_micros(-LOST_AFTER);
        let known = self.store().versions(Versioned::Model).await?;
        let knows_more = known.iter().any(|one| one.of == churn && knows_history_to(one, as_of.instant()));
        if is_busy || knows_more || self.sequence() == 0 {
            return Ok(());
        }
        let Some(id) = self.store().begin_retraining((churn, as_of), cause, lost_before, now).await? else {
            return Ok(());
        };
        let query =
            TrainingQuery { churn: Some(churn.to_owned()), as_of: Some(as_of), seed: SEED, ..TrainingQuery::default() };
        let ended = match self.begin_training(ACTOR.to_owned(), query, now) {
            Ok((_, work)) => match work.await {
                Ok(()) => self.last_training().as_ref().map_or_else(broke_off, outcome),
                Err(_) => broke_off(),
            },
            Err(error) => (RetrainingOutcome::Failed, None, Some(text(error.detail()))),
        };
        let (outcome, version_id, says) = ended;
        let is_known = version_id.is_some_and(|id| known.iter().any(|one| one.id == id));
        let outcome = if is_known { RetrainingOutcome::Same } else { outcome };
        self.store().end_retraining(id, outcome, (version_id, says.as_ref()), now).await?;
        Ok(())
    }

    fn retraining_shown(&self, one: &Retraining) -> ModelRetraining {
        ModelRetraining {
            churn: one.of.clone(),
            as_of: self.zone().date(one.as_of.instant()),
            cause: one.cause.as_str().to_owned(),
            begun_at: written(one.begun_at),
            outcome: one.outcome.map(|outcome| outcome.as_str().to_owned()),
            model_id: one.version_id,
            says: one.says.as_ref().map(Words::from),
        }
    }
}

/// Whether a model of our own was learnt from history up to a moment or further.
fn knows_history_to(record: &VersionRecord, moment: Instant) -> bool {
    let passport = serde_json::from_str::<ModelPassport>(&record.definition).ok();
    let until = passport.filter(|one| one.outside.is_none()).map(|one| one.as_of);
    until.and_then(|until| Instant::parse_rfc3339(&until).ok()).is_some_and(|until| until >= moment)
}

fn is_wrong(drift: &ModelDrift) -> bool {
    !drift.signs.is_empty()
}

fn text(words: &Words) -> Text {
    Text::new(words.zh.clone(), words.en.clone())
}

type Ended = (RetrainingOutcome, Option<i64>, Option<Text>);

/// What came of a training that has ended.
fn outcome(run: &TrainingRun) -> Ended {
    match run.state.as_str() {
        "done" => (RetrainingOutcome::Trained, run.model_id, None),
        "refused" => (RetrainingOutcome::Refused, None, run.refusal.as_ref().map(|refusal| text(&refusal.detail))),
        "stopped" => (RetrainingOutcome::Failed, None, Some(Text::new("训练被取消", "the training was stopped"))),
        _ => (RetrainingOutcome::Failed, None, run.failure.as_ref().map(text)),
    }
}

fn broke_off() -> Ended {
    (RetrainingOutcome::Failed, None, Some(Text::new("训练中断", "the training broke off")))
}
