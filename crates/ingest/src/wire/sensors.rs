//! The Sensors (神策) dialect: `track`, `track_signup` and `profile_*`, alone or in a list, as its clients wrap them.
//!
//! # Source
//! The data format of Sensors Analytics (manual.sensorsdata.cn) and what its Python and JavaScript clients send.

use std::borrow::Cow;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde_json::value::RawValue;
use vocab::{Instant, Zone};

use super::json::{Members, flatten, is_object, number, text_of, word};
use super::{Arrival, Call, Deed, Event, Fault, Faulty, Message, NAME_BYTES, TraitChange, hash_of, moment, names};

/// The largest call after it was unpacked, in bytes.
pub const CALL_BYTES: usize = 2 << 20;
/// The largest record, in bytes.
pub const RECORD_BYTES: usize = 256 << 10;

/// A call as it was wrapped: the fields of a form or of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrapped {
    /// One record.
    pub data: Option<String>,
    /// A list of records.
    pub data_list: Option<String>,
    /// Whether they are compressed.
    pub is_gzip: bool,
}

/// Unpacks what a form or a query holds: base64, compressed or not, or JSON as it is.
///
/// # Errors
/// Nothing in it, neither base64 nor JSON, damaged, or larger than allowed.
pub fn unwrap(wrapped: &Wrapped) -> Result<Vec<u8>, Fault> {
    let (text, path) = match (&wrapped.data_list, &wrapped.data) {
        (Some(list), _) => (list, "data_list"),
        (None, Some(one)) => (one, "data"),
        (None, None) => return Err(fault("bad_shape", "data")),
    };
    let text = text.trim();
    if text.starts_with(['{', '[']) {
        return sized(text.as_bytes().to_vec(), path);
    }
    // A `+` that was not encoded arrives as a space.
    let packed: String = text.chars().map(|c| if c == ' ' { '+' } else { c }).filter(|c| *c != '\n').collect();
    let bytes = STANDARD.decode(&packed).or_else(|_| STANDARD_NO_PAD.decode(&packed));
    let bytes = bytes.map_err(|_| fault("not_json", path))?;
    // Old clients say gzip and mean it; some mean it and do not say so.
    match wrapped.is_gzip || bytes.starts_with(&[0x1f, 0x8b]) {
        true => expand(&bytes, CALL_BYTES).map_err(|refused| Fault { path: path.to_owned(), ..refused }),
        false => sized(bytes, path),
    }
}

fn sized(bytes: Vec<u8>, path: &str) -> Result<Vec<u8>, Fault> {
    if bytes.len() > CALL_BYTES { Err(fault("too_large", path)) } else { Ok(bytes) }
}

/// Expands a compressed body.
///
/// # Errors
/// It is larger than `limit`, however much larger: no more of it is expanded. Or it is damaged.
pub fn expand(bytes: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::with_capacity(bytes.len().saturating_mul(4).min(limit + 1));
    match flate2::read::GzDecoder::new(bytes).take(limit as u64 + 1).read_to_end(&mut out) {
        Ok(_) if out.len() <= limit => Ok(out),
        Ok(_) => Err(too_large()),
        Err(_) => Err(fault("not_unpacked", "$")),
    }
}

/// The refusal of a body that is larger than allowed, or broke off.
pub fn too_large() -> Fault {
    fault("too_large", "$")
}

/// The refusal of a body that does not come to its end.
pub fn too_slow() -> Fault {
    fault("too_slow", "$")
}

/// The refusal of a body that is not JSON.
pub fn not_json() -> Fault {
    fault("not_json", "$")
}

/// Reads a call: a record or a list of records.
///
/// # Errors
/// The call as a whole is refused: no JSON, neither a record nor a list, larger than allowed.
pub fn read(body: &[u8], zone: &Zone, arrival: Arrival) -> Result<Call, Fault> {
    if body.len() > CALL_BYTES {
        return Err(fault("too_large", "$"));
    }
    let text = std::str::from_utf8(body).map_err(|_| fault("not_json", "$"))?;
    let whole: &RawValue = serde_json::from_str(text).map_err(|_| fault("not_json", "$"))?;
    let mut call = Call::default();
    if is_object(whole) {
        take(whole, "$", zone, arrival, &mut call);
        return Ok(call);
    }
    let records: Vec<&RawValue> = serde_json::from_str(whole.get()).map_err(|_| fault("bad_shape", "$"))?;
    for (position, record) in records.into_iter().enumerate() {
        take(record, &format!("$[{position}]"), zone, arrival, &mut call);
    }
    Ok(call)
}

