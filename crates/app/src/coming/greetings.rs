//! 节前清单: whom to greet before a festival, with one true line each, and whom not before something is put right.
//!
//! Everybody who has not gone is on the list. What forbids a greeting is what a customer would hold against it: a
//! promise that was broken or is overdue, an open complaint, a payment that did not come, and what the definitions name
//! besides.

use std::collections::HashMap;

use actions::{Festival, GREETING_DAYS, NEAR_DAYS, day_in_words, true_line, working_days_before, working_days_between};
use calendar::written_day;
use indicators::Cell;
use outcomes::State;
use store::{
    AnswerState, CaseFilter, CaseSlice, CaseState, NewReminderAnswer, PromiseFilter, PromiseRecord, PromiseState,
};
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::coming::remembered::{Memories, Remembered};
use crate::coming::reminders::Recorded;
use crate::error::Error;
use crate::moment::order::CustomerOrder;
use crate::moment::snapshot::{Snapshot, owner_keys};
use crate::shown::{bad_filter, figure, hidden, offset, written};
use crate::view::{self, Count, FestivalRow, GreetingList, GreetingRow, ReminderAnswered, Words};
use crate::{App, Reader};

/// The kind under which it is kept who was greeted.
pub(crate) const GREETING: &str = "greeting";
/// The type of cases that are complaints.
const COMPLAINT: &str = "complaint";
/// A promise that was broken longer ago does not forbid a greeting.
const BROKEN_DAYS: i64 = 90;
const GROUPS: [&str; 3] = ["greet", "fix", "greeted"];
/// Places of the groups that are not the usual one.
const FIX: u8 = 1;
const GREETED: u8 = 2;
/// Rows on a page at most.
const MOST_ROWS: usize = 500;
/// Promises that are read at most.
const MOST_PROMISES: u64 = 100_000;

/// Which list, which page.
#[derive(Clone, Debug, Default)]
pub struct GreetingQuery {
    /// Id of a festival; the next one when absent.
    pub festival: Option<String>,
    /// `greet` (default), `fix`, `greeted`, `all`.
    pub group: Option<String>,
    /// Only this owner's customers; `-` = nobody's.
    pub owner: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows on the page; `usize::MAX` for all.
    pub limit: usize,
}

/// What has to be put right, by customer.
type ToFix = HashMap<CustomerId, Vec<Words>>;

