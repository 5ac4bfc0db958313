//! The page of one customer: why it stands where it stands, and what happened.

use std::collections::{BTreeMap, BTreeSet};

use facts::StoredFact;
use indicators::{Cell, Indicator, IndicatorFrame, compares_equals, fill};
use scores::{Contribution, Correction, CustomerScore, ScoreBook, SegmentBook, plainly};
use vocab::{AsOf, CustomerId, Instant, Kind, Scope, Unknown};

use crate::books::peer_groups::{peers, too_few};
use crate::customer::customers::{reasons, row_of};
use crate::customer::segments::{segments_of, tags_of};
use crate::error::Error;
use crate::moment::snapshot::{Snapshot, trend_moments};
use crate::shown::{bad_filter, figure, hidden, hidden_properties, silent_because, written};
use crate::view::{
    self, BandFloor, ContributionRow, Count, HealthChange, IndicatorRow, Point, TimelineEntry, TraitRow, Words,
};
use crate::{App, blocking};

/// Which part of a timeline.
#[derive(Clone, Debug, Default)]
pub struct TimelineQuery {
    /// Only these kinds; empty = all.
    pub kinds: Vec<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Entries on the page; at most 500.
    pub limit: usize,
}

impl App {
    /// The place of a customer that the reader may see; a customer outside the scope is as absent as one unknown.
    pub(crate) fn place(&self, snapshot: &Snapshot, scope: &Scope, customer: &CustomerId) -> Result<usize, Error> {
        snapshot
            .position(customer)
            .filter(|position| snapshot.admits(scope, *position))
            .ok_or_else(|| Error::not_found(("这位客户", "the customer")))
    }

