//! Who had a worry in each week of the past, and who left: what a budget is tried on before it is set.
//!
//! The rules in force are planned at weekly moments as the cycle plans them, and carried from one to the next; what was
//! known then decides. Only then it is looked up who left. How many of the worries would have come on a desk is not
//! decided here: [`alerts::replay`] draws the line, for any budget, through the same weeks.

use std::collections::{BTreeMap, BTreeSet};

use alerts::{AlertPolicy, Drawn, Evidence, OpenAlerts, Worry, plan_given, typical, worth};
use facts::{FactFrame, Hindsight};
use indicators::{Catalog, IndicatorFrame, Population, evaluate_at};
use outcomes::{Presence, Standing, departures, presence};
use scores::{ScoreFrame, SegmentBook, score};
use vocab::{AsOf, CustomerId, Health, Instant, Severity};

use crate::backtest::parts::{in_parts, part_size};
use crate::backtest::{Asked, Failure, Leaving, Progress, STEP_DAYS, Spec};

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A customer that left within the stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastLeaver {
    /// Its place among the customers; `None` if no fact of it was known.
    pub customer: Option<usize>,
    /// When.
    pub at: Instant,
}

/// The worries of each week, and who left.
#[derive(Clone, Debug, PartialEq)]
pub struct PastWorries {
    /// The weekly moments.
    pub moments: Vec<AsOf>,
    /// Everybody whose rules spoke as work at each moment.
    pub weeks: Vec<Vec<Worry>>,
    /// Who left, by the moment of leaving.
    pub leavers: Vec<PastLeaver>,
    /// A warning counts if it came at least so many days before.
    pub lead_days: u32,
    /// And at most so many.
    pub horizon_days: u32,
}

impl PastWorries {
    /// How many of the leavers had come on the desk in time: at least the lead and at most the horizon before they left.
    pub fn caught(&self, drawn: &[Drawn]) -> usize {
        let mut taken: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (moment, week) in drawn.iter().enumerate() {
            for customer in week.taken.iter().chain(&week.passing) {
                taken.entry(*customer).or_default().push(moment);
            }
        }
        let in_time = i64::from(self.lead_days) * MICROS_PER_DAY..=i64::from(self.horizon_days) * MICROS_PER_DAY;
        let is_caught = |leaver: &&PastLeaver| {
            let moments = leaver.customer.and_then(|customer| taken.get(&customer));
            moments.is_some_and(|moments| {
                moments
                    .iter()
                    .any(|moment| in_time.contains(&(leaver.at.micros() - self.moments[*moment].instant().micros())))
            })
        };
        self.leavers.iter().filter(is_caught).count()
    }
}

/// One customer's worry at one moment, before it is known what the middle customer is worth.
struct Raw {
    customer: usize,
    since: usize,
    severity: Severity,
    health: Option<Health>,
    value: Option<f64>,
}

/// What came of some customers: by moment, worries and the values of whoever was there.
struct Part {
    worries: Vec<Vec<Raw>>,
    values: Vec<Vec<f64>>,
}

/// Who had a worry in each week of a stretch, and who left in it?
///
/// `past` and `hindsight` as for [`crate::backtest::backtest`]; of `spec` the rules in force are heard, whatever its
/// scorer. Expected value at risk is that of [`worth`], with the middle value of everybody who was there at the moment.
///
/// # Edges
/// Rules that ask about tags stay silent, as in every replay: tags leave no fact.
///
/// # Errors
/// [`Failure`], as for a backtest.
pub fn past_worries(
    past: &FactFrame,
    hindsight: &Hindsight,
    spec: &Spec<'_>,
    progress: Progress<'_>,
) -> Result<PastWorries, Failure> {
    spec.check()?;
    let Leaving::Definition(definition) = spec.leaving else {
        return Err(Failure::Refused {
            code: "unknown_choice",
            detail: vocab::Text::new("预算回放只按流失口径判断离开", "a budget is tried on leavers by a definition"),
            hint: vocab::Text::new("请选择流失口径", "choose a churn definition"),
        });
    };
    let moments = spec.moments();
    let there = presence(past, definition, &moments);
    let policy = spec.policy.active();
    let scoring = |frame: &IndicatorFrame, catalog: &Catalog| score(frame, spec.book, catalog);
    let asked = Asked::new(past, spec, &policy, &scoring);
    let sorted = spec.knowing.sorted_by(&policy).into_iter().flat_map(SegmentBook::indicators);
    let ids: Vec<&str> = policy.indicators().into_iter().chain(spec.book.indicators()).chain(sorted).collect();
    let catalog = spec.catalog.only(&ids).with_counts(policy.counts());
    let replay = Replay { frame: past, spec, catalog, there: &there, policy, asked };
    let parts = replay.parts(&|part| progress(0.1 + 0.8 * part))?;
    let mut weeks: Vec<Vec<Raw>> = moments.iter().map(|_| Vec::new()).collect();
    let mut values: Vec<Vec<f64>> = moments.iter().map(|_| Vec::new()).collect();
    for part in parts {
        for (week, worries) in weeks.iter_mut().zip(part.worries) {
            week.extend(worries);
        }
        for (all, some) in values.iter_mut().zip(part.values) {
            all.extend(some);
        }
    }
    let left = departures(hindsight, definition, spec.to.instant()).map_err(Failure::Facts)?;
    let within = left.left.iter().filter(|departure| departure.at < spec.to.instant());
    let leavers = within.map(|departure| PastLeaver {
        customer: there.customers().binary_search(&departure.customer).ok(),
        at: departure.at,
    });
    let worries = |(week, values): (Vec<Raw>, Vec<f64>)| {
        let middle = typical(values);
        let worry = |raw: Raw| Worry {
            customer: raw.customer,
            since: raw.since,
            severity: raw.severity,
            at_risk: worth(raw.value, raw.health, raw.severity, middle).at_risk,
        };
        week.into_iter().map(worry).collect()
    };
    Ok(PastWorries {
        leavers: leavers.collect(),
        weeks: weeks.into_iter().zip(values).map(worries).collect(),
        moments,
        lead_days: spec.lead_days,
        horizon_days: spec.horizon_days,
    })
}

