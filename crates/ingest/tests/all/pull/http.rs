//! Sources over HTTP, against a stand-in on this machine that answers in the documented shapes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use ingest::{HttpSettings, Look, Place, PullReport, PullSource, Refusal};
use serde_json::{Value, json};
use vocab::Zone;

use crate::firm::Firm;

/// A request as it came.
#[derive(Clone, Debug)]
struct Seen {
    path: String,
    headers: BTreeMap<String, String>,
    body: Value,
}

/// A server that answers as a test says and remembers what it was asked.
struct StandIn {
    address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl StandIn {
    /// `answer` gives status, further headers and body.
    fn start(answer: impl Fn(&Seen, usize) -> (u16, String, String) + Send + 'static) -> StandIn {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let noted = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut first = String::new();
                if reader.read_line(&mut first).unwrap_or(0) == 0 {
                    continue;
                }
                let mut headers = BTreeMap::new();
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    let Some((name, value)) = line.trim().split_once(": ") else { break };
                    headers.insert(name.to_lowercase(), value.to_owned());
                }
                let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let path = first.split(' ').nth(1).unwrap().to_owned();
                let request = Seen { path, headers, body: serde_json::from_slice(&body).unwrap_or_default() };
                let count = noted.lock().unwrap().len();
                let (status, more, body) = answer(&request, count);
                noted.lock().unwrap().push(request);
                let length = body.len();
                write!(
                    stream,
                    "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{more}\r\n{body}"
                )
                .ok();
            }
        });
        StandIn { address, seen }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn ok(body: Value) -> (u16, String, String) {
    (200, String::new(), body.to_string())
}

struct House {
    runtime: tokio::runtime::Runtime,
    firm: Firm,
}

impl House {
    fn new() -> House {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        House { runtime, firm: Firm::new() }
    }

    fn pull(&self, source: &PullSource) -> Result<PullReport, Refusal> {
        let _inside = self.runtime.enter();
        ingest::pull(source, &self.firm.facts, self.firm.now, &mut |_| true)
    }

    fn look(&self, source: &PullSource) -> Result<Look, Refusal> {
        let _inside = self.runtime.enter();
        ingest::look(source, &self.firm.facts, self.firm.now)
    }

    fn refusal(&self, source: &PullSource) -> String {
        let refusal = self.pull(source).unwrap_err();
        assert!(!format!("{refusal}{refusal:?}{source:?}").contains("top-secret"), "{refusal:?}");
        refusal.code().to_owned()
    }
}

/// A source by a recipe that ships, every secret of it known.
fn source(recipe: &str, settings: Value) -> PullSource {
    let mut settings = settings;
    settings["recipe"] = json!(recipe);
    of(settings)
}

fn of(settings: Value) -> PullSource {
    let (settings, definition) = HttpSettings::read(&settings).unwrap_or_else(|refusal| panic!("{refusal}"));
    let secrets = definition.secrets.iter().map(|secret| (secret.id.clone(), format!("top-secret-{}", secret.id)));
    let place =
        Place::Http { secrets: secrets.collect(), definition: Box::new(definition), settings: Box::new(settings) };
    PullSource { name: "remote".to_owned(), place, zone: Zone::default(), saved: Vec::new() }
}

