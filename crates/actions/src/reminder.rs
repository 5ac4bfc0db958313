//! 提醒: days on which somebody should think of a customer. Each kind is data ([`ReminderBook`]); which days it gives is
//! a function of what is known of the customer ([`Known`]), and what stands of them today of what people did since.
//!
//! Not here: reading what is known from facts and keeping answers (`app`, `store`), whom to greet before a festival
//! ([`crate::Festival`]).

use std::ops::RangeInclusive;

use calendar::{date_of, written_day};
use indicators::Catalog;
use vocab::{Finding, Text};

use crate::birthday::Birthday;
use crate::festival::Festival;
use crate::reminder_read;

/// Whose birthday, and which traits tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Stable id.
    pub id: String,
    /// Whose it is, as a sentence says it.
    pub whose: Text,
    /// Traits that hold it; the first that can be read speaks.
    pub traits: Vec<String>,
    /// Traits that hold it by the lunar calendar.
    pub lunar_traits: Vec<String>,
}

/// Where the days of a kind come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The day of the next contact that the latest follow-up record names.
    NextContact,
    /// Birthdays, so many days ahead.
    Birthday {
        /// How many days ahead.
        days_before: i64,
        /// Whose.
        people: Vec<Person>,
    },
    /// The end of the contract, each of so many days ahead; the furthest first.
    ContractEnd {
        /// How many days ahead, falling.
        days_before: Vec<i64>,
    },
    /// The last visit or meeting, so many days after it; where somebody got in touch since, so many days after that.
    Meeting {
        /// After how many days.
        after_days: i64,
        /// How many days after a touch.
        again_days: i64,
    },
    /// The last sign of life, by an indicator that counts the days since; likewise.
    Silence {
        /// The indicator.
        indicator: String,
        /// After how many days.
        after_days: i64,
        /// How many days after a touch.
        again_days: i64,
    },
}

/// A kind of reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderKind {
    /// Stable id.
    pub id: String,
    /// Items of the census it answers.
    pub census: Vec<String>,
    /// Its name.
    pub name: Text,
    /// What it says, with `{on}`, `{days}` and `{whose}`.
    pub say: Text,
    /// Whether it reminds at all.
    pub active: bool,
    /// How many days it is listed after its day, if nobody answers it.
    pub keep_days: i64,
    /// Where its days come from.
    pub source: Source,
}

/// Something that has to be put right before a customer is greeted, as an indicator tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// The indicator.
    pub indicator: String,
    /// From which number on.
    pub at_least: f64,
    /// What to put right, with `{n}`.
    pub say: Text,
}

/// Every kind of reminder, the festivals, and what forbids a greeting.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReminderBook {
    pub(crate) kinds: Vec<ReminderKind>,
    pub(crate) festivals: Vec<Festival>,
    pub(crate) fixes: Vec<Fix>,
}

/// What is known of a customer. Days are numbered from 1970-01-01.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The day of the next contact by the latest record, and the day on which that was agreed.
    pub next_contact: Option<(i64, i64)>,
    /// Birthdays by the id of the [`Person`].
    pub birthdays: Vec<(String, Birthday)>,
    /// The last day of the contract.
    pub contract_end: Option<i64>,
    /// The last visit or meeting. Without any there is nothing to miss.
    pub last_meeting: Option<i64>,
    /// The last sign of life.
    pub last_seen: Option<i64>,
    /// The last time that somebody got in touch, whatever the way.
    pub last_touch: Option<i64>,
}

/// One reminder of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due<'b> {
    /// Its kind.
    pub kind: &'b ReminderKind,
    /// Which of its kind: the same occasion has the same key whenever it is asked for.
    pub key: String,
    /// The day that it is about: the birthday, the end of the contract, the day since when there is silence.
    pub on: i64,
    /// From which day it is to be done.
    pub due: i64,
    /// Until which day it is listed.
    pub last: i64,
    /// Whose birthday.
    pub whose: Option<&'b Text>,
}

/// What somebody answered to a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It is done.
    Done,
    /// Not before this day.
    PutOff(i64),
    /// Nothing of its kind this year.
    NotThisYear,
}

/// How a reminder stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReminderState {
    /// Its day is yet to come: this one.
    Coming(i64),
    /// It is to be done, since this day.
    Due(i64),
    /// Somebody said that it is done.
    Done,
    /// Somebody got in touch since its day.
    Touched,
    /// Not this year.
    Skipped,
    /// Its time has passed.
    Lapsed,
}

impl ReminderBook {
    /// Reads files of reminders, given as `(file name, text)`: `[[reminder]]`, `[[festival]]` and `[[fix]]`.
    ///
    /// # Errors
    /// Everything that is wrong with them, each with file, line, column and hint; an indicator that the catalogue does
    /// not have is one.
    pub fn parse(files: &[(String, String)], catalog: &Catalog) -> Result<ReminderBook, Vec<Finding>> {
        reminder_read::read(files, catalog)
    }

    /// Every kind, in the order of the files.
    pub fn kinds(&self) -> &[ReminderKind] {
        &self.kinds
    }

    /// The festivals before which customers are greeted.
    pub fn festivals(&self) -> &[Festival] {
        &self.festivals
    }

    /// What forbids a greeting.
    pub fn fixes(&self) -> &[Fix] {
        &self.fixes
    }

