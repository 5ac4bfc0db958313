//! 周会决定: what is decided in the review of a week is a task of somebody's by a day, and the next review begins with it.
//!
//! People see what concerns them: their own decisions, those of the people they head, those they wrote down.

use std::collections::BTreeSet;

use store::{Decided, DecisionRecord, DecisionsOf, Resource};
use vocab::{AsOf, CustomerId, Instant, Scope};

use super::Span;
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::permission::Permission;
use crate::shown::written;
use crate::staff::roster::Roster;
use crate::view::{self, Assignee, ReviewDecision};
use crate::working::case_desk::title;
use crate::working::case_work::cannot_see;
use crate::working::waiting_work::named;
use crate::{App, Reach, Reader};

/// From the beginning of a day to within the next one, in microseconds, whatever the clocks do at night.
const DAY_AND_A_HALF: i64 = 36 * 3_600_000_000;

/// What a page shows of decisions.
pub(super) struct Decisions {
    /// Of the week before, and what was open from before that when the week ended.
    pub last: Vec<ReviewDecision>,
    /// Of the week itself.
    pub own: Vec<ReviewDecision>,
    /// To whom the reader may give one.
    pub people: Vec<Assignee>,
}

impl App {
    /// Writes down what was decided in the review of a week.
    ///
    /// # Errors
    /// `bad_title`, `bad_day`, `bad_week`, `future_week`; not found for a person whom the reader may not give work to and
    /// for a customer whom the reader does not see; `cannot_see` where that person does not see the customer.
    pub async fn add_review_decision(
        &self,
        reader: &Reader,
        request: view::NewReviewDecision,
        now: Instant,
    ) -> Result<ReviewDecision, Error> {
        reader.may_act()?;
        let week = self.week(Some(&request.week_on), None, now)?;
        let roster = self.roster().await?;
        let snapshot = self.present_snapshot(now).await?;
        let decided = self.decided(reader, (&roster, &snapshot), &request, now)?;
        let (actor, author) = (reader.actor(), reader.staff.as_ref().map(|staff| staff.id));
        let kept = self.store().add_decision(&self.zone().date(week.from), &decided, (&actor, author), now).await?;
        Ok(self.decision_row(&roster, kept, now, &|id| named(&snapshot, &reader.scope, id)))
    }

    /// Changes a decision, or says that it is done or not done after all.
    ///
    /// # Errors
    /// `version_conflict`, with who did what, when somebody else was faster; otherwise as [`App::add_review_decision`].
    pub async fn change_review_decision(
        &self,
        reader: &Reader,
        id: i64,
        request: view::ReviewDecisionChange,
        now: Instant,
    ) -> Result<ReviewDecision, Error> {
        reader.may_act()?;
        let roster = self.roster().await?;
        let of = theirs(reader, &roster);
        let before = self.store().decision(&of, id).await?;
        let before = before.ok_or_else(|| Error::not_found(("这条决定", "the decision")))?;
        let snapshot = self.present_snapshot(now).await?;
        let mut decided = Decided {
            title: before.title,
            staff_id: before.staff_id,
            due_on: before.due_on,
            due_at: before.due_at,
            customer_id: before.customer_id,
        };
        if let Some(text) = &request.title {
            decided.title = title(text)?;
        }
        if let Some(to) = request.to {
            decided.staff_id = receiver(reader, &roster, to)?;
            let about = decided.customer_id.as_deref().map(CustomerId::from);
            must_see(&roster, &snapshot, to, about.as_ref())?;
        }
        if let Some(day) = request.due_on.as_deref().filter(|day| *day != decided.due_on) {
            (decided.due_on, decided.due_at) = self.decision_due(day, now)?;
        }
        let done = request.done.unwrap_or(before.done_at.is_some());
        let (of_row, actor) = ((id, request.version), reader.actor());
        match self.store().change_decision(&of, of_row, (&decided, done), &actor, now).await {
            Ok(kept) => Ok(self.decision_row(&roster, kept, now, &|id| named(&snapshot, &reader.scope, id))),
            // That it is theirs was looked at before.
            Err(error) => Err(self.told_by(&Scope::All, Resource::Decision, of_row, error).await),
        }
    }

    fn decided(
        &self,
        reader: &Reader,
        (roster, snapshot): (&Roster, &Snapshot),
        request: &view::NewReviewDecision,
        now: Instant,
    ) -> Result<Decided, Error> {
        let (due_on, due_at) = self.decision_due(&request.due_on, now)?;
        let (title, staff_id) = (title(&request.title)?, receiver(reader, roster, request.to)?);
        let about = request.customer_id.as_deref().map(CustomerId::from);
        if let Some(customer) = &about {
            self.place(snapshot, &reader.scope, customer)?;
        }
        must_see(roster, snapshot, staff_id, about.as_ref())?;
        Ok(Decided { title, staff_id, due_on, due_at, customer_id: about.map(|customer| customer.to_string()) })
    }

    /// What was decided for a person and is not done.
    pub(crate) async fn decisions_waiting(&self, reader: &Reader, staff: i64) -> Result<Vec<DecisionRecord>, Error> {
        let of = theirs(reader, &self.roster().await?);
        let mut waiting = self.store().decisions_waiting(staff).await?;
        waiting.retain(|one| of.admits(one));
        Ok(waiting)
    }

