//! From Diesel's errors to what the caller can do.

use bonin_ports::RepositoryError;
use diesel::result::{DatabaseErrorKind as Kind, Error};

/// What a database function fails with; becomes a [`RepositoryError`] at the edge of this crate.
#[derive(Debug)]
pub enum Failure {
    /// Diesel's own.
    Diesel(Error),
    /// A stored row that no longer reads as what it was stored as.
    BadRow(&'static str),
    /// What was looked at a moment ago, under a lock, is another by now. Everything is rolled back.
    Raced,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Diesel(error)
    }
}

impl Failure {
    /// Whether the connection must not be used again.
    pub fn lost_the_connection(&self) -> bool {
        matches!(
            self,
            Self::Diesel(
                Error::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _)
                    | Error::BrokenTransactionManager
            )
        )
    }
}

impl From<Failure> for RepositoryError {
    fn from(failure: Failure) -> Self {
        let error = match failure {
            Failure::BadRow(what) => return Self::Internal(format!("a stored row is damaged: {what}")),
            Failure::Raced => return Self::Conflict,
            Failure::Diesel(error) => error,
        };
        match &error {
            Error::DatabaseError(Kind::UniqueViolation, _) => Self::Conflict,
            Error::DatabaseError(Kind::SerializationFailure, _) => Self::Busy,
            Error::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _)
            | Error::BrokenTransactionManager => Self::Unavailable,
            // These have no kind of their own on either engine; the texts quote no values.
            Error::DatabaseError(_, info) if is_passing(info.message()) => Self::Busy,
            Error::DatabaseError(_, info) if is_down(info.message()) => Self::Unavailable,
            // A Postgres text may quote values: only the kind of error is told.
            Error::DatabaseError(kind, info) => Self::Internal(format!(
                "{kind:?} on {}",
                info.constraint_name().or(info.table_name()).unwrap_or("a statement")
            )),
            Error::NotFound => Self::Internal("a row that must be there is missing".to_owned()),
            Error::SerializationError(_) => Self::Internal("a value could not be written".to_owned()),
            Error::DeserializationError(_) => Self::Internal("a value could not be read".to_owned()),
            _ => Self::Internal("the query could not be run".to_owned()),
        }
    }
}

fn is_passing(message: &str) -> bool {
    ["database is locked", "deadlock detected", "lock timeout", "statement timeout"]
        .iter()
        .any(|text| message.contains(text))
}

fn is_down(message: &str) -> bool {
    [
        "database or disk is full",
        "disk I/O error",
        "No space left",
        "could not extend",
        "terminating connection",
        "server closed the connection",
        "the database system is",
        "read-only",
        "readonly",
    ]
    .iter()
    .any(|text| message.contains(text))
}
