//! Where a file that comes back differs from what stands, cell by cell, and what may become of each difference.
//!
//! Scope is applied to every row before anything else: a customer whom the reader does not see is as absent as one that
//! does not exist.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use store::{CaseFilter, CaseRecord, CaseSlice, CaseState, NextContact, OwnerChange, SheetDoes, SheetEdit, SheetField};
use vocab::{CustomerId, Instant, Lang};

use super::file::{Column, Line, Sheet};
use super::judge::{Judged, day_of, judge, tags_of};
use super::words::{joined, nothing, outcome_of, outcome_words, rejections, same};
use crate::customer::tags::checked_tag;
use crate::error::Error;
use crate::moment::belonging::Belonging;
use crate::moment::snapshot::{Snapshot, owner_keys};
use crate::shown::{hidden, nobody};
use crate::staff::roster::Roster;
use crate::view::{MoveCase, Words};
use crate::working::case_moves::{Step, Told, bad_outcome};
use crate::{App, Reader};

/// What may become of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It becomes true.
    Change,
    /// Somebody else has changed the cell since: it becomes true where the reader says so.
    Conflict,
    /// It cannot become true.
    Rejected,
}

/// What has to be done for a difference.
#[derive(Clone, Debug)]
pub(crate) enum Wants {
    Owner,
    NextContact,
    Tags { adds: Vec<String>, removes: Vec<String> },
    Close { case: Box<CaseRecord>, request: Box<MoveCase> },
}

/// A cell that differs from what stands.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    /// Row in the file.
    pub line: u64,
    /// Whose, where the reader sees them.
    pub customer: Option<CustomerId>,
    /// The customer's name, else what the file says.
    pub name: String,
    /// What it is about; nothing where it is the whole row.
    pub field: Option<SheetField>,
    pub state: State,
    pub was: Option<Words>,
    pub becomes: Option<Words>,
    /// What stood when the file left the house, of a conflict.
    pub exported: Option<Words>,
    /// Why it is rejected.
    pub why: Option<Words>,
    /// Who changed it since, and when.
    pub changed: Option<(String, Instant)>,
    /// What stands and what the file says, as they are kept.
    pub kept: (Option<String>, Option<String>),
    /// What has to be done; nothing of what is rejected.
    pub wants: Option<Wants>,
}

impl Difference {
    /// By which it is named.
    pub(crate) fn id(&self) -> String {
        format!("{}:{}", self.line, self.field.map_or("row", SheetField::as_str))
    }

    /// The change of the store that it asks for; `step` is what closing its case takes.
    pub(crate) fn edit<'a>(&'a self, step: Option<&'a (Told<'a>, Step<'a>)>) -> Option<SheetEdit<'a>> {
        let does = match (self.wants.as_ref()?, step) {
            (Wants::Owner, _) => SheetDoes::Owner,
            (Wants::NextContact, _) => SheetDoes::NextContact,
            (Wants::Tags { adds, removes }, _) => SheetDoes::Tags { adds: adds.clone(), removes: removes.clone() },
            (Wants::Close { case, .. }, Some((told, step))) => SheetDoes::Close {
                case: (case.id, case.version),
                moving: store::CaseMoving {
                    does: actions::Verb::Close,
                    step: &**step,
                    said: told.said,
                    closing: told.closing,
                    ended_as: told.ended_as,
                    churn_reason: told.churn_reason,
                },
            },
            (Wants::Close { .. }, None) => return None,
        };
        let (was, becomes) = self.kept.clone();
        Some(SheetEdit { line: self.line, customer: self.customer.clone()?, was, becomes, does })
    }
}

/// What stands, as far as the rows of a file ask.
struct Present<'a> {
    app: &'a App,
    reader: &'a Reader,
    snapshot: Arc<Snapshot>,
    belonging: Arc<Belonging>,
    roster: &'a Roster,
    /// Owner keys by what people call them.
    receivers: HashMap<String, Option<String>>,
    next: HashMap<CustomerId, NextContact>,
    given: HashMap<CustomerId, OwnerChange>,
    open_cases: HashMap<CustomerId, CaseRecord>,
    cases: HashMap<i64, CaseRecord>,
    now: Instant,
}

