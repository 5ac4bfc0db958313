//! What to open, change and resolve.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use indicators::{Cell, Condition, IndicatorFrame, Quantity, Sorting, Subject, fill, in_parallel, names};
use scores::{CustomerScore, ScoreFrame};
use vocab::{AsOf, Band, CustomerId, Health, Instant, Severity, Text, Unknown};

use crate::given::{Belonging, Earlier, Given};
use crate::policy::{AlertPolicy, indicator_named};
use crate::rule::Rule;
use crate::walk::{Along, Walk};

/// From so many customers on the work is shared among the processor's cores. Replays, which look at few of them at a time,
/// share it themselves.
const MANY: usize = 16_384;

/// What is known at the moment, about whom.
pub struct Evidence<'a> {
    /// Indicators of the customers in scope.
    pub indicators: &'a IndicatorFrame,
    /// Their scores.
    pub scores: &'a ScoreFrame,
    /// Whom alerts may speak of: customers who are there and not too new. Nobody else's alerts are opened, changed or
    /// cleared.
    pub eligible: &'a BTreeSet<CustomerId>,
    /// Who has left: their alerts are resolved.
    pub gone: &'a BTreeSet<CustomerId>,
    /// Health in points seven days before, where known, of the customer at a place in the indicators.
    pub health_before: &'a (dyn Fn(usize) -> Option<f64> + Sync),
}

/// What is open, and what was lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenAlerts {
    /// Open alerts.
    pub open: Vec<OpenAlert>,
    /// Alerts closed within the longest cooldown.
    pub recently_closed: Vec<ClosedAlert>,
}

/// An alert that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenAlert {
    /// Its id in the store.
    pub id: i64,
    /// Whom it is about.
    pub customer: CustomerId,
    /// The worry.
    pub cause: String,
    /// The rule that speaks.
    pub rule: String,
    /// How urgent.
    pub severity: Severity,
    /// What it says.
    pub sentence: Text,
    /// Since when.
    pub opened_at: Instant,
}

/// An alert that was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedAlert {
    /// Whom it was about.
    pub customer: CustomerId,
    /// The worry.
    pub cause: String,
    /// When it was closed.
    pub closed_at: Instant,
}

/// What to do about alerts: opened, changed, resolved. Prints as a diff.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertPlan {
    /// To open, by customer and cause.
    pub open: Vec<NewAlert>,
    /// To change, by id.
    pub change: Vec<ChangedAlert>,
    /// To resolve, by id.
    pub resolve: Vec<ResolvedAlert>,
}

impl AlertPlan {
    /// With what is to be done besides.
    fn and(mut self, more: AlertPlan) -> AlertPlan {
        self.open.extend(more.open);
        self.change.extend(more.change);
        self.resolve.extend(more.resolve);
        self
    }

    /// Without the changes that are of nothing but the sentence, except the first so many of them.
    #[must_use]
    pub fn saying_at_most(mut self, most: usize, open: &OpenAlerts) -> AlertPlan {
        let stands: HashMap<i64, &OpenAlert> = open.open.iter().map(|alert| (alert.id, alert)).collect();
        let mut said = 0;
        self.change.retain(|alert| {
            let before = stands.get(&alert.id);
            let only_says =
                before.is_some_and(|before| (&before.rule, before.severity) == (&alert.rule, alert.severity));
            said += usize::from(only_says);
            !only_says || said <= most
        });
        self
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.change.is_empty() && self.resolve.is_empty()
    }
}

/// An alert to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAlert {
    /// Whom it is about.
    pub customer: CustomerId,
    /// The worry.
    pub cause: String,
    /// The rule that speaks.
    pub rule: String,
    /// How urgent.
    pub severity: Severity,
    /// What it says.
    pub sentence: Text,
}

/// An open alert that says something else now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedAlert {
    /// Which.
    pub id: i64,
    /// The rule that speaks now.
    pub rule: String,
    /// How urgent now.
    pub severity: Severity,
    /// What it says now.
    pub sentence: Text,
}

