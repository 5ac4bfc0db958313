//! 回填: a table that left as a workbook comes back with changed cells. Shown cell by cell, applied once, taken back in one
//! step.
//!
//! Not here: how a table leaves (`export`), the transaction (`store::sheets`).

mod differences;
pub(crate) mod file;
mod judge;
mod words;

use std::collections::BTreeSet;

use store::{NewSheet, SheetEdit, SheetField, SheetRecord};
use vocab::{CustomerId, Instant, Scope};

use crate::error::{Class, Error};
use crate::shown::written;
use crate::view::{SheetApplied, SheetBack, SheetCellRow, SheetDifference, SheetDifferences, SheetPage, SheetTake};
use crate::working::case_moves::{Step, Told};
use crate::{App, Reader, blocking};
use differences::{Difference, State, Wants};
use words::kept_words;

/// Differences that are shown, and cells that are changed at once.
const MOST_CELLS: usize = 10_000;
/// Files in the list of those that were applied.
const LATEST: u64 = 50;

/// An uploaded file, read.
struct Uploaded {
    name: String,
    digest: String,
    sheet: file::Sheet,
}

impl App {
    /// Where an uploaded file differs from what stands: nothing is written.
    ///
    /// # Errors
    /// `not_found` for an upload that is not there; `no_id_column`, `nothing_to_change`, `bad_row`, `too_many_rows`; what is
    /// wrong with a file that is no table.
    pub async fn compare_sheet(
        &self,
        reader: &Reader,
        upload_id: &str,
        now: Instant,
    ) -> Result<SheetDifferences, Error> {
        reader.may_act()?;
        let file = self.uploaded(upload_id).await?;
        let roster = self.roster().await?;
        let differences = self.differences(reader, &roster, &file.sheet, now).await?;
        let count = |state: State| differences.iter().filter(|one| one.state == state).count() as u64;
        let changed = differences.iter().filter(|one| one.state != State::Rejected);
        let customers: BTreeSet<&CustomerId> = changed.filter_map(|one| one.customer.as_ref()).collect();
        let before = self.store().sheet_like(&file.digest).await?;
        let before = before.filter(|before| before.undone.is_none() && is_theirs(reader, before));
        Ok(SheetDifferences {
            upload_id: upload_id.to_owned(),
            file_name: file.name,
            exported_at: file.sheet.exported_at.map(written),
            row_count: file.sheet.lines.len() as u64,
            change_count: count(State::Change),
            conflict_count: count(State::Conflict),
            rejected_count: count(State::Rejected),
            customer_count: customers.len() as u64,
            cells: differences.iter().take(MOST_CELLS).map(shown).collect(),
            applied_before: before.as_ref().map(back),
        })
    }

    /// Makes the differences true, all at once: changes that are not left out, and conflicts that are to be overwritten. The
    /// same file again finds nothing to change.
    ///
    /// # Why owners wait for a cycle
    /// A cycle that read its facts before would write the owners of before.
    ///
    /// # Errors
    /// As [`App::compare_sheet`]; `too_many_changes` for more than 10,000 cells.
    pub async fn apply_sheet(
        &self,
        reader: &Reader,
        upload_id: &str,
        take: SheetTake,
        now: Instant,
    ) -> Result<SheetApplied, Error> {
        reader.may_act()?;
        let file = self.uploaded(upload_id).await?;
        let roster = self.roster().await?;
        let differences = self.differences(reader, &roster, &file.sheet, now).await?;
        let (overwrite, leave): (BTreeSet<String>, BTreeSet<String>) =
            (take.overwrite.into_iter().collect(), take.leave.into_iter().collect());
        let wanted = |one: &&Difference| match one.state {
            State::Change => !leave.contains(&one.id()),
            State::Conflict => overwrite.contains(&one.id()),
            State::Rejected => false,
        };
        let chosen: Vec<&Difference> = differences.iter().filter(wanted).collect();
        if chosen.len() > MOST_CELLS {
            return Err(Error::bad(
                "too_many_changes",
                ("一次最多改 10,000 格", "at most 10,000 cells at once"),
                ("请分成几个文件", "split the file"),
            ));
        }
        let mut steps: Vec<Option<(Told<'_>, Step<'_>)>> = Vec::with_capacity(chosen.len());
        for one in &chosen {
            steps.push(match &one.wants {
                Some(Wants::Close { case, request }) => self.closing(reader, &roster, case, request, now).ok(),
                _ => None,
            });
        }
        let edits: Vec<SheetEdit<'_>> =
            chosen.iter().zip(&steps).filter_map(|(one, step)| one.edit(step.as_ref())).collect();
        let (actor, times) = (reader.actor(), self.times_of(&roster));
        let carrying = self.carrying(&times, now);
        let new = NewSheet {
            staff_id: reader.staff.as_ref().map(|staff| staff.id),
            actor: &actor,
            file_name: &file.name,
            digest: &file.digest,
            exported_at: file.sheet.exported_at,
            carrying: &carrying,
        };
        let gives = chosen.iter().any(|one| matches!(one.wants, Some(Wants::Owner)));
        let applying = self.store().apply_sheet(&reader.scope, new, &edits, now);
        let record = if gives { self.changing_owners(applying, now).await? } else { applying.await? };
        let done = record.as_ref().map_or(0, |record| record.cell_count);
        Ok(SheetApplied { left_count: chosen.len() as u64 - done, sheet: record.as_ref().map(back) })
    }

