//! From a row of the registry to what can be read: settings checked, secrets unsealed, our own folder out of bounds.

use std::collections::BTreeMap;
use std::path::Path;

use ingest::{
    DatabaseSettings, Dialect, FolderSettings, HttpSettings, Mapping, Place, PullSource, SftpAccess, SftpSettings,
};
use serde_json::Value;

use super::refused;
use crate::App;
use crate::error::Error;

impl App {
    /// The source as `ingest` reads it.
    pub(crate) async fn pull_source(&self, row: &store::Source) -> Result<PullSource, Error> {
        // Whom we met at the first contact is remembered by source, for as long as the folder lives.
        let known_hosts = self.dir().join("known_hosts").join(row.id.to_string());
        let place = place(&row.kind, &row.settings, self.source_secrets(row)?, &known_hosts)?;
        match &place {
            Place::Database { settings, .. } => settings.path.as_ref().map_or(Ok(()), |path| self.not_ours(path))?,
            Place::Folder(settings) => self.not_ours(&settings.path)?,
            Place::Http { .. } | Place::Sftp { .. } => {}
        }
        let saved = match &place {
            Place::Folder(_) | Place::Sftp { .. } => self.saved_mappings().await?,
            Place::Database { .. } | Place::Http { .. } => Vec::new(),
        };
        Ok(PullSource { name: row.name.clone(), place, zone: self.zone().clone(), saved })
    }

    /// Every mapping that was saved and can still be read, the last one first.
    async fn saved_mappings(&self) -> Result<Vec<Mapping>, Error> {
        let mut saved = self.store().mappings().await?;
        saved.sort_by_key(|saved| std::cmp::Reverse(saved.updated_at));
        Ok(saved.iter().filter_map(|saved| Mapping::parse(&saved.name, &saved.mapping, self.zone()).ok()).collect())
    }

    /// Refuses what lies in our own data folder: what is secret in it must not become facts.
    fn not_ours(&self, path: &Path) -> Result<(), Error> {
        let (Ok(path), Ok(own)) = (path.canonicalize(), self.dir().canonicalize()) else { return Ok(()) };
        if path.starts_with(own) {
            return Err(Error::bad(
                "own_folder",
                ("不能读取留客自己的数据目录", "Liuke's own data folder cannot be a source"),
                ("请换一个位置", "choose another place"),
            ));
        }
        Ok(())
    }
}

/// Checks the settings of a source that is fetched; those of other kinds are not ours to check.
pub(crate) fn check(kind: &str, settings: &Value) -> Result<(), Error> {
    super::Schedule::of(settings)?;
    match place(kind, settings, BTreeMap::new(), Path::new("")) {
        Err(error) if error.code() != "not_fetched" => Err(error),
        _ => Ok(()),
    }
}

fn place(
    kind: &str,
    settings: &Value,
    mut secrets: BTreeMap<String, String>,
    known_hosts: &Path,
) -> Result<Place, Error> {
    match (Dialect::of_kind(kind), kind) {
        (Some(dialect), _) => Ok(Place::Database {
            dialect,
            settings: Box::new(DatabaseSettings::read(dialect, settings).map_err(refused)?),
            password: secrets.remove("password"),
        }),
        (None, "http") => {
            let (settings, definition) = HttpSettings::read(settings).map_err(refused)?;
            Ok(Place::Http { definition: Box::new(definition), settings: Box::new(settings), secrets })
        }
        (None, "folder") => Ok(Place::Folder(Box::new(FolderSettings::read(settings).map_err(refused)?))),
        (None, "sftp") => Ok(Place::Sftp {
            settings: Box::new(SftpSettings::read(settings).map_err(refused)?),
            access: Box::new(SftpAccess {
                password: secrets.remove("password"),
                private_key: secrets.remove("private_key"),
                known_hosts: known_hosts.to_owned(),
            }),
        }),
        (None, _) => Err(Error::bad(
            "not_fetched",
            ("这种来源不能主动读取", "a source of this kind is not fetched"),
            ("数据由对方推送进来", "its data is sent to us"),
        )),
    }
}
