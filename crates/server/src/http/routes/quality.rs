//! How the sources do.

use std::sync::Arc;

use app::view;
use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{Named, Signed, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(quality)).routes(routes!(dismiss))
}

/// How the sources do
///
/// Freshness, volume against each source's own rhythm, missing fields, types, quarantine; what is wrong now and before,
/// and which indicators it starves. For who sees all customers.
#[utoipa::path(get, path = "/api/quality", tag = "data", responses((status = 200, body = view::Quality)))]
async fn quality(visit: Signed) -> Answer<view::Quality> {
    Ok(Json(visit.app.quality(&visit.reader).await?))
}

/// Dismiss what is wrong with a source
///
/// The source has ended, or is meant to be so: it is not found again. Administrators only.
#[utoipa::path(post, path = "/api/quality/alerts/{id}/dismiss", tag = "data",
    params(("id" = i64, Path, description = "Data alert")), responses((status = 200, body = view::DataAlert)))]
async fn dismiss(Signed(visit): Signed, Named(id): Named<i64>) -> Answer<view::DataAlert> {
    to_the_end(async move { visit.app.dismiss_data_alert(&visit.reader, id, visit.now).await }).await.map(Json)
}
