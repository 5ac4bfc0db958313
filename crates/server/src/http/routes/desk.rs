//! What is done to alerts besides working their cases, and the filters that people save.

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
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(desk))
        .routes(routes!(snooze_alert))
        .routes(routes!(wake_alert))
        .routes(routes!(call_alert_false))
        .routes(routes!(bulk_alerts))
        .routes(routes!(saved_views, put_saved_view))
        .routes(routes!(remove_saved_view))
}

/// The desk
///
/// Lines of work by where they stand, who may be given a case, what came of each rule's alerts in the last 90 days, and
/// how far this week's budget is used.
#[utoipa::path(get, path = "/api/desk", tag = "alerts", params(AsOfQuery),
    responses((status = 200, body = view::DeskPage)))]
async fn desk(visit: Signed) -> Answer<view::DeskPage> {
    Ok(Json(visit.app.desk_page(&visit.reader, visit.now).await?))
}

/// Put an alert off
///
/// It leaves the desk and comes back by itself on the day, or before if it gets worse. 409 `version_conflict`, with who
/// did what, when somebody else changed it first.
#[utoipa::path(post, path = "/api/alerts/{id}/snooze", tag = "alerts", request_body = view::SnoozeAlert,
    params(("id" = i64, Path, description = "Alert")), responses((status = 200, body = view::AlertRow)))]
async fn snooze_alert(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::SnoozeAlert>,
) -> Answer<view::AlertRow> {
    to_the_end(async move { visit.app.snooze_alert(&visit.reader, id, request, visit.now).await }).await.map(Json)
}

/// Take an alert up again
///
/// Before the day until which it was put off.
#[utoipa::path(post, path = "/api/alerts/{id}/wake", tag = "alerts", request_body = view::WakeAlert,
    params(("id" = i64, Path, description = "Alert")), responses((status = 200, body = view::AlertRow)))]
async fn wake_alert(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::WakeAlert>,
) -> Answer<view::AlertRow> {
    to_the_end(async move { visit.app.wake_alert(&visit.reader, id, request, visit.now).await }).await.map(Json)
}

/// Call an alert false
///
/// Somebody looked, and there is nothing to warn of: it is resolved, and counted against its rule.
#[utoipa::path(post, path = "/api/alerts/{id}/false-alarm", tag = "alerts", request_body = view::FalseAlert,
    params(("id" = i64, Path, description = "Alert")), responses((status = 200, body = view::AlertRow)))]
async fn call_alert_false(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::FalseAlert>,
) -> Answer<view::AlertRow> {
    to_the_end(async move { visit.app.call_alert_false(&visit.reader, id, request, visit.now).await }).await.map(Json)
}

/// Do one thing to many alerts
///
/// One after the other; what could not be done is said by row and hinders no other.
#[utoipa::path(post, path = "/api/alerts/bulk", tag = "alerts", request_body = view::BulkRequest,
    responses((status = 200, body = view::BulkResult)))]
async fn bulk_alerts(Signed(visit): Signed, Body(request): Body<view::BulkRequest>) -> Answer<view::BulkResult> {
    to_the_end(async move { visit.app.bulk_alerts(&visit.reader, request, visit.now).await }).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ViewsAsked {
    /// The page: `alerts`, `cases`.
    page: String,
}

/// Saved views
///
/// The reader's own filters of a page.
#[utoipa::path(get, path = "/api/views", tag = "alerts", params(ViewsAsked),
    responses((status = 200, body = Vec<view::SavedView>)))]
async fn saved_views(visit: Signed, Asked(asked): Asked<ViewsAsked>) -> Answer<Vec<view::SavedView>> {
    Ok(Json(visit.app.saved_views(&visit.reader, &asked.page).await?))
}

/// Save a view
///
/// Under a name; one of this name is replaced.
#[utoipa::path(put, path = "/api/views", tag = "alerts", request_body = view::NewSavedView,
    responses((status = 200, body = view::SavedView)))]
async fn put_saved_view(Signed(visit): Signed, Body(request): Body<view::NewSavedView>) -> Answer<view::SavedView> {
    to_the_end(async move { visit.app.put_saved_view(&visit.reader, request, visit.now).await }).await.map(Json)
}

/// Forget a saved view
#[utoipa::path(delete, path = "/api/views/{id}", tag = "alerts",
    params(("id" = i64, Path, description = "View")), responses((status = 204)))]
async fn remove_saved_view(Signed(visit): Signed, Named(id): Named<i64>) -> Result<StatusCode, Problem> {
    to_the_end(async move { visit.app.remove_saved_view(&visit.reader, id, visit.now).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
