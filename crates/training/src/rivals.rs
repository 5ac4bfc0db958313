//! Two models beside each other: on the same customers at the same moments, and whom each of them would put first.
//!
//! Not here: what customers looked like and what became of them (`looks`).

use std::collections::BTreeMap;

use estimators::chance::Chance;
use estimators::metrics::{ReliabilityBin, auc, brier, calibration_error, lift_at, log_loss, reliability};
use vocab::{AsOf, CustomerId, Horizon, Text};

use crate::looks::{Look, Sayer};
use crate::risk::together;
use crate::train::Metric;

/// Customers are drawn anew so often.
const DRAWS: usize = 200;
/// Groups of equal size.
const BINS: usize = 10;
/// Rows at most: beyond it a fixed part of the customers stands for all.
const MOST_ROWS: usize = 40_000;
/// The share of the customers that stands at the top of a list.
pub const TOP: f64 = 0.1;

/// One figure of both, and by how much the challenger's differs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contest {
    /// `auc`, `log_loss`, `brier`, `calibration_error` or `lift`.
    pub figure: &'static str,
    /// The champion's.
    pub champion: Metric,
    /// The challenger's.
    pub challenger: Metric,
    /// The challenger's less the champion's, with the interval of the difference.
    pub gap: Metric,
    /// Whether the challenger is better, where the interval of the difference leaves out 0.
    pub is_better: Option<bool>,
}

/// Both on the same customers and moments.
#[derive(Clone, Debug, PartialEq)]
pub struct Rivals {
    /// The moments, in the order of time.
    pub moments: Vec<AsOf>,
    /// Rows: customers at moments.
    pub rows: u64,
    /// Customers.
    pub customers: u64,
    /// Rows that left within the horizon.
    pub left: u64,
    /// Rows left out, since one of them says nothing of them.
    pub unsaid: u64,
    /// Figure by figure.
    pub contests: Vec<Contest>,
    /// What each said beside what came of it: the champion's, the challenger's.
    pub reliability: [Vec<ReliabilityBin>; 2],
    /// The same in a sentence.
    pub says: Text,
}

