//! The record of facts, tried from outside its door.

mod compact;
mod crash;
mod fresh;
mod haul;
mod held;
mod identity;
mod identity_files;
mod live;
mod naive;
mod news;
mod of_one;
mod parts;
mod past;
mod record;
mod scan;
mod scores;
mod speed;
mod synced;
