use std::fmt;

use bonin_http::Url;
use secrecy::{ExposeSecret, SecretString};

/// Where I'mport (PortOne V1) is and who we are there; valid once made.
///
/// `Debug` shows the base URL only.
#[derive(Clone)]
pub struct IamportConfig {
    pub(crate) base_url: Url,
    pub(crate) imp_key: String,
    pub(crate) imp_secret: SecretString,
    pub(crate) channel_key: Option<String>,
    pub(crate) company: Option<String>,
}

/// Where PortOne V2 is and who we are there; valid once made.
///
/// `Debug` shows the base URL only.
#[derive(Clone)]
pub struct PortoneConfig {
    pub(crate) base_url: Url,
    pub(crate) api_secret: SecretString,
    pub(crate) store_id: String,
    pub(crate) channel_key: String,
}

/// A setting that cannot be right. Names the field and the rule, never repeats the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `base_url`.
    #[error("base_url {0}")]
    BaseUrl(&'static str),
    /// `imp_key`.
    #[error("imp_key {0}")]
    ImpKey(&'static str),
    /// `imp_secret`.
    #[error("imp_secret {0}")]
    ImpSecret(&'static str),
    /// `api_secret`.
    #[error("api_secret {0}")]
    ApiSecret(&'static str),
    /// `store_id`.
    #[error("store_id {0}")]
    StoreId(&'static str),
    /// `channel_key`.
    #[error("channel_key {0}")]
    ChannelKey(&'static str),
    /// `company`.
    #[error("company {0}")]
    Company(&'static str),
}

impl IamportConfig {
    /// Checks the settings.
    ///
    /// - `base_url`: scheme and host, `https://api.iamport.kr`, or `https://static-api.iamport.kr` for a fixed
    ///   address (section 2); plain HTTP is for simulators.
    /// - `imp_key`, `imp_secret`: the REST API pair of the console. Not the customer code `imp…`, which is public.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn new(base_url: &str, imp_key: &str, imp_secret: SecretString) -> Result<Self, ConfigError> {
        let base_url = bonin_http::base_url(base_url).map_err(ConfigError::BaseUrl)?;
        bonin_http::check_key(imp_key).map_err(ConfigError::ImpKey)?;
        bonin_http::check_key(imp_secret.expose_secret()).map_err(ConfigError::ImpSecret)?;
        Ok(Self { base_url, imp_key: imp_key.to_owned(), imp_secret, channel_key: None, company: None })
    }

    /// Names the channel of the console through which one-time passwords are sent (section 6). Without it none
    /// is: [`bonin_ports::OtpIdentityVerifier::request`] says that the settings have to be mended.
    ///
    /// # Errors
    /// [`ConfigError::ChannelKey`].
    pub fn channel_key(mut self, channel_key: &str) -> Result<Self, ConfigError> {
        bonin_http::check_key(channel_key).map_err(ConfigError::ChannelKey)?;
        self.channel_key = Some(channel_key.to_owned());
        Ok(self)
    }

    /// Names the service as the message with a one-time password shows it; 1 to 100 bytes.
    ///
    /// # Errors
    /// [`ConfigError::Company`].
    pub fn company(mut self, company: &str) -> Result<Self, ConfigError> {
        let company = company.trim();
        if !(1..=100).contains(&company.len()) || company.contains(char::is_control) {
            return Err(ConfigError::Company("is empty, longer than 100 bytes or holds a control character"));
        }
        self.company = Some(company.to_owned());
        Ok(self)
    }
}

impl PortoneConfig {
    /// Checks the settings.
    ///
    /// - `base_url`: scheme and host, `https://api.portone.io` (section 11); plain HTTP is for simulators.
    /// - `api_secret`: the V2 API secret of the console.
    /// - `store_id`: the store whose results are read, `store-…`.
    /// - `channel_key`: the channel through which one-time passwords are sent, `channel-key-…`.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn new(
        base_url: &str,
        api_secret: SecretString,
        store_id: &str,
        channel_key: &str,
    ) -> Result<Self, ConfigError> {
        let base_url = bonin_http::base_url(base_url).map_err(ConfigError::BaseUrl)?;
        bonin_http::check_key(api_secret.expose_secret()).map_err(ConfigError::ApiSecret)?;
        bonin_http::check_key(store_id).map_err(ConfigError::StoreId)?;
        bonin_http::check_key(channel_key).map_err(ConfigError::ChannelKey)?;
        let (store_id, channel_key) = (store_id.to_owned(), channel_key.to_owned());
        Ok(Self { base_url, api_secret, store_id, channel_key })
    }
}

impl fmt::Debug for IamportConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("IamportConfig");
        shown.field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}

impl fmt::Debug for PortoneConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("PortoneConfig");
        shown.field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V1: &str = "https://api.iamport.kr";
    const V2: &str = "https://api.portone.io";

    #[test]
    fn good_settings_are_taken_and_not_shown() {
        let iamport = IamportConfig::new(V1, "the-key", "the-secret".into())
            .and_then(|config| config.channel_key("the-channel"))
            .and_then(|config| config.company("본인 상점"));
        let portone = PortoneConfig::new(V2, "the-secret".into(), "the-store", "the-channel");
        let shown = format!("{:?} {:?}", iamport.unwrap(), portone.unwrap());
        assert!(shown.contains(V1) && shown.contains(V2), "{shown}");
        assert!(!shown.contains("the-") && !shown.contains("상점"), "{shown}");
    }

    #[test]
    fn a_bad_base_url_is_named() {
        for base in
            ["", "api.iamport.kr", "ftp://a.b", "https://a.b/c", "https://a.b?c=d", "https://me:pw@a.b"]
        {
            let error = IamportConfig::new(base, "k", "s".into()).unwrap_err();
            assert!(matches!(error, ConfigError::BaseUrl(_)), "{base}");
            let error = PortoneConfig::new(base, "s".into(), "store", "channel").unwrap_err();
            assert!(matches!(error, ConfigError::BaseUrl(_)), "{base}");
        }
    }

    #[test]
    fn any_other_bad_setting_is_named() {
        for bad in ["", "key\n", "a key", "키"] {
            let error = IamportConfig::new(V1, bad, "s".into()).unwrap_err();
            assert!(matches!(error, ConfigError::ImpKey(_)), "{bad:?}");
            let error = IamportConfig::new(V1, "k", bad.into()).unwrap_err();
            assert!(matches!(error, ConfigError::ImpSecret(_)), "{bad:?}");
            let error = IamportConfig::new(V1, "k", "s".into()).unwrap().channel_key(bad).unwrap_err();
            assert!(matches!(error, ConfigError::ChannelKey(_)), "{bad:?}");
            let error = PortoneConfig::new(V2, bad.into(), "store", "channel").unwrap_err();
            assert!(matches!(error, ConfigError::ApiSecret(_)), "{bad:?}");
            let error = PortoneConfig::new(V2, "s".into(), bad, "channel").unwrap_err();
            assert!(matches!(error, ConfigError::StoreId(_)), "{bad:?}");
            let error = PortoneConfig::new(V2, "s".into(), "store", bad).unwrap_err();
            assert!(matches!(error, ConfigError::ChannelKey(_)), "{bad:?}");
        }
        for company in ["", "  ", "a\nb", &"가".repeat(34)] {
            let error = IamportConfig::new(V1, "k", "s".into()).unwrap().company(company).unwrap_err();
            assert!(matches!(error, ConfigError::Company(_)), "{company:?}");
        }
    }
}