/// Figures of two models on the same rows, with 95 % intervals of each and of the difference.
///
/// Customers are drawn with replacement 200 times and both models are measured on the same draw (a paired bootstrap by
/// customer); intervals end at the 2.5 and 97.5 per cent points. Rows of moments whose outcomes are not told are left out, and
/// rows of which one of the two says nothing.
///
/// # Why paired
/// Most of what chance does to one model's figure it does to the other's as well: of two intervals that overlap by half the
/// difference may be certain.
///
/// # Edges
/// * `None` unless somebody left and somebody stayed.
/// * Of very many rows a fixed part of the customers, drawn by the seed, stands for all.
///
/// # Source
/// Efron & Tibshirani (1993), *An Introduction to the Bootstrap*, ch. 13; clusters: Field & Welsh (2007), *JRSS B* 69(3).
pub fn rivals(
    looks: &[Look],
    [champion, challenger]: [Sayer<'_>; 2],
    horizon: Horizon,
    seed: u64,
    threads: usize,
) -> Option<Rivals> {
    let told: Vec<&Look> = looks.iter().filter(|look| look.is_told() && !look.customers.is_empty()).collect();
    let mut of: BTreeMap<&CustomerId, Vec<Row>> = BTreeMap::new();
    let mut unsaid = 0;
    for look in &told {
        let (one, other) = (champion.said(look, horizon), challenger.said(look, horizon));
        let both = one.into_iter().zip(other).zip(&look.left).zip(&look.customers);
        for (((one, other), left), customer) in both {
            match (one, other, left) {
                (Some(one), Some(other), Some(left)) => {
                    of.entry(customer).or_default().push(Row { said: [one, other], left: *left })
                }
                _ => unsaid += 1,
            }
        }
    }
    let rows: usize = of.values().map(Vec::len).sum();
    let mut people: Vec<Vec<Row>> = of.into_values().collect();
    if rows > MOST_ROWS {
        let kept = people.len() * MOST_ROWS / rows;
        Chance::of(seed, DRAWS as u64).shuffle(&mut people);
        people.truncate(kept.max(2));
    }
    let all = Sides::of(people.iter());
    let value = measured(&all)?;
    let draws: Vec<Option<Vec<[f64; 2]>>> = together(DRAWS, threads, |draw| {
        let mut chance = Chance::of(seed, draw as u64);
        measured(&Sides::of((0..people.len()).map(|_| &people[chance.below(people.len())])))
    });
    let draws: Vec<Vec<[f64; 2]>> = draws.into_iter().flatten().collect();
    let contest = |(place, (figure, is_high_good, _)): (usize, &(&'static str, bool, Measure))| {
        let side = |side: usize| metric(value[place][side], draws.iter().map(|draw| draw[place][side]));
        let gap = metric(value[place][1] - value[place][0], draws.iter().map(|draw| draw[place][1] - draw[place][0]));
        let is_certain = gap.low > 0.0 || gap.high < 0.0;
        let is_better = is_certain.then_some((gap.value > 0.0) == *is_high_good);
        Contest { figure, champion: side(0), challenger: side(1), gap, is_better }
    };
    let contests: Vec<Contest> = FIGURES.iter().enumerate().map(contest).collect();
    Some(Rivals {
        moments: told.iter().map(|look| look.at).collect(),
        rows: all.left.len() as u64,
        customers: people.len() as u64,
        left: all.left.iter().filter(|left| **left).count() as u64,
        unsaid,
        says: says(&contests),
        contests,
        reliability: [0, 1].map(|side| reliability(&all.said[side], &all.left, BINS)),
    })
}

/// What both said of a customer at a moment, and whether it left.
#[derive(Clone, Copy)]
struct Row {
    said: [f64; 2],
    left: bool,
}

/// Rows as columns.
struct Sides {
    said: [Vec<f64>; 2],
    left: Vec<bool>,
}

impl Sides {
    fn of<'a>(people: impl Iterator<Item = &'a Vec<Row>>) -> Sides {
        let rows: Vec<Row> = people.flatten().copied().collect();
        let side = |side: usize| rows.iter().map(|row| row.said[side]).collect();
        Sides { said: [side(0), side(1)], left: rows.iter().map(|row| row.left).collect() }
    }
}

/// A measure of probabilities against what became of them.
type Measure = fn(&[f64], &[bool]) -> Option<f64>;

/// What is measured, and whether high is good.
const FIGURES: [(&str, bool, Measure); 5] = [
    ("auc", true, auc),
    ("log_loss", false, log_loss),
    ("brier", false, brier),
    ("calibration_error", false, |said, left| calibration_error(said, left, BINS)),
    ("lift", true, |said, left| lift_at(said, left, TOP)),
];

/// Every figure of both; `None` unless somebody left and somebody stayed.
fn measured(sides: &Sides) -> Option<Vec<[f64; 2]>> {
    let of = |measure: Measure, side: usize| measure(&sides.said[side], &sides.left);
    FIGURES.iter().map(|(_, _, measure)| Some([of(*measure, 0)?, of(*measure, 1)?])).collect()
}

/// A figure with the points between which 95 of 100 draws lie.
fn metric(value: f64, draws: impl Iterator<Item = f64>) -> Metric {
    let mut draws: Vec<f64> = draws.collect();
    draws.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| draws.get((draws.len().saturating_sub(1) as f64 * share).round() as usize).copied();
    Metric { value, low: at(0.025).unwrap_or(value), high: at(0.975).unwrap_or(value) }
}

/// Which is better, as far as these rows can tell: by log loss, which asks for order and for honesty at once.
fn says(contests: &[Contest]) -> Text {
    let find = |figure: &str| contests.iter().find(|one| one.figure == figure);
    let (Some(loss), Some(auc)) = (find("log_loss"), find("auc")) else { return Text::default() };
    let (gap, low, high, order) = (loss.gap.value, loss.gap.low, loss.gap.high, auc.gap.value);
    let (zh, en) = match loss.is_better {
        Some(true) => ("候选模型更好", "the challenger is better"),
        Some(false) => ("在用模型更好", "the model in service is better"),
        None => ("分不出高下", "they cannot be told apart"),
    };
    Text::new(
        format!("{zh}：对数损失相差 {gap:+.4}（95% 区间 {low:+.4} 至 {high:+.4}），AUC 相差 {order:+.3}"),
        format!("{en}: log loss differs by {gap:+.4} (95 % interval {low:+.4} to {high:+.4}), AUC by {order:+.3}"),
    )
}

/// A customer whom one of the two puts into the top tenth and the other does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Mover {
    /// Who.
    pub customer: CustomerId,
    /// What the champion says.
    pub champion: f64,
    /// What the challenger says.
    pub challenger: f64,
    /// Whether the challenger puts it into the top tenth; else the champion does.
    pub enters: bool,
}

/// Who would change lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Movers {
    /// Customers of whom both say something.
    pub customers: u64,
    /// How many stand in the top tenth.
    pub top: u64,
    /// Those in one top tenth only, the greatest difference first; as many enter as leave.
    pub movers: Vec<Mover>,
}

