//! Models of who will leave: trained on a world of which the truth is known, put in service by a person, taken back.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::{Reader, ScorecardChoice, TrainingQuery, Value as Cell};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use sim::{World, WorldSpec};
use vocab::{Instant, Lang, Zone};

use crate::house::{House, firm, now, request, run, said, shop, until};

/// Asked where history carries no model; what a model is needed for is refused.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let begun = house.ask(Method::POST, "/api/models", Some(json!({"churn": "no_order_90d"}))).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
    let run = ended(house).await;
    assert_eq!((&run["state"], &run["refusal"]["code"]), (&json!("refused"), &json!("too_few_leavers")), "{run}");
    assert_eq!(run["readiness"]["is_ready"], false);
    let wrong = house.ask(Method::POST, "/api/models", Some(json!({"horizon_days": 45}))).await;
    assert_eq!((wrong.status, wrong.code()), (StatusCode::BAD_REQUEST, "unknown_choice".into()), "{}", wrong.text());
    let missing = [
        house.get("/api/models/999").await,
        house.ask(Method::POST, "/api/models/999/promote", Some(json!({"version": 1}))).await,
        house.ask(Method::POST, "/api/models/999/rollback", Some(json!({"version": 1}))).await,
        house.ask(Method::DELETE, "/api/models/training", None).await,
    ];
    for answer in missing {
        assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "not_found".into()), "{}", answer.text());
    }
    let daily = house.ask(Method::PUT, "/api/models/schedule", Some(json!({"mode": "daily"}))).await;
    assert_eq!((daily.status, daily.code()), (StatusCode::BAD_REQUEST, "unknown_choice".into()), "{}", daily.text());
    let chosen = house.ask(Method::PUT, "/api/models/schedule", Some(json!({"mode": "drift"}))).await;
    assert_eq!((chosen.status, &chosen.json()["mode"]), (StatusCode::OK, &json!("drift")), "{}", chosen.text());
    outside(house).await;
    let routes = [
        "PUT /api/models/schedule",
        "POST /api/models/outside",
        "GET /api/models/{id}/drift",
        "POST /api/models/{id}/drift",
        "GET /api/models/{id}/compare",
        "POST /api/models",
        "DELETE /api/models/training",
        "GET /api/models/{id}",
        "POST /api/models/{id}/promote",
        "POST /api/models/{id}/rollback",
    ];
    routes.map(str::to_owned).to_vec()
}

/// A table of somebody else's scores of the shop's members, two of whom left in June: judged, watched, beside nothing yet.
async fn outside(house: &House) {
    let upload = async |uri: &str, text: &str| {
        let request = request(Method::POST, uri).header(header::COOKIE, &house.cookie).header("x-liuke", "1");
        house.send(request.body(Body::from(text.to_owned())).unwrap()).await
    };
    let mut text = "customer_id,as_of,score\n".to_owned();
    (1..=16).for_each(|member| text.push_str(&format!("M/{member:02},2025-04-01,0.{member:02}\n")));
    let uri = "/api/models/outside?file_name=theirs.csv&churn=no_order_90d";
    let wrong = upload(uri, "customer_id,as_of,score\nM/01,2025-04-01,70\n").await;
    assert_eq!((wrong.status, wrong.code()), (StatusCode::BAD_REQUEST, "not_a_probability".into()), "{}", wrong.text());
    let added = upload(uri, &text).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text());
    let added = added.json();
    assert_eq!(
        (&added["card"]["outside"]["scores"], &added["row"]["state"]),
        (&json!(16), &json!("challenger")),
        "{added}"
    );
    assert_eq!(added["card"]["horizons"][0]["left"], 2, "{added}");
    let id = added["row"]["id"].as_i64().unwrap();
    let drift = format!("/api/models/{id}/drift");
    assert_eq!(house.get(&drift).await.json(), Value::Null, "nobody looked yet");
    let looked = house.ask(Method::POST, &drift, Some(json!({}))).await;
    assert_eq!(
        (looked.status, &looked.json()["before"]["customers"]),
        (StatusCode::OK, &json!(16)),
        "{}",
        looked.text()
    );
    assert_eq!(house.get(&drift).await.json(), looked.json());
    let with_itself = house.get(&format!("/api/models/{id}/compare?with={id}")).await;
    assert_eq!((with_itself.status, with_itself.code()), (StatusCode::BAD_REQUEST, "nothing_to_compare".into()));
    text.push_str("M/01,2025-05-01,0.5\n");
    let other = upload(uri, &text).await.json()["row"]["id"].as_i64().unwrap();
    let compared = house.get(&format!("/api/models/{other}/compare?with={id}")).await;
    assert_eq!(compared.status, StatusCode::OK, "{}", compared.text());
    assert_eq!(compared.json()["told"]["rows"], 16, "{}", compared.text());
    let missing = [
        house.get("/api/models/999/drift").await,
        house.ask(Method::POST, "/api/models/999/drift", Some(json!({}))).await,
        house.get("/api/models/999/compare").await,
    ];
    for answer in missing {
        assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "not_found".into()), "{}", answer.text());
    }
}

