//! What advice, case types and reviews put on a person's desk: tasks, outcomes in the type's own words, decisions about a
//! customer.

use app::Reader;
use app::view::{
    AdviceResult, AdviceText, BulkAlert, BulkRequest, CaseTaskChange, MoveCase, NewAdviceTask, NewCase,
    NewReviewDecision, ReviewDecisionChange, WaitingWork,
};
use vocab::{CustomerId, Instant};

use crate::cases::{a_case, person};
use crate::world::{House, all, everyone, midnight, scored};

async fn waiting(house: &House, reader: &Reader, now: Instant) -> WaitingWork {
    house.app.waiting_for(reader, now).await.unwrap()
}

/// A customer of an owner without an open case.
async fn free(house: &House) -> (CustomerId, String) {
    let query = app::CaseQuery { limit: 500, ..app::CaseQuery::default() };
    let cases = house.app.cases(&everyone(), &query, None, house.now).await.unwrap().rows;
    let rows = house.app.customers(&everyone().scope, &all(), None, house.now).await.unwrap().rows;
    let row = rows.iter().find(|row| row.owner.is_some() && cases.iter().all(|case| case.customer_id != row.id));
    let row = row.unwrap();
    (CustomerId::from(row.id.as_str()), row.owner.clone().unwrap())
}

