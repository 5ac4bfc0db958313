//! The ledger of a customer's health: what changed it, day by day, down to the facts; and from a fact back to what looks
//! at it.

use std::sync::Arc;

use facts::{Fact, FactFrame, StoredFact};
use indicators::{Catalog, Cell, IndicatorFrame, Population, evaluate_at, unit_word};
use scores::{Cause, Change, Ledger, Said, ScoreBook, Scored};
use vocab::{AsOf, CustomerId, Health, Instant, Scope};

use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::shown::{figure, written};
use crate::view::{
    FactTouch, HealthChangeRow, HealthLedger, LedgerDay, LedgerFact, LedgerPage, TouchedIndicator, Words,
};
use crate::{App, blocking};

/// Days that a ledger goes back when nobody says how many.
const DAYS: i64 = 30;
/// Days that it goes back at most.
const MOST_DAYS: i64 = 190;
/// Facts named with a change.
const NAMED: usize = 5;

/// A stretch of the ledger: the scores at both ends, and between which moments facts came in.
struct Stretch<'a> {
    before: Scored<'a>,
    after: Scored<'a>,
}

/// What is needed to tell of facts: the customer's rows in the frame, and its facts as they are kept.
pub(crate) struct Told<'a> {
    pub catalog: &'a Catalog,
    pub frame: &'a FactFrame,
    pub place: Option<usize>,
    pub facts: &'a [StoredFact],
}

impl App {
    /// Why is this customer's health another than it was? From one moment to another, whole and day by day.
    ///
    /// Each moment is judged by the scorecard in use then and by what people had said then. Without moments: the last 30
    /// days up to that of the lists.
    ///
    /// # Errors
    /// `bad_period` for a stretch that ends before it begins, is longer than 190 days, or ends after the moment of the
    /// lists; `not_found` for a customer that the reader may not see.
    pub async fn ledger(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        from: Option<AsOf>,
        to: Option<AsOf>,
        now: Instant,
    ) -> Result<LedgerPage, Error> {
        let snapshot = self.snapshot(None, now).await?;
        self.place(&snapshot, scope, customer)?;
        let to = to.unwrap_or(snapshot.as_of);
        let from = from.unwrap_or(AsOf(to.instant().plus_days(-DAYS)));
        let longest = from.instant().plus_days(MOST_DAYS);
        if from >= to || to.instant() > longest || to > snapshot.as_of {
            return Err(bad_period());
        }
        let (app, customer, firm) = (self.clone(), customer.clone(), self.working_firm().await?);
        blocking(move || {
            let facts = app.facts().as_of(snapshot.as_of).facts_of(&customer)?;
            app.ledger_page(&snapshot, &customer, &firm.scorecard, &facts, (from, to))
        })
        .await
    }

    fn ledger_page(
        &self,
        snapshot: &Snapshot,
        customer: &CustomerId,
        scorecard: &str,
        facts: &[StoredFact],
        (from, to): (AsOf, AsOf),
    ) -> Result<LedgerPage, Error> {
        let moments = self.midnights(from, to);
        let is_present = |moment: &AsOf| *moment == snapshot.as_of;
        let book = |moment: &AsOf| match is_present(moment) {
            true => self.book_of(snapshot).map_or_else(|| self.book_at(scorecard, moment.instant()), Ok),
            false => self.book_at(scorecard, moment.instant()),
        };
        let books: Vec<&ScoreBook> = moments.iter().map(book).collect::<Result<_, _>>()?;
        let needed: Vec<&str> = books.iter().flat_map(|book| book.indicators()).collect();
        let whole = &self.definitions().catalog;
        let catalog = whole.only(&needed).with_supply(Arc::clone(&snapshot.supply));
        let only = Population::These(vec![customer.clone()]);
        let frames = evaluate_at(snapshot.frame(), &catalog, &only, &moments);
        let (said, heard) = snapshot.heard();
        let scored = |at: usize| Scored {
            position: frames[at].position(customer),
            at: if is_present(&moments[at]) { heard } else { moments[at].instant() },
            frame: &frames[at],
            book: books[at],
            said,
        };
        let told = Told { catalog: whole, frame: snapshot.frame(), place: snapshot.frame().position(customer), facts };
        let stretch = |one: usize, other: usize| Stretch { before: scored(one), after: scored(other) };
        let days = (1..moments.len()).rev().filter_map(|at| {
            let ledger = told.ledger(&stretch(at - 1, at));
            (!ledger.changes.is_empty()).then(|| LedgerDay {
                from: written(moments[at - 1].instant()),
                to: written(moments[at].instant()),
                scorecard_version: books[at].version.clone(),
                ledger,
            })
        });
        Ok(LedgerPage {
            from: written(from.instant()),
            to: written(to.instant()),
            days: days.collect(),
            whole: told.ledger(&stretch(0, moments.len() - 1)),
        })
    }

