//! What is too much to be remembered row by row: very long orders, and files in which very many keys come again. Such rows
//! are put aside on disk and taken part by part, and the answer is the same.

use ingest::{Plan, TableKind};

use crate::firm::{Firm, codes, counts, guessed};

/// More keys that come again than are remembered.
const MANY: usize = 17_000;

#[test]
fn an_order_with_very_many_lines_is_one_order_beside_the_short_ones() {
    let mut firm = Firm::new();
    let mut text = String::from("order_id,sku,qty,price,order_date,customer_id\n");
    for line in 0..600 {
        text.push_str(&format!("LONG,S{line},1,2,2025-03-08,C1\n"));
        text.push_str(&format!("N{},S,1,1,2025-03-09,C2\nN{},T,1,1,2025-03-09,C2\n", line / 2, line / 2));
    }
    text.push_str("LONG,S,1,x,2025-03-08,C1\nLONG,S,1,1,2025-03-08,C9\n");
    let report = firm.import(&text);
    assert_eq!((counts(&report), report.facts), ([1_802, 1_800, 0, 2], 301));
    assert_eq!(codes(&report), ["1802 bad_number", "1803 order_of_another_customer"]);
    let stored = firm.stored();
    let long = stored.iter().find(|stored| stored.fact.properties["order_no"].as_deref() == Some("LONG")).unwrap();
    assert_eq!(long.fact.properties["line_count"].as_deref(), Some("600"));
    assert_eq!(long.fact.value.unwrap().to_string(), "1200");
    assert_eq!(counts(&firm.import(&text)), [1_802, 0, 1_800, 2]);
}

#[test]
fn of_very_many_rows_that_come_twice_each_is_taken_twice_and_none_a_third_time() {
    let mut firm = Firm::new();
    let mut text = String::from("customer_id,event,timestamp\n");
    for _ in 0..2 {
        (0..MANY).for_each(|n| text.push_str(&format!("C{n},Logged In,2025-03-08 10:00:00\n")));
    }
    text.push_str("C1,Logged In,yesterday or so\n");
    let path = firm.file("events.csv", &text);
    let mapping = guessed(&path, &Plan::default()).unwrap();
    let rows = 2 * MANY as u64;
    let dry = firm.take(&path, &mapping, true).unwrap();
    assert_eq!((counts(&dry), dry.facts), ([rows + 1, rows, 0, 1], rows));
    let first = firm.take(&path, &mapping, false).unwrap();
    assert_eq!(dry, first);
    assert_eq!(counts(&firm.take(&path, &mapping, false).unwrap()), [rows + 1, 0, rows, 1]);
    assert_eq!(firm.stored().len() as u64, rows);
}

#[test]
fn of_very_many_customers_told_twice_each_keeps_both_tellings_in_their_order() {
    let mut firm = Firm::new();
    let mut text = String::from("customer_id,city,observed_at\n");
    for (city, day) in [("A", "2025-03-01"), ("B", "2025-04-01")] {
        (0..MANY).for_each(|n| text.push_str(&format!("C{n},{city},{day}\n")));
    }
    let path = firm.file("customers.csv", &text);
    let plan = Plan { kind: Some(TableKind::Customers), ..Plan::default() };
    let mapping = guessed(&path, &plan).unwrap();
    let rows = 2 * MANY as u64;
    let dry = firm.take(&path, &mapping, true).unwrap();
    assert_eq!((counts(&dry), dry.facts, dry.warned), ([rows, rows, 0, 0], rows, MANY as u64));
    assert_eq!(firm.take(&path, &mapping, false).unwrap(), dry);
    let told: Vec<String> = firm.told().lines().filter(|line| line.starts_with("C7 ")).map(str::to_owned).collect();
    assert_eq!(told, ["C7 | Traits Changed | 2025-03-01 |  | city=A", "C7 | Traits Changed | 2025-04-01 |  | city=B"]);
    assert_eq!(counts(&firm.take(&path, &mapping, false).unwrap()), [rows, 0, rows, 0]);
}
