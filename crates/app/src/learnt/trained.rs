//! What is to be learnt from the past, and how what training found is said.

use training::backtest::Failure;
use training::train::{Metric, Readiness, Refusal, Stretch};
use vocab::{AsOf, Zone};

use crate::error::Error;
use crate::learnt::backtests::refused;
use crate::view::{ModelMetric, ModelReadiness, ModelRefusal, ModelStretch, Words};

/// The horizon that is reported where nobody chose one.
pub(crate) const HORIZON_DAYS: u32 = 90;
pub(crate) const SEED: u64 = 1;

/// What is to be learnt.
#[derive(Clone, Debug)]
pub struct TrainingQuery {
    /// Churn definition; the firm's when absent.
    pub churn: Option<String>,
    /// The horizon that is reported, in days.
    pub horizon_days: u32,
    /// The moment up to which history is known; the last midnight passed when absent.
    pub as_of: Option<AsOf>,
    /// Where chance comes from.
    pub seed: u64,
    /// Whether it leaves the machine to whoever works meanwhile: one thread learns, the answer is the same.
    pub is_calm: bool,
}

impl Default for TrainingQuery {
    fn default() -> Self {
        TrainingQuery { churn: None, horizon_days: HORIZON_DAYS, as_of: None, seed: SEED, is_calm: false }
    }
}

pub(crate) fn failed(failure: Failure) -> Error {
    match failure {
        Failure::Stopped => Error::bad("stopped", ("训练已取消", "the training was stopped"), ("", "")),
        other => refused(other),
    }
}

pub(crate) fn readiness(found: &Readiness) -> ModelReadiness {
    ModelReadiness {
        stage: found.stage.as_str().to_owned(),
        is_ready: found.is_ready,
        leavers: found.leavers,
        more_leavers: found.more_leavers,
        customers: found.customers,
        moments: found.moments,
        label_delay_days: found.label_delay_days,
        missing: found.missing.iter().map(refusal).collect(),
        headline: Words::from(&found.headline),
    }
}

pub(crate) fn refusal(why: &Refusal) -> ModelRefusal {
    let (detail, hint) = (Words::from(&why.detail), Words::from(&why.hint));
    ModelRefusal { code: why.code.to_owned(), detail, hint }
}

pub(crate) fn stretch(stretch: &Stretch, zone: &Zone) -> ModelStretch {
    ModelStretch {
        first: zone.date(stretch.first.instant()),
        last: zone.date(stretch.last.instant()),
        rows: stretch.rows,
        customers: stretch.customers,
        leavers: stretch.leavers,
    }
}

pub(crate) fn metric(metric: Metric) -> ModelMetric {
    ModelMetric { value: metric.value, low: metric.low, high: metric.high }
}
