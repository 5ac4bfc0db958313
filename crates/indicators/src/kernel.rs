//! The kernel: facts and catalogue in, frames out.
//!
//! One pass over the rows of a customer per group of indicators that look at the same facts. Rows lie in order of time,
//! so a window at any moment is a difference of places and of running totals, see `series`. Sums are fixed-point, so
//! neither the order of facts nor the number of threads changes an answer.
//!
//! What an indicator means is told in `catalog`, and tried by a second, naive road in the tests.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use facts::{FactFrame, FactView};
use vocab::{AsOf, CustomerId, Unknown};

use crate::asked::{Asked, Scratch};
use crate::catalog::Catalog;
use crate::frame::{Cell, Columns, IndicatorFrame};
use crate::peers::{self, Peering};
use crate::plan::{Anchor, Delivery, Plan};
use crate::series::{Rows, RowsRef, Seen, Sifted, Totals};

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

/// As [`evaluate_at`], by no more threads than these: for work done ahead, beside which others want theirs done.
///
/// # Panics
/// A moment after the frame's end: our own mistake.
pub fn evaluate_by(
    threads: usize,
    frame: &FactFrame,
    catalog: &Catalog,
    population: &Population,
    moments: &[AsOf],
) -> Vec<IndicatorFrame> {
    evaluate_with(frame, catalog, population, moments, Delivery::Observed, threads)
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
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    evaluate_with(frame, catalog, population, moments, delivery, threads)
}

/// Every indicator of everybody, part by part: `frame` gives the facts of some customers, all of each, and `take` is
/// handed their answers, one frame per moment. So many threads work on a part each, in no particular order.
///
/// # Errors
/// The first of those of `frame`; the other parts are then left.
///
/// # Panics
/// If the catalogue compares customers with each other, or at a moment after a frame's end: our own mistakes.
pub fn evaluate_parts(
    parts: usize,
    frame: &(dyn Fn(usize) -> Result<FactFrame, facts::Error> + Sync),
    catalog: &Catalog,
    moments: &[AsOf],
    delivery: Delivery,
    threads: usize,
    take: &(dyn Fn(Vec<IndicatorFrame>) + Sync),
) -> Result<(), facts::Error> {
    assert!(!catalog.looks_across(), "a part does not see the others");
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= parts {
                return Ok(());
            }
            let frame = frame(part).inspect_err(|_| next.store(parts, Ordering::Relaxed))?;
            take(evaluate_with(&frame, catalog, &Population::Everyone, moments, delivery, 1));
        }
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.clamp(1, parts.max(1))).map(|_| scope.spawn(work)).collect();
        let own = work();
        let joined = others.into_iter().map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.fold(own, |all, one| all.and(one))
    })
}

fn evaluate_with(
    frame: &FactFrame,
    catalog: &Catalog,
    population: &Population,
    moments: &[AsOf],
    delivery: Delivery,
    threads: usize,
) -> Vec<IndicatorFrame> {
    for t in moments {
        assert!(*t <= frame.end(), "the frame ends at {}, asked about {t}", frame.end());
    }
    let plan = Plan::new(frame, catalog, moments, delivery);
    let columns = Columns::of(catalog);
    let asked = whom(frame, population, catalog.compares_peers());
    let everyone = *population == Population::Everyone;
    let mut answers = in_parallel(&asked, threads, |part| Evaluation::new(&plan, everyone).run(part));
    let mut frames = Vec::with_capacity(moments.len());
    for (m, t) in moments.iter().enumerate() {
        let mut whole = Sheet::new(plan.columns);
        for part in &mut answers {
            whole.append(&mut part[m]);
        }
        whole.peerings = peers::finish(catalog, frame, *t, &whole.customers, &whole.visible, &mut whole.cells);
        if let Population::These(wanted) = population {
            whole.keep(wanted);
        }
        let known_from = plan.known_from.iter().map(|of| of.get(m).copied().flatten()).collect();
        let answer =
            IndicatorFrame::filled_up(*t, whole.customers, Arc::clone(&columns), whole.cells, &plan.left_empty(m));
        frames.push(answer.known_from_on(known_from).among(whole.peerings));
    }
    frames
}