/// The training once it has ended.
async fn ended(house: &House) -> Value {
    until("the training does not end", async || {
        let run = house.get("/api/models").await.json()["run"].clone();
        (run["state"] != "running").then_some(run)
    })
    .await
}

/// A software vendor among the shop's customers, and the true probability of leaving within 90 days at midnights.
async fn vendor(house: &House) -> BTreeMap<(String, Instant), f64> {
    let mut spec = WorldSpec::saas(Zone::default().parse("2025-06-30").unwrap());
    (spec.customers, spec.days, spec.seed, spec.truth_paths) = (260, 450, 17, 60);
    spec.leaving.intensity = 4.0;
    let mut world = World::new(spec).unwrap();
    while !world.is_over() {
        house.app.load_facts(world.advance(120), now()).await.unwrap();
    }
    let hazard = world.truth().hazard.into_iter();
    hazard.map(|row| ((row.customer_id.to_string(), row.at), row.p_90d)).collect()
}

/// How often the one who left stands above the one who stayed, pair by pair.
fn above(rows: &[(f64, bool)]) -> f64 {
    let (mut pairs, mut sum) = (0.0, 0.0);
    for (one, _) in rows.iter().filter(|(_, left)| *left) {
        for (other, _) in rows.iter().filter(|(_, left)| !left) {
            pairs += 1.0;
            sum += if one > other { 1.0 } else { f64::from(u8::from(one == other)) / 2.0 };
        }
    }
    sum / pairs
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_nearly_as_good_as_the_truth_and_serves_when_a_person_says_so_until_it_is_taken_back() {
    let house = House::open().await;
    let truth = vendor(&house).await;
    let asked = TrainingQuery { churn: Some("saas_contract".to_owned()), seed: 5, ..TrainingQuery::default() };
    let trained = house.app.train(&Reader::command_line(), asked, Arc::new(|_| true), now()).await.unwrap();
    let model = trained.report.model.unwrap_or_else(|| panic!("{:?}", trained.report.refusal));
    let reported = model.card.horizons.iter().find(|one| one.days == 90).unwrap();

    // A second road to the AUC, and the true probability beside it on the same rows.
    let columns: Vec<&str> = trained.judged.columns.iter().map(|(name, _)| name.as_str()).collect();
    let place = |name: &str| columns.iter().position(|one| *one == name).unwrap();
    let (said, left) = (place("p_90d"), place("left_90d"));
    let (mut ours, mut true_risk) = (Vec::new(), Vec::new());
    for row in &trained.judged.rows {
        let (Cell::Text(who), Cell::At(when)) = (&row[0], &row[1]) else { panic!("{row:?}") };
        let (Cell::Number(p), Cell::Whole(left)) = (&row[said], &row[left]) else { panic!("{row:?}") };
        ours.push((*p, *left == 1));
        true_risk.extend(truth.get(&(who.clone(), *when)).map(|true_p| (*true_p, *p, *left == 1)));
    }
    assert!((above(&ours) - reported.auc.value).abs() < 1e-9, "{} {:?}", above(&ours), reported.auc);
    let of = |pick: fn(&(f64, f64, bool)) -> (f64, bool)| above(&true_risk.iter().map(pick).collect::<Vec<_>>());
    let (best, model_auc) = (of(|row| (row.0, row.2)), of(|row| (row.1, row.2)));
    assert!(true_risk.len() > 150, "{}", true_risk.len());
    assert!(model_auc - 0.5 >= 0.6 * (best - 0.5), "{model_auc} of {best}");
    assert!(reported.calibration_error.low < 0.05, "{:?}", reported.calibration_error);

    // In the background: stopped once, then worked to its end.
    let asked = json!({"churn": "saas_contract", "seed": 6, "horizon_days": 30});
    let begun = house.ask(Method::POST, "/api/models", Some(asked.clone())).await;
    assert_eq!(begun.json()["state"], "running", "{}", begun.text());
    let second = house.ask(Method::POST, "/api/models", Some(asked.clone())).await;
    assert_eq!((second.status, second.code()), (StatusCode::CONFLICT, "training_running".into()));
    assert_eq!(house.ask(Method::DELETE, "/api/models/training", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ended(&house).await["state"], "stopped");
    assert_eq!(house.ask(Method::POST, "/api/models", Some(asked)).await.status, StatusCode::ACCEPTED);
    let run = ended(&house).await;
    assert_eq!(run["state"], "done", "{run}");

    let listed = house.get("/api/models").await.json()["items"].clone();
    let states: Vec<&str> = listed.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["challenger", "challenger"], "{listed}");
    let (first, second) = (model.row.id, listed[0]["id"].as_i64().unwrap());
    let step = async |id: i64, what: &str, version: Value| {
        house.ask(Method::POST, &format!("/api/models/{id}/{what}"), Some(json!({"version": version}))).await
    };
    let champion = step(first, "promote", json!(model.row.version)).await.json();
    assert_eq!(champion["row"]["state"], "champion", "{champion}");
    let late = step(first, "promote", json!(model.row.version)).await;
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "version_conflict".into()));
    let said_first = scored(&house, &model.row.content).await;
    explained(&house).await;
    let drift = house.ask(Method::POST, &format!("/api/models/{first}/drift"), Some(json!({}))).await.json();
    let months = drift["months"].as_array().unwrap();
    assert!(!months.is_empty() && months.iter().all(|month| month["score"]["psi"].is_f64()), "{drift}");
    assert!(
        months.iter().all(|month| month["inputs"].as_array().unwrap().len() == model.card.columns.len()),
        "{drift}"
    );
    let compared = house.get(&format!("/api/models/{second}/compare")).await.json();
    assert_eq!((&compared["champion"]["id"], &compared["horizon_days"]), (&json!(first), &json!(30)), "{compared}");
    assert_eq!(compared["told"]["contests"].as_array().unwrap().len(), 5, "{compared}");
    let next = step(second, "promote", listed[0]["version"].clone()).await.json();
    assert_eq!(house.get(&format!("/api/models/{first}")).await.json()["row"]["state"], "retired");
    let wrong = step(first, "rollback", json!(1)).await;
    assert_eq!(wrong.code(), "not_champion");
    let back = step(second, "rollback", next["row"]["version"].clone()).await.json();
    assert_eq!((&back["row"]["id"], &back["row"]["state"]), (&json!(first), &json!("champion")), "{back}");
    assert_eq!(scored(&house, &model.row.content).await, said_first, "what served before says the same numbers again");
    let document = back["document"]["en"].as_str().unwrap();
    assert!(document.contains(&model.row.content) && document.contains("saas_contract"), "{document}");
    assert_eq!(back["card"]["snapshot"], back["row"]["passport"]["snapshot"]);
}

