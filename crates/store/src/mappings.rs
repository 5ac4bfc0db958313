//! How tables are read, as people saved it: found again by name, or by what the headers of a file have in common.
//!
//! What a mapping says is the caller's business; here it is a text.

use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, ModelTrait, QueryFilter, QueryOrder};
use vocab::Instant;

use crate::entity::mappings;
use crate::history::Resource;
use crate::open::Change;
use crate::{Error, Store};

/// A saved mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedMapping {
    /// Its name.
    pub name: String,
    /// What the rows of its tables are.
    pub kind: String,
    /// What the headers of its tables have in common.
    pub fingerprint: String,
    /// The mapping.
    pub mapping: String,
    /// When it was last saved.
    pub updated_at: Instant,
    /// Grows by one with every change.
    pub version: i64,
}

impl Store {
    /// Every saved mapping, by name.
    pub async fn mappings(&self) -> Result<Vec<SavedMapping>, Error> {
        let rows = mappings::Entity::find()
            .order_by_asc(mappings::Column::Name)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading mappings"))?;
        Ok(rows.into_iter().map(SavedMapping::new).collect())
    }

    /// The mapping of this name.
    pub async fn mapping(&self, name: &str) -> Result<Option<SavedMapping>, Error> {
        let row = mappings::Entity::find_by_id(name.to_owned()).one(&self.reader).await;
        Ok(row.map_err(Error::while_doing("reading a mapping"))?.map(SavedMapping::new))
    }

    /// The mapping last saved for tables with such headers.
    pub async fn mapping_for(&self, fingerprint: &str) -> Result<Option<SavedMapping>, Error> {
        let row = mappings::Entity::find()
            .filter(mappings::Column::Fingerprint.eq(fingerprint))
            .order_by_desc(mappings::Column::UpdatedAt)
            .order_by_asc(mappings::Column::Name)
            .one(&self.reader)
            .await;
        Ok(row.map_err(Error::while_doing("reading a mapping"))?.map(SavedMapping::new))
    }

    /// Saves a mapping under its name, in the place of what stood there; `version` is not looked at.
    pub async fn put_mapping(&self, saved: &SavedMapping, actor: &str, now: Instant) -> Result<SavedMapping, Error> {
        let doing = "saving a mapping";
        let mut writing = self.write(now).await?;
        let before = mappings::Entity::find_by_id(saved.name.clone())
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        // A name that was deleted before goes on counting, since the history keeps every version once.
        let last = match &before {
            Some(before) => before.version,
            None => writing.last_version(Resource::Mapping, &saved.name).await?,
        };
        let row = mappings::ActiveModel {
            name: Set(saved.name.clone()),
            version: Set(last + 1),
            kind: Set(saved.kind.clone()),
            fingerprint: Set(saved.fingerprint.clone()),
            mapping: Set(saved.mapping.clone()),
            updated_at: Set(now.micros()),
        };
        let after = match before {
            Some(_) => row.update(&writing.transaction).await,
            None => row.insert(&writing.transaction).await,
        }
        .map_err(Error::while_doing(doing))?;
        let change = Change {
            resource: Resource::Mapping,
            id: after.name.clone(),
            customer: None,
            version: after.version,
            actor,
            cause: "saved",
        };
        writing.remember(change, &after)?;
        writing.commit().await?;
        Ok(SavedMapping::new(after))
    }

    /// Deletes a mapping.
    ///
    /// # Errors
    /// Not found.
    pub async fn remove_mapping(&self, name: &str, actor: &str, now: Instant) -> Result<(), Error> {
        let doing = "deleting a mapping";
        let mut writing = self.write(now).await?;
        let row = mappings::Entity::find_by_id(name.to_owned())
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?
            .ok_or_else(|| Error::not_found(format!("the mapping {name}")))?;
        let mut last = row.clone();
        last.version += 1;
        row.delete(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        let change = Change {
            resource: Resource::Mapping,
            id: name.to_owned(),
            customer: None,
            version: last.version,
            actor,
            cause: "deleted",
        };
        writing.remember(change, &last)?;
        writing.commit().await
    }
}

impl SavedMapping {
    fn new(row: mappings::Model) -> Self {
        Self {
            name: row.name,
            kind: row.kind,
            fingerprint: row.fingerprint,
            mapping: row.mapping,
            updated_at: Instant::from_micros(row.updated_at),
            version: row.version,
        }
    }
}
