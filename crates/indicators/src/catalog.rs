//! The catalogue: which indicators there are, and what each of them means.
//!
//! A definition carries its own documentation: name, question, unit, direction. Screen, API and docs read it from here.
//! How an indicator is computed is the kernel's business.

use std::collections::HashMap;

use facts::Want;
use vocab::{Finding, Text, Window};

use crate::definition::{Fields, Node, did_you_mean};
use crate::selector::Selector;
use crate::template;

/// Which way of an indicator is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Worse {
    /// The higher, the more worrying.
    Higher,
    /// The lower, the more worrying.
    Lower,
    /// Too much and too little are both signs.
    Both,
    /// Neither; a fact of the matter.
    None,
}

impl Worse {
    /// `higher`, `lower`, `both` or `none`.
    pub fn as_str(self) -> &'static str {
        match self {
            Worse::Higher => "higher",
            Worse::Lower => "lower",
            Worse::Both => "both",
            Worse::None => "none",
        }
    }
}

/// What a customer of whom nothing selected was ever seen counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhenAbsent {
    /// Unknown, `never_observed`: silence is not a number.
    Unknown,
    /// Zero: the source tells of everybody, so nothing told is nothing done.
    Zero,
}

/// What a ratio to the previous window compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// How many facts.
    Count,
    /// The sum of their values.
    Sum,
    /// On how many days.
    DistinctDays,
}

/// What is made of the facts selected. Every window is half-open, `[as_of − window, as_of)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// How many facts.
    Count,
    /// Sum of their values. Facts without a value are left out; if none has one, unknown `no_value`.
    Sum,
    /// Mean of their values, over the facts that have one.
    Mean,
    /// Value of the latest fact.
    Last,
    /// On how many days something happened.
    ///
    /// With a window of 24-hour days, days count back from its end, the border belonging to the newer one; with a
    /// civil window they are days of the firm's zone.
    DistinctDays,
    /// How many different values a property had.
    DistinctValues {
        /// The property.
        property: String,
    },
    /// Whole days of 24 hours since the first fact, rounded down.
    DaysSinceFirst,
    /// Whole days of 24 hours since the latest fact, rounded down.
    DaysSinceLast,
    /// This window divided by the window of the same length before it. A base of zero is unknown `zero_base`.
    RatioToPrevious(Basis),
    /// Whole days of 24 hours until the date that the latest fact carrying the property names (midnight in the firm's
    /// zone), rounded down; negative once it has passed.
    DaysUntil {
        /// The property that holds the date.
        property: String,
    },
}

/// A declared measure of one customer as of a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Indicator {
    /// What other definitions call it.
    pub id: String,
    /// What screens call it.
    pub name: Text,
    /// The question it answers.
    pub question: Text,
    /// Where screens list it: `behaviour`, `purchase`, `service`, …
    pub category: String,
    /// The facts it looks at.
    pub of: Selector,
    /// What it makes of them.
    pub measure: Measure,
    /// How far back it looks; `None` = everything before the moment.
    pub window: Option<Window>,
    /// How far before the moment its window ends; `None` = at the moment.
    pub offset: Option<Window>,
    /// What it is counted in; one of [`UNITS`].
    pub unit: String,
    /// Which way is bad.
    pub worse: Worse,
    /// What silence counts as.
    pub when_absent: WhenAbsent,
    /// What a salesperson would say when it is bad, in the customer's own figures: `{login_days_30d}`.
    pub reason: Option<Text>,
    /// What to say instead while it is zero.
    pub reason_zero: Option<Text>,
    /// What to say instead while it is negative; its own figure is then shown without the sign.
    pub reason_negative: Option<Text>,
}

impl Indicator {
    /// The sentence to say when the indicator has this value, if it has one.
    pub fn reason_at(&self, value: f64) -> Option<&Text> {
        let negative = self.reason_negative.as_ref().filter(|_| value < 0.0);
        let zero = self.reason_zero.as_ref().filter(|_| value == 0.0);
        negative.or(zero).or(self.reason.as_ref())
    }
}

