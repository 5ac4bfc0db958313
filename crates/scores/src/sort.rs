//! Who belongs where: tiers of value, cells of RFM and named segments of everybody at one moment.
//!
//! A function of what is handed in: indicators, scores, traits and tags of the same moment give the same answer. Which
//! moment it is, and who carries a tag, is for the caller to say.

use indicators::{Cell, IndicatorFrame, Quantity, RFM_CELLS, Sorting, Subject, TIERS, TraitFrame};
use vocab::{AsOf, Band, Health, Unknown};

use crate::cut::cut;
use crate::score::{CustomerScore, ScoreFrame};
use crate::segment::{CutPlan, RfmPlan, SegmentBook, TierPlan};

/// A tier of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// The least.
    Low,
    /// Between.
    Middle,
    /// The most valuable.
    High,
}

impl Tier {
    /// Every one, the highest first.
    pub const ALL: [Tier; 3] = [Tier::High, Tier::Middle, Tier::Low];

    /// `high`, `middle`, `low`.
    pub fn as_str(self) -> &'static str {
        match self {
            Tier::High => TIERS[0].0,
            Tier::Middle => TIERS[1].0,
            Tier::Low => TIERS[2].0,
        }
    }
}

/// A cell of recency, frequency and monetary value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RfmCell {
    /// Came lately.
    pub is_recent: bool,
    /// Comes often.
    pub is_frequent: bool,
    /// Spends much.
    pub is_large: bool,
}

impl RfmCell {
    /// Every one, in the order of [`RFM_CELLS`].
    pub fn all() -> impl Iterator<Item = RfmCell> {
        let of = |n: usize| RfmCell { is_recent: n & 4 == 0, is_frequent: n & 2 == 0, is_large: n & 1 == 0 };
        (0..RFM_CELLS.len()).map(of)
    }

    /// Its word: `key_value`, ….
    pub fn as_str(self) -> &'static str {
        let digit = |is_low: bool, worth: usize| if is_low { worth } else { 0 };
        RFM_CELLS[digit(!self.is_recent, 4) + digit(!self.is_frequent, 2) + digit(!self.is_large, 1)].0
    }
}

/// From which value on a customer is of the top and of the middle tier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TierCuts {
    /// The top tier.
    pub high: f64,
    /// The middle tier; not above `high`.
    pub middle: f64,
}

/// Where recency, frequency and monetary value are cut: at most so long ago, at least so often, at least so much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RfmCuts {
    /// Days, or whatever recency is counted in.
    pub recency: f64,
    /// Times.
    pub frequency: f64,
    /// Amount.
    pub monetary: f64,
}

/// Everybody at one moment, by the place in the indicator frame.
pub struct Portrait<'a> {
    /// Indicators.
    pub indicators: &'a IndicatorFrame,
    /// Scores of the same customers at the same moment.
    pub scores: &'a ScoreFrame,
    /// Their traits, those of [`SegmentBook::traits`] at least.
    pub traits: &'a TraitFrame<'a>,
    /// Whether a customer carried a tag.
    pub tagged: &'a dyn Fn(usize, &str) -> bool,
    /// Whether a customer had not left: who has does not move the cuts.
    pub stays: &'a dyn Fn(usize) -> bool,
    /// Health in points seven days before, where known.
    pub health_before: &'a dyn Fn(usize) -> Option<f64>,
}

/// Where everybody belongs at a moment, by the place in the indicator frame.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentFrame {
    /// The moment.
    pub as_of: AsOf,
    /// Where the tiers were cut; `None` where nobody's value is known or above nothing.
    pub tier_cuts: Option<TierCuts>,
    /// Where RFM was cut; `None` where the book has none or nobody's figures are known.
    pub rfm_cuts: Option<RfmCuts>,
    tiers: Vec<Option<Tier>>,
    cells: Vec<Option<RfmCell>>,
    members: Vec<Vec<Option<bool>>>,
}

impl SegmentFrame {
    /// Tier of the customer at a place; `None` where its value is unknown.
    pub fn tier(&self, place: usize) -> Option<Tier> {
        self.tiers[place]
    }

    /// Cell of the customer at a place; `None` where one of the three figures is unknown.
    pub fn cell(&self, place: usize) -> Option<RfmCell> {
        self.cells[place]
    }

