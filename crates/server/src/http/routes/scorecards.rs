//! Scorecards and the ledger of a health: looked at, tried, drafted, activated, rolled back; what people say of a health.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::{AsOf, CustomerId};

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Asked, Body, Named, Signed, filled, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(learnt_weights, learn_weights, stop_weights))
        .routes(routes!(scorecards))
        .routes(routes!(scorecard))
        .routes(routes!(scorecard_design))
        .routes(routes!(customer_proof))
        .routes(routes!(preview_scorecard))
        .routes(routes!(draft_scorecard))
        .routes(routes!(review_scorecard))
        .routes(routes!(activate_scorecard))
        .routes(routes!(roll_back_scorecard))
        .routes(routes!(ledger))
        .routes(routes!(fact_touch))
        .routes(routes!(judge))
        .routes(routes!(withdraw_judgement))
}

/// Scorecards
///
/// Those that ship, are in use or are being written, by id.
#[utoipa::path(get, path = "/api/scorecards", tag = "definitions",
    responses((status = 200, body = Vec<view::ScorecardRow>)))]
async fn scorecards(visit: Signed) -> Answer<Vec<view::ScorecardRow>> {
    Ok(Json(visit.app.scorecards(&visit.reader, visit.now).await?))
}

/// One scorecard
///
/// What is on it, its definition file, its versions and when they were in use.
#[utoipa::path(get, path = "/api/scorecards/{id}", tag = "definitions",
    params(("id" = String, Path, description = "Scorecard")),
    responses((status = 200, body = view::ScorecardPage)))]
async fn scorecard(visit: Signed, Named(id): Named<String>) -> Answer<view::ScorecardPage> {
    Ok(Json(visit.app.scorecard(&visit.reader, &id, visit.now).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DesignAsked {
    /// Which version, by its number; the one that is being written, else the one in use, when absent.
    number: Option<i64>,
}

/// A scorecard laid open
///
/// Its definition as values to be changed piece by piece, and how the number that each curve looks at lies among the
/// customers of the present lists.
#[utoipa::path(get, path = "/api/scorecards/{id}/design", tag = "definitions",
    params(("id" = String, Path, description = "Scorecard"), DesignAsked),
    responses((status = 200, body = view::ScorecardDesign)))]
async fn scorecard_design(
    visit: Signed,
    Named(id): Named<String>,
    Asked(asked): Asked<DesignAsked>,
) -> Answer<view::ScorecardDesign> {
    Ok(Json(visit.app.scorecard_design(&visit.reader, &id, asked.number, visit.now).await?))
}

/// What is proven of a customer's health
///
/// How far the scorecard it is scored by has been put to the firm's own past, what became there of those who stood in
/// each band, and what the scorecard asks people about.
#[utoipa::path(get, path = "/api/customers/{id}/proof", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded")),
    responses((status = 200, body = view::CustomerProof)))]
async fn customer_proof(visit: Signed, Named(id): Named<String>) -> Answer<view::CustomerProof> {
    let id = CustomerId::from(id);
    Ok(Json(visit.app.customer_proof(&visit.reader, &id, visit.now).await?))
}

/// Try a scorecard
///
/// What another definition would change on the customers of the present lists: how healths lie before and after, who
/// changes band, and the ledger of one customer. Nothing is saved.
#[utoipa::path(post, path = "/api/scorecards/{id}/preview", tag = "definitions",
    params(("id" = String, Path, description = "Scorecard")), request_body = view::ScorecardTrial,
    responses((status = 200, body = view::ScorecardPreview)))]
async fn preview_scorecard(
    visit: Signed,
    Named(id): Named<String>,
    Body(trial): Body<view::ScorecardTrial>,
) -> Answer<view::ScorecardPreview> {
    Ok(Json(visit.app.preview_scorecard(&visit.reader, &id, trial, visit.now).await?))
}

/// Save a draft
///
/// Begins a new version of the scorecard or changes the one that is being written.
#[utoipa::path(put, path = "/api/scorecards/{id}/draft", tag = "definitions",
    params(("id" = String, Path, description = "Scorecard")), request_body = view::ScorecardDraft,
    responses((status = 200, body = view::ScorecardPage)))]
async fn draft_scorecard(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(draft): Body<view::ScorecardDraft>,
) -> Answer<view::ScorecardPage> {
    to_the_end(async move { visit.app.put_scorecard_draft(&visit.reader, &id, draft, visit.now).await }).await.map(Json)
}

/// Hand a draft in for review
///
/// Whoever changes it makes it a draft again.
#[utoipa::path(post, path = "/api/scorecards/{id}/review", tag = "definitions",
    params(("id" = String, Path, description = "Scorecard")), request_body = view::ScorecardStep,
    responses((status = 200, body = view::ScorecardPage)))]
async fn review_scorecard(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(step): Body<view::ScorecardStep>,
) -> Answer<view::ScorecardPage> {
    to_the_end(async move { visit.app.review_scorecard(&visit.reader, &id, step, visit.now).await }).await.map(Json)
}

/// Put a version in use
///
/// The draft, or the version named. Lists follow at once, alerts with the next cycle; looks at the past keep the version
/// of their time.
#[utoipa::path(post, path = "/api/scorecards/{id}/activate", tag = "definitions",
    params(("id" = String, Path, description = "Scorecard")), request_body = view::ScorecardStep,
    responses((status = 200, body = view::ScorecardPage)))]
