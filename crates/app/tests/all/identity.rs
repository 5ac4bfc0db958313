//! One customer under several keys: found by rule, decided by people, as of any moment.

use app::view::{ConflictDecision, MergeRequest, UnmergeRequest};
use app::{CustomerQuery, Reader};
use facts::{Fact, FactBatch, Identity, IdentityRole};
use vocab::{ActorId, AsOf, CustomerId, Instant, Kind, Scope, SourceName};

use crate::world::{House, all, empty, everyone, midnight};

fn told(customer: &str, at: &str, traits: &[(&str, &str)]) -> Fact {
    let mut fact = Fact::new(customer, Kind::Trait, "Traits Changed", midnight(at));
    fact.known_at = Some(midnight(at));
    fact.source = SourceName::new("crm");
    fact.message_id = format!("{customer} {at}").as_str().into();
    fact.properties = traits.iter().map(|(key, value)| ((*key).to_owned(), Some((*value).to_owned()))).collect();
    fact
}

fn bought(customer: &str, at: &str) -> Fact {
    let mut fact = Fact::new(customer, Kind::Order, "Order Completed", midnight(at));
    fact.known_at = Some(midnight(at));
    fact.source = SourceName::new("shop");
    fact.message_id = format!("order {customer} {at}").as_str().into();
    fact
}

/// Two of the firm's own with one number, a WeCom contact with another's number, an account with its people.
async fn shop() -> House {
    let house = empty().await;
    let facts = vec![
        told("C1", "2025-06-01", &[("name", "甲"), ("owner", "li"), ("phone", "13912345678")]),
        told("C2", "2025-06-01", &[("name", "乙"), ("owner", "wang"), ("phone", "+86 139-1234-5678")]),
        told("C3", "2025-06-01", &[("name", "丙"), ("owner", "li"), ("手机号", "13700000001")]),
        told("wecom:wmA", "2025-06-02", &[("name", "丙(微信)"), ("phone", "1370000 0001")]),
        bought("C3", "2025-06-03"),
        bought("wecom:wmA", "2025-06-04"),
        bought("phone:13700000001", "2025-06-05"),
    ];
    house.app.load_facts(FactBatch { facts, ..FactBatch::default() }, house.now).await.unwrap();
    house.app.run_cycle(AsOf(midnight("2025-07-01")), house.now).await.unwrap();
    house
}

async fn orders(house: &House, customer: &str, as_of: Option<&str>) -> usize {
    let query = app::TimelineQuery { kinds: vec!["order".to_owned()], limit: 100, ..Default::default() };
    let (id, as_of) = (CustomerId::new(customer), as_of.map(|at| AsOf(midnight(at))));
    let page = house.app.timeline(&Scope::All, &id, &query, as_of, later(house)).await;
    page.map_or(0, |page| page.rows.len())
}

fn later(house: &House) -> Instant {
    house.now.plus_days(2)
}

