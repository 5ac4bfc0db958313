//! A batch of the Segment dialect and its messages, each gone through once: the members that are looked at, borrowed from
//! the call.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::json::Name;

type Raw<'a> = Option<&'a RawValue>;

/// The members of a message that are looked at: those that are there and not `null`; of a name that comes twice the last, as
/// most readers have it.
#[derive(Default)]
pub(crate) struct Item<'a> {
    pub kind: Raw<'a>,
    pub id: Raw<'a>,
    pub user: Raw<'a>,
    pub anonymous: Raw<'a>,
    pub group: Raw<'a>,
    pub event: Raw<'a>,
    pub name: Raw<'a>,
    pub category: Raw<'a>,
    pub previous: Raw<'a>,
    pub original_timestamp: Raw<'a>,
    pub timestamp: Raw<'a>,
    pub sent: Raw<'a>,
    pub properties: Raw<'a>,
    pub traits: Raw<'a>,
    pub context: Raw<'a>,
}

impl<'a> Item<'a> {
    /// Reads an object; `None` if it is none.
    pub(crate) fn of(text: &'a str) -> Option<Item<'a>> {
        serde_json::from_str(text).ok()
    }

    fn member(&mut self, name: &str) -> Option<&mut Raw<'a>> {
        Some(match name {
            "type" => &mut self.kind,
            "messageId" => &mut self.id,
            "userId" => &mut self.user,
            "anonymousId" => &mut self.anonymous,
            "groupId" => &mut self.group,
            "event" => &mut self.event,
            "name" => &mut self.name,
            "category" => &mut self.category,
            "previousId" => &mut self.previous,
            "originalTimestamp" => &mut self.original_timestamp,
            "timestamp" => &mut self.timestamp,
            "sentAt" => &mut self.sent,
            "properties" => &mut self.properties,
            "traits" => &mut self.traits,
            "context" => &mut self.context,
            _ => return None,
        })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Item<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Item<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut item = Item::default();
                while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    if let Some(member) = item.member(&name) {
                        *member = there(value);
                    }
                }
                Ok(item)
            }
        }
        deserializer.deserialize_map(Each)
    }
}

fn there(value: &RawValue) -> Raw<'_> {
    Some(value).filter(|value| value.get() != "null")
}

/// A batch that is nothing but sound so far: its messages, and what it says about all of them.
#[derive(Default)]
pub(crate) struct Batch<'a> {
    pub items: Vec<&'a RawValue>,
    pub sent: Raw<'a>,
    pub context: Raw<'a>,
}

impl<'a> Batch<'a> {
    /// Reads a batch; `None` if there is anything odd about it, which is then for a closer look to name.
    pub(crate) fn read(text: &'a str) -> Option<Batch<'a>> {
        serde_json::from_str::<Found<'a>>(text).ok()?.0
    }
}

struct Found<'a>(Option<Batch<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Found<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Option<Batch<'de>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a batch")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut batch, mut items) = (Batch::default(), None);
                while let Some(Name(name)) = map.next_key::<Name<'de>>()? {
                    match &*name {
                        "batch" => items = Some(map.next_value::<List<'de>>()?.0),
                        "sentAt" => batch.sent = there(map.next_value()?),
                        "context" => batch.context = there(map.next_value()?),
                        _ => _ = map.next_value::<IgnoredAny>()?,
                    }
                }
                Ok(items.map(|items| Batch { items, ..batch }))
            }
        }
        deserializer.deserialize_map(Each).map(Found)
    }
}

struct List<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for List<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of messages")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::with_capacity(128);
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(items)
            }
        }
        deserializer.deserialize_seq(Each).map(List)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::json::Members;

    fn raw(value: Raw<'_>) -> Option<&str> {
        value.map(RawValue::get)
    }

    /// Objects with names that come twice, values of every sort, and now and then something that is no object.
    fn objects() -> impl Strategy<Value = String> {
        let name = prop::sample::select(vec!["type", "userId", "batch", "sentAt", "context", "\\u0062atch", "other"]);
        let value = prop::sample::select(vec![
            "null",
            "\"a\"",
            "1e999",
            "[]",
            "[1,{\"a\":[]}]",
            "{\"groupId\":7}",
            "[1,]",
            "{",
        ]);
        let members = proptest::collection::vec((name, value), 0..6);
        members.prop_map(|members| {
            let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
            format!("{{{}}}", members.join(","))
        })
    }

    proptest! {
        /// A batch that is read at once is the one that is read member by member.
        #[test]
        fn what_is_read_at_once_is_what_is_read_member_by_member(text in objects()) {
            let members = Members::of(&text);
            if let Some(item) = Item::of(&text) {
                let members = members.as_ref().unwrap();
                let expected = [raw(members.get("type")), raw(members.get("userId")), raw(members.get("sentAt"))];
                prop_assert_eq!([raw(item.kind), raw(item.user), raw(item.sent)], expected);
            } else {
                prop_assert!(members.is_none());
            }
            if let Some(batch) = Batch::read(&text) {
                let members = members.unwrap();
                let items: Vec<&RawValue> = serde_json::from_str(members.get("batch").unwrap().get()).unwrap();
                let texts = |items: &[&RawValue]| items.iter().map(|item| item.get().to_owned()).collect::<Vec<_>>();
                prop_assert_eq!(texts(&batch.items), texts(&items));
                prop_assert_eq!(raw(batch.sent), raw(members.get("sentAt")));
                prop_assert_eq!(raw(batch.context), raw(members.get("context")));
            }
        }
    }

    #[test]
    fn a_batch_as_clients_send_it_is_read_at_once_and_an_odd_one_is_not() {
        let batch = Batch::read(r#"{"batch":[{"type":"track"},7],"sentAt":null,"writeKey":"k","context":{}}"#).unwrap();
        assert_eq!((batch.items.len(), raw(batch.sent), raw(batch.context)), (2, None, Some("{}")));
        for odd in ["{}", "[]", "{\"batch\":null}", "{\"batch\":{}}", "{\"batch\":[1,]}", "{\"batch\":[]} x", "7"] {
            assert!(Batch::read(odd).is_none(), "{odd}");
        }
    }
}
