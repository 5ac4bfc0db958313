//! Training rows say of each moment what was known then, and of what came after what is known now.

use std::collections::BTreeMap;

use facts::{FactBatch, FactFrame, Facts, Options, StoredFact};
use indicators::{Cell, Population, evaluate_at};
use training::frames::{FrameSpec, TrainingFrame, training_frame};
use vocab::{AsOf, CustomerId, Horizon, Instant, Kind, Zone};

use crate::efficacy::{at, catalog, churn, fact};

const CANCELLED: &str = "[[gone_when]]\n[gone_when.cancellation]\nof = [{ kind = \"event\", name = \"Cancelled\" }]\n\
     undone_by = [{ kind = \"event\", name = \"Subscription Started\" }]\n\
     [internal]\ntrait = \"internal\"\nis = \"yes\"\n";
const CUSTOMERS: i64 = 160;
const LEAD_DAYS: u32 = 7;
const HORIZON_DAYS: u32 = 30;

fn leaves_on(customer: i64) -> Option<i64> {
    (customer % 4 == 0).then_some(55 + customer / 4 * 6)
}

/// Of 160 customers every fourth cancels, one after the other. A form is filled in when it cancels, and dated four and five
/// weeks back. Some visits are told late, and one customer is a test.
fn firm() -> Vec<StoredFact> {
    let begin = at("2024-01-01");
    let mut facts: Vec<StoredFact> = Vec::new();
    for customer in 0..CUSTOMERS {
        let id = format!("C{customer:03}");
        let ends = leaves_on(customer);
        let step = 4 + customer % 5;
        let mut tell = |name: &str, at: Instant, late: i64| {
            let mut told = fact(facts.len() as u64, &id, Kind::Event, name, at);
            told.fact.known_at = Some(at.plus_days(late));
            facts.push(told);
        };
        tell("Joined", begin, 0);
        for day in (1 + customer % step..400).step_by(step as usize).filter(|day| ends.is_none_or(|ends| *day < ends)) {
            tell("Visit", begin.plus_days(day), if day % 5 == 0 { 12 } else { 0 });
        }
        if let Some(ends) = ends {
            let left = begin.plus_days(ends);
            tell("Exit Form", left.plus_days(-27), 0);
            tell("Exit Form", left.plus_days(-37), 0);
            tell("Cancelled", left, 0);
        }
        if customer == 3 {
            let mut told = fact(facts.len() as u64, &id, Kind::Trait, "Traits Changed", begin);
            told.fact.properties.insert("internal".to_owned(), Some("yes".to_owned()));
            facts.push(told);
        }
    }
    facts
}

fn moments() -> Vec<AsOf> {
    (0..8).map(|step| AsOf(at("2024-03-01").plus_days(28 * step))).collect()
}

fn framed(facts: &[StoredFact]) -> TrainingFrame {
    let names = ["Visit", "Exit Form"];
    let counts: Vec<(String, String)> = names
        .iter()
        .map(|name| (name.to_lowercase().replace(' ', "_"), format!("{{ kind = \"event\", name = \"{name}\" }}")))
        .collect();
    let counts: Vec<(&str, &str, &str)> = counts.iter().map(|(id, of)| (id.as_str(), of.as_str(), "none")).collect();
    let (catalog, churn) = (catalog(&counts), churn(CANCELLED));
    let spec = FrameSpec {
        catalog: &catalog,
        churn: &churn,
        moments: moments(),
        lead_days: LEAD_DAYS,
        horizons: vec![Horizon { days: HORIZON_DAYS }, Horizon { days: 2 * HORIZON_DAYS }],
    };
    let folder = tempfile::tempdir().unwrap();
    let lake = Facts::open(folder.path(), Options::default()).unwrap();
    let batch = FactBatch { facts: facts.iter().map(|one| one.fact.clone()).collect(), ..FactBatch::default() };
    lake.load(batch, at("2025-02-01")).unwrap();
    let (first, last) = (moments()[0], moments()[7]);
    let past = lake.as_of(last).frame(&spec.want()).unwrap();
    let days = last.instant().days_since(first.instant()) as u32 + spec.reaches()[0].days;
    let told = training_frame(&past, &lake.after(first, Horizon { days }).unwrap(), &spec).unwrap();
    two_roads(facts, &spec, &told);
    told
}

