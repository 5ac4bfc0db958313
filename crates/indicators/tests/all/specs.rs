//! Runs `specs/*.md`: prose with tables of facts and what is expected of them.
//!
//! * ```` ```indicators ```` gives definitions (TOML) for the rest of the file.
//! * ```` ```measures ```` gives them in short: a line `id = { of = …, measure = … }` each; what does not bear on the
//!   number is made up.
//! * ```` ```known_from ID as_of=TIME ```` gives the moment from which a short history will do.
//! * ```` ```facts [zone=NAME] ```` gives the facts until the next such table. Columns `customer`, `kind`, `name`,
//!   `occurred_at`, `known_at` (absent = `occurred_at`), `value`, `currency`, `id`, `supersedes`, `retracts`; any other
//!   column is a property. Times are read in the zone (default Asia/Shanghai).
//! * ```` ```belongs ```` says where customers belong, a line `A | segment, tier` each, until the next definitions.
//! * ```` ```supply ```` says what sources usually deliver a day and where one delivered nothing, until the next such table or
//!   the next definitions. Columns `source`, `kind`, `name`, `per_day`, `since`, `found_at`, `until`; without a `since` nothing
//!   is missing.
//! * ```` ```expect ID as_of=TIME [customers=A,B] ```` lists customers and their number or `unknown: reason`.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use facts::{Fact, FactFrame, StoredFact, Want};
use indicators::{Catalog, Cell, Grouping, Outage, Population, Supply, TIERS, Usual, Within, evaluate_at};
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, MessageId, Zone};

struct Block<'t> {
    line: usize,
    words: Vec<&'t str>,
    body: Vec<&'t str>,
}

impl<'t> Block<'t> {
    fn option(&self, key: &str) -> Option<&'t str> {
        self.words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(words) => {
                open = true;
                blocks.push(Block { line: at + 1, words: words.split(' ').collect(), body: Vec::new() });
            }
            None if open => blocks.last_mut().unwrap().body.push(line),
            None => {}
        }
    }
    blocks
}

/// Definitions with everything that a definition must have.
pub(crate) fn in_full(lines: &[&str]) -> String {
    let mut full = String::new();
    for line in lines.iter().filter(|line| !line.trim().is_empty()) {
        if line.starts_with("covered") {
            full.insert_str(0, &format!("{line}\n"));
            continue;
        }
        let table: toml::Table = line.parse().unwrap_or_else(|error| panic!("{error}: {line}"));
        for (id, keys) in &table {
            full.push_str(&format!("[[indicator]]\nid = \"{id}\"\nname = {{ zh = \"名\", en = \"n\" }}\n"));
            full.push_str(
                "question = { zh = \"问\", en = \"q\" }\ncategory = \"c\"\nunit = \"count\"\nworse = \"none\"\n",
            );
            let keys = keys.as_table().unwrap();
            if !keys.contains_key("formula") && !keys.contains_key("when_absent") {
                full.push_str("when_absent = \"unknown\"\n");
            }
            keys.iter().for_each(|(key, value)| full.push_str(&format!("{key} = {value}\n")));
        }
    }
    full
}

fn cells(line: &str) -> Vec<&str> {
    line.split('|').map(str::trim).collect()
}

fn facts_of(block: &Block<'_>, zone: &Zone) -> Vec<StoredFact> {
    let header = cells(block.body[0]);
    let rows = block.body[1..].iter().enumerate();
    rows.map(|(at, line)| fact_of(&header, &cells(line), at as u64, zone)).collect()
}

fn fact_of(header: &[&str], row: &[&str], number: u64, zone: &Zone) -> StoredFact {
    let mut fact = Fact::new("", Kind::Event, "", Instant::MIN);
    fact.message_id = MessageId::from(format!("row {number}"));
    let time = |text: &str| zone.parse(text).unwrap_or_else(|error| panic!("{error} in {row:?}"));
    for (column, text) in header.iter().zip(row).filter(|(_, text)| !text.is_empty()) {
        match *column {
            "customer" => fact.customer_id = Some(CustomerId::new(text)),
            "kind" => fact.kind = text.parse().unwrap_or_else(|()| panic!("no kind: {text}")),
            "name" => fact.name = (*text).to_owned(),
            "occurred_at" => fact.occurred_at = time(text),
            "known_at" => fact.known_at = Some(time(text)),
            "value" => fact.value = Amount::from_f64(text.parse().unwrap()),
            "currency" => fact.currency = Some((*text).to_owned()),
            "id" => fact.message_id = MessageId::new(text),
            "supersedes" => fact.supersedes = Some(MessageId::new(text)),
            "retracts" => fact.retracts = Some(MessageId::new(text)),
            property => {
                fact.properties.insert(property.to_owned(), Some((*text).to_owned()));
            }
        }
    }
    fact.known_at = fact.known_at.or(Some(fact.occurred_at));
    StoredFact { number, recorded_at: fact.occurred_at, fact }
}

/// Where customers belong, as a spec says it.
#[derive(Debug)]
pub(crate) struct Belongs(pub(crate) HashMap<CustomerId, Vec<String>>);

impl Belongs {
    fn of(block: &Block<'_>) -> Belongs {
        let line = |line: &&str| {
            let (customer, places) = line.split_once('|').unwrap();
            (CustomerId::new(customer.trim()), places.split(',').map(|place| place.trim().to_owned()).collect())
        };
        Belongs(block.body.iter().map(line).collect())
    }
}

impl Grouping for Belongs {
    fn want(&self) -> Want {
        Want::default()
    }

