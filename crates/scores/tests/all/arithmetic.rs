//! Health is base plus contributions, to the last hundredth, whatever is known.

use indicators::{Cell, IndicatorFrame};
use proptest::prelude::*;
use scores::{CustomerScore, Said, ScoreBook, healths_said, score};
use vocab::{AsOf, Instant, Unknown};

use crate::cells::{IDS, catalog};

fn book(weights: &[f64], base: f64, min_coverage: f64) -> ScoreBook {
    let mut text = format!(
        "id = \"x\"\nname = {{ zh = \"x\", en = \"x\" }}\nabout = {{ zh = \"x\", en = \"x\" }}\nbase = {base:.2}\nmin_coverage = {min_coverage}\n\
         value = \"a\"\nbands = {{ low = 70, medium = 50, high = 30 }}\n"
    );
    for (at, (id, weight)) in IDS.iter().zip(weights).enumerate() {
        // Two dimensions: the first with two measures, the second with the rest.
        if at == 0 || at == 2 {
            text.push_str(&format!(
                "[[dimension]]\nid = \"d{at}\"\nname = {{ zh = \"d\", en = \"d\" }}\nweight = {}\n",
                at + 1
            ));
        }
        text.push_str(&format!(
            "[[dimension.measure]]\nindicator = \"{id}\"\nweight = {weight:.3}\ncurve = [[0, 0], [3, 33.3], [7, 100]]\n"
        ));
    }
    ScoreBook::parse("x.toml", &text, &catalog()).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

fn score_of(cells: &[Cell], book: &ScoreBook) -> CustomerScore {
    let frame = IndicatorFrame::by_hand(AsOf(Instant::from_micros(0)), &IDS, &[("A", cells)]);
    score(&frame, book, &catalog()).at(0).clone()
}

/// Customers enough to be shared among threads.
const MANY: usize = 9_001;

#[test]
fn many_are_scored_as_one_is_and_their_healths_alone_are_those_of_their_scores() {
    let book = book(&[1.0, 2.0, 3.0, 4.0, 5.0], 40.0, 0.5);
    // Of some nothing is known, of others more and more.
    let cell = |row: usize, at: usize| match at < row % 6 {
        true => Cell::Known(((row * 7 + at * 3) % 11) as f64 - 1.0),
        false => Cell::Unknown(Unknown::NeverObserved),
    };
    let cells: Vec<[Cell; 5]> = (0..MANY).map(|row| std::array::from_fn(|at| cell(row, at))).collect();
    let names: Vec<String> = (0..MANY).map(|row| format!("C{row:05}")).collect();
    let rows: Vec<(&str, &[Cell])> =
        names.iter().zip(&cells).map(|(name, cells)| (name.as_str(), &cells[..])).collect();
    let at = Instant::from_micros(0);
    let frame = IndicatorFrame::by_hand(AsOf(at), &IDS, &rows);
    let all = score(&frame, &book, &catalog());
    let healths = healths_said(&frame, &book, &catalog(), &Said::default(), at);
    assert_eq!(healths.len(), MANY);
    assert!(healths.contains(&None) && healths.iter().any(Option::is_some));
    for (row, health) in healths.into_iter().enumerate() {
        if row % 97 == 0 {
            assert_eq!(*all.at(row), score_of(&cells[row], &book), "{row}");
        }
        assert_eq!(health, all.at(row).health, "{row}");
    }
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        3 => (-1.0f64..9.0).prop_map(Cell::Known),
        1 => Just(Cell::Unknown(Unknown::NeverObserved)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn contributions_sum_to_health_minus_base_exactly(
        cells in prop::collection::vec(any_cell(), 5),
        weights in prop::collection::vec(0.01f64..50.0, 5),
        base in 0.0f64..100.0,
        min_coverage in 0.0f64..1.0,
    ) {
        let book = book(&weights, base, min_coverage);
        let score = score_of(&cells, &book);
        let known: Vec<i32> = score.contributions.iter().filter_map(|one| one.points_hundredths).collect();
        prop_assert!(score.coverage <= 10_000);
        match score.health {
            Some(health) => {
                prop_assert!(health.hundredths() <= 10_000);
                prop_assert_eq!(i32::from(book.base.hundredths()) + known.iter().sum::<i32>(), i32::from(health.hundredths()));
                prop_assert_eq!(known.len(), cells.iter().filter(|cell| cell.known().is_some()).count());
                prop_assert_eq!(score.band, Some(book.band(health)));
                prop_assert!(f64::from(score.coverage) >= min_coverage * 10_000.0);
                // Each share is within a hundredth or so of weight × (points − base).
                let whole: f64 = book.measures().zip(&cells).filter(|(_, cell)| cell.known().is_some()).map(|((_, _, share), _)| share).sum();
                for ((_, measure, share), one) in book.measures().zip(&score.contributions) {
                    if let (Cell::Known(number), Some(points)) = (one.cell, one.points_hundredths) {
                        let exact = share / whole * (measure.curve.points(number) - book.base.points()) * 100.0;
                        prop_assert!((exact - f64::from(points)).abs() < 1.01, "{} for {}", points, exact);
                    }
                }
            }
            None => {
                prop_assert!(known.is_empty() && score.band.is_none());
                let nothing = cells.iter().all(|cell| cell.known().is_none());
                prop_assert!(nothing || f64::from(score.coverage) < min_coverage * 10_000.0);
            }
        }
    }

    #[test]
    fn a_better_number_never_lowers_health(
        cells in prop::collection::vec((-1.0f64..9.0).prop_map(Cell::Known), 5),
        which in 0usize..5,
        more in 0.0f64..5.0,
    ) {
        let book = book(&[1.0, 2.0, 3.0, 4.0, 5.0], 60.0, 0.0);
        let before = score_of(&cells, &book).health;
        let mut better = cells.clone();
        better[which] = Cell::Known(better[which].known().unwrap() + more);
        prop_assert!(score_of(&better, &book).health >= before);
    }
}

#[test]
fn what_is_unknown_is_left_out_and_the_rest_weighs_more() {
    let book = book(&[1.0; 5], 50.0, 0.3);
    let unknown = Cell::Unknown(Unknown::ShortHistory);
    let some = score_of(&[Cell::Known(7.0), unknown, unknown, unknown, Cell::Known(7.0)], &book);
    // One sixth and a quarter of the weight: dimensions weigh 1 and 3, shared by two and by three.
    assert_eq!(some.coverage, 3_750);
    assert_eq!(some.health.unwrap().to_string(), "100.00");
    assert_eq!(some.contributions[1].points_hundredths, None);
    assert_eq!(some.contributions[1].cell, unknown);
    assert_eq!(some.value, Cell::Known(7.0));

    let little = score_of(&[Cell::Known(7.0), unknown, unknown, unknown, unknown], &book);
    assert_eq!((little.health, little.band, little.coverage), (None, None, 1_250));
    assert_eq!(little.value, Cell::Known(7.0));
}

#[test]
fn nothing_known_has_no_health_even_if_nothing_is_asked() {
    let nothing = score_of(&[Cell::Unknown(Unknown::NotConnected); 5], &book(&[1.0; 5], 50.0, 0.0));
    assert_eq!((nothing.health, nothing.coverage), (None, 0));
}

#[test]
fn a_customer_is_found_by_name() {
    let book = book(&[1.0; 5], 50.0, 0.3);
    let (good, bad) = ([Cell::Known(7.0); 5], [Cell::Known(0.0); 5]);
    let frame = IndicatorFrame::by_hand(AsOf(Instant::from_micros(0)), &IDS, &[("B", &good), ("A", &bad)]);
    let scores = score(&frame, &book, &catalog());
    assert_eq!(scores.get(&"B".into()).unwrap().health.unwrap().to_string(), "100.00");
    assert_eq!(scores.get(&"A".into()).unwrap().health.unwrap().to_string(), "0.00");
    assert!(scores.get(&"C".into()).is_none());
    assert_eq!(scores.mean_coverage(), 10_000);
    assert_eq!((scores.scorecard.as_str(), &scores.version), ("x", &book.version));
}
