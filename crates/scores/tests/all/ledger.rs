//! Every change of a health is explained, and the explanations sum to it exactly.

use indicators::Cell;
use proptest::prelude::*;
use scores::{Cause, Ledger, Override, Pulse, Said, ScoreBook, Scored, ledger, score_said};
use vocab::{Health, Instant, Unknown};

use crate::cells::{catalog, frame, known, unknown};

/// Rules of the five measures, by which a missing and an old number count in every way there is.
const RULES: [&str; 5] = [
    "",
    "missing = \"poor\"",
    "missing = \"neutral\"",
    "stale = { by = \"a\", after = 3, then = \"fade\", over = 4 }",
    "own = { usual = \"b\", by = \"difference\" }\nstale = { by = \"a\", after = 4, then = \"poor\" }",
];

fn book(weights: &[f64], base: f64, steep: f64, held: usize) -> ScoreBook {
    let mut text = format!(
        "id = \"x\"\nname = {{ zh = \"x\", en = \"x\" }}\nabout = {{ zh = \"x\", en = \"x\" }}\nbase = {base:.2}\nmin_coverage = 0.3\n\
         bands = {{ low = 70, medium = 50, high = 30 }}\n[[dimension]]\nid = \"d\"\nname = {{ zh = \"d\", en = \"d\" }}\nweight = 1\n"
    );
    for (id, (weight, rule)) in ["a", "b", "c", "d", "e"].iter().zip(weights.iter().zip(RULES)).take(held) {
        text.push_str(&format!(
            "[[dimension.measure]]\nindicator = \"{id}\"\nweight = {weight:.3}\ncurve = [[0, 0], [3, {steep:.1}], [7, 100]]\n{rule}\n"
        ));
    }
    text.push_str(
        "[[dimension.measure]]\npulse = \"mood\"\nname = { zh = \"印象\", en = \"Mood\" }\nweight = 2\ncurve = [[0, 0], [10, 100]]\n\
         stale = { after = 30, then = \"fade\", over = 30 }\n",
    );
    ScoreBook::parse("x.toml", &text, &catalog()).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

fn day(days: i64) -> Instant {
    Instant::from_micros(0).plus_days(days)
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        5 => (-1.0f64..9.0).prop_map(Cell::Known),
        1 => Just(Cell::Unknown(Unknown::NeverObserved)),
        1 => Just(Cell::Unknown(Unknown::SourceSilent)),
    ]
}

fn any_said() -> impl Strategy<Value = Said> {
    (proptest::option::of((0.0f64..10.0, 0i64..80)), proptest::option::of((0u16..=10_000, 0i64..80, 1i64..80)))
        .prop_map(|(pulse, word)| {
            let pulse = pulse.map(|(value, from)| Pulse {
                customer: "A".into(),
                measure: "mood".to_owned(),
                value,
                at: day(from),
                until: Instant::MAX,
            });
            let word = word.map(|(health, from, days)| Override {
                customer: "A".into(),
                health: Health::from_hundredths(health),
                reason: "r".to_owned(),
                author: "w".to_owned(),
                from: day(from),
                until: day(from + days),
            });
            Said::new(pulse.into_iter().collect(), word.into_iter().collect())
        })
}

type Moment<'a> = (&'a [Cell], &'a ScoreBook, i64);

/// The ledger between two moments, checked against the scores themselves.
fn told(before: Moment<'_>, after: Moment<'_>, said: &Said) -> Ledger {
    let (old, new) = (frame(&[("A", before.0)]), frame(&[("A", after.0)]));
    let scored = |frame, book, at| Scored { frame, position: Some(0), book, said, at: day(at) };
    let told = ledger(&catalog(), &scored(&old, before.1, before.2), &scored(&new, after.1, after.2));
    let health = |frame, book, at| score_said(frame, book, &catalog(), said, day(at)).at(0).health;
    assert_eq!(told.before, health(&old, before.1, before.2));
    assert_eq!(told.after, health(&new, after.1, after.2));
    told
}

fn sum(told: &Ledger) -> i32 {
    told.changes.iter().map(|change| change.points_hundredths).sum()
}

