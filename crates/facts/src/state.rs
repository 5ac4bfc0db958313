//! What a view is taken from: the lake's files and the rows that are not there yet, replaced together and never changed.

use std::sync::Arc;

use vocab::Instant;

use crate::build::{Override, RowRef};
use crate::fact::{Identity, StoredFact, StoredIdentity};
use crate::lake::{Digest, FactFile, override_of};

/// Rows of the live buffer are kept in pieces that double, so that adding one copies pointers and little else.
type Piece = Arc<Vec<Arc<StoredFact>>>;

/// Everything that is recorded, at one moment of this process.
#[derive(Clone, Debug)]
pub(crate) struct State {
    sequence: u64,
    files: Arc<Vec<Arc<FactFile>>>,
    live: Vec<Piece>,
    settled_identities: Arc<Vec<StoredIdentity>>,
    live_identities: Arc<Vec<StoredIdentity>>,
}

impl State {
    pub fn new(
        sequence: u64,
        files: Vec<Arc<FactFile>>,
        live: Vec<StoredFact>,
        settled: Vec<StoredIdentity>,
        identities: Vec<StoredIdentity>,
    ) -> State {
        let live = if live.is_empty() { Vec::new() } else { vec![Arc::new(live.into_iter().map(Arc::new).collect())] };
        State {
            sequence,
            files: Arc::new(files),
            live,
            settled_identities: Arc::new(settled),
            live_identities: Arc::new(identities),
        }
    }

    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    pub fn files(&self) -> &[Arc<FactFile>] {
        &self.files
    }

    /// Facts that are not in the lake yet, in order of arrival.
    pub fn live_facts(&self) -> impl Iterator<Item = &StoredFact> {
        self.live.iter().flat_map(|piece| piece.iter().map(Arc::as_ref))
    }

    /// How many facts are not in the lake yet.
    pub fn live_len(&self) -> usize {
        self.live.iter().map(|piece| piece.len()).sum()
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

    pub fn with_live(&self, sequence: u64, facts: Vec<StoredFact>, identities: Vec<StoredIdentity>) -> State {
        let mut next = self.clone();
        next.sequence = sequence.max(self.sequence);
        if !facts.is_empty() {
            let mut piece: Vec<Arc<StoredFact>> = facts.into_iter().map(Arc::new).collect();
            while next.live.last().is_some_and(|last| last.len() <= piece.len()) {
                let last = next.live.pop().unwrap_or_default();
                piece = last.iter().cloned().chain(piece).collect();
            }
            next.live.push(Arc::new(piece));
        }
        if !identities.is_empty() {
            next.live_identities = Arc::new(self.live_identities.iter().cloned().chain(identities).collect());
        }
        next
    }

    pub fn with_files(&self, files: Vec<Arc<FactFile>>) -> State {
        let mut next = self.clone();
        if !files.is_empty() {
            next.files = Arc::new(self.files.iter().cloned().chain(files).collect());
        }
        next
    }

    /// Without the live facts up to a number: the lake has them.
    pub fn without_live_facts(&self, last: u64) -> State {
        let mut next = self.clone();
        next.live.clear();
        for piece in &self.live {
            match piece.iter().position(|stored| stored.number > last) {
                None => {}
                Some(0) => next.live.push(piece.clone()),
                Some(begin) => next.live.push(Arc::new(piece[begin..].to_vec())),
            }
        }
        next
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
        self.live_facts().filter_map(|stored| override_of(&RowRef::of(stored), stored.recorded_at))
    }

    /// What the live facts written before a moment say in total.
    pub fn live_digest(&self, recorded_before: Instant) -> Digest {
        let mut digest = Digest::default();
        for stored in self.live_facts().filter(|stored| stored.recorded_at < recorded_before) {
            digest.add(&RowRef::of(stored), stored.recorded_at);
        }
        digest
    }
}
