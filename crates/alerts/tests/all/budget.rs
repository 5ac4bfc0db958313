//! How much work fits the hands, and where the line falls.

use alerts::{Budget, Candidate, Worry, draw, replay, typical, worth, worth_by_risk};
use proptest::prelude::*;
use vocab::{Health, Severity};

fn budget(people: u32, cases_per_person: u32) -> Budget {
    Budget { people, cases_per_person, urgent_passes: false }
}

fn candidate(customer: &'static str, severity: Severity, at_risk: f64) -> Candidate<&'static str> {
    Candidate { customer, severity, at_risk }
}

fn names<'a>(side: &[Candidate<&'a str>]) -> Vec<&'a str> {
    side.iter().map(|one| one.customer).collect()
}

#[test]
fn a_large_customer_half_gone_comes_before_a_small_one_nearly_lost() {
    let health = |points: u16| Some(Health::from_hundredths(100 * points));
    let large = worth(Some(900_000.0), health(50), Severity::Warning, None);
    let small = worth(Some(20_000.0), health(5), Severity::Urgent, None);
    assert_eq!((large.at_risk, small.at_risk), (450_000.0, 19_000.0));
    let unknown = worth(None, None, Severity::Urgent, Some(40_000.0));
    assert_eq!((unknown.at_risk, unknown.is_typical), (30_000.0, true), "the middle customer stands for the unknown");
    assert_eq!(worth(None, health(20), Severity::Info, None).at_risk, 0.8, "where no value is known all count alike");
    assert_eq!(worth(Some(-5.0), health(20), Severity::Info, None).at_risk, 0.0);
    assert_eq!(typical(vec![9.0, 1.0, f64::NAN, 5.0, 7.0]), Some(5.0), "somebody's own value, not a mean of two");
    assert_eq!(typical(vec![]), None);
}

#[test]
fn a_probability_weighs_a_value_as_it_is_and_the_middle_customer_stands_for_an_unknown_value() {
    let told = worth_by_risk(Some(200_000.0), 0.04, Some(50_000.0));
    assert_eq!((told.at_risk, told.worry, told.is_typical), (8_000.0, 0.04, false));
    let unknown = worth_by_risk(None, 0.25, Some(50_000.0));
    assert_eq!((unknown.at_risk, unknown.is_typical), (12_500.0, true));
    assert_eq!((worth_by_risk(Some(-1.0), 0.5, None).at_risk, worth_by_risk(None, 1.5, None).at_risk), (0.0, 1.0));
}

#[test]
fn the_line_falls_where_the_hands_are_full() {
    let all = vec![
        candidate("A", Severity::Warning, 10.0),
        candidate("B", Severity::Urgent, 5.0),
        candidate("C", Severity::Warning, 30.0),
        candidate("D", Severity::Urgent, 1.0),
        candidate("E", Severity::Warning, 10.0),
    ];
    let line = draw(all.clone(), 2, false);
    assert_eq!((names(&line.above), names(&line.below)), (vec!["C", "A"], vec!["E", "B", "D"]));
    assert_eq!(line.threshold(), Some(10.0));
    let passing = draw(all.clone(), 2, true);
    assert_eq!(names(&passing.passing), ["B", "D"], "urgent ones come besides");
    assert_eq!((names(&passing.above), names(&passing.below)), (vec!["C", "A"], vec!["E"]));
    assert_eq!(draw(all.clone(), 9, false).threshold(), None, "nobody waits");
    assert_eq!(draw(all, 0, false).threshold(), Some(30.0), "nobody comes");
}

#[test]
fn a_week_is_spread_over_its_working_days() {
    let budget = budget(3, 20);
    let days: Vec<usize> = (0..=5).map(|day| budget.allowance(day, 5)).collect();
    assert_eq!(days, [0, 12, 24, 36, 48, 60]);
    assert_eq!(budget.allowance(7, 5), 60);
    assert_eq!(budget.allowance(1, 0), 60, "a week of holidays only is not spread");
    assert_eq!(
        Budget { people: 1, cases_per_person: 1, ..budget }.allowance(1, 5),
        1,
        "rounded up, so that one comes at all"
    );
}

