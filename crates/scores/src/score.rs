//! Health from indicators: a weighted mean of points, taken apart so that every share is seen.

use std::sync::Arc;

use indicators::{Catalog, Cell, IndicatorFrame};
use vocab::{AsOf, Band, CustomerId, Health, Instant, Unknown};

use crate::book::{Firmness, ScoreBook};
use crate::contributions::{Contributions, Share};
use crate::said::{Override, Said};
use crate::weigh::{Counted, Leaf, Weighed, Weigher};

/// What a person's word adds to a health that was computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Points added (or taken), in hundredths; without a computed health, everything above the base.
    pub points_hundredths: i32,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub author: String,
    /// When it ends.
    pub until: Instant,
}

/// How one customer is doing, and why.
///
/// `health = base + Σ contributions + correction`, exactly, in hundredths of a point.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerScore {
    /// Health; `None` if too little of what the scorecard needs is known, or no scorecard is for this customer.
    pub health: Option<Health>,
    /// The band of that health.
    pub band: Option<Band>,
    /// Known share of the scorecard's weight, in hundredths of a percent, 0 to 10,000.
    pub coverage: u16,
    /// How far it is to be believed.
    pub firmness: Firmness,
    /// One per measure of the scorecard, in its order.
    pub contributions: Contributions,
    /// A person's word in place of what was computed.
    pub correction: Option<Box<Correction>>,
    /// What the customer is worth, by the scorecard's value indicator.
    pub value: Cell,
    /// Id of the scorecard it was scored by.
    pub scorecard: Arc<str>,
}

/// Scores of everybody in an indicator frame.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreFrame {
    /// The moment.
    pub as_of: AsOf,
    /// Id of the scorecard.
    pub scorecard: String,
    /// Version of the scorecard.
    pub version: String,
    tells_why: bool,
    customers: Vec<CustomerId>,
    scores: Vec<CustomerScore>,
}

impl ScoreFrame {
    /// Healths that were computed elsewhere, sorted by customer, as scores that tell nothing else; bands as the scorecard
    /// cuts them.
    pub fn of_healths(
        as_of: AsOf,
        book: &ScoreBook,
        healths: impl IntoIterator<Item = (CustomerId, Option<Health>)>,
    ) -> ScoreFrame {
        let scorecard: Arc<str> = Arc::from(book.id.as_str());
        let score = |health: Option<Health>| CustomerScore {
            health,
            band: health.map(|health| book.band(health)),
            coverage: 0,
            firmness: Firmness::Thin,
            contributions: Contributions::default(),
            correction: None,
            value: Cell::Unknown(Unknown::NeverObserved),
            scorecard: Arc::clone(&scorecard),
        };
        let (customers, scores) = healths.into_iter().map(|(customer, health)| (customer, score(health))).unzip();
        let (scorecard, version, tells_why) = (book.id.clone(), book.version.clone(), false);
        ScoreFrame { as_of, scorecard, version, tells_why, customers, scores }
    }

    /// Whether it has contributions, of whomever a scorecard is for; see [`score_lightly`].
    pub fn tells_why(&self) -> bool {
        self.tells_why
    }

    /// The customers, sorted by key: those of the indicator frame.
    pub fn customers(&self) -> &[CustomerId] {
        &self.customers
    }

    /// Score of a customer.
    pub fn get(&self, customer: &CustomerId) -> Option<&CustomerScore> {
        self.customers.binary_search(customer).ok().map(|position| &self.scores[position])
    }

    /// Score of the customer at a position.
    ///
    /// # Panics
    /// Beyond the last customer.
    pub fn at(&self, position: usize) -> &CustomerScore {
        &self.scores[position]
    }

    /// Customers and their scores, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&CustomerId, &CustomerScore)> {
        self.customers.iter().zip(&self.scores)
    }

    /// Mean coverage of the customers, 0 to 10,000; how well a scorecard fits a firm's data.
    ///
    /// # Edges
    /// Nobody: 0.
    pub fn mean_coverage(&self) -> u16 {
        let sum: u64 = self.scores.iter().map(|score| u64::from(score.coverage)).sum();
        sum.checked_div(self.scores.len() as u64).unwrap_or(0) as u16
    }
}

