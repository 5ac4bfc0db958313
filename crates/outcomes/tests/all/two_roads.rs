//! A second road to every state and month: look at the facts afresh at each moment, remembering nothing.

use std::collections::BTreeMap;

use facts::{Fact, StoredFact};
use outcomes::{ChurnDefinition, Lifetimes, State, months, states};
use proptest::prelude::*;
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, MessageId, Zone};

use crate::told::{as_of, at, definition, frame_of};

pub(crate) const HALF_DAY: i64 = 43_200_000_000;

/// What the random firms are judged by; the days are short so that much happens.
fn definitions() -> Vec<ChurnDefinition> {
    let inactive = "[[gone_when]]\ninactivity = { days = 12 }\n";
    let no_order = "[[gone_when]]\nno_order = { days = 15 }\n";
    let contract = "[[gone_when]]\ncontract_end = { grace_days = 5 }\n";
    let cancelled = "[[gone_when]]\ncancellation = { of = { kind = \"contract\", name = \"Contract Cancelled\" }, undone_by = { kind = \"order\" } }\n";
    let own_gap = "[[gone_when]]\npurchase_gap = { times = 2, least_days = 4, most_days = 20 }\n";
    [
        inactive,
        no_order,
        own_gap,
        contract,
        cancelled,
        &format!("{contract}{cancelled}"),
        &format!("{no_order}{contract}{cancelled}"),
        &format!("{own_gap}{cancelled}"),
    ]
    .iter()
    .map(|rules| definition(&format!("{rules}\n")))
    .collect()
}

/// One fact: customer, sort, when it happened and how much later it was known (both in half days), and a number.
pub(crate) type Draw = (u8, u8, i64, i64, i64);

pub(crate) fn draws() -> impl Strategy<Value = Vec<Draw>> {
    let known_later = prop_oneof![3 => Just(0i64), 1 => 0i64..60];
    prop::collection::vec((0u8..4, 0u8..7, 0i64..220, known_later, 0i64..40), 1..40)
}

pub(crate) fn stored(draws: &[Draw]) -> Vec<StoredFact> {
    let start = at("2025-01-20");
    let zone = Zone::default();
    draws
        .iter()
        .enumerate()
        .map(|(number, (customer, sort, happened, later, amount))| {
            let occurred_at = start.plus_micros(happened * HALF_DAY);
            let (kind, name) = match sort {
                0 => (Kind::Event, "Logged In"),
                1 => (Kind::Order, "Order Completed"),
                2 => (Kind::Order, "Order Cancelled"),
                3 => (Kind::Contract, "Contract Signed"),
                4 => (Kind::Contract, "Contract Cancelled"),
                5 => (Kind::Touch, "Call Made"),
                _ => (Kind::Trait, "Traits Changed"),
            };
            let mut fact = Fact::new(format!("C{customer}"), kind, name, occurred_at);
            fact.known_at = Some(occurred_at.plus_micros(later * HALF_DAY));
            match name {
                "Order Completed" => fact.value = Some(Amount::from_millionths(5)),
                "Order Cancelled" => fact.value = Some(Amount::from_millionths(-5)),
                "Contract Signed" => {
                    let end = zone.date(occurred_at.plus_days(*amount));
                    fact.properties.insert("end_on".to_owned(), Some(end));
                    if amount % 3 != 0 {
                        fact.properties.insert("contract_id".to_owned(), Some((amount % 2).to_string()));
                    }
                }
                _ => {}
            }
            fact.message_id = MessageId::new(number.to_string());
            StoredFact { number: number as u64, recorded_at: occurred_at, fact }
        })
        .collect()
}

/// The naive judge: from the facts of one customer that had happened before `s`, is it gone at `s`?
struct Naive<'a> {
    facts: Vec<&'a Fact>,
    /// Everybody's first fact that a rule of silence looks at.
    watched_since: BTreeMap<&'static str, Option<Instant>>,
}

pub(crate) fn is_activity(fact: &Fact) -> bool {
    matches!(fact.kind, Kind::Event | Kind::Order) || fact.name == "Contract Signed"
}

fn is_order(fact: &Fact) -> bool {
    fact.kind == Kind::Order && fact.value.is_none_or(|value| value >= Amount::ZERO)
}

