//! Which keys are one customer: by rule where it is safe, asked where it is not.

use std::collections::BTreeSet;

use ingest::identity::{Claim, IdentityPlan, KeyPolicy, plan};
use proptest::prelude::*;
use vocab::CustomerId;

fn policy() -> KeyPolicy {
    KeyPolicy::parse("keys.toml", include_str!("../../../../definitions/identity/keys.toml")).unwrap()
}

/// Customers with what their traits say, as `C1 phone=139…`.
fn claims(table: &[(&str, &str, &str)]) -> Vec<Claim> {
    let policy = policy();
    let claim = |(customer, name, value): &(&str, &str, &str)| {
        Some(Claim { key: policy.key_of(name, value)?, customer: CustomerId::new(customer) })
    };
    table.iter().filter_map(claim).collect()
}

fn planned(table: &[(&str, &str, &str)], apart: &[(&str, &str)]) -> IdentityPlan {
    let known: BTreeSet<&str> = table.iter().map(|row| row.0).collect();
    let are_apart = |a: &CustomerId, b: &CustomerId| {
        apart.iter().any(|pair| *pair == (a.as_str(), b.as_str()) || *pair == (b.as_str(), a.as_str()))
    };
    plan(&claims(table), &policy(), &CustomerId::clone, &|key| known.contains(key.as_str()), &are_apart)
}

#[test]
fn keys_of_different_sorts_that_share_a_number_are_one_customer() {
    let table = [
        ("C1", "phone", "+86 139 1234 5678"),
        ("wecom:wmA", "手机号", "13912345678"),
        ("C2", "email", "Li@Example.cn"),
        ("C3", "phone", "139****5678"),
        ("email:li@example.cn", "name", "李"),
    ];
    let expected = "\
+ email:li@example.cn is C2 (both email:li@example.cn)
+ wecom:wmA is C1 (both phone:13912345678)
";
    assert_eq!(planned(&table, &[]).to_string(), expected);
}

#[test]
fn two_of_the_firms_own_ids_with_one_number_are_asked_about_and_never_merged_by_rule() {
    let table =
        [("C1", "phone", "13912345678"), ("C2", "mobile", "139-1234-5678"), ("wecom:wmA", "phone", "13912345678")];
    let plan = planned(&table, &[]);
    assert_eq!(plan.to_string(), "? C1, C2, wecom:wmA of 3 has phone:13912345678\n");
    let two = planned(&table[..2], &[("C2", "C1")]);
    assert_eq!(two.to_string(), "", "a person has kept them apart");
}

#[test]
fn a_switchboard_and_a_desk_say_little_and_a_number_of_everybodys_nothing() {
    let desk = planned(&[("C1", "phone", "010-62751234"), ("C2", "phone", "(010)62751234")], &[]);
    assert_eq!(desk.conflicts[0].sort.as_str(), "perhaps_same");
    let shared = planned(&[("C1", "email", "info@a.cn"), ("wecom:wm1", "email", "info@a.cn")], &[]);
    assert_eq!((shared.links.len(), shared.conflicts[0].sort.as_str()), (0, "perhaps_same"));
    let names: Vec<String> = (0..30).map(|at| format!("C{at}")).collect();
    let many: Vec<(&str, &str, &str)> = names.iter().map(|name| (name.as_str(), "phone", "13912345678")).collect();
    let plan = planned(&many, &[]);
    assert_eq!((plan.conflicts[0].sort.as_str(), plan.conflicts[0].count), ("shared_by_many", 30));
    assert_eq!(plan.conflicts[0].customers.len(), 20);
}

#[test]
fn who_was_parted_by_a_person_is_not_merged_again_by_rule() {
    let table = [("C1", "phone", "13912345678"), ("wecom:wmA", "phone", "13912345678")];
    let apart = planned(&table, &[("wecom:wmA", "C1")]);
    assert_eq!(apart.to_string(), "");
}

#[test]
fn a_chain_of_shared_keys_ends_at_the_best_key() {
    let table = [
        ("anon:d1", "email", "li@a.cn"),
        ("wecom:wmA", "email", "li@a.cn"),
        ("wecom:wmA", "phone", "13912345678"),
        ("C1", "phone", "13912345678"),
    ];
    let plan = planned(&table, &[]);
    let to: Vec<String> = plan.links.iter().map(|link| format!("{}→{}", link.name, link.customer)).collect();
    assert_eq!(to, ["anon:d1→wecom:wmA", "wecom:wmA→C1"], "{plan}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// However the claims come: the same plan; no customer of the firm's own is ever swallowed; who is linked shares.
    #[test]
    fn no_order_changes_the_plan_and_no_id_of_the_firms_is_swallowed(
        rows in prop::collection::vec((0usize..4, 0usize..6, 0usize..5), 0..24),
        turn in 0usize..24,
    ) {
        let customers = ["C1", "C2", "wecom:wmA", "wecom:wmB", "anon:x", "phone:13900000003"];
        let phones = ["13900000001", "+86 13900000002", "13900000003", "010-62751234", "139****0001"];
        let names = ["phone", "mobile", "手机号", "name"];
        let table: Vec<(&str, &str, &str)> =
            rows.iter().map(|(name, customer, phone)| (customers[*customer], names[*name], phones[*phone])).collect();
        let first = planned(&table, &[]);
        let mut turned = table.clone();
        turned.rotate_left(turn.min(table.len()));
        prop_assert_eq!(&first, &planned(&turned, &[]));
        for link in &first.links {
            prop_assert!(!link.name.as_str().starts_with('C'), "{}", first);
            prop_assert_ne!(&link.name, &link.customer);
        }
    }
}
