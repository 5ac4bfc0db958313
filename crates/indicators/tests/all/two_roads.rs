//! Two roads to every number: the kernel against an evaluator that goes through all facts for every single cell.
//!
//! The naive road shares nothing with the kernel but the definitions: it reads the facts as they were stored, decides
//! itself what is visible, and cuts windows with plain comparisons.

use std::sync::OnceLock;

use crate::naive_compare::{course, deviation, mean, put_against};
use facts::{Fact, FactFrame, StoredFact};
use indicators::{
    Basis, Catalog, Cell, Filter, Gap, Indicator, IndicatorFrame, Measure, Measured, Population, Reach, Selector,
    Since, StreakUnit, Test, WhenAbsent, With, evaluate_at,
};
use proptest::prelude::*;
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, MessageId, Unknown, Window, Zone};

const DAY: i64 = 86_400_000_000;

/// Measures, with what they need besides. The first stand first: a test names them by number.
const MEASURES: &[(&str, &str)] = &[
    ("count", ""),
    ("sum", ""),
    ("mean", ""),
    ("last", ""),
    ("distinct_days", ""),
    ("distinct_values", "property = \"plan\""),
    ("days_since_first", ""),
    ("days_since_last", ""),
    ("days_until", "property = \"end_on\""),
    ("ratio_to_previous", "compares = \"count\""),
    ("ratio_to_previous", "compares = \"sum\""),
    ("ratio_to_previous", "compares = \"distinct_days\""),
    ("min", ""),
    ("max", ""),
    ("first", ""),
    ("gap_mean", ""),
    ("gap_max", ""),
    ("gap_current", ""),
    ("gap_variation", ""),
    ("streak_days_with", ""),
    ("streak_days_without", ""),
    ("streak_weeks_with", ""),
    ("streak_weeks_without", ""),
    ("share", "part = { kind = \"order\", where = { plan = { known = true } } }"),
    ("share", "part = { kind = [\"order\", \"event\"], name = \"Seen\" }\ncompares = \"sum\""),
    ("rate_per_day", ""),
    ("rate_per_day", "compares = \"distinct_days\""),
    ("slope", "step = \"1d\"\ncompares = \"count\""),
    ("count", "compare = { with = \"own_history\", as = \"z\", windows = 3 }"),
    ("sum", "compare = { with = \"own_history\", as = \"percentile\", windows = 2 }"),
    ("mean", "compare = { with = \"own_history\", as = \"ratio\", windows = 2 }"),
    ("count", "compare = { with = \"previous\", as = \"change\" }"),
    ("count", "since = \"start\""),
    ("count", "since = { kind = \"ticket\" }"),
    ("rate_per_day", "since = { kind = \"order\", name = \"Seen\" }"),
    ("count", "compare = { with = \"own_history\", as = \"ewma\", windows = 12 }"),
    ("count", "compare = { with = \"own_history\", as = \"cusum\", windows = 13 }"),
    ("sum", "property = \"cost\""),
    ("last", "property = \"cost\""),
];

/// A definition for every measure, with and without window, offset, filters and silence as zero.
pub(crate) fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(read_catalog)
}

