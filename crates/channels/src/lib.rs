//! Doors to the outside: how a message leaves the house, and what came of it.
//!
//! A [`Door`] is read once from its settings and secrets; [`Doors::send`] hands it one [`Message`] and says what became
//! of it: delivered, or a [`Fault`] whose class says whether it may be tried again. Each door keeps to what its service
//! publishes: byte limits by cutting whole lines ([`Message`] says how many are left out), signatures, and its rate,
//! which whoever sends asks of [`Pace`] first.
//!
//! Not here: who is told what (`actions`), what is waiting and what was tried (`store`), when it is sent and how often
//! it is tried again (`app`). Nothing is logged and no secret is in any word that comes back.

mod cut;
mod dingtalk;
mod door;
mod fault;
mod feishu;
mod http;
mod mail;
mod message;
mod pace;
mod sign;
mod wecom;

pub use door::{Door, DoorKind, Doors, Receipt};
pub use fault::{Fault, FaultClass};
pub use message::{Line, Message, Recipient};
pub use pace::{Pace, pace};
