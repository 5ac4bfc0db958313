//! Every request gets an id, is timed and counted, and its refusal is written out here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::HeaderName;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::problem::{Problem, language};
use super::site::Site;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

static COUNT: AtomicU64 = AtomicU64::new(0);

/// The outermost layer: nothing is answered that did not pass here.
pub(super) async fn observe(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = format!("{:x}-{:x}", site.now().micros(), COUNT.fetch_add(1, Ordering::Relaxed));
    let lang = language(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        report(&problem, &id, &route);
        let mut rendered = problem.render(lang, &id);
        for (name, value) in response.headers() {
            if !rendered.headers().contains_key(name) && *name != axum::http::header::CONTENT_LENGTH {
                rendered.headers_mut().append(name.clone(), value.clone());
            }
        }
        response = rendered;
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let took = begun.elapsed();
    let status = response.status();
    site.metrics.request(method.as_str(), &route, status.as_u16(), took);
    tracing::debug!(request_id = id, %method, route, status = status.as_u16(), ms = took.as_millis() as u64, "answered");
    response
}

fn report(problem: &Problem, id: &str, route: &str) {
    if problem.status() == StatusCode::INTERNAL_SERVER_ERROR {
        let cause = problem.cause().unwrap_or("unknown");
        tracing::error!(request_id = id, route, cause, "a request failed inside");
    }
}

/// What a panic in a handler becomes: the same 500 as any other fault of ours.
pub(super) fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned());
    axum::response::IntoResponse::into_response(Problem::internal(said))
}
