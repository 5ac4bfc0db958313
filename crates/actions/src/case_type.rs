//! Case types as data: which stages a case passes through, which moves lead from one to the next, what a move asks for, how
//! long each clock runs, and whose a new case is.
//!
//! Not here: reading the files ([`crate::case_type_read`]), what a move does to the work ([`crate::work`]).

use vocab::{Finding, Severity, Text};

use crate::case_type_read;
use crate::plan::CaseState;

/// The type of a case that says nothing of its type: whatever was opened before there were types.
pub const USUAL_TYPE: &str = "retention";
/// Every type begins here.
pub const FIRST_STAGE: &str = "new";
/// Where acknowledging leads in every type.
pub const ACCEPTED_STAGE: &str = "accepted";
/// How much of a clock's working time is left, in percent, when whoever has the case is warned; of a type that says nothing.
pub const USUAL_WARN_LEFT_PERCENT: u32 = 25;
/// Where every type can end.
pub const CLOSED_STAGE: &str = "closed";

/// Words in a definition file for the variants of an enum.
macro_rules! said_as {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type {
            $($(#[$variant_doc])* $variant),+
        }

        impl $type {
            /// Every one with its word.
            pub const ALL: &[(&'static str, $type)] = &[$(($word, $type::$variant)),+];

            /// The word in definitions and over the wire.
            pub fn as_str(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }
        }
    };
}

said_as! {
    /// What a move does to a case.
    Verb {
        /// 受理: somebody takes it up.
        Acknowledge = "acknowledge",
        /// 领取: somebody takes one that is on nobody's desk.
        Claim = "claim",
        /// 分派: it is put on somebody's desk.
        Assign = "assign",
        /// 转交: whoever has it hands it on, and says why.
        Transfer = "transfer",
        /// 上报: it goes to the head of the team.
        Escalate = "escalate",
        /// 催办: whoever has it is asked to go on.
        Nudge = "nudge",
        /// 首次回复: the customer has had an answer.
        Reply = "reply",
        /// 已处理: something was done with the customer.
        Act = "act",
        /// It comes to another stage.
        Advance = "advance",
        /// 结案: it ends with an outcome.
        Close = "close",
        /// 重新打开: it was ended too early.
        Reopen = "reopen",
    }
}

impl Verb {
    /// What the history calls it when it was done.
    pub fn done(self) -> &'static str {
        match self {
            Verb::Acknowledge => "accepted",
            Verb::Claim => "claimed",
            Verb::Assign => "assigned",
            Verb::Transfer => "transferred",
            Verb::Escalate => "escalated",
            Verb::Nudge => "nudged",
            Verb::Reply => "replied",
            Verb::Act => "acted",
            Verb::Advance => "advanced",
            Verb::Close => "closed",
            Verb::Reopen => "reopened",
        }
    }

    /// The verb that the history calls so.
    pub fn of_done(word: &str) -> Option<Verb> {
        Verb::ALL.iter().map(|(_, verb)| *verb).find(|verb| verb.done() == word)
    }

    /// What it cannot be done without.
    pub(crate) fn must_ask(self) -> &'static [Field] {
        match self {
            Verb::Assign => &[Field::Person],
            Verb::Transfer => &[Field::Person, Field::Reason],
            Verb::Escalate | Verb::Reopen => &[Field::Reason],
            Verb::Close => &[Field::Outcome, Field::ChurnReason],
            _ => &[],
        }
    }
}

said_as! {
    /// What a move asks for.
    Field {
        /// What there is to say.
        Note = "note",
        /// Why.
        Reason = "reason",
        /// Who gets it.
        Person = "person",
        /// How it ended.
        Outcome = "outcome",
        /// The confirmed reason, asked of a customer who has left.
        ChurnReason = "churn_reason",
    }
}

said_as! {
    /// Who may do a move.
    By {
        /// Whoever may work and sees the customer.
        Anyone = "anyone",
        /// Whoever has it on the desk, and those who head them.
        Holder = "holder",
        /// Those who head whoever has it.
        Head = "head",
    }
}

said_as! {
    /// What an outcome counts as, whatever a firm calls it.
    Means {
        /// The customer stays.
        Kept = "kept",
        /// The customer has left: the reason is asked for.
        Lost = "lost",
        /// There was nothing to warn of.
        Mistaken = "mistaken",
        /// Something else: nobody is counted as kept or lost by it.
        Other = "other",
    }
}

/// One of the ways in which a case of a type may end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Stable id; one that several types have means the same in each.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// When it is to be chosen.
    pub about: Text,
    /// What it counts as.
    pub means: Means,
}

