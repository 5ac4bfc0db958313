//! Models of who will leave: trained or brought in, read, watched, compared, put in service, taken back.

use std::sync::Arc;

use app::{OutsideAsked, view};
use axum::Json;
use axum::body::Body as Bytes;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::imports::receive;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Asked, Body, Named, Signed};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(models, start_training))
        .routes(routes!(stop_training))
        .routes(routes!(set_schedule))
        .routes(routes!(add_outside))
        .routes(routes!(model))
        .routes(routes!(drift, look))
        .routes(routes!(compare))
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

/// When to train
///
/// `off`, `monthly` (as of the first of each month) or `drift` (when the model in service is not what it was). What comes of a
/// training is a challenger; nothing is put in service by itself.
#[utoipa::path(put, path = "/api/models/schedule", tag = "models", request_body = view::ModelScheduleChange,
    responses((status = 200, body = view::ModelSchedule)))]
async fn set_schedule(visit: Signed, Body(change): Body<view::ModelScheduleChange>) -> Answer<view::ModelSchedule> {
    Ok(Json(visit.app.set_model_schedule(&visit.reader, change, visit.now).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OutsideModelAsked {
    /// Name of the file; its ending tells the format.
    file_name: String,
    /// Churn definition; the firm's when absent.
    churn: Option<String>,
    /// The horizon of a table that names none, and the one reported where there are several: 30, 60, 90 or 180 days; 90 when
    /// absent.
    horizon_days: Option<u32>,
    /// How long a score lasts, in days; 45 when absent.
    lasts_days: Option<u32>,
}

/// Bring in somebody else's model
///
/// The raw body is a table of what it said (CSV, Excel, Parquet, JSON): `customer_id`, a date (`as_of`) and a probability from 0
/// to 1 (`score`) with its horizon beside it (`horizon`), or a column for each horizon (`p_90d`). It is judged on the first days
/// of the months it speaks of, and is a challenger with a card like any other.
#[utoipa::path(post, path = "/api/models/outside", tag = "models", params(OutsideModelAsked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = view::ModelPage)))]
async fn add_outside(visit: Signed, Asked(asked): Asked<OutsideModelAsked>, body: Bytes) -> Answer<view::ModelPage> {
    let upload = visit.app.new_upload(&visit.reader, &asked.file_name).await?;
    let OutsideModelAsked { file_name, churn, horizon_days, lasts_days } = asked;
    let about = OutsideAsked { name: Some(file_name), churn, horizon_days, lasts_days };
    let added = match receive(body, &upload.path).await {
        Ok(()) => {
            let added = visit.app.add_outside_model(&visit.reader, &upload.path, about, visit.now).await;
            added.map_err(Problem::from)
        }
        Err(problem) => Err(problem),
    };
    let _ = tokio::fs::remove_file(&upload.path).await;
    added.map(Json)
}

/// What has become of a model
///
/// Month by month since the months that it was judged by: whether customers look as they did, whether what it says comes true,
/// whether as many leave. Worked out for the model in service when a month begins and when the outcomes of one are told; `null`
/// where that was not done yet.
#[utoipa::path(get, path = "/api/models/{id}/drift", tag = "models",
    params(("id" = i64, Path, description = "Number of the model")),
    responses((status = 200, body = Option<view::ModelDrift>)))]
async fn drift(visit: Signed, Named(id): Named<i64>) -> Answer<Option<view::ModelDrift>> {
    Ok(Json(visit.app.model_drift(&visit.reader, id).await?))
}

/// Look at a model now
///
/// What has become of it, worked out anew and kept.
#[utoipa::path(post, path = "/api/models/{id}/drift", tag = "models",
    params(("id" = i64, Path, description = "Number of the model")),
    responses((status = 200, body = view::ModelDrift)))]
async fn look(visit: Signed, Named(id): Named<i64>) -> Answer<view::ModelDrift> {
    Ok(Json(visit.app.look_at_model(&visit.reader, id, visit.now).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CompareAsked {
    /// Number of the model to compare with; the one in service of the same churn definition when absent.
    with: Option<i64>,
}

/// Two models beside each other
///
/// The same customers at the same moments, none of which either had learnt from: each figure of both and of the difference, with
/// 95 % intervals from draws of customers; and who would change lists today. For who sees all customers.
#[utoipa::path(get, path = "/api/models/{id}/compare", tag = "models",
    params(("id" = i64, Path, description = "Number of the model"), CompareAsked),
    responses((status = 200, body = view::ModelComparison)))]
async fn compare(
    visit: Signed,
    Named(id): Named<i64>,
    Asked(asked): Asked<CompareAsked>,
) -> Answer<view::ModelComparison> {
    Ok(Json(visit.app.compare_models(&visit.reader, id, asked.with, visit.now).await?))
}