#[test]
fn forms_of_jiandaoyun_are_read_by_the_id_of_the_last_row_and_then_only_what_changed() {
    let row = |n: u32| {
        json!({"_id": format!("r{n:03}"), "appId": "a", "entryId": "e", "creator": {"name": "小简", "username": "x"},
            "updateTime": "2025-05-01T02:00:00.000Z", "createTime": "2025-05-01T01:00:00.000Z",
            "_widget_1": format!("C{n}"), "_widget_2": n * 10})
    };
    let server = StandIn::start(move |request, _| {
        let from = request.body["data_id"].as_str().map_or(0, |id| id[1..].parse::<u32>().unwrap() + 1);
        let limit = request.body["limit"].as_u64().unwrap() as u32;
        let to = if request.body["filter"].is_null() { 150 } else { 1 };
        ok(json!({ "data": (from..to.min(from + limit)).map(row).collect::<Vec<_>>() }))
    });
    let source = source(
        "jiandaoyun",
        json!({
            "parameters": {"app_id": "a", "entry_id": "e", "base_url": server.address}, "allow_private": true,
            "mapping": {"kind": "payments", "columns": {"_widget_1": "customer_id", "_widget_2": "amount", "createTime": "occurred_at"}},
        }),
    );
    let house = House::new();
    let report = house.pull(&source).unwrap();
    assert_eq!(
        (report.rows.accepted, report.facts, report.watermark.as_deref()),
        (150, 150, Some("2025-05-01T02:00:00.000Z"))
    );
    assert_eq!(house.firm.stored()[0].fact.properties["creator.name"].as_deref(), Some("小简"));
    assert!(!house.firm.stored()[0].fact.properties.contains_key("appId"));
    let asked = server.seen();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].headers["authorization"], "Bearer top-secret-api_key");
    assert_eq!(asked[0].body, json!({"app_id": "a", "entry_id": "e", "limit": 100}));
    assert_eq!(asked[1].body["data_id"], "r099");

    assert_eq!(house.pull(&source).unwrap().facts, 0);
    let since = server.seen().last().unwrap().body["filter"]["cond"][0]["value"].clone();
    assert_eq!(since[0], "2025-05-01T01:50:00.000Z", "ten minutes before the last change");
    let look = house.look(&source).unwrap();
    assert_eq!(
        (look.rows.len(), look.key, look.watermark.as_deref()),
        (20, vec!["_id".to_owned()], Some("updateTime"))
    );
}

#[test]
fn bills_of_kingdee_are_lists_in_the_order_of_their_fields() {
    let server = StandIn::start(|request, _| {
        if request.path.contains("ValidateUser") {
            return ok(json!({"LoginResultType": 1, "Message": null, "KDSVCSessionId": "session-9"}));
        }
        match request.body["data"]["FilterString"].as_str().unwrap() {
            "1=1" => ok(json!([
                ["SO1", "CUST1", "2025-05-01T00:00:00", 100.5, "C", "2025-05-02T10:00:00.123"],
                ["SO2", "CUST2", "2025-05-03T00:00:00", 20, "C", "2025-05-03T10:00:00"]
            ])),
            _ => ok(json!([["SO2", "CUST2", "2025-05-03T00:00:00", 25, "C", "2025-05-20T10:00:00"]])),
        }
    });
    let settings = json!({"parameters": {"base_url": format!("{}/k3cloud/", server.address), "account": "5867", "user": "li"}, "allow_private": true});
    let source = source("kingdee", settings);
    let mut house = House::new();
    assert_eq!(house.pull(&source).unwrap().facts, 2);
    house.firm.now = house.firm.now.plus_days(1);
    assert_eq!(house.pull(&source).unwrap().facts, 1);
    let told = house.firm.told();
    assert!(
        told.contains("CUST1 | Order Completed | 2025-05-01 | 100.5 |")
            && told.contains("| 25 |")
            && !told.contains("| 20 |"),
        "{told}"
    );
    let asked = server.seen();
    assert_eq!(asked[0].path, "/k3cloud/Kingdee.BOS.WebApi.ServicesStub.AuthService.ValidateUser.common.kdsvc");
    assert_eq!(asked[0].body["parameters"], json!(["5867", "li", "top-secret-password", 2052]));
    assert_eq!(asked[1].headers["kdservice-sessionid"], "session-9");
    assert_eq!((&asked[1].body["data"]["StartRow"], &asked[1].body["data"]["Limit"]), (&json!(0), &json!(2000)));
    assert_eq!(asked[3].body["data"]["FilterString"], "(1=1) and FModifyDate >= '2025-05-03 09:50:00'");
}

#[test]
fn a_refusal_inside_a_good_answer_is_a_refusal() {
    let server = StandIn::start(|request, _| match request.path.contains("ValidateUser") {
        true => ok(json!({"LoginResultType": 1, "KDSVCSessionId": "s"})),
        false => ok(
            json!([[{"Result": {"ResponseStatus": {"IsSuccess": false, "Errors": [{"Message": "字段不存在 top-secret-password"}]}}}]]),
        ),
    });
    let parameters = json!({"base_url": server.address, "account": "1", "user": "li"});
    let house = House::new();
    assert_eq!(
        house.refusal(&source("kingdee", json!({"parameters": parameters, "allow_private": true}))),
        "source_refused"
    );
}

