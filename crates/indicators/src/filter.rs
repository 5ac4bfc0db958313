//! Which facts pass, by what they say: a tree of tests of their properties.

use std::fmt;

use facts::FactFrame;
use regex::Regex;
use vocab::{Finding, Text};

use crate::condition::Comparison;
use crate::definition::{Node, did_you_mean};

/// The property that stands for the fact's own number.
pub(crate) const VALUE: &str = "_value";
/// The property that stands for the fact's own words.
pub(crate) const TEXT: &str = "_text";
const JOINTS: [&str; 3] = ["all", "any", "not"];

/// A tree of tests of a fact's properties. What a fact does not say passes no test but `known = false`.
///
/// ```toml
/// where = { plan = "pro" }                              # equal
/// where = { plan = ["pro", "max"] }                     # one of
/// where = { seats = { is = ">=", than = 5 } }           # compared as a number
/// where = { page = { matches = "^/pricing" } }          # a regular expression finds something
/// where = { coupon = { known = false } }                # says nothing of it
/// where = { any = [{ plan = "pro" }, { not = { trial = "true" } }], region = "east" }
/// where = { _value = { is = "<", than = 0 }, _text = { matches = "退款" } }   # the fact's own number and words
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Each of them.
    All(Vec<Filter>),
    /// One of them at least.
    Any(Vec<Filter>),
    /// Not so.
    Not(Box<Filter>),
    /// A test of one property.
    Property(String, Test),
}

/// A test of one property.
#[derive(Clone, Debug)]
pub enum Test {
    /// Exactly one of these.
    In(Vec<String>),
    /// A number that compares so; what is no number does not.
    Compare(Comparison, f64),
    /// The expression finds something in it.
    Matches(Regex),
    /// Whether anything is said of it at all.
    Known(bool),
}

impl PartialEq for Test {
    fn eq(&self, other: &Test) -> bool {
        match (self, other) {
            (Test::In(a), Test::In(b)) => a == b,
            (Test::Compare(a, x), Test::Compare(b, y)) => a == b && x == y,
            (Test::Matches(a), Test::Matches(b)) => a.as_str() == b.as_str(),
            (Test::Known(a), Test::Known(b)) => a == b,
            _ => false,
        }
    }
}

impl Test {
    fn passes(&self, said: Option<&str>) -> bool {
        match (self, said) {
            (Test::Known(wanted), said) => said.is_some() == *wanted,
            (_, None) => false,
            (Test::In(words), Some(said)) => words.iter().any(|word| word == said),
            (Test::Matches(expression), Some(said)) => expression.is_match(said),
            (Test::Compare(is, than), Some(said)) => {
                said.trim().parse().is_ok_and(|number: f64| number.is_finite() && is.holds(number, *than))
            }
        }
    }
}

impl Filter {
    /// Whether a fact passes that says `said` of its properties.
    pub fn passes<'f>(&self, said: &dyn Fn(&str) -> Option<&'f str>, number: Option<f64>) -> bool {
        match self {
            Filter::All(parts) => parts.iter().all(|part| part.passes(said, number)),
            Filter::Any(parts) => parts.iter().any(|part| part.passes(said, number)),
            Filter::Not(part) => !part.passes(said, number),
            Filter::Property(key, test) if key == VALUE => match test {
                Test::Compare(is, than) => number.is_some_and(|number| is.holds(number, *than)),
                Test::Known(wanted) => number.is_some() == *wanted,
                other => other.passes(number.map(|number| number.to_string()).as_deref()),
            },
            Filter::Property(key, test) => test.passes(said(key)),
        }
    }

    pub(crate) fn passes_row(&self, frame: &FactFrame, row: usize) -> bool {
        let said = |key: &str| if key == TEXT { frame.text(row) } else { frame.property(row, key).flatten() };
        self.passes(&said, frame.value(row).map(vocab::Amount::to_f64))
    }

    /// The properties it has to see.
    pub fn properties(&self) -> Vec<&str> {
        let mut keys = self.keys();
        keys.retain(|key| *key != VALUE && *key != TEXT);
        keys
    }

    /// Whether what is known passes, three-valued: `said` tells of a property its last word, `Some(None)` where nothing
    /// was said, `None` where nothing can be told. What was not said leaves every test open but `known`.
    pub(crate) fn judges<'s>(&self, said: &dyn Fn(&str) -> Option<Option<&'s str>>) -> Option<bool> {
        let each = |parts: &[Filter], decides: bool| {
            let answers: Vec<Option<bool>> = parts.iter().map(|part| part.judges(said)).collect();
            match answers.contains(&Some(decides)) {
                true => Some(decides),
                false if answers.contains(&None) => None,
                false => Some(!decides),
            }
        };
        match self {
            Filter::All(parts) => each(parts, false),
            Filter::Any(parts) => each(parts, true),
            Filter::Not(part) => part.judges(said).map(|passes| !passes),
            Filter::Property(key, test) => match (said(key)?, test) {
                (None, Test::Known(wanted)) => Some(!*wanted),
                (None, _) => None,
                (value, test) => Some(test.passes(value)),
            },
        }
    }

    /// Whether it looks at a fact's own number or words.
    pub(crate) fn reads_the_fact(&self) -> bool {
        self.keys().iter().any(|key| *key == VALUE || *key == TEXT)
    }

    /// Whether it looks at the words of facts.
    pub fn reads_text(&self) -> bool {
        self.keys().contains(&TEXT)
    }

    fn keys(&self) -> Vec<&str> {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().flat_map(Filter::keys).collect(),
            Filter::Not(part) => part.keys(),
            Filter::Property(key, _) => vec![key],
        }
    }

    /// Reads the table under `where`; faults are noted.
    pub(crate) fn read(node: &Node, findings: &mut Vec<Finding>) -> Option<Filter> {
        if node.type_word() != "table" {
            findings.push(node.wrong_type(Text::new("表", "a table")));
            return None;
        }
        // Every part is read before giving up, so that every fault is told.
        let parts: Vec<Option<Filter>> =
            node.keys().map(|(key, value)| Self::read_part(key, value, findings)).collect();
        let mut parts = parts.into_iter().collect::<Option<Vec<Filter>>>()?;
        if parts.len() == 1 { parts.pop() } else { Some(Filter::All(parts)) }
    }

    fn read_part(key: &str, value: &Node, findings: &mut Vec<Finding>) -> Option<Filter> {
        let list = |findings: &mut Vec<Finding>| {
            let Some(items) = value.as_list().filter(|items| !items.is_empty()) else {
                findings.push(value.wrong_type(Text::new("至少一项的列表", "a list of one item at least")));
                return None;
            };
            let parts: Vec<Option<Filter>> = items.iter().map(|item| Filter::read(item, findings)).collect();
            parts.into_iter().collect::<Option<Vec<Filter>>>()
        };
        match key {
            "all" => list(findings).map(Filter::All),
            "any" => list(findings).map(Filter::Any),
            "not" => Filter::read(value, findings).map(|part| Filter::Not(Box::new(part))),
            _ if key.starts_with('_') && key != VALUE && key != TEXT => {
                findings.push(value.finding(
                    "unknown_key",
                    Text::new(format!("不认识的键“{key}”"), format!("unknown key \"{key}\"")),
                    did_you_mean(key, &[VALUE, TEXT, JOINTS[0], JOINTS[1], JOINTS[2]]),
                ));
                None
            }
            _ => Test::read(value, findings).map(|test| Filter::Property(key.to_owned(), test)),
        }
    }
}

