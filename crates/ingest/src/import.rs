//! Takes a file: every row is accepted, a duplicate or rejected, and what is accepted becomes facts, once.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use facts::Facts;
use vocab::{Finding, Instant};

use crate::fault::{self, Fault};
use crate::intake::{Intake, Loader};
use crate::journal::Journal;
use crate::layout::Layout;
use crate::mapping::{Mapping, nearest};
use crate::profile::Profile;
use crate::refusal::Refusal;
use crate::rejects::Rejects;
use crate::report::{Findings, ImportReport, Progress, Stage};
use crate::run::Run;
use crate::table::{Flow, Table};

const PROGRESS_ROWS: u64 = 5_000;

/// A file to take, and how.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// The file.
    pub file: &'a Path,
    /// How its columns are read.
    pub mapping: &'a Mapping,
    /// Where its facts go.
    pub into: &'a Facts,
    /// The moment of the import.
    pub now: Instant,
    /// Report as if, and write nothing.
    pub dry_run: bool,
    /// Where to note what is changed, so that [`crate::undo`] can take the import back.
    pub journal: Option<&'a Path>,
    /// Set by another thread, it ends the import with the refusal `cancelled`; what was loaded until then stays and is
    /// for [`crate::undo`] to take back.
    pub cancel: Option<&'a AtomicBool>,
}

/// Takes a file as its mapping says; nothing is noted for an undo. See [`Import::run`].
///
/// # Errors
/// As [`Import::run`].
pub fn import(
    file: &Path,
    mapping: &Mapping,
    into: &Facts,
    now: Instant,
    dry_run: bool,
    rejects: Option<&mut dyn Write>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport, Refusal> {
    Import { file, mapping, into, now, dry_run, journal: None, cancel: None }.run(rejects, progress)
}

impl Import<'_> {
    /// Takes the file.
    ///
    /// Each row is accepted, a duplicate or rejected: `received = accepted + duplicates + rejected`. Importing a file
    /// twice adds nothing; a longer export adds what is new; equal rows of one file are each taken. A dry run reports
    /// the same and writes nothing. Rejected rows go to `rejects` as CSV that can be mended and imported again.
    ///
    /// The file is read twice: once to learn what only whole columns can say, once to take its rows. Memory is bounded
    /// by one batch and the orders whose lines lie near each other, not by the file.
    ///
    /// # Errors
    /// When the file cannot be read, lacks a column of the mapping or a field its kind needs: then nothing was written.
    /// When the data folder fails or the import is cancelled: what was loaded before stays, and the same import again
    /// completes it.
    pub fn run(
        &self,
        rejects: Option<&mut dyn Write>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<ImportReport, Refusal> {
        let Import { file, mapping, now, .. } = *self;
        let first_number = self.into.sequence();
        let table = Table::open(file, mapping.sheet.as_deref())?;
        check(&table, mapping, now).map_err(|findings| Refusal::of(findings).of_file(file))?;
        let profile = Profile::of(&table, mapping, &mut |received| {
            progress(Progress { stage: Stage::Checking, received, row_count: None });
            self.go_on()
        })?;
        let layout = Layout::new(&table, mapping, &profile, now);
        let mut findings = Findings::default();
        let about_file = table.findings.iter().cloned().chain(profile.findings(mapping));
        let about_file = about_file.chain((profile.rows == 0).then(|| fault::no_rows().without_row()));
        about_file.for_each(|finding| findings.add(finding.code, || finding));

        let row_count = profile.rows;
        let journal = if self.dry_run { None } else { self.journal.map(Journal::open).transpose()? };
        let mut report = std::thread::scope(|scope| {
            let loader = (!self.dry_run).then(|| Loader::start(scope, self.into, now));
            let intake = Intake::new(self.into, layout.source.clone(), now, loader, journal)?;
            let mut run = Run::new(&layout, &table, &profile, intake, findings, Rejects::new(rejects));
            table.rows_ahead(&mut |record| {
                run.row(record)?;
                let received = run.received();
                if received.is_multiple_of(PROGRESS_ROWS) {
                    progress(Progress { stage: Stage::Reading, received, row_count: Some(row_count) });
                    self.go_on()?;
                }
                Ok(Flow::Go)
            })?;
            run.finish(mapping)
        })?;
        report.numbers = (first_number, self.into.sequence());
        progress(Progress { stage: Stage::Reading, received: row_count, row_count: Some(row_count) });
        Ok(report)
    }

    /// Ends the import if somebody has asked for it.
    fn go_on(&self) -> Result<(), Refusal> {
        match self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed)) {
            true => Err(Refusal::from(fault::cancelled()).of_file(self.file)),
            false => Ok(()),
        }
    }
}

/// What stands against importing at all.
fn check(table: &Table, mapping: &Mapping, now: Instant) -> Result<(), Vec<Finding>> {
    let headers: Vec<&str> = table.columns.iter().map(|column| column.header.as_str()).collect();
    let absent = mapping.columns.keys().filter(|header| table.column(header).is_none());
    let mut faults: Vec<Fault> =
        absent.map(|header| fault::missing_column(header, nearest(header, &headers))).collect();
    faults.extend(mapping.missing());
    if let Some(observed) = mapping.observed_on
        && observed > now.plus_days(1)
    {
        faults.push(fault::future_date("observed_on", &mapping.zone.date(observed)));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into_iter().map(Fault::without_row).collect()) }
}
