//! Lists of cases: mine, my team's, nobody's, all; by state, stage, type and what is overdue; with the counts beside.

use std::collections::BTreeMap;

use store::{CaseFilter, CaseOrder, CaseRecord, CaseSlice, CaseState, Whose};
use vocab::{AsOf, Instant, Scope};

use crate::customer::search::Needle;
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::shown::{offset, page};
use crate::staff::roster::{Roster, desk_of_reader};
use crate::view::{self, CaseRow, Count};
use crate::working::case_rows::Shown;
use crate::working::work::{named, owned, parsed, unknown_word};
use crate::{App, Reader};

/// Whose cases may be asked for, besides everybody's.
const WHO: [&str; 4] = ["mine", "team", "pool", "mentioned"];

/// Which cases, which page.
#[derive(Clone, Debug, Default)]
pub struct CaseQuery {
    /// Only these states; empty = not closed, unless stages are named.
    pub states: Vec<String>,
    /// Only these stages.
    pub stages: Vec<String>,
    /// Only these case types.
    pub case_types: Vec<String>,
    /// Only this owner's customers; `-` = nobody's.
    pub owner: Option<String>,
    /// `mine`, `team`, `pool`, `mentioned`; `all` when absent.
    pub who: Option<String>,
    /// Only those with a clock that has run out.
    pub overdue: bool,
    /// Part of a customer's name or id.
    pub search: Option<String>,
    /// `due` (what is due first, first; when absent), `newest`.
    pub sort: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// Rows on the page.
    pub limit: usize,
}

impl CaseQuery {
    fn order(&self) -> Result<CaseOrder, Error> {
        match self.sort.as_deref() {
            None | Some("due") => Ok(CaseOrder::Due),
            Some("newest") => Ok(CaseOrder::Newest),
            Some(other) => Err(unknown_word(other)),
        }
    }

    fn states(&self) -> Result<Vec<CaseState>, Error> {
        let states =
            parsed::<CaseState>(&self.states, |word| CaseState::ALL.iter().copied().find(|one| one.as_str() == word))?;
        Ok(if states.is_empty() && self.stages.is_empty() { open_states() } else { states })
    }
}

fn open_states() -> Vec<CaseState> {
    vec![CaseState::New, CaseState::Accepted]
}

impl App {
    /// A page of cases, what is due first, first, with the counts of the whole filter.
    ///
    /// # Edges
    /// Of a past moment only states and the owner are asked about, and there are no counts: desks and remarks of then are
    /// not kept apart from those of now.
    pub async fn cases(
        &self,
        reader: &Reader,
        query: &CaseQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<view::CaseList, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let shown = Shown { snapshot: &snapshot, as_of, now };
        let start = offset(query.cursor.as_deref())?;
        let limit = query.limit.clamp(1, 500);
        let mut list = match as_of {
            Some(as_of) => self.past_cases(&reader.scope, query, as_of, limit, &shown).await?,
            None => self.present_cases(reader, query, (start, limit), &shown).await?,
        };
        let end = start + list.rows.len();
        list.next_cursor = ((end as u64) < list.total && !list.rows.is_empty()).then(|| end.to_string());
        Ok(list)
    }

