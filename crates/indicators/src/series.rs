//! Rows of one customer that one selector takes, in order of time, as columns; and what follows from them.
//!
//! A window at any moment is the difference of two places: where every border of every window lies among the rows is
//! found once per customer, in one walk. Only where something became known late or was corrected are the rows of that
//! customer sifted for the moment. Sums are fixed-point in 64 bits, and in 128 where those overflow.
//!
//! Where the rows come from is not decided here: a frame deals them out (`kernel`), or they stand ready (`standing`).

use facts::FactFrame;
use vocab::{Amount, AsOf, Unknown, Zone};

use crate::measure::Basis;
use crate::plan::{DayClock, Group};

/// The value of a row that has none.
pub(crate) const NO_VALUE: i64 = i64::MIN;

/// Columns of rows in order of time; those that a selector's measures do not look at are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rows {
    pub at: Vec<i64>,
    /// In millionths.
    pub values: Vec<i64>,
    /// Codes of currencies, 0 = the firm's; empty where every value is in the firm's.
    pub currencies: Vec<u32>,
    /// When each became known; empty where every row was known when it happened.
    pub known: Vec<i64>,
    /// Until when each stood uncorrected; empty where every row still does.
    pub until: Vec<i64>,
    /// Codes of what is said of the group's properties, row by row; 0 = nothing.
    pub said: Vec<u32>,
}

/// The same, borrowed from wherever they lie.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RowsRef<'s> {
    pub at: &'s [i64],
    pub values: &'s [i64],
    pub currencies: &'s [u32],
    pub known: &'s [i64],
    pub until: &'s [i64],
    pub said: &'s [u32],
}

impl Rows {
    pub fn clear(&mut self) {
        let Rows { at, values, currencies, known, until, said } = self;
        at.clear();
        values.clear();
        known.clear();
        until.clear();
        currencies.clear();
        said.clear();
    }

    pub fn all(&self) -> RowsRef<'_> {
        RowsRef {
            at: &self.at,
            values: &self.values,
            currencies: &self.currencies,
            known: &self.known,
            until: &self.until,
            said: &self.said,
        }
    }

    /// Adds a row of a frame; rows come in order of time.
    #[inline]
    pub fn push(&mut self, frame: &FactFrame, group: &Group<'_>, row: usize) {
        self.at.push(frame.occurred_at(row).micros());
        if group.values {
            self.values.push(match group.number {
                None => held(frame.value(row)),
                Some(key) => held(frame.property(row, key).flatten().and_then(number_in)),
            });
            if frame.has_currencies() {
                self.currencies.push(frame.currency_code(row));
            }
        }
        if !frame.is_prompt() {
            self.known.push(frame.known_at(row).micros());
            self.until.push(frame.until(row).micros());
        }
        self.said.extend(group.said.iter().map(|key| frame.property_code(row, key)));
    }

    /// Becomes the rows of others that are visible at a moment.
    fn sift(&mut self, from: RowsRef<'_>, as_of: i64, words: usize) {
        self.clear();
        for place in 0..from.at.len() {
            if from.at[place] < as_of && from.known[place] < as_of && from.until[place] >= as_of {
                self.at.push(from.at[place]);
                self.values.extend(from.values.get(place));
                self.currencies.extend(from.currencies.get(place));
                self.said.extend(from.said.get(place * words..(place + 1) * words).unwrap_or_default());
            }
        }
    }
}

/// What follows from rows, whoever asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    /// Where each border of the group's windows lies: how many rows happened before it.
    marks: Vec<u32>,
    /// Sum of the values of the rows before each, and of all.
    sums: Vec<i64>,
    /// The sums do not fit 64 bits and are taken one by one.
    is_wide: bool,
    /// How many of the rows before each carry a value, and of all; empty where every row does.
    valued: Vec<u32>,
    /// Per clock: how many of the rows before each begin a new day, and of all.
    new_days: Vec<Vec<u32>>,
    /// Up to each row: the latest moment at which one became known.
    known: Vec<i64>,
    /// Up to each row: the earliest moment until which one stood uncorrected.
    until: Vec<i64>,
    /// Whether values come in more than one currency.
    is_mixed: bool,
}

