//! The API, described for programs and for people. No file of it comes from elsewhere: an intranet has no CDN.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::site::Site;
use crate::openapi;

static DOCUMENT: LazyLock<String> = LazyLock::new(openapi::text);

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/openapi.json", get(async || served("application/json", &DOCUMENT)))
        .route("/docs", get(page))
        .route("/docs/", get(page))
        .route("/docs/page.css", get(async || served("text/css; charset=utf-8", include_str!("docs/page.css"))))
        .route("/docs/page.js", get(async || served("text/javascript; charset=utf-8", include_str!("docs/page.js"))))
}

async fn page() -> Response {
    served("text/html; charset=utf-8", include_str!("docs/page.html"))
}

fn served(sort: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, sort), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}
