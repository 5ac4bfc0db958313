//! What a view is taken from: the lake's files and the rows that are not there yet, replaced together and never changed.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use vocab::Instant;

use crate::build::Override;
use crate::digest::Digest;
use crate::fact::{Identity, StoredIdentity};
use crate::keys::Keys;
use crate::lake::FactFile;
use crate::lately::{Bounds, Lately};
use crate::packed::{Packed, PackedRow};

/// Runs of live facts are kept in pieces that double, so that adding one copies pointers and little else.
type Piece = Arc<Vec<Arc<Packed>>>;

/// How much is kept of customers who were lately asked about.
const LATELY: Bounds = Bounds { customers: 64, bytes: 32 << 20, bytes_of_one: 8 << 20 };

/// Everything that is recorded, at one moment of this process.
#[derive(Clone, Debug)]
pub(crate) struct State {
    sequence: u64,
    files: Arc<Vec<Arc<FactFile>>>,
    live: Vec<Piece>,
    /// The memory that they take.
    live_size: usize,
    settled_identities: Arc<Vec<StoredIdentity>>,
    live_identities: Arc<Vec<StoredIdentity>>,
    /// First and last number of the facts of a load that is under way, or broke off after it was acknowledged: given out
    /// already, and not to be seen before it is done.
    awaited: Option<(u64, u64)>,
    /// Where keys lead by everything that is known, once somebody has asked; begun anew with every identity row.
    keys: Arc<OnceLock<Arc<Keys>>>,
    lately: Arc<Lately<FactFile>>,
}

impl State {
    pub fn new(
        sequence: u64,
        files: Vec<Arc<FactFile>>,
        live: Vec<Packed>,
        settled: Vec<StoredIdentity>,
        identities: Vec<StoredIdentity>,
    ) -> State {
        let live = match live.is_empty() {
            true => Vec::new(),
            false => vec![Arc::new(live.into_iter().map(Arc::new).collect())],
        };
        State {
            sequence,
            files: Arc::new(files),
            live_size: 0,
            live,
            settled_identities: Arc::new(settled),
            live_identities: Arc::new(identities),
            awaited: None,
            keys: Arc::default(),
            lately: Arc::new(Lately::new(LATELY)),
        }
        .counted()
    }

    fn counted(mut self) -> State {
        self.live_size = self.live_runs().map(|run| run.size()).sum();
        self
    }

    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    pub fn files(&self) -> &[Arc<FactFile>] {
        &self.files
    }

    /// What was lately read of single customers in these files.
    pub fn lately(&self) -> &Lately<FactFile> {
        &self.lately
    }

    /// Facts that are not in the lake yet, in runs and in order of arrival.
    pub fn live_runs(&self) -> impl Iterator<Item = &Arc<Packed>> {
        self.live.iter().flat_map(|piece| piece.iter())
    }