/// An open alert that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedAlert {
    /// Which.
    pub id: i64,
    /// Whom it was about.
    pub customer: CustomerId,
    /// The worry.
    pub cause: String,
    /// Why it is over.
    pub why: Resolution,
}

/// Why an alert is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// The worry is over, or its rule was withdrawn.
    Cleared,
    /// The customer has left.
    Gone,
}

impl Resolution {
    /// `cleared` or `gone`.
    pub fn as_str(self) -> &'static str {
        match self {
            Resolution::Cleared => "cleared",
            Resolution::Gone => "gone",
        }
    }
}

/// Which worries to open, change and resolve, given what is open.
///
/// Of the rules that share a cause the severest that holds speaks; among equals the one listed first. The rule that
/// speaks for an open alert keeps speaking until it is cleared, so that a number going up and down around a threshold
/// does not open and close anything.
///
/// # Edges
/// * Unknown opens nothing and resolves nothing; a sentence whose figures have become unknown stays as it was.
/// * A customer who has left: every alert resolves as [`Resolution::Gone`]. One who is neither eligible nor gone is left
///   as it is.
/// * An open alert whose rule is gone from the policy, or switched off, is cleared unless another rule of its cause
///   holds.
/// * The same evidence after the plan was applied gives an empty plan.
pub fn plan(evidence: &Evidence<'_>, standing: &OpenAlerts, policy: &AlertPolicy, as_of: AsOf) -> AlertPlan {
    plan_given(evidence, &Given::NOTHING, standing, policy, as_of)
}

/// [`plan`] by rules that may also ask for traits, segments, tags, tiers of value and cells of RFM.
pub fn plan_knowing(
    evidence: &Evidence<'_>,
    belonging: &dyn Belonging,
    standing: &OpenAlerts,
    policy: &AlertPolicy,
    as_of: AsOf,
) -> AlertPlan {
    plan_given(evidence, &Given { belonging, ..Given::NOTHING }, standing, policy, as_of)
}

/// [`plan`] by rules of every sort: those too that ask how things stood earlier, count facts, or open alerts on some days
/// only.
///
/// # Edges
/// A rule that is not due opens nothing; what is open changes and is resolved on any day.
pub fn plan_given(
    evidence: &Evidence<'_>,
    given: &Given<'_>,
    standing: &OpenAlerts,
    policy: &AlertPolicy,
    as_of: AsOf,
) -> AlertPlan {
    let due: BTreeSet<&str> = policy
        .rules
        .iter()
        .filter(|rule| given.occasion.is_none_or(|occasion| occasion.is_due(rule, as_of)))
        .map(|rule| rule.id.as_str())
        .collect();
    let causes = rules_by_cause(policy);
    let has_left = |alert: &&OpenAlert| evidence.gone.contains(&alert.customer);
    let (left, mut open): (Vec<&OpenAlert>, Vec<&OpenAlert>) = standing.open.iter().partition(has_left);
    open.sort_by(|a, b| a.customer.cmp(&b.customer));
    let mut closed: Vec<&ClosedAlert> = standing.recently_closed.iter().collect();
    closed.sort_by(|a, b| a.customer.cmp(&b.customer));
    let mut plan = AlertPlan::default();
    plan.resolve.extend(left.into_iter().map(|alert| resolved(alert, Resolution::Gone)));
    let of_some = |customers: &[&CustomerId]| {
        let mut plan = AlertPlan::default();
        let (mut walk, mut open) = (Walk::new(evidence), Along::new(&open, |alert| &alert.customer));
        let mut closed = Along::new(&closed, |alert| &alert.customer);
        for customer in customers {
            let Some(view) = View::of(&mut walk, evidence, given, policy, customer) else { continue };
            let (open, closed) = (open.of(customer), closed.of(customer));
            for (cause, rules) in &causes {
                let closed = closed.iter().filter(|alert| alert.cause == *cause);
                let closed_at = closed.map(|alert| alert.closed_at).max();
                let may_open = |rule: &Rule| {
                    let rested = |at: Instant| at.plus_days(i64::from(rule.cooldown_days)) <= as_of.instant();
                    due.contains(rule.id.as_str()) && closed_at.is_none_or(rested)
                };
                match open.iter().rfind(|alert| alert.cause == *cause) {
                    Some(alert) => reconsider(alert, rules, &view, &mut plan),
                    None => consider(rules, &view, &may_open, &mut plan),
                }
            }
            // What is left of an eligible customer's alerts has a cause that no active rule has.
            let withdrawn = open.iter().filter(|alert| !causes.contains_key(alert.cause.as_str()));
            plan.resolve.extend(withdrawn.map(|alert| resolved(alert, Resolution::Cleared)));
        }
        plan
    };
    plan = each_of(evidence, &of_some).into_iter().fold(plan, AlertPlan::and);
    plan.change.sort_by_key(|alert| alert.id);
    plan.resolve.sort_by_key(|alert| alert.id);
    plan
}

