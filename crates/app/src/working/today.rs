//! 今日: whom must I look after today, why, and what do I do?

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use actions::At;
use store::{AlertRecord, AlertState, CaseFilter, CaseKey, CaseOutcome, CaseRecord, CaseSlice, CaseState, Recorded};
use vocab::{AsOf, Band, Instant, Scope, Severity};

use crate::App;
use crate::customer::customers::row;
use crate::error::Error;
use crate::moment::belonging::Belonging;
use crate::moment::snapshot::Snapshot;
use crate::risk::champion::Reasoned;
use crate::shown::{known, offset, written};
use crate::view::{self, GoodNews, TodayRow, Words};
use crate::working::work_times::tomorrow;

const GOOD_NEWS: usize = 2;
/// How much health must have risen within 30 days to be news.
const NEWS_POINTS: f64 = 12.0;

/// Which rows of the page of the day.
#[derive(Clone, Debug, Default)]
pub struct TodayQuery {
    /// Only this owner's customers; `-` = nobody's.
    pub owner: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows on the page; every one when absent.
    pub limit: Option<usize>,
}

/// The work of a moment: what is open, in few words, and how many cases people closed since midnight.
struct Day {
    open: Vec<CaseKey>,
    closed_count: u64,
    /// Alerts and cases as they were recorded, where the moment is past.
    recorded: Option<Recorded>,
}

/// A line of the list before it is written out: what it is ranked by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    case: i64,
    /// Of its customer; places are in the order of ids.
    position: usize,
    due_at: Instant,
    /// 3 critical, 2 high, 1 medium, 0 otherwise.
    worry: u8,
    value: Option<f64>,
}

