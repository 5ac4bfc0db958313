//! Nobody sees what is not theirs, by any door.

use std::collections::BTreeSet;

use actions::ActionPlan;
use store::{
    AlertFilter, AlertSlice, AuditFilter, CaseFilter, CaseOutcome, CaseSlice, Closing, Deed, NewJudgement, Resource,
    Store,
};
use vocab::{AsOf, CustomerId, Instant, Scope, Severity};

use crate::door::{Door, People as _, alert, apply, hour, mine, opening, owned, with_cases};

/// Methods that take a scope: each is walked below. A new one must be added here, and then there.
const WALKED: [&str; 79] = [
    "advice_followed",
    "pool_returns",
    "pool_warnings",
    "pool_warnings_page",
    "owner_changes",
    "apply_sheet",
    "last_owner_changes",
    "next_contacts",
    "sheet_cells",
    "undo_sheet",
    "desk_clocks",
    "case_lives",
    "add_case_comment",
    "add_advised_task",
    "add_case_task",
    "tasks_waiting",
    "case_comment_counts",
    "case_comments",
    "case_calls",
    "case_count",
    "case_counts",
    "case_keys",
    "case_tasks",
    "change_case_task",
    "move_case",
    "open_case",
    "add_follow_up",
    "follow_ups",
    "follow_ups_untold",
    "promises",
    "promises_then",
    "work_between",
    "promises_untold",
    "settle_promise",
    "renewals_said",
    "renewals_said_then",
    "renewal_steps",
    "say_renewal",
    "answer_reminder",
    "last_follow_ups",
    "reminder_answers",
    "call_alert_false",
    "cases_opened",
    "rule_counts",
    "snooze_alert",
    "snoozed",
    "wake_alert",
    "add_judgement",
    "alert",
    "alerted_customers",
    "standing_counts",
    "news_of",
    "open_cases",
    "alerts",
    "as_recorded",
    "audit",
    "audit_actors",
    "audit_count",
    "case",
    "case_steps",
    "cases",
    "change_tags",
    "cycle_at",
    "desk",
    "desk_of",
    "history_after",
    "history_of",
    "judgements",
    "last_cycle",
    "last_cycle_before",
    "open_alerts",
    "open_alerts_of",
    "owners",
    "owners_given",
    "owners_untold",
    "withdraw_judgement",
    "tags",
    "undo_tags",
    "a_customer_is_never_shown_without_scope",
];

/// Methods that show no customer, and so take none.
const WITHOUT: [&str; 138] = [
    "apply_pool_returns",
    "model_watch",
    "keep_model_watch",
    "retrainings",
    "begin_retraining",
    "end_retraining",
    "claim_customer",
    "claims",
    "sheet",
    "sheet_like",
    "sheets",
    "desk_loads",
    "add_decision",
    "change_decision",
    "decision",
    "decisions",
    "decisions_about",
    "decisions_then",
    "decisions_waiting",
    "follow_ups_told",
    "promise_told",
    "put_saved_view",
    "remove_saved_view",
    "saved_views",
    "set_worth",
    "account_for",
    "accept_invitation",
    "add_unit",
    "change_staff",
    "change_unit",
    "hand_over",
    "hand_over_preview",
    "invitation",
    "invitations",
    "invite",
    "owners_told",
    "remove_unit",
    "session_reach",
    "set_session_reach",
    "units",
    "withdraw_invitation",
    "add_failed_sign_in",
    "add_first_staff",
    "add_import_job",
    "add_session",
    "add_source",
    "add_staff",
    "activate_version",
    "add_challenger",
    "add_token",
    "apart",
    "apply_between_cycles",
    "apply_cycle",
    "apply_cycle_weighed",
    "begin_import_job",
    "begin_source_run",
    "cancel_import_job",
    "change_source",
    "close",
    "conflict",
    "conflicts",
    "data_alerts",
    "decide_conflict",
    "dismiss_data_alert",
    "end_source_run",
    "fail_import_job",
    "fail_running_import_jobs",
    "fail_running_source_runs",
    "failed_sign_ins",
    "finish_import_job",
    "forget_failed_sign_ins",
    "import_job",
    "import_job_progress",
    "import_jobs",
    "keep_first_version",
    "last_tag_change",
    "mapping",
    "mapping_for",
    "mappings",
    "open",
    "ping",
    "put_mapping",
    "put_version_draft",
    "put_version_in_use",
    "put_setting",
    "quality_report",
    "record",
    "remove_mapping",
    "remove_session",
    "remove_source",
    "remove_token",
    "review_version",
    "rotate_source",
    "version_terms",
    "versions",
    "session_staff",
    "set_active",
    "set_apart",
    "set_conflicts",
    "set_owners",
    "set_password_hash",
    "set_quality",
    "setting",
    "setting_version",
    "settings",
    "source",
    "source_named",
    "source_run",
    "source_run_progress",
    "source_runs",
    "source_with_key",
    "sources",
    "staff",
    "staff_by_email",
    "staff_by_id",
    "staff_count",
    "sweep_failed_sign_ins",
    "sweep_sessions",
    "token_staff",
    "tokens",
    "undo_import_job",
    "add_channel",
    "begin_trial",
    "change_channel",
    "channel",
    "channels",
    "claim_deliveries",
    "decide_delivery",
    "give_up_claims",
    "notice_attempts",
    "notice_choices",
    "notice_keys",
    "notices",
    "put_notice_choice",
    "put_notices",
    "read_notices",
    "remove_channel",
    "settle_attempt",
];

