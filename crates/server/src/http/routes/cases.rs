//! Cases: listed, opened, moved as their type allows, with their tasks and remarks.

use std::sync::Arc;

use app::{CaseQuery, view};
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, filled, list, rows, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(case_types))
        .routes(routes!(cases, open_case))
        .routes(routes!(case))
        .routes(routes!(case_work))
        .routes(routes!(accept_case))
        .routes(routes!(close_case))
        .routes(routes!(move_case))
        .routes(routes!(waiting))
        .routes(routes!(add_case_task))
        .routes(routes!(change_case_task))
        .routes(routes!(add_case_comment))
}

/// Filters of the cases; the same for their export.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CasesAsked {
    /// States, comma-separated: `new`, `accepted`, `closed`; those not closed when neither states nor stages are named.
    state: Option<String>,
    /// Stages of the case types, comma-separated.
    stage: Option<String>,
    /// Case types, comma-separated.
    #[serde(rename = "type")]
    case_type: Option<String>,
    /// Whose work: `mine` (on my desk, or with an open task of mine), `team`, `pool` (on nobody's desk), `mentioned`, `all`
    /// (when absent).
    who: Option<String>,
    /// Owner key; `-` is nobody.
    owner: Option<String>,
    /// Only those with a clock that has run out.
    #[serde(default)]
    overdue: bool,
    /// Part of a customer's name or id.
    search: Option<String>,
    /// `due` (what is due first, first, when absent), `newest`.
    sort: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 50 when absent, at most 500.
    limit: Option<usize>,
}

impl CasesAsked {
    pub(super) fn query(self) -> CaseQuery {
        CaseQuery {
            states: list(self.state.as_deref()),
            stages: list(self.stage.as_deref()),
            case_types: list(self.case_type.as_deref()),
            who: filled(self.who),
            owner: filled(self.owner),
            overdue: self.overdue,
            search: filled(self.search),
            sort: filled(self.sort),
            cursor: filled(self.cursor),
            limit: rows(self.limit, 50),
        }
    }
}

/// Case types
///
/// Their stages, the moves between them, what each asks for, how long the clocks run; and the reasons to choose from on
/// closing.
#[utoipa::path(get, path = "/api/case-types", tag = "cases", responses((status = 200, body = view::CaseTypePage)))]
async fn case_types(visit: Signed) -> Answer<view::CaseTypePage> {
    Ok(Json(visit.app.case_types()))
}

/// Cases
///
/// With the counts of the whole filter. Of a past moment only `state` and `owner` are asked about, and there are no counts.
#[utoipa::path(get, path = "/api/cases", tag = "cases", params(CasesAsked, AsOfQuery),
    responses((status = 200, body = view::CaseList)))]
async fn cases(visit: Signed, Asked(asked): Asked<CasesAsked>) -> Answer<view::CaseList> {
    Ok(Json(visit.app.cases(&visit.reader, &asked.query(), visit.as_of, visit.now).await?))
}

/// One case
#[utoipa::path(get, path = "/api/cases/{id}", tag = "cases",
    params(("id" = i64, Path, description = "Case"), AsOfQuery), responses((status = 200, body = view::CaseRow)))]
async fn case(visit: Signed, Named(id): Named<i64>) -> Answer<view::CaseRow> {
    Ok(Json(visit.app.case(&visit.reader.scope, id, visit.as_of, visit.now).await?))
}

/// The work on a case
///
/// The case, the moves that the caller may make now, who may be given it, its tasks and remarks.
#[utoipa::path(get, path = "/api/cases/{id}/work", tag = "cases",
    params(("id" = i64, Path, description = "Case")), responses((status = 200, body = view::CaseWork)))]
async fn case_work(Signed(visit): Signed, Named(id): Named<i64>) -> Answer<view::CaseWork> {
    Ok(Json(visit.app.case_work(&visit.reader, id, visit.now).await?))
}

/// Open a case
///
/// By hand; the open alerts of the customer join it. 409 `case_open` where the customer has one that is not closed.
#[utoipa::path(post, path = "/api/cases", tag = "cases", request_body = view::NewCase,
    responses((status = 200, body = view::CaseWork)))]
