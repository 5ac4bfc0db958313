//! The half that warns: stands at each past moment, knows what was known then, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use alerts::{AlertPolicy, Days, Evidence, Given, OpenAlerts, Rule, Schedule, plan_given};
use facts::FactFrame;
use indicators::{Catalog, Condition, IndicatorFrame, Population, Worse, evaluate_at};
use outcomes::{Presence, Standing, presence, presence_by_list};
use scores::{ScoreFrame, SegmentBook, reasons, score, score_lightly};
use vocab::{AsOf, Band, CustomerId, Health, Instant, Severity, Text};

use super::cuts::Named;
use super::parts::{CELLS, in_parts, part_size};
use super::{Asked, Failure, LISTED_TOO_NEW_DAYS, Leaving, Progress, STEP_DAYS, Scorer, Spec};

/// Numbers kept of single indicators, at most: a gigabyte.
const SINGLE_CELLS: usize = 1 << 28;
/// What the rule is called that speaks for the scorecard where no budget is given.
pub(super) const BAND_RULE: &str = "health_band";

/// A number for every customer at every moment; NaN where there is none.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    customers: usize,
    cells: Vec<f32>,
}

impl Sheet {
    fn new(moments: usize, customers: usize) -> Sheet {
        Sheet { customers, cells: vec![f32::NAN; moments * customers] }
    }

    pub fn cell(&self, moment: usize, customer: usize) -> f32 {
        self.cells[moment * self.customers + customer]
    }

    /// Takes the cells of the customers from `first` on, moment after moment.
    fn take(&mut self, first: usize, count: usize, cells: &[f32]) {
        for (moment, row) in cells.chunks_exact(count.max(1)).enumerate() {
            let begin = moment * self.customers + first;
            self.cells[begin..begin + count].copy_from_slice(row);
        }
    }
}

/// An alert that the plan opened.
#[derive(Clone, Debug)]
pub(super) struct Fired {
    pub customer: usize,
    pub moment: usize,
    pub rule: String,
    pub sentence: Text,
}

/// Everything a replay saw. Customers are places in [`Presence::customers`], moments places in its moments.
pub(super) struct Seen {
    pub presence: Presence,
    /// Health in hundredths.
    pub health: Sheet,
    /// How urgently the rules in force speak of a customer: severest first, then the lower health.
    pub worry: Sheet,
    /// The same of the rules replayed, where a budget says how many are heard.
    pub own_worry: Option<Sheet>,
    /// Indicators alone, each with its sign: higher is worse.
    pub singles: Vec<(String, f32, Sheet)>,
    /// Values at the first moment, of whoever has one.
    pub values: Vec<f64>,
    /// What the ordinary plan opened, where no budget is given.
    pub fired: Vec<Fired>,
    /// Indicators that were too many to be tried alone.
    pub untried: usize,
    /// A number for each customer that depends on nothing but its id: who of equals comes first.
    pub lots: Vec<u64>,
}

impl Seen {
    /// Whether alerts could speak of a customer at a moment.
    pub fn is_eligible(&self, moment: usize, customer: usize) -> bool {
        self.presence.standing(moment, customer) == Standing::Current
    }

    pub fn moments(&self) -> &[AsOf] {
        self.presence.moments()
    }

    pub fn customer(&self, place: usize) -> &CustomerId {
        &self.presence.customers()[place]
    }
}

struct Replay<'a> {
    frame: &'a FactFrame,
    spec: &'a Spec<'a>,
    catalog: Catalog,
    presence: &'a Presence,
    /// The rules in force.
    present: AlertPolicy,
    /// What fires by itself.
    firing: Option<AlertPolicy>,
    /// What is heard as far as the budget goes.
    ranked: Option<AlertPolicy>,
    singles: Vec<(String, f32)>,
    /// What any of these rules asks besides.
    asked: Asked<'a>,
}

/// What came of some customers, those from `first` on.
struct Part {
    first: usize,
    count: usize,
    health: Vec<f32>,
    worry: Vec<f32>,
    own_worry: Vec<f32>,
    singles: Vec<Vec<f32>>,
    values: Vec<f64>,
    fired: Vec<Fired>,
}

