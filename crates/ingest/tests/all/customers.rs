//! Customer tables: traits that change, and dates on which they were true.

use ingest::{Plan, TableKind};
use vocab::{AsOf, Zone};

use crate::firm::{Firm, codes, counts};

fn import_on(firm: &mut Firm, day: &str, text: &str) -> ingest::ImportReport {
    let path = firm.file("customers.csv", text);
    let observed_on = Some(Zone::default().parse(day).unwrap());
    let plan = Plan { kind: Some(TableKind::Customers), observed_on, ..Plan::default() };
    firm.import_file(&path, &plan).unwrap()
}

/// The traits of C1 as of the end of a day.
fn traits(firm: &Firm, day: &str) -> String {
    let as_of = AsOf(Zone::default().parse(&format!("{day} 23:59")).unwrap());
    let view = firm.facts.as_of(as_of);
    let mut state = std::collections::BTreeMap::new();
    let mut facts = view.facts_of(&"C1".into()).unwrap();
    facts.sort_by_key(|stored| (stored.fact.occurred_at, stored.number));
    for stored in facts {
        for (key, value) in stored.fact.properties {
            state.insert(key, value);
        }
    }
    let shown: Vec<String> = state.into_iter().filter_map(|(key, value)| Some(format!("{key}={}", value?))).collect();
    shown.join(" ")
}

#[test]
fn a_customer_file_tells_only_what_changed() {
    let mut firm = Firm::new();
    let first = import_on(
        &mut firm,
        "2025-03-01",
        "客户编号,客户名称,客户经理,行业\nC1,北京某某,张三,软件\nC2,上海某某,李四,\n",
    );
    assert_eq!((counts(&first), first.facts), ([2, 2, 0, 0], 2));
    let second =
        import_on(&mut firm, "2025-04-01", "客户编号,客户名称,客户经理,行业\nC1,北京某某,王五,\nC2,上海某某,李四,\n");
    assert_eq!((counts(&second), second.facts), ([2, 1, 1, 0], 1));
    assert_eq!(
        firm.told(),
        "C1 | Traits Changed | 2025-03-01 |  | industry=软件 name=北京某某 owner=张三\n\
         C1 | Traits Changed | 2025-04-01 |  | industry=∅ owner=王五\n\
         C2 | Traits Changed | 2025-03-01 |  | name=上海某某 owner=李四"
    );
    let narrower = import_on(&mut firm, "2025-05-01", "客户编号,客户经理\nC1,王五\n");
    assert_eq!(counts(&narrower), [1, 0, 1, 0], "a column that is not there says nothing");
}

#[test]
fn an_older_table_that_comes_later_changes_only_its_own_time() {
    let mut firm = Firm::new();
    import_on(&mut firm, "2025-01-01", "customer_id,plan,city\nC1,basic,A\n");
    import_on(&mut firm, "2025-04-01", "customer_id,plan,city\nC1,pro,A\n");
    let late = import_on(&mut firm, "2025-02-01", "customer_id,plan,city\nC1,basic,B\n");
    assert_eq!(counts(&late), [1, 1, 0, 0]);
    assert_eq!(traits(&firm, "2025-01-15"), "city=A plan=basic");
    assert_eq!(traits(&firm, "2025-02-15"), "city=B plan=basic");
    assert_eq!(traits(&firm, "2025-04-15"), "city=A plan=pro");
    let again = import_on(&mut firm, "2025-02-01", "customer_id,plan,city\nC1,basic,B\n");
    assert_eq!((counts(&again), again.facts), ([1, 0, 1, 0], 0));
    import_on(&mut firm, "2024-12-01", "customer_id,plan,city,tier\nC1,trial,Z,gold\n");
    assert_eq!(traits(&firm, "2024-12-15"), "city=Z plan=trial tier=gold");
    assert_eq!(traits(&firm, "2025-01-15"), "city=A plan=basic");
}

#[test]
fn without_a_date_a_customer_table_is_true_now() {
    let mut firm = Firm::new();
    let report = firm.import_as(TableKind::Customers, "会员编号,姓名,等级\nM1,张三,金卡\n");
    assert_eq!(report.earliest_changed, Some(firm.now));
    assert_eq!(firm.told(), "M1 | Traits Changed | 2025-06-01 12:00:00 |  | name=张三 tier=金卡");
}

#[test]
fn a_damaged_phone_is_said_and_never_a_key() {
    let mut firm = Firm::new();
    let report = firm.import("客户编号,客户名称,手机号\nC1,甲,13800001111\nC2,乙,1.38E+10\nC3,丙,138****1234\n");
    assert_eq!(counts(&report), [3, 3, 0, 0]);
    assert_eq!(codes(&report), ["3 damaged_phone", "4 damaged_phone"]);
    let mut by_phone = Firm::new();
    let report = by_phone
        .import_as(TableKind::Customers, "手机号,会员等级\n138 0000 1111,金卡\n1.38E+10,银卡\n138****1234,银卡\n");
    assert_eq!(counts(&report), [3, 1, 0, 2]);
    assert_eq!(codes(&report), ["3 damaged_key", "4 damaged_key"]);
    assert!(by_phone.told().starts_with("phone:13800001111 |"), "{}", by_phone.told());
}

#[test]
fn codes_with_leading_zeros_and_long_numbers_stay_text() {
    let mut firm = Firm::new();
    firm.import("客户编号,客户名称,身份证,区号,折扣\n007,甲,320102199001011234,010,0.90\n=\"00123\",乙,320102199001011235,021,1.00\n");
    let told = firm.told();
    assert!(told.contains("007 |") && told.contains("00123 |"), "{told}");
    assert!(told.contains("区号=010 折扣=0.9 身份证=320102199001011234"), "{told}");
    assert!(told.contains("折扣=1 "), "{told}");
}

#[test]
fn a_customer_that_stands_twice_is_said() {
    let mut firm = Firm::new();
    let report = import_on(&mut firm, "2025-03-01", "customer_id,plan\nC1,a\nC1,b\nC1,b\n");
    assert_eq!((counts(&report), codes(&report)), ([3, 2, 1, 0], vec!["3 repeated_customer".to_owned()]));
    assert_eq!(traits(&firm, "2025-03-02"), "plan=b");
}

#[test]
fn total_rows_are_not_customers() {
    let mut firm = Firm::new();
    let report = firm.import("客户名称,客户经理,行业,年消费\n甲公司,张三,软件,100\n合计,,,100\n");
    assert_eq!((counts(&report), codes(&report)), ([2, 1, 0, 1], vec!["3 total_row".to_owned()]));
    assert_eq!(
        firm.told(),
        "甲公司 | Traits Changed | 2025-06-01 12:00:00 |  | industry=软件 name=甲公司 owner=张三 年消费=100"
    );
}
