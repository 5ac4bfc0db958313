//! The Segment dialect: `identify track page screen group alias`, alone or in a batch.
//!
//! # Source
//! Segment's HTTP Tracking API and its common fields, as its clients send them.

use std::borrow::Cow;
use std::cell::RefCell;

use serde_json::Value;
use serde_json::value::RawValue;
use vocab::{Instant, Kind, Zone};

use super::item::{Batch, Item};
use super::json::{Members, flatten, is_object, word};
use super::{
    Arrival, Call, Deed, Event, Fault, Faulty, Message, NAME_BYTES, TraitChange, hash_in, hash_of, made_id, moment,
    names,
};

/// The largest call of one message, and the largest message of a batch, in bytes.
pub const CALL_BYTES: usize = 32 << 10;
/// The largest batch, in bytes.
pub const BATCH_BYTES: usize = 500 << 10;

/// Parts of the context that are kept with an event; the rest of it speaks of the client, not of the customer.
const CONTEXT: [&str; 5] = ["page", "campaign", "app", "os", "device"];

/// What a path says about the message in its body; `None`: a batch, or the message says it itself.
pub fn type_of(path: &str) -> Option<&'static str> {
    Some(match path {
        "identify" | "i" => "identify",
        "track" | "t" => "track",
        "page" | "p" => "page",
        "screen" | "s" => "screen",
        "group" | "g" => "group",
        "alias" | "a" => "alias",
        _ => return None,
    })
}

/// The write key that a body names.
pub fn write_key(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    Some(word(Members::of(text)?.get("writeKey")?)?.into_owned())
}

/// Reads a call: one message of a type that its path tells, or a batch.
///
/// Whatever is wrong with one message becomes a [`Faulty`] of the call.
///
/// # Errors
/// The call as a whole is refused: no JSON, no object, no list of messages, larger than allowed.
pub fn read(kind: Option<&'static str>, body: &[u8], zone: &Zone, arrival: Arrival) -> Result<Call, Fault> {
    let limit = if kind.is_some() { CALL_BYTES } else { BATCH_BYTES };
    if body.len() > limit {
        return Err(fault("too_large", "$"));
    }
    let text = std::str::from_utf8(body).map_err(|_| fault("not_json", "$"))?;
    if kind.is_none()
        && let Some(batch) = Batch::read(text)
    {
        return read_batch(batch.items, batch.sent, batch.context, zone, arrival);
    }
    let whole: &RawValue = serde_json::from_str(text).map_err(|_| fault("not_json", "$"))?;
    let members = Members::of(whole.get()).ok_or_else(|| fault("bad_shape", "$"))?;
    let Some(list) = members.get("batch") else {
        if kind.is_none() && members.get("type").is_none() {
            return Err(fault("bad_shape", "$.batch"));
        }
        let mut call = Call::default();
        Reader::new(kind, Shared::default(), zone, arrival).take(whole, Place(None), &mut call);
        return Ok(call);
    };
    let items: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(|_| fault("bad_shape", "$.batch"))?;
    read_batch(items, members.get("sentAt"), members.get("context"), zone, arrival)
}

fn read_batch<'a>(
    items: Vec<&'a RawValue>,
    sent: Option<&'a RawValue>,
    context: Option<&'a RawValue>,
    zone: &'a Zone,
    arrival: Arrival,
) -> Result<Call, Fault> {
    if let Some(large) = items.iter().position(|item| item.get().len() > CALL_BYTES) {
        return Err(fault("too_large", &Place(Some(large)).path()));
    }
    let context = context.and_then(|context| Members::of(context.get()));
    let group = context.and_then(|context| word(context.get("groupId")?).map(Cow::into_owned));
    let reader = Reader::new(None, Shared { sent, group }, zone, arrival);
    let mut call = Call::default();
    call.messages.reserve(items.len());
    for (position, item) in items.into_iter().enumerate() {
        reader.take(item, Place(Some(position)), &mut call);
    }
    Ok(call)
}

fn fault(code: &str, path: &str) -> Fault {
    Fault::new(code, path)
}

/// What a batch says about all of its messages.
#[derive(Default)]
struct Shared<'a> {
    sent: Option<&'a RawValue>,
    group: Option<String>,
}

/// Which message of its call: told only where something is wrong with it.
#[derive(Clone, Copy)]
struct Place(Option<usize>);

impl Place {
    fn path(self) -> String {
        self.0.map_or_else(|| "$".to_owned(), |position| format!("$.batch[{position}]"))
    }

    fn at(self, name: &str) -> String {
        format!("{}.{name}", self.path())
    }
}

