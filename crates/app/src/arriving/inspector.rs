//! What has just come in, message by message: the tail that people watch while they connect a source, and how each
//! source does.
//!
//! In memory only, since the server started: what came in is in the record and in the quarantine. Counting is exact;
//! of a large call only the first rows are shown.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use facts::Fate;
use ingest::wire::Fault;
use tokio::sync::broadcast;
use vocab::{Finding, Instant, Scope};

use crate::error::Error;
use crate::shown::{hidden, written};
use crate::view::{IntakeRow, SourceHealth, Words};
use crate::{App, Reader};

const RECENT: usize = 1_000;
/// Rows shown of one call: while somebody watches, and while nobody does.
const ROWS_WATCHED: usize = 100;
const ROWS_UNWATCHED: usize = 10;
/// How far a slow watcher may fall behind.
const BEHIND: usize = 1_024;
const MINUTES: i64 = 60;
const MINUTE_MICROS: i64 = 60_000_000;

/// One message as it was seen.
pub(crate) struct Seen {
    pub(crate) fate: Fate,
    pub(crate) message_id: String,
    pub(crate) name: String,
    pub(crate) who: String,
    pub(crate) fault: Option<Trouble>,
}

/// What is wrong with a message, as the tail shows it.
pub(crate) struct Trouble {
    pub(crate) code: String,
    /// Where in its call.
    pub(crate) path: String,
    pub(crate) words: Words,
}

impl From<&Fault> for Trouble {
    fn from(fault: &Fault) -> Self {
        Trouble { code: fault.code.to_owned(), path: fault.path.clone(), words: Words::new(fault.zh, fault.en) }
    }
}

impl From<&Finding> for Trouble {
    fn from(finding: &Finding) -> Self {
        let path = finding.place.field.clone().unwrap_or_default();
        Trouble { code: finding.code.to_owned(), path, words: Words::from(&finding.detail) }
    }
}

/// The word for what became of a message.
pub(crate) fn outcome_of(fate: Fate) -> &'static str {
    match fate {
        Fate::Appended => "accepted",
        Fate::Duplicate => "duplicate",
        Fate::Conflict => "conflict",
        Fate::Held => "held",
    }
}

/// The tail and the counts.
pub(crate) struct Inspector {
    kept: Mutex<Kept>,
    tell: broadcast::Sender<IntakeRow>,
}

#[derive(Default)]
struct Kept {
    number: u64,
    recent: VecDeque<IntakeRow>,
    counts: HashMap<String, Counts>,
}

#[derive(Default)]
struct Counts {
    health: SourceHealth,
    /// Messages by minute, the newest last, and which minute that is.
    minutes: VecDeque<(i64, u64)>,
}

impl Default for Inspector {
    fn default() -> Self {
        Self { kept: Mutex::default(), tell: broadcast::Sender::new(BEHIND) }
    }
}

impl Inspector {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what became of the messages of a call.
    pub(crate) fn saw(&self, source: &str, messages: Vec<Seen>, now: Instant) {
        let is_watched = self.tell.receiver_count() > 0;
        let limit = if is_watched { ROWS_WATCHED } else { ROWS_UNWATCHED };
        let mut kept = self.kept();
        let counts = kept.counts.entry(source.to_owned()).or_default();
        counts.note(messages.len() as u64, now);
        for message in &messages {
            counts.health.count(message.fate);
        }
        let mut shown = 0;
        for one in messages {
            let is_trouble = one.fault.is_some();
            if is_trouble || shown < limit {
                shown += 1;
                self.show(&mut kept, source, outcome_of(one.fate), one, now);
            }
        }
    }

    /// Notes a call that was refused as a whole.
    pub(crate) fn refused(&self, source: &str, trouble: Trouble, messages: u64, now: Instant) {
        let mut kept = self.kept();
        let counts = kept.counts.entry(source.to_owned()).or_default();
        counts.note(messages, now);
        counts.health.rejected += messages;
        let (message_id, name, who) = (String::new(), String::new(), String::new());
        let seen = Seen { fate: Fate::Held, message_id, name, who, fault: Some(trouble) };
        self.show(&mut kept, source, "rejected", seen, now);
    }

