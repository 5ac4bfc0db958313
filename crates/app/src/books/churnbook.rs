//! Churn definitions as they are in use: what ships, with the firm's own versions in its place and beside it.
//!
//! There is one meaning of leaving at a time: the definition in use now judges the past as well, and who looks at an earlier
//! month sees it by the present definition. Which was in use when is kept and shown.

use std::sync::{Arc, Mutex, PoisonError};

use outcomes::ChurnDefinition;
use store::Versioned;
use vocab::Instant;

use crate::App;
use crate::books::NOW;
use crate::books::definitions::Definitions;
use crate::books::parsed::Parsed;
use crate::books::version_steps::new_version;
use crate::books::versions::{Terms, content};
use crate::error::{Error, from_findings};

/// Which versions are in use when, and every one that was ever looked through.
#[derive(Default)]
pub(crate) struct Churnbook {
    in_use: Mutex<Arc<Terms>>,
    read: Parsed<ChurnDefinition>,
}

impl Churnbook {
    /// The versions that are in use when.
    pub(crate) fn in_use(&self) -> Arc<Terms> {
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl App {
    /// Reads from the operational memory which churn definitions are in use.
    pub(crate) async fn refresh_churn(&self) -> Result<(), Error> {
        let records = self.store().versions(Versioned::Churn).await?;
        let terms = Arc::new(Terms::of(self.store().version_terms(Versioned::Churn).await?, &records));
        let before = {
            let mut kept = self.churnbook().in_use.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *kept, Arc::clone(&terms))
        };
        if before != terms {
            self.0.snapshots.clear();
        }
        Ok(())
    }

    /// The churn definition of an id: the firm's own version, else what ships.
    ///
    /// # Edges
    /// A version that cannot be read any more is said in the log, and what ships of that id stands.
    pub(crate) fn churn_definition(&self, id: &str) -> Option<&ChurnDefinition> {
        let shipped = self.definitions().churn.get(id);
        let in_use = self.churnbook().in_use();
        let Some(term) = in_use.term(id, NOW) else { return shipped };
        match self.churnbook().read.get(&term.content, || parse(&term.definition)) {
            Ok(definition) => Some(definition),
            Err(error) => {
                tracing::warn!(churn = id, %error, "a churn definition cannot be read any more");
                shipped
            }
        }
    }

    /// Ids of every churn definition that ships or is in use, sorted.
    pub(crate) fn churn_ids(&self) -> Vec<String> {
        let in_use = self.churnbook().in_use();
        let own = in_use.at(NOW).map(|term| term.of.clone());
        let mut ids: Vec<String> = self.definitions().churn.keys().cloned().chain(own).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The definition in use as it is written.
    pub(crate) fn churn_source(&self, id: &str) -> Option<String> {
        let own = self.churnbook().in_use().term(id, NOW).map(|term| term.definition.clone());
        own.or_else(|| Definitions::source("churn", id))
    }

    /// What tells the version in use of a definition from others; the id alone where it is as it ships.
    pub(crate) fn churn_stamp(&self, id: &str) -> String {
        let in_use = self.churnbook().in_use();
        let shipped = Definitions::source("churn", id).as_deref().map(content);
        match in_use.term(id, NOW).filter(|term| Some(&term.content) != shipped.as_ref()) {
            Some(term) => format!("{id}-{}", term.content),
            None => id.to_owned(),
        }
    }

    /// Keeps a definition that ships as the version it began with, so that one can go back to it. Does nothing once it is
    /// kept.
    pub(crate) async fn keep_churn_in_use(&self, id: &str, now: Instant) -> Result<(), Error> {
        if self.churnbook().in_use().term(id, NOW).is_some() {
            return Ok(());
        }
        let Some(definition) = Definitions::source("churn", id) else { return Ok(()) };
        let new = new_version(Versioned::Churn, id, definition, None);
        self.store().keep_first_version(&new, "liuke", now).await?;
        self.refresh_churn().await
    }
}

/// Reads a churn definition.
pub(crate) fn parse(definition: &str) -> Result<ChurnDefinition, Error> {
    ChurnDefinition::parse("churn.toml", definition).map_err(|findings| from_findings("bad_definition", &findings))
}
