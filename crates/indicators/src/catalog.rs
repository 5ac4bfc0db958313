//! The catalogue: which indicators there are, and what each of them means.
//!
//! A definition carries its own documentation: name, question, unit, direction. Screen, API and docs read it from here.
//! How an indicator is computed is the kernel's business.

use std::collections::HashMap;
use std::sync::Arc;

use calendar::WorkCalendar;
use facts::Want;
use vocab::{AsOf, Finding, Text, Window, Zone};

use crate::condition::Quantity;
use crate::definition::{Node, did_you_mean};
use crate::formula::Formula;
use crate::measure::{Measure, Measured, Reach, With, Within};
use crate::peers::Grouping;
use crate::plan::bounds;
use crate::read::Definitions;
use crate::selector::Selector;
use crate::supply::{Outage, Supply};

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

/// How an indicator is come by.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// From facts.
    Facts(Box<Measured>),
    /// By arithmetic over other indicators.
    Formula(Formula),
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
    /// The lines of the field's census that it answers to: `IND-04`.
    pub census: Vec<String>,
    /// How it is come by.
    pub figure: Figure,
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
    /// Hash of everything in its definition that bears on the number. Names, questions and sentences do not.
    pub version: String,
}

impl Indicator {
    /// Its measure of facts; `None` for a formula.
    pub fn measured(&self) -> Option<&Measured> {
        match &self.figure {
            Figure::Facts(measured) => Some(measured),
            Figure::Formula(_) => None,
        }
    }

    /// Whether it puts the customer against others.
    pub fn looks_across(&self) -> bool {
        let compare = self.measured().and_then(|measured| measured.compare.as_ref());
        compare.is_some_and(|compare| matches!(compare.with, With::Peers { .. } | With::OwnAndPeers { .. }))
    }

    /// Within what it puts customers against each other; `None` where it does not, or puts everybody against everybody.
    pub fn within(&self) -> Option<&Within> {
        match &self.measured()?.compare.as_ref()?.with {
            With::Peers { within, .. } => within.as_ref(),
            _ => None,
        }
    }

    /// Its formula; `None` for a measure of facts.
    pub fn formula(&self) -> Option<&Formula> {
        match &self.figure {
            Figure::Formula(formula) => Some(formula),
            Figure::Facts(_) => None,
        }
    }

    /// The facts it looks at.
    pub fn of(&self) -> Option<&Selector> {
        self.measured().map(|measured| &measured.of)
    }

    /// How far back it looks, as it is written; `None` = everything before the moment, or a formula.
    pub fn window(&self) -> Option<String> {
        self.measured().map(|measured| measured.reach.to_string()).filter(|text| !text.is_empty())
    }

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
    ("week", "周", "weeks"),
    ("sigma", "个标准差", "deviations"),
    ("hour", "小时", "hours"),
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
    covered_always: bool,
    calendar: Option<Arc<WorkCalendar>>,
    supply: Arc<Supply>,
    segments: Arc<[String]>,
    grouping: Option<Arc<dyn Grouping>>,
}

