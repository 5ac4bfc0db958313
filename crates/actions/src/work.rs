//! What a move makes of the work on a case: its stage, its desk, its clocks, and how often it was passed on with nothing done.

use calendar::WorkCalendar;
use vocab::{Instant, Severity};

use crate::case_type::{ACCEPTED_STAGE, CaseType, FIRST_STAGE, Hours, Move, Verb};
use crate::clock::{Deadlines, hours};
use crate::plan::CaseState;

/// Which clock runs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DueFor {
    /// It is to be acknowledged.
    Acknowledge,
    /// The customer waits for a first answer.
    Reply,
    /// It is to be acted upon.
    Act,
    /// It is to be looked at again.
    Review,
}

impl DueFor {
    /// `acknowledge`, `reply`, `act` or `review`.
    pub fn as_str(self) -> &'static str {
        match self {
            DueFor::Acknowledge => "acknowledge",
            DueFor::Reply => "reply",
            DueFor::Act => "act",
            DueFor::Review => "review",
        }
    }
}

/// The work on a case, as far as moves change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Where it stands in its type.
    pub stage: String,
    /// How far it is.
    pub state: CaseState,
    /// Since when it is in that stage.
    pub stage_since: Instant,
    /// On whose desk it is; none where it is to be claimed.
    pub desk: Option<String>,
    /// Severity when it was opened.
    pub severity: Severity,
    /// The customer's tier of value when it was opened.
    pub tier: Option<String>,
    /// To be acknowledged by.
    pub accept_by: Instant,
    /// The customer to be answered by.
    pub reply_by: Option<Instant>,
    /// To be acted upon by.
    pub act_by: Instant,
    /// To be looked at again by, once acted upon.
    pub review_by: Option<Instant>,
    /// When it was first acknowledged.
    pub accepted_at: Option<Instant>,
    /// When the customer had a first answer.
    pub replied_at: Option<Instant>,
    /// When it was first acted upon since it was last opened.
    pub acted_at: Option<Instant>,
    /// 踢皮球: how often in a row it was handed on with nothing done in between.
    pub passes: u32,
    /// The longest such row.
    pub most_passes: u32,
    /// How often somebody urged.
    pub nudges: u32,
    /// When last.
    pub nudged_at: Option<Instant>,
    /// When it last went to a head.
    pub escalated_at: Option<Instant>,
    /// How often it was opened again.
    pub reopened: u32,
}

/// Whose desks a move is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Desks<'a> {
    /// The desk of whoever makes the move; none of a program.
    pub mover: Option<&'a str>,
    /// The desk of whoever gets the case: of those whom it is assigned, handed on or reported to.
    pub receiver: Option<&'a str>,
}

/// Why a move cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotAllowed {
    /// It does not start from this stage.
    WrongStage,
    /// It is on somebody's desk, and only one on nobody's is claimed.
    Taken,
    /// It is on that desk already.
    SameDesk,
    /// Nobody urges themselves.
    Oneself,
    /// Nobody was named who gets it, or nobody is known who claims it.
    Nobody,
}

impl Work {
    /// The work on a new case.
    pub fn new(severity: Severity, tier: Option<String>, desk: Option<String>, due: Deadlines, now: Instant) -> Work {
        Work {
            stage: FIRST_STAGE.to_owned(),
            state: CaseState::New,
            stage_since: now,
            desk,
            severity,
            tier,
            accept_by: due.accept_by,
            reply_by: None,
            act_by: due.act_by,
            review_by: None,
            accepted_at: None,
            replied_at: None,
            acted_at: None,
            passes: 0,
            most_passes: 0,
            nudges: 0,
            nudged_at: None,
            escalated_at: None,
            reopened: 0,
        }
    }

    /// Which clock runs out next, and when?
    ///
    /// While new: acknowledging, or the first answer if that is promised sooner. Then whatever is owed of the first answer
    /// and of acting; once acted upon, looking at it again. Nothing once closed.
    pub fn due(&self) -> Option<(DueFor, Instant)> {
        let reply = self.reply_by.filter(|_| self.replied_at.is_none()).map(|at| (DueFor::Reply, at));
        let next = match self.state {
            CaseState::Closed => return None,
            CaseState::New => (DueFor::Acknowledge, self.accept_by),
            CaseState::Accepted => match (self.acted_at, self.review_by) {
                (Some(_), Some(at)) => (DueFor::Review, at),
                _ => (DueFor::Act, self.act_by),
            },
        };
        match reply {
            Some(reply) if reply.1 <= next.1 => Some(reply),
            _ => Some(next),
        }
    }
}

