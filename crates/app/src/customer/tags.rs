//! Tags that people stick on customers, for one or for many at once, and taking that back.

use std::collections::BTreeMap;

use store::TagChangeRecord;
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::error::Error;
use crate::view::{TagChange, TagCount, TagRequest};
use crate::{App, Reader};

const LONGEST_TAG: usize = 30;
const MOST_CUSTOMERS: usize = 10_000;

impl App {
    /// Every tag in use, with how many customers carry it; the most used first.
    pub async fn tags(&self, scope: &Scope, as_of: Option<AsOf>, now: Instant) -> Result<Vec<TagCount>, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let belonging = self.belonging(&snapshot, as_of).await?;
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        let admitted = snapshot.roll.admitted(scope, None);
        for (position, customer) in snapshot.customers().iter().enumerate() {
            if admitted.has(position) {
                for record in belonging.tags.of(customer) {
                    *counts.entry(record.tag.as_str()).or_default() += 1;
                }
            }
        }
        let mut tags: Vec<TagCount> =
            counts.into_iter().map(|(tag, count)| TagCount { tag: tag.to_owned(), count }).collect();
        tags.sort_by_key(|tag| std::cmp::Reverse(tag.count));
        Ok(tags)
    }

    /// Puts a tag on customers or takes it off. Customers whom the reader may not see, and such as do not exist, are
    /// refused by name before anything is changed.
    ///
    /// # Errors
    /// `bad_tag`, `too_many_customers`, `not_found`, `forbidden`.
    pub async fn change_tags(&self, reader: &Reader, request: TagRequest, now: Instant) -> Result<TagChange, Error> {
        reader.may_act()?;
        let tag = checked_tag(&request.tag)?;
        if request.customers.is_empty() || request.customers.len() > MOST_CUSTOMERS {
            return Err(Error::bad(
                "too_many_customers",
                ("一次可改 1 到 10,000 个客户", "1 to 10,000 customers can be changed at once"),
                ("请分几次", "do it in several goes"),
            ));
        }
        let snapshot = self.snapshot(None, now).await?;
        let mut customers = Vec::with_capacity(request.customers.len());
        for id in &request.customers {
            let customer = CustomerId::from(id.as_str());
            self.place(&snapshot, &reader.scope, &customer)?;
            customers.push(customer);
        }
        let actor = reader.actor();
        let change = self.store().change_tags(&reader.scope, &customers, tag, !request.remove, &actor, now).await?;
        Ok(change.map_or_else(
            || TagChange { id: None, tag: tag.to_owned(), removed: request.remove, customer_count: 0 },
            told,
        ))
    }

    /// Takes a change of tags back: whoever it changed, and nobody has changed since, is as before it.
    ///
    /// # Errors
    /// `not_found`; `version_conflict` where nothing of it is left to take back.
    pub async fn undo_tags(&self, reader: &Reader, id: i64, now: Instant) -> Result<TagChange, Error> {
        reader.may_act()?;
        Ok(told(self.store().undo_tags(&reader.scope, id, &reader.actor(), now).await?))
    }
}

/// A tag without the blanks around it.
pub(crate) fn checked_tag(text: &str) -> Result<&str, Error> {
    let tag = text.trim();
    let odd = |c: char| c == ',' || c == '，' || c.is_control();
    if tag.is_empty() || tag.chars().count() > LONGEST_TAG || tag.contains(odd) {
        return Err(Error::bad(
            "bad_tag",
            ("标签须为 1 到 30 个字，不含逗号", "a tag has 1 to 30 characters and no comma"),
            ("换一个短一点的词", "choose a shorter word"),
        ));
    }
    Ok(tag)
}

fn told(record: TagChangeRecord) -> TagChange {
    TagChange { id: Some(record.id), tag: record.tag, removed: !record.adds, customer_count: record.customer_count }
}
