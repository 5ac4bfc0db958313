//! Cases as a team works them.

use actions::{ActionPlan, CaseState as Far, Deadlines, Verb, Work};
use store::{
    Advised, Called, CaseFilter, CaseMoving, CaseOpening, CaseOutcome, CaseRecord, CaseSlice, CaseState, Closing,
    NewCaseTask, NewStaff, Role, Snoozing, Store, TaskChange, Whose,
};
use vocab::{AsOf, CustomerId, Instant, Scope, Severity};

use crate::door::{Door, People as _, alert, apply, case, ended, hour, mine, opening, owned, with_cases, working};

const CHURNED: Closing<'static> = Closing { outcome: CaseOutcome::Churned, note: Some("去了竞品") };

fn work(now: Instant) -> Work {
    let due = Deadlines { accept_by: now.plus_micros(7_200_000_000), act_by: now.plus_days(1) };
    Work::new(Severity::Warning, Some("high".to_owned()), Some("wang".to_owned()), due, now)
}

fn by_hand<'a>(customer: &'a CustomerId, work: &'a Work) -> CaseOpening<'a> {
    CaseOpening { customer, case_type: "complaint", about: "嫌贵", work, as_of: AsOf(hour(0)) }
}

async fn person(store: &Store, name: &str) -> i64 {
    let new = NewStaff {
        name: name.to_owned(),
        email: format!("{name}@example.cn"),
        role: Role::Owner,
        owner_key: Some(name.to_owned()),
        unit_id: None,
        password_hash: "x".to_owned(),
    };
    store.add_staff(&new, "x", hour(0)).await.unwrap().id
}

async fn the_case(store: &Store, id: i64) -> CaseRecord {
    store.case(&Scope::All, id).await.unwrap().unwrap()
}

fn task(title: &str, staff_id: Option<i64>) -> NewCaseTask {
    NewCaseTask { title: title.to_owned(), staff_id, due_at: Some(hour(30)) }
}

pub async fn every_move_is_kept_with_what_was_said_and_who_was_faster_is_told(door: Door) {
    let store = door.open().await;
    with_cases(&store, &["A"]).await;
    let step = |work: &Work| Ok(Work { desk: Some("li".to_owned()), passes: 1, most_passes: 1, ..work.clone() });
    let handing = CaseMoving {
        does: Verb::Transfer,
        step: &step,
        said: Some("我去休假"),
        closing: None,
        ended_as: None,
        churn_reason: None,
    };
    let moved = store.move_case(&Scope::All, 1, 1, handing, "wang", hour(1)).await.unwrap();
    assert_eq!((moved.version, moved.assigned_to.as_deref(), moved.passes), (2, Some("li"), 1));
    assert_eq!((moved.stage.as_str(), moved.stage_since), ("new", hour(0)), "it stays where it was");
    let late = store.move_case(&Scope::All, 1, 1, handing, "zhao", hour(1)).await.unwrap_err();
    assert_eq!((late.is_conflict(), late.current_version()), (true, Some(2)));

    store.accept_case(&Scope::All, 1, 2, "li", hour(3)).await.unwrap();
    let step =
        |work: &Work| Ok(Work { acted_at: Some(hour(4)), review_by: Some(hour(200)), passes: 0, ..work.clone() });
    let acted = store.move_with(&Scope::All, (1, 3), Verb::Act, &step, ("li", hour(4))).await.unwrap();
    assert_eq!((acted.acted_by.as_deref(), acted.due_at, acted.most_passes), (Some("li"), Some(hour(200)), 1));
    let step = |work: &Work| ended(work, hour(5));
    let moving = CaseMoving {
        does: Verb::Close,
        step: &step,
        said: None,
        closing: Some(CHURNED),
        ended_as: None,
        churn_reason: Some("competitor"),
    };
    let closed = store.move_case(&Scope::All, 1, 4, moving, "li", hour(5)).await.unwrap();
    assert_eq!((closed.churn_reason.as_deref(), closed.stage.as_str()), (Some("competitor"), "closed"));
    let refused = CaseMoving { closing: None, ..moving };
    with_cases(&store, &["B"]).await;
    assert!(store.move_case(&Scope::All, 2, 1, refused, "li", hour(5)).await.unwrap_err().is_refused());

    let steps = &store.case_steps(&Scope::All, &[1], None).await.unwrap()[&1];
    let told: Vec<(&str, &str, Option<&str>, Option<&str>)> = steps
        .iter()
        .map(|step| (step.what.as_str(), step.stage.as_str(), step.assigned_to.as_deref(), step.said.as_deref()))
        .collect();
    let wanted = [
        ("opened", "new", None, None),
        ("transferred", "new", Some("li"), Some("我去休假")),
        ("accepted", "accepted", Some("li"), None),
        ("acted", "accepted", Some("li"), None),
        ("closed", "closed", Some("li"), Some("去了竞品")),
    ];
    assert_eq!(told, wanted);
    assert_eq!((steps[4].outcome, steps[4].stage_since), (Some(CaseOutcome::Churned), hour(5)));
    assert_eq!(store.as_recorded(&Scope::All, hour(4)).await.unwrap().cases[0].stage, "accepted");
}

