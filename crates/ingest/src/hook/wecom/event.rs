//! What a callback says: who added or dropped whom, who left a group, which group was dismissed.
//!
//! A group's dismissal does not name its members, so those that joined while we listened are remembered.

use facts::{Fact, Properties};
use serde_json::{Value, json};
use vocab::{ActorId, Finding, Instant, KeyType, Kind, MessageId};

use super::super::path::id_of;
use super::super::read::{Arrived, Read};
use super::super::{Memory, fault};
use super::xml::{Element, parse};

/// How the ids of held messages begin.
const HELD: &str = "held ";
/// Members of one group that are remembered, at most: the platform's own limit is 500.
const MOST_MEMBERS: usize = 1_000;

/// Reads the decrypted message of a callback.
pub fn read(message: &[u8], arrived: &Arrived, memory: &mut Memory<'_>) -> Read {
    let text = String::from_utf8_lossy(message);
    let id = id_of(&["wecom", &text]);
    let mut out = Read::default();
    let root = match parse(&text) {
        Ok(root) => root,
        Err(why) => {
            hold(&mut out, id, fault::bad_xml(&why), &Value::String(text.into_owned()));
            return out;
        }
    };
    tell(&root, id, arrived, memory, &mut out);
    out
}

/// Reads a message that was held once more, as it stands in quarantine or as somebody mended it. Its facts get the ids
/// that they would have had, so that the same callback sent again adds nothing.
pub fn again(body: &Value, held_as: &MessageId, arrived: &Arrived, memory: &mut Memory<'_>) -> Read {
    let mut out = Read::default();
    let id = held_as.as_str().strip_prefix(HELD).unwrap_or(held_as.as_str()).to_owned();
    let root = match body {
        Value::String(text) => parse(text),
        body => Ok(as_element("xml", body)),
    };
    match root {
        Ok(root) => tell(&root, id, arrived, memory, &mut out),
        Err(why) => hold(&mut out, id, fault::bad_xml(&why), body),
    }
    out
}

fn tell(root: &Element, id: String, arrived: &Arrived, memory: &mut Memory<'_>, out: &mut Read) {
    let told = Told { root, arrived, id: &id };
    let result = match root.text("Event").unwrap_or_default() {
        "change_external_contact" => told.contact(out),
        "change_external_chat" => told.chat(out, memory),
        other => Err(fault::unknown_event(other)),
    };
    if let Err(finding) = result {
        *out = Read::default();
        hold(out, id, finding, &as_json(root));
    }
}

fn hold(out: &mut Read, id: String, finding: Finding, body: &Value) {
    out.held.push((MessageId::new(format!("{HELD}{id}")), finding, body.to_string()));
}

/// The way back from [`as_json`]: a list is as many elements of one name.
fn as_element(name: &str, value: &Value) -> Element {
    let mut element = Element { name: name.to_owned(), ..Element::default() };
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                match value {
                    Value::Array(items) => element.children.extend(items.iter().map(|item| as_element(name, item))),
                    value => element.children.push(as_element(name, value)),
                }
            }
        }
        Value::String(text) => element.text.clone_from(text),
        Value::Null => {}
        other => element.text = other.to_string(),
    }
    element
}

fn as_json(element: &Element) -> Value {
    if element.children.is_empty() {
        return Value::String(element.text.trim().to_owned());
    }
    let mut map = serde_json::Map::new();
    for child in &element.children {
        let value = as_json(child);
        match map.get_mut(&child.name) {
            None => _ = map.insert(child.name.clone(), value),
            Some(Value::Array(items)) => items.push(value),
            Some(first) => *first = json!([first.clone(), value]),
        }
    }
    Value::Object(map)
}

struct Told<'a> {
    root: &'a Element,
    arrived: &'a Arrived,
    id: &'a str,
}

