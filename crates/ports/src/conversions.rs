use async_trait::async_trait;
use bonin_domain::Region;
use bonin_domain::messages::ProviderName;
use jiff::Timestamp;

use crate::RepositoryError;

/// A code that a provider took, and whether it led to success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// Who took it.
    pub provider: ProviderName,
    /// The country of the number.
    pub country: Option<Region>,
    /// When it was taken.
    pub at: Timestamp,
    /// Whether its verification succeeded by it. A code after which another was asked for, or whose
    /// verification ended otherwise, did not.
    pub converted: bool,
}

/// What routing learns from (requirement D12).
#[async_trait]
pub trait ConversionLog: Send + Sync {
    /// The newest codes that were taken, whatever became of them then, and that are decided, at most `limit`, newest first, test numbers left out. Codes whose
    /// verification is still open, and that were the last to be sent, are not decided.
    async fn recent(&self, limit: u16, now: Timestamp) -> Result<Vec<SentCode>, RepositoryError>;
}
