//! Versions of scorecards and rules, and which of them was in use when.

use store::{
    ModelWatch, NewVersion, Resource, RetrainingCause, RetrainingOutcome, Store, VersionState, VersionTerm, Versioned,
};
use vocab::{AsOf, Instant, Scope, Text};

use crate::door::{Door, hour};

fn new(definition: &str) -> NewVersion {
    NewVersion {
        sort: Versioned::Scorecard,
        of: "saas".to_owned(),
        content: format!("hash of {definition}"),
        definition: definition.to_owned(),
        note: Some("登录更重要".to_owned()),
    }
}

/// Number, state and definition of every version.
async fn versions(store: &Store) -> Vec<(i64, &'static str, String)> {
    let rows = store.versions(Versioned::Scorecard).await.unwrap();
    rows.into_iter().map(|row| (row.number, row.state.as_str(), row.definition)).collect()
}

/// Which definition was in use at a moment.
async fn in_use(store: &Store, at: Instant) -> String {
    let covers = |term: &&VersionTerm| term.since <= at && term.until.is_none_or(|until| at < until);
    let terms = store.version_terms(Versioned::Scorecard).await.unwrap();
    let found: Vec<i64> = terms.iter().filter(covers).map(|term| term.version_id).collect();
    assert_eq!(found.len(), 1, "one version is in use at every moment: {terms:?}");
    let rows = store.versions(Versioned::Scorecard).await.unwrap();
    rows.into_iter().find(|row| row.id == found[0]).unwrap().definition
}

pub async fn a_scorecard_is_drafted_reviewed_activated_and_rolled_back(door: Door) {
    let store = door.open().await;
    store.keep_first_version(&new("shipped"), "liuke", hour(0)).await.unwrap();
    store.keep_first_version(&new("shipped, later"), "liuke", hour(1)).await.unwrap();
    assert_eq!(versions(&store).await, [(1, "active", "shipped".to_owned())], "what is in use stays");

    let draft = store.put_version_draft(&new("mine"), None, "wang", hour(2)).await.unwrap();
    assert_eq!((draft.number, draft.state, draft.author.as_str()), (2, VersionState::Draft, "wang"));
    let handed = store.review_version(Versioned::Scorecard, "saas", draft.version, "wang", hour(3)).await.unwrap();
    assert_eq!(handed.state, VersionState::Review);
    assert!(
        store
            .review_version(Versioned::Scorecard, "saas", handed.version, "wang", hour(3))
            .await
            .unwrap_err()
            .is_conflict()
    );
    let active = store.activate_version(handed.id, handed.version, ("activated", None), "zhao", hour(4)).await.unwrap();
    let told = [(1, "retired", "shipped".to_owned()), (2, "active", "mine".to_owned())];
    assert_eq!(versions(&store).await, told);
    assert!(
        store
            .activate_version(active.id, active.version, ("activated", None), "zhao", hour(5))
            .await
            .unwrap_err()
            .is_conflict()
    );

    let first = store.versions(Versioned::Scorecard).await.unwrap().remove(0);
    store.activate_version(first.id, first.version, ("rolled_back", None), "zhao", hour(9)).await.unwrap();
    let then = [hour(-9_999), hour(3), hour(4), hour(8), hour(9), hour(99)];
    let mut told = Vec::new();
    for at in then {
        told.push(in_use(&store, at).await);
    }
    assert_eq!(told, ["shipped", "shipped", "mine", "mine", "shipped", "shipped"]);
    let history = store.history_of(&Scope::All, Resource::Scorecard, &active.id.to_string()).await.unwrap();
    let causes: Vec<&str> = history.iter().map(|entry| entry.cause.as_str()).collect();
    assert_eq!(causes, ["drafted", "reviewed", "activated", "retired"]);
    assert!(store.activate_version(99, 1, ("activated", None), "zhao", hour(9)).await.unwrap_err().is_not_found());
}

pub async fn of_two_who_edit_a_draft_the_second_is_told(door: Door) {
    let store = door.open().await;
    let draft = store.put_version_draft(&new("one"), None, "wang", hour(0)).await.unwrap();
    let changed = store.put_version_draft(&new("two"), Some(draft.version), "li", hour(1)).await.unwrap();
    assert_eq!((changed.number, changed.definition.as_str(), changed.author.as_str()), (1, "two", "li"));
    for version in [None, Some(draft.version)] {
        let late = store.put_version_draft(&new("three"), version, "wang", hour(2)).await.unwrap_err();
        assert_eq!((late.is_conflict(), late.current_version()), (true, Some(changed.version)));
    }
    // What was handed in for review and is changed is a draft again.
    let handed = store.review_version(Versioned::Scorecard, "saas", changed.version, "li", hour(3)).await.unwrap();
    let again = store.put_version_draft(&new("four"), Some(handed.version), "li", hour(4)).await.unwrap();
    assert_eq!(again.state, VersionState::Draft);
    assert!(store.review_version(Versioned::Scorecard, "other", 1, "li", hour(4)).await.unwrap_err().is_not_found());
}

