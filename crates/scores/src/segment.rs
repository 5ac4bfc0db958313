//! The segment book: named segments, where the tiers of value are cut, and what recency, frequency and monetary value
//! are here.
//!
//! Read from definition files and checked against a catalogue. Who belongs where at a moment is worked out by
//! [`crate::sort`]; what a customer is worth is said by the scorecard.

use indicators::definition::{Fields, Node};
use indicators::{Catalog, Condition, Quantity, Sorting};
use vocab::{Finding, Text};

use crate::sort::{RfmCuts, TierCuts};

/// Share of customers in the top tier, and in the upper two, where a book says nothing else.
const USUAL_SHARES: (f64, f64) = (0.2, 0.5);

/// The segments of a deployment, with its tiers and its RFM.
///
/// ```toml
/// [value]
/// tiers = { by = "share", high = 0.2, middle = 0.5 }        # or by = "amount", high = 100000, middle = 20000
///
/// [rfm]
/// recency   = "days_since_order"
/// frequency = "orders_365d"
/// monetary  = "amount_365d"
/// cuts      = { by = "share", recency = 0.5, frequency = 0.5, monetary = 0.5 }   # or by = "fixed", recency = 60, …
///
/// [[segment]]
/// id     = "silent_valued"
/// census = "SEG-06"
/// name   = { zh = "高价值沉默客户", en = "Valued and silent" }
/// about  = { zh = "买得多，最近没来。", en = "Spends much, has not come lately." }
/// when   = { all = [{ tier = "high" }, { of = "days_since_order", is = ">", than = 60 }] }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentBook {
    /// Every segment, in the order of the files.
    pub segments: Vec<Segment>,
    /// Where the tiers of value are cut.
    pub tiers: TierPlan,
    /// What recency, frequency and monetary value are; `None` where a deployment has none.
    pub rfm: Option<RfmPlan>,
    /// Hash of the files: equal versions sort alike.
    pub version: String,
    /// Places of segments, each after those that it names.
    pub(crate) order: Vec<usize>,
}

/// A named segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// What other definitions call it.
    pub id: String,
    /// What screens call it.
    pub name: Text,
    /// What it is for, in a sentence.
    pub about: Text,
    /// The line of the field's census that it answers to.
    pub census: Option<String>,
    /// Who belongs.
    pub when: Condition,
}

/// Where the tiers of value are cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TierPlan {
    /// So large a share of the customers is in the top tier, and in the upper two together; 0 to 1.
    Share {
        /// Of the top tier.
        high: f64,
        /// Of the top and the middle tier together.
        middle: f64,
    },
    /// From these amounts on.
    Amount {
        /// The top tier.
        high: f64,
        /// The middle tier.
        middle: f64,
    },
}

/// What recency, frequency and monetary value are, and where each is cut in two.
#[derive(Clone, Debug, PartialEq)]
pub struct RfmPlan {
    /// Indicator of recency: the smaller, the more lately.
    pub recency: String,
    /// Indicator of frequency.
    pub frequency: String,
    /// Indicator of monetary value.
    pub monetary: String,
    /// Where they are cut.
    pub cuts: CutPlan,
}

/// Where recency, frequency and monetary value are cut, in this order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CutPlan {
    /// So large a share of the customers counts as lately, often, much; 0 to 1.
    Share([f64; 3]),
    /// At most so long ago, at least so often, at least so much.
    Fixed([f64; 3]),
}

impl SegmentBook {
    /// Reads segment files, given as `(file name, text)`.
    ///
    /// # Errors
    /// Everything that is wrong with them, each with file, line, column and hint: two segments with one id, an indicator,
    /// segment, tier or cell that does not exist, segments that name each other in a circle, cuts that do not fall.
    pub fn parse(files: &[(String, String)], catalog: &Catalog) -> Result<SegmentBook, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut roots = Vec::new();
        let mut sorted: Vec<&(String, String)> = files.iter().collect();
        sorted.sort();
        for (file, text) in &sorted {
            match Node::parse(file, text) {
                Ok(root) => roots.push(root),
                Err(faults) => findings.extend(faults),
            }
        }
        // Segments may name each other, so every id is known before any condition is read.
        let ids = roots.iter().flat_map(ids_of).collect();
        let catalog = catalog.clone().with_segments(ids);
        let mut reading = Reading { catalog: &catalog, findings, entries: Vec::new(), tiers: None, rfm: None };
        roots.iter().for_each(|root| reading.file(root));
        let order = reading.order();
        if !reading.findings.is_empty() {
            return Err(reading.findings);
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(catalog.version().as_bytes());
        sorted.iter().for_each(|(_, text)| {
            hasher.update(text.as_bytes());
        });
        let (high, middle) = USUAL_SHARES;
        Ok(SegmentBook {
            segments: reading.entries.into_iter().map(|(segment, _)| segment).collect(),
            tiers: reading.tiers.unwrap_or(TierPlan::Share { high, middle }),
            rfm: reading.rfm,
            version: hasher.finalize().to_hex()[..16].to_owned(),
            order,
        })
    }

