//! 今日: whom must I look after today, why, and what do I do?

use std::collections::{BTreeMap, BTreeSet, HashSet};

use indicators::Cell;
use store::{AlertRecord, CaseFilter, CaseOutcome, CaseRecord, CaseSlice, CaseState};
use vocab::{AsOf, Instant, Scope, Severity};

use crate::App;
use crate::belonging::Belonging;
use crate::customers::row;
use crate::error::Error;
use crate::snapshot::{Snapshot, written};
use crate::view::{self, GoodNews, TodayRow, Words};

const GOOD_NEWS: usize = 2;
/// How much health must have risen within 30 days to be news.
const NEWS_POINTS: f64 = 12.0;

impl App {
    /// The page of the day: every open case in scope, ranked.
    ///
    /// Overdue first, then by verdict, value and time. `owner` narrows it to one owner's customers; `-` is nobody's.
    pub async fn today(
        &self,
        scope: &Scope,
        owner: Option<&str>,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<view::Today, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let at = as_of.map_or(now, AsOf::instant);
        let midnight = self.zone().midnight(at);
        let (cases, closed) = self.cases_of_the_day(scope, as_of, midnight).await?;
        let alerts = self.open_alerts(scope, as_of).await?;
        let belonging = self.belonging(&snapshot, as_of).await?;
        let mut rows = self.today_rows((&snapshot, &belonging), &cases, &alerts, at);
        if as_of.is_none() {
            self.freshen(&snapshot, rows.iter_mut().map(|row| &mut row.customer), now).await?;
        }
        let unowned_count = rows.iter().filter(|row| row.customer.owner.is_none()).count() as u64;
        if let Some(owner) = owner {
            rows.retain(|row| row.customer.owner.as_deref().unwrap_or("-") == owner);
        }
        rank(&mut rows);
        let values = rows.iter().filter_map(|row| row.customer.value.value);
        let cycle = self.store().last_cycle(scope).await?;
        Ok(view::Today {
            as_of: written(as_of.unwrap_or(snapshot.as_of).instant()),
            total: rows.len() as u64,
            due_count: rows.iter().filter(|row| row.clock != "on_time").count() as u64,
            overdue_count: rows.iter().filter(|row| row.clock == "overdue").count() as u64,
            value_sum: values.fold(0.0, |sum, value| sum + value),
            value_unknown_count: rows.iter().filter(|row| row.customer.value.value.is_none()).count() as u64,
            closed_today_count: closed,
            unowned_count,
            good_news: self.good_news(&snapshot, scope, owner, &rows),
            computed_at: cycle.as_ref().map(|cycle| written(cycle.finished_at)),
            not_yet: self.not_yet(&snapshot, cycle.is_some()),
            proof: self.list_proof(scope).await?,
            rows,
        })
    }

