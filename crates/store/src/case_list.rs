//! Lists of cases: whose, of which type, in which stage, overdue; a page of rows and the counts of the whole filter.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Cond, Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use vocab::{CustomerId, Instant, Scope, Severity};

use crate::case::{CaseRecord, CaseState, records};
use crate::entity::{case_mentions, case_tasks, cases};
use crate::scope::{admitted, among, listed_text, of_owner};
use crate::words::severity_number;
use crate::{Error, Store};

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
    /// Closed at this moment or later.
    pub closed_from: Option<Instant>,
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
    fn has_type(&self, case_type: &str) -> bool {
        self.case_types.is_empty() || self.case_types.iter().any(|one| one == case_type)
    }

    fn has_stage(&self, state: CaseState, stage: &str) -> bool {
        (self.states.is_empty() || self.states.contains(&state))
            && (self.stages.is_empty() || self.stages.iter().any(|one| one == stage))
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
        let read = self.read().await?;
        let around = around(&read, scope, filter);
        let cells: Vec<(String, String, String, i64)> = cases::Entity::find()
            .select_only()
            .column(cases::Column::CaseType)
            .column(cases::Column::Stage)
            .column(cases::Column::State)
            .column_as(Expr::col((cases::Entity, cases::Column::Id)).count(), "how_many")
            .filter(around.clone())
            .group_by(cases::Column::CaseType)
            .group_by(cases::Column::Stage)
            .group_by(cases::Column::State)
            .into_tuple()
            .all(&read)
            .await
            .map_err(Error::while_doing("counting cases"))?;
        let mut page = CasePage::default();
        for (case_type, stage, state, how_many) in cells {
            let state = CaseState::read(&state)?;
            let how_many = u64::try_from(how_many).unwrap_or(0);
            let (of_type, in_stage) = (filter.has_type(&case_type), filter.has_stage(state, &stage));
            if of_type {
                *page.state_counts.entry(state).or_default() += how_many;
                *page.stage_counts.entry(stage).or_default() += how_many;
            }
            if in_stage {
                *page.type_counts.entry(case_type).or_default() += how_many;
            }
            if of_type && in_stage {
                page.total += how_many;
            }
        }

        let mut select = cases::Entity::find().filter(around).filter(inside(filter));
        select = match slice.order {
            CaseOrder::Newest => select.order_by_desc(cases::Column::OpenedAt).order_by_desc(cases::Column::Id),
            CaseOrder::Due => select
                .order_by_asc(cases::Column::DueAt.is_null())
                .order_by_asc(cases::Column::DueAt)
                .order_by_asc(cases::Column::Id),
        };
        if slice.limit.is_some() || slice.offset > 0 {
            select = select.limit(slice.limit.unwrap_or(i64::MAX as u64)).offset(slice.offset);
        }
        let rows = select.all(&read).await.map_err(Error::while_doing("reading cases"))?;
        page.rows = records(&read, rows).await?;
        Ok(page)
    }

    /// How many cases match?
    pub async fn case_count(&self, scope: &Scope, filter: &CaseFilter) -> Result<u64, Error> {
        cases::Entity::find()
            .filter(around(&self.reader, scope, filter))
            .filter(inside(filter))
            .count(&self.reader)
            .await
            .map_err(Error::while_doing("counting cases"))
    }
}

/// States, stages and types, which the counts look past.
fn inside(filter: &CaseFilter) -> Condition {
    let mut all = Cond::all();
    if !filter.states.is_empty() {
        all = all.add(cases::Column::State.is_in(filter.states.iter().map(|state| state.as_str())));
    }
    if !filter.stages.is_empty() {
        all = all.add(cases::Column::Stage.is_in(filter.stages.iter().map(String::as_str)));
    }
    if !filter.case_types.is_empty() {
        all = all.add(cases::Column::CaseType.is_in(filter.case_types.iter().map(String::as_str)));
    }
    all
}

/// The condition that keeps somebody's work.
fn work_of(connection: &impl ConnectionTrait, whose: &Whose) -> Condition {
    match whose {
        Whose::Desks(desks) => {
            Cond::all().add(listed_text(connection, (cases::Entity, cases::Column::AssignedTo), desks))
        }
        Whose::Pool => Cond::all().add(cases::Column::AssignedTo.is_null()),
        Whose::Mine { desk, staff } => {
            let theirs = Query::select()
                .column(case_tasks::Column::CaseId)
                .from(case_tasks::Entity)
                .and_where(Expr::col(case_tasks::Column::StaffId).eq(*staff))
                .and_where(Expr::col(case_tasks::Column::DoneAt).is_null())
                .take();
            Cond::any().add(cases::Column::AssignedTo.eq(desk.as_str())).add(cases::Column::Id.in_subquery(theirs))
        }
        Whose::Mentioning(staff) => {
            let named = Query::select()
                .column(case_mentions::Column::CaseId)
                .from(case_mentions::Entity)
                .and_where(Expr::col(case_mentions::Column::StaffId).eq(*staff))
                .take();
            Cond::all().add(cases::Column::Id.in_subquery(named))
        }
    }
}

/// The condition that keeps work of whose clocks somebody may have to be told: see [`CaseFilter::watched`].
fn watched((from, to): (Instant, Instant)) -> Condition {
    let runs_out = |met: cases::Column, due: cases::Column| {
        Cond::all().add(met.is_null()).add(due.gte(from.micros())).add(due.lte(to.micros()))
    };
    let waiting = cases::Column::State.eq(CaseState::New.as_str());
    let urgent = Cond::all()
        .add(waiting)
        .add(cases::Column::Severity.eq(severity_number(Severity::Urgent)))
        .add(cases::Column::OpenedAt.gte(from.micros()));
    Cond::any()
        .add(runs_out(cases::Column::AcceptedAt, cases::Column::AcceptBy))
        .add(runs_out(cases::Column::RepliedAt, cases::Column::ReplyBy))
        .add(runs_out(cases::Column::ActedAt, cases::Column::ActBy))
        .add(urgent)
}

/// Everything about a filter but states, stages and types, which the counts look past.
fn around(connection: &impl ConnectionTrait, scope: &Scope, filter: &CaseFilter) -> Condition {
    let mut all = Cond::all();
    if let Some(owner) = &filter.owner {
        all = all.add(of_owner(owner, cases::Column::CustomerId));
    }
    if let Some(customers) = &filter.customers {
        all = all.add(among(connection, (cases::Entity, cases::Column::CustomerId), customers));
    }
    if let Some(from) = filter.closed_from {
        all = all.add(cases::Column::ClosedAt.gte(from.micros()));
    }
    if let Some(whose) = &filter.whose {
        all = all.add(work_of(connection, whose));
    }
    if let Some(at) = filter.overdue_at {
        all = all.add(cases::Column::DueAt.lt(at.micros()));
    }
    if let Some(span) = filter.watched {
        all = all.add(watched(span));
    }
    all.add_option(admitted(scope, cases::Column::CustomerId))
}
