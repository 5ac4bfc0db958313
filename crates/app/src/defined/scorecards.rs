//! Scorecards as configuration: looked at, tried on the present customers, drafted, reviewed, activated, rolled back.

use indicators::Catalog;
use outcomes::State;
use scores::{CustomerScore, Firmness, Missing, ScoreBook, ScoreFrame, Scored, Shape};
use store::{VersionRecord, Versioned};
use vocab::{Band, CustomerId, Instant, Scope};

use crate::books::NOW;
use crate::books::version_steps::{Kept, Step, check_id, check_length, new_version};
use crate::books::versions::{is_written, shown};
use crate::customer::customer_page::band_floors;
use crate::customer::ledger::bare_ledger;
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::shown::band_word;
use crate::view::{
    BandMeaning, Count, CurveCorner, Mover, ScoreSpread, ScorecardDraft, ScorecardMeasure, ScorecardPage,
    ScorecardPreview, ScorecardRow, ScorecardStep, ScorecardTrial, ScorerProof, Words,
};
use crate::{App, Reader, blocking};

/// Customers named who change band.
const NAMED: usize = 200;

impl App {
    /// Every scorecard that ships, is in use or is being written, by id.
    pub async fn scorecards(&self, reader: &Reader, now: Instant) -> Result<Vec<ScorecardRow>, Error> {
        let snapshot = self.snapshot(None, now).await?;
        let records = self.store().versions(Versioned::Scorecard).await?;
        let firm = self.working_firm().await?;
        let mut ids = self.scorecard_ids();
        ids.extend(records.iter().map(|record| record.of.clone()));
        ids.sort_unstable();
        ids.dedup();
        let mut rows = Vec::new();
        for id in &ids {
            let Ok(book) = self.shown_book(id, &records) else { continue };
            let proof = self.scorecard_proof(reader, id).await?;
            rows.push(self.scorecard_row(&book, &records, &snapshot, &reader.scope, &firm.scorecard, proof));
        }
        Ok(rows)
    }

    /// The version in use, or the one last written where none ever was.
    pub(crate) fn shown_book(&self, id: &str, records: &[VersionRecord]) -> Result<ScoreBook, Error> {
        match self.single_book_at(id, NOW) {
            Ok(book) => Ok(book.clone()),
            Err(error) => match records.iter().rev().find(|record| record.of == id) {
                Some(record) => self.parse_book(&record.definition),
                None => Err(error),
            },
        }
    }

    fn scorecard_row(
        &self,
        book: &ScoreBook,
        records: &[VersionRecord],
        snapshot: &Snapshot,
        scope: &Scope,
        own: &str,
        proof: ScorerProof,
    ) -> ScorecardRow {
        let is_its_draft = |record: &&VersionRecord| record.of == book.id && is_written(record);
        let in_use = self.shelf().in_use();
        let scored = (0..snapshot.customers().len()).filter(|position| {
            let by = |score: &CustomerScore| *score.scorecard == *book.id && score.health.is_some();
            snapshot.admits(scope, *position) && snapshot.score(*position).is_some_and(by)
        });
        ScorecardRow {
            id: book.id.clone(),
            name: Words::from(&book.name),
            about: Words::from(&book.about),
            version: book.version.clone(),
            is_in_use: book.id == own || (book.applies.is_some() && in_use.has(&book.id)),
            applies: book.applies.as_ref().map(ToString::to_string),
            draft: records.iter().find(is_its_draft).map(|record| record.state.as_str().to_owned()),
            customers: scored.count() as u64,
            proof,
        }
    }

    /// Everything about one scorecard.
    pub async fn scorecard(&self, reader: &Reader, id: &str, now: Instant) -> Result<ScorecardPage, Error> {
        let snapshot = self.snapshot(None, now).await?;
        let Kept { records, terms } = self.kept_versions(Versioned::Scorecard).await?;
        let book = self.shown_book(id, &records)?;
        let firm = self.working_firm().await?;
        let proof = self.scorecard_proof(reader, id).await?;
        let row = self.scorecard_row(&book, &records, &snapshot, &reader.scope, &firm.scorecard, proof);
        let mut own = records.iter().filter(|record| record.of == id);
        let draft = own.clone().find(|record| is_written(record));
        let last = own.next_back().map(|record| record.definition.clone());
        let catalog = &self.definitions().catalog;
        Ok(ScorecardPage {
            row,
            definition: self.scorecard_source(id, NOW).or(last).unwrap_or_default(),
            draft_definition: draft.map(|record| record.definition.clone()),
            base: book.base.points(),
            band_floors: band_floors(&book),
            band_words: book
                .band_words
                .iter()
                .map(|(band, means)| BandMeaning { band: band.as_str().to_owned(), means: Words::from(means) })
                .collect(),
            min_coverage: book.min_coverage,
            firm_coverage: book.firm_coverage,
            measures: measures(&book, catalog),
            versions: shown(id, &records, &terms),
        })
    }

