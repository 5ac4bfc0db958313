//! Customers go back to the pool for want of a record: their owners are warned before, and a record keeps them.

use std::collections::BTreeSet;

use app::view::{NewFollowUp, Notice, OwnershipRules, PoolReturns};
use app::{CaseQuery, NoticeQuery, Reader};
use vocab::{CustomerId, Instant, Scope};

use crate::cases::{a_case, person};
use crate::world::{House, everyone, scored};

const RULES: OwnershipRules = OwnershipRules {
    pool_open: true,
    claims_per_day: 5,
    most_customers: None,
    return_after_days: Some(7),
    return_warn_days: 2,
};

async fn told(house: &House, reader: &Reader) -> Vec<Notice> {
    let query = NoticeQuery { kind: Some("pool_return".to_owned()), limit: 500, ..NoticeQuery::default() };
    house.app.notices(reader, &query).await.unwrap().rows
}

async fn returns(house: &House, reader: &Reader, now: Instant) -> PoolReturns {
    house.app.pool_returns(reader, None, 500, now).await.unwrap()
}

fn ids(page: &PoolReturns) -> BTreeSet<String> {
    page.coming.iter().map(|one| one.id.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_record_for_long_goes_back_after_their_owner_was_warned() {
    let house = scored().await;
    let (app, admin, now) = (&house.app, everyone(), house.now);
    let owner = a_case(&house).await.owner.unwrap();
    let (_, wang) = person(&house, "王芳", "owner", Some(&owner)).await;
    let (_, stranger) = person(&house, "李雷", "owner", Some("nobody's")).await;
    assert_eq!(app.return_to_pool(now).await.unwrap(), 0);
    assert!(returns(&house, &admin, now).await.coming.is_empty(), "off until somebody says so");

    app.put_ownership(&admin, RULES, now).await.unwrap();
    assert_eq!(app.return_to_pool(now).await.unwrap(), 0, "nobody goes back unwarned");
    let coming = returns(&house, &wang, now).await;
    assert!(coming.coming_total > 1, "{coming:?}");
    assert!(coming.coming.iter().all(|one| one.owner == owner && one.returns_on == "2025-07-03"), "{coming:?}");
    assert_eq!(ids(&returns(&house, &admin, now).await), ids(&coming), "whoever has no account is not warned");
    assert!(returns(&house, &stranger, now).await.coming.is_empty());
    let query = CaseQuery { limit: 500, ..CaseQuery::default() };
    let at_work = app.cases(&admin, &query, None, now).await.unwrap().rows;
    assert!(at_work.iter().all(|case| !ids(&coming).contains(&case.customer_id)), "not with an open case");
    let notices = told(&house, &wang).await;
    assert_eq!(notices.len(), 1, "all of them at once");
    assert!(notices[0].subject.zh.contains("回公海") && notices[0].path.as_deref() == Some("/pool"), "{notices:?}");
    assert!(told(&house, &stranger).await.is_empty());

    // Within the hour nothing is looked at, and after it nothing is new.
    for minutes in [1, 90] {
        assert_eq!(app.return_to_pool(now.plus_micros(minutes * 60_000_000)).await.unwrap(), 0);
    }
    assert_eq!((told(&house, &wang).await.len(), ids(&returns(&house, &wang, now).await)), (1, ids(&coming)));

    let mut rest = ids(&coming);
    let kept = CustomerId::from(rest.pop_first().unwrap());
    let record = NewFollowUp {
        key: "phone-0001".to_owned(),
        channel: "call".to_owned(),
        outcome: "talked".to_owned(),
        note: Some("聊得不错".to_owned()),
        ..NewFollowUp::default()
    };
    app.record_touch(&wang, &kept, record, now.plus_days(1)).await.unwrap();
    assert_eq!(ids(&returns(&house, &wang, now).await), rest, "as soon as it is recorded");

    let day = now.plus_days(2);
    assert_eq!(app.return_to_pool(day).await.unwrap(), rest.len() as u64);
    assert_eq!(app.return_to_pool(day.plus_days(1)).await.unwrap(), 0, "once");
    let after = returns(&house, &admin, day).await;
    assert!(ids(&after).is_disjoint(&rest));
    let returned: BTreeSet<String> = after.returned.iter().map(|one| one.id.clone()).collect();
    assert_eq!((after.returned_total, returned.len()), (rest.len() as u64, rest.len().min(50)));
    assert!(
        returned.is_subset(&rest) && after.returned.iter().all(|one| one.is_in_pool && one.was == Some(owner.clone()))
    );
    let pool = app.pool(&wang, (None, None), 500, day).await.unwrap();
    let free: BTreeSet<String> = pool.rows.iter().map(|one| one.id.clone()).collect();
    assert!(rest.is_subset(&free), "they are there to be taken");

    let terms =
        app.owner_terms(&Scope::All, &CustomerId::from(rest.first().unwrap().as_str()), None, day).await.unwrap();
    let last = &terms[0];
    assert_eq!((last.owner.as_deref(), last.how.as_str(), last.by.as_deref()), (None, "returned", None));
    let mine = app.owner_terms(&wang.scope, &kept, None, day).await.unwrap();
    assert_eq!(mine[0].owner.as_ref(), Some(&owner));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_from_the_pool_is_not_taken_away_at_once() {
    let house = scored().await;
    let (app, admin, now) = (&house.app, everyone(), house.now);
    let owner = a_case(&house).await.owner.unwrap();
    let (_, wang) = person(&house, "王芳", "owner", Some(&owner)).await;
    app.put_ownership(&admin, RULES, now).await.unwrap();
    app.return_to_pool(now).await.unwrap();
    let day = now.plus_days(2);
    assert!(app.return_to_pool(day).await.unwrap() > 0);
    let one = returns(&house, &admin, day).await.returned[0].clone();
    app.claim_customer(&wang, &CustomerId::from(one.id.as_str()), day).await.unwrap();
    let shown = returns(&house, &admin, day).await;
    assert!(shown.returned.iter().any(|row| row.id == one.id && !row.is_in_pool), "it is somebody's again");
    let later = day.plus_days(1);
    app.return_to_pool(later).await.unwrap();
    assert!(!ids(&returns(&house, &wang, later).await).contains(&one.id), "it counts from the day it was taken");
    let pool = app.pool(&wang, (None, None), 500, later).await.unwrap();
    assert!(pool.rows.iter().all(|row| row.id != one.id));
    let off = OwnershipRules { return_after_days: None, ..RULES };
    app.put_ownership(&admin, off, later).await.unwrap();
    app.return_to_pool(later).await.unwrap();
    assert!(returns(&house, &admin, later).await.coming.is_empty(), "off takes every warning back");
}

/// The same customers, by going through everybody.
#[tokio::test(flavor = "multi_thread")]
async fn the_pool_shows_whom_going_through_everybody_shows() {
    let house = scored().await;
    let (app, admin, now) = (&house.app, everyone(), house.now);
    let owner = a_case(&house).await.owner.unwrap();
    person(&house, "王芳", "owner", Some(&owner)).await;
    app.put_ownership(&admin, RULES, now).await.unwrap();
    app.return_to_pool(now).await.unwrap();
    let day = now.plus_days(2);
    app.return_to_pool(day).await.unwrap();
    for search in [None, Some("a"), Some("科技"), Some("zzzz")] {
        let search = search.map(str::to_owned);
        let query = app::CustomerQuery {
            search: search.clone(),
            owner: Some("-".to_owned()),
            order: app::CustomerOrder::Value,
            limit: 500,
            ..app::CustomerQuery::default()
        };
        let listed = app.customers(&Scope::All, &query, None, day).await.unwrap();
        let mut shown = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = app.pool(&admin, (search.clone(), cursor.as_deref()), 3, day).await.unwrap();
            assert_eq!(page.total, listed.total, "{search:?}");
            shown.extend(page.rows.into_iter().map(|row| row.id));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(shown, listed.rows.into_iter().map(|row| row.id).collect::<Vec<_>>(), "{search:?}");
    }
}
