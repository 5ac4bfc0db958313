//! Renewals as a table: the three intentions in columns of their own, what the facts say beside what people say.

use vocab::{AsOf, Instant, Lang};

use super::{Sheet, date, filter, number, word};
use crate::error::Error;
use crate::shown::nobody;
use crate::table::Value;
use crate::view::{RenewalRow, RenewalWord};
use crate::{App, Reader, RenewalQuery};

impl App {
    pub(super) async fn renewals_sheet(
        &self,
        reader: &Reader,
        query: &RenewalQuery,
        as_of: Option<AsOf>,
        lang: Lang,
        now: Instant,
    ) -> Result<Sheet, Error> {
        let rows = self.every_renewal(&reader.scope, query, as_of, now).await?;
        Ok(Sheet {
            title: ("续约", "renewals"),
            heads: vec![
                ("客户编号", "Customer id"),
                ("客户名称", "Name"),
                ("负责人", "Owner"),
                ("合同编号", "Contract"),
                ("到期日", "Due on"),
                ("年金额", "Annual amount"),
                ("风险等级", "Band"),
                ("健康分", "Health"),
                ("风险原因", "Reason"),
                ("阶段", "Stage"),
                ("下一步", "Next step"),
                ("下一步日期", "Next step on"),
                ("负责人判断", "Owner's judgement"),
                ("判断金额", "Judged amount"),
                ("判断人", "Judged by"),
                ("判断时间", "Judged at"),
                ("客户答复", "Customer's answer"),
                ("答复记录人", "Answer noted by"),
                ("答复时间", "Answered at"),
                ("同风险等级的续约率", "Renewal rate of the band"),
                ("同等级已续", "Renewed in the band"),
                ("同等级已定", "Settled in the band"),
                ("合同记录的结果", "Outcome by the facts"),
                ("续后年金额", "Annual amount after"),
                ("人工判定的结果", "Outcome by hand"),
                ("两者矛盾", "They contradict"),
                ("原因", "Why"),
            ],
            rows: rows.into_iter().map(|row| self.renewal_cells(row, lang)).collect(),
            about: renewal_filters(query, lang),
        })
    }

    fn renewal_cells(&self, row: RenewalRow, lang: Lang) -> Vec<Value> {
        let text = |text: Option<String>| text.map_or(Value::Empty, Value::Text);
        let by = |said: &Option<RenewalWord>| text(said.as_ref().map(|one| one.by.clone()));
        let at = |said: &Option<RenewalWord>| date(self, said.as_ref().map(|one| one.at.as_str()));
        let says = |says: Option<&str>| says.map_or(Value::Empty, |says| said(says, lang));
        let contradicts = if row.contradicts { said("yes", lang) } else { Value::Empty };
        vec![
            Value::Text(row.customer_id),
            Value::Text(row.customer_name),
            Value::Text(row.owner.unwrap_or_else(|| nobody(lang).to_owned())),
            text(row.contract),
            Value::Text(row.due_on),
            number(row.amount),
            word(row.verdict.band.as_deref().unwrap_or("unknown"), lang),
            number(row.verdict.health),
            text(row.reason.map(|reason| reason.get(lang).to_owned())),
            said(&row.stage, lang),
            text(row.next_step),
            text(row.next_on),
            says(row.judgement.as_ref().map(|one| one.says.as_str())),
            number(row.judgement.as_ref().and_then(|one| one.amount)),
            by(&row.judgement),
            at(&row.judgement),
            says(row.answer.as_ref().map(|one| one.says.as_str())),
            by(&row.answer),
            at(&row.answer),
            number(row.model.rate),
            Value::Whole(row.model.renewed as i64),
            Value::Whole(row.model.decided as i64),
            says(row.fact.as_ref().map(|fact| fact.outcome.as_str())),
            number(row.fact.as_ref().and_then(|fact| fact.amount)),
            says(row.said.as_ref().map(|one| one.says.as_str())),
            contradicts,
            text(row.churn_reason_name.map(|reason| reason.get(lang).to_owned())),
        ]
    }
}

/// A word of renewals in the words of the screens.
fn said(says: &str, lang: Lang) -> Value {
    let (zh, en) = match says {
        "renew" => ("续", "will renew"),
        "shrink" => ("缩减", "will renew for less"),
        "unsure" => ("不一定", "not sure"),
        "leave" => ("不续", "will not renew"),
        "renewed" => ("已续", "renewed"),
        "shrunk" => ("缩减", "renewed for less"),
        "lost" => ("流失", "lost"),
        "not_started" => ("未启动", "not started"),
        "contacted" => ("已联系", "contacted"),
        "negotiating" => ("谈判中", "negotiating"),
        "signing" => ("待签", "to be signed"),
        "yes" => ("是", "yes"),
        other => (other, other),
    };
    Value::Text(match lang {
        Lang::Zh => zh.to_owned(),
        Lang::En => en.to_owned(),
    })
}

fn renewal_filters(query: &RenewalQuery, lang: Lang) -> Vec<(String, String)> {
    let mut filters = vec![filter("状态", "State", query.state.as_deref().unwrap_or("open"), lang)];
    if !query.bands.is_empty() {
        filters.push(filter("风险等级", "Band", &query.bands.join(", "), lang));
    }
    for (zh, en, value) in [
        ("到期月", "Due in", &query.month),
        ("负责人", "Owner", &query.owner),
        ("负责人判断", "Owner's judgement", &query.judgement),
        ("客户答复", "Customer's answer", &query.answer),
        ("阶段", "Stage", &query.stage),
        ("搜索", "Search", &query.search),
    ] {
        if let Some(value) = value {
            filters.push(filter(zh, en, value, lang));
        }
    }
    filters
}