    /// Whether the customer at a place belongs to the segment that stands at `segment` in the book; `None` where that
    /// hangs on something unknown.
    pub fn is_in(&self, segment: usize, place: usize) -> Option<bool> {
        self.members.get(segment)?.get(place).copied().flatten()
    }
}

/// Where does everybody belong?
///
/// Tiers first, by the scorecard's value; then RFM; then each segment after those that it names.
///
/// # Edges
/// * A tier needs a known value, a cell three known figures. Cuts by share are taken over customers who have not left.
/// * A segment whose condition hangs on something unknown leaves membership unknown: in it is only who surely is.
/// * Where nobody is worth more than nothing, no share makes a top tier: everybody known is in the lowest.
pub fn sort(book: &SegmentBook, portrait: &Portrait<'_>) -> SegmentFrame {
    let count = portrait.indicators.customers().len();
    let (tier_cuts, tiers) = tiers(book.tiers, portrait.scores, portrait.stays);
    let (rfm_cuts, cells) = match &book.rfm {
        Some(plan) => rfm(plan, portrait.indicators, portrait.stays),
        None => (None, vec![None; count]),
    };
    let as_of = portrait.indicators.as_of();
    let mut frame =
        SegmentFrame { as_of, tier_cuts, rfm_cuts, tiers, cells, members: vec![Vec::new(); book.segments.len()] };
    for place in &book.order {
        let when = &book.segments[*place].when;
        let column =
            (0..count).map(|customer| when.holds_of(&One { portrait, frame: &frame, book, customer })).collect();
        frame.members[*place] = column;
    }
    frame
}

/// Which tier of value is each customer of?
///
/// `stays` says who has not left, by place: only they move the cuts; who left is judged by the same ones.
pub fn tiers(
    plan: TierPlan,
    scores: &ScoreFrame,
    stays: &dyn Fn(usize) -> bool,
) -> (Option<TierCuts>, Vec<Option<Tier>>) {
    let values: Vec<Option<f64>> = scores.iter().map(|(_, score)| score.value.known()).collect();
    tiers_of(plan, &values, stays)
}

/// The same of these values, by place: what would be if a customer were worth that.
pub fn tiers_of(
    plan: TierPlan,
    values: &[Option<f64>],
    stays: &dyn Fn(usize) -> bool,
) -> (Option<TierCuts>, Vec<Option<Tier>>) {
    let cuts = match plan {
        TierPlan::Amount { high, middle } => Some(TierCuts { high, middle }),
        TierPlan::Share { high, middle } => {
            let here = values.iter().enumerate().filter(|(place, _)| stays(*place));
            let known: Vec<f64> = here.filter_map(|(_, value)| *value).collect();
            let of = |share: f64| cut(&known, share, 0.0);
            of(high).zip(of(middle)).map(|(high, middle)| TierCuts { high, middle: middle.min(high) })
        }
    };
    let tier = |value: &Option<f64>| {
        value.map(|value| match cuts {
            Some(cuts) if value >= cuts.high => Tier::High,
            Some(cuts) if value >= cuts.middle => Tier::Middle,
            _ => Tier::Low,
        })
    };
    let tiers = values.iter().map(tier).collect();
    (cuts, tiers)
}

/// Where are tiers of value and cells of RFM cut at a moment? What [`sort`] cuts by, without asking who belongs where; for
/// [`SegmentBook::cut_at`].
pub fn cuts(
    book: &SegmentBook,
    indicators: &IndicatorFrame,
    scores: &ScoreFrame,
    stays: &dyn Fn(usize) -> bool,
) -> (Option<TierCuts>, Option<RfmCuts>) {
    (tiers(book.tiers, scores, stays).0, book.rfm.as_ref().and_then(|plan| rfm(plan, indicators, stays).0))
}

