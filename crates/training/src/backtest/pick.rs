//! Whom a list of the worst names, week by week, and whom others would have named with as many warnings.

use std::cmp::Ordering;

use vocab::Text;

use super::past::{BAND_RULE, Fired, Seen, Sheet};
use super::{STEP_DAYS, Scorer, Spec};

const MICROS_PER_DAY: f32 = 86_400_000_000.0;
/// Who is named for nothing but a low health.
const HEALTH: &str = "health";

/// Somebody warned of at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Warned {
    pub moment: usize,
    pub customer: usize,
    /// The rule that spoke; the scorer where none did.
    pub signal: String,
    /// What was said, where a rule said it.
    pub sentence: Option<Text>,
}

/// How worried to be about a customer at a moment; NaN = not at all.
type Worry<'a> = &'a dyn Fn(usize, usize) -> f32;

/// What the scorer itself warns of.
pub(super) fn warnings(seen: &Seen, spec: &Spec<'_>) -> Vec<Warned> {
    let Some(budget) = spec.budget else {
        let warned = |one: &Fired| Warned {
            moment: one.moment,
            customer: one.customer,
            signal: one.rule.clone(),
            sentence: (one.rule != BAND_RULE).then(|| one.sentence.clone()),
        };
        return seen.fired.iter().map(warned).collect();
    };
    let counts = vec![budget as usize; seen.moments().len()];
    let spoken_of = |m: usize, c: usize| seen.own_worry.as_ref().map_or(f32::NAN, |sheet| sheet.cell(m, c));
    // Below whatever a rule says, which is never less than nothing.
    let lowest_health = |m: usize, c: usize| -seen.health.cell(m, c);
    let (picked, signal) = match spec.scorer {
        Scorer::Health => (weekly(seen, spec, &counts, &lowest_health), HEALTH),
        Scorer::Rule(id) => (weekly(seen, spec, &counts, &spoken_of), id),
        Scorer::Rules => {
            let worry = |m: usize, c: usize| match spoken_of(m, c) {
                none if none.is_nan() => lowest_health(m, c),
                worry => worry,
            };
            (weekly(seen, spec, &counts, &worry), "rules")
        }
        Scorer::Table(scores) => {
            let worry = |m: usize, c: usize| {
                scores.at(seen.customer(c), seen.moments()[m]).map_or(f32::NAN, |score| score as f32)
            };
            (weekly(seen, spec, &counts, &worry), "table")
        }
    };
    let warned = |(moment, customer)| {
        let fills = matches!(spec.scorer, Scorer::Rules) && spoken_of(moment, customer).is_nan();
        Warned { moment, customer, signal: if fills { HEALTH } else { signal }.to_owned(), sentence: None }
    };
    picked.into_iter().map(warned).collect()
}

/// How many warnings each week had.
pub(super) fn per_week(seen: &Seen, warned: &[Warned]) -> Vec<usize> {
    let mut counts = vec![0; seen.moments().len()];
    for one in warned {
        counts[one.moment] += 1;
    }
    counts
}

/// The rules in force, heard as far as the counts go: severest first, then the lower health.
pub(super) fn present(seen: &Seen, spec: &Spec<'_>, counts: &[usize]) -> Vec<(usize, usize)> {
    weekly(seen, spec, counts, &|m, c| seen.worry.cell(m, c))
}

/// Whoever has been silent longest.
pub(super) fn recency(seen: &Seen, spec: &Spec<'_>, counts: &[usize]) -> Vec<(usize, usize)> {
    let silence = |m: usize, c: usize| {
        let at = seen.moments()[m].instant().micros();
        let last = seen.presence.last_seen(m, c);
        // Who never gave a sign has been silent for ever.
        last.map_or(f32::MAX, |last| (at - last.micros()) as f32 / MICROS_PER_DAY)
    };
    weekly(seen, spec, counts, &silence)
}

/// The worst by one indicator alone.
pub(super) fn single(seen: &Seen, spec: &Spec<'_>, counts: &[usize], sheet: &Sheet) -> Vec<(usize, usize)> {
    weekly(seen, spec, counts, &|m, c| sheet.cell(m, c))
}

/// Everybody in turn: those first who have waited longest.
pub(super) fn in_turn(seen: &Seen, counts: &[usize]) -> Vec<(usize, usize)> {
    let mut last: Vec<Option<usize>> = vec![None; seen.presence.customers().len()];
    let mut picked = Vec::new();
    for (moment, count) in counts.iter().enumerate() {
        let waiting = |c: usize| last[c].map_or(f32::MAX, |warned| (moment - warned) as f32);
        let mut named = worst(seen, moment, *count, &waiting);
        for customer in &named {
            last[*customer] = Some(moment);
        }
        named.sort_unstable();
        picked.extend(named.into_iter().map(|customer| (moment, customer)));
    }
    picked
}

/// So many of the worst each week. Whoever was named is named again when the days that the warning spoke of are over:
/// horizon less lead days later.
fn weekly(seen: &Seen, spec: &Spec<'_>, counts: &[usize], worry: Worry<'_>) -> Vec<(usize, usize)> {
    let rest_days = i64::from(spec.horizon_days - spec.lead_days);
    let rest = usize::try_from((rest_days + STEP_DAYS - 1) / STEP_DAYS).unwrap_or(1).max(1);
    let mut again: Vec<usize> = vec![0; seen.presence.customers().len()];
    let mut picked = Vec::new();
    for (moment, count) in counts.iter().enumerate() {
        let worried = |c: usize| if again[c] > moment { f32::NAN } else { worry(moment, c) };
        let mut named = worst(seen, moment, *count, &worried);
        for customer in &named {
            again[*customer] = moment + rest;
        }
        named.sort_unstable();
        picked.extend(named.into_iter().map(|customer| (moment, customer)));
    }
    picked
}

/// The worst of those whom alerts may speak of; who of equals comes first depends on nothing but the id and the moment.
fn worst(seen: &Seen, moment: usize, count: usize, worry: &dyn Fn(usize) -> f32) -> Vec<usize> {
    let mut all: Vec<(f32, u64, usize)> = Vec::new();
    if count == 0 {
        return Vec::new();
    }
    for customer in 0..seen.presence.customers().len() {
        if seen.is_eligible(moment, customer) {
            let worry = worry(customer);
            if !worry.is_nan() {
                all.push((worry, drawn(seen.lots[customer], moment), customer));
            }
        }
    }
    let worse = |a: &(f32, u64, usize), b: &(f32, u64, usize)| -> Ordering {
        b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2))
    };
    let count = count.min(all.len());
    if count > 0 && count < all.len() {
        all.select_nth_unstable_by(count - 1, worse);
    }
    all.truncate(count);
    all.into_iter().map(|(_, _, customer)| customer).collect()
}

/// A lot for a customer at a moment, the same whenever it is drawn.
fn drawn(lot: u64, moment: usize) -> u64 {
    let mixed = (lot ^ (moment as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 29)
}
