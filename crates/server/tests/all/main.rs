//! What the outside relies on: routes, commands, and that nothing is lost when the process is killed.

mod backtests;
mod calls;
mod cases;
mod churn_definitions;
mod commands;
mod desk;
mod durable;
#[path = "../../../app/tests/all/fixture.rs"]
mod fixture;
mod follow_ups;
mod guards;
mod hooks;
mod hostile;
mod house;
mod kills;
mod lab;
mod learning;
mod living;
mod models;
mod notices;
mod openapi;
mod ownership;
mod pages;
#[path = "../../../channels/tests/all/post.rs"]
mod post;
mod post_mortem;
mod pulls;
mod reminders;
mod renewals;
mod review;
mod routes;
mod rules;
mod scope;
mod scorecards;
mod secrets;
mod sheets;
mod sources;
mod staff;
mod tables;
mod tls;
mod tried;
mod wire;
