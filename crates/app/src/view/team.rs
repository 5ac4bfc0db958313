//! A team: what is on its desks, how its clocks stand, and what became of them.

use serde::Serialize;
use utoipa::ToSchema;

/// The people of a reader's units and what is on their desks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TeamPage {
    /// Moment shown.
    pub as_of: String,
    /// The people, fullest of overdue work first.
    pub members: Vec<TeamMember>,
    /// Cases on nobody's desk.
    pub pool: DeskLoad,
    /// Cases of the reader's customers on the desks of others.
    pub elsewhere: DeskLoad,
    /// All of it together.
    pub total: DeskLoad,
}

/// Somebody of a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TeamMember {
    /// Their id; none of a desk whose person has no account.
    pub id: Option<i64>,
    /// Name.
    pub name: String,
    /// Name of their unit.
    pub unit: Option<String>,
    /// Whether they work here now.
    pub is_here: bool,
    /// What is on their desk.
    pub load: DeskLoad,
}

/// What is on a desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeskLoad {
    /// Cases that are not closed.
    pub open_count: u64,
    /// Of these, not yet accepted.
    pub waiting_count: u64,
    /// Of these, with a clock that has run out.
    pub overdue_count: u64,
    /// Of these, with one that runs out later today.
    pub due_today_count: u64,
    /// When the next clock runs out.
    pub next_due_at: Option<String>,
}

/// What became of the clocks of a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BreachReport {
    /// First day.
    pub from: String,
    /// Last day; it counts up to now, or up to the moment shown.
    pub to: String,
    /// Up to which moment it was counted.
    pub as_of: String,
    /// The units, with everybody in and below them.
    pub teams: Vec<BreachRow>,
    /// The people, most breaches first; those of whom there is nothing to say are left out.
    pub people: Vec<BreachRow>,
    /// Everybody shown, what was on nobody's desk included.
    pub total: BreachRow,
}

/// What became of the clocks on one desk, or on several together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BreachRow {
    /// Id of the person or unit; none of a desk without an account, of nobody's and of the total.
    pub id: Option<i64>,
    /// Name; none of what is on nobody's desk, and of the total.
    pub name: Option<String>,
    /// Name of the person's unit, or of the unit above.
    pub unit: Option<String>,
    /// Cases that came onto the desk.
    pub taken_count: u64,
    /// Acknowledging.
    pub acknowledge: ClockCount,
    /// The first reply.
    pub reply: ClockCount,
    /// Acting.
    pub act: ClockCount,
    /// Clocks that ran out, of all three.
    pub breach_count: u64,
    /// The middle of the working seconds until a case was acted upon; none where none was.
    pub median_seconds: Option<u64>,
    /// How often a case was handed on with nothing done.
    pub pass_count: u64,
}

/// What became of one sort of clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClockCount {
    /// Kept in time.
    pub kept: u64,
    /// Ran out first.
    pub breached: u64,
}
