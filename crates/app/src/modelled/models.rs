//! Models of who will leave: trained now or in the background, kept for good, put in service by a person, taken back.
//!
//! The arithmetic is `training`'s. A model is a folder `DIR/models/DIGEST` (the model itself, its card as JSON and as a
//! document) that is written once and never changed, and a row in the store that says which of them is in service since
//! when and by whom. Of each churn definition one model is the champion.
//!
//! Not here: what a card says (`model_card`).

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actions::ReasonTree;
use store::{NewVersion, VersionRecord, VersionState, VersionTerm, Versioned};
use tokio::task::JoinHandle;
use training::train::{HORIZONS, HorizonModel, JudgedRow, Learnt, Looked, Refusal, TrainSpec, train};
use vocab::{AsOf, Horizon, Instant, Lang};

use crate::books::version_steps::Step;
use crate::error::{Class, Error};
use crate::learnt::backtests::BacktestProgress;
use crate::learnt::efficacy::no_churn;
use crate::learnt::past_read::PastRead;
use crate::learnt::trained::{HORIZON_DAYS, SEED, TrainingQuery, failed, readiness, refusal};
use crate::modelled::model_card::{Learning, document, passport};
use crate::modelled::training_file::TrainingFile;
use crate::shown::written;
use crate::staff::people::sees_all;
use crate::view::{self, ModelCard, ModelPage, ModelPassport, ModelRow, Models, ScorecardStep, TrainingRun};
use crate::working::desk::reason;
use crate::{App, ColumnType, Reader, Table, Value, blocking, threads};

/// Letters of a digest that a folder is called by.
const DIGEST_LETTERS: usize = 32;

/// Told the part done, 0 to 1; says whether to go on.
pub type TrainingProgress = BacktestProgress;

/// What came of a training.
#[derive(Clone, Debug)]
pub struct Training {
    /// For a person.
    pub report: view::TrainingReport,
    /// Every row judged by: customer, moment, the probability of each horizon, whether it left within the reported one, and of
    /// those who left the first two causes that the model gave.
    pub judged: Table,
    /// Every row learnt from and judged by, model or not.
    pub rows: TrainingFile,
}

/// The training of this process that runs, or ran last.
#[derive(Default)]
pub(crate) struct Trainings {
    last: Mutex<Option<Last>>,
}

struct Last {
    run: TrainingRun,
    stop: Arc<AtomicBool>,
}

impl Trainings {
    fn lock(&self) -> MutexGuard<'_, Option<Last>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut TrainingRun)) {
        if let Some(last) = self.lock().as_mut() {
            change(&mut last.run);
        }
    }
}

/// What was learnt, ready to be kept.
struct Made {
    report: view::TrainingReport,
    kept: Option<(ModelPassport, ModelCard, Vec<u8>)>,
    judged: Table,
}

impl App {
    /// Learns who will leave, now and to the end, and keeps the model as a challenger; for whoever sees all customers.
    ///
    /// # Edges
    /// History that does not carry a model is no error: the report says what is missing. The same data and seed give the
    /// same model; it is kept once.
    ///
    /// # Errors
    /// `unknown_choice`, `future_moment`, `stopped`.
    pub async fn train(
        &self,
        reader: &Reader,
        asked: TrainingQuery,
        progress: TrainingProgress,
        now: Instant,
    ) -> Result<Training, Error> {
        reader.may_act()?;
        sees_all(reader)?;
        self.train_by(&reader.actor(), asked, progress, now).await
    }

