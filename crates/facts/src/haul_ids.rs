//! The ids of a haul: which of them are new, and those in order, without a table of their own.

use crate::batch::Fate;
use crate::error::Error;

/// Ids that are asked for at once, in order: those that lie next to each other are found together.
const ASKED_AT_ONCE: usize = 4_096;

/// What is known of some ids.
pub(crate) type Ask<'a> = dyn FnMut(&[u128]) -> Result<Vec<Option<u128>>, Error> + 'a;

/// Ids of facts with what stands for their contents, in the order in which the facts came.
#[derive(Debug, Default)]
pub(crate) struct HaulIds {
    hashes: Vec<(u128, u128)>,
    /// Places of those that are new, in the order of the ids.
    new: Vec<u32>,
}

impl HaulIds {
    /// Decides the fate of each fact. Of an id that comes more than once and was not known, the first is new and the others
    /// are compared with it.
    pub fn of(hashes: Vec<(u128, u128)>, ask: &mut Ask<'_>) -> Result<(HaulIds, Vec<Fate>), Error> {
        let id = |place: u32| hashes[place as usize].0;
        let mut order: Vec<(u64, u32)> =
            (0..hashes.len() as u32).map(|place| ((id(place) >> 64) as u64, place)).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| (id(a.1), a.1).cmp(&(id(b.1), b.1))));
        let mut fates = vec![Fate::Appended; hashes.len()];
        let mut new = Vec::with_capacity(hashes.len());
        let mut ids = Vec::with_capacity(ASKED_AT_ONCE);
        // The id at hand, and what is known of it.
        let mut last: Option<(u128, u128)> = None;
        for some in order.chunks(ASKED_AT_ONCE) {
            ids.clear();
            ids.extend(some.iter().map(|(_, place)| id(*place)));
            for ((_, place), known) in some.iter().zip(ask(&ids)?) {
                let (id, content) = hashes[*place as usize];
                let known = last.filter(|(last, _)| *last == id).map(|(_, known)| known).or(known);
                fates[*place as usize] = match known {
                    None => {
                        new.push(*place);
                        Fate::Appended
                    }
                    Some(known) if known == content => Fate::Duplicate,
                    Some(_) => Fate::Conflict,
                };
                last = Some((id, known.unwrap_or(content)));
            }
        }
        Ok((HaulIds { hashes, new }, fates))
    }

    /// How many are new.
    pub fn len(&self) -> usize {
        self.new.len()
    }

    /// Those that are new, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u128, u128)> + '_ {
        self.new.iter().map(|place| self.hashes[*place as usize])
    }

    /// Its memory, emptied.
    pub fn into_memory(mut self) -> Vec<(u128, u128)> {
        self.hashes.clear();
        self.hashes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id_map::IdMap;

    proptest! {
        #[test]
        fn fates_are_those_that_a_table_of_ids_tells_one_by_one(
            came in prop::collection::vec((0u128..40, 0u128..3), 0..200),
            known in prop::collection::hash_map(0u128..40, 0u128..3, 0..20),
            // Ids that differ above, and such that differ below only.
            shift in prop::sample::select(vec![0, 70, 120]),
        ) {
            let hashes: Vec<(u128, u128)> = came.iter().map(|(id, content)| (id << shift, *content)).collect();
            let before: IdMap<u128> = known.iter().map(|(id, content)| (id << shift, *content)).collect();
            let (mut table, mut new) = (before.clone(), Vec::new());
            let expected: Vec<Fate> = hashes.iter().map(|(id, content)| match table.get(id) {
                Some(known) if known == content => Fate::Duplicate,
                Some(_) => Fate::Conflict,
                None => {
                    table.insert(*id, *content);
                    new.push((*id, *content));
                    Fate::Appended
                }
            }).collect();
            new.sort_unstable();
            let ask = &mut |ids: &[u128]| Ok(ids.iter().map(|id| before.get(id).copied()).collect());
            let (ids, fates) = HaulIds::of(hashes, ask).unwrap();
            prop_assert_eq!(fates, expected);
            prop_assert_eq!(ids.len(), new.len());
            prop_assert!(ids.iter().eq(new));
        }
    }
}
