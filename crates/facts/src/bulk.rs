//! The ids and notes of a large load: sorted in a file of their own, and taken into the intake from there.
//!
//! Written and synced before the load is acknowledged, read after it, by this process or the next one: so they need not
//! go through the intake's journal and memory, and take the same room however large the load. Reading it again changes
//! nothing.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::error::Error;
use crate::file::sync_folder;

const BEGINNING: &[u8; 8] = b"liukeld1";
const END: &[u8; 8] = b"thatsall";

/// Ids with what stands for their contents, in order.
pub(crate) type Ids<'a> = dyn ExactSizeIterator<Item = (u128, u128)> + 'a;
/// Takes a note: its key and what is noted.
pub(crate) type TakeNote<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), Error> + 'a;
/// Hands notes to whoever asks, each key once and in order.
pub(crate) type EachNote<'a> = dyn Fn(&mut TakeNote<'_>) -> Result<(), Error> + 'a;

/// Writes ids with what stands for their contents, and notes; both in order, each key once. Synced with its name.
pub(crate) fn write(path: &Path, ids: &mut Ids<'_>, each_note: &EachNote<'_>) -> Result<(), Error> {
    let failed = |source| Error::io("write", path, source);
    if let Some(folder) = path.parent()
        && !folder.is_dir()
    {
        std::fs::create_dir_all(folder).map_err(failed)?;
        folder.parent().map_or(Ok(()), sync_folder)?;
    }
    let file = File::create(path).map_err(failed)?;
    let mut out = BufWriter::with_capacity(1 << 18, file);
    let put_ids = |out: &mut BufWriter<File>, ids: &mut Ids<'_>| -> std::io::Result<()> {
        out.write_all(BEGINNING)?;
        out.write_all(&(ids.len() as u64).to_le_bytes())?;
        // How many notes there are is known when they are written.
        out.write_all(&0u64.to_le_bytes())?;
        for (id, content) in ids {
            out.write_all(&id.to_be_bytes())?;
            out.write_all(&content.to_be_bytes())?;
        }
        Ok(())
    };
    let put_note = |out: &mut BufWriter<File>, key: &[u8], value: &[u8]| -> std::io::Result<()> {
        out.write_all(&(key.len() as u32).to_le_bytes())?;
        out.write_all(&(value.len() as u32).to_le_bytes())?;
        out.write_all(key)?;
        out.write_all(value)
    };
    let finish = |out: &mut BufWriter<File>, notes: u64| -> std::io::Result<()> {
        out.write_all(END)?;
        out.flush()?;
        out.get_ref().write_all_at(&notes.to_le_bytes(), BEGINNING.len() as u64 + 8)?;
        out.get_ref().sync_all()
    };
    put_ids(&mut out, ids).map_err(failed)?;
    let mut notes = 0;
    each_note(&mut |key, value| {
        notes += 1;
        put_note(&mut out, key, value).map_err(failed)
    })?;
    finish(&mut out, notes).map_err(failed)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// What was written, read from its beginning to its end.
pub(crate) struct Known<'p> {
    path: &'p Path,
    from: BufReader<File>,
    pub ids: u64,
    pub notes: u64,
    last: Vec<u8>,
    note: Vec<u8>,
}

impl<'p> Known<'p> {
    pub fn open(path: &'p Path) -> Result<Known<'p>, Error> {
        let file = File::open(path).map_err(|source| Error::io("open", path, source))?;
        let from = BufReader::with_capacity(1 << 18, file);
        let mut known = Known { path, from, ids: 0, notes: 0, last: Vec::new(), note: Vec::new() };
        if known.take::<8>()? != *BEGINNING {
            return Err(known.damaged());
        }
        known.ids = u64::from_le_bytes(known.take()?);
        known.notes = u64::from_le_bytes(known.take()?);
        Ok(known)
    }

    fn damaged(&self) -> Error {
        Error::damaged(format!("{} is not what was written", self.path.display()))
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes).map_err(|source| Error::io("read", self.path, source))?;
        Ok(bytes)
    }

    /// Whoever takes them in asserts that each comes after the one before: here that is damage.
    fn after_the_last(&mut self, key: &[u8]) -> Result<(), Error> {
        if !self.last.is_empty() && self.last.as_slice() >= key {
            return Err(self.damaged());
        }
        self.last.clear();
        self.last.extend_from_slice(key);
        Ok(())
    }

    /// The next of the ids, and its content.
    pub fn id(&mut self) -> Result<([u8; 16], [u8; 16]), Error> {
        let (id, content) = (self.take()?, self.take()?);
        self.after_the_last(&id)?;
        Ok((id, content))
    }

    /// From here on notes are read.
    pub fn end_of_ids(&mut self) {
        self.last.clear();
    }

    /// The next of the notes.
    pub fn note(&mut self) -> Result<(&[u8], &[u8]), Error> {
        let (key, value) = (u32::from_le_bytes(self.take()?) as usize, u32::from_le_bytes(self.take()?) as usize);
        let mut note = std::mem::take(&mut self.note);
        note.resize(key + value, 0);
        self.from.read_exact(&mut note).map_err(|source| Error::io("read", self.path, source))?;
        self.after_the_last(&note[..key])?;
        self.note = note;
        Ok(self.note.split_at(key))
    }

    /// Nothing must be left.
    pub fn end(mut self) -> Result<(), Error> {
        match self.take::<8>()? == *END {
            true => Ok(()),
            false => Err(self.damaged()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_load_made_known_is_read_back_and_damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loading").join("7");
        let notes: &EachNote<'_> = &|visit| {
            visit(b"a", b"x")?;
            visit(b"b", b"")
        };
        write(&path, &mut [(1, 10), (2, 20)].into_iter(), notes).unwrap();
        let mut known = Known::open(&path).unwrap();
        assert_eq!((known.ids, known.notes), (2, 2));
        assert_eq!(known.id().unwrap(), (1u128.to_be_bytes(), 10u128.to_be_bytes()));
        assert_eq!(known.id().unwrap().1, 20u128.to_be_bytes());
        known.end_of_ids();
        assert_eq!(known.note().unwrap(), (&b"a"[..], &b"x"[..]));
        assert_eq!(known.note().unwrap(), (&b"b"[..], &b""[..]));
        known.end().unwrap();
        write(&path, &mut [(2, 20), (1, 10)].into_iter(), &|_| Ok(())).unwrap();
        let mut known = Known::open(&path).unwrap();
        known.id().unwrap();
        assert!(known.id().unwrap_err().is_damaged());
    }
}
