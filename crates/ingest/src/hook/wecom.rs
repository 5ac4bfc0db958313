//! 企业微信 external-contact callbacks: the encrypted envelope, and what its events say about a customer.
//!
//! # Source
//! developer.work.weixin.qq.com, documents 90930 (the envelope), 92130 (customers), 92129 (groups).

mod event;
mod xml;

use aes::Aes256;
use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use super::signature::unhex;
use super::{Delivery, Refused};

pub use event::{again, read};

/// Padding is to blocks of 32, not of the cipher's 16.
const BLOCK: usize = 32;
/// Random bytes in front of the message.
const RANDOM: usize = 16;

/// What a callback address is set up with.
#[derive(Clone)]
pub struct Door {
    /// Token of the callback settings.
    pub token: String,
    /// EncodingAESKey: 43 letters.
    pub encoding_aes_key: String,
    /// Corp id that messages are meant for.
    pub corp_id: String,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door").field("corp_id", &self.corp_id).finish_non_exhaustive()
    }
}

impl Door {
    /// Answers the check that the platform makes when the address is entered: the decrypted `echostr`.
    pub fn echo(&self, delivery: &Delivery) -> Result<Vec<u8>, Refused> {
        let encrypted = delivery.parameter("echostr").ok_or(Refused::Unsigned)?;
        // A `+` that was not percent-encoded arrives as a space.
        self.open_text(delivery, &encrypted.replace(' ', "+"))
    }

    /// The message inside a callback.
    pub fn open(&self, delivery: &Delivery) -> Result<Vec<u8>, Refused> {
        let text = std::str::from_utf8(&delivery.body).map_err(|_| Refused::Unsigned)?;
        let tree = xml::parse(text).map_err(|_| Refused::Unsigned)?;
        let encrypted = tree.text("Encrypt").ok_or(Refused::Unsigned)?;
        self.open_text(delivery, encrypted)
    }

    fn open_text(&self, delivery: &Delivery, encrypted: &str) -> Result<Vec<u8>, Refused> {
        if self.token.is_empty() {
            return Err(Refused::NoSecret);
        }
        let key = self.key().ok_or(Refused::NoSecret)?;
        let asked = |name: &str| delivery.parameter(name).ok_or(Refused::Unsigned);
        let mut parts = [&self.token, asked("timestamp")?, asked("nonce")?, encrypted];
        let signature = unhex(asked("msg_signature")?).ok_or(Refused::BadSignature)?;
        parts.sort_unstable();
        let ours = Sha1::digest(parts.concat().as_bytes());
        if !bool::from(ours.as_slice().ct_eq(&signature)) {
            return Err(Refused::BadSignature);
        }
        let (message, receiver) = decrypt(&key, encrypted).ok_or(Refused::BadSignature)?;
        match bool::from(receiver.ct_eq(self.corp_id.as_bytes())) {
            true => Ok(message),
            false => Err(Refused::NotForUs),
        }
    }

    fn key(&self) -> Option<[u8; 32]> {
        let config = GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let bytes = GeneralPurpose::new(&STANDARD, config).decode(self.encoding_aes_key.trim()).ok()?;
        bytes.try_into().ok()
    }
}

/// Random bytes, the length of the message, the message, who it is meant for; padded to 32. The key's first half is the
/// initial vector.
fn decrypt(key: &[u8; 32], encrypted: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut bytes = super::signature::base64(encrypted)?;
    if bytes.is_empty() || !bytes.len().is_multiple_of(RANDOM) {
        return None;
    }
    let cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, &key[..RANDOM]).ok()?;
    let plain = cipher.decrypt_padded::<NoPadding>(&mut bytes).ok()?;
    let padding = usize::from(*plain.last()?);
    if !(1..=BLOCK).contains(&padding) {
        return None;
    }
    let content = plain.get(RANDOM..plain.len().checked_sub(padding)?)?;
    let (length, rest) = content.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (message, receiver) = rest.split_at_checked(length)?;
    Some((message.to_vec(), receiver.to_vec()))
}

#[cfg(test)]
mod tests;