/// What indicators are counted in, with the word a screen puts after the number.
pub const UNITS: &[(&str, &str, &str)] = &[
    ("day", "天", "days"),
    ("count", "次", "times"),
    ("order", "单", "orders"),
    ("ticket", "张", "tickets"),
    ("money", "", ""),
    ("ratio", "", ""),
    ("point", "分", "points"),
    ("item", "项", "items"),
    ("person", "人", "people"),
];

/// The word a screen puts after a number of this unit; empty for money and ratios.
pub fn unit_word(unit: &str) -> Text {
    UNITS.iter().find(|(word, ..)| *word == unit).map_or_else(Text::default, |(_, zh, en)| Text::new(*zh, *en))
}

/// Every indicator of a deployment, checked.
#[derive(Clone, Debug)]
pub struct Catalog {
    indicators: Vec<Indicator>,
    positions: HashMap<String, usize>,
    version: String,
}

impl Catalog {
    /// Reads definition files, given as `(file name, text)`.
    ///
    /// # Errors
    /// Everything that is wrong with them: TOML that cannot be read, unknown keys and words, missing fields, two
    /// indicators with one id, a sentence that names an indicator there is not. Each with file, line and column.
    ///
    /// # Edges
    /// The order of files does not matter; indicators keep the order in which a file lists them.
    pub fn parse(files: &[(String, String)]) -> Result<Catalog, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut entries: Vec<(Indicator, Node)> = Vec::new();
        let mut sorted: Vec<&(String, String)> = files.iter().collect();
        sorted.sort();
        let mut hasher = blake3::Hasher::new();
        for (file, text) in sorted {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
            match Node::parse(file, text) {
                Ok(root) => read_file(&root, &mut entries, &mut findings),
                Err(faults) => findings.extend(faults),
            }
        }
        let mut positions = HashMap::new();
        for (position, (indicator, node)) in entries.iter().enumerate() {
            if positions.insert(indicator.id.clone(), position).is_some() {
                let id = &indicator.id;
                findings.push(node.finding(
                    "duplicate_id",
                    Text::new(format!("编号“{id}”重复"), format!("there is already an indicator \"{id}\"")),
                    Text::new("请换一个编号", "choose another id"),
                ));
            }
        }
        check_sentences(&entries, &positions, &mut findings);
        if !findings.is_empty() {
            return Err(findings);
        }
        let indicators = entries.into_iter().map(|(indicator, _)| indicator).collect();
        let version = hasher.finalize().to_hex()[..16].to_owned();
        Ok(Catalog { indicators, positions, version })
    }

    /// Every indicator, in the order of the files.
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// The indicator with an id.
    pub fn get(&self, id: &str) -> Option<&Indicator> {
        self.positions.get(id).map(|position| &self.indicators[*position])
    }

    /// Hash of the definitions as written: equal versions give equal frames.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What a frame of facts must hold: every kind, since a customer is one of whom anything is known, and the
    /// properties that definitions name.
    pub fn want(&self) -> Want {
        let mut properties: Vec<String> = Vec::new();
        for indicator in &self.indicators {
            properties.extend(indicator.of.properties().map(str::to_owned));
            if let Measure::DistinctValues { property } | Measure::DaysUntil { property } = &indicator.measure {
                properties.push(property.clone());
            }
        }
        properties.sort_unstable();
        properties.dedup();
        Want { properties, ..Want::default() }
    }

    /// The catalogue cut down to some indicators, in the order of the catalogue; ids it does not have are ignored.
    pub fn only(&self, ids: &[&str]) -> Catalog {
        let indicators: Vec<Indicator> =
            self.indicators.iter().filter(|indicator| ids.contains(&indicator.id.as_str())).cloned().collect();
        let positions = indicators.iter().enumerate().map(|(at, indicator)| (indicator.id.clone(), at)).collect();
        Catalog { indicators, positions, version: self.version.clone() }
    }

    /// Complains, at a place in another definition, about an id that is not in the catalogue.
    pub fn check_reference(&self, id: &str, node: &Node, findings: &mut Vec<Finding>) -> bool {
        if self.positions.contains_key(id) {
            return true;
        }
        let known: Vec<&str> = self.indicators.iter().map(|indicator| indicator.id.as_str()).collect();
        findings.push(unknown_reference(id, node, &known));
        false
    }
}

