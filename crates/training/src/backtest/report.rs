//! What came of a replay: the types of the answer, and what each figure means.

use estimators::metrics::Share;
use vocab::{AsOf, Band, CustomerId, Instant, Text};

/// What became of the customer after a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It left, at least the lead days and at most the horizon later.
    InTime,
    /// It left sooner than the lead days: too late to do anything.
    Late,
    /// It did not leave within the horizon.
    False,
    /// The horizon is not over yet, or the facts end before it.
    Undecided,
}

impl Fate {
    /// `in_time`, `late`, `false` or `undecided`.
    pub fn as_str(self) -> &'static str {
        match self {
            Fate::InTime => "in_time",
            Fate::Late => "late",
            Fate::False => "false",
            Fate::Undecided => "undecided",
        }
    }
}

/// Why a leaver was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missed {
    /// It was never warned of before.
    Never,
    /// Warned of, but sooner than the lead days before.
    TooLate,
    /// Warned of, but longer before than the horizon.
    TooEarly,
    /// It left so soon after the beginning that nobody could have been warned.
    NoTime,
}

impl Missed {
    /// `never`, `too_late`, `too_early` or `no_time`.
    pub fn as_str(self) -> &'static str {
        match self {
            Missed::Never => "never",
            Missed::TooLate => "too_late",
            Missed::TooEarly => "too_early",
            Missed::NoTime => "no_time",
        }
    }
}

/// The figures of one way to warn. `alerts = in_time + late + false_alarms + undecided`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Warnings given.
    pub alerts: usize,
    /// Those whose customer left within the lead days and the horizon after.
    pub in_time: usize,
    /// Those whose customer left sooner.
    pub late: usize,
    /// Those whose customer did not leave within the horizon.
    pub false_alarms: usize,
    /// Those of which it cannot be told yet.
    pub undecided: usize,
    /// Customers that left within the stretch; one that left twice counts twice.
    pub leavers: usize,
    /// Leavers with a warning at least the lead days and at most the horizon before.
    pub caught: usize,
}

impl Counts {
    /// Leavers that were not caught.
    pub fn missed(&self) -> usize {
        self.leavers - self.caught
    }

    /// Warnings of which it can be told what became.
    pub fn decided(&self) -> usize {
        self.alerts - self.undecided
    }

    pub(super) fn add(&mut self, fate: Fate) {
        match fate {
            Fate::InTime => self.in_time += 1,
            Fate::Late => self.late += 1,
            Fate::False => self.false_alarms += 1,
            Fate::Undecided => self.undecided += 1,
        }
    }
}

/// One week of the replay.
#[derive(Clone, Debug, PartialEq)]
pub struct Week {
    /// Its moment: warnings were given then, leavers left within seven days after.
    pub at: AsOf,
    /// Warnings given, and leavers.
    pub counts: Counts,
    /// Share of the decided warnings that were not for nothing; `None` with too few leavers in all.
    pub precision: Option<Share>,
    /// Share of the leavers that were caught.
    pub recall: Option<Share>,
}

/// Days from the first warning in time to the leaving.
#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    /// Half had at least so many.
    pub median: f64,
    /// Quartiles.
    pub quartiles: (f64, f64),
    /// How many had how many, in weeks.
    pub histogram: Vec<LeadBin>,
}

/// Leavers warned of so many days before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadBin {
    /// From so many days on, to six more.
    pub from_days: u32,
    /// Leavers.
    pub leavers: usize,
}

/// What another way to warn would have found with as many warnings in each week.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// `present`, `everyone`, `recency` or `single`.
    pub id: &'static str,
    /// What it is, for a person.
    pub name: Text,
    /// The indicator, of `single`.
    pub indicator: Option<String>,
    /// The figures.
    pub counts: Counts,
    /// Share of the decided warnings that were not for nothing; `None` with too few leavers.
    pub precision: Option<Share>,
    /// Share of the leavers that were caught.
    pub recall: Option<Share>,
}

/// How those who stood in a band fared, each looked at once per horizon.
///
/// Bands are those of the firm's own scorecard, by the health of the moment; whoever cannot be told of yet is left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandRecord {
    /// The band.
    pub band: Band,
    /// How often somebody stood in it at one of the moments.
    pub stood: usize,
    /// How many of them left within the horizon after.
    pub left: usize,
    /// That share; `None` with too few leavers in all, or nobody in the band.
    pub share: Option<Share>,
}

