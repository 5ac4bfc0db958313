//! 流失概览: who left, who is where. 流失口径: what leaving means, tried on the firm's own facts before it is put in use.

use std::sync::Arc;

use app::view;
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(churn))
        .routes(routes!(churn_month))
        .routes(routes!(product_lines))
        .routes(routes!(line_leavers))
        .routes(routes!(churn_definitions))
        .routes(routes!(preview_churn))
        .routes(routes!(churn_definition))
        .routes(routes!(activate_churn))
        .routes(routes!(roll_back_churn))
}

/// Churn overview
///
/// Rate by month, customers and amount by band and by owner, with the definition in one sentence.
#[utoipa::path(get, path = "/api/churn", tag = "churn", params(AsOfQuery),
    responses((status = 200, body = view::ChurnOverview)))]
async fn churn(visit: Signed) -> Answer<view::ChurnOverview> {
    Ok(Json(visit.app.churn(&visit.reader.scope, visit.as_of, visit.now).await?))
}

/// Who left in a month
///
/// The names behind the number.
#[utoipa::path(get, path = "/api/churn/{month}", tag = "churn",
    params(("month" = String, Path, description = "`YYYY-MM`", example = "2025-06"), AsOfQuery),
    responses((status = 200, body = Vec<view::LeaverRow>)))]
async fn churn_month(visit: Signed, Named(month): Named<String>) -> Answer<Vec<view::LeaverRow>> {
    Ok(Json(visit.app.churn_month(&visit.reader.scope, &month, visit.as_of, visit.now).await?))
}

/// Churn by product line
///
/// Where the definition leaves product lines one by one: for each line how many customers are in it, left it and stayed
/// customers, or left altogether, and the rate of the last twelve months. Leaving a line is not leaving.
#[utoipa::path(get, path = "/api/churn/lines", tag = "churn", params(AsOfQuery),
    responses((status = 200, body = view::ProductLines)))]
async fn product_lines(visit: Signed) -> Answer<view::ProductLines> {
    Ok(Json(visit.app.product_lines(&visit.reader.scope, visit.as_of, visit.now).await?))
}

/// Which month of which product line.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LineAsked {
    /// The line, as `GET /api/churn/lines` names it.
    pub(crate) line: String,
    /// `YYYY-MM`.
    #[param(example = "2025-06")]
    pub(crate) month: String,
}

/// Who left a product line in a month
///
/// The names behind the number, and whether each was still a customer.
#[utoipa::path(get, path = "/api/churn/lines/leavers", tag = "churn", params(LineAsked, AsOfQuery),
    responses((status = 200, body = Vec<view::LineLeaverRow>)))]
async fn line_leavers(visit: Signed, Asked(asked): Asked<LineAsked>) -> Answer<Vec<view::LineLeaverRow>> {
    let which = (asked.line.as_str(), asked.month.as_str());
    Ok(Json(visit.app.line_leavers(&visit.reader.scope, which, visit.as_of, visit.now).await?))
}

/// Churn definitions
///
/// Those that ship and the firm's own, the one in use first.
#[utoipa::path(get, path = "/api/churn-definitions", tag = "definitions",
    responses((status = 200, body = Vec<view::ChurnDefinitionRow>)))]
async fn churn_definitions(visit: Signed) -> Answer<Vec<view::ChurnDefinitionRow>> {
    Ok(Json(visit.app.churn_definitions().await?))
}

/// Try a churn definition
///
/// What it makes of the customers beside the one in use: who is eligible, how many left and in which way, the rate of the
/// last twelve months, who left which product line; how long customers stay away, who comes back, and which window that
/// proposes. Nothing is saved.
#[utoipa::path(post, path = "/api/churn-definitions/preview", tag = "definitions", request_body = view::ChurnText,
    responses((status = 200, body = view::ChurnTrial)))]
async fn preview_churn(visit: Signed, Body(text): Body<view::ChurnText>) -> Answer<view::ChurnTrial> {
    Ok(Json(visit.app.preview_churn(&visit.reader, text, visit.now).await?))
}

/// One churn definition
///
/// What it says, its versions and when they were in use.
#[utoipa::path(get, path = "/api/churn-definitions/{id}", tag = "definitions",
    params(("id" = String, Path, description = "Churn definition")),
    responses((status = 200, body = view::ChurnDefinitionPage)))]
async fn churn_definition(visit: Signed, Named(id): Named<String>) -> Answer<view::ChurnDefinitionPage> {
    Ok(Json(visit.app.churn_definition_page(&id).await?))
}

/// Put a churn definition in use
///
/// As it stands, with another window, or as it is written. Lists follow at once, warnings with the next cycle; past months
/// are judged by it too.
#[utoipa::path(post, path = "/api/churn-definitions/{id}/activate", tag = "definitions",
    params(("id" = String, Path, description = "Churn definition")), request_body = view::ChurnActivation,
    responses((status = 200, body = view::ChurnDefinitionPage)))]
async fn activate_churn(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(wished): Body<view::ChurnActivation>,
) -> Answer<view::ChurnDefinitionPage> {
    to_the_end(async move { visit.app.activate_churn(&visit.reader, &id, wished, visit.now).await }).await.map(Json)
}

/// Go back to an earlier version of a churn definition
///
/// The one in use before, or an earlier one that is named; `version` is that of the one in use.
#[utoipa::path(post, path = "/api/churn-definitions/{id}/rollback", tag = "definitions",
    params(("id" = String, Path, description = "Churn definition")), request_body = view::ScorecardStep,
    responses((status = 200, body = view::ChurnDefinitionPage)))]
async fn roll_back_churn(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(step): Body<view::ScorecardStep>,
) -> Answer<view::ChurnDefinitionPage> {
    to_the_end(async move { visit.app.roll_back_churn(&visit.reader, &id, step, visit.now).await }).await.map(Json)
}
