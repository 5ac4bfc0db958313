//! The list of what is promised, and how it is kept on two databases: a test each on SQLite, and one test that starts a
//! PostgreSQL server and runs all of them there, each in a database of its own: a copy of one whose tables are made.

use std::future::Future;
use std::pin::Pin;

use sea_orm::ConnectionTrait;

use crate::door::Door;
use crate::postgres::Server;
use crate::{
    cases, cycle, desk, follow_ups, house, identity, line, lists, notices, org, past, people, pool_returns, races,
    reminders, renewals, review, scope, sheets, sources, speed, tags, versions,
};

type Sentence = fn(Door) -> Pin<Box<dyn Future<Output = ()>>>;

macro_rules! suite {
    ($($room:ident::$sentence:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[test]
                fn $sentence() {
                    super::on_sqlite(|door| Box::pin(super::$room::$sentence(door)));
                }
            )+
        }

        const SENTENCES: &[(&str, Sentence)] =
            &[$((stringify!($sentence), |door| Box::pin($room::$sentence(door)))),+];
    };
}

suite![
    desk::a_list_equals_a_naive_filter_and_its_counts_add_up,
    desk::pages_by_cursor_and_by_offset_show_every_alert_once,
    desk::a_case_is_accepted_then_closed_and_every_step_is_kept,
    desk::whoever_saw_an_old_version_is_told_the_present_one,
    desk::closing_a_case_resolves_its_alerts_and_starts_their_cooldown,
    desk::cases_are_listed_by_what_is_due,
    desk::customers_may_be_named_by_the_ten_thousand,
    cases::every_move_is_kept_with_what_was_said_and_who_was_faster_is_told,
    cases::a_case_is_opened_again_unless_the_customer_has_another,
    cases::what_a_person_opens_takes_no_place_and_outlives_its_alerts,
    cases::a_task_that_is_done_is_an_act_and_remarks_stay,
    cases::advice_fills_one_task_at_a_time_and_it_waits_for_its_person,
    cases::a_case_ends_in_the_word_of_its_type,
    cases::lists_are_by_whose_by_type_and_by_stage,
    lists::lists_of_cases_are_what_a_walk_over_every_case_finds,
    lists::alerts_are_counted_as_a_walk_over_every_alert_counts_them,
    cycle::a_customer_without_trouble_leaves_only_a_record,
    cycle::the_same_plan_twice_changes_nothing,
    cycle::a_plan_that_comes_again_does_not_reopen_what_a_person_closed,
    cycle::one_alert_per_customer_and_cause_and_one_case_per_customer,
    cycle::alerts_change_and_resolve_as_planned,
    cycle::a_case_that_somebody_took_up_is_not_cleared,
    cycle::a_second_alert_joins_the_open_case,
    cycle::a_small_worry_that_outlives_its_case_gets_the_next_one,
    cycle::another_plan_for_the_same_moment_is_applied,
    cycle::odd_names_are_kept_letter_by_letter,
    pool_returns::an_owner_is_warned_and_the_customer_goes_back_once,
    pool_returns::a_record_and_another_owner_keep_a_customer,
    org::a_head_sees_the_units_below_and_no_unit_stands_below_itself,
    org::a_unit_that_is_not_empty_stays_and_somebody_always_administers,
    org::a_link_is_good_once_until_it_ends_or_is_taken_back,
    org::who_leaves_hands_over_customers_and_cases_at_once_or_not_at_all,
    org::what_is_accounted_for_is_found_by_sort_actor_and_time,
    notices::a_notice_is_planned_once_and_goes_the_ways_its_person_chose,
    notices::what_is_due_is_claimed_by_one_urgent_first_and_what_waits_for_one_person_together,
    notices::what_was_being_sent_when_the_power_failed_waits_for_a_person,
    notices::a_channel_that_goes_takes_what_waits_for_it_and_no_secret_stays,
    notices::two_servers_on_one_database_tell_everybody_once,
    past::the_past_is_what_was_seen_then,
    past::a_clock_that_goes_back_does_not_reorder_the_history,
    past::every_change_is_in_the_history_once_and_in_order,
    people::of_two_who_set_the_firm_up_one_is_the_first,
    people::a_sign_in_name_belongs_to_one_person,
    people::a_session_ends_when_its_time_is_up_or_its_person_leaves,
    people::a_token_works_until_it_is_removed,
    people::failed_sign_ins_are_counted_by_name_and_peer,
    people::no_secret_is_in_the_history,
    follow_ups::a_record_is_kept_once_and_is_an_act_on_the_open_case,
    follow_ups::a_promise_is_chased_until_somebody_says_what_became_of_it,
    follow_ups::the_facts_are_told_of_every_click_and_of_each_once,
    reminders::an_answer_to_a_reminder_is_changed_by_who_saw_the_last_one_and_every_moment_keeps_its_own,
    reminders::the_last_follow_up_of_each_customer_says_when_the_next_one_is,
    house::a_setting_is_kept_and_its_history_too,
    house::an_import_counts_up_and_ends_once,
    house::an_import_that_was_running_when_the_power_failed_has_failed,
    house::an_import_is_taken_back_once_and_a_cancelled_one_is_gone,
    house::a_mapping_is_found_by_its_name_and_by_its_headers,
    house::opening_again_finds_everything,
    sources::a_source_is_found_by_its_name_and_by_its_key_alone,
    sources::a_source_that_changes_says_so_to_whoever_saw_the_old_one,
    sources::an_old_key_opens_nothing_and_a_removed_source_is_gone,
    identity::customers_that_share_a_key_are_asked_about_once_until_somebody_decides,
    identity::a_pair_is_kept_apart_until_that_is_taken_back,
    identity::what_is_wrong_with_a_source_opens_once_and_ends_with_its_date,
    versions::a_training_by_the_schedule_is_begun_once_and_what_came_of_it_is_kept,
    versions::of_each_model_the_last_report_is_kept,
    versions::a_scorecard_is_drafted_reviewed_activated_and_rolled_back,
    versions::of_two_who_edit_a_draft_the_second_is_told,
    versions::a_rule_and_a_scorecard_of_one_id_are_two_things,
    versions::a_model_waits_until_a_person_puts_it_in_use,
    renewals::judgement_answer_and_outcome_are_kept_apart_with_who_and_when,
    renewals::of_two_who_speak_of_one_renewal_the_second_is_told,
    scope::a_salesperson_sees_their_own_customers_only,
    scope::a_customer_changes_hands_and_the_lists_follow,
    sheets::a_table_comes_back_at_once_and_is_taken_back_but_for_what_others_changed_since,
    sheets::one_is_taken_from_the_pool_by_one_person_and_within_limits,
    sheets::the_later_of_a_plan_and_a_record_says_when_somebody_is_spoken_to_next,
    tags::a_tag_is_put_on_taken_off_and_who_had_it_when_is_known,
    tags::a_change_of_many_is_taken_back_once_and_leaves_alone_what_others_changed_since,
    line::what_is_put_off_leaves_the_desk_and_comes_back_on_its_day,
    line::a_false_alarm_is_counted_against_its_rule_and_ends_its_case,
    line::one_alert_speaks_for_each_customer_and_lists_follow_what_is_at_risk,
    line::cases_below_the_line_are_not_lost_and_not_counted,
    line::of_two_who_change_an_alert_one_is_told_of_the_other,
    line::a_view_is_its_own_persons_alone,
    review::what_was_on_the_desk_is_told_again_the_same_whatever_came_later,
    review::a_decision_is_done_once_and_how_it_stood_is_known,
    review::a_decision_about_a_customer_waits_for_its_person_until_it_is_done,
    races::of_two_who_close_a_case_one_is_told_of_the_other,
    races::two_cycles_at_once_open_an_alert_once,
    races::a_cycle_dropped_halfway_leaves_nothing,
    races::two_that_open_an_empty_database_at_once_both_find_it_ready,
    speed::a_hundred_thousand_open_alerts_are_listed_at_once,
];

