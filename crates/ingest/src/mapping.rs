//! Which column is which field, said once: guessed, corrected by a person, kept as a TOML file.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use serde::Deserialize;
use toml::Spanned;
use vocab::{Finding, Instant, Place, Text, Zone};

use crate::fault::{self, Fault};
use crate::kind::{TableKind, field, fields};
use crate::moment::DateOrder;
use crate::number::DecimalMark;
use crate::period::Period;

/// What becomes of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is this field of the table's kind.
    Field(String),
    /// It is kept under its own header, as a property or trait.
    Property,
    /// It is left out.
    Ignored,
}

impl Use {
    /// The word in mapping files: the field, `property` or `-`.
    pub fn as_str(&self) -> &str {
        match self {
            Use::Field(field) => field,
            Use::Property => "property",
            Use::Ignored => "-",
        }
    }

    fn read(word: &str) -> Use {
        match word {
            "property" => Use::Property,
            "-" => Use::Ignored,
            field => Use::Field(field.to_owned()),
        }
    }
}

/// How often rows of one file count that say the same and have no id of their own; of an order, lines that say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EqualRows {
    /// Each of them: two cups of coffee at one till in one minute are two.
    #[default]
    Each,
    /// Once: the file holds an export twice.
    Once,
}

impl EqualRows {
    /// Both, in the order in which they are offered.
    pub const ALL: [EqualRows; 2] = [EqualRows::Each, EqualRows::Once];

    /// The word in mapping files.
    pub fn as_str(self) -> &'static str {
        match self {
            EqualRows::Each => "each",
            EqualRows::Once => "once",
        }
    }

    /// What a word means.
    pub fn named(word: &str) -> Option<EqualRows> {
        EqualRows::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// How the columns of a table are read.
///
/// Printed and parsed as TOML (`liuke import --mapping FILE.toml`). Columns that it does not name are kept as properties.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// What the rows are.
    pub kind: TableKind,
    /// Name of the source. Message ids are unique within it, so the same export under another file name adds nothing.
    pub source: String,
    /// Sheet of a workbook; the first when absent.
    pub sheet: Option<String>,
    /// Zone of times without one.
    pub zone: Zone,
    /// ISO 4217 code of amounts without one; absent = the firm's own.
    pub currency: Option<String>,
    /// Whether `3/8/2025` is in March or in August; decided from the column when absent.
    pub date_order: Option<DateOrder>,
    /// Which sign parts decimals off; decided from the file when absent.
    pub decimal: Option<DecimalMark>,
    /// The moment at which a customer table was true; the moment of the import when absent.
    pub observed_on: Option<Instant>,
    /// How often equal rows count.
    pub equal_rows: EqualRows,
    /// Header → use.
    pub columns: BTreeMap<String, Use>,
    /// Field → one value for all rows, for fields that are no column: the name of an event, the name of a survey.
    pub constants: BTreeMap<String, String>,
    /// What an event is called here → what definitions call it.
    pub event_names: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: Spanned<String>,
    source: Option<String>,
    sheet: Option<String>,
    timezone: Option<Spanned<String>>,
    currency: Option<String>,
    date_order: Option<Spanned<String>>,
    decimal: Option<Spanned<String>>,
    observed_on: Option<Spanned<String>>,
    equal_rows: Option<Spanned<String>>,
    #[serde(default)]
    columns: HashMap<String, Spanned<String>>,
    #[serde(default)]
    constants: HashMap<String, Spanned<String>>,
    #[serde(default)]
    event_names: BTreeMap<String, String>,
}

impl Mapping {
    /// A mapping that names no column yet.
    pub fn new(kind: TableKind, zone: Zone) -> Self {
        Self {
            kind,
            source: kind.as_str().to_owned(),
            sheet: None,
            zone,
            currency: None,
            date_order: None,
            decimal: None,
            observed_on: None,
            equal_rows: EqualRows::default(),
            columns: BTreeMap::new(),
            constants: BTreeMap::new(),
            event_names: BTreeMap::new(),
        }
    }

