//! Alerts and cases: read within a scope, accepted and closed by people.

use std::collections::HashMap;

use indicators::Cell;
use store::{AlertFilter, AlertRecord, CaseFilter, CaseRecord};
use vocab::{AsOf, CustomerId, Instant, Scope, Unknown};

use crate::customers::{figure, page, verdict};
use crate::error::Error;
use crate::search::Needle;
use crate::snapshot::{Snapshot, written};
use crate::view::{self, AlertRow, CaseRow, CaseStep, Count, Words};
use crate::{App, Reader};

/// Which alerts, which page.
#[derive(Clone, Debug, Default)]
pub struct AlertQuery {
    /// `open` (default), `resolved`, `all`.
    pub state: Option<String>,
    /// Only these severities.
    pub severities: Vec<String>,
    /// Only those whose case is in one of these states: `new`, `accepted`, `closed`, `none`.
    pub case_states: Vec<String>,
    /// Only this owner's customers; `-` = nobody's.
    pub owner: Option<String>,
    /// Only this rule.
    pub rule: Option<String>,
    /// Part of a customer's name or id.
    pub search: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows on the page.
    pub limit: usize,
}

/// Which cases, which page.
#[derive(Clone, Debug, Default)]
pub struct CaseQuery {
    /// Only these states; empty = not closed.
    pub states: Vec<String>,
    /// Only this owner's customers; `-` = nobody's.
    pub owner: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows on the page.
    pub limit: usize,
}

/// What people may close a case with.
const OUTCOMES: [&str; 4] = ["retained", "churned", "no_action_needed", "false_alarm"];

/// Alerts and cases of a moment, as the operational memory had them.
pub(crate) struct Work {
    pub alerts: Vec<AlertRecord>,
    pub cases: HashMap<i64, CaseRecord>,
}

impl App {
    /// Every alert and case in scope, now or as recorded at a past moment.
    pub(crate) async fn work(&self, scope: &Scope, as_of: Option<AsOf>, filter: &AlertFilter) -> Result<Work, Error> {
        match as_of {
            Some(as_of) => {
                let recorded = self.store().as_recorded(scope, as_of.instant()).await?;
                let cases = recorded.cases.into_iter().map(|case| (case.id, case)).collect();
                let mut alerts = recorded.alerts;
                alerts.retain(|alert| filter.admits(alert));
                Ok(Work { alerts, cases })
            }
            None => {
                let alerts = self.store().all_alerts(scope, filter).await?;
                let cases = self.store().all_cases(scope, &CaseFilter::default()).await?;
                Ok(Work { alerts, cases: cases.into_iter().map(|case| (case.id, case)).collect() })
            }
        }
    }

    /// Open alerts of each customer in scope.
    pub(crate) async fn open_alert_counts(
        &self,
        scope: &Scope,
        as_of: Option<AsOf>,
    ) -> Result<HashMap<CustomerId, u32>, Error> {
        let work = self.work(scope, as_of, &AlertFilter::open()).await?;
        let mut counts = HashMap::new();
        for alert in work.alerts {
            *counts.entry(alert.customer).or_default() += 1;
        }
        Ok(counts)
    }

    /// A page of alerts, severest first, newest first among equals.
    pub async fn alerts(
        &self,
        scope: &Scope,
        query: &AlertQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<view::AlertList, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let work = self.work(scope, as_of, &query.filter()).await?;
        let matching = matching(&work, query, &snapshot);
        let severity_counts = counts(["urgent", "warning", "info"], &matching, |alert| {
            in_case_states(query, &work, alert).then(|| alert.severity.as_str())
        });
        let case_state_counts = counts(["new", "accepted", "closed", "none"], &matching, |alert| {
            in_severities(query, alert).then(|| case_state(&work, alert))
        });
        let rows = narrowed(&work, query, matching);
        let (shown, next_cursor) = page(&rows, query.cursor.as_deref(), query.limit)?;
        Ok(view::AlertList {
            rows: shown.iter().map(|alert| self.alert_row(&snapshot, alert, work.case_of(alert))).collect(),
            total: rows.len() as u64,
            next_cursor,
            severity_counts,
            case_state_counts,
            as_of: written(as_of.unwrap_or(snapshot.as_of).instant()),
        })
    }

