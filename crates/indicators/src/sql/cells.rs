//! The cells of indicators that are measured on facts: what is added up for each selector, and what becomes of it.

use vocab::Zone;

use super::measures::{Look, moment};
use super::rows::{Part, facts_name, facts_of, said, since, spoken};
use super::tests_of::{number, quoted};
use crate::catalog::WhenAbsent;
use crate::measure::{Against, Gap, Measure, With, Within};
use crate::plan::{Anchor, Delivery, Pane, Plan, Task, covered_from, needs_cover};

/// Named parts of the query, and the cells that they give.
pub(super) struct Cells {
    pub parts: Vec<Part>,
    /// The parts that hold a row per customer and are joined to the customers.
    pub joined: Vec<String>,
    /// By task, its column and the expression of its cell.
    pub cells: Vec<(usize, String)>,
    /// By column that is put against peers: the part that says what they have in common.
    pub common: Vec<(usize, String)>,
}

/// What is added up over the facts of one selector.
struct Sums {
    name: String,
    from: String,
    columns: Vec<String>,
}

/// What is being gathered, task by task.
#[derive(Default)]
struct Work {
    sums: Vec<Sums>,
    /// Parts that are worked out from sums, and stand behind them.
    behind: Vec<Part>,
}

/// How sources cover time.
#[derive(Clone, Copy)]
pub(super) struct Cover {
    pub delivery: Delivery,
    pub always: bool,
}

impl Cells {
    pub fn of(plan: &Plan<'_>, currencies: bool, cover: Cover) -> Cells {
        let mut cells = Cells { parts: Vec::new(), joined: Vec::new(), cells: Vec::new(), common: Vec::new() };
        cells.facts(plan);
        let mut work = Work::default();
        for task in &plan.tasks {
            let pane = task.bounds[0].now;
            let look = Look { plan, task, bounds: &task.bounds[0], pane, currencies };
            let cell = work.cell(&look);
            let cell = match cover.always {
                true => cell,
                false => format!("CASE WHEN {} THEN {cell} END", covered(task, cover.delivery, plan.frame.zone())),
            };
            cells.cells.push((task.column, cell));
            cells.common.extend(work.trait_in_common(task).map(|name| (task.column, name)));
        }
        let Work { sums, mut behind } = work;
        for Sums { name, from, columns } in sums {
            let columns: String = columns.iter().map(|column| format!(",\n    {column}")).collect();
            let body = format!("SELECT customer{columns}\n  FROM {from} GROUP BY customer");
            cells.parts.push(Part::kept(name.as_str(), body));
            cells.joined.push(name);
        }
        cells.joined.extend(behind.iter().map(|part| part.name.clone()));
        cells.parts.append(&mut behind);
        cells
    }

    /// The facts of every selector, and the moments that windows begin with.
    fn facts(&mut self, plan: &Plan<'_>) {
        let anchors = plan.tasks.iter().filter_map(|task| match task.anchor {
            Anchor::LastOf(group) => Some(group),
            Anchor::None | Anchor::Start => None,
        });
        let mut groups: Vec<usize> = plan.tasks.iter().map(|task| task.group).chain(anchors).collect();
        groups.sort_unstable();
        groups.dedup();
        let looks_back = |task: &Task<'_>| matches!(task.measured.measure, Measure::Gap(Gap::Max | Gap::Variation));
        for group in groups {
            let gaps = plan.tasks.iter().any(|task| task.group == group && looks_back(task));
            self.parts.push(facts_of(plan, group, gaps));
        }
        for task in &plan.tasks {
            if let Anchor::LastOf(group) = task.anchor {
                let end = task.bounds[0].now.end;
                let (facts, name) = (facts_name(group), begins(task));
                let body = format!(
                    "SELECT customer, max(happened) AS begins FROM {facts} WHERE happened < {} GROUP BY customer",
                    moment(end, plan.frame.zone())
                );
                self.parts.push(Part::new(name, body));
            }
        }
    }
}

