//! A model is learnt where history carries one, judged on months it has not seen, and refused in words where it does not.

use facts::{FactBatch, FactFrame, Facts, Hindsight, Options, StoredFact};
use training::train::{HorizonModel, Learnt, RowUse, TrainSpec, Trained, train};
use vocab::{AsOf, Horizon, Instant, Kind};

use crate::efficacy::{at, catalog, churn, fact};

pub(crate) const CANCELLED: &str = "[[gone_when]]\n[gone_when.cancellation]\nof = [{ kind = \"event\", name = \"Cancelled\" }]\n\
     undone_by = [{ kind = \"event\", name = \"Subscription Started\" }]\n";
const BEGIN: &str = "2024-01-01";
pub(crate) const AS_OF: &str = "2025-07-01";
const DAYS: i64 = 547;

/// A number in `[0, 1)` of two numbers.
fn luck(one: i64, other: i64) -> f64 {
    let mixed = (one as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (other as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 29)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Customers of whom the first `leavers` cancel, spread over the history. Everybody visits about every fifth day; with
/// `sign`, whoever leaves only every fifteenth for the seven weeks before. A form is filled in on leaving, and dated back.
pub(crate) fn firm(customers: i64, leavers: i64, sign: bool) -> Vec<StoredFact> {
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
    read(facts, &spec, |past, later, moments| train(past, later, moments, &spec, &|_| true).unwrap())
}

/// The past of some facts as a training reads it.
pub(crate) fn read<T>(
    facts: &[StoredFact],
    spec: &TrainSpec<'_>,
    work: impl FnOnce(&FactFrame, &Hindsight, Vec<AsOf>) -> T,
) -> T {
    let folder = tempfile::tempdir().unwrap();
    let lake = Facts::open(folder.path(), Options::default()).unwrap();
    let batch = FactBatch { facts: facts.iter().map(|one| one.fact.clone()).collect(), ..FactBatch::default() };
    lake.load(batch, at("2025-08-01")).unwrap();
    let past = lake.as_of(spec.as_of).frame(&spec.want()).unwrap();
    let moments = spec.moments(&past);
    let days = spec.as_of.instant().days_since(moments[0].instant()) as u32;
    let later = lake.after(moments[0], Horizon { days }).unwrap();
    work(&past, &later, moments)
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
    let by_two = trained(&facts, &names, 2);
    let rows = by_two.rows.clone();
    let learnt_by_two = learnt(by_two);
    let fit = learnt_by_two.reported(Horizon { days: 30 }).unwrap();
    // Every row says what it was for, and the rows of a use are those of its stretch.
    let of = |asked: RowUse| rows.uses.iter().filter(|one| **one == asked).count() as u64;
    let weighed = fit.weighed.map_or(0, |weighed| weighed.rows);
    assert_eq!(
        (of(RowUse::Learnt), of(RowUse::Weighed), of(RowUse::Judged)),
        (fit.learnt.rows, weighed, fit.tested.rows)
    );
    assert_eq!(of(RowUse::Learnt) + of(RowUse::Between) + of(RowUse::Weighed), fit.told.rows);
    assert!(fit.told.last.instant().plus_days(30) <= fit.tested.first.instant(), "{fit:?}");
    for (row, _) in rows.frame.rows.iter().zip(&rows.uses).filter(|(_, of)| **of == RowUse::Judged) {
        assert!(rows.frame.moments[row.moment].at >= fit.tested.first, "{row:?}");
    }
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
    // What the columns add sums to the log odds, on every row that was explained and on rows that nobody saw.
    let place = learnt_by_two.model.horizons().iter().position(|one| one.days == 30).unwrap();
    let (model, explainer) = (learnt_by_two.model.model(place), learnt_by_two.model.explainer(place));
    let columns = learnt_by_two.model.columns();
    let place_of = |name: &String| learnt_by_two.indicators.iter().position(|one| one == name).unwrap();
    let rows: Vec<Vec<f64>> = learnt_by_two
        .judged
        .iter()
        .filter_map(|row| row.looked.as_ref())
        .map(|looked| columns.iter().map(|name| looked.values[place_of(name)].unwrap_or(f64::NAN)).collect())
        .chain([vec![f64::NAN; columns.len()], vec![1e6; columns.len()], vec![-3.0; columns.len()]])
        .collect();
    for row in &rows {
        let explained = explainer.explain(row);
        let margin = model.margin(|column| row[column]);
        assert!((explained.margin() - margin).abs() < 1e-9, "{} for {margin}", explained.margin());
    }
    let looked: Vec<_> = learnt_by_two.judged.iter().filter_map(|row| row.looked.as_ref()).collect();
    assert_eq!(looked.len(), learnt_by_two.judged.iter().filter(|row| row.left).count());
    let (told, row) = (&looked[0].contributions, &rows[0]);
    assert_eq!(*told, explainer.explain(row).contributions, "what was looked at is what is explained");
    let read = HorizonModel::from_bytes(&bytes).unwrap();
    let value = |place: usize| [3.0, f64::NAN, 1.0][place.min(2)];
    assert_eq!(read.probabilities(value), learnt_by_two.model.probabilities(value), "read back, bit for bit");
    assert!(HorizonModel::from_bytes(&bytes[..bytes.len() - 1]).is_none());
}

/// A model that an earlier version kept, and what it said then, number by number.
#[test]
fn a_model_kept_on_disk_says_the_identical_numbers_for_ever() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kept");
    let file = format!("{folder}/horizon_model_1.bin");
    let rows: Vec<[f64; 2]> = [[0.0, 3.0], [2.0, 0.0], [7.0, f64::NAN], [f64::NAN, f64::NAN], [30.0, 12.0]].to_vec();
    let said = |model: &HorizonModel| -> Vec<String> {
        let row = |row: &[f64; 2]| {
            let said = model.probabilities(|column| row[column.min(1)]);
            said.iter().map(|p| format!("{:016x}", p.to_bits())).collect::<Vec<String>>().join(" ")
        };
        rows.iter().map(row).collect()
    };
    let told = format!("{folder}/horizon_model_1.txt");
    // Written once: what has been kept is never written again.
    if std::env::var_os("LIUKE_UPDATE").is_some() && !std::path::Path::new(&file).exists() {
        let model = learnt(trained(&firm(120, 70, true), &["Visit", "Noise"], 2)).model;
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(&file, model.bytes()).unwrap();
        std::fs::write(&told, said(&model).join("\n") + "\n").unwrap();
    }
    let model = HorizonModel::from_bytes(&std::fs::read(&file).unwrap()).unwrap();
    let kept = std::fs::read_to_string(&told).unwrap();
    assert_eq!(said(&model), kept.lines().collect::<Vec<&str>>());
    assert_eq!(model.bytes(), std::fs::read(&file).unwrap(), "and is written as it was");
}