pub async fn a_rule_and_a_scorecard_of_one_id_are_two_things(door: Door) {
    let store = door.open().await;
    let rule = |definition: &str| NewVersion { sort: Versioned::Rule, ..new(definition) };
    store.keep_first_version(&new("scorecard"), "liuke", hour(0)).await.unwrap();
    store.keep_first_version(&rule("shipped"), "liuke", hour(0)).await.unwrap();
    let first = store.versions(Versioned::Rule).await.unwrap().remove(0);
    let own = rule("mine");
    let late = store.put_version_in_use(&own, None, "switched", "wang", hour(1)).await.unwrap_err();
    assert!(late.is_conflict(), "somebody else was quicker");
    let mine = store.put_version_in_use(&own, Some(first.id), "switched", "wang", hour(1)).await.unwrap();
    assert_eq!((mine.number, mine.state), (2, VersionState::Active));
    let definitions = |rows: Vec<store::VersionRecord>| -> Vec<(String, VersionState)> {
        rows.into_iter().map(|row| (row.definition, row.state)).collect()
    };
    let told = [("shipped".to_owned(), VersionState::Retired), ("mine".to_owned(), VersionState::Active)];
    assert_eq!(definitions(store.versions(Versioned::Rule).await.unwrap()), told);
    assert_eq!(in_use(&store, hour(2)).await, "scorecard", "the scorecard is not touched");
    let terms = store.version_terms(Versioned::Rule).await.unwrap();
    assert_eq!(
        terms.iter().map(|term| (term.version_id, term.until)).collect::<Vec<_>>(),
        [(first.id, Some(hour(1))), (mine.id, None),]
    );
    let history = store.history_of(&Scope::All, Resource::Rule, &mine.id.to_string()).await.unwrap();
    assert_eq!(history.iter().map(|entry| entry.cause.as_str()).collect::<Vec<_>>(), ["written", "switched"]);
}

pub async fn a_model_waits_until_a_person_puts_it_in_use(door: Door) {
    let store = door.open().await;
    let model = |content: &str| NewVersion { sort: Versioned::Model, of: "saas_contract".to_owned(), ..new(content) };
    let first = store.add_challenger(&model("one"), "wang", hour(0)).await.unwrap();
    let second = store.add_challenger(&model("two"), "wang", hour(1)).await.unwrap();
    assert_eq!((first.number, second.number, second.state), (1, 2, VersionState::Challenger));
    assert!(store.version_terms(Versioned::Model).await.unwrap().is_empty(), "nothing is in use by itself");
    store.activate_version(first.id, first.version, ("activated", None), "zhao", hour(2)).await.unwrap();
    let said = ("activated", Some("better on the last two months"));
    let champion = store.activate_version(second.id, second.version, said, "zhao", hour(3)).await.unwrap();
    assert_eq!(champion.note.as_deref(), said.1, "why stands on the one that was put in use");
    let states: Vec<VersionState> =
        store.versions(Versioned::Model).await.unwrap().into_iter().map(|row| row.state).collect();
    assert_eq!(states, [VersionState::Retired, VersionState::Active]);
    let late =
        store.activate_version(champion.id, second.version, ("activated", None), "li", hour(4)).await.unwrap_err();
    assert!(late.is_conflict(), "somebody else was quicker");
    let history = store.history_of(&Scope::All, Resource::Model, &first.id.to_string()).await.unwrap();
    let causes: Vec<&str> = history.iter().map(|entry| entry.cause.as_str()).collect();
    assert_eq!(causes, ["learnt", "activated", "retired"]);
}

/// Of two servers on one database one trains; whoever broke off is made up for, whoever ended is not asked again.
pub async fn a_training_by_the_schedule_is_begun_once_and_what_came_of_it_is_kept(door: Door) {
    let (store, other) = (door.open().await, door.open().await);
    let (march, april) = (AsOf(hour(0)), AsOf(hour(24)));
    let begin = async |store: &Store, of: &str, as_of: AsOf, now: i64| {
        let lost = hour(now - 12);
        store.begin_retraining((of, as_of), RetrainingCause::Monthly, lost, hour(now)).await.unwrap()
    };
    let first = begin(&store, "saas_contract", march, 1).await.unwrap();
    assert_eq!(begin(&other, "saas_contract", march, 1).await, None);
    assert_eq!(begin(&other, "saas_contract", march, 14).await, Some(first), "its process is gone");
    let why = Text::new("还差 15 位", "15 more are needed");
    store.end_retraining(first, RetrainingOutcome::Refused, (None, Some(&why)), hour(15)).await.unwrap();
    assert_eq!(begin(&store, "saas_contract", march, 200).await, None, "it was done");
    let second = begin(&store, "saas_contract", april, 25).await.unwrap();
    store.end_retraining(second, RetrainingOutcome::Trained, (Some(7), None), hour(26)).await.unwrap();
    assert!(begin(&store, "no_order_90d", april, 25).await.is_some(), "another definition is another training");
    let told: Vec<_> = other.retrainings().await.unwrap();
    assert_eq!(told.iter().map(|one| one.as_of).collect::<Vec<_>>(), [april, april, march], "the newest first");
    assert_eq!((told[0].outcome, told[0].of.as_str()), (None, "no_order_90d"));
    assert_eq!((told[1].outcome, told[1].version_id), (Some(RetrainingOutcome::Trained), Some(7)));
    assert_eq!((told[2].outcome, told[2].says.as_ref()), (Some(RetrainingOutcome::Refused), Some(&why)));
    assert!(
        store.end_retraining(999, RetrainingOutcome::Failed, (None, None), hour(30)).await.unwrap_err().is_not_found()
    );
}

pub async fn of_each_model_the_last_report_is_kept(door: Door) {
    let store = door.open().await;
    let watch = |hours: i64, report: &str| ModelWatch { as_of: AsOf(hour(hours)), report: report.to_owned() };
    for (version, one) in [(1, watch(0, "first")), (2, watch(0, "another")), (1, watch(24, "second"))] {
        store.keep_model_watch(version, &one, hour(30)).await.unwrap();
    }
    assert_eq!(store.model_watch(1).await.unwrap(), Some(watch(24, "second")));
    assert_eq!(store.model_watch(2).await.unwrap(), Some(watch(0, "another")));
    assert_eq!(store.model_watch(3).await.unwrap(), None);
}
