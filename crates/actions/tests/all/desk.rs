//! Cases from alerts.

use actions::{ActionPlan, CaseState, Desk, OpenCase, plan};
use alerts::{AlertPlan, ChangedAlert, NewAlert, OpenAlert, OpenAlerts, Resolution, ResolvedAlert};
use calendar::WorkCalendar;
use proptest::prelude::*;
use vocab::{CustomerId, Instant, Lang, Severity, Text, Zone};

fn now() -> Instant {
    Zone::default().parse("2025-03-05 15:00").unwrap()
}

fn open_alert(id: i64, customer: &str, severity: Severity) -> OpenAlert {
    OpenAlert {
        id,
        customer: customer.into(),
        cause: format!("cause_{id}"),
        rule: "rule".to_owned(),
        severity,
        sentence: Text::default(),
        opened_at: now(),
    }
}

fn new_alert(customer: &str, severity: Severity) -> NewAlert {
    NewAlert {
        customer: customer.into(),
        cause: "cause".to_owned(),
        rule: "rule".to_owned(),
        severity,
        sentence: Text::default(),
    }
}

fn resolve(alert: &OpenAlert) -> ResolvedAlert {
    ResolvedAlert {
        id: alert.id,
        customer: alert.customer.clone(),
        cause: alert.cause.clone(),
        why: Resolution::Cleared,
    }
}

fn case(id: i64, customer: &str, state: CaseState) -> OpenCase {
    OpenCase { id, customer: customer.into(), state }
}

fn planned(alert_plan: &AlertPlan, standing: &OpenAlerts, desk: &Desk) -> ActionPlan {
    plan(alert_plan, standing, desk, &WorkCalendar::standard(Zone::default()), now())
}

