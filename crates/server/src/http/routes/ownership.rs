//! Ownership: the rules, the pool and taking from it, who had a customer when.

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
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, filled, rows, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(ownership, put_ownership))
        .routes(routes!(pool))
        .routes(routes!(pool_returns))
        .routes(routes!(claim_customer))
        .routes(routes!(owner_terms))
}

/// Ownership
///
/// What the firm lets people do with customers whom nobody owns, and what that leaves to the reader today.
#[utoipa::path(get, path = "/api/ownership", tag = "customers", responses((status = 200, body = view::Ownership)))]
async fn ownership(visit: Signed) -> Answer<view::Ownership> {
    Ok(Json(visit.app.ownership(&visit.reader, visit.now).await?))
}

/// Set the rules of ownership
///
/// Whether the pool is open, how many customers one person may take, and after how many days without a record a customer
/// goes back to it. Administrators only.
#[utoipa::path(put, path = "/api/ownership", tag = "customers", request_body = view::OwnershipRules,
    responses((status = 200, body = view::Ownership)))]
async fn put_ownership(Signed(visit): Signed, Body(rules): Body<view::OwnershipRules>) -> Answer<view::Ownership> {
    to_the_end(async move { visit.app.put_ownership(&visit.reader, rules, visit.now).await }).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PoolAsked {
    /// Part of a name, an id, pinyin or initials.
    search: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 50 when absent, at most 500.
    limit: Option<usize>,
}

/// The pool
///
/// Customers whom nobody owns, the most valuable first, for whoever may take them. 403 `pool_closed` where the firm has not
/// opened it.
#[utoipa::path(get, path = "/api/pool", tag = "customers", params(PoolAsked),
    responses((status = 200, body = view::PoolList)))]
async fn pool(visit: Signed, Asked(asked): Asked<PoolAsked>) -> Answer<view::PoolList> {
    let cursor = filled(asked.cursor);
    let from = (filled(asked.search), cursor.as_deref());
    Ok(Json(visit.app.pool(&visit.reader, from, rows(asked.limit, 50), visit.now).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReturnsAsked {
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 50 when absent, at most 500.
    limit: Option<usize>,
}

/// Who goes back to the pool
///
/// The reader's customers that will go back for want of a record, the first of them first; and what went back in the last
/// thirty days, where the pool is open.
#[utoipa::path(get, path = "/api/pool/returns", tag = "customers", params(ReturnsAsked),
    responses((status = 200, body = view::PoolReturns)))]
async fn pool_returns(visit: Signed, Asked(asked): Asked<ReturnsAsked>) -> Answer<view::PoolReturns> {
    let cursor = filled(asked.cursor);
    let limit = rows(asked.limit, 50);
    Ok(Json(visit.app.pool_returns(&visit.reader, cursor.as_deref(), limit, visit.now).await?))
}

/// Take a customer from the pool
///
/// Within the firm's limits; from then on it is the reader's own.
#[utoipa::path(post, path = "/api/customers/{id}/claim", tag = "customers",
    params(("id" = String, Path, description = "Customer")), responses((status = 200, body = view::Ownership)))]
async fn claim_customer(Signed(visit): Signed, Named(id): Named<String>) -> Answer<view::Ownership> {
    let customer = CustomerId::from(id);
    to_the_end(async move { visit.app.claim_customer(&visit.reader, &customer, visit.now).await }).await.map(Json)
}

/// Who had a customer when
///
/// The latest first, as the facts say.
#[utoipa::path(get, path = "/api/customers/{id}/owners", tag = "customers",
    params(("id" = String, Path, description = "Customer"), AsOfQuery),
    responses((status = 200, body = Vec<view::OwnerTerm>)))]
async fn owner_terms(visit: Signed, Named(id): Named<String>) -> Answer<Vec<view::OwnerTerm>> {
    let customer = CustomerId::from(id);
    Ok(Json(visit.app.owner_terms(&visit.reader.scope, &customer, visit.as_of, visit.now).await?))
}
