//! Sources: every way by which data comes in, with its key, its secrets and how it does.
//!
//! A source that senders call has a key, which is public by nature (it stands in web pages) and opens nothing but the
//! door inwards. A source that is fetched has secrets, which are sealed and told to nobody. Reading is for those who
//! see all customers, changing for administrators.
//!
//! Not here: what comes in through a source (`wire`, `imports`), and what a kind's settings mean.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use rand::TryRngCore as _;
use serde_json::Value;
use vocab::{Instant, Scope};

use crate::error::Error;
use crate::shown::written;
use crate::view::{self, Words};
use crate::{App, Reader, arriving::snippets, blocking};

/// How long another process's change may go unnoticed, in microseconds.
const FRESH_MICROS: u64 = 10_000_000;
/// The industry whose customers are firms with many users.
const OF_PERSONS: &str = "saas";
const NAME_CHARS: usize = 80;
const SETTINGS_BYTES: usize = 64 << 10;
const SECRET_BYTES: usize = 16 << 10;
/// What secrets are called.
const SECRETS: [&str; 8] =
    ["password", "secret", "token", "api_key", "app_secret", "private_key", "encoding_aes_key", "access_token"];

/// What sort of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceKind {
    /// Stable word.
    pub id: &'static str,
    /// Name in Chinese.
    pub zh: &'static str,
    /// Name in English.
    pub en: &'static str,
    /// Whether senders call it with a key.
    pub has_key: bool,
}

const fn kind(id: &'static str, zh: &'static str, en: &'static str, has_key: bool) -> SourceKind {
    SourceKind { id, zh, en, has_key }
}

impl SourceKind {
    /// Every one.
    pub const ALL: &[SourceKind] = &[
        kind("segment", "Segment 格式事件", "Events (Segment)", true),
        kind("sensors", "神策格式事件", "Events (Sensors Data)", true),
        kind("webhook", "通用 Webhook", "Webhook", true),
        kind("jiandaoyun", "简道云", "Jiandaoyun", true),
        kind("wecom", "企业微信客户联系", "WeCom customer contact", true),
        kind("postgres", "PostgreSQL 数据库", "PostgreSQL", false),
        kind("mysql", "MySQL 数据库", "MySQL", false),
        kind("sqlite", "SQLite 数据库", "SQLite", false),
        kind("sqlserver", "SQL Server 数据库", "SQL Server", false),
        kind("http", "HTTP 接口", "HTTP API", false),
        kind("folder", "监视目录", "Watched folder", false),
        kind("sftp", "SFTP 目录", "SFTP folder", false),
        kind("files", "文件", "Files", false),
    ];

    /// The kind behind a word.
    pub fn of(id: &str) -> Option<&'static SourceKind> {
        Self::ALL.iter().find(|kind| kind.id == id)
    }
}

/// The sources as last read, by key: asked for every call that comes in.
#[derive(Default)]
pub(crate) struct Known(RwLock<Option<Arc<Reading>>>);

pub(crate) struct Reading {
    by_key: HashMap<String, Arc<store::Source>>,
    speaks_of_persons: bool,
    at: Instant,
}

impl Known {
    /// The registry as it was read a moment ago; `None` if it must be read again.
    fn read(&self, now: Instant) -> Option<Arc<Reading>> {
        let kept = self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        let age = |reading: &&Arc<Reading>| now.micros().abs_diff(reading.at.micros());
        kept.as_ref().filter(|reading| age(reading) < FRESH_MICROS).cloned()
    }

    /// Keeps what was read; gives it back, since somebody else may keep another reading at once.
    fn keep(&self, sources: Vec<store::Source>, speaks_of_persons: bool, at: Instant) -> Arc<Reading> {
        let keyed = sources.into_iter().filter_map(|source| Some((source.key.clone()?, Arc::new(source))));
        let reading = Arc::new(Reading { by_key: keyed.collect(), speaks_of_persons, at });
        *self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(Arc::clone(&reading));
        reading
    }

    fn forget(&self) {
        *self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = None;
    }
}

/// What each source has delivered, and what of it is in quarantine.
struct Standing {
    delivered: HashMap<String, facts::SourceSummary>,
    held: BTreeMap<vocab::SourceName, u64>,
    now: Instant,
}

