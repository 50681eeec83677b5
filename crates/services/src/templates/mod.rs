//! The texts that tenants write for their verification messages.

mod list;
mod preview;
mod revert;
mod save;

pub use list::{ListTemplates, TemplateInUse};
pub use preview::{PreviewTemplate, TemplatePreview};
pub use revert::RevertTemplate;
pub use save::{SaveTemplate, SaveTemplateError, SavedTemplate};

use bonin_domain::TenantId;
use bonin_domain::admin::Subject;
use bonin_domain::codes::{CodeLength, Purpose};
use bonin_domain::messages::{Locale, TemplateRules};

use crate::codes::Texts;

/// What a tenant's templates in a language are measured by.
fn rules<'a>(
    texts: &'a Texts,
    tenant: &TenantId,
    code_length: CodeLength,
    locale: Locale,
    long_allowed: bool,
) -> TemplateRules<'a> {
    let shared = texts.of(tenant);
    TemplateRules {
        brand: &shared.brand,
        code_length,
        locale,
        minutes: texts.minutes(),
        web_otp: shared.web_otp.as_ref(),
        long_allowed,
    }
}

/// How the record names a text.
fn subject(tenant: &TenantId, purpose: Purpose, locale: Locale) -> Subject {
    Subject::Named(format!("{tenant}/{}/{}", purpose.as_str(), locale.as_str()))
}

/// Has this process use what was just stored. Others learn of it within seconds, and so does this one where the
/// store fails now.
async fn use_at_once(texts: &Texts) {
    if let Err(error) = texts.learn().await {
        tracing::warn!(error = %error, "templates could not be looked up");
    }
}