/// Work on everybody whom alerts may speak of, in the order of their ids; where they are many, on several parts at once.
fn each_of<T: Send>(evidence: &Evidence<'_>, of_some: &(impl Fn(&[&CustomerId]) -> T + Sync)) -> Vec<T> {
    let customers: Vec<&CustomerId> = evidence.eligible.difference(evidence.gone).collect();
    let threads = match customers.len() < MANY {
        true => 1,
        false => std::thread::available_parallelism().map_or(1, usize::from),
    };
    in_parallel(&customers, threads, of_some)
}

/// Active rules of each cause, the severest first.
fn rules_by_cause(policy: &AlertPolicy) -> BTreeMap<&str, Vec<&Rule>> {
    let mut causes: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in policy.rules.iter().filter(|rule| rule.active) {
        causes.entry(rule.cause.as_str()).or_default().push(rule);
    }
    for rules in causes.values_mut() {
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.severity));
    }
    causes
}

/// No alert of this cause is open: does one of its rules open one?
fn consider(rules: &[&Rule], view: &View<'_>, may_open: &dyn Fn(&Rule) -> bool, plan: &mut AlertPlan) {
    let speaks = |rule: &&&Rule| may_open(rule) && view.holds(&rule.when) == Some(true);
    let Some(rule) = rules.iter().find(speaks) else { return };
    plan.open.push(NewAlert {
        customer: view.customer.clone(),
        cause: rule.cause.clone(),
        rule: rule.id.clone(),
        severity: view.severity(rule),
        sentence: view.say(rule),
    });
}

/// Whom the present alone does not tell enough of: customers for whom a rule hangs on an earlier moment or a count of
/// facts. [`plan_given`] must be handed these moments ([`AlertPolicy::days_back`]) for them, and for nobody else.
///
/// # Why
/// What lasted must hold now. Few customers are in question, and only their past is looked up.
pub fn undecided(evidence: &Evidence<'_>, belonging: &dyn Belonging, policy: &AlertPolicy) -> Vec<CustomerId> {
    let rules: Vec<&Rule> = policy.rules.iter().filter(|rule| rule.active && rule.asks_more()).collect();
    if rules.is_empty() {
        return Vec::new();
    }
    let given = Given { belonging, ..Given::NOTHING };
    let of_some = |customers: &[&CustomerId]| -> Vec<CustomerId> {
        let (mut walk, mut open) = (Walk::new(evidence), Vec::new());
        for customer in customers {
            let Some(view) = View::of(&mut walk, evidence, &given, policy, customer) else { continue };
            if rules.iter().any(|rule| rule.conditions().any(|condition| view.holds(condition).is_none())) {
                open.push((*customer).clone());
            }
        }
        open
    };
    each_of(evidence, &of_some).concat()
}

/// Whether a rule's condition holds of each eligible customer who has not gone, cooldown and days left aside: `None`
/// where that hangs on something unknown.
pub fn judged<'e>(
    evidence: &'e Evidence<'_>,
    given: &'e Given<'_>,
    policy: &'e AlertPolicy,
    rule: &'e Rule,
) -> impl Iterator<Item = (&'e CustomerId, Option<bool>)> {
    let mut walk = Walk::new(evidence);
    evidence.eligible.difference(evidence.gone).filter_map(move |customer| {
        let view = View::of(&mut walk, evidence, given, policy, customer)?;
        Some((customer, view.holds(&rule.when)))
    })
}

