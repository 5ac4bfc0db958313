//! What is written down of a model, so that somebody who was not there can judge it: as fields and as a document.

use training::frames::MomentCounts;
use training::train::{Bin, Figures, HORIZONS, HorizonFit, LEAD_DAYS, Learnt, TrainSpec};
use vocab::{Horizon, Lang, Zone};

use crate::learnt::trained::{metric, stretch};
use crate::shown::written;
use crate::view::{
    ModelBin, ModelCard, ModelColumn, ModelHorizon, ModelMoment, ModelPassport, ModelReadiness, ModelSetAside,
    ModelStretch, Words,
};

/// Fewer customers who left than this in the months judged by make wide intervals.
const FEW_LEAVERS: u64 = 100;

/// A training as it is written down.
pub(crate) struct Learning<'a> {
    pub spec: &'a TrainSpec<'a>,
    pub learnt: &'a Learnt,
    pub ready: ModelReadiness,
    pub zone: &'a Zone,
}

impl Learning<'_> {
    /// The card of the model with this digest.
    pub(crate) fn card(&self, content: &str) -> ModelCard {
        let (spec, learnt) = (self.spec, self.learnt);
        let name = |id: &str| {
            let known = spec.catalog.get(id).map(|one| Words::from(&one.name));
            known.unwrap_or_else(|| Words::new(id, id))
        };
        let column = |one: &training::train::KeptColumn| ModelColumn {
            id: one.name.clone(),
            name: name(&one.name),
            information: one.information,
            coverage: one.coverage,
        };
        let aside = |one: &training::risk::SetAside| ModelSetAside {
            id: one.name.clone(),
            name: name(&one.name),
            code: one.code.to_owned(),
            why: Words::from(&one.why),
        };
        ModelCard {
            churn: spec.churn.id.clone(),
            churn_name: Words::from(&spec.churn.name),
            churn_sentence: Words::from(&spec.churn.sentence),
            label_delay_days: spec.churn.label_delay_days(),
            late_days: spec.churn.late_days,
            horizon_days: spec.horizon.days,
            as_of: written(spec.as_of.instant()),
            snapshot: format!("{:016x}", learnt.digest),
            content: content.to_owned(),
            code_version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: spec.seed,
            readiness: Some(self.ready.clone()),
            outside: None,
            moments: learnt.moments.iter().map(|counts| moment(counts, self.zone)).collect(),
            columns: learnt.columns.iter().map(column).collect(),
            set_aside: learnt.set_aside.iter().map(aside).collect(),
            horizons: learnt.fits.iter().map(|fit| self.horizon(fit)).collect(),
            unlearnt_days: learnt.unlearnt.iter().map(|(horizon, _)| horizon.days).collect(),
            limits: self.limits(),
        }
    }

    fn horizon(&self, fit: &HorizonFit) -> ModelHorizon {
        let (tested, choice) = (stretch(&fit.tested, self.zone), &fit.choice);
        ModelHorizon {
            learnt: Some(stretch(&fit.learnt, self.zone)),
            weighed: fit.weighed.as_ref().map(|weighed| stretch(weighed, self.zone)),
            told: fit.weighed.as_ref().map(|_| stretch(&fit.told, self.zone)),
            linear_share: Some(choice.linear_share),
            trees: Some(choice.trees.iter().map(|(_, rounds)| *rounds as u64).sum()),
            losses: Some(choice.losses),
            auc_in_time: fit.in_time.map(metric),
            ..judged(fit.horizon, &fit.figures, tested)
        }
    }

    /// What the model cannot do.
    fn limits(&self) -> Vec<Words> {
        let new = self.spec.churn.too_new_days;
        let mut limits = vec![
            Words::new(
                "它说的是谁可能流失，不是联系谁有用；挽留效果要靠对照组验证",
                "it says who is likely to leave, not whom it helps to contact: that takes a holdout to find out",
            ),
            Words::new(
                format!("首次出现不满 {new} 天的客户、内部客户和已流失客户不在学习范围内"),
                format!(
                    "customers first seen less than {new} days ago, internal ones and those gone were not learnt from"
                ),
            ),
            Words::new(
                "它从过去的月份学习；市场、价格或产品变化以后要重新训练",
                "it was learnt from past months: when the market, prices or the product change, train anew",
            ),
        ];
        let reported = self.learnt.reported(self.spec.horizon);
        if reported.is_some_and(|fit| fit.weighed.is_none()) {
            limits.push(Words::new(
                "历史太短，没有单独的月份用来校准；校准用的是同期其他客户",
                "history is too short for months of its own to calibrate by: other customers of the same months did",
            ));
        }
        if let Some(few) = reported.map(|fit| fit.tested.leavers).filter(|leavers| *leavers < FEW_LEAVERS) {
            limits.push(Words::new(
                format!("检验月份里只有 {few} 位流失客户，各项评估指标的区间较宽"),
                format!("only {few} customers left in the months judged by: the intervals are wide"),
            ));
        }
        for leak in self.learnt.leaks.iter().filter(|leak| !leak.is_certain) {
            limits.push(Words::new(
                format!("指标“{}”好得可疑，仍参与学习，请人工核对：{}", leak.column, leak.why.zh),
                format!(
                    "the indicator \"{}\" is suspiciously good and was learnt from; check it: {}",
                    leak.column, leak.why.en
                ),
            ));
        }
        limits
    }
}

