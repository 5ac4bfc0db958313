//! A firm of many people: fifty on one board, and the lists of everybody's morning. `LIUKE_OWNERS` and `LIUKE_CASES` make
//! the morning as large as a firm's, with a limit on the clock: see scripts/proofs/desk.sh.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant as Stopwatch;

use actions::{ActionPlan, At, NewCase, morning_key};
use alerts::{AlertPlan, NewAlert};
use app::view::{self, HandOverRequest, MoveCase};
use app::{App, AppOptions, CaseQuery, Reader, RenewalQuery, TodayQuery};
use store::{CycleRecord, NewStaff, NewUnit, Role, Store};
use tokio::task::JoinSet;
use vocab::{AsOf, CustomerId, Instant, NoticeKind, Severity, Text, Zone};

use crate::cases::{a_case, person};
use crate::world::{House, all, everyone, midnight, scored};

const PEOPLE: usize = 50;
const TURNS: usize = 4;
const SECONDS: f64 = 10.0;

async fn store(house: &House) -> Store {
    Store::open(&Store::url_of(&house.dir.path().join("store.sqlite"))).await.unwrap()
}

/// Somebody who sees everybody's customers.
fn colleague(number: usize) -> Reader {
    let staff = view::Staff {
        id: 1_000 + number as i64,
        name: format!("同事{number}"),
        email: format!("s{number}@example.com"),
        role: "service".to_owned(),
        owner_key: None,
        unit_id: None,
        active: true,
    };
    Reader { staff: Some(staff), ..everyone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_people_on_one_board_lose_nothing_and_who_was_slower_is_told_who_was_faster() {
    let house = scored().await;
    let (app, now) = (&house.app, house.now);
    let query = CaseQuery { limit: 10, ..CaseQuery::default() };
    let board = app.cases(&everyone(), &query, None, now).await.unwrap().rows;
    assert!(board.len() > 3, "{} cases", board.len());
    let mut notes: BTreeMap<i64, Vec<(String, String)>> = BTreeMap::new();
    let mut moved: BTreeMap<i64, i64> = BTreeMap::new();
    for turn in 0..TURNS {
        // Everybody has seen the same board before anybody clicks; several people mean each case.
        let mut seen = Vec::new();
        for row in &board {
            seen.push(app.case(&everyone().scope, row.id, None, now).await.unwrap());
        }
        let mut clicks = JoinSet::new();
        for person in 0..PEOPLE {
            let case = seen[person % seen.len()].clone();
            let (app, reader, note) = (house.app.clone(), colleague(person), format!("{turn}-{person}"));
            let by = if case.stage == "new" { "acknowledge" } else { "act" };
            let asked = MoveCase {
                version: case.version,
                by: by.to_owned(),
                note: (by == "act").then(|| note.clone()),
                ..MoveCase::default()
            };
            clicks.spawn(async move {
                let name = reader.staff.as_ref().map(|staff| staff.name.clone()).unwrap();
                let said = asked.note.as_ref().map(|_| note);
                (case.id, name, said, app.move_case(&reader, case.id, asked, now).await)
            });
        }
        let mut faster: BTreeMap<i64, String> = BTreeMap::new();
        let mut slower = Vec::new();
        while let Some(done) = clicks.join_next().await {
            let (id, name, said, answer) = done.unwrap();
            match answer {
                Ok(_) => {
                    assert_eq!(faster.insert(id, name.clone()), None, "two moved case {id} on from one version");
                    *moved.entry(id).or_default() += 1;
                    notes.entry(id).or_default().extend(said.map(|note| (name, note)));
                }
                Err(error) => slower.push((id, error)),
            }
        }
        assert_eq!((faster.len(), slower.len()), (board.len(), PEOPLE - board.len()), "turn {turn}");
        for (id, error) in slower {
            assert_eq!(error.code(), "version_conflict", "{error}");
            assert!(error.detail().zh.starts_with(&format!("{} 刚在", faster[&id])), "{}", error.detail().zh);
        }
    }
    for before in board {
        let after = app.case(&everyone().scope, before.id, None, now).await.unwrap();
        assert_eq!(after.version, before.version + moved[&before.id], "case {}", before.id);
        for (name, note) in &notes[&before.id] {
            let told = after.steps.iter().filter(|step| step.note.as_ref() == Some(note) && step.actor == *name);
            assert_eq!(told.count(), 1, "{note} of {name}");
        }
    }
}

/// What the lists show of everybody.
async fn lists(house: &House, who: &Reader) -> Vec<String> {
    let customers = house.app.customers(&who.scope, &all(), None, house.now).await.unwrap();
    let today = house.app.today(&who.scope, &TodayQuery::default(), None, house.now).await.unwrap();
    let renewals = RenewalQuery { state: Some("all".to_owned()), limit: 500, ..RenewalQuery::default() };
    let renewals = house.app.renewals(&who.scope, &renewals, None, house.now).await.unwrap();
    let rows = customers.rows.iter().map(|row| serde_json::to_string(row).unwrap());
    let today = today.rows.iter().map(|row| serde_json::to_string(row).unwrap());
    let renewals = renewals.rows.iter().map(|row| serde_json::to_string(row).unwrap());
    rows.chain(today).chain(renewals).chain([customers.owners.join(" ")]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_in_other_hands_are_shown_as_if_everything_were_measured_again() {
    let house = scored().await;
    let owner = a_case(&house).await.owner.unwrap();
    let (wang, reader) = person(&house, "王芳", "owner", Some(&owner)).await;
    let (li, other) = person(&house, "李雷", "owner", Some("李雷")).await;
    let before = lists(&house, &everyone()).await;
    assert!(lists(&house, &other).await.len() == 1 && lists(&house, &reader).await.len() > 1);
    let handing = HandOverRequest { version: 1, receivers: vec![li] };
    house.app.hand_over(&everyone(), wang, handing, house.now).await.unwrap();
    let (after, theirs) = (lists(&house, &everyone()).await, lists(&house, &other).await);
    assert!(after != before && after.len() == before.len() && theirs.len() > 1);

    house.app.close().await.unwrap();
    let House { app, dir, now } = house;
    drop(app);
    let app = App::open(dir.path(), AppOptions::default()).await.unwrap();
    let anew = House { app, dir, now };
    assert_eq!(lists(&anew, &everyone()).await, after);
    assert_eq!(lists(&anew, &other).await, theirs);
}

/// A tree of five levels with a head each; whoever heads nothing works in one of the lowest units. Ids of the people.
async fn hire(store: &Store, people: usize, now: Instant) -> Vec<i64> {
    let widths = if people >= 200 { [3, 3, 3, 2] } else { [2, 2, 1, 1] };
    let unit = |name: String, parent_id| NewUnit { name, parent_id, heads: BTreeSet::new(), work_hours: None };
    let mut units = vec![store.add_unit(&unit("集团".to_owned(), None), "x", now).await.unwrap()];
    let mut level = units.clone();
    for (depth, width) in widths.into_iter().enumerate() {
        let mut below = Vec::new();
        for above in &level {
            for place in 0..width {
                let new = unit(format!("{depth}-{}-{place}", above.id), Some(above.id));
                below.push(store.add_unit(&new, "x", now).await.unwrap());
            }
        }
        units.extend(below.iter().cloned());
        level = below;
    }
    let mut ids = Vec::new();
    for number in 0..people {
        let heads = units.get(number);
        let new = NewStaff {
            name: format!("员工{number}"),
            email: format!("p{number}@example.com"),
            role: if heads.is_some() { Role::Manager } else { Role::Owner },
            owner_key: Some(format!("p{number}")),
            unit_id: Some(heads.unwrap_or(&level[number % level.len()]).id),
            password_hash: "x".to_owned(),
        };
        let id = store.add_staff(&new, "x", now).await.unwrap().id;
        if let Some(unit) = heads {
            let headed =
                NewUnit { name: unit.name.clone(), parent_id: unit.parent_id, heads: [id].into(), work_hours: None };
            store.change_unit(unit.id, unit.version, &headed, "x", now).await.unwrap();
        }
        ids.push(id);
    }
    ids
}

/// So many cases, one after the other on everybody's desk; their clocks run out from the day before on.
async fn fill_desks(store: &Store, cases: usize, people: usize, now: Instant) {
    let customer = |number: usize| CustomerId::new(format!("X{number}"));
    let owner = |number: usize| format!("p{}", number % people);
    let owners: Vec<(CustomerId, Option<String>)> =
        (0..cases).map(|number| (customer(number), Some(owner(number)))).collect();
    store.set_owners(&owners).await.unwrap();
    let alert = |number: usize| NewAlert {
        customer: customer(number),
        cause: "usage".to_owned(),
        rule: "saas_away_30d".to_owned(),
        severity: Severity::Urgent,
        sentence: Text::new(format!("已经 {number} 天没有登录"), format!("no login for {number} days")),
    };
    let case = |number: usize| {
        let accept_by = now.plus_micros((number % 97) as i64 * 3_600_000_000).plus_days(-1);
        NewCase {
            customer: customer(number),
            owner: Some(owner(number)),
            accept_by,
            act_by: accept_by.plus_days(1),
            severity: Severity::Urgent,
            case_type: actions::USUAL_TYPE.to_owned(),
            tier: None,
            reply_by: None,
        }
    };
    let alerts = AlertPlan { open: (0..cases).map(alert).collect(), ..AlertPlan::default() };
    let work = ActionPlan { open: (0..cases).map(case).collect(), ..ActionPlan::default() };
    let at = now.plus_days(-2);
    let record = CycleRecord {
        as_of: AsOf(now),
        started_at: at,
        finished_at: at,
        summary: Text::new("做完了", "done"),
        plan: String::new(),
    };
    let applied = store.apply_cycle(&alerts, &work, &record).await.unwrap();
    assert_eq!((applied.alerts_opened, applied.cases_opened), (cases as u64, cases as u64));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lists_of_a_morning_are_planned_for_everybody() {
    let asked = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let measured = asked("LIUKE_CASES");
    let (people, cases) = (asked("LIUKE_OWNERS").unwrap_or(30), measured.unwrap_or(300));
    let house = scored().await;
    let store = store(&house).await;
    let morning = midnight("2025-07-03 09:30");
    let ids = hire(&store, people, house.now).await;
    fill_desks(&store, cases, people, morning).await;

    let begun = Stopwatch::now();
    let planned = house.app.plan_notices(morning).await.unwrap();
    let took = begun.elapsed().as_secs_f64();
    println!("proof: {people} owners, {cases} open cases: {} notices planned in {took:.1} s", planned.new);
    let zone = Zone::default();
    let at = At { now: morning, zone: &zone };
    let own: Vec<String> = ids.iter().map(|id| morning_key(NoticeKind::Morning, *id, at)).collect();
    assert_eq!(store.notice_keys(&own).await.unwrap().len(), people, "a list for everybody who has work");
    // Whoever heads a unit with somebody below is told of the team.
    let heads: Vec<String> = ids.iter().take(7).map(|id| morning_key(NoticeKind::TeamMorning, *id, at)).collect();
    assert_eq!(store.notice_keys(&heads).await.unwrap().len(), heads.len(), "a list for every head");
    assert_eq!(house.app.plan_notices(morning).await.unwrap().new, 0, "planned again, nobody is told twice");
    assert!(measured.is_none() || took < SECONDS, "the morning took {took:.1} s");
}