impl App {
    /// Every source, in the order they were added.
    pub async fn sources(&self, reader: &Reader, now: Instant) -> Result<Vec<view::Source>, Error> {
        may_read(reader)?;
        let (rows, standing) = (self.store().sources().await?, self.standing(now).await?);
        rows.iter().map(|row| self.source_view(reader, row, &standing)).collect()
    }

    /// One source and how to send to it; `url` is this server's address as senders reach it.
    pub async fn source(&self, reader: &Reader, id: i64, url: &str, now: Instant) -> Result<view::SourceDetail, Error> {
        may_read(reader)?;
        let row = self.source_row(id).await?;
        let key = row.key.as_deref().filter(|_| reader.is_admin);
        let snippets = key.map_or_else(Vec::new, |key| snippets::of(&row.kind, key, url));
        let source = self.source_view(reader, &row, &self.standing(now).await?)?;
        Ok(view::SourceDetail { source, snippets })
    }

    /// The source of this name.
    pub async fn source_of_name(&self, reader: &Reader, name: &str, now: Instant) -> Result<view::Source, Error> {
        may_read(reader)?;
        let row = self.store().source_named(name).await?.ok_or_else(none)?;
        self.source_view(reader, &row, &self.standing(now).await?)
    }

    /// Adds a source and makes its key.
    pub async fn add_source(&self, reader: &Reader, new: view::NewSource, now: Instant) -> Result<view::Source, Error> {
        reader.may_administer()?;
        let kind = SourceKind::of(&new.kind).ok_or_else(|| unknown_kind(&new.kind))?;
        let name = checked_name(&new.name)?;
        let settings = checked_settings(new.settings.unwrap_or_else(|| Value::Object(serde_json::Map::new())))?;
        crate::arriving::pulls::check(kind.id, &settings)?;
        let secrets = new.secrets.into_iter().map(|(name, secret)| (name, Some(secret))).collect();
        let new = store::NewSource {
            name,
            kind: kind.id.to_owned(),
            key: kind.has_key.then(new_key).transpose()?,
            is_strict: new.is_strict,
            settings,
            secret: self.sealed(BTreeMap::new(), secrets)?,
        };
        let row = self.store().add_source(&new, &reader.actor(), now).await.map_err(taken)?;
        self.0.sources.forget();
        self.source_view(reader, &row, &Standing { delivered: HashMap::new(), held: BTreeMap::new(), now })
    }

    /// Changes a source.
    pub async fn change_source(
        &self,
        reader: &Reader,
        id: i64,
        change: view::SourceChange,
        now: Instant,
    ) -> Result<view::Source, Error> {
        reader.may_administer()?;
        let row = self.source_row(id).await?;
        let secret = match change.secrets.is_empty() {
            true => None,
            // A key that was lost must not keep a new secret from being written.
            false => Some(self.sealed(self.source_secrets(&row).unwrap_or_default(), change.secrets)?),
        };
        if let Some(settings) = &change.settings {
            crate::arriving::pulls::check(&row.kind, settings)?;
        }
        let wanted = store::SourceChange {
            is_strict: change.is_strict,
            is_enabled: change.is_enabled,
            settings: change.settings.map(checked_settings).transpose()?,
            secret,
        };
        let row = self.store().change_source(id, change.version, &wanted, &reader.actor(), now).await?;
        self.0.sources.forget();
        self.source_view(reader, &row, &self.standing(now).await?)
    }

    /// Gives a source a new key; the old one opens nothing from now on.
    pub async fn rotate_source(&self, reader: &Reader, id: i64, now: Instant) -> Result<view::Source, Error> {
        reader.may_administer()?;
        let row = self.store().rotate_source(id, &new_key()?, &reader.actor(), now).await.map_err(|error| {
            if error.is_refused() {
                return Error::bad(
                    "no_key",
                    ("这个来源没有密钥", "this source has no key"),
                    ("只有由对方推送的来源才有密钥", "only sources that others send to have one"),
                );
            }
            error.into()
        })?;
        self.0.sources.forget();
        self.source_view(reader, &row, &self.standing(now).await?)
    }

