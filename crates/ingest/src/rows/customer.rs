//! Rows of a customer table: one fact per row that says something new, with only what changed.
//!
//! What each customer was last known to be is kept as a note beside the facts: the changes, dated, newest last. A
//! table observed earlier than what is known already is taken too: its difference to what was known before it is a
//! fact of its day, and what it would wrongly overlay later is said again on the day of the next known change. So the
//! traits as of any moment are those of the last table observed before it, in whatever order tables arrive.

use std::collections::{BTreeMap, BTreeSet};

use facts::{Fact, Properties};
use serde::{Deserialize, Serialize};
use vocab::{CustomerId, Instant, Kind};

use super::message_id;
use crate::fault::{self, Fault};
use crate::kind::{Field, TableKind, fields};
use crate::layout::{Layout, Row, Slot};
use crate::number;

/// Trait → value; `None` = removed.
type Traits = BTreeMap<String, Option<String>>;

/// What tables have said about one customer of one source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// Moment in microseconds, and what changed then; ordered by moment.
    changes: Vec<(i64, Traits)>,
    /// Which rows were taken, by what they say and of when: rows of one moment may contradict each other, and then none
    /// of them is news when the table comes again.
    #[serde(default)]
    said: BTreeSet<u64>,
}

/// A row of a customer table.
pub(crate) struct Described {
    pub(crate) customer: CustomerId,
    pub(crate) observed: Instant,
    traits: Traits,
}

impl Described {
    /// Whether the row says anything at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.traits.is_empty()
    }
}

pub(crate) fn note_key(layout: &Layout, customer: &CustomerId) -> Vec<u8> {
    [b"traits".as_slice(), layout.source.as_str().as_bytes(), customer.as_str().as_bytes()].join(&0)
}

/// Reads one row: a value for every column of the table, `None` where the cell is empty. Columns that the table does
/// not have are not spoken of.
pub(crate) fn read(row: &mut Row<'_>) -> Result<Described, Fault> {
    let layout = row.layout;
    let slot = layout.slot("customer_id");
    let customer = row.customer()?.ok_or_else(|| fault::missing_value(slot.header()))?;
    let observed = match row.occurred(layout.slot("observed_at"))? {
        Some(occurred) => occurred.at,
        None => layout.observed_on,
    };
    describe(row, customer, observed)
}

/// What a row says of its customer's traits, true at a moment.
pub(crate) fn describe(row: &mut Row<'_>, customer: CustomerId, observed: Instant) -> Result<Described, Fault> {
    let layout = row.layout;
    let mut traits = Traits::new();
    if layout.key_is_name && layout.slot("name").is_absent() {
        traits.insert("name".to_owned(), Some(customer.as_str().to_owned()));
    }
    // A ledger's other fields are facts of their own; its contact is both.
    let is_trait = |field: &&Field| {
        let is_key = matches!(field.id.as_str(), "customer_id" | "observed_at");
        !is_key && (field.id == "contact" || crate::kind::field(TableKind::Customers, &field.id).is_some())
    };
    let is_contract = |field: &&Field| layout.kind == TableKind::Ledger && field.id == "plan";
    for field in fields(layout.kind).iter().filter(is_trait).filter(|field| !is_contract(field)) {
        let slot = layout.slot(&field.id);
        if !slot.is_absent()
            && let Some(value) = field_trait(row, field, slot)?
        {
            traits.insert(field.id.clone(), value);
        }
    }
    for column in layout.properties.iter().filter(|column| !column.measured) {
        let value = row.property(column);
        if row.record.mark(column.at).is_none() || value.is_some() {
            traits.insert(column.key.clone(), value.map(str::to_owned));
        }
    }
    Ok(Described { customer, observed, traits })
}

