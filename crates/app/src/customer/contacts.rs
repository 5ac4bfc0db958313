//! Numbers and addresses of customers: hidden wherever they are shown, whole for whoever may ask, who is remembered.

use std::borrow::Cow;
use std::collections::BTreeMap;

use vocab::{AsOf, CustomerId, Instant, Kind, masked};

use crate::error::Error;
use crate::permission::Permission;
use crate::view::{Unmasked, UnmaskedContact};
use crate::{App, Reader, blocking};

impl App {
    /// A customer's numbers and addresses in full, as its traits say now. Who looked, at whom and at what is recorded
    /// before anything is answered.
    ///
    /// # Errors
    /// Forbidden for a role that may not; not found outside the scope.
    pub async fn unmask(&self, reader: &Reader, customer: &CustomerId, now: Instant) -> Result<Unmasked, Error> {
        reader.may(Permission::Unmask)?;
        let snapshot = self.snapshot(None, now).await?;
        self.place(&snapshot, &reader.scope, customer)?;
        let (view, wanted) = (self.facts().as_of(AsOf(Instant::MAX)), customer.clone());
        let facts = blocking(move || Ok(view.facts_of(&wanted)?)).await?;
        let mut last: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        // Newest first: the first word seen on a key is the last one said.
        for stored in facts.iter().filter(|stored| stored.fact.kind == Kind::Trait) {
            for (key, value) in &stored.fact.properties {
                last.entry(key).or_insert(value.as_deref());
            }
        }
        let told = last.into_iter().filter_map(|(key, value)| Some((key, value?)));
        let whole = told.filter(|(_, value)| matches!(masked(value), Cow::Owned(_)));
        let contacts: Vec<UnmaskedContact> =
            whole.map(|(key, value)| UnmaskedContact { key: key.to_owned(), value: value.to_owned() }).collect();
        let keys: Vec<&str> = contacts.iter().map(|contact| contact.key.as_str()).collect();
        let (subject, actor) = (customer.to_string(), reader.actor());
        let deed = store::Deed { what: "unmasked", subject: &subject, customer: Some(customer), actor: &actor };
        self.store().account_for(deed, &serde_json::json!({ "keys": keys }), now).await?;
        Ok(Unmasked { customer_id: subject, contacts })
    }
}
