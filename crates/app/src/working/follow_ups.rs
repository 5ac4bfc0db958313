//! 跟进记录: what somebody said and did with a customer. Each is a fact about the customer, told exactly once, and an act
//! on its case: a record stops the clock, not a click.

use facts::{Fact, FactBatch};
use store::{
    Channel, FollowUpRecord, Mood, NewFollowUp, NewPromise, PromiseRecord, PromiseState, TouchOutcome, UntoldPromise,
};
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, MessageId, Scope, SourceName};

use crate::error::{Class, Error};
use crate::shown::{hidden, written};
use crate::view::{self, FollowUpRow, FollowUps};
use crate::working::promises::{ordered, promise_row};
use crate::{App, Reader, blocking};

/// Source of the facts that follow-up records tell.
const SOURCE: &str = "follow_up";
/// Source of the facts that settled promises tell.
const PROMISES: &str = "promise";
const LATEST: u64 = 50;
const LONGEST_NOTE: usize = 2_000;
const LONGEST_CONTACT: usize = 100;
const LONGEST_PROMISE: usize = 200;
const OLDEST_DAYS: i64 = 90;
const FURTHEST_DAYS: i64 = 366;

impl App {
    /// Records what somebody said and did with a customer, with what they promised. The customer's open case notes it as an
    /// act; the record of facts is told before this returns.
    ///
    /// # Edges
    /// The same key with the same content again is the same record; with another content, `key_taken`.
    ///
    /// # Errors
    /// `bad_key`, `bad_channel`, `bad_outcome`, `bad_mood`, `bad_note`, `bad_promise`, `bad_day`, `bad_moment`; `not_found`
    /// for a customer that the reader may not see.
    pub async fn record_touch(
        &self,
        reader: &Reader,
        customer: &CustomerId,
        asked: view::NewFollowUp,
        now: Instant,
    ) -> Result<FollowUpRow, Error> {
        reader.may_act()?;
        let snapshot = self.snapshot(None, now).await?;
        self.place(&snapshot, &reader.scope, customer)?;
        let new = self.checked_record(customer, asked, now)?;
        // The snapshot has looked at the scope; the store's own projection follows with the cycle.
        let (actor, acting) = (reader.actor(), self.acting(now).await?);
        let kept = self.store().add_follow_up(&Scope::All, &new, (&actor, &acting), now).await;
        let (record, _) = kept.map_err(|error| if error.is_conflict() { key_taken() } else { error.into() })?;
        self.tell_follow_ups(now).await?;
        Ok(row(&record))
    }

    /// What was said to a customer and promised to it, as of a moment.
    pub async fn follow_ups(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<FollowUps, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let position = self.place(&snapshot, scope, customer)?;
        let before = as_of.map(AsOf::instant);
        // The snapshot has looked at the scope.
        let rows = self.store().follow_ups(&Scope::All, customer, before, LATEST).await?;
        let at = before.unwrap_or(now);
        let promises = self.promises_of(customer, as_of, now).await?;
        let name = snapshot.name(position);
        let planned = match as_of {
            None => self.store().next_contacts(&Scope::All, Some(std::slice::from_ref(customer))).await?,
            Some(_) => Vec::new(),
        };
        let last = planned.into_iter().next().map(|word| word.next_on);
        Ok(FollowUps {
            next_on: last.unwrap_or_else(|| rows.first().and_then(|record| record.said.next_on.clone())),
            rows: rows.iter().map(row).collect(),
            promises: ordered(promises, at).iter().map(|one| promise_row(one, name, at)).collect(),
        })
    }

