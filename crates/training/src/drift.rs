//! Whether a model in service still lives in the world that it was judged in: month by month, against the months it was
//! judged by.
//!
//! Three questions. Do customers look as they did then (population stability of the score and of each indicator)? Does what
//! it says come true (leavers said beside leavers seen, once the horizon has passed)? Do as many leave as did? The methods
//! page `docs/methods/risk.md` names the thresholds and where they come from.
//!
//! Not here: what customers looked like (`looks`), who is told (`app`).

use std::collections::BTreeSet;

pub use estimators::metrics::Share;
use estimators::metrics::{population_stability, population_stability_bound, wilson};
use vocab::{AsOf, CustomerId, Horizon, Instant, Text};

use crate::looks::{Look, Sayer};

/// A stability index from here on is watched, if it is more than chance makes.
pub const WATCH: f64 = 0.10;
/// And from here on something has moved.
pub const MOVED: f64 = 0.25;
/// Leavers are off when they are so many times too many or too few, beyond what chance makes.
pub const OFF: f64 = 1.25;
/// Groups of equal size that values are put into; unknown is one more.
const GROUPS: usize = 10;

/// How far something is from what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// No more than chance makes, or little.
    Steady,
    /// Worth a look.
    Watch,
    /// It is another.
    Moved,
}

impl Level {
    /// `steady`, `watch` or `moved`.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Steady => "steady",
            Level::Watch => "watch",
            Level::Moved => "moved",
        }
    }
}

/// How far a distribution has moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// The population stability index.
    pub psi: f64,
    /// What chance alone exceeds once in twenty times.
    pub chance: f64,
    /// What that means.
    pub level: Level,
}

/// How many left beside how many should have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept {
    /// The sum of what was said.
    pub said: f64,
    /// How many left.
    pub left: u64,
    /// `left / said`.
    pub ratio: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether it is off: the interval leaves out 1, and it is a quarter too many or a fifth too few.
    pub is_off: bool,
}

/// The share that left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leaving {
    /// It, with its 95 % interval.
    pub share: Share,
    /// Whether it differs from that of the months judged by: the interval of the difference leaves out 0, and the one is
    /// 1.25 times the other.
    pub is_off: bool,
}

/// The months that a model was judged by, as they are seen now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Before {
    /// The first moment.
    pub first: AsOf,
    /// The last.
    pub last: AsOf,
    /// Customers.
    pub customers: u64,
    /// The share of the rows that left.
    pub leaving: Option<Share>,
}

/// One month beside the months that the model was judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct Month {
    /// The moment.
    pub at: AsOf,
    /// Its outcomes are told from here on.
    pub told_at: Instant,
    /// Customers asked about.
    pub customers: u64,
    /// Of whom the model says nothing.
    pub unsaid: u64,
    /// How far the scores have moved.
    pub score: Option<Shift>,
    /// How far each indicator has, the farthest first.
    pub inputs: Vec<(String, Shift)>,
    /// Whether it came true; `None` until the outcomes are told.
    pub kept: Option<Kept>,
    /// How many left; `None` until the outcomes are told.
    pub leaving: Option<Leaving>,
}

/// What is wrong with a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// `score_moved`, `off` or `leaving_moved`.
    pub code: &'static str,
    /// The month that shows it.
    pub at: AsOf,
    /// The same for a person.
    pub says: Text,
}

/// What has become of a model since.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// The months it was judged by.
    pub before: Before,
    /// The months since, the oldest first.
    pub months: Vec<Month>,
    /// What is wrong with it now; empty where nothing is.
    pub signs: Vec<Sign>,
}