const EDITABLE: [Column; 8] = [
    Column::Owner,
    Column::Tags,
    Column::AddTags,
    Column::RemoveTags,
    Column::NextContact,
    Column::Outcome,
    Column::Reason,
    Column::Note,
];
const ENDING: [Column; 3] = [Column::Outcome, Column::Reason, Column::Note];

impl App {
    /// Where a file differs from what stands, in the order of its rows.
    pub(crate) async fn differences(
        &self,
        reader: &Reader,
        roster: &Roster,
        sheet: &Sheet,
        now: Instant,
    ) -> Result<Vec<Difference>, Error> {
        let snapshot = self.snapshot(None, now).await?;
        let edited: Vec<&Line> =
            sheet.lines.iter().filter(|line| EDITABLE.iter().any(|column| line.is_edited(*column))).collect();
        let mut found = Vec::with_capacity(edited.len());
        for line in edited {
            let place = match line.cell(Column::Customer) {
                "" => self.place_of_case(reader, &snapshot, line.cell(Column::Case)).await?,
                id => snapshot
                    .position(&CustomerId::from(id))
                    .filter(|place| snapshot.admits(&reader.scope, *place))
                    .or_else(|| unmasked(reader, &snapshot, id)),
            };
            found.push((line, place));
        }
        let of = |columns: &[Column]| -> Vec<CustomerId> {
            let asked = found.iter().filter(|(line, _)| columns.iter().any(|column| line.is_edited(*column)));
            asked.filter_map(|(_, place)| Some(snapshot.customers()[(*place)?].clone())).collect()
        };
        let scope = &reader.scope;
        let next = self.store().next_contacts(scope, Some(&of(&[Column::NextContact]))).await?;
        let given = self.store().last_owner_changes(scope, &of(&[Column::Owner])).await?;
        let filter = CaseFilter { customers: Some(of(&ENDING)), ..CaseFilter::default() };
        let cases = self.store().cases(scope, &filter, CaseSlice::default()).await?.rows;
        let open = cases.iter().filter(|case| case.state != CaseState::Closed);
        let present = Present {
            app: self,
            reader,
            belonging: self.belonging(&snapshot, None).await?,
            roster,
            receivers: receivers(reader, roster, &snapshot),
            next: next.into_iter().map(|word| (word.customer.clone(), word)).collect(),
            given,
            open_cases: open.map(|case| (case.customer_id.clone(), case.clone())).collect(),
            cases: cases.into_iter().map(|case| (case.id, case)).collect(),
            snapshot: snapshot.clone(),
            now,
        };
        let mut differences = Vec::new();
        for (line, place) in found {
            match place {
                Some(place) => differences.extend(present.of_line(line, place)),
                None => differences.push(unknown(line)),
            }
        }
        twice(&mut differences);
        Ok(differences)
    }

    /// The place of the customer of a case that the reader sees.
    async fn place_of_case(&self, reader: &Reader, snapshot: &Snapshot, cell: &str) -> Result<Option<usize>, Error> {
        let Ok(id) = cell.parse::<i64>() else { return Ok(None) };
        let case = self.store().case(&reader.scope, id).await?;
        Ok(case.and_then(|case| snapshot.position(&case.customer_id)))
    }
}

