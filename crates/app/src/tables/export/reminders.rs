//! Reminders and the list before a festival as tables.

use vocab::{AsOf, Instant, Lang};

use super::{Sheet, date, filter, pick};
use crate::error::Error;
use crate::shown::nobody;
use crate::table::Value;
use crate::view::{GreetingRow, ReminderRow};
use crate::{App, GreetingQuery, Reader, ReminderQuery};

impl App {
    pub(super) async fn reminders_sheet(
        &self,
        reader: &Reader,
        query: &ReminderQuery,
        as_of: Option<AsOf>,
        lang: Lang,
        now: Instant,
    ) -> Result<Sheet, Error> {
        let query = ReminderQuery { cursor: None, limit: usize::MAX, ..query.clone() };
        let list = self.reminders(&reader.scope, &query, as_of, now).await?;
        let mut about = Vec::new();
        let days = [("从", "From", &query.from), ("到", "To", &query.to)];
        let others = [("类型", "Kind", &query.kind), ("负责人", "Owner", &query.owner)];
        for (zh, en, value) in days.into_iter().chain(others) {
            about.extend(value.as_deref().map(|value| filter(zh, en, value, lang)));
        }
        Ok(Sheet {
            title: ("提醒", "reminders"),
            heads: vec![
                ("日期", "Day"),
                ("客户编号", "Customer id"),
                ("客户名称", "Name"),
                ("负责人", "Owner"),
                ("类型", "Kind"),
                ("提醒", "Reminder"),
                ("状态", "State"),
                ("答复时间", "Answered"),
                ("答复人", "Answered by"),
                ("备注", "Note"),
            ],
            rows: list.rows.into_iter().map(|row| self.reminder_cells(row, lang)).collect(),
            about,
        })
    }

    fn reminder_cells(&self, row: ReminderRow, lang: Lang) -> Vec<Value> {
        let text = |text: Option<String>| text.map_or(Value::Empty, Value::Text);
        let state = if row.is_overdue { "overdue" } else { row.state.as_str() };
        vec![
            Value::Text(row.due_on),
            Value::Text(row.customer_id),
            Value::Text(row.customer_name),
            Value::Text(row.owner.unwrap_or_else(|| nobody(lang).to_owned())),
            Value::Text(row.kind_name.get(lang).to_owned()),
            Value::Text(row.sentence.get(lang).to_owned()),
            Value::Text(state_words(state, lang).to_owned()),
            date(self, row.answered_at.as_deref()),
            text(row.answered_by),
            text(row.note),
        ]
    }

    pub(super) async fn greetings_sheet(
        &self,
        reader: &Reader,
        query: &GreetingQuery,
        as_of: Option<AsOf>,
        lang: Lang,
        now: Instant,
    ) -> Result<Sheet, Error> {
        let query = GreetingQuery { cursor: None, limit: usize::MAX, ..query.clone() };
        let list = self.greetings(&reader.scope, &query, as_of, now).await?;
        let festival = format!("{} {}", list.festival.name.get(lang), list.festival.on);
        let mut about = vec![filter("节日", "Festival", &festival, lang)];
        if let Some(doubt) = &list.festival.doubt {
            about.push(filter("注意", "Note", doubt.get(lang), lang));
        }
        about.extend(query.owner.as_deref().map(|owner| filter("负责人", "Owner", owner, lang)));
        Ok(Sheet {
            title: ("节前清单", "greetings"),
            heads: vec![
                ("客户编号", "Customer id"),
                ("客户名称", "Name"),
                ("负责人", "Owner"),
                ("年价值", "Value"),
                ("分组", "Group"),
                ("近况", "What is true"),
                ("问候语", "Greeting"),
                ("先解决", "To put right first"),
                ("问候时间", "Greeted"),
                ("问候人", "Greeted by"),
            ],
            rows: list.rows.into_iter().map(|row| self.greeting_cells(row, lang)).collect(),
            about,
        })
    }

    fn greeting_cells(&self, row: GreetingRow, lang: Lang) -> Vec<Value> {
        let first: Vec<&str> = row.fix.iter().map(|words| words.get(lang)).collect();
        let stop = pick(("；", "; "), lang);
        vec![
            Value::Text(row.customer_id),
            Value::Text(row.customer_name),
            Value::Text(row.owner.unwrap_or_else(|| nobody(lang).to_owned())),
            row.value.value.map_or(Value::Empty, Value::Number),
            Value::Text(state_words(&row.group, lang).to_owned()),
            row.line.map_or(Value::Empty, |line| Value::Text(line.get(lang).to_owned())),
            Value::Text(row.greeting.get(lang).to_owned()),
            if first.is_empty() { Value::Empty } else { Value::Text(first.join(stop)) },
            date(self, row.greeted_at.as_deref()),
            row.greeted_by.map_or(Value::Empty, Value::Text),
        ]
    }
}

/// How a reminder or a greeting stands, in the words of the screens.
fn state_words(state: &str, lang: Lang) -> &'static str {
    let words = match state {
        "due" => ("今天", "today"),
        "overdue" => ("已过期", "overdue"),
        "coming" => ("将到", "coming"),
        "done" => ("已完成", "done"),
        "skipped" => ("今年不再提醒", "not this year"),
        "greet" => ("可以问候", "to greet"),
        "fix" => ("先解决问题", "put right first"),
        _ => ("已问候", "greeted"),
    };
    pick(words, lang)
}
