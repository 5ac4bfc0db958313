//! Mail, taken and refused. What a real mail server makes of it is told by `clients/`.

use channels::{Door, DoorKind, Doors, Fault, FaultClass, Line, Message, Receipt, Recipient};
use serde_json::{Value, json};
use vocab::{Instant, Lang};

use crate::post::{Manner, Post};

const GOOD: Manner = &[];
const FULL: Manner = &[("MAIL", "452 no room")];
const STRICT: Manner = &[("RCPT", "550 no such person")];
const MUTE: Manner = &[(".", "")];
const GUARDED: Manner = &[("EHLO", "250-post\r\n250 AUTH PLAIN LOGIN"), ("AUTH", "535 authentication failed")];

fn message(address: &str) -> Message {
    Message {
        id: "notice-7".to_owned(),
        to: Recipient { name: "Li Lei".to_owned(), address: Some(address.to_owned()) },
        lang: Lang::En,
        subject: "Three customers to call".to_owned(),
        lines: vec![Line { text: "Example".to_owned(), link: Some("https://x.cn/cases/1".to_owned()) }],
        link: Some("https://x.cn/today".to_owned()),
    }
}

async fn sent(settings: Value, to: &str) -> Result<Receipt, Fault> {
    let secrets = [("password".to_owned(), "sesame-open".to_owned())].into();
    let door = Door::read(DoorKind::Mail, &settings, &secrets).unwrap();
    Doors::default().send(&door, &message(to), Instant::from_micros(1_700_000_000_000_000)).await
}

fn settings(post: &Post) -> Value {
    json!({"host": "127.0.0.1", "port": post.address.port(), "security": "none", "from": "Liuke <liuke@example.cn>",
        "allow_private": true})
}

#[tokio::test]
async fn a_letter_says_who_what_and_where() {
    let post = Post::start(GOOD).await;
    assert_eq!(sent(settings(&post), "lilei@example.cn").await.unwrap().answer, "taken");
    let letter = post.letters().pop().unwrap();
    assert_eq!(letter.to, "lilei@example.cn");
    for part in [
        "From: Liuke <liuke@example.cn>",
        "To: ",
        "Subject: Three customers to call",
        "Message-ID: <notice-7@example.cn>",
        "Date: Tue, 14 Nov 2023",
        "https://x.cn/cases/1",
        "Open in Liuke: https://x.cn/today",
    ] {
        assert!(letter.text.contains(part), "{part}: {}", letter.text);
    }
}

#[tokio::test]
async fn what_a_mail_server_refuses_is_understood() {
    for (manner, class, code) in [
        (FULL, FaultClass::Later, "busy"),
        (STRICT, FaultClass::Never, "mail_refused"),
        (MUTE, FaultClass::Perhaps, "unknown_outcome"),
    ] {
        let post = Post::start(manner).await;
        let fault = sent(settings(&post), "lilei@example.cn").await.unwrap_err();
        assert_eq!((fault.class, fault.code), (class, code), "{manner:?}: {fault}");
    }
    let guarded = Post::start(GUARDED).await;
    let mut with_user = settings(&guarded);
    with_user["user"] = json!("liuke");
    let fault = sent(with_user, "lilei@example.cn").await.unwrap_err();
    assert_eq!((fault.class, fault.code), (FaultClass::Never, "wrong_password"), "{fault}");
    assert!(!format!("{fault:?}").contains("sesame"), "{fault:?}");
}

#[tokio::test]
async fn nothing_goes_out_in_the_open_or_to_nobody() {
    let post = Post::start(GOOD).await;
    assert_eq!(sent(settings(&post), "not an address").await.unwrap_err().code, "bad_address");
    let mut closed = settings(&post);
    closed["security"] = json!("starttls");
    assert_eq!(sent(closed.clone(), "lilei@example.cn").await.unwrap_err().code, "no_starttls");
    closed["allow_private"] = json!(false);
    assert_eq!(sent(closed, "lilei@example.cn").await.unwrap_err().code, "private_address");
    // Refused before anybody is asked.
    let outside = json!({"host": "8.8.8.8", "security": "none", "from": "liuke@example.cn"});
    assert_eq!(sent(outside, "lilei@example.cn").await.unwrap_err().code, "not_encrypted");
    assert!(post.letters().is_empty());
}
