//! Something large that is made while what it will take the place of still answers.

use std::thread::JoinHandle;

use facts::giving_way;

/// One such thing at a time, made by a thread that gives way.
pub(crate) struct Aside<K, T>(Option<(K, JoinHandle<T>)>);

impl<K, T> Default for Aside<K, T> {
    fn default() -> Self {
        Aside(None)
    }
}

impl<K: PartialEq, T: Send + 'static> Aside<K, T> {
    /// What was made for `wanted`, once, when it is done; until then `None`, and it is begun where nothing is being made.
    /// What was made for something else is thrown away.
    ///
    /// # Panics
    /// Where making it did.
    pub fn take(&mut self, wanted: K, make: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        match self.0.take() {
            Some((of, making)) if !making.is_finished() => {
                self.0 = Some((of, making));
                None
            }
            Some((of, making)) if of == wanted => {
                Some(making.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            }
            _ => {
                self.0 = Some((wanted, std::thread::spawn(move || giving_way(true, make))));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
        loop {
            if let Some(found) = look() {
                return found;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn it_is_made_once_and_given_once_and_what_nobody_wants_any_more_is_made_anew() {
        let mut aside = Aside::default();
        let (go, may) = channel();
        let waiting = move || may.recv().map(|()| "a").unwrap_or_default();
        assert_eq!(aside.take("A", waiting), None);
        assert_eq!(aside.take("A", || "made twice"), None, "it is being made");
        assert_eq!(aside.take("B", || "too early"), None, "one at a time");
        Sender::send(&go, ()).unwrap();
        assert_eq!(until(|| aside.take("A", || "made twice")), "a");
        // Now another is wanted than was begun.
        assert_eq!(aside.take("C", || "c"), None);
        assert_eq!(until(|| aside.take("D", || "d")), "d");
    }
}
