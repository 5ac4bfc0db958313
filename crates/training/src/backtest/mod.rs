//! Any scorecard, rule, rule set or outside score replayed over the firm's own past before it is switched on.
//!
//! Week by week the replay stands at a past moment, knows what was known then, and warns: by the ordinary plan of alerts
//! carried forward from week to week, or by a list of the worst that fits the hands that work it. Only then it is looked up
//! who left: how many of the leavers were warned of in time, how long before, how many warnings were for nothing; beside
//! that what the rules in force, a blind turn through everybody, mere silence and the best single indicator would have
//! found with as many warnings a week.
//!
//! Two halves that cannot reach into each other: `past` sees a frame that ends with the last moment replayed and knows of
//! no leaving; `judge` sees who left and has no fact to warn by. What was future at a moment has no way into its warnings.
//!
//! Not here: what leaving means (`outcomes`), when a rule speaks (`alerts`), whether warning somebody helped.

mod bands;
mod counted;
mod cuts;
mod judge;
mod knowing;
pub(crate) mod parts;
mod past;
mod pick;
mod report;
mod words;

use std::collections::BTreeMap;

use alerts::AlertPolicy;
use facts::{FactFrame, Hindsight, Want};
use indicators::Catalog;
use outcomes::{ChurnDefinition, Departure, Departures, departures};
use scores::{ScoreBook, SegmentBook};
use vocab::{AsOf, CustomerId, Horizon, Instant, Text};

pub(crate) use knowing::Asked;

pub use estimators::metrics::Share;
pub use knowing::Knowing;
pub use report::{
    BacktestReport, BandRecord, Comparison, Counts, Fate, Lead, LeadBin, LeaverRow, Missed, Note, Segment, WarningRow,
    Week,
};

