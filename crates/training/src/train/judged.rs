//! How good a model was in months that it had not seen: figures with intervals, and one sentence to remember.

use std::collections::{BTreeMap, BTreeSet};

use estimators::chance::Chance;
use estimators::metrics::{
    Profit, ReliabilityBin, auc, auc_interval_by_cluster, average_precision, brier, calibration_error, lift_at,
    log_loss, reliability,
};
use vocab::{Horizon, Text};

/// Groups of equal size.
const BINS: usize = 10;
/// Customers drawn anew so often for an interval.
const DRAWS: usize = 120;

/// A figure with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric {
    /// The figure.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// How good probabilities were.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Rows judged.
    pub rows: u64,
    /// Customers among them.
    pub customers: u64,
    /// Rows that left within the horizon.
    pub left: u64,
    /// How often the one who left stood above the one who stayed; interval by customer.
    pub auc: Metric,
    /// Precision averaged over those who left.
    pub average_precision: Metric,
    /// Surprise per row, in nats.
    pub log_loss: Metric,
    /// The same of a model that says the share of leavers of everybody: what has to be beaten.
    pub base_log_loss: f64,
    /// Mean squared distance.
    pub brier: Metric,
    /// Expected calibration error, ten groups of equal size.
    pub calibration_error: Metric,
    /// How many times as many leavers stand in the top tenth as by chance.
    pub lift: Metric,
    /// Expected maximum profit per row with the assumptions of [`Profit::default`].
    pub profit: Metric,
    /// What was said beside what came of it.
    pub reliability: Vec<ReliabilityBin>,
    /// The same in a sentence, from counts.
    pub sentence: Text,
}

/// A measure of scores against what became of them.
type Measure = fn(&[f64], &[bool]) -> Option<f64>;

/// Figures of probabilities `said` of rows, of which it is known who `left` and which customer each is of.
///
/// Intervals: of the AUC by influences summed per customer, of the others by drawing customers with replacement 120 times
/// and taking the 2.5 and 97.5 per cent points.
///
/// # Edges
/// `None` unless somebody left and somebody stayed, among two customers or more.
pub fn figures(said: &[f64], left: &[bool], customers: &[u32], horizon: Horizon, seed: u64) -> Option<Figures> {
    let clusters: Vec<usize> = customers.iter().map(|customer| *customer as usize).collect();
    let interval = auc_interval_by_cluster(said, left, &clusters)?;
    let measures: [Measure; 6] = [
        average_precision,
        log_loss,
        brier,
        |said, left| calibration_error(said, left, BINS),
        |said, left| lift_at(said, left, 0.1),
        |said, left| Profit::default().expected_maximum(said, left).map(|best| best.profit),
    ];
    let spread = spread(said, left, customers, &measures, seed)?;
    let metric = |place: usize| {
        let (low, high) = spread[place];
        Some(Metric { value: measures[place](said, left)?, low, high })
    };
    let ups = left.iter().filter(|left| **left).count();
    let share = ups as f64 / left.len() as f64;
    let bins = reliability(said, left, BINS);
    let people: BTreeSet<u32> = customers.iter().copied().collect();
    Some(Figures {
        rows: left.len() as u64,
        customers: people.len() as u64,
        left: ups as u64,
        auc: Metric { value: auc(said, left)?, low: interval.low, high: interval.high },
        average_precision: metric(0)?,
        log_loss: metric(1)?,
        base_log_loss: log_loss(&vec![share; left.len()], left)?,
        brier: metric(2)?,
        calibration_error: metric(3)?,
        lift: metric(4)?,
        profit: metric(5)?,
        sentence: sentence(&bins, horizon),
        reliability: bins,
    })
}

