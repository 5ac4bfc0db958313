//! `liuke model`: models that are there. One of somebody else brought in, two beside each other, what has become of one.

use std::path::{Path, PathBuf};

use app::view::{ModelComparison, ModelContest, ModelDrift, ModelMetric, ModelMonth, ModelPage, Words};
use app::{App, OutsideAsked, Reader};
use clap::{Args, Subcommand};
use serde::Serialize;
use vocab::Lang;

use super::console::Console;
use super::failure::{Done, Failure};
use crate::clock;

/// Customers printed who would change lists.
const PRINTED: usize = 10;

/// Models that are there: one of somebody else brought in, two beside each other, what has become of one
#[derive(Debug, Args)]
#[command(
    name = "model",
    disable_help_subcommand = true,
    after_help = "Example:\n  liuke model add --data ./data --table scores.csv --churn saas_contract --horizon 90d\n  liuke model compare --data ./data --id 3\n  liuke model drift --data ./data --id 2"
)]
pub(crate) struct Model {
    #[command(subcommand)]
    pub(crate) action: ModelAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelAction {
    Add(Add),
    Compare(Compare),
    Drift(Drift),
}

/// Somebody else's scores become a challenger: customer_id, as_of, score (0 to 1) and horizon, or a column p_90d
#[derive(Debug, Args)]
#[command(
    name = "add",
    after_help = "Example:\n  liuke model add --data ./data --table scores.csv --churn saas_contract --horizon 90d --lasts 45d"
)]
pub(crate) struct Add {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The table: CSV, Excel, Parquet or JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) table: PathBuf,
    /// What it is called; the file's name when absent
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Churn definition; the firm's when absent
    #[arg(long, value_name = "ID")]
    pub(crate) churn: Option<String>,
    /// Horizon of a table that names none, and the one reported where there are several
    #[arg(long, value_name = "DAYS", value_parser = super::backtest::days)]
    pub(crate) horizon: Option<u32>,
    /// A score lasts so long; older ones are not used
    #[arg(long, value_name = "DAYS", value_parser = super::backtest::days)]
    pub(crate) lasts: Option<u32>,
}

/// Two models on the same customers and moments, none of which either had learnt from
#[derive(Debug, Args)]
#[command(
    name = "compare",
    after_help = "Example:\n  liuke model compare --data ./data --id 3\n  liuke model compare --data ./data --id 3 --with 1"
)]
pub(crate) struct Compare {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Number of the model
    #[arg(long, value_name = "NUMBER")]
    pub(crate) id: i64,
    /// Number of the other; the one in service when absent
    #[arg(long, value_name = "NUMBER")]
    pub(crate) with: Option<i64>,
}

/// What has become of a model since it was judged, month by month
#[derive(Debug, Args)]
#[command(name = "drift", after_help = "Example:\n  liuke model drift --data ./data --id 2")]
pub(crate) struct Drift {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Number of the model
    #[arg(long, value_name = "NUMBER")]
    pub(crate) id: i64,
}

impl ModelAction {
    /// The folder it works on.
    pub(super) fn data(&self) -> &Path {
        match self {
            ModelAction::Add(add) => &add.data,
            ModelAction::Compare(compare) => &compare.data,
            ModelAction::Drift(drift) => &drift.data,
        }
    }
}

pub(crate) async fn model(app: &App, asked: &ModelAction, console: &mut Console) -> Result<Done, Failure> {
    let (reader, now) = (Reader::command_line(), clock::now());
    match asked {
        ModelAction::Add(add) => {
            let about = OutsideAsked {
                name: add.name.clone(),
                churn: add.churn.clone(),
                horizon_days: add.horizon,
                lasts_days: add.lasts,
            };
            let page = app.add_outside_model(&reader, &console.path(&add.table), about, now).await?;
            print(&page, added, console)?;
        }
        ModelAction::Compare(compare) => {
            let found = app.compare_models(&reader, compare.id, compare.with, now).await?;
            print(&found, compared, console)?;
        }
        ModelAction::Drift(drift) => print(&app.look_at_model(&reader, drift.id, now).await?, watched, console)?,
    }
    Ok(Done::All)
}

fn print<T: Serialize>(found: &T, text: fn(&T, Lang) -> String, console: &mut Console) -> Result<(), Failure> {
    if console.json {
        let value = serde_json::to_value(found).map_err(|error| Failure::from(std::io::Error::other(error)))?;
        return console.print_json(&value);
    }
    console.out(text(found, console.lang).as_bytes())
}

fn said(words: &Words, lang: Lang) -> &str {
    words.get(lang)
}

fn within(one: ModelMetric, digits: usize) -> String {
    let ModelMetric { value, low, high } = one;
    format!("{value:.digits$} [{low:.digits$}, {high:.digits$}]")
}

