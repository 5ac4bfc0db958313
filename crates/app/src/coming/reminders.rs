//! 提醒: who should be thought of on which day, and what people answered.
//!
//! What is known of a customer comes from the facts of the snapshot ([`crate::coming::remembered`]) and from the follow-up
//! records that were made since; which days that gives is decided by `actions::ReminderBook`, and nothing of it is
//! stored but the answers.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use actions::{Answered, Due, Known, ReminderBook, ReminderState};
use calendar::{day_written, written_day};
use outcomes::State;
use store::{AnswerState, LastFollowUp, NewReminderAnswer, NextContact, ReminderAnswer, Resource};
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::coming::greetings::GREETING;
use crate::coming::remembered::Remembered;
use crate::error::Error;
use crate::moment::followed::Followed;
use crate::moment::snapshot::{Snapshot, owner_keys};
use crate::shown::{bad_filter, hidden, page, written};
use crate::view::{self, ReminderAnswered, ReminderDay, ReminderKindCount, ReminderList, ReminderRow, Words};
use crate::working::follow_ups::short;
use crate::{App, Reader};

const LONGEST_NOTE: usize = 500;
/// Days that can be asked for at once.
const MOST_DAYS: i64 = 62;
/// How far from today a reminder can be answered.
const REACH_DAYS: i64 = 400;

/// Which reminders, which page.
#[derive(Clone, Debug, Default)]
pub struct ReminderQuery {
    /// First day, `YYYY-MM-DD`; today when absent.
    pub from: Option<String>,
    /// Last day; the first when absent, at most 62 days after it.
    pub to: Option<String>,
    /// `open` (default): due and coming; `answered`: done or not wanted this year.
    pub state: Option<String>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this owner's customers; `-` = nobody's.
    pub owner: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows on the page; `usize::MAX` for all.
    pub limit: usize,
}

/// What was recorded besides the facts of a snapshot, as of a moment.
#[derive(Clone, Default)]
pub(crate) struct Recorded {
    last: HashMap<CustomerId, Last>,
    /// The next contact as the last word about it says, a plan without a record included, and when it was said.
    next: HashMap<CustomerId, (Option<i64>, i64)>,
    answers: HashMap<CustomerId, Vec<ReminderAnswer>>,
}

/// What the history tells of when a customer is recorded anew.
const RECORDS: [Resource; 3] = [Resource::FollowUp, Resource::NextContact, Resource::ReminderAnswer];

/// What is recorded now, and how far the history was followed.
pub(crate) type KeptRecords = Followed<Recorded>;

/// The last that was recorded of contact with a customer, in days.
#[derive(Clone)]
struct Last {
    touched: i64,
    recorded: i64,
    next: Option<i64>,
}

/// One reminder of the customer at a place.
pub(crate) struct Found<'b> {
    position: usize,
    due: Due<'b>,
    state: ReminderState,
    /// The day on which it is listed.
    listed: i64,
}

/// A reminder in few words, in the order of the list: there are a quarter of a million of them in a large firm, and a page
/// shows fifty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    listed: i32,
    due: i32,
    /// Place of its kind among the kinds by id.
    kind: u8,
    position: u32,
    /// Which of the customer's reminders.
    nth: u8,
    is_open: bool,
    is_due: bool,
    is_overdue: bool,
}

