//! What history teaches, on tables, firms and worlds of which the truth is known, and on public data.

mod backtest;
mod classify;
mod discovery;
mod efficacy;
mod frames;
mod lab;
mod real;
mod train;
mod weights;
