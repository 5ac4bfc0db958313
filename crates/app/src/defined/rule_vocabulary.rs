//! What the conditions of rules may name here: numbers with their unit, direction and usual range, bands, traits with the
//! values that were seen, segments, tags, tiers, and facts that can be counted.

use std::collections::{BTreeMap, BTreeSet};

use indicators::{Indicator, MOST_DAYS, Sorting, TraitFrame, trait_word, unit_word};
use vocab::{Band, Instant, Kind, Severity};

use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::view::{RuleQuantity, RuleTrait, RuleVocabulary, RuleWord, SegmentName, Words};
use crate::{App, Reader, blocking};

/// Customers whose numbers tell the usual range.
const ASKED: usize = 4_000;
/// Values of a trait that are named.
const NAMED: usize = 50;
/// A trait with as many values as customers, such as a phone number, is told without them.
const TOO_MANY: usize = 500;

impl App {
    /// What conditions may name, with ranges and values among the customers that the reader sees.
    pub async fn rule_vocabulary(&self, reader: &Reader, now: Instant) -> Result<RuleVocabulary, Error> {
        let template = self.working_firm().await?.template;
        let snapshot = self.snapshot(None, now).await?;
        let told = self.indicator_vocabulary().await?;
        let tags = self.store().tags(&reader.scope, None).await?;
        let tags: BTreeSet<String> = tags.into_iter().map(|record| record.tag).collect();
        let reported: Vec<String> = self.reported_traits().await?;
        let policy = self.policy_in_use(&template);
        let causes: BTreeSet<String> = policy.rules.iter().map(|rule| rule.cause.clone()).collect();
        let segments = self.definitions().segments.get(&template);
        let segment =
            |segment: &scores::Segment| SegmentName { id: segment.id.clone(), name: Words::from(&segment.name) };
        let segments = segments.into_iter().flat_map(|book| book.segments.iter().map(segment)).collect();
        let (app, scope) = (self.clone(), reader.scope.clone());
        let (quantities, traits) = blocking(move || {
            let seen: Vec<usize> =
                (0..snapshot.customers().len()).filter(|place| snapshot.admits(&scope, *place)).collect();
            let quantities = quantities(&snapshot, &seen, app.definitions().catalog.indicators());
            let mut keys: Vec<String> = app.definitions().traits.clone();
            keys.extend(policy.traits().into_iter().map(str::to_owned));
            Ok((quantities, traits(&snapshot, &seen, keys, &reported)))
        })
        .await?;
        Ok(RuleVocabulary {
            quantities,
            bands: Band::ALL.iter().rev().map(|band| word(band.as_str(), band_name(*band))).collect(),
            traits,
            segments,
            tags: tags.into_iter().collect(),
            tiers: fixed(Sorting::Tier),
            rfm: fixed(Sorting::Rfm),
            events: told.names.into_iter().filter(|name| name.kind != Kind::Trait.as_str()).collect(),
            causes: causes.into_iter().collect(),
            severities: Severity::ALL.iter().rev().map(|one| word(one.as_str(), severity_name(*one))).collect(),
            most_days: MOST_DAYS,
        })
    }

    /// Traits of which sources told lately.
    pub(crate) async fn reported_traits(&self) -> Result<Vec<String>, Error> {
        let mut keys = BTreeSet::new();
        for source in self.source_reports().await? {
            for name in source.names.into_iter().filter(|name| name.kind == Kind::Trait.as_str()) {
                keys.extend(name.fields.into_iter().map(|field| field.field));
            }
        }
        Ok(keys.into_iter().filter(|key| key != "value" && key != "customer").collect())
    }
}

fn word(id: &str, (zh, en): (&str, &str)) -> RuleWord {
    RuleWord { id: id.to_owned(), name: Words::new(zh, en) }
}

fn fixed(sorting: Sorting) -> Vec<RuleWord> {
    sorting.fixed().iter().map(|(id, zh, en)| word(id, (*zh, *en))).collect()
}

fn band_name(band: Band) -> (&'static str, &'static str) {
    match band {
        Band::Low => ("低", "Low"),
        Band::Medium => ("中", "Medium"),
        Band::High => ("高", "High"),
        Band::Critical => ("极高", "Critical"),
    }
}

