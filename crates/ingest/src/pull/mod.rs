//! Sources that are asked: databases that answer a query with rows.
//!
//! A source is read from its last watermark on, a page at a time; rows become facts as those of a file do, but by the
//! key of their row, so that a changed row takes the place of the one before. How far the reading has come is a note in
//! the same synced change as the facts it is about: after a crash it goes on there, and nothing is there twice.
//!
//! Not here: when a source is read, where its settings and its password are kept, what a person is told (`app`).

mod again;
mod database;
mod folder;
mod http;
mod look;
mod orders;
mod rows;
mod settings;
mod sftp;
mod sqlserver;
mod statement;
mod take;
mod trouble;
mod watermark;

use std::collections::BTreeMap;

use facts::Facts;
use serde::{Deserialize, Serialize};
use vocab::{Finding, Instant};

pub use again::{Again, pull_again};
pub use folder::FolderSettings;
pub use http::{HttpDefinition, HttpParameter, HttpSettings, recipe, recipes};
pub use look::{Look, look, probe};
pub use settings::{DatabaseSettings, Dialect, RowMapping, Tls};
pub use sftp::{SftpAccess, SftpSettings};

use database::Target;
use folder::Known;
use rows::{Page, Rows};
use statement::Statement;
use take::{Manner, Taker};
use watermark::Watermark;

use crate::fault;
use crate::guess;
use crate::kind::TableKind;
use crate::layout::Layout;
use crate::mapping::{Mapping, Use};
use crate::plan::Plan;
use crate::profile::Profile;
use crate::refusal::Refusal;
use crate::report::RowCounts;
use crate::table::Table;

/// A source and what is needed to read it.
#[derive(Clone, Debug)]
pub struct PullSource {
    /// Its name, which is that of its facts' source.
    pub name: String,
    /// Where it is and what to ask.
    pub place: Place,
    /// The firm's zone, for times without one.
    pub zone: vocab::Zone,
    /// Mappings that people have saved, for files of a folder of which the source itself says nothing.
    pub saved: Vec<Mapping>,
}

/// Where a source is.
#[derive(Clone)]
pub enum Place {
    /// A database.
    Database {
        /// Its language.
        dialect: Dialect,
        /// What is known of it.
        settings: Box<DatabaseSettings>,
        /// What signs in; kept nowhere by this room.
        password: Option<String>,
    },
    /// Something that answers over HTTP.
    Http {
        /// How it is asked.
        definition: Box<HttpDefinition>,
        /// What is said about it here.
        settings: Box<HttpSettings>,
        /// What signs in, by the words of the definition.
        secrets: BTreeMap<String, String>,
    },
    /// A folder of this machine.
    Folder(Box<FolderSettings>),
    /// A folder of another machine.
    Sftp {
        /// Where it is.
        settings: Box<SftpSettings>,
        /// What signs in.
        access: Box<SftpAccess>,
    },
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What signs in stays out of logs.
        match self {
            Place::Database { dialect, settings, .. } => {
                write!(f, "{} {}/{}", dialect.as_str(), settings.host, settings.database)
            }
            Place::Http { definition, .. } => write!(f, "http {}", definition.id),
            Place::Folder(settings) => write!(f, "folder {}", settings.path.display()),
            Place::Sftp { settings, .. } => write!(f, "sftp {}{}", settings.host, settings.path),
        }
    }
}

/// What became of one reading of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PullReport {
    /// Its rows; those read again because of the overlap count as duplicates.
    pub rows: RowCounts,
    /// Facts added.
    pub facts: u64,
    /// Facts whose id was taken by other content.
    pub conflicts: u64,
    /// How far the source has been read.
    pub watermark: Option<String>,
    /// Whether this was the first reading, or a part of it.
    pub is_backfill: bool,
    /// Whether the source was read to its end.
    pub is_complete: bool,
    /// Views after this moment may differ from what they were.
    pub earliest_changed: Option<Instant>,
    /// The first hundred findings.
    pub findings: Vec<Finding>,
    /// How many by code.
    pub finding_counts: BTreeMap<&'static str, u64>,
}

/// How far a source has been read, as noted beside its facts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct State {
    watermark: Option<Watermark>,
    /// Whether it has been read to its end at least once.
    #[serde(default)]
    is_complete: bool,
    /// The mapping as it was guessed at the first reading, so that later rows cannot change the guess.
    #[serde(default)]
    mapping: Option<String>,
    /// What was asked when this was noted; asked otherwise, everything is read again.
    #[serde(default)]
    asked: String,
}

