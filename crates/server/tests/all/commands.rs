//! The command line: exit statuses, formats, sameness.

use serde_json::{Value, json};

use crate::house::{run, said, shop};

#[test]
fn the_exit_status_tells_done_failed_misused_and_partly_rejected_apart() {
    let (_dir, cwd) = shop();
    let status = |arguments: &[&str]| run(&cwd, arguments).status.code().unwrap();
    assert_eq!(status(&["import", "--data", "d", "--as", "orders", "orders.csv"]), 0);
    assert_eq!(status(&["import", "--data", "d", "--as", "orders", "missing.csv"]), 1);
    assert_eq!(status(&["import", "--data", "d", "--as", "wishes", "orders.csv"]), 2);
    assert_eq!(status(&["score", "--data", "d"]), 2);
    assert_eq!(status(&["score", "--data", "d", "--as-of", "2025-06-30", "--out", "scores.doc"]), 2);
    assert_eq!(status(&["score", "--data", "nowhere", "--as-of", "2025-06-30"]), 1);
    assert!(!cwd.join("nowhere").exists(), "a mistyped folder is not made");
    let broken = "订单号,客户编号,下单时间,订单金额\nX-1,M/01,2025-06-29,10\nX-2,,2025-06-29,10\n";
    std::fs::write(cwd.join("broken.csv"), broken).unwrap();
    assert_eq!(status(&["import", "--data", "d", "--as", "orders", "--rejects", "bad.csv", "broken.csv"]), 3);
    let rejects = std::fs::read_to_string(cwd.join("bad.csv")).unwrap();
    assert!(rejects.contains("X-2") && !rejects.contains("X-1"), "{rejects}");
}

#[test]
fn the_report_for_machines_adds_up_and_a_second_import_adds_nothing() {
    let (_dir, cwd) = shop();
    let import = || {
        let output = run(&cwd, &["import", "--data", "d", "--as", "orders", "--json", "orders.csv"]);
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
    };
    let (first, second) = (import(), import());
    let keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["conflicts", "earliest_changed_moment", "facts", "rows"]);
    for report in [&first, &second] {
        let rows = |name: &str| report["rows"][name].as_u64().unwrap();
        assert_eq!(rows("received"), rows("accepted") + rows("duplicates") + rows("rejected"), "{report}");
    }
    assert!(first["facts"].as_u64().unwrap() > 1000, "{first}");
    assert!(first["earliest_changed_moment"].is_string(), "{first}");
    assert_eq!(second["rows"]["accepted"], 0);
    assert_eq!((&second["facts"], &second["conflicts"]), (&json!(0), &json!(0)));
    assert_eq!(second["earliest_changed_moment"], Value::Null);
}

