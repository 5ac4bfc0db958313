//! The cycle: how it stands, and a nudge.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::{App, view};
use axum::Json;
use axum::extract::State;
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
    Ok(Json(visit.app.cycle_status(&visit.reader.scope, visit.now).await?))
}

/// Start a cycle
///
/// Computes everything again as of now. Running it twice changes nothing.
#[utoipa::path(post, path = "/api/cycle", tag = "cycle", responses((status = 202, body = view::CycleStatus)))]
async fn start_cycle(
    State(site): State<Arc<Site>>,
    Signed(visit): Signed,
) -> Result<(StatusCode, Json<view::CycleStatus>), Problem> {
    let app = visit.app.clone();
    let status = to_the_end(async move { visit.app.start_cycle(&visit.reader, visit.now).await }).await?;
    tokio::spawn(time(site, app));
    Ok((StatusCode::ACCEPTED, Json(status)))
}

/// Times a cycle that runs in the background, for the server's own figures.
async fn time(site: Arc<Site>, app: App) {
    let begun = Instant::now();
    while let Ok(status) = app.cycle_status(&vocab::Scope::All, site.now()).await {
        if status.state != "running" {
            site.metrics.cycle(begun.elapsed(), status.state != "failed");
            return;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}
