//! `liuke lab rules`.

use std::path::PathBuf;

use app::laboratory::{DiscoveredRule, RuleCondition, RulesReport, RulesSpec, Saying, Tally};
use app::{ColumnType, Value};
use clap::Args;
use serde_json::{Value as Json, json};
use vocab::Lang;

use super::{Labelled, digits, label, lines, read, warn_of_leaks};
use crate::cli::console::Console;
use crate::cli::failure::{Done, Failure};
use crate::cli::tables::Target;

/// Who left more often than others, told in up to three conditions: found on one half of the customers, confirmed on the other
#[derive(Debug, Args)]
#[command(
    name = "rules",
    after_help = "Example:\n  liuke lab rules --table telco.csv --id customerID --label Churn --positive Yes --out rules.csv"
)]
pub(crate) struct Rules {
    #[command(flatten)]
    labelled: Labelled,
    /// Where all luck comes from: who is in which half
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,
    /// Write the rules here (.csv .parquet .xlsx .json)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(asked: &Rules, console: &mut Console) -> Result<Done, Failure> {
    let target = asked.out.as_deref().map(|out| Target::of(Some(out), console)).transpose()?;
    let table = read(&asked.labelled.table, console)?;
    let label = label(&asked.labelled, &table, console)?;
    let spec = RulesSpec {
        label: &label,
        positive: asked.labelled.positive.as_deref(),
        id: asked.labelled.id.as_deref(),
        seed: asked.seed,
    };
    let report = app::lab_rules(&table, &spec)?;
    warn_of_leaks(&report.leaks, report.unlabelled, console);
    if let Some(target) = &target {
        target.write(&rows(&report), console)?;
    }
    if console.json {
        console.print_json(&as_json(&report, table.rejected().len()))?;
    } else {
        let text = as_text(&report, console.lang);
        console.out(text.as_bytes())?;
    }
    let left_out = report.unlabelled + table.rejected().len();
    Ok(if left_out > 0 { Done::SomeRejected } else { Done::All })
}

fn condition(one: &RuleCondition) -> String {
    let column = &one.column;
    match &one.says {
        Saying::AtLeast(border) => format!("{column} >= {border}"),
        Saying::AtMost(border) => format!("{column} <= {border}"),
        Saying::Is(value) => format!("{column} = {value}"),
    }
}

fn rule(one: &DiscoveredRule) -> String {
    one.conditions.iter().map(condition).collect::<Vec<_>>().join(" & ")
}

fn rows(report: &RulesReport) -> app::Table {
    use ColumnType::{Number, Text, Whole};
    let columns = [
        ("rule", Text),
        ("rows", Whole),
        ("left", Whole),
        ("precision", Number),
        ("precision_low", Number),
        ("precision_high", Number),
        ("lift", Number),
        ("recall", Number),
        ("p", Number),
        ("q", Number),
        ("found_rows", Whole),
        ("found_left", Whole),
    ];
    let row = |one: &DiscoveredRule| {
        let figures = &one.figures;
        let (confirmed, found, precision) = (figures.confirmed, figures.found, figures.precision);
        let counts = |tally: Tally| [Value::Whole(tally.rows as i64), Value::Whole(tally.left as i64)];
        let shares =
            [precision.share, precision.low, precision.high, figures.lift, figures.recall, figures.p, figures.q];
        let cells = [Value::Text(rule(one))].into_iter().chain(counts(confirmed));
        cells.chain(shares.map(Value::Number)).chain(counts(found)).collect()
    };
    app::Table {
        columns: columns.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect(),
        rows: report.rules.iter().map(row).collect(),
        note: None,
    }
}

fn tally(one: Tally) -> Json {
    json!({ "rows": one.rows, "left": one.left, "customers": one.customers, "leavers": one.leavers })
}

fn as_json(report: &RulesReport, unreadable: usize) -> Json {
    let says = |one: &RuleCondition| match &one.says {
        Saying::AtLeast(border) => json!({ "column": one.column, "is": ">=", "than": border }),
        Saying::AtMost(border) => json!({ "column": one.column, "is": "<=", "than": border }),
        Saying::Is(value) => json!({ "column": one.column, "is": "=", "than": value }),
    };
    let rules = report.rules.iter().map(|one| {
        let figures = &one.figures;
        let precision = figures.precision;
        json!({
            "rule": rule(one), "conditions": one.conditions.iter().map(says).collect::<Vec<_>>(),
            "found": tally(figures.found), "confirmed": tally(figures.confirmed),
            "precision": precision.share, "precision_low": precision.low, "precision_high": precision.high,
            "lift": figures.lift, "recall": figures.recall, "p": figures.p, "q": figures.q,
        })
    });
    json!({
        "rows": { "received": report.rows + report.unlabelled + unreadable, "used": report.rows,
                  "left_out": report.unlabelled + unreadable },
        "positive": report.positive, "found": tally(report.found), "confirmed": tally(report.confirmed),
        "tested": report.tested, "rules": rules.collect::<Vec<_>>(),
    })
}

fn as_text(report: &RulesReport, lang: Lang) -> String {
    let said = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let (rows, tested, told) = (report.rows, report.tested, report.rules.len());
    let base = 100.0 * report.confirmed.share();
    let mut out = match lang {
        Lang::Zh => format!(
            "{rows} 行，一半用来发现、一半用来验证；验证了 {tested} 条，通过 {told} 条；全体流失 {base:.1}%\n\n"
        ),
        Lang::En => format!(
            "{rows} rows, half to find and half to confirm; {tested} rules tested, {told} confirmed; of all {base:.1} % left\n\n"
        ),
    };
    if report.rules.is_empty() {
        out.push_str(said(
            "没有一条规则经得起另一半客户的验证\n",
            "no rule is borne out by the other half of the customers\n",
        ));
        return out;
    }
    let rows = report.rules.iter().map(|one| {
        let figures = &one.figures;
        let (confirmed, precision) = (figures.confirmed, figures.precision);
        vec![
            rule(one),
            format!("{} / {}", confirmed.left, confirmed.rows),
            digits(Some(100.0 * precision.share), 1),
            format!("[{:.1}, {:.1}]", 100.0 * precision.low, 100.0 * precision.high),
            digits(Some(figures.lift), 2),
            digits(Some(100.0 * figures.recall), 1),
            format!("{:.1e}", figures.q),
        ]
    });
    let headings = [
        said("规则", "rule"),
        said("流失 / 命中", "left / covered"),
        said("流失 %", "left %"),
        said("95% 区间", "95 % interval"),
        said("倍数", "lift"),
        said("占流失 %", "of leavers %"),
        "q",
    ];
    out.push_str(&lines(&headings, rows.collect()));
    out
}
