//! Rows put aside on disk, part by part: lines of orders that lie scattered over a file, or rows whose keys come again and
//! again, so that each part of them can be taken by itself. All rows of one hash are in one part, in their order.

use std::io::Read;

use crate::piles::{PartReader, Piles, part_of};
use crate::record::Record;
use crate::refusal::Refusal;

/// A part of more bytes is dealt out once more before it is taken.
const HELD: u64 = 1024 * 1024;
/// How often a part is dealt out again: after that it holds, in all likelihood, one key only.
const LEVELS: u32 = 3;

/// Rows by the hash of what they belong to.
#[derive(Debug, Default)]
pub(crate) struct Spill {
    piles: Piles,
    level: u32,
    /// Memory that is used again.
    bytes: Vec<u8>,
}

impl Spill {
    pub(crate) fn add(&mut self, hash: u64, record: &Record) -> Result<(), Refusal> {
        self.bytes.clear();
        self.bytes.extend_from_slice(&hash.to_le_bytes());
        record.write(&mut self.bytes).map_err(Refusal::storage)?;
        self.piles.put(part_of(hash, self.level), &self.bytes).map_err(Refusal::storage)
    }

    /// The parts that hold something.
    pub(crate) fn parts(&self) -> impl Iterator<Item = usize> + use<'_> {
        self.piles.parts()
    }

    /// A part that is too large to be taken at once, dealt out once more; `None` if it can be taken.
    pub(crate) fn divided(&self, part: usize) -> Result<Option<Spill>, Refusal> {
        if self.piles.len(part) <= HELD || self.level == LEVELS {
            return Ok(None);
        }
        let mut finer = Spill { level: self.level + 1, ..Spill::default() };
        let mut rows = self.rows(part);
        let mut record = Record::default();
        while let Some(hash) = rows.next(&mut record)? {
            finer.add(hash, &record)?;
        }
        Ok(Some(finer))
    }

    /// The rows of a part, in the order in which they came.
    pub(crate) fn rows(&self, part: usize) -> SpilledRows<'_> {
        SpilledRows { from: self.piles.reader(part) }
    }
}

/// Rows on their way back.
pub(crate) struct SpilledRows<'a> {
    from: PartReader<'a>,
}

impl SpilledRows<'_> {
    /// The next row and its hash; `None` after the last.
    pub(crate) fn next(&mut self, record: &mut Record) -> Result<Option<u64>, Refusal> {
        let mut hash = [0; 8];
        match self.from.read_exact(&mut hash) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(Refusal::storage(error)),
        }
        let is_there = record.read(&mut self.from).map_err(Refusal::storage)?;
        Ok(is_there.then(|| u64::from_le_bytes(hash)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every row in the order in which it is taken, with the part it is taken with; how deep that went.
    fn told(spill: &Spill, parts: &mut Vec<Vec<(u64, u64)>>) -> u32 {
        let mut deepest = spill.level;
        for part in spill.parts() {
            match spill.divided(part).unwrap() {
                Some(finer) => deepest = deepest.max(told(&finer, parts)),
                None => {
                    let (mut from, mut record, mut rows) = (spill.rows(part), Record::default(), Vec::new());
                    while let Some(hash) = from.next(&mut record).unwrap() {
                        rows.push((hash, record.row));
                    }
                    parts.push(rows);
                }
            }
        }
        deepest
    }

    #[test]
    fn rows_of_one_hash_come_back_together_and_in_order_however_large_their_part() {
        let mut spill = Spill::default();
        let mut record = Record::default();
        // Every hash begins with the same eight bits; one of them has more rows than should be held at once.
        let hash = |row: u64| if row.is_multiple_of(3) { 7 } else { (row % 50) << 48 };
        for row in 1..=9_000 {
            record.clear(row);
            record.push(&"x".repeat(400));
            spill.add(hash(row), &record).unwrap();
        }
        let mut parts = Vec::new();
        assert_eq!(told(&spill, &mut parts), LEVELS);
        assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), 9_000);
        let mut known = std::collections::BTreeSet::new();
        for rows in parts {
            assert!(rows.windows(2).all(|pair| pair[0].1 < pair[1].1), "in the order in which they came");
            let hashes: std::collections::BTreeSet<u64> = rows.iter().map(|(hash, _)| *hash).collect();
            assert!(hashes.into_iter().all(|hash| known.insert(hash)), "all rows of a hash are in one part");
        }
    }
}
