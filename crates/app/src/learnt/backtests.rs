//! Scorers replayed over the firm's own past: now, or in the background with progress; kept beside the data.
//!
//! The arithmetic is `training`'s. What came of a replay is kept in `DIR/state/backtests/NUMBER.json` and can be worked out
//! again; what is proven of a rule or scorecard is kept in the store ([`crate::App::proof`]).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use training::backtest::{self, Failure, Leaving, OutsideScores, Scorer, Spec};
use vocab::{AsOf, Instant};

use crate::error::{Class, Error};
use crate::learnt::backtest_shown::{Shown, summary};
use crate::learnt::outside_tables::{listed_leavers, outside_scores};
use crate::shown::written;
use crate::staff::people::sees_all;
use crate::view;
use crate::{App, Reader, blocking, lab_table};

/// Replays kept.
const KEPT: usize = 100;
/// Warnings that a page shows.
const SHOWN: usize = 1_000;
const LEAD_DAYS: u32 = 14;
const HORIZON_DAYS: u32 = 90;
const YEAR_DAYS: i64 = 365;

/// What is replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BacktestScorer {
    /// The scorecard in force.
    Health,
    /// A scorecard by itself, in the version in use.
    Scorecard(String),
    /// A scorecard in the version that is being written.
    Draft(String),
    /// The rules in force.
    Rules,
    /// One rule, switched on or not.
    Rule(String),
    /// A model, by its number: what it says of everybody each week.
    Model(i64),
    /// A file of somebody else's scores: `customer_id`, a date, a score of which higher is worse (a column called
    /// `health`: lower is worse).
    Table(PathBuf),
}

/// What counts as leaving.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BacktestChurn {
    /// The firm's definition.
    #[default]
    OfFirm,
    /// This one.
    Definition(String),
    /// A file of who left and when: `customer_id` and a date.
    Table(PathBuf),
}

/// What is asked of the past.
#[derive(Clone, Debug)]
pub struct BacktestQuery {
    /// What is replayed.
    pub scorer: BacktestScorer,
    /// What counts as leaving.
    pub churn: BacktestChurn,
    /// The first moment.
    pub from: AsOf,
    /// The end.
    pub to: AsOf,
    /// The industry template whose rules and scorecard are meant; the firm's when absent.
    pub template: Option<String>,
    /// Warnings a week.
    pub budget: Option<u32>,
    /// The least lead.
    pub lead_days: u32,
    /// The horizon.
    pub horizon_days: u32,
}

impl BacktestScorer {
    /// Reads `health`, `rules`, `rule:ID`, `scorecard:ID`, `draft:ID`, `model:NUMBER` or `table:FILE`.
    ///
    /// # Errors
    /// `unknown_choice`.
    pub fn parse(text: &str) -> Result<BacktestScorer, Error> {
        match text.split_once(':') {
            None if text == "health" => Ok(Self::Health),
            None if text == "rules" => Ok(Self::Rules),
            Some(("rule", id)) if !id.is_empty() => Ok(Self::Rule(id.to_owned())),
            Some(("scorecard", id)) if !id.is_empty() => Ok(Self::Scorecard(id.to_owned())),
            Some(("draft", id)) if !id.is_empty() => Ok(Self::Draft(id.to_owned())),
            Some(("model", id)) if id.parse::<i64>().is_ok() => Ok(Self::Model(id.parse().unwrap_or_default())),
            Some(("table", file)) if !file.is_empty() => Ok(Self::Table(PathBuf::from(file))),
            _ => Err(Error::bad(
                "unknown_choice",
                (&format!("不认识的评分方式：“{text}”"), &format!("no such scorer: \"{text}\"")),
                (
                    "可用：health、rules、rule:编号、scorecard:编号、draft:编号、model:编号、table:文件",
                    "one of: health, rules, rule:ID, scorecard:ID, draft:ID, model:NUMBER, table:FILE",
                ),
            )),
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Health => "health".to_owned(),
            Self::Rules => "rules".to_owned(),
            Self::Rule(id) => format!("rule:{id}"),
            Self::Scorecard(id) | Self::Draft(id) => format!("scorecard:{id}"),
            Self::Model(id) => format!("model:{id}"),
            Self::Table(file) => {
                format!("table:{}", file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default())
            }
        }
    }
}