    /// Everything about one customer but its timeline.
    pub async fn customer(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<view::CustomerPage, Error> {
        let lists = self.snapshot(as_of, now).await?;
        let snapshot = self.fresh_of(&lists, customer, as_of, now).await?;
        let position = self.place(&snapshot, scope, customer)?;
        let (belonging, place) = (self.belonging(&lists, as_of).await?, lists.position(customer));
        let (app, shown, wanted) = (self.clone(), snapshot.clone(), customer.clone());
        let firm = self.working_firm().await?;
        let figures = blocking(move || {
            let weeks = shown.weeks(&app.definitions().catalog, &wanted);
            let rhythm = place.and_then(|_| app.rhythm_of(&lists, &wanted, &firm.template));
            // A week ago is put beside others: everybody must be there.
            let everybody = if place.is_some() { lists } else { shown };
            Ok((weeks, everybody.score_week_ago(app.lens(&firm)?, &wanted), rhythm))
        });
        let (facts_then, wanted) = (self.facts().as_of(snapshot.as_of), customer.clone());
        let facts = blocking(move || Ok(facts_then.facts_of(&wanted)?));
        let work = self.work_of(scope, customer, as_of, now);
        let words = self.judgements(scope, customer, as_of.map_or(now, AsOf::instant));
        let ((weeks, week_ago, rhythm), facts, (alerts, cases), words) = tokio::try_join!(figures, facts, work, words)?;
        let open = alerts.iter().filter(|alert| alert.state == "open").count() as u32;
        let score = snapshot.score(position).ok_or_else(|| Error::internal("a customer without a score row"))?;
        let all_books = self.book(&snapshot)?;
        let book = all_books.of(score);
        Ok(view::CustomerPage {
            row: row_of(self, (&snapshot, position), (&belonging, place), open),
            as_of: written(snapshot.as_of.instant()),
            base: book.base.points(),
            health_history: self.health_history(&snapshot, position),
            band_floors: band_floors(book),
            contributions: self.contributions(book, score, &snapshot.indicators, customer),
            reasons: reasons(self, &snapshot, position),
            change: self.change(&snapshot, position, week_ago),
            indicators: self.indicator_rows(&snapshot, (customer, belonging.book()), &weeks),
            rhythm,
            traits: traits(&facts),
            alerts,
            cases,
            scorecard: Words::from(&book.name),
            scorecard_version: book.version.clone(),
            other_healths: self.other_healths(&snapshot, position, all_books, score),
            judgements: words,
            fact_counts: fact_counts(&facts),
            tags: tags_of(&belonging, customer),
            segments: place.map(|place| segments_of(&belonging, place)).unwrap_or_default(),
        })
    }

    fn book(&self, snapshot: &Snapshot) -> Result<&ScoreBook, Error> {
        self.book_of(snapshot).ok_or_else(|| Error::not_found(("打分卡", "the scorecard")))
    }

    fn health_history(&self, snapshot: &Snapshot, position: usize) -> Vec<Point> {
        let moments = trend_moments(snapshot.as_of);
        let points = moments.iter().zip(snapshot.trend(position));
        points.map(|(moment, value)| Point { on: self.zone().date(moment.instant()), value }).collect()
    }

    fn contributions(
        &self,
        book: &ScoreBook,
        score: &CustomerScore,
        frame: &IndicatorFrame,
        customer: &CustomerId,
    ) -> Vec<ContributionRow> {
        let rows = score.contributions.iter();
        let rows = rows.filter_map(|one| self.contribution(book, &one, one.points_hundredths?, frame, customer));
        let word = score.correction.as_deref().map(|word| corrected(word, word.points_hundredths));
        rows.chain(word).collect()
    }

    fn contribution(
        &self,
        book: &ScoreBook,
        one: &Contribution<'_>,
        hundredths: i32,
        frame: &IndicatorFrame,
        customer: &CustomerId,
    ) -> Option<ContributionRow> {
        let catalog = &self.definitions().catalog;
        let Some(indicator) = catalog.get(one.indicator) else { return said(book, one, hundredths) };
        let dimension = book.dimensions.iter().find(|dimension| *dimension.id == *one.dimension)?;
        let position = frame.position(customer)?;
        let lookup = |id: &str| match frame.cell(position, id) {
            Cell::Known(value) => catalog.get(id).map(|found| (value, found.unit.as_str())),
            Cell::Unknown(_) => None,
        };
        let sentence = match (&indicator.reason, one.cell) {
            (Some(template), Cell::Known(value)) if compares_equals(template, &lookup) => plainly(indicator, value),
            (Some(template), Cell::Known(_)) => fill(template, &lookup),
            _ => indicator.name.clone(),
        };
        Some(ContributionRow {
            indicator: indicator.id.clone(),
            name: Words::from(&indicator.name),
            dimension: dimension.id.to_string(),
            dimension_name: Words::from(&dimension.name),
            points: f64::from(hundredths) / 100.0,
            figure: figure(one.cell),
            counted: one.counted.as_str().to_owned(),
            unit: indicator.unit.clone(),
            sentence: Words::from(sentence),
        })
    }

    /// What moved since a week ago: differences of contributions, which sum to the difference of health exactly.
    fn change(&self, snapshot: &Snapshot, position: usize, week_ago: Option<CustomerScore>) -> HealthChange {
        let customer = &snapshot.customers()[position];
        let unknown = HealthChange { before: snapshot.health_week_ago(position), moved: Vec::new() };
        let (Ok(book), Some(before), Some(now)) = (self.book(snapshot), week_ago, snapshot.score(position)) else {
            return unknown;
        };
        let book = book.of(now);
        // What two scorecards give cannot be put side by side measure by measure: that is the ledger's business.
        if before.health.is_none() || now.health.is_none() || before.scorecard != now.scorecard {
            return unknown;
        }
        let points = |score: &CustomerScore, indicator: &str| {
            let found = score.contributions.iter().find(|one| *one.indicator == *indicator);
            found.and_then(|one| one.points_hundredths).unwrap_or(0)
        };
        let mut moved: Vec<ContributionRow> = now
            .contributions
            .iter()
            .filter_map(|one| {
                let difference = points(now, one.indicator) - points(&before, one.indicator);
                let shown = self.contribution(book, &one, difference, &snapshot.indicators, customer)?;
                (difference != 0).then_some(shown)
            })
            .collect();
        let word = |score: &CustomerScore| score.correction.as_deref().map_or(0, |word| word.points_hundredths);
        let told = now.correction.as_deref().or(before.correction.as_deref());
        let difference = word(now) - word(&before);
        moved.extend(told.filter(|_| difference != 0).map(|word| corrected(word, difference)));
        moved.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()));
        HealthChange { before: before.health.map(|health| health.points()), moved }
    }

    fn indicator_rows(
        &self,
        snapshot: &Snapshot,
        (customer, book): (&CustomerId, Option<&SegmentBook>),
        weeks: &[IndicatorFrame],
    ) -> Vec<IndicatorRow> {
        let cell = |frame: &IndicatorFrame, id: &str| {
            let position = frame.position(customer)?;
            Some(frame.cell(position, id))
        };
        let history = |id: &str| {
            let point = |frame: &IndicatorFrame| Point {
                on: self.zone().date(frame.as_of().instant()),
                value: match cell(frame, id) {
                    Some(Cell::Known(value)) => Some(value),
                    _ => None,
                },
            };
            weeks.iter().map(point).collect()
        };
        let catalog = &self.definitions().catalog;
        let starved = catalog.starved(&snapshot.supply, snapshot.as_of, self.zone());
        let position = snapshot.indicators.position(customer);
        // A starved indicator says which source is silent, and since when; one among peers, how few there are.
        let shown = |indicator: &Indicator| {
            let id = indicator.id.as_str();
            let mut shown = figure(cell(&snapshot.indicators, id).unwrap_or(Cell::Unknown(Unknown::NeverObserved)));
            let outage = starved.iter().find(|(one, _)| one.id == id).map(|(_, outage)| *outage);
            if let Some(outage) = outage.filter(|_| shown.unknown.as_deref() == Some("source_silent")) {
                shown.unknown_because = Some(silent_because(outage, self.zone()));
            }
            if shown.unknown.as_deref() == Some(Unknown::TooFewPeers.as_str()) {
                let why = position.and_then(|at| too_few(indicator, &snapshot.indicators, at, book));
                shown.unknown_because = why.or(shown.unknown_because);
            }
            shown
        };
        // What no source of the firm tells of would fill the page with nothing, and so would a place among nobody.
        let told = |id: &str| match cell(&snapshot.indicators, id) {
            Some(Cell::Unknown(Unknown::NotConnected)) => false,
            Some(Cell::Unknown(Unknown::TooFewPeers)) => !snapshot.indicators.peer_groups(id).is_empty(),
            _ => true,
        };
        let rows = catalog.indicators().iter().filter(|one| told(&one.id)).map(|one| IndicatorRow {
            id: one.id.clone(),
            name: Words::from(&one.name),
            question: Words::from(&one.question),
            category: one.category.clone(),
            unit: one.unit.clone(),
            worse: one.worse.as_str().to_owned(),
            window: one.window(),
            figure: shown(one),
            peers: position.and_then(|at| peers(one, &snapshot.indicators, at, book)),
            history: history(&one.id),
        });
        rows.collect()
    }

    /// What happened, newest first. Equal happenings of one day are folded into one entry with their count.
    pub async fn timeline(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        query: &TimelineQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<view::Page<TimelineEntry>, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let known = snapshot.position(customer).is_some();
        // A customer whose first fact came after the last cycle has no place in the snapshot yet; nobody owns it.
        if known || *scope != Scope::All {
            self.place(&snapshot, scope, customer)?;
        }
        let until = as_of.unwrap_or(AsOf(Instant::MAX));
        let (view, wanted) = (self.facts().as_of(until), customer.clone());
        let facts = blocking(move || Ok(view.facts_of(&wanted)?)).await?;
        if facts.is_empty() && !known {
            return Err(Error::not_found(("这位客户", "the customer")));
        }
        if let Some(word) = query.kinds.iter().find(|word| word.parse::<Kind>().is_err()) {
            let known = |comma: &str| Kind::ALL.map(Kind::as_str).join(comma);
            return Err(bad_filter(word, &known("、"), &known(", ")));
        }
        let kinds: BTreeSet<&str> = query.kinds.iter().map(String::as_str).collect();
        let wanted = facts.iter().filter(|stored| kinds.is_empty() || kinds.contains(stored.fact.kind.as_str()));
        let entries = self.folded(wanted);
        let (page, next_cursor) = crate::shown::page(&entries, query.cursor.as_deref(), query.limit)?;
        Ok(view::Page { rows: page.to_vec(), total: entries.len() as u64, next_cursor })
    }

    fn folded<'a>(&self, facts: impl Iterator<Item = &'a StoredFact>) -> Vec<TimelineEntry> {
        let mut entries: Vec<TimelineEntry> = Vec::new();
        let mut at: BTreeMap<(i64, &str), usize> = BTreeMap::new();
        for stored in facts {
            let fact = &stored.fact;
            let day = self.zone().day_number(fact.occurred_at);
            let folds = fact.kind == Kind::Event && fact.text.is_none() && fact.value.is_none();
            if let Some(index) = at.get(&(day, fact.name.as_str())).filter(|_| folds) {
                entries[*index].count += 1;
                continue;
            }
            if folds {
                at.insert((day, &fact.name), entries.len());
            }
            entries.push(entry(stored));
        }
        entries
    }
}

