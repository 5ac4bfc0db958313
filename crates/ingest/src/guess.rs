//! Guesses what a table is and which column is which field, from its headers and its first rows.
//!
//! A guess is shown to a person before anything is written, and everything of it can be said otherwise.

use std::collections::BTreeMap;

use vocab::{Finding, Zone};

use crate::fault;
use crate::kind::{Field, TableKind, fields, is_number, normalized};
use crate::mapping::{Mapping, Use};
use crate::moment::{self, DateOrder};
use crate::number;
use crate::period::{Period, Span};
use crate::plan::Plan;
use crate::table::Table;

/// How much columns of periods speak for a table of totals: as a field of its kind would.
const SPREAD_WEIGHT: u32 = 5;

/// How well a header fits a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// A header that only means the field if nothing better does.
    Weak,
    /// A Chinese header that holds the field's name among other words.
    Within,
    /// The header of the field.
    Exact,
}

/// The kind that the columns speak for, unless the plan names it, and the mapping of its columns.
///
/// The findings say what must be mended before anything can be imported.
pub(crate) fn mapping(table: &Table, plan: &Plan) -> Result<(Mapping, Vec<Finding>), Vec<Finding>> {
    let kind = match plan.kind {
        Some(kind) => kind,
        None => guess_kind(table, plan).ok_or_else(|| vec![fault::unknown_kind().without_row()])?,
    };
    let (mapping, mut findings) = of_kind(table, plan, kind);
    findings.extend(mapping.missing().into_iter().map(|fault| fault.without_row()));
    Ok((mapping, findings))
}

fn guess_kind(table: &Table, plan: &Plan) -> Option<TableKind> {
    let mut best: Option<(u32, TableKind)> = None;
    for kind in TableKind::ALL {
        let (mapping, _) = of_kind(table, plan, kind);
        if !mapping.missing().is_empty() || !is_plausible(table, &mapping) {
            continue;
        }
        let mut score: u32 = fields(kind).iter().filter_map(|field| weight(table, &mapping, field)).sum();
        if !mapping.spread().is_empty() {
            // A column for each period says as much as a column of periods.
            score += 2 * SPREAD_WEIGHT;
        }
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, kind));
        }
    }
    best.map(|(_, kind)| kind)
}

/// Whether a kind that most tables could be taken for is really meant: a ledger tells of visits or of contracts beside
/// customers, totals are numbers.
fn is_plausible(table: &Table, mapping: &Mapping) -> bool {
    match mapping.kind {
        TableKind::Ledger => {
            let describes = ["name", "owner", "phone", "contact"].iter().filter(|field| mapping.has(field)).count();
            let visits = mapping.has("last_visit_at");
            let contracts = ["end_on", "contract_no", "amount", "signed_at"].iter().filter(|field| mapping.has(field));
            describes >= 2 && (visits || contracts.count() >= 2 && mapping.has("owner"))
        }
        TableKind::Snapshot => {
            let kept =
                table.columns.iter().filter(|column| mapping.columns.get(&column.header) == Some(&Use::Property));
            let is_total = |at: usize| {
                let cells = table.samples.iter().map(|row| row.cell(at)).filter(|cell| !cell.is_empty());
                let (numbers, all) = cells.fold((0, 0), |(numbers, all), cell| {
                    (numbers + usize::from(number::decimal(cell).is_some()), all + 1)
                });
                all > 0 && numbers * 2 > all
            };
            // An amount on a date may as well be an order; under a period, or beside a count, it is a total.
            let has_period = ["period", "period_end"].iter().any(|id| {
                let field = crate::kind::field(TableKind::Snapshot, id);
                let header = mapping.header_of(id).map(normalized);
                field.zip(header).is_some_and(|(field, header)| fit(field, &header) == Some(Fit::Exact))
            });
            let spread = mapping.spread();
            if table.columns.iter().any(|column| spread.contains_key(&column.header) && is_total(column.at)) {
                return true;
            }
            // A column that says what is counted, beside a period, leaves no doubt.
            let is_told = has_period
                && mapping.header_of("measure").is_some_and(|header| {
                    let field = crate::kind::field(TableKind::Snapshot, "measure");
                    field.is_some_and(|field| fit(field, &normalized(header)) == Some(Fit::Exact))
                });
            let mut totals = kept.filter(|column| is_total(column.at));
            totals.any(|column| {
                is_told || crate::kind::metric_name(&column.header).is_some_and(|name| has_period || name != "Spend")
            })
        }
        _ => true,
    }
}

/// Twice the weight for an exact header, once for a weaker one.
fn weight(table: &Table, mapping: &Mapping, field: &Field) -> Option<u32> {
    let column = table.column(mapping.header_of(&field.id)?)?;
    let fit = fit(field, &normalized(&column.header))?;
    Some(field.weight * if fit == Fit::Exact { 2 } else { 1 })
}

fn fit(field: &Field, header: &str) -> Option<Fit> {
    let is = |words: &[String]| words.iter().any(|word| word == header);
    if is(&field.headers) {
        return Some(Fit::Exact);
    }
    let is_chinese = |word: &str| word.chars().count() >= 3 && !word.is_ascii();
    let within = field.headers.iter().any(|word| is_chinese(word) && header.contains(word.as_str()));
    if within {
        return Some(Fit::Within);
    }
    is(&field.weak).then_some(Fit::Weak)
}

