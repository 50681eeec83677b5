//! The messaging web app: our registration at CoolSMS.

use bonin_sandbox::credentials;
use secrecy::{ExposeSecret as _, SecretString};

use super::providers::{ProviderTarget, Values};
use super::reader::{Reader, filled};
use super::tree;

/// Where people see what they earned, and have it paid out, unless it is said where.
const SITE: &str = "https://coolsms.co.kr";

/// Our registration, and where its pages are.
#[derive(Clone, Debug)]
pub struct MessagingSettings {
    /// Where the API is reached.
    pub target: ProviderTarget,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: SecretString,
    /// The app's id, which goes with every message so that its maker earns by it.
    pub app_id: String,
    /// Whether the provider binds codes by PKCE; CoolSMS does not document it, the sandbox does.
    pub pkce: bool,
    /// The provider's page of settlements.
    pub settlement_url: String,
    /// The provider's page of withdrawals.
    pub withdrawal_url: String,
}

/// Reads the registration; `Some(None)` where the app is not offered: in production without a client secret.
#[expect(clippy::option_option, reason = "`None`: something was complained of")]
pub(super) fn read(
    reader: &mut Reader,
    written: &tree::Coolsms,
    production: bool,
) -> Option<Option<MessagingSettings>> {
    let offered =
        written.client_secret.as_ref().is_some_and(|secret| !secret.expose_secret().trim().is_empty());
    if production && !offered {
        return Some(None);
    }
    let before = reader.complaints.len();
    let values = &mut Values { reader, provider: "COOLSMS", production };
    let target = values.target("BASE_URL", written.base_url.as_ref(), "https://api.coolsms.co.kr");
    let client_id = values.text("CLIENT_ID", written.client_id.as_ref(), credentials::COOLSMS_CLIENT_ID);
    let client_secret =
        values.secret("CLIENT_SECRET", written.client_secret.as_ref(), credentials::COOLSMS_CLIENT_SECRET);
    let app_id = values.text("APP_ID", written.app_id.as_ref(), credentials::COOLSMS_APP_ID);
    let site = |url: Option<&String>| filled(url).unwrap_or_else(|| SITE.to_owned());
    let settings = MessagingSettings {
        pkce: written.pkce.unwrap_or(target == ProviderTarget::Sandbox),
        target,
        client_id: client_id?,
        client_secret: client_secret?,
        app_id: app_id?,
        settlement_url: site(written.settlement_url.as_ref()),
        withdrawal_url: site(written.withdrawal_url.as_ref()),
    };
    for (name, url) in
        [("SETTLEMENT_URL", &settings.settlement_url), ("WITHDRAWAL_URL", &settings.withdrawal_url)]
    {
        if !url.starts_with("https://") {
            reader.complain(&format!("PROVIDERS__COOLSMS__{name}"), "must begin with https://");
        }
    }
    (reader.complaints.len() == before).then_some(Some(settings))
}
