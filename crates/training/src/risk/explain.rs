//! What each column adds to a risk.
//!
//! Not here: words and causes (`actions`, `app`), the arithmetic of trees (`estimators::shap`).

use estimators::linear::{Design, Logistic};
use estimators::shap::Explainer;

use super::model::RiskModel;

/// The log odds of a row taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The log odds of a customer of whom nothing is known: what the contributions are added to.
    pub base: f64,
    /// What each column of the frame adds; with the base they sum to [`RiskModel::margin`] within 1e-9.
    pub contributions: Vec<f64>,
}

impl Explained {
    /// What base and contributions sum to: the log odds of leaving before calibration.
    pub fn margin(&self) -> f64 {
        self.base + self.contributions.iter().sum::<f64>()
    }
}

/// A model made ready to explain rows.
///
/// The margin of a model is `share · regression + (1 − share) · ensemble`. Shapley values of a weighted sum of games
/// are the weighted sum of their Shapley values, so each member is explained by itself and weighed: the ensemble by
/// exact path-dependent values, the regression, which is a sum over columns, by what each column's terms add against
/// the mean of the rows learnt from (the terms of a number are standardised, so that mean is 0).
///
/// # Why before calibration
/// Calibration is one rising map of the sum: it changes no order, and a bent map has no shares of its own that add up.
///
/// # Edges
/// A column of categories is told against a row in none of its levels. The models of the horizons explain themselves;
/// what makes them agree with one another has no shares.
#[derive(Clone, Debug)]
pub struct RiskExplainer {
    design: Design,
    linear: Logistic,
    trees: Explainer,
    linear_share: f64,
}

impl RiskExplainer {
    /// Prepares a model. Takes time and memory of the order of its leaves times their depth.
    pub fn new(model: &RiskModel) -> RiskExplainer {
        let (design, linear, forest) = model.members();
        RiskExplainer {
            design: design.clone(),
            linear: linear.clone(),
            trees: Explainer::new(forest),
            linear_share: model.choice().linear_share,
        }
    }

    /// What each column adds to the log odds of a row; `row` has a number for each column, NaN is unknown.
    pub fn explain(&self, row: &[f64]) -> Explained {
        let share = self.linear_share;
        let mut base = share * self.linear.intercept;
        let mut contributions = vec![0.0; row.len()];
        if share > 0.0 && self.design.width() > 0 {
            let mut terms = Vec::with_capacity(self.design.width());
            self.design.row(|column| row[column], &mut terms);
            let weighed = self.linear.weights.iter().zip(&terms).map(|(weight, term)| weight * term);
            for (origin, added) in self.design.origins().iter().zip(weighed) {
                contributions[*origin] += share * added;
            }
        }
        if share < 1.0 {
            base += (1.0 - share) * self.trees.base();
            let added = self.trees.contributions(row);
            contributions.iter_mut().zip(added).for_each(|(sum, added)| *sum += (1.0 - share) * added);
        }
        Explained { base, contributions }
    }
}
