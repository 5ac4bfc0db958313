//! Sources that are fetched: tried, looked at, run; the history of their runs.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Asked, Named, Signed, rows, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(test_source))
        .routes(routes!(preview_source))
        .routes(routes!(run_source))
        .routes(routes!(source_runs))
        .routes(routes!(source_recipes))
}

/// Test a source
///
/// Connects with its settings and has its query looked at; nothing is read. A refusal says what to mend:
/// `host_unknown`, `connection_refused`, `wrong_password`, `no_such_table`, `tls_failed`…. Administrators only.
#[utoipa::path(post, path = "/api/sources/{id}/test", tag = "data",
    params(("id" = i64, Path, description = "Source")), responses((status = 200, body = view::SourceTest)))]
async fn test_source(Signed(visit): Signed, Named(id): Named<i64>) -> Answer<view::SourceTest> {
    Ok(Json(visit.app.test_source(&visit.reader, id).await?))
}

/// Look at a source
///
/// Its first rows and how they would be read; nothing is written. Administrators only.
#[utoipa::path(post, path = "/api/sources/{id}/preview", tag = "data",
    params(("id" = i64, Path, description = "Source")), responses((status = 200, body = view::SourcePreview)))]
async fn preview_source(Signed(visit): Signed, Named(id): Named<i64>) -> Answer<view::SourcePreview> {
    Ok(Json(visit.app.preview_source(&visit.reader, id, visit.now).await?))
}

/// Read a source now
///
/// What is new in it, in the background; the answer is the run that has begun. Administrators only.
#[utoipa::path(post, path = "/api/sources/{id}/run", tag = "data",
    params(("id" = i64, Path, description = "Source")), responses((status = 202, body = view::SourceRun)))]
async fn run_source(
    Signed(visit): Signed,
    Named(id): Named<i64>,
) -> Result<(StatusCode, Json<view::SourceRun>), Problem> {
    let run = to_the_end(async move { visit.app.run_source(&visit.reader, id, visit.now).await }).await?;
    Ok((StatusCode::ACCEPTED, Json(run)))
}

/// Recipes of sources over HTTP
///
/// What ships, and which parameters and secrets each needs. For those who see all customers.
#[utoipa::path(get, path = "/api/source-recipes", tag = "data",
    responses((status = 200, body = view::Items<view::SourceRecipe>)))]
async fn source_recipes(Signed(visit): Signed) -> Answer<view::Items<view::SourceRecipe>> {
    Ok(Json(visit.app.source_recipes(&visit.reader).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RunsAsked {
    /// Only runs before this one: the `next` of the page before.
    before: Option<i64>,
    /// Rows on a page, 50 when absent, at most 500.
    limit: Option<usize>,
}

/// Runs of a source
///
/// Newest first. For those who see all customers.
#[utoipa::path(get, path = "/api/sources/{id}/runs", tag = "data",
    params(("id" = i64, Path, description = "Source"), RunsAsked),
    responses((status = 200, body = view::Items<view::SourceRun>)))]
async fn source_runs(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Asked(asked): Asked<RunsAsked>,
) -> Answer<view::Items<view::SourceRun>> {
    let limit = rows(asked.limit, 50);
    Ok(Json(visit.app.source_runs(&visit.reader, id, asked.before, limit).await?))
}
