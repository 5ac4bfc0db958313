//! What a customer is worth in the year to come: what a year brings, as far as the model expects it to stay, later months
//! counting less.
//!
//! One rule for contracts and for purchases: what differs is how much a year brings, and that the caller says.
//!
//! Not here: the sum itself (`estimators::btyd::value`), where the probabilities come from (`train`).

use estimators::btyd::value::contract_within;
use estimators::metrics::wilson;

pub use estimators::btyd::value::Ranged;

use crate::train::Bin;

/// Months looked ahead.
pub const MONTHS: u32 = 12;
/// How much less a year later counts: 110 a year from now are worth 100.
pub const DISCOUNT: f64 = 0.10;
const DAYS_OF_MONTH: f64 = 365.0 / 12.0;
/// Probabilities beyond which log odds are not looked at.
const LEAST: f64 = 1e-6;

/// The probability of leaving within so many days, with the range in which it may lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ahead {
    /// How far ahead.
    pub days: u32,
    /// What the model says.
    pub risk: f64,
    /// At least.
    pub low: f64,
    /// At most.
    pub high: f64,
}

impl Ahead {
    /// What a model says with how far off such a saying was: of the rows judged by, those marked most alike.
    ///
    /// With the 95 % interval `(l, h)` of the share that left of a group whose mean probability was `e` (Wilson), the log odds
    /// of the risk are moved by `logit(l) − logit(e)` and `logit(h) − logit(e)`. `per_row` is how many customers a row stands
    /// for: months of one customer are no customers of their own.
    ///
    /// # Edges
    /// The range always holds the risk. Without groups there is none: both ends are the risk.
    pub fn judged(days: u32, risk: f64, bins: &[Bin], per_row: f64) -> Ahead {
        let apart = |bin: &&Bin| (bin.expected - risk).abs();
        let nearest = bins.iter().min_by(|one, other| apart(one).total_cmp(&apart(other)));
        let told = nearest.and_then(|bin| {
            let customers = ((bin.count as f64 * per_row).round() as usize).max(1);
            let left = ((bin.observed * customers as f64).round() as usize).min(customers);
            Some((bin.expected, wilson(left, customers)?))
        });
        let Some((expected, share)) = told else { return Ahead { days, risk, low: risk, high: risk } };
        let moved = |end: f64| 1.0 / (1.0 + (-(logit(risk) + logit(end) - logit(expected))).exp());
        Ahead { days, risk, low: moved(share.low).min(risk), high: moved(share.high).max(risk) }
    }
}

fn logit(p: f64) -> f64 {
    let p = p.clamp(LEAST, 1.0 - LEAST);
    (p / (1.0 - p)).ln()
}

/// What a customer brings within [`MONTHS`] months: `Σ_k yearly / 12 · S(k) / (1 + d)^(k / 12)` with the probability `S(k)` of
/// still being there after `k` months.
///
/// `ahead` holds the probabilities of leaving, the shortest horizon first. Between two horizons, and beyond the last at the
/// pace of the last stretch, customers leave at a steady rate.
///
/// # Edges
/// Without horizons nobody leaves. The range takes the ends of all horizons at once: it is as wide as their ranges.
///
/// # Example
/// ```
/// use training::worth::{Ahead, worth_ahead};
/// let stays = worth_ahead(1200.0, &[Ahead { days: 90, risk: 0.0, low: 0.0, high: 0.0 }]);
/// assert!((stays.value - 1140.05).abs() < 0.01, "a year of 1200, later months for less: {stays:?}");
/// let leaves = worth_ahead(1200.0, &[Ahead { days: 90, risk: 0.5, low: 0.4, high: 0.6 }]);
/// assert!(leaves.low < leaves.value && leaves.value < leaves.high && leaves.high < stays.value);
/// ```
pub fn worth_ahead(yearly: f64, ahead: &[Ahead]) -> Ranged {
    let curve = |end: fn(&Ahead) -> f64| Staying::of(ahead.iter().map(|one| (f64::from(one.days), end(one))));
    let (middle, most, least) = (curve(|one| one.risk), curve(|one| one.low), curve(|one| one.high));
    let share = |month: u32| {
        let day = f64::from(month) * DAYS_OF_MONTH;
        let value = middle.at(day);
        // The ends have paces of their own beyond the last horizon.
        Ranged { value, low: least.at(day).min(value), high: most.at(day).max(value) }
    };
    let shares: Vec<Ranged> = (1..=MONTHS).map(share).collect();
    let monthly = (1.0 + DISCOUNT).powf(1.0 / 12.0) - 1.0;
    contract_within(yearly / 12.0, monthly, &shares)
}

