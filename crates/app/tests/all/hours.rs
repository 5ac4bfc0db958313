//! Teams that work at other hours than the house, on a virtual clock.

use app::view::{
    CaseRow, HandOverRequest, HourSpan, MoveCase, Notice, Organisation, StaffRequest, UnitRequest, WorkHours,
};
use app::{NoticeQuery, Reader};
use vocab::{AsOf, Instant, Zone};

use crate::cases::{a_case, person, signed_in};
use crate::world::{House, everyone, midnight, scored};

fn night() -> WorkHours {
    WorkHours {
        days: ["mon", "tue", "wed", "thu", "fri"].map(str::to_owned).to_vec(),
        spans: vec![HourSpan { from: "22:00".to_owned(), to: "06:00".to_owned() }],
        keeps_holidays: true,
    }
}

fn unit(name: &str, parent_id: Option<i64>, work_hours: Option<WorkHours>) -> UnitRequest {
    UnitRequest { version: None, name: name.to_owned(), parent_id, heads: Vec::new(), work_hours }
}

fn id_of(tree: &Organisation, name: &str) -> i64 {
    tree.units.iter().find(|one| one.name == name).unwrap().id
}

async fn put_into(house: &House, id: i64, unit_id: i64) {
    let one = house.app.staff(&everyone()).await.unwrap().into_iter().find(|one| one.id == id).unwrap();
    let change = StaffRequest {
        version: 1,
        name: one.name,
        email: one.email,
        role: one.role,
        owner_key: one.owner_key,
        unit_id: Some(unit_id),
        active: true,
    };
    house.app.change_staff(&everyone(), id, change, house.now).await.unwrap();
}

async fn told(house: &House, reader: &Reader, kind: &str) -> Vec<Notice> {
    let query = NoticeQuery { kind: Some(kind.to_owned()), limit: 500, ..NoticeQuery::default() };
    house.app.notices(reader, &query).await.unwrap().rows
}

fn on(time: &str) -> Instant {
    midnight(&format!("2025-07-01 {time}"))
}

fn clock(written: &str) -> String {
    Zone::default().date_time(Instant::parse_rfc3339(written).unwrap())[..16].to_owned()
}

fn due(case: &CaseRow) -> String {
    clock(case.due_at.as_deref().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_given_to_the_night_shift_goes_on_at_night_and_comes_back_to_the_day() {
    let house = scored().await;
    let (app, admin) = (&house.app, everyone());
    let case = a_case(&house).await;
    let (wang, _) = person(&house, "王芳", "owner", case.owner.as_deref()).await;
    let (zhou, _) = person(&house, "周夜", "service", None).await;
    let tree = app.add_unit(&admin, unit("客服部", None, Some(night())), house.now).await.unwrap();
    let tree = app.add_unit(&admin, unit("夜班一组", Some(id_of(&tree, "客服部")), None), house.now).await.unwrap();
    put_into(&house, zhou, id_of(&tree, "夜班一组")).await;
    let night_reader = signed_in(&house, "周夜").await;
    assert_eq!(due(&case), "2025-07-01 11:00", "two hours from nine on");

    let given =
        |to: i64, version: i64| MoveCase { to: Some(to), version, by: "assign".to_owned(), ..MoveCase::default() };
    let work = app.move_case(&admin, case.id, given(zhou, case.version), on("10:00")).await.unwrap();
    assert_eq!(due(&work.case), "2025-07-01 23:00", "the hour that is left begins at ten at night");

    // The shift's morning is in the evening, and its warning in the night; the day shift's list is not theirs.
    app.plan_notices(on("10:05")).await.unwrap();
    assert!(told(&house, &night_reader, "morning").await.is_empty());
    app.plan_notices(on("21:50")).await.unwrap();
    let list = told(&house, &night_reader, "morning").await;
    assert_eq!(list.len(), 1);
    assert_eq!(clock(&list[0].not_before), "2025-07-01 21:50", "they are about to work: the usual quiet is not theirs");
    assert!(told(&house, &night_reader, "breach_soon").await.is_empty());
    app.plan_notices(on("22:46")).await.unwrap();
    assert_eq!(told(&house, &night_reader, "breach_soon").await.len(), 1, "a quarter of its hour is left");
    app.plan_notices(midnight("2025-07-02 00:30")).await.unwrap();
    assert_eq!(told(&house, &night_reader, "morning").await.len(), 1, "after midnight it is the same shift");

    let back = app.move_case(&admin, case.id, given(wang, work.case.version), on("22:50")).await.unwrap();
    assert_eq!(due(&back.case), "2025-07-02 09:10", "ten minutes of the two hours are left");
    let step = back.case.steps.last().unwrap();
    assert_eq!(step.working_seconds, (60 + 50) * 60, "an hour of the day and fifty minutes of the night");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_leaver_had_goes_on_by_the_hours_of_whoever_gets_it() {
    let house = scored().await;
    let (app, admin) = (&house.app, everyone());
    let case = a_case(&house).await;
    let (wang, _) = person(&house, "王芳", "owner", case.owner.as_deref()).await;
    let (zhou, _) = person(&house, "周夜", "owner", Some("zhou")).await;
    let tree = app.add_unit(&admin, unit("夜班", None, Some(night())), house.now).await.unwrap();
    put_into(&house, zhou, id_of(&tree, "夜班")).await;
    assert_eq!(due(&case), "2025-07-01 11:00", "two hours from nine on");

    let handing = HandOverRequest { version: 1, receivers: vec![zhou] };
    app.hand_over(&admin, wang, handing, on("10:00")).await.unwrap();
    let after = app.case(&admin.scope, case.id, None, on("10:00")).await.unwrap();
    assert_eq!(after.assigned_to.as_deref(), Some("zhou"));
    assert_eq!(due(&after), "2025-07-01 23:00", "the hour that is left begins at ten at night");
    let step = after.steps.last().unwrap();
    assert_eq!((step.what.as_str(), step.working_seconds), ("handed_over", 3_600));
    let before = app.case(&admin.scope, case.id, Some(AsOf(on("09:30"))), on("10:00")).await.unwrap();
    assert_eq!(due(&before), "2025-07-01 11:00", "what was promised then is kept with the history");
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_are_inherited_kept_with_their_history_and_refused_where_they_cannot_be() {
    let house = scored().await;
    let (app, admin) = (&house.app, everyone());
    let tree = app.add_unit(&admin, unit("门店", None, Some(night())), house.now).await.unwrap();
    let one = &tree.units[0];
    assert_eq!((one.work_hours.as_ref(), tree.house_hours.spans.len()), (Some(&night()), 1));
    assert!(tree.house_hours.keeps_holidays && tree.house_hours.days.len() == 5);
    let saturday = WorkHours { days: vec!["sat".to_owned()], keeps_holidays: false, ..night() };
    let change =
        |hours: Option<WorkHours>, version: i64| UnitRequest { version: Some(version), ..unit("门店", None, hours) };
    let tree = app.change_unit(&admin, one.id, change(Some(saturday.clone()), 1), house.now).await.unwrap();
    assert_eq!(tree.units[0].work_hours, Some(saturday));
    let tree = app.change_unit(&admin, one.id, change(None, 2), house.now).await.unwrap();
    assert_eq!(tree.units[0].work_hours, None, "as the house from now on");
    let wild = WorkHours { days: Vec::new(), ..night() };
    let refused = app.change_unit(&admin, one.id, change(Some(wild), 3), house.now).await.unwrap_err();
    assert_eq!(refused.code(), "bad_hours");
    assert!(refused.detail().zh.contains("一天都没有选"), "{:?}", refused.detail());
}
