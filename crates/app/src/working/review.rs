//! 周会复盘: a past week in six numbers, each with the names behind it, what came of each rule, who was lost, and what was
//! decided about it.
//!
//! A week stands at its end: what was on the desk is folded from the history up to that moment, who left is told by the
//! facts known then. Asked again later it says the same; what later facts add is said beside it. What is counted, and
//! how, is [`counted`]; the month by owner is [`month`].

pub(crate) mod counted;
mod decisions;
pub(crate) mod gathered;
mod month;

use std::collections::{BTreeMap, HashMap, HashSet};

use store::{AlertFilter, AlertSlice};
use vocab::{AsOf, CustomerId, Instant, Scope, Zone};

use self::counted::{Counted, Of};
use self::gathered::{Gathered, left_between};
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::shown::{figure, page, written};
use crate::staff::people::sees_all;
use crate::view::{
    ReviewCustomer, ReviewLater, ReviewLost, ReviewName, ReviewNames, ReviewNumber, ReviewPage, RuleYield, Words,
};
use crate::working::case_rows::customer_name;
use crate::working::work::{owned, unknown_word};
use crate::{App, Reader};

/// From one midnight to within the day before or after, in microseconds, whatever the clocks do at night.
const NOON: i64 = 12 * 3_600_000_000;
/// How long before a loss an alert counts as its warning.
const WARNED_DAYS: i64 = 182;
/// Of so many customers lost it is looked up whether a change of the rules was worked out.
const LOOKED_UP: usize = 40;

/// Which names behind which number are asked for.
#[derive(Clone, Debug, Default)]
pub struct ReviewQuery {
    /// Any day of the week; the week before the moment asked about when absent.
    pub week: Option<String>,
    /// `YYYY-MM`: of a month instead.
    pub month: Option<String>,
    /// `opened`, `acted`, `stayed`, `lost`, `late`, `false_alarm`.
    pub of: String,
    /// Only customers of this owner then; `-` = nobody's.
    pub owner: Option<String>,
    /// Only alerts of this rule.
    pub rule: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows on the page.
    pub limit: usize,
}

/// A week or a month with the moment at which its numbers stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub from: Instant,
    pub to: Instant,
    /// `to`, or the moment asked about while it runs.
    pub at: Instant,
    pub asked: Instant,
}

impl Span {
    fn is_complete(&self) -> bool {
        self.at == self.to
    }

    /// The moment to look at; none for the present.
    fn as_of(&self, now: Instant) -> Option<AsOf> {
        (self.at != now).then_some(AsOf(self.at))
    }
}

/// The midnight that begins the Monday of a moment's week.
fn monday(zone: &Zone, at: Instant) -> Instant {
    // Day 0 was a Thursday.
    let since = (zone.day_number(at) + 3).rem_euclid(7);
    zone.midnight(zone.midnight(at).plus_micros(NOON).plus_days(-since))
}

/// The Monday so many weeks after a Monday.
fn weeks_later(zone: &Zone, monday: Instant, weeks: i64) -> Instant {
    zone.midnight(monday.plus_micros(NOON).plus_days(7 * weeks))
}

