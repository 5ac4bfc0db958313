//! How well each indicator foretold leaving in this very firm.
//!
//! Every indicator is measured at many past moments, from what was known then, and put beside what became of each
//! customer afterwards: how well it ranks those who left above those who stayed, how early, how steadily from month to
//! month, for how many customers, and what of it is left when the others are held fixed. Of many indicators some look
//! good by luck: only those are called signals that pass when their number is taken into account. What is too good to
//! be true is named as a leak, not praised. Customers are only ever compared with others of the same moment; contracts,
//! whose days are spread over the year, with all.
//!
//! Not here: what an indicator means (`indicators`), what leaving means (`outcomes`), models that put signals together.

mod candidates;
mod joint;
mod looks;
mod measured;
mod words;

use facts::{FactFrame, Want};
use indicators::Catalog;
use outcomes::ChurnDefinition;
use vocab::{AsOf, Horizon, Instant, Text};

pub use candidates::candidates;
pub use measured::rank_correlation;

/// Customers and moments together that are looked at, at most: beyond it a fixed part of the customers stands for all.
const MOST_ROWS: usize = 120_000;
/// A signal is called one if luck makes at most this share of all that are.
const FALSE_DISCOVERIES: f64 = 0.05;
/// Fewer leavers than this tell nothing about any indicator.
pub const LEAST_LEAVERS: usize = 15;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The indicators.
    pub catalog: &'a Catalog,
    /// What leaving means.
    pub churn: &'a ChurnDefinition,
    /// The moment up to which history is known.
    pub as_of: AsOf,
    /// How far ahead leaving is looked for where no contract says when; `None` = the silence the definition waits for
    /// and 30 days more, or 60 days where it waits for none.
    pub horizon: Option<Horizon>,
}

impl Question<'_> {
    /// What the frame of facts must hold.
    pub fn want(&self) -> Want {
        let mut want = self.catalog.want();
        for key in self.churn.properties() {
            if !want.properties.contains(&key) {
                want.properties.push(key);
            }
        }
        want
    }

    fn horizon(&self) -> Horizon {
        let waits = self.churn.longest_silence_days();
        self.horizon.unwrap_or(Horizon { days: if waits > 0 { waits + 30 } else { 60 } })
    }
}

/// How history was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// Everybody who was there, every four weeks; left within the horizon or not.
    Moments {
        /// How far ahead.
        horizon: Horizon,
    },
    /// Every contract once, one to two weeks before it was due; renewed or not.
    Renewals,
}

/// What stands between the data and an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Stable code: `renewals_cut_off`, `sampled`, `too_few_leavers`, `not_yet`.
    pub code: &'static str,
    /// What it says.
    pub text: Text,
}

/// What became of one indicator on history.
#[derive(Clone, Debug, PartialEq)]
pub struct Efficacy {
    /// The indicator.
    pub id: String,
    /// What screens call it.
    pub name: Text,
    /// Where screens list it.
    pub category: String,
    /// What to make of it.
    pub verdict: Verdict,
    /// Share of the rows that have a number.
    pub coverage: f64,
    /// The figures; `None` where too few rows have a number, or only one thing became of them.
    pub figures: Option<Figures>,
    /// One sentence about it.
    pub sentence: Text,
}

/// What to make of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It went with leaving more than luck explains.
    Signal,
    /// It foretells too well to be foresight: the answer seems to be among the facts it is made of.
    Leak,
    /// Nothing that luck does not explain, or so weak that it helps nobody (an AUC below .55).
    NoSignal,
    /// Too little is known to say.
    TooLittle,
}

impl Verdict {
    /// `signal`, `leak`, `no_signal` or `too_little`.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Signal => "signal",
            Verdict::Leak => "leak",
            Verdict::NoSignal => "no_signal",
            Verdict::TooLittle => "too_little",
        }
    }
}

/// Which way of an indicator went with leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The higher, the more left.
    Higher,
    /// The lower, the more left.
    Lower,
    /// The farther from the usual, either way, the more left; only of indicators that say so themselves.
    Unusual,
}

impl Direction {
    /// `higher`, `lower` or `unusual`.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Higher => "higher",
            Direction::Lower => "lower",
            Direction::Unusual => "unusual",
        }
    }
}

