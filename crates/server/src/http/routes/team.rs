//! The team: what is on its desks, and what became of its clocks.

use std::sync::Arc;

use app::{BreachQuery, Export, view};
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
use crate::http::visit::{AsOfQuery, Asked, Signed, filled};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(team)).routes(routes!(breaches)).routes(routes!(team_workbook))
}

/// The days of a report.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeriodAsked {
    /// First day, `YYYY-MM-DD`; thirty days up to the last when absent.
    from: Option<String>,
    /// Last day; today when absent.
    to: Option<String>,
}

impl PeriodAsked {
    fn query(self) -> BreachQuery {
        BreachQuery { from: filled(self.from), to: filled(self.to) }
    }
}

/// The team
///
/// The people whom the caller looks at (themselves, the units they head with all below, everybody), with what is on their
/// desks and how its clocks stand; only cases of customers whom the caller sees are counted.
#[utoipa::path(get, path = "/api/team", tag = "staff", params(AsOfQuery),
    responses((status = 200, body = view::TeamPage)))]
async fn team(visit: Signed) -> Answer<view::TeamPage> {
    Ok(Json(visit.app.team(&visit.reader, visit.as_of, visit.now).await?))
}

/// What became of the clocks
///
/// By person and by team: cases taken, clocks kept and run out, the median working time until something was done, how often
/// cases were passed on. A clock counts when it is decided, for the desk on which the case was then. 400 `bad_period`.
#[utoipa::path(get, path = "/api/team/breaches", tag = "staff", params(PeriodAsked, AsOfQuery),
    responses((status = 200, body = view::BreachReport)))]
async fn breaches(visit: Signed, Asked(asked): Asked<PeriodAsked>) -> Answer<view::BreachReport> {
    Ok(Json(visit.app.breaches(&visit.reader, &asked.query(), visit.as_of, visit.now).await?))
}

/// The report on clocks as a workbook
#[utoipa::path(get, path = "/api/exports/team.xlsx", tag = "exports", params(PeriodAsked, LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn team_workbook(
    visit: Signed,
    Asked(asked): Asked<PeriodAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::Team(asked.query()), lang).await
}
