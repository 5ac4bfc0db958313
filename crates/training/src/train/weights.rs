//! Weights of a scorecard learnt from who left: drawn towards those that people set, never against the direction declared,
//! and judged beside them on later months.
//!
//! A suggestion, no more: whoever runs the scorecard takes it over or leaves it. What a number earns (the curves) is not
//! learnt, nor is what people say of a customer.
//!
//! Not here: the arithmetic (`estimators::linear`), what a scorecard is (`scores`), who takes a suggestion over (`app`).

use std::collections::BTreeSet;

use estimators::calibrate::logistic;
use estimators::linear::{Logistic, Matrix, fit_toward};
use estimators::metrics::{AucDifference, Share, auc_difference_by_cluster, auc_interval_by_cluster, log_loss, wilson};
use facts::{FactFrame, Hindsight};
use indicators::{Catalog, IndicatorFrame, Population, evaluate_at};
use scores::{ScoreBook, earned, score};
use vocab::{AsOf, CustomerId, Text};

use super::parts::{self, LEAST_LEARNT, LEAST_TESTED, Parts};
use super::{HORIZONS, LEAST_LEAVERS, Metric, Readiness, Refusal, Stretch, TrainSpec};
use crate::backtest::{Failure, Progress};
use crate::frames::{TrainingFrame, training_frame};
use crate::risk::{stratified, together};

/// Penalties tried besides the weights as they are, strongest first.
const STRENGTHS: [f64; 8] = [30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01];
/// Customers are dealt to so many folds.
const FOLDS: usize = 5;
/// Rows that weights are fitted on at most.
const MOST_ROWS: usize = 40_000;
/// Points of a scorecard that are one unit of a column.
const UNIT: f64 = 10.0;
/// Log odds for ten points of health that are assumed where the scorecard as it is orders nobody.
const LEAST_SCALE: f64 = 0.05;
/// Customers warned of at a moment: the lowest tenth.
const WARNED: usize = 10;

/// A measure of the scorecard and its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct LearntMeasure {
    /// The indicator's id.
    pub id: String,
    /// Its share of the whole weight as it is.
    pub hand: f64,
    /// As it is suggested; whole tenths of a per cent, none below one tenth.
    pub suggested: f64,
    /// Why it was not learnt: `said_by_people` or `no_data`; then only the others' weights move it.
    pub unlearnt: Option<&'static str>,
}

/// How a set of weights did in the months judged by, everybody's lowest tenth of health warned of on each first of a month.
#[derive(Clone, Debug, PartialEq)]
pub struct CardFigures {
    /// How often the one who left had the lower health than the one who stayed; interval by customer.
    pub auc: Metric,
    /// Customers warned of.
    pub warned: u64,
    /// Customers who left within the horizon of a look.
    pub leavers: u64,
    /// Leavers who were warned of then.
    pub caught: u64,
    /// `caught / warned`.
    pub precision: Share,
    /// `caught / leavers`.
    pub recall: Share,
}

/// Which weights did better in the months judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Those suggested, surely.
    Suggested,
    /// Those there are, surely.
    Hand,
    /// Neither can be called the better: the interval of the difference holds 0.
    Neither,
}