/// Every customer that these doors show to a reader.
async fn shown(store: &Store, scope: &Scope) -> Vec<(&'static str, BTreeSet<String>)> {
    let whole = AlertFilter { state: None, ..AlertFilter::default() };
    let page = store.alerts(scope, &whole, AlertSlice::default()).await.unwrap();
    assert_eq!(page.total, page.rows.len() as u64, "totals count what is shown");
    assert_eq!(page.severity_counts.values().sum::<u64>(), page.total);
    assert_eq!(page.case_state_counts.values().sum::<u64>(), page.total);
    let cases = store.cases(scope, &CaseFilter::default(), CaseSlice::default()).await.unwrap();
    assert_eq!(cases.total, cases.rows.len() as u64);
    assert_eq!(cases.state_counts.values().sum::<u64>(), cases.total);
    let keys = store.case_keys(scope, &CaseFilter::default()).await.unwrap();
    let alerted = store.alerted_customers(scope).await.unwrap();
    let desks = store.desk_clocks(scope, hour(1), hour(20)).await.unwrap();
    assert_eq!(desks.iter().map(|desk| desk.open).sum::<u64>(), cases.total, "what is on the desks is what is listed");
    let lives = store.case_lives(scope, hour(-1), hour(99)).await.unwrap();
    let recorded = store.as_recorded(scope, hour(99)).await.unwrap();
    let standing = store.open_alerts(scope, hour(0)).await.unwrap();
    let desk = store.desk(scope).await.unwrap();
    assert_eq!(store.open_cases(scope).await.unwrap(), desk.open_cases);
    let counted: u64 = store.standing_counts(scope).await.unwrap().into_values().sum();
    assert_eq!(counted, alerted.len() as u64, "one alert speaks for each of them");
    let everybody = ["A", "B", "C"].map(CustomerId::from);
    let standing_of = store.open_alerts_of(scope, hour(0), &everybody).await.unwrap();
    let desk_of = store.desk_of(scope, &everybody).await.unwrap();
    assert_eq!(store.open_alerts_of(scope, hour(0), &[]).await.unwrap(), alerts::OpenAlerts::default());
    let nobody = store.desk_of(scope, &["D".into()]).await.unwrap();
    assert!(nobody.open_cases.is_empty() && nobody.owners.is_empty());
    assert!(desk_of.owners.iter().all(|owner| desk.owners.iter().any(|one| one == owner)), "owners of desk_of");

    let mut one_by_one = Vec::new();
    let mut stepped = Vec::new();
    let mut histories = Vec::new();
    for id in 1..=9 {
        one_by_one.extend(store.alert(scope, id).await.unwrap().map(|row| row.customer_id));
        one_by_one.extend(store.case(scope, id).await.unwrap().map(|row| row.customer_id));
        if !store.case_steps(scope, &[id], None).await.unwrap().is_empty() {
            let case = store.case(&Scope::All, id).await.unwrap().unwrap();
            stepped.push(case.customer_id);
        }
        for resource in Resource::ALL {
            let entries = store.history_of(scope, resource, &id.to_string()).await.unwrap();
            histories.extend(entries.into_iter().map(|entry| entry.customer_id));
        }
    }
    histories.extend(store.history_after(scope, 0, 999).await.unwrap().into_iter().map(|entry| entry.customer_id));
    let news = store.news_of(scope, 0, &Resource::ALL).await.unwrap().customers;
    histories.extend(news.into_iter().map(Some));
    if *scope != Scope::All {
        assert!(histories.iter().all(Option::is_some), "settings, staff and cycles are not for everybody");
    }
    let given = store.owners_given(scope, hour(0)).await.unwrap();
    assert_eq!(given, store.owners_untold(scope).await.unwrap(), "nobody has told the facts yet");
    let audited = store.audit(scope, &AuditFilter::default(), 999).await.unwrap();
    assert_eq!(store.audit_count(scope, &AuditFilter::default()).await.unwrap(), audited.len() as u64);
    assert_eq!(store.audit_actors(scope).await.unwrap().is_empty(), audited.is_empty());
    let said = store.judgements(scope).await.unwrap();
    let between = store.work_between(scope, hour(-1), hour(99)).await.unwrap();
    let lived: Vec<_> =
        lives.iter().flat_map(|life| &life.versions).map(|one| (one.at, &one.what, &one.desk)).collect();
    let steps = between.cases.iter().flat_map(|trail| &trail.steps);
    let stepped_through: Vec<_> = steps.map(|step| (step.at, &step.what, &step.case.assigned_to)).collect();
    assert_eq!(lived, stepped_through, "both tell the same lives");
    let between_cases =
        between.cases.iter().filter_map(|trail| trail.last()).map(|case| case.customer_id.clone()).collect();
    let names = |ids: Vec<CustomerId>| ids.iter().map(CustomerId::to_string).collect::<BTreeSet<String>>();
    let standing = standing.open.into_iter().map(|row| row.customer);
    let reminded = crate::reminders::shown(store, scope).await.into_iter().map(|(door, seen)| (door, names(seen)));
    let followed = crate::follow_ups::shown(store, scope).await.into_iter().map(|(door, seen)| (door, names(seen)));
    let mut shown = vec![
        ("alerts", names(page.rows.into_iter().map(|row| row.customer_id).collect())),
        ("case_lives", names(lives.into_iter().map(|life| life.customer_id).collect())),
        ("cases", names(cases.rows.into_iter().map(|row| row.customer_id).collect())),
        ("case_keys", names(keys.into_iter().map(|key| key.customer).collect())),
        ("alerted_customers", names(alerted)),
        ("as_recorded alerts", names(recorded.alerts.into_iter().map(|row| row.customer_id).collect())),
        ("as_recorded cases", names(recorded.cases.into_iter().map(|row| row.customer_id).collect())),
        ("open_alerts", names(standing.collect())),
        ("open_alerts_of", names(standing_of.open.into_iter().map(|row| row.customer).collect())),
        ("desk_of", names(desk_of.open_cases.into_iter().map(|row| row.customer).collect())),
        ("desk", names(desk.open_cases.into_iter().map(|row| row.customer).collect())),
        ("alert and case", names(one_by_one)),
        ("audit", names(audited.into_iter().filter_map(|row| row.customer_id).collect())),
        ("judgements", names(said.into_iter().map(|word| word.said.customer).collect())),
        ("case_steps", names(stepped)),
        ("work_between alerts", names(between.alerts.into_iter().map(|row| row.customer_id).collect())),
        ("work_between cases", names(between_cases)),
        ("work_between records", names(between.follow_ups.into_iter().map(|one| one.said.customer).collect())),
        ("tags", names(tags(store, scope, None).await)),
        ("tags before", names(tags(store, scope, Some(hour(99))).await)),
        ("history", names(histories.into_iter().flatten().collect())),
    ];
    shown.extend(followed);
    shown.extend(
        crate::sheets::shown(store, scope, &everybody).await.into_iter().map(|(door, seen)| (door, names(seen))),
    );
    shown.extend(reminded);
    let renewed = crate::renewals::shown(store, scope).await.into_iter().map(|(door, seen)| (door, names(seen)));
    shown.extend(renewed);
    shown
}

