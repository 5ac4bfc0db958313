//! Counts what the two halves found, puts other ways to warn beside it, and writes the rows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use estimators::metrics::wilson;
use facts::FactFrame;
use vocab::{AsOf, Text};

use super::bands::bands;
use super::cuts::{Named, segments};
use super::judge::{Judge, Leaver, Verdict, by_customer, moments_of};
use super::past::{Glimpse, Seen, glimpses, moment_before, owner_at};
use super::pick::{self, Warned};
use super::report::{BacktestReport, Comparison, Counts, Lead, LeadBin, LeaverRow, WarningRow, Week};
use super::{LEAST_LEAVERS, STEP_DAYS, Scorer, Spec, words};

/// Counts, compares and says it.
pub(super) fn write(
    frame: &FactFrame,
    spec: &Spec<'_>,
    seen: &Seen,
    judge: &Judge,
    warned: Vec<Warned>,
) -> BacktestReport {
    let pairs: Vec<(usize, usize)> = warned.iter().map(|one| (one.moment, one.customer)).collect();
    let (counts, leads) = judge.counts(&pairs);
    let is_few = counts.leavers < LEAST_LEAVERS;
    let share = |hits: usize, trials: usize| if is_few { None } else { wilson(hits, trials) };
    let by_customer = by_customer(pairs.iter().copied());
    let verdicts: Vec<Verdict> =
        judge.leavers.iter().map(|leaver| judge.verdict(leaver, moments_of(&by_customer, leaver.place))).collect();
    let named = Named::of(frame, spec, seen);
    let looked = glimpses(frame, spec, seen, named.as_ref(), &wanted(seen, judge, &pairs, &verdicts));
    let rows = Rows { spec, seen, judge, looked };
    let mut spoke: HashMap<(usize, usize), &Warned> = HashMap::new();
    for one in &warned {
        spoke.entry((one.moment, one.customer)).or_insert(one);
    }
    let each = judge.leavers.iter().zip(&verdicts);
    let leavers: Vec<LeaverRow> = each.map(|(leaver, verdict)| rows.leaver(leaver, *verdict, &spoke)).collect();
    let warnings: Vec<WarningRow> = warned.iter().map(|one| rows.warning(one)).collect();
    let moments = seen.moments().len();
    let owners = owners(frame, spec, seen);
    let alerts_per_week = counts.alerts as f64 / moments.max(1) as f64;
    let mut report = BacktestReport {
        from: spec.from,
        to: spec.to,
        told_until: judge.told_until,
        moments,
        lead_days: spec.lead_days,
        horizon_days: spec.horizon_days,
        budget: spec.budget,
        customers: ever_there(seen),
        is_few,
        precision: share(counts.in_time + counts.late, counts.decided()),
        recall: share(counts.caught, counts.leavers),
        alerts_per_week,
        alerts_per_owner_week: (owners > 0).then(|| alerts_per_week / owners as f64),
        lead: lead(&leads, spec),
        weeks: weeks(seen, judge, &pairs, &verdicts, is_few),
        comparisons: comparisons(seen, spec, judge, &pick::per_week(seen, &warned), is_few),
        segments: segments(seen, named.as_ref(), &leavers, &warnings, is_few),
        bands: bands(seen, judge, spec, is_few),
        counts,
        leavers,
        warnings,
        notes: Vec::new(),
        headline: Text::default(),
        compared: Text::default(),
    };
    words::tell(&mut report, spec, seen, judge, frame.zone());
    report
}

fn ever_there(seen: &Seen) -> usize {
    let everybody = 0..seen.presence.customers().len();
    everybody.filter(|customer| (0..seen.moments().len()).any(|moment| seen.is_eligible(moment, *customer))).count()
}

/// The customers and moments of which rows tell figures.
fn wanted(seen: &Seen, judge: &Judge, pairs: &[(usize, usize)], verdicts: &[Verdict]) -> BTreeSet<(usize, usize)> {
    let mut wanted: BTreeSet<(usize, usize)> = pairs.iter().copied().collect();
    for (leaver, verdict) in judge.leavers.iter().zip(verdicts) {
        wanted.extend(leaver.place.map(|place| (shown_at(seen, leaver, *verdict), place)));
    }
    wanted
}

/// The moment whose figures a leaver is shown with.
fn shown_at(seen: &Seen, leaver: &Leaver, verdict: Verdict) -> usize {
    match verdict {
        Verdict::Caught(moment) | Verdict::Missed(_, Some(moment)) => moment,
        Verdict::Missed(_, None) => moment_before(seen.moments(), leaver.departure.at),
    }
}

/// What rows are written from.
struct Rows<'a> {
    spec: &'a Spec<'a>,
    seen: &'a Seen,
    judge: &'a Judge,
    looked: BTreeMap<(usize, usize), Glimpse>,
}

