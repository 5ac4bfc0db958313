//! Indicators for screens: the catalogue, one of them, a definition tried out before anybody relies on it.
//!
//! Numbers are those of the customers that the reader may see and that have not left, as of the moment of the page.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::FactFrame;
use indicators::{
    Catalog, Cell, Indicator, IndicatorFrame, Population, Sorting, Worse, counted, evaluate_at, unit_word,
};
use outcomes::State;
use scores::SegmentBook;
use vocab::{Amount, AsOf, CustomerId, Instant, Scope};

use crate::books::definitions::{Definitions, indicator_files};
use crate::books::peer_groups::{peer_plan, peers};
use crate::customer::segments::segments_of;
use crate::error::{Error, from_findings};
use crate::learnt::efficacy::summary;
use crate::moment::belonging::Belonging;
use crate::moment::snapshot::Snapshot;
use crate::shown::{figure, written};
use crate::view::{
    Bar, CompareRequest, Count, CustomerFigure, CustomerTest, Distribution, EfficacyReport, FigurePair, Firm,
    GroupFigure, IndicatorCard, IndicatorCatalog, IndicatorComparison, IndicatorPage, IndicatorPreview, PreviewRequest,
    Previewed, TestedFact, TrendPoint, Words,
};
use crate::{App, Reader, blocking};

const BARS: usize = 20;
const EXTREMES: usize = 10;
const EXAMPLES: usize = 20;
const MOST_FACTS: usize = 200;
const MOST_OWNERS: usize = 20;
/// Most customers of a scatter.
const POINTS: usize = 500;
/// Moments of a trend, four weeks apart.
const TREND: i64 = 13;
/// A definition longer than this is not read.
const LONGEST_TEXT: usize = 100_000;

/// The customers that a page is about.
struct Seen {
    snapshot: Arc<Snapshot>,
    positions: Vec<usize>,
}

impl Seen {
    fn of(snapshot: Arc<Snapshot>, scope: &Scope) -> Seen {
        let here = |position: &usize| {
            snapshot.admits(scope, *position) && !matches!(snapshot.state(*position), State::Gone { .. })
        };
        let positions = (0..snapshot.customers().len()).filter(here).collect();
        Seen { snapshot, positions }
    }

    fn customers(&self) -> Vec<CustomerId> {
        self.positions.iter().map(|position| self.snapshot.customers()[*position].clone()).collect()
    }

    /// The cells of an indicator, in the order of the positions.
    fn cells(&self, frame: &IndicatorFrame, id: &str) -> Vec<Cell> {
        let customers = self.snapshot.customers();
        let nobody = Cell::Unknown(vocab::Unknown::NeverObserved);
        let cell = |position: &usize| frame.position(&customers[*position]).map_or(nobody, |row| frame.cell(row, id));
        self.positions.iter().map(cell).collect()
    }

    fn named(&self, place: usize, value: f64) -> CustomerFigure {
        let position = self.positions[place];
        let id = self.snapshot.customers()[position].to_string();
        CustomerFigure { id, name: self.snapshot.name(position).to_owned(), value }
    }

    /// Places with their numbers, lowest first.
    fn sorted(cells: &[Cell]) -> Vec<(usize, f64)> {
        let known = cells.iter().enumerate().filter_map(|(place, cell)| Some((place, cell.known()?)));
        let mut known: Vec<(usize, f64)> = known.collect();
        known.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        known
    }
}

