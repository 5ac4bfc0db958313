//! The firm's own choices, by key: a text each, with a history. No secret belongs here: the history keeps every value.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QueryOrder};
use std::collections::BTreeMap;
use vocab::Instant;

use crate::entity::settings;
use crate::history::Resource;
use crate::open::Change;
use crate::{Error, Store};

impl Store {
    /// What was chosen under this key.
    pub async fn setting(&self, key: &str) -> Result<Option<String>, Error> {
        let row = settings::Entity::find_by_id(key.to_owned())
            .one(&self.reader)
            .await
            .map_err(Error::while_doing("reading a setting"))?;
        Ok(row.map(|row| row.value))
    }

    /// How often it was chosen under this key; 0 where it never was.
    pub async fn setting_version(&self, key: &str) -> Result<i64, Error> {
        let row = settings::Entity::find_by_id(key.to_owned())
            .one(&self.reader)
            .await
            .map_err(Error::while_doing("reading a setting"))?;
        Ok(row.map_or(0, |row| row.version))
    }

    /// Everything that was chosen.
    pub async fn settings(&self) -> Result<BTreeMap<String, String>, Error> {
        let rows = settings::Entity::find()
            .order_by_asc(settings::Column::Key)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading settings"))?;
        Ok(rows.into_iter().map(|row| (row.key, row.value)).collect())
    }

    /// Chooses. The same value again changes nothing and leaves no trace.
    pub async fn put_setting(&self, key: &str, value: &str, actor: &str, now: Instant) -> Result<(), Error> {
        let doing = "writing a setting";
        let mut writing = self.write(now).await?;
        let before = settings::Entity::find_by_id(key.to_owned())
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        if before.as_ref().is_some_and(|before| before.value == value) {
            return Ok(());
        }
        let row = settings::ActiveModel {
            key: Set(key.to_owned()),
            version: Set(before.as_ref().map_or(1, |before| before.version + 1)),
            value: Set(value.to_owned()),
        };
        let after = match before {
            Some(_) => row.update(&writing.transaction).await,
            None => row.insert(&writing.transaction).await,
        }
        .map_err(Error::while_doing(doing))?;
        let change = Change {
            resource: Resource::Setting,
            id: after.key.clone(),
            customer: None,
            version: after.version,
            actor,
            cause: "chosen",
        };
        writing.remember(change, &after)?;
        writing.commit().await
    }
}