#[test]
fn customers_of_wecom_come_with_a_token_and_a_cursor() {
    let server = StandIn::start(|request, _| {
        if request.path.starts_with("/cgi-bin/gettoken") {
            assert!(request.path.contains("corpsecret=top-secret-corp_secret"));
            return ok(json!({"errcode": 0, "errmsg": "ok", "access_token": "token-1", "expires_in": 7200}));
        }
        let contact = |id: &str, name: &str, member: &str| {
            json!({"external_contact": {"external_userid": id, "name": name, "type": 1, "avatar": "http://x", "gender": 0},
                "follow_info": {"userid": member, "remark": "", "createtime": 1525779812, "tag_id": ["t"]}})
        };
        match request.body["cursor"].as_str() {
            None => ok(
                json!({"errcode": 0, "external_contact_list": [contact("wm1", "李雷", "zhang"), contact("wm1", "李雷", "wang")], "next_cursor": "next"}),
            ),
            Some(_) => ok(
                json!({"errcode": 0, "external_contact_list": [contact("wm2", "韩梅梅", "wang")], "next_cursor": ""}),
            ),
        }
    });
    let parameters = json!({"corp_id": "ww1", "user_ids": "zhang, wang", "base_url": server.address});
    let source = source("wecom", json!({"parameters": parameters, "allow_private": true}));
    let house = House::new();
    assert_eq!(house.pull(&source).unwrap().facts, 2);
    assert_eq!(house.pull(&source).unwrap().facts, 0, "two members do not take turns");
    let told = house.firm.told();
    assert!(told.contains("wecom:wm1") && told.contains("owner=zhang") && told.contains("name=韩梅梅"), "{told}");
    let asked = server.seen();
    assert_eq!(asked[1].path, "/cgi-bin/externalcontact/batch/get_by_user?access_token=token-1");
    assert_eq!(asked[1].body, json!({"userid_list": ["zhang", "wang"], "limit": 100}));
    assert_eq!(asked[2].body["cursor"], "next");
}

#[test]
fn objects_of_fxiaoke_are_asked_for_by_what_changed() {
    let server = StandIn::start(|request, _| match request.path.as_str() {
        "/cgi/corpAccessToken/get/V2" => ok(json!({"errorCode": 0, "corpAccessToken": "t", "corpId": "FSCID_1"})),
        _ => ok(json!({"errorCode": 0, "errorMessage": "success", "data": {"total": 1, "dataList": [
            {"_id": "5f1", "name": "北京某公司", "last_modified_time": 1746064800000u64, "owner": ["1001"]}]}})),
    });
    let parameters = json!({"app_id": "FSAID_1", "open_user_id": "u", "base_url": server.address});
    let source = source("fxiaoke", json!({"parameters": parameters, "allow_private": true}));
    let house = House::new();
    assert_eq!(house.pull(&source).unwrap().facts, 1);
    house.pull(&source).unwrap();
    let last = &server.seen()[3].body;
    assert_eq!((&last["corpId"], &last["data"]["dataObjectApiName"]), (&json!("FSCID_1"), &json!("AccountObj")));
    let filter = &last["data"]["search_query_info"]["filters"][0];
    assert_eq!(filter["field_values"], json!([1746064800000u64 - 600_000]));
}

/// A definition of a firm's own.
fn own(address: &str, paging: &str, more: &str) -> Value {
    json!({"allow_private": true, "definition": format!(
        "id = \"own\"\nname = {{ zh = \"自\", en = \"own\" }}\ndocumentation = \"https://own.example\"\n[request]\n\
         url = \"{address}/orders?fixed=1\"\nquery = {{ page = \"{{page}}\", after = \"{{cursor}}\" }}\n{more}\n[rows]\npath = \"list\"\n{paging}\n\
         [mapping]\nkind = \"payments\"\nkey = [\"id\"]\ncolumns = {{ who = \"customer_id\", day = \"occurred_at\" }}\n")})
}

fn payment(id: usize) -> Value {
    json!({"id": id, "who": "C1", "amount": 1, "day": "2025-05-01"})
}