    /// Reads a mapping file; `zone` is the firm's, for files that name none.
    ///
    /// # Errors
    /// Every fault with its line and column.
    pub fn parse(file: &str, text: &str, zone: &Zone) -> Result<Mapping, Vec<Finding>> {
        let placed = |fault: Fault, at: usize| {
            let (line, column) = line_and_column(text, at);
            let place =
                Place { file: Some(file.to_owned()), line: Some(line), column: Some(column), ..Place::default() };
            fault.at(place)
        };
        let written: Written = toml::from_str(text).map_err(|error| {
            let message = error.message().to_owned();
            let fault = fault::bad_mapping(
                Text::new(format!("映射文件有误：{message}"), message),
                Text::new(
                    "例：kind = \"orders\"，[columns] 下每行写 \"列名\" = \"字段\"",
                    "for example: kind = \"orders\", and under [columns] \"Header\" = \"field\"",
                ),
            );
            vec![placed(fault, error.span().map_or(0, |span| span.start))]
        })?;
        let Ok(kind) = written.kind.get_ref().parse::<TableKind>() else {
            let known: Vec<&str> = TableKind::ALL.map(TableKind::as_str).to_vec();
            let fault = wrong_word("kind", written.kind.get_ref(), &known);
            return Err(vec![placed(fault, written.kind.span().start)]);
        };
        let mut mapping = Mapping::new(kind, zone.clone());
        let mut faults = Vec::new();
        mapping.read_settings(&written, &mut faults);
        let mut columns: Vec<(&String, &Spanned<String>)> = written.columns.iter().collect();
        columns.sort_by_key(|(_, word)| word.span().start);
        for (header, word) in columns {
            if let Err(fault) = mapping.put(header, Use::read(word.get_ref())) {
                faults.push((fault, word.span().start));
            }
        }
        for (name, value) in &written.constants {
            match field(kind, name) {
                Some(_) => _ = mapping.constants.insert(name.clone(), value.get_ref().clone()),
                None => faults.push((unknown_field(name, kind), value.span().start)),
            }
        }
        mapping.event_names = written.event_names;
        mapping.sheet = written.sheet;
        mapping.currency = written.currency;
        if let Some(source) = written.source {
            mapping.source = source;
        }
        if faults.is_empty() {
            return Ok(mapping);
        }
        faults.sort_by_key(|(_, at)| *at);
        Err(faults.into_iter().map(|(fault, at)| placed(fault, at)).collect())
    }

    /// Reads what is neither column nor constant; a fault comes with its place in the text.
    fn read_settings(&mut self, written: &Written, faults: &mut Vec<(Fault, usize)>) {
        if let Some(named) = &written.timezone {
            match Zone::named(named.get_ref()) {
                Ok(zone) => self.zone = zone,
                Err(_) => {
                    let fault = wrong_word("timezone", named.get_ref(), &["Asia/Shanghai", "UTC"]);
                    faults.push((fault, named.span().start));
                }
            }
        }
        if let Some(order) = &written.date_order {
            match order.get_ref().as_str() {
                "month_first" => self.date_order = Some(DateOrder::MonthFirst),
                "day_first" => self.date_order = Some(DateOrder::DayFirst),
                other => {
                    let fault = wrong_word("date_order", other, &["month_first", "day_first"]);
                    faults.push((fault, order.span().start));
                }
            }
        }
        if let Some(mark) = &written.decimal {
            match mark.get_ref().as_str() {
                "point" => self.decimal = Some(DecimalMark::Point),
                "comma" => self.decimal = Some(DecimalMark::Comma),
                other => faults.push((wrong_word("decimal", other, &["point", "comma"]), mark.span().start)),
            }
        }
        if let Some(word) = &written.equal_rows {
            match EqualRows::named(word.get_ref()) {
                Some(equal_rows) => self.equal_rows = equal_rows,
                None => {
                    let fault = wrong_word("equal_rows", word.get_ref(), &EqualRows::ALL.map(EqualRows::as_str));
                    faults.push((fault, word.span().start));
                }
            }
        }
        if let Some(observed) = &written.observed_on {
            match self.zone.parse(observed.get_ref()) {
                Ok(instant) => self.observed_on = Some(instant),
                Err(_) => faults.push((fault::bad_date("observed_on", observed.get_ref()), observed.span().start)),
            }
        }
    }