impl App {
    /// Reminders of some days, what is due first, first; what is overdue is listed today.
    ///
    /// # Edges
    /// Customers who have gone are not thought of. Of a customer whom a past moment knows by facts alone, what was
    /// recorded by then is added, and nothing since.
    ///
    /// # Errors
    /// `bad_day`, `bad_filter`, `bad_cursor`.
    pub async fn reminders(
        &self,
        scope: &Scope,
        query: &ReminderQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<ReminderList, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let (remembered, recorded) = (self.remembered(&snapshot).await?, self.recorded(scope, as_of).await?);
        let today = self.day(as_of.map_or(now, AsOf::instant));
        let days = asked_days(query, today)?;
        let wants_answered = match query.state.as_deref() {
            None | Some("open") => false,
            Some("answered") => true,
            Some(other) => return Err(bad_filter(other, "open、answered", "open, answered")),
        };
        let book = &self.definitions().reminders;
        let span = *days.start().min(&today)..=*days.end().max(&today);
        let admitted = snapshot.roll.admitted(scope, query.owner.as_deref());
        let mut is_recorded = vec![false; snapshot.customers().len()];
        let places = recorded.places(&snapshot);
        places.iter().for_each(|place| is_recorded[*place] = true);
        let listed = remembered.listed((book, &snapshot), (&span, today));
        let of_facts = listed.iter().filter(|line| !is_recorded[line.position as usize]).copied();
        let mut found: Vec<Line> = of_facts.filter(|line| admitted.has(line.position as usize)).collect();
        let by_id = kinds_by_id(book);
        let of = |place: usize| reminders_of(book, &snapshot, (place, &remembered[place]), &recorded, (&span, today));
        for place in places.into_iter().filter(|place| admitted.has(*place)) {
            found.extend(lines_of(&by_id, place, &of(place), today));
        }
        let due_count = found.iter().filter(|line| line.is_due).count() as u64;
        let overdue_count = found.iter().filter(|line| line.is_overdue).count() as u64;
        found.retain(|line| days.contains(&i64::from(line.listed)) && line.is_open != wants_answered);
        let kinds = kinds(book, &by_id, &found);
        let named = |kind: &str| {
            let known = |comma: &str| by_id.iter().map(|one| one.id.as_str()).collect::<Vec<_>>().join(comma);
            let place = by_id.iter().position(|one| one.id == kind);
            place.ok_or_else(|| bad_filter(kind, &known("、"), &known(", ")))
        };
        let wanted = query.kind.as_deref().map(named).transpose()?;
        found.retain(|line| wanted.is_none_or(|wanted| wanted == usize::from(line.kind)));
        found.sort();
        let (shown, next_cursor) = page_or_all(&found, query.cursor.as_deref(), query.limit)?;
        let row =
            |line: &Line| Some(row(&snapshot, &recorded, of(line.position as usize).get(line.nth as usize)?, today));
        Ok(ReminderList {
            rows: shown.iter().filter_map(row).collect(),
            total: found.len() as u64,
            next_cursor,
            today: written_day(today),
            due_count,
            overdue_count,
            days: by_day(&found),
            kinds,
            festival: self.festivals_from(today).into_iter().next(),
            owners: owner_keys(&snapshot, scope),
            as_of: written(as_of.unwrap_or(snapshot.as_of).instant()),
        })
    }

    /// Keeps what somebody answered to a reminder or says of a greeting; `open` takes it back.
    ///
    /// # Errors
    /// `bad_answer`, `bad_day`, `bad_note`; `version_conflict` when somebody else was faster; `not_found` for a
    /// customer that the reader may not see and for a reminder that there is not.
    pub async fn answer_reminder(
        &self,
        reader: &Reader,
        asked: view::AnswerReminder,
        now: Instant,
    ) -> Result<ReminderAnswered, Error> {
        reader.may_act()?;
        let snapshot = self.snapshot(None, now).await?;
        let customer = CustomerId::from(asked.customer_id.as_str());
        let position = self.place(&snapshot, &reader.scope, &customer)?;
        let (state, until_on) = self.checked_answer(&asked, now)?;
        let year = match asked.kind.as_str() {
            GREETING => self.festival_of(&asked.key).map(|(_, year, _)| i64::from(year)),
            _ => {
                let recorded = self.recorded(&reader.scope, None).await?;
                let known = recorded.known(&customer, &self.remembered(&snapshot).await?[position].known);
                let today = self.day(now);
                let due = self.definitions().reminders.due(&known, today - REACH_DAYS..=today + REACH_DAYS);
                let this = due.iter().find(|one| one.kind.id == asked.kind && one.key == asked.key);
                let answered = recorded.answer(&customer, &asked.kind, &asked.key);
                // What was answered can be taken back, even if it has become another reminder since.
                this.and_then(|one| one.year()).map(i64::from).or_else(|| answered.map(|one| one.answer.year))
            }
        };
        let year = year.ok_or_else(|| Error::not_found(("这条提醒", "the reminder")))?;
        let answer = NewReminderAnswer {
            customer,
            kind: asked.kind,
            key: asked.key,
            year,
            state,
            until_on,
            note: short(asked.note, LONGEST_NOTE, "bad_note")?,
        };
        self.keep_answer(reader, &answer, asked.version, now).await
    }

