//! Who is here: set-up, sign-in, sign-out.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Body, COOKIE, Peer, Signed, Visit, to_the_end};

/// How long a browser keeps the cookie, in seconds; the session itself may end earlier.
const COOKIE_SECONDS: u32 = 14 * 86_400;

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(session))
        .routes(routes!(setup))
        .routes(routes!(sign_in))
        .routes(routes!(sign_out))
        .routes(routes!(choose_reach))
}

/// Who is here
///
/// Says whether the deployment is set up, who is signed in and how the firm speaks of its customers. Always answers.
#[utoipa::path(get, path = "/api/session", tag = "session", responses((status = 200, body = view::Session)))]
async fn session(visit: Visit) -> Answer<view::Session> {
    Ok(Json(visit.app.session_view(&visit.reader, visit.now).await?))
}

/// Set up the deployment
///
/// Once: takes the token of the one-time link that the first start printed, makes the first administrator and signs
/// them in.
#[utoipa::path(post, path = "/api/setup", tag = "session", request_body = view::SetupRequest,
    responses((status = 200, body = view::Session)))]
async fn setup(State(site): State<Arc<Site>>, Body(request): Body<view::SetupRequest>) -> Result<Response, Problem> {
    let (app, now) = (site.app()?.clone(), site.now());
    let (secret, session) = to_the_end(async move { app.setup(request, now).await }).await?;
    signed_in(&site, &secret, session)
}

/// Sign in
///
/// Sets the session cookie.
#[utoipa::path(post, path = "/api/sign-in", tag = "session", request_body = view::SignInRequest,
    responses((status = 200, body = view::Session)))]
async fn sign_in(
    State(site): State<Arc<Site>>,
    Peer(peer): Peer,
    Body(request): Body<view::SignInRequest>,
) -> Result<Response, Problem> {
    let (app, now) = (site.app()?.clone(), site.now());
    let (secret, session) = to_the_end(async move { app.sign_in(request, &peer, now).await }).await?;
    signed_in(&site, &secret, session)
}

/// Sign out
#[utoipa::path(post, path = "/api/sign-out", tag = "session", responses((status = 200, body = view::Session)))]
async fn sign_out(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Problem> {
    if let Some(cookie) = &visit.cookie {
        visit.app.sign_out(cookie, visit.now).await?;
    }
    let reader = visit.app.session(None, None, visit.now).await?;
    let session = visit.app.session_view(&reader, visit.now).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie_line(&site, "", 0)?)]), Json(session)).into_response())
}

/// Mine, my team or all
///
/// How far this session looks from now on, in every list, count, search, export and chart. A token always looks as far as
/// its role may.
#[utoipa::path(put, path = "/api/session/reach", tag = "session", request_body = view::ReachRequest,
    responses((status = 200, body = view::Session)))]
async fn choose_reach(Signed(visit): Signed, Body(request): Body<view::ReachRequest>) -> Answer<view::Session> {
    let done = async move { visit.app.choose_reach(&visit.reader, visit.cookie.as_deref(), request, visit.now).await };
    to_the_end(done).await.map(Json)
}

pub(super) fn signed_in(site: &Site, secret: &str, session: view::Session) -> Result<Response, Problem> {
    let cookie = session_cookie(site, secret)?;
    Ok((StatusCode::OK, AppendHeaders([(header::SET_COOKIE, cookie)]), Json(session)).into_response())
}

/// The `Set-Cookie` line of a session.
pub(crate) fn session_cookie(site: &Site, secret: &str) -> Result<HeaderValue, Problem> {
    cookie_line(site, secret, COOKIE_SECONDS)
}

/// Never readable by scripts, never sent along from other sites' forms.
fn cookie_line(site: &Site, secret: &str, seconds: u32) -> Result<HeaderValue, Problem> {
    let secure = if site.options().https { "; Secure" } else { "" };
    let line = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&line).map_err(Problem::internal)
}
