//! People who work here, and by what they are known: staff, sessions, tokens, failed attempts to sign in.
//!
//! Only hashes come in here; how a secret is made and hashed is the caller's business. Sessions and attempts come and
//! go too fast for a history; staff and tokens have one, without their hashes.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};
use vocab::Instant;

use crate::entity::{sessions, sign_in_attempts, staff, tokens};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::words::words;
use crate::{Error, Store};

words! {
    /// What a person may do and see.
    Role {
        /// Everything, for all customers.
        Admin = "admin",
        /// The customers of everybody below the units they head.
        Manager = "manager",
        /// Their own customers only.
        Owner = "owner",
        /// All customers, to answer whoever calls.
        Service = "service",
        /// All customers, their data and definitions, without working on one.
        Analyst = "analyst",
        /// All customers, without acting.
        Readonly = "readonly",
    }
}

/// A person who works in this system.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffRecord {
    /// Stable id; never given twice.
    pub id: i64,
    /// Grows by one with every change.
    pub version: i64,
    /// Name shown.
    pub name: String,
    /// Sign-in name, in lower case.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// The owner key whose customers are theirs, as written in the data.
    pub owner_key: Option<String>,
    /// The unit they belong to.
    pub unit_id: Option<i64>,
    /// Whether the account is in use.
    pub active: bool,
    /// Hash of the password, as the caller made it.
    pub password_hash: String,
    /// When they were added.
    pub created_at: Instant,
}

impl std::fmt::Debug for StaffRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The hash stays out of logs.
        f.debug_struct("StaffRecord")
            .field("id", &self.id)
            .field("email", &self.email)
            .field("role", &self.role)
            .field("owner_key", &self.owner_key)
            .field("active", &self.active)
            .finish_non_exhaustive()
    }
}

/// A person to be added.
#[derive(Clone)]
pub struct NewStaff {
    /// Name shown.
    pub name: String,
    /// Sign-in name; letter case and spaces around it do not matter.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// The owner key whose customers are theirs.
    pub owner_key: Option<String>,
    /// The unit they belong to.
    pub unit_id: Option<i64>,
    /// Hash of the password.
    pub password_hash: String,
}

/// A program's key, as listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Stable id; never given twice.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// Who made it.
    pub staff_id: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last used.
    pub last_used_at: Option<Instant>,
}

impl Store {
    /// Adds a person.
    ///
    /// # Errors
    /// A conflict if the sign-in name is taken.
    pub async fn add_staff(&self, new: &NewStaff, actor: &str, now: Instant) -> Result<StaffRecord, Error> {
        let writing = self.write(now).await?;
        insert_staff(writing, new, actor, now).await
    }

    /// Adds the first person, who sets the firm up; of several who try at once one succeeds.
    ///
    /// # Errors
    /// A conflict if somebody works here already.
    pub async fn add_first_staff(&self, new: &NewStaff, now: Instant) -> Result<StaffRecord, Error> {
        let writing = self.write(now).await?;
        let count =
            staff::Entity::find().count(&writing.transaction).await.map_err(Error::while_doing("counting staff"))?;
        if count > 0 {
            return Err(Error::conflict("the firm has been set up already", None));
        }
        insert_staff(writing, new, &new.email, now).await
    }

