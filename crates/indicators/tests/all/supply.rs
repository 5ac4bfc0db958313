//! What a silent source starves has no number; everything else keeps its own.

use std::sync::Arc;

use facts::{Fact, FrameBuilder};
use indicators::{Catalog, Cell, Outage, Population, Supply, Usual, evaluate_at};
use vocab::{AsOf, Instant, Kind, Unknown, Zone};

const DEFINITIONS: &str = r#"
[[indicator]]
id = "logins_30d"
name = { zh = "登录", en = "Logins" }
question = { zh = "登录几次？", en = "How many logins?" }
category = "behaviour"
of = { kind = "event", name = "Logged In" }
measure = "count"
window = "30d"
unit = "count"
worse = "lower"
when_absent = "zero"

[[indicator]]
id = "days_since_login"
name = { zh = "未登录", en = "Since login" }
question = { zh = "多久没来？", en = "How long away?" }
category = "behaviour"
of = { kind = "event", name = "Logged In" }
measure = "days_since_last"
unit = "day"
worse = "higher"
when_absent = "unknown"

[[indicator]]
id = "orders_30d"
name = { zh = "下单", en = "Orders" }
question = { zh = "下单几次？", en = "How many orders?" }
category = "purchase"
of = { kind = "order" }
measure = "count"
window = "30d"
unit = "order"
worse = "lower"
when_absent = "zero"
"#;

fn day(number: i64) -> Instant {
    Zone::default().parse("2025-01-01").unwrap().plus_days(number)
}

fn usual(per_day: f64) -> Usual {
    Usual { kind: Kind::Event, name: "Logged In".to_owned(), per_day }
}

/// Logins every day up to the 100th, orders every day; the source of logins silent from the 90th, found on the 91st.
fn answers(supply: Supply, at: i64) -> Vec<Cell> {
    let catalog = Catalog::parse(&[("a.toml".to_owned(), DEFINITIONS.to_owned())]).unwrap();
    let catalog = catalog.with_supply(Arc::new(supply));
    let mut builder = FrameBuilder::new(catalog.want(), AsOf(day(200)), Zone::default(), &[]);
    for number in 0..200 {
        for (kind, name) in [(Kind::Event, "Logged In"), (Kind::Order, "Order Completed")] {
            let silent = kind == Kind::Event && (90..120).contains(&number);
            let mut fact = Fact::new("A", kind, name, day(number).plus_micros(1));
            fact.known_at = Some(fact.occurred_at);
            fact.message_id = format!("{name} {number}").as_str().into();
            if !silent {
                builder.push(&facts::StoredFact { number: number as u64, recorded_at: fact.occurred_at, fact });
            }
        }
    }
    let frame = builder.finish();
    let answers = evaluate_at(&frame, &catalog, &Population::Everyone, &[AsOf(day(at))]).remove(0);
    ["logins_30d", "days_since_login", "orders_30d"].map(|id| answers.cell(0, id)).to_vec()
}

fn supply(until: Option<i64>, per_day: f64) -> Supply {
    let outage = Outage {
        source: "app".to_owned(),
        of: usual(per_day),
        since: day(90),
        found_at: day(91),
        until: until.map(day),
    };
    Supply { usual: vec![usual(per_day), usual(10.0 - per_day)], outages: vec![outage] }
}

#[test]
fn what_a_silent_source_starves_has_no_number_from_the_moment_that_is_known() {
    let (silent, known) = (Cell::Unknown(Unknown::SourceSilent), Cell::Known);
    assert_eq!(answers(supply(None, 9.5), 90), [known(30.0), known(0.0), known(30.0)], "nobody knew yet");
    assert_eq!(answers(supply(None, 9.5), 92), [known(28.0), silent, known(30.0)], "a tenth of a window is little");
    assert_eq!(answers(supply(None, 9.5), 100), [silent, silent, known(30.0)]);
    assert_eq!(answers(supply(Some(120), 9.5), 130), [silent, known(0.0), known(30.0)], "the window still lacks days");
    assert_eq!(answers(supply(Some(120), 9.5), 155), [known(30.0), known(0.0), known(30.0)]);
    let small = answers(supply(None, 0.5), 100);
    assert!(
        small.iter().all(|cell| matches!(cell, Cell::Known(_))),
        "a source of a twentieth starves nobody: {small:?}"
    );
}
