//! Tables of what came of the past: who left, what other windows would make of it, replays, models, the budget.

use crate::error::Error;
use crate::table::Value;
use crate::tables::export::columns::{Ask, Columns, Spoken, count, text};
use crate::tables::export::{Sheet, number, word};
use crate::view::{
    BacktestReport, BacktestSegment, BacktestShare, Budget, ChurnText, ModelMetric, ModelStretch, ProductLineRow,
    Slice, Words,
};

const MODEL: &[Spoken] = &[
    ("challenger", "候选模型", "Challenger"),
    ("champion", "在用模型", "In service"),
    ("retired", "已停用", "Retired"),
];
const METRIC: &[Spoken] = &[
    ("auc", "AUC", "AUC"),
    ("average_precision", "平均精确率", "Average precision"),
    ("lift", "前 10% 命中倍数", "Lift at 10 %"),
    ("log_loss", "对数损失", "Cross-entropy"),
    ("base_log_loss", "对数损失（人人同一概率）", "Cross-entropy of one share for all"),
    ("brier", "Brier 分", "Brier score"),
    ("calibration_error", "校准误差", "Calibration error"),
    ("profit", "期望最大利润", "Expected maximum profit"),
];
const STRETCH: &[Spoken] = &[
    ("learnt", "学习", "Learnt from"),
    ("weighed", "选择与校准", "Chosen and calibrated by"),
    ("told", "定下后再学一遍", "Fitted once more on"),
    ("tested", "检验", "Judged by"),
];
const CUT: &[Spoken] = &[
    ("segment", "分群", "Segment"),
    ("value", "客户价值", "Value"),
    ("band", "风险等级", "Band"),
    ("owner", "负责人", "Owner"),
];
const TIER: &[Spoken] =
    &[("high", "高价值", "High value"), ("middle", "中价值", "Middle value"), ("low", "低价值", "Low value")];
const FATE: &[Spoken] = &[
    ("caught", "提前发现", "Seen ahead"),
    ("never", "没有预警", "Never warned of"),
    ("too_late", "预警太晚", "Warned too late"),
    ("too_early", "预警太早，已过预测期", "Warned too early"),
    ("no_time", "回看刚开始就流失", "Left right at the beginning"),
    ("in_time", "及时", "In time"),
    ("late", "太晚", "Late"),
    ("false", "误报", "Mistaken"),
    ("undecided", "还看不出", "Cannot be told yet"),
];

pub(super) async fn churn_parts(ask: &Ask<'_>, by_owner: bool) -> Result<Sheet, Error> {
    let churn = ask.app.churn(&ask.reader.scope, ask.as_of, ask.now).await?;
    let (rows, head, title) = match by_owner {
        true => (churn.by_owner, ("负责人", "Owner"), ("按负责人", "by owner")),
        false => (churn.by_band, ("风险等级", "Band"), ("按风险等级", "by band")),
    };
    let at_risk = match churn.risk_horizon_days {
        Some(_) => ("风险金额（价值 × 流失概率）", "Value at risk (value × risk)"),
        None => ("高风险价值", "Value at risk"),
    };
    let key = |row: &Slice| match by_owner {
        true => ask.owner(Some(row.key.as_str()).filter(|key| !key.is_empty())),
        false => word(&row.key, ask.lang),
    };
    Ok(Columns::of(&rows)
        .col(head.0, head.1, key)
        .col("客户数", "Customers", |row| count(row.count))
        .col("客户价值", "Value", |row| number(Some(row.value_sum)))
        .col("高风险", "At risk", |row| count(row.at_risk_count))
        .col(at_risk.0, at_risk.1, |row| number(Some(row.at_risk_value)))
        .sheet(title, Vec::new()))
}