    /// The same, under the name of whoever history is to name.
    async fn train_by(
        &self,
        actor: &str,
        asked: TrainingQuery,
        progress: TrainingProgress,
        now: Instant,
    ) -> Result<Training, Error> {
        let (churn, as_of) = self.training_asked(&asked, now).await?;
        let supply = self.supply().await?;
        let app = self.clone();
        let (made, rows) = blocking(move || {
            let definition = app.churn_definition(&churn).ok_or_else(|| no_churn(&churn))?;
            let catalog = app.definitions().catalog.without_places_within().with_supply(supply);
            let horizon = Horizon { days: asked.horizon_days };
            let spec = TrainSpec {
                catalog: &catalog,
                churn: definition,
                as_of,
                horizon,
                seed: asked.seed,
                threads: if asked.is_calm { 1 } else { threads() },
            };
            let lake_version = app.sequence();
            let PastRead { past, moments, since, span } = app.past_read(&spec, &[])?;
            let later = app.facts().after(since, span)?.known_before(as_of);
            let trained = train(&past, &later, moments, &spec, &*progress).map_err(failed)?;
            let ready = readiness(&trained.readiness);
            let made = match trained.verdict {
                Err(why) => Made::refused(ready, &why),
                Ok(learnt) => {
                    let learning = Learning { spec: &spec, learnt: &learnt, ready, zone: app.zone() };
                    Made::learnt(&learning, &learnt, lake_version, &app.definitions().reason_tree)?
                }
            };
            Ok((made, TrainingFile::new(trained.rows)))
        })
        .await?;
        let Made { mut report, kept, judged } = made;
        if let Some((passport, card, bytes)) = kept {
            let record = self.register(&passport, &card, bytes, actor, now).await?;
            report.model = Some(page(&record, &self.store().version_terms(Versioned::Model).await?, card)?);
        }
        Ok(Training { report, judged, rows })
    }

    /// Whose leaving, and up to when.
    pub(crate) async fn training_asked(&self, asked: &TrainingQuery, now: Instant) -> Result<(String, AsOf), Error> {
        let churn = self.churn_asked(asked.churn.as_deref()).await?;
        let as_of = asked.as_of.unwrap_or_else(|| self.last_midnight(now));
        if as_of.instant() > now {
            return Err(Error::bad(
                "future_moment",
                ("截至时点不能在将来", "the moment must not lie in the future"),
                ("请选今天或以前的日期", "choose today or a day before"),
            ));
        }
        if !HORIZONS.contains(&asked.horizon_days) {
            let days = asked.horizon_days;
            return Err(Error::bad(
                "unknown_choice",
                (&format!("没有 {days} 天的预测期"), &format!("no horizon of {days} days")),
                ("可用：30、60、90、180 天", "one of 30, 60, 90, 180 days"),
            ));
        }
        Ok((churn, as_of))
    }

    /// Keeps a model for good, as a challenger; one that is there already stays as it is.
    pub(crate) async fn register(
        &self,
        passport: &ModelPassport,
        card: &ModelCard,
        bytes: Vec<u8>,
        actor: &str,
        now: Instant,
    ) -> Result<VersionRecord, Error> {
        let known = self.store().versions(Versioned::Model).await?;
        if let Some(same) = known.into_iter().find(|one| one.of == passport.churn && one.content == card.content) {
            return Ok(same);
        }
        let (app, card) = (self.clone(), card.clone());
        let content = card.content.clone();
        blocking(move || app.write_model(&card, &bytes)).await?;
        let definition = serde_json::to_string(passport).map_err(Error::internal)?;
        let of = passport.churn.clone();
        let new = NewVersion { sort: Versioned::Model, of, content, definition, note: None };
        Ok(self.store().add_challenger(&new, actor, now).await?)
    }

    /// Writes the folder of a model, whole or not at all.
    fn write_model(&self, card: &ModelCard, bytes: &[u8]) -> Result<(), Error> {
        let folder = self.model_folder(&card.content);
        if folder.is_dir() {
            return Ok(());
        }
        let partial = folder.with_extension("partial");
        std::fs::create_dir_all(&partial).map_err(Error::internal)?;
        let write = |name: &str, text: &[u8]| std::fs::write(partial.join(name), text).map_err(Error::internal);
        write("model", bytes)?;
        write("card.json", &serde_json::to_vec_pretty(card).map_err(Error::internal)?)?;
        write("card.zh.md", document(card, Lang::Zh).as_bytes())?;
        write("card.en.md", document(card, Lang::En).as_bytes())?;
        std::fs::rename(&partial, &folder).map_err(Error::internal)
    }

    pub(crate) fn model_folder(&self, content: &str) -> PathBuf {
        self.dir().join("models").join(content.get(..DIGEST_LETTERS).unwrap_or(content))
    }