/// What a rule says of a customer, and the numbers its condition asks for.
pub fn figures(
    evidence: &Evidence<'_>,
    given: &Given<'_>,
    policy: &AlertPolicy,
    rule: &Rule,
    customer: &CustomerId,
) -> Option<(Text, Vec<(Quantity, Cell)>)> {
    let view = View::of(&mut Walk::new(evidence), evidence, given, policy, customer)?;
    let mut asked: Vec<&Quantity> = rule.when.quantities();
    asked.sort_unstable();
    asked.dedup();
    Some((view.say(rule), asked.into_iter().map(|of| (of.clone(), of.number(&view))).collect()))
}

/// An alert of this cause is open: does it stay, does it say something else, is it over?
fn reconsider(alert: &OpenAlert, rules: &[&Rule], view: &View<'_>, plan: &mut AlertPlan) {
    let speaks = |rule: &Rule| {
        let holds = view.holds(&rule.when) == Some(true);
        holds || (rule.id == alert.rule && !view.is_over(rule))
    };
    let Some(rule) = rules.iter().find(|rule| speaks(rule)) else {
        plan.resolve.push(resolved(alert, Resolution::Cleared));
        return;
    };
    let keeps_sentence = rule.id == alert.rule && !view.knows_figures(rule);
    let sentence = if keeps_sentence { alert.sentence.clone() } else { view.say(rule) };
    let severity = view.severity(rule);
    if (rule.id.as_str(), severity, &sentence) != (alert.rule.as_str(), alert.severity, &alert.sentence) {
        plan.change.push(ChangedAlert { id: alert.id, rule: rule.id.clone(), severity, sentence });
    }
}

fn resolved(alert: &OpenAlert, why: Resolution) -> ResolvedAlert {
    ResolvedAlert { id: alert.id, customer: alert.customer.clone(), cause: alert.cause.clone(), why }
}

/// One customer's numbers, now and earlier.
struct View<'a> {
    customer: &'a CustomerId,
    indicators: &'a IndicatorFrame,
    position: usize,
    score: Option<&'a CustomerScore>,
    health_before: Option<f64>,
    units: &'a BTreeMap<String, String>,
    given: &'a Given<'a>,
}

impl Subject for View<'_> {
    fn quantity(&self, of: &Quantity) -> Cell {
        match of {
            Quantity::Indicator(id) => self.indicators.cell(self.position, id),
            Quantity::Count { .. } => self.counted(&of.to_string()),
            Quantity::Health => self.health().map_or(Cell::Unknown(Unknown::LowCoverage), Cell::Known),
            Quantity::HealthChange7d => match (self.health(), self.health_before) {
                (Some(now), Some(before)) => Cell::Known(now - before),
                (None, _) => Cell::Unknown(Unknown::LowCoverage),
                (_, None) => Cell::Unknown(Unknown::ShortHistory),
            },
            // Asked of two moments one by one.
            Quantity::Change { .. } | Quantity::Ratio { .. } => Cell::Unknown(Unknown::ShortHistory),
        }
    }

    fn band(&self) -> Option<Band> {
        self.score.and_then(|score| score.band)
    }

    fn said(&self, key: &str) -> Option<Option<&str>> {
        self.given.belonging.said(self.customer, key)
    }

    fn is_in(&self, sorting: Sorting, name: &str) -> Option<bool> {
        self.given.belonging.is_in(self.customer, sorting, name)
    }

    fn quantity_before(&self, of: &Quantity, days: u32) -> Cell {
        if days == 0 {
            return self.quantity(of);
        }
        let untold = Cell::Unknown(Unknown::ShortHistory);
        let health = |days: u32| self.score_before(days)?.health.map(Health::points);
        match of {
            Quantity::Indicator(id) => self.cell_before(id, days).unwrap_or(untold),
            Quantity::Count { .. } => self.cell_before(&of.to_string(), days).unwrap_or(untold),
            Quantity::Health => health(days).map_or(untold, Cell::Known),
            Quantity::HealthChange7d => match (health(days), health(days + 7)) {
                (Some(now), Some(before)) => Cell::Known(now - before),
                _ => untold,
            },
            Quantity::Change { .. } | Quantity::Ratio { .. } => untold,
        }
    }

    fn band_before(&self, days: u32) -> Option<Band> {
        if days == 0 { self.band() } else { self.score_before(days)?.band }
    }

    fn said_before(&self, key: &str, days: u32) -> Option<Option<&str>> {
        if days == 0 { self.said(key) } else { self.earlier(days)?.belonging.said(self.customer, key) }
    }

    fn is_in_before(&self, sorting: Sorting, name: &str, days: u32) -> Option<bool> {
        if days == 0 {
            self.is_in(sorting, name)
        } else {
            self.earlier(days)?.belonging.is_in(self.customer, sorting, name)
        }
    }
}

