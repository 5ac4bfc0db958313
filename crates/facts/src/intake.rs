//! The intake log and the memory of message ids: one `fjall` database, every write atomic and synced.
//!
//! Here a fact is acknowledged; later it is moved to the lake. What is kept for ever: which (source, message id) was
//! seen and a hash of what it said, the sequencer, the folder's id and zone, the front door's notes. The quarantine
//! lies here too, since it is written together with what it came with.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use fjall::compaction::Leveled;
use fjall::config::{CompressionPolicy, PartitioningPolicy};
use fjall::{CompressionType, Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode};
use serde::{Deserialize, Serialize};
use vocab::{Instant, SourceName};

use crate::bulk::{self, EachNote, Ids, Known};
use crate::encode::{Record, decode, encode_identity};
use crate::error::{Error, Sort};
use crate::fact::StoredIdentity;
use crate::fresh::{self, Fresh};
use crate::held::{HeldRow, decode_held, encode_held};
use crate::packed::Packed;
use crate::sieve::Sieve;
use crate::table::NewFile;
use crate::unmade::clear_unmade;

const MEBIBYTE: u64 = 1024 * 1024;
const SEQUENCE: &[u8] = b"sequence";
const PENDING: &[u8] = b"pending";
/// Before the name of a source: how many of its rows are held.
const HELD_COUNT: &[u8] = b"held/";
/// Before the name of a file that left the lake: when.
const RETIRED: &[u8] = b"retired/";
/// For blocks and filters of every keyspace, unless the folder is opened otherwise.
const CACHE_BYTES: u64 = 48 * MEBIBYTE;
/// Rows of the log that are kept in sorted memory until they are written as a table. They share their bytes with the live
/// rows of a view; what is dropped from there stays here until then.
const ROWS_BYTES: u64 = 48 * MEBIBYTE;
/// So many of the newest tables of ids lie beside each other until they are merged with all ids of before: hashes are spread
/// evenly, so each merge goes through all of them.
const TABLES_BESIDE: u8 = 14;
/// So many of the newest ids are taken in as a finished table; fewer go in one by one.
const TABLE_IDS: usize = 2_000;

/// Files that are written and acknowledged, but perhaps not yet committed to the lake.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PendingLoad {
    /// The application's version that the commit carries: the number of the last fact.
    pub version: i64,
    pub files: Vec<NewFile>,
    /// The file of its ids and notes, where they go in from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
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

/// The database. When it has refused a write it answers nothing more until it is opened anew: see [`Intake::reopen`].
pub(crate) struct Intake {
    folder: PathBuf,
    cache_bytes: u64,
    opened: RwLock<Option<Arc<Opened>>>,
    fresh: Fresh,
    sieve: Sieve,
    is_broken: AtomicBool,
}

struct Opened {
    database: Database,
    log: Keyspace,
    ids: Keyspace,
    /// The ids of live changes that are not yet among `ids`, by the number of their last row.
    fresh: Keyspace,
    notes: Keyspace,
    meta: Keyspace,
    held: Keyspace,
}

fn refused(doing: &str) -> impl Fn(fjall::Error) -> Error + '_ {
    move |source| {
        let sort = match &source {
            fjall::Error::Io(_) | fjall::Error::Poisoned => Sort::Storage,
            fjall::Error::Locked => Sort::Locked,
            _ => Sort::Damaged,
        };
        Error::because(sort, format!("the intake log cannot {doing}"), source)
    }
}

/// Keys of entries of new ids, and the ids with the hash of what each said.
type Waiting = (Vec<fjall::Slice>, Vec<(u128, u128)>);

impl Opened {
    fn open(folder: &Path, cache_bytes: u64) -> Result<Opened, Error> {
        // The storage engine asserts on some kinds of damage: for us that is a refusal like any other.
        match catch_unwind(AssertUnwindSafe(|| Self::open_database(folder, cache_bytes))) {
            Ok(opened) => opened,
            Err(_) => Err(Error::damaged(format!("the intake log in {} is not what was written", folder.display()))),
        }
    }

