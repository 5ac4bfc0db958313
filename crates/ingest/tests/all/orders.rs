//! Orders and their lines.

use ingest::{EqualRows, Plan, TableKind};

use crate::firm::{Firm, codes, counts};

#[test]
fn the_lines_of_an_order_become_one_order() {
    let mut firm = Firm::new();
    let report = firm.import(
        "订单号,商品编码,商品名称,数量,单价,下单时间,客户编号\n\
         A1,S1,茶,2,¥10.50,2025/3/8 10:00,C1\n\
         A1,S2,杯,1,\"1,000\",2025/3/8 10:00,C1\n\
         A2,S1,茶,-1,10.5,2025/3/9 09:00,C1\n",
    );
    assert_eq!((counts(&report), report.facts), ([3, 3, 0, 0], 2));
    assert_eq!(
        firm.told(),
        "C1 | Order Completed | 2025-03-08 10:00:00 | 1021 | line_count=2 order_no=A1 quantity=3\n\
         C1 | Order Cancelled | 2025-03-09 09:00:00 | -10.5 | line_count=1 order_no=A2 quantity=-1"
    );
    let lines = firm.stored()[0].fact.properties["lines"].clone();
    assert_eq!(
        lines.as_deref(),
        Some(
            r#"[{"sku":"S1","name":"茶","quantity":2,"price":10.5},{"sku":"S2","name":"杯","quantity":1,"price":1000}]"#
        )
    );
}

#[test]
fn an_order_of_several_product_lines_names_them_all_whichever_row_comes_first_and_in_whichever_file() {
    let header = "订单号,商品编码,品类,门店,数量,单价,下单时间,客户编号\n";
    let tea = "A1,S1,茶,一店,2,10,2025/3/8 10:00,C1\n";
    let cup = "A1,S2,杯子,一店,1,30,2025/3/8 10:00,C1\n";
    let bag = "A1,S3,,二店,1,5,2025/3/8 10:00,C1\n";
    let named = |files: &[&[&str]]| {
        let mut firm = Firm::new();
        for rows in files {
            firm.import(&format!("{header}{}", rows.concat()));
        }
        let last = firm.stored().pop().unwrap().fact.properties;
        (last.get("品类").cloned().flatten(), last.get("门店").cloned().flatten())
    };
    let all = (Some("杯子、茶".to_owned()), None);
    assert_eq!(named(&[&[tea, cup, bag]]), all);
    assert_eq!(named(&[&[bag, cup, tea]]), all);
    assert_eq!(named(&[&[tea], &[tea, cup, bag]]), all, "a longer export names more");
    assert_eq!(named(&[&[tea, cup, bag], &[cup]]), all, "a part of it names no less");
    assert_eq!(named(&[&[tea]]), (Some("茶".to_owned()), Some("一店".to_owned())));
}

const TWO_DAYS: &str = "order_id,sku,qty,price,order_date,customer_id\n\
     A1,S1,1,10,2025-03-08,C1\n\
     A1,S1,1,10,2025-03-08,C1\n\
     A2,S2,1,5,2025-03-09,C2\n";

#[test]
fn the_same_file_again_adds_nothing_and_equal_lines_stay() {
    let mut firm = Firm::new();
    assert_eq!(counts(&firm.import(TWO_DAYS)), [3, 3, 0, 0]);
    let told = firm.told();
    assert!(told.contains("| 20 | line_count=2"), "{told}");
    let again = firm.import(TWO_DAYS);
    assert_eq!((counts(&again), again.facts, again.earliest_changed), ([3, 0, 3, 0], 0, None));
    assert_eq!(firm.told(), told);
}

