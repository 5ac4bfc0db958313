//! Every case in few words, kept in memory: what lists are filtered, counted and ordered by; and beside them the alerts.
//!
//! A board asks a dozen counts and some hundred rows of a hundred thousand cases, for every reader's scope, whenever
//! anybody moved one. The index is asked instead of the tables, and what is shown is then read by id. It is never the
//! truth: before each answer it follows the history up to the read's own moment, and where it cannot, it is read anew.
//!
//! Not here: which conditions a list has ([`crate::case_list`]), what cases become ([`crate::case`]).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, JoinType,
    QueryFilter, QueryOrder, QuerySelect,
};
use vocab::{CustomerId, Instant, Scope, Severity};

use crate::alert_index::{self, Alerts, Became};
use crate::case::{CaseOutcome, CaseState};
use crate::case_list::{CaseFilter, CaseOrder, CasePage, CaseSlice, Whose};
use crate::entity::{alerts, cases, customer_owner, history, owner_changes, settings};
use crate::history::{Resource, parse};
use crate::names::{Gate, Names};
use crate::scope::owners_of;
use crate::team::DeskClocks;
use crate::words::severity_number;
use crate::{Error, Store};

/// Under this key the settings count how often the projection of owners was written.
pub(crate) const OWNERS_WRITTEN: &str = "owners_written";
/// From so much news on it is quicker to read everything.
const MOST_NEWS: i64 = 20_000;
/// A moment that never comes.
const NEVER: i64 = i64::MAX;

/// The cases of a database, as far as they were followed.
#[derive(Debug, Default)]
pub(crate) struct CaseIndex(RwLock<Kept>);

/// A state of the database: the last number of the history, and how often owners were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    owners: i64,
    number: i64,
}

/// One case. Moments are microseconds; a clock that is met, or was never set, runs out [`NEVER`].
#[derive(Debug)]
struct Row {
    id: i64,
    customer: CustomerId,
    owner: u32,
    desk: u32,
    case_type: u32,
    stage: u32,
    state: CaseState,
    is_urgent: bool,
    /// Whether a person said how it ended.
    is_said: bool,
    is_false: bool,
    opened_at: i64,
    due_at: i64,
    closed_at: i64,
    /// When the clocks that nobody has met run out: taking up, answering, acting.
    clocks: [i64; 3],
}

/// The columns that a row is made of.
#[derive(Debug, FromQueryResult)]
struct Columns {
    id: i64,
    customer_id: String,
    case_type: String,
    stage: String,
    state: String,
    severity: i64,
    opened_at: i64,
    assigned_to: Option<String>,
    due_at: Option<i64>,
    closed_at: Option<i64>,
    outcome: Option<String>,
    accept_by: i64,
    accepted_at: Option<i64>,
    reply_by: Option<i64>,
    replied_at: Option<i64>,
    act_by: i64,
    acted_at: Option<i64>,
    owner: Option<String>,
}

impl Columns {
    fn of(row: cases::Model, owner: Option<String>) -> Columns {
        Columns {
            id: row.id,
            customer_id: row.customer_id,
            case_type: row.case_type,
            stage: row.stage,
            state: row.state,
            severity: row.severity,
            opened_at: row.opened_at,
            assigned_to: row.assigned_to,
            due_at: row.due_at,
            closed_at: row.closed_at,
            outcome: row.outcome,
            accept_by: row.accept_by,
            accepted_at: row.accepted_at,
            reply_by: row.reply_by,
            replied_at: row.replied_at,
            act_by: row.act_by,
            acted_at: row.acted_at,
            owner,
        }
    }
}

/// What became known since a mark: cases and alerts as they are now, and customers whose owner may be another, with all of whose
/// owners.
struct News {
    cases: Vec<cases::Model>,
    alerts: Vec<alerts::Model>,
    customers: HashSet<String>,
    owners: HashMap<String, String>,
}

/// What a list finds: the counts of the whole filter, and the cases of the page in its order.
pub(crate) struct Found {
    /// Without rows.
    pub(crate) page: CasePage,
    pub(crate) ids: Vec<i64>,
}

/// A case that matches, in few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseKey {
    /// Its id.
    pub id: i64,
    /// Whom it is about.
    pub customer: CustomerId,
    /// When its next clock runs out; none once it is closed.
    pub due_at: Option<Instant>,
}

/// The index as it is.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    mark: Option<Mark>,
    /// By id.
    rows: Vec<Row>,
    of_customer: HashMap<CustomerId, Vec<i64>>,
    alerts: Alerts,
    owners: Names,
    desks: Names,
    types: Names,
    stages: Names,
}

