//! The texts of verification messages: the built-in ones, or a tenant's own.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use bonin_domain::TenantId;
use bonin_domain::codes::{Code, Purpose};
use bonin_domain::messages::{
    Brand, Locale, MessageKind, Template, WebOtpDomain, euc_kr_len, verification_text,
};
use bonin_ports::{RepositoryError, TemplateRepository, TemplateVersion};

/// What a tenant's texts share.
#[derive(Clone, Debug)]
pub struct TenantTexts {
    /// The name with which they begin.
    pub brand: Brand,
    /// The site that may read the code on its own (origin-bound form), as their last line.
    pub web_otp: Option<WebOtpDomain>,
}

type InUse = HashMap<(TenantId, Purpose, Locale), (Template, MessageKind)>;

/// Writes verification messages.
pub struct Texts {
    tenants: HashMap<TenantId, TenantTexts>,
    default: TenantTexts,
    minutes: u16,
    templates: Arc<dyn TemplateRepository>,
    in_use: RwLock<InUse>,
}

impl Texts {
    /// Texts of these tenants; `default` is for all others. Codes live `minutes`. Templates of the tenants' own
    /// count from the first [`Texts::learn`] on.
    pub fn new(
        tenants: HashMap<TenantId, TenantTexts>,
        default: TenantTexts,
        minutes: u16,
        templates: Arc<dyn TemplateRepository>,
    ) -> Self {
        Self { tenants, default, minutes, templates, in_use: RwLock::default() }
    }

    /// The tenant's brand.
    pub fn brand(&self, tenant: &TenantId) -> &Brand {
        &self.of(tenant).brand
    }

    /// What the tenant's texts share.
    pub fn of(&self, tenant: &TenantId) -> &TenantTexts {
        self.tenants.get(tenant).unwrap_or(&self.default)
    }

    /// How long codes live, in whole minutes.
    pub fn minutes(&self) -> u16 {
        self.minutes
    }

    /// Writes the message that carries `code`.
    pub fn write(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        locale: Locale,
        code: &Code,
    ) -> (MessageKind, String) {
        let TenantTexts { brand, web_otp } = self.of(tenant);
        let in_use = self.in_use.read().unwrap_or_else(PoisonError::into_inner);
        let own = in_use.get(&(tenant.clone(), purpose, locale)).and_then(|(template, kind)| {
            let text = template.render(brand, code, locale, self.minutes, web_otp.as_ref());
            // Brand and site may have become longer since it was saved; a code that cannot be sent helps nobody.
            let fits = euc_kr_len(&text).is_ok_and(|bytes| bytes <= kind.text_limit());
            if !fits {
                tracing::error!(tenant.id = %tenant, code.purpose = %purpose, "a template has become too long");
            }
            fits.then_some((*kind, text))
        });
        match own {
            Some(own) => own,
            None => (MessageKind::Sms, verification_text(brand, purpose, code, locale, web_otp.as_ref())),
        }
    }

    /// Looks up the templates in use; they count until the next time.
    ///
    /// # Errors
    /// The store's; the last look still counts then.
    pub async fn learn(&self) -> Result<(), RepositoryError> {
        let mut in_use = InUse::new();
        for version in self.templates.in_use().await? {
            let TemplateVersion { tenant, purpose, locale, kind, text, .. } = version;
            let Some(text) = text else { continue };
            match Template::parse(&text) {
                Ok(template) => drop(in_use.insert((tenant, purpose, locale), (template, kind))),
                // Rules may have become stricter since it was saved: the built-in text is better than none.
                Err(error) => {
                    tracing::error!(tenant.id = %tenant, purpose = %purpose, error = %error, "a template");
                }
            }
        }
        *self.in_use.write().unwrap_or_else(PoisonError::into_inner) = in_use;
        Ok(())
    }
}
