//! `liuke indicators`: figures of customers at one or many moments, and what can be done with definitions alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::view::{EfficacyReport, EfficacyRow, Words};
use app::{
    App, ColumnType, EfficacyQuery, Format, IndicatorQuery, LeftOut, Reader, SqlFrom, SqlQuery, Step, Table, Value,
};
use serde_json::json;
use vocab::{AsOf, Lang, Text, Window, Zone};

use super::arguments::{Indicators, IndicatorsAction, IndicatorsEfficacy, IndicatorsSql};
use super::console::Console;
use super::failure::{Done, Failure};
use super::folder;
use super::tables::{Target, tell_of_file, write_file};
use crate::clock;

/// Of the customers of an open folder.
pub(crate) async fn of_folder(app: &App, asked: &Indicators, console: &mut Console) -> Result<Done, Failure> {
    let target = Target::of(asked.out.as_deref(), console)?;
    let given = asked.as_of.iter().map(|text| Ok(app.moment(text)?)).collect::<Result<Vec<AsOf>, Failure>>()?;
    let path = catalog(asked, console);
    let query = query(asked, given, path.as_deref(), app.zone())?;
    let course = Course::begin();
    let catalog = app.table_catalog(path.as_deref()).await?;
    let watch = |step| course.note(step);
    let done = match &target {
        Target::File(path, Format::Parquet) => {
            let note = write_file(path, |out| app.write_indicators(&catalog, &query, &watch, out))?;
            tell(note.as_ref(), console);
            written(path, console);
            tell_of_file(path, None, console)?;
            Done::All
        }
        target => {
            let table = app.indicators_table(&catalog, &query, &watch)?;
            tell(table.note(), console);
            target.answer(&table.table(), console)?
        }
    };
    course.explain(asked, console);
    Ok(done)
}

/// Of the customers in a plain file of facts, without a lake.
pub(crate) fn of_file(asked: &Indicators, console: &mut Console) -> Result<Done, Failure> {
    let target = Target::of(asked.out.as_deref(), console)?;
    let zone = folder::zone(asked.timezone.as_deref())?.unwrap_or_default();
    let given = asked.as_of.iter().map(|text| moment(&zone, text)).collect::<Result<Vec<AsOf>, Failure>>()?;
    let file = console.path(asked.facts.as_deref().unwrap_or(Path::new("")));
    let catalog = catalog(asked, console);
    let query = query(asked, given, catalog.as_deref(), &zone)?;
    let course = Course::begin();
    let watch = |step| course.note(step);
    let done = match &target {
        Target::File(path, Format::Parquet) => {
            let note = write_file(path, |out| app::write_indicators_of_file(&file, &query, &zone, &watch, out))?;
            tell(note.as_ref(), console);
            written(path, console);
            tell_of_file(path, None, console)?;
            Done::All
        }
        target => {
            let table = app::indicators_of_file(&file, &query, &zone, &watch)?;
            tell(table.note(), console);
            target.answer(&table.table(), console)?
        }
    };
    course.explain(asked, console);
    Ok(done)
}

/// The steps of an answer and how long each took: what `--explain` says.
struct Course {
    begun: Instant,
    steps: Mutex<Vec<(Step, Duration)>>,
}

impl Course {
    fn begin() -> Course {
        Course { begun: Instant::now(), steps: Mutex::default() }
    }

    fn note(&self, step: Step) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        steps.push((step, self.begun.elapsed()));
    }

    fn explain(self, asked: &Indicators, console: &mut Console) {
        if !asked.explain {
            return;
        }
        let mut before = Duration::ZERO;
        for (step, at) in self.steps.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let took = at.saturating_sub(before).as_secs_f64();
            before = at;
            let Step::Read(read) = step else {
                console.say(format!("计算 {took:.2} 秒"), format!("measured in {took:.2} s"));
                continue;
            };
            let (files, groups, rows) = (read.files, read.row_groups, read.rows);
            let columns = read.columns.join(", ");
            let spilled = read.spilled_bytes >> 20;
            console.say(
                format!("读取 {files} 个文件、{groups} 个行组、{rows} 行，列：{columns}；{took:.2} 秒"),
                format!("read {files} files, {groups} row groups, {rows} rows, columns {columns}; {took:.2} s"),
            );
            match read.parts {
                0 | 1 => console.say("整体读取（逐行）", "as a whole, row by row"),
                parts => console.say(
                    format!("按客户分成 {parts} 份并行计算，{spilled} MiB 暂存磁盘"),
                    format!("dealt into {parts} parts by customer, {spilled} MiB waited on the disk"),
                ),
            }
        }
        let took = self.begun.elapsed().saturating_sub(before).as_secs_f64();
        console.say(format!("其余（含写出）{took:.2} 秒"), format!("the rest, writing included, {took:.2} s"));
    }
}

