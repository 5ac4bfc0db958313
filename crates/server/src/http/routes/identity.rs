//! Who is who: a customer's keys and contacts, conflicts, merging and parting.

use std::sync::Arc;

use app::view;
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::CustomerId;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, filled, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(identity))
        .routes(routes!(conflicts))
        .routes(routes!(decide))
        .routes(routes!(merge))
        .routes(routes!(unmerge))
}

/// Who a customer is
///
/// Its keys with source and since, its contacts with their roles, what was said about it; as of a moment.
#[utoipa::path(get, path = "/api/customers/{id}/identity", tag = "customers",
    params(("id" = String, Path, description = "Any key of the customer, percent-encoded"), AsOfQuery),
    responses((status = 200, body = view::CustomerIdentity)))]
async fn identity(visit: Signed, Named(id): Named<String>) -> Answer<view::CustomerIdentity> {
    let id = CustomerId::from(id);
    Ok(Json(visit.app.customer_identity(&visit.reader.scope, &id, visit.as_of, visit.now).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ConflictsAsked {
    /// `open` (default), `merged`, `apart`, `gone`, `all`.
    state: Option<String>,
}

/// Identity conflicts
///
/// Customers that share a number or address and are not merged by rule, newest first; those of which the reader sees
/// every customer.
#[utoipa::path(get, path = "/api/identity/conflicts", tag = "customers", params(ConflictsAsked),
    responses((status = 200, body = view::IdentityConflicts)))]
async fn conflicts(visit: Signed, Asked(asked): Asked<ConflictsAsked>) -> Answer<view::IdentityConflicts> {
    let state = filled(asked.state);
    Ok(Json(visit.app.identity_conflicts(&visit.reader, state.as_deref(), visit.now).await?))
}

/// Decide a conflict
///
/// `merge` into one of them, or keep them `apart`: then no rule asks again.
#[utoipa::path(post, path = "/api/identity/conflicts/{id}", tag = "customers",
    params(("id" = i64, Path, description = "Conflict")), request_body = view::ConflictDecision,
    responses((status = 200, body = view::IdentityConflict)))]
async fn decide(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(decision): Body<view::ConflictDecision>,
) -> Answer<view::IdentityConflict> {
    to_the_end(async move { visit.app.decide_identity(&visit.reader, id, decision, visit.now).await }).await.map(Json)
}

/// Merge two customers
///
/// From now on; a view of before still shows two. Lists follow with the next cycle.
#[utoipa::path(post, path = "/api/identity/merge", tag = "customers", request_body = view::MergeRequest,
    responses((status = 200, body = view::CustomerIdentity)))]
async fn merge(Signed(visit): Signed, Body(request): Body<view::MergeRequest>) -> Answer<view::CustomerIdentity> {
    to_the_end(async move { visit.app.merge_customers(&visit.reader, request, visit.now).await }).await.map(Json)
}

/// Part a key from its customer
///
/// From now on; no rule merges them again.
#[utoipa::path(post, path = "/api/identity/unmerge", tag = "customers", request_body = view::UnmergeRequest,
    responses((status = 200, body = view::CustomerIdentity)))]
async fn unmerge(Signed(visit): Signed, Body(request): Body<view::UnmergeRequest>) -> Answer<view::CustomerIdentity> {
    to_the_end(async move { visit.app.unmerge_customer(&visit.reader, request, visit.now).await }).await.map(Json)
}