impl Work {
    /// The cell of a task, whatever its source covers.
    fn cell(&mut self, look: &Look<'_, '_>) -> String {
        let task = look.task;
        let (measured, column) = (task.measured, task.column + 1);
        let of = self.sums_of(task);
        let facts = facts_name(task.group);
        let number = match &measured.measure {
            Measure::Slope { basis, step_days } => {
                let name = format!("slope_{column}");
                self.behind.push(Part::new(name.as_str(), look.slope(*basis, *step_days, &facts)));
                let slope = format!("CASE WHEN {name}.customer IS NULL THEN 0 ELSE {name}.slope END");
                return unless_absent(task, &of, &slope, true);
            }
            Measure::Streak { unit, with: true } => {
                let name = format!("streak_{column}");
                self.behind.push(Part::new(name.as_str(), look.with(*unit, &facts)));
                return unless_absent(task, &of, &format!("coalesce({name}.streak, 0)"), true);
            }
            Measure::DaysUntil { .. } => {
                let (name, text) = (format!("until_{column}"), format!("i{column}"));
                self.add(&of, format!("{} AS {text}", look.measured()));
                let days = look.until("said");
                let body = format!(
                    "SELECT customer, {days} AS days\n    FROM (SELECT customer, {text} AS said FROM {of}) AS texts"
                );
                self.behind.push(Part::new(name.as_str(), body));
                match measured.working {
                    true => working_until(look, &format!("{name}.days")),
                    false => format!("{name}.days"),
                }
            }
            _ => {
                let earlier = look.bounds.bases.iter();
                let panes: Vec<Pane> = std::iter::once(look.bounds.now).chain(earlier.copied()).collect();
                let names: Vec<String> = match panes.len() {
                    1 => vec![format!("i{column}")],
                    count => (0..count).map(|place| format!("i{column}_{place}")).collect(),
                };
                for (pane, name) in panes.iter().zip(&names) {
                    let value = Look { pane: *pane, ..*look }.measured();
                    self.add(&of, format!("{value} AS {name}"));
                }
                self.put_against(look, &of, &names)
            }
        };
        unless_absent(task, &of, &number, false)
    }

    /// The number put against earlier windows; itself where it is not.
    fn put_against(&mut self, look: &Look<'_, '_>, of: &str, names: &[String]) -> String {
        let now = format!("{of}.{}", names[0]);
        let compare = look.task.measured.compare.as_ref();
        let Some(compare) = compare.filter(|compare| !matches!(compare.with, With::Peers { .. })) else {
            return match look.task.measured.working {
                true => working_since(look, &now),
                false => now,
            };
        };
        if let [_, before] = names {
            let before = format!("{of}.{before}");
            return quotient(compare.against, &now, &before);
        }
        let name = format!("history_{}", look.task.column + 1);
        let windows: Vec<String> = names[1..]
            .iter()
            .map(|earlier| format!("SELECT customer, {} AS now, {earlier} AS value FROM {of}", names[0]))
            .collect();
        let body = format!(
            "SELECT customer, max(now) AS now, avg(value) AS mean, stddev_samp(value) AS deviation, count(value) AS windows,\
             \n    CAST(sum(CASE WHEN value < now THEN 2 WHEN value = now THEN 1 ELSE 0 END) AS DOUBLE) / 2 AS below\
             \n    FROM (\n      {}\n    ) AS earlier GROUP BY customer",
            windows.join("\n      UNION ALL ")
        );
        self.behind.push(Part::new(name.as_str(), body));
        match compare.against {
            Against::Z => {
                format!("CASE WHEN {name}.deviation > 0 THEN ({name}.now - {name}.mean) / {name}.deviation END")
            }
            Against::Percentile => {
                format!(
                    "CASE WHEN {name}.now IS NOT NULL AND {name}.windows > 0 THEN {name}.below / {name}.windows END"
                )
            }
            against => quotient(against, &format!("{name}.now"), &format!("{name}.mean")),
        }
    }

