//! Conditions as they are written in definitions, read with every fault at its place.
//!
//! What asks about earlier moments is read for rules only ([`Condition::read_over_time`]): whoever sorts customers at
//! one moment would find no answer to it. Days count back from the moment and never ahead.

use vocab::{Band, Finding, Kind, Text};

use super::{Comparison, Condition, Quantity};
use crate::catalog::Catalog;
use crate::definition::{Node, did_you_mean};
use crate::filter::Filter;
use crate::sorting::Sorting;

/// How far back a condition may look, in days.
pub const MOST_DAYS: u32 = 366;

const FORMS: &[&str] =
    &["all", "any", "at_least", "among", "not", "of", "is", "than", "band", "traits", "segment", "tag", "tier", "rfm"];
const FORMS_OVER_TIME: &[&str] = &[
    "all",
    "any",
    "at_least",
    "among",
    "not",
    "of",
    "is",
    "than",
    "band",
    "traits",
    "segment",
    "tag",
    "tier",
    "rfm",
    "count_of",
    "within_days",
    "change_of",
    "ratio_of",
    "over_days",
    "holds",
    "for_days",
    "times",
    "every_days",
];

impl Condition {
    /// Reads a condition on one moment from a definition; faults are noted with their place.
    pub fn read(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Condition> {
        Reader { catalog, over_time: false, lasting: false }.condition(node, findings)
    }

    /// Reads a condition that may also ask about earlier moments and count facts: see [`Condition::days_back`] and
    /// [`Condition::counts`]. Faults are noted with their place.
    pub fn read_over_time(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Condition> {
        let condition = Reader { catalog, over_time: true, lasting: false }.condition(node, findings)?;
        let furthest = condition.days_back().last().copied().unwrap_or(0);
        if furthest > MOST_DAYS {
            findings.push(node.finding(
                "out_of_range",
                Text::new(format!("条件要回看 {furthest} 天"), format!("the condition looks back {furthest} days")),
                Text::new(format!("最多 {MOST_DAYS} 天"), format!("{MOST_DAYS} days at most")),
            ));
            return None;
        }
        Some(condition)
    }

    /// Reads a condition on one moment from a bare TOML value; findings name no place.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_toml(value: &toml::Value, catalog: &Catalog) -> Result<Condition, Vec<Finding>> {
        let mut findings = Vec::new();
        let condition = Condition::read(&Node::from_value(value), catalog, &mut findings);
        condition.filter(|_| findings.is_empty()).ok_or(findings)
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    catalog: &'a Catalog,
    /// Whether earlier moments may be asked about.
    over_time: bool,
    /// Whether it stands inside something that lasts.
    lasting: bool,
}

impl Reader<'_> {
    fn forms(self) -> &'static [&'static str] {
        if self.over_time { FORMS_OVER_TIME } else { FORMS }
    }

    fn condition(self, node: &Node, findings: &mut Vec<Finding>) -> Option<Condition> {
        let fields = node.fields(self.forms(), findings)?;
        let keys: Vec<&str> = node.keys().map(|(key, _)| key).collect();
        if let (["all"], Some(list)) = (keys.as_slice(), fields.optional("all")) {
            return self.parts(list, findings).map(Condition::All);
        }
        if let (["any"], Some(list)) = (keys.as_slice(), fields.optional("any")) {
            return self.parts(list, findings).map(Condition::Any);
        }
        if let (["not"], Some(part)) = (keys.as_slice(), fields.optional("not")) {
            return self.condition(part, findings).map(|part| Condition::Not(Box::new(part)));
        }
        if let (["band"], Some(bands)) = (keys.as_slice(), fields.optional("band")) {
            return read_bands(bands, findings);
        }
        if let (["traits"], Some(tests)) = (keys.as_slice(), fields.optional("traits")) {
            return read_traits(tests, findings);
        }
        for sorting in Sorting::ALL {
            if let ([only], Some(names)) = (keys.as_slice(), fields.optional(sorting.as_str()))
                && *only == sorting.as_str()
            {
                if self.lasting {
                    findings.push(node.finding(
                        "not_over_time",
                        Text::new(
                            "分群、标签、价值层和 RFM 格只有现在的",
                            "segments, tags, tiers and cells are of the present",
                        ),
                        Text::new("请放在 holds 旁边", "put them beside the holds"),
                    ));
                    return None;
                }
                return read_names(sorting, names, self.catalog, findings);
            }
        }
        match keys.as_slice() {
            ["among", "at_least"] => self.at_least(node, findings),
            ["is", "of", "than"] => self.compare(node, findings),
            ["change_of", "is", "over_days", "than"] if self.over_time => self.changed(node, "change_of", findings),
            ["is", "over_days", "ratio_of", "than"] if self.over_time => self.changed(node, "ratio_of", findings),
            ["count_of", "is", "than", "within_days"] if self.over_time => self.counted(node, findings),
            ["for_days", "holds"] | ["every_days", "holds", "times"] if self.over_time => self.lasting(node, findings),
            _ => {
                findings.push(self.not_understood(node));
                None
            }
        }
    }