    /// Both ends and every midnight of the firm's zone between them.
    fn midnights(&self, from: AsOf, to: AsOf) -> Vec<AsOf> {
        let mut moments = vec![to];
        let mut midnight = self.zone().midnight(to.instant());
        while midnight > from.instant() {
            if midnight < to.instant() {
                moments.push(AsOf(midnight));
            }
            // A day of a zone has 23 to 25 hours: half a day before its midnight lies in the day before.
            midnight = self.zone().midnight(midnight.plus_micros(-43_200_000_000));
        }
        moments.push(from);
        moments.reverse();
        moments
    }

    /// Which indicators look at a fact of a customer, and what they do to its health now.
    ///
    /// # Errors
    /// `not_found` for a customer that the reader may not see, or a fact that is not the customer's.
    pub async fn fact_touch(
        &self,
        scope: &Scope,
        customer: &CustomerId,
        fact: u64,
        now: Instant,
    ) -> Result<FactTouch, Error> {
        let snapshot = self.snapshot(None, now).await?;
        let position = self.place(&snapshot, scope, customer)?;
        let (app, customer) = (self.clone(), customer.clone());
        blocking(move || {
            let facts = app.facts().as_of(AsOf(Instant::MAX)).facts_of(&customer)?;
            let stored = facts.iter().find(|stored| stored.number == fact);
            let stored = stored.ok_or_else(|| Error::not_found(("这条动态", "the fact")))?;
            let score = snapshot.score(position);
            let read: Vec<&str> = app.book_of(&snapshot).map(ScoreBook::indicators).unwrap_or_default();
            let points = |id: &str| {
                let found = score?.contributions.iter().find(|one| one.indicator == id)?;
                found.points_hundredths.map(|points| f64::from(points) / 100.0)
            };
            let touched = touched(&app.definitions().catalog, stored, &customer, app.zone());
            let row = |one: &indicators::Indicator| TouchedIndicator {
                id: one.id.clone(),
                name: Words::from(&one.name),
                is_on_scorecard: read.contains(&one.id.as_str()),
                points: points(&one.id),
            };
            let mut indicators: Vec<TouchedIndicator> = touched.iter().map(row).collect();
            indicators.sort_by_key(|one| (one.points.is_none(), !one.is_on_scorecard));
            Ok(FactTouch { fact: fact_view(stored), indicators })
        })
        .await
    }
}

fn bad_period() -> Error {
    Error::bad(
        "bad_period",
        (
            "起止时间不对：开始要早于结束，最长 190 天，且不能晚于当前名单的时点",
            "the stretch must begin before it ends, be no longer than 190 days, and end no later than the lists stand",
        ),
        ("例如 from=2025-05-01&to=2025-06-01", "for example from=2025-05-01&to=2025-06-01"),
    )
}

/// The indicators that look at one fact, whomever it was said of first.
fn touched(
    catalog: &Catalog,
    stored: &StoredFact,
    customer: &CustomerId,
    zone: &vocab::Zone,
) -> Vec<indicators::Indicator> {
    let fact = Fact { customer_id: Some(customer.clone()), supersedes: None, retracts: None, ..stored.fact.clone() };
    let alone = [StoredFact { fact, ..stored.clone() }];
    let frame = FactFrame::of(&alone, &[], &catalog.want(), AsOf(Instant::MAX), zone);
    if frame.is_empty() { Vec::new() } else { catalog.touched_by(&frame, 0).into_iter().cloned().collect() }
}

fn fact_view(stored: &StoredFact) -> LedgerFact {
    LedgerFact {
        id: stored.number.to_string(),
        kind: stored.fact.kind.as_str().to_owned(),
        name: stored.fact.name.clone(),
        occurred_at: written(stored.fact.occurred_at),
        known_at: written(stored.known_at()),
    }
}

/// A ledger without the facts behind it: what another scorecard would change.
pub(crate) fn bare_ledger(catalog: &Catalog, before: &Scored<'_>, after: &Scored<'_>) -> HealthLedger {
    ledger_view(scores::ledger(catalog, before, after), |change| {
        let book = if change.cause == Cause::Removed { before.book } else { after.book };
        row(catalog, book, change)
    })
}

fn ledger_view(ledger: Ledger, row: impl Fn(&Change) -> HealthChangeRow) -> HealthLedger {
    HealthLedger {
        before: ledger.before.map(Health::points),
        after: ledger.after.map(Health::points),
        changes: ledger.changes.iter().map(row).collect(),
    }
}

