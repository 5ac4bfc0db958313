//! The figures of one indicator: how well it ranks, how early, how steadily, for how many.

use std::collections::HashMap;

use estimators::metrics::{AucInterval, auc, information_value, population_stability, population_stability_bound};
use estimators::multiple::{false_discovery_rates, two_sided};
use estimators::stratified::auc_within;
use indicators::{Indicator, Worse};
use vocab::{Instant, Text, Zone};

use super::looks::{Looks, Row, losses_among};
use super::{Design, Direction, Drift, Efficacy, Figures, LEAST_LEAVERS, MonthFigures, Question, Verdict};

/// What ranks worse than this helps nobody, however surely it is more than luck.
const LEAST_AUC: f64 = 0.55;
/// Foretelling better than this is no foresight.
const TOO_GOOD: f64 = 0.95;
/// A value that practically only leavers have gives the answer away: at least so many of the leavers …
const PURE_PART: f64 = 0.3;
/// … and at least such a share of those who have it leave.
const PURE_RATE: f64 = 0.9;
/// How long before leaving a warning still counts as one.
const LEAD_DAYS: i64 = 180;
const GROUPS: usize = 10;
const LEAST_OF_MONTH: usize = 50;

/// Every indicator, in the order of the catalogue, without what it says beside the others.
pub(super) fn all(question: &Question<'_>, zone: &Zone, looks: &Looks, columns: &[Vec<f64>]) -> Vec<Efficacy> {
    let enough = looks.losses() >= LEAST_LEAVERS;
    let mut found: Vec<Efficacy> = Vec::new();
    let mut chances = Vec::new();
    for (indicator, column) in question.catalog.indicators().iter().zip(columns) {
        let known: Vec<usize> = (0..column.len()).filter(|row| !column[*row].is_nan()).collect();
        let coverage = if column.is_empty() { 0.0 } else { known.len() as f64 / column.len() as f64 };
        let measured = enough.then(|| figures(indicator, column, &known, looks, zone)).flatten();
        let (figures, chance, is_leak) = match measured {
            Some(measured) => (Some(measured.figures), Some(measured.chance), measured.is_leak),
            None => (None, None, false),
        };
        chances.push(chance);
        let verdict = match (&figures, is_leak) {
            (None, _) => Verdict::TooLittle,
            (Some(_), true) => Verdict::Leak,
            (Some(_), false) => Verdict::NoSignal,
        };
        found.push(Efficacy {
            id: indicator.id.clone(),
            name: indicator.name.clone(),
            category: indicator.category.clone(),
            verdict,
            coverage,
            figures,
            sentence: Text::default(),
        });
    }
    // A leak is no find: counting it as one would let more luck pass.
    let tested = |one: &Efficacy| one.verdict == Verdict::NoSignal;
    let asked: Vec<f64> =
        found.iter().zip(&chances).filter(|(one, _)| tested(one)).filter_map(|(_, chance)| *chance).collect();
    let mut rates = false_discovery_rates(&asked).into_iter();
    for one in found.iter_mut().filter(|one| one.verdict == Verdict::NoSignal) {
        if let (Some(figures), Some(rate)) = (&mut one.figures, rates.next()) {
            figures.false_discovery_rate = rate;
            if figures.is_more_than_luck() && figures.auc >= LEAST_AUC {
                one.verdict = Verdict::Signal;
            }
        }
    }
    found
}

struct Measured {
    figures: Figures,
    /// Probability that luck makes it rank at least so well.
    chance: f64,
    is_leak: bool,
}

fn figures(indicator: &Indicator, column: &[f64], known: &[usize], looks: &Looks, zone: &Zone) -> Option<Measured> {
    let left: Vec<bool> = known.iter().map(|row| looks.rows[*row].left_at.is_some()).collect();
    let leavers = left.iter().filter(|left| **left).count();
    let known_rows = || known.iter().map(|row| &looks.rows[*row]);
    if losses_among(known_rows()) < LEAST_LEAVERS || left.len() - leavers < LEAST_LEAVERS {
        return None;
    }
    let values: Vec<f64> = known.iter().map(|row| column[*row]).collect();
    if values.iter().all(|value| *value == values[0]) {
        return None;
    }
    let clusters: Vec<usize> = known.iter().map(|row| looks.rows[*row].customer).collect();
    let rows: Vec<&Row> = known.iter().map(|row| &looks.rows[*row]).collect();
    let placed = match looks.design {
        Design::Moments { .. } => within_moments(&rows, &values),
        Design::Renewals => values.clone(),
    };
    let strata: Vec<usize> = match looks.design {
        Design::Moments { .. } => moments_of(&rows),
        Design::Renewals => vec![0; rows.len()],
    };
    let (direction, worse, interval) = directed(indicator, &placed, &left, &strata, &clusters)?;
    let groups = Groups::of(&worse);
    let share = leavers as f64 / left.len() as f64;
    let rates = groups.rates(&left);
    let (lead_days, caught) = lead(&rows, &groups.worst);
    let (good, bad) = groups.counts(&left);
    let (months, drift) = months(&rows, &worse, &left, &Groups::of(&values), zone);
    let is_leak = interval.auc >= TOO_GOOD && interval.low >= 0.9 || gives_away(&values, &left, leavers);
    // Worked out from the interval's own error, so that both say the same.
    let chance = match interval.standard_error > 0.0 {
        true => two_sided((interval.auc - 0.5) / interval.standard_error),
        false => 0.0,
    };
    let figures = Figures {
        rows: left.len(),
        leavers,
        auc: interval.auc,
        interval: (interval.low, interval.high),
        false_discovery_rate: 1.0,
        direction,
        information_value: information_value(&good, &bad).unwrap_or(0.0),
        lift: rates.iter().map(|rate| rate / share).collect(),
        worst_rate: rates.first().copied().unwrap_or(0.0),
        lead_days,
        caught,
        months,
        drift,
        closest: None,
        partial: None,
    };
    Some(Measured { figures, chance, is_leak })
}