struct Replay<'a> {
    frame: &'a FactFrame,
    spec: &'a Spec<'a>,
    catalog: Catalog,
    there: &'a Presence,
    policy: AlertPolicy,
    /// What the rules ask besides indicators and scores.
    asked: Asked<'a>,
}

impl Replay<'_> {
    fn parts(&self, progress: Progress<'_>) -> Result<Vec<Part>, Failure> {
        let (customers, moments) = (self.frame.customers(), self.there.moments().len());
        let size = part_size(customers.len(), moments, &self.catalog, self.asked.asks_of_everybody());
        in_parts(customers, size, progress, |first, some| self.part(first, some))
    }

    /// All moments of some customers, in the order of time.
    fn part(&self, first: usize, customers: &[CustomerId]) -> Part {
        let moments = self.there.moments();
        // The week before the first moment is looked at for nothing but health: a fall is measured against it.
        let week_before = moments.first().map(|first| AsOf(first.instant().plus_days(-STEP_DAYS)));
        let all: Vec<AsOf> = week_before.into_iter().chain(moments.iter().copied()).collect();
        let population = Population::These(customers.to_vec());
        let mut part = Part { worries: Vec::new(), values: Vec::new() };
        let mut standing = OpenAlerts::default();
        let mut since: BTreeMap<CustomerId, usize> = BTreeMap::new();
        let mut before: Option<ScoreFrame> = None;
        for (place, frame) in evaluate_at(self.frame, &self.catalog, &population, &all).iter().enumerate() {
            let scores = score(frame, self.spec.book, &self.catalog);
            if let Some(moment) = place.checked_sub(1) {
                let of = |wanted: Standing| -> BTreeSet<CustomerId> {
                    let places = customers.iter().enumerate();
                    let there = places.filter(|(at, _)| self.there.standing(moment, first + at) == wanted);
                    there.map(|(_, customer)| customer.clone()).collect()
                };
                let (eligible, gone) = (of(Standing::Current), of(Standing::Gone));
                let health_before = |at: usize| before.as_ref()?.at(at).health.map(Health::points);
                let evidence = Evidence {
                    indicators: frame,
                    scores: &scores,
                    eligible: &eligible,
                    gone: &gone,
                    health_before: &health_before,
                };
                let as_of = frame.as_of();
                let stays = |at: usize| self.there.standing(moment, first + at) != Standing::Gone;
                let answer = self.asked.at(&evidence, customers, &stays, as_of);
                let planned = answer.given(|given| plan_given(&evidence, given, &standing, &self.policy, as_of));
                standing = standing.carried(planned, as_of.instant());
                part.worries.push(self.worries(&standing, &scores, moment, &mut since));
                let value = |customer: &CustomerId| scores.get(customer)?.value.known();
                part.values.push(eligible.iter().filter_map(value).collect());
            }
            before = Some(scores);
        }
        part
    }

    /// Who has an open alert that is work. `since` keeps the moment at which each customer's episode began.
    fn worries(
        &self,
        standing: &OpenAlerts,
        scores: &ScoreFrame,
        moment: usize,
        since: &mut BTreeMap<CustomerId, usize>,
    ) -> Vec<Raw> {
        let mut severest: BTreeMap<&CustomerId, Severity> = BTreeMap::new();
        for alert in standing.open.iter().filter(|alert| alert.severity >= Severity::Warning) {
            let severity = severest.entry(&alert.customer).or_insert(alert.severity);
            *severity = alert.severity.max(*severity);
        }
        since.retain(|customer, _| severest.contains_key(customer));
        let worry = |(customer, severity): (&CustomerId, Severity)| {
            let begun = *since.entry(customer.clone()).or_insert(moment);
            Some(Raw {
                customer: self.there.customers().binary_search(customer).ok()?,
                since: begun,
                severity,
                health: health_of(scores, customer),
                value: scores.get(customer).and_then(|score| score.value.known()),
            })
        };
        severest.into_iter().filter_map(worry).collect()
    }
}

fn health_of(scores: &ScoreFrame, customer: &CustomerId) -> Option<Health> {
    scores.get(customer)?.health
}
