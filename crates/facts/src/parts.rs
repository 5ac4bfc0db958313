//! Facts in parts, each with all rows of some customers: the quick road from files to frames.
//!
//! Each core decodes the columns that are needed and deals the rows out by their customer's hash, so that a part can be
//! grouped, ordered and looked at on its own and then forgotten. What a part becomes is a frame like any other. How
//! rows are dealt is told in `deal`, where they wait in `spill`, where they come from in `scan` (a plain file) and
//! `view` (the lake).

use std::collections::BTreeMap;
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
        let (starts, rows) = self.group(&hands, &places, customers.len())?;
        drop(hands);
        let pair = |row: &Row| row.pair as usize;
        let some_late = rows.iter().any(|row| row.known_at != row.occurred_at);
        Ok(FactFrame {
            end: self.end,
            zone: self.zone.clone(),
            customers,
            starts,
            names: self.names.clone(),
            kinds: rows.iter().map(|row| self.pairs[pair(row)].0).collect(),
            name_codes: rows.iter().map(|row| self.name_codes[pair(row)]).collect(),
            occurred_at: rows.iter().map(|row| row.occurred_at).collect(),
            known_at: if some_late { rows.iter().map(|row| row.known_at).collect() } else { Vec::new() },
            until: Vec::new(),
            values: rows.iter().map(|row| row.value).collect(),
            currencies: TextColumn::default(),
            texts: None,
            properties: BTreeMap::new(),
            unattributed: 0,
            coverage: self.coverage.clone(),
        })
    }

    /// The rows of a part by customer, each customer's in order of time and arrival; and where each begins.
    fn group(&self, hands: &[Hand], places: &[Vec<u32>], customers: usize) -> Result<(Vec<usize>, Vec<Row>), Error> {
        let end = self.end.instant().micros();
        let mut starts = vec![0usize; customers + 1];
        let mut dealt: Vec<Row> = Vec::new();
        // Rows that follow each other in a file, by the place of their stretch in it.
        let mut runs: Vec<(u64, usize)> = Vec::new();
        for ((hand, places), overflow) in hands.iter().zip(places).zip(&self.overflows) {
            let mut last = None;
            hand.pile.read(end, overflow, &mut |mut row| {
                row.customer = places[row.customer as usize];
                starts[row.customer as usize + 1] += 1;
                if last.is_none_or(|last| hand.pile.is_stretched() && last != row.number) {
                    runs.push((row.number, dealt.len()));
                    last = Some(row.number);
                }
                dealt.push(row);
            })?;
        }
        for customer in 0..customers {
            starts[customer + 1] += starts[customer];
        }
        let mut rows = vec![Row::default(); dealt.len()];
        let mut next = starts.clone();
        for stretch in in_order(runs, dealt.len()) {
            for row in &dealt[stretch] {
                let place = &mut next[row.customer as usize];
                rows[*place] = *row;
                *place += 1;
            }
        }
        for bounds in starts.windows(2) {
            let own = &mut rows[bounds[0]..bounds[1]];
            // A file mostly lies in order of time, or each of its runs does.
            if !own.is_sorted_by_key(|row| (row.occurred_at, row.number)) {
                own.sort_by_key(|row| (row.occurred_at, row.number));
            }
        }
        Ok((starts, rows))
    }
}

/// Where each run lies, in the order of their places in the file.
fn in_order(mut runs: Vec<(u64, usize)>, length: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
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
