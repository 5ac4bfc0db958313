//! Wall-clock readings as instants: the same answers as a zone's, but quick, since most readings are of few days.

use std::cell::RefCell;

use vocab::{Civil, Instant, Zone};

/// What the clocks of a zone show as instants: of the days asked for last it is remembered when they begin.
#[derive(Debug)]
pub(crate) struct Clock {
    zone: Zone,
    days: RefCell<Vec<Day>>,
}

/// A day, and its midnight if its clocks are never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Day {
    date: (i16, i8, i8),
    midnight: Option<Instant>,
}

const DAYS: usize = 1_024;
const DAY_MICROS: i64 = 86_400_000_000;

impl Clock {
    pub(crate) fn of(zone: &Zone) -> Clock {
        let none = Day { date: (0, 0, 0), midnight: None };
        Clock { zone: zone.clone(), days: RefCell::new(vec![none; DAYS]) }
    }

    /// [`Zone::instant`].
    pub(crate) fn instant(&self, at: Civil) -> Option<Instant> {
        let is_time = (0..24).contains(&at.hour) && (0..60).contains(&at.minute) && (0..60).contains(&at.second);
        if !is_time || !(0..1_000_000).contains(&at.micro) {
            return self.zone.instant(at);
        }
        let place = i32::from(at.year) * 372 + i32::from(at.month) * 31 + i32::from(at.day);
        let day = &mut self.days.borrow_mut()[place.rem_euclid(DAYS as i32) as usize];
        let date = (at.year, at.month, at.day);
        if day.date != date {
            *day = Day { date, midnight: self.even_midnight(date) };
        }
        let Some(midnight) = day.midnight else { return self.zone.instant(at) };
        let seconds = (i64::from(at.hour) * 60 + i64::from(at.minute)) * 60 + i64::from(at.second);
        Some(midnight.plus_micros(seconds * 1_000_000 + i64::from(at.micro)))
    }

    /// The midnight of a day that has 24 hours.
    fn even_midnight(&self, (year, month, day): (i16, i8, i8)) -> Option<Instant> {
        let midnight = Civil::midnight(year, month, day);
        let last = Civil { hour: 23, minute: 59, second: 59, micro: 999_999, ..midnight };
        let (first, last) = (self.zone.instant(midnight)?, self.zone.instant(last)?);
        (last.micros() - first.micros() == DAY_MICROS - 1).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_clock_says_what_its_zone_says(
            name in prop::sample::select(vec!["UTC", "Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"]),
            readings in prop::collection::vec(
                (1980i16..2030, -1i8..14, 0i8..33, -1i8..26, -1i8..61, 0i8..61, prop_oneof![Just(0), 0..1_000_001i32]),
                1..60,
            ),
        ) {
            let zone = Zone::named(name).unwrap();
            let clock = Clock::of(&zone);
            for (year, month, day, hour, minute, second, micro) in readings {
                let at = Civil { year, month, day, hour, minute, second, micro };
                prop_assert_eq!(clock.instant(at), zone.instant(at));
                prop_assert_eq!(clock.instant(at), zone.instant(at), "and again");
            }
        }
    }

    #[test]
    fn on_days_with_changed_clocks_every_hour_is_as_the_zone_says() {
        for (name, days) in [
            ("Europe/Berlin", [(2025, 3, 30), (2025, 10, 26)]),
            ("America/Sao_Paulo", [(2018, 11, 4), (2018, 2, 17)]),
            ("Australia/Lord_Howe", [(2024, 4, 7), (2024, 10, 6)]),
        ] {
            let zone = Zone::named(name).unwrap();
            let clock = Clock::of(&zone);
            for ((year, month, day), next) in days.into_iter().flat_map(|day| [(day, 0), (day, 1)]) {
                for (hour, minute) in (0..24).flat_map(|hour| [(hour, 0), (hour, 29), (hour, 59)]) {
                    let at = Civil { hour, minute, ..Civil::midnight(year, month, day + next) };
                    assert_eq!(clock.instant(at), zone.instant(at), "{name} {at:?}");
                }
            }
        }
    }
}
