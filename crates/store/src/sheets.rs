//! 回填: a table that left the house comes back with changed cells, which become true at once or not at all, and can be
//! taken back.
//!
//! Every kind of cell has its own home (`owners`, `tags`, `next_contacts`, `case_moves`); here they are changed together and
//! what each left behind is noted, so that taking the whole back leaves alone what others changed since. Which cells differ
//! from what stands, and which of them may be changed, is decided before (`app`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actions::{NotAllowed, Verb, Work};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use vocab::{CustomerId, Instant, Scope};

use crate::case::{CaseState, visible};
use crate::case_moves::{Carrying, CaseMoving, moved};
use crate::entity::{cases, sheet_cells, sheet_tags, sheets};
use crate::history::Resource;
use crate::next_contacts::{self, NextContact};
use crate::open::{Change, ROWS_PER_STATEMENT, Writing};
use crate::owners::{OwnerCause, give, is_last};
use crate::scope::{admitted, owners_of};
use crate::tags::{tag_all, take_back};
use crate::words::words;
use crate::{Error, Store};

words! {
    /// What a cell of a table is about.
    SheetField {
        /// The customer's owner.
        Owner = "owner",
        /// The customer's tags.
        Tags = "tags",
        /// The day of the next contact.
        NextContact = "next_contact",
        /// How the customer's open case ends, with its reason and its note.
        Outcome = "outcome",
    }
}

/// A table that comes back.
#[derive(Clone, Copy)]
pub struct NewSheet<'a> {
    /// Who brings it, where that is a person.
    pub staff_id: Option<i64>,
    /// Their name.
    pub actor: &'a str,
    /// What the file is called.
    pub file_name: &'a str,
    /// What tells its content from any other's.
    pub digest: &'a str,
    /// When it left the house, where it says so.
    pub exported_at: Option<Instant>,
    /// What becomes of the work on a case whose customer it gives to somebody else.
    pub carrying: Carrying<'a>,
}

/// A cell that is to be changed.
#[derive(Clone)]
pub struct SheetEdit<'a> {
    /// Its row in the file.
    pub line: u64,
    /// Whose.
    pub customer: CustomerId,
    /// What stands; an owner or a day that is another by then is left alone.
    pub was: Option<String>,
    /// What it becomes.
    pub becomes: Option<String>,
    /// What is done for it.
    pub does: SheetDoes<'a>,
}

/// What is done for a cell.
#[derive(Clone)]
pub enum SheetDoes<'a> {
    /// The customer is given to whom the cell names, or to nobody.
    Owner,
    /// The next contact is on the day that the cell names, or on none.
    NextContact,
    /// Tags are put on and taken off.
    Tags {
        /// Those put on.
        adds: Vec<String>,
        /// Those taken off.
        removes: Vec<String>,
    },
    /// A case is closed.
    Close {
        /// Which, and the version that was seen.
        case: (i64, i64),
        /// How.
        moving: CaseMoving<'a>,
    },
}

impl SheetDoes<'_> {
    fn field(&self) -> SheetField {
        match self {
            SheetDoes::Owner => SheetField::Owner,
            SheetDoes::NextContact => SheetField::NextContact,
            SheetDoes::Tags { .. } => SheetField::Tags,
            SheetDoes::Close { .. } => SheetField::Outcome,
        }
    }
}

/// A table that came back, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRecord {
    /// Stable id.
    pub id: i64,
    /// Grows with every change of the record.
    pub version: i64,
    /// Who brought it.
    pub staff_id: Option<i64>,
    /// Their name.
    pub actor: String,
    /// What the file was called.
    pub file_name: String,
    /// When it had left the house, where it said so.
    pub exported_at: Option<Instant>,
    /// When its changes became true.
    pub at: Instant,
    /// How many cells it changed.
    pub cell_count: u64,
    /// Of how many customers.
    pub customer_count: u64,
    /// Whether it was taken back.
    pub undone: Option<SheetUndone>,
}

/// That a table was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetUndone {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// How many cells are as before; the others had been changed since.
    pub cell_count: u64,
}

/// A cell that a table changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetCellRecord {
    /// Its row in the file.
    pub line: u64,
    /// Whose.
    pub customer: CustomerId,
    /// The case that it closed.
    pub case_id: Option<i64>,
    /// What it is about.
    pub field: SheetField,
    /// What stood.
    pub was: Option<String>,
    /// What it became.
    pub becomes: Option<String>,
    /// Whether it was taken back.
    pub undone: bool,
}

