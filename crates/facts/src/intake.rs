//! The intake log and the memory of message ids: one `fjall` database, every write atomic and synced.
//!
//! Here a fact is acknowledged; later it is moved to the lake. What is kept for ever: which (source, message id) was
//! seen and a hash of what it said, the sequencer, the folder's id and zone, the front door's notes. The quarantine
//! lies here too, since it is written together with what it came with.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use fjall::{Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode};
use serde::{Deserialize, Serialize};
use vocab::{Instant, SourceName};

use crate::encode::{Record, decode, encode_fact, encode_identity};
use crate::error::{Error, Sort};
use crate::fact::{StoredFact, StoredIdentity};
use crate::held::{HeldRow, decode_held, encode_held};
use crate::table::NewFile;

const MEBIBYTE: u64 = 1024 * 1024;
const SEQUENCE: &[u8] = b"sequence";
const PENDING: &[u8] = b"pending";
/// Before the name of a source: how many of its rows are held.
const HELD_COUNT: &[u8] = b"held/";

/// Files that are written and acknowledged, but perhaps not yet committed to the lake.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PendingLoad {
    /// The application's version that the commit carries: the number of the last fact.
    pub version: i64,
    pub files: Vec<NewFile>,
}

/// Where the sequencer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sequence {
    pub number: u64,
    pub recorded_at: Instant,
}

impl Sequence {
    const START: Sequence = Sequence { number: 0, recorded_at: Instant::MIN };

    /// The moment of the next writing: `now`, or just after the last one where the clock went back.
    pub fn tick(&mut self, now: Instant) -> Instant {
        self.recorded_at = now.max(self.recorded_at.plus_micros(1));
        self.recorded_at
    }

    pub fn next(&mut self) -> u64 {
        self.number += 1;
        self.number
    }
}

pub(crate) struct Intake {
    database: Database,
    log: Keyspace,
    ids: Keyspace,
    notes: Keyspace,
    meta: Keyspace,
    held: Keyspace,
}

fn refused(doing: &str) -> impl Fn(fjall::Error) -> Error + '_ {
    move |source| {
        let sort = match &source {
            fjall::Error::Io(_) => Sort::Storage,
            fjall::Error::Poisoned => Sort::Stopped,
            fjall::Error::Locked => Sort::Locked,
            _ => Sort::Damaged,
        };
        Error::because(sort, format!("the intake log cannot {doing}"), source)
    }
}

impl Intake {
    pub fn open(folder: &Path) -> Result<Intake, Error> {
        // The storage engine asserts on some kinds of damage: for us that is a refusal like any other.
        match catch_unwind(AssertUnwindSafe(|| Self::open_database(folder))) {
            Ok(opened) => opened,
            Err(_) => Err(Error::damaged(format!("the intake log in {} is not what was written", folder.display()))),
        }
    }

    fn open_database(folder: &Path) -> Result<Intake, Error> {
        let refuse = refused("be opened");
        let database = Database::builder(folder)
            .cache_size(24 * MEBIBYTE)
            .max_journaling_size(64 * MEBIBYTE)
            .worker_threads(2)
            .open()
            .map_err(&refuse)?;
        let small = || KeyspaceCreateOptions::default().max_memtable_size(4 * MEBIBYTE);
        let large = || KeyspaceCreateOptions::default().max_memtable_size(8 * MEBIBYTE);
        let log = database.keyspace("log", large).map_err(&refuse)?;
        let ids = database.keyspace("ids", large).map_err(&refuse)?;
        let notes = database.keyspace("notes", small).map_err(&refuse)?;
        let meta = database.keyspace("meta", small).map_err(&refuse)?;
        let held = database.keyspace("held", small).map_err(&refuse)?;
        Ok(Intake { database, log, ids, notes, meta, held })
    }

    /// What is kept under a name of the folder's own.
    pub fn meta(&self, key: &str) -> Result<Option<String>, Error> {
        let bytes = self.meta.get(key).map_err(refused("be read"))?;
        let text = bytes.map(|bytes| String::from_utf8(bytes.to_vec())).transpose();
        text.map_err(|_| Error::damaged(format!("the folder's {key} cannot be read")))
    }