impl Told<'_> {
    fn needed(&self, name: &str) -> Result<&str, Finding> {
        self.root.text(name).ok_or_else(|| fault::missing(name, "字段", "a field"))
    }

    fn occurred_at(&self) -> Result<Instant, Finding> {
        let written = self.needed("CreateTime")?;
        let seconds: i64 = written.parse().map_err(|_| fault::bad_date("CreateTime", written))?;
        let at = Instant::from_micros(seconds.saturating_mul(1_000_000));
        let now = self.arrived.now;
        if at > now.plus_days(1) {
            return Err(fault::future_date("CreateTime", written));
        }
        if seconds < 631_152_000 {
            return Err(fault::date_too_old("CreateTime", written));
        }
        Ok(at.min(now))
    }

    fn fact(
        &self,
        name: &str,
        external: &str,
        part: &str,
        properties: &[(&str, Option<&str>)],
    ) -> Result<Fact, Finding> {
        let customer = KeyType::Wecom.key(external).ok_or_else(|| fault::damaged_key("ExternalUserID", external))?;
        let mut fact = Fact::new(customer, Kind::ContactChange, name, self.occurred_at()?);
        fact.actor_id = self.root.text("UserID").map(ActorId::new);
        fact.source = self.arrived.source.clone();
        fact.message_id = MessageId::new(id_of(&[self.id, part]));
        let said = properties.iter().filter_map(|(key, value)| Some(((*key).to_owned(), Some((*value)?.to_owned()))));
        fact.properties = said.collect::<Properties>();
        Ok(fact)
    }

    fn contact(&self, out: &mut Read) -> Result<(), Finding> {
        let change = self.needed("ChangeType")?;
        let name = match change {
            "add_external_contact" | "add_half_external_contact" => "Contact Joined",
            "edit_external_contact" => "Contact Edited",
            "del_follow_user" => "Contact Left",
            "del_external_contact" => "Contact Removed",
            "transfer_fail" => "Contact Transfer Failed",
            other => return Err(fault::unknown_event(other)),
        };
        // Who ended it makes the difference between a customer who goes and one whom we let go.
        let by = match change {
            "del_follow_user" => Some("customer"),
            "del_external_contact" => Some("staff"),
            _ => None,
        };
        let properties = [
            ("change", Some(change)),
            ("by", by),
            ("staff", self.root.text("UserID")),
            ("state", self.root.text("State")),
            ("reason", self.root.text("FailReason").or_else(|| self.root.text("Source"))),
        ];
        out.facts.push((self.fact(name, self.needed("ExternalUserID")?, "", &properties)?, false));
        Ok(())
    }

    fn chat(&self, out: &mut Read, memory: &mut Memory<'_>) -> Result<(), Finding> {
        let chat = self.needed("ChatId")?;
        let key = [b"wecom chat", self.arrived.source.as_str().as_bytes(), chat.as_bytes()].join(&0);
        let known = memory(&key).and_then(|note| serde_json::from_slice::<Vec<String>>(&note).ok());
        let mut members = known.unwrap_or_default();
        let detail = self.root.text("UpdateDetail");
        let (name, whom) = match (self.needed("ChangeType")?, detail) {
            ("dismiss", _) => ("Group Dismissed", std::mem::take(&mut members)),
            ("update", Some("del_member")) => ("Group Left", self.changed_members()),
            ("update", Some("add_member")) => ("Group Joined", self.changed_members()),
            (change, detail) => return Err(fault::unknown_event(detail.unwrap_or(change))),
        };
        if whom.is_empty() {
            return Err(fault::nobody_known(chat));
        }
        let scene = self.root.text("QuitScene").map(|scene| if scene == "0" { "customer" } else { "staff" });
        for member in &whom {
            let properties = [("chat_id", Some(chat)), ("by", scene)];
            out.facts.push((self.fact(name, member, member, &properties)?, false));
        }
        match name {
            "Group Joined" => members.extend(whom),
            _ => members.retain(|member| !whom.contains(member)),
        }
        members.sort();
        members.dedup();
        members.truncate(MOST_MEMBERS);
        let note = serde_json::to_vec(&members).unwrap_or_else(|error| unreachable!("names are plain data: {error}"));
        out.notes.push((key, note));
        Ok(())
    }

    /// External members of the change; colleagues are left out.
    fn changed_members(&self) -> Vec<String> {
        let items = self.root.child("MemChangeList").map(|list| list.children.as_slice()).unwrap_or_default();
        let names = items.iter().map(|item| item.text.trim());
        names.filter(|name| name.starts_with("wm") || name.starts_with("wo")).map(str::to_owned).collect()
    }
}
