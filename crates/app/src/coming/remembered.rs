//! What reminders and greetings rest on: each customer's birthdays, contract, meetings and silence, what it did and
//! what was done for it. Read from the facts of a snapshot once, when somebody first asks.
//!
//! Not here: which days that makes ([`crate::coming::reminders`]), whom to greet ([`crate::coming::greetings`]).

use std::collections::{HashMap, VecDeque};
use std::ops::{Deref, RangeInclusive};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use actions::{Birthday, Known, Person, ReminderBook, Source, Story};
use calendar::{date_of, day_written};
use facts::FactFrame;
use indicators::in_parallel;
use vocab::{Instant, Kind, Zone};

use crate::coming::reminders::{Line, Recorded, kinds_by_id, lines_of, reminders_of};
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::{App, blocking};

/// A mark from which on a survey was answered kindly, and the best one, by type.
const GOOD: [(&str, f64, f64); 2] = [("nps", 9.0, 10.0), ("csat", 4.0, 5.0)];
/// A contract of fewer days goes on by itself, month by month: nobody is reminded of its end.
const SHORT_DAYS: i64 = 45;

/// What is known of one customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Remembered {
    pub known: Known,
    pub story: Story,
    /// The day of a payment that failed or came late, after which none has come.
    pub unpaid_on: Option<i64>,
    /// The day since which it is its owner's.
    pub owned_since: Option<i64>,
}

/// What is known of everybody at a snapshot, by place; once it was asked for.
pub(crate) type KeptMemories = OnceLock<Arc<Memories>>;

/// For how many spans of days the reminders are kept.
const SPANS: usize = 8;

/// Reminders of a span of days as they stand on a day, in the order of the list.
type Listed = ((RangeInclusive<i64>, i64), Arc<[Line]>);

/// What is known of everybody, by place, and the reminders that it gives on the days that were asked for last.
pub(crate) struct Memories {
    all: Vec<Remembered>,
    listed: Mutex<VecDeque<Listed>>,
    /// The group of everybody before a festival, as the facts alone say; by place.
    groups: OnceLock<Vec<u8>>,
}

impl Deref for Memories {
    type Target = [Remembered];

    fn deref(&self) -> &[Remembered] {
        &self.all
    }
}

impl Memories {
    fn of(all: Vec<Remembered>) -> Self {
        Self { all, listed: Mutex::default(), groups: OnceLock::new() }
    }

    /// The group of everybody before a festival, as the facts alone say, by place; worked out when first asked for.
    pub(crate) fn groups(&self, work_out: impl FnOnce() -> Vec<u8>) -> &[u8] {
        self.groups.get_or_init(work_out)
    }

    /// The reminders that the facts alone give on a span of days as they stand on a day, of whoever has not left, in the order
    /// of the list: gone through once for each span, so that a page does not go through everybody.
    pub(crate) fn listed(
        &self,
        (book, snapshot): (&ReminderBook, &Snapshot),
        days: (&RangeInclusive<i64>, i64),
    ) -> Arc<[Line]> {
        let kept = || self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (days.0.clone(), days.1);
        if let Some((_, lines)) = kept().iter().find(|(of, _)| *of == key) {
            return lines.clone();
        }
        let places: Vec<u32> = (0..self.all.len() as u32).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (nothing, kinds) = (Recorded::default(), kinds_by_id(book));
        let of_some = |places: &[u32]| -> Vec<Line> {
            let lines = places.iter().map(|place| *place as usize).flat_map(|place| {
                let found = reminders_of(book, snapshot, (place, &self.all[place]), &nothing, days);
                lines_of(&kinds, place, &found, days.1).collect::<Vec<Line>>()
            });
            lines.collect()
        };
        let mut lines = in_parallel(&places, threads, of_some).concat();
        lines.sort_unstable();
        let lines: Arc<[Line]> = lines.into();
        let mut kept = kept();
        kept.push_front((key, lines.clone()));
        kept.truncate(SPANS);
        lines
    }
}

impl App {
    /// What is known of everybody at a snapshot, by place.
    pub(crate) async fn remembered(&self, snapshot: &Arc<Snapshot>) -> Result<Arc<Memories>, Error> {
        if let Some(kept) = snapshot.kept.of::<KeptMemories>().get() {
            return Ok(kept.clone());
        }
        let (app, snapshot) = (self.clone(), snapshot.clone());
        blocking(move || {
            let everybody = || Reading::of(&app.definitions().reminders, &snapshot).everybody();
            let read = || Arc::new(Memories::of(everybody()));
            Ok(snapshot.kept.of::<KeptMemories>().get_or_init(read).clone())
        })
        .await
    }
}

/// What is asked of the facts.
struct Reading<'a> {
    book: &'a ReminderBook,
    frame: &'a FactFrame,
    zone: &'a Zone,
    snapshot: &'a Snapshot,
    today: i64,
    /// Year and month of today, and of the month before.
    month: (i16, i8),
    month_before: (i16, i8),
    /// Traits that hold birthdays and occur at all: whose, by the lunar calendar, the key.
    birthdays: Vec<(&'a Person, bool, &'a str)>,
}

/// What the rows of one customer said so far.
#[derive(Default)]
struct Heard<'a> {
    owner: Option<&'a str>,
    birthdays: HashMap<&'a str, &'a str>,
    contract: Option<(i64, i64)>,
}

