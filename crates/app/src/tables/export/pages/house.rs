//! Tables about the data that come in and about the people who work here.

use super::{MOST_ROWS, PAGE};
use crate::NoticeQuery;
use crate::error::Error;
use crate::permission::{Permission, Reach};
use crate::table::Value;
use crate::tables::export::columns::{Ask, Columns, Spoken, any, count, text};
use crate::tables::export::{Sheet, number, pick};
use crate::view::{Notice, NoticeDelivery, QualityTrouble, UnitRow};

/// Letters of a row that could not become a fact: enough to know it by.
const BODY_LETTERS: usize = 2_000;

const KIND: &[Spoken] = &[
    ("event", "行为", "Behaviour"),
    ("order", "订单", "Orders"),
    ("payment", "付款", "Payments"),
    ("ticket", "服务工单", "Tickets"),
    ("survey_response", "问卷", "Surveys"),
    ("contract", "合同", "Contracts"),
    ("contact_change", "联系人变动", "Contacts"),
    ("touch", "触达", "Touches"),
    ("case", "跟进", "Cases"),
    ("trait", "资料变化", "Details"),
    ("snapshot", "快照", "Snapshots"),
];
const TROUBLE: &[Spoken] = &[
    ("silent", "没有动静", "Silent"),
    ("volume_low", "明显变少", "Far fewer"),
    ("volume_high", "突然变多", "Far more"),
    ("missing", "字段缺失", "Fields missing"),
    ("type_drift", "字段类型变了", "Type of fields changed"),
];
const RUN: &[Spoken] = &[("running", "取数中", "Running"), ("done", "完成", "Done"), ("failed", "失败", "Failed")];
const ROLE: &[Spoken] = &[
    ("admin", "管理员", "Administrator"),
    ("manager", "主管", "Manager"),
    ("owner", "客户负责人", "Owner"),
    ("service", "客服", "Service"),
    ("analyst", "分析", "Analyst"),
    ("readonly", "只读", "Read only"),
];
const TOLD: &[Spoken] = &[
    ("morning", "我的今日清单", "My list of the day"),
    ("team_morning", "团队清单", "The team's list"),
    ("urgent", "紧急预警", "Urgent alert"),
    ("breach_soon", "即将超时", "Overdue soon"),
    ("breach", "已超时", "Overdue"),
    ("called", "找您的", "Somebody calls you"),
    ("pool_return", "即将回公海", "Returns to the pool"),
    ("model_drift", "流失模型可能不准了", "The model may be off"),
];
const CALL: &[Spoken] = &[
    ("sent", "已发", "Sent"),
    ("later", "稍后再试", "To be tried again"),
    ("failed", "失败", "Failed"),
    ("unknown", "不确定", "Not known"),
];
const DELIVERY: &[Spoken] = &[
    ("planned", "待发", "Planned"),
    ("sending", "发送中", "Sending"),
    ("sent", "已发", "Sent"),
    ("failed", "失败", "Failed"),
    ("possibly_sent", "可能已发", "Possibly sent"),
];

pub(super) async fn sources(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let rows = ask.app.sources(ask.reader, ask.now).await?;
    Ok(Columns::of(&rows)
        .col("来源", "Source", |row| text(&row.name))
        .col("类型", "Kind", |row| ask.say(&row.kind_name))
        .col("启用", "In use", |row| ask.yes(row.is_enabled))
        .col("明细记录", "Facts", |row| count(row.facts))
        .col("最近一条发生", "Latest occurred", |row| ask.at_any(row.last_occurred_at.as_deref()))
        .col("最近一条入库", "Latest recorded", |row| ask.at_any(row.last_recorded_at.as_deref()))
        .col("待修正", "Held", |row| count(row.in_quarantine))
        .col("收到", "Received", |row| count(row.health.received))
        .col("收下", "Accepted", |row| count(row.health.accepted))
        .col("重复", "Duplicates", |row| count(row.health.duplicates))
        .col("编号冲突", "Conflicts", |row| count(row.health.conflicts))
        .col("退回", "Rejected", |row| count(row.health.rejected))
        .col("添加时间", "Added", |row| ask.at(&row.created_at))
        .sheet(("来源", "sources"), vec![since_start(ask)]))
}

/// What the counts of a source's health are counted from.
fn since_start(ask: &Ask<'_>) -> (String, String) {
    let words = ("收到、收下等从服务启动算起", "received, accepted and so on are counted since the server started");
    ask.note(("计数", "Counts"), pick(words, ask.lang))
}

