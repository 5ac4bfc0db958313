//! Whether the sources deliver: which of them fell silent, from when to when, and whom that starves.
//!
//! A count over a stretch in which its source was silent is no small count; it is no count at all. Who finds that out is
//! not decided here (`ingest::quality`): outages are handed in, and act from the moment at which they were found.

use vocab::{AsOf, Instant, Kind};

use crate::measure::{Measure, Measured};
use crate::plan::Bounds;
use crate::selector::Selector;

/// What a source usually delivers of one kind and name, per day.
#[derive(Clone, Debug, PartialEq)]
pub struct Usual {
    /// Kind of fact.
    pub kind: Kind,
    /// Name of fact.
    pub name: String,
    /// Facts per day, as long as it delivered.
    pub per_day: f64,
}

/// A stretch in which a source delivered nothing of one kind and name.
#[derive(Clone, Debug, PartialEq)]
pub struct Outage {
    /// The source.
    pub source: String,
    /// What it used to deliver.
    pub of: Usual,
    /// Since when nothing came.
    pub since: Instant,
    /// When that was found: no moment before it knows.
    pub found_at: Instant,
    /// Until when; `None` while it lasts.
    pub until: Option<Instant>,
}

/// What all sources deliver and where they failed to. The default is that nothing is known to be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Supply {
    /// Everything that is usually delivered, by all sources.
    pub usual: Vec<Usual>,
    /// Where nothing came.
    pub outages: Vec<Outage>,
}

/// Share of what is usually delivered that must be missing before a number is none.
const STARVED_SHARE: f64 = 0.1;
/// Share of a window that must be missing.
const STARVED_STRETCH: f64 = 0.1;

impl Supply {
    /// The outage for which an indicator has no number at a moment, the one that began first.
    ///
    /// # Edges
    /// The latest value, a date that was told and how long somebody is there stay what they were; how long somebody has
    /// not been seen is unknown while the outage lasts; what is counted is unknown as long as a tenth of its window lies
    /// in an outage. All time is long: a total without a window stays.
    pub(crate) fn starves(&self, measured: &Measured, bounds: &Bounds, as_of: AsOf) -> Option<&Outage> {
        if self.outages.is_empty() || is_lasting(&measured.measure) {
            return None;
        }
        let missing: Vec<&Outage> = self
            .outages
            .iter()
            .filter(|outage| takes(&measured.of, &outage.of) && outage.found_at <= as_of.instant())
            .filter(|outage| outage.hits(&measured.measure, bounds))
            .collect();
        let lost: f64 = missing.iter().map(|outage| outage.of.per_day).sum();
        let usual: f64 = self.usual.iter().filter(|one| takes(&measured.of, one)).map(|one| one.per_day).sum();
        let is_starved = lost > 0.0 && lost >= STARVED_SHARE * usual.max(lost);
        if is_starved { missing.into_iter().min_by_key(|outage| outage.since) } else { None }
    }
}

impl Outage {
    fn hits(&self, measure: &Measure, bounds: &Bounds) -> bool {
        let (from, to) = (self.since.micros(), self.until.map_or(i64::MAX, Instant::micros));
        if measure.is_positional() {
            return from < bounds.now.end && bounds.as_of <= to;
        }
        let windows = bounds.bases.iter().chain([&bounds.now]).map(|window| (window.start, window.end));
        windows.into_iter().filter(|(start, _)| *start > i64::MIN).any(|(start, end)| {
            let overlap = end.min(to).saturating_sub(start.max(from));
            overlap > 0 && overlap as f64 > STARVED_STRETCH * (end - start).max(1) as f64
        })
    }
}

/// Whether silence changes nothing about what is measured.
fn is_lasting(measure: &Measure) -> bool {
    matches!(measure, Measure::First | Measure::Last | Measure::DaysSinceFirst | Measure::DaysUntil { .. })
}

fn takes(selector: &Selector, usual: &Usual) -> bool {
    selector.kinds.contains(&usual.kind) && (selector.names.is_empty() || selector.names.contains(&usual.name))
}