/// The figures of one indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Rows with a number.
    pub rows: usize,
    /// Those of them that left.
    pub leavers: usize,
    /// How often the one who left stood on the worse side of the one who stayed; 0.5 is guessing. By the direction found,
    /// so at least 0.5.
    pub auc: f64,
    /// Its 95 % interval, rows of one customer taken together.
    pub interval: (f64, f64),
    /// The share of luck among all that is called a signal up to this one (Benjamini–Hochberg).
    pub false_discovery_rate: f64,
    /// Which way went with leaving.
    pub direction: Direction,
    /// Information value over ten groups of equal size.
    pub information_value: f64,
    /// Share that left over the share that left of all, for each tenth, the worst tenth first.
    pub lift: Vec<f64>,
    /// Share that left in the worst tenth.
    pub worst_rate: f64,
    /// Median days between the first time a leaver stood in the worst tenth and its leaving; of the leavers who ever did.
    pub lead_days: Option<f64>,
    /// Share of the leavers who ever stood there before leaving.
    pub caught: f64,
    /// Month by month, oldest first.
    pub months: Vec<MonthFigures>,
    /// The largest shift of its distribution between a month and all before, and whether luck explains it.
    pub drift: Option<Drift>,
    /// The indicator that says nearly the same: id and rank correlation.
    pub closest: Option<(String, f64)>,
    /// What it says with the other signals held fixed; `None` if it was not among those put together.
    pub partial: Option<Partial>,
}

impl Figures {
    /// Whether luck makes at most one in twenty of all that rank at least so surely.
    pub fn is_more_than_luck(&self) -> bool {
        self.false_discovery_rate <= FALSE_DISCOVERIES
    }
}

/// One month of one indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthFigures {
    /// The first day of the month, at midnight.
    pub month: Instant,
    /// Rows with a number.
    pub rows: usize,
    /// Those that left.
    pub leavers: usize,
    /// By the direction of all months together; `None` with fewer than five leavers.
    pub auc: Option<f64>,
    /// Population stability index against all months; `None` with fewer than fifty rows.
    pub stability: Option<f64>,
}

/// How far the distribution of an indicator has moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// The month that differs most.
    pub month: Instant,
    /// Its population stability index against all months.
    pub stability: f64,
    /// What luck alone exceeds once in twenty times.
    pub bound: f64,
}

/// What an indicator says beside the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Partial {
    /// Change of the log odds of leaving per standard deviation, the others held fixed.
    pub coefficient: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
    /// The indicators held fixed that it goes with most: id and rank correlation, strongest first, at most three.
    pub beside: Vec<(String, f64)>,
}

impl Partial {
    /// Which way goes with leaving, the others held fixed.
    pub fn direction(&self) -> Direction {
        if self.coefficient >= 0.0 { Direction::Higher } else { Direction::Lower }
    }

    /// Whether the interval leaves the direction open.
    pub fn is_open(&self) -> bool {
        self.interval.0 <= 0.0 && self.interval.1 >= 0.0
    }
}

/// The answer: every indicator, the strongest signal first.
#[derive(Clone, Debug, PartialEq)]
pub struct EfficacyReport {
    /// The moment up to which history was known.
    pub as_of: AsOf,
    /// How it was looked at.
    pub design: Design,
    /// The first and the last moment looked at.
    pub span: Option<(AsOf, AsOf)>,
    /// Rows: a customer at a moment.
    pub rows: usize,
    /// Different customers among them.
    pub customers: usize,
    /// Rows that left; a customer looked at several times before it left counts each time.
    pub leavers: usize,
    /// Rows of which it cannot be told what became.
    pub cut_off: usize,
    /// What a reader must know beside the figures.
    pub notes: Vec<Note>,
    /// The answer in one sentence.
    pub headline: Text,
    /// Signals first, strongest first; then leaks, then what says nothing, then what cannot be told.
    pub indicators: Vec<Efficacy>,
}

/// How well each indicator foretold leaving.
///
/// `frame` holds the facts of everybody up to `as_of`, built with [`Question::want`]; `progress` is told the part done,
/// 0 to 1.
///
/// # Edges
/// * A history that is too short to see anybody leave, or in which fewer than [`LEAST_LEAVERS`] left: every verdict is
///   [`Verdict::TooLittle`], and a note says why.
/// * Whoever left can come back and leave again: each time counts.
pub fn efficacy(frame: &FactFrame, question: &Question<'_>, progress: &dyn Fn(f64)) -> EfficacyReport {
    let looks = looks::looks(frame, question);
    progress(0.1);
    let columns = looks::columns(frame, question, &looks, &|part| progress(0.1 + 0.6 * part));
    let mut found = measured::all(question, frame.zone(), &looks, &columns);
    progress(0.8);
    let notes = looks.notes.clone();
    joint::put_together(&mut found, &looks, &columns);
    progress(0.95);
    words::tell(&mut found, question.catalog, &looks);
    let strength = |one: &Efficacy| one.figures.as_ref().map_or(0.0, |figures| figures.auc);
    found.sort_by(|a, b| a.verdict.cmp(&b.verdict).then(strength(b).total_cmp(&strength(a))));
    let mut customers: Vec<usize> = looks.rows.iter().map(|row| row.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    let moments = || looks.rows.iter().map(|row| row.at);
    EfficacyReport {
        as_of: question.as_of,
        design: looks.design,
        span: moments().min().zip(moments().max()),
        rows: looks.rows.len(),
        customers: customers.len(),
        leavers: looks.leavers(),
        cut_off: looks.cut_off,
        headline: words::headline(&found, &looks.notes),
        notes,
        indicators: found,
    }
}
