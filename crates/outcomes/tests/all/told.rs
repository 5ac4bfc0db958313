//! Facts told in lines of text: `A order 2025-03-01`, times of day, late knowledge and properties where needed.

use facts::{Fact, FactFrame, StoredFact, Want};
use outcomes::ChurnDefinition;
use vocab::{Amount, AsOf, Instant, Kind, MessageId, Zone};

/// A moment in Shanghai.
pub(crate) fn at(text: &str) -> Instant {
    Zone::default().parse(text).unwrap()
}

pub(crate) fn as_of(text: &str) -> AsOf {
    AsOf(at(text))
}

/// A date in Shanghai.
pub(crate) fn date(at: Instant) -> String {
    Zone::default().date(at)
}

/// A definition of which only the rules matter.
pub(crate) fn definition(rules: &str) -> ChurnDefinition {
    let text = format!(
        "id = \"test\"\nname = {{ zh = \"测试\", en = \"test\" }}\nsentence = {{ zh = \"测试\", en = \"test\" }}\ntoo_new_days = 30\n{rules}"
    );
    ChurnDefinition::parse("test.toml", &text).unwrap_or_else(|findings| panic!("{findings:?}"))
}

pub(crate) fn shipped(id: &str) -> ChurnDefinition {
    let file = format!("{}/../../definitions/churn/{id}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&file).unwrap();
    ChurnDefinition::parse(&file, &text).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// One fact per line: `customer | kind | name | occurred_at [| known_at [| value [| property=value …]]]`.
pub(crate) fn facts(lines: &str) -> Vec<StoredFact> {
    let rows = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    rows.enumerate()
        .map(|(number, line)| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let cell = |position: usize| cells.get(position).copied().filter(|text| !text.is_empty());
            let kind: Kind = cells[1].parse().unwrap();
            let mut fact = Fact::new(cells[0], kind, cells[2], at(cells[3]));
            fact.known_at = Some(cell(4).map_or(fact.occurred_at, at));
            fact.value = cell(5).and_then(|text| Amount::from_f64(text.parse().unwrap()));
            for pair in cell(6).into_iter().flat_map(str::split_whitespace) {
                let (key, value) = pair.split_once('=').unwrap();
                fact.properties.insert(key.to_owned(), Some(value.to_owned()));
            }
            fact.message_id = MessageId::new(number.to_string());
            StoredFact { number: number as u64, recorded_at: fact.known_at.unwrap(), fact }
        })
        .collect()
}

/// A frame of the lines, up to a moment.
pub(crate) fn frame(lines: &str, end: &str) -> FactFrame {
    frame_of(&facts(lines), as_of(end))
}

pub(crate) fn frame_of(facts: &[StoredFact], end: AsOf) -> FactFrame {
    let want = Want { all_properties: true, ..Want::default() };
    FactFrame::of(facts, &[], &want, end, &Zone::default())
}
