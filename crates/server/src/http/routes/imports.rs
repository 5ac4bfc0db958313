//! Imports: upload, preview, commit, progress, cancel, undo, rejects; saved mappings.

use std::future::poll_fn;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use app::view;
use axum::Json;
use axum::body::{Body as Bytes, HttpBody};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::io::AsyncWriteExt;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Asked, Body, Named, Signed, to_the_end};

/// The largest file that can be uploaded, in bytes.
const UPLOAD_BYTES: u64 = 2 << 30;

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(upload))
        .routes(routes!(preview))
        .routes(routes!(commit))
        .routes(routes!(imports))
        .routes(routes!(import))
        .routes(routes!(cancel))
        .routes(routes!(undo))
        .routes(routes!(mappings))
        .routes(routes!(mapping, put_mapping, remove_mapping))
        .routes(routes!(rejects))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UploadAsked {
    /// Name of the file; its ending tells the format.
    file_name: String,
}

/// Upload a file
///
/// The raw body is the file, at most 2 GiB, or text as it was copied from Excel or WPS. Nothing is imported yet: the
/// answer says what the file would become.
#[utoipa::path(post, path = "/api/imports/uploads", tag = "data", params(UploadAsked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = view::ImportPreview)))]
async fn upload(visit: Signed, Asked(asked): Asked<UploadAsked>, body: Bytes) -> Answer<view::ImportPreview> {
    let upload = visit.app.new_upload(&visit.reader, &asked.file_name).await?;
    if let Err(problem) = receive(body, &upload.path).await {
        let _ = tokio::fs::remove_file(&upload.path).await;
        return Err(problem);
    }
    Ok(Json(visit.app.preview(&visit.reader, &upload.id, view::ImportRequest::default(), visit.now).await?))
}

/// Writes the body to disk as it arrives; at most [`UPLOAD_BYTES`].
pub(super) async fn receive(body: Bytes, path: &Path) -> Result<(), Problem> {
    let mut file = tokio::fs::File::create(path).await.map_err(Problem::internal)?;
    let mut body = body;
    let mut received = 0u64;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| {
            Problem::bad("upload_broken", ("上传中断", "the upload broke off"), ("请重新上传", "upload it again"))
        })?;
        let Ok(chunk) = frame.into_data() else { continue };
        received += chunk.len() as u64;
        if received > UPLOAD_BYTES {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "upload_too_large",
                ("文件超过 2 GiB", "the file is larger than 2 GiB"),
                ("请拆成几个文件，或用命令行 liuke import 导入", "split it, or use `liuke import` on the command line"),
            ));
        }
        file.write_all(&chunk).await.map_err(Problem::internal)?;
    }
    file.flush().await.map_err(Problem::internal)
}

/// Preview an import
///
/// A dry run with the mapping sent: nothing is written.
#[utoipa::path(post, path = "/api/imports/uploads/{upload_id}/preview", tag = "data",
    request_body = view::ImportRequest, params(("upload_id" = String, Path, description = "Upload")),
    responses((status = 200, body = view::ImportPreview)))]
async fn preview(
    visit: Signed,
    Named(upload_id): Named<String>,
    Body(request): Body<view::ImportRequest>,
) -> Answer<view::ImportPreview> {
    Ok(Json(visit.app.preview(&visit.reader, &upload_id, request, visit.now).await?))
}

/// Import an uploaded file
///
/// Runs in the background; a cycle follows. Importing the same file again adds nothing.
#[utoipa::path(post, path = "/api/imports/uploads/{upload_id}/commit", tag = "data",
    request_body = view::ImportRequest, params(("upload_id" = String, Path, description = "Upload")),
    responses((status = 202, body = view::ImportJob)))]
async fn commit(
    Signed(visit): Signed,
    Named(upload_id): Named<String>,
    Body(request): Body<view::ImportRequest>,
) -> Result<(StatusCode, Json<view::ImportJob>), Problem> {
    let work = async move { visit.app.commit(&visit.reader, &upload_id, request, visit.now).await };
    Ok((StatusCode::ACCEPTED, Json(to_the_end(work).await?)))
}