    /// Cases that are open, and how many people closed since midnight.
    async fn cases_of_the_day(
        &self,
        scope: &Scope,
        as_of: Option<AsOf>,
        midnight: Instant,
    ) -> Result<(Vec<CaseRecord>, u64), Error> {
        let by_person = |case: &CaseRecord| case.outcome.is_some_and(CaseOutcome::is_said);
        if let Some(as_of) = as_of {
            let cases = self.store().as_recorded(scope, as_of.instant()).await?.cases;
            let (closed, open): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| case.state == CaseState::Closed);
            let today = |case: &&CaseRecord| by_person(case) && case.closed_at >= Some(midnight);
            return Ok((open, closed.iter().filter(today).count() as u64));
        }
        let open = CaseFilter { states: vec![CaseState::New, CaseState::Accepted], ..CaseFilter::default() };
        let closed =
            CaseFilter { states: vec![CaseState::Closed], closed_from: Some(midnight), ..CaseFilter::default() };
        let open = self.store().cases(scope, &open, CaseSlice::default()).await?.rows;
        let closed = self.store().cases(scope, &closed, CaseSlice::default()).await?.rows;
        Ok((open, closed.iter().filter(|case| by_person(case)).count() as u64))
    }

    fn today_rows(
        &self,
        (snapshot, belonging): (&Snapshot, &Belonging),
        cases: &[CaseRecord],
        alerts: &[AlertRecord],
        at: Instant,
    ) -> Vec<TodayRow> {
        let mut alerts_of: BTreeMap<i64, Vec<&AlertRecord>> = BTreeMap::new();
        for alert in alerts {
            if let Some(case) = alert.case_id {
                alerts_of.entry(case).or_default().push(alert);
            }
        }
        let rows = cases.iter().filter_map(|case| {
            let position = snapshot.position(&case.customer_id)?;
            let alerts = alerts_of.get(&case.id).map_or(&[][..], Vec::as_slice);
            self.today_row((snapshot, belonging), position, case, alerts, at)
        });
        rows.collect()
    }

    fn today_row(
        &self,
        (snapshot, belonging): (&Snapshot, &Belonging),
        position: usize,
        case: &CaseRecord,
        alerts: &[&AlertRecord],
        at: Instant,
    ) -> Option<TodayRow> {
        let due_at = case.due_at?;
        let mut alerts = alerts.to_vec();
        alerts.sort_by_key(|alert| (std::cmp::Reverse(alert.severity), alert.opened_at, alert.id));
        let severity = alerts.first().map_or(Severity::Info, |alert| alert.severity);
        Some(TodayRow {
            customer: row(self, snapshot, belonging, position, alerts.len() as u32),
            case_id: case.id,
            case_state: case.state.as_str().to_owned(),
            case_version: case.version,
            opened_at: written(case.opened_at),
            due_at: written(due_at),
            clock: actions::clock(due_at, at, self.zone()).as_str().to_owned(),
            severity: severity.as_str().to_owned(),
            sentences: self.sentences(&alerts),
            next_step: self.next_step(alerts.first().copied()),
        })
    }

    /// What the alerts say, worst first, each figure once: an alert whose every figure another one names as well adds
    /// nothing to a line that is read in a second.
    pub(crate) fn sentences(&self, alerts: &[&AlertRecord]) -> Vec<Words> {
        let figures = |alert: &AlertRecord| -> BTreeSet<String> {
            let rule = self.rule_named(&alert.rule);
            rule.iter().flat_map(|rule| indicators::names(&rule.say)).map(str::to_owned).collect()
        };
        let named: Vec<BTreeSet<String>> = alerts.iter().map(|alert| figures(alert)).collect();
        let is_said = |place: usize| {
            let own = &named[place];
            let says_it = |(other, figures): (usize, &BTreeSet<String>)| {
                own.is_subset(figures) && (own.len() < figures.len() || other < place)
            };
            !own.is_empty() && named.iter().enumerate().filter(|(other, _)| *other != place).any(says_it)
        };
        let heard = alerts.iter().enumerate().filter(|(place, _)| !is_said(*place));
        heard.map(|(_, alert)| Words::from(&alert.sentence)).collect()
    }

    pub(crate) fn next_step(&self, alert: Option<&AlertRecord>) -> Words {
        let rule = alert.and_then(|alert| self.rule_named(&alert.rule));
        rule.map_or_else(
            || Words::new("联系客户，了解近况", "Get in touch and ask how things are"),
            |rule| Words::from(rule.next_step),
        )
    }

    /// Customers whose health rose most within 30 days and who have no open case.
    fn good_news(&self, snapshot: &Snapshot, scope: &Scope, owner: Option<&str>, rows: &[TodayRow]) -> Vec<GoodNews> {
        let worried: HashSet<&str> = rows.iter().map(|row| row.customer.id.as_str()).collect();
        let mut risers: Vec<(f64, usize)> = (0..snapshot.customers().len())
            .filter(|position| snapshot.admits(scope, *position))
            .filter(|position| owner.is_none_or(|owner| snapshot.cards[*position].owner.as_deref() == Some(owner)))
            .filter(|position| matches!(snapshot.state(*position), outcomes::State::Current))
            .filter(|position| !worried.contains(snapshot.customers()[*position].as_str()))
            .filter_map(|position| Some((snapshot.health_change_30d(position)?, position)))
            .filter(|(change, position)| *change >= NEWS_POINTS && snapshot.band(*position) == Some(vocab::Band::Low))
            .collect();
        risers.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        risers.truncate(GOOD_NEWS);
        let news = |(change, position): (f64, usize)| {
            let now = snapshot.score(position).and_then(|score| score.health).map_or(0.0, |health| health.points());
            GoodNews {
                customer_id: snapshot.customers()[position].to_string(),
                customer_name: snapshot.name(position).to_owned(),
                sentence: Words::new(
                    format!("健康分 30 天内从 {:.0} 升到 {now:.0}", now - change),
                    format!("health rose from {:.0} to {now:.0} in 30 days", now - change),
                ),
            }
        };
        risers.into_iter().map(news).collect()
    }

    fn not_yet(&self, snapshot: &Snapshot, computed: bool) -> Option<Words> {
        if snapshot.customers().is_empty() {
            return Some(Words::new(
                "还没有任何数据。导入客户、订单或使用记录后，这里就是今天要跟进的名单",
                "There is no data yet. Import customers, orders or usage, and this becomes the list for today",
            ));
        }
        if let Some(why) = &snapshot.not_yet {
            return Some(Words::from(why));
        }
        (!computed).then(|| {
            Words::new(
                "数据已有，还没有算过名单。点“重新计算”即可",
                "The data is there; the list has not been computed. Press \"Compute now\"",
            )
        })
    }
}

fn rank(rows: &mut [TodayRow]) {
    let band = |row: &TodayRow| match row.customer.verdict.band.as_deref() {
        Some("critical") => 3,
        Some("high") => 2,
        Some("medium") => 1,
        _ => 0,
    };
    rows.sort_by(|a, b| {
        let late = |row: &TodayRow| row.clock == "overdue";
        late(b)
            .cmp(&late(a))
            .then_with(|| band(b).cmp(&band(a)))
            .then_with(|| b.customer.value.value.unwrap_or(0.0).total_cmp(&a.customer.value.value.unwrap_or(0.0)))
            .then_with(|| a.due_at.cmp(&b.due_at))
            .then_with(|| a.customer.id.cmp(&b.customer.id))
    });
}

/// Value of a customer, where known.
pub(crate) fn known(cell: Cell) -> Option<f64> {
    match cell {
        Cell::Known(value) => Some(value),
        Cell::Unknown(_) => None,
    }
}
