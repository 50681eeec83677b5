//! The tenants, and what their texts share.

use std::collections::BTreeMap;

use bonin_domain::TenantId;
use bonin_domain::messages::{Brand, WebOtpDomain};

use super::reader::{Reader, filled};
use super::spending;
use super::tree::Tree;

/// A tenant.
#[derive(Clone, Debug)]
pub struct TenantSettings {
    /// The name in its texts.
    pub brand: Brand,
    /// The site that may read its codes on its own.
    pub web_otp: Option<WebOtpDomain>,
    /// What its messages of a day may cost, in won, where it has a ceiling of its own.
    pub daily_won: Option<u32>,
}

/// All tenants; `default` is always among them.
#[derive(Clone, Debug)]
pub struct Tenants {
    /// By name.
    pub all: BTreeMap<String, TenantSettings>,
    /// Whether calls without a key act for `default`.
    pub keyless: bool,
}

impl Tenants {
    /// The tenant for which calls without a key act.
    pub fn default_tenant(&self) -> &TenantSettings {
        &self.all["default"]
    }
}

pub(super) fn read(reader: &mut Reader, tree: &Tree) -> Option<Tenants> {
    let brand = reader.read("BRAND", Brand::parse(&tree.brand))?;
    let mut all = BTreeMap::new();
    all.insert("default".to_owned(), TenantSettings { brand: brand.clone(), web_otp: None, daily_won: None });
    let mut keyless = true;
    let before = reader.complaints.len();
    for (name, written) in &tree.tenants {
        let setting = |part: &str| format!("TENANTS__{}__{part}", name.to_uppercase());
        if TenantId::parse(name).is_err() {
            reader.complain(&format!("TENANTS__{}", name.to_uppercase()), "is not a tenant's name");
            continue;
        }
        let own_brand = match filled(written.brand.as_ref()) {
            Some(text) => reader.read(&setting("BRAND"), Brand::parse(&text)),
            None => Some(brand.clone()),
        };
        let web_otp = match filled(written.web_otp_domain.as_ref()) {
            Some(text) => reader.read(&setting("WEB_OTP_DOMAIN"), WebOtpDomain::parse(&text)).map(Some),
            None => Some(None),
        };
        let daily_won = spending::daily_won(reader, &setting("DAILY_WON"), written.daily_won.as_ref());
        match written.keyless {
            Some(true) if name != "default" => {
                reader.complain(&setting("KEYLESS"), "calls without a key act for the tenant default alone");
            }
            Some(allowed) if name == "default" => keyless = allowed,
            Some(_) | None => {}
        }
        if let (Some(brand), Some(web_otp)) = (own_brand, web_otp) {
            all.insert(name.clone(), TenantSettings { brand, web_otp, daily_won });
        }
    }
    (reader.complaints.len() == before).then_some(Tenants { all, keyless })
}
