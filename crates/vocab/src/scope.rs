//! Whose customers a reader may see.

use std::collections::BTreeSet;

/// The part of the firm that a reader may see. Applied once, before anything is listed, counted, searched or exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every customer, the pool included.
    All,
    /// Only customers whose present owner is one of these staff keys. Customers without an owner are not in it.
    Owners(BTreeSet<String>),
}

impl Scope {
    /// Whether a customer with this owner may be seen.
    pub fn admits(&self, owner: Option<&str>) -> bool {
        match (self, owner) {
            (Scope::All, _) => true,
            (Scope::Owners(owners), Some(owner)) => owners.contains(owner),
            (Scope::Owners(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salesperson_sees_their_own_customers_and_not_the_pool() {
        let mine = Scope::Owners(BTreeSet::from(["wang".to_owned()]));
        assert!(mine.admits(Some("wang")));
        assert!(!mine.admits(Some("li")));
        assert!(!mine.admits(None));
        assert!(Scope::All.admits(None));
    }
}
