//! One indicator of one customer at one moment: what each measure and each comparison makes of the rows at hand.

use vocab::{Instant, Unknown};

use crate::catalog::WhenAbsent;
use crate::frame::Cell;
use crate::measure::{Against, Basis, Gap, Measure, StreakUnit, With};
use crate::plan::{Bounds, DAY, DayClock, Pane, Plan, Task};
use crate::series::{Seen, Span};

/// Room that is used again and again.
#[derive(Default)]
pub(crate) struct Scratch {
    codes: Vec<u32>,
    others: Vec<f64>,
}

/// One indicator of one customer at one moment.
pub(crate) struct Asked<'q, 'a> {
    pub plan: &'q Plan<'a>,
    pub task: &'q Task<'a>,
    pub bounds: &'q Bounds,
    /// The rows it looks at.
    pub seen: Seen<'q>,
    /// The rows of its part, if it is a share.
    pub part: Option<Seen<'q>>,
    /// What its window begins with, if that is the customer's own and was ever seen.
    pub anchor: Option<i64>,
    /// When the customer's first visible fact of any kind happened.
    pub first_seen: Option<i64>,
}

impl Asked<'_, '_> {
    pub(crate) fn cell(&self, scratch: &mut Scratch) -> Cell {
        match self.bounds.barred.map_or_else(|| self.number(scratch), Err) {
            Ok(value) if value.is_finite() => Cell::Known(value),
            Ok(_) => Cell::Unknown(Unknown::NoValue),
            Err(reason) => Cell::Unknown(reason),
        }
    }

    /// What silence counts as.
    fn absent(&self) -> Result<f64, Unknown> {
        match self.task.when_absent {
            WhenAbsent::Zero => Ok(0.0),
            WhenAbsent::Unknown => Err(Unknown::NeverObserved),
        }
    }

    fn number(&self, scratch: &mut Scratch) -> Result<f64, Unknown> {
        let bounds = self.bounds;
        let now = match (&self.task.measured.since, self.anchor) {
            (None, _) => Looked::at(&self.seen, self.part.as_ref(), &bounds.now),
            (Some(_), Some(anchor)) => {
                Looked::within(&self.seen, self.part.as_ref(), bounds.now.start.max(anchor), bounds.now.end)
            }
            (Some(_), None) => return Err(Unknown::NeverObserved),
        };
        let base = |pane: &Pane| Looked::at(&self.seen, self.part.as_ref(), pane);
        match &self.task.measured.compare {
            None => self.value(&now, scratch),
            Some(compare) => match compare.with {
                With::Peers { .. } => self.value(&now, scratch),
                With::Previous | With::LastYear { .. } => {
                    let before = self.value(&base(&bounds.bases[0]), scratch)?;
                    compare.against.of(self.value(&now, scratch)?, &[before])
                }
                _ if compare.against.is_course() => self.course(compare.against),
                With::OwnAndPeers { .. } => Err(Unknown::ZeroBase),
                With::OwnHistory { .. } => {
                    let now = self.value(&now, scratch)?;
                    let mut known = std::mem::take(&mut scratch.others);
                    known.clear();
                    known.extend(bounds.bases.iter().filter_map(|pane| self.value(&base(pane), scratch).ok()));
                    let answer = compare.against.of(now, &known);
                    scratch.others = known;
                    answer
                }
            },
        }
    }

    /// The counts of all windows as a course in time, from the first window that began after the customer came.
    fn course(&self, against: Against) -> Result<f64, Unknown> {
        if self.seen.count == 0 {
            return Err(Unknown::NeverObserved);
        }
        let course = self.bounds.course.as_ref().ok_or(Unknown::ZeroBase)?;
        let came = self.first_seen.unwrap_or(i64::MAX);
        let windows = self.bounds.bases.iter().rev().chain([&self.bounds.now]);
        let own = windows.skip_while(|pane| pane.start < came);
        let counts: Vec<f64> = own.map(|pane| self.seen.between(pane.borders).len() as f64).collect();
        course.judge(&counts, against)
    }

