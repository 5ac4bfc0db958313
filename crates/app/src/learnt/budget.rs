//! The alert budget: set, tried on what is open now and on the last half year, and handed to the cycle.
//!
//! Where the line falls is decided by [`alerts::draw`] and, in the cycle, by [`actions::plan_within`]; here the numbers that
//! they need are gathered. Without a budget everything comes on the desk.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use actions::{ActionPlan, Desk, Limits, Ration, Snoozed};
use alerts::{AlertPlan, Budget, Candidate, Drawn, OpenAlerts, draw, replay, typical};
use outcomes::State;
use store::{AlertFilter, AlertSlice, CaseState, Resource};
use training::backtest::{Leaving, Scorer, Spec};
use training::worries::{PastWorries, past_worries};
use vocab::{AsOf, CustomerId, Health, Instant, Scope, Severity};

use crate::customer::customers::reasons;
use crate::error::Error;
use crate::learnt::backtests::refused;
use crate::moment::snapshot::Snapshot;
use crate::risk::worth::hundredths;
use crate::shown::{figure, written};
use crate::staff::people::sees_all;
use crate::view;
use crate::{App, Reader, blocking};

const SETTING: &str = "budget";
const MOST: u32 = 1_000;
/// A budget is tried on so many weeks.
const WEEKS: i64 = 26;
/// A shorter stretch says nothing.
const LEAST_WEEKS: i64 = 8;
const LEAD_DAYS: u32 = 14;
const HORIZON_DAYS: u32 = 90;
/// Fewer leavers than this: counts, no shares.
const LEAST_LEAVERS: usize = training::backtest::LEAST_LEAVERS;
const CANDIDATES_SHOWN: usize = 200;
const NEXT: usize = 10;
/// Noon, in microseconds: safely within a day whatever the clocks do at night.
const NOON: i64 = 12 * 3_600_000_000;

/// The weeks on which budgets are tried, worked out once for the same facts and definitions.
#[derive(Default)]
pub(crate) struct Budgets(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    key: Option<Key>,
    is_running: bool,
    has_failed: bool,
    weeks: Option<Arc<PastWorries>>,
}

/// What the weeks were worked out from.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    from: AsOf,
    to: AsOf,
    sequence: u64,
    scorecard: String,
    churn: String,
    rules: String,
}

impl Budgets {
    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What keeps work off the desk: what people put off, and the budget with how much may have come on the desk by now and
/// how much has.
pub(crate) struct DeskLimits {
    snoozed: Vec<Snoozed>,
    budget: Option<(Budget, usize, usize)>,
}

/// Where a week stands.
struct Week {
    from: Instant,
    /// Working days that have begun, and how many there are.
    worked: u32,
    of: u32,
}

impl App {
    /// The budget, how far this week's is used, and every change of it.
    pub async fn budget(&self, reader: &Reader, now: Instant) -> Result<view::BudgetPage, Error> {
        sees_all(reader)?;
        let history = self.store().history_of(&Scope::All, Resource::Setting, SETTING).await?;
        let changes = history.into_iter().rev().map(|entry| view::BudgetChange {
            at: written(entry.at),
            actor: entry.actor,
            budget: kept_in_history(&entry.after),
        });
        let staff = self.store().staff().await?;
        Ok(view::BudgetPage {
            budget: self.budget_set().await?.as_ref().map(shown),
            week: self.budget_week(now).await?,
            staff_count: staff.iter().filter(|one| crate::staff::roster::works(one)).count() as u64,
            changes: changes.collect(),
        })
    }

    /// Sets the budget or takes it away. The next cycle keeps to it.
    ///
    /// # Errors
    /// `bad_budget`; `forbidden` for whoever does not see all customers.
    pub async fn put_budget(
        &self,
        reader: &Reader,
        asked: view::PutBudget,
        now: Instant,
    ) -> Result<view::BudgetPage, Error> {
        reader.may_act()?;
        sees_all(reader)?;
        if let Some(budget) = &asked.budget {
            checked(budget)?;
        }
        let text = serde_json::to_string(&asked.budget).map_err(Error::internal)?;
        self.store().put_setting(SETTING, &text, &reader.actor(), now).await?;
        self.budget(reader, now).await
    }

