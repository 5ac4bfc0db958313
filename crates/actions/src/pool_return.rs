//! 回公海: whose customer goes back to the pool because nobody has been in touch for long, and who is warned of it before.
//!
//! Not here: what counts as having been in touch (`app`), carrying the plan out (`store`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use calendar::written_day;
use vocab::{CustomerId, Lang, Notice, NoticeKind, NoticeLine, Text};

use crate::notice_words::{At, LIST_ROWS, Nouns, counted, measured};
use crate::reminder::day_in_words;

/// When a customer goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnRule {
    /// After how many days without a record.
    pub after_days: u32,
    /// How many days before that its owner is warned, at the latest.
    pub warn_days: u32,
}

/// A customer that somebody has. Days are numbered from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held<'a> {
    /// Who.
    pub customer: &'a CustomerId,
    /// Whose.
    pub owner: &'a str,
    /// The day since which nobody has been in touch: of the last record, or on which it came to its owner.
    pub quiet_since: i64,
    /// Whether somebody is at work on it.
    pub has_open_case: bool,
    /// Whether the owner works here and so can be warned.
    pub can_be_warned: bool,
}

/// An owner was warned, or is to be, that a customer goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnWarning {
    /// Who.
    pub customer: CustomerId,
    /// Whose.
    pub owner: String,
    /// The day since which nobody has been in touch.
    pub quiet_since: i64,
    /// The day on which it goes back.
    pub returns_on: i64,
}

/// What is to be done; planning again once it is carried out gives an empty plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnPlan {
    /// Owners to warn; a warning that is there for the same customer gives way to it.
    pub warn: Vec<ReturnWarning>,
    /// Warnings that do not hold any more.
    pub withdraw: Vec<CustomerId>,
    /// Customers that go back today.
    pub give_back: Vec<ReturnWarning>,
}

/// Who is to be warned today, and who goes back?
///
/// A customer is due `after_days` after the day since which nobody has been in touch. Its owner is warned as soon as no more
/// than `warn_days` are left, and it goes back `warn_days` after the warning: on the day it is due, or later where the
/// warning came later. Nobody loses a customer of whom they were not told so long before.
///
/// # Edges
/// * With an open case nobody is warned and nothing goes back; once it is closed the owner is warned anew.
/// * A record, another owner, or a rule that is off or longer now takes a warning back.
/// * Whoever cannot be warned keeps what they have.
pub fn plan_returns<'a>(
    held: impl IntoIterator<Item = Held<'a>>,
    warned: &BTreeMap<CustomerId, ReturnWarning>,
    rule: Option<ReturnRule>,
    today: i64,
) -> ReturnPlan {
    let mut plan = ReturnPlan::default();
    let mut standing: BTreeSet<&CustomerId> = BTreeSet::new();
    let Some(rule) = rule else {
        return ReturnPlan { withdraw: warned.keys().cloned().collect(), ..plan };
    };
    let (after, ahead) = (i64::from(rule.after_days), i64::from(rule.warn_days));
    for one in held {
        let due = one.quiet_since + after;
        if one.has_open_case || !one.can_be_warned || today < due - ahead {
            continue;
        }
        let said = warned.get(one.customer);
        let said = said.filter(|said| said.owner == one.owner && said.quiet_since == one.quiet_since);
        standing.extend(warned.get_key_value(one.customer).map(|(customer, _)| customer));
        match said {
            Some(said) if said.returns_on >= due && today >= said.returns_on => plan.give_back.push(said.clone()),
            Some(said) if said.returns_on >= due => {}
            _ => plan.warn.push(ReturnWarning {
                customer: one.customer.clone(),
                owner: one.owner.to_owned(),
                quiet_since: one.quiet_since,
                returns_on: today + ahead,
            }),
        }
    }
    plan.withdraw = warned.keys().filter(|customer| !standing.contains(customer)).cloned().collect();
    plan.warn.sort_by(|a, b| (a.returns_on, &a.customer).cmp(&(b.returns_on, &b.customer)));
    plan.give_back.sort_by(|a, b| (a.returns_on, &a.customer).cmp(&(b.returns_on, &b.customer)));
    plan
}

