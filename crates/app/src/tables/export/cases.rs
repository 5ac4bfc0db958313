//! Cases as a table: one row for each, with its clocks, its hands and its end.

use vocab::{AsOf, CustomerId, Instant, Lang};

use super::back::WorkToCome;
use super::{Sheet, called, date, filter, tags, word};
use crate::error::Error;
use crate::moment::belonging::Belonging;
use crate::shown::nobody;
use crate::table::Value;
use crate::view::CaseRow;
use crate::{App, CaseQuery, Reader};
use indicators::Sorting;

impl App {
    pub(super) async fn cases_sheet(
        &self,
        reader: &Reader,
        query: &CaseQuery,
        as_of: Option<AsOf>,
        lang: Lang,
        now: Instant,
    ) -> Result<Sheet, Error> {
        let cases = self.every_case(reader, query, as_of, now).await?;
        let work = self.work_to_come(&reader.scope, as_of).await?;
        let snapshot = self.snapshot(as_of, now).await?;
        let stuck = self.belonging(&snapshot, as_of).await?;
        Ok(Sheet {
            title: ("跟进单", "cases"),
            heads: vec![
                ("跟进单", "Case"),
                ("客户编号", "Customer id"),
                ("客户名称", "Name"),
                ("负责人", "Owner"),
                ("类型", "Type"),
                ("进度", "Stage"),
                ("经手人", "In hand of"),
                ("严重度", "Severity"),
                ("价值分层", "Tier"),
                ("为什么", "Why"),
                ("开单时间", "Opened"),
                ("开单人", "Opened by"),
                ("受理时限", "To accept by"),
                ("受理时间", "Accepted"),
                ("首次回复时限", "To reply by"),
                ("首次回复时间", "Replied"),
                ("处理时限", "To act by"),
                ("处理时间", "Acted"),
                ("时限状态", "Clock"),
                ("连续转交", "Passed on in a row"),
                ("催办次数", "Urged"),
                ("未完成任务", "Open tasks"),
                ("结案时间", "Closed"),
                ("结案人", "Closed by"),
                ("结果", "Outcome"),
                ("流失原因", "Why they left"),
                ("备注", "Note"),
                ("标签", "Tags"),
                ("下次联系", "Next contact"),
            ],
            rows: cases.into_iter().map(|case| self.case_cells(case, (&work, &stuck), lang)).collect(),
            about: case_filters(query, lang),
        })
    }

    fn case_cells(&self, case: CaseRow, (work, stuck): (&WorkToCome, &Belonging), lang: Lang) -> Vec<Value> {
        let customer = CustomerId::from(case.customer_id.as_str());
        let stuck: Vec<String> = stuck.tags.of(&customer).iter().map(|record| record.tag.clone()).collect();
        let text = |text: Option<String>| text.map_or(Value::Empty, Value::Text);
        let sentences: Vec<&str> = case.alerts.iter().map(|alert| alert.sentence.get(lang)).collect();
        let why = case.about.clone().unwrap_or_else(|| sentences.join(pick_stop(lang)));
        let holder = case.assigned_name.or(case.assigned_to);
        vec![
            Value::Whole(case.id),
            Value::Text(case.customer_id),
            Value::Text(case.customer_name),
            Value::Text(case.owner.unwrap_or_else(|| nobody(lang).to_owned())),
            Value::Text(case.type_name.get(lang).to_owned()),
            Value::Text(case.stage_name.get(lang).to_owned()),
            text(holder),
            word(&case.severity, lang),
            called(Sorting::Tier, case.tier.as_deref(), lang),
            Value::Text(why),
            date(self, Some(&case.opened_at)),
            Value::Text(case.opened_by),
            date(self, Some(&case.accept_by)),
            date(self, case.accepted_at.as_deref()),
            date(self, case.reply_by.as_deref()),
            date(self, case.replied_at.as_deref()),
            date(self, Some(&case.act_by)),
            date(self, case.acted_at.as_deref()),
            case.clock.map_or(Value::Empty, |clock| word(&clock, lang)),
            Value::Whole(i64::from(case.passes)),
            Value::Whole(i64::from(case.nudge_count)),
            Value::Whole(case.open_task_count as i64),
            date(self, case.closed_at.as_deref()),
            text(case.closed_by),
            case.outcome_name.map_or(Value::Empty, |outcome| Value::Text(outcome.get(lang).to_owned())),
            case.churn_reason_name.map_or(Value::Empty, |reason| Value::Text(reason.get(lang).to_owned())),
            text(case.note),
            tags(&stuck, lang),
            work.next_contact(&customer),
        ]
    }
}

fn pick_stop(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "；",
        Lang::En => "; ",
    }
}

fn case_filters(query: &CaseQuery, lang: Lang) -> Vec<(String, String)> {
    let states = if query.states.is_empty() { "new, accepted".to_owned() } else { query.states.join(", ") };
    let mut filters = vec![filter("跟进单状态", "Case", &states, lang)];
    for (zh, en, names) in [("进度", "Stage", &query.stages), ("类型", "Type", &query.case_types)] {
        if !names.is_empty() {
            filters.push(filter(zh, en, &names.join(", "), lang));
        }
    }
    if query.overdue {
        filters.push(filter("超时", "Overdue", "yes", lang));
    }
    for (zh, en, value) in
        [("谁的", "Whose", &query.who), ("负责人", "Owner", &query.owner), ("搜索", "Search", &query.search)]
    {
        if let Some(value) = value {
            filters.push(filter(zh, en, value, lang));
        }
    }
    filters
}