/// Days from one moment to the next.
pub const STEP_DAYS: i64 = 7;
/// Fewer leavers than this give names, not percentages.
pub const LEAST_LEAVERS: usize = 20;
/// Moments at most: ten years.
pub const MOST_MOMENTS: i64 = 522;
/// An outside score counts for so many days after its date.
const SCORE_LASTS_DAYS: i64 = 45;
/// Days after its first fact in which a customer is too new, where a list says who left.
const LISTED_TOO_NEW_DAYS: u32 = 30;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// What is replayed.
#[derive(Clone, Copy, Debug)]
pub enum Scorer<'a> {
    /// The scorecard: with a budget the lowest healths of each week; without one, whoever falls into the band high or
    /// critical.
    Health,
    /// The rules in force, together; with a budget the room that they leave goes to the lowest healths of the others.
    Rules,
    /// One rule, whether it is switched on or not.
    Rule(&'a str),
    /// Somebody else's scores; needs a budget.
    Table(&'a OutsideScores),
}

/// What counts as leaving.
#[derive(Clone, Copy, Debug)]
pub enum Leaving<'a> {
    /// What a definition says.
    Definition(&'a ChurnDefinition),
    /// The firm's own list of who left and when.
    Listed(&'a [(CustomerId, Instant)]),
}

/// What is asked of the past.
#[derive(Clone, Debug)]
pub struct Spec<'a> {
    /// Every indicator that the scorecard and the rules name.
    pub catalog: &'a Catalog,
    /// The scorecard in force.
    pub book: &'a ScoreBook,
    /// The rules in force, and those that could be.
    pub policy: &'a AlertPolicy,
    /// What is replayed.
    pub scorer: Scorer<'a>,
    /// What counts as leaving.
    pub leaving: Leaving<'a>,
    /// The first moment.
    pub from: AsOf,
    /// The end: warnings and leavers before it count.
    pub to: AsOf,
    /// Up to when anything is known today.
    pub known_until: Instant,
    /// A warning must come at least so many days before the leaving it speaks of.
    pub lead_days: u32,
    /// And at most so many.
    pub horizon_days: u32,
    /// Warnings a week; `None` = as many as the rules give.
    pub budget: Option<u32>,
    /// What rules may ask besides indicators, health and traits.
    pub knowing: Knowing<'a>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// The question cannot be answered as it was asked.
    Refused {
        /// Stable code.
        code: &'static str,
        /// What is wrong.
        detail: Text,
        /// What to do.
        hint: Text,
    },
    /// Whoever asked has lost interest.
    Stopped,
    /// The facts cannot be read.
    Facts(facts::Error),
}

impl Failure {
    fn refused(code: &'static str, detail: (&str, &str), hint: (&str, &str)) -> Failure {
        Failure::Refused { code, detail: Text::new(detail.0, detail.1), hint: Text::new(hint.0, hint.1) }
    }
}

/// Somebody else's scores: higher is worse. A score counts from its date on, for 45 days unless said otherwise, or until the
/// next.
#[derive(Clone, Debug)]
pub struct OutsideScores {
    rows: BTreeMap<CustomerId, Vec<(Instant, f64)>>,
    lasts_days: i64,
}

impl Default for OutsideScores {
    fn default() -> OutsideScores {
        OutsideScores { rows: BTreeMap::new(), lasts_days: SCORE_LASTS_DAYS }
    }
}

impl OutsideScores {
    /// From rows of customer, date and score, in any order; of several of one date the last one counts.
    pub fn new(rows: impl IntoIterator<Item = (CustomerId, Instant, f64)>) -> OutsideScores {
        let mut by_customer: BTreeMap<CustomerId, Vec<(Instant, f64)>> = BTreeMap::new();
        for (customer, at, score) in rows {
            by_customer.entry(customer).or_default().push((at, score));
        }
        by_customer.values_mut().for_each(|scores| scores.sort_by_key(|(at, _)| *at));
        OutsideScores { rows: by_customer, ..OutsideScores::default() }
    }

    /// The same where a score lasts so many days.
    pub fn lasting(self, lasts_days: u32) -> OutsideScores {
        OutsideScores { lasts_days: i64::from(lasts_days), ..self }
    }

    /// What was said of a customer at a moment: the latest score dated at or before it.
    pub fn at(&self, customer: &CustomerId, moment: AsOf) -> Option<f64> {
        let scores = self.rows.get(customer)?;
        let (at, score) = scores[..scores.partition_point(|(at, _)| *at <= moment.instant())].last()?;
        (at.plus_days(self.lasts_days) >= moment.instant()).then_some(*score)
    }

    /// Every row: who, when, how much; by customer and date.
    pub fn rows(&self) -> impl Iterator<Item = (&CustomerId, Instant, f64)> {
        self.rows.iter().flat_map(|(customer, scores)| scores.iter().map(move |(at, score)| (customer, *at, *score)))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The moments of a replay: `from`, and every seven days after it, before `to`.
pub fn weekly(from: AsOf, to: AsOf) -> Vec<AsOf> {
    let at = |step: i64| AsOf(from.instant().plus_days(STEP_DAYS * step));
    (0..MOST_MOMENTS).map(at).take_while(|moment| *moment < to).collect()
}

impl Spec<'_> {
    /// What the frame of the past must hold.
    pub fn want(&self) -> Want {
        let mut want = self.catalog.want();
        let churn = match self.leaving {
            Leaving::Definition(definition) => definition.properties(),
            Leaving::Listed(_) => Vec::new(),
        };
        let traits =
            self.policy.traits().into_iter().chain(self.knowing.segments.into_iter().flat_map(SegmentBook::traits));
        for key in churn.into_iter().chain(["owner".to_owned()]).chain(traits.map(str::to_owned)) {
            if !want.properties.contains(&key) {
                want.properties.push(key);
            }
        }
        want
    }

    /// The weekly moments: `from`, and every seven days after it, before `to`.
    pub fn moments(&self) -> Vec<AsOf> {
        weekly(self.from, self.to)
    }

    /// How far after `from` the look back goes: to the horizon after `to`, but not beyond today.
    pub fn look_back(&self) -> Horizon {
        let end = self.to.instant().plus_days(i64::from(self.horizon_days)).min(self.known_until);
        let days = (end.micros() - self.from.instant().micros()).div_euclid(MICROS_PER_DAY);
        Horizon { days: u32::try_from(days.max(1)).unwrap_or(u32::MAX) }
    }

    /// Refuses what cannot be answered.
    pub fn check(&self) -> Result<(), Failure> {
        if self.from >= self.to {
            return Err(Failure::refused(
                "bad_stretch",
                ("起点必须早于终点", "the stretch must begin before it ends"),
                ("例如 --from 2024-07-01 --to 2025-07-01", "for example --from 2024-07-01 --to 2025-07-01"),
            ));
        }
        if self.to.instant() > self.known_until {
            return Err(Failure::refused(
                "future_moment",
                ("终点不能在将来", "the stretch must not reach into the future"),
                ("请选今天或以前的日期", "choose today or a day before"),
            ));
        }
        if self.from.instant().plus_days(STEP_DAYS * MOST_MOMENTS) < self.to.instant() {
            return Err(Failure::refused(
                "bad_stretch",
                ("回放最长十年", "ten years can be replayed at most"),
                ("请缩短起止日期", "choose a shorter stretch"),
            ));
        }
        if self.lead_days >= self.horizon_days {
            return Err(Failure::refused(
                "bad_lead",
                ("最短提前天数必须小于预测期", "the least lead must be shorter than the horizon"),
                ("例如提前 14 天，预测期 90 天", "for example a lead of 14 and a horizon of 90 days"),
            ));
        }
        self.check_scorer()
    }

    fn check_scorer(&self) -> Result<(), Failure> {
        match self.scorer {
            Scorer::Rule(id) if self.policy.rule(id).is_none() => {
                let known: Vec<&str> = self.policy.rules.iter().map(|rule| rule.id.as_str()).collect();
                let known = known.join(", ");
                Err(Failure::refused(
                    "unknown_choice",
                    (&format!("没有这条规则：“{id}”"), &format!("no such rule: \"{id}\"")),
                    (&format!("可用：{known}"), &format!("one of: {known}")),
                ))
            }
            Scorer::Rule(id) if !self.knowing.can_tell(&self.policy.only(&[id])) => Err(Failure::refused(
                "not_replayable",
                (
                    "这条规则问到员工打的标签，标签没有历史记录，无法回放",
                    "this rule asks about tags, which people put on and which have no past to replay",
                ),
                ("请改用指标、健康分、属性或分群", "ask about indicators, health, traits or segments instead"),
            )),
            Scorer::Table(_) if self.budget.is_none() => Err(Failure::refused(
                "budget_needed",
                (
                    "外部评分没有自己的预警线，要说明每周能跟进几位客户",
                    "outside scores have no threshold of their own: say how many customers can be worked a week",
                ),
                ("加上 --budget 10", "add --budget 10"),
            )),
            Scorer::Table(scores) if scores.is_empty() => Err(Failure::refused(
                "bad_table",
                ("评分表里没有一行可用", "no row of the score table can be used"),
                ("要有 customer_id、date、score 三列", "it needs the columns customer_id, date and score"),
            )),
            _ => Ok(()),
        }
    }
}

/// Told the part done, 0 to 1; says whether to go on.
pub type Progress<'a> = &'a (dyn Fn(f64) -> bool + Sync);

/// What would have come of it?
///
/// `past` holds the facts known by `to`, built with [`Spec::want`]; `hindsight` looks back to `from` as far as
/// [`Spec::look_back`] says. The definitions and formulas of every figure stand at [`BacktestReport`].
///
/// # Errors
/// [`Failure`]: a question that cannot be answered, facts that cannot be read, or nobody interested any more.
///
/// # Panics
/// If `past` reaches beyond `to`, or the look back begins elsewhere than `from`: both would let the future in.
pub fn backtest(
    past: &FactFrame,
    hindsight: &Hindsight,
    spec: &Spec<'_>,
    progress: Progress<'_>,
) -> Result<BacktestReport, Failure> {
    spec.check()?;
    assert!(past.end() <= spec.to, "the past ends at {}, replayed until {}", past.end(), spec.to);
    assert!(hindsight.since() == spec.from, "the look back begins with the replay");
    let seen = past::replay(past, spec, progress)?;
    let warnings = pick::warnings(&seen, spec);
    if !progress(0.88) {
        return Err(Failure::Stopped);
    }
    let found = labels(hindsight, spec)?;
    if !progress(0.94) {
        return Err(Failure::Stopped);
    }
    let judge = judge::Judge::new(spec, &seen, found);
    Ok(counted::write(past, spec, &seen, &judge, warnings))
}

/// Who left, by hindsight alone.
fn labels(hindsight: &Hindsight, spec: &Spec<'_>) -> Result<Departures, Failure> {
    let end = hindsight.end().instant().min(spec.known_until);
    match spec.leaving {
        Leaving::Definition(definition) => departures(hindsight, definition, spec.to.instant()).map_err(Failure::Facts),
        Leaving::Listed(listed) => {
            let within = listed.iter().filter(|(_, at)| *at >= spec.from.instant() && *at < end);
            let departure = |(customer, at): &(CustomerId, Instant)| Departure {
                customer: customer.clone(),
                at: *at,
                last_seen: None,
            };
            let mut left: Vec<Departure> = within.map(departure).collect();
            left.sort_by(|a, b| (a.at, &a.customer).cmp(&(b.at, &b.customer)));
            Ok(Departures { left, told_until: end, doubt: None })
        }
    }
}
