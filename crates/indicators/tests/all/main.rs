//! Indicators from outside: what they mean, by specs; that they are right, by a second road; what a wrong definition
//! is told; that what ships is sound.

mod bearing;
mod census;
mod day;
mod definitions;
mod naive_compare;
mod peers;
mod populations;
mod rhythm;
mod shipped;
mod specs;
mod sql;
mod standing;
mod supply;
mod two_roads;
