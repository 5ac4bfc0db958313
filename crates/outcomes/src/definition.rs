//! What leaving means, as a definition file says it. Who has left by it is the business of `lifetimes`.

use std::collections::BTreeSet;
use std::fmt;

use indicators::Selector;
use indicators::definition::Node;
use vocab::{Finding, Kind, Text};

use crate::product_lines::LineNames;

const LONGEST_DAYS: f64 = 3_650.0;

/// What leaving means at a firm (流失口径).
///
/// ```toml
/// id           = "saas_contract"
/// name         = { zh = "合同到期未续", en = "Contract not renewed" }
/// sentence     = { zh = "…", en = "…" }
/// too_new_days = 30
/// late_days    = 3                    # so late may facts come in; none when absent
///
/// [[gone_when]]                       # any one of them is enough
/// contract_end = { grace_days = 30 }
/// [[gone_when]]
/// inactivity   = { days = 60 }        # or of = [{ kind = "event", name = "Logged In" }]
/// leaving      = "silent"             # voluntary, involuntary or silent; each case has its own default
///
/// [internal]                          # never eligible: our own, tests
/// trait = "internal"
/// is    = ["是", "yes"]
///
/// [partial]                           # still there, but spending much less
/// days  = 90
/// share = 0.5
///
/// [product_lines]                     # each of them is left by itself
/// property = "category"
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
    /// In which way a customer leaves by each of the rules, in the order of [`ChurnDefinition::rules`].
    pub ways: Vec<Leaving>,
    /// A customer first seen within so many days before the moment, and not gone, is too new to say.
    pub too_new_days: u32,
    /// What became of a customer within a stretch counts only so many days after the stretch has ended: facts come in late.
    pub late_days: u32,
    /// Who is no customer in earnest and never asked about. States and rates hold them still.
    pub internal: Option<Internal>,
    /// When a customer who is still there counts as partly gone.
    pub partial: Option<RevenueDrop>,
    /// How facts name the product line they are about, where lines are left one by one.
    pub product_lines: Option<LineNames>,
}

/// The way in which a customer leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaving {
    /// It decided so: it said so, or did not renew (主动流失).
    Voluntary,
    /// It did not decide so: an unpaid bill, a closure (被动流失).
    Involuntary,
    /// It faded out (静默流失).
    Silent,
}

impl Leaving {
    /// Every way.
    pub const ALL: [Leaving; 3] = [Leaving::Voluntary, Leaving::Involuntary, Leaving::Silent];

    /// The word that definition files and programs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Leaving::Voluntary => "voluntary",
            Leaving::Involuntary => "involuntary",
            Leaving::Silent => "silent",
        }
    }
}

/// Customers that are none: our own, tests. A trait says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Internal {
    /// The trait.
    pub key: String,
    /// Its values that mean so.
    pub is: Vec<String>,
}

/// Partial churn: of two stretches of equal length before the moment, the later brought much less revenue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RevenueDrop {
    /// How long each stretch is.
    pub days: u32,
    /// By which share of the earlier stretch's revenue it fell, at least; above 0, at most 1.
    pub share: f64,
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
    /// No order for much longer than the customer's own rhythm.
    ///
    /// Patience is `times ×` the median of the customer's gaps between orders so far, but never less than `least_days` and
    /// never more than `most_days`; until it has [`OWN_GAPS`] gaps, `most_days`. A gap is from one order to the next, if
    /// a day or more lies between. Cancelled and returned orders do not count as orders.
    PurchaseGap {
        /// How many usual gaps are waited for.
        times: f64,
        /// But so many days at least.
        least_days: u32,
        /// And so many at most.
        most_days: u32,
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
    ///
    /// Where product lines are left one by one ([`ChurnDefinition::product_lines`]), a cancellation that names a line is of
    /// that line alone: the customer has left with the last of the lines that it was in.
    Cancellation {
        /// Facts that say so.
        of: Vec<Selector>,
        /// Facts that undo it: a contract signed, an order placed.
        undone_by: Vec<Selector>,
    },
    /// Any of these; never empty.
    AnyOf(Vec<ChurnRule>),
}

