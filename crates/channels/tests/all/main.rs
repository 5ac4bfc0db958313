//! What goes out by each door, and what is understood of what comes back: against receivers of our own.

mod bots;
mod letters;
mod post;
mod receiver;
