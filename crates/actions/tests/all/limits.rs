//! What is put off, and how much the hands can take.

use std::collections::BTreeMap;

use actions::{ActionPlan, CaseState, Desk, Limits, OpenCase, Ration, Snoozed, Waking, plan_within};
use alerts::{AlertPlan, Budget, ChangedAlert, NewAlert, OpenAlert, OpenAlerts};
use calendar::WorkCalendar;
use proptest::prelude::*;
use vocab::{CustomerId, Instant, Lang, Severity, Text, Zone};

fn at(text: &str) -> Instant {
    Zone::default().parse(text).unwrap()
}

fn alert(id: i64, customer: &str, severity: Severity) -> OpenAlert {
    OpenAlert {
        id,
        customer: customer.into(),
        cause: format!("cause_{id}"),
        rule: "rule".to_owned(),
        severity,
        sentence: Text::default(),
        opened_at: at("2025-03-03"),
    }
}

fn standing(open: Vec<OpenAlert>) -> OpenAlerts {
    OpenAlerts { open, recently_closed: Vec::new() }
}

fn put_off(id: i64, until: &str, severity: Severity, health: Option<f64>) -> Snoozed {
    Snoozed { id, until: at(until), severity, health }
}

fn calendar() -> WorkCalendar {
    WorkCalendar::standard(Zone::default())
}

/// Plans with one alert of A put off until Friday.
fn with_a_put_off(alert_plan: &AlertPlan, health: Option<f64>, now: &str) -> ActionPlan {
    let open = standing(vec![alert(1, "A", Severity::Warning), alert(2, "B", Severity::Warning)]);
    let snoozed = [put_off(1, "2025-03-07", Severity::Warning, Some(60.0))];
    let limits = Limits { snoozed: &snoozed, health: &|_| health, ration: None };
    plan_within(alert_plan, &open, &Desk::default(), &calendar(), at(now), &limits)
}

fn opened(plan: &ActionPlan) -> Vec<String> {
    plan.open.iter().map(|case| case.customer.to_string()).collect()
}

