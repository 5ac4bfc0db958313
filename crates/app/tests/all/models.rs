//! Models after their training: one of somebody else, two beside each other, one that is not what it was, trainings by the
//! schedule.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::view::{ModelPage, ModelScheduleChange, ModelStep};
use app::{BacktestQuery, BacktestScorer, Error, NoticeQuery, OutsideAsked, Reader, ScorecardChoice, Value};
use vocab::{AsOf, Lang, Scope};

use crate::cases::person;
use crate::world::{self, House, all, everyone, midnight};

const MONTHS: [&str; 10] = [
    "2024-10-01",
    "2024-11-01",
    "2024-12-01",
    "2025-01-01",
    "2025-02-01",
    "2025-03-01",
    "2025-04-01",
    "2025-05-01",
    "2025-06-01",
    "2025-07-01",
];

/// A firm whose customers leave when their contract ends.
async fn firm() -> House {
    let house = world::firm().await;
    let mut firm = house.app.firm().await.unwrap().unwrap();
    firm.churn = "saas_contract".to_owned();
    house.app.put_firm(&everyone(), firm, house.now).await.unwrap();
    house
}

/// A file of what somebody says of every customer at the beginning of each month: by the place of the month, then of the
/// customer, both from 0.
async fn theirs(house: &House, name: &str, said: impl Fn(usize, usize) -> f64) -> PathBuf {
    let customers = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap().rows;
    let mut text = "customer_id,as_of,score,horizon\n".to_owned();
    for (month, day) in MONTHS.iter().enumerate() {
        for (place, one) in customers.iter().enumerate() {
            text.push_str(&format!("{},{day},{},30d\n", one.id, said(month, place)));
        }
    }
    let file = house.dir.path().join(name);
    std::fs::write(&file, text).unwrap();
    file
}

async fn added(house: &House, file: &Path, lasts_days: u32) -> Result<ModelPage, Error> {
    let asked = OutsideAsked {
        churn: Some("saas_contract".to_owned()),
        horizon_days: Some(30),
        lasts_days: Some(lasts_days),
        ..OutsideAsked::default()
    };
    house.app.add_outside_model(&everyone(), file, asked, house.now).await
}