fn of_kind(table: &Table, plan: &Plan, kind: TableKind) -> (Mapping, Vec<Finding>) {
    let mut mapping = Mapping::new(kind, plan.zone.clone());
    let mut findings = Vec::new();
    mapping.source = plan.source.clone().unwrap_or_else(|| kind.as_str().to_owned());
    mapping.sheet = table.sheet.clone();
    mapping.currency = plan.currency.clone();
    mapping.observed_on = plan.observed_on;
    mapping.date_order = plan.date_order;
    mapping.decimal = plan.decimal;
    mapping.equal_rows = plan.equal_rows.unwrap_or_default();
    mapping.event_names = plan.event_names.clone();
    mapping.constants = plan.constants.clone();
    for (header, wanted) in &plan.mapping {
        if table.column(header).is_none() {
            let known: Vec<&str> = table.columns.iter().map(|column| column.header.as_str()).collect();
            findings.push(fault::missing_column(header, crate::mapping::nearest(header, &known)).without_row());
            continue;
        }
        let wanted = match wanted.as_deref() {
            None => Use::Property,
            Some("-") => Use::Ignored,
            Some(field) => Use::Field(field.to_owned()),
        };
        if let Err(fault) = mapping.put(header, wanted) {
            findings.push(fault.without_row());
        }
    }
    guess_columns(table, plan, &mut mapping);
    findings.extend(twins(table, plan, &mapping));
    (mapping, findings)
}

/// The best-fitting column of each field: certain headers first, so that a weak one never takes their place.
fn guess_columns(table: &Table, plan: &Plan, mapping: &mut Mapping) {
    let headers: BTreeMap<&str, String> = table
        .columns
        .iter()
        .filter(|column| column.twin_of.is_none())
        .map(|column| (column.header.as_str(), normalized(&column.header)))
        .collect();
    for wanted in [Fit::Exact, Fit::Within, Fit::Weak] {
        for field in fields(mapping.kind) {
            if mapping.has(&field.id) {
                continue;
            }
            let free = |header: &str| !mapping.columns.contains_key(header) && !plan.mapping.contains_key(header);
            // Of several weak headers the one listed first fits best; otherwise the leftmost column.
            let order = |header: &str| field.weak.iter().position(|word| *word == headers[header]).unwrap_or(0);
            let found = table
                .columns
                .iter()
                .filter(|column| column.twin_of.is_none() && free(&column.header))
                .filter(|column| {
                    let fits = fit(field, &headers[column.header.as_str()]) == Some(wanted);
                    fits && (wanted == Fit::Exact || holds(table, column.at, field))
                })
                .min_by_key(|column| if wanted == Fit::Weak { order(&column.header) } else { 0 });
            if let Some(column) = found {
                mapping.columns.insert(column.header.clone(), Use::Field(field.id.clone()));
            }
        }
    }
    if !mapping.has("customer_id") {
        name_customers(table, plan, mapping);
    }
    for column in &table.columns {
        mapping.columns.entry(column.header.clone()).or_insert(Use::Property);
    }
}

/// Where no column numbers the customers, the one that names them best does: a name, a user, a phone.
fn name_customers(table: &Table, plan: &Plan, mapping: &mut Mapping) {
    let Some(field) = crate::kind::field(mapping.kind, "customer_id") else { return };
    let guessed =
        table.columns.iter().filter(|column| !plan.mapping.contains_key(&column.header) && column.twin_of.is_none());
    let place = |header: &str| field.weak.iter().position(|word| *word == normalized(header));
    let best = guessed.filter_map(|column| Some((place(&column.header)?, &column.header))).min();
    if let Some((_, header)) = best {
        mapping.columns.insert(header.clone(), Use::Field(field.id.clone()));
    }
}

/// Whether the first rows do not contradict the guess: a column of dates has a date, a column of numbers a number.
fn holds(table: &Table, at: usize, field: &Field) -> bool {
    let mut cells = table.samples.iter().map(|row| row.cell(at)).filter(|cell| !cell.is_empty()).peekable();
    if cells.peek().is_none() {
        return true;
    }
    match field.id.as_str() {
        id if id.ends_with("_at") || id.ends_with("_on") => cells.any(|cell| moment::read(cell).is_some()),
        "period" | "period_start" | "period_end" => {
            cells.any(|cell| Period::read(cell, Span::Day, DateOrder::MonthFirst, &Zone::utc()).is_some())
        }
        id if is_number(id) => cells.any(|cell| number::decimal(cell).is_some()),
        _ => true,
    }
}

/// A header that stands twice and was taken for a field is a question only a person can answer.
fn twins<'a>(table: &'a Table, plan: &'a Plan, mapping: &'a Mapping) -> impl Iterator<Item = Finding> + 'a {
    table.columns.iter().filter_map(move |column| {
        let written = column.twin_of.as_deref()?;
        let Some(Use::Field(field)) = mapping.columns.get(written) else { return None };
        let asked = plan.mapping.contains_key(written) || plan.mapping.contains_key(&column.header);
        (!asked).then(|| fault::ambiguous_header(written, field).without_row())
    })
}
