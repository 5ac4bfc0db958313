//! Notices: what a person was told, once each, and their own list of it.
//!
//! A notice is planned with its deliveries in one transaction, and never changed after that but for having been read.
//! Not here: what becomes of a delivery (`deliveries`). Planning and reading leave no trace in the history: what was
//! planned is itself the record, and only grows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use vocab::{Instant, Notice, NoticeKind, NoticeLine, Text};

use crate::deliveries::{DeliveryRecord, DeliveryState};
use crate::entity::{channels, notice_deliveries, notices, staff};
use crate::notice_choices::choices;
use crate::open::ROWS_PER_STATEMENT;
use crate::scope::{listed, listed_text};
use crate::{Error, Store};

/// The kind of channel by which somebody is told who never chose.
const MAIL: &str = "mail";

/// A notice and what became of it on each way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRecord {
    /// Stable id.
    pub id: i64,
    /// What was said, and to whom.
    pub said: Notice,
    /// When it was planned.
    pub planned_at: Instant,
    /// When the person read it in the product.
    pub read_at: Option<Instant>,
    /// Its deliveries; none where the person has no way to the outside.
    pub deliveries: Vec<DeliveryRecord>,
}

/// Which notices are asked for. The default is every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// To this person.
    pub staff: Option<i64>,
    /// Of this kind.
    pub kind: Option<NoticeKind>,
    /// With a delivery in this state.
    pub state: Option<DeliveryState>,
    /// With a delivery about which somebody should decide.
    pub undecided: bool,
}

/// One page of notices, the newest first, and the counts that belong to the person alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticePage {
    /// The rows.
    pub rows: Vec<NoticeRecord>,
    /// How many match in all.
    pub total: u64,
    /// How many the person has not read.
    pub unread: u64,
    /// How many deliveries are in each state, whatever else is asked for.
    pub state_counts: BTreeMap<DeliveryState, u64>,
    /// Deliveries about which somebody should decide.
    pub undecided: u64,
}

/// A line as the database writes it.
#[derive(Serialize, Deserialize)]
struct WrittenLine {
    zh: String,
    en: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

impl Store {
    /// Which of these keys have been planned already.
    pub async fn notice_keys(&self, keys: &[String]) -> Result<BTreeSet<String>, Error> {
        known(&self.reader, keys).await
    }