    /// Keeps an answer that was checked. The snapshot has looked at the scope; the store's own projection follows with
    /// the cycle.
    pub(crate) async fn keep_answer(
        &self,
        reader: &Reader,
        answer: &NewReminderAnswer,
        version: i64,
        now: Instant,
    ) -> Result<ReminderAnswered, Error> {
        let kept = self.store().answer_reminder(&Scope::All, answer, version, &reader.actor(), now).await;
        let kept = kept.map_err(|error| if error.is_conflict() { Error::changed_meanwhile() } else { error.into() })?;
        Ok(ReminderAnswered {
            customer_id: kept.answer.customer.to_string(),
            kind: kept.answer.kind,
            key: kept.answer.key,
            version: kept.version,
            state: kept.answer.state.as_str().to_owned(),
            until_on: kept.answer.until_on,
            at: written(kept.at),
            by: kept.actor,
        })
    }

    fn checked_answer(
        &self,
        asked: &view::AnswerReminder,
        now: Instant,
    ) -> Result<(AnswerState, Option<String>), Error> {
        let state: AnswerState = asked.state.parse().map_err(|()| {
            Error::bad(
                "bad_answer",
                (&format!("提醒没有这个答复：“{}”", asked.state), &format!("no such answer: \"{}\"", asked.state)),
                ("可用：done、put_off、not_this_year、open", "one of: done, put_off, not_this_year, open"),
            )
        })?;
        if state != AnswerState::PutOff {
            return Ok((state, None));
        }
        let until = self.day_ahead(asked.until_on.as_deref().unwrap_or_default(), now)?;
        if until <= now {
            return Err(Error::bad(
                "bad_day",
                ("请推迟到明天或以后", "put it off to tomorrow or later"),
                ("例如一周以后", "a week ahead, for example"),
            ));
        }
        Ok((state, Some(self.zone().date(until))))
    }

    /// What was recorded besides the facts, as of a moment; of the present everybody's, whatever the scope: whoever shows
    /// some of it shows customers whom the reader sees.
    pub(crate) async fn recorded(&self, scope: &Scope, as_of: Option<AsOf>) -> Result<Arc<Recorded>, Error> {
        if as_of.is_some() {
            return Ok(Arc::new(self.read_records(scope, as_of, None).await?));
        }
        let (kept, news) = self.records().news(self.store(), &RECORDS).await?;
        let recorded = match kept {
            Some(kept) if news.customers.is_empty() => kept,
            Some(kept) => {
                let some: Vec<CustomerId> = news.customers.iter().cloned().collect();
                let anew = self.read_records(&Scope::All, None, Some(&some)).await?;
                Arc::new(Recorded::clone(&kept).with_anew(&some, anew))
            }
            None => Arc::new(self.read_records(&Scope::All, None, None).await?),
        };
        self.records().keep(news.number, &recorded);
        Ok(recorded)
    }

    async fn read_records(
        &self,
        scope: &Scope,
        as_of: Option<AsOf>,
        customers: Option<&[CustomerId]>,
    ) -> Result<Recorded, Error> {
        let before = as_of.map(AsOf::instant);
        let last = self.store().last_follow_ups(scope, before, customers).await?;
        let answers = self.store().reminder_answers(scope, before, customers).await?;
        // A next contact that was only planned is known of the present alone.
        let words = match as_of {
            None => self.store().next_contacts(scope, customers).await?,
            Some(_) => Vec::new(),
        };
        let next =
            |word: NextContact| (word.customer, (word.next_on.as_deref().and_then(day_written), self.day(word.at)));
        let mut by_customer: HashMap<CustomerId, Vec<ReminderAnswer>> = HashMap::new();
        for one in answers {
            by_customer.entry(one.answer.customer.clone()).or_default().push(one);
        }
        let in_days = |one: LastFollowUp| {
            let next = one.next_on.as_deref().and_then(day_written);
            (one.customer, Last { touched: self.day(one.touched_at), recorded: self.day(one.recorded_at), next })
        };
        Ok(Recorded {
            last: last.into_iter().map(in_days).collect(),
            next: words.into_iter().map(next).collect(),
            answers: by_customer,
        })
    }

    /// The civil day of a moment in the firm's zone.
    pub(crate) fn day(&self, at: Instant) -> i64 {
        self.zone().day_number(at)
    }
}

