//! Identity verification: which API of the provider runs it, and what is kept.

use bonin_domain::identity::IdentityApi;
use bonin_sandbox::credentials;
use secrecy::{ExposeSecret as _, SecretString};

use super::providers::{ProviderTarget, Values};
use super::reader::{Reader, filled};
use super::tree;

/// Where the real browser SDKs are.
const SDK: [&str; 2] = ["https://cdn.iamport.kr/v1/iamport.js", "https://cdn.portone.io/v2/browser-sdk.js"];

/// How identities are verified.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct IdentitySettings {
    /// The provider, with what its API needs.
    pub provider: IdentityProvider,
    /// What the browser SDK needs beside the order id.
    pub channel_key: String,
    /// The name that the carrier's window shows.
    pub company: Option<String>,
    /// Where the browser SDK is; the sandbox's lies under this path of it.
    pub sdk: (ProviderTarget, &'static str),
    /// Whether the carriers approved the calls without a window.
    pub otp: bool,
    /// Whether the provider's unique keys and its name of the result are kept with the account.
    pub keep_person_keys: bool,
    /// Whether results are erased at the provider after use.
    pub erase_results: bool,
    /// Whether 19 counts by year of birth.
    pub by_year: bool,
    /// The companies whose results count; empty: all.
    pub companies: Vec<String>,
}

/// The provider, with what its API needs.
#[derive(Clone, Debug)]
pub enum IdentityProvider {
    /// I'mport, `PortOne` V1.
    Iamport {
        /// Where it is reached.
        target: ProviderTarget,
        /// The REST API key.
        imp_key: String,
        /// Its secret.
        imp_secret: SecretString,
        /// The merchant, as the browser SDK names it; no secret.
        customer_code: String,
    },
    /// `PortOne` V2.
    Portone {
        /// Where it is reached.
        target: ProviderTarget,
        /// The API secret.
        secret: SecretString,
        /// The store.
        store_id: String,
    },
}

impl IdentityProvider {
    /// The API.
    pub fn api(&self) -> IdentityApi {
        match self {
            Self::Iamport { .. } => IdentityApi::V1,
            Self::Portone { .. } => IdentityApi::V2,
        }
    }
}

/// Reads how identities are verified; `Some(None)` where they are not: in production without the provider's key.
#[expect(clippy::option_option, reason = "`None`: something was complained of")]
pub(super) fn read(
    reader: &mut Reader,
    written: &tree::Identity,
    provider: &tree::Iamport,
    production: bool,
) -> Option<Option<IdentitySettings>> {
    let before = reader.complaints.len();
    let Some(api) = IdentityApi::from_name(&written.api) else {
        reader.complain("IDENTITY__API", "must be v1 or v2");
        return None;
    };
    let by_year = match written.count_19_by.as_str() {
        "full_age" => false,
        "year" => true,
        _ => {
            reader.complain("IDENTITY__COUNT_19_BY", "must be full_age or year");
            return None;
        }
    };
    let secret = match api {
        IdentityApi::V1 => &provider.imp_secret,
        IdentityApi::V2 => &provider.portone_secret,
    };
    let offered = secret.as_ref().is_some_and(|secret| !secret.expose_secret().trim().is_empty());
    if production && !offered {
        return Some(None);
    }
    if api == IdentityApi::V2 && written.erase_results {
        reader.complain("IDENTITY__ERASE_RESULTS", "must be false with v2, which has no call that erases");
    }
    let values = &mut Values { reader, provider: "IAMPORT", production };
    let (sdk_url, path, channel) = match api {
        IdentityApi::V1 => (
            values.target("SDK_URL", provider.sdk_url.as_ref(), SDK[0]),
            "/v1/iamport.js",
            credentials::IAMPORT_CHANNEL_KEY,
        ),
        IdentityApi::V2 => {
            let written = provider.portone_sdk_url.as_ref();
            (
                values.target("PORTONE_SDK_URL", written, SDK[1]),
                "/v2/browser-sdk.js",
                credentials::PORTONE_CHANNEL_KEY,
            )
        }
    };
    let channel_key = values.text("CHANNEL_KEY", provider.channel_key.as_ref(), channel);
    let account = match api {
        IdentityApi::V1 => iamport(values, provider),
        IdentityApi::V2 => portone(values, provider),
    };
    let settings = IdentitySettings {
        provider: account?,
        channel_key: channel_key?,
        company: filled(provider.company.as_ref()),
        sdk: (sdk_url, path),
        otp: written.otp,
        keep_person_keys: written.keep_person_keys,
        erase_results: written.erase_results,
        by_year,
        companies: written.companies.0.clone(),
    };
    (reader.complaints.len() == before).then_some(Some(settings))
}

fn iamport(values: &mut Values<'_>, written: &tree::Iamport) -> Option<IdentityProvider> {
    let target = values.target("BASE_URL", written.base_url.as_ref(), "https://api.iamport.kr");
    let imp_key = values.text("IMP_KEY", written.imp_key.as_ref(), credentials::IAMPORT_IMP_KEY);
    let imp_secret =
        values.secret("IMP_SECRET", written.imp_secret.as_ref(), credentials::IAMPORT_IMP_SECRET);
    let code =
        values.text("CUSTOMER_CODE", written.customer_code.as_ref(), credentials::IAMPORT_CUSTOMER_CODE);
    Some(IdentityProvider::Iamport {
        target,
        imp_key: imp_key?,
        imp_secret: imp_secret?,
        customer_code: code?,
    })
}

fn portone(values: &mut Values<'_>, written: &tree::Iamport) -> Option<IdentityProvider> {
    let target =
        values.target("PORTONE_BASE_URL", written.portone_base_url.as_ref(), "https://api.portone.io");
    let secret =
        values.secret("PORTONE_SECRET", written.portone_secret.as_ref(), credentials::PORTONE_API_SECRET);
    let store_id = values.text("STORE_ID", written.store_id.as_ref(), credentials::PORTONE_STORE_ID);
    Some(IdentityProvider::Portone { target, secret: secret?, store_id: store_id? })
}