/// The logarithm of the probability of still being there at some days, falling evenly in between.
struct Staying(Vec<(f64, f64)>);

impl Staying {
    /// Of probabilities of having left; one that falls with time counts as the highest before it.
    fn of(left: impl Iterator<Item = (f64, f64)>) -> Staying {
        let mut points = vec![(0.0, 0.0)];
        for (day, left) in left {
            let before = points.last().map_or(0.0, |(_, log)| *log);
            points.push((day, (1.0 - left).max(LEAST).ln().min(before)));
        }
        Staying(points)
    }

    fn at(&self, day: f64) -> f64 {
        let last = self.0.len() - 1;
        let next = self.0.partition_point(|(at, _)| *at < day).clamp(1.min(last), last);
        let ((from, before), (to, after)) = (self.0[next.saturating_sub(1)], self.0[next]);
        let pace = if to > from { (after - before) / (to - from) } else { 0.0 };
        (before + pace * (day - from)).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surely(days: u32, risk: f64) -> Ahead {
        Ahead { days, risk, low: risk, high: risk }
    }

    #[test]
    fn a_steady_rate_gives_what_the_sum_gives_whatever_the_horizons() {
        // One in ten leaves every 30 days.
        let left = |days: u32| 1.0 - 0.9_f64.powf(f64::from(days) / 30.0);
        let one = worth_ahead(1_200.0, &[surely(30, left(30))]);
        let four = worth_ahead(1_200.0, &[30, 60, 90, 180].map(|days| surely(days, left(days))));
        let of_month = 0.9_f64.powf(365.0 / 360.0) / 1.1_f64.powf(1.0 / 12.0);
        let by_hand: f64 = (1..=12).map(|month| 100.0 * of_month.powi(month)).sum();
        assert!(
            (one.value - by_hand).abs() < 1e-6 && (four.value - by_hand).abs() < 1e-6,
            "{one:?} {four:?} {by_hand}"
        );
        assert_eq!((one.low, one.high), (one.value, one.value));
        // Who leaves soon is worth less than who leaves late, though as many have left after half a year.
        let soon = worth_ahead(1_200.0, &[surely(30, 0.5), surely(180, 0.5)]);
        let late = worth_ahead(1_200.0, &[surely(30, 0.0), surely(180, 0.5)]);
        assert!(soon.value < late.value && late.value < 600.0, "{soon:?} {late:?}");
        // An end that falls faster beyond the last horizon still holds what is expected.
        let bent = |days, risk, low| Ahead { days, risk, low, high: 1.2 * risk };
        let told = worth_ahead(1_200.0, &[bent(90, 0.05, 0.0), bent(180, 0.06, 0.055)]);
        assert!(told.low <= told.value && told.value <= told.high, "{told:?}");
        assert!((worth_ahead(1_200.0, &[]).value - worth_ahead(1_200.0, &[surely(90, 0.0)]).value).abs() < 1e-9);
    }

    #[test]
    fn the_range_is_that_of_the_rows_marked_alike_and_holds_the_risk() {
        let bin = |count, expected, observed| Bin { count, expected, observed };
        let bins = [bin(1_000, 0.05, 0.04), bin(1_000, 0.5, 0.6)];
        let many = Ahead::judged(90, 0.45, &bins, 1.0);
        assert!(many.low == 0.45 && (0.54..0.62).contains(&many.high), "more left than was said: {many:?}");
        let few = Ahead::judged(90, 0.45, &bins, 0.02);
        assert!(few.high > many.high && few.low < 0.45, "twenty customers tell less than a thousand: {few:?}");
        let rare = Ahead::judged(90, 0.04, &bins, 1.0);
        assert!(rare.low < 0.04 && rare.high < 0.06, "{rare:?}");
        assert_eq!(Ahead::judged(90, 0.3, &[], 1.0), surely(90, 0.3));
    }
}
