//! Alerts and the cases that work on them.

use std::sync::Arc;

use app::view;
use app::{AlertQuery, CaseQuery};
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, filled, list, rows, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(alerts))
        .routes(routes!(cases))
        .routes(routes!(case))
        .routes(routes!(accept_case))
        .routes(routes!(close_case))
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

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CasesAsked {
    /// States, comma-separated: `new`, `accepted`, `closed`; those not closed when absent.
    state: Option<String>,
    /// Owner key; `-` is nobody.
    owner: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 50 when absent, at most 500.
    limit: Option<usize>,
}

/// Cases
#[utoipa::path(get, path = "/api/cases", tag = "alerts", params(CasesAsked, AsOfQuery),
    responses((status = 200, body = view::Page<view::CaseRow>)))]
async fn cases(visit: Signed, Asked(asked): Asked<CasesAsked>) -> Answer<view::Page<view::CaseRow>> {
    let query = CaseQuery {
        states: list(asked.state.as_deref()),
        owner: filled(asked.owner),
        cursor: filled(asked.cursor),
        limit: rows(asked.limit, 50),
    };
    Ok(Json(visit.app.cases(&visit.reader.scope, &query, visit.as_of, visit.now).await?))
}

/// One case
#[utoipa::path(get, path = "/api/cases/{id}", tag = "alerts",
    params(("id" = i64, Path, description = "Case"), AsOfQuery), responses((status = 200, body = view::CaseRow)))]
async fn case(visit: Signed, Named(id): Named<i64>) -> Answer<view::CaseRow> {
    Ok(Json(visit.app.case(&visit.reader.scope, id, visit.as_of, visit.now).await?))
}

/// Accept a case
///
/// 409 `version_conflict` when somebody else changed it first.
#[utoipa::path(post, path = "/api/cases/{id}/accept", tag = "alerts", request_body = view::AcceptCase,
    params(("id" = i64, Path, description = "Case")), responses((status = 200, body = view::CaseRow)))]
async fn accept_case(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::AcceptCase>,
) -> Answer<view::CaseRow> {
    to_the_end(async move { visit.app.accept_case(&visit.reader, id, request, visit.now).await }).await.map(Json)
}

/// Close a case
///
/// With its outcome. 409 `version_conflict` when somebody else changed it first.
#[utoipa::path(post, path = "/api/cases/{id}/close", tag = "alerts", request_body = view::CloseCase,
    params(("id" = i64, Path, description = "Case")), responses((status = 200, body = view::CaseRow)))]
async fn close_case(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::CloseCase>,
) -> Answer<view::CaseRow> {
    to_the_end(async move { visit.app.close_case(&visit.reader, id, request, visit.now).await }).await.map(Json)
}
