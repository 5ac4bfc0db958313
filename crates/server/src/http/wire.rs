//! Where events come in: the paths of the Segment and the Sensors dialect, how a call is wrapped, its key and its rate.
//!
//! No cookie is read here and none is set, so pages of any origin may call; a key opens only the door inwards. A key
//! that is not known is refused with 401 always: an answer of 200 would lose data without a word.
//!
//! Not here: what the dialects say (`ingest::wire`), what becomes of a message (`app`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::{App, Dialect, WireAnswer, WireCall, WireFault, segment, sensors};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use vocab::Instant;

use super::guard::authority;
use super::problem::Problem;
use super::site::Site;

/// Calls and bytes of one key in a second, unless its source says otherwise.
const CALLS_PER_SECOND: f64 = 20_000.0;
const BYTES_PER_SECOND: f64 = 64.0 * 1024.0 * 1024.0;
/// In which the body of a call must have come: half a megabyte at most.
const BODY_TIME: Duration = Duration::from_secs(60);
/// A picture of one transparent dot.
const DOT: &[u8] = &[
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x21, 0xf9, 4, 1, 0, 0, 0,
    0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0x44, 0, 0x3b,
];

/// The paths at which events come in.
pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/v1/{call}", post(segment_call).options(preflight))
        .route("/v1/projects/{key}/settings", get(settings).options(preflight))
        .route("/sa", get(sensors_get).post(sensors_post).options(preflight))
        .route("/sa.gif", get(sensors_get).post(sensors_post).options(preflight))
        .route("/debug", post(sensors_debug).options(preflight))
        .layer(from_fn(cors))
}

/// Whether a path is one of these: no cookie counts there, and every origin may call it.
pub(super) fn is_wire(path: &str) -> bool {
    path.starts_with("/v1/") || matches!(path, "/sa" | "/sa.gif" | "/debug")
}

