//! The plan of a catalogue at a moment, printed as one query: a row per customer, a column per indicator.
//!
//! The second way to run the one intermediate form ([`Plan`]): the kernel runs it here, a query engine runs the query
//! wherever the facts lie, and both give the same cells. Where every window begins and ends is decided by the plan and
//! stands in the query as numbers; what each source covers, which facts stand uncorrected and what is known of whom is
//! worked out by the query from the facts. What is unknown is NULL, whatever the reason.
//!
//! The dialect is DuckDB's. What no other engine spells alike stands in the first part of the query, `record`, which brings
//! the facts into plain columns: times are microseconds since 1970 in UTC from there on, so that every difference is one of
//! whole numbers. A measure that cannot be said exactly is left out and named ([`LeftOut`]), never said nearly.

mod cells;
mod measures;
mod rows;
mod saying;
mod tests_of;

use facts::FactFrame;
use vocab::{AsOf, Text, Zone};

use crate::catalog::{Catalog, Figure, Indicator};
use crate::formula::Formula;
use crate::measure::{Against, Measure, Measured, Since, With, Within};
use crate::plan::{Delivery, Plan};

pub use rows::{SqlProperties, SqlSource};

/// A query, and what it does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sql {
    /// One SELECT, ordered by `customer_id`; empty if nothing is left to ask.
    pub text: String,
    /// The indicators asked for that have no form in SQL.
    pub left_out: Vec<LeftOut>,
}

/// An indicator that has no form in SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its id.
    pub id: String,
    /// Why not.
    pub why: Text,
}

impl Sql {
    /// The query that gives what [`crate::evaluate_delivered`] gives of everybody at a moment: `customer_id` and a column for
    /// each of `ids` (none = the whole catalogue), in the order of the catalogue.
    ///
    /// # Units
    /// Those of the indicators; counts are floating-point numbers too.
    ///
    /// # Edges
    /// * Facts that name no customer count for what is covered and for nobody: who stands behind an actor or another key is
    ///   not in a table of facts. Outages of sources are not known to a query either.
    /// * `delivery` says whether each source covers from its first fact on, or the record as a whole.
    /// * Sums are of decimals, as here; means, deviations and quotients may differ in the last bits.
    /// * Ids that the catalogue has not are ignored.
    pub fn of(
        catalog: &Catalog,
        ids: &[&str],
        as_of: AsOf,
        zone: &Zone,
        delivery: Delivery,
        source: &SqlSource,
    ) -> Sql {
        let asked = if ids.is_empty() { catalog.clone() } else { catalog.only(ids) };
        let left_out = left_out(&asked);
        let is_asked = |one: &&Indicator| ids.is_empty() || ids.contains(&one.id.as_str());
        let is_said = |one: &&Indicator| left_out.iter().all(|left| left.id != one.id);
        let shown: Vec<&str> =
            asked.indicators().iter().filter(is_asked).filter(is_said).map(|one| one.id.as_str()).collect();
        let told = left_out.iter().filter(|left| asked.get(&left.id).as_ref().is_some_and(is_asked)).cloned().collect();
        if shown.is_empty() {
            return Sql { text: String::new(), left_out: told };
        }
        let said = asked.only(&shown);
        let none = FactFrame::of(&[], &[], &said.want(), as_of, zone);
        let moments = [as_of];
        let plan = Plan::new(&none, &said, &moments, delivery);
        let text = saying::query(&plan, &said, &shown, delivery, source, &told);
        Sql { text, left_out: told }
    }
}

/// What has no form, formulas over such included.
fn left_out(catalog: &Catalog) -> Vec<LeftOut> {
    let mut left: Vec<LeftOut> = Vec::new();
    for indicator in catalog.indicators() {
        let why = indicator.measured().and_then(no_form);
        left.extend(why.map(|why| LeftOut { id: indicator.id.clone(), why }));
    }
    // Formulas may be made of formulas: each round leaves out those whose parts were left out before it.
    loop {
        let is_out = |id: &str| left.iter().any(|one| one.id == id);
        let more = catalog.indicators().iter().filter(|one| !is_out(&one.id)).find_map(|one| {
            let Figure::Formula(formula) = &one.figure else { return None };
            let part = formula.indicators().into_iter().find(|part| is_out(part))?;
            let why = Text::new(
                format!("它用到“{part}”，后者没有 SQL 写法"),
                format!("it is made of \"{part}\", which has none"),
            );
            Some(LeftOut { id: one.id.clone(), why })
        });
        match more {
            Some(found) => left.push(found),
            None => return left,
        }
    }
}

/// Why a measure of facts has no form in SQL; `None` where it has one.
fn no_form(measured: &Measured) -> Option<Text> {
    let measure = &measured.measure;
    let compare = measured.compare.as_ref();
    if let Some(compare) = compare {
        match (&compare.with, compare.against) {
            (_, Against::Ewma | Against::Cusum | Against::Fall | Against::Rise | Against::Expected)
            | (With::OwnAndPeers { .. }, _) => {
                return Some(Text::new(
                    "逐周走势的判断（ewma、cusum、fall、rise、expected）要逐步推算，没有 SQL 写法",
                    "a course in time (ewma, cusum, fall, rise, expected) is worked out step by step, which SQL does not say",
                ));
            }
            (With::Peers { within: Some(Within::Segments(_) | Within::Tier), .. }, _) => {
                return Some(Text::new(
                    "谁属于哪个分群、哪个价值层级不在明细表里",
                    "who belongs to which segment or tier is not in a table of facts",
                ));
            }
            _ => {}
        }
    }
    let in_time = compare.is_some_and(|compare| !matches!(compare.with, With::Peers { .. }));
    if in_time && matches!(measure, Measure::Slope { .. }) {
        return Some(Text::new(
            "斜率与往期比较没有 SQL 写法",
            "a slope compared with earlier windows has no form in SQL",
        ));
    }
    let in_days = matches!(measure, Measure::DaysSinceFirst | Measure::DaysSinceLast | Measure::DaysUntil { .. });
    if measured.working && !in_days {
        return Some(Text::new(
            "按工作日计的次数、日均和连续天数没有 SQL 写法",
            "days counted, rates and streaks of working days have no form in SQL",
        ));
    }
    let is_anchored = matches!(measured.since, Some(Since::LastOf(_)));
    if is_anchored && matches!(measure, Measure::Streak { .. } | Measure::DaysUntil { .. }) {
        return Some(Text::new(
            "从另一件事起算的连续天数和距某日天数没有 SQL 写法",
            "streaks and days until a date since another fact have no form in SQL",
        ));
    }
    measured.selectors().find_map(tests_of::no_form)
}

/// In what order formulas are worked out: by how many formulas each stands upon, one list for each number.
fn layers(catalog: &Catalog) -> Vec<Vec<(&str, &Formula)>> {
    let mut open: Vec<(&str, &Formula)> =
        catalog.indicators().iter().filter_map(|one| Some((one.id.as_str(), one.formula()?))).collect();
    let mut layers = Vec::new();
    while !open.is_empty() {
        let ids: Vec<&str> = open.iter().map(|(id, _)| *id).collect();
        let is_ready = |formula: &Formula| formula.indicators().iter().all(|part| !ids.contains(part));
        let (ready, rest) = open.into_iter().partition(|(_, formula)| is_ready(formula));
        layers.push(ready);
        open = rest;
    }
    layers
}
