//! What every test needs: a way in, a clock, and short words for plans.

use actions::{ActionPlan, NewCase};
use alerts::{AlertPlan, NewAlert};
use store::{Applied, CycleRecord, Store};
use vocab::{AsOf, CustomerId, Instant, Scope, Severity, Text};

/// Where the database is; it may be opened as often as one likes.
pub struct Door {
    url: String,
}

impl Door {
    pub fn new(url: String) -> Self {
        Self { url }
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.expect("the database opens")
    }
}

/// Hour `hours` of the story.
pub fn hour(hours: i64) -> Instant {
    Instant::parse_rfc3339("2025-03-03T01:00:00Z").expect("a moment").plus_micros(hours * 3_600_000_000)
}

pub fn mine(owners: &[&str]) -> Scope {
    Scope::Owners(owners.iter().map(|owner| (*owner).to_owned()).collect())
}

/// An alert to open.
pub fn alert(customer: &str, cause: &str, severity: Severity) -> NewAlert {
    NewAlert {
        customer: CustomerId::from(customer),
        cause: cause.to_owned(),
        rule: format!("{cause}_rule"),
        severity,
        sentence: Text::new(format!("{customer} 的原因是 {cause}"), format!("{customer} because of {cause}")),
    }
}

/// A case to open, due two hours after `at` and then a day after it.
pub fn case(customer: &str, at: Instant) -> NewCase {
    NewCase {
        customer: CustomerId::from(customer),
        owner: None,
        accept_by: at.plus_micros(2 * 3_600_000_000),
        act_by: at.plus_days(1),
        severity: Severity::Warning,
    }
}

pub fn opening(open: Vec<NewAlert>) -> AlertPlan {
    AlertPlan { open, ..AlertPlan::default() }
}

pub fn working(open: Vec<NewCase>) -> ActionPlan {
    ActionPlan { open, ..ActionPlan::default() }
}

/// Applies plans as the cycle of that moment.
pub async fn apply(store: &Store, alerts: &AlertPlan, actions: &ActionPlan, at: Instant) -> Applied {
    store.apply_cycle(alerts, actions, &cycle(at)).await.expect("the plans are applied")
}

pub fn cycle(at: Instant) -> CycleRecord {
    CycleRecord {
        as_of: AsOf(at),
        started_at: at,
        finished_at: at,
        summary: Text::new("做完了", "done"),
        plan: "the plans, printed".to_owned(),
    }
}

/// Opens an alert and a case for each of these customers at hour 0.
pub async fn with_cases(store: &Store, customers: &[&str]) {
    let alerts = customers.iter().map(|customer| alert(customer, "silence", Severity::Warning)).collect();
    let cases = customers.iter().map(|customer| case(customer, hour(0))).collect();
    apply(store, &opening(alerts), &working(cases), hour(0)).await;
}

/// Says whose customers these are.
pub async fn owned(store: &Store, owners: &[(&str, &str)]) {
    let owners: Vec<(CustomerId, Option<String>)> = owners
        .iter()
        .map(|(customer, owner)| (CustomerId::from(*customer), (*owner != "-").then(|| (*owner).to_owned())))
        .collect();
    store.set_owners(&owners).await.expect("owners are written");
}