/// A filter with its names looked up.
struct Question<'a> {
    filter: &'a CaseFilter,
    owners: Gate,
    desks: Gate,
    types: Gate,
    stages: Gate,
    /// Cases that pass whatever desk they are on.
    named: &'a HashSet<i64>,
}

impl Question<'_> {
    /// Everything but states, stages and types, which the counts look past.
    fn passes(&self, row: &Row) -> bool {
        let filter = self.filter;
        self.owners.passes(row.owner)
            && (self.desks.passes(row.desk) || self.named.contains(&row.id))
            && filter.closed_from.is_none_or(|from| row.closed_at != NEVER && row.closed_at >= from.micros())
            && filter.overdue_at.is_none_or(|at| row.due_at != NEVER && row.due_at < at.micros())
            && (!filter.is_said || row.is_said)
            && filter.watched.is_none_or(|span| is_watched(row, span))
    }

    /// What the counts look past.
    fn shows(&self, row: &Row) -> bool {
        self.types.passes(row.case_type) && self.stages.passes(row.stage) && self.filter.has_state(row.state)
    }
}

/// See [`CaseFilter::watched`].
fn is_watched(row: &Row, (from, to): (Instant, Instant)) -> bool {
    let runs_out = |at: &i64| *at != NEVER && (from.micros()..=to.micros()).contains(at);
    let urgent = row.is_urgent && row.state == CaseState::New && row.opened_at >= from.micros();
    urgent || row.clocks.iter().any(runs_out)
}

