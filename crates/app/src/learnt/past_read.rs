//! What learning from the firm's past reads of it.

use facts::FactFrame;
use training::train::{HORIZONS, TrainSpec};
use vocab::{AsOf, Horizon};

use crate::App;
use crate::error::Error;

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// The facts known by the moment stood at, the moments looked at, and how far a look back from the first of them goes.
pub(crate) struct PastRead {
    pub past: FactFrame,
    pub moments: Vec<AsOf>,
    pub since: AsOf,
    pub span: Horizon,
}

impl App {
    /// Reads what a training asks for, and these properties besides.
    pub(crate) fn past_read(&self, spec: &TrainSpec<'_>, properties: &[String]) -> Result<PastRead, Error> {
        let as_of = spec.as_of;
        let mut want = spec.want();
        want.properties.extend(properties.iter().cloned());
        want.properties.sort_unstable();
        want.properties.dedup();
        let past = self.facts().as_of(as_of).frame(&want)?;
        let moments = spec.moments(&past);
        let since = moments.first().copied().unwrap_or(AsOf(as_of.instant().plus_days(-i64::from(HORIZONS[0]))));
        let span = (as_of.instant().micros() - since.instant().micros()).div_euclid(MICROS_PER_DAY);
        let span = Horizon { days: u32::try_from(span.max(1)).unwrap_or(1) };
        Ok(PastRead { past, moments, since, span })
    }
}