impl Recorded {
    /// Places of customers of whom something was recorded, in order.
    fn places(&self, snapshot: &Snapshot) -> Vec<usize> {
        let of_records = self.last.keys().chain(self.next.keys()).chain(self.answers.keys());
        let mut places: Vec<usize> = snapshot.placed(of_records).into_iter().flatten().collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// With what is recorded of some customers as it was read anew.
    fn with_anew(mut self, customers: &[CustomerId], anew: Recorded) -> Recorded {
        for customer in customers {
            self.last.remove(customer);
            self.next.remove(customer);
            self.answers.remove(customer);
        }
        self.last.extend(anew.last);
        self.next.extend(anew.next);
        self.answers.extend(anew.answers);
        self
    }

    /// What is known of a customer, with what was recorded since the snapshot.
    fn known(&self, customer: &CustomerId, known: &Known) -> Known {
        let mut known = known.clone();
        if let Some(last) = self.last.get(customer) {
            known.last_touch = known.last_touch.max(Some(last.touched));
            known.next_contact = last.next.map(|next| (next, last.recorded));
        }
        if let Some((next, said)) = self.next.get(customer) {
            known.next_contact = next.map(|next| (next, *said));
        }
        known
    }

    /// The day of the last record of a customer, whichever is later: when somebody was in touch, or when it was written.
    pub(crate) fn last_touch(&self, customer: &CustomerId) -> Option<i64> {
        self.last.get(customer).map(|last| last.touched.max(last.recorded))
    }

    /// The last word on something of a customer, taken back or not.
    pub(crate) fn answer(&self, customer: &CustomerId, kind: &str, key: &str) -> Option<&ReminderAnswer> {
        let answers = self.answers.get(customer)?;
        answers.iter().find(|one| one.answer.kind == kind && one.answer.key == key)
    }

    /// Customers of whom something was answered as done.
    pub(crate) fn done<'r>(&'r self, kind: &'r str, key: &'r str) -> impl Iterator<Item = &'r CustomerId> {
        let is_done = move |one: &ReminderAnswer| {
            one.answer.state == AnswerState::Done && one.answer.kind == kind && one.answer.key == key
        };
        self.answers.iter().filter(move |(_, answers)| answers.iter().any(is_done)).map(|(customer, _)| customer)
    }

    fn answered(&self, customer: &CustomerId, due: &Due<'_>) -> Option<Answered> {
        let answers = self.answers.get(customer)?;
        let kind = due.kind.id.as_str();
        let own = self.answer(customer, kind, &due.key).and_then(|one| match one.answer.state {
            AnswerState::Done => Some(Answered::Done),
            AnswerState::PutOff => one.answer.until_on.as_deref().and_then(day_written).map(Answered::PutOff),
            AnswerState::NotThisYear => Some(Answered::NotThisYear),
            AnswerState::Open => None,
        });
        let year = due.year().map(i64::from);
        let is_unwanted = |one: &ReminderAnswer| {
            one.answer.state == AnswerState::NotThisYear && one.answer.kind == kind && Some(one.answer.year) == year
        };
        own.or_else(|| answers.iter().any(is_unwanted).then_some(Answered::NotThisYear))
    }
}

/// The reminders of the customer at a place that are listed in a span of days or have been answered; none of who has left.
pub(crate) fn reminders_of<'b>(
    book: &'b ReminderBook,
    snapshot: &Snapshot,
    (position, remembered): (usize, &Remembered),
    recorded: &Recorded,
    (span, today): (&RangeInclusive<i64>, i64),
) -> Vec<Found<'b>> {
    if matches!(snapshot.state(position), State::Gone { .. }) {
        return Vec::new();
    }
    let customer = &snapshot.customers()[position];
    let known = recorded.known(customer, &remembered.known);
    // What was put off was due before.
    let from = if recorded.answers.contains_key(customer) { span.start() - REACH_DAYS } else { *span.start() };
    let found = book.due(&known, from..=*span.end()).into_iter().filter_map(|due| {
        let state = due.standing(recorded.answered(customer, &due), &known, today);
        let listed = match state {
            ReminderState::Due(_) => today,
            ReminderState::Coming(on) => on,
            ReminderState::Done | ReminderState::Skipped => due.due.max(*span.start()).min(due.last),
            ReminderState::Touched | ReminderState::Lapsed => return None,
        };
        Some(Found { position, due, state, listed })
    });
    found.collect()
}

