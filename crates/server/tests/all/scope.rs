//! A salesperson's token tried on every route of the OpenAPI document, with the ids of another team's customers: nothing of
//! them may come back. A route without an entry here fails the test.

use app::{ImportPlan, ImportSpec};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use server::http::{Needs, PERMITS, needs};
use vocab::Zone;

use crate::house::{Answer, House, PATIENCE, now, request, send};
use crate::tried::{CHANGING, PLAIN};

/// Customers of another team: what each is called must come back to nobody else. They were 王芳's own until June.
const THEIRS: [(&str, &str); 3] = [("QX/7001", "绝密甲贸易"), ("QX/7002", "绝密乙商行"), ("QX/7003", "绝密丙超市")];
/// What their orders are worth: no sum of others' orders holds it.
const AMOUNT: &str = "98765.43";

/// Texts that name them.
fn markers() -> Vec<String> {
    let mut markers = vec!["QX/700".to_owned(), "QX%2F700".to_owned(), "绝密".to_owned(), "juemi".to_owned()];
    markers.extend(["98765", "98,765", "周瑜", "机密标签", "机密的话", "机密的承诺", "机密的决定"].map(str::to_owned));
    markers
}

/// A firm with two teams: 王芳's, and 周瑜's with the customers that are to stay hidden.
struct Firm {
    house: House,
    /// 王芳's token, that of her head, and an administrator's.
    salesperson: String,
    head: String,
    admin: String,
    /// A case and an alert of the hidden.
    case: i64,
    alert: i64,
}

async fn firm() -> Firm {
    let house = House::open().await;
    let mut before = "客户编号,客户名称,负责人,手机号\n".to_owned();
    let mut after = "客户编号,负责人\n".to_owned();
    let mut orders = "订单号,客户编号,下单时间,订单金额\n".to_owned();
    let mut contracts = "合同编号,客户编号,签订日期,合同到期日,合同金额\n".to_owned();
    let last = Zone::default().parse("2025-06-29 10:00").unwrap();
    for (number, (id, name)) in THEIRS.iter().enumerate() {
        before.push_str(&format!("{id},{name},王芳,1390000700{number}\n"));
        after.push_str(&format!("{id},周瑜\n"));
        contracts.push_str(&format!("H-{number},{id},2024-07-20,2025-07-2{number},{AMOUNT}\n"));
        // Bought every week until ten weeks ago.
        for week in 10..100 {
            let at = Zone::default().date_time(last.plus_days(-7 * week));
            orders.push_str(&format!("QX-O-{number}-{week},{id},{at},{AMOUNT}\n"));
        }
    }
    for (name, kind, observed_on, text) in [
        ("before.csv", "customers", Some("2023-06-01"), before),
        ("after.csv", "customers", Some("2025-06-01"), after),
        ("orders.csv", "orders", None, orders),
        ("contracts.csv", "contracts", None, contracts),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let plan = ImportPlan {
            kind: Some(kind.parse().unwrap()),
            observed_on: observed_on.map(|day| Zone::default().parse(day).unwrap()),
            zone: Zone::default(),
            source: Some(name.to_owned()),
            ..ImportPlan::default()
        };
        let spec = ImportSpec { plan, mapping: None, rejects: None, dry_run: false };
        house.app.import_file(&file, &spec, now(), &mut |_| {}).await.unwrap();
    }
    house.app.run_cycle(house.app.last_midnight(now()), now()).await.unwrap();
    people(house).await
}

