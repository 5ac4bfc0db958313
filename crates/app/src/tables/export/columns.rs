//! A table drawn up column by column: a head in both languages, and beside it what fills the cells below.

use vocab::{AsOf, Instant, Lang};

use super::{Sheet, date, filter, pick};
use crate::shown::nobody;
use crate::table::Value;
use crate::view::Words;
use crate::{App, Reader};

/// A word of the API with how screens call it, Chinese and English.
pub(super) type Spoken = (&'static str, &'static str, &'static str);

/// Who asks for a table, of which moment, in which language.
pub(super) struct Ask<'a> {
    pub(super) app: &'a App,
    pub(super) reader: &'a Reader,
    pub(super) as_of: Option<AsOf>,
    pub(super) lang: Lang,
    pub(super) now: Instant,
}

impl Ask<'_> {
    /// A sentence in the language asked for.
    pub(super) fn say(&self, words: &Words) -> Value {
        text(words.get(self.lang))
    }

    /// A sentence that may be missing.
    pub(super) fn say_any(&self, words: Option<&Words>) -> Value {
        words.map_or(Value::Empty, |words| self.say(words))
    }

    /// An instant in the firm's zone.
    pub(super) fn at(&self, at: &str) -> Value {
        date(self.app, Some(at))
    }

    /// An instant that may be missing.
    pub(super) fn at_any(&self, at: Option<&str>) -> Value {
        date(self.app, at)
    }

    /// Yes or no.
    pub(super) fn yes(&self, is: bool) -> Value {
        self.pick(if is { ("是", "yes") } else { ("否", "no") })
    }

    /// An owner, or that there is none.
    pub(super) fn owner(&self, owner: Option<&str>) -> Value {
        text(owner.unwrap_or_else(|| nobody(self.lang)))
    }

    /// One of two wordings.
    pub(super) fn pick(&self, words: (&'static str, &'static str)) -> Value {
        text(pick(words, self.lang))
    }

    /// A word of the API as screens call it; one that has no name there as it is.
    pub(super) fn spoken(&self, names: &[Spoken], word: &str) -> Value {
        text(self.name(names, word))
    }

    /// The same on its own.
    pub(super) fn name<'w>(&self, names: &[Spoken], word: &'w str) -> &'w str {
        let name = names.iter().find(|(id, _, _)| *id == word);
        name.map_or(word, |(_, zh, en)| pick((*zh, *en), self.lang))
    }

    /// An instant in the firm's zone, on its own.
    pub(super) fn moment(&self, at: &str) -> String {
        Instant::parse_rfc3339(at).map_or_else(|_| at.to_owned(), |at| self.app.zone().date_time(at))
    }

    /// A filter that is set, for the second sheet.
    pub(super) fn filter(&self, zh: &str, en: &str, value: Option<&str>) -> Option<(String, String)> {
        value.map(|value| filter(zh, en, value, self.lang))
    }

    /// Something to know beside the table, for the second sheet.
    pub(super) fn note(&self, label: (&'static str, &'static str), value: impl Into<String>) -> (String, String) {
        (pick(label, self.lang).to_owned(), value.into())
    }
}

/// Rows on their way into a table, of which column after column is filled.
pub(super) struct Columns<'a, Row> {
    rows: &'a [Row],
    heads: Vec<(&'static str, &'static str)>,
    cells: Vec<Vec<Value>>,
}

impl<'a, Row> Columns<'a, Row> {
    /// No column yet.
    pub(super) fn of(rows: &'a [Row]) -> Self {
        Self { rows, heads: Vec::new(), cells: rows.iter().map(|_| Vec::new()).collect() }
    }

    /// One more column: its head, and what each row says there.
    pub(super) fn col(mut self, zh: &'static str, en: &'static str, cell: impl Fn(&Row) -> Value) -> Self {
        self.heads.push((zh, en));
        for (row, cells) in self.rows.iter().zip(&mut self.cells) {
            cells.push(cell(row));
        }
        self
    }

    /// The table, with what its second sheet says besides what every second sheet says.
    pub(super) fn sheet(self, title: (&'static str, &'static str), about: Vec<(String, String)>) -> Sheet {
        Sheet { title, heads: self.heads, rows: self.cells, about }
    }
}

/// Excel refuses more letters in a cell.
const LONGEST_CELL: usize = 32_000;

/// A text; what no cell can hold is cut.
pub(super) fn text(text: impl AsRef<str>) -> Value {
    let text = text.as_ref();
    Value::Text(text.char_indices().nth(LONGEST_CELL).map_or(text, |(end, _)| &text[..end]).to_owned())
}

/// A text that may be missing.
pub(super) fn any(told: Option<&str>) -> Value {
    told.map_or(Value::Empty, text)
}

/// How many.
pub(super) fn count(count: u64) -> Value {
    Value::Whole(i64::try_from(count).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_fills_its_cell_in_every_row_and_a_cell_holds_what_excel_takes() {
        let rows = ["甲", "乙"];
        let columns = Columns::of(&rows)
            .col("名称", "Name", |row| text(row))
            .col("长度", "Length", |row| count(row.len() as u64));
        let sheet = columns.sheet(("表", "table"), Vec::new());
        assert_eq!(sheet.heads, [("名称", "Name"), ("长度", "Length")]);
        let row = |name: &str| vec![Value::Text(name.to_owned()), Value::Whole(3)];
        assert_eq!(sheet.rows, [row("甲"), row("乙")]);
        let Value::Text(cut) = text("长".repeat(LONGEST_CELL + 7)) else { panic!("a text is a text") };
        assert_eq!(cut.chars().count(), LONGEST_CELL);
    }
}
