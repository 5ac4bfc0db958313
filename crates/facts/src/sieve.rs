//! Which ids were surely never seen, told without asking the disk: a sieve of fixed size before the memory of ids.
//!
//! It is begun by a load of many that finds the memory of ids empty, and told of every id from then on, before the id is
//! written. A folder that held ids before has none: then the memory of ids is asked. However many ids come, an id that was
//! seen is never taken for a new one; with very many, more and more of the others are asked for as well.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::Error;

/// Four mebibytes: of two million ids, less than one in a hundred new ones is asked for.
const WORDS: usize = 1 << 19;
/// Words that lie next to each other: an id has its bits in one block.
const BLOCK: usize = 8;
const BITS: u32 = 5;

/// The sieve, once it is begun.
#[derive(Debug, Default)]
pub(crate) struct Sieve(RwLock<Option<Arc<[AtomicU64]>>>);

/// Where the bits of an id lie. Ids are hashes already; those that come in order find their blocks in order, one beside the
/// other.
fn bits(id: u128) -> impl Iterator<Item = (usize, u64)> {
    let block = ((id >> 96) as usize >> (32 - (WORDS / BLOCK).ilog2())) * BLOCK;
    (0..BITS).map(move |place| {
        let bit = (id >> (9 * place)) as usize & (64 * BLOCK - 1);
        (block + bit / 64, 1 << (bit % 64))
    })
}

impl Sieve {
    fn words(&self) -> Option<Arc<[AtomicU64]>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins it where no id was ever seen; `is_empty` is asked while nobody writes ids.
    pub fn begin(&self, is_empty: impl FnOnce() -> Result<bool, Error>) -> Result<(), Error> {
        if self.words().is_none() && is_empty()? {
            let words = (0..WORDS).map(|_| AtomicU64::new(0)).collect();
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(words);
        }
        Ok(())
    }

    /// Tells it of ids that are about to be written.
    pub fn adder(&self) -> impl Fn(u128) + use<> {
        let words = self.words();
        move |id| {
            words.iter().for_each(|words| {
                for (word, bit) in bits(id) {
                    // Whoever only looks disturbs nobody.
                    if words[word].load(Ordering::Relaxed) & bit == 0 {
                        words[word].fetch_or(bit, Ordering::Relaxed);
                    }
                }
            });
        }
    }

    /// Which of some ids may have been seen.
    pub fn holds(&self) -> impl Fn(u128) -> bool + use<> {
        let words = self.words();
        move |id| {
            words
                .as_ref()
                .is_none_or(|words| bits(id).all(|(word, bit)| words[word].load(Ordering::Relaxed) & bit != 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_was_told_is_never_taken_for_a_new_one() {
        let id = |n: u64| crate::encode::id_hash("shop", &n.to_string());
        let sieve = Sieve::default();
        assert!(sieve.holds()(id(1)), "not begun: everything may have been seen");
        sieve.begin(|| Ok(false)).unwrap();
        assert!(sieve.holds()(id(1)), "there were ids before");
        sieve.begin(|| Ok(true)).unwrap();
        assert!(!sieve.holds()(id(1)));
        (0..20_000).map(id).for_each(sieve.adder());
        let holds = sieve.holds();
        assert!((0..20_000).all(|n| holds(id(n))));
        assert!((20_000..40_000).filter(|n| holds(id(*n))).count() < 10);
    }
}
