//! Who has been asked to work here: a link that ends, of which only the hash is kept; whoever opens it sets the password.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use vocab::Instant;

use crate::entity::{invitations, staff};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::people::{insert_row, normal};
use crate::{Error, NewStaff, Role, StaffRecord, Store};

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRecord {
    /// Stable id; never given twice.
    pub id: i64,
    /// Name shown.
    pub name: String,
    /// Sign-in name, in lower case.
    pub email: String,
    /// What they will be allowed to do.
    pub role: Role,
    /// The owner key whose customers will be theirs.
    pub owner_key: Option<String>,
    /// The unit they will belong to.
    pub unit_id: Option<i64>,
    /// Who invited them.
    pub invited_by: String,
    /// When.
    pub created_at: Instant,
    /// Until when the link is good.
    pub expires_at: Instant,
}

/// A person to be invited.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Name shown.
    pub name: String,
    /// Sign-in name; letter case and spaces around it do not matter.
    pub email: String,
    /// What they will be allowed to do.
    pub role: Role,
    /// The owner key whose customers will be theirs.
    pub owner_key: Option<String>,
    /// The unit they will belong to.
    pub unit_id: Option<i64>,
    /// Hash of the link's secret.
    pub token_hash: String,
    /// Until when the link is good.
    pub expires_at: Instant,
}

impl Store {
    /// Invites people: all of them or, if one cannot be, none. Who was invited before under the same sign-in name gets a
    /// new link, and the old one opens nothing.
    ///
    /// # Errors
    /// A conflict if a sign-in name is that of somebody who works here.
    pub async fn invite(
        &self,
        people: &[NewInvitation],
        actor: &str,
        now: Instant,
    ) -> Result<Vec<InvitationRecord>, Error> {
        let doing = "inviting";
        let mut writing = self.write(now).await?;
        let mut invited = Vec::with_capacity(people.len());
        for new in people {
            let email = normal(&new.email);
            let taken = staff::Entity::find().filter(staff::Column::Email.eq(email.as_str())).one(&writing.transaction);
            if let Some(taken) = taken.await.map_err(Error::while_doing(doing))? {
                return Err(Error::conflict(format!("the sign-in name {email} is taken"), Some(taken.version)));
            }
            let before = standing()
                .filter(invitations::Column::Email.eq(email.as_str()))
                .all(&writing.transaction)
                .await
                .map_err(Error::while_doing(doing))?;
            for row in before {
                withdraw(&mut writing, row, actor, now).await?;
            }
            let row = invitations::ActiveModel {
                id: NotSet,
                version: Set(1),
                name: Set(new.name.clone()),
                email: Set(email),
                role: Set(new.role.as_str().to_owned()),
                owner_key: Set(new.owner_key.clone()),
                unit_id: Set(new.unit_id),
                token_hash: Set(new.token_hash.clone()),
                invited_by: Set(actor.to_owned()),
                created_at: Set(now.micros()),
                expires_at: Set(new.expires_at.micros()),
                accepted_at: Set(None),
                withdrawn_at: Set(None),
                staff_id: Set(None),
            };
            let row = row.insert(&writing.transaction).await.map_err(Error::while_doing(doing))?;
            remember(&mut writing, &row, actor, "invited")?;
            invited.push(InvitationRecord::new(row)?);
        }
        writing.commit().await?;
        Ok(invited)
    }

    /// Invitations that nobody has taken up or taken back, the newest first; those whose link has ended among them.
    pub async fn invitations(&self) -> Result<Vec<InvitationRecord>, Error> {
        let rows = standing().order_by_desc(invitations::Column::Id).all(&self.reader).await;
        rows.map_err(Error::while_doing("reading invitations"))?.into_iter().map(InvitationRecord::new).collect()
    }