impl Totals {
    pub fn count(&mut self, rows: RowsRef<'_>, group: &Group<'_>, zone: &Zone) {
        mark(rows.at, &group.borders, &mut self.marks);
        self.known.clear();
        self.until.clear();
        let (mut known, mut until) = (i64::MIN, i64::MAX);
        for (row_known, row_until) in rows.known.iter().zip(rows.until) {
            known = known.max(*row_known);
            until = until.min(*row_until);
            self.known.push(known);
            self.until.push(until);
        }
        if group.sums {
            self.sum(rows);
        }
        // No window reaches back beyond the first border.
        let before = self.marks.first().map_or(0, |first| *first as usize);
        self.new_days.resize_with(group.clocks.len().max(self.new_days.len()), Vec::new);
        for (clock, days) in group.clocks.iter().zip(&mut self.new_days) {
            days.clear();
            days.resize(before, 0);
            count_days(*clock, &rows.at[before..], zone, days);
        }
    }

    fn sum(&mut self, rows: RowsRef<'_>) {
        self.sums.clear();
        self.valued.clear();
        (self.is_wide, self.is_mixed) = (false, false);
        self.sums.push(0);
        let mut sum = 0i64;
        let mut some_lack = false;
        for value in rows.values {
            if *value == NO_VALUE {
                some_lack = true;
            } else {
                let (next, overflowed) = sum.overflowing_add(*value);
                self.is_wide |= overflowed;
                sum = next;
            }
            self.sums.push(sum);
        }
        if some_lack {
            self.valued.push(0);
            let mut valued = 0;
            for value in rows.values {
                valued += u32::from(*value != NO_VALUE);
                self.valued.push(valued);
            }
        }
        let mut of_values = rows.currencies.iter().zip(rows.values).filter(|(_, value)| **value != NO_VALUE);
        if let Some((first, _)) = of_values.next() {
            self.is_mixed = of_values.any(|(own, _)| own != first);
        }
    }

    /// How many of the first rows are what is visible at a moment; `None` where something came late or was corrected
    /// and the rows have to be sifted.
    pub fn visible(&self, rows: RowsRef<'_>, as_of: i64) -> Option<usize> {
        let count = match rows.at.last() {
            Some(last) if *last < as_of => rows.at.len(),
            _ => rows.at.partition_point(|at| *at < as_of),
        };
        let plain =
            count == 0 || self.known.is_empty() || (self.known[count - 1] < as_of && self.until[count - 1] >= as_of);
        plain.then_some(count)
    }
}

/// Rows that had to be sifted for a moment, with what follows from them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sifted {
    pub rows: Rows,
    pub totals: Totals,
}

impl Sifted {
    pub fn sift(&mut self, from: RowsRef<'_>, as_of: AsOf, group: &Group<'_>, zone: &Zone) {
        self.rows.sift(from, as_of.instant().micros(), group.said.len());
        self.totals.count(self.rows.all(), group, zone);
    }
}

/// One walk through rows and borders, both in order.
fn mark(at: &[i64], borders: &[i64], marks: &mut Vec<u32>) {
    marks.clear();
    let mut place = 0;
    for border in borders {
        while place < at.len() && at[place] < *border {
            place += 1;
        }
        marks.push(place as u32);
    }
}

/// Adds how many of the rows before each begin a new day, and of all.
fn count_days(clock: DayClock, at: &[i64], zone: &Zone, days: &mut Vec<u32>) {
    days.push(0);
    let (mut count, mut last) = (0, None);
    for at in at {
        let day = clock.day(*at, zone);
        if last != Some(day) {
            count += 1;
            last = Some(day);
        }
        days.push(count);
    }
}

/// Positions in a series, half-open.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub first: usize,
    pub end: usize,
}

impl Span {
    pub fn len(self) -> usize {
        self.end - self.first
    }

    pub fn is_empty(self) -> bool {
        self.first >= self.end
    }
}

