//! Customers as a table: one row for each, with where they stand, and the columns that people fill in to bring it back.

use indicators::Sorting;
use vocab::{AsOf, Instant, Lang};

use super::{Sheet, called, date, filter, number, tags, word};
use crate::customer::customers::{CustomerQuery, count_of, reasons, row};
use crate::error::Error;
use crate::moment::belonging::Belonging;
use crate::risk::champion::Reasoned;
use crate::shown::{known, nobody};
use crate::table::Value;
use crate::view::RiskShort;
use crate::{App, Reader};

impl App {
    pub(super) async fn customers_sheet(
        &self,
        reader: &Reader,
        query: &CustomerQuery,
        as_of: Option<AsOf>,
        lang: Lang,
        now: Instant,
    ) -> Result<Sheet, Error> {
        let matches = self.matching_customers(&reader.scope, query, as_of, now).await?;
        let snapshot = &matches.snapshot;
        let alerts = self.open_alert_counts(&reader.scope, as_of, None).await?;
        let work = self.work_to_come(&reader.scope, as_of).await?;
        let places = matches.places().map(Some).collect();
        let risks = self.risks_at(snapshot, places, Reasoned::No).await?;
        let row = |position: usize| {
            let row = row(self, snapshot, &matches.belonging, position, count_of(&alerts, snapshot, position));
            let reason = reasons(self, snapshot, position).into_iter().next();
            vec![
                Value::Text(row.id),
                Value::Text(row.name),
                Value::Text(row.owner.unwrap_or_else(|| nobody(lang).to_owned())),
                word(row.verdict.band.as_deref().unwrap_or("unknown"), lang),
                number(row.verdict.health),
                Value::Number(row.verdict.coverage),
                number(row.health_change_30d),
                number(known(snapshot.value(position))),
                called(Sorting::Tier, row.tier.as_deref(), lang),
                called(Sorting::Rfm, row.rfm.as_deref(), lang),
                tags(&row.tags, lang),
                word(&row.standing.state, lang),
                date(self, row.standing.last_seen_at.as_deref()),
                row.contract_end_on.map_or(Value::Empty, Value::Text),
                Value::Whole(i64::from(row.open_alert_count)),
                reason.map_or(Value::Empty, |reason| Value::Text(reason.get(lang).to_owned())),
                work.next_contact(&snapshot.customers()[position]),
                work.case(&snapshot.customers()[position]),
                Value::Empty,
                Value::Empty,
                Value::Empty,
            ]
        };
        let mut sheet = Sheet {
            title: ("客户", "customers"),
            heads: vec![
                ("客户编号", "Customer id"),
                ("客户名称", "Name"),
                ("负责人", "Owner"),
                ("风险等级", "Band"),
                ("健康分", "Health"),
                ("数据完整度", "Coverage"),
                ("近30天变化", "Change in 30 days"),
                ("客户价值", "Value"),
                ("价值分层", "Tier"),
                ("RFM", "RFM"),
                ("标签", "Tags"),
                ("状态", "State"),
                ("最近一次活动", "Last activity"),
                ("合同到期日", "Contract ends"),
                ("未解除预警", "Open alerts"),
                ("风险原因", "Reason"),
                ("下次联系", "Next contact"),
                ("跟进单", "Case"),
                ("结果", "Outcome"),
                ("流失原因", "Why they left"),
                ("备注", "Note"),
            ],
            rows: matches.places().map(row).collect(),
            about: customer_filters(query, &matches.belonging, lang),
        };
        if let Some(risks) = risks {
            risk_column(&mut sheet, risks);
        }
        Ok(sheet)
    }
}

/// What the model in service says, as the last column.
fn risk_column(sheet: &mut Sheet, risks: Vec<Option<RiskShort>>) {
    sheet.heads.push(("流失概率", "Risk"));
    for (cells, risk) in sheet.rows.iter_mut().zip(risks) {
        cells.push(number(risk.map(|one| one.risk)));
    }
}

fn customer_filters(query: &CustomerQuery, belonging: &Belonging, lang: Lang) -> Vec<(String, String)> {
    let mut filters = Vec::new();
    if let Some(search) = &query.search {
        filters.push(filter("搜索", "Search", search, lang));
    }
    if !query.bands.is_empty() {
        filters.push(filter("风险等级", "Band", &query.bands.join(", "), lang));
    }
    if let Some(owner) = &query.owner {
        filters.push(filter("负责人", "Owner", owner, lang));
    }
    let states = if query.states.is_empty() { "current, too_new".to_owned() } else { query.states.join(", ") };
    filters.push(filter("状态", "State", &states, lang));
    if let Some(has_alert) = query.has_alert {
        filters.push(filter("有未解除预警", "Has open alert", if has_alert { "yes" } else { "no" }, lang));
    }
    let segment = |id: &String| match belonging.book().and_then(|book| book.name(id)) {
        Some(name) => name.get(lang).to_owned(),
        None => id.clone(),
    };
    let fixed = |sorting: Sorting, names: &[String]| -> Vec<String> {
        let word = |name: &String| sorting.word(name).map_or_else(|| name.clone(), |text| text.get(lang).to_owned());
        names.iter().map(word).collect()
    };
    for (zh, en, names) in [
        ("分群", "Segment", query.segments.iter().map(segment).collect()),
        ("价值分层", "Tier", fixed(Sorting::Tier, &query.tiers)),
        ("RFM", "RFM", fixed(Sorting::Rfm, &query.rfm)),
        ("标签", "Tag", query.tags.clone()),
    ] {
        if !names.is_empty() {
            filters.push(filter(zh, en, &names.join(", "), lang));
        }
    }
    filters
}