#[test]
fn pages_are_numbered_or_linked_and_end() {
    let server = StandIn::start(|request, _| {
        let page = request.path.split("page=").nth(1).map_or(1, |page| page.parse::<usize>().unwrap());
        let rows: Vec<Value> = (page * 2..page * 2 + if page < 3 { 2 } else { 1 }).map(payment).collect();
        ok(json!({ "list": rows }))
    });
    let house = House::new();
    let numbered = of(own(&server.address, "[paging]\nkind = \"page\"\nstart = 1\nsize = 2", ""));
    assert_eq!(house.pull(&numbered).unwrap().facts, 5);

    let server = StandIn::start(|request, _| {
        let page = request.path.split("p=").nth(1).map_or(1, |page| page.parse::<usize>().unwrap());
        let link = if page < 3 { format!("link: </orders?p={}>; rel=\"next\"\r\n", page + 1) } else { String::new() };
        (200, link, json!({ "list": [payment(100 + page)] }).to_string())
    });
    let linked = of(own(&server.address, "[paging]\nkind = \"next_link\"\nsize = 1", ""));
    assert_eq!(house.pull(&linked).unwrap().facts, 3);

    let server = StandIn::start(|_, _| {
        (200, "link: <http://elsewhere.example/x>; rel=\"next\"\r\n".into(), json!({"list": [payment(7)]}).to_string())
    });
    let away = of(own(&server.address, "[paging]\nkind = \"next_link\"\nsize = 1", ""));
    assert_eq!(house.refusal(&away), "source_refused", "what signs in is not carried to another server");
}

#[test]
fn a_busy_server_is_asked_again_when_it_says_and_a_refusing_one_is_not() {
    let server = StandIn::start(|_, count| match count {
        0 => (429, "retry-after: 0\r\n".into(), "slow down".into()),
        1 => (503, "retry-after: 0\r\n".into(), String::new()),
        _ => ok(json!({"list": [payment(1)]})),
    });
    let house = House::new();
    assert_eq!(house.pull(&of(own(&server.address, "", ""))).unwrap().facts, 1);
    assert_eq!(server.seen().len(), 3);

    for (status, code) in [(401, "not_authorised"), (404, "no_such_address"), (302, "http_refused")] {
        let server = StandIn::start(move |_, _| (status, "location: http://127.0.0.1/\r\n".into(), "{}".into()));
        assert_eq!(house.refusal(&of(own(&server.address, "", ""))), code);
        assert_eq!(server.seen().len(), 1);
    }
    let server = StandIn::start(|_, _| (503, "retry-after: 0\r\n".into(), "down".into()));
    assert_eq!(house.refusal(&of(own(&server.address, "", ""))), "source_busy");
    let server = StandIn::start(|_, _| (200, String::new(), "<html>".into()));
    assert_eq!(house.refusal(&of(own(&server.address, "", ""))), "not_json");
}

#[test]
fn addresses_inside_are_refused_by_number_and_by_name() {
    let server = StandIn::start(|_, _| ok(json!({"list": [payment(1)]})));
    let port = server.address.rsplit(':').next().unwrap().to_owned();
    let house = House::new();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"] {
        let mut settings = own(&format!("http://{host}:{port}"), "", "");
        settings["allow_private"] = json!(false);
        assert_eq!(house.refusal(&of(settings)), "private_address", "{host}");
    }
    assert!(server.seen().is_empty());
    let mut settings = own("http://no-such-host.invalid", "", "");
    settings["allow_private"] = json!(false);
    assert_eq!(house.refusal(&of(settings)), "host_unknown");
}

#[test]
fn what_a_recipe_needs_must_be_said() {
    let code = |settings: Value| HttpSettings::read(&settings).map(|_| ()).unwrap_err().code().to_owned();
    assert_eq!(code(json!({"recipe": "nobody"})), "bad_settings");
    assert_eq!(code(json!({"recipe": "jiandaoyun", "parameters": {"app_id": "a"}})), "bad_settings");
    assert_eq!(code(json!({"definition": "id = \"x\""})), "bad_definition");
    assert_eq!(code(json!({})), "bad_settings");
}
