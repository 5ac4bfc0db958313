//! The weekly review: a week's numbers by two roads, told again the same later, and decisions that come back a week on.

use std::collections::BTreeSet;

use app::view::{
    AcceptCase, CaseRow, CloseCase, FalseAlert, HandOverRequest, MoveCase, NewFollowUp, NewReviewDecision,
    ReviewDecisionChange, ReviewPage,
};
use app::{AlertQuery, App, CaseQuery, Reader, ReviewQuery};
use vocab::{AsOf, CustomerId, Instant};

use crate::cases::{a_case, person};
use crate::world::{House, all, everyone, midnight, scored};

/// A Monday to Monday in which the team works: the cases of the cycle of 1 July.
const WEEK: (&str, &str) = ("2025-06-30", "2025-07-07");

fn at(hours: i64) -> Instant {
    midnight("2025-07-01 09:00").plus_micros(hours * 3_600_000_000)
}

fn every() -> CaseQuery {
    let states = ["new", "accepted", "closed"].map(str::to_owned).to_vec();
    CaseQuery { states, limit: 500, ..CaseQuery::default() }
}

/// Six cases: one acted upon in time and closed, one by a record, one accepted too late, one called false with its
/// case, one alert called false alone, the others left lying.
async fn worked(app: &App) {
    let mut rows = app.cases(&everyone(), &every(), None, at(0)).await.unwrap().rows;
    rows.sort_by_key(|row| row.id);
    assert!(rows.len() >= 6, "{} cases", rows.len());
    let accept = async |row: &CaseRow, hours: i64| {
        let request = AcceptCase { version: row.version };
        app.accept_case(&everyone(), row.id, request, at(hours)).await.unwrap()
    };
    let close = async |id: i64, version: i64, outcome: &str, hours: i64| {
        let request = CloseCase { version, outcome: outcome.to_owned(), note: None, churn_reason: None };
        app.close_case(&everyone(), id, request, at(hours)).await.unwrap();
    };
    let first = accept(&rows[0], 1).await;
    let request = MoveCase {
        version: first.version,
        by: "act".to_owned(),
        note: Some("电话聊过".to_owned()),
        ..MoveCase::default()
    };
    let acted = app.move_case(&everyone(), first.id, request, at(2)).await.unwrap();
    let record = NewFollowUp {
        key: "review-record".to_owned(),
        channel: "call".to_owned(),
        outcome: "no_answer".to_owned(),
        ..NewFollowUp::default()
    };
    let customer = CustomerId::new(&rows[1].customer_id);
    app.record_touch(&everyone(), &customer, record, at(3)).await.unwrap();
    accept(&rows[2], 30).await;
    let mistaken = accept(&rows[3], 31).await;
    close(mistaken.id, mistaken.version, "false_alarm", 32).await;
    let alone = rows[4].alerts[0].clone();
    let request = FalseAlert { version: alone.version, reason: "季节性".to_owned() };
    app.call_alert_false(&everyone(), alone.id, request, at(33)).await.unwrap();
    close(acted.case.id, acted.case.version, "retained", 48).await;
}

fn number(page: &ReviewPage, of: &str) -> u64 {
    page.numbers.iter().find(|one| one.of == of).unwrap().count.unwrap()
}

/// The same numbers counted from the lists as they stood when the week had ended.
async fn naively(app: &App, now: Instant) -> [u64; 6] {
    let (from, to) = (midnight(WEEK.0).to_string(), midnight(WEEK.1).to_string());
    let within = |moment: &str| from.as_str() <= moment && moment < to.as_str();
    let as_of = Some(AsOf(midnight(WEEK.1)));
    let query = AlertQuery { state: Some("all".to_owned()), limit: 500, ..AlertQuery::default() };
    let alerts = app.alerts(&everyone().scope, &query, as_of, now).await.unwrap().rows;
    let cases = app.cases(&everyone(), &every(), as_of, now).await.unwrap().rows;
    let customers = app.customers(&everyone().scope, &all(), as_of, now).await.unwrap().rows;
    let left = |id: &str| {
        let standing = &customers.iter().find(|row| row.id == id).unwrap().standing;
        standing.gone_at.clone().filter(|_| standing.state == "gone")
    };
    let opened = alerts.iter().filter(|alert| within(&alert.opened_at)).count();
    let mut acted: BTreeSet<&str> = BTreeSet::new();
    let (mut stayed, mut late) = (0, 0);
    for case in &cases {
        if case.steps.iter().any(|step| step.what == "acted" && within(&step.at)) {
            acted.insert(&case.customer_id);
        }
        let closed = case.closed_at.as_deref();
        let said =
            case.outcome.as_deref().is_some_and(|word| ["retained", "no_action_needed", "false_alarm"].contains(&word));
        if closed.is_some_and(within) && said && case.acted_at.is_some() && left(&case.customer_id).is_none() {
            stayed += 1;
        }
        for (due, done) in [(&case.accept_by, &case.accepted_at), (&case.act_by, &case.acted_at)] {
            let kept = done.as_ref().is_some_and(|done| done <= due);
            let over = closed.is_some_and(|closed| closed <= due.as_str());
            late += u64::from(within(due) && !kept && !over);
        }
    }
    let lost = customers.iter().filter(|row| left(&row.id).is_some_and(|gone| within(&gone))).count();
    let mistaken = alerts.iter().filter(|alert| alert.resolved_at.as_deref().is_some_and(within)).filter(|alert| {
        let case = cases.iter().find(|case| Some(case.id) == alert.case_id);
        let with_case = case.is_some_and(|case| case.outcome.as_deref() == Some("false_alarm"));
        match alert.resolution.as_deref() {
            Some("false_alarm") => true,
            Some("closed") => with_case,
            _ => false,
        }
    });
    [opened as u64, acted.len() as u64, stayed, lost as u64, late, mistaken.count() as u64]
}

