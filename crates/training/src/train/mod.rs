//! From the firm's own history to a model of who will leave: whether it can be learnt, learnt, judged on later months.
//!
//! Customers are looked at on the first day of every past month. Three stretches follow one another: months to learn from,
//! months that decide how much each learner is to be believed and what its scores mean, months to judge by. A label always
//! lies before the next stretch begins, so that nothing was known sooner than it could be. What was decided is then fitted once
//! more on all that was told when the months judged by begin. The model that is judged is the model that is kept.
//!
//! Not here: the arithmetic (`risk`, `estimators`), where models are kept and which is in service (`app`, `store`).

mod ahead;
mod columns;
mod judged;
mod parts;
mod ready;
pub mod weights;

use estimators::chance::Chance;
use estimators::metrics::auc_interval_by_cluster;
use facts::{FactFrame, Hindsight, Want};
use indicators::Catalog;
use outcomes::{ChurnDefinition, not_yet};
use vocab::{AsOf, CustomerId, Horizon, Text};

use crate::backtest::{Failure, Progress};
use crate::frames::{FrameSpec, MomentCounts, TrainingFrame, training_frame};
use crate::risk::{Choice, FitOptions, Leak, RiskExplainer, RiskModel, SetAside};

pub use ahead::{HorizonModel, rising};
pub use columns::KeptColumn;
pub use estimators::metrics::ReliabilityBin as Bin;
pub use judged::{Figures, Metric, figures};
pub use ready::{LEAST_LEAVERS, Readiness, Refusal, Stage};

use parts::Parts;

/// The horizons that one model answers, in days.
pub const HORIZONS: [u32; 4] = [30, 60, 90, 180];
/// Whoever leaves within so many days of a look is hardly to be kept any more: how those are told apart who leave later is a figure
/// of its own. Labels begin at the look itself.
pub const LEAD_DAYS: u32 = HORIZONS[0];
/// Months looked back at, at most.
const MOST_MOMENTS: i32 = 36;
/// Days of facts before the first look, so that what counts a month has a month to count.
const LEAST_HISTORY_DAYS: i64 = 30;

/// What is to be learnt.
#[derive(Clone, Debug)]
pub struct TrainSpec<'a> {
    /// What may be learnt from.
    pub catalog: &'a Catalog,
    /// What leaving means.
    pub churn: &'a ChurnDefinition,
    /// The moment up to which history is known.
    pub as_of: AsOf,
    /// The horizon that is reported: one of [`HORIZONS`].
    pub horizon: Horizon,
    /// Where chance comes from.
    pub seed: u64,
    /// Threads; they change no answer.
    pub threads: usize,
}

/// What came of one horizon.
#[derive(Clone, Debug)]
pub struct HorizonFit {
    /// How far ahead.
    pub horizon: Horizon,
    /// The months learnt from, the rows of them, and the customers who left in them.
    pub learnt: Stretch,
    /// The months that weighed and calibrated; `None` where history is too short and folds of customers did.
    pub weighed: Option<Stretch>,
    /// All months told before those judged by, on which everything was fitted once more as decided.
    pub told: Stretch,
    /// The months judged by.
    pub tested: Stretch,
    /// What was decided.
    pub choice: Choice,
    /// How good it was in the months judged by.
    pub figures: Figures,
    /// How often, in those months, who left only after [`LEAD_DAYS`] stood above who stayed; interval by customer. `None` of a
    /// horizon that is no longer, and where nobody left later.
    pub in_time: Option<Metric>,
}

/// A stretch of months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first moment.
    pub first: AsOf,
    /// The last.
    pub last: AsOf,
    /// Rows.
    pub rows: u64,
    /// Customers.
    pub customers: u64,
    /// Customers who left within the horizon of one of their rows.
    pub leavers: u64,
}

impl Stretch {
    /// What some rows of a frame hold within a horizon; `None` without rows.
    pub(crate) fn of(frame: &TrainingFrame, horizon: usize, rows: &[u32]) -> Option<Stretch> {
        parts::stretch(frame, horizon, rows)
    }
}

/// A row judged: what the model said of a customer, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedRow {
    /// Who.
    pub customer: CustomerId,
    /// When it was looked at.
    pub at: AsOf,
    /// The probability of leaving within each horizon of the model.
    pub probabilities: Vec<f64>,
    /// Whether it left within the reported horizon.
    pub left: bool,
    /// Why the model said so, of those who left.
    pub looked: Option<Looked>,
}

/// What was seen of a customer when it was looked at, and what the model of the reported horizon made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// The number of every indicator there is, in the order of [`Learnt::indicators`]; `None` is unknown.
    pub values: Vec<Option<f64>>,
    /// What each column of the model adds to the log odds.
    pub contributions: Vec<f64>,
}

