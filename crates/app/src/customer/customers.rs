//! The customer list: searched, filtered, sorted and paged over everything the reader may see.

use std::collections::HashMap;
use std::sync::Arc;

use indicators::Sorting;
use outcomes::{Life, State};
use scores::{Firmness, Tier};
use vocab::{AsOf, CustomerId, Instant, Scope, Unknown};

use crate::App;
use crate::customer::search::Needle;
use crate::error::Error;
use crate::moment::belonging::Belonging;
use crate::moment::order::CustomerOrder;
use crate::moment::roll::{FACETS, parts_of};
use crate::moment::snapshot::{Snapshot, owner_keys, state_index};
use crate::risk::champion::Reasoned;
use crate::shown::{BANDS, UNKNOWN, band_word, figure, offset, tier_word, unknown_words, written};
use crate::view::{self, Count, CustomerRow, Standing, Verdict, WonBack, Words};

/// Which customers, in which order, which page.
#[derive(Clone, Debug, Default)]
pub struct CustomerQuery {
    /// Part of a name, an id, pinyin or initials.
    pub search: Option<String>,
    /// Only these bands; `unknown` is one of them. Empty = all.
    pub bands: Vec<String>,
    /// Only this owner; `-` = nobody's.
    pub owner: Option<String>,
    /// Only these states; empty = current and too new.
    pub states: Vec<String>,
    /// Only with (or without) open alerts.
    pub has_alert: Option<bool>,
    /// Only of these tiers of value; `unknown` is one of them. Empty = all.
    pub tiers: Vec<String>,
    /// Only in these cells of RFM; `unknown` is one of them. Empty = all.
    pub rfm: Vec<String>,
    /// Only in one of these segments; empty = all.
    pub segments: Vec<String>,
    /// Only with one of these tags; empty = all.
    pub tags: Vec<String>,
    /// Order.
    pub order: CustomerOrder,
    /// Turned round; absent = the order's own direction (worst, largest, newest first; names from A).
    pub descending: Option<bool>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows on the page; at most 500.
    pub limit: usize,
}

/// What the matches are, before they are paged.
pub(crate) struct Matches {
    pub snapshot: Arc<Snapshot>,
    pub total: usize,
    pub band_counts: Vec<Count>,
    pub tier_counts: Vec<Count>,
    pub belonging: Arc<Belonging>,
    /// By place.
    is_meant: Vec<bool>,
    order: CustomerOrder,
    turned: bool,
}

impl Matches {
    /// Everybody who is meant, in order.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> {
        let order = self.snapshot.roll.order(&self.snapshot, self.order, self.turned);
        order.iter().map(|place| *place as usize).filter(|place| self.is_meant[*place])
    }

    /// Some of them, and where the next begin.
    pub(crate) fn page(&self, cursor: Option<&str>, limit: usize) -> Result<(Vec<usize>, Option<String>), Error> {
        let start = offset(cursor)?.min(self.total);
        let end = (start + limit.clamp(1, 500)).min(self.total);
        let next = (end < self.total).then(|| end.to_string());
        Ok((self.places().skip(start).take(end - start).collect(), next))
    }
}