pub(super) async fn product_lines(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let page = ask.app.product_lines(&ask.reader.scope, ask.as_of, ask.now).await?;
    let about = vec![
        ask.note(("怎么判断", "Judged by"), page.says.get(ask.lang)),
        ask.note(("产品线条数", "Lines in all"), page.line_count.to_string()),
    ];
    let last = |row: &ProductLineRow| row.months.iter().rev().find(|one| one.month.complete).cloned();
    Ok(Columns::of(&page.lines)
        .col("产品线", "Product line", |row| text(&row.name))
        .col("在这条线", "In it", |row| count(row.current))
        .col("刚来不久", "Too new", |row| count(row.too_new))
        .col("离开这条线，仍是客户", "Left it, still a customer", |row| count(row.left_line))
        .col("已整体流失", "Left altogether", |row| count(row.left_altogether))
        .col("曾在这条线", "Ever in it", |row| count(row.customers))
        .col("最近整月", "Last whole month", |row| text(last(row).map(|one| one.month.month).unwrap_or_default()))
        .col("月初在线", "At its start", |row| number(last(row).map(|one| one.month.customers_at_start as f64)))
        .col("离开", "Left", |row| number(last(row).map(|one| one.month.left_count as f64)))
        .col("离开率", "Rate", |row| number(last(row).and_then(|one| one.month.rate)))
        .sheet(("产品线流失", "product lines"), about))
}

pub(super) async fn line_leavers(ask: &Ask<'_>, line: &str, month: &str) -> Result<Sheet, Error> {
    let rows = ask.app.line_leavers(&ask.reader.scope, (line, month), ask.as_of, ask.now).await?;
    let about = vec![ask.note(("产品线", "Product line"), line), ask.note(("月份", "Month"), month)];
    Ok(Columns::of(&rows)
        .col("客户编号", "Customer id", |row| text(&row.leaver.customer_id))
        .col("客户名称", "Name", |row| text(&row.leaver.customer_name))
        .col("负责人", "Owner", |row| ask.owner(row.leaver.owner.as_deref()))
        .col("离开时间", "Left at", |row| ask.at(&row.leaver.gone_at))
        .col("最近一次活动", "Last activity", |row| ask.at_any(row.leaver.last_seen_at.as_deref()))
        .col("离开后仍是客户", "Still a customer then", |row| ask.yes(row.stayed))
        .col("客户价值", "Value", |row| number(row.leaver.value.value))
        .sheet(("产品线离开名单", "line leavers"), about))
}

pub(super) async fn churn_windows(ask: &Ask<'_>, asked: &ChurnText) -> Result<Sheet, Error> {
    let trial = ask.app.preview_churn(ask.reader, asked.clone(), ask.now).await?;
    let watched = trial.away.watch_days.to_string();
    let about = vec![
        ask.note(("试的口径", "Definition tried"), trial.says.get(ask.lang)),
        ask.note(("此后观察天数", "Days watched after"), watched),
    ];
    Ok(Columns::of(&trial.away.windows)
        .col("多少天没来", "Days away", |row| count(row.days.into()))
        .col("现在算流失", "Left by now", |row| count(row.gone_now))
        .col("一年内流失", "Left in a year", |row| count(row.left))
        .col("观察到的", "Watched", |row| count(row.watched))
        .col("后来又来", "Came back", |row| count(row.returned))
        .col("回来的比例", "Share that came back", |row| number(row.return_rate))
        .sheet(("流失窗口", "windows"), about))
}

pub(super) async fn lookback(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let page = ask.app.lookback(ask.reader, ask.now).await?.page;
    let page = page.ok_or_else(|| Error::not_found(("开箱回测", "the first look back")))?;
    let report = ask.app.whole_backtest(ask.reader, page.run.id).await?;
    Ok(replayed(ask, &report, ("开箱回测", "first look back")))
}

pub(super) async fn backtest(ask: &Ask<'_>, id: u64) -> Result<Sheet, Error> {
    let report = ask.app.whole_backtest(ask.reader, id).await?;
    Ok(replayed(ask, &report, ("回测", "backtest")))
}

