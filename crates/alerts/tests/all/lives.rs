//! Alerts from the first crossing to the end.

use alerts::{AlertPolicy, Belonging, OpenAlerts};
use indicators::Sorting;
use proptest::prelude::*;
use vocab::{CustomerId, Lang};

use crate::applied::{apply, close};
use crate::evidence::{at, policy, told};

const RULES: &str = r#"
[[rule]]
id = "few_logins"
name = { zh = "登录少", en = "Few logins" }
cause = "usage"
severity = "warning"
when = { of = "logins", is = "<", than = 5 }
clear = { of = "logins", is = ">=", than = 8 }
cooldown_days = 7
say = { zh = "近 30 天登录 {logins} 次，往常 {logins_before} 次", en = "{logins} logins in 30 days, usually {logins_before}" }
next_step = { zh = "打电话", en = "Call" }

[[rule]]
id = "no_logins"
name = { zh = "不登录", en = "No logins" }
cause = "usage"
severity = "urgent"
when = { of = "logins", is = "=", than = 0 }
cooldown_days = 0
say = { zh = "一次都没登录", en = "no login at all" }
next_step = { zh = "打电话", en = "Call" }

[[rule]]
id = "health_drop"
name = { zh = "骤降", en = "Drop" }
cause = "health"
severity = "info"
when = { all = [{ of = "health_change_7d", is = "<=", than = -10 }, { band = ["high", "critical"] }] }
cooldown_days = 7
say = { zh = "健康分从 {health_7d_ago} 降到 {health}，降了 {health_drop_7d} 分", en = "health fell by {health_drop_7d} from {health_7d_ago} to {health}" }
next_step = { zh = "看一看", en = "Have a look" }

[[rule]]
id = "many_tickets"
name = { zh = "工单多", en = "Many tickets" }
cause = "tickets"
severity = "info"
state = "available"
when = { of = "tickets", is = ">", than = 3 }
cooldown_days = 7
say = { zh = "{tickets} 张", en = "{tickets}" }
next_step = { zh = "看一看", en = "Have a look" }
"#;

fn rules() -> AlertPolicy {
    policy(RULES)
}

/// What is open after a first look on 1 June.
fn opened(lines: &str) -> OpenAlerts {
    let mut open = OpenAlerts::default();
    let plan = told(lines, "2025-06-01").plan(&open, &rules());
    apply(&mut open, &plan, at("2025-06-01"));
    open
}

