//! `liuke lab btyd`.

use std::path::PathBuf;
use std::time::Instant;

use app::laboratory::{BtydReport, BtydSpec, Model, ModelFit, day_text};
use app::{ColumnType, Value};
use clap::Args;
use serde_json::{Value as Json, json};
use vocab::Lang;

use super::{cell, digits, lines, read};
use crate::cli::console::Console;
use crate::cli::failure::{Done, Failure};
use crate::cli::tables::Target;

/// How often customers without a contract will buy again, and what they are worth
#[derive(Debug, Args)]
#[command(
    name = "btyd",
    after_help = "Example:\n  liuke lab btyd --table orders.csv --customer customer --date date --amount amount --out customers.csv\n  liuke lab btyd --table orders.csv --customer customer --date date --calibration-end 1997-09-30 --horizon 39w --models bgnbd,paretonbd"
)]
pub(crate) struct Btyd {
    /// Purchases, one a row: CSV, Excel, Parquet or JSON
    #[arg(long, value_name = "FILE")]
    table: PathBuf,
    /// Column of customers
    #[arg(long, value_name = "COLUMN")]
    customer: String,
    /// Column of days; purchases of one day count once
    #[arg(long, value_name = "COLUMN")]
    date: String,
    /// Column of amounts; without it there is no value
    #[arg(long, value_name = "COLUMN")]
    amount: Option<String>,
    /// Last day to learn from, itself included; what comes later is what the models are tried on
    #[arg(long, value_name = "DATE")]
    calibration_end: Option<String>,
    /// How far ahead to look: 39w, 90d, 6mo, 1y
    #[arg(long, value_name = "SPAN")]
    horizon: Option<String>,
    /// Unit of time of the parameters
    #[arg(long, value_name = "UNIT", default_value = "w", value_parser = ["d", "w", "mo"])]
    unit: String,
    /// Models, set apart by commas; the first gives the figures of customers
    #[arg(long, value_name = "MODELS", value_delimiter = ',', default_value = "bgnbd", value_parser = ["bgnbd", "mbgnbd", "paretonbd", "nbd"])]
    models: Vec<String>,
    /// By how much a payment a year later counts less
    #[arg(long, value_name = "RATE", default_value_t = 0.1, value_parser = share)]
    discount: f64,
    /// The share of an amount that is margin
    #[arg(long, value_name = "SHARE", default_value_t = 1.0, value_parser = share)]
    margin: f64,
    /// Futures drawn of each customer for the range of their value; 0 for none
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    draws: u32,
    /// Where all luck comes from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write every customer's figures to a file (.csv .parquet .xlsx .json)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("not a number: {text}"))?;
    if (0.0..=10.0).contains(&value) { Ok(value) } else { Err(format!("{text} is not in 0..=10")) }
}

fn model(name: &str) -> Model {
    match name {
        "mbgnbd" => Model::MbgNbd,
        "paretonbd" => Model::ParetoNbd,
        "nbd" => Model::Nbd,
        _ => Model::BgNbd,
    }
}

fn name(model: Model) -> &'static str {
    match model {
        Model::BgNbd => "BG/NBD",
        Model::MbgNbd => "MBG/NBD",
        Model::ParetoNbd => "Pareto/NBD",
        Model::Nbd => "NBD",
    }
}

pub(super) fn run(asked: &Btyd, console: &mut Console) -> Result<Done, Failure> {
    let target = asked.out.as_deref().map(|out| Target::of(Some(out), console)).transpose()?;
    let table = read(&asked.table, console)?;
    let spec = BtydSpec {
        customer: asked.customer.clone(),
        date: asked.date.clone(),
        amount: asked.amount.clone(),
        calibration_end: asked.calibration_end.clone(),
        horizon: asked.horizon.clone(),
        unit_days: match asked.unit.as_str() {
            "d" => 1.0,
            "mo" => 30.4375,
            _ => 7.0,
        },
        models: asked.models.iter().map(|name| model(name)).collect(),
        discount: asked.discount,
        margin: asked.margin,
        // Without a file nobody sees the ranges of customers.
        draws: if target.is_some() { asked.draws } else { 0 },
        seed: asked.seed,
    };
    let begun = Instant::now();
    let report = app::lab_btyd(&table, &spec, &|| begun.elapsed())?;
    let warnings = report
        .models
        .iter()
        .flat_map(|model| model.warnings.iter().map(move |warning| (name(model.fitted.model), warning)));
    for (model, warning) in warnings {
        console.sink.err(&format!("{model}: {}", warning.get(console.lang)));
    }
    for note in &report.notes {
        console.sink.err(note.get(console.lang));
    }
    if let Some(target) = &target {
        target.write(&customers(&report), console)?;
    }
    if console.json {
        console.print_json(&as_json(&report, &asked.unit, table.rejected().len()))?;
    } else {
        let text = as_text(&report, &asked.unit, console.lang == Lang::Zh);
        console.out(text.as_bytes())?;
    }
    let rejected = report.some_rejected() || !table.rejected().is_empty();
    Ok(if rejected { Done::SomeRejected } else { Done::All })
}

