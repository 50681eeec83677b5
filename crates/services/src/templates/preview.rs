use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::CodeLength;
use bonin_domain::messages::{Locale, MessageKind, Template, TemplateLint, VERIFICATION_TEXT_LIMIT};

use crate::codes::Texts;
use crate::templates::SaveTemplateError;

/// Shows what a template would be like, without saving it.
pub struct PreviewTemplate {
    /// The texts of the tenants.
    pub texts: Arc<Texts>,
    /// How long codes are.
    pub code_length: CodeLength,
}

/// What a template would be like.
#[derive(Clone, Debug)]
pub struct TemplatePreview {
    /// Its messages.
    pub lint: TemplateLint,
    /// Whether it is saved only where long messages are allowed.
    pub needs_long: bool,
    /// Whether its messages cost more than those of the built-in text.
    pub price_class_changes: bool,
}

impl PreviewTemplate {
    /// Measures `text` in a language.
    ///
    /// # Errors
    /// [`SaveTemplateError`] when it could not even be saved with long messages allowed.
    pub fn execute(
        &self,
        tenant: &TenantId,
        locale: Locale,
        text: &str,
    ) -> Result<TemplatePreview, SaveTemplateError> {
        let rules = super::rules(&self.texts, tenant, self.code_length, locale, true);
        let lint = Template::parse(text)?.lint(&rules)?;
        Ok(TemplatePreview {
            needs_long: lint.bytes > VERIFICATION_TEXT_LIMIT,
            price_class_changes: lint.kind != MessageKind::Sms,
            lint,
        })
    }
}