/// What the model in service says stands beside the health, rises with the horizon, names its model and never changes; of a
/// moment before its history ended it says nothing.
async fn scored(house: &House, content: &str) -> Vec<Vec<Cell>> {
    let mut wished = firm();
    wished["churn"] = json!("saas_contract");
    let changed = house.ask(Method::PUT, "/api/firm", Some(wished)).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let table = async |at: &str| {
        let as_of = house.app.moment(at).unwrap();
        house.app.score_table(as_of, ScorecardChoice::InUse, Lang::En).await.unwrap()
    };
    let (one, two) = (table("2025-06-30").await, table("2025-06-30").await);
    assert_eq!(one.rows, two.rows);
    let names: Vec<&str> = one.columns.iter().map(|(name, _)| name.as_str()).collect();
    let first = names.iter().position(|name| *name == "risk_30d").unwrap_or_else(|| panic!("{names:?}"));
    let label = names.iter().position(|name| *name == "risk_model").unwrap();
    let mut told = 0;
    for row in one.rows.iter().filter(|row| row[label] != Cell::Empty) {
        let risk = |cell: &Cell| if let Cell::Number(p) = cell { *p } else { panic!("{row:?}") };
        let risks: Vec<f64> = row[first..label].iter().map(risk).collect();
        assert!(risks.windows(2).all(|pair| pair[0] <= pair[1]) && risks.iter().all(|p| (0.0..=1.0).contains(p)));
        assert_eq!(row[label], Cell::Text(format!("saas_contract/1@{}", &content[..12])));
        told += 1;
    }
    assert!(told > 50 && told < one.rows.len(), "{told} of {}: who is gone has no risk", one.rows.len());
    let before = table("2025-05-01").await;
    assert!(before.columns.iter().all(|(name, _)| name != "risk_30d") && before.note.is_some());
    one.rows
}

