//! How well each indicator foretold leaving: worked out in the background, kept beside the data, read by screens.
//!
//! The arithmetic is `training`'s. The answer is a cache (`DIR/state/efficacy-CHURN.json`): it can be worked out again
//! at any time from the facts.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use indicators::Catalog;
use training::efficacy::{self, Design, Figures, Question};
use vocab::{AsOf, Horizon, Instant, Text, Zone};

use crate::books::definitions::{definition_files, indicator_files};
use crate::error::{Error, from_findings};
use crate::shown::written;
use crate::staff::people::sees_all;
use crate::view::{
    EfficacyDrift, EfficacyFigures, EfficacyMonth, EfficacyNote, EfficacyReport, EfficacyRow, EfficacyRun,
    EfficacySummary, Likeness, PartialEffect, Words,
};
use crate::{App, Reader, blocking};

/// What is asked of history.
#[derive(Clone, Debug, Default)]
pub struct EfficacyQuery {
    /// Churn definition; the firm's when absent.
    pub churn: Option<String>,
    /// The moment up to which history is known; the last midnight passed when absent.
    pub as_of: Option<AsOf>,
    /// A file or folder of definitions that takes the place of the shipped ones.
    pub catalog: Option<PathBuf>,
    /// How many days ahead leaving is looked for; by the churn definition when absent.
    pub horizon_days: Option<u32>,
}

/// Told the part done, 0 to 1.
pub type EfficacyProgress = Arc<dyn Fn(f64) + Send + Sync>;

/// The work of this process, by churn definition.
#[derive(Default)]
pub(crate) struct Efficacies {
    work: Mutex<HashMap<String, Work>>,
}

#[derive(Clone, Debug)]
enum Work {
    Running(f64),
    Failed(Words),
}

impl Efficacies {
    fn set(&self, churn: &str, work: Option<Work>) {
        let mut all = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        match work {
            Some(work) => all.insert(churn.to_owned(), work),
            None => all.remove(churn),
        };
    }

    fn get(&self, churn: &str) -> Option<Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner).get(churn).cloned()
    }

    /// Takes the work up unless somebody has.
    fn begin(&self, churn: &str) -> bool {
        let mut all = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(all.get(churn), Some(Work::Running(_))) {
            return false;
        }
        all.insert(churn.to_owned(), Work::Running(0.0));
        true
    }
}

impl App {
    /// Works out how well each indicator foretold leaving, now and to the end, for whoever sees all customers.
    ///
    /// Beside the catalogue's indicators every event of the firm that none of them asks for is counted and tried too.
    pub async fn efficacy(
        &self,
        reader: &Reader,
        asked: EfficacyQuery,
        progress: EfficacyProgress,
        now: Instant,
    ) -> Result<EfficacyReport, Error> {
        sees_all(reader)?;
        let churn = self.churn_asked(asked.churn.as_deref()).await?;
        let as_of = asked.as_of.unwrap_or(AsOf(self.zone().midnight(now)));
        let supply = self.supply().await?;
        let (app, firm) = (self.clone(), self.working_firm().await?);
        blocking(move || {
            let definition = app.churn_definition(&churn).ok_or_else(|| no_churn(&churn))?;
            let told = |files: &[_]| app.with_memberships(parsed(files)?, &firm, &supply);
            let files = match &asked.catalog {
                Some(path) => definition_files(path)?,
                None => indicator_files(),
            };
            let catalog = told(&files)?.with_supply(Arc::clone(&supply));
            let horizon = asked.horizon_days.map(|days| Horizon { days });
            let mut question = Question { catalog: &catalog, churn: definition, as_of, horizon };
            let frame = app.facts().as_of(as_of).frame(&question.want())?;
            let more = match efficacy::candidates(&frame, &catalog) {
                Some(text) => {
                    let mut all = files;
                    all.push(("~candidates.toml".to_owned(), text));
                    Some(told(&all)?.with_supply(Arc::clone(&supply)))
                }
                None => None,
            };
            if let Some(more) = &more {
                question.catalog = more;
            }
            let found = efficacy::efficacy(&frame, &question, &*progress);
            Ok(shown(&found, &churn, app.zone()))
        })
        .await
    }

