//! Alerts and cases: read within a scope, accepted and closed by people.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use store::{
    AlertFilter, AlertOrder, AlertRecord, AlertSlice, AlertState, CaseFilter, CaseOrder, CaseOutcome, CaseRecord,
    CaseSlice, CaseState, Closing, Resource, Standing,
};
use vocab::{AsOf, CustomerId, Instant, Scope, Severity};

use crate::customers::{offset, page};
use crate::error::Error;
use crate::search::Needle;
use crate::snapshot::{Snapshot, owner_keys, written};
use crate::view::{self, AlertRow, CaseRow, CaseStep, Count};
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
    /// Only those standing there: `desk`, `below`, `snoozed`, `notice`.
    pub standing: Option<String>,
    /// `severity` (default; newest first among equals), `rank` (most at risk first), `newest`, `oldest`.
    pub sort: Option<String>,
    /// One row for each customer, with all of its open alerts together; of the present and of open alerts only.
    pub lines: bool,
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

/// A page of alerts with the counts of the whole filter.
struct AlertsFound {
    rows: Vec<AlertRecord>,
    total: u64,
    severities: BTreeMap<Severity, u64>,
    case_states: BTreeMap<Option<CaseState>, u64>,
}

impl App {
    /// A page of alerts, severest first and newest first among equals unless asked otherwise.
    pub async fn alerts(
        &self,
        scope: &Scope,
        query: &AlertQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<view::AlertList, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let filter = query.filter(&snapshot)?;
        let start = offset(query.cursor.as_deref())?;
        let limit = query.limit.clamp(1, 500);
        let found = match as_of {
            Some(as_of) => self.past_alerts(scope, &filter, as_of, start, limit).await?,
            None => {
                let (offset, limit) = (start as u64, Some(limit as u64));
                let slice = AlertSlice { order: query.order()?, offset, limit, ..AlertSlice::default() };
                let page = self.store().alerts(scope, &filter, slice).await?;
                AlertsFound {
                    rows: page.rows,
                    total: page.total,
                    severities: page.severity_counts,
                    case_states: page.case_state_counts,
                }
            }
        };
        let end = start + found.rows.len();
        let mut rows: Vec<AlertRow> = found.rows.iter().map(|alert| self.alert_row(&snapshot, alert)).collect();
        if as_of.is_none() && query.order()? == AlertOrder::AtRisk {
            rows.iter_mut().enumerate().for_each(|(at, row)| row.rank.place = Some((start + at + 1) as u64));
        }
        if filter.leads {
            self.join_lines(scope, &found.rows, &mut rows).await?;
        }
        Ok(view::AlertList {
            rows,
            total: found.total,
            next_cursor: ((end as u64) < found.total && !found.rows.is_empty()).then(|| end.to_string()),
            severity_counts: severity_counts(&found.severities),
            case_state_counts: case_state_counts(&found.case_states),
            owners: owner_keys(&snapshot, scope),
            as_of: written(as_of.unwrap_or(snapshot.as_of).instant()),
        })
    }

    /// Alerts as they were recorded at a past moment.
    async fn past_alerts(
        &self,
        scope: &Scope,
        filter: &AlertFilter,
        as_of: AsOf,
        start: usize,
        limit: usize,
    ) -> Result<AlertsFound, Error> {
        let recorded = self.store().as_recorded(scope, as_of.instant()).await?;
        let mut found =
            AlertsFound { rows: Vec::new(), total: 0, severities: BTreeMap::new(), case_states: BTreeMap::new() };
        for alert in recorded.alerts.into_iter().filter(|alert| around(filter, alert)) {
            let severe = filter.severities.is_empty() || filter.severities.contains(&alert.severity);
            let in_case = filter.case_states.is_empty() || filter.case_states.contains(&alert.case_state);
            *found.severities.entry(alert.severity).or_default() += u64::from(in_case);
            *found.case_states.entry(alert.case_state).or_default() += u64::from(severe);
            if severe && in_case {
                let place = found.total as usize;
                found.total += 1;
                if (start..start + limit).contains(&place) {
                    found.rows.push(alert);
                }
            }
        }
        Ok(found)
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
        let filter = query.filter(&snapshot)?;
        let rows = match as_of {
            Some(as_of) => self.past_alerts(scope, &filter, as_of, 0, usize::MAX).await?.rows,
            None => {
                let slice = AlertSlice { order: query.order()?, ..AlertSlice::default() };
                self.store().alerts(scope, &filter, slice).await?.rows
            }
        };
        Ok(rows.iter().map(|alert| self.alert_row(&snapshot, alert)).collect())
    }

