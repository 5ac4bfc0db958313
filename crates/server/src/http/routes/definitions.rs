//! What the definitions say, and their source.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::exports::{LangAsked, disposition};
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Asked, Named, Signed};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(definitions))
        .routes(routes!(definition_source))
        .routes(routes!(definition_archive))
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

/// All definitions
///
/// A zip of the files by which everything is computed, as they ship or as the firm's own versions in use say. Recorded as an
/// export.
#[utoipa::path(get, path = "/api/definitions/archive", tag = "definitions", params(LangAsked),
    responses((status = 200, content_type = "application/zip", body = Vec<u8>)))]
async fn definition_archive(visit: Signed, Asked(lang): Asked<LangAsked>) -> Result<Response, Problem> {
    let (name, bytes) = visit.app.definition_archive(&visit.reader, lang.of(&visit), visit.now).await?;
    let headers =
        [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, disposition(&name))];
    Ok((headers, bytes).into_response())
}
