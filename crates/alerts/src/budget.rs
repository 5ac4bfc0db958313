//! How much work fits the hands that do it, and where the line falls.
//!
//! A firm says how many people work alerts and how many cases each can take in a week. Customers with a worry are put in
//! the order of their expected value at risk, and as many of them as the hands can take come on the desk: the least of
//! them is the threshold. Whoever is below the line is not lost: the alert stays open, is shown beside the line, and rises
//! when there is room.
//!
//! Not here: which worries there are ([`crate::plan`]), opening and closing cases (`actions`), whether contact helps.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use vocab::{Health, Severity};

/// How many cases the hands can take in a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Who works alerts.
    pub people: u32,
    /// New cases that each can take in a week.
    pub cases_per_person: u32,
    /// Urgent worries come on the desk whatever the line says, and are not counted against it.
    pub urgent_passes: bool,
}

impl Budget {
    /// New cases in a week: people × cases each.
    pub fn per_week(&self) -> usize {
        usize::try_from(u64::from(self.people) * u64::from(self.cases_per_person)).unwrap_or(usize::MAX)
    }

    /// How many new cases may have come on the desk by now, when `worked` of the `of` working days of the week have
    /// begun: `⌈per_week · worked / of⌉`.
    ///
    /// # Why
    /// A case is to be acted upon within a day. A whole week's cases on Monday morning would all be late by Tuesday.
    ///
    /// # Edges
    /// A week without a working day is not spread: all of it. Days beyond the last count as the last.
    pub fn allowance(&self, worked: u32, of: u32) -> usize {
        if of == 0 {
            return self.per_week();
        }
        let share = self.per_week() as u128 * u128::from(worked.min(of));
        usize::try_from(share.div_ceil(u128::from(of))).unwrap_or(usize::MAX)
    }
}

/// What stands at risk with a customer, and what that was made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// The value that was taken: its own, or that of the middle customer.
    pub value: f64,
    /// Whether it is that of the middle customer, since its own is unknown.
    pub is_typical: bool,
    /// The share of it that is taken to be at risk, 0 to 1.
    pub worry: f64,
    /// `value · worry`.
    pub at_risk: f64,
}

/// How much is expected to be lost if nobody does anything?
///
/// `value · worry`, where `worry` is the part of health that is gone, `1 − health / 100`, and stands for the probability
/// of leaving until a model of it is in service ([`worth_by_risk`]). It orders; it is not called a probability anywhere.
///
/// # Edges
/// * Health unknown: by severity, 0.25, 0.5 and 0.75.
/// * Value unknown: that of the middle customer, so that nobody is first or last merely for not being known; where no
///   value is known at all, everybody counts alike. A value below zero counts as none.
pub fn worth(value: Option<f64>, health: Option<Health>, severity: Severity, typical: Option<f64>) -> Worth {
    let worry = match (health, severity) {
        (Some(health), _) => 1.0 - health.points() / 100.0,
        (None, Severity::Info) => 0.25,
        (None, Severity::Warning) => 0.5,
        (None, Severity::Urgent) => 0.75,
    };
    worth_by_risk(value, worry, typical)
}

/// How much is expected to be lost within a horizon: `value · risk`, with the probability of leaving within it.
///
/// # Edges
/// * Of whom no probability is known that of the mean customer is to be given, for the same reason as that of the value; one
///   beyond 0 to 1 is taken for the nearest of these.
/// * Value unknown, or below zero: as in [`worth`].
pub fn worth_by_risk(value: Option<f64>, risk: f64, typical: Option<f64>) -> Worth {
    let taken = value.or(typical).filter(|value| value.is_finite()).map_or(1.0, |value| value.max(0.0));
    let worry = risk.clamp(0.0, 1.0);
    Worth { value: taken, is_typical: value.is_none(), worry, at_risk: taken * worry }
}

