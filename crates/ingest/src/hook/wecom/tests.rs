use super::*;
use aes::cipher::BlockModeEncrypt;
use base64::engine::general_purpose::STANDARD as BASE64;

fn door() -> Door {
    Door {
        token: "QDG6eK".to_owned(),
        encoding_aes_key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C".to_owned(),
        corp_id: "wx5823bf96d3bd56c7".to_owned(),
    }
}

/// The platform's side: a message sealed for a receiver.
fn sealed(door: &Door, message: &str, receiver: &str) -> String {
    let mut plain = vec![b'r'; RANDOM];
    plain.extend((message.len() as u32).to_be_bytes());
    plain.extend(message.as_bytes());
    plain.extend(receiver.as_bytes());
    let padding = BLOCK - plain.len() % BLOCK;
    plain.extend(std::iter::repeat_n(padding as u8, padding));
    let key = door.key().unwrap();
    let length = plain.len();
    let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&key, &key[..RANDOM]).unwrap();
    let bytes = cipher.encrypt_padded::<NoPadding>(&mut plain, length).unwrap();
    BASE64.encode(bytes)
}

fn asked(door: &Door, encrypted: &str) -> Delivery {
    let mut parts = [door.token.as_str(), "1409659813", "1372623149", encrypted];
    parts.sort_unstable();
    let hex: String = Sha1::digest(parts.concat().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let query = [("timestamp", "1409659813"), ("nonce", "1372623149"), ("msg_signature", &hex), ("echostr", encrypted)];
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let body = format!("<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>");
    Delivery { query, body: body.into_bytes(), ..Delivery::default() }
}

/// The example of the platform's own documentation, made by its own library.
#[test]
fn the_platforms_own_example_opens() {
    let encrypted = "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==";
    let query = [
        ("msg_signature", "477715d11cdb4164915debcba66cb864d751f3e6"),
        ("timestamp", "1409659813"),
        ("nonce", "1372623149"),
    ];
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let body = format!(
        "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt><AgentID><![CDATA[218]]></AgentID></xml>"
    );
    let message = door().open(&Delivery { query, body: body.into_bytes(), ..Delivery::default() }).unwrap();
    let text = String::from_utf8(message).unwrap();
    assert!(text.contains("<FromUserName><![CDATA[mycreate]]></FromUserName>"), "{text}");
}

#[test]
fn the_address_check_is_answered_with_what_was_sealed() {
    let door = door();
    assert_eq!(
        door.echo(&asked(&door, &sealed(&door, "1616140317555161061", &door.corp_id))).unwrap(),
        b"1616140317555161061"
    );
}

#[test]
fn who_cannot_sign_or_means_another_firm_is_refused() {
    let door = door();
    let good = asked(&door, &sealed(&door, "<xml/>", &door.corp_id));
    assert_eq!(door.open(&good).unwrap(), b"<xml/>");
    let mut forged = good.clone();
    forged.query.insert("nonce".to_owned(), "1".to_owned());
    assert_eq!(door.open(&forged), Err(Refused::BadSignature));
    let other = asked(&door, &sealed(&door, "<xml/>", "ww_other"));
    assert_eq!(door.open(&other), Err(Refused::NotForUs));
    let mut unsigned = good.clone();
    unsigned.query.remove("msg_signature");
    assert_eq!(door.open(&unsigned), Err(Refused::Unsigned));
    let unset = Door { encoding_aes_key: "short".to_owned(), ..door };
    assert_eq!(unset.open(&good), Err(Refused::NoSecret));
}

#[test]
fn a_forged_padding_is_not_read_beyond_its_end() {
    let door = door();
    for junk in ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAAA==", &BASE64.encode([7u8; 64])] {
        let answer = door.open(&asked(&door, junk));
        assert!(matches!(answer, Err(Refused::BadSignature | Refused::Unsigned | Refused::NotForUs)), "{answer:?}");
    }
}