impl Better {
    /// `suggested`, `hand` or `neither`.
    pub fn as_str(self) -> &'static str {
        match self {
            Better::Suggested => "suggested",
            Better::Hand => "hand",
            Better::Neither => "neither",
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LearntWeights {
    /// The months learnt from.
    pub learnt: Stretch,
    /// The later months that chose the penalty; `None` where history is too short and the months learnt from did.
    pub chosen: Option<Stretch>,
    /// The months judged by.
    pub tested: Stretch,
    /// The penalty; `None`: the weights as they are did best.
    pub strength: Option<f64>,
    /// Log loss out of fold of the weights as they are, then of each penalty.
    pub losses: Vec<(Option<f64>, f64)>,
    /// In the order of the scorecard.
    pub measures: Vec<LearntMeasure>,
    /// The weights as they are.
    pub hand: CardFigures,
    /// Those suggested.
    pub suggested: CardFigures,
    /// AUC of those suggested less that of those there are.
    pub difference: Metric,
    /// Which did better.
    pub better: Better,
    /// The same in a sentence.
    pub sentence: Text,
}

/// What came of the wish to learn.
#[derive(Clone, Debug)]
pub struct Weighing {
    /// Whether history carries it, and what is missing.
    pub readiness: Readiness,
    /// The suggestion, or why there is none.
    pub verdict: Result<Box<LearntWeights>, Refusal>,
}

/// Weights of a scorecard, from who left.
///
/// With `e_j` the points above the base that measure `j` earns, `x_j = −e_j / 10` and `h = Σ s_j x_j` of the shares `s` as they
/// are: `κ` is the weight of `h` alone in a logistic regression on leaving, and the weights learnt minimise
/// `mean(log loss) + λ/2 · Σ_j (w_j − κ s_j)²` with every `w_j ≥ 0`; suggested is `w_j / Σ w`.
///
/// 1. *Stretches* as for a model ([`super::train`]): months to learn from, later months that choose `λ`, months to judge by; no
///    label reaches into the next stretch.
/// 2. *The penalty*: of eight, and of the weights as they are, the one with the least log loss on customers of a fifth that was
///    not learnt from, in the later months.
/// 3. *Learnt again* with it on all months before those judged by, rounded to tenths of a per cent.
/// 4. *Judged*: both scorecards score everybody on the first of each month judged by, with all that scorecards do about missing
///    and old numbers.
///
/// `spec.catalog` holds every indicator the scorecard names; `past`, `hindsight` and `moments` are as for [`super::train`].
///
/// # Edges
/// * Fewer leavers than [`LEAST_LEAVERS`] among customers the scorecard is for, or too short a history: a refusal, with what is
///   missing.
/// * A measure that people say, or that never differs, keeps the weight `κ s_j`.
/// * A share below a tenth of a per cent is suggested as one tenth: a measure without weight is no measure.
///
/// # Errors
/// Facts that cannot be read, nobody interested any more, a horizon that there is not.
///
/// # Panics
/// As [`super::train`].
pub fn learn(
    past: &FactFrame,
    hindsight: &Hindsight,
    moments: Vec<AsOf>,
    book: &ScoreBook,
    spec: &TrainSpec<'_>,
    progress: Progress<'_>,
) -> Result<Weighing, Failure> {
    assert!(hindsight.end() <= spec.as_of, "what happened after {} is not to be learnt", spec.as_of);
    let go_on = |part: f64| if progress(part) { Ok(()) } else { Err(Failure::Stopped) };
    go_on(0.02)?;
    let frame = training_frame(past, hindsight, &spec.asked(moments)?).map_err(Failure::Facts)?;
    go_on(0.3)?;
    let place = HORIZONS.iter().position(|days| *days == spec.horizon.days).unwrap_or_default();
    let parts = Parts::of(&frame, place);
    let readiness = Readiness::of(past, &frame, spec, place, parts.as_ref());
    let parts = match (parts, readiness.refusal()) {
        (Some(parts), None) => parts,
        (_, refusal) => {
            let refusal = refusal.unwrap_or_else(|| Refusal::history(spec.horizon));
            return Ok(Weighing { readiness, verdict: Err(refusal) });
        }
    };
    let work = Work::new(past, &frame, book, spec, place);
    go_on(0.5)?;
    let verdict = match work.parts(&parts) {
        Err(refusal) => Err(refusal),
        Ok(parts) => work.learnt(past, &parts, &|| go_on(0.85))?,
    };
    go_on(1.0)?;
    Ok(Weighing { readiness, verdict })
}

/// Everybody at every moment, as the scorecard sees them.
struct Work<'a> {
    frame: &'a TrainingFrame,
    book: &'a ScoreBook,
    spec: &'a TrainSpec<'a>,
    place: usize,
    left: Vec<bool>,
    groups: Vec<u32>,
    /// Shares of the weights as they are.
    shares: Vec<f64>,
    /// `x` of each row, measure after measure.
    columns: Matrix,
    /// Whether the scorecard is for the customer of a row at its moment.
    is_for: Vec<bool>,
}

impl<'a> Work<'a> {
    fn new(
        past: &FactFrame,
        frame: &'a TrainingFrame,
        book: &'a ScoreBook,
        spec: &'a TrainSpec<'a>,
        place: usize,
    ) -> Work<'a> {
        let shares: Vec<f64> = book.measures().map(|(_, _, share)| share).collect();
        let mut values = Vec::with_capacity(frame.rows.len() * shares.len());
        let mut is_for = Vec::with_capacity(frame.rows.len());
        for same in frame.rows.chunk_by(|one, other| one.moment == other.moment) {
            let customers = || same.iter().map(|row| &frame.customers[row.customer]);
            let seen = measured(past, spec.catalog, customers(), frame.moments[same[0].moment].at);
            let rows = earned(&seen, book, spec.catalog);
            for customer in customers() {
                let position = seen.position(customer);
                is_for.push(position.is_some_and(|position| book.is_for(&seen, position)));
                match position {
                    Some(position) => values.extend(rows[position].iter().map(|earned| -earned / UNIT)),
                    None => values.extend(shares.iter().map(|_| 0.0)),
                }
            }
        }
        let left = frame.outcomes(place).iter().map(|left| *left == Some(true)).collect();
        let columns = Matrix::new(shares.len().max(1), values);
        Work { frame, book, spec, place, left, groups: frame.groups(), shares, columns, is_for }
    }

