//! The use cases: load, plan, apply, record. One method for each thing a person does.
//!
//! Reads a moment's facts through `facts`, has them measured, scored and judged by the pure rooms, and writes what was
//! decided through `store`. Returns its own [`view`] types, which are the only types of the house meant to leave it as
//! JSON. It decides nothing itself that a pure room could decide, and it reads no clock: `now` is handed in.
//!
//! Every reading method takes a [`vocab::Scope`] or a [`Reader`] who carries one; there is none without.

mod arriving;
mod books;
mod coming;
mod customer;
mod defined;
mod error;
mod firm;
mod fresh;
mod learnt;
mod modelled;
mod moment;
mod notifying;
mod permission;
mod risk;
mod sample;
mod shown;
mod staff;
mod table;
mod tables;
pub mod view;
mod working;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use facts::{Facts, giving_way};
use store::Store;
use vocab::{AsOf, Instant, Zone};

pub use actions::reminder_schema;
pub use alerts::schema as rule_schema;
pub use arriving::files::FactsImported;
pub use arriving::hooks::Hook;
pub use arriving::import_jobs::ImportSpec;
pub use arriving::imports::{Upload, report_lines};
pub use arriving::inspector::IntakeFilter;
pub use arriving::intake::{Dialect, WireAnswer, WireCall};
pub use arriving::pulls::Schedule;
pub use arriving::seal::Seal;
pub use arriving::sources::SourceKind;
pub use coming::greetings::GreetingQuery;
pub use coming::reminders::ReminderQuery;
pub use coming::renewals::RenewalQuery;
pub use customer::customer_page::TimelineQuery;
pub use customer::customers::CustomerQuery;
pub use error::{Class, Error};
pub use fresh::cycle::CycleOutcome;
pub use fresh::live::{Felt, StandingSize};
pub use indicators::LeftOut;
pub use indicators::figure as figure_in_words;
pub use indicators::schema as indicator_schema;
pub use ingest::hook::Delivery as HookDelivery;
pub use ingest::wire::{Fault as WireFault, segment, sensors};
pub use ingest::{ImportReport, Plan as ImportPlan, Progress as ImportProgress, TableKind};
pub use learnt::backtest_shown::backtest_table;
pub use learnt::backtests::{BacktestChurn, BacktestProgress, BacktestQuery, BacktestScorer};
pub use learnt::efficacy::{EfficacyProgress, EfficacyQuery};
pub use learnt::trained::TrainingQuery;
pub use modelled::lab::{lab_btyd, lab_classify, lab_column, lab_label, lab_rules, lab_survival, lab_table};
pub use modelled::models::{Training, TrainingProgress};
pub use modelled::outside_models::OutsideAsked;
pub use modelled::training_file::TrainingFile;
pub use moment::order::CustomerOrder;
pub use notifying::deliver::Clock;
pub use notifying::notices::NoticeQuery;
pub use notifying::telling::NoticesPlanned;
pub use permission::{Permission, Reach};
pub use risk::reasons::ReasonsQuery;
pub use sample::{SampleLoss, SampleMove};
pub use staff::audit::AuditQuery;
pub use staff::people::Reader;
pub use store::{DeliveryDecision, Source};
pub use table::{ColumnType, Format, Table, Value};
pub use tables::asked::ScorecardChoice;
pub use tables::export::{Export, PageTable};
pub use tables::indicator_sql::{SqlFrom, SqlQuery, indicators_sql};
pub use tables::indicator_table::{
    IndicatorQuery, IndicatorTable, Step, Watch, indicators_of_file, read_catalog, scores_of_file,
    write_indicators_of_file,
};
pub use training::lab as laboratory;
pub use working::case_list::CaseQuery;
pub use working::promises::PromiseQuery;
pub use working::review::ReviewQuery;
pub use working::team::BreachQuery;
pub use working::today::TodayQuery;
pub use working::work::AlertQuery;

use books::definitions::Definitions;
use moment::snapshot::{Heard, Lens, Purpose, Reading, Snapshot, Snapshots};

/// How to open a folder.
#[derive(Clone, Debug, Default)]
pub struct AppOptions {
    /// Operational database; SQLite inside the folder when absent.
    pub database: Option<String>,
    /// The firm's zone; can be chosen only while there is no fact.
    pub zone: Option<Zone>,
    /// What secrets are sealed with, shared by the machines of a firm; the folder's own key when absent.
    pub secret: Option<String>,
    /// See [`facts::Options::cache_bytes`].
    pub cache_bytes: Option<u64>,
    /// Whether nobody will look at lists: a cycle then measures what rules read and no more, for one command on a folder.
    pub is_headless: bool,
}