/// Customers over weeks: who has a worry, how urgent, how much is at risk. A gap ends the episode.
fn weeks() -> impl Strategy<Value = Vec<Vec<Worry>>> {
    let cell = (0u8..10, 0u8..3, 0u32..50);
    prop::collection::vec(prop::collection::vec(cell, 12), 1..14).prop_map(|weeks| {
        let mut since = [None; 12];
        let mut all = Vec::new();
        for (moment, week) in weeks.iter().enumerate() {
            let mut worries = Vec::new();
            for (customer, (has, severity, at_risk)) in week.iter().enumerate() {
                if *has < 3 {
                    since[customer] = None;
                    continue;
                }
                let begun = *since[customer].get_or_insert(moment);
                let severity = Severity::ALL[usize::from(*severity)];
                worries.push(Worry { customer, since: begun, severity, at_risk: f64::from(*at_risk) });
            }
            all.push(worries);
        }
        all
    })
}

proptest! {
    #[test]
    fn a_weekly_list_is_never_above_the_budget_and_full_where_there_is_work(
        weeks in weeks(), people in 1u32..4, cases in 1u32..4, urgent_passes: bool,
    ) {
        let budget = Budget { urgent_passes, ..budget(people, cases) };
        let drawn = replay(&weeks, &budget);
        prop_assert_eq!(drawn.len(), weeks.len());
        for (week, worries) in drawn.iter().zip(&weeks) {
            prop_assert!(week.taken.len() <= budget.per_week());
            let room = budget.per_week().min(week.candidates - week.passing.len());
            prop_assert!(week.taken.len() as f64 >= 0.9 * room as f64, "{} of {room}", week.taken.len());
            prop_assert_eq!(week.threshold.is_some(), week.candidates > week.taken.len() + week.passing.len());
            prop_assert!(urgent_passes || week.passing.is_empty());
            let known: Vec<usize> = worries.iter().map(|one| one.customer).collect();
            prop_assert!(week.taken.iter().chain(&week.passing).all(|one| known.contains(one)));
        }
    }

    /// The second road: episode by episode, looked up instead of carried.
    #[test]
    fn whoever_waits_is_not_lost_and_whoever_was_taken_is_not_taken_twice(weeks in weeks(), cases in 1u32..5) {
        let budget = budget(1, cases);
        let drawn = replay(&weeks, &budget);
        for (moment, (week, worries)) in drawn.iter().zip(&weeks).enumerate() {
            let was_taken = |one: &Worry| (one.since..moment).any(|before| drawn[before].taken.contains(&one.customer));
            let mut waiting: Vec<&Worry> = worries.iter().filter(|one| !was_taken(one)).collect();
            prop_assert_eq!(week.candidates, waiting.len());
            waiting.sort_by(|a, b| {
                b.at_risk.total_cmp(&a.at_risk).then(b.severity.cmp(&a.severity)).then(a.customer.cmp(&b.customer))
            });
            let first: Vec<usize> = waiting.iter().take(budget.per_week()).map(|one| one.customer).collect();
            prop_assert_eq!(&week.taken, &first);
        }
    }

    #[test]
    fn the_line_does_not_depend_on_who_was_asked_first(cells in prop::collection::vec((0u8..3, 0u32..9), 1..20), room in 0usize..25) {
        let all = |cells: &[(u8, u32)]| -> Vec<Candidate<usize>> {
            let one = |(customer, (severity, at_risk)): (usize, &(u8, u32))| Candidate {
                customer, severity: Severity::ALL[usize::from(*severity)], at_risk: f64::from(*at_risk),
            };
            cells.iter().enumerate().map(one).collect()
        };
        let given = all(&cells);
        let mut turned = given.clone();
        turned.reverse();
        prop_assert_eq!(draw(given, room, true), draw(turned, room, true));
    }
}