    /// Says what becomes of a column.
    pub(crate) fn put(&mut self, header: &str, wanted: Use) -> Result<(), Fault> {
        if let Use::Field(id) = &wanted {
            if field(self.kind, id).is_none() {
                return Err(unknown_field(id, self.kind).in_column(header));
            }
            if self.header_of(id).is_some_and(|other| other != header) {
                return Err(fault::field_twice(id, header));
            }
        }
        self.columns.insert(header.to_owned(), wanted);
        Ok(())
    }

    /// What files with these headers have in common, whatever order their columns stand in.
    pub fn fingerprint(headers: &[String]) -> String {
        let mut headers: Vec<String> = headers.iter().map(|header| crate::kind::normalized(header)).collect();
        headers.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        for header in headers {
            hasher.update(&(header.len() as u64).to_le_bytes());
            hasher.update(header.as_bytes());
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }

    /// The column that is a field.
    pub fn header_of(&self, id: &str) -> Option<&str> {
        let is_it = |wanted: &Use| matches!(wanted, Use::Field(field) if field == id);
        self.columns.iter().find(|(_, wanted)| is_it(wanted)).map(|(header, _)| header.as_str())
    }

    /// Whether a field is a column or a constant.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.header_of(id).is_some() || self.constants.contains_key(id)
    }

    /// What must be said before anything can be imported.
    pub(crate) fn missing(&self) -> Vec<Fault> {
        let kind = self.kind;
        let mut faults: Vec<Fault> = fields(kind)
            .iter()
            .filter(|field| field.required && !self.has(&field.id))
            .map(|field| fault::missing_field(kind.name(), &field.name, &field.id))
            .collect();
        let mut one_of = |ids: &[&str]| {
            if !ids.iter().any(|id| self.has(id))
                && let Some(field) = ids.first().and_then(|id| field(kind, id))
            {
                faults.push(fault::missing_field(kind.name(), &field.name, &ids.join(" | ")));
            }
        };
        match kind {
            TableKind::Orders => one_of(&["order_amount", "amount", "unit_price"]),
            TableKind::Events => {
                one_of(&["customer_id", "actor_id"]);
                one_of(&["name"]);
            }
            TableKind::Contracts => one_of(&["start_on", "signed_at"]),
            TableKind::Snapshot if self.observed_on.is_none() && self.spread().is_empty() => {
                one_of(&["period", "period_end"]);
            }
            _ => {}
        }
        faults
    }

    /// The columns of totals that each stand for a period of their own, by header: the period, and what else the header
    /// says. Empty where a column says the period of its row.
    pub(crate) fn spread(&self) -> BTreeMap<String, (Period, String)> {
        let is_wide = self.kind == TableKind::Snapshot && !["period", "period_end"].iter().any(|id| self.has(id));
        let kept = self.columns.iter().filter(|(_, wanted)| is_wide && **wanted == Use::Property);
        crate::spread::columns(kept.map(|(header, _)| header.as_str()))
    }

