//! Frames to learn from: customers at many past moments, what was known of each then, and what became of it after.
//!
//! Columns come from the facts visible at a row's moment and from nowhere else; labels come from [`Hindsight`] and from
//! nowhere else. A row's label lies in `[t + lead, t + lead + horizon)`: whoever leaves within the lead could not have been
//! warned in time and is no row, and no row is made of what cannot be told yet.
//!
//! Not here: what an indicator is (`indicators`), what leaving means (`outcomes`), the fit (`risk`).

use std::collections::BTreeSet;

use estimators::boost::Direction;
use facts::{FactFrame, Hindsight, Want};
use indicators::{Catalog, Cell, Indicator, Population, Worse, evaluate_at};
use outcomes::{ChurnDefinition, EligibilityCounts, Eligible, Outcome, OutcomeFrame, eligibility, observe_horizons};
use vocab::{AsOf, CustomerId, Horizon, Text};

use crate::risk::{Frame, FrameColumn, Kind, Leak, leaks};

/// A column is an id from so many customers on.
const LEAST_IDS: usize = 50;
/// And if so large a share of them have a value of their own.
const OWN_VALUES: f64 = 0.98;
/// Rows at most: beyond it a fixed part of the customers stands for all.
const MOST_ROWS: usize = 600_000;

/// What a frame is made of.
#[derive(Clone, Debug)]
pub struct FrameSpec<'a> {
    /// The columns.
    pub catalog: &'a Catalog,
    /// What leaving means.
    pub churn: &'a ChurnDefinition,
    /// When everybody is looked at, in the order of time.
    pub moments: Vec<AsOf>,
    /// Days between a warning and the leaving, at least.
    pub lead_days: u32,
    /// How far ahead leaving is looked for, after the lead; the shortest first, never empty. The first makes the rows.
    pub horizons: Vec<Horizon>,
}

impl FrameSpec<'_> {
    /// What the frame of facts must hold.
    pub fn want(&self) -> Want {
        let mut want = self.catalog.want();
        for key in self.churn.properties() {
            if !want.properties.contains(&key) {
                want.properties.push(key);
            }
        }
        want
    }

    /// From a moment to the end of its label, for each horizon.
    pub fn reaches(&self) -> Vec<Horizon> {
        self.horizons.iter().map(|horizon| Horizon { days: self.lead_days + horizon.days }).collect()
    }
}

/// What became of everybody at one moment within the first horizon. `eligible = left + stayed + within_lead + untold`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MomentCounts {
    /// The moment.
    pub at: AsOf,
    /// Whom was asked about, and who was not.
    pub eligibility: EligibilityCounts,
    /// Rows of those who left within the horizon.
    pub left: u64,
    /// Rows of those who stayed.
    pub stayed: u64,
    /// No rows: left within the lead.
    pub within_lead: u64,
    /// No rows: it cannot be told yet.
    pub untold: u64,
}

/// A customer at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRow {
    /// Place in [`TrainingFrame::moments`].
    pub moment: usize,
    /// Place in [`TrainingFrame::customers`].
    pub customer: usize,
    /// Whether it left within the first horizon.
    pub left: bool,
}

/// A customer at a moment before its place is known: whether it left within the first horizon, and within the others.
struct Told {
    customer: CustomerId,
    left: bool,
    beyond: Vec<Option<bool>>,
}

/// Rows to learn from.
#[derive(Clone, Debug)]
pub struct TrainingFrame {
    /// What became of everybody, by moment.
    pub moments: Vec<MomentCounts>,
    /// Everybody with a row, sorted.
    pub customers: Vec<CustomerId>,
    /// In the order of moments, then of customers.
    pub rows: Vec<FrameRow>,
    /// The columns; NaN is unknown.
    pub frame: Frame,
    reaches: Vec<Horizon>,
    /// For each horizon after the first, by row; `None` where it cannot be told yet.
    beyond: Vec<Vec<Option<bool>>>,
}

/// Rows to learn from and rows to judge by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Rows whose label was told when the test begins.
    pub train: Vec<u32>,
    /// Rows of the last moments.
    pub test: Vec<u32>,
    /// Rows in between: their label reaches into the test.
    pub between: Vec<u32>,
}

