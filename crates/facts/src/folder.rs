//! An open data folder: the one place where facts are added, and from which views are taken.
//!
//! The live path acknowledges through the intake log, the bulk path through files that are already written; both make
//! one atomic, synced change of the intake that also remembers the ids, so that nothing is lost and nothing doubled
//! wherever the process stops. Working out what facts mean is not done here: see `view` and the rooms after it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use vocab::{AsOf, Horizon, Instant, MessageId, SourceName, Zone};

use crate::batch::{DrainReport, FactBatch, Fate, Report, SourceSummary};
use crate::encode::{Record, StoredIdentity, content_hash, id_hash};
use crate::error::{Error, Sort};
use crate::fact::{Fact, Identity, IdentityRole, StoredFact};
use crate::intake::{Change, Intake, PendingLoad, Sequence};
use crate::lake::{Digest, FactFile, read_identities, write_facts, write_identities};
use crate::scores::ScoreTable;
use crate::state::State;
use crate::table::{Engine, Table, fact_columns, identity_columns};
use crate::view::{Cut, FactView, Hindsight};

/// How to open a data folder.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The firm's zone; `None` takes the folder's own, Asia/Shanghai in a new one. Another zone than the folder's is
    /// refused once the folder holds facts.
    pub zone: Option<Zone>,
}

/// A place where a process may stop, for tests that stop there.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum StopPoint {
    /// Nowhere.
    Nowhere = 0,
    /// The files of a load are written, nobody knows of them.
    LoadWritten = 1,
    /// The load is acknowledged, the lake knows nothing.
    LoadAcknowledged = 2,
    /// The lake has the load, the intake still thinks it pending.
    LoadCommitted = 3,
    /// The files of a drain are written, nobody knows of them.
    DrainWritten = 4,
    /// The lake has the facts of the drain, not the identity rows; the log still has both.
    DrainHalfCommitted = 5,
    /// The lake has all of the drain, the log still has its rows.
    DrainCommitted = 6,
}

/// An open data folder: the append-only record of what happened and when we could know it.
///
/// One process holds a folder at a time. Share it in an `Arc`; every method takes `&self`, blocks, and may be called
/// from any thread.
///
/// # Edges
/// * A kill or a loss of power at any point loses nothing that was acknowledged and doubles nothing.
/// * After [`Error::is_stopped`] the handle answers no more writes: drop it and open the folder again.
pub struct Facts {
    zone: Zone,
    intake: Intake,
    engine: Arc<Engine>,
    application: Applications,
    queue: Mutex<Vec<Waiting>>,
    writer: Mutex<Writer>,
    lake: Mutex<Lake>,
    state: RwLock<Arc<State>>,
    scores: ScoreTable,
    stop_at: AtomicU8,
    /// Held as long as the folder is open.
    _lock: File,
}

/// Names under which the folder commits to the lake.
struct Applications {
    load: String,
    drain: String,
}

/// A batch that waits for the next synced change, and where its answer goes.
struct Waiting {
    batch: FactBatch,
    now: Instant,
    answer: Arc<Mutex<Option<Result<Report, Error>>>>,
}

/// What only one thread at a time may have: the sequencer and the identity rows that were seen.
struct Writer {
    sequence: Sequence,
    said: HashSet<Identity>,
    standing: HashMap<String, (i64, String)>,
    members: BTreeSet<(String, String)>,
}

struct Lake {
    facts: Table,
    identities: Table,
}

/// A batch with its numbers, ready to be written.
#[derive(Default)]
struct Prepared {
    report: Report,
    facts: Vec<StoredFact>,
    ids: Vec<(u128, u128)>,
    identities: Vec<StoredIdentity>,
    notes: Vec<(Vec<u8>, Vec<u8>)>,
}

fn stopped<T>(_: T) -> Error {
    Error::new(Sort::Stopped, "an earlier write was broken off; the folder must be opened again")
}