    /// A model as it was kept.
    ///
    /// # Errors
    /// `model_damaged` where its file is gone or is not what was kept.
    pub(crate) async fn kept_model(&self, content: &str) -> Result<HorizonModel, Error> {
        let (file, content) = (self.model_folder(content).join("model"), content.to_owned());
        blocking(move || {
            let bytes = std::fs::read(&file).map_err(|_| damaged(&file))?;
            let is_same = blake3::hash(&bytes).to_hex().as_str() == content;
            HorizonModel::from_bytes(&bytes).filter(|_| is_same).ok_or_else(|| damaged(&file))
        })
        .await
    }

    /// Every model, and the training of this server; for whoever sees all customers.
    pub async fn models(&self, reader: &Reader) -> Result<Models, Error> {
        sees_all(reader)?;
        let kept = self.kept_versions(Versioned::Model).await?;
        let mut items =
            kept.records.iter().map(|record| row(record, &kept.terms)).collect::<Result<Vec<ModelRow>, Error>>()?;
        items.sort_by_key(|one| std::cmp::Reverse(one.id));
        let run = self.last_training();
        Ok(Models { items, run, schedule: self.model_schedule().await? })
    }

    /// A model with its card; for whoever sees all customers.
    ///
    /// # Errors
    /// `not_found`; `model_damaged`.
    pub async fn model_page(&self, reader: &Reader, id: i64) -> Result<ModelPage, Error> {
        sees_all(reader)?;
        let kept = self.kept_versions(Versioned::Model).await?;
        let record = kept.records.iter().find(|one| one.id == id).ok_or_else(missing)?;
        page(record, &kept.terms, self.kept_card(record).await?)
    }

    /// The card of a model as it was kept.
    ///
    /// # Errors
    /// `model_damaged`.
    pub(crate) async fn kept_card(&self, record: &VersionRecord) -> Result<ModelCard, Error> {
        let file = self.model_folder(&record.content).join("card.json");
        blocking(move || {
            let text = std::fs::read(&file).map_err(|_| damaged(&file))?;
            serde_json::from_slice::<ModelCard>(&text).map_err(|_| damaged(&file))
        })
        .await
    }

    /// Puts a model in service in the place of the one that is; what is said with it stays with it.
    ///
    /// # Errors
    /// `bad_reason`; `not_found`; `version_conflict` if it is in service already or was changed meanwhile; `model_damaged`.
    pub async fn promote_model(
        &self,
        reader: &Reader,
        id: i64,
        step: view::ModelStep,
        now: Instant,
    ) -> Result<ModelPage, Error> {
        sees_all(reader)?;
        let record = self.model_record(id).await?;
        let asked = ScorecardStep { number: Some(record.number), version: step.version };
        let why = step.note.as_deref().filter(|note| !note.trim().is_empty()).map(reason).transpose()?;
        self.take_step(reader, Versioned::Model, &record.of, Step::Activate(why), &asked, now).await?;
        self.weigh_anew().await?;
        self.model_page(reader, id).await
    }

    /// Takes the model in service back: the one before it is in service again, and is the answer.
    ///
    /// # Errors
    /// `not_found`; `not_champion`; `nothing_before`; `version_conflict`; `model_damaged`.
    pub async fn roll_back_model(
        &self,
        reader: &Reader,
        id: i64,
        step: view::ModelStep,
        now: Instant,
    ) -> Result<ModelPage, Error> {
        sees_all(reader)?;
        let record = self.model_record(id).await?;
        if record.state != VersionState::Active {
            return Err(Error::new(
                Class::Conflict,
                "not_champion",
                ("这个模型不在用", "this model is not in service"),
                ("只有在用模型可以退回", "only the model in service can be taken back"),
            ));
        }
        let asked = ScorecardStep { number: None, version: step.version };
        self.take_step(reader, Versioned::Model, &record.of, Step::RollBack, &asked, now).await?;
        self.weigh_anew().await?;
        let champion = |one: &VersionRecord| one.of == record.of && one.state == VersionState::Active;
        let known = self.store().versions(Versioned::Model).await?;
        let champion = known.iter().find(|one| champion(one)).ok_or_else(missing)?;
        self.model_page(reader, champion.id).await
    }

    /// Puts open alerts in the order of what is at risk by the model that serves now, where lists stand already.
    async fn weigh_anew(&self) -> Result<(), Error> {
        let Some(present) = self.0.snapshots.present() else { return Ok(()) };
        let _planning = self.0.live.planning.lock().await;
        self.weigh_by_risk(&present).await?;
        self.put_in_order(&present, None).await
    }

