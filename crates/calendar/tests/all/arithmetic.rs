//! Deadlines and elapsed working time.

use std::time::Duration;

use calendar::{TeamHours, WorkCalendar};
use proptest::prelude::*;
use vocab::{Instant, Zone};

fn shanghai() -> WorkCalendar {
    WorkCalendar::standard(Zone::default())
}

fn at(text: &str) -> Instant {
    Zone::default().parse(text).unwrap()
}

const fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 3600)
}

fn due(from: &str, working: Duration) -> String {
    Zone::default().date_time(shanghai().add_working(at(from), working))
}

#[test]
fn two_working_hours_skip_nights_weekends_and_holidays() {
    assert_eq!(due("2025-03-05 10:00", hours(2)), "2025-03-05 12:00:00");
    assert_eq!(due("2025-03-05 16:00", hours(2)), "2025-03-05 18:00:00", "the close of the day, not the next opening");
    assert_eq!(due("2025-03-05 16:30", hours(2)), "2025-03-06 09:30:00");
    assert_eq!(due("2025-03-07 17:00", hours(2)), "2025-03-10 10:00:00", "a Friday");
    assert_eq!(due("2025-03-05 03:00", hours(2)), "2025-03-05 11:00:00");
    assert_eq!(due("2025-01-27 17:30", hours(2)), "2025-02-05 10:30:00", "the eve of Spring Festival");
    assert_eq!(due("2025-01-25 12:00", hours(2)), "2025-01-26 11:00:00", "that Sunday is worked");
}

#[test]
fn twenty_four_hours_run_only_on_working_days() {
    let due = |from: &str| Zone::default().date_time(shanghai().add_on_working_days(at(from), hours(24)));
    assert_eq!(due("2025-03-05 15:00"), "2025-03-06 15:00:00");
    assert_eq!(due("2025-03-07 15:00"), "2025-03-10 15:00:00", "Friday to Monday");
    assert_eq!(due("2025-03-09 11:00"), "2025-03-11 09:00:00", "a Sunday counts from Monday's opening");
    assert_eq!(due("2025-03-05 22:00"), "2025-03-07 09:00:00", "so does an evening");
    assert_eq!(due("2025-01-27 10:00"), "2025-02-05 10:00:00", "the eve of Spring Festival");
}

#[test]
fn the_clock_stands_still_outside_working_time() {
    let calendar = shanghai();
    let between = |from: &str, to: &str| calendar.working_between(at(from), at(to));
    assert_eq!(between("2025-03-07 17:00", "2025-03-10 10:00"), hours(2));
    assert_eq!(between("2025-03-08", "2025-03-10 09:00"), Duration::ZERO);
    assert_eq!(between("2025-03-10 12:00", "2025-03-10 10:00"), Duration::ZERO);
    assert_eq!(between("2025-01-01", "2026-01-01"), calendar.working_day() * 248);
}

#[test]
fn moments_beyond_every_clock_are_answered() {
    let calendar = shanghai();
    assert_eq!(calendar.add_working(Instant::MAX, hours(1)), Instant::MAX);
    assert_eq!(calendar.add_working(at("2025-03-05"), Duration::MAX), Instant::MAX);
    assert_eq!(calendar.add_on_working_days(at("2025-03-05"), Duration::MAX), Instant::MAX);
    assert_eq!(calendar.working_between(Instant::MIN, Instant::MIN), Duration::ZERO);
    assert!(!calendar.is_working_time(at("2025-03-05 18:00")));
}

fn team(days: &[&str], spans: &[(&str, &str)], keeps_holidays: bool) -> WorkCalendar {
    shanghai().for_team(&TeamHours::read(days, spans, keeps_holidays).unwrap())
}

fn clock(at: Instant) -> String {
    Zone::default().date_time(at)[..16].to_owned()
}