/// The reminders of the customer at a place in few words; kinds by [`kinds_by_id`].
pub(crate) fn lines_of(
    kinds: &[&actions::ReminderKind],
    position: usize,
    found: &[Found<'_>],
    today: i64,
) -> impl Iterator<Item = Line> {
    found.iter().enumerate().map(move |(nth, one)| Line {
        listed: one.listed as i32,
        due: one.due.due as i32,
        kind: kinds.iter().position(|kind| kind.id == one.due.kind.id).unwrap_or(0) as u8,
        nth: nth as u8,
        position: position as u32,
        is_open: matches!(one.state, ReminderState::Due(_) | ReminderState::Coming(_)),
        is_due: matches!(one.state, ReminderState::Due(_)),
        is_overdue: matches!(one.state, ReminderState::Due(since) if since < today),
    })
}

/// Every kind, in the order of their ids: as lists are ordered.
pub(crate) fn kinds_by_id(book: &ReminderBook) -> Vec<&actions::ReminderKind> {
    let mut kinds: Vec<&actions::ReminderKind> = book.kinds().iter().collect();
    kinds.sort_by(|a, b| a.id.cmp(&b.id));
    kinds
}

fn row(snapshot: &Snapshot, recorded: &Recorded, one: &Found<'_>, today: i64) -> ReminderRow {
    let customer = &snapshot.customers()[one.position];
    let answer = recorded.answer(customer, &one.due.kind.id, &one.due.key);
    let (state, due) = match one.state {
        ReminderState::Due(since) => ("due", since),
        ReminderState::Coming(on) => ("coming", on),
        ReminderState::Done | ReminderState::Touched => ("done", one.due.due),
        ReminderState::Skipped | ReminderState::Lapsed => ("skipped", one.due.due),
    };
    ReminderRow {
        customer_id: customer.to_string(),
        customer_name: snapshot.name(one.position).to_owned(),
        owner: snapshot.cards[one.position].owner.as_deref().map(str::to_owned),
        kind: one.due.kind.id.clone(),
        kind_name: Words::from(&one.due.kind.name),
        key: one.due.key.clone(),
        sentence: Words::from(one.due.sentence(today)),
        on: written_day(one.due.on),
        due_on: written_day(due),
        state: state.to_owned(),
        is_overdue: state == "due" && due < today,
        version: answer.map_or(0, |one| one.version),
        answered_at: answer.map(|one| written(one.at)),
        answered_by: answer.map(|one| one.actor.clone()),
        note: answer.and_then(|one| one.answer.note.as_deref()).map(hidden),
    }
}

/// Every kind with how many there are of it.
fn kinds(book: &ReminderBook, by_id: &[&actions::ReminderKind], found: &[Line]) -> Vec<ReminderKindCount> {
    let mut counts = vec![0; by_id.len()];
    found.iter().for_each(|line| counts[line.kind as usize] += 1);
    let kind = |kind: &actions::ReminderKind| ReminderKindCount {
        id: kind.id.clone(),
        name: Words::from(&kind.name),
        is_active: kind.active,
        count: by_id.iter().position(|one| one.id == kind.id).map_or(0, |place| counts[place]),
    };
    book.kinds().iter().map(kind).collect()
}

/// How many there are on each day; the lines are in the order of the list.
fn by_day(found: &[Line]) -> Vec<ReminderDay> {
    let days = found.chunk_by(|a, b| a.listed == b.listed);
    days.map(|lines| ReminderDay { on: written_day(lines[0].listed.into()), count: lines.len() as u64 }).collect()
}

/// The days asked for.
fn asked_days(query: &ReminderQuery, today: i64) -> Result<RangeInclusive<i64>, Error> {
    let read = |text: &Option<String>, absent: i64| match text.as_deref() {
        None => Some(absent),
        Some(text) => day_written(text),
    };
    let days = read(&query.from, today).and_then(|from| Some((from, read(&query.to, from)?)));
    let fits = |(from, to): &(i64, i64)| (0..=MOST_DAYS).contains(&(to - from)) && (from - today).abs() <= REACH_DAYS;
    days.filter(fits).map(|(from, to)| from..=to).ok_or_else(|| {
        Error::bad(
            "bad_day",
            ("请选一年之内、最多 62 天的一段日期", "choose at most 62 days within a year from today"),
            ("例如 from=2025-09-01&to=2025-09-30", "for example from=2025-09-01&to=2025-09-30"),
        )
    })
}

/// A page of the matches, or all of them where a table asks.
pub(crate) fn page_or_all<'a, T>(
    matches: &'a [T],
    cursor: Option<&str>,
    limit: usize,
) -> Result<(&'a [T], Option<String>), Error> {
    if limit == usize::MAX { Ok((matches, None)) } else { page(matches, cursor, limit) }
}
