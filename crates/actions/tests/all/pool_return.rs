//! Customers that go back to the pool for want of a record, day by day.

use std::collections::{BTreeMap, BTreeSet};

use actions::{At, Held, Nouns, ReturnLine, ReturnPlan, ReturnRule, ReturnWarning, plan_returns, return_notice};
use calendar::day_written;
use proptest::prelude::*;
use vocab::{CustomerId, Lang, NoticeKind, Text, Zone};

use crate::cases::at;

const RULE: ReturnRule = ReturnRule { after_days: 60, warn_days: 7 };

fn day(text: &str) -> i64 {
    day_written(text).unwrap()
}

/// A firm's customers, and the owners who were warned.
#[derive(Default)]
struct Firm {
    /// Whose each is, since when it is quiet, and whether it has an open case.
    held: BTreeMap<CustomerId, (&'static str, i64, bool)>,
    warned: BTreeMap<CustomerId, ReturnWarning>,
    /// Who went back, on which day.
    back: Vec<(String, i64)>,
}

impl Firm {
    fn of(customers: &[(&str, &'static str, &str)]) -> Firm {
        let held = customers.iter().map(|(id, owner, since)| (CustomerId::from(*id), (*owner, day(since), false)));
        Firm { held: held.collect(), ..Firm::default() }
    }

    fn planned(&self, rule: Option<ReturnRule>, today: i64) -> ReturnPlan {
        let held = self.held.iter().map(|(customer, (owner, quiet_since, has_open_case))| Held {
            customer,
            owner,
            quiet_since: *quiet_since,
            has_open_case: *has_open_case,
            can_be_warned: *owner != "left",
        });
        plan_returns(held, &self.warned, rule, today)
    }

    /// Plans and carries out.
    fn lives(&mut self, rule: Option<ReturnRule>, today: i64) -> ReturnPlan {
        let plan = self.planned(rule, today);
        for one in &plan.warn {
            self.warned.insert(one.customer.clone(), one.clone());
        }
        for customer in plan.withdraw.iter().chain(plan.give_back.iter().map(|one| &one.customer)) {
            self.warned.remove(customer);
        }
        for one in &plan.give_back {
            self.held.remove(&one.customer);
            self.back.push((one.customer.to_string(), today));
        }
        plan
    }

    fn lives_through(&mut self, days: std::ops::RangeInclusive<i64>) {
        for today in days {
            self.lives(Some(RULE), today);
        }
    }
}

#[test]
fn an_owner_is_warned_a_week_before_and_the_customer_goes_back_on_its_day() {
    let mut firm = Firm::of(&[("A", "wang", "2026-01-01"), ("B", "wang", "2026-01-20")]);
    firm.lives_through(day("2026-01-01")..=day("2026-02-22"));
    assert!(firm.warned.is_empty(), "sixty days are over on 2 March");
    let plan = firm.lives(Some(RULE), day("2026-02-23"));
    assert_eq!(
        plan.print(Lang::En),
        "pool: 1 to warn, 0 to give back, 0 to withdraw\n! A owner wang quiet since 2026-01-01, returns on 2026-03-02\n"
    );
    assert!(firm.planned(Some(RULE), day("2026-02-23")).is_empty(), "planned again, nothing is new");
    firm.lives_through(day("2026-02-24")..=day("2026-03-31"));
    assert_eq!(firm.back, [("A".to_owned(), day("2026-03-02")), ("B".to_owned(), day("2026-03-21"))]);
    assert!(firm.warned.is_empty() && firm.held.is_empty());
}

#[test]
fn a_record_keeps_the_customer_and_takes_the_warning_back() {
    let mut firm = Firm::of(&[("A", "wang", "2026-01-01")]);
    firm.lives_through(day("2026-02-23")..=day("2026-03-01"));
    assert_eq!(firm.warned.len(), 1);
    firm.held.insert(CustomerId::from("A"), ("wang", day("2026-03-01"), false));
    let plan = firm.lives(Some(RULE), day("2026-03-02"));
    assert_eq!((plan.withdraw, plan.give_back), (vec![CustomerId::from("A")], Vec::new()));
    firm.lives_through(day("2026-03-03")..=day("2026-04-29"));
    assert!(firm.back.is_empty(), "sixty days from the record on");
    firm.lives_through(day("2026-04-30")..=day("2026-04-30"));
    assert_eq!(firm.back.len(), 1);
}

#[test]
fn nothing_goes_back_with_an_open_case_and_its_owner_is_warned_anew() {
    let mut firm = Firm::of(&[("A", "wang", "2026-01-01")]);
    firm.lives_through(day("2026-02-23")..=day("2026-02-25"));
    firm.held.insert(CustomerId::from("A"), ("wang", day("2026-01-01"), true));
    firm.lives_through(day("2026-02-26")..=day("2026-04-30"));
    assert!(firm.back.is_empty() && firm.warned.is_empty(), "while the case is open");
    firm.held.insert(CustomerId::from("A"), ("wang", day("2026-01-01"), false));
    firm.lives_through(day("2026-05-01")..=day("2026-05-07"));
    assert!(firm.back.is_empty(), "warned on the first, for the eighth");
    firm.lives_through(day("2026-05-08")..=day("2026-05-08"));
    assert_eq!(firm.back, [("A".to_owned(), day("2026-05-08"))]);
}

#[test]
fn whoever_was_not_warned_loses_nobody() {
    let mut firm = Firm::of(&[("A", "wang", "2025-01-01"), ("B", "left", "2025-01-01"), ("C", "li", "2025-01-01")]);
    firm.lives(Some(RULE), day("2026-03-01"));
    assert!(firm.back.is_empty() && firm.warned.len() == 2, "the rule is new: both who work here are told first");
    // Another owner is told for themselves.
    firm.held.insert(CustomerId::from("C"), ("wang", day("2026-01-02"), false));
    firm.lives_through(day("2026-03-02")..=day("2026-03-08"));
    assert_eq!(firm.back, [("A".to_owned(), day("2026-03-08"))]);
    firm.lives_through(day("2026-03-09")..=day("2026-12-31"));
    assert_eq!(firm.back.last(), Some(&("C".to_owned(), day("2026-03-09"))));
    assert!(firm.held.contains_key(&CustomerId::from("B")), "nobody is there to be told of it");
    let mut off = Firm::of(&[("A", "wang", "2025-01-01")]);
    off.lives(Some(RULE), day("2026-03-01"));
    assert_eq!(off.lives(None, day("2026-03-09")).withdraw, [CustomerId::from("A")], "the rule is off");
    assert!(off.back.is_empty() && off.planned(None, day("2026-03-10")).is_empty());
}

#[test]
fn the_owner_is_told_of_all_at_once_with_what_keeps_them() {
    let (zone, nouns) = (
        Zone::default(),
        Nouns {
            noun: Text::new("客户", "customer"), plural_en: "customers".to_owned(), measure_zh: "家".to_owned()
        },
    );
    let moment = At { now: at("2026-02-23 09:00"), zone: &zone };
    let line = |name: &str, on: &str| ReturnLine {
        path: format!("/customers/{name}"),
        name: name.to_owned(),
        quiet_since: day("2026-01-01"),
        returns_on: day(on),
    };
    let told = |lines: &[ReturnLine]| return_notice(17, "k", lines, &nouns, moment);
    assert_eq!(told(&[]), None);
    let one = told(&[line("远山", "2026-03-02")]).unwrap();
    assert_eq!(one.subject, Text::new("远山将于 3 月 2 日回公海", "远山 will return to the pool on 2 March"));
    assert_eq!((one.kind, one.staff, one.path.as_deref()), (NoticeKind::PoolReturn, 17, Some("/pool")));
    assert_eq!(one.lines[0].path.as_deref(), Some("/customers/远山"));
    assert_eq!(one.lines[0].text.zh, "远山：1 月 1 日起没有跟进，将于 3 月 2 日回公海；写一条跟进就留在您名下");
    let many: Vec<ReturnLine> = (0..14).map(|place| line(&format!("C{place}"), "2026-03-02")).collect();
    let many = told(&many).unwrap();
    assert_eq!(many.subject.zh, "14 家客户将回公海，最早 3 月 2 日");
    assert_eq!((many.lines.len(), many.lines[10].text.en.as_str()), (11, "4 more"));
}

proptest! {
    /// Whatever happens in whatever order: nobody goes back with an open case, without a record for less than the days of
    /// the rule, or less than a week after its owner was told; and planning again adds nothing.
    #[test]
    fn whatever_happens_the_promise_holds(
        deeds in prop::collection::vec((0usize..4, 0usize..4, 0i64..25), 1..60),
    ) {
        let mut firm = Firm::of(&[("A", "wang", "2026-01-01"), ("B", "li", "2025-11-01"), ("C", "left", "2026-01-01"), ("D", "li", "2026-01-01")]);
        let mut today = day("2026-01-01");
        let mut told: BTreeMap<CustomerId, i64> = BTreeMap::new();
        for (what, which, later) in deeds {
            for _ in 0..later {
                today += 1;
                let before = firm.held.clone();
                let plan = firm.lives(Some(RULE), today);
                let once: BTreeSet<&CustomerId> = plan.warn.iter().chain(&plan.give_back).map(|one| &one.customer).collect();
                prop_assert_eq!(once.len(), plan.warn.len() + plan.give_back.len());
                for one in &plan.give_back {
                    let (owner, since, has_case) = before[&one.customer];
                    prop_assert!(!has_case && today - since >= 60 && today - told[&one.customer] >= 7 && owner != "left");
                }
                told.extend(plan.warn.into_iter().map(|one| (one.customer, today)));
                prop_assert!(firm.planned(Some(RULE), today).is_empty());
            }
            let customer = firm.held.keys().nth(which).cloned();
            let Some(one) = customer.and_then(|customer| firm.held.get_mut(&customer)) else { continue };
            match what {
                0 => one.1 = today,
                1 => one.2 = !one.2,
                2 => (one.0, one.1) = ("wang", today),
                _ => {}
            }
        }
    }
}
