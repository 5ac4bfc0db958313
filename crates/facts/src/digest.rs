//! What some facts say in total: which source delivered what since when, and how much of it.
//!
//! A file notes its own in its footer when it is written, so that nobody reads all rows to learn it.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use vocab::{Instant, Kind, SourceName};

use crate::batch::SourceSummary;
use crate::build::RowRef;
use crate::frame::Coverage;

/// Under which key a file notes it.
pub(crate) const DIGEST: &str = "liuke.digest";

/// What a file says in total.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest {
    coverage: [Names; Kind::ALL.len()],
    pub sources: BTreeMap<String, SourceSummary>,
}

#[derive(Serialize, Deserialize)]
struct NotedDigest {
    coverage: BTreeMap<String, BTreeMap<String, Vec<(i64, i64)>>>,
    sources: Vec<NotedSource>,
}

#[derive(Serialize, Deserialize)]
struct NotedSource {
    name: String,
    counts: BTreeMap<String, u64>,
    first_occurred_at: i64,
    last_occurred_at: i64,
    last_recorded_at: i64,
}

impl NotedSource {
    fn of(summary: &SourceSummary) -> NotedSource {
        NotedSource {
            name: summary.source.as_str().to_owned(),
            counts: summary.counts.iter().map(|(kind, count)| (kind.as_str().to_owned(), *count)).collect(),
            first_occurred_at: summary.first_occurred_at.micros(),
            last_occurred_at: summary.last_occurred_at.micros(),
            last_recorded_at: summary.last_recorded_at.micros(),
        }
    }

    fn summary(self) -> Option<SourceSummary> {
        let mut counts = BTreeMap::new();
        for (kind, count) in self.counts {
            counts.insert(Kind::from_str(&kind).ok()?, count);
        }
        Some(SourceSummary {
            source: SourceName::new(self.name),
            counts,
            first_occurred_at: Instant::from_micros(self.first_occurred_at),
            last_occurred_at: Instant::from_micros(self.last_occurred_at),
            last_recorded_at: Instant::from_micros(self.last_recorded_at),
        })
    }
}

/// What was delivered from when on, by name.
#[derive(Clone, Debug, Default)]
struct Names(BTreeMap<String, Coverage>);

impl Names {
    fn add(&mut self, name: &str, known_at: i64, occurred_at: i64) {
        match self.0.get_mut(name) {
            Some(coverage) => coverage.add(known_at, occurred_at),
            None => self.0.entry(name.to_owned()).or_default().add(known_at, occurred_at),
        }
    }
}

impl Digest {
    /// As it is noted in a file's footer.
    pub fn to_json(&self) -> Option<String> {
        let coverage = Kind::ALL
            .iter()
            .zip(&self.coverage)
            .map(|(kind, names)| {
                let names = names.0.iter().map(|(name, one)| (name.clone(), one.entries().collect()));
                (kind.as_str().to_owned(), names.collect())
            })
            .collect();
        let sources: Vec<NotedSource> = self.sources.values().map(NotedSource::of).collect();
        serde_json::to_string(&NotedDigest { coverage, sources }).ok()
    }

    /// Reads the note back; `None` if it says something else.
    pub fn from_json(text: &str) -> Option<Digest> {
        let noted: NotedDigest = serde_json::from_str(text).ok()?;
        let mut digest = Digest::default();
        for (kind, names) in noted.coverage {
            let of_kind = &mut digest.coverage[Kind::from_str(&kind).ok()? as usize];
            for (name, entries) in names {
                entries.into_iter().for_each(|(known_at, occurred_at)| of_kind.add(&name, known_at, occurred_at));
            }
        }
        for source in noted.sources {
            digest.sources.insert(source.name.clone(), source.summary()?);
        }
        Some(digest)
    }

    /// From when on each kind and name was delivered.
    pub fn coverage(&self) -> impl Iterator<Item = (Kind, &str, &Coverage)> {
        let kinds = Kind::ALL.into_iter().zip(&self.coverage);
        kinds.flat_map(|(kind, names)| names.0.iter().map(move |(name, coverage)| (kind, name.as_str(), coverage)))
    }

    /// Takes a fact into the totals; `coverage` and `sources` count different things: a retraction covers nothing.
    pub fn add(&mut self, row: &RowRef<'_>, recorded_at: Instant) {
        if row.retracts.is_none() {
            let (known_at, occurred_at) = (row.known_at.micros(), row.occurred_at.micros());
            self.coverage[row.kind as usize].add(row.name, known_at, occurred_at);
        }
        let count = |summary: &mut SourceSummary| {
            *summary.counts.entry(row.kind).or_default() += 1;
            summary.first_occurred_at = summary.first_occurred_at.min(row.occurred_at);
            summary.last_occurred_at = summary.last_occurred_at.max(row.occurred_at);
            summary.last_recorded_at = summary.last_recorded_at.max(recorded_at);
        };
        if let Some(summary) = self.sources.get_mut(row.source) {
            return count(summary);
        }
        let mut summary = SourceSummary {
            source: SourceName::new(row.source),
            counts: BTreeMap::new(),
            first_occurred_at: row.occurred_at,
            last_occurred_at: row.occurred_at,
            last_recorded_at: recorded_at,
        };
        count(&mut summary);
        self.sources.insert(row.source.to_owned(), summary);
    }

    /// Takes another file's sources into these.
    pub fn add_sources(&mut self, other: &Digest) {
        for (name, summary) in &other.sources {
            match self.sources.get_mut(name) {
                None => {
                    self.sources.insert(name.clone(), summary.clone());
                }
                Some(mine) => {
                    for (kind, count) in &summary.counts {
                        *mine.counts.entry(*kind).or_default() += count;
                    }
                    mine.first_occurred_at = mine.first_occurred_at.min(summary.first_occurred_at);
                    mine.last_occurred_at = mine.last_occurred_at.max(summary.last_occurred_at);
                    mine.last_recorded_at = mine.last_recorded_at.max(summary.last_recorded_at);
                }
            }
        }
    }
}
