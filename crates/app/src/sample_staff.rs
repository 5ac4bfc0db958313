//! Who works at the sample company: teams below one department, each with a head.

use std::collections::BTreeSet;

use store::{NewStaff, NewUnit, Role};
use vocab::Instant;

use crate::people::{hash_password, secret};
use crate::{App, Error};

const DEPARTMENT: &str = "客户成功部";
const TEAMS: [&str; 3] = ["华东组", "华南组", "北方组"];
const ACTOR: &str = "liuke";

impl App {
    /// Employs those whose names stand in the data as owners, dealt into teams of equal size; the first of each team heads
    /// it. Nobody knows their password; in the sample company only the administrator of the demo signs in.
    ///
    /// # Errors
    /// When the store fails; a conflict when they work here already.
    pub async fn employ_sample_staff(&self, owners: &[&str], now: Instant) -> Result<(), Error> {
        let store = self.store();
        let unit = |name: &str, parent_id, heads| NewUnit { name: name.to_owned(), parent_id, heads };
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
}