impl App {
    /// The review of a week: the one of any day in it, or the week before the moment asked about.
    ///
    /// # Edges
    /// Who acted is told by records and moves, who left by facts; "stayed" includes those who would have stayed anyway.
    ///
    /// # Errors
    /// `bad_week`, `future_week`, `future_moment`.
    pub async fn review(
        &self,
        reader: &Reader,
        week: Option<&str>,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<ReviewPage, Error> {
        let (zone, scope) = (self.zone(), &reader.scope);
        let span = self.week(week, as_of, now)?;
        let gathered = self.gather(scope, span, now).await?;
        let before = self.week_before(scope, &gathered).await?;
        let present = match as_of {
            None => Some(self.snapshot(None, now).await?),
            Some(_) => None,
        };
        let decisions = self.decisions_of_week(reader, &span, as_of, now).await?;
        let lost = self.lost_in(reader, &gathered, present.is_some(), now).await?;
        let numbers = Of::ALL.map(|of| ReviewNumber {
            of: of.as_str().to_owned(),
            count: gathered.count(of),
            before: before.get(&of).copied().flatten(),
        });
        let can_say = gathered.not_yet.is_none();
        let amounts = lost.iter().map(|one| one.value.value);
        let sunday = weeks_later(zone, span.from, 1).plus_micros(-1);
        Ok(ReviewPage {
            week_on: zone.date(span.from),
            until_on: zone.date(sunday),
            previous_on: zone.date(weeks_later(zone, span.from, -1)),
            next_on: (span.to < span.asked).then(|| zone.date(span.to)),
            at: written(span.at),
            is_complete: span.is_complete(),
            reach: reader.reach.as_str().to_owned(),
            numbers: numbers.to_vec(),
            opened_acted_count: gathered.counted[&Of::Opened].iter().filter(|one| one.acted).count() as u64,
            lost_warned_count: can_say.then(|| lost.iter().filter(|one| one.was_warned).count() as u64),
            lost_amount: amounts.fold(None, month::plus),
            rules: self.yields(&gathered, present.as_deref()),
            later: present.and_then(|present| later(&gathered, &present, scope)),
            lost,
            churn_name: self.churn_name(&gathered.snapshot),
            not_yet: gathered.not_yet.as_ref().map(Words::from),
            last_decisions: decisions.last,
            decisions: decisions.own,
            people: decisions.people,
        })
    }

    /// The names behind a number of a week or a month, the latest first.
    ///
    /// # Errors
    /// `bad_filter` for a number that there is not; otherwise as [`App::review`].
    pub async fn review_names(
        &self,
        reader: &Reader,
        query: &ReviewQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<ReviewNames, Error> {
        let of = Of::ALL.into_iter().find(|of| of.as_str() == query.of).ok_or_else(|| unknown_word(&query.of))?;
        let span = match &query.month {
            Some(month) => self.month(Some(month), as_of, now)?,
            None => self.week(query.week.as_deref(), as_of, now)?,
        };
        let gathered = self.gather(&reader.scope, span, now).await?;
        let fits = |one: &&Counted| {
            owned(gathered.owner(&one.customer).as_deref(), query.owner.as_deref())
                && (query.rule.is_none() || one.rule == query.rule)
        };
        let matches: Vec<&Counted> = gathered.counted[&of].iter().filter(fits).collect();
        let (rows, next_cursor) = page(&matches, query.cursor.as_deref(), query.limit)?;
        Ok(ReviewNames {
            rows: rows.iter().map(|one| self.review_name(&gathered, one)).collect(),
            total: matches.len() as u64,
            next_cursor,
        })
    }

    /// Every name behind every number of a week, number by number: what is exported.
    pub(crate) async fn review_rows(
        &self,
        reader: &Reader,
        week: Option<&str>,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<(Of, ReviewName)>, Error> {
        let span = self.week(week, as_of, now)?;
        let gathered = self.gather(&reader.scope, span, now).await?;
        let all = Of::ALL.into_iter().flat_map(|of| gathered.counted[&of].iter());
        Ok(all.map(|one| (one.of, self.review_name(&gathered, one))).collect())
    }

    /// The week of a day, or the one before the moment asked about.
    pub(crate) fn week(&self, day: Option<&str>, as_of: Option<AsOf>, now: Instant) -> Result<Span, Error> {
        let (zone, asked) = (self.zone(), as_of.map_or(now, AsOf::instant));
        let from = match day.map(str::trim).filter(|day| !day.is_empty()) {
            Some(day) => monday(zone, zone.parse(day).map_err(|_| bad_week(day))?),
            None => weeks_later(zone, monday(zone, asked), -1),
        };
        let to = weeks_later(zone, from, 1);
        if from >= asked {
            return Err(Error::bad(
                "future_week",
                ("这一周还没有开始", "this week has not begun"),
                ("请选已经开始的一周", "choose a week that has begun"),
            ));
        }
        Ok(Span { from, to, at: to.min(asked), asked })
    }

    /// A month by its word, or the one before the moment asked about.
    pub(crate) fn month(&self, month: Option<&str>, as_of: Option<AsOf>, now: Instant) -> Result<Span, Error> {
        let (zone, asked) = (self.zone(), as_of.map_or(now, AsOf::instant));
        let from = match month.map(str::trim).filter(|month| !month.is_empty()) {
            Some(word) => {
                let is_word = word.len() == "2025-06".len();
                let first = is_word.then(|| zone.parse(&format!("{word}-01")).ok()).flatten();
                first.ok_or_else(|| bad_month(word))?
            }
            None => zone.month_start(asked, -1),
        };
        let to = zone.month_start(from, 1);
        if from >= asked {
            return Err(Error::bad(
                "future_month",
                ("这个月还没有开始", "this month has not begun"),
                ("请选已经开始的月份", "choose a month that has begun"),
            ));
        }
        Ok(Span { from, to, at: to.min(asked), asked })
    }

    /// The customers lost in a span, most valuable first.
    async fn lost_in(
        &self,
        reader: &Reader,
        gathered: &Gathered,
        is_present: bool,
        now: Instant,
    ) -> Result<Vec<ReviewLost>, Error> {
        let left: HashMap<&CustomerId, Instant> =
            gathered.counted[&Of::Lost].iter().map(|one| (&one.customer, one.at)).collect();
        let customers = left.keys().map(|customer| (*customer).clone()).collect();
        let filter = AlertFilter { state: None, customers: Some(customers), ..AlertFilter::default() };
        let alerts = self.store().alerts(&reader.scope, &filter, AlertSlice::default()).await?.rows;
        let warned: HashSet<&CustomerId> = alerts
            .iter()
            .filter(|alert| {
                let left = left.get(&alert.customer_id);
                left.is_some_and(|left| (left.plus_days(-WARNED_DAYS)..*left).contains(&alert.opened_at))
            })
            .map(|alert| &alert.customer_id)
            .collect();
        let mut rows = Vec::with_capacity(left.len());
        for (customer, left_at) in &left {
            let Some(position) = gathered.position(customer) else { continue };
            rows.push(ReviewLost {
                customer_id: customer.to_string(),
                customer_name: gathered.snapshot.name(position).to_owned(),
                owner: gathered.owner(customer),
                left_at: written(*left_at),
                value: figure(gathered.snapshot.value(position)),
                was_warned: warned.contains(customer),
                has_proposal: false,
            });
        }
        rows.sort_by(|a, b| {
            let worth = |row: &ReviewLost| row.value.value.unwrap_or(0.0);
            worth(b).total_cmp(&worth(a)).then_with(|| a.customer_id.cmp(&b.customer_id))
        });
        if is_present && sees_all(reader).is_ok() {
            for row in rows.iter_mut().take(LOOKED_UP) {
                row.has_proposal = self.has_proposal(reader, &row.customer_id, now).await?;
            }
        }
        Ok(rows)
    }

    /// Whether the post-mortem of a customer has worked out a change of the rules.
    async fn has_proposal(&self, reader: &Reader, customer: &str, now: Instant) -> Result<bool, Error> {
        // Whoever came back since is not looked back upon.
        match self.lost(reader, &CustomerId::from(customer), now).await {
            Ok(lost) => Ok(self.proposal_run(&lost).await?.proposal.is_some()),
            Err(_) => Ok(false),
        }
    }

    /// What came of each rule's alerts that were opened in a span, most alerts first.
    fn yields(&self, gathered: &Gathered, present: Option<&Snapshot>) -> Vec<RuleYield> {
        let mut rules: BTreeMap<&str, RuleYield> = BTreeMap::new();
        let mut left: HashSet<(&str, &CustomerId)> = HashSet::new();
        for one in &gathered.counted[&Of::Opened] {
            let Some(rule) = one.rule.as_deref() else { continue };
            let row = rules.entry(rule).or_insert_with(|| RuleYield {
                rule: rule.to_owned(),
                name: self.rule_name(rule),
                opened: 0,
                acted: 0,
                false_alarms: 0,
                left_since: present.filter(|snapshot| snapshot.not_yet.is_none()).map(|_| 0),
            });
            row.opened += 1;
            row.acted += u64::from(one.acted);
            row.false_alarms += u64::from(one.called_false);
            let has_left = present.is_some_and(|snapshot| has_left_since(snapshot, &one.customer, one.at));
            if has_left && left.insert((rule, &one.customer)) {
                row.left_since = row.left_since.map(|count| count + 1);
            }
        }
        let mut rows: Vec<RuleYield> = rules.into_values().collect();
        rows.sort_by(|a, b| b.opened.cmp(&a.opened).then_with(|| a.rule.cmp(&b.rule)));
        rows
    }

    fn review_name(&self, gathered: &Gathered, one: &Counted) -> ReviewName {
        let position = gathered.position(&one.customer);
        let value = position.map(|position| gathered.snapshot.value(position));
        let unknown = indicators::Cell::Unknown(vocab::Unknown::NeverObserved);
        let words = match (one.of, &one.sentence, one.clock) {
            (Of::FalseAlarm, _, _) => self.rule_name(one.rule.as_deref().unwrap_or_default()),
            (_, Some(sentence), _) => Words::from(sentence),
            (_, _, Some(clock)) => clock_words(clock),
            _ => Words::default(),
        };
        ReviewName {
            customer_id: one.customer.to_string(),
            customer_name: customer_name(&gathered.snapshot, &one.customer),
            owner: gathered.owner(&one.customer),
            at: written(one.at),
            by: one.by.clone(),
            case_id: one.case,
            rule: one.rule.clone(),
            words,
            value: figure(value.unwrap_or(unknown)),
        }
    }

    /// What the churn definition of a snapshot is called.
    fn churn_name(&self, snapshot: &Snapshot) -> Words {
        self.churn_definition(&snapshot.churn).map(|churn| Words::from(&churn.name)).unwrap_or_default()
    }
}

fn has_left_since(snapshot: &Snapshot, customer: &CustomerId, since: Instant) -> bool {
    let life = snapshot.lifetimes.life(customer);
    life.is_some_and(|life| life.absences.iter().any(|spell| spell.gone_at >= since))
}

/// What today's facts say of the leavers of a week that has ended.
fn later(gathered: &Gathered, present: &Snapshot, scope: &Scope) -> Option<ReviewLater> {
    let span = &gathered.span;
    if !span.is_complete() || present.as_of.instant() < span.to || present.not_yet.is_some() {
        return None;
    }
    let then: HashSet<&CustomerId> = gathered.counted[&Of::Lost].iter().map(|one| &one.customer).collect();
    let today: Vec<CustomerId> = left_between(present, &present.lifetimes, scope, (span.from, span.to))
        .into_iter()
        .map(|(customer, _)| customer)
        .collect();
    let now: HashSet<&CustomerId> = today.iter().collect();
    let mut left_too: Vec<&CustomerId> = now.difference(&then).copied().collect();
    let mut did_not_leave: Vec<&CustomerId> = then.difference(&now).copied().collect();
    if left_too.is_empty() && did_not_leave.is_empty() {
        return None;
    }
    left_too.sort();
    did_not_leave.sort();
    let named = |customers: Vec<&CustomerId>| {
        let named = customers
            .into_iter()
            .map(|customer| ReviewCustomer { id: customer.to_string(), name: customer_name(present, customer) });
        named.collect()
    };
    Some(ReviewLater { left_too: named(left_too), did_not_leave: named(did_not_leave) })
}

fn clock_words(clock: actions::DueFor) -> Words {
    match clock {
        actions::DueFor::Acknowledge => Words::new("受理超时", "Accepted too late"),
        actions::DueFor::Reply => Words::new("首次回复超时", "Answered too late"),
        actions::DueFor::Act => Words::new("处理超时", "Acted upon too late"),
        actions::DueFor::Review => Words::new("回看超时", "Looked at again too late"),
    }
}

fn bad_week(day: &str) -> Error {
    Error::bad(
        "bad_week",
        (&format!("不是日期：“{day}”"), &format!("not a date: \"{day}\"")),
        ("请写那一周里的任意一天，例如 2025-06-23", "write any day of the week, 2025-06-23 for example"),
    )
}

fn bad_month(word: &str) -> Error {
    Error::bad(
        "bad_month",
        (&format!("不是月份：“{word}”"), &format!("not a month: \"{word}\"")),
        ("请写成 2025-06", "write 2025-06"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_the_monday_of_any_of_its_days() {
        let zone = Zone::default();
        let at = |text: &str| zone.parse(text).unwrap();
        for day in ["2025-06-23", "2025-06-25 09:30", "2025-06-29 23:59"] {
            assert_eq!(zone.date_time(monday(&zone, at(day))), "2025-06-23 00:00:00");
        }
        assert_eq!(zone.date(weeks_later(&zone, at("2025-06-23"), 1)), "2025-06-30");
        let new_york = Zone::named("America/New_York").unwrap();
        let before = new_york.parse("2025-03-03").unwrap();
        let after = weeks_later(&new_york, before, 1);
        assert_eq!(new_york.date_time(after), "2025-03-10 00:00:00", "through the night of 23 hours");
    }
}
