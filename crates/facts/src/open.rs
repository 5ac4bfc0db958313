//! Opening a data folder: its lock, its zone, and finishing what an earlier process had begun.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, RwLock};

use vocab::{Instant, Zone};

use crate::compact::TidyLock;
use crate::encode::Record;
use crate::error::{Error, Sort};
use crate::folder::{DISK_RESERVE, Facts, Options, StopPoint};
use crate::intake::Intake;
use crate::lake::{Lake, OF_IDENTITIES};
use crate::room::Room;
use crate::scores::ScoreTable;
use crate::state::State;
use crate::table::Engine;
use crate::writer::Writer;

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
        let mut change = intake.change()?;
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
    let mut change = intake.change()?;
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
        let intake = Intake::open(&dir.join("intake"), options.cache_bytes)?;
        let engine = Arc::new(Engine::start()?);
        let sequence = intake.sequence()?;
        let folder = folder_id(&intake, dir)?;
        let mut lake = Lake::open(engine.clone(), &dir.join("lake"), &folder)?;
        let names = lake.fact_names()?;
        if sequence.number == 0 && !names.is_empty() {
            let message =
                format!("{} has a lake but its intake log is gone or empty: restore the whole folder", dir.display());
            return Err(Error::damaged(message));
        }
        let zone = settle_zone(&intake, options.zone, sequence.number == 0)?;
        roll_forward(&intake, &mut lake)?;
        let kept = settle_retired(&intake, &names, &lake.identity_names()?)?;
        lake.remove_orphans(&kept)?;
        let state = read_state(&intake, &mut lake, sequence.number)?;
        let writer = Writer::new(sequence, &state);
        let scores = ScoreTable::open(engine, &dir.join("lake").join("scores"))?;
        Ok(Facts {
            zone,
            intake,
            room: Room::of(dir, options.disk_reserve.unwrap_or(DISK_RESERVE)),
            queue: Mutex::default(),
            waiting_bytes: AtomicUsize::new(0),
            changes: AtomicU64::new(0),
            writer: Mutex::new(writer),
            lake: Mutex::new(lake),
            state: RwLock::new(Arc::new(state)),
            scores,
            tidy: TidyLock::default(),
            stop_at: AtomicU8::new(StopPoint::Nowhere as u8),
            _lock: lock,
        })
    }
}

/// The files that left the lake and are kept a while longer; what only was about to leave it is no longer listed.
fn settle_retired(
    intake: &Intake,
    facts: &[String],
    identities: &[String],
) -> Result<BTreeMap<String, Instant>, Error> {
    let is_there = |listed: &str| match listed.strip_prefix(OF_IDENTITIES) {
        Some(name) => identities.iter().any(|own| own == name),
        None => facts.binary_search_by(|own| own.as_str().cmp(listed)).is_ok(),
    };
    let (stayed, left): (BTreeMap<_, _>, BTreeMap<_, _>) =
        intake.retired()?.into_iter().partition(|(listed, _)| is_there(listed));
    let mut change = intake.change()?;
    stayed.keys().for_each(|listed| change.forget_retired(listed));
    change.commit()?;
    Ok(left)
}

/// Finishes the load that an earlier process had acknowledged.
fn roll_forward(intake: &Intake, lake: &mut Lake) -> Result<(), Error> {
    if let Some(pending) = intake.pending()? {
        intake.take_in(&pending)?;
        lake.commit_pending(&pending)?;
        let mut change = intake.change()?;
        change.settle();
        change.commit()?;
    }
    intake.clear_aside()
}

/// Everything that is in the folder: the lake's files, the log's rows that the lake has not, the identity rows.
pub(crate) fn read_state(intake: &Intake, lake: &mut Lake, sequence: u64) -> Result<State, Error> {
    let (facts_to, identities_to) = lake.drained()?;
    let settled = lake.identities()?;
    let (mut facts, mut identities) = (Vec::new(), Vec::new());
    let mut change = intake.change()?;
    for record in intake.rows()? {
        match record {
            Record::Facts(run) if run.first_number <= facts_to => change.drop_row(run.first_number),
            Record::Identity(stored) if stored.number <= identities_to => change.drop_row(stored.number),
            Record::Facts(run) => facts.push(run),
            Record::Identity(stored) => identities.push(stored),
        }
    }
    change.commit()?;
    let files = lake.fact_files(lake.fact_names()?.into_iter());
    Ok(State::new(sequence, files, facts, settled, identities))
}
