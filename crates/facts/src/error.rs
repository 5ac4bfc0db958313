//! Why the record could not be read or written.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// What sort of refusal it is; callers ask through the predicates of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Another process holds the folder.
    Locked,
    /// The disk or the system refused; the same call may succeed later.
    Storage,
    /// What is on disk is not what was written.
    Damaged,
    /// The caller asked for something that cannot be.
    Invalid,
    /// What was asked for is not there.
    Missing,
    /// More comes in than can be moved on; the same call will succeed once that has caught up.
    Busy,
    /// An earlier write failed half-way; the folder must be opened anew.
    Stopped,
}

/// A refusal of the record. Opaque: ask the predicates, print it with its sources.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    sort: Sort,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(sort: Sort, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner { sort, message: message.into(), source: None }))
    }

    pub(crate) fn because(
        sort: Sort,
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self(Arc::new(Inner { sort, message: message.into(), source: Some(source.into()) }))
    }

    pub(crate) fn damaged(message: impl Into<String>) -> Self {
        Self::new(Sort::Damaged, message)
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Sort::Invalid, message)
    }

    pub(crate) fn io(doing: &str, path: &Path, source: std::io::Error) -> Self {
        Self::because(Sort::Storage, format!("cannot {doing} {}", path.display()), source)
    }

    /// Whether another process holds the data folder.
    pub fn is_locked(&self) -> bool {
        self.0.sort == Sort::Locked
    }

    /// Whether the same call may succeed later: the disk was full, a file could not be opened.
    pub fn is_retryable(&self) -> bool {
        self.0.sort == Sort::Storage
    }

    /// Whether something on disk is missing or not what was written.
    pub fn is_damaged(&self) -> bool {
        self.0.sort == Sort::Damaged
    }

    /// Whether the caller asked for something that cannot be: a fact without message id, another zone for a folder
    /// that holds facts.
    pub fn is_invalid(&self) -> bool {
        self.0.sort == Sort::Invalid
    }

    /// Whether what was asked for is not there: a row of the quarantine that somebody else has released.
    pub fn is_missing(&self) -> bool {
        self.0.sort == Sort::Missing
    }

    /// Whether more has come in than could be moved on: nothing of the call was kept, and the same call will succeed
    /// in a moment. Whoever sent it is told to come again later.
    pub fn is_busy(&self) -> bool {
        self.0.sort == Sort::Busy
    }

    /// Whether an earlier failure left this handle unusable: drop it and open the folder again.
    pub fn is_stopped(&self) -> bool {
        self.0.sort == Sort::Stopped
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("sort", &self.0.sort).field("message", &self.0.message);
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
