//! Which cases to open and which to clear.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use alerts::{AlertPlan, OpenAlerts};
use calendar::WorkCalendar;
use vocab::{CustomerId, Instant, Lang, Severity, Zone};

use crate::clock::Deadlines;

/// The least severity that is work for somebody; what is less is worth knowing only.
const WORK: Severity = Severity::Warning;

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

/// How far an open case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseState {
    /// Nobody has accepted it.
    New,
    /// Somebody is at it.
    Accepted,
}

impl CaseState {
    /// `new` or `accepted`.
    pub fn as_str(self) -> &'static str {
        match self {
            CaseState::New => "new",
            CaseState::Accepted => "accepted",
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
}

impl ActionPlan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.clear.is_empty()
    }
}

/// A case to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCase {
    /// Whom it is about.
    pub customer: CustomerId,
    /// Whose it is; `None`: nobody owns the customer.
    pub owner: Option<String>,
    /// To be accepted by.
    pub accept_by: Instant,
    /// To be acted upon by.
    pub act_by: Instant,
    /// The severest of its alerts.
    pub severity: Severity,
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
    let worries = worries(alert_plan, standing);
    let with_case: BTreeSet<&CustomerId> = desk.open_cases.iter().map(|case| &case.customer).collect();
    let due = Deadlines::of(calendar, now, desk.accept_hours, desk.act_hours);
    let open = worries
        .iter()
        .filter(|(customer, severity)| **severity >= WORK && !with_case.contains(*customer))
        .map(|(customer, severity)| NewCase {
            customer: (*customer).clone(),
            owner: desk.owners.get(*customer).cloned(),
            accept_by: due.accept_by,
            act_by: due.act_by,
            severity: *severity,
        })
        .collect();
    let is_idle = |case: &&OpenCase| worries.get(&case.customer).is_none_or(|severity| *severity < WORK);
    let mut clear: Vec<i64> = desk
        .open_cases
        .iter()
        .filter(|case| case.state == CaseState::New)
        .filter(is_idle)
        .map(|case| case.id)
        .collect();
    clear.sort_unstable();
    ActionPlan { open, clear }
}

/// The severest alert of every customer who has one, once the alert plan is applied.
fn worries<'a>(plan: &'a AlertPlan, standing: &'a OpenAlerts) -> BTreeMap<&'a CustomerId, Severity> {
    let resolved: BTreeSet<i64> = plan.resolve.iter().map(|alert| alert.id).collect();
    let changed: BTreeMap<i64, Severity> = plan.change.iter().map(|alert| (alert.id, alert.severity)).collect();
    let stay = standing.open.iter().filter(|alert| !resolved.contains(&alert.id));
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
        for NewCase { customer, owner, accept_by, act_by, severity } in &self.open {
            let owner = owner.as_deref().unwrap_or("-");
            let (accept_by, act_by) = (moment(*accept_by), moment(*act_by));
            text += &match lang {
                Lang::Zh => format!("+ {customer} {severity} 负责人 {owner} 受理 {accept_by} 处理 {act_by}\n"),
                Lang::En => format!("+ {customer} {severity} owner {owner} accept by {accept_by} act by {act_by}\n"),
            };
        }
        for id in &self.clear {
            text += &format!("- #{id} cleared\n");
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
