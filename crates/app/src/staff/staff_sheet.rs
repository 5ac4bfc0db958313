//! A staff sheet, read as any table is: who is in it, under which unit, what is wrong; then invitations for whoever is
//! right.

use std::collections::{BTreeMap, BTreeSet};

use store::{Role, UnitRecord};
use vocab::Instant;

use crate::error::Error;
use crate::staff::people::{check_name, filled, role_of};
use crate::view::{InvitationMade, InvitationRequest, SheetRequest, SheetRow, StaffSheet, Words};
use crate::{App, Reader, blocking, lab_table};

const MOST_ROWS: usize = 2_000;

const NAMES: [&str; 5] = ["姓名", "名称", "员工", "员工姓名", "name"];
const EMAILS: [&str; 7] = ["邮箱", "电子邮箱", "登录名", "账号", "email", "e-mail", "mail"];
const ROLES: [&str; 3] = ["角色", "权限", "role"];
const OWNERS: [&str; 6] = ["负责人", "负责人编码", "数据中的负责人", "owner", "owner_key", "owner key"];
const UNITS: [&str; 7] = ["部门", "组织", "门店", "所属部门", "unit", "department", "team"];

/// What roles are called in a sheet, beside their own words.
const ROLE_WORDS: [(&str, Role); 9] = [
    ("管理员", Role::Admin),
    ("主管", Role::Manager),
    ("店长", Role::Manager),
    ("客户经理", Role::Owner),
    ("销售", Role::Owner),
    ("导购", Role::Owner),
    ("客服", Role::Service),
    ("分析", Role::Analyst),
    ("只读", Role::Readonly),
];

impl App {
    /// What an uploaded sheet would become: nothing is written.
    pub async fn staff_sheet(&self, reader: &Reader, upload_id: &str) -> Result<StaffSheet, Error> {
        reader.may_administer()?;
        let (path, _) = self.upload(upload_id)?;
        let table = blocking(move || lab_table(&path)).await?;
        let column = |names: &[&str]| {
            let is = |header: &str| names.contains(&header.trim().to_lowercase().as_str());
            table.columns().iter().find(|column| is(column.name()))
        };
        let (Some(names), Some(emails)) = (column(&NAMES), column(&EMAILS)) else {
            return Err(Error::bad(
                "no_staff_columns",
                ("没有找到“姓名”和“邮箱”两列", "there are no columns for name and e-mail"),
                ("表头写成：姓名、邮箱、角色、部门、负责人", "call the columns: name, email, role, unit, owner"),
            ));
        };
        let (roles, owners, units) = (column(&ROLES), column(&OWNERS), column(&UNITS));
        let cell = |column: Option<&training::lab::Column>, row: usize| {
            filled(column.map(|column| column.cell(row).to_owned()))
        };
        let rows = (0..table.row_count().min(MOST_ROWS)).map(|row| {
            let role = cell(roles, row).unwrap_or_else(|| Role::Owner.as_str().to_owned());
            let known = ROLE_WORDS.iter().find(|(word, _)| *word == role).map(|(_, role)| role.as_str().to_owned());
            SheetRow {
                name: names.cell(row).trim().to_owned(),
                email: emails.cell(row).trim().to_lowercase(),
                role: known.unwrap_or(role),
                owner_key: cell(owners, row),
                unit: cell(units, row),
                problems: Vec::new(),
            }
        });
        self.checked(rows.collect()).await
    }

    /// Invites whoever is right in a sheet and makes the units that are missing: all of them or nobody.
    pub async fn invite_sheet(
        &self,
        reader: &Reader,
        request: SheetRequest,
        now: Instant,
    ) -> Result<Vec<InvitationMade>, Error> {
        reader.may_administer()?;
        let sheet = self.checked(request.rows).await?;
        if sheet.good_count == 0 {
            return Err(Error::bad(
                "nobody_to_invite",
                ("没有可以邀请的人", "there is nobody who can be invited"),
                ("请先改正表中的问题", "mend what is wrong in the sheet first"),
            ));
        }
        let mut people = Vec::new();
        for row in sheet.rows.into_iter().filter(|row| row.problems.is_empty()) {
            let unit_id = match &row.unit {
                Some(path) => Some(self.unit_of(reader, path, now).await?),
                None => None,
            };
            let SheetRow { name, email, role, owner_key, .. } = row;
            people.push(InvitationRequest { name, email, role, owner_key, unit_id });
        }
        self.invite_all(reader, people, now).await
    }

