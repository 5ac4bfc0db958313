//! The work on one case: the page of it, opening one by hand, and whose new cases are.

use actions::{ActionPlan, By, CaseType, Desk, Handing, Move, Verb, Work};
use store::{CaseFilter, CaseOpening, CaseOutcome, CaseRecord, CaseSlice, CaseState};
use vocab::{CustomerId, Instant, Scope, Severity};

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::{Class, Error};
use crate::moment::snapshot::Snapshot;
use crate::permission::Permission;
use crate::shown::written;
use crate::staff::roster::{Roster, desk_of, desk_of_reader};
use crate::view::{self, Choice, Words};
use crate::working::case_list::no_case;
use crate::working::case_rows::Shown;
use crate::working::desk::reason;
use crate::working::work::unknown_word;
use crate::{App, Reader};

impl App {
    /// What cases can be, and what is chosen from on closing one.
    pub fn case_types(&self) -> view::CaseTypePage {
        let definitions = self.definitions();
        let reason = |one: &actions::ChurnReason| Choice { id: one.id.clone(), name: Words::from(&one.name) };
        view::CaseTypePage {
            types: definitions.cases.types().iter().map(shown_type).collect(),
            churn_reasons: definitions.churn_reasons.iter().map(reason).collect(),
            outcomes: definitions.cases.outcomes().iter().map(shown_outcome).collect(),
        }
    }

    /// The work on one case, and what the reader may do about it now.
    pub async fn case_work(&self, reader: &Reader, id: i64, now: Instant) -> Result<view::CaseWork, Error> {
        let record = self.store().case(&reader.scope, id).await?.ok_or_else(no_case)?;
        let snapshot = self.snapshot(None, now).await?;
        let shown = Shown { snapshot: &snapshot, as_of: None, now };
        let record = [record];
        let alerts = self.alerts_on(&reader.scope, &record, None).await?;
        let rows = self.case_rows(&shown, &record, &alerts).await?;
        let case = rows.into_iter().next().ok_or_else(no_case)?;
        let [record] = record;
        let roster = self.roster().await?;
        let names = roster.names();
        let can_work = reader.can_act && reader.permissions.contains(&Permission::Work);
        let people = if can_work { roster.people_for(record.owner.as_deref()) } else { Vec::new() };
        let moves = match self.definitions().cases.case_type(&record.case_type) {
            Some(case_type) if can_work => offered(reader, &roster, case_type, &record).map(shown_move).collect(),
            _ => Vec::new(),
        };
        let mut tasks = self.store().case_tasks(&reader.scope, &[id]).await?;
        tasks.sort_by_key(|task| (task.done_at, task.due_at.is_none(), task.due_at, task.id));
        let advice = self.task_advice(&tasks).await?;
        let tasks = tasks.into_iter().map(|task| self.task_row(&names, &advice, task, now)).collect();
        let decisions = self.decisions_about(reader, &roster, (&snapshot, &record.customer_id), now).await?;
        let comments = self.store().case_comments(&reader.scope, id).await?;
        let comments = comments.into_iter().map(|comment| view::CaseComment {
            id: comment.id,
            at: written(comment.at),
            by: comment.actor,
            body: comment.body,
            mentions: comment
                .mentions
                .iter()
                .filter_map(|id| Some(view::Assignee { id: *id, name: (*names.get(id)?).to_owned() }))
                .collect(),
        });
        Ok(view::CaseWork { case, moves, people, tasks, decisions, comments: comments.collect(), can_work })
    }

