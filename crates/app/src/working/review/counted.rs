//! What a stretch of time holds, counted: the one road from what was on the desk to every number of a review and every
//! name behind it. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actions::{ClockDecided, DueFor};
use store::{AlertRecord, AlertResolution, CaseOutcome, CaseRecord, CaseState, CaseTrail, WorkBetween};
use vocab::{CustomerId, Instant, Text};

use crate::working::team::versions;

/// What the history calls an act.
const ACTED: &str = "acted";

/// One of the numbers of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Of {
    /// Alerts that were opened.
    Opened,
    /// Customers who were acted upon: a follow-up record, or the move of their case that notes a contact.
    Acted,
    /// Customers acted upon whose case was closed, and who are there at the end; without a control group nobody says
    /// "saved" of them.
    Stayed,
    /// Customers who left.
    Lost,
    /// Clocks of cases that ran out.
    Late,
    /// Alerts that somebody called false.
    FalseAlarm,
}

impl Of {
    /// Every one, in the order in which they are read.
    pub(crate) const ALL: [Of; 6] = [Of::Opened, Of::Acted, Of::Stayed, Of::Lost, Of::Late, Of::FalseAlarm];

    /// The word over the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Of::Opened => "opened",
            Of::Acted => "acted",
            Of::Stayed => "stayed",
            Of::Lost => "lost",
            Of::Late => "late",
            Of::FalseAlarm => "false_alarm",
        }
    }
}

/// A stretch of time with what was on the desk in it.
pub(crate) struct Stretch<'a> {
    pub from: Instant,
    /// Where the numbers stand: what is counted lies in `[from, at)`.
    pub at: Instant,
    /// Recorded by `at`.
    pub work: &'a WorkBetween,
    /// Who left in `[from, at)` and when, as known at `at`; none where nobody can be said to have left.
    pub left: Option<&'a [(CustomerId, Instant)]>,
    /// Who is gone at `at`.
    pub is_gone: &'a dyn Fn(&CustomerId) -> bool,
}

/// One of those whom a number counts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Counted {
    pub of: Of,
    pub customer: CustomerId,
    pub at: Instant,
    pub by: Option<String>,
    pub case: Option<i64>,
    /// The rule of the alert, if it is about one.
    pub rule: Option<String>,
    /// The reason of the alert, if it is about one.
    pub sentence: Option<Text>,
    /// The clock that ran out.
    pub clock: Option<DueFor>,
    /// Of an alert opened: whether its customer was acted upon since.
    pub acted: bool,
    /// Of an alert opened: whether it was called false since.
    pub called_false: bool,
}

/// Every name behind the numbers of a stretch, by number, the latest first.
pub(crate) fn counted(stretch: &Stretch<'_>) -> BTreeMap<Of, Vec<Counted>> {
    let cases: HashMap<i64, &CaseTrail> =
        stretch.work.cases.iter().filter_map(|trail| Some((trail.last()?.id, trail))).collect();
    let mut all = BTreeMap::from([
        (Of::Opened, opened(stretch, &cases)),
        (Of::Acted, acted(stretch)),
        (Of::Stayed, stayed(stretch)),
        (Of::Lost, lost(stretch)),
        (Of::Late, late(stretch)),
        (Of::FalseAlarm, called_false(stretch, &cases)),
    ]);
    for rows in all.values_mut() {
        rows.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.customer.cmp(&b.customer)));
    }
    all
}

fn plain(of: Of, customer: &CustomerId, at: Instant) -> Counted {
    Counted {
        of,
        customer: customer.clone(),
        at,
        by: None,
        case: None,
        rule: None,
        sentence: None,
        clock: None,
        acted: false,
        called_false: false,
    }
}

fn of_alert(of: Of, alert: &AlertRecord, at: Instant) -> Counted {
    Counted {
        case: alert.case_id,
        rule: Some(alert.rule.clone()),
        sentence: Some(alert.sentence.clone()),
        ..plain(of, &alert.customer_id, at)
    }
}

