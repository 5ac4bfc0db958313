//! Why the store could not do what it was asked. Opaque: callers ask the predicates, people read the sentence.

use std::fmt;

use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// Why a request to the store failed.
#[derive(Debug)]
pub struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    Conflict { what: String, current: Option<i64> },
    NotFound { what: String },
    Refused { why: String },
    Unreadable { what: String },
    Database { doing: &'static str, source: DbErr },
}

impl Error {
    pub(crate) fn conflict(what: impl Into<String>, current: Option<i64>) -> Self {
        Self(Box::new(Kind::Conflict { what: what.into(), current }))
    }

    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self(Box::new(Kind::NotFound { what: what.into() }))
    }

    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self(Box::new(Kind::Refused { why: why.into() }))
    }

    pub(crate) fn unreadable(what: impl Into<String>) -> Self {
        Self(Box::new(Kind::Unreadable { what: what.into() }))
    }

    /// Turns the database's own error into ours, with what we were about; made for `map_err`.
    pub(crate) fn while_doing(doing: &'static str) -> impl FnOnce(DbErr) -> Self {
        move |source| match source.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::conflict(doing, None),
            _ => Self(Box::new(Kind::Database { doing, source })),
        }
    }

    /// Somebody else was faster: the row is no longer what the caller saw, or a row that may exist only once exists.
    pub fn is_conflict(&self) -> bool {
        matches!(*self.0, Kind::Conflict { .. })
    }

    /// After a conflict on a versioned row: the version it has now.
    pub fn current_version(&self) -> Option<i64> {
        match *self.0 {
            Kind::Conflict { current, .. } => current,
            _ => None,
        }
    }

    /// There is no such row, or none that this reader may see: the two are not told apart.
    pub fn is_not_found(&self) -> bool {
        matches!(*self.0, Kind::NotFound { .. })
    }

    /// The request makes no sense and would make none later either.
    pub fn is_refused(&self) -> bool {
        matches!(*self.0, Kind::Refused { .. })
    }

    /// The same request may succeed if it is made again: the database was busy, restarting or out of reach.
    pub fn is_retryable(&self) -> bool {
        match &*self.0 {
            Kind::Database { source, .. } => passes(source),
            _ => false,
        }
    }
}

/// Whether the database's complaint is one that passes.
fn passes(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => match error.as_database_error() {
            Some(database) => database.code().is_some_and(|code| is_passing_code(&code)),
            // Without a word from the database the connection itself broke.
            None => true,
        },
        _ => false,
    }
}

/// SQLite's busy and locked codes (5, 6 and their extended forms); PostgreSQL's serialisation failure, deadlock, lock
/// timeout, shutdown, start-up, too many connections and broken connections.
fn is_passing_code(code: &str) -> bool {
    matches!(code, "5" | "6" | "261" | "262" | "517" | "773")
        || matches!(code, "40001" | "40P01" | "55P03" | "57P01" | "57P02" | "57P03" | "53300")
        || (code.len() == 5 && code.starts_with("08"))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Conflict { what, current: Some(version) } => {
                write!(f, "somebody else was faster: {what} (now at version {version})")
            }
            Kind::Conflict { what, current: None } => write!(f, "somebody else was faster: {what}"),
            Kind::NotFound { what } => write!(f, "there is no {what}"),
            Kind::Refused { why } => f.write_str(why),
            Kind::Unreadable { what } => write!(f, "the database holds something this version cannot read: {what}"),
            Kind::Database { doing, .. } => write!(f, "the database failed while {doing}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Kind::Database { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_race_tells_the_version_to_look_at_again() {
        let error = Error::conflict("case 7 was changed", Some(3));
        assert!(error.is_conflict() && !error.is_retryable() && !error.is_not_found());
        assert_eq!(error.current_version(), Some(3));
        assert_eq!(error.to_string(), "somebody else was faster: case 7 was changed (now at version 3)");
    }

    #[test]
    fn busy_passes_and_a_broken_constraint_does_not() {
        assert!(is_passing_code("5") && is_passing_code("40001") && is_passing_code("08006"));
        assert!(!is_passing_code("23505") && !is_passing_code("2067") && !is_passing_code("08"));
    }
}