    /// Opens a case by hand; the open alerts of the customer join it.
    ///
    /// # Errors
    /// `case_open` where the customer has one; `bad_case_type`, `bad_reason`, `cannot_see`; not found for a customer whom
    /// the reader does not see.
    pub async fn open_case(
        &self,
        reader: &Reader,
        request: view::NewCase,
        now: Instant,
    ) -> Result<view::CaseWork, Error> {
        reader.may_act()?;
        let about = reason(&request.about)?;
        let case_type = self.definitions().cases.case_type(&request.type_id).ok_or_else(bad_case_type)?;
        let severity = match request.severity.as_deref() {
            None => Severity::Warning,
            Some(word) => Severity::from_str(word).map_err(|_| unknown_word(word))?,
        };
        let customer = CustomerId::from(request.customer_id.as_str());
        let snapshot = self.present_snapshot(now).await?;
        let desk = self.store().desk_of(&reader.scope, std::slice::from_ref(&customer)).await?;
        let owner = desk.owners.get(&customer).cloned();
        let is_there = snapshot.position(&customer).is_some() && reader.scope.admits(owner.as_deref());
        if !is_there {
            return Err(Error::not_found(("这位客户", "the customer")));
        }
        self.no_other_case(&reader.scope, &customer).await?;
        let named = match request.to {
            Some(id) => Some(receiver(&self.roster().await?, id, owner.as_deref())?),
            None => None,
        };
        let planned = actions::NewCase {
            customer: customer.clone(),
            owner: None,
            accept_by: now,
            act_by: now,
            severity,
            case_type: case_type.id.clone(),
            tier: None,
            reply_by: None,
        };
        let plan = ActionPlan { open: vec![planned], ..ActionPlan::default() };
        let owners: BTreeMap<CustomerId, String> = owner.into_iter().map(|owner| (customer.clone(), owner)).collect();
        let plan = self.hand_out(&snapshot, case_type, plan, &owners, now).await?;
        let planned = plan.open.into_iter().next().ok_or_else(|| Error::internal("a plan without its case"))?;
        let due = actions::Deadlines { accept_by: planned.accept_by, act_by: planned.act_by };
        let work = Work::new(severity, planned.tier, named.or(planned.owner), due, now);
        let work = Work { reply_by: planned.reply_by, ..work };
        let opening =
            CaseOpening { customer: &customer, case_type: &case_type.id, about, work: &work, as_of: snapshot.as_of };
        let opened = match self.store().open_case(&reader.scope, opening, &reader.actor(), now).await {
            Ok(case) => case,
            Err(error) => {
                self.no_other_case(&reader.scope, &customer).await?;
                return Err(error.into());
            }
        };
        self.case_work(reader, opened.id, now).await
    }

    /// The case of a customer that is not closed.
    pub(crate) async fn open_case_of(&self, scope: &Scope, customer: &CustomerId) -> Result<Option<CaseRecord>, Error> {
        let filter = CaseFilter {
            states: vec![CaseState::New, CaseState::Accepted],
            customers: Some(vec![customer.clone()]),
            ..CaseFilter::default()
        };
        Ok(self.store().cases(scope, &filter, CaseSlice::default()).await?.rows.into_iter().next())
    }

    /// Refuses where the customer has a case that is not closed.
    pub(crate) async fn no_other_case(&self, scope: &Scope, customer: &CustomerId) -> Result<(), Error> {
        match self.open_case_of(scope, customer).await? {
            None => Ok(()),
            Some(case) => Err(Error::new(
                Class::Conflict,
                "case_open",
                (
                    &format!("这位客户已有一张未结案的跟进单 #{}", case.id),
                    &format!("this customer has a case already that is not closed: #{}", case.id),
                ),
                ("请在那张跟进单上继续", "go on with that one"),
            )),
        }
    }

    /// Says of the new cases that alerts open whose they are and when they are due.
    pub(crate) async fn hand_out_alerts(
        &self,
        snapshot: &Arc<Snapshot>,
        plan: ActionPlan,
        desk: &Desk,
        now: Instant,
    ) -> Result<ActionPlan, Error> {
        match self.definitions().cases.for_alerts() {
            Some(case_type) if !plan.open.is_empty() => {
                self.hand_out(snapshot, case_type, plan, &desk.owners, now).await
            }
            _ => Ok(plan),
        }
    }

    async fn hand_out(
        &self,
        snapshot: &Arc<Snapshot>,
        case_type: &CaseType,
        plan: ActionPlan,
        owners: &BTreeMap<CustomerId, String>,
        now: Instant,
    ) -> Result<ActionPlan, Error> {
        let roster = self.roster().await?;
        let hands = roster.hands(&self.store().desk_loads().await?);
        let belonging = match case_type.asks_tier() {
            true => Some(self.belonging(snapshot, None).await?),
            false => None,
        };
        let tier = |customer: &CustomerId| {
            let position = snapshot.position(customer)?;
            belonging.as_ref()?.tier(position).map(scores::Tier::as_str)
        };
        let left = roster.left();
        let handing = Handing { hands: &hands, left: &left, owners, tier: &tier };
        Ok(actions::hand_out(plan, case_type, &handing, &self.times_of(&roster), now))
    }

    /// What an act on a customer makes of the work on their open case, whoever notes it and wherever.
    pub(crate) async fn acting(&self, now: Instant) -> Result<impl Fn(&str, &Work) -> Work + Sync + '_, Error> {
        let (book, times) = (&self.definitions().cases, self.work_times().await?);
        Ok(move |case_type: &str, work: &Work| {
            let case_type = book.case_type(case_type).or_else(|| book.for_alerts());
            let calendar = times.of(work.desk.as_deref());
            case_type.map_or_else(|| work.clone(), |one| one.acted(work, calendar, now))
        })
    }
}