    /// Every alert that a query matches, in order, as rows.
    pub(crate) async fn alert_rows(
        &self,
        scope: &Scope,
        query: &AlertQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<AlertRow>, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let work = self.work(scope, as_of, &query.filter()).await?;
        let rows = narrowed(&work, query, matching(&work, query, &snapshot));
        Ok(rows.into_iter().map(|alert| self.alert_row(&snapshot, alert, work.case_of(alert))).collect())
    }

    /// Alerts of one customer, open first, then newest.
    pub(crate) async fn alerts_of(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<AlertRow>, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let filter = AlertFilter { customers: Some(vec![customer.clone()]), ..AlertFilter::default() };
        let work = self.work(scope, as_of, &filter).await?;
        let mut alerts: Vec<&AlertRecord> = work.alerts.iter().collect();
        alerts.sort_by_key(|alert| (alert.resolved_at.is_some(), std::cmp::Reverse(alert.opened_at), alert.id));
        Ok(alerts.into_iter().map(|alert| self.alert_row(&snapshot, alert, work.case_of(alert))).collect())
    }

    pub(crate) fn alert_row(&self, snapshot: &Snapshot, alert: &AlertRecord, case: Option<&CaseRecord>) -> AlertRow {
        let position = snapshot.position(&alert.customer);
        let rule = self.definitions().policies.values().flat_map(|policy| &policy.rules).find(|rule| rule.id == alert.rule);
        AlertRow {
            id: alert.id,
            customer_id: alert.customer.to_string(),
            customer_name: position.map_or_else(|| alert.customer.to_string(), |at| snapshot.name(at).to_owned()),
            owner: position.and_then(|at| snapshot.cards[at].owner.as_deref()).map(str::to_owned),
            rule: alert.rule.clone(),
            rule_name: rule.map_or_else(|| Words::new(&*alert.rule, &*alert.rule), |rule| Words::from(&rule.name)),
            cause: alert.cause.clone(),
            severity: alert.severity.as_str().to_owned(),
            sentence: Words::from(&alert.sentence),
            state: if alert.resolved_at.is_some() { "resolved" } else { "open" }.to_owned(),
            opened_at: written(alert.opened_at),
            resolved_at: alert.resolved_at.map(written),
            resolution: alert.resolution.clone(),
            case_id: alert.case_id,
            case_state: case.map(|case| case.state.as_str().to_owned()),
            due_at: case.and_then(due_at).map(written),
            verdict: position.map(|at| verdict(snapshot, at)),
            value: figure(position.map_or(Cell::Unknown(Unknown::NeverObserved), |at| snapshot.value(at))),
        }
    }

    /// A page of cases, what is due first, first.
    pub async fn cases(
        &self,
        scope: &Scope,
        query: &CaseQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<view::Page<CaseRow>, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let work = self.work(scope, as_of, &AlertFilter::default()).await?;
        let wanted = |case: &&CaseRecord| {
            let state = case.state.as_str();
            let in_state = if query.states.is_empty() { state != "closed" } else { query.states.iter().any(|one| one == state) };
            in_state && owned(&snapshot, &case.customer, query.owner.as_deref())
        };
        let mut cases: Vec<&CaseRecord> = work.cases.values().filter(wanted).collect();
        cases.sort_by_key(|case| (due_at(case).unwrap_or(case.opened_at), case.id));
        let (shown, next_cursor) = page(&cases, query.cursor.as_deref(), query.limit)?;
        let mut rows = Vec::new();
        for case in shown {
            rows.push(self.case_row(&snapshot, case, &work, as_of).await?);
        }
        Ok(view::Page { rows, total: cases.len() as u64, next_cursor })
    }

