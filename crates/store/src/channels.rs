//! Channels: the ways by which notices leave the house, with the sealed secret that each needs.
//!
//! What a kind means, which settings it has and how a secret is sealed is the caller's business; here a secret is bytes
//! that never show in a log or in the history.

use std::fmt;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use vocab::Instant;

use crate::deliveries::DeliveryState;
use crate::entity::{channels, notice_deliveries};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::{Error, Store};

/// A way by which notices leave the house.
#[derive(Clone, PartialEq)]
pub struct NoticeChannel {
    /// Stable id; never given twice.
    pub id: i64,
    /// Grows by one with every change.
    pub version: i64,
    /// What people call it. Unique.
    pub name: String,
    /// What sort of door.
    pub kind: String,
    /// Whether it is in use.
    pub is_enabled: bool,
    /// Everything else about it. No secret.
    pub settings: serde_json::Value,
    /// Its secrets, sealed.
    pub secret: Option<Vec<u8>>,
    /// Until when its service asked us to send nothing.
    pub paused_until: Option<Instant>,
    /// When it was added.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl fmt::Debug for NoticeChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The secret stays out of logs.
        f.debug_struct("NoticeChannel")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("is_enabled", &self.is_enabled)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// A channel to be added; it is in use from the start.
#[derive(Clone)]
pub struct NewChannel {
    /// What people call it.
    pub name: String,
    /// What sort of door.
    pub kind: String,
    /// Everything else about it.
    pub settings: serde_json::Value,
    /// Its secrets, sealed.
    pub secret: Option<Vec<u8>>,
}

/// What is to become of a channel; what is `None` stays.
#[derive(Clone, Default)]
pub struct ChannelChange {
    /// What people call it.
    pub name: Option<String>,
    /// Whether it is in use.
    pub is_enabled: Option<bool>,
    /// Everything else about it, whole.
    pub settings: Option<serde_json::Value>,
    /// Its secrets, sealed; `Some(None)` takes them away.
    pub secret: Option<Option<Vec<u8>>>,
}

impl Store {
    /// Every channel, in the order they were added.
    pub async fn channels(&self) -> Result<Vec<NoticeChannel>, Error> {
        let rows = channels::Entity::find().order_by_asc(channels::Column::Id).all(&self.reader).await;
        rows.map_err(Error::while_doing("reading channels"))?.into_iter().map(NoticeChannel::new).collect()
    }

    /// The channel with this id.
    pub async fn channel(&self, id: i64) -> Result<Option<NoticeChannel>, Error> {
        let row = channels::Entity::find_by_id(id).one(&self.reader).await;
        row.map_err(Error::while_doing("reading a channel"))?.map(NoticeChannel::new).transpose()
    }

    /// Adds a channel.
    ///
    /// # Errors
    /// A conflict if the name is taken.
    pub async fn add_channel(&self, new: &NewChannel, actor: &str, now: Instant) -> Result<NoticeChannel, Error> {
        let mut writing = self.write(now).await?;
        let row = channels::ActiveModel {
            id: NotSet,
            version: Set(1),
            name: Set(new.name.clone()),
            kind: Set(new.kind.clone()),
            is_enabled: Set(true),
            settings: Set(new.settings.to_string()),
            secret: Set(new.secret.clone()),
            paused_until: Set(None),
            created_at: Set(now.micros()),
            updated_at: Set(now.micros()),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing("adding a channel"))?;
        remember(&mut writing, &row, actor, "added")?;
        writing.commit().await?;
        NoticeChannel::new(row)
    }

    /// Changes a channel; `version` is the one that was seen. A change lets it be used again at once.
    ///
    /// # Errors
    /// Not found; a conflict if somebody else was faster or the name is taken.
    pub async fn change_channel(
        &self,
        id: i64,
        version: i64,
        change: &ChannelChange,
        actor: &str,
        now: Instant,
    ) -> Result<NoticeChannel, Error> {
        let mut writing = self.write(now).await?;
        let mut row = channel_row(&writing, id).await?;
        if row.version != version {
            return Err(Error::conflict(format!("channel {id} was changed"), Some(row.version)));
        }
        row.version += 1;
        row.name = change.name.clone().unwrap_or(row.name);
        row.is_enabled = change.is_enabled.unwrap_or(row.is_enabled);
        row.settings = change.settings.as_ref().map_or(row.settings, ToString::to_string);
        row.secret = change.secret.clone().unwrap_or(row.secret);
        row.paused_until = None;
        row.updated_at = now.micros();
        let row = row.into_active_model().reset_all().update(&writing.transaction).await;
        let row = row.map_err(Error::while_doing("changing a channel"))?;
        remember(&mut writing, &row, actor, "changed")?;
        writing.commit().await?;
        NoticeChannel::new(row)
    }

    /// Takes a channel away. What waits for it fails, for the reason given; what it delivered stays on record.
    ///
    /// # Errors
    /// Not found.
    pub async fn remove_channel(&self, id: i64, trouble: &str, actor: &str, now: Instant) -> Result<(), Error> {
        let doing = "removing a channel";
        let mut writing = self.write(now).await?;
        let mut row = channel_row(&writing, id).await?;
        channels::Entity::delete_by_id(id).exec(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        notice_deliveries::Entity::update_many()
            .col_expr(notice_deliveries::Column::State, Expr::value(DeliveryState::Failed.as_str()))
            .col_expr(notice_deliveries::Column::Trouble, Expr::value(trouble))
            .col_expr(notice_deliveries::Column::SettledAt, Expr::value(now.micros()))
            .filter(notice_deliveries::Column::ChannelId.eq(id))
            .filter(notice_deliveries::Column::State.eq(DeliveryState::Planned.as_str()))
            .exec(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        row.version += 1;
        remember(&mut writing, &row, actor, "removed")?;
        writing.commit().await
    }
}

async fn channel_row(writing: &Writing, id: i64) -> Result<channels::Model, Error> {
    let row = channels::Entity::find_by_id(id).one(&writing.transaction).await;
    row.map_err(Error::while_doing("reading a channel"))?.ok_or_else(|| Error::not_found(format!("channel {id}")))
}

fn remember(writing: &mut Writing, row: &channels::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let (id, version) = (row.id.to_string(), row.version);
    writing.remember(Change { resource: Resource::Channel, id, customer: None, version, actor, cause }, row)
}

impl NoticeChannel {
    pub(crate) fn new(row: channels::Model) -> Result<Self, Error> {
        let settings = serde_json::from_str(&row.settings)
            .map_err(|error| Error::unreadable(format!("the settings of channel {}: {error}", row.id)))?;
        Ok(Self {
            id: row.id,
            version: row.version,
            name: row.name,
            kind: row.kind,
            is_enabled: row.is_enabled,
            settings,
            secret: row.secret,
            paused_until: row.paused_until.map(Instant::from_micros),
            created_at: Instant::from_micros(row.created_at),
            updated_at: Instant::from_micros(row.updated_at),
        })
    }
}
