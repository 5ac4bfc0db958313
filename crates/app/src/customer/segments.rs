//! Segments, tiers of value and RFM as pages: counted over what the reader may see, the same numbers as in the list.
//!
//! Who belongs is worked out in `belonging`; here it is counted, named and said in words.

use std::sync::Arc;

use indicators::{Catalog, Sorting, figure, unit_word};
use outcomes::State;
use scores::{CutPlan, RfmCell, RfmCuts, RfmPlan, Segment, SegmentBook, Tier, TierCuts, TierPlan};
use vocab::{AsOf, Band, CustomerId, Instant, Scope};

use crate::books::definitions::segments_text;
use crate::customer::customers::{CustomerQuery, count_of, row};
use crate::error::Error;
use crate::moment::belonging::{Belonging, Haste, History, Places};
use crate::moment::snapshot::Snapshot;
use crate::shown::{BANDS, band_place, band_word, known, tier_word, written};
use crate::view::{
    CustomerTag, RfmCellRow, RfmMeasure, RfmPage, SegmentList, SegmentName, SegmentPage, SegmentPoint, SegmentRow,
    TierRow, ValueRiskCell, Words,
};
use crate::{App, threads};

/// What to do with each cell of RFM, in the order of [`RfmCell::all`].
const ADVICE: [(&str, &str); 8] = [
    ("专属服务，请他推荐", "special service; ask for referrals"),
    ("搭配推荐，提高客单", "suggest more to go with it"),
    ("促成下一次，养成习惯", "bring about the next time"),
    ("自动触达，慢慢培养", "automatic messages, patiently"),
    ("主动回访，别让他走远", "call before they drift away"),
    ("定期唤醒", "wake them from time to time"),
    ("重点挽回，问清原因", "win back; ask what went wrong"),
    ("低成本触达即可", "only what costs little"),
];

/// Customers on a page, counted one by one.
#[derive(Clone, Copy, Default)]
struct Sum {
    count: u64,
    value: f64,
    at_risk: u64,
}

impl Sum {
    /// One more: worth so much, at risk or not.
    fn add(&mut self, (value, is_at_risk): (f64, bool)) {
        self.count += 1;
        self.value += value;
        self.at_risk += u64::from(is_at_risk);
    }
}

/// The customers of the page of segments, counted in one walk.
struct Sums {
    /// By segment: who belongs, and how many of whom that is not known.
    segments: Vec<(Sum, u64)>,
    /// By tier, nobody's last.
    tiers: [Sum; TIERS],
    /// By tier and verdict.
    cells: [[Sum; BANDS.len()]; TIERS],
}

/// The tiers, and what is of none.
const TIERS: usize = Tier::ALL.len() + 1;

fn tiers() -> impl Iterator<Item = Option<Tier>> {
    Tier::ALL.into_iter().map(Some).chain([None])
}

/// The customers that pages of segments are about: those whom the reader sees and who have not left.
struct Seen {
    snapshot: Arc<Snapshot>,
    belonging: Arc<Belonging>,
    places: Vec<usize>,
}

impl Seen {
    /// What the customer at a place adds to a sum.
    fn worth(&self, place: usize) -> (f64, bool) {
        let is_at_risk = self.snapshot.band(place).is_some_and(|band| band >= Band::High);
        (known(self.snapshot.value(place)).unwrap_or(0.0), is_at_risk)
    }

    fn sum(&self, wanted: impl Fn(usize) -> bool) -> Sum {
        let mut sum = Sum::default();
        self.places.iter().filter(|place| wanted(**place)).for_each(|place| sum.add(self.worth(*place)));
        sum
    }

    fn sums(&self, segment_count: usize) -> Sums {
        let segments = vec![(Sum::default(), 0); segment_count];
        let mut sums = Sums { segments, tiers: Default::default(), cells: Default::default() };
        for place in self.places.iter().copied() {
            let worth = self.worth(place);
            for (segment, (members, unknown)) in sums.segments.iter_mut().enumerate() {
                match self.belonging.frame().and_then(|frame| frame.is_in(segment, place)) {
                    Some(true) => members.add(worth),
                    Some(false) => {}
                    None => *unknown += 1,
                }
            }
            let tier = self.belonging.tier(place).and_then(|tier| Tier::ALL.iter().position(|one| *one == tier));
            let tier = tier.unwrap_or(TIERS - 1);
            sums.tiers[tier].add(worth);
            sums.cells[tier][band_place(self.snapshot.band(place))].add(worth);
        }
        sums
    }