/// What was learnt.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// The model.
    pub model: HorizonModel,
    /// What became of everybody at each moment, within 30 days.
    pub moments: Vec<MomentCounts>,
    /// What it learnt from, the strongest first.
    pub columns: Vec<KeptColumn>,
    /// What it did not learn from, and why.
    pub set_aside: Vec<SetAside>,
    /// Columns that seem to know the outcome; the certain ones are among those set aside.
    pub leaks: Vec<Leak>,
    /// What came of each horizon.
    pub fits: Vec<HorizonFit>,
    /// Horizons that history is too short for, and why.
    pub unlearnt: Vec<(Horizon, Text)>,
    /// The rows judged within the reported horizon.
    pub judged: Vec<JudgedRow>,
    /// Every indicator there is, learnt from or not: what [`Looked::values`] are of.
    pub indicators: Vec<String>,
    /// A number that stands for all that was learnt from: the same rows, the same number.
    pub digest: u64,
}

impl Learnt {
    /// What came of the horizon that is reported.
    pub fn reported(&self, horizon: Horizon) -> Option<&HorizonFit> {
        self.fits.iter().find(|fit| fit.horizon == horizon)
    }
}

/// What came of the wish to learn.
#[derive(Clone, Debug)]
pub struct Trained {
    /// Whether history carries a model, and what is missing.
    pub readiness: Readiness,
    /// The model, or why there is none.
    pub verdict: Result<Box<Learnt>, Refusal>,
    /// What was learnt from and judged by, or would have been.
    pub rows: TrainingRows,
}

/// What a row was for, within the reported horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowUse {
    /// To learn from.
    Learnt,
    /// Told before the months judged by, but not before those that weigh: fitted on in the end, as the two others are.
    Between,
    /// To weigh and calibrate by.
    Weighed,
    /// To judge by.
    Judged,
    /// For nothing: not told yet or not before the months judged by, or history is too short.
    Unused,
}

/// The rows of a training with what each was for, so that others can learn from the very same.
#[derive(Clone, Debug)]
pub struct TrainingRows {
    /// Customers at moments, what was known of them then, and what became of them within each of [`HORIZONS`].
    pub frame: TrainingFrame,
    /// What each row was for.
    pub uses: Vec<RowUse>,
}

impl TrainSpec<'_> {
    /// What the frame of facts must hold.
    pub fn want(&self) -> Want {
        self.frame(Vec::new()).want()
    }

    /// The frame to be made of some moments.
    ///
    /// # Errors
    /// A horizon that there is not.
    pub(crate) fn asked(&self, moments: Vec<AsOf>) -> Result<FrameSpec<'_>, Failure> {
        self.check()?;
        Ok(self.frame(moments))
    }

    fn frame(&self, moments: Vec<AsOf>) -> FrameSpec<'_> {
        let horizons = HORIZONS.map(|days| Horizon { days }).to_vec();
        FrameSpec { catalog: self.catalog, churn: self.churn, moments, lead_days: 0, horizons }
    }

    /// The moments at which customers are looked at: the first of each month of the firm's zone from which the definition can
    /// be judged and a month of facts lies behind, as long as the shortest horizon ends by the moment stood at.
    pub fn moments(&self, past: &FactFrame) -> Vec<AsOf> {
        let zone = past.zone();
        let first = (0..past.len()).map(|row| past.occurred_at(row)).min();
        let end = self.as_of.instant().plus_days(-i64::from(HORIZONS[0]));
        let month = |back: i32| AsOf(zone.month_start(self.as_of.instant(), -back));
        let is_sound = |at: &AsOf| {
            at.instant() <= end
                && first.is_some_and(|first| first.plus_days(LEAST_HISTORY_DAYS) <= at.instant())
                && not_yet(past, self.churn, *at).is_none()
        };
        (0..MOST_MOMENTS).rev().map(month).filter(is_sound).collect()
    }

    fn check(&self) -> Result<(), Failure> {
        if HORIZONS.contains(&self.horizon.days) {
            return Ok(());
        }
        Err(Failure::Refused {
            code: "unknown_choice",
            detail: Text::new(
                format!("没有 {} 天的预测期", self.horizon.days),
                format!("no horizon of {} days", self.horizon.days),
            ),
            hint: Text::new("可用：30、60、90、180 天", "one of 30, 60, 90, 180 days"),
        })
    }
}