/// The outcomes of a type that says nothing of them, in the order in which they are offered. Whatever was closed before
/// types had outcomes of their own ended in one of these.
pub fn usual_outcomes() -> Vec<Outcome> {
    let one = |id: &str, means, name: (&str, &str), about: (&str, &str)| Outcome {
        id: id.to_owned(),
        name: Text::new(name.0, name.1),
        about: Text::new(about.0, about.1),
        means,
    };
    vec![
        one("retained", Means::Kept, ("已留存", "Retained"), ("沟通过了，会继续", "we talked, they stay")),
        one("churned", Means::Lost, ("已流失", "Churned"), ("确定要走", "they are leaving for certain")),
        one(
            "no_action_needed",
            Means::Other,
            ("无需跟进", "No action needed"),
            ("情况属实，但不用做什么", "true, but nothing to do"),
        ),
        one("false_alarm", Means::Mistaken, ("误报", "Mistaken alert"), ("预警说得不对", "the alert was wrong")),
    ]
}

/// One of a type's stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Stable id within the type.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// How far the work is there.
    pub state: CaseState,
}

/// Something that a move asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What.
    pub field: Field,
    /// Whether the move cannot be made without.
    pub required: bool,
}

/// A move that a type allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Stable id within the type.
    pub id: String,
    /// What it does.
    pub does: Verb,
    /// Its name.
    pub name: Text,
    /// From which stages.
    pub from: Vec<String>,
    /// To which stage; it stays where it is when absent.
    pub to: Option<String>,
    /// What it asks for, in order.
    pub asks: Vec<Ask>,
    /// Who may do it.
    pub by: By,
}

impl Move {
    /// Whether it asks for something, and cannot do without.
    pub fn requires(&self, field: Field) -> bool {
        self.asks.iter().any(|ask| ask.field == field && ask.required)
    }
}

/// How long the clocks of a case run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Working hours within which it is acknowledged.
    pub acknowledge: u32,
    /// Working hours within which the customer has a first answer; none where nobody waits for one.
    pub reply: Option<u32>,
    /// Hours on working days within which it is acted upon; see [`crate::Deadlines::of`].
    pub act: u32,
    /// Hours on working days after an act by which it is looked at again.
    pub review: u32,
}

/// One line of a type's limits: for cases of a severity, of customers of a tier, or for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Only cases of this severity.
    pub severity: Option<Severity>,
    /// Only customers of this tier of value.
    pub tier: Option<String>,
    /// The clocks.
    pub hours: Hours,
}

/// Whom a line of the rule for new cases names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandTo {
    /// The customer's owner.
    Owner,
    /// Whoever of this role has least on the desk.
    Role(String),
    /// Whoever of the unit of this name, or of one below it, has least on the desk.
    Team(String),
    /// Whoever works cases and has least on the desk.
    Anyone,
}

/// One line of the rule for new cases: the first that finds somebody decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOut {
    /// Only cases of these severities; of all when empty.
    pub severities: Vec<Severity>,
    /// Only customers of these tiers of value; of all when empty.
    pub tiers: Vec<String>,
    /// Who gets it.
    pub to: HandTo,
}

/// A case type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseType {
    /// Stable id.
    pub id: String,
    /// Where the requirement is written.
    pub census: Option<String>,
    /// Its name.
    pub name: Text,
    /// What it is for.
    pub about: Text,
    /// Whether cases that alerts open are of it.
    pub for_alerts: bool,
    /// Its stages, in order; the first is [`FIRST_STAGE`].
    pub stages: Vec<Stage>,
    /// Its moves, in order.
    pub moves: Vec<Move>,
    /// How a case of it may end, in the order in which that is offered.
    pub outcomes: Vec<Outcome>,
    /// Its limits; the first is for all.
    pub limits: Vec<Limit>,
    /// Whoever has a case is warned when so much of a clock's working time is left, in percent: see [`crate::warn_at`].
    pub warn_left_percent: u32,
    /// Whose a new case is.
    pub hand_out: Vec<HandOut>,
}