    /// The measure over a window.
    fn value(&self, looked: &Looked, scratch: &mut Scratch) -> Result<f64, Unknown> {
        let Looked { start, end, span, part } = *looked;
        let measure = &self.task.measured.measure;
        let silent = if measure.is_total() { self.seen.count == 0 } else { span.is_empty() };
        if silent && !matches!(measure, Measure::Streak { .. }) {
            return self.absent();
        }
        let seen = self.seen;
        let nothing = Unknown::NoValue;
        match measure {
            Measure::Count => self.total(seen, Basis::Count, span),
            Measure::Sum => self.total(seen, Basis::Sum, span),
            Measure::DistinctDays => self.total(seen, Basis::DistinctDays, span),
            Measure::DistinctValues { .. } => Ok(self.distinct(span, scratch)),
            Measure::Mean => {
                let count = seen.valued(span);
                self.total(seen, Basis::Sum, span).map(|sum| sum / f64::from(count))
            }
            Measure::Min => seen.values(span).reduce(f64::min).ok_or(nothing),
            Measure::Max => seen.values(span).reduce(f64::max).ok_or(nothing),
            Measure::First => seen.values(span).next().ok_or(nothing),
            Measure::Last => seen.values(span).next_back().ok_or(nothing),
            Measure::DaysSinceFirst => Ok(self.days_since(seen.at(span)[0])),
            Measure::DaysSinceLast => Ok(self.days_since(seen.at(span)[span.end - span.first - 1])),
            Measure::DaysUntil { property } => self.days_until(property, span),
            Measure::Gap(gap) => self.gap(*gap, span, end),
            Measure::Streak { unit, with } => self.streak(*unit, *with, span, start),
            Measure::Share { basis, .. } => {
                let clock = self.bounds.clock_of_part;
                let part = self.part.map_or(Ok(0.0), |seen| self.total_by(seen, *basis, part, clock))?;
                let whole = self.total(seen, *basis, span)?;
                if whole > 0.0 { Ok(part / whole) } else { Err(Unknown::ZeroBase) }
            }
            Measure::RatePerDay(basis) => Ok(self.total(seen, *basis, span)? / self.days(start, end)),
            Measure::Slope { basis, step_days } => self.slope(*basis, i64::from(*step_days) * DAY, start, end),
        }
    }

    fn total(&self, seen: Seen<'_>, basis: Basis, span: Span) -> Result<f64, Unknown> {
        self.total_by(seen, basis, span, self.bounds.clock_place)
    }

    fn total_by(&self, seen: Seen<'_>, basis: Basis, span: Span, clock: usize) -> Result<f64, Unknown> {
        match (&self.plan.work, basis) {
            (Some(work), Basis::DistinctDays) if self.task.measured.working => {
                let mut days: Vec<i64> = seen.at(span).iter().map(|at| self.day(*at)).collect();
                days.dedup();
                Ok(days.iter().filter(|day| work.works_on(**day)).count() as f64)
            }
            _ => seen.total(basis, span, clock),
        }
    }

    fn day(&self, at: i64) -> i64 {
        self.bounds.clock.day(at, self.plan.frame.zone())
    }

    fn distinct(&self, span: Span, scratch: &mut Scratch) -> f64 {
        let codes = &mut scratch.codes;
        codes.clear();
        codes.extend(self.seen.said(span, self.task.word).filter(|code| *code > 0));
        codes.sort_unstable();
        codes.dedup();
        codes.len() as f64
    }

    /// Whole days since something happened; in working days, those after its day that have begun and are over.
    fn days_since(&self, at: i64) -> f64 {
        match self.plan.work.as_ref().filter(|_| self.task.measured.working) {
            Some(work) => (work.up_to(self.day(self.bounds.as_of - 1)) - work.up_to(self.day(at))).max(0) as f64,
            None => (self.bounds.as_of - at).div_euclid(DAY) as f64,
        }
    }

    fn days_until(&self, property: &str, span: Span) -> Result<f64, Unknown> {
        let frame = self.plan.frame;
        let latest = self.seen.said(span, self.task.word).rev().find(|code| *code > 0);
        let text = latest.and_then(|code| frame.property_text(property, code));
        let date = text.and_then(|text| frame.zone().parse(text).ok()).ok_or(Unknown::NoValue)?;
        let as_of = Instant::from_micros(self.bounds.as_of);
        Ok(match self.plan.work.as_ref().filter(|_| self.task.measured.working) {
            // Today counts, the date itself does not.
            Some(work) => (work.up_to(self.day(date.micros()) - 1) - work.up_to(self.day(as_of.micros()) - 1)) as f64,
            None => date.days_since(as_of) as f64,
        })
    }

    /// Days of a window, from the customer's first fact on and one at least.
    fn days(&self, start: i64, end: i64) -> f64 {
        let start = start.max(self.first_seen.unwrap_or(start));
        let days = match self.plan.work.as_ref().filter(|_| self.task.measured.working) {
            Some(work) => (work.up_to(self.day(end - 1)) - work.up_to(self.day(start) - 1)) as f64,
            None => end.saturating_sub(start) as f64 / DAY as f64,
        };
        days.max(1.0)
    }

    fn gap(&self, gap: Gap, span: Span, end: i64) -> Result<f64, Unknown> {
        let at = self.seen.at(span);
        let days = |micros: i64| micros as f64 / DAY as f64;
        let last = at[at.len() - 1];
        if gap == Gap::Current {
            return Ok(days(end - last));
        }
        let count = at.len() - 1;
        if count == 0 {
            return Err(Unknown::NoValue);
        }
        let mean = days(last - at[0]) / count as f64;
        match gap {
            Gap::Mean | Gap::Current => Ok(mean),
            Gap::Max => Ok(at.windows(2).map(|pair| pair[1] - pair[0]).max().map_or(mean, days)),
            Gap::Variation if count < 2 => Err(Unknown::NoValue),
            Gap::Variation if mean == 0.0 => Err(Unknown::ZeroBase),
            Gap::Variation => {
                let squares: f64 = at.windows(2).map(|pair| (days(pair[1] - pair[0]) - mean).powi(2)).sum();
                Ok((squares / (count - 1) as f64).sqrt() / mean)
            }
        }
    }

