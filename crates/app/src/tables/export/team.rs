//! The report on clocks as a table: a row for each team, then for each person.

use vocab::{AsOf, Instant, Lang};

use super::{Sheet, filter};
use crate::error::Error;
use crate::table::Value;
use crate::view::BreachRow;
use crate::{App, BreachQuery, Reader};

const SECONDS_PER_HOUR: f64 = 3_600.0;

impl App {
    pub(super) async fn team_sheet(
        &self,
        reader: &Reader,
        query: &BreachQuery,
        as_of: Option<AsOf>,
        lang: Lang,
        now: Instant,
    ) -> Result<Sheet, Error> {
        let report = self.breaches(reader, query, as_of, now).await?;
        let teams = report.teams.into_iter().map(|row| cells(row, ("团队", "Team"), lang));
        let people = report.people.into_iter().map(|row| cells(row, ("员工", "Person"), lang));
        Ok(Sheet {
            title: ("时限报表", "clocks"),
            heads: vec![
                ("类别", "Sort"),
                ("名称", "Name"),
                ("所属部门", "Unit"),
                ("接手", "Taken"),
                ("受理按时", "Accepted in time"),
                ("受理超时", "Accepting overdue"),
                ("首次回复按时", "Replied in time"),
                ("首次回复超时", "Reply overdue"),
                ("处理按时", "Acted in time"),
                ("处理超时", "Acting overdue"),
                ("处理用时中位数（工作小时）", "Median working hours until acted"),
                ("没做事就转交", "Passed on with nothing done"),
            ],
            rows: teams.chain(people).collect(),
            about: vec![filter("开始日期", "From", &report.from, lang), filter("结束日期", "To", &report.to, lang)],
        })
    }
}

fn cells(row: BreachRow, (zh, en): (&str, &str), lang: Lang) -> Vec<Value> {
    let (sort, nobody) = match lang {
        Lang::Zh => (zh, "无人接手"),
        Lang::En => (en, "Nobody"),
    };
    let count = |count: u64| Value::Whole(count as i64);
    vec![
        Value::Text(sort.to_owned()),
        Value::Text(row.name.unwrap_or_else(|| nobody.to_owned())),
        row.unit.map_or(Value::Empty, Value::Text),
        count(row.taken_count),
        count(row.acknowledge.kept),
        count(row.acknowledge.breached),
        count(row.reply.kept),
        count(row.reply.breached),
        count(row.act.kept),
        count(row.act.breached),
        row.median_seconds.map_or(Value::Empty, |seconds| Value::Number(seconds as f64 / SECONDS_PER_HOUR)),
        count(row.pass_count),
    ]
}
