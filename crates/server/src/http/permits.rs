//! What each route asks of whoever calls it: the one place where roles are enforced. A route that is not in the table is
//! refused to everybody, and a test fails.
//!
//! Not here: what a role may do (`app::Permission`), whose customers somebody sees (their scope, applied by `app`).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use app::{Permission as P, Reader};
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::routes::tables::TableFile;
use super::site::Site;
use super::visit::who;

/// What a route asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: no sign-in.
    Nobody,
    /// That somebody is signed in.
    Anybody,
    /// That their role allows it.
    May(P),
    /// That their role allows exporting, and seeing the page whose table is exported.
    Table,
}

use Needs::{Anybody, May, Nobody, Table};

/// Every route, by method and path.
pub const PERMITS: &[(&str, Needs)] = &[
    ("GET /api/session", Nobody),
    ("POST /api/setup", Nobody),
    ("POST /api/sign-in", Nobody),
    ("POST /api/sign-out", Nobody),
    ("GET /api/templates", Nobody),
    ("GET /healthz", Nobody),
    ("GET /readyz", Nobody),
    ("GET /metrics", Nobody),
    ("POST /api/invitations/look", Nobody),
    ("POST /api/invitations/accept", Nobody),
    ("POST /in/jiandaoyun/{key}", Nobody),
    ("GET /in/wecom/{key}", Nobody),
    ("POST /in/wecom/{key}", Nobody),
    ("POST /in/{key}", Nobody),
    ("GET /api/firm", Anybody),
    ("GET /api/tokens", Anybody),
    ("POST /api/tokens", Anybody),
    ("DELETE /api/tokens/{id}", Anybody),
    ("PUT /api/session/reach", Anybody),
    ("GET /api/views", Anybody),
    ("PUT /api/views", Anybody),
    ("DELETE /api/views/{id}", Anybody),
    ("GET /api/cycle", Anybody),
    ("GET /api/notices", Anybody),
    ("POST /api/notices/read", Anybody),
    ("POST /api/notice-deliveries/{id}/resend", Anybody),
    ("POST /api/notice-deliveries/{id}/leave", Anybody),
    ("GET /api/notice-choices/mine", Anybody),
    ("PUT /api/notice-choices/mine", Anybody),
    ("GET /api/alerts", May(P::SeeCustomers)),
    ("GET /api/team", May(P::SeeCustomers)),
    ("GET /api/team/breaches", May(P::SeeCustomers)),
    ("GET /api/cases", May(P::SeeCustomers)),
    ("GET /api/cases/{id}", May(P::SeeCustomers)),
    ("GET /api/cases/{id}/work", May(P::SeeCustomers)),
    ("GET /api/case-types", May(P::SeeCustomers)),
    ("GET /api/churn", May(P::SeeCustomers)),
    ("GET /api/churn/lines", May(P::SeeCustomers)),
    ("GET /api/churn/lines/leavers", May(P::SeeCustomers)),
    ("GET /api/churn/reasons", May(P::SeeCustomers)),
    ("GET /api/churn/{month}", May(P::SeeCustomers)),
    ("GET /api/customers", May(P::SeeCustomers)),
    ("GET /api/customers/{id}", May(P::SeeCustomers)),
    ("GET /api/customers/{id}/identity", May(P::SeeCustomers)),
    ("GET /api/customers/{id}/ledger", May(P::SeeCustomers)),
    ("GET /api/customers/{id}/ledger/facts/{fact}", May(P::SeeCustomers)),
    ("GET /api/customers/{id}/timeline", May(P::SeeCustomers)),
    ("GET /api/customers/{id}/proof", May(P::SeeCustomers)),
    ("GET /api/customers/{id}/risk", May(P::SeeCustomers)),
    ("GET /api/customers/{id}/post-mortem", May(P::SeeCustomers)),
    ("GET /api/customers/{id}/advice", May(P::SeeCustomers)),
    ("GET /api/tasks", May(P::SeeCustomers)),
    ("GET /api/customers/{id}/follow-ups", May(P::SeeCustomers)),
    ("GET /api/promises", May(P::SeeCustomers)),
    ("GET /api/review", May(P::SeeCustomers)),
    ("GET /api/review/names", May(P::SeeCustomers)),
    ("GET /api/review/month", May(P::SeeCustomers)),
    ("GET /api/renewals", May(P::SeeCustomers)),
    ("GET /api/renewals/months", May(P::SeeCustomers)),
    ("GET /api/customers/{id}/renewals", May(P::SeeCustomers)),
    ("GET /api/reminders", May(P::SeeCustomers)),
    ("GET /api/greetings", May(P::SeeCustomers)),
    ("GET /api/rfm", May(P::SeeCustomers)),
    ("GET /api/search", May(P::SeeCustomers)),
    ("GET /api/segments", May(P::SeeCustomers)),
    ("GET /api/segments/{id}", May(P::SeeCustomers)),
    ("GET /api/tags", May(P::SeeCustomers)),
    ("GET /api/today", May(P::SeeCustomers)),
    ("GET /api/data", May(P::SeeCustomers)),
    ("GET /api/desk", May(P::SeeCustomers)),
    ("GET /api/proofs", May(P::SeeCustomers)),
    ("GET /api/identity/conflicts", May(P::SeeCustomers)),
    ("POST /api/cases", May(P::Work)),
    ("POST /api/cases/{id}/moves", May(P::Work)),
    ("POST /api/cases/{id}/tasks", May(P::Work)),
    ("PATCH /api/cases/{id}/tasks/{task}", May(P::Work)),
    ("POST /api/cases/{id}/comments", May(P::Work)),
    ("POST /api/cases/{id}/accept", May(P::Work)),
    ("POST /api/cases/{id}/close", May(P::Work)),
    ("POST /api/customers/{id}/judgements", May(P::Work)),
    ("DELETE /api/customers/{id}/judgements/{judgement}", May(P::Work)),
    ("POST /api/customers/{id}/follow-ups", May(P::Work)),
    ("POST /api/customers/{id}/advice/task", May(P::Work)),
    ("POST /api/promises/{id}/settle", May(P::Work)),
    ("POST /api/reminders/answers", May(P::Work)),
    ("POST /api/greetings", May(P::Work)),
    ("POST /api/customers/{id}/renewals/{due_on}", May(P::Work)),
    ("POST /api/review/decisions", May(P::Work)),
    ("PATCH /api/review/decisions/{id}", May(P::Work)),
    ("POST /api/tags", May(P::Work)),
    ("POST /api/tags/changes/{id}/undo", May(P::Work)),
    ("GET /api/ownership", May(P::SeeCustomers)),
    ("GET /api/customers/{id}/owners", May(P::SeeCustomers)),
    ("GET /api/pool", May(P::Work)),
    ("GET /api/pool/returns", May(P::Work)),
    ("POST /api/customers/{id}/claim", May(P::Work)),
    ("PUT /api/ownership", May(P::Administer)),
    ("GET /api/firm/value", May(P::Administer)),
    ("GET /api/sheets", May(P::Work)),
    ("GET /api/sheets/{id}", May(P::Work)),
    ("POST /api/sheets/uploads", May(P::Work)),
    ("POST /api/sheets/uploads/{upload_id}/apply", May(P::Work)),
    ("POST /api/sheets/{id}/undo", May(P::Work)),
    ("POST /api/alerts/bulk", May(P::Work)),
    ("POST /api/alerts/{id}/false-alarm", May(P::Work)),
    ("POST /api/alerts/{id}/snooze", May(P::Work)),
    ("POST /api/alerts/{id}/wake", May(P::Work)),
    ("POST /api/customers/{id}/post-mortem/proposal", May(P::Work)),
    ("POST /api/identity/conflicts/{id}", May(P::Work)),
    ("POST /api/identity/merge", May(P::Work)),
    ("POST /api/identity/unmerge", May(P::Work)),
    ("GET /api/exports/alerts.xlsx", May(P::Export)),
    ("GET /api/exports/team.xlsx", May(P::Export)),
    ("GET /api/exports/cases.xlsx", May(P::Export)),
    ("GET /api/exports/churn.xlsx", May(P::Export)),
    ("GET /api/exports/customers.xlsx", May(P::Export)),
    ("GET /api/exports/leavers.xlsx", May(P::Export)),
    ("GET /api/exports/reminders.xlsx", May(P::Export)),
    ("GET /api/exports/greetings.xlsx", May(P::Export)),
    ("GET /api/exports/review.xlsx", May(P::Export)),
    ("GET /api/exports/review-month.xlsx", May(P::Export)),
    ("GET /api/exports/renewals.xlsx", May(P::Export)),
    ("GET /api/exports/today.xlsx", May(P::Export)),
    ("GET /api/exports/{table}", Table),
    ("POST /api/customers/{id}/unmask", May(P::Unmask)),
    ("GET /api/advice", May(P::SeeDefinitions)),
    ("GET /api/definitions", May(P::SeeDefinitions)),
    ("GET /api/definitions/archive", May(P::SeeDefinitions)),
    ("GET /api/definitions/{sort}/{id}/source", May(P::SeeDefinitions)),
    ("GET /api/indicators", May(P::SeeDefinitions)),
    ("GET /api/indicators/efficacy", May(P::SeeDefinitions)),
    ("GET /api/indicators/vocabulary", May(P::SeeDefinitions)),
    ("GET /api/indicators/{id}", May(P::SeeDefinitions)),
    ("GET /api/scorecards", May(P::SeeDefinitions)),
    ("GET /api/scorecards/{id}", May(P::SeeDefinitions)),
    ("GET /api/scorecards/{id}/design", May(P::SeeDefinitions)),
    ("GET /api/scorecards/{id}/weights", May(P::SeeDefinitions)),
    ("GET /api/rules/discovery", May(P::SeeDefinitions)),
    ("GET /api/lookback", May(P::SeeDefinitions)),
    ("GET /api/backtests", May(P::SeeDefinitions)),
    ("GET /api/backtests/{id}", May(P::SeeDefinitions)),
    ("GET /api/models", May(P::SeeDefinitions)),
    ("GET /api/models/{id}", May(P::SeeDefinitions)),
    ("GET /api/models/{id}/drift", May(P::SeeDefinitions)),
    ("GET /api/models/{id}/compare", May(P::SeeDefinitions)),
    ("GET /api/budget", May(P::SeeDefinitions)),
    ("POST /api/indicators/preview", May(P::SeeDefinitions)),
    ("POST /api/indicators/compare", May(P::SeeDefinitions)),
    ("POST /api/scorecards/{id}/preview", May(P::SeeDefinitions)),
    ("POST /api/rules/preview", May(P::SeeDefinitions)),
    ("GET /api/rules", May(P::SeeDefinitions)),
    ("GET /api/churn-definitions", May(P::SeeDefinitions)),
    ("GET /api/churn-definitions/{id}", May(P::SeeDefinitions)),
    ("POST /api/churn-definitions/preview", May(P::SeeDefinitions)),
    ("GET /api/rules/schema", May(P::SeeDefinitions)),
    ("GET /api/reminders/schema", May(P::SeeDefinitions)),
    ("GET /api/rules/vocabulary", May(P::SeeDefinitions)),
    ("GET /api/rules/{id}", May(P::SeeDefinitions)),
    ("POST /api/indicators/draft/efficacy", May(P::EditDefinitions)),
    ("POST /api/indicators/efficacy", May(P::EditDefinitions)),
    ("POST /api/scorecards/{id}/activate", May(P::EditDefinitions)),
    ("PUT /api/scorecards/{id}/draft", May(P::EditDefinitions)),
    ("POST /api/scorecards/{id}/review", May(P::EditDefinitions)),
    ("POST /api/scorecards/{id}/rollback", May(P::EditDefinitions)),
    ("POST /api/scorecards/{id}/weights", May(P::EditDefinitions)),
    ("DELETE /api/scorecards/{id}/weights", May(P::EditDefinitions)),
    ("POST /api/rules/discovery", May(P::EditDefinitions)),
    ("DELETE /api/rules/discovery", May(P::EditDefinitions)),
    ("POST /api/backtests", May(P::EditDefinitions)),
    ("DELETE /api/backtests/{id}", May(P::EditDefinitions)),
    ("POST /api/models", May(P::EditDefinitions)),
    ("DELETE /api/models/training", May(P::EditDefinitions)),
    ("PUT /api/models/schedule", May(P::EditDefinitions)),
    ("POST /api/models/outside", May(P::EditDefinitions)),
    ("POST /api/models/{id}/drift", May(P::EditDefinitions)),
    ("POST /api/models/{id}/promote", May(P::EditDefinitions)),
    ("POST /api/models/{id}/rollback", May(P::EditDefinitions)),
    ("POST /api/lookback", May(P::EditDefinitions)),
    ("PUT /api/advice/{id}", May(P::EditDefinitions)),
    ("DELETE /api/advice/{id}", May(P::EditDefinitions)),
    ("PUT /api/budget", May(P::EditDefinitions)),
    ("POST /api/rules/{id}/activate", May(P::EditDefinitions)),
    ("POST /api/churn-definitions/{id}/activate", May(P::EditDefinitions)),
    ("POST /api/churn-definitions/{id}/rollback", May(P::EditDefinitions)),
    ("POST /api/rules/{id}/review", May(P::EditDefinitions)),
    ("POST /api/rules/{id}/rollback", May(P::EditDefinitions)),
    ("POST /api/rules/{id}/switch", May(P::EditDefinitions)),
    ("PUT /api/rules/{id}/draft", May(P::EditDefinitions)),
    ("GET /api/budget/preview", May(P::EditDefinitions)),
    ("GET /api/intake/live", May(P::SeeData)),
    ("GET /api/intake/recent", May(P::SeeData)),
    ("GET /api/quality", May(P::SeeData)),
    ("GET /api/quarantine", May(P::SeeData)),
    ("GET /api/source-recipes", May(P::SeeData)),
    ("GET /api/sources", May(P::SeeData)),
    ("GET /api/sources/{id}", May(P::SeeData)),
    ("GET /api/sources/{id}/deliveries", May(P::SeeData)),
    ("GET /api/sources/{id}/runs", May(P::SeeData)),
    ("POST /api/cycle", May(P::ManageData)),
    ("POST /api/hooks/preview", May(P::ManageData)),
    ("GET /api/imports", May(P::ManageData)),
    ("POST /api/imports/uploads", May(P::ManageData)),
    ("POST /api/imports/uploads/{upload_id}/commit", May(P::ManageData)),
    ("POST /api/imports/uploads/{upload_id}/preview", May(P::ManageData)),
    ("GET /api/imports/{id}", May(P::ManageData)),
    ("POST /api/imports/{id}/cancel", May(P::ManageData)),
    ("GET /api/imports/{id}/rejects.csv", May(P::ManageData)),
    ("POST /api/imports/{id}/undo", May(P::ManageData)),
    ("GET /api/mappings", May(P::ManageData)),
    ("GET /api/mappings/{name}", May(P::ManageData)),
    ("PUT /api/mappings/{name}", May(P::ManageData)),
    ("DELETE /api/mappings/{name}", May(P::ManageData)),
    ("POST /api/quality/alerts/{id}/dismiss", May(P::ManageData)),
    ("POST /api/quarantine/discard", May(P::ManageData)),
    ("POST /api/quarantine/replay", May(P::ManageData)),
    ("POST /api/quarantine/{number}/replay", May(P::ManageData)),
    ("GET /api/exports/imports.xlsx", May(P::ManageData)),
    ("POST /api/sources/{id}/preview", May(P::ManageData)),
    ("POST /api/sources/{id}/run", May(P::ManageData)),
    ("POST /api/sources/{id}/test", May(P::ManageData)),
    ("PUT /api/firm", May(P::Administer)),
    ("GET /api/channels", May(P::Administer)),
    ("POST /api/channels", May(P::Administer)),
    ("PATCH /api/channels/{id}", May(P::Administer)),
    ("DELETE /api/channels/{id}", May(P::Administer)),
    ("POST /api/channels/{id}/test", May(P::Administer)),
    ("GET /api/staff", May(P::Administer)),
    ("POST /api/staff", May(P::Administer)),
    ("PATCH /api/staff/{id}", May(P::Administer)),
    ("GET /api/organisation", May(P::Administer)),
    ("POST /api/units", May(P::Administer)),
    ("PATCH /api/units/{id}", May(P::Administer)),
    ("DELETE /api/units/{id}", May(P::Administer)),
    ("POST /api/invitations", May(P::Administer)),
    ("DELETE /api/invitations/{id}", May(P::Administer)),
    ("POST /api/staff/sheet", May(P::Administer)),
    ("POST /api/staff/sheet/invite", May(P::Administer)),
    ("POST /api/staff/{id}/hand-over", May(P::Administer)),
    ("POST /api/staff/{id}/hand-over/preview", May(P::Administer)),
    ("GET /api/audit", May(P::Administer)),
    ("GET /api/exports/audit.xlsx", May(P::Administer)),
    ("POST /api/sources", May(P::Administer)),
    ("DELETE /api/sources/{id}", May(P::Administer)),
    ("PATCH /api/sources/{id}", May(P::Administer)),
    ("POST /api/sources/{id}/rotate", May(P::Administer)),
];

