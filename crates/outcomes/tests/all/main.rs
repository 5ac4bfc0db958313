//! Who has left, by which definition, and when.

mod contracts;
mod definition;
mod eligible;
mod gaps;
mod lives;
mod months;
mod observed;
mod presence;
mod product_lines;
mod renewals;
mod told;
mod two_roads;
