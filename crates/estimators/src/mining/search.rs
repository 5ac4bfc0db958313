//! The search itself: cuts where they part best, the best of them cut further, each condition needed, no copies.

use std::collections::BTreeSet;

use super::clause::{Clause, Field, Says, round_above, round_below};
use super::proof::{Tally, tally, without_each};
use super::{MineOptions, MinedRule};

/// Groups that a number is cut into at most.
const GROUPS: usize = 128;
/// Rules of each length that are cut further and tested.
const BEAM: usize = 48;
/// So much of what two rules cover in common makes them one.
const ALIKE: f64 = 0.9;
/// By so much of what stands out a condition that names a value goes before a cut that says about the same.
const NAMED: f64 = 0.05;
/// How surely the share must be higher than without a condition: the one-sided 1 % of the normal.
const NEEDED: f64 = 2.326_347_874;
/// How surely what a rule adds to others must stand out.
const ADDS: f64 = 3.0;
/// Missing.
const NONE: u16 = u16::MAX;

/// A rule of the search.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub clauses: Vec<Clause>,
    pub tally: Tally,
    /// Places among the rows searched, as bits.
    cover: Bits,
}

/// Places as bits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bits(Vec<u64>);

impl Bits {
    fn of(places: &[u32], size: usize) -> Bits {
        let mut bits = Bits(vec![0; size.div_ceil(64)]);
        places.iter().for_each(|place| bits.0[*place as usize / 64] |= 1 << (place % 64));
        bits
    }

    fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn is_like(&self, other: &Bits) -> bool {
        let pairs = || self.0.iter().zip(&other.0);
        let both: u32 = pairs().map(|(one, other)| (one & other).count_ones()).sum();
        let either: u32 = pairs().map(|(one, other)| (one | other).count_ones()).sum();
        f64::from(both) >= ALIKE * f64::from(either)
    }

    fn places(&self) -> impl Iterator<Item = u32> + '_ {
        let bits = |(at, word): (usize, &u64)| {
            let word = *word;
            (0..64u32).filter(move |bit| (word >> bit) & 1 == 1).map(move |bit| at as u32 * 64 + bit)
        };
        self.0.iter().enumerate().flat_map(bits)
    }
}

/// A column on the rows searched: the group of each, and the values on either side of each border.
struct Coded {
    codes: Vec<u16>,
    groups: usize,
    /// None for a category.
    borders: Option<Vec<(f64, f64)>>,
}

/// The rows searched.
pub(super) struct Search<'a> {
    left: &'a [bool],
    groups: &'a [u32],
    rows: &'a [u32],
    columns: Vec<Coded>,
    rate: f64,
    options: &'a MineOptions,
}

impl<'a> Search<'a> {
    pub fn new(
        fields: &[Field<'_>],
        left: &'a [bool],
        groups: &'a [u32],
        rows: &'a [u32],
        options: &'a MineOptions,
    ) -> Search<'a> {
        let ups = rows.iter().filter(|row| left[**row as usize]).count();
        let columns = fields.iter().map(|field| Coded::of(field, rows)).collect();
        Search { left, groups, rows, columns, rate: ups as f64 / rows.len() as f64, options }
    }

    /// Every rule worth a test, shorter ones first.
    pub fn run(&self) -> Vec<Found> {
        let everything: Vec<u32> = (0..self.rows.len() as u32).collect();
        let nothing = Found {
            clauses: Vec::new(),
            tally: self.tally(&everything),
            cover: Bits::of(&everything, self.rows.len()),
        };
        let (mut beam, mut all) = (vec![nothing], Vec::new());
        for _ in 0..self.options.conditions {
            beam = self.further(&beam);
            all.extend(beam.iter().filter(|one| self.is_worth(one)).cloned());
        }
        all
    }

    fn left_at(&self, place: u32) -> bool {
        self.left[self.rows[place as usize] as usize]
    }

    fn tally(&self, places: &[u32]) -> Tally {
        tally(places.iter().map(|place| self.rows[*place as usize]), self.left, self.groups)
    }