/// Replays every moment for everybody.
pub(super) fn replay(frame: &FactFrame, spec: &Spec<'_>, progress: Progress<'_>) -> Result<Seen, Failure> {
    let moments = spec.moments();
    let presence = match spec.leaving {
        Leaving::Definition(definition) => presence(frame, definition, &moments),
        Leaving::Listed(listed) => presence_by_list(frame, listed, LISTED_TOO_NEW_DAYS, &moments),
    };
    if !progress(0.15) {
        return Err(Failure::Stopped);
    }
    let present = spec.policy.active();
    let own = match spec.scorer {
        Scorer::Health => Some(band_policy()),
        Scorer::Rules => Some(present.clone()),
        Scorer::Rule(id) => Some(spec.policy.only(&[id])),
        Scorer::Table(_) => None,
    };
    let budgeted = spec.budget.is_some();
    let ranked = own.clone().filter(|_| budgeted && !matches!(spec.scorer, Scorer::Health));
    let firing = own.filter(|_| !budgeted);
    let every = [&firing, &ranked].into_iter().flatten().cloned().fold(present.clone(), AlertPolicy::with);
    let scoring = |frame: &IndicatorFrame, catalog: &Catalog| score_lightly(frame, spec.book, catalog);
    let asked = Asked::new(frame, spec, &every, &scoring);
    let sorted = spec.knowing.sorted_by(&every).into_iter().flat_map(SegmentBook::indicators);
    let ids: Vec<&str> = every.indicators().into_iter().chain(spec.book.indicators()).chain(sorted).collect();
    let catalog = spec.catalog.only(&ids);
    let cells = moments.len() * frame.customers().len();
    let mut singles = singles(&catalog);
    let catalog = catalog.with_counts(every.counts());
    let room = SINGLE_CELLS / cells.max(1);
    let untried = singles.len().saturating_sub(room);
    singles.truncate(room);
    let replay = Replay { frame, spec, catalog, presence: &presence, present, firing, ranked, singles, asked };
    let parts = replay.parts(&|part| progress(0.15 + 0.7 * part))?;
    let Replay { ranked, singles: names, .. } = replay;
    let sheet = || Sheet::new(moments.len(), frame.customers().len());
    let mut seen = Seen {
        health: sheet(),
        worry: sheet(),
        own_worry: ranked.is_some().then(sheet),
        singles: names.into_iter().map(|(id, sign)| (id, sign, sheet())).collect(),
        values: Vec::new(),
        fired: Vec::new(),
        untried,
        lots: frame.customers().iter().map(|customer| lot(customer.as_str())).collect(),
        presence,
    };
    for part in parts {
        seen.health.take(part.first, part.count, &part.health);
        seen.worry.take(part.first, part.count, &part.worry);
        if let Some(own) = &mut seen.own_worry {
            own.take(part.first, part.count, &part.own_worry);
        }
        for ((_, _, sheet), cells) in seen.singles.iter_mut().zip(&part.singles) {
            sheet.take(part.first, part.count, cells);
        }
        seen.values.extend(part.values);
        seen.fired.extend(part.fired);
    }
    seen.fired.sort_by_key(|one| (one.moment, one.customer));
    Ok(seen)
}

/// FNV-1a with a final mix.
fn lot(text: &str) -> u64 {
    let mixed = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (mixed >> 32)
}

/// Each indicator alone, by the side its definition calls worse; both sides where it calls none.
fn singles(catalog: &Catalog) -> Vec<(String, f32)> {
    let signs = |worse: Worse| match worse {
        Worse::Higher => vec![1.0],
        Worse::Lower => vec![-1.0],
        Worse::Both | Worse::None => vec![1.0, -1.0],
    };
    let each = catalog.indicators().iter();
    each.flat_map(|one| signs(one.worse).into_iter().map(|sign| (one.id.clone(), sign))).collect()
}

/// The scorecard as a rule: it speaks when health falls into one of the two worst bands.
fn band_policy() -> AlertPolicy {
    let mut policy = AlertPolicy::default();
    policy.rules.push(Rule {
        id: BAND_RULE.to_owned(),
        census: None,
        name: Text::new("健康分落入高风险", "Health in a high-risk band"),
        cause: "health".to_owned(),
        severity: Severity::Warning,
        severity_by_tier: Vec::new(),
        active: true,
        parameters: Vec::new(),
        reading: None,
        when: Condition::BandIs(vec![Band::High, Band::Critical]),
        clear: None,
        cooldown_days: 14,
        on: Days::Every,
        schedule: Schedule::Daily,
        say: Text::new("健康分 {health} 分", "health is {health}"),
        next_step: Text::new("查看扣分项，打电话了解情况", "See what costs points, then call"),
    });
    policy
}

