//! Signals are told from luck, and foresight from what gives the answer away.

use facts::{Fact, FactFrame, StoredFact};
use indicators::Catalog;
use outcomes::ChurnDefinition;
use training::efficacy::{Direction, EfficacyReport, Question, Verdict, candidates, efficacy};
use vocab::{AsOf, CustomerId, Instant, Kind, MessageId, Zone};

const DAY: i64 = 86_400_000_000;

/// Chance from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn zone() -> Zone {
    Zone::default()
}

pub(crate) fn at(text: &str) -> Instant {
    zone().parse(text).unwrap()
}

pub(crate) fn fact(number: u64, customer: &str, kind: Kind, name: &str, at: Instant) -> StoredFact {
    let mut fact = Fact::new("", kind, name, at);
    fact.customer_id = Some(CustomerId::new(customer));
    fact.message_id = MessageId::from(format!("row {number}"));
    fact.known_at = Some(at);
    StoredFact { number, recorded_at: at, fact }
}

pub(crate) fn catalog(counts: &[(&str, &str, &str)]) -> Catalog {
    let mut text = String::new();
    for (id, of, worse) in counts {
        text.push_str(&format!(
            "[[indicator]]\nid = \"{id}\"\nname = {{ zh = \"{id}次数\", en = \"{id} count\" }}\n\
             question = {{ zh = \"几次？\", en = \"How often?\" }}\ncategory = \"behaviour\"\nof = {of}\n\
             measure = \"count\"\nwindow = \"28d\"\nunit = \"count\"\nworse = \"{worse}\"\nwhen_absent = \"zero\"\n\n"
        ));
    }
    Catalog::parse(&[("test.toml".to_owned(), text)]).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

pub(crate) fn churn(text: &str) -> ChurnDefinition {
    let words =
        "id = \"c\"\nname = { zh = \"名\", en = \"n\" }\nsentence = { zh = \"句\", en = \"s\" }\ntoo_new_days = 30\n";
    ChurnDefinition::parse("c.toml", &format!("{words}{text}")).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

const CANCELLED: &str = "[[gone_when]]\n[gone_when.cancellation]\nof = [{ kind = \"event\", name = \"Cancelled\" }]\n\
     undone_by = [{ kind = \"event\", name = \"Subscription Started\" }]\n";

pub(crate) fn asked(facts: &[StoredFact], catalog: &Catalog, churn: &ChurnDefinition, as_of: &str) -> EfficacyReport {
    let question = Question { catalog, churn, as_of: AsOf(at(as_of)), horizon: None };
    let frame = FactFrame::of(facts, &[], &question.want(), question.as_of, &zone());
    efficacy(&frame, &question, &|_| {})
}

/// A firm of 600 customers over two years. Each has its own rate of visits and of noise; who visits less than once in
/// four weeks is four times as likely to cancel. Before cancelling, a form is filled in, dated a month back.
fn firm() -> Vec<StoredFact> {
    let mut chance = Chance(11);
    let (begin, days) = (at("2024-01-01"), 730);
    let mut facts = Vec::new();
    for customer in 0..600 {
        let id = format!("C{customer:03}");
        let rate = if chance.uniform() < 0.4 { 0.02 } else { 0.15 };
        let mut ends = None;
        for day in 0..days {
            let moment = begin.plus_micros(day * DAY + (chance.uniform() * DAY as f64) as i64);
            let mut tell = |name: &str, at: Instant| facts.push(fact(facts.len() as u64, &id, Kind::Event, name, at));
            if day == 0 {
                tell("Joined", moment);
            }
            if chance.uniform() < rate {
                tell("Visit", moment);
            }
            for noise in 0..6 {
                if chance.uniform() < 0.05 {
                    tell(&format!("Noise {noise}"), moment);
                }
            }
            let hazard = if rate < 0.1 { 0.0016 } else { 0.0004 };
            if day > 60 && chance.uniform() < hazard {
                // What the form says was known, by its date, a month before: the trap.
                tell("Exit Form", moment.plus_days(-27));
                tell("Exit Form", moment.plus_days(-55));
                tell("Cancelled", moment);
                ends = Some(day);
            }
            if ends.is_some() {
                break;
            }
        }
    }
    facts
}

#[test]
fn a_signal_is_found_luck_is_not_and_what_gives_the_answer_away_is_named() {
    let facts = firm();
    let names = ["Visit", "Noise 0", "Noise 1", "Noise 2", "Noise 3", "Noise 4", "Noise 5", "Exit Form"];
    let selectors: Vec<String> =
        names.iter().map(|name| format!("{{ kind = \"event\", name = \"{name}\" }}")).collect();
    let ids: Vec<String> = names.iter().map(|name| name.to_lowercase().replace(' ', "_")).collect();
    let counts: Vec<(&str, &str, &str)> =
        ids.iter().zip(&selectors).map(|(id, of)| (id.as_str(), of.as_str(), "none")).collect();
    let report = asked(&facts, &catalog(&counts), &churn(CANCELLED), "2026-01-01");
    let verdicts: Vec<(&str, Verdict)> = report.indicators.iter().map(|one| (one.id.as_str(), one.verdict)).collect();
    assert_eq!(verdicts[0], ("visit", Verdict::Signal), "{verdicts:?}");
    assert_eq!(verdicts[1], ("exit_form", Verdict::Leak), "{verdicts:?}");
    assert!(verdicts[2..].iter().all(|(_, verdict)| *verdict == Verdict::NoSignal), "{verdicts:?}");
    let visit = report.indicators[0].figures.as_ref().unwrap();
    assert_eq!(visit.direction, Direction::Lower);
    assert!(visit.interval.0 > 0.55 && visit.auc < 0.8, "{visit:?}");
    assert!(visit.lift[0] > 1.3 && visit.lift[9] < 0.8, "{:?}", visit.lift);
    assert!(report.indicators[1].sentence.zh.contains("好得不真实"), "{:?}", report.indicators[1].sentence);
    assert!(report.headline.en.contains("visit count") && report.headline.en.contains("exit_form count"));
}

#[test]
fn a_firm_in_which_too_few_left_is_told_so() {
    let facts: Vec<StoredFact> =
        firm().into_iter().filter(|one| one.fact.customer_id.as_ref().is_some_and(|id| id.as_str() < "C015")).collect();
    let visits = catalog(&[("visit", "{ kind = \"event\", name = \"Visit\" }", "lower")]);
    let report = asked(&facts, &visits, &churn(CANCELLED), "2025-01-01");
    assert!(report.notes.iter().any(|note| note.code == "too_few_leavers"), "{:?}", report.notes);
    assert_eq!(report.indicators[0].verdict, Verdict::TooLittle);
    assert!(report.headline.zh.contains("少于"), "{:?}", report.headline);
}

#[test]
fn every_event_that_no_definition_asks_for_is_tried() {
    let facts = firm();
    let known = catalog(&[("visit", "{ kind = \"event\", name = \"Visit\" }", "lower")]);
    let frame = FactFrame::of(&facts, &[], &known.want(), AsOf(at("2026-01-01")), &zone());
    let text = candidates(&frame, &known).unwrap();
    let found = Catalog::parse(&[("found.toml".to_owned(), text)]).unwrap_or_else(|findings| panic!("{findings:#?}"));
    let ids: Vec<&str> = found.indicators().iter().map(|one| one.id.as_str()).collect();
    assert!(ids.contains(&"event_noise_3_28d") && ids.contains(&"event_exit_form_28d"), "{ids:?}");
    assert!(!ids.iter().any(|id| id.contains("visit")), "{ids:?}");
}