/// One firm's open folder. Cheap to clone; all clones are the same house.
#[derive(Clone)]
pub struct App(Arc<House>);

struct House {
    dir: PathBuf,
    is_headless: bool,
    facts: Arc<Facts>,
    store: Store,
    seal: Seal,
    sources: arriving::sources::Known,
    doors: arriving::hooks::Doors,
    outside: channels::Doors,
    imports: arriving::import_jobs::Running,
    efficacies: learnt::efficacy::Efficacies,
    backtests: learnt::backtests::Backtests,
    trainings: modelled::models::Trainings,
    weighings: learnt::study::Study<view::WeightsRun>,
    discoveries: learnt::study::Study<view::DiscoveryRun>,
    champions: risk::champion::Champions,
    proposals: learnt::proposals::Proposals,
    budgets: learnt::budget::Budgets,
    records: coming::reminders::KeptRecords,
    middle: risk::worth::Middle,
    mornings: notifying::telling::Mornings,
    pool_looks: coming::pool_returns::Looks,
    door: ingest::wire::Door,
    inspector: arriving::inspector::Inspector,
    definitions: Definitions,
    shelf: books::bookshelf::Bookshelf,
    rulebook: books::rulebook::Rulebook,
    churnbook: books::churnbook::Churnbook,
    snapshots: Snapshots,
    live: fresh::live::Live,
    readied: fresh::ready::Readied,
    building: tokio::sync::Mutex<()>,
    cycling: tokio::sync::Mutex<()>,
    telling: tokio::sync::Mutex<()>,
    cycle: Mutex<fresh::cycle::Progress>,
}

impl App {
    /// Opens a folder, making it if there is none.
    ///
    /// # Errors
    /// `folder_locked` when another process has it; `bad_definition` is our own mistake.
    pub async fn open(dir: &Path, options: AppOptions) -> Result<App, Error> {
        std::fs::create_dir_all(dir).map_err(|error| {
            let (shown, cause) = (dir.display(), error.to_string());
            Error::bad(
                "bad_folder",
                (
                    &format!("无法使用数据目录 {shown}：{cause}"),
                    &format!("cannot use the data folder {shown}: {cause}"),
                ),
                ("请换一个可写的目录", "choose a folder that can be written"),
            )
        })?;
        let facts = {
            let (dir, zone, cache_bytes) = (dir.to_owned(), options.zone.clone(), options.cache_bytes);
            let options = facts::Options { zone, cache_bytes, ..Default::default() };
            blocking(move || Ok(Facts::open(&dir, options)?)).await?
        };
        let seal = Seal::open(dir, options.secret.as_deref())?;
        let url = match options.database {
            Some(url) => url,
            None => Store::url_of(&dir.join("store.sqlite")),
        };
        let store = Store::open(&url).await?;
        let definitions = Definitions::of_folder(dir, facts.zone())?;
        let app = App(Arc::new(House {
            dir: dir.to_owned(),
            is_headless: options.is_headless,
            facts: Arc::new(facts),
            store,
            seal,
            sources: arriving::sources::Known::default(),
            doors: arriving::hooks::Doors::default(),
            outside: channels::Doors::default(),
            imports: arriving::import_jobs::Running::default(),
            efficacies: learnt::efficacy::Efficacies::default(),
            backtests: learnt::backtests::Backtests::default(),
            trainings: modelled::models::Trainings::default(),
            weighings: learnt::study::Study::default(),
            discoveries: learnt::study::Study::default(),
            champions: risk::champion::Champions::default(),
            proposals: learnt::proposals::Proposals::default(),
            budgets: learnt::budget::Budgets::default(),
            records: coming::reminders::KeptRecords::default(),
            middle: risk::worth::Middle::default(),
            mornings: notifying::telling::Mornings::default(),
            pool_looks: coming::pool_returns::Looks::default(),
            door: ingest::wire::Door::default(),
            inspector: arriving::inspector::Inspector::default(),
            definitions,
            shelf: books::bookshelf::Bookshelf::default(),
            rulebook: books::rulebook::Rulebook::default(),
            churnbook: books::churnbook::Churnbook::default(),
            snapshots: Snapshots::default(),
            live: fresh::live::Live::default(),
            readied: fresh::ready::Readied::default(),
            building: tokio::sync::Mutex::new(()),
            cycling: tokio::sync::Mutex::new(()),
            telling: tokio::sync::Mutex::new(()),
            cycle: Mutex::new(fresh::cycle::Progress::default()),
        }));
        app.refresh_scorecards().await?;
        app.refresh_rules().await?;
        app.refresh_churn().await?;
        Ok(app)
    }

