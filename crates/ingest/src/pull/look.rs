//! A look at a source before anything is written: does it answer, what are its first rows, how would they be read.

use facts::Facts;
use vocab::{Finding, Instant, Text};

use super::database::Target;
use super::folder::Known;
use super::rows::Page;
use super::statement::Statement;
use super::take::Manner;
use super::{FolderSettings, Place, PullReport, PullSource, Reading, State, begin_taking, folder, sftp};
use crate::guess;
use crate::inspect::InspectedColumn;
use crate::kind::{TableKind, normalized};
use crate::mapping::Use;
use crate::refusal::Refusal;
use crate::table::Table;

/// Rows that are shown, and rows that are tried.
const SHOWN: usize = 20;
const TRIED: usize = 200;
/// Names that columns growing with every change have, normalised.
const WATERMARKS: [&str; 22] = [
    "updatedat",
    "updatetime",
    "updated",
    "gmtmodified",
    "modifiedat",
    "modifytime",
    "modifieddate",
    "lastmodified",
    "lastupdated",
    "lastupdatetime",
    "mtime",
    "更新时间",
    "修改时间",
    "最后修改时间",
    "最后更新时间",
    "更新日期",
    "createdat",
    "createtime",
    "gmtcreate",
    "createdtime",
    "创建时间",
    "id",
];

/// What a source would give.
#[derive(Debug)]
pub struct Look {
    /// Its columns, and what becomes of each.
    pub columns: Vec<InspectedColumn>,
    /// The first rows, cell by cell.
    pub rows: Vec<Vec<String>>,
    /// What its rows are: said or guessed.
    pub kind: Option<TableKind>,
    /// What must be said before it can be read.
    pub blocking: Vec<Finding>,
    /// What the first two hundred rows would become; `None` while something is blocking.
    pub tried: Option<PullReport>,
    /// A column that looks as if it grew with every change; the watermark that is set where one is.
    pub watermark: Option<String>,
    /// Columns that look like the key of a row; those that are set where some are.
    pub key: Vec<String>,
}

/// Whether a source lets us in and understands its query: what it calls itself.
///
/// # Errors
/// Why not, in words for a person.
pub async fn probe(source: &PullSource) -> Result<String, Refusal> {
    match &source.place {
        Place::Database { dialect, settings, password } => {
            let asked = match settings.query.trim() {
                "" => String::new(),
                query => Statement::of(*dialect, query)?.checked(settings.watermark.as_deref()),
            };
            Target::new(*dialect, settings, password).probe(&asked).await
        }
        Place::Http { definition, settings, secrets } => {
            let rows = source.http(definition, settings, secrets).probe().await?;
            Ok(format!("{}: {rows}", definition.name.en))
        }
        Place::Folder(settings) => folder::probe(settings),
        Place::Sftp { settings, access } => {
            let (settings, access) = (settings.clone(), access.clone());
            let asked = tokio::task::spawn_blocking(move || sftp::probe(&settings, &access)).await;
            asked.map_err(Refusal::storage)?
        }
    }
}

/// Shows the first rows of a source and how they would be read. Nothing is written. Call it as [`super::pull`].
///
/// # Errors
/// When the source cannot be reached or does not understand the query.
pub fn look(source: &PullSource, facts: &Facts, now: Instant) -> Result<Look, Refusal> {
    let reading = match &source.place {
        Place::Database { dialect, settings, password } => {
            let statement = Statement::of(*dialect, &settings.query)?;
            Reading {
                rows: Target::new(*dialect, settings, password).rows(statement.first(TRIED)),
                mapping: settings.mapping.clone(),
                watermark: settings.watermark.clone(),
                is_ordered: false,
            }
        }
        Place::Http { .. } => source.begin(None)?,
        Place::Folder(settings) => return look_at_file(source, settings, facts, now),
        Place::Sftp { settings, access } => {
            let (_here, folder) = sftp::first(settings, access)?;
            return look_at_file(source, &folder, facts, now);
        }
    };
    look_at(source, facts, now, reading)
}

