//! Work on the firm's history in the background: one of a kind at a time, with progress, stopped when asked to.
//!
//! What came of the last one is kept as long as the process lives: it can be worked out again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Class, Error};

/// The work of a kind that runs, or ran last, as screens show it.
pub(crate) struct Study<T> {
    last: Mutex<Option<Last<T>>>,
}

struct Last<T> {
    run: T,
    is_running: bool,
    stop: Arc<AtomicBool>,
}

impl<T> Default for Study<T> {
    fn default() -> Self {
        Study { last: Mutex::new(None) }
    }
}

impl<T: Clone> Study<T> {
    fn lock(&self) -> MutexGuard<'_, Option<Last<T>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the place; what is given back is set once somebody wants it stopped.
    ///
    /// # Errors
    /// `learning_running`.
    pub(crate) fn begin(&self, run: T) -> Result<Arc<AtomicBool>, Error> {
        let mut last = self.lock();
        if last.as_ref().is_some_and(|last| last.is_running) {
            return Err(Error::new(
                Class::Conflict,
                "learning_running",
                ("另一次从历史学习还在进行", "something else is being learnt from history"),
                ("等它结束，或先取消它", "wait for it, or cancel it first"),
            ));
        }
        let stop = Arc::new(AtomicBool::new(false));
        *last = Some(Last { run, is_running: true, stop: Arc::clone(&stop) });
        Ok(stop)
    }

    /// Tells how far it is.
    pub(crate) fn tell(&self, change: impl FnOnce(&mut T)) {
        if let Some(last) = self.lock().as_mut() {
            change(&mut last.run);
        }
    }

    /// Tells what came of it; the place is free again.
    pub(crate) fn end(&self, change: impl FnOnce(&mut T)) {
        if let Some(last) = self.lock().as_mut() {
            change(&mut last.run);
            last.is_running = false;
        }
    }

    /// Stops the one that runs.
    ///
    /// # Errors
    /// `not_found`.
    pub(crate) fn stop(&self) -> Result<(), Error> {
        match self.lock().as_ref().filter(|last| last.is_running) {
            Some(last) => last.stop.store(true, Ordering::Relaxed),
            None => return Err(Error::not_found(("正在进行的学习", "anything that is being learnt"))),
        }
        Ok(())
    }

    /// The one that runs, or ran last.
    pub(crate) fn last(&self) -> Option<T> {
        self.lock().as_ref().map(|last| last.run.clone())
    }
}

/// How a piece of work ended, as screens call it: `done`, `refused`, `stopped` or `failed`.
pub(crate) fn state_of<T>(worked: &Result<T, Error>, is_answered: impl FnOnce(&T) -> bool) -> String {
    let word = match worked {
        Ok(answer) if is_answered(answer) => "done",
        Ok(_) => "refused",
        Err(error) if error.code() == "stopped" => "stopped",
        Err(_) => "failed",
    };
    word.to_owned()
}