/// Customers to go through, sorted, and their place in the frame: those asked for, and everybody if each is compared
/// with the others.
fn whom(frame: &FactFrame, population: &Population, with_everybody: bool) -> Vec<(CustomerId, Option<usize>)> {
    let everybody = || frame.customers().iter().cloned().zip((0..).map(Some)).collect::<Vec<_>>();
    let Population::These(customers) = population else { return everybody() };
    let mut asked: Vec<(CustomerId, Option<usize>)> =
        customers.iter().map(|customer| (customer.clone(), frame.position(customer))).collect();
    if with_everybody {
        asked.extend(everybody());
    }
    asked.sort_unstable();
    asked.dedup();
    asked
}

/// Splits items among threads; the parts' answers come back in order.
///
/// # Edges
/// Fewer than some hundred items are one part, and so is everything where there is one thread.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    const FEWEST: usize = 256;
    let size = items.len().div_ceil(threads.max(1)).max(FEWEST);
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
    /// Whether anything is visible of them.
    visible: Vec<bool>,
    cells: Vec<Vec<Cell>>,
    /// By column, among whom customers were put; empty before that is done.
    peerings: Vec<Option<Peering>>,
}

impl Sheet {
    fn new(columns: usize) -> Sheet {
        let cells = vec![Vec::new(); columns];
        Sheet { customers: Vec::new(), visible: Vec::new(), cells, peerings: Vec::new() }
    }

    fn append(&mut self, part: &mut Sheet) {
        self.customers.append(&mut part.customers);
        self.visible.append(&mut part.visible);
        for (all, some) in self.cells.iter_mut().zip(&mut part.cells) {
            match all.is_empty() {
                true => std::mem::swap(all, some),
                false => all.append(some),
            }
        }
    }

    /// Leaves out everybody but these.
    fn keep(&mut self, wanted: &[CustomerId]) {
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        let kept: Vec<bool> = self.customers.iter().map(|one| wanted.binary_search(one).is_ok()).collect();
        if kept.contains(&false) {
            let mut places = kept.iter();
            self.customers.retain(|_| *places.next().unwrap_or(&true));
            for column in &mut self.cells {
                let mut places = kept.iter();
                column.retain(|_| *places.next().unwrap_or(&true));
            }
            let left = || kept.iter().enumerate().filter(|(_, kept)| **kept).map(|(place, _)| Some(place));
            for peering in self.peerings.iter_mut().flatten() {
                *peering = peering.at(left());
            }
        }
    }
}

/// Work on some customers, with its scratch space.
struct Evaluation<'p, 'a> {
    plan: &'p Plan<'a>,
    /// Leave out, at each moment, customers of whom nothing is visible.
    only_visible: bool,
    answering: Answering<'p, 'a>,
    /// Rows of the customer at hand, by group.
    rows: Vec<Rows>,
}

impl<'p, 'a> Evaluation<'p, 'a> {
    fn new(plan: &'p Plan<'a>, only_visible: bool) -> Self {
        let rows = plan.groups.iter().map(|_| Rows::default()).collect();
        Self { plan, only_visible, answering: Answering::new(plan), rows }
    }

    fn run(mut self, customers: &[(CustomerId, Option<usize>)]) -> Vec<Sheet> {
        let plan = self.plan;
        let mut sheets: Vec<Sheet> = plan.moments.iter().map(|_| Sheet::new(plan.columns)).collect();
        for (customer, position) in customers {
            let rows = position.map_or(0..0, |position| plan.frame.rows_of(position));
            let mut dealt = false;
            for (m, sheet) in sheets.iter_mut().enumerate() {
                let as_of = plan.moments[m];
                let first_seen = rows.clone().find(|row| plan.frame.is_visible(*row, as_of));
                if first_seen.is_none() && self.only_visible {
                    continue;
                }
                if !std::mem::replace(&mut dealt, true) {
                    self.deal(rows.clone());
                    self.answering.meet(|group| self.rows[group].all());
                }
                sheet.customers.push(customer.clone());
                sheet.visible.push(first_seen.is_some());
                let first_seen = first_seen.map(|row| plan.frame.occurred_at(row).micros());
                self.answering.fill(|group| self.rows[group].all(), m, first_seen, &mut sheet.cells);
            }
        }
        sheets
    }

