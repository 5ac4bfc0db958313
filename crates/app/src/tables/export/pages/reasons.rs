//! Tables of why customers leave: confirmed and predicted, and how often the two agree.

use crate::error::Error;
use crate::risk::reasons::ReasonsQuery;
use crate::tables::export::columns::{Ask, Columns, Spoken, any, count, text};
use crate::tables::export::{Sheet, number, pick};
use crate::view::{ReasonCustomer, ReasonRow, ReasonsPage};

const SORT: &[Spoken] = &[
    ("voluntary", "主动流失", "voluntary"),
    ("involuntary", "被动流失", "involuntary"),
    ("silent", "静默流失", "silent"),
    ("price", "价格型流失", "price"),
    ("experience", "体验型流失", "experience"),
];

/// Chinese and English.
type Both = (&'static str, &'static str);

async fn page(ask: &Ask<'_>, query: &ReasonsQuery) -> Result<ReasonsPage, Error> {
    ask.app.reasons_page(ask.reader, query, ask.as_of, ask.now).await
}

/// What the second sheet says.
fn about(ask: &Ask<'_>, page: &ReasonsPage) -> Vec<(String, String)> {
    let segment = ask.filter("分群", "Segment", page.segment.as_deref());
    let quarter = ask.note(("流失的季度", "Quarter of those who left"), page.quarter.clone());
    let model = page.predicted.model.clone().map(|model| ask.note(("在用模型", "Model in service"), model));
    std::iter::once(quarter).chain(segment).chain(model).collect()
}

pub(super) async fn reasons(ask: &Ask<'_>, query: &ReasonsQuery) -> Result<Sheet, Error> {
    let page = page(ask, query).await?;
    let confirmed = page.confirmed.rows.iter().map(|row| (("人工确认", "Confirmed"), row));
    let predicted = page.predicted.rows.iter().map(|row| (("模型预计", "Predicted"), row));
    let rows: Vec<(Both, &ReasonRow)> = confirmed.chain(predicted).collect();
    let tier = |key: &'static str| {
        move |(_, row): &(Both, &ReasonRow)| {
            count(row.tiers.iter().find(|one| one.key == key).map_or(0, |one| one.count))
        }
    };
    let largest = |row: &ReasonRow| {
        let name = |one: &ReasonCustomer| one.name.clone();
        row.customers.iter().map(name).collect::<Vec<String>>().join(pick(("、", ", "), ask.lang))
    };
    Ok(Columns::of(&rows)
        .col("依据", "By", |(by, _)| ask.pick(*by))
        .col("原因", "Reason", |(_, row)| ask.say(&row.name))
        .col("流失类型", "Sort of churn", |(_, row)| any(row.sort.as_deref().map(|sort| ask.name(SORT, sort))))
        .col("客户数", "Customers", |(_, row)| count(row.count))
        .col("高价值", "High value", tier("high"))
        .col("中价值", "Middle value", tier("middle"))
        .col("低价值", "Low value", tier("low"))
        .col("价值未知", "Value unknown", tier("unknown"))
        .col("按价值的前几位", "Largest by value", |(_, row)| text(largest(row)))
        .sheet(("流失原因", "reasons for leaving"), about(ask, &page)))
}

pub(super) async fn agreement(ask: &Ask<'_>, query: &ReasonsQuery) -> Result<Sheet, Error> {
    let page = page(ask, query).await?;
    let rows = page.agreement.as_ref().map_or(&[][..], |one| &one.rows);
    let share = |part: u64, whole: u64| number((whole > 0).then(|| part as f64 / whole as f64));
    Ok(Columns::of(rows)
        .col("原因", "Reason", |row| ask.say(&row.name))
        .col("人工确认", "Confirmed", |row| count(row.confirmed))
        .col("模型第一原因就是它", "First with the model", |row| count(row.first))
        .col("模型前两个里有它", "First or second", |row| count(row.first_two))
        .col("说中的比例", "Share named", |row| share(row.first_two, row.confirmed))
        .col("模型说是它、其实不是", "Said instead of another", |row| count(row.instead))
        .sheet(("原因是否说中", "agreement of reasons"), about(ask, &page)))
}