/// The moves that a reader may make now, in the type's order.
pub(crate) fn offered<'a>(
    reader: &'a Reader,
    roster: &'a Roster,
    case_type: &'a CaseType,
    case: &'a CaseRecord,
) -> impl Iterator<Item = &'a Move> {
    let (desk, mine) = (case.assigned_to.as_deref(), desk_of_reader(reader));
    let can_claim = desk.is_none() && mine.is_some();
    let claims = can_claim && case_type.move_that(Verb::Claim, &case.stage).is_some();
    case_type.moves_from(&case.stage).filter(move |one| {
        let fits = match one.does {
            Verb::Claim => can_claim,
            // Claiming says the same and more.
            Verb::Acknowledge => !claims,
            Verb::Transfer => desk.is_some(),
            Verb::Escalate => desk.is_some_and(|desk| roster.head_above(desk, case.owner.as_deref()).is_some()),
            Verb::Nudge => desk.is_some() && desk != mine,
            Verb::Reopen => case.outcome.is_some_and(CaseOutcome::is_said),
            _ => true,
        };
        fits && is_theirs(reader, roster, one, case)
    })
}

/// Whether a move is the reader's to make.
pub(crate) fn is_theirs(reader: &Reader, roster: &Roster, one: &Move, case: &CaseRecord) -> bool {
    let desk = case.assigned_to.as_deref();
    let has_it = desk.is_some() && desk == desk_of_reader(reader);
    match one.by {
        By::Anyone => true,
        By::Holder => has_it || roster.heads(reader, desk),
        By::Head => roster.heads(reader, desk),
    }
}

/// The desk of a person who is to be given a case of a customer of this owner.
pub(crate) fn receiver(roster: &Roster, id: i64, owner: Option<&str>) -> Result<String, Error> {
    let person = roster.worker(id).ok_or_else(|| Error::not_found(("这位员工", "the person")))?;
    if !roster.sees(person, owner) {
        return Err(cannot_see(&person.name));
    }
    Ok(desk_of(person).to_owned())
}

/// There is no such case type.
pub(crate) fn bad_case_type() -> Error {
    Error::bad(
        "bad_case_type",
        ("没有这种跟进单类型", "no such case type"),
        ("请从列表中选择", "choose one from the list"),
    )
}

/// Somebody cannot be given what they do not see.
pub(crate) fn cannot_see(name: &str) -> Error {
    Error::new(
        Class::Conflict,
        "cannot_see",
        (&format!("{name} 看不到这位客户，无法分派"), &format!("{name} cannot see this customer")),
        ("请分派给客户的负责人或主管", "assign it to the customer's owner or to a manager"),
    )
}

fn shown_type(one: &CaseType) -> view::CaseType {
    view::CaseType {
        id: one.id.clone(),
        name: Words::from(&one.name),
        about: Words::from(&one.about),
        stages: one
            .stages
            .iter()
            .map(|stage| view::CaseStage {
                id: stage.id.clone(),
                name: Words::from(&stage.name),
                state: stage.state.as_str().to_owned(),
            })
            .collect(),
        moves: one.moves.iter().map(shown_move).collect(),
        outcomes: one.outcomes.iter().map(shown_outcome).collect(),
        limits: one
            .limits
            .iter()
            .map(|limit| view::CaseLimit {
                severity: limit.severity.map(|severity| severity.as_str().to_owned()),
                tier: limit.tier.clone(),
                acknowledge_hours: limit.hours.acknowledge,
                reply_hours: limit.hours.reply,
                act_hours: limit.hours.act,
                review_hours: limit.hours.review,
            })
            .collect(),
        is_for_alerts: one.for_alerts,
    }
}

fn shown_outcome(one: &actions::Outcome) -> view::CaseEnding {
    view::CaseEnding {
        id: one.id.clone(),
        name: Words::from(&one.name),
        about: Words::from(&one.about),
        means: one.means.as_str().to_owned(),
    }
}

fn shown_move(one: &Move) -> view::CaseMove {
    view::CaseMove {
        id: one.id.clone(),
        does: one.does.as_str().to_owned(),
        name: Words::from(&one.name),
        from: one.from.clone(),
        to: one.to.clone(),
        asks: one
            .asks
            .iter()
            .map(|ask| view::CaseAsk { field: ask.field.as_str().to_owned(), required: ask.required })
            .collect(),
        by: one.by.as_str().to_owned(),
    }
}
