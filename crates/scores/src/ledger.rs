//! Why a health is another than it was: every change explained, and the changes sum to the difference exactly.
//!
//! Two scores are compared in two steps. First the old figures are scored by the new scorecard: whatever that changes
//! is the scorecard's doing. Then the new figures are scored by the new scorecard: whatever that changes is the
//! figures' doing. A person's word is compared last. Which facts moved a figure is asked of the facts (`app`).

use std::sync::Arc;

use indicators::{Catalog, Cell, IndicatorFrame};
use vocab::{Health, Instant};

use crate::book::{Measure, ScoreBook};
use crate::said::Said;
use crate::score::{Correction, Summed, share_out};
use crate::weigh::{Counted, Weighed, Weigher};

/// A score with what it rests on: the frame and the customer's place in it, the scorecard, and what people had said.
#[derive(Clone, Copy, Debug)]
pub struct Scored<'a> {
    /// The indicators at the moment; all that the scorecards of both sides read.
    pub frame: &'a IndicatorFrame,
    /// The customer's place in it; `None` if it was not known then.
    pub position: Option<usize>,
    /// The scorecard in use then.
    pub book: &'a ScoreBook,
    /// What people had said.
    pub said: &'a Said,
    /// Up to when.
    pub at: Instant,
}

impl<'a> Scored<'a> {
    /// The scorecard that is for the customer, if it was known and one is.
    fn chosen(&self) -> Option<&'a ScoreBook> {
        let (book, is_for) = self.book.for_customer(self.frame, self.position?);
        is_for.then_some(book)
    }
}

/// What changed a health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// A figure is another than it was.
    Figure,
    /// There is a figure where there was none.
    Known,
    /// There is no figure where there was one.
    Lost,
    /// The figure is the same and has grown too old to be believed as before, or is young again.
    Age,
    /// Other measures came, went or aged, so that those that stayed weigh more or less.
    Weighing,
    /// The scorecard gives the measure another weight.
    Weight,
    /// The scorecard gives the figure other points, or treats a missing or old one otherwise.
    Curve,
    /// The measure is new on the scorecard.
    Added,
    /// The measure is no longer on the scorecard.
    Removed,
    /// Another scorecard, of which the old figures do not give a health.
    Scorecard,
    /// A person's word began, ended or changed.
    Correction,
    /// There was no health before: it begins at the base.
    Began,
    /// There is no health any more.
    Ended,
}

impl Cause {
    /// The word over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::Figure => "figure",
            Cause::Known => "known",
            Cause::Lost => "lost",
            Cause::Age => "age",
            Cause::Weighing => "weighing",
            Cause::Weight => "weight",
            Cause::Curve => "curve",
            Cause::Added => "added",
            Cause::Removed => "removed",
            Cause::Scorecard => "scorecard",
            Cause::Correction => "correction",
            Cause::Began => "began",
            Cause::Ended => "ended",
        }
    }

    /// Whether the scorecard was changed, rather than the customer.
    pub fn is_by_definition(self) -> bool {
        matches!(self, Cause::Weight | Cause::Curve | Cause::Added | Cause::Removed | Cause::Scorecard)
    }
}

/// One entry of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What changed it.
    pub cause: Cause,
    /// The measure, where it is one measure's doing.
    pub measure: Option<Arc<str>>,
    /// Its number before.
    pub before: Option<Cell>,
    /// Its number after.
    pub after: Option<Cell>,
    /// What it adds or takes, in hundredths of a point; never 0.
    pub points_hundredths: i32,
}

/// Every change between two scores.
///
/// `after − before = Σ changes`, exactly, in hundredths of a point; no health counts as 0 (the entries `began` and
/// `ended` carry the base).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// Health before.
    pub before: Option<Health>,
    /// Health after.
    pub after: Option<Health>,
    /// Largest first.
    pub changes: Vec<Change>,
}

/// A part of the difference, before it is rounded.
struct Part {
    cause: Cause,
    measure: Option<Arc<str>>,
    before: Option<Cell>,
    after: Option<Cell>,
    /// In hundredths.
    exact: f64,
}

