//! What stands at risk with a customer, for the order of alerts and for the budget: from the present scores.

use std::sync::{Mutex, PoisonError};

use alerts::{Worth, typical, worth};
use outcomes::State;
use vocab::{AsOf, CustomerId, Health, Severity};

use crate::App;
use crate::moment::snapshot::Snapshot;
use crate::view::AlertRank;

/// The value of the middle customer of a snapshot, worked out once.
#[derive(Default)]
pub(crate) struct Middle(Mutex<Option<Kept>>);

/// Of which moment, record and scorecard, and the value.
type Kept = (AsOf, u64, String, Option<f64>);

impl App {
    /// The value of the middle customer, of those who are there.
    pub(crate) fn middle_value(&self, snapshot: &Snapshot) -> Option<f64> {
        let key = (snapshot.as_of, snapshot.sequence, snapshot.scores.version.as_str());
        let mut kept = self.middle().0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((as_of, sequence, version, value)) = kept.as_ref()
            && (*as_of, *sequence, version.as_str()) == key
        {
            return *value;
        }
        let there = (0..snapshot.customers().len()).filter(|at| matches!(snapshot.state(*at), State::Current));
        let value = typical(there.filter_map(|at| snapshot.value(at).known()).collect());
        *kept = Some((key.0, key.1, key.2.to_owned(), value));
        value
    }

    /// What stands at risk with a customer whose severest worry this is.
    pub(crate) fn worth_of(&self, snapshot: &Snapshot, customer: &CustomerId, severity: Severity) -> Worth {
        let position = snapshot.position(customer);
        let value = position.and_then(|at| snapshot.value(at).known());
        let health = position.and_then(|at| snapshot.score(at)).and_then(|score| score.health);
        worth(value, health, severity, self.middle_value(snapshot))
    }

    /// The same with how it came about, for a row.
    pub(crate) fn rank_of(&self, snapshot: &Snapshot, customer: &CustomerId, severity: Severity) -> AlertRank {
        let worth = self.worth_of(snapshot, customer, severity);
        let position = snapshot.position(customer);
        let health = position.and_then(|at| snapshot.score(at)).and_then(|score| score.health);
        AlertRank {
            place: None,
            at_risk: (!worth.is_typical).then_some(worth.at_risk),
            value: worth.value,
            is_typical: worth.is_typical,
            worry: worth.worry,
            health: health.map(Health::points),
        }
    }
}

/// Hundredths, as lists are ordered by them.
pub(crate) fn hundredths(amount: f64) -> i64 {
    (amount * 100.0).round() as i64
}
