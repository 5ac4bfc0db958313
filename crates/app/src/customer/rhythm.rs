//! A customer against its own rhythm, for its page: the weeks, what was to be expected of them, where they changed.
//!
//! Shown is what the firm's rules ask: the first indicator among theirs that is told by rhythm. What everybody did is read
//! once for a snapshot. Not here: how rare is rare enough for an alert (`alerts`), the arithmetic (`estimators`).

use std::sync::{Arc, Mutex, PoisonError};

use indicators::{OwnRhythm, Rhythms, figure};
use vocab::CustomerId;

use crate::moment::snapshot::Snapshot;
use crate::view::{self, Words};
use crate::{App, shown::written};

/// Rarer than this is said to be out of rhythm; the rules that ship begin with it.
const RARE: f64 = 0.1;

/// What everybody's rhythm was at a snapshot, by indicator: worked out when first asked for.
#[derive(Default)]
pub(crate) struct KeptRhythms(Mutex<Option<(String, Option<Arc<Rhythms>>)>>);

impl KeptRhythms {
    fn of(&self, id: &str, read: impl FnOnce() -> Option<Rhythms>) -> Option<Arc<Rhythms>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((known, rhythms)) if known == id => rhythms.clone(),
            _ => {
                let rhythms = read().map(Arc::new);
                *kept = Some((id.to_owned(), rhythms.clone()));
                rhythms
            }
        }
    }
}

impl App {
    /// The customer's rhythm at the moment of the lists; `None` where no rule asks for one, or there is too little history
    /// or too few customers to tell.
    pub(crate) fn rhythm_of(
        &self,
        lists: &Snapshot,
        customer: &CustomerId,
        template: &str,
    ) -> Option<view::CustomerRhythm> {
        let policy = self.policy_in_use(template);
        let catalog = &self.definitions().catalog;
        let is_rhythm = |id: &&str| {
            let measured = catalog.get(id).and_then(|one| one.measured());
            measured.and_then(|one| one.compare.as_ref()).is_some_and(|compare| compare.against.is_rhythm())
        };
        let id = policy.rules.iter().flat_map(|rule| rule.indicators()).find(is_rhythm)?;
        let read = || {
            let supplied = catalog.only(&[id]).with_supply(Arc::clone(&lists.supply));
            Rhythms::of(lists.frame(), &supplied, id, lists.as_of)
        };
        let rhythms = lists.kept.of::<KeptRhythms>().of(id, read)?;
        let own = rhythms.own(lists.frame(), customer)?;
        let weeks = own.weeks.iter().map(|week| view::RhythmWeek {
            on: self.zone().date(week.start),
            count: week.count,
            expected: week.expected.map(|(expected, ..)| expected),
            low: week.expected.map(|(_, low, _)| low),
            high: week.expected.map(|(.., high)| high),
        });
        let is_out = own.fall.min(own.rise) <= RARE;
        let changed = own.changed.filter(|_| is_out);
        Some(view::CustomerRhythm {
            indicator: id.to_owned(),
            name: Words::from(&catalog.get(id)?.name),
            as_of: written(lists.as_of.instant()),
            weeks: weeks.collect(),
            is_out,
            changed_on: changed.map(|(since, _)| self.zone().date(since)),
            sentence: self.sentence_of(&own)?,
        })
    }

    /// What the picture says, in words.
    fn sentence_of(&self, own: &OwnRhythm) -> Option<Words> {
        let week = own.weeks.last()?;
        let (count, expected) = (figure(week.count, "count"), figure(week.expected?.0, "count"));
        let rare = own.fall.min(own.rise);
        if rare > RARE {
            return Some(Words::new(
                format!("和自己往常一样：近 7 天 {count} 次，按往常和大家同期该有 {expected} 次。"),
                format!("As usual for itself: {count} in the last 7 days where {expected} were to be expected."),
            ));
        }
        let share = if rare < 0.005 { "<1%".to_owned() } else { figure(rare, "ratio") };
        let (fell_zh, fell_en) = if own.fall <= own.rise { ("降", "fallen") } else { ("升", "risen") };
        let since = own.changed.map(|(since, level)| (self.zone().date(since), figure(level, "ratio")));
        let (since_zh, since_en) = match since {
            Some((day, level)) => (
                format!("，约从 {day} 那周起变成原来的 {level}"),
                format!(", since about {day} at {level} of what it was"),
            ),
            None => (String::new(), String::new()),
        };
        Some(Words::new(
            format!(
                "比自己往常{fell_zh}了：近 7 天 {count} 次，按往常和大家同期该有 {expected} 次{since_zh}。没变的客户一年里只有 {share} 会碰巧这样。"
            ),
            format!(
                "It has {fell_en} against itself: {count} in the last 7 days where {expected} were to be expected{since_en}. Of customers that did not change {share} would seem so within a year."
            ),
        ))
    }
}
