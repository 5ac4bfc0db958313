//! Customers: the list, the page of one, its timeline.

use std::sync::Arc;

use app::view;
use app::{CustomerOrder, CustomerQuery, TimelineQuery};
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::CustomerId;

use super::Answer;
use crate::http::problem::{Problem, unknown_word};
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Named, Signed, filled, list, rows};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(customers)).routes(routes!(customer)).routes(routes!(timeline))
}

/// Filters of the customer list; the same for its export.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CustomersAsked {
    /// Part of a name or id, its pinyin or its initials.
    search: Option<String>,
    /// Bands, comma-separated: `low`, `medium`, `high`, `critical`, `unknown`.
    #[param(example = "high,critical")]
    band: Option<String>,
    /// Owner key; `-` is nobody.
    owner: Option<String>,
    /// States, comma-separated: `current`, `too_new`, `gone`; the first two when absent.
    state: Option<String>,
    /// Only customers with (`true`) or without (`false`) an open alert.
    has_alert: Option<bool>,
    /// Segments, comma-separated; in one of them.
    #[param(example = "high_value")]
    segment: Option<String>,
    /// Tiers of value, comma-separated: `high`, `middle`, `low`, `unknown`.
    tier: Option<String>,
    /// Cells of RFM, comma-separated: `key_value`, …, `unknown`.
    rfm: Option<String>,
    /// Tags, comma-separated; with one of them.
    tag: Option<String>,
    /// `risk` (worst first; default), `name`, `value`, `health`, `change`, `last_seen`.
    sort: Option<String>,
    /// `asc`, `desc`; the sort's own direction when absent.
    order: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 50 when absent, at most 500.
    limit: Option<usize>,
}

/// The words that `band` and `state` know.
const BANDS: [&str; 5] = ["low", "medium", "high", "critical", "unknown"];
const STATES: [&str; 3] = ["current", "too_new", "gone"];

/// Words of a comma-separated list. One that is none of those known is refused: an empty list would hide the mistake.
fn listed(parameter: &str, text: Option<&str>, known: &[&str]) -> Result<Vec<String>, Problem> {
    let asked = list(text);
    match asked.iter().find(|word| !known.contains(&word.as_str())) {
        Some(word) => Err(unknown_word(parameter, word)),
        None => Ok(asked),
    }
}

impl CustomersAsked {
    pub(super) fn query(self) -> Result<CustomerQuery, Problem> {
        let sort = self.sort.as_deref().filter(|word| !word.is_empty()).unwrap_or("risk");
        let order = sort.parse::<CustomerOrder>().map_err(|()| unknown_word("sort", sort))?;
        let descending = match self.order.as_deref() {
            None | Some("") => None,
            Some("asc") => Some(false),
            Some("desc") => Some(true),
            Some(word) => return Err(unknown_word("order", word)),
        };
        Ok(CustomerQuery {
            search: filled(self.search),
            bands: listed("band", self.band.as_deref(), &BANDS)?,
            owner: filled(self.owner),
            states: listed("state", self.state.as_deref(), &STATES)?,
            has_alert: self.has_alert,
            segments: list(self.segment.as_deref()),
            tiers: list(self.tier.as_deref()),
            rfm: list(self.rfm.as_deref()),
            tags: list(self.tag.as_deref()),
            order,
            descending,
            cursor: filled(self.cursor),
            limit: rows(self.limit, 50),
        })
    }
}

/// Customers
///
/// A page of the list with counts of the whole filter. Worst first unless asked otherwise.
#[utoipa::path(get, path = "/api/customers", tag = "customers", params(CustomersAsked, AsOfQuery),
    responses((status = 200, body = view::CustomerList)))]
async fn customers(visit: Signed, Asked(asked): Asked<CustomersAsked>) -> Answer<view::CustomerList> {
    Ok(Json(visit.app.customers(&visit.reader.scope, &asked.query()?, visit.as_of, visit.now).await?))
}

/// One customer
///
/// Health now and over time, contributions, reasons, indicators with their own history, alerts and cases.
#[utoipa::path(get, path = "/api/customers/{id}", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded"), AsOfQuery),
    responses((status = 200, body = view::CustomerPage)))]
async fn customer(visit: Signed, Named(id): Named<String>) -> Answer<view::CustomerPage> {
    let id = CustomerId::from(id);
    Ok(Json(visit.app.customer(&visit.reader.scope, &id, visit.as_of, visit.now).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TimelineAsked {
    /// Kinds of fact, comma-separated.
    #[param(example = "order,ticket")]
    kind: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Entries in a page: 100 when absent, at most 500.
    limit: Option<usize>,
}

/// A customer's timeline
///
/// What happened, newest first.
#[utoipa::path(get, path = "/api/customers/{id}/timeline", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded"), TimelineAsked, AsOfQuery),
    responses((status = 200, body = view::Page<view::TimelineEntry>)))]
async fn timeline(
    visit: Signed,
    Named(id): Named<String>,
    Asked(asked): Asked<TimelineAsked>,
) -> Answer<view::Page<view::TimelineEntry>> {
    let query = TimelineQuery {
        kinds: list(asked.kind.as_deref()),
        cursor: filled(asked.cursor),
        limit: rows(asked.limit, 100),
    };
    let id = CustomerId::from(id);
    Ok(Json(visit.app.timeline(&visit.reader.scope, &id, &query, visit.as_of, visit.now).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_or_a_state_that_there_is_none_of_is_refused() {
        let asked = |band: &str, state: &str| {
            let asked =
                CustomersAsked { band: Some(band.into()), state: Some(state.into()), ..CustomersAsked::default() };
            asked.query().map(|query| (query.bands.len(), query.states.len())).map_err(|problem| problem.code())
        };
        assert_eq!(asked("high, critical", "gone"), Ok((2, 1)));
        assert_eq!(asked("", "current,too_new"), Ok((0, 2)));
        assert_eq!(asked("purple", ""), Err("bad_query"));
        assert_eq!(asked("", "gone,lost"), Err("bad_query"));
    }
}