    fn not_understood(self, node: &Node) -> Finding {
        let (zh, en) = match self.over_time {
            true => (
                " / change_of 或 ratio_of + over_days / count_of + within_days / holds + for_days，或 holds + times + every_days",
                " / change_of or ratio_of + over_days / count_of + within_days / holds + for_days, or holds + times + every_days",
            ),
            false => ("", ""),
        };
        node.finding(
            "bad_condition",
            Text::new("看不懂的条件", "not a condition"),
            Text::new(
                format!(
                    "写法：{{ of = 指标, is = \"<\", than = 数字 }}，或 all / any / not / at_least + among / band / traits / segment / tag / tier / rfm{zh}"
                ),
                format!(
                    "write {{ of = indicator, is = \"<\", than = number }}, or all / any / not / at_least + among / band / traits / segment / tag / tier / rfm{en}"
                ),
            ),
        )
    }

    fn parts(self, list: &Node, findings: &mut Vec<Finding>) -> Option<Vec<Condition>> {
        let items = list.as_list().filter(|items| !items.is_empty());
        let Some(items) = items else {
            findings.push(list.wrong_type(Text::new("至少一个条件的列表", "a list of at least one condition")));
            return None;
        };
        // Every part is read before giving up, so that every fault is told.
        let parts: Vec<Option<Condition>> = items.iter().map(|item| self.condition(item, findings)).collect();
        parts.into_iter().collect()
    }

    fn at_least(self, node: &Node, findings: &mut Vec<Finding>) -> Option<Condition> {
        let among = node.get("among")?;
        let count = node.get("at_least")?;
        let parts = self.parts(among, findings)?;
        let most = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        let count = whole(count, 1, most, findings)?;
        Some(Condition::AtLeast(count as usize, parts))
    }

    fn compare(self, node: &Node, findings: &mut Vec<Finding>) -> Option<Condition> {
        let of = self.plain(node, "of", findings);
        self.compared(node, of, findings)
    }

    /// An indicator, health, or its change within a week.
    fn plain(self, node: &Node, key: &str, findings: &mut Vec<Finding>) -> Option<Quantity> {
        let mut fields = node.fields(self.forms(), findings)?;
        let (place, id) = (node.get(key)?, fields.text(key)?);
        match id.as_str() {
            "health" => Some(Quantity::Health),
            "health_change_7d" => Some(Quantity::HealthChange7d),
            id => self.catalog.check_reference(id, place, findings).then(|| Quantity::Indicator(id.to_owned())),
        }
    }

    fn changed(self, node: &Node, key: &str, findings: &mut Vec<Finding>) -> Option<Condition> {
        let of = self.plain(node, key, findings).map(Box::new);
        let over_days = node.get("over_days").and_then(|days| whole(days, 1, MOST_DAYS, findings));
        let quantity = of.zip(over_days).map(|(of, over_days)| match key {
            "change_of" => Quantity::Change { of, over_days },
            _ => Quantity::Ratio { of, over_days },
        });
        self.compared(node, quantity, findings)
    }

    fn counted(self, node: &Node, findings: &mut Vec<Finding>) -> Option<Condition> {
        let facts = node.get("count_of").and_then(|facts| read_facts(facts, findings));
        let within_days = node.get("within_days").and_then(|days| whole(days, 1, MOST_DAYS, findings));
        let quantity =
            facts.zip(within_days).map(|((kind, name), within_days)| Quantity::Count { kind, name, within_days });
        self.compared(node, quantity, findings)
    }

    fn compared(self, node: &Node, of: Option<Quantity>, findings: &mut Vec<Finding>) -> Option<Condition> {
        let mut fields = node.fields(self.forms(), findings)?;
        let is = fields.one_of("is", Comparison::WORDS);
        let than = fields.number("than");
        Some(Condition::Compare { of: of?, is: is?, than: than? })
    }

