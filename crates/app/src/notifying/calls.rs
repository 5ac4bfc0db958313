//! Who is called by what somebody else did on a case: it came to their desk, they are urged, a remark mentions them, a task is
//! theirs.
//!
//! Read from the history of the last day at every look, so that it is told once whatever process wrote it; what has become
//! somebody else's or is closed meanwhile is not told any more.

use std::collections::HashMap;

use actions::{Call, CallFor, Occasion, Verb};
use store::{Called, CaseCall, CaseFilter, CaseRecord, CaseSlice, CaseState, StaffRecord};
use vocab::Scope;

use super::telling::Look;
use crate::App;
use crate::error::Error;
use crate::shown::hidden;
use crate::working::work_times::DAY;

/// So much of what was said stands in a notice, in letters.
const LONGEST_WORDS: usize = 120;

impl App {
    /// What people did on cases that calls somebody else, and these cases.
    pub(super) async fn calls(&self, look: &Look<'_>) -> Result<(Vec<Occasion>, Vec<CaseRecord>), Error> {
        let calls = self.store().case_calls(&Scope::All, look.at.now.plus_micros(-DAY)).await?;
        if calls.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let filter = CaseFilter { ids: Some(calls.iter().map(|call| call.case).collect()), ..CaseFilter::default() };
        let cases = self.store().cases(&Scope::All, &filter, CaseSlice::default()).await?.rows;
        let of: HashMap<i64, &CaseRecord> = cases.iter().map(|case| (case.id, case)).collect();
        let mut found = Vec::new();
        for call in &calls {
            let Some(case) = of.get(&call.case) else { continue };
            let about = Call { by: call.by.clone(), what: what(call), words: words(call) };
            let first = case.work().running(case.opened_at).min_by_key(|clock| clock.due);
            let told = whom(look, call, case).map(|staff| (staff, call.number, case.id));
            found.extend(told.map(|of| actions::called(of, about.clone(), first, call.at)));
        }
        Ok((found, cases))
    }
}

/// Who is called, of those who work here and see the customer; nobody calls themselves.
fn whom<'a>(look: &'a Look<'_>, call: &'a CaseCall, case: &'a CaseRecord) -> impl Iterator<Item = i64> + 'a {
    let is_open = case.state != CaseState::Closed;
    let meant: Vec<Option<&StaffRecord>> = match &call.whom {
        Called::Desk(_, desk) if is_open && case.assigned_to.as_ref() == Some(desk) => {
            vec![look.roster.at_desk(desk).filter(|one| look.roster.worker(one.id).is_some())]
        }
        Called::Task(staff) if is_open => vec![look.roster.worker(*staff)],
        Called::Mentioned(people) => people.iter().map(|staff| look.roster.worker(*staff)).collect(),
        Called::Desk(..) | Called::Task(_) => Vec::new(),
    };
    let others = meant.into_iter().flatten().filter(|one| one.name != call.by);
    others.filter(|one| look.roster.sees(one, case.owner.as_deref())).map(|one| one.id)
}

fn what(call: &CaseCall) -> CallFor {
    match call.whom {
        Called::Desk(Verb::Nudge, _) => CallFor::Urged,
        Called::Desk(Verb::Escalate, _) => CallFor::Escalated,
        Called::Desk(..) => CallFor::Given,
        Called::Mentioned(_) => CallFor::Mentioned,
        Called::Task(_) => CallFor::Task,
    }
}

/// What was said, as far as a notice has room; numbers hidden, since it leaves the house.
fn words(call: &CaseCall) -> String {
    let said = hidden(call.said.as_deref().unwrap_or_default());
    match said.char_indices().nth(LONGEST_WORDS) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None => said,
    }
}
