//! Conditions as a person would say them, in both languages.
//!
//! What a definition says in signs (`days_since_order > 60`) a screen says in words (距上次下单天数高于 60 天). Numbers are
//! written as sentences write them ([`figure`]); names come from the catalogue and from whoever knows the segments.

use vocab::{Band, Kind, Text};

use crate::catalog::{Catalog, unit_word};
use crate::condition::{Comparison, Condition, Quantity};
use crate::filter::{Filter, Test};
use crate::sorting::Sorting;
use crate::template::figure;

/// Traits that most firms know, by the key that events and imports give them.
const TRAITS: [(&str, &str, &str); 10] = [
    ("city", "城市", "city"),
    ("country", "国家", "country"),
    ("gender", "性别", "gender"),
    ("industry", "行业", "industry"),
    ("name", "名称", "name"),
    ("owner", "负责人", "owner"),
    ("plan", "版本", "plan"),
    ("region", "大区", "region"),
    ("seats", "席位", "seats"),
    ("tenure", "在网月数", "months with us"),
];

impl Condition {
    /// The condition in words. `segment` gives the name of a segment; one that it does not know is called by its id.
    ///
    /// # Example
    /// `{ all = [{ of = "days_since_order", is = ">", than = 60 }, { tier = "high" }] }` reads 距上次下单天数高于 60
    /// 天，且客户价值为高价值.
    pub fn words(&self, catalog: &Catalog, segment: &dyn Fn(&str) -> Option<Text>) -> Text {
        Wording { catalog, segment }.of(self)
    }
}

impl Quantity {
    /// What people call it, and its unit.
    pub fn words(&self, catalog: &Catalog) -> (Text, String) {
        let wording = Wording { catalog, segment: &|_| None };
        let (name, unit) = wording.named(self);
        (name, unit.to_owned())
    }
}

/// What people call a trait: by the name most firms know it by, or by its key.
pub fn trait_word(key: &str) -> Text {
    let name = TRAITS.iter().find(|(word, ..)| *word == key);
    let (zh, en) = name.map_or((key, key), |(_, zh, en)| (*zh, *en));
    Text::new(zh, en)
}

struct Wording<'a> {
    catalog: &'a Catalog,
    segment: &'a dyn Fn(&str) -> Option<Text>,
}

impl Wording<'_> {
    fn of(&self, condition: &Condition) -> Text {
        match condition {
            Condition::All(parts) => self.joined(parts, ("，且", " and ")),
            Condition::Any(parts) => self.joined(parts, ("，或", " or ")),
            Condition::AtLeast(count, parts) => {
                let list = self.joined(parts, ("；", "; "));
                Text::new(
                    format!("以下至少 {count} 项：{}", list.zh),
                    format!("at least {count} of these: {}", list.en),
                )
            }
            Condition::Not(part) => {
                let part = self.of(part);
                Text::new(format!("不是（{}）", part.zh), format!("not ({})", part.en))
            }
            Condition::Compare { of, is, than } => self.compared(of, *is, *than),
            Condition::BandIs(bands) => {
                let bands = bands.iter().map(|band| band_word(*band)).collect();
                belongs(("风险等级为", "band is "), bands)
            }
            Condition::Traits(filter) => filtered(filter),
            Condition::In(sorting, names) => self.sorted(*sorting, names),
            Condition::Lasting { part, times, every_days } => {
                let part = self.of(part);
                match every_days {
                    1 => Text::new(
                        format!("连续 {times} 天都满足（{}）", part.zh),
                        format!("on {times} days in a row ({})", part.en),
                    ),
                    _ => Text::new(
                        format!("每 {every_days} 天看一次，连续 {times} 次都满足（{}）", part.zh),
                        format!("{times} times in a row, {every_days} days apart ({})", part.en),
                    ),
                }
            }
        }
    }

    /// Parts side by side; what is itself joined stands in brackets.
    fn joined(&self, parts: &[Condition], joint: (&str, &str)) -> Text {
        let said = parts.iter().map(|part| {
            let text = self.of(part);
            let is_joined = match part {
                Condition::All(inner) | Condition::Any(inner) => inner.len() > 1,
                Condition::Traits(Filter::All(inner) | Filter::Any(inner)) => inner.len() > 1,
                Condition::AtLeast(..) => true,
                _ => false,
            };
            match is_joined && parts.len() > 1 {
                true => Text::new(format!("（{}）", text.zh), format!("({})", text.en)),
                false => text,
            }
        });
        together(said.collect(), joint)
    }

    fn compared(&self, of: &Quantity, is: Comparison, than: f64) -> Text {
        let (name, unit) = self.named(of);
        let (zh, en) = comparing(is);
        let (number, word) = (figure(than, unit), unit_word(unit));
        let en_word = if word.en.is_empty() { String::new() } else { format!(" {}", word.en) };
        let zh_word = if word.zh.is_empty() { String::new() } else { format!(" {}", word.zh) };
        Text::new(format!("{}{zh} {number}{zh_word}", name.zh), format!("{} {en} {number}{en_word}", name.en))
    }

    fn named(&self, of: &Quantity) -> (Text, &str) {
        match of {
            Quantity::Indicator(id) => match self.catalog.get(id) {
                Some(indicator) => (indicator.name.clone(), indicator.unit.as_str()),
                None => (Text::new(id, id), ""),
            },
            Quantity::Health => (Text::new("健康分", "health"), "point"),
            Quantity::HealthChange7d => (Text::new("健康分一周变化", "health change in a week"), "point"),
            Quantity::Change { of, over_days } => {
                let (name, unit) = self.named(of);
                let name = Text::new(
                    format!("{}比 {over_days} 天前的增减", name.zh),
                    format!("change of {} in {over_days} days", name.en),
                );
                (name, unit)
            }
            Quantity::Ratio { of, over_days } => {
                let (name, _) = self.named(of);
                let name = Text::new(
                    format!("{}与 {over_days} 天前之比", name.zh),
                    format!("{} against {over_days} days before", name.en),
                );
                (name, "ratio")
            }
            Quantity::Count { kind, name, within_days } => {
                let quoted = |name: &String| Text::new(format!("“{name}”"), format!("“{name}”"));
                let what = name.as_ref().map_or_else(|| kind_word(*kind), quoted);
                let name = Text::new(
                    format!("近 {within_days} 天{}的次数", what.zh),
                    format!("{} in {within_days} days", what.en),
                );
                (name, "count")
            }
        }
    }

    fn sorted(&self, sorting: Sorting, names: &[String]) -> Text {
        let called = |name: &String| match sorting {
            Sorting::Tag => Text::new(format!("“{name}”"), format!("“{name}”")),
            Sorting::Segment => {
                let text = (self.segment)(name).unwrap_or_else(|| Text::new(name, name));
                Text::new(format!("“{}”", text.zh), format!("“{}”", text.en))
            }
            Sorting::Tier | Sorting::Rfm => sorting.word(name).unwrap_or_else(|| Text::new(name, name)),
        };
        let before = match sorting {
            Sorting::Segment => ("属于", "in "),
            Sorting::Tag => ("有标签", "tagged "),
            Sorting::Tier => ("客户价值为", "value tier is "),
            Sorting::Rfm => ("RFM 为", "RFM is "),
        };
        belongs(before, names.iter().map(called).collect())
    }
}

