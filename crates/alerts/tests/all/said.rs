//! Sentences wait where very much comes in; what else changes does not.

use alerts::{AlertPlan, ChangedAlert, OpenAlert, OpenAlerts};
use vocab::{CustomerId, Instant, Severity, Text};

#[test]
fn so_many_alerts_get_another_sentence_and_whoever_is_worse_is_not_among_them() {
    let stands = |id| OpenAlert {
        id,
        customer: CustomerId::new(format!("K{id}")),
        cause: "silence".into(),
        rule: "quiet".into(),
        severity: Severity::Warning,
        sentence: Text::new("3 天", "3 days"),
        opened_at: Instant::from_micros(0),
    };
    let becomes = |id, rule: &str, severity| ChangedAlert {
        id,
        rule: rule.into(),
        severity,
        sentence: Text::new("4 天", "4 days"),
    };
    let open = OpenAlerts { open: (1..=5).map(stands).collect(), ..OpenAlerts::default() };
    let change = vec![
        becomes(1, "quiet", Severity::Warning),
        becomes(2, "quiet", Severity::Warning),
        becomes(3, "quiet", Severity::Urgent),
        becomes(4, "silent", Severity::Warning),
        becomes(5, "quiet", Severity::Warning),
    ];
    let plan = AlertPlan { change, ..AlertPlan::default() };
    let kept = |most| plan.clone().saying_at_most(most, &open).change.iter().map(|alert| alert.id).collect::<Vec<_>>();
    assert_eq!(kept(1), [1, 3, 4]);
    assert_eq!(kept(0), [3, 4]);
    assert_eq!(kept(9), [1, 2, 3, 4, 5]);
}
