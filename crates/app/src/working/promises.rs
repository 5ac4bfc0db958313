//! 承诺账本: what people promised customers, chased until somebody says that it was kept or broken.

use std::collections::BTreeMap;

use store::{PromiseFilter, PromisePage, PromiseRecord, PromiseState, Resource, Settling};
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::error::Error;
use crate::moment::snapshot::{Snapshot, owner_keys};
use crate::shown::{bad_filter, hidden, offset, page, written};
use crate::view::{self, Count, PromiseList, PromiseRow};
use crate::working::follow_ups::short;
use crate::{App, Reader};

const LONGEST_NOTE: usize = 500;
/// Promises of one customer that are read at most.
const MOST_OF_ONE: u64 = 200;

/// Which promises, which page.
#[derive(Clone, Debug, Default)]
pub struct PromiseQuery {
    /// `open` (default), `overdue`, `kept`, `broken`, `all`.
    pub state: Option<String>,
    /// Only this owner's customers; `-` = nobody's.
    pub owner: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows on the page.
    pub limit: usize,
}

impl App {
    /// The ledger: promises to customers in scope, what is due first, first.
    ///
    /// # Errors
    /// `bad_filter`, `bad_cursor`.
    pub async fn promises(
        &self,
        scope: &Scope,
        query: &PromiseQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<PromiseList, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let at = as_of.map_or(now, AsOf::instant);
        let (states, only_overdue) = states(query.state.as_deref())?;
        let (start, limit) = (offset(query.cursor.as_deref())?, query.limit.clamp(1, 500));
        let found = match as_of {
            Some(as_of) => self.promises_past(scope, query, (&states, only_overdue), as_of.instant()).await?,
            None => {
                let filter = PromiseFilter {
                    states,
                    overdue_at: only_overdue.then_some(now),
                    owner: query.owner.clone(),
                    customers: None,
                };
                self.store().promises(scope, &filter, (start as u64, limit as u64), now).await?
            }
        };
        let end = start + found.rows.len();
        let rows = found.rows.iter().map(|one| promise_row(one, &name(&snapshot, &one.customer), at));
        Ok(PromiseList {
            rows: rows.collect(),
            total: found.total,
            next_cursor: ((end as u64) < found.total && !found.rows.is_empty()).then(|| end.to_string()),
            counts: counts(&found),
            owners: owner_keys(&snapshot, scope),
            as_of: written(as_of.unwrap_or(snapshot.as_of).instant()),
        })
    }

    /// The same as it stood at a past moment.
    async fn promises_past(
        &self,
        scope: &Scope,
        query: &PromiseQuery,
        (states, only_overdue): (&[PromiseState], bool),
        t: Instant,
    ) -> Result<PromisePage, Error> {
        let mut all = self.store().promises_then(scope, t).await?;
        all.retain(|one| query.owner.as_deref().is_none_or(|owner| one.owner.as_deref().unwrap_or("-") == owner));
        let mut found = PromisePage::default();
        for one in &all {
            *found.state_counts.entry(one.state).or_default() += 1;
            found.overdue_count += u64::from(one.is_overdue(t));
        }
        all.retain(|one| states.is_empty() || states.contains(&one.state));
        all.retain(|one| !only_overdue || one.is_overdue(t));
        found.total = all.len() as u64;
        found.rows = page(&all, query.cursor.as_deref(), query.limit)?.0.to_vec();
        Ok(found)
    }