impl CaseType {
    /// Reads one type.
    ///
    /// # Errors
    /// Every fault, each with its line and column.
    pub fn parse(file: &str, text: &str) -> Result<CaseType, Vec<Finding>> {
        case_type_read::read(file, text)
    }

    /// A stage by its id.
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// A move by its id.
    pub fn a_move(&self, id: &str) -> Option<&Move> {
        self.moves.iter().find(|one| one.id == id)
    }

    /// One of the ways in which it ends, by its id.
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|one| one.id == id)
    }

    /// The first move that does this from a stage.
    pub fn move_that(&self, does: Verb, from: &str) -> Option<&Move> {
        self.moves.iter().find(|one| one.does == does && one.from.iter().any(|stage| stage == from))
    }

    /// The moves that start from a stage, in order.
    pub fn moves_from<'a>(&'a self, stage: &'a str) -> impl Iterator<Item = &'a Move> {
        self.moves.iter().filter(move |one| one.from.iter().any(|from| from == stage))
    }

    /// Whether any of its lines asks for a customer's tier of value.
    pub fn asks_tier(&self) -> bool {
        self.limits.iter().any(|limit| limit.tier.is_some()) || self.hand_out.iter().any(|line| !line.tiers.is_empty())
    }

    /// How long the clocks of a case run: of the lines that fit the one for this severity and tier, else for this
    /// severity, else for this tier, else the line for all.
    ///
    /// # Edges
    /// A customer whose tier is not known has the lines without one.
    pub fn hours(&self, severity: Severity, tier: Option<&str>) -> Hours {
        let fits = |limit: &&Limit| {
            limit.severity.is_none_or(|one| one == severity)
                && limit.tier.as_deref().is_none_or(|one| Some(one) == tier)
        };
        let weight = |limit: &&Limit| (limit.severity.is_some(), limit.tier.is_some());
        let best = self.limits.iter().filter(fits).max_by_key(weight);
        // A type is never read without a line for all.
        best.map_or(Hours { acknowledge: 2, reply: None, act: 24, review: 120 }, |limit| limit.hours)
    }
}

/// Every case type that a firm works with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseBook {
    types: Vec<CaseType>,
}

impl CaseBook {
    /// Reads the types of a firm, a file each: `(file name, text)`.
    ///
    /// # Errors
    /// Every fault, each with its line and column; besides what is wrong with a single type: an id that is given twice, no
    /// [`USUAL_TYPE`], none or more than one for alerts.
    pub fn parse(files: &[(String, String)]) -> Result<CaseBook, Vec<Finding>> {
        case_type_read::read_all(files).map(|types| CaseBook { types })
    }

    /// The types, the one for alerts first.
    pub fn types(&self) -> &[CaseType] {
        &self.types
    }

    /// A type by its id.
    pub fn case_type(&self, id: &str) -> Option<&CaseType> {
        self.types.iter().find(|one| one.id == id)
    }

    /// Every outcome that any type has, each once, those of alerts first. Among them is what cases ended in before types
    /// had outcomes of their own.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let mut known: Vec<Outcome> = Vec::new();
        for one in self.types.iter().flat_map(|one| one.outcomes.clone()).chain(usual_outcomes()) {
            if known.iter().all(|other| other.id != one.id) {
                known.push(one);
            }
        }
        known
    }

    /// An outcome of any type, by its id.
    pub fn outcome(&self, id: &str) -> Option<Outcome> {
        self.outcomes().into_iter().find(|one| one.id == id)
    }

    /// The type of cases that alerts open.
    pub fn for_alerts(&self) -> Option<&CaseType> {
        self.types.iter().find(|one| one.for_alerts)
    }
}