impl Test {
    fn read(node: &Node, findings: &mut Vec<Finding>) -> Option<Test> {
        if let Some(word) = node.as_plain() {
            return Some(Test::In(vec![word]));
        }
        if let Some(items) = node.as_list() {
            let words: Vec<Option<String>> = items.iter().map(Node::as_plain).collect();
            let words = words.into_iter().collect::<Option<Vec<String>>>().filter(|words| !words.is_empty());
            if words.is_none() {
                findings.push(node.wrong_type(Text::new("单个值的列表", "a list of single values")));
            }
            return words.map(Test::In);
        }
        let mut fields = node.fields(&["is", "than", "matches", "known"], findings)?;
        let keys: Vec<&str> = node.keys().map(|(key, _)| key).collect();
        match keys.as_slice() {
            ["is", "than"] => {
                let is = fields.one_of("is", Comparison::WORDS);
                let than = fields.number("than");
                Some(Test::Compare(is?, than?))
            }
            ["known"] => {
                let known = fields.required("known")?;
                let truth = known.as_truth();
                if truth.is_none() {
                    fields.findings.push(known.wrong_type(Text::new("真假值", "true or false")));
                }
                truth.map(Test::Known)
            }
            ["matches"] => {
                let text = fields.text("matches")?;
                match Regex::new(&text) {
                    Ok(expression) => Some(Test::Matches(expression)),
                    Err(error) => {
                        let why = error.to_string().lines().last().unwrap_or_default().trim().to_owned();
                        fields.findings.push(node.finding(
                            "bad_expression",
                            Text::new(format!("不是合法的正则表达式：{why}"), format!("no regular expression: {why}")),
                            Text::default(),
                        ));
                        None
                    }
                }
            }
            _ => {
                fields.findings.push(node.finding(
                    "bad_filter",
                    Text::new("看不懂的条件", "not a test of a property"),
                    Text::new(
                        "写法：值、[值, 值]、{ is = \">=\", than = 5 }、{ matches = \"^/a\" } 或 { known = true }",
                        "write a value, [values], { is = \">=\", than = 5 }, { matches = \"^/a\" } or { known = true }",
                    ),
                ));
                None
            }
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Filter], joint: &str| {
            parts.iter().enumerate().try_for_each(|(at, part)| {
                f.write_str(if at > 0 { joint } else { "" })?;
                match part {
                    Filter::All(_) | Filter::Any(_) => write!(f, "({part})"),
                    _ => write!(f, "{part}"),
                }
            })
        };
        match self {
            Filter::All(parts) => joined(f, parts, " and "),
            Filter::Any(parts) => joined(f, parts, " or "),
            Filter::Not(part) => write!(f, "not ({part})"),
            Filter::Property(key, Test::In(words)) => {
                let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
                write!(f, "{key} = {}", words.join("|"))
            }
            Filter::Property(key, Test::Compare(is, than)) => write!(f, "{key} {} {than}", is.as_str()),
            Filter::Property(key, Test::Matches(expression)) => write!(f, "{key} ~ {:?}", expression.as_str()),
            Filter::Property(key, Test::Known(true)) => write!(f, "{key} known"),
            Filter::Property(key, Test::Known(false)) => write!(f, "{key} unknown"),
        }
    }
}
