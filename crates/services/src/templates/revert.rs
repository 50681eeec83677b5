use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::admin::AuditAction;
use bonin_domain::codes::Purpose;
use bonin_domain::messages::{Locale, MessageKind};
use bonin_ports::{Clock, RepositoryError, TemplateRepository, TemplateVersion};

use crate::admin::{Actor, Record};
use crate::codes::Texts;

/// Goes back to the built-in text.
pub struct RevertTemplate {
    /// Where versions are stored.
    pub templates: Arc<dyn TemplateRepository>,
    /// The texts of the tenants.
    pub texts: Arc<Texts>,
    /// Records it.
    pub record: Record,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl RevertTemplate {
    /// Has the built-in text count for a purpose and language; the tenant's versions stay on record.
    ///
    /// # Errors
    /// The store's; nothing was changed then.
    #[tracing::instrument(name = "templates.revert", skip_all, fields(tenant.id = %tenant, code.purpose = %purpose))]
    pub async fn execute(
        &self,
        actor: &Actor,
        tenant: &TenantId,
        purpose: Purpose,
        locale: Locale,
    ) -> Result<(), RepositoryError> {
        let versions = self.templates.versions(tenant, purpose, locale).await?;
        if versions.first().is_none_or(|newest| newest.text.is_none()) {
            return Ok(());
        }
        let subject = super::subject(tenant, purpose, locale);
        self.record.execute(actor, AuditAction::TemplateReverted, Some(subject), None).await?;
        let version = TemplateVersion {
            tenant: tenant.clone(),
            purpose,
            locale,
            kind: MessageKind::Sms,
            version: 0,
            text: None,
            created_at: self.clock.now(),
        };
        self.templates.add(version).await?;
        super::use_at_once(&self.texts).await;
        Ok(())
    }
}
