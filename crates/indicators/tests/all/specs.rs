//! Runs `specs/*.md`: prose with tables of facts and what is expected of them.
//!
//! * ```` ```indicators ```` gives definitions (TOML) for the rest of the file.
//! * ```` ```facts [zone=NAME] ```` gives the facts until the next such table. Columns `customer`, `kind`, `name`,
//!   `occurred_at`, `known_at` (absent = `occurred_at`), `value`, `currency`, `id`, `supersedes`, `retracts`; any other
//!   column is a property. Times are read in the zone (default Asia/Shanghai).
//! * ```` ```expect ID as_of=TIME [customers=A,B] ```` lists customers and their number or `unknown: reason`.

use std::path::Path;

use facts::{Fact, FactFrame, StoredFact};
use indicators::{Catalog, Cell, Population, evaluate_at};
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

fn written(cell: Cell) -> String {
    match cell {
        Cell::Known(value) => value.to_string(),
        Cell::Unknown(reason) => format!("unknown: {reason}"),
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
                if found != expected {
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
