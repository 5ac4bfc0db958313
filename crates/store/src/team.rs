//! What a team has on its desks and how its clocks stand.

use std::collections::HashSet;

use vocab::{Instant, Scope};

use crate::case_index::Kept;
use crate::{Error, Store};

/// What is on one desk, and how its clocks stand at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskClocks {
    /// Whose desk; none for what is on nobody's.
    pub desk: Option<String>,
    /// Cases that are not closed.
    pub open: u64,
    /// Of these, not yet taken up.
    pub waiting: u64,
    /// With a clock that has run out.
    pub overdue: u64,
    /// With one that runs out later on the same day.
    pub due_today: u64,
    /// When the next clock runs out.
    pub next_due_at: Option<Instant>,
}

impl Store {
    /// How full is each desk, and how do its clocks stand? Of cases of customers in scope; a desk without one is left out.
    ///
    /// `day_end` is where the day ends: what runs out from `now` until before it is due today.
    pub async fn desk_clocks(&self, scope: &Scope, now: Instant, day_end: Instant) -> Result<Vec<DeskClocks>, Error> {
        let read = self.read().await?;
        let ask = |kept: &Kept, _: &HashSet<i64>| kept.clocks(scope, now, day_end);
        Ok(self.ask_cases(&read, None, ask).await?.0)
    }
}
