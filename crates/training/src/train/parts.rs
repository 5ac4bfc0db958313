//! Months to learn from, months that weigh and calibrate, months to judge by: in the order of time, for each horizon.

use std::collections::BTreeSet;

use super::{RowUse, Stretch};
use crate::frames::TrainingFrame;

/// Customers that leave within the months learnt from, at least.
pub(super) const LEAST_LEARNT: usize = 20;
/// Within the months that weigh and calibrate.
const LEAST_WEIGHED: usize = 20;
/// Within the months judged by.
pub(super) const LEAST_TESTED: usize = 10;

/// Rows of one horizon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) fit: Vec<u32>,
    /// Everything told before the months judged by, those between two stretches too: what the model is fitted on in the end.
    pub(super) told: Vec<u32>,
    /// `None` where history is too short for months of its own.
    pub(super) later: Option<Vec<u32>>,
    pub(super) test: Vec<u32>,
}

impl Parts {
    /// A fifth of the months to judge by (one to three; more, up to a half, until ten customers leave in them), then a
    /// quarter of those told before to weigh and calibrate by, the rest to learn from.
    pub(super) fn of(frame: &TrainingFrame, horizon: usize) -> Option<Parts> {
        let told = frame.told(horizon);
        let all = months(frame, &told);
        let first = (all / 5).clamp(1, 3);
        let leavers = |rows: &[u32]| leavers(frame, horizon, rows).len();
        let is_enough = |rows: &[u32], least: usize| leavers(rows) >= least && leavers(rows) < rows.len();
        let split = (first..=(all / 2).max(first)).find_map(|count| {
            let split = frame.split(&told, horizon, count)?;
            let is_sound = is_enough(&split.test, LEAST_TESTED) && is_enough(&split.train, LEAST_LEARNT);
            is_sound.then_some(split)
        })?;
        let count = (months(frame, &split.train) / 4).clamp(1, 3);
        let earlier = frame
            .split(&split.train, horizon, count)
            .filter(|earlier| is_enough(&earlier.test, LEAST_WEIGHED) && is_enough(&earlier.train, LEAST_LEARNT));
        Some(match earlier {
            Some(earlier) => {
                Parts { fit: earlier.train, told: split.train, later: Some(earlier.test), test: split.test }
            }
            None => Parts { fit: split.train.clone(), told: split.train, later: None, test: split.test },
        })
    }

    /// What each row of the frame is for.
    pub(super) fn uses(&self, frame: &TrainingFrame) -> Vec<RowUse> {
        let mut uses = vec![RowUse::Unused; frame.rows.len()];
        let later = self.later.as_deref().unwrap_or_default();
        let stretches: [(&[u32], RowUse); 4] = [
            (&self.told, RowUse::Between),
            (&self.fit, RowUse::Learnt),
            (later, RowUse::Weighed),
            (&self.test, RowUse::Judged),
        ];
        for (rows, of) in stretches {
            rows.iter().for_each(|row| uses[*row as usize] = of);
        }
        uses
    }

    /// Every row before those judged by.
    pub(super) fn before(&self) -> Vec<u32> {
        let mut rows = self.fit.clone();
        rows.extend(self.later.iter().flatten());
        rows
    }
}

/// How many moments some rows are of.
pub(super) fn months(frame: &TrainingFrame, rows: &[u32]) -> usize {
    rows.iter().map(|row| frame.rows[*row as usize].moment).collect::<BTreeSet<usize>>().len()
}

/// The customers among some rows who left within the horizon of one of them.
pub(super) fn leavers(frame: &TrainingFrame, horizon: usize, rows: &[u32]) -> BTreeSet<usize> {
    let outcomes = frame.outcomes(horizon);
    let left = rows.iter().filter(|row| outcomes[**row as usize] == Some(true));
    left.map(|row| frame.rows[*row as usize].customer).collect()
}

/// What a stretch of months holds; `None` without rows.
pub(super) fn stretch(frame: &TrainingFrame, horizon: usize, rows: &[u32]) -> Option<Stretch> {
    let at = |row: &u32| frame.moments[frame.rows[*row as usize].moment].at;
    let customers: BTreeSet<usize> = rows.iter().map(|row| frame.rows[*row as usize].customer).collect();
    Some(Stretch {
        first: rows.iter().map(at).min()?,
        last: rows.iter().map(at).max()?,
        rows: rows.len() as u64,
        customers: customers.len() as u64,
        leavers: leavers(frame, horizon, rows).len() as u64,
    })
}
