//! Who works at the sample company: teams below one department, each with a head; and what they do that nobody at the
//! keyboard does for them. All of it goes through the doors that everybody uses.

use std::collections::BTreeSet;

use actions::Verb;
use store::{AnswerState, NewReminderAnswer, NewStaff, NewUnit, Role};
use vocab::{CustomerId, Instant, Scope};

use crate::learnt::trained::TrainingQuery;
use crate::staff::people::{hash_password, secret, staff_view};
use crate::view::{ModelStep, MoveCase, NewCase, ReminderRow};
use crate::working::case_moves::Meant;
use crate::{App, Error, Reader, ReminderQuery};

const DEPARTMENT: &str = "客户成功部";
const TEAMS: [&str; 3] = ["华东组", "华南组", "北方组"];
const ACTOR: &str = "liuke";
/// Runs the department, and answers for which model is in service.
const DIRECTOR: (&str, &str) = ("顾清和", "guqinghe@yunzhan.example");
/// Of so many reminders one is left lying.
const LEFT_LYING: u32 = 30;
/// What a case is about that is opened only to write down why a customer left.
const ABOUT_LEAVING: &str = "客户不再续用，回访问清原因";

/// A customer who left, as the sample company's people came to hear of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleLoss {
    /// Who.
    pub customer: CustomerId,
    /// When somebody asked.
    pub heard_at: Instant,
    /// What they were told: id of a confirmed reason.
    pub reason: &'static str,
}

/// What one of the sample company's people does with a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleMove<'a> {
    /// Takes it on.
    Accept,
    /// Writes down what was done.
    Act {
        /// In a sentence.
        note: &'a str,
    },
    /// Ends it.
    Close {
        /// Id of an outcome of its type.
        outcome: &'a str,
    },
}

impl App {
    /// Makes a move on a case, by its number and version; the version after it. Nobody waits for the page of the case, as they
    /// do who use [`App::move_case`].
    ///
    /// # Errors
    /// As [`App::move_case`].
    pub async fn make_sample_move(
        &self,
        reader: &Reader,
        (id, version): (i64, i64),
        what: SampleMove<'_>,
        at: Instant,
    ) -> Result<i64, Error> {
        let request = MoveCase { version, ..MoveCase::default() };
        let (meant, request) = match what {
            SampleMove::Accept => (Meant::Does(Verb::Acknowledge), request),
            SampleMove::Act { note } => (Meant::Id("act"), MoveCase { note: Some(note.to_owned()), ..request }),
            SampleMove::Close { outcome } => {
                (Meant::Does(Verb::Close), MoveCase { outcome: Some(outcome.to_owned()), ..request })
            }
        };
        self.make_move(reader, id, meant, &request, at).await
    }

    /// Employs those whose names stand in the data as owners, dealt into teams of equal size; the first of each team heads
    /// it, and above them is somebody who may put a model in service. Nobody knows their password; in the sample company
    /// only the administrator of the demo signs in.
    ///
    /// # Errors
    /// When the store fails; a conflict when they work here already.
    pub async fn employ_sample_staff(&self, owners: &[&str], now: Instant) -> Result<(), Error> {
        let store = self.store();
        let unit = |name: &str, parent_id, heads| NewUnit { name: name.to_owned(), parent_id, heads, work_hours: None };
        let department = store.add_unit(&unit(DEPARTMENT, None, BTreeSet::new()), ACTOR, now).await?;
        let password_hash = hash_password(secret()?).await?;
        let (name, email) = DIRECTOR;
        let director = NewStaff {
            name: name.to_owned(),
            email: email.to_owned(),
            password_hash: password_hash.clone(),
            role: Role::Admin,
            owner_key: None,
            unit_id: Some(department.id),
        };
        store.add_staff(&director, ACTOR, now).await?;
        let team_size = owners.len().div_ceil(TEAMS.len()).max(1);
        for (number, (team, members)) in TEAMS.iter().zip(owners.chunks(team_size)).enumerate() {
            let team = store.add_unit(&unit(team, Some(department.id), BTreeSet::new()), ACTOR, now).await?;
            let mut head = BTreeSet::new();
            for (place, name) in members.iter().enumerate() {
                let person = NewStaff {
                    name: (*name).to_owned(),
                    email: format!("cs{}{:02}@yunzhan.example", number + 1, place + 1),
                    password_hash: password_hash.clone(),
                    role: if place == 0 { Role::Manager } else { Role::Owner },
                    owner_key: Some((*name).to_owned()),
                    unit_id: Some(team.id),
                };
                let person = store.add_staff(&person, ACTOR, now).await?;
                if place == 0 {
                    head.insert(person.id);
                }
            }
            let led = unit(&team.name, team.parent_id, head);
            store.change_unit(team.id, team.version, &led, ACTOR, now).await?;
        }
        Ok(())
    }

