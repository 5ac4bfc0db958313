//! What someone is told whose scorecard is wrong, and how versions follow definitions.

use scores::ScoreBook;
use vocab::{Band, Health, Lang};

use crate::definitions;

const GOOD: &str = r#"
id           = "mine"
name         = { zh = "我的", en = "Mine" }
about        = { zh = "试试", en = "A try" }
base         = 60
min_coverage = 0.4
value        = "amount_365d"
bands        = { low = 70, medium = 50, high = 30 }

[[dimension]]
id     = "recency"
name   = { zh = "最近", en = "Recency" }
weight = 2

  [[dimension.measure]]
  indicator = "days_since_order"
  weight    = 1
  curve     = [[0, 100], [90, 0]]

[[dimension]]
id     = "frequency"
name   = { zh = "频次", en = "Frequency" }
weight = 1

  [[dimension.measure]]
  indicator = "orders_90d"
  weight    = 1
  curve     = [[0, 0], [5, 100]]
  reason    = { zh = "一季只买 {orders_90d} 次", en = "{orders_90d} orders in a quarter" }
"#;

fn parse(text: &str) -> Result<ScoreBook, String> {
    ScoreBook::parse("mine.toml", text, &definitions::catalog())
        .map_err(|findings| findings.iter().map(|finding| finding.line(Lang::En)).collect::<Vec<_>>().join("\n"))
}

fn told(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    parse(&GOOD.replacen(from, to, 1)).expect_err("should be wrong")
}

#[test]
fn a_good_scorecard_is_taken() {
    let book = parse(GOOD).unwrap();
    let shares: Vec<f64> = book.measures().map(|(_, _, share)| share).collect();
    assert_eq!(shares, [2.0 / 3.0, 1.0 / 3.0]);
    assert_eq!(book.indicators(), ["days_since_order", "orders_90d", "amount_365d"]);
    let bands: Vec<Band> = [10_000, 7_000, 6_999, 3_000, 0].map(|h| book.band(Health::from_hundredths(h))).to_vec();
    assert_eq!(bands, [Band::Low, Band::Low, Band::Medium, Band::High, Band::Critical]);
}

#[test]
fn the_version_follows_the_text() {
    let one = parse(GOOD).unwrap().version;
    assert_eq!(one, parse(GOOD).unwrap().version);
    assert_ne!(one, parse(&GOOD.replace("weight = 2", "weight = 3")).unwrap().version);
}

#[test]
fn a_wrong_scorecard_is_told_where_and_what() {
    insta::assert_snapshot!(told("\"orders_90d\"\n", "\"order_90d\"\n"), @r#"mine.toml line 26, column 15: there is no indicator "order_90d" (did you mean "orders_90d"?)"#);
    insta::assert_snapshot!(told("\"amount_365d\"", "\"amount_36d\""), @r#"mine.toml line 7, column 16: there is no indicator "amount_36d" (did you mean "amount_30d"?)"#);
    insta::assert_snapshot!(told("[[0, 100], [90, 0]]", "[[90, 0], [0, 100]]"), @"mine.toml line 18, column 15: not a curve (write [[number, points], …], numbers rising, points from 0 to 100; or { steps = … }, { linear = [[…], […]] }, { best = [a, b], worst = [c, d] })");
    insta::assert_snapshot!(told("medium = 50", "medium = 80"), @"mine.toml line 8, column 16: the floors of the bands must fall (low > medium > high > 0)");
    insta::assert_snapshot!(told("base         = 60", "base         = 160"), @r#"mine.toml line 5, column 16: "base" is out of range: 160 (from 0 to 100)"#);
    insta::assert_snapshot!(told("curve     = [[0, 0]", "curv      = [[0, 0]"), @r#"
    mine.toml line 28, column 3: unknown key "curv" (did you mean "curve"?)
    mine.toml line 25, column 3: "curve" is missing (add curve = …)
    "#);
    insta::assert_snapshot!(told("\"orders_90d\"\n", "\"days_since_order\"\n"), @r#"mine.toml line 26, column 15: "days_since_order" is counted twice"#);
    insta::assert_snapshot!(told("{orders_90d} 次", "{order_90d} 次"), @r#"mine.toml line 29, column 15: there is no indicator "order_90d" (did you mean "orders_90d"?)"#);
}
