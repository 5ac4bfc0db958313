//! Words that repeat a hundred thousand times, as numbers: owners, desks, types, stages, rules.

use std::collections::HashMap;

/// Place of nobody.
const NOBODY: u32 = u32::MAX;

/// Words that repeat, by place.
#[derive(Debug, Default)]
pub(crate) struct Names {
    names: Vec<String>,
    places: HashMap<String, u32>,
}

impl Names {
    /// The place of a name, which it is given when it comes for the first time.
    pub(crate) fn place(&mut self, name: &str) -> u32 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = u32::try_from(self.names.len()).unwrap_or(NOBODY);
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }

    /// The same, where it may be nobody's.
    pub(crate) fn place_of(&mut self, name: Option<&str>) -> u32 {
        name.map_or(NOBODY, |name| self.place(name))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The name at a place; none of nobody.
    pub(crate) fn name(&self, place: u32) -> Option<&str> {
        self.names.get(place as usize).map(String::as_str)
    }
}

/// Which places pass.
pub(crate) struct Gate {
    open: Vec<bool>,
    nobody: bool,
}

impl Gate {
    /// Those of the names that pass, and whether nobody does.
    pub(crate) fn of(names: &Names, passes: impl Fn(Option<&str>) -> bool) -> Gate {
        Gate { open: names.names.iter().map(|name| passes(Some(name))).collect(), nobody: passes(None) }
    }

    /// Whether the one at a place passes.
    pub(crate) fn passes(&self, place: u32) -> bool {
        self.open.get(place as usize).copied().unwrap_or(self.nobody)
    }
}
