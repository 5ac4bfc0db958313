//! What comes on which day, and what would usually come.

use std::collections::BTreeMap;

/// Days of the past that say what is usual.
const BASELINE_DAYS: i64 = 56;
/// Days with facts that it takes to speak of a rhythm.
const FEWEST_ACTIVE_DAYS: usize = 12;
/// Facts that must be missing before silence means something.
const FEWEST_MISSING: f64 = 12.0;
/// Similar days that it takes to judge a day by.
const FEWEST_SIMILAR: usize = 3;

/// What sort of day it is: days of one sort are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayType {
    /// 0 = Monday.
    pub weekday: u8,
    /// Nobody works: a weekend or a holiday.
    pub is_off: bool,
}

/// Counts by day of the firm's zone.
#[derive(Clone, Debug, Default)]
pub struct Rhythm {
    days: BTreeMap<i64, u64>,
}

/// That nothing comes any more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Silence {
    /// The first day without facts.
    pub from_day: i64,
    /// Whole days without facts.
    pub days: i64,
    /// Facts that usually come on such days.
    pub missing: f64,
}

/// The last days against what usually comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Volume {
    pub actual: u64,
    pub usual: f64,
    /// Standard deviations by which they differ.
    pub deviation: f64,
}

impl Rhythm {
    /// Counts a fact.
    pub fn add(&mut self, day: i64) {
        *self.days.entry(day).or_default() += 1;
    }

    pub(super) fn add_many(&mut self, day: i64, count: u64) {
        *self.days.entry(day).or_default() += count;
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = (i64, u64)> + '_ {
        self.days.iter().map(|(day, count)| (*day, *count))
    }

    /// Facts of a day.
    pub fn on(&self, day: i64) -> u64 {
        self.days.get(&day).copied().unwrap_or(0)
    }

    /// Facts of `[from, to)`; none when it ends before it begins, as before the first fact.
    pub fn between(&self, from: i64, to: i64) -> u64 {
        if from >= to { 0 } else { self.days.range(from..to).map(|(_, count)| count).sum() }
    }

    /// The last day with facts before `today`.
    pub fn last_day(&self, today: i64) -> Option<i64> {
        self.days.range(..today).next_back().map(|(day, _)| *day)
    }

    /// The first day with facts after `day`, up to `today`.
    pub fn next_day(&self, day: i64, today: i64) -> Option<i64> {
        if day >= today { None } else { self.days.range(day + 1..=today).next().map(|(day, _)| *day) }
    }

    /// Facts of the baseline up to and including its last day, per day.
    pub fn usual_per_day(&self, last: i64) -> f64 {
        let first = self.days.keys().next().copied().unwrap_or(last).max(last + 1 - BASELINE_DAYS);
        self.between(first, last + 1) as f64 / (last + 1 - first).max(1) as f64
    }

    /// Whether facts come on enough days of the baseline to expect any.
    fn is_regular(&self, last: i64) -> bool {
        self.days.range(last + 1 - BASELINE_DAYS..=last).count() >= FEWEST_ACTIVE_DAYS
    }

    /// What usually comes on a day of this sort, by the baseline up to `last`: the mean of similar days, none counted
    /// for more than nine tenths of them reach.
    fn usual_on(&self, sort: DayType, last: i64, day_type: &dyn Fn(i64) -> DayType) -> f64 {
        let first = self.days.keys().next().copied().unwrap_or(last).max(last + 1 - BASELINE_DAYS);
        let alike = |same: &dyn Fn(DayType) -> bool| -> Vec<u64> {
            (first..=last).filter(|day| same(day_type(*day))).map(|day| self.on(day)).collect()
        };
        let mut counts = alike(&|other| other == sort);
        if counts.len() < FEWEST_SIMILAR {
            counts = alike(&|other| other.is_off == sort.is_off);
        }
        if counts.is_empty() {
            return 0.0;
        }
        counts.sort_unstable();
        let cap = counts[(counts.len() - 1) * 9 / 10];
        counts.iter().map(|count| (*count).min(cap) as f64).sum::<f64>() / counts.len() as f64
    }

    /// Whether nothing comes any more: longer than it ever paused in its baseline, and more missing than chance explains.
    pub(super) fn silence(&self, today: i64, day_type: &dyn Fn(i64) -> DayType) -> Option<Silence> {
        let last = self.last_day(today)?;
        if !self.is_regular(last) {
            return None;
        }
        let days = today - 1 - last;
        if days < 1 || days <= self.longest_pause(last) {
            return None;
        }
        let missing: f64 = (last + 1..today).map(|day| self.usual_on(day_type(day), last, day_type)).sum();
        (missing >= FEWEST_MISSING).then_some(Silence { from_day: last + 1, days, missing })
    }

