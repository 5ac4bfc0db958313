//! Rows on their way from a core to a part: packed bytes, in memory up to a budget and beyond it in a file without a
//! name, so that the memory a reading takes does not grow with the rows.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{Error, Sort};
use crate::frame::NO_VALUE;

/// Bytes that are sealed together.
const CHUNK: usize = 16 << 10;
/// The longest a row can be.
const LONGEST: usize = 8 + 2 + 2 + 4 + 8 + 8 + 8 + 8;
/// Bytes of sealed chunks that all cores together keep in memory.
const BUDGET: usize = 24 << 20;

/// Bits of the head that hold the age; above them lie the flags.
const AGE_BITS: u32 = 48;
const HAS_VALUE: u64 = 1 << 48;
const IS_LATE: u64 = 1 << 49;
/// The age does not fit and the moment follows.
const IS_OLD: u64 = 1 << 50;
const HAS_NUMBER: u64 = 1 << 51;
/// Not a row: from here on rows lie in another stretch of their file.
const IS_STRETCH: u64 = 1 << 52;
/// Where the pair begins in the head, and from which on it does not fit and follows.
const PAIR_SHIFT: u32 = 53;
const WIDE_PAIR: u64 = (1 << (64 - PAIR_SHIFT)) - 1;
/// From which on a customer does not fit its two bytes and follows.
const WIDE_CUSTOMER: u32 = u16::MAX as u32;

/// A row as it is dealt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub occurred_at: i64,
    pub known_at: i64,
    pub value: i64,
    /// Place in the order of arrival. Rows without a number of their own have that of their stretch, and keep the order
    /// in which they were dealt.
    pub number: u64,
    /// Code of the customer among those that one core has met in this part.
    pub customer: u32,
    pub pair: u16,
}

/// How much all cores hold in memory.
#[derive(Debug, Default)]
pub(crate) struct Budget(AtomicUsize);

/// Where a core puts what the budget has no room for.
#[derive(Debug, Default)]
pub(crate) struct Overflow {
    file: Option<File>,
    length: u64,
}

impl Overflow {
    pub fn write(&mut self, bytes: &[u8]) -> Result<u64, Error> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile().map_err(|source| failed("make", source))?),
        };
        let begin = self.length;
        file.write_all_at(bytes, begin).map_err(|source| failed("write", source))?;
        self.length += bytes.len() as u64;
        Ok(begin)
    }

    /// Reads what was written from a place on.
    pub fn read(&self, bytes: &mut [u8], begin: u64) -> Result<(), Error> {
        match &self.file {
            Some(file) => file.read_exact_at(bytes, begin).map_err(|source| failed("read", source)),
            None => Err(Error::damaged("nothing was put on the disk")),
        }
    }

    /// Begins anew in the room it has.
    pub fn clear(&mut self) {
        self.length = 0;
    }

    /// Bytes that went to the disk.
    pub fn len(&self) -> u64 {
        self.length
    }
}

fn failed(doing: &str, source: std::io::Error) -> Error {
    let folder = std::env::temp_dir();
    let what = format!("cannot {doing} a temporary file in {} (TMPDIR names another folder)", folder.display());
    Error::because(Sort::Storage, what, source)
}

#[derive(Debug)]
enum Chunk {
    Here(Box<[u8]>),
    /// In the core's file.
    There {
        begin: u64,
        length: u32,
    },
}

/// What one core has dealt to one part.
#[derive(Debug, Default)]
pub(crate) struct Pile {
    sealed: Vec<Chunk>,
    open: Vec<u8>,
    stretch: Option<u64>,
}

impl Pile {
    /// Adds a row of a view that ends at `end`; `stretch` numbers rows that have no number of their own.
    #[inline]
    pub fn push(
        &mut self,
        row: &Row,
        end: i64,
        stretch: Option<u64>,
        budget: &Budget,
        overflow: &mut Overflow,
    ) -> Result<(), Error> {
        if self.open.len() + LONGEST + 16 > CHUNK {
            self.seal(budget, overflow)?;
        }
        let out = &mut self.open;
        if stretch.is_some() && stretch != self.stretch {
            self.stretch = stretch;
            out.extend_from_slice(&IS_STRETCH.to_le_bytes());
            out.extend_from_slice(&stretch.unwrap_or_default().to_le_bytes());
        }
        let age = end.wrapping_sub(row.occurred_at) as u64;
        let (is_old, has_value) = (age >> AGE_BITS != 0, row.value != NO_VALUE);
        let is_late = row.known_at != row.occurred_at;
        let mut head = if is_old { IS_OLD } else { age };
        head |= if has_value { HAS_VALUE } else { 0 };
        head |= if is_late { IS_LATE } else { 0 };
        head |= if stretch.is_none() { HAS_NUMBER } else { 0 };
        let pair = u64::from(row.pair).min(WIDE_PAIR);
        head |= pair << PAIR_SHIFT;
        let mut fixed = [0; 10];
        fixed[..8].copy_from_slice(&head.to_le_bytes());
        fixed[8..].copy_from_slice(&(row.customer.min(WIDE_CUSTOMER) as u16).to_le_bytes());
        out.extend_from_slice(&fixed);
        if pair == WIDE_PAIR {
            out.extend_from_slice(&row.pair.to_le_bytes());
        }
        if row.customer >= WIDE_CUSTOMER {
            out.extend_from_slice(&row.customer.to_le_bytes());
        }
        if has_value {
            out.extend_from_slice(&row.value.to_le_bytes());
        }
        if is_late {
            out.extend_from_slice(&row.known_at.to_le_bytes());
        }
        if is_old {
            out.extend_from_slice(&row.occurred_at.to_le_bytes());
        }
        if stretch.is_none() {
            out.extend_from_slice(&row.number.to_le_bytes());
        }
        Ok(())
    }

