//! Who is told of what somebody else did on a case, and who is not.

use app::view::{MoveCase, NewCaseComment, NewCaseTask, Notice};
use app::{NoticeQuery, Reader};
use vocab::Instant;

use crate::cases::{a_case, person};
use crate::world::{House, everyone, midnight, scored};

fn on(time: &str) -> Instant {
    midnight(&format!("2025-07-01 {time}"))
}

/// What somebody was told because somebody else called them, oldest first.
async fn told(house: &House, reader: &Reader) -> Vec<Notice> {
    let query = NoticeQuery { kind: Some("called".to_owned()), limit: 500, ..NoticeQuery::default() };
    let mut rows = house.app.notices(reader, &query).await.unwrap().rows;
    rows.sort_by_key(|row| row.id);
    rows
}

fn subjects(notices: &[Notice]) -> Vec<&str> {
    notices.iter().map(|one| one.subject.zh.as_str()).collect()
}

fn moving(version: i64, by: &str, to: Option<i64>, reason: &str) -> MoveCase {
    MoveCase { version, by: by.to_owned(), to, reason: Some(reason.to_owned()), ..MoveCase::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_given_a_case_urged_mentioned_or_given_a_task_is_told_once() {
    let house = scored().await;
    let app = &house.app;
    let case = a_case(&house).await;
    let (_, wang) = person(&house, "王芳", "owner", case.owner.as_deref()).await;
    let (chen, service) = person(&house, "陈晨", "service", None).await;
    let name = case.customer_name.as_str();

    let reason = "电话 13800138000 打不通";
    let given = app.move_case(&wang, case.id, moving(case.version, "transfer", Some(chen), reason), on("10:00")).await;
    app.plan_notices(on("10:01")).await.unwrap();
    let first = told(&house, &service).await;
    assert_eq!(subjects(&first), [format!("王芳把{name}交给您")]);
    assert_eq!(first[0].subject.en, format!("王芳 gave you {name}"));
    assert_eq!(first[0].path.as_deref(), Some(format!("/cases/{}", case.id).as_str()));
    let line = first[0].lines[0].text.zh.as_str();
    assert!(line.starts_with("电话 138****8000 打不通；") && line.ends_with(" 前受理"), "why, and by when: {line}");
    assert!(told(&house, &wang).await.is_empty(), "nobody is told of what they did themselves");

    let version = given.unwrap().case.version;
    app.move_case(&wang, case.id, moving(version, "nudge", None, ""), on("10:10")).await.unwrap();
    let comment = |text: &str| NewCaseComment { body: text.to_owned() };
    app.add_case_comment(&wang, case.id, comment("@陈晨 客户下午在"), on("10:11")).await.unwrap();
    app.add_case_comment(&service, case.id, comment("@陈晨 记一下"), on("10:12")).await.unwrap();
    let task = NewCaseTask { title: "带上新报价".to_owned(), to: Some(chen), due: None };
    app.add_case_task(&wang, case.id, task, on("10:13")).await.unwrap();
    app.plan_notices(on("10:14")).await.unwrap();
    app.plan_notices(on("10:15")).await.unwrap();
    let all = told(&house, &service).await;
    let expected = [
        format!("王芳把{name}交给您"),
        format!("王芳催办{name}"),
        format!("王芳在{name}的留言里提到您"),
        format!("王芳给您派了{name}的任务"),
    ];
    assert_eq!(subjects(&all), expected);
    assert!(all[3].lines[0].text.zh.starts_with("带上新报价；"), "{}", all[3].lines[0].text.zh);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_somebody_elses_by_now_or_not_theirs_to_see_is_not_told() {
    let house = scored().await;
    let app = &house.app;
    let case = a_case(&house).await;
    let (wang_id, wang) = person(&house, "王芳", "owner", case.owner.as_deref()).await;
    let (chen, service) = person(&house, "陈晨", "service", None).await;
    let (_, stranger) = person(&house, "李雷", "owner", Some("nobody's")).await;
    let admin = everyone();
    let given = app.move_case(&admin, case.id, moving(case.version, "assign", Some(chen), ""), on("10:00")).await;
    let version = given.unwrap().case.version;
    app.add_case_comment(&wang, case.id, NewCaseComment { body: "@李雷 你好".to_owned() }, on("10:00")).await.unwrap();
    app.move_case(&admin, case.id, moving(version, "assign", Some(wang_id), ""), on("10:00")).await.unwrap();
    app.plan_notices(on("10:01")).await.unwrap();
    assert!(told(&house, &service).await.is_empty(), "it is on another desk by now");
    assert!(told(&house, &stranger).await.is_empty(), "the customer is not theirs");
    assert_eq!(told(&house, &wang).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_off_for_a_day_leaves_it_to_the_list_of_the_morning() {
    let house = scored().await;
    let case = a_case(&house).await;
    let (chen, service) = person(&house, "陈晨", "service", None).await;
    let given = moving(case.version, "assign", Some(chen), "");
    house.app.move_case(&everyone(), case.id, given, on("10:00")).await.unwrap();
    house.app.plan_notices(midnight("2025-07-02 10:01")).await.unwrap();
    assert!(told(&house, &service).await.is_empty());
}
