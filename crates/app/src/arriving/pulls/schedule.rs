//! When a source is read by itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vocab::{Instant, Zone};

use crate::error::Error;

/// How often a source is read: `{"every_minutes": 30}` or `{"daily_at": "02:30"}` in the firm's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// So many minutes after the last run began.
    EveryMinutes(u32),
    /// Once a day, at this time or as soon after it as the server runs.
    DailyAt(String),
}

impl Schedule {
    /// The schedule in the settings of a source; `None` if it is only read when somebody asks.
    ///
    /// # Errors
    /// `bad_schedule`.
    pub fn of(settings: &Value) -> Result<Option<Schedule>, Error> {
        let written = match settings.get("schedule") {
            None | Some(Value::Null) => return Ok(None),
            Some(written) => written,
        };
        let schedule: Schedule = serde_json::from_value(written.clone()).map_err(|_| bad())?;
        match &schedule {
            Schedule::EveryMinutes(1..=44_640) => {}
            Schedule::DailyAt(time) if minutes(time).is_some() => {}
            _ => return Err(bad()),
        }
        Ok(Some(schedule))
    }

    /// Whether it is time: `last` is when the source was last read, or added if it never was.
    pub(crate) fn is_due(&self, last: Option<Instant>, is_first: bool, now: Instant, zone: &Zone) -> bool {
        let Some(last) = last else { return true };
        match self {
            Schedule::EveryMinutes(minutes) => {
                is_first || now.micros() - last.micros() >= i64::from(*minutes) * 60_000_000
            }
            Schedule::DailyAt(time) => {
                let Some(minutes) = minutes(time) else { return false };
                let today = zone.midnight(now).plus_micros(minutes * 60_000_000);
                let due = if today <= now {
                    today
                } else {
                    zone.midnight(zone.midnight(now).plus_micros(-1)).plus_micros(minutes * 60_000_000)
                };
                last < due
            }
        }
    }
}

/// `02:30` in minutes.
fn minutes(time: &str) -> Option<i64> {
    let (hours, minutes) = time.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

fn bad() -> Error {
    Error::bad(
        "bad_schedule",
        ("定时设置有误", "the schedule is not understood"),
        (
            "写成 {\"every_minutes\": 30}（1 至 44640）或 {\"daily_at\": \"02:30\"}",
            "write {\"every_minutes\": 30} (1 to 44640) or {\"daily_at\": \"02:30\"}",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(text: &str) -> Instant {
        Zone::default().parse(text).unwrap()
    }

    #[test]
    fn a_daily_source_is_read_once_a_day_and_makes_up_for_a_night_the_server_was_off() {
        let daily = Schedule::of(&json!({"schedule": {"daily_at": "02:30"}})).unwrap().unwrap();
        let due = |last: &str, now: &str| daily.is_due(Some(at(last)), false, at(now), &Zone::default());
        assert!(!due("2025-06-01 02:31", "2025-06-02 02:29"));
        assert!(due("2025-06-01 02:31", "2025-06-02 02:30"));
        assert!(!due("2025-06-02 02:30", "2025-06-02 23:00"));
        assert!(due("2025-06-01 02:31", "2025-06-05 01:00"));
    }

    #[test]
    fn a_source_is_read_every_so_many_minutes_from_when_it_was_added() {
        let often = Schedule::of(&json!({"schedule": {"every_minutes": 30}})).unwrap().unwrap();
        let due = |last: &str, now: &str| often.is_due(Some(at(last)), false, at(now), &Zone::default());
        assert!(!due("2025-06-01 10:00", "2025-06-01 10:29") && due("2025-06-01 10:00", "2025-06-01 10:30"));
        assert!(often.is_due(Some(at("2025-06-01 10:00")), true, at("2025-06-01 10:00"), &Zone::default()));
    }

    #[test]
    fn a_schedule_that_is_not_understood_is_refused() {
        assert!(Schedule::of(&json!({})).unwrap().is_none());
        for wrong in
            [json!({"every_minutes": 0}), json!({"daily_at": "25:00"}), json!({"hourly": true}), json!("daily")]
        {
            assert_eq!(Schedule::of(&json!({ "schedule": wrong })).unwrap_err().code(), "bad_schedule");
        }
    }
}