    /// The rows of customers whom the scorecard is for, or why they are too few.
    fn parts(&self, parts: &Parts) -> Result<Parts, Refusal> {
        let own = |rows: &[u32]| rows.iter().copied().filter(|row| self.is_for[*row as usize]).collect::<Vec<u32>>();
        let leavers = |rows: &[u32]| parts::leavers(self.frame, self.place, rows);
        let kept = Parts {
            fit: own(&parts.fit),
            told: own(&parts.told),
            later: parts.later.as_deref().map(own),
            test: own(&parts.test),
        };
        let learnt = leavers(&kept.before());
        let tested = leavers(&kept.test);
        let all = learnt.union(&tested).count() as u64;
        if all < LEAST_LEAVERS {
            return Err(Refusal::leavers(all));
        }
        match leavers(&kept.fit).len() >= LEAST_LEARNT && tested.len() >= LEAST_TESTED {
            true => Ok(kept),
            false => Err(Refusal::history(self.spec.horizon)),
        }
    }

    fn learnt(
        &self,
        past: &FactFrame,
        parts: &Parts,
        go_on: &dyn Fn() -> Result<(), Failure>,
    ) -> Result<Result<Box<LearntWeights>, Refusal>, Failure> {
        let losses = self.losses(parts);
        let best = losses.iter().map(|(_, loss)| *loss).fold(f64::INFINITY, f64::min);
        let strength = losses.iter().find(|(_, loss)| *loss <= best).and_then(|(strength, _)| *strength);
        go_on()?;
        let rows = parts.before();
        let suggested = match strength {
            Some(strength) => {
                let weights = self.path(&rows, &[strength]).1.remove(0).weights;
                if weights.iter().sum::<f64>() <= 0.0 {
                    return Ok(Err(Refusal::nothing()));
                }
                tenths(&weights)
            }
            None => self.shares.clone(),
        };
        let judged = self.judged(past, &parts.test, &suggested);
        let stretch = |rows: &[u32]| parts::stretch(self.frame, self.place, rows);
        let (Some((hand, card, difference)), Some(learnt), Some(tested)) =
            (judged, stretch(&parts.fit), stretch(&parts.test))
        else {
            return Ok(Err(Refusal::history(self.spec.horizon)));
        };
        let better = match (difference.covers_nothing(), difference.difference > 0.0) {
            (true, _) => Better::Neither,
            (false, true) => Better::Suggested,
            (false, false) => Better::Hand,
        };
        let measures = self.book.measures().enumerate().map(|(place, (_, measure, hand))| LearntMeasure {
            id: measure.indicator.to_string(),
            hand,
            suggested: suggested[place],
            unlearnt: match (&measure.manual, self.differs(place, &rows)) {
                (Some(_), _) => Some("said_by_people"),
                (None, false) => Some("no_data"),
                (None, true) => None,
            },
        });
        Ok(Ok(Box::new(LearntWeights {
            learnt,
            chosen: parts.later.as_deref().and_then(stretch),
            tested,
            strength,
            losses,
            measures: measures.collect(),
            sentence: sentence(better, &hand, &card),
            hand,
            suggested: card,
            difference: Metric { value: difference.difference, low: difference.low, high: difference.high },
            better,
        })))
    }

    fn differs(&self, measure: usize, rows: &[u32]) -> bool {
        let value = |row: &u32| self.columns.row(*row as usize)[measure];
        rows.first().is_some_and(|first| rows.iter().any(|row| value(row) != value(first)))
    }

    /// The weights as they are, scaled to leaving, and those of each penalty; fitted on some rows.
    fn path(&self, rows: &[u32], strengths: &[f64]) -> (Logistic, Vec<Logistic>) {
        let step = rows.len().div_ceil(MOST_ROWS).max(1);
        let used: Vec<u32> = rows.iter().copied().step_by(step).collect();
        let whole: Vec<f64> = (0..self.left.len()).map(|row| self.hand(row)).collect();
        let alone = fit_toward(&Matrix::new(1, whole), &self.left, &used, &[0.0], &[1e-6]).remove(0);
        let scale = alone.weights[0].max(LEAST_SCALE);
        let given: Vec<f64> = self.shares.iter().map(|share| scale * share).collect();
        let path = fit_toward(&self.columns, &self.left, &used, &given, strengths);
        (alone, path)
    }