struct Reader<'a> {
    kind: Option<&'static str>,
    shared: Shared<'a>,
    zone: &'a Zone,
    arrival: Arrival,
    sorts: names::Sorts,
    /// Where what is hashed is put together.
    room: RefCell<Vec<u8>>,
}

impl<'a> Reader<'a> {
    fn new(kind: Option<&'static str>, shared: Shared<'a>, zone: &'a Zone, arrival: Arrival) -> Reader<'a> {
        Reader { kind, shared, zone, arrival, sorts: names::Sorts::default(), room: RefCell::default() }
    }

    fn take(&self, item: &'a RawValue, place: Place, call: &mut Call) {
        match self.message(item, place) {
            Ok(message) => call.messages.push(message),
            Err(fault) => call.faulty.push(self.faulty(item, fault)),
        }
    }

    fn message(&self, item: &'a RawValue, place: Place) -> Result<Message, Fault> {
        let members = Item::of(item.get()).ok_or_else(|| fault("bad_shape", &place.path()))?;
        let kind = match self.kind {
            Some(kind) => Cow::Borrowed(kind),
            None => members.kind.and_then(word).ok_or_else(|| fault("unknown_type", &place.at("type")))?,
        };
        let context = members.context.and_then(|context| Members::of(context.get()));
        let in_context = context.as_ref().and_then(|context| context.get("groupId")).and_then(word);
        let user = named(members.user, "userId", place)?;
        let anonymous = named(members.anonymous, "anonymousId", place)?;
        let group = named(members.group, "groupId", place)?;
        let group = group.or_else(|| in_context.map(Cow::into_owned)).or_else(|| self.shared.group.clone());
        if user.is_none() && anonymous.is_none() {
            return Err(fault("missing_user", &place.at("userId")));
        }
        let (occurred_at, told) = self.occurred_at(&members, place)?;
        let deed = self.deed(&kind, &members, context.as_ref(), user.as_deref(), told, place)?;
        if matches!(deed, Deed::Group(_)) && group.is_none() {
            return Err(fault("missing_group", &place.at("groupId")));
        }
        let id = named(members.id, "messageId", place)?;
        let id = id.unwrap_or_else(|| made_id(self.arrival, place.0.unwrap_or_default()));
        let raw = |member: Option<&'a RawValue>| member.map_or("", RawValue::get);
        let parts: [&str; 11] = [
            &kind,
            user.as_deref().unwrap_or_default(),
            anonymous.as_deref().unwrap_or_default(),
            group.as_deref().unwrap_or_default(),
            raw(members.event),
            raw(members.name),
            raw(members.previous),
            raw(members.original_timestamp),
            raw(members.timestamp),
            raw(members.properties),
            raw(members.traits),
        ];
        let fingerprint = hash_in(&mut self.room.borrow_mut(), &parts);
        Ok(Message { id, fingerprint, user, anonymous, group, occurred_at, deed })
    }

    /// When it happened, and what was told where that could not be believed.
    fn occurred_at(&self, members: &Item<'a>, place: Place) -> Result<(Instant, Option<String>), Fault> {
        let now = self.arrival.now;
        let (value, name) = match members.original_timestamp {
            Some(value) => (value, "originalTimestamp"),
            None => match members.timestamp {
                Some(value) => (value, "timestamp"),
                None => return Ok((now, None)),
            },
        };
        let told = instant(value, self.zone).ok_or_else(|| fault("bad_time", &place.at(name)))?;
        let sent = members.sent.or(self.shared.sent).and_then(|sent| instant(sent, self.zone));
        let (occurred, is_ahead) = moment(told, sent, now).map_err(|code| fault(code, &place.at(name)))?;
        Ok((occurred, is_ahead.then(|| word(value).unwrap_or_default().into_owned())))
    }

    fn deed(
        &self,
        kind: &str,
        members: &Item<'a>,
        context: Option<&Members<'a>>,
        user: Option<&str>,
        told: Option<String>,
        place: Place,
    ) -> Result<Deed, Fault> {
        let properties = || object(members.properties, "properties", place);
        match kind {
            "track" => {
                let name = named(members.event, "event", place)?;
                let name = name.ok_or_else(|| fault("missing_event", &place.at("event")))?;
                let event = names::event_among(&self.sorts, &name, properties()?);
                Ok(Deed::Event(Box::new(with_context(event, context, told))))
            }
            "page" | "screen" => {
                let name = if kind == "page" { "Page Viewed" } else { "Screen Viewed" };
                let mut event = names::event_among(&self.sorts, name, properties()?);
                event.kind = Kind::Event;
                for (own, member) in [("name", members.name), ("category", members.category)] {
                    if let Some(text) = member.and_then(word) {
                        event.properties.push((own.to_owned(), text.into_owned()));
                    }
                }
                Ok(Deed::Event(Box::new(with_context(event, context, told))))
            }
            "identify" => Ok(Deed::Traits(traits(object(members.traits, "traits", place)?))),
            "group" => Ok(Deed::Group(traits(object(members.traits, "traits", place)?))),
            "alias" => {
                let previous = named(members.previous, "previousId", place)?;
                let previous = previous.ok_or_else(|| fault("missing_previous", &place.at("previousId")))?;
                let user = user.ok_or_else(|| fault("missing_user", &place.at("userId")))?;
                if previous == user {
                    return Err(fault("same_user", &place.at("previousId")));
                }
                Ok(Deed::Alias(vec![previous], None))
            }
            _ => Err(fault("unknown_type", &place.at("type"))),
        }
    }

    /// A message as the quarantine keeps it: it tells its type and what its batch said about it.
    fn faulty(&self, item: &RawValue, fault: Fault) -> Faulty {
        let kind = self.kind.unwrap_or_default();
        let members = Members::of(item.get());
        let own = members.as_ref().and_then(|members| members.get("messageId")).and_then(word);
        let id = own.filter(|id| id.len() <= NAME_BYTES).map(Cow::into_owned);
        let id = id.unwrap_or_else(|| format!("held-{:032x}", hash_of(&[kind, item.get()])));
        let body = match serde_json::from_str::<Value>(item.get()) {
            Ok(Value::Object(mut object)) => {
                if !kind.is_empty() {
                    object.insert("type".to_owned(), Value::from(kind));
                }
                object.remove("writeKey");
                let sent = self.shared.sent.and_then(|sent| serde_json::from_str(sent.get()).ok());
                if let (Some(sent), false) = (sent, object.contains_key("sentAt")) {
                    object.insert("sentAt".to_owned(), sent);
                }
                if let (Some(group), false) = (&self.shared.group, object.contains_key("groupId")) {
                    object.insert("groupId".to_owned(), Value::from(group.as_str()));
                }
                Value::Object(object).to_string()
            }
            _ => item.get().to_owned(),
        };
        Faulty { id, fault, body }
    }
}

/// A member that names something.
fn named(member: Option<&RawValue>, name: &str, place: Place) -> Result<Option<String>, Fault> {
    let Some(value) = member else { return Ok(None) };
    if matches!(value.get().as_bytes().first(), Some(b'{' | b'[' | b't' | b'f')) {
        return Err(fault("bad_shape", &place.at(name)));
    }
    match word(value) {
        Some(word) if word.len() > NAME_BYTES => Err(fault("too_long", &place.at(name))),
        word => Ok(word.map(Cow::into_owned)),
    }
}

/// A member that is an object, if it is there.
fn object<'a>(member: Option<&'a RawValue>, name: &str, place: Place) -> Result<Option<&'a RawValue>, Fault> {
    match member {
        Some(value) if !is_object(value) => Err(fault("bad_shape", &place.at(name))),
        value => Ok(value),
    }
}