async fn preflight() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Lets scripts of every origin call, and read the answer.
async fn cors(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::VARY, HeaderValue::from_static("origin"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
        let allowed = asked.unwrap_or_else(|| HeaderValue::from_static("authorization, content-type, x-strict-mode"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    response
}

/// Why a call was not taken.
enum Refusal {
    /// Answered in the dialect's own way.
    Fault(WireFault),
    /// Nobody has this key.
    UnknownKey,
    /// The source is out of use.
    Disabled,
    /// Too many calls, or more than can be taken at the moment: come again after so many seconds.
    Later(u64),
    /// Ours.
    Inside(Problem),
}

impl From<app::Error> for Refusal {
    fn from(error: app::Error) -> Self {
        match error.class() {
            app::Class::TooMany => Refusal::Later(1),
            _ => Refusal::Inside(error.into()),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Refusal::Inside(problem)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let said = |status: StatusCode, code: &str, path: &str, zh: &str, en: &str| {
            let error = json!({ "code": code, "path": path, "message": en, "message_zh": zh });
            let body = json!({ "success": false, "error": error }).to_string();
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
        };
        match self {
            Refusal::Fault(fault) => {
                let status = match fault == sensors::too_slow() {
                    true => StatusCode::REQUEST_TIMEOUT,
                    false => StatusCode::BAD_REQUEST,
                };
                said(status, fault.code, &fault.path, fault.zh, fault.en)
            }
            Refusal::UnknownKey => {
                said(StatusCode::UNAUTHORIZED, "unknown_key", "", "没有这个写入密钥", "there is no such write key")
            }
            Refusal::Disabled => {
                said(StatusCode::FORBIDDEN, "source_disabled", "", "这个来源已停用", "this source is out of use")
            }
            Refusal::Later(seconds) => {
                let mut response = said(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too_many",
                    "",
                    "请求太多，请稍后重发",
                    "too many calls; send it again later",
                );
                let seconds = HeaderValue::from(seconds);
                response.headers_mut().insert(header::RETRY_AFTER, seconds.clone());
                response.headers_mut().insert("x-ratelimit-reset", seconds);
                response
            }
            Refusal::Inside(problem) => problem.into_response(),
        }
    }
}

/// `/v1/track` and the like.
async fn segment_call(State(site): State<Arc<Site>>, Path(call): Path<String>, request: Request) -> Response {
    let kind = segment::type_of(&call);
    match (kind, call.as_str()) {
        (Some(_), _) | (None, "batch" | "b" | "import") => {}
        // What the browser client measures about itself.
        (None, "m") => return StatusCode::OK.into_response(),
        _ => return Problem::not_found().into_response(),
    }
    match take_segment(&site, kind, request).await {
        Ok(()) => ([(header::CONTENT_TYPE, "application/json")], "{\"success\":true}").into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn take_segment(site: &Site, kind: Option<&'static str>, request: Request) -> Result<(), Refusal> {
    let (app, now) = (site.app()?, site.now());
    let (parts, body) = request.into_parts();
    let named = key_of(&parts.headers);
    let body = received(&parts.headers, body, segment::BATCH_BYTES).await;
    let key = match (&body, named) {
        (_, Some(Named::Basic(key))) => Some(key),
        (Ok(body), Some(Named::Bearer(token))) => segment::write_key(body).or(Some(token)),
        (Ok(body), None) => segment::write_key(body),
        (Err(_), other) => other.map(|(Named::Basic(key) | Named::Bearer(key))| key),
    };
    let source = source(app, key.as_deref(), "segment", now).await;
    let body = match (body, source) {
        (Ok(body), Ok(source)) => (body, source),
        (Err(fault), Ok(source)) => {
            app.refuse_call(&source.name, fault.clone(), now);
            return Err(Refusal::Fault(fault));
        }
        (Err(fault), Err(Refusal::UnknownKey)) => return Err(Refusal::Fault(fault)),
        // Without a key nobody can tell whose damaged body this is: that it is damaged is the better answer.
        (Ok(body), Err(Refusal::UnknownKey)) if key.is_none() => {
            return match serde_json::from_slice::<serde::de::IgnoredAny>(&body) {
                Ok(_) => Err(Refusal::UnknownKey),
                Err(_) => Err(Refusal::Fault(sensors::not_json())),
            };
        }
        (_, Err(refusal)) => return Err(refusal),
    };
    let (body, source) = body;
    let is_strict = source.is_strict || parts.headers.get("x-strict-mode").is_some_and(|value| value == "1");
    take(site, app, WireCall { source, dialect: Dialect::Segment(kind), body, is_strict, is_trial: false }, now).await
}

/// Lets a call through if its key may, and hands it over.
async fn take(site: &Site, app: &App, call: WireCall, now: Instant) -> Result<(), Refusal> {
    site.rates.pass(&call.source, call.body.len(), now)?;
    match app.take_call(call, now).await? {
        WireAnswer::Taken => Ok(()),
        WireAnswer::Refused(fault) => Err(Refusal::Fault(fault)),
    }
}

async fn source(app: &App, key: Option<&str>, kind: &str, now: Instant) -> Result<Arc<app::Source>, Refusal> {
    let key = key.filter(|key| !key.is_empty() && key.len() <= 200).ok_or(Refusal::UnknownKey)?;
    let source = app.source_with_key(key, now).await?;
    let source = source.filter(|source| source.kind == kind).ok_or(Refusal::UnknownKey)?;
    if source.is_enabled { Ok(source) } else { Err(Refusal::Disabled) }
}

/// A key as a header names it.
enum Named {
    Basic(String),
    Bearer(String),
}

fn key_of(headers: &HeaderMap) -> Option<Named> {
    let (scheme, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "basic" => {
            let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
            let key = text.split_once(':').map_or(text.as_str(), |(key, _)| key);
            Some(Named::Basic(key.to_owned()))
        }
        "bearer" => Some(Named::Bearer(rest.trim().to_owned())),
        _ => None,
    }
}

/// The body, expanded where it is compressed; never more than `limit` bytes of it.
async fn received(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, WireFault> {
    let bytes = read_within(BODY_TIME, body, limit).await?;
    let coding = headers.get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match coding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(bytes.into()),
        "gzip" | "x-gzip" => sensors::expand(&bytes, limit),
        _ => Err(sensors::not_json()),
    }
}

/// Reads a body to its end: it must have come there in so much time.
async fn read_within(time: Duration, body: Body, limit: usize) -> Result<Bytes, WireFault> {
    match tokio::time::timeout(time, to_bytes(body, limit)).await {
        Ok(bytes) => bytes.map_err(|_| sensors::too_large()),
        Err(_) => Err(sensors::too_slow()),
    }
}

/// What the browser client asks before it sends: where to, and nothing else to load.
async fn settings(State(site): State<Arc<Site>>, Path(key): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let app = match site.app() {
        Ok(app) => app,
        Err(problem) => return problem.into_response(),
    };
    if let Err(refusal) = source(app, Some(&key), "segment", site.now()).await {
        return refusal.into_response();
    }
    let url = site.own_url(&authority(&parts));
    let (protocol, host) = url.split_once("://").unwrap_or(("http", &url));
    let segment = json!({
        "apiKey": key, "apiHost": format!("{host}/v1"), "protocol": protocol, "deliveryStrategy": {"strategy": "standard"},
        "unbundledIntegrations": [], "addBundledMetadata": true, "maybeBundledConfigIds": {},
        "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
    });
    let enabled = json!({"__default": {"enabled": true, "integrations": {}}});
    let settings = json!({
        "integrations": {"Segment.io": segment},
        "plan": {"track": enabled, "identify": enabled, "group": enabled},
        "edgeFunction": {}, "analyticsNextEnabled": true, "middlewareSettings": {}, "enabledMiddleware": {},
        "metrics": {"sampleRate": 0}, "legacyVideoPluginsEnabled": false, "remotePlugins": [],
    });
    ([(header::CONTENT_TYPE, "application/json")], settings.to_string()).into_response()
}

/// Query and form of the Sensors dialect.
#[derive(Debug, Default, Deserialize)]
struct SensorsFields {
    token: Option<String>,
    project: Option<String>,
    data: Option<String>,
    data_list: Option<String>,
    gzip: Option<String>,
}

impl SensorsFields {
    fn wrapped(&self) -> sensors::Wrapped {
        sensors::Wrapped {
            data: self.data.clone(),
            data_list: self.data_list.clone(),
            is_gzip: self.gzip.as_deref() == Some("1"),
        }
    }
}

type SensorsQuery = Result<Query<SensorsFields>, QueryRejection>;

/// A picture is asked for, and what happened stands in its address.
async fn sensors_get(State(site): State<Arc<Site>>, query: SensorsQuery) -> Response {
    let fields = query.map(|Query(fields)| fields).unwrap_or_default();
    // Somebody only looks whether anybody is here.
    if fields.data.is_none() && fields.data_list.is_none() {
        return dot();
    }
    match take_sensors(&site, &fields, &fields, Vec::new(), false).await {
        Ok(()) => dot(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn sensors_post(State(site): State<Arc<Site>>, query: SensorsQuery, request: Request) -> Response {
    let fields = query.map(|Query(fields)| fields).unwrap_or_default();
    match post_sensors(&site, fields, request).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// The client's own check: like `/sa`, and with `Dry-Run: true` nothing is kept.
async fn sensors_debug(state: State<Arc<Site>>, query: SensorsQuery, request: Request) -> Response {
    sensors_post(state, query, request).await
}

async fn post_sensors(site: &Site, query: SensorsFields, request: Request) -> Result<(), Refusal> {
    let (parts, body) = request.into_parts();
    let is_trial = parts.headers.get("dry-run").is_some_and(|value| value == "true");
    let body = received(&parts.headers, body, sensors::CALL_BYTES).await;
    let body = body.map_err(Refusal::Fault)?;
    let start = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(start, Some(b'{' | b'[')) {
        return take_sensors(site, &query, &SensorsFields::default(), body, is_trial).await;
    }
    let form: SensorsFields = serde_urlencoded::from_bytes(&body).unwrap_or_default();
    take_sensors(site, &query, &form, Vec::new(), is_trial).await
}

/// Takes what a form holds, or JSON as it is.
async fn take_sensors(
    site: &Site,
    query: &SensorsFields,
    form: &SensorsFields,
    json: Vec<u8>,
    is_trial: bool,
) -> Result<(), Refusal> {
    let (app, now) = (site.app()?, site.now());
    let mut found = Err(Refusal::UnknownKey);
    for key in [&query.token, &query.project, &form.token, &form.project].into_iter().flatten() {
        found = source(app, Some(key), "sensors", now).await;
        if found.is_ok() {
            break;
        }
    }
    let source = found?;
    let body = match json.is_empty() {
        false => Ok(json),
        true => sensors::unwrap(&form.wrapped()),
    };
    match body {
        Ok(body) => {
            let is_strict = source.is_strict;
            take(site, app, WireCall { source, dialect: Dialect::Sensors, body, is_strict, is_trial }, now).await
        }
        Err(fault) => {
            app.refuse_call(&source.name, fault.clone(), now);
            Err(Refusal::Fault(fault))
        }
    }
}

fn dot() -> Response {
    ([(header::CONTENT_TYPE, "image/gif"), (header::CACHE_CONTROL, "no-store")], DOT).into_response()
}

/// How much each key has sent of late: a bucket of a second's calls and bytes each, refilled as time goes by.
#[derive(Default)]
pub(crate) struct Rates(Mutex<HashMap<i64, Bucket>>);

struct Bucket {
    calls: f64,
    bytes: f64,
    at: Instant,
}

impl Rates {
    fn pass(&self, source: &app::Source, bytes: usize, now: Instant) -> Result<(), Refusal> {
        let allowed = |name: &str, otherwise: f64| {
            source
                .settings
                .get(name)
                .and_then(serde_json::Value::as_f64)
                .filter(|rate| *rate >= 1.0)
                .unwrap_or(otherwise)
        };
        let (calls, volume) =
            (allowed("calls_per_second", CALLS_PER_SECOND), allowed("bytes_per_second", BYTES_PER_SECOND));
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(source.id).or_insert(Bucket { calls, bytes: volume, at: now });
        let seconds = now.micros().saturating_sub(bucket.at.micros()).max(0) as f64 / 1e6;
        bucket.calls = (bucket.calls + seconds * calls).min(calls);
        bucket.bytes = (bucket.bytes + seconds * volume).min(volume);
        bucket.at = now;
        // A call larger than a second's volume passes when the bucket is full, or it would never pass.
        let weight = (bytes as f64).min(volume);
        if bucket.calls < 1.0 || bucket.bytes < weight {
            return Err(Refusal::Later(1));
        }
        bucket.calls -= 1.0;
        bucket.bytes -= weight;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn a_body_that_does_not_come_to_its_end_is_not_waited_for() {
        let begun = stream::iter([Ok::<_, std::io::Error>("{\"batch\":[")]);
        let body = Body::from_stream(stream::StreamExt::chain(begun, stream::pending()));
        let read = read_within(Duration::from_millis(20), body, 100).await;
        assert_eq!(read.unwrap_err().code, "too_slow");
        let read = read_within(BODY_TIME, Body::from("{}"), 1).await;
        assert_eq!(read.unwrap_err().code, "too_large");
        let headers = HeaderMap::from_iter([(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))]);
        assert_eq!(received(&headers, Body::from("no gzip"), 100).await.unwrap_err().code, "not_unpacked");
    }
}