/// A database of PostgreSQL whose tables are made and that holds nothing else.
const MADE: &str = "made";

/// What is about an empty database finds one, without tables.
const ABOUT_EMPTY: &[&str] = &["two_that_open_an_empty_database_at_once_both_find_it_ready"];

fn on_sqlite(sentence: Sentence) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = store::Store::url_of(&folder.path().join("店铺 100%.db"));
    run(sentence(Door::new(url)));
}

fn run(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(future);
}

#[test]
fn postgresql_keeps_every_sentence_too() {
    assert!(ABOUT_EMPTY.iter().all(|empty| SENTENCES.iter().any(|(name, _)| name == empty)), "{ABOUT_EMPTY:?}");
    let server = Server::start();
    run(async {
        make_database(server.url("postgres"), MADE, "template0").await;
        let store = Door::new(server.url(MADE)).open().await;
        store.close().await.expect("leaving the database to be copied");
    });
    let mut broken = Vec::new();
    for (number, (name, sentence)) in SENTENCES.iter().enumerate() {
        let database = format!("sentence_{number}");
        let copied = if ABOUT_EMPTY.contains(name) { "template0" } else { MADE };
        run(make_database(server.url("postgres"), &database, copied));
        let door = Door::new(server.url(&database));
        let kept = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(sentence(door))));
        if kept.is_err() {
            broken.push(*name);
        }
    }
    assert!(broken.is_empty(), "broken on PostgreSQL: {broken:#?}");
}

async fn make_database(url: String, name: &str, copied: &str) {
    let connection = sea_orm::Database::connect(url).await.expect("reaching the server");
    let statement = format!("CREATE DATABASE {name} TEMPLATE {copied} STRATEGY FILE_COPY");
    connection.execute_unprepared(&statement).await.expect("making a database");
    connection.close().await.expect("leaving the server");
}
