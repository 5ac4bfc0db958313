//! Tables as Excel workbooks: as filtered, with a second sheet that says what they are.

use std::sync::Arc;

use app::Export;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::Lang;

use super::alerts::AlertsAsked;
use super::cases::CasesAsked;
use super::customers::CustomersAsked;
use super::renewals::RenewalsAsked;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Signed, filled};

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(customers_workbook))
        .routes(routes!(alerts_workbook))
        .routes(routes!(cases_workbook))
        .routes(routes!(renewals_workbook))
        .routes(routes!(today_workbook))
        .routes(routes!(churn_workbook))
        .routes(routes!(leavers_workbook))
        .routes(routes!(imports_workbook))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LangAsked {
    /// `zh`, `en`; the language of `Accept-Language` when absent.
    lang: Option<String>,
}

impl LangAsked {
    /// The language asked for, else that of the visit.
    pub(super) fn of(&self, visit: &Signed) -> Lang {
        self.lang.as_deref().and_then(Lang::from_tag).unwrap_or(visit.lang)
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MonthAsked {
    /// `YYYY-MM`.
    #[param(example = "2025-06")]
    month: String,
}

pub(super) async fn workbook(visit: Signed, what: Export, asked: LangAsked) -> Result<Response, Problem> {
    let lang = asked.of(&visit);
    let (name, bytes) = visit.app.export(&visit.reader, &what, visit.as_of, lang, visit.now).await?;
    let headers = [(header::CONTENT_TYPE, WORKBOOK.to_owned()), (header::CONTENT_DISPOSITION, disposition(&name))];
    Ok((headers, bytes).into_response())
}

/// An attachment's header: a plain name for old readers, the true one in UTF-8 (RFC 6266).
pub(super) fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// Customers as a workbook
///
/// The list as filtered; the second sheet names the definition, the moment and the filters.
#[utoipa::path(get, path = "/api/exports/customers.xlsx", tag = "exports",
    params(CustomersAsked, LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn customers_workbook(
    visit: Signed,
    Asked(asked): Asked<CustomersAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::Customers(asked.query()?), lang).await
}

/// Alerts as a workbook
#[utoipa::path(get, path = "/api/exports/alerts.xlsx", tag = "exports", params(AlertsAsked, LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn alerts_workbook(
    visit: Signed,
    Asked(asked): Asked<AlertsAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::Alerts(asked.query()), lang).await
}

/// Cases as a workbook
#[utoipa::path(get, path = "/api/exports/cases.xlsx", tag = "exports", params(CasesAsked, LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn cases_workbook(
    visit: Signed,
    Asked(asked): Asked<CasesAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::Cases(asked.query()), lang).await
}

/// Renewals as a workbook
#[utoipa::path(get, path = "/api/exports/renewals.xlsx", tag = "exports",
    params(RenewalsAsked, LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn renewals_workbook(
    visit: Signed,
    Asked(asked): Asked<RenewalsAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::Renewals(asked.query()), lang).await
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TodayAsked {
    /// Only customers of this owner; `-` is nobody's.
    owner: Option<String>,
}

/// Today as a workbook
#[utoipa::path(get, path = "/api/exports/today.xlsx", tag = "exports", params(TodayAsked, LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn today_workbook(
    visit: Signed,
    Asked(asked): Asked<TodayAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::Today(filled(asked.owner)), lang).await
}

/// Churn by month as a workbook
#[utoipa::path(get, path = "/api/exports/churn.xlsx", tag = "exports", params(LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn churn_workbook(visit: Signed, Asked(lang): Asked<LangAsked>) -> Result<Response, Problem> {
    workbook(visit, Export::Churn, lang).await
}

/// The leavers of a month as a workbook
#[utoipa::path(get, path = "/api/exports/leavers.xlsx", tag = "exports", params(MonthAsked, LangAsked, AsOfQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn leavers_workbook(
    visit: Signed,
    Asked(asked): Asked<MonthAsked>,
    Asked(lang): Asked<LangAsked>,
) -> Result<Response, Problem> {
    workbook(visit, Export::Leavers(asked.month), lang).await
}

/// Imports as a workbook
#[utoipa::path(get, path = "/api/exports/imports.xlsx", tag = "exports", params(LangAsked),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn imports_workbook(visit: Signed, Asked(lang): Asked<LangAsked>) -> Result<Response, Problem> {
    workbook(visit, Export::Imports, lang).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_file_name_survives_and_no_name_breaks_the_header() {
        assert_eq!(
            disposition("客户.xlsx"),
            "attachment; filename=\"__.xlsx\"; filename*=UTF-8''%E5%AE%A2%E6%88%B7.xlsx"
        );
        assert!(!disposition("a\"\r\nSet-Cookie: x").contains('\n'));
    }
}
