//! Tables that come back with changes: what they would change, doing it, what was done, taking it back.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::body::Body as Bytes;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::imports::receive;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Asked, Body, Named, Signed, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(sheets))
        .routes(routes!(sheet))
        .routes(routes!(compare_sheet))
        .routes(routes!(apply_sheet))
        .routes(routes!(undo_sheet))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SheetAsked {
    /// Name of the file; its ending tells the format.
    file_name: String,
}

/// Compare a file with what stands
///
/// The raw body is an exported table of customers or cases with changed cells, or a file made by hand with an id and the
/// columns that are to change (Excel, or CSV in UTF-8 or GB18030). Nothing is changed: the answer says cell by cell what
/// would be, what somebody else has changed since the file left, and what cannot be.
#[utoipa::path(post, path = "/api/sheets/uploads", tag = "customers", params(SheetAsked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = view::SheetDifferences)))]
async fn compare_sheet(visit: Signed, Asked(asked): Asked<SheetAsked>, body: Bytes) -> Answer<view::SheetDifferences> {
    let upload = visit.app.new_upload(&visit.reader, &asked.file_name).await?;
    let compared = match receive(body, &upload.path).await {
        Ok(()) => visit.app.compare_sheet(&visit.reader, &upload.id, visit.now).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    if compared.is_err() {
        let _ = tokio::fs::remove_file(&upload.path).await;
    }
    compared.map(Json)
}

/// Apply a file
///
/// Every change that is not left out, and every conflict that is to be overwritten, at once or not at all. A file that was
/// applied finds nothing to change when it comes again.
#[utoipa::path(post, path = "/api/sheets/uploads/{upload_id}/apply", tag = "customers",
    request_body = view::SheetTake, params(("upload_id" = String, Path, description = "Upload")),
    responses((status = 200, body = view::SheetApplied)))]
async fn apply_sheet(
    Signed(visit): Signed,
    Named(upload_id): Named<String>,
    Body(take): Body<view::SheetTake>,
) -> Answer<view::SheetApplied> {
    to_the_end(async move { visit.app.apply_sheet(&visit.reader, &upload_id, take, visit.now).await }).await.map(Json)
}

/// Files that were applied
///
/// One's own, the latest first; everybody's to administrators.
#[utoipa::path(get, path = "/api/sheets", tag = "customers", responses((status = 200, body = Vec<view::SheetBack>)))]
async fn sheets(visit: Signed) -> Answer<Vec<view::SheetBack>> {
    Ok(Json(visit.app.sheets(&visit.reader).await?))
}

/// A file that was applied
///
/// With what it changed, of customers whom the reader sees.
#[utoipa::path(get, path = "/api/sheets/{id}", tag = "customers", params(("id" = i64, Path, description = "File")),
    responses((status = 200, body = view::SheetPage)))]
async fn sheet(visit: Signed, Named(id): Named<i64>) -> Answer<view::SheetPage> {
    Ok(Json(visit.app.sheet(&visit.reader, id, visit.now).await?))
}

/// Take a file back
///
/// Every cell that nobody has changed since is as before it. 409 `nothing_to_undo` when nothing is left to take back.
#[utoipa::path(post, path = "/api/sheets/{id}/undo", tag = "customers",
    params(("id" = i64, Path, description = "File")), responses((status = 200, body = view::SheetBack)))]
async fn undo_sheet(Signed(visit): Signed, Named(id): Named<i64>) -> Answer<view::SheetBack> {
    to_the_end(async move { visit.app.undo_sheet(&visit.reader, id, visit.now).await }).await.map(Json)
}
