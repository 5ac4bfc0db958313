//! Deadlines in working time.

use actions::{Clock, Deadlines, clock};
use calendar::WorkCalendar;
use proptest::prelude::*;
use vocab::{Instant, Zone};

fn at(text: &str) -> Instant {
    Zone::default().parse(text).unwrap()
}

fn due(now: &str) -> String {
    let zone = Zone::default();
    let deadlines = Deadlines::of(&WorkCalendar::standard(zone.clone()), at(now), 2, 24);
    format!("{} {}", &zone.date_time(deadlines.accept_by)[..16], &zone.date_time(deadlines.act_by)[..16])
}

#[test]
fn two_hours_to_accept_and_a_day_to_act() {
    assert_eq!(due("2025-03-05 15:00"), "2025-03-05 17:00 2025-03-06 15:00");
    assert_eq!(due("2025-03-05 00:10"), "2025-03-05 11:00 2025-03-06 09:00", "the nightly cycle");
    assert_eq!(due("2025-03-07 17:00"), "2025-03-10 10:00 2025-03-10 17:00", "a Friday");
    assert_eq!(due("2025-03-08 11:00"), "2025-03-10 11:00 2025-03-11 09:00", "a Saturday");
    assert_eq!(due("2025-01-27 17:00"), "2025-02-05 10:00 2025-02-05 17:00", "the eve of Spring Festival");
}

#[test]
fn a_screen_says_how_a_deadline_stands() {
    let zone = Zone::default();
    let due = at("2025-03-05 17:00");
    assert_eq!(clock(due, at("2025-03-04 23:59"), &zone), Clock::OnTime);
    assert_eq!(clock(due, at("2025-03-05"), &zone), Clock::DueToday);
    assert_eq!(clock(due, due, &zone), Clock::DueToday, "at the deadline it is still kept");
    assert_eq!(clock(due, due.plus_micros(1), &zone), Clock::Overdue);
    assert_eq!(clock(at("2025-03-06"), at("2025-03-05 23:59"), &zone).as_str(), "on_time", "by midnight is tomorrow");
}

proptest! {
    #[test]
    fn an_sla_clock_never_runs_backwards(now in 1_420_000_000_000_000i64..1_790_000_000_000_000, later in 0i64..3_000_000_000_000) {
        let calendar = WorkCalendar::standard(Zone::default());
        let (first, second) = (Instant::from_micros(now), Instant::from_micros(now + later));
        let (early, late) = (Deadlines::of(&calendar, first, 2, 24), Deadlines::of(&calendar, second, 2, 24));
        prop_assert!(first < early.accept_by && early.accept_by <= early.act_by);
        prop_assert!(early.accept_by <= late.accept_by && early.act_by <= late.act_by);
    }
}