impl State {
    fn key(source: &str) -> Vec<u8> {
        [b"pull".as_slice(), source.as_bytes()].join(&0)
    }

    fn of(facts: &Facts, source: &str, asked: &str) -> Result<State, Refusal> {
        let note = facts.note(&State::key(source)).map_err(Refusal::storage)?;
        let state: State = match note {
            Some(note) => serde_json::from_slice(&note).map_err(Refusal::storage)?,
            None => State::default(),
        };
        Ok(if state.asked == asked { state } else { State { asked: asked.to_owned(), ..State::default() } })
    }

    fn note(&self, source: &str) -> (Vec<u8>, Vec<u8>) {
        let text = serde_json::to_vec(self).unwrap_or_else(|error| unreachable!("notes are plain data: {error}"));
        (State::key(source), text)
    }
}

/// What is read, in what order it comes, and which of its columns count how far.
struct Reading {
    rows: Rows,
    mapping: RowMapping,
    /// The column of the watermark; rows come in its order if `is_ordered`.
    watermark: Option<String>,
    is_ordered: bool,
}

impl PullSource {
    /// What is asked, in a few bytes: asked otherwise, what was read before says nothing about how far we are.
    fn asked(&self) -> String {
        let text = match &self.place {
            Place::Database { settings, .. } => {
                format!("{}\0{:?}\0{:?}", settings.query, settings.watermark, settings.mapping)
            }
            Place::Http { definition, settings, .. } => {
                format!("{definition:?}\0{:?}\0{:?}", settings.parameters, settings.mapping)
            }
            Place::Folder(_) | Place::Sftp { .. } => String::new(),
        };
        blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
    }

    fn begin(&self, since: Option<&Watermark>) -> Result<Reading, Refusal> {
        match &self.place {
            Place::Database { dialect, settings, password } => {
                let statement = Statement::of(*dialect, &settings.query)?;
                let since = since.map(|since| since.before(settings.overlap));
                let asked = statement.since(settings.watermark.as_deref(), since.as_ref());
                Ok(Reading {
                    rows: Target::new(*dialect, settings, password).rows(asked),
                    mapping: settings.mapping.clone(),
                    watermark: settings.watermark.clone(),
                    is_ordered: true,
                })
            }
            Place::Http { definition, settings, secrets } => {
                let watermark = definition.watermark.as_ref();
                let overlap = settings.overlap.or(watermark.and_then(|watermark| watermark.overlap));
                let since = since.map(|since| since.before(overlap));
                Ok(Reading {
                    rows: self.http(definition, settings, secrets).rows(since),
                    mapping: settings.mapping(definition),
                    watermark: watermark.map(|watermark| watermark.column.clone()),
                    // Pages come in whatever order the other side chooses: only the end of a reading counts.
                    is_ordered: false,
                })
            }
            Place::Folder(_) | Place::Sftp { .. } => {
                unreachable!("files of a folder are imported, not read row by row")
            }
        }
    }

    fn http(
        &self,
        definition: &HttpDefinition,
        settings: &HttpSettings,
        secrets: &BTreeMap<String, String>,
    ) -> http::Asked {
        http::Asked {
            definition: definition.clone(),
            settings: settings.clone(),
            secrets: secrets.clone(),
            zone: self.zone.clone(),
        }
    }

    fn plan(&self, mapping: &RowMapping) -> Result<Plan, Refusal> {
        mapping.plan(&self.name, &self.zone)
    }
}

