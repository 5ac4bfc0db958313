//! A file comes in through the wizard and by the command line.

use app::view::ImportRequest;
use vocab::AsOf;

use crate::world::{House, all, empty, everyone, midnight};

const ORDERS: &str = "客户编号,客户名称,订单号,下单时间,金额\n\
    C1,云栈科技,A-1,2025-06-01,100\n\
    C1,云栈科技,A-2,2025-06-20,50.5\n\
    C2,海景信息,A-3,2025-06-21,坏\n\
    ,没有编号,A-4,2025-06-22,10\n";

async fn uploaded(house: &House, text: &str) -> String {
    let upload = house.app.new_upload(&everyone(), "订单.csv").await.unwrap();
    std::fs::write(&upload.path, text).unwrap();
    upload.id
}

async fn finished(house: &House, id: i64) -> app::view::ImportJob {
    loop {
        let job = house.app.import_job(&everyone(), id).await.unwrap();
        if job.state != "running" {
            return job;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_counts_and_writes_nothing() {
    let house = empty().await;
    let id = uploaded(&house, ORDERS).await;
    let request = || ImportRequest { kind: Some("orders".to_owned()), ..ImportRequest::default() };
    let preview = house.app.preview(&everyone(), &id, request(), house.now).await.unwrap();
    assert_eq!((preview.row_count, preview.accepted, preview.rejected), (4, 2, 2));
    assert_eq!(preview.findings.len(), 2);
    assert_eq!(preview.file_name, "订单.csv");
    assert_eq!(house.app.sequence(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_reports_every_row_and_once_more_adds_nothing() {
    let house = empty().await;
    let request = || ImportRequest { kind: Some("orders".to_owned()), ..ImportRequest::default() };
    let id = uploaded(&house, ORDERS).await;
    let job = house.app.commit(&everyone(), &id, request(), house.now).await.unwrap();
    let job = finished(&house, job.id).await;
    assert_eq!(job.state, "done", "{:?}", job.failure);
    assert_eq!((job.received, job.accepted, job.duplicates, job.rejected, job.facts), (4, 2, 0, 2, 2));
    let rejects = String::from_utf8(house.app.rejects(&everyone(), job.id).await.unwrap()).unwrap();
    assert!(rejects.contains("A-3") && rejects.contains("A-4") && !rejects.contains("A-1"), "{rejects}");
    let id = uploaded(&house, ORDERS).await;
    let job = house.app.commit(&everyone(), &id, request(), house.now).await.unwrap();
    let job = finished(&house, job.id).await;
    assert_eq!((job.accepted, job.duplicates, job.rejected, job.facts), (0, 2, 2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_of_an_imported_order_is_on_the_list_after_a_cycle() {
    let house = empty().await;
    let path = house.dir.path().join("orders.csv");
    std::fs::write(&path, ORDERS).unwrap();
    let spec = app::ImportSpec {
        plan: ingest::Plan { kind: Some(ingest::TableKind::Orders), ..ingest::Plan::default() },
        mapping: None,
        rejects: None,
        dry_run: false,
    };
    let report = house.app.import_file(&path, &spec, house.now, &mut |_| {}).unwrap();
    let rows = &report.rows;
    assert_eq!(rows.received, rows.accepted + rows.duplicates + rows.rejected);
    house.app.run_cycle(AsOf(midnight("2025-07-01")), house.now).await.unwrap();
    let list = house.app.customers(&everyone().scope, &all(), None, house.now).await.unwrap();
    assert_eq!(list.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["C1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_a_needed_column_is_refused_before_anything_is_written() {
    let house = empty().await;
    let id = uploaded(&house, "a,b\n1,2\n").await;
    let request = || ImportRequest { kind: Some("orders".to_owned()), ..ImportRequest::default() };
    let preview = house.app.preview(&everyone(), &id, request(), house.now).await.unwrap();
    assert!(!preview.blocking.is_empty());
    let refused = house.app.commit(&everyone(), &id, request(), house.now).await.unwrap_err();
    assert_eq!(refused.code(), "cannot_import");
    assert_eq!(house.app.sequence(), 0);
}
