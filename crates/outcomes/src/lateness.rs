//! How late facts come in: what a label has to wait for.

use facts::FactFrame;
use vocab::AsOf;

/// Facts of so many days are looked at.
const LOOKED_AT_DAYS: i64 = 365;
const MICROS_PER_DAY: f64 = 86_400_000_000.0;

/// How late the facts of a year came in, in days from when they happened to when they could be known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lateness {
    /// Facts looked at.
    pub facts: u64,
    /// 95 of 100 had come in after so many days.
    pub most_days: f64,
    /// 99 of 100.
    pub nearly_all_days: f64,
}

/// How late did the facts of the year before a moment come in?
///
/// The quantile `q` is the lateness of the fact at place `⌈q·n⌉` when they are sorted by it.
///
/// # Edges
/// * `None` without a fact in that year.
/// * Facts of the last days that are still to come in are not there to be counted: what is told is the least.
pub fn lateness(frame: &FactFrame, as_of: AsOf) -> Option<Lateness> {
    let since = as_of.instant().plus_days(-LOOKED_AT_DAYS);
    let is_looked_at = |row: &usize| frame.occurred_at(*row) >= since && frame.is_visible(*row, as_of);
    let late = |row: usize| (frame.known_at(row).micros() - frame.occurred_at(row).micros()).max(0);
    let mut lates: Vec<i64> = (0..frame.len()).filter(is_looked_at).map(late).collect();
    lates.sort_unstable();
    let at = |share: f64| {
        let place = (share * lates.len() as f64).ceil() as usize;
        lates.get(place.max(1) - 1).map(|micros| *micros as f64 / MICROS_PER_DAY)
    };
    Some(Lateness { facts: lates.len() as u64, most_days: at(0.95)?, nearly_all_days: at(0.99)? })
}
