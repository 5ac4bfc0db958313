//! What the use cases return: plain rows for a screen, an export or a program.
//!
//! These are the only types of the house that are meant to leave it as JSON. They hold no behaviour. Instants are RFC
//! 3339 in UTC, dates `YYYY-MM-DD` of the firm's zone, amounts numbers in the firm's currency, texts in both languages.

mod alert;
mod backtest;
mod case;
mod churn_definition;
mod customer;
mod data;
mod desk;
mod firm;
mod follow_up;
mod hook;
mod identity;
mod indicator;
mod intake;
mod learning;
mod model;
mod model_watch;
mod notice;
mod organisation;
mod overview;
mod ownership;
mod post_mortem;
mod pull;
mod quality;
mod reminder;
mod renewal;
mod review;
mod risk;
mod rule;
mod scorecard;
mod segment;
mod sheet;
mod source;
mod team;
mod value;

pub use alert::*;
pub use backtest::*;
pub use case::*;
pub use churn_definition::*;
pub use customer::*;
pub use data::*;
pub use desk::*;
pub use firm::*;
pub use follow_up::*;
pub use hook::*;
pub use identity::*;
pub use indicator::*;
pub use intake::*;
pub use learning::*;
pub use model::*;
pub use model_watch::*;
pub use notice::*;
pub use organisation::*;
pub use overview::*;
pub use ownership::*;
pub use post_mortem::*;
pub use pull::*;
pub use quality::*;
pub use reminder::*;
pub use renewal::*;
pub use review::*;
pub use risk::*;
pub use rule::*;
pub use scorecard::*;
pub use segment::*;
pub use sheet::*;
pub use source::*;
pub use team::*;
pub use value::*;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One sentence in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows, in the order asked for.
    pub rows: Vec<T>,
    /// How many rows the filter matches in all.
    pub total: u64,
    /// Hand this back to get the next page; absent on the last.
    pub next_cursor: Option<String>,
}

/// A number that may be missing, with the reason why.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Figure {
    /// The number, in its unit.
    pub value: Option<f64>,
    /// Why there is none: a stable word such as `never_observed`.
    pub unknown: Option<String>,
    /// The same reason in words.
    pub unknown_because: Option<Words>,
}

impl From<&vocab::Text> for Words {
    fn from(text: &vocab::Text) -> Self {
        Self { zh: text.zh.clone(), en: text.en.clone() }
    }
}

impl From<vocab::Text> for Words {
    fn from(text: vocab::Text) -> Self {
        Self { zh: text.zh, en: text.en }
    }
}

impl Words {
    /// Both wordings at once.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The wording in one language.
    pub fn get(&self, lang: vocab::Lang) -> &str {
        match lang {
            vocab::Lang::Zh => &self.zh,
            vocab::Lang::En => &self.en,
        }
    }
}