async fn people(house: House) -> Firm {
    let head = person(&house, "钱主管", "manager", None).await;
    person(&house, "王芳", "owner", Some("王芳")).await;
    let hidden = person(&house, "周瑜", "owner", Some("周瑜")).await;
    let unit = |name: &str, heads: &[i64]| json!({"name": name, "parent_id": null, "heads": heads});
    let east = posted(&house, "/api/units", unit("华东", &[head])).await["units"][0]["id"].clone();
    posted(&house, "/api/units", unit("华南", &[])).await;
    let tree = house.get("/api/organisation").await.json();
    for one in tree["staff"].as_array().unwrap() {
        let south = tree["units"].as_array().unwrap().iter().find(|unit| unit["name"] == "华南").unwrap()["id"].clone();
        let unit = match one["name"].as_str() {
            Some("王芳") => &east,
            Some("周瑜") => &south,
            _ => continue,
        };
        let mut change = one.clone();
        change["unit_id"] = unit.clone();
        let changed = house.ask(Method::PATCH, &format!("/api/staff/{}", one["id"]), Some(change)).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    }
    let ids: Vec<&str> = THEIRS.iter().map(|(id, _)| *id).collect();
    posted(&house, "/api/tags", json!({"tag": "机密标签", "customers": ids})).await;
    let word = json!({"measure": null, "value": 20.0, "reason": "机密的话", "until": "2025-09-30"});
    posted(&house, "/api/customers/QX%2F7001/judgements", word).await;
    let said = json!({
        "key": "hidden-record-1", "channel": "call", "outcome": "talked", "note": "机密的话",
        "promise": {"words": "机密的承诺", "due_on": "2025-07-02"}, "next_on": "2025-07-05"
    });
    posted(&house, "/api/customers/QX%2F7001/follow-ups", said).await;
    let decided = json!({"week_on": "2025-06-23", "title": "机密的决定", "to": hidden, "due_on": "2025-07-04", "customer_id": "QX/7001"});
    posted(&house, "/api/review/decisions", decided).await;
    let word = json!({"contract": "H-0", "version": 0, "what": "judgement", "says": "leave", "note": "机密的话"});
    posted(&house, "/api/customers/QX%2F7001/renewals/2025-07-20", word).await;
    let cases = house.get("/api/cases?owner=%E5%91%A8%E7%91%9C").await.json();
    let alerts = house.get("/api/alerts?owner=%E5%91%A8%E7%91%9C").await.json();
    let (salesperson, head) = (token(&house, "王芳").await, token(&house, "钱主管").await);
    let admin = posted(&house, "/api/tokens", json!({"name": "script"})).await["token"].as_str().unwrap().to_owned();
    let id = |list: &Value| list["rows"][0]["id"].as_i64().unwrap_or_else(|| panic!("nothing is open: {list}"));
    Firm { salesperson, head, admin, case: id(&cases), alert: id(&alerts), house }
}

async fn posted(house: &House, uri: &str, body: Value) -> Value {
    let answer = house.ask(Method::POST, uri, Some(body)).await;
    assert!(answer.status.is_success(), "{uri}: {}", answer.text());
    answer.json()
}

pub(crate) async fn person(house: &House, name: &str, role: &str, owner_key: Option<&str>) -> i64 {
    let email = format!("{name}@example.cn");
    let new = json!({"name": name, "email": email, "password": "long enough", "role": role, "owner_key": owner_key});
    posted(house, "/api/staff", new).await["id"].as_i64().unwrap()
}

/// Somebody signs in and makes a token.
pub(crate) async fn token(house: &House, name: &str) -> String {
    let body = json!({"email": format!("{name}@example.cn"), "password": "long enough"});
    let signed = house.ask(Method::POST, "/api/sign-in", Some(body)).await;
    let made = request(Method::POST, "/api/tokens")
        .header("x-liuke", "1")
        .header(header::COOKIE, signed.cookie().unwrap())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(json!({"name": "script"}).to_string()))
        .unwrap();
    house.send(made).await.json()["token"].as_str().unwrap().to_owned()
}

