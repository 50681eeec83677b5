//! The messaging web app.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::keys::KeyRing;
use bonin_persistence::StoreHandle;
use bonin_services::messaging::{
    AccessTokens, AppSessions, BeginLogin, Disconnect, Drafts, FinishLogin, ReadBalance, Renewals,
};

use super::{System, sending};
use crate::controllers::app::account::AppAccounts;
use crate::controllers::app::failure::CALLBACK;
use crate::controllers::app::login::LogIns;
use crate::controllers::app::sending::Sending;
use crate::controllers::app::session::AppPages;
use crate::http::flood::{FloodGuard, Rate};
use crate::http::session::Sessions;
use crate::pages::FrameParts;
use crate::providers::MessagingPorts;
use crate::settings::{MessagingSettings, Settings};

/// What the routes are made of.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    pub settings: &'a Settings,
    pub system: &'a System,
    pub store: &'a StoreHandle,
    pub keys: &'a Arc<KeyRing>,
    pub sessions: &'a Arc<Sessions>,
    /// CoolSMS, where our app is registered there.
    pub provider: Option<&'a MessagingPorts>,
    /// The address of the public listener.
    pub listening: &'a str,
}

/// The pages of the app.
#[derive(Clone)]
pub struct Routes {
    /// What frames are made of.
    pub frames: FrameParts,
    /// The app, where it is offered.
    pub offered: Option<Offered>,
}

/// What the app's controllers work with.
#[derive(Clone)]
pub struct Offered {
    pub pages: Arc<AppPages>,
    pub log_ins: Arc<LogIns>,
    pub accounts: Arc<AppAccounts>,
    pub sending: Arc<Sending>,
}

/// Puts the use cases together.
pub fn routes(parts: Parts<'_>) -> Routes {
    let Parts { settings, system, provider, .. } = parts;
    let frames =
        FrameParts { entropy: system.entropy.clone(), clock: system.clock.clone(), locale: settings.locale };
    let registered = settings.messaging.as_ref().zip(provider);
    let offered = registered.map(|(messaging, provider)| offered(parts, messaging, provider, &frames));
    Routes { frames, offered }
}

fn offered(
    parts: Parts<'_>,
    messaging: &MessagingSettings,
    provider: &MessagingPorts,
    frames: &FrameParts,
) -> Offered {
    let Parts { settings, system, store, keys, sessions, listening, .. } = parts;
    let policy = settings.accounts.sessions;
    let (clock, entropy) = (&system.clock, &system.entropy);
    let public_url = settings.public_url.as_deref().unwrap_or(listening);
    let redirect_uri = format!("{}{CALLBACK}", public_url.trim_end_matches('/'));
    let tokens = AccessTokens {
        connections: store.connections.clone(),
        oauth: provider.oauth.clone(),
        keys: keys.clone(),
        clock: clock.clone(),
        entropy: entropy.clone(),
        renewals: Renewals::default(),
    };
    let drafts =
        Drafts { sessions: store.app_sessions.clone(), keys: keys.clone(), entropy: entropy.clone() };
    let pages = Arc::new(AppPages {
        frames: frames.clone(),
        origins: sessions.origins.clone(),
        tenant: TenantId::default_tenant(),
        sessions: AppSessions { sessions: store.app_sessions.clone(), policy, clock: clock.clone() },
        flood: FloodGuard::new(settings.policy.limits.address, Rate::REQUESTS),
        trusted_proxies: settings.trusted_proxies.clone(),
    });
    let log_ins = Arc::new(LogIns {
        begin: BeginLogin {
            logins: store.oauth_logins.clone(),
            oauth: provider.oauth.clone(),
            redirect_uri: redirect_uri.clone(),
            keys: keys.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        },
        finish: FinishLogin {
            logins: store.oauth_logins.clone(),
            account: provider.account.clone(),
            sessions: store.app_sessions.clone(),
            policy,
            drafts: drafts.clone(),
            tokens: tokens.clone(),
            redirect_uri,
        },
        issuer: provider.address.clone(),
    });
    let sending = sending::sending(parts, messaging, provider, &pages, &tokens, drafts);
    let accounts = Arc::new(AppAccounts {
        balance: ReadBalance { tokens, account: provider.account.clone() },
        disconnect: Disconnect {
            connections: store.connections.clone(),
            sessions: store.app_sessions.clone(),
            clock: clock.clone(),
        },
    });
    Offered { pages, log_ins, accounts, sending }
}
