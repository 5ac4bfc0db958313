//! Indicators as a table: a row per customer (and moment, where several are asked for), a column per indicator.
//!
//! Parquet is written column by column straight from the frames; everything else goes through [`Table`]. Answers at many
//! moments are written as Parquet part by part, so that they never lie in memory together.

use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use facts::{FactFrame, FactParts, Scanned};
use indicators::{Catalog, Delivery, IndicatorFrame, Population, evaluate_at, evaluate_delivered, evaluate_parts};
use scores::ScoreBook;
use vocab::{AsOf, Lang, Text, Zone};

use crate::books::definitions::definition_files;
use crate::error::{Error, from_findings};
use crate::table::{ColumnType, Table, Value};
use crate::tables::asked::{ScorecardChoice, score_columns, scored_rows, unknown_scorecard};
use crate::tables::indicator_file::Sink;
use crate::{App, threads};

/// A step of an answer that is done, told to whoever watches.
#[derive(Clone, Debug)]
pub enum Step {
    /// The facts are read and dealt out.
    Read(Scanned),
    /// Everybody is measured.
    Measured,
}

/// Who is told of steps.
pub type Watch<'w> = &'w dyn Fn(Step);

/// What is asked for.
#[derive(Clone, Debug)]
pub struct IndicatorQuery<'a> {
    /// A file or folder of definitions that takes the place of the shipped ones; of a folder of data see
    /// [`App::table_catalog`].
    pub catalog: Option<&'a Path>,
    /// The moments; rows say theirs where there are several.
    pub moments: Vec<AsOf>,
    /// Whether a column beside each indicator says why a figure is missing.
    pub reasons: bool,
}

/// Answers, ready to be written.
#[derive(Clone, Debug)]
pub struct IndicatorTable {
    /// By moment: frames of some customers each.
    moments: Vec<Vec<IndicatorFrame>>,
    reasons: bool,
    note: Option<Text>,
}

/// Rows of frames of one moment in the order of the customers' keys.
fn in_order(frames: &[IndicatorFrame]) -> Vec<(usize, usize)> {
    let places = frames.iter().enumerate();
    let mut order: Vec<(u128, &str, (usize, usize))> = places
        .flat_map(|(at, part)| {
            let rows = part.customers().iter().map(|one| one.as_str()).enumerate();
            rows.map(move |(row, one)| (beginning(one), one, (at, row)))
        })
        .collect();
    // Stable: each frame is in order already, so this is a merge.
    order.sort_by_key(|(beginning, customer, _)| (*beginning, *customer));
    order.into_iter().map(|(.., place)| place).collect()
}

/// The first bytes of a key as a number that is larger where they come later: most keys are told apart without being read.
fn beginning(key: &str) -> u128 {
    let mut bytes = [0; 16];
    let length = key.len().min(bytes.len());
    bytes[..length].copy_from_slice(&key.as_bytes()[..length]);
    u128::from_be_bytes(bytes)
}

impl IndicatorTable {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.moments.iter().flatten().map(|frame| frame.customers().len()).sum()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn ids(&self) -> Option<&[String]> {
        self.moments.iter().flatten().next().map(IndicatorFrame::ids)
    }

    /// What the reader should be told beside it.
    pub fn note(&self) -> Option<&Text> {
        self.note.as_ref()
    }

    /// The same as rows of cells.
    pub fn table(&self) -> Table {
        let Some(ids) = self.ids() else { return Table::new(Vec::new()) };
        let dated = self.moments.len() > 1;
        let mut columns = vec![("customer_id".to_owned(), ColumnType::Text)];
        if dated {
            columns.push(("as_of".to_owned(), ColumnType::At));
        }
        for id in ids {
            columns.push((id.clone(), ColumnType::Number));
            if self.reasons {
                columns.push((format!("{id}__unknown"), ColumnType::Text));
            }
        }
        let mut table = Table::new(columns);
        for frames in &self.moments {
            for (place, position) in in_order(frames) {
                table.rows.push(self.row(&frames[place], position, dated));
            }
        }
        table
    }