impl BacktestQuery {
    /// A replay of a stretch with a lead of 14 and a horizon of 90 days, as many warnings as there are.
    pub fn new(scorer: BacktestScorer, from: AsOf, to: AsOf) -> BacktestQuery {
        let churn = BacktestChurn::default();
        BacktestQuery {
            scorer,
            churn,
            from,
            to,
            template: None,
            budget: None,
            lead_days: LEAD_DAYS,
            horizon_days: HORIZON_DAYS,
        }
    }
}

/// Told the part done, 0 to 1; says whether to go on.
pub type BacktestProgress = Arc<dyn Fn(f64) -> bool + Send + Sync>;

/// The replay of this process that runs.
#[derive(Default)]
pub(crate) struct Backtests {
    running: Mutex<BTreeMap<u64, Running>>,
}

#[derive(Clone)]
struct Running {
    run: view::BacktestRun,
    stop: Arc<AtomicBool>,
}

/// A replay as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    run: view::BacktestRun,
    report: Option<view::BacktestReport>,
}

impl Backtests {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Replays now and to the end, for whoever sees all customers.
    ///
    /// # Errors
    /// `unknown_choice`, `bad_stretch`, `future_moment`, `bad_lead`, `budget_needed`, `bad_table`, `stopped`; of a model
    /// `not_found`, `model_damaged`, `learnt_from`.
    pub async fn backtest(
        &self,
        reader: &Reader,
        asked: BacktestQuery,
        progress: BacktestProgress,
        now: Instant,
    ) -> Result<view::BacktestReport, Error> {
        sees_all(reader)?;
        let firm = self.firm_of(asked.template.as_deref()).await?;
        let supply = self.supply().await?;
        let card = self.replayed_card(&asked.scorer, &firm).await?;
        let model = match &asked.scorer {
            BacktestScorer::Model(id) => Some(self.asking(self.model_record(*id).await?).await?),
            _ => None,
        };
        let app = self.clone();
        blocking(move || {
            let definitions = app.definitions();
            let lens = app.lens(&firm)?;
            let policy = app.policy_in_use(&firm.template);
            let catalog = definitions.catalog.clone().with_supply(Arc::clone(&supply));
            let outside = match (&asked.scorer, &model) {
                (BacktestScorer::Table(file), _) => outside_scores(&lab_table(file)?, app.zone())?,
                (_, Some(model)) => app.scores_of_model(model, supply, (asked.from, asked.to), asked.horizon_days)?,
                _ => OutsideScores::default(),
            };
            let listed = match &asked.churn {
                BacktestChurn::Table(file) => listed_leavers(&lab_table(file)?, app.zone())?,
                _ => Vec::new(),
            };
            let (leaving, churn) = match &asked.churn {
                BacktestChurn::OfFirm => (Leaving::Definition(lens.churn), lens.churn.id.clone()),
                BacktestChurn::Definition(id) => {
                    let definition = app.churn_definition(id).ok_or_else(|| crate::learnt::efficacy::no_churn(id))?;
                    (Leaving::Definition(definition), id.clone())
                }
                BacktestChurn::Table(_) => (Leaving::Listed(&listed), "table".to_owned()),
            };
            let scorer = match &asked.scorer {
                BacktestScorer::Health | BacktestScorer::Scorecard(_) | BacktestScorer::Draft(_) => Scorer::Health,
                BacktestScorer::Rules => Scorer::Rules,
                BacktestScorer::Rule(id) => Scorer::Rule(id),
                BacktestScorer::Table(_) | BacktestScorer::Model(_) => Scorer::Table(&outside),
            };
            let spec = Spec {
                catalog: &catalog,
                book: card.as_ref().map_or(lens.book, |card| &card.book),
                policy: &policy,
                scorer,
                leaving,
                from: asked.from,
                to: asked.to,
                known_until: now,
                lead_days: asked.lead_days,
                horizon_days: asked.horizon_days,
                budget: asked.budget,
                knowing: app.replay_knowing(&firm.template),
            };
            spec.check().map_err(refused)?;
            let mut want = spec.want();
            if !want.properties.iter().any(|key| key == "name") {
                want.properties.push("name".to_owned());
            }
            let past = app.facts().as_of(spec.to).frame(&want)?;
            let hindsight = app.facts().after(spec.from, spec.look_back())?;
            let found = backtest::backtest(&past, &hindsight, &spec, &*progress).map_err(refused)?;
            let notes = Vec::new();
            let key = card.map_or_else(|| asked.scorer.key(), |card| card.key);
            let shown = Shown { frame: &past, policy: &policy, scorer: key, churn, notes };
            Ok(shown.report(&found))
        })
        .await
    }