    /// The memory of ids holds 128 bits for each and may have any size: its filters lie in pieces of a page that go
    /// through the cache one by one, so that memory stays as it is set here and an id costs a page, not a whole filter.
    fn open_database(folder: &Path, cache_bytes: u64) -> Result<Opened, Error> {
        clear_unmade(folder)?;
        let refuse = refused("be opened");
        let database = Database::builder(folder)
            .cache_size(cache_bytes)
            .max_journaling_size(256 * MEBIBYTE)
            // Whoever has the pen would compress while all others wait for it.
            .journal_compression(CompressionType::None)
            // One of them only writes memory out; it spins while the others leave work to be merged waiting: two of those.
            .worker_threads(3)
            .open()
            .map_err(&refuse)?;
        let small = || KeyspaceCreateOptions::default().max_memtable_size(4 * MEBIBYTE);
        let large = || KeyspaceCreateOptions::default().max_memtable_size(16 * MEBIBYTE);
        // What is drained before it is full is never written to a table.
        let rows = || KeyspaceCreateOptions::default().max_memtable_size(ROWS_BYTES);
        // Hashes do not become smaller by compression. The newest tables are small and keep their filters whole.
        let pieces = || PartitioningPolicy::new([false, true]);
        let hashes = || {
            let plain = large().data_block_compression_policy(CompressionPolicy::all(CompressionType::None));
            let seldom = Arc::new(Leveled::default().with_l0_threshold(TABLES_BESIDE));
            let plain = plain.compaction_strategy(seldom);
            plain.filter_block_partitioning_policy(pieces()).index_block_partitioning_policy(pieces())
        };
        let log = database.keyspace("log", rows).map_err(&refuse)?;
        let ids = database.keyspace("ids", hashes).map_err(&refuse)?;
        let fresh = database.keyspace("fresh", hashes).map_err(&refuse)?;
        let notes = database.keyspace("notes", small).map_err(&refuse)?;
        let meta = database.keyspace("meta", small).map_err(&refuse)?;
        let held = database.keyspace("held", small).map_err(&refuse)?;
        Ok(Opened { database, log, ids, fresh, notes, meta, held })
    }

    /// The ids that wait to be taken in, and the keys of their entries.
    fn waiting_ids(&self) -> Result<Waiting, Error> {
        let (mut keys, mut ids) = (Vec::new(), Vec::new());
        for guard in self.fresh.iter() {
            let (key, value) = guard.into_inner().map_err(refused("be read"))?;
            ids.extend(fresh::unpack(&value)?);
            keys.push(key);
        }
        Ok((keys, ids))
    }
}

impl Intake {
    pub fn open(folder: &Path, cache_bytes: Option<u64>) -> Result<Intake, Error> {
        let cache_bytes = cache_bytes.unwrap_or(CACHE_BYTES);
        let opened = Opened::open(folder, cache_bytes)?;
        let fresh = Fresh::default();
        fresh.replace(opened.waiting_ids()?.1.into_iter().collect());
        let opened = RwLock::new(Some(Arc::new(opened)));
        let (sieve, is_broken) = (Sieve::default(), AtomicBool::new(false));
        Ok(Intake { folder: folder.to_owned(), cache_bytes, opened, fresh, sieve, is_broken })
    }