impl App {
    /// Whom to greet before a festival, the most valuable first.
    ///
    /// # Errors
    /// `bad_filter`, `bad_cursor`; `not_found` for a festival that there is none of.
    pub async fn greetings(
        &self,
        scope: &Scope,
        query: &GreetingQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<GreetingList, Error> {
        let group = query.group.as_deref().unwrap_or("greet");
        if group != "all" && !GROUPS.contains(&group) {
            return Err(bad_filter(group, "greet、fix、greeted、all", "greet, fix, greeted, all"));
        }
        let at = as_of.map_or(now, AsOf::instant);
        let today = self.day(at);
        let festivals = self.festivals_from(today);
        let chosen = match query.festival.as_deref() {
            Some(id) => festivals.iter().find(|one| one.id == id),
            None => festivals.first(),
        };
        let row = chosen.ok_or_else(|| Error::not_found(("这个节日", "the festival")))?.clone();
        let festival = self.definitions().reminders.festivals().iter().find(|one| one.id == row.id);
        let festival = festival.ok_or_else(|| Error::not_found(("这个节日", "the festival")))?;
        let snapshot = self.snapshot(as_of, now).await?;
        let (remembered, recorded) = (self.remembered(&snapshot).await?, self.recorded(scope, as_of).await?);
        let to_fix = self.to_fix(scope, as_of, at).await?;
        let key = key_of(&row.id, row.year);
        let key = key.as_str();
        let groups = self.groups(&snapshot, &remembered, (&recorded, key), &to_fix);
        let admitted = snapshot.roll.admitted(scope, query.owner.as_deref());
        let is_listed = |place: &usize| admitted.has(*place) && !matches!(snapshot.state(*place), State::Gone { .. });
        let mut counts = [0_usize; 3];
        (0..groups.len()).filter(is_listed).for_each(|place| counts[usize::from(groups[place])] += 1);
        let wanted = GROUPS.iter().position(|one| *one == group);
        let total = wanted.map_or(counts.iter().sum(), |of| counts[of]);
        let start = offset(query.cursor.as_deref())?.min(total);
        let limit = if query.limit == usize::MAX { total } else { query.limit.clamp(1, MOST_ROWS) };
        let end = start.saturating_add(limit).min(total);
        let by_value = snapshot.roll.order(&snapshot, CustomerOrder::Value, false).iter().map(|place| *place as usize);
        let is_wanted = |place: &usize| wanted.is_none_or(|of| usize::from(groups[*place]) == of) && is_listed(place);
        let shown = by_value.filter(is_wanted).skip(start).take(end - start);
        let one = |place: usize| {
            let group = GROUPS[usize::from(groups[place])];
            self.greeting((&*snapshot, place), group, festival, &remembered[place], (&*recorded, key), &to_fix)
        };
        let count = |(key, count): (&&str, usize)| Count { key: (*key).to_owned(), count: count as u64 };
        Ok(GreetingList {
            rows: shown.map(one).collect(),
            total: total as u64,
            next_cursor: (end < total).then(|| end.to_string()),
            counts: GROUPS.iter().zip(counts).map(count).collect(),
            owners: owner_keys(&snapshot, scope),
            as_of: written(as_of.unwrap_or(snapshot.as_of).instant()),
            festival: row,
            festivals,
        })
    }

    /// The next of each festival from a day on, the nearest first.
    pub(crate) fn festivals_from(&self, today: i64) -> Vec<FestivalRow> {
        let next = |festival: &Festival| {
            let (year, on) = festival.next(today)?;
            Some((on, self.festival_row(festival, year, on, today)))
        };
        let mut rows: Vec<(i64, FestivalRow)> =
            self.definitions().reminders.festivals().iter().filter_map(next).collect();
        rows.sort_by_key(|(on, _)| *on);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn festival_row(&self, festival: &Festival, year: i16, on: i64, today: i64) -> FestivalRow {
        let calendar = &self.definitions().calendar;
        let greet_from = working_days_before(calendar, on, GREETING_DAYS);
        let left = working_days_between(calendar, today, on);
        let doubt = self.zone().parse(&written_day(on)).ok().and_then(|at| calendar.doubt(at));
        FestivalRow {
            id: festival.id.clone(),
            year,
            name: Words::from(&festival.name),
            on: written_day(on),
            greet_from: written_day(greet_from),
            working_days_left: left,
            is_near: left <= NEAR_DAYS,
            is_open: today >= greet_from,
            doubt: doubt.map(Words::from),
        }
    }

    /// The festival of a key, its year and its day.
    pub(crate) fn festival_of(&self, key: &str) -> Option<(&Festival, i16, i64)> {
        let (id, year) = key.split_once(':')?;
        let festival = self.definitions().reminders.festivals().iter().find(|one| one.id == id)?;
        let year: i16 = year.parse().ok()?;
        Some((festival, year, festival.on(year)?))
    }

    /// Marks a customer as greeted: a follow-up record with what was said, and the mark beside the festival.
    ///
    /// # Edges
    /// Sent twice it is recorded once.
    ///
    /// # Errors
    /// Those of a follow-up record; `version_conflict` when somebody else was faster; `not_found` for a customer that
    /// the reader may not see and for a festival that there is none of.
    pub async fn greeted(
        &self,
        reader: &Reader,
        asked: view::Greeted,
        now: Instant,
    ) -> Result<ReminderAnswered, Error> {
        reader.may_act()?;
        let key = key_of(&asked.festival, asked.year);
        let (_, year, _) = self.festival_of(&key).ok_or_else(|| Error::not_found(("这个节日", "the festival")))?;
        let customer = CustomerId::from(asked.customer_id.as_str());
        let snapshot = self.snapshot(None, now).await?;
        self.place(&snapshot, &reader.scope, &customer)?;
        let recorded = self.recorded(&reader.scope, None).await?;
        if recorded.answer(&customer, GREETING, &key).map_or(0, |one| one.version) != asked.version {
            return Err(Error::changed_meanwhile());
        }
        let about = format!("{key}\n{customer}\n{}\n{}", asked.version, asked.words);
        let touch = view::NewFollowUp {
            key: format!("greeting-{}", &blake3::hash(about.as_bytes()).to_hex()[..32]),
            channel: asked.channel,
            outcome: "left_word".to_owned(),
            note: Some(asked.words),
            ..view::NewFollowUp::default()
        };
        self.record_touch(reader, &customer, touch, now).await?;
        let answer = NewReminderAnswer {
            customer,
            kind: GREETING.to_owned(),
            key,
            year: i64::from(year),
            state: AnswerState::Done,
            until_on: None,
            note: None,
        };
        self.keep_answer(reader, &answer, asked.version, now).await
    }

    /// Promises, complaints: what people know of customers and that has to be put right before they are greeted.
    async fn to_fix(&self, scope: &Scope, as_of: Option<AsOf>, at: Instant) -> Result<ToFix, Error> {
        let (promises, complaints) = match as_of {
            Some(as_of) => {
                let cases = self.store().as_recorded(scope, as_of.instant()).await?.cases;
                let open =
                    cases.into_iter().filter(|case| case.case_type == COMPLAINT && case.state != CaseState::Closed);
                (self.store().promises_then(scope, as_of.instant()).await?, open.collect::<Vec<_>>())
            }
            None => {
                let overdue = PromiseFilter { overdue_at: Some(at), ..PromiseFilter::default() };
                let broken = PromiseFilter { states: vec![PromiseState::Broken], ..PromiseFilter::default() };
                let open = CaseFilter {
                    states: vec![CaseState::New, CaseState::Accepted],
                    case_types: vec![COMPLAINT.to_owned()],
                    ..CaseFilter::default()
                };
                let mut promises = self.store().promises(scope, &overdue, (0, MOST_PROMISES), at).await?.rows;
                promises.extend(self.store().promises(scope, &broken, (0, MOST_PROMISES), at).await?.rows);
                promises.sort_by_key(|one| (one.due_at, one.id));
                (promises, self.store().cases(scope, &open, CaseSlice::default()).await?.rows)
            }
        };
        let mut to_fix = ToFix::new();
        for promise in promises.iter().filter(|promise| stands_against(promise, at)) {
            to_fix.entry(promise.customer.clone()).or_default().push(Words::new(
                format!("先兑现答应过的事：{}（应在 {} 前）", hidden(&promise.words), promise.due_on),
                format!("first keep the promise: {} (due {})", hidden(&promise.words), promise.due_on),
            ));
        }
        for complaint in complaints {
            let since = self.zone().date(complaint.opened_at);
            to_fix.entry(complaint.customer_id).or_default().push(Words::new(
                format!("先处理 {since} 起的投诉"),
                format!("first settle the complaint open since {since}"),
            ));
        }
        Ok(to_fix)
    }

    /// What has to be put right by the facts of a customer.
    fn unsettled(&self, (snapshot, position): (&Snapshot, usize), remembered: &Remembered) -> Vec<Words> {
        let mut found = Vec::new();
        if let Some(on) = remembered.unpaid_on {
            let day = day_in_words(on, self.day(snapshot.as_of.instant()));
            found.push(Words::new(
                format!("先核对 {}没付成的款", day.zh),
                format!("first clear the payment that failed on {}", day.en),
            ));
        }
        for fix in self.definitions().reminders.fixes() {
            if let Cell::Known(number) = snapshot.indicators.cell(position, &fix.indicator)
                && number >= fix.at_least
            {
                let shown = number.to_string();
                found.push(Words::new(fix.say.zh.replace("{n}", &shown), fix.say.en.replace("{n}", &shown)));
            }
        }
        found
    }

    /// The group of everybody at a festival, by place, whoever is listed: what facts alone say is looked through once, and only
    /// those are gone through of whom people said something.
    fn groups(
        &self,
        snapshot: &Snapshot,
        remembered: &Memories,
        (recorded, key): (&Recorded, &str),
        to_fix: &ToFix,
    ) -> Vec<u8> {
        let mut groups = remembered.groups(|| self.groups_by_facts(snapshot, remembered)).to_vec();
        snapshot.placed(to_fix.keys()).into_iter().flatten().for_each(|place| groups[place] = FIX);
        let greeted = snapshot.placed(recorded.done(GREETING, key));
        greeted.into_iter().flatten().for_each(|place| groups[place] = GREETED);
        groups
    }

    /// The group of everybody as the facts of a snapshot say: see [`App::unsettled`].
    fn groups_by_facts(&self, snapshot: &Snapshot, remembered: &[Remembered]) -> Vec<u8> {
        let is_unpaid = |one: &Remembered| if one.unpaid_on.is_some() { FIX } else { 0 };
        let mut groups: Vec<u8> = remembered.iter().map(is_unpaid).collect();
        for fix in self.definitions().reminders.fixes() {
            let column = snapshot.indicators.column(&fix.indicator).unwrap_or_default();
            for (group, cell) in groups.iter_mut().zip(column) {
                if matches!(cell, Cell::Known(number) if *number >= fix.at_least) {
                    *group = FIX;
                }
            }
        }
        groups
    }

    fn greeting(
        &self,
        (snapshot, position): (&Snapshot, usize),
        group: &str,
        festival: &Festival,
        remembered: &Remembered,
        (recorded, key): (&Recorded, &str),
        to_fix: &ToFix,
    ) -> GreetingRow {
        let customer = &snapshot.customers()[position];
        let line = true_line(&remembered.story, self.day(snapshot.as_of.instant()));
        let mark = recorded.answer(customer, GREETING, key);
        let done = mark.filter(|one| one.answer.state == AnswerState::Done);
        let mut fix = to_fix.get(customer).cloned().unwrap_or_default();
        fix.extend(self.unsettled((snapshot, position), remembered));
        GreetingRow {
            customer_id: customer.to_string(),
            customer_name: snapshot.name(position).to_owned(),
            owner: snapshot.cards[position].owner.as_deref().map(str::to_owned),
            value: figure(snapshot.value(position)),
            group: group.to_owned(),
            greeting: Words::from(festival.greet(snapshot.name(position), line.as_ref())),
            line: line.map(|line| Words::from(line.about)),
            fix,
            version: mark.map_or(0, |one| one.version),
            greeted_at: done.map(|one| written(one.at)),
            greeted_by: done.map(|one| one.actor.clone()),
        }
    }
}

/// The key of a festival's year.
fn key_of(festival: &str, year: i16) -> String {
    format!("{festival}:{year}")
}

/// Whether a promise forbids a greeting: overdue, or broken not long ago.
fn stands_against(promise: &PromiseRecord, at: Instant) -> bool {
    let is_recent = promise.settled_at.is_some_and(|settled| settled >= at.plus_days(-BROKEN_DAYS));
    promise.is_overdue(at) || (promise.state == PromiseState::Broken && is_recent)
}