pub async fn a_case_is_opened_again_unless_the_customer_has_another(door: Door) {
    let store = door.open().await;
    with_cases(&store, &["A"]).await;
    store.close_case(&Scope::All, 1, 1, "wang", CHURNED, hour(1)).await.unwrap();
    let step = |work: &Work| {
        Ok(Work {
            state: Far::Accepted,
            stage: "accepted".to_owned(),
            stage_since: hour(2),
            reopened: 1,
            ..work.clone()
        })
    };
    let open = store.move_with(&Scope::All, (1, 2), Verb::Reopen, &step, ("li", hour(2))).await.unwrap();
    assert_eq!((open.state, open.outcome, open.note, open.closed_at), (CaseState::Accepted, None, None, None));
    assert_eq!((open.reopened_count, open.due_at), (1, Some(hour(24))));
    let shown = store.alert(&Scope::All, 1).await.unwrap().unwrap();
    assert_eq!(shown.case_state, Some(CaseState::Accepted), "its alerts say so too");

    store.close_case(&Scope::All, 1, 3, "wang", CHURNED, hour(3)).await.unwrap();
    apply(&store, &opening(vec![]), &working(vec![case("A", hour(4))]), hour(4)).await;
    let second = store.move_with(&Scope::All, (1, 4), Verb::Reopen, &step, ("li", hour(5))).await.unwrap_err();
    assert!(second.is_conflict(), "{second}");
    assert_eq!(the_case(&store, 1).await.state, CaseState::Closed);
}

pub async fn what_a_person_opens_takes_no_place_and_outlives_its_alerts(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "li")]).await;
    let alerts = vec![alert("A", "price", Severity::Info)];
    apply(&store, &opening(alerts), &ActionPlan::default(), hour(0)).await;
    let (a, b, new) = (CustomerId::from("A"), CustomerId::from("B"), work(hour(1)));
    let opened = store.open_case(&mine(&["wang"]), by_hand(&a, &new), "wang", hour(1)).await.unwrap();
    assert_eq!((opened.case_type.as_str(), opened.stage.as_str(), opened.version), ("complaint", "new", 1));
    assert_eq!((opened.opened_by.as_str(), opened.about.as_deref()), ("wang", Some("嫌贵")));
    assert_eq!((opened.tier.as_deref(), opened.due_at), (Some("high"), Some(hour(3))));
    assert_eq!(store.alert(&Scope::All, 1).await.unwrap().unwrap().case_id, Some(opened.id), "what stood alone joins");
    assert!(store.open_case(&Scope::All, by_hand(&a, &new), "li", hour(1)).await.unwrap_err().is_conflict());
    assert!(store.open_case(&mine(&["wang"]), by_hand(&b, &new), "wang", hour(1)).await.unwrap_err().is_not_found());

    let desk = store.desk(&Scope::All).await.unwrap();
    assert_eq!(desk.open_cases[0].state, Far::Accepted, "no cycle clears it and no budget counts it");
    assert!(store.cases_opened(&Scope::All, hour(0)).await.unwrap().is_empty());
    let until = Snoozing { until: hour(90), reason: "等等", health: None };
    let alone = store.alert(&Scope::All, 1).await.unwrap().unwrap();
    store.snooze_alert(&Scope::All, 1, alone.version, until, "wang", hour(2)).await.unwrap();
    assert_eq!(the_case(&store, opened.id).await.state, CaseState::New, "the complaint is there without an alert");
}