fn severity_name(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Info => ("提示", "Info"),
        Severity::Warning => ("警告", "Warning"),
        Severity::Urgent => ("紧急", "Urgent"),
    }
}

fn quantities(snapshot: &Snapshot, seen: &[usize], indicators: &[Indicator]) -> Vec<RuleQuantity> {
    let each = indicators.iter().map(|indicator| {
        let column = snapshot.indicators.column(&indicator.id).unwrap_or_default();
        let numbers = |place: &usize| column.get(*place).and_then(|cell| cell.known());
        let (known, quartiles) = range(seen, numbers);
        RuleQuantity {
            id: indicator.id.clone(),
            name: Words::from(&indicator.name),
            question: Words::from(&indicator.question),
            category: indicator.category.clone(),
            unit: indicator.unit.clone(),
            unit_word: Words::from(unit_word(&indicator.unit)),
            worse: indicator.worse.as_str().to_owned(),
            known,
            quartiles,
        }
    });
    let health = |place: &usize| snapshot.score(*place).and_then(|score| score.health).map(|health| health.points());
    let change = |place: &usize| Some(health(place)? - snapshot.health_week_ago(*place)?);
    let of_health = |id: &str, name: (&str, &str), question: (&str, &str), range: (u64, Vec<f64>)| RuleQuantity {
        id: id.to_owned(),
        name: Words::new(name.0, name.1),
        question: Words::new(question.0, question.1),
        category: "health".to_owned(),
        unit: "point".to_owned(),
        unit_word: Words::from(unit_word("point")),
        worse: "lower".to_owned(),
        known: range.0,
        quartiles: range.1,
    };
    let healths = [
        of_health(
            "health",
            ("健康分", "Health"),
            ("这位客户现在怎么样？", "How is this customer doing?"),
            range(seen, health),
        ),
        of_health(
            "health_change_7d",
            ("健康分一周变化", "Health change in a week"),
            ("这一周变好还是变差？", "Better or worse within a week?"),
            range(seen, change),
        ),
    ];
    each.chain(healths).collect()
}

/// How many numbers are known, and their least, quartiles and most, told by some thousands of them at most.
fn range(seen: &[usize], number: impl Fn(&usize) -> Option<f64>) -> (u64, Vec<f64>) {
    let known = seen.iter().filter(|place| number(place).is_some()).count() as u64;
    let every = seen.len().div_ceil(ASKED).max(1);
    let mut numbers: Vec<f64> = seen.iter().step_by(every).filter_map(number).collect();
    numbers.sort_by(f64::total_cmp);
    match numbers.len().checked_sub(1) {
        Some(last) => (known, [0, 1, 2, 3, 4].map(|quarter| numbers[last * quarter / 4]).to_vec()),
        None => (known, Vec::new()),
    }
}

/// Traits that the lists hold, with their values; and those that sources told of, without.
fn traits(snapshot: &Snapshot, seen: &[usize], mut keys: Vec<String>, reported: &[String]) -> Vec<RuleTrait> {
    keys.sort_unstable();
    keys.dedup();
    let asked: Vec<&str> = keys.iter().map(String::as_str).collect();
    let frame = TraitFrame::of(snapshot.frame(), snapshot.customers(), &asked, snapshot.as_of);
    let told = |key: &&str| {
        let mut values: BTreeMap<&str, u64> = BTreeMap::new();
        for value in seen.iter().filter_map(|place| frame.said(*place, key).flatten()) {
            *values.entry(value).or_default() += 1;
        }
        let known = values.values().sum();
        let mut values: Vec<(&str, u64)> = values.into_iter().collect();
        if values.len() > TOO_MANY {
            values.clear();
        }
        values.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let values = values.into_iter().take(NAMED).map(|(value, _)| value.to_owned()).collect();
        RuleTrait { key: (*key).to_owned(), name: Words::from(trait_word(key)), values, known }
    };
    let untold = reported.iter().filter(|key| !keys.contains(key)).map(|key| RuleTrait {
        key: key.clone(),
        name: Words::from(trait_word(key)),
        values: Vec::new(),
        known: 0,
    });
    asked.iter().map(told).chain(untold).collect()
}
