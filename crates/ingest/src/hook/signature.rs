//! Proof that a delivery comes from who holds the secret. Every comparison takes the same time wherever it differs.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use vocab::Instant;

use super::Delivery;

/// How far the clock of a signed delivery may be from ours, in seconds, where the signature covers one.
pub const TOLERANCE_SECONDS: i64 = 300;

/// Hash of an HMAC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// HMAC-SHA-1: only for platforms that know nothing better.
    Sha1,
    /// HMAC-SHA-256.
    #[default]
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Hexadecimal digits of either case.
    #[default]
    Hex,
    /// Base64, padded or not, of either alphabet.
    Base64,
}

/// What proves a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(tag = "scheme", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scheme {
    /// Nothing but the secret address itself.
    #[default]
    None,
    /// An HMAC of the body in a header: GitHub, Shopify, 有赞 and most others.
    Hmac {
        /// Name of the header.
        header: String,
        /// Hash.
        #[serde(default)]
        algorithm: Algorithm,
        /// How it is written.
        #[serde(default)]
        encoding: Encoding,
        /// What stands before it: `sha256=`.
        #[serde(default)]
        prefix: String,
    },
    /// Standard Webhooks 1.0.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    StandardWebhooks,
}

/// Why a delivery was not listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No signature, or not enough to check one.
    Unsigned,
    /// The signature is not ours.
    BadSignature,
    /// Signed too long ago, or in the future.
    Stale,
    /// The source has no usable secret.
    NoSecret,
    /// Meant for another firm.
    NotForUs,
}

impl Refused {
    /// The stable word.
    pub fn code(self) -> &'static str {
        match self {
            Refused::Unsigned => "unsigned",
            Refused::BadSignature => "bad_signature",
            Refused::Stale => "stale_signature",
            Refused::NoSecret => "no_secret",
            Refused::NotForUs => "not_for_us",
        }
    }
}

/// A scheme with its secret.
#[derive(Clone)]
pub struct Guard {
    /// What is asked for.
    pub scheme: Scheme,
    /// The secret as the person wrote it.
    pub secret: String,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

impl Guard {
    /// Lets a delivery through that carries the right signature.
    pub fn check(&self, delivery: &Delivery, now: Instant) -> Result<(), Refused> {
        match &self.scheme {
            Scheme::None => Ok(()),
            _ if self.secret.is_empty() => Err(Refused::NoSecret),
            Scheme::Hmac { header, algorithm, encoding, prefix } => {
                let written = delivery.header(header).ok_or(Refused::Unsigned)?.trim();
                let written = written.strip_prefix(prefix.as_str()).ok_or(Refused::BadSignature)?;
                let signature = decoded(written, *encoding).ok_or(Refused::BadSignature)?;
                verify(*algorithm, self.secret.as_bytes(), &[&delivery.body], &signature)
            }
            Scheme::StandardWebhooks => self.check_standard(delivery, now),
        }
    }

    fn check_standard(&self, delivery: &Delivery, now: Instant) -> Result<(), Refused> {
        let part = |name: &str| delivery.header(name).filter(|text| !text.is_empty()).ok_or(Refused::Unsigned);
        let (id, timestamp, signatures) = (part("webhook-id")?, part("webhook-timestamp")?, part("webhook-signature")?);
        let key = self.secret.strip_prefix("whsec_").unwrap_or(&self.secret);
        let key = base64(key).filter(|key| !key.is_empty()).ok_or(Refused::NoSecret)?;
        let parts: [&[u8]; 5] = [id.as_bytes(), b".", timestamp.as_bytes(), b".", &delivery.body];
        // A list, so that the sender may change its key without a gap.
        let ours = signatures.split(' ').filter_map(|one| one.strip_prefix("v1,")).filter_map(base64);
        let proved = ours.map(|signature| verify(Algorithm::Sha256, &key, &parts, &signature)).any(|one| one.is_ok());
        if !proved {
            return Err(Refused::BadSignature);
        }
        let seconds: i64 = timestamp.parse().map_err(|_| Refused::BadSignature)?;
        is_fresh(seconds, now)
    }
}

/// Whether a signed moment in unix seconds is near enough to ours.
pub(super) fn is_fresh(seconds: i64, now: Instant) -> Result<(), Refused> {
    let ours = now.micros().div_euclid(1_000_000);
    match ours.saturating_sub(seconds).saturating_abs() <= TOLERANCE_SECONDS {
        true => Ok(()),
        false => Err(Refused::Stale),
    }
}

fn verify(algorithm: Algorithm, key: &[u8], parts: &[&[u8]], signature: &[u8]) -> Result<(), Refused> {
    fn proved<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
        let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return false };
        parts.iter().for_each(|part| mac.update(part));
        mac.verify_slice(signature).is_ok()
    }
    let proved = match algorithm {
        Algorithm::Sha1 => proved::<Hmac<Sha1>>(key, parts, signature),
        Algorithm::Sha256 => proved::<Hmac<Sha256>>(key, parts, signature),
        Algorithm::Sha512 => proved::<Hmac<Sha512>>(key, parts, signature),
    };
    if proved { Ok(()) } else { Err(Refused::BadSignature) }
}