/// Looks at everybody at each moment and then at what became of them.
///
/// `past` holds what [`FrameSpec::want`] asks for and reaches to the last moment; `hindsight` begins at the first moment and
/// reaches as far beyond the last as [`FrameSpec::reaches`] says for the shortest horizon.
///
/// # Edges
/// * A horizon beyond the first that cannot be told for those who stayed is told for nobody of that moment: those who left
///   alone would make a moment at which everybody left.
/// * Of very many rows a fixed part of the customers, drawn by their ids, stands for all; the counts are of all.
///
/// # Errors
/// What reading the look back refuses.
///
/// # Panics
/// If `past` ends before the last moment, the look back begins after the first, or there is no horizon: our own mistakes.
pub fn training_frame(
    past: &FactFrame,
    hindsight: &Hindsight,
    spec: &FrameSpec<'_>,
) -> Result<TrainingFrame, facts::Error> {
    assert!(spec.moments.first().is_none_or(|first| hindsight.since() <= *first), "a label begins before its row");
    assert!(!spec.horizons.is_empty(), "a frame looks ahead");
    let reaches = spec.reaches();
    let outcomes = observe_horizons(past, hindsight, spec.churn, &spec.moments, &reaches)?;
    let looked = spec.moments.iter().zip(&outcomes).map(|(at, outcomes)| looked_at(past, spec, *at, outcomes));
    let (moments, mut told): (Vec<MomentCounts>, Vec<Vec<Told>>) = looked.unzip();
    let all: usize = told.iter().map(Vec::len).sum();
    let kept = (MOST_ROWS as f64 / all.max(1) as f64 * 1024.0) as u64;
    told.iter_mut().for_each(|rows| rows.retain(|row| all <= MOST_ROWS || digest(&row.customer) % 1024 < kept));
    let everybody: BTreeSet<&CustomerId> = told.iter().flatten().map(|row| &row.customer).collect();
    let customers: Vec<CustomerId> = everybody.into_iter().cloned().collect();
    let place = |customer: &CustomerId| customers.binary_search(customer).unwrap_or(customers.len());
    let of_moment = |(moment, told): (usize, &Vec<Told>)| {
        let row = |row: &Told| FrameRow { moment, customer: place(&row.customer), left: row.left };
        told.iter().map(row).collect::<Vec<FrameRow>>()
    };
    let rows: Vec<FrameRow> = told.iter().enumerate().flat_map(of_moment).collect();
    let further = |place: usize| told.iter().flatten().map(|row| row.beyond[place]).collect();
    let beyond = (0..reaches.len() - 1).map(further).collect();
    let frame = Frame { columns: measured(past, spec, &told), rows: rows.len() };
    Ok(TrainingFrame { moments, customers, rows, frame, reaches, beyond })
}

/// Who is asked about at a moment, and what became of them within each horizon.
fn looked_at(past: &FactFrame, spec: &FrameSpec<'_>, at: AsOf, outcomes: &[OutcomeFrame]) -> (MomentCounts, Vec<Told>) {
    let standing = eligibility(past, spec.churn, at);
    let warned_by = at.instant().plus_days(i64::from(spec.lead_days));
    let eligibility = standing.counts(&|_| true);
    let mut counts = MomentCounts { at, eligibility, left: 0, stayed: 0, within_lead: 0, untold: 0 };
    let mut rows = Vec::new();
    let (first, further) = outcomes.split_first().unwrap_or_else(|| unreachable!("a frame looks ahead"));
    let is_told: Vec<bool> = further.iter().map(|one| !one.outcomes.contains(&Outcome::Censored)).collect();
    for (customer, _) in standing.iter().filter(|(_, standing)| *standing == Eligible::Yes) {
        let left = match first.outcome(customer) {
            Some(Outcome::Left { at }) if at < warned_by => {
                counts.within_lead += 1;
                continue;
            }
            Some(Outcome::Left { .. }) => true,
            Some(Outcome::Stayed) => false,
            Some(Outcome::Censored) | None => {
                counts.untold += 1;
                continue;
            }
        };
        let later = |(one, is_told): (&OutcomeFrame, &bool)| {
            let outcome = one.outcome(customer).filter(|_| *is_told)?;
            Some(matches!(outcome, Outcome::Left { .. }))
        };
        let beyond = further.iter().zip(&is_told).map(later).collect();
        rows.push(Told { customer: customer.clone(), left, beyond });
    }
    counts.left = rows.iter().filter(|row| row.left).count() as u64;
    counts.stayed = rows.len() as u64 - counts.left;
    (counts, rows)
}

