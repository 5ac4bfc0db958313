//! Cases as a team works them: moves, tasks, remarks, lists.

use app::view::{
    CaseRow, CaseTaskChange, CaseWork, MoveCase, NewCase, NewCaseComment, NewCaseTask, NewStaff, SignInRequest,
    StaffRequest, UnitRequest,
};
use app::{CaseQuery, Class, Reader};
use vocab::{AsOf, Instant};

use crate::world::{House, everyone, firm, midnight, scored};

/// Somebody who works here, signed in.
pub(crate) async fn person(house: &House, name: &str, role: &str, owner_key: Option<&str>) -> (i64, Reader) {
    let new = NewStaff {
        name: name.to_owned(),
        email: format!("{name}@example.com"),
        password: "long enough".to_owned(),
        role: role.to_owned(),
        owner_key: owner_key.map(str::to_owned),
        unit_id: None,
    };
    let id = house.app.add_staff(&everyone(), new, house.now).await.unwrap().id;
    (id, signed_in(house, name).await)
}

pub(crate) async fn signed_in(house: &House, name: &str) -> Reader {
    let request = SignInRequest { email: format!("{name}@example.com"), password: "long enough".to_owned() };
    let (secret, _) = house.app.sign_in(request, "peer", house.now).await.unwrap();
    house.app.session(Some(&secret), None, house.now).await.unwrap()
}

fn query() -> CaseQuery {
    CaseQuery { limit: 500, ..CaseQuery::default() }
}

/// A case on an owner's desk.
pub(crate) async fn a_case(house: &House) -> CaseRow {
    let rows = house.app.cases(&everyone(), &query(), None, house.now).await.unwrap().rows;
    rows.into_iter().find(|row| row.assigned_to.is_some() && row.owner == row.assigned_to).unwrap()
}

fn moving(work: &CaseRow, by: &str) -> MoveCase {
    MoveCase { version: work.version, by: by.to_owned(), ..MoveCase::default() }
}

fn offered(work: &CaseWork) -> Vec<&str> {
    work.moves.iter().map(|one| one.does.as_str()).collect()
}