#[test]
fn a_longer_export_adds_the_new_lines_to_their_order() {
    let mut firm = Firm::new();
    firm.import(TWO_DAYS);
    let longer = format!("{TWO_DAYS}A1,S1,1,10,2025-03-08,C1\nA3,S9,1,7,2025-03-10,C1\n");
    let report = firm.import(&longer);
    assert_eq!((counts(&report), report.facts), ([5, 2, 3, 0], 2));
    let end = vocab::AsOf(firm.now);
    let frame = firm.facts.as_of(end).frame(&facts::Want::default()).unwrap();
    let values: Vec<String> = (0..frame.len())
        .filter(|row| frame.is_visible(*row, end))
        .filter_map(|row| frame.value(row))
        .map(|value| value.to_string())
        .collect();
    assert_eq!(values, ["30", "7", "5"], "the corrected order counts once");
    assert_eq!(counts(&firm.import(&longer)), [5, 0, 5, 0]);
    assert_eq!(counts(&firm.import(TWO_DAYS)), [3, 0, 3, 0], "the shorter export knows nothing new");
}

#[test]
fn a_changed_amount_of_an_order_is_a_correction() {
    let mut firm = Firm::new();
    firm.import("订单号,下单日期,客户编号,订单金额,订单状态\nA1,2025-03-08,C1,100,已完成\n");
    let report = firm.import("订单号,下单日期,客户编号,订单金额,订单状态\nA1,2025-03-08,C1,100,已退款\n");
    assert_eq!((counts(&report), report.facts), ([1, 1, 0, 0], 1));
    let last = firm.stored().into_iter().find(|stored| stored.fact.supersedes.is_some()).unwrap();
    assert_eq!((last.fact.name.as_str(), last.fact.value.unwrap().to_string()), ("Order Cancelled", "-100".to_owned()));
    assert_eq!(
        counts(&firm.import("订单号,下单日期,客户编号,订单金额,订单状态\nA1,2025-03-08,C1,100,已完成\n")),
        [1, 0, 1, 0]
    );
}

#[test]
fn an_order_total_repeated_on_each_line_counts_once() {
    let mut firm = Firm::new();
    firm.import(
        "订单号,商品名称,数量,订单金额,下单日期,客户编号\n\
         A1,茶,1,88,2025-03-08,C1\n\
         A1,杯,2,88,2025-03-08,C1\n",
    );
    assert_eq!(firm.told(), "C1 | Order Completed | 2025-03-08 | 88 | line_count=2 order_no=A1 quantity=3");
}

#[test]
fn a_number_that_begins_with_c_is_a_cancellation_beside_numbers_that_do_not() {
    let mut firm = Firm::new();
    firm.import(
        "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n\
         536365,22,6,2010-12-01 08:26:00,2.55,17850.0\n\
         C536379,D,1,2010-12-01 09:41:00,27.5,17850.0\n",
    );
    assert_eq!(
        firm.told(),
        "17850 | Order Completed | 2010-12-01 08:26:00 | 15.3 | line_count=1 order_no=536365 quantity=6\n\
         17850 | Order Cancelled | 2010-12-01 09:41:00 | -27.5 | line_count=1 order_no=C536379 quantity=1"
    );
    let mut other = Firm::new();
    other.import("order_no,order_date,customer_id,amount\nC2025001,2025-03-01,K1,5\n");
    assert!(other.told().contains("Order Completed"), "a firm whose numbers all begin with C");
}

#[test]
fn every_line_that_cannot_be_read_is_named_with_its_reason() {
    let mut firm = Firm::new();
    let report = firm.import(
        "订单号,商品编码,数量,单价,下单时间,客户编号\n\
         A1,S1,2,10,2025-03-08,C1\n\
         A1,S2,两个,10,2025-03-08,C1\n\
         A1,S3,1,-5,2025-03-08,C1\n\
         A1,S4,1,,2025-03-08,C1\n\
         A1,S5,1,10,2025-03-08,\n\
         A1,S6,1,10,昨天,C1\n\
         A1,S7,1,10,2025-09-01,C1\n\
         A1,S8,1,10,1970-01-01,C1\n\
         A1,S9,1,10,2025-03-08,C2\n\
         ,S9,1,10,2025-03-08,C1\n\
         A3,S1,1,10,2025-03-08,1.38E+10\n\
         合计,,13,,,\n",
    );
    assert_eq!(counts(&report), [12, 1, 0, 11]);
    assert_eq!(
        codes(&report),
        [
            "3 bad_number",
            "4 negative_price",
            "5 missing_value",
            "6 missing_value",
            "7 bad_date",
            "8 future_date",
            "9 date_too_old",
            "10 order_of_another_customer",
            "11 missing_value",
            "12 damaged_key",
            "13 total_row"
        ]
    );
    assert_eq!(firm.told(), "C1 | Order Completed | 2025-03-08 | 20 | line_count=1 order_no=A1 quantity=2");
}

