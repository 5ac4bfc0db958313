//! What the model in service says of a customer and why; why customers leave, all together.

use std::sync::Arc;

use app::{ReasonsQuery, view};
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::CustomerId;

use super::Answer;
use crate::http::site::Site;
use crate::http::visit::{AsOfQuery, Asked, Named, Signed, filled};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(customer_risk)).routes(routes!(reasons))
}

/// A customer's risk
///
/// By the model in service: the probability of leaving within each horizon, why (contributions that add up to its log odds, by
/// branch of the reason tree, in the customer's own figures), the smallest change among what staff can change that would bring it
/// back, and the reasons that people confirmed. Where there is no risk it is said why.
#[utoipa::path(get, path = "/api/customers/{id}/risk", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded"), AsOfQuery),
    responses((status = 200, body = view::CustomerRisk)))]
async fn customer_risk(visit: Signed, Named(id): Named<String>) -> Answer<view::CustomerRisk> {
    let id = CustomerId::from(id);
    Ok(Json(visit.app.customer_risk(&visit.reader, &id, visit.as_of, visit.now).await?))
}

/// What the page of reasons is asked; the same for its tables.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReasonsAsked {
    /// The quarter of those who left; that of the moment when absent.
    #[param(example = "2025-Q2")]
    quarter: Option<String>,
    /// Only customers in this segment.
    segment: Option<String>,
}

impl ReasonsAsked {
    pub(super) fn query(self) -> ReasonsQuery {
        ReasonsQuery { quarter: filled(self.quarter), segment: filled(self.segment) }
    }
}

/// Why customers leave
///
/// Why those of a quarter left, as people confirmed it on closing their cases; why the tenth likeliest to leave are predicted to,
/// by the model in service; how often the two agree. Every count adds up.
#[utoipa::path(get, path = "/api/churn/reasons", tag = "churn", params(ReasonsAsked, AsOfQuery),
    responses((status = 200, body = view::ReasonsPage)))]
async fn reasons(visit: Signed, Asked(asked): Asked<ReasonsAsked>) -> Answer<view::ReasonsPage> {
    Ok(Json(visit.app.reasons_page(&visit.reader, &asked.query(), visit.as_of, visit.now).await?))
}