    /// What another definition would change, on the customers of the present lists and, if asked, for one of them.
    ///
    /// # Errors
    /// `bad_definition` with everything that is wrong with it; `not_found` for a customer that the reader may not see.
    pub async fn preview_scorecard(
        &self,
        reader: &Reader,
        id: &str,
        trial: ScorecardTrial,
        now: Instant,
    ) -> Result<ScorecardPreview, Error> {
        let book = self.checked_book(id, &trial.definition)?;
        let snapshot = self.snapshot(None, now).await?;
        let customer = match &trial.customer {
            Some(customer) => {
                let customer = CustomerId::new(customer);
                Some(self.place(&snapshot, &reader.scope, &customer)?)
            }
            None => None,
        };
        let (app, scope, id) = (self.clone(), reader.scope.clone(), id.to_owned());
        let own = self.working_firm().await?.scorecard;
        blocking(move || {
            let present = app.book_of(&snapshot).ok_or_else(|| Error::not_found(("打分卡", "the scorecard")))?;
            let tried = exchanged(present, &id, &own, book);
            let catalog = &app.definitions().catalog;
            let (said, heard) = snapshot.heard();
            let after = scores::score_said(&snapshot.indicators, &tried, catalog, said, heard);
            let seen: Vec<usize> = (0..snapshot.customers().len())
                .filter(|at| snapshot.admits(&scope, *at) && !matches!(snapshot.state(*at), State::Gone { .. }))
                .collect();
            let explained = |position: usize| {
                let frame = &snapshot.indicators;
                let before = Scored { frame, position: Some(position), book: present, said: said.as_ref(), at: heard };
                bare_ledger(catalog, &before, &Scored { book: &tried, ..before })
            };
            let ledger = customer.map(explained);
            // The largest change says best why somebody changes band.
            let because =
                |position: usize| explained(position).changes.into_iter().next().map(|change| change.sentence);
            Ok(compared(&snapshot, &after, &seen, ledger, &because))
        })
        .await
    }

    /// A definition that can be read and is of this scorecard.
    pub(crate) fn checked_book(&self, id: &str, definition: &str) -> Result<ScoreBook, Error> {
        check_length(definition)?;
        let book = self.parse_book(definition)?;
        check_id(&book.id, id)?;
        Ok(book)
    }

    /// Saves the draft of a scorecard. Whoever hands in a scorecard of a new id begins one.
    ///
    /// # Errors
    /// `bad_definition`, `other_id`; `version_conflict` if somebody else has changed the draft.
    pub async fn put_scorecard_draft(
        &self,
        reader: &Reader,
        id: &str,
        draft: ScorecardDraft,
        now: Instant,
    ) -> Result<ScorecardPage, Error> {
        reader.may_administer()?;
        self.checked_book(id, &draft.definition)?;
        let new = new_version(Versioned::Scorecard, id, draft.definition, draft.note);
        self.store().put_version_draft(&new, draft.version, &reader.actor(), now).await?;
        self.scorecard(reader, id, now).await
    }

    /// Hands the draft in for somebody to look at.
    pub async fn review_scorecard(
        &self,
        reader: &Reader,
        id: &str,
        step: ScorecardStep,
        now: Instant,
    ) -> Result<ScorecardPage, Error> {
        self.take_step(reader, Versioned::Scorecard, id, Step::Review, &step, now).await?;
        self.scorecard(reader, id, now).await
    }

    /// Puts a version in use from now on: the draft, or the one that is named. Lists follow at once, alerts with the next
    /// cycle; looks at the past keep the version of their time.
    ///
    /// # Errors
    /// `not_found`, `version_conflict`, `bad_definition` if it names an indicator that is no longer there.
    pub async fn activate_scorecard(
        &self,
        reader: &Reader,
        id: &str,
        step: ScorecardStep,
        now: Instant,
    ) -> Result<ScorecardPage, Error> {
        self.take_step(reader, Versioned::Scorecard, id, Step::Activate(None), &step, now).await?;
        self.scorecard(reader, id, now).await
    }

    /// Puts the version in use again that was in use before the present one, or an earlier one that is named.
    ///
    /// # Errors
    /// `nothing_before` where no other version ever was in use; `version_conflict`.
    pub async fn roll_back_scorecard(
        &self,
        reader: &Reader,
        id: &str,
        step: ScorecardStep,
        now: Instant,
    ) -> Result<ScorecardPage, Error> {
        self.take_step(reader, Versioned::Scorecard, id, Step::RollBack, &step, now).await?;
        self.scorecard(reader, id, now).await
    }
}