impl Firm {
    async fn ask(&self, token: &str, method: Method, uri: &str, body: Option<&Value>) -> Answer {
        let request = request(method, uri)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.map_or(Body::empty(), |body| Body::from(body.to_string())))
            .unwrap();
        // A stream that is not refused does not end.
        let asked = send(&self.house.router, request);
        tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("{uri} does not end"))
    }

    /// What a route is tried with: addresses, and a body where it takes one.
    fn tries(&self, route: &str) -> Option<Vec<(String, Option<Value>)>> {
        let (_, path) = route.split_once(' ').unwrap();
        let customer = path.replace("{id}", "QX%2F7001");
        let plain = || Some(vec![(path.to_owned(), None)]);
        let with =
            |queries: &[&str]| Some(queries.iter().map(|query| (format!("{path}{query}"), None)).collect::<Vec<_>>());
        let customers = |rest: &str| Some(vec![(customer.clone(), None), (format!("{customer}{rest}"), None)]);
        let said = |body: Value| Some(vec![(customer.clone(), Some(body))]);
        // Lists: plain, by the other owner, searched, in the past when they were 王芳's own.
        let lists = [
            "",
            "?owner=%E5%91%A8%E7%91%9C",
            "?search=%E7%BB%9D%E5%AF%86",
            "?as_of=2025-05-01",
            "?limit=500",
            "?as_of=2025-05-01&limit=500",
            "?state=all&limit=500",
        ];
        let past = ["", "?as_of=2025-05-01"];
        if let Some(tries) = crate::reminders::tries(route) {
            return Some(tries);
        }
        match route {
            "GET /api/customers" => with(
                &[
                    &lists[..6],
                    &[
                        "?search=juemi",
                        "?search=QX",
                        "?state=gone,current,too_new",
                        "?tag=%E6%9C%BA%E5%AF%86%E6%A0%87%E7%AD%BE",
                    ],
                ]
                .concat(),
            ),
            "GET /api/alerts" | "GET /api/cases" => with(&lists),
            "GET /api/team" => with(&["", "?as_of=2025-05-01"]),
            "GET /api/team/breaches" => with(&["", "?from=2025-05-01", "?as_of=2025-06-15"]),
            "GET /api/search" => {
                with(&["?q=%E7%BB%9D%E5%AF%86", "?q=juemi", "?q=QX", "?q=QX&as_of=2025-05-01", "?q=13900007000"])
            }
            "GET /api/today" => with(&["", "?owner=%E5%91%A8%E7%91%9C", "?as_of=2025-06-29"]),
            "GET /api/churn"
            | "GET /api/churn/lines"
            | "GET /api/rfm"
            | "GET /api/tags"
            | "GET /api/segments"
            | "GET /api/indicators"
            | "GET /api/desk"
            | "GET /api/budget" => with(&past),
            "GET /api/churn/{month}" => Some(
                ["2025-04", "2025-05", "2025-06"]
                    .iter()
                    .flat_map(|month| [format!("/api/churn/{month}"), format!("/api/churn/{month}?as_of=2025-06-20")])
                    .map(|uri| (uri, None))
                    .collect(),
            ),
            "GET /api/segments/{id}" => Some(
                ["valued_silent", "high_value", "new_customers"]
                    .iter()
                    .flat_map(|id| {
                        [format!("/api/segments/{id}?limit=500"), format!("/api/segments/{id}?as_of=2025-05-01")]
                    })
                    .map(|uri| (uri, None))
                    .collect(),
            ),
            "GET /api/indicators/{id}" => Some(
                ["order_gap_max_365d", "orders_90d", "days_since_last_order"]
                    .iter()
                    .flat_map(|id| [format!("/api/indicators/{id}"), format!("/api/indicators/{id}?as_of=2025-05-01")])
                    .map(|uri| (uri, None))
                    .collect(),
            ),
            "GET /api/customers/{id}" | "GET /api/customers/{id}/identity" | "GET /api/customers/{id}/timeline" => {
                customers("?as_of=2025-05-01")
            }
            "GET /api/customers/{id}/follow-ups" | "GET /api/customers/{id}/advice" => customers("?as_of=2025-05-01"),
            "POST /api/customers/{id}/advice/task" => said(json!({})),
            "GET /api/tasks" => plain(),
            "POST /api/customers/{id}/follow-ups" => {
                said(json!({"key": "tried-record-1", "channel": "call", "outcome": "no_answer"}))
            }
            "GET /api/promises" => with(&["", "?state=all", "?state=all&owner=%E5%91%A8%E7%91%9C", "?state=overdue"]),
            "POST /api/promises/{id}/settle" => {
                Some(self.of(vec![(path.to_owned(), Some(json!({"version": 1, "state": "broken"})))], 1))
            }
            "GET /api/review" => with(&[
                "",
                "?week=2025-06-30",
                "?week=2025-06-23",
                "?week=2025-04-28",
                "?week=2025-05-26",
                "?week=2025-04-28&as_of=2025-05-10",
            ]),
            "GET /api/review/month" => with(&["", "?month=2025-06", "?month=2025-05", "?as_of=2025-05-20"]),
            "GET /api/review/names" => Some(
                ["opened", "acted", "stayed", "lost", "late", "false_alarm"]
                    .iter()
                    .flat_map(|of| {
                        ["&week=2025-06-30", "&month=2025-06", "&month=2025-05&owner=%E5%91%A8%E7%91%9C"]
                            .map(|rest| (format!("{path}?of={of}{rest}&limit=500"), None))
                    })
                    .collect(),
            ),
            "POST /api/review/decisions" => {
                let body = json!({"week_on": "2025-06-23", "title": "x", "to": 3, "due_on": "2025-07-04"});
                Some(vec![(path.to_owned(), Some(body))])
            }
            "PATCH /api/review/decisions/{id}" => {
                Some(self.of(vec![(path.to_owned(), Some(json!({"version": 1, "done": true})))], 1))
            }
            "GET /api/renewals" => with(&[&lists[..6], &["?month=2025-07", "?state=all", "?judgement=leave"]].concat()),
            "GET /api/renewals/months" => with(&past),
            "GET /api/customers/{id}/renewals" => customers("?as_of=2025-05-01"),
            "POST /api/customers/{id}/renewals/{due_on}" => {
                let body = json!({"contract": "H-0", "version": 1, "what": "answer", "says": "renew"});
                Some(vec![(customer.replace("{due_on}", "2025-07-20"), Some(body))])
            }
            "GET /api/customers/{id}/owners" | "GET /api/customers/{id}/risk" => customers("?as_of=2025-05-01"),
            "GET /api/churn/lines/leavers" => {
                with(&["?line=tea&month=2025-06", "?line=tea&month=2025-05&as_of=2025-06-01"])
            }
            "GET /api/churn/reasons" => with(&["", "?as_of=2025-05-01", "?quarter=2025-Q1", "?segment=high_value"]),
            "GET /api/pool" => with(&["", "?search=QX", "?search=juemi"]),
            "GET /api/pool/returns" => with(&["", "?limit=1"]),
            "POST /api/customers/{id}/claim" => said(json!({})),
            "GET /api/customers/{id}/proof" | "GET /api/customers/{id}/post-mortem" => customers("?as_of=2025-05-01"),
            "GET /api/customers/{id}/ledger" => customers("?from=2025-05-01&to=2025-06-29"),
            "GET /api/customers/{id}/ledger/facts/{fact}" => {
                Some((1..4).map(|fact| (customer.replace("{fact}", &fact.to_string()), None)).collect())
            }
            "POST /api/customers/{id}/unmask" => Some(vec![(customer, None)]),
            "POST /api/customers/{id}/judgements" => {
                said(json!({"measure": null, "value": 20.0, "reason": "x", "until": "2025-09-30"}))
            }
            "DELETE /api/customers/{id}/judgements/{judgement}" => {
                Some(vec![(customer.replace("{judgement}", "1"), None)])
            }
            "POST /api/customers/{id}/post-mortem/proposal" => said(json!({})),
            "GET /api/case-types" => plain(),
            "POST /api/cases" => {
                let body = json!({"customer_id": "QX/7001", "type_id": "complaint", "about": "x"});
                Some(vec![(path.to_owned(), Some(body))])
            }
            "GET /api/cases/{id}/work" => Some(self.of(vec![(path.to_owned(), None)], self.case)),
            "POST /api/cases/{id}/moves" => {
                let body = json!({"version": 1, "move": "nudge"});
                Some(self.of(vec![(path.to_owned(), Some(body))], self.case))
            }
            "POST /api/cases/{id}/tasks" => {
                Some(self.of(vec![(path.to_owned(), Some(json!({"title": "x"})))], self.case))
            }
            "PATCH /api/cases/{id}/tasks/{task}" => {
                let path = path.replace("{task}", "1");
                Some(self.of(vec![(path, Some(json!({"version": 1, "done": true})))], self.case))
            }
            "POST /api/cases/{id}/comments" => {
                Some(self.of(vec![(path.to_owned(), Some(json!({"body": "x"})))], self.case))
            }
            "GET /api/cases/{id}" => with(&past).map(|tries| self.of(tries, self.case)),
            "POST /api/cases/{id}/accept" => {
                Some(self.of(vec![(path.to_owned(), Some(json!({"version": 1})))], self.case))
            }
            "POST /api/cases/{id}/close" => {
                let body = json!({"version": 1, "outcome": "retained", "note": null});
                Some(self.of(vec![(path.to_owned(), Some(body))], self.case))
            }
            "POST /api/tags" => {
                Some(vec![(path.to_owned(), Some(json!({"tag": "x", "customers": ["QX/7001", "QX/7002"]})))])
            }
            "POST /api/sheets/uploads" => {
                let row = |id: &str| json!({"客户编号": id, "负责人": "王芳", "标签": "x", "结果": "已留存"});
                Some(vec![(format!("{path}?file_name=x.json"), Some(json!([row("QX/7001"), row("QX/7002")])))])
            }
            "POST /api/identity/merge" => {
                Some(vec![(path.to_owned(), Some(json!({"customer": "QX/7001", "into": "M/02"})))])
            }
            "POST /api/identity/unmerge" => Some(vec![(path.to_owned(), Some(json!({"key": "QX/7001"})))]),
            "POST /api/tags/changes/{id}/undo" => Some(self.of(vec![(path.to_owned(), Some(json!({})))], 1)),
            "POST /api/churn-definitions/preview" => {
                Some(vec![(path.to_owned(), Some(json!({"of": "no_order_180d", "window_days": 60})))])
            }
            "POST /api/indicators/preview" => {
                Some(vec![(path.to_owned(), Some(json!({"text": TRIED, "customer": "QX/7001"})))])
            }
            "POST /api/indicators/compare" => {
                Some(vec![(path.to_owned(), Some(json!({"left": "order_gap_max_365d", "right": TRIED})))])
            }
            route if route.starts_with("GET /api/exports/") => match path {
                "/api/exports/leavers.xlsx" => with(&["?month=2025-05", "?month=2025-06"]),
                "/api/exports/review.xlsx" => with(&["", "?week=2025-06-30", "?week=2025-04-28"]),
                "/api/exports/review-month.xlsx" => with(&["", "?month=2025-06"]),
                "/api/exports/today.xlsx" => with(&["", "?owner=%E5%91%A8%E7%91%9C"]),
                "/api/exports/{table}" => Some(crate::tables::tries("QX%2F7001")),
                _ => with(&["", "?as_of=2025-05-01"]),
            },
            route if PLAIN.contains(&route) => plain(),
            // What changes something and was not named above: tried with ids of the hidden and an empty body.
            route if route.starts_with("POST /api/alerts/") => {
                Some(self.of(vec![(path.to_owned(), Some(json!({"version": 1})))], self.alert))
            }
            // Not one's own: the token that tries is to stay.
            "DELETE /api/tokens/{id}" => Some(self.of(vec![(path.to_owned(), None)], 999)),
            route if CHANGING.contains(&route) => {
                let path = path.replace("{upload_id}", "x").replace("{number}", "1").replace("{name}", "x");
                Some(vec![(path.replace("{id}", "1").replace("{sort}", "rule"), Some(json!({})))])
            }
            _ => None,
        }
    }

    fn of(&self, tries: Vec<(String, Option<Value>)>, id: i64) -> Vec<(String, Option<Value>)> {
        tries.into_iter().map(|(uri, body)| (uri.replace("{id}", &id.to_string()), body)).collect()
    }

    /// Every answer to whoever has this token in which something of the hidden stands.
    async fn told(&self, token: &str, only_reading: bool) -> Vec<String> {
        let mut told = Vec::new();
        for (route, _) in PERMITS.iter().filter(|(route, _)| route.contains(" /api/")) {
            let method: Method = route.split(' ').next().unwrap().parse().unwrap();
            if only_reading && (method != Method::GET || *route == "GET /api/intake/live") {
                continue;
            }
            let tries = self.tries(route).unwrap_or_else(|| panic!("{route} has no entry: say how it is tried"));
            for (uri, body) in tries {
                let answer = self.ask(token, method.clone(), &uri, body.as_ref()).await;
                // Whoever tries must stay signed in, or the rest would be tried by nobody.
                let is_out = answer.status == StatusCode::UNAUTHORIZED;
                assert!(
                    !is_out || needs(method.as_str(), &route[method.as_str().len() + 1..]) == Some(Needs::Nobody),
                    "{route}"
                );
                let text = readable(&answer);
                // To whom work may be given are colleagues, not customers; a filter comes back with its answer.
                let is_echo = *route == "GET /api/desk" || uri.contains("owner=");
                // So does an id of a file that is sent, as one that nobody has.
                let is_sent = *route == "POST /api/sheets/uploads";
                let counts = |marker: &&String| match marker.as_str() {
                    "周瑜" => !is_echo,
                    "QX/700" => !is_sent,
                    _ => true,
                };
                if let Some(marker) = markers().iter().filter(counts).find(|marker| text.contains(marker.as_str())) {
                    told.push(format!("{route} tells {marker}: {uri}"));
                }
            }
        }
        told
    }
}

