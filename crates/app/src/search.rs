//! Finding a customer by part of its name, its id, its pinyin or its initials.

use std::collections::HashSet;

use pinyin::ToPinyin as _;
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::App;
use crate::error::Error;
use crate::snapshot::Snapshot;
use crate::view::SearchHit;

const MOST_HITS: usize = 20;

/// What somebody typed, folded for comparison.
pub(crate) struct Needle {
    folded: String,
    /// Only Latin letters and digits: may be pinyin.
    latin: bool,
}

impl Needle {
    /// `None` when nothing but blanks was typed.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let folded = fold(text.chars().take(100));
        let latin = folded.chars().all(|c| c.is_ascii_alphanumeric());
        (!folded.is_empty()).then_some(Self { folded, latin })
    }

    /// Places of the customers that are meant.
    pub(crate) fn places(&self, snapshot: &Snapshot) -> HashSet<usize> {
        self.ranked(snapshot).map(|(_, position)| position).collect()
    }

    /// Customers that are meant, each with how good the fit is, 0 best.
    fn ranked<'a>(&'a self, snapshot: &'a Snapshot) -> impl Iterator<Item = (u8, usize)> + 'a {
        snapshot.roll.spelled(snapshot, &self.folded).into_iter().filter_map(|position| {
            let name = snapshot.cards[position].name.as_deref();
            Some((self.rank(&snapshot.customers()[position], name)?, position))
        })
    }

    /// How good the fit is, 0 best; `None` is no fit.
    fn rank(&self, customer: &CustomerId, name: Option<&str>) -> Option<u8> {
        let id = fold(customer.as_str().chars());
        let named = name.map(|name| fold(name.chars()));
        if id == self.folded || named.as_deref() == Some(self.folded.as_str()) {
            return Some(0);
        }
        if named.as_ref().is_some_and(|name| name.starts_with(&self.folded)) {
            return Some(1);
        }
        if id.starts_with(&self.folded) || named.as_ref().is_some_and(|name| name.contains(&self.folded)) {
            return Some(2);
        }
        let (full, initials) = name.filter(|_| self.latin).map(spelled)?;
        if initials.starts_with(&self.folded) || full.starts_with(&self.folded) {
            return Some(3);
        }
        (initials.contains(&self.folded) || full.contains(&self.folded)).then_some(4)
    }
}

/// Lower case, full-width forms made half-width, blanks dropped.
pub(crate) fn fold(text: impl Iterator<Item = char>) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    text.map(half).filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Pinyin without tones, and its initials; other characters stay as they are.
pub(crate) fn spelled(name: &str) -> (String, String) {
    let mut full = String::new();
    let mut initials = String::new();
    for c in fold(name.chars()).chars() {
        match c.to_pinyin() {
            Some(sound) => {
                full.push_str(sound.plain());
                initials.push_str(sound.first_letter());
            }
            None => {
                full.push(c);
                initials.push(c);
            }
        }
    }
    (full, initials)
}

impl App {
    /// Customers that a text may mean, best first, at most twenty.
    pub async fn search(
        &self,
        scope: &Scope,
        text: &str,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<SearchHit>, Error> {
        let Some(needle) = Needle::new(text) else {
            return Ok(Vec::new());
        };
        let snapshot = self.snapshot(as_of, now).await?;
        let admitted = snapshot.roll.admitted(scope, None);
        let mut hits: Vec<(u8, usize)> =
            needle.ranked(&snapshot).filter(|(_, position)| admitted.has(*position)).collect();
        hits.sort_by_key(|(rank, position)| (*rank, snapshot.name(*position).chars().count(), *position));
        hits.truncate(MOST_HITS);
        let hit = |(_, position): (u8, usize)| SearchHit {
            customer_id: snapshot.customers()[position].to_string(),
            name: snapshot.name(position).to_owned(),
            owner: snapshot.cards[position].owner.as_deref().map(str::to_owned),
            band: snapshot.band(position).map(|band| band.as_str().to_owned()),
        };
        Ok(hits.into_iter().map(hit).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(needle: &str, id: &str, name: &str) -> bool {
        Needle::new(needle).is_some_and(|needle| needle.rank(&CustomerId::new(id), Some(name)).is_some())
    }

    #[test]
    fn a_customer_is_found_by_name_id_pinyin_and_initials() {
        for needle in ["云栈", "C-17", "yunzhan", "yzkj", "YZ", "云 栈", "c-17"] {
            assert!(fits(needle, "C-17", "云栈科技"), "{needle}");
        }
        for needle in ["华为", "zyk", "C-18"] {
            assert!(!fits(needle, "C-17", "云栈科技"), "{needle}");
        }
    }

    #[test]
    fn blanks_ask_for_nobody() {
        assert!(Needle::new("  ").is_none());
    }

    #[test]
    fn full_width_letters_are_letters() {
        assert!(fits("ABC", "1", "abc公司"));
    }
}