/// Which way goes with leaving, the values turned so that higher is worse, and how well they rank.
///
/// An indicator that is bad on both sides is judged by its distance in ranks from the middle, whichever of the two ranks
/// better.
fn directed(
    indicator: &Indicator,
    values: &[f64],
    left: &[bool],
    strata: &[usize],
    clusters: &[usize],
) -> Option<(Direction, Vec<f64>, AucInterval)> {
    let ranked = |values: &[f64]| auc_within(values, left, strata, clusters).map(|found| found.auc);
    let plain = ranked(values)?;
    let mut best = match plain >= 0.5 {
        true => (Direction::Higher, values.to_vec(), plain),
        false => (Direction::Lower, values.iter().map(|value| -value).collect(), 1.0 - plain),
    };
    if indicator.worse == Worse::Both {
        let unusual: Vec<f64> = ranks(values).into_iter().map(|rank| (rank - 0.5).abs()).collect();
        let by_distance = ranked(&unusual)?;
        if by_distance > best.2 {
            best = (Direction::Unusual, unusual, by_distance);
        }
    }
    let interval = auc_within(&best.1, left, strata, clusters)?;
    Some((best.0, best.1, interval))
}

/// The number of each row's moment.
fn moments_of(rows: &[&Row]) -> Vec<usize> {
    let runs = rows.chunk_by(|a, b| a.at == b.at).enumerate();
    runs.flat_map(|(number, run)| std::iter::repeat_n(number, run.len())).collect()
}

/// Each value's rank among those of its own moment.
///
/// # Why
/// The question is whom to call first on a day, and never one day's customer against another day's. What merely grows
/// with the years, while more and more leave, would otherwise look like foresight.
fn within_moments(rows: &[&Row], values: &[f64]) -> Vec<f64> {
    let mut placed = Vec::with_capacity(values.len());
    let mut begin = 0;
    for moment in rows.chunk_by(|a, b| a.at == b.at) {
        placed.extend(ranks(&values[begin..begin + moment.len()]));
        begin += moment.len();
    }
    placed
}

/// How alike two columns rank the same rows (Spearman), −1 to 1; `None` with fewer than three, or if one never varies.
pub fn rank_correlation(one: &[f64], two: &[f64]) -> Option<f64> {
    let centred = |values: &[f64]| ranks(values).into_iter().map(|rank| rank - 0.5).collect::<Vec<f64>>();
    let (one, two) = (centred(one), centred(two));
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let length = (sum(&one, &one) * sum(&two, &two)).sqrt();
    (one.len() >= 3 && length > 0.0).then(|| sum(&one, &two) / length)
}

/// Mid-ranks between 0 and 1.
pub(super) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut begin = 0;
    for equal in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = (begin as f64 + equal.len() as f64 / 2.0) / values.len() as f64;
        equal.iter().for_each(|place| ranks[*place] = rank);
        begin += equal.len();
    }
    ranks
}

/// Rows in ten groups of equal size, worst first; equals on a border are shared out.
struct Groups {
    /// For every row, its part in each group it has a part in: `(group, part)`.
    parts: Vec<Vec<(usize, f64)>>,
    /// Whether the row is in the first group, by half at least.
    worst: Vec<bool>,
}

impl Groups {
    fn of(worse: &[f64]) -> Groups {
        let mut order: Vec<usize> = (0..worse.len()).collect();
        order.sort_by(|a, b| worse[*b].total_cmp(&worse[*a]));
        let size = worse.len() as f64 / GROUPS as f64;
        let mut parts = vec![Vec::new(); worse.len()];
        let mut begin = 0;
        for equal in order.chunk_by(|a, b| worse[*a] == worse[*b]) {
            let (from, to) = (begin as f64, (begin + equal.len()) as f64);
            let share: Vec<(usize, f64)> = (0..GROUPS)
                .map(|group| {
                    let (low, high) = (group as f64 * size, (group + 1) as f64 * size);
                    (group, (to.min(high) - from.max(low)).max(0.0) / equal.len() as f64)
                })
                .filter(|(_, part)| *part > 1e-12)
                .collect();
            equal.iter().for_each(|row| parts[*row].clone_from(&share));
            begin += equal.len();
        }
        let worst = parts.iter().map(|share| share.iter().any(|(group, part)| *group == 0 && *part >= 0.5)).collect();
        Groups { parts, worst }
    }

