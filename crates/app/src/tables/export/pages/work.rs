//! Tables of the pages on which people work: promises, desks, renewals, segments, the pool, what came back.

use indicators::unit_word;
use vocab::CustomerId;

use super::PAGE;
use crate::PromiseQuery;
use crate::error::Error;
use crate::table::Value;
use crate::tables::export::columns::{Ask, Columns, Spoken, any, count, text};
use crate::tables::export::{Sheet, number, word};
use crate::view::{DeskLoad, PoolRow, RenewalTally, TierRow, Words};

const PROMISE: &[Spoken] = &[
    ("open", "未结", "Open"),
    ("overdue", "已过期", "Overdue"),
    ("kept", "已兑现", "Kept"),
    ("broken", "没做到", "Broken"),
    ("all", "全部", "All"),
];
const CONFLICT: &[Spoken] = &[
    ("open", "待判断", "To decide"),
    ("merged", "已合并", "Merged"),
    ("apart", "已分开", "Kept apart"),
    ("gone", "已消失", "Gone"),
    ("all", "全部", "All"),
];
const SHARED: &[Spoken] = &[
    ("same_key", "同一编号", "Same key"),
    ("perhaps_same", "可能是同一个", "Perhaps the same"),
    ("shared_by_many", "多个共用", "Shared by many"),
];
const FIELD: &[Spoken] = &[
    ("owner", "负责人", "Owner"),
    ("tags", "标签", "Tags"),
    ("next_contact", "下次联系", "Next contact"),
    ("outcome", "结案", "Outcome"),
];
const WORSE: &[Spoken] = &[
    ("higher", "越高越差", "Higher is worse"),
    ("lower", "越低越差", "Lower is worse"),
    ("both", "过高过低都差", "Both are worse"),
    ("none", "不分好坏", "Neither is worse"),
];
const CATEGORY: &[Spoken] = &[
    ("activity", "活跃", "Activity"),
    ("behaviour", "使用", "Usage"),
    ("competition", "竞争", "Competition"),
    ("contract", "合同", "Contract"),
    ("demand", "需求", "Demand"),
    ("event", "事件", "Events"),
    ("finance", "财务", "Finance"),
    ("lifecycle", "生命周期", "Lifecycle"),
    ("payment", "付款", "Payment"),
    ("purchase", "购买", "Purchase"),
    ("relation", "客户关系", "Relation"),
    ("relationship", "关系", "Relationship"),
    ("satisfaction", "满意度", "Satisfaction"),
    ("service", "服务", "Service"),
];

/// Which way of an indicator is bad, as screens say it.
pub(super) fn worse(ask: &Ask<'_>, way: &str) -> Value {
    ask.spoken(WORSE, way)
}

/// Where lists put an indicator, as screens say it.
pub(super) fn category(ask: &Ask<'_>, category: &str) -> Value {
    ask.spoken(CATEGORY, category)
}

pub(super) async fn promises(ask: &Ask<'_>, query: &PromiseQuery) -> Result<Sheet, Error> {
    let mut asked = PromiseQuery { cursor: None, limit: PAGE, ..query.clone() };
    let mut rows = Vec::new();
    loop {
        let list = ask.app.promises(&ask.reader.scope, &asked, ask.as_of, ask.now).await?;
        rows.extend(list.rows);
        asked.cursor = list.next_cursor;
        if asked.cursor.is_none() {
            break;
        }
    }
    let state = ask.name(PROMISE, query.state.as_deref().unwrap_or("open"));
    let about = [ask.filter("状态", "State", Some(state)), ask.filter("负责人", "Owner", query.owner.as_deref())];
    Ok(Columns::of(&rows)
        .col("客户编号", "Customer id", |row| text(&row.customer_id))
        .col("客户名称", "Name", |row| text(&row.customer_name))
        .col("负责人", "Owner", |row| ask.owner(row.owner.as_deref()))
        .col("答应了什么", "What was promised", |row| text(&row.words))
        .col("期限", "By", |row| text(&row.due_on))
        .col("状态", "State", |row| ask.spoken(PROMISE, &row.state))
        .col("已过期", "Overdue", |row| ask.yes(row.is_overdue))
        .col("答应时间", "Promised at", |row| ask.at(&row.made_at))
        .col("答应的人", "Promised by", |row| text(&row.made_by))
        .col("有结果的时间", "Settled at", |row| ask.at_any(row.settled_at.as_deref()))
        .col("记下结果的人", "Settled by", |row| any(row.settled_by.as_deref()))
        .col("备注", "Note", |row| any(row.note.as_deref()))
        .sheet(("承诺", "promises"), about.into_iter().flatten().collect()))
}