    /// Everybody, by name.
    pub async fn staff(&self) -> Result<Vec<StaffRecord>, Error> {
        let rows = staff::Entity::find()
            .order_by_asc(staff::Column::Name)
            .order_by_asc(staff::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading staff"))?;
        rows.into_iter().map(StaffRecord::new).collect()
    }

    /// How many people there are; none means that the firm has not been set up.
    pub async fn staff_count(&self) -> Result<u64, Error> {
        staff::Entity::find().count(&self.reader).await.map_err(Error::while_doing("counting staff"))
    }

    /// The person with this sign-in name; letter case and spaces around it do not matter.
    pub async fn staff_by_email(&self, email: &str) -> Result<Option<StaffRecord>, Error> {
        let row = staff::Entity::find()
            .filter(staff::Column::Email.eq(normal(email)))
            .one(&self.reader)
            .await
            .map_err(Error::while_doing("reading staff"))?;
        row.map(StaffRecord::new).transpose()
    }

    /// The person with this id.
    pub async fn staff_by_id(&self, id: i64) -> Result<Option<StaffRecord>, Error> {
        let row = staff::Entity::find_by_id(id).one(&self.reader).await.map_err(Error::while_doing("reading staff"))?;
        row.map(StaffRecord::new).transpose()
    }

    /// Opens or closes an account. Closing it ends the person's sessions and tokens at once.
    ///
    /// # Errors
    /// Not found.
    pub async fn set_active(&self, id: i64, active: bool, actor: &str, now: Instant) -> Result<StaffRecord, Error> {
        let mut writing = self.write(now).await?;
        let before = staff_row(&writing, id).await?;
        if before.active == active {
            return StaffRecord::new(before);
        }
        if !active {
            end_keys(&mut writing, id, actor, now).await?;
        }
        let mut changed = before.clone().into_active_model();
        changed.active = Set(active);
        save_staff(writing, before.version, changed, actor, if active { "activated" } else { "deactivated" }).await
    }

    /// Gives a person a new password and ends their sessions.
    ///
    /// # Errors
    /// Not found.
    pub async fn set_password_hash(
        &self,
        id: i64,
        password_hash: &str,
        actor: &str,
        now: Instant,
    ) -> Result<StaffRecord, Error> {
        let writing = self.write(now).await?;
        let before = staff_row(&writing, id).await?;
        end_sessions(&writing, id).await?;
        let mut changed = before.clone().into_active_model();
        changed.password_hash = Set(password_hash.to_owned());
        save_staff(writing, before.version, changed, actor, "password_changed").await
    }

    /// Begins a session: `token_hash` is the hash of the secret that only the browser keeps.
    pub async fn add_session(
        &self,
        token_hash: &str,
        staff_id: i64,
        now: Instant,
        expires_at: Instant,
    ) -> Result<(), Error> {
        let row = sessions::ActiveModel {
            token_hash: Set(token_hash.to_owned()),
            staff_id: Set(staff_id),
            created_at: Set(now.micros()),
            expires_at: Set(expires_at.micros()),
            reach: Set(None),
        };
        sessions::Entity::insert(row)
            .exec_without_returning(&self.writer)
            .await
            .map_err(Error::while_doing("beginning a session"))?;
        Ok(())
    }

    /// Whose session is behind this hash? Nobody's if it has ended or the account is not in use.
    pub async fn session_staff(&self, token_hash: &str, now: Instant) -> Result<Option<StaffRecord>, Error> {
        let session = sessions::Entity::find_by_id(token_hash.to_owned())
            .filter(sessions::Column::ExpiresAt.gt(now.micros()))
            .one(&self.reader)
            .await
            .map_err(Error::while_doing("reading a session"))?;
        let Some(session) = session else { return Ok(None) };
        Ok(self.staff_by_id(session.staff_id).await?.filter(|staff| staff.active))
    }

    /// Ends a session, if there is one.
    pub async fn remove_session(&self, token_hash: &str) -> Result<(), Error> {
        sessions::Entity::delete_by_id(token_hash.to_owned())
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing("ending a session"))?;
        Ok(())
    }

