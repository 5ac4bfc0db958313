//! How well risks order the customers.

use super::Lifetime;

/// Pairs of customers, by whether the riskier of the two left first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concordance {
    /// Pairs in which the one who left first had the higher risk.
    pub concordant: u64,
    /// Pairs in which the one who left first had the lower risk.
    pub discordant: u64,
    /// Comparable pairs with equal risks.
    pub tied: u64,
}

impl Concordance {
    /// Counts the pairs, in O(n log n).
    ///
    /// # Edges
    /// Two customers who leave at the same time are not comparable; one censored at that time is, and outlives the other.
    /// Panics if the slices differ in length or a risk is NaN: both are our own bugs.
    pub fn of(lifetimes: &[Lifetime], risks: &[f64]) -> Self {
        assert_eq!(lifetimes.len(), risks.len(), "a risk for each lifetime");
        assert!(risks.iter().all(|risk| !risk.is_nan()), "a risk is a number");
        let mut levels = risks.to_vec();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        let level = |risk: f64| levels.partition_point(|&other| other < risk);
        let mut order: Vec<usize> = (0..risks.len()).collect();
        order.sort_by(|&a, &b| lifetimes[b].duration.total_cmp(&lifetimes[a].duration));
        let (mut later, mut found) = (Counts::of(levels.len()), Concordance::default());
        for together in order.chunk_by(|&a, &b| lifetimes[a].duration == lifetimes[b].duration) {
            for &row in together.iter().filter(|&&row| !lifetimes[row].ended) {
                later.add(level(risks[row]));
            }
            for &row in together.iter().filter(|&&row| lifetimes[row].ended) {
                let own = level(risks[row]);
                let (below, up_to) = (later.below(own), later.below(own + 1));
                found.concordant += below;
                found.tied += up_to - below;
                found.discordant += later.all - up_to;
            }
            for &row in together.iter().filter(|&&row| lifetimes[row].ended) {
                later.add(level(risks[row]));
            }
        }
        found
    }

    /// `(concordant + ½ tied) / comparable`; `None` without a comparable pair.
    pub fn index(&self) -> Option<f64> {
        let comparable = self.concordant + self.discordant + self.tied;
        (comparable > 0).then(|| (self.concordant as f64 + 0.5 * self.tied as f64) / comparable as f64)
    }
}

/// How often the riskier customer of a pair really is the one who leaves first.
///
/// Take every *comparable* pair: one customer is seen to leave after `t` and the other is known to have stayed longer
/// than `t`. The pair counts 1 if the leaver had the higher risk, ½ if the two risks are equal, 0 otherwise:
/// `C = (concordant + ½ · tied) / comparable`, 0 ≤ C ≤ 1, 0.5 = guessing.
///
/// # Why this one
/// The screens ask "whom do we call first?", a question of order. Whether a 30 % risk comes true 30 % of the time is
/// another question.
///
/// # Edges
/// * No comparable pair: `None`. There is no such thing as a neutral 0.5 here.
/// * Two customers who leave on the same day are not comparable; one censored that day is, and outlives the other.
/// * Panics if the slices differ in length or a risk is NaN: both are our own bugs.
///
/// # Source
/// Harrell, Lee & Mark (1996), *Statistics in Medicine* 15(4), 361–387.
pub fn concordance_index(lifetimes: &[Lifetime], risks: &[f64]) -> Option<f64> {
    Concordance::of(lifetimes, risks).index()
}

/// Counts by level with sums of a prefix, both in O(log levels): a Fenwick tree.
struct Counts {
    tree: Vec<u64>,
    all: u64,
}

impl Counts {
    fn of(levels: usize) -> Self {
        Self { tree: vec![0; levels + 1], all: 0 }
    }

    fn add(&mut self, level: usize) {
        let mut at = level + 1;
        while at < self.tree.len() {
            self.tree[at] += 1;
            at += at & at.wrapping_neg();
        }
        self.all += 1;
    }

    /// How many lie below a level.
    fn below(&self, level: usize) -> u64 {
        let (mut at, mut sum) = (level, 0);
        while at > 0 {
            sum += self.tree[at];
            at -= at & at.wrapping_neg();
        }
        sum
    }
}
