//! 团队: what is on the desks of a reader's people, how their clocks stand, and what became of the clocks of a period.
//!
//! Whose people: oneself, the units one heads with all below, or everybody, as far as the reader looks. Customers outside
//! the reader's scope are counted nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use actions::{At, CaseVersion, Clock, ClockTally, Tally, clock};
use store::{CaseRecord, CaseState, CaseTrail, DeskClocks, StaffRecord, UnitRecord};
use vocab::{AsOf, Instant, Scope};

use crate::error::Error;
use crate::shown::written;
use crate::staff::organisation::line_above;
use crate::staff::roster::{Roster, desk_of};
use crate::view::{BreachReport, BreachRow, ClockCount, DeskLoad, TeamMember, TeamPage};
use crate::working::work_times::tomorrow;
use crate::{App, Reach, Reader, future_moment};

/// Days of a report when nothing is said.
const USUAL_DAYS: i64 = 30;
const LONGEST_DAYS: i64 = 400;

/// Of which days a report is asked for.
#[derive(Clone, Debug, Default)]
pub struct BreachQuery {
    /// First day, `YYYY-MM-DD`; thirty days up to the last when absent.
    pub from: Option<String>,
    /// Last day; today when absent.
    pub to: Option<String>,
}

/// The people and units that a reader looks at.
struct Circle<'a> {
    people: Vec<&'a StaffRecord>,
    units: Vec<&'a UnitRecord>,
    /// Whether desks of nobody they know are named.
    names_all: bool,
}

impl App {
    /// Who of my people has what on the desk, and how do their clocks stand?
    ///
    /// # Edges
    /// Whoever has left is shown while something is on their desk. Of a past moment the desks are those of then, the
    /// people and units today's.
    pub async fn team(&self, reader: &Reader, as_of: Option<AsOf>, now: Instant) -> Result<TeamPage, Error> {
        let at = shown_at(as_of, now)?;
        let roster = self.roster().await?;
        let circle = circle(&roster, reader);
        let day_end = tomorrow(At { now: at, zone: self.zone() });
        let desks = match as_of {
            Some(_) => {
                let cases = self.store().as_recorded(&reader.scope, at).await?.cases;
                fold(&cases, at, self.zone())
            }
            None => self.store().desk_clocks(&reader.scope, now, day_end).await?,
        };
        let (mut pool, mut elsewhere, mut total) =
            (DeskClocks::default(), DeskClocks::default(), DeskClocks::default());
        let mut loads: BTreeMap<&str, &DeskClocks> = BTreeMap::new();
        for one in &desks {
            add(&mut total, one);
            match one.desk.as_deref() {
                None => pool = one.clone(),
                Some(desk) => {
                    loads.insert(desk, one);
                }
            }
        }
        let mut members: Vec<TeamMember> = Vec::new();
        for person in &circle.people {
            let own = loads.remove(desk_of(person));
            // Whoever has left, and whoever does no cases, is there while something is on the desk.
            if own.is_none() && roster.worker(person.id).is_none() {
                continue;
            }
            members.push(TeamMember {
                id: Some(person.id),
                name: person.name.clone(),
                unit: unit_name(&roster, person.unit_id),
                is_here: person.active,
                load: own.map(load).unwrap_or_default(),
            });
        }
        for (desk, one) in loads {
            match circle.names_all {
                true => {
                    let (name, load) = (desk.to_owned(), load(one));
                    members.push(TeamMember { id: None, name, unit: None, is_here: false, load });
                }
                false => add(&mut elsewhere, one),
            }
        }
        members.sort_by(|a, b| {
            let key = |one: &TeamMember| (one.load.overdue_count, one.load.due_today_count, one.load.open_count);
            key(b).cmp(&key(a)).then_with(|| (&a.name, a.id).cmp(&(&b.name, b.id)))
        });
        let (pool, elsewhere, total) = (load(&pool), load(&elsewhere), load(&total));
        Ok(TeamPage { as_of: written(at), members, pool, elsewhere, total })
    }

