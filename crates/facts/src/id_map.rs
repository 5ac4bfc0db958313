//! Maps of ids that are hashes already: hashing them once more would be most of the work.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

/// What is known of ids.
pub(crate) type IdMap<V> = HashMap<u128, V, BuildIdHasher>;

/// Makes hashers that take an id for what it is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct BuildIdHasher;

impl BuildHasher for BuildIdHasher {
    type Hasher = IdHasher;

    fn build_hasher(&self) -> IdHasher {
        IdHasher(0)
    }
}

/// The upper and the lower half of an id, one over the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, id: u128) {
        self.0 ^= (id >> 64) as u64 ^ id as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_among_many_and_no_other() {
        let ids = || (0..10_000u128).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835));
        let known: IdMap<u128> = ids().enumerate().map(|(place, id)| (id, place as u128)).collect();
        assert_eq!(known.len(), 10_000);
        assert!(ids().enumerate().all(|(place, id)| known[&id] == place as u128));
        assert!(!known.contains_key(&7));
    }
}