/// The model in short; `None` if the reported horizon has no figures.
pub(crate) fn passport(card: &ModelCard, lake_version: u64) -> Option<ModelPassport> {
    let reported = card.horizons.iter().find(|one| one.days == card.horizon_days)?;
    Some(ModelPassport {
        churn: card.churn.clone(),
        churn_name: card.churn_name.clone(),
        horizon_days: card.horizon_days,
        horizons: card.horizons.iter().map(|one| one.days).collect(),
        as_of: card.as_of.clone(),
        snapshot: card.snapshot.clone(),
        lake_version,
        code_version: card.code_version.clone(),
        seed: card.seed,
        leavers: reported.tested.leavers,
        auc: reported.auc,
        calibration_error: reported.calibration_error,
        sentence: reported.sentence.clone(),
        outside: card.outside.clone(),
    })
}

/// How good probabilities were in some months, whoever said them.
pub(crate) fn judged(horizon: Horizon, figures: &Figures, tested: ModelStretch) -> ModelHorizon {
    ModelHorizon {
        days: horizon.days,
        learnt: None,
        weighed: None,
        told: None,
        tested,
        linear_share: None,
        trees: None,
        losses: None,
        rows: figures.rows,
        customers: figures.customers,
        left: figures.left,
        auc: metric(figures.auc),
        auc_in_time: None,
        average_precision: metric(figures.average_precision),
        log_loss: metric(figures.log_loss),
        base_log_loss: figures.base_log_loss,
        brier: metric(figures.brier),
        calibration_error: metric(figures.calibration_error),
        lift: metric(figures.lift),
        profit: metric(figures.profit),
        reliability: bins(&figures.reliability),
        sentence: Words::from(&figures.sentence),
    }
}

/// What was said beside what came of it.
pub(crate) fn bins(bins: &[Bin]) -> Vec<ModelBin> {
    let bin = |bin: &Bin| ModelBin { count: bin.count as u64, expected: bin.expected, observed: bin.observed };
    bins.iter().map(bin).collect()
}

/// What became of everybody at a moment.
pub(crate) fn moment(counts: &MomentCounts, zone: &Zone) -> ModelMoment {
    let who = &counts.eligibility;
    ModelMoment {
        at: zone.date(counts.at.instant()),
        eligible: who.eligible,
        too_new: who.too_new,
        gone: who.gone,
        internal: who.internal,
        left: counts.left,
        stayed: counts.stayed,
        untold: counts.untold,
    }
}

