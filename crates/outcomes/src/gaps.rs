//! How long customers stay away before they come back: what a window of silence is chosen by.
//!
//! A gap is the time from one sign of life of a customer to the next, if a day or more lies between. Silence that has not
//! ended yet is no gap; it is asked whether it will.
//!
//! Not here: who has left by a definition (`lifetimes`).

use facts::FactFrame;
use vocab::{AsOf, CustomerId, Instant, Text};

use crate::definition::{ChurnDefinition, ChurnRule, OWN_GAPS};
use crate::lifetimes::{MICROS_PER_DAY, Signs};
use crate::readiness::coverage;

const MICROS_PER_HOUR: i64 = 3_600_000_000;
/// Longer gaps count as so many hours: ten years.
const MOST_HOURS: usize = 87_600;

/// The windows that are tried, in days.
pub const WINDOWS: [u32; 16] = [7, 14, 21, 30, 45, 60, 75, 90, 105, 120, 150, 180, 210, 240, 300, 365];
/// For so many days after a window it is watched at least whether the customer comes back.
pub const LEAST_WATCH_DAYS: u32 = 90;
/// And for so many at most.
pub const MOST_WATCH_DAYS: u32 = 365;
/// So many absences must have been watched to the end before a window is proposed.
pub const LEAST_WATCHED: u64 = 30;
/// Of a proposed window at most this share of goodbyes is false.
pub const MOST_FALSE: f64 = 0.2;
/// Absences are watched for as long as so large a share of the gaps takes.
const WATCHED_SHARE: f64 = 0.95;
/// Shares of the gaps of which it is told how long they are at most.
pub const QUANTILES: [f64; 6] = [0.5, 0.75, 0.8, 0.9, 0.95, 0.99];
/// Where the bars of the distribution begin, in days.
const BARS: [u32; 16] = [1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365];
/// Absences are counted over so many days before the moment.
const YEAR_DAYS: i64 = 365;

/// One window tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// After so many days of silence a customer would count as gone.
    pub days: u32,
    /// Customers who are away longer at the moment.
    pub gone_now: u64,
    /// Absences that became longer in the 365 days before the moment: a customer who comes back may have several.
    pub left: u64,
    /// Absences of any time that could be watched for as long as asked after they had become longer.
    pub watched: u64,
    /// Of those, how many ended while they were watched: the goodbye was false.
    pub returned: u64,
}

impl Tried {
    /// The share of goodbyes that would have been false: `returned ÷ watched`; `None` where nothing was watched.
    pub fn return_rate(&self) -> Option<f64> {
        (self.watched > 0).then(|| self.returned as f64 / self.watched as f64)
    }
}

/// A bar of the distribution of gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GapBar {
    /// Days from which on.
    pub from_days: u32,
    /// Days below which; `None` = no limit.
    pub to_days: Option<u32>,
    /// Gaps in it.
    pub count: u64,
}

/// How long customers stay away.
#[derive(Clone, Debug, PartialEq)]
pub struct Away {
    /// Up to here it was looked: the moment, or where the facts end before it.
    pub until: Instant,
    /// How long absences are watched after a window, in days: as long as 95 % of all gaps take, within
    /// [`LEAST_WATCH_DAYS`] and [`MOST_WATCH_DAYS`].
    pub watch_days: u32,
    /// Customers with a sign of life at all.
    pub customers: u64,
    /// Gaps between two signs of life.
    pub gaps: u64,
    /// For each of [`QUANTILES`] the days that so large a share of the gaps does not exceed; empty without any gap.
    pub quantiles: Vec<(f64, f64)>,
    /// The distribution of the gaps.
    pub bars: Vec<GapBar>,
    /// Each of [`WINDOWS`].
    pub tried: Vec<Tried>,
    /// The window proposed, or why none is.
    pub proposed: Result<u32, Text>,
}