    /// What customers have in common who are put against each other, where a trait says it.
    fn trait_in_common(&mut self, task: &Task<'_>) -> Option<String> {
        let With::Peers { within: Some(Within::Trait(key)), .. } = &task.measured.compare.as_ref()?.with else {
            return None;
        };
        let name = format!("common_{}", task.column + 1);
        let body = format!(
            "SELECT customer, (array_agg({} ORDER BY happened DESC, number DESC))[1] AS said FROM visible\
             \n    WHERE kind = 'trait' AND {} GROUP BY customer",
            said(key),
            spoken(key)
        );
        self.behind.push(Part::new(name.as_str(), body));
        Some(name)
    }

    /// The name of the sums that a task is part of; they are made where there are none.
    fn sums_of(&mut self, task: &Task<'_>) -> String {
        let (group, facts) = (task.group + 1, facts_name(task.group));
        let of_own = matches!(task.measured.measure, Measure::RatePerDay(_)) || matches!(task.anchor, Anchor::Start);
        let (name, from) = match task.anchor {
            Anchor::LastOf(_) => {
                let begins = begins(task);
                let from = format!("{begins} LEFT JOIN {facts} USING (customer) JOIN customers USING (customer)");
                (format!("sums_{group}_{}", task.column + 1), from)
            }
            // Who looks at the customer's first fact reads it beside the others.
            _ if of_own => (format!("own_{group}"), format!("{facts} JOIN customers USING (customer)")),
            _ => (format!("sums_{group}"), facts),
        };
        if self.sums.iter().all(|one| one.name != name) {
            self.sums.push(Sums { name: name.clone(), from, columns: Vec::new() });
        }
        name
    }

    fn add(&mut self, of: &str, column: String) {
        if let Some(sums) = self.sums.iter_mut().find(|sums| sums.name == of) {
            sums.columns.push(column);
        }
    }
}

/// What silence counts as where a customer has none of the facts, else the number.
fn unless_absent(task: &Task<'_>, of: &str, number: &str, is_there: bool) -> String {
    // With an anchor, there are rows wherever there is an anchor, and silence is told among them.
    let is_told = task.when_absent == WhenAbsent::Zero && !matches!(task.anchor, Anchor::LastOf(_));
    let silence = if is_told { silence(task) } else { "NULL".to_owned() };
    match (silence == "NULL", is_there) {
        (true, false) => number.to_owned(),
        (true, true) => format!("CASE WHEN {of}.customer IS NOT NULL THEN {number} END"),
        (false, _) => format!("CASE WHEN {of}.customer IS NULL THEN {silence} ELSE {number} END"),
    }
}

/// The part that says with what the window of a task begins.
fn begins(task: &Task<'_>) -> String {
    format!("begins_{}", task.column + 1)
}

/// Whether the source of a task covers its windows.
fn covered(task: &Task<'_>, delivery: Delivery, zone: &Zone) -> String {
    let since = since(delivery, task.group);
    let bounds = &task.bounds[0];
    match needs_cover(task.measured) {
        true => format!("covered.{since} <= {}", moment(covered_from(bounds), zone)),
        false => format!("covered.{since} IS NOT NULL"),
    }
}

/// What silence counts as where it is zero, put against as many silent windows.
fn silence(task: &Task<'_>) -> String {
    let others = vec![0.0; task.bounds[0].bases.len()];
    let against = task.measured.compare.as_ref().filter(|_| !others.is_empty()).map(|compare| compare.against);
    match against.map(|against| against.of(0.0, &others)) {
        None => "0".to_owned(),
        Some(Ok(told)) => number(told),
        Some(Err(_)) => "NULL".to_owned(),
    }
}

