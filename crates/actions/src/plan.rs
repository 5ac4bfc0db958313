//! Which cases to open and which to clear.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use alerts::{AlertPlan, Budget, Candidate, OpenAlerts, draw};
use calendar::WorkCalendar;
use vocab::{CustomerId, Instant, Lang, Severity, Zone};

use crate::case_type::USUAL_TYPE;
use crate::clock::Deadlines;
use crate::snooze::{Snoozed, Woken, woken};

/// The least severity that is work for somebody; what is less is worth knowing only.
pub(crate) const WORK: Severity = Severity::Warning;

/// The desk as it is: open cases, who owns whom, and how fast the firm wants to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// Cases that are not closed, at most one per customer.
    pub open_cases: Vec<OpenCase>,
    /// Owner of each customer that has one.
    pub owners: BTreeMap<CustomerId, String>,
    /// Working hours within which a case is accepted.
    pub accept_hours: u32,
    /// Hours on working days within which a case is acted upon; see [`Deadlines::of`].
    pub act_hours: u32,
}

impl Default for Desk {
    /// An empty desk; accept within 2 hours, act within 24.
    fn default() -> Self {
        Self { open_cases: Vec::new(), owners: BTreeMap::new(), accept_hours: 2, act_hours: 24 }
    }
}

/// A case that is not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCase {
    /// Its id in the store.
    pub id: i64,
    /// Whom it is about.
    pub customer: CustomerId,
    /// How far it is.
    pub state: CaseState,
}

/// How far a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseState {
    /// Nobody has accepted it.
    New,
    /// Somebody is at it, or opened it by hand.
    Accepted,
    /// It has ended.
    Closed,
}

impl CaseState {
    /// Every one, in order.
    pub const ALL: [CaseState; 3] = [CaseState::New, CaseState::Accepted, CaseState::Closed];

    /// `new`, `accepted` or `closed`.
    pub fn as_str(self) -> &'static str {
        match self {
            CaseState::New => "new",
            CaseState::Accepted => "accepted",
            CaseState::Closed => "closed",
        }
    }
}

/// What to do about cases. Prints as a diff.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionPlan {
    /// To open, by customer.
    pub open: Vec<NewCase>,
    /// Ids of new cases that have nothing left to work on, ascending.
    pub clear: Vec<i64>,
    /// Ids of new cases for which there is no room on the desk any more, ascending.
    pub lower: Vec<i64>,
    /// Alerts that were put off and come back, by id.
    pub wake: Vec<Woken>,
    /// How many customers wait below the line; told, not done.
    pub below_count: usize,
}

impl ActionPlan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.clear.is_empty() && self.lower.is_empty() && self.wake.is_empty()
    }
}

/// A case to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCase {
    /// Whom it is about.
    pub customer: CustomerId,
    /// On whose desk it comes; `None`: on nobody's.
    pub owner: Option<String>,
    /// To be accepted by.
    pub accept_by: Instant,
    /// To be acted upon by.
    pub act_by: Instant,
    /// The severest of its alerts.
    pub severity: Severity,
    /// Its type; [`crate::hand_out`] says which.
    pub case_type: String,
    /// The customer's tier of value, where the type was asked.
    pub tier: Option<String>,
    /// By when the customer has a first answer, where the type promises one.
    pub reply_by: Option<Instant>,
}

/// What keeps work off the desk: what people put off, and how much the hands can take.
pub struct Limits<'a> {
    /// Open alerts that somebody put off.
    pub snoozed: &'a [Snoozed],
    /// Health in points now, where known.
    pub health: &'a dyn Fn(&CustomerId) -> Option<f64>,
    /// How much the hands can take; `None`: everything comes on the desk.
    pub ration: Option<Ration<'a>>,
}

/// How much the hands can take this week, and how far that is used up.
pub struct Ration<'a> {
    /// What the firm has set.
    pub budget: Budget,
    /// New cases that may have come on the desk by now: [`Budget::allowance`].
    pub allowance: usize,
    /// New cases that have come on the desk this week and did not go back below the line, those included that cleared by
    /// themselves; of a budget that lets urgent ones pass without those.
    pub opened_count: usize,
    /// Expected value at risk with a customer whose severest worry this is.
    pub at_risk: &'a dyn Fn(&CustomerId, Severity) -> f64,
}

/// Which cases to open and which to clear, once the alert plan is applied.
///
/// A customer with an alert of severity `warning` or `urgent` and no open case gets one, on its owner's desk. A new case
/// whose customer has no such alert left is cleared; one that somebody accepted stays until a person closes it.
///
/// # Edges
/// Planning again after both plans were applied gives an empty plan.
pub fn plan(
    alert_plan: &AlertPlan,
    standing: &OpenAlerts,
    desk: &Desk,
    calendar: &WorkCalendar,
    now: Instant,
) -> ActionPlan {
    plan_within(alert_plan, standing, desk, calendar, now, &Limits { snoozed: &[], health: &|_| None, ration: None })
}

