//! What became of the clocks: how many were kept and how many ran out, by whose desk, counted from the history of cases.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use vocab::Instant;

use crate::case_type::Verb;
use crate::plan::CaseState;
use crate::work::DueFor;
use crate::work_times::{Stay, WorkTimes};

/// A case as one step left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseVersion {
    /// When the step was made.
    pub at: Instant,
    /// What was done: [`Verb::done`], or the cycle's word.
    pub what: String,
    /// How far the work was then.
    pub state: CaseState,
    /// On whose desk it was then.
    pub desk: Option<String>,
    /// When the case was opened.
    pub opened_at: Instant,
    /// To be acknowledged by.
    pub accept_by: Instant,
    /// When it was.
    pub accepted_at: Option<Instant>,
    /// To be answered by.
    pub reply_by: Option<Instant>,
    /// When it was.
    pub replied_at: Option<Instant>,
    /// To be acted upon by.
    pub act_by: Instant,
    /// When it was, since it was last opened.
    pub acted_at: Option<Instant>,
    /// How often in a row it had been passed on.
    pub passes: u32,
}

/// How often a clock was kept and how often it ran out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockTally {
    /// Met in time.
    pub kept: u64,
    /// Ran out first, whether or not it was met later.
    pub breached: u64,
}

/// What became of one clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockDecided {
    /// Which clock.
    pub clock: DueFor,
    /// When it ran out, or would have.
    pub due_at: Instant,
    /// When it was decided: met, or run out.
    pub at: Instant,
    /// The desk that met it, or on which the case was when it ran out.
    pub desk: Option<String>,
    /// Whether it was met in time.
    pub was_kept: bool,
}

/// What became of the work on one desk, or on several together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases that came onto the desk.
    pub taken: u64,
    /// Acknowledging.
    pub acknowledge: ClockTally,
    /// The first answer.
    pub reply: ClockTally,
    /// Acting.
    pub act: ClockTally,
    /// Working seconds from the opening, or the last reopening, of each case that was acted upon or ended here, each stay
    /// on a desk counted by that desk's calendar.
    pub acted_seconds: Vec<u64>,
    /// How often the desk handed a case on with nothing done.
    pub passes: u64,
}

impl Tally {
    /// The same of this desk and another together.
    pub fn add(&mut self, other: &Tally) {
        self.taken += other.taken;
        for (sum, one) in
            [(&mut self.acknowledge, other.acknowledge), (&mut self.reply, other.reply), (&mut self.act, other.act)]
        {
            sum.kept += one.kept;
            sum.breached += one.breached;
        }
        self.acted_seconds.extend_from_slice(&other.acted_seconds);
        self.passes += other.passes;
    }

    /// How long does it take until something is done? The middle of the working times, the lower of the two middle ones;
    /// none where nothing was done.
    pub fn median_seconds(&self) -> Option<u64> {
        let mut all = self.acted_seconds.clone();
        all.sort_unstable();
        all.get(all.len().checked_sub(1)? / 2).copied()
    }

    fn is_empty(&self) -> bool {
        *self == Tally::default()
    }
}

/// A clock of a case from its start to whatever ended it.
struct Run {
    since: Instant,
    due: Instant,
    /// When it was met, and on whose desk.
    met: Option<(Instant, Option<String>)>,
    /// When the cycle took the case off the desk.
    lapsed_at: Option<Instant>,
}