/// How well each indicator foretold leaving: sentences on a terminal, a table in a file, everything with `--json`.
pub(crate) async fn efficacy(app: &App, asked: &IndicatorsEfficacy, console: &mut Console) -> Result<Done, Failure> {
    let target = asked.out.as_deref().map(|out| Target::of(Some(out), console)).transpose()?;
    let query = EfficacyQuery {
        churn: asked.churn.clone(),
        as_of: asked.as_of.as_deref().map(|text| app.moment(text)).transpose()?,
        catalog: asked.catalog.as_ref().map(|path| console.path(path)),
        horizon_days: asked.horizon,
    };
    let (tell, mut told) = tokio::sync::watch::channel(0.0);
    let progress = Arc::new(move |part: f64| {
        tell.send_replace(part);
    });
    let reader = Reader::command_line();
    let mut work = std::pin::pin!(app.efficacy(&reader, query, progress, clock::now()));
    let report = loop {
        tokio::select! {
            found = &mut work => break found?,
            Ok(()) = told.changed() => {
                let part = *told.borrow_and_update();
                console.sink.progress((part * 100.0) as u64, Some(100));
            }
        }
    };
    if let Some(target) = &target {
        return target.answer(&efficacy_table(&report, console.lang), console);
    }
    if console.json {
        let value = serde_json::to_value(&report).map_err(|error| Failure::from(std::io::Error::other(error)))?;
        console.print_json(&value)?;
        return Ok(Done::All);
    }
    console.out(efficacy_text(&report, console.lang).as_bytes())?;
    Ok(Done::All)
}

fn said(words: &Words, lang: Lang) -> &str {
    if lang == Lang::Zh { &words.zh } else { &words.en }
}

/// The answer, what must be known beside it, then a sentence for each indicator.
fn efficacy_text(report: &EfficacyReport, lang: Lang) -> String {
    let mut text = format!("{}\n", said(&report.headline, lang));
    let (rows, customers, leavers) = (report.rows, report.customers, report.leavers);
    text.push_str(&match lang {
        Lang::Zh => {
            format!("{customers} 位客户，{rows} 条历史记录，其中 {leavers} 条流失；流失口径 {}\n", report.churn)
        }
        Lang::En => format!("{customers} customers, {rows} rows of history, {leavers} left; churn {}\n", report.churn),
    });
    for note in &report.notes {
        text.push_str(&format!("! {}\n", said(&note.text, lang)));
    }
    for (place, one) in report.indicators.iter().enumerate() {
        text.push_str(&format!("{:>3}  {:<32} {}\n", place + 1, one.id, said(&one.sentence, lang)));
    }
    text
}

const EFFICACY_COLUMNS: &[(&str, ColumnType)] = &[
    ("indicator", ColumnType::Text),
    ("name", ColumnType::Text),
    ("verdict", ColumnType::Text),
    ("direction", ColumnType::Text),
    ("coverage", ColumnType::Number),
    ("auc", ColumnType::Number),
    ("auc_low", ColumnType::Number),
    ("auc_high", ColumnType::Number),
    ("false_discovery_rate", ColumnType::Number),
    ("information_value", ColumnType::Number),
    ("lift_top_tenth", ColumnType::Number),
    ("lead_days", ColumnType::Number),
    ("caught", ColumnType::Number),
    ("largest_psi", ColumnType::Number),
    ("closest", ColumnType::Text),
    ("closest_correlation", ColumnType::Number),
    ("partial_direction", ColumnType::Text),
    ("partial", ColumnType::Number),
    ("partial_low", ColumnType::Number),
    ("partial_high", ColumnType::Number),
    ("sentence", ColumnType::Text),
];

fn efficacy_table(report: &EfficacyReport, lang: Lang) -> Table {
    let mut table = Table::new(EFFICACY_COLUMNS.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect());
    table.rows = report.indicators.iter().map(|one| efficacy_row(one, lang)).collect();
    table
}

fn efficacy_row(one: &EfficacyRow, lang: Lang) -> Vec<Value> {
    let text = |text: Option<&str>| text.map_or(Value::Empty, |text| Value::Text(text.to_owned()));
    let number = |value: Option<f64>| value.map_or(Value::Empty, Value::Number);
    let figures = one.figures.as_ref();
    let partial = figures.and_then(|figures| figures.partial.as_ref());
    let closest = figures.and_then(|figures| figures.closest.as_ref());
    vec![
        text(Some(&one.id)),
        text(Some(said(&one.name, lang))),
        text(Some(&one.verdict)),
        text(figures.map(|figures| figures.direction.as_str())),
        number(Some(one.coverage)),
        number(figures.map(|figures| figures.auc)),
        number(figures.map(|figures| figures.auc_low)),
        number(figures.map(|figures| figures.auc_high)),
        number(figures.map(|figures| figures.false_discovery_rate)),
        number(figures.map(|figures| figures.information_value)),
        number(figures.and_then(|figures| figures.lift.first().copied())),
        number(figures.and_then(|figures| figures.lead_days)),
        number(figures.map(|figures| figures.caught)),
        number(figures.and_then(|figures| figures.drift.as_ref()).map(|drift| drift.stability)),
        text(closest.map(|like| like.id.as_str())),
        number(closest.map(|like| like.correlation)),
        text(partial.map(|partial| partial.direction.as_str())),
        number(partial.map(|partial| partial.coefficient)),
        number(partial.map(|partial| partial.low)),
        number(partial.map(|partial| partial.high)),
        text(Some(said(&one.sentence, lang))),
    ]
}

