//! 流失概览: who left, who is where.

use std::sync::Arc;

use app::view;
use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Named, Signed};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(churn)).routes(routes!(churn_month))
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