fn read_catalog() -> Catalog {
    Catalog::parse(&[("all.toml".to_owned(), definitions())]).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

/// Every definition, as it would be written.
pub(crate) fn definitions() -> String {
    let selectors = [
        "{ kind = \"event\", name = \"Logged In\" }",
        "{ kind = [\"event\", \"order\"] }",
        "{ kind = \"order\", where = { plan = \"pro\" } }",
        "{ kind = [\"order\", \"ticket\"], where = { any = [{ not = { plan = { matches = \"^p\" } } }, { _value = { is = \">\", than = 0.5 } }] } }",
    ];
    let windows = ["", "window = \"3d\"", "window = \"1w\"", "window = \"2d\"\noffset = \"2d\""];
    let mut text = String::new();
    for (m, (measure, extra)) in MEASURES.iter().enumerate() {
        for (s, selector) in selectors.iter().enumerate() {
            for (w, window) in windows.iter().enumerate() {
                let positional = measure.starts_with("days_") || *measure == "gap_current";
                let compared = measure.starts_with("ratio") || extra.contains("compare =");
                let needs_window =
                    compared || *measure == "slope" || (*measure == "rate_per_day" && !extra.contains("since"));
                let senseless = (positional && window.contains("offset"))
                    || (needs_window && window.is_empty())
                    || (*measure == "slope" && w != 1);
                if senseless {
                    continue;
                }
                let never_zero =
                    positional || measure.starts_with("gap") || extra.contains("ewma") || extra.contains("cusum");
                let absent = if (m + s + w) % 2 == 0 || never_zero { "unknown" } else { "zero" };
                text.push_str(&format!(
                    "[[indicator]]\nid = \"i_{m}_{s}_{w}\"\nname = {{ zh = \"n\", en = \"n\" }}\nquestion = {{ zh = \"q\", en = \"q\" }}\n\
                     category = \"c\"\nof = {selector}\nmeasure = \"{measure}\"\n{extra}\n{window}\nunit = \"count\"\nworse = \"none\"\nwhen_absent = \"{absent}\"\n"
                ));
            }
        }
    }
    text
}

/// The naive road.
struct Naive<'a> {
    facts: &'a [StoredFact],
    zone: &'a Zone,
    as_of: i64,
    visible: Vec<&'a StoredFact>,
}

impl<'a> Naive<'a> {
    fn new(facts: &'a [StoredFact], zone: &'a Zone, as_of: AsOf) -> Self {
        let mut naive = Self { facts, zone, as_of: as_of.instant().micros(), visible: Vec::new() };
        naive.visible = naive.visible();
        naive
    }

    fn known(&self, stored: &StoredFact) -> bool {
        stored.known_at().micros() < self.as_of
    }

    fn target(stored: &StoredFact) -> Option<&MessageId> {
        stored.fact.supersedes.as_ref().or(stored.fact.retracts.as_ref())
    }

    /// Everything known by now that speaks about a fact after it, or about the same fact as it does but later.
    fn is_replaced(&self, stored: &StoredFact) -> bool {
        self.facts.iter().filter(|other| self.known(other)).any(|other| {
            let Some(target) = Self::target(other) else { return false };
            let of_it = *target == stored.fact.message_id;
            let later = (other.known_at(), other.number) > (stored.known_at(), stored.number);
            of_it || (Self::target(stored) == Some(target) && later)
        })
    }

