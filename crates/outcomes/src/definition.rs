//! What leaving means, as a definition file says it. Who has left by it is the business of `lifetimes`.

use std::collections::BTreeSet;
use std::fmt;

use indicators::Selector;
use indicators::definition::Node;
use vocab::{Finding, Kind, Text};

const LONGEST_DAYS: f64 = 3_650.0;

/// What leaving means at a firm (流失口径).
///
/// ```toml
/// id           = "saas_contract"
/// name         = { zh = "合同到期未续", en = "Contract not renewed" }
/// sentence     = { zh = "…", en = "…" }
/// too_new_days = 30
///
/// [[gone_when]]                       # any one of them is enough
/// contract_end = { grace_days = 30 }
/// [[gone_when]]
/// inactivity   = { days = 60 }        # or of = [{ kind = "event", name = "Logged In" }]
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ChurnDefinition {
    /// Stable id.
    pub id: String,
    /// What it is called.
    pub name: Text,
    /// What it says, in one sentence.
    pub sentence: Text,
    /// When a customer counts as gone.
    pub rule: ChurnRule,
    /// A customer first seen within so many days before the moment, and not gone, is too new to say.
    pub too_new_days: u32,
}

/// When a customer counts as gone. Days are of 24 hours; windows are half-open, so a customer seen exactly `days` ago
/// is still there.
#[derive(Clone, Debug, PartialEq)]
pub enum ChurnRule {
    /// Nothing of the kind for so many days, counted from the last one, or, for a customer who never did anything of
    /// the kind, from when it was first seen (but not before anybody's was).
    Inactivity {
        /// What counts as activity: any of these.
        of: Vec<Selector>,
        /// After so many days of silence.
        days: u32,
    },
    /// No order for so many days. Cancelled and returned orders (a negative value) do not count as orders.
    NoOrder {
        /// After so many days without.
        days: u32,
    },
    /// The contract has ended and was not renewed within the time of grace.
    ///
    /// A contract runs to the end of the day that its latest fact names. Facts that name a contract (`contract_id`)
    /// speak of that one only; of those that name none, the latest end counts.
    ContractEnd {
        /// Facts that say when a contract ends.
        of: Selector,
        /// The property that holds the last day, `YYYY-MM-DD`.
        property: String,
        /// So many days after the end it still counts as there.
        grace_days: u32,
    },
    /// The customer said so; until it does something that undoes it.
    Cancellation {
        /// Facts that say so.
        of: Vec<Selector>,
        /// Facts that undo it: a contract signed, an order placed.
        undone_by: Vec<Selector>,
    },
    /// Any of these; never empty.
    AnyOf(Vec<ChurnRule>),
}

/// The property that tells one contract of a customer from another.
pub(crate) const CONTRACT_ID: &str = "contract_id";

impl ChurnDefinition {
    /// Reads a definition file; every fault has a line, a column and a hint.
    pub fn parse(file: &str, text: &str) -> Result<ChurnDefinition, Vec<Finding>> {
        let root = Node::parse(file, text)?;
        let mut findings = Vec::new();
        let definition = read(&root, &mut findings);
        definition.filter(|_| findings.is_empty()).ok_or(findings)
    }

    /// The rules of which any one is enough, alone or several.
    pub fn rules(&self) -> Vec<&ChurnRule> {
        self.rule.flat()
    }

    /// The properties that a frame must hold for it.
    pub fn properties(&self) -> Vec<String> {
        let mut keys = BTreeSet::new();
        for rule in self.rules() {
            if let ChurnRule::ContractEnd { property, .. } = rule {
                keys.insert(property.clone());
                keys.insert(CONTRACT_ID.to_owned());
            }
            keys.extend(rule.selectors().flat_map(Selector::properties).map(str::to_owned));
        }
        keys.into_iter().collect()
    }

    /// Days without a sign that the longest of its rules waits for; 0 if none waits.
    pub fn longest_silence_days(&self) -> u32 {
        self.rules().into_iter().map(ChurnRule::silence_days).max().unwrap_or(0)
    }
}

impl ChurnRule {
    /// What a customer does of its own accord: the default of [`ChurnRule::Inactivity`].
    ///
    /// # Why
    /// A touch, a case, a trait or a snapshot is ours or the source's doing, a payment may run by standing order, and a
    /// ticket is closed by us: none of them shows that anybody is still there.
    pub fn customer_made() -> Vec<Selector> {
        vec![
            Selector::new(Kind::Event, &[]),
            Selector::new(Kind::Order, &[]),
            Selector::new(Kind::Ticket, &["Ticket Opened", "Ticket Created"]),
            Selector::new(Kind::SurveyResponse, &[]),
            Selector::new(Kind::Contract, &["Contract Signed", "Contract Renewed"]),
        ]
    }

    pub(crate) fn flat(&self) -> Vec<&ChurnRule> {
        match self {
            ChurnRule::AnyOf(rules) => rules.iter().flat_map(ChurnRule::flat).collect(),
            rule => vec![rule],
        }
    }

    pub(crate) fn silence_days(&self) -> u32 {
        match self {
            ChurnRule::Inactivity { days, .. } | ChurnRule::NoOrder { days } => *days,
            ChurnRule::ContractEnd { .. } | ChurnRule::Cancellation { .. } => 0,
            ChurnRule::AnyOf(rules) => rules.iter().map(ChurnRule::silence_days).max().unwrap_or(0),
        }
    }

    fn selectors(&self) -> impl Iterator<Item = &Selector> {
        let (first, second): (&[Selector], &[Selector]) = match self {
            ChurnRule::Inactivity { of, .. } => (of, &[]),
            ChurnRule::ContractEnd { of, .. } => (std::slice::from_ref(of), &[]),
            ChurnRule::Cancellation { of, undone_by } => (of, undone_by),
            ChurnRule::NoOrder { .. } | ChurnRule::AnyOf(_) => (&[], &[]),
        };
        first.iter().chain(second)
    }
}

