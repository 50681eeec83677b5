//! What the tests of log ins share: the use cases over one store, a provider and a clock that a test moves.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::SessionPolicy;
use bonin_domain::messaging::{AppSession, AppSessionToken, BrowserSecret, Connection, LoginState};
use bonin_ports::{Clock as _, Entropy as _};
use bonin_services::messaging::{
    AccessTokens, AppPage, AppSessions, BeginLogin, CameBack, Disconnect, Drafts, FinishLogin,
    FinishLoginError, LoginAim, LoginFinished, ReadBalance, Renewals,
};
use bonin_testkit::{FixedClock, InMemoryStore, SeededEntropy, key_ring};
use jiff::Timestamp;

use super::people::People;

/// Where the provider sends browsers back to.
pub const BACK: &str = "https://app.example/app/oauth/callback";

pub struct Office {
    pub tenant: TenantId,
    pub clock: Arc<FixedClock>,
    pub entropy: Arc<SeededEntropy>,
    pub people: Arc<People>,
    pub store: Arc<InMemoryStore>,
    pub begin: BeginLogin,
    pub finish: FinishLogin,
    pub sessions: AppSessions,
    pub disconnect: Disconnect,
    pub balance: ReadBalance,
    pub drafts: Drafts,
}

/// A browser on its way to the provider.
pub struct Away {
    pub state: LoginState,
    pub browser: BrowserSecret,
    /// What is asked for.
    pub scopes: String,
    /// The verifier whose challenge went along, or `none`.
    pub verifier: String,
}

impl Office {
    pub fn new(offers_pkce: bool) -> Self {
        let clock =
            Arc::new(FixedClock::new("2026-11-21T00:00:00Z".parse::<Timestamp>().expect("it works here")));
        let (entropy, keys) = (Arc::new(SeededEntropy::new(7)), Arc::new(key_ring()));
        let store = Arc::new(InMemoryStore::default());
        let people = Arc::new(People::new(clock.clone(), offers_pkce));
        let policy = SessionPolicy::default();
        let tokens = AccessTokens {
            connections: store.clone(),
            oauth: people.clone(),
            keys: keys.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            renewals: Renewals::default(),
        };
        let drafts = Drafts { sessions: store.clone(), keys: keys.clone(), entropy: entropy.clone() };
        Self {
            begin: BeginLogin {
                logins: store.clone(),
                oauth: people.clone(),
                redirect_uri: BACK.to_owned(),
                keys: keys.clone(),
                clock: clock.clone(),
                entropy: entropy.clone(),
            },
            finish: FinishLogin {
                logins: store.clone(),
                account: people.clone(),
                sessions: store.clone(),
                policy,
                drafts: drafts.clone(),
                tokens: tokens.clone(),
                redirect_uri: BACK.to_owned(),
            },
            sessions: AppSessions { sessions: store.clone(), policy, clock: clock.clone() },
            disconnect: Disconnect {
                connections: store.clone(),
                sessions: store.clone(),
                clock: clock.clone(),
            },
            balance: ReadBalance { tokens, account: people.clone() },
            drafts,
            store,
            tenant: TenantId::default_tenant(),
            clock,
            entropy,
            people,
        }
    }

    /// A browser leaves for the provider.
    pub async fn leave(&self, aim: LoginAim<'_>, back_to: AppPage) -> Away {
        let begun = self.begin.execute(&self.tenant, aim, back_to).await.expect("it works here");
        let parts: Vec<&str> = begun.address.split('|').collect();
        assert_eq!(parts[1], BACK);
        Away {
            state: LoginState::parse(parts[0]).expect("it works here"),
            browser: begun.browser,
            scopes: parts[2].to_owned(),
            verifier: parts[3].to_owned(),
        }
    }

    /// It comes back with a code of `account`.
    pub async fn come_back(
        &self,
        away: &Away,
        account: &str,
        session: Option<&AppSessionToken>,
    ) -> Result<LoginFinished, FinishLoginError> {
        let code = Ok(self.people.allow(account).into());
        let (state, browser) = (away.state.clone(), away.browser.clone());
        self.finish.execute(&self.tenant, &CameBack { state, browser, code, session: session.cloned() }).await
    }

    /// Logs `account` in.
    pub async fn log_in(&self, account: &str) -> AppSessionToken {
        let away = self.leave(LoginAim::Enter(None), AppPage::Send).await;
        self.come_back(&away, account, None).await.expect("it works here").token
    }

    /// Who is logged in.
    pub async fn session(&self, token: &AppSessionToken) -> Option<(AppSession, Connection)> {
        self.sessions.find(&self.tenant, token).await.expect("it works here")
    }

    /// Another browser's secret.
    pub fn other_browser(&self) -> BrowserSecret {
        BrowserSecret::draw(&mut |bytes| self.entropy.fill(bytes))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
