//! What became of each customer after a moment: the answer that tests, backtests and training compare with.

use facts::{FactFrame, Hindsight, Want};
use vocab::{AsOf, CustomerId, Horizon, Instant};

use crate::definition::ChurnDefinition;
use crate::lifetimes::{Lifetimes, State, StateFrame};

/// What became of one customer within the horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Still there at the horizon, or came and went without counting as gone.
    Stayed,
    /// Counted as gone from this moment within `[as_of, as_of + horizon)`.
    Left {
        /// The moment.
        at: Instant,
    },
    /// Cannot be told: the facts end, or the frame does, before the horizon; or what came in late may still change it.
    Censored,
}

/// What became of everybody who was there at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeFrame {
    /// The moment asked from.
    pub as_of: AsOf,
    /// How far ahead.
    pub horizon: Horizon,
    /// Everybody current or too new at the moment, as known then; sorted.
    pub customers: Vec<CustomerId>,
    /// What became of each.
    pub outcomes: Vec<Outcome>,
}

impl OutcomeFrame {
    /// What became of one customer; `None` if it was not there at the moment.
    pub fn outcome(&self, customer: &CustomerId) -> Option<Outcome> {
        self.customers.binary_search(customer).ok().map(|position| self.outcomes[position])
    }
}

/// What became, within the horizon of a look back, of everybody who was there at its beginning.
///
/// `past` shows what was known at that moment and decides who was there; the look back tells what became of them.
///
/// # Edges
/// * Facts that end before the horizon leave those who have not left [`Outcome::Censored`].
/// * A look back that was cut to what was known at a moment tells nothing of the [`ChurnDefinition::late_days`] before it.
/// * A customer who first came within the horizon is not in the answer.
///
/// # Panics
/// If `past` ends before the look back begins: our own mistake.
pub fn observe(
    past: &FactFrame,
    hindsight: &Hindsight,
    definition: &ChurnDefinition,
) -> Result<OutcomeFrame, facts::Error> {
    let then = Lifetimes::of(past, definition, hindsight.since()).states();
    let later = lives_told(hindsight, definition)?;
    Ok(compare(&then, &later, definition, hindsight.horizon(), hindsight.told_until()))
}

/// What became, within several horizons after each of many moments, of everybody who was there then, told by one look back:
/// for each moment an answer for each horizon.
///
/// Who was there is decided by what was known at each moment; what became of them by everything known today. The moments lie at or after that beginning.
///
/// # Edges
/// As of [`observe`]; a look back that ends before the horizon of a moment leaves those who have not left
/// [`Outcome::Censored`] there.
///
/// # Panics
/// If `past` ends before one of the moments: our own mistake.
pub fn observe_horizons(
    past: &FactFrame,
    hindsight: &Hindsight,
    definition: &ChurnDefinition,
    moments: &[AsOf],
    horizons: &[Horizon],
) -> Result<Vec<Vec<OutcomeFrame>>, facts::Error> {
    let later = lives_told(hindsight, definition)?;
    let told = |at: &AsOf| {
        let then = Lifetimes::of(past, definition, *at).states();
        let until = hindsight.told_until();
        horizons.iter().map(|horizon| compare(&then, &later, definition, *horizon, until)).collect()
    };
    Ok(moments.iter().map(told).collect())
}

/// What became, within the horizon, of everybody who was there at `as_of`, told by one frame that reaches beyond it.
///
/// Who was there is decided by what was known at `as_of`; what became of them by everything the frame knows at
/// `as_of + horizon`, and so much later as facts may come in ([`ChurnDefinition::late_days`]).
///
/// # Edges
/// * A frame that ends before the horizon, or facts that do, leave those who have not left [`Outcome::Censored`].
/// * Somebody who was there by what was known then, and had left before by what came out later, left at `as_of`.
pub fn outcomes_within(frame: &FactFrame, definition: &ChurnDefinition, as_of: AsOf, horizon: Horizon) -> OutcomeFrame {
    let then = Lifetimes::of(frame, definition, as_of).states();
    let end = as_of.instant().plus_days(i64::from(horizon.days));
    let told_at = end.plus_days(i64::from(definition.late_days));
    let later = Lifetimes::of(frame, definition, AsOf(told_at.min(frame.end().instant())));
    compare(&then, &later, definition, horizon, frame.end().instant())
}

/// Everybody's comings and goings until the look back ends, by all that it knows: also what happened before it begins and
/// came to light afterwards.
fn lives_told(hindsight: &Hindsight, definition: &ChurnDefinition) -> Result<Lifetimes, facts::Error> {
    let want = Want { properties: definition.properties(), ..Want::default() };
    let told = hindsight.frame_from_the_first(&want)?;
    Ok(Lifetimes::of(&told, definition, told.end()))
}

/// `until`: what came to light from then on is not told.
fn compare(
    then: &StateFrame,
    later: &Lifetimes,
    definition: &ChurnDefinition,
    horizon: Horizon,
    until: Instant,
) -> OutcomeFrame {
    let as_of = then.as_of();
    let (from, end) = (as_of.instant(), as_of.instant().plus_days(i64::from(horizon.days)));
    // Told is what all facts about it have had the time to come in for.
    let is_told = |at: Instant| at.plus_days(i64::from(definition.late_days)) <= until;
    let is_cut_off = later.as_of.instant() < end
        || !is_told(end)
        || later.coverage.unjudged(definition, from, end, &later.zone).is_some();
    let mut customers = Vec::new();
    let mut outcomes = Vec::new();
    for (customer, state) in then.iter() {
        if matches!(state, State::Gone { .. }) {
            continue;
        }
        let left = later.life(customer).and_then(|life| {
            let next = life.absences.partition_point(|spell| spell.back_at.is_some_and(|back| back < from));
            life.absences.get(next).map(|spell| spell.gone_at.max(from)).filter(|at| *at < end)
        });
        customers.push(customer.clone());
        outcomes.push(match left {
            Some(at) if is_told(at) => Outcome::Left { at },
            Some(_) => Outcome::Censored,
            None if is_cut_off => Outcome::Censored,
            None => Outcome::Stayed,
        });
    }
    OutcomeFrame { as_of, horizon, customers, outcomes }
}
