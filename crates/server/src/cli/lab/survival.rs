//! `liuke lab survival`.

use std::path::PathBuf;

use app::laboratory::{CoxReport, CurveReport, FoldPlan, SurvivalReport, SurvivalSpec, Ties};
use app::{ColumnType, Value};
use clap::Args;
use serde_json::{Value as Json, json};
use vocab::Lang;

use super::{cell, digits, lines, read};
use crate::cli::console::Console;
use crate::cli::failure::{Done, Failure};
use crate::cli::tables::Target;

/// Survival curves (Kaplan–Meier) and Cox's model: who stays how long, and what makes them leave sooner
#[derive(Debug, Args)]
#[command(
    name = "survival",
    after_help = "Example:\n  liuke lab survival --table telco.csv --duration tenure --event Churn --group Contract --at 12,24,48\n  liuke lab survival --table telco.csv --duration tenure --event Churn --covariates Contract,MonthlyCharges --folds 5"
)]
pub(crate) struct Survival {
    /// The table: CSV, Excel, Parquet or JSON
    #[arg(long, value_name = "FILE")]
    table: PathBuf,
    /// Column of durations
    #[arg(long, value_name = "COLUMN")]
    duration: String,
    /// Column that says whether the customer left
    #[arg(long, value_name = "COLUMN")]
    event: String,
    /// Its value that means leaving; 1/0, yes/no, 是/否 are understood without
    #[arg(long, value_name = "VALUE")]
    positive: Option<String>,
    /// Columns to explain it with, set apart by commas; all means every other one
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    covariates: Vec<String>,
    /// Ridge penalty, on standardised columns
    #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = not_negative)]
    penalty: f64,
    /// How to count customers who leave at the same time
    #[arg(long, value_name = "METHOD", default_value = "efron", value_parser = ["efron", "breslow", "exact"])]
    ties: String,
    /// A curve for each value of this column, compared by the log-rank test
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,
    /// Times to tell the curves at, set apart by commas
    #[arg(long, value_name = "TIMES", value_delimiter = ',')]
    at: Vec<f64>,
    /// Try the model on customers it was not fitted to, in so many parts
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(2..=100))]
    folds: Option<u16>,
    /// Where all luck comes from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Parts somebody else drew, as FILE:COLUMN
    #[arg(long, value_name = "FILE:COLUMN", conflicts_with = "folds")]
    fold_column: Option<String>,
    /// Write the curves to a file (.csv .parquet .xlsx .json)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn not_negative(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("not a number: {text}"))?;
    if value >= 0.0 && value.is_finite() { Ok(value) } else { Err(format!("{text} is not in 0..")) }
}

pub(super) fn run(asked: &Survival, console: &mut Console) -> Result<Done, Failure> {
    let target = asked.out.as_deref().map(|out| Target::of(Some(out), console)).transpose()?;
    let table = read(&asked.table, console)?;
    let folds = match (&asked.fold_column, asked.folds) {
        (Some(given), _) => Some(FoldPlan::Given(fold_column(given, table.row_count(), console)?)),
        (None, Some(folds)) => Some(FoldPlan::Drawn { folds: usize::from(folds), seed: asked.seed }),
        (None, None) => None,
    };
    let spec = SurvivalSpec {
        duration: asked.duration.clone(),
        event: asked.event.clone(),
        positive: asked.positive.clone(),
        covariates: asked.covariates.clone(),
        penalty: asked.penalty,
        ties: match asked.ties.as_str() {
            "breslow" => Ties::Breslow,
            "exact" => Ties::Exact,
            _ => Ties::Efron,
        },
        group: asked.group.clone(),
        times: asked.at.clone(),
        folds,
    };
    let report = app::lab_survival(&table, &spec)?;
    for note in &report.notes {
        console.sink.err(note.get(console.lang));
    }
    if let Some(target) = &target {
        target.write(&curve_table(&report), console)?;
    }
    if console.json {
        console.print_json(&as_json(&report, table.rejected().len()))?;
    } else {
        let text = as_text(&report, &spec, console.lang);
        console.out(text.as_bytes())?;
    }
    let rejected = report.left_out + table.rejected().len();
    Ok(if rejected > 0 { Done::SomeRejected } else { Done::All })
}

/// The parts of a file, one for each row.
fn fold_column(given: &str, rows: usize, console: &Console) -> Result<Vec<String>, Failure> {
    let (file, column) = given.rsplit_once(':').ok_or_else(|| {
        Failure::usage(
            (format!("不是“文件:列名”：“{given}”"), format!("not FILE:COLUMN: \"{given}\"")),
            ("例如 folds.csv:fold_1", "for example folds.csv:fold_1"),
        )
    })?;
    let parts = app::lab_column(&console.path(file.as_ref()), column)?;
    if parts.len() != rows {
        let count = parts.len();
        return Err(Failure::failed(
            (
                format!("分折文件有 {count} 行，表有 {rows} 行"),
                format!("the folds have {count} rows, the table {rows}"),
            ),
            ("两者的行要一一对应", "the rows of both must correspond"),
        ));
    }
    Ok(parts)
}

