//! Notes of a haul: many small ones, put in order by their keys outside of memory.

use crate::bulk::TakeNote;
use crate::error::Error;
use crate::runs::{Entry, Runs, Section};

/// Bytes of notes that are sorted at once.
const SEGMENT: usize = 1 << 20;

/// Where a note lies among those that are not sorted yet.
#[derive(Clone, Copy, Debug)]
struct Place {
    begin: u32,
    key: u32,
    end: u32,
}

/// Notes in the order in which they came; of those with one key the last stands.
#[derive(Debug, Default)]
pub(crate) struct HaulNotes {
    bytes: Vec<u8>,
    open: Vec<Place>,
    runs: Runs,
    sections: Vec<Section>,
    count: u32,
}

impl HaulNotes {
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), Error> {
        if key.is_empty() {
            return Err(Error::invalid("a note has an empty key"));
        }
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(value);
        let place = Place { begin: begin as u32, key: (begin + key.len()) as u32, end: self.bytes.len() as u32 };
        self.open.push(place);
        self.count += 1;
        if self.bytes.len() >= SEGMENT { self.seal() } else { Ok(()) }
    }

    /// How many notes came.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Bytes in memory.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.open.len() * size_of::<Place>() + self.runs.size()
    }

    /// Begins anew in the memory it has.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.open.clear();
        self.runs.clear();
        self.sections.clear();
        self.count = 0;
    }

    /// Puts what came last in order, behind what is in order.
    pub fn seal(&mut self) -> Result<(), Error> {
        if self.open.is_empty() {
            return Ok(());
        }
        let bytes = &self.bytes;
        let key = |place: &Place| &bytes[place.begin as usize..place.key as usize];
        let first = self.count - self.open.len() as u32;
        let mut order: Vec<u32> = (0..self.open.len() as u32).collect();
        order.sort_unstable_by(|a, b| {
            let of = |at: u32| (key(&self.open[at as usize]), at);
            of(*a).cmp(&of(*b))
        });
        let begin = self.runs.end();
        for at in order {
            let place = &self.open[at as usize];
            let value = &bytes[place.key as usize..place.end as usize];
            self.runs.put(&Entry { key: key(place), moment: 0, place: first + at, value })?;
        }
        self.sections.push(begin..self.runs.end());
        self.bytes.clear();
        self.open.clear();
        Ok(())
    }

    /// Every note by its key, once; all must be sealed.
    pub fn each(&self, visit: &mut TakeNote<'_>) -> Result<(), Error> {
        let mut merge = self.runs.merge(self.sections.iter().cloned())?;
        let (mut key, mut value): (Vec<u8>, Vec<u8>) = Default::default();
        while let Some(entry) = merge.first() {
            if entry.key != key.as_slice() {
                if !key.is_empty() {
                    visit(&key, &value)?;
                }
                key.clear();
                key.extend_from_slice(entry.key);
            }
            value.clear();
            value.extend_from_slice(entry.value);
            merge.pass()?;
        }
        if key.is_empty() { Ok(()) } else { visit(&key, &value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_come_back_by_key_and_the_last_of_a_key_stands() {
        let mut notes = HaulNotes::default();
        let mut expected = std::collections::BTreeMap::new();
        for turn in 0..30_000u32 {
            let (key, value) =
                (format!("{}", turn.wrapping_mul(7_919) % 20_000), vec![turn as u8; turn as usize % 130]);
            notes.push(key.as_bytes(), &value).unwrap();
            expected.insert(key.into_bytes(), value);
        }
        notes.seal().unwrap();
        assert!(notes.sections.len() > 1 && notes.len() == 30_000);
        let mut told = Vec::new();
        notes
            .each(&mut |key, value| {
                told.push((key.to_vec(), value.to_vec()));
                Ok(())
            })
            .unwrap();
        assert!(told == expected.into_iter().collect::<Vec<_>>());
        assert!(notes.push(b"", b"x").unwrap_err().is_invalid());
        let none = HaulNotes::default();
        none.each(&mut |_, _| panic!("there is none")).unwrap();
    }
}
