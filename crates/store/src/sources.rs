//! Sources: every way by which data comes in, with the key a sender shows or the sealed secret a fetcher needs.
//!
//! One table for every kind. What a kind means, which settings it has and how a secret is sealed is the caller's
//! business; here a secret is bytes that never show in a log or in the history. Runs of sources that are fetched are
//! kept beside their source and go with it.

use std::fmt;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use vocab::Instant;

use crate::entity::{source_runs, sources};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::{Error, Store};

/// A way by which data comes in.
#[derive(Clone, PartialEq)]
pub struct Source {
    /// Stable id; never given twice.
    pub id: i64,
    /// Its name: that of the source of its facts. Unique, and never changed.
    pub name: String,
    /// What sort of source: `segment`, `sensors`, `webhook`, `postgres`….
    pub kind: String,
    /// The key that its senders show. Unique; `None` for a source that is fetched.
    pub key: Option<String>,
    /// Whether a call with a fault in it is refused as a whole.
    pub is_strict: bool,
    /// Whether it is in use.
    pub is_enabled: bool,
    /// Everything else about it. No secret.
    pub settings: serde_json::Value,
    /// Its secret, sealed.
    pub secret: Option<Vec<u8>>,
    /// When it was added.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// Grows by one with every change.
    pub version: i64,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Key and secret stay out of logs.
        f.debug_struct("Source")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("is_strict", &self.is_strict)
            .field("is_enabled", &self.is_enabled)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// A source to be added; it is in use from the start.
#[derive(Clone)]
pub struct NewSource {
    /// Its name.
    pub name: String,
    /// What sort of source.
    pub kind: String,
    /// The key that its senders will show.
    pub key: Option<String>,
    /// Whether a call with a fault in it is refused as a whole.
    pub is_strict: bool,
    /// Everything else about it.
    pub settings: serde_json::Value,
    /// Its secret, sealed.
    pub secret: Option<Vec<u8>>,
}

/// What is to become of a source; what is `None` stays.
#[derive(Clone, Default)]
pub struct SourceChange {
    /// Whether a call with a fault in it is refused as a whole.
    pub is_strict: Option<bool>,
    /// Whether it is in use.
    pub is_enabled: Option<bool>,
    /// Everything else about it, whole.
    pub settings: Option<serde_json::Value>,
    /// Its secret, sealed; `Some(None)` takes it away.
    pub secret: Option<Option<Vec<u8>>>,
}

impl Store {
    /// Every source, in the order they were added.
    pub async fn sources(&self) -> Result<Vec<Source>, Error> {
        let rows = sources::Entity::find()
            .order_by_asc(sources::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading sources"))?;
        rows.into_iter().map(Source::new).collect()
    }

    /// The source with this id.
    pub async fn source(&self, id: i64) -> Result<Option<Source>, Error> {
        let row = sources::Entity::find_by_id(id).one(&self.reader).await;
        row.map_err(Error::while_doing("reading a source"))?.map(Source::new).transpose()
    }

    /// The source of this name.
    pub async fn source_named(&self, name: &str) -> Result<Option<Source>, Error> {
        let row = sources::Entity::find().filter(sources::Column::Name.eq(name)).one(&self.reader).await;
        row.map_err(Error::while_doing("reading a source"))?.map(Source::new).transpose()
    }

    /// The source whose senders show this key.
    pub async fn source_with_key(&self, key: &str) -> Result<Option<Source>, Error> {
        let row = sources::Entity::find().filter(sources::Column::Key.eq(key)).one(&self.reader).await;
        row.map_err(Error::while_doing("reading a source"))?.map(Source::new).transpose()
    }

    /// Adds a source.
    ///
    /// # Errors
    /// A conflict if the name or the key is taken.
    pub async fn add_source(&self, new: &NewSource, actor: &str, now: Instant) -> Result<Source, Error> {
        let mut writing = self.write(now).await?;
        let row = sources::ActiveModel {
            id: NotSet,
            version: Set(1),
            name: Set(new.name.clone()),
            kind: Set(new.kind.clone()),
            key: Set(new.key.clone()),
            is_strict: Set(new.is_strict),
            is_enabled: Set(true),
            settings: Set(new.settings.to_string()),
            secret: Set(new.secret.clone()),
            created_at: Set(now.micros()),
            updated_at: Set(now.micros()),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing("adding a source"))?;
        remember(&mut writing, &row, actor, "added")?;
        writing.commit().await?;
        Source::new(row)
    }

    /// Changes a source; with `version`, only if that is still its version.
    ///
    /// # Errors
    /// Not found; a conflict if somebody else was faster.
    pub async fn change_source(
        &self,
        id: i64,
        version: Option<i64>,
        change: &SourceChange,
        actor: &str,
        now: Instant,
    ) -> Result<Source, Error> {
        let writing = self.write(now).await?;
        let before = source_row(&writing, id).await?;
        if version.is_some_and(|seen| seen != before.version) {
            return Err(Error::conflict(format!("source {id} was changed"), Some(before.version)));
        }
        let mut after = before.clone();
        after.is_strict = change.is_strict.unwrap_or(after.is_strict);
        after.is_enabled = change.is_enabled.unwrap_or(after.is_enabled);
        after.settings = change.settings.as_ref().map_or(after.settings, ToString::to_string);
        after.secret = change.secret.clone().unwrap_or(after.secret);
        if after == before {
            return Source::new(before);
        }
        save(writing, after, actor, "changed", now).await
    }

    /// Gives a source a new key; the old one opens nothing from then on.
    ///
    /// # Errors
    /// Not found; a conflict if the key is taken; refused if the source has no key.
    pub async fn rotate_source(&self, id: i64, key: &str, actor: &str, now: Instant) -> Result<Source, Error> {
        let writing = self.write(now).await?;
        let mut row = source_row(&writing, id).await?;
        if row.key.is_none() {
            return Err(Error::refused(format!("source {id} has no key")));
        }
        row.key = Some(key.to_owned());
        save(writing, row, actor, "rotated", now).await
    }

    /// Takes a source out of the registry, and its runs. What came in through it stays.
    ///
    /// # Errors
    /// Not found.
    pub async fn remove_source(&self, id: i64, actor: &str, now: Instant) -> Result<(), Error> {
        let doing = "removing a source";
        let mut writing = self.write(now).await?;
        let mut row = source_row(&writing, id).await?;
        sources::Entity::delete_by_id(id).exec(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        source_runs::Entity::delete_many()
            .filter(source_runs::Column::SourceId.eq(id))
            .exec(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        row.version += 1;
        remember(&mut writing, &row, actor, "removed")?;
        writing.commit().await
    }
}

async fn source_row(writing: &Writing, id: i64) -> Result<sources::Model, Error> {
    let row = sources::Entity::find_by_id(id).one(&writing.transaction).await;
    row.map_err(Error::while_doing("reading a source"))?.ok_or_else(|| Error::not_found(format!("source {id}")))
}

async fn save(
    mut writing: Writing,
    mut row: sources::Model,
    actor: &str,
    cause: &str,
    now: Instant,
) -> Result<Source, Error> {
    row.version += 1;
    row.updated_at = now.micros();
    let row = row.into_active_model().reset_all();
    let row = row.update(&writing.transaction).await.map_err(Error::while_doing("changing a source"))?;
    remember(&mut writing, &row, actor, cause)?;
    writing.commit().await?;
    Source::new(row)
}

fn remember(writing: &mut Writing, row: &sources::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let (id, version) = (row.id.to_string(), row.version);
    writing.remember(Change { resource: Resource::Source, id, customer: None, version, actor, cause }, row)
}

impl Source {
    fn new(row: sources::Model) -> Result<Self, Error> {
        let settings = serde_json::from_str(&row.settings)
            .map_err(|error| Error::unreadable(format!("the settings of source {}: {error}", row.id)))?;
        Ok(Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            key: row.key,
            is_strict: row.is_strict,
            is_enabled: row.is_enabled,
            settings,
            secret: row.secret,
            created_at: Instant::from_micros(row.created_at),
            updated_at: Instant::from_micros(row.updated_at),
            version: row.version,
        })
    }
}
