//! Renewals: contracts that come to their end.

use std::sync::Arc;

use app::{RenewalQuery, view};
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::CustomerId;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Body, Named, Signed, filled, list, rows, to_the_end};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .routes(routes!(renewals))
        .routes(routes!(renewal_months))
        .routes(routes!(customer_renewals))
        .routes(routes!(say_renewal))
}

/// Filters of renewals; the same for their export.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RenewalsAsked {
    /// Due in this month, `YYYY-MM`.
    month: Option<String>,
    /// Owner key; `-` is nobody.
    owner: Option<String>,
    /// Bands of the customer now, comma-separated; `unknown` is one of them.
    band: Option<String>,
    /// What the owner judges: `renew`, `shrink`, `unsure`, `leave`, `none`.
    judgement: Option<String>,
    /// What the customer answered: the same words.
    answer: Option<String>,
    /// `not_started`, `contacted`, `negotiating`, `signing`.
    stage: Option<String>,
    /// `open` (neither facts nor people have decided, when absent), `decided`, `contradicted` (facts and people say
    /// different things), `all`.
    state: Option<String>,
    /// Part of a customer's name or id.
    search: Option<String>,
    /// From the page before.
    cursor: Option<String>,
    /// Rows in a page: 100 when absent, at most 500.
    limit: Option<usize>,
}

impl RenewalsAsked {
    pub(super) fn query(self) -> RenewalQuery {
        RenewalQuery {
            month: filled(self.month),
            owner: filled(self.owner),
            bands: list(self.band.as_deref()),
            judgement: filled(self.judgement),
            answer: filled(self.answer),
            stage: filled(self.stage),
            state: filled(self.state),
            search: filled(self.search),
            cursor: filled(self.cursor),
            limit: rows(self.limit, 100),
        }
    }
}

/// Renewals
///
/// Contracts that end, or ended within the last twelve months, what is due first, first (of decided ones what was decided
/// last, first). What the facts say became of
/// each, what the owner judges, what the customer answered and what was computed stand beside each other. Contracts that
/// run for less than 45 days are left out.
#[utoipa::path(get, path = "/api/renewals", tag = "customers", params(RenewalsAsked, AsOfQuery),
    responses((status = 200, body = view::RenewalList)))]
async fn renewals(visit: Signed, Asked(asked): Asked<RenewalsAsked>) -> Answer<view::RenewalList> {
    Ok(Json(visit.app.renewals(&visit.reader.scope, &asked.query(), visit.as_of, visit.now).await?))
}

/// The calendar of renewals
///
/// Month by month: what falls due, what became of it, what the owners promise and, beside it, what was computed from how
/// often contracts of each band were renewed here. Twelve months back, eleven ahead.
#[utoipa::path(get, path = "/api/renewals/months", tag = "customers", params(AsOfQuery),
    responses((status = 200, body = view::RenewalMonths)))]
async fn renewal_months(visit: Signed) -> Answer<view::RenewalMonths> {
    Ok(Json(visit.app.renewal_months(&visit.reader.scope, visit.as_of, visit.now).await?))
}

/// A customer's renewals
///
/// Its contracts, the latest first, the next one due, and everything that was said of them.
#[utoipa::path(get, path = "/api/customers/{id}/renewals", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded"), AsOfQuery),
    responses((status = 200, body = view::CustomerRenewals)))]
async fn customer_renewals(visit: Signed, Named(id): Named<String>) -> Answer<view::CustomerRenewals> {
    let id = CustomerId::from(id);
    Ok(Json(visit.app.customer_renewals(&visit.reader.scope, &id, visit.as_of, visit.now).await?))
}

/// Say something of a renewal
///
/// One thing at a time: what you judge, what the customer answered, how far the work is, what comes next, and where the
/// facts are silent what became of it. 409 `version_conflict`, with who did what, when somebody else was faster; 409
/// `facts_decided` for an outcome that the facts have told already.
#[utoipa::path(post, path = "/api/customers/{id}/renewals/{due_on}", tag = "customers", request_body = view::SayRenewal,
    params(
        ("id" = String, Path, description = "The source's own id, percent-encoded"),
        ("due_on" = String, Path, description = "Last day of the contract"),
    ),
    responses((status = 200, body = view::RenewalRow)))]
async fn say_renewal(
    Signed(visit): Signed,
    Named((id, due_on)): Named<(String, String)>,
    Body(request): Body<view::SayRenewal>,
) -> Answer<view::RenewalRow> {
    let id = CustomerId::from(id);
    to_the_end(async move { visit.app.say_renewal(&visit.reader, &id, &due_on, request, visit.now).await })
        .await
        .map(Json)
}