fn take_lock(dir: &Path) -> Result<File, Error> {
    std::fs::create_dir_all(dir).map_err(|source| Error::io("make", dir, source))?;
    let path = dir.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|source| Error::io("open", &path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Error::new(Sort::Locked, format!("another process holds the data folder {}", dir.display())))
        }
        Err(TryLockError::Error(source)) => Err(Error::io("lock", &path, source)),
    }
}

/// The folder's zone: its own, else the wanted one, else the default; a wanted one may replace it while it is empty.
fn settle_zone(intake: &Intake, wanted: Option<Zone>, is_empty: bool) -> Result<Zone, Error> {
    let own = intake.meta("zone")?;
    let named = |name: &str| {
        Zone::named(name).map_err(|_| Error::damaged(format!("the folder's zone {name:?} is unknown here")))
    };
    let zone = match (&own, wanted) {
        (Some(own), Some(wanted)) if wanted.name() != own && !is_empty => {
            let message = format!("the folder holds facts in the zone {own}; it cannot be opened in {}", wanted.name());
            return Err(Error::invalid(message));
        }
        (Some(own), None) => named(own)?,
        (_, Some(wanted)) => wanted,
        (None, None) => Zone::default(),
    };
    if own.as_deref() != Some(zone.name()) {
        let mut change = intake.change();
        change.meta("zone", zone.name());
        change.commit()?;
    }
    Ok(zone)
}