fn opened(stretch: &Stretch<'_>, cases: &HashMap<i64, &CaseTrail>) -> Vec<Counted> {
    let within = stretch.work.alerts.iter().filter(|alert| (stretch.from..stretch.at).contains(&alert.opened_at));
    let last_said: HashMap<&CustomerId, Instant> =
        stretch.work.follow_ups.iter().map(|one| (&one.said.customer, one.recorded_at)).collect();
    within
        .map(|alert| {
            let trail = alert.case_id.and_then(|id| cases.get(&id));
            let by_move = trail.is_some_and(|trail| acts(trail).any(|(at, _)| at >= alert.opened_at));
            let by_record = last_said.get(&alert.customer_id).is_some_and(|at| *at >= alert.opened_at);
            Counted {
                acted: by_move || by_record,
                called_false: is_false(alert, cases),
                ..of_alert(Of::Opened, alert, alert.opened_at)
            }
        })
        .collect()
}

/// When and by whom a case was acted upon.
fn acts(trail: &CaseTrail) -> impl Iterator<Item = (Instant, &str)> {
    trail.steps.iter().filter(|step| step.what == ACTED).map(|step| (step.at, step.actor.as_str()))
}

fn acted(stretch: &Stretch<'_>) -> Vec<Counted> {
    let of_cases =
        stretch.work.cases.iter().filter_map(|trail| Some((trail, trail.last()?))).flat_map(|(trail, case)| {
            acts(trail).map(|(at, by)| Counted {
                by: Some(by.to_owned()),
                case: Some(case.id),
                ..plain(Of::Acted, &case.customer_id, at)
            })
        });
    let of_records = stretch.work.follow_ups.iter().map(|one| Counted {
        by: Some(one.actor.clone()),
        case: one.case_id,
        ..plain(Of::Acted, &one.said.customer, one.recorded_at)
    });
    let within = of_cases.chain(of_records).filter(|one| (stretch.from..stretch.at).contains(&one.at));
    each_once(within.collect())
}

fn stayed(stretch: &Stretch<'_>) -> Vec<Counted> {
    let ended = stretch.work.cases.iter().filter_map(CaseTrail::last).filter_map(|case| {
        let said = case.outcome.filter(|outcome| outcome.is_said() && *outcome != CaseOutcome::Churned);
        let closed_at = case.closed_at.filter(|at| (stretch.from..stretch.at).contains(at))?;
        let was_acted_upon = case.acted_at.is_some() && case.state == CaseState::Closed;
        let counts = said.is_some() && was_acted_upon && !(stretch.is_gone)(&case.customer_id);
        counts.then(|| Counted {
            by: case.closed_by.clone(),
            case: Some(case.id),
            ..plain(Of::Stayed, &case.customer_id, closed_at)
        })
    });
    each_once(ended.collect())
}

fn lost(stretch: &Stretch<'_>) -> Vec<Counted> {
    let left = stretch.left.unwrap_or_default().iter();
    left.map(|(customer, at)| plain(Of::Lost, customer, *at)).collect()
}

fn late(stretch: &Stretch<'_>) -> Vec<Counted> {
    let clocks = stretch.work.cases.iter().flat_map(|trail| clocks(trail, stretch.from, stretch.at));
    clocks
        .filter(|(_, clock)| !clock.was_kept)
        .map(|(case, clock)| Counted {
            by: clock.desk,
            case: Some(case.id),
            clock: Some(clock.clock),
            ..plain(Of::Late, &case.customer_id, clock.due_at)
        })
        .collect()
}

/// The clocks of a case that were decided in `[from, at)`, as the report of the team counts them.
pub(crate) fn clocks(
    trail: &CaseTrail,
    from: Instant,
    at: Instant,
) -> impl Iterator<Item = (&CaseRecord, ClockDecided)> {
    let decided = actions::clocks_decided(&versions(trail), &(from..at));
    decided.into_iter().filter_map(|clock| Some((trail.last()?, clock)))
}

fn called_false(stretch: &Stretch<'_>, cases: &HashMap<i64, &CaseTrail>) -> Vec<Counted> {
    let within = stretch.work.alerts.iter().filter_map(|alert| {
        let at = alert.resolved_at.filter(|at| (stretch.from..stretch.at).contains(at))?;
        Some((alert, at))
    });
    within
        .filter(|(alert, _)| is_false(alert, cases))
        .map(|(alert, at)| {
            let case = alert.case_id.and_then(|id| cases.get(&id)).and_then(|trail| trail.last());
            Counted { by: case.and_then(|case| case.closed_by.clone()), ..of_alert(Of::FalseAlarm, alert, at) }
        })
        .collect()
}