    fn groups(&self, within: &Within, _: &FactFrame, customers: &[CustomerId], _: AsOf) -> Vec<Option<usize>> {
        let names: Vec<&str> = match within {
            Within::Segments(ids) => ids.iter().map(String::as_str).collect(),
            Within::Tier => TIERS.iter().map(|(word, ..)| *word).collect(),
            Within::Trait(property) => panic!("{property} is read off the facts"),
        };
        let group = |customer: &CustomerId| {
            let places = self.0.get(customer)?;
            names.iter().position(|name| places.iter().any(|place| place == name))
        };
        customers.iter().map(group).collect()
    }
}

fn supply_of(block: &Block<'_>, zone: &Zone) -> Supply {
    let mut supply = Supply::default();
    for line in &block.body[1..] {
        let [source, kind, name, per_day, since, found_at, until] = cells(line)[..] else {
            panic!("seven cells: {line}")
        };
        let time = |text: &str| zone.parse(text).unwrap_or_else(|error| panic!("{error} in {line}"));
        let of = Usual { kind: kind.parse().unwrap(), name: name.to_owned(), per_day: per_day.parse().unwrap() };
        supply.usual.push(of.clone());
        if !since.is_empty() {
            let until = (!until.is_empty()).then(|| time(until));
            let (source, since, found_at) = (source.to_owned(), time(since), time(found_at));
            supply.outages.push(Outage { source, of, since, found_at, until });
        }
    }
    supply
}

fn written(cell: Cell) -> String {
    match cell {
        Cell::Known(value) => value.to_string(),
        Cell::Unknown(reason) => format!("unknown: {reason}"),
    }
}

/// Whether two lines give one customer the same figure, to nine digits: what is said is the number, not how it was
/// added up.
fn says_same(found: &str, expected: &str) -> bool {
    let number =
        |line: &str| line.split_once(" | ").and_then(|(who, text)| Some((who.to_owned(), text.parse::<f64>().ok()?)));
    match (number(found), number(expected)) {
        (Some((who, found)), Some((whom, expected))) => {
            who == whom && (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
        }
        _ => found == expected,
    }
}

/// Runs one file; what is not as expected is written down.
fn run(file: &str, text: &str, wrong: &mut Vec<String>) -> usize {
    let (mut catalog, mut zone, mut facts) = (None, Zone::default(), Vec::new());
    let mut count = 0;
    for block in blocks(text) {
        match block.words[0] {
            "indicators" => {
                let definitions = [(file.to_owned(), block.body.join("\n"))];
                catalog = Some(Catalog::parse(&definitions).unwrap_or_else(|findings| panic!("{file}: {findings:#?}")));
            }
            "measures" => {
                let definitions = [(file.to_owned(), in_full(&block.body))];
                catalog = Some(Catalog::parse(&definitions).unwrap_or_else(|findings| panic!("{file}: {findings:#?}")));
            }
            "belongs" => {
                let told = catalog.take().unwrap_or_else(|| panic!("{file}: no definitions"));
                catalog = Some(told.with_grouping(Arc::new(Belongs::of(&block))));
            }
            "supply" => {
                let told = catalog.take().unwrap_or_else(|| panic!("{file}: no definitions"));
                catalog = Some(told.with_supply(Arc::new(supply_of(&block, &zone))));
            }
            "known_from" => {
                count += 1;
                let catalog = catalog.as_ref().unwrap_or_else(|| panic!("{file}: no definitions"));
                let as_of = AsOf(zone.parse(block.option("as_of").unwrap()).unwrap());
                let frame = FactFrame::of(&facts, &[], &catalog.want(), as_of, &zone);
                let answer = evaluate_at(&frame, catalog, &Population::Everyone, &[as_of]).remove(0);
                let found = answer.known_from(block.words[1]).map_or("-".to_owned(), |at| zone.date_time(at));
                if found != block.body[0] {
                    wrong.push(format!("{file}:{}: expected {}, found {found}", block.line, block.body[0]));
                }
            }
            "facts" => {
                zone = block.option("zone").map_or_else(Zone::default, |name| Zone::named(name).unwrap());
                facts = facts_of(&block, &zone);
            }
            "expect" => {
                count += 1;
                let catalog = catalog.as_ref().unwrap_or_else(|| panic!("{file}: no definitions"));
                let as_of = AsOf(zone.parse(block.option("as_of").unwrap()).unwrap());
                let population = match block.option("customers") {
                    Some(list) => Population::These(list.split(',').map(CustomerId::new).collect()),
                    None => Population::Everyone,
                };
                // The frame ends later than the moment: what comes after must not show.
                let frame = FactFrame::of(&facts, &[], &catalog.want(), AsOf(as_of.0.plus_days(1000)), &zone);
                let answer = evaluate_at(&frame, catalog, &population, &[as_of]).remove(0);
                let id = block.words[1];
                let column = answer.column(id).unwrap_or_else(|| panic!("{file}: no indicator {id}"));
                let found: Vec<String> = answer
                    .customers()
                    .iter()
                    .zip(column)
                    .map(|(c, cell)| format!("{c} | {}", written(*cell)))
                    .collect();
                let expected: Vec<String> = block.body.iter().map(|line| cells(line).join(" | ")).collect();
                let same = found.len() == expected.len() && found.iter().zip(&expected).all(|(a, b)| says_same(a, b));
                if !same {
                    wrong.push(format!("{file}:{} {id}: expected {expected:?}, found {found:?}", block.line));
                }
            }
            other => panic!("{file}:{}: what is a block of {other:?}?", block.line),
        }
    }
    count
}

#[test]
fn every_indicator_means_what_its_spec_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let text = std::fs::read_to_string(path).unwrap();
        count += run(&path.file_name().unwrap().to_string_lossy(), &text, &mut wrong);
    }
    assert!(count >= 40, "only {count} expectations were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
