//! One rule: when a worry opens, on which days, when it is over, how it is said.

use std::fmt;

use indicators::{Condition, Quantity, names};
use vocab::{Severity, Text};

use crate::policy::indicator_named;

/// One rule.
///
/// ```toml
/// [[rule]]
/// id            = "saas_logins_halved"
/// census        = "RULE-08"                # where the rule comes from, if it comes from somewhere
/// name          = { zh = "登录骤降", en = "Logins have fallen" }
/// cause         = "usage"                  # at most one open alert per customer and cause
/// severity      = "warning"                # info | warning | urgent
/// severity_by_tier = { high = "urgent" }   # of customers of a tier of value
/// state         = "active"                 # or "available": a template, switched off
/// parameters    = { ratio = { value = 0.5, unit = "ratio", least = 0.1, most = 0.9, name = { zh = "…", en = "…" } } }
/// reading       = { zh = "…", en = "…" }   # what was ambiguous where it comes from, and how it was decided
/// when          = { of = "login_ratio_30d", is = "<=", than = "$ratio" }
/// clear         = { of = "login_ratio_30d", is = ">=", than = 0.8 }   # default: when no longer holds
/// cooldown_days = 14
/// on            = "working_days"           # every_day | working_days | holidays
/// schedule      = { every = "week", weekday = "monday" }   # { every = "day" } | { every = "month", day = 1 }
/// say           = { zh = "近 30 天登录 {login_days_30d} 天,往常 {login_days_prev_30d} 天", en = "…" }
/// next_step     = { zh = "打电话了解近期使用情况", en = "Call and ask how they use it" }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Stable id.
    pub id: String,
    /// The item of the field's census it puts into practice.
    pub census: Option<String>,
    /// What it is called.
    pub name: Text,
    /// The worry it is about. Several rules may share one; the severest that holds speaks.
    pub cause: String,
    /// How urgent.
    pub severity: Severity,
    /// How urgent with customers of a tier of value, where that differs. Which rule of a cause speaks is decided by
    /// `severity` all the same.
    pub severity_by_tier: Vec<(String, Severity)>,
    /// Whether it speaks at all.
    pub active: bool,
    /// Its thresholds by name; `when`, `clear` and `cooldown_days` hold their values.
    pub parameters: Vec<Parameter>,
    /// What was ambiguous where the rule comes from, and how it was decided.
    pub reading: Option<Text>,
    /// When the worry opens.
    pub when: Condition,
    /// When it is over; `None`: as soon as `when` does not hold.
    pub clear: Option<Condition>,
    /// For so many days after an alert of this cause was closed, the rule opens no other.
    pub cooldown_days: u32,
    /// On which days it opens alerts. Open ones change and are resolved on any day.
    pub on: Days,
    /// How often it opens alerts.
    pub schedule: Schedule,
    /// The worry in the customer's own figures: `近 30 天登录 {login_days_30d} 天`. Indicators by id, and `health`,
    /// `health_7d_ago`, `health_drop_7d`; a minus before an indicator says its number with the other sign.
    pub say: Text,
    /// What to do, in a few words that fit on a button.
    pub next_step: Text,
}

impl Rule {
    /// Its conditions: when it opens and, where that is said, when it is over.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        std::iter::once(&self.when).chain(&self.clear)
    }

    /// The indicators that it asks for or names in its sentence, repeated where they are.
    pub fn indicators(&self) -> Vec<&str> {
        let mut ids: Vec<&str> =
            self.conditions().flat_map(Condition::quantities).filter_map(Quantity::indicator).collect();
        ids.extend(names(&self.say).into_iter().map(|name| indicator_named(name).0));
        ids
    }

    /// Whether the present moment alone does not answer it: it asks about earlier moments, or counts facts.
    pub fn asks_more(&self) -> bool {
        self.conditions().any(|condition| !condition.days_back().is_empty() || !condition.counts().is_empty())
    }

    /// On which days it opens alerts, in words; `None` for every day.
    pub fn days_in_words(&self) -> Option<Text> {
        let on = match self.on {
            Days::Every => None,
            Days::Working => Some(Text::new("只在工作日", "on working days only")),
            Days::Off => Some(Text::new("只在休息日", "on days off only")),
        };
        let schedule = match self.schedule {
            Schedule::Daily => None,
            Schedule::Weekly(weekday) => {
                let zh = ["一", "二", "三", "四", "五", "六", "日"][weekday.number()];
                Some(Text::new(format!("每周{zh}"), format!("every {weekday}")))
            }
            Schedule::Monthly(day) => Some(Text::new(format!("每月 {day} 日"), format!("on day {day} of each month"))),
        };
        match (schedule, on) {
            (Some(schedule), Some(on)) => {
                Some(Text::new(format!("{}，{}", schedule.zh, on.zh), format!("{}, {}", schedule.en, on.en)))
            }
            (one, other) => one.or(other),
        }
    }
}

/// A threshold that a firm changes without touching the condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name: `$days` in a condition.
    pub id: String,
    /// What it is called.
    pub name: Text,
    /// What it is counted in.
    pub unit: String,
    /// The number.
    pub value: f64,
    /// The least it may be.
    pub least: f64,
    /// The most it may be.
    pub most: f64,
}

/// On which days a rule opens alerts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Days {
    /// Every day.
    #[default]
    Every,
    /// Days that are worked, those moved for a holiday (调休) included.
    Working,
    /// Days that are not worked: weekends and public holidays.
    Off,
}

/// How often a rule opens alerts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Schedule {
    /// Every day.
    #[default]
    Daily,
    /// On one day of the week.
    Weekly(Weekday),
    /// On one day of the month, 1 to 28.
    Monthly(u32),
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekday(u8);

impl Weekday {
    /// Their words, Monday first.
    pub const WORDS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// The weekday of a civil day, told by its number since 1970-01-01, a Thursday.
    pub fn of_day(day: i64) -> Weekday {
        Weekday((day + 3).rem_euclid(7) as u8)
    }

    pub(crate) fn all() -> impl Iterator<Item = Weekday> {
        (0..7).map(Weekday)
    }

    /// 0 for Monday to 6 for Sunday.
    pub fn number(self) -> usize {
        usize::from(self.0)
    }

    /// `monday`, ….
    pub fn as_str(self) -> &'static str {
        Weekday::WORDS[self.number()]
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            0 => "Monday",
            1 => "Tuesday",
            2 => "Wednesday",
            3 => "Thursday",
            4 => "Friday",
            5 => "Saturday",
            _ => "Sunday",
        })
    }
}
