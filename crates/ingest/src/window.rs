//! The orders whose lines stand near each other: those touched lately, in two generations, so that what is held does not
//! grow with the file.
//!
//! How far apart two lines are is counted in bytes of rows, so that long rows are held for as little as short ones. The
//! first pass over a file finds with a narrow window which orders come back after they were let go; the second holds
//! for at least as long as the first did, so whatever the first held together the second does too.

use std::collections::HashMap;
use std::hash::Hash;

/// A row counts as at most so many bytes, so that one long row does not push out what the second pass must hold.
const STEP: u64 = 64 * 1024;

/// The bytes that a second window must reach so that it lets go of nothing that a first one held.
pub(crate) const fn reach_after(first: u64) -> u64 {
    2 * (first + STEP)
}

/// Things touched lately. Holds those touched within the last `reach` bytes at least, and one; within twice as many at
/// most.
#[derive(Debug)]
pub(crate) struct Window<K, V> {
    reach: u64,
    passed: u64,
    /// The one touched last: the next line is most often of the same order.
    last: Option<(K, V)>,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Hash + Eq, V> Window<K, V> {
    pub(crate) fn new(reach: u64) -> Self {
        Self { reach, passed: 0, last: None, young: HashMap::new(), old: HashMap::new() }
    }

    /// Goes on by a row of so many bytes; what has not been touched for long is let go.
    pub(crate) fn advance(&mut self, bytes: u64) -> Option<HashMap<K, V>> {
        self.passed = self.passed.saturating_add(bytes.min(STEP));
        if self.passed < self.reach {
            return None;
        }
        self.passed = 0;
        // About as many will come again.
        let room = HashMap::with_capacity(self.young.len());
        Some(std::mem::replace(&mut self.old, std::mem::replace(&mut self.young, room)))
    }

    /// The thing under a key, if it is still held; it counts as touched.
    pub(crate) fn touch<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if self.last.as_ref().is_none_or(|(last, _)| last.borrow() != key) {
            if self.old.is_empty() && self.young.is_empty() {
                return None;
            }
            let found = self.old.remove_entry(key).or_else(|| self.young.remove_entry(key))?;
            self.young.extend(self.last.replace(found));
        }
        self.touched()
    }

    /// Whether it is the thing touched or held last.
    pub(crate) fn is_last(&self, key: &K) -> bool {
        self.last.as_ref().is_some_and(|(last, _)| last == key)
    }

    /// The thing touched or held last.
    pub(crate) fn touched(&mut self) -> Option<&mut V> {
        self.last.as_mut().map(|(_, value)| value)
    }

    /// Lets the thing touched or held last go.
    pub(crate) fn take_last(&mut self) -> Option<(K, V)> {
        self.last.take()
    }

    /// Holds a new thing.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.young.extend(self.last.replace((key, value)));
    }

    /// Everything still held.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (K, V)> {
        std::mem::take(&mut self.old).into_iter().chain(std::mem::take(&mut self.young)).chain(self.last.take())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_touched_lately_is_held() {
        let mut window = Window::new(20);
        for (key, value) in [("a", 1), ("b", 2)] {
            assert!(window.advance(8).is_none());
            window.insert(key, value);
        }
        assert!(window.advance(8).unwrap().is_empty(), "nothing is old yet");
        window.insert("c", 3);
        assert_eq!(window.touch("a"), Some(&mut 1), "touched again, it stays");
        window.advance(8);
        window.advance(8);
        assert!(window.advance(8).unwrap().is_empty(), "what was young is old now");
        assert_eq!(window.touch("c"), Some(&mut 3));
        window.advance(8);
        window.advance(8);
        let gone = window.advance(8).unwrap();
        assert_eq!(gone.into_keys().collect::<Vec<_>>(), ["b"]);
        assert_eq!(window.touch("b"), None);
        let mut left: Vec<_> = window.drain().map(|(key, _)| key).collect();
        left.sort_unstable();
        assert_eq!(left, ["a", "c"]);
    }

    proptest! {
        /// Of any rows: what a first window holds from one touch to the next, a second one holds too, even where some
        /// rows are not shown to it.
        #[test]
        fn the_second_window_holds_whatever_the_first_did(
            rows in proptest::collection::vec((0u8..12, 1u64..400, any::<bool>()), 1..400),
        ) {
            let (mut first, mut second) = (Window::new(1_000), Window::new(reach_after(1_000)));
            // Rows of these are scattered: the second window is not shown them.
            let mut scattered = std::collections::BTreeSet::new();
            let mut begun = std::collections::BTreeSet::new();
            for (key, bytes, _) in &rows {
                first.advance(*bytes);
                if first.touch(key).is_none() {
                    first.insert(*key, ());
                    if !begun.insert(*key) {
                        scattered.insert(*key);
                    }
                }
            }
            let mut opened = std::collections::BTreeSet::new();
            for (key, bytes, is_sound) in &rows {
                second.advance(*bytes);
                if scattered.contains(key) || second.touch(key).is_some() || !is_sound {
                    continue;
                }
                prop_assert!(opened.insert(*key), "an order is opened once");
                second.insert(*key, ());
            }
        }
    }
}
