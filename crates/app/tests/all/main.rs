//! What people do with the house, told as sentences about customers on a virtual clock.

mod desk;
mod firm;
mod identity;
mod import;
mod indicators;
mod live;
mod people;
mod post_mortem;
mod present;
mod quality;
mod rules;
mod scorecards;
mod segments;
mod world;
