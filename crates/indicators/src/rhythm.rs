//! A customer's own rhythm week by week, for a picture: what it did, what was to be expected, where it changed.
//!
//! The numbers are those of the indicators that are told by rhythm ([`crate::Against::is_rhythm`]); what everybody did is
//! read once and kept, so that a page of one customer costs its own facts.

use std::sync::Arc;

use estimators::rhythm::{LEAST_WEEKS, Rhythm};
use facts::FactFrame;
use vocab::{AsOf, CustomerId, Instant};

use crate::catalog::Catalog;
use crate::course::Course;
use crate::plan::{Delivery, Plan};
use crate::selector::Selector;

/// How far from what was to be expected a week lies by luck: so many deviations, nineteen weeks in twenty.
const BAND: f64 = 1.96;

/// What everybody's rhythm was up to a moment, for one indicator.
#[derive(Clone, Debug)]
pub struct Rhythms {
    as_of: AsOf,
    of: Selector,
    rhythm: Arc<Rhythm>,
    /// Begins of the weeks, oldest first, and the end of the last.
    borders: Vec<i64>,
}

/// One customer's own.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnRhythm {
    /// Oldest first; those before the customer came are left out.
    pub weeks: Vec<OwnWeek>,
    /// The share of unchanged customers that would within a year seem to have fallen as much.
    pub fall: f64,
    /// The same for a rise.
    pub rise: f64,
    /// Since when the rate is another, and what it is now divided by what it was.
    pub changed: Option<(Instant, f64)>,
}

/// A week of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OwnWeek {
    /// Its begin.
    pub start: Instant,
    /// What the customer did.
    pub count: f64,
    /// What was to be expected, with the band within which nineteen weeks in twenty lie; `None` before there is a
    /// baseline.
    pub expected: Option<(f64, f64, f64)>,
}

impl Rhythms {
    /// What everybody's rhythm was. Reads the facts of everybody once.
    ///
    /// # Edges
    /// Not an indicator that is told by rhythm, a history that is too short, too few customers: `None`.
    pub fn of(frame: &FactFrame, catalog: &Catalog, id: &str, as_of: AsOf) -> Option<Rhythms> {
        let catalog = catalog.only(&[id]);
        let measured = catalog.get(id)?.measured()?;
        let moments = [as_of];
        let plan = Plan::new(frame, &catalog, &moments, Delivery::Observed);
        let bounds = plan.tasks.first()?.bounds.first()?;
        let Some(Course::Rhythm(Some(rhythm))) = &bounds.course else { return None };
        let begins = bounds.bases.iter().rev().chain([&bounds.now]).map(|pane| pane.start);
        Some(Rhythms {
            as_of,
            of: measured.of.clone(),
            rhythm: Arc::clone(rhythm),
            borders: begins.chain([bounds.now.end]).collect(),
        })
    }

    /// That of one customer, by the frame that everybody's was read from.
    ///
    /// # Edges
    /// Nothing of it visible, never seen to do any of it, too short a history: `None`.
    pub fn own(&self, frame: &FactFrame, customer: &CustomerId) -> Option<OwnRhythm> {
        let matcher = self.of.on(frame);
        let visible = |row: &usize| frame.is_visible(*row, self.as_of);
        let rows = || frame.position(customer).into_iter().flat_map(|place| frame.rows_of(place)).filter(visible);
        let came = frame.occurred_at(rows().next()?).micros();
        let weeks = self.borders.len() - 1;
        let first = self.borders[..weeks].partition_point(|start| *start < came);
        let mut counts = vec![0.0; weeks - first];
        let mut was_seen = false;
        for row in rows().filter(|row| matcher.matches(*row)) {
            was_seen = true;
            let place = self.borders.partition_point(|border| *border <= frame.occurred_at(row).micros());
            if place > first && place <= weeks {
                counts[place - 1 - first] += 1.0;
            }
        }
        if !was_seen || counts.len() < LEAST_WEEKS {
            return None;
        }
        let told = self.rhythm.told(&counts)?;
        let at = |week: usize| Instant::from_micros(self.borders[first + week]);
        let expected = self.rhythm.expected(&counts);
        let week = |(place, count): (usize, &f64)| {
            let band = |week: estimators::rhythm::Week| {
                let reach = BAND * week.deviation;
                (week.expected, (week.expected - reach).max(0.0), week.expected + reach)
            };
            OwnWeek { start: at(place), count: *count, expected: expected[place].map(band) }
        };
        Some(OwnRhythm {
            weeks: counts.iter().enumerate().map(week).collect(),
            fall: told.fall,
            rise: told.rise,
            changed: self.rhythm.change(&counts).map(|change| (at(change.at), change.level)),
        })
    }
}
