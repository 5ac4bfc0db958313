//! Tables that come back: applied at once, taken back but for what others changed since.

use actions::{CaseState, NotAllowed, Verb, Work};
use store::{
    AlertFilter, AlertSlice, CaseMoving, CaseOutcome, Closing, GivenBy, NewSheet, OwnerCause, PoolClaim, Resource,
    SheetCellRecord, SheetDoes, SheetEdit, SheetField, SheetRecord, Store,
};
use vocab::{CustomerId, Instant, Scope};

use crate::door::{Door, People as _, ended, hour, mine, moves_along, owned, with_cases};

fn sheet(actor: &str) -> NewSheet<'_> {
    let (file_name, exported_at) = ("客户.xlsx", Some(hour(0)));
    NewSheet { staff_id: Some(7), actor, file_name, digest: "d1", exported_at, carrying: &moves_along }
}

fn edit<'a>(line: u64, customer: &str, (was, becomes): (&str, &str), does: SheetDoes<'a>) -> SheetEdit<'a> {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    SheetEdit { line, customer: customer.into(), was: text(was), becomes: text(becomes), does }
}

fn tagging(adds: &[&str], removes: &[&str]) -> SheetDoes<'static> {
    let list = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    SheetDoes::Tags { adds: list(adds), removes: list(removes) }
}

fn closing<'a>(case: (i64, i64), step: &'a (dyn Fn(&Work) -> Result<Work, NotAllowed> + Sync)) -> SheetDoes<'a> {
    let closing = Some(Closing { outcome: CaseOutcome::Churned, note: Some("搬走了") });
    SheetDoes::Close {
        case,
        moving: CaseMoving {
            does: Verb::Close,
            step,
            said: None,
            closing,
            ended_as: None,
            churn_reason: Some("moved"),
        },
    }
}

/// Opens what is closed, as the plainest type would.
fn reopened(_: &str, work: &Work) -> Result<Work, NotAllowed> {
    match work.state {
        CaseState::Closed => Ok(Work { state: CaseState::Accepted, stage: "accepted".to_owned(), ..work.clone() }),
        _ => Err(NotAllowed::WrongStage),
    }
}

async fn undo(store: &Store, scope: &Scope, id: i64, at: i64) -> Result<SheetRecord, store::Error> {
    store.undo_sheet(scope, id, (&reopened, &moves_along), "zhao", hour(at)).await
}

/// `A:王芳 B:-`.
async fn owners(store: &Store, customers: &[&str]) -> String {
    let owners = store.owners(&Scope::All).await.unwrap();
    let of = |customer: &&str| {
        format!("{customer}:{}", owners.get(&CustomerId::from(*customer)).map_or("-", String::as_str))
    };
    customers.iter().map(of).collect::<Vec<_>>().join(" ")
}

async fn tags(store: &Store) -> String {
    let rows = store.tags(&Scope::All, None).await.unwrap();
    rows.iter().map(|row| format!("{}:{}", row.customer, row.tag)).collect::<Vec<_>>().join(" ")
}

async fn next(store: &Store, customer: &str) -> Option<String> {
    let rows = store.next_contacts(&Scope::All, Some(&[customer.into()])).await.unwrap();
    rows.into_iter().next().and_then(|row| row.next_on)
}

fn told(cells: &[SheetCellRecord]) -> Vec<(SheetField, bool)> {
    cells.iter().map(|cell| (cell.field, cell.undone)).collect()
}