    /// The firm, or one as a template starts it.
    async fn firm_of(&self, template: Option<&str>) -> Result<view::Firm, Error> {
        let Some(id) = template else { return self.working_firm().await };
        if self.definitions().template(id).is_none() {
            let known: Vec<&str> = self.definitions().templates.iter().map(|one| one.id.as_str()).collect();
            let known = known.join(", ");
            return Err(Error::bad(
                "unknown_choice",
                (&format!("没有这个行业模板：“{id}”"), &format!("no such template: \"{id}\"")),
                (&format!("可用：{known}"), &format!("one of: {known}")),
            ));
        }
        Ok(self.template_firm(id))
    }

    /// Begins a replay in the background; one runs at a time.
    ///
    /// # Errors
    /// `backtest_running`; what is wrong with the question is said at once.
    pub async fn start_backtest(
        &self,
        reader: &Reader,
        asked: view::BacktestRequest,
        now: Instant,
    ) -> Result<view::BacktestRun, Error> {
        reader.may_act()?;
        sees_all(reader)?;
        let query = self.query_of(&asked, now).await?;
        self.begin_backtest(reader, query, now).await
    }

    /// Begins a replay that was checked. After that of a draft the version in use is replayed over the same stretch, so
    /// that there is something to put beside it.
    pub(crate) async fn begin_backtest(
        &self,
        reader: &Reader,
        query: BacktestQuery,
        now: Instant,
    ) -> Result<view::BacktestRun, Error> {
        let beside = match &query.scorer {
            BacktestScorer::Draft(id) => {
                Some(BacktestQuery { scorer: BacktestScorer::Scorecard(id.clone()), ..query.clone() })
            }
            _ => None,
        };
        let (run, stop) = self.enter_backtest(&query, now).await?;
        let (app, asked_by, begun) = (self.clone(), reader.clone(), run.clone());
        tokio::spawn(async move {
            let is_stopped = Arc::clone(&stop);
            app.work_replay(&asked_by, query, begun, stop, now).await;
            let Some(beside) = beside.filter(|_| !is_stopped.load(Ordering::Relaxed)) else { return };
            match app.enter_backtest(&beside, now).await {
                Ok((run, stop)) => app.work_replay(&asked_by, beside, run, stop, now).await,
                Err(error) => tracing::info!(%error, "the version in use was not replayed beside the draft"),
            }
        });
        Ok(run)
    }

    /// Takes the one place of replays that run.
    async fn enter_backtest(
        &self,
        query: &BacktestQuery,
        now: Instant,
    ) -> Result<(view::BacktestRun, Arc<AtomicBool>), Error> {
        let firm = self.working_firm().await?;
        let churn = match &query.churn {
            BacktestChurn::Definition(id) => id.clone(),
            _ => firm.churn.clone(),
        };
        let card = self.replayed_card(&query.scorer, &firm).await?;
        let stop = Arc::new(AtomicBool::new(false));
        let mut running = self.backtests().lock();
        if !running.is_empty() {
            return Err(Error::new(
                Class::Conflict,
                "backtest_running",
                ("另一个回测还在运行", "another backtest is running"),
                ("等它结束，或先取消它", "wait for it, or cancel it first"),
            ));
        }
        let run = view::BacktestRun {
            id: self.next_backtest(),
            state: "running".to_owned(),
            progress: Some(0.0),
            failure: None,
            scorer: card.map_or_else(|| query.scorer.key(), |card| card.key),
            churn,
            started_at: written(now),
            result: None,
        };
        running.insert(run.id, Running { run: run.clone(), stop: Arc::clone(&stop) });
        Ok((run, stop))
    }

    /// Works a replay to its end, telling how far it is, and keeps what came of it.
    async fn work_replay(
        &self,
        reader: &Reader,
        query: BacktestQuery,
        begun: view::BacktestRun,
        stop: Arc<AtomicBool>,
        now: Instant,
    ) {
        let (teller, id) = (self.clone(), begun.id);
        let progress: BacktestProgress = Arc::new(move |part| {
            if let Some(running) = teller.backtests().lock().get_mut(&id) {
                running.run.progress = Some(part);
            }
            !stop.load(Ordering::Relaxed)
        });
        let worked = self.backtest(reader, query, progress, now).await;
        self.end_backtest(reader, begun, worked, now).await;
    }