pub(super) async fn customer_indicators(ask: &Ask<'_>, customer: &CustomerId) -> Result<Sheet, Error> {
    let page = ask.app.customer(&ask.reader.scope, customer, ask.as_of, ask.now).await?;
    let unit = |unit: &str| ask.say(&Words::from(&unit_word(unit)));
    let about = [
        ask.filter("客户编号", "Customer id", Some(&page.row.id)),
        ask.filter("客户名称", "Name", Some(&page.row.name)),
    ];
    Ok(Columns::of(&page.indicators)
        .col("指标编号", "Indicator id", |row| text(&row.id))
        .col("指标", "Indicator", |row| ask.say(&row.name))
        .col("问题", "Question", |row| ask.say(&row.question))
        .col("类别", "Category", |row| category(ask, &row.category))
        .col("统计周期", "Window", |row| any(row.window.as_deref()))
        .col("现在", "Now", |row| number(row.figure.value))
        .col("单位", "Unit", |row| unit(&row.unit))
        .col("为什么没有数", "Why there is no number", |row| ask.say_any(row.figure.unknown_because.as_ref()))
        .col("方向", "Which way is worse", |row| worse(ask, &row.worse))
        .sheet(("客户指标", "indicators of a customer"), about.into_iter().flatten().collect()))
}

pub(super) async fn desks(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let page = ask.app.team(ask.reader, ask.as_of, ask.now).await?;
    let beside = [
        ("没人接手", "On nobody's desk", page.pool),
        ("在别人手上", "On other desks", page.elsewhere),
        ("合计", "All", page.total),
    ];
    let members = page.members.into_iter().map(|one| (text(&one.name), any(one.unit.as_deref()), one.load));
    let beside = beside.into_iter().map(|(zh, en, load)| (ask.pick((zh, en)), Value::Empty, load));
    let rows: Vec<(Value, Value, DeskLoad)> = members.chain(beside).collect();
    Ok(Columns::of(&rows)
        .col("员工", "Person", |(name, _, _)| name.clone())
        .col("所属部门", "Unit", |(_, unit, _)| unit.clone())
        .col("在手", "Open", |(_, _, load)| count(load.open_count))
        .col("待受理", "Waiting", |(_, _, load)| count(load.waiting_count))
        .col("已超时", "Overdue", |(_, _, load)| count(load.overdue_count))
        .col("今天到时限", "Due today", |(_, _, load)| count(load.due_today_count))
        .col("最近的时限", "Next due", |(_, _, load)| ask.at_any(load.next_due_at.as_deref()))
        .sheet(("团队在手", "desks"), Vec::new()))
}

pub(super) async fn renewal_months(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let calendar = ask.app.renewal_months(&ask.reader.scope, ask.as_of, ask.now).await?;
    let many = |tally: &RenewalTally| count(tally.count);
    let much = |tally: &RenewalTally| number((tally.count > tally.unpriced).then_some(tally.amount));
    Ok(Columns::of(&calendar.months)
        .col("月份", "Month", |row| text(&row.month))
        .col("到期份数", "Due", |row| many(&row.due))
        .col("到期金额", "Due, amount", |row| much(&row.due))
        .col("续约份数", "Renewed", |row| many(&row.renewed))
        .col("续约金额", "Renewed, amount", |row| much(&row.renewed))
        .col("缩减份数", "Shrunk", |row| many(&row.shrunk))
        .col("缩减金额", "Shrunk, amount", |row| much(&row.shrunk))
        .col("流失份数", "Lost", |row| many(&row.lost))
        .col("流失金额", "Lost, amount", |row| much(&row.lost))
        .col("未定份数", "Open", |row| many(&row.open))
        .col("未定金额", "Open, amount", |row| much(&row.open))
        .col("负责人承诺份数", "Promised by owners", |row| many(&row.promised))
        .col("负责人承诺金额", "Promised, amount", |row| much(&row.promised))
        .col("按历史测算份数", "Computed", |row| many(&row.computed))
        .col("按历史测算金额", "Computed, amount", |row| much(&row.computed))
        .col("金额留存率", "Gross retention", |row| number(row.gross))
        .col("净留存率", "Net retention", |row| number(row.net))
        .sheet(("续约日历", "renewal calendar"), Vec::new()))
}