fn kind_word(kind: Kind) -> Text {
    let (zh, en) = match kind {
        Kind::Event => ("事件", "events"),
        Kind::Order => ("订单", "orders"),
        Kind::Payment => ("付款", "payments"),
        Kind::Ticket => ("服务工单", "tickets"),
        Kind::SurveyResponse => ("问卷答复", "survey responses"),
        Kind::Contract => ("合同变动", "contract changes"),
        Kind::ContactChange => ("联系人变动", "contact changes"),
        Kind::Touch => ("触达", "touches"),
        Kind::Case => ("跟进单变动", "case changes"),
        Kind::Trait => ("资料变动", "trait changes"),
        Kind::Snapshot => ("期末数", "totals of a period"),
    };
    Text::new(zh, en)
}

fn band_word(band: Band) -> Text {
    match band {
        Band::Low => Text::new("低", "low"),
        Band::Medium => Text::new("中", "medium"),
        Band::High => Text::new("高", "high"),
        Band::Critical => Text::new("极高", "critical"),
    }
}

fn comparing(is: Comparison) -> (&'static str, &'static str) {
    match is {
        Comparison::Below => ("低于", "below"),
        Comparison::AtMost => ("不超过", "at most"),
        Comparison::Above => ("高于", "above"),
        Comparison::AtLeast => ("不低于", "at least"),
        Comparison::Equal => ("为", "exactly"),
        Comparison::NotEqual => ("不为", "other than"),
    }
}

fn filtered(filter: &Filter) -> Text {
    let list = |parts: &[Filter], joint| {
        let said = parts.iter().map(|part| match part {
            Filter::All(_) | Filter::Any(_) if parts.len() > 1 => {
                let text = filtered(part);
                Text::new(format!("（{}）", text.zh), format!("({})", text.en))
            }
            _ => filtered(part),
        });
        together(said.collect(), joint)
    };
    match filter {
        Filter::All(parts) => list(parts, ("，且", " and ")),
        Filter::Any(parts) => list(parts, ("，或", " or ")),
        Filter::Not(part) => {
            let part = filtered(part);
            Text::new(format!("不是（{}）", part.zh), format!("not ({})", part.en))
        }
        Filter::Property(key, test) => tested(key, test),
    }
}

fn tested(key: &str, test: &Test) -> Text {
    let Text { zh, en } = trait_word(key);
    match test {
        Test::In(words) => {
            let words = words.iter().map(|word| Text::new(word, word)).collect();
            belongs((&format!("{zh}为"), &format!("{en} is ")), words)
        }
        Test::Compare(is, than) => {
            let ((than_zh, than_en), number) = (comparing(*is), figure(*than, ""));
            Text::new(format!("{zh}{than_zh} {number}"), format!("{en} {than_en} {number}"))
        }
        Test::Matches(expression) => {
            let said = expression.as_str();
            Text::new(format!("{zh}符合 {said}"), format!("{en} matches {said}"))
        }
        Test::Known(true) => Text::new(format!("有{zh}"), format!("{en} is known")),
        Test::Known(false) => Text::new(format!("没有{zh}"), format!("{en} is not known")),
    }
}

fn belongs(before: (&str, &str), names: Vec<Text>) -> Text {
    let names = together(names, ("、", " or "));
    Text::new(format!("{}{}", before.0, names.zh), format!("{}{}", before.1, names.en))
}

fn together(texts: Vec<Text>, joint: (&str, &str)) -> Text {
    let (zh, en): (Vec<String>, Vec<String>) = texts.into_iter().map(|text| (text.zh, text.en)).unzip();
    Text::new(zh.join(joint.0), en.join(joint.1))
}
