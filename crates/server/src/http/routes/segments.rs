//! Segments, tiers of value, RFM and tags.

use std::sync::Arc;

use app::view;
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, filled, rows, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(segments))
        .routes(routes!(segment))
        .routes(routes!(rfm))
        .routes(routes!(tags))
        .routes(routes!(change_tags))
        .routes(routes!(undo_tags))
}

/// Segments
///
/// Each with its condition in words and its size, the tiers of value, and value against risk. Counted over the customers
/// whom the reader sees and who have not left: the same as the customer list, filtered.
#[utoipa::path(get, path = "/api/segments", tag = "segments", params(AsOfQuery),
    responses((status = 200, body = view::SegmentList)))]
async fn segments(visit: Signed) -> Answer<view::SegmentList> {
    Ok(Json(visit.app.segments(&visit.reader.scope, visit.as_of, visit.now).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MembersAsked {
    /// From the page before.
    cursor: Option<String>,
    /// Members in a page: 50 when absent, at most 500.
    limit: Option<usize>,
}

/// One segment
///
/// Its size over the last twelve months, as could be known at each moment, who came in and went out, and a page of its
/// members, worst first.
#[utoipa::path(get, path = "/api/segments/{id}", tag = "segments",
    params(("id" = String, Path, description = "Segment"), MembersAsked, AsOfQuery),
    responses((status = 200, body = view::SegmentPage)))]
async fn segment(
    visit: Signed,
    Named(id): Named<String>,
    Asked(asked): Asked<MembersAsked>,
) -> Answer<view::SegmentPage> {
    let cursor = filled(asked.cursor);
    let slice = (cursor.as_deref(), rows(asked.limit, 50));
    Ok(Json(visit.app.segment(&visit.reader.scope, &id, slice, visit.as_of, visit.now).await?))
}

/// RFM
///
/// Recency, frequency and monetary value cut in two each: eight cells, and where the cuts lie.
#[utoipa::path(get, path = "/api/rfm", tag = "segments", params(AsOfQuery),
    responses((status = 200, body = view::RfmPage)))]
async fn rfm(visit: Signed) -> Answer<view::RfmPage> {
    Ok(Json(visit.app.rfm(&visit.reader.scope, visit.as_of, visit.now).await?))
}

/// Tags
///
/// Those in use, the most used first.
#[utoipa::path(get, path = "/api/tags", tag = "segments", params(AsOfQuery),
    responses((status = 200, body = Vec<view::TagCount>)))]
async fn tags(visit: Signed) -> Answer<Vec<view::TagCount>> {
    Ok(Json(visit.app.tags(&visit.reader.scope, visit.as_of, visit.now).await?))
}

/// Tag customers
///
/// Puts a tag on up to 10,000 customers, or takes it off. What the change did can be taken back by its id.
#[utoipa::path(post, path = "/api/tags", tag = "segments", request_body = view::TagRequest,
    responses((status = 200, body = view::TagChange)))]
async fn change_tags(Signed(visit): Signed, Body(request): Body<view::TagRequest>) -> Answer<view::TagChange> {
    to_the_end(async move { visit.app.change_tags(&visit.reader, request, visit.now).await }).await.map(Json)
}

/// Take a change of tags back
///
/// Whoever it changed, and nobody has changed since, is as before it. 409 `version_conflict` when nothing is left to take
/// back.
#[utoipa::path(post, path = "/api/tags/changes/{id}/undo", tag = "segments",
    params(("id" = i64, Path, description = "Change")), responses((status = 200, body = view::TagChange)))]
async fn undo_tags(Signed(visit): Signed, Named(id): Named<i64>) -> Answer<view::TagChange> {
    to_the_end(async move { visit.app.undo_tags(&visit.reader, id, visit.now).await }).await.map(Json)
}