    /// What is set.
    pub(crate) async fn budget_set(&self) -> Result<Option<Budget>, Error> {
        let text = self.store().setting(SETTING).await?;
        let kept: Option<view::Budget> = match text {
            Some(text) => serde_json::from_str(&text).map_err(Error::internal)?,
            None => None,
        };
        Ok(kept.map(|budget| told(&budget)))
    }

    /// How far the budget of this week is used; `None` without one.
    pub(crate) async fn budget_week(&self, now: Instant) -> Result<Option<view::BudgetWeek>, Error> {
        let Some(budget) = self.budget_set().await? else { return Ok(None) };
        let week = self.week_of(now);
        Ok(Some(view::BudgetWeek {
            from: written(week.from),
            per_week: budget.per_week() as u64,
            allowance: budget.allowance(week.worked, week.of) as u64,
            opened: self.opened_in(&week, &budget).await? as u64,
        }))
    }

    /// What keeps work off the desk now.
    pub(crate) async fn desk_limits(&self, now: Instant) -> Result<DeskLimits, Error> {
        let snoozed = self.store().snoozed(&Scope::All).await?;
        let Some(budget) = self.budget_set().await? else { return Ok(DeskLimits { snoozed, budget: None }) };
        let week = self.week_of(now);
        let (allowance, opened) = (budget.allowance(week.worked, week.of), self.opened_in(&week, &budget).await?);
        Ok(DeskLimits { snoozed, budget: Some((budget, allowance, opened)) })
    }

    /// The plan of work within limits.
    pub(crate) fn work_within(
        &self,
        limits: &DeskLimits,
        (snapshot, plan, open, desk): (&Snapshot, &AlertPlan, &OpenAlerts, &Desk),
        now: Instant,
    ) -> ActionPlan {
        let at_risk = |customer: &CustomerId, severity| self.worth_of(snapshot, customer, severity).at_risk;
        let health = |customer: &CustomerId| Some(snapshot.score(snapshot.position(customer)?)?.health?.points());
        let ration = limits.budget.map(|(budget, allowance, opened_count)| Ration {
            budget,
            allowance,
            opened_count,
            at_risk: &at_risk,
        });
        let limits = Limits { snoozed: &limits.snoozed, health: &health, ration };
        actions::plan_within(plan, open, desk, &self.definitions().calendar, now, &limits)
    }

    /// Puts open alerts, or those of some customers, in the order of what is at risk now.
    pub(crate) async fn put_in_order(&self, snapshot: &Snapshot, of: Option<&[CustomerId]>) -> Result<(), Error> {
        let at_risk = |customer: &CustomerId, severity| hundredths(self.worth_of(snapshot, customer, severity).at_risk);
        self.store().set_worth(of, &at_risk).await?;
        Ok(())
    }

    async fn opened_in(&self, week: &Week, budget: &Budget) -> Result<usize, Error> {
        let counts = self.store().cases_opened(&Scope::All, week.from).await?;
        let counted = counts.iter().filter(|(severity, _)| !(budget.urgent_passes && **severity == Severity::Urgent));
        Ok(usize::try_from(counted.map(|(_, count)| count).sum::<u64>()).unwrap_or(usize::MAX))
    }

    /// The week from Monday to Sunday around a moment, with its working days.
    fn week_of(&self, now: Instant) -> Week {
        let (zone, calendar) = (self.zone(), &self.definitions().calendar);
        let today = zone.day_number(now);
        // Day 0 was a Thursday.
        let since_monday = (today + 3).rem_euclid(7);
        let noon = zone.midnight(now).plus_micros(NOON);
        let monday = today - since_monday;
        let working = |days: std::ops::Range<i64>| days.filter(|day| calendar.works_on(*day)).count() as u32;
        Week {
            from: zone.midnight(noon.plus_days(-since_monday)),
            worked: working(monday..today + 1),
            of: working(monday..monday + 7),
        }
    }