const NUMBERS: [&str; 6] = ["opened", "acted", "stayed", "lost", "late", "false_alarm"];

async fn names(house: &House, of: &str, now: Instant) -> u64 {
    let query = ReviewQuery { week: Some(WEEK.0.to_owned()), of: of.to_owned(), limit: 500, ..ReviewQuery::default() };
    let told = house.app.review_names(&everyone(), &query, None, now).await.unwrap();
    assert_eq!(told.total, told.rows.len() as u64);
    assert!(told.rows.iter().all(|row| !row.customer_name.is_empty()));
    told.total
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weeks_numbers_are_those_of_its_lists_and_stay_so_whatever_comes_later() {
    let house = scored().await;
    let app = &house.app;
    worked(app).await;
    let monday = midnight("2025-07-07 08:50");
    let page = app.review(&everyone(), None, None, monday).await.unwrap();
    assert_eq!((page.week_on.as_str(), page.until_on.as_str(), page.is_complete), (WEEK.0, "2025-07-06", true));
    let told = NUMBERS.map(|of| number(&page, of));
    assert_eq!(told, naively(app, monday).await, "{NUMBERS:?}");
    assert_eq!(told[1], 2, "one by a move, one by a record");
    assert!(told[0] > 0 && told[4] > 0 && told[5] >= 2, "{told:?}");
    assert_eq!(page.opened_acted_count, page.rules.iter().map(|rule| rule.acted).sum::<u64>());
    for of in NUMBERS {
        assert_eq!(names(&house, of, monday).await, number(&page, of), "the names behind {of}");
    }
    assert_eq!(page.lost.len() as u64, number(&page, "lost"));

    // A week on: a cycle, another act, another case closed. The week says what it said.
    let later = midnight("2025-07-14 10:00");
    app.run_cycle(AsOf(midnight("2025-07-14")), later).await.unwrap();
    let open = app.cases(&everyone(), &CaseQuery { limit: 500, ..CaseQuery::default() }, None, later).await.unwrap();
    let case = open.rows.iter().find(|case| case.state == "accepted").unwrap();
    let request =
        CloseCase { version: case.version, outcome: "no_action_needed".to_owned(), note: None, churn_reason: None };
    app.close_case(&everyone(), case.id, request, later).await.unwrap();
    let again = app.review(&everyone(), Some("2025-07-03"), None, later).await.unwrap();
    assert_eq!(NUMBERS.map(|of| number(&again, of)), told);
    assert_eq!((&again.lost, &again.at, again.next_on.as_deref()), (&page.lost, &page.at, Some("2025-07-07")));
    let next = app.review(&everyone(), None, None, later).await.unwrap();
    let before = |of: &str| next.numbers.iter().find(|one| one.of == of).unwrap().before;
    assert_eq!(NUMBERS.map(|of| before(of).unwrap()), told, "the week before, as it ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_made_ready_with_the_lists_says_what_it_said_and_goes_with_the_hands() {
    let house = scored().await;
    let (app, admin) = (&house.app, everyone());
    worked(app).await;
    let case = a_case(&house).await;
    let (wang, wangs) = person(&house, "王芳", "owner", case.owner.as_deref()).await;
    let (zhou, zhous) = person(&house, "周夜", "owner", Some("zhou")).await;
    let monday = midnight("2025-07-07 08:50");
    let told = async |reader: &Reader| {
        let page = app.review(reader, None, None, monday).await.unwrap();
        let before = page.numbers.iter().map(|one| one.before).collect::<Vec<_>>();
        (NUMBERS.map(|of| number(&page, of)), before, page.lost_amount, page.opened_acted_count)
    };
    let (all, theirs, nothing) = (told(&admin).await, told(&wangs).await, told(&zhous).await);
    assert!(theirs.0[0] > 0 && theirs.0[0] < all.0[0] && nothing.0 == [0; 6], "{all:?} {theirs:?} {nothing:?}");

    app.run_cycle(AsOf(midnight("2025-07-07")), monday).await.unwrap();
    assert!(app.make_ready(monday).await.unwrap());
    assert!(!app.make_ready(monday).await.unwrap(), "it is made once");
    for _ in 0..2 {
        assert_eq!((told(&admin).await, told(&wangs).await), (all.clone(), theirs.clone()));
    }
    let handing = HandOverRequest { version: 1, receivers: vec![zhou] };
    app.hand_over(&admin, wang, handing, monday).await.unwrap();
    assert_eq!((told(&zhous).await, told(&wangs).await, told(&admin).await), (theirs, nothing, all));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_by_owner_adds_up_and_counts_what_was_promised_and_decided() {
    let house = scored().await;
    worked(&house.app).await;
    let now = midnight("2025-08-01 09:00");
    let month = house.app.review_month(&everyone(), None, None, now).await.unwrap();
    assert_eq!((month.month.as_str(), month.is_complete, month.next.as_deref()), ("2025-07", true, Some("2025-08")));
    assert!(month.rows.len() > 2 && month.rows.iter().all(|row| row.act_in_time <= row.act_due));
    let sum = |what: fn(&app::view::ReviewOwner) -> u64| month.rows.iter().map(what).sum::<u64>();
    assert_eq!(sum(|row| row.customers), month.total.customers);
    assert_eq!(sum(|row| row.opened), month.total.opened);
    assert_eq!(sum(|row| row.act_due), month.total.act_due);
    assert_eq!(sum(|row| row.lost.unwrap()), month.total.lost.unwrap());
    let query = ReviewQuery { month: Some("2025-07".to_owned()), limit: 500, ..ReviewQuery::default() };
    for row in &month.rows {
        let owner = Some(row.owner.clone().unwrap_or_else(|| "-".to_owned()));
        for (of, count) in [("opened", row.opened), ("lost", row.lost.unwrap())] {
            let query = ReviewQuery { of: of.to_owned(), owner: owner.clone(), ..query.clone() };
            let names = house.app.review_names(&everyone(), &query, None, now).await.unwrap();
            assert_eq!(names.total, count, "{of} of {owner:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_opens_the_page_of_the_week_after_until_it_is_done() {
    let house = scored().await;
    let app = &house.app;
    let monday = midnight("2025-07-07 10:00");
    let new = app::view::NewStaff {
        name: "wang".to_owned(),
        email: "wang@example.com".to_owned(),
        password: "long enough".to_owned(),
        role: "owner".to_owned(),
        owner_key: None,
        unit_id: None,
    };
    let wang = app.add_staff(&everyone(), new, house.now).await.unwrap().id;
    let decided = NewReviewDecision {
        customer_id: None,
        week_on: "2025-07-06".to_owned(),
        title: "给沉默的客户打电话".to_owned(),
        to: wang,
        due_on: "2025-07-11".to_owned(),
    };
    let made = app.add_review_decision(&everyone(), decided.clone(), monday).await.unwrap();
    assert_eq!((made.week_on.as_str(), made.who.as_str(), made.clock.as_deref()), (WEEK.0, "wang", Some("on_time")));
    let past = NewReviewDecision { due_on: "2025-07-01".to_owned(), ..decided.clone() };
    assert_eq!(app.add_review_decision(&everyone(), past, monday).await.unwrap_err().code(), "bad_day");
    let future = NewReviewDecision { week_on: "2025-07-14".to_owned(), ..decided };
    assert_eq!(app.add_review_decision(&everyone(), future, monday).await.unwrap_err().code(), "future_week");

    let next = midnight("2025-07-14 09:00");
    let last =
        async |week: Option<&str>, now: Instant| app.review(&everyone(), week, None, now).await.unwrap().last_decisions;
    assert_eq!(last(None, next).await[0].clock.as_deref(), Some("overdue"));
    let change = ReviewDecisionChange { version: 1, done: Some(true), ..ReviewDecisionChange::default() };
    let done = app.change_review_decision(&everyone(), made.id, change.clone(), next).await.unwrap();
    assert_eq!((done.done_by.as_deref(), done.was_in_time), (Some("command line"), Some(false)));
    let again = app.change_review_decision(&everyone(), made.id, change, next).await.unwrap_err();
    assert_eq!(again.code(), "version_conflict");
    // It stands on the page that it opens; a week later still it is over.
    assert_eq!(last(None, next).await[0].id, made.id);
    assert!(last(Some("2025-07-14"), midnight("2025-07-16")).await.is_empty(), "done in the week before");
    let then = app.review(&everyone(), None, Some(AsOf(midnight("2025-07-13"))), next).await.unwrap();
    assert_eq!((then.week_on.as_str(), then.decisions[0].done_at.as_deref()), (WEEK.0, None), "not done yet then");
    // People see what concerns them.
    let mut stranger = everyone();
    stranger.reach = app::Reach::Mine;
    let seen = app.review(&stranger, None, None, next).await.unwrap();
    assert!(seen.last_decisions.is_empty() && seen.people.is_empty());
}