/// Every page and list says the same number; its shares add up to it; the ways back hold when they are tried; the counts of
/// the reasons add up.
async fn explained(house: &House) {
    let listed = house.get("/api/customers?limit=500").await.json()["rows"].clone();
    let rows = listed.as_array().unwrap().iter().filter(|row| !row["risk"].is_null());
    let told: Vec<(String, f64)> =
        rows.map(|row| (row["id"].as_str().unwrap().to_owned(), row["risk"]["risk"].as_f64().unwrap())).collect();
    assert!(told.len() > 50, "{}", told.len());
    let (mut found, mut causes, mut worths) = (0, 0, 0);
    for (id, risk) in told.iter().step_by(told.len() / 12) {
        let page = house.get(&format!("/api/customers/{}/risk", id.replace('/', "%2F"))).await.json();
        assert_eq!(page["state"], "told", "{page}");
        let horizons = page["horizons"].as_array().unwrap();
        let said: Vec<f64> = horizons.iter().map(|one| one["risk"].as_f64().unwrap()).collect();
        assert!(said.is_sorted(), "{said:?}");
        let reported = horizons.iter().find(|one| one["days"] == 90).unwrap();
        assert!((reported["risk"].as_f64().unwrap() - risk).abs() < 1e-12, "{page}");
        let explained = &page["explained"];
        let number = |value: &Value| value.as_f64().unwrap();
        if let Some(yearly) = page["worth"]["yearly"].as_f64().filter(|yearly| *yearly > 0.0) {
            let [low, expected, high, whole] = ["low", "value", "high", "whole"].map(|key| number(&page["worth"][key]));
            assert!(low <= expected && expected <= high && high <= whole + 1e-9, "{}", page["worth"]);
            assert!(expected < whole && whole < yearly, "{}", page["worth"]);
            worths += 1;
        }
        let mut sum = number(&explained["base"]);
        for reason in explained["reasons"].as_array().unwrap() {
            let items = reason["items"].as_array().unwrap();
            assert!(
                (items.iter().map(|one| number(&one["added"])).sum::<f64>() - number(&reason["added"])).abs() < 1e-9
            );
            assert!(items.iter().all(|one| one["sentence"]["zh"] != "" && one["sentence"]["en"] != ""), "{reason}");
            sum += number(&reason["added"]);
            causes += usize::from(number(&reason["added"]) > 0.0 && !reason["sort"].is_null());
        }
        assert!((sum - number(&explained["margin"])).abs() < 1e-9, "{sum} {explained}");
        for way in page["ways_back"].as_array().unwrap() {
            let is_better = |one: f64, other: f64| if way["of"] == "risk" { one <= other } else { one >= other };
            let (now, target) = (number(&way["now"]), number(&way["target"]));
            assert_eq!(is_better(now, target), way["state"] == "not_needed", "{way}");
            if way["state"] == "found" {
                assert!(
                    is_better(number(&way["reached"]), target)
                        && (1..=3).contains(&way["moves"].as_array().unwrap().len())
                );
                found += 1;
            }
        }
    }
    assert!(found > 0 && causes > 4 && worths > 0, "{found} ways found, {causes} causes, {worths} worths");
    weighed(house, &told).await;
    let page = house.get("/api/churn/reasons").await.json();
    let sum = |rows: &Value, of: &dyn Fn(&Value) -> u64| rows.as_array().unwrap().iter().map(of).sum::<u64>();
    let tiers = |row: &Value| sum(&row["tiers"], &|one| one["count"].as_u64().unwrap());
    let count = |row: &Value| row["count"].as_u64().unwrap();
    let predicted = &page["predicted"];
    assert_eq!(
        (predicted["state"].as_str(), predicted["asked"].as_u64()),
        (Some("told"), Some(told.len() as u64)),
        "{page}"
    );
    assert_eq!(count(predicted), told.len().div_ceil(10) as u64);
    for part in [&predicted["rows"], &page["confirmed"]["rows"]] {
        assert!(part.as_array().unwrap().iter().all(|row| tiers(row) == count(row)), "{part}");
    }
    assert_eq!(sum(&predicted["rows"], &count), count(predicted));
    let confirmed = &page["confirmed"];
    let of = |key: &str| confirmed[key].as_u64().unwrap();
    assert_eq!(of("left"), of("confirmed_left") + of("unconfirmed"));
    assert_eq!(sum(&confirmed["rows"], &count), of("confirmed_left") + of("confirmed_only"));
    let least = predicted["least_risk"].as_f64().unwrap();
    let above = told.iter().filter(|(_, risk)| *risk > least).count();
    assert!(above < told.len().div_ceil(10), "the tenth is of the likeliest");
}