/// Compares months with the months that a model was judged by; `late_days` is what an outcome waits for beyond the horizon.
///
/// The latest month says whether scores have moved, the latest month whose outcomes are told whether the model is off and
/// whether as many leave. Indicators that moved are told, but are no sign by themselves: what counts is what becomes of the
/// score.
///
/// # Edges
/// `None` without a row to compare with.
pub fn drift(before: &[Look], since: &[Look], sayer: Sayer<'_>, horizon: Horizon, late_days: u32) -> Option<Drift> {
    let then = Then::of(before, sayer, horizon)?;
    let wait = i64::from(horizon.days) + i64::from(late_days);
    let months: Vec<Month> = since.iter().map(|look| then.month(look, sayer, horizon, wait)).collect();
    let signs = signs(&months, &then.before);
    Some(Drift { before: then.before, months, signs })
}

/// The months judged by, put into groups.
struct Then {
    before: Before,
    left: usize,
    told: usize,
    score: Option<Groups>,
    inputs: Vec<(String, Groups)>,
}

impl Then {
    fn of(before: &[Look], sayer: Sayer<'_>, horizon: Horizon) -> Option<Then> {
        let (first, last) = (before.iter().map(|look| look.at).min()?, before.iter().map(|look| look.at).max()?);
        let customers: BTreeSet<&CustomerId> = before.iter().flat_map(|look| &look.customers).collect();
        let count = customers.len();
        if count == 0 {
            return None;
        }
        let said: Vec<f64> = before.iter().flat_map(|look| sayer.said(look, horizon).into_iter().flatten()).collect();
        let input = |name: &String| {
            let values: Vec<f64> =
                before.iter().flat_map(|look| look.column(name).unwrap_or_default()).copied().collect();
            Some((name.clone(), Groups::of(&values, count)?))
        };
        let told: Vec<bool> =
            before.iter().filter(|look| look.is_told()).flat_map(|look| look.left.iter().flatten().copied()).collect();
        let left = told.iter().filter(|left| **left).count();
        Some(Then {
            before: Before { first, last, customers: count as u64, leaving: wilson(left, told.len()) },
            left,
            told: told.len(),
            score: Groups::of(&said, count),
            inputs: sayer.columns().iter().filter_map(input).collect(),
        })
    }

    fn month(&self, look: &Look, sayer: Sayer<'_>, horizon: Horizon, wait_days: i64) -> Month {
        let said = sayer.said(look, horizon);
        let known: Vec<f64> = said.iter().flatten().copied().collect();
        let mut inputs: Vec<(String, Shift)> = self
            .inputs
            .iter()
            .filter_map(|(name, groups)| Some((name.clone(), groups.shift(look.column(name)?)?)))
            .collect();
        inputs.sort_by(|(one, left), (other, right)| right.psi.total_cmp(&left.psi).then_with(|| one.cmp(other)));
        let is_told = look.is_told() && !look.customers.is_empty();
        Month {
            at: look.at,
            told_at: look.at.instant().plus_days(wait_days),
            customers: look.customers.len() as u64,
            unsaid: (said.len() - known.len()) as u64,
            score: self.score.as_ref().and_then(|groups| groups.shift(&known)),
            inputs,
            kept: is_told.then(|| kept(&said, &look.left)).flatten(),
            leaving: is_told.then(|| self.leaving(&look.left)).flatten(),
        }
    }

    /// The share that left, beside that of the months judged by.
    fn leaving(&self, left: &[Option<bool>]) -> Option<Leaving> {
        let gone = left.iter().flatten().filter(|left| **left).count();
        let (now, then) = (wilson(gone, left.len())?, wilson(self.left, self.told));
        let is_off = then.is_some_and(|then| differ(now, then) && is_far(now.share, then.share));
        Some(Leaving { share: now, is_off })
    }
}

/// Whether the 95 % interval of the difference of two shares leaves out 0.
///
/// # Source
/// Newcombe (1998), *Statistics in Medicine* 17, 873–890, method 10.
fn differ(one: Share, other: Share) -> bool {
    let gap = one.share - other.share;
    let low = gap - ((one.share - one.low).powi(2) + (other.high - other.share).powi(2)).sqrt();
    let high = gap + ((one.high - one.share).powi(2) + (other.share - other.low).powi(2)).sqrt();
    low > 0.0 || high < 0.0
}

