//! The inspector: what has just come in, and the quarantine.

use std::convert::Infallible;
use std::sync::Arc;

use app::{IntakeFilter, view};
use axum::Json;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::{Problem, unknown_word};
use crate::http::site::Site;
use crate::http::visit::{Asked, Body, Named, Signed, filled, rows, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(live))
        .routes(routes!(recent))
        .routes(routes!(quarantine))
        .routes(routes!(replay))
        .routes(routes!(replay_many))
        .routes(routes!(discard))
}

/// Outcomes that a row of the tail can have.
const OUTCOMES: [&str; 5] = ["accepted", "duplicate", "conflict", "held", "rejected"];

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TailAsked {
    /// Only this source.
    source: Option<String>,
    /// Only this outcome: `accepted`, `duplicate`, `conflict`, `held`, `rejected`.
    outcome: Option<String>,
    /// Only rows with this in their name, customer, id or fault.
    q: Option<String>,
    /// Rows, 1 to 500.
    limit: Option<usize>,
}

impl TailAsked {
    fn filter(self) -> Result<IntakeFilter, Problem> {
        let outcome = filled(self.outcome);
        match outcome.as_deref().filter(|word| !OUTCOMES.contains(word)) {
            Some(word) => Err(unknown_word("outcome", word)),
            None => Ok(IntakeFilter { source: filled(self.source), outcome, search: filled(self.q) }),
        }
    }
}

/// What comes in, live
///
/// Server-sent events: `message` with a row, `behind` with the number of rows that went by too fast. For those who see
/// all customers.
#[utoipa::path(get, path = "/api/intake/live", tag = "data", params(TailAsked),
    responses((status = 200, body = view::IntakeRow, content_type = "text/event-stream")))]
async fn live(
    visit: Signed,
    Asked(asked): Asked<TailAsked>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let filter = asked.filter()?;
    let watching = visit.app.watch_intake(&visit.reader)?;
    let rows = unfold((watching, filter), |(mut watching, filter)| async move {
        loop {
            let event = match watching.recv().await {
                Ok(row) if !filter.wants(&row) => continue,
                Ok(row) => Event::default().data(serde_json::to_string(&row).unwrap_or_default()),
                Err(RecvError::Lagged(missed)) => Event::default().event("behind").data(missed.to_string()),
                Err(RecvError::Closed) => return None,
            };
            return Some((Ok(event), (watching, filter)));
        }
    });
    Ok(Sse::new(rows).keep_alive(KeepAlive::default()))
}

/// What came in last
///
/// The newest first, since the server started; of a large call only some rows. For those who see all customers.
#[utoipa::path(get, path = "/api/intake/recent", tag = "data", params(TailAsked),
    responses((status = 200, body = view::Items<view::IntakeRow>)))]
async fn recent(visit: Signed, Asked(asked): Asked<TailAsked>) -> Answer<view::Items<view::IntakeRow>> {
    let limit = rows(asked.limit, 100);
    let items = visit.app.recent_intake(&visit.reader, &asked.filter()?, limit)?;
    Ok(Json(view::Items { items, next: None }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct QuarantineAsked {
    /// Only this source.
    source: Option<String>,
    /// Mark of the answer before: rows after it.
    after: Option<u64>,
    /// Rows, 1 to 500.
    limit: Option<usize>,
}

/// Quarantine
///
/// What came in and could not be a fact, the newest first. For those who see all customers.
#[utoipa::path(get, path = "/api/quarantine", tag = "data", params(QuarantineAsked),
    responses((status = 200, body = view::Items<view::QuarantineRow>)))]
async fn quarantine(visit: Signed, Asked(asked): Asked<QuarantineAsked>) -> Answer<view::Items<view::QuarantineRow>> {
    let limit = rows(asked.limit, 100);
    Ok(Json(visit.app.quarantine(&visit.reader, filled(asked.source), asked.after, limit).await?))
}

/// Read a row of the quarantine again
///
/// As it came, or as the body sent says; it leaves the quarantine when it can be a fact.
#[utoipa::path(post, path = "/api/quarantine/{number}/replay", tag = "data",
    params(("number" = u64, Path, description = "Row")), request_body = view::Replay,
    responses((status = 200, body = view::Replayed)))]
async fn replay(
    Signed(visit): Signed,
    Named(number): Named<u64>,
    Body(asked): Body<view::Replay>,
) -> Answer<view::Replayed> {
    to_the_end(async move { visit.app.replay(&visit.reader, number, asked.body, visit.now).await }).await.map(Json)
}

/// Read rows of the quarantine again
#[utoipa::path(post, path = "/api/quarantine/replay", tag = "data", request_body = view::HeldNumbers,
    responses((status = 200, body = view::ReplayedMany)))]
async fn replay_many(Signed(visit): Signed, Body(asked): Body<view::HeldNumbers>) -> Answer<view::ReplayedMany> {
    to_the_end(async move { visit.app.replay_many(&visit.reader, &asked.numbers, visit.now).await }).await.map(Json)
}

/// Throw rows of the quarantine away
///
/// What is sent again under their ids is not held again.
#[utoipa::path(post, path = "/api/quarantine/discard", tag = "data", request_body = view::HeldNumbers,
    responses((status = 200, body = view::Discarded)))]
async fn discard(Signed(visit): Signed, Body(asked): Body<view::HeldNumbers>) -> Answer<view::Discarded> {
    to_the_end(async move { visit.app.discard(&visit.reader, asked.numbers, visit.now).await }).await.map(Json)
}
