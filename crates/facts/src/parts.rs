//! Facts in parts, each with all rows of some customers: the quick road from files to frames.
//!
//! Each core decodes the columns that are needed and deals the rows out by their customer's hash, so that a part can be
//! grouped, ordered and looked at on its own and then forgotten. Rows that bear on nothing asked are left out (`bearing`).
//! What a part becomes is a frame like any other. How rows are dealt is told in `deal`, where they wait in `spill`, where
//! they come from in `scan` (a plain file) and `view` (the lake).

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use vocab::{AsOf, CustomerId, Kind, Zone};

use crate::error::Error;
use crate::frame::{Coverage, FactFrame, TextColumn};
use crate::spill::{Overflow, Pile, Row};

/// What one core has dealt to one part.
#[derive(Default)]
pub(crate) struct Hand {
    pub pile: Pile,
    pub customers: Vec<Box<str>>,
}

/// What a reading went through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Files opened.
    pub files: usize,
    /// Row groups read.
    pub row_groups: usize,
    /// Columns read.
    pub columns: Vec<String>,
    /// Rows read.
    pub rows: u64,
    /// Customers are dealt into so many parts; 1 where everything was read as a whole.
    pub parts: usize,
    /// Bytes that waited on the disk because memory is bounded.
    pub spilled_bytes: u64,
}

/// Facts of a file or a view in parts, each with all rows of some customers.
pub struct FactParts {
    pub(crate) end: AsOf,
    pub(crate) zone: Zone,
    /// By part: what each core dealt to it. Taken when its frame is built.
    pub(crate) hands: Vec<Mutex<Vec<Hand>>>,
    /// Of each core: what memory had no room for.
    pub(crate) overflows: Vec<Overflow>,
    pub(crate) pairs: Vec<(Kind, Arc<str>)>,
    pub(crate) names: Vec<Arc<str>>,
    /// Name code of each pair.
    pub(crate) name_codes: Vec<u32>,
    pub(crate) coverage: BTreeMap<(Kind, Arc<str>), Coverage>,
    pub(crate) scanned: Scanned,
    /// Room for the rows of as many parts as are taken at once.
    pub(crate) rooms: Mutex<Vec<Dealt>>,
}

impl FactParts {
    /// How many parts there are.
    pub fn len(&self) -> usize {
        self.hands.len()
    }

    /// Whether there is no part.
    pub fn is_empty(&self) -> bool {
        self.hands.is_empty()
    }

    /// What was read to deal them.
    pub fn scanned(&self) -> &Scanned {
        &self.scanned
    }

    /// The frame of a part; its rows are given away, so the second time it is empty. A source counts as delivering by
    /// the rows of all parts.
    ///
    /// # Errors
    /// The temporary file in which rows waited cannot be read.
    pub fn take(&self, part: usize) -> Result<FactFrame, Error> {
        let hands = std::mem::take(&mut *self.hands[part].lock().unwrap_or_else(PoisonError::into_inner));
        let (customers, places) = merge(&hands);
        let mut dealt = self.rooms.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let grouped = self.gather(&hands, &places, &mut dealt).map(|()| dealt.grouped(customers.len()));
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner).push(dealt);
        let (starts, rows) = grouped?;
        drop(hands);
        Ok(FactFrame {
            end: self.end,
            zone: self.zone.clone(),
            customers,
            starts,
            names: self.names.clone(),
            kinds: rows.pairs.iter().map(|pair| self.pairs[usize::from(*pair)].0).collect(),
            name_codes: rows.pairs.iter().map(|pair| self.name_codes[usize::from(*pair)]).collect(),
            occurred_at: rows.occurred_at,
            known_at: rows.known_at,
            until: Vec::new(),
            values: rows.values,
            currencies: TextColumn::default(),
            texts: None,
            properties: BTreeMap::new(),
            unattributed: 0,
            coverage: self.coverage.clone(),
        })
    }

    /// Gathers the rows of a part as they were dealt, their customers by their places in the part.
    fn gather(&self, hands: &[Hand], places: &[Vec<u32>], dealt: &mut Dealt) -> Result<(), Error> {
        let end = self.end.instant().micros();
        dealt.clear();
        for ((hand, places), overflow) in hands.iter().zip(places).zip(&self.overflows) {
            let is_stretched = hand.pile.is_stretched();
            let mut last = None;
            hand.pile.read(end, overflow, &mut |row| {
                if last.is_none_or(|last| is_stretched && last != row.number) {
                    dealt.runs.push((row.number, dealt.customers.len()));
                    last = Some(row.number);
                }
                dealt.push(&row, places[row.customer as usize]);
            })?;
        }
        Ok(())
    }
}

/// Rows of a part as they were dealt, in columns; room that is used again for the next part.
#[derive(Default)]
pub(crate) struct Dealt {
    customers: Vec<u32>,
    rows: Columns,
    /// In the order of arrival, or the stretch of the file in which the row lies. Empty where there is one run and all
    /// its rows have one number.
    numbers: Vec<u64>,
    /// Rows that follow each other in a file, by the place of their stretch in it.
    runs: Vec<(u64, usize)>,
    first_number: u64,
}

