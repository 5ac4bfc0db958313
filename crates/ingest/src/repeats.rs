//! Which keys of a file stand in it more than once, found without holding the keys: their hashes are put aside, on disk
//! once they are many, and sorted part by part.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use crate::refusal::Refusal;

/// Hashes held in memory before they are put on disk.
const HELD: usize = 2_000_000;
const PARTS: usize = 256;

/// Hashes on their way to being counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    held: Vec<u64>,
    parts: Vec<BufWriter<File>>,
}

impl Tally {
    pub(crate) fn add(&mut self, hash: u64) -> Result<(), Refusal> {
        self.held.push(hash);
        if self.held.len() >= HELD { self.put_aside().map_err(Refusal::storage) } else { Ok(()) }
    }

    fn put_aside(&mut self) -> std::io::Result<()> {
        while self.parts.len() < PARTS {
            self.parts.push(BufWriter::with_capacity(16 * 1024, tempfile::tempfile()?));
        }
        for hash in self.held.drain(..) {
            // The upper bits part, so that a part is as even as the hash.
            self.parts[(hash >> 56) as usize].write_all(&hash.to_le_bytes())?;
        }
        Ok(())
    }

    /// The hashes that were added more than once.
    pub(crate) fn repeated(mut self) -> Result<HashSet<u64>, Refusal> {
        if self.parts.is_empty() {
            return Ok(twice(self.held));
        }
        self.put_aside().map_err(Refusal::storage)?;
        let mut repeated = HashSet::new();
        for part in self.parts {
            repeated.extend(twice(read_part(part).map_err(Refusal::storage)?));
        }
        Ok(repeated)
    }
}

fn read_part(part: BufWriter<File>) -> std::io::Result<Vec<u64>> {
    let mut file = part.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    BufReader::new(file).read_to_end(&mut bytes)?;
    Ok(bytes.as_chunks::<8>().0.iter().map(|chunk| u64::from_le_bytes(*chunk)).collect())
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
        assert_eq!(small.repeated().unwrap(), HashSet::from([1]));
        let mut large = Tally::default();
        for hash in 0..HELD as u64 + 10 {
            large.add(hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)).unwrap();
        }
        large.add(7u64.wrapping_mul(0x9e37_79b9_7f4a_7c15)).unwrap();
        assert_eq!(large.repeated().unwrap().len(), 1);
    }
}