impl<'a> Reading<'a> {
    fn of(book: &'a ReminderBook, snapshot: &'a Snapshot) -> Self {
        let frame = snapshot.frame();
        let zone = frame.zone();
        let today = zone.day_number(snapshot.as_of.instant());
        let (year, month, _) = date_of(today).unwrap_or_default();
        let occurs = |key: &str| frame.property_keys().any(|one| one == key);
        let traits = book.people().flat_map(|person| {
            let solar = person.traits.iter().map(move |key| (person, false, key.as_str()));
            solar.chain(person.lunar_traits.iter().map(move |key| (person, true, key.as_str())))
        });
        Self {
            book,
            frame,
            zone,
            snapshot,
            today,
            month: (year, month),
            month_before: if month == 1 { (year - 1, 12) } else { (year, month - 1) },
            birthdays: traits.filter(|(.., key)| occurs(key)).collect(),
        }
    }

    fn everybody(&self) -> Vec<Remembered> {
        (0..self.snapshot.customers().len()).map(|position| self.one(position)).collect()
    }

    fn day(&self, at: Instant) -> i64 {
        self.zone.day_number(at)
    }

    fn one(&self, position: usize) -> Remembered {
        let mut found = Remembered::default();
        let customer = &self.snapshot.customers()[position];
        let mut heard = Heard::default();
        if let Some(place) = self.frame.position(customer) {
            let rows = self.frame.rows_of(place).filter(|row| self.frame.is_visible(*row, self.snapshot.as_of));
            rows.for_each(|row| self.hear(row, &mut heard, &mut found));
        }
        found.known.contract_end = heard.contract.map(|(_, end)| end);
        found.known.birthdays = self.birthdays_of(&heard);
        found.known.last_seen = self.silent_since(position);
        found
    }

    /// Takes in one row; rows come in the order in which they happened.
    fn hear(&self, row: usize, heard: &mut Heard<'a>, found: &mut Remembered) {
        let on = self.day(self.frame.occurred_at(row));
        let (known, story) = (&mut found.known, &mut found.story);
        match (self.frame.kind(row), self.frame.name(row)) {
            (Kind::Trait, _) => {
                if let Some(owner) = self.frame.property(row, "owner").filter(|owner| *owner != heard.owner) {
                    (heard.owner, found.owned_since) = (owner, owner.map(|_| on));
                }
                for &(_, _, key) in &self.birthdays {
                    match self.frame.property(row, key) {
                        Some(Some(text)) => {
                            heard.birthdays.insert(key, text);
                        }
                        Some(None) => {
                            heard.birthdays.remove(key);
                        }
                        None => {}
                    }
                }
            }
            (Kind::Contract, "Contract Cancelled") => heard.contract = None,
            (Kind::Contract, name) => {
                story.since.get_or_insert(on);
                if name == "Contract Renewed" {
                    story.renewed_on = Some(on);
                }
                let end = self.frame.property(row, "end_on").flatten();
                let end = end.and_then(|text| day_written(text.get(..10)?)).filter(|end| end - on >= SHORT_DAYS);
                heard.contract = end.map(|end| (on, end)).or(heard.contract);
            }
            (Kind::Touch, name) => {
                known.last_touch = known.last_touch.max(Some(on));
                if matches!(name, "Visit Logged" | "Meeting Held") {
                    known.last_meeting = known.last_meeting.max(Some(on));
                }
                if let Some(next) = self.frame.property(row, "next_on") {
                    known.next_contact = next.and_then(day_written).map(|next| (next, on));
                }
            }
            (Kind::Ticket, "Ticket Resolved") => {
                let month = date_of(on).map(|(year, month, _)| (year, month));
                story.resolved_this_month += u32::from(month == Some(self.month));
                story.resolved_last_month += u32::from(month == Some(self.month_before));
            }
            (Kind::Order, "Order Completed") => {
                story.since.get_or_insert(on);
                story.orders_this_year += u32::from(date_of(on).is_some_and(|(year, ..)| year == self.month.0));
            }
            (Kind::SurveyResponse, _) => story.praised = self.praise(row).map(|(mark, best)| (on, mark, best)),
            (Kind::Payment, "Payment Failed" | "Payment Late") => found.unpaid_on = Some(on),
            (Kind::Payment, "Payment Received") => found.unpaid_on = None,
            _ => {}
        }
    }

    /// The mark of a survey that was answered kindly, and the best that could be given.
    fn praise(&self, row: usize) -> Option<(f64, f64)> {
        let sort = self.frame.property(row, "type").flatten()?;
        let mark = self.frame.value(row)?.to_f64();
        let (_, _, best) = GOOD.iter().find(|(one, good, best)| *one == sort && (*good..=*best).contains(&mark))?;
        Some((mark, *best))
    }

    fn birthdays_of(&self, heard: &Heard<'_>) -> Vec<(String, Birthday)> {
        let mut found: Vec<(String, Birthday)> = Vec::new();
        for (person, is_lunar, key) in &self.birthdays {
            let is_known = found.iter().any(|(id, _)| *id == person.id);
            let read = heard.birthdays.get(key).and_then(|text| Birthday::read(text, *is_lunar));
            found.extend(read.filter(|_| !is_known).map(|birthday| (person.id.clone(), birthday)));
        }
        found
    }

    /// The day of the last sign of life, where the indicator has a number: a source that has gone silent gives none.
    fn silent_since(&self, position: usize) -> Option<i64> {
        let indicator = self.book.kinds().iter().find_map(|kind| match &kind.source {
            Source::Silence { indicator, .. } => Some(indicator),
            _ => None,
        })?;
        let days = self.snapshot.indicators.cell(position, indicator).known()?;
        Some(self.today - days as i64)
    }
}