/// [`plan`] within limits: what somebody put off is nobody's work until it comes back, and of the rest as much comes on
/// the desk as the hands can take, those with most at risk first.
///
/// With `A` the allowance, `O` the cases opened this week, `B` a whole week's cases and `U` the cases that nobody has
/// accepted yet, `max(0, min(A − O, B − U))` cases are opened, and if `U > B` the `U − B` with least at risk go back below
/// the line. Whoever comes back on the date that a person chose comes on the desk in any case, and so do urgent worries
/// where the budget lets them pass; those that pass count neither in `O` nor in `U`.
///
/// # Edges
/// Planning again after both plans were applied gives an empty plan. What is on the desk and within `B` stays there, even
/// if somebody below has more at risk: nothing vanishes under a person's hands.
pub fn plan_within(
    alert_plan: &AlertPlan,
    standing: &OpenAlerts,
    desk: &Desk,
    calendar: &WorkCalendar,
    now: Instant,
    limits: &Limits<'_>,
) -> ActionPlan {
    let wake = woken(alert_plan, standing, limits.snoozed, limits.health, now);
    let awake: BTreeSet<i64> = wake.iter().map(|one| one.id).collect();
    let asleep: BTreeSet<i64> = limits.snoozed.iter().map(|one| one.id).filter(|id| !awake.contains(id)).collect();
    let worries = worries(alert_plan, standing, &asleep);
    let with_case: BTreeSet<&CustomerId> = desk.open_cases.iter().map(|case| &case.customer).collect();
    let work: Vec<(&CustomerId, Severity)> = worries
        .iter()
        .filter(|(customer, severity)| **severity >= WORK && !with_case.contains(*customer))
        .map(|(customer, severity)| (*customer, *severity))
        .collect();
    let is_idle = |case: &&OpenCase| worries.get(&case.customer).is_none_or(|severity| *severity < WORK);
    let (idle, busy): (Vec<&OpenCase>, Vec<&OpenCase>) =
        desk.open_cases.iter().filter(|case| case.state == CaseState::New).partition(is_idle);
    let mut clear: Vec<i64> = idle.iter().map(|case| case.id).collect();
    clear.sort_unstable();
    let chosen = match &limits.ration {
        Some(ration) => ration.choose(&work, &busy, &worries, &wake),
        None => Chosen { open: work.iter().map(|(customer, _)| *customer).collect(), ..Chosen::default() },
    };
    let due = Deadlines::of(calendar, now, desk.accept_hours, desk.act_hours);
    let open =
        work.into_iter().filter(|(customer, _)| chosen.open.contains(customer)).map(|(customer, severity)| NewCase {
            customer: customer.clone(),
            owner: desk.owners.get(customer).cloned(),
            accept_by: due.accept_by,
            act_by: due.act_by,
            severity,
            case_type: USUAL_TYPE.to_owned(),
            tier: None,
            reply_by: None,
        });
    ActionPlan { open: open.collect(), clear, lower: chosen.lower, wake, below_count: chosen.below_count }
}

/// Who comes on the desk, and which cases leave it.
#[derive(Default)]
struct Chosen<'a> {
    open: BTreeSet<&'a CustomerId>,
    lower: Vec<i64>,
    below_count: usize,
}

