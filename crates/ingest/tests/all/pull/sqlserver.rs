//! SQL Server, by a stand-in (`tds`): every sentence of the other databases, and what is its own.

use std::path::Path;

use ingest::{DatabaseSettings, Dialect, Place, PullSource, Tls};

use super::certificate::Certificate;
use super::door::{Door, counts};
use super::tds::{Encryption, serve};
use super::{free_port, sentences};
use crate::firm::Firm;

const PASSWORD: &str = "the-secret-77";

fn door(folder: &Path, encryption: Encryption, own: &Certificate) -> Door {
    let file = folder.join("server.db");
    std::fs::write(&file, []).unwrap();
    let settings = DatabaseSettings {
        host: "127.0.0.1".into(),
        port: Some(serve(&file, "crm", "reader", PASSWORD, encryption, own)),
        database: "crm".into(),
        user: "reader".into(),
        ..DatabaseSettings::default()
    };
    Door::new(Dialect::SqlServer, format!("sqlite://{}", file.display()), settings, Some(PASSWORD))
}

#[test]
fn sql_server_keeps_every_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let own = Certificate::make(folder.path());
    let door = door(folder.path(), Encryption::Offered, &own);
    sentences::all(&door);
    types_of_its_own(&door);
    a_row_version_says_what_is_new(&door);
    two_statements_need_no_semicolon_to_be_refused(&door);
}

fn types_of_its_own(door: &Door) {
    let firm = Firm::new();
    door.run(
        "create table calls (id uniqueidentifier, customer_id nvarchar(20), event nvarchar(20), occurred_at datetime, \
         cost money, seen datetime2, day date, done bit, until datetime2)",
    );
    door.run(
        "insert into calls values ('6F9619FF-8B86-D011-B42D-00C04FC964FF', '客户😀', 'login', \
         '2025-05-01 08:30:00.123', '-1234567.8901', '2025-05-01 08:30:00.12345', '2024-02-29', 0, '9999-12-31 00:00:00')",
    );
    let mut source = door.source("calls", None, "id");
    let Place::Database { settings, .. } = &mut source.place else { panic!("a database") };
    settings.mapping.kind = Some("events".to_owned());
    assert_eq!(counts(&door.pull(&source, &firm).unwrap()), [1, 1, 0, 0, 1]);
    let fact = firm.stored()[0].fact.clone();
    let property = |key: &str| fact.properties.get(key).cloned().flatten().unwrap_or_default();
    assert_eq!(fact.customer_id.as_ref().unwrap().as_str(), "客户😀");
    assert_eq!(vocab::Zone::default().date_time(fact.occurred_at), "2025-05-01 08:30:00");
    assert_eq!(property("id"), "6F9619FF-8B86-D011-B42D-00C04FC964FF");
    assert_eq!(property("cost"), "-1234567.8901");
    assert_eq!((property("seen").as_str(), property("day").as_str()), ("2025-05-01T08:30:00.12345", "2024-02-29"));
    assert_eq!((property("done").as_str(), property("until").as_str()), ("0", "9999-12-31T00:00:00"));
}

fn a_row_version_says_what_is_new(door: &Door) {
    let mut firm = Firm::new();
    door.run("create table visits_by_version (id integer, customer_id varchar(9), event varchar(9), occurred_at datetime2, version rowversion)");
    let insert = |id: u32, version: u64| {
        door.run(&format!(
            "insert into visits_by_version values ({id}, 'C{id}', 'login', '2025-05-01 08:30:00', x'{version:016x}')"
        ));
    };
    insert(1, 5_000);
    insert(2, 9_000);
    let source = door.source("visits_by_version", Some("version"), "id");
    let first = door.pull(&source, &firm).unwrap();
    assert_eq!((counts(&first), first.watermark.as_deref()), ([2, 2, 0, 0, 2], Some("0x0000000000002328")));
    firm.now = firm.now.plus_days(1);
    insert(3, 8_500);
    insert(4, 9_001);
    assert_eq!(
        counts(&door.pull(&source, &firm).unwrap()),
        [3, 2, 1, 0, 2],
        "a thousand changes before the last again"
    );
}

fn two_statements_need_no_semicolon_to_be_refused(door: &Door) {
    let firm = Firm::new();
    let code = |query: &str| door.refusal(door.pull(&door.source(query, None, ""), &firm));
    assert_eq!(code("select 1 as a delete from payments"), "bad_query");
    assert_eq!(code("select 1 as a) x delete from payments select * from (select 1 as b"), "not_a_query");
    assert_eq!(code("with gone as (select 1 as a) delete from gone"), "not_a_query");
    let led = door.source(
        "with few as (select * from payments) select id, customer_id, amount, paid_at from few",
        Some("id"),
        "id",
    );
    assert_eq!(door.pull(&led, &firm).unwrap().rows.accepted, 4);
}

#[test]
fn the_way_to_sql_server_is_encrypted_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let own = Certificate::make(folder.path());
    let with = |door: &Door, tls: Tls, ca: Option<String>, host: &str| -> PullSource {
        door.with(DatabaseSettings { tls, ca, host: host.to_owned(), ..door.settings.clone() })
    };
    let vouched = || Some(own.authority());

    let always = door(folder.path(), Encryption::Always, &own);
    for tls in [Tls::Off, Tls::Prefer, Tls::Require] {
        assert!(always.probe(&with(&always, tls, None, "127.0.0.1")).unwrap().contains("SQL Server"));
    }
    always.probe(&with(&always, Tls::Verify, vouched(), "localhost")).unwrap();
    let refusal = |door: &Door, tls, ca, host| door.refusal(door.probe(&with(door, tls, ca, host)));
    assert_eq!(refusal(&always, Tls::Verify, None, "localhost"), "tls_failed", "nobody vouches for it");
    assert_eq!(refusal(&always, Tls::Verify, vouched(), "127.0.0.1"), "tls_failed", "another name");

    let never = door(folder.path(), Encryption::Never, &own);
    for tls in [Tls::Off, Tls::Prefer] {
        never.probe(&with(&never, tls, None, "127.0.0.1")).unwrap();
    }
    assert_eq!(refusal(&never, Tls::Require, None, "127.0.0.1"), "tls_failed", "it would be in the clear");
    let port = Some(free_port());
    let nobody = never.with(DatabaseSettings { port, ..never.settings.clone() });
    assert_eq!(never.refusal(never.probe(&nobody)), "connection_refused");
    let settings = serde_json::json!({"host": "db\\SQLEXPRESS", "database": "crm", "user": "reader"});
    assert_eq!(DatabaseSettings::read(Dialect::SqlServer, &settings).unwrap_err().code(), "bad_settings");
}
