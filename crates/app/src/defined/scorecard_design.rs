//! A scorecard laid open for whoever changes it: its definition as a tree of values, and how the number that each of its
//! curves looks at lies among the customers of the present lists.

use indicators::Cell;
use outcomes::State;
use scores::{Measure, ScoreBook};
use store::Versioned;
use vocab::{Instant, Unknown};

use crate::books::NOW;
use crate::books::versions::{content, is_written};
use crate::defined::indicator_pages::distribution;
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::view::{MeasureSpread, ScorecardDesign, Words};
use crate::{App, Reader, blocking};

impl App {
    /// A version of a scorecard to look at and change: the one that is being written, else the one in use, or the one
    /// that is named by its number.
    ///
    /// # Errors
    /// `not_found` for a scorecard or version that is not there.
    pub async fn scorecard_design(
        &self,
        reader: &Reader,
        id: &str,
        number: Option<i64>,
        now: Instant,
    ) -> Result<ScorecardDesign, Error> {
        let records = self.store().versions(Versioned::Scorecard).await?;
        let own = records.iter().filter(|record| record.of == id);
        let (definition, is_draft) = match number {
            Some(number) => (own.clone().find(|one| one.number == number).map(|one| one.definition.clone()), false),
            None => match own.clone().find(|record| is_written(record)) {
                Some(record) => (Some(record.definition.clone()), true),
                None => (self.scorecard_source(id, NOW), false),
            },
        };
        let definition = definition.ok_or_else(|| Error::not_found(("打分卡", "the scorecard")))?;
        let book = self.checked_book(id, &definition)?;
        let snapshot = self.snapshot(None, now).await?;
        let (app, scope) = (self.clone(), reader.scope.clone());
        blocking(move || {
            let seen: Vec<usize> = (0..snapshot.customers().len())
                .filter(|at| snapshot.admits(&scope, *at) && !matches!(snapshot.state(*at), State::Gone { .. }))
                .collect();
            Ok(ScorecardDesign {
                content: content(&definition),
                is_draft,
                tree: tree(&definition)?,
                applies: book.applies.as_ref().map(ToString::to_string),
                measures: app.spreads(&book, &snapshot, &seen),
                definition,
            })
        })
        .await
    }

    fn spreads(&self, book: &ScoreBook, snapshot: &Snapshot, seen: &[usize]) -> Vec<MeasureSpread> {
        let catalog = &self.definitions().catalog;
        let (said, heard) = snapshot.heard();
        let cell = |measure: &Measure, position: usize| match measure.manual {
            None => measure.looks_at(&snapshot.indicators, position),
            Some(_) => said
                .pulse(&snapshot.customers()[position], &measure.indicator, heard)
                .map_or(Cell::Unknown(Unknown::NeverObserved), |pulse| Cell::Known(pulse.value)),
        };
        let spread = |measure: &Measure| {
            let indicator = catalog.get(&measure.indicator);
            let cells: Vec<Cell> = seen.iter().map(|position| cell(measure, *position)).collect();
            let unit = match (&measure.own, indicator) {
                (Some(own), _) if own.by == scores::OwnBy::Ratio => "ratio",
                (_, Some(indicator)) => indicator.unit.as_str(),
                (_, None) => "point",
            };
            let name = measure.manual.as_ref().or(indicator.map(|one| &one.name));
            MeasureSpread {
                id: measure.indicator.to_string(),
                name: name.map(Words::from).unwrap_or_default(),
                question: indicator.map(|one| Words::from(&one.question)),
                unit: unit.to_owned(),
                worse: indicator.map_or("lower", |one| one.worse.as_str()).to_owned(),
                distribution: distribution(&cells),
            }
        };
        book.measures().map(|(_, measure, _)| spread(measure)).collect()
    }
}

/// The definition as values, to be changed piece by piece and written again.
fn tree(definition: &str) -> Result<serde_json::Value, Error> {
    let table: toml::Table = definition.parse().map_err(Error::internal)?;
    serde_json::to_value(table).map_err(Error::internal)
}
