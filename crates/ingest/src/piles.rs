//! Bytes put aside on disk, part by part, so that each part can be read by itself: what is too much to be held at once.
//!
//! All parts lie in one file without a name; each holds a little in memory until there is enough to be written. What the
//! bytes say is their owner's business: `spill` puts rows aside, `repeats` hashes, `journal` notes that were changed.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::FileExt;

/// How many parts there are.
pub(crate) const PARTS: usize = 256;
/// Bytes of a part that are written together, and how much more may come with the last of them as a rule.
const CHUNK: usize = 8 * 1024;
const MARGIN: usize = 1024;

/// The part that something with a hash belongs to: by the upper eight bits of it, one level further down by the next.
pub(crate) fn part_of(hash: u64, level: u32) -> usize {
    (hash >> (56 - 8 * level.min(7))) as usize & (PARTS - 1)
}

/// Bytes by part.
#[derive(Debug, Default)]
pub(crate) struct Piles {
    file: Option<File>,
    written: u64,
    /// Empty until something comes.
    piles: Vec<Pile>,
}

#[derive(Debug, Default)]
struct Pile {
    /// Where in the file its chunks begin, in order.
    chunks: Vec<u64>,
    /// What is not written yet.
    open: Vec<u8>,
}

impl Piles {
    /// Adds to a part.
    pub(crate) fn put(&mut self, part: usize, bytes: &[u8]) -> std::io::Result<()> {
        if self.piles.is_empty() {
            self.piles.resize_with(PARTS, Pile::default);
        }
        let pile = &mut self.piles[part % PARTS];
        if pile.open.capacity() == 0 {
            pile.open.reserve_exact(CHUNK + MARGIN);
        }
        pile.open.extend_from_slice(bytes);
        if pile.open.len() < CHUNK {
            return Ok(());
        }
        let chunks = pile.open.len() / CHUNK;
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.write_all(&pile.open[..chunks * CHUNK])?;
        for _ in 0..chunks {
            pile.chunks.push(self.written);
            self.written += CHUNK as u64;
        }
        pile.open.drain(..chunks * CHUNK);
        if pile.open.capacity() > 4 * CHUNK {
            pile.open.shrink_to(CHUNK + MARGIN);
        }
        Ok(())
    }

    /// How many bytes a part has.
    pub(crate) fn len(&self, part: usize) -> u64 {
        self.piles.get(part).map_or(0, |pile| (pile.chunks.len() * CHUNK + pile.open.len()) as u64)
    }

    /// The parts that hold something.
    pub(crate) fn parts(&self) -> impl Iterator<Item = usize> + use<'_> {
        (0..self.piles.len()).filter(move |part| self.len(*part) > 0)
    }

    /// The bytes of a part, from the first that was put there.
    pub(crate) fn reader(&self, part: usize) -> PartReader<'_> {
        PartReader { file: self.file.as_ref(), pile: self.piles.get(part), next: 0, buffer: Vec::new(), at: 0 }
    }
}

/// Reads a part from its beginning to its end.
#[derive(Debug)]
pub(crate) struct PartReader<'a> {
    file: Option<&'a File>,
    /// Nothing once its last bytes are at hand.
    pile: Option<&'a Pile>,
    next: usize,
    buffer: Vec<u8>,
    at: usize,
}

impl PartReader<'_> {
    fn fill(&mut self) -> std::io::Result<bool> {
        let Some(pile) = self.pile else { return Ok(false) };
        self.at = 0;
        if let (Some(begin), Some(file)) = (pile.chunks.get(self.next), self.file) {
            self.buffer.resize(CHUNK, 0);
            file.read_exact_at(&mut self.buffer, *begin)?;
            self.next += 1;
            return Ok(true);
        }
        self.pile = None;
        self.buffer.clear();
        self.buffer.extend_from_slice(&pile.open);
        Ok(!self.buffer.is_empty())
    }
}

impl Read for PartReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.buffer.len() && !self.fill()? {
            return Ok(0);
        }
        let count = out.len().min(self.buffer.len() - self.at);
        out[..count].copy_from_slice(&self.buffer[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_read_as_it_was_put_there_however_much_it_is() {
        let mut piles = Piles::default();
        let mut expected = vec![Vec::new(); 3];
        for turn in 0..9_000usize {
            let part = turn * 7 % 3;
            let bytes: Vec<u8> = (0..turn % 41).map(|byte| (byte * 3 + turn) as u8).collect();
            piles.put(part, &bytes).unwrap();
            expected[part].extend_from_slice(&bytes);
        }
        let large = vec![9; 5 * CHUNK + 1];
        piles.put(2, &large).unwrap();
        expected[2].extend_from_slice(&large);
        assert_eq!(piles.parts().collect::<Vec<_>>(), [0, 1, 2]);
        for (part, expected) in expected.iter().enumerate() {
            for _ in 0..2 {
                let mut bytes = Vec::new();
                piles.reader(part).read_to_end(&mut bytes).unwrap();
                assert!(bytes == *expected && piles.len(part) == bytes.len() as u64);
            }
        }
        let mut none = Vec::new();
        assert_eq!(Piles::default().reader(7).read_to_end(&mut none).unwrap(), 0);
    }

    #[test]
    fn each_level_parts_by_other_bits() {
        assert_eq!((part_of(0x0102_0304_0506_0708, 0), part_of(0x0102_0304_0506_0708, 2)), (1, 3));
    }
}
