//! The shipped calendar of mainland China.

use calendar::WorkCalendar;
use vocab::{Instant, Zone};

fn at(text: &str) -> Instant {
    Zone::default().parse(text).unwrap()
}

fn works(text: &str) -> bool {
    WorkCalendar::standard(Zone::default()).is_working_day(at(text))
}

#[test]
fn nobody_is_called_at_spring_festival() {
    // 2025: days off 28 January to 4 February, worked instead: Sunday 26 January and Saturday 8 February.
    assert!(works("2025-01-26 10:00"));
    assert!(works("2025-01-27 10:00"));
    for day in ["2025-01-28", "2025-01-31", "2025-02-04 23:59:59"] {
        assert!(!works(day), "{day}");
    }
    assert!(works("2025-02-05"));
    assert!(works("2025-02-08"));
    assert!(!works("2025-02-09"));
}

#[test]
fn a_day_off_says_which_festival() {
    let calendar = WorkCalendar::standard(Zone::default());
    assert_eq!(calendar.holiday(at("2025-10-06 12:00")).unwrap().name.zh, "中秋节");
    assert_eq!(calendar.holiday(at("2026-02-15")).unwrap().name.en, "Spring Festival");
    assert_eq!(calendar.holiday(at("2026-02-14")), None, "worked instead");
    assert_eq!(calendar.holiday(at("2025-03-08")), None, "an ordinary Saturday");
}

/// The totals that payroll tables of these years give.
#[test]
fn the_year_has_as_many_working_days_as_announced() {
    let calendar = WorkCalendar::standard(Zone::default());
    for (year, expected) in [(2023, 249), (2024, 251), (2025, 248), (2026, 248)] {
        let first = at(&format!("{year}-01-01 12:00"));
        let days = if year == 2024 { 366 } else { 365 };
        let worked = (0..days).filter(|day| calendar.is_working_day(first.plus_days(*day))).count();
        assert_eq!(worked, expected, "{year}");
    }
}

#[test]
fn every_covered_year_has_its_seven_festivals() {
    let calendar = WorkCalendar::standard(Zone::default());
    for year in 2015..=2026 {
        let first = at(&format!("{year}-01-01 12:00"));
        let names: std::collections::BTreeSet<_> = (0..365)
            .filter_map(|day| calendar.holiday(first.plus_days(day)))
            .map(|holiday| holiday.name.zh.clone())
            .collect();
        for festival in ["元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"] {
            assert!(names.iter().any(|name| name.contains(festival)), "{festival} {year}: {names:?}");
        }
    }
}

#[test]
fn a_year_without_holidays_in_it_says_so() {
    let calendar = WorkCalendar::standard(Zone::default());
    assert_eq!(calendar.doubt(at("2026-12-31")), None);
    let doubt = calendar.doubt(at("2027-01-01")).unwrap();
    assert_eq!(doubt.zh, "中国大陆工作日历只有 2015–2026 年的节假日，2027 年只扣除周末");
    assert!(calendar.is_working_day(at("2027-01-01")), "a Friday, as far as the calendar knows");
    assert!(!calendar.is_working_day(at("2027-01-02")));
}

/// The announced days off say when the festivals of the lunar calendar are; the table of lunar months is another road there.
#[test]
fn lunar_festivals_fall_where_the_announced_days_off_say() {
    let calendar = WorkCalendar::standard(Zone::default());
    for year in 2015..=2026 {
        for (name, month, day) in [("春节", 1, 1), ("端午", 5, 5), ("中秋", 8, 15)] {
            let on = calendar::lunar_day(year, month, day, false).unwrap();
            let known = calendar.holiday(at(&calendar::written_day(on))).unwrap();
            assert_eq!((known.on_day, known.name.zh.contains(name)), (on, true), "{name} {year}: {known:?}");
        }
    }
}