    fn row(&self, frame: &IndicatorFrame, position: usize, dated: bool) -> Vec<Value> {
        let mut row = vec![Value::Text(frame.customers()[position].to_string())];
        if dated {
            row.push(Value::At(frame.as_of().instant()));
        }
        for id in frame.ids() {
            let cell = frame.cell(position, id);
            row.push(cell.known().map_or(Value::Empty, Value::Number));
            if self.reasons {
                let why = cell.unknown().map(|why| Value::Text(why.as_str().to_owned()));
                row.push(why.unwrap_or(Value::Empty));
            }
        }
        row
    }

    /// Writes it as Parquet.
    pub fn write_parquet(&self, to: &mut (dyn Write + Send)) -> Result<(), Error> {
        let Some(ids) = self.ids() else { return Ok(()) };
        let sink = Sink::new(ids, self.moments.len() > 1, self.reasons, to)?;
        for frames in &self.moments {
            sink.take_in_order(&frames.iter().collect::<Vec<_>>(), &in_order(frames), threads());
        }
        sink.close()
    }
}

impl App {
    /// What the customers of the folder are measured by: the definitions of a file, the shipped ones where none is named, told
    /// what the folder knows besides: its calendar, which sources fell silent, who is in which segment and tier of value.
    ///
    /// # Errors
    /// `bad_catalog` for definitions that are none; `bad_definition` for segments that there are not; `needs_segments` where
    /// the firm has none at all.
    pub async fn table_catalog(&self, path: Option<&Path>) -> Result<Catalog, Error> {
        let catalog = match path {
            Some(path) => read_catalog(path)?.with_calendar(self.definitions().calendar.clone()),
            None => self.definitions().catalog.clone(),
        };
        let supply = self.supply().await?;
        if catalog.within().is_empty() {
            return Ok(catalog.with_supply(supply));
        }
        let firm = self.working_firm().await?;
        let told = match self.definitions().segments.contains_key(&firm.template) {
            true => self.with_memberships(catalog, &firm, &supply)?,
            false => without_memberships(catalog)?,
        };
        Ok(told.with_supply(supply))
    }

    /// Indicators of every customer as of some moments, by the definitions of [`App::table_catalog`].
    pub fn indicators_table(
        &self,
        catalog: &Catalog,
        asked: &IndicatorQuery<'_>,
        watch: Watch<'_>,
    ) -> Result<IndicatorTable, Error> {
        let end = latest(&asked.moments)?;
        let view = self.facts().as_of(end);
        let want = catalog.want_at(&asked.moments, self.zone());
        let parts = if catalog.looks_across() { None } else { view.parts(&want, threads())? };
        let moments = match parts {
            Some(parts) => {
                watch(Step::Read(parts.scanned().clone()));
                collected(&parts, catalog, &asked.moments, Delivery::Observed)?
            }
            None => {
                let frame = view.frame(&catalog.want())?;
                watch(Step::Read(view.scanned(&catalog.want())?));
                let frames = evaluate_at(&frame, catalog, &Population::Everyone, &asked.moments);
                frames.into_iter().map(|frame| vec![frame]).collect()
            }
        };
        watch(Step::Measured);
        Ok(IndicatorTable { moments, reasons: asked.reasons, note: catalog.doubt(end, self.zone()) })
    }

    /// The same written as Parquet. At several moments rows come in no particular order.
    pub fn write_indicators(
        &self,
        catalog: &Catalog,
        asked: &IndicatorQuery<'_>,
        watch: Watch<'_>,
        to: &mut (dyn Write + Send),
    ) -> Result<Option<Text>, Error> {
        let end = latest(&asked.moments)?;
        let dealt = asked.moments.len() > 1 && !catalog.looks_across();
        let want = catalog.want_at(&asked.moments, self.zone());
        let parts = if dealt { self.facts().as_of(end).parts(&want, threads())? } else { None };
        if let Some(parts) = parts {
            write_parts(&parts, catalog, asked, Delivery::Observed, watch, to)??;
            return Ok(catalog.doubt(end, self.zone()));
        }
        let table = self.indicators_table(catalog, asked, watch)?;
        table.write_parquet(to)?;
        Ok(table.note)
    }
}