    fn visible(&self) -> Vec<&'a StoredFact> {
        let mut visible: Vec<&StoredFact> = self
            .facts
            .iter()
            .filter(|stored| self.known(stored) && stored.fact.occurred_at.micros() < self.as_of)
            .filter(|stored| stored.fact.retracts.is_none() && !self.is_replaced(stored))
            .collect();
        visible.sort_by_key(|stored| (stored.fact.occurred_at, stored.number));
        visible
    }

    fn customers(&self) -> Vec<CustomerId> {
        let mut customers: Vec<CustomerId> =
            self.visible.iter().map(|stored| stored.fact.customer_id.clone().unwrap()).collect();
        customers.sort();
        customers.dedup();
        customers
    }

    /// When the first fact happened that shows the source to deliver, corrected since or not.
    fn first_delivered(&self, of: &Selector) -> Option<i64> {
        let shows = |fact: &Fact| {
            let of_name = of.names.is_empty() || of.names.contains(&fact.name);
            of.kinds.contains(&fact.kind) && (fact.kind != Kind::Event || of_name)
        };
        self.facts
            .iter()
            .filter(|stored| self.known(stored) && stored.fact.occurred_at.micros() < self.as_of)
            .filter(|stored| shows(&stored.fact) && stored.fact.retracts.is_none())
            .map(|stored| stored.fact.occurred_at.micros())
            .min()
    }

    fn of_customer(&self, customer: &CustomerId) -> Vec<&'a StoredFact> {
        let of_it = |stored: &&&StoredFact| stored.fact.customer_id.as_ref() == Some(customer);
        self.visible.iter().filter(of_it).copied().collect()
    }

    fn selected(&self, of: &Selector, customer: &CustomerId) -> Vec<&'a StoredFact> {
        let mut found = self.of_customer(customer);
        found.retain(|stored| takes(of, &stored.fact));
        found
    }

    fn back(&self, from: i64, window: Option<Window>) -> i64 {
        match window {
            Some(Window::Days(days)) => from - i64::from(days) * DAY,
            Some(Window::Weeks(weeks)) => {
                // The zone of these tests keeps its clocks.
                from - i64::from(weeks) * 7 * DAY
            }
            Some(other) => panic!("not tried here: {other}"),
            None => i64::MIN,
        }
    }

    fn cell(&self, indicator: &Indicator, customer: &CustomerId) -> Cell {
        let measured = indicator.measured().unwrap();
        self.answer(indicator, measured, customer).map_or_else(Cell::Unknown, Cell::Known)
    }

    fn answer(&self, indicator: &Indicator, measured: &Measured, customer: &CustomerId) -> Result<f64, Unknown> {
        let window = match measured.reach {
            Reach::All => None,
            Reach::Trailing(window) => Some(window),
            other => panic!("not tried here: {other}"),
        };
        let end = self.back(self.as_of, measured.offset.or(Some(Window::Days(0))));
        let mut start = self.back(end, window);
        let against = measured.compare.as_ref();
        let earlier = match against.map(|compare| &compare.with) {
            Some(With::Previous) => 1,
            Some(With::OwnHistory { windows }) => *windows,
            _ => 0,
        };
        let mut bases = Vec::new();
        let mut from = start;
        for _ in 0..earlier {
            bases.push((self.back(from, window), from));
            from = self.back(from, window);
        }
        let first = self.first_delivered(&measured.of).ok_or(Unknown::NotConnected)?;
        let point = measured.measure.is_positional() || measured.measure == Measure::Last;
        if !point && window.is_some() && from < first {
            return Err(Unknown::ShortHistory);
        }
        match &measured.since {
            None => {}
            Some(Since::Start) => {
                let all = self.of_customer(customer);
                start = start.max(all.first().ok_or(Unknown::NeverObserved)?.fact.occurred_at.micros());
            }
            Some(Since::LastOf(of)) => {
                let mut before = self.selected(of, customer);
                before.retain(|one| one.fact.occurred_at.micros() < end);
                start = start.max(before.last().ok_or(Unknown::NeverObserved)?.fact.occurred_at.micros());
            }
        }
        let over = |start: i64, end: i64| self.measure(indicator, measured, customer, start, end);
        let Some(compare) = against else { return over(start, end) };
        if compare.against.is_course() {
            bases.reverse();
            bases.push((start, end));
            let came = self.of_customer(customer)[0].fact.occurred_at.micros();
            let all = self.selected(&measured.of, customer);
            let count = |(from, to): &(i64, i64)| {
                all.iter().filter(|one| (*from..*to).contains(&one.fact.occurred_at.micros())).count() as f64
            };
            let counts: Vec<f64> = bases.iter().filter(|(from, _)| *from >= came).map(count).collect();
            return if all.is_empty() { Err(Unknown::NeverObserved) } else { course(compare.against, &counts) };
        }
        let others: Result<Vec<f64>, Unknown> = match compare.with {
            With::Previous => over(bases[0].0, bases[0].1).map(|base| vec![base]),
            _ => Ok(bases.iter().filter_map(|(from, to)| over(*from, *to).ok()).collect()),
        };
        // Against the window before, what is wrong with that one is told first.
        let (now, others) = match compare.with {
            With::Previous => {
                let others = others?;
                (over(start, end)?, others)
            }
            _ => (over(start, end)?, others?),
        };
        put_against(compare.against, now, &others)
    }

    /// One measure over `[start, end)`.
    fn measure(
        &self,
        indicator: &Indicator,
        measured: &Measured,
        customer: &CustomerId,
        start: i64,
        end: i64,
    ) -> Result<f64, Unknown> {
        let all = self.selected(&measured.of, customer);
        let told: Vec<StoredFact> = all.iter().map(|one| with_number(one, measured.number.as_deref())).collect();
        let all: Vec<&StoredFact> = told.iter().collect();
        let inside = |stored: &&StoredFact| (start..end).contains(&stored.fact.occurred_at.micros());
        let now: Vec<&StoredFact> = all.iter().copied().filter(inside).collect();
        let absent = match indicator.when_absent {
            WhenAbsent::Zero => Ok(0.0),
            WhenAbsent::Unknown => Err(Unknown::NeverObserved),
        };
        let silent = match measured.measure {
            Measure::Count
            | Measure::Sum
            | Measure::DistinctDays
            | Measure::DistinctValues { .. }
            | Measure::Share { .. }
            | Measure::RatePerDay(_)
            | Measure::Slope { .. }
            | Measure::Streak { .. } => all.is_empty(),
            _ => now.is_empty(),
        };
        if silent {
            return absent;
        }
        let civil = matches!(measured.reach, Reach::Trailing(window) if !matches!(window, Window::Days(_)));
        let last_day = end_of(self.as_of, measured, self);
        let total = |basis: Basis, rows: &[&StoredFact]| match basis {
            Basis::Count => Ok(rows.len() as f64),
            Basis::Sum => sum(rows),
            Basis::DistinctDays => Ok(different(rows.iter().map(|one| self.day(civil, one, last_day)))),
        };
        let since = |stored: &StoredFact| ((self.as_of - stored.fact.occurred_at.micros()) / DAY) as f64;
        let values: Vec<f64> = now.iter().filter_map(|one| one.fact.value).map(Amount::to_f64).collect();
        let value = |value: Option<f64>| value.ok_or(Unknown::NoValue);
        match &measured.measure {
            Measure::Count => total(Basis::Count, &now),
            Measure::Sum => sum(&now),
            Measure::Mean => sum(&now).map(|sum| sum / values.len() as f64),
            Measure::Min => value(values.iter().copied().min_by(f64::total_cmp)),
            Measure::Max => value(values.iter().copied().max_by(f64::total_cmp)),
            Measure::First => value(values.first().copied()),
            Measure::Last => value(values.last().copied()),
            Measure::DistinctDays => total(Basis::DistinctDays, &now),
            Measure::DistinctValues { property } => {
                Ok(different(now.iter().filter_map(|one| one.fact.properties.get(property).cloned().flatten())))
            }
            Measure::DaysSinceFirst => Ok(since(now[0])),
            Measure::DaysSinceLast => Ok(since(now[now.len() - 1])),
            Measure::DaysUntil { property } => {
                let date = now.iter().rev().find_map(|one| one.fact.properties.get(property).cloned().flatten());
                let date = date.and_then(|text| self.zone.parse(&text).ok()).ok_or(Unknown::NoValue)?;
                Ok((date.micros() - self.as_of).div_euclid(DAY) as f64)
            }
            Measure::Gap(gap) => {
                let at: Vec<f64> = now.iter().map(|one| one.fact.occurred_at.micros() as f64 / DAY as f64).collect();
                let gaps: Vec<f64> = at.iter().skip(1).zip(&at).map(|(later, sooner)| later - sooner).collect();
                match gap {
                    Gap::Current => Ok(end as f64 / DAY as f64 - at[at.len() - 1]),
                    _ if gaps.is_empty() => Err(Unknown::NoValue),
                    Gap::Mean => Ok(mean(&gaps)),
                    Gap::Max => value(gaps.iter().copied().max_by(f64::total_cmp)),
                    Gap::Variation if gaps.len() < 2 => Err(Unknown::NoValue),
                    Gap::Variation if mean(&gaps) < 1e-9 => Err(Unknown::ZeroBase),
                    Gap::Variation => Ok(deviation(&gaps) / mean(&gaps)),
                }
            }
            Measure::Streak { unit, with } => {
                // Which day or week, the newest being number 0, had a fact.
                let place = |one: &&StoredFact| {
                    let day_of = |at: i64| self.zone.day_number(Instant::from_micros(at));
                    let at = one.fact.occurred_at.micros();
                    match (unit, civil) {
                        (StreakUnit::Day, false) => (last_day - at - 1) / DAY,
                        (StreakUnit::Week, false) => (last_day - at - 1) / (7 * DAY),
                        (StreakUnit::Day, true) => day_of(last_day - 1) - day_of(at),
                        (StreakUnit::Week, true) => (day_of(last_day - 1) + 3) / 7 - (day_of(at) + 3) / 7,
                    }
                };
                let held: std::collections::BTreeSet<i64> = now.iter().map(place).collect();
                if *with {
                    return Ok((0..).take_while(|place| held.contains(place)).count() as f64);
                }
                match (held.first(), measured.reach) {
                    (Some(latest), _) => Ok(*latest as f64),
                    (None, Reach::Trailing(Window::Days(days))) if *unit == StreakUnit::Day => Ok(f64::from(days)),
                    (None, Reach::Trailing(Window::Days(days))) => Ok(f64::from((days - 1) / 7 + 1)),
                    (None, Reach::Trailing(_)) if *unit == StreakUnit::Day => {
                        let days = |at: i64| self.zone.day_number(Instant::from_micros(at));
                        Ok((days(end - 1) - days(start) + 1) as f64)
                    }
                    (None, Reach::Trailing(_)) => {
                        let week = |at: i64| (self.zone.day_number(Instant::from_micros(at)) + 3) / 7;
                        Ok((week(end - 1) - week(start) + 1) as f64)
                    }
                    (None, _) => absent,
                }
            }
            Measure::Share { part, basis } => {
                let of_part: Vec<&StoredFact> = now.iter().copied().filter(|one| takes(part, &one.fact)).collect();
                let (part, whole) = (total(*basis, &of_part)?, total(*basis, &now)?);
                if whole > 0.0 { Ok(part / whole) } else { Err(Unknown::ZeroBase) }
            }
            Measure::RatePerDay(basis) => {
                let first = self.of_customer(customer)[0].fact.occurred_at.micros();
                let days = (end - start.max(first)) as f64 / DAY as f64;
                Ok(total(*basis, &now)? / days.max(1.0))
            }
            Measure::Slope { basis, step_days } => {
                let step = i64::from(*step_days) * DAY;
                let mut points = Vec::new();
                for k in 0..(end - start) / step {
                    let of_step = |one: &&StoredFact| (one.fact.occurred_at.micros() - start) / step == k;
                    let rows: Vec<&StoredFact> = now.iter().copied().filter(of_step).collect();
                    points.push((k as f64, total(*basis, &rows)?));
                }
                let (n, sx, sy) = points.iter().fold((0.0, 0.0, 0.0), |(n, sx, sy), (x, y)| (n + 1.0, sx + x, sy + y));
                let sxy: f64 = points.iter().map(|(x, y)| x * y).sum();
                let sxx: f64 = points.iter().map(|(x, _)| x * x).sum();
                Ok((n * sxy - sx * sy) / (n * sxx - sx * sx))
            }
        }
    }

    /// A name for the day a fact falls on.
    fn day(&self, civil: bool, stored: &StoredFact, end: i64) -> String {
        let at = stored.fact.occurred_at;
        if civil { self.zone.date(at) } else { (end - at.micros() - 1).div_euclid(DAY).to_string() }
    }
}

