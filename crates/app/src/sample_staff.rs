//! Who works at the sample company: teams below one department, each with a head.

use std::collections::BTreeSet;

use store::{AnswerState, NewReminderAnswer, NewStaff, NewUnit, Role};
use vocab::{CustomerId, Instant, Scope};

use crate::people::{hash_password, secret};
use crate::view::ReminderRow;
use crate::{App, Error, ReminderQuery};

const DEPARTMENT: &str = "客户成功部";
const TEAMS: [&str; 3] = ["华东组", "华南组", "北方组"];
const ACTOR: &str = "liuke";
/// Of so many reminders one is left lying.
const LEFT_LYING: u32 = 30;

impl App {
    /// Employs those whose names stand in the data as owners, dealt into teams of equal size; the first of each team heads
    /// it. Nobody knows their password; in the sample company only the administrator of the demo signs in.
    ///
    /// # Errors
    /// When the store fails; a conflict when they work here already.
    pub async fn employ_sample_staff(&self, owners: &[&str], now: Instant) -> Result<(), Error> {
        let store = self.store();
        let unit = |name: &str, parent_id, heads| NewUnit { name: name.to_owned(), parent_id, heads, work_hours: None };
        let department = store.add_unit(&unit(DEPARTMENT, None, BTreeSet::new()), ACTOR, now).await?;
        let password_hash = hash_password(secret()?).await?;
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
}

/// Habits, not chance: the same reminder is left lying every time.
fn is_left_lying(row: &ReminderRow) -> bool {
    let letters = row.customer_id.bytes().chain(row.key.bytes());
    let habit = letters.fold(7_u32, |sum, letter| sum.wrapping_mul(31).wrapping_add(u32::from(letter)));
    habit.is_multiple_of(LEFT_LYING)
}
