//! Secrets that must be used again (the password of a database, the key of a robot) are kept sealed.
//!
//! ChaCha20-Poly1305 under one key per firm: `DIR/secret.key` (mode 0600, made when the folder is first opened), or
//! `LIUKE_SECRET` where several machines share a database. A secret is opened only by whoever is about to use it; it is
//! in no log, no answer, no export and no history.
//!
//! Not here: passwords, sessions and API tokens, which are only ever compared and so are kept as hashes (`people`).

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::TryRngCore as _;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::error::Error;

const NAME: &str = "secret.key";
const KEY_BYTES: usize = 32;
/// First byte of what is sealed: the way it was sealed.
const WAY: u8 = 1;
/// The shortest `LIUKE_SECRET`, in bytes.
const SECRET_BYTES: usize = 16;

/// Seals and opens the secrets of one firm.
#[derive(Clone)]
pub struct Seal {
    key: LessSafeKey,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// The seal of a folder: by `secret` if one is given, else by `DIR/secret.key`, which is made if there is none.
    ///
    /// # Errors
    /// `short_secret`; `open_secret_key` when others may read the key's file; `bad_secret_key` when the file does not
    /// hold a key; the disk's refusal.
    pub fn open(dir: &Path, secret: Option<&str>) -> Result<Seal, Error> {
        let key = match secret {
            Some(secret) if secret.len() < SECRET_BYTES => {
                return Err(Error::bad(
                    "short_secret",
                    ("LIUKE_SECRET 太短", "LIUKE_SECRET is too short"),
                    (
                        "请至少写 16 个字符，例如 openssl rand -base64 32 的结果",
                        "write at least 16 characters, such as what `openssl rand -base64 32` prints",
                    ),
                ));
            }
            Some(secret) => blake3::derive_key("liuke 2026 seal of secrets", secret.as_bytes()),
            None => key_of(dir)?,
        };
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).map_err(|_| Error::internal("a key of another length"))?;
        Ok(Seal { key: LessSafeKey::new(key) })
    }

    /// The secret, sealed: never twice the same bytes.
    pub fn seal(&self, secret: &[u8]) -> Result<Vec<u8>, Error> {
        // By chance: a firm seals thousands of times at most, far from where 96 bits would meet again.
        let mut nonce = [0u8; NONCE_LEN];
        rand::rngs::OsRng.try_fill_bytes(&mut nonce).map_err(Error::internal)?;
        let mut sealed = secret.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
            .map_err(|_| Error::internal("a secret could not be sealed"))?;
        Ok([&[WAY][..], &nonce, &sealed].concat())
    }

    /// The secret behind sealed bytes.
    ///
    /// # Errors
    /// `other_secret_key` when it was sealed by another key, or has been tampered with.
    pub fn unseal(&self, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let opened = sealed.strip_prefix(&[WAY]).and_then(|rest| {
            let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
            let mut opened = sealed.to_vec();
            let nonce = Nonce::assume_unique_for_key(*nonce);
            Some(self.key.open_in_place(nonce, Aad::empty(), &mut opened).ok()?.to_vec())
        });
        opened.ok_or_else(|| {
            Error::bad(
                "other_secret_key",
                ("密钥已更换，已保存的密码无法解开", "the key is another one: the saved secret cannot be opened"),
                (
                    "请恢复原来的 secret.key 或 LIUKE_SECRET，或重新填写密码",
                    "restore the former secret.key or LIUKE_SECRET, or enter the secret again",
                ),
            )
        })
    }
}

/// The key in the folder's file; made if there is none.
fn key_of(dir: &Path) -> Result<[u8; KEY_BYTES], Error> {
    let path = dir.join(NAME);
    match File::open(&path) {
        Ok(file) => read_key(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make_key(dir),
        Err(error) => Err(Error::internal(format!("{NAME}: {error}"))),
    }
}

fn read_key(mut file: File) -> Result<[u8; KEY_BYTES], Error> {
    let refused = |error: io::Error| Error::internal(format!("{NAME}: {error}"));
    if file.metadata().map_err(refused)?.mode() & 0o077 != 0 {
        return Err(Error::bad(
            "open_secret_key",
            ("secret.key 可被其他用户读取", "secret.key can be read by others"),
            ("请运行 chmod 600 secret.key", "run `chmod 600 secret.key`"),
        ));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(refused)?;
    let key = STANDARD.decode(text.trim()).ok().and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes).ok());
    key.ok_or_else(|| {
        Error::bad(
            "bad_secret_key",
            ("secret.key 的内容不是密钥", "secret.key does not hold a key"),
            ("请从备份恢复该文件", "restore the file from a backup"),
        )
    })
}

/// Written beside and then given its name, so that no half of a key is ever read.
fn make_key(dir: &Path) -> Result<[u8; KEY_BYTES], Error> {
    let mut key = [0u8; KEY_BYTES];
    rand::rngs::OsRng.try_fill_bytes(&mut key).map_err(Error::internal)?;
    let beside = dir.join(format!("{NAME}.new"));
    let write = || -> io::Result<()> {
        let _ = std::fs::remove_file(&beside);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(format!("{}\n", STANDARD.encode(key)).as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, dir.join(NAME))?;
        File::open(dir)?.sync_all()
    };
    write().map_err(|error| Error::internal(format!("{NAME}: {error}")))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_opens_after_a_restart_and_only_with_its_own_key() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sealed = Seal::open(dir.path(), None).unwrap().seal("口令".as_bytes()).unwrap();
        assert!(!sealed.windows(6).any(|part| part == "口令".as_bytes()));
        assert_ne!(sealed, Seal::open(dir.path(), None).unwrap().seal("口令".as_bytes()).unwrap());
        assert_eq!(Seal::open(dir.path(), None).unwrap().unseal(&sealed).unwrap(), "口令".as_bytes());
        let refused = Seal::open(other.path(), None).unwrap().unseal(&sealed).unwrap_err();
        assert_eq!(refused.code(), "other_secret_key");
        let mut broken = sealed.clone();
        *broken.last_mut().unwrap() ^= 1;
        for bytes in [&broken[..], &sealed[..20], &[], &[2]] {
            assert!(Seal::open(dir.path(), None).unwrap().unseal(bytes).is_err());
        }
    }

    #[test]
    fn the_key_belongs_to_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        Seal::open(dir.path(), None).unwrap();
        let path = dir.path().join(NAME);
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(Seal::open(dir.path(), None).unwrap_err().code(), "open_secret_key");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "nothing of the sort").unwrap();
        assert_eq!(Seal::open(dir.path(), None).unwrap_err().code(), "bad_secret_key");
    }

    #[test]
    fn machines_that_share_a_secret_open_each_others_seals() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let secret = Some("a secret of the whole firm");
        let sealed = Seal::open(one.path(), secret).unwrap().seal(b"x").unwrap();
        assert_eq!(Seal::open(other.path(), secret).unwrap().unseal(&sealed).unwrap(), b"x");
        assert!(!one.path().join(NAME).exists());
        assert_eq!(Seal::open(one.path(), Some("short")).unwrap_err().code(), "short_secret");
    }
}
