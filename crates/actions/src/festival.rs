//! 节前清单: when customers are greeted before a festival, and with which true line.
//!
//! A line is drawn from what a customer did and what was done for it ([`Story`]); where nothing is known there is none,
//! and never a phrase in its place. Not here: who is on the list and who must not be greeted yet (`app`).

use calendar::{WorkCalendar, date_of, day_of, lunar_day};
use vocab::Text;

use crate::reminder::{day_in_words, month_in_english};

/// Working days before a festival on which customers are greeted.
pub const GREETING_DAYS: u32 = 5;
/// Working days before a festival from which its list is shown unasked.
pub const NEAR_DAYS: u32 = 15;
/// A renewal of more than this many days ago is no news.
const RENEWED_DAYS: i64 = 400;
/// Likewise good marks.
const PRAISED_DAYS: i64 = 180;
/// Fewer orders in a year are nothing to thank for by number.
const MANY_ORDERS: u32 = 2;
/// Things that one line says.
const PARTS: usize = 2;

/// When a festival is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FestivalDay {
    /// Month and day of the lunar calendar.
    Lunar(u8, u8),
    /// Month and day.
    Solar(i8, i8),
}

/// A festival before which customers are greeted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Festival {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// When it is.
    pub day: FestivalDay,
    /// What a greeting says, with `{name}` and `{thanks}`.
    pub greeting: Text,
}

impl Festival {
    /// The day of a year on which it is, as days since 1970-01-01.
    ///
    /// # Edges
    /// A lunar festival of a year outside 2014 to 2036: `None`.
    pub fn on(&self, year: i16) -> Option<i64> {
        match self.day {
            FestivalDay::Lunar(month, day) => lunar_day(year, month, day, false),
            FestivalDay::Solar(month, day) => day_of(year, month, day),
        }
    }

    /// The next one from a day on, that day included: its year and day.
    pub fn next(&self, from: i64) -> Option<(i16, i64)> {
        let (year, _, _) = date_of(from)?;
        (year..=year + 1).find_map(|year| Some((year, self.on(year).filter(|on| *on >= from)?)))
    }

    /// The greeting for somebody of this name.
    ///
    /// # Edges
    /// Without a line it thanks for nothing in particular: the greeting alone.
    pub fn greet(&self, name: &str, line: Option<&Line>) -> Text {
        let fill = |text: &str, thanks: &str| {
            let text = if thanks.is_empty() { text.replace("{thanks} ", "") } else { text.to_owned() };
            text.replace("{thanks}", thanks).replace("{name}", name)
        };
        let thanks = line.map(|line| line.thanks.clone()).unwrap_or_default();
        Text::new(fill(&self.greeting.zh, &thanks.zh), fill(&self.greeting.en, &thanks.en))
    }
}

/// The day from which so many working days are left before a day; the day itself is not one of them.
///
/// # Edges
/// Moved working days (调休) count, days off do not; in a year whose holidays the calendar does not know only weekends
/// are left out ([`WorkCalendar::doubt`]).
pub fn working_days_before(calendar: &WorkCalendar, day: i64, count: u32) -> i64 {
    let mut found = day;
    for _ in 0..count {
        found -= 1;
        while !calendar.works_on(found) {
            found -= 1;
        }
    }
    found
}

/// Working days from one day to another, the first included and the last not.
pub fn working_days_between(calendar: &WorkCalendar, from: i64, to: i64) -> u32 {
    (from..to).filter(|day| calendar.works_on(*day)).count() as u32
}

/// What a customer did and what was done for it, as far as it can be said in a greeting. Days are numbered from
/// 1970-01-01.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// The first that was heard of it as a customer: its first contract or order.
    pub since: Option<i64>,
    /// When it last renewed.
    pub renewed_on: Option<i64>,
    /// How many of its requests were resolved in the calendar month of the day.
    pub resolved_this_month: u32,
    /// How many in the month before.
    pub resolved_last_month: u32,
    /// Orders in the calendar year of the day.
    pub orders_this_year: u32,
    /// Its last answer to a survey, if that was a good one: the day, the mark and the best one.
    pub praised: Option<(i64, f64, f64)>,
}

/// One true line about a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// For whoever greets.
    pub about: Text,
    /// The same turned to the customer.
    pub thanks: Text,
}