    /// How far so many leavers among so many rows stand out from all.
    fn z(&self, rows: usize, left: usize) -> f64 {
        let n = rows as f64;
        (left as f64 - n * self.rate) / (n * self.rate * (1.0 - self.rate)).sqrt()
    }

    /// The best rules with one more condition, no two alike.
    fn further(&self, beam: &[Found]) -> Vec<Found> {
        // What stands out, the rule it came from, the condition added.
        let mut tried: Vec<(f64, usize, Clause)> = Vec::new();
        let mut seen: BTreeSet<Vec<(usize, u8, u64)>> = BTreeSet::new();
        for (parent, rule) in beam.iter().enumerate() {
            let places: Vec<u32> = rule.cover.places().collect();
            let share = rule.tally.share();
            for column in 0..self.columns.len() {
                for (says, rows, left) in self.cuts(column, &places) {
                    let clause = Clause { column, says };
                    let is_new = !rule.clauses.iter().any(|one| clause.is_like(one));
                    if is_new && left as f64 / rows as f64 > share && seen.insert(key(&rule.clauses, clause)) {
                        let named = rule.clauses.iter().chain([&clause]).filter(|one| one.is_named()).count();
                        tried.push((self.z(rows, left) * (1.0 + NAMED * named as f64), parent, clause));
                    }
                }
            }
        }
        tried.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut kept: Vec<Found> = Vec::new();
        for (_, parent, clause) in tried {
            let (parent, column) = (&beam[parent], &self.columns[clause.column]);
            let places: Vec<u32> = parent.cover.places().filter(|place| column.holds(clause.says, *place)).collect();
            let cover = Bits::of(&places, self.rows.len());
            if kept.iter().any(|other| other.cover.is_like(&cover)) {
                continue;
            }
            let tally = self.tally(&places);
            if tally.customers < self.options.least_customers {
                continue;
            }
            let mut clauses = parent.clauses.clone();
            clauses.push(clause);
            clauses.sort_by_key(Clause::key);
            kept.push(Found { clauses, tally, cover });
            if kept.len() >= BEAM {
                break;
            }
        }
        kept
    }

    /// The best cut of a column among some rows in either direction, or each value of a category: rows and leavers inside.
    fn cuts(&self, column: usize, places: &[u32]) -> Vec<(Says, usize, usize)> {
        let coded = &self.columns[column];
        let mut counts = vec![(0usize, 0usize); coded.groups];
        for place in places {
            let code = coded.codes[*place as usize];
            if code != NONE {
                let count = &mut counts[code as usize];
                count.0 += 1;
                count.1 += usize::from(self.left_at(*place));
            }
        }
        let fits = |rows: usize| rows >= self.options.least_customers && rows < places.len();
        let Some(borders) = &coded.borders else {
            let each = counts.iter().enumerate().filter(|(_, (rows, _))| fits(*rows));
            return each.map(|(level, (rows, left))| (Says::Is(level as u32), *rows, *left)).collect();
        };
        let known = counts.iter().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        let mut best: [Option<(f64, Says, usize, usize)>; 2] = [None, None];
        let mut below = (0, 0);
        for (count, (low, high)) in counts.iter().zip(borders) {
            below = (below.0 + count.0, below.1 + count.1);
            let above = (known.0 - below.0, known.1 - below.1);
            let sides =
                [(below, Says::AtMost(round_below(*low, *high))), (above, Says::AtLeast(round_above(*low, *high)))];
            for (slot, ((rows, left), says)) in best.iter_mut().zip(sides) {
                let z = if fits(rows) { self.z(rows, left) } else { f64::NEG_INFINITY };
                if z > slot.map_or(0.0, |(best, ..)| best) {
                    *slot = Some((z, says, rows, left));
                }
            }
        }
        best.into_iter().flatten().map(|(_, says, rows, left)| (says, rows, left)).collect()
    }

    /// Whether so many more leave that it matters, and each condition is needed.
    fn is_worth(&self, rule: &Found) -> bool {
        rule.tally.share() >= self.options.least_lift * self.rate
            && without_each(&rule.clauses).all(|fewer| fewer.is_empty() || self.is_surer(rule, &fewer))
    }

