//! Tables of what is defined: indicators, scorecards, rules, advice, everything in a sentence.

use super::work::{category, worse};
use crate::error::Error;
use crate::table::Value;
use crate::tables::export::columns::{Ask, Columns, Spoken, any, count, text};
use crate::tables::export::{Sheet, number, word};
use crate::view::{
    AdviceEntry, AdviceResult, CompareRequest, EfficacySummary, FigurePair, IndicatorCard, Previewed, RuleRow,
};

const VERDICT: &[Spoken] = &[
    ("signal", "预示流失", "Signal"),
    ("leak", "疑似泄漏", "Leak?"),
    ("no_signal", "没有信号", "No signal"),
    ("too_little", "数据太少", "Too little data"),
];
const DIRECTION: &[Spoken] = &[
    ("higher", "越高越容易流失", "The higher, the more left"),
    ("lower", "越低越容易流失", "The lower, the more left"),
    ("unusual", "越反常越容易流失", "The more unusual, the more left"),
];
const WRITING: &[Spoken] = &[("draft", "草稿", "Draft"), ("review", "待审", "To be reviewed")];
const PROVED: &[Spoken] = &[
    ("never", "未回测", "Never backtested"),
    ("backtested", "已回测", "Backtested"),
    ("in_service", "已上线", "In service"),
];
const SORT: &[Spoken] = &[
    ("scorecard", "健康分模型", "Scorecard"),
    ("churn", "流失口径", "Churn definition"),
    ("rule", "规则", "Rule"),
    ("indicator", "指标", "Indicator"),
];

/// Those with these ids, in this order; all where none are named.
fn chosen<T>(mut all: Vec<T>, ids: &[String], id: impl Fn(&T) -> &str) -> Vec<T> {
    if ids.is_empty() {
        return all;
    }
    let place = |one: &T| ids.iter().position(|wanted| wanted == id(one));
    all.retain(|one| place(one).is_some());
    all.sort_by_key(place);
    all
}

/// What the second sheet says where only some are shown.
fn of_all(ask: &Ask<'_>, shown: usize, all: usize) -> Vec<(String, String)> {
    let part = (shown < all).then(|| format!("{shown} / {all}"));
    ask.filter("显示的", "Shown", part.as_deref()).into_iter().collect()
}

pub(super) async fn indicators(ask: &Ask<'_>, ids: &[String]) -> Result<Sheet, Error> {
    let catalog = ask.app.indicator_catalog(ask.reader, ask.as_of, ask.now).await?;
    let all = catalog.indicators.len();
    let rows = chosen(catalog.indicators, ids, |one| one.id.as_str());
    let told = |row: &IndicatorCard, tell: &dyn Fn(&EfficacySummary) -> Value| {
        row.efficacy.as_ref().map_or(Value::Empty, tell)
    };
    let mut about = of_all(ask, rows.len(), all);
    let tested = catalog.efficacy_as_of.as_deref().map(|at| ask.moment(at));
    about.extend(tested.map(|at| ask.note(("用历史检验的时点", "Tested on history as of"), at)));
    Ok(Columns::of(&rows)
        .col("指标编号", "Indicator id", |row| text(&row.id))
        .col("指标", "Indicator", |row| ask.say(&row.name))
        .col("问题", "Question", |row| ask.say(&row.question))
        .col("类别", "Category", |row| category(ask, &row.category))
        .col("统计周期", "Window", |row| any(row.window.as_deref()))
        .col("单位", "Unit", |row| ask.say(&row.unit))
        .col("方向", "Which way is worse", |row| worse(ask, &row.worse))
        .col("有数的客户", "Customers known", |row| count(row.known))
        .col("看得到的客户", "Customers seen", |row| count(row.customers))
        .col("检验结果", "Verdict", |row| told(row, &|one| ask.spoken(VERDICT, &one.verdict)))
        .col("历史上的方向", "Direction found", |row| {
            told(row, &|one| one.direction.as_deref().map_or(Value::Empty, |way| ask.spoken(DIRECTION, way)))
        })
        .col("区分力 AUC", "AUC", |row| told(row, &|one| number(one.auc)))
        .col("AUC 下限", "AUC, lower end", |row| told(row, &|one| number(one.auc_low)))
        .col("AUC 上限", "AUC, upper end", |row| told(row, &|one| number(one.auc_high)))
        .col("命中倍数", "Lift", |row| told(row, &|one| number(one.lift)))
        .col("说明", "In a sentence", |row| told(row, &|one| ask.say(&one.sentence)))
        .sheet(("指标", "indicators"), about))
}