    /// Sweeps out sessions that have ended; returns how many.
    pub async fn sweep_sessions(&self, now: Instant) -> Result<u64, Error> {
        let swept = sessions::Entity::delete_many()
            .filter(sessions::Column::ExpiresAt.lte(now.micros()))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing("sweeping out sessions"))?;
        Ok(swept.rows_affected)
    }

    /// Makes a program's key and says its id: `token_hash` is the hash of the secret that is shown once.
    pub async fn add_token(
        &self,
        token_hash: &str,
        staff_id: i64,
        name: &str,
        actor: &str,
        now: Instant,
    ) -> Result<i64, Error> {
        let mut writing = self.write(now).await?;
        let row = tokens::ActiveModel {
            id: NotSet,
            version: Set(1),
            name: Set(name.to_owned()),
            staff_id: Set(staff_id),
            token_hash: Set(token_hash.to_owned()),
            created_at: Set(now.micros()),
            revoked_at: Set(None),
            last_used_at: Set(None),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing("making a token"))?;
        remember_token(&mut writing, &row, actor, "made")?;
        writing.commit().await?;
        Ok(row.id)
    }

    /// A person's keys that are in use, newest first.
    pub async fn tokens(&self, staff_id: i64) -> Result<Vec<TokenRecord>, Error> {
        let rows = tokens::Entity::find()
            .filter(tokens::Column::StaffId.eq(staff_id))
            .filter(tokens::Column::RevokedAt.is_null())
            .order_by_desc(tokens::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading tokens"))?;
        Ok(rows.into_iter().map(TokenRecord::new).collect())
    }

    /// Whose key is behind this hash? Nobody's if it was taken out of use, or the account was. Notes when the key was
    /// used, to the minute.
    pub async fn token_staff(&self, token_hash: &str, now: Instant) -> Result<Option<StaffRecord>, Error> {
        let doing = "reading a token";
        let row = tokens::Entity::find()
            .filter(tokens::Column::TokenHash.eq(token_hash))
            .filter(tokens::Column::RevokedAt.is_null())
            .one(&self.reader)
            .await
            .map_err(Error::while_doing(doing))?;
        let Some(row) = row else { return Ok(None) };
        let Some(staff) = self.staff_by_id(row.staff_id).await?.filter(|staff| staff.active) else { return Ok(None) };
        const MINUTE: i64 = 60_000_000;
        if row.last_used_at.is_none_or(|last| now.micros().saturating_sub(last) >= MINUTE) {
            tokens::Entity::update_many()
                .col_expr(tokens::Column::LastUsedAt, Expr::value(now.micros()))
                .filter(tokens::Column::Id.eq(row.id))
                .exec(&self.writer)
                .await
                .map_err(Error::while_doing(doing))?;
        }
        Ok(Some(staff))
    }

    /// Takes one of a person's keys out of use for ever.
    ///
    /// # Errors
    /// Not found if it is not theirs, or out of use already.
    pub async fn remove_token(&self, staff_id: i64, id: i64, actor: &str, now: Instant) -> Result<(), Error> {
        let mut writing = self.write(now).await?;
        let row = tokens::Entity::find_by_id(id)
            .filter(tokens::Column::StaffId.eq(staff_id))
            .filter(tokens::Column::RevokedAt.is_null())
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading a token"))?
            .ok_or_else(|| Error::not_found(format!("token {id}")))?;
        revoke(&mut writing, row, actor, now).await?;
        writing.commit().await
    }

    /// Notes that signing in failed.
    pub async fn add_failed_sign_in(&self, email: &str, peer: &str, now: Instant) -> Result<(), Error> {
        let row = sign_in_attempts::ActiveModel {
            id: NotSet,
            email: Set(normal(email)),
            peer: Set(peer.to_owned()),
            at: Set(now.micros()),
        };
        sign_in_attempts::Entity::insert(row)
            .exec_without_returning(&self.writer)
            .await
            .map_err(Error::while_doing("noting a failed sign-in"))?;
        Ok(())
    }

    /// How often did signing in with this name from this peer fail at `since` or later?
    pub async fn failed_sign_ins(&self, email: &str, peer: &str, since: Instant) -> Result<u64, Error> {
        use sign_in_attempts::Column as C;
        sign_in_attempts::Entity::find()
            .filter(C::Email.eq(normal(email)))
            .filter(C::Peer.eq(peer))
            .filter(C::At.gte(since.micros()))
            .count(&self.reader)
            .await
            .map_err(Error::while_doing("counting failed sign-ins"))
    }

    /// Forgets the failures of a name from a peer: it has signed in.
    pub async fn forget_failed_sign_ins(&self, email: &str, peer: &str) -> Result<(), Error> {
        use sign_in_attempts::Column as C;
        sign_in_attempts::Entity::delete_many()
            .filter(C::Email.eq(normal(email)))
            .filter(C::Peer.eq(peer))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing("forgetting failed sign-ins"))?;
        Ok(())
    }

    /// Sweeps out failures before a moment; returns how many.
    pub async fn sweep_failed_sign_ins(&self, before: Instant) -> Result<u64, Error> {
        let swept = sign_in_attempts::Entity::delete_many()
            .filter(sign_in_attempts::Column::At.lt(before.micros()))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing("sweeping out failed sign-ins"))?;
        Ok(swept.rows_affected)
    }
}

/// The one way to write a sign-in name.
pub(crate) fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}