/// Imports
///
/// Newest first.
#[utoipa::path(get, path = "/api/imports", tag = "data", responses((status = 200, body = Vec<view::ImportJob>)))]
async fn imports(visit: Signed) -> Answer<Vec<view::ImportJob>> {
    Ok(Json(visit.app.imports(&visit.reader).await?))
}

/// One import
///
/// Ask again while it is `running`.
#[utoipa::path(get, path = "/api/imports/{id}", tag = "data", params(("id" = i64, Path, description = "Import")),
    responses((status = 200, body = view::ImportJob)))]
async fn import(visit: Signed, Named(id): Named<i64>) -> Answer<view::ImportJob> {
    Ok(Json(visit.app.import_job(&visit.reader, id).await?))
}

/// Stop an import
///
/// Nothing of it is left. Ask again until it is `cancelled`; one that was faster is `done` and can be undone.
#[utoipa::path(post, path = "/api/imports/{id}/cancel", tag = "data", params(("id" = i64, Path, description = "Import")),
    responses((status = 202, body = view::ImportJob)))]
async fn cancel(visit: Signed, Named(id): Named<i64>) -> Result<(StatusCode, Json<view::ImportJob>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(visit.app.cancel_import(&visit.reader, id).await?)))
}

/// Undo an import
///
/// Its facts are retracted as if they had never been known; a cycle follows. The same file can be imported again.
#[utoipa::path(post, path = "/api/imports/{id}/undo", tag = "data", params(("id" = i64, Path, description = "Import")),
    responses((status = 200, body = view::ImportUndone)))]
async fn undo(Signed(visit): Signed, Named(id): Named<i64>) -> Answer<view::ImportUndone> {
    let work = async move { visit.app.undo_import(&visit.reader, id, visit.now).await };
    Ok(Json(to_the_end(work).await?))
}

/// Saved mappings
#[utoipa::path(get, path = "/api/mappings", tag = "data", responses((status = 200, body = view::Items<view::SavedMapping>)))]
async fn mappings(visit: Signed) -> Answer<view::Items<view::SavedMapping>> {
    Ok(Json(view::Items { items: visit.app.mappings(&visit.reader).await?, next: None }))
}

/// One saved mapping
#[utoipa::path(get, path = "/api/mappings/{name}", tag = "data",
    params(("name" = String, Path, description = "Mapping")),
    responses((status = 200, body = view::SavedMapping)))]
async fn mapping(visit: Signed, Named(name): Named<String>) -> Answer<view::SavedMapping> {
    Ok(Json(visit.app.mapping(&visit.reader, &name).await?))
}

/// Save a mapping
///
/// It is used for the next file with the headers that it names, unless something else is said.
#[utoipa::path(put, path = "/api/mappings/{name}", tag = "data", request_body = view::MappingToSave,
    params(("name" = String, Path, description = "Mapping")),
    responses((status = 200, body = view::SavedMapping)))]
async fn put_mapping(
    visit: Signed,
    Named(name): Named<String>,
    Body(asked): Body<view::MappingToSave>,
) -> Answer<view::SavedMapping> {
    Ok(Json(visit.app.put_mapping(&visit.reader, &name, &asked, visit.now).await?))
}

/// Delete a saved mapping
#[utoipa::path(delete, path = "/api/mappings/{name}", tag = "data",
    params(("name" = String, Path, description = "Mapping")), responses((status = 204)))]
async fn remove_mapping(visit: Signed, Named(name): Named<String>) -> Result<StatusCode, Problem> {
    visit.app.remove_mapping(&visit.reader, &name, visit.now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Rejected rows of an import
///
/// As CSV with a reason for each; mend it and import it again.
#[utoipa::path(get, path = "/api/imports/{id}/rejects.csv", tag = "data",
    params(("id" = i64, Path, description = "Import")),
    responses((status = 200, content_type = "text/csv", body = String)))]
async fn rejects(visit: Signed, Named(id): Named<i64>) -> Result<Response, Problem> {
    let text = visit.app.rejects(&visit.reader, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"rejects-{id}.csv\"")),
    ];
    Ok((headers, text).into_response())
}
