//! Alerts: read within a scope; and the work of one customer.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::sync::Arc;

use store::{
    AlertFilter, AlertOrder, AlertRecord, AlertSlice, AlertState, CaseFilter, CaseSlice, CaseState, Resource, Standing,
};
use vocab::{AsOf, CustomerId, Instant, Scope, Severity};

use crate::App;
use crate::customer::search::Needle;
use crate::error::Error;
use crate::moment::snapshot::{Snapshot, owner_keys};
use crate::shown::{offset, written};
use crate::view::{self, AlertRow, CaseRow, Count};
use crate::working::case_rows::Shown;

/// Of more customers than so many it is quicker to look at everybody again.
const MOST_NEWS: usize = 5_000;

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

    /// Whether each customer of a snapshot has an open alert, by place. Of the present it is everybody's, whatever the scope:
    /// whoever lists them lists customers whom the reader sees.
    pub(crate) async fn alerted(
        &self,
        scope: &Scope,
        snapshot: &Snapshot,
        as_of: Option<AsOf>,
    ) -> Result<Arc<Vec<bool>>, Error> {
        let places = |customers: &[CustomerId]| snapshot.placed(customers.iter()).into_iter().flatten();
        let marks = |customers: &[CustomerId]| {
            let mut marks = vec![false; snapshot.customers().len()];
            places(customers).for_each(|place| marks[place] = true);
            Arc::new(marks)
        };
        let whose = |alerts: Vec<AlertRecord>| alerts.into_iter().map(|alert| alert.customer_id).collect::<Vec<_>>();
        if as_of.is_some() {
            return Ok(marks(&whose(self.open_alerts(scope, as_of).await?)));
        }
        let (kept, news) = snapshot.alerted.news(self.store(), &[Resource::Alert]).await?;
        let alerted = match kept {
            Some(kept) if news.customers.is_empty() => kept,
            Some(kept) if news.customers.len() <= MOST_NEWS => {
                let some: Vec<CustomerId> = news.customers.into_iter().collect();
                let filter = AlertFilter { customers: Some(some.clone()), ..AlertFilter::default() };
                let open = whose(self.store().alerts(&Scope::All, &filter, AlertSlice::default()).await?.rows);
                let mut marks = Vec::clone(&kept);
                places(&some).for_each(|place| marks[place] = false);
                places(&open).for_each(|place| marks[place] = true);
                Arc::new(marks)
            }
            _ => marks(&self.store().alerted_customers(&Scope::All).await?),
        };
        snapshot.alerted.keep(news.number, &alerted);
        Ok(alerted)
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
        let shown = Shown { snapshot: &snapshot, as_of, now };
        let case_rows = self.case_rows(&shown, &cases, &alerts).await?;
        Ok((alerts.iter().map(|alert| self.alert_row(&snapshot, alert)).collect(), case_rows))
    }
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
pub(crate) fn named(snapshot: &Snapshot, needle: &Needle) -> Vec<CustomerId> {
    needle.places(snapshot).places.into_iter().map(|position| snapshot.customers()[position].clone()).collect()
}

pub(crate) fn parsed<T>(words: &[String], read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Error> {
    words.iter().map(|word| read(word).ok_or_else(|| unknown_word(word))).collect()
}

pub(crate) fn unknown_word(word: &str) -> Error {
    Error::bad(
        "bad_filter",
        (&format!("筛选条件里没有“{word}”"), &format!("no such filter value: \"{word}\"")),
        ("请从列表中选择", "choose one from the list"),
    )
}

pub(crate) fn owned(owner: Option<&str>, wanted: Option<&str>) -> bool {
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
