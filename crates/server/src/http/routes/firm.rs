//! The deployment: its words, its staff, its API tokens.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Body, Named, Signed, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(firm, put_firm))
        .routes(routes!(value))
        .routes(routes!(templates))
        .routes(routes!(staff, add_staff))
        .routes(routes!(tokens, add_token))
        .routes(routes!(remove_token))
}

/// The firm
///
/// How this deployment speaks of its customers, and the choices every sentence depends on.
#[utoipa::path(get, path = "/api/firm", tag = "firm", responses((status = 200, body = view::Firm)))]
async fn firm(visit: Signed) -> Answer<view::Firm> {
    visit.app.firm().await?.map(Json).ok_or_else(Problem::not_found)
}

/// Change the firm
///
/// Administrators only.
#[utoipa::path(put, path = "/api/firm", tag = "firm", request_body = view::Firm,
    responses((status = 200, body = view::Firm)))]
async fn put_firm(Signed(visit): Signed, Body(firm): Body<view::Firm>) -> Answer<view::Firm> {
    to_the_end(async move { visit.app.put_firm(&visit.reader, firm, visit.now).await }).await.map(Json)
}

/// What value is measured by
///
/// The measures of value there are, and what each would make of the customers of now: how many change tier. One is chosen
/// with `PUT /api/firm`. Administrators only.
#[utoipa::path(get, path = "/api/firm/value", tag = "firm", responses((status = 200, body = view::ValuePage)))]
async fn value(visit: Signed) -> Answer<view::ValuePage> {
    Ok(Json(visit.app.value_page(&visit.reader, visit.now).await?))
}

/// Industry templates
///
/// What may be chosen at set-up; needs no sign-in.
#[utoipa::path(get, path = "/api/templates", tag = "firm", responses((status = 200, body = Vec<view::TemplateOption>)))]
async fn templates(State(site): State<Arc<Site>>) -> Answer<Vec<view::TemplateOption>> {
    Ok(Json(site.app()?.templates()))
}

/// Staff
///
/// Administrators only.
#[utoipa::path(get, path = "/api/staff", tag = "firm", responses((status = 200, body = Vec<view::Staff>)))]
async fn staff(visit: Signed) -> Answer<Vec<view::Staff>> {
    Ok(Json(visit.app.staff(&visit.reader).await?))
}

/// Add a person
///
/// Administrators only.
#[utoipa::path(post, path = "/api/staff", tag = "firm", request_body = view::NewStaff,
    responses((status = 200, body = view::Staff)))]
async fn add_staff(Signed(visit): Signed, Body(person): Body<view::NewStaff>) -> Answer<view::Staff> {
    to_the_end(async move { visit.app.add_staff(&visit.reader, person, visit.now).await }).await.map(Json)
}

/// API tokens
#[utoipa::path(get, path = "/api/tokens", tag = "firm", responses((status = 200, body = Vec<view::ApiToken>)))]
async fn tokens(visit: Signed) -> Answer<Vec<view::ApiToken>> {
    Ok(Json(visit.app.tokens(&visit.reader).await?))
}

/// Make an API token
///
/// The answer is the only one that shows its secret.
#[utoipa::path(post, path = "/api/tokens", tag = "firm", request_body = view::NewApiToken,
    responses((status = 200, body = view::ApiToken)))]
async fn add_token(Signed(visit): Signed, Body(token): Body<view::NewApiToken>) -> Answer<view::ApiToken> {
    to_the_end(async move { visit.app.add_token(&visit.reader, token, visit.now).await }).await.map(Json)
}

/// Remove an API token
#[utoipa::path(delete, path = "/api/tokens/{id}", tag = "firm", params(("id" = i64, Path, description = "Token")),
    responses((status = 204, description = "Removed")))]
async fn remove_token(Signed(visit): Signed, Named(id): Named<i64>) -> Result<StatusCode, Problem> {
    to_the_end(async move { visit.app.remove_token(&visit.reader, id, visit.now).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
