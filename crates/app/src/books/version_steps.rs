//! What people do with a version of a definition, the same for scorecards, rules and churn definitions: write it, hand it in, put it in use,
//! go back.
//!
//! What a definition must hold to be put in use is said by `scorecards` and `rules`, which of them is in use when by
//! `bookshelf` and `rulebook`.

use store::{NewVersion, VersionRecord, VersionTerm, Versioned};
use vocab::Instant;

use crate::books::churnbook::parse;
use crate::books::versions::{content, earlier, wanted};
use crate::error::Error;
use crate::view::ScorecardStep;
use crate::{App, Reader};

/// A definition is a page or two.
const LONGEST: usize = 200_000;

/// Versions of every definition of a sort, and when they were in use.
pub(crate) struct Kept {
    pub records: Vec<VersionRecord>,
    pub terms: Vec<VersionTerm>,
}

/// Where a version goes.
#[derive(Clone, Copy)]
pub(crate) enum Step<'a> {
    /// The draft is handed in for somebody to look at.
    Review,
    /// The draft, or the version that is named, is put in use; with why, where somebody said so.
    Activate(Option<&'a str>),
    /// The version in use before the present one, or an earlier one that is named, is put in use again.
    RollBack,
}

impl App {
    /// Every version of a sort.
    pub(crate) async fn kept_versions(&self, sort: Versioned) -> Result<Kept, Error> {
        let records = self.store().versions(sort).await?;
        Ok(Kept { records, terms: self.store().version_terms(sort).await? })
    }

    /// Takes a step with a version of the definition of this id.
    ///
    /// # Errors
    /// `not_found`; `nothing_before` where nothing else ever was in use; `version_conflict`; `bad_definition` if it cannot
    /// be read any more.
    pub(crate) async fn take_step(
        &self,
        reader: &Reader,
        sort: Versioned,
        of: &str,
        step: Step<'_>,
        asked: &ScorecardStep,
        now: Instant,
    ) -> Result<(), Error> {
        reader.may_administer()?;
        let actor = reader.actor();
        if let Step::Review = step {
            self.store().review_version(sort, of, asked.version, &actor, now).await?;
            return Ok(());
        }
        let kept = self.kept_versions(sort).await?;
        let (record, version, cause) = match step {
            Step::RollBack => {
                let record = earlier(of, asked.number, asked.version, &kept.records, &kept.terms)?;
                (record, record.version, "rolled_back")
            }
            _ => (wanted(of, asked.number, &kept.records)?, asked.version, "activated"),
        };
        self.can_be_used(sort, record).await?;
        // What was in use until now is kept first, so that the past goes on being judged by it.
        match sort {
            Versioned::Scorecard => self.keep_scorecard_in_use(of, now).await?,
            Versioned::Rule => self.keep_rule_in_use(of, now).await?,
            Versioned::Churn => self.keep_churn_in_use(of, now).await?,
            Versioned::Model => {}
        }
        let said = if let Step::Activate(said) = step { said } else { None };
        self.store().activate_version(record.id, version, (cause, said), &actor, now).await?;
        match sort {
            Versioned::Scorecard => self.refresh_scorecards().await,
            Versioned::Rule => self.rules_changed().await,
            Versioned::Churn => self.refresh_churn().await,
            Versioned::Model => Ok(()),
        }
    }

    /// A version may have been written when the house knew other indicators.
    async fn can_be_used(&self, sort: Versioned, record: &VersionRecord) -> Result<(), Error> {
        match sort {
            Versioned::Scorecard => self.checked_book(&record.of, &record.definition).map(drop),
            Versioned::Rule => {
                let template = self.working_firm().await?.template;
                self.checked_rule(&template, &record.of, &record.definition)
            }
            Versioned::Churn => check_id(&parse(&record.definition)?.id, &record.of),
            Versioned::Model => self.any_model(record).await.map(drop),
        }
    }
}

/// A definition as it goes into the operational memory.
pub(crate) fn new_version(sort: Versioned, of: &str, definition: String, note: Option<String>) -> NewVersion {
    let note = note.filter(|note| !note.trim().is_empty());
    NewVersion { sort, of: of.to_owned(), content: content(&definition), definition, note }
}

/// Refuses what no person has written.
pub(crate) fn check_length(definition: &str) -> Result<(), Error> {
    if definition.len() <= LONGEST {
        return Ok(());
    }
    Err(Error::bad("bad_definition", ("定义太长", "the definition is too long"), ("最多 200 KB", "200 KB at most")))
}

/// Refuses a definition of something else.
pub(crate) fn check_id(found: &str, id: &str) -> Result<(), Error> {
    if found == id {
        return Ok(());
    }
    Err(Error::bad(
        "other_id",
        (
            &format!("定义里的编号是“{found}”，不是“{id}”"),
            &format!("the definition is of \"{found}\", not of \"{id}\""),
        ),
        ("请让两者一致", "make them agree"),
    ))
}
