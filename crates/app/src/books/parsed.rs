//! Definitions that were read once and are kept for as long as the house stands, so that whoever looks through one may
//! hold on to it. A version is made by a person, now and then; they are never let go.

use std::sync::OnceLock;

use crate::error::Error;

/// Parsed definitions by key, one after the other.
pub(crate) struct Parsed<T> {
    first: OnceLock<Box<Kept<T>>>,
}

struct Kept<T> {
    key: String,
    parsed: T,
    next: OnceLock<Box<Kept<T>>>,
}

impl<T> Default for Parsed<T> {
    fn default() -> Self {
        Self { first: OnceLock::new() }
    }
}

impl<T> Parsed<T> {
    fn kept(&self) -> impl Iterator<Item = &Kept<T>> {
        std::iter::successors(self.first.get(), |one| one.next.get()).map(|one| &**one)
    }

    /// Everything that is kept, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.kept().map(|one| &one.parsed)
    }

    /// What is kept under a key, made if it is not there yet.
    pub(crate) fn get(&self, key: &str, make: impl FnOnce() -> Result<T, Error>) -> Result<&T, Error> {
        if let Some(found) = self.kept().find(|one| one.key == key) {
            return Ok(&found.parsed);
        }
        let mut ours = Box::new(Kept { key: key.to_owned(), parsed: make()?, next: OnceLock::new() });
        let mut slot = &self.first;
        loop {
            if let Some(there) = slot.get() {
                if there.key == key {
                    return Ok(&there.parsed);
                }
                slot = &there.next;
            } else if let Err(back) = slot.set(ours) {
                // Somebody else was quicker: ours goes behind theirs, unless theirs is the same.
                ours = back;
            } else {
                break;
            }
        }
        let found = self.kept().find(|one| one.key == key);
        found.map(|one| &one.parsed).ok_or_else(|| Error::internal("a definition that was just kept was not found"))
    }
}