#[test]
fn a_shop_that_is_open_on_saturday_counts_it() {
    let shop = team(&["tue", "wed", "thu", "fri", "sat", "sun"], &[("10:00", "14:00"), ("15:00", "20:00")], false);
    assert_eq!(clock(shop.add_working(at("2025-03-08 13:00"), hours(2))), "2025-03-08 16:00", "a Saturday, over noon");
    assert_eq!(clock(shop.add_working(at("2025-03-09 19:00"), hours(2))), "2025-03-11 11:00", "Monday is the day off");
    assert!(shop.is_working_day(at("2025-10-01 10:00")) && shop.holiday(at("2025-10-01")).is_none(), "a holiday");
    assert!(shop.doubt(at("2099-01-01")).is_none(), "no holidays, nothing to doubt");
    let office = team(&["mon", "tue", "wed", "thu", "fri", "sat"], &[("09:00", "12:00")], true);
    assert!(!office.is_working_day(at("2025-10-01 10:00")), "it keeps the holidays of the house");
    assert_eq!(office.working_between(at("2025-09-29"), at("2025-10-13")), hours(3 * 5), "11 October is worked for it");
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_began() {
    let night = team(&["mon", "tue", "wed", "thu", "fri"], &[("22:00", "06:00")], true);
    let zone = Zone::default();
    let friday = zone.day_number(at("2025-03-07 12:00"));
    for inside in ["2025-03-07 22:00", "2025-03-08 00:30", "2025-03-08 05:59"] {
        assert!(night.is_working_time(at(inside)) && night.is_working_day(at(inside)), "{inside}");
        assert_eq!((night.day_of(at(inside)), clock(night.opens(at(inside)))), (friday, "2025-03-07 22:00".to_owned()));
    }
    for outside in ["2025-03-07 21:59", "2025-03-08 06:00", "2025-03-08 23:00"] {
        assert!(!night.is_working_time(at(outside)), "{outside}");
    }
    assert_eq!(clock(night.add_working(at("2025-03-07 21:00"), hours(2))), "2025-03-08 00:00");
    assert_eq!(
        clock(night.add_working(at("2025-03-08 05:00"), hours(2))),
        "2025-03-10 23:00",
        "the rest of it on Monday"
    );
    assert_eq!(night.working_between(at("2025-03-03"), at("2025-03-10")), hours(8 * 5));
    let day = |from: &str| clock(night.add_on_working_days(at(from), hours(24)));
    assert_eq!(day("2025-03-05 23:00"), "2025-03-06 23:00");
    assert_eq!(day("2025-03-07 23:00"), "2025-03-10 23:00", "Friday night to Monday night");
    assert_eq!(day("2025-03-08 02:00"), "2025-03-11 02:00", "four hours of Friday's day are left, then Monday's");
}

fn zones() -> impl Strategy<Value = Zone> {
    prop::sample::select(vec!["Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC"])
        .prop_map(|name| Zone::named(name).unwrap())
}

/// Microseconds from 2014 to 2028.
fn moments() -> impl Strategy<Value = Instant> {
    (1_388_534_400_000_000i64..1_830_297_600_000_000).prop_map(Instant::from_micros)
}

/// Up to about six working months.
fn durations() -> impl Strategy<Value = Duration> {
    (0u64..1_200 * 3_600_000_000).prop_map(Duration::from_micros)
}

proptest! {
    #[test]
    fn what_was_added_has_then_passed(zone in zones(), from in moments(), working in durations()) {
        let calendar = WorkCalendar::standard(zone);
        let due = calendar.add_working(from, working);
        prop_assert!(due >= from);
        prop_assert_eq!(calendar.working_between(from, due), working);
    }

    #[test]
    fn a_deadline_never_runs_backwards(zone in zones(), a in moments(), later in 0i64..10_000_000_000_000, working in durations()) {
        let calendar = WorkCalendar::standard(zone);
        let b = a.plus_micros(later);
        prop_assert!(calendar.add_working(a, working) <= calendar.add_working(b, working));
        prop_assert!(calendar.add_on_working_days(a, working) <= calendar.add_on_working_days(b, working));
        prop_assert!(calendar.next_working_start(a) <= calendar.next_working_start(b));
    }

    #[test]
    fn what_was_promised_in_days_has_then_passed(from in moments(), hours_count in 0u64..500, is_night in any::<bool>()) {
        let night = || team(&["mon", "tue", "wed", "fri", "sat"], &[("08:00", "12:00"), ("21:00", "05:30")], true);
        let calendar = if is_night { night() } else { shanghai() };
        let due = calendar.add_on_working_days(from, hours(hours_count));
        prop_assert!(due >= from && calendar.is_working_time(due));
        // A result outside working time becomes the next working start, so somewhat more may have passed.
        let passed = calendar.on_working_days_between(from, due);
        prop_assert!(passed >= hours(hours_count));
        prop_assert_eq!(calendar.add_on_working_days(from, passed), due);
    }

    #[test]
    fn time_passed_in_two_stretches_adds_up(a in moments(), first in 0i64..10_000_000_000_000, second in 0i64..10_000_000_000_000) {
        let calendar = shanghai();
        let b = a.plus_micros(first);
        let c = b.plus_micros(second);
        prop_assert_eq!(calendar.working_between(a, b) + calendar.working_between(b, c), calendar.working_between(a, c));
    }

    #[test]
    fn a_promise_of_days_ends_in_working_time(from in moments(), hours_count in 0u64..500) {
        let calendar = shanghai();
        let due = calendar.add_on_working_days(from, hours(hours_count));
        prop_assert!(due >= from);
        prop_assert!(calendar.is_working_time(due));
    }
}