    /// What a budget would do: to what is open now, and to the last 26 weeks. The replay is worked out in the background;
    /// ask again while it runs.
    ///
    /// # Errors
    /// `bad_budget`; `forbidden` for whoever does not see all customers.
    pub async fn budget_preview(
        &self,
        reader: &Reader,
        asked: view::Budget,
        now: Instant,
    ) -> Result<view::BudgetPreview, Error> {
        sees_all(reader)?;
        checked(&asked)?;
        let budget = told(&asked);
        let snapshot = self.snapshot(None, now).await?;
        let candidates = self.waiting(&snapshot).await?;
        let candidate_count = candidates.len() as u64;
        let line = draw(candidates, budget.per_week(), budget.urgent_passes);
        let threshold = line.threshold();
        let (passing_count, above_count) = (line.passing.len(), line.passing.len() + line.above.len());
        let row = |one: &Candidate<CustomerId>, is_above, passes| self.budget_row(&snapshot, one, is_above, passes);
        let room = budget.per_week() - line.above.len();
        let beyond = self.beyond(&snapshot, room.min(NEXT)).await?;
        let next: Vec<_> = line.below.iter().take(NEXT).map(|one| row(one, false, false)).collect();
        let mut shown: Vec<view::BudgetCandidate> = line
            .passing
            .iter()
            .map(|one| row(one, true, true))
            .chain(line.above.iter().map(|one| row(one, true, false)))
            .chain(line.below.iter().take(CANDIDATES_SHOWN).map(|one| row(one, false, false)))
            .collect();
        shown.sort_by(|a, b| b.at_risk.total_cmp(&a.at_risk).then_with(|| a.customer_id.cmp(&b.customer_id)));
        shown.truncate(CANDIDATES_SHOWN);
        let (state, weeks) = self.weeks_to_try(now).await?;
        Ok(view::BudgetPreview {
            budget: asked,
            per_week: budget.per_week() as u64,
            candidates: shown,
            candidate_count,
            above_count: above_count as u64,
            passing_count: passing_count as u64,
            threshold,
            next,
            room_count: room as u64,
            beyond,
            state: state.to_owned(),
            replay: weeks.map(|weeks| replayed(&weeks, &budget)),
        })
    }

    /// Whoever has an open alert that is work and is awake, and whose case, if there is one, nobody has accepted.
    async fn waiting(&self, snapshot: &Snapshot) -> Result<Vec<Candidate<CustomerId>>, Error> {
        let filter = AlertFilter {
            severities: vec![Severity::Warning, Severity::Urgent],
            case_states: vec![None, Some(CaseState::New)],
            ..AlertFilter::default()
        };
        let rows = self.store().alerts(&Scope::All, &filter, AlertSlice::default()).await?.rows;
        let mut severest: BTreeMap<CustomerId, Severity> = BTreeMap::new();
        for alert in rows.into_iter().filter(|alert| alert.snooze.is_none()) {
            let severity = severest.entry(alert.customer_id).or_insert(alert.severity);
            *severity = alert.severity.max(*severity);
        }
        let candidate = |(customer, severity): (CustomerId, Severity)| {
            let at_risk = self.worth_of(snapshot, &customer, severity).at_risk;
            Candidate { customer, severity, at_risk }
        };
        Ok(severest.into_iter().map(candidate).collect())
    }