impl CaseType {
    /// Deadlines of a case of this type that opens now; the first answer's besides.
    pub fn deadlines(
        &self,
        severity: Severity,
        tier: Option<&str>,
        calendar: &WorkCalendar,
        now: Instant,
    ) -> (Deadlines, Option<Instant>) {
        let Hours { acknowledge, reply, act, .. } = self.hours(severity, tier);
        let due = Deadlines::of(calendar, now, acknowledge, act);
        (due, reply.map(|count| calendar.add_working(now, hours(count))))
    }

    /// What a move makes of the work.
    ///
    /// * Acknowledging one on nobody's desk puts it on the mover's.
    /// * Handing on counts as passing: a transfer, and an assignment by whoever has it. Doing something with the customer
    ///   (an answer, an act) sets the count back to nothing; stages, remarks and urging do not.
    /// * Reopening begins the clock of acting anew, never to end sooner than it did.
    ///
    /// # Edges
    /// No deadline ever moves back, whatever is done in whatever order.
    ///
    /// # Errors
    /// Why it cannot be done now; nothing has changed then.
    pub fn step(
        &self,
        one: &Move,
        work: &Work,
        desks: Desks<'_>,
        calendar: &WorkCalendar,
        now: Instant,
    ) -> Result<Work, NotAllowed> {
        if !one.from.contains(&work.stage) {
            return Err(NotAllowed::WrongStage);
        }
        let mut after = work.clone();
        let has_it = desks.mover.is_some() && desks.mover == work.desk.as_deref();
        match one.does {
            Verb::Claim if work.desk.is_some() => return Err(NotAllowed::Taken),
            Verb::Claim => after.desk = Some(desks.mover.ok_or(NotAllowed::Nobody)?.to_owned()),
            Verb::Acknowledge => after.desk = work.desk.clone().or_else(|| desks.mover.map(str::to_owned)),
            Verb::Assign | Verb::Transfer | Verb::Escalate => {
                let receiver = desks.receiver.ok_or(NotAllowed::Nobody)?;
                if one.does != Verb::Assign && work.desk.as_deref() == Some(receiver) {
                    return Err(NotAllowed::SameDesk);
                }
                let is_pass = one.does == Verb::Transfer || (one.does == Verb::Assign && has_it);
                if is_pass && work.desk.as_deref() != Some(receiver) {
                    after.passes += 1;
                    after.most_passes = after.most_passes.max(after.passes);
                }
                if one.does == Verb::Escalate {
                    after.escalated_at = Some(now);
                }
                after.desk = Some(receiver.to_owned());
            }
            Verb::Nudge if has_it => return Err(NotAllowed::Oneself),
            Verb::Nudge => (after.nudges, after.nudged_at) = (work.nudges + 1, Some(now)),
            Verb::Reply => {
                after.replied_at = work.replied_at.or(Some(now));
                after.passes = 0;
            }
            Verb::Act => after = self.acted(&after, calendar, now),
            Verb::Advance | Verb::Close => {}
            Verb::Reopen => {
                let hours_now = self.hours(work.severity, work.tier.as_deref()).act;
                after.act_by = work.act_by.max(calendar.add_on_working_days(now, hours(hours_now)));
                (after.acted_at, after.review_by) = (None, None);
                after.reopened += 1;
            }
        }
        if let Some(to) = &one.to {
            self.put(&mut after, to, now);
        }
        Ok(after)
    }

    /// What an act on the customer makes of open work, whoever notes it: it is acted upon, to be looked at again later, and
    /// nobody is passing it on any more. New work is in hand with it.
    pub fn acted(&self, work: &Work, calendar: &WorkCalendar, now: Instant) -> Work {
        let mut after = work.clone();
        let review = self.hours(work.severity, work.tier.as_deref()).review;
        let again = calendar.add_on_working_days(now, hours(review));
        after.review_by = Some(work.review_by.map_or(again, |before| before.max(again)));
        after.acted_at = work.acted_at.or(Some(now));
        after.passes = 0;
        if after.state == CaseState::New {
            self.put(&mut after, ACCEPTED_STAGE, now);
        }
        after
    }

    /// Puts the work in a stage.
    fn put(&self, work: &mut Work, to: &str, now: Instant) {
        if work.stage == to {
            return;
        }
        work.state = self.stage(to).map_or(work.state, |stage| stage.state);
        work.stage = to.to_owned();
        work.stage_since = now;
        if work.state == CaseState::Accepted {
            work.accepted_at = work.accepted_at.or(Some(now));
        }
    }
}
