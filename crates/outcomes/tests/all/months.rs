//! The churn rate by month, and when there is none.

use outcomes::{Month, months, not_yet};
use vocab::{Lang, Text};

use crate::told::{as_of, date, frame, shipped};

/// `2025-04 at_start left[name date]` per month, or why not.
fn told(months: &[Month]) -> Vec<String> {
    months
        .iter()
        .map(|month| {
            let names: Vec<String> =
                month.left.iter().map(|left| format!("{} {}", left.customer, date(left.at))).collect();
            let judged = month.judged.as_ref().err().map_or(String::new(), |why| format!(" ({})", why.en));
            format!("{} {} [{}]{judged}", &date(month.start)[..7], month.at_start, names.join(", "))
        })
        .collect()
}

/// B orders every month, the others now and then.
const FIRM: &str = "
    A | order | Order Completed | 2025-01-10 | | 5
    B | order | Order Completed | 2025-01-15 | | 5
    C | order | Order Completed | 2025-02-10 | | 5
    B | order | Order Completed | 2025-02-20 | | 5
    B | order | Order Completed | 2025-03-20 | | 5
    B | order | Order Completed | 2025-04-20 | | 5
    B | order | Order Completed | 2025-05-20 | | 5
    D | order | Order Completed | 2025-05-02 | | 5
    A | order | Order Completed | 2025-05-25 | | 5
    B | order | Order Completed | 2025-06-20 | | 5
";

#[test]
fn a_leaver_counts_in_the_month_in_which_it_counts_as_gone() {
    let frame = frame(FIRM, "2025-07-01");
    let months = months(&frame, &shipped("no_order_90d"), as_of("2025-07-01"), 4);
    assert_eq!(
        told(&months),
        [
            "2025-03 3 [] (facts begin on 2025-01-10: whole months after 2025-04-10 can be judged)",
            "2025-04 3 [A 2025-04-10] (facts begin on 2025-01-10: whole months after 2025-04-10 can be judged)",
            "2025-05 2 [C 2025-05-11]",
            // A came back in May and D is a newcomer of May: both are there in June.
            "2025-06 3 []",
        ]
    );
    assert_eq!(months[2].rate(), Some(0.5));
    assert_eq!(months[3].rate(), Some(0.0));
    assert_eq!(months[1].rate(), None, "a month that cannot be judged has no rate");
    assert!(months[3].is_complete(as_of("2025-07-01")));
}

#[test]
fn a_newcomer_who_leaves_within_the_month_is_not_counted() {
    let lines = "
        A | contract | Contract Signed | 2024-12-01 | | | end_on=2025-12-31
        N | contract | Contract Signed | 2025-03-05 | | | end_on=2026-03-04
        N | contract | Contract Cancelled | 2025-03-20
        A | contract | Contract Cancelled | 2025-03-25
        B | event | Logged In | 2025-04-01
    ";
    let frame = frame(lines, "2025-04-02");
    let months = months(&frame, &shipped("cancelled"), as_of("2025-04-02"), 2);
    assert_eq!(told(&months), ["2025-03 1 [A 2025-03-25]", "2025-04 0 []"]);
    assert_eq!(months[1].rate(), None, "nobody there at the start");
}

#[test]
fn the_running_month_is_judged_so_far() {
    let frame = frame(FIRM, "2025-05-21");
    let months = months(&frame, &shipped("no_order_90d"), as_of("2025-05-21"), 1);
    assert_eq!(told(&months), ["2025-05 2 [C 2025-05-11]"]);
    assert!(!months[0].is_complete(as_of("2025-05-21")));
}

#[test]
fn months_after_the_facts_end_are_not_judged() {
    let frame = frame(FIRM, "2025-11-01");
    let months = months(&frame, &shipped("no_order_90d"), as_of("2025-11-01"), 4);
    assert_eq!(
        told(&months),
        [
            "2025-07 3 [D 2025-07-31] (facts reach only to 2025-06-20: whether anybody left after that cannot be told)",
            "2025-08 2 [A 2025-08-23] (facts reach only to 2025-06-20: whether anybody left after that cannot be told)",
            "2025-09 1 [B 2025-09-18] (facts reach only to 2025-06-20: whether anybody left after that cannot be told)",
            "2025-10 0 [] (facts reach only to 2025-06-20: whether anybody left after that cannot be told)",
        ]
    );
}

#[test]
fn months_before_the_first_fact_are_left_out() {
    let frame = frame(FIRM, "2025-07-01");
    let months = months(&frame, &shipped("no_order_90d"), as_of("2025-07-01"), 18);
    assert_eq!(months.len(), 6);
    assert_eq!(date(months[0].start), "2025-01-01");
}

#[test]
fn a_firm_that_cannot_be_judged_reads_why() {
    let why = |lines: &str, id: &str, when: &str| {
        not_yet(&frame(lines, when), &shipped(id), as_of(when)).map(|text: Text| text.get(Lang::Zh).to_owned())
    };
    assert_eq!(why("", "no_order_90d", "2025-02-01").as_deref(), Some("还没有任何客户数据"));
    let traits = "A | trait | Traits Changed | 2025-01-01";
    assert_eq!(why(traits, "no_order_90d", "2025-02-01").as_deref(), Some("这个流失口径要看订单，还没有导入过"));
    assert_eq!(
        why(traits, "saas_contract", "2025-02-01").as_deref(),
        Some("这个流失口径要看合同到期日或合同记录，还没有导入过")
    );
    assert_eq!(
        why(FIRM, "no_order_90d", "2025-03-01").as_deref(),
        Some("数据从 2025-01-10 开始，这个流失口径要看 90 天，2025-04-10 起才能判断谁已流失")
    );
    assert_eq!(why(FIRM, "no_order_90d", "2025-06-25"), None);
    assert_eq!(why(FIRM, "no_order_90d", "2026-06-25").as_deref(), Some("数据只到 2025-06-20，之后是否流失无法判断"));
}