    /// `h` of a row.
    fn hand(&self, row: usize) -> f64 {
        self.columns.row(row).iter().zip(&self.shares).map(|(x, share)| x * share).sum()
    }

    /// The log loss of the weights as they are and of each penalty, on later rows of customers that were not learnt from.
    fn losses(&self, parts: &Parts) -> Vec<(Option<f64>, f64)> {
        let all = parts.before();
        let dealt = stratified(&self.left, &all, &self.groups, FOLDS, self.spec.seed);
        let mut fold = vec![FOLDS; self.left.len()];
        all.iter().zip(dealt).for_each(|(row, of)| fold[*row as usize] = of);
        let fold_of = |row: &u32| fold[*row as usize];
        let judges: &[u32] = parts.later.as_deref().unwrap_or(&parts.fit);
        let said: Vec<Vec<(f64, Vec<f64>)>> = together(FOLDS, self.spec.threads, |of| {
            let train: Vec<u32> = parts.fit.iter().copied().filter(|row| fold_of(row) != of).collect();
            if train.is_empty() {
                return Vec::new();
            }
            let (alone, path) = self.path(&train, &STRENGTHS);
            let held = judges.iter().filter(|row| fold_of(row) == of);
            let one = |row: &u32| {
                let values = self.columns.row(*row as usize);
                let each = path.iter().map(|model| logistic(model.margin(values))).collect();
                (logistic(alone.margin(&[self.hand(*row as usize)])), each)
            };
            held.map(one).collect()
        });
        let held = (0..FOLDS).flat_map(|of| judges.iter().filter(move |row| fold_of(row) == of));
        let left: Vec<bool> = held.map(|row| self.left[*row as usize]).collect();
        type Row = (f64, Vec<f64>);
        let rows: Vec<&Row> = said.iter().flatten().collect();
        let loss = |p: &dyn Fn(&Row) -> f64| {
            let said: Vec<f64> = rows.iter().map(|row| p(row)).collect();
            if said.len() == left.len() { log_loss(&said, &left).unwrap_or(f64::INFINITY) } else { f64::INFINITY }
        };
        let hand = (None, loss(&|row| row.0));
        let penalties =
            STRENGTHS.iter().enumerate().map(|(place, strength)| (Some(*strength), loss(&|row| row.1[place])));
        std::iter::once(hand).chain(penalties).collect()
    }

    /// Both sets of weights on the months judged by.
    fn judged(
        &self,
        past: &FactFrame,
        test: &[u32],
        suggested: &[f64],
    ) -> Option<(CardFigures, CardFigures, AucDifference)> {
        let other = self.book.with_shares(suggested);
        let mut rows: Vec<JudgedRow> = Vec::new();
        for same in
            test.chunk_by(|one, other| self.frame.rows[*one as usize].moment == self.frame.rows[*other as usize].moment)
        {
            let customer = |row: &u32| &self.frame.customers[self.frame.rows[*row as usize].customer];
            let moment = self.frame.rows[same[0] as usize].moment;
            let seen = measured(past, self.spec.catalog, same.iter().map(customer), self.frame.moments[moment].at);
            let cards = [self.book, &other].map(|book| score(&seen, book, self.spec.catalog));
            for row in same {
                let health = |card: usize| {
                    let score = cards[card].at(seen.position(customer(row))?);
                    Some(score.health?.points())
                };
                if let (Some(hand), Some(suggested)) = (health(0), health(1)) {
                    let (customer, left) = (self.groups[*row as usize], self.left[*row as usize]);
                    rows.push(JudgedRow { moment, customer, left, healths: [hand, suggested] });
                }
            }
        }
        let left: Vec<bool> = rows.iter().map(|row| row.left).collect();
        let clusters: Vec<usize> = rows.iter().map(|row| row.customer as usize).collect();
        let worry = |card: usize| rows.iter().map(|row| -row.healths[card]).collect::<Vec<f64>>();
        let difference = auc_difference_by_cluster(&worry(1), &worry(0), &left, &clusters)?;
        let figures = |card: usize| {
            let auc = auc_interval_by_cluster(&worry(card), &left, &clusters)?;
            figures(&rows, card, Metric { value: auc.auc, low: auc.low, high: auc.high })
        };
        Some((figures(0)?, figures(1)?, difference))
    }
}