/// The scorecards in use with one of them exchanged.
pub(crate) fn exchanged(present: &ScoreBook, id: &str, own: &str, book: ScoreBook) -> ScoreBook {
    let mut special: Vec<ScoreBook> = present.special().iter().filter(|one| one.id != id).cloned().collect();
    let common = ScoreBook::clone(present).after(Vec::new());
    if id == own {
        return book.after(special);
    }
    match book.applies.is_some() {
        true => {
            special.push(book);
            special.sort_by(|a, b| a.id.cmp(&b.id));
            common.after(special)
        }
        // A scorecard for everybody that is not the firm's own is tried in the place of the firm's own.
        false => book.after(special),
    }
}

fn compared(
    snapshot: &Snapshot,
    after: &ScoreFrame,
    seen: &[usize],
    ledger: Option<crate::view::HealthLedger>,
    because: &dyn Fn(usize) -> Option<Words>,
) -> ScorecardPreview {
    let mut movers: Vec<(i32, usize, Mover)> = Vec::new();
    for position in seen {
        let (Some(was), is) = (snapshot.score(*position), after.at(*position)) else { continue };
        if was.band == is.band {
            continue;
        }
        let hundredths = |score: &CustomerScore| score.health.map_or(0, |health| i32::from(health.hundredths()));
        let word = |band: Option<Band>| band.map(|band| band.as_str().to_owned());
        movers.push((
            (hundredths(was) - hundredths(is)).abs(),
            *position,
            Mover {
                id: snapshot.customers()[*position].to_string(),
                name: snapshot.name(*position).to_owned(),
                before: was.health.map(|health| health.points()),
                after: is.health.map(|health| health.points()),
                band_before: word(was.band),
                band_after: word(is.band),
                value: is.value.known(),
                because: None,
            },
        ));
    }
    movers.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.id.cmp(&b.2.id)));
    ScorecardPreview {
        customers: seen.len() as u64,
        moved: movers.len() as u64,
        before: spread(seen.iter().filter_map(|position| snapshot.score(*position))),
        after: spread(seen.iter().map(|position| after.at(*position))),
        movers: movers
            .into_iter()
            .take(NAMED)
            .map(|(_, position, mover)| Mover { because: because(position), ..mover })
            .collect(),
        ledger,
    }
}

fn spread<'a>(scores: impl Iterator<Item = &'a CustomerScore>) -> ScoreSpread {
    let bands = [Some(Band::Critical), Some(Band::High), Some(Band::Medium), Some(Band::Low), None];
    let (mut counts, mut tens, mut thin, mut coverage, mut all) = ([0u64; 5], vec![0u64; 10], 0, 0u64, 0u64);
    for score in scores {
        counts[bands.iter().position(|one| *one == score.band).unwrap_or(4)] += 1;
        if let Some(health) = score.health {
            tens[usize::from(health.hundredths() / 1_000).min(9)] += 1;
            thin += u64::from(score.firmness == Firmness::Thin);
        }
        coverage += u64::from(score.coverage);
        all += 1;
    }
    ScoreSpread {
        bands: bands
            .into_iter()
            .zip(counts)
            .map(|(band, count)| Count { key: band_word(band).to_owned(), count })
            .collect(),
        tens,
        coverage: (all > 0).then(|| coverage as f64 / all as f64 / 10_000.0),
        thin,
    }
}

fn measures(book: &ScoreBook, catalog: &Catalog) -> Vec<ScorecardMeasure> {
    let rows = book.measures().map(|(dimension, measure, share)| {
        let indicator = catalog.get(&measure.indicator);
        let name = measure.manual.as_ref().or(indicator.map(|one| &one.name));
        ScorecardMeasure {
            id: measure.indicator.to_string(),
            name: name.map(Words::from).unwrap_or_default(),
            dimension: dimension.id.to_string(),
            dimension_name: Words::from(&dimension.name),
            unit: indicator.map_or("point", |one| one.unit.as_str()).to_owned(),
            share,
            manual: measure.manual.is_some(),
            curve: measure
                .curve
                .corners()
                .iter()
                .map(|(at, points)| CurveCorner { at: *at, points: *points })
                .collect(),
            shape: match measure.curve.shape() {
                Shape::Straight => "straight",
                Shape::Steps => "steps",
            }
            .to_owned(),
            usual: measure.own.as_ref().map(|own| own.usual.to_string()),
            missing: match measure.missing {
                Missing::LeaveOut => "leave_out",
                Missing::Poor => "poor",
                Missing::Neutral => "neutral",
            }
            .to_owned(),
            stale_after_days: measure.stale.as_ref().map(|stale| stale.after_days),
        }
    });
    rows.collect()
}