fn rfm(
    plan: &RfmPlan,
    indicators: &IndicatorFrame,
    stays: &dyn Fn(usize) -> bool,
) -> (Option<RfmCuts>, Vec<Option<RfmCell>>) {
    let count = indicators.customers().len();
    let figures = |place: usize| {
        let figure = |id: &str| indicators.cell(place, id).known();
        Some([figure(&plan.recency)?, figure(&plan.frequency)?, figure(&plan.monetary)?])
    };
    let all: Vec<Option<[f64; 3]>> = (0..count).map(figures).collect();
    let cuts = match plan.cuts {
        CutPlan::Fixed([recency, frequency, monetary]) => Some(RfmCuts { recency, frequency, monetary }),
        CutPlan::Share([recent, frequent, large]) => {
            let here = all.iter().enumerate().filter(|(place, _)| stays(*place));
            let known: Vec<[f64; 3]> = here.filter_map(|(_, figures)| *figures).collect();
            let nearest = |of: &dyn Fn(&[f64; 3]) -> f64, share: f64| {
                cut(&known.iter().map(of).collect::<Vec<f64>>(), share, f64::NEG_INFINITY)
            };
            // Of recency the small numbers are the good ones.
            let recency = nearest(&|figures| -figures[0], recent).map(|cut| -cut);
            let frequency = nearest(&|figures| figures[1], frequent);
            let monetary = nearest(&|figures| figures[2], large);
            recency.zip(frequency).zip(monetary).map(|((recency, frequency), monetary)| RfmCuts {
                recency,
                frequency,
                monetary,
            })
        }
    };
    let cell = |figures: &Option<[f64; 3]>| {
        let ([recency, frequency, monetary], cuts) = ((*figures)?, cuts?);
        Some(RfmCell {
            is_recent: recency <= cuts.recency,
            is_frequent: frequency >= cuts.frequency,
            is_large: monetary >= cuts.monetary,
        })
    };
    let cells = all.iter().map(cell).collect();
    (cuts, cells)
}

/// One customer of a portrait, the segments before its own being known.
struct One<'a> {
    portrait: &'a Portrait<'a>,
    frame: &'a SegmentFrame,
    book: &'a SegmentBook,
    customer: usize,
}

impl One<'_> {
    fn score(&self) -> &CustomerScore {
        self.portrait.scores.at(self.customer)
    }

    fn health(&self) -> Option<f64> {
        self.score().health.map(Health::points)
    }
}

impl Subject for One<'_> {
    fn quantity(&self, of: &Quantity) -> Cell {
        match of {
            Quantity::Indicator(id) => self.portrait.indicators.cell(self.customer, id),
            Quantity::Health => self.health().map_or(Cell::Unknown(Unknown::LowCoverage), Cell::Known),
            Quantity::HealthChange7d => match (self.health(), (self.portrait.health_before)(self.customer)) {
                (Some(now), Some(before)) => Cell::Known(now - before),
                (None, _) => Cell::Unknown(Unknown::LowCoverage),
                (_, None) => Cell::Unknown(Unknown::ShortHistory),
            },
            // Segments are of one moment: nothing over time can be written in them.
            Quantity::Change { .. } | Quantity::Ratio { .. } | Quantity::Count { .. } => {
                Cell::Unknown(Unknown::ShortHistory)
            }
        }
    }

    fn band(&self) -> Option<Band> {
        self.score().band
    }

    fn said(&self, key: &str) -> Option<Option<&str>> {
        self.portrait.traits.said(self.customer, key)
    }

    fn is_in(&self, sorting: Sorting, name: &str) -> Option<bool> {
        match sorting {
            Sorting::Segment => self.frame.is_in(self.book.place(name)?, self.customer),
            Sorting::Tag => Some((self.portrait.tagged)(self.customer, name)),
            Sorting::Tier => self.frame.tier(self.customer).map(|tier| tier.as_str() == name),
            Sorting::Rfm => self.frame.cell(self.customer).map(|cell| cell.as_str() == name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_has_its_own_word_in_the_order_of_the_words() {
        let words: Vec<&str> = RfmCell::all().map(RfmCell::as_str).collect();
        assert_eq!(words, RFM_CELLS.map(|(word, ..)| word));
        let lost = RfmCell { is_recent: false, is_frequent: false, is_large: true };
        assert_eq!(lost.as_str(), "key_win_back");
        let best = RfmCell { is_recent: true, is_frequent: true, is_large: true };
        assert_eq!(best.as_str(), "key_value");
        let often = RfmCell { is_recent: false, is_frequent: true, is_large: true };
        assert_eq!(often.as_str(), "key_keep");
        let seldom = RfmCell { is_recent: true, is_frequent: false, is_large: true };
        assert_eq!(seldom.as_str(), "key_develop");
    }
}
