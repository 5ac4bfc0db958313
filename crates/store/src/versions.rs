//! Definitions as configuration (scorecards, rules, churn definitions, models): drafted, reviewed, activated, rolled back;
//! every version is kept, and which of them was in use when.
//!
//! What a definition means is the caller's business; here it is a text.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use vocab::Instant;

use crate::entity::{version_terms, versions};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::words::words;
use crate::{Error, Store};

words! {
    /// What there are versions of.
    Versioned {
        /// A scorecard.
        Scorecard = "scorecard",
        /// A rule.
        Rule = "rule",
        /// A churn definition.
        Churn = "churn",
        /// A model of who will leave, by its churn definition.
        Model = "model",
    }
}

words! {
    /// Where a version stands.
    VersionState {
        /// Being written.
        Draft = "draft",
        /// Handed in for somebody to look at.
        Review = "review",
        /// Learnt, and waiting to be put in use by a person.
        Challenger = "challenger",
        /// In use.
        Active = "active",
        /// Was in use.
        Retired = "retired",
    }
}

/// One version of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRecord {
    /// Which row.
    pub id: i64,
    /// Grows by one with every change of the row.
    pub version: i64,
    /// Id of what it is a version of.
    pub of: String,
    /// Its versions are counted from 1.
    pub number: i64,
    /// Hash of the definition.
    pub content: String,
    /// The definition file.
    pub definition: String,
    /// Where it stands.
    pub state: VersionState,
    /// Who wrote it.
    pub author: String,
    /// What was changed and why.
    pub note: Option<String>,
    /// When it was begun.
    pub created_at: Instant,
    /// When it was last changed.
    pub changed_at: Instant,
}

/// A stretch of time during which one version was in use, half-open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionTerm {
    /// Id of what it is a version of.
    pub of: String,
    /// Which row of [`VersionRecord`].
    pub version_id: i64,
    /// From then on.
    pub since: Instant,
    /// Until then; `None` = still.
    pub until: Option<Instant>,
    /// Who activated it.
    pub actor: String,
}

/// A definition as somebody hands it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion {
    /// What it is of.
    pub sort: Versioned,
    /// Its id.
    pub of: String,
    /// Hash of the definition.
    pub content: String,
    /// The definition file.
    pub definition: String,
    /// What was changed and why.
    pub note: Option<String>,
}

impl Store {
    /// Every version of every definition of a sort, by id and number.
    pub async fn versions(&self, sort: Versioned) -> Result<Vec<VersionRecord>, Error> {
        let rows = versions::Entity::find()
            .filter(versions::Column::Sort.eq(sort.as_str()))
            .order_by_asc(versions::Column::OfId)
            .order_by_asc(versions::Column::Number)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading versions"))?;
        rows.into_iter().map(VersionRecord::new).collect()
    }