fn salesperson(owner: &str) -> Reader {
    Reader { scope: Scope::Owners([owner.to_owned()].into()), is_admin: false, ..everyone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_share_a_number_are_one_customer_from_then_on_and_two_before() {
    let house = shop().await;
    let page = house.app.customer_identity(&Scope::All, &"wecom:wmA".into(), None, house.now).await.unwrap();
    assert_eq!(page.customer_id, "C3");
    let keys: Vec<(&str, bool)> = page.keys.iter().map(|key| (key.key.as_str(), key.is_merged)).collect();
    assert_eq!(keys, [("C3", true), ("phone:13700000001", true), ("wecom:wmA", true)]);
    assert!(page.keys[1..].iter().all(|key| key.source.as_deref() == Some("identity") && key.since.is_some()));
    assert_eq!(orders(&house, "C3", None).await, 3);
    assert_eq!(orders(&house, "C3", Some("2025-06-20")).await, 1, "before the merge they were three");
    assert_eq!(orders(&house, "wecom:wmA", Some("2025-06-20")).await, 1);
    let then = Some(AsOf(midnight("2025-06-20")));
    let before = house.app.customer_identity(&Scope::All, &"wecom:wmA".into(), then, house.now).await.unwrap();
    assert_eq!(before.customer_id, "wecom:wmA");
    // Finding the same again says nothing new.
    house.app.run_cycle(AsOf(midnight("2025-07-02")), later(&house)).await.unwrap();
    let again = house.app.customer_identity(&Scope::All, &"C3".into(), None, later(&house)).await.unwrap();
    assert_eq!(again.history.len(), page.history.len());
    let list = house.app.customers(&Scope::All, &all(), None, later(&house)).await.unwrap();
    let ids: Vec<&str> = list.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(list.total, 3, "{ids:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_the_firms_own_with_one_number_wait_for_a_person_who_sees_both() {
    let house = shop().await;
    let open = house.app.identity_conflicts(&everyone(), None, house.now).await.unwrap();
    assert_eq!((open.items.len(), open.open_count), (1, 1));
    let conflict = &open.items[0];
    let names: Vec<&str> = conflict.customers.iter().map(|one| one.name.as_str()).collect();
    assert_eq!((conflict.key.as_str(), names), ("phone:13912345678", vec!["甲", "乙"]));
    let of_li = house.app.identity_conflicts(&salesperson("li"), None, house.now).await.unwrap();
    assert_eq!((of_li.items.len(), of_li.open_count), (0, 0), "who sees one of the two is told of neither");
    let decide = |into: Option<&str>, version: i64, action: &str| ConflictDecision {
        action: action.to_owned(),
        version,
        into: into.map(str::to_owned),
        note: Some("同一家".to_owned()),
    };
    let li = salesperson("li");
    let refused = house.app.decide_identity(&li, conflict.id, decide(Some("C1"), 1, "merge"), house.now).await;
    assert_eq!(refused.unwrap_err().code(), "not_found");
    for (into, code) in [(None, "bad_target"), (Some("C9"), "bad_target")] {
        let refused = house.app.decide_identity(&everyone(), conflict.id, decide(into, 1, "merge"), house.now).await;
        assert_eq!(refused.unwrap_err().code(), code);
    }
    let merged = house.app.decide_identity(&everyone(), conflict.id, decide(Some("C1"), 1, "merge"), house.now).await;
    assert_eq!(merged.unwrap().state, "merged");
    let page = house.app.customer_identity(&Scope::All, &"C2".into(), None, later(&house)).await.unwrap();
    assert_eq!(page.customer_id, "C1");
    assert_eq!(page.keys[1].source.as_deref(), Some("people"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_kept_apart_is_not_asked_about_again() {
    let house = shop().await;
    let open = house.app.identity_conflicts(&everyone(), None, house.now).await.unwrap();
    let decision = ConflictDecision { action: "apart".to_owned(), version: 1, into: None, note: None };
    house.app.decide_identity(&everyone(), open.items[0].id, decision, house.now).await.unwrap();
    house.app.run_cycle(AsOf(midnight("2025-07-02")), later(&house)).await.unwrap();
    let after = house.app.identity_conflicts(&everyone(), None, later(&house)).await.unwrap();
    assert_eq!(after.open_count, 0);
    let all = house.app.identity_conflicts(&everyone(), Some("all"), later(&house)).await.unwrap();
    assert_eq!((all.items.len(), all.items[0].state.as_str()), (1, "apart"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_by_a_person_can_be_undone_and_no_rule_redoes_it() {
    let house = shop().await;
    let merge = |customer: &str, into: &str| MergeRequest { customer: customer.to_owned(), into: into.to_owned() };
    let part = |key: &str| UnmergeRequest { key: key.to_owned() };
    let parted = house.app.unmerge_customer(&everyone(), part("wecom:wmA"), house.now).await.unwrap();
    assert!(parted.keys.iter().all(|key| key.key != "wecom:wmA"));
    house.app.run_cycle(AsOf(midnight("2025-07-02")), later(&house)).await.unwrap();
    let alone = house.app.customer_identity(&Scope::All, &"wecom:wmA".into(), None, later(&house)).await.unwrap();
    assert_eq!(alone.customer_id, "wecom:wmA", "the rule leaves what a person parted");
    let refused = house.app.merge_customers(&salesperson("wang"), merge("wecom:wmA", "C3"), later(&house)).await;
    assert_eq!(refused.unwrap_err().code(), "not_found");
    let refused = house.app.merge_customers(&everyone(), merge("nobody", "C3"), later(&house)).await;
    assert_eq!(refused.unwrap_err().code(), "not_found");
    let merged = house.app.merge_customers(&everyone(), merge("wecom:wmA", "C3"), later(&house)).await.unwrap();
    assert_eq!(merged.customer_id, "C3");
    assert_eq!(orders(&house, "C3", None).await, 3);
    let readonly = Reader { can_act: false, ..everyone() };
    assert_eq!(
        house.app.unmerge_customer(&readonly, part("wecom:wmA"), later(&house)).await.unwrap_err().code(),
        "forbidden"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_shows_its_people_with_their_roles_and_who_left() {
    let house = empty().await;
    let person = |actor: &str, name: &str, at: &str, properties: &[(&str, &str)]| Fact {
        actor_id: Some(ActorId::new(actor)),
        kind: Kind::ContactChange,
        name: name.to_owned(),
        message_id: format!("{actor} {name}").as_str().into(),
        ..told("A1", at, properties)
    };
    let facts = vec![
        told("A1", "2025-06-01", &[("name", "示例科技")]),
        person("k1", "Contact Joined", "2025-06-02", &[("contact_name", "王敏"), ("title", "采购总监")]),
        person("k2", "Contact Joined", "2025-06-02", &[("contact_name", "李强"), ("role", "管理员")]),
        person("k2", "Contact Left", "2025-06-20", &[]),
        Fact {
            actor_id: Some(ActorId::new("zhangsan")),
            ..person("x", "Contact Removed", "2025-06-21", &[("staff", "zhangsan")])
        },
    ];
    let member = Identity {
        known_at: Some(midnight("2025-06-03")),
        ..Identity::new("u7", IdentityRole::MemberOf, "A1", SourceName::new("web"))
    };
    let batch = FactBatch { facts, identities: vec![member], ..FactBatch::default() };
    house.app.load_facts(batch, house.now).await.unwrap();
    let shown = async |as_of: Option<&str>| {
        let as_of = as_of.map(|at| AsOf(midnight(at)));
        let page = house.app.customer_identity(&Scope::All, &"A1".into(), as_of, house.now).await.unwrap();
        let row = |one: &app::view::ContactRow| {
            format!(
                "{} {} {} {}",
                one.id,
                one.name.as_deref().unwrap_or("-"),
                one.role.as_deref().unwrap_or("-"),
                one.left_at.is_some()
            )
        };
        page.contacts.iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(shown(None).await, ["k1 王敏 采购总监 false", "u7 - - false", "k2 李强 管理员 true"]);
    assert_eq!(shown(Some("2025-06-03")).await, ["k1 王敏 采购总监 false", "k2 李强 管理员 false"]);
    let query = CustomerQuery { limit: 10, ..CustomerQuery::default() };
    assert!(
        house.app.customers(&Scope::All, &query, None, house.now).await.unwrap().total <= 1,
        "people are no customers"
    );
}
