//! What befalls everybody's use of the product at once: season, weeks of their own, closed days around 春节, sales.
//!
//! How much of it befalls a customer differs where the spec says so. Public holidays themselves are `days`' business.

use crate::chance::{Purpose, normal, stream, uniform};
use crate::days::Days;
use crate::spec::WorldSpec;

/// Whose luck everybody shares: no customer has this number.
const EVERYBODY: u32 = u32::MAX;
/// Days of a lunar new year that nobody works: the festival and the six that follow.
const FESTIVAL_DAYS: i32 = 7;
/// Sales, from the first to the last day: 618 and 双11.
const SALES: [((i8, i8), (i8, i8)); 2] = [((6, 1), (6, 20)), ((11, 1), (11, 12))];

/// What a day is to a customer's use of the product, against one on which nothing befalls anybody; 1 in a world without
/// such things.
pub(crate) fn factor(spec: &WorldSpec, days: &Days, customer: u32, day: i32) -> f64 {
    let common = &spec.common;
    let own = |which: u64| uniform(spec.seed, customer, Purpose::Common, which);
    let mut factor = 1.0;
    if common.week_spread > 0.0 {
        let week = i64::from(day.div_euclid(7)) as u64;
        factor *= (common.week_spread * normal(&mut stream(spec.seed, EVERYBODY, Purpose::Common, week))).exp();
    }
    if common.season > 0.0 {
        factor *= 1.0 + common.season * (std::f64::consts::TAU * f64::from(day) / 365.25).sin();
    }
    if common.spring_days > 0 {
        let closed = (own(0) * f64::from(common.spring_days + 1)) as i32;
        if days.since_spring(day).is_some_and(|since| (-closed..FESTIVAL_DAYS + closed).contains(&since)) {
            factor *= spec.usage.holiday;
        }
    }
    if common.sale_lift > 0.0 {
        let on = days.month_and_day(day);
        if SALES.iter().any(|(first, last)| (*first..=*last).contains(&on)) {
            factor *= 1.0 + common.sale_lift * own(1);
        }
    }
    factor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Common;

    fn world(common: Common) -> (WorldSpec, Days) {
        let spec = WorldSpec { days: 365, common, ..WorldSpec::default() };
        let days = Days::new(&spec);
        (spec, days)
    }

    #[test]
    fn a_world_that_says_nothing_has_none_of_it() {
        let (spec, days) = world(Common::default());
        assert!((0..365).all(|day| factor(&spec, &days, 3, day) == 1.0));
    }

    #[test]
    fn a_week_befalls_everybody_alike_and_a_sale_each_in_its_own_way() {
        let (spec, days) = world(Common { week_spread: 0.3, ..Common::default() });
        assert_eq!(factor(&spec, &days, 1, 70), factor(&spec, &days, 2, 76));
        assert_ne!(factor(&spec, &days, 1, 70), factor(&spec, &days, 1, 77));
        let (spec, days) = world(Common { sale_lift: 1.0, ..Common::default() });
        // 2025-11-11 is the 315th day.
        let of = |customer| factor(&spec, &days, customer, 314);
        assert!(of(1) > 1.0 && of(1) <= 2.0 && of(1) != of(2), "{} {}", of(1), of(2));
        assert_eq!(factor(&spec, &days, 1, 200), 1.0);
    }

    #[test]
    fn some_close_longer_around_the_lunar_new_year_than_others() {
        let (spec, days) = world(Common { spring_days: 14, ..Common::default() });
        // 2025-01-29 is day 28.
        let closed = |customer| (0..80).filter(|day| factor(&spec, &days, customer, *day) < 1.0).count();
        let lengths: Vec<usize> = (0..40).map(closed).collect();
        assert!(lengths.iter().all(|days| (7..=35).contains(days)), "{lengths:?}");
        assert!(lengths.iter().max() > lengths.iter().min());
        assert!((0..40).all(|customer| factor(&spec, &days, customer, 28) < 1.0));
    }
}