/// A customer at a moment, as both scorecards saw it.
struct JudgedRow {
    moment: usize,
    customer: u32,
    left: bool,
    healths: [f64; 2],
}

fn measured<'c>(
    past: &FactFrame,
    catalog: &Catalog,
    customers: impl Iterator<Item = &'c CustomerId>,
    at: AsOf,
) -> IndicatorFrame {
    evaluate_at(past, catalog, &Population::These(customers.cloned().collect()), &[at]).remove(0)
}

/// Warns of the lowest tenth of each moment, the earlier customer first among equals, and counts customers.
fn figures(rows: &[JudgedRow], card: usize, auc: Metric) -> Option<CardFigures> {
    let (mut warned, mut caught) = (BTreeSet::new(), BTreeSet::new());
    for same in rows.chunk_by(|one, other| one.moment == other.moment) {
        let mut order: Vec<&JudgedRow> = same.iter().collect();
        order.sort_by(|one, other| one.healths[card].total_cmp(&other.healths[card]));
        for row in order.iter().take(same.len().div_ceil(WARNED)) {
            warned.insert(row.customer);
            if row.left {
                caught.insert(row.customer);
            }
        }
    }
    let leavers: BTreeSet<u32> = rows.iter().filter(|row| row.left).map(|row| row.customer).collect();
    Some(CardFigures {
        auc,
        warned: warned.len() as u64,
        leavers: leavers.len() as u64,
        caught: caught.len() as u64,
        precision: wilson(caught.len(), warned.len())?,
        recall: wilson(caught.len(), leavers.len())?,
    })
}

/// Shares in tenths of a per cent by largest remainder, one tenth at least.
fn tenths(weights: &[f64]) -> Vec<f64> {
    let (whole, room) = (weights.iter().sum::<f64>(), 1_000usize.saturating_sub(weights.len()) as f64);
    let exact: Vec<f64> = weights.iter().map(|weight| weight / whole * room).collect();
    let mut units: Vec<usize> = exact.iter().map(|exact| exact.floor() as usize).collect();
    let missing = room as usize - units.iter().sum::<usize>().min(room as usize);
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|one, other| exact[*other].fract().total_cmp(&exact[*one].fract()).then(one.cmp(other)));
    order.iter().take(missing).for_each(|place| units[*place] += 1);
    units.into_iter().map(|units| (units + 1) as f64 / 1_000.0).collect()
}

fn sentence(better: Better, hand: &CardFigures, suggested: &CardFigures) -> Text {
    let (was, is, leavers) = (hand.caught, suggested.caught, hand.leavers);
    match better {
        Better::Suggested => Text::new(
            format!(
                "建议的权重在之后的月份里更准：每次提醒最低的一成，{leavers} 位流失客户里抓住 {is} 位，现在的权重抓住 {was} 位"
            ),
            format!(
                "the suggested weights did better in later months: with the lowest tenth warned of, {is} of {leavers} \
                 leavers were caught, {was} by yours"
            ),
        ),
        Better::Hand => Text::new(
            format!(
                "建议的权重在之后的月份里更差，请保留现在的：{leavers} 位流失客户里，现在的权重抓住 {was} 位，建议的抓住 {is} 位"
            ),
            format!(
                "the suggested weights did worse in later months; keep yours: {was} of {leavers} leavers were caught by \
                 yours, {is} by those suggested"
            ),
        ),
        Better::Neither => Text::new(
            format!(
                "不比现在的权重好：在之后的月份里两者分不出高下（{leavers} 位流失客户里分别抓住 {was} 位和 {is} 位）"
            ),
            format!(
                "no better than yours: in later months the two cannot be told apart ({was} and {is} of {leavers} leavers \
                 were caught)"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_tenths_that_sum_to_one_and_none_is_nothing() {
        for weights in [vec![1.0, 1.0, 1.0], vec![0.0, 3.0], vec![0.123, 0.4, 0.0, 7.7, 1e-9]] {
            let shares = tenths(&weights);
            let units: f64 = shares.iter().map(|share| (share * 1_000.0).round()).sum();
            assert_eq!(units, 1_000.0, "{shares:?}");
            let is_whole = |share: &f64| ((share * 1_000.0).round() - share * 1_000.0).abs() < 1e-9;
            assert!(shares.iter().all(|share| *share >= 0.001 && is_whole(share)), "{shares:?}");
        }
        assert_eq!(tenths(&[0.0, 3.0]), [0.001, 0.999]);
    }
}