impl Present<'_> {
    fn of_line(&self, line: &Line, place: usize) -> impl Iterator<Item = Difference> {
        let cells = [
            self.owner(line, place),
            self.tags(line, place),
            self.next_contact(line, place),
            self.outcome(line, place),
        ];
        cells.into_iter().flatten()
    }

    /// A cell that differs: what stands, what the file says.
    fn differs(&self, line: &Line, place: usize, field: SheetField, was: Option<Words>) -> Difference {
        Difference {
            line: line.number,
            customer: Some(self.snapshot.customers()[place].clone()),
            name: self.snapshot.name(place).to_owned(),
            field: Some(field),
            state: State::Rejected,
            was,
            becomes: None,
            exported: None,
            why: None,
            changed: None,
            kept: (None, None),
            wants: None,
        }
    }

    fn owner(&self, line: &Line, place: usize) -> Option<Difference> {
        if !line.is_edited(Column::Owner) {
            return None;
        }
        let owner = self.snapshot.cards[place].owner.as_deref();
        let (says, said) = (named(line.cell(Column::Owner)), line.exported(Column::Owner).map(named));
        let stands = owner.map(hidden).unwrap_or_default();
        let judged = judge(&says, said.as_ref(), &stands);
        let key = match says.is_empty() {
            true => Some(None),
            false => self.receivers.get(&says).cloned().flatten().map(Some),
        };
        if judged == Judged::Same || key.as_ref().is_some_and(|key| key.as_deref() == owner) {
            return None;
        }
        let becomes = (!says.is_empty()).then(|| same(&says));
        let cell = self.differs(line, place, SheetField::Owner, owner.map(|owner| same(&hidden(owner))));
        let why = match &key {
            _ if !may_give(self.reader) => Some(rejections::not_yours_to_give()),
            Some(key) if self.reader.scope.admits(key.as_deref()) => None,
            _ => Some(rejections::unknown_owner(&says)),
        };
        if why.is_some() {
            return Some(Difference { becomes, why, ..cell });
        }
        let changed = self.given.get(cell.customer.as_ref()?).map(|change| (change.actor.clone(), change.at));
        let kept = (owner.map(str::to_owned), key.flatten());
        let exported = said.map(|said| if said.is_empty() { nothing() } else { same(&said) });
        Some(Difference { becomes, kept, wants: Some(Wants::Owner), ..cell.judged(judged, exported, changed) })
    }

    fn tags(&self, line: &Line, place: usize) -> Option<Difference> {
        let columns = [Column::Tags, Column::AddTags, Column::RemoveTags];
        if !columns.iter().any(|column| line.is_edited(*column)) {
            return None;
        }
        let records = self.belonging.tags.of(&self.snapshot.customers()[place]);
        let stands: BTreeSet<String> = records.iter().map(|record| hidden(&record.tag)).collect();
        let read = |cell: &str| tags_of(cell, stands.iter().map(String::as_str));
        let is_list = line.is_edited(Column::Tags);
        let mut says = if is_list { read(line.cell(Column::Tags)) } else { stands.clone() };
        says.extend(read(line.cell(Column::AddTags)));
        for tag in read(line.cell(Column::RemoveTags)) {
            says.remove(&tag);
        }
        let said = line.exported(Column::Tags).filter(|_| is_list).map(read);
        let judged = judge(&says, said.as_ref(), &stands);
        if judged == Judged::Same {
            return None;
        }
        let adds: Vec<String> = says.difference(&stands).cloned().collect();
        let taken_off = records.iter().filter(|record| !says.contains(&hidden(&record.tag)));
        let removes: Vec<String> = taken_off.map(|record| record.tag.clone()).collect();
        let cell = self.differs(line, place, SheetField::Tags, joined(&stands));
        let becomes = joined(&says);
        if let Some(error) = adds.iter().find_map(|tag| checked_tag(tag).err()) {
            return Some(Difference { becomes, why: Some(error.detail().clone()), ..cell });
        }
        let last = records.iter().max_by_key(|record| record.at);
        let changed = last.map(|record| (record.actor.clone(), record.at));
        let written = |tags: &BTreeSet<String>| joined(tags).map(|words| words.zh);
        let kept = (written(&stands), written(&says));
        let exported = said.map(|said| joined(&said).unwrap_or_else(nothing));
        let wants = Some(Wants::Tags { adds, removes });
        Some(Difference { becomes, kept, wants, ..cell.judged(judged, exported, changed) })
    }

    fn next_contact(&self, line: &Line, place: usize) -> Option<Difference> {
        if !line.is_edited(Column::NextContact) {
            return None;
        }
        let word = self.next.get(&self.snapshot.customers()[place]);
        let stands = word.and_then(|word| word.next_on.clone());
        let cell = self.differs(line, place, SheetField::NextContact, stands.as_deref().map(same));
        let text = line.cell(Column::NextContact);
        let says = if text.is_empty() { None } else { Some(day_of(text).unwrap_or_else(|| text.to_owned())) };
        let said = line.exported(Column::NextContact).map(day_of);
        let judged = judge(&says, said.as_ref(), &stands);
        if judged == Judged::Same {
            return None;
        }
        let becomes = says.as_deref().map(same);
        if let Some(error) = says.as_deref().and_then(|day| self.app.day_ahead(day, self.now).err()) {
            return Some(Difference { becomes, why: Some(error.detail().clone()), ..cell });
        }
        let changed = word.map(|word| (word.actor.clone(), word.at));
        let exported = said.map(|said| said.as_deref().map_or_else(nothing, same));
        let kept = (stands, says);
        Some(Difference { becomes, kept, wants: Some(Wants::NextContact), ..cell.judged(judged, exported, changed) })
    }

    fn outcome(&self, line: &Line, place: usize) -> Option<Difference> {
        if !ENDING.iter().any(|column| line.is_edited(*column)) {
            return None;
        }
        let customer = &self.snapshot.customers()[place];
        let case = match line.cell(Column::Case) {
            "" => self.open_cases.get(customer),
            id => id.parse().ok().and_then(|id| self.cases.get(&id)).filter(|case| case.customer_id == *customer),
        };
        let (says, note) = (line.cell(Column::Outcome), line.cell(Column::Note));
        let was = case.and_then(|case| Some(self.ended(case, case.ended_in()?, case.churn_reason.as_deref())));
        let cell = self.differs(line, place, SheetField::Outcome, was);
        let rejected = |becomes: Option<Words>, why: Words| Difference { becomes, why: Some(why), ..cell.clone() };
        if says.is_empty() {
            let was_closed = line.exported(Column::Outcome).is_some_and(|said| !said.is_empty());
            return Some(rejected(
                None,
                if was_closed { rejections::not_reopened() } else { rejections::no_outcome() },
            ));
        }
        let Some(case) = case else { return Some(rejected(Some(same(says)), rejections::no_case())) };
        let outcomes = self.app.outcomes_of(&case.case_type);
        let Some(outcome) = outcome_of(says, &outcomes) else {
            return Some(rejected(Some(same(says)), bad_outcome(&outcomes).detail().clone()));
        };
        let word = outcome.id.as_str();
        let reason = match self.reason(line.cell(Column::Reason)) {
            Ok(reason) => reason,
            Err(why) => return Some(rejected(Some(same(says)), why)),
        };
        let becomes = Some(self.ended(case, word, reason.as_deref()));
        if case.state == CaseState::Closed {
            let is_so = case.ended_in() == Some(word) && case.churn_reason == reason;
            let noted = !line.is_edited(Column::Note) || case.note.as_deref().unwrap_or_default() == note;
            let by = case.closed_by.as_deref().unwrap_or_default();
            return (!is_so || !noted).then(|| rejected(becomes, rejections::closed_already(case.id, by)));
        }
        let request = MoveCase {
            version: case.version,
            note: Some(note.to_owned()),
            outcome: Some(word.to_owned()),
            churn_reason: reason.clone(),
            ..MoveCase::default()
        };
        if let Err(error) = self.app.closing(self.reader, self.roster, case, &request, self.now) {
            return Some(rejected(becomes, error.detail().clone()));
        }
        let ends = reason.map_or_else(|| word.to_owned(), |reason| format!("{word}:{reason}"));
        let wants = Wants::Close { case: Box::new(case.clone()), request: Box::new(request) };
        Some(Difference { state: State::Change, becomes, kept: (None, Some(ends)), wants: Some(wants), ..cell })
    }

    /// The code of a reason for leaving that a cell names, none of an empty cell.
    fn reason(&self, cell: &str) -> Result<Option<String>, Words> {
        if cell.is_empty() {
            return Ok(None);
        }
        let means = |reason: &&actions::ChurnReason| {
            let names = [reason.id.as_str(), reason.name.get(Lang::Zh), reason.name.get(Lang::En)];
            names.iter().any(|name| name.eq_ignore_ascii_case(cell))
        };
        let known = self.app.definitions().churn_reasons.iter().find(means);
        known.map(|reason| Some(reason.id.clone())).ok_or_else(|| rejections::unknown_reason(cell))
    }

    fn ended(&self, case: &CaseRecord, word: &str, reason: Option<&str>) -> Words {
        let outcome = self.app.outcome_name(&case.case_type, word);
        outcome_words(outcome, reason.map(|id| self.app.churn_reason_name(id)).as_ref())
    }
}