    /// Every case that a query matches, in order, as rows.
    pub(crate) async fn every_case(
        &self,
        reader: &Reader,
        query: &CaseQuery,
        as_of: Option<AsOf>,
        now: Instant,
    ) -> Result<Vec<CaseRow>, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let shown = Shown { snapshot: &snapshot, as_of, now };
        let query = CaseQuery { cursor: None, ..query.clone() };
        if let Some(as_of) = as_of {
            return Ok(self.past_cases(&reader.scope, &query, as_of, usize::MAX, &shown).await?.rows);
        }
        let roster = self.roster().await?;
        let filter = self.case_filter(reader, &query, &snapshot, &roster, now)?;
        let slice = CaseSlice { order: query.order()?, ..CaseSlice::default() };
        let cases = self.store().cases(&reader.scope, &filter, slice).await?.rows;
        self.shown_cases(&reader.scope, &shown, &cases).await
    }

    /// Cases as they were recorded at a past moment.
    async fn past_cases(
        &self,
        scope: &Scope,
        query: &CaseQuery,
        as_of: AsOf,
        limit: usize,
        shown: &Shown<'_>,
    ) -> Result<view::CaseList, Error> {
        let states = query.states()?;
        let mut cases = self.store().as_recorded(scope, as_of.instant()).await?.cases;
        cases.retain(|case| states.contains(&case.state) && owned(case.owner.as_deref(), query.owner.as_deref()));
        cases.sort_by_key(|case| (case.due_at.is_none(), case.due_at, case.id));
        let total = cases.len() as u64;
        let rows = page(&cases, query.cursor.as_deref(), limit)?.0.to_vec();
        Ok(view::CaseList {
            rows: self.shown_cases(scope, shown, &rows).await?,
            total,
            next_cursor: None,
            state_counts: Vec::new(),
            stage_counts: Vec::new(),
            type_counts: Vec::new(),
            who_counts: Vec::new(),
            overdue_count: 0,
        })
    }

    async fn present_cases(
        &self,
        reader: &Reader,
        query: &CaseQuery,
        (start, limit): (usize, usize),
        shown: &Shown<'_>,
    ) -> Result<view::CaseList, Error> {
        let roster = self.roster().await?;
        let filter = self.case_filter(reader, query, shown.snapshot, &roster, shown.now)?;
        let slice = CaseSlice { order: query.order()?, offset: start as u64, limit: Some(limit as u64) };
        let page = self.store().cases(&reader.scope, &filter, slice).await?;
        let (overdue_count, who_counts) = self.counts_beside(reader, &filter, &roster, shown.now).await?;
        let state_counts = CaseState::ALL.iter().map(|state| Count {
            key: state.as_str().to_owned(),
            count: page.state_counts.get(state).copied().unwrap_or(0),
        });
        Ok(view::CaseList {
            rows: self.shown_cases(&reader.scope, shown, &page.rows).await?,
            total: page.total,
            next_cursor: None,
            state_counts: state_counts.collect(),
            stage_counts: self.stage_counts(&filter, &page.stage_counts),
            type_counts: self.type_counts(&page.type_counts),
            who_counts,
            overdue_count,
        })
    }

    /// How many in each stage: of the types asked for, in their order; what no type has any more comes last.
    fn stage_counts(&self, filter: &CaseFilter, counts: &BTreeMap<String, u64>) -> Vec<Count> {
        let asked = |id: &str| filter.case_types.is_empty() || filter.case_types.iter().any(|one| one == id);
        let types = self.definitions().cases.types().iter().filter(|one| asked(&one.id));
        let mut stages: Vec<&str> = Vec::new();
        for id in
            types.flat_map(|one| &one.stages).map(|stage| stage.id.as_str()).chain(counts.keys().map(String::as_str))
        {
            if !stages.contains(&id) {
                stages.push(id);
            }
        }
        let count = |id: &str| Count { key: id.to_owned(), count: counts.get(id).copied().unwrap_or(0) };
        stages.into_iter().map(count).collect()
    }

    fn type_counts(&self, counts: &BTreeMap<String, u64>) -> Vec<Count> {
        let book = &self.definitions().cases;
        let known = book.types().iter().map(|one| one.id.as_str());
        let others = counts.keys().map(String::as_str).filter(|id| book.case_type(id).is_none());
        let count = |id: &str| Count { key: id.to_owned(), count: counts.get(id).copied().unwrap_or(0) };
        known.chain(others).map(count).collect()
    }

    /// How many of a list are overdue; and how many that are not closed are whose, whatever else is asked.
    async fn counts_beside(
        &self,
        reader: &Reader,
        filter: &CaseFilter,
        roster: &Roster,
        now: Instant,
    ) -> Result<(u64, Vec<Count>), Error> {
        let around = CaseFilter {
            owner: filter.owner.clone(),
            customers: filter.customers.clone(),
            states: open_states(),
            ..CaseFilter::default()
        };
        // Whoever is no person has neither a desk nor a team.
        let theirs = WHO.into_iter().filter_map(|who| Some((who, Some(whose(reader, who, roster).ok()?))));
        let asked: Vec<(&str, Option<Whose>)> = theirs.chain([("all", None)]).collect();
        let overdue = CaseFilter { overdue_at: Some(now), ..filter.clone() };
        let of = |(_, whose): &(&str, Option<Whose>)| CaseFilter { whose: whose.clone(), ..around.clone() };
        let filters: Vec<CaseFilter> = std::iter::once(overdue).chain(asked.iter().map(of)).collect();
        let counts = self.store().case_counts(&reader.scope, &filters).await?;
        let count = |((who, _), count): (&(&str, Option<Whose>), &u64)| Count { key: (*who).to_owned(), count: *count };
        Ok((counts[0], asked.iter().zip(&counts[1..]).map(count).collect()))
    }

    fn case_filter(
        &self,
        reader: &Reader,
        query: &CaseQuery,
        snapshot: &Snapshot,
        roster: &Roster,
        now: Instant,
    ) -> Result<CaseFilter, Error> {
        Ok(CaseFilter {
            states: query.states()?,
            stages: query.stages.clone(),
            case_types: query.case_types.clone(),
            owner: query.owner.clone(),
            customers: query.search.as_deref().and_then(Needle::new).map(|needle| named(snapshot, &needle)),
            whose: match query.who.as_deref() {
                None | Some("all") => None,
                Some(who) => Some(whose(reader, who, roster)?),
            },
            overdue_at: query.overdue.then_some(now),
            ..CaseFilter::default()
        })
    }

    async fn shown_cases(&self, scope: &Scope, shown: &Shown<'_>, cases: &[CaseRecord]) -> Result<Vec<CaseRow>, Error> {
        let alerts = self.alerts_on(scope, cases, shown.as_of).await?;
        self.case_rows(shown, cases, &alerts).await
    }

    /// One case.
    pub async fn case(&self, scope: &Scope, id: i64, as_of: Option<AsOf>, now: Instant) -> Result<CaseRow, Error> {
        let snapshot = self.snapshot(as_of, now).await?;
        let record = match as_of {
            Some(as_of) => {
                let cases = self.store().as_recorded(scope, as_of.instant()).await?.cases;
                cases.into_iter().find(|case| case.id == id)
            }
            None => self.store().case(scope, id).await?,
        };
        let record = vec![record.ok_or_else(no_case)?];
        let shown = Shown { snapshot: &snapshot, as_of, now };
        self.shown_cases(scope, &shown, &record).await?.pop().ok_or_else(no_case)
    }
}

/// There is no such case, or none that the reader may see.
pub(crate) fn no_case() -> Error {
    Error::not_found(("这张跟进单", "the case"))
}

fn whose(reader: &Reader, who: &str, roster: &Roster) -> Result<Whose, Error> {
    let (desk, staff) = (desk_of_reader(reader), reader.staff.as_ref().map(|staff| staff.id));
    let person = || desk.zip(staff).ok_or_else(Error::forbidden);
    match who {
        "mine" => person().map(|(desk, staff)| Whose::Mine { desk: desk.to_owned(), staff }),
        "team" => person().map(|(desk, staff)| Whose::Desks(roster.team_desks(desk, staff))),
        "pool" => Ok(Whose::Pool),
        "mentioned" => person().map(|(_, staff)| Whose::Mentioning(staff)),
        other => Err(unknown_word(other)),
    }
}
