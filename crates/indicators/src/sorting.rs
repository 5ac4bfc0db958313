//! By what customers are sorted besides numbers and bands, and one customer as conditions ask about it.
//!
//! Named segments, tags, tiers of value and cells of recency, frequency and monetary value are written here as words,
//! so that a definition that names one that does not exist is told so. Who belongs where is decided by `scores`, who
//! carries a tag by people.

use vocab::{Band, Text, Unknown};

use crate::condition::Quantity;
use crate::frame::Cell;

/// Tiers of value, the highest first: word, Chinese name, English name.
pub const TIERS: [(&str, &str, &str); 3] =
    [("high", "高价值", "High value"), ("middle", "中价值", "Middle value"), ("low", "低价值", "Low value")];

/// The eight classic cells of RFM: word, Chinese name, English name.
///
/// In the order of three digits read as a number counted down from 7: came lately, comes often, spends much.
pub const RFM_CELLS: [(&str, &str, &str); 8] = [
    ("key_value", "重要价值客户", "Key, valued"),
    ("plain_value", "一般价值客户", "Regular, valued"),
    ("key_develop", "重要发展客户", "Key, to develop"),
    ("plain_develop", "一般发展客户", "Regular, to develop"),
    ("key_keep", "重要保持客户", "Key, to keep"),
    ("plain_keep", "一般保持客户", "Regular, to keep"),
    ("key_win_back", "重要挽留客户", "Key, to win back"),
    ("plain_win_back", "一般挽留客户", "Regular, to win back"),
];

/// Something that customers are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sorting {
    /// A named segment.
    Segment,
    /// A tag that somebody put on the customer.
    Tag,
    /// A tier of value: one of [`TIERS`].
    Tier,
    /// A cell of recency, frequency and monetary value: one of [`RFM_CELLS`].
    Rfm,
}

impl Sorting {
    pub(crate) const ALL: [Sorting; 4] = [Sorting::Segment, Sorting::Tag, Sorting::Tier, Sorting::Rfm];

    /// The word in definitions: `segment`, `tag`, `tier`, `rfm`.
    pub fn as_str(self) -> &'static str {
        match self {
            Sorting::Segment => "segment",
            Sorting::Tag => "tag",
            Sorting::Tier => "tier",
            Sorting::Rfm => "rfm",
        }
    }

    /// The names it has where they are fixed; empty where a firm gives them itself.
    pub fn fixed(self) -> &'static [(&'static str, &'static str, &'static str)] {
        match self {
            Sorting::Tier => &TIERS,
            Sorting::Rfm => &RFM_CELLS,
            Sorting::Segment | Sorting::Tag => &[],
        }
    }

    /// What people call one of its fixed names.
    pub fn word(self, name: &str) -> Option<Text> {
        let found = self.fixed().iter().find(|(word, ..)| *word == name);
        found.map(|(_, zh, en)| Text::new(*zh, *en))
    }
}

/// One customer at a moment, as conditions ask about it.
///
/// # Edges
/// What a subject does not tell of leaves a condition open: neither true nor false.
pub trait Subject {
    /// A number, or why there is none.
    fn quantity(&self, of: &Quantity) -> Cell;

    /// The band, if there is one.
    fn band(&self) -> Option<Band>;

    /// The last word on a trait: `Some(None)` where nothing was ever said of it or it was taken back, `None` where this
    /// subject tells of no traits.
    fn said(&self, _key: &str) -> Option<Option<&str>> {
        None
    }

    /// Whether it belongs to a segment, carries a tag, is of a tier or in a cell; `None` where that is not known.
    fn is_in(&self, _sorting: Sorting, _name: &str) -> Option<bool> {
        None
    }

    /// The same so many days before the moment. A subject that knows no earlier moment tells of the present one only.
    fn quantity_before(&self, of: &Quantity, days: u32) -> Cell {
        if days == 0 { self.quantity(of) } else { Cell::Unknown(Unknown::ShortHistory) }
    }

    /// The band so many days before the moment.
    fn band_before(&self, days: u32) -> Option<Band> {
        if days == 0 { self.band() } else { None }
    }

    /// What had last been said of a trait so many days before the moment.
    fn said_before(&self, key: &str, days: u32) -> Option<Option<&str>> {
        if days == 0 { self.said(key) } else { None }
    }

    /// Where it belonged so many days before the moment.
    fn is_in_before(&self, sorting: Sorting, name: &str, days: u32) -> Option<bool> {
        if days == 0 { self.is_in(sorting, name) } else { None }
    }
}
