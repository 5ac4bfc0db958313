//! Working time in the firm's zone: which days are worked, where a deadline falls, how much working time has passed.
//!
//! Days off and days worked instead (调休) are data (`definitions/calendars/*.toml`); outside the years a calendar
//! covers it knows weekends only and says so ([`WorkCalendar::doubt`]). Pure: nothing here reads a clock or a file.
//!
//! Not here: time zones and civil months (`vocab::Zone`), the deadlines of a case (`actions`), lunar dates other than
//! the first day of the year ([`spring_festival`]).

mod definition;
mod lunar;
mod working;

pub use lunar::spring_festival;
pub use working::{Holiday, WorkCalendar};