fn customers(report: &BtydReport) -> app::Table {
    use ColumnType::{Number, Text, Whole};
    let columns = [
        ("customer", Text),
        ("frequency", Whole),
        ("recency", Number),
        ("T", Number),
        ("monetary", Number),
        ("probability_alive", Number),
        ("expected_purchases", Number),
        ("purchases_low", Number),
        ("purchases_high", Number),
        ("clv", Number),
        ("clv_low", Number),
        ("clv_high", Number),
        ("actual_purchases", Whole),
    ];
    let rows = report.outlooks.iter().map(|row| {
        vec![
            Value::Text(row.customer.clone()),
            Value::Whole(i64::from(row.history.frequency)),
            Value::Number(row.history.recency),
            Value::Number(row.history.age),
            cell(row.mean),
            Value::Number(row.alive),
            Value::Number(row.expected),
            cell(row.range.map(|range| range.0)),
            cell(row.range.map(|range| range.1)),
            cell(row.value),
            cell(row.value_range.map(|range| range.0)),
            cell(row.value_range.map(|range| range.1)),
            row.actual.map_or(Value::Empty, |count| Value::Whole(count as i64)),
        ]
    });
    app::Table {
        columns: columns.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect(),
        rows: rows.collect(),
        note: None,
    }
}

fn as_json(report: &BtydReport, unit: &str, unreadable: usize) -> Json {
    let left_out: Vec<Json> = report
        .left_out
        .iter()
        .map(|rows| {
            json!({ "count": rows.count, "first_row": rows.first + 2, "rejected": rows.rejected,
                            "zh": rows.why.get(Lang::Zh), "en": rows.why.get(Lang::En) })
        })
        .collect();
    let (first, last) = report.day_texts();
    let total: f64 = report.outlooks.iter().map(|row| row.expected).sum();
    let worth: f64 = report.outlooks.iter().filter_map(|row| row.value).sum();
    let notes: Vec<Json> =
        report.notes.iter().map(|note| json!({ "zh": note.get(Lang::Zh), "en": note.get(Lang::En) })).collect();
    let mut models = serde_json::Map::new();
    for model in &report.models {
        models.insert(name(model.fitted.model).to_lowercase().replace('/', "_"), model_json(model));
    }
    json!({
        "rows": { "received": report.received + unreadable, "unreadable": unreadable, "left_out": left_out },
        "from": first, "calibration_end": last, "unit": unit,
        "customers": report.customers, "repeat_purchases": report.repeats, "without_repeat": report.once,
        "greatest_age": report.age, "horizon": report.horizon,
        "models": models,
        "gamma_gamma": report.spend.as_ref().map(|spend| json!({
            "parameters": parameters(&spend.estimates), "log_likelihood": spend.log_likelihood,
            "customers": spend.customers, "population_mean": spend.population_mean(),
            "correlation": spend.correlation,
        })),
        "expected_purchases": total,
        "clv": report.spend.as_ref().map(|_| worth),
        "holdout": report.holdout.map(|holdout| json!({
            "until": day_text(holdout.until), "length": holdout.length,
            "purchases": holdout.purchases, "active": holdout.active,
        })),
        "notes": notes,
        "fit_seconds": report.fitting.as_secs_f64(),
    })
}

fn parameters(estimates: &[app::laboratory::Estimate]) -> Json {
    let mut map = serde_json::Map::new();
    for one in estimates {
        map.insert(
            one.name.to_owned(),
            json!({ "value": one.value, "standard_error": one.standard_error,
                    "low": one.interval.map(|interval| interval.0), "high": one.interval.map(|interval| interval.1) }),
        );
    }
    Json::Object(map)
}