fn curve_table(report: &SurvivalReport) -> app::Table {
    use ColumnType::{Number, Text, Whole};
    let columns = [
        ("group", Text),
        ("time", Number),
        ("at_risk", Whole),
        ("left", Whole),
        ("censored", Whole),
        ("survival", Number),
        ("standard_error", Number),
        ("low", Number),
        ("high", Number),
        ("cumulative_hazard", Number),
    ];
    let rows = report.curves.iter().flat_map(|curve| {
        curve.points().iter().map(|point| {
            let band = point.band(0.95);
            let error = point.greenwood.is_finite().then(|| point.survival * point.greenwood.sqrt());
            vec![
                curve.group.clone().map_or(Value::Empty, Value::Text),
                Value::Number(point.time),
                Value::Whole(point.at_risk as i64),
                Value::Whole(point.ended as i64),
                Value::Whole(point.censored as i64),
                Value::Number(point.survival),
                cell(error),
                cell(band.map(|band| band.0)),
                cell(band.map(|band| band.1)),
                Value::Number(point.hazard),
            ]
        })
    });
    app::Table {
        columns: columns.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect(),
        rows: rows.collect(),
        note: None,
    }
}

fn as_json(report: &SurvivalReport, unreadable: usize) -> Json {
    let curves: Vec<Json> = report.curves.iter().map(curve_json).collect();
    let log_rank = report.log_rank.as_ref().map(|test| {
        json!({ "statistic": test.statistic, "degrees": test.degrees, "p": test.p,
                "observed": test.observed, "expected": test.expected })
    });
    let notes: Vec<Json> =
        report.notes.iter().map(|note| json!({ "zh": note.get(Lang::Zh), "en": note.get(Lang::En) })).collect();
    json!({
        "rows": { "received": report.received + unreadable, "used": report.received - report.left_out,
                  "left_out": report.left_out + unreadable },
        "kaplan_meier": curves[0],
        "groups": curves[1..],
        "log_rank": log_rank,
        "cox": report.cox.as_ref().map(cox_json),
        "notes": notes,
    })
}

fn curve_json(report: &CurveReport) -> Json {
    let curve: Vec<Json> = report
        .points()
        .iter()
        .map(|point| {
            let band = point.band(0.95);
            json!({ "time": point.time, "at_risk": point.at_risk, "left": point.ended, "censored": point.censored,
                    "survival": point.survival,
                    "standard_error": report.curve.standard_error_at(point.time),
                    "low": band.map(|band| band.0), "high": band.map(|band| band.1),
                    "cumulative_hazard": point.hazard })
        })
        .collect();
    let at: Vec<Json> = report
        .at
        .iter()
        .map(|(time, survival, error, band)| {
            json!({ "time": time, "survival": survival, "standard_error": error,
                    "low": band.map(|band| band.0), "high": band.map(|band| band.1) })
        })
        .collect();
    json!({ "group": report.group, "customers": report.curve.customers(), "left": report.curve.ended(),
            "median": report.curve.quantile(0.5), "at": at, "curve": curve })
}

fn cox_json(report: &CoxReport) -> Json {
    let model = &report.model;
    let coefficients: Vec<Json> = report
        .coefficients
        .iter()
        .map(|one| {
            json!({ "name": one.name, "coefficient": one.value, "hazard_ratio": one.value.exp(),
                    "standard_error": one.standard_error, "z": one.z, "p": one.p,
                    "low": one.interval.0, "high": one.interval.1,
                    "proportionality": one.proportionality.map(|test| json!({ "statistic": test.statistic, "p": test.p })) })
        })
        .collect();
    let references: Vec<Json> =
        report.references.iter().map(|(column, level)| json!({ "column": column, "level": level })).collect();
    let (statistic, degrees, p) = model.likelihood_ratio();
    let known: Vec<f64> = report.out_of_fold.iter().copied().flatten().collect();
    let mean = (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64);
    json!({
        "ties": format!("{:?}", model.options.ties).to_lowercase(),
        "penalty": model.options.penalty,
        "rows": model.rows, "left": model.ended, "incomplete": report.incomplete,
        "coefficients": coefficients, "references": references,
        "log_likelihood": model.log_likelihood,
        "penalised_log_likelihood": model.penalised_log_likelihood,
        "null_log_likelihood": model.null_log_likelihood,
        "likelihood_ratio": { "statistic": statistic, "degrees": degrees, "p": p },
        "aic": model.aic(),
        "concordance": report.concordance,
        "cross_validated": mean.map(|mean| json!({ "concordance": mean, "folds": report.out_of_fold })),
    })
}