/// What opening a case again makes of the work on it, told the case type's id and the work.
pub type Reopening<'a> = &'a (dyn Fn(&str, &Work) -> Result<Work, NotAllowed> + Sync);

/// What taking a table back has to know.
struct Undoing<'a> {
    scope: &'a Scope,
    /// What is said with a case that is opened again.
    said: &'a str,
    reopening: Reopening<'a>,
    carrying: Carrying<'a>,
    actor: &'a str,
    now: Instant,
}

impl Store {
    /// Changes cells, all in one transaction. Cells of customers outside the scope, and such as somebody was faster with, are
    /// left alone; where that is all of them, nothing is written.
    ///
    /// # Why cases come first and owners last
    /// Who sees a customer hangs on its owner: what is done by a row is done while the reader still sees it.
    pub async fn apply_sheet(
        &self,
        scope: &Scope,
        new: NewSheet<'_>,
        edits: &[SheetEdit<'_>],
        now: Instant,
    ) -> Result<Option<SheetRecord>, Error> {
        let doing = "changing what a table asks for";
        let mut writing = self.write(now).await?;
        let owners = owners_of(&writing.transaction, edits.iter().map(|edit| edit.customer.as_str())).await?;
        let seen = |edit: &SheetEdit<'_>| scope.admits(owners.get(edit.customer.as_str()).map(String::as_str));
        let admitted: Vec<(usize, &SheetEdit<'_>)> = edits.iter().enumerate().filter(|(_, edit)| seen(edit)).collect();
        let of = |field: SheetField| admitted.iter().filter(move |(_, edit)| edit.does.field() == field).copied();
        // What each cell that was changed left behind, by place.
        let mut marks: BTreeMap<usize, Option<i64>> = BTreeMap::new();
        for (place, edit) in of(SheetField::Outcome) {
            if let SheetDoes::Close { case, moving } = &edit.does
                && let Some(row) = unless_refused(moved(&mut writing, scope, *case, *moving, new.actor, now).await)?
            {
                marks.insert(place, Some(row.version));
            }
        }
        let mut tagged: BTreeSet<i64> = BTreeSet::new();
        for (tag, adds, edits) in by_tag(of(SheetField::Tags)) {
            let customers: Vec<CustomerId> = edits.keys().map(|customer| (*customer).clone()).collect();
            if let Some((change, changed)) = tag_all(&mut writing, &customers, (tag, adds), new.actor, now).await? {
                tagged.insert(change.id);
                let turned = edits.iter().filter(|(customer, _)| changed.contains(customer.as_str()));
                marks.extend(turned.map(|(_, place)| (*place, None)));
            }
        }
        let customers: Vec<CustomerId> = of(SheetField::NextContact).map(|(_, edit)| edit.customer.clone()).collect();
        let last = next_contacts::last_of(&writing, &customers).await?;
        for (place, edit) in of(SheetField::NextContact) {
            let customer = edit.customer.as_str();
            if last.get(customer).and_then(|word| word.next_on.as_ref()) == edit.was.as_ref() {
                let next_on = edit.becomes.as_deref();
                let version = next_contacts::set(&mut writing, customer, next_on, new.actor, now).await?;
                marks.insert(place, Some(version));
            }
        }
        for (place, edit) in of(SheetField::Owner) {
            let (customer, owner) = (edit.customer.as_str(), edit.becomes.as_deref());
            let was = owners.get(customer).map(String::as_str);
            if was == edit.was.as_deref() && was != owner {
                let why = (OwnerCause::Sheet, new.actor);
                let change = give(&mut writing, customer, (was, owner), why, Some(new.carrying), now).await?;
                marks.insert(place, Some(change));
            }
        }
        if marks.is_empty() {
            return Ok(None);
        }
        let customers: BTreeSet<&CustomerId> = marks.keys().map(|place| &edits[*place].customer).collect();
        let row = sheets::ActiveModel {
            id: NotSet,
            version: Set(1),
            staff_id: Set(new.staff_id),
            actor: Set(new.actor.to_owned()),
            file_name: Set(new.file_name.to_owned()),
            digest: Set(new.digest.to_owned()),
            exported_at: Set(new.exported_at.map(Instant::micros)),
            at: Set(now.micros()),
            cell_count: Set(marks.len() as i64),
            customer_count: Set(customers.len() as i64),
            undone_at: Set(None),
            undone_by: Set(None),
            undone_count: Set(None),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        keep_cells(&writing, row.id, edits, &marks).await?;
        for change_id in tagged {
            let kept = sheet_tags::ActiveModel { sheet_id: Set(row.id), change_id: Set(change_id) };
            let kept = sheet_tags::Entity::insert(kept).exec_without_returning(&writing.transaction).await;
            kept.map_err(Error::while_doing(doing))?;
        }
        remember(&mut writing, &row, new.actor, "applied")?;
        writing.commit().await?;
        Ok(Some(SheetRecord::new(row)))
    }

    /// Takes a table back: every cell that nobody has changed since is as before it. `reopening` says what becomes of a case
    /// that it had closed, one that cannot be opened again is left alone; `carrying`, of one whose customer goes back to the
    /// owner before.
    ///
    /// # Errors
    /// Not found; a conflict if it was taken back already, or nothing of it is left to take back.
    pub async fn undo_sheet(
        &self,
        scope: &Scope,
        id: i64,
        (reopening, carrying): (Reopening<'_>, Carrying<'_>),
        actor: &str,
        now: Instant,
    ) -> Result<SheetRecord, Error> {
        let doing = "taking a table back";
        let mut writing = self.write(now).await?;
        let before = sheets::Entity::find_by_id(id).one(&writing.transaction).await;
        let before = before.map_err(Error::while_doing(doing))?.ok_or_else(|| missing(id))?;
        if before.undone_at.is_some() {
            return Err(Error::conflict(format!("the table {id} was taken back"), Some(before.version)));
        }
        let cells = sheet_cells::Entity::find()
            .filter(sheet_cells::Column::SheetId.eq(id))
            .order_by_asc(sheet_cells::Column::Place)
            .all(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        let undoing = Undoing { scope, said: &before.file_name, reopening, carrying, actor, now };
        // Owners first, so that whoever gave a customer away sees it again.
        let mut undone: Vec<i64> = undoing.owners(&mut writing, &cells).await?;
        undone.extend(undoing.next_contacts(&mut writing, &cells).await?);
        undone.extend(undoing.tags(&mut writing, id, &cells).await?);
        undone.extend(undoing.cases(&mut writing, &cells).await?);
        if undone.is_empty() {
            return Err(Error::conflict(format!("nothing is left of the table {id}"), Some(before.version)));
        }
        sheet_cells::Entity::update_many()
            .col_expr(sheet_cells::Column::Undone, Expr::value(true))
            .filter(sheet_cells::Column::SheetId.eq(id))
            .filter(crate::scope::listed(
                &writing.transaction,
                (sheet_cells::Entity, sheet_cells::Column::Place),
                &undone,
            ))
            .exec(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        let version = before.version + 1;
        let mut changed = before.into_active_model();
        changed.version = Set(version);
        changed.undone_at = Set(Some(now.micros()));
        changed.undone_by = Set(Some(actor.to_owned()));
        changed.undone_count = Set(Some(undone.len() as i64));
        let row = changed.update(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        remember(&mut writing, &row, actor, "undone")?;
        writing.commit().await?;
        Ok(SheetRecord::new(row))
    }

    /// Tables that came back, the latest first: of one person, or of everybody.
    pub async fn sheets(&self, staff_id: Option<i64>, limit: u64) -> Result<Vec<SheetRecord>, Error> {
        let rows = sheets::Entity::find()
            .filter(Condition::all().add_option(staff_id.map(|id| sheets::Column::StaffId.eq(id))))
            .order_by_desc(sheets::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading tables that came back"))?;
        Ok(rows.into_iter().map(SheetRecord::new).collect())
    }

    /// One of them.
    pub async fn sheet(&self, id: i64) -> Result<Option<SheetRecord>, Error> {
        let row = sheets::Entity::find_by_id(id).one(&self.reader).await;
        Ok(row.map_err(Error::while_doing("reading a table that came back"))?.map(SheetRecord::new))
    }

    /// The last one with this content.
    pub async fn sheet_like(&self, digest: &str) -> Result<Option<SheetRecord>, Error> {
        let row = sheets::Entity::find()
            .filter(sheets::Column::Digest.eq(digest))
            .order_by_desc(sheets::Column::Id)
            .one(&self.reader)
            .await
            .map_err(Error::while_doing("reading a table that came back"))?;
        Ok(row.map(SheetRecord::new))
    }

    /// What a table changed, in the order of its rows, of customers whom the reader sees.
    pub async fn sheet_cells(&self, scope: &Scope, id: i64) -> Result<Vec<SheetCellRecord>, Error> {
        let rows = sheet_cells::Entity::find()
            .filter(sheet_cells::Column::SheetId.eq(id))
            .filter(Condition::all().add_option(admitted(scope, sheet_cells::Column::CustomerId)))
            .order_by_asc(sheet_cells::Column::Place)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading what a table changed"))?;
        rows.into_iter().map(SheetCellRecord::new).collect()
    }
}

impl Undoing<'_> {
    async fn owners(&self, writing: &mut Writing, cells: &[sheet_cells::Model]) -> Result<Vec<i64>, Error> {
        let ours: Vec<&sheet_cells::Model> = of_field(cells, SheetField::Owner).collect();
        let owners = owners_of(&writing.transaction, ours.iter().map(|cell| cell.customer_id.as_str())).await?;
        let mut undone = Vec::new();
        for cell in ours {
            let present = owners.get(&cell.customer_id).map(String::as_str);
            let (Some(change), true) = (cell.mark, present == cell.becomes.as_deref()) else { continue };
            // Whoever gave a customer away may take it back, and so may whoever sees it where it came from.
            let sees = self.scope.admits(present) || self.scope.admits(cell.was.as_deref());
            if sees && is_last(writing, &cell.customer_id, change).await? {
                let (way, why) = ((present, cell.was.as_deref()), (OwnerCause::SheetUndone, self.actor));
                give(writing, &cell.customer_id, way, why, Some(self.carrying), self.now).await?;
                undone.push(cell.place);
            }
        }
        Ok(undone)
    }

    async fn next_contacts(&self, writing: &mut Writing, cells: &[sheet_cells::Model]) -> Result<Vec<i64>, Error> {
        let ours = self.seen(writing, of_field(cells, SheetField::NextContact)).await?;
        let customers: Vec<CustomerId> = ours.iter().map(|cell| CustomerId::from(cell.customer_id.as_str())).collect();
        let last: HashMap<String, NextContact> = next_contacts::last_of(writing, &customers).await?;
        let mut undone = Vec::new();
        for cell in ours {
            let customer = cell.customer_id.as_str();
            let plan = next_contacts::plan_of(writing, customer).await?;
            let is_ours = plan.as_ref().is_some_and(|plan| Some(plan.version) == cell.mark);
            let counts = last.get(customer).is_some_and(|word| {
                plan.as_ref().is_some_and(|plan| {
                    word.at.micros() == plan.at && word.actor == plan.actor && word.next_on == plan.next_on
                })
            });
            if is_ours && counts {
                next_contacts::set(writing, customer, cell.was.as_deref(), self.actor, self.now).await?;
                undone.push(cell.place);
            }
        }
        Ok(undone)
    }

    async fn tags(&self, writing: &mut Writing, id: i64, cells: &[sheet_cells::Model]) -> Result<Vec<i64>, Error> {
        let changes = sheet_tags::Entity::find()
            .filter(sheet_tags::Column::SheetId.eq(id))
            .order_by_desc(sheet_tags::Column::ChangeId)
            .all(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading which tags a table changed"))?;
        let mut customers = BTreeSet::new();
        for change in changes {
            customers.extend(take_back(writing, self.scope, change.change_id, self.actor, self.now).await?);
        }
        let back = of_field(cells, SheetField::Tags).filter(|cell| customers.contains(&cell.customer_id));
        Ok(back.map(|cell| cell.place).collect())
    }

    async fn cases(&self, writing: &mut Writing, cells: &[sheet_cells::Model]) -> Result<Vec<i64>, Error> {
        let mut undone = Vec::new();
        for cell in of_field(cells, SheetField::Outcome) {
            let (Some(id), Some(version)) = (cell.case_id, cell.mark) else { continue };
            let case = visible(&writing.transaction, self.scope, id).await?;
            let Some(case) = case.filter(|case| case.version == version) else { continue };
            let others = cases::Entity::find()
                .filter(cases::Column::CustomerId.eq(case.customer_id.as_str()))
                .filter(cases::Column::State.ne(CaseState::Closed.as_str()))
                .one(&writing.transaction)
                .await
                .map_err(Error::while_doing("reading the cases of a customer"))?;
            if others.is_some() {
                continue;
            }
            let step = |work: &Work| (self.reopening)(&case.case_type, work);
            let said = Some(self.said);
            let moving =
                CaseMoving { does: Verb::Reopen, step: &step, said, closing: None, ended_as: None, churn_reason: None };
            let opened = moved(writing, self.scope, (id, version), moving, self.actor, self.now).await;
            if unless_refused(opened)?.is_some() {
                undone.push(cell.place);
            }
        }
        Ok(undone)
    }

    /// Those of customers whom the reader sees.
    async fn seen<'b>(
        &self,
        writing: &Writing,
        cells: impl Iterator<Item = &'b sheet_cells::Model>,
    ) -> Result<Vec<&'b sheet_cells::Model>, Error> {
        let mut cells: Vec<&sheet_cells::Model> = cells.collect();
        let owners = owners_of(&writing.transaction, cells.iter().map(|cell| cell.customer_id.as_str())).await?;
        cells.retain(|cell| self.scope.admits(owners.get(&cell.customer_id).map(String::as_str)));
        Ok(cells)
    }
}

fn of_field(cells: &[sheet_cells::Model], field: SheetField) -> impl Iterator<Item = &sheet_cells::Model> {
    cells.iter().filter(move |cell| cell.field == field.as_str())
}

/// What was written, or nothing where the rules or somebody faster refused it.
fn unless_refused(done: Result<cases::Model, Error>) -> Result<Option<cases::Model>, Error> {
    match done {
        Ok(row) => Ok(Some(row)),
        Err(error) if error.is_conflict() || error.is_not_found() || error.is_refused() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Which tags are put on and taken off whom, and at which places: each tag once.
fn by_tag<'e>(
    edits: impl Iterator<Item = (usize, &'e SheetEdit<'e>)>,
) -> Vec<(&'e str, bool, BTreeMap<&'e CustomerId, usize>)> {
    let mut all: BTreeMap<(&str, bool), BTreeMap<&CustomerId, usize>> = BTreeMap::new();
    for (place, edit) in edits {
        let SheetDoes::Tags { adds, removes } = &edit.does else { continue };
        let put_on = adds.iter().map(|tag| (tag.as_str(), true));
        for key in put_on.chain(removes.iter().map(|tag| (tag.as_str(), false))) {
            all.entry(key).or_default().insert(&edit.customer, place);
        }
    }
    all.into_iter().map(|((tag, adds), customers)| (tag, adds, customers)).collect()
}

async fn keep_cells(
    writing: &Writing,
    sheet_id: i64,
    edits: &[SheetEdit<'_>],
    marks: &BTreeMap<usize, Option<i64>>,
) -> Result<(), Error> {
    let cell = |(place, mark): (&usize, &Option<i64>)| {
        let edit = &edits[*place];
        let case_id = if let SheetDoes::Close { case, .. } = &edit.does { Some(case.0) } else { None };
        sheet_cells::ActiveModel {
            sheet_id: Set(sheet_id),
            place: Set(*place as i64),
            line: Set(edit.line as i64),
            customer_id: Set(edit.customer.as_str().to_owned()),
            case_id: Set(case_id),
            field: Set(edit.does.field().as_str().to_owned()),
            was: Set(edit.was.clone()),
            becomes: Set(edit.becomes.clone()),
            mark: Set(*mark),
            undone: Set(false),
        }
    };
    let cells: Vec<sheet_cells::ActiveModel> = marks.iter().map(cell).collect();
    for part in cells.chunks(ROWS_PER_STATEMENT) {
        sheet_cells::Entity::insert_many(part.iter().cloned())
            .exec_without_returning(&writing.transaction)
            .await
            .map_err(Error::while_doing("keeping what a table changed"))?;
    }
    Ok(())
}

fn remember(writing: &mut Writing, row: &sheets::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let (resource, id, version) = (Resource::Sheet, row.id.to_string(), row.version);
    writing.remember(Change { resource, id, customer: None, version, actor, cause }, row)
}

fn missing(id: i64) -> Error {
    Error::not_found(format!("the table {id}"))
}

fn counted(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

impl SheetRecord {
    fn new(row: sheets::Model) -> Self {
        let undone = row.undone_at.zip(row.undone_by).map(|(at, by)| SheetUndone {
            at: Instant::from_micros(at),
            by,
            cell_count: counted(row.undone_count.unwrap_or(0)),
        });
        Self {
            id: row.id,
            version: row.version,
            staff_id: row.staff_id,
            actor: row.actor,
            file_name: row.file_name,
            exported_at: row.exported_at.map(Instant::from_micros),
            at: Instant::from_micros(row.at),
            cell_count: counted(row.cell_count),
            customer_count: counted(row.customer_count),
            undone,
        }
    }
}

impl SheetCellRecord {
    fn new(row: sheet_cells::Model) -> Result<Self, Error> {
        Ok(Self {
            line: counted(row.line),
            customer: CustomerId::from(row.customer_id),
            case_id: row.case_id,
            field: SheetField::read(&row.field)?,
            was: row.was,
            becomes: row.becomes,
            undone: row.undone,
        })
    }
}