impl ReturnPlan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The plan as a diff in one language.
    pub fn print(&self, lang: Lang) -> String {
        let (warn, back, withdraw) = (self.warn.len(), self.give_back.len(), self.withdraw.len());
        let mut text = match lang {
            Lang::Zh => format!("回公海：提醒 {warn}，退回 {back}，撤销提醒 {withdraw}\n"),
            Lang::En => format!("pool: {warn} to warn, {back} to give back, {withdraw} to withdraw\n"),
        };
        let line = |mark: &str, one: &ReturnWarning| {
            let (since, on) = (written_day(one.quiet_since), written_day(one.returns_on));
            let (customer, owner) = (&one.customer, &one.owner);
            match lang {
                Lang::Zh => format!("{mark} {customer} 负责人 {owner} 自 {since} 无跟进，{on} 回公海\n"),
                Lang::En => format!("{mark} {customer} owner {owner} quiet since {since}, returns on {on}\n"),
            }
        };
        text.extend(self.give_back.iter().map(|one| line("-", one)));
        text.extend(self.warn.iter().map(|one| line("!", one)));
        text.extend(self.withdraw.iter().map(|customer| format!("x {customer}\n")));
        text
    }
}

impl fmt::Display for ReturnPlan {
    /// In Chinese.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.print(Lang::Zh))
    }
}

/// A customer that goes back, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnLine {
    /// Its page.
    pub path: String,
    /// What it is called.
    pub name: String,
    /// The day since which nobody has been in touch.
    pub quiet_since: i64,
    /// The day on which it goes back.
    pub returns_on: i64,
}

/// What one owner is told of the customers that will go back, the first of them first; none where there are none.
///
/// `key` is what makes it the same notice when it is planned again.
pub fn return_notice(staff: i64, key: &str, lines: &[ReturnLine], nouns: &Nouns, at: At<'_>) -> Option<Notice> {
    let first = lines.first()?;
    let today = at.zone.day_number(at.now);
    let (many, on) = (counted(lines.len(), nouns), day_in_words(first.returns_on, today));
    let subject = match lines.len() {
        1 => Text::new(
            format!("{}将于 {}回公海", first.name, on.zh),
            format!("{} will return to the pool on {}", first.name, on.en),
        ),
        _ => Text::new(
            format!("{}将回公海，最早 {}", many.zh, on.zh),
            format!("{} will return to the pool, the first on {}", many.en, on.en),
        ),
    };
    let said = |one: &ReturnLine| {
        let (since, on) = (day_in_words(one.quiet_since, today), day_in_words(one.returns_on, today));
        let text = Text::new(
            format!("{}：{}起没有跟进，将于 {}回公海；写一条跟进就留在您名下", one.name, since.zh, on.zh),
            format!(
                "{}: no record since {}, returns to the pool on {}; a follow-up record keeps it yours",
                one.name, since.en, on.en
            ),
        );
        NoticeLine { text, path: Some(one.path.clone()) }
    };
    let mut shown: Vec<NoticeLine> = lines.iter().take(LIST_ROWS).map(said).collect();
    if let Some(left) = lines.len().checked_sub(LIST_ROWS).filter(|left| *left > 0) {
        let text = Text::new(format!("还有 {left} {}", measured(nouns)), format!("{left} more"));
        shown.push(NoticeLine { text, path: Some("/pool".to_owned()) });
    }
    Some(Notice {
        key: key.to_owned(),
        staff,
        kind: NoticeKind::PoolReturn,
        subject,
        lines: shown,
        path: Some("/pool".to_owned()),
        is_urgent: false,
        not_before: at.now,
    })
}
