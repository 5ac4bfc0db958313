//! One customer against one scorecard, measure by measure: the number, its weight and its points.
//!
//! The one place where a missing or an old number is dealt with. `score` sums what comes out, `ledger` compares it.

use std::sync::Arc;

use indicators::{Catalog, Cell, IndicatorFrame};
use vocab::{CustomerId, Instant, Unknown};

use crate::book::{Dimension, Measure, Missing, OnceStale, ScoreBook};
use crate::contributions::Named;
use crate::look::against;
use crate::said::Said;

const DAY: f64 = 86_400e6;

/// How a measure entered a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// By its number.
    Whole,
    /// By its number, with a weight that fades with its age.
    Faded,
    /// There is a number, too old to be believed: counted with no points.
    Stale,
    /// There is no number: counted as for a typical customer.
    Neutral,
    /// There is no number: counted with no points.
    Poor,
    /// Not at all: no number, or one that is too old.
    LeftOut,
}

impl Counted {
    /// `whole`, `faded`, `stale`, `neutral`, `poor` or `left_out`.
    pub fn as_str(self) -> &'static str {
        match self {
            Counted::Whole => "whole",
            Counted::Faded => "faded",
            Counted::Stale => "stale",
            Counted::Neutral => "neutral",
            Counted::Poor => "poor",
            Counted::LeftOut => "left_out",
        }
    }
}

/// A measure of one customer, weighed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighed {
    /// The number as it was measured or said.
    pub cell: Cell,
    /// Whether there was a number for the curve, old or not.
    pub is_number: bool,
    /// Share of the whole weight that it has here; 0 if left out.
    pub weight: f64,
    /// Share of the whole weight that is known by it.
    pub known: f64,
    /// What it earns, 0 to 100.
    pub points: f64,
    pub counted: Counted,
}

/// A scorecard made ready for one frame: its columns found once.
pub(crate) struct Weigher<'a> {
    pub book: &'a ScoreBook,
    pub leaves: Vec<Leaf<'a>>,
    /// What the leaves are called.
    pub names: Arc<[Named]>,
    value: Option<&'a [Cell]>,
}

pub(crate) struct Leaf<'a> {
    pub dimension: &'a Dimension,
    pub measure: &'a Measure,
    pub share: f64,
    cells: Option<&'a [Cell]>,
    usual: Option<&'a [Cell]>,
    age: Option<&'a [Cell]>,
}

const ABSENT: Cell = Cell::Unknown(Unknown::NotConnected);

impl<'a> Weigher<'a> {
    /// # Panics
    /// If the scorecard was read with another catalogue: our own mistake.
    pub fn new(frame: &'a IndicatorFrame, book: &'a ScoreBook, catalog: &Catalog) -> Self {
        let leaves = book.measures().map(|(dimension, measure, share)| {
            let known = measure.manual.is_some() || catalog.get(&measure.indicator).is_some();
            assert!(known, "the scorecard was read with another catalogue");
            Leaf {
                dimension,
                measure,
                share,
                cells: frame.column(&measure.indicator),
                usual: measure.own.as_ref().and_then(|own| frame.column(&own.usual)),
                age: measure.stale.as_ref().and_then(|stale| frame.column(stale.age.as_deref()?)),
            }
        });
        let leaves: Vec<Leaf<'a>> = leaves.collect();
        let names = leaves.iter().map(|leaf| (Arc::clone(&leaf.measure.indicator), Arc::clone(&leaf.dimension.id)));
        let names = names.collect();
        Self { book, leaves, names, value: book.value.as_deref().and_then(|id| frame.column(id)) }
    }

    /// What the customer at a position is worth.
    pub fn value(&self, position: usize) -> Cell {
        self.value.map_or(ABSENT, |column| column[position])
    }

    /// Every measure of the customer at a position, in the scorecard's order, with what people had said by `at`.
    pub fn weigh(&self, position: usize, customer: &CustomerId, said: &Said, at: Instant) -> Vec<Weighed> {
        self.leaves.iter().map(|leaf| leaf.weigh(position, customer, said, at, self.book.base.points())).collect()
    }
}

impl Leaf<'_> {
    fn weigh(&self, position: usize, customer: &CustomerId, said: &Said, at: Instant, base: f64) -> Weighed {
        let (cell, age) = self.told(position, customer, said, at);
        match self.put_against_usual(cell, position) {
            Cell::Known(number) => self.weigh_known(cell, number, age),
            Cell::Unknown(reason) => self.weigh_unknown(cell, reason, base),
        }
    }

    /// The number, and how many days old it is where that matters and is known.
    fn told(&self, position: usize, customer: &CustomerId, said: &Said, at: Instant) -> (Cell, Option<f64>) {
        if self.measure.manual.is_none() {
            let cell = self.cells.map_or(ABSENT, |column| column[position]);
            return (cell, self.age.and_then(|column| column[position].known()));
        }
        match said.pulse(customer, &self.measure.indicator, at) {
            Some(pulse) => {
                let age = (at.micros().saturating_sub(pulse.at.micros()) as f64 / DAY).floor();
                (Cell::Known(pulse.value), Some(age))
            }
            None => (Cell::Unknown(Unknown::NeverObserved), None),
        }
    }

    fn put_against_usual(&self, cell: Cell, position: usize) -> Cell {
        against(self.measure.own.as_ref(), cell, || self.usual.map(|column| column[position]))
    }

    fn weigh_known(&self, cell: Cell, number: f64, age: Option<f64>) -> Weighed {
        let whole = Weighed {
            cell,
            is_number: true,
            weight: self.share,
            known: self.share,
            points: self.measure.curve.points(number),
            counted: Counted::Whole,
        };
        let (Some(stale), Some(age)) = (&self.measure.stale, age) else { return whole };
        if age <= stale.after_days {
            return whole;
        }
        let left_out = Weighed { weight: 0.0, known: 0.0, counted: Counted::LeftOut, ..whole };
        match stale.then {
            OnceStale::LeaveOut => left_out,
            OnceStale::Poor => Weighed { points: 0.0, known: 0.0, counted: Counted::Stale, ..whole },
            OnceStale::Fade { over_days } => {
                let left = self.share * (1.0 - (age - stale.after_days) / over_days).clamp(0.0, 1.0);
                match left > 0.0 {
                    true => Weighed { weight: left, known: left, counted: Counted::Faded, ..whole },
                    false => left_out,
                }
            }
        }
    }

    fn weigh_unknown(&self, cell: Cell, reason: Unknown, base: f64) -> Weighed {
        let ours = matches!(
            reason,
            Unknown::NotConnected
                | Unknown::SourceSilent
                | Unknown::ShortHistory
                | Unknown::LowCoverage
                | Unknown::TooFewPeers
        );
        let counts =
            |points, counted| Weighed { cell, is_number: false, weight: self.share, known: 0.0, points, counted };
        match self.measure.missing {
            Missing::Poor if !ours => counts(0.0, Counted::Poor),
            Missing::Neutral if !ours => counts(base, Counted::Neutral),
            _ => Weighed { weight: 0.0, ..counts(0.0, Counted::LeftOut) },
        }
    }
}