/// Reads what is new in a source and takes it.
///
/// `progress` is told after each batch how many rows have come, and may say to stop: what was handed over until then
/// stays, and the next reading goes on there. Call it on a thread that may block, within a runtime.
///
/// # Errors
/// When the source cannot be reached, does not understand the query, or lacks what the mapping names; when the data
/// folder fails. Faulty rows are no errors but findings.
pub fn pull(
    source: &PullSource,
    into: &Facts,
    now: Instant,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<PullReport, Refusal> {
    if let Place::Folder(settings) = &source.place {
        let plan = settings.plan(&source.name, &source.zone)?;
        return folder::take(settings, Known { plan: &plan, saved: &source.saved }, into, now, progress);
    }
    if let Place::Sftp { settings, access } = &source.place {
        let plan = settings.plan(&source.name, &source.zone)?;
        let known = Known { plan: &plan, saved: &source.saved };
        return sftp::take((settings, access), (&source.name, known), into, now, progress);
    }
    let mut state = State::of(into, &source.name, &source.asked())?;
    let is_backfill = !state.is_complete;
    let mut reading = source.begin(state.watermark.as_ref())?;
    let first = reading.rows.next()?.unwrap_or_default();
    if first.headers.is_empty() {
        // Nothing has come, not even the names of columns.
        let watermark = state.watermark.map(|mark| mark.text);
        return Ok(PullReport { is_complete: true, is_backfill, watermark, ..PullReport::default() });
    }
    let manner = Manner { is_backfill, is_dry: false, now };
    let mut taker = begin_taking(source, &reading.mapping, &first, &mut state, into, manner)?;
    let watermark_at = reading.watermark.as_ref().map(|header| place_of(header, &first)).transpose()?;

    let mut seen = state.watermark.clone();
    let mut page = Some(first);
    let mut is_complete = true;
    while let Some(Page { records, numbers, .. }) = page {
        for record in &records {
            taker.row(record)?;
            if let Some(at) = watermark_at
                && !record.cell(at).is_empty()
            {
                let text = record.cell(at).to_owned();
                let mark = Watermark { text, is_number: numbers.get(at) == Some(&true) };
                if let Some(mark) = mark.not_after(now, &taker.layout.zone)
                    && (reading.is_ordered || seen.as_ref().is_none_or(|seen| mark.is_after(seen)))
                {
                    seen = Some(mark);
                }
            }
        }
        if taker.is_full() {
            if reading.is_ordered {
                state.watermark = seen.clone();
            }
            taker.hand_over(Some(state.note(&source.name)))?;
            if !progress(taker.rows.received) {
                is_complete = false;
                break;
            }
        }
        page = reading.rows.next()?;
    }
    if is_complete {
        state.watermark = seen;
        state.is_complete = true;
    }
    taker.hand_over(Some(state.note(&source.name)))?;
    Ok(report(taker, &state, is_backfill, is_complete))
}

fn report(taker: Taker<'_>, state: &State, is_backfill: bool, is_complete: bool) -> PullReport {
    let (rows, facts, conflicts, earliest_changed) = (taker.rows, taker.appended, taker.conflicts, taker.earliest);
    let (findings, finding_counts) = taker.into_findings();
    let watermark = state.watermark.as_ref().map(|mark| mark.text.clone());
    PullReport {
        rows,
        facts,
        conflicts,
        watermark,
        is_backfill,
        is_complete,
        earliest_changed,
        findings,
        finding_counts,
    }
}

/// Tables whose facts are made of several rows or kinds come as files: a watched folder takes them.
fn not_row_by_row(kind: TableKind) -> Option<Finding> {
    matches!(kind, TableKind::Ledger | TableKind::Snapshot).then(|| fault::not_row_by_row(kind.name()).without_row())
}

/// Where a column stands among those that came.
fn place_of(header: &str, page: &Page) -> Result<usize, Refusal> {
    page.headers.iter().position(|own| own == header).ok_or_else(|| {
        let headers: Vec<&str> = page.headers.iter().map(String::as_str).collect();
        Refusal::from(fault::missing_column(header, crate::mapping::nearest(header, &headers)))
    })
}

/// Lays the mapping over the columns of the first page.
fn begin_taking<'a>(
    source: &PullSource,
    own: &RowMapping,
    first: &Page,
    state: &mut State,
    into: &'a Facts,
    manner: Manner,
) -> Result<Taker<'a>, Refusal> {
    let table = Table::of_rows(&first.headers, &first.records);
    let mapping = match &state.mapping {
        Some(text) => Mapping::parse("mapping", text, &source.zone).map_err(Refusal::of)?,
        None => {
            let (mapping, mut blocking) = guess::mapping(&table, &source.plan(own)?).map_err(Refusal::of)?;
            blocking.extend(not_row_by_row(mapping.kind));
            if !blocking.is_empty() {
                return Err(Refusal::of(blocking));
            }
            mapping
        }
    };
    if !first.records.is_empty() {
        state.mapping = Some(mapping.print());
    }
    let fields = mapping.columns.iter().filter(|(_, used)| matches!(used, Use::Field(_))).map(|(header, _)| header);
    fields.map(|header| place_of(header, first)).collect::<Result<Vec<usize>, Refusal>>()?;
    let key = own.key.iter().map(|header| place_of(header, first)).collect::<Result<Vec<usize>, Refusal>>()?;
    let layout = Layout::new(&table, &mapping, &Profile::of_dates(&table, &mapping, &first.records)?, manner.now);
    Ok(Taker::new(into, layout, table.columns.clone(), key, manner))
}
