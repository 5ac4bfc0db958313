//! Reminders rest on what customers' own facts say, an answer is kept, and nobody is greeted with a phrase or too
//! early.

use std::collections::{BTreeMap, BTreeSet};

use app::view::{AnswerReminder, Greeted, GreetingRow, NewFollowUp, PromiseMade, ReminderRow, SettlePromise};
use app::{GreetingQuery, PromiseQuery, ReminderQuery};
use facts::{Fact, FactBatch};
use sim::{World, WorldSpec};
use vocab::{AsOf, CustomerId, Instant, Kind, Scope, Zone};

use crate::world::{House, all, everyone, midnight, scored};

async fn reminders(house: &House, from: &str, to: &str, at: Instant) -> Vec<ReminderRow> {
    let query = ReminderQuery {
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
        limit: usize::MAX,
        ..ReminderQuery::default()
    };
    house.app.reminders(&Scope::All, &query, None, at).await.unwrap().rows
}

async fn greetings(house: &House, group: &str, at: Instant) -> Vec<GreetingRow> {
    let query = GreetingQuery { group: Some(group.to_owned()), limit: usize::MAX, ..GreetingQuery::default() };
    house.app.greetings(&Scope::All, &query, None, at).await.unwrap().rows
}

/// Kind, name and day of everything that happened to each customer of the same world and was known at the moment of the
/// lists, without any of our own code but the world's.
fn told() -> BTreeMap<String, Vec<(Kind, String, String)>> {
    let mut spec = WorldSpec::saas(midnight("2025-07-01"));
    (spec.customers, spec.days, spec.seed) = (150, 365, 7);
    let mut world = World::new(spec).unwrap();
    let (zone, mut seen, mut found) = (Zone::default(), BTreeSet::new(), BTreeMap::<_, Vec<_>>::new());
    while !world.is_over() {
        for fact in world.advance(120).facts {
            let known_at = fact.known_at.unwrap_or(fact.occurred_at).max(fact.occurred_at);
            // Some arrive twice, word for word.
            if known_at < midnight("2025-07-01") && seen.insert(fact.message_id.clone()) {
                let customer = fact.customer_id.as_ref().map(CustomerId::to_string).unwrap_or_default();
                found.entry(customer).or_default().push((fact.kind, fact.name, zone.date(fact.occurred_at)));
            }
        }
    }
    found
}