    /// The mapping as a TOML file that [`Mapping::parse`] reads back.
    pub fn print(&self) -> String {
        let mut out = String::new();
        let mut line = |key: &str, value: &str| _ = writeln!(out, "{key} = {}", quoted(value));
        line("kind", self.kind.as_str());
        line("source", &self.source);
        if let Some(sheet) = &self.sheet {
            line("sheet", sheet);
        }
        line("timezone", self.zone.name());
        if let Some(currency) = &self.currency {
            line("currency", currency);
        }
        if let Some(order) = self.date_order {
            line("date_order", order.as_str());
        }
        if let Some(mark) = self.decimal {
            line("decimal", mark.as_str());
        }
        if let Some(observed) = self.observed_on {
            line("observed_on", &observed.to_string());
        }
        if self.equal_rows != EqualRows::default() {
            line("equal_rows", self.equal_rows.as_str());
        }
        out.push_str("\n[columns]\n");
        for (header, wanted) in &self.columns {
            _ = writeln!(out, "{} = {}", quoted(header), quoted(wanted.as_str()));
        }
        for (name, entries) in [("constants", &self.constants), ("event_names", &self.event_names)] {
            if !entries.is_empty() {
                _ = writeln!(out, "\n[{name}]");
                for (key, value) in entries {
                    _ = writeln!(out, "{} = {}", quoted(key), quoted(value));
                }
            }
        }
        out
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn unknown_field(id: &str, kind: TableKind) -> Fault {
    let ids: Vec<&str> = fields(kind).iter().map(|field| field.id.as_str()).collect();
    fault::unknown_field(id, kind.as_str(), nearest(id, &ids))
}

fn wrong_word(key: &str, word: &str, known: &[&str]) -> Fault {
    let word = fault::excerpt(word);
    let known = known.join("、");
    fault::bad_mapping(
        Text::new(format!("{key} 不能是“{word}”"), format!("{key} cannot be \"{word}\"")),
        Text::new(format!("可以是 {known}"), format!("it can be {}", known.replace('、', ", "))),
    )
}

pub(crate) fn line_and_column(text: &str, at: usize) -> (u32, u32) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    (line as u32, column as u32)
}

/// The known word that differs least from the one written, if it differs little.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(64).collect();
    let (best, distance) =
        known.iter().map(|known| (*known, distance(&word, known))).min_by_key(|(_, distance)| *distance)?;
    (distance <= (word.len() / 3).max(1)).then_some(best)
}

fn distance(word: &[char], known: &str) -> usize {
    let known: Vec<char> = known.to_lowercase().chars().take(64).collect();
    let mut row: Vec<usize> = (0..=known.len()).collect();
    for (i, a) in word.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in known.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[known.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use vocab::Lang;

    const ORDERS: &str = r#"kind = "orders"
source = "shop"
timezone = "Asia/Shanghai"
currency = "CNY"
date_order = "day_first"
equal_rows = "once"

[columns]
"客户 \"编号\"" = "customer_id"
"备用" = "-"
"金额" = "amount"

[constants]
status = "paid"
"#;

    #[test]
    fn a_mapping_is_read_back_as_it_was_printed() {
        let mapping = Mapping::parse("m.toml", ORDERS, &Zone::utc()).unwrap();
        assert_eq!(mapping.header_of("customer_id"), Some("客户 \"编号\""));
        assert_eq!(mapping.equal_rows, EqualRows::Once);
        assert_eq!(Mapping::parse("m.toml", &mapping.print(), &Zone::utc()).unwrap(), mapping);
    }

    #[test]
    fn a_slip_in_a_mapping_is_shown_with_its_line() {
        let findings =
            Mapping::parse("m.toml", "kind = \"orders\"\n[columns]\na = \"amout\"\n", &Zone::utc()).unwrap_err();
        assert_eq!(
            findings[0].line(Lang::En),
            "m.toml line 3, column 5: a table of orders has no field \"amout\" (did you mean amount?)"
        );
        let findings = Mapping::parse("m.toml", "kind = \"order\"", &Zone::utc()).unwrap_err();
        assert!(findings[0].line(Lang::En).starts_with("m.toml line 1, column 8: kind cannot be \"order\""));
        let findings = Mapping::parse("m.toml", "kind = \"orders\"\nequal_rows = \"none\"", &Zone::utc()).unwrap_err();
        assert!(findings[0].line(Lang::En).starts_with("m.toml line 2, column 14: equal_rows cannot be \"none\""));
        let findings = Mapping::parse("m.toml", "kind = \"orders\"\ncolums = 1\n", &Zone::utc()).unwrap_err();
        assert_eq!(findings[0].place.line, Some(2));
        let text = "kind = \"orders\"\n[columns]\na = \"amount\"\nb = \"amount\"\n";
        let findings = Mapping::parse("m.toml", text, &Zone::utc()).unwrap_err();
        assert_eq!((findings[0].code, findings[0].place.line), ("field_twice", Some(4)));
    }
}
