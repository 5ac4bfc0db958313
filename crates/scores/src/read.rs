//! A scorecard from its file: every fault is told with its place. What the words mean is said in `book`.

use std::sync::Arc;

use indicators::definition::{Fields, Node};
use indicators::{Catalog, Condition, Quantity};
use vocab::{Band, Finding, Health, Text};

use crate::book::{Dimension, Measure, Missing, OnceStale, Own, OwnBy, ScoreBook, Stale};
use crate::curve::Curve;

const KEYS: &[&str] =
    &["id", "name", "about", "for", "base", "bands", "min_coverage", "firm_coverage", "value", "dimension"];
const MEASURE_KEYS: &[&str] = &["indicator", "pulse", "name", "weight", "curve", "own", "missing", "stale", "reason"];
/// Groups within groups within groups: nobody reads a deeper one.
const DEEPEST: usize = 4;
/// From which coverage on a health is called firm where a scorecard does not say.
const FIRM: f64 = 0.6;

/// What is read with, and what was seen already.
struct Reading<'c> {
    catalog: &'c Catalog,
    measures: Vec<Arc<str>>,
    groups: Vec<String>,
}

pub(crate) fn read(file: &str, text: &str, catalog: &Catalog) -> Result<ScoreBook, Vec<Finding>> {
    let root = Node::parse(file, text)?;
    let mut findings = Vec::new();
    let book = read_book(&root, catalog, &mut findings);
    match book {
        Some(mut book) if findings.is_empty() => {
            let mut hasher = blake3::Hasher::new();
            hasher.update(catalog.version().as_bytes());
            hasher.update(text.as_bytes());
            book.version = hasher.finalize().to_hex()[..16].to_owned();
            Ok(book)
        }
        _ => Err(findings),
    }
}

fn read_book(root: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<ScoreBook> {
    let mut fields = root.fields(KEYS, findings)?;
    let id = fields.id("id");
    let name = fields.both("name");
    let about = fields.both("about");
    let applies = fields.optional("for").map(|node| read_for(node, catalog, fields.findings));
    let base = read_health(&mut fields, "base");
    let bands = fields.required("bands").and_then(|node| read_bands(node, fields.findings));
    let min_coverage = within(&mut fields, "min_coverage", 0.0, 1.0);
    let firm_coverage = match fields.optional("firm_coverage") {
        Some(_) => within(&mut fields, "firm_coverage", 0.0, 1.0),
        None => Some(FIRM),
    };
    let value = fields.optional_text("value");
    if let (Some(value), Some(node)) = (&value, fields.optional("value")) {
        catalog.check_reference(value, node, fields.findings);
    }
    let mut reading = Reading { catalog, measures: Vec::new(), groups: Vec::new() };
    let dimensions = fields.required("dimension");
    let dimensions = dimensions.and_then(|node| read_groups(node, "[[dimension]]", 1, &mut reading, fields.findings));
    let (bands, band_words) = bands?;
    Some(ScoreBook {
        id: id?,
        name: name?,
        about: about?,
        version: String::new(),
        applies: match applies {
            Some(condition) => Some(condition?),
            None => None,
        },
        base: base?,
        bands,
        band_words,
        min_coverage: min_coverage?,
        firm_coverage: firm_coverage?,
        value,
        dimensions: dimensions?,
        before: Vec::new(),
    })
}

fn read_for(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Condition> {
    let condition = Condition::read(node, catalog, findings)?;
    if asks_about_health(&condition) {
        findings.push(node.finding(
            "circular_condition",
            Text::new(
                "适用范围不能用健康分或风险等级来定",
                "whom a scorecard is for cannot hang on the health it gives",
            ),
            Text::new("请改用指标", "ask about indicators"),
        ));
        return None;
    }
    Some(condition)
}

fn asks_about_health(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) | Condition::AtLeast(_, parts) => {
            parts.iter().any(asks_about_health)
        }
        Condition::Not(part) => asks_about_health(part),
        Condition::BandIs(_) => true,
        other => other.quantities().iter().any(|one| matches!(one, Quantity::Health | Quantity::HealthChange7d)),
    }
}

/// A number that must be there and lie within bounds.
fn within(fields: &mut Fields<'_, '_>, key: &str, least: f64, most: f64) -> Option<f64> {
    let number = fields.number(key)?;
    if (least..=most).contains(&number) {
        return Some(number);
    }
    if let Some(node) = fields.optional(key) {
        fields.findings.push(node.finding(
            "out_of_range",
            Text::new(format!("“{key}”超出范围：{number}"), format!("\"{key}\" is out of range: {number}")),
            Text::new(format!("应在 {least} 到 {most} 之间"), format!("from {least} to {most}")),
        ));
    }
    None
}

