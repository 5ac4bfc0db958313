//! 导出: every table as a workbook, as filtered, with a second sheet that says what it is.
//!
//! Numbers are numbers; codes, ids and phone numbers stay text, so that nothing loses its leading zeros.

mod back;
mod cases;
mod columns;
mod customers;
mod pages;
mod reminders;
mod renewals;
mod review;
mod team;

use indicators::Sorting;
use rust_xlsxwriter::{Color, Format as CellFormat, Workbook, Worksheet, XlsxError};
use vocab::{AsOf, Instant, Lang};

use crate::customer::customers::CustomerQuery;
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::shown::{hidden, nobody};
use crate::staff::audit::AuditQuery;
use crate::table::{Value, fixed_properties};
use crate::working::work::AlertQuery;
use crate::{App, BreachQuery, CaseQuery, GreetingQuery, Reader, ReminderQuery, RenewalQuery, TodayQuery};

use columns::Ask;
pub use pages::PageTable;

/// What to export.
#[derive(Clone, Debug)]
pub enum Export {
    /// The customer list, as filtered.
    Customers(CustomerQuery),
    /// Alerts, as filtered.
    Alerts(AlertQuery),
    /// Cases, as filtered.
    Cases(CaseQuery),
    /// Renewals, as filtered.
    Renewals(RenewalQuery),
    /// The page of the day, of one owner or all.
    Today(Option<String>),
    /// Churn by month.
    Churn,
    /// The names behind one month.
    Leavers(String),
    /// Every name behind the numbers of a week: of this day, or the one before.
    Review(Option<String>),
    /// A month by owner: this one, or the one before.
    ReviewMonth(Option<String>),
    /// Reminders, as filtered.
    Reminders(ReminderQuery),
    /// Whom to greet before a festival.
    Greetings(GreetingQuery),
    /// Imports.
    Imports,
    /// What was done that must be accounted for, as filtered.
    Audit(AuditQuery),
    /// What became of the clocks of a period, by person and by team.
    Team(BreachQuery),
    /// The table of any other page.
    Page(PageTable),
}

impl Export {
    /// Whether numbers and addresses in it are those of customers, so that they leave hidden.
    fn is_about_customers(&self) -> bool {
        match self {
            Export::Imports | Export::Audit(_) => false,
            Export::Page(table) => table.is_about_customers(),
            _ => true,
        }
    }
}

/// A table on its way into a workbook.
struct Sheet {
    title: (&'static str, &'static str),
    heads: Vec<(&'static str, &'static str)>,
    rows: Vec<Vec<Value>>,
    about: Vec<(String, String)>,
}