    /// Every open alert in scope, now or at a past moment.
    pub(crate) async fn open_alerts(&self, scope: &Scope, as_of: Option<AsOf>) -> Result<Vec<AlertRecord>, Error> {
        match as_of {
            Some(as_of) => {
                let mut alerts = self.store().as_recorded(scope, as_of.instant()).await?.alerts;
                alerts.retain(|alert| alert.state == AlertState::Open);
                Ok(alerts)
            }
            None => Ok(self.store().alerts(scope, &AlertFilter::default(), AlertSlice::default()).await?.rows),
        }
    }

    /// Open alerts of each customer in scope that has any, or of these customers only.
    pub(crate) async fn open_alert_counts(
        &self,
        scope: &Scope,
        as_of: Option<AsOf>,
        customers: Option<Vec<CustomerId>>,
    ) -> Result<HashMap<CustomerId, u32>, Error> {
        let alerts = match (as_of, customers) {
            (None, Some(customers)) => {
                let filter = AlertFilter { customers: Some(customers), ..AlertFilter::default() };
                self.store().alerts(scope, &filter, AlertSlice::default()).await?.rows
            }
            _ => self.open_alerts(scope, as_of).await?,
        };
        let mut counts: HashMap<CustomerId, u32> = HashMap::new();
        for alert in alerts {
            *counts.entry(alert.customer_id).or_default() += 1;
        }
        Ok(counts)
    }

    /// Alerts and cases of one customer: open first, then newest.
    pub(crate) async fn work_of(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<(Vec<AlertRow>, Vec<CaseRow>), Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let only = Some(vec![customer.clone()]);
        let (mut alerts, mut cases) = match as_of {
            Some(as_of) => {
                let mut recorded = self.store().as_recorded(scope, as_of.instant()).await?;
                recorded.alerts.retain(|alert| &alert.customer_id == customer);
                recorded.cases.retain(|case| &case.customer_id == customer);
                (recorded.alerts, recorded.cases)
            }
            None => {
                let filter = AlertFilter { state: None, customers: only.clone(), ..AlertFilter::default() };
                let alerts = self.store().alerts(scope, &filter, AlertSlice::default()).await?.rows;
                let filter = CaseFilter { customers: only, ..CaseFilter::default() };
                (alerts, self.store().cases(scope, &filter, CaseSlice::default()).await?.rows)
            }
        };
        alerts.sort_by_key(|alert| (alert.state != AlertState::Open, std::cmp::Reverse(alert.opened_at), alert.id));
        cases.sort_by_key(|case| (case.state == CaseState::Closed, std::cmp::Reverse(case.opened_at), case.id));
        let case_rows = self.case_rows(scope, &snapshot, &cases, &alerts, as_of).await?;
        Ok((alerts.iter().map(|alert| self.alert_row(&snapshot, alert)).collect(), case_rows))
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
        let mut states =
            parsed::<CaseState>(&query.states, |word| CaseState::ALL.iter().copied().find(|one| one.as_str() == word))?;
        if states.is_empty() {
            states = vec![CaseState::New, CaseState::Accepted];
        }
        let start = offset(query.cursor.as_deref())?;
        let limit = query.limit.clamp(1, 500);
        let (rows, total) = match as_of {
            Some(as_of) => {
                let mut cases = self.store().as_recorded(scope, as_of.instant()).await?.cases;
                cases.retain(|case| {
                    states.contains(&case.state) && owned(case.owner.as_deref(), query.owner.as_deref())
                });
                cases.sort_by_key(|case| (case.due_at.is_none(), case.due_at, case.id));
                let total = cases.len() as u64;
                (page(&cases, query.cursor.as_deref(), limit)?.0.to_vec(), total)
            }
            None => {
                let filter = CaseFilter { states, owner: query.owner.clone(), ..CaseFilter::default() };
                let slice = CaseSlice { order: CaseOrder::Due, offset: start as u64, limit: Some(limit as u64) };
                let page = self.store().cases(scope, &filter, slice).await?;
                (page.rows, page.total)
            }
        };
        let alerts = self.alerts_on(scope, &rows, as_of).await?;
        let end = start + rows.len();
        Ok(view::Page {
            next_cursor: ((end as u64) < total && !rows.is_empty()).then(|| end.to_string()),
            rows: self.case_rows(scope, &snapshot, &rows, &alerts, as_of).await?,
            total,
        })
    }

