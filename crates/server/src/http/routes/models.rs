//! Models of who will leave: trained, read, put in service, taken back.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Body, Named, Signed};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(models, start_training))
        .routes(routes!(stop_training))
        .routes(routes!(model))
        .routes(routes!(promote_model))
        .routes(routes!(roll_back_model))
}

/// Models
///
/// Every model that was kept, the newest first, and the training of this server that runs or ran last. For who sees all
/// customers.
#[utoipa::path(get, path = "/api/models", tag = "models", responses((status = 200, body = view::Models)))]
async fn models(visit: Signed) -> Answer<view::Models> {
    Ok(Json(visit.app.models(&visit.reader).await?))
}

/// Train a model
///
/// In the background; one training runs at a time. First it is told whether history carries a model and what is missing;
/// what comes of it is a challenger that a person puts in service.
#[utoipa::path(post, path = "/api/models", tag = "models", request_body = view::TrainingRequest,
    responses((status = 202, body = view::TrainingRun)))]
async fn start_training(
    visit: Signed,
    Body(asked): Body<view::TrainingRequest>,
) -> Result<(StatusCode, Json<view::TrainingRun>), Problem> {
    let run = visit.app.start_training(&visit.reader, asked, visit.now).await?;
    Ok((StatusCode::ACCEPTED, Json(run)))
}

/// Stop the training
///
/// The one that runs.
#[utoipa::path(delete, path = "/api/models/training", tag = "models", responses((status = 204)))]
async fn stop_training(visit: Signed) -> Result<StatusCode, Problem> {
    visit.app.stop_training(&visit.reader).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One model
///
/// With its card: what it was learnt from, what was left out and why, how good it was in months that it had not seen, what
/// it cannot do. For who sees all customers.
#[utoipa::path(get, path = "/api/models/{id}", tag = "models",
    params(("id" = i64, Path, description = "Number of the model")),
    responses((status = 200, body = view::ModelPage)))]
async fn model(visit: Signed, Named(id): Named<i64>) -> Answer<view::ModelPage> {
    Ok(Json(visit.app.model_page(&visit.reader, id).await?))
}

/// Put a model in service
///
/// In the place of the one of its churn definition that is.
#[utoipa::path(post, path = "/api/models/{id}/promote", tag = "models",
    params(("id" = i64, Path, description = "Number of the model")), request_body = view::ModelStep,
    responses((status = 200, body = view::ModelPage)))]
async fn promote_model(
    visit: Signed,
    Named(id): Named<i64>,
    Body(step): Body<view::ModelStep>,
) -> Answer<view::ModelPage> {
    Ok(Json(visit.app.promote_model(&visit.reader, id, step, visit.now).await?))
}

/// Take a model back
///
/// Of the model in service: the one before it is in service again, and is the answer.
#[utoipa::path(post, path = "/api/models/{id}/rollback", tag = "models",
    params(("id" = i64, Path, description = "Number of the model in service")), request_body = view::ModelStep,
    responses((status = 200, body = view::ModelPage)))]
async fn roll_back_model(
    visit: Signed,
    Named(id): Named<i64>,
    Body(step): Body<view::ModelStep>,
) -> Answer<view::ModelPage> {
    Ok(Json(visit.app.roll_back_model(&visit.reader, id, step, visit.now).await?))
}
