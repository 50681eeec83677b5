//! A provider at which people log in: it hands out tokens as CoolSMS does, and forgets them when a test says so.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bonin_domain::messages::Image;
use bonin_ports::{
    AccountBalance, Authorization, Clock, MessagingAccount, MessagingError, OAuthError, OAuthProvider,
    OAuthTokens,
};
use bonin_testkit::FixedClock;
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;

/// What was handed out.
#[derive(Default)]
struct Handed {
    drawn: u32,
    /// Codes with their accounts.
    codes: HashMap<String, String>,
    access: HashMap<String, String>,
    refresh: HashMap<String, String>,
    /// Codes, addresses and verifiers that were shown for a token.
    trades: Vec<(String, String, Option<String>)>,
    refreshes: u32,
}

/// The provider.
pub struct People {
    pub clock: Arc<FixedClock>,
    pub offers_pkce: bool,
    /// While this is set, every call ends without an answer.
    pub is_down: AtomicBool,
    handed: Mutex<Handed>,
}

impl People {
    pub fn new(clock: Arc<FixedClock>, offers_pkce: bool) -> Self {
        Self { clock, offers_pkce, is_down: AtomicBool::new(false), handed: Mutex::default() }
    }

    /// A person allows what was asked for; the code that the browser brings back.
    pub fn allow(&self, account: &str) -> String {
        let mut handed = self.handed.lock().expect("nobody panics while holding it");
        handed.drawn += 1;
        let code = format!("code-{}", handed.drawn);
        handed.codes.insert(code.clone(), account.to_owned());
        code
    }

    /// A person takes everything back.
    pub fn revoke(&self, account: &str) {
        let mut handed = self.handed.lock().expect("nobody panics while holding it");
        handed.access.retain(|_, other| other != account);
        handed.refresh.retain(|_, other| other != account);
    }

    /// Access tokens end, and nothing else does.
    pub fn end_access(&self) {
        self.handed.lock().expect("nobody panics while holding it").access.clear();
    }

    /// Codes, addresses and verifiers that were shown for a token.
    pub fn trades(&self) -> Vec<(String, String, Option<String>)> {
        self.handed.lock().expect("nobody panics while holding it").trades.clone()
    }

    /// How often a token was renewed, or tried to.
    pub fn refreshes(&self) -> u32 {
        self.handed.lock().expect("nobody panics while holding it").refreshes
    }

    fn check_up(&self) -> Result<(), OAuthError> {
        if self.is_down.load(Ordering::SeqCst) {
            return Err(OAuthError::Unavailable { code: "connect".to_owned(), cause: None });
        }
        Ok(())
    }

    fn issue(&self, handed: &mut Handed, account: &str) -> OAuthTokens {
        handed.drawn += 1;
        let access = format!("access-{}", handed.drawn);
        handed.access.insert(access.clone(), account.to_owned());
        // The refresh token is handed out at the first issue only.
        let first = !handed.refresh.values().any(|other| other == account);
        let refresh = first.then(|| format!("refresh-{}", handed.drawn));
        if let Some(refresh) = &refresh {
            handed.refresh.insert(refresh.clone(), account.to_owned());
        }
        OAuthTokens {
            access_token: access.into(),
            expires_at: self.clock.now() + SignedDuration::from_hours(24),
            refresh_token: refresh.map(SecretString::from),
        }
    }
}

#[async_trait]
impl OAuthProvider for People {
    fn offers_pkce(&self) -> bool {
        self.offers_pkce
    }

    fn authorize_url(&self, asked: &Authorization<'_>) -> String {
        let verifier = asked.verifier.unwrap_or("none");
        format!("{}|{}|{}|{verifier}", asked.state, asked.redirect_uri, asked.scopes)
    }

    async fn exchange(
        &self,
        code: &SecretString,
        redirect_uri: &str,
        verifier: Option<&SecretString>,
    ) -> Result<OAuthTokens, OAuthError> {
        self.check_up()?;
        let mut handed = self.handed.lock().expect("nobody panics while holding it");
        let verifier = verifier.map(|verifier| verifier.expose_secret().to_owned());
        handed.trades.push((code.expose_secret().to_owned(), redirect_uri.to_owned(), verifier));
        let account = handed.codes.remove(code.expose_secret());
        let account = account.ok_or_else(|| OAuthError::Ended { code: "403/InvalidGrant".to_owned() })?;
        Ok(self.issue(&mut handed, &account))
    }

    async fn refresh(&self, refresh_token: &SecretString) -> Result<OAuthTokens, OAuthError> {
        self.check_up()?;
        let mut handed = self.handed.lock().expect("nobody panics while holding it");
        handed.refreshes += 1;
        let account = handed.refresh.get(refresh_token.expose_secret()).cloned();
        let account =
            account.ok_or_else(|| OAuthError::Ended { code: "400/InvalidRefreshToken".to_owned() })?;
        let tokens = self.issue(&mut handed, &account);
        Ok(OAuthTokens { refresh_token: Some(refresh_token.clone()), ..tokens })
    }
}

#[async_trait]
impl MessagingAccount for People {
    async fn account(&self, access: &SecretString) -> Result<String, MessagingError> {
        let handed = self.handed.lock().expect("nobody panics while holding it");
        let account = handed.access.get(access.expose_secret()).cloned();
        account.ok_or_else(|| MessagingError::Unauthorized { code: "401/Unauthorized".to_owned() })
    }

    async fn balance(&self, access: &SecretString) -> Result<AccountBalance, MessagingError> {
        let account = self.account(access).await?;
        Ok(AccountBalance { balance: format!("1000 of {account}"), point: "0".to_owned() })
    }

    async fn store_image(&self, _: &SecretString, _: &Image) -> Result<String, MessagingError> {
        Err(MessagingError::Unauthorized { code: "401/Unauthorized".to_owned() })
    }
}
