//! The only room that speaks HTTP, JSON and command line: the binary `liuke`.
//!
//! It owns the clock. It decides nothing about customers: every route and every command calls one use case of `app` and
//! writes out what that returns.

pub mod cli;
mod clock;
mod delivering;
pub mod http;
pub mod openapi;
mod patience;
mod serving;
mod tls;