    /// Which clocks were kept and which ran out in these days, by person and by team?
    ///
    /// # Edges
    /// Counted from the history as it was written by the end of the period, or by the moment shown: asked again of the
    /// same days it says the same. See [`actions::tally`] for whom a clock counts.
    ///
    /// # Errors
    /// `bad_period`; `future_moment`.
    pub async fn breaches(
        &self,
        reader: &Reader,
        query: &BreachQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<BreachReport, Error> {
        let at = shown_at(as_of, now)?;
        let period = self.period(query, at)?;
        let roster = self.roster().await?;
        let circle = circle(&roster, reader);
        let by_desk = self.tallies(&reader.scope, &roster, &period).await?;
        let mut left: BTreeMap<Option<String>, Tally> = by_desk;
        let mut total = Tally::default();
        let mut people: Vec<BreachRow> = Vec::new();
        let mut of_unit: BTreeMap<i64, Tally> = BTreeMap::new();
        for person in &circle.people {
            let Some(one) = left.remove(&Some(desk_of(person).to_owned())) else { continue };
            total.add(&one);
            for unit in line_above(roster.units(), person.unit_id) {
                of_unit.entry(unit).or_default().add(&one);
            }
            let unit = unit_name(&roster, person.unit_id);
            people.push(BreachRow { id: Some(person.id), name: Some(person.name.clone()), unit, ..counted(&one) });
        }
        for (desk, one) in left {
            if desk.is_none() || circle.names_all {
                total.add(&one);
                people.push(BreachRow { name: desk, ..counted(&one) });
            }
        }
        people.sort_by(|a, b| {
            (b.breach_count, b.taken_count).cmp(&(a.breach_count, a.taken_count)).then_with(|| a.name.cmp(&b.name))
        });
        let teams = circle.units.iter().filter_map(|unit| {
            let one = of_unit.get(&unit.id)?;
            let above = unit_name(&roster, unit.parent_id);
            Some(BreachRow { id: Some(unit.id), name: Some(unit.name.clone()), unit: above, ..counted(one) })
        });
        Ok(BreachReport {
            from: self.zone().date(period.start),
            to: self.zone().date(period.end.plus_micros(-1)),
            as_of: written(period.end),
            teams: teams.collect(),
            people,
            total: counted(&total),
        })
    }

    /// What became of the clocks on every desk.
    async fn tallies(
        &self,
        scope: &Scope,
        roster: &Roster,
        period: &Range<Instant>,
    ) -> Result<BTreeMap<Option<String>, Tally>, Error> {
        let lives = self.store().case_lives(scope, period.start, period.end).await?;
        let (times, mut by_desk) = (self.times_of(roster), BTreeMap::new());
        for life in &lives {
            actions::tally(&life.versions, &times, period.clone(), &mut by_desk);
        }
        Ok(by_desk)
    }

    /// The moments of a period: from the first midnight to the end of the last day, or to the moment shown.
    fn period(&self, query: &BreachQuery, at: Instant) -> Result<Range<Instant>, Error> {
        let zone = self.zone();
        let day = |text: &str| zone.parse(text.trim()).map(|day| zone.midnight(day)).map_err(|_| bad_period());
        let last = query.to.as_deref().map_or_else(|| Ok(zone.midnight(at)), day)?;
        let usual = || Ok(zone.midnight(last.plus_days(1 - USUAL_DAYS)));
        let first = query.from.as_deref().map_or_else(usual, day)?;
        let end = tomorrow(At { now: last, zone }).min(at);
        let is_long = zone.day_number(last) - zone.day_number(first) > LONGEST_DAYS;
        if first >= end || is_long {
            return Err(bad_period());
        }
        Ok(first..end)
    }
}

fn shown_at(as_of: Option<AsOf>, now: Instant) -> Result<Instant, Error> {
    let at = as_of.map_or(now, AsOf::instant);
    if at > now { Err(future_moment()) } else { Ok(at) }
}

fn circle<'a>(roster: &'a Roster, reader: &Reader) -> Circle<'a> {
    let own = reader.staff.as_ref().map(|staff| staff.id);
    let all = roster.everybody();
    // Of two with one desk whoever is here comes first: the desk is theirs.
    let mut people: Vec<&StaffRecord> = match reader.reach {
        Reach::All => all.iter().collect(),
        Reach::Team => {
            let below: BTreeSet<i64> = own.into_iter().flat_map(|id| roster.below(id)).map(|one| one.id).collect();
            all.iter().filter(|one| below.contains(&one.id) || Some(one.id) == own).collect()
        }
        Reach::Mine => all.iter().filter(|one| Some(one.id) == own).collect(),
    };
    people.sort_by_key(|one| (!one.active, one.id));
    let below = own.map(|id| store::units_below(roster.units(), id)).unwrap_or_default();
    let units = roster.units().iter().filter(|unit| match reader.reach {
        Reach::All => true,
        Reach::Team => below.contains(&unit.id),
        Reach::Mine => false,
    });
    Circle { people, units: units.collect(), names_all: reader.reach == Reach::All }
}

