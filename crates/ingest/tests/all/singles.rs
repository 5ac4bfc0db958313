//! Events, tickets, surveys, contracts and payments.

use ingest::{Plan, TableKind};

use crate::firm::{Firm, codes, counts};

#[test]
fn an_event_is_taken_once_however_often_it_is_exported() {
    let mut firm = Firm::new();
    let text = "客户编号,事件名称,事件时间,功能\nC1,登录,2025-03-08 10:00:00,\nC1,登录,2025-03-08 10:00:00,\nC2,导出报表,2025-03-08 11:00:00,报表\n";
    assert_eq!(counts(&firm.import(text)), [3, 3, 0, 0]);
    assert_eq!(
        firm.told(),
        "C1 | Logged In | 2025-03-08 10:00:00\n\
         C1 | Logged In | 2025-03-08 10:00:00\n\
         C2 | 导出报表 | 2025-03-08 11:00:00 |  | 功能=报表"
    );
    let longer = format!("{text}C1,登录,2025-03-08 10:00:00,\n");
    assert_eq!(counts(&firm.import(&longer)), [4, 1, 3, 0]);
}

#[test]
fn the_first_of_two_events_with_one_id_stays() {
    let mut firm = Firm::new();
    let text = "message_id,customer_id,event,timestamp,value\nm1,C1,Paid,2025-03-08T10:00:00Z,5\nm1,C1,Paid,2025-03-08T10:00:00Z,5\nm1,C1,Paid,2025-03-08T10:00:00Z,6\n";
    let report = firm.import(text);
    assert_eq!((counts(&report), report.facts, report.conflicts), ([3, 1, 2, 0], 1, 1));
    assert_eq!(codes(&report), ["4 conflict"]);
}

#[test]
fn a_table_of_one_kind_of_event_gets_its_name_as_a_constant() {
    let mut firm = Firm::new();
    let path = firm.file("logins.csv", "user_id,login_time\nU1,1741363200\nU1,1741363200000\n");
    let constants = [("name".to_owned(), "Logged In".to_owned())].into();
    let plan = Plan { kind: Some(TableKind::Events), constants, ..Plan::default() };
    assert_eq!(counts(&firm.import_file(&path, &plan).unwrap()), [2, 2, 0, 0]);
    assert_eq!(firm.told(), "U1 | Logged In | 2025-03-08\nU1 | Logged In | 2025-03-08");
}

#[test]
fn a_clock_slightly_ahead_is_taken_as_now() {
    let mut firm = Firm::new();
    let report = firm.import("customer_id,event,timestamp\nC1,Seen,2025-06-02 11:00:00\nC1,Seen,2025-06-02 13:00:00\n");
    assert_eq!(
        (counts(&report), codes(&report)),
        ([2, 1, 0, 1], vec!["2 clock_ahead".to_owned(), "3 future_date".to_owned()])
    );
    assert_eq!(firm.told(), "C1 | Seen | 2025-06-01 12:00:00 |  | occurred_at_original=2025-06-02 11:00:00");
}

#[test]
fn how_a_ticket_ended_is_not_known_when_it_opens() {
    let mut firm = Firm::new();
    let report = firm.import(
        "工单号,客户编号,提交时间,标题,问题描述,优先级,解决时间,满意度\n\
         T1,C1,2025-03-01 09:00,无法登录,提示密码错误,高,2025-03-02 10:00,2\n\
         T2,C1,2025-03-05 09:00,发票,,低,,\n",
    );
    assert_eq!((counts(&report), report.facts), ([2, 2, 0, 0], 3));
    assert_eq!(
        firm.told(),
        "C1 | Ticket Opened | 2025-03-01 09:00:00 |  | priority=高 ticket_id=T1\n\
         C1 | Ticket Resolved | 2025-03-02 10:00:00 |  | priority=高 ticket_id=T1 满意度=2\n\
         C1 | Ticket Opened | 2025-03-05 09:00:00 |  | priority=低 ticket_id=T2"
    );
    assert_eq!(firm.stored()[0].fact.text.as_deref(), Some("无法登录\n提示密码错误"));
    let later = firm.import(
        "工单号,客户编号,提交时间,标题,问题描述,优先级,解决时间,满意度\n\
         T1,C1,2025-03-01 09:00,无法登录,提示密码错误,高,2025-03-02 10:00,2\n\
         T2,C1,2025-03-05 09:00,发票,,低,2025-03-06 09:00,5\n",
    );
    assert_eq!((counts(&later), later.facts, later.conflicts), ([2, 1, 1, 0], 1, 0));
}

#[test]
fn a_survey_answer_keeps_its_score_and_words() {
    let mut firm = Firm::new();
    let report = firm.import("答卷编号,客户编号,答题时间,NPS,意见\nR1,C1,2025-03-08,9分,挺好\nR2,C1,2025-03-09,,无\n");
    assert_eq!((counts(&report), codes(&report)), ([2, 1, 0, 1], vec!["3 missing_value".to_owned()]));
    assert_eq!(firm.told(), "C1 | Survey Answered | 2025-03-08 | 9");
    assert_eq!(firm.stored()[0].fact.text.as_deref(), Some("挺好"));
}

#[test]
fn a_contract_is_signed_and_may_be_cancelled() {
    let mut firm = Firm::new();
    let report = firm.import(
        "合同编号,客户名称,签订日期,合同开始日期,合同到期日,合同金额,套餐,终止日期\n\
         H1,甲公司,2024-01-05,2024-02-01,2025-01-31,1.2万,专业版,\n\
         H1,甲公司,2025-01-20,2025-02-01,2026-01-31,¥15000,专业版,2025-05-01\n\
         H2,乙公司,2025-01-20,2025-02-01,2026-01-31,800,基础版,2025-12-31\n",
    );
    assert_eq!((counts(&report), report.facts), ([3, 3, 0, 0], 4));
    assert_eq!(codes(&report), ["4 future_cancellation"]);
    assert_eq!(
        firm.told(),
        "乙公司 | Contract Signed | 2025-01-20 | 800 | amount=800 contract_no=H2 end_on=2026-01-31 plan=基础版 start_on=2025-02-01\n\
         甲公司 | Contract Signed | 2024-01-05 | 12000 | amount=12000 contract_no=H1 end_on=2025-01-31 plan=专业版 start_on=2024-02-01\n\
         甲公司 | Contract Signed | 2025-01-20 | 15000 | amount=15000 contract_no=H1 end_on=2026-01-31 plan=专业版 start_on=2025-02-01\n\
         甲公司 | Contract Cancelled | 2025-05-01 |  | contract_no=H1 plan=专业版"
    );
}

#[test]
fn money_arrives_fails_or_goes_back() {
    let mut firm = Firm::new();
    let report = firm.import(
        "回款编号,客户编号,回款日期,回款金额,回款状态\n\
         P1,C1,2025-03-01,100,已到账\n\
         P2,C1,2025-03-02,200,扣款失败\n\
         P2,C1,2025-03-03,200,已到账\n\
         P3,C1,2025-03-04,50,已退款\n\
         P4,C1,2025-03-05,70,待支付\n",
    );
    assert_eq!((counts(&report), codes(&report)), ([5, 4, 0, 1], vec!["6 not_settled".to_owned()]));
    let told = firm.told();
    let names: Vec<&str> = told.lines().map(|line| line.split(" | ").nth(1).unwrap()).collect();
    assert_eq!(names, ["Payment Received", "Payment Failed", "Payment Received", "Payment Refunded"]);
    assert!(told.contains("Payment Refunded | 2025-03-04 | -50"), "{told}");
}
