//! Somebody is invited, comes, sees their own customers, and leaves; and everything of it is accounted for.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::house::{Answer, House, request};

/// A request with another session than the administrator's.
async fn ask_as(house: &House, cookie: &str, method: Method, uri: &str, body: Option<Value>) -> Answer {
    let request = request(method, uri)
        .header("x-liuke", "1")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.map_or(Body::empty(), |body| Body::from(body.to_string())))
        .unwrap();
    house.send(request).await
}

async fn upload(house: &House, text: &str) -> Answer {
    let request = request(Method::POST, "/api/staff/sheet?file_name=staff.csv")
        .header(header::COOKIE, &house.cookie)
        .header("x-liuke", "1");
    house.send(request.body(Body::from(text.to_owned())).unwrap()).await
}

fn welcome(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

fn refusal(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{}", answer.text());
}

/// One welcome and one refusal for each.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let ask = async |method: Method, uri: &str, body: Value| house.ask(method, uri, Some(body)).await;
    refusal(&house.get("/api/organisation?as_of=soon").await, 400, "bad_moment");
    let unit = json!({"name": "华东大区", "parent_id": null, "heads": []});
    let tree = welcome(&ask(Method::POST, "/api/units", unit.clone()).await);
    refusal(&ask(Method::POST, "/api/units", json!({"name": "a/b"})).await, 400, "bad_name");
    let one = format!("/api/units/{}", tree["units"][0]["id"]);
    let changed = json!({"version": 1, "name": "华东", "parent_id": null, "heads": []});
    welcome(&ask(Method::PATCH, &one, changed.clone()).await);
    refusal(&ask(Method::PATCH, &one, changed).await, 409, "version_conflict");
    assert_eq!(house.ask(Method::DELETE, &one, None).await.status, StatusCode::NO_CONTENT);
    refusal(&house.ask(Method::DELETE, &one, None).await, 404, "not_found");

    let invited =
        json!({"name": "孙七", "email": "sun@example.cn", "role": "owner", "owner_key": "孙七", "unit_id": null});
    let made = welcome(&ask(Method::POST, "/api/invitations", invited.clone()).await);
    let mut king = invited.clone();
    king["role"] = json!("king");
    refusal(&ask(Method::POST, "/api/invitations", king).await, 400, "bad_role");
    let withdrawn = format!("/api/invitations/{}", made["invitation"]["id"]);
    assert_eq!(house.ask(Method::DELETE, &withdrawn, None).await.status, StatusCode::NO_CONTENT);
    refusal(&house.ask(Method::DELETE, &withdrawn, None).await, 404, "not_found");
    let token = welcome(&ask(Method::POST, "/api/invitations", invited).await)["token"].clone();
    assert_eq!(welcome(&ask(Method::POST, "/api/invitations/look", json!({"token": token})).await)["name"], "孙七");
    refusal(&ask(Method::POST, "/api/invitations/look", json!({"token": "x"})).await, 404, "bad_invitation");
    let accept = json!({"token": token, "password": "long enough"});
    welcome(&ask(Method::POST, "/api/invitations/accept", accept.clone()).await);
    refusal(&ask(Method::POST, "/api/invitations/accept", accept).await, 404, "bad_invitation");

    let sheet = upload(house, "姓名,邮箱,角色,部门,负责人\n吴八,wu@example.cn,客户经理,华东/一店,吴八\n").await;
    let rows = welcome(&sheet)["rows"].clone();
    refusal(&upload(house, "甲,乙\n1,2\n").await, 400, "no_staff_columns");
    welcome(&ask(Method::POST, "/api/staff/sheet/invite", json!({"rows": rows})).await);
    refusal(&ask(Method::POST, "/api/staff/sheet/invite", json!({"rows": []})).await, 400, "nobody_to_invite");

    let tree = welcome(&house.get("/api/organisation").await);
    let sun = tree["staff"].as_array().unwrap().iter().find(|one| one["name"] == "孙七").unwrap().clone();
    let person = format!("/api/staff/{}", sun["id"]);
    welcome(&ask(Method::PATCH, &person, sun.clone()).await);
    refusal(&ask(Method::PATCH, &person, sun).await, 409, "version_conflict");
    let leave = json!({"version": 2, "receivers": []});
    welcome(&ask(Method::POST, &format!("{person}/hand-over/preview"), leave.clone()).await);
    refusal(&ask(Method::POST, "/api/staff/999/hand-over/preview", leave.clone()).await, 404, "not_found");
    welcome(&ask(Method::POST, &format!("{person}/hand-over"), leave.clone()).await);
    refusal(&ask(Method::POST, &format!("{person}/hand-over"), leave).await, 409, "version_conflict");

    welcome(&house.get("/api/audit?sort=sign_in").await);
    refusal(&house.get("/api/audit?sort=luck").await, 400, "bad_query");
    assert_eq!(house.get("/api/exports/audit.xlsx").await.status, StatusCode::OK);
    refusal(&house.get("/api/exports/audit.xlsx?from=soon").await, 400, "bad_moment");
    let whole = welcome(&house.ask(Method::POST, "/api/customers/M%2F13/unmask", None).await);
    assert!(whole["contacts"].is_array(), "{whole}");
    refusal(&house.ask(Method::POST, "/api/customers/nobody/unmask", None).await, 404, "not_found");
    welcome(&ask(Method::PUT, "/api/session/reach", json!({"reach": "all"})).await);
    refusal(&ask(Method::PUT, "/api/session/reach", json!({"reach": "far"})).await, 400, "bad_reach");
    ROUTES.map(str::to_owned).to_vec()
}