    /// Plans notices and, for each, a delivery by every way its person chose for its kind; `leaves_at` says when it may
    /// leave the house. How many were new: a key that is there already is skipped, whatever it stands for, and so is a
    /// person who does not work here.
    pub async fn put_notices(
        &self,
        planned: &[Notice],
        leaves_at: &(dyn Fn(&Notice) -> Instant + Sync),
        now: Instant,
    ) -> Result<u64, Error> {
        let doing = "planning notices";
        if planned.is_empty() {
            return Ok(0);
        }
        let transaction = self.begin_write().await?;
        let keys: Vec<String> = planned.iter().map(|notice| notice.key.clone()).collect();
        let mut seen = known(&transaction, &keys).await?;
        let active: Vec<i64> = staff::Entity::find()
            .select_only()
            .column(staff::Column::Id)
            .filter(staff::Column::Active.eq(true))
            .into_tuple()
            .all(&transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        let active: BTreeSet<i64> = active.into_iter().collect();
        let new: Vec<&Notice> = planned
            .iter()
            .filter(|notice| active.contains(&notice.staff))
            .filter(|notice| seen.insert(notice.key.clone()))
            .collect();
        if new.is_empty() {
            return Ok(0);
        }
        for rows in new.chunks(ROWS_PER_STATEMENT) {
            notices::Entity::insert_many(rows.iter().map(|notice| row_of(notice, now)))
                .exec_without_returning(&transaction)
                .await
                .map_err(Error::while_doing(doing))?;
        }
        let deliveries = deliveries_of(&transaction, &new, leaves_at).await?;
        for rows in deliveries.chunks(ROWS_PER_STATEMENT) {
            notice_deliveries::Entity::insert_many(rows.to_vec())
                .exec_without_returning(&transaction)
                .await
                .map_err(Error::while_doing(doing))?;
        }
        transaction.commit().await.map_err(Error::while_doing(doing))?;
        Ok(new.len() as u64)
    }

    /// Notices and their deliveries, the newest first.
    pub async fn notices(&self, filter: &NoticeFilter, (offset, limit): (u64, u64)) -> Result<NoticePage, Error> {
        let doing = "reading notices";
        let read = self.read().await?;
        let mine = filter.staff.map(|staff| notices::Column::StaffId.eq(staff));
        let mut wanted = Condition::all().add_option(mine.clone());
        wanted = wanted.add_option(filter.kind.map(|kind| notices::Column::Kind.eq(kind.as_str())));
        wanted = wanted.add_option(filter.state.map(|state| with_delivery(DeliveryState::filter(state))));
        wanted = wanted.add_option(filter.undecided.then(|| with_delivery(DeliveryState::undecided())));
        let select = notices::Entity::find().filter(wanted);
        let total = select.clone().count(&read).await.map_err(Error::while_doing(doing))?;
        let rows = select.order_by_desc(notices::Column::Id).offset(offset).limit(limit).all(&read).await;
        let rows = rows.map_err(Error::while_doing(doing))?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut deliveries: HashMap<i64, Vec<DeliveryRecord>> = HashMap::new();
        let found = notice_deliveries::Entity::find()
            .filter(listed(&read, notice_deliveries::Column::NoticeId, &ids))
            .order_by_asc(notice_deliveries::Column::Id)
            .all(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        for row in found {
            deliveries.entry(row.notice_id).or_default().push(DeliveryRecord::new(row)?);
        }
        let rows = rows.into_iter().map(|row| {
            let of_it = deliveries.remove(&row.id).unwrap_or_default();
            NoticeRecord::new(row, of_it)
        });
        let mut page = NoticePage { rows: rows.collect::<Result<_, _>>()?, total, ..NoticePage::default() };
        page.unread = notices::Entity::find()
            .filter(Condition::all().add_option(mine))
            .filter(notices::Column::ReadAt.is_null())
            .count(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        page.state_counts = state_counts(&read, filter.staff).await?;
        page.undecided = notice_deliveries::Entity::find()
            .filter(of_person(filter.staff))
            .filter(DeliveryState::undecided())
            .count(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        Ok(page)
    }

    /// Notes that a person read these of their notices, or all of them.
    pub async fn read_notices(&self, staff: i64, ids: Option<&[i64]>, now: Instant) -> Result<(), Error> {
        let mut update = notices::Entity::update_many()
            .col_expr(notices::Column::ReadAt, Expr::value(now.micros()))
            .filter(notices::Column::StaffId.eq(staff))
            .filter(notices::Column::ReadAt.is_null());
        if let Some(ids) = ids {
            update = update.filter(listed(&self.writer, notices::Column::Id, ids));
        }
        update.exec(&self.writer).await.map_err(Error::while_doing("noting that notices were read"))?;
        Ok(())
    }
}

/// Those notices that have a delivery of which something holds.
fn with_delivery(what: Condition) -> Expr {
    let such = Query::select()
        .column(notice_deliveries::Column::NoticeId)
        .from(notice_deliveries::Entity)
        .cond_where(what)
        .take();
    notices::Column::Id.in_subquery(such)
}

fn of_person(staff: Option<i64>) -> Condition {
    Condition::all().add_option(staff.map(|staff| notice_deliveries::Column::StaffId.eq(staff)))
}

async fn state_counts(
    connection: &impl ConnectionTrait,
    staff: Option<i64>,
) -> Result<BTreeMap<DeliveryState, u64>, Error> {
    let id = Expr::col((notice_deliveries::Entity, notice_deliveries::Column::Id));
    let cells: Vec<(String, i64)> = notice_deliveries::Entity::find()
        .select_only()
        .column(notice_deliveries::Column::State)
        .column_as(id.count(), "how_many")
        .filter(of_person(staff))
        .group_by(notice_deliveries::Column::State)
        .into_tuple()
        .all(connection)
        .await
        .map_err(Error::while_doing("counting deliveries"))?;
    let counted = |(state, count): (String, i64)| Ok((DeliveryState::read(&state)?, u64::try_from(count).unwrap_or(0)));
    cells.into_iter().map(counted).collect()
}

async fn known(connection: &impl ConnectionTrait, keys: &[String]) -> Result<BTreeSet<String>, Error> {
    let found: Vec<String> = notices::Entity::find()
        .select_only()
        .column(notices::Column::Key)
        .filter(listed_text(connection, notices::Column::Key, keys))
        .into_tuple()
        .all(connection)
        .await
        .map_err(Error::while_doing("reading what was planned already"))?;
    Ok(found.into_iter().collect())
}

fn row_of(notice: &Notice, now: Instant) -> notices::ActiveModel {
    let line =
        |line: &NoticeLine| WrittenLine { zh: line.text.zh.clone(), en: line.text.en.clone(), path: line.path.clone() };
    let lines: Vec<WrittenLine> = notice.lines.iter().map(line).collect();
    notices::ActiveModel {
        id: NotSet,
        key: Set(notice.key.clone()),
        staff_id: Set(notice.staff),
        kind: Set(notice.kind.as_str().to_owned()),
        subject_zh: Set(notice.subject.zh.clone()),
        subject_en: Set(notice.subject.en.clone()),
        lines: Set(serde_json::to_string(&lines).unwrap_or_default()),
        path: Set(notice.path.clone()),
        is_urgent: Set(notice.is_urgent),
        not_before: Set(notice.not_before.micros()),
        planned_at: Set(now.micros()),
        read_at: Set(None),
    }
}

/// A delivery by every way that each notice's person chose for its kind and that is there.
async fn deliveries_of(
    connection: &impl ConnectionTrait,
    new: &[&Notice],
    leaves_at: &(dyn Fn(&Notice) -> Instant + Sync),
) -> Result<Vec<notice_deliveries::ActiveModel>, Error> {
    let doing = "planning deliveries";
    let chosen = choices(connection).await?;
    let there = channels::Entity::find().filter(channels::Column::IsEnabled.eq(true));
    let there = there.order_by_asc(channels::Column::Id).all(connection).await.map_err(Error::while_doing(doing))?;
    let mail = there.iter().find(|channel| channel.kind == MAIL).map(|channel| channel.id);
    let there: BTreeSet<i64> = there.into_iter().map(|channel| channel.id).collect();
    let keys: Vec<String> = new.iter().map(|notice| notice.key.clone()).collect();
    let ids: Vec<(String, i64)> = notices::Entity::find()
        .select_only()
        .column(notices::Column::Key)
        .column(notices::Column::Id)
        .filter(listed_text(connection, notices::Column::Key, &keys))
        .into_tuple()
        .all(connection)
        .await
        .map_err(Error::while_doing(doing))?;
    let ids: HashMap<String, i64> = ids.into_iter().collect();
    let nobody = crate::NoticeChoice::default();
    let mut rows = Vec::new();
    for notice in new {
        let Some(id) = ids.get(&notice.key) else { continue };
        let choice = chosen.get(&notice.staff).unwrap_or(&nobody);
        let ways: BTreeSet<i64> = choice.channels(notice.kind, mail).into_iter().collect();
        for channel in ways.intersection(&there) {
            rows.push(notice_deliveries::ActiveModel {
                id: NotSet,
                version: Set(1),
                notice_id: Set(*id),
                staff_id: Set(notice.staff),
                channel_id: Set(*channel),
                is_urgent: Set(notice.is_urgent),
                state: Set(DeliveryState::Planned.as_str().to_owned()),
                next_at: Set(leaves_at(notice).micros()),
                tries: Set(0),
                attempt_id: Set(None),
                claimed_by: Set(None),
                claimed_at: Set(None),
                settled_at: Set(None),
                trouble: Set(None),
                decided_by: Set(None),
                decided_at: Set(None),
            });
        }
    }
    Ok(rows)
}

/// What a row says.
pub(crate) fn said(row: notices::Model) -> Result<Notice, Error> {
    let unreadable = |what: &str| Error::unreadable(format!("notice {}: {what}", row.id));
    let lines: Vec<WrittenLine> = serde_json::from_str(&row.lines).map_err(|error| unreadable(&error.to_string()))?;
    let kind = row.kind.parse().map_err(|()| unreadable("its kind"))?;
    Ok(Notice {
        key: row.key,
        staff: row.staff_id,
        kind,
        subject: Text::new(row.subject_zh, row.subject_en),
        lines: lines
            .into_iter()
            .map(|line| NoticeLine { text: Text::new(line.zh, line.en), path: line.path })
            .collect(),
        path: row.path,
        is_urgent: row.is_urgent,
        not_before: Instant::from_micros(row.not_before),
    })
}

impl NoticeRecord {
    fn new(row: notices::Model, deliveries: Vec<DeliveryRecord>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            planned_at: Instant::from_micros(row.planned_at),
            read_at: row.read_at.map(Instant::from_micros),
            deliveries,
            said: said(row)?,
        })
    }
}
