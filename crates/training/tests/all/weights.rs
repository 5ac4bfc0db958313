//! Weights of a scorecard are learnt where the outcomes carry it, left alone where they say no better, and refused where they
//! are too few.

use facts::StoredFact;
use scores::ScoreBook;
use training::train::TrainSpec;
use training::train::weights::{Better, LearntWeights, Weighing, learn};
use vocab::{AsOf, Horizon};

use crate::efficacy::{at, catalog, churn};
use crate::train::{AS_OF, CANCELLED, firm, read};

const HEAD: &str = "id = \"card\"\nname = { zh = \"卡\", en = \"Card\" }\nabout = { zh = \"关于\", en = \"about\" }\nbase = 50\n\
     bands = { low = 70, medium = 50, high = 30 }\nmin_coverage = 0.3\n[[dimension]]\nid = \"use\"\n\
     name = { zh = \"使用\", en = \"Use\" }\nweight = 1\n";

/// A scorecard of visits, of noise, and of what a person says.
fn book(visit: f64, noise: f64) -> String {
    let measure = |what: &str, weight: f64, curve: &str| {
        format!("[[dimension.measure]]\n{what}\nweight = {weight}\ncurve = {curve}\n")
    };
    let said = "pulse = \"mood\"\nname = { zh = \"印象\", en = \"Mood\" }";
    let parts = [
        measure("indicator = \"visit\"", visit, "[[0, 0], [8, 100]]"),
        measure("indicator = \"noise\"", noise, "[[0, 0], [6, 100]]"),
        measure(said, 10.0, "[[1, 0], [5, 100]]"),
    ];
    format!("{HEAD}{}", parts.concat())
}

fn weighed(facts: &[StoredFact], book: &str, threads: usize) -> Weighing {
    let counts = ["visit", "noise"].map(|id| (id, format!("{{ kind = \"event\", name = \"{}\" }}", named(id))));
    let counts: Vec<(&str, &str, &str)> = counts.iter().map(|(id, of)| (*id, of.as_str(), "lower")).collect();
    let (catalog, churn) = (catalog(&counts), churn(CANCELLED));
    let book = ScoreBook::parse("card.toml", book, &catalog).unwrap_or_else(|findings| panic!("{findings:#?}"));
    let (as_of, horizon) = (AsOf(at(AS_OF)), Horizon { days: 30 });
    let spec = TrainSpec { catalog: &catalog, churn: &churn, as_of, horizon, seed: 7, threads };
    read(facts, &spec, |past, later, moments| learn(past, later, moments, &book, &spec, &|_| true).unwrap())
}

fn named(id: &str) -> String {
    id[..1].to_uppercase() + &id[1..]
}

fn learnt(weighing: Weighing) -> Box<LearntWeights> {
    weighing.verdict.unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

#[test]
fn what_foretells_leaving_gains_weight_and_does_better_on_later_months() {
    let facts = firm(300, 160, true);
    let found = learnt(weighed(&facts, &book(10.0, 80.0), 2));
    let of = |id: &str| found.measures.iter().find(|one| one.id == id).unwrap();
    assert!(of("visit").suggested > 0.5 && of("visit").suggested > 3.0 * of("visit").hand, "{:?}", found.measures);
    assert!(of("noise").suggested < of("noise").hand && of("noise").suggested > 0.0, "{:?}", found.measures);
    let unlearnt: Vec<Option<&str>> = found.measures.iter().map(|one| one.unlearnt).collect();
    assert_eq!(unlearnt, [None, None, Some("said_by_people")], "what people say is no fact of the past");
    let whole: f64 = found.measures.iter().map(|one| one.suggested).sum();
    assert!((whole - 1.0).abs() < 1e-9, "{:?}", found.measures);
    assert_eq!(found.better, Better::Suggested, "{found:?}");
    assert!(found.difference.low > 0.0 && found.suggested.auc.value > found.hand.auc.value, "{found:?}");
    let difference = found.suggested.auc.value - found.hand.auc.value;
    assert!((found.difference.value - difference).abs() < 1e-12);
    assert_eq!(found.hand.leavers, found.suggested.leavers);
    assert!(
        found.suggested.caught >= found.hand.caught && found.suggested.caught <= found.suggested.warned,
        "{found:?}"
    );
    // The weights as they are were among those tried, and what was chosen did best where it was chosen.
    let best = found.losses.iter().map(|(_, loss)| *loss).fold(f64::INFINITY, f64::min);
    let chosen = found.losses.iter().find(|(strength, _)| *strength == found.strength).unwrap();
    assert!(found.losses[0].0.is_none() && chosen.1 == best && best < found.losses[0].1, "{:?}", found.losses);
    let told_at = |last: AsOf| last.instant().plus_days(30);
    let chosen = found.chosen.unwrap();
    assert!(
        told_at(found.learnt.last) <= chosen.first.instant() && told_at(chosen.last) <= found.tested.first.instant()
    );
    assert_eq!(learnt(weighed(&facts, &book(10.0, 80.0), 1)), found, "the number of threads changes nothing");
}

#[test]
fn weights_that_are_right_already_are_said_to_be_no_worse() {
    let found = learnt(weighed(&firm(300, 160, true), &book(90.0, 1.0), 2));
    assert_eq!(found.better, Better::Neither, "{found:?}");
    assert!(found.difference.low <= 0.0 && found.difference.high >= 0.0, "{:?}", found.difference);
    assert!(found.sentence.zh.starts_with("不比现在的权重好") && found.sentence.en.starts_with("no better than yours"));
}

#[test]
fn where_nothing_tells_who_leaves_no_weight_is_called_better() {
    let found = learnt(weighed(&firm(260, 140, false), &book(50.0, 50.0), 2));
    assert_ne!(found.better, Better::Suggested, "{found:?}");
}

#[test]
fn fifteen_leavers_are_too_few_and_it_is_said_how_many_are_missing() {
    let weighing = weighed(&firm(60, 15, true), &book(50.0, 50.0), 1);
    let refusal = weighing.verdict.expect_err("too few");
    assert_eq!(refusal.code, "too_few_leavers");
    let (more, zh) = (weighing.readiness.more_leavers, refusal.detail.zh);
    assert!(more >= 15 && zh.contains(&format!("还差 {more} 位")), "{zh}");
}
