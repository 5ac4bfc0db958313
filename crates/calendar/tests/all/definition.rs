//! Faults in a calendar file are found, placed and explained.

use std::time::Duration;

use calendar::WorkCalendar;
use vocab::{Lang, Zone};

const HEAD: &str = r#"
name  = { zh = "门店", en = "Shop" }
years = [2025, 2025]
week  = ["mon", "sat"]
hours = [["09:00", "12:00"], ["13:30", "24:00"]]
"#;

fn faults(text: &str) -> Vec<String> {
    let findings = WorkCalendar::parse("shop.toml", text, Zone::default()).unwrap_err();
    findings.iter().map(|finding| finding.line(Lang::En)).collect()
}

#[test]
fn a_shop_may_close_for_lunch_and_open_until_midnight() {
    let zone = Zone::default();
    let calendar = WorkCalendar::parse("shop.toml", HEAD, zone.clone()).unwrap();
    let before_lunch = zone.parse("2025-03-10 11:00").unwrap();
    let due = |hours: u64| zone.date_time(calendar.add_working(before_lunch, Duration::from_secs(hours * 3600)));
    assert_eq!(due(2), "2025-03-10 14:30:00");
    assert_eq!(due(12), "2025-03-15 09:30:00");
}

#[test]
fn a_fault_names_its_line() {
    assert_eq!(
        faults(&HEAD.replace("\"sat\"", "\"saturday\"")),
        ["shop.toml line 4, column 17: no such day of the week: saturday (one of mon tue wed thu fri sat sun)"]
    );
    assert_eq!(
        faults(&HEAD.replace("13:30", "11:30")),
        [
            "shop.toml line 5, column 30: no such working hours: 11:30 to 24:00 (write [\"09:00\", \"18:00\"], in order, not overlapping)"
        ]
    );
    let backwards = format!(
        "{HEAD}\n[[holiday]]\nname = {{ zh = \"a\", en = \"a\" }}\non = 2025-05-01\noff = [2025-05-03, 2025-05-01]\n"
    );
    assert_eq!(
        faults(&backwards),
        ["shop.toml line 10, column 7: no such stretch of days off (write [first, last], at most 60 days)"]
    );
    assert!(faults("name = 3")[0].starts_with("shop.toml line 1, column 8: cannot be read"));
}