/// The fact with the number that it tells of as its value.
fn with_number(stored: &StoredFact, property: Option<&str>) -> StoredFact {
    let mut told = stored.clone();
    if let Some(property) = property {
        let said = told.fact.properties.get(property).cloned().flatten();
        told.fact.value = said.and_then(|said| said.parse().ok()).and_then(Amount::from_f64);
    }
    told
}

/// Where the window ends that stands at the moment.
fn end_of(as_of: i64, measured: &Measured, naive: &Naive<'_>) -> i64 {
    naive.back(as_of, measured.offset.or(Some(Window::Days(0))))
}

fn takes(of: &Selector, fact: &Fact) -> bool {
    let named = of.names.is_empty() || of.names.contains(&fact.name);
    of.kinds.contains(&fact.kind) && named && of.filter.as_ref().is_none_or(|filter| passes(filter, fact))
}

fn passes(filter: &Filter, fact: &Fact) -> bool {
    match filter {
        Filter::All(parts) => !parts.iter().any(|part| !passes(part, fact)),
        Filter::Any(parts) => parts.iter().any(|part| passes(part, fact)),
        Filter::Not(part) => !passes(part, fact),
        Filter::Property(key, Test::Compare(_, than)) if key == "_value" => {
            fact.value.is_some_and(|value| value.to_f64() > *than)
        }
        Filter::Property(key, test) => {
            let said = fact.properties.get(key).cloned().flatten();
            match test {
                Test::Known(wanted) => said.is_some() == *wanted,
                Test::In(words) => said.is_some_and(|said| words.contains(&said)),
                Test::Matches(_) => said.is_some_and(|said| said.starts_with('p')),
                Test::Compare(..) => panic!("not tried here"),
            }
        }
    }
}

