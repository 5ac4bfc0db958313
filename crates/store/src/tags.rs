//! Tags that people stick on customers: put on, taken off, for one or for many at once, and taken back.
//!
//! A tag taken off leaves its row, so that who had it when is folded from the history like everything else. What a tag
//! means is the firm's own business.

use std::collections::{BTreeSet, HashMap};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use vocab::{CustomerId, Instant, Scope};

use crate::entity::{customer_tags, tag_changes};
use crate::history::{Resource, last_before, parse};
use crate::open::{Change, Writing};
use crate::scope::{admitted_few, among, owners_of};
use crate::{Error, Store};

/// A tag on a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagRecord {
    /// Whose.
    pub customer: CustomerId,
    /// The tag.
    pub tag: String,
    /// Since when.
    pub at: Instant,
    /// Who put it on.
    pub actor: String,
}

/// A change of a tag, of one customer or of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagChangeRecord {
    /// Stable id.
    pub id: i64,
    /// The tag.
    pub tag: String,
    /// Whether it was put on; taken off otherwise.
    pub adds: bool,
    /// How many customers it changed.
    pub customer_count: u64,
}

impl Store {
    /// Every tag that stands, by customer and tag; with `before`, every one that stood at that moment.
    ///
    /// # Edges
    /// The reader's scope is today's, whatever the moment.
    pub async fn tags(&self, scope: &Scope, before: Option<Instant>) -> Result<Vec<TagRecord>, Error> {
        let doing = "reading tags";
        let mut rows: Vec<customer_tags::Model> = match before {
            Some(t) => {
                let rows = last_before(Resource::Tag, scope, t).all(&self.reader).await;
                rows.map_err(Error::while_doing(doing))?.iter().map(parse).collect::<Result<_, _>>()?
            }
            None => {
                let mut select = customer_tags::Entity::find().filter(customer_tags::Column::Stands.eq(true));
                if let Some(only) = admitted_few(scope, customer_tags::Column::CustomerId) {
                    select = select.filter(only);
                }
                select.all(&self.reader).await.map_err(Error::while_doing(doing))?
            }
        };
        rows.retain(|row| row.stands);
        rows.sort_by(|a, b| (&a.customer_id, &a.tag).cmp(&(&b.customer_id, &b.tag)));
        Ok(rows.into_iter().map(TagRecord::new).collect())
    }

    /// Grows with every change of any tag.
    pub async fn last_tag_change(&self) -> Result<i64, Error> {
        let last: Option<i64> = tag_changes::Entity::find()
            .select_only()
            .column(tag_changes::Column::Id)
            .order_by_desc(tag_changes::Column::Id)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await
            .map_err(Error::while_doing("reading the last change of tags"))?;
        Ok(last.unwrap_or(0))
    }

    /// Puts a tag on customers or takes it off. Who is as asked for already, or out of scope, is left alone; where that
    /// is everybody, nothing is written and there is no change.
    pub async fn change_tags(
        &self,
        scope: &Scope,
        customers: &[CustomerId],
        tag: &str,
        adds: bool,
        actor: &str,
        now: Instant,
    ) -> Result<Option<TagChangeRecord>, Error> {
        let mut writing = self.write(now).await?;
        let owners = owners_of(&writing.transaction, customers.iter().map(CustomerId::as_str)).await?;
        let wanted: BTreeSet<&CustomerId> = customers
            .iter()
            .filter(|customer| scope.admits(owners.get(customer.as_str()).map(String::as_str)))
            .collect();
        let listed: Vec<CustomerId> = wanted.iter().map(|customer| (*customer).clone()).collect();
        let Some((change, _)) = tag_all(&mut writing, &listed, (tag, adds), actor, now).await? else {
            return Ok(None);
        };
        writing.commit().await?;
        Ok(Some(change))
    }

    /// Takes a change back: whoever it changed, and nobody has changed since, is as before it.
    ///
    /// # Errors
    /// Not found, also for a change none of whose customers the reader may see; a conflict if nothing of it is left to take
    /// back.
    pub async fn undo_tags(&self, scope: &Scope, id: i64, actor: &str, now: Instant) -> Result<TagChangeRecord, Error> {
        let mut writing = self.write(now).await?;
        let missing = || Error::not_found(format!("the change of tags {id}"));
        let before = tag_changes::Entity::find_by_id(id)
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading a change of tags"))?
            .ok_or_else(missing)?;
        let rows = changed_by(&writing, scope, id).await?;
        if rows.is_empty() {
            let is_over = before.undone_by.is_some() || *scope == Scope::All;
            let conflict = || Error::conflict(format!("the change of tags {id}"), Some(before.version));
            return Err(if is_over { conflict() } else { missing() });
        }
        let change = strike_back(&mut writing, before, rows, actor, now).await?;
        writing.commit().await?;
        Ok(change)
    }
}

/// Puts a tag on these customers, each named once, or takes it off, in the transaction of what else is done. Who is as
/// asked for already is left alone; where that is everybody there is no change. Tells whom it changed.
pub(crate) async fn tag_all(
    writing: &mut Writing,
    customers: &[CustomerId],
    (tag, adds): (&str, bool),
    actor: &str,
    now: Instant,
) -> Result<Option<(TagChangeRecord, BTreeSet<String>)>, Error> {
    let rows = customer_tags::Entity::find()
        .filter(customer_tags::Column::Tag.eq(tag))
        .filter(among(&writing.transaction, (customer_tags::Entity, customer_tags::Column::CustomerId), customers))
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading tags"))?;
    let mut known: HashMap<String, customer_tags::Model> =
        rows.into_iter().map(|row| (row.customer_id.clone(), row)).collect();
    let (mut turns, mut changed) = (Vec::new(), BTreeSet::new());
    for customer in customers {
        let turn = match known.remove(customer.as_str()) {
            Some(row) if row.stands != adds => Turn::Known(row),
            None if adds => Turn::New(customer.as_str().to_owned()),
            _ => continue,
        };
        turns.push(turn);
        changed.insert(customer.as_str().to_owned());
    }
    if turns.is_empty() {
        return Ok(None);
    }
    let change = strike(writing, &Stroke { tag, adds, actor, undoes: None }, turns, now).await?;
    Ok(Some((change, changed)))
}

