//! Models of who will leave: trained on a world of which the truth is known, put in service by a person, taken back.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::{Reader, ScorecardChoice, TrainingQuery, Value as Cell};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sim::{World, WorldSpec};
use vocab::{Instant, Lang, Zone};

use crate::house::{House, firm, now, run, said, shop, until};

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
    let routes = [
        "POST /api/models",
        "DELETE /api/models/training",
        "GET /api/models/{id}",
        "POST /api/models/{id}/promote",
        "POST /api/models/{id}/rollback",
    ];
    routes.map(str::to_owned).to_vec()
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
    scored(&house, &model.row.content).await;
    let next = step(second, "promote", listed[0]["version"].clone()).await.json();
    assert_eq!(house.get(&format!("/api/models/{first}")).await.json()["row"]["state"], "retired");
    let wrong = step(first, "rollback", json!(1)).await;
    assert_eq!(wrong.code(), "not_champion");
    let back = step(second, "rollback", next["row"]["version"].clone()).await.json();
    assert_eq!((&back["row"]["id"], &back["row"]["state"]), (&json!(first), &json!("champion")), "{back}");
    let document = back["document"]["en"].as_str().unwrap();
    assert!(document.contains(&model.row.content) && document.contains("saas_contract"), "{document}");
    assert_eq!(back["card"]["snapshot"], back["row"]["passport"]["snapshot"]);
}

/// What the model in service says stands beside the health, rises with the horizon, names its model and never changes; of a
/// moment before its history ended it says nothing.
async fn scored(house: &House, content: &str) {
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
    assert_eq!(asked(&["--horizon", "45d"]).status.code(), Some(1));
    assert_eq!(asked(&["--horizon", "soon"]).status.code(), Some(2));
}