static NEEDS: LazyLock<HashMap<&'static str, Needs>> = LazyLock::new(|| PERMITS.iter().copied().collect());
static PATHS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| PERMITS.iter().filter_map(|(route, _)| route.split(' ').nth(1)).collect());

/// What a route asks; none for one that nobody declared.
pub fn needs(method: &str, path: &str) -> Option<Needs> {
    let method = if method == "HEAD" { "GET" } else { method };
    NEEDS.get(format!("{method} {path}").as_str()).copied()
}

/// Lets through whoever may, and hands on who it is. Where the route is about customers, the reader looks no further than
/// they chose.
pub(super) async fn permit(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match permitted(&site, &mut parts).await {
        Ok(Some(reader)) => {
            parts.extensions.insert(reader);
            next.run(Request::from_parts(parts, body)).await
        }
        Ok(None) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

async fn permitted(site: &Site, parts: &mut Parts) -> Result<Option<Reader>, Problem> {
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    let Some(needs) = needs(parts.method.as_str(), &path) else {
        return Err(if PATHS.contains(path.as_str()) { super::method_not_allowed() } else { undeclared() });
    };
    if needs == Nobody {
        return Ok(None);
    }
    let mut reader = who(site, &parts.headers).await?;
    if reader.staff.is_none() {
        return Err(Problem::signed_out());
    }
    let permission = match needs {
        May(permission) => Some(permission),
        Table => {
            reader.may(P::Export)?;
            let name = parts.uri.path().rsplit('/').next().unwrap_or_default();
            Some(page_of(TableFile::of(name).ok_or_else(Problem::not_found)?))
        }
        Anybody | Nobody => None,
    };
    if let Some(permission) = permission {
        reader.may(permission)?;
        if permission.is_about_customers() {
            reader.narrow();
        }
    }
    Ok(Some(reader))
}

/// What the page of a table asks.
fn page_of(table: TableFile) -> P {
    use TableFile as T;
    match table {
        T::ChurnReasons | T::ReasonAgreement | T::LineLeavers | T::ProductLines => P::SeeCustomers,
        T::ChurnBands | T::ChurnOwners | T::Conflicts | T::CustomerIndicators | T::Desks | T::Promises => {
            P::SeeCustomers
        }
        T::RenewalMonths | T::RenewalOwners | T::ReviewRules | T::Rfm | T::Segments | T::ValueRisk => P::SeeCustomers,
        T::Pool | T::PoolReturns | T::Sheet | T::Sheets => P::Work,
        T::Advice | T::Backtest | T::BacktestBands | T::BacktestParts | T::ChurnWindows | T::Comparison => {
            P::SeeDefinitions
        }
        T::Definitions | T::Indicators | T::Lookback | T::ModelFigures | T::ModelMonths => P::SeeDefinitions,
        T::Models | T::Rules | T::Scorecards => P::SeeDefinitions,
        T::Budget => P::EditDefinitions,
        T::Held | T::Quality | T::Runs | T::Sources => P::SeeData,
        T::Channels | T::Invitations | T::Roles | T::Staff => P::Administer,
        // Everybody has their own.
        T::Notices | T::Tokens => P::Export,
    }
}

fn undeclared() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "undeclared_route",
        ("这个接口没有声明所需权限", "this route does not say what it asks"),
        ("请在 http/permits.rs 中声明", "declare it in http/permits.rs"),
    )
}
