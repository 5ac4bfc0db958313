//! Efficacy on public data whose truth is known: `$LIUKE_DATA`, default `../shared/data` beside the workspace.

use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;

use facts::StoredFact;
use indicators::Catalog;
use training::efficacy::{Design, Direction, Efficacy, EfficacyReport, Verdict};
use vocab::Kind;

use crate::efficacy::{asked, at, catalog, churn, fact};

pub(crate) fn data(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LIUKE_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = root.join(folder);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn lines(path: &std::path::Path) -> Vec<Vec<String>> {
    let bytes = std::fs::read(path).unwrap();
    let mut text = String::new();
    match path.extension().is_some_and(|ending| ending == "gz") {
        true => flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).map(|_| ()).unwrap(),
        false => text = String::from_utf8(bytes).unwrap(),
    }
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// The simulated network: events by name, a contract for every month paid.
fn socialnet(folder: &std::path::Path) -> Vec<StoredFact> {
    let names: HashMap<String, String> =
        lines(&folder.join("event_type.csv")).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let mut facts = Vec::new();
    for row in lines(&folder.join("event.csv.gz")) {
        facts.push(fact(facts.len() as u64, &row[0], Kind::Event, &names[&row[2]], at(&row[1])));
    }
    for row in lines(&folder.join("subscription.csv")) {
        let mut contract = fact(facts.len() as u64, &row[0], Kind::Contract, "Contract Signed", at(&row[2]));
        contract.fact.properties.insert("end_on".to_owned(), Some(row[3].clone()));
        facts.push(contract);
    }
    facts
}

const NOT_RENEWED: &str = "[[gone_when]]\ncontract_end = { grace_days = 0 }\n";

fn by_id<'r>(report: &'r EfficacyReport, id: &str) -> &'r Efficacy {
    report.indicators.iter().find(|one| one.id == id).unwrap()
}

fn tell(report: &EfficacyReport) {
    println!("proof: {}", report.headline.en);
    for note in &report.notes {
        println!("proof: {}: {}", note.code, note.text.en);
    }
    for one in &report.indicators {
        println!("proof: {:?} {}", one.verdict, one.sentence.en);
        println!("proof: {}", one.sentence.zh);
        if let Some(figures) = &one.figures {
            let partial = figures.partial.as_ref().map(|partial| (partial.coefficient, partial.interval));
            println!(
                "proof:   q {:.4} iv {:.3} caught {:.2} psi {:?} partial {partial:.2?}",
                figures.false_discovery_rate, figures.information_value, figures.caught, figures.drift
            );
        }
    }
}

#[test]
fn the_drivers_of_the_simulated_network_are_found_in_their_order() {
    let Some(folder) = data("sim_socialnet") else { return };
    let facts = socialnet(&folder);
    let names = ["post", "newfriend", "like", "adview", "dislike", "unfriend", "message", "reply"];
    let selectors: Vec<String> =
        names.iter().map(|name| format!("{{ kind = \"event\", name = \"{name}\" }}")).collect();
    let counts: Vec<(&str, &str, &str)> =
        names.iter().zip(&selectors).map(|(id, of)| (*id, of.as_str(), "none")).collect();
    let report = asked(&facts, &catalog(&counts), &churn(NOT_RENEWED), "2020-08-01");
    tell(&report);
    assert_eq!(report.design, Design::Renewals);
    let cut = report.notes.iter().find(|note| note.code == "renewals_cut_off").unwrap();
    assert!(cut.text.zh.contains("2020-07-01"), "{cut:?}");
    let rate = report.leavers as f64 / report.rows as f64;
    assert!(
        (0.030..=0.045).contains(&rate),
        "{} of {}: nobody is gone because the data end",
        report.leavers,
        report.rows
    );
    let mut first: Vec<&str> = report.indicators.iter().take(3).map(|one| one.id.as_str()).collect();
    first.sort_unstable();
    assert_eq!(first, ["message", "newfriend", "reply"]);
    assert_eq!(report.indicators[0].id, "message");
    // Every sign with the others held fixed is that of the simulation: friends, posts and messages keep, ads drive out.
    for (id, keeps) in names.iter().zip([true, true, true, false, false, false, true, true]) {
        let figures = by_id(&report, id).figures.as_ref().unwrap();
        let direction = figures.partial.as_ref().unwrap().direction();
        assert_eq!(direction == Direction::Lower, keeps, "{id}: {:?}", figures.partial);
    }
    for id in ["adview", "dislike"] {
        let one = by_id(&report, id);
        assert_eq!(one.figures.as_ref().unwrap().direction, Direction::Lower, "{id} alone");
        assert!(one.sentence.zh.contains("单独看") && one.sentence.en.contains("alone"), "{:?}", one.sentence);
    }
}

/// The negative control: churn that has nothing to do with anything that was recorded.
#[test]
fn no_signal_is_found_where_there_is_none() {
    let Some(folder) = data("ravenstack") else { return };
    let file = |name: &str| lines(&folder.join(format!("ravenstack_{name}.csv")));
    let mut facts = Vec::new();
    let mut owners: HashMap<String, String> = HashMap::new();
    for row in file("subscriptions") {
        facts.push(fact(facts.len() as u64, &row[1], Kind::Contract, "Contract Signed", at(&row[2])));
        owners.insert(row[0].clone(), row[1].clone());
    }
    for row in file("feature_usage") {
        let customer = &owners[&row[1]];
        let mut usage = fact(facts.len() as u64, customer, Kind::Event, "Feature Used", at(&row[2]));
        usage.fact.properties.insert("errors".to_owned(), Some(row[6].clone()));
        usage.fact.properties.insert("beta".to_owned(), Some(row[7].clone()));
        facts.push(usage);
    }
    for row in file("support_tickets") {
        let mut ticket = fact(facts.len() as u64, &row[1], Kind::Ticket, "Ticket Opened", at(&row[2]));
        ticket.fact.properties.insert("priority".to_owned(), Some(row[5].clone()));
        facts.push(ticket);
    }
    for row in file("churn_events") {
        facts.push(fact(facts.len() as u64, &row[1], Kind::Event, "Cancelled", at(&row[2])));
    }
    let cancelled = "[[gone_when]]\n[gone_when.cancellation]\nof = [{ kind = \"event\", name = \"Cancelled\" }]\n\
         undone_by = [{ kind = \"contract\", name = \"Contract Signed\" }]\n";
    let counts: Catalog = catalog(&[
        ("usage", "{ kind = \"event\", name = \"Feature Used\" }", "lower"),
        (
            "failures",
            "{ kind = \"event\", name = \"Feature Used\", where = { errors = { is = \">\", than = 0 } } }",
            "higher",
        ),
        ("beta", "{ kind = \"event\", name = \"Feature Used\", where = { beta = \"True\" } }", "none"),
        ("tickets", "{ kind = \"ticket\" }", "higher"),
        ("urgent", "{ kind = \"ticket\", where = { priority = \"urgent\" } }", "higher"),
    ]);
    let report = asked(&facts, &counts, &churn(cancelled), "2025-01-01");
    tell(&report);
    assert!(report.leavers >= 100, "{} of {}", report.leavers, report.rows);
    assert!(report.indicators.iter().all(|one| one.verdict != Verdict::Signal), "{}", report.headline.en);
    assert!(report.headline.zh.starts_with("没有发现信号"), "{}", report.headline.zh);
}