async fn open_case(Signed(visit): Signed, Body(request): Body<view::NewCase>) -> Answer<view::CaseWork> {
    to_the_end(async move { visit.app.open_case(&visit.reader, request, visit.now).await }).await.map(Json)
}

/// Accept a case
///
/// 409 `version_conflict` when somebody else changed it first.
#[utoipa::path(post, path = "/api/cases/{id}/accept", tag = "cases", request_body = view::AcceptCase,
    params(("id" = i64, Path, description = "Case")), responses((status = 200, body = view::CaseRow)))]
async fn accept_case(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::AcceptCase>,
) -> Answer<view::CaseRow> {
    to_the_end(async move { visit.app.accept_case(&visit.reader, id, request, visit.now).await }).await.map(Json)
}

/// Close a case
///
/// With its outcome, and the reason where the customer has left. 409 `version_conflict` when somebody else changed it
/// first.
#[utoipa::path(post, path = "/api/cases/{id}/close", tag = "cases", request_body = view::CloseCase,
    params(("id" = i64, Path, description = "Case")), responses((status = 200, body = view::CaseRow)))]
async fn close_case(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::CloseCase>,
) -> Answer<view::CaseRow> {
    to_the_end(async move { visit.app.close_case(&visit.reader, id, request, visit.now).await }).await.map(Json)
}

/// Move a case
///
/// As its type allows. 409 `version_conflict`, with who did what, when somebody else changed it first; 409
/// `move_not_allowed` where the move does not start from where the case is; 403 `not_yours`.
#[utoipa::path(post, path = "/api/cases/{id}/moves", tag = "cases", request_body = view::MoveCase,
    params(("id" = i64, Path, description = "Case")), responses((status = 200, body = view::CaseWork)))]
async fn move_case(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::MoveCase>,
) -> Answer<view::CaseWork> {
    to_the_end(async move { visit.app.move_case(&visit.reader, id, request, visit.now).await }).await.map(Json)
}

/// What waits for the caller
///
/// Open tasks of cases that are named for them, or for nobody while the case is on their desk, and what weekly reviews
/// decided for them; what is due first, first.
#[utoipa::path(get, path = "/api/tasks", tag = "cases", responses((status = 200, body = view::WaitingWork)))]
async fn waiting(Signed(visit): Signed) -> Answer<view::WaitingWork> {
    Ok(Json(visit.app.waiting_for(&visit.reader, visit.now).await?))
}

/// Write a task down
#[utoipa::path(post, path = "/api/cases/{id}/tasks", tag = "cases", request_body = view::NewCaseTask,
    params(("id" = i64, Path, description = "Case")), responses((status = 200, body = view::CaseWork)))]
async fn add_case_task(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::NewCaseTask>,
) -> Answer<view::CaseWork> {
    to_the_end(async move { visit.app.add_case_task(&visit.reader, id, request, visit.now).await }).await.map(Json)
}

/// Change a task
///
/// Or say that it is done. 409 `version_conflict` when somebody else changed it first.
#[utoipa::path(patch, path = "/api/cases/{id}/tasks/{task}", tag = "cases", request_body = view::CaseTaskChange,
    params(("id" = i64, Path, description = "Case"), ("task" = i64, Path, description = "Task")),
    responses((status = 200, body = view::CaseWork)))]
async fn change_case_task(
    Signed(visit): Signed,
    Named(of): Named<(i64, i64)>,
    Body(request): Body<view::CaseTaskChange>,
) -> Answer<view::CaseWork> {
    to_the_end(async move { visit.app.change_case_task(&visit.reader, of, request, visit.now).await }).await.map(Json)
}

/// Remark on a case
///
/// `@` and a name mentions a colleague who sees the customer. A remark is never changed.
#[utoipa::path(post, path = "/api/cases/{id}/comments", tag = "cases", request_body = view::NewCaseComment,
    params(("id" = i64, Path, description = "Case")), responses((status = 200, body = view::CaseWork)))]
async fn add_case_comment(
    Signed(visit): Signed,
    Named(id): Named<i64>,
    Body(request): Body<view::NewCaseComment>,
) -> Answer<view::CaseWork> {
    to_the_end(async move { visit.app.add_case_comment(&visit.reader, id, request, visit.now).await }).await.map(Json)
}