/// Whether one is at least [`OFF`] times the other.
fn is_far(one: f64, other: f64) -> bool {
    one >= OFF * other || other >= OFF * one
}

/// How many of those of whom something was said left, beside what was said: `ratio = left / Σ p`, its interval that of
/// Wilson's for the share who left, over the mean of what was said.
///
/// # Edges
/// `None` where nothing was said, or nobody was given any risk.
///
/// # Source
/// Ratio of observed to expected: Debray et al. (2017), *BMJ* 356, i6460; interval of a share: Wilson (1927).
fn kept(said: &[Option<f64>], left: &[Option<bool>]) -> Option<Kept> {
    let both = said.iter().zip(left).filter_map(|(said, left)| Some(((*said)?, (*left)?)));
    let (mut sum, mut gone, mut count) = (0.0, 0, 0);
    for (said, left) in both {
        sum += said;
        gone += usize::from(left);
        count += 1;
    }
    let share = wilson(gone, count)?;
    if sum <= 0.0 {
        return None;
    }
    let times = count as f64 / sum;
    let (ratio, low, high) = (share.share * times, share.low * times, share.high * times);
    let is_off = (low > 1.0 || high < 1.0) && is_far(ratio, 1.0);
    Some(Kept { said: sum, left: gone as u64, ratio, low, high, is_off })
}

/// Values put into groups by the tenths of what they were.
struct Groups {
    borders: Vec<f64>,
    then: Vec<f64>,
    /// Customers behind the counts: their rows of several months are alike, and no more than they tell.
    customers: usize,
}

impl Groups {
    /// `None` without a value.
    fn of(values: &[f64], customers: usize) -> Option<Groups> {
        let mut known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        known.sort_unstable_by(f64::total_cmp);
        let least = known.first().copied();
        let tenth = |group: usize| known.get(known.len() * group / GROUPS).copied();
        let mut borders: Vec<f64> =
            (1..GROUPS).filter_map(tenth).filter(|border| least.is_some_and(|least| *border > least)).collect();
        borders.dedup();
        let mut groups = Groups { borders, then: Vec::new(), customers };
        groups.then = groups.counts(values);
        (!values.is_empty()).then_some(groups)
    }

    /// How many values are in each group; the first is of the unknown.
    fn counts(&self, values: &[f64]) -> Vec<f64> {
        let mut counts = vec![0.0; self.borders.len() + 2];
        for value in values {
            let group = if value.is_nan() { 0 } else { 1 + self.borders.partition_point(|border| border <= value) };
            counts[group] += 1.0;
        }
        counts
    }

    /// How far values of now, one for each customer, are from what they were.
    ///
    /// # Edges
    /// A group that is empty on both sides is none. `None` without a value now.
    fn shift(&self, values: &[f64]) -> Option<Shift> {
        let now = self.counts(values);
        let met = self.then.iter().zip(&now).filter(|(then, now)| **then + **now > 0.0);
        let (then, now): (Vec<f64>, Vec<f64>) = met.map(|(then, now)| (*then, *now)).unzip();
        let psi = population_stability(&then, &now)?;
        let chance = population_stability_bound(then.len(), self.customers as f64, values.len() as f64);
        let level = match psi {
            psi if psi <= chance || psi < WATCH => Level::Steady,
            psi if psi < MOVED => Level::Watch,
            _ => Level::Moved,
        };
        Some(Shift { psi, chance, level })
    }
}

