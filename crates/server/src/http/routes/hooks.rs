//! Webhooks in: the addresses that other systems push to. Nobody signs in here; a delivery proves itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::{Hook, HookDelivery, view};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Body, Named, Signed, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(generic))
        .routes(routes!(jiandaoyun))
        .routes(routes!(echo, wecom))
        .routes(routes!(deliveries))
        .routes(routes!(preview_hook))
}

fn delivery(uri: &Uri, headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<HookDelivery, Problem> {
    let body = body.map_err(|rejection| {
        Problem::new(
            rejection.status(),
            "bad_body",
            ("推送内容太大或中断", "the body is too large or broke off"),
            ("一次推送不超过 1 MB", "at most 1 MB at once"),
        )
    })?;
    let query = Query::<BTreeMap<String, String>>::try_from_uri(uri).map(|Query(query)| query).unwrap_or_default();
    let named = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_ascii_lowercase(), value.to_str().ok()?.to_owned())));
    Ok(HookDelivery { headers: named.collect(), query, body: body.to_vec() })
}

async fn take(site: &Arc<Site>, hook: Hook, key: String, delivery: HookDelivery) -> Result<view::HookTaken, Problem> {
    let (app, now) = (site.app()?.clone(), site.now());
    to_the_end(async move { app.take_hook(hook, &key, delivery, now).await }).await
}

/// Receive a webhook
///
/// Any JSON. The source's settings say how it is signed (`signature`: `none`, `hmac`, `standard_webhooks`) and how its
/// rows become facts (`mapping`, by JSON path). On disk before the answer; sent again it adds nothing.
#[utoipa::path(post, path = "/in/{key}", tag = "intake", params(("key" = String, Path, description = "Key of the source")),
    request_body(content = Vec<u8>, content_type = "application/json"),
    responses((status = 200, body = view::HookTaken)))]
async fn generic(
    State(site): State<Arc<Site>>,
    Named(key): Named<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer<view::HookTaken> {
    take(&site, Hook::Generic, key, delivery(&uri, &headers, body)?).await.map(Json)
}

/// Receive a Jiandaoyun push
///
/// Signed as 简道云 does (`X-JDY-Signature`, `nonce`, `timestamp`), told apart by `X-JDY-DeliverId`.
#[utoipa::path(post, path = "/in/jiandaoyun/{key}", tag = "intake",
    params(("key" = String, Path, description = "Key of the source")),
    request_body(content = Vec<u8>, content_type = "application/json"),
    responses((status = 200, body = view::HookTaken)))]
async fn jiandaoyun(
    State(site): State<Arc<Site>>,
    Named(key): Named<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer<view::HookTaken> {
    take(&site, Hook::Jiandaoyun, key, delivery(&uri, &headers, body)?).await.map(Json)
}

/// Answer WeCom's check of the address
///
/// The decrypted `echostr`, as plain text.
#[utoipa::path(get, path = "/in/wecom/{key}", tag = "intake",
    params(("key" = String, Path, description = "Key of the source")),
    responses((status = 200, body = String, content_type = "text/plain")))]
async fn echo(
    State(site): State<Arc<Site>>,
    Named(key): Named<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let delivery = delivery(&uri, &headers, Ok(Bytes::new()))?;
    let echo = site.app()?.hook_echo(&key, &delivery, site.now()).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], echo).into_response())
}

/// Receive a WeCom callback
///
/// External-contact events (`change_external_contact`, `change_external_chat`); an empty answer, as the platform asks.
#[utoipa::path(post, path = "/in/wecom/{key}", tag = "intake",
    params(("key" = String, Path, description = "Key of the source")),
    request_body(content = Vec<u8>, content_type = "text/xml"), responses((status = 200)))]
async fn wecom(
    State(site): State<Arc<Site>>,
    Named(key): Named<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    take(&site, Hook::Wecom, key, delivery(&uri, &headers, body)?).await?;
    Ok(StatusCode::OK)
}

/// What came to a source's door
///
/// Since the process started, refused deliveries included. Administrators only.
#[utoipa::path(get, path = "/api/sources/{id}/deliveries", tag = "data",
    params(("id" = i64, Path, description = "Source")), responses((status = 200, body = view::HookCounts)))]
async fn deliveries(visit: Signed, Named(id): Named<i64>) -> Answer<view::HookCounts> {
    Ok(Json(visit.app.hook_counts(&visit.reader, id).await?))
}

/// Try a webhook's mapping
///
/// On a body as the other side sends it; nothing is kept. Administrators only.
#[utoipa::path(post, path = "/api/hooks/preview", tag = "data", request_body = view::HookPreviewRequest,
    responses((status = 200, body = view::HookPreview)))]
async fn preview_hook(visit: Signed, Body(request): Body<view::HookPreviewRequest>) -> Answer<view::HookPreview> {
    Ok(Json(visit.app.preview_hook(&visit.reader, request, visit.now).await?))
}
