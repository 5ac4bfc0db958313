//! What orders cost the firm: told for a line, for a piece of it, or left by a margin.

use crate::firm::{Firm, counts};

/// The orders told by a file, as `value, cost`; `-` where no cost is known.
fn told(text: &str) -> Vec<String> {
    let mut firm = Firm::new();
    let report = firm.import(text);
    assert_eq!(counts(&report)[3], 0, "{report:?}");
    costs(&firm)
}

fn costs(firm: &Firm) -> Vec<String> {
    let told = firm.told();
    let cost = |line: &str| {
        let value = line.split(" | ").nth(3).unwrap_or_default();
        let cost = line.split([' ', '|']).find_map(|word| word.strip_prefix("cost="));
        format!("{value}, {}", cost.unwrap_or("-"))
    };
    told.lines().map(cost).collect()
}

#[test]
fn the_costs_of_lines_add_up_to_that_of_their_order() {
    let text = "订单号,商品编码,数量,单价,成本,下单时间,客户编号\n\
        A1,S1,2,10,12.5,2025-03-08,C1\n\
        A1,S2,1,30,20,2025-03-08,C1\n\
        A2,S1,1,10,6,2025-03-09,C1\n";
    assert_eq!(told(text), ["50, 32.5", "10, 6"]);
}

#[test]
fn a_price_paid_for_a_piece_counts_for_each() {
    let text = "订单号,商品编码,数量,单价,进价,下单时间,客户编号\nA1,S1,3,10,4.5,2025-03-08,C1\n";
    assert_eq!(told(text), ["30, 13.5"]);
}

#[test]
fn a_margin_leaves_the_cost() {
    let of_line = "订单号,商品编码,数量,单价,毛利,下单时间,客户编号\nA1,S1,3,10,12,2025-03-08,C1\n";
    assert_eq!(told(of_line), ["30, 18"]);
    let of_order = "订单号,订单金额,毛利,下单时间,客户编号\nA1,200,-20,2025-03-08,C1\n";
    assert_eq!(told(of_order), ["200, 220"], "sold at a loss");
}

#[test]
fn an_order_that_tells_the_cost_of_some_lines_only_has_none() {
    let text = "订单号,商品编码,数量,单价,成本,下单时间,客户编号\n\
        A1,S1,2,10,12,2025-03-08,C1\n\
        A1,S2,1,30,,2025-03-08,C1\n\
        A2,S1,1,10,面议,2025-03-09,C1\n";
    assert_eq!(told(text), ["50, -", "10, -"], "and what is no number is no cost");
}

#[test]
fn a_margin_of_an_order_that_every_line_repeats_is_no_cost_of_a_line() {
    let text = "订单号,商品编码,订单金额,毛利,下单时间,客户编号\n\
        A1,S1,100,40,2025-03-08,C1\n\
        A1,S2,100,40,2025-03-08,C1\n";
    assert_eq!(told(text), ["100, -"]);
}

#[test]
fn an_export_with_costs_tells_them_of_orders_that_came_without() {
    let mut firm = Firm::new();
    firm.import("订单号,商品编码,数量,单价,下单时间,客户编号\nA1,S1,2,10,2025-03-08,C1\nA1,S2,1,5,2025-03-08,C1\n");
    assert_eq!(costs(&firm), ["25, -"]);
    let with = "订单号,商品编码,数量,单价,成本,下单时间,客户编号\n\
        A1,S1,2,10,12,2025-03-08,C1\n\
        A1,S2,1,5,2,2025-03-08,C1\n";
    firm.import(with);
    assert_eq!(costs(&firm).last().map(String::as_str), Some("25, 14"));
    let before = firm.told();
    assert_eq!(firm.import(with).facts, 0, "the same file again adds nothing");
    assert_eq!(firm.told(), before);
}
