//! A replay of many customers, some at a time and several parts at once, so that what is in memory has a bound.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use indicators::Catalog;
use vocab::CustomerId;

use super::{Failure, Progress};

/// Cells of indicators in memory at once, for each thread.
pub(crate) const CELLS: usize = 3_000_000;

/// How many of `customers` are replayed at once over `moments` moments; all of them where a `look_across` compares each
/// with everybody.
pub(crate) fn part_size(customers: usize, moments: usize, catalog: &Catalog, look_across: bool) -> usize {
    if look_across || catalog.looks_across() {
        return customers.max(1);
    }
    (CELLS / ((moments + 1) * catalog.indicators().len().max(1))).clamp(64, 4_000)
}

/// What `of` (the place of the first one, the customers) says of each part, in the order of the customers.
///
/// # Errors
/// [`Failure::Stopped`] when `progress` says so.
pub(crate) fn in_parts<Part: Send>(
    customers: &[CustomerId],
    size: usize,
    progress: Progress<'_>,
    of: impl Fn(usize, &[CustomerId]) -> Part + Sync,
) -> Result<Vec<Part>, Failure> {
    let parts: Vec<(usize, &[CustomerId])> =
        customers.chunks(size).enumerate().map(|(place, part)| (place * size, part)).collect();
    let (next, done, stopped) = (AtomicUsize::new(0), Mutex::new(Vec::new()), AtomicBool::new(false));
    let work = || {
        while !stopped.load(Ordering::Relaxed) {
            let Some((first, some)) = parts.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
            let part = of(*first, some);
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push((*first, part));
            if !progress(done.len() as f64 / parts.len() as f64) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..std::thread::available_parallelism().map_or(1, usize::from).min(parts.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    if stopped.into_inner() {
        return Err(Failure::Stopped);
    }
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(first, _)| *first);
    Ok(done.into_iter().map(|(_, part)| part).collect())
}