/// How long do customers stay away, and who comes back?
///
/// Signs of life are those of the definition's first rule that waits for silence, or whatever customers do of their own
/// accord where none does. Of a window `W` an absence counts if more than `W` days passed since the last sign. It is
/// *watched* if [`Away::watch_days`] more were seen after that, and *returned* if a sign came within them.
///
/// Proposed is the shortest window of which at least [`LEAST_WATCHED`] absences were watched and at most [`MOST_FALSE`]
/// of them returned.
///
/// # Why
/// A quantile of the gaps alone says nothing of those who never came back, and regular customers with their many short
/// gaps outweigh the others. The return rate is what a wrong goodbye costs, and one can check it by counting. Where
/// customers come twice a year, three months of watching would call every one of them gone: so the gaps say how long.
///
/// # Edges
/// * `counts` says whose absences are looked at; from when to when the firm's facts reach is a matter of everybody.
/// * Where the facts end before the moment, silence after their end is not looked at.
/// * Quantiles are interpolated between whole hours, `(n − 1) q` after the smallest.
///
/// # Source
/// Only absences with full follow-up count: "Defining Churn", engineering.indeedblog.com, January 2020.
pub fn away(
    frame: &FactFrame,
    definition: &ChurnDefinition,
    as_of: AsOf,
    counts: &dyn Fn(&CustomerId) -> bool,
) -> Away {
    let rules = definition.rules();
    let place = rules.iter().position(|rule| rule.silence_days() > 0);
    let customer_made = ChurnRule::customer_made();
    let signs = match place.map(|place| rules[place]) {
        Some(ChurnRule::Inactivity { of, .. }) => Signs::new(frame, of),
        Some(_) => Signs::orders(frame),
        None => Signs::new(frame, &customer_made),
    };
    let covered = coverage(frame, definition, as_of);
    let ended = covered.rules.get(place.unwrap_or(0)).map_or(Instant::MAX, |covered| covered.until);
    let until = ended.min(as_of.instant()).micros();
    let each = |take: &mut dyn FnMut(i64, Option<i64>)| {
        for (place, _) in frame.customers().iter().enumerate().filter(|(_, customer)| counts(customer)) {
            let rows = frame.rows_of(place).filter(|row| frame.is_visible(*row, as_of) && signs.take(*row));
            let mut last = None;
            for at in rows.map(|row| frame.occurred_at(row).micros()).filter(|at| *at <= until) {
                if let Some(last) = last.filter(|last| at - last >= MICROS_PER_DAY) {
                    take(last, Some(at));
                }
                last = Some(at);
            }
            if let Some(last) = last {
                take(last, None);
            }
        }
    };
    let mut gaps = Gaps { customers: 0, count: 0, hours: vec![0; MOST_HOURS + 1] };
    each(&mut |last, back| gaps.take(last, back));
    let mut tried = WINDOWS.map(|days| Tried { days, gone_now: 0, left: 0, watched: 0, returned: 0 });
    let watch_days = gaps.watch_days();
    each(&mut |last, back| tried.iter_mut().for_each(|one| one.take(last, back, until, watch_days)));
    gaps.told(Instant::from_micros(until), tried.to_vec())
}

impl Tried {
    /// Counts an absence since a sign of life, ended by another or running still.
    fn take(&mut self, last: i64, back: Option<i64>, until: i64, watch_days: u32) {
        let gone_at = last + i64::from(self.days) * MICROS_PER_DAY;
        if gone_at >= back.unwrap_or(until) {
            return;
        }
        self.gone_now += u64::from(back.is_none());
        self.left += u64::from(gone_at >= until - YEAR_DAYS * MICROS_PER_DAY);
        let watched_to = gone_at + i64::from(watch_days) * MICROS_PER_DAY;
        if watched_to <= until {
            self.watched += 1;
            self.returned += u64::from(back.is_some_and(|back| back <= watched_to));
        }
    }
}

struct Gaps {
    customers: u64,
    count: u64,
    /// How many gaps of so many whole hours there are.
    hours: Vec<u64>,
}

impl Gaps {
    fn take(&mut self, last: i64, back: Option<i64>) {
        match back {
            Some(back) => {
                self.hours[(((back - last) / MICROS_PER_HOUR) as usize).min(MOST_HOURS)] += 1;
                self.count += 1;
            }
            None => self.customers += 1,
        }
    }

