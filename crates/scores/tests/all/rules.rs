//! What a missing or an old number does, nested groups, the customer's own usual, what people say, for whom a scorecard
//! is.

use indicators::{Catalog, Cell};
use scores::{
    Contributions, Counted, CustomerScore, Firmness, Override, Pulse, Said, ScoreBook, earned, score, score_said,
};
use vocab::{Band, Health, Instant, Lang, Unknown};

use crate::cells::{catalog, frame, known, unknown};

const HEAD: &str = r#"id = "x"
name = { zh = "x", en = "x" }
about = { zh = "x", en = "x" }
base = 60
min_coverage = 0.2
bands = { low = { from = 70, means = { zh = "放心", en = "fine" } }, medium = 50, high = 30, critical = { means = { zh = "今天就联系", en = "call today" } } }
"#;
const GROUP: &str = "[[dimension]]\nid = \"g\"\nname = { zh = \"g\", en = \"g\" }\nweight = 1\n";
const LINE: &str = "curve = [[0, 0], [10, 100]]\n";

fn measure(what: &str, weight: f64, more: &str) -> String {
    format!("[[dimension.measure]]\n{what}\nweight = {weight}\n{LINE}{more}\n")
}

fn parse(text: &str, catalog: &Catalog) -> ScoreBook {
    ScoreBook::parse("x.toml", text, catalog).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

fn book(measures: &[String]) -> ScoreBook {
    parse(&format!("{HEAD}{GROUP}{}", measures.concat()), &catalog())
}

fn refused(text: &str) -> String {
    let findings = ScoreBook::parse("x.toml", text, &catalog()).expect_err("should be wrong");
    findings.iter().map(|finding| finding.line(Lang::En)).collect::<Vec<_>>().join("\n")
}

fn scored(book: &ScoreBook, cells: &[Cell]) -> CustomerScore {
    score(&frame(&[("A", cells)]), book, &catalog()).at(0).clone()
}

fn health(score: &CustomerScore) -> Option<f64> {
    score.health.map(Health::points)
}

#[test]
fn a_missing_number_is_left_out_or_counts_as_poor_or_as_typical() {
    let with = |rule: &str| book(&[measure("indicator = \"a\"", 1.0, ""), measure("indicator = \"b\"", 1.0, rule)]);
    let cells = [known(8.0), unknown(), known(0.0), known(0.0), known(0.0)];
    for (rule, expected, counted) in [
        ("", 80.0, Counted::LeftOut),
        ("missing = \"leave_out\"", 80.0, Counted::LeftOut),
        ("missing = \"poor\"", 40.0, Counted::Poor),
        ("missing = \"neutral\"", 70.0, Counted::Neutral),
    ] {
        let score = scored(&with(rule), &cells);
        assert_eq!((health(&score), score.coverage), (Some(expected), 5_000), "{rule}");
        assert_eq!(score.contributions[1].counted, counted);
        assert_eq!(score.firmness, Firmness::Thin, "half is known, six tenths are asked for");
    }
}

#[test]
fn our_own_silence_is_never_the_customers() {
    let book = book(&[measure("indicator = \"a\"", 1.0, ""), measure("indicator = \"b\"", 1.0, "missing = \"poor\"")]);
    for reason in [Unknown::NotConnected, Unknown::SourceSilent, Unknown::ShortHistory] {
        let score = scored(&book, &[known(8.0), Cell::Unknown(reason), known(0.0), known(0.0), known(0.0)]);
        assert_eq!(health(&score), Some(80.0), "{reason}");
    }
}

#[test]
fn an_old_number_fades_is_left_out_or_counts_as_poor() {
    let with = |then: &str| {
        let stale = format!("stale = {{ by = \"c\", after = 90, {then} }}");
        book(&[measure("indicator = \"a\"", 1.0, ""), measure("indicator = \"b\"", 1.0, &stale)])
    };
    let at = |book: &ScoreBook, age: Cell| scored(book, &[known(4.0), known(10.0), age, known(0.0), known(0.0)]);
    let fades = with("then = \"fade\", over = 100");
    for (age, expected, coverage, counted) in [
        (known(90.0), 70.0, 10_000, Counted::Whole),
        (unknown(), 70.0, 10_000, Counted::Whole),
        (known(140.0), 60.0, 7_500, Counted::Faded),
        (known(190.0), 40.0, 5_000, Counted::LeftOut),
        (known(900.0), 40.0, 5_000, Counted::LeftOut),
    ] {
        let score = at(&fades, age);
        assert_eq!((health(&score), score.coverage), (Some(expected), coverage), "{age:?}");
        assert_eq!(score.contributions[1].counted, counted);
    }
    assert_eq!(health(&at(&with("then = \"leave_out\""), known(91.0))), Some(40.0));
    let poor = at(&with("then = \"poor\""), known(91.0));
    assert_eq!((health(&poor), poor.coverage, poor.contributions[1].counted), (Some(20.0), 5_000, Counted::Stale));
}

#[test]
fn a_number_may_be_put_against_the_customers_own_usual() {
    let own =
        |by: &str| book(&[measure("indicator = \"a\"", 1.0, &format!("own = {{ usual = \"b\", by = \"{by}\" }}"))]);
    let of =
        |book: &ScoreBook, a: f64, b: Cell| health(&scored(book, &[known(a), b, known(0.0), known(0.0), known(0.0)]));
    assert_eq!(of(&own("ratio"), 12.0, known(2.0)), Some(60.0));
    assert_eq!(of(&own("difference"), 12.0, known(2.0)), Some(100.0));
    assert_eq!(of(&own("ratio"), 12.0, known(0.0)), None, "nothing is usual: there is no ratio");
    assert_eq!(of(&own("ratio"), 12.0, unknown()), None);
    assert_eq!(own("ratio").indicators(), ["a", "b"]);
}

#[test]
fn shares_set_anew_are_the_shares_and_points_times_shares_are_the_health() {
    let inner =
        |what: &str, weight: f64| measure(what, weight, "").replace("dimension.measure", "dimension.group.measure");
    let text = format!(
        "{HEAD}{GROUP}{}[[dimension.group]]\nid = \"h\"\nname = {{ zh = \"h\", en = \"h\" }}\nweight = 3\n{}{}",
        measure("indicator = \"a\"", 1.0, ""),
        inner("indicator = \"b\"", 1.0),
        inner("indicator = \"c\"", 2.0),
    );
    let shares = [0.2, 0.5, 0.3];
    let book = parse(&text, &catalog()).with_shares(&shares);
    let found: Vec<f64> = book.measures().map(|(_, _, share)| share).collect();
    assert!(found.iter().zip(shares).all(|(found, share)| (found - share).abs() < 1e-12), "{found:?}");
    for cells in [[8.0, 2.0, 5.0].map(known), [known(8.0), unknown(), known(5.0)]] {
        let frame = frame(&[("A", &[&cells[..], &[unknown(), unknown()]].concat())]);
        let rows = earned(&frame, &book, &catalog());
        let counting = cells.iter().zip(shares).filter(|(cell, _)| cell.known().is_some());
        let whole: f64 = counting.map(|(_, share)| share).sum();
        let above: f64 = rows[0].iter().zip(shares).map(|(earned, share)| earned * share).sum();
        let expected = score(&frame, &book, &catalog()).at(0).health.map(Health::points).unwrap();
        assert!((60.0 + above / whole - expected).abs() < 0.006, "{rows:?} {expected}");
    }
}

#[test]
fn groups_hold_groups_and_share_their_weight() {
    let text = format!(
        "{HEAD}{GROUP}{}[[dimension.group]]\nid = \"h\"\nname = {{ zh = \"h\", en = \"h\" }}\nweight = 3\n{}{}",
        measure("indicator = \"a\"", 1.0, ""),
        measure("indicator = \"b\"", 1.0, "").replace("dimension.measure", "dimension.group.measure"),
        measure("indicator = \"c\"", 2.0, "").replace("dimension.measure", "dimension.group.measure"),
    );
    let book = parse(&text, &catalog());
    let shares: Vec<f64> = book.measures().map(|(_, _, share)| share).collect();
    assert_eq!(shares, [0.25, 0.25, 0.5]);
    let score = scored(&book, &[known(10.0), known(0.0), known(5.0), known(0.0), known(0.0)]);
    assert_eq!(health(&score), Some(50.0));
    assert!(score.contributions.iter().all(|one| one.dimension == "g"), "the outermost group speaks");
    insta::assert_snapshot!(refused(&text.replace("id = \"h\"", "id = \"g\"")), @r#"x.toml line 8, column 6: there is already a group "g" (choose another id)"#);
}

#[test]
fn what_staff_say_counts_like_a_number_and_grows_old() {
    let pulse = "pulse = \"mood\"\nname = { zh = \"客户经理印象\", en = \"Manager's impression\" }";
    let book = book(&[
        measure("indicator = \"a\"", 1.0, ""),
        measure(pulse, 1.0, "stale = { after = 30, then = \"leave_out\" }"),
    ]);
    assert_eq!(book.indicators(), ["a"]);
    let day = |days: i64| Instant::from_micros(0).plus_days(days);
    let frame = frame(&[("A", &[known(4.0), unknown(), unknown(), unknown(), unknown()])]);
    let said = Said::new(
        vec![Pulse { customer: "A".into(), measure: "mood".to_owned(), value: 9.0, at: day(0), until: day(20) }],
        Vec::new(),
    );
    let health_on = |said: &Said, at: Instant| health(score_said(&frame, &book, &catalog(), said, at).at(0));
    assert_eq!(health_on(&said, day(0)), Some(40.0), "what is said now is known from now on");
    assert_eq!(health_on(&said, day(10)), Some(65.0));
    assert_eq!(health_on(&said, day(21)), Some(40.0), "taken back on day 20");
    let stands = Said::new(
        vec![Pulse { customer: "A".into(), measure: "mood".to_owned(), value: 9.0, at: day(0), until: Instant::MAX }],
        Vec::new(),
    );
    assert_eq!(health_on(&stands, day(30)), Some(65.0));
    assert_eq!(health_on(&stands, day(31)), Some(40.0));
}

#[test]
fn a_persons_word_stands_until_its_end_and_the_difference_is_told() {
    let book = book(&[measure("indicator = \"a\"", 1.0, "")]);
    let day = |days: i64| Instant::from_micros(0).plus_days(days);
    let word = Override {
        customer: "A".into(),
        health: Health::from_hundredths(2_500),
        reason: "对接人说要换供应商".to_owned(),
        author: "王芳".to_owned(),
        from: day(1),
        until: day(8),
    };
    let said = Said::new(Vec::new(), vec![word]);
    let none = [unknown(); 5];
    let frame = frame(&[("A", &[known(8.0), unknown(), unknown(), unknown(), unknown()]), ("B", &none)]);
    let on = |days: i64| score_said(&frame, &book, &catalog(), &said, day(days)).at(0).clone();
    assert_eq!([on(1), on(2), on(8)].map(|score| health(&score)), [Some(80.0), Some(25.0), Some(80.0)]);
    let score = on(2);
    assert_eq!(score.band, Some(Band::Critical));
    assert_eq!(score.correction.as_ref().map(|one| one.points_hundredths), Some(-5_500));
    assert_eq!(book.band_word(Band::Critical).unwrap().en, "call today");
    assert_eq!(book.band_word(Band::High), None);
}

#[test]
fn a_scorecard_may_be_for_some_and_the_rest_have_the_common_one() {
    let common = book(&[measure("indicator = \"a\"", 1.0, "")]);
    let large = format!(
        "{HEAD}for = {{ of = \"e\", is = \">\", than = 100 }}\n{GROUP}{}",
        measure("indicator = \"b\"", 1.0, "")
    );
    let large = parse(&large.replacen("id = \"x\"", "id = \"large\"", 1), &catalog());
    assert_eq!(large.indicators(), ["b", "e"]);
    let both = common.clone().after(vec![large.clone(), common.clone()]);
    assert_eq!(both.special().len(), 1, "one that is for everybody comes last");
    assert_ne!(both.version, common.version);
    let frame = frame(&[
        ("big", &[known(2.0), known(9.0), unknown(), unknown(), known(500.0)]),
        ("new", &[known(2.0), known(9.0), unknown(), unknown(), unknown()]),
        ("small", &[known(2.0), known(9.0), unknown(), unknown(), known(5.0)]),
    ]);
    let scores = score(&frame, &both, &catalog());
    let told: Vec<(Option<f64>, &str)> =
        scores.iter().map(|(_, one)| (health(one), both.of(one).id.as_str())).collect();
    assert_eq!(told, [(Some(90.0), "large"), (Some(20.0), "x"), (Some(20.0), "x")]);
    // Alone, it is for nobody else; side by side, a customer has both.
    let each = scores::score_each(&frame, &[&common, &large], &catalog(), &Said::default(), frame.as_of().instant());
    let healths: Vec<Vec<Option<f64>>> =
        each.iter().map(|one| one.iter().map(|(_, score)| health(score)).collect()).collect();
    assert_eq!(healths, [[Some(20.0), Some(20.0), Some(20.0)], [Some(90.0), None, None]]);
    let names: Vec<String> = both.each().map(|one| one.id).collect();
    assert_eq!(names, ["large", "x"], "each by itself, as they are asked");
    // Some after the other are scored as all at once, and lightly the same without the reasons.
    let light = scores::score_lightly(&frame, &both, &catalog());
    assert!(scores.tells_why() && !light.tells_why());
    for place in 0..3 {
        assert_eq!(score(&frame.part(place..place + 1), &both, &catalog()).at(0), scores.at(place));
        let bare = CustomerScore { contributions: Contributions::default(), ..scores.at(place).clone() };
        assert_eq!(light.at(place), &bare);
    }
}

#[test]
fn what_is_wrong_with_a_rule_is_told_with_its_place() {
    let one = |more: &str| refused(&format!("{HEAD}{GROUP}{}", measure("indicator = \"a\"", 1.0, more)));
    insta::assert_snapshot!(one("missing = \"bad\""), @r#"x.toml line 15, column 11: unknown word "bad" (one of: leave_out, poor, neutral)"#);
    insta::assert_snapshot!(one("stale = { by = \"z\", after = 9, then = \"poor\" }"), @r#"x.toml line 15, column 16: there is no indicator "z" (did you mean "a"?)"#);
    insta::assert_snapshot!(one("stale = { by = \"b\", after = 9, then = \"fade\" }"), @r#"x.toml line 15, column 9: "over" is missing (add over = …)"#);
    insta::assert_snapshot!(one("own = { usual = \"b\", by = \"magic\" }"), @r#"x.toml line 15, column 27: unknown word "magic" (one of: ratio, difference)"#);
    let circular =
        format!("{HEAD}for = {{ not = {{ band = [\"low\"] }} }}\n{GROUP}{}", measure("indicator = \"a\"", 1.0, ""));
    insta::assert_snapshot!(refused(&circular), @"x.toml line 7, column 7: whom a scorecard is for cannot hang on the health it gives (ask about indicators)");
    let curve = format!("{HEAD}{GROUP}{}", measure("indicator = \"a\"", 1.0, ""))
        .replace(LINE, "curve = { best = [9, 3], worst = [1, 20] }\n");
    insta::assert_snapshot!(refused(&curve), @"x.toml line 14, column 9: not a curve (write [[number, points], …], numbers rising, points from 0 to 100; or { steps = … }, { linear = [[…], […]] }, { best = [a, b], worst = [c, d] })");
}

#[test]
fn every_curve_can_be_written() {
    for (curve, at, points) in [
        ("{ steps = [[0, 10], [5, 60]] }", 4.0, 10.0),
        ("{ linear = [[0, 40], [10, 60]], least = 20, most = 90 }", 100.0, 90.0),
        ("{ best = [3, 5], worst = [0, 10] }", 4.0, 100.0),
    ] {
        let text = format!("{HEAD}{GROUP}{}", measure("indicator = \"a\"", 1.0, ""))
            .replace(LINE, &format!("curve = {curve}\n"));
        let book = parse(&text, &catalog());
        let score = scored(&book, &[known(at), unknown(), unknown(), unknown(), unknown()]);
        assert_eq!(health(&score), Some(points), "{curve}");
    }
}