pub(super) async fn source_runs(ask: &Ask<'_>, id: i64) -> Result<Sheet, Error> {
    let mut rows = Vec::new();
    let mut before = None;
    loop {
        let page = ask.app.source_runs(ask.reader, id, before, PAGE).await?;
        rows.extend(page.items);
        before = page.next.and_then(|next| next.parse::<i64>().ok());
        if before.is_none() {
            break;
        }
    }
    Ok(Columns::of(&rows)
        .col("开始时间", "Started", |row| ask.at(&row.started_at))
        .col("结束时间", "Finished", |row| ask.at_any(row.finished_at.as_deref()))
        .col("状态", "State", |row| ask.spoken(RUN, &row.state))
        .col("操作人", "By", |row| text(&row.actor))
        .col("读到", "Received", |row| count(row.received))
        .col("新增", "Accepted", |row| count(row.accepted))
        .col("重复", "Duplicates", |row| count(row.duplicates))
        .col("待修正", "Held", |row| count(row.rejected))
        .col("明细记录", "Facts", |row| count(row.facts))
        .col("取到", "Up to", |row| any(row.watermark.as_deref()))
        .col("出了什么错", "What went wrong", |row| ask.say_any(row.error.as_ref().map(|error| &error.detail)))
        .sheet(("取数记录", "readings of a source"), Vec::new()))
}

pub(super) async fn quality(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let told = ask.app.quality(ask.reader).await?;
    let rows: Vec<_> =
        told.sources.iter().flat_map(|source| source.names.iter().map(move |name| (source, name))).collect();
    let wrong = |troubles: &[QualityTrouble]| {
        let names = troubles.iter().map(|one| match (ask.name(TROUBLE, &one.sort), one.fields.join(", ")) {
            (name, fields) if fields.is_empty() => name.to_owned(),
            (name, fields) => format!("{name} ({fields})"),
        });
        let names: Vec<String> = names.collect();
        if names.is_empty() { Value::Empty } else { text(names.join("; ")) }
    };
    let checked = told.as_of.as_deref().map(|at| ask.moment(at));
    let about = ask.filter("检查时间", "Looked at", checked.as_deref());
    Ok(Columns::of(&rows)
        .col("来源", "Source", |(source, _)| text(&source.source))
        .col("类型", "Kind", |(_, name)| ask.spoken(KIND, &name.kind))
        .col("名称", "Name", |(_, name)| text(&name.name))
        .col("近 150 天条数", "Facts in 150 days", |(_, name)| count(name.facts))
        .col("近 7 天", "Last 7 days", |(_, name)| count(name.last_week))
        .col("通常 7 天", "Usually in 7 days", |(_, name)| number(name.usual_week))
        .col("通常每天", "Usually in a day", |(_, name)| number(Some(name.usual_per_day)))
        .col("最近一条", "Latest", |(_, name)| ask.at(&name.last_occurred_at))
        .col("未归属", "Of no customer", |(_, name)| count(name.unattributed))
        .col("未来日期", "Dated ahead", |(_, name)| count(name.future))
        .col("很久以前", "Long ago", |(_, name)| count(name.ancient))
        .col("哪里不对", "What is wrong", |(_, name)| wrong(&name.troubles))
        .col("来源哪里不对", "What is wrong with the source", |(source, _)| wrong(&source.troubles))
        .col("来源待修正", "Held of the source", |(source, _)| count(source.held))
        .col("来源重复", "Duplicates of the source", |(source, _)| count(source.duplicates))
        .sheet(("数据质量", "data quality"), about.into_iter().collect()))
}

pub(super) async fn held(ask: &Ask<'_>, source: Option<&str>) -> Result<Sheet, Error> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = ask.app.quarantine(ask.reader, source.map(str::to_owned), after, PAGE).await?;
        after = page.next.and_then(|next| next.parse::<u64>().ok());
        rows.extend(page.items.into_iter().map(|mut row| {
            row.body = row.body.chars().take(BODY_LETTERS).collect();
            row
        }));
        if after.is_none() || rows.len() >= MOST_ROWS {
            break;
        }
    }
    let mut about: Vec<(String, String)> = ask.filter("来源", "Source", source).into_iter().collect();
    if after.is_some() {
        about.push(ask.note(("只有最新的", "Only the newest"), rows.len().to_string()));
    }
    Ok(Columns::of(&rows)
        .col("编号", "Number", |row| count(row.number))
        .col("收到时间", "Received", |row| ask.at(&row.at))
        .col("来源", "Source", |row| text(&row.source))
        .col("消息编号", "Message id", |row| text(&row.message_id))
        .col("哪里不对", "What is wrong", |row| ask.say(&row.fault))
        .col("位置", "Where", |row| text(&row.fault_path))
        .col("内容（前 2000 字）", "Content (the first 2,000 letters)", |row| text(&row.body))
        .sheet(("待修正", "held rows"), about))
}

