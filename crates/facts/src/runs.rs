//! Entries in sorted runs, on disk where they are many, and the merge of runs: what is too much to be held while it is put
//! in order.
//!
//! What the entries are is their owner's business: `haul` puts facts in order, `haul_notes` notes.

use std::cmp::Ordering;
use std::ops::Range;

use crate::error::Error;
use crate::spill::Overflow;

/// Bytes that are held until they go to the disk.
const HELD: usize = 512 << 10;
/// Bytes of a run that are read together.
const READ: usize = 32 << 10;
/// Length of the key, length of the value, place, moment.
const HEADER: usize = 4 + 4 + 4 + 8;

/// One entry: runs are sorted by key, moment and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub key: &'a [u8],
    pub moment: i64,
    /// Place in the order in which the entries came; each has its own.
    pub place: u32,
    pub value: &'a [u8],
}

impl Entry<'_> {
    fn order(&self, other: &Entry<'_>) -> Ordering {
        self.key.cmp(other.key).then(self.moment.cmp(&other.moment)).then(self.place.cmp(&other.place))
    }
}

/// Where a sorted run lies.
pub(crate) type Section = Range<u64>;

/// Runs, one behind the other: the first of them on disk, the last bytes still in memory.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    overflow: Overflow,
    held: Vec<u8>,
}

impl Runs {
    /// Where the next entry will lie.
    pub fn end(&self) -> u64 {
        self.overflow.len() + self.held.len() as u64
    }

    /// Bytes in memory.
    pub fn size(&self) -> usize {
        self.held.capacity()
    }

    /// Begins anew in the memory and the file it has.
    pub fn clear(&mut self) {
        self.overflow.clear();
        self.held.clear();
    }

    /// Adds an entry behind all others: whoever calls keeps each run in order.
    pub fn put(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
        for length in [entry.key.len() as u32, entry.value.len() as u32, entry.place] {
            self.held.extend_from_slice(&length.to_le_bytes());
        }
        self.held.extend_from_slice(&entry.moment.to_le_bytes());
        self.held.extend_from_slice(entry.key);
        self.held.extend_from_slice(entry.value);
        if self.held.len() >= HELD {
            self.overflow.write(&self.held)?;
            self.held.clear();
        }
        Ok(())
    }

    /// The entries of some runs in one order.
    pub fn merge(&self, sections: impl Iterator<Item = Section>) -> Result<Merge<'_>, Error> {
        let mut readers = Vec::new();
        for section in sections {
            let mut reader = Reader { runs: self, rest: section, buffer: Vec::new(), at: 0, head: None };
            reader.advance()?;
            if reader.head.is_some() {
                readers.push(reader);
            }
        }
        let mut merge = Merge { heap: (0..readers.len()).collect(), readers };
        (0..merge.heap.len() / 2).rev().for_each(|place| merge.sift(place));
        Ok(merge)
    }

    /// Reads bytes from a place on, up to so many; they lie on one side of the border between disk and memory.
    fn read(&self, begin: u64, most: usize, into: &mut Vec<u8>) -> Result<usize, Error> {
        let on_disk = self.overflow.len();
        if begin >= on_disk {
            let begin = (begin - on_disk) as usize;
            let end = self.held.len().min(begin + most);
            into.extend_from_slice(&self.held[begin..end]);
            return Ok(end - begin);
        }
        let count = most.min((on_disk - begin) as usize);
        let before = into.len();
        into.resize(before + count, 0);
        self.overflow.read(&mut into[before..], begin)?;
        Ok(count)
    }
}

/// Where the parts of an entry lie in a reader's buffer.
#[derive(Clone, Copy, Debug)]
struct Head {
    key: usize,
    value: usize,
    end: usize,
    place: u32,
    moment: i64,
}

/// A run from its beginning to its end.
#[derive(Debug)]
struct Reader<'a> {
    runs: &'a Runs,
    /// What has not been read.
    rest: Section,
    buffer: Vec<u8>,
    /// Where the next entry begins.
    at: usize,
    head: Option<Head>,
}

impl Reader<'_> {
    /// Makes so many bytes be at hand; `false` at the end.
    fn fill(&mut self, needed: usize) -> Result<bool, Error> {
        if self.buffer.len() - self.at >= needed {
            return Ok(true);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        while self.buffer.len() < needed {
            let left = (self.rest.end - self.rest.start).min(READ.max(needed) as u64) as usize;
            if left == 0 {
                return Ok(false);
            }
            self.rest.start += self.runs.read(self.rest.start, left, &mut self.buffer)? as u64;
        }
        Ok(true)
    }

    fn advance(&mut self) -> Result<(), Error> {
        self.head = None;
        if !self.fill(HEADER)? {
            return Ok(());
        }
        let number =
            |bytes: &[u8], at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let header = &self.buffer[self.at..self.at + HEADER];
        let (key, value, place) = (number(header, 0) as usize, number(header, 4) as usize, number(header, 8));
        let mut moment = [0; 8];
        moment.copy_from_slice(&header[12..]);
        if !self.fill(HEADER + key + value)? {
            return Err(Error::damaged("a temporary file is shorter than what was written"));
        }
        let begin = self.at + HEADER;
        let (value, end) = (begin + key, begin + key + value);
        self.head = Some(Head { key: begin, value, end, place, moment: i64::from_le_bytes(moment) });
        self.at = end;
        Ok(())
    }

    fn entry(&self) -> Option<Entry<'_>> {
        let head = self.head?;
        let (key, value) = (&self.buffer[head.key..head.value], &self.buffer[head.value..head.end]);
        Some(Entry { key, moment: head.moment, place: head.place, value })
    }
}

