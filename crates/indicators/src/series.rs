//! Rows of one customer that one selector takes, in order of time, with running totals.
//!
//! A window at any moment is two binary searches and a difference of running totals; only where something became known
//! late or was corrected are the rows of that customer sifted for the moment.

use facts::FactFrame;
use vocab::{Amount, AsOf, Unknown, Zone};

use crate::measure::Basis;
use crate::plan::{DayClock, Group};

/// Rows in order of time, with running totals.
#[derive(Default)]
pub(crate) struct Series {
    pub rows: Vec<usize>,
    pub at: Vec<i64>,
    /// Sum of the values of the rows before each, and of all.
    sums: Vec<i128>,
    /// How many of the rows before each carry a value, and of all.
    valued: Vec<u32>,
    /// Per clock: how many of the rows before each begin a new day, and of all.
    new_days: Vec<Vec<u32>>,
    /// Up to each row: the latest moment at which one became known. Empty where every row was known at once and none
    /// was corrected.
    known: Vec<i64>,
    /// Up to each row: the earliest moment until which one stood uncorrected.
    until: Vec<i64>,
    /// Whether values come in more than one currency.
    mixed: bool,
}

impl Series {
    pub fn clear(&mut self) {
        self.rows.clear();
    }

    /// Everything that follows from the rows.
    pub fn build(&mut self, frame: &FactFrame, group: &Group<'_>) {
        self.at.clear();
        self.known.clear();
        self.until.clear();
        let mut prompt = true;
        for row in &self.rows {
            let at = frame.occurred_at(*row).micros();
            prompt &= frame.known_at(*row).micros() <= at && frame.until(*row).micros() == i64::MAX;
            self.at.push(at);
        }
        if !prompt {
            let (mut known, mut until) = (i64::MIN, i64::MAX);
            for row in &self.rows {
                known = known.max(frame.known_at(*row).micros());
                until = until.min(frame.until(*row).micros());
                self.known.push(known);
                self.until.push(until);
            }
        }
        if group.sums {
            self.build_sums(frame);
        }
        self.new_days.resize_with(group.clocks.len().max(self.new_days.len()), Vec::new);
        for (clock, days) in group.clocks.iter().zip(&mut self.new_days) {
            build_days(*clock, &self.at, frame.zone(), days);
        }
    }

    fn build_sums(&mut self, frame: &FactFrame) {
        self.sums.clear();
        self.valued.clear();
        self.sums.push(0);
        self.valued.push(0);
        self.mixed = false;
        let (mut sum, mut valued, mut currency) = (0, 0, None);
        for row in &self.rows {
            if let Some(value) = frame.value(*row) {
                sum += value.millionths();
                valued += 1;
                let own = frame.currency(*row);
                self.mixed |= *currency.get_or_insert(own) != own;
            }
            self.sums.push(sum);
            self.valued.push(valued);
        }
    }

    /// How many of its first rows are what is visible at a moment; `None` where something came late or was corrected
    /// and the rows have to be sifted.
    pub fn visible(&self, as_of: AsOf) -> Option<usize> {
        let t = as_of.instant().micros();
        let count = self.at.partition_point(|at| *at < t);
        let plain = count == 0 || self.known.is_empty() || (self.known[count - 1] < t && self.until[count - 1] >= t);
        plain.then_some(count)
    }

    /// Becomes the rows of another series that are visible at a moment.
    pub fn sift(&mut self, from: &Series, as_of: AsOf, frame: &FactFrame, group: &Group<'_>) {
        self.rows.clear();
        self.rows.extend(from.rows.iter().copied().filter(|row| frame.is_visible(*row, as_of)));
        self.build(frame, group);
    }
}

fn build_days(clock: DayClock, at: &[i64], zone: &Zone, days: &mut Vec<u32>) {
    days.clear();
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
    pub series: &'s Series,
    pub count: usize,
    pub frame: &'s FactFrame,
}

impl<'s> Seen<'s> {
    /// The rows that happened in `[start, end)`.
    pub fn span(&self, start: i64, end: i64) -> Span {
        let at = &self.series.at[..self.count];
        let first = at.partition_point(|at| *at < start);
        Span { first, end: at.partition_point(|at| *at < end).max(first) }
    }

    /// When the latest row before a moment happened.
    pub fn last_before(&self, end: i64) -> Option<i64> {
        let at = &self.series.at[..self.count];
        at.partition_point(|at| *at < end).checked_sub(1).map(|last| at[last])
    }

    pub fn rows(&self, span: Span) -> &'s [usize] {
        &self.series.rows[span.first..span.end]
    }

    pub fn at(&self, span: Span) -> &'s [i64] {
        &self.series.at[span.first..span.end]
    }

    /// The values of the rows that have one, in order of time.
    pub fn values(&self, span: Span) -> impl DoubleEndedIterator<Item = f64> + 's {
        let frame = self.frame;
        self.rows(span).iter().filter_map(move |row| frame.value(*row).map(Amount::to_f64))
    }

    /// The total of a window; a window without facts has the total zero.
    pub fn total(&self, basis: Basis, span: Span, clock: usize) -> Result<f64, Unknown> {
        if span.is_empty() {
            return Ok(0.0);
        }
        match basis {
            Basis::Count => Ok((span.end - span.first) as f64),
            Basis::DistinctDays => {
                let days = &self.series.new_days[clock];
                // The window's first row opens a day of the window whether it opens one of the series or not.
                Ok(f64::from(1 + days[span.end] - days[span.first + 1]))
            }
            Basis::Sum if self.valued(span) == 0 => Err(Unknown::NoValue),
            Basis::Sum if self.series.mixed && self.is_mixed(span) => Err(Unknown::MixedCurrency),
            Basis::Sum => {
                let sum = self.series.sums[span.end] - self.series.sums[span.first];
                Ok(Amount::from_millionths(sum).to_f64())
            }
        }
    }

    /// How many rows carry a value.
    pub fn valued(&self, span: Span) -> u32 {
        self.series.valued[span.end] - self.series.valued[span.first]
    }

    fn is_mixed(&self, span: Span) -> bool {
        let rows = self.rows(span).iter().filter(|row| self.frame.value(**row).is_some());
        let mut currencies = rows.map(|row| self.frame.currency(*row));
        let first = currencies.next();
        currencies.any(|currency| Some(currency) != first)
    }
}
