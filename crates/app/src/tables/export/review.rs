//! The weekly review as a table of names, and the month by owner.

use vocab::{AsOf, Instant, Lang};

use super::{Sheet, date, number};
use crate::error::Error;
use crate::shown::nobody;
use crate::table::Value;
use crate::view::ReviewOwner;
use crate::working::review::counted::Of;
use crate::{App, Reader};

impl App {
    pub(super) async fn review_sheet(
        &self,
        reader: &Reader,
        week: Option<&str>,
        as_of: Option<AsOf>,
        lang: Lang,
        now: Instant,
    ) -> Result<Sheet, Error> {
        let span = self.week(week, as_of, now)?;
        let rows = self.review_rows(reader, week, as_of, now).await?.into_iter().map(|(of, row)| {
            vec![
                of_words(of, lang),
                Value::Text(row.customer_id),
                Value::Text(row.customer_name),
                Value::Text(row.owner.unwrap_or_else(|| nobody(lang).to_owned())),
                date(self, Some(&row.at)),
                row.by.map_or(Value::Empty, Value::Text),
                row.case_id.map_or(Value::Empty, Value::Whole),
                Value::Text(row.words.get(lang).to_owned()),
                number(row.value.value),
            ]
        });
        let label = match lang {
            Lang::Zh => "周（周一起）",
            Lang::En => "Week of (Monday)",
        };
        Ok(Sheet {
            title: ("周会复盘", "weekly review"),
            heads: vec![
                ("项目", "Number"),
                ("客户编号", "Customer id"),
                ("客户名称", "Name"),
                ("负责人", "Owner"),
                ("时间", "At"),
                ("经手人", "By"),
                ("跟进单", "Case"),
                ("说明", "Words"),
                ("客户价值", "Value"),
            ],
            rows: rows.collect(),
            about: vec![(label.to_owned(), self.zone().date(span.from))],
        })
    }

    pub(super) async fn review_month_sheet(
        &self,
        reader: &Reader,
        month: Option<&str>,
        as_of: Option<AsOf>,
        lang: Lang,
        now: Instant,
    ) -> Result<Sheet, Error> {
        let told = self.review_month(reader, month, as_of, now).await?;
        let whole = |count: u64| Value::Whole(i64::try_from(count).unwrap_or(i64::MAX));
        let cells = |name: String, row: &ReviewOwner| {
            vec![
                Value::Text(name),
                whole(row.customers),
                number(row.amount),
                whole(row.opened),
                whole(row.act_due),
                whole(row.act_in_time),
                row.lost.map_or(Value::Empty, whole),
                number(row.lost_amount),
                whole(row.promises_due),
                whole(row.promises_kept),
                whole(row.decisions_due),
                whole(row.decisions_done),
            ]
        };
        let all = match lang {
            Lang::Zh => "合计",
            Lang::En => "All",
        };
        let named = |row: &ReviewOwner| row.owner.clone().unwrap_or_else(|| nobody(lang).to_owned());
        let rows = told.rows.iter().map(|row| cells(named(row), row));
        let label = match lang {
            Lang::Zh => "月份",
            Lang::En => "Month",
        };
        Ok(Sheet {
            title: ("月度盘点", "monthly review"),
            heads: vec![
                ("负责人", "Owner"),
                ("客户数", "Customers"),
                ("客户价值", "Value"),
                ("新预警", "Alerts opened"),
                ("到期应处理", "To be acted upon"),
                ("按时处理", "Acted in time"),
                ("流失", "Lost"),
                ("流失价值", "Value lost"),
                ("到期承诺", "Promises due"),
                ("已兑现", "Promises kept"),
                ("到期决定", "Decisions due"),
                ("已完成", "Decisions done"),
            ],
            rows: rows.chain([cells(all.to_owned(), &told.total)]).collect(),
            about: vec![(label.to_owned(), told.month.clone())],
        })
    }
}

fn of_words(of: Of, lang: Lang) -> Value {
    let (zh, en) = match of {
        Of::Opened => ("新预警", "Alert opened"),
        Of::Acted => ("已跟进", "Acted upon"),
        Of::Stayed => ("跟进后留下", "Stayed after that"),
        Of::Lost => ("流失", "Lost"),
        Of::Late => ("超时", "Late"),
        Of::FalseAlarm => ("误报", "Mistaken alert"),
    };
    Value::Text(match lang {
        Lang::Zh => zh.to_owned(),
        Lang::En => en.to_owned(),
    })
}
