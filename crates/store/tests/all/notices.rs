//! Notices: planned once, claimed by one, settled once; what nobody knows of waits for a person.

use std::collections::BTreeSet;

use serde_json::json;
use store::{
    AttemptOutcome, ChannelChange, Claim, DeliveryDecision, DeliveryState, NewChannel, NewStaff, NoticeChoice,
    NoticeFilter, NoticePage, NoticeWay, Resource, Role, Settled, Store,
};
use vocab::{Instant, Lang, Notice, NoticeKind, NoticeLine, Scope, Text};

use crate::door::{Door, hour};

const PAGE: (u64, u64) = (0, 500);

async fn person(store: &Store, name: &str) -> i64 {
    let new = NewStaff {
        name: name.to_owned(),
        email: format!("{name}@example.cn"),
        role: Role::Owner,
        owner_key: None,
        unit_id: None,
        password_hash: "x".to_owned(),
    };
    store.add_staff(&new, "admin", hour(0)).await.unwrap().id
}

async fn channel(store: &Store, name: &str, kind: &str) -> i64 {
    let new = NewChannel {
        name: name.to_owned(),
        kind: kind.to_owned(),
        settings: json!({"from": "a@example.cn"}),
        secret: Some(vec![0, 159, 146]),
    };
    store.add_channel(&new, "admin", hour(0)).await.unwrap().id
}

fn notice(key: &str, staff: i64, is_urgent: bool) -> Notice {
    Notice {
        key: key.to_owned(),
        staff,
        kind: if is_urgent { NoticeKind::Urgent } else { NoticeKind::BreachSoon },
        subject: Text::new(format!("提醒 {key}"), format!("Reminder {key}")),
        lines: vec![NoticeLine { text: Text::new("示例科技", "Example"), path: Some("/cases/1".to_owned()) }],
        path: None,
        is_urgent,
        not_before: hour(0),
    }
}

async fn put(store: &Store, notices: &[Notice]) -> u64 {
    store.put_notices(notices, &|notice| notice.not_before, hour(0)).await.unwrap()
}

/// Claims without a pace.
async fn claim(store: &Store, claimer: &str, most: usize, now: Instant) -> Vec<Claim> {
    store.claim_deliveries(claimer, most, &|_, _, _| now, now).await.unwrap()
}

async fn all(store: &Store) -> NoticePage {
    store.notices(&NoticeFilter::default(), PAGE).await.unwrap()
}

fn keys(claim: &Claim) -> Vec<&str> {
    claim.notices.iter().map(|notice| notice.key.as_str()).collect()
}

pub async fn a_notice_is_planned_once_and_goes_the_ways_its_person_chose(door: Door) {
    let store = door.open().await;
    let (wang, li, gone) = (person(&store, "wang").await, person(&store, "li").await, person(&store, "gone").await);
    store.set_active(gone, false, "admin", hour(0)).await.unwrap();
    let (bot, mail) = (channel(&store, "群", "wecom_bot").await, channel(&store, "邮件", "mail").await);
    let chosen = NoticeChoice {
        version: 0,
        quiet: Some((1320, 420)),
        urgent_breaks_quiet: false,
        lang: Lang::En,
        ways: Some(vec![NoticeWay {
            channel_id: bot,
            kinds: vec![NoticeKind::Urgent],
            address: Some("w1".to_owned()),
        }]),
    };
    let kept = store.put_notice_choice(wang, &chosen, "wang", hour(0)).await.unwrap();
    assert_eq!((kept.version, kept.lang, kept.address(bot), kept.quiet), (1, Lang::En, Some("w1"), Some((1320, 420))));
    assert!(store.put_notice_choice(wang, &chosen, "wang", hour(1)).await.unwrap_err().is_conflict(), "an old version");
    let planned = [
        notice("u/wang", wang, true),
        notice("r/wang", wang, false),
        notice("r/li", li, false),
        notice("r/gone", gone, false),
        notice("r/li", li, true),
    ];
    assert_eq!(put(&store, &planned).await, 3, "each key once, and nobody who left");
    assert_eq!(put(&store, &planned).await, 0);
    let wanted = BTreeSet::from(["r/li".to_owned()]);
    assert_eq!(store.notice_keys(&["r/li".to_owned(), "r/none".to_owned()]).await.unwrap(), wanted);
    let page = all(&store).await;
    let ways = |key: &str| {
        let row = page.rows.iter().find(|row| row.said.key == key).unwrap();
        row.deliveries.iter().map(|delivery| delivery.channel_id).collect::<Vec<_>>()
    };
    assert_eq!((ways("u/wang"), ways("r/wang"), ways("r/li")), (vec![bot], vec![], vec![mail]));
    assert_eq!((page.total, page.unread, page.state_counts[&DeliveryState::Planned]), (3, 3, 2));
    assert_eq!(page.rows.iter().find(|row| row.said.key == "u/wang").unwrap().said, planned[0], "as it was planned");

    let mine = NoticeFilter { staff: Some(wang), ..NoticeFilter::default() };
    let one = store.notices(&mine, PAGE).await.unwrap();
    assert_eq!((one.total, one.unread), (2, 2));
    store.read_notices(wang, Some(&[one.rows[0].id]), hour(1)).await.unwrap();
    assert_eq!(store.notices(&mine, PAGE).await.unwrap().unread, 1);
    store.read_notices(wang, None, hour(1)).await.unwrap();
    assert_eq!((store.notices(&mine, PAGE).await.unwrap().unread, all(&store).await.unread), (0, 1));
}