/// A part of the customers.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// What it is cut by: `band`, `value`, `segment` or `owner`.
    pub by: &'static str,
    /// Which part: a band, `high`, `middle`, `low`, the id of a named segment, an owner; empty where unknown, and where a
    /// customer is in none of the segments for sure.
    pub key: String,
    /// What a named segment is called.
    pub name: Option<Text>,
    /// The figures. Whoever is in several segments counts in each.
    pub counts: Counts,
    /// Share of its warnings that somebody left after; `None` with too few leavers in all or no warning decided here.
    pub precision: Option<Share>,
    /// Share of its leavers that were caught; `None` with too few leavers in all or none here.
    pub recall: Option<Share>,
}

/// A customer that left.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaverRow {
    /// Who.
    pub customer: CustomerId,
    /// The moment from which it counts as gone.
    pub left_at: Instant,
    /// Its last sign of life before, where the definition knows one.
    pub last_seen: Option<Instant>,
    /// `None` = caught.
    pub missed: Option<Missed>,
    /// The first warning in time; of a missed one the nearest, if there was any.
    pub warned_at: Option<AsOf>,
    /// Days from that warning to the leaving.
    pub lead_days: Option<f64>,
    /// What spoke.
    pub signal: Option<String>,
    /// What it said.
    pub sentence: Option<Text>,
    /// What it was worth: at the warning, else at the last moment before leaving.
    pub value: Option<f64>,
    /// Health then.
    pub health: Option<f64>,
    /// Band then.
    pub band: Option<Band>,
    /// Owner then.
    pub owner: Option<String>,
    /// Ids of the named segments that it was surely in then.
    pub segments: Vec<String>,
}

/// A warning.
#[derive(Clone, Debug, PartialEq)]
pub struct WarningRow {
    /// Of whom.
    pub customer: CustomerId,
    /// When.
    pub at: AsOf,
    /// What spoke.
    pub signal: String,
    /// What it said.
    pub sentence: Text,
    /// What became of it.
    pub fate: Fate,
    /// When the customer left, if it did.
    pub left_at: Option<Instant>,
    /// What the customer was worth.
    pub value: Option<f64>,
    /// Its health.
    pub health: Option<f64>,
    /// Its band.
    pub band: Option<Band>,
    /// Who looked after it.
    pub owner: Option<String>,
    /// Ids of the named segments that it was surely in.
    pub segments: Vec<String>,
}

/// What must be known beside the figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Stable code: `too_few_leavers`, `not_yet`, `facts_end`, `first_week`, `untried`.
    pub code: &'static str,
    /// What it says.
    pub text: Text,
}

/// What would have come of a scorer over a stretch of the past.
///
/// * *Leavers*: those who left in `[from, to)`, dated by the definition of leaving.
/// * *Caught*: a leaver with a warning `t` such that `lead ≤ left − t ≤ horizon`.
/// * *False alarm*: a warning whose customer did not leave within the horizon after it; one whose horizon is not over by
///   `told_until` is undecided and counted apart.
/// * *Precision* `(in time + late) / decided`; *recall* `caught / leavers`; intervals by Wilson.
///
/// # Edges
/// With fewer than [`super::LEAST_LEAVERS`] leavers there is no share anywhere, only counts and names.
#[derive(Clone, Debug, PartialEq)]
pub struct BacktestReport {
    /// The first moment.
    pub from: AsOf,
    /// The end.
    pub to: AsOf,
    /// Up to when it can be told who left.
    pub told_until: Instant,
    /// Moments replayed.
    pub moments: usize,
    /// The least lead.
    pub lead_days: u32,
    /// The horizon.
    pub horizon_days: u32,
    /// Warnings a week, if they were given.
    pub budget: Option<u32>,
    /// Customers that alerts could speak of at one moment at least.
    pub customers: usize,
    /// The figures.
    pub counts: Counts,
    /// Whether leavers are too few for any share.
    pub is_few: bool,
    /// Share of the decided warnings that were not for nothing.
    pub precision: Option<Share>,
    /// Share of the leavers that were caught.
    pub recall: Option<Share>,
    /// Warnings a week, mean.
    pub alerts_per_week: f64,
    /// The same for each of those who look after customers, where that is known.
    pub alerts_per_owner_week: Option<f64>,
    /// Lead of the caught; `None` if nobody was.
    pub lead: Option<Lead>,
    /// Week by week.
    pub weeks: Vec<Week>,
    /// Other ways to warn, with as many warnings in each week.
    pub comparisons: Vec<Comparison>,
    /// By band, value, named segment and owner.
    pub segments: Vec<Segment>,
    /// What became of those who stood in each band, worst first.
    pub bands: Vec<BandRecord>,
    /// Everybody who left, by the moment of leaving.
    pub leavers: Vec<LeaverRow>,
    /// Every warning, in the order of time.
    pub warnings: Vec<WarningRow>,
    /// What must be known beside.
    pub notes: Vec<Note>,
    /// The answer in a sentence.
    pub headline: Text,
    /// The comparison in a sentence.
    pub compared: Text,
}
