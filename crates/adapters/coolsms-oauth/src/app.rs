//! Acting for people who logged in: each call goes with the token of its person.

use std::fmt;
use std::sync::Arc;

use bonin_domain::messages::FailureClass;
use bonin_http::{Http, Url};
use bonin_ports::{Clock, Entropy, MessagingError};
use secrecy::SecretString;

use crate::client::CoolsmsClient;
use crate::config::{ConfigError, CoolsmsConfig, Credential, check_app_id, check_credential};
use crate::error::CoolsmsError;

/// Our app in the provider's store, for the people who allowed it to act for them:
/// [`bonin_ports::MessagingAccount`] and [`bonin_ports::MessagingGroups`]. `Debug` shows base URL and app id.
#[derive(Clone)]
pub struct CoolsmsApp {
    base_url: Url,
    app_id: String,
    http: Http,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl CoolsmsApp {
    /// The app with this id, which each group names (section 3.5). By `clock` it is told whether a group is released
    /// now or later; `base_url` is as in [`CoolsmsConfig::new`].
    ///
    /// # Errors
    /// [`ConfigError::BaseUrl`] or [`ConfigError::AppId`].
    pub fn new(
        base_url: &str,
        app_id: &str,
        http: Http,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, ConfigError> {
        let base_url = bonin_http::base_url(base_url).map_err(ConfigError::BaseUrl)?;
        check_app_id(app_id)?;
        Ok(Self { base_url, app_id: app_id.to_owned(), http, clock, entropy })
    }

    /// The calls of the person whose token this is.
    pub(crate) fn client(&self, access: &SecretString) -> Result<CoolsmsClient, MessagingError> {
        let credential = Credential::Bearer(access.clone());
        check_credential(&credential)
            .map_err(|_| MessagingError::Unauthorized { code: "access_token".into() })?;
        let config =
            CoolsmsConfig { base_url: self.base_url.clone(), credential, app_id: Some(self.app_id.clone()) };
        let (http, clock, entropy) = (self.http.clone(), Arc::clone(&self.clock), Arc::clone(&self.entropy));
        Ok(CoolsmsClient::new(config, http, clock, entropy))
    }
}

impl fmt::Debug for CoolsmsApp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CoolsmsApp")
            .field("base_url", &self.base_url.as_str())
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

/// The error of a call that sends nothing, whatever came of it: it may be made again.
pub(crate) fn unsent(error: CoolsmsError) -> MessagingError {
    match MessagingError::from(error) {
        MessagingError::Unclear { code, cause } => MessagingError::Unavailable { code, cause },
        other => other,
    }
}

impl From<CoolsmsError> for MessagingError {
    fn from(error: CoolsmsError) -> Self {
        let code = error.code().to_owned();
        match error {
            CoolsmsError::Invalid(invalid) => Self::Refused { class: invalid.class(), code },
            CoolsmsError::Refused { class, .. } => Self::Refused { class, code },
            CoolsmsError::NotFound { .. } => Self::Refused { class: FailureClass::Other, code },
            CoolsmsError::Unauthorized { .. } if is_about_the_token(&code) => Self::Unauthorized { code },
            // The app may not do it, whoever logs in.
            CoolsmsError::Unauthorized { .. } => Self::Refused { class: FailureClass::Credentials, code },
            // The person has no money: no later call brings more.
            CoolsmsError::Unavailable { class: FailureClass::Quota, .. } if !code.starts_with("429") => {
                Self::Refused { class: FailureClass::Quota, code }
            }
            CoolsmsError::Unavailable { .. } => Self::Unavailable { code, cause: error.into() },
            CoolsmsError::Unclear { .. } => Self::Unclear { code, cause: error.into() },
        }
    }
}

/// Whether it is 401, or 403: which of them a token meets that was taken back is not documented.
fn is_about_the_token(code: &str) -> bool {
    code.starts_with("401") || code.starts_with("403")
}
