//! When is worked here: the hours of each unit as they are chosen, and the calendar of each desk that follows from them.
//!
//! A unit without hours of its own works when the unit above it does, and at the top when the house does.

use std::collections::{BTreeMap, HashMap};

use actions::{At, Course, Stay, WorkTimes};
use calendar::WorkCalendar;
use store::CaseStep;
use vocab::Instant;

use crate::App;
use crate::error::Error;
use crate::staff::hours::{hours_of, shown};
use crate::staff::organisation::line_above;
use crate::staff::roster::{Roster, desk_of};
use crate::view::WorkHours;

/// A day, in microseconds.
pub(crate) const DAY: i64 = 86_400_000_000;

impl App {
    /// When is worked at each desk, as the units are now.
    pub(crate) async fn work_times(&self) -> Result<WorkTimes<'_>, Error> {
        Ok(self.times_of(&self.roster().await?))
    }

    /// The same of a roster at hand.
    pub(crate) fn times_of(&self, roster: &Roster) -> WorkTimes<'_> {
        let house = &self.definitions().calendar;
        let own: BTreeMap<i64, WorkCalendar> =
            roster.units().iter().filter_map(|unit| Some((unit.id, house.for_team(&hours_of(unit)?)))).collect();
        let times = WorkTimes::of_house(house);
        if own.is_empty() {
            return times;
        }
        let mut of_desk = HashMap::new();
        // Of two with one desk whoever is here comes last: the desk is theirs.
        for here in [false, true] {
            for person in roster.everybody().iter().filter(|person| person.active == here) {
                let team = line_above(roster.units(), person.unit_id).into_iter().find(|unit| own.contains_key(unit));
                match team {
                    Some(team) => of_desk.insert(desk_of(person).to_owned(), team),
                    None => of_desk.remove(desk_of(person)),
                };
            }
        }
        times.with_teams(own, of_desk)
    }

    /// The hours of the house.
    pub(crate) fn house_hours(&self) -> WorkHours {
        shown(&self.definitions().calendar.hours())
    }
}

/// The way of a case so far, from its steps in order.
pub(crate) fn course_of(opened_at: Instant, steps: &[CaseStep]) -> Course {
    Course::of(opened_at, steps.iter().map(|step| (step.what.as_str(), step.at, step.assigned_to.as_deref())))
}

/// On whose desks a case was, step by step.
pub(crate) fn stays_of(steps: &[CaseStep]) -> Vec<Stay> {
    steps.iter().map(|step| Stay { desk: step.assigned_to.clone(), from: step.at }).collect()
}

/// Where the day ends.
pub(crate) fn tomorrow(at: At<'_>) -> Instant {
    at.zone.midnight(at.zone.midnight(at.now).plus_micros(DAY + DAY / 2))
}
