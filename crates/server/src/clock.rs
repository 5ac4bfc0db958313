//! The clock of the house. Everybody else is handed `now`.

use std::time::{SystemTime, UNIX_EPOCH};

use vocab::Instant;

/// The machine's moment.
pub fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
