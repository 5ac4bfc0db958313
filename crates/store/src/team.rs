//! What a team has on its desks and how its clocks stand; and the lives of cases from which is counted what became of them.

use std::collections::HashSet;

use vocab::{Instant, Scope};

use crate::case_index::Kept;
use crate::work_between::{CaseTrail, trails};
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

    /// The lives of cases that were not closed at some moment of `[from, to)`, as they were recorded by `to`: every step
    /// with the case after it, by id.
    ///
    /// # Edges
    /// The reader's scope is today's, whatever the moment.
    pub async fn case_trails(&self, scope: &Scope, from: Instant, to: Instant) -> Result<Vec<CaseTrail>, Error> {
        let read = self.read().await?;
        trails(&read, scope, from, to).await
    }
}
