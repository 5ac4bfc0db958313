//! The hours of a unit: as they are kept, shown and sent.

use calendar::TeamHours;
use store::UnitRecord;

use crate::error::{Error, from_findings};
use crate::view::{HourSpan, WorkHours};

/// The hours that a unit keeps for itself.
pub(crate) fn hours_of(unit: &UnitRecord) -> Option<TeamHours> {
    shown_hours(unit).and_then(|hours| read(&hours).ok())
}

/// The same as they are shown and sent.
pub(crate) fn shown_hours(unit: &UnitRecord) -> Option<WorkHours> {
    serde_json::from_str(unit.work_hours.as_deref()?).ok()
}

/// Hours as they are kept, once they are found to be possible.
///
/// # Errors
/// `bad_hours`, with what is wrong.
pub(crate) fn kept_hours(hours: &WorkHours) -> Result<String, Error> {
    let read = read(hours).map_err(|findings| from_findings("bad_hours", &findings))?;
    serde_json::to_string(&shown(&read)).map_err(Error::internal)
}

fn read(hours: &WorkHours) -> Result<TeamHours, Vec<vocab::Finding>> {
    let spans: Vec<(String, String)> = hours.spans.iter().map(|span| (span.from.clone(), span.to.clone())).collect();
    TeamHours::read(&hours.days, &spans, hours.keeps_holidays)
}

pub(crate) fn shown(hours: &TeamHours) -> WorkHours {
    WorkHours {
        days: hours.days().map(str::to_owned).collect(),
        spans: hours.spans().map(|(from, to)| HourSpan { from, to }).collect(),
        keeps_holidays: hours.keeps_holidays(),
    }
}
