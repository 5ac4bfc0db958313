//! A count as a course in time: what a customer's own earlier rate and everybody's counts let expect of each window.
//!
//! The numbers behind it are `estimators::detect`'s. Here is only who the peers are: everybody whose first fact is older
//! than the first window, so that every window is told by the same customers and newcomers do not raise the index.

use std::sync::Arc;

use estimators::detect::{GAP, LEAST_BASELINE, Peers, Steps, USUAL_DISPERSION, cusum, ewma};
use estimators::rhythm::{LEAST_WEEKS, Nulls, Rhythm};
use facts::FactFrame;
use vocab::{AsOf, Unknown};

use crate::measure::{Against, Measured, With};
use crate::plan::Bounds;
use crate::selector::Matcher;

/// Customers whose weeks tell everybody's rhythm, at most: of more, every so-manieth by key.
const ASKED: usize = 50_000;

/// What every customer's course is judged by at one moment.
#[derive(Clone, Debug)]
pub(crate) enum Course {
    /// A drift in deviations, or the evidence of a halving.
    Drift {
        /// One factor per window, oldest first; empty if the peers did nothing at all.
        index: Vec<f64>,
        dispersion: f64,
        baseline: usize,
    },
    /// How rare a fall or a rise is; `None` if there are too few peers to say.
    Rhythm(Option<Arc<Rhythm>>),
}

impl Course {
    /// `None` unless the measure asks for a course.
    pub(crate) fn of(
        measured: &Measured,
        bounds: &Bounds,
        frame: &FactFrame,
        matcher: &Matcher<'_>,
        as_of: AsOf,
        nulls: &mut Nulls,
    ) -> Option<Course> {
        let compare = measured.compare.as_ref().filter(|compare| compare.against.is_course())?;
        let windows = bounds.bases.len() + 1;
        // Two thirds of the history make the own rate; the rest is what is watched.
        let baseline = (bounds.bases.len() * 2 / 3).max(LEAST_BASELINE);
        let beside_peers = matches!(compare.with, With::OwnAndPeers { .. }) && bounds.barred.is_none();
        if compare.against.is_rhythm() {
            let every = frame.customers().len().div_ceil(ASKED).max(1);
            let counts = || counts_of_everybody(bounds, frame, matcher, as_of, every);
            let rhythm = if beside_peers { Rhythm::of(&counts(), windows, baseline, nulls) } else { None };
            return Some(Course::Rhythm(rhythm.map(Arc::new)));
        }
        if !beside_peers {
            return Some(Course::Drift { index: vec![1.0; windows], dispersion: USUAL_DISPERSION, baseline });
        }
        let counts = counts_of_everybody(bounds, frame, matcher, as_of, 1);
        Some(match Peers::of(&counts, windows, baseline) {
            Some(Peers { index, dispersion }) => Course::Drift { index, dispersion, baseline },
            None => Course::Drift { index: Vec::new(), dispersion: USUAL_DISPERSION, baseline },
        })
    }

    /// The word on one customer, given its counts in the latest windows, oldest first.
    ///
    /// # Edges
    /// A customer that came too late for a baseline: `short_history`. Peers who did nothing, or too few of them:
    /// `zero_base`.
    pub(crate) fn judge(&self, counts: &[f64], against: Against) -> Result<f64, Unknown> {
        match self {
            Course::Drift { index, dispersion, baseline } => {
                if counts.len() < LEAST_BASELINE + GAP + 1 {
                    return Err(Unknown::ShortHistory);
                }
                let skipped = index.len().checked_sub(counts.len()).ok_or(Unknown::ZeroBase)?;
                let steps = Steps { counts, index: &index[skipped..], baseline: *baseline, dispersion: *dispersion };
                let word = if against == Against::Cusum { cusum(&steps) } else { ewma(&steps) };
                word.ok_or(Unknown::ZeroBase)
            }
            Course::Rhythm(_) if counts.len() < LEAST_WEEKS => Err(Unknown::ShortHistory),
            Course::Rhythm(rhythm) => {
                let told = rhythm.as_ref().and_then(|rhythm| rhythm.told(counts)).ok_or(Unknown::ZeroBase)?;
                Ok(match against {
                    Against::Rise => told.rise,
                    Against::Expected => told.expected,
                    _ => told.fall,
                })
            }
        }
    }
}

/// Counts of every window, oldest first, customer by customer, of every so-manieth who was there before the first.
fn counts_of_everybody(
    bounds: &Bounds,
    frame: &FactFrame,
    matcher: &Matcher<'_>,
    as_of: AsOf,
    every: usize,
) -> Vec<f32> {
    let mut ends: Vec<i64> = bounds.bases.iter().rev().map(|pane| pane.end).collect();
    ends.push(bounds.now.end);
    let begin = bounds.bases.last().map_or(bounds.now.start, |pane| pane.start);
    let mut counts = Vec::new();
    for position in (0..frame.customers().len()).step_by(every) {
        let mut rows = frame.rows_of(position).filter(|row| frame.is_visible(*row, as_of));
        let was_there = rows.next().is_some_and(|first| frame.occurred_at(first).micros() < begin);
        if !was_there {
            continue;
        }
        let base = counts.len();
        counts.resize(base + ends.len(), 0.0);
        for row in rows {
            let at = frame.occurred_at(row).micros();
            if (begin..bounds.now.end).contains(&at) && matcher.matches(row) {
                counts[base + ends.partition_point(|end| *end <= at)] += 1.0;
            }
        }
    }
    counts
}
