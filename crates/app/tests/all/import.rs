//! A file comes in through the wizard and by the command line.

use app::view::ImportRequest;
use vocab::AsOf;

use crate::world::{House, a_moment, all, empty, everyone, midnight};

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
            // Its cycle has begun by then: whoever waits for a cycle's end from now on waits for that of this one.
            let cycle = house.app.cycle_status(&everyone().scope, house.now).await.unwrap();
            assert!(cycle.state == "running" || cycle.last_finished_at.is_some(), "{cycle:?}");
            return job;
        }
        a_moment().await;
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
    let (_, report) = house.app.import_file(&path, &spec, house.now, &mut |_| {}).await.unwrap();
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

const LEDGER: &str = "客户名称,负责人,联系人,合同编号,签订日期,合同到期日,合同金额,最近拜访日期\n\
    云栈科技,王敏,赵总,H1,2025-01-05,2026-01-04,12万,2025-05-20\n";

async fn imported(house: &House, text: &str, request: ImportRequest) -> app::view::ImportJob {
    let id = uploaded(house, text).await;
    let job = house.app.commit(&everyone(), &id, request, house.now).await.unwrap();
    finished(house, job.id).await
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_rows_count_as_the_request_says_and_as_the_saved_mapping_remembers() {
    let house = empty().await;
    let (reader, text) = (everyone(), "会员编号,消费日期,消费金额\nM1,2025-03-08,50\nM1,2025-03-08,50\n");
    let asked = |equal_rows: Option<&str>| ImportRequest {
        kind: Some("orders".to_owned()),
        equal_rows: equal_rows.map(str::to_owned),
        save_as: equal_rows.map(str::to_owned),
        ..ImportRequest::default()
    };
    let id = uploaded(&house, text).await;
    for (said, holds, accepted) in [(None, "each", 2), (Some("once"), "once", 1)] {
        let preview = house.app.preview(&reader, &id, asked(said), house.now).await.unwrap();
        assert_eq!((preview.equal_rows.as_str(), preview.accepted), (holds, accepted));
    }
    let refused = house.app.preview(&reader, &id, asked(Some("never")), house.now).await.unwrap_err();
    assert_eq!(refused.code(), "bad_equal_rows");
    assert_eq!(imported(&house, text, asked(Some("once"))).await.accepted, 1);
    let id = uploaded(&house, &text.replace("M1", "M2")).await;
    let again = house.app.preview(&reader, &id, ImportRequest::default(), house.now).await.unwrap();
    assert_eq!((again.saved_mapping.as_deref(), again.accepted, again.duplicates), (Some("once"), 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_undone_and_the_same_file_comes_in_again() {
    let house = empty().await;
    let first = imported(&house, LEDGER, ImportRequest::default()).await;
    assert_eq!((first.kind.as_str(), first.accepted, first.can_undo, first.can_cancel), ("ledger", 1, true, false));
    let undone = house.app.undo_import(&everyone(), first.id, house.now).await.unwrap();
    assert_eq!((undone.facts, undone.import.state.as_str()), (first.facts, "undone"));
    assert_eq!(undone.earliest_changed_moment, first.earliest_changed_moment);
    let refused = house.app.undo_import(&everyone(), first.id, house.now).await.unwrap_err();
    assert_eq!(refused.code(), "cannot_undo");
    let again = imported(&house, LEDGER, ImportRequest::default()).await;
    assert_eq!((again.accepted, again.facts), (1, first.facts));
    assert_eq!(house.app.cancel_import(&everyone(), again.id).await.unwrap_err().code(), "import_ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_mapping_reads_the_next_file_with_these_headers() {
    let house = empty().await;
    let (reader, text) = (everyone(), "客户,编号,日期,金额\n甲,A1,2025-03-01,5\n");
    let mut request = ImportRequest { kind: Some("orders".to_owned()), ..ImportRequest::default() };
    request.mapping.insert("编号".to_owned(), Some("order_no".to_owned()));
    request.source = Some("erp".to_owned());
    request.save_as = Some("ERP 订单".to_owned());
    assert_eq!(imported(&house, text, request).await.source, "erp");
    let saved = house.app.mappings(&reader).await.unwrap();
    assert_eq!((saved[0].name.as_str(), saved[0].kind.as_str()), ("ERP 订单", "orders"));
    // Columns in another order, pasted from a spreadsheet.
    let pasted = "编号\t客户\t金额\t日期\nA2\t乙\t7\t2025-03-02\n";
    let id = uploaded(&house, pasted).await;
    let preview = house.app.preview(&reader, &id, ImportRequest::default(), house.now).await.unwrap();
    assert_eq!(preview.saved_mapping.as_deref(), Some("ERP 订单"));
    assert!(preview.mapping_file.unwrap().contains("\"编号\" = \"order_no\""));
    assert_eq!((preview.good, preview.warned, preview.bad), (1, 0, 0));
    let job = imported(&house, pasted, ImportRequest::default()).await;
    assert_eq!((job.source.as_str(), job.accepted), ("erp", 1));
    house.app.remove_mapping(&reader, "ERP 订单", house.now).await.unwrap();
    assert!(house.app.mapping(&reader, "ERP 订单").await.is_err());
    let bad = app::view::MappingToSave { mapping_file: "kind = \"order\"".to_owned() };
    assert_eq!(house.app.put_mapping(&reader, "x", &bad, house.now).await.unwrap_err().code(), "bad_mapping");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_without_any_event_gets_a_ranked_list_from_its_totals() {
    let house = empty().await;
    let mut text = String::from("客户编号,客户名称,统计月份,登录次数,消费额,投诉数\n");
    for (month, fading) in
        ["2024-12", "2025-01", "2025-02", "2025-03", "2025-04", "2025-05"].iter().zip([40, 38, 35, 20, 9, 2])
    {
        text.push_str(&format!("C1,稳定公司,{month},40,1000,0\n"));
        text.push_str(&format!("C2,渐冷公司,{month},{fading},{},{}\n", fading * 25, if fading < 20 { 3 } else { 0 }));
    }
    let path = house.dir.path().join("totals.csv");
    std::fs::write(&path, text).unwrap();
    let plan = ingest::Plan::default();
    let spec = app::ImportSpec { plan, mapping: None, rejects: None, dry_run: false };
    let (_, report) = house.app.import_file(&path, &spec, house.now, &mut |_| {}).await.unwrap();
    assert_eq!((report.mapping.kind, report.rows.accepted), (ingest::TableKind::Snapshot, 12));
    house.app.run_cycle(AsOf(midnight("2025-06-05")), house.now).await.unwrap();
    let list = house.app.customers(&everyone().scope, &all(), None, house.now).await.unwrap();
    let health = |id: &str| list.rows.iter().find(|row| row.id == id).and_then(|row| row.verdict.health).unwrap();
    assert!(health("C1") > health("C2") + 20.0, "{:?}", list.rows);
}
