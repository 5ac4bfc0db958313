//! What is known of a customer's purchases, in three numbers, and the sums over customers that a likelihood is.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Unfit;

/// A customer's purchases until the end of what was watched.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct History {
    /// Repeat purchases x: purchases after the first, those of one day counted once.
    pub frequency: u32,
    /// From the first purchase to the last, t_x; 0 without a repeat purchase.
    pub recency: f64,
    /// From the first purchase to the end of what was watched, T. In the same unit as `recency`, any one.
    pub age: f64,
}

/// Customers with the same history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alike {
    /// Their history.
    pub history: History,
    /// How many they are.
    pub customers: f64,
    /// The place of their frequency among those that occur, from the smallest.
    pub(super) level: usize,
}

/// Histories of many customers, equal ones together.
#[derive(Clone, Debug, PartialEq)]
pub struct Histories {
    groups: Vec<Alike>,
    frequencies: Vec<u32>,
}

impl Histories {
    /// Checks and groups.
    ///
    /// # Edges
    /// An error names the first row with a recency or age that is no number, negative, or out of order (a recency above
    /// the age; a repeat purchase without a recency or the reverse). No customer at all is an error.
    pub fn of(histories: &[History]) -> Result<Self, Unfit> {
        Self::weighted(histories.iter().map(|&history| (history, 1.0)))
    }

    /// As [`Histories::of`], with so many customers for each history.
    pub fn weighted(histories: impl IntoIterator<Item = (History, f64)>) -> Result<Self, Unfit> {
        let mut groups: Vec<Alike> = Vec::new();
        for (row, (history, customers)) in histories.into_iter().enumerate() {
            let History { frequency, recency, age } = history;
            let ordered = recency >= 0.0 && recency <= age && age.is_finite();
            let counted = customers >= 0.0 && customers.is_finite();
            if !ordered || !counted || (frequency == 0) != (recency == 0.0) {
                return Err(Unfit::BadHistory { row });
            }
            if customers > 0.0 {
                groups.push(Alike { history, customers, level: 0 });
            }
        }
        groups.sort_unstable_by(|a, b| {
            let (a, b) = (a.history, b.history);
            a.frequency.cmp(&b.frequency).then(a.recency.total_cmp(&b.recency)).then(a.age.total_cmp(&b.age))
        });
        groups.dedup_by(|next, kept| {
            let same = next.history == kept.history;
            if same {
                kept.customers += next.customers;
            }
            same
        });
        Self::levelled(groups)
    }

    fn levelled(mut groups: Vec<Alike>) -> Result<Self, Unfit> {
        let mut frequencies: Vec<u32> = Vec::new();
        for group in &mut groups {
            if frequencies.last() != Some(&group.history.frequency) {
                frequencies.push(group.history.frequency);
            }
            group.level = frequencies.len() - 1;
        }
        if groups.is_empty() { Err(Unfit::Empty) } else { Ok(Self { groups, frequencies }) }
    }

    /// Different histories, each with how many customers have it, by rising frequency.
    pub fn groups(&self) -> &[Alike] {
        &self.groups
    }

    /// The frequencies that occur, ascending.
    pub(super) fn frequencies(&self) -> &[u32] {
        &self.frequencies
    }

    /// How many customers.
    pub fn customers(&self) -> f64 {
        self.groups.iter().map(|group| group.customers).sum()
    }

    /// Repeat purchases of all customers.
    pub fn repeats(&self) -> f64 {
        self.groups.iter().map(|group| f64::from(group.history.frequency) * group.customers).sum()
    }

    /// Their ages added up.
    pub fn watched(&self) -> f64 {
        self.groups.iter().map(|group| group.history.age * group.customers).sum()
    }

    /// The same customers, with time in units of `unit`.
    pub(super) fn scaled(&self, unit: f64) -> Self {
        let mut scaled = self.clone();
        for group in &mut scaled.groups {
            group.history.recency /= unit;
            group.history.age /= unit;
        }
        scaled
    }

    /// About so many groups, evenly spread over all: enough to find where the top of a likelihood lies, not where
    /// exactly.
    pub(super) fn sample(&self, groups: usize) -> Self {
        let every = self.groups.len().div_ceil(groups.max(1)).max(1);
        let kept = self.groups.iter().skip(every / 2).step_by(every).copied().collect();
        Self::levelled(kept).unwrap_or_else(|_| self.clone())
    }
}

/// Items that are summed before their sum is added to the others'.
const TOGETHER: usize = 2048;

/// Adds up N numbers over all items, on every core.
///
/// # Why
/// Sums of fixed pieces are added in the order of the pieces, so the number of threads changes no digit.
pub(super) fn sum<T: Sync, const N: usize>(items: &[T], term: impl Fn(&T, &mut [f64; N]) + Sync) -> [f64; N] {
    let pieces: Vec<&[T]> = items.chunks(TOGETHER).collect();
    let piece = |at: usize| {
        let mut sums = [0.0; N];
        for item in pieces[at] {
            term(item, &mut sums);
        }
        sums
    };
    let found = in_parallel(pieces.len(), pieces.len() / 4, piece);
    let mut total = [0.0; N];
    for sums in found {
        for (total, value) in total.iter_mut().zip(sums) {
            *total += value;
        }
    }
    total
}

/// The results of `count` independent pieces of work in their order, on at most `threads` of this machine's cores.
pub(super) fn in_parallel<R: Send>(count: usize, threads: usize, piece: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(threads).min(16);
    if threads < 2 {
        return (0..count).map(piece).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut own = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return own;
            }
            own.push((at, piece(at)));
        }
    };
    let mut found: Vec<(usize, R)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        // A worker that broke off did so by a fault of ours, which goes on its way here.
        let ended = |handle: std::thread::ScopedJoinHandle<'_, Vec<(usize, R)>>| {
            handle.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault))
        };
        handles.into_iter().flat_map(ended).collect()
    });
    found.sort_unstable_by_key(|&(at, _)| at);
    found.into_iter().map(|(_, result)| result).collect()
}