    /// Rows with what is wrong with them.
    async fn checked(&self, mut rows: Vec<SheetRow>) -> Result<StaffSheet, Error> {
        let taken: BTreeSet<String> = self.store().staff().await?.into_iter().map(|one| one.email).collect();
        let units = self.store().units().await?;
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut new_units = BTreeSet::new();
        for row in &mut rows {
            row.email = row.email.trim().to_lowercase();
            row.problems.clear();
            let said = [check_name(&row.name, &row.email).err(), role_of(&row.role).err()];
            row.problems.extend(said.into_iter().flatten().map(|error| error.detail().clone()));
            if taken.contains(&row.email) {
                row.problems.push(Words::new("这个登录名已有人使用", "the sign-in name is taken"));
            }
            let times = seen.entry(row.email.clone()).or_default();
            *times += 1;
            if *times > 1 {
                row.problems.push(Words::new("表中有重复的登录名", "the sign-in name is in the sheet twice"));
            }
            if let Some(path) = row.unit.as_ref().filter(|path| found(&units, path).is_none()) {
                new_units.insert(levels(path).join("/"));
            }
        }
        let good_count = rows.iter().filter(|row| row.problems.is_empty()).count() as u64;
        Ok(StaffSheet { rows, good_count, new_units: new_units.into_iter().collect() })
    }

    /// The unit of a path; its missing levels are made.
    async fn unit_of(&self, reader: &Reader, path: &str, now: Instant) -> Result<i64, Error> {
        let mut parent: Option<i64> = None;
        let units = self.store().units().await?;
        if let Some(unit) = found(&units, path) {
            return Ok(unit);
        }
        for name in levels(path) {
            let known = units.iter().find(|unit| unit.name == name && unit.parent_id == parent).map(|unit| unit.id);
            let id = match known {
                Some(id) => id,
                None => {
                    let (name, heads) = (name.to_owned(), BTreeSet::new());
                    let new = store::NewUnit { name, parent_id: parent, heads, work_hours: None };
                    self.store().add_unit(&new, &reader.actor(), now).await?.id
                }
            };
            parent = Some(id);
        }
        parent.ok_or_else(|| Error::not_found(("这个部门", "the unit")))
    }
}

/// The levels of a path, the topmost first.
fn levels(path: &str) -> Vec<&str> {
    path.split(['/', '／', '>', '》']).map(str::trim).filter(|level| !level.is_empty()).collect()
}

/// The unit that a path leads to: from the top, or by its name alone where only one has it.
fn found(units: &[UnitRecord], path: &str) -> Option<i64> {
    let levels = levels(path);
    let mut parent = None;
    let whole = levels.iter().try_fold((), |(), name| {
        let unit = units.iter().find(|unit| unit.name == *name && unit.parent_id == parent)?;
        parent = Some(unit.id);
        Some(())
    });
    match (whole, levels.as_slice()) {
        (Some(()), _) => parent,
        (None, [name]) => {
            let mut named = units.iter().filter(|unit| unit.name == *name);
            named.next().filter(|_| named.next().is_none()).map(|unit| unit.id)
        }
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: i64, name: &str, parent_id: Option<i64>) -> UnitRecord {
        UnitRecord { id, version: 1, name: name.to_owned(), parent_id, heads: BTreeSet::new(), work_hours: None }
    }

    #[test]
    fn a_unit_is_found_by_its_path_or_by_a_name_that_only_one_has() {
        let tree = [unit(1, "华东", None), unit(2, "一店", Some(1)), unit(3, "华南", None), unit(4, "一店", Some(3))];
        assert_eq!(found(&tree, "华东/一店"), Some(2));
        assert_eq!(found(&tree, " 华南 ／ 一店 "), Some(4));
        assert_eq!(found(&tree, "一店"), None, "two have that name");
        assert_eq!(found(&tree, "华南"), Some(3));
        assert_eq!(found(&tree, "华北/一店"), None);
    }
}
