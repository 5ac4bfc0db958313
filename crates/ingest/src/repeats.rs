//! Which keys of a file stand in it more than once, found without holding the keys: their hashes are put aside, on disk
//! once they are many, and sorted part by part. Where even those that come again are too many to be remembered, only that
//! is told.

use std::collections::HashSet;
use std::io::Read;

use crate::piles::{Piles, part_of};
use crate::refusal::Refusal;

/// Hashes held in memory before they are put on disk.
const HELD: usize = 256 * 1024;

/// Hashes on their way to being counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    held: Vec<u64>,
    aside: Piles,
    is_aside: bool,
}

/// The hashes that came more than once.
#[derive(Debug, Default)]
pub(crate) struct Repeated {
    hashes: HashSet<u64>,
    are_many: bool,
}

impl Repeated {
    /// Whether something may have come more than once. Its hash is only asked for where it matters.
    pub(crate) fn holds(&self, hash: impl FnOnce() -> u64) -> bool {
        self.are_many || !self.hashes.is_empty() && self.hashes.contains(&hash())
    }

    /// Whether they are too many to be remembered one by one: then everything may have come more than once.
    pub(crate) fn are_many(&self) -> bool {
        self.are_many
    }
}

impl Tally {
    pub(crate) fn add(&mut self, hash: u64) -> Result<(), Refusal> {
        self.held.push(hash);
        if self.held.len() >= HELD { self.put_aside() } else { Ok(()) }
    }

    fn put_aside(&mut self) -> Result<(), Refusal> {
        self.is_aside = true;
        for hash in self.held.drain(..) {
            // The upper bits part, so that a part is as even as the hash.
            self.aside.put(part_of(hash, 0), &hash.to_le_bytes()).map_err(Refusal::storage)?;
        }
        Ok(())
    }

    /// The hashes that were added more than once, if they are at most so many.
    pub(crate) fn repeated(mut self, most: usize) -> Result<Repeated, Refusal> {
        let mut hashes = HashSet::new();
        if !self.is_aside {
            hashes.extend(twice(self.held));
        } else {
            self.put_aside()?;
            for part in self.aside.parts() {
                let mut bytes = Vec::new();
                self.aside.reader(part).read_to_end(&mut bytes).map_err(Refusal::storage)?;
                hashes.extend(twice(bytes.as_chunks::<8>().0.iter().map(|chunk| u64::from_le_bytes(*chunk)).collect()));
                if hashes.len() > most {
                    break;
                }
            }
        }
        Ok(match hashes.len() > most {
            true => Repeated { hashes: HashSet::new(), are_many: true },
            false => Repeated { hashes, are_many: false },
        })
    }
}

fn twice(mut hashes: Vec<u64>) -> HashSet<u64> {
    hashes.sort_unstable();
    hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_twice_is_found_on_disk_as_in_memory() {
        let mut small = Tally::default();
        [1, 2, 1, 3, 1].into_iter().for_each(|hash| small.add(hash).unwrap());
        let small = small.repeated(10).unwrap();
        assert!(small.holds(|| 1) && !small.holds(|| 2) && !small.are_many());
        let mut large = Tally::default();
        let mixed = |hash: u64| hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for hash in 0..HELD as u64 + 10 {
            large.add(mixed(hash)).unwrap();
        }
        large.add(mixed(7)).unwrap();
        let large = large.repeated(10).unwrap();
        assert!(large.holds(|| mixed(7)) && !large.holds(|| mixed(8)));
    }

    #[test]
    fn of_too_many_only_that_is_told() {
        let mut tally = Tally::default();
        (0..30).for_each(|hash| tally.add(hash % 15).unwrap());
        let repeated = tally.repeated(14).unwrap();
        assert!(repeated.are_many() && repeated.holds(|| 99));
    }
}