fn unit_name(roster: &Roster, unit: Option<i64>) -> Option<String> {
    roster.units().iter().find(|one| Some(one.id) == unit).map(|one| one.name.clone())
}

/// The same as [`store::Store::desk_clocks`] of cases at hand.
fn fold(cases: &[CaseRecord], at: Instant, zone: &vocab::Zone) -> Vec<DeskClocks> {
    let mut desks: BTreeMap<Option<&str>, DeskClocks> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.state != CaseState::Closed) {
        let desk = case.assigned_to.as_deref();
        let one = desks.entry(desk).or_default();
        one.desk = desk.map(str::to_owned);
        one.open += 1;
        one.waiting += u64::from(case.state == CaseState::New);
        let Some(due) = case.due_at else { continue };
        match clock(due, at, zone) {
            Clock::Overdue => one.overdue += 1,
            Clock::DueToday => one.due_today += 1,
            Clock::OnTime => {}
        }
        if due >= at {
            one.next_due_at = Some(one.next_due_at.map_or(due, |next| next.min(due)));
        }
    }
    desks.into_values().collect()
}

fn load(desk: &DeskClocks) -> DeskLoad {
    DeskLoad {
        open_count: desk.open,
        waiting_count: desk.waiting,
        overdue_count: desk.overdue,
        due_today_count: desk.due_today,
        next_due_at: desk.next_due_at.map(written),
    }
}

fn add(sum: &mut DeskClocks, one: &DeskClocks) {
    sum.open += one.open;
    sum.waiting += one.waiting;
    sum.overdue += one.overdue;
    sum.due_today += one.due_today;
    sum.next_due_at = [sum.next_due_at, one.next_due_at].into_iter().flatten().min();
}

/// The life of a case as what counts its clocks reads it.
pub(crate) fn versions(trail: &CaseTrail) -> Vec<CaseVersion> {
    let version = |step: &store::TrailStep| CaseVersion {
        at: step.at,
        what: step.what.clone(),
        state: step.case.state.into(),
        desk: step.case.assigned_to.clone(),
        opened_at: step.case.opened_at,
        accept_by: step.case.accept_by,
        accepted_at: step.case.accepted_at,
        reply_by: step.case.reply_by,
        replied_at: step.case.replied_at,
        act_by: step.case.act_by,
        acted_at: step.case.acted_at,
        passes: step.case.passes,
    };
    trail.steps.iter().map(version).collect()
}

fn counted(tally: &Tally) -> BreachRow {
    let clock = |one: ClockTally| ClockCount { kept: one.kept, breached: one.breached };
    BreachRow {
        taken_count: tally.taken,
        acknowledge: clock(tally.acknowledge),
        reply: clock(tally.reply),
        act: clock(tally.act),
        breach_count: tally.acknowledge.breached + tally.reply.breached + tally.act.breached,
        median_seconds: tally.median_seconds(),
        pass_count: tally.passes,
        ..BreachRow::default()
    }
}

fn bad_period() -> Error {
    Error::bad(
        "bad_period",
        ("起止日期不成立", "there is no such period"),
        (
            "写成 from=2026-02-01&to=2026-02-28：开始不晚于结束，也不在将来，最长 400 天",
            "write from=2026-02-01&to=2026-02-28: not ending before it begins, not in the future, 400 days at most",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_clock_of_several_desks_is_the_first_of_them() {
        let at = |hours: i64| Instant::from_micros(hours * 3_600_000_000);
        let mut sum = DeskClocks::default();
        for next in [None, Some(at(9)), Some(at(2))] {
            add(&mut sum, &DeskClocks { open: 1, next_due_at: next, ..DeskClocks::default() });
        }
        assert_eq!((sum.open, sum.next_due_at), (3, Some(at(2))));
    }
}
