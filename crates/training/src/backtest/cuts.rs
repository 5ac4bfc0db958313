//! The figures of a replay cut: by band, value and owner, and by the firm's named segments.
//!
//! Who was in a segment is asked of the moment of each row, as it could be known then. Tiers of value and cells of RFM share
//! everybody out; they are cut once, over everybody there at the first moment, as the thirds of value are. Tags leave no fact:
//! of segments that hang on them nothing is told.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use estimators::metrics::wilson;
use facts::FactFrame;
use indicators::{IndicatorFrame, Population, TraitFrame, evaluate_at};
use outcomes::Standing;
use scores::{Portrait, ScoreFrame, SegmentBook, cuts, score_lightly, sort};
use vocab::{AsOf, Band, CustomerId};

use super::Spec;
use super::past::Seen;
use super::report::{Counts, LeaverRow, Segment, WarningRow};

/// The firm's named segments as far as they can be told of the past.
pub(super) struct Named {
    book: SegmentBook,
    /// Places in the book of those that can be told.
    told: Vec<usize>,
}

impl Named {
    /// `None` where the firm has none that can be told.
    pub fn of(frame: &FactFrame, spec: &Spec<'_>, seen: &Seen) -> Option<Named> {
        let book = spec.knowing.segments?;
        let is_told = |place: &usize| !book.hangs_on_tags(&book.segments[*place].id);
        let told: Vec<usize> = (0..book.segments.len()).filter(is_told).collect();
        let first = *seen.moments().first().filter(|_| !told.is_empty())?;
        let book = match book.shares_out() {
            false => book.clone(),
            true => {
                let catalog = spec.catalog.only(&[spec.book.indicators(), book.indicators()].concat());
                let everybody = Population::These(seen.presence.customers().to_vec());
                let indicators = evaluate_at(frame, &catalog, &everybody, &[first]).pop()?;
                let scores = score_lightly(&indicators, spec.book, &catalog);
                let stays = |place: usize| seen.presence.standing(0, place) != Standing::Gone;
                let (tiers, rfm) = cuts(book, &indicators, &scores, &stays);
                book.cut_at(tiers, rfm)
            }
        };
        Some(Named { book, told })
    }

    /// What it asks of a customer.
    pub fn indicators(&self) -> Vec<&str> {
        self.book.indicators()
    }

    /// The ids of the segments that each of these customers was surely in; they are told by their places, and stand in the
    /// indicators and scores in the same order.
    pub fn members(
        &self,
        frame: &FactFrame,
        (indicators, scores): (&IndicatorFrame, &ScoreFrame),
        seen: &Seen,
        moment: usize,
        places: &[usize],
    ) -> Vec<Vec<String>> {
        let customers: Vec<CustomerId> = places.iter().map(|place| seen.customer(*place).clone()).collect();
        let at: AsOf = seen.moments()[moment];
        let week_ago = |at: usize| {
            let hundredths = seen.health.cell(moment.checked_sub(1)?, places[at]);
            (!hundredths.is_nan()).then(|| f64::from(hundredths) / 100.0)
        };
        let sorted = sort(
            &self.book,
            &Portrait {
                indicators,
                scores,
                traits: &TraitFrame::of(frame, &customers, &self.book.traits(), at),
                tagged: &|_, _| false,
                stays: &|_| true,
                health_before: &week_ago,
            },
        );
        let of = |at: usize| -> Vec<String> {
            let theirs = self.told.iter().filter(|segment| sorted.is_in(**segment, at) == Some(true));
            theirs.map(|segment| self.book.segments[*segment].id.clone()).collect()
        };
        (0..places.len()).map(of).collect()
    }
}

/// Figures by band, value, named segment and owner; a leaver and a warning belong where the customer stood when it was warned
/// of.
pub(super) fn segments(
    seen: &Seen,
    named: Option<&Named>,
    leavers: &[LeaverRow],
    warnings: &[WarningRow],
    is_few: bool,
) -> Vec<Segment> {
    let mut values = seen.values.clone();
    values.sort_unstable_by(f64::total_cmp);
    let third = |share: usize| values.get(values.len() * share / 3).copied();
    let (low, high) = (third(1), third(2));
    let tier = |value: Option<f64>| match (value, low, high) {
        (Some(value), _, Some(high)) if value >= high => "high",
        (Some(value), Some(low), _) if value >= low => "middle",
        (Some(_), Some(_), Some(_)) => "low",
        _ => "",
    };
    let keys = |band: Option<Band>, value: Option<f64>, owner: &Option<String>, segments: &[String]| {
        let band = band.map_or("", Band::as_str).to_owned();
        let mut keys =
            vec![("band", band), ("value", tier(value).to_owned()), ("owner", owner.clone().unwrap_or_default())];
        keys.extend(segments.iter().map(|id| ("segment", id.clone())));
        if named.is_some() && segments.is_empty() {
            keys.push(("segment", String::new()));
        }
        keys
    };
    let mut found: HashMap<(&'static str, String), Counts> = HashMap::new();
    for row in leavers {
        for key in keys(row.band, row.value, &row.owner, &row.segments) {
            let counts = found.entry(key).or_default();
            counts.leavers += 1;
            counts.caught += usize::from(row.missed.is_none());
        }
    }
    for row in warnings {
        for key in keys(row.band, row.value, &row.owner, &row.segments) {
            let counts = found.entry(key).or_default();
            counts.alerts += 1;
            counts.add(row.fate);
        }
    }
    let share = |hits: usize, trials: usize| if is_few { None } else { wilson(hits, trials) };
    let name = |by: &str, key: &str| named.filter(|_| by == "segment").and_then(|named| named.book.name(key));
    let mut segments: Vec<Segment> = found
        .into_iter()
        .map(|((by, key), counts)| Segment {
            by,
            name: name(by, &key),
            key,
            precision: share(counts.in_time + counts.late, counts.decided()),
            recall: share(counts.caught, counts.leavers),
            counts,
        })
        .collect();
    // A cut with one unnamed part says nothing.
    let known: BTreeSet<&'static str> = segments.iter().filter(|one| !one.key.is_empty()).map(|one| one.by).collect();
    segments.retain(|one| known.contains(one.by));
    segments.sort_by(|a, b| (a.by, Reverse(a.counts.leavers), &a.key).cmp(&(b.by, Reverse(b.counts.leavers), &b.key)));
    segments
}
