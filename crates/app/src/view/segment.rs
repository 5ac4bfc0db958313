//! Segments, tiers of value, RFM and tags.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CustomerRow, Words};

/// A segment by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentName {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Words,
}

/// A tag of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerTag {
    /// The tag.
    pub tag: String,
    /// Since when.
    pub at: String,
    /// Who put it on.
    pub by: String,
}

/// A segment with its members counted among the customers whom the reader sees and who have not left.
///
/// `count + unknown_count + outside_count` is all of them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SegmentRow {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Words,
    /// What it is for.
    pub about: Words,
    /// Who belongs, in words.
    pub sentence: Words,
    /// Members.
    pub count: u64,
    /// Of whom too little is known to tell.
    pub unknown_count: u64,
    /// Who surely do not belong.
    pub outside_count: u64,
    /// Value of the members where it is known, in the firm's currency.
    pub value_sum: f64,
    /// Members whose band is high or critical.
    pub at_risk_count: u64,
}

/// A tier of value.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TierRow {
    /// `high`, `middle`, `low`, or `unknown`.
    pub tier: String,
    /// Name.
    pub name: Words,
    /// From which value on; absent for the lowest, for `unknown`, and where there are no cuts.
    pub from: Option<f64>,
    /// Customers.
    pub count: u64,
    /// Their value, in the firm's currency.
    pub value_sum: f64,
    /// Of these, in a high or critical band.
    pub at_risk_count: u64,
}

/// A cell of value against risk.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ValueRiskCell {
    /// `high`, `middle`, `low`, `unknown`.
    pub tier: String,
    /// `critical`, `high`, `medium`, `low`, `unknown`.
    pub band: String,
    /// Customers.
    pub count: u64,
    /// Their value, in the firm's currency.
    pub value_sum: f64,
}

/// Segments, tiers of value, and value against risk. Tiers sum to all customers, and so do the cells.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SegmentList {
    /// The moment shown.
    pub as_of: String,
    /// Customers whom the reader sees and who have not left.
    pub customer_count: u64,
    /// What value is here; absent where the scorecard says none.
    pub value_name: Option<Words>,
    /// How the tiers are cut.
    pub value_sentence: Words,
    /// Tiers, the highest first, then those whose value is unknown.
    pub tiers: Vec<TierRow>,
    /// Every tier with every band.
    pub matrix: Vec<ValueRiskCell>,
    /// Segments, in the order of their definition.
    pub segments: Vec<SegmentRow>,
}

/// Members of a segment at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentPoint {
    /// Date in the firm's zone.
    pub on: String,
    /// Members.
    pub count: u64,
    /// Who had come in since the point before.
    pub joined_count: u64,
    /// Who had gone out since the point before.
    pub left_count: u64,
}

/// One segment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SegmentPage {
    /// As in the list.
    pub row: SegmentRow,
    /// The moment shown.
    pub as_of: String,
    /// The file that defines it.
    pub source: String,
    /// At the beginnings of the last twelve months and at the moment itself, oldest first, as could be known then.
    pub history: Vec<SegmentPoint>,
    /// A page of the members, worst first.
    pub members: Vec<CustomerRow>,
    /// Next page.
    pub next_cursor: Option<String>,
}

/// One of the three figures of RFM.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RfmMeasure {
    /// Id of the indicator.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// Its unit.
    pub unit: String,
    /// Where it is cut; absent where nobody's figure is known.
    pub cut: Option<f64>,
}

/// A cell of RFM.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RfmCellRow {
    /// `key_value`, ….
    pub cell: String,
    /// Name.
    pub name: Words,
    /// What to do with them, in a few words.
    pub about: Words,
    /// Came lately.
    pub is_recent: bool,
    /// Comes often.
    pub is_frequent: bool,
    /// Spends much.
    pub is_large: bool,
    /// Customers.
    pub count: u64,
    /// Their value, in the firm's currency.
    pub value_sum: f64,
    /// Of these, in a high or critical band.
    pub at_risk_count: u64,
}

/// Recency, frequency and monetary value. Cells and unknown sum to all customers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RfmPage {
    /// The moment shown.
    pub as_of: String,
    /// Customers whom the reader sees and who have not left.
    pub customer_count: u64,
    /// Where the three figures are cut.
    pub sentence: Words,
    /// Recency, frequency, monetary value; empty where the template has none.
    pub measures: Vec<RfmMeasure>,
    /// The eight cells.
    pub cells: Vec<RfmCellRow>,
    /// Customers of whom one of the three figures is unknown.
    pub unknown_count: u64,
}

/// A tag with how many customers carry it, among those whom the reader sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// Customers, those who have left included.
    pub count: u64,
}

/// Put a tag on customers, or take it off.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct TagRequest {
    /// The tag: 1 to 30 characters, without a comma.
    pub tag: String,
    /// Ids of customers, at most 10,000.
    pub customers: Vec<String>,
    /// Take it off instead.
    #[serde(default)]
    pub remove: bool,
}

/// What a change of tags did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TagChange {
    /// By which it can be taken back; absent where nothing had to change.
    pub id: Option<i64>,
    /// The tag.
    pub tag: String,
    /// Whether it was taken off.
    pub removed: bool,
    /// How many customers it changed.
    pub customer_count: u64,
}
