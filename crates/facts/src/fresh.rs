//! The newest message ids: those of live changes, until they are taken into the memory of ids as finished tables.
//!
//! One entry of the intake's database holds all ids of one change, so that an event costs no key of its own while it is
//! waited for; here they are at hand. The entries are what is lasting: this is read from them when a folder is opened.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::error::Error;
use crate::id_map::IdMap;

/// Bytes of an id and its content hash.
const PAIR: usize = 32;
const FORGOTTEN_AT_ONCE: usize = 4_096;

/// Ids with their content hashes, as they lie in an entry.
pub(crate) fn pack(ids: impl Iterator<Item = (u128, u128)>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(ids.size_hint().0 * PAIR);
    for (id, content) in ids {
        bytes.extend_from_slice(&id.to_be_bytes());
        bytes.extend_from_slice(&content.to_be_bytes());
    }
    bytes
}

/// The ids of an entry.
pub(crate) fn unpack(bytes: &[u8]) -> Result<impl Iterator<Item = (u128, u128)> + '_, Error> {
    let (pairs, rest) = bytes.as_chunks::<PAIR>();
    if !rest.is_empty() {
        return Err(Error::damaged("the newest ids cannot be read"));
    }
    Ok(pairs.iter().map(|pair| {
        let (mut id, mut content) = ([0; 16], [0; 16]);
        id.copy_from_slice(&pair[..16]);
        content.copy_from_slice(&pair[16..]);
        (u128::from_be_bytes(id), u128::from_be_bytes(content))
    }))
}

/// Content hashes by id.
#[derive(Debug, Default)]
pub(crate) struct Fresh(RwLock<IdMap<u128>>);

impl Fresh {
    fn read(&self) -> RwLockReadGuard<'_, IdMap<u128>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, IdMap<u128>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// In place of all that was here.
    pub fn replace(&self, ids: IdMap<u128>) {
        *self.write() = ids;
    }

    pub fn remember(&self, ids: impl Iterator<Item = (u128, u128)>) {
        self.write().extend(ids);
    }

    /// Those that the memory of ids answers for now.
    pub fn forget(&self, ids: &[(u128, u128)]) {
        // A little at a time: whoever appends is waiting.
        for some in ids.chunks(FORGOTTEN_AT_ONCE) {
            let mut fresh = self.write();
            some.iter().for_each(|(id, _)| _ = fresh.remove(id));
        }
        let mut fresh = self.write();
        if fresh.is_empty() {
            *fresh = IdMap::default();
        }
    }

    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    pub fn content_of(&self, id: u128) -> Option<u128> {
        self.read().get(&id).copied()
    }

    pub fn contents_of(&self, ids: &[u128]) -> Vec<Option<u128>> {
        let fresh = self.read();
        ids.iter().map(|id| fresh.get(id).copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_read_again_and_half_a_pair_is_damage() {
        let ids = [(1, 10), (u128::MAX, 0)];
        let bytes = pack(ids.into_iter());
        assert_eq!(unpack(&bytes).unwrap().collect::<Vec<_>>(), ids);
        assert!(unpack(&bytes[1..]).err().unwrap().is_damaged());
    }

    #[test]
    fn what_is_forgotten_is_not_known() {
        let fresh = Fresh::default();
        fresh.remember([(1, 10), (2, 20)].into_iter());
        fresh.forget(&[(1, 10)]);
        assert_eq!(fresh.contents_of(&[1, 2]), [None, Some(20)]);
        fresh.forget(&[(2, 20)]);
        assert!(fresh.is_empty());
    }
}
