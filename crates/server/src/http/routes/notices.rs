//! Notices: what people are told, by which channels, and what became of it.

use std::sync::Arc;

use app::{DeliveryDecision, NoticeQuery, view};
use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Asked, Body, Named, Signed, filled, rows, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(notices))
        .routes(routes!(read_notices))
        .routes(routes!(resend_notice))
        .routes(routes!(leave_notice))
        .routes(routes!(notice_choice, put_notice_choice))
        .routes(routes!(channels, add_channel))
        .routes(routes!(change_channel, remove_channel))
        .routes(routes!(test_channel))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NoticesQuery {
    /// `mine` (also when absent) or, for administrators, `all`.
    whose: Option<String>,
    /// Only those with a delivery in this state: `planned`, `sending`, `sent`, `failed`, `possibly_sent`; `undecided` for
    /// those about which somebody should decide.
    state: Option<String>,
    /// Only those of this kind.
    kind: Option<String>,
    /// Rows to skip.
    offset: Option<u32>,
    /// Rows to show, at most 500; 50 when absent.
    limit: Option<usize>,
}

/// How many notices are not read yet.
#[derive(Debug, Serialize, ToSchema)]
struct Unread {
    /// How many.
    unread: u64,
}

/// Notices
///
/// What the reader was told, the newest first, and what became of it on each way; for administrators what everybody was.
#[utoipa::path(get, path = "/api/notices", tag = "notices", params(NoticesQuery),
    responses((status = 200, body = view::Notices)))]
async fn notices(visit: Signed, Asked(asked): Asked<NoticesQuery>) -> Answer<view::Notices> {
    let query = NoticeQuery {
        whose: filled(asked.whose),
        state: filled(asked.state),
        kind: filled(asked.kind),
        offset: asked.offset.unwrap_or(0).into(),
        limit: rows(asked.limit, 50) as u64,
    };
    Ok(Json(visit.app.notices(&visit.reader, &query).await?))
}

/// Note that notices were read
///
/// Some of the reader's own, or all of them.
#[utoipa::path(post, path = "/api/notices/read", tag = "notices", request_body = view::NoticesRead,
    responses((status = 200, body = Unread)))]
async fn read_notices(Signed(visit): Signed, Body(read): Body<view::NoticesRead>) -> Answer<Unread> {
    let unread = to_the_end(async move { visit.app.read_notices(&visit.reader, read, visit.now).await }).await?;
    Ok(Json(Unread { unread }))
}

/// Send a notice again
///
/// One that failed or that may have arrived. 409 `version_conflict` when it changed meanwhile.
#[utoipa::path(post, path = "/api/notice-deliveries/{id}/resend", tag = "notices",
    params(("id" = i64, Path, description = "Delivery")), request_body = view::NoticeDecision,
    responses((status = 200, body = view::NoticeDelivery)))]
async fn resend_notice(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(seen): Body<view::NoticeDecision>,
) -> Answer<view::NoticeDelivery> {
    let decision = (DeliveryDecision::Resend, seen.version);
    to_the_end(async move { visit.app.decide_notice(&visit.reader, id, decision, visit.now).await }).await.map(Json)
}

/// Do not send a notice again
///
/// One that failed or that may have arrived: it leaves the list of what somebody should decide about.
#[utoipa::path(post, path = "/api/notice-deliveries/{id}/leave", tag = "notices",
    params(("id" = i64, Path, description = "Delivery")), request_body = view::NoticeDecision,
    responses((status = 200, body = view::NoticeDelivery)))]
async fn leave_notice(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(seen): Body<view::NoticeDecision>,
) -> Answer<view::NoticeDelivery> {
    let decision = (DeliveryDecision::Leave, seen.version);
    to_the_end(async move { visit.app.decide_notice(&visit.reader, id, decision, visit.now).await }).await.map(Json)
}

/// What the reader chose to be told
///
/// By which ways, in which language, and when not; and by which ways they may be told.
#[utoipa::path(get, path = "/api/notice-choices/mine", tag = "notices",
    responses((status = 200, body = view::NoticeChoice)))]
async fn notice_choice(visit: Signed) -> Answer<view::NoticeChoice> {
    Ok(Json(visit.app.notice_choice(&visit.reader).await?))
}

/// Choose what to be told
#[utoipa::path(put, path = "/api/notice-choices/mine", tag = "notices", request_body = view::NoticeChoiceChange,
    responses((status = 200, body = view::NoticeChoice)))]
async fn put_notice_choice(
    Signed(visit): Signed,
    Body(change): Body<view::NoticeChoiceChange>,
) -> Answer<view::NoticeChoice> {
    to_the_end(async move { visit.app.put_notice_choice(&visit.reader, change, visit.now).await }).await.map(Json)
}

/// Channels
///
/// The ways by which notices leave the house, and which sorts there are. Administrators only.
#[utoipa::path(get, path = "/api/channels", tag = "notices",
    responses((status = 200, body = view::NoticeChannels)))]
async fn channels(visit: Signed) -> Answer<view::NoticeChannels> {
    Ok(Json(visit.app.notice_channels(&visit.reader).await?))
}

/// Add a channel
///
/// Its secrets are kept sealed and never told again. Administrators only.
#[utoipa::path(post, path = "/api/channels", tag = "notices", request_body = view::NewNoticeChannel,
    responses((status = 201, body = view::NoticeChannel)))]
async fn add_channel(
    Signed(visit): Signed,
    Body(new): Body<view::NewNoticeChannel>,
) -> Result<(StatusCode, Json<view::NoticeChannel>), Problem> {
    let added = to_the_end(async move { visit.app.add_notice_channel(&visit.reader, new, visit.now).await }).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Change a channel
///
/// What is absent stays. Administrators only.
#[utoipa::path(patch, path = "/api/channels/{id}", tag = "notices",
    params(("id" = i64, Path, description = "Channel")), request_body = view::NoticeChannelChange,
    responses((status = 200, body = view::NoticeChannel)))]
async fn change_channel(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(change): Body<view::NoticeChannelChange>,
) -> Answer<view::NoticeChannel> {
    to_the_end(async move { visit.app.change_notice_channel(&visit.reader, id, change, visit.now).await })
        .await
        .map(Json)
}

/// Remove a channel
///
/// What waits for it fails; what it delivered stays on record. Administrators only.
#[utoipa::path(delete, path = "/api/channels/{id}", tag = "notices",
    params(("id" = i64, Path, description = "Channel")), responses((status = 204, description = "Removed")))]
async fn remove_channel(Signed(visit): Signed, Named(id): Named<i64>) -> Result<StatusCode, Problem> {
    to_the_end(async move { visit.app.remove_notice_channel(&visit.reader, id, visit.now).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a test message
///
/// To the reader, or to the address they name. Answers when it was taken; otherwise says why not. Administrators only.
#[utoipa::path(post, path = "/api/channels/{id}/test", tag = "notices",
    params(("id" = i64, Path, description = "Channel")), request_body = view::NoticeTest,
    responses((status = 200, body = view::NoticeTested)))]
async fn test_channel(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(test): Body<view::NoticeTest>,
) -> Answer<view::NoticeTested> {
    let how = (visit.lang, visit.now);
    to_the_end(async move { visit.app.test_notice_channel(&visit.reader, id, test, how).await }).await.map(Json)
}
