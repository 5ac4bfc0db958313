//! What the definitions say, and their source.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Named, Signed};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(definitions)).routes(routes!(definition_source))
}

/// Definitions
///
/// Indicators, scorecards, rules and churn definitions, each in a sentence.
#[utoipa::path(get, path = "/api/definitions", tag = "definitions",
    responses((status = 200, body = Vec<view::DefinitionRow>)))]
async fn definitions(visit: Signed) -> Answer<Vec<view::DefinitionRow>> {
    Ok(Json(visit.app.definition_rows().await?))
}

/// A definition's source
///
/// The TOML as it is read.
#[utoipa::path(get, path = "/api/definitions/{sort}/{id}/source", tag = "definitions",
    params(("sort" = String, Path, description = "`indicator`, `scorecard`, `rule`, `churn`"),
        ("id" = String, Path, description = "Definition")),
    responses((status = 200, content_type = "text/plain", body = String)))]
async fn definition_source(visit: Signed, Named((sort, id)): Named<(String, String)>) -> Result<Response, Problem> {
    let source = visit.app.definition_source(&sort, &id)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], source).into_response())
}