/// The columns: what was known of each row's customer at its moment.
fn measured(past: &FactFrame, spec: &FrameSpec<'_>, told: &[Vec<Told>]) -> Vec<FrameColumn> {
    let blank = |one: &Indicator| FrameColumn {
        direction: direction(one.worse),
        ..FrameColumn::new(one.id.as_str(), Kind::Number, Vec::new())
    };
    let mut columns: Vec<FrameColumn> = spec.catalog.indicators().iter().map(blank).collect();
    for (moment, told) in told.iter().enumerate() {
        let population = Population::These(told.iter().map(|row| row.customer.clone()).collect());
        for seen in evaluate_at(past, spec.catalog, &population, &spec.moments[moment..=moment]) {
            let places: Vec<Option<usize>> = told.iter().map(|row| seen.position(&row.customer)).collect();
            for column in &mut columns {
                let cells = seen.column(&column.name);
                let value = |place: &Option<usize>| {
                    let cell = place.zip(cells).and_then(|(place, cells)| cells.get(place).copied());
                    cell.and_then(Cell::known).unwrap_or(f64::NAN)
                };
                column.values.extend(places.iter().map(value));
            }
        }
    }
    columns
}

/// What a definition declares of more of an indicator.
fn direction(worse: Worse) -> Direction {
    match worse {
        Worse::Higher => Direction::Rising,
        Worse::Lower => Direction::Falling,
        Worse::Both | Worse::None => Direction::Either,
    }
}

/// A number of a customer's own that never changes (FNV-1a).
fn digest(customer: &CustomerId) -> u64 {
    let step = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let sum = customer.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, step);
    sum ^ sum >> 29
}

impl TrainingFrame {
    /// Who left, by row.
    pub fn labels(&self) -> Vec<bool> {
        self.rows.iter().map(|row| row.left).collect()
    }

    /// The customer of each row, so that no customer stands on both sides of a fold.
    pub fn groups(&self) -> Vec<u32> {
        self.rows.iter().map(|row| row.customer as u32).collect()
    }

    /// What became of each row within a horizon, by its place in [`FrameSpec::horizons`]; `None` where it cannot be told.
    pub fn outcomes(&self, horizon: usize) -> Vec<Option<bool>> {
        match horizon.checked_sub(1) {
            None => self.rows.iter().map(|row| Some(row.left)).collect(),
            Some(place) => self.beyond[place].clone(),
        }
    }

    /// The rows of moments at which everybody's outcome within a horizon is told.
    ///
    /// # Edges
    /// A moment at which somebody's is not gives no row: those who left are known sooner than those who stayed.
    pub fn told(&self, horizon: usize) -> Vec<u32> {
        let outcomes = self.outcomes(horizon);
        let is_whole = |row: &FrameRow| horizon > 0 || self.moments[row.moment].untold == 0;
        let rows = self.rows.iter().zip(&outcomes).enumerate();
        rows.filter(|(_, (row, told))| told.is_some() && is_whole(row)).map(|(place, _)| place as u32).collect()
    }

    /// Of some rows those of the last `count` moments to judge by, and to learn from those whose label within a horizon had
    /// been told by then.
    ///
    /// # Why
    /// A row whose label reaches into the test was not known to anybody when the test begins; learnt from, it would tell a
    /// little of what is to be foretold.
    ///
    /// # Edges
    /// `None` unless both sides have rows.
    pub fn split(&self, among: &[u32], horizon: usize, count: usize) -> Option<Split> {
        let moment_of = |row: u32| self.rows[row as usize].moment;
        let moments: BTreeSet<usize> = among.iter().map(|row| moment_of(*row)).collect();
        let first = *moments.iter().nth_back(count.checked_sub(1)?)?;
        let begins = self.moments.get(first)?.at.instant();
        let mut split = Split { train: Vec::new(), test: Vec::new(), between: Vec::new() };
        for &row in among {
            let at = self.moments[moment_of(row)].at.instant();
            match moment_of(row) {
                moment if moment >= first => split.test.push(row),
                _ if at.plus_days(i64::from(self.reaches[horizon].days)) <= begins => split.train.push(row),
                _ => split.between.push(row),
            }
        }
        (!split.train.is_empty() && !split.test.is_empty()).then_some(split)
    }

    /// Columns that know too much: what was known only after (it all but is the outcome), a copy of the label, an id.
    ///
    /// # Edges
    /// Ids are whole numbers that stay the same at every moment of a customer and differ from customer to customer.
    pub fn leaks(&self) -> Vec<Leak> {
        let labels = self.labels();
        let ids: Vec<&FrameColumn> = self.frame.columns.iter().filter(|column| self.is_id(column)).collect();
        let mut found: Vec<Leak> = ids.iter().map(|column| id_leak(column)).collect();
        if labels.iter().any(|left| *left) && labels.iter().any(|left| !left) {
            let others = leaks(&self.frame, &labels, "churn");
            found.extend(others.into_iter().filter(|leak| ids.iter().all(|id| id.name != leak.column)));
        }
        found
    }

