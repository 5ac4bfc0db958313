//! Advice: what to do about a customer, and the library behind it.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::CustomerId;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, filled, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(advice))
        .routes(routes!(task_from_advice))
        .routes(routes!(advice_entries))
        .routes(routes!(put_advice, remove_advice))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AdviceAsked {
    /// Another reason than the one that speaks loudest: the id of an entry of the library.
    #[param(example = "price")]
    reason: Option<String>,
}

/// What to do about a customer
///
/// By its worst reason and its tier of value: who should act, what comes first, three sentences to begin with, what not to
/// offer, what to send; and the promises that stand in the way.
#[utoipa::path(get, path = "/api/customers/{id}/advice", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded"), AdviceAsked, AsOfQuery),
    responses((status = 200, body = view::AdvicePage)))]
async fn advice(visit: Signed, Named(id): Named<String>, Asked(asked): Asked<AdviceAsked>) -> Answer<view::AdvicePage> {
    let (id, reason) = (CustomerId::from(id), filled(asked.reason));
    Ok(Json(visit.app.advice(&visit.reader.scope, &id, reason.as_deref(), visit.as_of, visit.now).await?))
}

/// Make a task of the advice
///
/// Its first step, in the customer's open case (one is opened where there is none), on the desk of whoever has the case,
/// due by the case's clock. Asked again while that task waits, it is the answer.
#[utoipa::path(post, path = "/api/customers/{id}/advice/task", tag = "customers", request_body = view::NewAdviceTask,
    params(("id" = String, Path, description = "The source's own id, percent-encoded")),
    responses((status = 200, body = view::AdvisedTask)))]
async fn task_from_advice(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(asked): Body<view::NewAdviceTask>,
) -> Answer<view::AdvisedTask> {
    let id = CustomerId::from(id);
    to_the_end(async move { visit.app.task_from_advice(&visit.reader, &id, asked, visit.now).await }).await.map(Json)
}

/// The library of advice
///
/// Entry by entry with its definition; the firm's own in the place of the shipped ones.
#[utoipa::path(get, path = "/api/advice", tag = "definitions",
    responses((status = 200, body = Vec<view::AdviceEntry>)))]
async fn advice_entries(visit: Signed) -> Answer<Vec<view::AdviceEntry>> {
    Ok(Json(visit.app.advice_entries(&visit.reader).await?))
}

/// Write an entry of advice
///
/// In the place of the shipped one, or a new one. 400 `bad_definition` names every fault by line and column.
#[utoipa::path(put, path = "/api/advice/{id}", tag = "definitions", request_body = view::AdviceText,
    params(("id" = String, Path, description = "Entry")),
    responses((status = 200, body = Vec<view::AdviceEntry>)))]
async fn put_advice(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(text): Body<view::AdviceText>,
) -> Answer<Vec<view::AdviceEntry>> {
    to_the_end(async move { visit.app.put_advice(&visit.reader, &id, text, visit.now).await }).await.map(Json)
}

/// Go back to the shipped advice
///
/// The firm's own entry is taken away; what it said stays in the history.
#[utoipa::path(delete, path = "/api/advice/{id}", tag = "definitions",
    params(("id" = String, Path, description = "Entry")), responses((status = 204)))]
async fn remove_advice(Signed(visit): Signed, Named(id): Named<String>) -> Result<StatusCode, Problem> {
    to_the_end(async move { visit.app.remove_advice(&visit.reader, &id, visit.now).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