fn read_health(fields: &mut Fields<'_, '_>, key: &str) -> Option<Health> {
    within(fields, key, 0.0, 100.0).map(|points| Health::from_hundredths((points * 100.0).round() as u16))
}

type Bands = (Vec<(Band, Health)>, Vec<(Band, Text)>);

/// `{ low = 70, medium = { from = 50, means = { zh, en } }, high = 30, critical = { means = { zh, en } } }`
fn read_bands(node: &Node, findings: &mut Vec<Finding>) -> Option<Bands> {
    let mut fields = node.fields(&["low", "medium", "high", "critical"], findings)?;
    let mut words = Vec::new();
    let low = read_band(&mut fields, Band::Low, &mut words);
    let medium = read_band(&mut fields, Band::Medium, &mut words);
    let high = read_band(&mut fields, Band::High, &mut words);
    if let Some(node) = fields.optional("critical") {
        let mut inner = node.fields(&["means"], fields.findings)?;
        words.push((Band::Critical, inner.both("means")?));
    }
    let (low, medium, high) = (low?, medium?, high?);
    if !(low > medium && medium > high && high > Health::from_hundredths(0)) {
        fields.complain(
            "bands_out_of_order",
            Text::new("等级线应依次下降", "the floors of the bands must fall"),
            Text::new("low > medium > high > 0", "low > medium > high > 0"),
        );
        return None;
    }
    let critical = Health::from_hundredths(0);
    let floors = vec![(Band::Low, low), (Band::Medium, medium), (Band::High, high), (Band::Critical, critical)];
    Some((floors, words))
}

fn read_band(fields: &mut Fields<'_, '_>, band: Band, words: &mut Vec<(Band, Text)>) -> Option<Health> {
    let Some(node) = fields.optional(band.as_str()).filter(|node| node.type_word() == "table") else {
        return read_health(fields, band.as_str());
    };
    let mut inner = node.fields(&["from", "means"], fields.findings)?;
    let floor = read_health(&mut inner, "from");
    words.extend(inner.optional_both("means").map(|means| (band, means)));
    floor
}