    /// Counted back from the window's last day or week, the newest being number 0.
    fn streak(&self, unit: StreakUnit, with: bool, span: Span, start: i64) -> Result<f64, Unknown> {
        let newest = self.day(self.bounds.now.end - 1);
        let work = self.plan.work.as_ref().filter(|_| self.task.measured.working);
        let back = |day: i64| match (unit, self.bounds.clock, work) {
            (StreakUnit::Day, _, Some(work)) => work.up_to(newest) - work.up_to(day),
            (StreakUnit::Day, ..) => newest - day,
            (StreakUnit::Week, DayClock::Rolling(_), _) => (newest - day) / 7,
            // Weeks from Monday; 1970-01-01 was a Thursday.
            (StreakUnit::Week, DayClock::Civil, _) => (newest + 3).div_euclid(7) - (day + 3).div_euclid(7),
        };
        let days = self.seen.at(span).iter().rev().map(|at| self.day(*at));
        let mut places = days.filter(|day| work.is_none_or(|work| work.works_on(*day))).map(back);
        if with {
            if self.seen.count == 0 {
                return self.absent();
            }
            let mut length = 0;
            for place in places {
                match place - length {
                    0 => length += 1,
                    1.. => break,
                    _ => {}
                }
            }
            return Ok(length as f64);
        }
        match places.next() {
            Some(latest) => Ok(latest as f64),
            None if self.seen.count == 0 || start == i64::MIN => self.absent(),
            None => Ok((back(self.day(start)) + 1) as f64),
        }
    }

    fn slope(&self, basis: Basis, step: i64, start: i64, end: i64) -> Result<f64, Unknown> {
        let count = (end - start) / step;
        let middle = (count - 1) as f64 / 2.0;
        let (mut above, mut below) = (0.0, 0.0);
        for k in 0..count {
            let span = self.seen.span(start + k * step, start + (k + 1) * step);
            let total = self.total(self.seen, basis, span)?;
            above += (k as f64 - middle) * total;
            below += (k as f64 - middle).powi(2);
        }
        if below > 0.0 { Ok(above / below) } else { Err(Unknown::NoValue) }
    }
}

/// A window, and the rows that lie in it.
#[derive(Clone, Copy)]
struct Looked {
    start: i64,
    end: i64,
    span: Span,
    /// Those of the part.
    part: Span,
}

impl Looked {
    /// Between borders that were found beforehand.
    fn at(seen: &Seen<'_>, part: Option<&Seen<'_>>, pane: &Pane) -> Looked {
        let span = seen.between(pane.borders);
        let part = part.map_or(span, |part| part.between(pane.of_part));
        Looked { start: pane.start, end: pane.end, span, part }
    }

    /// From a moment of the customer's own on.
    fn within(seen: &Seen<'_>, part: Option<&Seen<'_>>, start: i64, end: i64) -> Looked {
        let span = seen.span(start, end);
        Looked { start, end, span, part: part.map_or(span, |part| part.span(start, end)) }
    }
}

impl Against {
    /// The number put against others.
    ///
    /// # Edges
    /// None to compare with, or for z fewer than two: `zero_base`.
    pub(crate) fn of(self, now: f64, others: &[f64]) -> Result<f64, Unknown> {
        let count = others.len() as f64;
        if others.is_empty() || (self == Against::Z && others.len() < 2) {
            return Err(Unknown::ZeroBase);
        }
        let mean = others.iter().sum::<f64>() / count;
        match self {
            Against::Ratio if mean > 0.0 => Ok(now / mean),
            Against::Change if mean > 0.0 => Ok(now / mean - 1.0),
            Against::Ratio | Against::Change => Err(Unknown::ZeroBase),
            Against::Difference => Ok(now - mean),
            Against::Z => {
                let squares: f64 = others.iter().map(|other| (other - mean).powi(2)).sum();
                let deviation = (squares / (count - 1.0)).sqrt();
                if deviation > 0.0 { Ok((now - mean) / deviation) } else { Err(Unknown::ZeroBase) }
            }
            // A course in time is not a heap of numbers; the reader pairs them otherwise.
            Against::Ewma | Against::Cusum | Against::Fall | Against::Rise | Against::Expected => {
                Err(Unknown::ZeroBase)
            }
            Against::Percentile => {
                let below = others.iter().filter(|other| **other < now).count() as f64;
                let equal = others.iter().filter(|other| **other == now).count() as f64;
                Ok((below + 0.5 * equal) / count)
            }
        }
    }
}