const TRIED: &str = "[[indicator]]\nid = \"orders_60d\"\nname = { zh = \"近 60 天下单\", en = \"Orders in 60 days\" }\n\
    question = { zh = \"下了几单？\", en = \"How many orders?\" }\ncategory = \"purchase\"\nof = { kind = \"order\" }\n\
    measure = \"count\"\nwindow = \"60d\"\nunit = \"order\"\nworse = \"lower\"\nwhen_absent = \"zero\"\n";

/// An answer as text; a workbook by its cells.
fn readable(answer: &Answer) -> String {
    if !answer.body.starts_with(b"PK") {
        // JSON escapes no slash here, but a program may.
        return answer.text().replace("\\/", "/");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.xlsx");
    std::fs::write(&file, &answer.body).unwrap();
    let table = app::lab_table(&file).unwrap();
    let cells = table.columns().iter().flat_map(|column| column.cells().map(str::to_owned).collect::<Vec<_>>());
    cells.collect::<Vec<_>>().join("\n")
}

/// Deny by default: what is described and not declared is refused to everybody, and here it is found before.
#[test]
fn every_described_route_says_what_it_asks() {
    let document = server::openapi::document();
    let wire = |path: &str| !path.starts_with("/api/") && !path.starts_with("/in/");
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            let asked = needs(&method, path);
            let is_operation = ["/healthz", "/readyz", "/metrics"].contains(&path.as_str());
            assert!(asked.is_some() || (wire(path) && !is_operation), "{method} {path} is not in PERMITS");
        }
    }
    for (route, asked) in PERMITS {
        let (method, path) = route.split_once(' ').unwrap();
        let described = &document["paths"][path][method.to_lowercase()];
        assert!(described.is_object(), "{route} is declared and not there");
        let open = ["/api/session", "/api/templates", "/api/setup", "/api/sign-in", "/api/sign-out"];
        let is_open = open.contains(&path) || path.starts_with("/api/invitations/") && *asked == Needs::Nobody;
        assert!(*asked != Needs::Nobody || is_open || !path.starts_with("/api/"), "{route} asks nothing of anybody");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_salespersons_token_is_told_nothing_of_another_teams_customers_by_any_route() {
    let firm = firm().await;
    // The script would see them: whoever may see everybody is told of them by many routes.
    let admin = firm.told(&firm.admin, true).await;
    let routes: std::collections::BTreeSet<&str> =
        admin.iter().filter_map(|line| line.split(" tells").next()).collect();
    for needed in [
        "GET /api/customers",
        "GET /api/alerts",
        "GET /api/renewals",
        "GET /api/search",
        "GET /api/exports/customers.xlsx",
        "GET /api/exports/renewals.xlsx",
    ] {
        assert!(routes.contains(needed), "{needed} tells an administrator nothing: {routes:#?}");
    }
    assert!(routes.len() >= 15, "{routes:#?}");
    let case = async || firm.house.get(&format!("/api/cases/{}", firm.case)).await.json();
    let before = case().await;
    for (who, token) in [("the salesperson", &firm.salesperson), ("their head", &firm.head)] {
        let told = firm.told(token, false).await;
        assert!(told.is_empty(), "{who} was told: {told:#?}");
    }
    // What is theirs is there, and counted alone.
    for token in [&firm.salesperson, &firm.head] {
        let get = async |uri: &str| firm.ask(token, Method::GET, uri, None).await.json();
        let list = get("/api/customers?state=gone,current,too_new").await;
        assert_eq!(list["total"], 8, "{list}");
        assert_eq!(get("/api/churn").await["customer_count"], 8);
        let tags = get("/api/tags").await;
        assert!(!tags.to_string().contains("机密"), "{tags}");
    }
    // Nothing of theirs was changed by trying.
    let after = case().await;
    assert_eq!((&after["state"], &after["version"]), (&before["state"], &before["version"]), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mine_my_team_and_all_narrow_every_list_at_once() {
    let firm = firm().await;
    let signed = |name: &str| json!({"email": format!("{name}@example.cn"), "password": "long enough"});
    let answer = firm.house.ask(Method::POST, "/api/sign-in", Some(signed("钱主管"))).await;
    let session = answer.json();
    assert_eq!((&session["reach"], &session["reaches"]), (&json!("team"), &json!(["mine", "team"])));
    let cookie = answer.cookie().unwrap();
    let ask = async |method: Method, uri: &str, body: Option<Value>| {
        let request = request(method, uri)
            .header("x-liuke", "1")
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.map_or(Body::empty(), |body| Body::from(body.to_string())))
            .unwrap();
        firm.house.send(request).await
    };
    let count =
        async || ask(Method::GET, "/api/customers?state=gone,current,too_new", None).await.json()["total"].clone();
    assert_eq!(count().await, 8);
    let mine = ask(Method::PUT, "/api/session/reach", Some(json!({"reach": "mine"}))).await;
    assert_eq!(mine.json()["reach"], "mine", "{}", mine.text());
    assert_eq!(count().await, 0, "a head without customers of their own");
    assert_eq!(ask(Method::GET, "/api/churn", None).await.json()["customer_count"], 0);
    let all = ask(Method::PUT, "/api/session/reach", Some(json!({"reach": "all"}))).await;
    assert_eq!((all.status, all.code()), (StatusCode::BAD_REQUEST, "bad_reach".into()));
    let program = firm.ask(&firm.head, Method::PUT, "/api/session/reach", Some(&json!({"reach": "mine"}))).await;
    assert_eq!(program.code(), "no_session");
}
