//! What stands once a plan is done: how a replay carries alerts from one moment of the past to the next.

use std::collections::{BTreeMap, BTreeSet};

use vocab::Instant;

use crate::plan::{AlertPlan, ChangedAlert, ClosedAlert, OpenAlert, OpenAlerts};

/// Closed alerts are remembered for the longest cooldown.
const REMEMBERED_DAYS: i64 = 366;

impl OpenAlerts {
    /// What stands after a plan was done at `at`, as the store would have it had nobody touched anything. New alerts are
    /// numbered on from the highest number so far.
    ///
    /// # Edges
    /// What cleared by itself rests for its rule's cooldown here as if somebody had closed it: a replay knows of no
    /// hands, and a number around a threshold must not warn every week.
    #[must_use]
    pub fn carried(self, plan: AlertPlan, at: Instant) -> OpenAlerts {
        let OpenAlerts { open, mut recently_closed } = self;
        let mut id = open.iter().map(|alert| alert.id).max().unwrap_or(0);
        let resolved: BTreeSet<i64> = plan.resolve.iter().map(|alert| alert.id).collect();
        let mut changed: BTreeMap<i64, ChangedAlert> = plan.change.into_iter().map(|alert| (alert.id, alert)).collect();
        let mut open: Vec<OpenAlert> = open.into_iter().filter(|alert| !resolved.contains(&alert.id)).collect();
        for alert in &mut open {
            if let Some(change) = changed.remove(&alert.id) {
                alert.rule = change.rule;
                alert.severity = change.severity;
                alert.sentence = change.sentence;
            }
        }
        recently_closed.retain(|closed| closed.closed_at >= at.plus_days(-REMEMBERED_DAYS));
        recently_closed.extend(plan.resolve.into_iter().map(|one| ClosedAlert {
            customer: one.customer,
            cause: one.cause,
            closed_at: at,
        }));
        for new in plan.open {
            id += 1;
            open.push(OpenAlert {
                id,
                customer: new.customer,
                cause: new.cause,
                rule: new.rule,
                severity: new.severity,
                sentence: new.sentence,
                opened_at: at,
            });
        }
        OpenAlerts { open, recently_closed }
    }
}
