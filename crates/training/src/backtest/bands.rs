//! How those who stood in a band fared: what the record says of such a health.
//!
//! Each customer is looked at once per horizon, so that nobody is counted twice for one leaving.

use estimators::metrics::wilson;
use vocab::{Band, Health};

use super::judge::Judge;
use super::past::Seen;
use super::report::{BandRecord, Fate};
use super::{STEP_DAYS, Spec};

const BANDS: [Band; 4] = [Band::Critical, Band::High, Band::Medium, Band::Low];

/// One row per band, worst first.
pub(super) fn bands(seen: &Seen, judge: &Judge, spec: &Spec<'_>, is_few: bool) -> Vec<BandRecord> {
    let weeks = i64::from(spec.horizon_days).div_euclid(STEP_DAYS) + 1;
    let every = usize::try_from(weeks).unwrap_or(1).max(1);
    let mut counts = [(0_usize, 0_usize); BANDS.len()];
    for moment in (0..seen.moments().len()).step_by(every) {
        for customer in 0..seen.presence.customers().len() {
            let hundredths = seen.health.cell(moment, customer);
            if hundredths.is_nan() || !seen.is_eligible(moment, customer) {
                continue;
            }
            let band = spec.book.band(Health::from_hundredths(hundredths as u16));
            let fate = judge.fate(moment, customer).0;
            let Some(place) = BANDS.iter().position(|one| *one == band).filter(|_| fate != Fate::Undecided) else {
                continue;
            };
            counts[place].0 += 1;
            counts[place].1 += usize::from(matches!(fate, Fate::InTime | Fate::Late));
        }
    }
    let row = |(band, (stood, left)): (Band, (usize, usize))| BandRecord {
        band,
        stood,
        left,
        share: if is_few { None } else { wilson(left, stood) },
    };
    BANDS.into_iter().zip(counts).map(row).collect()
}