impl Difference {
    /// With what it asks for; who changed the cell is said of a conflict alone.
    fn judged(self, judged: Judged, exported: Option<Words>, changed: Option<(String, Instant)>) -> Self {
        match judged {
            Judged::Conflict => Difference { state: State::Conflict, exported, changed, ..self },
            Judged::Same | Judged::Change => Difference { state: State::Change, ..self },
        }
    }
}

/// Whether a reader gives customers to others: whoever heads people, and administrators.
fn may_give(reader: &Reader) -> bool {
    reader.is_admin || reader.staff.as_ref().is_some_and(|staff| staff.role == store::Role::Manager.as_str())
}

/// Whom a reader may give customers to, by owner key and by name; a name that several have means nobody.
fn receivers(reader: &Reader, roster: &Roster, snapshot: &Snapshot) -> HashMap<String, Option<String>> {
    let admitted = |key: &&str| reader.scope.admits(Some(key));
    let mut known: HashMap<String, Option<String>> = HashMap::new();
    for (name, key) in roster.owners().filter(|(_, key)| admitted(key)) {
        let one = known.entry(name.to_owned()).or_insert_with(|| Some(key.to_owned()));
        if one.as_deref() != Some(key) {
            *one = None;
        }
    }
    let keys = roster.owners().map(|(_, key)| key.to_owned()).filter(|key| admitted(&key.as_str()));
    for key in keys.chain(owner_keys(snapshot, &reader.scope)) {
        known.insert(hidden(&key), Some(key.clone()));
        known.insert(key.clone(), Some(key));
    }
    known
}

