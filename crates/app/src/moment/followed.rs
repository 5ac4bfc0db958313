//! What is made of rows of the operational memory and kept here, with how far the history was followed: what the history tells
//! nothing new of is not read again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::{News, Resource, Store};
use vocab::Scope;

use crate::error::Error;

/// Something made of such rows, and the number of the history up to which it is true; nothing until it was made.
pub(crate) struct Followed<T>(Mutex<Option<(i64, Arc<T>)>>);

impl<T> Default for Followed<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Followed<T> {
    /// What is kept, and what the history tells since of rows of these sorts. Where nothing is kept only the number of the
    /// news counts: everything is to be read.
    pub(crate) async fn news(&self, store: &Store, sorts: &[Resource]) -> Result<(Option<Arc<T>>, News), Error> {
        let kept = self.lock().clone();
        let number = kept.as_ref().map_or(i64::MAX, |(number, _)| *number);
        let news = store.news_of(&Scope::All, number, sorts).await?;
        Ok((kept.map(|(_, kept)| kept), news))
    }

    /// Keeps what is true up to a number of the history, unless somebody else has come further.
    pub(crate) fn keep(&self, number: i64, made: &Arc<T>) {
        let mut kept = self.lock();
        if kept.as_ref().is_none_or(|(known, _)| *known <= number) {
            *kept = Some((number, Arc::clone(made)));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<(i64, Arc<T>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
