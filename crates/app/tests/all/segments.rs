//! Who belongs where: counted the same in every place, at every moment, by everybody who may see it.

use std::collections::{BTreeMap, BTreeSet};

use app::view::{SegmentList, TagRequest};
use app::{CustomerQuery, Export, Reader};
use vocab::{AsOf, CustomerId, Lang, Scope};

use crate::world::{House, everyone, midnight, scored};

fn query() -> CustomerQuery {
    CustomerQuery { limit: 500, ..CustomerQuery::default() }
}

async fn ids(house: &House, scope: &Scope, query: CustomerQuery, as_of: Option<AsOf>) -> BTreeSet<String> {
    let list = house.app.customers(scope, &query, as_of, house.now).await.unwrap();
    assert_eq!(list.total as usize, list.rows.len());
    list.rows.into_iter().map(|row| row.id).collect()
}

async fn segments(house: &House, scope: &Scope, as_of: Option<AsOf>) -> SegmentList {
    house.app.segments(scope, as_of, house.now).await.unwrap()
}

async fn an_owner(house: &House) -> Scope {
    let list = house.app.customers(&Scope::All, &query(), None, house.now).await.unwrap();
    Scope::Owners(BTreeSet::from([list.owners[0].clone()]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_counts_the_same_on_its_page_in_the_list_and_in_the_export() {
    let house = scored().await;
    for scope in [Scope::All, an_owner(&house).await] {
        for as_of in [None, Some(AsOf(midnight("2025-04-01")))] {
            let list = segments(&house, &scope, as_of).await;
            let all = ids(&house, &scope, query(), as_of).await.len() as u64;
            assert_eq!(list.customer_count, all);
            let mut members = 0;
            for row in &list.segments {
                assert_eq!(row.count + row.unknown_count + row.outside_count, all, "{}", row.id);
                let found = CustomerQuery { segments: vec![row.id.clone()], ..query() };
                assert_eq!(ids(&house, &scope, found, as_of).await.len() as u64, row.count, "{}", row.id);
                members += row.count;
            }
            assert!(members > 0, "nobody belongs anywhere");
            for counts in
                [list.tiers.iter().map(|tier| tier.count).sum::<u64>(), list.matrix.iter().map(|cell| cell.count).sum()]
            {
                assert_eq!(counts, all);
            }
            for cell in list.matrix.iter().filter(|cell| cell.count > 0) {
                let (tiers, bands) = (vec![cell.tier.clone()], vec![cell.band.clone()]);
                let found = CustomerQuery { tiers, bands, ..query() };
                assert_eq!(ids(&house, &scope, found, as_of).await.len() as u64, cell.count, "{cell:?}");
            }
            let rfm = house.app.rfm(&scope, as_of, house.now).await.unwrap();
            assert_eq!(rfm.cells.iter().map(|cell| cell.count).sum::<u64>() + rfm.unknown_count, all);
            for cell in &rfm.cells {
                let found = CustomerQuery { rfm: vec![cell.cell.clone()], ..query() };
                assert_eq!(ids(&house, &scope, found, as_of).await.len() as u64, cell.count, "{}", cell.cell);
            }
        }
    }
    let high = CustomerQuery { segments: vec!["high_value".to_owned()], ..query() };
    let count = ids(&house, &Scope::All, high.clone(), None).await.len();
    assert!(count > 10, "a fifth of the firm is of high value, not {count}");
    let (_, bytes) = house.app.export(&everyone(), &Export::Customers(high), None, Lang::Zh, house.now).await.unwrap();
    assert_eq!(&bytes[..2], b"PK");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_count_over_a_year_is_what_a_page_set_to_that_day_shows() {
    let house = scored().await;
    for id in ["newcomer", "silent", "high_value", "large_team"] {
        let page = house.app.segment(&Scope::All, id, (None, 500), None, house.now).await.unwrap();
        assert!(page.history.len() >= 12, "{}", page.history.len());
        assert_eq!(page.history.last().unwrap().count, page.row.count);
        assert_eq!(page.members.len() as u64, page.row.count);
        for point in page.history.iter().rev().step_by(4).take(3) {
            let then = Some(AsOf(midnight(&point.on)));
            let list = segments(&house, &Scope::All, then).await;
            let row = list.segments.iter().find(|row| row.id == id).unwrap();
            assert_eq!(row.count, point.count, "{id} on {}", point.on);
        }
        for pair in page.history.windows(2) {
            assert_eq!(pair[0].count + pair[1].joined_count - pair[1].left_count, pair[1].count, "{id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tiers_and_cells_say_where_they_are_cut_and_keep_to_it() {
    let house = scored().await;
    let list = segments(&house, &Scope::All, None).await;
    assert!(
        list.value_sentence.zh.contains("合同年金额") && list.value_sentence.en.contains("high value from"),
        "{:?}",
        list.value_sentence
    );
    let rows = house.app.customers(&Scope::All, &query(), None, house.now).await.unwrap().rows;
    let from: BTreeMap<&str, f64> =
        list.tiers.iter().filter_map(|tier| Some((tier.tier.as_str(), tier.from?))).collect();
    for row in &rows {
        let expected = row.value.value.map(|value| match value {
            value if value >= from["high"] => "high",
            value if value >= from["middle"] => "middle",
            _ => "low",
        });
        assert_eq!(row.tier.as_deref(), expected, "{}", row.id);
    }
    let rfm = house.app.rfm(&Scope::All, None, house.now).await.unwrap();
    assert_eq!(rfm.measures.len(), 3);
    let page = house.app.customer(&Scope::All, &CustomerId::new(&rows[0].id), None, house.now).await.unwrap();
    let figure = |id: &str| page.indicators.iter().find(|one| one.id == id).and_then(|one| one.figure.value);
    let cuts: Vec<(Option<f64>, f64)> = rfm.measures.iter().map(|one| (figure(&one.id), one.cut.unwrap())).collect();
    if let [(Some(recency), lately), (Some(frequency), often), (Some(monetary), much)] = cuts[..] {
        let cell = rfm.cells.iter().find(|cell| Some(&cell.cell) == page.row.rfm.as_ref()).unwrap();
        let expected = (recency <= lately, frequency >= often, monetary >= much);
        assert_eq!((cell.is_recent, cell.is_frequent, cell.is_large), expected);
    }
    let unknown = CustomerQuery { segments: vec!["nobody".to_owned()], ..query() };
    let error = house.app.customers(&Scope::All, &unknown, None, house.now).await.unwrap_err();
    assert_eq!(error.code(), "unknown_segment");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_is_put_on_found_and_taken_back_and_the_past_keeps_its_own() {
    let house = scored().await;
    let reader = everyone();
    let some: Vec<String> = ids(&house, &Scope::All, query(), None).await.into_iter().take(3).collect();
    let request = |tag: &str, remove| TagRequest { tag: tag.to_owned(), customers: some.clone(), remove };
    let change = house.app.change_tags(&reader, request(" 重点 ", false), house.now).await.unwrap();
    assert_eq!((change.tag.as_str(), change.customer_count), ("重点", 3));
    let tagged = CustomerQuery { tags: vec!["重点".to_owned()], ..query() };
    assert_eq!(ids(&house, &Scope::All, tagged.clone(), None).await, some.iter().cloned().collect());
    let page = house.app.customer(&Scope::All, &CustomerId::new(&some[0]), None, house.now).await.unwrap();
    assert_eq!((page.tags[0].tag.as_str(), page.tags[0].by.as_str()), ("重点", "command line"));
    assert_eq!(house.app.tags(&Scope::All, None, house.now).await.unwrap()[0].count, 3);
    // At the moment it was put on, it was not there yet.
    let then = Some(AsOf(house.now));
    assert!(ids(&house, &Scope::All, tagged.clone(), then).await.is_empty());
    let later = house.now.plus_micros(3_600_000_000);
    house.app.undo_tags(&reader, change.id.unwrap(), later).await.unwrap();
    assert!(ids(&house, &Scope::All, tagged.clone(), None).await.is_empty());
    let again = house.app.undo_tags(&reader, change.id.unwrap(), later).await.unwrap_err();
    assert_eq!(again.code(), "version_conflict");
    for wrong in ["", "一,二", &"长".repeat(31)] {
        let error = house.app.change_tags(&reader, request(wrong, false), later).await.unwrap_err();
        assert_eq!(error.code(), "bad_tag", "{wrong}");
    }
    let onlooker = Reader { can_act: false, ..everyone() };
    assert_eq!(house.app.change_tags(&onlooker, request("重点", false), later).await.unwrap_err().code(), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_salesperson_counts_and_tags_only_their_own() {
    let house = scored().await;
    let mine = an_owner(&house).await;
    let reader = Reader { scope: mine.clone(), ..everyone() };
    let own = ids(&house, &mine, query(), None).await;
    let whole = ids(&house, &Scope::All, query(), None).await;
    let other = whole.difference(&own).next().unwrap().clone();
    let request = |customers: Vec<String>| TagRequest { tag: "先谈".to_owned(), customers, remove: false };
    let error = house.app.change_tags(&reader, request(vec![other]), house.now).await.unwrap_err();
    assert_eq!(error.code(), "not_found");
    house.app.change_tags(&everyone(), request(whole.iter().cloned().collect()), house.now).await.unwrap();
    let seen = house.app.tags(&mine, None, house.now).await.unwrap();
    assert_eq!(seen[0].count as usize, own.len());
    let page = house.app.segment(&mine, "stable", (None, 500), None, house.now).await.unwrap();
    assert!(page.members.iter().all(|row| own.contains(&row.id)));
    assert_eq!(page.history.last().unwrap().count, page.row.count);
}
