//! What a person has already said about a file before it is looked at.

use std::collections::BTreeMap;

use vocab::{Instant, Zone};

use crate::kind::{TableKind, normalized};
use crate::mapping::{EqualRows, Mapping, Use};
use crate::moment::DateOrder;
use crate::number::DecimalMark;

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
    /// Which sign parts decimals off.
    pub decimal: Option<DecimalMark>,
    /// How often equal rows count.
    pub equal_rows: Option<EqualRows>,
    /// What an event is called here → what definitions call it.
    pub event_names: BTreeMap<String, String>,
}

impl Plan {
    /// The same plan for another file with these headers, however they are spelt: what a saved mapping says, but for
    /// what belongs to one file (its sheet, the day it was observed on).
    pub fn again(mapping: &Mapping, headers: &[String]) -> Plan {
        let place: BTreeMap<String, &String> = headers.iter().map(|header| (normalized(header), header)).collect();
        let columns = mapping.columns.iter().filter_map(|(header, wanted)| {
            let here = headers.iter().find(|own| *own == header).or_else(|| place.get(&normalized(header)).copied())?;
            let wanted = match wanted {
                Use::Property => None,
                named => Some(named.as_str().to_owned()),
            };
            Some((here.clone(), wanted))
        });
        Plan {
            kind: Some(mapping.kind),
            source: Some(mapping.source.clone()),
            sheet: None,
            mapping: columns.collect(),
            constants: mapping.constants.clone(),
            observed_on: None,
            zone: mapping.zone.clone(),
            currency: mapping.currency.clone(),
            date_order: mapping.date_order,
            decimal: mapping.decimal,
            equal_rows: Some(mapping.equal_rows),
            event_names: mapping.event_names.clone(),
        }
    }
}
