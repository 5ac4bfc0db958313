//! The first pass over a file: what only a whole column can say, before any of its cells is taken.
//!
//! Whether a column holds plain numbers, which order its dates have, how many lines an order has, so that an order is
//! finished as soon as its last line has been read.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use vocab::Finding;

use crate::fault;
use crate::kind::TableKind;
use crate::layout::whole;
use crate::mapping::{Mapping, Use};
use crate::moment::{self, DateOrder};
use crate::number;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::table::{Flow, Table};

/// What the cells of a column of dates say about their order.
#[derive(Clone, Copy, Debug, Default)]
struct Votes {
    month_first: u64,
    day_first: u64,
    open: u64,
}

impl Votes {
    fn order(self) -> DateOrder {
        if self.day_first > self.month_first { DateOrder::DayFirst } else { DateOrder::MonthFirst }
    }
}

/// What was learnt from reading the whole file once.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    pub(crate) rows: u64,
    filled: Vec<u64>,
    plain: Vec<u64>,
    dates: Vec<(usize, String, Votes)>,
    counted: Option<usize>,
    counts: HashMap<u64, u32>,
    plain_numbers: bool,
    c_numbers: bool,
}

impl Profile {
    /// Reads the file once.
    pub(crate) fn of(table: &Table, mapping: &Mapping, progress: &mut dyn FnMut(u64)) -> Result<Profile, Refusal> {
        let reach = table.columns.iter().map(|column| column.at + 1).max().unwrap_or(0);
        let is_date = |id: &str| id.ends_with("_at") || id.ends_with("_on");
        let dates = table
            .columns
            .iter()
            .filter(|column| matches!(mapping.columns.get(&column.header), Some(Use::Field(id)) if is_date(id)));
        let counted = match mapping.kind {
            TableKind::Orders => mapping.header_of("order_no"),
            TableKind::Customers => mapping.header_of("customer_id"),
            _ => None,
        };
        let mut profile = Profile {
            filled: vec![0; reach],
            plain: vec![0; reach],
            dates: dates.map(|column| (column.at, column.header.clone(), Votes::default())).collect(),
            counted: counted.and_then(|header| table.column(header)).map(|column| column.at),
            ..Profile::default()
        };
        table.rows(&mut |record| {
            profile.take(record);
            if profile.rows.is_multiple_of(5000) {
                progress(profile.rows);
            }
            Ok(Flow::Go)
        })?;
        Ok(profile)
    }

    fn take(&mut self, record: &Record) {
        self.rows += 1;
        if record.fault.is_some() {
            return;
        }
        for at in 0..self.filled.len() {
            let cell = record.cell(at);
            if !cell.is_empty() {
                self.filled[at] += 1;
                self.plain[at] += u64::from(number::is_plain(cell));
            }
        }
        for (at, _, votes) in &mut self.dates {
            // Only readings with the year last can be in question.
            let Some(reading) = moment::read(record.cell(*at)) else { continue };
            match reading.vote() {
                Some(DateOrder::MonthFirst) => votes.month_first += 1,
                Some(DateOrder::DayFirst) => votes.day_first += 1,
                None => votes.open += u64::from(reading.is_open()),
            }
        }
        if let Some(at) = self.counted {
            let key = whole(record.cell(at));
            *self.counts.entry(hash_of(key)).or_insert(0) += 1;
            let digits = |text: &str| text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
            self.plain_numbers |= digits(key);
            self.c_numbers |= key.strip_prefix(['C', 'c']).is_some_and(digits);
        }
    }

    /// Whether every value of a column is a plain decimal.
    pub(crate) fn is_numeric(&self, at: usize) -> bool {
        self.filled.get(at).is_some_and(|filled| *filled > 0 && self.plain[at] == *filled)
    }

    /// Which order the dates of a column have.
    pub(crate) fn date_order(&self, at: usize) -> DateOrder {
        self.dates
            .iter()
            .find(|(column, _, _)| *column == at)
            .map_or(DateOrder::MonthFirst, |(_, _, votes)| votes.order())
    }

    /// Whether order numbers with and without a leading C stand side by side.
    pub(crate) fn has_cancelling_numbers(&self) -> bool {
        self.plain_numbers && self.c_numbers
    }

    /// In how many rows a key stands.
    pub(crate) fn count(&self, key: &str) -> u32 {
        self.counts.get(&hash_of(key)).copied().unwrap_or(0)
    }

    /// Counts one row of a key off; how many are left.
    pub(crate) fn count_off(&mut self, key: &str) -> u32 {
        match self.counts.get_mut(&hash_of(key)) {
            Some(count) => {
                *count = count.saturating_sub(1);
                *count
            }
            None => 0,
        }
    }

    /// What is worth knowing about columns of dates, unless the mapping has said their order.
    pub(crate) fn findings(&self, mapping: &Mapping) -> Vec<Finding> {
        if mapping.date_order.is_some() {
            return Vec::new();
        }
        let fault = |header: &str, votes: &Votes| {
            let month_first = votes.order() == DateOrder::MonthFirst;
            match (votes.month_first, votes.day_first) {
                (0, 0) if votes.open > 0 => Some(fault::ambiguous_dates(header, month_first)),
                (1.., 1..) => Some(fault::mixed_dates(header, month_first)),
                _ => None,
            }
        };
        self.dates
            .iter()
            .filter_map(|(_, header, votes)| fault(header, votes))
            .map(|fault| fault.without_row())
            .collect()
    }
}

fn hash_of(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