    pub fn sequence(&self) -> Result<Sequence, Error> {
        let Some(bytes) = self.meta.get(SEQUENCE).map_err(refused("be read"))? else { return Ok(Sequence::START) };
        let halves =
            bytes.split_first_chunk::<8>().and_then(|(number, rest)| Some((*number, <[u8; 8]>::try_from(rest).ok()?)));
        let (number, recorded_at) = halves.ok_or_else(|| Error::damaged("the folder's sequence cannot be read"))?;
        let recorded_at = Instant::from_micros(i64::from_be_bytes(recorded_at));
        Ok(Sequence { number: u64::from_be_bytes(number), recorded_at })
    }

    pub fn pending(&self) -> Result<Option<PendingLoad>, Error> {
        let Some(bytes) = self.meta.get(PENDING).map_err(refused("be read"))? else { return Ok(None) };
        let pending = serde_json::from_slice(&bytes);
        pending.map(Some).map_err(|source| Error::because(Sort::Damaged, "the pending load cannot be read", source))
    }

    /// The content hash kept for an id, if it was ever seen.
    pub fn content_of(&self, id: u128) -> Result<Option<u128>, Error> {
        let Some(bytes) = self.ids.get(id.to_be_bytes()).map_err(refused("be read"))? else { return Ok(None) };
        let content = <[u8; 16]>::try_from(&*bytes).map_err(|_| Error::damaged("the memory of ids cannot be read"))?;
        Ok(Some(u128::from_be_bytes(content)))
    }

    pub fn note(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.notes.get(key).map_err(refused("be read"))?.map(|bytes| bytes.to_vec()))
    }

    /// Every row of the log, in order of arrival.
    pub fn rows(&self) -> Result<Vec<Record>, Error> {
        let mut rows = Vec::new();
        for guard in self.log.iter() {
            let (key, value) = guard.into_inner().map_err(refused("be read"))?;
            let number =
                <[u8; 8]>::try_from(&*key).map_err(|_| Error::damaged("the intake log has a row without number"))?;
            rows.push(decode(u64::from_be_bytes(number), &value)?);
        }
        Ok(rows)
    }

    pub fn held_row(&self, number: u64) -> Result<Option<HeldRow>, Error> {
        let bytes = self.held.get(held_key(number)).map_err(refused("be read"))?;
        bytes.map(|bytes| decode_held(number, &bytes)).transpose()
    }

    /// Held rows with a smaller number, the newest first.
    pub fn held_rows(&self, source: Option<&SourceName>, before: u64, limit: usize) -> Result<Vec<HeldRow>, Error> {
        let prefix = source.map_or_else(|| vec![NUMBERED], source_prefix);
        let end = [&prefix[..], &before.to_be_bytes()].concat();
        let mut rows = Vec::new();
        for guard in self.held.range(prefix.clone()..end).rev().take(limit) {
            let (key, value) = guard.into_inner().map_err(refused("be read"))?;
            let number = key.get(prefix.len()..).and_then(|rest| <[u8; 8]>::try_from(rest).ok());
            let number = number.ok_or_else(|| Error::damaged("the quarantine has a row without number"))?;
            let number = u64::from_be_bytes(number);
            rows.extend(match source {
                None => Some(decode_held(number, &value)?),
                // Released since the list of this source's rows was begun.
                Some(_) => self.held_row(number)?,
            });
        }
        Ok(rows)
    }

    /// How many rows of each source are held.
    pub fn held_counts(&self) -> Result<BTreeMap<SourceName, u64>, Error> {
        let mut counts = BTreeMap::new();
        for guard in self.meta.prefix(HELD_COUNT) {
            let (key, value) = guard.into_inner().map_err(refused("be read"))?;
            let source = key.get(HELD_COUNT.len()..).and_then(|name| std::str::from_utf8(name).ok());
            let count = <[u8; 8]>::try_from(&*value).ok().map(u64::from_be_bytes);
            let (Some(source), Some(count)) = (source, count) else {
                return Err(Error::damaged("the counts of the quarantine cannot be read"));
            };
            if count > 0 {
                counts.insert(SourceName::new(source), count);
            }
        }
        Ok(counts)
    }

    /// A set of changes that happen together or not at all.
    pub fn change(&self) -> Change<'_> {
        Change { intake: self, batch: self.database.batch(), changed: false }
    }
}

