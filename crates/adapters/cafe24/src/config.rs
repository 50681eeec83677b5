use std::fmt;

use bonin_domain::messages::SenderId;
use bonin_http::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::numbers;

/// Where Cafe24 is and who we are there; valid once made.
///
/// `Debug` shows the two base URLs only.
#[derive(Clone)]
pub struct Cafe24Config {
    pub(crate) base_url: Url,
    pub(crate) list_base_url: Url,
    pub(crate) user_id: String,
    pub(crate) secure_key: SecretString,
    pub(crate) senders: Vec<SenderId>,
}

/// A setting that cannot be right. Names the field and the rule, never repeats the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `base_url`.
    #[error("base_url {0}")]
    BaseUrl(&'static str),
    /// `list_base_url`.
    #[error("list_base_url {0}")]
    ListBaseUrl(&'static str),
    /// `user_id`.
    #[error("user_id {0}")]
    UserId(&'static str),
    /// `secure_key`.
    #[error("secure_key {0}")]
    SecureKey(&'static str),
    /// `senders`.
    #[error("senders {0}")]
    Senders(&'static str),
}

impl Cafe24Config {
    /// Checks the settings.
    ///
    /// - `base_url`: scheme and host, such as `https://sslsms.cafe24.com` (section 1); plain HTTP is for
    ///   simulators.
    /// - `user_id`: the id of the SMS service, which is not the mall's.
    /// - `secure_key`: the key from the console.
    /// - `senders`: the registered numbers, the default first.
    /// - `list_base_url`: where lists of sent messages are, if elsewhere, such as `https://smsapi.cafe24.com`.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn new(
        base_url: &str,
        user_id: &str,
        secure_key: SecretString,
        senders: Vec<SenderId>,
        list_base_url: Option<&str>,
    ) -> Result<Self, ConfigError> {
        let base_url = bonin_http::base_url(base_url).map_err(ConfigError::BaseUrl)?;
        bonin_http::check_key(user_id).map_err(ConfigError::UserId)?;
        bonin_http::check_key(secure_key.expose_secret()).map_err(ConfigError::SecureKey)?;
        check_senders(&senders).map_err(ConfigError::Senders)?;
        let list_base_url = match list_base_url {
            Some(raw) => bonin_http::base_url(raw).map_err(ConfigError::ListBaseUrl)?,
            None => base_url.clone(),
        };
        Ok(Self { base_url, list_base_url, user_id: user_id.to_owned(), secure_key, senders })
    }
}

impl fmt::Debug for Cafe24Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Cafe24Config")
            .field("base_url", &self.base_url.as_str())
            .field("list_base_url", &self.list_base_url.as_str())
            .finish_non_exhaustive()
    }
}

fn check_senders(senders: &[SenderId]) -> Result<(), &'static str> {
    if senders.is_empty() {
        return Err("holds no number");
    }
    if !senders.iter().all(|sender| numbers::groups(sender.as_str()).is_some()) {
        return Err("holds what is not a Korean number such as 02-123-4567 or 1588-0000");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://sslsms.cafe24.com";

    fn config(base: &str, user: &str, key: &str, senders: &[&str]) -> Result<Cafe24Config, ConfigError> {
        let senders = senders.iter().map(|raw| SenderId::parse(raw).unwrap()).collect();
        Cafe24Config::new(base, user, key.into(), senders, None)
    }

    #[test]
    fn good_settings_are_taken_and_their_secrets_not_shown() {
        for base in [BASE, "https://sslsms.cafe24.com/", "http://127.0.0.1:8090"] {
            let config =
                config(base, "my_sms_id", "0123456789abcdef", &["02-123-4567", "1588-0000"]).unwrap();
            assert_eq!(config.list_base_url, config.base_url);
            let shown = format!("{config:?}");
            assert!(shown.contains(base), "{shown}");
            for hidden in ["my_sms_id", "0123456789abcdef", "021234567"] {
                assert!(!shown.contains(hidden), "{shown}");
            }
        }
    }

    #[test]
    fn lists_may_be_elsewhere() {
        let senders = vec![SenderId::parse("021234567").unwrap()];
        let with = |list| Cafe24Config::new(BASE, "id", "key".into(), senders.clone(), Some(list));
        let config = with("https://smsapi.cafe24.com").unwrap();
        assert_eq!(config.list_base_url.as_str(), "https://smsapi.cafe24.com/");
        assert!(matches!(with("smsapi.cafe24.com"), Err(ConfigError::ListBaseUrl(_))));
    }

    #[test]
    fn a_bad_setting_is_named() {
        let number = ["021234567"];
        for base in
            ["", "sslsms.cafe24.com", "ftp://a.b", "https://a.b/x", "https://a.b?c", "https://me:pw@a.b"]
        {
            let error = config(base, "u", "k", &number).unwrap_err();
            assert!(matches!(error, ConfigError::BaseUrl(_)), "{base}");
        }
        for key in ["", "key\n", "a key", "키"] {
            let error = config(BASE, key, "k", &number).unwrap_err();
            assert!(matches!(error, ConfigError::UserId(_)), "{key:?}");
            let error = config(BASE, "u", key, &number).unwrap_err();
            assert!(matches!(error, ConfigError::SecureKey(_)), "{key:?}");
        }
        for senders in [&[][..], &["Bonin"], &["021234567", "12345"]] {
            let error = config(BASE, "u", "k", senders).unwrap_err();
            assert!(matches!(error, ConfigError::Senders(_)), "{senders:?}");
        }
        let error = config(BASE, "u", "k", &[]).unwrap_err();
        assert_eq!(error.to_string(), "senders holds no number");
    }
}
