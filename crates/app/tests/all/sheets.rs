//! 回填: a table leaves as a workbook, is edited as people do, and comes back.

use std::collections::BTreeMap;

use app::view::{CustomerRow, SheetDifference, SheetDifferences, SheetTake, TagRequest};
use app::{CaseQuery, CustomerQuery, Export, Reader, TimelineQuery};
use ingest::Grid;
use rust_xlsxwriter::Workbook;
use vocab::{AsOf, CustomerId, Instant, Lang};

use crate::cases::person;
use crate::world::{House, all, everyone, midnight, scored};

/// A workbook as a program reads it: its sheets with their cells.
type Sheets = Vec<(String, Vec<Vec<String>>)>;

fn opened(bytes: &[u8]) -> Sheets {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.xlsx");
    std::fs::write(&file, bytes).unwrap();
    let mut parts = Grid::open(&file).unwrap().parts().to_vec();
    // The sheet that explains the table is for people.
    parts.retain(|part| !["说明", "about"].contains(&part.as_str()));
    let sheet = |part: String| {
        let grid = Grid::open_part(&file, Some(&part)).unwrap();
        let mut rows = vec![grid.headers()];
        grid.rows(&mut |row| rows.push(row.unwrap().map(str::to_owned).collect())).unwrap();
        (part, rows)
    };
    parts.into_iter().map(sheet).collect()
}

fn saved(sheets: &Sheets) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row as u32, column as u16, cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// Writes into the row of a customer, under these headers.
fn write(sheets: &mut Sheets, id: &str, cells: &[(&str, &str)]) {
    let rows = &mut sheets[0].1;
    let place = |header: &str| rows[0].iter().position(|one| one == header).unwrap();
    let places: Vec<(usize, &str)> = cells.iter().map(|(header, text)| (place(header), *text)).collect();
    let key = place("客户编号");
    let row = rows.iter_mut().skip(1).find(|row| row[key] == id).unwrap();
    for (at, text) in places {
        row[at] = text.to_owned();
    }
}

async fn exported(house: &House, reader: &Reader) -> Sheets {
    let what = Export::Customers(CustomerQuery { limit: 500, ..CustomerQuery::default() });
    opened(&house.app.export(reader, &what, None, Lang::Zh, house.now).await.unwrap().1)
}

async fn brought(house: &House, reader: &Reader, name: &str, bytes: &[u8], now: Instant) -> SheetDifferences {
    let upload = house.app.new_upload(reader, name).await.unwrap();
    std::fs::write(&upload.path, bytes).unwrap();
    house.app.compare_sheet(reader, &upload.id, now).await.unwrap()
}

async fn listed(house: &House, id: &str, now: Instant) -> CustomerRow {
    let rows = house.app.customers(&everyone().scope, &all(), None, now).await.unwrap().rows;
    rows.into_iter().find(|row| row.id == id).unwrap()
}

/// Field and state of the cells of a customer.
fn of<'a>(told: &'a SheetDifferences, id: &str) -> BTreeMap<&'a str, &'a SheetDifference> {
    let cells = told.cells.iter().filter(|cell| cell.customer_id.as_deref() == Some(id));
    cells.map(|cell| (cell.field.as_str(), cell)).collect()
}

/// Customers who are here, with an open case or without one, and two owners.
struct People {
    with_case: (String, i64),
    others: Vec<String>,
    owner: String,
}

