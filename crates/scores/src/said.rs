//! What people say of customers beside what is measured: a staff pulse, and the word that a health is wrong.
//!
//! Handed in as data, with who said it and until when it stands. Who may say it, and where it is kept, is decided
//! elsewhere (`app`, `store`).

use std::collections::HashMap;

use vocab::{CustomerId, Health, Instant};

/// A number that somebody gave a customer, for a measure that only people can tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Pulse {
    /// Of whom.
    pub customer: CustomerId,
    /// For which measure (`pulse = …` on the scorecard).
    pub measure: String,
    /// The number.
    pub value: f64,
    /// When it was said.
    pub at: Instant,
    /// From when on it was taken back; [`Instant::MAX`] while it stands.
    pub until: Instant,
}

/// A person's word that a customer's health is another than was computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Of whom.
    pub customer: CustomerId,
    /// The health it is to have.
    pub health: Health,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub author: String,
    /// When it was said.
    pub from: Instant,
    /// When it ends, half-open: at this moment it no longer stands.
    pub until: Instant,
}

/// Everything that people have said, of everybody, at all times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    pulses: HashMap<CustomerId, Vec<Pulse>>,
    overrides: HashMap<CustomerId, Vec<Override>>,
}

impl Said {
    /// From single words, in any order.
    pub fn new(pulses: Vec<Pulse>, overrides: Vec<Override>) -> Said {
        let mut said = Said::default();
        for pulse in pulses {
            said.pulses.entry(pulse.customer.clone()).or_default().push(pulse);
        }
        for one in overrides {
            said.overrides.entry(one.customer.clone()).or_default().push(one);
        }
        said.pulses.values_mut().for_each(|pulses| pulses.sort_by_key(|pulse| pulse.at));
        said.overrides.values_mut().for_each(|overrides| overrides.sort_by_key(|one| one.from));
        said
    }

    /// Whether nobody has said anything.
    pub fn is_empty(&self) -> bool {
        self.pulses.is_empty() && self.overrides.is_empty()
    }

    /// The last word on a measure of a customer before a moment.
    pub fn pulse(&self, customer: &CustomerId, measure: &str, at: Instant) -> Option<&Pulse> {
        let pulses = self.pulses.get(customer)?.iter();
        pulses.rev().find(|pulse| pulse.measure == measure && pulse.at < at && at <= pulse.until)
    }

    /// The last override of a customer that stands at a moment: said before it, and not yet ended.
    pub fn override_of(&self, customer: &CustomerId, at: Instant) -> Option<&Override> {
        self.overrides.get(customer)?.iter().rev().find(|one| one.from < at && at < one.until)
    }
}