const ROUTES: [&str; 17] = [
    "GET /api/organisation",
    "POST /api/units",
    "PATCH /api/units/{id}",
    "DELETE /api/units/{id}",
    "PATCH /api/staff/{id}",
    "POST /api/invitations",
    "DELETE /api/invitations/{id}",
    "POST /api/invitations/look",
    "POST /api/invitations/accept",
    "POST /api/staff/sheet",
    "POST /api/staff/sheet/invite",
    "POST /api/staff/{id}/hand-over/preview",
    "POST /api/staff/{id}/hand-over",
    "GET /api/audit",
    "GET /api/exports/audit.xlsx",
    "POST /api/customers/{id}/unmask",
    "PUT /api/session/reach",
];

/// Somebody comes by a link: who they are, and their session.
async fn comes(house: &House, name: &str, role: &str, owner_key: Option<&str>) -> (Value, String) {
    let email = format!("{name}@example.cn");
    let body = json!({"name": name, "email": email, "role": role, "owner_key": owner_key});
    let made = welcome(&house.ask(Method::POST, "/api/invitations", Some(body)).await);
    let accept = json!({"token": made["token"], "password": "long enough"});
    let answer = house.ask(Method::POST, "/api/invitations/accept", Some(accept)).await;
    (welcome(&answer)["staff"].clone(), answer.cookie().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_is_out_at_once_and_their_customers_are_where_it_was_said() {
    let house = House::open().await;
    let (wang, session) = comes(&house, "王芳", "owner", Some("王芳")).await;
    let (li, li_session) = comes(&house, "李雷", "owner", Some("李雷")).await;
    let (sun, sun_session) = comes(&house, "孙七", "owner", Some("孙七")).await;
    let count = async |cookie: &str, query: &str| {
        let uri = format!("/api/customers?state=gone,current,too_new{query}");
        ask_as(&house, cookie, Method::GET, &uri, None).await.json()["total"].clone()
    };
    assert_eq!((count(&session, "").await, count(&li_session, "").await), (json!(8), json!(8)));
    let receivers = json!([li["id"], sun["id"]]);
    let asked = json!({"version": 1, "receivers": receivers});
    let uri = format!("/api/staff/{}/hand-over", wang["id"]);
    let preview = welcome(&house.ask(Method::POST, &format!("{uri}/preview"), Some(asked.clone())).await);
    assert_eq!(preview["customer_count"], 8, "{preview}");
    assert_eq!(preview["shares"][0]["customer_count"], 4, "{preview}");
    assert_eq!(count(&session, "").await, 8, "a preview does nothing");

    let done = welcome(&house.ask(Method::POST, &uri, Some(asked)).await);
    assert_eq!(done, preview, "what was shown is what was done");
    refusal(&ask_as(&house, &session, Method::GET, "/api/customers", None).await, 401, "signed_out");
    let again = json!({"email": "王芳@example.cn", "password": "long enough"});
    refusal(&house.ask(Method::POST, "/api/sign-in", Some(again)).await, 401, "bad_credentials");
    // At once in lists, in the past of those customers, and after the next cycle.
    for round in ["at once", "after a cycle as of before", "after a later cycle"] {
        assert_eq!((count(&li_session, "").await, count(&sun_session, "").await), (json!(12), json!(4)), "{round}");
        assert_eq!(count(&sun_session, "&as_of=2025-06-01").await, 4, "{round}");
        let owners = house.get("/api/customers?limit=500").await.json()["owners"].clone();
        assert_eq!(owners, json!(["孙七", "李雷"]), "{round}");
        let (as_of, now) = match round {
            "at once" => (house.app.last_midnight(crate::house::now()), crate::house::now()),
            _ => (house.app.last_midnight(crate::house::now().plus_days(1)), crate::house::now().plus_days(1)),
        };
        house.app.run_cycle(as_of, now).await.unwrap();
    }
    // The history stays: who owned them when is on their timeline, once.
    let timeline = house.get("/api/customers/M%2F02/timeline?kind=trait").await.json();
    let told: Vec<&Value> =
        timeline["rows"].as_array().unwrap().iter().filter(|row| row["source"] == "hand_over").collect();
    assert_eq!(told.len(), 1, "{timeline}");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_hidden_from_everybody_until_somebody_who_may_asks() {
    let house = House::open().await;
    let (_, session) = comes(&house, "王芳", "owner", Some("王芳")).await;
    let (_, analyst) = comes(&house, "分析员", "analyst", None).await;
    for cookie in [&house.cookie, &session, &analyst] {
        for uri in ["/api/customers/M%2F02", "/api/customers/M%2F02/timeline", "/api/customers/M%2F02/identity"] {
            let text = ask_as(&house, cookie, Method::GET, uri, None).await.text();
            assert!(!text.contains("13800138002"), "{uri}: {text}");
        }
        let found = ask_as(&house, cookie, Method::GET, "/api/search?q=13800138002", None).await;
        assert!(!found.text().contains("13800138002"), "{}", found.text());
    }
    let page = house.get("/api/customers/M%2F02").await.text();
    assert!(page.contains("138****8002"), "{page}");
    let unmask = "/api/customers/M%2F02/unmask";
    let whole = welcome(&ask_as(&house, &session, Method::POST, unmask, None).await);
    assert!(whole["contacts"][0]["value"].as_str().unwrap().ends_with("13800138002"), "{whole}");
    refusal(&ask_as(&house, &analyst, Method::POST, unmask, None).await, 403, "forbidden");
    refusal(&ask_as(&house, &session, Method::POST, "/api/customers/M%2F01/unmask", None).await, 404, "not_found");
    let audit = house.get("/api/audit?sort=unmask").await.json();
    assert_eq!(audit["total"], 1, "{audit}");
    let row = &audit["rows"][0];
    assert_eq!((&row["actor"], &row["subject"]), (&json!("王芳"), &json!("M/02")));
    assert!(!audit.to_string().contains("13800138002"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_be_accounted_for_is_and_no_request_changes_it() {
    let house = House::open().await;
    let wrong = json!({"email": "zhao@example.cn", "password": "wrong"});
    house.ask(Method::POST, "/api/sign-in", Some(wrong)).await;
    let (_, session) = comes(&house, "王芳", "owner", Some("王芳")).await;
    assert_eq!(ask_as(&house, &session, Method::GET, "/api/exports/customers.xlsx", None).await.status, StatusCode::OK);
    ask_as(&house, &session, Method::POST, "/api/sign-out", None).await;
    let audit = house.get("/api/audit").await.json();
    let seen: Vec<String> = audit["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            format!(
                "{} {} by {}",
                row["sort"].as_str().unwrap(),
                row["what"].as_str().unwrap(),
                row["actor"].as_str().unwrap()
            )
        })
        .collect();
    for line in [
        "sign_in sign_in_failed by zhao@example.cn",
        "sign_in signed_in by 王芳",
        "sign_in signed_out by 王芳",
        "export export by 王芳",
        "configuration invited by 赵敏",
        "configuration accepted by 王芳",
    ] {
        assert!(seen.iter().any(|one| one == line), "{line}: {seen:#?}");
    }
    refusal(&ask_as(&house, &session, Method::GET, "/api/audit", None).await, 401, "signed_out");
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = house.ask(method, "/api/audit", Some(json!({}))).await;
        refusal(&answer, 405, "method_not_allowed");
    }
    let before = audit["total"].as_i64().unwrap();
    assert_eq!(house.get("/api/audit").await.json()["total"], before, "reading it leaves nothing");
}
