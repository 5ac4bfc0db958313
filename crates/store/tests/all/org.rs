//! The tree, invitations, hand-overs and what is accounted for.

use std::collections::BTreeSet;

use store::{
    AlertFilter, AlertSlice, AuditFilter, AuditSort, CaseFilter, CaseSlice, Deed, NewInvitation, NewStaff, NewUnit,
    NewVersion, Resource, Role, StaffChange, StaffRecord, Store, Versioned, units_below,
};
use vocab::{CustomerId, Scope};

use crate::door::{Door, hour, mine, moves_along, owned, with_cases};

async fn person(store: &Store, name: &str, role: Role, unit_id: Option<i64>) -> StaffRecord {
    let new = NewStaff {
        name: name.to_owned(),
        email: format!("{name}@example.cn"),
        role,
        owner_key: Some(name.to_owned()),
        unit_id,
        password_hash: "argon2".to_owned(),
    };
    store.add_staff(&new, "admin", hour(0)).await.unwrap()
}

fn unit(name: &str, parent_id: Option<i64>, heads: &[i64]) -> NewUnit {
    NewUnit { name: name.to_owned(), parent_id, heads: heads.iter().copied().collect(), work_hours: None }
}

fn as_is(person: &StaffRecord) -> StaffChange {
    StaffChange {
        name: person.name.clone(),
        email: person.email.clone(),
        role: person.role,
        owner_key: person.owner_key.clone(),
        unit_id: person.unit_id,
        active: person.active,
    }
}