/// Why is the health of this customer another than it was?
///
/// # The definition
/// With `w` the weight of a measure as it counts, `W` the sum of the weights, `p` its points and `b` the base, a measure
/// contributes `w (p − b) / W`. What a figure's move did is `w (p₁ − p₀) / W₀`; what age did to its weight is
/// `(w₁ − w₀)(p₁ − b) / W₀`; what remains, `w₁ (p₁ − b)(1/W₁ − 1/W₀)`, is the doing of the others and is told once for
/// all of them as [`Cause::Weighing`]. The parts sum to the difference by arithmetic; hundredths are handed out by
/// largest remainder so that the rounded ones do as well.
///
/// # Edges
/// * The same figures under the same scorecard: no entry, however much time has passed.
/// * Changing the base alone changes no health, and is no entry.
/// * From no health to one: an entry `began` with the base and one per measure; `ended` the other way round.
pub fn ledger(catalog: &Catalog, before: &Scored<'_>, after: &Scored<'_>) -> Ledger {
    let old = Side::of(catalog, before, before.chosen());
    let new = Side::of(catalog, after, after.chosen());
    let mut parts = Vec::new();
    match (old.measured(), new.measured()) {
        (None, None) => {}
        (None, Some(_)) => alone(&new, Cause::Began, &mut parts),
        (Some(_), None) => alone(&old, Cause::Ended, &mut parts),
        (Some(was), Some(is)) => {
            let same = old.book.is_none_or(|one| new.book.is_some_and(|other| same_scoring(one, other)));
            let between = if same { None } else { Some(Side::of(catalog, before, new.book)) };
            match between {
                None => figures(&old, &new, &mut parts),
                Some(between) if between.measured().is_some() => {
                    definitions(&old, &between, &mut parts);
                    figures(&between, &new, &mut parts);
                }
                Some(_) => parts.push(Part::whole(Cause::Scorecard, f64::from(is - was))),
            }
        }
    }
    corrections(&old, &new, &mut parts);
    let total = hundredths(new.health()) - hundredths(old.health());
    let exact: Vec<f64> = parts.iter().map(|part| part.exact).collect();
    let shares = share_out(&exact, total);
    let mut changes: Vec<Change> = parts
        .into_iter()
        .zip(shares)
        .filter(|(_, points)| *points != 0)
        .map(|(part, points_hundredths)| Change {
            cause: part.cause,
            measure: part.measure,
            before: part.before,
            after: part.after,
            points_hundredths,
        })
        .collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.points_hundredths.unsigned_abs()));
    Ledger { before: old.health(), after: new.health(), changes }
}

fn hundredths(health: Option<Health>) -> i32 {
    health.map_or(0, |health| i32::from(health.hundredths()))
}

/// Whether two scorecards score alike, whatever they are called.
fn same_scoring(one: &ScoreBook, other: &ScoreBook) -> bool {
    one.dimensions == other.dimensions && one.base == other.base && one.min_coverage == other.min_coverage
}

impl Part {
    fn whole(cause: Cause, exact: f64) -> Part {
        Part { cause, measure: None, before: None, after: None, exact }
    }

    fn of(cause: Cause, row: &Row<'_>, before: Option<Cell>, after: Option<Cell>, exact: f64) -> Part {
        Part { cause, measure: Some(Arc::clone(&row.measure.indicator)), before, after, exact }
    }
}

/// A measure as it counted.
struct Row<'a> {
    measure: &'a Measure,
    weighed: Weighed,
}

/// One side of the comparison.
struct Side<'a> {
    /// `None` if the customer was not known, or no scorecard was for it.
    book: Option<&'a ScoreBook>,
    rows: Vec<Row<'a>>,
    summed: Option<Summed>,
}

impl<'a> Side<'a> {
    /// The figures and words of one moment, scored by a scorecard.
    fn of(catalog: &Catalog, figures: &Scored<'a>, book: Option<&'a ScoreBook>) -> Side<'a> {
        let (Some(position), Some(book)) = (figures.position, book) else {
            return Side { book: None, rows: Vec::new(), summed: None };
        };
        let customer = &figures.frame.customers()[position];
        let weigher = Weigher::new(figures.frame, book, catalog);
        let weighed = weigher.weigh(position, customer, figures.said, figures.at);
        let summed = Summed::of(book, &weighed, figures.said.override_of(customer, figures.at));
        let rows = weigher.leaves.iter().zip(weighed);
        let rows = rows.map(|(leaf, weighed)| Row { measure: leaf.measure, weighed });
        Side { book: Some(book), rows: rows.collect(), summed: Some(summed) }
    }

    fn measured(&self) -> Option<i32> {
        self.summed.as_ref()?.measured
    }

    fn health(&self) -> Option<Health> {
        self.summed.as_ref()?.health
    }

    fn correction(&self) -> Option<&Correction> {
        self.summed.as_ref()?.correction.as_deref()
    }

    fn whole(&self) -> f64 {
        self.summed.as_ref().map_or(1.0, |summed| summed.whole)
    }

    fn base(&self) -> f64 {
        self.book.map_or(0.0, |book| book.base.points())
    }

    /// What a measure contributes, in hundredths, seen from a base.
    fn above(&self, row: &Row<'_>, base: f64) -> f64 {
        row.weighed.weight * (row.weighed.points - base) / self.whole() * 100.0
    }

    fn row(&self, measure: &Measure) -> Option<&Row<'a>> {
        self.rows.iter().find(|row| row.measure.indicator == measure.indicator)
    }
}