impl Told<'_> {
    fn ledger(&self, stretch: &Stretch<'_>) -> HealthLedger {
        let Stretch { before, after } = stretch;
        let ledger = scores::ledger(self.catalog, before, after);
        ledger_view(ledger, |change| {
            let book = if change.cause == Cause::Removed { before.book } else { after.book };
            let mut row = row(self.catalog, book, change);
            if change.cause == Cause::Correction {
                row.sentence = word(before, after).unwrap_or(row.sentence);
            }
            if let Some(measure) = change.measure.as_deref().filter(|_| !change.cause.is_by_definition()) {
                let behind = self.facts_between(measure, before.frame, after.frame);
                row.fact_count = behind.len() as u64;
                row.facts = behind.into_iter().rev().take(NAMED).filter_map(|at| self.stored(at)).collect();
            }
            row
        })
    }

    /// The rows that an indicator looks at and that came into view, or went out of it by a correction, between two
    /// moments.
    fn facts_between(&self, indicator: &str, before: &IndicatorFrame, after: &IndicatorFrame) -> Vec<usize> {
        let Some(place) = self.place.filter(|_| self.catalog.get(indicator).is_some()) else { return Vec::new() };
        let rows = self.catalog.rows_behind(indicator, self.frame, place);
        let changed =
            |row: &usize| self.frame.is_visible(*row, before.as_of()) != self.frame.is_visible(*row, after.as_of());
        rows.into_iter().filter(changed).collect()
    }

    /// A row of the frame as the fact it is of.
    pub(crate) fn stored(&self, row: usize) -> Option<LedgerFact> {
        let is_it = |stored: &&StoredFact| {
            stored.fact.occurred_at == self.frame.occurred_at(row)
                && stored.fact.kind == self.frame.kind(row)
                && stored.fact.name == self.frame.name(row)
        };
        self.facts.iter().find(is_it).map(fact_view)
    }
}

fn row(catalog: &Catalog, book: &ScoreBook, change: &Change) -> HealthChangeRow {
    HealthChangeRow {
        cause: change.cause.as_str().to_owned(),
        measure: change.measure.as_deref().map(str::to_owned),
        sentence: sentence(catalog, book, change),
        points: f64::from(change.points_hundredths) / 100.0,
        before: change.before.map(figure),
        after: change.after.map(figure),
        fact_count: 0,
        facts: Vec::new(),
    }
}

/// What a change says, in words.
fn sentence(catalog: &Catalog, book: &ScoreBook, change: &Change) -> Words {
    let id = change.measure.as_deref().unwrap_or_default();
    let found = catalog.get(id);
    let said = std::iter::once(book).chain(book.special()).find_map(|book| book.measure(id)?.manual.as_ref());
    let name = found.map(|one| &one.name).or(said).map(Words::from).unwrap_or_else(|| Words::new(id, id));
    let unit = found.map_or("", |one| one.unit.as_str());
    let shown = |cell: Option<Cell>| number(cell, unit);
    let (before, after) = (shown(change.before), shown(change.after));
    let (zh, en) = (&name.zh, &name.en);
    match change.cause {
        Cause::Figure => {
            Words::new(format!("{zh}：{} → {}", before.zh, after.zh), format!("{en}: {} → {}", before.en, after.en))
        }
        Cause::Known => Words::new(format!("{zh}有了数据：{}", after.zh), format!("{en} is known now: {}", after.en)),
        Cause::Lost => Words::new(
            format!("{zh}没有数据了（原为 {}）", before.zh),
            format!("{en} is no longer known (was {})", before.en),
        ),
        Cause::Age => Words::new(
            format!("{zh}的数据新旧有变，权重随之改变"),
            format!("{en} has another age, and counts otherwise"),
        ),
        Cause::Weighing => Words::new(
            "其他指标有增减，余下各项权重相应调整",
            "other measures came or went, so the rest weigh otherwise",
        ),
        Cause::Weight => {
            Words::new(format!("打分卡调整了“{zh}”的权重"), format!("the scorecard weighs {en} otherwise"))
        }
        Cause::Curve => {
            Words::new(format!("打分卡调整了“{zh}”的计分方式"), format!("the scorecard scores {en} otherwise"))
        }
        Cause::Added => Words::new(format!("打分卡新增“{zh}”"), format!("the scorecard now counts {en}")),
        Cause::Removed => Words::new(format!("打分卡去掉了“{zh}”"), format!("the scorecard no longer counts {en}")),
        Cause::Scorecard => Words::new("换了打分卡", "another scorecard"),
        Cause::Correction => Words::new("人工调整有变", "a person's word began, ended or changed"),
        Cause::Began => Words::new("开始有健康分，从基准分算起", "there is a health now, from the base on"),
        Cause::Ended => Words::new("数据不足，不再有健康分", "too little is known; there is no health any more"),
    }
}

fn number(cell: Option<Cell>, unit: &str) -> Words {
    match cell {
        Some(Cell::Known(value)) => {
            let (number, word) = (indicators::figure(value, unit), unit_word(unit));
            let spaced = |word: &str| format!("{number} {word}").trim_end().to_owned();
            Words::new(spaced(&word.zh), spaced(&word.en))
        }
        _ => Words::new("无数据", "no data"),
    }
}

/// Who said what of a health, if somebody does on either side.
fn word(before: &Scored<'_>, after: &Scored<'_>) -> Option<Words> {
    let of = |scored: &Scored<'_>| {
        let customer = &scored.frame.customers()[scored.position?];
        Said::override_of(scored.said, customer, scored.at).cloned()
    };
    match (of(before), of(after)) {
        (_, Some(word)) => Some(Words::new(
            format!("{}把健康分定为 {}：{}", word.author, word.health, word.reason),
            format!("{} set the health to {}: {}", word.author, word.health, word.reason),
        )),
        (Some(word), None) => Some(Words::new(
            format!("{}的人工调整（{}）结束", word.author, word.health),
            format!("the word of {} ({}) has ended", word.author, word.health),
        )),
        (None, None) => None,
    }
}
