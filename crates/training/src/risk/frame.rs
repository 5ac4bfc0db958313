//! What the columns of a plain table are: numbers, days, categories; and what cannot say anything about other customers.

use std::collections::{BTreeMap, HashMap};

use estimators::boost::Direction;
use vocab::Text;

use super::cells::{self, DayOrder};
use crate::lab::{Column, Table};

/// What a column is read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A quantity.
    Number,
    /// A date, in days since 1970.
    Day,
    /// How long a free text is, in characters.
    TextLength,
    /// One of these words; a row holds its place. The last is `其他 / other` where rare words were put together.
    Category(Vec<String>),
}

/// A column as numbers; NaN is missing.
#[derive(Clone, Debug)]
pub struct FrameColumn {
    /// Its header.
    pub name: String,
    /// What it is read as.
    pub kind: Kind,
    /// What was declared beforehand of more of it: whether leaving can only become likelier, or less likely. Trees keep to it unless
    /// that costs.
    pub direction: Direction,
    /// One for each row.
    pub values: Vec<f64>,
}

impl FrameColumn {
    /// A column of which nothing is declared beforehand.
    pub fn new(name: impl Into<String>, kind: Kind, values: Vec<f64>) -> FrameColumn {
        FrameColumn { name: name.into(), kind, direction: Direction::Either, values }
    }
}

/// The columns that a model may learn from.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// In the order of the table.
    pub columns: Vec<FrameColumn>,
    /// How many rows each has.
    pub rows: usize,
}

/// A column that is not learnt from, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Its header.
    pub name: String,
    /// `constant`, `empty`, `id`, `copy` or `leak`.
    pub code: &'static str,
    /// The same for a person.
    pub why: Text,
}

/// A table understood.
#[derive(Clone, Debug, Default)]
pub struct Understood {
    /// What can be learnt from.
    pub frame: Frame,
    /// What is left aside.
    pub set_aside: Vec<SetAside>,
}

/// What rare words of a category are put together under.
pub const OTHER: &str = "其他 / other";
/// Words that a category keeps at most; rarer ones are put together.
const LEVELS: usize = 120;
/// Share of the cells with a value that must be numbers (or days) for a column to be one.
const MOST: f64 = 0.95;

/// Reads each column for what it is, from the rows in `rows`; `skip` names columns that are no matter here (the label, the
/// id). Only cells are looked at, never the outcome.
///
/// # Edges
/// * Words for nothing (`NA`, `?`, `未知`…) are missing. In a column of numbers so is the rare cell that is none.
/// * A column of text with a value of its own in nearly every row is an id, or, where cells are sentences, a free text of
///   which the length is kept.
/// * Of two columns with the same cells the later is left aside.
pub fn understand(table: &Table, rows: &[usize], skip: &[&str]) -> Understood {
    let mut understood = Understood { frame: Frame { columns: Vec::new(), rows: rows.len() }, ..Understood::default() };
    let mut seen: HashMap<u64, Vec<usize>> = HashMap::new();
    let columns = table.columns().iter().enumerate();
    for (place, column) in columns.filter(|(_, column)| !skip.contains(&column.name())) {
        let aside = |code, zh: &str, en: &str| SetAside {
            name: column.name().to_owned(),
            code,
            why: Text::new(zh.to_owned(), en.to_owned()),
        };
        let twins = seen.entry(digest(column, rows)).or_default();
        let twin =
            twins.iter().find(|twin| rows.iter().all(|&row| table.columns()[**twin].cell(row) == column.cell(row)));
        if let Some(twin) = twin {
            let first = table.columns()[*twin].name();
            let (zh, en) = (format!("与“{first}”逐格相同"), format!("the same cells as \"{first}\""));
            understood.set_aside.push(aside("copy", &zh, &en));
            continue;
        }
        twins.push(place);
        match read(column, rows) {
            Read::Column(kind, values) => {
                understood.frame.columns.push(FrameColumn::new(column.name(), kind, values));
            }
            Read::Empty => understood.set_aside.push(aside("empty", "没有任何值", "it has no value at all")),
            Read::Constant => {
                understood.set_aside.push(aside("constant", "所有行都一样", "it says the same in every row"))
            }
            Read::Id => understood.set_aside.push(aside(
                "id",
                "几乎每行一个值，是编号，不能推及其他客户",
                "a value of its own in nearly every row: an id says nothing about other customers",
            )),
        }
    }
    understood
}