/// The first `count` rows of a series: all of them visible at the moment asked about.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'s> {
    pub rows: RowsRef<'s>,
    pub totals: &'s Totals,
    pub count: usize,
    /// Of how many properties each row says something.
    pub words: usize,
}

impl<'s> Seen<'s> {
    /// The rows that happened in `[start, end)`.
    pub fn span(&self, start: i64, end: i64) -> Span {
        let at = &self.rows.at[..self.count];
        let first = at.partition_point(|at| *at < start);
        Span { first, end: at.partition_point(|at| *at < end).max(first) }
    }

    /// The rows between two borders of the group.
    #[inline]
    pub fn between(&self, borders: (u32, u32)) -> Span {
        let place = |border: u32| (self.totals.marks[border as usize] as usize).min(self.count);
        let first = place(borders.0);
        Span { first, end: place(borders.1).max(first) }
    }

    /// When the latest row before a moment happened.
    pub fn last_before(&self, end: i64) -> Option<i64> {
        let at = &self.rows.at[..self.count];
        at.partition_point(|at| *at < end).checked_sub(1).map(|last| at[last])
    }

    pub fn at(&self, span: Span) -> &'s [i64] {
        &self.rows.at[span.first..span.end]
    }

    /// The values of the rows that have one, in order of time.
    pub fn values(&self, span: Span) -> impl DoubleEndedIterator<Item = f64> + 's {
        let values = self.rows.values[span.first..span.end].iter().filter(|value| **value != NO_VALUE);
        values.map(|value| amount(i128::from(*value)))
    }

    /// Codes of what the rows say of a property, in order of time; 0 = nothing.
    pub fn said(&self, span: Span, word: usize) -> impl DoubleEndedIterator<Item = u32> + 's {
        let (said, words) = (self.rows.said, self.words);
        (span.first..span.end).map(move |place| said[place * words + word])
    }

    /// The total of a window; a window without facts has the total zero.
    pub fn total(&self, basis: Basis, span: Span, clock: usize) -> Result<f64, Unknown> {
        if span.is_empty() {
            return Ok(0.0);
        }
        match basis {
            Basis::Count => Ok((span.end - span.first) as f64),
            Basis::DistinctDays => {
                let days = &self.totals.new_days[clock];
                // The window's first row opens a day of the window whether it opens one of the series or not.
                Ok(f64::from(1 + days[span.end] - days[span.first + 1]))
            }
            Basis::Sum if self.valued(span) == 0 => Err(Unknown::NoValue),
            Basis::Sum if self.totals.is_mixed && self.is_mixed(span) => Err(Unknown::MixedCurrency),
            Basis::Sum if self.totals.is_wide => {
                let values = self.rows.values[span.first..span.end].iter().filter(|value| **value != NO_VALUE);
                Ok(amount(values.map(|value| i128::from(*value)).sum()))
            }
            Basis::Sum => Ok(amount(i128::from(self.totals.sums[span.end] - self.totals.sums[span.first]))),
        }
    }

    /// How many rows carry a value.
    pub fn valued(&self, span: Span) -> u32 {
        match self.totals.valued.is_empty() {
            true => (span.end - span.first) as u32,
            false => self.totals.valued[span.end] - self.totals.valued[span.first],
        }
    }

    fn is_mixed(&self, span: Span) -> bool {
        let rows = span.first..span.end;
        let mut currencies = self.rows.currencies[rows.clone()]
            .iter()
            .zip(&self.rows.values[rows])
            .filter(|(_, value)| **value != NO_VALUE)
            .map(|(currency, _)| currency);
        let first = currencies.next();
        currencies.any(|currency| Some(currency) != first)
    }
}

/// A value as columns hold it.
#[inline]
pub(crate) fn held(value: Option<Amount>) -> i64 {
    value.map_or(NO_VALUE, |value| value.millionths() as i64)
}

/// The number that a property says, if it is one.
pub(crate) fn number_in(said: &str) -> Option<Amount> {
    said.trim().parse().ok().filter(|number: &f64| number.is_finite()).and_then(Amount::from_f64)
}

fn amount(millionths: i128) -> f64 {
    Amount::from_millionths(millionths).to_f64()
}
