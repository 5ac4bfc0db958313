//! Working time in the firm's zone: which days are worked, where a deadline falls, how much working time has passed.
//!
//! Days off and days worked instead (调休) are data (`definitions/calendars/*.toml`); outside the years a calendar
//! covers it knows weekends only and says so ([`WorkCalendar::doubt`]). Pure: nothing here reads a clock or a file.
//!
//! A team may keep other days and hours than the house ([`TeamHours`], [`WorkCalendar::for_team`]), over midnight too: a shift
//! that ends in the morning belongs to the day on which it began.
//!
//! Lunar dates are a table ([`lunar_day`], [`spring_festival`]).
//!
//! Not here: time zones and civil months (`vocab::Zone`), the deadlines of a case and whom to greet (`actions`).

mod day;
mod definition;
mod hours;
mod lunar;
mod working;

pub use day::{date_of, day_of, day_written, written_day};
pub use hours::TeamHours;
pub use lunar::{lunar_day, lunar_kept, spring_festival};
pub use working::{Holiday, WorkCalendar};
