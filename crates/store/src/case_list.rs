//! Lists of cases: whose, of which type, in which stage, overdue; a page of rows and the counts of the whole filter.
//!
//! Found in the index of cases ([`crate::case_index`]), shown from the table.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use vocab::{CustomerId, Instant, Scope};

use crate::case::{CaseRecord, CaseState, records};
use crate::case_index::{CaseKey, Found, Kept};
use crate::entity::{case_mentions, case_tasks, cases};
use crate::scope::listed;
use crate::{Error, Store};

/// So often a list is looked up anew because somebody else's change came between its counts and its rows.
const TRIES: u32 = 4;

/// Whose work is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// On one of these desks.
    Desks(Vec<String>),
    /// On this desk, or with an open task of this person's.
    Mine {
        /// The desk.
        desk: String,
        /// The person.
        staff: i64,
    },
    /// On nobody's desk.
    Pool,
    /// With a remark that mentions this person.
    Mentioning(i64),
}

/// In which order cases are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseOrder {
    /// Newest first.
    #[default]
    Newest,
    /// What is due first, first; closed cases, which are never due, last.
    Due,
}

/// Which cases are asked for. The default is every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// In one of these states; any when empty.
    pub states: Vec<CaseState>,
    /// The customer's present owner; `-` for customers whom nobody owns.
    pub owner: Option<String>,
    /// One of these customers.
    pub customers: Option<Vec<CustomerId>>,
    /// One of these cases.
    pub ids: Option<Vec<i64>>,
    /// Closed at this moment or later.
    pub closed_from: Option<Instant>,
    /// Only those of which a person said how they ended.
    pub is_said: bool,
    /// Of one of these types; of any when empty.
    pub case_types: Vec<String>,
    /// In one of these stages; in any when empty.
    pub stages: Vec<String>,
    /// Whose work; everybody's when absent.
    pub whose: Option<Whose>,
    /// Whose next clock had run out at this moment.
    pub overdue_at: Option<Instant>,
    /// With a clock that nobody has met and that runs out within these moments, both included; or urgent, opened since the
    /// first of them and not yet taken up.
    pub watched: Option<(Instant, Instant)>,
}

impl CaseFilter {
    pub(crate) fn has_type(&self, case_type: &str) -> bool {
        self.case_types.is_empty() || self.case_types.iter().any(|one| one == case_type)
    }

    pub(crate) fn has_stage(&self, stage: &str) -> bool {
        self.stages.is_empty() || self.stages.iter().any(|one| one == stage)
    }

    pub(crate) fn has_state(&self, state: CaseState) -> bool {
        self.states.is_empty() || self.states.contains(&state)
    }

    /// Whether only some cases are asked about, which are told.
    pub(crate) fn names_some(&self) -> bool {
        self.ids.is_some() || self.customers.is_some()
    }
}

/// Which part of the list is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseSlice {
    /// In which order.
    pub order: CaseOrder,
    /// Leave out so many.
    pub offset: u64,
    /// At most so many; all when absent.
    pub limit: Option<u64>,
}

/// One page of cases, and the counts that belong to the whole filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CasePage {
    /// The cases of this page.
    pub rows: Vec<CaseRecord>,
    /// How many match in all.
    pub total: u64,
    /// How many of each state would match without the filters on states and stages.
    pub state_counts: BTreeMap<CaseState, u64>,
    /// How many in each stage, likewise.
    pub stage_counts: BTreeMap<String, u64>,
    /// How many of each type would match without the filter on types.
    pub type_counts: BTreeMap<String, u64>,
}

impl Store {
    /// Which cases are there, and how many in each state? Rows and counts are of one moment.
    pub async fn cases(&self, scope: &Scope, filter: &CaseFilter, slice: CaseSlice) -> Result<CasePage, Error> {
        let mut tries = TRIES;
        loop {
            let read = self.read().await?;
            let ask = |kept: &Kept, named: &HashSet<i64>| kept.find(scope, filter, named, slice);
            let (found, is_of_then) = self.ask_cases(&read, filter.whose.as_ref(), ask).await?;
            tries -= 1;
            // Counted a moment later than the rows would be read: somebody else's look has brought the index further.
            if !is_of_then && tries > 0 {
                continue;
            }
            let Found { page, ids } = found;
            return Ok(CasePage { rows: rows_of(&read, &ids).await?, ..page });
        }
    }

    /// How many cases match?
    pub async fn case_count(&self, scope: &Scope, filter: &CaseFilter) -> Result<u64, Error> {
        Ok(self.case_counts(scope, std::slice::from_ref(filter)).await?[0])
    }

    /// How many cases match each of these filters, in their order? All are counted at one moment.
    pub async fn case_counts(&self, scope: &Scope, filters: &[CaseFilter]) -> Result<Vec<u64>, Error> {
        let read = self.read().await?;
        let mut whose = Vec::with_capacity(filters.len());
        for filter in filters {
            whose.push(named(&read, filter.whose.as_ref()).await?);
        }
        let ask = |kept: &Kept, _: &HashSet<i64>| kept.counts(scope, filters, &whose);
        Ok(self.ask_cases(&read, None, ask).await?.0)
    }

    /// Which cases match, in few words, by id: for whoever puts them in an order of their own.
    pub async fn case_keys(&self, scope: &Scope, filter: &CaseFilter) -> Result<Vec<CaseKey>, Error> {
        let read = self.read().await?;
        let ask = |kept: &Kept, named: &HashSet<i64>| kept.keys(scope, filter, named);
        Ok(self.ask_cases(&read, filter.whose.as_ref(), ask).await?.0)
    }
}

/// These cases, in this order.
async fn rows_of(read: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<CaseRecord>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = cases::Entity::find()
        .filter(listed(read, (cases::Entity, cases::Column::Id), ids))
        .all(read)
        .await
        .map_err(Error::while_doing("reading cases"))?;
    let mut of: HashMap<i64, cases::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    records(read, ids.iter().filter_map(|id| of.remove(id)).collect()).await
}

/// Cases that are somebody's work whatever desk they are on.
pub(crate) async fn named(read: &impl ConnectionTrait, whose: Option<&Whose>) -> Result<HashSet<i64>, Error> {
    let ids: Vec<i64> = match whose {
        Some(Whose::Mine { staff, .. }) => {
            case_tasks::Entity::find()
                .select_only()
                .column(case_tasks::Column::CaseId)
                .filter(case_tasks::Column::StaffId.eq(*staff))
                .filter(case_tasks::Column::DoneAt.is_null())
                .into_tuple()
                .all(read)
                .await
        }
        Some(Whose::Mentioning(staff)) => {
            case_mentions::Entity::find()
                .select_only()
                .column(case_mentions::Column::CaseId)
                .filter(case_mentions::Column::StaffId.eq(*staff))
                .into_tuple()
                .all(read)
                .await
        }
        None | Some(Whose::Desks(_) | Whose::Pool) => return Ok(HashSet::new()),
    }
    .map_err(Error::while_doing("reading whose work cases are"))?;
    Ok(ids.into_iter().collect())
}