fn said(key: &str, next_on: Option<&str>) -> NewFollowUp {
    NewFollowUp {
        key: key.to_owned(),
        channel: "call".to_owned(),
        outcome: "no_answer".to_owned(),
        next_on: next_on.map(str::to_owned),
        ..NewFollowUp::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_not_met_for_half_a_year_is_whom_the_timelines_say() {
    let house = scored().await;
    let listed: BTreeMap<String, ReminderRow> = reminders(&house, "2025-07-01", "2025-07-01", house.now)
        .await
        .into_iter()
        .filter(|row| row.kind == "no_meeting")
        .map(|row| (row.customer_id.clone(), row))
        .collect();
    let customers = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap();
    let (today, zone) = (midnight("2025-07-01"), Zone::default());
    let mut expected = BTreeMap::new();
    let told = told();
    for customer in customers.rows.iter().filter(|row| row.standing.state != "gone") {
        let touches: Vec<_> = told[&customer.id].iter().filter(|(kind, ..)| *kind == Kind::Touch).collect();
        let visits = touches.iter().filter(|(_, name, _)| name == "Visit Logged");
        let Some(met) = visits.map(|(.., day)| day).max() else { continue };
        let due = zone.parse(met).unwrap().plus_days(182);
        let last = touches.iter().map(|(.., day)| zone.parse(day).unwrap()).max().unwrap();
        let due = if last >= due { last.plus_days(30) } else { due };
        if due <= today && today <= due.plus_days(30) {
            expected.insert(customer.id.clone(), (met.clone(), zone.date(due)));
        }
    }
    assert!(!expected.is_empty(), "the sample firm does not meet everybody");
    let found: BTreeMap<String, (String, String)> =
        listed.into_iter().map(|(id, row)| (id, (row.on, row.due_on))).collect();
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_companys_people_leave_few_reminders_lying_and_always_the_same() {
    let house = scored().await;
    let due = async || {
        let rows = reminders(&house, "2025-07-01", "2025-07-01", house.now).await;
        rows.into_iter().filter(|row| row.state == "due").map(|row| (row.customer_id, row.kind, row.key))
    };
    let before: Vec<_> = due().await.collect();
    let answered = house.app.answer_sample_reminders(house.now).await.unwrap();
    let left: Vec<_> = due().await.collect();
    assert_eq!(before.len() as u64, answered + left.len() as u64);
    assert!(answered > 0 && left.len() * 2 < before.len(), "{} of {} are left", left.len(), before.len());
    assert_eq!(house.app.answer_sample_reminders(house.now).await.unwrap(), 0);
    assert_eq!(due().await.collect::<Vec<_>>(), left);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_was_agreed_is_due_until_somebody_is_in_touch_and_every_moment_keeps_its_own() {
    let house = scored().await;
    let customer = CustomerId::from(greetings(&house, "all", house.now).await[0].customer_id.as_str());
    let of = async |on: &str, at: &str| {
        let rows = reminders(&house, on, on, midnight(at)).await;
        let own = rows.into_iter().filter(|row| row.kind == "call_back" && row.customer_id == customer.as_str());
        own.map(|row| (row.due_on, row.state, row.version)).collect::<Vec<_>>()
    };
    house.app.record_touch(&everyone(), &customer, said("first-00001", Some("2025-07-08")), house.now).await.unwrap();
    let due = |state: &str, version: i64| vec![("2025-07-08".to_owned(), state.to_owned(), version)];
    assert_eq!(of("2025-07-08", "2025-07-02 09:00").await, due("coming", 0));
    assert_eq!(of("2025-07-09", "2025-07-09 09:00").await, due("due", 0), "overdue, listed today");
    let answer = |version: i64, state: &str| AnswerReminder {
        customer_id: customer.to_string(),
        kind: "call_back".to_owned(),
        key: "2025-07-08".to_owned(),
        version,
        state: state.to_owned(),
        until_on: (state == "put_off").then(|| "2025-07-12".to_owned()),
        note: None,
    };
    let at = midnight("2025-07-09 10:00");
    house.app.answer_reminder(&everyone(), answer(0, "put_off"), at).await.unwrap();
    let late = house.app.answer_reminder(&everyone(), answer(0, "done"), at).await.unwrap_err();
    assert_eq!(late.code(), "version_conflict");
    assert_eq!(of("2025-07-09", "2025-07-09 11:00").await, vec![], "put off");
    let put_off = vec![("2025-07-12".to_owned(), "due".to_owned(), 1)];
    assert_eq!(of("2025-07-12", "2025-07-12 09:00").await, put_off);
    // A call closes it by itself; what was so before stays as it was.
    let call = midnight("2025-07-12 10:00");
    house.app.record_touch(&everyone(), &customer, said("second-0001", None), call).await.unwrap();
    assert_eq!(of("2025-07-12", "2025-07-12 11:00").await, vec![]);
    let past = ReminderQuery { kind: Some("call_back".to_owned()), limit: usize::MAX, ..ReminderQuery::default() };
    let then = AsOf(midnight("2025-07-12 09:30"));
    let then = house.app.reminders(&Scope::All, &past, Some(then), midnight("2025-07-13")).await.unwrap();
    assert!(then.rows.iter().any(|row| row.customer_id == customer.as_str()), "{:?}", then.rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_birthday_in_a_trait_reminds_by_either_calendar() {
    let house = scored().await;
    let rows = greetings(&house, "all", house.now).await;
    let born = |place: usize, key: &str, value: &str| {
        let customer = rows[place].customer_id.as_str();
        let mut fact = Fact::new(customer, Kind::Trait, "Traits Changed", midnight("2025-06-30"));
        fact.message_id = format!("born {customer}").as_str().into();
        fact.properties.insert(key.to_owned(), Some(value.to_owned()));
        fact
    };
    // 2025 has a leap sixth month: its eighth is 1 August.
    let facts = vec![born(0, "contact_birthday", "1979-07-03"), born(1, "农历生日", "闰六月初八")];
    house.app.load_facts(FactBatch { facts, ..FactBatch::default() }, house.now).await.unwrap();
    house.app.run_cycle(AsOf(midnight("2025-07-02")), midnight("2025-07-02 09:00")).await.unwrap();
    let birthdays = async |on: &str| {
        let rows = reminders(&house, on, on, midnight("2025-07-02 09:00")).await;
        let own = rows.into_iter().filter(|row| row.kind == "birthday");
        own.map(|row| (row.customer_id, row.on, row.sentence.zh)).collect::<Vec<_>>()
    };
    let of =
        |place: usize, on: &str, words: &str| vec![(rows[place].customer_id.clone(), on.to_owned(), words.to_owned())];
    assert_eq!(birthdays("2025-07-02").await, of(0, "2025-07-03", "7 月 3 日是联系人的生日"));
    assert_eq!(birthdays("2025-07-29").await, of(1, "2025-08-01", "8 月 1 日是客户的生日"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_has_gone_is_greeted_and_every_line_is_true() {
    let house = scored().await;
    let rows = greetings(&house, "all", house.now).await;
    let customers = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap().rows;
    let here: Vec<&str> =
        customers.iter().filter(|row| row.standing.state != "gone").map(|row| row.id.as_str()).collect();
    assert!(here.len() < customers.len(), "some have gone");
    let mut listed: Vec<&str> = rows.iter().map(|row| row.customer_id.as_str()).collect();
    listed.sort_unstable();
    let mut expected = here.clone();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    let (told, mut lines) = (told(), BTreeSet::new());
    for row in &rows {
        let days = |of: &str| -> Vec<&str> {
            told[&row.customer_id].iter().filter(|(_, name, _)| name == of).map(|(.., day)| day.as_str()).collect()
        };
        let count = days("Ticket Resolved").iter().filter(|day| day.starts_with("2025-06")).count();
        let last = days("Contract Renewed").into_iter().filter(|day| *day >= "2024-05-27").max();
        let line = row.line.as_ref().map_or("", |line| line.zh.as_str());
        // Today is the first of July: nothing can have been resolved this month.
        assert_eq!(
            line.contains(&format!("客服上个月解决了 {count} 个问题")),
            count > 0,
            "{}: {line}",
            row.customer_id
        );
        let month = last.map(|day| {
            let year = if day.starts_with("2025") { "今年" } else { "去年" };
            format!("{year} {} 月续约", day[5..7].trim_start_matches('0'))
        });
        assert_eq!(month.as_ref().is_some_and(|words| line.contains(words)), month.is_some(), "{month:?}: {line}");
        let thanks = row.greeting.zh.contains("谢谢您") || row.greeting.zh.contains("已经处理好");
        assert_eq!(thanks, row.line.is_some(), "thanks for what happened only: {}", row.greeting.zh);
        lines.extend(row.line.as_ref().map(|line| line.zh.clone()));
    }
    assert!(lines.len() > 10, "not one phrase for everybody: {lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_before_a_festival_is_the_same_page_by_page_and_its_counts_are_those_of_its_groups() {
    let house = scored().await;
    let whole = greetings(&house, "all", house.now).await;
    let owner = whole[0].owner.clone();
    let theirs = Scope::Owners(owner.iter().cloned().collect());
    for (scope, owner) in [(Scope::All, None), (Scope::All, owner.clone()), (theirs, None)] {
        let is_theirs = |row: &&GreetingRow| owner.is_none() && scope == Scope::All || row.owner == whole[0].owner;
        for group in ["greet", "fix", "greeted", "all"] {
            let wanted: Vec<&GreetingRow> =
                whole.iter().filter(is_theirs).filter(|row| group == "all" || row.group == group).collect();
            let (mut found, mut cursor) = (Vec::new(), None);
            loop {
                let query = GreetingQuery {
                    group: Some(group.to_owned()),
                    owner: owner.clone(),
                    cursor,
                    limit: 40,
                    ..GreetingQuery::default()
                };
                let list = house.app.greetings(&scope, &query, None, house.now).await.unwrap();
                assert_eq!(list.total as usize, wanted.len(), "{group} of {owner:?}");
                let of = |group: &str| whole.iter().filter(is_theirs).filter(|row| row.group == group).count() as u64;
                assert!(list.counts.iter().all(|one| one.count == of(&one.key)), "{group} of {owner:?}");
                found.extend(list.rows);
                cursor = list.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert!(found.iter().eq(wanted), "{group} of {owner:?}");
        }
    }
    assert!(whole.iter().any(|row| row.group == "fix") && whole.iter().any(|row| row.group == "greet"));
    assert!(whole.iter().all(|row| row.fix.is_empty() == (row.group == "greet")), "who is not greeted is told why");
    let worth: Vec<f64> = whole.iter().map(|row| row.value.value.unwrap_or(f64::MIN)).collect();
    assert!(worth.is_sorted_by(|a, b| a >= b), "the most valuable first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_promise_comes_before_the_greeting_and_a_greeting_is_a_record() {
    let house = scored().await;
    let free = greetings(&house, "greet", house.now).await;
    let [first, second] = [0, 1].map(|place| CustomerId::from(free[place].customer_id.as_str()));
    let mut promised = said("promise-0001", None);
    promised.promise = Some(PromiseMade { words: "周三前给新报价".to_owned(), due_on: "2025-07-02".to_owned() });
    house.app.record_touch(&everyone(), &first, promised, house.now).await.unwrap();
    let groups = async |at: Instant| {
        let rows = greetings(&house, "all", at).await;
        let of = |customer: &CustomerId| rows.iter().find(|row| row.customer_id == customer.as_str()).unwrap().clone();
        [of(&first), of(&second)]
    };
    assert_eq!(groups(house.now).await[0].group, "greet", "its day has not passed");
    let late = midnight("2025-07-03 09:00");
    let overdue = groups(late).await[0].clone();
    assert_eq!((overdue.group.as_str(), overdue.fix[0].zh.contains("周三前给新报价")), ("fix", true), "{overdue:?}");
    let list = house.app.promises(&Scope::All, &PromiseQuery { limit: 9, ..PromiseQuery::default() }, None, late).await;
    let id = list.unwrap().rows[0].id;
    let kept = SettlePromise { version: 1, state: "kept".to_owned(), note: None };
    house.app.settle_promise(&everyone(), id, kept, late).await.unwrap();
    assert_eq!(groups(late).await[0].group, "greet");

    let mark = Greeted {
        customer_id: second.to_string(),
        festival: "national_day".to_owned(),
        year: 2025,
        channel: "message".to_owned(),
        words: free[1].greeting.zh.clone(),
        version: 0,
    };
    let kept = house.app.greeted(&everyone(), mark.clone(), late).await.unwrap();
    assert_eq!(house.app.greeted(&everyone(), mark, late).await.unwrap_err().code(), "version_conflict");
    let told = house.app.follow_ups(&Scope::All, &second, None, late).await.unwrap();
    assert_eq!(told.rows.len(), 1, "said once");
    assert_eq!(told.rows[0].note.as_deref(), Some(free[1].greeting.zh.as_str()));
    assert_eq!(groups(late).await[1].group, "greeted");
    let back = AnswerReminder {
        customer_id: second.to_string(),
        kind: "greeting".to_owned(),
        key: "national_day:2025".to_owned(),
        version: kept.version,
        state: "open".to_owned(),
        ..AnswerReminder::default()
    };
    house.app.answer_reminder(&everyone(), back, late).await.unwrap();
    assert_eq!(groups(late).await[1].group, "greet");
}