fn fault(code: &str, path: &str) -> Fault {
    Fault::new(code, path)
}

fn take(record: &RawValue, path: &str, zone: &Zone, arrival: Arrival, call: &mut Call) {
    let read = match record.get().len() > RECORD_BYTES {
        true => Err(fault("too_large", path)),
        false => message(record, path, zone, arrival),
    };
    match read {
        Ok(message) => call.messages.push(message),
        Err(fault) => {
            let id = match Members::of(record.get()) {
                Some(members) => id_of(&members),
                None => format!("held-{:032x}", hash_of(&[record.get()])),
            };
            call.faulty.push(Faulty { id, fault, body: record.get().to_owned() });
        }
    }
}

/// What tells a record from every other: the client's own number with its person and time, else its content.
fn id_of(members: &Members<'_>) -> String {
    let raw = |name: &str| members.get(name).map_or("", RawValue::get);
    match members.get("_track_id").and_then(word) {
        Some(own) => {
            let own = own.chars().take(64).collect::<String>();
            format!("{own}-{:032x}", hash_of(&[raw("distinct_id"), raw("time"), raw("type"), raw("event")]))
        }
        None => format!("{:032x}", content(members)),
    }
}

/// Hash of what a record says, without when it was sent.
fn content(members: &Members<'_>) -> u128 {
    let raw = |name: &str| members.get(name).map_or("", RawValue::get);
    let names = ["type", "distinct_id", "login_id", "original_id", "event", "time", "project", "properties"];
    hash_of(&names.map(raw))
}

fn message(record: &RawValue, path: &str, zone: &Zone, arrival: Arrival) -> Result<Message, Fault> {
    let at = |name: &str| format!("{path}.{name}");
    let members = Members::of(record.get()).ok_or_else(|| fault("bad_shape", path))?;
    let kind = members.get("type").and_then(word).ok_or_else(|| fault("unknown_type", &at("type")))?;
    let properties = match members.get("properties") {
        Some(value) if !is_object(value) => return Err(fault("bad_shape", &at("properties"))),
        value => value,
    };
    let (user, anonymous) = person(&members, properties, &at)?;
    let (occurred_at, told) = occurred_at(&members, zone, arrival.now, &at)?;
    let deed = match &*kind {
        "track" => Deed::Event(Box::new(happened(&members, properties, told, &at)?)),
        "track_signup" | "track_id_bind" => {
            let original = members.get("original_id").and_then(word).map(Cow::into_owned);
            let previous = original.or_else(|| anonymous.clone()).into_iter().collect::<Vec<_>>();
            if previous.is_empty() {
                return Err(fault("missing_previous", &at("original_id")));
            }
            Deed::Alias(previous, Some(Box::new(happened(&members, properties, told, &at)?)))
        }
        "item_set" | "item_delete" => return Err(fault("not_about_a_customer", &at("type"))),
        kind => Deed::Traits(changes(kind, properties, &at)?),
    };
    let (id, fingerprint) = (id_of(&members), content(&members));
    Ok(Message { id, fingerprint, user, anonymous, group: None, occurred_at, deed })
}

type Person = (Option<String>, Option<String>);

/// Whom a record is about: who signed in, else the distinct id, which is a visitor's own number only where the client
/// says so.
fn person(members: &Members<'_>, properties: Option<&RawValue>, at: &dyn Fn(&str) -> String) -> Result<Person, Fault> {
    let name = |name: &str| members.get(name).and_then(word).map(Cow::into_owned);
    let too_long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() > NAME_BYTES);
    let (distinct, login, anonymous) = (name("distinct_id"), name("login_id"), name("anonymous_id"));
    let Some(distinct) = distinct.or_else(|| login.clone()) else {
        return Err(fault("missing_distinct_id", &at("distinct_id")));
    };
    let distinct = Some(distinct);
    if too_long(&distinct) || too_long(&login) || too_long(&anonymous) {
        return Err(fault("too_long", &at("distinct_id")));
    }
    let flag = properties.and_then(|properties| Members::of(properties.get())?.get("$is_login_id"));
    let is_login = flag.map(|flag| flag.get() == "true");
    Ok(match (login, is_login) {
        (Some(login), _) => (Some(login), anonymous),
        (None, Some(true)) => (distinct, anonymous),
        (None, Some(false)) => (None, distinct),
        (None, None) if anonymous == distinct => (None, anonymous),
        (None, None) => (distinct, anonymous),
    })
}

