//! The scorecard: what counts towards health, how much, and what is done where a number is missing or old.

use std::sync::Arc;

use indicators::{Catalog, Condition, IndicatorFrame, Quantity};
use vocab::{Band, Finding, Health, Text, Unknown};

use crate::curve::Curve;
use crate::score::CustomerScore;

/// A scorecard, checked against a catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreBook {
    /// What `--scorecard` calls it.
    pub id: String,
    /// What screens call it.
    pub name: Text,
    /// What it is for, in a sentence.
    pub about: Text,
    /// Hash of the scorecard and of the indicators it reads: equal versions give equal scores.
    pub version: String,
    /// Whom it is for (`for = …`); `None` = everybody.
    pub applies: Option<Condition>,
    /// Health of a typical customer, from which contributions count.
    pub base: Health,
    /// From which health on a customer is in a band: best first, floors falling, the last at 0.
    pub bands: Vec<(Band, Health)>,
    /// What being in a band means, in this firm's words; bands without words of their own are not in it.
    pub band_words: Vec<(Band, Text)>,
    /// Share of the weight that must be known, 0 to 1; with less there is no health.
    pub min_coverage: f64,
    /// Share of the weight from which on a health is called firm, 0 to 1.
    pub firm_coverage: f64,
    /// The indicator that says what a customer is worth.
    pub value: Option<String>,
    /// What counts, in groups.
    pub dimensions: Vec<Dimension>,
    /// Scorecards asked before this one; see [`ScoreBook::after`].
    pub(crate) before: Vec<ScoreBook>,
}

/// A group of measures with a common weight; groups may hold groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// What contributions call it.
    pub id: Arc<str>,
    /// What screens call it.
    pub name: Text,
    /// Weight among its sisters; only the proportions count.
    pub weight: f64,
    /// What counts.
    pub measures: Vec<Measure>,
    /// Groups within, weighed beside the measures.
    pub groups: Vec<Dimension>,
}

/// One indicator on the scorecard, or one thing that people say of a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// The indicator's id, or that of what people say.
    pub indicator: Arc<str>,
    /// Set if people say it (staff pulse) and no fact does: what screens call it.
    pub manual: Option<Text>,
    /// Weight within the dimension; only the proportions count.
    pub weight: f64,
    /// Points the number earns.
    pub curve: Curve,
    /// The customer's own usual against which the number is put before the curve looks at it.
    pub own: Option<Own>,
    /// What is done where there is no number.
    pub missing: Missing,
    /// What is done once the number is old.
    pub stale: Option<Stale>,
    /// What to say when it drags health down; else what the indicator says.
    pub reason: Option<Text>,
}

/// Own-history relative: the curve looks at the number put against the customer's own usual.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    /// The indicator that says what is usual for this customer.
    pub usual: Arc<str>,
    /// How the two are put together.
    pub by: OwnBy,
}

/// How a number is put against the usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnBy {
    /// Divided by it; a usual of zero or less gives no number.
    Ratio,
    /// Less it.
    Difference,
}

/// What is done where a customer has no number.
///
/// # Edges
/// Only where the customer is the reason. What is unknown because of us (no source, a source gone silent, a history
/// that is too short) is always left out: our silence is not their silence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// It is left out and the other weights grow in proportion.
    #[default]
    LeaveOut,
    /// It counts with no points.
    Poor,
    /// It counts with the points of a typical customer, the base.
    Neutral,
}

/// From when on a number is too old to be believed whole, and what is done then.
#[derive(Clone, Debug, PartialEq)]
pub struct Stale {
    /// The indicator that says how many days old the number is; `None` for what people say, which carries its own date.
    pub age: Option<Arc<str>>,
    /// Days up to which it counts whole.
    pub after_days: f64,
    /// What is done then.
    pub then: OnceStale,
}

/// What is done with a number that is old.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OnceStale {
    /// Its weight falls in a straight line to nothing over so many days.
    Fade {
        /// Days.
        over_days: f64,
    },
    /// It is left out.
    LeaveOut,
    /// It counts with no points.
    Poor,
}

