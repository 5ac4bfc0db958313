//! Who is here: set-up, sign-in, sessions, staff, tokens.
//!
//! Passwords are kept as Argon2id hashes, session and token secrets as BLAKE3 hashes; the secrets themselves leave
//! this module once, when they are made.

use std::collections::BTreeSet;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use store::Role;
use vocab::{Instant, Scope};

use crate::App;
use crate::books::NOW;
use crate::error::{Class, Error};
use crate::permission::{Permission, Reach};
use crate::shown::written;
use crate::view;

const SESSION_DAYS: i64 = 14;
const ATTEMPTS: u64 = 8;
const ATTEMPT_WINDOW_MINUTES: i64 = 15;

/// Who asks, and what they may see and do.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The person; `None` when nobody is signed in.
    pub staff: Option<view::Staff>,
    /// Whose customers they see.
    pub scope: Scope,
    /// Whose customers they chose to see, where that is fewer: see [`Reader::narrow`].
    pub narrowed: Option<Scope>,
    /// What they chose: mine, my team, all.
    pub reach: Reach,
    /// What they may choose.
    pub reaches: Vec<Reach>,
    /// What they may do.
    pub permissions: &'static [Permission],
    /// Whether they may change anything.
    pub can_act: bool,
    /// Whether they may change the deployment and staff.
    pub is_admin: bool,
    /// Whether they came by cookie, so that a forged request must be guarded against.
    pub by_cookie: bool,
}

impl Reader {
    /// Nobody: sees nothing.
    pub fn nobody() -> Self {
        Self {
            staff: None,
            scope: Scope::Owners(BTreeSet::new()),
            narrowed: None,
            reach: Reach::Mine,
            reaches: Vec::new(),
            permissions: &[],
            can_act: false,
            is_admin: false,
            by_cookie: false,
        }
    }

    /// The house itself, on the command line: whoever may read the folder.
    pub fn command_line() -> Self {
        Self {
            staff: None,
            scope: Scope::All,
            narrowed: None,
            reach: Reach::All,
            reaches: Reach::ALL.to_vec(),
            permissions: &Permission::ALL,
            can_act: true,
            is_admin: true,
            by_cookie: false,
        }
    }

    /// Refuses a reader whose role does not allow it.
    pub fn may(&self, permission: Permission) -> Result<(), Error> {
        if self.permissions.contains(&permission) { Ok(()) } else { Err(Error::forbidden()) }
    }

    /// Looks no further than they chose: for whatever is about customers. Pages about data and definitions are about
    /// everybody or refused.
    pub fn narrow(&mut self) {
        if let Some(narrowed) = self.narrowed.take() {
            self.scope = narrowed;
        }
    }

    /// The name that history keeps.
    pub(crate) fn actor(&self) -> String {
        self.staff.as_ref().map_or_else(|| "command line".to_owned(), |staff| staff.name.clone())
    }

    /// Refuses a reader who may not act.
    pub fn may_act(&self) -> Result<(), Error> {
        if self.can_act { Ok(()) } else { Err(Error::forbidden()) }
    }

    /// Refuses a reader who is no administrator.
    pub fn may_administer(&self) -> Result<(), Error> {
        if self.is_admin { Ok(()) } else { Err(Error::forbidden()) }
    }
}

pub(crate) fn staff_view(record: &store::StaffRecord) -> view::Staff {
    view::Staff {
        id: record.id,
        name: record.name.clone(),
        email: record.email.clone(),
        role: record.role.as_str().to_owned(),
        owner_key: record.owner_key.clone(),
        unit_id: record.unit_id,
        active: record.active,
    }
}