impl Kept {
    fn find_row(&self, id: i64) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&id, |row| row.id)
    }

    fn put(&mut self, columns: Columns) -> Result<(), Error> {
        let unmet = |met: Option<i64>, by: Option<i64>| if met.is_some() { NEVER } else { by.unwrap_or(NEVER) };
        let outcome = columns.outcome.as_deref().map(CaseOutcome::read).transpose()?;
        let row = Row {
            id: columns.id,
            customer: CustomerId::from(columns.customer_id),
            owner: self.owners.place_of(columns.owner.as_deref()),
            desk: self.desks.place_of(columns.assigned_to.as_deref()),
            case_type: self.types.place(&columns.case_type),
            stage: self.stages.place(&columns.stage),
            state: CaseState::read(&columns.state)?,
            is_urgent: columns.severity == severity_number(Severity::Urgent),
            is_said: outcome.is_some_and(CaseOutcome::is_said),
            is_false: outcome == Some(CaseOutcome::FalseAlarm),
            opened_at: columns.opened_at,
            due_at: columns.due_at.unwrap_or(NEVER),
            closed_at: columns.closed_at.unwrap_or(NEVER),
            clocks: [
                unmet(columns.accepted_at, Some(columns.accept_by)),
                unmet(columns.replied_at, columns.reply_by),
                unmet(columns.acted_at, Some(columns.act_by)),
            ],
        };
        match self.find_row(row.id) {
            Ok(place) => self.rows[place] = row,
            Err(place) => {
                self.of_customer.entry(row.customer.clone()).or_default().push(row.id);
                self.rows.insert(place, row);
            }
        }
        Ok(())
    }

    fn own(&mut self, customer: &str, owner: Option<&str>) {
        let owner = self.owners.place_of(owner);
        self.alerts.own(customer, owner);
        for id in self.of_customer.get(customer).into_iter().flatten() {
            if let Ok(place) = self.rows.binary_search_by_key(id, |row| row.id) {
                self.rows[place].owner = owner;
            }
        }
    }

    fn question<'a>(&self, scope: &Scope, filter: &'a CaseFilter, named: &'a HashSet<i64>) -> Question<'a> {
        let wanted = |owner: Option<&str>| filter.owner.as_deref().is_none_or(|one| owner.unwrap_or("-") == one);
        let owners = Gate::of(&self.owners, |owner| scope.admits(owner) && wanted(owner));
        let desks = Gate::of(&self.desks, |desk| match &filter.whose {
            None => true,
            Some(Whose::Desks(desks)) => desk.is_some_and(|desk| desks.iter().any(|one| one == desk)),
            Some(Whose::Mine { desk: mine, .. }) => desk == Some(mine.as_str()),
            Some(Whose::Pool) => desk.is_none(),
            Some(Whose::Mentioning(_)) => false,
        });
        let types = Gate::of(&self.types, |name| name.is_some_and(|name| filter.has_type(name)));
        let stages = Gate::of(&self.stages, |name| name.is_some_and(|name| filter.has_stage(name)));
        Question { filter, owners, desks, types, stages, named }
    }

    /// The rows that may match: all, or those named by the filter.
    fn candidates<'k>(&'k self, filter: &CaseFilter) -> Box<dyn Iterator<Item = &'k Row> + 'k> {
        let ids = |filter: &CaseFilter| -> Option<Vec<i64>> {
            let theirs = |customer: &CustomerId| self.of_customer.get(customer).into_iter().flatten().copied();
            match (&filter.ids, &filter.customers) {
                (None, None) => None,
                (Some(ids), None) => Some(ids.clone()),
                (None, Some(customers)) => Some(customers.iter().flat_map(theirs).collect()),
                (Some(ids), Some(customers)) => {
                    let of: HashSet<i64> = customers.iter().flat_map(theirs).collect();
                    Some(ids.iter().copied().filter(|id| of.contains(id)).collect())
                }
            }
        };
        let Some(mut ids) = ids(filter) else { return Box::new(self.rows.iter()) };
        ids.sort_unstable();
        ids.dedup();
        Box::new(ids.into_iter().filter_map(move |id| self.find_row(id).ok()).map(move |place| &self.rows[place]))
    }

    /// The matches with what they are in, and the counts of the filter.
    fn matching(&self, scope: &Scope, filter: &CaseFilter, named: &HashSet<i64>) -> (Vec<&Row>, CasePage) {
        let question = self.question(scope, filter, named);
        let (stages, states) = (self.stages.len(), CaseState::ALL.len());
        let mut cells = vec![0_u64; self.types.len() * stages * states];
        let (mut found, mut page) = (Vec::new(), CasePage::default());
        for row in self.candidates(filter).filter(|row| question.passes(row)) {
            cells[(row.case_type as usize * stages + row.stage as usize) * states + row.state as usize] += 1;
            if question.shows(row) {
                found.push(row);
            }
        }
        page.total = found.len() as u64;
        for (place, count) in cells.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            let (case_type, stage) = ((place / states / stages) as u32, (place / states % stages) as u32);
            let state = CaseState::ALL[place % states];
            if question.types.passes(case_type) {
                *page.state_counts.entry(state).or_default() += count;
                let name = self.stages.name(stage).unwrap_or_default().to_owned();
                *page.stage_counts.entry(name).or_default() += count;
            }
            if question.stages.passes(stage) && filter.has_state(state) {
                let name = self.types.name(case_type).unwrap_or_default().to_owned();
                *page.type_counts.entry(name).or_default() += count;
            }
        }
        (found, page)
    }

    /// How many match each of these filters: gone through once for all of them, each with the cases that pass whatever desk
    /// they are on.
    pub(crate) fn counts(&self, scope: &Scope, filters: &[CaseFilter], named: &[HashSet<i64>]) -> Vec<u64> {
        let questions: Vec<Question<'_>> =
            filters.iter().zip(named).map(|(filter, named)| self.question(scope, filter, named)).collect();
        let meant = |question: &Question<'_>, row: &Row| question.passes(row) && question.shows(row);
        let mut counts = vec![0; questions.len()];
        for (count, question) in counts.iter_mut().zip(&questions).filter(|(_, question)| question.filter.names_some())
        {
            *count = self.candidates(question.filter).filter(|row| meant(question, row)).count() as u64;
        }
        let around: Vec<usize> = (0..questions.len()).filter(|at| !questions[*at].filter.names_some()).collect();
        if !around.is_empty() {
            for row in &self.rows {
                around.iter().for_each(|at| counts[*at] += u64::from(meant(&questions[*at], row)));
            }
        }
        counts
    }

    pub(crate) fn find(&self, scope: &Scope, filter: &CaseFilter, named: &HashSet<i64>, slice: CaseSlice) -> Found {
        let (found, page) = self.matching(scope, filter, named);
        Found { page, ids: sliced(found, slice) }
    }

    pub(crate) fn keys(&self, scope: &Scope, filter: &CaseFilter, named: &HashSet<i64>) -> Vec<CaseKey> {
        let key = |row: &Row| CaseKey {
            id: row.id,
            customer: row.customer.clone(),
            due_at: (row.due_at != NEVER).then(|| Instant::from_micros(row.due_at)),
        };
        let question = self.question(scope, filter, named);
        self.candidates(filter).filter(|row| question.passes(row) && question.shows(row)).map(key).collect()
    }

    /// The alerts, and which owners' a reader with this scope sees.
    pub(crate) fn alerts(&self, scope: &Scope) -> (&Alerts, Gate) {
        (&self.alerts, Gate::of(&self.owners, |owner| scope.admits(owner)))
    }

    /// What became of a case.
    pub(crate) fn became(&self, id: i64) -> Option<Became> {
        let row = &self.rows[self.find_row(id).ok()?];
        Some(Became { is_worked: row.is_said || row.clocks[0] == NEVER, is_false: row.is_false })
    }

    /// See [`Store::desk_clocks`].
    pub(crate) fn clocks(&self, scope: &Scope, now: Instant, day_end: Instant) -> Vec<DeskClocks> {
        let owners = Gate::of(&self.owners, |owner| scope.admits(owner));
        // By the desk's place; nobody's last.
        let mut desks = vec![DeskClocks::default(); self.desks.len() + 1];
        let open = self.rows.iter().filter(|row| row.state != CaseState::Closed && owners.passes(row.owner));
        for row in open {
            let one = &mut desks[(row.desk as usize).min(self.desks.len())];
            one.open += 1;
            one.waiting += u64::from(row.state == CaseState::New);
            if row.due_at == NEVER {
                continue;
            }
            let due = Instant::from_micros(row.due_at);
            one.overdue += u64::from(due < now);
            one.due_today += u64::from(due >= now && due < day_end);
            if due >= now {
                one.next_due_at = Some(one.next_due_at.map_or(due, |next| next.min(due)));
            }
        }
        let named = desks.into_iter().zip(0..).filter(|(one, _)| one.open > 0);
        named.map(|(one, place)| DeskClocks { desk: self.desks.name(place).map(str::to_owned), ..one }).collect()
    }
}

