//! Follow-up records and the ledger of promises.

use std::sync::Arc;

use app::{PromiseQuery, view};
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::CustomerId;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, filled, rows, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(follow_ups, record_touch))
        .routes(routes!(promises))
        .routes(routes!(settle_promise))
}

/// What was said to a customer
///
/// Follow-up records, the latest first, and promises, what is overdue first.
#[utoipa::path(get, path = "/api/customers/{id}/follow-ups", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded"), AsOfQuery),
    responses((status = 200, body = view::FollowUps)))]
async fn follow_ups(visit: Signed, Named(id): Named<String>) -> Answer<view::FollowUps> {
    let id = CustomerId::from(id);
    Ok(Json(visit.app.follow_ups(&visit.reader.scope, &id, visit.as_of, visit.now).await?))
}

/// Record a follow-up
///
/// A fact about the customer, an act on its open case (the clock stops on a record, not on a click), and the promise that
/// was made. The same `key` sent twice is recorded once; 409 `key_taken` where it stands for something else.
#[utoipa::path(post, path = "/api/customers/{id}/follow-ups", tag = "customers", request_body = view::NewFollowUp,
    params(("id" = String, Path, description = "The source's own id, percent-encoded")),
    responses((status = 200, body = view::FollowUpRow)))]
async fn record_touch(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(new): Body<view::NewFollowUp>,
) -> Answer<view::FollowUpRow> {
    let id = CustomerId::from(id);
    to_the_end(async move { visit.app.record_touch(&visit.reader, &id, new, visit.now).await }).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PromisesAsked {
    /// `open` (default), `overdue`, `kept`, `broken`, `all`.
    state: Option<String>,
    /// Owner key; `-` is nobody.
    owner: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 100 when absent, at most 500.
    limit: Option<usize>,
}

/// Promises
///
/// What was promised to customers, what is due first, first; with counts of what is open, overdue, kept and broken.
#[utoipa::path(get, path = "/api/promises", tag = "alerts", params(PromisesAsked, AsOfQuery),
    responses((status = 200, body = view::PromiseList)))]
async fn promises(visit: Signed, Asked(asked): Asked<PromisesAsked>) -> Answer<view::PromiseList> {
    let query = PromiseQuery {
        state: filled(asked.state),
        owner: filled(asked.owner),
        cursor: filled(asked.cursor),
        limit: rows(asked.limit, 100),
    };
    Ok(Json(visit.app.promises(&visit.reader.scope, &query, visit.as_of, visit.now).await?))
}

/// Say what became of a promise
///
/// Kept or broken, or open again: what was said before is taken back. 409 `version_conflict`, with who did what, when
/// somebody else was faster.
#[utoipa::path(post, path = "/api/promises/{id}/settle", tag = "alerts", request_body = view::SettlePromise,
    params(("id" = i64, Path, description = "Promise")), responses((status = 200, body = view::PromiseRow)))]
async fn settle_promise(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::SettlePromise>,
) -> Answer<view::PromiseRow> {
    to_the_end(async move { visit.app.settle_promise(&visit.reader, id, request, visit.now).await }).await.map(Json)
}