    /// Every alert, open or not, that one of these cases works on.
    async fn alerts_on(
        &self,
        scope: &Scope,
        cases: &[CaseRecord],
        as_of: Option<AsOf>,
    ) -> Result<Vec<AlertRecord>, Error> {
        let ids: Vec<i64> = cases.iter().map(|case| case.id).collect();
        match as_of {
            Some(as_of) => {
                let mut alerts = self.store().as_recorded(scope, as_of.instant()).await?.alerts;
                alerts.retain(|alert| alert.case_id.is_some_and(|case| ids.contains(&case)));
                Ok(alerts)
            }
            None => {
                let filter = AlertFilter { state: None, cases: Some(ids), ..AlertFilter::default() };
                Ok(self.store().alerts(scope, &filter, AlertSlice::default()).await?.rows)
            }
        }
    }

    /// One case.
    pub async fn case(&self, scope: &Scope, id: i64, as_of: Option<AsOf>, now: Instant) -> Result<CaseRow, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let record = match as_of {
            Some(as_of) => {
                let cases = self.store().as_recorded(scope, as_of.instant()).await?.cases;
                cases.into_iter().find(|case| case.id == id)
            }
            None => self.store().case(scope, id).await?,
        };
        let record = vec![record.ok_or_else(|| Error::not_found(("这张跟进单", "the case")))?];
        let alerts = self.alerts_on(scope, &record, as_of).await?;
        let mut rows = self.case_rows(scope, &snapshot, &record, &alerts, as_of).await?;
        rows.pop().ok_or_else(|| Error::not_found(("这张跟进单", "the case")))
    }

    async fn case_rows(
        &self,
        scope: &Scope,
        snapshot: &Snapshot,
        cases: &[CaseRecord],
        alerts: &[AlertRecord],
        as_of: Option<AsOf>,
    ) -> Result<Vec<CaseRow>, Error> {
        let ids: Vec<i64> = cases.iter().map(|case| case.id).collect();
        let mut steps = self.store().case_steps(scope, &ids, as_of.map(AsOf::instant)).await?;
        let rows = cases.iter().map(|case| {
            let steps = steps.remove(&case.id).unwrap_or_default().into_iter().map(|step| CaseStep {
                what: step.what,
                at: written(step.at),
                actor: step.actor,
            });
            let mut on_case: Vec<&AlertRecord> = alerts.iter().filter(|alert| alert.case_id == Some(case.id)).collect();
            on_case.sort_by_key(|alert| {
                (alert.state != AlertState::Open, std::cmp::Reverse(alert.severity), alert.opened_at, alert.id)
            });
            let position = snapshot.position(&case.customer_id);
            CaseRow {
                id: case.id,
                customer_id: case.customer_id.to_string(),
                customer_name: position.map_or_else(|| case.customer_id.to_string(), |at| snapshot.name(at).to_owned()),
                owner: case.owner.clone(),
                state: case.state.as_str().to_owned(),
                opened_at: written(case.opened_at),
                accept_by: written(case.accept_by),
                act_by: written(case.act_by),
                accepted_at: case.accepted_at.map(written),
                accepted_by: case.accepted_by.clone(),
                closed_at: case.closed_at.map(written),
                closed_by: case.closed_by.clone(),
                outcome: case.outcome.map(|outcome| outcome.as_str().to_owned()),
                note: case.note.clone(),
                version: case.version,
                alerts: on_case.into_iter().map(|alert| self.alert_row(snapshot, alert)).collect(),
                steps: steps.collect(),
            }
        });
        Ok(rows.collect())
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
        if let Err(error) = self.store().accept_case(&reader.scope, id, request.version, &reader.actor(), now).await {
            return Err(self.told_by(&reader.scope, Resource::Case, (id, request.version), error).await);
        }
        self.case(&reader.scope, id, None, now).await
    }

    /// 结案: the case ends with an outcome, and its alerts with it.
    ///
    /// # Errors
    /// `version_conflict` when somebody else was faster; `bad_outcome` for a word that is none, or the cycle's own.
    pub async fn close_case(
        &self,
        reader: &Reader,
        id: i64,
        request: view::CloseCase,
        now: Instant,
    ) -> Result<CaseRow, Error> {
        reader.may_act()?;
        let outcome = CaseOutcome::ALL.iter().copied().find(|one| one.as_str() == request.outcome);
        let outcome = outcome.filter(|one| one.is_said()).ok_or_else(bad_outcome)?;
        let note = request.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
        if note.is_some_and(|note| note.chars().count() > 2_000) {
            return Err(Error::bad(
                "note_too_long",
                ("备注不能超过 2000 字", "the note may have at most 2,000 characters"),
                ("请写得短一些", "make it shorter"),
            ));
        }
        let closing = Closing { outcome, note };
        let closed = self.store().close_case(&reader.scope, id, request.version, &reader.actor(), closing, now).await;
        if let Err(error) = closed {
            return Err(self.told_by(&reader.scope, Resource::Case, (id, request.version), error).await);
        }
        self.case(&reader.scope, id, None, now).await
    }
}