/// Indicators over a plain fact file, without a lake.
pub fn indicators_of_file(
    file: &Path,
    asked: &IndicatorQuery<'_>,
    zone: &Zone,
    watch: Watch<'_>,
) -> Result<IndicatorTable, Error> {
    let catalog = catalog_of(asked, zone)?;
    let note = catalog.doubt(latest(&asked.moments)?, zone);
    let moments = match parts_of(file, &catalog, &asked.moments, zone)? {
        Some(parts) => {
            watch(Step::Read(parts.scanned().clone()));
            collected(&parts, &catalog, &asked.moments, Delivery::FromFirstFact)?
        }
        None => {
            let frame = whole_file(file, &catalog, &asked.moments, zone)?;
            watch(Step::Read(Scanned::of_file(file).map_err(|error| bad_file(file, &error))?));
            let (everyone, delivery) = (Population::Everyone, Delivery::FromFirstFact);
            let frames = evaluate_delivered(&frame, &catalog, &everyone, &asked.moments, delivery);
            frames.into_iter().map(|frame| vec![frame]).collect()
        }
    };
    watch(Step::Measured);
    Ok(IndicatorTable { moments, reasons: asked.reasons, note })
}

/// Indicators over a plain fact file, written as Parquet. At several moments rows come in no particular order.
pub fn write_indicators_of_file(
    file: &Path,
    asked: &IndicatorQuery<'_>,
    zone: &Zone,
    watch: Watch<'_>,
    to: &mut (dyn Write + Send),
) -> Result<Option<Text>, Error> {
    let catalog = catalog_of(asked, zone)?;
    if asked.moments.len() > 1
        && let Some(parts) = parts_of(file, &catalog, &asked.moments, zone)?
    {
        let written = write_parts(&parts, &catalog, asked, Delivery::FromFirstFact, watch, to)?;
        written.map_err(|error| bad_file(file, &error))?;
        return Ok(catalog.doubt(latest(&asked.moments)?, zone));
    }
    let table = indicators_of_file(file, asked, zone, watch)?;
    table.write_parquet(to)?;
    Ok(table.note)
}

/// Health of every customer of a plain file of facts, by a shipped scorecard or a definition that is tried.
///
/// # Errors
/// `unknown_scorecard` also where none is named: a file has none in use.
pub fn scores_of_file(
    file: &Path,
    as_of: AsOf,
    scorecard: &ScorecardChoice,
    zone: &Zone,
    lang: Lang,
) -> Result<Table, Error> {
    let definitions = crate::books::definitions::Definitions::shipped(zone)?;
    let tried;
    let book = match scorecard {
        ScorecardChoice::Definition(text) => {
            let read = ScoreBook::parse("scorecard.toml", text, &definitions.catalog);
            tried = read.map_err(|findings| from_findings("bad_definition", &findings))?;
            &tried
        }
        ScorecardChoice::Named(id) => definitions.scorecards.get(id).ok_or_else(|| unnamed(&definitions, id))?,
        ScorecardChoice::InUse => return Err(unnamed(&definitions, "")),
    };
    let catalog = definitions.catalog.only(&book.indicators());
    let answers = match parts_of(file, &catalog, &[as_of], zone)? {
        Some(parts) => collected(&parts, &catalog, &[as_of], Delivery::FromFirstFact)?,
        None => {
            let frame = whole_file(file, &catalog, &[as_of], zone)?;
            vec![evaluate_delivered(&frame, &catalog, &Population::Everyone, &[as_of], Delivery::FromFirstFact)]
        }
    };
    let mut table = score_columns();
    for frame in answers.iter().flatten() {
        let scores = scores::score(frame, book, &definitions.catalog);
        table.rows.extend(scored_rows(frame, book, &scores, &definitions.catalog, lang).rows);
    }
    // Parts come in no order of their own.
    table.rows.sort_by(|one, other| match (one.first(), other.first()) {
        (Some(Value::Text(one)), Some(Value::Text(other))) => one.cmp(other),
        _ => std::cmp::Ordering::Equal,
    });
    Ok(table)
}

fn unnamed(definitions: &crate::books::definitions::Definitions, id: &str) -> Error {
    let known: Vec<String> = definitions.scorecards.keys().cloned().collect();
    unknown_scorecard(Error::not_found(("打分卡", "the scorecard")), id, &known)
}

fn catalog_of(asked: &IndicatorQuery<'_>, zone: &Zone) -> Result<Catalog, Error> {
    match asked.catalog {
        Some(path) => without_memberships(read_catalog(path)?),
        None => Ok(crate::books::definitions::Definitions::shipped(zone)?.catalog),
    }
}