/// How much a health rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firmness {
    /// On enough to be believed.
    Firm,
    /// On little: shown with its coverage, never alone.
    Thin,
}

impl Firmness {
    /// `firm` or `thin`.
    pub fn as_str(self) -> &'static str {
        match self {
            Firmness::Firm => "firm",
            Firmness::Thin => "thin",
        }
    }
}

impl ScoreBook {
    /// Reads a scorecard.
    ///
    /// # Errors
    /// Everything that is wrong with it, with file, line and column: TOML that cannot be read, unknown keys, missing
    /// fields, an indicator that is not in the catalogue or stands twice, floors out of order, weights that are not
    /// positive, curves that go back, a `for` that asks about the health it decides.
    pub fn parse(file: &str, text: &str, catalog: &Catalog) -> Result<ScoreBook, Vec<Finding>> {
        crate::read::read(file, text, catalog)
    }

    /// This scorecard for everybody for whom none of these applies. A customer is scored by the first that does.
    ///
    /// The version is that of all of them together; those without `for` would leave nothing to the others and are
    /// left out.
    pub fn after(mut self, special: Vec<ScoreBook>) -> ScoreBook {
        self.before = special.into_iter().filter(|book| book.applies.is_some() && book.id != self.id).collect();
        if !self.before.is_empty() {
            let mut hasher = blake3::Hasher::new();
            for book in self.before.iter().chain(std::iter::once(&self)) {
                hasher.update(book.version.as_bytes());
            }
            self.version = hasher.finalize().to_hex()[..16].to_owned();
        }
        self
    }

    /// The same scorecard where the firm says itself what a customer is worth, whatever the scorecards name.
    pub fn valued_by(mut self, indicator: &str) -> ScoreBook {
        let before: Vec<ScoreBook> = self.before.iter().map(|book| book.clone().valued_by(indicator)).collect();
        let is_changed = self.value.as_deref() != Some(indicator) || before != self.before;
        if is_changed {
            let mut hasher = blake3::Hasher::new();
            hasher.update(self.version.as_bytes()).update(b"\nvalue ").update(indicator.as_bytes());
            self.version = hasher.finalize().to_hex()[..16].to_owned();
            self.value = Some(indicator.to_owned());
            self.before = before;
        }
        self
    }

    /// The scorecards asked before this one, in order.
    pub fn special(&self) -> &[ScoreBook] {
        &self.before
    }