    /// Facts that are not in the lake yet, in order of arrival.
    pub fn live_facts(&self) -> impl Iterator<Item = PackedRow<'_>> {
        self.live_runs().flat_map(|run| run.rows())
    }

    /// How much memory they take.
    pub fn live_size(&self) -> usize {
        self.live_size
    }

    pub fn live_identities(&self) -> &[StoredIdentity] {
        &self.live_identities
    }

    /// Every identity row.
    pub fn identities(&self) -> impl Iterator<Item = &StoredIdentity> {
        self.settled_identities.iter().chain(self.live_identities.iter())
    }

    /// The identity rows written before a moment.
    pub fn identities_before(&self, recorded_before: Instant) -> impl Iterator<Item = &Identity> {
        self.identities().filter(move |stored| stored.recorded_at < recorded_before).map(|stored| &stored.identity)
    }

    pub fn with_live(&self, sequence: u64, runs: Vec<Packed>, identities: Vec<StoredIdentity>) -> State {
        let mut next = self.clone();
        next.sequence = sequence.max(self.sequence);
        if !runs.is_empty() {
            next.live_size += runs.iter().map(Packed::size).sum::<usize>();
            let mut piece: Vec<Arc<Packed>> = runs.into_iter().map(Arc::new).collect();
            while next.live.last().is_some_and(|last| last.len() <= piece.len()) {
                let last = next.live.pop().unwrap_or_default();
                piece = last.iter().cloned().chain(piece).collect();
            }
            next.live.push(Arc::new(piece));
        }
        if !identities.is_empty() {
            next.live_identities = Arc::new(self.live_identities.iter().cloned().chain(identities).collect());
            next.keys = Arc::default();
        }
        next
    }

    /// Where keys lead by everything that is known.
    pub fn keys(&self) -> Arc<Keys> {
        let rows = || self.identities_before(Instant::MAX);
        Arc::clone(self.keys.get_or_init(|| Arc::new(Keys::new(rows(), Instant::MAX))))
    }

    pub fn with_files(&self, files: Vec<Arc<FactFile>>) -> State {
        let mut next = self.clone();
        if !files.is_empty() {
            next.files = Arc::new(self.files.iter().cloned().chain(files).collect());
        }
        next
    }

    /// The same with the very files of another state where they are the same, so that what is remembered of them stays;
    /// and awaiting what that one awaits.
    pub fn with_files_of(&self, other: &State) -> State {
        State { files: other.with_exactly(self.files.to_vec()).files, awaited: other.awaited, ..self.clone() }
    }

    /// Knowing that facts of these numbers, the first and the last, will come later than those numbered after them.
    pub fn awaiting(&self, numbers: (u64, u64)) -> State {
        State { awaited: Some(numbers), ..self.clone() }
    }

    /// Awaiting nothing any more.
    pub fn arrived(&self) -> State {
        State { awaited: None, ..self.clone() }
    }

    /// Numbers of facts that are still to come: the first and the last.
    pub fn awaited(&self) -> Option<(u64, u64)> {
        self.awaited
    }

    /// With exactly these files; those that are there already stay as they are.
    pub fn with_exactly(&self, files: Vec<Arc<FactFile>>) -> State {
        let known: HashMap<&str, &Arc<FactFile>> = self.files.iter().map(|file| (file.name.as_str(), file)).collect();
        let files = files.into_iter().map(|file| known.get(file.name.as_str()).map_or(file, |known| Arc::clone(known)));
        State { files: Arc::new(files.collect()), ..self.clone() }
    }

    /// With a file in place of those whose facts it holds in another order.
    pub fn with_files_replaced(&self, gone: &[Arc<FactFile>], new: Vec<Arc<FactFile>>) -> State {
        let mut next = self.clone();
        let stays = |file: &&Arc<FactFile>| gone.iter().all(|other| other.name != file.name);
        next.files = Arc::new(self.files.iter().filter(stays).cloned().chain(new).collect());
        next
    }

    /// Without the live facts up to a number: the lake has them. A run is moved as a whole.
    pub fn without_live_facts(&self, last: u64) -> State {
        let mut next = self.clone();
        next.live.clear();
        for piece in &self.live {
            match piece.iter().position(|run| run.first_number > last) {
                None => {}
                Some(0) => next.live.push(piece.clone()),
                Some(begin) => next.live.push(Arc::new(piece[begin..].to_vec())),
            }
        }
        next.counted()
    }

    /// Without the live identity rows up to a number: the lake has them.
    pub fn without_live_identities(&self, last: u64) -> State {
        let (settled, live): (Vec<_>, Vec<_>) =
            self.live_identities.iter().cloned().partition(|stored| stored.number <= last);
        let mut next = self.clone();
        next.settled_identities = Arc::new(self.settled_identities.iter().cloned().chain(settled).collect());
        next.live_identities = Arc::new(live);
        next
    }

    /// Corrections and retractions among the live facts.
    pub fn live_overrides(&self) -> impl Iterator<Item = Override> + '_ {
        self.live_runs().flat_map(|run| run.overrides().iter().copied())
    }

    /// What the live facts written before a moment say in total.
    pub fn live_digest(&self, recorded_before: Instant) -> Digest {
        let mut digest = Digest::default();
        for fact in self.live_facts().filter(|fact| fact.recorded_at < recorded_before) {
            digest.add(&fact.row, fact.recorded_at);
        }
        digest
    }
}
