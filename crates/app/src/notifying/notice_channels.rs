//! Channels: the ways by which notices leave the house, set up and tried by administrators.
//!
//! A channel's settings and secrets are read once as a door before they are kept, so that what is kept can be used; the
//! secrets are sealed and told to nobody. Not here: what goes out (`deliver`).

use std::collections::BTreeMap;

use channels::{Door, DoorKind, Fault, FaultClass, Message, Recipient};
use serde_json::{Map, Value};
use store::NoticeChannel;
use vocab::{Instant, Lang, Text};

use crate::error::Error;
use crate::notifying::deliver::{settled, trouble_of};
use crate::shown::written;
use crate::view::{self, Words};
use crate::{App, Class, Reader};

const NAME_CHARS: usize = 80;

impl App {
    /// Every channel, with what its latest call came to.
    pub async fn notice_channels(&self, reader: &Reader) -> Result<view::NoticeChannels, Error> {
        reader.may_administer()?;
        let mut channels = Vec::new();
        for row in self.store().channels().await? {
            channels.push(self.channel_view(&row).await?);
        }
        let kind = |kind: DoorKind| view::NoticeChannelKind {
            id: kind.as_str().to_owned(),
            name: Words::from(kind.name()),
            secrets: kind.secrets().iter().map(|name| (*name).to_owned()).collect(),
            needs_address: kind.needs_address(),
        };
        Ok(view::NoticeChannels { channels, kinds: DoorKind::ALL.into_iter().map(kind).collect() })
    }

    /// Adds a channel.
    ///
    /// # Errors
    /// `bad_channel` with what is missing or wrong; `name_taken`.
    pub async fn add_notice_channel(
        &self,
        reader: &Reader,
        new: view::NewNoticeChannel,
        now: Instant,
    ) -> Result<view::NoticeChannel, Error> {
        reader.may_administer()?;
        let kind = kind_of(&new.kind)?;
        let settings = checked(kind, new.settings)?;
        Door::read(kind, &settings, &new.secrets).map_err(refused)?;
        let secrets = new.secrets.into_iter().map(|(name, secret)| (name, Some(secret))).collect();
        let new = store::NewChannel {
            name: named(&new.name)?,
            kind: kind.as_str().to_owned(),
            settings,
            secret: self.sealed(BTreeMap::new(), secrets)?,
        };
        let row = self.store().add_channel(&new, &reader.actor(), now).await.map_err(taken)?;
        self.channel_view(&row).await
    }

    /// Changes a channel.
    ///
    /// # Errors
    /// `bad_channel`; `name_taken`; `version_conflict`.
    pub async fn change_notice_channel(
        &self,
        reader: &Reader,
        id: i64,
        change: view::NoticeChannelChange,
        now: Instant,
    ) -> Result<view::NoticeChannel, Error> {
        reader.may_administer()?;
        let row = self.channel_row(id).await?;
        let kind = kind_of(&row.kind)?;
        let settings = change.settings.map(|settings| checked(kind, settings)).transpose()?;
        let secret = match change.secrets.is_empty() {
            true => None,
            // A key that was lost must not keep a new secret from being written.
            false => Some(self.sealed(self.channel_secrets(&row).unwrap_or_default(), change.secrets)?),
        };
        let sealed = secret.as_ref().unwrap_or(&row.secret).as_deref();
        let secrets = self.unsealed(sealed)?;
        Door::read(kind, settings.as_ref().unwrap_or(&row.settings), &secrets).map_err(refused)?;
        let wanted = store::ChannelChange {
            name: change.name.as_deref().map(named).transpose()?,
            is_enabled: change.is_enabled,
            settings,
            secret,
        };
        let changed = self.store().change_channel(id, change.version, &wanted, &reader.actor(), now).await;
        self.channel_view(&changed.map_err(taken)?).await
    }

    /// Takes a channel away; what waits for it fails.
    pub async fn remove_notice_channel(&self, reader: &Reader, id: i64, now: Instant) -> Result<(), Error> {
        reader.may_administer()?;
        let gone = trouble_of(
            "channel_removed",
            &Text::new("渠道已被删除", "the channel was removed"),
            &Text::new("请换一个渠道", "choose another channel"),
        );
        Ok(self.store().remove_channel(id, &gone, &reader.actor(), now).await?)
    }

