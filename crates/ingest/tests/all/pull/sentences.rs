//! What every database must keep. Each sentence has tables of its own, so that one server serves them all.

use ingest::{DatabaseSettings, Dialect};

use super::door::{Door, counts};
use crate::firm::Firm;

pub fn all(door: &Door) {
    a_second_reading_adds_only_what_is_new_late_or_changed(door);
    a_reading_cut_off_between_two_batches_goes_on_there(door);
    values_are_read_as_the_database_prints_them(door);
    an_order_is_told_by_all_its_rows(door);
    a_row_that_was_held_is_taken_once_it_is_mended(door);
    a_database_that_refuses_says_why(door);
    nothing_can_be_written(door);
    a_look_shows_rows_and_guesses(door);
}

/// A column of moments.
fn moment(door: &Door) -> &'static str {
    match door.dialect {
        Dialect::Postgres => "timestamp",
        Dialect::MySql => "datetime",
        Dialect::Sqlite => "text",
        Dialect::SqlServer => "datetime2",
    }
}

fn a_second_reading_adds_only_what_is_new_late_or_changed(door: &Door) {
    let mut firm = Firm::new();
    door.run(&format!(
        "create table payments (id integer primary key, customer_id varchar(20), amount decimal(10,2), \
         paid_at {0}, status varchar(20), updated_at {0})",
        moment(door)
    ));
    door.run(
        "insert into payments values \
         (1, 'C1', 100.50, '2025-05-01 10:00:00', 'succeeded', '2025-05-01 10:00:00'), \
         (2, 'C2', 200.00, '2025-05-02 10:00:00', 'succeeded', '2025-05-02 10:00:00')",
    );
    let source = door.source("payments", Some("updated_at"), "id");
    assert_eq!(counts(&door.pull(&source, &firm).unwrap()), [2, 2, 0, 0, 2]);
    assert_eq!(counts(&door.pull(&source, &firm).unwrap()), [1, 0, 1, 0, 0], "only the overlap is read again");

    firm.now = firm.now.plus_days(1);
    door.run(
        "insert into payments values \
         (3, 'C1', 5.00, '2025-05-02 09:55:00', 'succeeded', '2025-05-02 09:55:00'), \
         (4, 'C3', 7.00, '2025-06-02 09:00:00', 'succeeded', '2025-06-02 09:00:00')",
    );
    door.run("update payments set amount = 250.00, updated_at = '2025-06-02 09:01:00' where id = 2");
    let report = door.pull(&source, &firm).unwrap();
    assert_eq!(counts(&report), [3, 3, 0, 0, 3], "late by five minutes, new, changed");
    assert!(!report.is_backfill);
    let told: Vec<String> =
        firm.told().lines().map(|line| line.split(" | status").next().unwrap().to_owned()).collect();
    let short: Vec<String> = told
        .iter()
        .map(|line| {
            line.split(" | ")
                .enumerate()
                .filter(|(at, _)| matches!(at, 0 | 3))
                .map(|(_, part)| part)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(short, ["C1 100.5", "C1 5", "C2 250", "C3 7"]);

    // Back to what it said at first: that too is a change.
    door.run("update payments set amount = 200.00, updated_at = '2025-06-02 09:02:00' where id = 2");
    firm.now = firm.now.plus_days(1);
    assert_eq!(door.pull(&source, &firm).unwrap().facts, 1);
    assert!(firm.told().contains("C2 | Payment Received | 2025-05-02 10:00:00 | 200 |"), "{}", firm.told());
    let before = firm.stored().len();
    assert_eq!(door.pull(&source, &firm).unwrap().facts, 0);
    assert_eq!(firm.stored().len(), before);
}

fn a_reading_cut_off_between_two_batches_goes_on_there(door: &Door) {
    let firm = Firm::new();
    door.run(
        "create table visits (id integer primary key, customer_id varchar(20), event varchar(20), occurred_at varchar(30))",
    );
    let numbers = match door.dialect {
        Dialect::Postgres => "generate_series(0, 21999) as g(n)",
        Dialect::MySql => "(select seq as n from seq_0_to_21999) as g",
        Dialect::Sqlite | Dialect::SqlServer => {
            "(with recursive g(n) as (select 0 union all select n + 1 from g where n < 21999) select n from g) as g"
        }
    };
    let customer = if door.dialect == Dialect::MySql { "concat('C', n % 500)" } else { "'C' || (n % 500)" };
    door.run(&format!("insert into visits select n, {customer}, 'login', '2025-05-11 10:00:00' from {numbers}"));
    let source = door.source("select * from visits -- all of them", Some("id"), "id");
    let cut = door.pull_until(&source, &firm, &mut |_| false).unwrap();
    assert!(!cut.is_complete && cut.facts >= 20_000 && cut.facts < 22_000, "{cut:?}");
    assert_eq!(firm.stored().len() as u64, cut.facts);

    let rest = door.pull(&source, &firm).unwrap();
    assert!(rest.is_complete && rest.is_backfill);
    assert_eq!(rest.rows.received, 22_000 - cut.rows.received + 1_001, "the overlap of 1,000 and the last row itself");
    assert_eq!(cut.facts + rest.facts, 22_000);
    assert_eq!(firm.stored().len(), 22_000);
    assert_eq!(rest.watermark.as_deref(), Some("21999"));
}

fn values_are_read_as_the_database_prints_them(door: &Door) {
    let firm = Firm::new();
    let (zoned, flag, bytes) = match door.dialect {
        Dialect::Postgres => ("timestamptz", "boolean", "bytea"),
        Dialect::MySql => ("timestamp", "bool", "varbinary(9)"),
        Dialect::Sqlite => ("text", "integer", "blob"),
        Dialect::SqlServer => ("datetimeoffset", "bit", "varbinary(9)"),
    };
    door.run(&format!(
        "create table things (customer_id varchar(20), name varchar(20), occurred_at {zoned}, note varchar(50), \
         price decimal(12,4), flag {flag}, raw {bytes}, big bigint, ratio double precision, none varchar(9))"
    ));
    let (set, at, raw) = match door.dialect {
        Dialect::Postgres => ("set timezone = '+08'; ", "2025-05-01 08:30:00+08", "'\\xff00'"),
        Dialect::MySql => ("set time_zone = '+08:00'; ", "2025-05-01 08:30:00", "x'ff00'"),
        Dialect::Sqlite => ("", "2025-05-01T00:30:00Z", "x'ff00'"),
        Dialect::SqlServer => ("", "2025-05-01 08:30:00+08", "x'ff00'"),
    };
    door.run(&format!(
        "{set}insert into things values ('客户一', '登录', '{at}', 'it''s \"quoted\", 逗号,\nline', 12.5000, \
         true, {raw}, 9007199254740993, 0.1, null)"
    ));
    let mut source = door.source("things", None, "");
    let ingest::Place::Database { settings, .. } = &mut source.place else { panic!("a database") };
    settings.mapping.kind = Some("events".to_owned());
    door.pull(&source, &firm).unwrap();
    let stored = firm.stored();
    assert_eq!(stored.len(), 1);
    let fact = &stored[0].fact;
    assert_eq!(fact.customer_id.as_ref().unwrap().as_str(), "客户一");
    assert_eq!(fact.name, "Logged In");
    assert_eq!(vocab::Zone::default().date_time(fact.occurred_at), "2025-05-01 08:30:00");
    let property = |key: &str| fact.properties.get(key).cloned().flatten();
    assert!(property("note").or(fact.text.clone()).unwrap().contains("it's \"quoted\", 逗号,\nline"));
    assert_eq!(property("big").as_deref(), Some("9007199254740993"));
    assert_eq!(property("ratio").as_deref(), Some("0.1"));
    assert_eq!(property("none"), None);
    let expected = match door.dialect {
        Dialect::Postgres => ("true", "\\xff00", "12.5000"),
        Dialect::MySql => ("1", "ff00", "12.5000"),
        Dialect::Sqlite => ("1", "ff00", "12.5"),
        Dialect::SqlServer => ("1", "0xFF00", "12.5000"),
    };
    assert_eq!(property("flag").as_deref(), Some(expected.0));
    assert_eq!(property("raw").as_deref(), Some(expected.1));
    assert_eq!(property("price").as_deref(), Some(expected.2));
}

fn an_order_is_told_by_all_its_rows(door: &Door) {
    let mut firm = Firm::new();
    door.run(&format!(
        "create table order_lines (id integer primary key, order_no varchar(20), customer_id varchar(20), \
         order_date {0}, sku varchar(20), quantity integer, unit_price decimal(10,2), updated_at {0})",
        moment(door)
    ));
    let day = "'2025-05-01 10:00:00'";
    door.run(&format!(
        "insert into order_lines values (1, 'A1', 'C1', {day}, 'pen', 2, 3.00, {day}), \
         (2, 'A1', 'C1', {day}, 'pen', 2, 3.00, {day}), (3, 'A2', 'C2', {day}, 'ink', 1, 9.00, {day})"
    ));
    let source = door.source("order_lines", Some("updated_at"), "id");
    let values = |firm: &Firm| -> Vec<String> {
        let line = |stored: &facts::StoredFact| {
            let value = stored.fact.value.map(|value| value.to_string()).unwrap_or_default();
            let order = stored.fact.properties["order_no"].clone().unwrap();
            format!("{order} {} {value}", stored.fact.properties["line_count"].clone().unwrap())
        };
        firm.stored().iter().map(line).collect()
    };
    assert_eq!(counts(&door.pull(&source, &firm).unwrap()), [3, 3, 0, 0, 2]);
    assert_eq!(values(&firm), ["A1 2 12", "A2 1 9"], "two equal lines are two lines");

    firm.now = firm.now.plus_days(1);
    let later = "'2025-06-02 08:00:00'";
    door.run(&format!("update order_lines set quantity = 5, updated_at = {later} where id = 2"));
    door.run(&format!("update order_lines set order_no = 'A1', customer_id = 'C1', updated_at = {later} where id = 3"));
    door.pull(&source, &firm).unwrap();
    assert_eq!(values(&firm), ["A1 3 30"], "one line changed, one moved here; the order it left is no more");
    assert_eq!(door.pull(&source, &firm).unwrap().facts, 0);
}

fn a_row_that_was_held_is_taken_once_it_is_mended(door: &Door) {
    let firm = Firm::new();
    door.run("create table refunds (id integer primary key, customer_id varchar(20), amount varchar(20), paid_at varchar(30))");
    door.run(
        "insert into refunds values (1, 'C1', '100.50', '2025-05-01 10:00:00'), (2, 'C2', 'many', '2025-05-02 10:00:00')",
    );
    let mut source = door.source("refunds", None, "id");
    let ingest::Place::Database { settings, .. } = &mut source.place else { panic!("a database") };
    settings.mapping.kind = Some("payments".to_owned());
    assert_eq!(counts(&door.pull(&source, &firm).unwrap()), [2, 1, 0, 1, 1]);
    let held = firm.facts.held(None, u64::MAX, 10).unwrap().remove(0);
    let body: serde_json::Value = serde_json::from_str(&held.held.body).unwrap();
    let again =
        |body: &serde_json::Value| ingest::pull_again(&source, &firm.facts, held.number, body, firm.now).unwrap();
    let ingest::Again::Held(finding) = again(&body) else { panic!("as it came it is still no good") };
    assert_eq!(finding.code, "bad_number");
    let mut mended = body.clone();
    mended["amount"] = serde_json::json!("20");
    let ingest::Again::Taken(report) = again(&mended) else { panic!("mended it is a fact") };
    assert_eq!(report.appended, 1);
    assert!(firm.told().contains("C2 | Payment Received | 2025-05-02 10:00:00 | 20 |"), "{}", firm.told());
    assert!(matches!(again(&mended), ingest::Again::Gone));
    door.run("update refunds set amount = '20' where id = 2");
    assert_eq!(
        counts(&door.pull(&source, &firm).unwrap()),
        [2, 0, 2, 0, 0],
        "mended over there too it says nothing new"
    );
}

fn a_database_that_refuses_says_why(door: &Door) {
    let firm = Firm::new();
    let good = door.source("payments", None, "id");
    let about = |change: &dyn Fn(&mut DatabaseSettings)| {
        let ingest::Place::Database { settings, .. } = &good.place else { panic!("a database") };
        let mut settings = settings.as_ref().clone();
        change(&mut settings);
        door.with(settings)
    };
    assert!(door.probe(&good).unwrap().contains(match door.dialect {
        Dialect::Postgres => "PostgreSQL",
        Dialect::MySql => "MariaDB",
        Dialect::Sqlite => "SQLite",
        Dialect::SqlServer => "SQL Server",
    }));
    let code = |source: &ingest::PullSource| {
        let probed = door.refusal(door.probe(source));
        assert_eq!(door.refusal(door.pull(source, &firm)), probed);
        probed
    };
    assert_eq!(code(&about(&|settings| settings.query = "no_such_thing".into())), "no_such_table");
    assert_eq!(
        code(&about(&|settings| settings.query = "select absent_column from payments".into())),
        "no_such_column"
    );
    assert_eq!(code(&about(&|settings| settings.watermark = Some("changed_at".into()))), "no_such_column");
    assert_eq!(code(&about(&|settings| settings.query = "select from where".into())), "bad_query");
    if door.dialect != Dialect::Sqlite {
        assert_eq!(code(&about(&|settings| settings.host = "no-such-host.invalid".into())), "host_unknown");
        assert_eq!(code(&about(&|settings| settings.port = Some(1))), "connection_refused");
        assert_eq!(code(&about(&|settings| settings.database = "elsewhere".into())), "no_such_database");
        let mut wrong = good.clone();
        let ingest::Place::Database { password, .. } = &mut wrong.place else { panic!("a database") };
        *password = Some("wrong-secret-9".to_owned());
        assert_eq!(code(&wrong), "wrong_password");
    }
}

fn nothing_can_be_written(door: &Door) {
    let firm = Firm::new();
    for query in ["delete from payments", "select 1; delete from payments"] {
        assert_eq!(door.refusal(door.pull(&door.source(query, None, ""), &firm)), "not_a_query");
    }
    let writing = match door.dialect {
        Dialect::Postgres => "with gone as (delete from payments returning id) select * from gone",
        _ => return,
    };
    assert_eq!(door.refusal(door.pull(&door.source(writing, None, ""), &firm)), "query_writes");
}

fn a_look_shows_rows_and_guesses(door: &Door) {
    let firm = Firm::new();
    let look = door.look(&door.source("payments", None, ""), &firm).unwrap();
    assert_eq!(look.kind, Some(ingest::TableKind::Payments));
    assert_eq!((look.watermark.as_deref(), look.key.as_slice()), (Some("updated_at"), &["id".to_owned()][..]));
    assert_eq!((look.rows.len(), look.columns.len()), (4, 6));
    assert_eq!(look.tried.unwrap().rows.accepted, 4);
    assert_eq!(firm.facts.sequence(), 0, "a look writes nothing");
    door.run("create table empty_table (customer_id varchar(9), amount integer, paid_at varchar(20))");
    let empty = door.look(&door.source("empty_table", None, ""), &firm).unwrap();
    assert_eq!((empty.columns.len(), empty.rows.len()), (3, 0));
    assert_eq!(counts(&door.pull(&door.source("empty_table", None, ""), &firm).unwrap()), [0; 5]);
}