    /// One case.
    pub async fn case(&self, scope: &Scope, id: i64, as_of: Option<AsOf>, now: Instant) -> Result<CaseRow, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let record = match as_of {
            Some(_) => self.work(scope, as_of, &AlertFilter::default()).await?.cases.remove(&id),
            None => self.store().case(scope, id).await?,
        };
        let record = record.ok_or_else(|| Error::not_found(("这张跟进单", "the case")))?;
        let filter = AlertFilter { customers: Some(vec![record.customer.clone()]), ..AlertFilter::default() };
        let work = self.work(scope, as_of, &filter).await?;
        self.case_row(&snapshot, &record, &work, as_of).await
    }

    /// Cases of one customer, open first, then newest.
    pub(crate) async fn cases_of(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<CaseRow>, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let filter = AlertFilter { customers: Some(vec![customer.clone()]), ..AlertFilter::default() };
        let mut work = self.work(scope, as_of, &filter).await?;
        work.cases.retain(|_, case| &case.customer == customer);
        let mut cases: Vec<&CaseRecord> = work.cases.values().collect();
        cases.sort_by_key(|case| (case.closed_at.is_some(), std::cmp::Reverse(case.opened_at), case.id));
        let mut rows = Vec::new();
        for case in cases {
            rows.push(self.case_row(&snapshot, case, &work, as_of).await?);
        }
        Ok(rows)
    }

    async fn case_row(
        &self,
        snapshot: &Snapshot,
        case: &CaseRecord,
        work: &Work,
        as_of: Option<AsOf>,
    ) -> Result<CaseRow, Error> {
        let position = snapshot.position(&case.customer);
        let until = as_of.map_or(Instant::MAX, AsOf::instant);
        let steps = self.store().case_steps(case.id).await?;
        let steps = steps.into_iter().filter(|step| step.at < until).map(|step| CaseStep {
            what: step.what,
            at: written(step.at),
            actor: step.actor,
        });
        let mut alerts: Vec<&AlertRecord> = work.alerts.iter().filter(|alert| alert.case_id == Some(case.id)).collect();
        alerts.sort_by_key(|alert| (alert.resolved_at.is_some(), std::cmp::Reverse(alert.severity), alert.id));
        Ok(CaseRow {
            id: case.id,
            customer_id: case.customer.to_string(),
            customer_name: position.map_or_else(|| case.customer.to_string(), |at| snapshot.name(at).to_owned()),
            owner: case.owner.clone(),
            state: case.state.as_str().to_owned(),
            opened_at: written(case.opened_at),
            accept_by: written(case.accept_by),
            act_by: written(case.act_by),
            accepted_at: case.accepted_at.map(written),
            accepted_by: case.accepted_by.clone(),
            closed_at: case.closed_at.map(written),
            closed_by: case.closed_by.clone(),
            outcome: case.outcome.clone(),
            note: case.note.clone(),
            version: case.version,
            alerts: alerts.into_iter().map(|alert| self.alert_row(snapshot, alert, Some(case))).collect(),
            steps: steps.collect(),
        })
    }

    /// 受理: somebody takes the case on.
    ///
    /// # Errors
    /// `version_conflict` when somebody else was faster.
    pub async fn accept_case(
        &self,
        reader: &Reader,
        id: i64,
        request: view::AcceptCase,
        now: Instant,
    ) -> Result<CaseRow, Error> {
        reader.may_act()?;
        self.store().accept_case(&reader.scope, id, request.version, &reader.actor(), now).await?;
        self.case(&reader.scope, id, None, now).await
    }

    /// 结案: the case ends with an outcome, and its alerts with it.
    pub async fn close_case(
        &self,
        reader: &Reader,
        id: i64,
        request: view::CloseCase,
        now: Instant,
    ) -> Result<CaseRow, Error> {
        reader.may_act()?;
        if !OUTCOMES.contains(&request.outcome.as_str()) {
            return Err(Error::bad(
                "bad_outcome",
                ("没有这个结果", "no such outcome"),
                (
                    "可选:retained、churned、no_action_needed、false_alarm",
                    "one of retained, churned, no_action_needed, false_alarm",
                ),
            ));
        }
        let note = request.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
        if note.is_some_and(|note| note.chars().count() > 2_000) {
            return Err(Error::bad(
                "note_too_long",
                ("备注不能超过 2000 字", "the note may have at most 2,000 characters"),
                ("请写得短一些", "make it shorter"),
            ));
        }
        let store = self.store();
        store.close_case(&reader.scope, id, request.version, &request.outcome, note, &reader.actor(), now).await?;
        self.case(&reader.scope, id, None, now).await
    }
}