pub(super) async fn comparison(ask: &Ask<'_>, request: &CompareRequest) -> Result<Sheet, Error> {
    let told = ask.app.compare_indicators(ask.reader, request.clone(), ask.as_of, ask.now).await?;
    let side = |label: (&'static str, &'static str), one: &Previewed| {
        ask.note(label, format!("{} ({})", one.name.get(ask.lang), one.id))
    };
    let gap = |row: &FigurePair| Some(row.right - row.left);
    let about = vec![side(("左边", "Left"), &told.left), side(("右边", "Right"), &told.right)];
    Ok(Columns::of(&told.farthest)
        .col("客户编号", "Customer id", |row| text(&row.id))
        .col("客户名称", "Name", |row| text(&row.name))
        .col("左边", "Left", |row| number(Some(row.left)))
        .col("右边", "Right", |row| number(Some(row.right)))
        .col("右边减左边", "Right minus left", |row| number(gap(row)))
        .sheet(("两个指标的差别", "two indicators"), about))
}

pub(super) async fn scorecards(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let rows = ask.app.scorecards(ask.reader, ask.now).await?;
    Ok(Columns::of(&rows)
        .col("编号", "Id", |row| text(&row.id))
        .col("健康分模型", "Scorecard", |row| ask.say(&row.name))
        .col("用途", "What for", |row| ask.say(&row.about))
        .col("在用", "In use", |row| ask.yes(row.is_in_use))
        .col("正在修改", "Being written", |row| {
            row.draft.as_deref().map_or(Value::Empty, |state| ask.spoken(WRITING, state))
        })
        .col("给谁打分", "Whom it is for", |row| {
            row.applies.as_deref().map_or_else(|| ask.pick(("所有客户", "everybody")), text)
        })
        .col("打分的客户", "Customers scored", |row| count(row.customers))
        .col("检验", "Proof", |row| ask.spoken(PROVED, &row.proof.state))
        .col("回测结果", "Backtest", |row| ask.say_any(row.proof.backtest.as_ref().map(|one| &one.result.headline)))
        .col("版本", "Version", |row| text(&row.version))
        .sheet(("健康分模型", "scorecards"), Vec::new()))
}

pub(super) async fn rules(ask: &Ask<'_>, ids: &[String]) -> Result<Sheet, Error> {
    let all = ask.app.rules(ask.reader).await?;
    let many = all.len();
    let rows: Vec<RuleRow> = chosen(all, ids, |one| one.id.as_str());
    let about = of_all(ask, rows.len(), many);
    Ok(Columns::of(&rows)
        .col("规则编号", "Rule id", |row| text(&row.id))
        .col("规则", "Rule", |row| ask.say(&row.name))
        .col("条件", "Condition", |row| ask.say(&row.sentence))
        .col("原因编号", "Cause", |row| text(&row.cause))
        .col("严重度", "Severity", |row| word(&row.severity, ask.lang))
        .col("启用", "In force", |row| ask.yes(row.is_active))
        .col("自己写的", "Own", |row| ask.yes(row.is_own))
        .col("正在修改", "Being written", |row| {
            row.draft.as_deref().map_or(Value::Empty, |state| ask.spoken(WRITING, state))
        })
        .col("未解除的预警", "Open alerts", |row| count(row.open_alerts))
        .sheet(("规则", "rules"), about))
}

pub(super) async fn definitions(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let rows = ask.app.definition_rows().await?;
    Ok(Columns::of(&rows)
        .col("类别", "Sort", |row| ask.spoken(SORT, &row.sort))
        .col("编号", "Id", |row| text(&row.id))
        .col("名称", "Name", |row| ask.say(&row.name))
        .col("含义", "What it means", |row| ask.say(&row.sentence))
        .col("在用", "In use", |row| ask.yes(row.active))
        .sheet(("口径与规则", "definitions"), Vec::new()))
}

pub(super) async fn advice(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let rows = ask.app.advice_entries(ask.reader).await?;
    let list = |keys: &[String]| text(keys.join(", "));
    let sum = |of: fn(&AdviceResult) -> u64| move |row: &AdviceEntry| count(row.results.iter().map(of).sum());
    Ok(Columns::of(&rows)
        .col("编号", "Id", |row| text(&row.id))
        .col("原因", "Reason", |row| ask.say(&row.name))
        .col("回答哪些预警原因", "Causes it answers", |row| list(&row.causes))
        .col("回答哪些指标类别", "Categories it answers", |row| list(&row.categories))
        .col("自己写的", "Own", |row| ask.yes(row.is_own))
        .col("采用", "Taken", sum(|one| one.taken))
        .col("完成", "Done", sum(|one| one.done))
        .col("涉及跟进单", "Cases", sum(|one| one.cases))
        .col("留住", "Kept", sum(|one| one.kept))
        .col("流失", "Lost", sum(|one| one.lost))
        .col("其他结果", "Ended otherwise", sum(|one| one.other))
        .col("未结", "Open", sum(|one| one.open))
        .col("定义", "Definition", |row| text(&row.text))
        .sheet(("处理建议", "advice"), Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_comes_in_the_order_it_was_chosen_and_nothing_chosen_is_all() {
        let all = || vec!["a", "b", "c"];
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(chosen(all(), &ids(&["c", "x", "a"]), |one| one), ["c", "a"]);
        assert_eq!(chosen(all(), &[], |one| one), ["a", "b", "c"]);
    }
}
