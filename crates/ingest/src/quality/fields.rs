//! Which fields facts of one name carry, and of what type their values are: before, and lately.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Different fields that are watched of one name.
const MOST_FIELDS: usize = 64;
/// Facts looked at of one name in one period: more would say the same.
const MOST_LOOKED_AT: u64 = 4_000;
/// Facts of a period that it takes to judge it by.
const FEWEST: u64 = 40;

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Number,
    Date,
    Truth,
    Text,
}

/// Shares of types among the values of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TypeShare {
    /// Numbers.
    pub number: f64,
    /// Dates and times.
    pub date: f64,
    /// `true`, `false`.
    pub truth: f64,
    /// Anything else.
    pub text: f64,
}

/// A field of one name: before, and lately. Shares are of the facts that carry it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldReport {
    /// The property; `value` and `customer` are the fact's own.
    pub field: String,
    /// Share of facts without it before.
    pub missing_before: f64,
    /// Share of facts without it lately.
    pub missing_now: f64,
    /// Types before.
    pub types_before: TypeShare,
    /// Types lately.
    pub types_now: TypeShare,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    count: u64,
    types: [u64; 4],
}

#[derive(Clone, Debug, Default)]
struct Period {
    facts: u64,
    fields: BTreeMap<String, Seen>,
}

/// The fields of one name in two periods.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    periods: [Period; 2],
}

impl Fields {
    /// Whether more facts of a period need not be looked at.
    pub(super) fn is_full(&self, lately: bool) -> bool {
        self.periods[usize::from(lately)].facts >= MOST_LOOKED_AT
    }

    pub(super) fn count(&mut self, lately: bool) {
        self.periods[usize::from(lately)].facts += 1;
    }

    pub(super) fn see(&mut self, lately: bool, field: &str, value: &str) {
        let period = &mut self.periods[usize::from(lately)];
        if !period.fields.contains_key(field) {
            if period.fields.len() >= MOST_FIELDS {
                return;
            }
            period.fields.insert(field.to_owned(), Seen::default());
        }
        if let Some(seen) = period.fields.get_mut(field) {
            seen.count += 1;
            seen.types[type_of(value) as usize] += 1;
        }
    }

    /// Every field, the one whose share changed most first. Nothing where a period is too thin to judge.
    pub(super) fn report(&self) -> Vec<FieldReport> {
        let [before, now] = &self.periods;
        if before.facts < FEWEST || now.facts < FEWEST {
            return Vec::new();
        }
        let empty = Seen::default();
        let names = before.fields.keys().chain(now.fields.keys().filter(|name| !before.fields.contains_key(*name)));
        let mut rows: Vec<FieldReport> = names
            .map(|name| {
                let (then, lately) =
                    (before.fields.get(name).unwrap_or(&empty), now.fields.get(name).unwrap_or(&empty));
                FieldReport {
                    field: name.clone(),
                    missing_before: 1.0 - then.count as f64 / before.facts as f64,
                    missing_now: 1.0 - lately.count as f64 / now.facts as f64,
                    types_before: shares(then),
                    types_now: shares(lately),
                }
            })
            .collect();
        let change = |row: &FieldReport| (row.missing_now - row.missing_before).abs();
        rows.sort_by(|a, b| change(b).total_cmp(&change(a)).then_with(|| a.field.cmp(&b.field)));
        rows
    }
}

impl FieldReport {
    /// Whether a field that was usually there is now often missing.
    pub(super) fn went_missing(&self) -> bool {
        self.missing_before <= 0.5 && self.missing_now - self.missing_before >= 0.3
    }

    /// Whether what were numbers or dates no longer are.
    pub(super) fn drifted(&self) -> bool {
        let left = |before: f64, now: f64| before >= 0.95 && now < 0.8;
        let has_values = self.missing_now < 0.9;
        has_values
            && (left(self.types_before.number, self.types_now.number)
                || left(self.types_before.date, self.types_now.date))
    }
}

fn shares(seen: &Seen) -> TypeShare {
    let share = |kind: Type| seen.types[kind as usize] as f64 / seen.count.max(1) as f64;
    TypeShare {
        number: share(Type::Number),
        date: share(Type::Date),
        truth: share(Type::Truth),
        text: share(Type::Text),
    }
}

fn type_of(value: &str) -> Type {
    let bytes = value.as_bytes();
    if matches!(value, "true" | "false" | "True" | "False" | "是" | "否") {
        return Type::Truth;
    }
    let is_number = !bytes.is_empty()
        && bytes.len() <= 24
        && bytes.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E' | b','));
    if is_number && value.replace(',', "").parse::<f64>().is_ok() {
        return Type::Number;
    }
    let begins_with_year = bytes.len() >= 8 && bytes[..4].iter().all(u8::is_ascii_digit);
    if begins_with_year && crate::moment::read(value).is_some() {
        return Type::Date;
    }
    Type::Text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_went_missing_or_changed_its_type_is_named() {
        let mut fields = Fields::default();
        for at in 0..100 {
            for lately in [false, true] {
                fields.count(lately);
                fields.see(lately, "page", "首页");
                fields.see(lately, "rows", if lately { "一百" } else { "100" });
                if !lately || at < 20 {
                    fields.see(lately, "plan", "pro");
                }
            }
        }
        let rows = fields.report();
        let named = |test: fn(&FieldReport) -> bool| -> Vec<&str> {
            rows.iter().filter(|row| test(row)).map(|row| row.field.as_str()).collect()
        };
        assert_eq!(named(FieldReport::went_missing), ["plan"]);
        assert_eq!(named(FieldReport::drifted), ["rows"]);
        assert_eq!(rows[0].field, "plan");
    }

    #[test]
    fn a_value_is_known_for_what_it_looks_like() {
        let is = |value: &str, kind: Type| assert_eq!(type_of(value), kind, "{value}");
        is("1,234.5", Type::Number);
        is("2025-03-08", Type::Date);
        is("2025-03-08T01:02:03Z", Type::Date);
        is("true", Type::Truth);
        is("--", Type::Text);
        is("", Type::Text);
    }
}
