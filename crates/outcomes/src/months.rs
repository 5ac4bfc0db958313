//! The churn rate of past months, with the names behind it.

use facts::FactFrame;
use vocab::{AsOf, CustomerId, Instant, Text};

use crate::definition::ChurnDefinition;
use crate::lifetimes::{Lifetimes, State};

/// Somebody who left in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaver {
    /// Who.
    pub customer: CustomerId,
    /// The moment from which it counts as gone.
    pub at: Instant,
    /// Its last sign of life before.
    pub last_seen: Option<Instant>,
}

/// One civil month of the firm's zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first midnight.
    pub start: Instant,
    /// The first midnight of the next.
    pub end: Instant,
    /// Customers there at its start, current and too new.
    pub at_start: u64,
    /// Of those, who left in it, by the moment it counts as gone; sorted by that moment. Newcomers are not counted,
    /// and who came back before its end did leave.
    pub left: Vec<Leaver>,
    /// Why the month cannot be judged, if so.
    pub judged: Result<(), Text>,
}

impl Month {
    /// Customer churn rate: `left ÷ at_start`.
    ///
    /// # Edges
    /// Nobody there at the start, or a month that cannot be judged: `None`. A month still running gives its rate so
    /// far.
    pub fn rate(&self) -> Option<f64> {
        let countable = self.at_start > 0 && self.judged.is_ok();
        countable.then(|| self.left.len() as f64 / self.at_start as f64)
    }

    /// Whether the month has ended at a moment.
    pub fn is_complete(&self, as_of: AsOf) -> bool {
        self.end <= as_of.instant()
    }
}

/// The last `count` months up to the one that `as_of` falls into, oldest first, as known at `as_of`.
///
/// Months before the first fact are left out.
///
/// # Edges
/// * At midnight on the first of a month that month has not begun: the last one is the month before.
/// * A month that lies partly before a rule can see anybody leave, or partly after the facts end, is not judged: its
///   rate would look better, or worse, than it was.
pub fn months(frame: &FactFrame, definition: &ChurnDefinition, as_of: AsOf, count: usize) -> Vec<Month> {
    Lifetimes::of(frame, definition, as_of).months(definition, count)
}

impl Lifetimes {
    /// See [`months`]. The definition must be the one the lifetimes were read by.
    pub fn months(&self, definition: &ChurnDefinition, count: usize) -> Vec<Month> {
        self.months_among(definition, count, &|_| true)
    }

    /// The months of a part of the customers, told by their place in [`Lifetimes::customers`]. Which months there are
    /// and which can be judged is a matter of the whole firm.
    pub fn months_among(
        &self,
        definition: &ChurnDefinition,
        count: usize,
        counts: &dyn Fn(usize) -> bool,
    ) -> Vec<Month> {
        let as_of = self.as_of.instant();
        let Some(first_seen) = self.lives.iter().map(|life| life.first_seen).min() else {
            return Vec::new();
        };
        let last = as_of.plus_micros(-1);
        let begins = (0..=count as i32).map(|back| self.zone.month_start(last, 1 - back)).collect::<Vec<_>>();
        let mut months: Vec<Month> = begins
            .windows(2)
            .map(|pair| (pair[1], pair[0]))
            .take_while(|(_, end)| *end > first_seen)
            .map(|(start, end)| self.month(definition, start, end, counts))
            .collect();
        months.reverse();
        months
    }

    fn month(
        &self,
        definition: &ChurnDefinition,
        start: Instant,
        end: Instant,
        counts: &dyn Fn(usize) -> bool,
    ) -> Month {
        let mut at_start = 0;
        let mut left = Vec::new();
        for (place, (customer, life)) in self.customers.iter().zip(&self.lives).enumerate() {
            if !counts(place) {
                continue;
            }
            match life.state(start, self.too_new_days) {
                Some(State::Current | State::TooNew) => at_start += 1,
                Some(State::Gone { .. }) | None => continue,
            }
            let next = life.absences.partition_point(|spell| spell.gone_at < start);
            if let Some(spell) = life.absences.get(next).filter(|spell| spell.gone_at < end) {
                left.push(Leaver { customer: customer.clone(), at: spell.gone_at, last_seen: spell.last_seen });
            }
        }
        left.sort_by(|a, b| (a.at, &a.customer).cmp(&(b.at, &b.customer)));
        let seen_to = end.min(self.as_of.instant());
        let judged = self.coverage.unjudged(definition, start, seen_to, &self.zone).map_or(Ok(()), Err);
        Month { start, end, at_start, left, judged }
    }
}
