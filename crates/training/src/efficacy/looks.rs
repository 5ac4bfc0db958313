//! At which moments customers are looked at, and what became of each: the rows that every indicator is judged by.

use std::collections::BTreeMap;

use facts::FactFrame;
use indicators::{Population, evaluate_at};
use outcomes::{Outcome, outcomes_within, renewals};
use vocab::{AsOf, CustomerId, Horizon, Instant, Text};

use super::{Design, LEAST_LEAVERS, MOST_ROWS, Note, Question};

/// Days between one look at everybody and the next.
const STEP_DAYS: i64 = 28;
/// Looks at everybody, at most: two years.
const MOST_LOOKS: i64 = 26;
/// A contract is looked at so many days before it is due, or up to a week sooner.
const LEAD_DAYS: i64 = 7;

/// A customer at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub at: AsOf,
    /// Place in [`Looks::customers`].
    pub customer: usize,
    /// When it left; `None` = it stayed.
    pub left_at: Option<Instant>,
}

/// All rows, in the order of moments.
pub(super) struct Looks {
    pub design: Design,
    pub customers: Vec<CustomerId>,
    pub rows: Vec<Row>,
    pub cut_off: usize,
    pub notes: Vec<Note>,
}

impl Looks {
    /// Losses: a customer that left, however often it was looked at before.
    pub fn losses(&self) -> usize {
        losses_among(self.rows.iter())
    }

    pub fn leavers(&self) -> usize {
        self.rows.iter().filter(|row| row.left_at.is_some()).count()
    }
}

/// How many different losses rows tell of.
pub(super) fn losses_among<'r>(rows: impl Iterator<Item = &'r Row>) -> usize {
    let mut losses: Vec<(usize, Instant)> = rows.filter_map(|row| Some((row.customer, row.left_at?))).collect();
    losses.sort_unstable();
    losses.dedup();
    losses.len()
}

/// A customer at a moment with what became of it.
type Look = (AsOf, CustomerId, Outcome);

pub(super) fn looks(frame: &FactFrame, question: &Question<'_>) -> Looks {
    let mut notes = Vec::new();
    let (design, all) = match of_renewals(frame, question, &mut notes) {
        Some(all) => (Design::Renewals, all),
        None => {
            let horizon = question.horizon();
            (Design::Moments { horizon }, of_moments(frame, question, horizon))
        }
    };
    let told = all.iter().filter(|(_, _, outcome)| *outcome != Outcome::Censored).count();
    let cut_off = all.len() - told;
    let kept = sampled(all, told, &mut notes);
    let mut customers: Vec<CustomerId> = kept.iter().map(|(_, customer, _)| customer.clone()).collect();
    customers.sort_unstable();
    customers.dedup();
    let mut rows: Vec<Row> = kept
        .iter()
        .filter_map(|(at, customer, outcome)| {
            let left_at = match outcome {
                Outcome::Censored => return None,
                Outcome::Left { at } => Some(*at),
                Outcome::Stayed => None,
            };
            Some(Row { at: *at, customer: customers.binary_search(customer).ok()?, left_at })
        })
        .collect();
    rows.sort_by_key(|row| (row.at, row.customer));
    let looks = Looks { design, customers, rows, cut_off, notes };
    let leavers = looks.losses();
    if leavers >= LEAST_LEAVERS {
        return looks;
    }
    let why = outcomes::not_yet(frame, question.churn, question.as_of).filter(|_| leavers == 0);
    let note = match why {
        Some(text) => Note { code: "not_yet", text },
        None => Note {
            code: "too_few_leavers",
            text: Text::new(
                format!("能看清结果的历史里只有 {leavers} 次流失，少于 {LEAST_LEAVERS} 次，任何指标都还说不准"),
                format!(
                    "history shows only {leavers} customers leaving, fewer than {LEAST_LEAVERS}: too few to judge any indicator"
                ),
            ),
        },
    };
    let mut looks = looks;
    looks.notes.push(note);
    looks
}