/// A person's word among the contributions.
fn corrected(word: &Correction, hundredths: i32) -> ContributionRow {
    let name = Words::new("人工调整", "A person's word");
    ContributionRow {
        indicator: "correction".to_owned(),
        dimension: "correction".to_owned(),
        dimension_name: name.clone(),
        name,
        points: f64::from(hundredths) / 100.0,
        figure: view::Figure { value: None, unknown: None, unknown_because: None },
        counted: scores::Counted::Whole.as_str().to_owned(),
        unit: "point".to_owned(),
        sentence: Words::new(format!("{}：{}", word.author, word.reason), format!("{}: {}", word.author, word.reason)),
    }
}

/// What people said, among the contributions.
fn said(book: &ScoreBook, one: &Contribution<'_>, hundredths: i32) -> Option<ContributionRow> {
    let name = Words::from(book.measure(one.indicator)?.manual.as_ref()?);
    let dimension = book.dimensions.iter().find(|dimension| *dimension.id == *one.dimension)?;
    Some(ContributionRow {
        indicator: one.indicator.to_string(),
        dimension: dimension.id.to_string(),
        dimension_name: Words::from(&dimension.name),
        points: f64::from(hundredths) / 100.0,
        figure: figure(one.cell),
        counted: one.counted.as_str().to_owned(),
        unit: "point".to_owned(),
        sentence: name.clone(),
        name,
    })
}

