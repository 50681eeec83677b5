use std::fmt;

use bonin_domain::messages::SenderId;
use bonin_http::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::invalid::is_callback;
use crate::sign::SignatureMethod;

/// Where Nexmo is and who we are there; valid once made.
///
/// `Debug` shows the two base URLs only.
#[derive(Clone)]
pub struct NexmoConfig {
    pub(crate) base_url: Url,
    pub(crate) sms_base_url: Url,
    pub(crate) api_key: String,
    pub(crate) api_secret: SecretString,
    pub(crate) senders: Vec<SenderId>,
    pub(crate) signature_secret: Option<SecretString>,
    pub(crate) signature_method: SignatureMethod,
    pub(crate) callback: Option<String>,
}

/// A setting that cannot be right. Names the field and the rule, never repeats the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `base_url`.
    #[error("base_url {0}")]
    BaseUrl(&'static str),
    /// `sms_base_url`.
    #[error("sms_base_url {0}")]
    SmsBaseUrl(&'static str),
    /// `api_key`.
    #[error("api_key {0}")]
    ApiKey(&'static str),
    /// `api_secret`.
    #[error("api_secret {0}")]
    ApiSecret(&'static str),
    /// `senders`.
    #[error("senders {0}")]
    Senders(&'static str),
    /// `signature_secret`.
    #[error("signature_secret {0}")]
    SignatureSecret(&'static str),
    /// `callback`.
    #[error("callback {0}")]
    Callback(&'static str),
}

impl NexmoConfig {
    /// Checks the settings.
    ///
    /// - `base_url`: scheme and host of Verify, such as `https://api.nexmo.com` (section 1); plain HTTP is for
    ///   simulators.
    /// - `sms_base_url`: the same of the SMS API, such as `https://rest.nexmo.com`.
    /// - `api_key`, `api_secret`: the account's pair.
    /// - `senders`: who messages may be from, the default first; at least one.
    /// - `signature_secret`: the account's secret for signed receipts. Without it every receipt is refused.
    /// - `callback`: where Nexmo posts receipts, at most 100 characters; without it, where the account says.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn new(
        base_url: &str,
        sms_base_url: &str,
        api_key: &str,
        api_secret: SecretString,
        senders: Vec<SenderId>,
        signature_secret: Option<SecretString>,
        callback: Option<&str>,
    ) -> Result<Self, ConfigError> {
        let base_url = bonin_http::base_url(base_url).map_err(ConfigError::BaseUrl)?;
        let sms_base_url = bonin_http::base_url(sms_base_url).map_err(ConfigError::SmsBaseUrl)?;
        bonin_http::check_key(api_key).map_err(ConfigError::ApiKey)?;
        // The Basic header ends the key at its first colon.
        if api_key.contains(':') {
            return Err(ConfigError::ApiKey("holds a colon"));
        }
        bonin_http::check_key(api_secret.expose_secret()).map_err(ConfigError::ApiSecret)?;
        if senders.is_empty() {
            return Err(ConfigError::Senders("are missing: every message says who it is from"));
        }
        if let Some(secret) = &signature_secret {
            bonin_http::check_key(secret.expose_secret()).map_err(ConfigError::SignatureSecret)?;
        }
        if callback.is_some_and(|url| !is_callback(url)) {
            return Err(ConfigError::Callback("is not a URL (http or https) of at most 100 characters"));
        }
        Ok(Self {
            base_url,
            sms_base_url,
            api_key: api_key.to_owned(),
            api_secret,
            senders,
            signature_secret,
            signature_method: SignatureMethod::default(),
            callback: callback.map(str::to_owned),
        })
    }

    /// Sets how the account's receipts are signed; `md5hash` where nothing is said, as at Nexmo.
    #[must_use]
    pub fn signature_method(mut self, method: SignatureMethod) -> Self {
        self.signature_method = method;
        self
    }
}

impl fmt::Debug for NexmoConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NexmoConfig")
            .field("base_url", &self.base_url.as_str())
            .field("sms_base_url", &self.sms_base_url.as_str())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = "https://api.nexmo.com";
    const REST: &str = "https://rest.nexmo.com";

    fn bonin() -> Vec<SenderId> {
        vec![SenderId::parse("Bonin").unwrap()]
    }

    fn urls(base: &str, sms: &str) -> Result<NexmoConfig, ConfigError> {
        NexmoConfig::new(base, sms, "abcd1234", "api-secret".into(), bonin(), None, None)
    }

    #[test]
    fn good_settings_are_taken_and_their_secrets_not_shown() {
        for base in [API, "https://api.nexmo.com/", "http://127.0.0.1:8090"] {
            assert!(urls(base, base).is_ok());
        }
        let signature = Some("signature-secret".into());
        let callback = Some("https://bonin.kr/hooks/nexmo?token=hidden");
        let config =
            NexmoConfig::new(API, REST, "abcd1234", "api-secret".into(), bonin(), signature, callback);
        let shown = format!("{:?}", config.unwrap());
        assert!(shown.contains(API) && shown.contains(REST), "{shown}");
        for hidden in ["abcd1234", "api-secret", "signature-secret", "hidden", "Bonin"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }

    #[test]
    fn a_bad_base_url_is_named() {
        for base in [
            "",
            "api.nexmo.com",
            "ftp://api.nexmo.com",
            "https://api.nexmo.com/verify",
            "https://api.nexmo.com?a=b",
            "https://me:pw@api.nexmo.com",
        ] {
            assert!(matches!(urls(base, REST).unwrap_err(), ConfigError::BaseUrl(_)), "{base}");
            assert!(matches!(urls(API, base).unwrap_err(), ConfigError::SmsBaseUrl(_)), "{base}");
        }
    }

    #[test]
    fn any_other_bad_setting_is_named() {
        for key in ["", "key\n", "a key", "키"] {
            let secret = || "s".into();
            let error = NexmoConfig::new(API, REST, key, secret(), bonin(), None, None).unwrap_err();
            assert!(matches!(error, ConfigError::ApiKey(_)), "{key:?}");
            let error = NexmoConfig::new(API, REST, "k", key.into(), bonin(), None, None).unwrap_err();
            assert!(matches!(error, ConfigError::ApiSecret(_)), "{key:?}");
            let error =
                NexmoConfig::new(API, REST, "k", secret(), bonin(), Some(key.into()), None).unwrap_err();
            assert!(matches!(error, ConfigError::SignatureSecret(_)), "{key:?}");
        }
        let error = NexmoConfig::new(API, REST, "a:b", "s".into(), bonin(), None, None).unwrap_err();
        assert_eq!(error.to_string(), "api_key holds a colon");
        let error = NexmoConfig::new(API, REST, "k", "s".into(), Vec::new(), None, None).unwrap_err();
        assert!(matches!(error, ConfigError::Senders(_)));
        let long = format!("https://bonin.kr/{}", "a".repeat(84));
        for callback in ["", "bonin.kr/hooks", "ftp://bonin.kr", long.as_str()] {
            let error =
                NexmoConfig::new(API, REST, "k", "s".into(), bonin(), None, Some(callback)).unwrap_err();
            assert!(matches!(error, ConfigError::Callback(_)), "{callback}");
        }
    }
}
