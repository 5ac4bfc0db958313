//! What a person has already said about a file before it is looked at.

use std::collections::BTreeMap;

use vocab::{Instant, Zone};

use crate::kind::TableKind;
use crate::moment::DateOrder;

/// What is already known about a file; everything else is guessed.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What its rows are.
    pub kind: Option<TableKind>,
    /// Name of the source; the kind's word when absent.
    pub source: Option<String>,
    /// Sheet of a workbook; the first when absent.
    pub sheet: Option<String>,
    /// Header → field; `None` = keep as a property, `"-"` = leave out. Headers not named are guessed.
    pub mapping: BTreeMap<String, Option<String>>,
    /// Field → one value for all rows.
    pub constants: BTreeMap<String, String>,
    /// The moment at which a customer table was true.
    pub observed_on: Option<Instant>,
    /// Zone of times without one.
    pub zone: Zone,
    /// Currency of amounts without one.
    pub currency: Option<String>,
    /// Whether `3/8/2025` is in March or in August.
    pub date_order: Option<DateOrder>,
}
