//! What waits for one person besides the alerts of the day: tasks of cases, filled from advice or by hand, and what was
//! decided in a weekly review.
//!
//! A task from advice is filled from the library's entry as it is now: its first step, on the desk of the case, by the
//! case's clock; which entry in which version is kept with it, so that later it can be counted what it led to.

use std::collections::{BTreeMap, HashMap};

use store::{Advised, CaseRecord, CaseTask, NewCaseTask, WaitingTask};
use vocab::{CustomerId, Instant, Lang, Scope};

use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::shown::written;
use crate::staff::roster::{Roster, desk_of_reader};
use crate::view::{self, TaskAdvice, Words};
use crate::working::advice::SETTING;
use crate::working::case_list::no_case;
use crate::working::case_rows::customer_name;
use crate::{App, Reader};

/// So many are listed at most; who has more than that has more than a list.
const MOST: usize = 200;

impl App {
    /// Fills a task from the advice about a customer, in the open case of that customer; where there is none, one of the
    /// type for alerts is opened. Whose case it is does the task; of a case on nobody's desk whoever asks. It is due when
    /// the case's clock runs out.
    ///
    /// # Edges
    /// Asked again while the task of the same entry still waits, that task is the answer.
    ///
    /// # Errors
    /// `not_found` for a customer whom the reader does not see and for a reason that the library does not know.
    pub async fn task_from_advice(
        &self,
        reader: &Reader,
        customer: &CustomerId,
        asked: view::NewAdviceTask,
        now: Instant,
    ) -> Result<view::AdvisedTask, Error> {
        reader.may_act()?;
        let lang = asked.lang.as_deref().and_then(Lang::from_tag).unwrap_or_default();
        let page = self.advice(&reader.scope, customer, asked.reason.as_deref(), None, now).await?;
        let standing = self.open_case_of(&reader.scope, customer).await?;
        let opened = standing.is_none();
        let case = match standing {
            Some(case) => case,
            None => self.open_for_advice(reader, customer, page.reason_name.get(lang), now).await?,
        };
        let task = NewCaseTask {
            title: page.first_step.get(lang).chars().take(crate::working::case_desk::LONGEST_TITLE).collect(),
            staff_id: who_does(reader, &self.roster().await?, &case),
            due_at: Some(case.work().due().map_or(case.act_by, |(_, at)| at)),
        };
        let advised = Advised { id: page.reason, version: page.version };
        let (actor, of) = (reader.actor(), case.id);
        let (task, made) = self.store().add_advised_task(&reader.scope, of, (&task, &advised), &actor, now).await?;
        let advice = self.task_advice(std::slice::from_ref(&task)).await?;
        let task = self.task_row(&self.roster().await?.names(), &advice, task, now);
        Ok(view::AdvisedTask { case_id: of, opened, made, task })
    }

    /// Opens a case because advice is followed. Whoever was faster has opened the one that is meant.
    async fn open_for_advice(
        &self,
        reader: &Reader,
        customer: &CustomerId,
        about: &str,
        now: Instant,
    ) -> Result<CaseRecord, Error> {
        let case_type = self.definitions().cases.for_alerts();
        let case_type = case_type.ok_or_else(|| Error::internal("no case type for alerts"))?;
        let request = view::NewCase {
            customer_id: customer.to_string(),
            type_id: case_type.id.clone(),
            about: about.to_owned(),
            severity: None,
            to: None,
        };
        match self.open_case(reader, request, now).await {
            Ok(_) => {}
            Err(error) if error.code() == "case_open" => {}
            Err(error) => return Err(error),
        }
        self.open_case_of(&reader.scope, customer).await?.ok_or_else(no_case)
    }

    /// What waits for the reader: tasks of open cases and what was decided in weekly reviews, what is due first, first.
    ///
    /// # Edges
    /// Nothing of a program that reads for nobody.
    pub async fn waiting_for(&self, reader: &Reader, now: Instant) -> Result<view::WaitingWork, Error> {
        let Some((staff, desk)) = reader.staff.as_ref().map(|staff| staff.id).zip(desk_of_reader(reader)) else {
            return Ok(view::WaitingWork::default());
        };
        let snapshot = self.present_snapshot(now).await?;
        let tasks = self.store().tasks_waiting(&reader.scope, (staff, desk)).await?;
        let of: Vec<CaseTask> = tasks.iter().map(|one| one.task.clone()).collect();
        let advice = self.task_advice(&of).await?;
        let mut rows: Vec<(Option<Instant>, view::WaitingRow)> =
            tasks.into_iter().map(|one| (one.task.due_at, self.task_waiting(&snapshot, &advice, one, now))).collect();
        let roster = self.roster().await?;
        for decision in self.decisions_waiting(reader, staff).await? {
            let due = decision.due_at;
            let row = self.decision_row(&roster, decision, now, &|customer| named(&snapshot, &reader.scope, customer));
            rows.push((Some(due), waiting_decision(row, written(due))));
        }
        rows.sort_by_key(|(due, row)| (due.is_none(), *due, row.kind.clone(), row.id));
        let late = |clock: &str| rows.iter().filter(|(_, row)| row.clock.as_deref() == Some(clock)).count() as u64;
        let (overdue_count, today) = (late("overdue"), late("due_today"));
        let total = rows.len() as u64;
        let rows = rows.into_iter().take(MOST).map(|(_, row)| row).collect();
        Ok(view::WaitingWork { rows, total, due_count: overdue_count + today, overdue_count })
    }