impl<'a> Naive<'a> {
    fn new(facts: &'a [StoredFact], as_of: AsOf) -> Self {
        let t = as_of.instant();
        let mut visible: Vec<&StoredFact> =
            facts.iter().filter(|one| one.known_at() < t && one.fact.occurred_at < t).collect();
        visible.sort_by_key(|one| (one.fact.occurred_at, one.number));
        let facts: Vec<&Fact> = visible.into_iter().map(|one| &one.fact).collect();
        let first =
            |takes: fn(&Fact) -> bool| facts.iter().filter(|fact| takes(fact)).map(|fact| fact.occurred_at).min();
        let watched_since = BTreeMap::from([("activity", first(is_activity)), ("order", first(is_order))]);
        Self { facts, watched_since }
    }

    fn customers(&self) -> Vec<CustomerId> {
        let mut all: Vec<CustomerId> = self.facts.iter().filter_map(|fact| fact.customer_id.clone()).collect();
        all.sort();
        all.dedup();
        all
    }

    fn before(&self, customer: &CustomerId, s: Instant) -> Vec<&'a Fact> {
        let own = self.facts.iter().copied().filter(|fact| fact.customer_id.as_ref() == Some(customer));
        own.filter(|fact| fact.occurred_at < s).collect()
    }

    fn silent(&self, facts: &[&Fact], takes: fn(&Fact) -> bool, word: &str, days: i64, s: Instant) -> bool {
        let Some(since) = self.watched_since[word] else { return false };
        let last = facts.iter().filter(|fact| takes(fact)).map(|fact| fact.occurred_at).max();
        last.unwrap_or(facts[0].occurred_at.max(since)).plus_days(days) < s
    }

    /// Twice the middle of the customer's own gaps, from 4 to 20 days; 20 until there are three gaps.
    fn out_of_rhythm(&self, facts: &[&Fact], s: Instant) -> bool {
        let Some(since) = self.watched_since["order"] else { return false };
        let orders: Vec<Instant> = facts.iter().filter(|fact| is_order(fact)).map(|fact| fact.occurred_at).collect();
        let pairs = orders.iter().zip(orders.iter().skip(1));
        let mut gaps: Vec<i64> = pairs.map(|(one, next)| next.micros() - one.micros()).collect();
        gaps.retain(|gap| *gap >= 2 * HALF_DAY);
        gaps.sort_unstable();
        let count = gaps.len();
        let twice_the_middle = match count {
            0..3 => i64::MAX,
            _ if count % 2 == 1 => 2 * gaps[count / 2],
            _ => gaps[count / 2 - 1] + gaps[count / 2],
        };
        let patience = twice_the_middle.clamp(8 * HALF_DAY, 40 * HALF_DAY);
        orders.last().copied().unwrap_or(facts[0].occurred_at.max(since)).plus_micros(patience) < s
    }

    fn contract_over(&self, facts: &[&Fact], grace: i64, s: Instant) -> bool {
        let zone = Zone::default();
        let mut ends: BTreeMap<String, Instant> = BTreeMap::new();
        for fact in facts {
            if let Some(Some(end)) = fact.properties.get("end_on") {
                let over = zone.parse(end).unwrap().plus_days(1);
                match fact.properties.get("contract_id") {
                    Some(Some(id)) => {
                        ends.insert(id.clone(), over);
                    }
                    _ => {
                        let unnamed = ends.entry(String::new()).or_insert(over);
                        *unnamed = over.max(*unnamed);
                    }
                }
            }
        }
        ends.values().max().is_some_and(|end| end.plus_days(grace) < s)
    }

    fn cancelled(&self, facts: &[&Fact]) -> bool {
        facts.iter().fold(false, |gone, fact| (gone || fact.name == "Contract Cancelled") && fact.kind != Kind::Order)
    }

    /// `None` before it was first seen.
    fn is_gone(&self, rule: &str, customer: &CustomerId, s: Instant) -> Option<bool> {
        let facts = self.before(customer, s);
        if facts.is_empty() {
            return None;
        }
        Some(rule.split(" or ").any(|one| match one {
            "inactivity 12d" => self.silent(&facts, is_activity, "activity", 12, s),
            "no order 15d" => self.silent(&facts, is_order, "order", 15, s),
            "contract end + 5d" => self.contract_over(&facts, 5, s),
            "no order 2 gaps 4..20d" => self.out_of_rhythm(&facts, s),
            "cancellation" => self.cancelled(&facts),
            other => panic!("{other}"),
        }))
    }
}