    /// Moves what is still in the intake log to the lake. Call it before the process ends; nothing is lost otherwise,
    /// but other readers of the lake would not see it yet.
    pub async fn close(&self) -> Result<(), Error> {
        self.drain().await?;
        self.keep_standing().await
    }

    /// Moves the intake log to the lake.
    pub async fn drain(&self) -> Result<(), Error> {
        let facts = self.0.facts.clone();
        blocking(move || Ok(facts.drain().map(|_| ())?)).await
    }

    /// Whether so much has come in that it should be moved to the lake now, whatever the time.
    pub fn is_drain_due(&self) -> bool {
        self.0.facts.is_drain_due()
    }

    /// Puts the lake's files in order and removes those that nobody needs any more.
    pub async fn tidy(&self, now: Instant) -> Result<(), Error> {
        let facts = self.0.facts.clone();
        let report = blocking(move || {
            let report = facts.compact(now)?;
            facts.vacuum(now)?;
            Ok(report)
        })
        .await?;
        if report.merged_files > 0 {
            let (from, to, facts) = (report.merged_files, report.new_files, report.facts);
            tracing::info!(from, to, facts, "merged files of the lake");
        }
        Ok(())
    }

    /// The firm's zone.
    pub fn zone(&self) -> &Zone {
        self.0.facts.zone()
    }

    /// Reads a moment as people write it, in the firm's zone.
    pub fn moment(&self, text: &str) -> Result<AsOf, Error> {
        self.zone().parse(text).map(AsOf).map_err(|_| {
            Error::bad(
                "bad_moment",
                (&format!("不是日期或时间：“{text}”"), &format!("not a date or time: \"{text}\"")),
                ("请写成 2025-06-01 或 2025-06-01T08:00:00+08:00", "write 2025-06-01 or 2025-06-01T08:00:00+08:00"),
            )
        })
    }

    /// Grows with every fact that comes in.
    pub fn sequence(&self) -> u64 {
        self.0.facts.sequence()
    }

    /// Whether nobody will look at lists.
    pub(crate) fn is_headless(&self) -> bool {
        self.0.is_headless
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.0.dir
    }

    pub(crate) fn facts(&self) -> &Arc<Facts> {
        &self.0.facts
    }

    /// The work on efficacy of this process.
    pub(crate) fn efficacies(&self) -> &learnt::efficacy::Efficacies {
        &self.0.efficacies
    }

    /// The replays of this process.
    pub(crate) fn backtests(&self) -> &learnt::backtests::Backtests {
        &self.0.backtests
    }

    /// The training of this process.
    pub(crate) fn trainings(&self) -> &modelled::models::Trainings {
        &self.0.trainings
    }

    /// The weights of scorecards that are learnt.
    pub(crate) fn weighings(&self) -> &learnt::study::Study<view::WeightsRun> {
        &self.0.weighings
    }

    /// The search for rules.
    pub(crate) fn discoveries(&self) -> &learnt::study::Study<view::DiscoveryRun> {
        &self.0.discoveries
    }

    /// The proposals that this process works on.
    pub(crate) fn proposals(&self) -> &learnt::proposals::Proposals {
        &self.0.proposals
    }

    /// What is recorded besides the facts.
    pub(crate) fn records(&self) -> &coming::reminders::KeptRecords {
        &self.0.records
    }

    /// The weeks on which budgets are tried.
    pub(crate) fn budgets(&self) -> &learnt::budget::Budgets {
        &self.0.budgets
    }

    /// The value of the middle customer.
    pub(crate) fn middle(&self) -> &risk::worth::Middle {
        &self.0.middle
    }

    /// Of which day the lists of the morning were planned.
    pub(crate) fn mornings(&self) -> &notifying::telling::Mornings {
        &self.0.mornings
    }

    /// When this process looked who goes back to the pool.
    pub(crate) fn pool_looks(&self) -> &coming::pool_returns::Looks {
        &self.0.pool_looks
    }