    /// Takes a source out of the registry. The facts it brought stay.
    pub async fn remove_source(&self, reader: &Reader, id: i64, now: Instant) -> Result<(), Error> {
        reader.may_administer()?;
        self.store().remove_source(id, &reader.actor(), now).await?;
        self.0.sources.forget();
        Ok(())
    }

    /// The source whose senders show this key, in use or not: for the front door, which has no reader.
    ///
    /// Answered from memory; a change by another process is noticed after ten seconds.
    pub async fn source_with_key(&self, key: &str, now: Instant) -> Result<Option<Arc<store::Source>>, Error> {
        Ok(self.registry(now).await?.by_key.get(key).cloned())
    }

    /// Whether firms of this industry mean a person at a customer when they send a user id.
    pub(crate) async fn speaks_of_persons(&self, now: Instant) -> Result<bool, Error> {
        Ok(self.registry(now).await?.speaks_of_persons)
    }

    /// The sources as they were read a moment ago, or now.
    async fn registry(&self, now: Instant) -> Result<Arc<Reading>, Error> {
        if let Some(known) = self.0.sources.read(now) {
            return Ok(known);
        }
        let speaks_of_persons = self.working_firm().await?.template == OF_PERSONS;
        Ok(self.0.sources.keep(self.store().sources().await?, speaks_of_persons, now))
    }

    /// The secrets of a source, opened by whoever is about to use them.
    ///
    /// # Errors
    /// `other_secret_key` when they were sealed by another key.
    pub(crate) fn source_secrets(&self, source: &store::Source) -> Result<BTreeMap<String, String>, Error> {
        self.unsealed(source.secret.as_deref())
    }

    /// The secrets behind sealed bytes; none behind none.
    pub(crate) fn unsealed(&self, sealed: Option<&[u8]>) -> Result<BTreeMap<String, String>, Error> {
        let Some(sealed) = sealed else { return Ok(BTreeMap::new()) };
        serde_json::from_slice(&self.seal().unseal(sealed)?).map_err(Error::internal)
    }

    /// The row of a source.
    pub(crate) async fn source_row(&self, id: i64) -> Result<store::Source, Error> {
        self.store().source(id).await?.ok_or_else(none)
    }

    /// Secrets with some of them changed, sealed; an empty one is forgotten.
    pub(crate) fn sealed(
        &self,
        mut secrets: BTreeMap<String, String>,
        changes: BTreeMap<String, Option<String>>,
    ) -> Result<Option<Vec<u8>>, Error> {
        for (name, secret) in changes {
            match secret.filter(|secret| !secret.is_empty()) {
                Some(secret) => secrets.insert(name, secret),
                None => secrets.remove(&name),
            };
        }
        if secrets.is_empty() {
            return Ok(None);
        }
        let text = serde_json::to_vec(&secrets).map_err(Error::internal)?;
        if text.len() > SECRET_BYTES {
            return Err(Error::bad(
                "long_secret",
                ("密码或密钥太长", "the secrets are too long"),
                ("合计不超过 16 KB", "at most 16 KB together"),
            ));
        }
        self.seal().seal(&text).map(Some)
    }

    /// What each source has delivered, by name.
    async fn standing(&self, now: Instant) -> Result<Standing, Error> {
        let facts = self.facts().clone();
        let (summaries, held) = blocking(move || Ok((facts.sources()?, facts.held_count()?))).await?;
        let delivered = summaries.into_iter().map(|summary| (summary.source.as_str().to_owned(), summary)).collect();
        Ok(Standing { delivered, held, now })
    }

    fn source_view(&self, reader: &Reader, row: &store::Source, standing: &Standing) -> Result<view::Source, Error> {
        let kind = SourceKind::of(&row.kind);
        let in_quarantine = standing.held.get(row.name.as_str()).copied().unwrap_or_default();
        let health = self.0.inspector.health(&row.name, standing.now);
        let standing = standing.delivered.get(&row.name);
        let key = row.key.as_ref().map(|key| if reader.is_admin { key.clone() } else { masked(key) });
        Ok(view::Source {
            id: row.id,
            name: row.name.clone(),
            kind: row.kind.clone(),
            kind_name: kind.map_or_else(|| Words::new(&row.kind, &row.kind), |kind| Words::new(kind.zh, kind.en)),
            key,
            is_strict: row.is_strict,
            is_enabled: row.is_enabled,
            settings: row.settings.clone(),
            secrets: self.source_secrets(row).map(|secrets| secrets.into_keys().collect()).unwrap_or_default(),
            created_at: written(row.created_at),
            updated_at: written(row.updated_at),
            version: row.version,
            facts: standing.map_or(0, facts::SourceSummary::total),
            last_occurred_at: standing.map(|standing| written(standing.last_occurred_at)),
            last_recorded_at: standing.map(|standing| written(standing.last_recorded_at)),
            in_quarantine,
            health,
        })
    }
}