pub async fn a_task_that_is_done_is_an_act_and_remarks_stay(door: Door) {
    let store = door.open().await;
    let (wang, li) = (person(&store, "wang").await, person(&store, "li").await);
    with_cases(&store, &["A"]).await;
    let step = |work: &Work| Ok(Work { passes: 3, most_passes: 3, ..work.clone() });
    store.move_with(&Scope::All, (1, 1), Verb::Transfer, &step, ("wang", hour(1))).await.unwrap();
    let added = store.add_case_task(&Scope::All, 1, &task("发报价", Some(li)), "wang", hour(1)).await.unwrap();
    assert_eq!((added.version, added.staff_id, added.done_at), (1, Some(li), None));
    let change = TaskChange { task: task("发新报价", Some(wang)), done: false };
    let of = (1, added.id, 1);
    let changed = store.change_case_task(&Scope::All, of, &change, "wang", hour(2)).await.unwrap();
    assert_eq!((changed.version, changed.title.as_str()), (2, "发新报价"));
    let late = store.change_case_task(&Scope::All, of, &change, "li", hour(2)).await.unwrap_err();
    assert_eq!((late.is_conflict(), late.current_version()), (true, Some(2)));
    assert_eq!(the_case(&store, 1).await.passes, 3, "a task to do is not yet an act");
    let done = TaskChange { done: true, ..change };
    let done_one = store.change_case_task(&Scope::All, (1, added.id, 2), &done, "wang", hour(3)).await.unwrap();
    assert_eq!((done_one.done_at, done_one.done_by.as_deref()), (Some(hour(3)), Some("wang")));
    let after = the_case(&store, 1).await;
    assert_eq!((after.passes, after.most_passes, after.version), (0, 3, 3));
    let steps = &store.case_steps(&Scope::All, &[1], None).await.unwrap()[&1];
    assert_eq!((steps[2].what.as_str(), steps[2].said.as_deref()), ("task_done", Some("发新报价")));
    let undone = TaskChange { done: false, ..done };
    let again = store.change_case_task(&Scope::All, (1, added.id, 3), &undone, "wang", hour(4)).await.unwrap();
    assert_eq!((again.done_at, again.done_by), (None, None));
    assert!(
        store.change_case_task(&Scope::All, (9, added.id, 4), &undone, "x", hour(4)).await.unwrap_err().is_not_found()
    );

    store.add_case_comment(&Scope::All, 1, ("@li 看一下", &[li]), "wang", hour(5)).await.unwrap();
    store.add_case_comment(&Scope::All, 1, ("好", &[]), "li", hour(6)).await.unwrap();
    let said = store.case_comments(&Scope::All, 1).await.unwrap();
    let told: Vec<(&str, &str, &[i64])> =
        said.iter().map(|one| (one.body.as_str(), one.actor.as_str(), one.mentions.as_slice())).collect();
    assert_eq!(told, [("@li 看一下", "wang", &[li][..]), ("好", "li", &[])]);
    let calls = store.case_calls(&Scope::All, hour(5)).await.unwrap();
    let called: Vec<_> = calls.iter().map(|one| (one.case, &one.whom, one.by.as_str(), one.said.as_deref())).collect();
    assert_eq!(
        called,
        [(1, &Called::Mentioned(vec![li]), "wang", Some("@li 看一下"))],
        "who is named in none is not called"
    );
    let counts = |before| store.case_comment_counts(&Scope::All, &[1, 9], before);
    assert_eq!(counts(None).await.unwrap().into_iter().collect::<Vec<_>>(), [(1, 2)]);
    assert_eq!(counts(Some(hour(6))).await.unwrap().into_iter().collect::<Vec<_>>(), [(1, 1)]);

    let closed = store.close_case(&Scope::All, 1, 3, "wang", CHURNED, hour(7)).await;
    closed.unwrap();
    assert!(store.add_case_task(&Scope::All, 1, &task("晚了", None), "wang", hour(8)).await.unwrap_err().is_conflict());
    assert!(store.add_case_comment(&Scope::All, 1, ("可惜", &[]), "wang", hour(8)).await.is_ok());
}