    /// Begins to work out efficacy in the background, unless that is under way.
    pub async fn start_efficacy(
        &self,
        reader: &Reader,
        churn: Option<String>,
        now: Instant,
    ) -> Result<EfficacyRun, Error> {
        reader.may_act()?;
        sees_all(reader)?;
        let churn = self.churn_asked(churn.as_deref()).await?;
        if self.efficacies().begin(&churn) {
            let (app, asked_by, wanted) = (self.clone(), reader.clone(), churn.clone());
            tokio::spawn(async move {
                let (teller, about) = (app.clone(), wanted.clone());
                let progress: EfficacyProgress =
                    Arc::new(move |part| teller.efficacies().set(&about, Some(Work::Running(part))));
                let asked = EfficacyQuery { churn: Some(wanted.clone()), ..EfficacyQuery::default() };
                let worked = app.efficacy(&asked_by, asked, progress, now).await;
                let kept = worked.and_then(|report| keep(&app.efficacy_file(&wanted), &report));
                let ended = kept.err().map(|error| {
                    tracing::error!(%error, "efficacy could not be worked out");
                    Work::Failed(Words { zh: error.detail().zh.clone(), en: error.detail().en.clone() })
                });
                app.efficacies().set(&wanted, ended);
            });
        }
        self.efficacy_run(reader, Some(churn)).await
    }

    /// How far the work is, and the last answer; for whoever sees all customers.
    pub async fn efficacy_run(&self, reader: &Reader, churn: Option<String>) -> Result<EfficacyRun, Error> {
        sees_all(reader)?;
        let churn = self.churn_asked(churn.as_deref()).await?;
        let report = self.last_efficacy(&churn);
        let (state, progress, failure) = match self.efficacies().get(&churn) {
            Some(Work::Running(part)) => ("running", Some(part), None),
            Some(Work::Failed(why)) => ("failed", None, Some(why)),
            None if report.is_some() => ("done", None, None),
            None => ("none", None, None),
        };
        Ok(EfficacyRun { churn, state: state.to_owned(), progress, failure, report })
    }

    /// The last answer; a file that cannot be read is as good as none.
    pub(crate) fn last_efficacy(&self, churn: &str) -> Option<EfficacyReport> {
        serde_json::from_slice(&std::fs::read(self.efficacy_file(churn)).ok()?).ok()
    }

    fn efficacy_file(&self, churn: &str) -> PathBuf {
        self.dir().join("state").join(format!("efficacy-{}.json", self.churn_stamp(churn)))
    }

    pub(crate) async fn churn_asked(&self, churn: Option<&str>) -> Result<String, Error> {
        let churn = match churn.filter(|id| !id.is_empty()) {
            Some(id) => id.to_owned(),
            None => self.working_firm().await?.churn,
        };
        if self.churn_definition(&churn).is_some() { Ok(churn) } else { Err(no_churn(&churn)) }
    }
}

pub(crate) fn no_churn(id: &str) -> Error {
    Error::bad(
        "unknown_choice",
        (&format!("没有这个流失口径：“{id}”"), &format!("no such churn definition: \"{id}\"")),
        (
            "可用的编号见“流失口径”页，或 definitions/churn",
            "the page of churn definitions and definitions/churn have the ids",
        ),
    )
}

fn parsed(files: &[(String, String)]) -> Result<Catalog, Error> {
    Catalog::parse(files).map_err(|findings| from_findings("bad_definition", &findings))
}