    /// The imports of this process.
    pub(crate) fn running(&self) -> &arriving::import_jobs::Running {
        &self.0.imports
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// What leads out of the house.
    pub(crate) fn outside(&self) -> &channels::Doors {
        &self.0.outside
    }

    /// What seals and opens the firm's secrets.
    pub(crate) fn seal(&self) -> &Seal {
        &self.0.seal
    }

    pub(crate) fn definitions(&self) -> &Definitions {
        &self.0.definitions
    }

    pub(crate) fn shelf(&self) -> &books::bookshelf::Bookshelf {
        &self.0.shelf
    }

    pub(crate) fn rulebook(&self) -> &books::rulebook::Rulebook {
        &self.0.rulebook
    }

    pub(crate) fn churnbook(&self) -> &books::churnbook::Churnbook {
        &self.0.churnbook
    }

    /// The snapshot that a page shows: the present one, or that of a past moment.
    ///
    /// The present one stands at the moment of the last cycle, so that lists agree with the alerts it raised; before
    /// the first cycle it stands at `now`.
    pub(crate) async fn snapshot(&self, as_of: Option<AsOf>, now: Instant) -> Result<Arc<Snapshot>, Error> {
        match as_of {
            Some(as_of) if as_of.instant() <= now => self.past_snapshot(as_of).await,
            Some(_) => Err(future_moment()),
            None => self.present_snapshot(now).await,
        }
    }

    pub(crate) async fn present_snapshot(&self, now: Instant) -> Result<Arc<Snapshot>, Error> {
        if let Some(present) = self.0.snapshots.present() {
            return Ok(present);
        }
        let _one_at_a_time = self.0.building.lock().await;
        if let Some(present) = self.0.snapshots.present() {
            return Ok(present);
        }
        let last = self.store().last_cycle(&vocab::Scope::All).await?;
        let as_of = last.map_or(AsOf(now), |cycle| cycle.as_of);
        let snapshot = self.build_snapshot(as_of, Heard::Until(now)).await?;
        self.0.snapshots.set_present(snapshot.clone());
        Ok(snapshot)
    }

    async fn past_snapshot(&self, as_of: AsOf) -> Result<Arc<Snapshot>, Error> {
        let firm = self.working_firm().await?;
        let kept = || self.0.snapshots.past(as_of, self.sequence(), &firm.scorecard, &firm.churn);
        if let Some(snapshot) = kept() {
            return Ok(snapshot);
        }
        let _one_at_a_time = self.0.building.lock().await;
        if let Some(snapshot) = kept() {
            return Ok(snapshot);
        }
        let snapshot = self.build_snapshot(as_of, Heard::Then).await?;
        self.0.snapshots.keep(snapshot.clone());
        Ok(snapshot)
    }

    async fn build_snapshot(&self, as_of: AsOf, heard: Heard) -> Result<Arc<Snapshot>, Error> {
        let (firm, supply) = (self.working_firm().await?, self.supply().await?);
        let hands = self.hands(as_of, matches!(heard, Heard::Then)).await?;
        let app = self.clone();
        let built = blocking(move || {
            let lens = match heard {
                Heard::Then => app.lens_at(&firm, as_of.instant())?,
                _ => app.lens(&firm)?,
            };
            let said = app.shelf().in_use().said.clone();
            let policy = app.policy_in_use(&firm.template);
            let reading = Reading::of(app.facts(), lens, &policy.traits(), as_of)?;
            let reading = Arc::new(reading.hearing(said, heard));
            let built = Snapshot::build(reading, supply, lens, as_of, Purpose::Screens)?;
            Ok(Arc::new(built.in_hands(&hands)))
        })
        .await?;
        self.weigh_by_risk(&built).await?;
        Ok(built)
    }

    /// What the firm has chosen to look through.
    pub(crate) fn lens(&self, firm: &view::Firm) -> Result<Lens<'_>, Error> {
        self.lens_at(firm, books::NOW)
    }

    /// The same with the scorecard in the version that was in use at a moment.
    pub(crate) fn lens_at(&self, firm: &view::Firm, at: Instant) -> Result<Lens<'_>, Error> {
        let definitions = self.definitions();
        let churn = self.churn_definition(&firm.churn);
        Ok(Lens {
            definitions,
            book: self.book_at(&firm.scorecard, at)?,
            churn: churn.ok_or_else(|| Error::not_found(("流失口径", "the churn definition")))?,
        })
    }
}

/// Nobody stands at a moment that has not come.
pub(crate) fn future_moment() -> Error {
    Error::bad(
        "future_moment",
        ("截至时点不能在将来", "the moment must not lie in the future"),
        ("请选今天或以前的日期", "choose today or a day before"),
    )
}

tokio::task_local! {
    /// Whether nobody waits for what a task asks for.
    static AHEAD: ();
}

/// Asks for something that nobody waits for yet: what it reads and computes gives way to all other work.
pub(crate) async fn ahead<F: Future>(asked: F) -> F::Output {
    AHEAD.scope((), asked).await
}

/// Runs work that reads much or computes long off the request threads; it gives way where it is done [`ahead`].
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let can_wait = AHEAD.try_with(|()| ()).is_ok();
    match tokio::task::spawn_blocking(move || giving_way(can_wait, work)).await {
        Ok(result) => result,
        Err(error) => Err(Error::internal(error)),
    }
}

/// How many threads there are to work with.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