    /// Keeps what came of a replay, and what it proves.
    async fn end_backtest(
        &self,
        reader: &Reader,
        mut run: view::BacktestRun,
        worked: Result<view::BacktestReport, Error>,
        now: Instant,
    ) {
        run.progress = None;
        let report = match worked {
            Ok(report) => {
                run.state = "done".to_owned();
                run.result = Some(summary(&report));
                Some(report)
            }
            Err(error) => {
                let is_stopped = error.code() == "stopped";
                run.state = if is_stopped { "stopped" } else { "failed" }.to_owned();
                if !is_stopped {
                    tracing::error!(%error, "a backtest failed");
                    run.failure = Some(error.detail().clone());
                }
                None
            }
        };
        let id = run.id;
        let kept = Kept { run, report };
        if let Err(error) = self.keep_backtest(&kept, reader, now).await {
            tracing::error!(%error, "a backtest could not be kept");
        }
        self.backtests().lock().remove(&id);
    }

    async fn keep_backtest(&self, kept: &Kept, reader: &Reader, now: Instant) -> Result<(), Error> {
        let (app, id) = (self.clone(), kept.run.id);
        let text = serde_json::to_vec(kept).map_err(Error::internal)?;
        blocking(move || app.write_backtest(id, &text)).await?;
        match &kept.run.result {
            Some(result) => self.prove(&kept.run, result, &reader.actor(), now).await,
            None => Ok(()),
        }
    }

    /// Writes a replay down, and lets go of the oldest.
    fn write_backtest(&self, id: u64, text: &[u8]) -> Result<(), Error> {
        let (folder, file) = (self.backtest_folder(), self.backtest_file(id));
        std::fs::create_dir_all(&folder).map_err(Error::internal)?;
        let partial = file.with_extension("partial");
        std::fs::write(&partial, text).map_err(Error::internal)?;
        std::fs::rename(&partial, &file).map_err(Error::internal)?;
        let mut ids = numbers(&folder);
        ids.sort_unstable();
        for old in ids.iter().take(ids.len().saturating_sub(KEPT)) {
            // Left behind, an old one does no harm.
            let _ = std::fs::remove_file(self.backtest_file(*old));
        }
        Ok(())
    }

    /// Every replay, the newest first; for whoever sees all customers.
    pub async fn backtest_runs(&self, reader: &Reader) -> Result<view::Backtests, Error> {
        sees_all(reader)?;
        let app = self.clone();
        let mut items = blocking(move || {
            let kept = |id: u64| read(&app.backtest_file(id)).map(|kept| kept.run);
            Ok(numbers(&app.backtest_folder()).into_iter().filter_map(kept).collect::<Vec<_>>())
        })
        .await?;
        items.extend(self.backtests().lock().values().map(|running| running.run.clone()));
        items.sort_by_key(|run| std::cmp::Reverse(run.id));
        items.dedup_by_key(|run| run.id);
        Ok(view::Backtests { items })
    }

