//! Who is to be told what about work, and when: warnings before a limit is missed, to whoever has the case; what was
//! missed, to the head; urgent cases at once.
//!
//! Planning again is harmless: each occasion has a key of its own, and what was said is not said again. Not here: the
//! sentences ([`crate::notice_words`]), the list of the morning's own time ([`crate::day`]), how a notice leaves the house
//! (`channels`).

use std::collections::{BTreeMap, BTreeSet};

use calendar::WorkCalendar;
use vocab::{Instant, NoticeKind, Severity, Zone};

use crate::day::quiet_until;
use crate::plan::CaseState;
use crate::watch::Running;
use crate::work::Work;

const MINUTE: i64 = 60_000_000;
/// More single notices than this within a quarter of an hour reach a person together.
pub const MOST_SINGLES: usize = 5;
/// A quarter of an hour, in microseconds.
const QUARTER: i64 = 15 * MINUTE;
/// What arose longer ago is not said any more: the list of the morning has it.
const STALE: i64 = 24 * 60 * MINUTE;

/// An open case as the planner sees it.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    /// The case.
    pub case: i64,
    /// When it was opened.
    pub opened_at: Instant,
    /// The work on it.
    pub work: &'a Work,
    /// Who has it on the desk and works here.
    pub holder: Option<i64>,
    /// To whom it is reported: the head above whoever has it, who sees the customer.
    pub head: Option<i64>,
    /// The holder is warned when so much of a clock's working time is left.
    pub warn_left_percent: u32,
    /// The working time of the holder's team.
    pub calendar: &'a WorkCalendar,
}

/// Something to be told to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// The same whenever it is planned.
    pub key: String,
    /// What it is about.
    pub kind: NoticeKind,
    /// Who is told.
    pub staff: i64,
    /// About which case.
    pub case: i64,
    /// Which clock it is about; of an urgent case the one that runs out first.
    pub clock: Option<Running>,
    /// When it came about.
    pub arose_at: Instant,
    /// What somebody else did, where it is that.
    pub call: Option<Call>,
}

/// What somebody did on a case that is somebody else's business at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who.
    pub by: String,
    /// What.
    pub what: CallFor,
    /// What they said with it; may be empty.
    pub words: String,
}

/// Why somebody is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFor {
    /// The case was put on their desk.
    Given,
    /// It was reported to them.
    Escalated,
    /// Somebody urges them.
    Urged,
    /// A remark mentions them.
    Mentioned,
    /// A task is theirs.
    Task,
}

impl Occasion {
    /// Whether it may break quiet hours, where the person chose so.
    pub fn is_urgent(&self) -> bool {
        self.kind == NoticeKind::Urgent
    }
}

/// What one person wants of quiet hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quiet {
    /// From and to, in minutes of the day, half-open; may cross midnight.
    pub hours: Option<(u16, u16)>,
    /// Whether what is urgent comes all the same.
    pub urgent_breaks: bool,
}

/// What is there to be said about a case now?
///
/// * It is urgent and nobody has taken it up: whoever has it, once.
/// * Of a clock only a share of its working time is left: whoever has it, once for each clock and each deadline.
/// * A clock has run out: the head, likewise.
///
/// Whoever gets a case later is told anew; a deadline that was moved is warned of again.
///
/// # Edges
/// What came about a day ago or longer is not said: it stands in the morning's list. Nobody has it, or nobody heads
/// them: nobody is told.
pub fn occasions(one: &Watched<'_>, now: Instant) -> Vec<Occasion> {
    let clocks: Vec<Running> = one.work.running(one.opened_at).collect();
    let said = |kind: NoticeKind, staff: i64, clock: Option<Running>, arose_at: Instant, what: &str| {
        let key = format!("{kind}/case/{}/{what}/{staff}", one.case);
        (arose_at <= now && arose_at > now.plus_micros(-STALE)).then_some(Occasion {
            key,
            kind,
            staff,
            case: one.case,
            clock,
            arose_at,
            call: None,
        })
    };
    let mut found = Vec::new();
    let is_waiting = one.work.severity == Severity::Urgent && one.work.state == CaseState::New;
    if let Some(holder) = one.holder.filter(|_| is_waiting) {
        let first = clocks.iter().min_by_key(|clock| clock.due).copied();
        let opened = one.opened_at.micros().div_euclid(1_000_000);
        found.extend(said(NoticeKind::Urgent, holder, first, one.opened_at, &opened.to_string()));
    }
    for clock in clocks {
        let what = format!("{}/{}", clock.what.as_str(), clock.due.micros().div_euclid(1_000_000));
        if clock.is_breached(now) {
            let told = one.head.and_then(|head| said(NoticeKind::Breach, head, Some(clock), clock.due, &what));
            found.extend(told);
        } else if let Some((holder, at)) = one.holder.zip(clock.warn_at(one.calendar, one.warn_left_percent)) {
            found.extend(said(NoticeKind::BreachSoon, holder, Some(clock), at, &what));
        }
    }
    found
}

/// Somebody is told what somebody else did on a case: told whom, the number of the deed in the history and the case; `first` is
/// the clock of the case that runs out first.
pub fn called(
    (staff, number, case): (i64, i64, i64),
    call: Call,
    first: Option<Running>,
    arose_at: Instant,
) -> Occasion {
    let kind = NoticeKind::Called;
    Occasion {
        key: format!("{kind}/case/{case}/{number}/{staff}"),
        kind,
        staff,
        case,
        clock: first,
        arose_at,
        call: Some(call),
    }
}

/// Of these occasions those that are not said yet, each with the moment from which it may leave the house.
///
/// At once, unless: more than [`MOST_SINGLES`] of one person fall within a quarter of an hour: then what is new waits
/// until the quarter is over since the first that went out, and goes together with all that waits (at once where none
/// went out, since then all of it goes together); or the person wants quiet: then until the end of it, except what is
/// urgent and may break it.
pub fn spread(
    occasions: Vec<Occasion>,
    said: &BTreeSet<String>,
    quiet: &BTreeMap<i64, Quiet>,
    now: Instant,
    zone: &Zone,
) -> Vec<(Occasion, Instant)> {
    let mut of: BTreeMap<i64, (Vec<Instant>, Vec<Occasion>)> = BTreeMap::new();
    for one in occasions {
        let (gone, new) = of.entry(one.staff).or_default();
        match said.contains(&one.key) {
            true if one.arose_at > now.plus_micros(-QUARTER) => gone.push(one.arose_at),
            true => {}
            false => new.push(one),
        }
    }
    let mut told = Vec::new();
    for (staff, (gone, mut new)) in of {
        let is_flood = gone.len() + new.len() > MOST_SINGLES;
        let first = gone.into_iter().min().filter(|_| is_flood);
        let from = first.map_or(now, |first| first.plus_micros(QUARTER).max(now));
        let quiet = quiet.get(&staff).copied().unwrap_or_default();
        new.sort_by(|a, b| (a.arose_at, &a.key).cmp(&(b.arose_at, &b.key)));
        for one in new {
            let breaks = one.is_urgent() && quiet.urgent_breaks;
            let at = if breaks { from } else { quiet_until(from, quiet.hours, zone) };
            told.push((one, at));
        }
    }
    told
}
