//! The page of the day, and ⌘K.

use std::sync::Arc;

use app::{TodayQuery, view};
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Signed, filled, rows};

/// Rows of the day's list, unless asked otherwise.
const TODAY_ROWS: usize = 100;

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(today)).routes(routes!(search))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TodayAsked {
    /// Only customers of this owner; `-` is nobody's.
    owner: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 100 when absent, at most 500.
    limit: Option<usize>,
}

/// Today
///
/// The customers to look after now, ranked: overdue first, then by band, value and time. Counts and sums are of the whole
/// list.
#[utoipa::path(get, path = "/api/today", tag = "today", params(TodayAsked, AsOfQuery),
    responses((status = 200, body = view::Today)))]
async fn today(visit: Signed, Asked(asked): Asked<TodayAsked>) -> Answer<view::Today> {
    let limit = Some(rows(asked.limit, TODAY_ROWS));
    let query = TodayQuery { owner: filled(asked.owner), cursor: filled(asked.cursor), limit };
    Ok(Json(visit.app.today(&visit.reader.scope, &query, visit.as_of, visit.now).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchAsked {
    /// Part of a name or id, its pinyin or its initials.
    #[serde(default)]
    q: String,
}

/// Find a customer
///
/// By name, id, pinyin or initials; at most 20 hits, the closest first.
#[utoipa::path(get, path = "/api/search", tag = "today", params(SearchAsked, AsOfQuery),
    responses((status = 200, body = Vec<view::SearchHit>)))]
async fn search(visit: Signed, Asked(asked): Asked<SearchAsked>) -> Answer<Vec<view::SearchHit>> {
    Ok(Json(visit.app.search(&visit.reader.scope, &asked.q, visit.as_of, visit.now).await?))
}