impl App {
    /// A workbook: file name and bytes. The export is recorded.
    pub async fn export(
        &self,
        reader: &Reader,
        what: &Export,
        as_of: Option<AsOf>,
        lang: Lang,
        now: Instant,
    ) -> Result<(String, Vec<u8>), Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let mut sheet = match what {
            Export::Customers(query) => self.customers_sheet(reader, query, as_of, lang, now).await?,
            Export::Alerts(query) => self.alerts_sheet(reader, query, as_of, lang, now).await?,
            Export::Cases(query) => self.cases_sheet(reader, query, as_of, lang, now).await?,
            Export::Renewals(query) => self.renewals_sheet(reader, query, as_of, lang, now).await?,
            Export::Today(owner) => self.today_sheet(reader, owner.as_deref(), as_of, lang, now).await?,
            Export::Churn => self.churn_sheet(reader, as_of, now).await?,
            Export::Leavers(month) => self.leavers_sheet(reader, month, as_of, now).await?,
            Export::Review(week) => self.review_sheet(reader, week.as_deref(), as_of, lang, now).await?,
            Export::ReviewMonth(month) => self.review_month_sheet(reader, month.as_deref(), as_of, lang, now).await?,
            Export::Reminders(query) => self.reminders_sheet(reader, query, as_of, lang, now).await?,
            Export::Greetings(query) => self.greetings_sheet(reader, query, as_of, lang, now).await?,
            Export::Imports => self.imports_sheet(reader).await?,
            Export::Audit(query) => self.audit_sheet(reader, query).await?,
            Export::Team(query) => self.team_sheet(reader, query, as_of, lang, now).await?,
            Export::Page(table) => pages::page_sheet(&Ask { app: self, reader, as_of, lang, now }, table).await?,
        };
        if what.is_about_customers() {
            sheet.rows.iter_mut().flatten().for_each(hide);
        }
        let about = self.about(&snapshot, reader, lang, now).await?;
        sheet.about.splice(0..0, about);
        let title = pick(sheet.title, lang).to_owned();
        let comes_back = as_of.is_none() && matches!(what, Export::Customers(_) | Export::Cases(_));
        let bytes = workbook(&sheet, lang, comes_back.then_some(now)).map_err(Error::internal)?;
        let name = format!("{title}-{}.xlsx", self.zone().date(snapshot.as_of.instant()));
        let deed = store::Deed { what: "export", subject: &name, customer: None, actor: &reader.actor() };
        self.store().account_for(deed, &serde_json::json!({ "rows": sheet.rows.len() }), now).await?;
        Ok((name, bytes))
    }

    /// What the second sheet says of every export.
    async fn about(
        &self,
        snapshot: &Snapshot,
        reader: &Reader,
        lang: Lang,
        now: Instant,
    ) -> Result<Vec<(String, String)>, Error> {
        let firm = self.working_firm().await?;
        let churn = self.churn_definition(&snapshot.churn).map(|churn| churn.sentence.get(lang).to_owned());
        let book = self.book_of(snapshot).map(|book| book.name.get(lang).to_owned());
        let say = |zh: &str, en: &str| match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        };
        Ok(vec![
            (say("企业", "Firm"), firm.name),
            (say("截至时点", "As of"), self.zone().date_time(snapshot.as_of.instant())),
            (say("时区", "Time zone"), self.zone().name().to_owned()),
            (say("金额币种", "Currency"), firm.currency),
            (say("流失口径", "Churn definition"), churn.unwrap_or_default()),
            (say("健康分模型", "Scorecard"), book.unwrap_or_default()),
            (say("健康分", "Health"), say("0–100，越高越好", "0 to 100, high is good")),
            (say("导出人", "Exported by"), reader.actor()),
            (say("导出时间", "Exported at"), self.zone().date_time(now)),
        ])
    }

    async fn alerts_sheet(
        &self,
        reader: &Reader,
        query: &AlertQuery,
        as_of: Option<AsOf>,
        lang: Lang,
        now: Instant,
    ) -> Result<Sheet, Error> {
        let alerts = self.alert_rows(&reader.scope, query, as_of, now).await?;
        let row = |alert: crate::view::AlertRow| {
            vec![
                Value::Text(alert.customer_id),
                Value::Text(alert.customer_name),
                Value::Text(alert.owner.unwrap_or_else(|| nobody(lang).to_owned())),
                word(&alert.severity, lang),
                Value::Text(alert.rule_name.get(lang).to_owned()),
                Value::Text(alert.sentence.get(lang).to_owned()),
                word(&alert.state, lang),
                alert.case_state.map_or(Value::Empty, |state| word(&state, lang)),
                date(self, Some(&alert.opened_at)),
                date(self, alert.due_at.as_deref()),
                date(self, alert.resolved_at.as_deref()),
                number(alert.value.value),
            ]
        };
        Ok(Sheet {
            title: ("预警", "alerts"),
            heads: vec![
                ("客户编号", "Customer id"),
                ("客户名称", "Name"),
                ("负责人", "Owner"),
                ("严重度", "Severity"),
                ("规则", "Rule"),
                ("原因", "Reason"),
                ("预警状态", "Alert"),
                ("跟进单状态", "Case"),
                ("预警时间", "Opened"),
                ("时限", "Due"),
                ("解除时间", "Resolved"),
                ("客户价值", "Value"),
            ],
            rows: alerts.into_iter().map(row).collect(),
            about: alert_filters(query, lang),
        })
    }

    async fn today_sheet(
        &self,
        reader: &Reader,
        owner: Option<&str>,
        as_of: Option<AsOf>,
        lang: Lang,
        now: Instant,
    ) -> Result<Sheet, Error> {
        let query = TodayQuery { owner: owner.map(str::to_owned), ..TodayQuery::default() };
        let today = self.today(&reader.scope, &query, as_of, now).await?;
        let row = |row: crate::view::TodayRow| {
            let sentences: Vec<&str> = row.sentences.iter().map(|sentence| sentence.get(lang)).collect();
            vec![
                Value::Text(row.customer.id.clone()),
                Value::Text(row.customer.name.clone()),
                Value::Text(row.customer.owner.clone().unwrap_or_else(|| nobody(lang).to_owned())),
                word(row.customer.verdict.band.as_deref().unwrap_or("unknown"), lang),
                number(row.customer.verdict.health),
                number(row.customer.value.value),
                Value::Text(sentences.join(";")),
                Value::Text(row.next_step.get(lang).to_owned()),
                date(self, Some(&row.due_at)),
                word(&row.clock, lang),
                word(&row.case_state, lang),
            ]
        };
        Ok(Sheet {
            title: ("今日跟进", "today"),
            heads: vec![
                ("客户编号", "Customer id"),
                ("客户名称", "Name"),
                ("负责人", "Owner"),
                ("风险等级", "Band"),
                ("健康分", "Health"),
                ("客户价值", "Value"),
                ("原因", "Reason"),
                ("建议动作", "Next step"),
                ("时限", "Due"),
                ("时限状态", "Clock"),
                ("跟进单状态", "Case"),
            ],
            rows: today.rows.into_iter().map(row).collect(),
            about: owner.map(|owner| filter("负责人", "Owner", owner, lang)).into_iter().collect(),
        })
    }

    async fn churn_sheet(&self, reader: &Reader, as_of: Option<AsOf>, now: Instant) -> Result<Sheet, Error> {
        let churn = self.churn(&reader.scope, as_of, now).await?;
        let row = |month: &crate::view::ChurnMonth| {
            vec![
                Value::Text(month.month.clone()),
                Value::Whole(month.customers_at_start as i64),
                Value::Whole(month.left_count as i64),
                number(month.rate),
            ]
        };
        Ok(Sheet {
            title: ("流失概览", "churn"),
            heads: vec![
                ("月份", "Month"),
                ("月初客户数", "Customers at start"),
                ("当月流失", "Left in the month"),
                ("客户流失率", "Churn rate"),
            ],
            rows: churn.months.iter().map(row).collect(),
            about: Vec::new(),
        })
    }

    async fn leavers_sheet(
        &self,
        reader: &Reader,
        month: &str,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Sheet, Error> {
        let leavers = self.churn_month(&reader.scope, month, as_of, now).await?;
        let row = |leaver: &crate::view::LeaverRow| {
            vec![
                Value::Text(leaver.customer_id.clone()),
                Value::Text(leaver.customer_name.clone()),
                leaver.owner.clone().map_or(Value::Empty, Value::Text),
                date(self, Some(&leaver.gone_at)),
                date(self, leaver.last_seen_at.as_deref()),
                number(leaver.value.value),
            ]
        };
        Ok(Sheet {
            title: ("流失名单", "leavers"),
            heads: vec![
                ("客户编号", "Customer id"),
                ("客户名称", "Name"),
                ("负责人", "Owner"),
                ("流失时间", "Gone"),
                ("最近一次活动", "Last activity"),
                ("客户价值", "Value"),
            ],
            rows: leavers.iter().map(row).collect(),
            about: vec![("month".to_owned(), month.to_owned())],
        })
    }

    async fn audit_sheet(&self, reader: &Reader, query: &AuditQuery) -> Result<Sheet, Error> {
        const MOST_ROWS: usize = 100_000;
        let whole = AuditQuery { limit: MOST_ROWS, cursor: None, ..query.clone() };
        let page = self.audit(reader, &whole).await?;
        let row = |row: crate::view::AuditRow| {
            let at = date(self, Some(&row.at));
            let texts = [row.actor, row.sort, row.what, row.resource, row.subject, row.detail];
            std::iter::once(at).chain(texts.map(Value::Text)).collect()
        };
        Ok(Sheet {
            title: ("操作审计", "audit"),
            heads: vec![
                ("时间", "At"),
                ("操作人", "By"),
                ("类别", "Sort"),
                ("操作", "What"),
                ("对象类型", "Resource"),
                ("对象", "Subject"),
                ("详情", "Detail"),
            ],
            rows: page.rows.into_iter().map(row).collect(),
            about: Vec::new(),
        })
    }

    async fn imports_sheet(&self, reader: &Reader) -> Result<Sheet, Error> {
        let imports = self.imports(reader).await?;
        let row = |job: &crate::view::ImportJob| {
            vec![
                Value::Text(job.file_name.clone()),
                Value::Text(job.kind.clone()),
                Value::Text(job.source.clone()),
                Value::Text(job.state.clone()),
                date(self, Some(&job.started_at)),
                Value::Text(job.actor.clone()),
                Value::Whole(job.received as i64),
                Value::Whole(job.accepted as i64),
                Value::Whole(job.duplicates as i64),
                Value::Whole(job.rejected as i64),
                Value::Whole(job.facts as i64),
            ]
        };
        Ok(Sheet {
            title: ("导入记录", "imports"),
            heads: vec![
                ("文件", "File"),
                ("数据类型", "Kind"),
                ("来源", "Source"),
                ("状态", "State"),
                ("开始时间", "Started"),
                ("操作人", "By"),
                ("读到行数", "Received"),
                ("导入", "Accepted"),
                ("重复", "Duplicates"),
                ("未导入", "Rejected"),
                ("动态", "Facts"),
            ],
            rows: imports.iter().map(row).collect(),
            about: Vec::new(),
        })
    }
}