pub async fn lists_are_by_whose_by_type_and_by_stage(door: Door) {
    let store = door.open().await;
    let (wang, li) = (person(&store, "wang").await, person(&store, "li").await);
    with_cases(&store, &["A", "B", "C"]).await;
    let (d, new) = (CustomerId::from("D"), work(hour(0)));
    store.open_case(&Scope::All, by_hand(&d, &new), "wang", hour(0)).await.unwrap();
    store.assign_case(&Scope::All, 1, 1, "li", "x", hour(1)).await.unwrap();
    store.accept_case(&Scope::All, 2, 1, "x", hour(1)).await.unwrap();
    store.close_case(&Scope::All, 3, 1, "x", CHURNED, hour(1)).await.unwrap();
    store.add_case_task(&Scope::All, 2, &task("打电话", Some(wang)), "x", hour(1)).await.unwrap();
    store.add_case_comment(&Scope::All, 1, ("@wang", &[wang]), "x", hour(1)).await.unwrap();

    let found = async |filter: CaseFilter| {
        let page = store.cases(&Scope::All, &filter, CaseSlice::default()).await.unwrap();
        assert_eq!(store.case_count(&Scope::All, &filter).await.unwrap(), page.total);
        let mut names: Vec<String> = page.rows.iter().map(|row| row.customer_id.to_string()).collect();
        names.sort();
        names.join(" ")
    };
    let whose = |whose| CaseFilter { whose: Some(whose), ..CaseFilter::default() };
    let my = |desk: &str, staff| Whose::Mine { desk: desk.to_owned(), staff };
    assert_eq!(found(whose(my("wang", wang))).await, "B D", "on the desk, or with a task");
    assert_eq!(found(whose(my("li", li))).await, "A");
    assert_eq!(found(whose(Whose::Desks(vec!["wang".to_owned(), "li".to_owned()]))).await, "A D");
    assert_eq!(found(whose(Whose::Pool)).await, "B C");
    assert_eq!(found(whose(Whose::Mentioning(wang))).await, "A");
    let typed = CaseFilter { case_types: vec!["complaint".to_owned()], ..CaseFilter::default() };
    assert_eq!(found(typed.clone()).await, "D");
    let staged = CaseFilter { stages: vec!["accepted".to_owned(), "closed".to_owned()], ..CaseFilter::default() };
    assert_eq!(found(staged.clone()).await, "B C");
    assert_eq!(found(CaseFilter { overdue_at: Some(hour(3)), ..CaseFilter::default() }).await, "A D");

    let page = store.cases(&Scope::All, &typed, CaseSlice::default()).await.unwrap();
    assert_eq!(
        page.type_counts.into_iter().collect::<Vec<_>>(),
        [("complaint".to_owned(), 1), ("retention".to_owned(), 3)]
    );
    assert_eq!(page.state_counts.into_iter().collect::<Vec<_>>(), [(CaseState::New, 1)], "of that type");
    let page = store.cases(&Scope::All, &staged, CaseSlice::default()).await.unwrap();
    let counts: Vec<(String, u64)> = page.stage_counts.into_iter().collect();
    assert_eq!(counts, [("accepted".to_owned(), 1), ("closed".to_owned(), 1), ("new".to_owned(), 2)]);

    let loads = store.desk_loads().await.unwrap();
    assert_eq!((loads["li"].open, loads["wang"].open, loads.len()), (1, 1, 2));
    assert_eq!(loads["li"].given_at, Some(hour(0)));
}