impl Rows<'_> {
    fn leaver(&self, leaver: &Leaver, verdict: Verdict, spoke: &HashMap<(usize, usize), &Warned>) -> LeaverRow {
        let (missed, moment) = match verdict {
            Verdict::Caught(moment) => (None, Some(moment)),
            Verdict::Missed(why, moment) => (Some(why), moment),
        };
        let spoke = moment.zip(leaver.place).and_then(|key| spoke.get(&key).copied());
        let shown = leaver.place.map(|place| (shown_at(self.seen, leaver, verdict), place));
        let glimpse = shown.and_then(|key| self.looked.get(&key)).cloned().unwrap_or_default();
        LeaverRow {
            customer: leaver.departure.customer.clone(),
            left_at: leaver.departure.at,
            last_seen: leaver.departure.last_seen,
            missed,
            warned_at: moment.map(|moment| self.seen.moments()[moment]),
            lead_days: moment.map(|moment| self.judge.lead_days(leaver, moment)),
            signal: spoke.map(|one| one.signal.clone()),
            sentence: spoke.map(|one| self.said(one, &glimpse)),
            value: glimpse.value,
            health: glimpse.health,
            band: glimpse.band,
            owner: glimpse.owner,
            segments: glimpse.segments,
        }
    }

    fn warning(&self, one: &Warned) -> WarningRow {
        let (fate, left_at) = self.judge.fate(one.moment, one.customer);
        let glimpse = self.looked.get(&(one.moment, one.customer)).cloned().unwrap_or_default();
        WarningRow {
            customer: self.seen.customer(one.customer).clone(),
            at: self.seen.moments()[one.moment],
            signal: one.signal.clone(),
            sentence: self.said(one, &glimpse),
            fate,
            left_at,
            value: glimpse.value,
            health: glimpse.health,
            band: glimpse.band,
            owner: glimpse.owner,
            segments: glimpse.segments,
        }
    }

    fn said(&self, one: &Warned, glimpse: &Glimpse) -> Text {
        match self.spec.scorer {
            Scorer::Table(scores) => {
                words::outside(scores.at(self.seen.customer(one.customer), self.seen.moments()[one.moment]))
            }
            _ => words::said(one, glimpse),
        }
    }
}

/// How many people look after customers that were there at the end.
fn owners(frame: &FactFrame, spec: &Spec<'_>, seen: &Seen) -> usize {
    let Some(last) = seen.moments().len().checked_sub(1) else { return 0 };
    let there = (0..seen.presence.customers().len()).filter(|customer| seen.is_eligible(last, *customer));
    let at = frame.end().min(spec.to);
    let named: BTreeSet<String> = there.filter_map(|customer| owner_at(frame, seen.customer(customer), at)).collect();
    named.len()
}

/// Median, quartiles (by linear interpolation) and weeks.
fn lead(leads: &[f64], spec: &Spec<'_>) -> Option<Lead> {
    let mut sorted = leads.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let quantile = |share: f64| {
        let place = share * (sorted.len() as f64 - 1.0);
        let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        low + (high - low) * place.fract()
    };
    if sorted.is_empty() {
        return None;
    }
    let bin = |from_days: u32| LeadBin {
        from_days,
        leavers: sorted
            .iter()
            .filter(|days| (f64::from(from_days)..f64::from(from_days) + STEP_DAYS as f64).contains(days))
            .count(),
    };
    let histogram = (spec.lead_days..=spec.horizon_days).step_by(STEP_DAYS as usize).map(bin).collect();
    Some(Lead { median: quantile(0.5), quartiles: (quantile(0.25), quantile(0.75)), histogram })
}

fn weeks(seen: &Seen, judge: &Judge, pairs: &[(usize, usize)], verdicts: &[Verdict], is_few: bool) -> Vec<Week> {
    let mut counts = vec![Counts::default(); seen.moments().len()];
    for (moment, customer) in pairs {
        counts[*moment].alerts += 1;
        counts[*moment].add(judge.fate(*moment, *customer).0);
    }
    for (leaver, verdict) in judge.leavers.iter().zip(verdicts) {
        let week = &mut counts[judge.week(leaver)];
        week.leavers += 1;
        week.caught += usize::from(matches!(verdict, Verdict::Caught(_)));
    }
    let share = |hits: usize, trials: usize| if is_few { None } else { wilson(hits, trials) };
    let week = |(at, counts): (&AsOf, Counts)| Week {
        at: *at,
        precision: share(counts.in_time + counts.late, counts.decided()),
        recall: share(counts.caught, counts.leavers),
        counts,
    };
    seen.moments().iter().zip(counts).map(week).collect()
}

/// With as many warnings in each week as the scorer gave.
fn comparisons(seen: &Seen, spec: &Spec<'_>, judge: &Judge, per_week: &[usize], is_few: bool) -> Vec<Comparison> {
    let share = |hits: usize, trials: usize| if is_few { None } else { wilson(hits, trials) };
    let compared = |id: &'static str, name: Text, indicator: Option<String>, named: &[(usize, usize)]| {
        let (counts, _) = judge.counts(named);
        Comparison {
            id,
            name,
            indicator,
            precision: share(counts.in_time + counts.late, counts.decided()),
            recall: share(counts.caught, counts.leavers),
            counts,
        }
    };
    let mut all = vec![
        compared("present", Text::new("现有规则", "the rules in force"), None, &pick::present(seen, spec, per_week)),
        compared("everyone", Text::new("轮流联系每位客户", "everybody in turn"), None, &pick::in_turn(seen, per_week)),
        compared("recency", Text::new("只看多久没动静", "silence alone"), None, &pick::recency(seen, spec, per_week)),
    ];
    let alone = seen.singles.iter().map(|(id, sign, sheet)| {
        let name = spec.catalog.get(id).map_or_else(|| Text::new(id.as_str(), id.as_str()), |one| one.name.clone());
        let way = if *sign > 0.0 { ("高", "high") } else { ("低", "low") };
        let name = Text::new(
            format!("只看“{}”（越{}越先）", name.zh, way.0),
            format!("\"{}\" alone, {} first", name.en, way.1),
        );
        compared("single", name, Some(id.clone()), &pick::single(seen, spec, per_week, sheet))
    });
    // The one that would have been best: chosen with hindsight, which flatters it.
    let best = alone.max_by_key(|one| (one.counts.caught, Reverse(one.counts.false_alarms)));
    all.extend(best);
    all
}
