//! The alert budget.

use std::sync::Arc;

use app::view;
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Signed, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(budget, put_budget)).routes(routes!(budget_preview))
}

/// The alert budget
///
/// How many people work alerts and how many new cases each can take in a week; how far this week's is used, and every
/// change. For whoever sees all customers.
#[utoipa::path(get, path = "/api/budget", tag = "alerts", params(AsOfQuery),
    responses((status = 200, body = view::BudgetPage)))]
async fn budget(visit: Signed) -> Answer<view::BudgetPage> {
    Ok(Json(visit.app.budget(&visit.reader, visit.now).await?))
}

/// Set the alert budget
///
/// Or take it away. The next cycle keeps to it: what exceeds it waits below the line.
#[utoipa::path(put, path = "/api/budget", tag = "alerts", request_body = view::PutBudget,
    responses((status = 200, body = view::BudgetPage)))]
async fn put_budget(Signed(visit): Signed, Body(request): Body<view::PutBudget>) -> Answer<view::BudgetPage> {
    to_the_end(async move { visit.app.put_budget(&visit.reader, request, visit.now).await }).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PreviewAsked {
    /// Who works alerts, 1 to 1,000.
    people: u32,
    /// New cases that each can take in a week, 1 to 1,000.
    cases: u32,
    /// Whether urgent alerts come on the desk besides.
    #[serde(default)]
    urgent_passes: bool,
}

/// Try an alert budget
///
/// Where the line would fall through what is open now, whoever is just below it, and what the last 26 weeks would have
/// been: cases a week, and how many of those who left had come on the desk in time. The replay is worked out in the
/// background: ask again while `state` is `running`.
#[utoipa::path(get, path = "/api/budget/preview", tag = "alerts", params(PreviewAsked),
    responses((status = 200, body = view::BudgetPreview)))]
async fn budget_preview(visit: Signed, Asked(asked): Asked<PreviewAsked>) -> Answer<view::BudgetPreview> {
    let budget =
        view::Budget { people: asked.people, cases_per_person: asked.cases, urgent_passes: asked.urgent_passes };
    Ok(Json(visit.app.budget_preview(&visit.reader, budget, visit.now).await?))
}
