//! Sessions, one's own account, look-ups and resets.

use std::sync::Arc;

use bonin_domain::keys::KeyRing;
use bonin_persistence::StoreHandle;
use bonin_services::accounts::{
    ChangePassword, ChangePhone, CloseAccount, EndSessions, FindSession, FinishPasswordReset, Hashing,
    ListSessions, LogIn, LookUpAccounts, NewPasswords, Notices, OpenPasswordReset, PasswordCheck,
    ReadAccount, StepUpSession,
};
use bonin_services::codes::Texts;

use super::System;
use crate::controllers::account_lookups::AccountLookups;
use crate::controllers::me::OwnAccounts;
use crate::controllers::password_resets::PasswordResets;
use crate::controllers::sessions::SessionRoutes;
use crate::http::access::Access;
use crate::http::flood::{FloodGuard, Rate};
use crate::http::origin::Origins;
use crate::http::session::Sessions;
use crate::settings::Settings;

/// What the routes are made of.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    pub settings: &'a Settings,
    pub system: &'a System,
    pub store: &'a StoreHandle,
    pub keys: &'a Arc<KeyRing>,
    pub texts: &'a Arc<Texts>,
    pub hashing: &'a Hashing,
    pub sessions: &'a Arc<Sessions>,
}

/// The routes.
pub struct Routes {
    pub sessions: Arc<SessionRoutes>,
    pub own_accounts: Arc<OwnAccounts>,
    pub account_lookups: Arc<AccountLookups>,
    pub password_resets: Arc<PasswordResets>,
}

/// Tells who is logged in. `listening` is the address of the public listener, such as `http://127.0.0.1:8080`.
pub fn sessions(
    settings: &Settings,
    system: &System,
    store: &StoreHandle,
    access: &Arc<Access>,
    listening: &str,
) -> Arc<Sessions> {
    Arc::new(Sessions {
        access: access.clone(),
        find: FindSession {
            sessions: store.sessions.clone(),
            policy: settings.accounts.sessions,
            clock: system.clock.clone(),
        },
        origins: Origins::new(settings.public_url.as_deref(), listening, &settings.cors_origins),
        passwords: FloodGuard::new(settings.policy.limits.address, Rate::PASSWORDS),
    })
}

/// Puts the use cases together.
pub fn routes(parts: Parts<'_>) -> Routes {
    let Parts { settings, system, store, keys, texts, hashing, sessions } = parts;
    let policy = settings.accounts.sessions;
    let access = &sessions.access;
    let check = PasswordCheck {
        attempts: store.login_attempts.clone(),
        hashing: hashing.clone(),
        keys: keys.clone(),
        clock: system.clock.clone(),
    };
    let notices = Arc::new(Notices {
        keys: keys.clone(),
        entropy: system.entropy.clone(),
        texts: texts.clone(),
        test_numbers: settings.policy.test_numbers.clone(),
        locale: settings.locale,
    });
    let new_passwords = NewPasswords {
        rule: settings.accounts.password_rule,
        hashing: hashing.clone(),
        notices: notices.clone(),
    };
    let read = || ReadAccount { accounts: store.accounts.clone(), keys: keys.clone() };
    Routes {
        sessions: Arc::new(SessionRoutes {
            sessions: sessions.clone(),
            log_in: LogIn {
                accounts: store.accounts.clone(),
                sessions: store.sessions.clone(),
                check: check.clone(),
                policy,
                entropy: system.entropy.clone(),
            },
            list: ListSessions { sessions: store.sessions.clone(), policy, clock: system.clock.clone() },
            end: EndSessions { sessions: store.sessions.clone() },
            step_up: StepUpSession {
                sessions: store.sessions.clone(),
                policy,
                clock: system.clock.clone(),
                entropy: system.entropy.clone(),
            },
        }),
        own_accounts: Arc::new(OwnAccounts {
            sessions: sessions.clone(),
            read: read(),
            close: CloseAccount { accounts: store.accounts.clone(), check: check.clone() },
            change_password: ChangePassword {
                read: read(),
                passwords: store.passwords.clone(),
                check: check.clone(),
                new_passwords: new_passwords.clone(),
                policy,
                entropy: system.entropy.clone(),
            },
            change_phone: ChangePhone {
                read: read(),
                accounts: store.accounts.clone(),
                verifications: store.verifications.clone(),
                check,
                notices,
                policy,
                entropy: system.entropy.clone(),
            },
            clock: system.clock.clone(),
        }),
        account_lookups: Arc::new(AccountLookups {
            access: access.clone(),
            look_up: LookUpAccounts {
                accounts: store.accounts.clone(),
                keys: keys.clone(),
                clock: system.clock.clone(),
            },
        }),
        password_resets: Arc::new(PasswordResets {
            access: access.clone(),
            open: OpenPasswordReset {
                accounts: store.accounts.clone(),
                passwords: store.passwords.clone(),
                verifications: store.verifications.clone(),
                identities: store.identities.clone(),
                proofs: store.proofs.clone(),
                keys: keys.clone(),
                clock: system.clock.clone(),
                entropy: system.entropy.clone(),
            },
            finish: FinishPasswordReset {
                passwords: store.passwords.clone(),
                new_passwords,
                keys: keys.clone(),
                clock: system.clock.clone(),
            },
        }),
    }
}
