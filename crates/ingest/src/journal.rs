//! What an import changed in the front door's own notes, kept beside the record so that the import can be taken back.
//!
//! Written and synced before the facts themselves: an entry of which nothing came is found out by comparing. It grows with
//! the import, so it is read part by part.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use crate::piles::{Piles, part_of};
use crate::refusal::Refusal;

/// Bytes before the key of an entry.
const HEAD: usize = 16;

/// What a note was before an import, and a hash of what the import made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Vec<u8>,
    pub(crate) before: Option<Vec<u8>>,
    pub(crate) after: u64,
}

/// A journal being written.
#[derive(Debug)]
pub(crate) struct Journal {
    out: BufWriter<File>,
}

pub(crate) fn hash_of(note: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&blake3::hash(note).as_bytes()[..8]);
    u64::from_le_bytes(bytes)
}

impl Journal {
    /// Opens a journal; one that is there already goes on, without what a stopped process left half written.
    pub(crate) fn open(path: &Path) -> Result<Journal, Refusal> {
        let file = OpenOptions::new().create(true).read(true).append(true).open(path).map_err(Refusal::storage)?;
        let (mut reader, mut whole) = (BufReader::new(&file), 0);
        while let Some(entry) = next(&mut reader).map_err(Refusal::storage)? {
            whole += (HEAD + entry.key.len() + entry.before.map_or(0, |before| before.len())) as u64;
        }
        file.set_len(whole).map_err(Refusal::storage)?;
        Ok(Journal { out: BufWriter::new(file) })
    }

    /// Puts down what becomes of a note; it lasts from the next [`Journal::sync`] on.
    pub(crate) fn put(&mut self, key: &[u8], before: Option<&[u8]>, after: u64) -> Result<(), Refusal> {
        write(&mut self.out, key, before, after).map_err(Refusal::storage)
    }

    /// Makes what was put down last.
    pub(crate) fn sync(&mut self) -> Result<(), Refusal> {
        self.out.flush().and_then(|()| self.out.get_ref().sync_all()).map_err(Refusal::storage)
    }
}

fn write(out: &mut impl Write, key: &[u8], before: Option<&[u8]>, after: u64) -> std::io::Result<()> {
    out.write_all(&(key.len() as u32).to_le_bytes())?;
    out.write_all(&before.map_or(u32::MAX, |before| before.len() as u32).to_le_bytes())?;
    out.write_all(&after.to_le_bytes())?;
    out.write_all(key)?;
    out.write_all(before.unwrap_or_default())
}

/// What a note was before, where there was one, and the hash of what it became.
pub(crate) type Change = (Option<Vec<u8>>, u64);

/// Every note that an import changed, dealt into parts: all that was noted of one of them is in one part.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    piles: Piles,
}

impl Changes {
    /// Reads a journal, if there is one. What a stopped process left half written at the end stands for nothing.
    pub(crate) fn read(path: &Path) -> Result<Changes, Refusal> {
        let mut changes = Changes::default();
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(changes),
            Err(error) => return Err(Refusal::storage(error)),
        };
        let mut reader = BufReader::new(file);
        let mut bytes = Vec::new();
        while let Some(entry) = next(&mut reader).map_err(Refusal::storage)? {
            bytes.clear();
            let put = write(&mut bytes, &entry.key, entry.before.as_deref(), entry.after);
            put.and_then(|()| changes.piles.put(part_of(hash_of(&entry.key), 0), &bytes)).map_err(Refusal::storage)?;
        }
        Ok(changes)
    }

    /// The changes, part by part: of each note the first `before` and the last `after`.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Result<HashMap<Vec<u8>, Change>, Refusal>> + use<'_> {
        self.piles.parts().map(move |part| {
            let mut notes: HashMap<Vec<u8>, Change> = HashMap::new();
            let mut reader = self.piles.reader(part);
            while let Some(entry) = next(&mut reader).map_err(Refusal::storage)? {
                notes.entry(entry.key).or_insert((entry.before, entry.after)).1 = entry.after;
            }
            Ok(notes)
        })
    }
}

fn next(reader: &mut impl Read) -> std::io::Result<Option<Entry>> {
    let mut head = [0; HEAD];
    let mut rest = |length: usize| {
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes).map(|()| bytes)
    };
    let read = || -> std::io::Result<Entry> {
        head.copy_from_slice(&rest(HEAD)?);
        let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (key, before) = (number(0) as usize, number(4));
        let mut after = [0; 8];
        after.copy_from_slice(&head[8..]);
        let key = rest(key)?;
        let before = if before == u32::MAX { None } else { Some(rest(before as usize)?) };
        Ok(Entry { key, before, after: u64::from_le_bytes(after) })
    };
    match { read }() {
        Ok(entry) => Ok(Some(entry)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_before_and_the_last_after_of_a_note_stand() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        for (before, after) in [(None, 1), (Some(&b"x"[..]), 2)] {
            let mut journal = Journal::open(&path).unwrap();
            journal.put(b"k", before, after).unwrap();
            journal.sync().unwrap();
        }
        let read = || {
            let changes = Changes::read(&path).unwrap();
            let parts: Vec<_> = changes.parts().map(Result::unwrap).collect();
            assert_eq!(parts.len(), 1);
            parts[0][b"k".as_slice()].clone()
        };
        assert_eq!(read(), (None, 2));
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.truncate(bytes.len() - 1);
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(read(), (None, 1), "what is cut off stands for nothing");
        let mut journal = Journal::open(&path).unwrap();
        journal.put(b"k", Some(b"y"), 3).unwrap();
        journal.sync().unwrap();
        assert_eq!(read(), (None, 3), "and what comes behind it can be read");
        assert_eq!(Changes::read(&folder.path().join("none")).unwrap().parts().count(), 0);
    }
}