fn sum(rows: &[&StoredFact]) -> Result<f64, Unknown> {
    let valued: Vec<_> = rows.iter().filter(|one| one.fact.value.is_some()).collect();
    if valued.is_empty() {
        return if rows.is_empty() { Ok(0.0) } else { Err(Unknown::NoValue) };
    }
    if valued.iter().any(|one| one.fact.currency != valued[0].fact.currency) {
        return Err(Unknown::MixedCurrency);
    }
    Ok(valued.iter().filter_map(|one| one.fact.value).sum::<Amount>().to_f64())
}

fn different<T: Ord>(items: impl Iterator<Item = T>) -> f64 {
    items.collect::<std::collections::BTreeSet<T>>().len() as f64
}

/// Half-days since the epoch of the test, so that borders are hit often.
pub(crate) fn at(half_days: i64) -> Instant {
    Instant::from_micros(1_740_000_000_000_000 + half_days * DAY / 2)
}

prop_compose! {
    fn any_fact()(
        customer in 0usize..3,
        kind in 0usize..3,
        name in 0usize..2,
        happened in 0i64..30,
        late in prop_oneof![3 => Just(0i64), 1 => 0i64..12],
        value in prop_oneof![1 => Just(None), 3 => (-3i64..9).prop_map(Some)],
        currency in prop_oneof![9 => Just(None), 1 => Just(Some("USD".to_owned()))],
        plan in 0usize..3,
        end_on in 0i64..3,
        cost in 0usize..4,
        speaks_of in prop_oneof![4 => Just(None), 1 => (0usize..20, any::<bool>()).prop_map(Some)],
    ) -> (StoredFact, Option<(usize, bool)>) {
        let kind = [Kind::Event, Kind::Order, Kind::Ticket][kind];
        let mut fact = Fact::new(["A", "B", "C"][customer], kind, ["Logged In", "Seen"][name], at(happened));
        fact.known_at = Some(at(happened + late));
        fact.value = value.map(|value| Amount::from_millionths(i128::from(value) * 333_333));
        fact.currency = currency;
        if plan > 0 {
            fact.properties.insert("plan".to_owned(), Some(["pro", "free"][plan - 1].to_owned()));
        }
        if end_on > 0 {
            let text = if end_on == 1 { "2025-03-01" } else { "soon" };
            fact.properties.insert("end_on".to_owned(), Some(text.to_owned()));
        }
        if cost > 0 {
            fact.properties.insert("cost".to_owned(), Some(["1.25", "-0.5", "much"][cost - 1].to_owned()));
        }
        (StoredFact { number: 0, recorded_at: at(happened), fact }, speaks_of)
    }
}