async fn promoted(house: &House, page: &ModelPage) -> ModelPage {
    let step = ModelStep { version: page.row.version, note: None };
    house.app.promote_model(&everyone(), page.row.id, step, house.now).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_model_is_judged_like_ours_serves_when_a_person_says_so_and_falls_silent_when_it_lapses() {
    let house = firm().await;
    let same = theirs(&house, "same.csv", |_, place| 0.01 + 0.001 * (place % 50) as f64).await;
    let page = added(&house, &same, 45).await.unwrap();
    let outside = page.card.outside.as_ref().unwrap();
    assert_eq!((page.row.state.as_str(), outside.name.as_str(), outside.lasts_days), ("challenger", "same.csv", 45));
    assert_eq!((outside.first.as_str(), outside.last.as_str()), ("2024-10-01", "2025-07-01"));
    let told = &page.card.horizons[0];
    assert_eq!((told.days, told.tested.last.as_str(), &told.learnt), (30, "2025-06-01", &None), "July is not told yet");
    for one in &page.card.moments {
        let told = one.left + one.stayed + one.untold;
        assert_eq!(told, one.eligible, "{one:?}");
    }
    assert!(page.document.zh.contains("same.csv") && page.document.en.contains("lasting 45 days"));
    let again = added(&house, &same, 45).await.unwrap();
    assert_eq!(again.row.id, page.row.id, "the same table is the same model");

    promoted(&house, &page).await;
    let table = house.app.score_table(AsOf(house.now), ScorecardChoice::InUse, Lang::En).await.unwrap();
    let place = |name: &str| table.columns.iter().position(|(one, _)| one == name).unwrap();
    let (risk, model) = (place("risk_30d"), place("risk_model"));
    let known: Vec<&Vec<Value>> = table.rows.iter().filter(|row| row[risk] != Value::Empty).collect();
    assert!(known.len() > 50 && known.len() < table.rows.len(), "{} of {}", known.len(), table.rows.len());
    let label = format!("saas_contract/1@{}", &page.row.content[..12]);
    assert!(known.iter().all(|row| row[model] == Value::Text(label.clone())));

    // The same scores that last a day have lapsed by the sixteenth; nobody has a risk, and it is said.
    let brief = added(&house, &same, 1).await.unwrap();
    assert_ne!(brief.row.id, page.row.id);
    promoted(&house, &brief).await;
    let late = AsOf(midnight("2025-06-16"));
    let table = house.app.score_table(late, ScorecardChoice::InUse, Lang::En).await.unwrap();
    assert!(table.rows.iter().all(|row| row[place("risk_30d")] == Value::Empty));
    assert!(table.note.as_deref().unwrap_or_default().contains("no score of the last 1 days"), "{:?}", table.note);

    let wrong = theirs(&house, "points.csv", |_, place| 10.0 * place as f64).await;
    assert_eq!(added(&house, &wrong, 45).await.unwrap_err().code(), "not_a_probability");
    let late = house.dir.path().join("late.csv");
    std::fs::write(&late, "customer_id,date,score\nC1,2025-06-28,0.5\n").unwrap();
    let asked = OutsideAsked { churn: Some("saas_contract".to_owned()), ..OutsideAsked::default() };
    let refused = house.app.add_outside_model(&everyone(), &late, asked, house.now).await.unwrap_err();
    assert_eq!(refused.code(), "nothing_told");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_models_are_compared_on_the_same_customers_and_who_changes_lists_is_named() {
    let house = firm().await;
    let low =
        added(&house, &theirs(&house, "low.csv", |_, place| 0.01 + 0.0001 * place as f64).await, 45).await.unwrap();
    let alone = house.app.compare_models(&everyone(), low.row.id, None, house.now).await.unwrap_err();
    assert_eq!(alone.code(), "nothing_to_compare");
    promoted(&house, &low).await;
    let high =
        added(&house, &theirs(&house, "high.csv", |_, place| 0.9 - 0.0001 * place as f64).await, 45).await.unwrap();
    let found = house.app.compare_models(&everyone(), high.row.id, None, house.now).await.unwrap();
    assert_eq!((found.champion.id, found.challenger.id, found.horizon_days), (low.row.id, high.row.id, 30));
    let told = found.told.unwrap();
    assert_eq!(
        (told.moments.first().unwrap().as_str(), told.moments.last().unwrap().as_str()),
        ("2024-10-01", "2025-06-01")
    );
    assert_eq!(
        (told.rows, told.left),
        (low.card.horizons[0].rows, low.card.horizons[0].left),
        "the rows of both cards"
    );
    let of = |figure: &str| told.contests.iter().find(|one| one.figure == figure).unwrap();
    assert_eq!(of("log_loss").is_better, Some(false), "who says nine in ten of everybody is wrong");
    assert!((of("auc").champion.value - low.card.horizons[0].auc.value).abs() < 1e-12, "a second road to the AUC");
    assert!((of("auc").champion.value + of("auc").challenger.value - 1.0).abs() < 1e-12, "the order is turned round");
    let scorer = BacktestScorer::parse(&format!("model:{}", low.row.id)).unwrap();
    let replay = async |from: &str| {
        let mut query = BacktestQuery::new(scorer.clone(), AsOf(midnight(from)), AsOf(midnight("2025-05-01")));
        query.budget = Some(3);
        house.app.backtest(&everyone(), query, Arc::new(|_| true), house.now).await
    };
    assert_eq!(replay("2024-09-01").await.unwrap_err().code(), "learnt_from");
    let replayed = replay("2025-03-01").await.unwrap();
    assert_eq!(replayed.scorer, format!("model:{}", low.row.id));
    assert!(!replayed.warnings.is_empty(), "three a week are named");
    let lists = found.lists.unwrap();
    assert_eq!(lists.changed, lists.top, "first is last");
    assert!(lists.movers.iter().all(|one| !one.name.is_empty()));
    assert_eq!(lists.movers.iter().filter(|one| one.enters).count() as u64 * 2, lists.movers.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_says_something_else_than_it_did_is_told_to_administrators_once() {
    let house = firm().await;
    let (app, reader) = (&house.app, everyone());
    let said = |month: usize, place: usize| if month == 9 { 0.4 } else { 0.01 } + 0.001 * (place % 40) as f64;
    let page = added(&house, &theirs(&house, "theirs.csv", said).await, 45).await.unwrap();
    assert_eq!(app.model_drift(&reader, page.row.id).await.unwrap(), None, "nobody looked yet");
    let (_, analyst) = person(&house, "分析", "analyst", None).await;
    let (_, owner) = person(&house, "销售", "owner", Some("nobody's")).await;
    promoted(&house, &page).await;

    app.keep_models(house.now).await.unwrap();
    let drift = app.model_drift(&reader, page.row.id).await.unwrap().unwrap();
    assert_eq!((drift.before.first.as_str(), drift.before.last.as_str()), ("2024-10-01", "2025-06-01"));
    let months: Vec<&str> = drift.months.iter().map(|month| month.at.as_str()).collect();
    assert_eq!(months, ["2025-07-01"]);
    assert_eq!(drift.months[0].told_on, "2025-07-31");
    assert_eq!(drift.months[0].score.as_ref().unwrap().level, "moved");
    assert_eq!(drift.signs.iter().map(|sign| sign.code.as_str()).collect::<Vec<_>>(), ["score_moved"]);
    app.look_at_model(&reader, page.row.id, house.now).await.unwrap();
    let again = app.model_drift(&reader, page.row.id).await.unwrap().unwrap();
    assert_eq!(again, drift, "the same facts, the same answer");

    let told = async |reader: &Reader| {
        let query = NoticeQuery { kind: Some("model_drift".to_owned()), limit: 50, ..NoticeQuery::default() };
        app.notices(reader, &query).await.unwrap().rows
    };
    let notices = told(&analyst).await;
    assert_eq!((notices.len(), told(&owner).await.len()), (1, 0));
    assert_eq!(notices[0].path, Some(format!("/models/{}", page.row.id)));
    assert!(notices[0].lines[0].text.en.contains("PSI"), "{:?}", notices[0]);
    app.keep_models(house.now.plus_days(1)).await.unwrap();
    assert_eq!(told(&analyst).await.len(), 1, "the same again is no news");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_training_by_the_schedule_is_done_once_a_month_and_says_why_nothing_came_of_it() {
    let house = firm().await;
    let (app, reader) = (&house.app, everyone());
    let early = midnight("2024-09-02 10:00");
    let schedule = async || app.models(&reader).await.unwrap().schedule;
    assert_eq!((schedule().await.mode.as_str(), schedule().await.trainings.len()), ("off", 0));
    app.keep_models(early).await.unwrap();
    assert!(schedule().await.trainings.is_empty(), "nobody asked for it");
    let wish = |mode: &str| ModelScheduleChange { mode: mode.to_owned() };
    assert_eq!(app.set_model_schedule(&reader, wish("daily"), early).await.unwrap_err().code(), "unknown_choice");
    app.set_model_schedule(&reader, wish("drift"), early).await.unwrap();
    app.keep_models(early).await.unwrap();
    assert!(schedule().await.trainings.is_empty(), "no model is in service that could drift");
    app.set_model_schedule(&reader, wish("monthly"), early).await.unwrap();
    app.keep_models(early).await.unwrap();
    app.keep_models(early.plus_days(5)).await.unwrap();
    let trainings = schedule().await.trainings;
    assert_eq!(trainings.len(), 1, "{trainings:?}");
    let one = &trainings[0];
    assert_eq!((one.as_of.as_str(), one.cause.as_str(), one.model_id), ("2024-09-01", "monthly", None));
    assert_eq!(one.outcome.as_deref(), Some("refused"), "{one:?}");
    assert!(one.says.as_ref().is_some_and(|why| !why.zh.is_empty()));
    assert!(app.models(&reader).await.unwrap().items.is_empty(), "nothing is put in service, and nothing is kept");
}
