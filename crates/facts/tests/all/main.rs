//! The record of facts, tried from outside its door.

mod compact;
mod crash;
mod held;
mod identity;
mod live;
mod naive;
mod past;
mod record;
mod scan;
mod scores;
mod speed;
mod synced;
