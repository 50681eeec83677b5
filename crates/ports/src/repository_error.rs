/// Why a repository could not do what it was asked. Nothing was changed then.
///
/// Variants are what the caller can do about it. None carries a database's own text, which may quote values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RepositoryError {
    /// Another transaction was quicker; the same call may succeed now.
    #[error("another transaction was quicker")]
    Conflict,
    /// The database is there but has no time; try again shortly.
    #[error("the database is busy")]
    Busy,
    /// The database cannot be reached; try again later.
    #[error("the database cannot be reached")]
    Unavailable,
    /// A bug or a damaged row; trying again does not help.
    #[error("the database answered something unexpected ({0})")]
    Internal(String),
}
