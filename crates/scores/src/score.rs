//! Health from indicators: a weighted mean of points, taken apart so that every share is seen.

use std::sync::Arc;

use indicators::{Catalog, Cell, IndicatorFrame};
use vocab::{AsOf, Band, CustomerId, Health, Unknown};

use crate::book::ScoreBook;

/// Signed share of one indicator in the health of a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    /// The indicator's id.
    pub indicator: Arc<str>,
    /// The dimension's id.
    pub dimension: Arc<str>,
    /// Points above or below the base, in hundredths; `None` if the indicator is unknown or there is no health.
    pub points_hundredths: Option<i32>,
    /// The indicator's number, or why there is none.
    pub cell: Cell,
}

/// How one customer is doing, and why.
///
/// `health = base + Σ contributions`, exactly, in hundredths of a point.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerScore {
    /// Health; `None` if too little of what the scorecard needs is known.
    pub health: Option<Health>,
    /// The band of that health.
    pub band: Option<Band>,
    /// Known share of the scorecard's weight, in hundredths of a percent, 0 to 10,000.
    pub coverage: u16,
    /// One per measure of the scorecard, in its order.
    pub contributions: Vec<Contribution>,
    /// What the customer is worth, by the scorecard's value indicator.
    pub value: Cell,
}

/// Scores of everybody in an indicator frame.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreFrame {
    /// The moment.
    pub as_of: AsOf,
    /// Id of the scorecard.
    pub scorecard: String,
    /// Version of the scorecard.
    pub version: String,
    customers: Vec<CustomerId>,
    scores: Vec<CustomerScore>,
}

impl ScoreFrame {
    /// The customers, sorted by key: those of the indicator frame.
    pub fn customers(&self) -> &[CustomerId] {
        &self.customers
    }

    /// Score of a customer.
    pub fn get(&self, customer: &CustomerId) -> Option<&CustomerScore> {
        self.customers.binary_search(customer).ok().map(|position| &self.scores[position])
    }

    /// Score of the customer at a position.
    ///
    /// # Panics
    /// Beyond the last customer.
    pub fn at(&self, position: usize) -> &CustomerScore {
        &self.scores[position]
    }

    /// Customers and their scores, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&CustomerId, &CustomerScore)> {
        self.customers.iter().zip(&self.scores)
    }

    /// Mean coverage of the customers, 0 to 10,000; how well a scorecard fits a firm's data.
    ///
    /// # Edges
    /// Nobody: 0.
    pub fn mean_coverage(&self) -> u16 {
        let sum: u64 = self.scores.iter().map(|score| u64::from(score.coverage)).sum();
        sum.checked_div(self.scores.len() as u64).unwrap_or(0) as u16
    }
}

/// How is every customer doing?
///
/// The health of a customer is the mean of the points that its known indicators earn, by weight; what is unknown is
/// left out and the other weights grow in proportion. A contribution is weight × (points − base), rounded to hundredths
/// by largest remainder so that base and contributions sum to the health exactly.
///
/// # Edges
/// Below the scorecard's `min_coverage` there is no health, no band and no contribution; coverage still says how much
/// is known. An indicator that the frame lacks is `not_connected`.
pub fn score(frame: &IndicatorFrame, book: &ScoreBook, catalog: &Catalog) -> ScoreFrame {
    let measures: Vec<Weighed<'_>> = book
        .measures()
        .map(|(dimension, measure, share)| {
            assert!(catalog.get(&measure.indicator).is_some(), "the scorecard was read with another catalogue");
            Weighed { dimension, measure, share, column: frame.column(&measure.indicator) }
        })
        .collect();
    let value = book.value.as_deref().and_then(|id| frame.column(id));
    let scores = (0..frame.customers().len())
        .map(|position| CustomerScore {
            value: value.map_or(Cell::Unknown(Unknown::NotConnected), |column| column[position]),
            ..score_one(&measures, position, book)
        })
        .collect();
    ScoreFrame {
        as_of: frame.as_of(),
        scorecard: book.id.clone(),
        version: book.version.clone(),
        customers: frame.customers().to_vec(),
        scores,
    }
}

/// A measure with its share of the whole weight and its cells.
struct Weighed<'a> {
    dimension: &'a crate::book::Dimension,
    measure: &'a crate::book::Measure,
    share: f64,
    column: Option<&'a [Cell]>,
}

fn score_one(measures: &[Weighed<'_>], position: usize, book: &ScoreBook) -> CustomerScore {
    let mut contributions: Vec<Contribution> = Vec::with_capacity(measures.len());
    // Exact points above the base per unit of known weight, of the known measures.
    let mut exact: Vec<(usize, f64)> = Vec::with_capacity(measures.len());
    let mut known = 0.0;
    for (at, weighed) in measures.iter().enumerate() {
        let cell = weighed.column.map_or(Cell::Unknown(Unknown::NotConnected), |column| column[position]);
        if let Cell::Known(number) = cell {
            known += weighed.share;
            exact.push((at, weighed.share * (weighed.measure.curve.points(number) - book.base.points())));
        }
        contributions.push(Contribution {
            indicator: Arc::clone(&weighed.measure.indicator),
            dimension: Arc::clone(&weighed.dimension.id),
            points_hundredths: None,
            cell,
        });
    }
    let coverage = ((known * 10_000.0).round() as u16).min(10_000);
    let mut score = CustomerScore {
        health: None,
        band: None,
        coverage,
        contributions,
        value: Cell::Unknown(Unknown::NotConnected),
    };
    if exact.is_empty() || f64::from(coverage) < book.min_coverage * 10_000.0 {
        return score;
    }
    let hundredths: Vec<f64> = exact.iter().map(|(_, points)| points / known * 100.0).collect();
    let base = i32::from(book.base.hundredths());
    let total = (hundredths.iter().sum::<f64>().round() as i32).clamp(-base, 10_000 - base);
    for ((at, _), share) in exact.iter().zip(share_out(&hundredths, total)) {
        score.contributions[*at].points_hundredths = Some(share);
    }
    let health = Health::from_hundredths((base + total) as u16);
    score.health = Some(health);
    score.band = Some(book.band(health));
    score
}

/// Rounds parts to whole numbers that sum to `total`: each down, then one more for the largest remainders.
///
/// # Edges
/// Equal remainders: the earlier part first. `total` may differ from the rounded sum by a few (where it was clamped);
/// then the parts go round more than once.
fn share_out(parts: &[f64], total: i32) -> Vec<i32> {
    let mut whole: Vec<i32> = parts.iter().map(|part| part.floor() as i32).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| parts[*b].rem_euclid(1.0).total_cmp(&parts[*a].rem_euclid(1.0)).then(a.cmp(b)));
    let mut missing = total - whole.iter().sum::<i32>();
    while missing > 0 {
        for at in order.iter().take(missing as usize) {
            whole[*at] += 1;
        }
        missing -= order.len().min(missing as usize) as i32;
    }
    while missing < 0 {
        for at in order.iter().rev().take(-missing as usize) {
            whole[*at] -= 1;
        }
        missing += order.len().min(-missing as usize) as i32;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundredths_go_to_the_largest_remainders() {
        assert_eq!(share_out(&[33.34, 33.33, 33.33], 100), [34, 33, 33]);
        assert_eq!(share_out(&[-1.5, 0.5], -1), [-1, 0]);
        assert_eq!(share_out(&[-0.2, -0.2, -0.2], -1), [0, 0, -1]);
        assert_eq!(share_out(&[0.5], 3), [3]);
        assert_eq!(share_out(&[1.0, 1.0], -1), [0, -1]);
    }
}
