//! One answer for every horizon: a model for each, and never a longer one with less risk than a shorter.

use estimators::flat::Flat;
use vocab::Horizon;

use crate::risk::{RiskExplainer, RiskModel};

/// What stands before the bytes of a model.
const MARK: &[u8] = b"liuke horizon model 1\n";

/// The probability of leaving within each of several horizons.
///
/// Each horizon has a model of its own, fitted and calibrated on the labels of that horizon. What they say of one row is then
/// made to rise with the horizon: neighbours that contradict each other are put at their mean (isotonic regression with equal
/// weights), so that `p(30) ≤ p(60) ≤ p(90) ≤ p(180)` for every row.
///
/// # Why not hazards multiplied
/// A product of hazards rises by itself, but each hazard is learnt from the leavers of its own stretch alone, and what is
/// calibrated are the factors, not the answer. Here each answer is calibrated as it is given; few rows contradict themselves.
#[derive(Clone, Debug)]
pub struct HorizonModel {
    columns: Vec<String>,
    models: Vec<(u32, RiskModel)>,
}

impl HorizonModel {
    /// From models of the same columns, the shortest horizon first.
    pub(super) fn new(columns: Vec<String>, models: Vec<(Horizon, RiskModel)>) -> HorizonModel {
        HorizonModel { columns, models: models.into_iter().map(|(horizon, model)| (horizon.days, model)).collect() }
    }

    /// The horizons it answers, the shortest first.
    pub fn horizons(&self) -> Vec<Horizon> {
        self.models.iter().map(|(days, _)| Horizon { days: *days }).collect()
    }

    /// The indicators it asks for; their places are those of a row.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The model of a horizon, by its place among [`HorizonModel::horizons`].
    pub fn model(&self, place: usize) -> &RiskModel {
        &self.models[place].1
    }

    /// The model of a horizon, by its place among [`HorizonModel::horizons`], made ready to explain rows.
    pub fn explainer(&self, place: usize) -> RiskExplainer {
        RiskExplainer::new(&self.models[place].1)
    }

    /// The probability of leaving within each horizon; `value` gives the number in a column, NaN is unknown.
    pub fn probabilities(&self, value: impl Fn(usize) -> f64) -> Vec<f64> {
        let row: Vec<f64> = (0..self.columns.len()).map(value).collect();
        let mut said: Vec<f64> = self.models.iter().map(|(_, model)| model.probability(|column| row[column])).collect();
        rising(&mut said);
        said
    }

    /// The model as bytes: the same model, the same bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = MARK.to_vec();
        self.columns.put(&mut bytes);
        self.models.put(&mut bytes);
        bytes
    }

    /// A model from its bytes.
    ///
    /// # Edges
    /// `None` for bytes of anything else, cut off, or with something behind.
    pub fn from_bytes(bytes: &[u8]) -> Option<HorizonModel> {
        let mut rest = bytes.strip_prefix(MARK)?;
        let model = HorizonModel { columns: Flat::take(&mut rest)?, models: Flat::take(&mut rest)? };
        rest.is_empty().then_some(model)
    }
}

/// The rising numbers closest to these by squares.
///
/// # Edges
/// Numbers that rise already stay as they are, bit for bit.
pub fn rising(numbers: &mut [f64]) {
    let mut pools: Vec<(f64, usize)> = Vec::with_capacity(numbers.len());
    for number in numbers.iter() {
        pools.push((*number, 1));
        while let [.., before, last] = pools[..] {
            if before.0 <= last.0 {
                break;
            }
            let count = before.1 + last.1;
            let mean = (before.0 * before.1 as f64 + last.0 * last.1 as f64) / count as f64;
            pools.truncate(pools.len() - 2);
            pools.push((mean, count));
        }
    }
    let values = pools.into_iter().flat_map(|(value, count)| std::iter::repeat_n(value, count));
    numbers.iter_mut().zip(values).for_each(|(number, value)| *number = value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_horizon_never_has_less_risk_and_what_rises_stays_as_it_is() {
        let pooled = |mut numbers: Vec<f64>| {
            rising(&mut numbers);
            numbers
        };
        assert_eq!(pooled(vec![0.1, 0.2, 0.2, 0.4]), [0.1, 0.2, 0.2, 0.4]);
        assert_eq!(pooled(vec![0.3, 0.1, 0.2, 0.5]), [0.2, 0.2, 0.2, 0.5]);
        assert_eq!(pooled(vec![0.5, 0.375, 0.25, 0.125]), [0.3125; 4]);
        assert_eq!(pooled(Vec::new()), Vec::<f64>::new());
    }
}
