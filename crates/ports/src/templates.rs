use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::Purpose;
use bonin_domain::messages::{Locale, MessageKind};
use jiff::Timestamp;

use crate::RepositoryError;

/// One version of the text of a tenant's verification messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateVersion {
    /// Whose it is.
    pub tenant: TenantId,
    /// For what.
    pub purpose: Purpose,
    /// In which language.
    pub locale: Locale,
    /// As what it is sent.
    pub kind: MessageKind,
    /// 1, 2, … for each tenant, purpose and locale; the highest is in use.
    pub version: i32,
    /// The text with its placeholders; `None` goes back to the built-in one.
    pub text: Option<String>,
    /// When it was saved.
    pub created_at: Timestamp,
}

/// The templates of verification messages. Versions are only ever added.
#[async_trait]
pub trait TemplateRepository: Send + Sync {
    /// Adds a version; its number is one more than the highest so far, and the answer. `template.version` does
    /// not count.
    async fn add(&self, template: TemplateVersion) -> Result<i32, RepositoryError>;

    /// The versions in use, of all tenants, those that go back to the built-in text included.
    async fn in_use(&self) -> Result<Vec<TemplateVersion>, RepositoryError>;

    /// All versions of a tenant's template, newest first.
    async fn versions(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        locale: Locale,
    ) -> Result<Vec<TemplateVersion>, RepositoryError>;
}