fn entry(stored: &StoredFact) -> TimelineEntry {
    let fact = &stored.fact;
    TimelineEntry {
        id: stored.number.to_string(),
        kind: fact.kind.as_str().to_owned(),
        name: fact.name.clone(),
        occurred_at: written(fact.occurred_at),
        known_at: written(stored.known_at()),
        recorded_at: written(stored.recorded_at),
        value: fact.value.map(|value| value.to_f64()),
        currency: fact.currency.clone(),
        text: fact.text.as_deref().map(hidden),
        properties: hidden_properties(&fact.properties),
        source: fact.source.to_string(),
        count: 1,
    }
}

pub(crate) fn band_floors(book: &ScoreBook) -> Vec<BandFloor> {
    let floors =
        book.bands.iter().map(|(band, floor)| BandFloor { band: band.as_str().to_owned(), from: floor.points() });
    floors.collect()
}

/// Present traits: the last word on each key, unless it was removed.
fn traits(facts: &[StoredFact]) -> Vec<TraitRow> {
    let mut last: BTreeMap<&str, Option<TraitRow>> = BTreeMap::new();
    // Newest first: the first word seen on a key is the last one said.
    for stored in facts.iter().filter(|stored| stored.fact.kind == Kind::Trait) {
        for (key, value) in &stored.fact.properties {
            let since = written(stored.fact.occurred_at);
            last.entry(key).or_insert_with(|| {
                value.as_ref().map(|value| TraitRow { key: key.clone(), value: hidden(value), since })
            });
        }
    }
    last.into_values().flatten().collect()
}

fn fact_counts(facts: &[StoredFact]) -> Vec<Count> {
    let mut counts: BTreeMap<Kind, u64> = BTreeMap::new();
    for stored in facts {
        *counts.entry(stored.fact.kind).or_default() += 1;
    }
    counts.into_iter().map(|(kind, count)| Count { key: kind.as_str().to_owned(), count }).collect()
}