/// The value of a known trait; the outer `None` = the cell is damaged, so nothing is said.
fn field_trait(row: &mut Row<'_>, field: &Field, slot: &Slot) -> Result<Option<Option<String>>, Fault> {
    let slot = match slot {
        Slot::Column { .. } | Slot::Constant(_) => row.layout.slot(&field.id),
        Slot::Absent => return Ok(None),
    };
    let Some(cell) = row.text(slot)? else { return Ok(Some(None)) };
    match field.id.as_str() {
        "phone" => {
            let masked = number::is_masked(cell);
            if masked || number::is_scientific(cell) {
                row.warnings.push(fault::damaged_phone(slot.header(), cell));
            }
            let phone = crate::layout::whole(cell);
            Ok(if number::is_scientific(cell) { None } else { Some(Some(phone.to_owned())) })
        }
        "signed_up_on" => Ok(row.day(&field.id)?.map(Some)),
        _ => Ok(Some(row.words(&field.id))),
    }
}

fn same(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) if a != b => {
            number::is_plain(a) && number::is_plain(b) && number::canonical(a) == number::canonical(b)
        }
        _ => a == b,
    }
}

impl Known {
    /// What stood after everything said up to a moment, that moment included.
    fn at(&self, moment: i64) -> Traits {
        let mut state = Traits::new();
        for (_, change) in self.changes.iter().take_while(|(at, _)| *at <= moment) {
            state.extend(change.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        state
    }

    /// What a trait was at a moment, as far as tables have told.
    pub(crate) fn stands(&self, moment: Instant, key: &str) -> Option<String> {
        self.at(moment.micros()).remove(key).flatten()
    }

    /// Takes a row in; the facts it adds, none if it says nothing new.
    pub(crate) fn take(&mut self, layout: &Layout, row: &Described) -> Vec<Fact> {
        let moment = row.observed.micros();
        let parts = parts(row, row.observed, &row.traits, "row");
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        if !self.said.insert(layout.natural_id(&parts) as u64) {
            return Vec::new();
        }
        let before = self.at(moment);
        let stands = |state: &Traits, key: &str| state.get(key).cloned().flatten();
        let change: Traits = row
            .traits
            .iter()
            .filter(|(key, value)| !same(stands(&before, key).as_deref(), value.as_deref()))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let is_first = !self.changes.iter().any(|(at, _)| *at <= moment);
        if change.is_empty() && !is_first {
            return Vec::new();
        }
        let mut facts = vec![changed(layout, row, row.observed, &change, "change")];
        let next = self.changes.iter().position(|(at, _)| *at > moment);
        if let Some(next) = next {
            let at = self.changes[next].0;
            let stood = self.at(at);
            let overlaid: Traits = change
                .iter()
                .filter(|(key, _)| !self.changes[next].1.contains_key(*key))
                .filter(|(key, value)| stands(&stood, key) != **value)
                .map(|(key, _)| (key.clone(), stands(&stood, key)))
                .collect();
            if !overlaid.is_empty() {
                facts.push(changed(layout, row, Instant::from_micros(at), &overlaid, "restored"));
                self.changes[next].1.extend(overlaid);
            }
        }
        let place = next.unwrap_or(self.changes.len());
        self.changes.insert(place, (moment, change));
        facts
    }
}

/// What tells one saying about a customer from every other.
fn parts(row: &Described, at: Instant, change: &Traits, part: &str) -> Vec<String> {
    let mut parts = vec![
        part.to_owned(),
        row.customer.as_str().to_owned(),
        row.observed.micros().to_string(),
        at.micros().to_string(),
    ];
    for (key, value) in change {
        parts.push(key.clone());
        parts.push(value.as_deref().map_or_else(|| "-".to_owned(), |value| format!("+{value}")));
    }
    parts
}

fn changed(layout: &Layout, row: &Described, at: Instant, change: &Traits, part: &str) -> Fact {
    let mut fact = Fact::new(row.customer.clone(), Kind::Trait, "Traits Changed", at);
    fact.known_at = Some(at);
    fact.source = layout.source.clone();
    fact.properties = change.iter().map(|(key, value)| (key.clone(), value.clone())).collect::<Properties>();
    let parts = parts(row, at, change, part);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    fact.message_id = message_id(layout.natural_id(&parts));
    fact
}