impl App {
    /// The catalogue with coverage and, once worked out, efficacy.
    pub async fn indicator_catalog(
        &self,
        reader: &Reader,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<IndicatorCatalog, Error> {
        let seen = Seen::of(self.snapshot(as_of, now).await?, &reader.scope);
        let churn = self.working_firm().await?.churn;
        let report = self.last_efficacy(&churn);
        let card = |indicator: &Indicator| {
            card(indicator, &seen.cells(&seen.snapshot.indicators, &indicator.id), report.as_ref())
        };
        Ok(IndicatorCatalog {
            as_of: written(seen.snapshot.as_of.instant()),
            efficacy_as_of: report.as_ref().map(|report| report.as_of.clone()),
            churn,
            indicators: self.definitions().catalog.indicators().iter().map(card).collect(),
        })
    }

    /// Everything about one indicator.
    pub async fn indicator_page(
        &self,
        reader: &Reader,
        id: &str,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<IndicatorPage, Error> {
        let missing = || Error::not_found(("这个指标", "the indicator"));
        let indicator = self.definitions().catalog.get(id).ok_or_else(missing)?.clone();
        let seen = Seen::of(self.snapshot(as_of, now).await?, &reader.scope);
        let belonging = self.belonging(&seen.snapshot, as_of).await?;
        let report = self.last_efficacy(&self.working_firm().await?.churn);
        let app = self.clone();
        blocking(move || {
            let cells = seen.cells(&seen.snapshot.indicators, &indicator.id);
            let only = app.definitions().catalog.only(&[&indicator.id]).with_supply(Arc::clone(&seen.snapshot.supply));
            let sorted = Seen::sorted(&cells);
            let low = || sorted.iter().take(EXTREMES).map(|(place, value)| seen.named(*place, *value)).collect();
            let high = || sorted.iter().rev().take(EXTREMES).map(|(place, value)| seen.named(*place, *value)).collect();
            let (best, worst) = if indicator.worse == Worse::Lower { (high(), low()) } else { (low(), high()) };
            Ok(IndicatorPage {
                card: card(&indicator, &cells, report.as_ref()),
                as_of: written(seen.snapshot.as_of.instant()),
                source: Definitions::source("indicator", &indicator.id).unwrap_or_default(),
                definition: table_of(&indicator.id)?,
                distribution: distribution(&cells),
                trend: trend(&seen, seen.snapshot.frame(), &only, &indicator.id, app.zone()),
                groups: groups(&seen, &belonging, &cells),
                peers: peer_plan(&indicator, &seen.snapshot.indicators, belonging.book()),
                best,
                worst,
                efficacy: report.and_then(|report| report.indicators.into_iter().find(|one| one.id == indicator.id)),
            })
        })
        .await
    }

    /// What a definition gives on the customers seen, on history, and for one customer with its facts.
    ///
    /// # Errors
    /// `bad_definition` with everything that is wrong with it; `not_found` for a customer that the reader may not see.
    pub async fn preview_indicator(
        &self,
        reader: &Reader,
        request: PreviewRequest,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<IndicatorPreview, Error> {
        let (catalog, ids) = tried(&request.text)?;
        let snapshot = self.snapshot(as_of, now).await?;
        let customer = request.customer.as_deref().filter(|id| !id.is_empty()).map(CustomerId::from);
        if let Some(customer) = &customer {
            self.place(&snapshot, &reader.scope, customer)?;
        }
        let seen = Seen::of(snapshot, &reader.scope);
        let (app, firm) = (self.clone(), self.working_firm().await?);
        blocking(move || {
            let (frame, catalog) = app.tried_on(&seen, catalog, &firm)?;
            let now = answers(&seen, &frame, &catalog);
            let of =
                |id: &String| app.previewed((&seen, &firm.template), &frame, &catalog, &now, id, customer.as_ref());
            let indicators = ids.iter().filter_map(of).collect();
            Ok(IndicatorPreview { as_of: written(seen.snapshot.as_of.instant()), indicators })
        })
        .await
    }

    /// Two definitions on the customers seen, side by side.
    ///
    /// # Errors
    /// As [`App::preview_indicator`]; `one_indicator` where a side has none or several.
    pub async fn compare_indicators(
        &self,
        reader: &Reader,
        request: CompareRequest,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<IndicatorComparison, Error> {
        let sides = [self.side(&request.left)?, self.side(&request.right)?];
        let seen = Seen::of(self.snapshot(as_of, now).await?, &reader.scope);
        let (app, firm) = (self.clone(), self.working_firm().await?);
        blocking(move || {
            let mut shown = Vec::new();
            for (catalog, id) in sides {
                let (frame, catalog) = app.tried_on(&seen, catalog, &firm)?;
                let now = answers(&seen, &frame, &catalog);
                let cells = seen.cells(&now, &id);
                let previewed = app.previewed((&seen, &firm.template), &frame, &catalog, &now, &id, None);
                shown.push((previewed.ok_or_else(|| Error::internal("an indicator that was there is gone"))?, cells));
            }
            let [(left, one), (right, two)] =
                <[_; 2]>::try_from(shown).map_err(|_| Error::internal("two sides were asked for"))?;
            Ok(compared(&seen, (left, &one), (right, &two)))
        })
        .await
    }

    /// A side of a comparison: a shipped indicator by its id, or one defined by the text.
    fn side(&self, text: &str) -> Result<(Catalog, String), Error> {
        let shipped = &self.definitions().catalog;
        if let Some(found) = shipped.get(text.trim()) {
            return Ok((shipped.only(&[&found.id]), found.id.clone()));
        }
        let (catalog, ids) = tried(text)?;
        match ids.as_slice() {
            [id] => Ok((catalog.only(&[id]), id.clone())),
            _ => Err(Error::bad(
                "one_indicator",
                ("每一侧须正好是一个指标", "each side must be exactly one indicator"),
                ("写一个 [[indicator]]，或填自带指标的编号", "write one [[indicator]], or the id of a shipped one"),
            )),
        }
    }

    /// The facts that a definition needs, up to the moment of the page.
    fn tried_on(&self, seen: &Seen, catalog: Catalog, firm: &Firm) -> Result<(FactFrame, Catalog), Error> {
        let supply = &seen.snapshot.supply;
        let catalog = self.with_memberships(catalog, firm, supply)?.with_supply(Arc::clone(supply));
        let catalog = catalog.with_calendar(self.definitions().calendar.clone());
        let frame = self.facts().as_of(seen.snapshot.as_of).frame(&catalog.want())?;
        Ok((frame, catalog))
    }

    fn previewed(
        &self,
        (seen, template): (&Seen, &str),
        frame: &FactFrame,
        catalog: &Catalog,
        now: &IndicatorFrame,
        id: &str,
        customer: Option<&CustomerId>,
    ) -> Option<Previewed> {
        let indicator = catalog.get(id)?;
        let book = self.definitions().segments.get(template);
        let cells = seen.cells(now, id);
        let highest = Seen::sorted(&cells);
        let only = catalog.only(&[id]);
        Some(Previewed {
            id: id.to_owned(),
            name: Words::from(&indicator.name),
            version: indicator.version.clone(),
            distribution: distribution(&cells),
            trend: trend(seen, frame, &only, id, self.zone()),
            examples: highest.iter().rev().take(EXAMPLES).map(|(place, value)| seen.named(*place, *value)).collect(),
            customer: customer.map(|customer| tested(frame, catalog, (indicator, book), customer, seen.snapshot.as_of)),
            peers: peer_plan(indicator, now, book),
        })
    }
}

/// The table of a shipped definition, as its file has it.
fn table_of(id: &str) -> Result<serde_json::Value, Error> {
    for (_, text) in indicator_files() {
        let file: toml::Table = text.parse().map_err(Error::internal)?;
        let all = file.get("indicator").and_then(toml::Value::as_array);
        let found = all.and_then(|all| all.iter().find(|one| one.get("id").and_then(toml::Value::as_str) == Some(id)));
        if let Some(table) = found {
            return serde_json::to_value(table).map_err(Error::internal);
        }
    }
    Err(Error::internal("an indicator of the catalogue is in none of its files"))
}

/// The indicators of a text, with the shipped ones where it names them; and which are its own.
pub(crate) fn tried(text: &str) -> Result<(Catalog, Vec<String>), Error> {
    if text.len() > LONGEST_TEXT {
        return Err(Error::bad(
            "too_long",
            ("定义太长", "the definition is too long"),
            ("一次试一两个指标", "try one or two indicators at a time"),
        ));
    }
    let own = ("definition.toml".to_owned(), text.to_owned());
    let ids = |catalog: &Catalog| -> Vec<String> { catalog.indicators().iter().map(|one| one.id.clone()).collect() };
    let alone = match Catalog::parse(std::slice::from_ref(&own)) {
        Ok(catalog) => {
            let ids = ids(&catalog);
            return Ok((catalog, ids));
        }
        Err(findings) => findings,
    };
    let wrong = |findings: &[vocab::Finding]| from_findings("bad_definition", findings);
    if alone.iter().any(|finding| finding.code != "unknown_reference") {
        return Err(wrong(&alone));
    }
    let shipped = Catalog::parse(&indicator_files()).map_err(|findings| wrong(&findings))?;
    let mut files = indicator_files();
    files.push(own);
    let both = Catalog::parse(&files).map_err(|findings| wrong(&findings))?;
    let mut own = ids(&both);
    own.retain(|id| shipped.get(id).is_none());
    let wanted: Vec<&str> = own.iter().map(String::as_str).collect();
    Ok((both.only(&wanted), own))
}

fn answers(seen: &Seen, frame: &FactFrame, catalog: &Catalog) -> IndicatorFrame {
    evaluate_at(frame, catalog, &Population::These(seen.customers()), &[seen.snapshot.as_of]).remove(0)
}

fn card(indicator: &Indicator, cells: &[Cell], report: Option<&EfficacyReport>) -> IndicatorCard {
    let row = report.and_then(|report| report.indicators.iter().find(|one| one.id == indicator.id));
    IndicatorCard {
        id: indicator.id.clone(),
        name: Words::from(&indicator.name),
        question: Words::from(&indicator.question),
        category: indicator.category.clone(),
        unit: Words::from(&unit_word(&indicator.unit)),
        unit_key: indicator.unit.clone(),
        worse: indicator.worse.as_str().to_owned(),
        window: indicator.window(),
        census: indicator.census.clone(),
        version: indicator.version.clone(),
        known: cells.iter().filter(|cell| cell.known().is_some()).count() as u64,
        customers: cells.len() as u64,
        efficacy: row.map(summary),
    }
}

/// How the numbers of some customers lie.
pub(crate) fn distribution(cells: &[Cell]) -> Distribution {
    let mut values: Vec<f64> = cells.iter().filter_map(|cell| cell.known()).collect();
    values.sort_by(f64::total_cmp);
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for reason in cells.iter().filter_map(|cell| cell.unknown()) {
        *reasons.entry(reason.as_str()).or_default() += 1;
    }
    let mut unknown: Vec<Count> =
        reasons.into_iter().map(|(key, count)| Count { key: key.to_owned(), count }).collect();
    unknown.sort_by(|a, b| b.count.cmp(&a.count).then(a.key.cmp(&b.key)));
    Distribution {
        customers: cells.len() as u64,
        known: values.len() as u64,
        unknown,
        mean: (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64),
        quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].iter().filter_map(|part| quantile(&values, *part)).collect(),
        bars: bars(&values),
    }
}

/// The value at a part of the sorted values, between two of them in proportion.
fn quantile(sorted: &[f64], part: f64) -> Option<f64> {
    let place = part * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(low + (high - low) * place.fract())
}

fn bars(sorted: &[f64]) -> Vec<Bar> {
    let (Some(low), Some(high)) = (quantile(sorted, 0.01), quantile(sorted, 0.99)) else { return Vec::new() };
    if low == high {
        return vec![Bar { from: low, to: high, count: sorted.len() as u64 }];
    }
    let (low, width, count) = if sorted.iter().all(|value| value.fract() == 0.0) {
        // Of whole numbers each bar takes equally many, so that none is empty for no reason.
        let (low, span) = (low.floor(), high.ceil() - low.floor() + 1.0);
        let width = (span / BARS as f64).ceil();
        (low, width, (span / width).ceil() as usize)
    } else {
        (low, (high - low) / BARS as f64, BARS)
    };
    let edge = |bar: usize| low + width * bar as f64;
    let mut bars: Vec<Bar> = (0..count).map(|bar| Bar { from: edge(bar), to: edge(bar + 1), count: 0 }).collect();
    for value in sorted {
        let bar = ((value - low) / width).floor().clamp(0.0, (count - 1) as f64);
        bars[bar as usize].count += 1;
    }
    bars
}

fn trend(seen: &Seen, frame: &FactFrame, only: &Catalog, id: &str, zone: &vocab::Zone) -> Vec<TrendPoint> {
    let now = seen.snapshot.as_of.instant();
    let moments: Vec<AsOf> = (0..TREND).rev().map(|step| AsOf(now.plus_days(-28 * step))).collect();
    let frames = evaluate_at(frame, only, &Population::These(seen.customers()), &moments);
    let point = |frame: &IndicatorFrame| {
        let cells = seen.cells(frame, id);
        let sorted: Vec<f64> = Seen::sorted(&cells).into_iter().map(|(_, value)| value).collect();
        TrendPoint {
            on: zone.date(frame.as_of().instant()),
            median: quantile(&sorted, 0.5),
            lower: quantile(&sorted, 0.25),
            upper: quantile(&sorted, 0.75),
            known: sorted.len() as u64,
            customers: cells.len() as u64,
        }
    };
    frames.iter().map(point).collect()
}

/// The middle value of each part of the customers: by band, owner, segment and tier.
fn groups(seen: &Seen, belonging: &Belonging, cells: &[Cell]) -> Vec<GroupFigure> {
    let mut by: BTreeMap<(&str, String), Vec<f64>> = BTreeMap::new();
    for (position, cell) in seen.positions.iter().zip(cells) {
        if let Some(value) = cell.known() {
            let mut put = |sort, key: &str| by.entry((sort, key.to_owned())).or_default().push(value);
            put("band", seen.snapshot.band(*position).map_or("-", |band| band.as_str()));
            put("owner", seen.snapshot.cards[*position].owner.as_deref().unwrap_or("-"));
            put("tier", belonging.tier(*position).map_or("-", |tier| tier.as_str()));
            segments_of(belonging, *position).into_iter().for_each(|segment| put("segment", &segment.id));
        }
    }
    let named = |sort: &str, key: &str| match sort {
        "segment" => belonging.book().and_then(|book| book.name(key)).map(Words::from),
        "tier" => Sorting::Tier.word(key).map(Words::from),
        _ => None,
    };
    let mut found: Vec<GroupFigure> = by
        .into_iter()
        .map(|((sort, key), mut values)| {
            values.sort_by(f64::total_cmp);
            let (known, median) = (values.len() as u64, quantile(&values, 0.5));
            GroupFigure { sort: sort.to_owned(), name: named(sort, &key), key, known, median }
        })
        .collect();
    found.sort_by(|a, b| a.sort.cmp(&b.sort).then(b.known.cmp(&a.known)));
    let mut owners = 0;
    found.retain(|group| {
        owners += usize::from(group.sort == "owner");
        group.sort != "owner" || owners <= MOST_OWNERS
    });
    found
}

fn tested(
    frame: &FactFrame,
    catalog: &Catalog,
    (indicator, book): (&Indicator, Option<&SegmentBook>),
    customer: &CustomerId,
    as_of: AsOf,
) -> CustomerTest {
    let answer = evaluate_at(frame, catalog, &Population::These(vec![customer.clone()]), &[as_of]).remove(0);
    let cell = answer.position(customer).map(|row| answer.cell(row, &indicator.id));
    let taken = counted(frame, indicator, customer, as_of);
    let rows = frame.position(customer).map_or(0..0, |position| frame.rows_of(position));
    let fact = |row: usize| TestedFact {
        occurred_at: written(frame.occurred_at(row)),
        kind: frame.kind(row).as_str().to_owned(),
        name: frame.name(row).to_owned(),
        value: frame.value(row).map(Amount::to_f64),
        counted: taken.binary_search(&row).is_ok(),
    };
    let latest = rows.rev().filter(|row| frame.is_visible(*row, as_of)).take(MOST_FACTS);
    let place = answer.position(customer);
    CustomerTest {
        figure: figure(cell.unwrap_or(Cell::Unknown(vocab::Unknown::NeverObserved))),
        peers: place.and_then(|place| peers(indicator, &answer, place, book)),
        facts: latest.map(fact).collect(),
    }
}

fn compared(seen: &Seen, left: (Previewed, &[Cell]), right: (Previewed, &[Cell])) -> IndicatorComparison {
    let pairs = || left.1.iter().zip(right.1);
    let known: Vec<(usize, f64, f64)> =
        pairs().enumerate().filter_map(|(place, (one, two))| Some((place, one.known()?, two.known()?))).collect();
    let mut far = known.clone();
    far.retain(|(_, one, two)| one != two);
    far.sort_by(|a, b| (b.1 - b.2).abs().total_cmp(&(a.1 - a.2).abs()).then(a.0.cmp(&b.0)));
    let pair = |(place, one, two): &(usize, f64, f64)| {
        let CustomerFigure { id, name, value } = seen.named(*place, *one);
        FigurePair { id, name, left: value, right: *two }
    };
    let ones: Vec<f64> = known.iter().map(|(_, one, _)| *one).collect();
    let twos: Vec<f64> = known.iter().map(|(_, _, two)| *two).collect();
    IndicatorComparison {
        as_of: written(seen.snapshot.as_of.instant()),
        both_known: known.len() as u64,
        equal: pairs().filter(|(one, two)| one == two).count() as u64,
        left_only: pairs().filter(|(one, two)| one.known().is_some() && two.known().is_none()).count() as u64,
        right_only: pairs().filter(|(one, two)| one.known().is_none() && two.known().is_some()).count() as u64,
        rank_correlation: training::efficacy::rank_correlation(&ones, &twos),
        farthest: far.iter().take(EXAMPLES).map(pair).collect(),
        points: known.iter().step_by(known.len().div_ceil(POINTS).max(1)).map(pair).collect(),
        left: left.0,
        right: right.0,
    }
}
