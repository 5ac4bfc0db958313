//! Indicators: the catalogue, one of them, definitions tried out and compared, and how well they foretold leaving.

use std::sync::Arc;

use app::view;
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, filled};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(indicators))
        .routes(routes!(indicator))
        .routes(routes!(efficacy, start_efficacy))
        .routes(routes!(preview_indicator))
        .routes(routes!(compare_indicators))
        .routes(routes!(indicator_vocabulary))
        .routes(routes!(draft_efficacy))
}

/// Indicators
///
/// The catalogue, with how many of the customers seen have a number and, once worked out, how well it foretold leaving.
#[utoipa::path(get, path = "/api/indicators", tag = "indicators", params(AsOfQuery),
    responses((status = 200, body = view::IndicatorCatalog)))]
async fn indicators(visit: Signed) -> Answer<view::IndicatorCatalog> {
    Ok(Json(visit.app.indicator_catalog(&visit.reader, visit.as_of, visit.now).await?))
}

/// One indicator
///
/// Its meaning, how its numbers lie, over time, by band and owner, the best and worst customers, its efficacy.
#[utoipa::path(get, path = "/api/indicators/{id}", tag = "indicators",
    params(("id" = String, Path, description = "Indicator"), AsOfQuery),
    responses((status = 200, body = view::IndicatorPage)))]
async fn indicator(visit: Signed, Named(id): Named<String>) -> Answer<view::IndicatorPage> {
    Ok(Json(visit.app.indicator_page(&visit.reader, &id, visit.as_of, visit.now).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EfficacyAsked {
    /// Churn definition; the firm's when absent.
    churn: Option<String>,
}

/// Efficacy
///
/// How well each indicator foretold leaving: the last answer, and how far the work on a new one is. For who sees all
/// customers.
#[utoipa::path(get, path = "/api/indicators/efficacy", tag = "indicators", params(EfficacyAsked),
    responses((status = 200, body = view::EfficacyRun)))]
async fn efficacy(visit: Signed, Asked(asked): Asked<EfficacyAsked>) -> Answer<view::EfficacyRun> {
    Ok(Json(visit.app.efficacy_run(&visit.reader, filled(asked.churn)).await?))
}

/// Work efficacy out
///
/// In the background; asking again while it runs begins nothing new.
#[utoipa::path(post, path = "/api/indicators/efficacy", tag = "indicators", request_body = view::EfficacyRequest,
    responses((status = 200, body = view::EfficacyRun)))]
async fn start_efficacy(visit: Signed, Body(asked): Body<view::EfficacyRequest>) -> Answer<view::EfficacyRun> {
    Ok(Json(visit.app.start_efficacy(&visit.reader, filled(asked.churn), visit.now).await?))
}

/// Try a definition out
///
/// Numbers of the customers seen, over the last year, and for one customer with the facts that counted. Nothing is kept.
#[utoipa::path(post, path = "/api/indicators/preview", tag = "indicators", params(AsOfQuery),
    request_body = view::PreviewRequest, responses((status = 200, body = view::IndicatorPreview)))]
async fn preview_indicator(visit: Signed, Body(asked): Body<view::PreviewRequest>) -> Answer<view::IndicatorPreview> {
    Ok(Json(visit.app.preview_indicator(&visit.reader, asked, visit.as_of, visit.now).await?))
}

/// Compare two definitions
///
/// Side by side on the customers seen: how alike, and whose numbers lie farthest apart. Nothing is kept.
#[utoipa::path(post, path = "/api/indicators/compare", tag = "indicators", params(AsOfQuery),
    request_body = view::CompareRequest, responses((status = 200, body = view::IndicatorComparison)))]
async fn compare_indicators(
    visit: Signed,
    Body(asked): Body<view::CompareRequest>,
) -> Answer<view::IndicatorComparison> {
    Ok(Json(visit.app.compare_indicators(&visit.reader, asked, visit.as_of, visit.now).await?))
}

/// What definitions can ask for
///
/// Kinds, names and properties of facts that came in lately, as the last cycle found them.
#[utoipa::path(get, path = "/api/indicators/vocabulary", tag = "indicators",
    responses((status = 200, body = view::IndicatorVocabulary)))]
async fn indicator_vocabulary(visit: Signed) -> Answer<view::IndicatorVocabulary> {
    Ok(Json(visit.app.indicator_vocabulary().await?))
}

/// Efficacy of a draft
///
/// How a definition would have foretold leaving, tested by itself. For who sees all customers; nothing is kept.
#[utoipa::path(post, path = "/api/indicators/draft/efficacy", tag = "indicators",
    request_body = view::DraftEfficacyRequest, responses((status = 200, body = view::EfficacyReport)))]
async fn draft_efficacy(visit: Signed, Body(asked): Body<view::DraftEfficacyRequest>) -> Answer<view::EfficacyReport> {
    Ok(Json(visit.app.draft_efficacy(&visit.reader, asked, visit.now).await?))
}