    fn show(&self, kept: &mut Kept, source: &str, outcome: &str, seen: Seen, now: Instant) {
        kept.number += 1;
        let (fault_code, fault_path, fault) = match seen.fault {
            Some(Trouble { code, path, words }) => (Some(code), Some(path), Some(words)),
            None => (None, None, None),
        };
        let row = IntakeRow {
            number: kept.number,
            at: written(now),
            source: source.to_owned(),
            outcome: outcome.to_owned(),
            name: seen.name,
            customer: hidden(&seen.who),
            message_id: seen.message_id,
            fault_code,
            fault_path,
            fault,
        };
        if kept.recent.len() == RECENT {
            kept.recent.pop_front();
        }
        // Nobody watches: the row is in the tail all the same.
        let _ = self.tell.send(row.clone());
        kept.recent.push_back(row);
    }

    /// How a source has done since the server started.
    pub(crate) fn health(&self, source: &str, now: Instant) -> SourceHealth {
        let kept = self.kept();
        let Some(counts) = kept.counts.get(source) else { return SourceHealth::default() };
        let minute = now.micros().div_euclid(MINUTE_MICROS);
        let mut health = counts.health.clone();
        health.per_minute = (minute - MINUTES + 1..=minute)
            .map(|at| counts.minutes.iter().find(|(known, _)| *known == at).map_or(0, |(_, count)| *count))
            .collect();
        health
    }
}

impl Counts {
    fn note(&mut self, messages: u64, now: Instant) {
        self.health.received += messages;
        self.health.last_seen_at = Some(written(now));
        let minute = now.micros().div_euclid(MINUTE_MICROS);
        match self.minutes.iter_mut().find(|(known, _)| *known == minute) {
            Some((_, count)) => *count += messages,
            None => self.minutes.push_back((minute, messages)),
        }
        while self.minutes.len() > MINUTES as usize {
            self.minutes.pop_front();
        }
    }
}

impl SourceHealth {
    fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Appended => self.accepted += 1,
            Fate::Duplicate => self.duplicates += 1,
            Fate::Conflict => self.conflicts += 1,
            Fate::Held => self.held += 1,
        }
    }
}

/// Which rows of the tail somebody wants to see.
#[derive(Clone, Debug, Default)]
pub struct IntakeFilter {
    /// Of this source.
    pub source: Option<String>,
    /// With this outcome.
    pub outcome: Option<String>,
    /// With this in name, customer, id or fault.
    pub search: Option<String>,
}

impl IntakeFilter {
    /// Whether a row is wanted.
    pub fn wants(&self, row: &IntakeRow) -> bool {
        let same = |asked: &Option<String>, own: &str| asked.as_ref().is_none_or(|asked| asked == own);
        let holds = |text: &str, word: &str| text.to_lowercase().contains(word);
        let found = self.search.as_ref().is_none_or(|search| {
            let word = search.to_lowercase();
            let code = row.fault_code.as_deref().unwrap_or_default();
            let said = row.fault.as_ref().map_or(["", ""], |fault| [fault.zh.as_str(), &fault.en]);
            let own = [row.name.as_str(), &row.customer, &row.message_id, code];
            own.into_iter().chain(said).any(|text| holds(text, &word))
        });
        same(&self.source, &row.source) && same(&self.outcome, &row.outcome) && found
    }
}

impl App {
    /// What came in last, the newest first.
    pub fn recent_intake(&self, reader: &Reader, filter: &IntakeFilter, limit: usize) -> Result<Vec<IntakeRow>, Error> {
        may_watch(reader)?;
        let kept = self.0.inspector.kept();
        Ok(kept.recent.iter().rev().filter(|row| filter.wants(row)).take(limit).cloned().collect())
    }

    /// What comes in from now on.
    pub fn watch_intake(&self, reader: &Reader) -> Result<broadcast::Receiver<IntakeRow>, Error> {
        may_watch(reader)?;
        Ok(self.0.inspector.tell.subscribe())
    }
}

/// What comes in is about every customer.
pub(crate) fn may_watch(reader: &Reader) -> Result<(), Error> {
    if reader.scope == Scope::All { Ok(()) } else { Err(Error::forbidden()) }
}
