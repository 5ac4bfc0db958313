//! Signatures of the bots: the same digest, put together in two ways.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// DingTalk: the secret is the key, and moment (in milliseconds) and secret are what is signed.
pub(crate) fn dingtalk(secret: &str, millis: i64) -> String {
    signed(secret.as_bytes(), format!("{millis}\n{secret}").as_bytes())
}

/// Feishu: moment (in seconds) and secret are the key, and nothing is signed with it.
pub(crate) fn feishu(secret: &str, seconds: i64) -> String {
    signed(format!("{seconds}\n{secret}").as_bytes(), b"")
}

fn signed(key: &[u8], message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    mac.update(message);
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_come_out() {
        let secret = format!("SECexample{}", "0".repeat(55));
        assert_eq!(secret.len(), 65);
        assert_eq!(dingtalk(&secret, 1_700_000_000_000), "HymifK0r91GEU51JbVt5kZDG/8mElqvhp80ZKEeAAno=");
        assert_eq!(feishu("feishu-secret", 1_700_000_000), "OrBzY1Y01Gq+HgJsl+7OfWcMVwc7YocohQm5iiZwjhU=");
    }
}