    /// Who stayed and who left, by group.
    fn counts(&self, left: &[bool]) -> (Vec<f64>, Vec<f64>) {
        let (mut good, mut bad) = (vec![0.0; GROUPS], vec![0.0; GROUPS]);
        for (share, left) in self.parts.iter().zip(left) {
            for (group, part) in share {
                *(if *left { &mut bad[*group] } else { &mut good[*group] }) += part;
            }
        }
        (good, bad)
    }

    fn rates(&self, left: &[bool]) -> Vec<f64> {
        let (good, bad) = self.counts(left);
        good.iter().zip(&bad).map(|(good, bad)| if good + bad > 0.0 { bad / (good + bad) } else { 0.0 }).collect()
    }
}

/// A single value that practically only leavers have.
fn gives_away(values: &[f64], left: &[bool], leavers: usize) -> bool {
    let mut by_value: HashMap<u64, (usize, usize)> = HashMap::new();
    for (value, left) in values.iter().zip(left) {
        let counts = by_value.entry(value.to_bits()).or_default();
        counts.0 += 1;
        counts.1 += usize::from(*left);
    }
    by_value.values().any(|(all, left)| {
        *left as f64 >= PURE_PART * leavers as f64 && *left as f64 >= PURE_RATE * *all as f64 && *left >= LEAST_LEAVERS
    })
}

/// Median days from the first warning to leaving, and the share of those who left that were ever warned of.
///
/// # Edges
/// A warning more than 180 days before is about something else.
fn lead(rows: &[&Row], worst: &[bool]) -> (Option<f64>, f64) {
    let mut warned: HashMap<usize, Vec<Instant>> = HashMap::new();
    for (row, worst) in rows.iter().zip(worst) {
        if *worst {
            warned.entry(row.customer).or_default().push(row.at.instant());
        }
    }
    let mut losses: Vec<(usize, Instant)> =
        rows.iter().filter_map(|row| row.left_at.map(|at| (row.customer, at))).collect();
    losses.sort_unstable();
    losses.dedup();
    let first = |(customer, left_at): &(usize, Instant)| {
        let earliest = left_at.plus_days(-LEAD_DAYS);
        let before = warned.get(customer)?.iter().filter(|at| **at >= earliest && **at <= *left_at).min()?;
        Some((left_at.micros() - before.micros()) as f64 / 86_400_000_000.0)
    };
    let mut days: Vec<f64> = losses.iter().filter_map(first).collect();
    days.sort_by(f64::total_cmp);
    let caught = days.len() as f64 / losses.len().max(1) as f64;
    (days.get(days.len() / 2).copied(), caught)
}

/// Month by month; and the month whose distribution differs most from all, if luck does not explain it.
fn months(
    rows: &[&Row],
    worse: &[f64],
    left: &[bool],
    groups: &Groups,
    zone: &Zone,
) -> (Vec<MonthFigures>, Option<Drift>) {
    let month_of: Vec<Instant> = rows.iter().map(|row| zone.month_start(row.at.instant(), 0)).collect();
    let mut all: Vec<Instant> = month_of.clone();
    all.sort_unstable();
    all.dedup();
    let mut found = Vec::new();
    let mut drift: Option<Drift> = None;
    for month in &all {
        let places: Vec<usize> = (0..rows.len()).filter(|place| month_of[*place] == *month).collect();
        let mine: Vec<bool> = places.iter().map(|place| left[*place]).collect();
        let leavers = mine.iter().filter(|left| **left).count();
        let values: Vec<f64> = places.iter().map(|place| worse[*place]).collect();
        let (mut now, mut then) = (vec![0.0; GROUPS], vec![0.0; GROUPS]);
        for (place, share) in groups.parts.iter().enumerate() {
            let side = if month_of[place] == *month { &mut now } else { &mut then };
            share.iter().for_each(|(group, part)| side[*group] += part);
        }
        let (others, count) = ((rows.len() - places.len()) as f64, places.len() as f64);
        let enough = places.len() >= LEAST_OF_MONTH && rows.len() - places.len() >= LEAST_OF_MONTH;
        let stability = if enough { population_stability(&then, &now) } else { None };
        if let Some(stability) = stability
            && drift.is_none_or(|drift| stability > drift.stability)
        {
            let bound = population_stability_bound(GROUPS, others, count);
            drift = Some(Drift { month: *month, stability, bound });
        }
        let auc = if leavers >= 5 { auc(&values, &mine) } else { None };
        found.push(MonthFigures { month: *month, rows: places.len(), leavers, auc, stability });
    }
    (found, drift)
}

/// What leaving is called in a sentence: contracts are not renewed, customers leave within days.
pub(super) fn within(design: Design) -> Text {
    match design {
        Design::Renewals => Text::new("不续约率", "share not renewed"),
        Design::Moments { horizon } => {
            Text::new(format!("{} 天内流失率", horizon.days), format!("share that left within {} days", horizon.days))
        }
    }
}
