//! The tree as it is written; unknown names are refused.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use super::list::List;

/// All of the configuration, unchecked.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    pub mode: String,
    pub brand: String,
    pub public: Public,
    pub admin: Admin,
    pub sandbox: Sandbox,
    pub database: Database,
    #[serde(default)]
    pub keys: Keys,
    pub codes: Codes,
    pub numbers: Numbers,
    pub limits: Limits,
    #[serde(default)]
    pub terms: TermsFolder,
    pub accounts: Accounts,
    pub identity: Identity,
    #[serde(default)]
    pub routing: Routing,
    #[serde(default)]
    pub tenants: BTreeMap<String, Tenant>,
    #[serde(default)]
    pub providers: Providers,
    /// An array of tables in a file; the environment has no form for it.
    #[serde(default)]
    pub test_numbers: Vec<TestNumber>,
    pub log: Log,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Public {
    pub bind: String,
    pub url: Option<String>,
    pub trusted_proxies: List,
    pub cors_origins: List,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    pub bind: String,
    pub url: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sandbox {
    pub bind: String,
    pub url: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Holds a password where the database wants one.
    #[serde(default, deserialize_with = "secret")]
    pub url: Option<SecretString>,
    pub connections: u32,
    pub migrate: bool,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    pub file: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "names of settings")]
pub struct Codes {
    pub length: u8,
    pub life_seconds: u16,
    pub live_codes: u8,
    pub allow_short: bool,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    pub countries: List,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub mode: String,
    pub resend: Option<String>,
    pub number: Option<String>,
    pub address: Option<String>,
    pub spending: Option<String>,
    pub daily_won: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsFolder {
    pub folder: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    pub password_rule: String,
    pub identity: String,
    pub one_per_person: bool,
    pub least_age: u8,
    pub session_idle_minutes: u16,
    pub session_hours: u16,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub api: String,
    pub otp: bool,
    pub keep_person_keys: bool,
    pub erase_results: bool,
    pub count_19_by: String,
    pub companies: List,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    #[serde(default)]
    pub order: List,
    pub mode: Option<String>,
    #[serde(default)]
    pub weights: List,
    pub price_share: Option<f64>,
    /// An array of tables in a file; the environment has no form for it.
    #[serde(default)]
    pub rules: Vec<RouteRule>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteRule {
    pub tenant: Option<String>,
    pub country: Option<String>,
    pub prefix: Option<String>,
    pub purpose: Option<String>,
    pub channel: Option<String>,
    pub order: List,
    pub mode: Option<String>,
    #[serde(default)]
    pub weights: List,
    pub price_share: Option<f64>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    pub brand: Option<String>,
    pub keyless: Option<bool>,
    pub web_otp_domain: Option<String>,
    pub daily_won: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Providers {
    #[serde(default)]
    pub sens: Sens,
    #[serde(default)]
    pub cafe24: Cafe24,
    #[serde(default)]
    pub coolsms: Coolsms,
    #[serde(default)]
    pub nexmo: Nexmo,
    #[serde(default)]
    pub iamport: Iamport,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sens {
    pub base_url: Option<String>,
    pub service_id: Option<String>,
    pub access_key: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    pub secret_key: Option<SecretString>,
    #[serde(default)]
    pub from: List,
    pub price_sms: Option<String>,
    pub price_lms: Option<String>,
    pub price_mms: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cafe24 {
    pub base_url: Option<String>,
    pub list_base_url: Option<String>,
    pub user_id: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    pub secure_key: Option<SecretString>,
    #[serde(default)]
    pub from: List,
    pub price_sms: Option<String>,
    pub price_lms: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coolsms {
    pub base_url: Option<String>,
    pub api_key: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    pub api_secret: Option<SecretString>,
    #[serde(default)]
    pub from: List,
    pub app_id: Option<String>,
    pub client_id: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    pub client_secret: Option<SecretString>,
    pub pkce: Option<bool>,
    pub settlement_url: Option<String>,
    pub withdrawal_url: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    pub webhook_secret: Option<SecretString>,
    pub price_sms: Option<String>,
    pub price_lms: Option<String>,
    pub price_mms: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nexmo {
    pub base_url: Option<String>,
    pub sms_base_url: Option<String>,
    pub api_key: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    pub api_secret: Option<SecretString>,
    #[serde(default)]
    pub from: List,
    #[serde(default, deserialize_with = "secret")]
    pub signature_secret: Option<SecretString>,
    pub signature_method: Option<String>,
    pub price_sms: Option<String>,
    pub price_lms: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Iamport {
    pub base_url: Option<String>,
    pub imp_key: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    pub imp_secret: Option<SecretString>,
    pub customer_code: Option<String>,
    pub sdk_url: Option<String>,
    pub portone_base_url: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    pub portone_secret: Option<SecretString>,
    pub store_id: Option<String>,
    pub portone_sdk_url: Option<String>,
    pub channel_key: Option<String>,
    pub company: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestNumber {
    pub phone_number: String,
    pub code: String,
    pub outcome: Option<String>,
    pub until: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: String,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
}
