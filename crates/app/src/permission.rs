//! What each role may do and how far it looks: the one table that the server's routes, the screens and the guide read.

use serde::Serialize;
use store::Role;
use utoipa::ToSchema;

/// Something that a route asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Reading customers, within one's scope.
    SeeCustomers,
    /// Working on customers: cases, tags, judgements.
    Work,
    /// Taking data out as a file.
    Export,
    /// Looking at a masked number or address; each look is recorded.
    Unmask,
    /// Reading what indicators, scorecards, rules and segments say.
    SeeDefinitions,
    /// Trying and changing them.
    EditDefinitions,
    /// Reading what came in and how good it is, of all customers.
    SeeData,
    /// Bringing data in and mending it.
    ManageData,
    /// Staff, the firm's settings, the audit.
    Administer,
}

impl Permission {
    /// Every one.
    pub const ALL: [Permission; 9] = [
        Permission::SeeCustomers,
        Permission::Work,
        Permission::Export,
        Permission::Unmask,
        Permission::SeeDefinitions,
        Permission::EditDefinitions,
        Permission::SeeData,
        Permission::ManageData,
        Permission::Administer,
    ];

    /// Whether it is about customers, so that the reader's choice of mine, my team or all narrows what is shown.
    pub fn is_about_customers(self) -> bool {
        matches!(self, Permission::SeeCustomers | Permission::Work | Permission::Export | Permission::Unmask)
    }
}

/// How far somebody looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Their own customers.
    Mine,
    /// Those of everybody below the units they head, and their own.
    Team,
    /// Every customer, the pool included.
    All,
}

impl Reach {
    /// Every one, the narrowest first.
    pub const ALL: [Reach; 3] = [Reach::Mine, Reach::Team, Reach::All];

    /// The word over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Reach::Mine => "mine",
            Reach::Team => "team",
            Reach::All => "all",
        }
    }

    /// The reach of that word.
    pub fn from_word(word: &str) -> Option<Reach> {
        Reach::ALL.into_iter().find(|reach| reach.as_str() == word)
    }
}

/// What a role may do.
pub(crate) fn permissions(role: Role) -> &'static [Permission] {
    use Permission as P;
    match role {
        Role::Admin => &P::ALL,
        Role::Manager | Role::Owner => &[P::SeeCustomers, P::Work, P::Export, P::Unmask, P::SeeDefinitions],
        Role::Service => &[P::SeeCustomers, P::Work, P::Unmask, P::SeeDefinitions],
        Role::Analyst => {
            &[P::SeeCustomers, P::Export, P::SeeDefinitions, P::EditDefinitions, P::SeeData, P::ManageData]
        }
        Role::Readonly => &[P::SeeCustomers, P::SeeDefinitions, P::SeeData],
    }
}

/// How far a role looks at most.
pub(crate) fn reach(role: Role) -> Reach {
    match role {
        Role::Admin | Role::Service | Role::Analyst | Role::Readonly => Reach::All,
        Role::Manager => Reach::Team,
        Role::Owner => Reach::Mine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = include_str!("../../../docs/guide/staff.md");

    /// Rows of the guide's table: a mark in each column, one column per role.
    #[test]
    fn the_guide_says_of_each_role_what_it_may() {
        let row = |id: &str| -> Vec<String> {
            let marked = format!("`{id}`");
            let line = GUIDE.lines().find(|line| line.starts_with('|') && line.contains(&marked)).unwrap();
            line.trim_matches('|').split('|').skip(1).map(|cell| cell.trim().to_owned()).collect()
        };
        for permission in Permission::ALL {
            let id = serde_json::to_value(permission).unwrap();
            for (role, cell) in Role::ALL.iter().zip(row(id.as_str().unwrap())) {
                assert_eq!(cell == "✓", permissions(*role).contains(&permission), "{role}: {permission:?}");
            }
        }
        for (role, cell) in Role::ALL.iter().zip(row("reach")) {
            assert!(cell.contains(reach(*role).as_str()), "{role}: {cell}");
        }
    }
}
