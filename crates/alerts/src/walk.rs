//! Customers gone through in the order of their ids, beside other lists in that order: each is found near the one before, so
//! that a million of them cost one walk and no search.

use indicators::IndicatorFrame;
use scores::{CustomerScore, ScoreFrame};
use vocab::CustomerId;

use crate::plan::Evidence;

/// The first place from `from` on that is not before; what is before comes first in the list.
///
/// # Why
/// Steps double until they are too far, then are halved: near places are found at once, far ones as a search finds them.
fn first_from<T>(sorted: &[T], from: usize, is_before: impl Fn(&T) -> bool) -> usize {
    let mut step = 1;
    while sorted.get(from + step - 1).is_some_and(&is_before) {
        step *= 2;
    }
    let (begin, end) = (from + step / 2, (from + step - 1).min(sorted.len()));
    begin + sorted[begin..end].partition_point(is_before)
}

/// What a list in the order of customers holds of one after the other.
pub(crate) struct Along<'l, T> {
    sorted: &'l [T],
    customer: fn(&T) -> &CustomerId,
    at: usize,
}

impl<'l, T> Along<'l, T> {
    pub fn new(sorted: &'l [T], customer: fn(&T) -> &CustomerId) -> Self {
        Along { sorted, customer, at: 0 }
    }

    /// Everything of a customer who does not come before the one asked for last.
    pub fn of(&mut self, customer: &CustomerId) -> &'l [T] {
        let of = self.customer;
        self.at = first_from(self.sorted, self.at, |one| of(one) < customer);
        let own = self.sorted[self.at..].iter().take_while(|one| of(one) == customer).count();
        &self.sorted[self.at..self.at + own]
    }
}

/// The figures and scores of one customer after the other.
pub(crate) struct Walk<'a> {
    indicators: &'a IndicatorFrame,
    scores: &'a ScoreFrame,
    at: usize,
    scored: usize,
}

impl<'a> Walk<'a> {
    pub fn new(evidence: &Evidence<'a>) -> Self {
        Walk { indicators: evidence.indicators, scores: evidence.scores, at: 0, scored: 0 }
    }

    /// The place in the indicator frame, and the score, of a customer who does not come before the one asked for last.
    pub fn to(&mut self, customer: &CustomerId) -> Option<(usize, Option<&'a CustomerScore>)> {
        let (all, scored) = (self.indicators.customers(), self.scores.customers());
        self.at = first_from(all, self.at, |one| one < customer);
        all.get(self.at).filter(|one| *one == customer)?;
        self.scored = first_from(scored, self.scored, |one| one < customer);
        let score = scored.get(self.scored).filter(|one| *one == customer);
        Some((self.at, score.map(|_| self.scores.at(self.scored))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_lies_ahead_is_found_as_a_search_finds_it(
            mut list in prop::collection::vec(0..40_u32, 0..60),
            from in 0..60_usize,
            wanted in 0..41_u32,
        ) {
            list.sort_unstable();
            let from = from.min(list.len());
            let naive = (from..list.len()).find(|at| list[*at] >= wanted).unwrap_or(list.len());
            prop_assert_eq!(first_from(&list, from, |one| *one < wanted), naive);
        }

        #[test]
        fn everything_of_each_customer_is_handed_out(
            mut list in prop::collection::vec(0..20_u32, 0..60),
            mut asked in prop::collection::btree_set(0..22_u32, 0..20),
        ) {
            asked.insert(0);
            list.sort_unstable();
            let id = |number: u32| CustomerId::new(format!("c{number:02}"));
            let list: Vec<CustomerId> = list.into_iter().map(id).collect();
            let mut along = Along::new(&list, |one| one);
            for customer in asked.into_iter().map(id) {
                let naive: Vec<&CustomerId> = list.iter().filter(|one| **one == customer).collect();
                prop_assert_eq!(along.of(&customer).iter().collect::<Vec<_>>(), naive);
            }
        }
    }
}
