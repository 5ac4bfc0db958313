//! A model is learnt where history carries one, judged on months it has not seen, and refused in words where it does not.

use facts::{FactBatch, Facts, Options, StoredFact};
use training::train::{HorizonModel, Learnt, TrainSpec, Trained, train};
use vocab::{AsOf, Horizon, Instant, Kind};

use crate::efficacy::{at, catalog, churn, fact};

const CANCELLED: &str = "[[gone_when]]\n[gone_when.cancellation]\nof = [{ kind = \"event\", name = \"Cancelled\" }]\n\
     undone_by = [{ kind = \"event\", name = \"Subscription Started\" }]\n";
const BEGIN: &str = "2024-01-01";
const AS_OF: &str = "2025-07-01";
const DAYS: i64 = 547;

/// A number in `[0, 1)` of two numbers.
fn luck(one: i64, other: i64) -> f64 {
    let mixed = (one as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (other as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 29)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Customers of whom the first `leavers` cancel, spread over the history. Everybody visits about every fifth day; with
/// `sign`, whoever leaves only every fifteenth for the seven weeks before. A form is filled in on leaving, and dated back.
fn firm(customers: i64, leavers: i64, sign: bool) -> Vec<StoredFact> {
    let begin = at(BEGIN);
    let mut facts = Vec::new();
    for customer in 0..customers {
        let id = format!("C{customer:03}");
        let ends = (customer < leavers).then(|| 70 + (470.0 * luck(customer, 1)) as i64);
        let mut tell = |name: &str, at: Instant| {
            facts.push(fact(facts.len() as u64, &id, Kind::Event, name, at));
        };
        tell("Joined", begin);
        for day in (1..DAYS).filter(|day| ends.is_none_or(|ends| *day < ends)) {
            let fades = sign && ends.is_some_and(|ends| day >= ends - 49);
            if luck(customer, 1_000 + day) < if fades { 1.0 / 15.0 } else { 0.2 } {
                tell("Visit", begin.plus_days(day));
            }
            if luck(customer, 10_000 + day) < 0.1 {
                tell("Noise", begin.plus_days(day));
            }
        }
        if let Some(ends) = ends {
            tell("Exit Form", begin.plus_days(ends - 33));
            tell("Exit Form", begin.plus_days(ends - 20));
            tell("Cancelled", begin.plus_days(ends));
        }
    }
    facts
}

fn trained(facts: &[StoredFact], names: &[&str], threads: usize) -> Trained {
    let counts: Vec<(String, String)> = names
        .iter()
        .map(|name| (name.to_lowercase().replace(' ', "_"), format!("{{ kind = \"event\", name = \"{name}\" }}")))
        .collect();
    let counts: Vec<(&str, &str, &str)> = counts.iter().map(|(id, of)| (id.as_str(), of.as_str(), "none")).collect();
    let (catalog, churn, as_of) = (catalog(&counts), churn(CANCELLED), AsOf(at(AS_OF)));
    let spec = TrainSpec { catalog: &catalog, churn: &churn, as_of, horizon: Horizon { days: 30 }, seed: 7, threads };
    let folder = tempfile::tempdir().unwrap();
    let lake = Facts::open(folder.path(), Options::default()).unwrap();
    let batch = FactBatch { facts: facts.iter().map(|one| one.fact.clone()).collect(), ..FactBatch::default() };
    lake.load(batch, at("2025-08-01")).unwrap();
    let past = lake.as_of(as_of).frame(&spec.want()).unwrap();
    let moments = spec.moments(&past);
    let days = as_of.instant().days_since(moments[0].instant()) as u32;
    let later = lake.after(moments[0], Horizon { days }).unwrap();
    train(&past, &later, moments, &spec, &|_| true).unwrap()
}

fn learnt(trained: Trained) -> Box<Learnt> {
    trained.verdict.unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

#[test]
fn fifteen_leavers_are_too_few_and_it_is_said_how_many_are_missing() {
    let trained = trained(&firm(60, 15, true), &["Visit"], 1);
    let ready = &trained.readiness;
    assert_eq!((ready.stage.as_str(), ready.is_ready), ("scorecard", false));
    assert!((10..=15).contains(&ready.leavers), "who left before the first look was not looked at: {ready:?}");
    assert_eq!(ready.leavers + ready.more_leavers, 30);
    let refusal = trained.verdict.unwrap_err();
    assert_eq!(refusal.code, "too_few_leavers");
    assert!(refusal.detail.zh.contains(&format!("还差 {} 位", ready.more_leavers)), "{refusal:?}");
}

#[test]
fn what_has_nothing_to_do_with_leaving_is_no_usable_signal() {
    let trained = trained(&firm(200, 120, false), &["Visit", "Noise"], 2);
    assert!(trained.readiness.is_ready, "{:?}", trained.readiness);
    assert_eq!(trained.verdict.unwrap_err().code, "no_usable_signal");
}

#[test]
fn a_sign_is_learnt_a_leak_is_named_and_the_model_is_the_same_on_any_number_of_threads() {
    let facts = firm(200, 120, true);
    let names = ["Visit", "Noise", "Exit Form"];
    let learnt_by_two = learnt(trained(&facts, &names, 2));
    let fit = learnt_by_two.reported(Horizon { days: 30 }).unwrap();
    assert!(fit.figures.auc.low > 0.6, "{:?}", fit.figures);
    assert!(fit.figures.log_loss.value < fit.figures.base_log_loss, "{:?}", fit.figures);
    let kept: Vec<&str> = learnt_by_two.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(kept[0], "visit", "{kept:?}");
    let aside = learnt_by_two.set_aside.iter().find(|one| one.name == "exit_form").unwrap();
    assert_eq!(aside.code, "leak", "{aside:?}");
    // Each stretch begins when everything before it had been told.
    for fit in &learnt_by_two.fits {
        let told_at = |last: AsOf| last.instant().plus_days(i64::from(fit.horizon.days));
        let mut before = fit.learnt.last;
        for stretch in fit.weighed.iter().chain([&fit.tested]) {
            assert!(told_at(before) <= stretch.first.instant(), "{fit:?}");
            before = stretch.last;
        }
        assert!(told_at(fit.tested.last) <= at(AS_OF), "{fit:?}");
    }
    for row in &learnt_by_two.judged {
        assert!(row.probabilities.windows(2).all(|pair| pair[0] <= pair[1]), "{row:?}");
    }
    let bytes = learnt_by_two.model.bytes();
    let by_one = learnt(trained(&facts, &names, 1));
    assert_eq!((by_one.model.bytes(), by_one.digest), (bytes.clone(), learnt_by_two.digest));
    assert_eq!(by_one.judged, learnt_by_two.judged);
    let read = HorizonModel::from_bytes(&bytes).unwrap();
    let value = |place: usize| [3.0, f64::NAN, 1.0][place.min(2)];
    assert_eq!(read.probabilities(value), learnt_by_two.model.probabilities(value), "read back, bit for bit");
    assert!(HorizonModel::from_bytes(&bytes[..bytes.len() - 1]).is_none());
}