/// Each number again, from a frame that holds nothing that was known at the moment or later.
fn two_roads(facts: &[StoredFact], spec: &FrameSpec<'_>, told: &TrainingFrame) {
    for (moment, counts) in told.moments.iter().enumerate() {
        let known: Vec<StoredFact> = facts.iter().filter(|one| one.known_at() < counts.at.instant()).cloned().collect();
        let then = FactFrame::of(&known, &[], &spec.want(), counts.at, &Zone::default());
        let seen = evaluate_at(&then, spec.catalog, &Population::Everyone, &[counts.at]).remove(0);
        let rows = told.rows.iter().enumerate().filter(|(_, row)| row.moment == moment);
        for (place, row) in rows {
            for column in &told.frame.columns {
                let at = seen.position(&told.customers[row.customer]).unwrap();
                let cell = match seen.cell(at, &column.name) {
                    Cell::Known(value) => value,
                    Cell::Unknown(_) => f64::NAN,
                };
                assert_eq!(column.values[place].to_bits(), cell.to_bits(), "{} at {}", column.name, counts.at);
            }
        }
    }
}

#[test]
fn each_label_lies_after_its_row_and_everybody_is_counted_once() {
    let told = framed(&firm());
    let begin = at("2024-01-01");
    let left_at: BTreeMap<CustomerId, Instant> = (0..CUSTOMERS)
        .filter_map(|one| Some((CustomerId::new(format!("C{one:03}")), begin.plus_days(leaves_on(one)?))))
        .collect();
    for row in &told.rows {
        let t = told.moments[row.moment].at.instant();
        let window = t.plus_days(i64::from(LEAD_DAYS))..t.plus_days(i64::from(LEAD_DAYS + HORIZON_DAYS));
        let left = left_at.get(&told.customers[row.customer]);
        assert_eq!(row.left, left.is_some_and(|at| window.contains(at)), "{} at {t}", told.customers[row.customer]);
        assert!(left.is_none_or(|at| *at >= window.start), "who has left or leaves within the lead is no row");
    }
    let end = told.moments[7].at.instant().plus_days(i64::from(LEAD_DAYS + HORIZON_DAYS));
    for (row, outcome) in told.rows.iter().zip(told.outcomes(1)) {
        let t = told.moments[row.moment].at.instant();
        let window = t.plus_days(i64::from(LEAD_DAYS))..t.plus_days(i64::from(LEAD_DAYS + 2 * HORIZON_DAYS));
        let left = left_at.get(&told.customers[row.customer]).is_some_and(|at| window.contains(at));
        assert_eq!(outcome, (window.end <= end).then_some(left), "{} at {t}", told.customers[row.customer]);
    }
    for counts in &told.moments {
        let (eligibility, told) =
            (counts.eligibility, counts.left + counts.stayed + counts.within_lead + counts.untold);
        assert_eq!(eligibility.eligible, told, "{counts:?}");
        assert_eq!((eligibility.customers(), eligibility.internal), (CUSTOMERS as u64, 1), "{counts:?}");
        let gone = left_at.values().filter(|at| **at < counts.at.instant()).count() as u64;
        assert_eq!(eligibility.gone, gone, "{counts:?}");
    }
    assert!(told.moments.iter().all(|counts| counts.left > 0 && counts.within_lead > 0), "{:?}", told.moments);
}

#[test]
fn what_was_dated_back_after_the_leaving_is_named() {
    let told = framed(&firm());
    let found = told.leaks();
    let names: Vec<&str> = found.iter().map(|leak| leak.column.as_str()).collect();
    assert_eq!(names, ["exit_form"], "{found:?}");
    let split = told.split(&told.told(0), 0, 2).unwrap();
    let begins = told.moments[6].at.instant();
    let reach = i64::from(LEAD_DAYS + HORIZON_DAYS);
    let ends = |row: &u32| told.moments[told.rows[*row as usize].moment].at.instant().plus_days(reach);
    assert!(split.train.iter().all(|row| ends(row) <= begins) && split.between.iter().all(|row| ends(row) > begins));
    assert_eq!(split.train.len() + split.between.len() + split.test.len(), told.rows.len());
    let groups = told.groups();
    let same = |(one, other): (usize, usize)| groups[one] == groups[other];
    let of = |row: usize| &told.customers[told.rows[row].customer];
    assert!((1..told.rows.len()).all(|row| same((row - 1, row)) == (of(row - 1) == of(row))));
}
