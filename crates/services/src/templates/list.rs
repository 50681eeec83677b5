use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::{Code, CodeLength, Purpose};
use bonin_domain::messages::{Locale, MessageKind, Template};
use bonin_ports::{RepositoryError, TemplateRepository, TemplateVersion};

use crate::codes::Texts;

/// Shows the texts of a tenant's verification messages.
pub struct ListTemplates {
    /// Where versions are stored.
    pub templates: Arc<dyn TemplateRepository>,
    /// The texts of the tenants.
    pub texts: Arc<Texts>,
    /// How long codes are.
    pub code_length: CodeLength,
}

/// The text for one purpose and language.
#[derive(Clone, Debug)]
pub struct TemplateInUse {
    /// For what.
    pub purpose: Purpose,
    /// In which language.
    pub locale: Locale,
    /// The version in use; `None` is the built-in text.
    pub version: Option<i32>,
    /// The text with its placeholders.
    pub text: String,
    /// As what it is sent.
    pub kind: MessageKind,
    /// A message as it is sent, with a code of zeros.
    pub example: String,
    /// All versions, newest first.
    pub versions: Vec<TemplateVersion>,
}

impl ListTemplates {
    /// The texts for every purpose and language.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "templates.list", skip_all, fields(tenant.id = %tenant))]
    pub async fn execute(&self, tenant: &TenantId) -> Result<Vec<TemplateInUse>, RepositoryError> {
        let mut all = Vec::new();
        for purpose in Purpose::ALL {
            for locale in [Locale::Ko, Locale::En] {
                let versions = self.templates.versions(tenant, purpose, locale).await?;
                all.push(self.in_use(tenant, purpose, locale, versions));
            }
        }
        Ok(all)
    }

    fn in_use(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        locale: Locale,
        versions: Vec<TemplateVersion>,
    ) -> TemplateInUse {
        let own = versions.first().and_then(|newest| Some((newest.version, newest.text.clone()?)));
        let (version, text) = match own {
            Some((version, text)) => (Some(version), text),
            None => (None, Template::built_in(purpose, locale).as_str().to_owned()),
        };
        let zeros = Code::draw(self.code_length, &mut |bytes: &mut [u8]| bytes.fill(0));
        let (kind, example) = self.texts.write(tenant, purpose, locale, &zeros);
        TemplateInUse { purpose, locale, version, text, kind, example, versions }
    }
}
