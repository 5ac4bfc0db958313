//! Events as clients send them: the Segment and the Sensors (神策) dialect.
//!
//! A call is read by a pure function ([`segment::read`], [`sensors::read`]) into messages: what happened to whom, or
//! why it cannot be a fact. The [`Door`] then makes facts, identity rows and held rows of them and hands them over in
//! one synced change. A message that is no good never takes the good ones of its call with it, unless the source is
//! strict; what is not taken is held with the reason, never dropped.
//!
//! Whose deed it is: a call with a group (`groupId`) is about that customer. Without one it is the user's own, unless
//! the source speaks of persons ([`Subject::Person`]) or the user is known to belong to a group; then it has only its
//! person, and counts for the person's only group. Anonymous people are persons until they say who they are.
//!
//! Not here: HTTP, keys and rates (`server`), the registry of sources (`app`), what a held row becomes (`facts`).

mod door;
mod fault;
mod item;
mod json;
mod names;
pub mod segment;
pub mod sensors;

use vocab::{Amount, Instant, Kind};

pub use door::{Door, Outcome, Taken, Via};
pub use fault::Fault;

/// Micros of a day.
const DAY_MICROS: i64 = 86_400_000_000;
/// 1990-01-01 in UTC: nothing that is told here happened earlier.
const EARLIEST_MICROS: i64 = 631_152_000_000_000;
/// The longest id or name, in bytes.
const NAME_BYTES: usize = 1_000;

/// How the ids begin that are given to messages without one.
const MADE: &str = "made-";

/// When and by which number a call arrived: the clock and the chance that the caller owns.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// The moment.
    pub now: Instant,
    /// A number that no other call has: what a message without an id is named by.
    pub number: u128,
}

/// Whom a user id names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// The customer, as long as nothing says that the user belongs to one.
    #[default]
    Customer,
    /// A person at a customer.
    Person,
}

/// A call as read: its messages in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Call {
    /// What was read.
    pub messages: Vec<Message>,
    /// What could not be.
    pub faulty: Vec<Faulty>,
}

impl Call {
    /// Messages in all.
    pub fn len(&self) -> usize {
        self.messages.len() + self.faulty.len()
    }

    /// Gives a message that came without an id the one that it was held under.
    pub fn keep_id(&mut self, id: &str) {
        if let [message] = &mut self.messages[..]
            && message.id.starts_with(MADE)
        {
            message.id = id.to_owned();
        }
    }

    /// Whether nothing came.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A message that can be a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub(crate) id: String,
    /// What stands for its content when the same id comes again.
    pub(crate) fingerprint: u128,
    pub(crate) user: Option<String>,
    pub(crate) anonymous: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) occurred_at: Instant,
    pub(crate) deed: Deed,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    Event(Box<Event>),
    /// Of the user.
    Traits(Vec<TraitChange>),
    /// Of the group, which the user belongs to.
    Group(Vec<TraitChange>),
    /// These keys are other names of the user.
    Alias(Vec<String>, Option<Box<Event>>),
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) value: Option<Amount>,
    pub(crate) currency: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) properties: Vec<(String, String)>,
}

/// What becomes of one trait.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TraitChange {
    Set(String, String),
    Unset(String),
    SetOnce(String, String),
    Increment(String, f64),
    Append(String, Vec<String>),
    Clear,
}

/// A message that cannot be a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Faulty {
    /// Its id; made of its content where it has none.
    pub id: String,
    /// What is wrong.
    pub fault: Fault,
    /// As it came, JSON text; with what its call said about all of its messages.
    pub body: String,
}

/// Hash of the parts, each with its length, so that no two lists of parts look alike.
pub(crate) fn hash_of(parts: &[&str]) -> u128 {
    hash_in(&mut Vec::new(), parts)
}

/// The same, put together in room that is used again: hashed in one piece.
pub(crate) fn hash_in(room: &mut Vec<u8>, parts: &[&str]) -> u128 {
    room.clear();
    for part in parts {
        room.extend_from_slice(&(part.len() as u64).to_le_bytes());
        room.extend_from_slice(part.as_bytes());
    }
    let mut first = [0u8; 16];
    first.copy_from_slice(&blake3::hash(room).as_bytes()[..16]);
    u128::from_be_bytes(first)
}

/// The id of a message that has none.
fn made_id(arrival: Arrival, position: usize) -> String {
    let number = hash_of(&[&arrival.number.to_string(), &position.to_string()]);
    format!("{MADE}{number:032x}")
}

/// When it happened, by our clock: `received − (sent − told)`. Up to a day ahead of us counts as now.
///
/// The second value is the moment as told, where it was not believed.
fn moment(told: Instant, sent: Option<Instant>, now: Instant) -> Result<(Instant, bool), &'static str> {
    let corrected = match sent {
        Some(sent) => now.micros() as i128 - (sent.micros() as i128 - told.micros() as i128),
        None => told.micros() as i128,
    };
    let now = now.micros() as i128;
    if corrected < EARLIEST_MICROS as i128 {
        return Err("too_old");
    }
    if corrected > now + DAY_MICROS as i128 {
        return Err("too_far_ahead");
    }
    let is_ahead = corrected > now;
    Ok((Instant::from_micros(corrected.min(now) as i64), is_ahead))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn a_clock_that_goes_wrong_is_put_right_by_when_it_says_it_sent() {
        let now = at("2026-01-05T10:00:00Z");
        let (told, sent) = (at("2026-01-05T13:00:00Z"), at("2026-01-05T13:00:30Z"));
        assert_eq!(moment(told, Some(sent), now), Ok((at("2026-01-05T09:59:30Z"), false)));
        assert_eq!(moment(told, None, now), Ok((now, true)), "up to a day ahead is now");
        assert_eq!(moment(at("2026-01-06T10:00:01Z"), None, now), Err("too_far_ahead"));
        assert_eq!(moment(at("1989-12-31T23:59:59Z"), None, now), Err("too_old"));
        assert_eq!(moment(at("1990-01-01T00:00:00Z"), None, now), Ok((at("1990-01-01T00:00:00Z"), false)));
        assert!(moment(Instant::MIN, Some(Instant::MAX), now).is_err());
        assert!(moment(Instant::MAX, Some(Instant::MIN), now).is_err());
    }

    #[test]
    fn two_lists_of_parts_never_look_alike() {
        assert_ne!(hash_of(&["ab", "c"]), hash_of(&["a", "bc"]));
        assert_ne!(hash_of(&["a"]), hash_of(&["a", ""]));
    }
}