/// Whether somebody called an alert false, alone or with its case: what [`store::Store::rule_counts`] counts.
fn is_false(alert: &AlertRecord, cases: &HashMap<i64, &CaseTrail>) -> bool {
    let case = alert.case_id.and_then(|id| cases.get(&id)).and_then(|trail| trail.last());
    match alert.resolution {
        Some(AlertResolution::FalseAlarm) => true,
        Some(AlertResolution::Closed) => case.is_some_and(|case| case.outcome == Some(CaseOutcome::FalseAlarm)),
        _ => false,
    }
}

/// Of each customer the latest.
fn each_once(mut rows: Vec<Counted>) -> Vec<Counted> {
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    let mut seen = BTreeSet::new();
    rows.retain(|one| seen.insert(one.customer.clone()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::TrailStep;
    use vocab::Severity;

    fn hour(hours: i64) -> Instant {
        Instant::from_micros(hours * 3_600_000_000)
    }

    /// A case opened at hour 0, to be accepted by hour 2 and acted upon by hour 24.
    fn case() -> CaseRecord {
        CaseRecord {
            id: 1,
            version: 1,
            customer_id: CustomerId::from("A"),
            owner: Some("wang".to_owned()),
            assigned_to: Some("wang".to_owned()),
            state: CaseState::New,
            severity: Severity::Warning,
            opened_at: hour(0),
            as_of: hour(0),
            accept_by: hour(2),
            act_by: hour(24),
            due_at: Some(hour(2)),
            accepted_at: None,
            accepted_by: None,
            closed_at: None,
            closed_by: None,
            outcome: None,
            ended_as: None,
            note: None,
            case_type: "retention".to_owned(),
            stage: "new".to_owned(),
            stage_since: hour(0),
            opened_by: "liuke".to_owned(),
            about: None,
            tier: None,
            reply_by: None,
            replied_at: None,
            replied_by: None,
            acted_at: None,
            acted_by: None,
            review_by: None,
            churn_reason: None,
            passes: 0,
            most_passes: 0,
            nudge_count: 0,
            nudged_at: None,
            escalated_at: None,
            reopened_count: 0,
        }
    }

    fn step(what: &str, at: i64, case: CaseRecord) -> TrailStep {
        TrailStep { what: what.to_owned(), at: hour(at), actor: "wang".to_owned(), case }
    }

    fn acted(at: i64) -> CaseRecord {
        CaseRecord { state: CaseState::Accepted, accepted_at: Some(hour(1)), acted_at: Some(hour(at)), ..case() }
    }

    fn closed(at: i64, of: CaseRecord) -> CaseRecord {
        let (closed_by, outcome) = (Some("wang".to_owned()), Some(CaseOutcome::Retained));
        CaseRecord { state: CaseState::Closed, closed_at: Some(hour(at)), closed_by, outcome, ..of }
    }

    #[test]
    fn stayed_are_those_who_were_acted_upon_and_are_there_and_each_counts_once() {
        let steps = vec![
            step("opened", 0, case()),
            step("acted", 5, acted(5)),
            step("acted", 7, acted(5)),
            step("closed", 30, closed(30, acted(5))),
        ];
        let work = WorkBetween { cases: vec![CaseTrail { steps }], ..WorkBetween::default() };
        let count = |is_gone: bool| {
            let is_gone = move |_: &CustomerId| is_gone;
            let left = [(CustomerId::from("B"), hour(3))];
            let stretch = Stretch { from: hour(0), at: hour(168), work: &work, left: Some(&left), is_gone: &is_gone };
            let all = counted(&stretch);
            Of::ALL.map(|of| all[&of].len())
        };
        assert_eq!(count(false), [0, 1, 1, 1, 0, 0]);
        assert_eq!(count(true), [0, 1, 0, 1, 0, 0], "who left did not stay, whatever the case says");
    }
}
