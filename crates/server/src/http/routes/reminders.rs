//! Reminders, and whom to greet before a festival.

use std::sync::Arc;

use app::{Export, GreetingQuery, ReminderQuery, view};
use axum::Json;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::exports::{LangAsked, workbook};
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Signed, filled, rows, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(reminders))
        .routes(routes!(reminder_schema))
        .routes(routes!(answer_reminder))
        .routes(routes!(greetings, greeted))
        .routes(routes!(reminders_workbook))
        .routes(routes!(greetings_workbook))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RemindersAsked {
    /// First day, `YYYY-MM-DD`; today when absent.
    from: Option<String>,
    /// Last day, at most 62 days later; the first when absent.
    to: Option<String>,
    /// `open` (default): due and coming; `answered`: done or not wanted this year.
    state: Option<String>,
    /// Id of a kind.
    kind: Option<String>,
    /// Owner key; `-` is nobody.
    owner: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 100 when absent, at most 500.
    limit: Option<usize>,
}

impl RemindersAsked {
    fn query(self) -> ReminderQuery {
        ReminderQuery {
            from: filled(self.from),
            to: filled(self.to),
            state: filled(self.state),
            kind: filled(self.kind),
            owner: filled(self.owner),
            cursor: filled(self.cursor),
            limit: rows(self.limit, 100),
        }
    }
}

/// Reminders
///
/// Agreed contacts, birthdays, contracts that end, no meeting for half a year, customers gone silent: what is due
/// first, first. What is overdue is listed today. A follow-up record made since closes a reminder by itself.
#[utoipa::path(get, path = "/api/reminders", tag = "today", params(RemindersAsked, AsOfQuery),
    responses((status = 200, body = view::ReminderList)))]
async fn reminders(visit: Signed, Asked(asked): Asked<RemindersAsked>) -> Answer<view::ReminderList> {
    Ok(Json(visit.app.reminders(&visit.reader.scope, &asked.query(), visit.as_of, visit.now).await?))
}

/// JSON Schema of a file of reminders
///
/// Of `definitions/reminders/*.toml`: kinds of reminders, festivals, and what forbids a greeting.
#[utoipa::path(get, path = "/api/reminders/schema", tag = "definitions",
    responses((status = 200, body = serde_json::Value)))]
async fn reminder_schema(_visit: Signed) -> Answer<serde_json::Value> {
    Ok(Json(serde_json::from_str(&app::reminder_schema()).unwrap_or_default()))
}

/// Answer a reminder
///
/// Done, put off to a day, not this year; `open` takes an answer back. The kind `greeting` speaks of a festival's
/// greeting. 409 `version_conflict` when somebody else was faster.
#[utoipa::path(post, path = "/api/reminders/answers", tag = "today", request_body = view::AnswerReminder,
    responses((status = 200, body = view::ReminderAnswered)))]
async fn answer_reminder(
    Signed(visit): Signed,
    Body(asked): Body<view::AnswerReminder>,
) -> Answer<view::ReminderAnswered> {
    to_the_end(async move { visit.app.answer_reminder(&visit.reader, asked, visit.now).await }).await.map(Json)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct GreetingsAsked {
    /// Id of a festival; the next one when absent.
    festival: Option<String>,
    /// `greet` (default), `fix`: put something right first, `greeted`, `all`.
    group: Option<String>,
    /// Owner key; `-` is nobody.
    owner: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 100 when absent, at most 500.
    limit: Option<usize>,
}

impl GreetingsAsked {
    fn query(self) -> GreetingQuery {
        GreetingQuery {
            festival: filled(self.festival),
            group: filled(self.group),
            owner: filled(self.owner),
            cursor: filled(self.cursor),
            limit: rows(self.limit, 100),
        }
    }
}

/// Whom to greet before a festival
///
/// The most valuable customers first, each with one true line from its own facts and a greeting to copy, and those with
/// whom something must be put right first. Nobody who has gone is on it.
#[utoipa::path(get, path = "/api/greetings", tag = "today", params(GreetingsAsked, AsOfQuery),
    responses((status = 200, body = view::GreetingList)))]
async fn greetings(visit: Signed, Asked(asked): Asked<GreetingsAsked>) -> Answer<view::GreetingList> {
    Ok(Json(visit.app.greetings(&visit.reader.scope, &asked.query(), visit.as_of, visit.now).await?))
}

/// Mark a customer as greeted
///
/// A follow-up record with what was said, and the mark beside the festival. 409 `version_conflict` when somebody else
/// was faster.
#[utoipa::path(post, path = "/api/greetings", tag = "today", request_body = view::Greeted,
    responses((status = 200, body = view::ReminderAnswered)))]
async fn greeted(Signed(visit): Signed, Body(asked): Body<view::Greeted>) -> Answer<view::ReminderAnswered> {
    to_the_end(async move { visit.app.greeted(&visit.reader, asked, visit.now).await }).await.map(Json)
}

/// Reminders as a workbook
#[utoipa::path(get, path = "/api/exports/reminders.xlsx", tag = "exports", params(RemindersAsked, LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn reminders_workbook(
    visit: Signed,
    Asked(asked): Asked<RemindersAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::Reminders(asked.query()), lang).await
}

/// The list before a festival as a workbook
#[utoipa::path(get, path = "/api/exports/greetings.xlsx", tag = "exports", params(GreetingsAsked, LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn greetings_workbook(
    visit: Signed,
    Asked(asked): Asked<GreetingsAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::Greetings(asked.query()), lang).await
}