/// So many gaps are needed before a customer has a rhythm of its own.
pub const OWN_GAPS: usize = 3;

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
        keys.extend(self.internal.iter().map(|internal| internal.key.clone()));
        keys.extend(self.product_lines.iter().flat_map(LineNames::keys));
        keys.into_iter().collect()
    }

    /// Days without a sign that the longest of its rules waits for; 0 if none waits.
    pub fn longest_silence_days(&self) -> u32 {
        self.rules().into_iter().map(ChurnRule::silence_days).max().unwrap_or(0)
    }

    /// The delay of the label: how many days after its last sign of life, or after its contract ended, a customer counts as
    /// gone at the latest. Whoever leaves today is told so much later.
    pub fn label_delay_days(&self) -> u32 {
        let delay = |rule: &ChurnRule| match rule {
            ChurnRule::ContractEnd { grace_days, .. } => *grace_days,
            rule => rule.silence_days(),
        };
        self.rules().into_iter().map(delay).max().unwrap_or(0)
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
            ChurnRule::PurchaseGap { most_days, .. } => *most_days,
            ChurnRule::ContractEnd { .. } | ChurnRule::Cancellation { .. } => 0,
            ChurnRule::AnyOf(rules) => rules.iter().map(ChurnRule::silence_days).max().unwrap_or(0),
        }
    }

    fn selectors(&self) -> impl Iterator<Item = &Selector> {
        let (first, second): (&[Selector], &[Selector]) = match self {
            ChurnRule::Inactivity { of, .. } => (of, &[]),
            ChurnRule::ContractEnd { of, .. } => (std::slice::from_ref(of), &[]),
            ChurnRule::Cancellation { of, undone_by } => (of, undone_by),
            ChurnRule::NoOrder { .. } | ChurnRule::PurchaseGap { .. } | ChurnRule::AnyOf(_) => (&[], &[]),
        };
        first.iter().chain(second)
    }

    /// How its leavers leave unless the file says otherwise.
    fn usual_way(&self) -> Leaving {
        match self {
            ChurnRule::ContractEnd { .. } | ChurnRule::Cancellation { .. } => Leaving::Voluntary,
            _ => Leaving::Silent,
        }
    }
}

impl fmt::Display for ChurnRule {
    /// `contract end + 30d or inactivity 60d`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChurnRule::Inactivity { days, .. } => write!(f, "inactivity {days}d"),
            ChurnRule::NoOrder { days } => write!(f, "no order {days}d"),
            ChurnRule::PurchaseGap { times, least_days, most_days } => {
                write!(f, "no order {times} gaps {least_days}..{most_days}d")
            }
            ChurnRule::ContractEnd { grace_days, .. } => write!(f, "contract end + {grace_days}d"),
            ChurnRule::Cancellation { .. } => f.write_str("cancellation"),
            ChurnRule::AnyOf(rules) => {
                let rules: Vec<String> = rules.iter().map(ChurnRule::to_string).collect();
                f.write_str(&rules.join(" or "))
            }
        }
    }
}

const FIELDS: &[&str] =
    &["id", "name", "sentence", "too_new_days", "late_days", "gone_when", "internal", "partial", "product_lines"];

fn read(root: &Node, findings: &mut Vec<Finding>) -> Option<ChurnDefinition> {
    let mut fields = root.fields(FIELDS, findings)?;
    let id = fields.id("id");
    let name = fields.both("name");
    let sentence = fields.both("sentence");
    let too_new_days = days(fields.required("too_new_days")?, 0.0, fields.findings);
    let late_days = fields.optional("late_days").map(|node| days(node, 0.0, fields.findings));
    let internal = fields.optional("internal").map(|node| read_internal(node, fields.findings));
    let partial = fields.optional("partial").map(|node| read_partial(node, fields.findings));
    let product_lines = fields.optional("product_lines").map(|node| LineNames::read(node, fields.findings));
    let gone_when = fields.required("gone_when")?;
    let Some(items) = gone_when.as_list().filter(|items| !items.is_empty()) else {
        findings.push(gone_when.wrong_type(Text::new("至少一条 [[gone_when]]", "at least one [[gone_when]]")));
        return None;
    };
    // Every rule is read before giving up, so that every fault is told.
    let rules: Vec<Option<(ChurnRule, Leaving)>> = items.iter().map(|item| read_rule(item, findings)).collect();
    let rules = rules.into_iter().collect::<Option<Vec<(ChurnRule, Leaving)>>>()?;
    let (mut rules, ways): (Vec<ChurnRule>, Vec<Leaving>) = rules.into_iter().unzip();
    let rule = if rules.len() == 1 { rules.remove(0) } else { ChurnRule::AnyOf(rules) };
    // What is there must be readable; what is absent is absent.
    let internal = internal.map_or(Some(None), |read| read.map(Some))?;
    let partial = partial.map_or(Some(None), |read| read.map(Some))?;
    let product_lines = product_lines.map_or(Some(None), |read| read.map(Some))?;
    let late_days = late_days.unwrap_or(Some(0))?;
    let too_new_days = too_new_days?;
    let (id, name, sentence) = (id?, name?, sentence?);
    Some(ChurnDefinition { id, name, sentence, rule, ways, too_new_days, late_days, internal, partial, product_lines })
}