fn model_json(model: &ModelFit) -> Json {
    let fitted = &model.fitted;
    let warnings: Vec<Json> =
        model.warnings.iter().map(|words| json!({ "zh": words.get(Lang::Zh), "en": words.get(Lang::En) })).collect();
    json!({
        "parameters": parameters(&fitted.estimates),
        "log_likelihood": fitted.log_likelihood,
        "log_likelihood_without_dropout": fitted.without_dropout,
        "identified": fitted.not_identified.is_empty(),
        "warnings": warnings,
        "forecast": model.forecast.map(|forecast| json!({
            "purchases": forecast.total, "correlation": forecast.correlation, "auc": forecast.auc,
        })),
    })
}

fn as_text(report: &BtydReport, unit: &str, zh: bool) -> String {
    let (first, last) = report.day_texts();
    let mut text = match zh {
        true => format!(
            "{first} 到 {last}：{} 位客户，{} 次复购，{} 位从未复购\n",
            report.customers, report.repeats, report.once
        ),
        false => format!(
            "{first} to {last}: {} customers, {} repeat purchases, {} never bought again\n",
            report.customers, report.repeats, report.once
        ),
    };
    for rows in &report.left_out {
        let why = rows.why.get(if zh { Lang::Zh } else { Lang::En });
        text.push_str(&match zh {
            true => format!("{} 行未使用：{why}（第一处在第 {} 行）\n", rows.count, rows.first + 2),
            false => format!("{} rows not used: {why} (first in row {})\n", rows.count, rows.first + 2),
        });
    }
    let mut rows = Vec::new();
    let mut add = |model: &str, estimates: &[app::laboratory::Estimate], log: f64| {
        for (at, one) in estimates.iter().enumerate() {
            let head = if at == 0 { (model.to_owned(), format!("{log:.4}")) } else { (String::new(), String::new()) };
            rows.push(vec![
                head.0,
                one.name.to_owned(),
                digits(Some(one.value), 6),
                digits(one.standard_error, 6),
                digits(one.interval.map(|interval| interval.0), 4),
                digits(one.interval.map(|interval| interval.1), 4),
                head.1,
            ]);
        }
    };
    for model in &report.models {
        add(name(model.fitted.model), &model.fitted.estimates, model.fitted.log_likelihood);
    }
    if let Some(spend) = &report.spend {
        add("Gamma-Gamma", &spend.estimates, spend.log_likelihood);
    }
    let headings = match zh {
        true => ["模型", "参数", "值", "标准误", "95% 下限", "上限", "对数似然"],
        false => ["model", "parameter", "value", "se", "95% low", "high", "log likelihood"],
    };
    text.push('\n');
    text.push_str(&lines(&headings, rows));
    text.push('\n');
    text.push_str(&ahead(report, unit, zh));
    text
}

/// What is expected, and what came.
fn ahead(report: &BtydReport, unit: &str, zh: bool) -> String {
    let total: f64 = report.outlooks.iter().map(|row| row.expected).sum();
    let horizon = report.horizon;
    let mut text = match zh {
        true => format!("未来 {horizon:.1}{unit}：预期购买 {total:.1} 次"),
        false => format!("within {horizon:.1}{unit}: {total:.1} purchases expected"),
    };
    if report.spend.is_some() {
        let worth: f64 = report.outlooks.iter().filter_map(|row| row.value).sum();
        text.push_str(&if zh {
            format!("，客户价值合计 {worth:.2}")
        } else {
            format!(", worth {worth:.2} in all")
        });
    }
    text.push('\n');
    if let Some(holdout) = report.holdout {
        let until = day_text(holdout.until);
        text.push_str(&match zh {
            true => format!("到 {until} 实际购买 {} 次，{} 位客户\n", holdout.purchases, holdout.active),
            false => format!("until {until} there were {}, by {} customers\n", holdout.purchases, holdout.active),
        });
        for model in &report.models {
            if let Some(forecast) = model.forecast {
                let (correlation, auc) = (digits(forecast.correlation, 4), digits(forecast.auc, 4));
                text.push_str(&match zh {
                    true => format!(
                        "{}：预测 {:.1}，与实际相关 {correlation}，“会再买”的 AUC {auc}\n",
                        name(model.fitted.model),
                        forecast.total
                    ),
                    false => format!(
                        "{}: forecast {:.1}, correlation {correlation}, AUC of buying again {auc}\n",
                        name(model.fitted.model),
                        forecast.total
                    ),
                });
            }
        }
    }
    text
}