    /// The invitation behind this hash, while its link is good.
    pub async fn invitation(&self, token_hash: &str, now: Instant) -> Result<Option<InvitationRecord>, Error> {
        let row = good(&self.reader, token_hash, now).await?;
        row.map(InvitationRecord::new).transpose()
    }

    /// Takes an invitation back: its link opens nothing any more.
    ///
    /// # Errors
    /// Not found if there is none, or it was taken up or back already.
    pub async fn withdraw_invitation(&self, id: i64, actor: &str, now: Instant) -> Result<(), Error> {
        let mut writing = self.write(now).await?;
        let row = standing()
            .filter(invitations::Column::Id.eq(id))
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading an invitation"))?
            .ok_or_else(|| Error::not_found(format!("invitation {id}")))?;
        withdraw(&mut writing, row, actor, now).await?;
        writing.commit().await
    }

    /// Takes an invitation up: the person works here from now on. Of two who try at once one succeeds.
    ///
    /// # Errors
    /// Not found if the link is wrong, used or has ended; a conflict if the sign-in name was taken meanwhile.
    pub async fn accept_invitation(
        &self,
        token_hash: &str,
        password_hash: &str,
        now: Instant,
    ) -> Result<StaffRecord, Error> {
        let mut writing = self.write(now).await?;
        let row = good(&writing.transaction, token_hash, now).await?;
        let row = row.ok_or_else(|| Error::not_found("invitation"))?;
        let new = NewStaff {
            name: row.name.clone(),
            email: row.email.clone(),
            role: Role::read(&row.role)?,
            owner_key: row.owner_key.clone(),
            unit_id: row.unit_id,
            password_hash: password_hash.to_owned(),
        };
        let person = insert_row(&mut writing, &new, &row.name, now).await?;
        let (version, actor) = (row.version + 1, row.name.clone());
        let mut changed = row.into_active_model();
        changed.version = Set(version);
        changed.accepted_at = Set(Some(now.micros()));
        changed.staff_id = Set(Some(person.id));
        let after =
            changed.update(&writing.transaction).await.map_err(Error::while_doing("taking up an invitation"))?;
        remember(&mut writing, &after, &actor, "accepted")?;
        writing.commit().await?;
        StaffRecord::new(person)
    }
}

/// Invitations that were neither taken up nor back.
fn standing() -> sea_orm::Select<invitations::Entity> {
    invitations::Entity::find()
        .filter(invitations::Column::AcceptedAt.is_null())
        .filter(invitations::Column::WithdrawnAt.is_null())
}

async fn good(
    connection: &impl ConnectionTrait,
    token_hash: &str,
    now: Instant,
) -> Result<Option<invitations::Model>, Error> {
    standing()
        .filter(invitations::Column::TokenHash.eq(token_hash))
        .filter(invitations::Column::ExpiresAt.gt(now.micros()))
        .one(connection)
        .await
        .map_err(Error::while_doing("reading an invitation"))
}

async fn withdraw(writing: &mut Writing, row: invitations::Model, actor: &str, now: Instant) -> Result<(), Error> {
    let version = row.version + 1;
    let mut changed = row.into_active_model();
    changed.version = Set(version);
    changed.withdrawn_at = Set(Some(now.micros()));
    let after = changed.update(&writing.transaction).await.map_err(Error::while_doing("taking back an invitation"))?;
    remember(writing, &after, actor, "withdrawn")
}

fn remember(writing: &mut Writing, row: &invitations::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let (resource, id, version) = (Resource::Invitation, row.id.to_string(), row.version);
    writing.remember(Change { resource, id, customer: None, version, actor, cause }, row)
}

impl InvitationRecord {
    fn new(row: invitations::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            name: row.name,
            email: row.email,
            role: Role::read(&row.role)?,
            owner_key: row.owner_key,
            unit_id: row.unit_id,
            invited_by: row.invited_by,
            created_at: Instant::from_micros(row.created_at),
            expires_at: Instant::from_micros(row.expires_at),
        })
    }
}
