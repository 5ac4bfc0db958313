//! The scorecard: what counts towards health, and how much.

use std::sync::Arc;

use indicators::Catalog;
use indicators::definition::{Fields, Node};
use vocab::{Band, Finding, Health, Text};

use crate::curve::Curve;

/// A scorecard, checked against a catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreBook {
    /// What `--scorecard` calls it.
    pub id: String,
    /// What screens call it.
    pub name: Text,
    /// What it is for, in a sentence.
    pub about: Text,
    /// Hash of the scorecard and of the indicators it reads: equal versions give equal scores.
    pub version: String,
    /// Health of a typical customer, from which contributions count.
    pub base: Health,
    /// From which health on a customer is in a band: best first, floors falling, the last at 0.
    pub bands: Vec<(Band, Health)>,
    /// Share of the weight that must be known, 0 to 1; with less there is no health.
    pub min_coverage: f64,
    /// The indicator that says what a customer is worth.
    pub value: Option<String>,
    /// What counts, in groups.
    pub dimensions: Vec<Dimension>,
}

/// A group of measures with a common weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// What contributions call it.
    pub id: Arc<str>,
    /// What screens call it.
    pub name: Text,
    /// Weight among the dimensions; only the proportions count.
    pub weight: f64,
    /// What counts.
    pub measures: Vec<Measure>,
}

/// One indicator on the scorecard.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// The indicator's id.
    pub indicator: Arc<str>,
    /// Weight within the dimension; only the proportions count.
    pub weight: f64,
    /// Points the indicator's number earns.
    pub curve: Curve,
    /// What to say when it drags health down; else what the indicator says.
    pub reason: Option<Text>,
}