    /// So many customers whom alerts may speak of and none does, and on whom nobody works: the lowest health first.
    async fn beyond(&self, snapshot: &Snapshot, room: usize) -> Result<Vec<view::BudgetBeyond>, Error> {
        if room == 0 {
            return Ok(Vec::new());
        }
        let open = self.store().open_alerts(&Scope::All, Instant::MAX).await?.open;
        let cases = self.store().open_cases(&Scope::All).await?;
        let mut busy: Vec<&CustomerId> = open.iter().map(|one| &one.customer).collect();
        busy.extend(cases.iter().map(|case| &case.customer));
        let busy: HashSet<usize> = busy.into_iter().filter_map(|customer| snapshot.position(customer)).collect();
        let free = |place: &usize| matches!(snapshot.state(*place), State::Current) && !busy.contains(place);
        let health = |place: usize| Some((snapshot.score(place)?.health?, place));
        let mut lowest: Vec<(Health, usize)> =
            (0..snapshot.customers().len()).filter(free).filter_map(health).collect();
        // Places are in the order of the ids, which settles equal healths.
        lowest.sort_unstable();
        let row = |(health, place): (Health, usize)| view::BudgetBeyond {
            customer_id: snapshot.customers()[place].to_string(),
            customer_name: snapshot.name(place).to_owned(),
            health: health.points(),
            reason: reasons(self, snapshot, place).into_iter().next(),
        };
        Ok(lowest.into_iter().take(room).map(row).collect())
    }

    fn budget_row(
        &self,
        snapshot: &Snapshot,
        one: &Candidate<CustomerId>,
        is_above: bool,
        passes: bool,
    ) -> view::BudgetCandidate {
        let position = snapshot.position(&one.customer);
        let score = position.and_then(|at| snapshot.score(at));
        let unknown = indicators::Cell::Unknown(vocab::Unknown::NeverObserved);
        view::BudgetCandidate {
            customer_id: one.customer.to_string(),
            customer_name: position.map_or_else(|| one.customer.to_string(), |at| snapshot.name(at).to_owned()),
            severity: one.severity.as_str().to_owned(),
            at_risk: one.at_risk,
            value: figure(position.map_or(unknown, |at| snapshot.value(at))),
            health: score.and_then(|score| score.health).map(vocab::Health::points),
            is_above,
            passes,
        }
    }

    /// The weeks on which budgets are tried, or how far they are; begun in the background where they are not there yet.
    async fn weeks_to_try(&self, now: Instant) -> Result<(&'static str, Option<Arc<PastWorries>>), Error> {
        let Some((from, to)) = self.stretch(now).await? else { return Ok(("too_short", None)) };
        let from = from.max(AsOf(to.instant().plus_days(-7 * WEEKS)));
        if from.instant().plus_days(7 * LEAST_WEEKS) > to.instant() {
            return Ok(("too_short", None));
        }
        let firm = self.working_firm().await?;
        let key = Key {
            from,
            to,
            sequence: self.sequence(),
            scorecard: self.lens(&firm)?.book.id.clone(),
            churn: firm.churn.clone(),
            rules: self.rules_stamp(&firm.template),
        };
        {
            let mut kept = self.budgets().lock();
            if kept.is_running {
                // What was worked out before stands until the new weeks are there.
                return Ok(("running", kept.weeks.clone()));
            }
            if kept.key.as_ref() == Some(&key) {
                let is_there = kept.weeks.is_some() && !kept.has_failed;
                return Ok((if is_there { "done" } else { "failed" }, kept.weeks.clone()));
            }
            *kept = Kept { key: Some(key.clone()), is_running: true, has_failed: false, weeks: kept.weeks.take() };
        }
        let app = self.clone();
        tokio::spawn(async move {
            let worked = app.work_out_weeks(&firm, &key, now).await;
            let mut kept = app.budgets().lock();
            kept.is_running = false;
            kept.has_failed = worked.is_err();
            kept.weeks = match worked {
                Ok(weeks) => Some(Arc::new(weeks)),
                Err(error) => {
                    tracing::error!(%error, "the weeks to try a budget on could not be worked out");
                    None
                }
            };
        });
        Ok(("running", None))
    }