pub(super) async fn backtest_bands(ask: &Ask<'_>, id: u64) -> Result<Sheet, Error> {
    let report = ask.app.whole_backtest(ask.reader, id).await?;
    let share =
        |tell: fn(&BacktestShare) -> f64| move |row: &crate::view::BacktestBand| number(row.share.as_ref().map(tell));
    Ok(Columns::of(&report.bands)
        .col("风险等级", "Band", |row| word(&row.band, ask.lang))
        .col("当时在这个等级的次数", "Stood in it", |row| count(row.stood))
        .col("预测期内流失", "Left within the horizon", |row| count(row.left))
        .col("比例", "Share", share(|share| share.share))
        .col("比例下限", "Share, lower end", share(|share| share.low))
        .col("比例上限", "Share, upper end", share(|share| share.high))
        .sheet(("各等级的结果", "record of bands"), replay_about(ask, &report)))
}

pub(super) async fn backtest_parts(ask: &Ask<'_>, id: u64) -> Result<Sheet, Error> {
    let report = ask.app.whole_backtest(ask.reader, id).await?;
    let part = |row: &BacktestSegment| match (row.by.as_str(), row.key.as_str()) {
        ("owner", key) => ask.owner(Some(key).filter(|key| !key.is_empty())),
        ("segment", "") => ask.pick(("不在任何分群里", "In no segment")),
        (_, "") => ask.pick(("未知", "Unknown")),
        ("band", key) => word(key, ask.lang),
        ("value", key) => ask.spoken(TIER, key),
        (_, key) => row.name.as_ref().map_or_else(|| text(key), |name| ask.say(name)),
    };
    type Of = fn(&BacktestSegment) -> Option<&BacktestShare>;
    type Tell = fn(&BacktestShare) -> f64;
    let share = |of: Of, tell: Tell| move |row: &BacktestSegment| number(of(row).map(tell));
    let (recall, precision): (Of, Of) = (|row| row.counts.recall.as_ref(), |row| row.counts.precision.as_ref());
    let (middle, low, high): (Tell, Tell, Tell) = (|share| share.share, |share| share.low, |share| share.high);
    Ok(Columns::of(&report.segments)
        .col("按什么分", "By", |row| ask.spoken(CUT, &row.by))
        .col("哪一部分", "Part", part)
        .col("流失", "Left", |row| count(row.counts.leavers))
        .col("提前发现", "Seen ahead", |row| count(row.counts.caught))
        .col("发现的比例", "Share seen ahead", share(recall, middle))
        .col("发现的比例下限", "Share seen ahead, lower end", share(recall, low))
        .col("发现的比例上限", "Share seen ahead, upper end", share(recall, high))
        .col("预警", "Warnings", |row| count(row.counts.alerts))
        .col("误报", "Mistaken", |row| count(row.counts.false_alarms))
        .col("命中的比例", "Share not for nothing", share(precision, middle))
        .col("命中的比例下限", "Share not for nothing, lower end", share(precision, low))
        .col("命中的比例上限", "Share not for nothing, upper end", share(precision, high))
        .sheet(("分开来看", "part by part"), replay_about(ask, &report)))
}

/// A leaver or a warning of a replay.
struct Line<'a> {
    is_leaver: bool,
    customer: &'a str,
    name: &'a str,
    owner: Option<&'a str>,
    fate: &'a str,
    left_at: Option<&'a str>,
    warned_at: Option<&'a str>,
    lead_days: Option<f64>,
    signal: Option<&'a Words>,
    said: Option<&'a Words>,
    value: Option<f64>,
    health: Option<f64>,
    band: Option<&'a str>,
}

fn lines(report: &BacktestReport) -> Vec<Line<'_>> {
    let leavers = report.leavers.iter().map(|row| Line {
        is_leaver: true,
        customer: &row.customer,
        name: &row.name,
        owner: row.owner.as_deref(),
        fate: row.missed.as_deref().unwrap_or("caught"),
        left_at: Some(&row.left_at),
        warned_at: row.warned_at.as_deref(),
        lead_days: row.lead_days,
        signal: row.signal_name.as_ref(),
        said: row.sentence.as_ref(),
        value: row.value,
        health: row.health,
        band: row.band.as_deref(),
    });
    let warnings = report.warnings.iter().map(|row| Line {
        is_leaver: false,
        customer: &row.customer,
        name: &row.name,
        owner: row.owner.as_deref(),
        fate: &row.fate,
        left_at: row.left_at.as_deref(),
        warned_at: Some(&row.at),
        lead_days: None,
        signal: Some(&row.signal_name),
        said: Some(&row.sentence),
        value: row.value,
        health: row.health,
        band: row.band.as_deref(),
    });
    leavers.chain(warnings).collect()
}

