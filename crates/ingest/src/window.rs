//! The orders whose lines stand near each other: those touched lately, in two generations, so that what is held does not
//! grow with the file.
//!
//! The first pass over a file finds with a narrow window which orders come back after they were let go; the second holds
//! at least as many orders as the first did, so whatever the first held together the second does too.

use std::collections::HashMap;
use std::hash::Hash;

/// Things touched lately. Holds the last `width` of them at least, twice as many and one at most.
#[derive(Debug)]
pub(crate) struct Window<K, V> {
    width: usize,
    /// The one touched last: the next line is most often of the same order.
    last: Option<(K, V)>,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Hash + Eq, V> Window<K, V> {
    pub(crate) fn new(width: usize) -> Self {
        Self { width, last: None, young: HashMap::new(), old: HashMap::new() }
    }

    /// The thing under a key, if it is still held; it counts as touched.
    pub(crate) fn touch<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if self.last.as_ref().is_none_or(|(last, _)| last.borrow() != key) {
            let found = self.old.remove_entry(key).or_else(|| self.young.remove_entry(key))?;
            // One comes out and one goes in: nothing has to be let go.
            self.young.extend(self.last.replace(found));
        }
        self.last.as_mut().map(|(_, value)| value)
    }

    /// Holds a new thing; what has not been touched for long is let go.
    pub(crate) fn insert(&mut self, key: K, value: V) -> HashMap<K, V> {
        let Some((before, of_before)) = self.last.replace((key, value)) else { return HashMap::new() };
        let gone = match self.young.len() >= self.width {
            true => std::mem::replace(&mut self.old, std::mem::take(&mut self.young)),
            false => HashMap::new(),
        };
        self.young.insert(before, of_before);
        gone
    }

    /// Everything still held.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (K, V)> {
        std::mem::take(&mut self.old).into_iter().chain(std::mem::take(&mut self.young)).chain(self.last.take())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_touched_lately_is_held() {
        let mut window = Window::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
            assert!(window.insert(key, value).is_empty());
        }
        assert_eq!(window.touch("d"), Some(&mut 4));
        assert_eq!(window.touch("a"), Some(&mut 1));
        assert_eq!(window.insert("e", 5).into_keys().collect::<Vec<_>>(), ["b"]);
        assert!(window.insert("f", 6).is_empty());
        assert_eq!(window.touch("b"), None);
        let mut left: Vec<_> = window.drain().map(|(key, _)| key).collect();
        left.sort_unstable();
        assert_eq!(left, ["a", "c", "d", "e", "f"]);
    }
}
