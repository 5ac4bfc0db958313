//! `liuke train`: whether history carries a model of who will leave, and if so the model.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::view::{ModelHorizon, ModelPage, TrainingReport, Words};
use app::{App, Reader, TrainingQuery};
use vocab::Lang;

use super::arguments::Train;
use super::console::Console;
use super::failure::{Done, Failure};
use super::tables::{Target, write_file};
use crate::clock;

/// Indicators printed; all of them are on the card.
const PRINTED: usize = 10;

pub(crate) async fn train(app: &App, asked: &Train, console: &mut Console) -> Result<Done, Failure> {
    let target = asked.out.as_deref().map(|out| Target::of(Some(out), console)).transpose()?;
    let frame = asked.frame.as_deref().map(|file| frame_file(file, console)).transpose()?;
    let query = TrainingQuery {
        churn: asked.churn.clone(),
        horizon_days: asked.horizon,
        as_of: asked.as_of.as_deref().map(|text| app.moment(text)).transpose()?,
        seed: asked.seed,
        ..TrainingQuery::default()
    };
    let (tell, mut told) = tokio::sync::watch::channel(0.0);
    let progress = Arc::new(move |part: f64| {
        tell.send_replace(part);
        true
    });
    let reader = Reader::command_line();
    let mut work = std::pin::pin!(app.train(&reader, query, progress, clock::now()));
    let training = loop {
        tokio::select! {
            found = &mut work => break found?,
            Ok(()) = told.changed() => {
                let part = *told.borrow_and_update();
                console.sink.progress((part * 100.0) as u64, Some(100));
            }
        }
    };
    let report = &training.report;
    if let Some(target) = target.filter(|_| report.model.is_some()) {
        target.write(&training.judged, console)?;
    }
    if let Some(file) = frame {
        write_file(&file, |to| training.rows.write_parquet(to))?;
        let (count, shown) = (training.rows.row_count(), file.display());
        console.say(format!("{count} 行已写入 {shown}"), format!("{count} rows written to {shown}"));
    }
    if console.json {
        let value = serde_json::to_value(report).map_err(|error| Failure::from(std::io::Error::other(error)))?;
        console.print_json(&value)?;
    } else {
        console.out(text(report, console.lang).as_bytes())?;
    }
    match &report.refusal {
        Some(why) => Err(Failure::Failed(why.detail.clone(), why.hint.clone())),
        None => Ok(Done::All),
    }
}

/// Where the rows go; asked before anything is computed, so that a wrong ending costs nothing.
fn frame_file(file: &Path, console: &Console) -> Result<PathBuf, Failure> {
    if file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
        return Ok(console.path(file));
    }
    Err(Failure::usage(
        ("学习用的行只写成 Parquet", "the rows learnt from are written as Parquet only"),
        ("文件名须以 .parquet 结尾", "the file's name must end in .parquet"),
    ))
}

fn said(words: &Words, lang: Lang) -> &str {
    words.get(lang)
}

/// Whether history carries a model; then what it is, how good it was, and what it looks at.
fn text(report: &TrainingReport, lang: Lang) -> String {
    let ready = &report.readiness;
    let mut text = format!("{}\n", said(&ready.headline, lang));
    let stage = match (ready.stage.as_str(), lang) {
        ("rules", Lang::Zh) => "目前适合：规则",
        ("rules", Lang::En) => "fit for now: rules",
        ("scorecard", Lang::Zh) => "目前适合：规则与打分卡",
        ("scorecard", Lang::En) => "fit for now: rules and scorecards",
        ("simple", Lang::Zh) => "目前适合：指标不多的模型",
        ("simple", Lang::En) => "fit for now: a model of a few indicators",
        (_, Lang::Zh) => "目前适合：完整的模型",
        (_, Lang::En) => "fit for now: a full model",
    };
    text.push_str(&format!("{stage}\n"));
    for one in ready.missing.iter().skip(1) {
        text.push_str(&format!("! {}\n", said(&one.detail, lang)));
    }
    if let Some(model) = &report.model {
        model_text(&mut text, model, lang);
    }
    text
}

fn model_text(text: &mut String, model: &ModelPage, lang: Lang) {
    let (number, churn, digest) =
        (model.row.number, &model.card.churn, model.row.content.get(..12).unwrap_or_default());
    text.push_str(&match lang {
        Lang::Zh => format!("\n候选模型：{churn} 第 {number} 个（{digest}），由人启用后才生效\n"),
        Lang::En => {
            format!("\nChallenger: number {number} of {churn} ({digest}); a person puts it in service\n")
        }
    });
    let reported = model.card.horizons.iter().find(|one| one.days == model.card.horizon_days);
    if let Some(one) = reported {
        text.push_str(&format!("{}\n", said(&one.sentence, lang)));
    }
    model.card.horizons.iter().for_each(|one| text.push_str(&horizon_line(one, lang)));
    let names: Vec<&str> = model.card.columns.iter().take(PRINTED).map(|one| said(&one.name, lang)).collect();
    text.push_str(&match lang {
        Lang::Zh => format!("参与学习的 {} 个指标：{}\n", model.card.columns.len(), names.join("、")),
        Lang::En => format!("{} indicators learnt from: {}\n", model.card.columns.len(), names.join(", ")),
    });
    for leak in model.card.set_aside.iter().filter(|one| one.code == "leak") {
        text.push_str(&match lang {
            Lang::Zh => format!("! 未来信息泄漏，已排除：{}（{}）\n", leak.name.zh, leak.why.zh),
            Lang::En => format!("! leak, left out: {} ({})\n", leak.name.en, leak.why.en),
        });
    }
}

fn horizon_line(one: &ModelHorizon, lang: Lang) -> String {
    let (days, auc, ece) = (one.days, one.auc, one.calibration_error);
    let (value, low, high) = (auc.value, auc.low, auc.high);
    match lang {
        Lang::Zh => format!(
            "  {days} 天：AUC {value:.3}（{low:.3}–{high:.3}），校准误差 {:.3}，前 10% 命中倍数 {:.2}，检验 {} 行、{} 行流失\n",
            ece.value, one.lift.value, one.rows, one.left
        ),
        Lang::En => format!(
            "  {days} days: AUC {value:.3} ({low:.3} to {high:.3}), calibration error {:.3}, lift at 10 % {:.2}, \
             {} rows judged, {} left\n",
            ece.value, one.lift.value, one.rows, one.left
        ),
    }
}
