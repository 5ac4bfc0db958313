//! Events by HTTP: a call of a client, checked and on disk before it is answered.
//!
//! Reading and writing happen off the request threads. A call for a strict source is refused as a whole when one of
//! its messages is no good; any other call is taken, and what is no good in it is held, counted and shown.
//!
//! Not here: keys, rates and how a call is wrapped (`server`), the dialects (`ingest::wire`).

use std::sync::Arc;

use ingest::wire::{Arrival, Call, Fault, Subject, Taken, Via, segment, sensors};
use rand::TryRngCore as _;
use vocab::{Instant, SourceName};

use crate::arriving::inspector::{Seen, Trouble};
use crate::error::Error;
use crate::{App, blocking};

/// In which dialect a call speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Segment's: one message of a type, or (`None`) a batch.
    Segment(Option<&'static str>),
    /// Sensors'.
    Sensors,
}

/// A call of a client, unpacked.
#[derive(Clone, Debug)]
pub struct WireCall {
    /// The source whose key it showed.
    pub source: Arc<store::Source>,
    /// How it speaks.
    pub dialect: Dialect,
    /// JSON.
    pub body: Vec<u8>,
    /// Whether one fault refuses the whole call.
    pub is_strict: bool,
    /// Look, but write nothing.
    pub is_trial: bool,
}

/// What a client is told.
#[derive(Clone, Debug, PartialEq)]
pub enum WireAnswer {
    /// Everything is on disk, as a fact or in quarantine.
    Taken,
    /// Nothing was taken.
    Refused(Fault),
}

impl App {
    /// Takes a call in: on disk when it is answered. Refusals are counted too.
    ///
    /// # Errors
    /// `busy` when more comes in than can be moved on: the same call will succeed in a moment.
    pub async fn take_call(&self, call: WireCall, now: Instant) -> Result<WireAnswer, Error> {
        let subject = self.subject_of(&call.source, now).await?;
        let mut number = [0u8; 16];
        rand::rngs::OsRng.try_fill_bytes(&mut number).map_err(Error::internal)?;
        let arrival = Arrival { now, number: u128::from_be_bytes(number) };
        let app = self.clone();
        blocking(move || app.take_now(call, subject, arrival)).await
    }

    fn take_now(&self, call: WireCall, subject: Subject, arrival: Arrival) -> Result<WireAnswer, Error> {
        let (name, now) = (call.source.name.clone(), arrival.now);
        let read = match self.read_call(call.dialect, &call.body, arrival) {
            Ok(read) => read,
            Err(fault) => return Ok(self.turned_away(&name, fault, 1, now)),
        };
        let first = read.faulty.first().filter(|_| call.is_strict || call.is_trial);
        if let Some(faulty) = first {
            let fault = faulty.fault.clone();
            return Ok(self.turned_away(&name, fault, read.len() as u64, now));
        }
        if call.is_trial {
            return Ok(WireAnswer::Taken);
        }
        let via = Via { source: SourceName::new(&name), subject };
        let taken = self.0.door.take(self.facts(), &via, read, now)?;
        self.0.inspector.saw(&name, seen(taken), now);
        Ok(WireAnswer::Taken)
    }

    /// Notes that a call was refused before it was read: too large, damaged.
    pub fn refuse_call(&self, source: &str, fault: Fault, now: Instant) -> WireAnswer {
        self.turned_away(source, fault, 1, now)
    }

    fn turned_away(&self, source: &str, fault: Fault, messages: u64, now: Instant) -> WireAnswer {
        self.0.inspector.refused(source, Trouble::from(&fault), messages, now);
        WireAnswer::Refused(fault)
    }

    pub(crate) fn read_call(&self, dialect: Dialect, body: &[u8], arrival: Arrival) -> Result<Call, Fault> {
        match dialect {
            Dialect::Segment(kind) => segment::read(kind, body, self.zone(), arrival),
            Dialect::Sensors => sensors::read(body, self.zone(), arrival),
        }
    }

    /// Whom the user ids of a source name: as its settings say, else as firms of this industry mean them.
    pub(crate) async fn subject_of(&self, source: &store::Source, now: Instant) -> Result<Subject, Error> {
        match source.settings.get("subject").and_then(serde_json::Value::as_str) {
            Some("person") => Ok(Subject::Person),
            Some("customer") => Ok(Subject::Customer),
            _ if self.speaks_of_persons(now).await? => Ok(Subject::Person),
            _ => Ok(Subject::Customer),
        }
    }
}

/// What the tail shows of a call.
fn seen(taken: Taken) -> Vec<Seen> {
    let seen = taken.outcomes.into_iter().map(|outcome| Seen {
        fate: outcome.fate,
        message_id: outcome.message_id,
        name: outcome.name,
        who: outcome.who,
        fault: outcome.fault.as_ref().map(Trouble::from),
    });
    seen.collect()
}