fn as_text(report: &SurvivalReport, spec: &SurvivalSpec, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    let say = |chinese: String, english: String| if zh { chinese } else { english };
    let mut text = String::new();
    let used = report.received - report.left_out;
    text.push_str(&say(
        format!("{} 行，使用 {used} 行，{} 行缺少时长或是否流失\n", report.received, report.left_out),
        format!("{} rows, {used} used, {} without a duration or an answer\n", report.received, report.left_out),
    ));
    for curve in &report.curves {
        text.push('\n');
        text.push_str(&curve_text(curve, spec, zh));
    }
    if let Some(test) = &report.log_rank {
        text.push_str(&format!("\nlog-rank χ² {:.4} ({}) p {}\n", test.statistic, test.degrees, chance(test.p)));
    }
    if let Some(cox) = &report.cox {
        text.push('\n');
        text.push_str(&cox_text(cox, zh));
    }
    text
}

/// A probability that no number of the machine is small enough for is not nothing.
fn chance(p: f64) -> String {
    if p > 0.0 { format!("{p:.4e}") } else { "< 1e-300".to_owned() }
}

fn curve_text(report: &CurveReport, spec: &SurvivalSpec, zh: bool) -> String {
    const SHOWN: usize = 12;
    let curve = &report.curve;
    let median = curve.quantile(0.5);
    let name = report.group.as_ref().map_or_else(String::new, |group| {
        let column = spec.group.as_deref().unwrap_or_default();
        format!("{column} = {group}{}", if zh { "：" } else { ": " })
    });
    let median = match (median, zh) {
        (Some(median), true) => format!("一半客户在 {median} 之前流失"),
        (Some(median), false) => format!("half have left by {median}"),
        (None, true) => "流失不到一半".to_owned(),
        (None, false) => "fewer than half left".to_owned(),
    };
    let mut text = match zh {
        true => format!("Kaplan–Meier {name}{} 位客户，{} 位流失，{median}\n", curve.customers(), curve.ended()),
        false => format!("Kaplan–Meier {name}{} customers, {} left, {median}\n", curve.customers(), curve.ended()),
    };
    let every = curve.points().len().div_ceil(SHOWN).max(1);
    let times: Vec<f64> = match spec.times.is_empty() {
        false => spec.times.clone(),
        true => curve.points().iter().skip(every - 1).step_by(every).map(|point| point.time).collect(),
    };
    let rows = times.into_iter().map(|time| {
        let band = curve.band_at(time, 0.95);
        vec![
            time.to_string(),
            digits(Some(curve.survival_at(time)), 4),
            digits(curve.standard_error_at(time), 4),
            digits(band.map(|band| band.0), 4),
            digits(band.map(|band| band.1), 4),
        ]
    });
    let headings = if zh {
        ["时间", "仍在", "标准误", "95% 下限", "上限"]
    } else {
        ["time", "staying", "se", "95% low", "high"]
    };
    text.push_str(&lines(&headings, rows.collect()));
    text
}

fn cox_text(report: &CoxReport, zh: bool) -> String {
    let model = &report.model;
    let mut text = match zh {
        true => format!("Cox：{} 位客户，{} 位流失，{} 位因缺值未用\n", model.rows, model.ended, report.incomplete),
        false => format!(
            "Cox: {} customers, {} left, {} without some value not used\n",
            model.rows, model.ended, report.incomplete
        ),
    };
    for (column, level) in &report.references {
        text.push_str(&match zh {
            true => format!("{column}：以“{level}”为参照\n"),
            false => format!("{column}: compared with \"{level}\"\n"),
        });
    }
    let rows = report.coefficients.iter().map(|one| {
        vec![
            one.name.clone(),
            digits(Some(one.value), 6),
            digits(Some(one.standard_error), 6),
            digits(Some(one.value.exp()), 4),
            digits(Some(one.z), 2),
            format!("{:.4}", one.p),
            digits(one.proportionality.map(|test| test.p), 4),
        ]
    });
    let headings = match zh {
        true => ["列", "系数", "标准误", "风险比", "z", "p", "比例性 p"],
        false => ["column", "coefficient", "se", "hazard ratio", "z", "p", "proportional p"],
    };
    text.push_str(&lines(&headings, rows.collect()));
    let (statistic, degrees, p) = model.likelihood_ratio();
    let known: Vec<f64> = report.out_of_fold.iter().copied().flatten().collect();
    let held_out = match known.is_empty() {
        true => String::new(),
        false => {
            let mean = known.iter().sum::<f64>() / known.len() as f64;
            if zh { format!("，交叉验证 {mean:.4}") } else { format!(", cross-validated {mean:.4}") }
        }
    };
    let concordance = digits(report.concordance, 6);
    text.push_str(&match zh {
        true => format!("偏似然 {:.6}，似然比 χ² {statistic:.4} ({degrees}) p {p:.3e}，AIC {:.4}，C 指数 {concordance}{held_out}\n", model.log_likelihood, model.aic()),
        false => format!("partial log likelihood {:.6}, likelihood ratio χ² {statistic:.4} ({degrees}) p {p:.3e}, AIC {:.4}, C-index {concordance}{held_out}\n", model.log_likelihood, model.aic()),
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_probability_is_not_told_as_nothing() {
        assert_eq!((chance(0.03124).as_str(), chance(0.0).as_str()), ("3.1240e-2", "< 1e-300"));
    }
}