/// Every contract once.
fn of_renewals(frame: &FactFrame, question: &Question<'_>, notes: &mut Vec<Note>) -> Option<Vec<Look>> {
    let zone = frame.zone();
    let last = zone.midnight(question.as_of.instant());
    // Weeks count back from the last midnight, so that contracts share moments.
    let looked_at = |due: Instant| {
        let days = last.micros().saturating_sub(due.plus_days(-LEAD_DAYS).micros());
        let weeks = days.div_euclid(7 * 86_400_000_000) + i64::from(days.rem_euclid(7 * 86_400_000_000) > 0);
        AsOf(last.plus_days(-7 * weeks))
    };
    let found = renewals(frame, question.churn, question.as_of, &looked_at)?;
    if found.due.is_empty() {
        return None;
    }
    let cut = found.due.iter().filter(|one| one.outcome == Outcome::Censored).count();
    if cut > 0 {
        // The midnight that ends the last day: the day itself is the one before.
        let until = zone.date(found.told_until.plus_micros(-1));
        notes.push(Note {
            code: "renewals_cut_off",
            text: Text::new(
                format!("合同记录只到 {until}：之后才能见分晓的 {cut} 份合同是否续约无法判断，没有算进来"),
                format!(
                    "contracts are on record up to {until}: of {cut} contracts decided after it, it cannot be told whether they were renewed; they are left out"
                ),
            ),
        });
    }
    Some(found.due.into_iter().map(|one| (one.looked_at, one.customer, one.outcome)).collect())
}

/// Everybody who was there, every four weeks.
fn of_moments(frame: &FactFrame, question: &Question<'_>, horizon: Horizon) -> Vec<Look> {
    let last = frame.zone().midnight(question.as_of.instant());
    let mut all = Vec::new();
    for step in 0..MOST_LOOKS {
        let at = AsOf(last.plus_days(-i64::from(horizon.days) - STEP_DAYS * step));
        let seen = outcomes_within(frame, question.churn, at, horizon);
        if seen.customers.is_empty() {
            break;
        }
        // Before silence can be told from the beginning of the record, nobody can be said to stay or leave.
        if outcomes::not_yet(frame, question.churn, at).is_some() && question.churn.longest_silence_days() > 0 {
            break;
        }
        all.extend(seen.customers.into_iter().zip(seen.outcomes).map(|(customer, outcome)| (at, customer, outcome)));
    }
    all
}

/// A fixed part of the customers, if there are too many rows; who is in it depends on nothing but the id.
fn sampled(all: Vec<Look>, told: usize, notes: &mut Vec<Note>) -> Vec<Look> {
    if told <= MOST_ROWS {
        return all;
    }
    let part = MOST_ROWS as f64 / told as f64;
    notes.push(Note {
        code: "sampled",
        text: Text::new(
            format!("客户很多：按固定办法抽取 {:.0}% 的客户来算", part * 100.0),
            format!("there are many customers: a fixed {:.0} % of them stand for all", part * 100.0),
        ),
    });
    let limit = (part * u64::MAX as f64) as u64;
    all.into_iter().filter(|(_, customer, _)| hash(customer.as_str()) <= limit).collect()
}

/// FNV-1a with a final mix.
fn hash(text: &str) -> u64 {
    let mixed = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (mixed >> 32)
}

/// The numbers of every indicator on all rows, in the order of the catalogue; NaN = unknown.
pub(super) fn columns(
    frame: &FactFrame,
    question: &Question<'_>,
    looks: &Looks,
    progress: &dyn Fn(f64),
) -> Vec<Vec<f64>> {
    let mut columns = vec![Vec::with_capacity(looks.rows.len()); question.catalog.indicators().len()];
    let mut by_moment: BTreeMap<AsOf, Vec<usize>> = BTreeMap::new();
    for row in &looks.rows {
        by_moment.entry(row.at).or_default().push(row.customer);
    }
    let count = by_moment.len() as f64;
    for (done, (at, customers)) in by_moment.into_iter().enumerate() {
        // One contract of a customer is looked at once, but two of its contracts may be looked at at one moment.
        let mut asked: Vec<CustomerId> = customers.iter().map(|place| looks.customers[*place].clone()).collect();
        asked.dedup();
        let found = evaluate_at(frame, question.catalog, &Population::These(asked), &[at]).remove(0);
        for (column, indicator) in columns.iter_mut().zip(question.catalog.indicators()) {
            let cells = found.column(&indicator.id);
            for place in &customers {
                let cell = found.position(&looks.customers[*place]).and_then(|at| cells.map(|cells| cells[at]));
                column.push(cell.and_then(|cell| cell.known()).unwrap_or(f64::NAN));
            }
        }
        progress((done + 1) as f64 / count);
    }
    columns
}