fn later(house: &House, minutes: i64) -> Instant {
    house.now.plus_micros(minutes * 60_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_from_hand_to_hand_and_every_step_says_who_when_and_why() {
    let house = scored().await;
    let case = a_case(&house).await;
    let owner = case.owner.clone().unwrap();
    let (_, wang) = person(&house, "wang", "owner", Some(&owner)).await;
    let (chen, service) = person(&house, "chen", "service", None).await;
    let app = &house.app;
    let first = app.case_work(&wang, case.id, house.now).await.unwrap();
    assert_eq!((first.case.stage.as_str(), first.case.due_for.as_deref()), ("new", Some("acknowledge")));
    assert_eq!(first.case.assigned_name.as_deref(), Some("wang"));
    assert_eq!(
        offered(&first),
        ["acknowledge", "assign", "transfer", "close"],
        "nobody heads wang, nobody urges themselves"
    );
    assert!(first.people.iter().any(|one| one.id == chen));

    let nameless = app.move_case(&wang, case.id, moving(&first.case, "transfer"), house.now).await.unwrap_err();
    assert_eq!(nameless.code(), "bad_reason");
    let handing =
        MoveCase { reason: Some("下周休假".to_owned()), to: Some(chen), ..moving(&first.case, "transfer") };
    let handed = app.move_case(&wang, case.id, handing.clone(), later(&house, 30)).await.unwrap();
    assert_eq!((handed.case.assigned_name.as_deref(), handed.case.passes), (Some("chen"), 1));
    let stale = app.move_case(&wang, case.id, handing, later(&house, 31)).await.unwrap_err();
    assert_eq!(stale.code(), "version_conflict");
    assert!(stale.detail().zh.contains("wang") && stale.detail().zh.contains("已转交"), "{}", stale.detail().zh);
    let request = MoveCase { reason: Some("还给我".to_owned()), to: Some(chen), ..moving(&handed.case, "transfer") };
    assert_eq!(app.move_case(&wang, case.id, request, later(&house, 32)).await.unwrap_err().code(), "not_yours");
    let urged = app.move_case(&wang, case.id, moving(&handed.case, "nudge"), later(&house, 33)).await.unwrap();
    assert_eq!((urged.case.nudge_count, &urged.case.due_at), (1, &handed.case.due_at), "urging moves no clock");

    let early = app.move_case(&service, case.id, moving(&urged.case, "act"), later(&house, 34)).await.unwrap_err();
    assert_eq!(early.code(), "note_needed");
    let early = MoveCase { note: Some("打过电话".to_owned()), ..moving(&urged.case, "act") };
    let early = app.move_case(&service, case.id, early, later(&house, 34)).await.unwrap_err();
    assert_eq!(early.code(), "move_not_allowed");
    assert!(early.hint().en.contains("Accept") && early.detail().en.contains("To take up"), "{early}");
    let taken = app.move_case(&service, case.id, moving(&urged.case, "acknowledge"), later(&house, 60)).await.unwrap();
    let act = MoveCase { note: Some("客户答应月底再谈".to_owned()), ..moving(&taken.case, "act") };
    let acted = app.move_case(&service, case.id, act, later(&house, 120)).await.unwrap();
    assert_eq!((acted.case.stage.as_str(), acted.case.due_for.as_deref()), ("contacted", Some("review")));
    assert_eq!((acted.case.passes, acted.case.most_passes), (0, 1));

    let left = MoveCase { outcome: Some("churned".to_owned()), ..moving(&acted.case, "close") };
    let unsaid = app.move_case(&service, case.id, left.clone(), later(&house, 180)).await.unwrap_err();
    assert_eq!(unsaid.code(), "bad_churn_reason");
    let left = MoveCase { churn_reason: Some("price".to_owned()), ..left };
    let closed = app.move_case(&service, case.id, left, later(&house, 180)).await.unwrap();
    assert_eq!((closed.case.state.as_str(), closed.case.churn_reason.as_deref()), ("closed", Some("price")));
    assert_eq!(closed.case.churn_reason_name.as_ref().unwrap().zh, "价格或合同问题");
    assert_eq!(offered(&closed), ["reopen"]);
    let again = MoveCase { reason: Some("客户又来了".to_owned()), ..moving(&closed.case, "reopen") };
    let again = app.move_case(&service, case.id, again, later(&house, 240)).await.unwrap();
    assert_eq!((again.case.stage.as_str(), again.case.outcome.as_deref()), ("accepted", None));

    let steps: Vec<(&str, &str, Option<&str>)> =
        again.case.steps.iter().map(|step| (step.what.as_str(), step.actor.as_str(), step.note.as_deref())).collect();
    let wanted = [
        ("opened", "liuke", None),
        ("transferred", "wang", Some("下周休假")),
        ("nudged", "wang", None),
        ("accepted", "chen", None),
        ("acted", "chen", Some("客户答应月底再谈")),
        ("closed", "chen", None),
        ("reopened", "chen", Some("客户又来了")),
    ];
    assert_eq!(steps, wanted);
    let seconds: Vec<u64> = again.case.steps.iter().map(|step| step.stage_seconds).collect();
    assert_eq!(seconds, [0, 30 * 60, 33 * 60, 60 * 60, 60 * 60, 60 * 60, 60 * 60], "since it came to the stage");
    assert!(again.case.steps.iter().all(|step| step.working_seconds <= step.stage_seconds));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_nobodys_is_claimed_and_what_is_stuck_goes_to_the_head() {
    let house = scored().await;
    let case = a_case(&house).await;
    let owner = case.owner.clone().unwrap();
    let (wang, _) = person(&house, "wang", "owner", Some(&owner)).await;
    let (boss, _) = person(&house, "boss", "manager", None).await;
    let admin = person(&house, "admin", "admin", None).await.1;
    let app = &house.app;
    let reader = signed_in(&house, "wang").await;
    let stuck = MoveCase { reason: Some("客户不接电话".to_owned()), ..moving(&case, "escalate") };
    let alone = app.move_case(&reader, case.id, stuck.clone(), house.now).await.unwrap_err();
    assert_eq!(alone.code(), "no_head");

    let unit =
        UnitRequest { version: None, name: "华东".to_owned(), parent_id: None, heads: vec![boss], work_hours: None };
    let unit = app.add_unit(&admin, unit, house.now).await.unwrap().units[0].id;
    let one = app.staff(&admin).await.unwrap().into_iter().find(|one| one.id == wang).unwrap();
    let change = StaffRequest {
        version: 1,
        name: one.name,
        email: one.email,
        role: one.role,
        owner_key: one.owner_key,
        unit_id: Some(unit),
        active: true,
    };
    app.change_staff(&admin, wang, change, house.now).await.unwrap();
    let (reader, head) = (signed_in(&house, "wang").await, signed_in(&house, "boss").await);
    assert!(offered(&app.case_work(&reader, case.id, house.now).await.unwrap()).contains(&"escalate"));
    let up = app.move_case(&reader, case.id, stuck, later(&house, 5)).await.unwrap();
    assert_eq!((up.case.assigned_name.as_deref(), up.case.passes), (Some("boss"), 0));
    assert!(up.case.escalated_at.is_some());
    let down = MoveCase { to: Some(wang), ..moving(&up.case, "assign") };
    let down = app.move_case(&head, case.id, down, later(&house, 6)).await.unwrap();
    assert_eq!(
        (down.case.assigned_name.as_deref(), down.case.passes),
        (Some("wang"), 1),
        "handed back with nothing done"
    );

    let team = CaseQuery { who: Some("team".to_owned()), ..query() };
    let mine = CaseQuery { who: Some("mine".to_owned()), ..query() };
    let listed = app.cases(&head, &team, None, house.now).await.unwrap();
    assert!(listed.rows.iter().any(|row| row.id == case.id), "the head sees the team's desks");
    assert!(app.cases(&head, &mine, None, house.now).await.unwrap().rows.is_empty());
    let count = |who: &str| listed.who_counts.iter().find(|one| one.key == who).unwrap().count;
    assert_eq!((count("mine"), count("team")), (0, listed.total));
    assert_eq!(listed.state_counts.iter().map(|one| one.count).sum::<u64>(), listed.total);

    // Nobody's: opened by hand where the rule finds nobody is claimed by whoever sees it.
    let unseen = app.cases(&reader, &CaseQuery { who: Some("everyone".to_owned()), ..query() }, None, house.now).await;
    assert_eq!(unseen.unwrap_err().code(), "bad_filter");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_opened_by_hand_and_answered_within_the_hour() {
    let house = scored().await;
    let open = house.app.cases(&everyone(), &query(), None, house.now).await.unwrap().rows;
    let customers = house.app.customers(&everyone().scope, &crate::world::all(), None, house.now).await.unwrap().rows;
    let free = customers.iter().find(|one| !open.iter().any(|case| case.customer_id == one.id)).unwrap();
    let asked = |customer: &str, type_id: &str| NewCase {
        customer_id: customer.to_owned(),
        type_id: type_id.to_owned(),
        about: "说报表不准".to_owned(),
        severity: Some("urgent".to_owned()),
        to: None,
    };
    let at = midnight("2025-07-01 10:00");
    let app = &house.app;
    let work = app.open_case(&everyone(), asked(&free.id, "complaint"), at).await.unwrap();
    assert_eq!((work.case.type_id.as_str(), work.case.due_for.as_deref()), ("complaint", Some("reply")));
    assert_eq!(work.case.due_at.as_deref(), Some("2025-07-01T03:00:00Z"), "eleven o'clock in Shanghai");
    assert_eq!((work.case.about.as_deref(), work.case.opened_by.as_str()), (Some("说报表不准"), "command line"));
    assert_eq!(app.open_case(&everyone(), asked(&free.id, "complaint"), at).await.unwrap_err().code(), "case_open");
    assert_eq!(app.open_case(&everyone(), asked(&free.id, "luck"), at).await.unwrap_err().code(), "bad_case_type");
    let nobody = app.open_case(&everyone(), asked("nobody", "complaint"), at).await.unwrap_err();
    assert_eq!(nobody.class(), Class::NotFound);
    // The next cycle leaves it alone, though no alert speaks for it.
    app.run_cycle(AsOf(midnight("2025-07-02")), midnight("2025-07-02 01:00")).await.unwrap();
    let still = app.case_work(&everyone(), work.case.id, midnight("2025-07-02 09:30")).await.unwrap();
    assert_eq!((still.case.state.as_str(), still.case.clock.as_deref()), ("new", Some("overdue")));
    let late = CaseQuery { overdue: true, case_types: vec!["complaint".to_owned()], ..query() };
    let late = app.cases(&everyone(), &late, None, midnight("2025-07-02 09:30")).await.unwrap();
    assert_eq!((late.total, late.overdue_count), (1, 1));
    let count = |key: &str| late.type_counts.iter().find(|one| one.key == key).unwrap().count;
    assert_eq!(count("complaint"), 1);
    let reply = MoveCase { note: Some("正在处理".to_owned()), ..moving(&still.case, "reply") };
    let replied = app.move_case(&everyone(), work.case.id, reply, midnight("2025-07-02 09:40")).await.unwrap();
    assert_eq!((replied.case.stage.as_str(), replied.case.due_for.as_deref()), ("replied", Some("act")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_has_a_person_and_a_day_and_a_remark_calls_a_colleague() {
    let house = scored().await;
    let case = a_case(&house).await;
    let (_, wang) = person(&house, "王芳", "owner", case.owner.as_deref()).await;
    let (chen, service) = person(&house, "陈晨", "service", None).await;
    let (stranger, _) = person(&house, "外人", "owner", Some("nobody's")).await;
    let app = &house.app;
    let task = |to, due: &str| NewCaseTask { title: "发新报价".to_owned(), to, due: Some(due.to_owned()) };
    let blind = app.add_case_task(&wang, case.id, task(Some(stranger), "2025-07-02"), house.now).await.unwrap_err();
    assert_eq!(blind.code(), "cannot_see");
    assert_eq!(app.add_case_task(&wang, case.id, task(None, "soon"), house.now).await.unwrap_err().code(), "bad_due");
    let work = app.add_case_task(&wang, case.id, task(Some(chen), "2025-07-01"), house.now).await.unwrap();
    let one = &work.tasks[0];
    assert_eq!((one.who.as_deref(), one.clock.as_deref()), (Some("陈晨"), Some("due_today")), "a day means its end");
    assert_eq!(one.due_at.as_deref(), Some("2025-07-01T15:59:59.999999Z"));
    assert_eq!(work.case.open_task_count, 1);
    let mine = CaseQuery { who: Some("mine".to_owned()), ..query() };
    assert_eq!(app.cases(&service, &mine, None, house.now).await.unwrap().total, 1, "a task of mine is work of mine");
    let change = |version| CaseTaskChange { version, done: Some(true), title: None, to: None, due: None };
    let done = app.change_case_task(&service, (case.id, one.id), change(1), later(&house, 9)).await.unwrap();
    assert_eq!((done.tasks[0].done_by.as_deref(), done.case.open_task_count), (Some("陈晨"), 0));
    assert_eq!(done.case.steps.last().unwrap().what, "task_done");
    let stale = app.change_case_task(&wang, (case.id, one.id), change(1), later(&house, 10)).await.unwrap_err();
    assert_eq!(stale.code(), "version_conflict");
    assert!(stale.detail().zh.contains("陈晨"), "{}", stale.detail().zh);

    let say = |body: &str| NewCaseComment { body: body.to_owned() };
    let said = app.add_case_comment(&wang, case.id, say("@陈晨 麻烦跟一下，@外人 不知情"), house.now).await.unwrap();
    let named: Vec<&str> = said.comments[0].mentions.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(named, ["陈晨"], "who does not see the customer is not called");
    assert_eq!(said.case.comment_count, 1);
    let called = CaseQuery { who: Some("mentioned".to_owned()), ..query() };
    assert_eq!(app.cases(&service, &called, None, house.now).await.unwrap().total, 1);
    assert_eq!(app.cases(&wang, &called, None, house.now).await.unwrap().total, 0);
    assert_eq!(app.add_case_comment(&wang, case.id, say(" "), house.now).await.unwrap_err().code(), "bad_comment");
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_of_whoever_left_go_to_the_service_by_turns() {
    let house = firm().await;
    let owners = house.app.customers(&everyone().scope, &crate::world::all(), None, house.now).await.unwrap().owners;
    let gone = &owners[0];
    let (id, _) = person(&house, "left", "owner", Some(gone)).await;
    for name in ["chen", "zhou"] {
        person(&house, name, "service", None).await;
    }
    let change = StaffRequest {
        version: 1,
        name: "left".to_owned(),
        email: "left@example.com".to_owned(),
        role: "owner".to_owned(),
        owner_key: Some(gone.clone()),
        unit_id: None,
        active: false,
    };
    house.app.change_staff(&everyone(), id, change, house.now).await.unwrap();
    house.app.run_cycle(AsOf(midnight("2025-07-01")), house.now).await.unwrap();
    let rows = house.app.cases(&everyone(), &query(), None, house.now).await.unwrap().rows;
    let (theirs, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.owner.as_ref() == Some(gone));
    assert!(!theirs.is_empty() && !others.is_empty());
    let with = |row: &CaseRow, name: &str| row.assigned_name.as_deref() == Some(name);
    assert!(theirs.iter().all(|row| with(row, "chen") || with(row, "zhou")));
    let of = |name: &str| rows.iter().filter(|row| with(row, name)).count();
    assert!(of("chen").abs_diff(of("zhou")) <= 1, "{} and {}", of("chen"), of("zhou"));
    assert!(others.iter().filter(|row| row.owner.is_some()).all(|row| row.assigned_to == row.owner));
}