fn decoded(written: &str, encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Hex => unhex(written),
        Encoding::Base64 => base64(written),
    }
}

/// Bytes of base64, padded or not, of either alphabet.
pub(super) fn base64(written: &str) -> Option<Vec<u8>> {
    [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD].iter().find_map(|engine| engine.decode(written).ok())
}

/// Bytes of hexadecimal digits of either case.
pub(super) fn unhex(written: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    let bytes = written.as_bytes();
    if bytes.is_empty() || !bytes.len().is_multiple_of(2) {
        return None;
    }
    bytes.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(headers: &[(&str, &str)], body: &str) -> Delivery {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Delivery { headers, body: body.into(), ..Delivery::default() }
    }

    #[test]
    fn a_standard_webhook_is_known_by_its_published_vector() {
        let guard =
            Guard { scheme: Scheme::StandardWebhooks, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned() };
        let then = Instant::from_micros(1_614_265_330_000_000);
        let signed = |signature: &str, body: &str| {
            let id = ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek");
            delivery(&[id, ("webhook-timestamp", "1614265330"), ("webhook-signature", signature)], body)
        };
        let (signature, body) = ("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", r#"{"test": 2432232314}"#);
        assert_eq!(guard.check(&signed(signature, body), then), Ok(()));
        let rotated = format!("v1,AAAA {signature} v1a,xyz");
        assert_eq!(guard.check(&signed(&rotated, body), then), Ok(()), "one of several keys is enough");
        assert_eq!(guard.check(&signed(signature, r#"{"test": 2432232315}"#), then), Err(Refused::BadSignature));
        let later = then.plus_micros(301_000_000);
        assert_eq!(guard.check(&signed(signature, body), later), Err(Refused::Stale));
        assert_eq!(guard.check(&delivery(&[], body), then), Err(Refused::Unsigned));
    }

    #[test]
    fn an_hmac_is_read_as_the_platform_writes_it() {
        // RFC 4231, test case 2.
        let (key, body) = ("Jefe", "what do ya want for nothing?");
        let hex = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let base64 = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
        let guard = |encoding, prefix: &str| Guard {
            scheme: Scheme::Hmac {
                header: "X-Hub-Signature-256".to_owned(),
                algorithm: Algorithm::Sha256,
                encoding,
                prefix: prefix.to_owned(),
            },
            secret: key.to_owned(),
        };
        let sent = |text: &str| delivery(&[("x-hub-signature-256", text)], body);
        let now = Instant::from_micros(0);
        assert_eq!(guard(Encoding::Hex, "sha256=").check(&sent(&format!("sha256={hex}")), now), Ok(()));
        assert_eq!(guard(Encoding::Hex, "").check(&sent(&hex.to_uppercase()), now), Ok(()));
        assert_eq!(guard(Encoding::Base64, "").check(&sent(base64), now), Ok(()));
        assert_eq!(guard(Encoding::Hex, "").check(&sent("5bdc"), now), Err(Refused::BadSignature));
        assert_eq!(guard(Encoding::Hex, "").check(&sent("zz"), now), Err(Refused::BadSignature));
        assert_eq!(guard(Encoding::Hex, "").check(&delivery(&[], body), now), Err(Refused::Unsigned));
        let without = Guard { secret: String::new(), ..guard(Encoding::Hex, "") };
        assert_eq!(without.check(&sent(hex), now), Err(Refused::NoSecret));
    }

    #[test]
    fn a_secret_is_never_printed() {
        let guard = Guard { scheme: Scheme::None, secret: "hush".to_owned() };
        assert!(!format!("{guard:?}").contains("hush"));
    }
}
