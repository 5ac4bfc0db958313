//! Sources: the ways by which data comes in.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::guard::authority;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Body, Named, Signed, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(sources, add_source))
        .routes(routes!(source, change_source, remove_source))
        .routes(routes!(rotate_source))
}

/// This server's address as the caller's programs reach it: the public one, else the one this request used.
pub(crate) struct OwnUrl(pub(crate) String);

impl FromRequestParts<Arc<Site>> for OwnUrl {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Problem> {
        Ok(OwnUrl(site.own_url(&authority(parts))))
    }
}

/// Sources
///
/// Every way by which data comes in. For those who see all customers.
#[utoipa::path(get, path = "/api/sources", tag = "data", responses((status = 200, body = view::Items<view::Source>)))]
async fn sources(visit: Signed) -> Answer<view::Items<view::Source>> {
    Ok(Json(view::Items { items: visit.app.sources(&visit.reader, visit.now).await?, next: None }))
}

/// Add a source
///
/// Makes its key. Administrators only.
#[utoipa::path(post, path = "/api/sources", tag = "data", request_body = view::NewSource,
    responses((status = 201, body = view::Source)))]
async fn add_source(
    Signed(visit): Signed,
    Body(new): Body<view::NewSource>,
) -> Result<(StatusCode, Json<view::Source>), Problem> {
    let added = to_the_end(async move { visit.app.add_source(&visit.reader, new, visit.now).await }).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// A source
///
/// With lines to copy that hold its key and this server's address, for administrators.
#[utoipa::path(get, path = "/api/sources/{id}", tag = "data", params(("id" = i64, Path, description = "Source")),
    responses((status = 200, body = view::SourceDetail)))]
async fn source(visit: Signed, OwnUrl(url): OwnUrl, Named(id): Named<i64>) -> Answer<view::SourceDetail> {
    Ok(Json(visit.app.source(&visit.reader, id, &url, visit.now).await?))
}

/// Change a source
///
/// What is absent stays. Administrators only.
#[utoipa::path(patch, path = "/api/sources/{id}", tag = "data", params(("id" = i64, Path, description = "Source")),
    request_body = view::SourceChange, responses((status = 200, body = view::Source)))]
async fn change_source(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(change): Body<view::SourceChange>,
) -> Answer<view::Source> {
    to_the_end(async move { visit.app.change_source(&visit.reader, id, change, visit.now).await }).await.map(Json)
}

/// Remove a source
///
/// Its key opens nothing from then on; the facts it brought stay. Administrators only.
#[utoipa::path(delete, path = "/api/sources/{id}", tag = "data", params(("id" = i64, Path, description = "Source")),
    responses((status = 204, description = "Removed")))]
async fn remove_source(Signed(visit): Signed, Named(id): Named<i64>) -> Result<StatusCode, Problem> {
    to_the_end(async move { visit.app.remove_source(&visit.reader, id, visit.now).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a source a new key
///
/// The old one opens nothing from then on. Administrators only.
#[utoipa::path(post, path = "/api/sources/{id}/rotate", tag = "data",
    params(("id" = i64, Path, description = "Source")), responses((status = 200, body = view::Source)))]
async fn rotate_source(Signed(visit): Signed, Named(id): Named<i64>) -> Answer<view::Source> {
    to_the_end(async move { visit.app.rotate_source(&visit.reader, id, visit.now).await }).await.map(Json)
}