/// Written whole or not at all.
fn keep(file: &Path, report: &EfficacyReport) -> Result<(), Error> {
    let partial = file.with_extension("partial");
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(Error::internal)?;
    }
    let text = serde_json::to_vec(report).map_err(Error::internal)?;
    std::fs::write(&partial, text).map_err(Error::internal)?;
    std::fs::rename(&partial, file).map_err(Error::internal)
}

/// In short, for a line of the catalogue.
pub(crate) fn summary(row: &EfficacyRow) -> EfficacySummary {
    let figures = row.figures.as_ref();
    EfficacySummary {
        verdict: row.verdict.clone(),
        direction: figures.map(|one| one.direction.clone()),
        auc: figures.map(|one| one.auc),
        auc_low: figures.map(|one| one.auc_low),
        auc_high: figures.map(|one| one.auc_high),
        months: figures.map(|one| one.months.iter().map(|month| month.auc).collect()).unwrap_or_default(),
        lift: figures.and_then(|one| one.lift.first().copied()),
        sentence: row.sentence.clone(),
    }
}

fn words(text: &Text) -> Words {
    Words::from(text)
}

pub(crate) fn shown(found: &efficacy::EfficacyReport, churn: &str, zone: &Zone) -> EfficacyReport {
    let (design, horizon_days) = match found.design {
        Design::Renewals => ("renewals", None),
        Design::Moments { horizon } => ("moments", Some(horizon.days)),
    };
    let row = |one: &efficacy::Efficacy| EfficacyRow {
        id: one.id.clone(),
        name: words(&one.name),
        category: one.category.clone(),
        verdict: one.verdict.as_str().to_owned(),
        coverage: one.coverage,
        sentence: words(&one.sentence),
        figures: one.figures.as_ref().map(|figures| figures_shown(figures, zone)),
    };
    EfficacyReport {
        churn: churn.to_owned(),
        as_of: written(found.as_of.instant()),
        design: design.to_owned(),
        horizon_days,
        first_at: found.span.map(|(first, _)| written(first.instant())),
        last_at: found.span.map(|(_, last)| written(last.instant())),
        rows: found.rows as u64,
        customers: found.customers as u64,
        leavers: found.leavers as u64,
        cut_off: found.cut_off as u64,
        notes: found
            .notes
            .iter()
            .map(|note| EfficacyNote { code: note.code.to_owned(), text: words(&note.text) })
            .collect(),
        headline: words(&found.headline),
        indicators: found.indicators.iter().map(row).collect(),
    }
}

fn figures_shown(figures: &Figures, zone: &Zone) -> EfficacyFigures {
    let month = |at: Instant| zone.date(at)[..7].to_owned();
    let like = |(id, correlation): &(String, f64)| Likeness { id: id.clone(), correlation: *correlation };
    EfficacyFigures {
        rows: figures.rows as u64,
        leavers: figures.leavers as u64,
        auc: figures.auc,
        auc_low: figures.interval.0,
        auc_high: figures.interval.1,
        false_discovery_rate: figures.false_discovery_rate,
        direction: figures.direction.as_str().to_owned(),
        information_value: figures.information_value,
        lift: figures.lift.clone(),
        worst_rate: figures.worst_rate,
        lead_days: figures.lead_days,
        caught: figures.caught,
        months: figures
            .months
            .iter()
            .map(|one| EfficacyMonth {
                month: month(one.month),
                rows: one.rows as u64,
                leavers: one.leavers as u64,
                auc: one.auc,
                stability: one.stability,
            })
            .collect(),
        drift: figures.drift.map(|drift| EfficacyDrift {
            month: month(drift.month),
            stability: drift.stability,
            bound: drift.bound,
        }),
        closest: figures.closest.as_ref().map(like),
        partial: figures.partial.as_ref().map(|partial| PartialEffect {
            direction: partial.direction().as_str().to_owned(),
            coefficient: partial.coefficient,
            low: partial.interval.0,
            high: partial.interval.1,
            beside: partial.beside.iter().map(like).collect(),
        }),
    }
}