/// When it happened: `time` in milliseconds, put right by when the client says it sent, unless it loads history.
fn occurred_at(
    members: &Members<'_>,
    zone: &Zone,
    now: Instant,
    at: &dyn Fn(&str) -> String,
) -> Result<(Instant, Option<String>), Fault> {
    let Some(value) = members.get("time") else { return Ok((now, None)) };
    let told = instant(value, zone).ok_or_else(|| fault("bad_time", &at("time")))?;
    let is_history = members.get("time_free").is_some_and(|free| free.get() == "true");
    let sent = members.get("_flush_time").filter(|_| !is_history).and_then(|sent| instant(sent, zone));
    let (occurred, is_ahead) = moment(told, sent, now).map_err(|code| fault(code, &at("time")))?;
    Ok((occurred, is_ahead.then(|| word(value).unwrap_or_default().into_owned())))
}

fn instant(value: &RawValue, zone: &Zone) -> Option<Instant> {
    if let Some(millis) = number(value) {
        return (millis.abs() < 1e15).then(|| Instant::from_micros((millis * 1e3) as i64));
    }
    zone.parse(word(value)?.trim()).ok()
}

fn happened(
    members: &Members<'_>,
    properties: Option<&RawValue>,
    told: Option<String>,
    at: &dyn Fn(&str) -> String,
) -> Result<Event, Fault> {
    let name = members.get("event").and_then(word).ok_or_else(|| fault("missing_event", &at("event")))?;
    if name.len() > NAME_BYTES {
        return Err(fault("too_long", &at("event")));
    }
    let mut event = names::event(&name, properties);
    event.properties.retain(|(name, _)| name != "$is_login_id");
    event.properties.extend(told.map(|told| ("original_time".to_owned(), told)));
    Ok(event)
}

/// What a profile record does to the traits.
fn changes(kind: &str, properties: Option<&RawValue>, at: &dyn Fn(&str) -> String) -> Result<Vec<TraitChange>, Fault> {
    if kind == "profile_delete" {
        return Ok(vec![TraitChange::Clear]);
    }
    let Some(properties) = properties else { return Ok(Vec::new()) };
    let mut flat = Vec::new();
    flatten(properties, &mut flat);
    let flat = flat.into_iter().filter(|(name, _)| name != "$is_login_id").map(|(name, value)| (own(name), value));
    let members = Members::of(properties.get());
    match kind {
        "profile_set" => Ok(flat
            .map(|(name, value)| match value {
                Some(value) => TraitChange::Set(name, value),
                None => TraitChange::Unset(name),
            })
            .collect()),
        "profile_set_once" => Ok(flat.filter_map(|(name, value)| Some(TraitChange::SetOnce(name, value?))).collect()),
        "profile_unset" => Ok(flat.map(|(name, _)| TraitChange::Unset(name)).collect()),
        "profile_increment" => {
            let mut changes = Vec::new();
            for (name, value) in members.map(|members| members.0).unwrap_or_default() {
                if name == "$is_login_id" {
                    continue;
                }
                let by = number(value).ok_or_else(|| fault("not_a_number", &at(&format!("properties.{name}"))))?;
                changes.push(TraitChange::Increment(own(name.into_owned()), by));
            }
            Ok(changes)
        }
        "profile_append" => {
            let mut changes = Vec::new();
            for (name, value) in members.map(|members| members.0).unwrap_or_default() {
                if name == "$is_login_id" {
                    continue;
                }
                let items: Result<Vec<&RawValue>, _> = serde_json::from_str(value.get());
                let items = match items {
                    Ok(items) => items.into_iter().filter_map(text_of).collect(),
                    Err(_) => text_of(value).into_iter().collect(),
                };
                changes.push(TraitChange::Append(own(name.into_owned()), items));
            }
            Ok(changes)
        }
        _ => Err(fault("unknown_type", &at("type"))),
    }
}

/// A preset profile (`$name`) under the name that everything else uses.
fn own(name: String) -> String {
    match name.strip_prefix('$') {
        Some(bare) => bare.to_owned(),
        None => name,
    }
}