/// What is wrong now.
fn signs(months: &[Month], before: &Before) -> Vec<Sign> {
    let mut signs = Vec::new();
    if let Some((month, score)) = months.last().and_then(|month| Some((month, month.score?)))
        && score.level == Level::Moved
    {
        signs.push(Sign { code: "score_moved", at: month.at, says: moved_says(month, score) });
    }
    if let Some((month, kept)) = months.iter().rev().find_map(|month| Some((month, month.kept?)))
        && kept.is_off
    {
        let (said, left, ratio) = (kept.said, kept.left, kept.ratio);
        let (low, high) = (kept.low, kept.high);
        signs.push(Sign {
            code: "off",
            at: month.at,
            says: Text::new(
                format!("模型预计流失 {said:.0} 位，实际流失 {left} 位，是预计的 {ratio:.2} 倍（95% 区间 {low:.2}–{high:.2}）"),
                format!(
                    "the model expected {said:.0} to leave and {left} left, {ratio:.2} times as many (95 % interval \
                     {low:.2} to {high:.2})"
                ),
            ),
        });
    }
    let told = months.iter().rev().find_map(|month| Some((month, month.leaving?)));
    if let (Some((month, leaving)), Some(then)) = (told, before.leaving)
        && leaving.is_off
    {
        let (now, then) = (100.0 * leaving.share.share, 100.0 * then.share);
        signs.push(Sign {
            code: "leaving_moved",
            at: month.at,
            says: Text::new(
                format!("流失的比例从检验时的 {then:.1}% 变成 {now:.1}%"),
                format!("{now:.1} % leave, where {then:.1} % did in the months judged by"),
            ),
        });
    }
    signs
}

fn moved_says(month: &Month, score: Shift) -> Text {
    let moved: Vec<&str> =
        month.inputs.iter().filter(|(_, shift)| shift.level == Level::Moved).map(|(name, _)| name.as_str()).collect();
    let (psi, count) = (score.psi, moved.len());
    Text::new(
        format!("流失概率的分布与检验时不同（PSI {psi:.2}），变化大的指标有 {count} 个"),
        format!(
            "the probabilities are spread otherwise than in the months judged by (PSI {psi:.2}); indicators that moved: {count}"
        ),
    )
}

#[cfg(test)]
mod tests {
    use estimators::chance::Chance;

    use super::*;
    use crate::outside::{OutsideModel, OutsideRow};

    const HORIZON: Horizon = Horizon { days: 30 };

    fn day(number: i64) -> AsOf {
        AsOf(Instant::from_micros(0).plus_days(number))
    }

    /// A look at customers of whom a model says `said`; each leaves with `times` that probability.
    fn look(at: i64, said: &[f64], times: f64, seed: u64) -> (Look, Vec<OutsideRow>) {
        let mut chance = Chance::of(seed, at as u64);
        let customers: Vec<CustomerId> = (0..said.len()).map(|one| CustomerId::new(format!("C{one:05}"))).collect();
        let rows = customers.iter().zip(said).map(|(customer, probability)| OutsideRow {
            customer: customer.clone(),
            at: day(at).instant(),
            horizon_days: HORIZON.days,
            probability: *probability,
        });
        let rows = rows.collect();
        let left = said.iter().map(|p| Some(chance.uniform() < times * p)).collect();
        (
            Look {
                at: day(at),
                customers,
                names: Vec::new(),
                cells: Vec::new(),
                left,
                eligibility: Default::default(),
            },
            rows,
        )
    }

    fn watched(said_then: &[f64], said_now: &[f64], times: f64, seed: u64) -> Drift {
        let (then, mut rows) = look(0, said_then, 1.0, seed);
        let (now, more) = look(60, said_now, times, seed);
        rows.extend(more);
        let model = OutsideModel::new(rows, 10).unwrap();
        drift(&[then], &[now], Sayer::Outside(&model), HORIZON, 3).unwrap()
    }

    fn spread(count: usize, seed: u64) -> Vec<f64> {
        let mut chance = Chance::new(seed);
        (0..count).map(|_| 0.3 * chance.uniform().powi(2)).collect()
    }

