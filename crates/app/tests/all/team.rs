//! A team's day: who is told what, what is on the desks, what became of the clocks.

use app::view::{AcceptCase, DeskLoad, Notice, StaffRequest, TeamPage, UnitRequest};
use app::{BreachQuery, CaseQuery, Export, NoticeQuery, Reader};
use vocab::{AsOf, Instant, Lang};

use crate::cases::{a_case, person, signed_in};
use crate::world::{House, everyone, midnight, scored};

/// 王芳 has an owner's customers, 钱主管 heads her unit, 李雷 belongs to none and has nobody's.
struct Team {
    house: House,
    wang: Reader,
    head: Reader,
    stranger: Reader,
}

async fn team() -> Team {
    let house = scored().await;
    let owner = a_case(&house).await.owner;
    let (wang, _) = person(&house, "王芳", "owner", owner.as_deref()).await;
    let (head, _) = person(&house, "钱主管", "manager", None).await;
    let (_, stranger) = person(&house, "李雷", "owner", Some("nobody's")).await;
    let admin = everyone();
    let heads = vec![head];
    let unit = UnitRequest { version: None, name: "华东".to_owned(), parent_id: None, heads, work_hours: None };
    let unit = house.app.add_unit(&admin, unit, house.now).await.unwrap().units[0].id;
    let change = StaffRequest {
        version: 1,
        name: "王芳".to_owned(),
        email: "王芳@example.com".to_owned(),
        role: "owner".to_owned(),
        owner_key: owner,
        unit_id: Some(unit),
        active: true,
    };
    house.app.change_staff(&admin, wang, change, house.now).await.unwrap();
    let (wang, head) = (signed_in(&house, "王芳").await, signed_in(&house, "钱主管").await);
    Team { house, wang, head, stranger }
}

fn query() -> CaseQuery {
    CaseQuery { limit: 500, ..CaseQuery::default() }
}

/// What a person was told of this kind.
async fn told(house: &House, reader: &Reader, kind: &str) -> Vec<Notice> {
    let query = NoticeQuery { kind: Some(kind.to_owned()), limit: 500, ..NoticeQuery::default() };
    house.app.notices(reader, &query).await.unwrap().rows
}

