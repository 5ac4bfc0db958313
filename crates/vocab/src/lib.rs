//! The words of the house.
//!
//! Every other room speaks in these types. They hold no algorithm, read no clock and touch no file; what they do is
//! make a wrong sentence impossible to write: health cannot be added to risk, a moment cannot be mistaken for a
//! duration, a number that could not be computed carries the reason instead of a zero.
//!
//! Not here: storage (`facts`, `store`), working time and holidays (`calendar`), anything that decides.

mod finding;
mod id;
mod kind;
mod lang;
mod lines;
mod mask;
mod measure;
mod money;
mod notice;
mod outside;
mod reach;
mod scope;
mod time;

pub use finding::{Finding, Place};
pub use id::{ActorId, CustomerId, MessageId, SourceName};
pub use kind::Kind;
pub use lang::{Lang, Text};
pub use lines::{LINES_SEPARATOR, USUAL_LINE_NAMES};
pub use mask::masked;
pub use measure::{Band, Health, Risk, Severity, Unknown};
pub use money::{Amount, Money};
pub use notice::{Notice, NoticeKind, NoticeLine};
pub use outside::is_public;
pub use reach::{Email, KeyType, Line, Phone};
pub use scope::Scope;
pub use time::{AsOf, Civil, Horizon, Instant, ParseTimeError, Window, Zone};