pub(crate) fn unknown_reference(id: &str, node: &Node, known: &[&str]) -> Finding {
    node.finding(
        "unknown_reference",
        Text::new(format!("没有名为“{id}”的指标"), format!("there is no indicator \"{id}\"")),
        did_you_mean(id, known),
    )
}

fn read_file(root: &Node, entries: &mut Vec<(Indicator, Node)>, findings: &mut Vec<Finding>) {
    let Some(fields) = root.fields(&["indicator"], findings) else { return };
    let Some(list) = fields.optional("indicator") else { return };
    let Some(items) = list.as_list() else {
        fields.findings.push(list.wrong_type(Text::new("列表 [[indicator]]", "a list, [[indicator]]")));
        return;
    };
    for item in items {
        if let Some(indicator) = read_indicator(item, findings) {
            entries.push((indicator, item.clone()));
        }
    }
}

const KEYS: &[&str] = &[
    "id",
    "name",
    "question",
    "category",
    "of",
    "measure",
    "compares",
    "property",
    "window",
    "offset",
    "unit",
    "worse",
    "when_absent",
    "reason",
    "reason_zero",
    "reason_negative",
];

fn read_indicator(node: &Node, findings: &mut Vec<Finding>) -> Option<Indicator> {
    let mut fields = node.fields(KEYS, findings)?;
    let id = fields.id("id");
    let name = fields.both("name");
    let question = fields.both("question");
    let category = fields.text("category");
    let of = fields.required("of").and_then(|of| Selector::read(of, fields.findings));
    let measure = read_measure(&mut fields);
    let window = read_window(&mut fields, "window");
    let offset = read_window(&mut fields, "offset");
    let units: Vec<(&str, &str)> = UNITS.iter().map(|(word, ..)| (*word, *word)).collect();
    let unit = fields.one_of("unit", &units).map(str::to_owned);
    let directions = [("higher", Worse::Higher), ("lower", Worse::Lower), ("both", Worse::Both), ("none", Worse::None)];
    let worse = fields.one_of("worse", &directions);
    let when_absent = fields.one_of("when_absent", &[("unknown", WhenAbsent::Unknown), ("zero", WhenAbsent::Zero)]);
    let reason = fields.optional_both("reason");
    let reason_zero = fields.optional_both("reason_zero");
    let reason_negative = fields.optional_both("reason_negative");
    let indicator = Indicator {
        id: id?,
        name: name?,
        question: question?,
        category: category?,
        of: of?,
        measure: measure?,
        window,
        offset,
        unit: unit?,
        worse: worse?,
        when_absent: when_absent?,
        reason,
        reason_zero,
        reason_negative,
    };
    check_sense(&indicator, &mut fields);
    Some(indicator)
}

