//! Scorecards as they are in use: which version when, each parsed once; and what people have said of customers.
//!
//! What ships is in use until the firm activates a version of its own. A look at the past takes the version that was in
//! use then. Kept in memory and refreshed from the operational memory when this process changes it, and by each cycle
//! in case another process did.

use std::sync::{Arc, Mutex, PoisonError};

use scores::{Override, Pulse, Said, ScoreBook};
use store::{Judgement, Versioned};
use vocab::{Health, Instant, Scope};

use crate::App;
use crate::books::NOW;
use crate::books::definitions::Definitions;
use crate::books::parsed::Parsed;
use crate::books::version_steps::new_version;
use crate::books::versions::{Term, Terms};
use crate::error::{Error, from_findings};

/// What is in use when, and every version that was ever looked through.
#[derive(Default)]
pub(crate) struct Bookshelf {
    in_use: Mutex<Arc<InUse>>,
    books: Parsed<ScoreBook>,
}

/// Terms of scorecards, and what people said.
#[derive(Default)]
pub(crate) struct InUse {
    terms: Terms,
    /// What people said of customers.
    pub said: Arc<Said>,
    /// The indicator that the firm chose to measure value by.
    value: Option<String>,
}

impl InUse {
    /// Whether a version of the scorecard is in use now that the firm keeps.
    pub(crate) fn has(&self, scorecard: &str) -> bool {
        self.term(scorecard, NOW).is_some()
    }

    /// Since when the version in use at a moment is in use.
    pub(crate) fn since(&self, scorecard: &str, at: Instant) -> Option<Instant> {
        self.term(scorecard, at).map(|term| term.since)
    }

    fn term(&self, scorecard: &str, at: Instant) -> Option<&Term> {
        self.terms.term(scorecard, at)
    }
}

impl Bookshelf {
    pub(crate) fn in_use(&self) -> Arc<InUse> {
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces what is in use; whether it is another than before.
    fn set(&self, in_use: InUse) -> bool {
        let mut kept = self.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = kept.terms != in_use.terms || kept.said != in_use.said || kept.value != in_use.value;
        *kept = Arc::new(in_use);
        changed
    }
}

impl App {
    /// Reads what is in use from the operational memory.
    pub(crate) async fn refresh_scorecards(&self) -> Result<(), Error> {
        let records = self.store().versions(Versioned::Scorecard).await?;
        let terms = self.store().version_terms(Versioned::Scorecard).await?;
        let said = self.store().judgements(&Scope::All).await?;
        let value = self.firm().await?.and_then(|firm| firm.value);
        let in_use = InUse { terms: Terms::of(terms, &records), said: heard(said), value };
        if self.shelf().set(in_use) {
            self.0.snapshots.clear();
        }
        Ok(())
    }

    /// The scorecard by which customers are scored at a moment ([`NOW`] for the present): the version in use then, after
    /// the others in use that are for some customers only, with the value that the firm chose.
    pub(crate) fn book_at(&self, id: &str, at: Instant) -> Result<&ScoreBook, Error> {
        let in_use = self.shelf().in_use();
        let book = self.composed(id, &in_use, at)?;
        let Some(value) = &in_use.value else { return Ok(book) };
        let key = format!("{id} {} by {value}", book.version);
        self.shelf().books.get(&key, || Ok(book.clone().valued_by(value)))
    }

    /// The version in use at a moment, after the others that are for some customers only.
    fn composed(&self, id: &str, in_use: &InUse, at: Instant) -> Result<&ScoreBook, Error> {
        let mut others: Vec<&Term> = in_use.terms.at(at).filter(|term| term.of != id).collect();
        others.sort_by(|a, b| a.of.cmp(&b.of));
        let own = in_use.term(id, at);
        if others.is_empty() {
            return self.one_book(id, own);
        }
        let names: Vec<&str> = std::iter::once(own.map_or("shipped", |term| term.content.as_str()))
            .chain(others.iter().map(|term| term.content.as_str()))
            .collect();
        self.shelf().books.get(&format!("{id}: {}", names.join(" ")), || {
            let special = others.iter().map(|term| self.parse_book(&term.definition));
            Ok(self.one_book(id, own)?.clone().after(special.collect::<Result<_, _>>()?))
        })
    }

