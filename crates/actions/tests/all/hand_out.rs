//! Whose a new case is.

use std::collections::{BTreeMap, BTreeSet};

use actions::{ActionPlan, CaseType, Hand, HandOut, HandTo, Handing, NewCase, WorkTimes, hand_out};
use proptest::prelude::*;
use vocab::{CustomerId, Instant, Scope, Severity};

use crate::cases::{at, calendar, retention};

fn hand(desk: &str, role: &str, load: u64, scope: Scope) -> Hand {
    Hand { desk: desk.to_owned(), role: role.to_owned(), teams: BTreeSet::new(), scope, load, given_at: None }
}

fn mine(owners: &[&str]) -> Scope {
    Scope::Owners(owners.iter().map(|owner| (*owner).to_owned()).collect())
}

fn new_case(customer: &str, severity: Severity, now: Instant) -> NewCase {
    NewCase {
        customer: customer.into(),
        owner: None,
        accept_by: now,
        act_by: now,
        severity,
        case_type: String::new(),
        tier: None,
        reply_by: None,
    }
}

fn ruled(lines: Vec<HandOut>) -> CaseType {
    CaseType { hand_out: lines, ..retention() }
}

fn line(to: HandTo) -> HandOut {
    HandOut { severities: Vec::new(), tiers: Vec::new(), to }
}

struct Firm {
    hands: Vec<Hand>,
    left: BTreeSet<String>,
    owners: BTreeMap<CustomerId, String>,
    tiers: BTreeMap<CustomerId, &'static str>,
}

impl Firm {
    fn of(hands: Vec<Hand>, owners: &[(&str, &str)]) -> Firm {
        let owners = owners.iter().map(|(customer, owner)| (CustomerId::from(*customer), (*owner).to_owned()));
        Firm { hands, left: BTreeSet::new(), owners: owners.collect(), tiers: BTreeMap::new() }
    }

    /// Who gets a case of each of these customers.
    fn given(&self, case_type: &CaseType, cases: &[(&str, Severity)]) -> Vec<Option<String>> {
        let now = at("2025-03-05 15:00");
        let open = cases.iter().map(|(customer, severity)| new_case(customer, *severity, now)).collect();
        let tier = |customer: &CustomerId| self.tiers.get(customer).copied();
        let handing = Handing { hands: &self.hands, left: &self.left, owners: &self.owners, tier: &tier };
        let plan = ActionPlan { open, ..ActionPlan::default() };
        hand_out(plan, case_type, &handing, &WorkTimes::of_house(calendar()), now)
            .open
            .into_iter()
            .map(|case| case.owner)
            .collect()
    }
}

const W: Severity = Severity::Warning;

fn to(names: &[Option<&str>]) -> Vec<Option<String>> {
    names.iter().map(|name| name.map(str::to_owned)).collect()
}

#[test]
fn the_owner_first_then_whoever_of_the_service_has_least() {
    let hands = vec![
        hand("wang", "owner", 9, mine(&["wang"])),
        hand("chen", "service", 2, Scope::All),
        hand("zhou", "service", 1, Scope::All),
    ];
    let firm = Firm::of(hands, &[("A", "wang"), ("B", "somebody without an account")]);
    let given = firm.given(&retention(), &[("A", W), ("B", W), ("C", W), ("D", W), ("E", W)]);
    let wanted = to(&[Some("wang"), Some("somebody without an account"), Some("zhou"), Some("chen"), Some("zhou")]);
    assert_eq!(given, wanted);
}

#[test]
fn who_has_left_gets_nothing_and_where_nobody_fits_it_is_to_be_claimed() {
    let mut firm = Firm::of(vec![hand("li", "owner", 0, mine(&["li"]))], &[("A", "wang")]);
    assert_eq!(firm.given(&retention(), &[("A", W)]), to(&[Some("wang")]));
    firm.left.insert("wang".to_owned());
    assert_eq!(firm.given(&retention(), &[("A", W)]), to(&[None]), "li does not see wang's customers");
    firm.hands.push(hand("chen", "service", 0, Scope::All));
    assert_eq!(firm.given(&retention(), &[("A", W)]), to(&[Some("chen")]));
}

#[test]
fn lines_are_for_tiers_severities_and_teams() {
    let mut key = hand("key", "owner", 5, Scope::All);
    key.teams.insert("大客户组".to_owned());
    let mut firm = Firm::of(vec![key, hand("duty", "service", 0, Scope::All)], &[("A", "wang")]);
    firm.tiers.insert("A".into(), "high");
    let rule = ruled(vec![
        HandOut { tiers: vec!["high".to_owned()], ..line(HandTo::Team("大客户组".to_owned())) },
        HandOut { severities: vec![Severity::Urgent], ..line(HandTo::Anyone) },
        line(HandTo::Role("nobody's".to_owned())),
    ]);
    let given = firm.given(&rule, &[("A", W), ("B", Severity::Urgent), ("C", W)]);
    assert_eq!(given, to(&[Some("key"), Some("duty"), None]));
}

#[test]
fn among_equals_it_is_the_turn_of_whoever_was_given_one_longest_ago() {
    let mut firm = Firm::of(
        vec![
            hand("a", "service", 0, Scope::All),
            hand("b", "service", 0, Scope::All),
            hand("c", "service", 0, Scope::All),
        ],
        &[],
    );
    firm.hands[0].given_at = Some(at("2025-03-05 10:00"));
    firm.hands[1].given_at = Some(at("2025-03-04 10:00"));
    let cases = [("A", W), ("B", W), ("C", W), ("D", W)];
    assert_eq!(firm.given(&retention(), &cases), to(&[Some("c"), Some("b"), Some("a"), Some("c")]));
}

proptest! {
    /// Whoever gets a case by load has, of all who see the customer, least; so from equal desks nobody gets two more than
    /// another.
    #[test]
    fn work_is_spread_evenly(
        loads in prop::collection::vec(0u64..6, 1..6),
        sees in prop::collection::vec(any::<bool>(), 6),
        owned in prop::collection::vec(any::<bool>(), 1..40),
    ) {
        let scope = |all: bool| if all { Scope::All } else { mine(&["wang"]) };
        let hands: Vec<Hand> = loads
            .iter()
            .enumerate()
            .map(|(at, load)| hand(&format!("h{at}"), "service", *load, scope(sees[at])))
            .collect();
        let names: Vec<String> = (0..owned.len()).map(|at| format!("C{at:02}")).collect();
        let owners: Vec<(&str, &str)> =
            names.iter().zip(&owned).filter(|(_, owned)| **owned).map(|(name, _)| (name.as_str(), "wang")).collect();
        let firm = Firm::of(hands, &owners);
        let cases: Vec<(&str, Severity)> = names.iter().map(|name| (name.as_str(), W)).collect();
        let given = firm.given(&ruled(vec![line(HandTo::Role("service".to_owned()))]), &cases);
        let mut now = loads.clone();
        for (given, owned) in given.iter().zip(&owned) {
            let fits: Vec<usize> = (0..loads.len()).filter(|at| sees[*at] || *owned).collect();
            let least = fits.iter().map(|at| now[*at]).min();
            match given {
                None => prop_assert!(fits.is_empty()),
                Some(desk) => {
                    let got: usize = desk[1..].parse().unwrap();
                    prop_assert!(fits.contains(&got) && Some(now[got]) == least);
                    now[got] += 1;
                }
            }
        }
    }
}