pub async fn advice_fills_one_task_at_a_time_and_it_waits_for_its_person(door: Door) {
    let store = door.open().await;
    let (wang, li) = (person(&store, "wang").await, person(&store, "li").await);
    with_cases(&store, &["A", "B"]).await;
    let advised = |version| Advised { id: "usage".to_owned(), version };
    let fill = async |title: &str, staff, version, at| {
        let new = task(title, staff);
        store.add_advised_task(&Scope::All, 1, (&new, &advised(version)), "wang", hour(at)).await.unwrap()
    };
    let (first, is_new) = fill("一对一回访", Some(li), 0, 1).await;
    assert_eq!((is_new, first.advice.clone()), (true, Some(advised(0))));
    assert_eq!(fill("换一句", None, 3, 2).await, (first.clone(), false), "one waits: it is the answer");
    let plain = store.add_case_task(&Scope::All, 2, &task("发报价", None), "wang", hour(2)).await.unwrap();
    let waits = async |staff, desk: &str| {
        let waiting = store.tasks_waiting(&Scope::All, (staff, desk)).await.unwrap();
        waiting.into_iter().map(|one| (one.task.id, one.customer_id.to_string())).collect::<Vec<_>>()
    };
    let step = |work: &Work| Ok(Work { desk: Some("wang".to_owned()), ..work.clone() });
    store.move_with(&Scope::All, (2, 1), Verb::Assign, &step, ("boss", hour(2))).await.unwrap();
    assert_eq!(waits(li, "li").await, [(first.id, "A".to_owned())]);
    assert_eq!(waits(wang, "wang").await, [(plain.id, "B".to_owned())], "for nobody: whoever has the case");
    let change = TaskChange { task: task("一对一回访", Some(li)), done: true };
    store.change_case_task(&Scope::All, (1, first.id, 1), &change, "li", hour(3)).await.unwrap();
    assert!(waits(li, "li").await.is_empty());
    let (next, is_new) = fill("再访", None, 1, 4).await;
    assert_eq!((is_new, next.advice), (true, Some(advised(1))), "the one before is done");
    let followed = store.advice_followed(&Scope::All).await.unwrap();
    let told = followed.iter().map(|one| (one.advice.version, one.taken, one.done, one.cases.values().sum::<u64>()));
    assert_eq!(told.collect::<Vec<_>>(), [(0, 1, 1, 1), (1, 1, 0, 1)], "by version");
    let theirs = Scope::Owners(std::collections::BTreeSet::from(["zhao".to_owned()]));
    assert!(store.advice_followed(&theirs).await.unwrap().is_empty(), "nobody's case is not theirs");
    // What a closed case left undone waits for nobody, and nothing is added to it.
    let step = |work: &Work| ended(work, hour(5));
    let closing = CaseMoving {
        does: Verb::Close,
        step: &step,
        said: None,
        closing: Some(CHURNED),
        ended_as: None,
        churn_reason: Some("price"),
    };
    store.move_case(&Scope::All, 2, 2, closing, "wang", hour(5)).await.unwrap();
    assert!(waits(wang, "wang").await.is_empty());
    let late = store.add_advised_task(&Scope::All, 2, (&task("x", None), &advised(0)), "x", hour(6)).await;
    assert!(late.unwrap_err().is_conflict());
}