impl AlertQuery {
    fn filter(&self) -> AlertFilter {
        match self.state.as_deref() {
            None | Some("open") => AlertFilter::open(),
            Some("resolved") => AlertFilter::resolved(),
            _ => AlertFilter::default(),
        }
    }
}

impl Work {
    /// The case that works on an alert.
    pub(crate) fn case_of(&self, alert: &AlertRecord) -> Option<&CaseRecord> {
        self.cases.get(&alert.case_id?)
    }
}

/// What a case is due for next: acceptance, then action; nothing once closed.
pub(crate) fn due_at(case: &CaseRecord) -> Option<Instant> {
    match case.state.as_str() {
        "new" => Some(case.accept_by),
        "accepted" => Some(case.act_by),
        _ => None,
    }
}

fn owned(snapshot: &Snapshot, customer: &CustomerId, owner: Option<&str>) -> bool {
    let Some(owner) = owner else {
        return true;
    };
    let known = snapshot.position(customer).and_then(|at| snapshot.cards[at].owner.as_deref());
    known.unwrap_or("-") == owner
}

/// Alerts that a query matches, whatever their severity and case state.
fn matching<'a>(work: &'a Work, query: &AlertQuery, snapshot: &Snapshot) -> Vec<&'a AlertRecord> {
    let needle = query.search.as_deref().and_then(Needle::new);
    let named = |alert: &AlertRecord| {
        let name = snapshot.position(&alert.customer).and_then(|at| snapshot.cards[at].name.as_deref());
        needle.as_ref().is_none_or(|needle| needle.fits(&alert.customer, name))
    };
    let matches = |alert: &&AlertRecord| {
        query.rule.as_ref().is_none_or(|rule| *rule == alert.rule)
            && owned(snapshot, &alert.customer, query.owner.as_deref())
            && named(alert)
    };
    work.alerts.iter().filter(matches).collect()
}

/// The matches narrowed to severity and case state, severest first, newest first among equals.
fn narrowed<'a>(work: &Work, query: &AlertQuery, matching: Vec<&'a AlertRecord>) -> Vec<&'a AlertRecord> {
    let keeps = |alert: &&AlertRecord| in_severities(query, alert) && in_case_states(query, work, alert);
    let mut rows: Vec<&AlertRecord> = matching.into_iter().filter(keeps).collect();
    rows.sort_by_key(|alert| {
        (alert.resolved_at.is_some(), std::cmp::Reverse(alert.severity), std::cmp::Reverse(alert.opened_at), alert.id)
    });
    rows
}

fn in_severities(query: &AlertQuery, alert: &AlertRecord) -> bool {
    query.severities.is_empty() || query.severities.iter().any(|one| one == alert.severity.as_str())
}

fn in_case_states(query: &AlertQuery, work: &Work, alert: &AlertRecord) -> bool {
    query.case_states.is_empty() || query.case_states.iter().any(|one| one == case_state(work, alert))
}

fn case_state<'a>(work: &'a Work, alert: &AlertRecord) -> &'a str {
    work.case_of(alert).map_or("none", |case| case.state.as_str())
}

fn counts<'a, const N: usize>(
    words: [&str; N],
    alerts: &[&'a AlertRecord],
    word_of: impl Fn(&'a AlertRecord) -> Option<&'a str>,
) -> Vec<Count> {
    let mut counts = words.map(|key| Count { key: key.to_owned(), count: 0 });
    for word in alerts.iter().filter_map(|alert| word_of(alert)) {
        if let Some(count) = counts.iter_mut().find(|count| count.key == word) {
            count.count += 1;
        }
    }
    counts.to_vec()
}