    fn checked_record(
        &self,
        customer: &CustomerId,
        asked: view::NewFollowUp,
        now: Instant,
    ) -> Result<NewFollowUp, Error> {
        let fits = |key: &str| key.chars().all(|one| one.is_ascii_alphanumeric() || one == '-');
        if !(8..=64).contains(&asked.key.len()) || !fits(&asked.key) {
            return Err(Error::bad(
                "bad_key",
                ("记录编号须为 8 到 64 个字母、数字或连字符", "the key must be 8 to 64 letters, digits or hyphens"),
                ("每条记录用一个新的编号，例如 UUID", "use a new one for each record, a UUID for example"),
            ));
        }
        let channel = word::<Channel>(&asked.channel, "bad_channel", Channel::ALL)?;
        let outcome = word::<TouchOutcome>(&asked.outcome, "bad_outcome", TouchOutcome::ALL)?;
        let mood = asked.mood.as_deref().filter(|word| !word.is_empty());
        let mood = mood.map(|mood| word::<Mood>(mood, "bad_mood", Mood::ALL)).transpose()?;
        let talked = outcome == TouchOutcome::Talked;
        if mood.is_some() && !talked {
            return Err(Error::bad(
                "bad_mood",
                ("没有聊上，就不知道对方的态度", "without having talked nobody knows how they stand"),
                ("请去掉态度，或改为聊上了", "leave the mood out, or say that you talked"),
            ));
        }
        let note = short(asked.note, LONGEST_NOTE, "bad_note")?;
        if talked && note.is_none() && mood.is_none() {
            return Err(Error::bad(
                "bad_note",
                ("聊上了，请写一句内容或选对方的态度", "you talked: write a line or say how they stand"),
                ("一句话就够", "one line is enough"),
            ));
        }
        let promise = asked.promise.map(|promise| self.promised(promise, now)).transpose()?;
        let next_on = match asked.next_on.filter(|day| !day.is_empty()) {
            Some(day) => Some(self.zone().date(self.day_ahead(&day, now)?)),
            None => None,
        };
        Ok(NewFollowUp {
            key: asked.key,
            customer: customer.clone(),
            at: self.happened(asked.at.as_deref(), now)?,
            channel,
            outcome,
            contact: short(asked.contact, LONGEST_CONTACT, "bad_contact")?,
            mood,
            note,
            next_on,
            promise,
        })
    }

    fn promised(&self, promise: view::PromiseMade, now: Instant) -> Result<NewPromise, Error> {
        let words = short(Some(promise.words), LONGEST_PROMISE, "bad_promise")?.ok_or_else(|| {
            Error::bad(
                "bad_promise",
                ("请写明答应了什么，最多 200 字", "say what was promised, in 1 to 200 letters"),
                ("例如：周三前给报价", "for example: a quote by Wednesday"),
            )
        })?;
        let midnight = self.day_ahead(&promise.due_on, now)?;
        let due_on = self.zone().date(midnight);
        // The end of the day, whatever its length: a day and a half on, back to midnight.
        let due_at = self.zone().midnight(midnight.plus_micros(36 * 3_600_000_000));
        Ok(NewPromise { words, due_on, due_at })
    }

    /// The beginning of a day from today to a year ahead.
    pub(crate) fn day_ahead(&self, text: &str, now: Instant) -> Result<Instant, Error> {
        let day = self.zone().parse(text).ok().map(|at| self.zone().midnight(at));
        let (first, last) = (self.zone().midnight(now), now.plus_days(FURTHEST_DAYS));
        day.filter(|day| (first..=last).contains(day)).ok_or_else(|| {
            Error::bad(
                "bad_day",
                ("请选今天起一年之内的日期", "choose a day from today to a year ahead"),
                ("例如 2025-09-30", "for example 2025-09-30"),
            )
        })
    }

    fn happened(&self, at: Option<&str>, now: Instant) -> Result<Instant, Error> {
        let Some(text) = at.filter(|text| !text.is_empty()) else { return Ok(now) };
        let at = self.moment(text)?.instant();
        if at <= now && at >= now.plus_days(-OLDEST_DAYS) {
            return Ok(at);
        }
        Err(Error::bad(
            "bad_moment",
            ("联系时间应在最近 90 天之内", "the contact must lie within the last 90 days"),
            ("更早的请用 Excel 导入", "bring older ones in from Excel"),
        ))
    }

    /// Tells the record of facts what was recorded and what became of promises, each once: the message id is the record's
    /// own key, or the promise's id and version.
    pub(crate) async fn tell_follow_ups(&self, now: Instant) -> Result<(), Error> {
        let _one_at_a_time = self.0.telling.lock().await;
        let untold = self.store().follow_ups_untold(&Scope::All).await?;
        let settled = self.store().promises_untold(&Scope::All).await?;
        let facts: Vec<Fact> = untold.iter().map(touch).chain(settled.iter().filter_map(settlement)).collect();
        if !facts.is_empty() {
            let (record, batch) = (self.facts().clone(), FactBatch { facts, ..FactBatch::default() });
            blocking(move || Ok(record.append(batch, now)?)).await?;
        }
        if !untold.is_empty() {
            let ids: Vec<i64> = untold.iter().map(|record| record.id).collect();
            self.store().follow_ups_told(&ids, now).await?;
        }
        for one in &settled {
            let promise = &one.promise;
            let told_as = (promise.state != PromiseState::Open).then(|| settled_as(promise));
            self.store().promise_told(promise.id, promise.version, told_as.as_deref()).await?;
        }
        Ok(())
    }
}