    /// Those and this one, each by itself, in the order in which they are asked.
    pub fn each(&self) -> impl Iterator<Item = ScoreBook> + '_ {
        let own = || ScoreBook { before: Vec::new(), ..self.clone() };
        self.before.iter().cloned().chain(std::iter::once_with(own))
    }

    /// The scorecard by which a score came about.
    pub fn of(&self, score: &CustomerScore) -> &ScoreBook {
        self.before.iter().find(|book| *book.id == *score.scorecard).unwrap_or(self)
    }

    /// The scorecard by which the customer at a position is scored, and whether that one applies at all.
    pub(crate) fn for_customer(&self, frame: &IndicatorFrame, position: usize) -> (&ScoreBook, bool) {
        match self.before.iter().find(|book| book.is_for(frame, position)) {
            Some(book) => (book, true),
            None => (self, self.is_for(frame, position)),
        }
    }

    /// Whether it is meant for the customer at a position. A question that hangs on an unknown number is not answered
    /// yes.
    pub fn is_for(&self, frame: &IndicatorFrame, position: usize) -> bool {
        let quantity = |quantity: &Quantity| match quantity {
            Quantity::Indicator(id) => frame.cell(position, id),
            _ => indicators::Cell::Unknown(Unknown::LowCoverage),
        };
        self.applies.as_ref().is_none_or(|condition| condition.holds(&quantity, None) == Some(true))
    }

    /// The band of a health.
    pub fn band(&self, health: Health) -> Band {
        self.bands.iter().find(|(_, floor)| health >= *floor).map_or(Band::Critical, |(band, _)| *band)
    }

    /// What being in a band means, if this scorecard says so.
    pub fn band_word(&self, band: Band) -> Option<&Text> {
        self.band_words.iter().find(|(one, _)| *one == band).map(|(_, words)| words)
    }

    /// How far a health of this coverage (0 to 10,000) is to be believed.
    pub fn firmness(&self, coverage: u16) -> Firmness {
        let is_firm = f64::from(coverage) >= self.firm_coverage * 10_000.0;
        if is_firm { Firmness::Firm } else { Firmness::Thin }
    }

    /// Every measure with its outermost dimension and its share of the whole weight (the shares sum to 1).
    pub fn measures(&self) -> impl Iterator<Item = (&Dimension, &Measure, f64)> {
        let whole: f64 = self.dimensions.iter().map(|dimension| dimension.weight).sum();
        let mut gathered = Vec::new();
        for dimension in &self.dimensions {
            gather(dimension, dimension, dimension.weight / whole, &mut gathered);
        }
        gathered.into_iter()
    }

    /// The same scorecard with these shares of the whole weight, one for each measure in the order of
    /// [`ScoreBook::measures`].
    ///
    /// # Edges
    /// Panics if there are not as many, or one is not above zero: a measure without weight is no measure.
    pub fn with_shares(&self, shares: &[f64]) -> ScoreBook {
        assert!(shares.iter().all(|share| *share > 0.0), "shares above zero");
        assert_eq!(shares.len(), self.measures().count(), "a share for each measure");
        let mut book = self.clone();
        let mut left = shares.iter().copied();
        for dimension in &mut book.dimensions {
            reweigh(dimension, &mut left);
        }
        book
    }

    /// The measure with this id.
    pub fn measure(&self, id: &str) -> Option<&Measure> {
        self.measures().find(|(_, measure, _)| &*measure.indicator == id).map(|(_, measure, _)| measure)
    }

    /// The indicators it reads: those that count, what they are put against, their ages, whom it is for, the value;
    /// and those of the scorecards asked before it.
    pub fn indicators(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        let mut aside: Vec<&str> = Vec::new();
        for (_, measure, _) in self.measures() {
            if measure.manual.is_none() {
                ids.push(&measure.indicator);
            }
            aside.extend(measure.own.as_ref().map(|own| &*own.usual));
            aside.extend(measure.stale.as_ref().and_then(|stale| stale.age.as_deref()));
        }
        aside.extend(self.applies.iter().flat_map(Condition::quantities).filter_map(|quantity| match quantity {
            Quantity::Indicator(id) => Some(id.as_str()),
            _ => None,
        }));
        aside.extend(self.value.as_deref());
        aside.extend(self.before.iter().flat_map(ScoreBook::indicators));
        for id in aside {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The sentence template for an indicator that stands on this scorecard, if it has its own.
    pub fn reason_of(&self, indicator: &str) -> Option<&Text> {
        self.measure(indicator)?.reason.as_ref()
    }
}

/// Gives measures and groups their shares, in the order in which they are gathered.
fn reweigh(within: &mut Dimension, shares: &mut impl Iterator<Item = f64>) {
    within.weight = 0.0;
    for measure in &mut within.measures {
        measure.weight = shares.next().unwrap_or_else(|| unreachable!("as many shares as measures"));
        within.weight += measure.weight;
    }
    for group in &mut within.groups {
        reweigh(group, shares);
        within.weight += group.weight;
    }
}

fn gather<'a>(
    top: &'a Dimension,
    within: &'a Dimension,
    share: f64,
    gathered: &mut Vec<(&'a Dimension, &'a Measure, f64)>,
) {
    let weights = within.measures.iter().map(|measure| measure.weight);
    let whole: f64 = weights.chain(within.groups.iter().map(|group| group.weight)).sum();
    for measure in &within.measures {
        gathered.push((top, measure, share * (measure.weight / whole)));
    }
    for group in &within.groups {
        gather(top, group, share * (group.weight / whole), gathered);
    }
}
