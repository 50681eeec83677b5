use std::sync::Arc;

use bonin_domain::keys::{KeyRing, SealedField};
use bonin_domain::messaging::{AppScope, AppScopes, BrowserSecret, Connection, LoginState, OAuthLoginId};
use bonin_domain::{Opaque, Role, TenantId};
use bonin_ports::{
    Authorization, Clock, Entropy, OAuthLogin, OAuthLoginRepository, OAuthProvider, RepositoryError,
};
use jiff::{SignedDuration, Timestamp};

/// Marks what binds a code to the log in that asked for it.
struct VerifierRole;
impl Role for VerifierRole {
    const NAME: &'static str = "PkceVerifier";
}
/// The PKCE verifier (RFC 7636): its text form has the 43 characters that are the least.
type PkceVerifier = Opaque<VerifierRole>;

/// The pages that a log in may lead to: no address ever comes from a request (security 37).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppPage {
    /// Sending.
    Send,
    /// What was sent.
    Messages,
    /// The account.
    Account,
}

impl AppPage {
    /// Every page.
    pub const ALL: [Self; 3] = [Self::Send, Self::Messages, Self::Account];

    /// The name used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Messages => "messages",
            Self::Account => "account",
        }
    }

    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.as_str() == name)
    }
}

/// Sends a browser to the provider's log in.
pub struct BeginLogin {
    /// Log ins under way.
    pub logins: Arc<dyn OAuthLoginRepository>,
    /// The provider.
    pub oauth: Arc<dyn OAuthProvider>,
    /// Where the provider sends the browser back to, exactly as registered there.
    pub redirect_uri: String,
    /// Seals verifiers.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws secrets.
    pub entropy: Arc<dyn Entropy>,
}

/// For what somebody logs in.
#[derive(Clone, Copy, Debug)]
pub enum LoginAim<'a> {
    /// To get in. Asked for is what is needed at first, or what this browser's person allowed the last time.
    Enter(Option<AppScopes>),
    /// To allow one thing more, being logged in.
    Widen(&'a Connection, AppScope),
}

/// A log in that has begun.
pub struct LoginBegun {
    /// Where the browser goes. Holds the state.
    pub address: String,
    /// What the browser is known by when it comes back.
    pub browser: BrowserSecret,
}

impl BeginLogin {
    /// For so long the code may come back (security 35).
    pub const LIFE: SignedDuration = SignedDuration::from_mins(10);

    /// Begins a log in for `aim`, which leads to `back_to`.
    ///
    /// # Errors
    /// The store's; the browser goes nowhere then.
    #[tracing::instrument(name = "messaging.begin_login", skip_all)]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        aim: LoginAim<'_>,
        back_to: AppPage,
    ) -> Result<LoginBegun, RepositoryError> {
        let now = self.clock.now();
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let (scopes, connection) = match aim {
            LoginAim::Enter(before) => (before.unwrap_or(AppScopes::FIRST), None),
            LoginAim::Widen(connection, scope) => (connection.scopes.with(scope), Some(connection.id)),
        };
        let scopes = scopes.with(AppScope::SendMessages);
        let (id, state, browser) =
            (OAuthLoginId::draw(now, fill), LoginState::draw(fill), BrowserSecret::draw(fill));
        let verifier = self.oauth.offers_pkce().then(|| PkceVerifier::draw(fill).reveal());
        let sealed = verifier.as_ref().map(|verifier| {
            self.keys.seal(tenant, SealedField::PkceVerifier, id.as_row(), verifier.as_bytes(), fill)
        });
        let address = self.oauth.authorize_url(&Authorization {
            state: &state.reveal(),
            redirect_uri: &self.redirect_uri,
            scopes: &scopes.to_string(),
            verifier: verifier.as_deref(),
        });
        let login = OAuthLogin {
            id,
            tenant: tenant.clone(),
            state: state.digest(),
            browser: browser.digest(),
            verifier: sealed,
            scopes,
            connection,
            back_to: back_to.as_str().to_owned(),
            expires_at: now.checked_add(Self::LIFE).unwrap_or(Timestamp::MAX),
        };
        self.logins.begin(login).await?;
        Ok(LoginBegun { address, browser })
    }
}
