//! `liuke lab classify`.

use std::path::PathBuf;

use app::laboratory::{Choice, Classified, ClassifiedRow, ClassifySpec, Column, Figures, FoldsBy, Kind, Table};
use app::{ColumnType, Value};
use clap::Args;
use serde_json::{Value as Json, json};
use vocab::Lang;

use super::{Labelled, digits, label, lines, read, warn_of_leaks};
use crate::cli::console::Console;
use crate::cli::failure::{Done, Failure};
use crate::cli::tables::Target;

/// Values of a label that are shown at most.
const VALUES_SHOWN: usize = 10;

/// Who is likely to leave: the risk model on any labelled table, judged on rows it had not seen
#[derive(Debug, Args)]
#[command(
    name = "classify",
    after_help = "Example:\n  liuke lab classify --table telco.csv --id customerID --label Churn --positive Yes --folds 5 --out risk.csv\n  liuke lab classify --table telco.csv --label Churn --positive Yes --fold-column folds.csv:fold_42"
)]
pub(crate) struct Classify {
    #[command(flatten)]
    labelled: Labelled,
    /// How many folds
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=100))]
    folds: u16,
    /// Where all luck comes from
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,
    /// Folds somebody else drew, as FILE:COLUMN, by its column "row", by the id or row by row
    #[arg(long, value_name = "FILE:COLUMN", conflicts_with = "folds")]
    fold_column: Option<String>,
    /// Write row, id, label, fold and probability here (.csv .parquet .xlsx .json)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(asked: &Classify, console: &mut Console) -> Result<Done, Failure> {
    let target = asked.out.as_deref().map(|out| Target::of(Some(out), console)).transpose()?;
    let table = read(&asked.labelled.table, console)?;
    let given = asked.fold_column.as_deref().map(|given| fold_file(given, console)).transpose()?;
    let folds = match &given {
        Some((table, column)) => FoldsBy::Given(table, column),
        None => FoldsBy::Count(usize::from(asked.folds)),
    };
    let label = label(&asked.labelled, &table, console)?;
    let spec = ClassifySpec {
        label: &label,
        positive: asked.labelled.positive.as_deref(),
        id: asked.labelled.id.as_deref(),
        folds,
        seed: asked.seed,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let report = app::lab_classify(&table, &spec)?;
    warn(&report, console);
    if let Some(target) = &target {
        target.write(&rows(&table, &report), console)?;
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

/// The table of `FILE:COLUMN`, and the column.
fn fold_file<'a>(given: &'a str, console: &Console) -> Result<(Table, &'a str), Failure> {
    let (file, column) = given.rsplit_once(':').ok_or_else(|| {
        Failure::usage(
            (format!("不是“文件:列名”：“{given}”"), format!("not FILE:COLUMN: \"{given}\"")),
            ("例如 folds.csv:fold_1", "for example folds.csv:fold_1"),
        )
    })?;
    Ok((app::lab_table(&console.path(file.as_ref()))?, column))
}

/// What the reader must not miss: leaks, rows left out, a label of many values, no signal.
fn warn(report: &Classified, console: &mut Console) {
    warn_of_leaks(&report.leaks, report.unlabelled, console);
    if report.stayed.len() > 1 {
        let shown: Vec<&str> = report.stayed.iter().take(VALUES_SHOWN).map(String::as_str).collect();
        let more = if report.stayed.len() > VALUES_SHOWN { "…" } else { "" };
        let left = &report.positive;
        console.say(
            format!("标签不止两个值：“{left}”算流失，{}{more} 算留存", shown.join("、")),
            format!(
                "the label has more than two values: \"{left}\" means left, {}{more} mean stayed",
                shown.join(", ")
            ),
        );
    }
    if !report.has_signal() {
        console.say(
            "没有可用的信号：AUC 的置信区间包含 0.5，这些列看不出谁会流失",
            "no usable signal: the interval of the AUC covers 0.5; these columns do not tell who leaves",
        );
    }
}

fn rows(table: &Table, report: &Classified) -> app::Table {
    use ColumnType::{Number, Text, Whole};
    let column = |name: &str| table.columns().iter().find(|column| column.name() == name);
    let (id, label) = (report.id.as_deref().and_then(column), column(&report.label));
    let columns = [("row", Whole), ("id", Text), ("label", Text), ("fold", Text), ("probability", Number)];
    let row = |one: &ClassifiedRow| {
        let cell = |column: Option<&Column>| {
            column.map_or(Value::Empty, |column| Value::Text(column.cell(one.row - 1).to_owned()))
        };
        let fold = report.folds.get(one.fold).cloned().unwrap_or_default();
        vec![Value::Whole(one.row as i64), cell(id), cell(label), Value::Text(fold), Value::Number(one.probability)]
    };
    app::Table {
        columns: columns.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect(),
        rows: report.rows.iter().map(row).collect(),
        note: None,
    }
}

fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Number => "number",
        Kind::Day => "day",
        Kind::TextLength => "text_length",
        Kind::Category(_) => "category",
    }
}

