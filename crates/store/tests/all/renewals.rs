//! What people say of renewals: each word with who and when, nothing overwritten unseen, every change kept.

use store::{Intention, RenewalKey, RenewalOutcome, RenewalRecord, RenewalSaying, RenewalStage, Resource, Store};
use vocab::{CustomerId, Scope};

use crate::door::{Door, hour, mine, owned};

fn key(customer: &str, contract: Option<&str>) -> RenewalKey {
    RenewalKey { customer: customer.into(), contract: contract.map(str::to_owned), due_on: "2025-06-30".to_owned() }
}

const UNSURE: RenewalSaying = RenewalSaying::Answer(Some((Intention::Unsure, None)));

async fn say(store: &Store, version: i64, saying: RenewalSaying, at: i64) -> RenewalRecord {
    store.say_renewal(&Scope::All, &key("A", None), version, &saying, "wang", hour(at)).await.unwrap()
}

/// A word on a renewal of each of these customers.
pub async fn said_of_all(store: &Store, customers: &[CustomerId]) {
    for customer in customers {
        let key = key(customer.as_str(), None);
        store.say_renewal(&Scope::All, &key, 0, &UNSURE, "wang", hour(0)).await.unwrap();
    }
}

/// Every customer that the doors of this room show.
pub async fn shown(store: &Store, scope: &Scope) -> Vec<(&'static str, Vec<CustomerId>)> {
    let everybody = ["A", "B", "C"].map(CustomerId::from);
    let mut stepped = Vec::new();
    for customer in &everybody {
        stepped.extend(store.renewal_steps(scope, customer, None).await.unwrap());
    }
    let customers = |records: Vec<RenewalRecord>| records.into_iter().map(|one| one.key.customer).collect();
    vec![
        ("renewals_said", customers(store.renewals_said(scope, None).await.unwrap())),
        ("renewals_said of some", customers(store.renewals_said(scope, Some(&everybody)).await.unwrap())),
        ("renewals_said_then", customers(store.renewals_said_then(scope, hour(99)).await.unwrap())),
        ("renewal_steps", stepped.into_iter().map(|step| step.after.key.customer).collect()),
    ]
}

/// Of what is not theirs nobody says anything, and it does not even exist: neither a word nor its version.
pub async fn nobody_touches_what_is_not_theirs(store: &Store) {
    for version in [0, 1] {
        let said = store.say_renewal(&mine(&["wang"]), &key("B", None), version, &UNSURE, "wang", hour(1)).await;
        assert!(said.unwrap_err().is_not_found());
    }
    store.say_renewal(&mine(&["wang"]), &key("A", None), 1, &UNSURE, "wang", hour(1)).await.unwrap();
    assert_eq!(store.renewals_said(&Scope::All, None).await.unwrap()[1].version, 1, "B's is as it was");
}

pub async fn judgement_answer_and_outcome_are_kept_apart_with_who_and_when(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang")]).await;
    let judged = RenewalSaying::Judgement(Some((Intention::Shrink, Some(900_000), Some("预算砍了".to_owned()))));
    let first = say(&store, 0, judged, 1).await;
    assert_eq!((first.version, first.stage, &first.answer), (1, RenewalStage::NotStarted, &None));
    let judgement = first.judgement.clone().unwrap();
    assert_eq!(
        (judgement.says, judgement.amount_minor, judgement.by.as_str()),
        (Intention::Shrink, Some(900_000), "wang")
    );
    let second = say(&store, 1, RenewalSaying::Answer(Some((Intention::Renew, None))), 2).await;
    assert_eq!(second.judgement, first.judgement, "the answer leaves the judgement alone");
    assert_eq!(second.answer.as_ref().map(|word| (word.says, word.at)), Some((Intention::Renew, hour(2))));
    say(&store, 2, RenewalSaying::Stage(RenewalStage::Signing), 3).await;
    say(&store, 3, RenewalSaying::Next(Some(("寄合同".to_owned(), Some("2025-06-10".to_owned())))), 4).await;
    let lost = RenewalSaying::Outcome(Some((RenewalOutcome::Lost, None, Some("price".to_owned()))));
    let fifth = say(&store, 4, lost, 5).await;
    assert_eq!(
        (fifth.outcome.as_ref().unwrap().says, fifth.churn_reason.as_deref()),
        (RenewalOutcome::Lost, Some("price"))
    );
    assert_eq!((fifth.stage, fifth.next_step.as_deref()), (RenewalStage::Signing, Some("寄合同")));
    // Taken back: the reason goes with the outcome, the judgement with its amount and its author.
    let sixth = say(&store, 5, RenewalSaying::Outcome(None), 6).await;
    assert_eq!((&sixth.outcome, &sixth.churn_reason), (&None, &None));
    let last = say(&store, 6, RenewalSaying::Judgement(None), 7).await;
    assert_eq!(last.judgement, None);

    let steps = store.renewal_steps(&Scope::All, &"A".into(), None).await.unwrap();
    let said: Vec<&str> = steps.iter().map(|step| step.said.as_str()).collect();
    assert_eq!(said, ["judgement", "answer", "stage", "next", "outcome", "outcome", "judgement"]);
    assert_eq!(steps[0].after, first);
    let before = store.renewal_steps(&Scope::All, &"A".into(), Some(hour(3))).await.unwrap();
    assert_eq!(before.len(), 2);
    let then = store.renewals_said_then(&Scope::All, hour(3)).await.unwrap();
    assert_eq!(then, [second], "as it stood then");
    assert_eq!(store.renewals_said(&Scope::All, None).await.unwrap(), [last]);
}

pub async fn of_two_who_speak_of_one_renewal_the_second_is_told(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang")]).await;
    let first = say(&store, 0, UNSURE, 1).await;
    for (seen, present) in [(0, Some(1)), (2, Some(1))] {
        let late = store.say_renewal(&Scope::All, &key("A", None), seen, &UNSURE, "li", hour(2)).await.unwrap_err();
        assert!(late.is_conflict());
        assert_eq!(late.current_version(), present);
    }
    let said = store.renewals_said(&Scope::All, None).await.unwrap();
    assert_eq!(said, std::slice::from_ref(&first), "nothing was overwritten");
    let history = store.history_of(&Scope::All, Resource::Renewal, &first.id.to_string()).await.unwrap();
    assert_eq!(history.len(), 1);
    // Another contract of the same customer is another renewal.
    let other = key("A", Some("K2"));
    store.say_renewal(&Scope::All, &other, 0, &UNSURE, "li", hour(3)).await.unwrap();
    assert_eq!(store.renewals_said(&Scope::All, None).await.unwrap().len(), 2);
}