/// Numbers and addresses of people leave the house hidden.
fn hide(cell: &mut Value) {
    if let Value::Text(text) = cell {
        *text = hidden(text);
    }
}

fn pick((zh, en): (&'static str, &'static str), lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn number(value: Option<f64>) -> Value {
    value.map_or(Value::Empty, Value::Number)
}

fn date(app: &App, at: Option<&str>) -> Value {
    let at = at.and_then(|text| Instant::parse_rfc3339(text).ok());
    at.map_or(Value::Empty, |at| Value::Text(app.zone().date_time(at)))
}

fn word(key: &str, lang: Lang) -> Value {
    let zh = match key {
        "critical" => "极高",
        "high" => "高",
        "medium" => "中",
        "low" => "低",
        "unknown" => "数据不足",
        "current" => "在网",
        "too_new" => "新客户",
        "gone" => "已流失",
        "urgent" => "紧急",
        "warning" => "一般",
        "info" => "提示",
        "open" => "未解除",
        "resolved" => "已解除",
        "new" => "待受理",
        "accepted" => "已受理",
        "closed" => "已结案",
        "on_time" => "时限内",
        "due_today" => "今天到时限",
        "overdue" => "已超时",
        other => other,
    };
    Value::Text(match lang {
        Lang::Zh => zh.to_owned(),
        Lang::En => key.replace('_', " "),
    })
}

/// Tags in one cell.
fn tags(tags: &[String], lang: Lang) -> Value {
    Value::Text(tags.join(if lang == Lang::Zh { "、" } else { ", " }))
}

/// A tier or a cell of RFM by its name.
fn called(sorting: Sorting, name: Option<&str>, lang: Lang) -> Value {
    let word = name.and_then(|name| sorting.word(name));
    word.map_or(Value::Empty, |word| Value::Text(word.get(lang).to_owned()))
}

fn filter(zh: &str, en: &str, value: &str, lang: Lang) -> (String, String) {
    let label = match lang {
        Lang::Zh => format!("筛选：{zh}"),
        Lang::En => format!("Filter: {en}"),
    };
    (label, value.to_owned())
}

fn alert_filters(query: &AlertQuery, lang: Lang) -> Vec<(String, String)> {
    let mut filters = vec![filter("预警状态", "Alert", query.state.as_deref().unwrap_or("open"), lang)];
    if !query.severities.is_empty() {
        filters.push(filter("严重度", "Severity", &query.severities.join(", "), lang));
    }
    if !query.case_states.is_empty() {
        filters.push(filter("跟进单状态", "Case", &query.case_states.join(", "), lang));
    }
    for (zh, en, value) in
        [("负责人", "Owner", &query.owner), ("规则", "Rule", &query.rule), ("搜索", "Search", &query.search)]
    {
        if let Some(value) = value {
            filters.push(filter(zh, en, value, lang));
        }
    }
    filters
}

/// The workbook of a table; one that may come back says that it left at `leaves_at`.
fn workbook(sheet: &Sheet, lang: Lang, leaves_at: Option<Instant>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&fixed_properties());
    let head = CellFormat::new().set_bold().set_background_color(Color::RGB(0xE6_F1_EE));
    let as_text = CellFormat::new().set_num_format("@");
    let table = book.add_worksheet();
    table.set_name(pick(sheet.title, lang))?;
    table.set_freeze_panes(1, 0)?;
    for (column, title) in sheet.heads.iter().enumerate() {
        table.write_string_with_format(0, column as u16, pick(*title, lang), &head)?;
    }
    for (row, cells) in sheet.rows.iter().enumerate() {
        write_row(table, row as u32 + 1, cells, &as_text)?;
    }
    if !sheet.rows.is_empty() {
        table.autofilter(0, 0, sheet.rows.len() as u32, sheet.heads.len() as u16 - 1)?;
    }
    set_widths(table, sheet)?;
    let about = book.add_worksheet();
    about.set_name(pick(("说明", "about"), lang))?;
    about.set_column_width(0, 22)?;
    about.set_column_width(1, 80)?;
    for (row, (label, value)) in sheet.about.iter().enumerate() {
        about.write_string_with_format(row as u32, 0, label, &head)?;
        about.write_string_with_format(row as u32, 1, value, &as_text)?;
    }
    if let Some(at) = leaves_at {
        back::write(&mut book, sheet, at, &as_text)?;
    }
    book.save_to_buffer()
}

fn write_row(table: &mut Worksheet, row: u32, cells: &[Value], as_text: &CellFormat) -> Result<(), XlsxError> {
    for (column, cell) in cells.iter().enumerate() {
        let column = column as u16;
        match cell {
            Value::Empty => {}
            Value::Number(number) => {
                table.write_number(row, column, *number)?;
            }
            Value::Whole(number) => {
                table.write_number(row, column, *number as f64)?;
            }
            Value::Text(text) => {
                table.write_string_with_format(row, column, text, as_text)?;
            }
            Value::At(at) => {
                table.write_string_with_format(row, column, at.to_string(), as_text)?;
            }
        }
    }
    Ok(())
}

/// Wide enough for the first rows; a Chinese character counts two.
fn set_widths(table: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
    for (column, title) in sheet.heads.iter().enumerate() {
        let cells = sheet.rows.iter().take(200).map(|row| match &row[column] {
            Value::Text(text) => width(text),
            _ => 10.0,
        });
        let widest = cells.fold(width(title.0).max(width(title.1)), f64::max);
        table.set_column_width(column as u16, widest.clamp(8.0, 60.0) + 2.0)?;
    }
    Ok(())
}