fn replayed(ask: &Ask<'_>, report: &BacktestReport, title: (&'static str, &'static str)) -> Sheet {
    Columns::of(&lines(report))
        .col("类别", "Sort", |row| ask.pick(if row.is_leaver { ("流失", "Leaver") } else { ("预警", "Warning") }))
        .col("客户编号", "Customer id", |row| text(row.customer))
        .col("客户名称", "Name", |row| text(row.name))
        .col("当时的负责人", "Owner then", |row| ask.owner(row.owner))
        .col("结果", "Outcome", |row| ask.spoken(FATE, row.fate))
        .col("流失时间", "Left", |row| ask.at_any(row.left_at))
        .col("预警时间", "Warned", |row| ask.at_any(row.warned_at))
        .col("提前天数", "Days ahead", |row| number(row.lead_days))
        .col("规则", "Signal", |row| ask.say_any(row.signal))
        .col("原因", "What it said", |row| ask.say_any(row.said))
        .col("客户价值", "Value", |row| number(row.value))
        .col("当时的健康分", "Health then", |row| number(row.health))
        .col("当时的风险等级", "Band then", |row| row.band.map_or(Value::Empty, |band| word(band, ask.lang)))
        .sheet(title, replay_about(ask, report))
}

/// What a replay was of, and its answer in a sentence.
fn replay_about(ask: &Ask<'_>, report: &BacktestReport) -> Vec<(String, String)> {
    let mut about = vec![
        ask.note(("回测对象", "What was replayed"), report.scorer.as_str()),
        ask.note(("回测口径", "Churn definition of it"), report.churn.as_str()),
        ask.note(("回测起止", "From and to"), format!("{} – {}", ask.moment(&report.from), ask.moment(&report.to))),
        ask.note(("提前天数", "Days ahead"), report.lead_days.to_string()),
        ask.note(("预测期天数", "Horizon in days"), report.horizon_days.to_string()),
        ask.note(("结论", "In a sentence"), report.headline.get(ask.lang)),
    ];
    about.extend(report.notes.iter().map(|note| ask.note(("注意", "Note"), note.text.get(ask.lang))));
    about
}

pub(super) async fn models(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let rows = ask.app.models(ask.reader).await?.items;
    Ok(Columns::of(&rows)
        .col("编号", "Number", |row| Value::Whole(row.number))
        .col("状态", "State", |row| ask.spoken(MODEL, &row.state))
        .col("流失口径", "Churn definition", |row| ask.say(&row.passport.churn_name))
        .col("预测期天数", "Horizon in days", |row| count(row.passport.horizon_days.into()))
        .col("历史截至", "Known until", |row| ask.at(&row.passport.as_of))
        .col("AUC", "AUC", |row| number(Some(row.passport.auc.value)))
        .col("AUC 下限", "AUC, lower end", |row| number(Some(row.passport.auc.low)))
        .col("AUC 上限", "AUC, upper end", |row| number(Some(row.passport.auc.high)))
        .col("校准误差", "Calibration error", |row| number(Some(row.passport.calibration_error.value)))
        .col("检验期流失", "Leavers it was judged by", |row| count(row.passport.leavers))
        .col("训练时间", "Trained", |row| ask.at(&row.trained_at))
        .col("训练人", "Trained by", |row| text(&row.trained_by))
        .col("说明", "In a sentence", |row| ask.say(&row.passport.sentence))
        .col("内容摘要", "Digest", |row| text(&row.content))
        .sheet(("流失模型", "models"), Vec::new()))
}

