//! Whom the question "will it leave?" is put about at a moment, and who is left out and why: the counts add up.

use facts::FactFrame;
use indicators::TraitFrame;
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, Text};

use crate::definition::{ChurnDefinition, Leaving};
use crate::lifetimes::{Lifetimes, State};

/// Whether a customer is asked about at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eligible {
    /// It is there and old enough.
    Yes,
    /// It came too lately to say anything.
    TooNew,
    /// It has left already.
    Gone,
    /// It is no customer in earnest, wherever else it would belong.
    Internal,
}

/// How many there are of each; together, every customer with a visible fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EligibilityCounts {
    /// Asked about.
    pub eligible: u64,
    /// Too new to say.
    pub too_new: u64,
    /// Left already.
    pub gone: u64,
    /// Our own, tests.
    pub internal: u64,
}

impl EligibilityCounts {
    /// Everybody.
    pub fn customers(&self) -> u64 {
        self.eligible + self.too_new + self.gone + self.internal
    }
}

/// Who is eligible at a moment, as known then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligibility {
    as_of: AsOf,
    customers: Vec<CustomerId>,
    standings: Vec<Eligible>,
}

impl Eligibility {
    /// The moment.
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// Customers with where they stand, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&CustomerId, Eligible)> {
        self.customers.iter().zip(self.standings.iter().copied())
    }

    /// One customer; `None` if nothing of it is visible.
    pub fn standing(&self, customer: &CustomerId) -> Option<Eligible> {
        self.customers.binary_search(customer).ok().map(|place| self.standings[place])
    }

    /// How many there are of each among those whom `counts` lets through.
    pub fn counts(&self, counts: &dyn Fn(&CustomerId) -> bool) -> EligibilityCounts {
        let mut sum = EligibilityCounts::default();
        for (_, standing) in self.iter().filter(|(customer, _)| counts(customer)) {
            match standing {
                Eligible::Yes => sum.eligible += 1,
                Eligible::TooNew => sum.too_new += 1,
                Eligible::Gone => sum.gone += 1,
                Eligible::Internal => sum.internal += 1,
            }
        }
        sum
    }
}

/// Whom may be asked about at a moment?
///
/// # Edges
/// Who is internal is told by the trait as it was last said before the moment.
pub fn eligibility(frame: &FactFrame, definition: &ChurnDefinition, as_of: AsOf) -> Eligibility {
    Lifetimes::of(frame, definition, as_of).eligibility(frame, definition)
}

impl Lifetimes {
    /// See [`eligibility`]. Frame and definition must be those that the lifetimes were read from and by.
    pub fn eligibility(&self, frame: &FactFrame, definition: &ChurnDefinition) -> Eligibility {
        let states = self.states();
        let keys: Vec<&str> = definition.internal.iter().map(|internal| internal.key.as_str()).collect();
        let traits = TraitFrame::of(frame, &self.customers, &keys, self.as_of);
        let is_internal = |place: usize| {
            definition.internal.as_ref().is_some_and(|internal| {
                let said = traits.said(place, &internal.key).flatten();
                said.is_some_and(|said| internal.is.iter().any(|one| one == said))
            })
        };
        let standing = |(place, (_, state))| match state {
            _ if is_internal(place) => Eligible::Internal,
            State::Current => Eligible::Yes,
            State::TooNew => Eligible::TooNew,
            State::Gone { .. } => Eligible::Gone,
        };
        let standings = states.iter().enumerate().map(standing).collect();
        Eligibility { as_of: self.as_of, customers: self.customers.clone(), standings }
    }

    /// How many customers left in which way in `[from, to)`; one that came back and left again counts each time.
    pub fn left_by_way(
        &self,
        definition: &ChurnDefinition,
        from: Instant,
        to: Instant,
        counts: &dyn Fn(&CustomerId) -> bool,
    ) -> Vec<(Leaving, u64)> {
        let mut sums = Leaving::ALL.map(|way| (way, 0));
        let lives = self.customers.iter().zip(&self.lives).filter(|(customer, _)| counts(customer));
        for spell in lives.flat_map(|(_, life)| &life.absences) {
            let way = definition.ways.get(spell.rule).filter(|_| spell.gone_at >= from && spell.gone_at < to);
            if let Some(sum) = way.and_then(|way| sums.iter_mut().find(|(one, _)| one == way)) {
                sum.1 += 1;
            }
        }
        sums.to_vec()
    }
}

/// A customer who is still there and brings much less.
#[derive(Clone, Debug, PartialEq)]
pub struct PartLeaver {
    /// Who.
    pub customer: CustomerId,
    /// Revenue of the earlier stretch.
    pub before: Amount,
    /// Revenue of the later.
    pub after: Amount,
}

/// Who is partly gone at a moment: still eligible, and orders of the last stretch brought at most `1 − share` of the
/// stretch before, `[t − 2d, t − d)` against `[t − d, t)`. `None` where the definition knows no partial churn.
///
/// # Edges
/// * Returns and cancellations (negative values) lower the revenue of the stretch in which they fall.
/// * Orders in a currency that is not the firm's are left out.
/// * No revenue in the earlier stretch: there is nothing to fall.
/// * Orders that do not reach back to the beginning of the earlier stretch: an explanation instead.
pub fn partly_gone(
    frame: &FactFrame,
    definition: &ChurnDefinition,
    eligible: &Eligibility,
) -> Option<Result<Vec<PartLeaver>, Text>> {
    let drop = definition.partial?;
    let as_of = eligible.as_of();
    let middle = as_of.instant().plus_days(-i64::from(drop.days));
    let begin = middle.plus_days(-i64::from(drop.days));
    if frame.first_delivered_by(Kind::Order, &[], as_of).is_none_or(|first| first > begin) {
        let days = 2 * drop.days;
        return Some(Err(Text::new(
            format!("订单还不足 {days} 天，无法比较前后两段"),
            format!("orders reach back less than {days} days: the two stretches cannot be compared"),
        )));
    }
    let mut found = Vec::new();
    for (customer, _) in eligible.iter().filter(|(_, standing)| *standing == Eligible::Yes) {
        let Some(place) = frame.position(customer) else { continue };
        let (mut before, mut after) = (Amount::ZERO, Amount::ZERO);
        for row in frame.rows_of(place).filter(|row| frame.is_visible(*row, as_of)) {
            let at = frame.occurred_at(row);
            let is_ours = frame.kind(row) == Kind::Order && frame.currency_code(row) == 0 && at >= begin;
            match frame.value(row).filter(|_| is_ours) {
                Some(value) if at < middle => before += value,
                Some(value) => after += value,
                None => {}
            }
        }
        if before > Amount::ZERO && after.to_f64() <= before.to_f64() * (1.0 - drop.share) {
            found.push(PartLeaver { customer: customer.clone(), before, after });
        }
    }
    Some(Ok(found))
}