fn latest(moments: &[AsOf]) -> Result<AsOf, Error> {
    moments.iter().max().copied().ok_or_else(|| Error::internal("no moment was asked about"))
}

/// The answers over all parts, by moment.
fn collected(
    parts: &FactParts,
    catalog: &Catalog,
    moments: &[AsOf],
    delivery: Delivery,
) -> Result<Vec<Vec<IndicatorFrame>>, Error> {
    let answers = Mutex::new(Vec::new());
    over_parts(parts, catalog, moments, delivery, &|frames| {
        answers.lock().unwrap_or_else(PoisonError::into_inner).push(frames);
    })?;
    let mut by_moment: Vec<Vec<IndicatorFrame>> = moments.iter().map(|_| Vec::new()).collect();
    for frames in answers.into_inner().unwrap_or_else(PoisonError::into_inner) {
        frames.into_iter().zip(&mut by_moment).for_each(|(frame, all)| all.push(frame));
    }
    Ok(by_moment)
}

/// Writes the answers over all parts as they are worked out; inside: what the facts could not be read for.
fn write_parts(
    parts: &FactParts,
    catalog: &Catalog,
    asked: &IndicatorQuery<'_>,
    delivery: Delivery,
    watch: Watch<'_>,
    to: &mut (dyn Write + Send),
) -> Result<Result<(), facts::Error>, Error> {
    watch(Step::Read(parts.scanned().clone()));
    let ids: Vec<String> = catalog.indicators().iter().map(|indicator| indicator.id.clone()).collect();
    let sink = Sink::new(&ids, true, asked.reasons, to)?;
    let read = over_parts(parts, catalog, &asked.moments, delivery, &|frames| sink.take(&frames));
    sink.close()?;
    watch(Step::Measured);
    Ok(read)
}

fn over_parts(
    parts: &FactParts,
    catalog: &Catalog,
    moments: &[AsOf],
    delivery: Delivery,
    take: &(dyn Fn(Vec<IndicatorFrame>) + Sync),
) -> Result<(), facts::Error> {
    let frame = |part| parts.take(part);
    evaluate_parts(parts.len(), &frame, catalog, moments, delivery, threads(), take)
}

/// The file in parts; `None` where customers are compared with each other or the file needs the slow road.
fn parts_of(file: &Path, catalog: &Catalog, moments: &[AsOf], zone: &Zone) -> Result<Option<FactParts>, Error> {
    if catalog.looks_across() {
        return Ok(None);
    }
    FactParts::read(file, &catalog.want_at(moments, zone), latest(moments)?, zone, threads())
        .map_err(|error| bad_file(file, &error))
}

fn whole_file(file: &Path, catalog: &Catalog, moments: &[AsOf], zone: &Zone) -> Result<FactFrame, Error> {
    let facts = facts::read_parquet(file).map_err(|error| bad_file(file, &error))?;
    Ok(FactFrame::of(&facts, &[], &catalog.want(), latest(moments)?, zone))
}

pub(crate) fn bad_file(file: &Path, error: &facts::Error) -> Error {
    Error::bad(
        "bad_facts_file",
        (&format!("无法读取 {}：{error}", file.display()), &format!("cannot read {}: {error}", file.display())),
        (
            "须是含 customer_id、kind、name、occurred_at 的 Parquet 文件",
            "it must be Parquet with customer_id, kind, name, occurred_at",
        ),
    )
}

/// Reads a definition file or a folder of them.
pub fn read_catalog(path: &Path) -> Result<Catalog, Error> {
    Catalog::parse(&definition_files(path)?).map_err(|findings| from_findings("bad_catalog", &findings))
}

/// Refuses what a file of facts, or a firm without segments, cannot tell: who is in which segment and tier.
fn without_memberships(catalog: Catalog) -> Result<Catalog, Error> {
    let within = catalog.within().first().map(|(id, _)| (*id).to_owned());
    match within {
        None => Ok(catalog),
        Some(id) => Err(Error::bad(
            "needs_segments",
            (
                &format!("指标“{id}”在分群或价值层内比较，这里不知道谁在哪一群"),
                &format!("indicator \"{id}\" compares within segments or tiers, and who is in which is not known here"),
            ),
            (
                "请对数据目录来算（--data），其模板要有分群；或改为 within = { trait = … }",
                "ask it of a data folder (--data) whose template has segments, or write within = { trait = … }",
            ),
        )),
    }
}
