//! Who did what that must be accounted for: signing in and failing to, exports, unmasking, changed configuration,
//! hand-overs. A way of reading the history, which is only ever appended to.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::Serialize;
use vocab::{CustomerId, Instant, Scope};

use crate::entity::history;
use crate::history::{HistoryEntry, Resource, entry};
use crate::open::Change;
use crate::scope::admitted;
use crate::words::words;
use crate::{Error, Store};

words! {
    /// What sort of deed.
    AuditSort {
        /// Signing in, out, and failing to.
        SignIn = "sign_in",
        /// Taking data out.
        Export = "export",
        /// Looking at a masked number or address.
        Unmask = "unmask",
        /// Changing settings, staff, sources, definitions.
        Configuration = "configuration",
        /// Handing over customers of somebody who left.
        HandOver = "hand_over",
        /// Bringing a table back with changes, and taking that back.
        Sheet = "sheet",
    }
}

/// Which deeds are asked for. The default is every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this sort.
    pub sort: Option<AuditSort>,
    /// By this person.
    pub actor: Option<String>,
    /// At this moment or later.
    pub from: Option<Instant>,
    /// Before this moment.
    pub until: Option<Instant>,
    /// Older than this number.
    pub before: Option<i64>,
}

/// Something done that changes no row and must be accounted for all the same.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    /// What was done: `export`, `signed_in`, `sign_in_failed`, `unmasked`.
    pub what: &'a str,
    /// To what, or whom.
    pub subject: &'a str,
    /// The customer it concerns, if any.
    pub customer: Option<&'a CustomerId>,
    /// Who did it.
    pub actor: &'a str,
}

/// What is configured rather than worked on.
const CONFIGURATION: [Resource; 12] = [
    Resource::Setting,
    Resource::Source,
    Resource::Channel,
    Resource::Mapping,
    Resource::Scorecard,
    Resource::Rule,
    Resource::ChurnDefinition,
    Resource::Model,
    Resource::Staff,
    Resource::Token,
    Resource::Unit,
    Resource::Invitation,
];

const SIGN_INS: [&str; 3] = ["signed_in", "sign_in_failed", "signed_out"];

impl Store {
    /// Remembers a deed, with what there is to say about it.
    pub async fn account_for(&self, deed: Deed<'_>, detail: &impl Serialize, now: Instant) -> Result<(), Error> {
        let mut writing = self.write(now).await?;
        let before = writing.last_version(Resource::Deed, deed.subject).await?;
        let change = Change {
            resource: Resource::Deed,
            id: deed.subject.to_owned(),
            customer: deed.customer.map(CustomerId::as_str),
            version: before + 1,
            actor: deed.actor,
            cause: deed.what,
        };
        writing.remember(change, detail)?;
        writing.commit().await
    }

    /// Deeds, the newest first.
    ///
    /// # Edges
    /// A reader with a limited scope sees only what concerns their customers.
    pub async fn audit(&self, scope: &Scope, filter: &AuditFilter, limit: u64) -> Result<Vec<HistoryEntry>, Error> {
        let rows = asked(scope, filter).order_by_desc(history::Column::Id).limit(limit).all(&self.reader).await;
        rows.map_err(Error::while_doing("reading the audit"))?.into_iter().map(entry).collect()
    }

    /// How many deeds there are.
    pub async fn audit_count(&self, scope: &Scope, filter: &AuditFilter) -> Result<u64, Error> {
        let all = AuditFilter { before: None, ..filter.clone() };
        asked(scope, &all).count(&self.reader).await.map_err(Error::while_doing("counting the audit"))
    }

    /// Everybody who did something that is accounted for, sorted.
    pub async fn audit_actors(&self, scope: &Scope) -> Result<Vec<String>, Error> {
        asked(scope, &AuditFilter::default())
            .select_only()
            .column(history::Column::Actor)
            .distinct()
            .order_by_asc(history::Column::Actor)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading who is in the audit"))
    }
}

/// The condition that keeps deeds of one sort.
fn of_sort(sort: AuditSort) -> Expr {
    use history::Column as C;
    let deed = || C::Resource.eq(Resource::Deed.as_str());
    match sort {
        AuditSort::SignIn => deed().and(C::Cause.is_in(SIGN_INS)),
        AuditSort::Export => deed().and(C::Cause.eq("export")),
        AuditSort::Unmask => deed().and(C::Cause.eq("unmasked")),
        AuditSort::Configuration => C::Resource.is_in(CONFIGURATION.map(Resource::as_str)),
        AuditSort::HandOver => C::Resource.eq(Resource::HandOver.as_str()),
        AuditSort::Sheet => C::Resource.eq(Resource::Sheet.as_str()),
    }
}

fn asked(scope: &Scope, filter: &AuditFilter) -> Select<history::Entity> {
    use history::Column as C;
    let sorts = match filter.sort {
        Some(sort) => vec![sort],
        None => AuditSort::ALL.to_vec(),
    };
    let any = sorts.into_iter().fold(Condition::any(), |any, sort| any.add(of_sort(sort)));
    let all = Condition::all()
        .add(any)
        .add_option(filter.actor.as_deref().map(|actor| C::Actor.eq(actor)))
        .add_option(filter.from.map(|from| C::At.gte(from.micros())))
        .add_option(filter.until.map(|until| C::At.lt(until.micros())))
        .add_option(filter.before.map(|before| C::Id.lt(before)))
        .add_option(admitted(scope, C::CustomerId));
    history::Entity::find().filter(all)
}

impl AuditSort {
    /// The sort of a deed in the history; none for what is not audited.
    pub fn of(entry: &HistoryEntry) -> Option<AuditSort> {
        match (entry.resource, entry.cause.as_str()) {
            (Resource::Deed, "export") => Some(AuditSort::Export),
            (Resource::Deed, "unmasked") => Some(AuditSort::Unmask),
            (Resource::Deed, cause) if SIGN_INS.contains(&cause) => Some(AuditSort::SignIn),
            (Resource::HandOver, _) => Some(AuditSort::HandOver),
            (Resource::Sheet, _) => Some(AuditSort::Sheet),
            (resource, _) if CONFIGURATION.contains(&resource) => Some(AuditSort::Configuration),
            _ => None,
        }
    }
}
