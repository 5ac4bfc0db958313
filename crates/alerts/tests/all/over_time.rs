//! Rules that ask how things stood earlier, and on which day it is. The figures are told in words; what opens is what
//! reading them by hand gives.

use alerts::{AlertPolicy, Earlier, Given, Occasion, OpenAlerts};
use calendar::WorkCalendar;
use indicators::Sorting;
use proptest::prelude::*;
use vocab::{CustomerId, Severity, Zone};

use crate::applied::apply;
use crate::evidence::{Told, at, policy, told};

/// One rule with this condition and whatever else.
fn rule(when: &str, more: &str) -> AlertPolicy {
    policy(&format!(
        "[[rule]]\nid = \"few\"\nname = {{ zh = \"少\", en = \"Few\" }}\ncause = \"usage\"\nseverity = \"warning\"\n\
         when = {when}\ncooldown_days = 7\nsay = {{ zh = \"{{logins}} 次\", en = \"{{logins}}\" }}\n\
         next_step = {{ zh = \"打电话\", en = \"Call\" }}\n{more}\n"
    ))
}

/// What is planned on a day, given days before it: `(days back, what was told then)`.
fn planned(policy: &AlertPolicy, now: &Told, before: &[(u32, Told)], open: &OpenAlerts) -> alerts::AlertPlan {
    let earlier: Vec<Earlier<'_>> = before.iter().map(|(days, told)| told.earlier(*days)).collect();
    now.plan_given(&Given { earlier: &earlier, ..Given::NOTHING }, open, policy)
}

/// Whether an alert opens on 10 June for logins told of that day and the days before it, newest first; `?` is unknown.
fn opens(policy: &AlertPolicy, days: &[&str]) -> bool {
    let told_on = |back: usize| told(&format!("A logins={}", days[back]), &format!("2025-06-{:02}", 10 - back));
    let before: Vec<(u32, Told)> = (1..days.len()).map(|back| (back as u32, told_on(back))).collect();
    !planned(policy, &told_on(0), &before, &OpenAlerts::default()).open.is_empty()
}

const FEW: &str = "{ of = \"logins\", is = \"<\", than = 5 }";

#[test]
fn what_lasts_three_days_opens_on_the_third_and_a_hole_begins_anew() {
    let three = rule(&format!("{{ holds = {FEW}, for_days = 3 }}"), "");
    assert!(opens(&three, &["3", "4", "1"]));
    assert!(opens(&three, &["3", "4", "1", "9"]), "the fourth day is not asked about");
    assert!(!opens(&three, &["3", "9", "1"]), "a hole");
    assert!(!opens(&three, &["9", "4", "1"]), "it is over");
    assert!(!opens(&three, &["3", "4", "9"]), "only two days so far");
    assert!(!opens(&three, &["3", "?", "1"]), "an unknown day opens nothing");
    assert!(!opens(&three, &["3", "4"]), "a day that nobody looked up is unknown");
}

