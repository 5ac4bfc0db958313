//! Versions of definitions, of whichever sort: which was in use when, which is wanted next, and how they are shown.
//!
//! What a definition means is said by `bookshelf` (scorecards) and `rulebook` (rules); here it is a text with a hash.

use store::{VersionRecord, VersionState, VersionTerm};
use vocab::Instant;

use crate::error::{Class, Error};
use crate::shown::written;
use crate::view::{ScorecardTerm, ScorecardVersion};

/// A stretch of time during which one version of a definition was in use.
#[derive(PartialEq)]
pub(crate) struct Term {
    pub of: String,
    pub content: String,
    pub definition: String,
    /// Which row it is.
    pub version_id: i64,
    pub since: Instant,
    pub until: Option<Instant>,
}

/// Every such stretch of the definitions of one sort.
#[derive(Default, PartialEq)]
pub(crate) struct Terms(Vec<Term>);

impl Terms {
    pub(crate) fn of(terms: Vec<VersionTerm>, records: &[VersionRecord]) -> Terms {
        let term = |term: VersionTerm| {
            let record = records.iter().find(|record| record.id == term.version_id)?;
            Some(Term {
                of: term.of,
                content: record.content.clone(),
                definition: record.definition.clone(),
                version_id: term.version_id,
                since: term.since,
                until: term.until,
            })
        };
        Terms(terms.into_iter().filter_map(term).collect())
    }

    /// What was in use at a moment.
    pub(crate) fn at(&self, at: Instant) -> impl Iterator<Item = &Term> {
        self.0.iter().filter(move |term| term.since <= at && term.until.is_none_or(|until| at < until))
    }

    /// The version of one definition that was in use at a moment.
    pub(crate) fn term(&self, of: &str, at: Instant) -> Option<&Term> {
        self.at(at).find(|term| term.of == of)
    }
}

/// Whether somebody is still writing it.
pub(crate) fn is_written(record: &VersionRecord) -> bool {
    matches!(record.state, VersionState::Draft | VersionState::Review)
}

/// Hash of a definition.
pub(crate) fn content(definition: &str) -> String {
    blake3::hash(definition.as_bytes()).to_hex()[..16].to_owned()
}

/// Every version of one definition, newest first.
pub(crate) fn shown(of: &str, records: &[VersionRecord], terms: &[VersionTerm]) -> Vec<ScorecardVersion> {
    let version = |record: &VersionRecord| {
        let of_it = terms.iter().filter(|term| term.version_id == record.id);
        ScorecardVersion {
            number: record.number,
            version: record.version,
            content: record.content.clone(),
            state: record.state.as_str().to_owned(),
            author: record.author.clone(),
            note: record.note.clone(),
            changed_at: written(record.changed_at),
            terms: of_it.map(term_shown).collect(),
        }
    };
    records.iter().filter(|record| record.of == of).rev().map(version).collect()
}

/// When a version was in use, and by whom.
pub(crate) fn term_shown(term: &VersionTerm) -> ScorecardTerm {
    ScorecardTerm {
        since: (term.since > Instant::MIN).then(|| written(term.since)),
        until: term.until.map(written),
        actor: term.actor.clone(),
    }
}

/// The version to put in use: the one named, or the one that is being written.
///
/// # Errors
/// `not_found`.
pub(crate) fn wanted<'r>(
    of: &str,
    number: Option<i64>,
    records: &'r [VersionRecord],
) -> Result<&'r VersionRecord, Error> {
    let fits = |record: &&VersionRecord| match number {
        Some(number) => record.number == number,
        None => is_written(record),
    };
    let record = records.iter().filter(|record| record.of == of).find(fits);
    record.ok_or_else(|| Error::not_found(("这个版本", "the version")))
}

/// The version to go back to: the one named, or the one in use before the present one. `seen` is the row of the present
/// one as it was seen.
///
/// # Errors
/// `nothing_before`, `version_conflict`.
pub(crate) fn earlier<'r>(
    of: &str,
    number: Option<i64>,
    seen: i64,
    records: &'r [VersionRecord],
    terms: &[VersionTerm],
) -> Result<&'r VersionRecord, Error> {
    let find = |version_id: i64| records.iter().find(|record| record.id == version_id);
    let own = || terms.iter().rev().filter(|term| term.of == of);
    let present = own().find(|term| term.until.is_none()).and_then(|term| find(term.version_id));
    let mut before = own()
        .filter_map(|term| find(term.version_id))
        .filter(|record| present.is_none_or(|present| present.id != record.id));
    let record = match number {
        Some(number) => before.find(|record| record.number == number),
        None => before.next(),
    };
    let (Some(record), Some(present)) = (record, present) else {
        return Err(Error::new(
            Class::Conflict,
            "nothing_before",
            ("没有可以退回的版本", "there is no earlier version to go back to"),
            ("只有启用过两个以上版本后才能退回", "two versions must have been in use"),
        ));
    };
    match present.version == seen {
        true => Ok(record),
        false => Err(Error::changed_meanwhile()),
    }
}