impl Ration<'_> {
    fn passes(&self, severity: Severity) -> bool {
        self.budget.urgent_passes && severity == Severity::Urgent
    }

    /// `work`: whoever has a worry and no case; `busy`: new cases that have something to work on.
    fn choose<'a>(
        &self,
        work: &[(&'a CustomerId, Severity)],
        busy: &[&'a OpenCase],
        worries: &BTreeMap<&'a CustomerId, Severity>,
        wake: &[Woken],
    ) -> Chosen<'a> {
        let promised: BTreeSet<&CustomerId> = wake.iter().map(|one| &one.customer).collect();
        let candidate = |customer: &'a CustomerId, severity: Severity| Candidate {
            customer,
            severity,
            at_risk: (self.at_risk)(customer, severity),
        };
        let unaccepted: Vec<(i64, Candidate<&CustomerId>)> = busy
            .iter()
            .filter_map(|case| Some((case.id, candidate(&case.customer, *worries.get(&case.customer)?))))
            .filter(|(_, one)| !self.passes(one.severity))
            .collect();
        let (kept, today): (Vec<_>, Vec<_>) =
            work.iter().copied().partition(|(customer, _)| promised.contains(customer));
        let per_week = self.budget.per_week();
        let free = per_week.saturating_sub(unaccepted.len());
        let coming = kept.iter().filter(|(_, severity)| !self.passes(*severity)).count();
        let room = self.allowance.saturating_sub(self.opened_count).min(free).saturating_sub(coming);
        let waiting = today.into_iter().map(|(customer, severity)| candidate(customer, severity)).collect();
        let line = draw(waiting, room, self.budget.urgent_passes);
        let mut open: BTreeSet<&CustomerId> = kept.into_iter().map(|(customer, _)| customer).collect();
        open.extend(line.passing.iter().chain(&line.above).map(|one| one.customer));

        // Who comes on a promised date takes the place of whoever has least at risk.
        let places = per_week.saturating_sub(coming);
        let ids: BTreeMap<&CustomerId, i64> = unaccepted.iter().map(|(id, one)| (one.customer, *id)).collect();
        let over = draw(unaccepted.into_iter().map(|(_, one)| one).collect(), places, false).below;
        let mut lower: Vec<i64> = over.iter().filter_map(|one| ids.get(one.customer).copied()).collect();
        lower.sort_unstable();
        Chosen { open, below_count: line.below.len() + lower.len(), lower }
    }
}

/// The severest alert of every customer who has one that nobody put off, once the alert plan is applied.
fn worries<'a>(
    plan: &'a AlertPlan,
    standing: &'a OpenAlerts,
    asleep: &BTreeSet<i64>,
) -> BTreeMap<&'a CustomerId, Severity> {
    let resolved: BTreeSet<i64> = plan.resolve.iter().map(|alert| alert.id).collect();
    let changed: BTreeMap<i64, Severity> = plan.change.iter().map(|alert| (alert.id, alert.severity)).collect();
    let stay = standing.open.iter().filter(|alert| !resolved.contains(&alert.id) && !asleep.contains(&alert.id));
    let stay = stay.map(|alert| (&alert.customer, changed.get(&alert.id).copied().unwrap_or(alert.severity)));
    let new = plan.open.iter().map(|alert| (&alert.customer, alert.severity));
    let mut worries = BTreeMap::new();
    for (customer, severity) in stay.chain(new) {
        let worst = worries.entry(customer).or_insert(severity);
        *worst = severity.max(*worst);
    }
    worries
}

impl ActionPlan {
    /// The plan as a diff in one language, deadlines by the firm's wall clock.
    pub fn print(&self, lang: Lang, zone: &Zone) -> String {
        self.write(lang, &|at| zone.date_time(at)[..16].to_owned())
    }

    fn write(&self, lang: Lang, moment: &dyn Fn(Instant) -> String) -> String {
        let (open, clear) = (self.open.len(), self.clear.len());
        let mut text = match lang {
            Lang::Zh => format!("跟进单：新开 {open}，撤销 {clear}\n"),
            Lang::En => format!("cases: {open} to open, {clear} to clear\n"),
        };
        // A cycle's cases are due at few moments: each is written once.
        let mut written: BTreeMap<Instant, String> = BTreeMap::new();
        for NewCase { customer, owner, accept_by, act_by, severity, .. } in &self.open {
            let owner = owner.as_deref().unwrap_or("-");
            for at in [accept_by, act_by] {
                written.entry(*at).or_insert_with(|| moment(*at));
            }
            let (accept_by, act_by) = (&written[accept_by], &written[act_by]);
            text += &match lang {
                Lang::Zh => format!("+ {customer} {severity} 负责人 {owner} 受理 {accept_by} 处理 {act_by}\n"),
                Lang::En => format!("+ {customer} {severity} owner {owner} accept by {accept_by} act by {act_by}\n"),
            };
        }
        for id in &self.clear {
            text += &format!("- #{id} cleared\n");
        }
        text + &self.write_limits(lang)
    }

    /// What limits did; nothing where there are none.
    fn write_limits(&self, lang: Lang) -> String {
        let mut text = String::new();
        for id in &self.lower {
            text += &format!("v #{id} below the line\n");
        }
        for Woken { id, customer, why } in &self.wake {
            text += &format!("^ #{id} {customer}: {}\n", why.as_str());
        }
        if self.below_count > 0 {
            text += &match lang {
                Lang::Zh => format!("线下等待 {} 位\n", self.below_count),
                Lang::En => format!("{} wait below the line\n", self.below_count),
            };
        }
        text
    }
}

impl fmt::Display for ActionPlan {
    /// In Chinese, deadlines in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.write(Lang::Zh, &|at| at.to_string()))
    }
}