#[test]
fn a_plan_reads_as_a_diff() {
    let standing = OpenAlerts {
        open: vec![
            open_alert(1, "A", Severity::Warning),
            open_alert(2, "B", Severity::Warning),
            open_alert(3, "C", Severity::Urgent),
            open_alert(4, "D", Severity::Warning),
            open_alert(5, "D", Severity::Urgent),
        ],
        recently_closed: vec![],
    };
    let alert_plan = AlertPlan {
        open: vec![new_alert("A", Severity::Urgent), new_alert("E", Severity::Warning), new_alert("F", Severity::Info)],
        change: vec![],
        resolve: vec![resolve(&standing.open[1]), resolve(&standing.open[2]), resolve(&standing.open[3])],
    };
    let desk = Desk {
        open_cases: vec![
            case(13, "C", CaseState::Accepted),
            case(12, "B", CaseState::New),
            case(14, "D", CaseState::New),
        ],
        owners: [("A".into(), "王芳".to_owned())].into(),
        ..Desk::default()
    };
    let plan = planned(&alert_plan, &standing, &desk);
    insta::assert_snapshot!(plan.print(Lang::Zh, &Zone::default()), @r##"
    跟进单：新开 2，撤销 1
    + A urgent 负责人 王芳 受理 2025-03-05 17:00 处理 2025-03-06 15:00
    + E warning 负责人 - 受理 2025-03-05 17:00 处理 2025-03-06 15:00
    - #12 cleared
    "##);
    insta::assert_snapshot!(plan.print(Lang::En, &Zone::default()), @r##"
    cases: 2 to open, 1 to clear
    + A urgent owner 王芳 accept by 2025-03-05 17:00 act by 2025-03-06 15:00
    + E warning owner - accept by 2025-03-05 17:00 act by 2025-03-06 15:00
    - #12 cleared
    "##);
    insta::assert_snapshot!(plan, @r##"
    跟进单：新开 2，撤销 1
    + A urgent 负责人 王芳 受理 2025-03-05T09:00:00Z 处理 2025-03-06T07:00:00Z
    + E warning 负责人 - 受理 2025-03-05T09:00:00Z 处理 2025-03-06T07:00:00Z
    - #12 cleared
    "##);
}

#[test]
fn an_alert_that_joins_an_open_case_opens_no_second() {
    let standing = OpenAlerts { open: vec![open_alert(1, "A", Severity::Warning)], recently_closed: vec![] };
    let alert_plan = AlertPlan { open: vec![new_alert("A", Severity::Urgent)], ..AlertPlan::default() };
    for state in [CaseState::New, CaseState::Accepted] {
        let desk = Desk { open_cases: vec![case(1, "A", state)], ..Desk::default() };
        assert!(planned(&alert_plan, &standing, &desk).is_empty());
    }
}

#[test]
fn what_is_only_worth_knowing_is_nobodys_work() {
    let alert_plan = AlertPlan { open: vec![new_alert("A", Severity::Info)], ..AlertPlan::default() };
    assert!(planned(&alert_plan, &OpenAlerts::default(), &Desk::default()).is_empty());
    let standing = OpenAlerts { open: vec![open_alert(1, "A", Severity::Info)], recently_closed: vec![] };
    let worse = ChangedAlert { id: 1, rule: "rule".into(), severity: Severity::Urgent, sentence: Text::default() };
    let alert_plan = AlertPlan { change: vec![worse], ..AlertPlan::default() };
    let plan = planned(&alert_plan, &standing, &Desk::default());
    assert_eq!(plan.open.len(), 1, "until it becomes more than that");
    assert_eq!(plan.open[0].severity, Severity::Urgent);
}

fn severity(number: u8) -> Severity {
    Severity::ALL[usize::from(number) % 3]
}

proptest! {
    /// Per customer: severity of a standing alert and of a new one, whether the standing one ends, the case.
    #[test]
    fn planning_again_after_applying_changes_nothing(drawn in prop::collection::vec(
        (prop::option::of(0u8..3), prop::option::of(0u8..3), any::<bool>(), 0u8..3), 5
    )) {
        let mut standing = OpenAlerts::default();
        let mut alert_plan = AlertPlan::default();
        let mut desk = Desk::default();
        for (number, (stands, opens, ends, state)) in drawn.into_iter().enumerate() {
            let customer = format!("C{number}");
            if let Some(stands) = stands {
                let alert = open_alert(number as i64, &customer, severity(stands));
                if ends {
                    alert_plan.resolve.push(resolve(&alert));
                }
                standing.open.push(alert);
            }
            if let Some(opens) = opens {
                alert_plan.open.push(new_alert(&customer, severity(opens)));
            }
            match state {
                1 => desk.open_cases.push(case(number as i64, &customer, CaseState::New)),
                2 => desk.open_cases.push(case(number as i64, &customer, CaseState::Accepted)),
                _ => {}
            }
        }
        let plan = planned(&alert_plan, &standing, &desk);

        standing.open.retain(|alert| !alert_plan.resolve.iter().any(|resolved| resolved.id == alert.id));
        for (number, new) in alert_plan.open.iter().enumerate() {
            standing.open.push(open_alert(100 + number as i64, new.customer.as_str(), new.severity));
        }
        desk.open_cases.retain(|case| !plan.clear.contains(&case.id));
        for (number, new) in plan.open.iter().enumerate() {
            desk.open_cases.push(case(100 + number as i64, new.customer.as_str(), CaseState::New));
        }
        prop_assert!(planned(&AlertPlan::default(), &standing, &desk).is_empty());

        let mut customers: Vec<&CustomerId> = desk.open_cases.iter().map(|case| &case.customer).collect();
        customers.sort();
        customers.dedup();
        prop_assert_eq!(customers.len(), desk.open_cases.len(), "one open case per customer");
        for alert in standing.open.iter().filter(|alert| alert.severity >= Severity::Warning) {
            prop_assert!(desk.open_cases.iter().any(|case| case.customer == alert.customer), "somebody works on it");
        }
    }
}