/// Work is in the order of what is at risk by the model: value times the very probability that stands elsewhere, and its mean of
/// whom it is not asked about.
async fn weighed(house: &House, told: &[(String, f64)]) {
    house.app.run_cycle(house.app.last_midnight(now()), now()).await.unwrap();
    let rows = house.get("/api/alerts?lines=true&sort=rank&limit=500").await.json()["rows"].clone();
    let (mut by_risk, mut before) = (0, f64::INFINITY);
    for row in rows.as_array().unwrap() {
        let rank = &row["rank"];
        let (value, worry) = (rank["value"].as_f64().unwrap(), rank["worry"].as_f64().unwrap());
        assert_eq!(rank["horizon_days"], 90, "{row}");
        match told.iter().find(|(id, _)| row["customer_id"] == id.as_str()) {
            Some((_, risk)) => assert_eq!((worry, &rank["by"]), (*risk, &json!("risk")), "{row}"),
            None => assert_eq!(rank["by"], "usual_risk", "{row}"),
        }
        by_risk += usize::from(rank["by"] == "risk");
        assert!(value * worry <= before + 0.01, "{row}");
        before = value * worry;
    }
    assert!(by_risk > 0, "{rows}");
    // So is the overview: the same sum by band and by owner, no less than that of those whom the model is asked about.
    let churn = house.get("/api/churn").await.json();
    let sum = |of: &str| -> f64 {
        let slices = churn[of].as_array().unwrap().iter();
        slices.map(|slice| slice["at_risk_value"].as_f64().unwrap()).sum()
    };
    let listed = house.get("/api/customers?limit=500").await.json()["rows"].clone();
    let at_risk = |row: &Value| Some(row["risk"]["risk"].as_f64()? * row["value"]["value"].as_f64()?);
    let asked: f64 = listed.as_array().unwrap().iter().filter_map(at_risk).sum();
    assert_eq!(churn["risk_horizon_days"], 90, "{churn}");
    assert!((sum("by_band") - sum("by_owner")).abs() < 1e-6 * asked && asked > 0.0, "{churn}");
    assert!(sum("by_band") > asked * (1.0 - 1e-9), "{} {asked}", sum("by_band"));
}

#[test]
fn on_the_command_line_a_history_too_thin_is_refused_in_words_with_what_is_missing() {
    let (_dir, cwd) = shop();
    let output = run(&cwd, &["import", "--data", "d", "--as", "orders", "orders.csv"]);
    assert!(output.status.success(), "{}", said(&output));
    let asked = |more: &[&str]| {
        let arguments = ["train", "--data", "d", "--churn", "no_order_90d", "--as-of", "2025-06-15"];
        run(&cwd, &[&arguments[..], more].concat())
    };
    let output = asked(&["--horizon", "90d", "--lang", "zh"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("还不能训练"), "{}", said(&output));
    assert!(String::from_utf8_lossy(&output.stderr).contains("还差"), "{}", said(&output));
    let output = asked(&["--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    assert_eq!((&report["refusal"]["code"], &report["model"]), (&json!("too_few_leavers"), &Value::Null), "{report}");
    // What would have been learnt from is written all the same, and is a table like any other.
    let output = asked(&["--frame", "rows.parquet"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("rows.parquet"), "{}", said(&output));
    let rows = app::lab_table(&cwd.join("rows.parquet")).unwrap();
    let names: Vec<&str> = rows.columns().iter().map(app::laboratory::Column::name).collect();
    assert_eq!(names[..7], ["customer_id", "as_of", "fold", "left_30d", "left_60d", "left_90d", "left_180d"]);
    assert!(rows.row_count() > 0 && names.len() > 50, "{} {names:?}", rows.row_count());
    assert!(rows.column("left_30d").unwrap().cells().all(|cell| matches!(cell, "0" | "1")));
    let output = asked(&["--frame", "rows.csv"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert_eq!(asked(&["--horizon", "45d"]).status.code(), Some(1));
    assert_eq!(asked(&["--horizon", "soon"]).status.code(), Some(2));
}