    /// Every promise to a customer, as of a moment. Whoever asks has looked whether the reader may see the customer.
    pub(crate) async fn promises_of(
        &self,
        customer: &CustomerId,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<PromiseRecord>, Error> {
        match as_of {
            Some(as_of) => {
                let mut all = self.store().promises_then(&Scope::All, as_of.instant()).await?;
                all.retain(|one| one.customer == *customer);
                Ok(all)
            }
            None => {
                let filter = PromiseFilter { customers: Some(vec![customer.clone()]), ..PromiseFilter::default() };
                Ok(self.store().promises(&Scope::All, &filter, (0, MOST_OF_ONE), now).await?.rows)
            }
        }
    }

    /// Says that a promise was kept or broken, or takes that back. The record of facts is told before this returns.
    ///
    /// # Errors
    /// `bad_promise_state`, `bad_note`; `version_conflict` when somebody else was faster; `not_found`.
    pub async fn settle_promise(
        &self,
        reader: &Reader,
        id: i64,
        request: view::SettlePromise,
        now: Instant,
    ) -> Result<PromiseRow, Error> {
        reader.may_act()?;
        let state: PromiseState = request.state.parse().map_err(|()| {
            Error::bad(
                "bad_promise_state",
                (&format!("承诺没有这个状态：“{}”", request.state), &format!("no such state: \"{}\"", request.state)),
                ("可用：kept、broken、open", "one of: kept, broken, open"),
            )
        })?;
        let note = short(request.note, LONGEST_NOTE, "bad_note")?;
        let settling = Settling { state, note: note.as_deref() };
        let (scope, actor) = (&reader.scope, reader.actor());
        let settled = match self.store().settle_promise(scope, id, request.version, settling, &actor, now).await {
            Ok(settled) => settled,
            Err(error) => return Err(self.told_by(scope, Resource::Promise, (id, request.version), error).await),
        };
        self.tell_follow_ups(now).await?;
        let snapshot = self.snapshot(None, now).await?;
        Ok(promise_row(&settled, &name(&snapshot, &settled.customer), now))
    }
}

/// What is overdue first, then what is open by its day, then the others, the latest first.
pub(crate) fn ordered(mut promises: Vec<PromiseRecord>, at: Instant) -> Vec<PromiseRecord> {
    promises.sort_by_key(|one| {
        let settled = one.settled_at.map(std::cmp::Reverse);
        (!one.is_overdue(at), one.state != PromiseState::Open, settled, one.due_at, one.id)
    });
    promises
}

pub(crate) fn promise_row(one: &PromiseRecord, customer_name: &str, at: Instant) -> PromiseRow {
    PromiseRow {
        id: one.id,
        version: one.version,
        customer_id: one.customer.to_string(),
        customer_name: customer_name.to_owned(),
        owner: one.owner.clone(),
        words: hidden(&one.words),
        due_on: one.due_on.clone(),
        due_at: written(one.due_at),
        made_at: written(one.made_at),
        made_by: one.made_by.clone(),
        state: one.state.as_str().to_owned(),
        is_overdue: one.is_overdue(at),
        settled_at: one.settled_at.map(written),
        settled_by: one.settled_by.clone(),
        note: one.note.as_deref().map(hidden),
    }
}

fn name(snapshot: &Snapshot, customer: &CustomerId) -> String {
    snapshot.position(customer).map_or_else(|| customer.to_string(), |at| snapshot.name(at).to_owned())
}

fn states(word: Option<&str>) -> Result<(Vec<PromiseState>, bool), Error> {
    match word {
        None | Some("open") => Ok((vec![PromiseState::Open], false)),
        Some("overdue") => Ok((vec![PromiseState::Open], true)),
        Some("kept") => Ok((vec![PromiseState::Kept], false)),
        Some("broken") => Ok((vec![PromiseState::Broken], false)),
        Some("all") => Ok((Vec::new(), false)),
        Some(other) => Err(bad_filter(other, "open、overdue、kept、broken、all", "open, overdue, kept, broken, all")),
    }
}

fn counts(found: &PromisePage) -> Vec<Count> {
    let states: &BTreeMap<PromiseState, u64> = &found.state_counts;
    let of = |state: PromiseState| states.get(&state).copied().unwrap_or(0);
    let counts = [
        ("open", of(PromiseState::Open)),
        ("overdue", found.overdue_count),
        ("kept", of(PromiseState::Kept)),
        ("broken", of(PromiseState::Broken)),
    ];
    counts.map(|(key, count)| Count { key: key.to_owned(), count }).to_vec()
}
