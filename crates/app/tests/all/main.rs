//! What people do with the house, told as sentences about customers on a virtual clock.

mod firm;
mod identity;
mod import;
mod people;
mod present;
mod quality;
mod world;
