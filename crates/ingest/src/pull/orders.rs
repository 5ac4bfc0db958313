//! Orders of a database: each row has a key, so that a line that was changed, moved to another order or taken away is
//! known as such. (A file has no keys; there lines are compared: `rows::order`.)

use std::collections::BTreeMap;

use facts::Fact;
use serde::{Deserialize, Serialize};

use super::take::content_of;
use crate::fault::Fault;
use crate::layout::{Layout, Row};
use crate::rows::order::{self, Order};

/// An order as its rows tell it, and the fact that stands for it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Key of the row → the order as that row alone tells it.
    rows: BTreeMap<String, Order>,
    /// Id and content of the fact that stands for it.
    fact: Option<(String, String)>,
    /// The row that was last taken away: whose order it was.
    #[serde(skip)]
    removed: Option<Order>,
    #[serde(skip)]
    is_changed: bool,
}

/// What becomes of an order whose rows have changed.
pub(crate) enum Stands {
    /// It is told anew, in the place of the fact before.
    Told { fact: Box<Fact>, content: String, before: Option<String> },
    /// No row is left of it.
    Empty { last: Box<Fact>, before: String },
}

pub(crate) fn note_key(layout: &Layout, order_no: &str) -> Vec<u8> {
    [b"told".as_slice(), layout.source.as_str().as_bytes(), order_no.as_bytes()].join(&0)
}

/// The fact of an order that has no number: its row is all there is of it.
pub(crate) fn without_number(row: &mut Row<'_>) -> Result<Fact, Fault> {
    Ok(order::read(row)?.fact(&row.layout.source, None))
}

impl Told {
    /// Puts a row in its place; whether it says something new.
    pub(crate) fn put(&mut self, key: &str, row: Order) -> bool {
        let is_new = self.rows.get(key) != Some(&row);
        self.rows.insert(key.to_owned(), row);
        self.is_changed |= is_new;
        is_new
    }

    /// Whether a row was put in or taken away since it was last noted.
    pub(crate) fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// Takes a row away.
    pub(crate) fn remove(&mut self, key: &str) {
        if let Some(row) = self.rows.remove(key) {
            self.removed = Some(row);
            self.is_changed = true;
        }
    }

    fn whole(&self, layout: &Layout, order_no: &str) -> Result<Option<Order>, Fault> {
        let mut rows = self.rows.values().cloned();
        let Some(mut whole) = rows.next() else { return Ok(None) };
        for row in rows {
            whole.add(layout, order_no, row)?;
        }
        Ok(Some(whole))
    }

    /// What must be told, if anything. Rows that contradict each other (two customers) tell nothing until they agree.
    pub(crate) fn settle(&self, layout: &Layout, order_no: &str) -> Result<Option<Stands>, Fault> {
        let Some(whole) = self.whole(layout, order_no)? else {
            let (Some((before, _)), Some(removed)) = (&self.fact, &self.removed) else { return Ok(None) };
            let last = Box::new(removed.fact(&layout.source, Some(order_no)));
            return Ok(Some(Stands::Empty { last, before: before.clone() }));
        };
        let fact = whole.fact(&layout.source, Some(order_no));
        let content = content_of(&fact);
        Ok(match &self.fact {
            Some((_, stands)) if *stands == content => None,
            before => {
                let before = before.as_ref().map(|(id, _)| id.clone());
                Some(Stands::Told { fact: Box::new(fact), content, before })
            }
        })
    }

    pub(crate) fn stands(&mut self, id: String, content: String) {
        self.fact = Some((id, content));
    }

    pub(crate) fn stands_no_more(&mut self) {
        self.fact = None;
    }
}
