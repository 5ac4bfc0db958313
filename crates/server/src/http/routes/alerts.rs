//! Alerts.

use std::sync::Arc;

use app::AlertQuery;
use app::view;
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Signed, filled, list, rows};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(alerts))
}

/// Filters of the alerts; the same for their export.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AlertsAsked {
    /// `open` (default), `resolved`, `all`.
    state: Option<String>,
    /// Severities, comma-separated: `info`, `warning`, `urgent`.
    severity: Option<String>,
    /// States of the case, comma-separated: `new`, `accepted`, `closed`, `none`.
    case_state: Option<String>,
    /// Owner key; `-` is nobody.
    owner: Option<String>,
    /// Part of a customer's name or id.
    search: Option<String>,
    /// Rule id.
    rule: Option<String>,
    /// Where open ones stand: `desk`, `below` (no room this week), `snoozed`, `notice` (worth knowing only).
    standing: Option<String>,
    /// `severity` (severest then newest, when absent), `rank` (most at risk first), `newest`, `oldest`.
    sort: Option<String>,
    /// One row for each customer with all of its open alerts: of the present and of open ones only.
    #[serde(default)]
    lines: bool,
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 50 when absent, at most 500.
    limit: Option<usize>,
}

impl AlertsAsked {
    pub(super) fn query(self) -> AlertQuery {
        AlertQuery {
            state: filled(self.state),
            severities: list(self.severity.as_deref()),
            case_states: list(self.case_state.as_deref()),
            owner: filled(self.owner),
            search: filled(self.search),
            rule: filled(self.rule),
            standing: filled(self.standing),
            sort: filled(self.sort),
            lines: self.lines,
            cursor: filled(self.cursor),
            limit: rows(self.limit, 50),
        }
    }
}

/// Alerts
///
/// Severest then newest first, unless sorted otherwise.
#[utoipa::path(get, path = "/api/alerts", tag = "alerts", params(AlertsAsked, AsOfQuery),
    responses((status = 200, body = view::AlertList)))]
async fn alerts(visit: Signed, Asked(asked): Asked<AlertsAsked>) -> Answer<view::AlertList> {
    Ok(Json(visit.app.alerts(&visit.reader.scope, &asked.query(), visit.as_of, visit.now).await?))
}