#[test]
fn a_dry_run_writes_nothing() {
    let (_dir, cwd) = shop();
    let output = run(&cwd, &["import", "--data", "d", "--as", "orders", "--dry-run", "--json", "orders.csv"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["rows"]["accepted"].as_u64().unwrap() > 1000, "{report}");
    let facts = run(&cwd, &["facts", "--data", "d", "--json"]);
    assert_eq!(said(&facts).trim(), "[]");
}

#[test]
fn a_wrong_call_makes_no_folder_and_a_trial_leaves_its_zone_to_be_chosen() {
    let (_dir, cwd) = shop();
    let import = |arguments: &[&str]| run(&cwd, &[&["import", "--data", "d", "--json"], arguments].concat());
    for (wrong, status) in [
        (["--as", "wishes", "orders.csv"].as_slice(), 2),
        (&["--as", "orders", "--observed-on", "soon", "orders.csv"], 2),
        (&["--as", "orders", "orders.csv", "missing.csv"], 1),
        (&["--undo", "1", "orders.csv"], 2),
    ] {
        let output = import(wrong);
        assert_eq!(output.status.code(), Some(status), "{wrong:?}: {}", said(&output));
        assert!(!cwd.join("d").exists(), "{wrong:?}");
    }
    assert!(import(&["--as", "orders", "--dry-run", "orders.csv"]).status.success());
    assert!(import(&["--as", "orders", "--timezone", "UTC", "orders.csv"]).status.success());
    let doctor = run(&cwd, &["doctor", "--data", "d"]);
    assert!(said(&doctor).contains("zone UTC"), "{}", said(&doctor));
}

#[test]
fn a_machine_is_told_which_file_its_answer_is_in() {
    let (_dir, cwd) = shop();
    assert_eq!(run(&cwd, &["import", "--data", "d", "--as", "orders", "orders.csv"]).status.code(), Some(0));
    for command in ["score", "indicators"] {
        let output = run(&cwd, &[command, "--data", "d", "--as-of", "2025-06-30", "--json", "--out", "answer.csv"]);
        let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
        let file = cwd.canonicalize().unwrap().join("answer.csv");
        let rows = std::fs::read_to_string(&file).unwrap().lines().count() - 1;
        assert!(rows > 0, "{command}");
        assert_eq!(told, json!({ "file": file, "rows": rows }), "{command}");
    }
    let soon = run(&cwd, &["score", "--data", "d", "--as-of", "soon"]);
    assert_eq!(soon.status.code(), Some(2), "{}", said(&soon));
}

#[test]
fn the_same_question_has_the_same_bytes_for_an_answer_and_later_facts_change_no_earlier_one() {
    let (_dir, cwd) = shop();
    for (kind, file) in [("orders", "orders.csv"), ("customers", "customers.csv")] {
        let output = run(&cwd, &["import", "--data", "d", "--as", kind, "--observed-on", "2023-01-01", file]);
        assert!(output.status.success(), "{}", said(&output));
    }
    let asked = |out: &str| {
        let score = ["score", "--data", "d", "--as-of", "2025-06-01", "--out", out];
        let output = run(&cwd, &score);
        assert!(output.status.success(), "{}", said(&output));
        std::fs::read(cwd.join(out)).unwrap()
    };
    for ending in ["csv", "parquet", "xlsx", "json"] {
        assert_eq!(asked(&format!("one.{ending}")), asked(&format!("two.{ending}")), "{ending}");
    }
    let before = asked("before.csv");
    let later = "订单号,客户编号,下单时间,订单金额\nL-1,M/13,2025-06-20,10\nL-2,M/99,2025-06-21,10\n";
    std::fs::write(cwd.join("later.csv"), later).unwrap();
    assert_eq!(run(&cwd, &["import", "--data", "d", "--as", "orders", "later.csv"]).status.code(), Some(0));
    assert_eq!(asked("after.csv"), before);
}

#[test]
fn tables_hold_what_was_asked_for_and_say_why_something_is_unknown() {
    let (_dir, cwd) = shop();
    assert_eq!(run(&cwd, &["import", "--data", "d", "--as", "orders", "orders.csv"]).status.code(), Some(0));
    let facts = run(&cwd, &["facts", "--data", "d", "--customer", "M/13", "--as-of", "2025-06-30"]);
    let facts = String::from_utf8(facts.stdout).unwrap();
    assert!(facts.starts_with("customer_id,actor_id,kind,name,occurred_at,known_at,recorded_at,value"), "{facts}");
    assert_eq!(facts.lines().count(), 1 + 104 - 7);

    let indicators = run(&cwd, &["indicators", "--data", "d", "--as-of", "2025-06-30", "--reasons"]);
    let indicators = String::from_utf8(indicators.stdout).unwrap();
    assert_eq!(indicators.lines().count(), 17);
    assert!(indicators.contains("not_connected"), "{indicators}");

    let score = run(&cwd, &["score", "--data", "d", "--as-of", "2025-06-30"]);
    assert!(said(&score).contains("no scorecard is set"), "{}", said(&score));
    let score = String::from_utf8(score.stdout).unwrap();
    assert!(score.starts_with("customer_id,health,band,value,reason_1,reason_2,reason_3,coverage,tier\n"), "{score}");
}

#[test]
fn a_plain_file_of_facts_needs_no_folder() {
    let (_dir, cwd) = shop();
    let sim =
        run(&cwd, &["sim", "--template", "saas", "--customers", "20", "--days", "60", "--seed", "7", "--out", "world"]);
    assert!(sim.status.success(), "{}", said(&sim));
    for truth in ["customers", "hazard", "churn", "effects"] {
        assert!(cwd.join(format!("world/truth/{truth}.parquet")).is_file(), "{truth}");
    }
    let asked = ["indicators", "--facts", "world/facts.parquet", "--as-of", "2025-12-31", "--json"];
    let output = run(&cwd, &asked);
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    assert!(!rows.as_array().unwrap().is_empty());
}

#[test]
fn definitions_are_told_as_a_query_and_what_has_none_is_named() {
    let (_dir, cwd) = shop();
    let asked = ["indicators", "sql", "--as-of", "2025-06-01", "--table", "facts", "--lang", "en"];
    let all = run(&cwd, &[&asked[..], &["--out", "all.sql"]].concat());
    assert_eq!(all.status.code(), Some(0), "{}", said(&all));
    assert!(said(&all).contains("left out login_fall"), "{}", said(&all));
    let text = std::fs::read_to_string(cwd.join("all.sql")).unwrap();
    assert!(text.contains("The indicators of every customer as of 2025-06-01 00:00:00 (Asia/Shanghai)"), "{text}");
    let one = run(&cwd, &[&asked[..], &["--id", "days_since_order"]].concat());
    let one = String::from_utf8(one.stdout).unwrap();
    assert!(
        one.ends_with("SELECT customer AS customer_id,\n  \"days_since_order\"\nFROM measured ORDER BY customer_id;\n"),
        "{one}"
    );
    for (wrong, word) in
        [("login_fall", "a course in time"), ("days_since_ordre", "did you mean \"days_since_order\"?")]
    {
        let refused = run(&cwd, &[&asked[..], &["--id", wrong]].concat());
        assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
        assert!(said(&refused).contains(word), "{}", said(&refused));
    }
}

#[test]
fn the_same_seed_gives_the_same_world() {
    let (_dir, cwd) = shop();
    let world = |out: &str, seed: &str| {
        let sim = run(&cwd, &["sim", "--customers", "15", "--days", "40", "--seed", seed, "--out", out]);
        assert!(sim.status.success(), "{}", said(&sim));
        std::fs::read(cwd.join(out).join("facts.parquet")).unwrap()
    };
    let first = world("a", "3");
    assert_eq!(first, world("b", "3"));
    assert_ne!(first, world("c", "4"));
    assert_eq!(run(&cwd, &["sim", "--customers", "0", "--out", "x"]).status.code(), Some(2));
}

#[test]
fn a_cycle_run_twice_changes_nothing() {
    let (_dir, cwd) = shop();
    assert_eq!(run(&cwd, &["import", "--data", "d", "--as", "orders", "orders.csv"]).status.code(), Some(0));
    let cycle = || {
        let output = run(&cwd, &["run", "--data", "d", "--as-of", "2025-06-30", "--json"]);
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
    };
    let (first, second) = (cycle(), cycle());
    assert_eq!(first["as_of"], "2025-06-29T16:00:00Z");
    assert_eq!((&first["changed"], &second["changed"]), (&json!(true), &json!(false)), "{first}\n{second}");
    assert_eq!((&second["alerts_opened"], &second["alerts_resolved"]), (&json!(0), &json!(0)));
}

#[test]
fn the_doctor_names_what_is_missing_and_how_to_mend_it() {
    let (_dir, cwd) = shop();
    let nothing = run(&cwd, &["doctor", "--data", "d"]);
    assert_eq!(nothing.status.code(), Some(0), "{}", said(&nothing));
    assert!(said(&nothing).contains("no such data folder"), "{}", said(&nothing));
    assert_eq!(run(&cwd, &["import", "--data", "d", "--as", "orders", "orders.csv"]).status.code(), Some(0));
    let some = run(&cwd, &["doctor", "--data", "d", "--json"]);
    let some: Value = serde_json::from_slice(&some.stdout).unwrap_or_else(|_| panic!("{}", said(&some)));
    let state = |id: &str| {
        some["checks"].as_array().unwrap().iter().find(|check| check["check"] == id).unwrap()["state"].clone()
    };
    assert_eq!((state("facts"), state("firm"), state("cycle")), (json!("good"), json!("missing"), json!("missing")));
}

#[test]
fn messages_are_in_the_language_asked_for() {
    let (_dir, cwd) = shop();
    let zh = said(&run(&cwd, &["facts", "--data", "nowhere", "--lang", "zh"]));
    let en = said(&run(&cwd, &["facts", "--data", "nowhere", "--lang", "en"]));
    assert!(zh.contains("没有这个数据目录") && en.contains("no such data folder"), "{zh}\n{en}");
}
