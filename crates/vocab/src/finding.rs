//! What was wrong with something that came in from outside: bad input is data, not an error.

use std::fmt;

use crate::{Lang, Text};

/// Where in the input the fault is. Absent parts are unknown or do not apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// File, sheet or resource.
    pub file: Option<String>,
    /// Row of a table as a person counts it: the header is row 1.
    pub row: Option<u64>,
    /// Name of the column or field, or a JSON path.
    pub field: Option<String>,
    /// Line of a text file, from 1.
    pub line: Option<u32>,
    /// Column of that line in characters, from 1.
    pub column: Option<u32>,
}

/// One fault: a stable code, a place, what is wrong and what to do, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable and machine-readable, in `snake_case`.
    pub code: &'static str,
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub detail: Text,
    /// What to do about it.
    pub hint: Text,
}

impl Finding {
    /// A finding without a place yet.
    pub fn new(code: &'static str, detail: Text, hint: Text) -> Self {
        Self { code, place: Place::default(), detail, hint }
    }

    /// The same finding, placed.
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// One line for a terminal: `orders.csv row 7 column amount: not a number: "abc" (hint)`.
    pub fn line(&self, lang: Lang) -> String {
        let place = self.place.line(lang);
        let separator = match (lang, place.is_empty()) {
            (_, true) => "",
            (Lang::Zh, false) => "：",
            (Lang::En, false) => ": ",
        };
        let hint = self.hint.get(lang);
        let hint = match (lang, hint.is_empty()) {
            (_, true) => String::new(),
            (Lang::Zh, false) => format!("（{hint}）"),
            (Lang::En, false) => format!(" ({hint})"),
        };
        format!("{place}{separator}{}{hint}", self.detail.get(lang))
    }
}

impl Place {
    fn line(&self, lang: Lang) -> String {
        let mut parts = Vec::new();
        if let Some(file) = &self.file {
            parts.push(file.clone());
        }
        if let Some(row) = self.row {
            parts.push(match lang {
                Lang::Zh => format!("第 {row} 行"),
                Lang::En => format!("row {row}"),
            });
        }
        if let Some(field) = &self.field {
            parts.push(match lang {
                Lang::Zh => format!("列“{field}”"),
                Lang::En => format!("column \"{field}\""),
            });
        }
        if let Some(line) = self.line {
            let column = self.column.unwrap_or(1);
            parts.push(match lang {
                Lang::Zh => format!("第 {line} 行第 {column} 列"),
                Lang::En => format!("line {line}, column {column}"),
            });
        }
        parts.join(" ")
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line(Lang::En))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_names_its_place_in_both_languages() {
        let finding = Finding::new(
            "bad_number",
            Text::new("不是数字：“abc”", "not a number: \"abc\""),
            Text::new("请改成数字", "write a number"),
        )
        .at(Place {
            file: Some("orders.csv".into()),
            row: Some(7),
            field: Some("金额".into()),
            ..Place::default()
        });
        assert_eq!(finding.line(Lang::Zh), "orders.csv 第 7 行 列“金额”：不是数字：“abc”（请改成数字）");
        assert_eq!(finding.line(Lang::En), "orders.csv row 7 column \"金额\": not a number: \"abc\" (write a number)");
    }
}