/// A number put against another.
fn quotient(against: Against, now: &str, other: &str) -> String {
    match against {
        Against::Ratio => format!("CASE WHEN {other} > 0 THEN {now} / {other} END"),
        Against::Change => format!("CASE WHEN {other} > 0 THEN {now} / {other} - 1 END"),
        _ => format!("{now} - {other}"),
    }
}

/// A customer's number among those of its peers; `within` is the column that says what they have in common.
pub(super) fn among_peers(against: Against, least: Option<u32>, id: &str, within: Option<&str>) -> String {
    let value = quoted(id);
    let group = within.map_or(String::new(), |within| format!("PARTITION BY {within}"));
    let over = |aggregate: &str| format!("{aggregate}({value}) OVER ({group})");
    let count = over("count");
    let mut conditions = vec![format!("{value} IS NOT NULL"), format!("{count} >= {}", least.unwrap_or(2).max(2))];
    conditions.extend(within.filter(|_| least.is_some()).map(|within| format!("{within} IS NOT NULL")));
    let place = match against {
        Against::Percentile => {
            let alike = within.map_or(value.clone(), |within| format!("{within}, {value}"));
            let below = format!("rank() OVER ({group} ORDER BY {value} NULLS LAST) - 1");
            let equal = format!("count(*) OVER (PARTITION BY {alike})");
            format!("CAST(2 * ({below}) + {equal} AS DOUBLE) / (2 * {count})")
        }
        Against::Z => {
            let (mean, deviation) = (over("avg"), over("stddev_samp"));
            format!("CASE WHEN {deviation} > 0 THEN ({value} - {mean}) / {deviation} END")
        }
        against => quotient(against, &value, &over("avg")),
    };
    format!("CASE WHEN {} THEN {place} END", conditions.join(" AND "))
}

/// Working days up to and including a day, as an expression over its number.
fn working_up_to(day: &str) -> String {
    // 1970-01-01 was a Thursday: the Monday before it is day -3, and three working days lie between.
    format!(
        "(5 * floor(({day} + 4) / 7.0) + least({day} + 4 - 7 * floor(({day} + 4) / 7.0), 5) - 3\
         + coalesce((SELECT sum(odd.change) FROM odd_days odd WHERE odd.day <= {day}), 0))"
    )
}

fn working_since(look: &Look<'_, '_>, day: &str) -> String {
    let Some(work) = &look.plan.work else { return "NULL".to_owned() };
    let today = work.up_to(look.bounds.clock.day(look.bounds.as_of - 1, look.plan.frame.zone()));
    format!("CASE WHEN {day} IS NOT NULL THEN greatest({today} - {}, 0) END", working_up_to(day))
}

fn working_until(look: &Look<'_, '_>, day: &str) -> String {
    let Some(work) = &look.plan.work else { return "NULL".to_owned() };
    let today = work.up_to(look.bounds.clock.day(look.bounds.as_of, look.plan.frame.zone()) - 1);
    format!("{} - {today}", working_up_to(&format!("({day} - 1)")))
}

/// The days on which work is done though it is a weekend, or none though it is not: what the calendar says besides.
pub(super) fn odd_days(plan: &Plan<'_>) -> Option<Part> {
    let work = plan.work.as_ref()?;
    let counted = plan.tasks.iter().any(|task| task.measured.working);
    let odd = |day: i64| {
        let usual = (day + 3).rem_euclid(7) < 5;
        (work.works_on(day) != usual).then(|| format!("({day}, {})", if usual { -1 } else { 1 }))
    };
    // 1970 to 2150, as the plan counts them.
    let rows: Vec<String> = (0..180 * 366).filter_map(odd).collect();
    let rows = if rows.is_empty() { "(0, 0)".to_owned() } else { rows.join(", ") };
    counted.then(|| Part::new("odd_days(day, change)", format!("SELECT * FROM (VALUES {rows}) AS days")))
}