impl ScoreBook {
    /// Reads a scorecard.
    ///
    /// # Errors
    /// Everything that is wrong with it, with file, line and column: TOML that cannot be read, unknown keys, missing
    /// fields, an indicator that is not in the catalogue or stands twice, floors out of order, weights that are not
    /// positive, curves that go back.
    pub fn parse(file: &str, text: &str, catalog: &Catalog) -> Result<ScoreBook, Vec<Finding>> {
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

    /// The band of a health.
    pub fn band(&self, health: Health) -> Band {
        self.bands.iter().find(|(_, floor)| health >= *floor).map_or(Band::Critical, |(band, _)| *band)
    }

    /// Every measure with its dimension and its share of the whole weight (the shares sum to 1).
    pub fn measures(&self) -> impl Iterator<Item = (&Dimension, &Measure, f64)> {
        let whole: f64 = self.dimensions.iter().map(|dimension| dimension.weight).sum();
        self.dimensions.iter().flat_map(move |dimension| {
            let within: f64 = dimension.measures.iter().map(|measure| measure.weight).sum();
            let share = move |measure: &Measure| dimension.weight / whole * (measure.weight / within);
            dimension.measures.iter().map(move |measure| (dimension, measure, share(measure)))
        })
    }

    /// The indicators it reads, the value's included.
    pub fn indicators(&self) -> Vec<&str> {
        let measures = self.dimensions.iter().flat_map(|dimension| &dimension.measures);
        measures.map(|measure| &*measure.indicator).chain(self.value.as_deref()).collect()
    }

    /// The sentence template for an indicator that stands on this scorecard, if it has its own.
    pub fn reason_of(&self, indicator: &str) -> Option<&Text> {
        let mut measures = self.dimensions.iter().flat_map(|dimension| &dimension.measures);
        measures.find(|measure| &*measure.indicator == indicator)?.reason.as_ref()
    }
}

const KEYS: &[&str] = &["id", "name", "about", "base", "bands", "min_coverage", "value", "dimension"];

fn read_book(root: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<ScoreBook> {
    let mut fields = root.fields(KEYS, findings)?;
    let id = fields.id("id");
    let name = fields.both("name");
    let about = fields.both("about");
    let base = read_health(&mut fields, "base");
    let bands = fields.required("bands").and_then(|node| read_bands(node, fields.findings));
    let min_coverage = within(&mut fields, "min_coverage", 0.0, 1.0);
    let value = fields.optional_text("value");
    if let (Some(value), Some(node)) = (&value, fields.optional("value")) {
        catalog.check_reference(value, node, fields.findings);
    }
    let dimensions = fields.required("dimension").and_then(|node| read_dimensions(node, catalog, fields.findings));
    Some(ScoreBook {
        id: id?,
        name: name?,
        about: about?,
        version: String::new(),
        base: base?,
        bands: bands?,
        min_coverage: min_coverage?,
        value,
        dimensions: dimensions?,
    })
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

fn read_bands(node: &Node, findings: &mut Vec<Finding>) -> Option<Vec<(Band, Health)>> {
    let mut fields = node.fields(&["low", "medium", "high"], findings)?;
    let low = read_health(&mut fields, "low");
    let medium = read_health(&mut fields, "medium");
    let high = read_health(&mut fields, "high");
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
    Some(vec![(Band::Low, low), (Band::Medium, medium), (Band::High, high), (Band::Critical, critical)])
}

fn read_dimensions(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Vec<Dimension>> {
    let Some(items) = node.as_list().filter(|items| !items.is_empty()) else {
        findings.push(node.wrong_type(Text::new("列表 [[dimension]]", "a list, [[dimension]]")));
        return None;
    };
    let mut seen: Vec<Arc<str>> = Vec::new();
    let mut dimensions = Vec::new();
    for item in items {
        let dimension = read_dimension(item, catalog, &mut seen, findings);
        dimensions.push(dimension);
    }
    dimensions.into_iter().collect()
}

fn read_dimension(
    node: &Node,
    catalog: &Catalog,
    seen: &mut Vec<Arc<str>>,
    findings: &mut Vec<Finding>,
) -> Option<Dimension> {
    let mut fields = node.fields(&["id", "name", "weight", "measure"], findings)?;
    let id = fields.id("id");
    let name = fields.both("name");
    let weight = read_weight(&mut fields);
    let list = fields.required("measure")?;
    let Some(items) = list.as_list().filter(|items| !items.is_empty()) else {
        fields.findings.push(list.wrong_type(Text::new("列表 [[dimension.measure]]", "a list, [[dimension.measure]]")));
        return None;
    };
    let measures: Vec<Option<Measure>> =
        items.iter().map(|item| read_measure(item, catalog, seen, fields.findings)).collect();
    Some(Dimension {
        id: Arc::from(id?),
        name: name?,
        weight: weight?,
        measures: measures.into_iter().collect::<Option<Vec<_>>>()?,
    })
}

fn read_measure(
    node: &Node,
    catalog: &Catalog,
    seen: &mut Vec<Arc<str>>,
    findings: &mut Vec<Finding>,
) -> Option<Measure> {
    let mut fields = node.fields(&["indicator", "weight", "curve", "reason"], findings)?;
    let indicator: Option<Arc<str>> = fields.text("indicator").map(Arc::from);
    let weight = read_weight(&mut fields);
    let curve = fields.required("curve").and_then(|curve| Curve::read(curve, fields.findings));
    let reason = fields.optional_both("reason");
    for id in reason.iter().flat_map(|reason| indicators::names(reason)) {
        catalog.check_reference(id, node.get("reason").unwrap_or(node), findings);
    }
    let indicator = indicator?;
    let at = node.get("indicator").unwrap_or(node);
    if seen.contains(&indicator) {
        findings.push(at.finding(
            "duplicate_id",
            Text::new(format!("指标“{indicator}”重复计分"), format!("\"{indicator}\" is counted twice")),
            Text::default(),
        ));
        return None;
    }
    seen.push(Arc::clone(&indicator));
    catalog.check_reference(&indicator, at, findings).then_some(Measure {
        indicator,
        weight: weight?,
        curve: curve?,
        reason,
    })
}

fn read_weight(fields: &mut Fields<'_, '_>) -> Option<f64> {
    within(fields, "weight", f64::MIN_POSITIVE, 1e9)
}