/// Learns who will leave, if history carries it.
///
/// `past` holds what was known by the moment stood at, built with [`TrainSpec::want`]; `moments` are those of
/// [`TrainSpec::moments`]; `hindsight` begins at the first of them and ends at the moment stood at, so that nothing of what
/// happened after it is learnt.
///
/// # Edges
/// Too few leavers, too short a history and columns that tell nothing are no failures: the verdict says so, in words.
///
/// # Errors
/// A horizon that there is not, facts that cannot be read, nobody interested any more.
///
/// # Panics
/// If the look back reaches beyond the moment stood at: our own mistake.
pub fn train(
    past: &FactFrame,
    hindsight: &Hindsight,
    moments: Vec<AsOf>,
    spec: &TrainSpec<'_>,
    progress: Progress<'_>,
) -> Result<Trained, Failure> {
    spec.check()?;
    assert!(hindsight.end() <= spec.as_of, "what happened after {} is not to be learnt", spec.as_of);
    let go_on = |part: f64| if progress(part) { Ok(()) } else { Err(Failure::Stopped) };
    go_on(0.02)?;
    let frame = training_frame(past, hindsight, &spec.frame(moments)).map_err(Failure::Facts)?;
    go_on(0.3)?;
    let place = HORIZONS.iter().position(|days| *days == spec.horizon.days).unwrap_or_default();
    let parts: Vec<Option<Parts>> = (0..HORIZONS.len()).map(|horizon| Parts::of(&frame, horizon)).collect();
    let readiness = Readiness::of(past, &frame, spec, place, parts[place].as_ref());
    let verdict = match (&parts[place], readiness.refusal()) {
        (Some(reported), None) => learn((&frame, &parts), (place, reported), spec, &go_on)?,
        (_, refusal) => Err(refusal.unwrap_or_else(|| Refusal::history(spec.horizon))),
    };
    let uses = parts[place].as_ref().map_or_else(|| vec![RowUse::Unused; frame.rows.len()], |parts| parts.uses(&frame));
    Ok(Trained { readiness, verdict, rows: TrainingRows { frame, uses } })
}

/// Learns from a frame that carries a model; `reported` are the place of the horizon that is reported, and its rows.
fn learn(
    (frame, parts): (&TrainingFrame, &[Option<Parts>]),
    (place, reported): (usize, &Parts),
    spec: &TrainSpec<'_>,
    go_on: &dyn Fn(f64) -> Result<(), Failure>,
) -> Result<Result<Box<Learnt>, Refusal>, Failure> {
    let leaks = frame.leaks();
    go_on(0.36)?;
    let chosen = columns::choose(frame, &leaks, reported, place);
    if chosen.kept.is_empty() {
        return Ok(Err(Refusal::nothing()));
    }
    let bench = Bench { frame, table: columns::table(frame, &chosen.kept), spec };
    let mut models = Vec::new();
    for (horizon, parts) in parts.iter().enumerate() {
        if let Some(parts) = parts {
            models.push((Horizon { days: HORIZONS[horizon] }, bench.fit(horizon, parts)));
        }
        go_on(0.36 + 0.14 * (horizon + 1) as f64)?;
    }
    let names = chosen.kept.iter().map(|column| column.name.clone()).collect();
    let model = HorizonModel::new(names, models);
    let fits = bench.judge(&model, parts);
    let (judged, digest) = (bench.rows(&model, reported, place), bench.digest());
    let has_signal = fits.iter().any(|fit| fit.horizon == spec.horizon && fit.figures.auc.low > 0.5);
    let is_unlearnt = |place: &usize| parts[*place].is_none();
    let unlearnt = (0..HORIZONS.len()).filter(is_unlearnt).map(|place| ready::unlearnt(HORIZONS[place])).collect();
    let learnt = Learnt {
        model,
        moments: frame.moments.clone(),
        columns: chosen.kept,
        set_aside: chosen.set_aside,
        leaks,
        fits,
        unlearnt,
        judged,
        indicators: frame.frame.columns.iter().map(|column| column.name.clone()).collect(),
        digest,
    };
    go_on(1.0)?;
    Ok(match learnt.reported(spec.horizon) {
        Some(fit) if !has_signal => Err(Refusal::no_signal(fit)),
        _ => Ok(Box::new(learnt)),
    })
}

/// Work on one frame.
struct Bench<'a> {
    frame: &'a TrainingFrame,
    table: crate::risk::Frame,
    spec: &'a TrainSpec<'a>,
}