    fn seal(&mut self, budget: &Budget, overflow: &mut Overflow) -> Result<(), Error> {
        let length = self.open.len();
        let chunk = match budget.0.fetch_add(length, Ordering::Relaxed) < BUDGET {
            true => Chunk::Here(self.open.as_slice().into()),
            false => {
                budget.0.fetch_sub(length, Ordering::Relaxed);
                Chunk::There { begin: overflow.write(&self.open)?, length: length as u32 }
            }
        };
        self.sealed.push(chunk);
        self.open.clear();
        Ok(())
    }

    /// Whether its rows came in stretches of a file and have no numbers of their own.
    pub fn is_stretched(&self) -> bool {
        self.stretch.is_some()
    }

    /// Hands every row to `take`, in the order in which they were dealt.
    pub fn read(&self, end: i64, overflow: &Overflow, take: &mut impl FnMut(Row)) -> Result<(), Error> {
        let mut stretch = 0;
        let mut buffer = Vec::new();
        for chunk in &self.sealed {
            match chunk {
                Chunk::Here(bytes) => unpack(bytes, end, &mut stretch, take),
                Chunk::There { begin, length } => {
                    buffer.resize(*length as usize, 0);
                    overflow.read(&mut buffer, *begin)?;
                    unpack(&buffer, end, &mut stretch, take);
                }
            }
        }
        unpack(&self.open, end, &mut stretch, take);
        Ok(())
    }
}

/// The next bytes; zeros where there are fewer.
#[inline]
fn few<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    match bytes.split_first_chunk::<N>() {
        Some((few, rest)) => {
            *bytes = rest;
            *few
        }
        None => {
            *bytes = &[];
            [0; N]
        }
    }
}

#[inline]
fn word(bytes: &mut &[u8]) -> u64 {
    u64::from_le_bytes(few(bytes))
}

/// Reads rows from bytes that begin and end with whole ones: what [`Pile::push`] wrote.
fn unpack(mut bytes: &[u8], end: i64, stretch: &mut u64, take: &mut impl FnMut(Row)) {
    while !bytes.is_empty() {
        let head = word(&mut bytes);
        if head & IS_STRETCH != 0 {
            *stretch = word(&mut bytes);
            continue;
        }
        let mut customer = u32::from(u16::from_le_bytes(few(&mut bytes)));
        let pair = match head >> PAIR_SHIFT {
            WIDE_PAIR => u16::from_le_bytes(few(&mut bytes)),
            pair => pair as u16,
        };
        if customer == WIDE_CUSTOMER {
            customer = u32::from_le_bytes(few(&mut bytes));
        }
        let value = if head & HAS_VALUE != 0 { word(&mut bytes) as i64 } else { NO_VALUE };
        let known_at = if head & IS_LATE != 0 { Some(word(&mut bytes) as i64) } else { None };
        let age = head & ((1 << AGE_BITS) - 1);
        let occurred_at = if head & IS_OLD != 0 { word(&mut bytes) as i64 } else { end.wrapping_sub(age as i64) };
        let number = if head & HAS_NUMBER != 0 { word(&mut bytes) } else { *stretch };
        take(Row { occurred_at, known_at: known_at.unwrap_or(occurred_at), value, number, customer, pair });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_dealt_from_memory_and_from_the_disk() {
        let end = 1_700_000_000_000_000;
        let row = |k: u64| Row {
            occurred_at: if k.is_multiple_of(7) { end - (1 << 52) } else { end - 1 - k as i64 },
            known_at: 0,
            value: if k.is_multiple_of(3) { NO_VALUE } else { k as i64 - 500 },
            number: if k.is_multiple_of(2) { k } else { 900 + k / 5_000 },
            customer: 5 * k as u32,
            pair: (k % 70_000) as u16,
        };
        let rows: Vec<Row> = (0..40_000)
            .map(row)
            .map(|row| Row { known_at: row.occurred_at + i64::from(row.customer % 11), ..row })
            .collect();
        let full = Budget(AtomicUsize::new(BUDGET));
        for budget in [Budget::default(), full] {
            let (mut pile, mut overflow) = (Pile::default(), Overflow::default());
            for row in &rows {
                let stretch = (row.number >= 900 && row.customer % 2 == 1).then_some(row.number);
                pile.push(row, end, stretch, &budget, &mut overflow).unwrap();
            }
            let mut back = Vec::new();
            pile.read(end, &overflow, &mut |row| back.push(row)).unwrap();
            assert_eq!(back, rows);
        }
    }
}