#[test]
fn a_plan_reads_as_a_diff() {
    let mut open = OpenAlerts::default();
    let first = told(
        "
        A score=35 before=52 logins=3 logins_before=12
        B score=90 before=91 logins=40 logins_before=1200
        C score=55 logins=0 tickets=9
        D score=30 before=30 logins=4 logins_before=?
        E gone logins=0
        F new logins=0
        ",
        "2025-06-01",
    );
    let plan = first.plan(&open, &rules());
    insta::assert_snapshot!(plan, @r##"
    预警：新增 4，变化 0，解除 0
    + A health info health_drop: 健康分从 52 降到 35，降了 17 分
    + A usage warning few_logins: 近 30 天登录 3 次，往常 12 次
    + C usage urgent no_logins: 一次都没登录
    + D usage warning few_logins: 近 30 天登录 4 次，往常 数据不足 次
    "##);
    insta::assert_snapshot!(plan.print(Lang::En), @r##"
    alerts: 4 to open, 0 to change, 0 to resolve
    + A health info health_drop: health fell by 17 from 52 to 35
    + A usage warning few_logins: 3 logins in 30 days, usually 12
    + C usage urgent no_logins: no login at all
    + D usage warning few_logins: 4 logins in 30 days, usually unknown
    "##);
    apply(&mut open, &plan, at("2025-06-01 00:10"));

    let later = told(
        "
        A score=35 before=35 logins=0 logins_before=12
        C gone score=55 logins=0
        D score=30 before=30 logins=9 logins_before=9
        ",
        "2025-06-08",
    );
    insta::assert_snapshot!(later.plan(&open, &rules()), @r##"
    预警：新增 0，变化 1，解除 3
    ~ #2 urgent no_logins: 一次都没登录
    - #1 A health: cleared
    - #3 C usage: gone
    - #4 D usage: cleared
    "##);
}

#[test]
fn a_number_going_up_and_down_around_the_threshold_opens_one_alert() {
    let mut open = OpenAlerts::default();
    let mut printed = Vec::new();
    for (day, logins) in [(1, 6), (2, 4), (3, 6), (4, 4), (5, 7), (6, 8), (7, 4)] {
        let when = format!("2025-06-{day:02}");
        let plan = told(&format!("A score=90 logins={logins} logins_before=10"), &when).plan(&open, &rules());
        printed.push(plan.print(Lang::En).lines().skip(1).map(|line| line.to_owned()).collect::<Vec<_>>().join("; "));
        apply(&mut open, &plan, at(&when));
    }
    insta::assert_snapshot!(printed.join("\n"), @r##"
    + A usage warning few_logins: 4 logins in 30 days, usually 10
    ~ #1 warning few_logins: 6 logins in 30 days, usually 10
    ~ #1 warning few_logins: 4 logins in 30 days, usually 10
    ~ #1 warning few_logins: 7 logins in 30 days, usually 10
    - #1 A usage: cleared
    "##);
}

#[test]
fn who_closed_an_alert_is_left_alone_for_a_week() {
    let few = "A score=90 logins=2 logins_before=10";
    let mut open = opened(few);
    close(&mut open, 1, at("2025-06-02 10:00"));
    assert!(told(few, "2025-06-02").plan(&open, &rules()).is_empty(), "the same morning, looked at again");
    assert!(told(few, "2025-06-09 09:59").plan(&open, &rules()).is_empty());
    assert_eq!(told(few, "2025-06-09 10:00").plan(&open, &rules()).open.len(), 1);
    let worse = "A score=90 logins=0 logins_before=10";
    assert_eq!(told(worse, "2025-06-03").plan(&open, &rules()).open[0].rule, "no_logins", "that rule has no cooldown");
}

#[test]
fn unknown_neither_opens_nor_resolves() {
    assert!(told("A score=90 logins=?", "2025-06-01").plan(&OpenAlerts::default(), &rules()).is_empty());
    let open = opened("A score=90 logins=2 logins_before=10");
    let sentence = open.open[0].sentence.clone();
    assert!(told("A score=90 logins=? logins_before=10", "2025-06-02").plan(&open, &rules()).is_empty());
    assert!(told("A score=90 logins=3 logins_before=?", "2025-06-02").plan(&open, &rules()).is_empty());
    assert_eq!(sentence.en, "2 logins in 30 days, usually 10");
}

#[test]
fn a_customer_outside_the_evidence_keeps_its_alerts() {
    let open = opened("A score=90 logins=2 logins_before=10");
    assert!(told("B score=90 logins=20", "2025-06-02").plan(&open, &rules()).is_empty());
    assert!(told("A new score=90 logins=20", "2025-06-02").plan(&open, &rules()).is_empty());
}

/// So many that the work is shared: what is planned for each is what is planned for a few.
#[test]
fn many_customers_are_planned_as_a_few_are() {
    let lines_of = |day: usize| -> Vec<String> {
        let line = |number: usize| {
            let (score, logins) = ((number * 7 + day * 31) % 90, (number * 13 + day * 5) % 12);
            let gone = if (number + day).is_multiple_of(11) { " gone" } else { "" };
            format!("C{number:05} score={score} logins={logins} before={}{gone}\n", (score + number % 40).min(100))
        };
        (0..20_000).map(line).collect()
    };
    let told_of = |lines: &[String]| told(&lines.concat(), "2025-03-01");
    let yesterday = told_of(&lines_of(0)[..10_000]).plan(&OpenAlerts::default(), &rules());
    let open = OpenAlerts::default().carried(yesterday, at("2025-02-28"));
    let lines = lines_of(1);
    let of = |customers: &str, all: &OpenAlerts| OpenAlerts {
        open: all.open.iter().filter(|alert| alert.customer.as_str().starts_with(customers)).cloned().collect(),
        recently_closed: all.recently_closed.clone(),
    };
    let whole = told_of(&lines).plan(&open, &rules());
    let (mut opened, mut changed, mut resolved) = (Vec::new(), Vec::new(), Vec::new());
    for (thousands, some) in lines.chunks(1_000).enumerate() {
        let part = told_of(some).plan(&of(&format!("C{thousands:02}"), &open), &rules());
        opened.extend(part.open);
        changed.extend(part.change);
        resolved.extend(part.resolve);
    }
    changed.sort_by_key(|alert| alert.id);
    resolved.sort_by_key(|alert| alert.id);
    assert!(!whole.open.is_empty() && !whole.change.is_empty() && !whole.resolve.is_empty());
    assert_eq!((whole.open, whole.change, whole.resolve), (opened, changed, resolved));
}

#[test]
fn a_withdrawn_rule_takes_its_alerts_with_it() {
    let open = opened("A score=90 logins=2 logins_before=10");
    let fewer = policy(&RULES.replacen("cooldown_days = 7", "cooldown_days = 7\nstate = \"available\"", 1));
    insta::assert_snapshot!(told("A score=90 logins=2", "2025-06-02").plan(&open, &fewer).print(Lang::En), @r##"
    alerts: 0 to open, 0 to change, 1 to resolve
    - #1 A usage: cleared
    "##);
}

/// One customer-day: score, health before, logins, logins before; 100 and above is unknown.
fn days() -> impl Strategy<Value = Vec<Vec<(u8, [u32; 4])>>> {
    let day = prop::collection::vec((0u8..10, [0u32..130, 0u32..130, 0u32..14, 0u32..14]), 6);
    prop::collection::vec(day, 1..8)
}

fn lines(day: &[(u8, [u32; 4])]) -> String {
    let mut lines = String::new();
    for (place, (state, [score, before, logins, logins_before])) in day.iter().enumerate() {
        let number = |number: u32| if number >= 12 { "?".to_owned() } else { number.to_string() };
        let health = |number: u32| if number >= 100 { "?".to_owned() } else { number.to_string() };
        let state = match state {
            0 => "gone",
            1 => "new",
            _ => "",
        };
        lines += &format!(
            "C{place} {state} score={} logins={} logins_before={}",
            health(*score),
            number(*logins),
            number(*logins_before)
        );
        if *before < 100 {
            lines += &format!(" before={before}");
        }
        lines.push('\n');
    }
    lines
}

proptest! {
    #[test]
    fn planning_again_after_applying_changes_nothing(days in days()) {
        let mut open = OpenAlerts::default();
        for (number, day) in days.iter().enumerate() {
            let when = format!("2025-06-{:02}", number + 1);
            let told = told(&lines(day), &when);
            let plan = told.plan(&open, &rules());
            apply(&mut open, &plan, at(&when).plus_micros(600_000_000));
            prop_assert!(told.plan(&open, &rules()).is_empty(), "{}", told.plan(&open, &rules()));
        }
    }

    #[test]
    fn at_most_one_is_open_per_customer_and_cause_and_none_of_the_gone(days in days()) {
        let mut open = OpenAlerts::default();
        for (number, day) in days.iter().enumerate() {
            let when = format!("2025-06-{:02}", number + 1);
            let told = told(&lines(day), &when);
            let before = open.clone();
            let plan = told.plan(&open, &rules());
            apply(&mut open, &plan, at(&when));
            let mut keys: Vec<_> = open.open.iter().map(|alert| (alert.customer.clone(), alert.cause.clone())).collect();
            keys.sort();
            keys.dedup();
            prop_assert_eq!(keys.len(), open.open.len());
            prop_assert!(open.open.iter().all(|alert| !told.gone.contains(&alert.customer)));
            for alert in before.open.iter().filter(|alert| !told.eligible.contains(&alert.customer) && !told.gone.contains(&alert.customer)) {
                prop_assert!(open.open.contains(alert), "nobody knows anything new about {}", alert.customer);
            }
        }
    }
}

/// Of A it is known that it is dear and in the east, of B nothing.
struct Dear;

impl Belonging for Dear {
    fn said(&self, customer: &CustomerId, _: &str) -> Option<Option<&str>> {
        (customer.as_str() == "A").then_some(Some("east"))
    }

    fn is_in(&self, customer: &CustomerId, _: Sorting, name: &str) -> Option<bool> {
        (customer.as_str() == "A").then_some(name == "high")
    }
}

#[test]
fn a_rule_may_ask_who_belongs_where_and_speaks_only_of_those_who_surely_do() {
    let rule = RULES.split("[[rule]]").nth(1).unwrap();
    let asking =
        |when: &str| policy(&format!("[[rule]]{}", rule.replace("{ of = \"logins\", is = \"<\", than = 5 }", when)));
    let evidence = told("A logins=3 logins_before=9\nB logins=3 logins_before=9", "2025-06-01");
    let opened = |when: &str| {
        let plan = evidence.plan_knowing(&Dear, &OpenAlerts::default(), &asking(when));
        plan.open.iter().map(|alert| alert.customer.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(opened("{ all = [{ tier = \"high\" }, { of = \"logins\", is = \"<\", than = 5 }] }"), ["A"]);
    assert_eq!(opened("{ traits = { region = \"east\" } }"), ["A"]);
    assert!(opened("{ not = { tier = \"high\" } }").is_empty(), "of B it is not known, of A it is not so");
    let plan = evidence.plan(&OpenAlerts::default(), &asking("{ tier = \"high\" }"));
    assert!(plan.is_empty(), "without being told who belongs, nobody does");
    assert!(asking("{ tier = \"high\" }").asks_belonging() && !rules().asks_belonging());
}