/// What a frame keeps of rows.
#[derive(Clone, Default)]
struct Columns {
    occurred_at: Vec<i64>,
    /// Empty where every row was known when it happened.
    known_at: Vec<i64>,
    values: Vec<i64>,
    pairs: Vec<u16>,
}

impl Columns {
    fn of_length(rows: usize, some_late: bool) -> Columns {
        Columns {
            occurred_at: vec![0; rows],
            known_at: vec![0; if some_late { rows } else { 0 }],
            values: vec![0; rows],
            pairs: vec![0; rows],
        }
    }

    fn set(&mut self, place: usize, from: &Columns, row: usize) {
        self.occurred_at[place] = from.occurred_at[row];
        self.values[place] = from.values[row];
        self.pairs[place] = from.pairs[row];
        if let Some(known_at) = from.known_at.get(row) {
            self.known_at[place] = *known_at;
        }
    }
}

impl Dealt {
    fn clear(&mut self) {
        let Dealt { customers, rows, numbers, runs, first_number } = self;
        let Columns { occurred_at, known_at, values, pairs } = rows;
        customers.clear();
        numbers.clear();
        runs.clear();
        occurred_at.clear();
        known_at.clear();
        values.clear();
        pairs.clear();
        *first_number = 0;
    }

    #[inline]
    fn push(&mut self, row: &Row, customer: u32) {
        let Dealt { customers, rows, numbers, first_number, .. } = self;
        if row.known_at != row.occurred_at && rows.known_at.is_empty() {
            rows.known_at.extend_from_slice(&rows.occurred_at);
        }
        if !rows.known_at.is_empty() || row.known_at != row.occurred_at {
            rows.known_at.push(row.known_at);
        }
        if customers.is_empty() {
            *first_number = row.number;
        }
        if numbers.is_empty() && row.number != *first_number {
            numbers.resize(customers.len(), *first_number);
        }
        if !numbers.is_empty() {
            numbers.push(row.number);
        }
        customers.push(customer);
        rows.occurred_at.push(row.occurred_at);
        rows.values.push(row.value);
        rows.pairs.push(row.pair);
    }

    /// Where the rows of each customer begin, and the rows by customer, each one's in order of time and arrival.
    fn grouped(&mut self, customers: usize) -> (Vec<usize>, Columns) {
        let count = self.customers.len();
        let mut starts = vec![0usize; customers + 1];
        self.customers.iter().for_each(|customer| starts[*customer as usize + 1] += 1);
        for customer in 0..customers {
            starts[customer + 1] += starts[customer];
        }
        let mut next = starts.clone();
        let mut rows = Columns::of_length(count, !self.rows.known_at.is_empty());
        let mut numbers = vec![0; self.numbers.len()];
        for stretch in in_order(std::mem::take(&mut self.runs), count) {
            for row in stretch {
                let place = &mut next[self.customers[row] as usize];
                rows.set(*place, &self.rows, row);
                if let Some(number) = self.numbers.get(row) {
                    numbers[*place] = *number;
                }
                *place += 1;
            }
        }
        let mut sorter = Sorter::default();
        for bounds in starts.windows(2) {
            sorter.sort(&mut rows, &numbers, bounds[0]..bounds[1]);
        }
        (starts, rows)
    }
}

/// Puts the rows of one customer after the other in order.
#[derive(Default)]
struct Sorter {
    keys: Vec<u64>,
    order: Vec<u32>,
    rows: Columns,
}

/// Bits of a key that hold the place among the customer's rows; above them lies the time since the earliest.
const PLACE_BITS: u32 = 16;

impl Sorter {
    /// Rows of equal time are put in the order of their numbers, and those of equal numbers stay as they lie.
    fn sort(&mut self, rows: &mut Columns, numbers: &[u64], own: Range<usize>) {
        let at = &rows.occurred_at[own.clone()];
        let own_numbers = numbers.get(own.clone()).unwrap_or_default();
        // A file mostly lies in order of time.
        let is_sorted = match own_numbers.is_empty() {
            true => at.is_sorted(),
            false => at.iter().zip(own_numbers).is_sorted(),
        };
        if is_sorted {
            return;
        }
        self.order(at, own_numbers);
        let Columns { occurred_at, known_at, values, pairs } = &mut self.rows;
        let start = own.start;
        let order = || self.order.iter().map(move |place| start + *place as usize);
        replace(occurred_at, &mut rows.occurred_at, order(), start);
        replace(values, &mut rows.values, order(), start);
        replace(pairs, &mut rows.pairs, order(), start);
        if !rows.known_at.is_empty() {
            replace(known_at, &mut rows.known_at, order(), start);
        }
    }