pub async fn a_case_ends_in_the_word_of_its_type(door: Door) {
    let store = door.open().await;
    with_cases(&store, &["A", "B"]).await;
    let step = |work: &Work| ended(work, hour(1));
    let closing = |ended_as| CaseMoving {
        does: Verb::Close,
        step: &step,
        said: None,
        closing: Some(Closing { outcome: CaseOutcome::Retained, note: None }),
        ended_as,
        churn_reason: None,
    };
    let solved = store.move_case(&Scope::All, 1, 1, closing(Some("solved")), "wang", hour(1)).await.unwrap();
    assert_eq!((solved.ended_in(), solved.outcome), (Some("solved"), Some(CaseOutcome::Retained)));
    assert_eq!(the_case(&store, 1).await.ended_in(), Some("solved"));
    let usual = store.move_case(&Scope::All, 2, 1, closing(Some("retained")), "wang", hour(1)).await.unwrap();
    assert_eq!(
        (usual.ended_in(), usual.ended_as.as_deref()),
        (Some("retained"), None),
        "the same word is not kept twice"
    );
    let steps = &store.case_steps(&Scope::All, &[1], None).await.unwrap()[&1];
    assert_eq!(steps.last().unwrap().ended_in(), Some("solved"));
    let then = store.as_recorded(&Scope::All, hour(2)).await.unwrap().cases;
    assert_eq!(then.iter().find(|case| case.id == 1).unwrap().ended_in(), Some("solved"));
    let again = |work: &Work| Ok(Work { state: Far::Accepted, stage: "accepted".to_owned(), ..work.clone() });
    let opened = store.move_with(&Scope::All, (1, 2), Verb::Reopen, &again, ("wang", hour(3))).await.unwrap();
    assert_eq!((opened.ended_in(), opened.ended_as.as_deref()), (None, None));
}

/// Customers A, B and C are wang's, li's and nobody's, each with an alert and a case of the same number.
pub async fn nobody_touches_what_is_not_theirs(store: &Store) {
    let (wang, now) = (mine(&["wang"]), hour(1));
    let b = CustomerId::from("B");
    let new = work(now);
    let step = |work: &Work| Ok(work.clone());
    let mut tasks = Vec::new();
    let seven = person(store, "seven").await;
    for id in 1..=3 {
        tasks.push(store.add_case_task(&Scope::All, id, &task("看看", Some(seven)), "x", now).await.unwrap());
        store.add_case_comment(&Scope::All, id, ("记一笔", &[]), "x", now).await.unwrap();
    }
    for id in [2, 3] {
        let refused = [
            store.move_with(&wang, (id, 1), Verb::Nudge, &step, ("wang", now)).await.map(drop),
            store.add_case_task(&wang, id, &task("看看", None), "wang", now).await.map(drop),
            store.add_case_comment(&wang, id, ("看到了", &[]), "wang", now).await.map(drop),
            store
                .add_advised_task(
                    &wang,
                    id,
                    (&task("看看", None), &Advised { id: "usage".to_owned(), version: 0 }),
                    "wang",
                    now,
                )
                .await
                .map(drop),
            store
                .change_case_task(
                    &wang,
                    (id, tasks[id as usize - 1].id, 1),
                    &TaskChange { task: task("看看", None), done: true },
                    "wang",
                    now,
                )
                .await
                .map(drop),
        ];
        assert!(refused.into_iter().all(|one| one.unwrap_err().is_not_found()));
        assert!(store.case_comments(&wang, id).await.unwrap().is_empty());
    }
    assert!(store.open_case(&wang, by_hand(&b, &new), "wang", now).await.unwrap_err().is_not_found());
    let every = CaseFilter::default();
    for (scope, ids) in [(Scope::All, vec![1, 2, 3]), (wang, vec![1]), (mine(&["zhao"]), vec![])] {
        assert_eq!(store.case_count(&scope, &every).await.unwrap(), ids.len() as u64);
        let of: Vec<i64> = store.case_tasks(&scope, &[1, 2, 3]).await.unwrap().iter().map(|one| one.case_id).collect();
        assert_eq!(of, ids, "tasks as {scope:?}");
        let called = store.case_calls(&scope, hour(0)).await.unwrap();
        assert_eq!(called.iter().map(|one| one.case).collect::<Vec<_>>(), ids, "calls as {scope:?}");
        assert!(called.iter().all(|one| one.whom == Called::Task(seven)));
        let counted = store.case_comment_counts(&scope, &[1, 2, 3], None).await.unwrap();
        assert_eq!(counted.into_keys().collect::<Vec<_>>(), ids, "remarks as {scope:?}");
        let waiting = store.tasks_waiting(&scope, (seven, "nobody's")).await.unwrap();
        assert_eq!(waiting.iter().map(|one| one.task.case_id).collect::<Vec<_>>(), ids, "what waits as {scope:?}");
    }
}