async fn tags(store: &Store, scope: &Scope, before: Option<Instant>) -> Vec<CustomerId> {
    store.tags(scope, before).await.unwrap().into_iter().map(|row| row.customer).collect()
}

pub async fn a_salesperson_sees_their_own_customers_only(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "li"), ("C", "-")]).await;
    crate::sheets::come_back(&store, &[("A", "wang"), ("B", "li"), ("C", "")]).await;
    crate::follow_ups::promised_to_all(&store, &["A", "B", "C"].map(CustomerId::from)).await;
    crate::renewals::said_of_all(&store, &["A", "B", "C"].map(CustomerId::from)).await;
    with_cases(&store, &["A", "B", "C"]).await;
    crate::reminders::answered_for_all(&store, &["A", "B", "C"].map(CustomerId::from)).await;
    for customer in ["A", "B", "C"] {
        store.add_judgement(&Scope::All, &word(customer), "wang", hour(0)).await.unwrap();
    }
    let everybody = ["A", "B", "C"].map(CustomerId::from);
    for customer in &everybody {
        let deed = Deed { what: "unmasked", subject: customer.as_str(), customer: Some(customer), actor: "wang" };
        store.account_for(deed, &["phone"], hour(0)).await.unwrap();
    }
    let tagged = store.change_tags(&Scope::All, &everybody, "重点", true, "wang", hour(0)).await.unwrap().unwrap();
    for (scope, theirs) in [
        (Scope::All, vec!["A", "B", "C"]),
        (mine(&["wang"]), vec!["A"]),
        (mine(&["wang", "li"]), vec!["A", "B"]),
        (mine(&["zhao"]), vec![]),
        (mine(&[]), vec![]),
    ] {
        let theirs: BTreeSet<String> = theirs.into_iter().map(str::to_owned).collect();
        for (method, customers) in shown(&store, &scope).await {
            assert_eq!(customers, theirs, "{method} as {scope:?}");
        }
        let owners = store.owners(&scope).await.unwrap();
        let owned: BTreeSet<String> = theirs.iter().filter(|name| *name != "C").cloned().collect();
        assert_eq!(owners.keys().map(CustomerId::to_string).collect::<BTreeSet<_>>(), owned, "owners as {scope:?}");
    }
    // A cycle's plan names customers; only who may see all of them reads it.
    for scope in [mine(&["wang"]), mine(&[])] {
        for cycle in [
            store.last_cycle(&scope).await.unwrap(),
            store.last_cycle_before(&scope, hour(1)).await.unwrap(),
            store.cycle_at(&scope, AsOf(hour(0))).await.unwrap(),
        ] {
            assert_eq!(cycle.unwrap().plan, "");
        }
    }
    // What may not be seen may not be touched, and does not even exist.
    let theirs = store.change_tags(&mine(&["wang"]), &everybody, "先谈", true, "wang", hour(1)).await.unwrap().unwrap();
    assert_eq!(theirs.customer_count, 1, "only their own customer was tagged");
    assert!(store.undo_tags(&mine(&["zhao"]), theirs.id, "zhao", hour(1)).await.unwrap_err().is_not_found());
    let taken = store.undo_tags(&mine(&["li"]), tagged.id, "li", hour(1)).await.unwrap();
    assert_eq!(taken.customer_count, 1, "a change of many is taken back where one may see it");
    let closing = Closing { outcome: CaseOutcome::Churned, note: None };
    for case in [2, 3] {
        assert!(store.accept_case(&mine(&["wang"]), case, 1, "wang", hour(1)).await.unwrap_err().is_not_found());
        assert!(
            store.close_case(&mine(&["wang"]), case, 1, "wang", closing, hour(1)).await.unwrap_err().is_not_found()
        );
    }
    assert!(store.add_judgement(&mine(&["wang"]), &word("B"), "wang", hour(1)).await.unwrap_err().is_not_found());
    assert!(store.withdraw_judgement(&mine(&["wang"]), 2, "wang", hour(1)).await.unwrap_err().is_not_found());
    store.withdraw_judgement(&mine(&["wang"]), 1, "wang", hour(1)).await.unwrap();
    assert!(store.withdraw_judgement(&mine(&["wang"]), 1, "wang", hour(2)).await.unwrap_err().is_conflict());
    crate::cases::nobody_touches_what_is_not_theirs(&store).await;
    crate::line::nobody_touches_what_is_not_theirs(&store).await;
    crate::sheets::nobody_touches_what_is_not_theirs(&store).await;
    crate::follow_ups::nobody_touches_what_is_not_theirs(&store).await;
    crate::reminders::nobody_answers_what_is_not_theirs(&store).await;
    crate::renewals::nobody_touches_what_is_not_theirs(&store).await;
    store.accept_case(&mine(&["wang"]), 1, 1, "wang", hour(1)).await.unwrap();
    store.close_case(&mine(&["wang"]), 1, 2, "wang", closing, hour(1)).await.unwrap();
}

