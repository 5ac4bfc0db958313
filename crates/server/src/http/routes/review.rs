//! The weekly review, its decisions, and the month by owner.

use std::sync::Arc;

use app::{Export, ReviewQuery, view};
use axum::Json;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::exports::{LangAsked, workbook};
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, filled, rows, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(review))
        .routes(routes!(review_names))
        .routes(routes!(review_month))
        .routes(routes!(add_review_decision))
        .routes(routes!(change_review_decision))
        .routes(routes!(review_workbook))
        .routes(routes!(review_month_workbook))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WeekAsked {
    /// Any day of the week (`YYYY-MM-DD`); the week before the moment when absent.
    week: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MonthAsked {
    /// `YYYY-MM`; the month before the moment when absent.
    #[param(example = "2025-06")]
    month: Option<String>,
}

/// The weekly review
///
/// A week in six numbers beside those of the week before, what came of each rule, who was lost, what was decided the
/// week before and whether it was done. A week that has ended stands at its end: asked again later it says the same, and
/// what later facts add is in `later`.
#[utoipa::path(get, path = "/api/review", tag = "alerts", params(WeekAsked, AsOfQuery),
    responses((status = 200, body = view::ReviewPage)))]
async fn review(visit: Signed, Asked(asked): Asked<WeekAsked>) -> Answer<view::ReviewPage> {
    let week = filled(asked.week);
    Ok(Json(visit.app.review(&visit.reader, week.as_deref(), visit.as_of, visit.now).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NamesAsked {
    /// `opened`, `acted`, `stayed`, `lost`, `late`, `false_alarm`.
    of: String,
    /// Any day of the week (`YYYY-MM-DD`); the week before the moment when absent.
    week: Option<String>,
    /// `YYYY-MM`: of a month instead.
    month: Option<String>,
    /// Owner key then; `-` is nobody.
    owner: Option<String>,
    /// Only alerts of this rule.
    rule: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 100 when absent, at most 500.
    limit: Option<usize>,
}

/// The names behind a number of a week or a month
#[utoipa::path(get, path = "/api/review/names", tag = "alerts", params(NamesAsked, AsOfQuery),
    responses((status = 200, body = view::ReviewNames)))]
async fn review_names(visit: Signed, Asked(asked): Asked<NamesAsked>) -> Answer<view::ReviewNames> {
    let query = ReviewQuery {
        of: asked.of,
        week: filled(asked.week),
        month: filled(asked.month),
        owner: filled(asked.owner),
        rule: filled(asked.rule),
        cursor: filled(asked.cursor),
        limit: rows(asked.limit, 100),
    };
    Ok(Json(visit.app.review_names(&visit.reader, &query, visit.as_of, visit.now).await?))
}

/// A month by owner
///
/// Customers and what they are worth, alerts, cases acted upon in time, customers lost, promises kept, decisions done.
#[utoipa::path(get, path = "/api/review/month", tag = "alerts", params(MonthAsked, AsOfQuery),
    responses((status = 200, body = view::ReviewMonth)))]
async fn review_month(visit: Signed, Asked(asked): Asked<MonthAsked>) -> Answer<view::ReviewMonth> {
    let month = filled(asked.month);
    Ok(Json(visit.app.review_month(&visit.reader, month.as_deref(), visit.as_of, visit.now).await?))
}

/// Write a decision down
///
/// What was decided in the review of a week: a task of one person's by a day. The review of the week after begins with it.
#[utoipa::path(post, path = "/api/review/decisions", tag = "alerts", request_body = view::NewReviewDecision,
    responses((status = 200, body = view::ReviewDecision)))]
async fn add_review_decision(
    Signed(visit): Signed,
    Body(request): Body<view::NewReviewDecision>,
) -> Answer<view::ReviewDecision> {
    to_the_end(async move { visit.app.add_review_decision(&visit.reader, request, visit.now).await }).await.map(Json)
}

/// Change a decision, or say that it is done
///
/// 409 `version_conflict`, with who did what, when somebody else was faster.
#[utoipa::path(patch, path = "/api/review/decisions/{id}", tag = "alerts", request_body = view::ReviewDecisionChange,
    params(("id" = i64, Path, description = "Decision")), responses((status = 200, body = view::ReviewDecision)))]
async fn change_review_decision(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::ReviewDecisionChange>,
) -> Answer<view::ReviewDecision> {
    to_the_end(async move { visit.app.change_review_decision(&visit.reader, id, request, visit.now).await })
        .await
        .map(Json)
}

/// A week's review as a workbook: every name behind every number
#[utoipa::path(get, path = "/api/exports/review.xlsx", tag = "exports", params(WeekAsked, LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn review_workbook(
    visit: Signed,
    Asked(asked): Asked<WeekAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::Review(filled(asked.week)), lang).await
}

/// A month by owner as a workbook
#[utoipa::path(get, path = "/api/exports/review-month.xlsx", tag = "exports", params(MonthAsked, LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn review_month_workbook(
    visit: Signed,
    Asked(asked): Asked<MonthAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::ReviewMonth(filled(asked.month)), lang).await
}