    fn task_waiting(
        &self,
        snapshot: &Snapshot,
        advice: &BTreeMap<String, Words>,
        one: WaitingTask,
        now: Instant,
    ) -> view::WaitingRow {
        let row = self.task_row(&HashMap::new(), advice, one.task.clone(), now);
        view::WaitingRow {
            kind: "task".to_owned(),
            id: row.id,
            version: row.version,
            title: row.title,
            customer_name: Some(customer_name(snapshot, &one.customer_id)),
            customer_id: Some(one.customer_id.to_string()),
            case_id: Some(one.task.case_id),
            week_on: None,
            due_at: row.due_at,
            clock: row.clock,
            advice: row.advice,
        }
    }

    /// What the entries are called from which these tasks were filled; nothing is read where none was.
    pub(crate) async fn task_advice(&self, tasks: &[CaseTask]) -> Result<BTreeMap<String, Words>, Error> {
        if tasks.iter().all(|task| task.advice.is_none()) {
            return Ok(BTreeMap::new());
        }
        let book = self.advice_book().await?;
        Ok(book.entries().iter().map(|entry| (entry.id.clone(), Words::from(&entry.name))).collect())
    }

    /// A task as a row; `names` are those of the staff, `advice` those of the entries.
    pub(crate) fn task_row(
        &self,
        names: &HashMap<i64, &str>,
        advice: &BTreeMap<String, Words>,
        task: CaseTask,
        now: Instant,
    ) -> view::CaseTask {
        let clock = |due: Instant| actions::clock(due, now, self.zone()).as_str().to_owned();
        view::CaseTask {
            id: task.id,
            version: task.version,
            who: task.staff_id.and_then(|id| names.get(&id)).map(|name| (*name).to_owned()),
            who_id: task.staff_id,
            due_at: task.due_at.map(written),
            clock: task.due_at.filter(|_| task.done_at.is_none()).map(clock),
            created_at: written(task.created_at),
            created_by: task.created_by,
            done_at: task.done_at.map(written),
            done_by: task.done_by,
            title: task.title,
            advice: task.advice.map(|Advised { id, version }| TaskAdvice {
                name: advice.get(&id).cloned().unwrap_or_else(|| Words::new(&id, &id)),
                id,
                version,
            }),
        }
    }

    /// How often the firm has written an entry of the library that is in use; 0 of a shipped one.
    pub(crate) async fn advice_version(&self, id: &str) -> Result<i64, Error> {
        if !self.own_advice().await?.contains_key(id) {
            return Ok(0);
        }
        let key = format!("{SETTING}{id}");
        Ok(self.store().setting_version(&key).await?)
    }
}

/// Whoever has the case on their desk; of one on nobody's, whoever asks, if they may be given work.
fn who_does(reader: &Reader, roster: &Roster, case: &CaseRecord) -> Option<i64> {
    let at_desk = case.assigned_to.as_deref().and_then(|desk| roster.at_desk(desk)).map(|person| person.id);
    let asks = || reader.staff.as_ref().map(|staff| staff.id);
    let who = if case.assigned_to.is_some() { at_desk } else { asks() };
    who.filter(|id| roster.worker(*id).is_some())
}

/// The name of a customer whom a reader sees.
pub(crate) fn named(snapshot: &Snapshot, scope: &Scope, customer: &str) -> Option<String> {
    let position = snapshot.position(&CustomerId::from(customer))?;
    snapshot.admits(scope, position).then(|| snapshot.name(position).to_owned())
}

fn waiting_decision(one: view::ReviewDecision, due_at: String) -> view::WaitingRow {
    view::WaitingRow {
        kind: "decision".to_owned(),
        id: one.id,
        version: one.version,
        title: one.title,
        customer_id: one.customer_id,
        customer_name: one.customer_name,
        case_id: None,
        week_on: Some(one.week_on),
        due_at: Some(due_at),
        clock: one.clock,
        advice: None,
    }
}