    /// The sample company's people work through the reminders that are due: each owner those of their own customers, but
    /// for a few that are left lying. Without it a company of years would begin with every reminder of months at once.
    /// Returns how many were answered.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn answer_sample_reminders(&self, now: Instant) -> Result<u64, Error> {
        let query = ReminderQuery { limit: usize::MAX, ..ReminderQuery::default() };
        let due = self.reminders(&Scope::All, &query, None, now).await?.rows;
        let mut answered = 0;
        for row in due.into_iter().filter(|row| row.state == "due" && !is_left_lying(row)) {
            // A day as it is written begins with its year.
            let year = row.due_on.split('-').next().and_then(|year| year.parse().ok());
            let Some(year) = year else { continue };
            let actor = row.owner.unwrap_or_else(|| ACTOR.to_owned());
            let answer = NewReminderAnswer {
                customer: CustomerId::from(row.customer_id),
                kind: row.kind,
                key: row.key,
                year,
                state: AnswerState::Done,
                until_on: None,
                note: None,
            };
            self.store().answer_reminder(&Scope::All, &answer, row.version, &actor, now).await?;
            answered += 1;
        }
        Ok(answered)
    }

    /// The sample company's people close the cases of customers who left, with the reason that they were told. Whoever has
    /// no open case gets one by hand, so that it is written down. `as_whom` says who that is, by the customer's owner.
    /// Returns how many were closed so.
    ///
    /// # Edges
    /// Whoever is not on the lists yet is passed over.
    ///
    /// # Errors
    /// As [`App::open_case`] and [`App::move_case`].
    pub async fn confirm_sample_losses(
        &self,
        losses: &[SampleLoss],
        as_whom: impl Fn(Option<&str>) -> Reader,
    ) -> Result<u64, Error> {
        let Some(first) = losses.first() else { return Ok(0) };
        let snapshot = self.present_snapshot(first.heard_at).await?;
        let retention = self.definitions().cases.for_alerts().ok_or_else(|| Error::internal("no case type"))?;
        let customers: Vec<CustomerId> = losses.iter().map(|loss| loss.customer.clone()).collect();
        let owners = self.store().desk_of(&Scope::All, &customers).await?.owners;
        let mut closed = 0;
        for loss in losses.iter().filter(|loss| snapshot.position(&loss.customer).is_some()) {
            let reader = as_whom(owners.get(&loss.customer).map(String::as_str));
            let (id, version) = match self.open_case_of(&Scope::All, &loss.customer).await? {
                Some(case) => (case.id, case.version),
                None => {
                    let new = NewCase {
                        customer_id: loss.customer.to_string(),
                        type_id: retention.id.clone(),
                        about: ABOUT_LEAVING.to_owned(),
                        severity: None,
                        to: None,
                    };
                    let opened = self.open_case(&reader, new, loss.heard_at).await?.case;
                    (opened.id, opened.version)
                }
            };
            let close = MoveCase {
                version,
                outcome: Some("churned".to_owned()),
                churn_reason: Some(loss.reason.to_owned()),
                ..MoveCase::default()
            };
            self.make_move(&reader, id, Meant::Does(Verb::Close), &close, loss.heard_at).await?;
            closed += 1;
        }
        Ok(closed)
    }

    /// The sample company has a model learnt, in peace, and its director puts it in service if history carries one.
    /// Answers its number among everything; `None` where no model came of it, and the training says why.
    ///
    /// # Errors
    /// `training_running` where somebody was faster; as [`App::promote_model`].
    pub async fn put_sample_model_in_service(&self, clock: impl Fn() -> Instant) -> Result<Option<i64>, Error> {
        let director = self.store().staff_by_email(DIRECTOR.1).await?;
        let director = Reader { staff: director.as_ref().map(staff_view), ..Reader::command_line() };
        let query = TrainingQuery { is_calm: true, ..TrainingQuery::default() };
        let now = clock();
        let (churn, as_of) = self.training_asked(&query, now).await?;
        let query = TrainingQuery { churn: Some(churn), as_of: Some(as_of), ..query };
        let (_, work) = self.begin_training(director.actor(), query, now)?;
        work.await.map_err(Error::internal)?;
        let Some(id) = self.last_training().and_then(|run| run.model_id) else { return Ok(None) };
        let row = self.model_page(&director, id).await?.row;
        let note = format!("看过模型卡（{}），先和打分卡并排用一个月", row.passport.sentence.zh);
        self.promote_model(&director, id, ModelStep { version: row.version, note: Some(note) }, clock()).await?;
        Ok(Some(id))
    }
}

/// Habits, not chance: the same reminder is left lying every time.
fn is_left_lying(row: &ReminderRow) -> bool {
    let letters = row.customer_id.bytes().chain(row.key.bytes());
    let habit = letters.fold(7_u32, |sum, letter| sum.wrapping_mul(31).wrapping_add(u32::from(letter)));
    habit.is_multiple_of(LEFT_LYING)
}