    /// A replay with what came of it; for whoever sees all customers.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn backtest_page(&self, reader: &Reader, id: u64) -> Result<view::BacktestPage, Error> {
        sees_all(reader)?;
        if let Some(running) = self.backtests().lock().get(&id) {
            return Ok(view::BacktestPage { run: running.run.clone(), report: None });
        }
        let file = self.backtest_file(id);
        let kept = blocking(move || Ok(read(&file))).await?;
        let mut kept = kept.ok_or_else(|| Error::not_found(("这次回测", "the backtest")))?;
        if let Some(report) = &mut kept.report {
            report.warnings.truncate(SHOWN);
        }
        Ok(view::BacktestPage { run: kept.run, report: kept.report })
    }

    /// What came of a replay, every warning included; for whoever sees all customers.
    ///
    /// # Errors
    /// `not_found`.
    pub(crate) async fn whole_backtest(&self, reader: &Reader, id: u64) -> Result<view::BacktestReport, Error> {
        sees_all(reader)?;
        let file = self.backtest_file(id);
        let kept = blocking(move || Ok(read(&file))).await?;
        kept.and_then(|kept| kept.report).ok_or_else(|| Error::not_found(("这次回测", "the backtest")))
    }

    /// Stops a replay that runs; forgets one that has ended.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn end_or_forget_backtest(&self, reader: &Reader, id: u64) -> Result<(), Error> {
        reader.may_act()?;
        sees_all(reader)?;
        if let Some(running) = self.backtests().lock().get(&id) {
            running.stop.store(true, Ordering::Relaxed);
            return Ok(());
        }
        std::fs::remove_file(self.backtest_file(id)).map_err(|_| Error::not_found(("这次回测", "the backtest")))
    }

    /// The question of a request, its defaults filled in.
    async fn query_of(&self, asked: &view::BacktestRequest, now: Instant) -> Result<BacktestQuery, Error> {
        let scorer = BacktestScorer::parse(&asked.scorer)?;
        if matches!(scorer, BacktestScorer::Table(_)) {
            return Err(Error::bad(
                "unknown_choice",
                ("文件里的评分只能在命令行回测", "scores in a file are backtested on the command line"),
                ("liuke backtest --scorer table:文件", "liuke backtest --scorer table:FILE"),
            ));
        }
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let to = match filled(&asked.to) {
            Some(text) => self.moment(&text)?,
            None => self.last_midnight(now),
        };
        let from = match filled(&asked.from) {
            Some(text) => self.moment(&text)?,
            None => AsOf(to.instant().plus_days(-YEAR_DAYS)),
        };
        let mut query = BacktestQuery::new(scorer, from, to);
        if let Some(id) = filled(&asked.churn) {
            query.churn = BacktestChurn::Definition(id);
        }
        query.budget = asked.budget.filter(|budget| *budget > 0);
        query.lead_days = asked.lead_days.unwrap_or(LEAD_DAYS);
        query.horizon_days = asked.horizon_days.unwrap_or(HORIZON_DAYS);
        self.check_backtest(&query, now).await?;
        Ok(query)
    }

    /// Refuses what can be refused before any work is done.
    async fn check_backtest(&self, query: &BacktestQuery, now: Instant) -> Result<(), Error> {
        let firm = self.working_firm().await?;
        self.replayed_card(&query.scorer, &firm).await?;
        let definitions = self.definitions();
        let lens = self.lens(&firm)?;
        let policy = self.policy_in_use(&firm.template);
        let churn = match &query.churn {
            BacktestChurn::Definition(id) => {
                self.churn_definition(id).ok_or_else(|| crate::learnt::efficacy::no_churn(id))?
            }
            _ => lens.churn,
        };
        let scorer = match &query.scorer {
            BacktestScorer::Rule(id) => Scorer::Rule(id),
            BacktestScorer::Rules => Scorer::Rules,
            _ => Scorer::Health,
        };
        let spec = Spec {
            catalog: &definitions.catalog,
            book: lens.book,
            policy: &policy,
            scorer,
            leaving: Leaving::Definition(churn),
            from: query.from,
            to: query.to,
            known_until: now,
            lead_days: query.lead_days,
            horizon_days: query.horizon_days,
            budget: query.budget,
            knowing: self.replay_knowing(&firm.template),
        };
        spec.check().map_err(refused)
    }

    fn backtest_folder(&self) -> PathBuf {
        self.dir().join("state").join("backtests")
    }

    fn backtest_file(&self, id: u64) -> PathBuf {
        self.backtest_folder().join(format!("{id:06}.json"))
    }

    fn next_backtest(&self) -> u64 {
        numbers(&self.backtest_folder()).into_iter().max().unwrap_or(0) + 1
    }
}

/// The numbers of the replays in a folder.
fn numbers(folder: &Path) -> Vec<u64> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let number = |entry: std::fs::DirEntry| {
        let path = entry.path();
        let is_whole = path.extension().is_some_and(|ending| ending == "json");
        path.file_stem().filter(|_| is_whole)?.to_str()?.parse().ok()
    };
    entries.flatten().filter_map(number).collect()
}

/// A file that cannot be read is as good as none.
fn read(file: &Path) -> Option<Kept> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

pub(crate) fn refused(failure: Failure) -> Error {
    match failure {
        Failure::Refused { code, detail, hint } => Error::bad(code, (&detail.zh, &detail.en), (&hint.zh, &hint.en)),
        Failure::Stopped => Error::bad("stopped", ("回测已取消", "the backtest was stopped"), ("", "")),
        Failure::Facts(error) => error.into(),
    }
}