    /// The segment with this id.
    pub fn segment(&self, id: &str) -> Option<&Segment> {
        self.place(id).map(|place| &self.segments[place])
    }

    /// The name of a segment.
    pub fn name(&self, id: &str) -> Option<Text> {
        self.segment(id).map(|segment| segment.name.clone())
    }

    /// Where a segment stands in [`SegmentBook::segments`].
    pub fn place(&self, id: &str) -> Option<usize> {
        self.segments.iter().position(|segment| segment.id == id)
    }

    /// The ids of its segments.
    pub fn ids(&self) -> Vec<String> {
        self.segments.iter().map(|segment| segment.id.clone()).collect()
    }

    /// The indicators that it asks for, each once.
    pub fn indicators(&self) -> Vec<&str> {
        let asked = self.segments.iter().flat_map(|segment| segment.when.quantities());
        let asked = asked.filter_map(Quantity::indicator);
        let rfm = self.rfm.iter().flat_map(|rfm| [&rfm.recency, &rfm.frequency, &rfm.monetary]);
        let mut ids: Vec<&str> = asked.chain(rfm.map(String::as_str)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The traits that it asks about, each once.
    pub fn traits(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.segments.iter().flat_map(|segment| segment.when.traits()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Whether any segment asks how the health changed within a week.
    pub fn asks_health_change(&self) -> bool {
        let mut asked = self.segments.iter().flat_map(|segment| segment.when.quantities());
        asked.any(|quantity| *quantity == Quantity::HealthChange7d)
    }

    /// Whether any segment asks for a tier of value or a cell of RFM, which share everybody out.
    pub fn shares_out(&self) -> bool {
        let mut named = self.segments.iter().flat_map(|segment| segment.when.names());
        named.any(|(sorting, _)| matches!(sorting, Sorting::Tier | Sorting::Rfm))
    }

    /// Whether who belongs to a segment hangs on tags: on its own condition's, or on those of a segment that it names.
    pub fn hangs_on_tags(&self, id: &str) -> bool {
        let Some(segment) = self.segment(id) else { return false };
        segment.when.names().into_iter().any(|(sorting, name)| match sorting {
            Sorting::Tag => true,
            Sorting::Segment => self.hangs_on_tags(name),
            Sorting::Tier | Sorting::Rfm => false,
        })
    }

    /// The same segments where tiers and cells are cut at these amounts, whoever is asked about: for some customers who are
    /// judged by what was cut over everybody.
    ///
    /// # Edges
    /// Without cuts of tiers whoever has a value is of the lowest; without cuts of RFM nobody has a cell.
    pub fn cut_at(&self, tiers: Option<TierCuts>, rfm: Option<RfmCuts>) -> SegmentBook {
        let TierCuts { high, middle } = tiers.unwrap_or(TierCuts { high: f64::INFINITY, middle: f64::INFINITY });
        let cuts = rfm.map(|cuts| CutPlan::Fixed([cuts.recency, cuts.frequency, cuts.monetary]));
        SegmentBook {
            tiers: TierPlan::Amount { high, middle },
            rfm: self.rfm.clone().zip(cuts).map(|(plan, cuts)| RfmPlan { cuts, ..plan }),
            ..self.clone()
        }
    }

    /// Whether any segment asks about tags.
    pub fn asks_tags(&self) -> bool {
        let mut named = self.segments.iter().flat_map(|segment| segment.when.names());
        named.any(|(sorting, _)| sorting == Sorting::Tag)
    }
}

fn ids_of(root: &Node) -> Vec<String> {
    let items = root.get("segment").and_then(Node::as_list).unwrap_or_default();
    items.iter().filter_map(|item| item.get("id")?.as_text()).map(str::to_owned).collect()
}

/// What was read so far.
struct Reading<'c> {
    catalog: &'c Catalog,
    findings: Vec<Finding>,
    entries: Vec<(Segment, Node)>,
    tiers: Option<TierPlan>,
    rfm: Option<RfmPlan>,
}

impl Reading<'_> {
    fn file(&mut self, root: &Node) {
        if root.fields(&["value", "rfm", "segment"], &mut self.findings).is_none() {
            return;
        }
        if let Some(node) = root.get("value") {
            self.once(self.tiers.is_some(), node);
            self.tiers = read_value(node, &mut self.findings).or(self.tiers);
        }
        if let Some(node) = root.get("rfm") {
            self.once(self.rfm.is_some(), node);
            self.rfm = read_rfm(node, self.catalog, &mut self.findings).or(self.rfm.take());
        }
        let Some(list) = root.get("segment") else { return };
        let Some(items) = list.as_list() else {
            self.findings.push(list.wrong_type(Text::new("[[segment]] 的列表", "a list of [[segment]]")));
            return;
        };
        for item in items {
            let Some(segment) = read_segment(item, self.catalog, &mut self.findings) else { continue };
            if self.entries.iter().any(|(known, _)| known.id == segment.id) {
                let id = &segment.id;
                self.findings.push(item.finding(
                    "duplicate_id",
                    Text::new(format!("分群编号“{id}”重复"), format!("two segments are called \"{id}\"")),
                    Text::new("每个分群一个编号", "give each segment its own id"),
                ));
            }
            self.entries.push((segment, item.clone()));
        }
    }

    fn once(&mut self, is_second: bool, node: &Node) {
        if is_second {
            self.findings.push(node.finding(
                "duplicate_id",
                Text::new("只能写一次", "said twice"),
                Text::new("留下一处", "leave one of them"),
            ));
        }
    }

    /// Places of segments, each after those that it names; a circle is complained about.
    fn order(&mut self) -> Vec<usize> {
        let mut order: Vec<usize> = Vec::new();
        let needs = |place: usize| -> Vec<&str> {
            let names = self.entries[place].0.when.names().into_iter();
            names.filter(|(sorting, _)| *sorting == Sorting::Segment).map(|(_, id)| id).collect()
        };
        loop {
            let is_ready = |place: &usize| {
                let done = |id: &str| order.iter().any(|one| self.entries[*one].0.id == id);
                !order.contains(place) && needs(*place).into_iter().all(done)
            };
            let ready: Vec<usize> = (0..self.entries.len()).filter(is_ready).collect();
            if ready.is_empty() {
                break;
            }
            order.extend(ready);
        }
        let left = (0..self.entries.len()).find(|place| !order.contains(place));
        // While anything else is wrong, a segment may be missing that others wait for.
        if let Some(place) = left.filter(|_| self.findings.is_empty()) {
            let (segment, node) = &self.entries[place];
            self.findings.push(node.finding(
                "circle",
                Text::new(
                    format!("分群“{}”绕了一圈又回到自己", segment.id),
                    format!("segment \"{}\" leads back to itself, or names one that does", segment.id),
                ),
                Text::new("去掉其中一处引用", "remove one of the references"),
            ));
        }
        order
    }
}

fn read_segment(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Segment> {
    let mut fields = node.fields(&["id", "census", "name", "about", "when"], findings)?;
    // Every field is read before giving up, so that every fault is told.
    let id = fields.id("id");
    let census = fields.optional_text("census");
    let name = fields.both("name");
    let about = fields.both("about");
    let when = fields.required("when").and_then(|when| Condition::read(when, catalog, fields.findings));
    Some(Segment { id: id?, name: name?, about: about?, census, when: when? })
}

fn read_value(node: &Node, findings: &mut Vec<Finding>) -> Option<TierPlan> {
    let mut fields = node.fields(&["tiers"], findings)?;
    let tiers = fields.required("tiers")?;
    let mut fields = tiers.fields(&["by", "high", "middle"], fields.findings)?;
    let by = fields.one_of("by", &[("share", true), ("amount", false)]);
    let (high, middle) = (fields.number("high"), fields.number("middle"));
    let (is_share, high, middle) = (by?, high?, middle?);
    let is_sound = match is_share {
        true => 0.0 < high && high < middle && middle < 1.0,
        false => high > middle && middle > 0.0,
    };
    if !is_sound {
        fields.complain(
            "bad_cuts",
            Text::new("分层线不成立", "these cuts make no tiers"),
            match is_share {
                true => Text::new("0 < high < middle < 1", "0 < high < middle < 1"),
                false => Text::new("high > middle > 0", "high > middle > 0"),
            },
        );
        return None;
    }
    Some(if is_share { TierPlan::Share { high, middle } } else { TierPlan::Amount { high, middle } })
}

fn read_rfm(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<RfmPlan> {
    let mut fields = node.fields(&["recency", "frequency", "monetary", "cuts"], findings)?;
    let recency = read_indicator(&mut fields, "recency", catalog);
    let frequency = read_indicator(&mut fields, "frequency", catalog);
    let monetary = read_indicator(&mut fields, "monetary", catalog);
    let cuts = fields.required("cuts").and_then(|cuts| read_cuts(cuts, fields.findings));
    Some(RfmPlan { recency: recency?, frequency: frequency?, monetary: monetary?, cuts: cuts? })
}

fn read_indicator(fields: &mut Fields<'_, '_>, key: &str, catalog: &Catalog) -> Option<String> {
    let id = fields.text(key)?;
    let node = fields.optional(key)?;
    catalog.check_reference(&id, node, fields.findings).then_some(id)
}

fn read_cuts(node: &Node, findings: &mut Vec<Finding>) -> Option<CutPlan> {
    let mut fields = node.fields(&["by", "recency", "frequency", "monetary"], findings)?;
    let by = fields.one_of("by", &[("share", true), ("fixed", false)]);
    let numbers = ["recency", "frequency", "monetary"].map(|key| fields.number(key));
    let is_share = by?;
    let [recency, frequency, monetary] = numbers;
    let cuts = [recency?, frequency?, monetary?];
    if is_share && !cuts.iter().all(|share| *share > 0.0 && *share < 1.0) {
        fields.complain(
            "bad_cuts",
            Text::new("占比须在 0 和 1 之间", "a share lies between 0 and 1"),
            Text::new("例如 0.5", "for example 0.5"),
        );
        return None;
    }
    Some(if is_share { CutPlan::Share(cuts) } else { CutPlan::Fixed(cuts) })
}
