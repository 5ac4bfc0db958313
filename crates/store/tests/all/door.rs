//! What every test needs: a way in, a clock, and short words for plans.

use actions::{ActionPlan, CaseState, NewCase, NotAllowed, USUAL_TYPE, Verb, Work};
use alerts::{AlertPlan, NewAlert};
use store::{Applied, CaseMoving, CaseRecord, CaseStep, Closing, CycleRecord, Error, Store};
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
        case_type: USUAL_TYPE.to_owned(),
        tier: None,
        reply_by: None,
    }
}

/// What people do with cases, in the plainest type there is: taken up, put on a desk, ended. What types make of it is told
/// by `actions`.
pub trait People {
    async fn move_with(
        &self,
        scope: &Scope,
        of: (i64, i64),
        does: Verb,
        step: &(dyn Fn(&Work) -> Result<Work, NotAllowed> + Sync),
        by: (&str, Instant),
    ) -> Result<CaseRecord, Error>;

    async fn accept_case(
        &self,
        scope: &Scope,
        id: i64,
        version: i64,
        actor: &str,
        now: Instant,
    ) -> Result<CaseRecord, Error> {
        let step = |work: &Work| match work.state {
            CaseState::New => Ok(Work {
                state: CaseState::Accepted,
                stage: "accepted".to_owned(),
                stage_since: now,
                accepted_at: Some(now),
                ..work.clone()
            }),
            _ => Err(NotAllowed::WrongStage),
        };
        self.move_with(scope, (id, version), Verb::Acknowledge, &step, (actor, now)).await
    }

    async fn assign_case(
        &self,
        scope: &Scope,
        id: i64,
        version: i64,
        to: &str,
        actor: &str,
        now: Instant,
    ) -> Result<CaseRecord, Error> {
        let step = |work: &Work| Ok(Work { desk: Some(to.to_owned()), ..work.clone() });
        self.move_with(scope, (id, version), Verb::Assign, &step, (actor, now)).await
    }

    async fn close_case(
        &self,
        scope: &Scope,
        id: i64,
        version: i64,
        actor: &str,
        closing: Closing<'_>,
        now: Instant,
    ) -> Result<CaseRecord, Error>;
}

/// The work when it ends.
pub fn ended(work: &Work, now: Instant) -> Result<Work, NotAllowed> {
    match work.state {
        CaseState::Closed => Err(NotAllowed::WrongStage),
        _ => Ok(Work { state: CaseState::Closed, stage: "closed".to_owned(), stage_since: now, ..work.clone() }),
    }
}

impl People for Store {
    async fn move_with(
        &self,
        scope: &Scope,
        (id, version): (i64, i64),
        does: Verb,
        step: &(dyn Fn(&Work) -> Result<Work, NotAllowed> + Sync),
        (actor, now): (&str, Instant),
    ) -> Result<CaseRecord, Error> {
        let moving = CaseMoving { does, step, said: None, closing: None, ended_as: None, churn_reason: None };
        self.move_case(scope, id, version, moving, actor, now).await
    }

    async fn close_case(
        &self,
        scope: &Scope,
        id: i64,
        version: i64,
        actor: &str,
        closing: Closing<'_>,
        now: Instant,
    ) -> Result<CaseRecord, Error> {
        let step = |work: &Work| ended(work, now);
        let moving = CaseMoving {
            does: Verb::Close,
            step: &step,
            said: None,
            closing: Some(closing),
            ended_as: None,
            churn_reason: None,
        };
        self.move_case(scope, id, version, moving, actor, now).await
    }
}

/// A case comes to another desk and nothing else becomes of it.
pub fn moves_along(case: &CaseRecord, _: &[CaseStep], desk: Option<&str>) -> Work {
    Work { desk: desk.map(str::to_owned), ..case.work() }
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