/// Counts one case into the desks on which it was, within `[from, to)`.
///
/// * A clock is counted once, when it is decided: kept at the moment it was met, for the desk that met it; breached at the
///   moment it ran out, for the desk on which the case was then, whoever did it later.
/// * A person who closes a case meets whatever clock still runs; a case that the cycle takes off the desk in time has
///   broken none.
/// * Acknowledging and the first answer run once; acting runs anew with each reopening.
///
/// # Edges
/// `versions` are in order and hold nothing that was written at `to` or later. A clock still running is not counted.
/// Desks come under their name; `None` is nobody's.
pub fn tally(
    versions: &[CaseVersion],
    times: &WorkTimes<'_>,
    period: Range<Instant>,
    into: &mut BTreeMap<Option<String>, Tally>,
) {
    let mut of: BTreeMap<Option<String>, Tally> = BTreeMap::new();
    let mut before: Option<&CaseVersion> = None;
    let mut had: BTreeSet<&str> = BTreeSet::new();
    for one in versions {
        let is_new = before.is_none_or(|before| before.desk != one.desk);
        if let Some(desk) = one.desk.as_deref().filter(|_| is_new && period.contains(&one.at))
            && had.insert(desk)
        {
            of.entry(one.desk.clone()).or_default().taken += 1;
        }
        if let Some(before) = before.filter(|before| before.passes < one.passes && period.contains(&one.at)) {
            of.entry(before.desk.clone()).or_default().passes += 1;
        }
        before = Some(one);
    }
    for one in clocks_decided(versions, &period) {
        let tally = of.entry(one.desk).or_default();
        let clock = match one.clock {
            DueFor::Acknowledge => &mut tally.acknowledge,
            DueFor::Reply => &mut tally.reply,
            DueFor::Act | DueFor::Review => &mut tally.act,
        };
        if one.was_kept { clock.kept += 1 } else { clock.breached += 1 }
    }
    let stays: Vec<Stay> = versions.iter().map(|one| Stay { desk: one.desk.clone(), from: one.at }).collect();
    for clock in acting(versions) {
        if let Some((at, desk)) = clock.met.as_ref().filter(|(at, _)| period.contains(at)) {
            let seconds = times.worked(&stays, clock.since, *at).as_secs();
            of.entry(desk.clone()).or_default().acted_seconds.push(seconds);
        }
    }
    for (desk, one) in of.into_iter().filter(|(_, one)| !one.is_empty()) {
        into.entry(desk).or_default().add(&one);
    }
}

/// The clocks of one case that were decided within `[from, to)`, each once: as [`tally`] counts them.
pub fn clocks_decided(versions: &[CaseVersion], period: &Range<Instant>) -> Vec<ClockDecided> {
    let accepting = run(versions, |one| Some(one.accept_by), |one| one.accepted_at);
    let replying = run(versions, |one| one.reply_by, |one| one.replied_at);
    let once = [(DueFor::Acknowledge, accepting), (DueFor::Reply, replying)];
    let once = once.into_iter().filter_map(|(clock, run)| Some((clock, run?)));
    let again = acting(versions).map(|run| (DueFor::Act, run));
    once.chain(again).filter_map(|(clock, run)| decided(clock, &run, versions, period)).collect()
}

/// The clocks of acting: from the opening, and from each reopening.
fn acting(versions: &[CaseVersion]) -> impl Iterator<Item = Run> {
    let reopened = |one: &CaseVersion| one.what == Verb::Reopen.done();
    let starts = (0..versions.len()).filter(move |at| *at == 0 || reopened(&versions[*at]));
    starts.filter_map(|start| run(&versions[start..], |one| Some(one.act_by), |one| one.acted_at))
}

/// The clock that starts with the first of these versions; none where none does.
fn run(
    versions: &[CaseVersion],
    due_of: impl Fn(&CaseVersion) -> Option<Instant>,
    met_of: impl Fn(&CaseVersion) -> Option<Instant>,
) -> Option<Run> {
    let first = versions.first()?;
    let since = if first.what == Verb::Reopen.done() { first.at } else { first.opened_at };
    let mut clock = Run { since, due: due_of(first)?, met: None, lapsed_at: None };
    for one in versions {
        clock.due = due_of(one).unwrap_or(clock.due);
        let closed = (one.state == CaseState::Closed).then_some(one.at);
        let by_person = one.what == Verb::Close.done();
        if let Some(at) = met_of(one).or(closed.filter(|_| by_person)) {
            clock.met = Some((at, one.desk.clone()));
            return Some(clock);
        }
        if closed.is_some() {
            clock.lapsed_at = closed;
            return Some(clock);
        }
    }
    Some(clock)
}

/// What became of a clock, if that was decided within the period.
fn decided(clock: DueFor, run: &Run, versions: &[CaseVersion], period: &Range<Instant>) -> Option<ClockDecided> {
    let ended = run.met.as_ref().map(|(at, _)| *at).or(run.lapsed_at).unwrap_or(period.end);
    let of = |at: Instant, desk: Option<String>, was_kept| ClockDecided { clock, due_at: run.due, at, desk, was_kept };
    match &run.met {
        Some((at, desk)) if *at <= run.due => period.contains(at).then(|| of(*at, desk.clone(), true)),
        _ if run.due < ended && period.contains(&run.due) => {
            let there = versions.iter().rev().find(|one| one.at <= run.due).or(versions.first());
            Some(of(run.due, there.and_then(|one| one.desk.clone()), false))
        }
        _ => None,
    }
}