async fn activate_scorecard(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(step): Body<view::ScorecardStep>,
) -> Answer<view::ScorecardPage> {
    to_the_end(async move { visit.app.activate_scorecard(&visit.reader, &id, step, visit.now).await }).await.map(Json)
}

/// Go back to an earlier version
///
/// The one in use before, or an earlier one that is named; `version` is that of the one in use.
#[utoipa::path(post, path = "/api/scorecards/{id}/rollback", tag = "definitions",
    params(("id" = String, Path, description = "Scorecard")), request_body = view::ScorecardStep,
    responses((status = 200, body = view::ScorecardPage)))]
async fn roll_back_scorecard(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(step): Body<view::ScorecardStep>,
) -> Answer<view::ScorecardPage> {
    to_the_end(async move { visit.app.roll_back_scorecard(&visit.reader, &id, step, visit.now).await }).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LedgerAsked {
    /// From when: a date or RFC 3339; 30 days before the end when absent.
    #[param(example = "2025-05-01")]
    from: Option<String>,
    /// Until when; the moment of the lists when absent.
    to: Option<String>,
}

/// Why a health changed
///
/// Every change of a customer's health over a stretch of time, whole and day by day, down to the facts. The changes sum
/// to the difference exactly.
#[utoipa::path(get, path = "/api/customers/{id}/ledger", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded"), LedgerAsked),
    responses((status = 200, body = view::LedgerPage)))]
async fn ledger(visit: Signed, Named(id): Named<String>, Asked(asked): Asked<LedgerAsked>) -> Answer<view::LedgerPage> {
    let moment = |text: Option<String>| -> Result<Option<AsOf>, Problem> {
        Ok(filled(text).map(|text| visit.app.moment(&text)).transpose()?)
    };
    let (from, to) = (moment(asked.from)?, moment(asked.to)?);
    let id = CustomerId::from(id);
    Ok(Json(visit.app.ledger(&visit.reader.scope, &id, from, to, visit.now).await?))
}

/// What a fact bears on
///
/// The indicators that look at an entry of the timeline, and what they do to the customer's health now.
#[utoipa::path(get, path = "/api/customers/{id}/ledger/facts/{fact}", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded"),
        ("fact" = u64, Path, description = "Entry of the timeline")),
    responses((status = 200, body = view::FactTouch)))]
async fn fact_touch(visit: Signed, Named((id, fact)): Named<(String, u64)>) -> Answer<view::FactTouch> {
    let id = CustomerId::from(id);
    Ok(Json(visit.app.fact_touch(&visit.reader.scope, &id, fact, visit.now).await?))
}

/// Say something of a customer's health
///
/// That it is another than was computed, until a day and with a reason; or a number for a measure that only people can
/// tell. Lists follow at once.
#[utoipa::path(post, path = "/api/customers/{id}/judgements", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded")),
    request_body = view::NewJudgement, responses((status = 201, body = view::JudgementRow)))]
async fn judge(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(said): Body<view::NewJudgement>,
) -> Result<(StatusCode, Json<view::JudgementRow>), Problem> {
    let id = CustomerId::from(id);
    let row = to_the_end(async move { visit.app.judge(&visit.reader, &id, said, visit.now).await }).await?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// Take back what was said of a customer's health
///
/// From now on it no longer stands; a look at the past still hears it.
#[utoipa::path(delete, path = "/api/customers/{id}/judgements/{judgement}", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded"),
        ("judgement" = i64, Path, description = "Which")),
    responses((status = 200, body = view::JudgementRow)))]
async fn withdraw_judgement(
    Signed(visit): Signed,
    Named((id, judgement)): Named<(String, i64)>,
) -> Answer<view::JudgementRow> {
    let id = CustomerId::from(id);
    to_the_end(async move { visit.app.withdraw_judgement(&visit.reader, &id, judgement, visit.now).await })
        .await
        .map(Json)
}

/// Weights learnt from outcomes
///
/// The learning of weights of this scorecard that runs, or ran last: a suggestion beside the weights there are, both judged on
/// later months. For who sees all customers.
#[utoipa::path(get, path = "/api/scorecards/{id}/weights", tag = "definitions",
    params(("id" = String, Path, description = "Scorecard")),
    responses((status = 200, body = view::WeightsPage)))]
async fn learnt_weights(visit: Signed, Named(id): Named<String>) -> Answer<view::WeightsPage> {
    Ok(Json(visit.app.learnt_weights(&visit.reader, &id).await?))
}

/// Learn weights from outcomes
///
/// In the background; one scorecard at a time. What comes of it is a suggestion: nothing changes before a person saves a draft
/// with it and activates that.
#[utoipa::path(post, path = "/api/scorecards/{id}/weights", tag = "definitions",
    params(("id" = String, Path, description = "Scorecard")), request_body = view::WeightsRequest,
    responses((status = 202, body = view::WeightsRun)))]
async fn learn_weights(
    visit: Signed,
    Named(id): Named<String>,
    Body(asked): Body<view::WeightsRequest>,
) -> Result<(StatusCode, Json<view::WeightsRun>), Problem> {
    let run = visit.app.learn_weights(&visit.reader, &id, asked, visit.now).await?;
    Ok((StatusCode::ACCEPTED, Json(run)))
}

/// Stop learning weights
///
/// Of this scorecard.
#[utoipa::path(delete, path = "/api/scorecards/{id}/weights", tag = "definitions",
    params(("id" = String, Path, description = "Scorecard")), responses((status = 204)))]
async fn stop_weights(visit: Signed, Named(id): Named<String>) -> Result<StatusCode, Problem> {
    visit.app.stop_weights(&visit.reader, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
