//! What people do with the house, told as sentences about customers on a virtual clock.

mod cases;
mod desk;
mod firm;
mod fixture;
mod follow_ups;
mod identity;
mod import;
mod indicators;
mod live;
mod people;
mod post_mortem;
mod present;
mod quality;
mod rhythm;
mod rules;
mod scorecards;
mod segments;
mod world;