fn digest(column: &Column, rows: &[usize]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325u64;
    for &row in rows {
        for byte in column.cell(row).bytes().chain([0]) {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    sum
}

enum Read {
    Column(Kind, Vec<f64>),
    Empty,
    Constant,
    Id,
}

fn read(column: &Column, rows: &[usize]) -> Read {
    let cells = || rows.iter().map(|&row| column.cell(row).trim());
    let known = cells().filter(|cell| !cells::is_blank(cell)).count();
    if known == 0 {
        return Read::Empty;
    }
    // Nothing differs, unless it is whether there is a value at all.
    let first = cells().find(|cell| !cells::is_blank(cell)).unwrap_or_default();
    if cells().all(|cell| cells::is_blank(cell) || cell == first) && known == rows.len() {
        return Read::Constant;
    }
    // Eight digits that name a day in every cell are no quantity.
    if let Some(values) = mostly(cells(), known, cells::compact_day) {
        return Read::Column(Kind::Day, values);
    }
    if let Some(values) = mostly(cells(), known, cells::number) {
        return match is_number_id(column.name(), &values, known) {
            true => Read::Id,
            false => Read::Column(Kind::Number, values),
        };
    }
    for order in [DayOrder::DayFirst, DayOrder::MonthFirst] {
        let day = |cell: &str| cells::day(cell, order).or_else(|| cells::compact_day(cell));
        if let Some(values) = mostly(cells(), known, day) {
            return Read::Column(Kind::Day, values);
        }
    }
    if cells().any(|cell| cell.contains(','))
        && let Some(values) = mostly(cells(), known, cells::comma_number)
    {
        return Read::Column(Kind::Number, values);
    }
    if let Some(values) = measured(cells(), known) {
        return Read::Column(Kind::Number, values);
    }
    words(cells(), known)
}

/// The cells as quantities of one unit (`36 months`, `1.2万元`), some perhaps without it; not where nearly every row has a
/// whole number of its own, as numbers of contracts do.
fn measured<'a>(cells: impl Iterator<Item = &'a str> + Clone, known: usize) -> Option<Vec<f64>> {
    let mut units: BTreeMap<String, usize> = BTreeMap::new();
    for (_, unit) in cells.clone().filter_map(cells::quantity).filter(|(_, unit)| !unit.is_empty()) {
        *units.entry(unit).or_default() += 1;
    }
    let (unit, _) = units.into_iter().max_by_key(|(_, count)| *count)?;
    let values = mostly(cells, known, |cell| {
        let (value, of) = cells::quantity(cell)?;
        (of.is_empty() || of == unit).then_some(value)
    })?;
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    let is_whole = sorted.iter().all(|value| value.fract() == 0.0);
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.dedup();
    let is_code = is_whole && known >= 50 && sorted.len() as f64 >= 0.98 * known as f64;
    (!is_code).then_some(values)
}

/// The cells as numbers if nearly all that say something can be read.
fn mostly<'a>(
    cells: impl Iterator<Item = &'a str> + Clone,
    known: usize,
    read: impl Fn(&str) -> Option<f64>,
) -> Option<Vec<f64>> {
    let allowed = (known as f64 * (1.0 - MOST)).floor() as usize;
    let mut wrong = 0;
    let mut values = Vec::with_capacity(known);
    for cell in cells {
        let value = if cells::is_blank(cell) { Some(f64::NAN) } else { read(cell) };
        wrong += usize::from(value.is_none());
        if wrong > allowed {
            return None;
        }
        values.push(value.unwrap_or(f64::NAN));
    }
    Some(values)
}