/// A unit and those above it, the lowest first.
fn line_of(units: &[UnitRow], unit: Option<i64>) -> Vec<&UnitRow> {
    let of = |id: Option<i64>| id.and_then(|id| units.iter().find(|unit| unit.id == id));
    // A tree is never deeper than it has units.
    std::iter::successors(of(unit), |unit| of(unit.parent_id)).take(units.len()).collect()
}

/// The path of a unit from the top, as a staff sheet writes it; none for nobody's.
fn path_of(units: &[UnitRow], unit: Option<i64>) -> Option<String> {
    let names: Vec<&str> = line_of(units, unit).iter().rev().map(|unit| unit.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join("/"))
}

pub(super) async fn staff(ask: &Ask<'_>, unit: Option<&str>) -> Result<Sheet, Error> {
    let all = ask.app.organisation(ask.reader, ask.now).await?;
    let wanted = unit.and_then(|unit| unit.parse::<i64>().ok());
    let within = |of: Option<i64>| match (unit, wanted) {
        (None, _) => true,
        (Some(_), Some(wanted)) => line_of(&all.units, of).iter().any(|one| one.id == wanted),
        (Some(_), None) => of.is_none(),
    };
    let rows: Vec<_> = all.staff.iter().filter(|one| within(one.unit_id)).collect();
    let named = path_of(&all.units, wanted);
    let about = ask.filter("部门", "Unit", named.as_deref().or(unit));
    Ok(Columns::of(&rows)
        .col("姓名", "Name", |one| text(&one.name))
        .col("邮箱", "E-mail", |one| text(&one.email))
        .col("角色", "Role", |one| ask.spoken(ROLE, &one.role))
        .col("部门", "Unit", |one| any(path_of(&all.units, one.unit_id).as_deref()))
        .col("负责人", "Owner in the data", |one| any(one.owner_key.as_deref()))
        .col("在用", "Active", |one| ask.yes(one.active))
        .col("客户数", "Customers", |one| count(one.customer_count))
        .col("高风险", "At risk", |one| count(one.at_risk_count))
        .sheet(("员工", "staff"), about.into_iter().collect()))
}

pub(super) async fn invitations(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let all = ask.app.organisation(ask.reader, ask.now).await?;
    Ok(Columns::of(&all.invitations)
        .col("姓名", "Name", |one| text(&one.name))
        .col("邮箱", "E-mail", |one| text(&one.email))
        .col("角色", "Role", |one| ask.spoken(ROLE, &one.role))
        .col("部门", "Unit", |one| any(path_of(&all.units, one.unit_id).as_deref()))
        .col("负责人", "Owner in the data", |one| any(one.owner_key.as_deref()))
        .col("邀请人", "Invited by", |one| text(&one.invited_by))
        .col("邀请时间", "Invited at", |one| ask.at(&one.created_at))
        .col("有效期至", "Good until", |one| ask.at(&one.expires_at))
        .col("已过期", "Ended", |one| ask.yes(one.ended))
        .sheet(("邀请", "invitations"), Vec::new()))
}

pub(super) async fn roles(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let rows = ask.app.organisation(ask.reader, ask.now).await?.roles;
    let reach = |reach: Reach| match reach {
        Reach::Mine => ("我的", "Mine"),
        Reach::Team => ("我的团队", "My team"),
        Reach::All => ("全部", "All"),
    };
    let columns = Columns::of(&rows).col("角色", "Role", |role| ask.spoken(ROLE, &role.id)).col(
        "数据范围，最远",
        "Looks, at most",
        |role| ask.pick(reach(role.reach)),
    );
    let columns = Permission::ALL.into_iter().fold(columns, |columns, permission| {
        let (zh, en) = may(permission);
        columns.col(zh, en, |role| ask.yes(role.permissions.contains(&permission)))
    });
    Ok(columns.sheet(("角色", "roles"), Vec::new()))
}

/// What a permission lets somebody do, as screens say it.
fn may(permission: Permission) -> (&'static str, &'static str) {
    match permission {
        Permission::SeeCustomers => ("看客户", "See customers"),
        Permission::Work => ("跟进客户", "Work on customers"),
        Permission::Export => ("导出", "Export"),
        Permission::Unmask => ("看完整号码（留痕）", "See numbers in full (recorded)"),
        Permission::SeeDefinitions => ("看指标与规则", "See indicators and rules"),
        Permission::EditDefinitions => ("试算和修改它们", "Try and change them"),
        Permission::SeeData => ("看来源与数据质量", "See sources and data quality"),
        Permission::ManageData => ("导入和修正数据", "Bring data in and mend it"),
        Permission::Administer => ("员工、设置、审计", "Staff, settings, audit"),
    }
}

