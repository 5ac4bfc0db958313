//! Finding a customer by part of its name, its id, its pinyin or its initials.

use pinyin::ToPinyin as _;
use vocab::{AsOf, Instant, Scope};

use crate::App;
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
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
    pub(crate) fn places(&self, snapshot: &Snapshot) -> Meant {
        let mut meant = Meant { places: Vec::new(), marks: vec![false; snapshot.customers().len()] };
        for (_, position) in self.ranked(snapshot, |_| true) {
            meant.places.push(position);
            meant.marks[position] = true;
        }
        meant
    }

    /// Customers that are meant, of those who are asked about, each with how good the fit is, 0 best; in order.
    fn ranked(&self, snapshot: &Snapshot, asked: impl Fn(usize) -> bool) -> Vec<(u8, usize)> {
        snapshot.roll.spelled(snapshot, &self.folded, asked, |written| self.rank(written))
    }

    /// How good the fit is, 0 best; `None` is no fit.
    fn rank(&self, written: Written<'_>) -> Option<u8> {
        let Written { id, named } = written;
        let own = self.folded.as_str();
        if id == own || named.is_some_and(|named| named.name == own) {
            return Some(0);
        }
        if named.is_some_and(|named| named.name.starts_with(own)) {
            return Some(1);
        }
        if id.starts_with(own) || named.is_some_and(|named| named.name.contains(own)) {
            return Some(2);
        }
        let Named { initials, full, .. } = named.filter(|_| self.latin)?;
        if initials.starts_with(own) || full.starts_with(own) {
            return Some(3);
        }
        (initials.contains(own) || full.contains(own)).then_some(4)
    }
}

/// Whom a text means.
pub(crate) struct Meant {
    /// In order.
    pub places: Vec<usize>,
    marks: Vec<bool>,
}

impl Meant {
    /// Whether the customer at a place is one of them.
    pub(crate) fn contains(&self, position: &usize) -> bool {
        self.marks[*position]
    }
}

/// A customer as somebody types it: everything folded.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    pub id: &'a str,
    pub named: Option<Named<'a>>,
}

/// A name, its initials and its pinyin.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    pub name: &'a str,
    pub initials: &'a str,
    pub full: &'a str,
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
        let mut hits = needle.ranked(&snapshot, |position| admitted.has(position));
        let best = |(rank, position): &(u8, usize)| (*rank, snapshot.name(*position).chars().count(), *position);
        if hits.len() > MOST_HITS {
            // A letter means nearly everybody: whoever fits worse than the last that is shown need not be put in order.
            let (_, (last, _), _) = hits.select_nth_unstable_by_key(MOST_HITS, |(rank, _)| *rank);
            let last = *last;
            hits.retain(|(rank, _)| *rank <= last);
            hits.select_nth_unstable_by_key(MOST_HITS, best);
            hits.truncate(MOST_HITS);
        }
        hits.sort_unstable_by_key(best);
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

    fn rank(needle: &str, id: &str, name: Option<&str>) -> Option<u8> {
        let id = fold(id.chars());
        let parts = name.map(|name| (fold(name.chars()), spelled(name)));
        let named = parts.as_ref().map(|(name, (full, initials))| Named { name, initials, full });
        Needle::new(needle).and_then(|needle| needle.rank(Written { id: &id, named }))
    }

    fn fits(needle: &str, id: &str, name: &str) -> bool {
        rank(needle, id, Some(name)).is_some()
    }

    #[test]
    fn the_closest_fit_comes_first() {
        let ranks =
            [("云栈科技", 0), ("C-17", 0), ("云栈", 1), ("c-1", 2), ("栈科", 2), ("yz", 3), ("yunzhan", 3), ("zk", 4)];
        for (needle, wanted) in ranks {
            assert_eq!(rank(needle, "C-17", Some("云栈科技")), Some(wanted), "{needle}");
        }
        assert_eq!(
            (rank("17", "C-17", None), rank("c", "C-17", None)),
            (None, Some(2)),
            "an id is known by how it begins"
        );
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
