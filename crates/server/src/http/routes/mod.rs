//! The routes, a file for each page that asks them.

pub(crate) mod advice;
pub(crate) mod alerts;
pub(crate) mod backtests;
pub(crate) mod budget;
pub(crate) mod cases;
pub(crate) mod churn;
pub(crate) mod customers;
pub(crate) mod cycle;
pub(crate) mod data;
pub(crate) mod definitions;
pub(crate) mod desk;
pub(crate) mod exports;
pub(crate) mod firm;
pub(crate) mod follow_ups;
pub(crate) mod health;
pub(crate) mod hooks;
pub(crate) mod identity;
pub(crate) mod imports;
pub(crate) mod indicators;
pub(crate) mod inspector;
pub(crate) mod models;
pub(crate) mod notices;
pub(crate) mod ownership;
pub(crate) mod post_mortem;
pub(crate) mod pulls;
pub(crate) mod quality;
pub(crate) mod reminders;
pub(crate) mod renewals;
pub(crate) mod review;
pub(crate) mod risk;
pub(crate) mod rules;
pub(crate) mod scorecards;
pub(crate) mod segments;
pub(crate) mod session;
pub(crate) mod sheets;
pub(crate) mod sources;
pub(crate) mod staff;
pub(crate) mod tables;
pub(crate) mod team;
pub(crate) mod today;

use std::sync::Arc;

use axum::Json;
use utoipa_axum::router::OpenApiRouter;

use super::problem::Problem;
use super::site::Site;

/// What a handler gives: JSON or a refusal.
pub(crate) type Answer<T> = Result<Json<T>, Problem>;

/// Every route of the API with its description.
pub(crate) fn all() -> OpenApiRouter<Arc<Site>> {
    OpenApiRouter::new()
        .merge(session::routes())
        .merge(firm::routes())
        .merge(today::routes())
        .merge(customers::routes())
        .merge(advice::routes())
        .merge(alerts::routes())
        .merge(backtests::routes())
        .merge(budget::routes())
        .merge(cases::routes())
        .merge(churn::routes())
        .merge(data::routes())
        .merge(imports::routes())
        .merge(sources::routes())
        .merge(staff::routes())
        .merge(team::routes())
        .merge(pulls::routes())
        .merge(indicators::routes())
        .merge(inspector::routes())
        .merge(ownership::routes())
        .merge(post_mortem::routes())
        .merge(cycle::routes())
        .merge(definitions::routes())
        .merge(desk::routes())
        .merge(exports::routes())
        .merge(follow_ups::routes())
        .merge(health::routes())
        .merge(hooks::routes())
        .merge(identity::routes())
        .merge(notices::routes())
        .merge(models::routes())
        .merge(quality::routes())
        .merge(reminders::routes())
        .merge(renewals::routes())
        .merge(review::routes())
        .merge(risk::routes())
        .merge(rules::routes())
        .merge(scorecards::routes())
        .merge(segments::routes())
        .merge(sheets::routes())
        .merge(tables::routes())
}