    /// Whether more of a rule's rows left than of the rows that a shorter one has besides.
    fn is_surer(&self, rule: &Found, fewer: &[Clause]) -> bool {
        let holds = |place: &u32| fewer.iter().all(|clause| self.columns[clause.column].holds(clause.says, *place));
        let (mut rows, mut left) = (0, 0);
        for place in (0..self.rows.len() as u32).filter(holds) {
            rows += 1;
            left += usize::from(self.left_at(place));
        }
        let (inside, all) = ((rule.tally.rows as f64, rule.tally.left as f64), (rows as f64, left as f64));
        let rest = (all.0 - inside.0, all.1 - inside.1);
        let pooled = all.1 / all.0;
        let spread = (pooled * (1.0 - pooled) * (1.0 / inside.0 + 1.0 / rest.0)).sqrt();
        rest.0 > 0.0 && inside.1 / inside.0 - rest.1 / rest.0 >= NEEDED * spread
    }

    /// The rules without those that add nothing to others of their length, told in the order in which they stood out.
    pub fn without_copies(&self, rules: Vec<(Found, MinedRule)>) -> Vec<MinedRule> {
        let mut kept: Vec<MinedRule> = Vec::new();
        for length in 1..=self.options.conditions {
            let mut covered = Bits(vec![0; self.rows.len().div_ceil(64)]);
            for (found, rule) in rules.iter().filter(|(found, _)| found.clauses.len() == length) {
                let new = Bits(found.cover.0.iter().zip(&covered.0).map(|(cover, before)| cover & !before).collect());
                let left = new.places().filter(|place| self.left_at(*place)).count();
                let rows = new.count();
                if 2 * rows < self.options.least_customers || self.z(rows, left) < ADDS {
                    continue;
                }
                covered.0.iter_mut().zip(&found.cover.0).for_each(|(covered, cover)| *covered |= cover);
                kept.push(rule.clone());
            }
        }
        kept
    }
}

fn key(clauses: &[Clause], added: Clause) -> Vec<(usize, u8, u64)> {
    let mut keys: Vec<(usize, u8, u64)> = clauses.iter().chain([&added]).map(Clause::key).collect();
    keys.sort_unstable();
    keys
}

impl Coded {
    fn of(field: &Field<'_>, rows: &[u32]) -> Coded {
        let value = |row: &u32| field.values()[*row as usize];
        if let Field::Category { levels, .. } = field {
            let code = |row: &u32| {
                let value = value(row);
                if value >= 0.0 && value < f64::from(*levels) { value as u16 } else { NONE }
            };
            return Coded { codes: rows.iter().map(code).collect(), groups: *levels as usize, borders: None };
        }
        let mut sorted: Vec<f64> = rows.iter().map(value).filter(|value| value.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        // A border stands between two different values, about every so many rows.
        let step = sorted.len().div_ceil(GROUPS).max(1);
        let mut borders: Vec<(f64, f64)> = Vec::new();
        let mut since = 0;
        for pair in sorted.windows(2) {
            since += 1;
            if pair[0] < pair[1] && since >= step {
                borders.push((pair[0], pair[1]));
                since = 0;
            }
        }
        let code = |row: &u32| match value(row) {
            value if value.is_finite() => borders.partition_point(|(_, high)| *high <= value) as u16,
            _ => NONE,
        };
        Coded { codes: rows.iter().map(code).collect(), groups: borders.len() + 1, borders: Some(borders) }
    }

    /// Whether a cut of this column holds at a place among the rows searched.
    fn holds(&self, says: Says, place: u32) -> bool {
        let code = self.codes[place as usize];
        let Some(borders) = &self.borders else { return matches!(says, Says::Is(level) if u32::from(code) == level) };
        // Cuts lie between the values of a border: the group of either side tells.
        match says {
            Says::AtLeast(cut) => code != NONE && borders.partition_point(|(low, _)| *low < cut) <= usize::from(code),
            Says::AtMost(cut) => code != NONE && borders.partition_point(|(_, high)| *high <= cut) >= usize::from(code),
            Says::Is(_) => false,
        }
    }
}
