//! Who may see and do what.

use app::view::{NewApiToken, NewStaff, SetupRequest, SignInRequest};
use app::{AlertQuery, CaseQuery, Class, CustomerQuery, Export, TodayQuery};
use vocab::{CustomerId, Lang};

use crate::world::{all, empty, everyone, scored};

fn request(token: &str, app: &app::App) -> SetupRequest {
    SetupRequest {
        token: token.to_owned(),
        name: "管理员".to_owned(),
        email: " Admin@Example.com ".to_owned(),
        password: "correct horse".to_owned(),
        firm: app.template_firm("ecommerce"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_set_up_link_works_once_and_only_with_its_token() {
    let house = empty().await;
    let token = house.app.setup_token(house.now).await.unwrap().unwrap();
    let wrong = house.app.setup(request("guess", &house.app), house.now).await.unwrap_err();
    assert_eq!(wrong.class(), Class::Forbidden);
    let (session, view) = house.app.setup(request(&token, &house.app), house.now).await.unwrap();
    assert_eq!(view.state, "signed_in");
    assert!(house.app.session(Some(&session), None, house.now).await.unwrap().is_admin);
    assert_eq!(house.app.setup_token(house.now).await.unwrap(), None);
    let again = house.app.setup(request(&token, &house.app), house.now).await.unwrap_err();
    assert_eq!(again.code(), "bad_setup_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ninth_wrong_password_is_not_even_looked_at() {
    let house = empty().await;
    let token = house.app.setup_token(house.now).await.unwrap().unwrap();
    house.app.setup(request(&token, &house.app), house.now).await.unwrap();
    let attempt = |password: &str| SignInRequest { email: "admin@example.com".into(), password: password.into() };
    for _ in 0..8 {
        let refused = house.app.sign_in(attempt("wrong password"), "peer", house.now).await.unwrap_err();
        assert_eq!(refused.code(), "bad_credentials");
    }
    let locked = house.app.sign_in(attempt("correct horse"), "peer", house.now).await.unwrap_err();
    assert_eq!(locked.code(), "too_many_attempts");
    let later = house.now.plus_micros(16 * 60_000_000);
    house.app.sign_in(attempt("correct horse"), "peer", later).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_sees_their_own_customers_everywhere_and_nobody_elses() {
    let house = scored().await;
    let owner = house.app.customers(&everyone().scope, &all(), None, house.now).await.unwrap().owners[0].clone();
    let new = NewStaff {
        name: owner.clone(),
        email: "owner@example.com".to_owned(),
        password: "long enough".to_owned(),
        role: "owner".to_owned(),
        owner_key: Some(owner.clone()),
        unit_id: None,
    };
    house.app.add_staff(&everyone(), new, house.now).await.unwrap();
    let attempt = SignInRequest { email: "owner@example.com".into(), password: "long enough".into() };
    let (secret, _) = house.app.sign_in(attempt, "peer", house.now).await.unwrap();
    let reader = house.app.session(Some(&secret), None, house.now).await.unwrap();
    let mine = house.app.customers(&reader.scope, &all(), None, house.now).await.unwrap();
    assert!(mine.total > 0 && mine.rows.iter().all(|row| row.owner.as_deref() == Some(owner.as_str())));
    assert_eq!(mine.owners, std::slice::from_ref(&owner));
    let whole = house.app.customers(&everyone().scope, &all(), None, house.now).await.unwrap();
    let other = whole.rows.iter().find(|row| row.owner.as_deref() != Some(owner.as_str())).unwrap();
    let hidden = CustomerId::new(&other.id);
    assert_eq!(house.app.customer(&reader.scope, &hidden, None, house.now).await.unwrap_err().class(), Class::NotFound);
    assert!(house.app.search(&reader.scope, &other.name, None, house.now).await.unwrap().is_empty());
    let page = AlertQuery { limit: 500, ..AlertQuery::default() };
    let alerts = house.app.alerts(&reader.scope, &page, None, house.now).await.unwrap();
    assert!(alerts.rows.iter().all(|row| row.owner.as_deref() == Some(owner.as_str())));
    let today = house.app.today(&reader.scope, &TodayQuery::default(), None, house.now).await.unwrap();
    assert!(today.rows.iter().all(|row| row.customer.owner.as_deref() == Some(owner.as_str())));
    let churn = house.app.churn(&reader.scope, None, house.now).await.unwrap();
    assert_eq!(churn.customer_count, mine.total);
    assert!(house.app.staff(&reader).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_token_is_its_makers_key_until_it_is_removed() {
    let house = empty().await;
    let token = house.app.setup_token(house.now).await.unwrap().unwrap();
    let (session, _) = house.app.setup(request(&token, &house.app), house.now).await.unwrap();
    let admin = house.app.session(Some(&session), None, house.now).await.unwrap();
    let made = house.app.add_token(&admin, NewApiToken { name: "日报".into() }, house.now).await.unwrap();
    let secret = made.token.unwrap();
    assert!(house.app.session(None, Some(&secret), house.now).await.unwrap().is_admin);
    assert!(house.app.tokens(&admin).await.unwrap().iter().all(|token| token.token.is_none()));
    house.app.remove_token(&admin, made.id, house.now).await.unwrap();
    assert!(house.app.session(None, Some(&secret), house.now).await.unwrap().staff.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_may_not_act_changes_nothing() {
    let house = scored().await;
    let mut reader = everyone();
    (reader.can_act, reader.is_admin) = (false, false);
    assert_eq!(house.app.start_cycle(&reader, house.now).await.unwrap_err().class(), Class::Forbidden);
    let request = app::view::AcceptCase { version: 1 };
    assert_eq!(house.app.accept_case(&reader, 1, request, house.now).await.unwrap_err().class(), Class::Forbidden);
    assert_eq!(house.app.new_upload(&reader, "x.csv").await.unwrap_err().class(), Class::Forbidden);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_a_workbook_and_the_same_twice() {
    let house = scored().await;
    let what = Export::Customers(CustomerQuery { limit: 50, ..CustomerQuery::default() });
    let (name, bytes) = house.app.export(&everyone(), &what, None, Lang::Zh, house.now).await.unwrap();
    assert_eq!(name, "客户-2025-07-01.xlsx");
    assert!(bytes.starts_with(b"PK"));
    let (_, again) = house.app.export(&everyone(), &what, None, Lang::Zh, house.now).await.unwrap();
    assert_eq!(bytes, again);
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_leave_as_a_workbook_with_a_row_for_each_that_is_listed() {
    let house = scored().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.xlsx");
    for case_types in [vec![], vec!["retention".to_owned()]] {
        let query = CaseQuery { case_types, limit: 500, ..CaseQuery::default() };
        let listed = house.app.cases(&everyone(), &query, None, house.now).await.unwrap();
        assert!(listed.total > 5, "{}", listed.total);
        let what = Export::Cases(query);
        let (name, bytes) = house.app.export(&everyone(), &what, None, Lang::Zh, house.now).await.unwrap();
        assert_eq!(name, "跟进单-2025-07-01.xlsx");
        std::fs::write(&file, bytes).unwrap();
        let grid = ingest::Grid::open(&file).unwrap();
        let mut found = Vec::new();
        grid.rows(&mut |row| found.push(row.unwrap().nth(1).unwrap_or_default().to_owned())).unwrap();
        let mut expected: Vec<String> = listed.rows.iter().map(|row| row.customer_id.clone()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}