/// What somebody says of a customer.
fn word(customer: &str) -> NewJudgement {
    NewJudgement {
        customer: customer.into(), measure: None, value: 20.0, reason: "听说要走".to_owned(), until: None
    }
}

pub async fn a_customer_changes_hands_and_the_lists_follow(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "wang"), ("C", "li")]).await;
    with_cases(&store, &["A", "B", "C"]).await;
    let closing = Closing { outcome: CaseOutcome::Churned, note: None };
    store.close_case(&Scope::All, 3, 1, "li", closing, hour(1)).await.unwrap();
    let owners = [("A", Some("li")), ("B", None), ("C", Some("li"))];
    let owners = owners.map(|(customer, owner)| (CustomerId::from(customer), owner.map(str::to_owned)));
    assert_eq!(store.set_owners(&owners).await.unwrap(), 2);
    assert_eq!(store.set_owners(&owners).await.unwrap(), 0, "the same again changes nothing");
    assert_eq!(store.set_owners::<CustomerId, String>(&[]).await.unwrap(), 0, "who is not listed keeps their owner");

    let of = async |scope: Scope, owner: Option<&str>| {
        let filter = AlertFilter { state: None, owner: owner.map(str::to_owned), ..AlertFilter::default() };
        let page = store.alerts(&scope, &filter, AlertSlice::default()).await.unwrap();
        page.rows.iter().map(|row| row.customer_id.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(mine(&["wang"]), None).await, "");
    assert_eq!(of(mine(&["li"]), None).await, "A C");
    assert_eq!(of(Scope::All, Some("-")).await, "B");
    assert_eq!(of(Scope::All, Some("li")).await, "A C");
    assert_eq!(of(mine(&["li"]), Some("-")).await, "", "the pool is nobody's");

    let b = CustomerId::from("B");
    let claim = store::PoolClaim { customer: &b, owner: "zhao", actor: "zhao", per_day: (9, hour(0)), most: None };
    store.claim_customer(claim, hour(2)).await.unwrap();
    assert_eq!(of(mine(&["zhao"]), None).await, "B");
    assert_eq!(store.set_owners(&owners).await.unwrap(), 1, "who changed hands since is asked about again");
    assert_eq!(of(mine(&["zhao"]), None).await, "");
    // What an alert carries with it and what is known of its customer are the same, for new alerts too.
    apply(&store, &opening(vec![alert("A", "price", Severity::Info)]), &ActionPlan::default(), hour(2)).await;
    let known = store.owners(&Scope::All).await.unwrap();
    let whole = AlertFilter { state: None, ..AlertFilter::default() };
    let rows = store.alerts(&Scope::All, &whole, AlertSlice::default()).await.unwrap().rows;
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| row.owner.as_ref() == known.get(&row.customer_id)), "{rows:?}");
}

/// Reads the door itself: a public method either takes the scope first or is known to show no customer.
#[test]
fn a_customer_is_never_shown_without_scope() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut walked = BTreeSet::from(["a_customer_is_never_shown_without_scope".to_owned()]);
    let mut without = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        for method in text.split("    pub async fn ").skip(1) {
            let (name, rest) = method.split_once('(').unwrap();
            // Without what it is generic over.
            let name = name.split('<').next().unwrap();
            let parameters = rest.split_once(')').unwrap().0.trim().trim_start_matches("&self").trim_start_matches(',');
            let scoped = parameters.trim().starts_with("scope: &Scope");
            if scoped { &mut walked } else { &mut without }.insert(name.to_owned());
        }
    }
    assert_eq!(walked, WALKED.map(str::to_owned).into());
    assert_eq!(without, WITHOUT.map(str::to_owned).into());
}