    #[test]
    fn the_index_of_a_known_shift_is_that_worked_out_by_hand() {
        // A tenth in each group; now the lowest tenth is empty and the highest doubled.
        let then: Vec<f64> = (0..1_000).map(f64::from).collect();
        let now: Vec<f64> = (0..1_000).map(|row| f64::from(if row < 100 { 900 + row } else { row })).collect();
        let groups = Groups::of(&then, 1_000).unwrap();
        let shift = groups.shift(&now).unwrap();
        let (none, twice) = (0.5 / 1_000.0, 0.2);
        let by_hand = (none - 0.1) * f64::ln(none / 0.1) + (twice - 0.1) * f64::ln(twice / 0.1);
        assert!((shift.psi - by_hand).abs() < 1e-12, "{shift:?} {by_hand}");
        assert_eq!(shift.level, Level::Moved);
        // Ten groups, chi-square with nine degrees of freedom: 16.919.
        assert!((shift.chance - 16.919 * 2.0 / 1_000.0).abs() < 1e-4, "{shift:?}");
        let same = groups.shift(&then).unwrap();
        assert_eq!((same.psi, same.level), (0.0, Level::Steady));
        let unknown = groups.shift(&vec![f64::NAN; 1_000]).unwrap();
        assert_eq!(unknown.level, Level::Moved, "what was always known and is not any more");
    }

    #[test]
    fn of_few_customers_chance_alone_moves_much_and_is_no_drift() {
        let then: Vec<f64> = (0..40).map(f64::from).collect();
        let now: Vec<f64> = (0..20).map(|row| f64::from(row * 3 % 40)).collect();
        let shift = Groups::of(&then, 40).unwrap().shift(&now).unwrap();
        assert!(shift.psi > WATCH && shift.psi < shift.chance && shift.level == Level::Steady, "{shift:?}");
    }

    #[test]
    fn a_world_that_stays_gives_no_sign() {
        for seed in 0..12 {
            let drift = watched(&spread(5_000, seed), &spread(5_000, seed + 1_000), 1.0, seed);
            assert!(drift.signs.is_empty(), "world {seed}: {:?}", drift.signs);
        }
    }

    #[test]
    fn a_score_that_rises_a_world_in_which_more_leave_and_a_month_not_told_are_told_apart() {
        let then = spread(1_500, 1);
        let higher: Vec<f64> = then.iter().map(|p| (2.0 * p).min(1.0)).collect();
        let codes = |drift: &Drift| drift.signs.iter().map(|sign| sign.code).collect::<Vec<_>>();
        let moved = watched(&then, &higher, 1.0, 7);
        assert_eq!(codes(&moved), ["score_moved", "leaving_moved"], "it says more, and is right: {:?}", moved.months);
        let worse = watched(&then, &then, 2.0, 7);
        assert_eq!(codes(&worse), ["off", "leaving_moved"], "{:?}", worse.months);
        let kept = worse.months[0].kept.unwrap();
        assert!(
            kept.low < 2.0 && 2.0 < kept.high && (kept.ratio - kept.left as f64 / kept.said).abs() < 1e-12,
            "{kept:?}"
        );
        assert_eq!(worse.months[0].told_at, day(93).instant(), "thirty days ahead, three for what comes late");

        let (before, mut rows) = look(0, &then, 1.0, 7);
        let (mut now, more) = look(60, &then, 2.0, 7);
        rows.extend(more);
        now.left[3] = None;
        let model = OutsideModel::new(rows, 10).unwrap();
        let waiting = drift(&[before], &[now], Sayer::Outside(&model), HORIZON, 0).unwrap();
        assert_eq!(
            (waiting.months[0].kept, waiting.months[0].leaving),
            (None, None),
            "until everybody is told, nobody is"
        );
        assert!(waiting.signs.is_empty());
    }

    #[test]
    fn scores_that_have_lapsed_are_counted_and_claim_nothing() {
        let said = spread(300, 3);
        let (then, rows) = look(0, &said, 1.0, 3);
        let (now, _) = look(60, &said, 1.0, 3);
        let model = OutsideModel::new(rows, 10).unwrap();
        let drift = drift(&[then], &[now], Sayer::Outside(&model), HORIZON, 0).unwrap();
        let month = &drift.months[0];
        assert_eq!((month.unsaid, month.score, month.kept), (300, None, None));
        assert!(month.leaving.is_some());
    }
}