/// The interval of each measure over draws of customers; `None` if one of them can be told of no draw.
fn spread(said: &[f64], left: &[bool], customers: &[u32], measures: &[Measure], seed: u64) -> Option<Vec<(f64, f64)>> {
    let mut rows_of: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    customers.iter().enumerate().for_each(|(row, customer)| rows_of.entry(*customer).or_default().push(row));
    let groups: Vec<Vec<usize>> = rows_of.into_values().collect();
    let mut found: Vec<Vec<f64>> = vec![Vec::with_capacity(DRAWS); measures.len()];
    for draw in 0..DRAWS {
        let mut chance = Chance::of(seed, draw as u64);
        let drawn: Vec<usize> =
            (0..groups.len()).flat_map(|_| groups[chance.below(groups.len())].iter().copied()).collect();
        let scores: Vec<f64> = drawn.iter().map(|row| said[*row]).collect();
        let outcomes: Vec<bool> = drawn.iter().map(|row| left[*row]).collect();
        for (values, measure) in found.iter_mut().zip(measures) {
            values.extend(measure(&scores, &outcomes));
        }
    }
    let ends = |mut values: Vec<f64>| {
        values.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| values.get((values.len().saturating_sub(1) as f64 * share).round() as usize).copied();
        Some((at(0.025)?, at(0.975)?))
    };
    found.into_iter().map(ends).collect()
}

/// What came of those marked highest, by counts: "of 100 customers marked 70 %, 66 left".
fn sentence(bins: &[ReliabilityBin], horizon: Horizon) -> Text {
    let Some(top) = bins.last() else { return Text::new("", "") };
    let (said, seen) = (top.expected * 100.0, top.observed * 100.0);
    let (count, gone, days) = (top.count, (top.observed * top.count as f64).round(), horizon.days);
    Text::new(
        format!(
            "风险最高的一成里，被标为 {said:.0}% 的客户每 100 位有 {seen:.0} 位在 {days} 天内流失（{count} 次判断中 {gone:.0} 次）"
        ),
        format!(
            "in the top tenth, of 100 customers marked {said:.0} %, {seen:.0} left within {days} days \
             ({gone:.0} of {count} looks)"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a model that is right: each leaves with the probability said.
    fn world(count: u32) -> (Vec<f64>, Vec<bool>, Vec<u32>) {
        let mut chance = Chance::new(5);
        let said: Vec<f64> = (0..count).map(|_| 0.6 * chance.uniform().powi(2)).collect();
        let left = said.iter().map(|p| chance.uniform() < *p).collect();
        (said, left, (0..count).map(|row| row / 2).collect())
    }

    #[test]
    fn figures_are_those_of_counting_pairs_and_sums_by_hand_and_lie_in_their_intervals() {
        let (said, left, customers) = world(600);
        let found = figures(&said, &left, &customers, Horizon { days: 90 }, 1).unwrap();
        let (mut pairs, mut above) = (0.0, 0.0);
        for (one, _) in said.iter().zip(&left).filter(|(_, left)| **left) {
            for (other, _) in said.iter().zip(&left).filter(|(_, left)| !**left) {
                pairs += 1.0;
                above += if one > other { 1.0 } else { f64::from(u8::from(one == other)) / 2.0 };
            }
        }
        assert!((found.auc.value - above / pairs).abs() < 1e-12);
        let gap = |(p, left): (&f64, &bool)| (p - f64::from(u8::from(*left))).powi(2);
        let by_hand = said.iter().zip(&left).map(gap).sum::<f64>() / 600.0;
        assert!((found.brier.value - by_hand).abs() < 1e-12);
        assert!(found.log_loss.value < found.base_log_loss, "{found:?}");
        assert_eq!((found.rows, found.customers), (600, 300));
        let groups: usize = found.reliability.iter().map(|bin| bin.count).sum();
        assert_eq!(groups, 600);
        for metric in [found.auc, found.average_precision, found.log_loss, found.brier, found.lift, found.profit] {
            assert!(metric.low <= metric.value && metric.value <= metric.high, "{metric:?}");
        }
        assert_eq!(figures(&said, &vec![false; 600], &customers, Horizon { days: 90 }, 1), None);
    }

    #[test]
    fn the_sentence_counts_the_top_tenth() {
        let bin = ReliabilityBin { count: 50, expected: 0.7, observed: 0.66 };
        let said = sentence(&[bin], Horizon { days: 90 });
        assert!(said.en.contains("of 100 customers marked 70 %, 66 left within 90 days (33 of 50 looks)"), "{said:?}");
    }
}