    /// A segment of the book with its members, and how many of whom that is not known.
    fn segment_row(
        &self,
        (book, catalog): (&SegmentBook, &Catalog),
        place: usize,
        (members, unknown): (Sum, u64),
    ) -> SegmentRow {
        let segment: &Segment = &book.segments[place];
        SegmentRow {
            id: segment.id.clone(),
            name: Words::from(&segment.name),
            about: Words::from(&segment.about),
            sentence: Words::from(segment.when.words(catalog, &|id| book.name(id))),
            count: members.count,
            unknown_count: unknown,
            outside_count: self.places.len() as u64 - members.count - unknown,
            value_sum: members.value,
            at_risk_count: members.at_risk,
        }
    }

    fn tiers(&self, sums: &Sums) -> Vec<TierRow> {
        let cuts = self.belonging.frame().and_then(|frame| frame.tier_cuts);
        let row = |(tier, sum): (Option<Tier>, &Sum)| TierRow {
            tier: tier_word(tier).to_owned(),
            name: tier_name(tier),
            from: match tier {
                Some(Tier::High) => cuts.map(|cuts| cuts.high),
                Some(Tier::Middle) => cuts.map(|cuts| cuts.middle),
                Some(Tier::Low) | None => None,
            },
            count: sum.count,
            value_sum: sum.value,
            at_risk_count: sum.at_risk,
        };
        tiers().zip(&sums.tiers).map(row).collect()
    }

    fn rfm_cell(&self, (cell, about): (RfmCell, (&str, &str))) -> RfmCellRow {
        let sum = self.sum(|place| self.belonging.cell(place) == Some(cell));
        let name = Sorting::Rfm.word(cell.as_str()).unwrap_or_default();
        RfmCellRow {
            cell: cell.as_str().to_owned(),
            name: Words::from(name),
            about: Words::new(about.0, about.1),
            is_recent: cell.is_recent,
            is_frequent: cell.is_frequent,
            is_large: cell.is_large,
            count: sum.count,
            value_sum: sum.value,
            at_risk_count: sum.at_risk,
        }
    }

    /// Members over time among those whom the scope admits today.
    fn points(&self, app: &App, history: &History, scope: &Scope, place: usize) -> Vec<SegmentPoint> {
        let admitted = self.snapshot.roll.admitted(scope, None);
        let mut before: Option<Places> = None;
        let mut points = Vec::new();
        for (moment, segments) in history.moments.iter().zip(&history.members) {
            let members = segments.get(place).map(|all| all.only(|position| admitted.has(position)));
            let members = members.unwrap_or_default();
            let stayed = before.as_ref().map(|before| before.shared_with(&members));
            let left = before.as_ref().map_or(0, Places::count) - stayed.unwrap_or(0);
            points.push(SegmentPoint {
                on: app.zone().date(moment.instant()),
                count: members.count(),
                joined_count: stayed.map_or(0, |stayed| members.count() - stayed),
                left_count: left,
            });
            before = Some(members);
        }
        points
    }
}

