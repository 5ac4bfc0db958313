//! The kernel: facts and catalogue in, frames out.
//!
//! One pass over the rows of a customer per group of indicators that look at the same facts. Rows lie in order of time,
//! so a window at any moment is two binary searches and a difference of running totals; only where something became
//! known late or was corrected are the rows of that customer sifted for the moment. Sums are fixed-point, so neither
//! the order of facts nor the number of threads changes an answer.
//!
//! What an indicator means is told in `catalog`, and tried by a second, naive road in the tests.

use std::sync::Arc;

use facts::{FactFrame, FactView};
use vocab::{Amount, AsOf, CustomerId, Instant, Unknown, Zone};

use crate::catalog::{Basis, Catalog, Measure, WhenAbsent};
use crate::frame::{Cell, Columns, IndicatorFrame};
use crate::plan::{Bounds, DAY, DayClock, Delivery, Group, Plan, Task};

/// Whom to ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Population {
    /// Everybody of whom any fact is visible at the moment.
    Everyone,
    /// These, each with a row, whether anything is known of them or not.
    These(Vec<CustomerId>),
}

/// Every indicator of every customer of a population, as of the view's moment.
///
/// # Errors
/// What the facts cannot be read for.
pub fn evaluate(view: &FactView, catalog: &Catalog, population: &Population) -> Result<IndicatorFrame, facts::Error> {
    let frame = view.frame(&catalog.want())?;
    Ok(evaluate_at(&frame, catalog, population, &[view.as_of()]).remove(0))
}

/// Every indicator of every customer at some moments, in the order of the moments.
///
/// # Edges
/// The frame must hold the facts of everybody (a source counts as connected by anyone's facts) and be built with
/// [`Catalog::want`]; whom to answer for is the population's business.
///
/// # Panics
/// A moment after the frame's end: our own mistake.
pub fn evaluate_at(
    frame: &FactFrame,
    catalog: &Catalog,
    population: &Population,
    moments: &[AsOf],
) -> Vec<IndicatorFrame> {
    evaluate_delivered(frame, catalog, population, moments, Delivery::Observed)
}

/// As [`evaluate_at`], saying from when sources count as delivering.
///
/// # Panics
/// A moment after the frame's end: our own mistake.
pub fn evaluate_delivered(
    frame: &FactFrame,
    catalog: &Catalog,
    population: &Population,
    moments: &[AsOf],
    delivery: Delivery,
) -> Vec<IndicatorFrame> {
    for t in moments {
        assert!(*t <= frame.end(), "the frame ends at {}, asked about {t}", frame.end());
    }
    let plan = Plan::new(frame, catalog, moments, delivery);
    let columns = Columns::of(catalog);
    let asked: Vec<(CustomerId, Option<usize>)> = match population {
        Population::Everyone => frame.customers().iter().cloned().zip((0..).map(Some)).collect(),
        Population::These(customers) => {
            let mut customers = customers.clone();
            customers.sort_unstable();
            customers.dedup();
            customers.into_iter().map(|customer| (customer.clone(), frame.position(&customer))).collect()
        }
    };
    let whole = *population == Population::Everyone;
    let answers = in_parallel(&asked, |part| Evaluation::new(&plan, whole).run(part));
    let mut frames = Vec::with_capacity(moments.len());
    for (m, t) in moments.iter().enumerate() {
        let mut customers = Vec::new();
        let mut cells = vec![Vec::new(); catalog.indicators().len()];
        for part in &answers {
            let sheet = &part[m];
            customers.extend_from_slice(&sheet.customers);
            for (all, some) in cells.iter_mut().zip(&sheet.cells) {
                all.extend_from_slice(some);
            }
        }
        frames.push(IndicatorFrame::new(*t, customers, Arc::clone(&columns), cells));
    }
    frames
}

