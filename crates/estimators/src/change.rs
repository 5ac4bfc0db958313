//! The smallest change that brings a number down to where it should be.
//!
//! What may be changed is a list of [`Lever`]s, each with the places it may be moved to, the nearest first. Any
//! function of the moves can be asked: a model of risk, a scorecard turned round. Nothing is assumed of it.
//!
//! Not here: which levers people have, and what a change would really do: that takes an experiment.
//!
//! # Source
//! Wachter, Mittelstadt & Russell (2018), *Harvard Journal of Law & Technology* 31(2), 841–887; few levers first, as in
//! Ustun, Spangher & Liu (2019), *FAT\** '19, 10–19.

/// Something that can be moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Lever {
    /// What the caller calls it.
    pub place: usize,
    /// Where it may be moved to, the smallest move first.
    pub steps: Vec<f64>,
}

/// A change that is enough.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which lever is moved where, in the order of the levers.
    pub moves: Vec<(usize, f64)>,
    /// Steps taken on all levers together.
    pub steps: usize,
    /// What the number is then.
    pub reached: f64,
}

/// What is the smallest change by which `judge` falls to `target` or below?
///
/// Fewer levers are smaller than more; with as many, fewer steps on all of them together; with as many, the lower
/// number. `judge` gets the moves and says the number. Every change of up to `most` levers is tried, the smallest
/// first, so that none smaller is overlooked; the search ends with the first number of steps that is enough.
///
/// # Edges
/// `None` if no change of up to `most` levers is enough, and without levers. It takes at most `Σₖ C(levers, k) ·
/// stepsᵏ` questions: the caller keeps the levers few.
///
/// # Example
/// ```
/// use estimators::change::{Lever, smallest_change};
///
/// let levers = [Lever { place: 0, steps: vec![1.0, 2.0, 3.0] }, Lever { place: 1, steps: vec![1.0] }];
/// let judge = |moves: &[(usize, f64)]| 5.0 - moves.iter().map(|(_, to)| to).sum::<f64>();
/// let change = smallest_change(&levers, 2, 2.0, judge).unwrap();
/// assert_eq!(change.moves, [(0, 3.0)], "one lever moved far is smaller than two");
/// ```
pub fn smallest_change(
    levers: &[Lever],
    most: usize,
    target: f64,
    mut judge: impl FnMut(&[(usize, f64)]) -> f64,
) -> Option<Change> {
    for count in 1..=most.min(levers.len()) {
        let mut tries = Vec::new();
        combine(levers, count, &mut Vec::with_capacity(count), 0, &mut tries);
        tries.sort_by_key(|(steps, _)| *steps);
        let mut best: Option<Change> = None;
        for (steps, moves) in tries {
            if best.as_ref().is_some_and(|best| best.steps < steps) {
                break;
            }
            let reached = judge(&moves);
            let is_better = best.as_ref().is_none_or(|best| reached < best.reached);
            if reached <= target && is_better {
                best = Some(Change { moves, steps, reached });
            }
        }
        if best.is_some() {
            return best;
        }
    }
    None
}

/// Every way to move exactly `count` levers, with the steps it takes.
fn combine(
    levers: &[Lever],
    count: usize,
    chosen: &mut Vec<(usize, usize, f64)>,
    from: usize,
    tries: &mut Vec<(usize, Vec<(usize, f64)>)>,
) {
    if chosen.len() == count {
        let steps = chosen.iter().map(|(_, steps, _)| steps).sum();
        tries.push((steps, chosen.iter().map(|(place, _, to)| (*place, *to)).collect()));
        return;
    }
    for (at, lever) in levers.iter().enumerate().skip(from) {
        for (step, to) in lever.steps.iter().enumerate() {
            chosen.push((lever.place, step + 1, *to));
            combine(levers, count, chosen, at + 1, tries);
            chosen.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    /// What is said of some moves.
    type Judge<'a> = &'a dyn Fn(&[(usize, f64)]) -> f64;

    /// Every change there is, each lever at rest or at one of its steps, judged one by one.
    fn by_force(levers: &[Lever], most: usize, target: f64, judge: Judge<'_>) -> Option<Change> {
        let mut all = vec![(0usize, Vec::new())];
        for lever in levers {
            let before = all.clone();
            for (step, to) in lever.steps.iter().enumerate() {
                all.extend(before.iter().map(|(steps, moves)| {
                    let mut moves: Vec<(usize, f64)> = moves.clone();
                    moves.push((lever.place, *to));
                    (steps + step + 1, moves)
                }));
            }
        }
        let enough = all.into_iter().filter(|(_, moves)| !moves.is_empty() && moves.len() <= most).filter_map(
            |(steps, moves)| {
                let reached = judge(&moves);
                (reached <= target).then_some(Change { moves, steps, reached })
            },
        );
        enough.min_by(|one, other| {
            let key = |change: &Change| (change.moves.len(), change.steps);
            key(one).cmp(&key(other)).then(one.reached.total_cmp(&other.reached))
        })
    }

    #[test]
    fn no_smaller_change_is_overlooked_and_where_none_is_enough_none_is_given() {
        let mut chance = Chance::of(7, 1);
        let (mut found, mut none) = (0, 0);
        for _ in 0..200 {
            let mut luck = || chance.uniform();
            let levers: Vec<Lever> =
                (0..4).map(|place| Lever { place, steps: (0..3).map(|_| luck() * 4.0 - 2.0).collect() }).collect();
            let weights: Vec<f64> = (0..16).map(|_| luck() - 0.5).collect();
            // Levers act together too, so that the best of each alone is not the best of all.
            let judge = |moves: &[(usize, f64)]| {
                let single: f64 = moves.iter().map(|(place, to)| weights[*place] * to).sum();
                let pairs =
                    moves.iter().enumerate().flat_map(|(at, one)| moves[at + 1..].iter().map(move |two| (one, two)));
                1.0 + single + pairs.map(|(one, two)| weights[4 + one.0 * 3 + two.0 - 1] * one.1 * two.1).sum::<f64>()
            };
            let said = smallest_change(&levers, 3, -0.6, judge);
            let forced = by_force(&levers, 3, -0.6, &judge);
            let key = |change: &Change| (change.moves.len(), change.steps, change.reached);
            assert_eq!(said.as_ref().map(key), forced.as_ref().map(key));
            if said.is_some() { found += 1 } else { none += 1 }
        }
        assert!(found > 20 && none > 20, "{found} found, {none} not");
        assert_eq!(smallest_change(&[], 3, 1.0, |_| 0.0), None);
    }
}