pub async fn a_table_comes_back_at_once_and_is_taken_back_but_for_what_others_changed_since(door: Door) {
    let store = door.open().await;
    let all = Scope::All;
    owned(&store, &[("A", "wang"), ("B", "wang"), ("C", "-")]).await;
    with_cases(&store, &["A", "B"]).await;
    let put_on_desk = store.assign_case(&all, 1, 1, "wang", "zhao", hour(1)).await.unwrap();
    store.change_tags(&all, &["A".into(), "B".into()], "旧", true, "wang", hour(1)).await.unwrap();
    let step = |work: &Work| ended(work, hour(2));
    let edits = [
        edit(2, "A", ("wang", "li"), SheetDoes::Owner),
        edit(2, "A", ("旧", "重点、先谈"), tagging(&["重点", "先谈"], &["旧"])),
        edit(2, "A", ("", "2025-03-20"), SheetDoes::NextContact),
        edit(3, "B", ("", "churned:moved"), closing((2, 1), &step)),
        edit(3, "B", ("旧", "旧、重点"), tagging(&["重点"], &[])),
        edit(4, "C", ("", "li"), SheetDoes::Owner),
        // Somebody was faster: these cells are not what the reader saw.
        edit(5, "B", ("sun", "li"), SheetDoes::Owner),
        edit(5, "C", ("2025-01-01", "2025-03-21"), SheetDoes::NextContact),
    ];
    let done = store.apply_sheet(&all, sheet("zhao"), &edits, hour(2)).await.unwrap().unwrap();
    assert_eq!((done.cell_count, done.customer_count, done.undone.is_none()), (6, 3, true));
    assert_eq!(owners(&store, &["A", "B", "C"]).await, "A:li B:wang C:li");
    assert_eq!(tags(&store).await, "A:先谈 A:重点 B:旧 B:重点");
    assert_eq!((next(&store, "A").await.as_deref(), next(&store, "C").await), (Some("2025-03-20"), None));
    let case = store.case(&all, 2).await.unwrap().unwrap();
    assert_eq!((case.outcome, case.churn_reason.as_deref()), (Some(CaseOutcome::Churned), Some("moved")));
    let handed = store.case(&all, put_on_desk.id).await.unwrap().unwrap();
    assert_eq!(handed.assigned_to.as_deref(), Some("li"), "an open case goes with its customer");
    let filter = AlertFilter { owner: Some("li".to_owned()), ..AlertFilter::default() };
    assert_eq!(store.alerts(&all, &filter, AlertSlice::default()).await.unwrap().total, 1, "and so do its alerts");
    let given = store.owners_untold(&all).await.unwrap();
    assert_eq!(given.iter().map(|one| one.owner.as_deref()).collect::<Vec<_>>(), [Some("li"), Some("li")]);
    assert!(matches!(given[0].by, GivenBy::Change(_)));
    assert_eq!(store.sheet_cells(&all, done.id).await.unwrap().len(), 6);
    assert_eq!(store.sheet_like("d1").await.unwrap().as_ref(), Some(&done));

    // The same again finds everything as it asks for.
    assert_eq!(store.apply_sheet(&all, sheet("zhao"), &edits, hour(3)).await.unwrap(), None);
    assert_eq!(store.sheets(Some(7), 9).await.unwrap(), std::slice::from_ref(&done));
    assert!(store.sheets(Some(8), 9).await.unwrap().is_empty());

    // Others go on working: 先谈 is taken off A and put on again, C goes to somebody else.
    for (adds, at) in [(false, 4), (true, 5)] {
        store.change_tags(&all, &["A".into()], "先谈", adds, "li", hour(at)).await.unwrap();
    }
    let other = [edit(2, "C", ("li", "sun"), SheetDoes::Owner)];
    store.apply_sheet(&all, NewSheet { digest: "d2", ..sheet("li") }, &other, hour(5)).await.unwrap().unwrap();
    let undone = undo(&store, &all, done.id, 6).await.unwrap();
    assert_eq!(undone.undone.as_ref().map(|undone| (undone.cell_count, undone.by.as_str())), Some((5, "zhao")));
    assert_eq!(owners(&store, &["A", "B", "C"]).await, "A:wang B:wang C:sun");
    assert_eq!(tags(&store).await, "A:先谈 A:旧 B:旧");
    assert_eq!(next(&store, "A").await, None);
    let case = store.case(&all, 2).await.unwrap().unwrap();
    assert_eq!((case.outcome, case.churn_reason, case.reopened_count), (None, None, 0));
    assert_eq!(store.case(&all, 1).await.unwrap().unwrap().assigned_to.as_deref(), Some("wang"));
    let cells = store.sheet_cells(&all, done.id).await.unwrap();
    let fields = [SheetField::Owner, SheetField::Tags, SheetField::NextContact, SheetField::Outcome, SheetField::Tags];
    let mut expected: Vec<(SheetField, bool)> = fields.map(|field| (field, true)).to_vec();
    expected.push((SheetField::Owner, false));
    assert_eq!(told(&cells), expected, "C was somebody else's by then");
    assert!(undo(&store, &all, done.id, 7).await.unwrap_err().is_conflict());
    assert!(undo(&store, &all, 99, 7).await.unwrap_err().is_not_found());
    let history = store.history_of(&all, Resource::Sheet, &done.id.to_string()).await.unwrap();
    assert_eq!(history.iter().map(|entry| entry.cause.as_str()).collect::<Vec<_>>(), ["applied", "undone"]);
}

pub async fn the_later_of_a_plan_and_a_record_says_when_somebody_is_spoken_to_next(door: Door) {
    let store = door.open().await;
    let all = Scope::All;
    owned(&store, &[("A", "wang")]).await;
    let plan = [edit(2, "A", ("", "2025-03-20"), SheetDoes::NextContact)];
    let done = store.apply_sheet(&all, sheet("wang"), &plan, hour(1)).await.unwrap().unwrap();
    assert_eq!(next(&store, "A").await.as_deref(), Some("2025-03-20"));
    let record = store::NewFollowUp {
        key: "record-1".to_owned(),
        customer: "A".into(),
        at: hour(2),
        channel: store::Channel::Call,
        outcome: store::TouchOutcome::NoAnswer,
        contact: None,
        mood: None,
        note: None,
        next_on: Some("2025-03-09".to_owned()),
        promise: None,
    };
    let acting = |_: &str, work: &Work| work.clone();
    store.add_follow_up(&all, &record, ("li", &acting), hour(2)).await.unwrap();
    let word = store.next_contacts(&all, None).await.unwrap().remove(0);
    assert_eq!((word.next_on.as_deref(), word.actor.as_str()), (Some("2025-03-09"), "li"));
    assert!(undo(&store, &all, done.id, 3).await.unwrap_err().is_conflict(), "a record was made since");
    let again = [edit(2, "A", ("2025-03-09", ""), SheetDoes::NextContact)];
    store.apply_sheet(&all, sheet("wang"), &again, hour(4)).await.unwrap().unwrap();
    assert_eq!(next(&store, "A").await, None, "a plan to call nobody is a word too");
}