async fn insert_staff(mut writing: Writing, new: &NewStaff, actor: &str, now: Instant) -> Result<StaffRecord, Error> {
    let row = insert_row(&mut writing, new, actor, now).await?;
    writing.commit().await?;
    StaffRecord::new(row)
}

/// The row of a new person, within a larger change.
pub(crate) async fn insert_row(
    writing: &mut Writing,
    new: &NewStaff,
    actor: &str,
    now: Instant,
) -> Result<staff::Model, Error> {
    let email = normal(&new.email);
    let taken = staff::Entity::find()
        .filter(staff::Column::Email.eq(email.as_str()))
        .one(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading staff"))?;
    if let Some(taken) = taken {
        return Err(Error::conflict(format!("the sign-in name {email} is taken"), Some(taken.version)));
    }
    let row = staff::ActiveModel {
        id: NotSet,
        version: Set(1),
        name: Set(new.name.clone()),
        email: Set(email),
        role: Set(new.role.as_str().to_owned()),
        owner_key: Set(new.owner_key.clone()),
        unit_id: Set(new.unit_id),
        active: Set(true),
        password_hash: Set(new.password_hash.clone()),
        created_at: Set(now.micros()),
    };
    let row = row.insert(&writing.transaction).await.map_err(Error::while_doing("adding staff"))?;
    remember_staff(writing, &row, actor, "added")?;
    Ok(row)
}

pub(crate) async fn staff_row(writing: &Writing, id: i64) -> Result<staff::Model, Error> {
    staff::Entity::find_by_id(id)
        .one(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading staff"))?
        .ok_or_else(|| Error::not_found(format!("staff {id}")))
}

pub(crate) async fn save_staff(
    mut writing: Writing,
    version: i64,
    mut changed: staff::ActiveModel,
    actor: &str,
    cause: &str,
) -> Result<StaffRecord, Error> {
    changed.version = Set(version + 1);
    let row = changed.update(&writing.transaction).await.map_err(Error::while_doing("changing staff"))?;
    remember_staff(&mut writing, &row, actor, cause)?;
    writing.commit().await?;
    StaffRecord::new(row)
}

async fn end_sessions(writing: &Writing, staff_id: i64) -> Result<(), Error> {
    sessions::Entity::delete_many()
        .filter(sessions::Column::StaffId.eq(staff_id))
        .exec(&writing.transaction)
        .await
        .map_err(Error::while_doing("ending sessions"))?;
    Ok(())
}

pub(crate) async fn end_keys(writing: &mut Writing, staff_id: i64, actor: &str, now: Instant) -> Result<(), Error> {
    end_sessions(writing, staff_id).await?;
    let rows = tokens::Entity::find()
        .filter(tokens::Column::StaffId.eq(staff_id))
        .filter(tokens::Column::RevokedAt.is_null())
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading tokens"))?;
    for row in rows {
        revoke(writing, row, actor, now).await?;
    }
    Ok(())
}

async fn revoke(writing: &mut Writing, row: tokens::Model, actor: &str, now: Instant) -> Result<(), Error> {
    let version = row.version + 1;
    let mut changed = row.into_active_model();
    changed.version = Set(version);
    changed.revoked_at = Set(Some(now.micros()));
    let after = changed.update(&writing.transaction).await.map_err(Error::while_doing("revoking a token"))?;
    remember_token(writing, &after, actor, "revoked")
}

pub(crate) fn remember_staff(writing: &mut Writing, row: &staff::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let id = row.id.to_string();
    writing.remember(Change { resource: Resource::Staff, id, customer: None, version: row.version, actor, cause }, row)
}

fn remember_token(writing: &mut Writing, row: &tokens::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let id = row.id.to_string();
    writing.remember(Change { resource: Resource::Token, id, customer: None, version: row.version, actor, cause }, row)
}

impl StaffRecord {
    pub(crate) fn new(row: staff::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            version: row.version,
            name: row.name,
            email: row.email,
            role: Role::read(&row.role)?,
            owner_key: row.owner_key,
            unit_id: row.unit_id,
            active: row.active,
            password_hash: row.password_hash,
            created_at: Instant::from_micros(row.created_at),
        })
    }
}

impl TokenRecord {
    fn new(row: tokens::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            staff_id: row.staff_id,
            created_at: Instant::from_micros(row.created_at),
            last_used_at: row.last_used_at.map(Instant::from_micros),
        }
    }
}
