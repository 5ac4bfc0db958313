//! Rows as a report on the sources reads them: every row that came in, corrections and retractions included, in no
//! particular order and with few columns.

use vocab::{Instant, Kind};

use super::{FactView, ROWS_PER_BATCH};
use crate::build::RowRef;
use crate::columns::Rows;
use crate::error::Error;
use crate::lake::{FactFile, month_of};

/// One row that came in, borrowed from wherever it lies.
#[derive(Clone, Copy, Debug)]
pub struct SurveyRow<'a> {
    /// Source.
    pub source: &'a str,
    /// Kind.
    pub kind: Kind,
    /// Name.
    pub name: &'a str,
    /// Customer key.
    pub customer_id: Option<&'a str>,
    /// Actor key.
    pub actor_id: Option<&'a str>,
    /// Happened at.
    pub occurred_at: Instant,
    /// Could be known at.
    pub known_at: Instant,
    /// Written at.
    pub recorded_at: Instant,
    /// Number in millionths.
    pub value: Option<i64>,
}

impl<'a> SurveyRow<'a> {
    fn of(row: &RowRef<'a>, recorded_at: Instant) -> Self {
        SurveyRow {
            source: row.source,
            kind: row.kind,
            name: row.name,
            customer_id: row.customer_id,
            actor_id: row.actor_id,
            occurred_at: row.occurred_at,
            known_at: row.known_at,
            recorded_at,
            value: row.value,
        }
    }
}

/// What is handed each row: the row, and its properties where they were asked for.
pub type Surveyor<'f> = dyn FnMut(SurveyRow<'_>, &mut dyn Iterator<Item = (&str, Option<&str>)>) + 'f;

impl FactView {
    /// Every row known at the view's moment that happened since `since`; properties are read where it happened in the
    /// month of `properties_since` or later, since they cost most of the reading.
    ///
    /// # Why not a frame
    /// A frame knows customers and not sources, and has no place for what counts for nobody.
    pub fn survey(&self, since: Instant, properties_since: Instant, f: &mut Surveyor<'_>) -> Result<(), Error> {
        let first = month_of(since);
        let detailed = month_of(properties_since);
        let takes = |row: &RowRef<'_>| row.occurred_at >= since;
        for file in self.files().filter(|file| file.month() >= first.as_str()) {
            let has_properties = file.month() >= detailed.as_str();
            for batch in file.file.read(&survey_columns(file, has_properties)?, None, ROWS_PER_BATCH)? {
                let rows = Rows::of(&batch?)?;
                for place in 0..rows.len() {
                    let (row, recorded_at) = (rows.row(place), rows.recorded_at(place));
                    if takes(&row) && self.cut.takes(&row, recorded_at) {
                        let survey = SurveyRow::of(&row, recorded_at);
                        match has_properties {
                            true => f(survey, &mut rows.properties(place)),
                            false => f(survey, &mut std::iter::empty()),
                        }
                    }
                }
            }
        }
        for fact in self.state.live_facts() {
            if takes(&fact.row) && self.cut.takes(&fact.row, fact.recorded_at) {
                f(SurveyRow::of(&fact.row, fact.recorded_at), &mut fact.properties());
            }
        }
        Ok(())
    }
}

fn survey_columns(file: &FactFile, has_properties: bool) -> Result<Vec<&'static str>, Error> {
    let mut columns =
        vec!["number", "customer_id", "kind", "name", "occurred_at", "known_at", "recorded_at", "value", "source"];
    if !file.file.is_empty_column("actor_id")? {
        columns.push("actor_id");
    }
    if has_properties && !file.file.is_empty_column("properties.key_value.key")? {
        columns.push("properties");
    }
    Ok(columns)
}