    fn lasting(self, node: &Node, findings: &mut Vec<Finding>) -> Option<Condition> {
        if self.lasting {
            findings.push(node.finding(
                "nested_lasting",
                Text::new("holds 里面不能再有 holds", "no holds inside another"),
                Text::new("请把两个 holds 并列在 all 里", "put both side by side in an all"),
            ));
            return None;
        }
        let inside = Reader { lasting: true, ..self };
        let part = node.get("holds").and_then(|part| inside.condition(part, findings));
        let (times, every_days) = match node.get("for_days") {
            Some(days) => (whole(days, 2, MOST_DAYS, findings), Some(1)),
            None => (
                node.get("times").and_then(|times| whole(times, 2, MOST_DAYS, findings)),
                node.get("every_days").and_then(|days| whole(days, 1, MOST_DAYS, findings)),
            ),
        };
        Some(Condition::Lasting { part: Box::new(part?), times: times?, every_days: every_days? })
    }
}

/// A whole number between two others.
fn whole(node: &Node, least: u32, most: u32, findings: &mut Vec<Finding>) -> Option<u32> {
    match node.as_number() {
        Some(number) if number.fract() == 0.0 && number >= f64::from(least) && number <= f64::from(most) => {
            Some(number as u32)
        }
        _ => {
            findings.push(node.wrong_type(Text::new(
                format!("{least} 到 {most} 之间的整数"),
                format!("a whole number from {least} to {most}"),
            )));
            None
        }
    }
}

fn read_facts(node: &Node, findings: &mut Vec<Finding>) -> Option<(Kind, Option<String>)> {
    let words: Vec<(&str, Kind)> = Kind::ALL.into_iter().map(|kind| (kind.as_str(), kind)).collect();
    let mut fields = node.fields(&["kind", "name"], findings)?;
    let kind = fields.one_of("kind", &words);
    let name = fields.optional_text("name");
    Some((kind?, name))
}

fn read_bands(node: &Node, findings: &mut Vec<Finding>) -> Option<Condition> {
    let words: Vec<(&str, Band)> = Band::ALL.iter().map(|band| (band.as_str(), *band)).collect();
    let Some(items) = node.as_list().filter(|items| !items.is_empty()) else {
        findings.push(node.wrong_type(Text::new("风险等级的列表", "a list of bands")));
        return None;
    };
    let bands: Vec<Option<Band>> = items.iter().map(|item| item.one_of(&words, findings)).collect();
    bands.into_iter().collect::<Option<Vec<Band>>>().map(Condition::BandIs)
}

fn read_traits(node: &Node, findings: &mut Vec<Finding>) -> Option<Condition> {
    let filter = Filter::read(node, findings)?;
    if filter.reads_the_fact() {
        findings.push(node.finding(
            "senseless",
            Text::new("资料没有 _value 和 _text", "traits have no _value and no _text"),
            Text::default(),
        ));
        return None;
    }
    Some(Condition::Traits(filter))
}

fn read_names(sorting: Sorting, node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Condition> {
    let items = match node.as_list() {
        Some(items) if !items.is_empty() => items,
        Some(_) => &[],
        None => std::slice::from_ref(node),
    };
    let mut names = Vec::new();
    for item in items {
        let Some(name) = item.as_text().filter(|name| !name.trim().is_empty()) else {
            findings.push(item.wrong_type(Text::new("非空文字", "a text that is not empty")));
            return None;
        };
        let fixed: Vec<&str> = sorting.fixed().iter().map(|(word, ..)| *word).collect();
        let known: Vec<&str> = match sorting {
            Sorting::Tag => vec![name],
            Sorting::Segment => catalog.segments().iter().map(String::as_str).collect(),
            Sorting::Tier | Sorting::Rfm => fixed,
        };
        if !known.contains(&name) {
            findings.push(item.finding(
                "unknown_reference",
                Text::new(format!("没有“{name}”"), format!("there is no {} \"{name}\"", sorting.as_str())),
                did_you_mean(name, &known),
            ));
            return None;
        }
        names.push(name.to_owned());
    }
    if names.is_empty() {
        findings.push(node.wrong_type(Text::new("一个名称或名称的列表", "a name or a list of names")));
        return None;
    }
    Some(Condition::In(sorting, names))
}