pub(super) async fn renewal_owners(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let calendar = ask.app.renewal_months(&ask.reader.scope, ask.as_of, ask.now).await?;
    let months: Vec<&str> =
        calendar.months.iter().filter(|month| !month.is_past).map(|month| month.month.as_str()).collect();
    let of = |owner: &'_ crate::view::RenewalOwner| -> Vec<(Option<String>, String, RenewalTally)> {
        let due = months.iter().zip(&owner.due).filter(|(_, tally)| tally.count > 0);
        due.map(|(month, tally)| (owner.owner.clone(), (*month).to_owned(), tally.clone())).collect()
    };
    let rows: Vec<_> = calendar.owners.iter().flat_map(of).collect();
    Ok(Columns::of(&rows)
        .col("负责人", "Owner", |(owner, _, _)| ask.owner(owner.as_deref()))
        .col("月份", "Month", |(_, month, _)| text(month))
        .col("到期份数", "Due", |(_, _, due)| count(due.count))
        .col("到期金额", "Due, amount", |(_, _, due)| number((due.count > due.unpriced).then_some(due.amount)))
        .col("没有金额的份数", "Without an amount", |(_, _, due)| count(due.unpriced))
        .sheet(("续约按负责人", "renewals by owner"), Vec::new()))
}

pub(super) async fn segments(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let list = ask.app.segments(&ask.reader.scope, ask.as_of, ask.now).await?;
    let about = vec![ask.note(("客户数", "Customers"), list.customer_count.to_string())];
    Ok(Columns::of(&list.segments)
        .col("分群编号", "Segment id", |row| text(&row.id))
        .col("分群", "Segment", |row| ask.say(&row.name))
        .col("用途", "What for", |row| ask.say(&row.about))
        .col("条件", "Condition", |row| ask.say(&row.sentence))
        .col("客户数", "Customers", |row| count(row.count))
        .col("高风险", "At risk", |row| count(row.at_risk_count))
        .col("客户价值", "Value", |row| number(Some(row.value_sum)))
        .col("数据不足", "Unknown", |row| count(row.unknown_count))
        .col("不属于", "Outside", |row| count(row.outside_count))
        .sheet(("分群", "segments"), about))
}

pub(super) async fn value_risk(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let list = ask.app.segments(&ask.reader.scope, ask.as_of, ask.now).await?;
    let tier = |id: &str| list.tiers.iter().find(|tier| tier.tier == id);
    let named = |tier: Option<&TierRow>| ask.say_any(tier.map(|tier| &tier.name));
    let about = vec![ask.note(("价值分层", "Tiers of value"), list.value_sentence.get(ask.lang))];
    Ok(Columns::of(&list.matrix)
        .col("价值分层", "Tier", |row| named(tier(&row.tier)))
        .col("风险等级", "Band", |row| word(&row.band, ask.lang))
        .col("客户数", "Customers", |row| count(row.count))
        .col("客户价值", "Value", |row| number(Some(row.value_sum)))
        .sheet(("价值与风险", "value and risk"), about))
}