impl App {
    async fn seen(&self, scope: &Scope, as_of: Option<AsOf>, now: Instant) -> Result<Seen, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let belonging = self.belonging(&snapshot, as_of).await?;
        let admitted = snapshot.roll.admitted(scope, None);
        let here = |place: &usize| admitted.has(*place) && !matches!(snapshot.state(*place), State::Gone { .. });
        let places = (0..snapshot.customers().len()).filter(here).collect();
        Ok(Seen { snapshot, belonging, places })
    }

    /// Segments with their sizes, tiers of value, and value against risk.
    pub async fn segments(&self, scope: &Scope, as_of: Option<AsOf>, now: Instant) -> Result<SegmentList, Error> {
        let seen = self.seen(scope, as_of, now).await?;
        let catalog = &self.definitions().catalog;
        let value = self.book_of(&seen.snapshot).and_then(|book| book.value.as_deref());
        let value = value.and_then(|id| catalog.get(id)).map(|indicator| Words::from(&indicator.name));
        let book = seen.belonging.book();
        let cuts = seen.belonging.frame().and_then(|frame| frame.tier_cuts);
        let sums = seen.sums(book.map_or(0, |book| book.segments.len()));
        let rows = |book: &SegmentBook| -> Vec<SegmentRow> {
            let segments = sums.segments.iter().enumerate();
            segments.map(|(place, members)| seen.segment_row((book, catalog), place, *members)).collect()
        };
        Ok(SegmentList {
            as_of: written(seen.snapshot.as_of.instant()),
            customer_count: seen.places.len() as u64,
            value_sentence: tier_sentence(value.as_ref(), book.map(|book| book.tiers), cuts),
            value_name: value,
            tiers: seen.tiers(&sums),
            matrix: matrix(&sums),
            segments: book.map(rows).unwrap_or_default(),
        })
    }

    /// One segment: who belongs, how many over the last year, and a page of its members.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn segment(
        &self,
        scope: &Scope,
        id: &str,
        slice: (Option<&str>, usize),
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<SegmentPage, Error> {
        let seen = self.seen(scope, as_of, now).await?;
        let missing = || Error::not_found(("这个分群", "the segment"));
        let book = seen.belonging.book().ok_or_else(missing)?;
        let place = book.place(id).ok_or_else(missing)?;
        let history = self.segment_history(&seen.snapshot, &seen.belonging, as_of, Haste::Waited(threads())).await?;
        let query = CustomerQuery { segments: vec![id.to_owned()], ..CustomerQuery::default() };
        let matches = self.matching_customers(scope, &query, as_of, now).await?;
        let (shown, next_cursor) = matches.page(slice.0, slice.1)?;
        let ids: Vec<CustomerId> = shown.iter().map(|at| matches.snapshot.customers()[*at].clone()).collect();
        let alerts = self.open_alert_counts(scope, as_of, Some(ids)).await?;
        let shown_member = |at: &usize| {
            let alerts = count_of(&alerts, &matches.snapshot, *at);
            row(self, &matches.snapshot, &matches.belonging, *at, alerts)
        };
        let is_in = |customer: usize| seen.belonging.frame().and_then(|frame| frame.is_in(place, customer));
        let members = seen.sum(|customer| is_in(customer) == Some(true));
        let unknown = seen.sum(|customer| is_in(customer).is_none()).count;
        Ok(SegmentPage {
            row: seen.segment_row((book, &self.definitions().catalog), place, (members, unknown)),
            as_of: written(seen.snapshot.as_of.instant()),
            source: segments_text(&self.working_firm().await?.template).unwrap_or_default(),
            history: seen.points(self, &history, scope, place),
            members: shown.iter().map(shown_member).collect(),
            next_cursor,
        })
    }

    /// Recency, frequency and monetary value in eight cells.
    pub async fn rfm(&self, scope: &Scope, as_of: Option<AsOf>, now: Instant) -> Result<RfmPage, Error> {
        let seen = self.seen(scope, as_of, now).await?;
        let catalog = &self.definitions().catalog;
        let plan = seen.belonging.book().and_then(|book| book.rfm.as_ref());
        let cuts = seen.belonging.frame().and_then(|frame| frame.rfm_cuts);
        let measures = plan.map(|plan| rfm_measures(plan, cuts, catalog)).unwrap_or_default();
        Ok(RfmPage {
            as_of: written(seen.snapshot.as_of.instant()),
            customer_count: seen.places.len() as u64,
            sentence: rfm_sentence(plan, &measures),
            measures,
            cells: RfmCell::all().zip(ADVICE).map(|cell| seen.rfm_cell(cell)).collect(),
            unknown_count: seen.sum(|place| seen.belonging.cell(place).is_none()).count,
        })
    }
}

/// Tags of a customer, by name.
pub(crate) fn tags_of(belonging: &Belonging, customer: &CustomerId) -> Vec<CustomerTag> {
    let tags = belonging.tags.of(customer).iter();
    tags.map(|tag| CustomerTag { tag: tag.tag.clone(), at: written(tag.at), by: tag.actor.clone() }).collect()
}

/// Segments of the customer at a place.
pub(crate) fn segments_of(belonging: &Belonging, position: usize) -> Vec<SegmentName> {
    let (Some(book), Some(frame)) = (belonging.book(), belonging.frame()) else { return Vec::new() };
    let segments = book.segments.iter().enumerate();
    segments
        .filter(|(place, _)| frame.is_in(*place, position) == Some(true))
        .map(|(_, segment)| SegmentName { id: segment.id.clone(), name: Words::from(&segment.name) })
        .collect()
}

/// Value against risk.
fn matrix(sums: &Sums) -> Vec<ValueRiskCell> {
    let cell = |tier: Option<Tier>, (band, sum): (Option<Band>, &Sum)| ValueRiskCell {
        tier: tier_word(tier).to_owned(),
        band: band_word(band).to_owned(),
        count: sum.count,
        value_sum: sum.value,
    };
    tiers()
        .zip(&sums.cells)
        .flat_map(|(tier, row)| BANDS.into_iter().zip(row).map(move |one| cell(tier, one)))
        .collect()
}