/// Sources show what comes in about every customer.
pub(crate) fn may_read(reader: &Reader) -> Result<(), Error> {
    if reader.scope == Scope::All { Ok(()) } else { Err(Error::forbidden()) }
}

fn new_key() -> Result<String, Error> {
    let mut bytes = [0u8; 16];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(Error::internal)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn masked(key: &str) -> String {
    let end: String = key.chars().skip(key.chars().count().saturating_sub(4)).collect();
    format!("…{end}")
}

fn checked_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let fits =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '_' | '-' | '(' | ')' | '\u{ff08}' | '\u{ff09}');
    if name.is_empty() || name.chars().count() > NAME_CHARS || !name.chars().all(fits) {
        return Err(Error::bad(
            "bad_name",
            (
                "来源名称须为 1 至 80 个字，只用文字、数字、空格和 . _ -",
                "a source's name has 1 to 80 letters, digits, spaces and . _ -",
            ),
            ("例如 官网 或 web-shop", "for example web-shop"),
        ));
    }
    Ok(name.to_owned())
}

pub(crate) fn checked_settings(settings: Value) -> Result<Value, Error> {
    if !settings.is_object() || settings.to_string().len() > SETTINGS_BYTES {
        return Err(Error::bad(
            "bad_settings",
            ("设置须为不超过 64 KB 的 JSON 对象", "the settings must be a JSON object of at most 64 KB"),
            ("密码请写在 secrets 中", "secrets belong into `secrets`"),
        ));
    }
    // Settings are shown to everybody who may see sources.
    if let Some(secret) = SECRETS.into_iter().find(|secret| settings.get(secret).is_some()) {
        return Err(misplaced_secret(secret));
    }
    Ok(settings)
}

/// A secret among the settings, which others may read.
pub(crate) fn misplaced_secret(secret: &str) -> Error {
    Error::bad(
        "bad_settings",
        (&format!("{secret} 不能写在设置里"), &format!("{secret} does not belong into the settings")),
        ("请写在 secrets 中，会加密保存", "put it into `secrets`, where it is sealed"),
    )
}

fn unknown_kind(kind: &str) -> Error {
    let shown: String = kind.chars().take(80).collect();
    let all = SourceKind::ALL.iter().map(|kind| kind.id).collect::<Vec<_>>().join(", ");
    Error::bad(
        "unknown_kind",
        (&format!("没有这种来源：“{shown}”"), &format!("no such kind of source: \"{shown}\"")),
        (&format!("可选：{all}"), &format!("one of {all}")),
    )
}

fn none() -> Error {
    Error::not_found(("这个来源", "the source"))
}

fn taken(error: store::Error) -> Error {
    if error.is_conflict() {
        return Error::new(
            crate::Class::Conflict,
            "name_taken",
            ("已有同名来源", "there is a source of this name"),
            ("请换一个名称", "choose another name"),
        );
    }
    error.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_answered_from_what_it_read_though_another_read_a_moment_later() {
        let at = |micros: i64| Instant::from_micros(1_800_000_000_000_000 + micros);
        let known = Known::default();
        assert!(known.read(at(0)).is_none());
        // Two calls find nothing read; the one that began first is the last to ask.
        let own = known.keep(Vec::new(), true, at(0));
        known.keep(Vec::new(), false, at(1_000));
        assert!(own.speaks_of_persons);
        assert!(known.read(at(0)).is_some_and(|reading| !reading.speaks_of_persons), "read a moment later is read");
        assert!(known.read(at(10_001_000)).is_none() && known.read(at(-10_000_000)).is_none());
        known.forget();
        assert!(known.read(at(1_000)).is_none());
    }
}