#[test]
fn times_in_a_row_are_so_many_days_apart() {
    let weeks = rule(&format!("{{ holds = {FEW}, times = 3, every_days = 2 }}"), "");
    assert!(opens(&weeks, &["3", "9", "3", "9", "3"]), "the days between do not count");
    assert!(!opens(&weeks, &["3", "3", "9", "3", "3"]));
    assert_eq!(weeks.days_back().into_iter().collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn only_those_are_looked_up_for_whom_it_matters() {
    let three = rule(
        &format!("{{ all = [{{ holds = {FEW}, for_days = 3 }}, {{ of = \"tickets\", is = \">\", than = 0 }}] }}"),
        "",
    );
    let now =
        told("A logins=3 tickets=1\nB logins=9 tickets=1\nC logins=3 tickets=0\nD logins=3 tickets=1", "2025-06-10");
    assert_eq!(now.undecided(&three), ["A", "D"]);
    assert!(now.undecided(&rule(FEW, "")).is_empty(), "the present alone answers");
}

#[test]
fn a_change_is_now_against_then() {
    let fell = rule("{ change_of = \"logins\", over_days = 1, is = \"<=\", than = -5 }", "");
    assert!(opens(&fell, &["3", "8"]));
    assert!(!opens(&fell, &["4", "8"]));
    assert!(!opens(&fell, &["3", "?"]));
    let halved = rule("{ ratio_of = \"logins\", over_days = 1, is = \"<=\", than = 0.5 }", "");
    assert!(opens(&halved, &["4", "8"]));
    assert!(!opens(&halved, &["5", "8"]));
    assert!(!opens(&halved, &["0", "0"]), "against nothing there is no ratio");
}

#[test]
fn health_lasts_as_it_was_scored_then() {
    let low = rule("{ holds = { of = \"health\", is = \"<\", than = 50 }, for_days = 2 }", "");
    let day = |score: u32, on: u32| told(&format!("A score={score} logins=1"), &format!("2025-06-{on:02}"));
    let opens = |now: u32, before: u32| {
        !planned(&low, &day(now, 10), &[(1, day(before, 9))], &OpenAlerts::default()).open.is_empty()
    };
    assert!(opens(40, 45) && !opens(40, 55) && !opens(55, 40));
    assert!(low.asks_scores_back());
}

#[test]
fn what_was_open_is_over_when_the_easier_condition_holds_and_not_before() {
    let few = rule(
        &format!("{{ holds = {FEW}, for_days = 2 }}"),
        "clear = { holds = { of = \"logins\", is = \">=\", than = 8 }, for_days = 2 }",
    );
    let told_on = |logins: u32, day: u32| told(&format!("A logins={logins}"), &format!("2025-06-{day:02}"));
    let mut open = OpenAlerts::default();
    let mut printed = Vec::new();
    let course = [9, 3, 3, 6, 9, 6, 9, 9, 3, 3];
    for (place, pair) in course.windows(2).enumerate() {
        let day = place as u32 + 2;
        let plan = planned(&few, &told_on(pair[1], day), &[(1, told_on(pair[0], day - 1))], &open);
        apply(&mut open, &plan, at(&format!("2025-06-{day:02}")));
        printed.push((day, plan.open.len(), plan.resolve.len()));
        assert!(planned(&few, &told_on(pair[1], day), &[(1, told_on(pair[0], day - 1))], &open).is_empty());
    }
    // Opens on the 3rd, after two days of few; is over on the 8th, after two days of many; and rests for seven days.
    assert_eq!(
        printed.into_iter().filter(|(_, opened, resolved)| opened + resolved > 0).collect::<Vec<_>>(),
        [(3, 1, 0), (8, 0, 1)]
    );
}

/// What a rule for some days only opens at midnight of a day.
fn opens_on(policy: &AlertPolicy, day: &str, days: u32) -> bool {
    let calendar = WorkCalendar::standard(Zone::default());
    let given = Given { occasion: Some(Occasion { calendar: &calendar, days }), ..Given::NOTHING };
    !told("A logins=3", day).plan_given(&given, &OpenAlerts::default(), policy).open.is_empty()
}

#[test]
fn on_working_days_only_is_silent_over_the_spring_festival_and_speaks_on_a_sunday_that_is_worked() {
    let working = rule(FEW, "on = \"working_days\"");
    let speaks = |day: &str| opens_on(&working, day, 1);
    assert!(speaks("2025-01-26"), "a Sunday worked in exchange");
    for day in 28..=31 {
        assert!(!speaks(&format!("2025-01-{day}")), "{day} January, 春节");
    }
    for day in 1..=4 {
        assert!(!speaks(&format!("2025-02-0{day}")), "{day} February, 春节");
    }
    assert!(speaks("2025-02-05"), "the first day back");
    assert!(!speaks("2025-02-09"), "an ordinary Sunday");
    let off = rule(FEW, "on = \"holidays\"");
    assert!(opens_on(&off, "2025-01-29", 1) && !opens_on(&off, "2025-02-05", 1));
}

#[test]
fn what_is_open_changes_and_ends_on_a_day_off_too() {
    let working = rule(FEW, "on = \"working_days\"");
    let mut open = OpenAlerts::default();
    let first = told("A logins=3\nB logins=3", "2025-01-27").plan(&open, &working);
    apply(&mut open, &first, at("2025-01-27"));
    let calendar = WorkCalendar::standard(Zone::default());
    let given = Given { occasion: Some(Occasion { calendar: &calendar, days: 1 }), ..Given::NOTHING };
    let plan = told("A logins=2\nB logins=9\nC logins=1", "2025-01-29").plan_given(&given, &open, &working);
    assert_eq!((plan.open.len(), plan.change.len(), plan.resolve.len()), (0, 1, 1));
}

#[test]
fn weekly_and_monthly_rules_speak_on_their_day_and_a_weekly_look_does_not_miss_it() {
    let mondays = rule(FEW, "schedule = { every = \"week\", weekday = \"monday\" }");
    assert!(opens_on(&mondays, "2025-06-09", 1) && !opens_on(&mondays, "2025-06-10", 1));
    assert!(opens_on(&mondays, "2025-06-13", 7), "a look at the week");
    let firsts = rule(FEW, "schedule = { every = \"month\", day = 1 }");
    assert!(opens_on(&firsts, "2025-06-01", 1) && !opens_on(&firsts, "2025-06-02", 1));
    assert!(opens_on(&firsts, "2025-06-05", 7) && !opens_on(&firsts, "2025-06-09", 7));
    let words = mondays.rules[0].days_in_words().unwrap();
    assert_eq!((words.zh.as_str(), words.en.as_str()), ("每周一", "every Monday"));
}

/// Everybody is of the top tier but B.
struct Tiers;

impl alerts::Belonging for Tiers {
    fn said(&self, _: &CustomerId, _: &str) -> Option<Option<&str>> {
        None
    }

    fn is_in(&self, customer: &CustomerId, sorting: Sorting, name: &str) -> Option<bool> {
        (sorting == Sorting::Tier).then(|| (name == "high") == (customer.as_str() != "B"))
    }
}

#[test]
fn a_valuable_customer_is_more_urgent() {
    let by_tier = rule(FEW, "severity_by_tier = { high = \"urgent\" }");
    let now = told("A logins=3\nB logins=3", "2025-06-10");
    let given = Given { belonging: &Tiers, ..Given::NOTHING };
    let plan = now.plan_given(&given, &OpenAlerts::default(), &by_tier);
    let severities: Vec<Severity> = plan.open.iter().map(|alert| alert.severity).collect();
    assert_eq!(severities, [Severity::Urgent, Severity::Warning]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the course of logins, an alert opens exactly when three days running were known and few, none was open and
    /// the last one closed a week ago at least; and planning again after applying changes nothing.
    #[test]
    fn an_alert_opens_when_counting_by_hand_says_so(course in prop::collection::vec(prop::option::of(0u32..10), 3..20)) {
        let three = rule(&format!("{{ holds = {FEW}, for_days = 3 }}"), "");
        let told_on = |day: usize| {
            let logins = course[day].map_or("?".to_owned(), |logins| logins.to_string());
            told(&format!("A logins={logins}"), &format!("2025-06-{:02}", day + 1))
        };
        let few = |day: usize| course[day].map(|logins| logins < 5);
        let mut open = OpenAlerts::default();
        let (mut is_open, mut closed_on): (bool, Option<usize>) = (false, None);
        for day in 2..course.len() {
            let before = [(1, told_on(day - 1)), (2, told_on(day - 2))];
            let plan = planned(&three, &told_on(day), &before, &open);
            let days = [few(day), few(day - 1), few(day - 2)];
            let lasts = days.iter().all(|day| *day == Some(true));
            let is_over = days.contains(&Some(false));
            let rested = closed_on.is_none_or(|closed| closed + 7 <= day);
            prop_assert_eq!(plan.open.len() == 1, !is_open && lasts && rested);
            prop_assert_eq!(plan.resolve.len() == 1, is_open && is_over);
            apply(&mut open, &plan, at(&format!("2025-06-{:02}", day + 1)));
            if is_open && is_over {
                (is_open, closed_on) = (false, Some(day));
            } else if plan.open.len() == 1 {
                is_open = true;
            }
            prop_assert!(planned(&three, &told_on(day), &before, &open).is_empty());
        }
    }
}