/// A record as a fact: its number is the mood, so that it can be measured.
fn touch(record: &FollowUpRecord) -> Fact {
    let said = &record.said;
    let name = match said.channel {
        Channel::Call => "Call Logged",
        Channel::Message => "Message Sent",
        Channel::Visit => "Visit Logged",
        Channel::Meeting => "Meeting Held",
        Channel::Email => "Email Sent",
        Channel::Other => "Follow-up Logged",
    };
    let promise = said.promise.as_ref();
    let told = [
        ("channel", Some(said.channel.as_str().to_owned())),
        ("result", Some(said.outcome.as_str().to_owned())),
        ("staff", Some(record.actor.clone())),
        ("contact", said.contact.clone()),
        ("mood", said.mood.map(|mood| mood.as_str().to_owned())),
        ("next_on", said.next_on.clone()),
        ("promise", promise.map(|promise| promise.words.clone())),
        ("promise_due_on", promise.map(|promise| promise.due_on.clone())),
    ];
    let told = told.into_iter().filter_map(|(key, value)| Some((key.to_owned(), Some(value?))));
    Fact {
        message_id: MessageId::new(&said.key),
        source: SourceName::new(SOURCE),
        value: said.mood.and_then(Mood::number).map(|number| Amount::from_millionths(i128::from(number) * 1_000_000)),
        text: said.note.clone(),
        properties: told.collect(),
        ..Fact::new(said.customer.clone(), Kind::Touch, name, said.at)
    }
}

/// What became of a promise, as a fact. It takes the place of what was said of the promise before; taken back, it only ends
/// that. Nothing where nothing was told and nothing stands.
fn settlement(one: &UntoldPromise) -> Option<Fact> {
    let promise = &one.promise;
    let before = one.told_as.as_deref().map(MessageId::new);
    let (name, supersedes, retracts) = match promise.state {
        PromiseState::Kept => ("Promise Kept", before, None),
        PromiseState::Broken => ("Promise Broken", before, None),
        PromiseState::Open => ("Promise Reopened", None, Some(before?)),
    };
    let told = [
        ("promise", promise.words.clone()),
        ("promise_due_on", promise.due_on.clone()),
        ("staff", promise.settled_by.clone().unwrap_or_else(|| promise.made_by.clone())),
    ];
    let at = promise.settled_at.unwrap_or(promise.made_at);
    Some(Fact {
        message_id: MessageId::new(settled_as(promise)),
        source: SourceName::new(PROMISES),
        text: promise.note.clone(),
        properties: told.into_iter().map(|(key, value)| (key.to_owned(), Some(value))).collect(),
        supersedes,
        retracts,
        ..Fact::new(promise.customer.clone(), Kind::Case, name, at)
    })
}

/// The message id of the fact that tells a promise as it stands in its version.
fn settled_as(promise: &PromiseRecord) -> String {
    format!("{}:{}", promise.id, promise.version)
}

fn row(record: &FollowUpRecord) -> FollowUpRow {
    let said = &record.said;
    FollowUpRow {
        id: record.id,
        customer_id: said.customer.to_string(),
        case_id: record.case_id,
        at: written(said.at),
        recorded_at: written(record.recorded_at),
        actor: record.actor.clone(),
        channel: said.channel.as_str().to_owned(),
        outcome: said.outcome.as_str().to_owned(),
        contact: said.contact.as_deref().map(hidden),
        mood: said.mood.map(|mood| mood.as_str().to_owned()),
        note: said.note.as_deref().map(hidden),
        next_on: said.next_on.clone(),
    }
}

/// One of some words, or a refusal that lists them.
fn word<T: std::str::FromStr + std::fmt::Display>(text: &str, code: &'static str, all: &[T]) -> Result<T, Error> {
    text.parse().map_err(|_| {
        let list: Vec<String> = all.iter().map(T::to_string).collect();
        Error::bad(
            code,
            (&format!("没有这个选项：“{text}”"), &format!("no such choice: \"{text}\"")),
            (&format!("可用：{}", list.join("、")), &format!("one of: {}", list.join(", "))),
        )
    })
}

/// A text without the blanks around it, nothing where it is empty.
pub(crate) fn short(text: Option<String>, longest: usize, code: &'static str) -> Result<Option<String>, Error> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > longest) {
        return Err(Error::bad(
            code,
            (&format!("最多 {longest} 字"), &format!("at most {longest} letters")),
            ("请写得短一些", "make it shorter"),
        ));
    }
    Ok(text)
}

fn key_taken() -> Error {
    Error::new(
        Class::Conflict,
        "key_taken",
        ("这个编号已有另一条记录", "another record has this key"),
        ("请换一个新编号再发", "send it again with a new key"),
    )
}
