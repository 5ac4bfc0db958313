//! What a working day is, and where a deadline falls.

mod arithmetic;
mod china;
mod definition;
