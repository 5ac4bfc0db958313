//! Contracts that come to their end: each is a question put to one customer on one day, renewed or not.
//!
//! Where customers leave by letting a contract run out, nobody can leave on any other day. What is learnt of leaving is
//! therefore learnt from renewals, each looked at once, before it was due.

use facts::FactFrame;
use vocab::{AsOf, CustomerId, Instant};

use crate::definition::{CONTRACT_ID, ChurnDefinition, ChurnRule};
use crate::lifetimes::{Life, Lifetimes, MICROS_PER_DAY, Memory, State, end_of_day};
use crate::observed::Outcome;

/// One contract of one customer that came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// Whose.
    pub customer: CustomerId,
    /// The moment at which the customer is looked at, before the contract is due.
    pub looked_at: AsOf,
    /// The midnight that ends its last day.
    pub due_at: Instant,
    /// What became of it, by the end of the time of grace.
    pub outcome: Outcome,
}

/// Every contract that came to its end, as known at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewals {
    /// In the order of the customers, then of time.
    pub due: Vec<Renewal>,
    /// Up to here contracts are on record: who signed none after it may have signed one that has not arrived.
    pub told_until: Instant,
}

/// The renewals of a definition that knows an end of contracts; `None` for any other, and where no fact tells an end.
///
/// `looked_at` says, of the moment at which a contract is due, from which earlier moment it is looked at. A contract
/// counts if, by what was known at that moment, it was the customer's latest and the customer was still there. It was
/// not renewed if the customer counts as gone by the end of the time of grace, [`Outcome::Left`].
///
/// # Edges
/// A contract whose time of grace ends after the day of the last contract fact of anybody is [`Outcome::Censored`]: the
/// contracts after it may be missing because the data end there, not because nobody signed.
pub fn renewals(
    frame: &FactFrame,
    definition: &ChurnDefinition,
    as_of: AsOf,
    looked_at: &dyn Fn(Instant) -> AsOf,
) -> Option<Renewals> {
    let (of, property, grace_days) = definition.rules().into_iter().find_map(|rule| match rule {
        ChurnRule::ContractEnd { of, property, grace_days } => Some((of, property, *grace_days)),
        _ => None,
    })?;
    let grace = i64::from(grace_days) * MICROS_PER_DAY;
    let matcher = of.on(frame);
    let says = |row: &usize| matcher.matches(*row) && frame.property(*row, property).flatten().is_some();
    let visible = |row: &usize| frame.is_visible(*row, as_of);
    let last = (0..frame.len()).filter(|row| visible(row) && says(row)).map(|row| frame.occurred_at(row)).max()?;
    let told_until = Instant::from_micros(end_of_day(frame.zone(), &frame.zone().date(last))?);
    let lives = Lifetimes::of(frame, definition, as_of);
    let mut due = Vec::new();
    for (position, customer) in frame.customers().iter().enumerate() {
        let Some(life) = lives.life(customer) else { continue };
        let rows: Vec<usize> = frame.rows_of(position).filter(|row| visible(row) && says(row)).collect();
        let end = |row: usize| end_of_day(frame.zone(), frame.property(row, property).flatten()?);
        let mut ends: Vec<i64> = rows.iter().filter_map(|row| end(*row)).collect();
        ends.sort_unstable();
        ends.dedup();
        for end_at in ends.into_iter().filter(|end_at| *end_at < as_of.instant().micros()) {
            let due_at = Instant::from_micros(end_at);
            let at = looked_at(due_at);
            let known = rows.iter().filter(|row| frame.is_visible(**row, at));
            let mut memory = Memory::default();
            let latest = known.fold(None, |latest, row| {
                let contract = frame.property(*row, CONTRACT_ID).flatten();
                end(*row).map(|end| memory.latest_end(contract, end)).or(latest)
            });
            let was_there = matches!(life.state(at.instant(), 0), Some(State::Current | State::TooNew));
            if latest == Some(end_at) && was_there {
                let outcome = outcome(life, at, end_at.saturating_add(grace), told_until);
                due.push(Renewal { customer: customer.clone(), looked_at: at, due_at, outcome });
            }
        }
    }
    Some(Renewals { due, told_until })
}

fn outcome(life: &Life, looked_at: AsOf, decided_at: i64, told_until: Instant) -> Outcome {
    let until = Instant::from_micros(decided_at);
    let left = life.absences.iter().find(|spell| spell.gone_at >= looked_at.instant() && spell.gone_at <= until);
    match left {
        _ if until > told_until => Outcome::Censored,
        Some(spell) => Outcome::Left { at: spell.gone_at },
        None => Outcome::Stayed,
    }
}
