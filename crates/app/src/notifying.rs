//! Telling people of work: who is told what, by which channel, and what became of it.

mod calls;
pub(crate) mod deliver;
pub(crate) mod notice_channels;
pub(crate) mod notices;
pub(crate) mod telling;