fn read_internal(node: &Node, findings: &mut Vec<Finding>) -> Option<Internal> {
    let mut fields = node.fields(&["trait", "is"], findings)?;
    let key = fields.text("trait");
    let values = fields.required("is")?;
    let is: Option<Vec<String>> = match values.as_list() {
        Some(items) => items.iter().map(Node::as_plain).collect(),
        None => values.as_plain().map(|one| vec![one]),
    };
    match is.filter(|is| !is.is_empty()) {
        Some(is) => Some(Internal { key: key?, is }),
        None => {
            findings.push(values.wrong_type(Text::new("至少一个值", "at least one value")));
            None
        }
    }
}

fn read_partial(node: &Node, findings: &mut Vec<Finding>) -> Option<RevenueDrop> {
    let mut fields = node.fields(&["days", "share"], findings)?;
    let (long, share) = (fields.required("days")?, fields.required("share")?);
    let days = days(long, 1.0, findings);
    match share.as_number().filter(|share| *share > 0.0 && *share <= 1.0) {
        Some(share) => Some(RevenueDrop { days: days?, share }),
        None => {
            findings.push(share.wrong_type(Text::new("大于 0、不超过 1 的比例", "a share above 0 and at most 1")));
            None
        }
    }
}

const RULES: &[&str] = &["inactivity", "no_order", "purchase_gap", "contract_end", "cancellation"];
const LEAVING: &str = "leaving";

fn read_rule(node: &Node, findings: &mut Vec<Finding>) -> Option<(ChurnRule, Leaving)> {
    let ways = Leaving::ALL.map(|way| (way.as_str(), way));
    let allowed: Vec<&str> = RULES.iter().copied().chain([LEAVING]).collect();
    let said = node.fields(&allowed, findings)?;
    let way = said.optional(LEAVING).map(|node| node.one_of(&ways, said.findings));
    let mut keys = node.keys().filter(|(key, _)| *key != LEAVING);
    let (Some((key, body)), None) = (keys.next(), keys.next()) else {
        findings.push(node.finding(
            "bad_rule",
            Text::new("每条 [[gone_when]] 只写一种情形", "each [[gone_when]] names one case"),
            Text::new(format!("可用：{}", RULES.join(", ")), format!("one of: {}", RULES.join(", "))),
        ));
        return None;
    };
    let rule = match key {
        "inactivity" => read_inactivity(body, findings),
        "no_order" => {
            let mut fields = body.fields(&["days"], findings)?;
            let node = fields.required("days")?;
            days(node, 1.0, findings).map(|days| ChurnRule::NoOrder { days })
        }
        "purchase_gap" => read_purchase_gap(body, findings),
        "contract_end" => read_contract_end(body, findings),
        "cancellation" => read_cancellation(body, findings),
        _ => None,
    }?;
    let way = way.unwrap_or_else(|| Some(rule.usual_way()))?;
    Some((rule, way))
}

fn read_purchase_gap(body: &Node, findings: &mut Vec<Finding>) -> Option<ChurnRule> {
    let mut fields = body.fields(&["times", "least_days", "most_days"], findings)?;
    let (times, least, most) =
        (fields.required("times")?, fields.required("least_days")?, fields.required("most_days")?);
    let (least_days, most_days) = (days(least, 1.0, findings), days(most, 1.0, findings));
    let Some(factor) = times.as_number().filter(|times| (1.0..=20.0).contains(times)) else {
        findings.push(times.wrong_type(Text::new("1 到 20 之间的倍数", "a factor from 1 to 20")));
        return None;
    };
    let (least_days, most_days) = (least_days?, most_days?);
    if least_days > most_days {
        findings.push(least.finding(
            "bad_range",
            Text::new("least_days 比 most_days 还长", "least_days is longer than most_days"),
            Text::new("请让 least_days 不超过 most_days", "make least_days at most most_days"),
        ));
        return None;
    }
    Some(ChurnRule::PurchaseGap { times: factor, least_days, most_days })
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
pub(crate) fn selectors(node: &Node, findings: &mut Vec<Finding>) -> Option<Vec<Selector>> {
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