fn tier_name(tier: Option<Tier>) -> Words {
    let word = tier.and_then(|tier| Sorting::Tier.word(tier.as_str()));
    word.map_or_else(|| Words::new("数据不足", "Unknown"), Words::from)
}

/// How the tiers are cut, with the amounts of the moment.
fn tier_sentence(value: Option<&Words>, plan: Option<TierPlan>, cuts: Option<TierCuts>) -> Words {
    let (Some(value), Some(plan)) = (value, plan) else {
        return Words::new(
            "还没有选定客户价值的口径，分不出层。",
            "No measure of value is chosen, so there are no tiers.",
        );
    };
    let Some(cuts) = cuts else {
        return Words::new(
            format!("还没有客户的{}是已知的，分不出层。", value.zh),
            format!("{} is known of nobody yet, so there are no tiers.", value.en),
        );
    };
    let (high, middle) = (figure(cuts.high, "money"), figure(cuts.middle, "money"));
    let (zh, en) = match plan {
        TierPlan::Share { high, middle } => {
            let (high, middle) = (figure(high, "ratio"), figure(middle, "ratio"));
            (
                [format!("（约前 {high}）"), format!("（约前 {high} 到 {middle}）")],
                [format!(" (about the first {high})"), format!(" (about {high} to {middle})")],
            )
        }
        TierPlan::Amount { .. } => Default::default(),
    };
    Words::new(
        format!("按{}：{high} 起为高价值{}，{middle} 起为中价值{}，其余为低价值。", value.zh, zh[0], zh[1]),
        format!(
            "By {}: high value from {high}{}, middle value from {middle}{}, low value below.",
            value.en, en[0], en[1]
        ),
    )
}

fn rfm_measures(plan: &RfmPlan, cuts: Option<RfmCuts>, catalog: &Catalog) -> Vec<RfmMeasure> {
    let measure = |id: &str, cut: Option<f64>| {
        let indicator = catalog.get(id)?;
        let (name, unit) = (Words::from(&indicator.name), indicator.unit.clone());
        Some(RfmMeasure { id: id.to_owned(), name, unit, cut })
    };
    [
        measure(&plan.recency, cuts.map(|cuts| cuts.recency)),
        measure(&plan.frequency, cuts.map(|cuts| cuts.frequency)),
        measure(&plan.monetary, cuts.map(|cuts| cuts.monetary)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Where the three figures are cut, with the numbers of the moment.
fn rfm_sentence(plan: Option<&RfmPlan>, measures: &[RfmMeasure]) -> Words {
    let (Some(plan), [recency, frequency, monetary]) = (plan, measures) else {
        return Words::new("这里还没有设定 RFM 的三个指标。", "The three figures of RFM are not set here.");
    };
    let (Some(lately), Some(often), Some(much)) = (recency.cut, frequency.cut, monetary.cut) else {
        return Words::new(
            "还没有客户的三个指标都有数，分不出格。",
            "The three figures are known of nobody yet, so there are no cells.",
        );
    };
    let said = |measure: &RfmMeasure, cut: f64| {
        let (number, word) = (figure(cut, &measure.unit), unit_word(&measure.unit));
        let zh = if word.zh.is_empty() { number.clone() } else { format!("{number} {}", word.zh) };
        let en = if word.en.is_empty() { number } else { format!("{number} {}", word.en) };
        Words::new(zh, en)
    };
    let (lately, often, much) = (said(recency, lately), said(frequency, often), said(monetary, much));
    let (zh, en) = match plan.cuts {
        CutPlan::Share(shares) => {
            let [r, f, m] = shares.map(|share| figure(share, "ratio"));
            (
                format!("三条线按截至时点的客户划：最近约 {r}，频次约 {f}，金额约 {m}。"),
                format!(" Cut by the customers of the moment: about {r} lately, {f} often, {m} much."),
            )
        }
        CutPlan::Fixed(_) => ("三条线是固定的。".to_owned(), " The cuts are fixed.".to_owned()),
    };
    Words::new(
        format!(
            "{}不超过 {} 算最近来过，{}不低于 {} 算常来，{}不低于 {} 算金额高。{zh}",
            recency.name.zh, lately.zh, frequency.name.zh, often.zh, monetary.name.zh, much.zh
        ),
        format!(
            "Lately: {} at most {}. Often: {} at least {}. Much: {} at least {}.{en}",
            recency.name.en, lately.en, frequency.name.en, often.en, monetary.name.en, much.en
        ),
    )
}