/// Some of the facts correct or take back an earlier one.
fn numbered(drawn: Vec<(StoredFact, Option<(usize, bool)>)>) -> Vec<StoredFact> {
    let mut facts = Vec::new();
    for (number, (mut stored, speaks_of)) in drawn.into_iter().enumerate() {
        stored.number = number as u64;
        stored.fact.message_id = MessageId::from(format!("m{number}"));
        if let Some((target, retracts)) = speaks_of.filter(|(target, _)| *target < number) {
            let target = Some(MessageId::from(format!("m{target}")));
            if retracts { stored.fact.retracts = target } else { stored.fact.supersedes = target }
        }
        facts.push(stored);
    }
    facts
}

fn moments() -> Vec<AsOf> {
    // Out of order, on and between the borders, one before everything.
    [30, 20, 11, 40, 0, 25].into_iter().map(|half_days| AsOf(at(half_days))).collect()
}

pub(crate) fn frame(facts: &[StoredFact], catalog: &Catalog, end: AsOf) -> FactFrame {
    FactFrame::of(facts, &[], &catalog.want(), end, &Zone::default())
}

fn assert_equal(found: &IndicatorFrame, naive: &Naive<'_>, catalog: &Catalog) -> Result<(), TestCaseError> {
    let customers = naive.customers();
    prop_assert_eq!(found.customers(), customers.as_slice());
    for indicator in catalog.indicators() {
        let column = found.column(&indicator.id).unwrap();
        for (customer, cell) in found.customers().iter().zip(column) {
            let expected = naive.cell(indicator, customer);
            let (id, as_of) = (&indicator.id, found.as_of());
            let equal = match (*cell, expected) {
                (Cell::Known(found), Cell::Known(wanted)) => (found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0),
                (found, wanted) => found == wanted,
            };
            prop_assert!(equal, "{} of {} at {}: {:?}, not {:?}: {:?}", id, customer, as_of, cell, expected, indicator);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_kernel_says_what_going_through_every_fact_says(drawn in prop::collection::vec(any_fact(), 0..40)) {
        let (facts, catalog, zone) = (numbered(drawn), catalog(), Zone::default());
        let whole = frame(&facts, catalog, AsOf(at(40)));
        let answers = evaluate_at(&whole, catalog, &Population::Everyone, &moments());
        for (answer, as_of) in answers.iter().zip(moments()) {
            prop_assert_eq!(answer.as_of(), as_of);
            let naive = Naive::new(&facts, &zone, as_of);
            assert_equal(answer, &naive, catalog)?;
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_moment_asked_alone_or_among_others_or_at_the_frames_end_gives_one_answer(drawn in prop::collection::vec(any_fact(), 0..40)) {
        let (facts, catalog) = (numbered(drawn), catalog());
        let whole = frame(&facts, catalog, AsOf(at(60)));
        let together = evaluate_at(&whole, catalog, &Population::Everyone, &moments());
        for (answer, as_of) in together.iter().zip(moments()) {
            let alone = evaluate_at(&whole, catalog, &Population::Everyone, &[as_of]);
            prop_assert_eq!(answer, &alone[0]);
            let then = evaluate_at(&frame(&facts, catalog, as_of), catalog, &Population::Everyone, &[as_of]);
            prop_assert_eq!(answer, &then[0]);
        }
    }

    #[test]
    fn asking_about_one_customer_gives_their_row(drawn in prop::collection::vec(any_fact(), 1..40)) {
        let (facts, catalog) = (numbered(drawn), catalog());
        let whole = frame(&facts, catalog, AsOf(at(40)));
        let all = evaluate_at(&whole, catalog, &Population::Everyone, &[AsOf(at(30))]).remove(0);
        let asked = Population::These(vec!["nobody".into(), "B".into(), "B".into()]);
        let some = evaluate_at(&whole, catalog, &asked, &[AsOf(at(30))]).remove(0);
        prop_assert_eq!(some.customers(), &[CustomerId::from("B"), CustomerId::from("nobody")]);
        if let Some(position) = all.position(&"B".into()) {
            for id in all.ids() {
                prop_assert_eq!(all.cell(position, id), some.cell(0, id));
            }
        }
    }
}