impl Replay<'_> {
    fn parts(&self, progress: Progress<'_>) -> Result<Vec<Part>, Failure> {
        let (customers, moments) = (self.frame.customers(), self.presence.moments().len());
        let size = part_size(customers.len(), moments, &self.catalog, self.asked.asks_of_everybody());
        in_parts(customers, size, progress, |first, some| self.part(first, some))
    }

    /// All moments of some customers, in the order of time.
    fn part(&self, first: usize, customers: &[CustomerId]) -> Part {
        let moments = self.presence.moments();
        let blank = || vec![f32::NAN; moments.len() * customers.len()];
        let mut part = Part {
            first,
            count: customers.len(),
            health: blank(),
            worry: blank(),
            own_worry: if self.ranked.is_some() { blank() } else { Vec::new() },
            singles: self.singles.iter().map(|_| blank()).collect(),
            values: Vec::new(),
            fired: Vec::new(),
        };
        let mut walk = Walk { standing: OpenAlerts::default(), before: vec![f32::NAN; customers.len()] };
        // The week before the first moment is looked at for nothing but health: a fall is measured against it.
        let week_before: Vec<AsOf> =
            moments.first().map(|first| AsOf(first.instant().plus_days(-STEP_DAYS))).into_iter().collect();
        let all: Vec<AsOf> = week_before.into_iter().chain(moments.iter().copied()).collect();
        let each = customers.len() * self.catalog.indicators().len().max(1);
        let together = (4 * CELLS / each.max(1)).clamp(1, all.len().max(1));
        let population = Population::These(customers.to_vec());
        for (group, times) in all.chunks(together).enumerate() {
            for (place, frame) in evaluate_at(self.frame, &self.catalog, &population, times).iter().enumerate() {
                let scores = score_lightly(frame, self.spec.book, &self.catalog);
                match (group * together + place).checked_sub(1) {
                    Some(moment) => self.step(moment, customers, frame, &scores, &mut walk, &mut part),
                    None => walk.before = healths(&scores),
                }
            }
        }
        part
    }

    /// One moment of some customers.
    fn step(
        &self,
        moment: usize,
        customers: &[CustomerId],
        frame: &IndicatorFrame,
        scores: &ScoreFrame,
        walk: &mut Walk,
        part: &mut Part,
    ) {
        let of = |standing: Standing| -> BTreeSet<CustomerId> {
            let places = customers.iter().enumerate();
            let there = places.filter(|(place, _)| self.presence.standing(moment, part.first + place) == standing);
            there.map(|(_, customer)| customer.clone()).collect()
        };
        let (eligible, gone) = (of(Standing::Current), of(Standing::Gone));
        let health = healths(scores);
        let before = std::mem::replace(&mut walk.before, health.clone());
        let health_before = |place: usize| (!before[place].is_nan()).then(|| f64::from(before[place]) / 100.0);
        let evidence =
            Evidence { indicators: frame, scores, eligible: &eligible, gone: &gone, health_before: &health_before };
        let rows = moment * customers.len()..(moment + 1) * customers.len();
        let first = part.first;
        let stays = |place: usize| self.presence.standing(moment, first + place) != Standing::Gone;
        let answer = self.asked.at(&evidence, customers, &stays, frame.as_of());
        answer.given_any_day(|given| {
            worries(&evidence, given, &self.present, &health, &mut part.worry[rows.clone()]);
            if let Some(ranked) = &self.ranked {
                worries(&evidence, given, ranked, &health, &mut part.own_worry[rows.clone()]);
            }
        });
        if let Some(firing) = &self.firing {
            answer.given(|given| walk.on(&evidence, given, firing, moment, customers, part));
        }
        if moment == 0 {
            part.values.extend(scores.iter().filter_map(|(_, score)| score.value.known()));
        }
        for ((id, sign), cells) in self.singles.iter().zip(&mut part.singles) {
            let Some(column) = frame.column(id) else { continue };
            for (cell, value) in cells[rows.clone()].iter_mut().zip(column) {
                *cell = value.known().map_or(f32::NAN, |value| sign * value as f32);
            }
        }
        part.health[rows].copy_from_slice(&health);
    }
}

/// What is carried from one moment to the next.
struct Walk {
    standing: OpenAlerts,
    before: Vec<f32>,
}

