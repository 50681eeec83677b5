use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::admin::AuditAction;
use bonin_domain::codes::{CodeLength, Purpose};
use bonin_domain::messages::{Locale, Template, TemplateError, TemplateLint, TemplateLintError};
use bonin_ports::{Clock, RepositoryError, TemplateRepository, TemplateVersion};
use jiff::Timestamp;

use crate::admin::{Actor, Record};
use crate::codes::Texts;

/// Saves a tenant's text for verification messages, unless its messages would break a rule.
pub struct SaveTemplate {
    /// Where versions are stored.
    pub templates: Arc<dyn TemplateRepository>,
    /// The texts of the tenants.
    pub texts: Arc<Texts>,
    /// How long codes are.
    pub code_length: CodeLength,
    /// Records it.
    pub record: Record,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A version that was saved and is in use.
#[derive(Clone, Debug)]
pub struct SavedTemplate {
    /// Its number.
    pub version: i32,
    /// What its messages are like.
    pub lint: TemplateLint,
    /// When it was saved.
    pub created_at: Timestamp,
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveTemplateError {
    /// The text is no template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Its messages cannot be sent.
    #[error(transparent)]
    Lint(#[from] TemplateLintError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl SaveTemplate {
    /// Saves `text` as the newest version for a purpose and language; with `long_allowed` its messages may be
    /// long ones, which cost more.
    ///
    /// # Errors
    /// [`SaveTemplateError`]; nothing was saved then.
    #[tracing::instrument(name = "templates.save", skip_all, fields(tenant.id = %tenant, code.purpose = %purpose))]
    pub async fn execute(
        &self,
        actor: &Actor,
        tenant: &TenantId,
        purpose: Purpose,
        locale: Locale,
        text: &str,
        long_allowed: bool,
    ) -> Result<SavedTemplate, SaveTemplateError> {
        let rules = super::rules(&self.texts, tenant, self.code_length, locale, long_allowed);
        let lint = Template::parse(text)?.lint(&rules)?;
        let subject = super::subject(tenant, purpose, locale);
        self.record.execute(actor, AuditAction::TemplateSaved, Some(subject), None).await?;
        let created_at = self.clock.now();
        let version = TemplateVersion {
            tenant: tenant.clone(),
            purpose,
            locale,
            kind: lint.kind,
            version: 0,
            text: Some(text.to_owned()),
            created_at,
        };
        let version = self.templates.add(version).await?;
        super::use_at_once(&self.texts).await;
        Ok(SavedTemplate { version, lint, created_at })
    }
}
