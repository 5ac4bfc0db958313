//! Customers looked at on some past moments and now, for models that are there already: what was known of each, and what
//! became of it as far as that is told.
//!
//! Not here: rows to learn from (`frames`), what is made of the looks (`drift`, `rivals`).

use facts::{FactFrame, Hindsight, Want};
use indicators::{Catalog, Cell, Population, evaluate_at};
use outcomes::{ChurnDefinition, EligibilityCounts, Eligible, Outcome, eligibility, observe_horizons};
use vocab::{AsOf, CustomerId, Horizon};

use crate::frames::MomentCounts;
use crate::outside::OutsideModel;
use crate::train::HorizonModel;

/// What is looked at.
#[derive(Clone, Debug)]
pub struct LookSpec<'a> {
    /// The indicators that are measured.
    pub catalog: &'a Catalog,
    /// What leaving means, and whom it is asked of.
    pub churn: &'a ChurnDefinition,
    /// When, in the order of time.
    pub moments: Vec<AsOf>,
    /// How far ahead leaving is looked for.
    pub horizon: Horizon,
}

impl LookSpec<'_> {
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
}

/// Everybody who could be asked about at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The moment.
    pub at: AsOf,
    /// Whom was asked about, and who was not.
    pub eligibility: EligibilityCounts,
    /// Whoever was eligible, sorted.
    pub customers: Vec<CustomerId>,
    /// The indicators measured.
    pub names: Vec<String>,
    /// What each indicator said of each customer; NaN is unknown.
    pub cells: Vec<Vec<f64>>,
    /// Whether each left within the horizon; `None` where it cannot be told yet.
    pub left: Vec<Option<bool>>,
}

impl Look {
    /// Whether everybody's outcome is told. Those who left are known sooner than those who stayed, so that until then
    /// nothing can be said of the moment.
    pub fn is_told(&self) -> bool {
        self.left.iter().all(Option::is_some)
    }

    /// What became of everybody, by numbers.
    pub fn counts(&self) -> MomentCounts {
        let count = |what: Option<bool>| self.left.iter().filter(|left| **left == what).count() as u64;
        MomentCounts {
            at: self.at,
            eligibility: self.eligibility,
            left: count(Some(true)),
            stayed: count(Some(false)),
            within_lead: 0,
            untold: count(None),
        }
    }

    /// What an indicator said of everybody; `None` if it was not measured.
    pub fn column(&self, name: &str) -> Option<&[f64]> {
        let place = self.names.iter().position(|one| one == name)?;
        Some(&self.cells[place])
    }
}

/// Whoever says how likely leaving is.
#[derive(Clone, Copy, Debug)]
pub enum Sayer<'a> {
    /// A model that asks for indicators.
    Own(&'a HorizonModel),
    /// What somebody else's model said.
    Outside(&'a OutsideModel),
}

impl Sayer<'_> {
    /// The indicators that it asks for.
    pub fn columns(&self) -> &[String] {
        match self {
            Sayer::Own(model) => model.columns(),
            Sayer::Outside(_) => &[],
        }
    }

    /// The probability of everybody of a look to leave within the horizon; `None` for those it says nothing of, and for all
    /// if it does not answer the horizon.
    ///
    /// # Edges
    /// An indicator that was not measured is unknown of everybody.
    pub fn said(&self, look: &Look, horizon: Horizon) -> Vec<Option<f64>> {
        match self {
            Sayer::Own(model) => {
                let Some(place) = model.horizons().iter().position(|one| *one == horizon) else {
                    return vec![None; look.customers.len()];
                };
                let columns: Vec<Option<&[f64]>> = model.columns().iter().map(|name| look.column(name)).collect();
                let value = |customer: usize, column: usize| columns[column].map_or(f64::NAN, |cells| cells[customer]);
                let said = |customer: usize| model.probabilities(|column| value(customer, column))[place];
                (0..look.customers.len()).map(|customer| Some(said(customer))).collect()
            }
            Sayer::Outside(model) => {
                let Some(place) = model.horizons().iter().position(|days| *days == horizon.days) else {
                    return vec![None; look.customers.len()];
                };
                look.customers.iter().map(|customer| model.probabilities(customer, look.at)[place]).collect()
            }
        }
    }
}

/// Looks at everybody at each moment, and at what became of them.
///
/// `past` holds what [`LookSpec::want`] asks for and reaches to the last moment; `hindsight` begins at the first moment or
/// before and tells the outcomes, as far as it reaches.
///
/// # Errors
/// What reading the look back refuses.
///
/// # Panics
/// If `past` ends before the last moment or the look back begins after the first: our own mistakes.
pub fn looks(past: &FactFrame, hindsight: &Hindsight, spec: &LookSpec<'_>) -> Result<Vec<Look>, facts::Error> {
    assert!(spec.moments.first().is_none_or(|first| hindsight.since() <= *first), "an outcome begins before its look");
    let outcomes = observe_horizons(past, hindsight, spec.churn, &spec.moments, &[spec.horizon])?;
    let names: Vec<String> = spec.catalog.indicators().iter().map(|one| one.id.clone()).collect();
    let one = |(at, outcomes): (&AsOf, &Vec<outcomes::OutcomeFrame>)| {
        let standing = eligibility(past, spec.churn, *at);
        let those = standing.iter().filter(|(_, standing)| *standing == Eligible::Yes);
        let customers: Vec<CustomerId> = those.map(|(customer, _)| customer.clone()).collect();
        let left = |customer: &CustomerId| match outcomes.first()?.outcome(customer)? {
            Outcome::Left { .. } => Some(true),
            Outcome::Stayed => Some(false),
            Outcome::Censored => None,
        };
        let left = customers.iter().map(left).collect();
        let cells = measured(past, spec, *at, &customers);
        let eligibility = standing.counts(&|_| true);
        Look { at: *at, eligibility, customers, names: names.clone(), cells, left }
    };
    Ok(spec.moments.iter().zip(&outcomes).map(one).collect())
}

/// What every indicator says of some customers at a moment.
fn measured(past: &FactFrame, spec: &LookSpec<'_>, at: AsOf, customers: &[CustomerId]) -> Vec<Vec<f64>> {
    let mut cells = vec![vec![f64::NAN; customers.len()]; spec.catalog.indicators().len()];
    if cells.is_empty() {
        return cells;
    }
    let population = Population::These(customers.to_vec());
    for seen in evaluate_at(past, spec.catalog, &population, &[at]) {
        let places: Vec<Option<usize>> = customers.iter().map(|customer| seen.position(customer)).collect();
        for (indicator, said) in spec.catalog.indicators().iter().zip(&mut cells) {
            let Some(column) = seen.column(&indicator.id) else { continue };
            for (slot, place) in said.iter_mut().zip(&places) {
                let cell = place.and_then(|place| column.get(place).copied());
                *slot = cell.and_then(Cell::known).unwrap_or(*slot);
            }
        }
    }
    cells
}
