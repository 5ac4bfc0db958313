//! Replays of the past: begun, watched, read, ended; and what is proven by them.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Body, Named, Signed};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(backtests, start_backtest))
        .routes(routes!(backtest, end_backtest))
        .routes(routes!(proofs))
        .routes(routes!(lookback, look_back))
}

/// Backtests
///
/// Every replay of a scorecard, a rule or the rules over the firm's own past, the newest first. For who sees all
/// customers.
#[utoipa::path(get, path = "/api/backtests", tag = "backtests", responses((status = 200, body = view::Backtests)))]
async fn backtests(visit: Signed) -> Answer<view::Backtests> {
    Ok(Json(visit.app.backtest_runs(&visit.reader).await?))
}

/// Begin a backtest
///
/// In the background; one runs at a time. What is wrong with the question is said at once.
#[utoipa::path(post, path = "/api/backtests", tag = "backtests", request_body = view::BacktestRequest,
    responses((status = 202, body = view::BacktestRun)))]
async fn start_backtest(
    visit: Signed,
    Body(asked): Body<view::BacktestRequest>,
) -> Result<(StatusCode, Json<view::BacktestRun>), Problem> {
    let run = visit.app.start_backtest(&visit.reader, asked, visit.now).await?;
    Ok((StatusCode::ACCEPTED, Json(run)))
}

/// One backtest
///
/// How far it is; once it is done everything that came of it: who left, the day each would have been warned of, the
/// warnings for nothing, week by week, beside other ways to warn. For who sees all customers.
#[utoipa::path(get, path = "/api/backtests/{id}", tag = "backtests",
    params(("id" = u64, Path, description = "Number of the backtest")),
    responses((status = 200, body = view::BacktestPage)))]
async fn backtest(visit: Signed, Named(id): Named<u64>) -> Answer<view::BacktestPage> {
    Ok(Json(visit.app.backtest_page(&visit.reader, id).await?))
}

/// End a backtest
///
/// Stops one that runs, forgets one that has ended.
#[utoipa::path(delete, path = "/api/backtests/{id}", tag = "backtests",
    params(("id" = u64, Path, description = "Number of the backtest")), responses((status = 204)))]
async fn end_backtest(visit: Signed, Named(id): Named<u64>) -> Result<StatusCode, Problem> {
    visit.app.end_or_forget_backtest(&visit.reader, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is proven
///
/// Of the scorecard in force and of every rule: never backtested, backtested with its counts, or in service with its
/// record among the customers seen.
#[utoipa::path(get, path = "/api/proofs", tag = "backtests", responses((status = 200, body = Vec<view::ProofOf>)))]
async fn proofs(visit: Signed) -> Answer<Vec<view::ProofOf>> {
    Ok(Json(visit.app.proofs(&visit.reader).await?))
}

/// First look back
///
/// What the shipped scorecard and rules would have seen of the firm's own last year: made after an import of its own data.
/// For who sees all customers.
#[utoipa::path(get, path = "/api/lookback", tag = "backtests", responses((status = 200, body = view::Lookback)))]
async fn lookback(visit: Signed) -> Answer<view::Lookback> {
    Ok(Json(visit.app.lookback(&visit.reader, visit.now).await?))
}

/// Look back
///
/// In the background; asking again while it runs begins nothing new.
#[utoipa::path(post, path = "/api/lookback", tag = "backtests", responses((status = 202, body = view::Lookback)))]
async fn look_back(visit: Signed) -> Result<(StatusCode, Json<view::Lookback>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(visit.app.first_look(&visit.reader, visit.now).await?)))
}