const NUMBERED: u8 = b'n';
const OF_SOURCE: u8 = b's';

fn held_key(number: u64) -> Vec<u8> {
    [&[NUMBERED][..], &number.to_be_bytes()].concat()
}

/// Beginning of the keys that list one source's held rows: its length keeps it from being another's beginning.
fn source_prefix(source: &SourceName) -> Vec<u8> {
    let name = source.as_str().as_bytes();
    [&[OF_SOURCE][..], &(name.len() as u32).to_be_bytes(), name].concat()
}

/// Changes of the intake that become lasting together.
pub(crate) struct Change<'a> {
    intake: &'a Intake,
    batch: OwnedWriteBatch,
    changed: bool,
}

impl Change<'_> {
    fn put(&mut self, keyspace: &Keyspace, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.batch.insert(keyspace, key.as_ref(), value.as_ref());
        self.changed = true;
    }

    pub fn meta(&mut self, key: &str, value: &str) {
        self.put(&self.intake.meta.clone(), key, value);
    }

    pub fn sequence(&mut self, sequence: Sequence) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&sequence.number.to_be_bytes());
        bytes[8..].copy_from_slice(&sequence.recorded_at.micros().to_be_bytes());
        self.put(&self.intake.meta.clone(), SEQUENCE, bytes);
    }

    pub fn id(&mut self, id: u128, content: u128) {
        self.put(&self.intake.ids.clone(), id.to_be_bytes(), content.to_be_bytes());
    }

    pub fn free(&mut self, id: u128) {
        self.batch.remove(&self.intake.ids, &id.to_be_bytes()[..]);
        self.changed = true;
    }

    pub fn held(&mut self, row: &HeldRow) {
        let keyspace = self.intake.held.clone();
        self.put(&keyspace, held_key(row.number), encode_held(row));
        self.put(&keyspace, [source_prefix(&row.held.source), row.number.to_be_bytes().to_vec()].concat(), []);
    }

    pub fn drop_held(&mut self, row: &HeldRow) {
        self.batch.remove(&self.intake.held, held_key(row.number));
        let listed = [source_prefix(&row.held.source), row.number.to_be_bytes().to_vec()].concat();
        self.batch.remove(&self.intake.held, listed);
        self.changed = true;
    }

    pub fn held_count(&mut self, source: &SourceName, count: u64) {
        self.put(&self.intake.meta.clone(), [HELD_COUNT, source.as_str().as_bytes()].concat(), count.to_be_bytes());
    }

    pub fn note(&mut self, key: &[u8], value: &[u8]) {
        self.put(&self.intake.notes.clone(), key, value);
    }

    pub fn fact(&mut self, stored: &StoredFact) {
        self.put(&self.intake.log.clone(), stored.number.to_be_bytes(), encode_fact(stored));
    }

    pub fn identity(&mut self, stored: &StoredIdentity) {
        self.put(&self.intake.log.clone(), stored.number.to_be_bytes(), encode_identity(stored));
    }

    pub fn drop_row(&mut self, number: u64) {
        self.batch.remove(&self.intake.log, &number.to_be_bytes()[..]);
        self.changed = true;
    }

    pub fn pending(&mut self, pending: &PendingLoad) -> Result<(), Error> {
        let bytes = serde_json::to_vec(pending);
        let bytes =
            bytes.map_err(|source| Error::because(Sort::Invalid, "the pending load cannot be written", source))?;
        self.put(&self.intake.meta.clone(), PENDING, bytes);
        Ok(())
    }

    pub fn settle(&mut self) {
        self.batch.remove(&self.intake.meta, PENDING);
        self.changed = true;
    }

    pub fn is_empty(&self) -> bool {
        !self.changed
    }

    /// Makes the changes lasting: when this returns they survive a loss of power.
    pub fn commit(self) -> Result<(), Error> {
        match self.changed {
            true => self.batch.durability(Some(PersistMode::SyncAll)).commit().map_err(refused("be written")),
            false => Ok(()),
        }
    }
}
