//! A text that is short most often: what a line of an order is called. Of millions of them none has memory of its own.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes that need no memory of their own.
const HERE: usize = 22;

/// A text like any other, but that a short one lies where it is held.
#[derive(Clone)]
pub(crate) struct Short(Place);

#[derive(Clone)]
enum Place {
    Here { len: u8, bytes: [u8; HERE] },
    There(Box<str>),
}

impl From<&str> for Short {
    fn from(text: &str) -> Short {
        let mut bytes = [0; HERE];
        Short(match bytes.get_mut(..text.len()) {
            Some(room) => {
                room.copy_from_slice(text.as_bytes());
                Place::Here { len: text.len() as u8, bytes }
            }
            None => Place::There(text.into()),
        })
    }
}

impl Deref for Short {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            // It was a text when it was put there.
            Place::Here { len, bytes } => std::str::from_utf8(&bytes[..usize::from(*len)]).unwrap_or_default(),
            Place::There(text) => text,
        }
    }
}

impl fmt::Debug for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl PartialEq for Short {
    fn eq(&self, other: &Short) -> bool {
        **self == **other
    }
}

impl Eq for Short {}

impl PartialOrd for Short {
    fn partial_cmp(&self, other: &Short) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Short {
    fn cmp(&self, other: &Short) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Serialize for Short {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Short {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Short, D::Error> {
        String::deserialize(from).map(|text| Short::from(text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_text_it_was_made_of_however_long(one in "[a甲]{0,12}", other in "[a甲]{0,12}") {
            let (short, another) = (Short::from(one.as_str()), Short::from(other.as_str()));
            prop_assert_eq!(&*short, one.as_str());
            prop_assert_eq!(short == another, one == other);
            prop_assert_eq!(short.cmp(&another), one.cmp(&other));
            let json = serde_json::to_string(&short).unwrap();
            prop_assert_eq!(&json, &serde_json::to_string(&one).unwrap());
            prop_assert_eq!(serde_json::from_str::<Short>(&json).unwrap(), short.clone());
            prop_assert_eq!(format!("{short:?}"), format!("{one:?}"));
        }
    }
}
