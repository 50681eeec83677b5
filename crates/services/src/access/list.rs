use std::sync::Arc;

use bonin_domain::access::ApiKey;
use bonin_ports::{ApiKeyRepository, RepositoryError};

/// Lists the API keys.
pub struct ListKeys {
    /// The keys.
    pub api_keys: Arc<dyn ApiKeyRepository>,
}

impl ListKeys {
    /// All keys, oldest first, those that were taken back included.
    ///
    /// # Errors
    /// The store's.
    pub async fn execute(&self) -> Result<Vec<ApiKey>, RepositoryError> {
        self.api_keys.list().await
    }
}