/// Whole numbers, nearly all different, that are called an id or a number to call, or simply count the rows.
fn is_number_id(name: &str, values: &[f64], known: usize) -> bool {
    if known < 50 || values.iter().any(|value| value.fract() != 0.0 && !value.is_nan()) {
        return false;
    }
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    let counts = sorted.windows(2).all(|pair| pair[1] - pair[0] == 1.0);
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.dedup();
    if (sorted.len() as f64) < 0.98 * known as f64 {
        return false;
    }
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let called =
        ["id", "no", "number", "phone", "mobile", "row", "rownumber", "index", "key", "uuid", "code", "account"];
    let is_called =
        words.iter().any(|word| called.contains(word)) || lower.ends_with("id") || lower.ends_with("number");
    let chinese = ["编号", "号码", "手机", "电话", "序号", "卡号", "账号", "证件"];
    let spans = sorted.last().zip(sorted.first()).map_or(0.0, |(last, first)| last - first + 1.0);
    counts
        || is_called
        || chinese.iter().any(|word| name.contains(word))
        || spans == sorted.len() as f64 && known >= 200
}

fn words<'a>(cells: impl Iterator<Item = &'a str> + Clone, known: usize) -> Read {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut length = 0;
    for cell in cells.clone().filter(|cell| !cells::is_blank(cell)) {
        *counts.entry(cell).or_default() += 1;
        length += cell.chars().count();
    }
    let mean_length = length as f64 / known as f64;
    if counts.len() as f64 > 0.5 * known as f64 && known >= 30 {
        if mean_length < 25.0 {
            return Read::Id;
        }
        let size = |cell: &str| if cells::is_blank(cell) { f64::NAN } else { cell.chars().count() as f64 };
        return Read::Column(Kind::TextLength, cells.map(size).collect());
    }
    let mut levels: Vec<(&str, usize)> = counts.into_iter().collect();
    levels.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
    let least = if levels.len() > 12 { 5 } else { 1 };
    let kept = levels.iter().take_while(|(_, count)| *count >= least).count().min(LEVELS);
    let places: HashMap<&str, usize> =
        levels[..kept].iter().enumerate().map(|(place, (word, _))| (*word, place)).collect();
    let place = |cell: &str| match cells::is_blank(cell) {
        true => f64::NAN,
        false => places.get(cell).copied().unwrap_or(kept) as f64,
    };
    let mut names: Vec<String> = levels[..kept].iter().map(|(word, _)| (*word).to_owned()).collect();
    if kept < levels.len() {
        names.push(OTHER.to_owned());
    }
    Read::Column(Kind::Category(names), cells.map(place).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_for_what_they_are() {
        let headers = ["term", "betrag", "signup", "contract", "version", "plan"];
        let mut table = Table::new("t.csv", headers.map(str::to_owned));
        for row in 0..120usize {
            let months = [12, 24, 36][row % 3];
            table.push_row([
                if row % 20 == 0 { "1 year".to_owned() } else { format!("{months} months") }.as_str(),
                format!("1.{:03},{}", row, row % 10).as_str(),
                format!("2024{:02}{:02}", 1 + row % 12, 1 + row % 28).as_str(),
                format!("{:06}X", 100_003 + 7 * row).as_str(),
                format!("{}.{}.{}", row % 3, row % 2, row % 4).as_str(),
                ["1 - low", "2 - high"][row % 2],
            ]);
        }
        let understood = understand(&table, &(0..120).collect::<Vec<usize>>(), &[]);
        let column = |name: &str| understood.frame.columns.iter().find(|column| column.name == name);
        let number = |name: &str, row: usize| {
            column(name).filter(|column| column.kind == Kind::Number).map(|column| column.values[row])
        };
        assert_eq!(number("term", 1), Some(24.0));
        assert!(number("term", 0).is_some_and(f64::is_nan));
        assert_eq!(number("betrag", 7), Some(1007.7));
        assert_eq!(column("signup").map(|column| (&column.kind, column.values[1])), Some((&Kind::Day, 19_755.0)));
        assert!(["version", "plan"].iter().all(|name| column(name).is_some_and(|column| column.kind != Kind::Number)));
        assert_eq!(
            understood.set_aside.iter().map(|aside| (&*aside.name, aside.code)).collect::<Vec<_>>(),
            [("contract", "id")]
        );
    }
}
