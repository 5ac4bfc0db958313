//! The record of facts, tried from outside its door.

mod crash;
mod held;
mod identity;
mod naive;
mod past;
mod record;
mod scores;
mod speed;