pub async fn what_is_due_is_claimed_by_one_urgent_first_and_what_waits_for_one_person_together(door: Door) {
    let store = door.open().await;
    let (wang, li) = (person(&store, "wang").await, person(&store, "li").await);
    let mail = channel(&store, "邮件", "mail").await;
    let late = Notice { not_before: hour(5), ..notice("late", wang, false) };
    let several = [notice("a", wang, false), notice("b", li, false), notice("c", wang, true), late];
    put(&store, &several).await;
    let first = claim(&store, "one", 1, hour(1)).await;
    assert_eq!((first.len(), first[0].staff, keys(&first[0])), (1, wang, vec!["c", "a"]));
    let second = claim(&store, "two", 9, hour(1)).await;
    assert_eq!((second.len(), keys(&second[0])), (1, vec!["b"]));
    assert!(claim(&store, "two", 9, hour(1)).await.is_empty());

    // A channel asked us to rest: nothing goes out by it, and what failed for it comes back.
    let rest = Settled::Later { at: hour(2), trouble: "{}".to_owned(), pause: Some(hour(3)) };
    store.settle_attempt(second[0].attempt_id, &rest, hour(1)).await.unwrap();
    assert!(claim(&store, "two", 9, hour(2)).await.is_empty());
    let again = claim(&store, "two", 9, hour(3)).await;
    assert_eq!((keys(&again[0]), again[0].tries), (vec!["b"], 2));
    let attempts = store.notice_attempts(mail, 9).await.unwrap();
    let outcomes: Vec<Option<AttemptOutcome>> = attempts.iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes, [None, Some(AttemptOutcome::Later), None], "the newest first");

    // A pace is asked with every earlier attempt, whoever made it.
    let seen = std::sync::Mutex::new(Vec::new());
    let never = |channel: i64, staff: i64, earlier: &[(Instant, i64)]| {
        seen.lock().unwrap().push((channel, staff, earlier.to_vec()));
        Instant::MAX
    };
    assert!(store.claim_deliveries("two", 9, &never, hour(5)).await.unwrap().is_empty());
    // An hour is as far back as any pace looks.
    assert_eq!(*seen.lock().unwrap(), [(mail, wang, vec![])]);
}

pub async fn what_was_being_sent_when_the_power_failed_waits_for_a_person(door: Door) {
    let store = door.open().await;
    let (wang, li) = (person(&store, "wang").await, person(&store, "li").await);
    channel(&store, "邮件", "mail").await;
    put(&store, &[notice("a", wang, false), notice("b", li, false)]).await;
    let claims = claim(&store, "this folder", 9, hour(1)).await;
    store.close().await.unwrap();

    let store = door.open().await;
    assert_eq!(store.give_up_claims(None, hour(1), "{}", hour(1)).await.unwrap(), 0, "another may still be at it");
    assert_eq!(store.give_up_claims(Some("this folder"), Instant::MIN, "{}", hour(1)).await.unwrap(), 2);
    assert!(claim(&store, "this folder", 9, hour(9)).await.is_empty(), "never again by itself");
    let open = NoticeFilter { undecided: true, ..NoticeFilter::default() };
    let page = store.notices(&open, PAGE).await.unwrap();
    assert_eq!((page.total, page.undecided, page.state_counts[&DeliveryState::PossiblySent]), (2, 2, 2));
    let of = |key: &str| {
        let row = page.rows.iter().find(|row| row.said.key == key).unwrap();
        (row.deliveries[0].id, row.deliveries[0].version)
    };
    let foreign = store.decide_delivery(Some(li), of("a"), DeliveryDecision::Resend, "li", hour(2)).await;
    assert!(foreign.unwrap_err().is_not_found(), "somebody else's");
    let left = store.decide_delivery(None, of("b"), DeliveryDecision::Leave, "admin", hour(2)).await.unwrap();
    assert_eq!(
        (left.state, left.is_open(), left.decided_by.as_deref()),
        (DeliveryState::PossiblySent, false, Some("admin"))
    );
    let resent = store.decide_delivery(Some(wang), of("a"), DeliveryDecision::Resend, "wang", hour(2)).await.unwrap();
    assert_eq!((resent.state, resent.tries), (DeliveryState::Planned, 0));
    let twice = store.decide_delivery(Some(wang), of("a"), DeliveryDecision::Resend, "wang", hour(2)).await;
    assert!(twice.unwrap_err().is_conflict(), "of two clicks one counts");
    // Whoever knows late what came of it changes nothing that a person has decided.
    for claim in claims {
        store.settle_attempt(claim.attempt_id, &Settled::Failed("{}".to_owned()), hour(3)).await.unwrap();
    }
    let again = claim(&store, "this folder", 9, hour(3)).await;
    assert_eq!((again.len(), keys(&again[0])), (1, vec!["a"]));
    store.settle_attempt(again[0].attempt_id, &Settled::Sent("ok".to_owned()), hour(3)).await.unwrap();
    let page = all(&store).await;
    assert_eq!((page.state_counts[&DeliveryState::Sent], page.state_counts[&DeliveryState::PossiblySent]), (1, 1));
    let causes = store.history_of(&Scope::All, Resource::NoticeDelivery, &of("a").0.to_string()).await.unwrap();
    assert_eq!(causes.iter().map(|entry| entry.cause.as_str()).collect::<Vec<_>>(), ["resent"]);
}

