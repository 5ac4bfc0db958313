//! The query put together: parts in order, formulas over columns, and what stands at its head.

use vocab::Text;

use super::cells::{Cells, Cover, among_peers, odd_days};
use super::rows::{Keys, Part, SqlSource, parts};
use super::tests_of::{number, quoted};
use super::{LeftOut, layers};
use crate::catalog::Catalog;
use crate::formula::{Formula, Function, Operator};
use crate::measure::{With, Within};
use crate::plan::{Delivery, Plan};

/// The query of a plan that shows these columns.
pub(super) fn query(
    plan: &Plan<'_>,
    catalog: &Catalog,
    shown: &[&str],
    delivery: Delivery,
    source: &SqlSource,
    left_out: &[LeftOut],
) -> String {
    let always = catalog.is_covered_always();
    let mut all = parts(plan, source, delivery, &keys(catalog), always);
    all.extend(odd_days(plan));
    let Cells { parts, joined, cells, common } = Cells::of(plan, source.has_currencies(), Cover { delivery, always });
    all.extend(parts);
    all.push(measured(catalog, &joined, &cells, &common, always));
    let mut last = "measured".to_owned();
    if catalog.compares_peers() {
        all.push(compared(catalog, &cells, &common));
        last = "compared".to_owned();
    }
    for (place, layer) in layers(catalog).iter().enumerate() {
        let name = format!("formulas_{}", place + 1);
        let columns: String =
            layer.iter().map(|(id, formula)| format!(",\n    {} AS {}", computed(formula), quoted(id))).collect();
        all.push(Part::new(name.as_str(), format!("SELECT *{columns}\n  FROM {last}")));
        last = name;
    }
    let columns: String = shown.iter().map(|id| format!(",\n  {}", quoted(id))).collect();
    format!(
        "{}WITH {}\nSELECT customer AS customer_id{columns}\nFROM {last} ORDER BY customer_id;\n",
        head(plan, left_out),
        all.iter().map(told).collect::<Vec<_>>().join(",\n")
    )
}

/// A part with its name.
fn told(part: &Part) -> String {
    let kept = if part.kept { " MATERIALIZED" } else { "" };
    format!("{} AS{kept} (\n  {}\n)", part.name, part.body)
}

/// What whoever reads it must know, in both languages.
fn head(plan: &Plan<'_>, left_out: &[LeftOut]) -> String {
    let (t, zone) = (plan.moments[0].instant(), plan.frame.zone());
    let (at, name) = (zone.date_time(t), zone.name());
    let mut head = format!(
        "-- 截至 {at}（{name}）每位客户的指标；数据不足处为 NULL。\n\
         -- The indicators of every customer as of {at} ({name}); NULL where unknown.\n"
    );
    for LeftOut { id, why: Text { zh, en } } in left_out {
        head.push_str(&format!("-- {id}：{}\n-- {id}: {}\n", one_line(zh), one_line(en)));
    }
    head
}

/// A text that cannot leave its comment.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn keys(catalog: &Catalog) -> Keys {
    let want = catalog.want();
    let traits = catalog.indicators().iter().filter_map(|one| match one.within()? {
        Within::Trait(key) => Some(key.clone()),
        Within::Segments(_) | Within::Tier => None,
    });
    let mut spoken: Vec<String> = traits.collect();
    spoken.sort_unstable();
    spoken.dedup();
    Keys { said: want.properties, spoken, text: want.text }
}

/// A row per customer with what is measured on its own facts.
fn measured(
    catalog: &Catalog,
    joined: &[String],
    cells: &[(usize, String)],
    common: &[(usize, String)],
    always: bool,
) -> Part {
    let id = |column: &usize| quoted(&catalog.indicators()[*column].id);
    let own = cells.iter().map(|(column, cell)| format!("{cell} AS {}", id(column)));
    let common = common.iter().map(|(_, name)| format!("{name}.said AS {name}"));
    let columns: String = own.chain(common).map(|column| format!(",\n    {column}")).collect();
    let covered = if always || cells.is_empty() { "" } else { " CROSS JOIN covered" };
    let joins: String =
        joined.iter().map(|name| format!("\n    LEFT JOIN {name} ON {name}.customer = customers.customer")).collect();
    Part::new("measured", format!("SELECT customers.customer AS customer{columns}\n  FROM customers{covered}{joins}"))
}

/// The same with those put against each other that are to be.
fn compared(catalog: &Catalog, cells: &[(usize, String)], common: &[(usize, String)]) -> Part {
    let column = |(column, _): &(usize, String)| {
        let indicator = &catalog.indicators()[*column];
        let id = quoted(&indicator.id);
        let compare = indicator.measured().and_then(|measured| measured.compare.as_ref());
        match compare.map(|compare| (&compare.with, compare.against)) {
            Some((With::Peers { least, .. }, against)) => {
                let within = common.iter().find(|(of, _)| of == column).map(|(_, name)| name.as_str());
                format!(",\n    {} AS {id}", among_peers(against, *least, &indicator.id, within))
            }
            _ => format!(",\n    {id}"),
        }
    };
    let columns: String = cells.iter().map(column).collect();
    Part::new("compared", format!("SELECT customer{columns}\n  FROM measured"))
}

/// A formula over columns; whatever is unknown makes it unknown.
fn computed(formula: &Formula) -> String {
    let in_brackets = |formula: &Formula| match formula {
        Formula::Binary(..) => format!("({})", computed(formula)),
        _ => computed(formula),
    };
    match formula {
        Formula::Number(value) => format!("CAST({} AS DOUBLE)", number(*value)),
        Formula::Indicator(id) => quoted(id),
        Formula::Binary(operator, left, right) => {
            let (left, right) = (in_brackets(left), in_brackets(right));
            match operator {
                Operator::Add => format!("{left} + {right}"),
                Operator::Subtract => format!("{left} - {right}"),
                Operator::Multiply => format!("{left} * {right}"),
                Operator::Divide => format!("{left} / nullif({right}, 0)"),
            }
        }
        Formula::Call(function, parts) => called(*function, parts),
    }
}

fn called(function: Function, parts: &[Formula]) -> String {
    let told: Vec<String> = parts.iter().map(computed).collect();
    let (first, list) = (told.first().map_or("NULL", String::as_str), told.join(", "));
    // The smallest and the largest of some are those that are known, to an engine: all must be.
    let known = |name: &str| {
        let parts = parts.iter().zip(&told).filter(|(part, _)| !matches!(part, Formula::Number(_)));
        let known: Vec<String> = parts.map(|(_, told)| format!("({told}) IS NOT NULL")).collect();
        match known.is_empty() {
            true => format!("{name}({list})"),
            false => format!("CASE WHEN {} THEN {name}({list}) END", known.join(" AND ")),
        }
    };
    match function {
        Function::Min => known("least"),
        Function::Max => known("greatest"),
        Function::Abs => format!("abs({first})"),
        Function::Ln => format!("CASE WHEN {first} > 0 THEN ln({first}) END"),
        Function::Sqrt => format!("CASE WHEN {first} >= 0 THEN sqrt({first}) END"),
        Function::Coalesce => format!("coalesce({list})"),
    }
}
