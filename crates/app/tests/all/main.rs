//! What people do with the house, told as sentences about customers on a virtual clock.

mod cases;
mod desk;
mod exports;
mod firm;
mod fixture;
mod follow_ups;
mod hours;
mod identity;
mod import;
mod indicators;
mod live;
mod models;
mod notices;
mod people;
mod pool_returns;
mod post_mortem;
mod present;
mod product_lines;
mod quality;
#[path = "../../../channels/tests/all/receiver.rs"]
mod receiver;
mod reminders;
mod renewals;
mod review;
mod rhythm;
mod risk;
mod rules;
mod scale;
mod scorecards;
mod segments;
mod sheets;
mod team;
mod waiting;
mod world;