    fn longest_pause(&self, last: i64) -> i64 {
        let active: Vec<i64> = self.days.range(last + 1 - BASELINE_DAYS..=last).map(|(day, _)| *day).collect();
        active.windows(2).map(|pair| pair[1] - pair[0] - 1).max().unwrap_or(0)
    }

    /// The last `days` whole days against what usually comes on such days.
    pub(super) fn volume(&self, today: i64, days: i64, day_type: &dyn Fn(i64) -> DayType) -> Option<Volume> {
        let last = today - 1 - days;
        if !self.is_regular(last) {
            return None;
        }
        // There are few sorts of days, and what usually comes on one is asked for day after day.
        let mut known: Vec<(DayType, f64)> = Vec::new();
        let mut usual_on = |day: i64| {
            let sort = day_type(day);
            let found = known.iter().find(|(one, _)| *one == sort).map(|(_, usual)| *usual);
            found.unwrap_or_else(|| {
                let usual = self.usual_on(sort, last, day_type);
                known.push((sort, usual));
                usual
            })
        };
        let usual: f64 = (today - days..today).map(&mut usual_on).sum();
        let actual = self.between(today - days, today);
        // How much more the days of the baseline scatter than chance would have it.
        let first = self.days.keys().next().copied().unwrap_or(last).max(last + 1 - BASELINE_DAYS);
        let mut scatter = 0.0;
        let mut counted = 0.0f64;
        for day in first..=last {
            let expected = usual_on(day);
            if expected > 0.0 {
                scatter += (self.on(day) as f64 - expected).powi(2) / expected;
                counted += 1.0;
            }
        }
        let dispersion = (scatter / counted.max(1.0)).max(1.0);
        let deviation = (actual as f64 - usual) / (usual.max(1.0) * dispersion).sqrt();
        Some(Volume { actual, usual, deviation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn civil(day: i64) -> DayType {
        let weekday = (day + 3).rem_euclid(7) as u8;
        DayType { weekday, is_off: weekday >= 5 }
    }

    fn rhythm(days: std::ops::Range<i64>, count: impl Fn(i64) -> u64) -> Rhythm {
        Rhythm { days: days.map(|day| (day, count(day))).filter(|(_, count)| *count > 0).collect() }
    }

    #[test]
    fn a_source_younger_than_the_moment_looked_at_has_nothing_yet() {
        let young = rhythm(100..110, |_| 5);
        assert_eq!(young.between(100, 90), 0);
        assert_eq!(young.usual_per_day(80), 0.0);
        assert_eq!(young.next_day(90, 80), None);
        assert_eq!(young.next_day(80, 105), Some(100));
    }

    #[test]
    fn a_busy_source_is_silent_after_a_day_and_a_quiet_one_after_many() {
        let busy = rhythm(0..100, |_| 40);
        assert_eq!(busy.silence(100, &civil), None);
        let silence = busy.silence(101, &civil).unwrap();
        assert_eq!((silence.from_day, silence.days, silence.missing.round()), (100, 1, 40.0));
        let quiet = rhythm(0..100, |day| u64::from(day % 2 == 0));
        assert_eq!(quiet.silence(104, &civil), None, "half a fact a day: five days say nothing");
        assert!(quiet.silence(130, &civil).is_some());
    }

    #[test]
    fn a_weekend_is_no_silence_for_who_rests_on_it() {
        let office = rhythm(0..100, |day| if civil(day).is_off { 0 } else { 50 });
        let saturday = (90..97).find(|day| civil(*day).weekday == 5).unwrap();
        assert_eq!(office.silence(saturday + 2, &civil), None);
        let until_friday = Rhythm { days: office.days.range(..saturday).map(|(day, count)| (*day, *count)).collect() };
        assert_eq!(until_friday.silence(saturday + 2, &civil), None);
        assert!(until_friday.silence(saturday + 3, &civil).is_some(), "Monday brought nothing");
    }

    #[test]
    fn a_table_that_comes_once_a_month_has_no_rhythm_of_days() {
        let monthly = rhythm(0..300, |day| if day % 30 == 0 { 5_000 } else { 0 });
        assert_eq!(monthly.silence(330, &civil), None);
        assert_eq!(monthly.volume(330, 7, &civil), None);
    }

    #[test]
    fn half_of_what_usually_comes_is_far_from_usual_and_a_spike_does_not_make_it_so() {
        let mut source = rhythm(0..100, |day| if civil(day).is_off { 20 } else { 100 });
        source.days.insert(60, 50_000);
        let steady = source.volume(100, 7, &civil).unwrap();
        assert!(steady.deviation.abs() < 1.0, "{steady:?}");
        for day in 93..100 {
            source.days.insert(day, if civil(day).is_off { 8 } else { 40 });
        }
        let low = source.volume(100, 7, &civil).unwrap();
        assert!((low.usual - 540.0).abs() < 1.0 && low.actual == 216, "{low:?}");
    }
}
