use std::fmt;

use bonin_domain::messages::SenderId;
use bonin_http::Url;
use secrecy::{ExposeSecret, SecretString};

/// Where SENS is and who we are there; valid once made.
///
/// `Debug` shows the base URL and the service id only.
#[derive(Clone)]
pub struct SensConfig {
    pub(crate) base_url: Url,
    pub(crate) service_id: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: SecretString,
    pub(crate) senders: Vec<SenderId>,
}

/// A setting that cannot be right. Names the field and the rule, never repeats the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `base_url`.
    #[error("base_url {0}")]
    BaseUrl(&'static str),
    /// `service_id`.
    #[error("service_id {0}")]
    ServiceId(&'static str),
    /// `access_key`.
    #[error("access_key {0}")]
    AccessKey(&'static str),
    /// `secret_key`.
    #[error("secret_key {0}")]
    SecretKey(&'static str),
    /// `senders`.
    #[error("senders {0}")]
    Senders(&'static str),
}

impl SensConfig {
    /// Checks the settings.
    ///
    /// - `base_url`: scheme and host, such as `https://sens.apigw.ntruss.com` (section 1); plain HTTP is for
    ///   simulators.
    /// - `service_id`: such as `ncp:sms:kr:123456789012:project`, with its colons as they are.
    /// - `access_key`, `secret_key`: the pair from the account's authentication keys.
    /// - `senders`: the registered sender numbers, the default first.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn new(
        base_url: &str,
        service_id: &str,
        access_key: &str,
        secret_key: SecretString,
        senders: Vec<SenderId>,
    ) -> Result<Self, ConfigError> {
        let base_url = bonin_http::base_url(base_url).map_err(ConfigError::BaseUrl)?;
        check_service_id(service_id).map_err(ConfigError::ServiceId)?;
        bonin_http::check_key(access_key).map_err(ConfigError::AccessKey)?;
        bonin_http::check_key(secret_key.expose_secret()).map_err(ConfigError::SecretKey)?;
        check_senders(&senders).map_err(ConfigError::Senders)?;
        Ok(Self {
            base_url,
            service_id: service_id.to_owned(),
            access_key: access_key.to_owned(),
            secret_key,
            senders,
        })
    }
}

impl fmt::Debug for SensConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SensConfig")
            .field("base_url", &self.base_url.as_str())
            .field("service_id", &self.service_id)
            .finish_non_exhaustive()
    }
}

fn check_service_id(raw: &str) -> Result<(), &'static str> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b":-_.".contains(&b);
    if raw.is_empty() || !raw.bytes().all(allowed) || [".", ".."].contains(&raw) {
        return Err("is not like ncp:sms:kr:123456789012:project");
    }
    // It would pass authentication and then fail on every send (section 1).
    if raw.starts_with("ncp:kkobizmsg:") {
        return Err("belongs to AlimTalk; the one of SMS begins with ncp:sms:");
    }
    Ok(())
}

fn check_senders(senders: &[SenderId]) -> Result<(), &'static str> {
    if senders.is_empty() {
        return Err("are missing: at least one number is needed");
    }
    if !senders.iter().all(SenderId::is_number) {
        return Err("hold a name; SENS takes registered numbers only");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://sens.apigw.ntruss.com";
    const SERVICE: &str = "ncp:sms:kr:123456789012:demo";
    const FROM: &[&str] = &["0215881234"];

    fn config(
        base: &str,
        service: &str,
        access: &str,
        secret: &str,
        senders: &[&str],
    ) -> Result<SensConfig, ConfigError> {
        let senders = senders.iter().map(|raw| SenderId::parse(raw).unwrap()).collect();
        SensConfig::new(base, service, access, SecretString::from(secret), senders)
    }

    #[test]
    fn good_settings_are_taken_and_their_secrets_not_shown() {
        for base in [BASE, "https://sens.apigw.gov-ntruss.com/", "http://127.0.0.1:8090"] {
            let config = config(base, SERVICE, "access-key", "secret-key", &["0215881234"]).unwrap();
            let shown = format!("{config:?}");
            assert!(shown.contains(SERVICE), "{shown}");
            for hidden in ["access-key", "secret-key", "0215881234"] {
                assert!(!shown.contains(hidden), "{shown}");
            }
        }
    }

    #[test]
    fn a_bad_setting_is_named() {
        for base in [
            "",
            "sens.apigw.ntruss.com",
            "ftp://sens.apigw.ntruss.com",
            "https://sens.apigw.ntruss.com/sms/v2",
            "https://sens.apigw.ntruss.com?a=b",
            "https://sens.apigw.ntruss.com#a",
            "https://me:pw@sens.apigw.ntruss.com",
        ] {
            let error = config(base, SERVICE, "a", "s", FROM).unwrap_err();
            assert!(matches!(error, ConfigError::BaseUrl(_)), "{base}");
        }
        for service in ["", "a b", "a/../b", "..", "ncp:sms?x", "ncp:kkobizmsg:kr:1:demo"] {
            let error = config(BASE, service, "a", "s", FROM).unwrap_err();
            assert!(matches!(error, ConfigError::ServiceId(_)), "{service}");
        }
        for key in ["", "key\n", "a key", "키"] {
            let error = config(BASE, SERVICE, key, "s", FROM).unwrap_err();
            assert!(matches!(error, ConfigError::AccessKey(_)), "{key:?}");
            let error = config(BASE, SERVICE, "a", key, FROM).unwrap_err();
            assert!(matches!(error, ConfigError::SecretKey(_)), "{key:?}");
        }
        for senders in [&[][..], &["Bonin"], &["0215881234", "Bonin"]] {
            let error = config(BASE, SERVICE, "a", "s", senders).unwrap_err();
            assert!(matches!(error, ConfigError::Senders(_)), "{senders:?}");
        }
        let error = config(BASE, SERVICE, "a", "s", &[]).unwrap_err();
        assert_eq!(error.to_string(), "senders are missing: at least one number is needed");
    }
}