    pub(crate) async fn model_record(&self, id: i64) -> Result<VersionRecord, Error> {
        let known = self.store().versions(Versioned::Model).await?;
        known.into_iter().find(|one| one.id == id).ok_or_else(missing)
    }

    /// Begins a training in the background; one runs at a time.
    ///
    /// # Errors
    /// `training_running`; what is wrong with the question is said at once.
    pub async fn start_training(
        &self,
        reader: &Reader,
        request: view::TrainingRequest,
        now: Instant,
    ) -> Result<TrainingRun, Error> {
        reader.may_act()?;
        sees_all(reader)?;
        let as_of = request.as_of.filter(|text| !text.is_empty()).map(|text| self.moment(&text)).transpose()?;
        let mut query = TrainingQuery {
            churn: request.churn,
            horizon_days: request.horizon_days.unwrap_or(HORIZON_DAYS),
            as_of,
            seed: request.seed.unwrap_or(SEED),
            is_calm: false,
        };
        let (churn, as_of) = self.training_asked(&query, now).await?;
        (query.churn, query.as_of) = (Some(churn), Some(as_of));
        Ok(self.begin_training(reader.actor(), query, now)?.0)
    }

    /// Begins a training in the background, of which everything was asked; how it ends is told by the run.
    pub(crate) fn begin_training(
        &self,
        actor: String,
        query: TrainingQuery,
        now: Instant,
    ) -> Result<(TrainingRun, JoinHandle<()>), Error> {
        let stop = Arc::new(AtomicBool::new(false));
        let run = TrainingRun {
            state: "running".to_owned(),
            progress: Some(0.0),
            churn: query.churn.clone().unwrap_or_default(),
            horizon_days: query.horizon_days,
            started_at: written(now),
            readiness: None,
            refusal: None,
            model_id: None,
            failure: None,
        };
        {
            let mut last = self.trainings().lock();
            if last.as_ref().is_some_and(|last| last.run.state == "running") {
                return Err(Error::new(
                    Class::Conflict,
                    "training_running",
                    ("另一次训练还在进行", "another training is running"),
                    ("等它结束，或先取消它", "wait for it, or cancel it first"),
                ));
            }
            *last = Some(Last { run: run.clone(), stop: Arc::clone(&stop) });
        }
        let app = self.clone();
        let work = tokio::spawn(async move {
            let teller = app.clone();
            let progress: TrainingProgress = Arc::new(move |part| {
                teller.trainings().change(|run| run.progress = Some(part));
                !stop.load(Ordering::Relaxed)
            });
            let worked = app.train_by(&actor, query, progress, now).await;
            app.trainings().change(|run| ended(run, worked));
        });
        Ok((run, work))
    }

    /// The training of this process that runs, or ran last.
    pub(crate) fn last_training(&self) -> Option<TrainingRun> {
        self.trainings().lock().as_ref().map(|last| last.run.clone())
    }

    /// Stops the training that runs.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn stop_training(&self, reader: &Reader) -> Result<(), Error> {
        reader.may_act()?;
        sees_all(reader)?;
        match self.trainings().lock().as_ref().filter(|last| last.run.state == "running") {
            Some(last) => last.stop.store(true, Ordering::Relaxed),
            None => return Err(Error::not_found(("正在进行的训练", "a training that runs"))),
        }
        Ok(())
    }
}

impl Made {
    fn refused(ready: view::ModelReadiness, why: &Refusal) -> Made {
        let report = view::TrainingReport { readiness: ready, refusal: Some(refusal(why)), model: None };
        Made { report, kept: None, judged: table(&[], &[], HORIZON_DAYS, &|_| Vec::new()) }
    }

    fn learnt(learning: &Learning<'_>, learnt: &Learnt, lake_version: u64, tree: &ReasonTree) -> Result<Made, Error> {
        let bytes = learnt.model.bytes();
        let content = blake3::hash(&bytes).to_hex().to_string();
        let card = learning.card(&content);
        let passport =
            passport(&card, lake_version).ok_or_else(|| Error::internal("the reported horizon has no figures"))?;
        let report = view::TrainingReport { readiness: learning.ready.clone(), refusal: None, model: None };
        let why = |looked: &Looked| causes(tree, learnt, looked);
        let judged = table(&learnt.judged, &learnt.model.horizons(), card.horizon_days, &why);
        Ok(Made { report, kept: Some((passport, card, bytes)), judged })
    }
}