fn difference(told: &Ledger) -> i32 {
    let hundredths = |health: Option<Health>| health.map_or(0, |health| i32::from(health.hundredths()));
    hundredths(told.after) - hundredths(told.before)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_changes_sum_to_the_difference_whatever_changed(
        (before, after) in (prop::collection::vec(any_cell(), 5), prop::collection::vec(any_cell(), 5)),
        (one, other) in (prop::collection::vec(0.01f64..9.0, 5), prop::collection::vec(0.01f64..9.0, 5)),
        (base_one, base_other) in (0.0f64..100.0, 0.0f64..100.0),
        (steep_one, steep_other) in (0.0f64..100.0, 0.0f64..100.0),
        (held_one, held_other) in (1usize..=5, 1usize..=5),
        said in any_said(),
        (from, days) in (0i64..60, 0i64..60),
    ) {
        let (one, other) = (book(&one, base_one, steep_one, held_one), book(&other, base_other, steep_other, held_other));
        let told = told((&before, &one, from), (&after, &other, from + days), &said);
        prop_assert_eq!(sum(&told), difference(&told));
        prop_assert!(told.changes.iter().all(|change| change.points_hundredths != 0));
    }

    #[test]
    fn under_one_scorecard_only_a_measure_whose_number_changed_is_said_to_have_moved(
        (before, after) in (prop::collection::vec(any_cell(), 5), prop::collection::vec(any_cell(), 5)),
        weights in prop::collection::vec(0.01f64..9.0, 5),
    ) {
        let book = book(&weights, 60.0, 40.0, 5);
        let told = told((&before, &book, 5), (&after, &book, 5), &Said::default());
        prop_assert_eq!(sum(&told), difference(&told));
        for change in told.changes.iter().filter(|change| change.cause == Cause::Figure) {
            // The fifth measure looks at its usual, the second, as well.
            let usual = change.measure.as_deref() == Some("e") && before[1] != after[1];
            prop_assert!(change.before != change.after || usual, "{:?}", change);
        }
        prop_assert!(told.changes.iter().all(|change| !change.cause.is_by_definition()));
    }
}

#[test]
fn nothing_happened_and_nothing_is_told() {
    let book = book(&[1.0; 5], 60.0, 40.0, 5);
    let cells = [known(2.0), unknown(), known(5.0), known(1.0), known(4.0)];
    assert_eq!(told((&cells, &book, 1), (&cells, &book, 50), &Said::default()).changes, []);
    // Another base is another starting point, not another health: but what is missing and counts as typical moves.
    let plain = |base: f64| {
        let text = format!(
            "id = \"x\"\nname = {{ zh = \"x\", en = \"x\" }}\nabout = {{ zh = \"x\", en = \"x\" }}\nbase = {base}\nmin_coverage = 0\n\
             bands = {{ low = 70, medium = 50, high = 30 }}\n[[dimension]]\nid = \"d\"\nname = {{ zh = \"d\", en = \"d\" }}\nweight = 1\n\
             [[dimension.measure]]\nindicator = \"a\"\nweight = 1\ncurve = [[0, 0], [10, 100]]\n"
        );
        ScoreBook::parse("x.toml", &text, &catalog()).unwrap()
    };
    assert_eq!(told((&cells, &plain(50.0), 1), (&cells, &plain(80.0), 1), &Said::default()).changes, []);
}

#[test]
fn a_story_of_one_customer_is_told_cause_by_cause() {
    let book = book(&[1.0, 1.0, 1.0, 1.0, 1.0], 60.0, 40.0, 4);
    let heavier = self::book(&[3.0, 1.0, 1.0, 1.0, 1.0], 60.0, 40.0, 4);
    let then = [known(2.0), known(5.0), unknown(), known(7.0), unknown()];
    let line = |told: &Ledger| {
        let change = |change: &scores::Change| {
            let measure = change.measure.as_deref().unwrap_or("-");
            format!("{} {measure} {:+}", change.cause.as_str(), change.points_hundredths)
        };
        let changes: Vec<String> = told.changes.iter().map(change).collect();
        format!("{:+}: {}", difference(told), changes.join(", "))
    };
    let after = |cells: &[Cell]| line(&told((&then, &book, 1), (cells, &book, 1), &Said::default()));
    // The first number also tells the age of the fourth: 2 days are young, 5 are halfway to nothing.
    insta::assert_snapshot!(after(&[known(2.0), known(1.0), unknown(), known(7.0), unknown()]), @"-1417: figure b -1417");
    insta::assert_snapshot!(after(&[known(2.0), unknown(), unknown(), known(7.0), unknown()]), @"-1750: lost b -1750");
    insta::assert_snapshot!(after(&[known(2.0), known(5.0), known(7.0), known(7.0), unknown()]), @"+1000: known c +1000");
    insta::assert_snapshot!(after(&[known(5.0), known(5.0), unknown(), known(7.0), unknown()]), @"+726: figure a +1083, age d -500, weighing - +143");
    insta::assert_snapshot!(after(&[unknown(); 5]), @"-6417: ended - -6000, lost d -1000, lost a +833, lost b -250");
    insta::assert_snapshot!(line(&told((&then, &book, 1), (&then, &heavier, 1), &Said::default())), @"-1250: weight a -834, weight d -333, weight b -83");
    insta::assert_snapshot!(line(&told((&[unknown(); 5], &book, 1), (&then, &book, 1), &Said::default())), @"+6417: began - +6000, known d +1000, known a -833, known b +250");
}

#[test]
fn a_customer_that_was_not_there_begins() {
    let book = book(&[1.0; 5], 60.0, 40.0, 5);
    let frame = frame(&[("A", &[known(2.0), known(5.0), known(1.0), known(7.0), known(1.0)])]);
    let said = Said::default();
    let scored = |position| Scored { frame: &frame, position, book: &book, said: &said, at: day(1) };
    let told = ledger(&catalog(), &scored(None), &scored(Some(0)));
    assert_eq!((told.before, sum(&told)), (None, difference(&told)));
    assert!(told.changes.iter().any(|change| change.cause == Cause::Began && change.points_hundredths == 6_000));
}