    /// Deals the customer's rows out to the groups that take them.
    fn deal(&mut self, rows: Range<usize>) {
        let plan = self.plan;
        self.rows.iter_mut().for_each(Rows::clear);
        for row in rows {
            for place in plan.routes(row) {
                let group = &plan.groups[*place as usize];
                if group.matcher.passes_filter(row) {
                    self.rows[*place as usize].push(plan.frame, group, row);
                }
            }
        }
    }
}

/// Answers for one customer after the other, wherever their rows lie.
pub(crate) struct Answering<'p, 'a> {
    plan: &'p Plan<'a>,
    /// Of the customer at hand, by group.
    totals: Vec<Totals>,
    /// What is visible at the moment at hand, where it had to be sifted.
    sifted: Vec<Sifted>,
    /// By group: whether they were sifted, and how many rows are visible.
    visible: Vec<(bool, usize)>,
    scratch: Scratch,
}

impl<'p, 'a> Answering<'p, 'a> {
    pub fn new(plan: &'p Plan<'a>) -> Self {
        let count = plan.groups.len();
        Self {
            plan,
            totals: vec![Totals::default(); count],
            sifted: vec![Sifted::default(); count],
            visible: vec![(false, 0); count],
            scratch: Scratch::default(),
        }
    }

    /// Takes up a customer with these rows, by group.
    pub fn meet<'s>(&mut self, rows: impl Fn(usize) -> RowsRef<'s>) {
        let zone = self.plan.frame.zone();
        for (place, (totals, group)) in self.totals.iter_mut().zip(&self.plan.groups).enumerate() {
            totals.count(rows(place), group, zone);
        }
    }

    /// Writes the customer's cells at one moment: a cell to each column that is not left empty.
    pub fn fill<'s>(
        &mut self,
        rows: impl Fn(usize) -> RowsRef<'s>,
        m: usize,
        first_seen: Option<i64>,
        cells: &mut [Vec<Cell>],
    ) {
        let (plan, as_of) = (self.plan, self.plan.moments[m]);
        for (place, group) in plan.groups.iter().enumerate() {
            self.visible[place] = match self.totals[place].visible(rows(place), as_of.instant().micros()) {
                Some(count) => (false, count),
                None => {
                    self.sifted[place].sift(rows(place), as_of, group, plan.frame.zone());
                    (true, self.sifted[place].rows.at.len())
                }
            };
        }
        let Answering { totals, sifted, visible, scratch, .. } = self;
        let seen = |place: usize| {
            let (is_sifted, count) = visible[place];
            let (rows, totals) = match is_sifted {
                true => (sifted[place].rows.all(), &sifted[place].totals),
                false => (rows(place), &totals[place]),
            };
            Seen { rows, totals, count, words: plan.groups[place].said.len() }
        };
        for task in plan.tasks.iter().filter(|task| task.left_empty(m).is_none()) {
            let bounds = &task.bounds[m];
            let anchor = match task.anchor {
                Anchor::None => None,
                Anchor::Start => first_seen,
                Anchor::LastOf(group) => seen(group).last_before(bounds.now.end),
            };
            let part = task.part.map(seen);
            let asked = Asked { plan, task, bounds, seen: seen(task.group), part, anchor, first_seen };
            cells[task.column].push(asked.cell(scratch));
        }
        for (cells, is_formula) in cells.iter_mut().zip(&plan.formulas) {
            if *is_formula {
                // Computed when every figure is there.
                cells.push(Cell::Unknown(Unknown::NotConnected));
            }
        }
    }
}