impl Bench<'_> {
    fn fit(&self, horizon: usize, parts: &Parts) -> RiskModel {
        let left: Vec<bool> = self.frame.outcomes(horizon).iter().map(|left| *left == Some(true)).collect();
        let groups = self.frame.groups();
        // Each horizon has luck of its own.
        let seed = Chance::of(self.spec.seed, horizon as u64).next();
        let options = FitOptions { seed, threads: self.spec.threads };
        match &parts.later {
            Some(later) => {
                RiskModel::fit_in_time(&self.table, &left, &parts.fit, (later, &parts.told), &groups, options)
            }
            None => RiskModel::fit(&self.table, &left, &parts.fit, &groups, options),
        }
    }

    fn probabilities(&self, model: &HorizonModel, row: u32) -> Vec<f64> {
        model.probabilities(|column| self.table.columns[column].values[row as usize])
    }

    fn judge(&self, model: &HorizonModel, parts: &[Option<Parts>]) -> Vec<HorizonFit> {
        let groups = self.frame.groups();
        let fit = |(place, horizon): (usize, &Horizon)| {
            let index = HORIZONS.iter().position(|days| *days == horizon.days)?;
            let parts = parts[index].as_ref()?;
            let outcomes = self.frame.outcomes(index);
            let said: Vec<f64> = parts.test.iter().map(|row| self.probabilities(model, *row)[place]).collect();
            let left: Vec<bool> = parts.test.iter().map(|row| outcomes[*row as usize] == Some(true)).collect();
            let customers: Vec<u32> = parts.test.iter().map(|row| groups[*row as usize]).collect();
            Some(HorizonFit {
                horizon: *horizon,
                learnt: parts::stretch(self.frame, index, &parts.fit)?,
                weighed: parts.later.as_ref().and_then(|later| parts::stretch(self.frame, index, later)),
                told: parts::stretch(self.frame, index, &parts.told)?,
                tested: parts::stretch(self.frame, index, &parts.test)?,
                choice: model.model(place).choice().clone(),
                figures: figures(&said, &left, &customers, *horizon, self.spec.seed)?,
                in_time: self.in_time(&parts.test, &said, &left).filter(|_| index > 0),
            })
        };
        model.horizons().iter().enumerate().filter_map(fit).collect()
    }

    /// The AUC of probabilities `said` of some rows, those left aside who left within the lead.
    fn in_time(&self, rows: &[u32], said: &[f64], left: &[bool]) -> Option<Metric> {
        let soon = self.frame.outcomes(0);
        let kept: Vec<usize> = (0..rows.len()).filter(|at| soon[rows[*at] as usize] == Some(false)).collect();
        let clusters: Vec<usize> = kept.iter().map(|at| self.frame.rows[rows[*at] as usize].customer).collect();
        let said: Vec<f64> = kept.iter().map(|at| said[*at]).collect();
        let left: Vec<bool> = kept.iter().map(|at| left[*at]).collect();
        let told = auc_interval_by_cluster(&said, &left, &clusters)?;
        Some(Metric { value: told.auc, low: told.low, high: told.high })
    }

    fn rows(&self, model: &HorizonModel, parts: &Parts, horizon: usize) -> Vec<JudgedRow> {
        let outcomes = self.frame.outcomes(horizon);
        let reported = model.horizons().iter().position(|one| *one == self.spec.horizon);
        let explainer = reported.map(|place| model.explainer(place));
        let row = |place: &u32| {
            let row = &self.frame.rows[*place as usize];
            let left = outcomes[*place as usize] == Some(true);
            JudgedRow {
                customer: self.frame.customers[row.customer].clone(),
                at: self.frame.moments[row.moment].at,
                probabilities: self.probabilities(model, *place),
                left,
                looked: explainer.as_ref().filter(|_| left).map(|explainer| self.look(explainer, *place)),
            }
        };
        parts.test.iter().map(row).collect()
    }

    fn look(&self, explainer: &RiskExplainer, row: u32) -> Looked {
        let of = |frame: &crate::risk::Frame| -> Vec<f64> {
            frame.columns.iter().map(|column| column.values[row as usize]).collect()
        };
        let values = of(&self.frame.frame).into_iter().map(|value| (!value.is_nan()).then_some(value)).collect();
        Looked { values, contributions: explainer.explain(&of(&self.table)).contributions }
    }

    /// FNV-1a over customers, moments, labels and every number learnt from.
    fn digest(&self) -> u64 {
        let mut sum = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |bytes: &[u8]| {
            bytes.iter().for_each(|byte| sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        };
        self.frame.customers.iter().for_each(|customer| add(customer.as_str().as_bytes()));
        for row in &self.frame.rows {
            add(&self.frame.moments[row.moment].at.instant().micros().to_le_bytes());
            add(&(row.customer as u64).to_le_bytes());
        }
        for horizon in 0..HORIZONS.len() {
            self.frame.outcomes(horizon).iter().for_each(|left| add(&[left.map_or(2, u8::from)]));
        }
        for column in &self.table.columns {
            add(column.name.as_bytes());
            column.values.iter().for_each(|value| add(&value.to_bits().to_le_bytes()));
        }
        sum
    }
}