/// How is every customer doing, by what is measured alone?
///
/// [`score_said`] with nobody having said anything.
pub fn score(frame: &IndicatorFrame, book: &ScoreBook, catalog: &Catalog) -> ScoreFrame {
    score_said(frame, book, catalog, &Said::default(), frame.as_of().instant())
}

/// How is every customer doing?
///
/// The health of a customer is the mean of the points that its measures earn, by weight. What is unknown is left out and
/// the other weights grow in proportion, or counts as its measure says; what is old counts as its measure says. A
/// contribution is weight × (points − base), rounded to hundredths by largest remainder so that base and contributions
/// sum to the health exactly. A person's word that stands at `at` takes the place of the computed health, and the
/// difference is its correction.
///
/// Each customer is scored by the first scorecard that is for them: see [`ScoreBook::after`].
///
/// # Edges
/// Below the scorecard's `min_coverage` there is no computed health and no contribution; coverage still says how much
/// is known. What counts though it is unknown (`poor`, `neutral`) covers nothing. An indicator that the frame lacks is
/// `not_connected`. A customer for whom no scorecard is has neither health nor contributions.
pub fn score_said(frame: &IndicatorFrame, book: &ScoreBook, catalog: &Catalog, said: &Said, at: Instant) -> ScoreFrame {
    scored(frame, book, catalog, (said, at), true)
}

/// How is every customer doing, by what is measured alone, without the reasons?
///
/// # Why
/// A replay scores everybody week after week and asks why of the few whom it warns of.
///
/// # Edges
/// As [`score`], but nobody has contributions.
pub fn score_lightly(frame: &IndicatorFrame, book: &ScoreBook, catalog: &Catalog) -> ScoreFrame {
    score_said_lightly(frame, book, catalog, &Said::default(), frame.as_of().instant())
}

/// How is every customer doing, without the reasons?
///
/// # Why
/// As [`score_lightly`]; a million customers' reasons take as much memory as all the figures that they were scored by.
pub fn score_said_lightly(
    frame: &IndicatorFrame,
    book: &ScoreBook,
    catalog: &Catalog,
    said: &Said,
    at: Instant,
) -> ScoreFrame {
    scored(frame, book, catalog, (said, at), false)
}

fn scored(
    frame: &IndicatorFrame,
    book: &ScoreBook,
    catalog: &Catalog,
    (said, at): (&Said, Instant),
    tells_why: bool,
) -> ScoreFrame {
    let scorers = Scorers::new(frame, book, catalog);
    let one = |position: usize| {
        let (chosen, (id, weigher), is_for) = scorers.of(position);
        if !is_for {
            return nothing(Arc::clone(id), weigher.value(position));
        }
        let customer = &frame.customers()[position];
        let rows = weigher.weigh(position, customer, said, at);
        let summed = Summed::of(chosen, &rows, said.override_of(customer, at));
        let contributions = match tells_why {
            true => contributions(weigher, &rows, &summed),
            false => Contributions::default(),
        };
        CustomerScore {
            health: summed.health,
            band: summed.health.map(|health| chosen.band(health)),
            coverage: summed.coverage,
            firmness: chosen.firmness(summed.coverage),
            contributions,
            correction: summed.correction,
            value: weigher.value(position),
            scorecard: Arc::clone(id),
        }
    };
    ScoreFrame {
        as_of: frame.as_of(),
        scorecard: book.id.clone(),
        version: book.version.clone(),
        tells_why,
        customers: frame.customers().to_vec(),
        scores: for_each(frame.customers().len(), &one),
    }
}

/// The health of every customer alone, in the order of the frame.
///
/// # Why
/// [`score_said`] tells why, and a trend of a million customers over half a year does not ask.
///
/// # Edges
/// As [`score_said`]; `None` where there is no health.
pub fn healths_said(
    frame: &IndicatorFrame,
    book: &ScoreBook,
    catalog: &Catalog,
    said: &Said,
    at: Instant,
) -> Vec<Option<Health>> {
    let scorers = Scorers::new(frame, book, catalog);
    let one = |(position, customer): (usize, &CustomerId)| {
        let (chosen, (_, weigher), is_for) = scorers.of(position);
        if !is_for {
            return None;
        }
        let rows = weigher.weigh(position, customer, said, at);
        Summed::of(chosen, &rows, said.override_of(customer, at)).health
    };
    frame.customers().iter().enumerate().map(one).collect()
}

