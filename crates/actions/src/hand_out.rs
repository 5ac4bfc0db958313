//! Whose a new case is, of which type, and by when: the rule of the type, line by line, and the working time of whoever
//! gets it.

use std::collections::{BTreeMap, BTreeSet};

use vocab::{CustomerId, Instant, Scope, Severity};

use crate::case_type::{CaseType, HandOut, HandTo};
use crate::plan::ActionPlan;
use crate::work_times::WorkTimes;

/// Somebody who may be given cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// Their desk.
    pub desk: String,
    /// Their role.
    pub role: String,
    /// Names of their unit and of every unit above it.
    pub teams: BTreeSet<String>,
    /// Whose customers they see.
    pub scope: Scope,
    /// Cases on their desk that are not closed.
    pub load: u64,
    /// When they were last given one.
    pub given_at: Option<Instant>,
}

/// The hands of a firm while cases are handed out, one after the other.
struct Hands<'a> {
    of: &'a [Hand],
    /// Load, and whose turn it is among equals: who was given one longest ago.
    now: Vec<(u64, (bool, i64, usize))>,
    given: usize,
}

impl<'a> Hands<'a> {
    fn new(of: &'a [Hand]) -> Hands<'a> {
        let turn = |(place, hand): (usize, &Hand)| {
            // Whoever was never given one comes before everybody who was.
            let at = hand.given_at.map_or((false, 0), |at| (true, at.micros()));
            (hand.load, (at.0, at.1, place))
        };
        Hands { of, now: of.iter().enumerate().map(turn).collect(), given: 0 }
    }

    /// Of those who fit, the one with least on the desk; among equals whose turn it is.
    fn least(&mut self, fits: impl Fn(&Hand) -> bool) -> Option<&'a str> {
        let best = (0..self.of.len()).filter(|place| fits(&self.of[*place])).min_by_key(|place| self.now[*place])?;
        Some(self.give(best))
    }

    fn give(&mut self, place: usize) -> &'a str {
        self.given += 1;
        // Later than every turn before: no moment of the firm is so late.
        self.now[place] = (self.now[place].0 + 1, (true, i64::MAX, self.given));
        &self.of[place].desk
    }

    /// The owner's desk; theirs counts as fuller where the owner is among the hands.
    fn of_owner(&mut self, owner: &'a str) -> &'a str {
        match self.of.iter().position(|hand| hand.desk == owner) {
            Some(place) => self.give(place),
            None => owner,
        }
    }
}

/// Who may be given cases, and what the rule asks about the customers.
pub struct Handing<'a> {
    /// Who may be given cases.
    pub hands: &'a [Hand],
    /// Desks of people who have left.
    pub left: &'a BTreeSet<String>,
    /// Whose customer is whose.
    pub owners: &'a BTreeMap<CustomerId, String>,
    /// A customer's tier of value, where known.
    pub tier: &'a dyn Fn(&CustomerId) -> Option<&'static str>,
}

/// Says of every case of a plan which type it is of, on whose desk it comes and by when it is due.
///
/// The type's lines are tried in order; the first that finds somebody decides. A line for a role, a team or anyone takes,
/// of those who see the customer, whoever has least on the desk; among equals whoever was given one longest ago. So such a
/// line never gives a case to one while another of the line, who sees the customer as well, has fewer.
///
/// # Edges
/// * An owner who is nobody's account keeps the desk: firms may work without accounts. One who has `left` does not.
/// * Where no line finds anybody the case is on nobody's desk, to be claimed.
pub fn hand_out(
    plan: ActionPlan,
    case_type: &CaseType,
    handing: &Handing<'_>,
    times: &WorkTimes<'_>,
    now: Instant,
) -> ActionPlan {
    let mut hands = Hands::new(handing.hands);
    let mut plan = plan;
    // Every clock of a plan starts at the same moment: worked out once for each pair and calendar.
    let mut due = BTreeMap::new();
    for case in &mut plan.open {
        let owner = handing.owners.get(&case.customer).map(String::as_str);
        let there = owner.filter(|owner| !handing.left.contains(*owner));
        let tier = (handing.tier)(&case.customer);
        case.owner = desk(case_type, (case.severity, tier), (owner, there), &mut hands).map(str::to_owned);
        let holder = case.owner.as_deref();
        let (deadlines, reply_by) = *due
            .entry((case.severity, tier, times.team(holder)))
            .or_insert_with(|| case_type.deadlines(case.severity, tier, times.of(holder), now));
        case.case_type = case_type.id.clone();
        case.tier = tier.map(str::to_owned);
        (case.accept_by, case.act_by, case.reply_by) = (deadlines.accept_by, deadlines.act_by, reply_by);
    }
    plan
}

/// On whose desk a case comes. `owner` is whose the customer is, `there` the same if they have not left.
fn desk<'a>(
    case_type: &CaseType,
    (severity, tier): (Severity, Option<&str>),
    (owner, there): (Option<&'a str>, Option<&'a str>),
    hands: &mut Hands<'a>,
) -> Option<&'a str> {
    let fits = |line: &&HandOut| {
        (line.severities.is_empty() || line.severities.contains(&severity))
            && (line.tiers.is_empty() || tier.is_some_and(|tier| line.tiers.iter().any(|one| one == tier)))
    };
    case_type.hand_out.iter().filter(fits).find_map(|line| match &line.to {
        HandTo::Owner => there.map(|owner| hands.of_owner(owner)),
        HandTo::Role(role) => hands.least(|hand| hand.role == *role && hand.scope.admits(owner)),
        HandTo::Team(team) => hands.least(|hand| hand.teams.contains(team) && hand.scope.admits(owner)),
        HandTo::Anyone => hands.least(|hand| hand.scope.admits(owner)),
    })
}