    /// Finds the order of some rows: by time, then by number, then as they lie.
    fn order(&mut self, at: &[i64], numbers: &[u64]) {
        let (keys, order) = (&mut self.keys, &mut self.order);
        order.clear();
        let (first, last) = at.iter().fold((i64::MAX, i64::MIN), |(low, high), at| (low.min(*at), high.max(*at)));
        let fits = at.len() <= 1 << PLACE_BITS && last.abs_diff(first) < 1 << (64 - PLACE_BITS);
        // Rows that lie by their numbers already need no number in their key.
        if fits && numbers.is_sorted() {
            keys.clear();
            keys.extend(at.iter().zip(0u64..).map(|(at, place)| (at.abs_diff(first) << PLACE_BITS) | place));
            keys.sort_unstable();
            order.extend(keys.iter().map(|key| (*key & ((1 << PLACE_BITS) - 1)) as u32));
        } else {
            order.extend(0..at.len() as u32);
            order.sort_by_key(|place| (at[*place as usize], numbers.get(*place as usize)));
        }
    }
}

/// Puts cells in an order, from `start` on.
fn replace<T: Copy>(room: &mut Vec<T>, cells: &mut [T], order: impl Iterator<Item = usize>, start: usize) {
    room.clear();
    room.extend(order.map(|place| cells[place]));
    cells[start..start + room.len()].copy_from_slice(room);
}

/// Where each run lies, in the order of their places in the file.
fn in_order(mut runs: Vec<(u64, usize)>, length: usize) -> impl Iterator<Item = Range<usize>> {
    let mut ends: Vec<usize> = runs.iter().skip(1).map(|(_, begin)| *begin).collect();
    ends.push(length);
    let mut spans: Vec<(u64, usize, usize)> =
        runs.drain(..).zip(ends).map(|((number, begin), end)| (number, begin, end)).collect();
    spans.sort_unstable();
    spans.into_iter().map(|(_, begin, end)| begin..end)
}

/// The customers of a part in the order of their keys, and the place of each core's codes among them.
fn merge(hands: &[Hand]) -> (Vec<CustomerId>, Vec<Vec<u32>>) {
    let mut all: Vec<(&str, usize, usize)> = Vec::new();
    for (hand, one) in hands.iter().enumerate() {
        all.extend(one.customers.iter().enumerate().map(|(code, text)| (&**text, hand, code)));
    }
    all.sort_unstable();
    let mut customers: Vec<CustomerId> = Vec::with_capacity(all.len());
    let mut places: Vec<Vec<u32>> = hands.iter().map(|hand| vec![0; hand.customers.len()]).collect();
    let mut last = None;
    for (text, hand, code) in all {
        if last != Some(text) {
            customers.push(CustomerId::new(text));
            last = Some(text);
        }
        places[hand][code] = customers.len() as u32 - 1;
    }
    (customers, places)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by sorting whole rows.
    fn naively(rows: &[Row], customers: usize) -> (Vec<usize>, Vec<Row>) {
        let mut sorted = rows.to_vec();
        sorted.sort_by_key(|row| (row.customer, row.occurred_at, row.number));
        let starts = (0..=customers).map(|one| sorted.partition_point(|row| (row.customer as usize) < one)).collect();
        (starts, sorted)
    }

    proptest! {
        /// Whatever was dealt, by customer and in order of time and arrival it is what sorting whole rows gives: with one
        /// number for all or one for each, near each other in time or ages apart, all prompt or some late.
        #[test]
        fn rows_grouped_in_columns_are_the_rows_sorted(
            rows in proptest::collection::vec((0u32..5, 0i64..60, 0u64..9, 0i64..3, any::<i16>()), 0..300),
            scale in prop::sample::select(vec![1i64, 1_000_003, 1 << 50]),
            is_numbered in any::<bool>(),
            is_prompt in any::<bool>(),
        ) {
            let rows: Vec<Row> = rows.iter().map(|(customer, at, number, late, value)| {
                let occurred_at = at * scale - (1 << 40);
                let known_at = if is_prompt { occurred_at } else { occurred_at + late };
                let number = if is_numbered { *number } else { 7 };
                Row { occurred_at, known_at, value: i64::from(*value), number, customer: *customer, pair: *value as u16 }
            }).collect();
            let mut dealt = Dealt::default();
            // Room that held something else before.
            for _ in 0..2 {
                dealt.clear();
                dealt.runs.extend((!rows.is_empty()).then_some((0, 0)));
                rows.iter().for_each(|row| dealt.push(row, row.customer));
            }
            let (starts, columns) = dealt.grouped(5);
            let (expected_starts, expected) = naively(&rows, 5);
            prop_assert_eq!(starts, expected_starts);
            prop_assert_eq!(columns.occurred_at, expected.iter().map(|row| row.occurred_at).collect::<Vec<_>>());
            prop_assert_eq!(columns.values, expected.iter().map(|row| row.value).collect::<Vec<_>>());
            prop_assert_eq!(columns.pairs, expected.iter().map(|row| row.pair).collect::<Vec<_>>());
            let some_late = rows.iter().any(|row| row.known_at != row.occurred_at);
            let known: Vec<i64> = expected.iter().filter(|_| some_late).map(|row| row.known_at).collect();
            prop_assert_eq!(columns.known_at, known);
        }
    }
}
