//! The data page.

use std::sync::Arc;

use app::view;
use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::Signed;

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(data))
}

/// What is in the record
///
/// Sources with their counts and freshness, and the imports so far.
#[utoipa::path(get, path = "/api/data", tag = "data", responses((status = 200, body = view::DataPage)))]
async fn data(visit: Signed) -> Answer<view::DataPage> {
    Ok(Json(visit.app.data(&visit.reader, visit.now).await?))
}