pub async fn a_head_sees_the_units_below_and_no_unit_stands_below_itself(door: Door) {
    let store = door.open().await;
    let head = person(&store, "qian", Role::Manager, None).await;
    let group = store.add_unit(&unit("集团", None, &[]), "admin", hour(0)).await.unwrap();
    let region = store.add_unit(&unit("华东大区", Some(group.id), &[head.id]), "admin", hour(0)).await.unwrap();
    let shop = store.add_unit(&unit("徐汇门店", Some(region.id), &[]), "admin", hour(0)).await.unwrap();
    let units = store.units().await.unwrap();
    assert_eq!(units_below(&units, head.id), BTreeSet::from([region.id, shop.id]));

    let circle = unit("集团", Some(shop.id), &[]);
    assert!(store.change_unit(group.id, 1, &circle, "admin", hour(1)).await.unwrap_err().is_refused());
    assert!(store.add_unit(&unit("无", Some(99), &[]), "admin", hour(1)).await.unwrap_err().is_not_found());
    assert!(store.add_unit(&unit("无", None, &[99]), "admin", hour(1)).await.unwrap_err().is_not_found());
    let hours = Some(r#"{"days":["sat"]}"#.to_owned());
    let open = NewUnit { work_hours: hours.clone(), ..unit("华东大区", Some(group.id), &[head.id]) };
    assert_eq!(store.change_unit(region.id, 1, &open, "admin", hour(1)).await.unwrap().work_hours, hours);
    let kept = store.history_of(&Scope::All, Resource::Unit, &region.id.to_string()).await.unwrap();
    assert!(kept[1].after.contains("sat") && !kept[0].after.contains("work_hours"), "{kept:?}");
    let moved = store.change_unit(shop.id, 1, &unit("徐汇店", Some(group.id), &[]), "admin", hour(1)).await.unwrap();
    assert_eq!((moved.version, moved.name.as_str()), (2, "徐汇店"));
    assert!(store.change_unit(shop.id, 1, &unit("x", None, &[]), "admin", hour(1)).await.unwrap_err().is_conflict());
    assert_eq!(units_below(&store.units().await.unwrap(), head.id), BTreeSet::from([region.id]));
    let history = store.history_of(&Scope::All, Resource::Unit, &shop.id.to_string()).await.unwrap();
    assert_eq!(history.iter().map(|one| one.cause.as_str()).collect::<Vec<_>>(), ["added", "changed"]);
}

pub async fn a_unit_that_is_not_empty_stays_and_somebody_always_administers(door: Door) {
    let store = door.open().await;
    let above = store.add_unit(&unit("销售部", None, &[]), "admin", hour(0)).await.unwrap();
    let below = store.add_unit(&unit("一组", Some(above.id), &[]), "admin", hour(0)).await.unwrap();
    let zhao = person(&store, "zhao", Role::Admin, Some(below.id)).await;
    for id in [above.id, below.id] {
        assert!(store.remove_unit(id, "zhao", hour(1)).await.unwrap_err().is_conflict());
    }
    for change in [StaffChange { role: Role::Readonly, ..as_is(&zhao) }, StaffChange { active: false, ..as_is(&zhao) }]
    {
        let refused = store.change_staff(zhao.id, 1, &change, "zhao", hour(1)).await.unwrap_err();
        assert!(refused.is_refused(), "{refused}");
    }
    assert!(store.hand_over(zhao.id, 1, &[], (&moves_along, "zhao"), hour(1)).await.unwrap_err().is_refused());
    let out = StaffChange { unit_id: None, ..as_is(&zhao) };
    assert_eq!(store.change_staff(zhao.id, 1, &out, "zhao", hour(1)).await.unwrap().version, 2);
    assert!(store.change_staff(zhao.id, 1, &out, "zhao", hour(1)).await.unwrap_err().is_conflict());
    store.remove_unit(below.id, "zhao", hour(2)).await.unwrap();
    store.remove_unit(above.id, "zhao", hour(2)).await.unwrap();
    assert!(store.units().await.unwrap().is_empty());
}

fn invitation(name: &str, hash: &str, hours: i64) -> NewInvitation {
    NewInvitation {
        name: name.to_owned(),
        email: format!("{name}@Example.cn"),
        role: Role::Owner,
        owner_key: Some(name.to_owned()),
        unit_id: None,
        token_hash: hash.to_owned(),
        expires_at: hour(hours),
    }
}

pub async fn a_link_is_good_once_until_it_ends_or_is_taken_back(door: Door) {
    let store = door.open().await;
    let invited = store
        .invite(
            &[invitation("wang", "h1", 48), invitation("li", "h2", 48), invitation("sun", "h3", 1)],
            "zhao",
            hour(0),
        )
        .await
        .unwrap();
    assert_eq!(store.invitations().await.unwrap().len(), 3);
    assert!(store.invitation("h3", hour(1)).await.unwrap().is_none(), "its time is up");
    assert!(store.accept_invitation("h3", "argon2", hour(1)).await.unwrap_err().is_not_found());
    store.withdraw_invitation(invited[1].id, "zhao", hour(1)).await.unwrap();
    assert!(store.withdraw_invitation(invited[1].id, "zhao", hour(1)).await.unwrap_err().is_not_found());
    assert!(store.accept_invitation("h2", "argon2", hour(1)).await.unwrap_err().is_not_found());
    // Asked again: the new link is good, the old one is not.
    store.invite(&[invitation("wang", "h4", 48)], "zhao", hour(1)).await.unwrap();
    assert!(store.invitation("h1", hour(1)).await.unwrap().is_none());
    let wang = store.accept_invitation("h4", "argon2 of wang", hour(2)).await.unwrap();
    assert_eq!(
        (wang.email.as_str(), wang.role, wang.owner_key.as_deref()),
        ("wang@example.cn", Role::Owner, Some("wang"))
    );
    assert!(store.accept_invitation("h4", "argon2 of mallory", hour(2)).await.unwrap_err().is_not_found());
    // One who works here is not invited, and nobody is where one cannot be.
    let both = [invitation("chen", "h5", 48), invitation("wang", "h6", 48)];
    assert!(store.invite(&both, "zhao", hour(3)).await.unwrap_err().is_conflict());
    assert!(store.invitation("h5", hour(3)).await.unwrap().is_none());
    let history = store.history_after(&Scope::All, 0, 100).await.unwrap();
    assert!(history.iter().all(|entry| !entry.after.contains("h4") && !entry.after.contains("argon2")));
}

pub async fn who_leaves_hands_over_customers_and_cases_at_once_or_not_at_all(door: Door) {
    let store = door.open().await;
    person(&store, "zhao", Role::Admin, None).await;
    let wang = person(&store, "wang", Role::Owner, None).await;
    store.add_session("s", wang.id, hour(0), hour(99)).await.unwrap();
    store.add_token("t", wang.id, "日报", "wang", hour(0)).await.unwrap();
    let team = store.add_unit(&unit("一组", None, &[wang.id]), "admin", hour(0)).await.unwrap();
    owned(&store, &[("A", "wang"), ("B", "wang"), ("C", "wang"), ("D", "wang"), ("E", "li")]).await;
    with_cases(&store, &["B", "D", "E"]).await;

    let to = ["li".to_owned(), "sun".to_owned()];
    let preview = store.hand_over_preview(wang.id, &to).await.unwrap();
    let counts: Vec<(u64, u64)> = preview.shares.iter().map(|share| (share.customers, share.cases)).collect();
    assert_eq!((preview.customers, preview.cases, counts), (4, 2, vec![(2, 1), (2, 1)]));
    assert!(
        store.hand_over(wang.id, 1, &[], (&moves_along, "zhao"), hour(1)).await.unwrap_err().is_refused(),
        "nobody to give to"
    );
    assert!(store.hand_over(wang.id, 9, &to, (&moves_along, "zhao"), hour(1)).await.unwrap_err().is_conflict());
    assert!(store.session_staff("s", hour(1)).await.unwrap().is_some(), "nothing has happened yet");

    let (left, done) = store.hand_over(wang.id, 1, &to, (&moves_along, "zhao"), hour(1)).await.unwrap();
    assert!(!left.active);
    assert_eq!(done, preview, "what was shown is what was done");
    assert!(store.session_staff("s", hour(1)).await.unwrap().is_none());
    assert!(store.token_staff("t", hour(1)).await.unwrap().is_none());
    assert!(store.units().await.unwrap()[0].heads.is_empty(), "{} has no head any more", team.name);
    let owners = store.owners(&Scope::All).await.unwrap();
    assert!(!owners.values().any(|owner| owner == "wang"));
    let of = async |owner: &str| {
        let scope = mine(&[owner]);
        let alerts = store.alerts(&scope, &AlertFilter::default(), AlertSlice::default()).await.unwrap().total;
        let cases = store.cases(&scope, &CaseFilter::default(), CaseSlice::default()).await.unwrap().rows;
        assert!(cases.iter().all(|case| case.assigned_to.as_deref().is_none_or(|desk| desk == owner)));
        (alerts, cases.len())
    };
    assert_eq!((of("li").await, of("sun").await, of("wang").await), ((2, 2), (1, 1), (0, 0)));
    let steps = store.case_steps(&Scope::All, &[1, 2], None).await.unwrap();
    assert!(
        steps.values().all(|steps| steps.last().is_some_and(|step| step.what == "handed_over" && step.actor == "zhao"))
    );
    assert!(
        store.hand_over(wang.id, 2, &to, (&moves_along, "zhao"), hour(2)).await.unwrap_err().is_conflict(),
        "it is done already"
    );

    // The facts are told once; a moment before that still needs to be told whose customer is whose.
    let untold = store.owners_untold(&Scope::All).await.unwrap();
    assert_eq!(untold.len(), 4);
    assert_eq!(store.owners_untold(&mine(&["sun"])).await.unwrap().len(), 2);
    store.owners_told(&untold.iter().map(|one| one.by).collect(), hour(2)).await.unwrap();
    assert!(store.owners_untold(&Scope::All).await.unwrap().is_empty());
    assert_eq!(store.owners_given(&Scope::All, hour(2)).await.unwrap().len(), 4);
    assert!(store.owners_given(&Scope::All, hour(3)).await.unwrap().is_empty());
}

pub async fn what_is_accounted_for_is_found_by_sort_actor_and_time(door: Door) {
    let store = door.open().await;
    person(&store, "zhao", Role::Admin, None).await;
    owned(&store, &[("A", "wang")]).await;
    with_cases(&store, &["A"]).await;
    let customer = CustomerId::from("A");
    let deeds = [
        ("sign_in_failed", "wang@x", None, "wang@x", 1),
        ("signed_in", "wang@x", None, "wang", 2),
        ("export", "客户.xlsx", None, "wang", 3),
        ("unmasked", "A", Some(&customer), "wang", 4),
        ("unmasked", "A", Some(&customer), "wang", 5),
    ];
    for (what, subject, customer, actor, hours) in deeds {
        let deed = Deed { what, subject, customer, actor };
        store.account_for(deed, &serde_json::json!({"peer": "10.0.0.1"}), hour(hours)).await.unwrap();
    }
    let found = async |filter: AuditFilter| {
        let rows = store.audit(&Scope::All, &filter, 99).await.unwrap();
        assert_eq!(store.audit_count(&Scope::All, &filter).await.unwrap(), rows.len() as u64);
        rows.iter().map(|row| row.cause.clone()).collect::<Vec<_>>()
    };
    let sort = |sort| AuditFilter { sort: Some(sort), ..AuditFilter::default() };
    assert_eq!(found(AuditFilter::default()).await.len(), 6, "alerts, cases and cycles are work, not deeds");
    assert_eq!(found(sort(AuditSort::SignIn)).await, ["signed_in", "sign_in_failed"]);
    assert_eq!(found(sort(AuditSort::Unmask)).await, ["unmasked", "unmasked"]);
    assert_eq!(found(sort(AuditSort::Configuration)).await, ["added"]);
    assert_eq!(found(sort(AuditSort::Export)).await, ["export"]);
    assert!(found(sort(AuditSort::HandOver)).await.is_empty());
    let wang = AuditFilter {
        actor: Some("wang".to_owned()),
        from: Some(hour(3)),
        until: Some(hour(5)),
        ..AuditFilter::default()
    };
    assert_eq!(found(wang).await, ["unmasked", "export"]);
    assert_eq!(store.audit_actors(&Scope::All).await.unwrap(), ["admin", "wang", "wang@x"]);
    let page = store.audit(&Scope::All, &AuditFilter::default(), 2).await.unwrap();
    let next = AuditFilter { before: Some(page[1].number), ..AuditFilter::default() };
    assert_eq!(store.audit(&Scope::All, &next, 99).await.unwrap().len(), 4);

    for versioned in [Versioned::Rule, Versioned::Scorecard] {
        let (content, definition) = ("h".to_owned(), "text".to_owned());
        let new = NewVersion { sort: versioned, of: "own".to_owned(), content, definition, note: None };
        let draft = store.put_version_draft(&new, None, "zhao", hour(6)).await.unwrap();
        store.activate_version(draft.id, draft.version, ("activated", None), "zhao", hour(7)).await.unwrap();
    }
    let zhao = AuditFilter { actor: Some("zhao".to_owned()), ..sort(AuditSort::Configuration) };
    assert_eq!(found(zhao).await, ["activated", "drafted", "activated", "drafted"], "a rule as well as a scorecard");
}
