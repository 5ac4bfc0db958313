//! Customers that go back to the pool: warned of, given back once, kept by a record.

use actions::{ReturnPlan, ReturnWarning, Work};
use store::{Channel, GivenBy, NewFollowUp, NewSheet, OwnerCause, Resource, SheetDoes, SheetEdit, Store, TouchOutcome};
use vocab::{CustomerId, Scope};

use crate::door::{Door, hour, mine, moves_along, owned, with_cases};

const SINCE: i64 = 20_000;

fn warning(customer: &str, owner: &str) -> ReturnWarning {
    ReturnWarning { customer: customer.into(), owner: owner.to_owned(), quiet_since: SINCE, returns_on: SINCE + 60 }
}

fn warns(warned: &[(&str, &str)]) -> ReturnPlan {
    let warn = warned.iter().map(|(customer, owner)| warning(customer, owner)).collect();
    ReturnPlan { warn, ..ReturnPlan::default() }
}

fn gives_back(warned: &[(&str, &str)]) -> ReturnPlan {
    ReturnPlan { give_back: warns(warned).warn, ..ReturnPlan::default() }
}

/// Whose customers are warned of, as far as somebody sees.
async fn warned(store: &Store, scope: &Scope) -> Vec<String> {
    let all = store.pool_warnings(scope).await.unwrap();
    let (page, total) = store.pool_warnings_page(scope, (0, 9)).await.unwrap();
    let ids: Vec<String> = page.iter().map(|one| one.customer.to_string()).collect();
    assert_eq!((total, ids.clone()), (all.len() as u64, all.keys().map(CustomerId::to_string).collect()));
    ids
}

async fn history(store: &Store) -> Vec<String> {
    let entries = store.history_after(&Scope::All, 0, 999).await.unwrap();
    entries.into_iter().filter(|one| one.resource == Resource::PoolWarning).map(|one| one.cause).collect()
}

pub async fn an_owner_is_warned_and_the_customer_goes_back_once(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "li"), ("C", "-"), ("D", "wang"), ("E", "wang")]).await;
    let plan = warns(&[("A", "wang"), ("B", "li"), ("C", "sun"), ("D", "wang"), ("E", "li")]);
    for at in [1, 2] {
        assert_eq!(store.apply_pool_returns(&plan, hour(at)).await.unwrap(), 0);
        assert_eq!(warned(&store, &Scope::All).await, ["A", "B", "D"], "whose customers they are by now");
    }
    assert_eq!(history(&store).await, ["warned"; 3], "the same again leaves no trace");
    assert_eq!(warned(&store, &mine(&["wang"])).await, ["A", "D"]);
    assert!(warned(&store, &mine(&[])).await.is_empty());
    let (page, total) = store.pool_warnings_page(&Scope::All, (1, 1)).await.unwrap();
    assert_eq!((page, total), (vec![warning("B", "li")], 3));

    with_cases(&store, &["D"]).await;
    let back = gives_back(&[("A", "wang"), ("B", "wang"), ("D", "wang"), ("E", "wang")]);
    assert_eq!(
        store.apply_pool_returns(&back, hour(3)).await.unwrap(),
        1,
        "B is another's, D has a case, E was not warned"
    );
    assert_eq!(store.apply_pool_returns(&back, hour(4)).await.unwrap(), 0, "once");
    let owners = store.owners(&Scope::All).await.unwrap();
    assert!(!owners.contains_key(&CustomerId::from("A")) && owners.len() == 3, "{owners:?}");
    let changes = store.owner_changes(&Scope::All, &"A".into()).await.unwrap();
    let told: Vec<(OwnerCause, Option<&str>, Option<&str>)> =
        changes.iter().map(|one| (one.cause, one.was.as_deref(), one.owner.as_deref())).collect();
    assert_eq!(told, [(OwnerCause::Returned, Some("wang"), None)]);
    let untold = store.owners_untold(&Scope::All).await.unwrap();
    assert!(matches!(untold[..], [ref one] if one.owner.is_none() && matches!(one.by, GivenBy::Change(_))), "a fact");
    assert_eq!(history(&store).await[3..], ["returned"]);

    let (returned, total) = store.pool_returns(&Scope::All, hour(0), 9).await.unwrap();
    assert_eq!((returned, total), (changes, 1));
    assert_eq!(store.pool_returns(&Scope::All, hour(4), 9).await.unwrap(), (Vec::new(), 0), "since then nothing");
    assert_eq!(store.pool_returns(&mine(&["wang"]), hour(0), 9).await.unwrap().1, 0, "nobody's is not theirs");
}

pub async fn a_record_and_another_owner_keep_a_customer(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "wang"), ("C", "wang")]).await;
    let all = [("A", "wang"), ("B", "wang"), ("C", "wang")];
    store.apply_pool_returns(&warns(&all), hour(1)).await.unwrap();
    let record = NewFollowUp {
        key: "k1".to_owned(),
        customer: "A".into(),
        at: hour(2),
        channel: Channel::Call,
        outcome: TouchOutcome::Talked,
        contact: None,
        mood: None,
        note: None,
        next_on: None,
        promise: None,
    };
    let acting = |_: &str, work: &Work| work.clone();
    store.add_follow_up(&mine(&["wang"]), &record, ("wang", &acting), hour(2)).await.unwrap();
    assert_eq!(warned(&store, &Scope::All).await, ["B", "C"], "as soon as somebody was in touch");
    let does = SheetDoes::Owner;
    let edit = SheetEdit { line: 2, customer: "B".into(), was: Some("wang".into()), becomes: Some("li".into()), does };
    let (file_name, carrying) = ("a.xlsx", &moves_along);
    let sheet = NewSheet { staff_id: None, actor: "zhao", file_name, digest: "d", exported_at: None, carrying };
    store.apply_sheet(&Scope::All, sheet, &[edit], hour(2)).await.unwrap();
    assert_eq!(store.apply_pool_returns(&gives_back(&all), hour(3)).await.unwrap(), 1, "C alone");
    let withdrawn = ReturnPlan { withdraw: vec!["B".into(), "A".into()], ..ReturnPlan::default() };
    store.apply_pool_returns(&withdrawn, hour(3)).await.unwrap();
    assert!(warned(&store, &Scope::All).await.is_empty());
    // Warned anew, and then of a later day: one warning stands.
    store.apply_pool_returns(&warns(&[("A", "wang")]), hour(4)).await.unwrap();
    let later = ReturnWarning { returns_on: SINCE + 90, ..warning("A", "wang") };
    let plan = ReturnPlan { warn: vec![later.clone()], ..ReturnPlan::default() };
    store.apply_pool_returns(&plan, hour(5)).await.unwrap();
    assert_eq!(store.pool_warnings(&Scope::All).await.unwrap().into_values().collect::<Vec<_>>(), [later]);
    let ended = history(&store).await;
    assert_eq!(ended[3..], ["withdrawn", "returned", "withdrawn", "warned", "replaced", "warned"]);
}
