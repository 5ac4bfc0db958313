//! 稍后处理: an alert put off until a date, and what brings it back.

use std::collections::{BTreeMap, BTreeSet};

use alerts::{AlertPlan, OpenAlerts};
use vocab::{CustomerId, Instant, Severity};

use crate::plan::WORK;

/// Health must have fallen by so many points since an alert was put off for it to come back before its date.
///
/// # Why
/// Half of the narrowest band of the shipped scorecards: less is the ordinary up and down of a week.
pub const WORSE_BY_POINTS: f64 = 10.0;

/// An open alert that somebody put off.
#[derive(Clone, Debug, PartialEq)]
pub struct Snoozed {
    /// Which alert.
    pub id: i64,
    /// Until when.
    pub until: Instant,
    /// How urgent it was then.
    pub severity: Severity,
    /// The customer's health in points then, where known.
    pub health: Option<f64>,
}

/// Why an alert that was put off comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Waking {
    /// Its date has come.
    Due,
    /// It got worse before.
    Worse,
}

impl Waking {
    /// `due` or `worse`.
    pub fn as_str(self) -> &'static str {
        match self {
            Waking::Due => "due",
            Waking::Worse => "worse",
        }
    }
}

/// An alert that comes back on the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Woken {
    /// Which alert.
    pub id: i64,
    /// Whom it is about.
    pub customer: CustomerId,
    /// Why.
    pub why: Waking,
}

/// Which alerts that were put off come back, once the alert plan is done?
///
/// On its date an alert comes back by itself. Before, if it got worse: it is more urgent than when it was put off, health
/// has fallen by [`WORSE_BY_POINTS`] or more since, or another worry about the customer that is work opens.
///
/// # Edges
/// What the plan resolves does not come back. Health that was or is unknown wakes nothing.
pub fn woken(
    alert_plan: &AlertPlan,
    standing: &OpenAlerts,
    snoozed: &[Snoozed],
    health: &dyn Fn(&CustomerId) -> Option<f64>,
    now: Instant,
) -> Vec<Woken> {
    let put_off: BTreeMap<i64, &Snoozed> = snoozed.iter().map(|one| (one.id, one)).collect();
    let resolved: BTreeSet<i64> = alert_plan.resolve.iter().map(|alert| alert.id).collect();
    let changed: BTreeMap<i64, Severity> = alert_plan.change.iter().map(|alert| (alert.id, alert.severity)).collect();
    let more: BTreeSet<&CustomerId> =
        alert_plan.open.iter().filter(|alert| alert.severity >= WORK).map(|alert| &alert.customer).collect();
    let mut woken = Vec::new();
    for alert in standing.open.iter().filter(|alert| !resolved.contains(&alert.id)) {
        let Some(then) = put_off.get(&alert.id) else { continue };
        let severity = changed.get(&alert.id).copied().unwrap_or(alert.severity);
        let fallen = then.health.zip(health(&alert.customer)).is_some_and(|(was, is)| was - is >= WORSE_BY_POINTS);
        let why = if then.until <= now {
            Waking::Due
        } else if severity > then.severity || fallen || more.contains(&alert.customer) {
            Waking::Worse
        } else {
            continue;
        };
        woken.push(Woken { id: alert.id, customer: alert.customer.clone(), why });
    }
    woken.sort_by_key(|one| one.id);
    woken
}