/// The page of the matches, in its order: only what is shown is sorted.
fn sliced(mut found: Vec<&Row>, slice: CaseSlice) -> Vec<i64> {
    let order = |a: &&Row, b: &&Row| match slice.order {
        CaseOrder::Newest => (b.opened_at, b.id).cmp(&(a.opened_at, a.id)),
        CaseOrder::Due => (a.due_at, a.id).cmp(&(b.due_at, b.id)),
    };
    let place = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let start = place(slice.offset).min(found.len());
    let end = start.saturating_add(slice.limit.map_or(usize::MAX, place)).min(found.len());
    if end < found.len() {
        if end == start {
            return Vec::new();
        }
        found.select_nth_unstable_by(end - 1, order);
        found.truncate(end);
    }
    found.sort_unstable_by(order);
    found[start..].iter().map(|row| row.id).collect()
}

impl CaseIndex {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Kept> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Kept> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what is new in; only what follows right after what is known.
    fn follow(&self, from: Mark, to: Mark, news: News) -> Result<(), Error> {
        let mut kept = self.write();
        if kept.mark != Some(from) {
            return Ok(());
        }
        // What cannot be read leaves no half of it behind: it is read anew next time.
        kept.mark = None;
        for row in news.cases {
            let owner = news.owners.get(&row.customer_id).cloned();
            kept.put(Columns::of(row, owner))?;
        }
        let Kept { alerts, owners, .. } = &mut *kept;
        for row in news.alerts {
            let owner = news.owners.get(&row.customer_id).cloned();
            alerts.put(alert_index::Columns::of(row, owner), owners)?;
        }
        for customer in &news.customers {
            kept.own(customer, news.owners.get(customer).map(String::as_str));
        }
        kept.mark = Some(to);
        Ok(())
    }

    /// Begins anew, unless somebody else has come further.
    fn replace(&self, to: Mark, rows: Vec<Columns>, alerts: Vec<alert_index::Columns>) -> Result<(), Error> {
        if self.read().mark >= Some(to) {
            return Ok(());
        }
        let mut anew = Kept { rows: Vec::with_capacity(rows.len()), ..Kept::default() };
        for row in rows {
            anew.put(row)?;
        }
        for row in alerts {
            anew.alerts.put(row, &mut anew.owners)?;
        }
        anew.mark = Some(to);
        let mut kept = self.write();
        if kept.mark < Some(to) {
            *kept = anew;
        }
        Ok(())
    }
}

impl Store {
    /// Asks the index as it is at the moment of a read, or a little later; says whether it is of that very moment.
    pub(crate) async fn ask_cases<T>(
        &self,
        read: &DatabaseTransaction,
        whose: Option<&Whose>,
        ask: impl FnOnce(&Kept, &HashSet<i64>) -> T,
    ) -> Result<(T, bool), Error> {
        let mark = mark(read).await?;
        let named = crate::case_list::named(read, whose).await?;
        let from = self.index.read().mark;
        if from.is_none_or(|from| from < mark) {
            let near = from.filter(|from| from.owners == mark.owners && mark.number - from.number <= MOST_NEWS);
            let news = match near {
                Some(from) => news(read, from).await?.map(|news| (from, news)),
                None => None,
            };
            match news {
                Some((from, news)) => self.index.follow(from, mark, news)?,
                None => self.index.replace(mark, everything(read).await?, alert_index::everything(read).await?)?,
            }
        }
        let kept = self.index.read();
        Ok((ask(&kept, &named), kept.mark == Some(mark)))
    }
}

