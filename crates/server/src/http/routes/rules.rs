//! Rules: looked at, tried on history while they are written, drafted, activated, switched on and off, rolled back.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Body, Named, Signed, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(rules))
        .routes(routes!(rule_vocabulary))
        .routes(routes!(rule_schema))
        .routes(routes!(discovered_rules, discover_rules, stop_discovery))
        .routes(routes!(preview_rule))
        .routes(routes!(rule))
        .routes(routes!(draft_rule))
        .routes(routes!(review_rule))
        .routes(routes!(activate_rule))
        .routes(routes!(roll_back_rule))
        .routes(routes!(switch_rule))
}

/// Rules
///
/// Those in use, those that ship switched off, and those that are being written; what speaks first.
#[utoipa::path(get, path = "/api/rules", tag = "definitions",
    responses((status = 200, body = Vec<view::RuleRow>)))]
async fn rules(visit: Signed) -> Answer<Vec<view::RuleRow>> {
    Ok(Json(visit.app.rules(&visit.reader).await?))
}

/// What conditions may name
///
/// Numbers with unit, direction and usual range, bands, traits with the values that were seen, segments, tags, tiers,
/// and facts that can be counted.
#[utoipa::path(get, path = "/api/rules/vocabulary", tag = "definitions",
    responses((status = 200, body = view::RuleVocabulary)))]
async fn rule_vocabulary(visit: Signed) -> Answer<view::RuleVocabulary> {
    Ok(Json(visit.app.rule_vocabulary(&visit.reader, visit.now).await?))
}

/// JSON Schema of rule files
///
/// For editors: draft 2020-12.
#[utoipa::path(get, path = "/api/rules/schema", tag = "definitions",
    responses((status = 200, body = serde_json::Value)))]
async fn rule_schema(_visit: Signed) -> Answer<serde_json::Value> {
    Ok(Json(serde_json::from_str(&app::rule_schema()).unwrap_or_default()))
}

/// Try a rule
///
/// Whom it would catch now, with figures; the alerts that it would have opened in each of the last 26 weeks, and how many
/// of those customers have left since. Nothing is saved.
#[utoipa::path(post, path = "/api/rules/preview", tag = "definitions", request_body = view::RuleText,
    responses((status = 200, body = view::RulePreview)))]
async fn preview_rule(visit: Signed, Body(text): Body<view::RuleText>) -> Answer<view::RulePreview> {
    Ok(Json(visit.app.preview_rule(&visit.reader, text, visit.now).await?))
}

/// One rule
///
/// What it says, as a file and as a value; its thresholds, its versions and when they were in use.
#[utoipa::path(get, path = "/api/rules/{id}", tag = "definitions",
    params(("id" = String, Path, description = "Rule")),
    responses((status = 200, body = view::RulePage)))]
async fn rule(visit: Signed, Named(id): Named<String>) -> Answer<view::RulePage> {
    Ok(Json(visit.app.rule(&visit.reader, &id).await?))
}

/// Save a draft of a rule
///
/// Begins a new version of the rule, or a rule of a new id, or changes the draft that is being written.
#[utoipa::path(put, path = "/api/rules/{id}/draft", tag = "definitions",
    params(("id" = String, Path, description = "Rule")), request_body = view::RuleDraft,
    responses((status = 200, body = view::RulePage)))]
async fn draft_rule(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(draft): Body<view::RuleDraft>,
) -> Answer<view::RulePage> {
    to_the_end(async move { visit.app.put_rule_draft(&visit.reader, &id, draft, visit.now).await }).await.map(Json)
}

/// Hand a draft of a rule in for review
///
/// Whoever changes it makes it a draft again.
#[utoipa::path(post, path = "/api/rules/{id}/review", tag = "definitions",
    params(("id" = String, Path, description = "Rule")), request_body = view::ScorecardStep,
    responses((status = 200, body = view::RulePage)))]
async fn review_rule(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(step): Body<view::ScorecardStep>,
) -> Answer<view::RulePage> {
    to_the_end(async move { visit.app.review_rule(&visit.reader, &id, step, visit.now).await }).await.map(Json)
}

/// Put a version of a rule in use
///
/// The draft, or the version named; alerts follow with the next cycle.
#[utoipa::path(post, path = "/api/rules/{id}/activate", tag = "definitions",
    params(("id" = String, Path, description = "Rule")), request_body = view::ScorecardStep,
    responses((status = 200, body = view::RulePage)))]
async fn activate_rule(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(step): Body<view::ScorecardStep>,
) -> Answer<view::RulePage> {
    to_the_end(async move { visit.app.activate_rule(&visit.reader, &id, step, visit.now).await }).await.map(Json)
}

/// Go back to an earlier version of a rule
///
/// The one in use before, or an earlier one that is named; `version` is that of the one in use.
#[utoipa::path(post, path = "/api/rules/{id}/rollback", tag = "definitions",
    params(("id" = String, Path, description = "Rule")), request_body = view::ScorecardStep,
    responses((status = 200, body = view::RulePage)))]
async fn roll_back_rule(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(step): Body<view::ScorecardStep>,
) -> Answer<view::RulePage> {
    to_the_end(async move { visit.app.roll_back_rule(&visit.reader, &id, step, visit.now).await }).await.map(Json)
}

/// Switch a rule on or off
///
/// With other thresholds, if they are given: one new version, in use from the next cycle on.
#[utoipa::path(post, path = "/api/rules/{id}/switch", tag = "definitions",
    params(("id" = String, Path, description = "Rule")), request_body = view::RuleSwitch,
    responses((status = 200, body = view::RulePage)))]
async fn switch_rule(
    Signed(visit): Signed,
    Named(id): Named<String>,
    Body(switch): Body<view::RuleSwitch>,
) -> Answer<view::RulePage> {
    to_the_end(async move { visit.app.switch_rule(&visit.reader, &id, switch, visit.now).await }).await.map(Json)
}

/// Rules found in history
///
/// The search that runs, or ran last: rules of up to three conditions, found on one half of the customers and confirmed on the
/// other, each replayed over the last year. For who sees all customers.
#[utoipa::path(get, path = "/api/rules/discovery", tag = "definitions",
    responses((status = 200, body = view::DiscoveryPage)))]
async fn discovered_rules(visit: Signed) -> Answer<view::DiscoveryPage> {
    Ok(Json(visit.app.discovered_rules(&visit.reader).await?))
}

/// Look for rules in history
///
/// In the background; one search at a time. Nothing is switched on: a person makes a draft of what is worth it.
#[utoipa::path(post, path = "/api/rules/discovery", tag = "definitions", request_body = view::DiscoveryRequest,
    responses((status = 202, body = view::DiscoveryRun)))]
async fn discover_rules(
    visit: Signed,
    Body(asked): Body<view::DiscoveryRequest>,
) -> Result<(StatusCode, Json<view::DiscoveryRun>), Problem> {
    let run = visit.app.discover_rules(&visit.reader, asked, visit.now).await?;
    Ok((StatusCode::ACCEPTED, Json(run)))
}

/// Stop looking for rules
#[utoipa::path(delete, path = "/api/rules/discovery", tag = "definitions", responses((status = 204)))]
async fn stop_discovery(visit: Signed) -> Result<StatusCode, Problem> {
    visit.app.stop_discovery(&visit.reader).await?;
    Ok(StatusCode::NO_CONTENT)
}