impl Catalog {
    /// Reads definition files, given as `(file name, text)`.
    ///
    /// # Errors
    /// Everything that is wrong with them: TOML that cannot be read, unknown keys and words, missing fields, two
    /// indicators with one id, a sentence or formula that names an indicator there is not, formulas that go round in a
    /// circle. Each with file, line and column.
    ///
    /// # Edges
    /// The order of files does not matter; indicators keep the order in which a file lists them.
    pub fn parse(files: &[(String, String)]) -> Result<Catalog, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut read = Definitions::default();
        let mut sorted: Vec<&(String, String)> = files.iter().collect();
        sorted.sort();
        for (file, text) in sorted {
            match Node::parse(file, text) {
                Ok(root) => read.file(&root, &mut findings),
                Err(faults) => findings.extend(faults),
            }
        }
        let mut positions = HashMap::new();
        for (position, (indicator, node)) in read.entries.iter().enumerate() {
            if positions.insert(indicator.id.clone(), position).is_some() {
                let id = &indicator.id;
                findings.push(node.finding(
                    "duplicate_id",
                    Text::new(format!("编号“{id}”重复"), format!("there is already an indicator \"{id}\"")),
                    Text::new("请换一个编号", "choose another id"),
                ));
            }
        }
        read.check_references(&positions, &mut findings);
        if !findings.is_empty() {
            return Err(findings);
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[u8::from(read.covered_always)]);
        for (indicator, _) in &read.entries {
            hasher.update(indicator.version.as_bytes());
        }
        let indicators = read.entries.into_iter().map(|(indicator, _)| indicator).collect();
        let version = hasher.finalize().to_hex()[..16].to_owned();
        Ok(Catalog {
            indicators,
            positions,
            version,
            covered_always: read.covered_always,
            calendar: None,
            supply: Arc::default(),
            segments: Arc::default(),
            grouping: None,
        })
    }

    /// Every indicator, in the order of the files.
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// The indicator with an id.
    pub fn get(&self, id: &str) -> Option<&Indicator> {
        self.position(id).map(|position| &self.indicators[position])
    }

    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.positions.get(id).copied()
    }

    /// Hash of what the definitions mean: equal versions give equal frames. Layout, comments and wording do not count.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether every source counts as having delivered always (`covered = "always"`): no window is too early, nothing
    /// is not connected.
    pub fn is_covered_always(&self) -> bool {
        self.covered_always
    }

    /// The catalogue with the firm's own calendar of working days in place of mainland China's.
    pub fn with_calendar(self, calendar: WorkCalendar) -> Catalog {
        Catalog { calendar: Some(Arc::new(calendar)), ..self }
    }

    /// The catalogue, told where sources failed to deliver: what they starve has no number.
    pub fn with_supply(self, supply: Arc<Supply>) -> Catalog {
        Catalog { supply, ..self }
    }

    /// The catalogue, told which segments there are: conditions that are read with it may name them.
    pub fn with_segments(self, segments: Vec<String>) -> Catalog {
        Catalog { segments: segments.into(), ..self }
    }

    /// The catalogue, told how to find out who is in which segment and tier: without it, whoever is compared within one
    /// has no peers.
    pub fn with_grouping(self, grouping: Arc<dyn Grouping>) -> Catalog {
        Catalog { grouping: Some(grouping), ..self }
    }

    /// The segments and tiers within which indicators compare, with the ids of those that do: what
    /// [`Catalog::with_grouping`] is needed for.
    pub fn within(&self) -> Vec<(&str, &Within)> {
        let told = |one: &'_ Indicator| matches!(one.within(), Some(Within::Segments(_) | Within::Tier));
        let asks = self.indicators.iter().filter(|one| told(one));
        asks.filter_map(|one| Some((one.id.as_str(), one.within()?))).collect()
    }

    pub(crate) fn grouping(&self) -> Option<&dyn Grouping> {
        self.grouping.as_deref()
    }

    /// The segments that a condition may name.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    pub(crate) fn supply(&self) -> &Supply {
        &self.supply
    }

    /// The indicators that have no number at a moment because a source failed to deliver, each with the outage.
    pub fn starved<'a>(&'a self, supply: &'a Supply, as_of: AsOf, zone: &Zone) -> Vec<(&'a Indicator, &'a Outage)> {
        let mut starved: Vec<(&Indicator, &Outage)> = Vec::new();
        for indicator in &self.indicators {
            let own = indicator
                .measured()
                .and_then(|measured| supply.starves(measured, &bounds(measured, as_of, zone), as_of));
            starved.extend(own.map(|outage| (indicator, outage)));
        }
        // A formula has no number where a part of it has none; parts may be formulas.
        loop {
            let is_known = |id: &str| starved.iter().find(|(one, _)| one.id == id).map(|(_, outage)| *outage);
            let fed = self.indicators.iter().filter(|one| is_known(&one.id).is_none()).find_map(|one| {
                let parts = one.formula()?.indicators();
                parts.into_iter().find_map(is_known).map(|outage| (one, outage))
            });
            match fed {
                Some(found) => starved.push(found),
                None => return starved,
            }
        }
    }

    /// Whether any indicator puts customers against each other.
    pub fn compares_peers(&self) -> bool {
        let compares = self.indicators.iter().filter_map(|one| one.measured()?.compare.as_ref());
        compares.into_iter().any(|compare| matches!(compare.with, With::Peers { .. }))
    }

    /// Whether any indicator needs to see the facts of everybody to tell about one.
    pub fn looks_across(&self) -> bool {
        self.indicators.iter().any(Indicator::looks_across)
    }

    /// Whether any indicator needs more of the others than their figures: what they have in common, or their facts.
    pub(crate) fn needs_others(&self) -> bool {
        let compares = self.indicators.iter().filter_map(|one| one.measured()?.compare.as_ref());
        let needs = |with: &With| matches!(with, With::Peers { within: Some(_), .. } | With::OwnAndPeers { .. });
        compares.into_iter().any(|compare| needs(&compare.with))
    }

    /// The calendar by which working days are counted.
    pub(crate) fn calendar(&self, zone: &Zone) -> Arc<WorkCalendar> {
        self.calendar.clone().unwrap_or_else(|| Arc::new(WorkCalendar::standard(zone.clone())))
    }

    /// What a reader should be told beside figures that count working days: the holidays of the moment's year are not
    /// in the calendar, so only weekends were left out.
    pub fn doubt(&self, as_of: AsOf, zone: &Zone) -> Option<Text> {
        let counts = self.indicators.iter().filter_map(Indicator::measured).any(|measured| measured.working);
        if counts { self.calendar(zone).doubt(as_of.instant()) } else { None }
    }

    /// What a frame of facts must hold: every kind, since a customer is one of whom anything is known, and the
    /// properties that definitions name.
    pub fn want(&self) -> Want {
        let mut properties: Vec<String> = Vec::new();
        let mut text = false;
        for measured in self.indicators.iter().filter_map(Indicator::measured) {
            for selector in measured.selectors() {
                properties.extend(selector.properties().map(str::to_owned));
                text |= selector.reads_text();
            }
            if let Measure::DistinctValues { property } | Measure::DaysUntil { property } = &measured.measure {
                properties.push(property.clone());
            }
            properties.extend(measured.number.clone());
        }
        properties.extend(self.indicators.iter().filter_map(|one| match one.within()? {
            Within::Trait(property) => Some(property.clone()),
            Within::Segments(_) | Within::Tier => None,
        }));
        if let Some(grouping) = self.grouping().filter(|_| !self.within().is_empty()) {
            let want = grouping.want();
            properties.extend(want.properties);
            text |= want.text;
        }
        properties.sort_unstable();
        properties.dedup();
        Want { properties, text, ..Want::default() }
    }

    /// The same for these moments alone: facts in parts need not hold what no window at any of them looks at.
    pub fn want_at(&self, moments: &[AsOf], zone: &Zone) -> Want {
        Want { bearing: crate::plan::bearing(self, moments, zone), ..self.want() }
    }

    /// The catalogue cut down to some indicators and those that their formulas need, in the order of the catalogue;
    /// ids it does not have are ignored.
    pub fn only(&self, ids: &[&str]) -> Catalog {
        let mut wanted = vec![false; self.indicators.len()];
        let mut open: Vec<usize> = ids.iter().filter_map(|id| self.position(id)).collect();
        while let Some(position) = open.pop() {
            if !std::mem::replace(&mut wanted[position], true) {
                let needs = self.indicators[position].formula().map(Formula::indicators).unwrap_or_default();
                open.extend(needs.into_iter().filter_map(|id| self.position(id)));
            }
        }
        let kept = self.indicators.iter().zip(&wanted).filter(|(_, wanted)| **wanted);
        let indicators: Vec<Indicator> = kept.map(|(indicator, _)| indicator.clone()).collect();
        let positions = indicators.iter().enumerate().map(|(at, indicator)| (indicator.id.clone(), at)).collect();
        Catalog { indicators, positions, ..self.clone() }
    }

    /// The catalogue without what must see everybody to tell about one, and without the formulas that need that: quick to
    /// answer for one customer at many moments.
    pub fn without_looking_across(&self) -> Catalog {
        self.without(&Indicator::looks_across)
    }

    /// The catalogue without places among those who have something in common, and without the formulas that need one: what
    /// models learn from. Such a place moves when others move, so that nobody can say what of their own would change it;
    /// the figure that it is a place of stands beside it.
    pub fn without_places_within(&self) -> Catalog {
        self.without(&|one| one.within().is_some())
    }

    fn without(&self, is_out: &dyn Fn(&Indicator) -> bool) -> Catalog {
        let mut kept: Vec<&str> = Vec::new();
        // Formulas stand anywhere; each round admits those whose parts were admitted before it.
        loop {
            let is_kept = |id: &str| kept.contains(&id);
            let fits = |one: &&Indicator| {
                !is_kept(&one.id)
                    && match one.formula() {
                        Some(formula) => formula.indicators().into_iter().all(is_kept),
                        None => !is_out(one),
                    }
            };
            let more: Vec<&str> = self.indicators.iter().filter(fits).map(|one| one.id.as_str()).collect();
            if more.is_empty() {
                break self.only(&kept);
            }
            kept.extend(more);
        }
    }

    /// The catalogue with indicators that answer what conditions count ([`crate::Condition::counts`]), each under the
    /// text of its question. Other quantities, and those it has already, are ignored.
    pub fn with_counts<'q>(&self, asked: impl IntoIterator<Item = &'q Quantity>) -> Catalog {
        let mut catalog = self.clone();
        for quantity in asked {
            let Quantity::Count { kind, name, within_days } = quantity else { continue };
            let id = quantity.to_string();
            if catalog.positions.contains_key(&id) {
                continue;
            }
            let (words, unit) = quantity.words(self);
            let measured = Measured {
                of: Selector::new(*kind, &name.iter().map(String::as_str).collect::<Vec<_>>()),
                measure: Measure::Count,
                number: None,
                reach: Reach::Trailing(Window::Days(*within_days)),
                since: None,
                offset: None,
                working: false,
                compare: None,
            };
            catalog.positions.insert(id.clone(), catalog.indicators.len());
            catalog.indicators.push(Indicator {
                version: id.clone(),
                id,
                name: words.clone(),
                question: words,
                category: "event".to_owned(),
                census: Vec::new(),
                figure: Figure::Facts(Box::new(measured)),
                unit,
                worse: Worse::None,
                when_absent: WhenAbsent::Zero,
                reason: None,
                reason_zero: None,
                reason_negative: None,
            });
        }
        catalog
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