impl App {
    /// The page of the day: every open case in scope of a customer who has not gone, ranked.
    ///
    /// Overdue first, then by verdict, value and time. `owner` narrows it to one owner's customers; `-` is nobody's.
    ///
    /// # Edges
    /// Counts and sums are of the whole list, whatever the page. Between two cycles rows show what is known now and keep
    /// the place that the last cycle gave them.
    ///
    /// # Errors
    /// `bad_cursor`; `future_moment`.
    pub async fn today(
        &self,
        scope: &Scope,
        query: &TodayQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<view::Today, Error> {
        let start = offset(query.cursor.as_deref())?;
        let snapshot = self.snapshot(as_of, now).await?;
        let at = as_of.map_or(now, AsOf::instant);
        let day = self.day_of_work(scope, as_of, self.zone().midnight(at)).await?;
        let mut lines = snapshot.lines(&day.open);
        let owner_of = |line: &Line| snapshot.cards[line.position].owner.as_deref();
        let unowned_count = lines.iter().filter(|line| owner_of(line).is_none()).count() as u64;
        if let Some(owner) = query.owner.as_deref() {
            lines.retain(|line| owner_of(line).unwrap_or("-") == owner);
        }
        let total = lines.len();
        let day_end = tomorrow(At { now: at, zone: self.zone() });
        let due_before = |end: Instant| lines.iter().filter(|line| line.due_at < end).count() as u64;
        let (overdue_count, due_count) = (due_before(at), due_before(day_end));
        let value_sum = lines.iter().filter_map(|line| line.value).sum();
        let value_unknown_count = lines.iter().filter(|line| line.value.is_none()).count() as u64;
        let good_news = self.good_news(&snapshot, scope, query.owner.as_deref(), &lines);
        let page = ranked(lines, at, start, query.limit);
        let belonging = self.belonging(&snapshot, as_of).await?;
        let mut rows = self.today_rows(scope, (&snapshot, &belonging), (&page, &day), at).await?;
        if as_of.is_none() {
            self.freshen(&snapshot, rows.iter_mut().map(|row| &mut row.customer), now).await?;
        }
        self.tell_risks(&snapshot, rows.iter_mut().map(|row| &mut row.customer), Reasoned::Yes).await?;
        let end = start + page.len();
        let cycle = self.store().last_cycle(scope).await?;
        Ok(view::Today {
            as_of: written(as_of.unwrap_or(snapshot.as_of).instant()),
            total: total as u64,
            next_cursor: (end < total && !page.is_empty()).then(|| end.to_string()),
            due_count,
            overdue_count,
            value_sum,
            value_unknown_count,
            closed_today_count: day.closed_count,
            unowned_count,
            good_news,
            computed_at: cycle.as_ref().map(|cycle| written(cycle.finished_at)),
            not_yet: self.not_yet(&snapshot, cycle.is_some()),
            proof: self.list_proof(scope).await?,
            rows,
        })
    }

    /// Cases that are open, and how many people closed since midnight.
    async fn day_of_work(&self, scope: &Scope, as_of: Option<AsOf>, midnight: Instant) -> Result<Day, Error> {
        if let Some(as_of) = as_of {
            let recorded = self.store().as_recorded(scope, as_of.instant()).await?;
            let by_person = |case: &CaseRecord| case.outcome.is_some_and(CaseOutcome::is_said);
            let closed = recorded.cases.iter().filter(|case| case.state == CaseState::Closed);
            let closed_count = closed.filter(|case| by_person(case) && case.closed_at >= Some(midnight)).count() as u64;
            let open = recorded.cases.iter().filter(|case| case.state != CaseState::Closed);
            let key =
                |case: &CaseRecord| CaseKey { id: case.id, customer: case.customer_id.clone(), due_at: case.due_at };
            return Ok(Day { open: open.map(key).collect(), closed_count, recorded: Some(recorded) });
        }
        let open = CaseFilter { states: vec![CaseState::New, CaseState::Accepted], ..CaseFilter::default() };
        let closed = CaseFilter {
            states: vec![CaseState::Closed],
            closed_from: Some(midnight),
            is_said: true,
            ..CaseFilter::default()
        };
        Ok(Day {
            open: self.store().case_keys(scope, &open).await?,
            closed_count: self.store().case_count(scope, &closed).await?,
            recorded: None,
        })
    }

    /// The lines of a page written out.
    async fn today_rows(
        &self,
        scope: &Scope,
        (snapshot, belonging): (&Snapshot, &Belonging),
        (page, day): (&[Line], &Day),
        at: Instant,
    ) -> Result<Vec<TodayRow>, Error> {
        let ids: Vec<i64> = page.iter().map(|line| line.case).collect();
        let (cases, alerts) = match &day.recorded {
            Some(recorded) => {
                let of: HashSet<i64> = ids.iter().copied().collect();
                let cases = recorded.cases.iter().filter(|case| of.contains(&case.id)).cloned().collect();
                (cases, recorded.alerts.clone())
            }
            None => {
                let filter = CaseFilter { ids: Some(ids), ..CaseFilter::default() };
                let cases = self.store().cases(scope, &filter, CaseSlice::default()).await?.rows;
                let alerts = self.alerts_on(scope, &cases, None).await?;
                (cases, alerts)
            }
        };
        let mut alerts_of: BTreeMap<i64, Vec<&AlertRecord>> = BTreeMap::new();
        for alert in alerts.iter().filter(|alert| alert.state == AlertState::Open) {
            if let Some(case) = alert.case_id {
                alerts_of.entry(case).or_default().push(alert);
            }
        }
        let cases: HashMap<i64, CaseRecord> = cases.into_iter().map(|case| (case.id, case)).collect();
        let rows = page.iter().filter_map(|line| {
            let alerts = alerts_of.get(&line.case).map_or(&[][..], Vec::as_slice);
            self.today_row((snapshot, belonging), line.position, cases.get(&line.case)?, alerts, at)
        });
        Ok(rows.collect())
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

    /// Customers whose health rose most within 30 days and who have no open case among these.
    fn good_news(&self, snapshot: &Snapshot, scope: &Scope, owner: Option<&str>, lines: &[Line]) -> Vec<GoodNews> {
        let mut worried = vec![false; snapshot.customers().len()];
        lines.iter().for_each(|line| worried[line.position] = true);
        let admitted = snapshot.roll.admitted(scope, None);
        let owned = |position: usize| owner.is_none_or(|one| snapshot.cards[position].owner.as_deref() == Some(one));
        let fits = |position: usize| admitted.has(position) && owned(position) && !worried[position];
        let risers = snapshot.risers().iter().copied().filter(|(_, position)| fits(*position)).take(GOOD_NEWS);
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
        risers.map(news).collect()
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

/// A case's number, and where its customer is in the lists.
type CasePlace = (i64, Option<usize>);

/// Places of the customers of cases in a snapshot, by case: a hundred thousand are asked for again and again, and are found
/// by numbers that stand in their order.
#[derive(Default)]
struct CasePlaces(RwLock<Arc<Vec<CasePlace>>>);

impl CasePlaces {
    /// Those of the customers of these cases, in their order; looked for once each. Quick where cases stand by their ids.
    fn of(&self, snapshot: &Snapshot, keys: &[CaseKey]) -> Vec<Option<usize>> {
        let known = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        let (mut from, mut met) = (0, Vec::new());
        let mut place = |key: &CaseKey| {
            while known.get(from).is_some_and(|(id, _)| *id < key.id) {
                from += 1;
            }
            let found = known.get(from).filter(|(id, _)| *id == key.id);
            found.map(|(_, place)| *place).unwrap_or_else(|| {
                let place = snapshot.position(&key.customer);
                met.push((key.id, place));
                place
            })
        };
        let places = keys.iter().map(&mut place).collect();
        if !met.is_empty() {
            let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
            met.extend(kept.iter().copied());
            met.sort_unstable_by_key(|(id, _)| *id);
            met.dedup_by_key(|(id, _)| *id);
            *kept = Arc::new(met);
        }
        places
    }
}

impl Snapshot {
    /// These cases as lines; those of whom nothing is known at the moment are left out, and those of who has gone by it: nobody
    /// calls them today. Their cases wait on the page of cases until somebody says why they left.
    fn lines(&self, keys: &[CaseKey]) -> Vec<Line> {
        let placed = self.kept.of::<CasePlaces>().of(self, keys);
        let line = |(key, position): (&CaseKey, Option<usize>)| {
            let position =
                position.filter(|position| !matches!(self.state(*position), outcomes::State::Gone { .. }))?;
            let worry = match self.band(position) {
                Some(Band::Critical) => 3,
                Some(Band::High) => 2,
                Some(Band::Medium) => 1,
                Some(Band::Low) | None => 0,
            };
            Some(Line { case: key.id, position, due_at: key.due_at?, worry, value: known(self.value(position)) })
        };
        let mut lines = Vec::with_capacity(keys.len());
        lines.extend(keys.iter().zip(placed).filter_map(line));
        lines
    }

    /// Customers at low risk whose health rose by so much that it is news, whoever they are: most first.
    fn risers(&self) -> &[(f64, usize)] {
        self.risers.get_or_init(|| {
            let mut risers: Vec<(f64, usize)> = (0..self.customers().len())
                .filter(|position| matches!(self.state(*position), outcomes::State::Current))
                .filter_map(|position| Some((self.health_change_30d(position)?, position)))
                .filter(|(change, position)| *change >= NEWS_POINTS && self.band(*position) == Some(Band::Low))
                .collect();
            risers.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            risers
        })
    }
}

/// A page of the lines in their order: overdue first, then by verdict, value and time. Only what is shown is sorted.
fn ranked(mut lines: Vec<Line>, at: Instant, start: usize, limit: Option<usize>) -> Vec<Line> {
    let late = |line: &Line| line.due_at < at;
    let order = |a: &Line, b: &Line| {
        late(b)
            .cmp(&late(a))
            .then_with(|| b.worry.cmp(&a.worry))
            .then_with(|| b.value.unwrap_or(0.0).total_cmp(&a.value.unwrap_or(0.0)))
            .then_with(|| (a.due_at, a.position).cmp(&(b.due_at, b.position)))
    };
    let start = start.min(lines.len());
    let end = start.saturating_add(limit.unwrap_or(usize::MAX)).min(lines.len());
    if end < lines.len() && end > 0 {
        lines.select_nth_unstable_by(end - 1, order);
    }
    lines.truncate(end);
    lines.sort_unstable_by(order);
    lines.split_off(start)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line() -> impl Strategy<Value = Line> {
        let value = prop_oneof![Just(None), (0..4).prop_map(|value| Some(f64::from(value)))];
        (-3..3i64, 0..4u8, value).prop_map(|(due, worry, value)| Line {
            case: 0,
            position: 0,
            due_at: Instant::from_micros(due),
            worry,
            value,
        })
    }

    proptest! {
        /// Page after page is the whole list, ranked by one reason after the other.
        #[test]
        fn pages_put_together_are_the_list_in_its_order(
            lines in prop::collection::vec(line(), 0..60),
            limit in 1..20usize,
        ) {
            let at = Instant::from_micros(0);
            let number = |(position, line): (usize, Line)| Line { position, case: 1_000 - position as i64, ..line };
            let lines: Vec<Line> = lines.into_iter().enumerate().map(number).collect();
            let mut naive = lines.clone();
            naive.sort_by_key(|line| {
                let value = line.value.unwrap_or(0.0) as i64;
                (line.due_at >= at, 3 - line.worry, -value, line.due_at, line.position)
            });
            let wanted: Vec<i64> = naive.iter().map(|line| line.case).collect();
            let cases = |lines: Vec<Line>| lines.iter().map(|line| line.case).collect::<Vec<i64>>();
            let starts = (0..=lines.len()).step_by(limit);
            let pages: Vec<i64> = starts.flat_map(|start| cases(ranked(lines.clone(), at, start, Some(limit)))).collect();
            prop_assert_eq!(&pages, &wanted);
            prop_assert_eq!(cases(ranked(lines, at, 0, None)), wanted);
        }
    }
}