fn done(version: i64) -> CaseTaskChange {
    CaseTaskChange { version, done: Some(true), title: None, to: None, due: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_becomes_a_task_once_and_the_case_says_which_advice_it_was() {
    let house = scored().await;
    let case = a_case(&house).await;
    let (wang, theirs) = person(&house, "wang", "owner", case.owner.as_deref()).await;
    let (app, customer) = (&house.app, CustomerId::from(case.customer_id.as_str()));
    let asked = NewAdviceTask::default;
    let advice = app.advice(&theirs.scope, &customer, None, None, house.now).await.unwrap();
    let made = app.task_from_advice(&theirs, &customer, asked(), house.now).await.unwrap();
    assert_eq!((made.case_id, made.opened, made.made), (case.id, false, true), "in the case that is open");
    assert_eq!((&made.task.title, made.task.who_id), (&advice.first_step.zh, Some(wang)));
    assert_eq!(made.task.due_at, case.due_at, "by the case's clock");
    let again = app.task_from_advice(&theirs, &customer, asked(), house.now).await.unwrap();
    assert_eq!((again.made, again.task.id), (false, made.task.id), "clicked twice, it is done once");

    let work = app.case_work(&theirs, case.id, house.now).await.unwrap();
    let told = work.tasks[0].advice.clone().unwrap();
    assert_eq!((&told.id, &told.name, told.version), (&advice.reason, &advice.reason_name, 0), "the shipped entry");
    let mine = waiting(&house, &theirs, house.now).await;
    let row = &mine.rows[0];
    assert_eq!((mine.total, row.kind.as_str(), row.case_id), (1, "task", Some(case.id)));
    assert_eq!((&row.customer_name, &row.due_at), (&Some(case.customer_name.clone()), &case.due_at));
    let (_, stranger) = person(&house, "zhao", "owner", Some("nobody's")).await;
    assert_eq!(waiting(&house, &stranger, house.now).await, WaitingWork::default());
    let missing = app.task_from_advice(&stranger, &customer, asked(), house.now).await.unwrap_err();
    assert_eq!(missing.code(), "not_found");

    app.change_case_task(&theirs, (case.id, made.task.id), done(made.task.version), house.now).await.unwrap();
    assert_eq!(waiting(&house, &theirs, house.now).await.total, 0);
    // The firm writes the entry itself: the next task says so, the one before stays what it was.
    let entries = app.advice_entries(&everyone()).await.unwrap();
    let text = entries.iter().find(|entry| entry.id == advice.reason).unwrap().text.clone();
    app.put_advice(&everyone(), &advice.reason, AdviceText { text }, house.now).await.unwrap();
    let next = app.task_from_advice(&theirs, &customer, asked(), house.now).await.unwrap();
    assert!(next.made && next.task.id != made.task.id);
    let work = app.case_work(&theirs, case.id, house.now).await.unwrap();
    let versions: Vec<i64> = work.tasks.iter().filter_map(|task| Some(task.advice.as_ref()?.version)).collect();
    assert_eq!(versions, [1, 0], "open ones first");
    // Counted by version, and by what became of the case: once, however often it was followed there.
    let close = MoveCase {
        version: work.case.version,
        by: "close".to_owned(),
        outcome: Some("retained".to_owned()),
        ..MoveCase::default()
    };
    let open = result(1, [1, 0, 1, 0, 0, 0, 1]);
    assert_eq!(app.advice(&theirs.scope, &customer, None, None, house.now).await.unwrap().result, Some(open));
    app.move_case(&theirs, case.id, close, house.now).await.unwrap();
    let results = async |reader: &Reader| {
        let entries = app.advice_entries(reader).await.unwrap();
        entries.into_iter().find(|entry| entry.id == advice.reason).unwrap().results
    };
    let kept = [result(1, [1, 0, 1, 1, 0, 0, 0]), result(0, [1, 1, 1, 1, 0, 0, 0])];
    assert_eq!(results(&everyone()).await, kept, "the newest version first");
    assert_eq!(results(&theirs).await, kept);
    assert_eq!(results(&stranger).await, [], "of cases that are not theirs nothing is counted");
}

fn result(version: i64, [taken, done, cases, kept, lost, other, open]: [u64; 7]) -> AdviceResult {
    AdviceResult { version, taken, done, cases, kept, lost, other, open }
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_about_a_customer_without_a_case_opens_one() {
    let house = scored().await;
    let (customer, owner) = free(&house).await;
    let (wang, theirs) = person(&house, "wang", "owner", Some(&owner)).await;
    let asked = NewAdviceTask { reason: Some("price".to_owned()), lang: Some("en".to_owned()) };
    let made = house.app.task_from_advice(&theirs, &customer, asked.clone(), house.now).await.unwrap();
    assert!(made.opened && made.made);
    let work = house.app.case_work(&theirs, made.case_id, house.now).await.unwrap();
    assert_eq!((work.case.type_id.as_str(), work.case.opened_by.as_str()), ("retention", "wang"));
    assert_eq!((work.case.assigned_to.as_deref(), made.task.who_id), (Some(owner.as_str()), Some(wang)));
    let advice = house.app.advice(&theirs.scope, &customer, Some("price"), None, house.now).await.unwrap();
    assert_eq!((work.case.about, &made.task.title), (Some(advice.reason_name.en), &advice.first_step.en));
    let unknown = NewAdviceTask { reason: Some("luck".to_owned()), ..asked };
    let unknown = house.app.task_from_advice(&theirs, &customer, unknown, house.now).await.unwrap_err();
    assert_eq!(unknown.code(), "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_ends_in_the_words_of_its_type_and_counts_as_what_they_mean() {
    let house = scored().await;
    let (app, admin) = (&house.app, everyone());
    let (customer, _) = free(&house).await;
    let request = NewCase {
        customer_id: customer.to_string(),
        type_id: "complaint".to_owned(),
        about: "发货少了配件".to_owned(),
        severity: None,
        to: None,
    };
    let case = app.open_case(&admin, request, house.now).await.unwrap().case;
    let ending = |version: i64, outcome: &str| MoveCase {
        version,
        by: "close".to_owned(),
        outcome: Some(outcome.to_owned()),
        ..MoveCase::default()
    };
    let foreign = app.move_case(&admin, case.id, ending(case.version, "false_alarm"), house.now).await.unwrap_err();
    assert_eq!(foreign.code(), "bad_outcome", "an alert is mistaken, a complaint is not");
    assert!(foreign.hint().zh.contains("solved 已解决") && foreign.hint().en.contains("settled Settled"), "{foreign}");
    let left = app.move_case(&admin, case.id, ending(case.version, "churned"), house.now).await.unwrap_err();
    assert_eq!(left.code(), "bad_churn_reason");
    let closed = app.move_case(&admin, case.id, ending(case.version, "solved"), house.now).await.unwrap().case;
    assert_eq!((closed.outcome.as_deref(), closed.outcome_means.as_deref()), (Some("solved"), Some("kept")));
    assert_eq!(closed.outcome_name.as_ref().unwrap().zh, "已解决");
    let step = closed.steps.last().unwrap();
    assert_eq!((step.outcome.as_deref(), step.outcome_name.as_ref().unwrap().en.as_str()), (Some("solved"), "Solved"));
    let reopening = MoveCase {
        version: closed.version,
        by: "reopen".to_owned(),
        reason: Some("又来电".to_owned()),
        ..MoveCase::default()
    };
    let again = app.move_case(&admin, case.id, reopening, house.now).await.unwrap().case;
    assert_eq!((again.outcome, again.outcome_means), (None, None));

    // Of many at once each answers for its own type.
    let alerts = app.alerts(&admin.scope, &app::AlertQuery { limit: 500, ..Default::default() }, None, house.now).await;
    let alert = alerts.unwrap().rows.into_iter().find(|row| row.case_id.is_some()).unwrap();
    let close = |outcome: &str| BulkRequest {
        alerts: vec![BulkAlert { id: alert.id, version: alert.version, case_version: None }],
        action: "close".to_owned(),
        outcome: Some(outcome.to_owned()),
        ..BulkRequest::default()
    };
    let unknown = app.bulk_alerts(&admin, close("luck"), house.now).await.unwrap_err();
    assert_eq!(unknown.code(), "bad_outcome");
    let told = app.bulk_alerts(&admin, close("solved"), house.now).await.unwrap();
    assert_eq!((told.done_count, told.rows[0].code.as_deref()), (0, Some("bad_outcome")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_about_a_customer_is_on_the_desk_and_on_the_case_until_it_is_done() {
    let house = scored().await;
    let case = a_case(&house).await;
    let (wang, theirs) = person(&house, "wang", "owner", case.owner.as_deref()).await;
    let (stranger, other) = person(&house, "zhao", "owner", Some("nobody's")).await;
    let app = &house.app;
    let decided = |to: i64, customer: &str| NewReviewDecision {
        week_on: "2025-06-23".to_owned(),
        title: "上门谈一次续约".to_owned(),
        to,
        due_on: "2025-07-04".to_owned(),
        customer_id: Some(customer.to_owned()),
    };
    let nobody = app.add_review_decision(&everyone(), decided(wang, "nobody"), house.now).await.unwrap_err();
    assert_eq!(nobody.code(), "not_found");
    let blind = app.add_review_decision(&everyone(), decided(stranger, &case.customer_id), house.now).await;
    assert_eq!(blind.unwrap_err().code(), "cannot_see", "who is to go there must see the customer");
    let made = app.add_review_decision(&everyone(), decided(wang, &case.customer_id), house.now).await.unwrap();
    assert_eq!(made.customer_name.as_deref(), Some(case.customer_name.as_str()));

    let mine = waiting(&house, &theirs, house.now).await;
    let row = &mine.rows[0];
    assert_eq!((mine.total, row.kind.as_str(), row.id), (1, "decision", made.id));
    assert_eq!((&row.customer_id, row.clock.as_deref()), (&Some(case.customer_id.clone()), Some("on_time")));
    assert_eq!(app.case_work(&theirs, case.id, house.now).await.unwrap().decisions, std::slice::from_ref(&made));
    assert_eq!(waiting(&house, &other, house.now).await.total, 0);
    let given = ReviewDecisionChange { version: 1, to: Some(stranger), ..ReviewDecisionChange::default() };
    let given = app.change_review_decision(&everyone(), made.id, given, house.now).await.unwrap_err();
    assert_eq!(given.code(), "cannot_see");

    // Next week's page opens with it, and says that it was done.
    let next = midnight("2025-07-07 09:00");
    let last = app.review(&theirs, Some("2025-06-30"), None, next).await.unwrap().last_decisions;
    assert_eq!((last[0].customer_name.as_deref(), &last[0].done_at), (Some(case.customer_name.as_str()), &None));
    assert_eq!(waiting(&house, &theirs, next).await.overdue_count, 1);
    let finished = ReviewDecisionChange { version: 1, done: Some(true), ..ReviewDecisionChange::default() };
    app.change_review_decision(&theirs, made.id, finished, next).await.unwrap();
    assert_eq!(waiting(&house, &theirs, next).await.total, 0);
    assert!(app.case_work(&theirs, case.id, next).await.unwrap().decisions.is_empty());
    let last = app.review(&theirs, Some("2025-06-30"), None, next).await.unwrap().last_decisions;
    assert_eq!((last[0].done_by.as_deref(), last[0].was_in_time), (Some("wang"), Some(false)));
}
