use std::fmt;

use bonin_domain::messages::SenderId;
use bonin_http::Url;
use secrecy::{ExposeSecret, SecretString};

/// Who calls. Both take the same calls; `Debug` shows no secret.
#[derive(Clone, Debug)]
pub enum Credential {
    /// An account's own key: each call is signed (section 2).
    ApiKey {
        /// The key, 16 characters.
        key: String,
        /// Its secret, 32 characters.
        secret: SecretString,
    },
    /// An OAuth2 access token: calls are made for the user who allowed it (section 3).
    Bearer(SecretString),
}

/// Where CoolSMS is and who we are there; valid once made.
///
/// `Debug` shows the base URL and the app id only.
#[derive(Clone)]
pub struct CoolsmsConfig {
    pub(crate) base_url: Url,
    pub(crate) credential: Credential,
    pub(crate) app_id: Option<String>,
}

/// A setting that cannot be right. Names the field and the rule, never repeats the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `base_url`.
    #[error("base_url {0}")]
    BaseUrl(&'static str),
    /// `api_key`.
    #[error("api_key {0}")]
    ApiKey(&'static str),
    /// `api_secret`.
    #[error("api_secret {0}")]
    ApiSecret(&'static str),
    /// The access token.
    #[error("access_token {0}")]
    AccessToken(&'static str),
    /// `app_id`.
    #[error("app_id {0}")]
    AppId(&'static str),
    /// The sender numbers.
    #[error("senders {0}")]
    Senders(&'static str),
    /// `client_id`.
    #[error("client_id {0}")]
    ClientId(&'static str),
    /// `client_secret`.
    #[error("client_secret {0}")]
    ClientSecret(&'static str),
    /// `webhook_secret`.
    #[error("webhook_secret {0}")]
    WebhookSecret(&'static str),
}

impl CoolsmsConfig {
    /// Checks the settings.
    ///
    /// - `base_url`: scheme and host, `https://api.coolsms.co.kr` or `https://api.solapi.com` (section 1);
    ///   plain HTTP is for simulators.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn new(base_url: &str, credential: Credential) -> Result<Self, ConfigError> {
        let base_url = bonin_http::base_url(base_url).map_err(ConfigError::BaseUrl)?;
        check_credential(&credential)?;
        Ok(Self { base_url, credential, app_id: None })
    }

    /// Names our app in the provider's store: without it, messages bring the developer nothing (section 3.5).
    ///
    /// # Errors
    /// [`ConfigError::AppId`].
    pub fn app_id(mut self, app_id: &str) -> Result<Self, ConfigError> {
        check_app_id(app_id)?;
        self.app_id = Some(app_id.to_owned());
        Ok(self)
    }
}

impl fmt::Debug for CoolsmsConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CoolsmsConfig")
            .field("base_url", &self.base_url.as_str())
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

pub(crate) fn check_credential(credential: &Credential) -> Result<(), ConfigError> {
    match credential {
        Credential::ApiKey { key, secret } => {
            // A comma or an equals sign would end the parameter in the header.
            if key.contains([',', '=']) {
                return Err(ConfigError::ApiKey("holds a comma or an equals sign"));
            }
            bonin_http::check_key(key).map_err(ConfigError::ApiKey)?;
            bonin_http::check_key(secret.expose_secret()).map_err(ConfigError::ApiSecret)
        }
        Credential::Bearer(token) => {
            bonin_http::check_key(token.expose_secret()).map_err(ConfigError::AccessToken)
        }
    }
}

pub(crate) fn check_app_id(app_id: &str) -> Result<(), ConfigError> {
    if !(5..=20).contains(&app_id.len()) || !app_id.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(ConfigError::AppId("is not made of 5 to 20 letters and digits"));
    }
    Ok(())
}

/// Senders are registered numbers here; names exist abroad only.
pub(crate) fn check_senders(senders: &[SenderId]) -> Result<(), ConfigError> {
    if senders.is_empty() {
        return Err(ConfigError::Senders("are none; register a number and name it here"));
    }
    if !senders.iter().all(SenderId::is_number) {
        return Err(ConfigError::Senders("hold one that is not a number"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://api.coolsms.co.kr";

    fn keyed(key: &str, secret: &str) -> Credential {
        Credential::ApiKey { key: key.to_owned(), secret: secret.into() }
    }

    #[test]
    fn good_settings_are_taken_and_their_secrets_not_shown() {
        for credential in [keyed("the-key", "the-secret"), Credential::Bearer("the-token".into())] {
            for base in [BASE, "https://api.solapi.com/", "http://127.0.0.1:8090"] {
                let config = CoolsmsConfig::new(base, credential.clone()).unwrap().app_id("APPID").unwrap();
                let shown = format!("{config:?} {credential:?}");
                for hidden in ["the-secret", "the-token"] {
                    assert!(!shown.contains(hidden), "{shown}");
                }
                assert!(shown.contains("APPID"), "{shown}");
            }
        }
    }

    #[test]
    fn a_bad_setting_is_named() {
        for base in
            ["", "api.solapi.com", "ftp://a", "https://a/b", "https://a?b", "https://a#b", "https://m:p@a"]
        {
            let error = CoolsmsConfig::new(base, keyed("k", "s")).unwrap_err();
            assert!(matches!(error, ConfigError::BaseUrl(_)), "{base}");
        }
        for bad in ["", "a\n", "a b", "키"] {
            let error = |credential| CoolsmsConfig::new(BASE, credential).unwrap_err();
            assert!(matches!(error(keyed(bad, "s")), ConfigError::ApiKey(_)), "{bad:?}");
            assert!(matches!(error(keyed("k", bad)), ConfigError::ApiSecret(_)), "{bad:?}");
            assert!(matches!(error(Credential::Bearer(bad.into())), ConfigError::AccessToken(_)), "{bad:?}");
        }
        assert!(matches!(CoolsmsConfig::new(BASE, keyed("k,a=b", "s")).unwrap_err(), ConfigError::ApiKey(_)));
        for bad in ["", "four", "an app", &"a".repeat(21)] {
            let config = CoolsmsConfig::new(BASE, keyed("k", "s")).unwrap();
            assert!(matches!(config.app_id(bad), Err(ConfigError::AppId(_))), "{bad}");
        }
    }

    #[test]
    fn senders_are_numbers() {
        let sender = |raw| SenderId::parse(raw).unwrap();
        assert_eq!(check_senders(&[sender("02-555-0100"), sender("15880000")]), Ok(()));
        assert!(check_senders(&[]).is_err());
        assert!(check_senders(&[sender("Bonin")]).is_err());
    }
}