fn added(page: &ModelPage, lang: Lang) -> String {
    let (id, number, churn) = (page.row.id, page.row.number, &page.card.churn);
    let mut text = match lang {
        Lang::Zh => format!("候选模型：{churn} 第 {number} 个（编号 {id}），由人启用后才生效\n"),
        Lang::En => format!("Challenger: number {number} of {churn} (id {id}); a person puts it in service\n"),
    };
    for one in &page.card.horizons {
        let (days, auc, ece) = (one.days, within(one.auc, 3), one.calibration_error.value);
        text.push_str(&match lang {
            Lang::Zh => format!("  {days} 天：AUC {auc}，校准误差 {ece:.3}，{}\n", one.sentence.zh),
            Lang::En => format!("  {days} days: AUC {auc}, calibration error {ece:.3}; {}\n", one.sentence.en),
        });
    }
    page.card.limits.iter().for_each(|limit| text.push_str(&format!("! {}\n", said(limit, lang))));
    text
}

fn compared(found: &ModelComparison, lang: Lang) -> String {
    let mut text = String::new();
    let (one, other, days) = (found.champion.id, found.challenger.id, found.horizon_days);
    text.push_str(&match lang {
        Lang::Zh => format!("模型 {one} 与模型 {other}，预测期 {days} 天\n"),
        Lang::En => format!("model {one} and model {other}, horizon {days} days\n"),
    });
    found.notes.iter().for_each(|note| text.push_str(&format!("! {}\n", said(note, lang))));
    if let Some(why) = &found.not_yet {
        text.push_str(&format!("{}\n", said(why, lang)));
    }
    if let Some(told) = &found.told {
        text.push_str(&format!("{}\n", said(&told.says, lang)));
        let (first, last) = (told.moments.first(), told.moments.last());
        let (first, last) = (first.map_or("", String::as_str), last.map_or("", String::as_str));
        text.push_str(&match lang {
            Lang::Zh => {
                format!("  {first} 至 {last}，{} 行、{} 位客户，{} 行流失\n", told.rows, told.customers, told.left)
            }
            Lang::En => {
                format!("  {first} to {last}, {} rows of {} customers, {} left\n", told.rows, told.customers, told.left)
            }
        });
        told.contests.iter().for_each(|one| text.push_str(&contest(one)));
    }
    if let Some(lists) = &found.lists {
        text.push_str(&match lang {
            Lang::Zh => format!("今天的前 10%（{} 位）里会换 {} 位\n", lists.top, lists.changed),
            Lang::En => format!("of the top tenth of today ({}) {} would be others\n", lists.top, lists.changed),
        });
        for one in lists.movers.iter().take(PRINTED) {
            let mark = if one.enters { '+' } else { '-' };
            text.push_str(&format!("  {mark} {}  {:.3} → {:.3}\n", one.name, one.champion, one.challenger));
        }
    }
    text
}

fn contest(one: &ModelContest) -> String {
    let mark = match one.is_better {
        Some(true) => "+",
        Some(false) => "-",
        None => "=",
    };
    let (left, right, gap) = (within(one.champion, 4), within(one.challenger, 4), within(one.gap, 4));
    format!("  {mark} {}: {left} | {right} | {gap}\n", one.figure)
}

fn watched(found: &ModelDrift, lang: Lang) -> String {
    let before = &found.before;
    let mut text = match lang {
        Lang::Zh => {
            format!("与检验它的月份（{} 至 {}，{} 位客户）相比：\n", before.first, before.last, before.customers)
        }
        Lang::En => format!(
            "beside the months it was judged by ({} to {}, {} customers):\n",
            before.first, before.last, before.customers
        ),
    };
    found.months.iter().for_each(|month| text.push_str(&month_line(month, lang)));
    if found.signs.is_empty() {
        text.push_str(match lang {
            Lang::Zh => "没有异常\n",
            Lang::En => "nothing is wrong\n",
        });
    }
    found.signs.iter().for_each(|sign| text.push_str(&format!("! {}：{}\n", sign.at, said(&sign.says, lang))));
    text
}

fn month_line(month: &ModelMonth, lang: Lang) -> String {
    let psi = month.score.as_ref().map_or("-".to_owned(), |score| format!("{:.3} {}", score.psi, score.level));
    let kept = match (&month.kept, lang) {
        (Some(kept), Lang::Zh) => format!("预计 {:.0}，流失 {}，{} 倍", kept.said, kept.left, within(kept.ratio, 2)),
        (Some(kept), Lang::En) => {
            format!("expected {:.0}, left {}, ratio {}", kept.said, kept.left, within(kept.ratio, 2))
        }
        (None, Lang::Zh) => format!("结果 {} 起知道", month.told_on),
        (None, Lang::En) => format!("told from {}", month.told_on),
    };
    format!("  {}  {}  PSI {psi}  {kept}\n", month.at, month.customers)
}