/// A look at the first file that waits in a folder.
fn look_at_file(source: &PullSource, settings: &FolderSettings, facts: &Facts, now: Instant) -> Result<Look, Refusal> {
    let Some(file) = folder::first(settings)? else {
        return Err(Refusal::new(
            "no_file",
            Text::new("目录里还没有符合条件的文件", "there is no file in it yet that fits"),
            Text::new("放入一个样例文件后再试", "put an example there and try again"),
        ));
    };
    let plan = settings.plan(&source.name, &source.zone)?;
    let inspection = Known { plan: &plan, saved: &source.saved }.inspect(&file)?;
    let tried = match (&inspection.mapping, inspection.blocking.is_empty()) {
        (Some(mapping), true) => {
            let report = crate::import::import(&file, mapping, facts, now, true, None, &mut |_| {})?;
            Some(PullReport {
                rows: report.rows,
                facts: report.facts,
                findings: report.findings,
                finding_counts: report.finding_counts,
                ..PullReport::default()
            })
        }
        _ => None,
    };
    let count = inspection.columns.iter().map(|column| column.samples.len()).max().unwrap_or(0);
    let cell = |column: &InspectedColumn, row: usize| column.samples.get(row).cloned().unwrap_or_default();
    let rows = (0..count).map(|row| inspection.columns.iter().map(|column| cell(column, row)).collect());
    Ok(Look {
        rows: rows.collect(),
        kind: inspection.kind,
        blocking: inspection.blocking,
        columns: inspection.columns,
        tried,
        watermark: None,
        key: Vec::new(),
    })
}

fn look_at(source: &PullSource, facts: &Facts, now: Instant, mut reading: Reading) -> Result<Look, Refusal> {
    let mut page = reading.rows.next()?.unwrap_or_default();
    page.records.truncate(TRIED);
    let table = Table::of_rows(&page.headers, &page.records);
    let plan = source.plan(&reading.mapping)?;
    let (mapping, blocking) = match guess::mapping(&table, &plan) {
        Ok((mapping, mut blocking)) => {
            blocking.extend(super::not_row_by_row(mapping.kind));
            (Some(mapping), blocking)
        }
        Err(blocking) => (None, blocking),
    };
    let tried = match blocking.is_empty() {
        true => Some(try_rows(source, &reading, &page, facts, now)?),
        false => None,
    };
    let used = |header: &str| {
        mapping.as_ref().and_then(|mapping| mapping.columns.get(header)).cloned().unwrap_or(Use::Property)
    };
    let short = |cell: &str| cell.chars().take(200).collect::<String>();
    let columns = table.columns.iter().map(|column| {
        let cells = page.records.iter().map(|row| row.cell(column.at)).filter(|cell| !cell.is_empty());
        InspectedColumn {
            header: column.header.clone(),
            samples: cells.take(5).map(short).collect(),
            used: used(&column.header),
        }
    });
    let rows = page.records.iter().take(SHOWN).map(|row| row.cells().map(short).collect());
    let key = match reading.mapping.key.is_empty() {
        true => key_of(&page),
        false => reading.mapping.key.clone(),
    };
    Ok(Look {
        columns: columns.collect(),
        rows: rows.collect(),
        kind: mapping.map(|mapping| mapping.kind),
        blocking,
        tried,
        watermark: reading.watermark.clone().or_else(|| watermark_of(&page)),
        key,
    })
}

fn try_rows(
    source: &PullSource,
    reading: &Reading,
    page: &Page,
    facts: &Facts,
    now: Instant,
) -> Result<PullReport, Refusal> {
    let manner = Manner { is_backfill: true, is_dry: true, now };
    let mut taker = begin_taking(source, &reading.mapping, page, &mut State::default(), facts, manner)?;
    for record in &page.records {
        taker.row(record)?;
    }
    taker.hand_over(None)?;
    Ok(super::report(taker, &State::default(), true, false))
}

fn watermark_of(page: &Page) -> Option<String> {
    let place = |header: &String| WATERMARKS.iter().position(|name| *name == normalized(header));
    let best = page.headers.iter().filter_map(|header| Some((place(header)?, header))).min()?;
    Some(best.1.clone())
}

/// The first column if it looks like a number given by the source and no value of it comes twice.
fn key_of(page: &Page) -> Vec<String> {
    let is_key = |header: &str| {
        matches!(normalized(header).as_str(), "id" | "uuid" | "guid" | "rowid" | "主键" | "编号" | "序号")
    };
    let Some(at) = page.headers.iter().position(|header| is_key(header)) else { return Vec::new() };
    let mut seen = std::collections::HashSet::new();
    let unique = page.records.iter().all(|row| !row.cell(at).is_empty() && seen.insert(row.cell(at)));
    if unique { vec![page.headers[at].clone()] } else { Vec::new() }
}