    async fn work_out_weeks(&self, firm: &view::Firm, key: &Key, now: Instant) -> Result<PastWorries, Error> {
        let supply = self.supply().await?;
        let (app, firm, key) = (self.clone(), firm.clone(), key.clone());
        blocking(move || {
            let definitions = app.definitions();
            let lens = app.lens(&firm)?;
            let policy = app.policy_in_use(&firm.template);
            let catalog = definitions.catalog.clone().with_supply(supply);
            let spec = Spec {
                catalog: &catalog,
                book: lens.book,
                policy: &policy,
                scorer: Scorer::Rules,
                leaving: Leaving::Definition(lens.churn),
                from: key.from,
                to: key.to,
                known_until: now,
                lead_days: LEAD_DAYS,
                horizon_days: HORIZON_DAYS,
                budget: None,
                knowing: app.replay_knowing(&firm.template),
            };
            spec.check().map_err(refused)?;
            let past = app.facts().as_of(spec.to).frame(&spec.want())?;
            let hindsight = app.facts().after(spec.from, spec.look_back())?;
            past_worries(&past, &hindsight, &spec, &|_| true).map_err(refused)
        })
        .await
    }
}

/// What a budget would have made of the weeks.
fn replayed(weeks: &PastWorries, budget: &Budget) -> view::BudgetReplay {
    let drawn = replay(&weeks.weeks, budget);
    let without = replay(&weeks.weeks, &Budget { people: u32::MAX, cases_per_person: 1, urgent_passes: false });
    let count = |week: &Drawn| week.taken.len() + week.passing.len();
    let total: usize = drawn.iter().map(count).sum();
    let rows = weeks.moments.iter().zip(&drawn).map(|(at, week)| view::ReplayedWeek {
        at: written(at.instant()),
        candidates: week.candidates as u64,
        taken: week.taken.len() as u64,
        passing: week.passing.len() as u64,
        threshold: week.threshold,
    });
    let (first, last) = (weeks.moments.first(), weeks.moments.last());
    view::BudgetReplay {
        from: first.map(|at| written(at.instant())).unwrap_or_default(),
        to: last.map(|at| written(at.instant().plus_days(7))).unwrap_or_default(),
        weeks: rows.collect(),
        alerts_per_week: total as f64 / drawn.len().max(1) as f64,
        threshold: typical(drawn.iter().filter_map(|week| week.threshold).collect()),
        leavers: weeks.leavers.len() as u64,
        caught: weeks.caught(&drawn) as u64,
        caught_without: weeks.caught(&without) as u64,
        lead_days: weeks.lead_days,
        horizon_days: weeks.horizon_days,
        is_few: weeks.leavers.len() < LEAST_LEAVERS,
    }
}

fn shown(budget: &Budget) -> view::Budget {
    view::Budget {
        people: budget.people,
        cases_per_person: budget.cases_per_person,
        urgent_passes: budget.urgent_passes,
    }
}

fn told(budget: &view::Budget) -> Budget {
    Budget { people: budget.people, cases_per_person: budget.cases_per_person, urgent_passes: budget.urgent_passes }
}

fn checked(budget: &view::Budget) -> Result<(), Error> {
    if (1..=MOST).contains(&budget.people) && (1..=MOST).contains(&budget.cases_per_person) {
        return Ok(());
    }
    Err(Error::bad(
        "bad_budget",
        ("人数与每人每周件数都须在 1 到 1,000 之间", "people and cases each must lie between 1 and 1,000"),
        ("例如 3 人，每人每周 20 件", "for example 3 people with 20 cases a week each"),
    ))
}

/// What a row of the history says was set.
fn kept_in_history(after: &str) -> Option<view::Budget> {
    let row: serde_json::Value = serde_json::from_str(after).ok()?;
    serde_json::from_str::<Option<view::Budget>>(row.get("value")?.as_str()?).ok().flatten()
}
