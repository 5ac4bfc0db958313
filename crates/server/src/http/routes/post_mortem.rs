//! Customers that were lost: looked back upon, and what to change.

use std::sync::Arc;

use app::view;
use axum::Json;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::CustomerId;

use super::Answer;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::visit::{Named, Signed};

pub(crate) fn routes() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new().routes(routes!(post_mortem)).routes(routes!(propose_rule))
}

/// A lost customer, looked back upon
///
/// Its half year before it left, week by week: health, what each rule could have seen and from when on with the fact
/// behind it, the alerts that were opened and what became of them, and how far a proposal is.
#[utoipa::path(get, path = "/api/customers/{id}/post-mortem", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded")),
    responses((status = 200, body = view::PostMortem)))]
async fn post_mortem(visit: Signed, Named(id): Named<String>) -> Answer<view::PostMortem> {
    let id = CustomerId::from(id);
    Ok(Json(visit.app.post_mortem(&visit.reader, &id, visit.now).await?))
}

/// Propose a change of the rules
///
/// In the background: a threshold that speaks earlier, or an indicator that moved first, each replayed on the firm's own
/// past. One is worked out at a time. For who sees all customers.
#[utoipa::path(post, path = "/api/customers/{id}/post-mortem/proposal", tag = "customers",
    params(("id" = String, Path, description = "The source's own id, percent-encoded")),
    responses((status = 202, body = view::ProposalRun)))]
async fn propose_rule(
    visit: Signed,
    Named(id): Named<String>,
) -> Result<(StatusCode, Json<view::ProposalRun>), Problem> {
    let id = CustomerId::from(id);
    Ok((StatusCode::ACCEPTED, Json(visit.app.propose_rule(&visit.reader, &id, visit.now).await?)))
}