    fn is_id(&self, column: &FrameColumn) -> bool {
        let mut own: Vec<Option<f64>> = vec![None; self.customers.len()];
        let mut is_seen_again = false;
        for (row, value) in self.rows.iter().zip(&column.values) {
            match own[row.customer] {
                _ if value.is_nan() || value.fract() != 0.0 => return false,
                None => own[row.customer] = Some(*value),
                Some(before) if before != *value => return false,
                Some(_) => is_seen_again = true,
            }
        }
        let distinct: BTreeSet<u64> = own.iter().flatten().map(|value| value.to_bits()).collect();
        let customers = own.iter().flatten().count();
        is_seen_again && customers >= LEAST_IDS && distinct.len() as f64 >= OWN_VALUES * customers as f64
    }
}

fn id_leak(column: &FrameColumn) -> Leak {
    Leak {
        column: column.name.clone(),
        auc: 0.5,
        is_certain: true,
        why: Text::new(
            "每位客户一个不变的整数，是编号，不能推及其他客户",
            "one whole number for each customer that never changes: an id says nothing about others",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vocab::Instant;

    const CUSTOMERS: usize = 240;
    const MOMENTS: usize = 3;

    /// What a column says of a row.
    type Says<'a> = &'a dyn Fn(&FrameRow) -> f64;

    /// One in four leaves after the last moment; what each column says of a row is told by whoever asks.
    fn frame(columns: &[(&str, Says<'_>)]) -> TrainingFrame {
        let counts = |moment: usize| MomentCounts {
            at: AsOf(Instant::from_micros(0).plus_days(28 * moment as i64)),
            eligibility: EligibilityCounts::default(),
            left: 0,
            stayed: 0,
            within_lead: 0,
            untold: 0,
        };
        let row = |place: usize| {
            let (moment, customer) = (place / CUSTOMERS, place % CUSTOMERS);
            FrameRow { moment, customer, left: moment + 1 == MOMENTS && customer.is_multiple_of(4) }
        };
        let rows: Vec<FrameRow> = (0..CUSTOMERS * MOMENTS).map(row).collect();
        let columns =
            columns.iter().map(|(name, of)| FrameColumn::new(*name, Kind::Number, rows.iter().map(of).collect()));
        TrainingFrame {
            moments: (0..MOMENTS).map(counts).collect(),
            customers: (0..CUSTOMERS).map(|one| CustomerId::new(format!("C{one:03}"))).collect(),
            frame: Frame { columns: columns.collect(), rows: rows.len() },
            reaches: vec![Horizon { days: 28 }],
            beyond: Vec::new(),
            rows,
        }
    }

    fn noise(row: &FrameRow) -> f64 {
        ((row.customer * 7_919 + row.moment * 104_729) % 97) as f64
    }

    #[test]
    fn a_copy_of_the_label_what_is_filled_in_afterwards_and_an_id_are_named() {
        let label = |row: &FrameRow| f64::from(u8::from(row.left));
        let afterwards = |row: &FrameRow| if row.left { 3.0 } else { f64::NAN };
        let number = |row: &FrameRow| 10_000.0 + row.customer as f64;
        let plan = |row: &FrameRow| (row.customer % 3) as f64;
        let told = frame(&[
            ("visits", &noise),
            ("again", &label),
            ("why_it_left", &afterwards),
            ("number", &number),
            ("plan", &plan),
        ]);
        let found = told.leaks();
        let names: Vec<&str> = found.iter().map(|leak| leak.column.as_str()).collect();
        assert_eq!(names, ["number", "again", "why_it_left"], "{found:?}");
        assert!(found.iter().all(|leak| leak.is_certain), "{found:?}");
        assert!(frame(&[("visits", &noise), ("plan", &plan)]).leaks().is_empty());
    }

    #[test]
    fn what_is_judged_by_begins_after_every_label_that_was_learnt_from() {
        let told = frame(&[("visits", &noise)]);
        let all = told.told(0);
        let split = told.split(&all, 0, 1).unwrap();
        assert_eq!((split.train.len(), split.between.len(), split.test.len()), (2 * CUSTOMERS, 0, CUSTOMERS));
        let wide = TrainingFrame { reaches: vec![Horizon { days: 29 }], ..told };
        let split = wide.split(&all, 0, 1).unwrap();
        assert_eq!((split.train.len(), split.between.len(), split.test.len()), (CUSTOMERS, CUSTOMERS, CUSTOMERS));
        assert_eq!(wide.split(&all, 0, 2), None, "nothing is left to learn from");
        assert_eq!(wide.split(&all, 0, 4), None);
    }
}