pub async fn one_is_taken_from_the_pool_by_one_person_and_within_limits(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "-"), ("C", "-"), ("D", "-")]).await;
    let claim = async |customer: &str, owner: &str, at: i64, most: Option<u64>| {
        let customer = CustomerId::from(customer);
        let claim = PoolClaim { customer: &customer, owner, actor: owner, per_day: (1, hour(0)), most };
        store.claim_customer(claim, hour(at)).await
    };
    assert!(claim("A", "li", 1, None).await.unwrap_err().is_conflict(), "somebody has it");
    assert!(claim("B", "wang", 1, Some(1)).await.unwrap_err().is_refused(), "they have as many as they may");
    let taken = claim("B", "li", 1, None).await.unwrap();
    assert_eq!((taken.cause, taken.owner.as_deref()), (OwnerCause::Claimed, Some("li")));
    assert!(claim("B", "wang", 1, None).await.unwrap_err().is_conflict(), "somebody was faster");
    assert!(claim("C", "li", 2, None).await.unwrap_err().is_refused(), "one a day");
    assert_eq!(owners(&store, &["A", "B", "C"]).await, "A:wang B:li C:-");
    assert_eq!(store.claims("li", hour(0)).await.unwrap(), (1, 1));
    assert_eq!(store.claims("li", hour(2)).await.unwrap(), (0, 1), "another day");
    assert_eq!(store.owners_untold(&Scope::All).await.unwrap().len(), 1, "the owner is a fact");
    assert_eq!(store.owner_changes(&Scope::All, &"B".into()).await.unwrap(), [taken]);
}

/// Something of each customer comes back with a table, which is number 2; whose they are has not changed in the end.
pub async fn come_back(store: &Store, customers: &[(&str, &str)]) {
    let given: Vec<SheetEdit<'_>> =
        customers.iter().map(|(customer, owner)| edit(2, customer, (owner, "zhao"), SheetDoes::Owner)).collect();
    let done = store.apply_sheet(&Scope::All, sheet("zhao"), &given, hour(0)).await.unwrap().unwrap();
    undo(store, &Scope::All, done.id, 0).await.unwrap();
    let planned: Vec<SheetEdit<'_>> =
        customers.iter().map(|(customer, _)| edit(2, customer, ("", "2025-03-20"), SheetDoes::NextContact)).collect();
    store.apply_sheet(&Scope::All, sheet("zhao"), &planned, hour(0)).await.unwrap().unwrap();
}

/// Whom these doors show.
pub async fn shown(store: &Store, scope: &Scope, everybody: &[CustomerId]) -> Vec<(&'static str, Vec<CustomerId>)> {
    let next = store.next_contacts(scope, None).await.unwrap();
    let some = store.next_contacts(scope, Some(everybody)).await.unwrap();
    assert_eq!(next, some, "nobody else was planned");
    let cells = store.sheet_cells(scope, 2).await.unwrap();
    let given = store.last_owner_changes(scope, everybody).await.unwrap();
    assert!(given.values().all(|change| change.was.as_deref() == Some("zhao")), "the last word gave them back");
    let mut changed = Vec::new();
    for customer in everybody {
        changed.extend(store.owner_changes(scope, customer).await.unwrap().into_iter().map(|one| one.customer));
    }
    vec![
        ("owner_changes", changed),
        ("next_contacts", next.into_iter().map(|word| word.customer).collect()),
        ("sheet_cells", cells.into_iter().map(|cell| cell.customer).collect()),
        ("last_owner_changes", given.into_keys().collect()),
    ]
}

pub async fn nobody_touches_what_is_not_theirs(store: &Store) {
    let wang = mine(&["wang"]);
    let step = |work: &Work| ended(work, hour(1));
    let at = |at: i64| -> Instant { hour(at) };
    let foreign = [
        edit(2, "B", ("li", "wang"), SheetDoes::Owner),
        edit(2, "B", ("", "重点"), tagging(&["机密"], &[])),
        edit(2, "B", ("2025-03-20", "2025-03-22"), SheetDoes::NextContact),
        edit(2, "B", ("", "churned:moved"), closing((2, 1), &step)),
    ];
    assert_eq!(store.apply_sheet(&wang, sheet("wang"), &foreign, at(1)).await.unwrap(), None);
    assert!(undo(store, &mine(&["nobody"]), 2, 1).await.unwrap_err().is_conflict(), "nothing of it is theirs");
    let undone = undo(store, &wang, 2, 1).await.unwrap();
    assert_eq!(undone.undone.map(|undone| undone.cell_count), Some(1), "only their own customer is as before");
    assert_eq!(next(store, "B").await.as_deref(), Some("2025-03-20"));
}