/// The true line about a customer on a day: the two strongest things that can be said.
///
/// A renewal within 400 days, requests resolved this month or else the last, a good mark within half a year, a full
/// number of years together, orders this year; in this order.
///
/// # Edges
/// Nothing to say: `None`.
pub fn true_line(story: &Story, today: i64) -> Option<Line> {
    let parts: Vec<(Text, Text)> = [
        story.renewed_on.filter(|on| (0..=RENEWED_DAYS).contains(&(today - on))).and_then(|on| renewed(on, today)),
        resolved(story),
        story
            .praised
            .filter(|(on, ..)| (0..=PRAISED_DAYS).contains(&(today - on)))
            .map(|(on, mark, best)| praised(on, mark, best, today)),
        story.since.and_then(|since| together(since, today)),
        (story.orders_this_year >= MANY_ORDERS).then(|| ordered(story.orders_this_year)),
    ]
    .into_iter()
    .flatten()
    .take(PARTS)
    .collect();
    if parts.is_empty() {
        return None;
    }
    let joined =
        |pick: &dyn Fn(&(Text, Text)) -> String, stop: &str| parts.iter().map(pick).collect::<Vec<_>>().join(stop);
    Some(Line {
        about: Text::new(joined(&|part| part.0.zh.clone(), "，"), joined(&|part| part.0.en.clone(), ", ")),
        thanks: Text::new(
            joined(&|part| format!("{}。", part.1.zh), ""),
            joined(&|part| format!("{}.", part.1.en), " "),
        ),
    })
}

fn renewed(on: i64, today: i64) -> Option<(Text, Text)> {
    let ((year, month, _), (this_year, ..)) = (date_of(on)?, date_of(today)?);
    let zh = if year == this_year { format!("今年 {month} 月") } else { format!("去年 {month} 月") };
    let english = month_in_english(month);
    let en = if year == this_year { format!("in {english}") } else { format!("in {english} last year") };
    Some((
        Text::new(format!("{zh}续约"), format!("renewed {en}")),
        Text::new(format!("谢谢您{zh}继续选择我们"), format!("Thank you for staying with us {en}")),
    ))
}

fn resolved(story: &Story) -> Option<(Text, Text)> {
    let (count, zh, en) = match (story.resolved_this_month, story.resolved_last_month) {
        (0, 0) => return None,
        (0, count) => (count, "上个月", "last month"),
        (count, _) => (count, "本月", "this month"),
    };
    let problems = if count == 1 { "1 request".to_owned() } else { format!("{count} requests") };
    Some((
        Text::new(format!("客服{zh}解决了 {count} 个问题"), format!("our service resolved {problems} {en}")),
        Text::new(
            format!("{zh}您提的 {count} 个问题已经处理好，有别的随时找我"),
            format!("{problems} of yours {} settled {en}; call me any time", if count == 1 { "was" } else { "were" }),
        ),
    ))
}

fn praised(on: i64, mark: f64, best: f64, today: i64) -> (Text, Text) {
    let day = day_in_words(on, today);
    (
        Text::new(
            format!("{}给我们打了 {mark} 分（满分 {best}）", day.zh),
            format!("gave us {mark} of {best} on {}", day.en),
        ),
        Text::new(format!("谢谢您 {}给的好评", day.zh), format!("Thank you for the good marks on {}", day.en)),
    )
}

fn together(since: i64, today: i64) -> Option<(Text, Text)> {
    let ((year, month, day), (this_year, this_month, this_day)) = (date_of(since)?, date_of(today)?);
    let years = i32::from(this_year) - i32::from(year) - i32::from((this_month, this_day) < (month, day));
    let en = if years == 1 { "a year".to_owned() } else { format!("{years} years") };
    (years >= 1).then(|| {
        (
            Text::new(format!("合作满 {years} 年"), format!("with us for {en}")),
            Text::new(format!("谢谢您 {years} 年来的信任"), format!("Thank you for {en} of trust")),
        )
    })
}

fn ordered(count: u32) -> (Text, Text) {
    (
        Text::new(format!("今年下了 {count} 次单"), format!("ordered {count} times this year")),
        Text::new(format!("谢谢您今年 {count} 次光顾"), format!("Thank you for your {count} orders this year")),
    )
}