    /// What was decided about a customer, whom the reader sees, and is not done.
    pub(crate) async fn decisions_about(
        &self,
        reader: &Reader,
        roster: &Roster,
        (snapshot, customer): (&Snapshot, &CustomerId),
        now: Instant,
    ) -> Result<Vec<ReviewDecision>, Error> {
        let about = self.store().decisions_about(&theirs(reader, roster), customer.as_str()).await?;
        let name = |id: &str| named(snapshot, &reader.scope, id);
        Ok(about.into_iter().map(|one| self.decision_row(roster, one, now, &name)).collect())
    }

    /// A day from today to a year ahead, with its last moment.
    fn decision_due(&self, day: &str, now: Instant) -> Result<(String, Instant), Error> {
        let midnight = self.day_ahead(day, now)?;
        let end = self.zone().midnight(midnight.plus_micros(DAY_AND_A_HALF)).plus_micros(-1);
        Ok((self.zone().date(midnight), end))
    }

    /// What a review page shows of decisions; of a past moment as they stood then.
    pub(super) async fn decisions_of_week(
        &self,
        reader: &Reader,
        span: &Span,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Decisions, Error> {
        let (zone, roster) = (self.zone(), self.roster().await?);
        let (week, before) = (zone.date(span.from), zone.date(super::weeks_later(zone, span.from, -1)));
        let of = theirs(reader, &roster);
        let mut all = match as_of {
            Some(as_of) => self.store().decisions_then(&of, as_of.instant()).await?,
            None => self.store().decisions(&of, &week).await?,
        };
        let at = as_of.map_or(now, AsOf::instant);
        all.retain(|one| {
            let was_open = one.done_at.is_none_or(|done| done >= span.to);
            one.week_on == week || one.week_on == before || (one.week_on < before && was_open)
        });
        let (own, last): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.week_on == week);
        let snapshot = self.present_snapshot(now).await?;
        let name = |id: &str| named(&snapshot, &reader.scope, id);
        let row = |one: DecisionRecord| self.decision_row(&roster, one, at, &name);
        let may = reader.can_act && reader.permissions.contains(&Permission::Work);
        Ok(Decisions {
            last: last.into_iter().map(row).collect(),
            own: own.into_iter().map(row).collect(),
            people: if may { people(reader, &roster) } else { Vec::new() },
        })
    }

    /// Decisions that fell due within a span as they stood at its moment, with the desk of whoever they are.
    pub(super) async fn decisions_due(
        &self,
        reader: &Reader,
        roster: &Roster,
        span: &Span,
    ) -> Result<Vec<(Option<String>, DecisionRecord)>, Error> {
        let mut all = self.store().decisions_then(&theirs(reader, roster), span.at).await?;
        all.retain(|one| (span.from..span.at).contains(&one.due_at));
        Ok(all.into_iter().map(|one| (roster.desk(one.staff_id).map(str::to_owned), one)).collect())
    }

    /// A decision as a row; `name` says what a customer is called whom the reader sees.
    pub(crate) fn decision_row(
        &self,
        roster: &Roster,
        one: DecisionRecord,
        at: Instant,
        name: &dyn Fn(&str) -> Option<String>,
    ) -> ReviewDecision {
        let who = roster.names().get(&one.staff_id).map_or_else(String::new, |name| (*name).to_owned());
        let clock = one.done_at.is_none().then(|| actions::clock(one.due_at, at, self.zone()).as_str().to_owned());
        ReviewDecision {
            id: one.id,
            version: one.version,
            week_on: one.week_on,
            title: one.title,
            customer_name: one.customer_id.as_deref().and_then(name),
            customer_id: one.customer_id,
            who,
            who_id: one.staff_id,
            due_on: one.due_on,
            clock,
            created_at: written(one.created_at),
            created_by: one.created_by,
            was_in_time: one.done_at.map(|done| done <= one.due_at),
            done_at: one.done_at.map(written),
            done_by: one.done_by,
        }
    }
}

/// Whose decisions a reader may see.
fn theirs(reader: &Reader, roster: &Roster) -> DecisionsOf {
    let own = reader.staff.as_ref().map(|staff| staff.id);
    match (reader.reach, own) {
        (Reach::All, _) => DecisionsOf::Everybody,
        (Reach::Team, Some(id)) => DecisionsOf::People { staff: roster.team(id), author: own },
        (_, own) => DecisionsOf::People { staff: BTreeSet::from_iter(own), author: own },
    }
}

/// To whom a reader may give a decision: everybody, the people they head and they themselves, or they themselves.
fn people(reader: &Reader, roster: &Roster) -> Vec<Assignee> {
    let of = theirs(reader, roster);
    let may_have = |id: i64| match &of {
        DecisionsOf::Everybody => true,
        DecisionsOf::People { staff, .. } => staff.contains(&id),
    };
    let here = roster.workers().filter(|one| may_have(one.id));
    here.map(|one| Assignee { id: one.id, name: one.name.clone() }).collect()
}

fn receiver(reader: &Reader, roster: &Roster, id: i64) -> Result<i64, Error> {
    let found = people(reader, roster).into_iter().find(|one| one.id == id);
    found.map(|one| one.id).ok_or_else(|| Error::not_found(("这位员工", "the person")))
}

/// Whoever is to do something about a customer must see them.
fn must_see(roster: &Roster, snapshot: &Snapshot, staff: i64, about: Option<&CustomerId>) -> Result<(), Error> {
    let owner = about.and_then(|customer| snapshot.position(customer)).and_then(|at| snapshot.roll.keeper(at));
    match roster.worker(staff) {
        Some(person) if about.is_some() && !roster.sees(person, owner) => Err(cannot_see(&person.name)),
        _ => Ok(()),
    }
}
