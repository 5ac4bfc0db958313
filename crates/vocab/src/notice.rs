//! What the product tells a person who works here, wherever they read it: a page, a mail, a group.
//!
//! Not here: who is told what and when (`actions`), where it is kept (`store`), how it leaves the house (`channels`).

use std::fmt;
use std::str::FromStr;

use crate::{Instant, Text};

/// What a notice is about. People choose by it which of them reach them where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// The list with which an owner begins the day.
    Morning,
    /// The same of a whole team, to its head.
    TeamMorning,
    /// Something that cannot wait for the next list.
    Urgent,
    /// A limit that will soon be missed, to whoever works on the case.
    BreachSoon,
    /// A limit that was missed, to the head.
    Breach,
    /// What somebody else did that one is to know at once: a case came to the desk, one is urged, mentioned, given a task.
    Called,
    /// Customers that will go back to the pool, to their owner.
    PoolReturn,
    /// A model in service is not what it was, to analysts and administrators.
    ModelDrift,
}

impl NoticeKind {
    /// Every one, in the order in which people choose.
    pub const ALL: [NoticeKind; 8] = [
        NoticeKind::Morning,
        NoticeKind::TeamMorning,
        NoticeKind::Urgent,
        NoticeKind::BreachSoon,
        NoticeKind::Breach,
        NoticeKind::Called,
        NoticeKind::PoolReturn,
        NoticeKind::ModelDrift,
    ];

    /// The word in the database and over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeKind::Morning => "morning",
            NoticeKind::TeamMorning => "team_morning",
            NoticeKind::Urgent => "urgent",
            NoticeKind::BreachSoon => "breach_soon",
            NoticeKind::Breach => "breach",
            NoticeKind::Called => "called",
            NoticeKind::PoolReturn => "pool_return",
            NoticeKind::ModelDrift => "model_drift",
        }
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for NoticeKind {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(())
    }
}

/// One line of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeLine {
    /// What it says.
    pub text: Text,
    /// The page of this product that it leads to, such as `/cases/17`.
    pub path: Option<String>,
}

/// Something that one person is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What makes it the same notice when it is planned again: `morning/2026-02-16/17`. Unique for ever.
    pub key: String,
    /// The id of whoever is told.
    pub staff: i64,
    /// What it is about.
    pub kind: NoticeKind,
    /// One sentence that says it all.
    pub subject: Text,
    /// The rest, the most important first; may be empty.
    pub lines: Vec<NoticeLine>,
    /// The page that it leads to.
    pub path: Option<String>,
    /// Goes before others.
    pub is_urgent: bool,
    /// It leaves the house no earlier than this.
    pub not_before: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_back_from_its_word() {
        for kind in NoticeKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("alarm".parse::<NoticeKind>(), Err(()));
    }
}