fn read_measure(fields: &mut Fields<'_, '_>) -> Option<Measure> {
    #[derive(Clone, Copy)]
    enum Word {
        Plain(fn() -> Measure),
        Ratio,
        Values,
        Until,
    }
    let words = [
        ("count", Word::Plain(|| Measure::Count)),
        ("sum", Word::Plain(|| Measure::Sum)),
        ("mean", Word::Plain(|| Measure::Mean)),
        ("last", Word::Plain(|| Measure::Last)),
        ("distinct_days", Word::Plain(|| Measure::DistinctDays)),
        ("distinct_values", Word::Values),
        ("days_since_first", Word::Plain(|| Measure::DaysSinceFirst)),
        ("days_since_last", Word::Plain(|| Measure::DaysSinceLast)),
        ("ratio_to_previous", Word::Ratio),
        ("days_until", Word::Until),
    ];
    let bases = [("count", Basis::Count), ("sum", Basis::Sum), ("distinct_days", Basis::DistinctDays)];
    let word = fields.one_of("measure", &words)?;
    let basis = fields.optional_one_of("compares", &bases);
    let measure = match word {
        Word::Plain(measure) => measure(),
        Word::Ratio => Measure::RatioToPrevious(basis.unwrap_or(Basis::Count)),
        Word::Values => Measure::DistinctValues { property: fields.text("property")? },
        Word::Until => Measure::DaysUntil { property: fields.text("property")? },
    };
    let takes_property = matches!(measure, Measure::DistinctValues { .. } | Measure::DaysUntil { .. });
    let takes_basis = matches!(measure, Measure::RatioToPrevious(_));
    for (key, takes) in [("property", takes_property), ("compares", takes_basis)] {
        if let Some(node) = fields.optional(key).filter(|_| !takes) {
            fields.findings.push(node.finding(
                "senseless",
                Text::new(format!("这种算法不用“{key}”"), format!("this measure takes no \"{key}\"")),
                Text::new("请删去", "remove it"),
            ));
        }
    }
    Some(measure)
}

fn read_window(fields: &mut Fields<'_, '_>, key: &str) -> Option<Window> {
    let node = fields.optional(key)?;
    let window = node.as_text().and_then(|text| text.parse().ok());
    if window.is_none() {
        fields.findings.push(node.finding(
            "bad_window",
            Text::new("不是统计周期", "not a window"),
            Text::new(
                "写法：30d（天）、30cd（自然日）、1w（周）、1mo（月）",
                "write 30d, 30cd (civil days), 1w or 1mo",
            ),
        ));
    }
    window
}

/// What each part allows and together makes no sense.
fn check_sense(indicator: &Indicator, fields: &mut Fields<'_, '_>) {
    let positional =
        matches!(indicator.measure, Measure::DaysSinceFirst | Measure::DaysSinceLast | Measure::DaysUntil { .. });
    let mut complain = |when: bool, zh: &str, en: &str| {
        if when {
            fields.complain("senseless", Text::new(zh, en), Text::default());
        }
    };
    let is_ratio = matches!(indicator.measure, Measure::RatioToPrevious(_));
    complain(
        is_ratio && indicator.window.is_none(),
        "环比需要统计周期 window",
        "a ratio to the previous window needs a window",
    );
    complain(positional && indicator.offset.is_some(), "天数类指标不能有 offset", "a number of days takes no offset");
    complain(
        positional && indicator.when_absent == WhenAbsent::Zero,
        "没有发生过不等于 0 天：when_absent 应为 unknown",
        "never is not zero days: when_absent must be \"unknown\"",
    );
    complain(
        (indicator.reason_zero.is_some() || indicator.reason_negative.is_some()) && indicator.reason.is_none(),
        "有 reason_zero 或 reason_negative 就要有 reason",
        "reason_zero and reason_negative need a reason beside them",
    );
}

/// Every `{…}` of a sentence must be the id of an indicator.
fn check_sentences(entries: &[(Indicator, Node)], positions: &HashMap<String, usize>, findings: &mut Vec<Finding>) {
    let mut known: Vec<&str> = positions.keys().map(String::as_str).collect();
    known.sort_unstable();
    for (indicator, node) in entries {
        let sentences = [
            ("reason", &indicator.reason),
            ("reason_zero", &indicator.reason_zero),
            ("reason_negative", &indicator.reason_negative),
        ];
        for (key, sentence) in sentences {
            let Some(sentence) = sentence else { continue };
            let node = node.get(key).unwrap_or(node);
            for id in template::names(sentence) {
                if !positions.contains_key(id) {
                    findings.push(unknown_reference(id, node, &known));
                }
            }
        }
    }
}