/// Takes a change back as far as one may see it, in the transaction of what else is done, and tells whose tag is as before
/// it: whoever somebody has changed since is left alone.
pub(crate) async fn take_back(
    writing: &mut Writing,
    scope: &Scope,
    id: i64,
    actor: &str,
    now: Instant,
) -> Result<BTreeSet<String>, Error> {
    let before = tag_changes::Entity::find_by_id(id).one(&writing.transaction).await;
    let Some(before) = before.map_err(Error::while_doing("reading a change of tags"))? else {
        return Ok(BTreeSet::new());
    };
    let rows = changed_by(writing, scope, id).await?;
    let customers: BTreeSet<String> = rows.iter().map(|row| row.customer_id.clone()).collect();
    if !rows.is_empty() {
        strike_back(writing, before, rows, actor, now).await?;
    }
    Ok(customers)
}

/// Rows that a change left as they are.
async fn changed_by(writing: &Writing, scope: &Scope, id: i64) -> Result<Vec<customer_tags::Model>, Error> {
    let mut select = customer_tags::Entity::find().filter(customer_tags::Column::ChangeId.eq(id));
    if let Some(only) = admitted_few(scope, customer_tags::Column::CustomerId) {
        select = select.filter(only);
    }
    select.all(&writing.transaction).await.map_err(Error::while_doing("reading tags"))
}

async fn strike_back(
    writing: &mut Writing,
    before: tag_changes::Model,
    rows: Vec<customer_tags::Model>,
    actor: &str,
    now: Instant,
) -> Result<TagChangeRecord, Error> {
    let (tag, version) = (before.tag.clone(), before.version);
    let stroke = Stroke { tag: &tag, adds: !before.adds, actor, undoes: Some(before.id) };
    let turns = rows.into_iter().map(Turn::Known).collect();
    let change = strike(writing, &stroke, turns, now).await?;
    let mut undone = before.into_active_model();
    undone.undone_by = Set(Some(change.id));
    undone.version = Set(version + 1);
    let row = undone.update(&writing.transaction).await;
    let row = row.map_err(Error::while_doing("marking a change of tags as taken back"))?;
    remember_change(writing, &row, actor, "undone")?;
    Ok(change)
}

/// Writes a change and what it turns.
async fn strike(
    writing: &mut Writing,
    stroke: &Stroke<'_>,
    turns: Vec<Turn>,
    now: Instant,
) -> Result<TagChangeRecord, Error> {
    let doing = "changing tags";
    let row = tag_changes::ActiveModel {
        id: NotSet,
        version: Set(1),
        tag: Set(stroke.tag.to_owned()),
        adds: Set(stroke.adds),
        at: Set(now.micros()),
        actor: Set(stroke.actor.to_owned()),
        customer_count: Set(turns.len() as i64),
        undoes: Set(stroke.undoes),
        undone_by: Set(None),
    };
    let change = row.insert(&writing.transaction).await.map_err(Error::while_doing(doing))?;
    remember_change(writing, &change, stroke.actor, if stroke.undoes.is_some() { "undoes" } else { "changed" })?;
    for turn in turns {
        let (version, customer_id, id) = match &turn {
            Turn::New(customer) => (1, customer.clone(), None),
            Turn::Known(row) => (row.version + 1, row.customer_id.clone(), Some(row.id)),
        };
        let row = customer_tags::ActiveModel {
            id: id.map_or(NotSet, Set),
            version: Set(version),
            customer_id: Set(customer_id),
            tag: Set(stroke.tag.to_owned()),
            stands: Set(stroke.adds),
            at: Set(now.micros()),
            actor: Set(stroke.actor.to_owned()),
            change_id: Set(change.id),
        };
        let row = match id {
            Some(_) => row.update(&writing.transaction).await,
            None => row.insert(&writing.transaction).await,
        }
        .map_err(Error::while_doing(doing))?;
        let cause = if row.stands { "tagged" } else { "untagged" };
        let noted = Change {
            resource: Resource::Tag,
            id: row.id.to_string(),
            customer: Some(&row.customer_id),
            version: row.version,
            actor: stroke.actor,
            cause,
        };
        writing.remember(noted, &row)?;
    }
    Ok(TagChangeRecord {
        id: change.id,
        tag: change.tag,
        adds: change.adds,
        customer_count: u64::try_from(change.customer_count).unwrap_or(0),
    })
}

/// What is done to a tag, by whom.
struct Stroke<'a> {
    tag: &'a str,
    adds: bool,
    actor: &'a str,
    undoes: Option<i64>,
}

/// Whose tag turns: of a customer who never had it, or one that is known.
enum Turn {
    New(String),
    Known(customer_tags::Model),
}

fn remember_change(writing: &mut Writing, row: &tag_changes::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let (id, version) = (row.id.to_string(), row.version);
    writing.remember(Change { resource: Resource::TagChange, id, customer: None, version, actor, cause }, row)
}

impl TagRecord {
    fn new(row: customer_tags::Model) -> Self {
        Self {
            customer: CustomerId::from(row.customer_id),
            tag: row.tag,
            at: Instant::from_micros(row.at),
            actor: row.actor,
        }
    }
}