pub(super) async fn rfm(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let page = ask.app.rfm(&ask.reader.scope, ask.as_of, ask.now).await?;
    let unknown = page.unknown_count.to_string();
    let about =
        vec![ask.note(("切分", "Cuts"), page.sentence.get(ask.lang)), ask.note(("数据不足", "Unknown"), unknown)];
    Ok(Columns::of(&page.cells)
        .col("分格", "Cell", |row| ask.say(&row.name))
        .col("怎么做", "What to do", |row| ask.say(&row.about))
        .col("最近来过", "Came lately", |row| ask.yes(row.is_recent))
        .col("常来", "Comes often", |row| ask.yes(row.is_frequent))
        .col("花得多", "Spends much", |row| ask.yes(row.is_large))
        .col("客户数", "Customers", |row| count(row.count))
        .col("高风险", "At risk", |row| count(row.at_risk_count))
        .col("客户价值", "Value", |row| number(Some(row.value_sum)))
        .sheet(("RFM", "RFM"), about))
}

pub(super) async fn pool(ask: &Ask<'_>, search: Option<&str>) -> Result<Sheet, Error> {
    let (mut rows, mut cursor): (Vec<PoolRow>, Option<String>) = (Vec::new(), None);
    loop {
        let from = (search.map(str::to_owned), cursor.as_deref());
        let list = ask.app.pool(ask.reader, from, PAGE, ask.now).await?;
        rows.extend(list.rows);
        cursor = list.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(Columns::of(&rows)
        .col("客户编号", "Customer id", |row| text(&row.id))
        .col("客户名称", "Name", |row| text(&row.name))
        .col("风险等级", "Band", |row| word(row.band.as_deref().unwrap_or("unknown"), ask.lang))
        .col("客户价值", "Value", |row| number(row.value.value))
        .col("最近一次活动", "Last activity", |row| ask.at_any(row.last_seen_at.as_deref()))
        .col("进公海时间", "In the pool since", |row| ask.at_any(row.since.as_deref()))
        .col("原负责人", "Owner before", |row| any(row.was.as_deref()))
        .sheet(("公海", "pool"), ask.filter("搜索", "Search", search).into_iter().collect()))
}

/// A customer that will go back to the pool, or went back.
struct Returning {
    id: String,
    name: String,
    owner: Option<String>,
    quiet_since: Option<String>,
    on: String,
    state: (&'static str, &'static str),
}

pub(super) async fn pool_returns(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let (mut rows, mut cursor): (Vec<Returning>, Option<String>) = (Vec::new(), None);
    let last = loop {
        let page = ask.app.pool_returns(ask.reader, cursor.as_deref(), PAGE, ask.now).await?;
        rows.extend(page.coming.iter().map(|one| Returning {
            id: one.id.clone(),
            name: one.name.clone(),
            owner: Some(one.owner.clone()),
            quiet_since: Some(one.quiet_since.clone()),
            on: one.returns_on.clone(),
            state: ("将回公海", "Will return"),
        }));
        cursor = page.next_cursor.clone();
        if cursor.is_none() {
            break page;
        }
    };
    rows.extend(last.returned.into_iter().map(|one| Returning {
        id: one.id,
        name: one.name,
        owner: one.was,
        quiet_since: None,
        on: ask.moment(&one.at),
        state: if one.is_in_pool {
            ("已回公海", "Returned")
        } else {
            ("已回，又有人领取", "Returned, taken since")
        },
    }));
    Ok(Columns::of(&rows)
        .col("客户编号", "Customer id", |row| text(&row.id))
        .col("客户名称", "Name", |row| text(&row.name))
        .col("状态", "State", |row| ask.pick(row.state))
        .col("负责人", "Owner", |row| any(row.owner.as_deref()))
        .col("没有跟进自", "No record since", |row| any(row.quiet_since.as_deref()))
        .col("回公海日期", "Returns on", |row| text(&row.on))
        .sheet(("回公海", "returns to the pool"), Vec::new()))
}

pub(super) async fn review_rules(ask: &Ask<'_>, week: Option<&str>) -> Result<Sheet, Error> {
    let page = ask.app.review(ask.reader, week, ask.as_of, ask.now).await?;
    let about = vec![
        ask.note(("周（周一起）", "Week of (Monday)"), page.week_on.as_str()),
        ask.note(("流失口径", "Churn definition"), page.churn_name.get(ask.lang)),
    ];
    Ok(Columns::of(&page.rules)
        .col("规则编号", "Rule id", |row| text(&row.rule))
        .col("规则", "Rule", |row| ask.say(&row.name))
        .col("新预警", "Opened", |row| count(row.opened))
        .col("已跟进", "Acted upon", |row| count(row.acted))
        .col("误报", "Mistaken", |row| count(row.false_alarms))
        .col("后来流失", "Left since", |row| row.left_since.map_or(Value::Empty, count))
        .sheet(("规则成效", "yield of rules"), about))
}

pub(super) async fn conflicts(ask: &Ask<'_>, state: Option<&str>) -> Result<Sheet, Error> {
    let found = ask.app.identity_conflicts(ask.reader, state, ask.now).await?;
    let about = ask.filter("状态", "State", Some(ask.name(CONFLICT, state.unwrap_or("open"))));
    let rows: Vec<_> = found.items.iter().flat_map(|one| one.customers.iter().map(move |each| (one, each))).collect();
    Ok(Columns::of(&rows)
        .col("冲突", "Conflict", |(one, _)| Value::Whole(one.id))
        .col("共用的编号", "Key they share", |(one, _)| text(&one.key))
        .col("类型", "Sort", |(one, _)| ask.spoken(SHARED, &one.sort))
        .col("状态", "State", |(one, _)| ask.spoken(CONFLICT, &one.state))
        .col("客户编号", "Customer id", |(_, each)| text(&each.id))
        .col("客户名称", "Name", |(_, each)| text(&each.name))
        .col("负责人", "Owner", |(_, each)| ask.owner(each.owner.as_deref()))
        .col("共几个客户", "Customers in all", |(one, _)| count(one.customer_count))
        .col("发现时间", "Found", |(one, _)| ask.at(&one.found_at))
        .col("判断时间", "Decided", |(one, _)| ask.at_any(one.decided_at.as_deref()))
        .col("判断人", "Decided by", |(one, _)| any(one.decided_by.as_deref()))
        .col("备注", "Note", |(one, _)| any(one.note.as_deref()))
        .sheet(("身份冲突", "identity conflicts"), about.into_iter().collect()))
}

pub(super) async fn sheets(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let rows = ask.app.sheets(ask.reader).await?;
    Ok(Columns::of(&rows)
        .col("文件", "File", |row| text(&row.file_name))
        .col("回填人", "Brought back by", |row| text(&row.by))
        .col("回填时间", "Brought back at", |row| ask.at(&row.at))
        .col("导出时间", "Exported at", |row| ask.at_any(row.exported_at.as_deref()))
        .col("改动格数", "Cells changed", |row| count(row.cell_count))
        .col("涉及客户", "Customers", |row| count(row.customer_count))
        .col("撤销时间", "Taken back at", |row| ask.at_any(row.undone_at.as_deref()))
        .col("撤销人", "Taken back by", |row| any(row.undone_by.as_deref()))
        .col("撤销格数", "Cells taken back", |row| row.undone_count.map_or(Value::Empty, count))
        .sheet(("回填记录", "brought back"), Vec::new()))
}

pub(super) async fn sheet(ask: &Ask<'_>, id: i64) -> Result<Sheet, Error> {
    let page = ask.app.sheet(ask.reader, id, ask.now).await?;
    Ok(Columns::of(&page.cells)
        .col("行", "Row", |cell| count(cell.row))
        .col("客户编号", "Customer id", |cell| text(&cell.customer_id))
        .col("客户名称", "Name", |cell| text(&cell.customer_name))
        .col("跟进单", "Case", |cell| cell.case_id.map_or(Value::Empty, Value::Whole))
        .col("项目", "What", |cell| ask.spoken(FIELD, &cell.field))
        .col("原来", "Before", |cell| ask.say_any(cell.was.as_ref()))
        .col("改为", "Then", |cell| ask.say_any(cell.becomes.as_ref()))
        .col("已撤销", "Taken back", |cell| ask.yes(cell.undone))
        .sheet(("回填改动", "changes from Excel"), vec![ask.note(("文件", "File"), page.sheet.file_name.as_str())]))
}
