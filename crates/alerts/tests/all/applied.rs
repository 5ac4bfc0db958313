//! A desk in memory: what is open after a plan was applied.

use alerts::{AlertPlan, ClosedAlert, OpenAlert, OpenAlerts};
use vocab::Instant;

/// Applies a plan the way a store does, without any choice.
pub(crate) fn apply(open: &mut OpenAlerts, plan: &AlertPlan, now: Instant) {
    for resolved in &plan.resolve {
        open.open.retain(|alert| alert.id != resolved.id);
        open.recently_closed.push(ClosedAlert {
            customer: resolved.customer.clone(),
            cause: resolved.cause.clone(),
            closed_at: now,
        });
    }
    for changed in &plan.change {
        for alert in open.open.iter_mut().filter(|alert| alert.id == changed.id) {
            alert.rule = changed.rule.clone();
            alert.severity = changed.severity;
            alert.sentence = changed.sentence.clone();
        }
    }
    for new in &plan.open {
        let id = open.open.iter().map(|alert| alert.id).max().unwrap_or(0) + 1;
        open.open.push(OpenAlert {
            id,
            customer: new.customer.clone(),
            cause: new.cause.clone(),
            rule: new.rule.clone(),
            severity: new.severity,
            sentence: new.sentence.clone(),
            opened_at: now,
        });
    }
}

/// A person closes an alert.
pub(crate) fn close(open: &mut OpenAlerts, id: i64, now: Instant) {
    let at = open.open.iter().position(|alert| alert.id == id).unwrap();
    let alert = open.open.remove(at);
    open.recently_closed.push(ClosedAlert { customer: alert.customer, cause: alert.cause, closed_at: now });
}
