//! The cycle: how it stands, and a nudge.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Signed, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(cycle, start_cycle))
}

/// The cycle
///
/// Running with its progress, or the last one with what it did.
#[utoipa::path(get, path = "/api/cycle", tag = "cycle", responses((status = 200, body = view::CycleStatus)))]
async fn cycle(visit: Signed) -> Answer<view::CycleStatus> {
    Ok(Json(visit.app.cycle_status(visit.now).await?))
}

/// Start a cycle
///
/// Computes everything again as of now. Running it twice changes nothing.
#[utoipa::path(post, path = "/api/cycle", tag = "cycle", responses((status = 202, body = view::CycleStatus)))]
async fn start_cycle(Signed(visit): Signed) -> Result<(StatusCode, Json<view::CycleStatus>), Problem> {
    let work = async move { visit.app.start_cycle(&visit.reader, visit.now).await };
    Ok((StatusCode::ACCEPTED, Json(to_the_end(work).await?)))
}
