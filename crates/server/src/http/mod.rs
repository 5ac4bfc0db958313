//! The server's HTTP side: routes, refusals, guards, pages.
//!
//! A handler reads the request ([`visit`]), calls one use case of `app` and returns its view; it decides nothing. What
//! every request shares lives in the layers: [`observe`] (ids, counting, problem+json), [`guard`] (host names, CSRF,
//! security headers).

mod assets;
mod docs;
mod guard;
mod metrics;
mod observe;
mod origin;
mod permits;
mod problem;
pub(crate) mod routes;
mod site;
mod visit;
mod wire;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use assets::has_pages;
pub use origin::PublicUrl;
pub use permits::{Needs, PERMITS, needs};
pub use problem::{Problem, ProblemBody};
pub use site::{Preparing, Site, SiteOptions};

/// The largest body of an ordinary request, in bytes.
const BODY_BYTES: usize = 1 << 20;

/// Everything the server answers.
pub fn router(site: Arc<Site>) -> Router {
    let (api, _) = OpenApiRouter::new().merge(routes::all()).split_for_parts();
    api.route_layer(from_fn_with_state(site.clone(), permits::permit))
        .merge(docs::routes())
        .merge(wire::routes())
        .fallback(assets::page)
        .method_not_allowed_fallback(async || method_not_allowed())
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(site.clone(), guard::guard))
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(site.clone(), observe::observe))
        .with_state(site)
}

fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        ("这个地址不支持这种请求方法", "this address does not take that method"),
        ("可用的方法见 /docs", "/docs lists the methods"),
    )
}