/// Whom each of two models would put into the top tenth, and where they differ.
///
/// # Edges
/// Of customers with the same probability those come first whose id does. `None` where both say something of nobody.
pub fn movers(look: &Look, [champion, challenger]: [Sayer<'_>; 2], horizon: Horizon) -> Option<Movers> {
    let said = champion.said(look, horizon).into_iter().zip(challenger.said(look, horizon));
    let both = look.customers.iter().zip(said).filter_map(|(customer, (one, other))| Some((customer, [one?, other?])));
    let both: Vec<(&CustomerId, [f64; 2])> = both.collect();
    if both.is_empty() {
        return None;
    }
    let top = (both.len() as f64 * TOP).ceil() as usize;
    let is_top = |side: usize| {
        let mut order: Vec<usize> = (0..both.len()).collect();
        order.sort_by(|a, b| both[*b].1[side].total_cmp(&both[*a].1[side]).then_with(|| both[*a].0.cmp(both[*b].0)));
        let mut is_top = vec![false; both.len()];
        order.iter().take(top).for_each(|place| is_top[*place] = true);
        is_top
    };
    let (before, after) = (is_top(0), is_top(1));
    let mover = |place: usize| {
        let (customer, [champion, challenger]) = both[place];
        (before[place] != after[place]).then(|| Mover {
            customer: customer.clone(),
            champion,
            challenger,
            enters: after[place],
        })
    };
    let mut movers: Vec<Mover> = (0..both.len()).filter_map(mover).collect();
    let reach = |one: &Mover| (one.challenger - one.champion).abs();
    movers.sort_by(|a, b| reach(b).total_cmp(&reach(a)).then_with(|| a.customer.cmp(&b.customer)));
    Some(Movers { customers: both.len() as u64, top: top as u64, movers })
}

#[cfg(test)]
mod tests {
    use vocab::Instant;

    use super::*;
    use crate::outside::{OutsideModel, OutsideRow};

    const HORIZON: Horizon = Horizon { days: 90 };

    fn day(number: i64) -> AsOf {
        AsOf(Instant::from_micros(0).plus_days(number))
    }

    fn who(one: usize) -> CustomerId {
        CustomerId::new(format!("C{one:04}"))
    }

    /// Customers looked at three times, each of whom leaves with its own probability; what a model says of a probability.
    fn world(count: usize, says: [fn(f64) -> f64; 2]) -> (Vec<Look>, [OutsideModel; 2]) {
        let mut chance = Chance::new(11);
        let risks: Vec<f64> = (0..count).map(|_| 0.02 + 0.5 * chance.uniform().powi(2)).collect();
        let mut looks = Vec::new();
        let mut rows = [Vec::new(), Vec::new()];
        for moment in 0..3 {
            let at = day(30 * moment);
            let left = risks.iter().map(|risk| Some(chance.uniform() < *risk)).collect();
            for (rows, says) in rows.iter_mut().zip(says) {
                rows.extend(risks.iter().enumerate().map(|(one, risk)| OutsideRow {
                    customer: who(one),
                    at: at.instant(),
                    horizon_days: HORIZON.days,
                    probability: says(*risk),
                }));
            }
            looks.push(Look {
                at,
                customers: (0..count).map(who).collect(),
                names: Vec::new(),
                cells: Vec::new(),
                left,
                eligibility: Default::default(),
            });
        }
        (looks, rows.map(|rows| OutsideModel::new(rows, 20).unwrap()))
    }

    fn against(looks: &[Look], models: &[OutsideModel; 2], threads: usize) -> Rivals {
        let sayers = [Sayer::Outside(&models[0]), Sayer::Outside(&models[1])];
        rivals(looks, sayers, HORIZON, 3, threads).unwrap()
    }

    #[test]
    fn who_says_the_truth_beats_who_says_half_of_it_and_a_twin_cannot_be_told_apart() {
        let (looks, models) = world(500, [|risk| risk / 2.0, |risk| risk]);
        let found = against(&looks, &models, 1);
        let of = |figure: &str| *found.contests.iter().find(|one| one.figure == figure).unwrap();
        assert_eq!(
            (of("log_loss").is_better, of("calibration_error").is_better),
            (Some(true), Some(true)),
            "{found:?}"
        );
        assert_eq!((of("auc").gap.value, of("auc").is_better), (0.0, None), "both put everybody in the same order");
        assert_eq!((found.rows, found.customers, found.unsaid), (1_500, 500, 0));
        for one in &found.contests {
            assert!(one.gap.low <= one.gap.value && one.gap.value <= one.gap.high || one.figure == "calibration_error");
            assert!((one.gap.value - (one.challenger.value - one.champion.value)).abs() < 1e-12);
        }
        assert_eq!(against(&looks, &models, 2), found, "threads change nothing");
        assert!(found.says.en.starts_with("the challenger is better"), "{:?}", found.says);

        let turned = [models[1].clone(), models[0].clone()];
        let back = against(&looks, &turned, 1);
        assert!((back.contests[1].gap.value + of("log_loss").gap.value).abs() < 1e-12);
        assert_eq!(back.contests[1].is_better, Some(false));
        let twins = against(&looks, &[models[1].clone(), models[1].clone()], 1);
        assert!(twins.contests.iter().all(|one| one.is_better.is_none() && one.gap.low == 0.0 && one.gap.high == 0.0));
    }

    /// Two roads: the paired interval is that of the differences of single customers' losses, which for a mean is known.
    #[test]
    fn the_interval_of_a_mean_is_as_wide_as_theory_says() {
        let (looks, models) = world(800, [|risk| 0.8 * risk + 0.05, |risk| risk]);
        let found = against(&looks, &models, 2);
        let loss = |p: f64, left: bool| -(if left { p } else { 1.0 - p }).ln();
        let mut by_customer = vec![0.0; 800];
        for look in &looks {
            let said = |model: usize| Sayer::Outside(&models[model]).said(look, HORIZON);
            for (one, ((old, new), left)) in said(0).into_iter().zip(said(1)).zip(&look.left).enumerate() {
                let left = left.unwrap();
                by_customer[one] += (loss(new.unwrap(), left) - loss(old.unwrap(), left)) / 3.0;
            }
        }
        let mean = by_customer.iter().sum::<f64>() / 800.0;
        let spread = (by_customer.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / 799.0 / 800.0).sqrt();
        let gap = found.contests.iter().find(|one| one.figure == "log_loss").unwrap().gap;
        assert!((gap.value - mean).abs() < 1e-12, "{gap:?} {mean}");
        let width = (gap.high - gap.low) / (2.0 * 1.96 * spread);
        assert!((0.8..1.2).contains(&width), "{width}: 200 draws know an interval to a tenth or so");
    }

    #[test]
    fn moments_not_told_and_customers_of_whom_one_says_nothing_are_left_out() {
        let (mut looks, models) = world(200, [|risk| risk / 2.0, |risk| risk]);
        looks[2].left[0] = None;
        looks[1].customers[7] = CustomerId::new("nobody knows");
        let found = against(&looks, &models, 1);
        assert_eq!((found.moments.clone(), found.rows, found.unsaid), (vec![day(0), day(30)], 399, 1));
        looks.iter_mut().for_each(|look| look.left.iter_mut().for_each(|left| *left = Some(false)));
        let sayers = [Sayer::Outside(&models[0]), Sayer::Outside(&models[1])];
        assert_eq!(rivals(&looks, sayers, HORIZON, 3, 1), None, "nobody left");
    }

    #[test]
    fn who_changes_lists_is_named_and_as_many_enter_as_leave() {
        let rows = |said: &dyn Fn(usize) -> f64| {
            let row = |one: usize| OutsideRow {
                customer: who(one),
                at: day(0).instant(),
                horizon_days: HORIZON.days,
                probability: said(one),
            };
            OutsideModel::new((0..20).map(row).collect(), 20).unwrap()
        };
        let (old, new) =
            (rows(&|one| one as f64 / 100.0), rows(&|one| if one == 3 { 0.9 } else { one as f64 / 100.0 }));
        let look = Look {
            at: day(5),
            customers: (0..21).map(who).collect(),
            names: Vec::new(),
            cells: Vec::new(),
            left: vec![None; 21],
            eligibility: Default::default(),
        };
        let found = movers(&look, [Sayer::Outside(&old), Sayer::Outside(&new)], HORIZON).unwrap();
        assert_eq!((found.customers, found.top), (20, 2), "of the 21st nothing is said");
        let named: Vec<(String, bool)> =
            found.movers.iter().map(|one| (one.customer.to_string(), one.enters)).collect();
        assert_eq!(named, [("C0003".to_owned(), true), ("C0018".to_owned(), false)]);
        let late = Look { at: day(40), ..look };
        assert_eq!(movers(&late, [Sayer::Outside(&old), Sayer::Outside(&new)], HORIZON), None, "both have lapsed");
    }
}