/// The scorecards of a firm, each made ready for a frame.
struct Scorers<'a> {
    frame: &'a IndicatorFrame,
    book: &'a ScoreBook,
    weighers: Vec<(Arc<str>, Weigher<'a>)>,
}

impl<'a> Scorers<'a> {
    fn new(frame: &'a IndicatorFrame, book: &'a ScoreBook, catalog: &Catalog) -> Self {
        let books = book.special().iter().chain(std::iter::once(book));
        let weigher = |one: &'a ScoreBook| (Arc::from(one.id.as_str()), Weigher::new(frame, one, catalog));
        Self { frame, book, weighers: books.map(weigher).collect() }
    }

    /// By which scorecard the customer at a position is scored, and whether it is for them.
    fn of(&self, position: usize) -> (&'a ScoreBook, &(Arc<str>, Weigher<'a>), bool) {
        let (chosen, is_for) = self.book.for_customer(self.frame, position);
        let found = self.weighers.iter().find(|(id, _)| **id == *chosen.id).or(self.weighers.last());
        (chosen, found.unwrap_or_else(|| unreachable!("a scorecard is among its own")), is_for)
    }
}

/// The work on everybody, shared among the processor's cores, in order.
fn for_each<T: Send>(count: usize, work: &(impl Fn(usize) -> T + Sync)) -> Vec<T> {
    const FEWEST: usize = 4_096;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let size = count.div_ceil(threads).max(FEWEST);
    if count <= size {
        return (0..count).map(work).collect();
    }
    std::thread::scope(|scope| {
        let part = |start: usize| scope.spawn(move || (start..(start + size).min(count)).map(work).collect::<Vec<T>>());
        let parts: Vec<_> = (0..count).step_by(size).map(part).collect();
        let mut all = Vec::with_capacity(count);
        for part in parts {
            all.extend(part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    })
}

/// How is every customer doing by each of several scorecards, for whomever it is? One frame per scorecard: a customer
/// may have several healths at once.
pub fn score_each(
    frame: &IndicatorFrame,
    books: &[&ScoreBook],
    catalog: &Catalog,
    said: &Said,
    at: Instant,
) -> Vec<ScoreFrame> {
    books.iter().map(|book| score_said(frame, book, catalog, said, at)).collect()
}

/// How many points above the base does each measure of one scorecard earn, before its weight?
///
/// A row for each customer of the frame, a number for each measure in the scorecard's order: `(points − base) × what is left
/// of its weight` (1 where it counts whole, less where it fades with age); 0 where it is left out. With the shares `s` of the
/// weights the health is about `base + Σ s · earned / Σ s` over what is not left out.
///
/// # Why
/// Whoever asks what weights would have foretold leaving needs the points without the weights.
///
/// # Edges
/// Scorecards asked before this one, and whom it is for, are not looked at. What people say counts as left out.
pub fn earned(frame: &IndicatorFrame, book: &ScoreBook, catalog: &Catalog) -> Vec<Vec<f64>> {
    let weigher = Weigher::new(frame, book, catalog);
    let (said, at) = (Said::default(), frame.as_of().instant());
    let base = book.base.points();
    let one = |(position, customer): (usize, &CustomerId)| {
        let rows = weigher.weigh(position, customer, &said, at);
        let earned = |(row, leaf): (&Weighed, &Leaf<'_>)| (row.points - base) * row.weight / leaf.share;
        rows.iter().zip(&weigher.leaves).map(earned).collect()
    };
    frame.customers().iter().enumerate().map(one).collect()
}

fn nothing(scorecard: Arc<str>, value: Cell) -> CustomerScore {
    CustomerScore {
        health: None,
        band: None,
        coverage: 0,
        firmness: Firmness::Thin,
        contributions: Contributions::default(),
        correction: None,
        value,
        scorecard,
    }
}

/// What the weighed measures of a customer come to.
pub(crate) struct Summed {
    /// Known share of the weight, 0 to 10,000.
    pub coverage: u16,
    /// Sum of the weights that count.
    pub whole: f64,
    /// Health by what was measured, in hundredths; `None` if too little is known.
    pub measured: Option<i32>,
    /// Health, the word of a person included.
    pub health: Option<Health>,
    /// What that word adds.
    pub correction: Option<Box<Correction>>,
}

impl Summed {
    pub fn of(book: &ScoreBook, rows: &[Weighed], word: Option<&Override>) -> Summed {
        let known: f64 = rows.iter().map(|row| row.known).sum();
        let whole: f64 = rows.iter().map(|row| row.weight).sum();
        let coverage = ((known * 10_000.0).round() as u16).min(10_000);
        let base = i32::from(book.base.hundredths());
        let enough = known > 0.0 && f64::from(coverage) >= book.min_coverage * 10_000.0;
        let measured = enough.then(|| {
            let above: f64 = rows.iter().map(|row| above_base(book, row, whole)).sum();
            base + (above.round() as i32).clamp(-base, 10_000 - base)
        });
        let correction = word.map(|word| {
            Box::new(Correction {
                points_hundredths: i32::from(word.health.hundredths()) - measured.unwrap_or(base),
                reason: word.reason.clone(),
                author: word.author.clone(),
                until: word.until,
            })
        });
        let computed = measured.map(|hundredths| Health::from_hundredths(hundredths as u16));
        Summed { coverage, whole, measured, health: word.map(|word| word.health).or(computed), correction }
    }
}

/// Hundredths of a point above the base, exactly.
pub(crate) fn above_base(book: &ScoreBook, row: &Weighed, whole: f64) -> f64 {
    row.weight * (row.points - book.base.points()) / whole * 100.0
}

/// The shares of the measures in what was measured, which sum to it exactly.
fn contributions(weigher: &Weigher<'_>, rows: &[Weighed], summed: &Summed) -> Contributions {
    let book = weigher.book;
    let counting: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].counted != Counted::LeftOut).collect();
    let mut points: Vec<Option<i16>> = vec![None; rows.len()];
    if let Some(measured) = summed.measured {
        let exact: Vec<f64> = counting.iter().map(|at| above_base(book, &rows[*at], summed.whole)).collect();
        let shares = share_out(&exact, measured - i32::from(book.base.hundredths()));
        // No share is more than a whole health, and a rounding or two.
        counting.iter().zip(shares).for_each(|(at, share)| points[*at] = i16::try_from(share).ok());
    }
    let share = |(row, points_hundredths): (&Weighed, Option<i16>)| Share {
        points_hundredths,
        cell: row.cell,
        counted: row.counted,
    };
    Contributions::new(&weigher.names, rows.iter().zip(points).map(share).collect())
}

/// Rounds parts to whole numbers that sum to `total`: each down, then one more for the largest remainders.
///
/// # Edges
/// Equal remainders: the earlier part first. `total` may differ from the rounded sum by a few (where it was clamped);
/// then the parts go round more than once. No parts: nothing, whatever the total.
pub(crate) fn share_out(parts: &[f64], total: i32) -> Vec<i32> {
    let mut whole: Vec<i32> = parts.iter().map(|part| part.floor() as i32).collect();
    if parts.is_empty() {
        return whole;
    }
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| parts[*b].rem_euclid(1.0).total_cmp(&parts[*a].rem_euclid(1.0)).then(a.cmp(b)));
    let mut missing = total - whole.iter().sum::<i32>();
    while missing > 0 {
        for at in order.iter().take(missing as usize) {
            whole[*at] += 1;
        }
        missing -= order.len().min(missing as usize) as i32;
    }
    while missing < 0 {
        for at in order.iter().rev().take(-missing as usize) {
            whole[*at] -= 1;
        }
        missing += order.len().min(-missing as usize) as i32;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundredths_go_to_the_largest_remainders() {
        assert_eq!(share_out(&[33.34, 33.33, 33.33], 100), [34, 33, 33]);
        assert_eq!(share_out(&[-1.5, 0.5], -1), [-1, 0]);
        assert_eq!(share_out(&[-0.2, -0.2, -0.2], -1), [0, 0, -1]);
        assert_eq!(share_out(&[0.5], 3), [3]);
        assert_eq!(share_out(&[1.0, 1.0], -1), [0, -1]);
        assert_eq!(share_out(&[], 7), [0; 0]);
    }
}