fn on(time: &str) -> Instant {
    midnight(&format!("2025-07-01 {time}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_told_in_the_morning_before_a_breach_and_at_it() {
    let Team { house, wang, head, stranger } = team().await;
    let app = &house.app;
    let cases = app.cases(&wang, &query(), None, house.now).await.unwrap().rows;
    assert!(cases.len() > 1, "{}", cases.len());

    // Somebody who set the server up late in the morning is made up for; again and again adds nothing.
    let planned = app.plan_notices(on("09:30")).await.unwrap();
    assert!(planned.new >= 2 && planned.missed.is_none(), "{planned:?}");
    assert_eq!(app.plan_notices(on("09:31")).await.unwrap().new, 0);
    let own = told(&house, &wang, "morning").await;
    assert_eq!(own.len(), 1);
    assert!(own[0].subject.zh.contains(&format!("今天要跟进 {}", cases.len())), "{}", own[0].subject.zh);
    assert_eq!(own[0].path.as_deref(), Some("/today"));
    for line in own[0].lines.iter().filter_map(|line| line.path.as_deref()) {
        let id = line.strip_prefix("/cases/").map(|id| id.parse().unwrap());
        let Some(id) = id else { continue };
        assert!(app.case(&wang.scope, id, None, house.now).await.is_ok(), "a customer of somebody else: {line}");
    }
    let team = told(&house, &head, "team_morning").await;
    assert!(team[0].lines[0].text.zh.starts_with(&format!("王芳：在手 {}", cases.len())), "{:?}", team[0].lines[0]);

    // One is taken up in time. Of the others whoever has them is warned, then the head is told.
    let accept = AcceptCase { version: cases[0].version };
    app.accept_case(&wang, cases[0].id, accept, on("10:00")).await.unwrap();
    app.plan_notices(on("10:35")).await.unwrap();
    let warned = told(&house, &wang, "breach_soon").await;
    assert_eq!(warned.len(), cases.len() - 1);
    assert!(warned.iter().all(|one| one.path != Some(format!("/cases/{}", cases[0].id))));
    assert!(told(&house, &head, "breach").await.is_empty());
    app.plan_notices(on("11:05")).await.unwrap();
    let missed = told(&house, &head, "breach").await;
    assert_eq!(missed.len(), cases.len() - 1);
    assert!(missed[0].subject.zh.starts_with("王芳手上的"), "{}", missed[0].subject.zh);
    assert_eq!(app.plan_notices(on("11:06")).await.unwrap().new, 0);
    for kind in ["morning", "urgent", "breach_soon", "breach"] {
        assert!(told(&house, &stranger, kind).await.is_empty(), "{kind}");
    }

    // A morning on which nothing ran is over: nothing is sent in the afternoon, and that is said once.
    let afternoon = app.plan_notices(midnight("2025-07-02 13:00")).await.unwrap();
    assert_eq!(afternoon.missed.as_deref(), Some("2025-07-02"));
    assert_eq!(app.plan_notices(midnight("2025-07-02 13:01")).await.unwrap().missed, None);
    assert_eq!(told(&house, &wang, "morning").await.len(), 1);
}

fn load_of(page: &TeamPage, name: &str) -> DeskLoad {
    page.members.iter().find(|one| one.name == name).map(|one| one.load.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_sees_the_desks_and_clocks_of_the_team_and_nobody_elses() {
    let Team { house, wang, head, stranger } = team().await;
    let app = &house.app;
    let cases = app.cases(&wang, &query(), None, house.now).await.unwrap();
    let page = app.team(&head, None, on("09:30")).await.unwrap();
    let names: Vec<&str> = page.members.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["王芳", "钱主管"]);
    let hers = load_of(&page, "王芳");
    assert_eq!((hers.open_count, hers.waiting_count, hers.overdue_count), (cases.total, cases.total, 0));
    assert_eq!((hers.due_today_count, hers.next_due_at.as_deref()), (cases.total, Some("2025-07-01T03:00:00Z")));
    assert_eq!(page.total, hers);
    let late = load_of(&app.team(&head, None, on("11:05")).await.unwrap(), "王芳");
    assert_eq!((late.overdue_count, late.next_due_at), (cases.total, None));
    let own = app.team(&wang, None, on("09:30")).await.unwrap();
    assert_eq!(own.members.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["王芳"]);
    assert_eq!(app.team(&stranger, None, on("09:30")).await.unwrap().total, DeskLoad::default());

    // The past is counted from the history, and says the same.
    let then = AsOf(on("09:30"));
    let past = app.team(&head, Some(then), on("20:00")).await.unwrap();
    assert_eq!((past.members, past.total), (page.members, page.total));
    // An administrator sees every desk, those without an account by what the data calls them.
    let all = app.team(&everyone(), None, on("09:30")).await.unwrap();
    let whole = app.cases(&everyone(), &query(), None, house.now).await.unwrap().total;
    assert_eq!(all.total.open_count, whole);
    let shown: u64 = all.members.iter().map(|one| one.load.open_count).sum();
    assert_eq!(shown + all.pool.open_count, whole, "nothing is left out");
    assert!(all.members.iter().any(|one| one.id.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_counts_each_clock_once_and_says_the_same_when_it_is_asked_again() {
    let Team { house, wang, head, stranger } = team().await;
    let app = &house.app;
    let cases = app.cases(&wang, &query(), None, house.now).await.unwrap().rows;
    let accept = AcceptCase { version: cases[0].version };
    app.accept_case(&wang, cases[0].id, accept, on("10:00")).await.unwrap();
    let usual = BreachQuery::default();
    let report = app.breaches(&head, &usual, None, on("12:00")).await.unwrap();
    assert_eq!((report.from.as_str(), report.to.as_str()), ("2025-06-02", "2025-07-01"));
    let hers = report.people.iter().find(|row| row.name.as_deref() == Some("王芳")).unwrap();
    let many = cases.len() as u64;
    assert_eq!((hers.taken_count, hers.acknowledge.kept, hers.acknowledge.breached), (many, 1, many - 1));
    assert_eq!((hers.act.kept, hers.act.breached, hers.median_seconds), (0, 0, None), "they still run");
    assert_eq!((report.teams.len(), report.teams[0].breach_count), (1, many - 1));
    assert_eq!(report.total.breach_count, many - 1);
    // A week later the same days say the same, as of then; and the days after have what was decided in them.
    let week = midnight("2025-07-08 12:00");
    let again = app.breaches(&head, &usual, Some(AsOf(on("12:00"))), week).await.unwrap();
    assert_eq!((again.people, again.total), (report.people, report.total));
    let after = BreachQuery { from: Some("2025-07-02".to_owned()), to: None };
    let after = app.breaches(&wang, &after, None, week).await.unwrap();
    assert_eq!((after.total.acknowledge.breached, after.total.act.breached), (0, many));
    assert!(app.breaches(&stranger, &usual, None, week).await.unwrap().people.is_empty());
    for (from, to) in [("2025-07-03", "2025-07-02"), ("soon", "2025-07-02"), ("2025-07-09", "2025-07-09")] {
        let query = BreachQuery { from: Some(from.to_owned()), to: Some(to.to_owned()) };
        assert_eq!(app.breaches(&head, &query, None, week).await.unwrap_err().code(), "bad_period", "{from} {to}");
    }
    let (name, bytes) = app.export(&head, &Export::Team(usual), None, Lang::Zh, week).await.unwrap();
    assert!(name.starts_with("时限报表") && bytes.starts_with(b"PK"), "{name}");
}