/// No such outcome, or one that no person says.
pub(crate) fn bad_outcome() -> Error {
    Error::bad(
        "bad_outcome",
        ("没有这个结果", "no such outcome"),
        (
            "可选：retained、churned、no_action_needed、false_alarm",
            "one of retained, churned, no_action_needed, false_alarm",
        ),
    )
}

impl AlertQuery {
    fn order(&self) -> Result<AlertOrder, Error> {
        match self.sort.as_deref() {
            None | Some("severity") => Ok(AlertOrder::Severity),
            Some("rank") => Ok(AlertOrder::AtRisk),
            Some("newest") => Ok(AlertOrder::Newest),
            Some("oldest") => Ok(AlertOrder::Oldest),
            Some(other) => Err(unknown_word(other)),
        }
    }

    fn filter(&self, snapshot: &Snapshot) -> Result<AlertFilter, Error> {
        let state = match self.state.as_deref() {
            None | Some("open") => Some(AlertState::Open),
            Some("resolved") => Some(AlertState::Resolved),
            Some("all") => None,
            Some(other) => return Err(unknown_word(other)),
        };
        let case_state = |word: &str| match word {
            "none" => Some(None),
            word => CaseState::ALL.iter().copied().find(|one| one.as_str() == word).map(Some),
        };
        Ok(AlertFilter {
            state,
            severities: parsed(&self.severities, |word| Severity::from_str(word).ok())?,
            rules: self.rule.iter().cloned().collect(),
            case_states: parsed(&self.case_states, case_state)?,
            owner: self.owner.clone(),
            customers: self.search.as_deref().and_then(Needle::new).map(|needle| named(snapshot, &needle)),
            standing: match self.standing.as_deref() {
                Some(word) => Some(Standing::from_str(word).map_err(|()| unknown_word(word))?),
                None => None,
            },
            leads: self.lines && state == Some(AlertState::Open),
            ..AlertFilter::default()
        })
    }
}

/// Customers that a text may mean.
fn named(snapshot: &Snapshot, needle: &Needle) -> Vec<CustomerId> {
    let mut places: Vec<usize> = needle.places(snapshot).into_iter().collect();
    places.sort_unstable();
    places.into_iter().map(|position| snapshot.customers()[position].clone()).collect()
}

fn parsed<T>(words: &[String], read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Error> {
    words.iter().map(|word| read(word).ok_or_else(|| unknown_word(word))).collect()
}

fn unknown_word(word: &str) -> Error {
    Error::bad(
        "bad_filter",
        (&format!("筛选条件里没有“{word}”"), &format!("no such filter value: \"{word}\"")),
        ("请从列表中选择", "choose one from the list"),
    )
}

fn owned(owner: Option<&str>, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| owner.unwrap_or("-") == wanted)
}

/// Everything about a filter but severity and case state, which the counts look past.
fn around(filter: &AlertFilter, alert: &AlertRecord) -> bool {
    filter.state.is_none_or(|state| state == alert.state)
        && (filter.rules.is_empty() || filter.rules.contains(&alert.rule))
        && owned(alert.owner.as_deref(), filter.owner.as_deref())
        && filter.customers.as_ref().is_none_or(|customers| customers.contains(&alert.customer_id))
        && filter.standing.is_none_or(|standing| alert.standing() == Some(standing))
}

fn severity_counts(counts: &BTreeMap<Severity, u64>) -> Vec<Count> {
    let count = |severity: &Severity| Count {
        key: severity.as_str().to_owned(),
        count: counts.get(severity).copied().unwrap_or(0),
    };
    Severity::ALL.iter().rev().map(count).collect()
}

fn case_state_counts(counts: &BTreeMap<Option<CaseState>, u64>) -> Vec<Count> {
    let states = CaseState::ALL.iter().copied().map(Some).chain([None]);
    let count = |state: Option<CaseState>| Count {
        key: state.map_or("none", CaseState::as_str).to_owned(),
        count: counts.get(&state).copied().unwrap_or(0),
    };
    states.map(count).collect()
}