    /// A scorecard by itself, in the version in use at a moment, whomever it is for.
    pub(crate) fn single_book_at(&self, id: &str, at: Instant) -> Result<&ScoreBook, Error> {
        self.one_book(id, self.shelf().in_use().term(id, at))
    }

    fn one_book(&self, id: &str, term: Option<&Term>) -> Result<&ScoreBook, Error> {
        let shipped = self.definitions().scorecards.get(id);
        match term {
            None => shipped.ok_or_else(|| Error::not_found(("打分卡", "the scorecard"))),
            Some(term) if self.definitions().contents.get(id) == Some(&term.content) => {
                shipped.ok_or_else(|| Error::not_found(("打分卡", "the scorecard")))
            }
            Some(term) => self.shelf().books.get(&term.content, || self.parse_book(&term.definition)),
        }
    }

    /// Reads a definition of a scorecard.
    pub(crate) fn parse_book(&self, definition: &str) -> Result<ScoreBook, Error> {
        ScoreBook::parse("scorecard.toml", definition, &self.definitions().catalog)
            .map_err(|findings| from_findings("bad_definition", &findings))
    }

    /// The scorecard of a content, whether it ships or was kept by the firm.
    pub(crate) fn book_with(&self, id: &str, version: &str) -> Option<&ScoreBook> {
        let is_meant = |book: &&ScoreBook| book.id == id && book.version == version;
        let shipped = self.definitions().scorecards.get(id).filter(is_meant);
        shipped.or_else(|| self.shelf().books.iter().find(is_meant))
    }

    /// The definition in use at a moment, as it is written.
    pub(crate) fn scorecard_source(&self, id: &str, at: Instant) -> Option<String> {
        let own = self.shelf().in_use().term(id, at).map(|term| term.definition.clone());
        own.or_else(|| Definitions::source("scorecard", id))
    }

    /// Ids of every scorecard that ships or is in use, sorted.
    pub(crate) fn scorecard_ids(&self) -> Vec<String> {
        let in_use = self.shelf().in_use();
        let own = in_use.terms.at(NOW).map(|term| term.of.clone());
        let mut ids: Vec<String> = self.definitions().scorecards.keys().cloned().chain(own).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Keeps the definition by which customers are scored, so that a later look at the past finds it whatever ships
    /// then. Does nothing once it is kept.
    pub(crate) async fn keep_scorecard_in_use(&self, id: &str, now: Instant) -> Result<(), Error> {
        if self.shelf().in_use().term(id, NOW).is_some() {
            return Ok(());
        }
        let Some(definition) = Definitions::source("scorecard", id) else { return Ok(()) };
        let new = new_version(Versioned::Scorecard, id, definition, None);
        self.store().keep_first_version(&new, "liuke", now).await?;
        self.refresh_scorecards().await
    }
}

fn heard(words: Vec<Judgement>) -> Arc<Said> {
    let (mut pulses, mut overrides) = (Vec::new(), Vec::new());
    for word in words {
        let until = word.ends_at();
        let (customer, value) = (word.said.customer, word.said.value);
        match word.said.measure {
            Some(measure) => pulses.push(Pulse { customer, measure, value, at: word.said_at, until }),
            None => overrides.push(Override {
                customer,
                health: Health::from_hundredths((value * 100.0).round().clamp(0.0, 10_000.0) as u16),
                reason: word.said.reason,
                author: word.author,
                from: word.said_at,
                until,
            }),
        }
    }
    Arc::new(Said::new(pulses, overrides))
}
