//! The newest message ids: those of live changes, until they are taken into the memory of ids as finished tables.
//!
//! One entry of the intake's database holds all ids of one change, so that an event costs no key of its own while it is
//! waited for; here they are at hand. The entries are what is lasting: this is read from them when a folder is opened.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::error::Error;
use crate::id_map::{BuildIdHasher, IdMap};

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
pub(crate) struct Fresh(RwLock<Ids>);

#[derive(Debug, Default)]
struct Ids {
    newest: IdMap<u128>,
    /// Those that are being taken in: they leave all at once, so that nobody waits while very many are removed.
    parting: IdMap<u128>,
}

impl Ids {
    fn get(&self, id: u128) -> Option<u128> {
        self.newest.get(&id).or_else(|| self.parting.get(&id)).copied()
    }
}

impl Fresh {
    fn read(&self) -> RwLockReadGuard<'_, Ids> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Ids> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// In place of all that was here.
    pub fn replace(&self, ids: IdMap<u128>) {
        *self.write() = Ids { newest: ids, parting: IdMap::default() };
    }

    pub fn remember(&self, ids: impl Iterator<Item = (u128, u128)>) {
        self.write().newest.extend(ids);
    }

    /// Parts those that are here from those that come from now on; both are known.
    pub fn part(&self) {
        // As many will come again: their room does not have to grow while others wait.
        let room = IdMap::with_capacity_and_hasher(self.len(), BuildIdHasher);
        let mut fresh = self.write();
        let ids = std::mem::replace(&mut fresh.newest, room);
        match fresh.parting.is_empty() {
            true => fresh.parting = ids,
            // An earlier attempt to take them in has failed.
            false => fresh.parting.extend(ids),
        }
    }

    /// Those that the memory of ids answers for now; all that were parted must be among them.
    pub fn forget(&self, ids: &[(u128, u128)]) {
        let parted = std::mem::take(&mut self.write().parting);
        let others: Vec<u128> = ids.iter().map(|(id, _)| *id).filter(|id| !parted.contains_key(id)).collect();
        // A little at a time: whoever appends is waiting.
        for some in others.chunks(FORGOTTEN_AT_ONCE) {
            let mut fresh = self.write();
            some.iter().for_each(|id| _ = fresh.newest.remove(id));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        let fresh = self.read();
        fresh.newest.len() + fresh.parting.len()
    }

    pub fn content_of(&self, id: u128) -> Option<u128> {
        self.read().get(id)
    }

    pub fn contents_of(&self, ids: &[u128]) -> Vec<Option<u128>> {
        let fresh = self.read();
        ids.iter().map(|id| fresh.get(*id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

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

    proptest! {
        /// Whatever comes, is parted and forgotten in whatever order: known is what came and was not forgotten.
        #[test]
        fn what_came_is_known_until_it_is_forgotten(steps in proptest::collection::vec((0u8..4, 0u128..60), 1..120)) {
            let (fresh, mut naive, mut parted) = (Fresh::default(), BTreeMap::new(), BTreeMap::new());
            let ids: Vec<u128> = (0..steps.len() as u128).collect();
            for (id, (step, other)) in ids.iter().zip(&steps) {
                match step {
                    // An id comes once.
                    0 | 1 => {
                        fresh.remember(std::iter::once((*id, id + 1_000)));
                        naive.insert(*id, id + 1_000);
                    }
                    2 => {
                        fresh.part();
                        parted = naive.clone();
                    }
                    _ => {
                        // With one that perhaps came after the others were parted.
                        parted.extend(naive.get_key_value(other).map(|(id, content)| (*id, *content)));
                        fresh.forget(&parted.iter().map(|(id, content)| (*id, *content)).collect::<Vec<_>>());
                        naive.retain(|id, _| !parted.contains_key(id));
                        parted.clear();
                    }
                }
                let known: Vec<Option<u128>> = ids.iter().map(|id| naive.get(id).copied()).collect();
                prop_assert_eq!(fresh.contents_of(&ids), known);
                prop_assert_eq!(fresh.is_empty(), naive.is_empty());
            }
        }
    }
}
