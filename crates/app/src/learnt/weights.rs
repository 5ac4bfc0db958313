//! Weights of a scorecard learnt from who left, in the background: a suggestion beside the weights there are.
//!
//! The arithmetic is `training::train::weights`. Nothing is changed here: whoever takes a suggestion over writes a draft of the
//! scorecard, and activates it, as with any other change.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use scores::ScoreBook;
use training::train::TrainSpec;
use training::train::weights::{self, LearntWeights, Weighing};
use vocab::{AsOf, Horizon, Instant};

use crate::error::Error;
use crate::learnt::backtest_shown::share;
use crate::learnt::backtests::BacktestProgress;
use crate::learnt::efficacy::no_churn;
use crate::learnt::past_read::PastRead;
use crate::learnt::study::state_of;
use crate::learnt::trained::{TrainingQuery, failed, metric, readiness, refusal, stretch};
use crate::shown::written;
use crate::staff::people::sees_all;
use crate::view::{CardFigures, SuggestedWeight, SuggestedWeights, WeightsPage, WeightsRequest, WeightsRun, Words};
use crate::{App, Reader, blocking, threads};

/// What is to be learnt, checked.
struct Wish {
    book: ScoreBook,
    churn: String,
    as_of: AsOf,
    horizon: Horizon,
}

impl App {
    /// Begins to learn weights for a scorecard in the background; one is learnt at a time. For whoever sees all customers.
    ///
    /// # Errors
    /// `learning_running`; `bad_definition`, `other_id`, `unknown_choice`: what is wrong with the question is said at once.
    pub async fn learn_weights(
        &self,
        reader: &Reader,
        id: &str,
        asked: WeightsRequest,
        now: Instant,
    ) -> Result<WeightsRun, Error> {
        reader.may_act()?;
        sees_all(reader)?;
        let book = self.checked_book(id, &asked.definition)?;
        let (churn, as_of, horizon) = self.learning_asked(asked.churn, asked.horizon_days, now).await?;
        let run = WeightsRun {
            state: "running".to_owned(),
            progress: Some(0.0),
            scorecard: id.to_owned(),
            churn: churn.clone(),
            horizon_days: horizon.days,
            started_at: written(now),
            readiness: None,
            refusal: None,
            failure: None,
            answer: None,
        };
        let stop = self.weighings().begin(run.clone())?;
        let (app, wish) = (self.clone(), Wish { book, churn, as_of, horizon });
        tokio::spawn(async move {
            let teller = app.clone();
            let progress: BacktestProgress = Arc::new(move |part| {
                teller.weighings().tell(|run| run.progress = Some(part));
                !stop.load(Ordering::Relaxed)
            });
            let worked = app.weigh(wish, progress).await;
            app.weighings().end(|run| app.weighed(run, worked));
        });
        Ok(run)
    }

    /// The firm's way of leaving or the one asked for, the last midnight passed, and a horizon there is.
    pub(crate) async fn learning_asked(
        &self,
        churn: Option<String>,
        horizon_days: Option<u32>,
        now: Instant,
    ) -> Result<(String, AsOf, Horizon), Error> {
        let plain = TrainingQuery::default();
        let query = TrainingQuery { churn, horizon_days: horizon_days.unwrap_or(plain.horizon_days), ..plain };
        let (churn, as_of) = self.training_asked(&query, now).await?;
        Ok((churn, as_of, Horizon { days: query.horizon_days }))
    }

    async fn weigh(&self, wish: Wish, progress: BacktestProgress) -> Result<(Weighing, ScoreBook), Error> {
        let supply = self.supply().await?;
        let app = self.clone();
        blocking(move || {
            let Wish { book, churn, as_of, horizon } = wish;
            let definition = app.churn_definition(&churn).ok_or_else(|| no_churn(&churn))?;
            let catalog = app.definitions().catalog.clone().with_supply(supply).only(&book.indicators());
            let seed = TrainingQuery::default().seed;
            let spec = TrainSpec { catalog: &catalog, churn: definition, as_of, horizon, seed, threads: threads() };
            let PastRead { past, moments, since, span } = app.past_read(&spec, &[])?;
            let later = app.facts().after(since, span)?.known_before(as_of);
            let found = weights::learn(&past, &later, moments, &book, &spec, &*progress).map_err(failed)?;
            Ok((found, book))
        })
        .await
    }

    /// Writes down how the learning ended.
    fn weighed(&self, run: &mut WeightsRun, worked: Result<(Weighing, ScoreBook), Error>) {
        run.progress = None;
        run.state = state_of(&worked, |(found, _)| found.verdict.is_ok());
        match worked {
            Ok((found, book)) => {
                run.readiness = Some(readiness(&found.readiness));
                match found.verdict {
                    Ok(learnt) => run.answer = Some(self.suggested(&learnt, &book)),
                    Err(why) => run.refusal = Some(refusal(&why)),
                }
            }
            Err(error) if error.code() == "stopped" => {}
            Err(error) => {
                tracing::error!(%error, "weights could not be learnt");
                run.failure = Some(error.detail().clone());
            }
        }
    }

    fn suggested(&self, learnt: &LearntWeights, book: &ScoreBook) -> SuggestedWeights {
        let catalog = &self.definitions().catalog;
        let rows = learnt.measures.iter().zip(book.measures()).map(|(row, (_, measure, _))| {
            let name = measure.manual.as_ref().or(catalog.get(&row.id).map(|one| &one.name));
            SuggestedWeight {
                id: row.id.clone(),
                name: name.map(Words::from).unwrap_or_default(),
                hand: row.hand,
                suggested: row.suggested,
                unlearnt: row.unlearnt.map(str::to_owned),
            }
        });
        SuggestedWeights {
            learnt: stretch(&learnt.learnt, self.zone()),
            chosen: learnt.chosen.as_ref().map(|chosen| stretch(chosen, self.zone())),
            tested: stretch(&learnt.tested, self.zone()),
            strength: learnt.strength,
            measures: rows.collect(),
            hand: figures(&learnt.hand),
            suggested: figures(&learnt.suggested),
            difference: metric(learnt.difference),
            better: learnt.better.as_str().to_owned(),
            sentence: Words::from(&learnt.sentence),
        }
    }

    /// What was last learnt for a scorecard, or is; for whoever sees all customers.
    ///
    /// # Errors
    /// `not_found` for a scorecard that is not there.
    pub async fn learnt_weights(&self, reader: &Reader, id: &str) -> Result<WeightsPage, Error> {
        sees_all(reader)?;
        let records = self.store().versions(store::Versioned::Scorecard).await?;
        self.shown_book(id, &records)?;
        Ok(WeightsPage { run: self.weighings().last().filter(|run| run.scorecard == id) })
    }

    /// Stops the learning of weights of a scorecard.
    ///
    /// # Errors
    /// `not_found` if none is learnt.
    pub async fn stop_weights(&self, reader: &Reader, id: &str) -> Result<(), Error> {
        reader.may_act()?;
        sees_all(reader)?;
        match self.weighings().last().filter(|run| run.scorecard == id) {
            Some(_) => self.weighings().stop(),
            None => Err(Error::not_found(("正在进行的学习", "anything that is being learnt"))),
        }
    }
}

fn figures(one: &weights::CardFigures) -> CardFigures {
    CardFigures {
        auc: metric(one.auc),
        warned: one.warned,
        leavers: one.leavers,
        caught: one.caught,
        precision: share(one.precision),
        recall: share(one.recall),
    }
}
