//! The orders whose lines stand near each other: those touched lately, in two generations, so that what is held does not
//! grow with the file.
//!
//! The first pass over a file finds with a narrow window which orders come back after they were let go; the second holds
//! at least as many orders as the first did, so whatever the first held together the second does too.

use std::collections::HashMap;
use std::hash::Hash;

/// Things touched lately. Holds the last `width` of them at least, twice as many at most.
#[derive(Debug)]
pub(crate) struct Window<K, V> {
    width: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Hash + Eq, V> Window<K, V> {
    pub(crate) fn new(width: usize) -> Self {
        Self { width, young: HashMap::new(), old: HashMap::new() }
    }

    /// The thing under a key, if it is still held; it counts as touched.
    pub(crate) fn touch<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if let Some((key, value)) = self.old.remove_entry(key) {
            return Some(self.young.entry(key).or_insert(value));
        }
        self.young.get_mut(key)
    }

    /// Holds a new thing; what has not been touched for long is let go.
    pub(crate) fn insert(&mut self, key: K, value: V) -> HashMap<K, V> {
        let gone = match self.young.len() >= self.width {
            true => std::mem::replace(&mut self.old, std::mem::take(&mut self.young)),
            false => HashMap::new(),
        };
        self.young.insert(key, value);
        gone
    }

    /// Everything still held.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (K, V)> {
        std::mem::take(&mut self.old).into_iter().chain(std::mem::take(&mut self.young))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_touched_lately_is_held() {
        let mut window = Window::new(2);
        assert!(window.insert("a", 1).is_empty() && window.insert("b", 2).is_empty());
        assert!(window.insert("c", 3).is_empty());
        assert_eq!(window.touch("a"), Some(&mut 1));
        assert_eq!(window.insert("d", 4).into_keys().collect::<Vec<_>>(), ["b"]);
        assert_eq!(window.touch("b"), None);
        let mut left: Vec<_> = window.drain().map(|(key, _)| key).collect();
        left.sort_unstable();
        assert_eq!(left, ["a", "c", "d"]);
    }
}