impl App {
    /// A page of the customer list.
    pub async fn customers(
        &self,
        scope: &Scope,
        query: &CustomerQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<view::CustomerList, Error> {
        let matches = self.matching_customers(scope, query, as_of, now).await?;
        let snapshot = &matches.snapshot;
        let (page, next_cursor) = matches.page(query.cursor.as_deref(), query.limit)?;
        let shown = page.iter().map(|position| snapshot.customers()[*position].clone()).collect();
        let alerts = self.open_alert_counts(scope, as_of, Some(shown)).await?;
        let counts = snapshot.state_counts(scope);
        let count = |key: &str, index: usize| Count { key: key.to_owned(), count: counts[index] };
        let row = |position: &usize| {
            let alerts = count_of(&alerts, snapshot, *position);
            row(self, snapshot, &matches.belonging, *position, alerts)
        };
        let mut rows: Vec<CustomerRow> = page.iter().map(row).collect();
        if as_of.is_none() {
            self.freshen(snapshot, rows.iter_mut(), now).await?;
        }
        self.tell_risks(snapshot, rows.iter_mut(), Reasoned::No).await?;
        Ok(view::CustomerList {
            rows,
            total: matches.total as u64,
            next_cursor,
            band_counts: matches.band_counts.clone(),
            tier_counts: matches.tier_counts.clone(),
            state_counts: vec![count("current", 0), count("too_new", 1), count("gone", 2)],
            owners: owner_keys(snapshot, scope),
            as_of: written(snapshot.as_of.instant()),
        })
    }

    /// All customers that a query matches, in order.
    pub(crate) async fn matching_customers(
        &self,
        scope: &Scope,
        query: &CustomerQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Matches, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let belonging = self.belonging(&snapshot, as_of).await?;
        check_names(query, &belonging)?;
        let alerted = match query.has_alert {
            Some(_) => self.alerted(scope, &snapshot, as_of).await?,
            None => Default::default(),
        };
        let states = STATE_WORDS.map(|word| match query.states.is_empty() {
            true => word != "gone",
            false => query.states.iter().any(|state| state == word),
        });
        let needle = query.search.as_deref().and_then(Needle::new);
        let found = needle.map(|needle| needle.places(&snapshot));
        let admitted = snapshot.roll.admitted(scope, query.owner.as_deref());
        let segments: Vec<usize> =
            query.segments.iter().filter_map(|name| belonging.book().and_then(|book| book.place(name))).collect();
        let frame = belonging.frame();
        let is_in =
            |segment: usize, position: usize| frame.and_then(|frame| frame.is_in(segment, position)) == Some(true);
        let passes = |position: usize| {
            query.has_alert.is_none_or(|wanted| alerted[position] == wanted)
                && found.as_ref().is_none_or(|found| found.contains(&position))
                && (segments.is_empty() || segments.iter().any(|segment| is_in(*segment, position)))
                && among(&belonging, &snapshot, position, Sorting::Tag, &query.tags)
                && among(&belonging, &snapshot, position, Sorting::Rfm, &query.rfm)
        };
        let in_bands = BANDS.map(|band| query.bands.is_empty() || query.bands.iter().any(|one| one == band_word(band)));
        let in_tiers = TIERS.map(|tier| query.tiers.is_empty() || query.tiers.iter().any(|one| one == tier_word(tier)));
        // Everybody is gone through in the order of places, where all that is asked lies side by side; the order of the list
        // then asks of each place only whether it is meant.
        let mut counts = [[0_u64; TIERS.len()]; FACETS];
        let mut is_meant = vec![false; snapshot.customers().len()];
        for (position, (facet, is_meant)) in snapshot.roll.facets().iter().zip(&mut is_meant).enumerate() {
            let (state, band) = parts_of(usize::from(*facet));
            if states[state] && admitted.has(position) && passes(position) {
                let tier = tier_place(belonging.tier(position));
                counts[usize::from(*facet)][tier] += 1;
                *is_meant = in_bands[band] && in_tiers[tier];
            }
        }
        let (mut bands, mut tiers, mut total) = ([0; BANDS.len()], [0; TIERS.len()], 0);
        for (facet, counts) in counts.iter().enumerate() {
            let (_, band) = parts_of(facet);
            for (tier, count) in counts.iter().enumerate() {
                // Each count leaves out its own filter and keeps the others.
                bands[band] += if in_tiers[tier] { *count } else { 0 };
                tiers[tier] += if in_bands[band] { *count } else { 0 };
                total += if in_bands[band] && in_tiers[tier] { *count as usize } else { 0 };
            }
        }
        let count = |key: &str, count: u64| Count { key: key.to_owned(), count };
        let band_counts = BANDS.iter().zip(bands).map(|(band, sum)| count(band_word(*band), sum)).collect();
        let tier_counts = TIERS.iter().zip(tiers).map(|(tier, sum)| count(tier_word(*tier), sum)).collect();
        let turned = query.descending.is_some_and(|wanted| wanted != query.order.descends());
        Ok(Matches { snapshot, total, band_counts, tier_counts, belonging, is_meant, order: query.order, turned })
    }
}

/// Refuses names that nothing is called by: an empty list would hide the mistake.
fn check_names(query: &CustomerQuery, belonging: &Belonging) -> Result<(), Error> {
    let fixed = |sorting: Sorting, name: &str| name == UNKNOWN || sorting.word(name).is_some();
    let segment = |name: &str| belonging.book().is_some_and(|book| book.segment(name).is_some());
    let wrong = query.tiers.iter().find(|name| !fixed(Sorting::Tier, name));
    let wrong = wrong.or_else(|| query.rfm.iter().find(|name| !fixed(Sorting::Rfm, name)));
    match wrong.or_else(|| query.segments.iter().find(|name| !segment(name))) {
        None => Ok(()),
        Some(name) => Err(Error::bad(
            "unknown_segment",
            (
                &format!("没有这个分群、价值分层或 RFM 分格：“{name}”"),
                &format!("there is no segment, tier or RFM cell \"{name}\""),
            ),
            ("可用的见 GET /api/segments 与 /api/rfm", "GET /api/segments and /api/rfm list them"),
        )),
    }
}

/// Whether the customer at a place belongs to one of these; whoever is asked for nothing passes.
fn among(belonging: &Belonging, snapshot: &Snapshot, position: usize, sorting: Sorting, names: &[String]) -> bool {
    let is_unknown = |name: &str| match sorting {
        Sorting::Rfm => name == UNKNOWN && belonging.cell(position).is_none(),
        Sorting::Tier | Sorting::Segment | Sorting::Tag => false,
    };
    let is_in = |name: &String| belonging.is_in(snapshot, position, sorting, name) == Some(true) || is_unknown(name);
    names.is_empty() || names.iter().any(is_in)
}

/// The tiers of value, the highest first, and what is of none.
const TIERS: [Option<Tier>; 4] = [Some(Tier::High), Some(Tier::Middle), Some(Tier::Low), None];

/// Place of a tier among [`TIERS`].
fn tier_place(tier: Option<Tier>) -> usize {
    TIERS.iter().position(|one| *one == tier).unwrap_or(TIERS.len() - 1)
}

/// Open alerts of the customer at a place.
pub(crate) fn count_of(alerts: &HashMap<CustomerId, u32>, snapshot: &Snapshot, position: usize) -> u32 {
    alerts.get(&snapshot.customers()[position]).copied().unwrap_or(0)
}

/// The row of the customer at a place.
pub(crate) fn row(
    app: &App,
    snapshot: &Snapshot,
    belonging: &Belonging,
    position: usize,
    open_alert_count: u32,
) -> CustomerRow {
    row_of(app, (snapshot, position), (belonging, Some(position)), open_alert_count)
}

/// The row of the customer at a place, who belongs where another place says; nowhere without one.
pub(crate) fn row_of(
    app: &App,
    (snapshot, position): (&Snapshot, usize),
    (belonging, place): (&Belonging, Option<usize>),
    open_alert_count: u32,
) -> CustomerRow {
    let card = &snapshot.cards[position];
    let tags = belonging.tags.of(&snapshot.customers()[position]).iter();
    let reasons = reasons(app, snapshot, position);
    CustomerRow {
        id: snapshot.customers()[position].to_string(),
        name: snapshot.name(position).to_owned(),
        owner: card.owner.as_deref().map(str::to_owned),
        verdict: verdict(snapshot, position),
        health_change_30d: snapshot.health_change_30d(position),
        trend: snapshot.trend(position).collect(),
        standing: standing(snapshot, position),
        value: figure(snapshot.value(position)),
        reason: reasons.into_iter().next(),
        risk: None,
        open_alert_count,
        contract_end_on: card.contract_end_on.as_deref().map(str::to_owned),
        tier: place.and_then(|place| belonging.tier(place)).map(|tier| tier.as_str().to_owned()),
        rfm: place.and_then(|place| belonging.cell(place)).map(|cell| cell.as_str().to_owned()),
        tags: tags.map(|record| record.tag.clone()).collect(),
    }
}

/// The strongest reasons, worst first, in the customer's own figures.
pub(crate) fn reasons(app: &App, snapshot: &Snapshot, position: usize) -> Vec<Words> {
    let Some(book) = app.book_of(snapshot) else {
        return Vec::new();
    };
    let Some(score) = snapshot.score(position) else {
        return Vec::new();
    };
    let texts = scores::reasons(score, book, &app.definitions().catalog, &snapshot.indicators, position);
    texts.into_iter().map(Words::from).collect()
}

pub(crate) fn verdict(snapshot: &Snapshot, position: usize) -> Verdict {
    verdict_of(snapshot.score(position))
}

/// The verdict that a score is.
pub(crate) fn verdict_of(score: Option<&scores::CustomerScore>) -> Verdict {
    let health = score.and_then(|score| score.health);
    Verdict {
        band: score.and_then(|score| score.band).map(|band| band.as_str().to_owned()),
        health: health.map(|health| health.points()),
        coverage: score.map_or(0.0, |score| f64::from(score.coverage) / 10_000.0),
        firmness: score.map_or(Firmness::Thin, |score| score.firmness).as_str().to_owned(),
        unknown_because: health.is_none().then(|| unknown_words(Unknown::LowCoverage)),
    }
}

pub(crate) fn standing(snapshot: &Snapshot, position: usize) -> Standing {
    let customer = &snapshot.customers()[position];
    let state = snapshot.state(position);
    let life = snapshot.lifetimes.life(customer);
    let won_back = life
        .and_then(Life::won_back)
        .and_then(|spell| Some(WonBack { gone_at: written(spell.gone_at), back_at: written(spell.back_at?) }));
    Standing {
        state: state_word(state).to_owned(),
        gone_at: match state {
            State::Gone { at } => Some(written(at)),
            _ => None,
        },
        first_seen_at: snapshot.states.first_seen(customer).map(written),
        last_seen_at: snapshot.states.last_seen(customer).map(written),
        won_back: won_back.filter(|_| !matches!(state, State::Gone { .. })),
    }
}

const STATE_WORDS: [&str; 3] = ["current", "too_new", "gone"];

/// `current`, `too_new`, `gone`.
pub(crate) fn state_word(state: State) -> &'static str {
    STATE_WORDS[state_index(state)]
}