impl fmt::Display for ChurnRule {
    /// `contract end + 30d or inactivity 60d`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChurnRule::Inactivity { days, .. } => write!(f, "inactivity {days}d"),
            ChurnRule::NoOrder { days } => write!(f, "no order {days}d"),
            ChurnRule::ContractEnd { grace_days, .. } => write!(f, "contract end + {grace_days}d"),
            ChurnRule::Cancellation { .. } => f.write_str("cancellation"),
            ChurnRule::AnyOf(rules) => {
                let rules: Vec<String> = rules.iter().map(ChurnRule::to_string).collect();
                f.write_str(&rules.join(" or "))
            }
        }
    }
}

fn read(root: &Node, findings: &mut Vec<Finding>) -> Option<ChurnDefinition> {
    let mut fields = root.fields(&["id", "name", "sentence", "too_new_days", "gone_when"], findings)?;
    let id = fields.id("id");
    let name = fields.both("name");
    let sentence = fields.both("sentence");
    let too_new_days = days(fields.required("too_new_days")?, 0.0, fields.findings);
    let gone_when = fields.required("gone_when")?;
    let Some(items) = gone_when.as_list().filter(|items| !items.is_empty()) else {
        findings.push(gone_when.wrong_type(Text::new("至少一条 [[gone_when]]", "at least one [[gone_when]]")));
        return None;
    };
    // Every rule is read before giving up, so that every fault is told.
    let rules: Vec<Option<ChurnRule>> = items.iter().map(|item| read_rule(item, findings)).collect();
    let mut rules = rules.into_iter().collect::<Option<Vec<ChurnRule>>>()?;
    let rule = if rules.len() == 1 { rules.remove(0) } else { ChurnRule::AnyOf(rules) };
    Some(ChurnDefinition { id: id?, name: name?, sentence: sentence?, rule, too_new_days: too_new_days? })
}

const RULES: &[&str] = &["inactivity", "no_order", "contract_end", "cancellation"];

fn read_rule(node: &Node, findings: &mut Vec<Finding>) -> Option<ChurnRule> {
    node.fields(RULES, findings)?;
    let mut keys = node.keys();
    let (Some((key, body)), None) = (keys.next(), keys.next()) else {
        findings.push(node.finding(
            "bad_rule",
            Text::new("每条 [[gone_when]] 只写一种情形", "each [[gone_when]] names one case"),
            Text::new(format!("可用：{}", RULES.join(", ")), format!("one of: {}", RULES.join(", "))),
        ));
        return None;
    };
    match key {
        "inactivity" => read_inactivity(body, findings),
        "no_order" => {
            let mut fields = body.fields(&["days"], findings)?;
            let node = fields.required("days")?;
            days(node, 1.0, findings).map(|days| ChurnRule::NoOrder { days })
        }
        "contract_end" => read_contract_end(body, findings),
        "cancellation" => read_cancellation(body, findings),
        _ => None,
    }
}

fn read_inactivity(body: &Node, findings: &mut Vec<Finding>) -> Option<ChurnRule> {
    let mut fields = body.fields(&["days", "of"], findings)?;
    let node = fields.required("days")?;
    let of = match fields.optional("of") {
        Some(of) => selectors(of, fields.findings),
        None => Some(ChurnRule::customer_made()),
    };
    let days = days(node, 1.0, findings);
    Some(ChurnRule::Inactivity { of: of?, days: days? })
}

fn read_contract_end(body: &Node, findings: &mut Vec<Finding>) -> Option<ChurnRule> {
    let mut fields = body.fields(&["grace_days", "of", "property"], findings)?;
    let property = match fields.optional("property") {
        Some(_) => fields.text("property"),
        None => Some("end_on".to_owned()),
    };
    let of = match fields.optional("of") {
        Some(of) => Selector::read(of, fields.findings),
        None => Some(Selector::new(Kind::Contract, &[])),
    };
    let node = fields.required("grace_days")?;
    let grace_days = days(node, 0.0, findings);
    Some(ChurnRule::ContractEnd { of: of?, property: property?, grace_days: grace_days? })
}

fn read_cancellation(body: &Node, findings: &mut Vec<Finding>) -> Option<ChurnRule> {
    let mut fields = body.fields(&["of", "undone_by"], findings)?;
    let (of, undone_by) = (fields.required("of")?, fields.required("undone_by")?);
    let (of, undone_by) = (selectors(of, findings), selectors(undone_by, findings));
    Some(ChurnRule::Cancellation { of: of?, undone_by: undone_by? })
}

/// One selector or a list of at least one.
fn selectors(node: &Node, findings: &mut Vec<Finding>) -> Option<Vec<Selector>> {
    match node.as_list() {
        None => Selector::read(node, findings).map(|one| vec![one]),
        Some([]) => {
            findings.push(node.wrong_type(Text::new("至少一种明细记录", "at least one sort of fact")));
            None
        }
        Some(items) => {
            let all: Vec<Option<Selector>> = items.iter().map(|item| Selector::read(item, findings)).collect();
            all.into_iter().collect()
        }
    }
}

fn days(node: &Node, least: f64, findings: &mut Vec<Finding>) -> Option<u32> {
    match node.as_number() {
        Some(days) if days.fract() == 0.0 && (least..=LONGEST_DAYS).contains(&days) => Some(days as u32),
        _ => {
            findings.push(node.wrong_type(Text::new(
                format!("{least} 到 {LONGEST_DAYS} 之间的整数天"),
                format!("a whole number of days from {least} to {LONGEST_DAYS}"),
            )));
            None
        }
    }
}