fn traits(object: Option<&RawValue>) -> Vec<TraitChange> {
    let mut flat = Vec::new();
    if let Some(object) = object {
        flatten(object, &mut flat);
    }
    let change = |(name, value)| match value {
        Some(value) => TraitChange::Set(name, value),
        None => TraitChange::Unset(name),
    };
    flat.into_iter().map(change).collect()
}

fn with_context(mut event: Event, context: Option<&Members<'_>>, told: Option<String>) -> Event {
    let mut flat = Vec::new();
    for part in CONTEXT {
        if let Some(value) = context.and_then(|context| context.get(part)).filter(|value| is_object(value)) {
            let begin = flat.len();
            flatten(value, &mut flat);
            flat[begin..].iter_mut().for_each(|(name, _)| *name = format!("context.{part}.{name}"));
        }
    }
    event.properties.extend(flat.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))));
    event.properties.extend(told.map(|told| ("original_timestamp".to_owned(), told)));
    event
}

/// A moment: ISO 8601 (without a zone: the firm's), or seconds or milliseconds since 1970.
fn instant(value: &RawValue, zone: &Zone) -> Option<Instant> {
    let word = word(value)?;
    let text = word.trim();
    if let Ok(number) = text.parse::<f64>() {
        let micros = if number.abs() >= 1e11 { number * 1e3 } else { number * 1e6 };
        return (micros.abs() < 1e18).then(|| Instant::from_micros(micros as i64));
    }
    Instant::parse_rfc3339(text).ok().or_else(|| zone.parse(text).ok())
}