/// A health that begins or ends: its base, and each of its measures.
fn alone(side: &Side<'_>, cause: Cause, parts: &mut Vec<Part>) {
    let (sign, began) = if cause == Cause::Began { (1.0, true) } else { (-1.0, false) };
    let base = side.base();
    parts.push(Part::whole(cause, sign * base * 100.0));
    for row in side.rows.iter().filter(|row| row.weighed.weight > 0.0) {
        let cell = Some(row.weighed.cell);
        let (before, after) = if began { (None, cell) } else { (cell, None) };
        let of_it = if began { Cause::Known } else { Cause::Lost };
        parts.push(Part::of(of_it, row, before, after, sign * side.above(row, base)));
    }
}

/// The same figures under two scorecards.
fn definitions(old: &Side<'_>, new: &Side<'_>, parts: &mut Vec<Part>) {
    // Seen from one base, the parts of both sides sum to their healths, so that the base itself changes nothing.
    let base = new.base();
    for row in &new.rows {
        let above = new.above(row, base);
        let cell = Some(row.weighed.cell);
        let part = match old.row(row.measure) {
            None => Part::of(Cause::Added, row, None, cell, above),
            Some(was) => {
                let same_rules =
                    Measure { weight: 0.0, ..was.measure.clone() } == Measure { weight: 0.0, ..row.measure.clone() };
                let cause = if same_rules { Cause::Weight } else { Cause::Curve };
                Part::of(cause, row, cell, cell, above - old.above(was, base))
            }
        };
        parts.push(part);
    }
    for row in old.rows.iter().filter(|row| new.row(row.measure).is_none()) {
        parts.push(Part::of(Cause::Removed, row, Some(row.weighed.cell), None, -old.above(row, base)));
    }
}

/// Two sets of figures under one scorecard.
fn figures(old: &Side<'_>, new: &Side<'_>, parts: &mut Vec<Part>) {
    let base = new.base();
    let (whole, whole_after) = (old.whole(), new.whole());
    let mut weighing = 0.0;
    for (was, is) in old.rows.iter().zip(&new.rows) {
        debug_assert!(was.measure.indicator == is.measure.indicator, "one scorecard on both sides");
        let (w0, w1) = (was.weighed.weight, is.weighed.weight);
        let (d0, d1) = (was.weighed.points - base, is.weighed.points - base);
        weighing += w1 * d1 * (1.0 / whole_after - 1.0 / whole) * 100.0;
        let (before, after) = (Some(was.weighed.cell), Some(is.weighed.cell));
        let mut part = |cause, points: f64| {
            if points != 0.0 {
                parts.push(Part::of(cause, is, before, after, points / whole * 100.0));
            }
        };
        match (was.weighed.is_number, is.weighed.is_number) {
            (true, true) if is_spent(&was.weighed) != is_spent(&is.weighed) => part(Cause::Age, w1 * d1 - w0 * d0),
            (true, true) => {
                part(Cause::Figure, w0 * (d1 - d0));
                part(Cause::Age, (w1 - w0) * d1);
            }
            (false, false) => part(Cause::Figure, w1 * d1 - w0 * d0),
            (false, true) => part(Cause::Known, w1 * d1 - w0 * d0),
            (true, false) => part(Cause::Lost, w1 * d1 - w0 * d0),
        }
    }
    if weighing != 0.0 {
        parts.push(Part::whole(Cause::Weighing, weighing));
    }
}

/// Whether its number is too old to count by itself.
fn is_spent(row: &Weighed) -> bool {
    matches!(row.counted, Counted::Stale | Counted::LeftOut)
}

fn corrections(old: &Side<'_>, new: &Side<'_>, parts: &mut Vec<Part>) {
    let points = |side: &Side<'_>| match side.correction() {
        // Without a computed health the word stands for the whole of it, base included.
        Some(_) if side.measured().is_none() => f64::from(hundredths(side.health())),
        Some(correction) => f64::from(correction.points_hundredths),
        None => 0.0,
    };
    let moved = points(new) - points(old);
    if moved != 0.0 {
        parts.push(Part::whole(Cause::Correction, moved));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_scorecard_can_change_by_definition() {
        assert!(Cause::Weight.is_by_definition() && Cause::Scorecard.is_by_definition());
        assert!(!Cause::Figure.is_by_definition() && !Cause::Correction.is_by_definition());
    }
}
