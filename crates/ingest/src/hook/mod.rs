//! Webhooks in: what another system sends us when something happens there.
//!
//! A delivery is first proved ([`Guard::check`], [`wecom::Door::open`]): who cannot sign is not listened to, and nothing
//! of what they sent is kept. Then it is read: each row becomes facts by the source's mapping ([`Recipe`]), or is held
//! with the reason and the path of what is wrong, so that nothing signed is ever lost.
//!
//! Pure but for the memory that is handed in: no clock, no network, no file. Not here: routes and answers (`server`),
//! keys and secrets of sources (`app`, `store`), where facts are kept (`facts`).

mod fault;
mod jiandaoyun;
mod path;
mod read;
mod recipe;
mod record;
mod signature;
pub mod wecom;

pub use jiandaoyun::Jiandaoyun;
pub use read::{Arrived, Read, again, hold_all, read};
pub use recipe::Recipe;
pub use signature::{Algorithm, Encoding, Guard, Refused, Scheme};

use std::collections::BTreeMap;

/// One request as it came: what a platform sent, before anything is believed.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// Headers by their lower-case names.
    pub headers: BTreeMap<String, String>,
    /// The query, decoded.
    pub query: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Delivery {
    /// A header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }
}

/// Reads what the front door noted under a key; `None` if nothing was.
pub type Memory<'a> = dyn FnMut(&[u8]) -> Option<Vec<u8>> + 'a;