    /// Takes a file back: every cell that nobody has changed since is as before it. A case that it had closed is opened
    /// again; its alerts come back with the next cycle where they still hold.
    ///
    /// # Errors
    /// `not_found` for a file that somebody else applied, but to administrators; `nothing_to_undo` where it was taken back
    /// already, or others have changed everything since.
    pub async fn undo_sheet(&self, reader: &Reader, id: i64, now: Instant) -> Result<SheetBack, Error> {
        reader.may_act()?;
        self.their_sheet(reader, id).await?;
        let cells = self.store().sheet_cells(&Scope::All, id).await?;
        let gives = cells.iter().any(|cell| cell.field == SheetField::Owner);
        let times = self.work_times().await?;
        let (reopening, carrying) = (self.reopening(reader, &times, now), self.carrying(&times, now));
        let actor = reader.actor();
        let undoing = self.store().undo_sheet(&reader.scope, id, (&reopening, &carrying), &actor, now);
        let undone = if gives { self.changing_owners(undoing, now).await } else { undoing.await.map_err(Error::from) };
        undone.map(|record| back(&record)).map_err(|error| match error.class() {
            Class::Conflict => Error::new(
                Class::Conflict,
                "nothing_to_undo",
                (
                    "没有可以撤销的：已经撤销过，或之后都被别人改过",
                    "nothing is left to take back: it was taken back, or others have changed everything since",
                ),
                ("请在客户页上逐个修改", "change what is wrong on the customers' pages"),
            ),
            _ => error,
        })
    }

    /// Files that were applied, the latest first: one's own, or everybody's to administrators.
    pub async fn sheets(&self, reader: &Reader) -> Result<Vec<SheetBack>, Error> {
        let own = match (&reader.staff, reader.is_admin) {
            (_, true) => None,
            (Some(staff), false) => Some(staff.id),
            (None, false) => return Ok(Vec::new()),
        };
        Ok(self.store().sheets(own, LATEST).await?.iter().map(back).collect())
    }

    /// One of them, with what it changed.
    pub async fn sheet(&self, reader: &Reader, id: i64, now: Instant) -> Result<SheetPage, Error> {
        let record = self.their_sheet(reader, id).await?;
        let snapshot = self.snapshot(None, now).await?;
        let reason = |code: &str| self.churn_reason_name(code);
        let outcome = |word: &str| self.outcome_name("", word);
        let row = |cell: store::SheetCellRecord| {
            let words =
                |kept: &Option<String>| kept.as_deref().map(|kept| kept_words(cell.field, kept, outcome, reason));
            let name = snapshot.position(&cell.customer).map(|place| snapshot.name(place).to_owned());
            SheetCellRow {
                row: cell.line,
                customer_name: name.unwrap_or_else(|| cell.customer.to_string()),
                customer_id: cell.customer.to_string(),
                case_id: cell.case_id,
                field: cell.field.as_str().to_owned(),
                was: words(&cell.was),
                becomes: words(&cell.becomes),
                undone: cell.undone,
            }
        };
        let cells = self.store().sheet_cells(&reader.scope, id).await?;
        Ok(SheetPage { sheet: back(&record), cells: cells.into_iter().map(row).collect() })
    }

    /// A file that the reader applied, or any to an administrator.
    async fn their_sheet(&self, reader: &Reader, id: i64) -> Result<SheetRecord, Error> {
        let record = self.store().sheet(id).await?.filter(|record| is_theirs(reader, record));
        record.ok_or_else(|| Error::not_found(("这次回填", "the file that was applied")))
    }

    async fn uploaded(&self, upload_id: &str) -> Result<Uploaded, Error> {
        let (path, name) = self.upload(upload_id)?;
        blocking(move || {
            let mut digest = blake3::Hasher::new();
            digest.update_reader(std::fs::File::open(&path).map_err(Error::internal)?).map_err(Error::internal)?;
            Ok(Uploaded { name, digest: digest.finalize().to_hex().to_string(), sheet: file::read(&path)? })
        })
        .await
    }
}

fn is_theirs(reader: &Reader, record: &SheetRecord) -> bool {
    let own = reader.staff.as_ref().map(|staff| staff.id);
    reader.is_admin || (own.is_some() && own == record.staff_id)
}

fn shown(one: &Difference) -> SheetDifference {
    SheetDifference {
        id: one.id(),
        row: one.line,
        customer_id: one.customer.as_ref().map(CustomerId::to_string),
        customer: one.name.clone(),
        field: one.field.map_or("row", SheetField::as_str).to_owned(),
        state: match one.state {
            State::Change => "change",
            State::Conflict => "conflict",
            State::Rejected => "rejected",
        }
        .to_owned(),
        was: one.was.clone(),
        becomes: one.becomes.clone(),
        exported: one.exported.clone(),
        why: one.why.clone(),
        changed_by: one.changed.as_ref().map(|(by, _)| by.clone()),
        changed_at: one.changed.as_ref().map(|(_, at)| written(*at)),
    }
}

fn back(record: &SheetRecord) -> SheetBack {
    SheetBack {
        id: record.id,
        file_name: record.file_name.clone(),
        by: record.actor.clone(),
        at: written(record.at),
        exported_at: record.exported_at.map(written),
        cell_count: record.cell_count,
        customer_count: record.customer_count,
        undone_at: record.undone.as_ref().map(|undone| written(undone.at)),
        undone_by: record.undone.as_ref().map(|undone| undone.by.clone()),
        undone_count: record.undone.as_ref().map(|undone| undone.cell_count),
    }
}
