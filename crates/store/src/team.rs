//! What a team has on its desks and how its clocks stand; and the lives of cases from which is counted what became of them.

use sea_orm::sea_query::{Cond, Expr, ExprTrait, IntoCondition};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use vocab::{Instant, Scope};

use crate::case::CaseState;
use crate::entity::cases;
use crate::scope::admitted;
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

/// Desk, open, waiting, overdue, due today, next: as the database counts them.
type Cells = (Option<String>, i64, i64, i64, i64, Option<i64>);

impl Store {
    /// How full is each desk, and how do its clocks stand? Of cases of customers in scope; a desk without one is left out.
    ///
    /// `day_end` is where the day ends: what runs out from `now` until before it is due today.
    pub async fn desk_clocks(&self, scope: &Scope, now: Instant, day_end: Instant) -> Result<Vec<DeskClocks>, Error> {
        let counted = |only: Cond| Expr::case(only, 1).count();
        let due = || Expr::col((cases::Entity, cases::Column::DueAt));
        let not_over = Cond::all().add(due().gte(now.micros()));
        let mut select = cases::Entity::find()
            .select_only()
            .column(cases::Column::AssignedTo)
            .column_as(Expr::col((cases::Entity, cases::Column::Id)).count(), "open")
            .column_as(counted(cases::Column::State.eq(CaseState::New.as_str()).into_condition()), "waiting")
            .column_as(counted(due().lt(now.micros()).into_condition()), "overdue")
            .column_as(counted(not_over.clone().add(due().lt(day_end.micros()))), "due_today")
            .column_as(Expr::case(not_over, due()).min(), "next_due_at")
            .filter(cases::Column::State.ne(CaseState::Closed.as_str()))
            .group_by(cases::Column::AssignedTo)
            .order_by_asc(cases::Column::AssignedTo);
        if let Some(only) = admitted(scope, cases::Column::CustomerId) {
            select = select.filter(only);
        }
        let cells: Vec<Cells> =
            select.into_tuple().all(&self.reader).await.map_err(Error::while_doing("counting what is on each desk"))?;
        let many = |count: i64| u64::try_from(count).unwrap_or(0);
        let desks = cells.into_iter().map(|(desk, open, waiting, overdue, due_today, next)| DeskClocks {
            desk,
            open: many(open),
            waiting: many(waiting),
            overdue: many(overdue),
            due_today: many(due_today),
            next_due_at: next.map(Instant::from_micros),
        });
        Ok(desks.collect())
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
