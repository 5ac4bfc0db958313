//! Saved mappings: how tables with certain headers are read, so that the next file with these headers needs no questions.

use std::path::Path;

use ingest::{Inspection, Mapping, Plan};
use store::SavedMapping;
use vocab::Instant;

use crate::arriving::imports::refused;
use crate::error::{Error, from_findings};
use crate::shown::written;
use crate::view::{self, ImportRequest};
use crate::{App, Reader, blocking};

impl App {
    /// Saved mappings, by name.
    pub async fn mappings(&self, reader: &Reader) -> Result<Vec<view::SavedMapping>, Error> {
        reader.may_act()?;
        Ok(self.store().mappings().await?.into_iter().map(view_of).collect())
    }

    /// One saved mapping.
    pub async fn mapping(&self, reader: &Reader, name: &str) -> Result<view::SavedMapping, Error> {
        reader.may_act()?;
        self.store().mapping(name).await?.map(view_of).ok_or_else(not_there)
    }

    /// Saves a mapping file under a name. It is used for files with the headers that it names.
    pub async fn put_mapping(
        &self,
        reader: &Reader,
        name: &str,
        asked: &view::MappingToSave,
        now: Instant,
    ) -> Result<view::SavedMapping, Error> {
        reader.may_act()?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(Error::bad(
                "bad_name",
                ("名称不能为空或超过 100 个字", "a name has 1 to 100 letters"),
                ("例如：ERP 订单", "for example: ERP orders"),
            ));
        }
        let mapping = Mapping::parse("mapping", &asked.mapping_file, self.zone())
            .map_err(|findings| from_findings("bad_mapping", &findings))?;
        self.save_mapping(name, &mapping, &reader.actor(), now).await
    }

    pub(crate) async fn save_mapping(
        &self,
        name: &str,
        mapping: &Mapping,
        actor: &str,
        now: Instant,
    ) -> Result<view::SavedMapping, Error> {
        let headers: Vec<String> = mapping.columns.keys().cloned().collect();
        let saved = SavedMapping {
            name: name.to_owned(),
            kind: mapping.kind.as_str().to_owned(),
            fingerprint: Mapping::fingerprint(&headers),
            mapping: mapping.print(),
            updated_at: now,
            version: 0,
        };
        Ok(view_of(self.store().put_mapping(&saved, actor, now).await?))
    }

    /// Deletes a saved mapping.
    pub async fn remove_mapping(&self, reader: &Reader, name: &str, now: Instant) -> Result<(), Error> {
        reader.may_act()?;
        if self.store().mapping(name).await?.is_none() {
            return Err(not_there());
        }
        Ok(self.store().remove_mapping(name, &reader.actor(), now).await?)
    }

    /// What a file is taken for, and the saved mapping that said so, if one did.
    pub(crate) async fn look_at(
        &self,
        path: &Path,
        request: &ImportRequest,
    ) -> Result<(Inspection, Option<String>), Error> {
        let asked = self.plan_of(request)?;
        let inspect = |plan: Plan| {
            let path = path.to_owned();
            blocking(move || ingest::inspect(&path, &plan).map_err(refused))
        };
        let inspection = inspect(asked.clone()).await?;
        let wanted = request.saved_mapping.as_deref();
        let is_open = request.kind.is_none() && request.mapping.is_empty() && wanted.is_none();
        if !is_open && wanted.is_none_or(str::is_empty) {
            return Ok((inspection, None));
        }
        let Some((name, plan)) = self.saved_plan(&inspection, wanted).await? else { return Ok((inspection, None)) };
        // What is chosen for this file goes before what was saved.
        let mut mapping = plan.mapping.clone();
        mapping.extend(asked.mapping);
        let plan = Plan {
            kind: asked.kind.or(plan.kind),
            source: asked.source.or(plan.source.clone()),
            sheet: asked.sheet,
            observed_on: asked.observed_on,
            equal_rows: asked.equal_rows.or(plan.equal_rows),
            mapping,
            ..plan
        };
        Ok((inspect(plan).await?, Some(name)))
    }

    /// The mapping saved under a name, or without one for such headers, as a plan for this file.
    pub(crate) async fn saved_plan(
        &self,
        inspection: &Inspection,
        name: Option<&str>,
    ) -> Result<Option<(String, Plan)>, Error> {
        let saved = match name {
            Some(name) => Some(self.store().mapping(name).await?.ok_or_else(not_there)?),
            None => self.store().mapping_for(&inspection.fingerprint).await?,
        };
        let Some(saved) = saved else { return Ok(None) };
        let mapping = Mapping::parse(&saved.name, &saved.mapping, self.zone())
            .map_err(|findings| from_findings("bad_mapping", &findings))?;
        let headers: Vec<String> = inspection.columns.iter().map(|column| column.header.clone()).collect();
        Ok(Some((saved.name, Plan::again(&mapping, &headers))))
    }
}

fn not_there() -> Error {
    Error::not_found(("这个映射", "the mapping"))
}

fn view_of(saved: SavedMapping) -> view::SavedMapping {
    view::SavedMapping {
        name: saved.name,
        kind: saved.kind,
        fingerprint: saved.fingerprint,
        mapping_file: saved.mapping,
        updated_at: written(saved.updated_at),
        version: saved.version,
    }
}
