//! What history teaches, on tables and worlds of which the truth is known.

mod classify;
mod lab;