impl Walk {
    /// Plans, and does what was planned.
    fn on(
        &mut self,
        evidence: &Evidence<'_>,
        given: &Given<'_>,
        policy: &AlertPolicy,
        moment: usize,
        customers: &[CustomerId],
        part: &mut Part,
    ) {
        let as_of = evidence.indicators.as_of();
        let planned = plan_given(evidence, given, &self.standing, policy, as_of);
        for new in &planned.open {
            if let Ok(place) = customers.binary_search(&new.customer) {
                let (rule, sentence) = (new.rule.clone(), new.sentence.clone());
                part.fired.push(Fired { customer: part.first + place, moment, rule, sentence });
            }
        }
        self.standing = std::mem::take(&mut self.standing).carried(planned, as_of.instant());
    }
}

/// Health of everybody in hundredths.
fn healths(scores: &ScoreFrame) -> Vec<f32> {
    let hundredths = |health: Health| f32::from(health.hundredths());
    scores.iter().map(|(_, score)| score.health.map_or(f32::NAN, hundredths)).collect()
}

/// How urgently rules speak of each customer, had nothing been open: the severity, then the lower health.
fn worries(evidence: &Evidence<'_>, given: &Given<'_>, policy: &AlertPolicy, health: &[f32], row: &mut [f32]) {
    const SEVERER: f32 = 20_000.0;
    const UNKNOWN: f32 = 5_000.0;
    let as_of = evidence.indicators.as_of();
    for new in plan_given(evidence, given, &OpenAlerts::default(), policy, as_of).open {
        let Some(place) = evidence.indicators.position(&new.customer) else { continue };
        let severity = Severity::ALL.iter().position(|one| *one == new.severity).unwrap_or(0) as f32;
        let points = if health[place].is_nan() { UNKNOWN } else { health[place] };
        row[place] = row[place].max(severity * SEVERER + 10_000.0 - points);
    }
}

/// A customer at a moment, as it was seen then.
#[derive(Clone, Debug, Default)]
pub(super) struct Glimpse {
    pub health: Option<f64>,
    pub band: Option<Band>,
    pub value: Option<f64>,
    /// What drags health down most.
    pub reason: Option<Text>,
    pub owner: Option<String>,
    /// The named segments that it was surely in.
    pub segments: Vec<String>,
}

/// Looks at some customers again, each at its own moment, with every figure.
pub(super) fn glimpses(
    frame: &FactFrame,
    spec: &Spec<'_>,
    seen: &Seen,
    named: Option<&Named>,
    wanted: &BTreeSet<(usize, usize)>,
) -> BTreeMap<(usize, usize), Glimpse> {
    let mut found = BTreeMap::new();
    let wanted: Vec<(usize, usize)> = wanted.iter().copied().collect();
    // Whoever must see everybody is asked of health, value and segments alone.
    let asked = named.map(Named::indicators).unwrap_or_default();
    let catalog = spec.catalog.only(&[spec.book.indicators(), asked].concat());
    for same in wanted.chunk_by(|a, b| a.0 == b.0) {
        let at = seen.moments()[same[0].0];
        let customers: Vec<CustomerId> = same.iter().map(|(_, place)| seen.customer(*place).clone()).collect();
        let indicators = evaluate_at(frame, &catalog, &Population::These(customers), &[at]).remove(0);
        let scores = score(&indicators, spec.book, &catalog);
        let places: Vec<usize> = same.iter().map(|(_, place)| *place).collect();
        let members = named.map(|named| named.members(frame, (&indicators, &scores), seen, same[0].0, &places));
        let mut members = members.into_iter().flatten();
        for (moment, place) in same {
            let segments = members.next().unwrap_or_default();
            let customer = seen.customer(*place);
            let Some(position) = indicators.position(customer) else { continue };
            let score = scores.at(position);
            let reason = reasons(score, spec.book, &catalog, &indicators, position).into_iter().next();
            let glimpse = Glimpse {
                health: score.health.map(Health::points),
                band: score.band,
                value: score.value.known(),
                reason,
                owner: owner_at(frame, customer, at),
                segments,
            };
            found.insert((*moment, *place), glimpse);
        }
    }
    found
}

/// Who looked after a customer, as its traits said at a moment.
pub(super) fn owner_at(frame: &FactFrame, customer: &CustomerId, at: AsOf) -> Option<String> {
    let rows = frame.rows_of(frame.position(customer)?);
    let mut said = rows.rev().filter(|row| frame.is_visible(*row, at)).filter_map(|row| frame.property(row, "owner"));
    said.next().flatten().map(str::to_owned)
}

/// The last moment at or before an instant; the first one if there is none.
pub(super) fn moment_before(moments: &[AsOf], at: Instant) -> usize {
    moments.partition_point(|moment| moment.instant() <= at).saturating_sub(1)
}
