//! The half that judges: who left, which warnings spoke of it in time, and which for nothing.

use std::collections::HashMap;

use outcomes::{Departure, Departures};
use vocab::{AsOf, Instant, Text};

use super::past::Seen;
use super::report::{Counts, Fate, Missed};
use super::{MICROS_PER_DAY, STEP_DAYS, Spec};

/// Somebody who left within the stretch.
#[derive(Clone, Debug)]
pub(super) struct Leaver {
    pub departure: Departure,
    /// Its place among the customers of the replay; `None` if nothing was known of it before the end.
    pub place: Option<usize>,
}

/// What became of a leaver's warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// First warned of in time at this moment.
    Caught(usize),
    /// Not in time; the nearest warning, if there was any.
    Missed(Missed, Option<usize>),
}

/// Who left, when, and how far that can be told.
pub(super) struct Judge {
    moments: Vec<AsOf>,
    to: Instant,
    lead: i64,
    horizon: i64,
    /// By place: the moments of leaving, oldest first.
    left: HashMap<usize, Vec<Instant>>,
    pub leavers: Vec<Leaver>,
    pub told_until: Instant,
    pub doubt: Option<Text>,
}

impl Judge {
    pub fn new(spec: &Spec<'_>, seen: &Seen, found: Departures) -> Judge {
        let mut left: HashMap<usize, Vec<Instant>> = HashMap::new();
        let mut leavers = Vec::new();
        for departure in found.left {
            let place = seen.presence.customers().binary_search(&departure.customer).ok();
            if let Some(place) = place {
                left.entry(place).or_default().push(departure.at);
            }
            if departure.at < spec.to.instant() {
                leavers.push(Leaver { departure, place });
            }
        }
        Judge {
            moments: seen.moments().to_vec(),
            to: spec.to.instant(),
            lead: i64::from(spec.lead_days) * MICROS_PER_DAY,
            horizon: i64::from(spec.horizon_days) * MICROS_PER_DAY,
            left,
            leavers,
            told_until: found.told_until,
            doubt: found.doubt,
        }
    }

    /// What became of the customer after a warning, and when it left.
    pub fn fate(&self, moment: usize, customer: usize) -> (Fate, Option<Instant>) {
        let at = self.moments[moment].instant();
        let next = self.left.get(&customer).and_then(|left| left.iter().find(|left| **left >= at)).copied();
        match next.map(|left| (left, left.micros() - at.micros())) {
            Some((left, ahead)) if ahead <= self.horizon => {
                (if ahead >= self.lead { Fate::InTime } else { Fate::Late }, Some(left))
            }
            // Whoever left later than the horizon stayed through it.
            Some((left, _)) => (Fate::False, Some(left)),
            None if at.micros().saturating_add(self.horizon) < self.told_until.micros() => (Fate::False, None),
            None => (Fate::Undecided, None),
        }
    }

    /// What the warnings of one customer, in the order of moments, were for one of its leavings.
    pub fn verdict(&self, leaver: &Leaver, warned: &[usize]) -> Verdict {
        let left = leaver.departure.at.micros();
        let ahead = |moment: &usize| left - self.moments[*moment].instant().micros();
        if let Some(first) = warned.iter().find(|moment| (self.lead..=self.horizon).contains(&ahead(moment))) {
            return Verdict::Caught(*first);
        }
        let late = warned.iter().find(|moment| (0..self.lead).contains(&ahead(moment))).copied();
        let early = warned.iter().rev().find(|moment| ahead(moment) > self.horizon).copied();
        let begin = self.moments.first().map_or(left, |first| first.instant().micros());
        match (late, early) {
            _ if left - begin < self.lead => Verdict::Missed(Missed::NoTime, late),
            (Some(late), _) => Verdict::Missed(Missed::TooLate, Some(late)),
            (None, Some(early)) => Verdict::Missed(Missed::TooEarly, Some(early)),
            (None, None) => Verdict::Missed(Missed::Never, None),
        }
    }

    /// Everything counted, and the days of lead of each leaver that was caught.
    pub fn counts(&self, warned: &[(usize, usize)]) -> (Counts, Vec<f64>) {
        let mut counts = Counts { alerts: warned.len(), leavers: self.leavers.len(), ..Counts::default() };
        for (moment, customer) in warned {
            counts.add(self.fate(*moment, *customer).0);
        }
        let by_customer = by_customer(warned.iter().copied());
        let mut leads = Vec::new();
        for leaver in &self.leavers {
            if let Verdict::Caught(moment) = self.verdict(leaver, moments_of(&by_customer, leaver.place)) {
                counts.caught += 1;
                leads.push(self.lead_days(leaver, moment));
            }
        }
        (counts, leads)
    }

    /// Days from a moment to the leaving, whole ones.
    pub fn lead_days(&self, leaver: &Leaver, moment: usize) -> f64 {
        let ahead = leaver.departure.at.micros() - self.moments[moment].instant().micros();
        ahead.div_euclid(MICROS_PER_DAY) as f64
    }

    /// The week of the replay in which a leaver left.
    pub fn week(&self, leaver: &Leaver) -> usize {
        let first = self.moments.first().map_or(self.to, |first| first.instant());
        let days = (leaver.departure.at.micros() - first.micros()).div_euclid(MICROS_PER_DAY);
        usize::try_from(days / STEP_DAYS).unwrap_or(0).min(self.moments.len().saturating_sub(1))
    }
}

/// The moments at which each customer was warned of, oldest first.
pub(super) fn by_customer(warned: impl Iterator<Item = (usize, usize)>) -> HashMap<usize, Vec<usize>> {
    let mut all: HashMap<usize, Vec<usize>> = HashMap::new();
    for (moment, customer) in warned {
        all.entry(customer).or_default().push(moment);
    }
    all.values_mut().for_each(|moments| moments.sort_unstable());
    all
}

pub(super) fn moments_of(all: &HashMap<usize, Vec<usize>>, place: Option<usize>) -> &[usize] {
    place.and_then(|place| all.get(&place)).map_or(&[], Vec::as_slice)
}