/// `check`, `schema` and `sql`.
pub(crate) fn on_definitions(asked: &Indicators, console: &mut Console) -> Result<Done, Failure> {
    match &asked.action {
        Some(IndicatorsAction::Check(check)) => {
            let catalog = app::read_catalog(&console.path(&check.path))?;
            let (count, version) = (catalog.indicators().len(), catalog.version());
            match console.json {
                true => console.print_json(&json!({ "indicators": count, "version": version }))?,
                false => console.tell(
                    format!("{count} 个指标，没有发现问题；版本 {version}"),
                    format!("{count} indicators, nothing wrong; version {version}"),
                )?,
            }
        }
        Some(IndicatorsAction::Schema(_)) => console.out(format!("{}\n", app::indicator_schema()).as_bytes())?,
        Some(IndicatorsAction::Sql(query)) => sql(query, console)?,
        Some(IndicatorsAction::Efficacy(_)) | None => {}
    }
    Ok(Done::All)
}

/// The definitions as one query; what has no form in SQL is named beside it.
fn sql(asked: &IndicatorsSql, console: &mut Console) -> Result<(), Failure> {
    let zone = folder::zone(asked.timezone.as_deref())?.unwrap_or_default();
    let as_of = match &asked.as_of {
        Some(text) => moment(&zone, text)?,
        None => AsOf(zone.midnight(clock::now())),
    };
    let catalog = asked.catalog.as_ref().map(|path| console.path(path));
    let facts = asked.facts.as_ref().map(|path| console.path(path));
    let from = facts.as_deref().map_or(SqlFrom::Table(&asked.table), SqlFrom::File);
    let query = app::indicators_sql(&SqlQuery { catalog: catalog.as_deref(), ids: &asked.id, as_of, from }, &zone)?;
    let file = asked.out.as_ref().map(|out| console.path(out));
    if let Some(path) = &file {
        write_file(path, |file| file.write_all(query.text.as_bytes()))?;
        written(path, console);
    }
    if console.json {
        let left_out = query.left_out.iter().map(|left| (left.id.as_str(), left.why.get(console.lang)));
        let left_out: BTreeMap<&str, &str> = left_out.collect();
        return console.print_json(&match &file {
            Some(path) => json!({ "file": path.display().to_string(), "left_out": left_out }),
            None => json!({ "sql": query.text, "left_out": left_out }),
        });
    }
    if file.is_none() {
        console.out(query.text.as_bytes())?;
    }
    for LeftOut { id, why } in &query.left_out {
        console.say(format!("没有写出 {id}：{}", why.zh), format!("left out {id}: {}", why.en));
    }
    Ok(())
}

fn catalog(asked: &Indicators, console: &Console) -> Option<PathBuf> {
    asked.catalog.as_ref().map(|path| console.path(path))
}

/// The moments given, and those that lie `--every` so long before them.
fn query<'a>(
    asked: &Indicators,
    given: Vec<AsOf>,
    catalog: Option<&'a Path>,
    zone: &Zone,
) -> Result<IndicatorQuery<'a>, Failure> {
    let mut moments = Vec::new();
    for first in given {
        let mut at = first;
        moments.push(at);
        if let (Some(every), Some(count)) = (&asked.every, asked.moments) {
            let step: Window = every.parse().map_err(|_| {
                Failure::usage(
                    (format!("不是统计周期：“{every}”"), format!("not a window: \"{every}\"")),
                    ("写法：14d、1w、1mo", "write 14d, 1w or 1mo"),
                )
            })?;
            for _ in 1..count {
                at = AsOf(step.start(at, zone));
                moments.push(at);
            }
        }
    }
    moments.sort_unstable();
    moments.dedup();
    Ok(IndicatorQuery { catalog, moments, reasons: asked.reasons })
}

fn tell(note: Option<&Text>, console: &mut Console) {
    if let Some(note) = note {
        console.sink.err(note.get(console.lang));
    }
}

fn written(path: &Path, console: &mut Console) {
    let shown = path.display();
    console.say(format!("已写入 {shown}"), format!("written to {shown}"));
}

pub(super) fn moment(zone: &Zone, text: &str) -> Result<AsOf, Failure> {
    zone.parse(text).map(AsOf).map_err(|_| {
        Failure::usage(
            (format!("不是日期或时间：“{text}”"), format!("not a date or time: \"{text}\"")),
            ("请写成 2025-06-01 或 2025-06-01T08:00:00+08:00", "write 2025-06-01 or 2025-06-01T08:00:00+08:00"),
        )
    })
}