/// Where the database is.
async fn mark(read: &impl ConnectionTrait) -> Result<Mark, Error> {
    let doing = "looking how far the history goes";
    let number: Option<Option<i64>> = history::Entity::find()
        .select_only()
        .column_as(history::Column::Id.max(), "number")
        .into_tuple()
        .one(read)
        .await
        .map_err(Error::while_doing(doing))?;
    let owners: Option<i64> = settings::Entity::find_by_id(OWNERS_WRITTEN.to_owned())
        .select_only()
        .column(settings::Column::Version)
        .into_tuple()
        .one(read)
        .await
        .map_err(Error::while_doing(doing))?;
    Ok(Mark { owners: owners.unwrap_or(0), number: number.flatten().unwrap_or(0) })
}

/// Keeps by which word of the facts the projection of owners stands; where it is another by that, whoever keeps it in memory
/// reads it again.
pub(crate) async fn owners_written(
    connection: &impl ConnectionTrait,
    stamp: String,
    is_another: bool,
) -> Result<(), Error> {
    let row = settings::ActiveModel { key: Set(OWNERS_WRITTEN.to_owned()), version: Set(1), value: Set(stamp.clone()) };
    let again = Expr::col((settings::Entity, settings::Column::Version)).add(i64::from(is_another));
    let over = OnConflict::column(settings::Column::Key)
        .value(settings::Column::Version, again)
        .value(settings::Column::Value, stamp)
        .to_owned();
    settings::Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(connection)
        .await
        .map_err(Error::while_doing("noting that owners were written"))?;
    Ok(())
}

/// What the history tells after a mark; `None` where it does not name every customer that went to somebody else.
async fn news(read: &DatabaseTransaction, from: Mark) -> Result<Option<News>, Error> {
    let told = [Resource::Alert, Resource::Case, Resource::OwnerChange, Resource::HandOver].map(Resource::as_str);
    let entries = history::Entity::find()
        .filter(history::Column::Id.gt(from.number))
        .filter(history::Column::Resource.is_in(told))
        .order_by_asc(history::Column::Id)
        .all(read)
        .await
        .map_err(Error::while_doing("reading the history"))?;
    let (mut last, mut alerts, mut customers) = (BTreeMap::new(), BTreeMap::new(), HashSet::new());
    for entry in entries {
        if entry.resource == Resource::HandOver.as_str() {
            return Ok(None);
        }
        if entry.resource == Resource::Case.as_str() {
            let row: cases::Model = parse(&entry)?;
            customers.insert(row.customer_id.clone());
            last.insert(row.id, row);
        } else if entry.resource == Resource::Alert.as_str() {
            let row: alerts::Model = parse(&entry)?;
            customers.insert(row.customer_id.clone());
            alerts.insert(row.id, row);
        } else {
            let change: owner_changes::Model = parse(&entry)?;
            customers.insert(change.customer_id);
        }
    }
    let owners = owners_of(read, customers.iter().map(String::as_str)).await?;
    let (cases, alerts) = (last.into_values().collect(), alerts.into_values().collect());
    Ok(Some(News { cases, alerts, customers, owners }))
}

/// Every case, by id.
async fn everything(read: &DatabaseTransaction) -> Result<Vec<Columns>, Error> {
    use cases::Column as C;
    let columns = [
        C::Id,
        C::CustomerId,
        C::CaseType,
        C::Stage,
        C::State,
        C::Severity,
        C::OpenedAt,
        C::AssignedTo,
        C::DueAt,
        C::ClosedAt,
        C::Outcome,
        C::AcceptBy,
        C::AcceptedAt,
        C::ReplyBy,
        C::RepliedAt,
        C::ActBy,
        C::ActedAt,
    ];
    let owner = cases::Entity::belongs_to(customer_owner::Entity)
        .from(C::CustomerId)
        .to(customer_owner::Column::CustomerId)
        .into();
    cases::Entity::find()
        .select_only()
        .columns(columns)
        .column_as(customer_owner::Column::Owner, "owner")
        .join(JoinType::LeftJoin, owner)
        .order_by_asc(C::Id)
        .into_model::<Columns>()
        .all(read)
        .await
        .map_err(Error::while_doing("reading cases"))
}