/// The value of the middle customer; `None` of nobody.
///
/// # Edges
/// Of an even number the lower of the two in the middle, so that it is somebody's.
pub fn typical(mut values: Vec<f64>) -> Option<f64> {
    values.retain(|value| value.is_finite());
    let middle = values.len().checked_sub(1)? / 2;
    let (_, value, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    Some(*value)
}

/// Somebody who could come on the desk. `K` is how the caller names customers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate<K> {
    /// Who.
    pub customer: K,
    /// The severest worry.
    pub severity: Severity,
    /// Expected value at risk.
    pub at_risk: f64,
}

/// Candidates on both sides of the line, each side ranked: most at risk first.
#[derive(Clone, Debug, PartialEq)]
pub struct Line<K> {
    /// Urgent, and let pass whatever the room.
    pub passing: Vec<Candidate<K>>,
    /// Within the room.
    pub above: Vec<Candidate<K>>,
    /// Waiting.
    pub below: Vec<Candidate<K>>,
}

impl<K> Line<K> {
    /// The value at risk from which on one comes on the desk; `None` where nobody waits.
    pub fn threshold(&self) -> Option<f64> {
        let next = self.below.first()?;
        Some(self.above.last().map_or(next.at_risk, |last| last.at_risk))
    }
}

/// More at risk first; of equals the severer, then by name.
fn order<K: Ord>(a: &Candidate<K>, b: &Candidate<K>) -> Ordering {
    b.at_risk.total_cmp(&a.at_risk).then_with(|| b.severity.cmp(&a.severity)).then_with(|| a.customer.cmp(&b.customer))
}

/// Draws the line through candidates: as many as there is room for, those with most at risk.
///
/// # Edges
/// The same candidates in any order give the same line.
pub fn draw<K: Ord>(mut candidates: Vec<Candidate<K>>, room: usize, urgent_passes: bool) -> Line<K> {
    candidates.sort_by(order);
    let (passing, mut above): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|one| urgent_passes && one.severity == Severity::Urgent);
    let below = above.split_off(room.min(above.len()));
    Line { passing, above, below }
}

/// A worry that stood at a weekly moment of the past.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worry {
    /// Which customer, by its place.
    pub customer: usize,
    /// The moment at which this episode began: since then the customer has not been without a worry.
    pub since: usize,
    /// The severest worry.
    pub severity: Severity,
    /// Expected value at risk.
    pub at_risk: f64,
}

/// One week of a replay.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Whoever could have come on the desk.
    pub candidates: usize,
    /// Who did, most at risk first: never more than the budget.
    pub taken: Vec<usize>,
    /// Who came besides, being urgent, where the budget lets them pass.
    pub passing: Vec<usize>,
    /// The value at risk from which on one came on the desk; `None` where nobody had to wait.
    pub threshold: Option<f64>,
}

/// What a budget would have put on the desk, week by week: a weekly list of those with most at risk.
///
/// Whoever was taken is not taken again in the same episode; whoever was not competes again next week, for as long as the
/// worry stands.
///
/// # Edges
/// In every week `taken = min(per week, candidates that do not pass)`.
pub fn replay(weeks: &[Vec<Worry>], budget: &Budget) -> Vec<Drawn> {
    // The episode of each customer that was taken last.
    let mut taken_in: BTreeMap<usize, usize> = BTreeMap::new();
    let mut drawn = Vec::with_capacity(weeks.len());
    for week in weeks {
        let waits = |worry: &&Worry| taken_in.get(&worry.customer) != Some(&worry.since);
        let candidates: Vec<Candidate<usize>> = week
            .iter()
            .filter(waits)
            .map(|one| Candidate { customer: one.customer, severity: one.severity, at_risk: one.at_risk })
            .collect();
        let count = candidates.len();
        let line = draw(candidates, budget.per_week(), budget.urgent_passes);
        let threshold = line.threshold();
        let named = |side: Vec<Candidate<usize>>| side.into_iter().map(|one| one.customer).collect::<Vec<usize>>();
        let (taken, passing) = (named(line.above), named(line.passing));
        let since: BTreeMap<usize, usize> = week.iter().map(|one| (one.customer, one.since)).collect();
        for customer in taken.iter().chain(&passing) {
            if let Some(since) = since.get(customer) {
                taken_in.insert(*customer, *since);
            }
        }
        drawn.push(Drawn { candidates: count, taken, passing, threshold });
    }
    drawn
}