fn as_json(report: &Classified, unreadable: usize) -> Json {
    let Figures { auc, pooled, log_loss, average_precision, brier, calibration_error, lift, profit, reliability } =
        &report.figures;
    let groups: Vec<Json> = reliability
        .iter()
        .map(|group| json!({ "count": group.count, "expected": group.expected, "observed": group.observed }))
        .collect();
    let columns: Vec<Json> =
        report.columns.iter().map(|(name, read_as)| json!({ "name": name, "kind": kind(read_as) })).collect();
    let words = |text: &vocab::Text| json!({ "zh": text.get(Lang::Zh), "en": text.get(Lang::En) });
    let aside: Vec<Json> = report
        .set_aside
        .iter()
        .map(|aside| json!({ "name": aside.name, "code": aside.code, "why": words(&aside.why) }))
        .collect();
    let leaks: Vec<Json> = report
        .leaks
        .iter()
        .map(|leak| {
            json!({ "column": leak.column, "auc": leak.auc, "left_out": leak.is_certain, "why": words(&leak.why) })
        })
        .collect();
    let choices: Vec<Json> = report.choices.iter().map(choice_json).collect();
    json!({
        "rows": { "received": report.rows.len() + report.unlabelled + unreadable, "used": report.rows.len(),
                  "left_out": report.unlabelled + unreadable },
        "positive": report.positive, "leavers": report.leavers, "folds": report.folds.len(),
        "auc": auc, "auc_pooled": pooled.auc, "auc_low": pooled.low, "auc_high": pooled.high,
        "log_loss": log_loss, "average_precision": average_precision, "brier": brier, "ece": calibration_error,
        "lift_10": lift, "empc": profit, "signal": report.has_signal(), "reliability": groups,
        "columns": columns, "set_aside": aside, "leaks": leaks, "models": choices,
    })
}

fn choice_json(choice: &Choice) -> Json {
    let [linear, boosted, both] = choice.losses;
    let trees: Vec<Json> =
        choice.trees.iter().map(|(leaves, trees)| json!({ "leaves": leaves, "trees": trees })).collect();
    json!({ "linear_share": choice.linear_share, "penalty": choice.strength, "ensembles": trees,
            "out_of_fold_log_loss": { "linear": linear, "boosted": boosted, "both": both } })
}

fn as_text(report: &Classified, lang: Lang) -> String {
    let figures = &report.figures;
    let said = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let mut out = match lang {
        Lang::Zh => format!("{} 行，其中 {} 位流失；{} 折\n\n", report.rows.len(), report.leavers, report.folds.len()),
        Lang::En => {
            format!("{} rows, {} of them left; {} folds\n\n", report.rows.len(), report.leavers, report.folds.len())
        }
    };
    let interval = format!("[{:.4}, {:.4}]", figures.pooled.low, figures.pooled.high);
    let row = |name: &str, value: f64, places: usize, note: &str| {
        vec![name.to_owned(), digits(Some(value), places), note.to_owned()]
    };
    let measures = vec![
        row("AUC", figures.auc, 4, &interval),
        row("log loss", figures.log_loss, 4, ""),
        row("PR-AUC", figures.average_precision, 4, ""),
        row("Brier", figures.brier, 4, ""),
        row("ECE", figures.calibration_error, 4, ""),
        row(said("前 10% 命中倍数", "lift at 10 %"), figures.lift, 2, ""),
        row("EMPC", figures.profit, 2, ""),
    ];
    out.push_str(&lines(
        &[said("评估指标", "metric"), said("数值", "value"), said("95% 区间", "95 % interval")],
        measures,
    ));
    out.push('\n');
    let groups = figures.reliability.iter().map(|group| {
        vec![group.count.to_string(), digits(Some(100.0 * group.expected), 1), digits(Some(100.0 * group.observed), 1)]
    });
    let headings =
        [said("客户数", "customers"), said("预计流失 %", "expected to leave %"), said("实际流失 %", "left %")];
    out.push_str(&lines(&headings, groups.collect()));
    if !report.set_aside.is_empty() {
        out.push('\n');
        let aside = report.set_aside.iter().map(|aside| vec![aside.name.clone(), aside.why.get(lang).to_owned()]);
        out.push_str(&lines(&[said("未使用的列", "column not used"), said("原因", "why")], aside.collect()));
    }
    out
}