/// A card as a document.
pub(crate) fn document(card: &ModelCard, lang: Lang) -> String {
    let say = |words: &Words| words.get(lang).to_owned();
    let pick = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let mut text = format!("# {}\n\n", pick("流失模型卡", "Card of a churn model"));
    let mut line = |label: &str, value: String| text.push_str(&format!("- {label}: {value}\n"));
    if let Some(outside) = &card.outside {
        let (name, scores, last) = (&outside.name, outside.scores, outside.lasts_days);
        line(
            pick("外部模型", "model of somebody else"),
            match lang {
                Lang::Zh => format!("{name}，{scores} 个分数，{} 至 {}，有效 {last} 天", outside.first, outside.last),
                Lang::En => {
                    format!("{name}, {scores} scores, {} to {}, lasting {last} days", outside.first, outside.last)
                }
            },
        );
    }
    line(pick("流失口径", "churn definition"), format!("`{}`: {}", card.churn, say(&card.churn_sentence)));
    line(pick("预测期", "horizon"), format!("{} {}", card.horizon_days, pick("天", "days")));
    line(pick("截至时点", "as of"), card.as_of.clone());
    line(
        pick("预警提前期", "lead"),
        pick("0 天：标签从观察时点起算", "0 days: labels begin at the look itself").to_owned(),
    );
    line(pick("标签延迟", "label delay"), format!("{} {}", card.label_delay_days, pick("天", "days")));
    line(pick("等待晚到的数据", "waits for late facts"), format!("{} {}", card.late_days, pick("天", "days")));
    line(pick("数据摘要", "data snapshot"), format!("`{}`", card.snapshot));
    line(pick("模型摘要", "model digest"), format!("`{}`", card.content));
    line(pick("程序版本", "code version"), card.code_version.clone());
    line(pick("随机种子", "seed"), card.seed.to_string());
    if let Some(ready) = &card.readiness {
        line(pick("就绪度", "readiness"), say(&ready.headline));
    }
    for one in &card.horizons {
        horizon_text(&mut text, one, lang);
    }
    if !card.unlearnt_days.is_empty() {
        let days: Vec<String> = card.unlearnt_days.iter().map(u32::to_string).collect();
        text.push_str(&match lang {
            Lang::Zh => format!("\n历史太短，没有学习的预测期：{} 天。\n", days.join("、")),
            Lang::En => format!("\nHorizons that history is too short for: {} days.\n", days.join(", ")),
        });
    }
    text.push_str(&format!("\n## {}\n\n", pick("统计范围与时点", "Population and moments")));
    let days = if card.outside.is_some() { card.horizon_days } else { HORIZONS[0] };
    text.push_str(&match lang {
        Lang::Zh => format!("| 时点 | 参与 | {days} 天内流失 | 留存 | 未定 | 太新 | 已流失 | 内部 |\n"),
        Lang::En => {
            format!("| moment | eligible | left in {days} days | stayed | untold | too new | gone | internal |\n")
        }
    });
    text.push_str("|---|---|---|---|---|---|---|---|\n");
    for one in &card.moments {
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
            one.at, one.eligible, one.left, one.stayed, one.untold, one.too_new, one.gone, one.internal
        ));
    }
    if card.outside.is_none() {
        columns_text(&mut text, card, lang);
    }
    text.push_str(&format!("\n## {}\n\n", pick("局限", "Limits")));
    card.limits.iter().for_each(|limit| text.push_str(&format!("- {}\n", say(limit))));
    text
}

/// What was learnt from, and what was not.
fn columns_text(text: &mut String, card: &ModelCard, lang: Lang) {
    let say = |words: &Words| words.get(lang).to_owned();
    let pick = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    text.push_str(&format!("\n## {}\n\n", pick("参与学习的指标", "Learnt from")));
    text.push_str(pick(
        "| 指标 | 信息量 | 有值的比例 |\n|---|---|---|\n",
        "| indicator | information | coverage |\n|---|---|---|\n",
    ));
    for one in &card.columns {
        text.push_str(&format!(
            "| {} `{}` | {:.3} | {:.1} % |\n",
            say(&one.name),
            one.id,
            one.information,
            100.0 * one.coverage
        ));
    }
    text.push_str(&format!("\n## {}\n\n", pick("没有参与的指标及原因", "Not learnt from, and why")));
    for one in &card.set_aside {
        text.push_str(&format!("- {} `{}` ({}): {}\n", say(&one.name), one.id, one.code, say(&one.why)));
    }
}