/// The owner whom a cell names; nothing where it names nobody.
fn named(cell: &str) -> String {
    let is_nobody = cell == "-" || cell == "公海" || [Lang::Zh, Lang::En].iter().any(|lang| cell == nobody(*lang));
    if is_nobody { String::new() } else { cell.to_owned() }
}

/// The place of a customer whose id left the house hidden, where only one that the reader sees looks so.
fn unmasked(reader: &Reader, snapshot: &Snapshot, id: &str) -> Option<usize> {
    if !id.contains('*') {
        return None;
    }
    let places = snapshot.roll.masked(snapshot, id).iter().map(|place| *place as usize);
    let mut seen = places.filter(|place| snapshot.admits(&reader.scope, *place));
    seen.next().filter(|_| seen.next().is_none())
}

/// A row of a customer whom the reader does not see.
fn unknown(line: &Line) -> Difference {
    let name =
        [Column::Customer, Column::Case].map(|column| line.cell(column)).into_iter().find(|cell| !cell.is_empty());
    Difference {
        line: line.number,
        customer: None,
        name: name.unwrap_or_default().to_owned(),
        field: None,
        state: State::Rejected,
        was: None,
        becomes: None,
        exported: None,
        why: Some(rejections::unknown_customer()),
        changed: None,
        kept: (None, None),
        wants: None,
    }
}

/// Two rows that change the same cell: the second is dropped where it says the same, else rejected.
fn twice(differences: &mut Vec<Difference>) {
    let mut first: HashMap<(CustomerId, SheetField), (u64, Option<String>)> = HashMap::new();
    differences.retain_mut(|one| {
        let (Some(customer), Some(field), Some(_)) = (&one.customer, one.field, &one.wants) else { return true };
        let key = (customer.clone(), field);
        let Some((line, becomes)) = first.get(&key) else {
            first.insert(key, (one.line, one.kept.1.clone()));
            return true;
        };
        if *becomes == one.kept.1 {
            return false;
        }
        (one.state, one.wants, one.why) = (State::Rejected, None, Some(rejections::twice(*line)));
        true
    });
}