impl<'a> View<'a> {
    /// `None` for a customer of whom there is no evidence.
    fn of(
        walk: &mut Walk<'a>,
        evidence: &Evidence<'a>,
        given: &'a Given<'a>,
        policy: &'a AlertPolicy,
        customer: &'a CustomerId,
    ) -> Option<View<'a>> {
        let (position, score) = walk.to(customer)?;
        Some(View {
            customer,
            indicators: evidence.indicators,
            position,
            score,
            health_before: (evidence.health_before)(position),
            units: &policy.units,
            given,
        })
    }

    fn earlier(&self, days: u32) -> Option<&'a Earlier<'a>> {
        self.given.earlier.iter().find(|earlier| earlier.days == days)
    }

    /// A number of an earlier moment; `None` where that moment, or this customer at it, was not looked up.
    fn cell_before(&self, id: &str, days: u32) -> Option<Cell> {
        let earlier = self.earlier(days)?;
        Some(earlier.indicators.cell(earlier.indicators.position(self.customer)?, id))
    }

    fn score_before(&self, days: u32) -> Option<&'a CustomerScore> {
        self.earlier(days)?.scores?.get(self.customer)
    }

    /// How many facts there are: where the evidence does not hold it, what was looked up beside it does.
    fn counted(&self, id: &str) -> Cell {
        match self.indicators.column(id) {
            Some(_) => self.indicators.cell(self.position, id),
            None => self.cell_before(id, 0).unwrap_or(Cell::Unknown(Unknown::NeverObserved)),
        }
    }

    /// How urgent a rule is with this customer.
    fn severity(&self, rule: &Rule) -> Severity {
        let of_tier = rule.severity_by_tier.iter().find(|(tier, _)| self.is_in(Sorting::Tier, tier) == Some(true));
        of_tier.map_or(rule.severity, |(_, severity)| *severity)
    }

    fn health(&self) -> Option<f64> {
        self.score.and_then(|score| score.health).map(Health::points)
    }

    fn holds(&self, condition: &Condition) -> Option<bool> {
        condition.holds_of(self)
    }

    /// Whether the worry of a rule that was speaking is over: known to be.
    fn is_over(&self, rule: &Rule) -> bool {
        match &rule.clear {
            Some(clear) => self.holds(clear) == Some(true),
            None => self.holds(&rule.when) == Some(false),
        }
    }

    /// A figure that a sentence names, with its unit; points of health are said in whole ones.
    fn figure(&self, name: &str) -> Option<(f64, &str)> {
        match name {
            "health" => self.health().map(|health| (health.round(), "point")),
            "health_7d_ago" => self.health_before.map(|health| (health.round(), "point")),
            "health_drop_7d" => Some(((self.health_before?.round() - self.health()?.round()), "point")),
            name => {
                let (id, sign) = indicator_named(name);
                let unit = self.units.get(id).map_or("", String::as_str);
                self.indicators.cell(self.position, id).known().map(|value| (sign * value, unit))
            }
        }
    }

    fn knows_figures(&self, rule: &Rule) -> bool {
        names(&rule.say).into_iter().all(|name| self.figure(name).is_some())
    }

    fn say(&self, rule: &Rule) -> Text {
        fill(&rule.say, &|name| self.figure(name))
    }
}