pub(super) async fn model_figures(ask: &Ask<'_>, id: i64) -> Result<Sheet, Error> {
    let page = ask.app.model_page(ask.reader, id).await?;
    let mut rows: Vec<(u32, &str, f64, Option<&ModelMetric>)> = Vec::new();
    for horizon in &page.card.horizons {
        let metrics = [
            ("auc", &horizon.auc),
            ("average_precision", &horizon.average_precision),
            ("lift", &horizon.lift),
            ("log_loss", &horizon.log_loss),
            ("brier", &horizon.brier),
            ("calibration_error", &horizon.calibration_error),
            ("profit", &horizon.profit),
        ];
        rows.extend(metrics.map(|(name, metric)| (horizon.days, name, metric.value, Some(metric))));
        rows.push((horizon.days, "base_log_loss", horizon.base_log_loss, None));
    }
    Ok(Columns::of(&rows)
        .col("预测期天数", "Horizon in days", |(days, ..)| count((*days).into()))
        .col("指标", "Figure", |(_, name, ..)| ask.spoken(METRIC, name))
        .col("数值", "Value", |(_, _, value, _)| number(Some(*value)))
        .col("下限", "Lower end", |(.., metric)| number(metric.map(|one| one.low)))
        .col("上限", "Upper end", |(.., metric)| number(metric.map(|one| one.high)))
        .sheet(("模型表现", "figures of a model"), model_about(ask, page.row.number, &page.card.churn_name)))
}

pub(super) async fn model_stretches(ask: &Ask<'_>, id: i64) -> Result<Sheet, Error> {
    let page = ask.app.model_page(ask.reader, id).await?;
    let stretches = page.card.horizons.iter().flat_map(|horizon| {
        let all = [
            ("learnt", horizon.learnt.as_ref()),
            ("weighed", horizon.weighed.as_ref()),
            ("told", horizon.told.as_ref()),
            ("tested", Some(&horizon.tested)),
        ];
        all.into_iter().filter_map(move |(name, of)| of.map(|of| (horizon.days, name, of)))
    });
    let rows: Vec<(u32, &str, &ModelStretch)> = stretches.collect();
    Ok(Columns::of(&rows)
        .col("预测期天数", "Horizon in days", |(days, ..)| count((*days).into()))
        .col("用途", "What for", |(_, name, _)| ask.spoken(STRETCH, name))
        .col("从", "From", |(.., of)| text(&of.first))
        .col("到", "To", |(.., of)| text(&of.last))
        .col("行数", "Rows", |(.., of)| count(of.rows))
        .col("客户数", "Customers", |(.., of)| count(of.customers))
        .col("流失客户", "Leavers", |(.., of)| count(of.leavers))
        .sheet(("模型的历史", "months of a model"), model_about(ask, page.row.number, &page.card.churn_name)))
}

fn model_about(ask: &Ask<'_>, number: i64, churn: &Words) -> Vec<(String, String)> {
    vec![
        ask.note(("模型编号", "Model"), number.to_string()),
        ask.note(("模型的流失口径", "Churn definition of it"), churn.get(ask.lang)),
    ]
}

pub(super) async fn budget(ask: &Ask<'_>, budget: Budget) -> Result<Sheet, Error> {
    let preview = ask.app.budget_preview(ask.reader, budget, ask.now).await?;
    let threshold = preview.threshold.map_or_else(String::new, |line| line.to_string());
    let about = vec![
        ask.note(("人数", "People"), budget.people.to_string()),
        ask.note(("每人每周", "Cases for each in a week"), budget.cases_per_person.to_string()),
        ask.note(("每周名额", "New cases a week"), preview.per_week.to_string()),
        ask.note(("上桌门槛", "Value at risk at the line"), threshold),
        ask.note(("候选客户总数", "Candidates in all"), preview.candidate_count.to_string()),
    ];
    Ok(Columns::of(&preview.candidates)
        .col("客户编号", "Customer id", |row| text(&row.customer_id))
        .col("客户名称", "Name", |row| text(&row.customer_name))
        .col("严重度", "Severity", |row| word(&row.severity, ask.lang))
        .col("风险金额", "Value at risk", |row| number(Some(row.at_risk)))
        .col("客户价值", "Value", |row| number(row.value.value))
        .col("健康分", "Health", |row| number(row.health))
        .col("上桌", "Comes on the desk", |row| ask.yes(row.is_above))
        .col("紧急直通", "Passes, being urgent", |row| ask.yes(row.passes))
        .sheet(("预警预算", "budget"), about))
}
