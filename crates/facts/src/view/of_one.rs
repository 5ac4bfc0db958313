//! The facts of one customer, read exactly: which rows of a file are its own is seen by its keys, and only those are made
//! whole. Whoever asks again finds them in memory (`lately`).

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use vocab::{CustomerId, Instant};

use super::{FactView, ROWS_PER_BATCH};
use crate::build::RowRef;
use crate::columns::{COLUMNS, Rows};
use crate::error::Error;
use crate::fact::StoredFact;
use crate::file::{Looked, Selection};
use crate::keys::Keys;
use crate::lake::FactFile;
use crate::lately::Who;

/// Keys of a customer and of its people.
pub(super) type KeySets = (HashSet<Box<str>>, HashSet<Box<str>>);

impl FactView {
    /// Visible facts of a customer, newest first.
    ///
    /// Those of the customer's other names and of its people count too, as known at the view's moment.
    ///
    /// # Why
    /// A page about a customer asks for them several times in one breath: what was lately read of a file is not read again,
    /// and several who ask at once read once. Only so much is kept: whoever has very many facts is read each time.
    pub fn facts_of(&self, customer: &CustomerId) -> Result<Vec<StoredFact>, Error> {
        let keys = self.keys();
        let sets = keys.keys_of(customer);
        let overrides = self.overrides()?;
        let is_seen = |row: &RowRef<'_>, recorded_at: Instant| {
            self.belongs(&keys, row, customer) && self.shows(row, recorded_at, &overrides)
        };
        let mut found = Vec::new();
        let files: Vec<&Arc<FactFile>> = self.files().collect();
        let is_kept = self.state.lately().each(
            who(&sets),
            &files,
            &|file, gathered| each_of(file, &sets, &mut |rows, place| gathered.push(rows.stored(place))),
            &mut |stored| {
                if is_seen(&RowRef::of(stored), stored.recorded_at) {
                    found.push(stored.clone());
                }
            },
        )?;
        let mut take = |rows: &Rows, place: usize| {
            if is_seen(&rows.row(place), rows.recorded_at(place)) {
                found.push(rows.stored(place));
            }
            true
        };
        if !is_kept {
            files.iter().try_for_each(|file| each_of(file, &sets, &mut take))?;
        }
        for fact in self.state.live_facts() {
            if is_seen(&fact.row, fact.recorded_at) {
                found.push(fact.stored());
            }
        }
        found.sort_by_key(|stored| std::cmp::Reverse((stored.fact.occurred_at, stored.number)));
        Ok(found)
    }

    /// Whether a row counts for a customer at the view's moment.
    fn belongs(&self, keys: &Keys, row: &RowRef<'_>, customer: &CustomerId) -> bool {
        let own = match (row.customer_id, row.actor_id) {
            (Some(own), _) => own,
            (None, Some(actor)) => match keys.customer_of_actor(actor, row.occurred_at.micros()) {
                Some((own, _)) => own.as_str(),
                None => return false,
            },
            (None, None) => return false,
        };
        match keys.stretches_of(own) {
            None => own == customer.as_str(),
            Some(stretches) => stretches.last().is_some_and(|last| last.customer == *customer),
        }
    }
}

fn who((names, people): &KeySets) -> Who {
    let sorted = |keys: &HashSet<Box<str>>| {
        let mut keys: Vec<Box<str>> = keys.iter().cloned().collect();
        keys.sort_unstable();
        keys
    };
    (sorted(names), sorted(people))
}

/// The rows of a file that lie under one of the customer's keys, or, without a customer's, under one of its people's.
pub(super) fn rows_of(file: &FactFile, sets: &KeySets) -> Result<Selection, Error> {
    let (names, people) = sets;
    let may_be = select(file, sets)?;
    if may_be.is_empty() {
        return Ok(may_be);
    }
    let is_own = |row: &RowRef<'_>| match (row.customer_id, row.actor_id) {
        (Some(customer), _) => names.contains(customer),
        (None, Some(actor)) => people.contains(actor),
        (None, None) => false,
    };
    let columns: &[&str] = if people.is_empty() { &["customer_id"] } else { &["customer_id", "actor_id"] };
    let (mut own, mut len): (Vec<Range<usize>>, usize) = (Vec::new(), 0);
    for batch in file.file.read(columns, Some(may_be.clone()), ROWS_PER_BATCH)? {
        let rows = Rows::of(&batch?)?;
        for place in (0..rows.len()).filter(|place| is_own(&rows.row(*place))) {
            match own.last_mut().filter(|last| last.end == len + place) {
                Some(last) => last.end += 1,
                None => own.push(len + place..len + place + 1),
            }
        }
        len += rows.len();
    }
    Ok(may_be.narrowed(own, len))
}

/// The rows of the pages that may hold some. Whose row has a customer's key, its people's keys say nothing of.
fn select(file: &FactFile, (names, people): &KeySets) -> Result<Selection, Error> {
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    let people: Vec<&str> = people.iter().map(|name| &**name).collect();
    let of_people = Looked { column: "actor_id", texts: &people, without: Some("customer_id") };
    file.file.select(&[Looked { column: "customer_id", texts: &names, without: None }, of_people])
}

/// Goes through the rows of a file that lie under one of the keys, whole, as long as `take` says so.
fn each_of(file: &FactFile, sets: &KeySets, take: &mut dyn FnMut(&Rows, usize) -> bool) -> Result<(), Error> {
    let selection = rows_of(file, sets)?;
    if selection.is_empty() {
        return Ok(());
    }
    for batch in file.file.read(&filled(file)?, Some(selection), ROWS_PER_BATCH)? {
        let rows = Rows::of(&batch?)?;
        if !(0..rows.len()).all(|place| take(&rows, place)) {
            return Ok(());
        }
    }
    Ok(())
}

/// The columns of a file that hold anything: a fact is whole without the others.
fn filled(file: &FactFile) -> Result<Vec<&'static str>, Error> {
    let mut columns = Vec::with_capacity(COLUMNS.len());
    for column in COLUMNS {
        // Of maps it is written down whether there are keys.
        let leaf = if column == "properties" { "properties.key_value.key" } else { column };
        if !file.file.is_empty_column(leaf)? {
            columns.push(column);
        }
    }
    Ok(columns)
}