#[test]
fn the_rejects_file_is_mended_and_imported_again() {
    let mut firm = Firm::new();
    let text = "订单号,商品编码,数量,单价,下单时间,客户编号\nA1,=S1,2,10,2025-03-08,C1\nA2,=S2,x,10,2025-03-08,C1\n";
    assert_eq!(counts(&firm.import(text)), [2, 1, 0, 1]);
    let rejects = firm.rejected();
    assert!(
        rejects.starts_with("\u{feff}订单号,商品编码,数量,单价,下单时间,客户编号,_row,_reason\nA2,'=S2,x,"),
        "{rejects}"
    );
    assert!(rejects.contains(",3,\"[bad_number] 数量: 不是数字"), "{rejects}");
    let report = firm.import(&rejects.replace(",x,", ",4,"));
    assert_eq!(counts(&report), [1, 1, 0, 0]);
    let sku = firm.stored()[1].fact.properties["lines"].clone();
    assert_eq!(sku.as_deref(), Some(r#"[{"sku":"=S2","quantity":4,"price":10}]"#));
    let untouched = firm.import(&rejects);
    assert_eq!(counts(&untouched), [1, 0, 0, 1]);
}

#[test]
fn orders_without_numbers_are_told_apart_by_what_they_say() {
    let mut firm = Firm::new();
    let text = "消费日期,会员编号,消费金额\n2025-03-08,M1,50\n2025-03-08,M1,50\n2025-03-09,M2,30.00\n";
    assert_eq!(counts(&firm.import(text)), [3, 3, 0, 0]);
    let longer = "会员编号,消费日期,消费金额\nM2,2025-03-09,30\nM1,2025-03-08,50\nM1,2025-03-08,50\nM1,2025-03-08,50\n";
    assert_eq!(counts(&firm.import(longer)), [4, 1, 3, 0]);
}

#[test]
fn equal_rows_count_once_where_that_is_said() {
    // The export stands in the file twice; one order has two equal lines in each.
    let lines =
        "A1,1001,2025-03-08,茶,1,5\nA1,1001,2025-03-08,茶,1,5\nA1,1001,2025-03-08,杯,2,9\nA2,1002,2025-03-09,茶,1,5\n";
    let numbered = format!("订单号,客户编号,下单时间,商品名称,数量,单价\n{lines}{lines}");
    let unnumbered =
        "客户编号,时间,事件\nM1,2025-03-08 10:00,登录\nM1,2025-03-08 10:00,登录\nM2,2025-03-08 10:00,登录\n";
    for (text, each, once, values) in
        [(&*numbered, [8, 8, 0, 0], [8, 3, 5, 0], "5 23"), (unnumbered, [3, 3, 0, 0], [3, 2, 1, 0], "")]
    {
        assert_eq!(counts(&Firm::new().import(text)), each, "what is not said otherwise is all real");
        let mut firm = Firm::new();
        let path = firm.file("twice.csv", text);
        let plan = Plan { equal_rows: Some(EqualRows::Once), ..Plan::default() };
        let mapping = crate::firm::guessed(&path, &plan).unwrap();
        let dry = firm.take(&path, &mapping, true).unwrap();
        let real = firm.take(&path, &mapping, false).unwrap();
        assert_eq!((counts(&real), &dry), (once, &real));
        let mut told: Vec<String> = firm.stored().iter().filter_map(|one| Some(one.fact.value?.to_string())).collect();
        told.sort_by_key(String::len);
        assert_eq!(told.join(" "), values);
        let again = firm.take(&path, &mapping, false).unwrap();
        assert_eq!(counts(&again), [each[0], 0, each[0], 0], "and nothing comes in twice");
    }
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let mut firm = Firm::new();
    let path = firm.file("orders.csv", TWO_DAYS);
    let mapping = crate::firm::guessed(&path, &Plan::default()).unwrap();
    assert_eq!(mapping.kind, TableKind::Orders);
    let dry = firm.take(&path, &mapping, true).unwrap();
    assert!(firm.stored().is_empty());
    let real = firm.take(&path, &mapping, false).unwrap();
    assert_eq!(dry, real);
    let dry = firm.take(&path, &mapping, true).unwrap();
    assert_eq!(dry, firm.take(&path, &mapping, false).unwrap());
    assert_eq!(counts(&dry), [3, 0, 3, 0]);
}

#[test]
fn a_dry_run_counts_conflicts_as_an_import_does() {
    let mut firm = Firm::new();
    firm.import("message_id,customer_id,event,timestamp\nm1,C1,Paid,2025-03-08T10:00:00Z\n");
    let text = "message_id,customer_id,event,timestamp\nm1,C1,Left,2025-03-08T10:00:00Z\nm2,C1,Paid,2025-03-08T10:00:00Z\nm2,C1,Left,2025-03-08T10:00:00Z\n";
    let path = firm.file("events.csv", text);
    let mapping = crate::firm::guessed(&path, &Plan::default()).unwrap();
    let dry = firm.take(&path, &mapping, true).unwrap();
    assert_eq!((counts(&dry), dry.conflicts), ([3, 1, 2, 0], 2));
    assert_eq!(dry, firm.take(&path, &mapping, false).unwrap());
}

#[test]
fn an_order_whose_lines_come_after_those_of_others_is_one_order() {
    let header = "order_id,sku,qty,price,order_date,customer_id\n";
    let line = |order: u32, sku: u32| format!("N{order},S{sku},1,1,2025-03-08,C{order}\n");
    // All in turn; the same, and the first comes back at the end, a hundred and more kilobytes of rows later.
    let in_turn: String = (0..1_000).map(|order| line(order, 1) + &line(order, 2)).collect();
    for (rest, lines) in [(String::new(), "2"), (line(0, 3), "3")] {
        let mut firm = Firm::new();
        let report = firm.import(&format!("{header}{in_turn}{rest}"));
        let rows = 2_000 + u64::from(lines == "3");
        assert_eq!((counts(&report), report.facts), ([rows, rows, 0, 0], 1_000));
        let stored = firm.stored();
        let first = stored.iter().find(|one| one.fact.properties["order_no"].as_deref() == Some("N0")).unwrap();
        assert_eq!(first.fact.properties["line_count"].as_deref(), Some(lines));
        assert!(stored.iter().all(|one| one.fact.supersedes.is_none()));
    }
}

#[test]
fn an_order_scattered_over_a_file_is_still_one_order() {
    let mut firm = Firm::new();
    let mut text = String::from("order_id,sku,qty,price,order_date,customer_id\n");
    for line in 0..2 {
        for order in 0..40_000 {
            text.push_str(&format!("N{order},S{line},1,1,2025-03-08,C{order}\n"));
        }
    }
    let report = firm.import(&text);
    assert_eq!((counts(&report), report.facts), ([80_000, 80_000, 0, 0], 40_000));
    assert!(firm.stored().iter().all(|stored| stored.fact.properties["line_count"].as_deref() == Some("2")));
    assert_eq!(counts(&firm.import(&text)), [80_000, 0, 80_000, 0]);
}

#[test]
fn a_numbered_line_that_comes_again_with_other_content_is_corrected() {
    let mut firm = Firm::new();
    let text =
        "order_id,line_no,customer_id,order_date,sku,qty,price\nA1,1,C1,2025-03-08,x,1,5\nA1,2,C1,2025-03-08,y,1,2\n";
    assert_eq!(counts(&firm.import(text)), [2, 2, 0, 0]);
    assert_eq!(counts(&firm.import(&text.replace("y,1,2", "y,3,2"))), [2, 1, 1, 0]);
    assert_eq!(firm.told(), "C1 | Order Completed | 2025-03-08 | 11 | line_count=2 order_no=A1 quantity=4");
    let part = "order_id,line_no,customer_id,order_date,sku,qty,price\nA1,3,C1,2025-03-08,z,1,1\n";
    assert_eq!(counts(&firm.import(part)), [1, 1, 0, 0]);
    assert!(firm.told().contains("| 12 |"));
}