pub(crate) fn secret() -> Result<String, Error> {
    let mut bytes = [0u8; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

pub(crate) fn hash_of(secret: &str) -> String {
    blake3::hash(secret.as_bytes()).to_hex().to_string()
}

pub(crate) async fn hash_password(password: String) -> Result<String, Error> {
    let hashed = tokio::task::spawn_blocking(move || {
        let mut bytes = [0u8; 16];
        rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(Error::internal)?;
        let salt = SaltString::encode_b64(&bytes).map_err(Error::internal)?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(Error::internal)?;
        Ok(hash.to_string())
    });
    hashed.await.map_err(Error::internal)?
}

async fn password_fits(password: String, hash: String) -> Result<bool, Error> {
    let fits = tokio::task::spawn_blocking(move || {
        let parsed = PasswordHash::new(&hash).map_err(Error::internal)?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    });
    fits.await.map_err(Error::internal)?
}

fn check_person(name: &str, email: &str, password: &str) -> Result<(), Error> {
    check_name(name, email)?;
    check_password(password)
}

/// A text with something in it.
pub(crate) fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The role of a word.
pub(crate) fn role_of(word: &str) -> Result<Role, Error> {
    word.parse().map_err(|()| {
        let words = Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>();
        let (zh, en) = (format!("可选：{}", words.join("、")), format!("one of {}", words.join(", ")));
        Error::bad("bad_role", ("没有这个角色", "no such role"), (&zh, &en))
    })
}

/// A name and a sign-in name that will do.
pub(crate) fn check_name(name: &str, email: &str) -> Result<(), Error> {
    if name.trim().is_empty() || name.chars().count() > 80 {
        return Err(Error::bad(
            "bad_name",
            ("姓名不能为空，也不能超过 80 个字", "the name must have 1 to 80 characters"),
            ("请填写姓名", "write a name"),
        ));
    }
    let email = email.trim();
    if email.len() < 3 || email.len() > 200 || email.chars().any(char::is_whitespace) {
        return Err(Error::bad(
            "bad_email",
            ("登录名须为 3 到 200 个字符，不含空格", "the sign-in name must have 3 to 200 characters without spaces"),
            ("通常填写邮箱", "usually an e-mail address"),
        ));
    }
    Ok(())
}

/// A password that will do.
pub(crate) fn check_password(password: &str) -> Result<(), Error> {
    if password.chars().count() < 8 || password.len() > 1000 {
        return Err(Error::bad(
            "weak_password",
            ("密码至少 8 位", "the password needs at least 8 characters"),
            ("请换一个更长的密码", "choose a longer one"),
        ));
    }
    Ok(())
}

impl App {
    /// Who a session cookie or bearer token belongs to; nobody when neither is good.
    pub async fn session(&self, cookie: Option<&str>, bearer: Option<&str>, now: Instant) -> Result<Reader, Error> {
        if let Some(token) = bearer {
            let found = self.store().token_staff(&hash_of(token), now).await?;
            return match found {
                Some(staff) => self.reader_of(&staff, None, false).await,
                None => Ok(Reader::nobody()),
            };
        }
        if let Some(cookie) = cookie {
            let hash = hash_of(cookie);
            return match self.store().session_staff(&hash, now).await? {
                Some(staff) => {
                    let asked = self.store().session_reach(&hash).await?;
                    self.reader_of(&staff, asked.as_deref().and_then(Reach::from_word), true).await
                }
                None => Ok(Reader::nobody()),
            };
        }
        Ok(Reader::nobody())
    }

    /// What the screens need to know first of all.
    pub async fn session_view(&self, reader: &Reader, now: Instant) -> Result<view::Session, Error> {
        let state = match (&reader.staff, self.store().staff_count().await?) {
            (Some(_), _) => "signed_in",
            (None, 0) => "setup",
            (None, _) => "signed_out",
        };
        Ok(view::Session {
            state: state.to_owned(),
            staff: reader.staff.clone(),
            permissions: reader.permissions.to_vec(),
            reach: reader.reach,
            reaches: reader.reaches.clone(),
            firm: if state == "setup" { None } else { self.firm().await? },
            value_name: if state == "signed_in" { self.value_name().await? } else { None },
            templates: if state == "setup" { self.templates() } else { Vec::new() },
            timezone: self.zone().name().to_owned(),
            now: written(now),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// What the scorecard in use measures a customer's value by.
    async fn value_name(&self) -> Result<Option<view::Words>, Error> {
        let firm = self.working_firm().await?;
        let value = self.book_at(&firm.scorecard, NOW).ok().and_then(|book| book.value.as_deref());
        Ok(value.and_then(|id| self.definitions().catalog.get(id)).map(|indicator| view::Words::from(&indicator.name)))
    }

    /// A new one-time token for the set-up link; none once there is anybody. Only the last one given is good, and only
    /// its hash is kept: who reads the database or its history cannot set the firm up.
    pub async fn setup_token(&self, now: Instant) -> Result<Option<String>, Error> {
        if self.store().staff_count().await? > 0 {
            return Ok(None);
        }
        let token = secret()?;
        self.store().put_setting("setup_token_hash", &hash_of(&token), "liuke", now).await?;
        Ok(Some(token))
    }

    async fn is_setup_token(&self, token: &str) -> Result<bool, Error> {
        let expected = self.store().setting("setup_token_hash").await?;
        Ok(self.store().staff_count().await? == 0 && expected.is_some_and(|expected| expected == hash_of(token)))
    }

    /// Makes the first administrator and fixes the deployment's words.
    pub async fn setup(&self, request: view::SetupRequest, now: Instant) -> Result<(String, view::Session), Error> {
        if !self.is_setup_token(&request.token).await? {
            return Err(Error::new(
                Class::Forbidden,
                "bad_setup_token",
                ("设置链接无效或已用过", "the set-up link is wrong or already used"),
                ("请用启动时终端里打印的最新链接", "use the link that the terminal printed at the start"),
            ));
        }
        check_person(&request.name, &request.email, &request.password)?;
        self.check_firm(&request.firm)?;
        let hash = hash_password(request.password.clone()).await?;
        let admin = store::NewStaff {
            name: request.name.trim().to_owned(),
            email: request.email.trim().to_lowercase(),
            password_hash: hash,
            role: Role::Admin,
            owner_key: None,
            unit_id: None,
        };
        let staff = self.store().add_first_staff(&admin, now).await?;
        let reader = self.reader_of(&staff, None, true).await?;
        self.put_firm(&reader, request.firm, now).await?;
        let session = self.open_session(&staff, now).await?;
        Ok((session, self.session_view(&reader, now).await?))
    }

    /// Signs the demo's own administrator in, making it on the first visit. `None` outside a demo.
    pub async fn demo_sign_in(&self, now: Instant) -> Result<Option<String>, Error> {
        if !self.is_demo().await? {
            return Ok(None);
        }
        let email = "demo@liuke.local";
        let staff = match self.store().staff_by_email(email).await? {
            Some(staff) => staff,
            None => {
                let admin = store::NewStaff {
                    name: "演示管理员".to_owned(),
                    email: email.to_owned(),
                    password_hash: hash_password(secret()?).await?,
                    role: Role::Admin,
                    owner_key: None,
                    unit_id: None,
                };
                self.store().add_staff(&admin, "liuke", now).await?
            }
        };
        Ok(Some(self.open_session(&staff, now).await?))
    }

    pub(crate) async fn open_session(&self, staff: &store::StaffRecord, now: Instant) -> Result<String, Error> {
        let secret = secret()?;
        self.store().add_session(&hash_of(&secret), staff.id, now, now.plus_days(SESSION_DAYS)).await?;
        Ok(secret)
    }

    /// Signs a person in: the session's secret, once, and what the screens need.
    ///
    /// # Errors
    /// `bad_credentials` whatever was wrong; `too_many_attempts` after eight failures within a quarter of an hour.
    pub async fn sign_in(
        &self,
        request: view::SignInRequest,
        peer: &str,
        now: Instant,
    ) -> Result<(String, view::Session), Error> {
        let email = request.email.trim().to_lowercase();
        let since = now.plus_micros(-ATTEMPT_WINDOW_MINUTES * 60_000_000);
        if self.store().failed_sign_ins(&email, peer, since).await? >= ATTEMPTS {
            return Err(Error::new(
                Class::TooMany,
                "too_many_attempts",
                ("尝试次数过多", "too many attempts"),
                ("请 15 分钟后再试", "try again in 15 minutes"),
            ));
        }
        let found = self.store().staff_by_email(&email).await?.filter(|staff| staff.active);
        // An unknown name costs as much time as a wrong password.
        let hash = match &found {
            Some(staff) => staff.password_hash.clone(),
            None => self.decoy_hash().await?,
        };
        let fits = password_fits(request.password, hash).await?;
        let Some(staff) = found.filter(|_| fits) else {
            self.store().add_failed_sign_in(&email, peer, now).await?;
            self.account_for_sign_in("sign_in_failed", &email, &email, peer, now).await?;
            return Err(Error::new(
                Class::Unauthorised,
                "bad_credentials",
                ("登录名或密码不对", "wrong sign-in name or password"),
                ("请检查后重试", "check both and try again"),
            ));
        };
        let secret = self.open_session(&staff, now).await?;
        self.account_for_sign_in("signed_in", &email, &staff.name, peer, now).await?;
        let reader = self.reader_of(&staff, None, true).await?;
        Ok((secret, self.session_view(&reader, now).await?))
    }

    async fn decoy_hash(&self) -> Result<String, Error> {
        static DECOY: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
        DECOY.get_or_try_init(|| async { hash_password(secret()?).await }).await.cloned()
    }

    /// Ends a session.
    pub async fn sign_out(&self, cookie: &str, now: Instant) -> Result<(), Error> {
        let hash = hash_of(cookie);
        let person = self.store().session_staff(&hash, now).await?;
        self.store().remove_session(&hash).await?;
        match person {
            Some(person) => self.account_for_sign_in("signed_out", &person.email, &person.name, "", now).await,
            None => Ok(()),
        }
    }

    /// Everybody who works here.
    pub async fn staff(&self, reader: &Reader) -> Result<Vec<view::Staff>, Error> {
        reader.may_administer()?;
        Ok(self.store().staff().await?.iter().map(staff_view).collect())
    }

    /// Adds a person.
    pub async fn add_staff(&self, reader: &Reader, new: view::NewStaff, now: Instant) -> Result<view::Staff, Error> {
        reader.may_administer()?;
        check_person(&new.name, &new.email, &new.password)?;
        let role = role_of(&new.role)?;
        let email = new.email.trim().to_lowercase();
        if self.store().staff_by_email(&email).await?.is_some() {
            return Err(Error::new(
                Class::Conflict,
                "email_taken",
                ("这个登录名已有人使用", "the sign-in name is taken"),
                ("请换一个", "choose another"),
            ));
        }
        let record = store::NewStaff {
            name: new.name.trim().to_owned(),
            email,
            password_hash: hash_password(new.password).await?,
            role,
            owner_key: filled(new.owner_key),
            unit_id: new.unit_id,
        };
        Ok(staff_view(&self.store().add_staff(&record, &reader.actor(), now).await?))
    }

    /// The reader's own API tokens.
    pub async fn tokens(&self, reader: &Reader) -> Result<Vec<view::ApiToken>, Error> {
        let Some(staff) = &reader.staff else {
            return Err(Error::forbidden());
        };
        let tokens = self.store().tokens(staff.id).await?;
        Ok(tokens
            .into_iter()
            .map(|token| view::ApiToken {
                id: token.id,
                name: token.name,
                created_at: written(token.created_at),
                last_used_at: token.last_used_at.map(written),
                token: None,
            })
            .collect())
    }

    /// Makes an API token; its secret is in the answer and nowhere else.
    pub async fn add_token(
        &self,
        reader: &Reader,
        new: view::NewApiToken,
        now: Instant,
    ) -> Result<view::ApiToken, Error> {
        let Some(staff) = &reader.staff else {
            return Err(Error::forbidden());
        };
        let name = new.name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            return Err(Error::bad(
                "bad_name",
                ("请给令牌起个名字（80 字以内）", "give the token a name of at most 80 characters"),
                ("例如“日报脚本”", "for example \"daily report\""),
            ));
        }
        let secret = format!("lk_{}", secret()?);
        let id = self.store().add_token(&hash_of(&secret), staff.id, name, &reader.actor(), now).await?;
        Ok(view::ApiToken {
            id,
            name: name.to_owned(),
            created_at: written(now),
            last_used_at: None,
            token: Some(secret),
        })
    }

    /// Takes one of the reader's own tokens out of use.
    pub async fn remove_token(&self, reader: &Reader, id: i64, now: Instant) -> Result<(), Error> {
        let Some(staff) = &reader.staff else {
            return Err(Error::forbidden());
        };
        Ok(self.store().remove_token(staff.id, id, &reader.actor(), now).await?)
    }
}

/// What is told of everybody's history is for who sees everybody: a part of it would show how other people's customers fared.
pub(crate) fn sees_all(reader: &Reader) -> Result<(), Error> {
    if reader.scope == vocab::Scope::All { Ok(()) } else { Err(Error::forbidden()) }
}