/// How a training ended.
fn ended(run: &mut TrainingRun, worked: Result<Training, Error>) {
    run.progress = None;
    match worked {
        Ok(Training { report, .. }) => {
            run.state = if report.model.is_some() { "done" } else { "refused" }.to_owned();
            run.model_id = report.model.map(|model| model.row.id);
            run.readiness = Some(report.readiness);
            run.refusal = report.refusal;
        }
        Err(error) if error.code() == "stopped" => run.state = "stopped".to_owned(),
        Err(error) => {
            tracing::error!(%error, "a training failed");
            run.state = "failed".to_owned();
            run.failure = Some(error.detail().clone());
        }
    }
}

pub(crate) fn page(record: &VersionRecord, terms: &[VersionTerm], card: ModelCard) -> Result<ModelPage, Error> {
    let document = view::Words { zh: document(&card, Lang::Zh), en: document(&card, Lang::En) };
    Ok(ModelPage { row: row(record, terms)?, card, document })
}

fn row(record: &VersionRecord, terms: &[VersionTerm]) -> Result<ModelRow, Error> {
    let state = match record.state {
        VersionState::Active => "champion",
        VersionState::Retired => "retired",
        _ => "challenger",
    };
    let of_it = terms.iter().filter(|term| term.version_id == record.id);
    Ok(ModelRow {
        id: record.id,
        number: record.number,
        version: record.version,
        state: state.to_owned(),
        content: record.content.clone(),
        trained_by: record.author.clone(),
        trained_at: written(record.created_at),
        terms: of_it.map(crate::books::versions::term_shown).collect(),
        note: record.note.clone(),
        passport: serde_json::from_str(&record.definition).map_err(Error::internal)?,
    })
}

/// The branches of the reason tree that raised the risk of a customer who left, in the order of the tree's own rule.
fn causes<'t>(tree: &'t ReasonTree, learnt: &Learnt, looked: &Looked) -> Vec<&'t str> {
    let columns = learnt.model.columns().iter().map(String::as_str);
    let added: Vec<(&str, f64)> = columns.zip(looked.contributions.iter().copied()).collect();
    let value = |id: &str| looked.values[learnt.indicators.iter().position(|one| one == id)?];
    let gathered = tree.gather(&added, &value);
    tree.causes(&gathered).into_iter().map(|one| tree.nodes()[one.node].id.as_str()).collect()
}

/// Rows judged as a table: who, when, what was said, what came of it, and of those who left the first two causes given.
fn table<'t>(
    judged: &[JudgedRow],
    horizons: &[Horizon],
    reported: u32,
    why: &dyn Fn(&Looked) -> Vec<&'t str>,
) -> Table {
    let mut columns = vec![("customer_id".to_owned(), ColumnType::Text), ("as_of".to_owned(), ColumnType::At)];
    columns.extend(horizons.iter().map(|horizon| (format!("p_{}d", horizon.days), ColumnType::Number)));
    columns.push((format!("left_{reported}d"), ColumnType::Whole));
    columns.extend(["reason_1", "reason_2"].map(|name| (name.to_owned(), ColumnType::Text)));
    let mut table = Table::new(columns);
    for one in judged {
        let mut cells = vec![Value::Text(one.customer.to_string()), Value::At(one.at.instant())];
        cells.extend(one.probabilities.iter().map(|p| Value::Number(*p)));
        cells.push(Value::Whole(i64::from(one.left)));
        let causes = one.looked.as_ref().map(why).unwrap_or_default();
        cells.extend((0..2).map(|at| causes.get(at).map_or(Value::Empty, |cause| Value::Text((*cause).to_owned()))));
        table.rows.push(cells);
    }
    table
}

pub(crate) fn missing() -> Error {
    Error::not_found(("这个模型", "the model"))
}

pub(crate) fn damaged(file: &Path) -> Error {
    let shown = file.display();
    Error::new(
        Class::Conflict,
        "model_damaged",
        (&format!("模型文件缺失或已被改动：{shown}"), &format!("the model's file is gone or was changed: {shown}")),
        ("请从备份恢复 models 目录，或重新训练", "restore the folder models from a backup, or train anew"),
    )
}