pub async fn a_channel_that_goes_takes_what_waits_for_it_and_no_secret_stays(door: Door) {
    let store = door.open().await;
    let wang = person(&store, "wang").await;
    let mail = channel(&store, "邮件", "mail").await;
    let taken = NewChannel { name: "邮件".to_owned(), kind: "mail".to_owned(), settings: json!({}), secret: None };
    assert!(store.add_channel(&taken, "admin", hour(0)).await.unwrap_err().is_conflict());
    let found = store.channel(mail).await.unwrap().unwrap();
    assert!(!format!("{found:?}").contains("159"), "{found:?}");
    put(&store, &[notice("a", wang, false)]).await;
    let off = ChannelChange { is_enabled: Some(false), ..ChannelChange::default() };
    store.change_channel(mail, 1, &off, "admin", hour(1)).await.unwrap();
    assert!(store.change_channel(mail, 1, &off, "li", hour(1)).await.unwrap_err().is_conflict());
    assert!(claim(&store, "one", 9, hour(1)).await.is_empty(), "it is out of use");
    store.remove_channel(mail, "{}", "admin", hour(2)).await.unwrap();
    assert!(store.channels().await.unwrap().is_empty());
    let page = all(&store).await;
    let lost = &page.rows[0].deliveries[0];
    assert_eq!((lost.state, lost.is_open()), (DeliveryState::Failed, true));
    let resend = store.decide_delivery(None, (lost.id, lost.version), DeliveryDecision::Resend, "admin", hour(3)).await;
    assert!(resend.unwrap_err().is_refused(), "there is nothing to send it by");
    for entry in store.history_of(&Scope::All, Resource::Channel, &mail.to_string()).await.unwrap() {
        assert!(!entry.after.contains("159") && !entry.after.contains("secret"), "{entry:?}");
    }
}

pub async fn two_servers_on_one_database_tell_everybody_once(door: Door) {
    const PEOPLE: usize = 40;
    let (one, other) = (door.open().await, door.open().await);
    let mut notices = Vec::new();
    for number in 0..PEOPLE {
        let staff = person(&one, &format!("p{number}")).await;
        notices.push(notice(&format!("k{number}"), staff, number % 3 == 0));
    }
    channel(&one, "邮件", "mail").await;
    let (planned, again) = tokio::join!(put(&one, &notices), put(&other, &notices));
    assert_eq!(planned + again, PEOPLE as u64, "both plan, once each");
    let send = async |store: &Store, name: &str| {
        let mut sent = Vec::new();
        loop {
            let claims = claim(store, name, 3, hour(1)).await;
            if claims.is_empty() {
                return sent;
            }
            for claim in claims {
                sent.extend(claim.notices.iter().map(|notice| notice.key.clone()));
                store.settle_attempt(claim.attempt_id, &Settled::Sent(String::new()), hour(1)).await.unwrap();
            }
        }
    };
    let (mut first, second) = tokio::join!(send(&one, "one"), send(&other, "other"));
    first.extend(second);
    first.sort();
    let mut wanted: Vec<String> = notices.iter().map(|notice| notice.key.clone()).collect();
    wanted.sort();
    assert_eq!(first, wanted, "each once, whoever sent it");
    assert_eq!(all(&other).await.state_counts, [(DeliveryState::Sent, PEOPLE as u64)].into());
}