pub(super) async fn tokens(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let rows = ask.app.tokens(ask.reader).await?;
    Ok(Columns::of(&rows)
        .col("名称", "Name", |one| text(&one.name))
        .col("建立时间", "Made", |one| ask.at(&one.created_at))
        .col("上次使用", "Last used", |one| ask.at_any(one.last_used_at.as_deref()))
        .sheet(("API 令牌", "API tokens"), Vec::new()))
}

pub(super) async fn channels(ask: &Ask<'_>) -> Result<Sheet, Error> {
    let rows = ask.app.notice_channels(ask.reader).await?.channels;
    Ok(Columns::of(&rows)
        .col("名称", "Name", |one| text(&one.name))
        .col("类型", "Kind", |one| ask.say(&one.kind_name))
        .col("启用", "In use", |one| ask.yes(one.is_enabled))
        .col("最近一次", "Latest call", |one| ask.at_any(one.last.as_ref().map(|last| last.started_at.as_str())))
        .col("结果", "Outcome", |one| {
            let outcome = one.last.as_ref().and_then(|last| last.outcome.as_deref());
            outcome.map_or(Value::Empty, |outcome| ask.spoken(CALL, outcome))
        })
        .col("出了什么错", "What went wrong", |one| {
            ask.say_any(one.last.as_ref().and_then(|last| last.trouble.as_ref()).map(|trouble| &trouble.detail))
        })
        .col("暂停到", "Paused until", |one| ask.at_any(one.paused_until.as_deref()))
        .sheet(("通知渠道", "channels"), Vec::new()))
}

pub(super) async fn deliveries(ask: &Ask<'_>, query: &NoticeQuery) -> Result<Sheet, Error> {
    let mut told: Vec<Notice> = Vec::new();
    loop {
        let asked = NoticeQuery { offset: told.len() as u64, limit: PAGE as u64, ..query.clone() };
        let page = ask.app.notices(ask.reader, &asked).await?.rows;
        let is_last = page.len() < PAGE;
        told.extend(page);
        if is_last || told.len() >= MOST_ROWS {
            break;
        }
    }
    // A notice that went out by no channel is a row all the same.
    let mut rows: Vec<(&Notice, Option<&NoticeDelivery>)> = Vec::new();
    for one in &told {
        if one.deliveries.is_empty() {
            rows.push((one, None));
        }
        rows.extend(one.deliveries.iter().map(|to| (one, Some(to))));
    }
    let inside = ("只在站内", "In the product only");
    let about = [
        ask.filter("谁的", "Whose", query.whose.as_deref()),
        ask.filter("去向", "State", query.state.as_deref()),
        ask.filter("内容", "Kind", query.kind.as_deref()),
    ];
    Ok(Columns::of(&rows)
        .col("时间", "At", |(one, _)| ask.at(&one.planned_at))
        .col("给谁", "Who", |(one, _)| text(&one.staff_name))
        .col("类别", "Kind", |(one, _)| ask.spoken(TOLD, &one.kind))
        .col("内容", "What", |(one, _)| ask.say(&one.subject))
        .col("紧急", "Urgent", |(one, _)| ask.yes(one.is_urgent))
        .col("读到的时间", "Read", |(one, _)| ask.at_any(one.read_at.as_deref()))
        .col("渠道", "Channel", |(_, to)| match to {
            Some(to) => any(to.channel_name.as_deref()),
            None => ask.pick(inside),
        })
        .col("去向", "State", |(_, to)| to.map_or(Value::Empty, |to| ask.spoken(DELIVERY, &to.state)))
        .col("试了几次", "Tries", |(_, to)| to.map_or(Value::Empty, |to| Value::Whole(to.tries)))
        .col("结束时间", "Settled", |(_, to)| ask.at_any(to.and_then(|to| to.settled_at.as_deref())))
        .col("没送到的原因", "Why it did not arrive", |(_, to)| {
            ask.say_any(to.and_then(|to| to.trouble.as_ref()).map(|trouble| &trouble.detail))
        })
        .sheet(("投递记录", "notices"), about.into_iter().flatten().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: i64, parent_id: Option<i64>, name: &str) -> UnitRow {
        let (heads, none) = (Vec::new(), 0);
        let name = name.to_owned();
        UnitRow {
            id,
            version: 1,
            name,
            parent_id,
            heads,
            work_hours: None,
            staff_count: none,
            customer_count: none,
            at_risk_count: none,
        }
    }

    #[test]
    fn a_unit_is_told_with_those_above_it_and_a_ring_of_units_ends() {
        let tree = [unit(1, None, "华东"), unit(2, Some(1), "徐汇")];
        assert_eq!(path_of(&tree, Some(2)).as_deref(), Some("华东/徐汇"));
        assert_eq!(path_of(&tree, None), None);
        let ring = [unit(1, Some(2), "甲"), unit(2, Some(1), "乙")];
        assert_eq!(line_of(&ring, Some(1)).len(), 2);
    }
}