/// What a list of groups is called at its depth.
fn read_groups(
    node: &Node,
    called: &str,
    depth: usize,
    reading: &mut Reading<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Vec<Dimension>> {
    let Some(items) = node.as_list().filter(|items| !items.is_empty()) else {
        findings.push(node.wrong_type(Text::new(format!("列表 {called}"), format!("a list, {called}"))));
        return None;
    };
    let groups: Vec<Option<Dimension>> =
        items.iter().map(|item| read_group(item, called, depth, reading, findings)).collect();
    groups.into_iter().collect()
}

fn read_group(
    node: &Node,
    called: &str,
    depth: usize,
    reading: &mut Reading<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Dimension> {
    let mut fields = node.fields(&["id", "name", "weight", "measure", "group"], findings)?;
    let id = fields.id("id");
    let name = fields.both("name");
    let weight = read_weight(&mut fields);
    let inside = called.trim_matches(|c| c == '[' || c == ']');
    let groups = match fields.optional("group") {
        Some(at) if depth >= DEEPEST => {
            fields.findings.push(at.finding(
                "too_deep",
                Text::new(format!("分组最多 {DEEPEST} 层"), format!("groups go {DEEPEST} deep at most")),
                Text::default(),
            ));
            None
        }
        Some(at) => read_groups(at, &format!("[[{inside}.group]]"), depth + 1, reading, fields.findings),
        None => Some(Vec::new()),
    };
    let measures = match (fields.optional("measure"), fields.optional("group")) {
        (None, Some(_)) => Some(Vec::new()),
        _ => fields.required("measure").and_then(|list| read_measures(list, inside, reading, fields.findings)),
    };
    let id = id?;
    if reading.groups.contains(&id) {
        let at = node.get("id").unwrap_or(node);
        fields.findings.push(at.finding(
            "duplicate_id",
            Text::new(format!("分组“{id}”重复"), format!("there is already a group \"{id}\"")),
            Text::new("请换一个编号", "choose another id"),
        ));
        return None;
    }
    reading.groups.push(id.clone());
    Some(Dimension { id: Arc::from(id), name: name?, weight: weight?, measures: measures?, groups: groups? })
}

fn read_measures(
    list: &Node,
    inside: &str,
    reading: &mut Reading<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Vec<Measure>> {
    let Some(items) = list.as_list().filter(|items| !items.is_empty()) else {
        let called = format!("[[{inside}.measure]]");
        findings.push(list.wrong_type(Text::new(format!("列表 {called}"), format!("a list, {called}"))));
        return None;
    };
    let measures: Vec<Option<Measure>> = items.iter().map(|item| read_measure(item, reading, findings)).collect();
    measures.into_iter().collect()
}

fn read_measure(node: &Node, reading: &mut Reading<'_>, findings: &mut Vec<Finding>) -> Option<Measure> {
    let catalog = reading.catalog;
    let mut fields = node.fields(MEASURE_KEYS, findings)?;
    let by_people = fields.optional("pulse").is_some();
    let indicator: Option<Arc<str>> = match by_people {
        true => fields.id("pulse").map(Arc::from),
        false => fields.text("indicator").map(Arc::from),
    };
    let manual = if by_people { Some(fields.both("name")) } else { None };
    let weight = read_weight(&mut fields);
    let curve = fields.required("curve").and_then(|curve| Curve::read(curve, fields.findings));
    let own = fields.optional("own").map(|node| read_own(node, catalog, fields.findings));
    let missing = fields.optional_one_of("missing", MISSING).unwrap_or_default();
    let stale = fields.optional("stale").map(|node| read_stale(node, by_people, catalog, fields.findings));
    let reason = fields.optional_both("reason");
    for id in reason.iter().flat_map(|reason| indicators::names(reason)) {
        catalog.check_reference(id, node.get("reason").unwrap_or(node), findings);
    }
    let indicator = indicator?;
    let at = node.get(if by_people { "pulse" } else { "indicator" }).unwrap_or(node);
    if reading.measures.contains(&indicator) || (by_people && catalog.get(&indicator).is_some()) {
        findings.push(at.finding(
            "duplicate_id",
            Text::new(format!("指标“{indicator}”重复计分"), format!("\"{indicator}\" is counted twice")),
            Text::default(),
        ));
        return None;
    }
    reading.measures.push(Arc::clone(&indicator));
    if !by_people && !catalog.check_reference(&indicator, at, findings) {
        return None;
    }
    Some(Measure {
        indicator,
        manual: match manual {
            Some(name) => Some(name?),
            None => None,
        },
        weight: weight?,
        curve: curve?,
        own: match own {
            Some(own) => Some(own?),
            None => None,
        },
        missing,
        stale: match stale {
            Some(stale) => Some(stale?),
            None => None,
        },
        reason,
    })
}

const MISSING: &[(&str, Missing)] =
    &[("leave_out", Missing::LeaveOut), ("poor", Missing::Poor), ("neutral", Missing::Neutral)];

/// `{ usual = "login_days_90d", by = "ratio" }`
fn read_own(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Own> {
    let mut fields = node.fields(&["usual", "by"], findings)?;
    let usual = fields.text("usual");
    let by = fields.one_of("by", &[("ratio", OwnBy::Ratio), ("difference", OwnBy::Difference)]);
    let usual = usual?;
    catalog.check_reference(&usual, node.get("usual").unwrap_or(node), fields.findings).then_some(())?;
    Some(Own { usual: Arc::from(usual), by: by? })
}

/// `{ by = "days_since_nps", after = 90, then = "fade", over = 90 }`
fn read_stale(node: &Node, by_people: bool, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Stale> {
    let mut fields = node.fields(&["by", "after", "then", "over"], findings)?;
    let age = if by_people { None } else { fields.text("by") };
    let after_days = within(&mut fields, "after", 0.0, 100_000.0);
    let then = fields.one_of("then", &[("fade", 0), ("leave_out", 1), ("poor", 2)]);
    let then = match then? {
        0 => OnceStale::Fade { over_days: within(&mut fields, "over", f64::MIN_POSITIVE, 100_000.0)? },
        1 => OnceStale::LeaveOut,
        _ => OnceStale::Poor,
    };
    let age = match age {
        Some(id) => {
            catalog.check_reference(&id, node.get("by").unwrap_or(node), fields.findings).then_some(())?;
            Some(Arc::from(id))
        }
        None if by_people => None,
        None => return None,
    };
    Some(Stale { age, after_days: after_days?, then })
}

fn read_weight(fields: &mut Fields<'_, '_>) -> Option<f64> {
    within(fields, "weight", f64::MIN_POSITIVE, 1e9)
}