    fn watch_days(&self) -> u32 {
        let long = if self.count > 0 { quantile(&self.hours, self.count, WATCHED_SHARE).ceil() as u32 } else { 0 };
        long.clamp(LEAST_WATCH_DAYS, MOST_WATCH_DAYS)
    }

    fn told(self, until: Instant, tried: Vec<Tried>) -> Away {
        let bars = BARS.iter().enumerate().map(|(place, from)| {
            let to = BARS.get(place + 1).copied();
            let hours = (*from as usize * 24)..to.map_or(MOST_HOURS + 1, |to| to as usize * 24);
            GapBar { from_days: *from, to_days: to, count: self.hours[hours].iter().sum() }
        });
        let watch_days = self.watch_days();
        Away {
            until,
            watch_days,
            customers: self.customers,
            gaps: self.count,
            quantiles: match self.count {
                0 => Vec::new(),
                count => QUANTILES.iter().map(|share| (*share, quantile(&self.hours, count, *share))).collect(),
            },
            bars: bars.collect(),
            proposed: proposed(&tried, watch_days),
            tried,
        }
    }
}

fn proposed(tried: &[Tried], watch_days: u32) -> Result<u32, Text> {
    let firm: Vec<&Tried> = tried.iter().filter(|one| one.watched >= LEAST_WATCHED).collect();
    let honest = |one: &&&Tried| one.return_rate().is_some_and(|rate| rate <= MOST_FALSE);
    if let Some(found) = firm.iter().find(honest) {
        return Ok(found.days);
    }
    Err(match firm.last() {
        None => {
            let most = tried.iter().map(|one| one.watched).max().unwrap_or(0);
            Text::new(
                format!(
                    "至少要有 {LEAST_WATCHED} 次离开、且之后又看了 {watch_days} 天，才能建议天数；目前只有 {most} 次"
                ),
                format!(
                    "{LEAST_WATCHED} absences, each watched for {watch_days} more days, are needed to propose a window; there are {most}"
                ),
            )
        }
        Some(longest) => {
            let (days, share) = (longest.days, 100.0 * longest.return_rate().unwrap_or_default());
            Text::new(
                format!(
                    "即使 {days} 天没来，之后 {watch_days} 天内仍有 {share:.0}% 会回来：只看沉默天数不适合判断流失"
                ),
                format!(
                    "even after {days} days away {share:.0} % come back within {watch_days} days: silence alone does not tell who has left"
                ),
            )
        }
    })
}

/// The days that a share of the gaps does not exceed.
fn quantile(hours: &[u64], gaps: u64, share: f64) -> f64 {
    let place = (gaps - 1) as f64 * share;
    let (low, part) = (place.floor() as u64, place.fract());
    let high = (low + 1).min(gaps - 1);
    let at = |wanted: u64| {
        let mut before = 0_u64;
        let found = hours.iter().position(|count| {
            before += count;
            before > wanted
        });
        found.unwrap_or(MOST_HOURS) as f64 / 24.0
    };
    at(low) + part * (at(high) - at(low))
}

/// How long a customer's own rhythm of orders lets it be waited for; see [`ChurnRule::PurchaseGap`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OwnRhythm {
    times: f64,
    least: i64,
    most: i64,
}

impl OwnRhythm {
    pub(crate) fn new(times: f64, least_days: u32, most_days: u32) -> OwnRhythm {
        let micros = |days: u32| i64::from(days) * MICROS_PER_DAY;
        OwnRhythm { times, least: micros(least_days), most: micros(most_days) }
    }

    /// In microseconds, from the gaps so far, sorted.
    pub(crate) fn patience(&self, gaps: &[i64]) -> i64 {
        if gaps.len() < OWN_GAPS {
            return self.most;
        }
        let usual = (gaps[(gaps.len() - 1) / 2] + gaps[gaps.len() / 2]) as f64 / 2.0;
        ((self.times * usual).round() as i64).clamp(self.least, self.most)
    }
}