fn horizon_text(text: &mut String, one: &ModelHorizon, lang: Lang) {
    let pick = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    text.push_str(&match lang {
        Lang::Zh => format!("\n## 预测期 {} 天\n\n{}\n\n", one.days, one.sentence.zh),
        Lang::En => format!("\n## Horizon of {} days\n\n{}\n\n", one.days, one.sentence.en),
    });
    let stretch = |of: &ModelStretch| match lang {
        Lang::Zh => {
            format!("{} 至 {}，{} 行，{} 位客户，{} 位流失", of.first, of.last, of.rows, of.customers, of.leavers)
        }
        Lang::En => format!(
            "{} to {}, {} rows, {} customers, {} of whom left",
            of.first, of.last, of.rows, of.customers, of.leavers
        ),
    };
    let folds = pick("同期其他客户（历史太短）", "other customers of the same months (history is too short)");
    if let Some(learnt) = &one.learnt {
        text.push_str(&format!("- {}: {}\n", pick("学习", "learnt from"), stretch(learnt)));
        let weighed = one.weighed.as_ref().map_or_else(|| folds.to_owned(), stretch);
        text.push_str(&format!("- {}: {weighed}\n", pick("选择与校准", "weighed and calibrated by")));
        if let Some(told) = &one.told {
            text.push_str(&format!("- {}: {}\n", pick("定下后再学一遍", "fitted once more as decided"), stretch(told)));
        }
    }
    text.push_str(&format!("- {}: {}\n", pick("检验", "judged by"), stretch(&one.tested)));
    if let (Some(linear), Some(trees), Some([one_loss, other_loss, both])) = (one.linear_share, one.trees, one.losses) {
        let linear = 100.0 * linear;
        text.push_str(&match lang {
            Lang::Zh => format!(
                "- 回归占 {linear:.0} %，树 {trees} 棵；对数损失：回归 {one_loss:.4}、树 {other_loss:.4}、合起来 {both:.4}\n"
            ),
            Lang::En => format!(
                "- share of the regression {linear:.0} %, {trees} trees; log loss: regression {one_loss:.4}, trees \
                 {other_loss:.4}, both {both:.4}\n"
            ),
        });
    }
    text.push_str(pick(
        "\n| 评估指标 | 值 | 95 % 区间 |\n|---|---|---|\n",
        "\n| metric | value | 95 % interval |\n|---|---|---|\n",
    ));
    let in_time =
        (format!("AUC（{LEAD_DAYS} 天以后才流失的）"), format!("AUC of those who left only after {LEAD_DAYS} days"));
    let metrics = [
        Some(("AUC", "AUC", one.auc)),
        one.auc_in_time.map(|auc| (in_time.0.as_str(), in_time.1.as_str(), auc)),
        Some(("平均精确率 PR-AUC", "average precision (PR-AUC)", one.average_precision)),
        Some(("对数损失", "log loss", one.log_loss)),
        Some(("Brier", "Brier", one.brier)),
        Some(("校准误差 ECE", "calibration error (ECE)", one.calibration_error)),
        Some(("前 10% 命中倍数", "lift at 10 %", one.lift)),
        Some(("期望最大利润 EMPC", "expected maximum profit (EMPC)", one.profit)),
    ];
    for (zh, en, metric) in metrics.into_iter().flatten() {
        let (value, low, high) = (metric.value, metric.low, metric.high);
        let name = if lang == Lang::Zh { zh } else { en };
        text.push_str(&format!("| {name} | {value:.4} | {low:.4} – {high:.4} |\n"));
    }
    text.push_str(&match lang {
        Lang::Zh => format!("| 对数损失（人人同一概率时） | {:.4} | |\n", one.base_log_loss),
        Lang::En => format!("| log loss of one share for everybody | {:.4} | |\n", one.base_log_loss),
    });
    text.push_str(pick("\n| 行数 | 预测 | 实际 |\n|---|---|---|\n", "\n| rows | said | came true |\n|---|---|---|\n"));
    for bin in &one.reliability {
        text.push_str(&format!("| {} | {:.1} % | {:.1} % |\n", bin.count, 100.0 * bin.expected, 100.0 * bin.observed));
    }
}