#[test]
fn what_was_put_off_is_nobodys_work_until_its_day() {
    let none = AlertPlan::default();
    assert_eq!(opened(&with_a_put_off(&none, Some(60.0), "2025-03-06 23:59")), ["B"]);
    let due = with_a_put_off(&none, Some(60.0), "2025-03-07");
    assert_eq!((opened(&due), due.wake[0].why), (vec!["A".to_owned(), "B".to_owned()], Waking::Due));
    insta::assert_snapshot!(due.print(Lang::En, &Zone::default()), @r"
    cases: 2 to open, 0 to clear
    + A warning owner - accept by 2025-03-07 11:00 act by 2025-03-10 09:00
    + B warning owner - accept by 2025-03-07 11:00 act by 2025-03-10 09:00
    ^ #1 A: due
    ");
}

#[test]
fn it_comes_back_before_its_day_when_it_gets_worse() {
    let now = "2025-03-05";
    let why = |plan: &AlertPlan, health| with_a_put_off(plan, health, now).wake.first().map(|one| one.why);
    let none = AlertPlan::default();
    assert_eq!(why(&none, Some(50.5)), None, "the ordinary up and down");
    assert_eq!(why(&none, Some(50.0)), Some(Waking::Worse), "ten points less");
    assert_eq!(why(&none, None), None, "unknown wakes nothing");
    let change = |severity| AlertPlan {
        change: vec![ChangedAlert { id: 1, rule: "rule".into(), severity, sentence: Text::default() }],
        ..AlertPlan::default()
    };
    assert_eq!(why(&change(Severity::Urgent), None), Some(Waking::Worse));
    assert_eq!(why(&change(Severity::Info), None), None);
    let more = |severity| AlertPlan {
        open: vec![NewAlert {
            customer: "A".into(),
            cause: "another".into(),
            rule: "rule".into(),
            severity,
            sentence: Text::default(),
        }],
        ..AlertPlan::default()
    };
    assert_eq!(why(&more(Severity::Warning), None), Some(Waking::Worse), "another trouble of the same customer");
    assert_eq!(why(&more(Severity::Info), None), None);
}

/// A desk that does what plans say.
#[derive(Default)]
struct House {
    open: Vec<OpenAlert>,
    cases: Vec<(OpenCase, Severity)>,
    snoozed: Vec<Snoozed>,
    next_case: i64,
    /// Severities of the cases opened this week and still on the desk.
    opened: BTreeMap<i64, Severity>,
}

impl House {
    fn plan(&self, budget: Option<(Budget, usize)>, now: Instant) -> ActionPlan {
        let desk = Desk { open_cases: self.cases.iter().map(|(case, _)| case.clone()).collect(), ..Desk::default() };
        // The later the name, the more is at risk.
        let at_risk = |customer: &CustomerId, _: Severity| f64::from(customer.as_str().as_bytes()[0]);
        let ration = budget.map(|(budget, allowance)| Ration {
            budget,
            allowance,
            opened_count: self
                .opened
                .values()
                .filter(|severity| !(budget.urgent_passes && **severity == Severity::Urgent))
                .count(),
            at_risk: &at_risk,
        });
        let limits = Limits { snoozed: &self.snoozed, health: &|_| None, ration };
        let open = standing(self.open.clone());
        plan_within(&AlertPlan::default(), &open, &desk, &calendar(), now, &limits)
    }

    fn apply(&mut self, plan: &ActionPlan) {
        let gone: Vec<i64> = plan.clear.iter().chain(&plan.lower).copied().collect();
        self.cases.retain(|(case, _)| !gone.contains(&case.id));
        // What cleared by itself has used its place up; what went back below the line has not.
        plan.lower.iter().for_each(|id| {
            self.opened.remove(id);
        });
        self.snoozed.retain(|one| !plan.wake.iter().any(|woken| woken.id == one.id));
        for case in &plan.open {
            self.next_case += 1;
            let open = OpenCase { id: self.next_case, customer: case.customer.clone(), state: CaseState::New };
            self.cases.push((open, case.severity));
            self.opened.insert(self.next_case, case.severity);
        }
    }
}

proptest! {
    /// Days on a virtual clock: alerts come, people accept and put off, the budget is set anew; every night is planned
    /// twice.
    #[test]
    fn planning_again_changes_nothing_whatever_people_do(
        days in prop::collection::vec((prop::collection::vec((0u8..8, 0u8..3), 0..6), 0u8..6, 0u8..8, 1u32..5, any::<bool>()), 1..12),
    ) {
        let mut house = House::default();
        let mut id = 0;
        let begin = at("2025-03-03 00:10");
        for (day, (alerts, accepts, puts_off, per_week, urgent_passes)) in days.into_iter().enumerate() {
            let now = begin.plus_days(day as i64);
            for (customer, severity) in alerts {
                id += 1;
                let name = char::from(b'A' + customer).to_string();
                house.open.push(alert(id, &name, Severity::ALL[usize::from(severity)]));
            }
            if let Some((case, _)) = house.cases.get_mut(usize::from(accepts)) {
                case.state = CaseState::Accepted;
            }
            if let Some(one) = house.open.get(usize::from(puts_off)).filter(|one| house.snoozed.iter().all(|other| other.id != one.id)) {
                house.snoozed.push(Snoozed { id: one.id, until: now.plus_days(2), severity: one.severity, health: None });
            }
            let budget = Budget { people: 1, cases_per_person: per_week, urgent_passes };
            let allowance = budget.allowance((day % 7).min(4) as u32 + 1, 5);
            let first = house.plan(Some((budget, allowance)), now);
            prop_assert!(first.wake.iter().all(|woken| house.snoozed.iter().any(|one| one.id == woken.id && one.until <= now)));
            let promised = first.wake.len();
            house.apply(&first);
            let second = house.plan(Some((budget, allowance)), now);
            prop_assert!(second.is_empty(), "day {day}: {first}\nthen {second}");
            let unaccepted = house.cases.iter().filter(|(case, severity)| {
                case.state == CaseState::New && !(urgent_passes && *severity == Severity::Urgent)
            });
            prop_assert!(unaccepted.count() <= budget.per_week() + promised + house.open.len() * usize::from(urgent_passes));
            let asleep = |one: &OpenAlert| house.snoozed.iter().any(|snoozed| snoozed.id == one.id);
            for (case, _) in house.cases.iter().filter(|(case, _)| case.state == CaseState::New) {
                prop_assert!(house.open.iter().any(|one| one.customer == case.customer && !asleep(one)), "work on a sleeper");
            }
        }
    }

    #[test]
    fn without_limits_the_plan_is_what_it_always_was(severities in prop::collection::vec(0u8..3, 1..9)) {
        let mut house = House::default();
        for (place, severity) in severities.iter().enumerate() {
            let name = char::from(b'A' + place as u8).to_string();
            house.open.push(alert(place as i64 + 1, &name, Severity::ALL[usize::from(*severity)]));
        }
        let now = at("2025-03-05");
        let plain = actions::plan(&AlertPlan::default(), &standing(house.open.clone()), &Desk::default(), &calendar(), now);
        prop_assert_eq!(&house.plan(None, now), &plain);
        let wide = Budget { people: 100, cases_per_person: 100, urgent_passes: false };
        prop_assert_eq!(&house.plan(Some((wide, 10_000)), now), &plain, "room for everybody");
    }
}

#[test]
fn more_at_risk_comes_first_and_the_rest_waits_below_the_line() {
    let mut house = House::default();
    for (id, name) in ["A", "B", "C", "D"].iter().enumerate() {
        house.open.push(alert(id as i64 + 1, name, Severity::Warning));
    }
    house.open.push(alert(9, "E", Severity::Urgent));
    let budget = Budget { people: 1, cases_per_person: 2, urgent_passes: true };
    let plan = house.plan(Some((budget, 2)), at("2025-03-07 00:10"));
    insta::assert_snapshot!(plan.print(Lang::Zh, &Zone::default()), @r"
    跟进单：新开 3，撤销 0
    + C warning 负责人 - 受理 2025-03-07 11:00 处理 2025-03-10 09:00
    + D warning 负责人 - 受理 2025-03-07 11:00 处理 2025-03-10 09:00
    + E urgent 负责人 - 受理 2025-03-07 11:00 处理 2025-03-10 09:00
    线下等待 2 位
    ");
    house.apply(&plan);
    // Next week there is room again, once somebody took up what was there.
    house.opened.clear();
    house.cases.iter_mut().for_each(|(case, _)| case.state = CaseState::Accepted);
    assert_eq!(opened(&house.plan(Some((budget, 2)), at("2025-03-14 00:10"))), ["A", "B"]);
    // With fewer hands the desk is cleared down to what they can take.
    house.cases.iter_mut().for_each(|(case, _)| case.state = CaseState::New);
    let less = house.plan(Some((Budget { cases_per_person: 1, ..budget }, 1)), at("2025-03-14 00:10"));
    assert_eq!((less.lower.len(), less.below_count, opened(&less).len()), (1, 3, 0));
}
