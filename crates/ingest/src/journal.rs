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
/// Bytes that go to the disk together.
const BUFFER: usize = 64 << 10;

/// What a note was before an import, and what stands for what the import made of it.
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

/// What stands for a note: the same for the same bytes, for ever. It tells a note from what became of it later, and from
/// nothing that was made to be taken for it.
pub(crate) fn mark_of(note: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    const BEGIN: u64 = 0xd1b5_4a32_d192_ed03;
    let fold = |mark: u64, word: u64| {
        let product = u128::from(mark ^ word) * u128::from(ODD);
        // What is zero for one word must not be for all that follow.
        (product as u64 ^ (product >> 64) as u64).wrapping_add(ODD)
    };
    let (words, rest) = note.as_chunks::<8>();
    let mark = words.iter().fold(fold(note.len() as u64, BEGIN), |mark, word| fold(mark, u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    fold(fold(mark, u64::from_le_bytes(last)), BEGIN)
}

/// Whether this is the note that a journal says: older ones say it by the first bytes of a hash.
pub(crate) fn is_note(note: &[u8], mark: u64) -> bool {
    mark_of(note) == mark || blake3::hash(note).as_bytes()[..8] == mark.to_le_bytes()
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
        Ok(Journal { out: BufWriter::with_capacity(BUFFER, file) })
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
    let mut head = [0; HEAD];
    head[..4].copy_from_slice(&(key.len() as u32).to_le_bytes());
    head[4..8].copy_from_slice(&before.map_or(u32::MAX, |before| before.len() as u32).to_le_bytes());
    head[8..].copy_from_slice(&after.to_le_bytes());
    out.write_all(&head)?;
    out.write_all(key)?;
    out.write_all(before.unwrap_or_default())
}

/// What a note was before, where there was one, and what stands for what it became.
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
            put.and_then(|()| changes.piles.put(part_of(mark_of(&entry.key), 0), &bytes)).map_err(Refusal::storage)?;
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
    fn a_note_is_known_by_its_mark_and_by_the_hash_of_older_journals() {
        let notes: Vec<Vec<u8>> = (0..400u32).map(|turn| vec![(turn % 3) as u8; turn as usize / 3]).collect();
        let marks: std::collections::BTreeSet<u64> = notes.iter().map(|note| mark_of(note)).collect();
        // Three of no byte at all are one and the same.
        assert_eq!(marks.len(), notes.len() - 2, "zeros are told from fewer zeros too");
        assert_eq!(mark_of(b"an order of three lines"), 0xcf87_55b9_a4cb_8f14);
        let before = u64::from_le_bytes(*blake3::hash(b"note").as_bytes().first_chunk().unwrap());
        assert!(is_note(b"note", before) && is_note(b"note", mark_of(b"note")) && !is_note(b"nose", before));
    }

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