    /// Which version of each definition of a sort was in use when, oldest first.
    pub async fn version_terms(&self, sort: Versioned) -> Result<Vec<VersionTerm>, Error> {
        let rows = version_terms::Entity::find()
            .filter(version_terms::Column::Sort.eq(sort.as_str()))
            .order_by_asc(version_terms::Column::Since)
            .order_by_asc(version_terms::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading when versions were in use"))?;
        Ok(rows.into_iter().map(VersionTerm::new).collect())
    }

    /// Notes the definition that something began with, as in use since ever. Does nothing where one is in use.
    pub async fn keep_first_version(&self, new: &NewVersion, actor: &str, now: Instant) -> Result<(), Error> {
        let mut writing = self.write(now).await?;
        if active(&writing, new.sort.as_str(), &new.of).await?.is_some() {
            return Ok(());
        }
        let row = insert(&mut writing, new, VersionState::Active, actor, "kept", now).await?;
        begin_term(&writing, &row, Instant::MIN, actor).await?;
        writing.commit().await
    }

    /// Writes the draft of a definition, or changes it; whatever was handed in for review is a draft again.
    ///
    /// # Errors
    /// A conflict if there is a draft and `version` is not the one it has.
    pub async fn put_version_draft(
        &self,
        new: &NewVersion,
        version: Option<i64>,
        actor: &str,
        now: Instant,
    ) -> Result<VersionRecord, Error> {
        let mut writing = self.write(now).await?;
        let row = match draft(&writing, new.sort.as_str(), &new.of).await? {
            Some(row) => {
                if version != Some(row.version) {
                    return Err(Error::conflict(format!("the draft of {}", new.of), Some(row.version)));
                }
                let mut changed = row.into_active_model();
                changed.definition = Set(new.definition.clone());
                changed.content = Set(new.content.clone());
                changed.note = Set(new.note.clone());
                changed.author = Set(actor.to_owned());
                change(&mut writing, changed, VersionState::Draft, actor, "drafted", now).await?
            }
            None => insert(&mut writing, new, VersionState::Draft, actor, "drafted", now).await?,
        };
        writing.commit().await?;
        VersionRecord::new(row)
    }

    /// Keeps a version that was learnt, not written: it waits beside whatever is in use until a person puts it there.
    pub async fn add_challenger(&self, new: &NewVersion, actor: &str, now: Instant) -> Result<VersionRecord, Error> {
        let mut writing = self.write(now).await?;
        let row = insert(&mut writing, new, VersionState::Challenger, actor, "learnt", now).await?;
        writing.commit().await?;
        VersionRecord::new(row)
    }

    /// Hands the draft in for somebody to look at.
    ///
    /// # Errors
    /// Not found; a conflict if it was changed meanwhile or is no draft any more.
    pub async fn review_version(
        &self,
        sort: Versioned,
        of: &str,
        version: i64,
        actor: &str,
        now: Instant,
    ) -> Result<VersionRecord, Error> {
        let mut writing = self.write(now).await?;
        let row = draft(&writing, sort.as_str(), of).await?;
        let row = row.ok_or_else(|| Error::not_found(format!("a draft of {of}")))?;
        if row.version != version || row.state != VersionState::Draft.as_str() {
            return Err(Error::conflict(format!("the draft of {of}"), Some(row.version)));
        }
        let row = change(&mut writing, row.into_active_model(), VersionState::Review, actor, "reviewed", now).await?;
        writing.commit().await?;
        VersionRecord::new(row)
    }

    /// Puts a version in use from now on, in the place of the one that is. `cause` is what history says of it; what was said
    /// with it, if anything was, stands on the version from then on.
    ///
    /// # Errors
    /// Not found; a conflict if the version was changed meanwhile or is in use already.
    pub async fn activate_version(
        &self,
        id: i64,
        version: i64,
        (cause, said): (&str, Option<&str>),
        actor: &str,
        now: Instant,
    ) -> Result<VersionRecord, Error> {
        let mut writing = self.write(now).await?;
        let row = versions::Entity::find_by_id(id).one(&writing.transaction).await;
        let row = row.map_err(Error::while_doing("activating a version"))?;
        let row = row.ok_or_else(|| Error::not_found(format!("version {id}")))?;
        if row.version != version || row.state == VersionState::Active.as_str() {
            return Err(Error::conflict(format!("version {id} of {}", row.of_id), Some(row.version)));
        }
        let row = put_in_use(&mut writing, row, actor, (cause, said), now).await?;
        writing.commit().await?;
        VersionRecord::new(row)
    }

    /// Writes a version and puts it in use at once; a draft that somebody is writing stays.
    ///
    /// # Errors
    /// A conflict if the version in use is not the one that was seen (`None`: none was).
    pub async fn put_version_in_use(
        &self,
        new: &NewVersion,
        seen: Option<i64>,
        cause: &str,
        actor: &str,
        now: Instant,
    ) -> Result<VersionRecord, Error> {
        let mut writing = self.write(now).await?;
        let present = active(&writing, new.sort.as_str(), &new.of).await?.map(|row| row.id);
        if present != seen {
            return Err(Error::conflict(format!("what is in use of {}", new.of), present));
        }
        let row = insert(&mut writing, new, VersionState::Retired, actor, "written", now).await?;
        let row = put_in_use(&mut writing, row, actor, (cause, None), now).await?;
        writing.commit().await?;
        VersionRecord::new(row)
    }
}

/// Ends what is in use of the same, and begins this one.
async fn put_in_use(
    writing: &mut Writing,
    row: versions::Model,
    actor: &str,
    (cause, said): (&str, Option<&str>),
    now: Instant,
) -> Result<versions::Model, Error> {
    let doing = "activating a version";
    if let Some(present) = active(writing, &row.sort, &row.of_id).await? {
        change(writing, present.into_active_model(), VersionState::Retired, actor, "retired", now).await?;
    }
    let open = version_terms::Entity::find()
        .filter(version_terms::Column::Sort.eq(&row.sort))
        .filter(version_terms::Column::OfId.eq(&row.of_id))
        .filter(version_terms::Column::Until.is_null())
        .one(&writing.transaction)
        .await
        .map_err(Error::while_doing(doing))?;
    // The clock may have gone back; no term ends before it began.
    let at = open.as_ref().map_or(now, |open| now.max(Instant::from_micros(open.since)));
    if let Some(open) = open {
        let mut ended = open.into_active_model();
        ended.until = Set(Some(at.micros()));
        ended.update(&writing.transaction).await.map_err(Error::while_doing(doing))?;
    }
    let mut begun = row.into_active_model();
    if let Some(said) = said {
        begun.note = Set(Some(said.to_owned()));
    }
    let row = change(writing, begun, VersionState::Active, actor, cause, now).await?;
    begin_term(writing, &row, at, actor).await?;
    Ok(row)
}

async fn active(writing: &Writing, sort: &str, of: &str) -> Result<Option<versions::Model>, Error> {
    in_state(writing, sort, of, &[VersionState::Active]).await
}

async fn draft(writing: &Writing, sort: &str, of: &str) -> Result<Option<versions::Model>, Error> {
    in_state(writing, sort, of, &[VersionState::Draft, VersionState::Review]).await
}

async fn in_state(
    writing: &Writing,
    sort: &str,
    of: &str,
    states: &[VersionState],
) -> Result<Option<versions::Model>, Error> {
    versions::Entity::find()
        .filter(versions::Column::Sort.eq(sort))
        .filter(versions::Column::OfId.eq(of))
        .filter(versions::Column::State.is_in(states.iter().map(|state| state.as_str())))
        .one(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading a version"))
}

async fn insert(
    writing: &mut Writing,
    new: &NewVersion,
    state: VersionState,
    actor: &str,
    cause: &str,
    now: Instant,
) -> Result<versions::Model, Error> {
    let doing = "writing a version";
    let last = versions::Entity::find()
        .filter(versions::Column::Sort.eq(new.sort.as_str()))
        .filter(versions::Column::OfId.eq(&new.of))
        .order_by_desc(versions::Column::Number)
        .one(&writing.transaction)
        .await
        .map_err(Error::while_doing(doing))?;
    let row = versions::ActiveModel {
        id: NotSet,
        version: Set(1),
        sort: Set(new.sort.as_str().to_owned()),
        of_id: Set(new.of.clone()),
        number: Set(last.map_or(1, |last| last.number + 1)),
        content: Set(new.content.clone()),
        definition: Set(new.definition.clone()),
        state: Set(state.as_str().to_owned()),
        author: Set(actor.to_owned()),
        note: Set(new.note.clone()),
        created_at: Set(now.micros()),
        changed_at: Set(now.micros()),
    };
    let row = row.insert(&writing.transaction).await.map_err(Error::while_doing(doing))?;
    remember(writing, &row, actor, cause)?;
    Ok(row)
}

async fn change(
    writing: &mut Writing,
    mut changed: versions::ActiveModel,
    state: VersionState,
    actor: &str,
    cause: &str,
    now: Instant,
) -> Result<versions::Model, Error> {
    changed.version = Set(changed.version.take().unwrap_or(0) + 1);
    changed.state = Set(state.as_str().to_owned());
    changed.changed_at = Set(now.micros());
    let row = changed.update(&writing.transaction).await.map_err(Error::while_doing("changing a version"))?;
    remember(writing, &row, actor, cause)?;
    Ok(row)
}

async fn begin_term(writing: &Writing, row: &versions::Model, since: Instant, actor: &str) -> Result<(), Error> {
    let term = version_terms::ActiveModel {
        id: NotSet,
        sort: Set(row.sort.clone()),
        of_id: Set(row.of_id.clone()),
        version_id: Set(row.id),
        since: Set(since.micros()),
        until: Set(None),
        actor: Set(actor.to_owned()),
    };
    term.insert(&writing.transaction).await.map_err(Error::while_doing("noting what is in use"))?;
    Ok(())
}

fn remember(writing: &mut Writing, row: &versions::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let (id, version) = (row.id.to_string(), row.version);
    let resource = match Versioned::read(&row.sort)? {
        Versioned::Scorecard => Resource::Scorecard,
        Versioned::Rule => Resource::Rule,
        Versioned::Churn => Resource::ChurnDefinition,
        Versioned::Model => Resource::Model,
    };
    writing.remember(Change { resource, id, customer: None, version, actor, cause }, row)
}

impl VersionRecord {
    fn new(row: versions::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            version: row.version,
            of: row.of_id,
            number: row.number,
            content: row.content,
            definition: row.definition,
            state: VersionState::read(&row.state)?,
            author: row.author,
            note: row.note,
            created_at: Instant::from_micros(row.created_at),
            changed_at: Instant::from_micros(row.changed_at),
        })
    }
}

impl VersionTerm {
    fn new(row: version_terms::Model) -> Self {
        Self {
            of: row.of_id,
            version_id: row.version_id,
            since: Instant::from_micros(row.since),
            until: row.until.map(Instant::from_micros),
            actor: row.actor,
        }
    }
}