/// A name that no other folder has: the lake's commits carry it, so that a copied lake is not taken for one's own.
fn folder_id(intake: &Intake, dir: &Path) -> Result<String, Error> {
    if let Some(id) = intake.meta("folder")? {
        return Ok(id);
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(dir.as_os_str().as_encoded_bytes());
    hasher.update(&std::process::id().to_le_bytes());
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    hasher.update(&since.as_nanos().to_le_bytes());
    let id = hasher.finalize().to_hex()[..16].to_owned();
    let mut change = intake.change();
    change.meta("folder", &id);
    change.commit()?;
    Ok(id)
}

impl Facts {
    /// Opens the data folder, makes it if there is none, and takes its lock for as long as it stays open.
    ///
    /// What an earlier process had acknowledged but not finished is finished here; what it had begun and not
    /// acknowledged is removed.
    pub fn open(dir: &Path, options: Options) -> Result<Facts, Error> {
        let lock = take_lock(dir)?;
        let intake = Intake::open(&dir.join("intake"))?;
        let engine = Arc::new(Engine::start()?);
        let sequence = intake.sequence()?;
        let folder = folder_id(&intake, dir)?;
        let application = Applications { load: format!("liuke/{folder}/load"), drain: format!("liuke/{folder}/drain") };
        let lake = dir.join("lake");
        let mut lake = Lake {
            facts: Table::open(&engine, &lake.join("facts"), fact_columns()?, "what happened to customers")?,
            identities: Table::open(
                &engine,
                &lake.join("identity"),
                identity_columns(),
                "which key leads to which customer",
            )?,
        };
        let names = lake.facts.files()?;
        if sequence.number == 0 && !names.is_empty() {
            let message =
                format!("{} has a lake but its intake log is gone or empty: restore the whole folder", dir.display());
            return Err(Error::damaged(message));
        }
        let zone = settle_zone(&intake, options.zone, sequence.number == 0)?;
        roll_forward(&engine, &intake, &application, &mut lake)?;
        for table in [&lake.facts, &lake.identities] {
            let removed = table.remove_orphans()?;
            if removed > 0 {
                tracing::info!(removed, folder = %table.folder().display(), "removed files that were never committed");
            }
        }
        let state = read_state(&engine, &intake, &application, &lake, sequence.number)?;
        let writer = Writer::new(sequence, &state);
        let scores = ScoreTable::open(engine.clone(), &dir.join("lake").join("scores"))?;
        Ok(Facts {
            zone,
            intake,
            engine,
            application,
            queue: Mutex::default(),
            writer: Mutex::new(writer),
            lake: Mutex::new(lake),
            state: RwLock::new(Arc::new(state)),
            scores,
            stop_at: AtomicU8::new(StopPoint::Nowhere as u8),
            _lock: lock,
        })
    }

    /// The firm's zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Makes the next writing stop at a point as if the process had been killed there; tests only.
    #[doc(hidden)]
    pub fn stop_at(&self, point: StopPoint) {
        self.stop_at.store(point as u8, Ordering::SeqCst);
    }

    fn pass(&self, point: StopPoint) -> Result<(), Error> {
        match self.stop_at.load(Ordering::SeqCst) == point as u8 {
            true => Err(Error::new(Sort::Stopped, "stopped for a test")),
            false => Ok(()),
        }
    }

    pub(crate) fn state(&self) -> Arc<State> {
        // A panic cannot leave the state half-changed: it is replaced as a whole.
        Arc::clone(&self.state.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn publish(&self, change: impl FnOnce(&State) -> State) {
        let mut state = self.state.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        *state = Arc::new(change(&state));
    }

    /// Appends what has just happened: on disk when this returns, in every later view at once.
    ///
    /// `known_at` of a fact that has none is the moment of recording. Callers on several threads share one sync.
    ///
    /// # Edges
    /// A batch in which one fact has no message id or a value beyond ±9.2e12 is refused as a whole
    /// ([`Error::is_invalid`]).
    pub fn append(&self, batch: FactBatch, now: Instant) -> Result<Report, Error> {
        check(&batch)?;
        let answer = Arc::new(Mutex::new(None));
        let waiting = Waiting { batch, now, answer: answer.clone() };
        self.queue.lock().map_err(stopped)?.push(waiting);
        let mut writer = self.writer.lock().map_err(stopped)?;
        let given = answer.lock().map_err(stopped)?.take();
        if let Some(given) = given {
            return given;
        }
        // Nobody has taken it along: write everything that waits, this batch among it.
        let waiting = std::mem::take(&mut *self.queue.lock().map_err(stopped)?);
        self.write_together(&mut writer, waiting);
        drop(writer);
        let given = answer.lock().map_err(stopped)?.take();
        given.unwrap_or_else(|| Err(stopped(())))
    }

    /// One synced change for every batch that waits.
    fn write_together(&self, writer: &mut Writer, waiting: Vec<Waiting>) {
        let before = writer.sequence;
        let mut change = self.intake.change();
        let mut taken = HashMap::new();
        let mut facts = Vec::new();
        let mut identities = Vec::new();
        let mut answers = Vec::new();
        for one in waiting {
            let prepared = self.prepare(writer, &mut taken, one.batch, one.now).map(|prepared| {
                self.enlist(&mut change, &prepared);
                prepared.facts.iter().for_each(|stored| change.fact(stored));
                facts.extend(prepared.facts);
                identities.extend(prepared.identities);
                prepared.report
            });
            answers.push((one.answer, prepared));
        }
        if !change.is_empty() {
            change.sequence(writer.sequence);
        }
        let written = change.commit();
        match &written {
            Ok(()) => {
                let sequence = writer.sequence.number;
                self.publish(|state| state.with_live(sequence, facts, identities));
            }
            Err(_) => *writer = Writer::new(before, &self.state()),
        }
        for (answer, prepared) in answers {
            let given = match &written {
                Ok(()) => prepared,
                Err(error) => Err(error.clone()),
            };
            *answer.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(given);
        }
    }

    /// What goes into the intake whichever way the facts themselves go.
    fn enlist(&self, change: &mut Change<'_>, prepared: &Prepared) {
        prepared.ids.iter().for_each(|(id, content)| change.id(*id, *content));
        prepared.identities.iter().for_each(|stored| change.identity(stored));
        prepared.notes.iter().for_each(|(key, value)| change.note(key, value));
    }

    /// Decides each fact's fate and numbers those that are new.
    fn prepare(
        &self,
        writer: &mut Writer,
        taken: &mut HashMap<u128, u128>,
        batch: FactBatch,
        now: Instant,
    ) -> Result<Prepared, Error> {
        let mut prepared = Prepared { notes: batch.notes, ..Prepared::default() };
        let mut fates = Vec::with_capacity(batch.facts.len());
        let mut mine = HashMap::new();
        for fact in &batch.facts {
            let id = id_hash(fact.source.as_str(), fact.message_id.as_str());
            let content = content_hash(fact);
            let known = match mine.get(&id).or_else(|| taken.get(&id)) {
                Some(content) => Some(*content),
                None => self.intake.content_of(id)?,
            };
            let fate = match known {
                None => Fate::Appended,
                Some(known) if known == content => Fate::Duplicate,
                Some(_) => Fate::Conflict,
            };
            if fate == Fate::Appended {
                mine.insert(id, content);
                prepared.ids.push((id, content));
            }
            fates.push(fate);
        }
        taken.extend(mine);
        let recorded_at = writer.sequence.tick(now);
        for (mut fact, fate) in batch.facts.into_iter().zip(fates) {
            prepared.report.count(fate);
            if fate == Fate::Appended {
                let known_at = *fact.known_at.get_or_insert(recorded_at);
                let speaks_of_another = fact.supersedes.is_some() || fact.retracts.is_some();
                let moment = if speaks_of_another { known_at } else { known_at.max(fact.occurred_at) };
                prepared.report.changed_from(moment);
                prepared.facts.push(StoredFact { number: writer.sequence.next(), recorded_at, fact });
            }
        }
        for identity in batch.identities {
            if let Some(stored) = writer.hear(identity, recorded_at) {
                prepared.report.changed_from(stored.known_at());
                prepared.identities.push(stored);
            }
        }
        Ok(prepared)
    }

    /// Loads a batch of history: one sorted file per month, one commit.
    ///
    /// Meant for up to about 250,000 facts a call; call it repeatedly for more. Identity rows and notes go with it.
    ///
    /// # Edges
    /// Refuses what [`Facts::append`] refuses. When it fails after the facts were acknowledged (the disk is full just
    /// before the commit), they are in no view until the next `load`, `drain` or `open` finishes the work; calling it
    /// again with the same batch does.
    pub fn load(&self, batch: FactBatch, now: Instant) -> Result<Report, Error> {
        check(&batch)?;
        let mut lake = self.lake.lock().map_err(stopped)?;
        self.finish_pending(&mut lake)?;
        let mut writer = self.writer.lock().map_err(stopped)?;
        let before = writer.sequence;
        let prepared = self.prepare(&mut writer, &mut HashMap::new(), batch, now)?;
        match self.load_prepared(&mut lake, writer.sequence, &prepared) {
            Ok(files) => {
                self.publish(|state| {
                    state.with_files(files).with_live(writer.sequence.number, Vec::new(), prepared.identities)
                });
                Ok(prepared.report)
            }
            Err(error) => {
                // What became lasting of it is told by the intake alone.
                let sequence = self.intake.sequence()?;
                if sequence != before {
                    self.publish(|state| state.with_live(sequence.number, Vec::new(), prepared.identities));
                }
                *writer = Writer::new(sequence, &self.state());
                Err(error)
            }
        }
    }

    /// Writes the files, acknowledges, commits; gives the files that may now be shown.
    fn load_prepared(
        &self,
        lake: &mut Lake,
        sequence: Sequence,
        prepared: &Prepared,
    ) -> Result<Vec<Arc<FactFile>>, Error> {
        let mut change = self.intake.change();
        self.enlist(&mut change, prepared);
        if change.is_empty() {
            return Ok(Vec::new());
        }
        change.sequence(sequence);
        let rows: Vec<&StoredFact> = prepared.facts.iter().collect();
        let pending =
            PendingLoad { version: sequence.number as i64, files: write_facts(lake.facts.folder(), "load", &rows)? };
        self.pass(StopPoint::LoadWritten)?;
        if pending.files.is_empty() {
            change.commit()?;
            return Ok(Vec::new());
        }
        change.pending(&pending)?;
        change.commit()?;
        self.pass(StopPoint::LoadAcknowledged)?;
        commit_pending(&self.engine, &self.application, lake, &pending)?;
        self.pass(StopPoint::LoadCommitted)?;
        let mut change = self.intake.change();
        change.settle();
        change.commit()?;
        Ok(fact_files(lake, pending.files.iter().map(|file| file.name.clone())))
    }

    /// Finishes a load that failed after it was acknowledged, and shows its files.
    fn finish_pending(&self, lake: &mut Lake) -> Result<(), Error> {
        let Some(pending) = self.intake.pending()? else { return Ok(()) };
        commit_pending(&self.engine, &self.application, lake, &pending)?;
        let mut writer = self.writer.lock().map_err(stopped)?;
        writer.sequence.next();
        let mut change = self.intake.change();
        change.settle();
        change.sequence(writer.sequence);
        change.commit()?;
        let files = fact_files(lake, pending.files.iter().map(|file| file.name.clone()));
        let sequence = writer.sequence.number;
        self.publish(|state| state.with_files(files).with_live(sequence, Vec::new(), Vec::new()));
        Ok(())
    }

    /// Moves what the intake log holds to the lake. Called by a timer and at stop; with nothing to move it does nothing.
    pub fn drain(&self) -> Result<DrainReport, Error> {
        let mut lake = self.lake.lock().map_err(stopped)?;
        self.finish_pending(&mut lake)?;
        self.show_committed(&lake)?;
        let state = self.state();
        let facts: Vec<&StoredFact> = state.live_facts().collect();
        let identities: Vec<&StoredIdentity> = state.live_identities().iter().collect();
        let numbers = facts.iter().map(|stored| stored.number).chain(identities.iter().map(|stored| stored.number));
        let Some(last) = numbers.max() else {
            return Ok(DrainReport { last_number: state.sequence(), ..DrainReport::default() });
        };
        let files = write_facts(lake.facts.folder(), "live", &facts)?;
        let identity_files = write_identities(lake.identities.folder(), &identities)?;
        self.pass(StopPoint::DrainWritten)?;
        let transaction = Some((self.application.drain.as_str(), last as i64));
        if !files.is_empty() {
            lake.facts.commit(&self.engine, &files, transaction)?;
            let shown = fact_files(&lake, files.into_iter().map(|file| file.name));
            self.publish(|state| state.with_files(shown).without_live_facts(last));
        }
        self.pass(StopPoint::DrainHalfCommitted)?;
        if !identity_files.is_empty() {
            lake.identities.commit(&self.engine, &identity_files, transaction)?;
            self.publish(|state| state.without_live_identities(last));
        }
        self.pass(StopPoint::DrainCommitted)?;
        let mut change = self.intake.change();
        facts.iter().for_each(|stored| change.drop_row(stored.number));
        identities.iter().for_each(|stored| change.drop_row(stored.number));
        change.commit()?;
        Ok(DrainReport { facts: facts.len() as u64, identities: identities.len() as u64, last_number: last })
    }

    /// Shows what an earlier drain committed before it failed: Delta itself does not refuse a version it has seen.
    fn show_committed(&self, lake: &Lake) -> Result<(), Error> {
        let (facts_to, identities_to) = drained(&self.engine, &self.application, lake)?;
        let state = self.state();
        if state.live_facts().next().is_some_and(|stored| stored.number <= facts_to) {
            let names = lake.facts.files()?;
            let new = names.into_iter().filter(|name| state.files().iter().all(|file| file.name != *name));
            let files = fact_files(lake, new);
            self.publish(|state| state.with_files(files).without_live_facts(facts_to));
        }
        if state.live_identities().first().is_some_and(|stored| stored.number <= identities_to) {
            self.publish(|state| state.without_live_identities(identities_to));
        }
        Ok(())
    }

    /// Whether each of these ids of a source is taken.
    pub fn contains(&self, source: &SourceName, ids: &[MessageId]) -> Result<Vec<bool>, Error> {
        let taken = |id: &MessageId| Ok(self.intake.content_of(id_hash(source.as_str(), id.as_str()))?.is_some());
        ids.iter().map(taken).collect()
    }

    /// What the front door noted under a key, as last written with a batch.
    pub fn note(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        self.intake.note(key)
    }

    /// What could be known before `t` of what had happened before `t`.
    pub fn as_of(&self, t: AsOf) -> FactView {
        FactView::new(self.state(), self.zone.clone(), t, Cut::as_of(t))
    }

    /// What this record said before `t`: like [`Facts::as_of`], of the rows written before `t`. Once `t` has passed
    /// this view never changes.
    pub fn as_recorded(&self, t: AsOf) -> FactView {
        FactView::new(self.state(), self.zone.clone(), t, Cut::as_recorded(t))
    }

    /// What happened in `[t, t + h)`, as known today: the only window into what was future at `t`.
    ///
    /// # Edges
    /// `Err` if `t + h` is not before the last fact was recorded is *not* checked here: whether enough time has passed
    /// is the asker's question.
    pub fn after(&self, t: AsOf, horizon: Horizon) -> Result<Hindsight, Error> {
        if horizon.days == 0 {
            return Err(Error::invalid("a horizon has at least one day"));
        }
        Ok(Hindsight::new(self.state(), self.zone.clone(), t, horizon))
    }

    /// Grows with everything that is added: a key for caches.
    pub fn sequence(&self) -> u64 {
        self.state().sequence()
    }

    /// What each source has delivered so far, by name.
    pub fn sources(&self) -> Result<Vec<SourceSummary>, Error> {
        let state = self.state();
        let mut total = Digest::default();
        for file in state.files() {
            total.add_sources(file.digest()?);
        }
        total.add_sources(&state.live_digest(Instant::MAX));
        Ok(total.sources.into_values().collect())
    }

    pub(crate) fn score_table(&self) -> &ScoreTable {
        &self.scores
    }
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facts")
            .field("zone", &self.zone.name())
            .field("sequence", &self.sequence())
            .finish_non_exhaustive()
    }
}

/// Refuses what can never be recorded.
fn check(batch: &FactBatch) -> Result<(), Error> {
    for fact in &batch.facts {
        check_fact(fact)?;
    }
    match batch.notes.iter().any(|(key, _)| key.is_empty()) {
        true => Err(Error::invalid("a note has an empty key")),
        false => Ok(()),
    }
}

fn check_fact(fact: &Fact) -> Result<(), Error> {
    if fact.message_id.as_str().is_empty() {
        return Err(Error::invalid(format!("a fact {:?} of the source {} has no message id", fact.name, fact.source)));
    }
    let fits = |millionths: i128| millionths.unsigned_abs() < i64::MAX as u128;
    match fact.value {
        Some(value) if !fits(value.millionths()) => {
            Err(Error::invalid(format!("the value of {} is beyond what is kept: {value}", fact.message_id)))
        }
        _ => Ok(()),
    }
}

impl Writer {
    fn new(sequence: Sequence, state: &State) -> Writer {
        let mut writer = Writer { sequence, said: HashSet::new(), standing: HashMap::new(), members: BTreeSet::new() };
        state.identities().for_each(|stored| writer.note(&stored.identity));
        writer
    }

    fn note(&mut self, identity: &Identity) {
        let known_at = identity.known_at.unwrap_or(Instant::MIN).micros();
        let customer = identity.customer_id.as_str().to_owned();
        match identity.role {
            IdentityRole::MemberOf => {
                self.members.insert((identity.key.clone(), customer));
            }
            IdentityRole::SameAs => {
                let standing = self.standing.entry(identity.key.clone()).or_insert((known_at, customer.clone()));
                *standing = standing.clone().max((known_at, customer));
            }
        }
        self.said.insert(identity.clone());
    }

    /// Takes an identity row that says something new; `None` for one that does not.
    fn hear(&mut self, mut identity: Identity, recorded_at: Instant) -> Option<StoredIdentity> {
        if identity.known_at.is_none() {
            let customer = identity.customer_id.as_str();
            let stands = match identity.role {
                IdentityRole::MemberOf => self.members.contains(&(identity.key.clone(), customer.to_owned())),
                IdentityRole::SameAs => {
                    self.standing.get(&identity.key).is_some_and(|(_, standing)| standing == customer)
                }
            };
            if stands {
                return None;
            }
            identity.known_at = Some(recorded_at);
        } else if self.said.contains(&identity) {
            return None;
        }
        self.note(&identity);
        Some(StoredIdentity { number: self.sequence.next(), recorded_at, identity })
    }
}

fn commit_pending(
    engine: &Engine,
    application: &Applications,
    lake: &mut Lake,
    pending: &PendingLoad,
) -> Result<(), Error> {
    let committed = lake.facts.transaction(engine, &application.load)?;
    match committed.is_some_and(|version| version >= pending.version) {
        true => Ok(()),
        false => lake.facts.commit(engine, &pending.files, Some((&application.load, pending.version))),
    }
}

fn fact_files(lake: &Lake, names: impl Iterator<Item = String>) -> Vec<Arc<FactFile>> {
    names.map(|name| Arc::new(FactFile::new(lake.facts.folder(), name))).collect()
}

/// Numbers up to which the lake has the log's facts and identity rows.
fn drained(engine: &Engine, application: &Applications, lake: &Lake) -> Result<(u64, u64), Error> {
    let last = |table: &Table| {
        Ok::<u64, Error>(table.transaction(engine, &application.drain)?.map_or(0, |version| version as u64))
    };
    Ok((last(&lake.facts)?, last(&lake.identities)?))
}

/// Finishes the load that an earlier process had acknowledged.
fn roll_forward(engine: &Engine, intake: &Intake, application: &Applications, lake: &mut Lake) -> Result<(), Error> {
    let Some(pending) = intake.pending()? else { return Ok(()) };
    commit_pending(engine, application, lake, &pending)?;
    let mut change = intake.change();
    change.settle();
    change.commit()
}

/// Everything that is in the folder: the lake's files, the log's rows that the lake has not, the identity rows.
fn read_state(
    engine: &Engine,
    intake: &Intake,
    application: &Applications,
    lake: &Lake,
    sequence: u64,
) -> Result<State, Error> {
    let (facts_to, identities_to) = drained(engine, application, lake)?;
    let mut settled = Vec::new();
    for name in lake.identities.files()? {
        settled.extend(read_identities(lake.identities.folder(), &name)?);
    }
    let (mut facts, mut identities) = (Vec::new(), Vec::new());
    let mut change = intake.change();
    for record in intake.rows()? {
        match record {
            Record::Fact(stored) if stored.number <= facts_to => change.drop_row(stored.number),
            Record::Identity(stored) if stored.number <= identities_to => change.drop_row(stored.number),
            Record::Fact(stored) => facts.push(stored),
            Record::Identity(stored) => identities.push(stored),
        }
    }
    change.commit()?;
    let files = fact_files(lake, lake.facts.files()?.into_iter());
    Ok(State::new(sequence, files, facts, settled, identities))
}
