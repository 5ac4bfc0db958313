//! What makes a workbook one that may come back: the columns that people fill in, and a hidden sheet with what each cell
//! said and when.
//!
//! The hidden sheet repeats cells of the table as they left, hidden numbers hidden; it tells nothing that the table does
//! not. What becomes of a workbook that comes back: `sheets`.

use std::collections::HashMap;

use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use store::{CaseFilter, CaseSlice, CaseState};
use vocab::{AsOf, CustomerId, Instant, Scope};

use super::{Sheet, write_row};
use crate::App;
use crate::error::Error;
use crate::table::Value;
use crate::tables::sheets::file::{HIDDEN, MOMENT, headers};

/// The work to come of customers: when somebody speaks to them next, and their open case.
#[derive(Default)]
pub(super) struct WorkToCome {
    next: HashMap<CustomerId, String>,
    cases: HashMap<CustomerId, i64>,
}

impl WorkToCome {
    /// The day of the next contact.
    pub(super) fn next_contact(&self, customer: &CustomerId) -> Value {
        self.next.get(customer).map_or(Value::Empty, |day| Value::Text(day.clone()))
    }

    /// The open case.
    pub(super) fn case(&self, customer: &CustomerId) -> Value {
        self.cases.get(customer).map_or(Value::Empty, |id| Value::Whole(*id))
    }
}

impl App {
    /// The work to come of everybody whom a reader sees; nothing of a past moment, whose work is done or not.
    pub(super) async fn work_to_come(&self, scope: &Scope, as_of: Option<AsOf>) -> Result<WorkToCome, Error> {
        if as_of.is_some() {
            return Ok(WorkToCome::default());
        }
        let next = self.store().next_contacts(scope, None).await?;
        let open = CaseFilter { states: vec![CaseState::New, CaseState::Accepted], ..CaseFilter::default() };
        let cases = self.store().cases(scope, &open, CaseSlice::default()).await?.rows;
        Ok(WorkToCome {
            next: next.into_iter().filter_map(|word| Some((word.customer, word.next_on?))).collect(),
            cases: cases.into_iter().map(|case| (case.customer_id, case.id)).collect(),
        })
    }
}

/// Writes the hidden sheet of a table that leaves at a moment and may come back.
pub(super) fn write(book: &mut Workbook, sheet: &Sheet, at: Instant, as_text: &CellFormat) -> Result<(), XlsxError> {
    let place = |header: &str| sheet.heads.iter().position(|(zh, _)| *zh == header);
    let places: Vec<(&str, usize)> = headers().filter_map(|header| Some((header, place(header)?))).collect();
    let hidden = book.add_worksheet();
    hidden.set_name(HIDDEN)?;
    hidden.set_very_hidden(true);
    for (column, (header, _)) in places.iter().enumerate() {
        hidden.write_string_with_format(0, column as u16, *header, as_text)?;
    }
    let moment = [Value::Text(MOMENT.to_owned()), Value::Text(at.to_string())];
    write_row(hidden, 1, &moment, as_text)?;
    for (row, cells) in sheet.rows.iter().enumerate() {
        let kept: Vec<Value> = places.iter().map(|(_, place)| cells[*place].clone()).collect();
        write_row(hidden, row as u32 + 2, &kept, as_text)?;
    }
    Ok(())
}