/// Several runs as one.
#[derive(Debug)]
pub(crate) struct Merge<'a> {
    readers: Vec<Reader<'a>>,
    /// Places of the readers that have an entry; the one with the first entry comes first, and so on in each branch.
    heap: Vec<usize>,
}

impl Merge<'_> {
    /// The first of the entries that are left.
    pub fn first(&self) -> Option<Entry<'_>> {
        self.readers[*self.heap.first()?].entry()
    }

    /// Goes on behind it.
    pub fn pass(&mut self) -> Result<(), Error> {
        let Some(first) = self.heap.first().copied() else { return Ok(()) };
        self.readers[first].advance()?;
        if self.readers[first].head.is_none() {
            self.heap.swap_remove(0);
        }
        self.sift(0);
        Ok(())
    }

    fn is_before(&self, a: usize, b: usize) -> bool {
        match (self.readers[self.heap[a]].entry(), self.readers[self.heap[b]].entry()) {
            (Some(a), Some(b)) => a.order(&b) == Ordering::Less,
            (one, _) => one.is_some(),
        }
    }

    fn sift(&mut self, mut place: usize) {
        loop {
            let left = 2 * place + 1;
            if left >= self.heap.len() {
                return;
            }
            let right = left + 1;
            let least = if right < self.heap.len() && self.is_before(right, left) { right } else { left };
            if !self.is_before(least, place) {
                return;
            }
            self.heap.swap(least, place);
            place = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_in_memory_and_on_disk_come_back_in_one_order() {
        // A few small ones; then so many that most lie on disk and one lies across the border; entries of every length.
        for (count, length) in [(40u32, 3), (9_000, 400)] {
            let key = |place: u32| format!("k{:03}", place.wrapping_mul(7_919) % 501).into_bytes();
            let moment = |place: u32| i64::from(place % 3) - 1;
            let value = |place: u32| vec![place as u8; (place as usize * 37) % length];
            let mut runs = Runs::default();
            let mut sections = Vec::new();
            let mut expected: Vec<(Vec<u8>, i64, u32)> =
                (0..count).map(|place| (key(place), moment(place), place)).collect();
            for part in expected.chunks(count as usize / 7 + 1) {
                let mut part = part.to_vec();
                part.sort_unstable();
                let begin = runs.end();
                for (key, moment, place) in &part {
                    let value = value(*place);
                    runs.put(&Entry { key, moment: *moment, place: *place, value: &value }).unwrap();
                }
                sections.push(begin..runs.end());
            }
            assert_eq!(runs.overflow.len() > 0, count > 40);
            expected.sort_unstable();
            let mut merge = runs.merge(sections.into_iter()).unwrap();
            for (key, moment, place) in expected {
                let value = value(place);
                assert_eq!(merge.first(), Some(Entry { key: &key, moment, place, value: &value }));
                merge.pass().unwrap();
            }
            assert_eq!(merge.first(), None);
        }
    }

    #[test]
    fn runs_that_were_cleared_hold_nothing_of_before() {
        let mut runs = Runs::default();
        for turn in 0..3u32 {
            let value = vec![turn as u8; 7_000];
            for place in 0..200u32 {
                runs.put(&Entry { key: &place.to_be_bytes(), moment: 0, place, value: &value }).unwrap();
            }
            let mut merge = runs.merge(std::iter::once(0..runs.end())).unwrap();
            for place in 0..200 {
                assert_eq!(merge.first().map(|entry| (entry.place, entry.value[6_999])), Some((place, turn as u8)));
                merge.pass().unwrap();
            }
            assert!(merge.first().is_none());
            runs.clear();
            assert_eq!(runs.end(), 0);
        }
    }

    #[test]
    fn an_empty_run_is_no_run_and_a_long_entry_is_read_whole() {
        let mut runs = Runs::default();
        let long = vec![7; 3 * READ];
        runs.put(&Entry { key: b"a", moment: 0, place: 0, value: &long }).unwrap();
        let end = runs.end();
        let mut merge = runs.merge([0..0, 0..end, end..end].into_iter()).unwrap();
        assert_eq!(merge.first().map(|entry| entry.value.len()), Some(long.len()));
        merge.pass().unwrap();
        assert!(merge.first().is_none() && merge.pass().is_ok());
    }
}