    /// Whether a write was refused since it was opened.
    pub fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::SeqCst)
    }

    /// Opens the database anew after a refused write; whoever still reads from the old one makes this wait for its
    /// next call.
    pub fn reopen(&self) -> Result<(), Error> {
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = opened.take()
            && let Err(old) = Arc::try_unwrap(old).map(drop)
        {
            *opened = Some(old);
            return Err(Error::new(Sort::Busy, "the intake log is being opened anew"));
        }
        let anew = Opened::open(&self.folder, self.cache_bytes)?;
        self.fresh.replace(anew.waiting_ids()?.1.into_iter().collect());
        *opened = Some(Arc::new(anew));
        self.is_broken.store(false, Ordering::SeqCst);
        Ok(())
    }

    /// Says that what is in memory may not be all that is lasting: the next call opens the database anew.
    pub fn doubt(&self) {
        self.is_broken.store(true, Ordering::SeqCst);
    }

    /// Where the ids and notes of large loads are put until they are taken in.
    fn loading(&self) -> PathBuf {
        self.folder.with_file_name("loading")
    }

    /// Puts the ids and notes of a load aside, synced; gives the name of the file.
    pub fn put_aside(&self, version: i64, ids: &mut Ids<'_>, each_note: &EachNote<'_>) -> Result<String, Error> {
        let name = format!("{version:020}");
        bulk::write(&self.loading().join(&name), ids, each_note)?;
        Ok(name)
    }

    /// Takes in the ids and notes of a load that were put aside. Doing it again changes nothing.
    pub fn take_in(&self, pending: &PendingLoad) -> Result<(), Error> {
        let Some(name) = &pending.known else { return Ok(()) };
        let path = self.loading().join(name);
        let mut known = Known::open(&path)?;
        let opened = self.opened()?;
        let refuse = refused("take in a load");
        if known.ids > 0 {
            let (add, mut into) = (self.sieve.adder(), opened.ids.start_ingestion().map_err(&refuse)?);
            for _ in 0..known.ids {
                let (id, content) = known.id()?;
                add(u128::from_be_bytes(id));
                into.write(id, content).map_err(&refuse)?;
            }
            into.finish().map_err(&refuse)?;
        }
        known.end_of_ids();
        if known.notes > 0 {
            let mut into = opened.notes.start_ingestion().map_err(&refuse)?;
            for _ in 0..known.notes {
                let (key, note) = known.note()?;
                into.write(key, note).map_err(&refuse)?;
            }
            into.finish().map_err(&refuse)?;
        }
        known.end()
    }

    /// The ids of a change that has become lasting are known from now on.
    pub fn remember(&self, ids: impl Iterator<Item = (u128, u128)>) {
        self.fresh.remember(ids);
    }

    /// Takes the ids of live changes into the memory of ids once there are so many. Doing it again changes nothing; one at a
    /// time.
    pub fn settle_ids(&self, least: usize) -> Result<(), Error> {
        if self.fresh.is_empty() || self.fresh.len() < least {
            return Ok(());
        }
        self.fresh.part();
        let (keys, mut ids) = self.opened()?.waiting_ids()?;
        ids.sort_unstable();
        // An id is written once; what damage doubled must not reach what asserts on order.
        ids.dedup_by_key(|(id, _)| *id);
        let mut change = self.change()?;
        match ids.len() < TABLE_IDS {
            true => ids.iter().for_each(|(id, content)| change.id(*id, *content)),
            false => {
                ids.iter().map(|(id, _)| *id).for_each(self.sieve.adder());
                write_table(&change.opened.ids, &ids)?;
            }
        }
        keys.into_iter().for_each(|key| change.remove(|opened| &opened.fresh, key));
        // What comes back after a loss of power is taken in again.
        change.commit_unsynced()?;
        self.fresh.forget(&ids);
        Ok(())
    }

    /// Removes what was put aside and is taken in.
    pub fn clear_aside(&self) -> Result<(), Error> {
        let folder = self.loading();
        match std::fs::remove_dir_all(&folder) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &folder, source)),
            _ => Ok(()),
        }
    }

    fn opened(&self) -> Result<Arc<Opened>, Error> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner).clone();
        opened.ok_or_else(|| Error::new(Sort::Storage, "the intake log could not be opened again"))
    }

    /// What is kept under a name of the folder's own.
    pub fn meta(&self, key: &str) -> Result<Option<String>, Error> {
        let bytes = self.opened()?.meta.get(key).map_err(refused("be read"))?;
        let text = bytes.map(|bytes| String::from_utf8(bytes.to_vec())).transpose();
        text.map_err(|_| Error::damaged(format!("the folder's {key} cannot be read")))
    }

    pub fn sequence(&self) -> Result<Sequence, Error> {
        let Some(bytes) = self.opened()?.meta.get(SEQUENCE).map_err(refused("be read"))? else {
            return Ok(Sequence::START);
        };
        let halves =
            bytes.split_first_chunk::<8>().and_then(|(number, rest)| Some((*number, <[u8; 8]>::try_from(rest).ok()?)));
        let (number, recorded_at) = halves.ok_or_else(|| Error::damaged("the folder's sequence cannot be read"))?;
        let recorded_at = Instant::from_micros(i64::from_be_bytes(recorded_at));
        Ok(Sequence { number: u64::from_be_bytes(number), recorded_at })
    }

    pub fn pending(&self) -> Result<Option<PendingLoad>, Error> {
        let Some(bytes) = self.opened()?.meta.get(PENDING).map_err(refused("be read"))? else { return Ok(None) };
        let pending = serde_json::from_slice(&bytes);
        pending.map(Some).map_err(|source| Error::because(Sort::Damaged, "the pending load cannot be read", source))
    }

    /// The content hash kept for an id, if it was ever seen.
    pub fn content_of(&self, id: u128) -> Result<Option<u128>, Error> {
        match self.fresh.content_of(id) {
            None if self.sieve.holds()(id) => content_in(&self.opened()?.ids, id),
            known => Ok(known),
        }
    }

    /// Begins the sieve before the memory of ids where that is empty; whoever calls has the pen.
    pub fn begin_sieve(&self) -> Result<(), Error> {
        let no_ids = || self.opened()?.ids.is_empty().map_err(refused("be read"));
        self.sieve.begin(|| Ok(self.fresh.is_empty() && no_ids()?))
    }

    /// Whether there is a note whose key begins so, be it an empty one.
    pub fn has_notes(&self, prefix: &[u8]) -> Result<bool, Error> {
        let first = self.opened()?.notes.prefix(prefix).next();
        Ok(first.map(|guard| guard.into_inner().map_err(refused("be read"))).transpose()?.is_some())
    }

    pub fn note(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.opened()?.notes.get(key).map_err(refused("be read"))?.map(|bytes| bytes.to_vec()))
    }

    /// Every row of the log, in order of arrival.
    pub fn rows(&self) -> Result<Vec<Record>, Error> {
        let mut rows = Vec::new();
        for guard in self.opened()?.log.iter() {
            let (key, value) = guard.into_inner().map_err(refused("be read"))?;
            let number =
                <[u8; 8]>::try_from(&*key).map_err(|_| Error::damaged("the intake log has a row without number"))?;
            rows.push(decode(u64::from_be_bytes(number), value)?);
        }
        Ok(rows)
    }

    pub fn held_row(&self, number: u64) -> Result<Option<HeldRow>, Error> {
        let bytes = self.opened()?.held.get(held_key(number)).map_err(refused("be read"))?;
        bytes.map(|bytes| decode_held(number, &bytes)).transpose()
    }

    /// Held rows with a smaller number, the newest first.
    pub fn held_rows(&self, source: Option<&SourceName>, before: u64, limit: usize) -> Result<Vec<HeldRow>, Error> {
        let prefix = source.map_or_else(|| vec![NUMBERED], source_prefix);
        let end = [&prefix[..], &before.to_be_bytes()].concat();
        let mut rows = Vec::new();
        for guard in self.opened()?.held.range(prefix.clone()..end).rev().take(limit) {
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

    /// Files that left the lake, and when.
    pub fn retired(&self) -> Result<BTreeMap<String, Instant>, Error> {
        let mut retired = BTreeMap::new();
        for guard in self.opened()?.meta.prefix(RETIRED) {
            let (key, value) = guard.into_inner().map_err(refused("be read"))?;
            let file = key.get(RETIRED.len()..).and_then(|name| std::str::from_utf8(name).ok());
            let at = <[u8; 8]>::try_from(&*value).ok().map(i64::from_be_bytes);
            let (Some(file), Some(at)) = (file, at) else {
                return Err(Error::damaged("the list of files that left the lake cannot be read"));
            };
            retired.insert(file.to_owned(), Instant::from_micros(at));
        }
        Ok(retired)
    }

    /// How many rows of each source are held.
    pub fn held_counts(&self) -> Result<BTreeMap<SourceName, u64>, Error> {
        let mut counts = BTreeMap::new();
        for guard in self.opened()?.meta.prefix(HELD_COUNT) {
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

    /// The content hashes kept for ids, where they were ever seen.
    pub fn contents_of(&self, ids: &[u128]) -> Result<Vec<Option<u128>>, Error> {
        let opened = self.opened()?;
        // The newest first: an id is in the memory of ids before it leaves them.
        let mut contents = self.fresh.contents_of(ids);
        let may_be_known = self.sieve.holds();
        for (id, content) in ids.iter().zip(&mut contents) {
            if content.is_none() && may_be_known(*id) {
                *content = content_in(&opened.ids, *id)?;
            }
        }
        Ok(contents)
    }

    /// A set of changes that happen together or not at all.
    pub fn change(&self) -> Result<Change<'_>, Error> {
        let opened = self.opened()?;
        Ok(Change { intake: self, batch: opened.database.batch(), opened, changed: false })
    }
}

/// Sorted ids as a finished table of the memory of ids.
fn write_table(into: &Keyspace, ids: &[(u128, u128)]) -> Result<(), Error> {
    let refuse = refused("take in ids");
    let mut table = into.start_ingestion().map_err(&refuse)?;
    for (id, content) in ids {
        table.write(id.to_be_bytes(), content.to_be_bytes()).map_err(&refuse)?;
    }
    table.finish().map_err(&refuse)
}

fn content_in(ids: &Keyspace, id: u128) -> Result<Option<u128>, Error> {
    let Some(bytes) = ids.get(id.to_be_bytes()).map_err(refused("be read"))? else { return Ok(None) };
    let content = <[u8; 16]>::try_from(&*bytes).map_err(|_| Error::damaged("the memory of ids cannot be read"))?;
    Ok(Some(u128::from_be_bytes(content)))
}

const NUMBERED: u8 = b'n';
const OF_SOURCE: u8 = b's';

fn held_key(number: u64) -> Vec<u8> {
    [&[NUMBERED][..], &number.to_be_bytes()].concat()
}

fn listed_key(row: &HeldRow) -> Vec<u8> {
    [&source_prefix(&row.held.source)[..], &row.number.to_be_bytes()].concat()
}

/// Beginning of the keys that list one source's held rows: its length keeps it from being another's beginning.
fn source_prefix(source: &SourceName) -> Vec<u8> {
    let name = source.as_str().as_bytes();
    [&[OF_SOURCE][..], &(name.len() as u32).to_be_bytes(), name].concat()
}

/// Changes of the intake that become lasting together. A key may be named once.
pub(crate) struct Change<'a> {
    intake: &'a Intake,
    opened: Arc<Opened>,
    batch: OwnedWriteBatch,
    changed: bool,
}

impl Change<'_> {
    fn put(
        &mut self,
        keyspace: impl Fn(&Opened) -> &Keyspace,
        key: impl Into<fjall::Slice>,
        value: impl Into<fjall::Slice>,
    ) {
        self.batch.insert(keyspace(&self.opened), key, value);
        self.changed = true;
    }

    fn remove(&mut self, keyspace: impl Fn(&Opened) -> &Keyspace, key: impl Into<fjall::Slice>) {
        self.batch.remove(keyspace(&self.opened), key);
        self.changed = true;
    }

    pub fn meta(&mut self, key: &str, value: &str) {
        self.put(|opened| &opened.meta, key, value);
    }

    pub fn sequence(&mut self, sequence: Sequence) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&sequence.number.to_be_bytes());
        bytes[8..].copy_from_slice(&sequence.recorded_at.micros().to_be_bytes());
        self.put(|opened| &opened.meta, SEQUENCE, bytes);
    }

    pub fn id(&mut self, id: u128, content: u128) {
        self.intake.sieve.adder()(id);
        self.put(|opened| &opened.ids, id.to_be_bytes(), content.to_be_bytes());
    }

    /// The ids of a change whose last row has this number, all in one entry.
    pub fn fresh(&mut self, number: u64, ids: impl Iterator<Item = (u128, u128)>) {
        self.put(|opened| &opened.fresh, number.to_be_bytes(), fresh::pack(ids));
    }

    pub fn free(&mut self, id: u128) {
        self.remove(|opened| &opened.ids, id.to_be_bytes());
    }

    pub fn held(&mut self, row: &HeldRow) {
        self.put(|opened| &opened.held, held_key(row.number), encode_held(row));
        self.put(|opened| &opened.held, listed_key(row), []);
    }

    pub fn drop_held(&mut self, row: &HeldRow) {
        self.remove(|opened| &opened.held, held_key(row.number));
        self.remove(|opened| &opened.held, listed_key(row));
    }

    pub fn held_count(&mut self, source: &SourceName, count: u64) {
        let key = [HELD_COUNT, source.as_str().as_bytes()].concat();
        self.put(|opened| &opened.meta, key, count.to_be_bytes());
    }

    pub fn note(&mut self, key: &[u8], value: &[u8]) {
        self.put(|opened| &opened.notes, key, value);
    }

    pub fn facts(&mut self, run: &Packed) {
        self.put(|opened| &opened.log, run.first_number.to_be_bytes(), run.bytes().clone());
    }

    pub fn identity(&mut self, stored: &StoredIdentity) {
        self.put(|opened| &opened.log, stored.number.to_be_bytes(), encode_identity(stored));
    }

    pub fn drop_row(&mut self, number: u64) {
        self.remove(|opened| &opened.log, number.to_be_bytes());
    }

    /// Remembers that a file left the lake at a moment, so that it is kept for a while.
    pub fn retire(&mut self, file: &str, at: Instant) {
        self.put(|opened| &opened.meta, [RETIRED, file.as_bytes()].concat(), at.micros().to_be_bytes());
    }

    pub fn forget_retired(&mut self, file: &str) {
        self.remove(|opened| &opened.meta, [RETIRED, file.as_bytes()].concat());
    }

    pub fn pending(&mut self, pending: &PendingLoad) -> Result<(), Error> {
        let bytes = serde_json::to_vec(pending);
        let bytes =
            bytes.map_err(|source| Error::because(Sort::Invalid, "the pending load cannot be written", source))?;
        self.put(|opened| &opened.meta, PENDING, bytes);
        Ok(())
    }

    pub fn settle(&mut self) {
        self.remove(|opened| &opened.meta, PENDING);
    }

    pub fn is_empty(&self) -> bool {
        !self.changed
    }

    /// Makes the changes lasting: when this returns they survive a loss of power.
    pub fn commit(self) -> Result<(), Error> {
        self.commit_with(PersistMode::SyncAll)
    }

    /// Writes changes that may be lost with the power: what they drop is dropped again.
    pub fn commit_unsynced(self) -> Result<(), Error> {
        self.commit_with(PersistMode::Buffer)
    }

    fn commit_with(self, mode: PersistMode) -> Result<(), Error> {
        if !self.changed {
            return Ok(());
        }
        let written = self.batch.durability(Some(mode)).commit();
        written.map_err(|source| {
            self.intake.is_broken.store(true, Ordering::SeqCst);
            refused("be written")(source)
        })
    }
}