async fn people(house: &House) -> People {
    let query = CaseQuery { limit: 500, ..CaseQuery::default() };
    let cases = house.app.cases(&everyone(), &query, None, house.now).await.unwrap().rows;
    let here = CustomerQuery { limit: 500, ..CustomerQuery::default() };
    let list = house.app.customers(&everyone().scope, &here, None, house.now).await.unwrap();
    let with_case = cases.iter().find(|case| list.rows.iter().any(|row| row.id == case.customer_id)).unwrap();
    let owner = list.owners[0].clone();
    let free = |row: &&CustomerRow| {
        row.owner.as_ref().is_some_and(|one| *one != owner) && cases.iter().all(|case| case.customer_id != row.id)
    };
    let others: Vec<String> = list.rows.iter().filter(free).map(|row| row.id.clone()).collect();
    assert!(others.len() >= 4, "{}", others.len());
    People { with_case: (with_case.customer_id.clone(), with_case.id), others, owner }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_comes_back_once_cell_by_cell_and_is_taken_back_in_one_step() {
    let house = scored().await;
    let (app, admin) = (&house.app, everyone());
    let People { with_case: (ended, case), others, owner } = people(&house).await;
    let before = listed(&house, &others[0], house.now).await.owner.unwrap();
    let mut book = exported(&house, &admin).await;
    assert_eq!(brought(&house, &admin, "unchanged.xlsx", &saved(&book), house.now).await.cells, []);

    write(&mut book, &others[0], &[("负责人", &owner), ("标签", "重点、先谈"), ("下次联系", "2025/7/3")]);
    write(&mut book, &ended, &[("结果", "已流失"), ("流失原因", "价格或合同问题"), ("备注", "去了对手那里")]);
    write(&mut book, &others[1], &[("负责人", "查无此人"), ("下次联系", "2020-01-01"), ("结果", "已留存")]);
    write(&mut book, &others[2], &[("标签", "回访")]);
    let mut stranger = book[0].1[1].clone();
    (stranger[0], stranger[2]) = ("NOBODY-7".to_owned(), owner.clone());
    book[0].1.push(stranger);
    let file = saved(&book);
    // Meanwhile a colleague tags one of them.
    let tag = TagRequest { tag: "别人的".to_owned(), customers: vec![others[2].clone()], remove: false };
    app.change_tags(&admin, tag, house.now).await.unwrap();

    let told = brought(&house, &admin, "客户.xlsx", &file, house.now).await;
    assert_eq!(told.exported_at.as_deref(), Some(house.now.to_string().as_str()));
    assert_eq!((told.change_count, told.conflict_count, told.rejected_count), (4, 1, 4), "{:#?}", told.cells);
    let first = of(&told, &others[0]);
    assert_eq!(first["owner"].was.as_ref().unwrap().zh, before);
    assert_eq!(first["tags"].becomes.as_ref().unwrap().en, "先谈, 重点");
    assert_eq!(first["next_contact"].becomes.as_ref().unwrap().zh, "2025-07-03");
    assert_eq!(of(&told, &ended)["outcome"].becomes.as_ref().unwrap().zh, "已流失（价格或合同问题）");
    let why = |field: &str| of(&told, &others[1])[field].why.clone().unwrap().zh;
    assert!(why("owner").contains("查无此人"), "{}", why("owner"));
    assert!(why("next_contact").contains("今天起一年之内"), "{}", why("next_contact"));
    assert!(why("outcome").contains("没有这张未结案的跟进单"), "{}", why("outcome"));
    let conflict = of(&told, &others[2])["tags"];
    let words = |words: &Option<app::view::Words>| words.as_ref().map(|words| words.zh.clone());
    assert_eq!(conflict.state, "conflict");
    assert_eq!((words(&conflict.exported), words(&conflict.was)), (Some("无".to_owned()), Some("别人的".to_owned())));
    assert_eq!(conflict.changed_by.as_deref(), Some("command line"));
    let row = told.cells.iter().find(|cell| cell.field == "row").unwrap();
    assert_eq!((row.customer.as_str(), &row.customer_id), ("NOBODY-7", &None));

    let done = app.apply_sheet(&admin, &told.upload_id, SheetTake::default(), house.now).await.unwrap();
    let sheet = done.sheet.unwrap();
    assert_eq!((sheet.cell_count, sheet.customer_count, done.left_count), (4, 2, 0));
    let after = listed(&house, &others[0], house.now).await;
    assert_eq!((after.owner.as_deref(), after.tags.len()), (Some(owner.as_str()), 2));
    let closed = app.case(&admin.scope, case, None, house.now).await.unwrap();
    assert_eq!((closed.outcome.as_deref(), closed.note.as_deref()), (Some("churned"), Some("去了对手那里")));
    let next = app.follow_ups(&admin.scope, &CustomerId::from(others[0].as_str()), None, house.now).await.unwrap();
    assert_eq!((next.next_on.as_deref(), next.rows.len()), (Some("2025-07-03"), 0), "a plan is no contact");
    assert_eq!(owner_facts(&house, &others[0]).await, 1, "the owner is a fact");

    // The same file again: nothing is left but the conflict and what is rejected.
    let again = brought(&house, &admin, "客户.xlsx", &file, house.now).await;
    assert_eq!((again.change_count, again.conflict_count), (0, 1), "{:#?}", again.cells);
    assert_eq!(again.applied_before.as_ref().map(|before| before.id), Some(sheet.id));
    let nothing = app.apply_sheet(&admin, &again.upload_id, SheetTake::default(), house.now).await.unwrap();
    assert_eq!((nothing.sheet, nothing.left_count), (None, 0));
    let overwrite = again.cells.iter().filter(|cell| cell.state == "conflict").map(|cell| cell.id.clone()).collect();
    let take = SheetTake { overwrite, leave: Vec::new() };
    let forced = app.apply_sheet(&admin, &again.upload_id, take, house.now).await.unwrap().sheet.unwrap();
    assert_eq!(listed(&house, &others[2], house.now).await.tags, ["回访"]);
    assert_eq!(app.sheets(&admin).await.unwrap().len(), 2);

    // A cycle later the owner still is who the table said; then all of it is taken back.
    let next_day = midnight("2025-07-02 09:00");
    app.run_cycle(AsOf(midnight("2025-07-02")), next_day).await.unwrap();
    assert_eq!(listed(&house, &others[0], next_day).await.owner.as_deref(), Some(owner.as_str()));
    let undone = app.undo_sheet(&admin, sheet.id, next_day).await.unwrap();
    assert_eq!(undone.undone_count, Some(4));
    let after = listed(&house, &others[0], next_day).await;
    assert_eq!((after.owner.as_deref(), after.tags.len()), (Some(before.as_str()), 0));
    assert_eq!(app.case(&admin.scope, case, None, next_day).await.unwrap().state, "accepted");
    assert_eq!(owner_facts(&house, &others[0]).await, 2);
    let twice = app.undo_sheet(&admin, sheet.id, next_day).await.unwrap_err();
    assert_eq!(twice.code(), "nothing_to_undo");
    let page = app.sheet(&admin, sheet.id, next_day).await.unwrap();
    assert!(page.cells.iter().all(|cell| cell.undone) && page.cells.len() == 4, "{:#?}", page.cells);
    assert_eq!(app.sheet(&admin, forced.id, next_day).await.unwrap().cells[0].was.as_ref().unwrap().zh, "别人的");
}

/// How many facts say whose a customer is since tables come back.
async fn owner_facts(house: &House, id: &str) -> usize {
    let query = TimelineQuery { limit: 500, ..TimelineQuery::default() };
    let now = midnight("2025-07-02 10:00");
    let page = house.app.timeline(&everyone().scope, &CustomerId::from(id), &query, None, now).await.unwrap();
    page.rows.iter().filter(|row| row.source == "ownership").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_salesperson_changes_their_own_customers_and_gives_none_away() {
    let house = scored().await;
    let People { others, owner, .. } = people(&house).await;
    let theirs = listed(&house, &others[0], house.now).await.owner.unwrap();
    let of_owner = CustomerQuery { owner: Some(owner.clone()), limit: 5, ..CustomerQuery::default() };
    let list = house.app.customers(&everyone().scope, &of_owner, None, house.now).await.unwrap();
    let mine = list.rows[0].id.clone();
    let (_, reader) = person(&house, "wang", "owner", Some(&owner)).await;
    let csv =
        format!("客户编号,负责人,添加标签\n{mine},{theirs},重点\n{},{owner},重点\nNOBODY,{owner},重点\n", others[0]);
    let told = brought(&house, &reader, "mine.csv", csv.as_bytes(), house.now).await;
    assert_eq!(
        (told.change_count, told.rejected_count, told.exported_at.as_deref()),
        (1, 3, None),
        "{:#?}",
        told.cells
    );
    let own = of(&told, &mine);
    assert_eq!((own["tags"].state.as_str(), own["owner"].state.as_str()), ("change", "rejected"));
    let rows: Vec<&SheetDifference> = told.cells.iter().filter(|cell| cell.field == "row").collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0].why, &rows[0].was), (&rows[1].why, &rows[1].was), "another's customer is as absent as nobody");
    assert_eq!(rows[0].customer, others[0]);
    let done = house.app.apply_sheet(&reader, &told.upload_id, SheetTake::default(), house.now).await.unwrap();
    assert_eq!(listed(&house, &mine, house.now).await.tags, ["重点"]);
    assert!(listed(&house, &others[0], house.now).await.tags.is_empty());
    let (_, colleague) = person(&house, "li", "owner", Some(&theirs)).await;
    let id = done.sheet.unwrap().id;
    assert_eq!(house.app.undo_sheet(&colleague, id, house.now).await.unwrap_err().code(), "not_found");
    assert_eq!(house.app.sheet(&colleague, id, house.now).await.unwrap_err().code(), "not_found");
    assert!(house.app.sheets(&colleague).await.unwrap().is_empty());
    assert_eq!(house.app.undo_sheet(&reader, id, house.now).await.unwrap().undone_count, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_cases_comes_back_too_and_what_a_case_requires_stays_required() {
    let house = scored().await;
    let (app, admin) = (&house.app, everyone());
    let People { with_case: (customer, case), .. } = people(&house).await;
    let what = Export::Cases(CaseQuery { limit: 500, ..CaseQuery::default() });
    let mut book = opened(&app.export(&admin, &what, None, Lang::Zh, house.now).await.unwrap().1);
    write(&mut book, &customer, &[("结果", "已流失")]);
    let told = brought(&house, &admin, "跟进单.xlsx", &saved(&book), house.now).await;
    let cell = of(&told, &customer)["outcome"];
    assert_eq!((cell.state.as_str(), told.change_count), ("rejected", 0), "a reason is required");
    assert!(cell.why.as_ref().unwrap().zh.contains("流失原因"), "{:?}", cell.why);
    write(&mut book, &customer, &[("结果", "已留存"), ("标签", "老客户")]);
    let told = brought(&house, &admin, "跟进单.xlsx", &saved(&book), house.now).await;
    assert_eq!((told.change_count, told.rejected_count), (2, 0), "{:#?}", told.cells);
    let leave = vec![of(&told, &customer)["tags"].id.clone()];
    let take = SheetTake { leave, ..SheetTake::default() };
    let done = app.apply_sheet(&admin, &told.upload_id, take, house.now).await.unwrap();
    assert_eq!(done.sheet.unwrap().cell_count, 1, "what is left out is left out");
    let closed = app.case(&admin.scope, case, None, house.now).await.unwrap();
    assert_eq!((closed.state.as_str(), closed.outcome.as_deref()), ("closed", Some("retained")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_ends_a_case_in_the_words_of_its_own_type() {
    let house = scored().await;
    let (app, admin) = (&house.app, everyone());
    let customer = people(&house).await.others[0].clone();
    let request = app::view::NewCase {
        customer_id: customer.clone(),
        type_id: "complaint".to_owned(),
        about: "少了配件".to_owned(),
        severity: None,
        to: None,
    };
    let case = app.open_case(&admin, request, house.now).await.unwrap().case.id;
    let mut book = exported(&house, &admin).await;
    write(&mut book, &customer, &[("结果", "误报")]);
    let told = brought(&house, &admin, "客户.xlsx", &saved(&book), house.now).await;
    let cell = of(&told, &customer)["outcome"];
    assert_eq!((cell.state.as_str(), told.change_count), ("rejected", 0), "no word of a complaint");
    write(&mut book, &customer, &[("结果", "已解决")]);
    let told = brought(&house, &admin, "客户.xlsx", &saved(&book), house.now).await;
    assert_eq!(of(&told, &customer)["outcome"].becomes.as_ref().unwrap().en, "Solved");
    let done = app.apply_sheet(&admin, &told.upload_id, SheetTake::default(), house.now).await.unwrap();
    let closed = app.case(&admin.scope, case, None, house.now).await.unwrap();
    assert_eq!((closed.outcome.as_deref(), closed.outcome_means.as_deref()), (Some("solved"), Some("kept")));
    let kept = app.sheet(&admin, done.sheet.unwrap().id, house.now).await.unwrap();
    assert_eq!(kept.cells[0].becomes.as_ref().unwrap().zh, "已解决");
    // Once more the same table: it is so already.
    let again = brought(&house, &admin, "客户.xlsx", &saved(&book), house.now).await;
    assert_eq!((again.change_count, again.rejected_count), (0, 0), "{:#?}", again.cells);
}