    /// People whose birthdays are asked for.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.kinds.iter().flat_map(|kind| match &kind.source {
            Source::Birthday { people, .. } => people.as_slice(),
            _ => &[],
        })
    }

    /// The traits that birthdays are read from.
    pub fn traits(&self) -> Vec<&str> {
        let of = self.people().flat_map(|person| person.traits.iter().chain(&person.lunar_traits));
        of.map(String::as_str).collect()
    }

    /// The reminders of a customer that are listed on any of these days, by day and kind.
    ///
    /// # Edges
    /// A kind that is switched off gives none; what is not known gives none.
    pub fn due(&self, known: &Known, days: RangeInclusive<i64>) -> Vec<Due<'_>> {
        let mut found = Vec::new();
        for kind in self.kinds.iter().filter(|kind| kind.active) {
            kind.of(known, &days, &mut found);
        }
        found.retain(|one| one.due <= *days.end() && one.last >= *days.start());
        found.sort_by(|a, b| (a.due, a.on, &a.kind.id, &a.key).cmp(&(b.due, b.on, &b.kind.id, &b.key)));
        found
    }
}

impl ReminderKind {
    fn of<'b>(&'b self, known: &Known, days: &RangeInclusive<i64>, found: &mut Vec<Due<'b>>) {
        let plain =
            |on: i64, due: i64, key: String| Due { kind: self, key, on, due, last: due + self.keep_days, whose: None };
        match &self.source {
            Source::NextContact => {
                found.extend(known.next_contact.map(|(on, _)| plain(on, on, written_day(on))));
            }
            Source::Birthday { days_before, people } => {
                let year = |day: i64| date_of(day).map(|(year, _, _)| year);
                let (Some(first), Some(last)) = (year(*days.start()), year(*days.end())) else { return };
                for (id, birthday) in &known.birthdays {
                    let Some(person) = people.iter().find(|person| person.id == *id) else { continue };
                    // A lunar year begins in the solar one of its number and ends in the next.
                    for year in first - 1..=last + 1 {
                        let Some(on) = birthday.kept(year) else { continue };
                        let key = format!("{id}:{year}");
                        let last = on + self.keep_days;
                        found.push(Due { last, whose: Some(&person.whose), ..plain(on, on - days_before, key) });
                    }
                }
            }
            Source::ContractEnd { days_before } => {
                let Some(end) = known.contract_end else { return };
                for (place, before) in days_before.iter().enumerate() {
                    // Each stands until the next takes its place.
                    let last = days_before.get(place + 1).map_or(end + self.keep_days, |next| end - next - 1);
                    let key = format!("{}:{before}", written_day(end));
                    found.push(Due { last, ..plain(end, end - before, key) });
                }
            }
            Source::Meeting { after_days, again_days } => {
                found.extend(known.last_meeting.map(|met| self.missed(met, *after_days, *again_days, known)));
            }
            Source::Silence { after_days, again_days, .. } => {
                found.extend(known.last_seen.map(|seen| self.missed(seen, *after_days, *again_days, known)));
            }
        }
    }

    /// So many days after something last happened; if somebody got in touch because of it, so many days after that.
    fn missed(&self, since: i64, after_days: i64, again_days: i64, known: &Known) -> Due<'_> {
        let first = since + after_days;
        let due = known.last_touch.filter(|touch| *touch >= first).map_or(first, |touch| touch + again_days);
        Due { kind: self, key: written_day(due), on: since, due, last: due + self.keep_days, whose: None }
    }
}

impl Due<'_> {
    /// What it says on a day.
    pub fn sentence(&self, today: i64) -> Text {
        let (on, days) = (day_in_words(self.on, today), (self.on - today).abs().to_string());
        let whose = self.whose.cloned().unwrap_or_default();
        let fill = |text: &str, on: &str, whose: &str| {
            text.replace("{on}", on).replace("{days}", &days).replace("{whose}", whose)
        };
        let say = &self.kind.say;
        Text::new(fill(&say.zh, &on.zh, &whose.zh), fill(&say.en, &on.en, &whose.en))
    }

    /// How it stands on a day, after what was answered to it and the last time that somebody got in touch.
    ///
    /// # Edges
    /// A touch on its day or later answers it; the record in which a next contact was agreed is none, but a later one
    /// is. What was put off is listed as long after its new day as it would have been after the old one.
    pub fn standing(&self, answered: Option<Answered>, known: &Known, today: i64) -> ReminderState {
        match answered {
            Some(Answered::Done) => return ReminderState::Done,
            Some(Answered::NotThisYear) => return ReminderState::Skipped,
            Some(Answered::PutOff(_)) | None => {}
        }
        let agreed = match self.kind.source {
            Source::NextContact => known.next_contact.map_or(i64::MIN, |(_, agreed)| agreed),
            _ => i64::MIN,
        };
        if known.last_touch.is_some_and(|touch| touch >= self.due && touch > agreed) {
            return ReminderState::Touched;
        }
        let (due, last) = match answered {
            Some(Answered::PutOff(until)) if until > self.due => (until, self.last.max(until + self.last - self.due)),
            _ => (self.due, self.last),
        };
        match today {
            today if today < due => ReminderState::Coming(due),
            today if today > last => ReminderState::Lapsed,
            _ => ReminderState::Due(due),
        }
    }

    /// The year that it belongs to, for what is not wanted this year.
    pub fn year(&self) -> Option<i16> {
        date_of(self.due).map(|(year, _, _)| year)
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of a month in English.
pub(crate) fn month_in_english(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|place| MONTHS.get(place)).copied().unwrap_or_default()
}

/// A day as a sentence says it; the year where it is another than today's.
pub fn day_in_words(day: i64, today: i64) -> Text {
    let (Some((year, month, date)), Some((this_year, _, _))) = (date_of(day), date_of(today)) else {
        return Text::new(written_day(day), written_day(day));
    };
    let (zh, en) = (format!("{month} 月 {date} 日"), format!("{date} {}", month_in_english(month)));
    if year == this_year {
        return Text::new(zh, en);
    }
    Text::new(format!("{year} 年 {zh}"), format!("{en} {year}"))
}