    /// Sends a test message to the reader, or to the address they name, and waits for what comes of it.
    ///
    /// # Errors
    /// Why it did not arrive, in the words of [`channels::Fault`]: `wrong_key`, `security_check`, `wrong_password`,
    /// `private_address`, `unreachable`….
    pub async fn test_notice_channel(
        &self,
        reader: &Reader,
        id: i64,
        test: view::NoticeTest,
        (lang, now): (Lang, Instant),
    ) -> Result<view::NoticeTested, Error> {
        reader.may_administer()?;
        let row = self.channel_row(id).await?;
        let door = self.door(&row)?;
        let (staff, name, email) = match &reader.staff {
            Some(staff) => (staff.id, staff.name.clone(), Some(staff.email.clone())),
            None => (0, reader.actor(), None),
        };
        let chosen = self.store().notice_choices().await?;
        let own = chosen.get(&staff).and_then(|choice| choice.address(id)).map(str::to_owned);
        let is_mail = row.kind == DoorKind::Mail.as_str();
        let own = own.or(email.filter(|_| is_mail));
        let text = Text::new("留客测试消息：渠道可以使用", "A test message from Liuke: the channel works");
        let attempt = self.store().begin_trial(id, staff, &self.claimer(), now).await?;
        let message = Message {
            id: format!("test-{attempt}"),
            to: Recipient { name, address: test.to.filter(|to| !to.trim().is_empty()).or(own) },
            lang,
            subject: text.get(lang).to_owned(),
            lines: Vec::new(),
            link: None,
        };
        let outcome = self.outside().send(&door, &message, now).await;
        self.store().settle_attempt(attempt, &settled(&outcome, 1, attempt, now), now).await?;
        outcome.map(|receipt| view::NoticeTested { answer: receipt.answer }).map_err(refused)
    }

    /// A channel's door, with its secrets opened for the moment of sending.
    pub(crate) fn door(&self, row: &NoticeChannel) -> Result<Door, Error> {
        Door::read(kind_of(&row.kind)?, &row.settings, &self.channel_secrets(row)?).map_err(refused)
    }

    fn channel_secrets(&self, row: &NoticeChannel) -> Result<BTreeMap<String, String>, Error> {
        self.unsealed(row.secret.as_deref())
    }

    async fn channel_row(&self, id: i64) -> Result<NoticeChannel, Error> {
        self.store().channel(id).await?.ok_or_else(|| Error::not_found(("这个通知渠道", "the channel")))
    }

    async fn channel_view(&self, row: &NoticeChannel) -> Result<view::NoticeChannel, Error> {
        let last = self.store().notice_attempts(row.id, 1).await?;
        let name =
            row.kind.parse::<DoorKind>().map_or_else(|()| Words::new(&row.kind, &row.kind), |kind| kind.name().into());
        Ok(view::NoticeChannel {
            id: row.id,
            version: row.version,
            name: row.name.clone(),
            kind: row.kind.clone(),
            kind_name: name,
            is_enabled: row.is_enabled,
            settings: row.settings.clone(),
            secrets: self.channel_secrets(row).map(|secrets| secrets.into_keys().collect()).unwrap_or_default(),
            paused_until: row.paused_until.map(written),
            last: last.first().map(|attempt| view::NoticeAttempt {
                started_at: written(attempt.started_at),
                ended_at: attempt.ended_at.map(written),
                outcome: attempt.outcome.map(|outcome| outcome.as_str().to_owned()),
                trouble: attempt.said.as_deref().and_then(|said| serde_json::from_str(said).ok()),
            }),
        })
    }
}

/// A fault as the refusal of a use case: the code stays, so that a screen can help.
pub(crate) fn refused(fault: Fault) -> Error {
    let class = match fault.class {
        FaultClass::Throttled(_) => Class::TooMany,
        FaultClass::Later | FaultClass::Never | FaultClass::Perhaps => Class::BadInput,
    };
    Error::new(class, fault.code, (&fault.detail.zh, &fault.detail.en), (&fault.hint.zh, &fault.hint.en))
}

fn kind_of(kind: &str) -> Result<DoorKind, Error> {
    kind.parse().map_err(|()| {
        let shown: String = kind.chars().take(80).collect();
        let all = DoorKind::ALL.map(DoorKind::as_str).join(", ");
        Error::bad(
            "unknown_kind",
            (&format!("没有这种渠道：“{shown}”"), &format!("no such kind of channel: \"{shown}\"")),
            (&format!("可选：{all}"), &format!("one of {all}")),
        )
    })
}

fn named(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS {
        return Err(Error::bad(
            "bad_name",
            ("请给渠道起个名字（80 字以内）", "give the channel a name of at most 80 letters"),
            ("例如“客户成功群”", "for example \"customer success group\""),
        ));
    }
    Ok(name.to_owned())
}

fn checked(kind: DoorKind, settings: Map<String, Value>) -> Result<Value, Error> {
    let misplaced = kind.secrets().iter().find(|secret| settings.contains_key(**secret));
    if let Some(secret) = misplaced {
        return Err(crate::arriving::sources::misplaced_secret(secret));
    }
    crate::arriving::sources::checked_settings(Value::Object(settings))
}

fn taken(error: store::Error) -> Error {
    if error.is_conflict() && error.current_version().is_none() {
        return Error::new(
            Class::Conflict,
            "name_taken",
            ("已有同名渠道", "there is a channel of this name"),
            ("请换一个名称", "choose another name"),
        );
    }
    error.into()
}
