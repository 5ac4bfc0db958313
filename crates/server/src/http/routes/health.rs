//! For whoever runs the server: alive, ready, counted.

use std::sync::Arc;

use app::{App, Reader};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::guard::is_loopback_request;
use crate::http::metrics::Standing;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::Visit;

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(metrics))
}

/// Alive
///
/// 200 as long as the process answers.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, content_type = "text/plain", body = String)))]
async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready
///
/// 200 once the data folder is open; 503 `preparing` before.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses((status = 200, content_type = "text/plain", body = String)))]
async fn readyz(State(site): State<Arc<Site>>) -> Result<&'static str, Problem> {
    site.app()?;
    Ok("ready\n")
}

/// Figures of the server
///
/// Prometheus text. From this machine, or with a token.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, content_type = "text/plain", body = String)))]
async fn metrics(State(site): State<Arc<Site>>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    if !is_loopback_request(&parts) {
        let visit = Visit::from_request_parts(&mut parts, &site).await?;
        if visit.reader.staff.is_none() {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "loopback_only",
                ("运行指标只对本机开放", "figures of the server are for this machine only"),
                ("在本机读取，或带上 API 令牌", "read them on this machine, or send an API token"),
            ));
        }
    }
    let (standing, size) = match site.app() {
        Ok(app) => (Some(standing(&site, app).await?), app.standing_size()),
        Err(_) => (None, None),
    };
    let text = site.metrics.text(standing, size);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// Counting the facts takes a look at every source: it is done again only when some have come in.
async fn standing(site: &Site, app: &App) -> Result<Standing, Problem> {
    let sequence = app.sequence();
    if let Some(known) = site.metrics.standing().filter(|known| known.sequence == sequence) {
        return Ok(known);
    }
    let facts = app.data(&Reader::command_line(), site.now()).await?.facts;
    let standing = Standing { facts, sequence };
    site.metrics.stands(standing);
    Ok(standing)
}
