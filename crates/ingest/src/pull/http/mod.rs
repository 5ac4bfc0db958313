//! Sources that answer over HTTP: described by a definition, not by code.
//!
//! A definition says how a page is asked for, how the next one is found, where its rows are and which of their values
//! says how far we have come. Requests go to public addresses only, unless the source says otherwise; the address that
//! was checked is the one connected to.

mod client;
mod definition;
mod reading;
mod template;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocab::Zone;

pub use definition::{HttpDefinition, HttpParameter, recipe, recipes};

pub(super) use reading::Asked;

use super::settings::{RowMapping, bad, of_json};
use crate::refusal::Refusal;

/// A source that answers over HTTP.
///
/// As JSON, for instance `{"recipe": "jiandaoyun", "parameters": {"app_id": "…", "entry_id": "…"},
/// "mapping": {"kind": "customers", "columns": {"_widget_1": "name"}}}`; or with `definition`, the text of one's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// A definition that ships.
    pub recipe: Option<String>,
    /// A definition of one's own, as TOML.
    pub definition: Option<String>,
    /// Values for its parameters.
    pub parameters: BTreeMap<String, String>,
    /// Whether addresses inside the firm's own network may be asked.
    pub allow_private: bool,
    /// How far before the last watermark reading begins again, in the unit of the watermark or in seconds.
    pub overlap: Option<u64>,
    /// How rows become facts; what is not said is the definition's, then guessed.
    pub mapping: RowMapping,
}

impl HttpSettings {
    /// Reads the settings of a source and the definition they name.
    ///
    /// # Errors
    /// When a word is unknown, the definition does not parse, or a parameter is missing.
    pub fn read(settings: &serde_json::Value) -> Result<(HttpSettings, HttpDefinition), Refusal> {
        let read: HttpSettings = of_json(settings)?;
        let definition = match (&read.definition, &read.recipe) {
            (Some(text), _) => HttpDefinition::parse("definition", text).map_err(Refusal::of)?,
            (None, Some(id)) => recipe(id).cloned().ok_or_else(|| {
                let known = recipes().iter().map(|recipe| recipe.id.as_str()).collect::<Vec<_>>().join(", ");
                bad(
                    &format!("没有配方“{id}”，现有 {known}"),
                    &format!("there is no recipe \"{id}\"; there are {known}"),
                )
            })?,
            (None, None) => return Err(bad("缺少 recipe 或 definition", "recipe or definition is missing")),
        };
        let missing = definition.parameters.iter().find(|parameter| {
            parameter.default.is_none()
                && read.parameters.get(&parameter.id).is_none_or(|value| value.trim().is_empty())
        });
        match missing {
            Some(parameter) => {
                let (id, name) = (&parameter.id, &parameter.name);
                Err(bad(
                    &format!("缺少参数 {id}（{}）", name.zh),
                    &format!("the parameter {id} is missing: {}", name.en),
                ))
            }
            None => Ok((read, definition)),
        }
    }

    /// How rows become facts: what the source says, over what its definition says.
    pub(super) fn mapping(&self, definition: &HttpDefinition) -> RowMapping {
        let (own, given) = (&self.mapping, &definition.mapping);
        let both = |own: &BTreeMap<String, String>, given: &BTreeMap<String, String>| {
            given.iter().chain(own).map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        RowMapping {
            kind: own.kind.clone().or_else(|| given.kind.clone()),
            columns: given
                .columns
                .iter()
                .chain(&own.columns)
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            constants: both(&own.constants, &given.constants),
            event_names: both(&own.event_names, &given.event_names),
            timezone: own.timezone.clone().or_else(|| given.timezone.clone()),
            currency: own.currency.clone().or_else(|| given.currency.clone()),
            date_order: own.date_order.clone().or_else(|| given.date_order.clone()),
            key: if own.key.is_empty() { given.key.clone() } else { own.key.clone() },
        }
    }

    pub(super) fn zone(&self, definition: &HttpDefinition, zone: &Zone) -> Zone {
        let named = self.mapping(definition).timezone;
        named.and_then(|name| Zone::named(&name).ok()).unwrap_or_else(|| zone.clone())
    }
}