/// Splits the customers among the machine's cores; the parts' answers come back in order.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    const FEWEST: usize = 256;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let size = items.len().div_ceil(cores).max(FEWEST);
    if items.len() <= size {
        return vec![work(items)];
    }
    std::thread::scope(|scope| {
        let handles: Vec<_> = items.chunks(size).map(|part| scope.spawn(|| work(part))).collect();
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// The answers of some customers at one moment.
struct Sheet {
    customers: Vec<CustomerId>,
    cells: Vec<Vec<Cell>>,
}

/// Work on some customers, with its scratch space.
struct Evaluation<'p, 'a> {
    plan: &'p Plan<'a>,
    /// Leave out, at each moment, customers of whom nothing is visible.
    only_visible: bool,
    /// Rows of the customer at hand, by group.
    rows: Vec<Vec<usize>>,
    series: Series,
    sifted: Series,
    codes: Vec<u32>,
}

impl<'p, 'a> Evaluation<'p, 'a> {
    fn new(plan: &'p Plan<'a>, only_visible: bool) -> Self {
        let rows = vec![Vec::new(); plan.groups.len()];
        Self { plan, only_visible, rows, series: Series::default(), sifted: Series::default(), codes: Vec::new() }
    }

    fn run(mut self, customers: &[(CustomerId, Option<usize>)]) -> Vec<Sheet> {
        let width = self.plan.groups.iter().map(|group| group.tasks.len()).sum();
        let sheet = || Sheet { customers: Vec::new(), cells: vec![Vec::new(); width] };
        let mut sheets: Vec<Sheet> = self.plan.moments.iter().map(|_| sheet()).collect();
        for (customer, position) in customers {
            let rows = position.map_or(0..0, |position| self.plan.frame.rows_of(position));
            let mut present = vec![false; sheets.len()];
            for (m, sheet) in sheets.iter_mut().enumerate() {
                present[m] = !self.only_visible || self.any_visible(rows.clone(), self.plan.moments[m]);
                if present[m] {
                    sheet.customers.push(customer.clone());
                    for column in &mut sheet.cells {
                        column.push(Cell::Unknown(Unknown::NotConnected));
                    }
                }
            }
            if present.contains(&true) {
                self.sort_rows(rows);
                self.fill(&mut sheets, &present);
            }
        }
        sheets
    }

    fn any_visible(&self, mut rows: std::ops::Range<usize>, as_of: AsOf) -> bool {
        rows.any(|row| self.plan.frame.is_visible(row, as_of))
    }

    /// Deals the customer's rows out to the groups that take them.
    fn sort_rows(&mut self, rows: std::ops::Range<usize>) {
        self.rows.iter_mut().for_each(Vec::clear);
        for row in rows {
            for group in self.plan.routes(row) {
                let matcher = &self.plan.groups[*group as usize].matcher;
                if !matcher.has_filters() || matcher.passes_filters(row) {
                    self.rows[*group as usize].push(row);
                }
            }
        }
    }

    /// Writes the customer's cells into the last row of every sheet it is present on.
    fn fill(&mut self, sheets: &mut [Sheet], present: &[bool]) {
        for (g, group) in self.plan.groups.iter().enumerate() {
            self.series.build(self.rows[g].iter().copied(), self.plan.frame, &group.clocks);
            for (m, sheet) in sheets.iter_mut().enumerate().filter(|(m, _)| present[*m]) {
                let seen = self.series.seen(self.plan.moments[m], &mut self.sifted, self.plan, group);
                for task in &group.tasks {
                    let asked = Asked { plan: self.plan, task, bounds: &task.bounds[m], seen };
                    let cell = asked.cell(&mut self.codes);
                    if let Some(last) = sheet.cells[task.column].last_mut() {
                        *last = cell;
                    }
                }
            }
        }
    }
}

/// Rows of one customer that one group takes, in order of time, with running totals.
#[derive(Default)]
struct Series {
    rows: Vec<usize>,
    at: Vec<i64>,
    /// Sum of the values of the rows before each, and of all.
    sums: Vec<i128>,
    /// How many of the rows before each carry a value, and of all.
    valued: Vec<u32>,
    /// Per clock: how many of the rows before each begin a new day, and of all.
    new_days: Vec<Vec<u32>>,
    /// Up to each row: the latest moment at which one became known.
    known: Vec<i64>,
    /// Up to each row: the earliest moment until which one stood uncorrected.
    until: Vec<i64>,
    /// Whether values come in more than one currency.
    mixed: bool,
}

impl Series {
    fn build(&mut self, rows: impl Iterator<Item = usize>, frame: &FactFrame, clocks: &[DayClock]) {
        self.rows.clear();
        self.rows.extend(rows);
        self.at.clear();
        self.at.extend(self.rows.iter().map(|row| frame.occurred_at(*row).micros()));
        self.known.clear();
        self.until.clear();
        let (mut known, mut until) = (i64::MIN, i64::MAX);
        for row in &self.rows {
            known = known.max(frame.known_at(*row).micros());
            until = until.min(frame.until(*row).micros());
            self.known.push(known);
            self.until.push(until);
        }
        self.build_sums(frame);
        self.new_days.resize_with(clocks.len().max(self.new_days.len()), Vec::new);
        for (clock, days) in clocks.iter().zip(&mut self.new_days) {
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

    /// What is visible at a moment: a beginning of this series where nothing came late or was corrected, else the
    /// visible rows sifted into `sifted`.
    fn seen<'s>(&'s self, as_of: AsOf, sifted: &'s mut Series, plan: &Plan<'_>, group: &Group<'_>) -> Seen<'s> {
        let t = as_of.instant().micros();
        let count = self.at.partition_point(|at| *at < t);
        if count == 0 || (self.known[count - 1] < t && self.until[count - 1] >= t) {
            return Seen { series: self, count };
        }
        let visible = self.rows[..count].iter().copied().filter(|row| plan.frame.is_visible(*row, as_of));
        sifted.build(visible, plan.frame, &group.clocks);
        let count = sifted.rows.len();
        Seen { series: sifted, count }
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

/// The first `count` rows of a series: all of them visible at the moment asked about.
#[derive(Clone, Copy)]
struct Seen<'s> {
    series: &'s Series,
    count: usize,
}

/// Positions in a series, half-open.
#[derive(Clone, Copy)]
struct Span {
    first: usize,
    end: usize,
}

impl Span {
    fn is_empty(self) -> bool {
        self.first >= self.end
    }
}

impl Seen<'_> {
    fn span(&self, start: i64, end: i64) -> Span {
        let at = &self.series.at[..self.count];
        Span { first: at.partition_point(|at| *at < start), end: at.partition_point(|at| *at < end) }
    }
}

/// One indicator of one customer at one moment.
struct Asked<'q, 'a> {
    plan: &'q Plan<'a>,
    task: &'q Task<'a>,
    bounds: &'q Bounds,
    seen: Seen<'q>,
}

impl Asked<'_, '_> {
    fn cell(&self, codes: &mut Vec<u32>) -> Cell {
        match self.bounds.barred.map_or_else(|| self.number(codes), Err) {
            Ok(value) => Cell::Known(value),
            Err(reason) => Cell::Unknown(reason),
        }
    }

    /// What silence counts as.
    fn absent(&self) -> Result<f64, Unknown> {
        match self.task.indicator.when_absent {
            WhenAbsent::Zero => Ok(0.0),
            WhenAbsent::Unknown => Err(Unknown::NeverObserved),
        }
    }

    fn number(&self, codes: &mut Vec<u32>) -> Result<f64, Unknown> {
        let bounds = self.bounds;
        let span = self.seen.span(bounds.start, bounds.end);
        let never = self.seen.count == 0;
        match &self.task.indicator.measure {
            Measure::RatioToPrevious(basis) if never => self.absent().and_then(|_| self.ratio(*basis, span)),
            Measure::RatioToPrevious(basis) => self.ratio(*basis, span),
            Measure::Count | Measure::Sum | Measure::DistinctDays | Measure::DistinctValues { .. } if never => {
                self.absent()
            }
            Measure::Count => self.total(Basis::Count, span),
            Measure::Sum => self.total(Basis::Sum, span),
            Measure::DistinctDays => self.total(Basis::DistinctDays, span),
            Measure::DistinctValues { property } => Ok(self.distinct(property, span, codes)),
            _ if span.is_empty() => self.absent(),
            Measure::Mean => {
                let count = self.valued(span);
                self.total(Basis::Sum, span).map(|sum| sum / f64::from(count))
            }
            Measure::Last => self.last(span),
            Measure::DaysSinceFirst => Ok(days(bounds.as_of - self.seen.series.at[span.first])),
            Measure::DaysSinceLast => Ok(days(bounds.as_of - self.seen.series.at[span.end - 1])),
            Measure::DaysUntil { property } => self.days_until(property, span),
        }
    }

    /// The total of a window; a window without facts has the total zero.
    fn total(&self, basis: Basis, span: Span) -> Result<f64, Unknown> {
        if span.is_empty() {
            return Ok(0.0);
        }
        let series = self.seen.series;
        match basis {
            Basis::Count => Ok((span.end - span.first) as f64),
            Basis::DistinctDays => {
                let days = &series.new_days[self.bounds.clock];
                // The window's first row opens a day of the window whether it opens one of the series or not.
                Ok(f64::from(1 + days[span.end] - days[span.first + 1]))
            }
            Basis::Sum if self.valued(span) == 0 => Err(Unknown::NoValue),
            Basis::Sum if series.mixed && self.is_mixed(span) => Err(Unknown::MixedCurrency),
            Basis::Sum => Ok(Amount::from_millionths(series.sums[span.end] - series.sums[span.first]).to_f64()),
        }
    }

    fn valued(&self, span: Span) -> u32 {
        self.seen.series.valued[span.end] - self.seen.series.valued[span.first]
    }

    fn is_mixed(&self, span: Span) -> bool {
        let frame = self.plan.frame;
        let rows = self.seen.series.rows[span.first..span.end].iter().filter(|row| frame.value(**row).is_some());
        let mut currencies = rows.map(|row| frame.currency(*row));
        let first = currencies.next();
        currencies.any(|currency| Some(currency) != first)
    }

    fn ratio(&self, basis: Basis, span: Span) -> Result<f64, Unknown> {
        let before = self.total(basis, self.seen.span(self.bounds.previous, self.bounds.start))?;
        let now = self.total(basis, span)?;
        if before > 0.0 { Ok(now / before) } else { Err(Unknown::ZeroBase) }
    }

    fn distinct(&self, property: &str, span: Span, codes: &mut Vec<u32>) -> f64 {
        codes.clear();
        let rows = &self.seen.series.rows[span.first.min(span.end)..span.end];
        codes.extend(rows.iter().map(|row| self.plan.value_code(property, *row)).filter(|code| *code > 0));
        codes.sort_unstable();
        codes.dedup();
        codes.len() as f64
    }

    fn last(&self, span: Span) -> Result<f64, Unknown> {
        let rows = &self.seen.series.rows[span.first..span.end];
        let latest = rows.iter().rev().find_map(|row| self.plan.frame.value(*row));
        latest.map(Amount::to_f64).ok_or(Unknown::NoValue)
    }

    fn days_until(&self, property: &str, span: Span) -> Result<f64, Unknown> {
        let frame = self.plan.frame;
        let rows = &self.seen.series.rows[span.first..span.end];
        let text = rows.iter().rev().find_map(|row| frame.property(*row, property).flatten());
        let date = text.and_then(|text| frame.zone().parse(text).ok()).ok_or(Unknown::NoValue)?;
        Ok(date.days_since(Instant::from_micros(self.bounds.as_of)) as f64)
    }
}

fn days(micros: i64) -> f64 {
    micros.div_euclid(DAY) as f64
}