/// A moment just after every half day: whatever changes, changes at a half day.
pub(crate) fn grid(from: Instant, to: Instant) -> impl Iterator<Item = Instant> {
    let halves = (to.micros() - from.micros()) / HALF_DAY;
    (0..halves).map(move |half| from.plus_micros(half * HALF_DAY + 1))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_state_at_every_moment_is_what_a_fresh_look_says(draws in draws(), half in 100i64..320) {
        let facts = stored(&draws);
        let as_of = AsOf(at("2025-01-20").plus_micros(half * HALF_DAY + 1));
        let frame = frame_of(&facts, as_of);
        let naive = Naive::new(&facts, as_of);
        for definition in definitions() {
            let lives = Lifetimes::of(&frame, &definition, as_of);
            prop_assert_eq!(lives.customers(), naive.customers());
            let rule = definition.rule.to_string();
            for customer in lives.customers() {
                let life = lives.life(customer).unwrap();
                for s in grid(at("2025-01-20"), as_of.instant()).chain([as_of.instant()]) {
                    let ours = life.state(s, 30).map(|state| matches!(state, State::Gone { .. }));
                    prop_assert_eq!(ours, naive.is_gone(&rule, customer, s), "{} at {} by {}", customer, s, rule);
                }
            }
        }
    }

    #[test]
    fn a_month_counts_who_was_there_and_then_was_not(draws in draws(), half in 100i64..320) {
        let facts = stored(&draws);
        let as_of = AsOf(at("2025-01-20").plus_micros(half * HALF_DAY + 1));
        let frame = frame_of(&facts, as_of);
        let naive = Naive::new(&facts, as_of);
        for definition in definitions() {
            let rule = definition.rule.to_string();
            for month in months(&frame, &definition, as_of, 24) {
                let there: Vec<CustomerId> = naive.customers().into_iter()
                    .filter(|customer| naive.is_gone(&rule, customer, month.start) == Some(false)).collect();
                prop_assert_eq!(month.at_start, there.len() as u64);
                let end = month.end.min(as_of.instant());
                let left: Vec<CustomerId> = there.into_iter()
                    .filter(|customer| grid(month.start, month.end).filter(|s| *s <= end).chain([end])
                        .any(|s| naive.is_gone(&rule, customer, s) == Some(true)))
                    .collect();
                let mut ours: Vec<CustomerId> = month.left.iter().map(|left| left.customer.clone()).collect();
                ours.sort();
                prop_assert_eq!(ours, left, "{} by {}", month.start, rule);
            }
        }
    }

    #[test]
    fn every_customer_is_current_or_too_new_or_gone(draws in draws(), half in 0i64..320) {
        let facts = stored(&draws);
        let when = AsOf(at("2025-01-20").plus_micros(half * HALF_DAY));
        let frame = frame_of(&facts, when);
        for definition in definitions() {
            let states = states(&frame, &definition, when);
            let counts = states.counts();
            prop_assert_eq!(counts.current + counts.too_new + counts.gone, states.customers().len() as u64);
            prop_assert_eq!(states.customers(), Naive::new(&facts, when).customers());
        }
    }

    #[test]
    fn what_is_known_later_changes_no_earlier_answer(draws in draws(), more in draws(), half in 1i64..300) {
        let when = AsOf(at("2025-01-20").plus_micros(half * HALF_DAY));
        let mut all = draws.clone();
        // Told after the moment, whenever it happened.
        all.extend(more.iter().map(|(customer, sort, happened, later, amount)| {
            (*customer, *sort, *happened, (*later).max(half - happened), *amount)
        }));
        let short = frame_of(&stored(&draws), when);
        let long = frame_of(&stored(&all), as_of("2026-01-01"));
        for definition in definitions() {
            prop_assert_eq!(states(&short, &definition, when), states(&long, &definition, when));
            prop_assert_eq!(months(&short, &definition, when, 24), months(&long, &definition, when, 24));
        }
    }
}
