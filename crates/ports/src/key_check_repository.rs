use async_trait::async_trait;
use bonin_domain::keys::KeyCheck;

use crate::RepositoryError;

/// Whether the keys in hand are those the database was sealed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyCheckVerdict {
    /// Every key known to the database is in the ring, unchanged.
    Same,
    /// A key of the same number has another value.
    Different(u32),
    /// The database knows a key that the ring lacks.
    Missing(u32),
}

/// Keeps a check value of each root key with the data that it sealed.
#[async_trait]
pub trait KeyCheckRepository: Send + Sync {
    /// Compares `checks` with what is kept, and changes nothing.
    async fn compare(&self, checks: &[KeyCheck]) -> Result<KeyCheckVerdict, RepositoryError>;

    /// Compares `checks` with what is kept, and keeps those that are new if nothing disagrees.
    async fn agree(&self, checks: &[KeyCheck]) -> Result<KeyCheckVerdict, RepositoryError>;
}
