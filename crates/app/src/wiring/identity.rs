//! Identity verification.

use std::sync::Arc;

use bonin_domain::identity::JudgedBy;
use bonin_domain::keys::KeyRing;
use bonin_persistence::StoreHandle;
use bonin_services::identity::{
    Accept, CompleteIdentity, EraseResults, IdentityRules, OtpIdentity, ReadIdentity, StartIdentity,
};
use tokio::runtime::Handle;

use super::System;
use crate::controllers::identities::{Identities, Offered};
use crate::http::flood::{FloodGuard, Rate};
use crate::http::session::Sessions;
use crate::providers::IdentityPorts;
use crate::settings::{IdentitySettings, Mode, Settings};

/// What the routes are made of.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    pub settings: &'a Settings,
    pub system: &'a System,
    pub store: &'a StoreHandle,
    pub keys: &'a Arc<KeyRing>,
    pub sessions: &'a Arc<Sessions>,
    /// The provider, where one is configured.
    pub provider: Option<&'a IdentityPorts>,
    /// The address of the public listener.
    pub listening: &'a str,
}

/// The routes, and what goes on beside them.
pub struct Routes {
    pub identities: Arc<Identities>,
    /// Has results erased, where that is asked for.
    pub erase: Option<EraseResults>,
}

/// Puts the use cases together.
pub fn routes(parts: Parts<'_>) -> Routes {
    let Parts { settings, system, sessions, provider, listening, .. } = parts;
    let configured = settings.identity.as_ref().zip(provider);
    let built = configured.map(|(identity, provider)| offered(parts, identity, provider));
    let (offered, erase) = built.unzip();
    // Where nobody said which address people see, it is the one that we listen on, while developing.
    let development = (settings.mode == Mode::Development).then_some(listening);
    let identities = Identities {
        access: sessions.access.clone(),
        offered,
        origins: sessions.origins.clone(),
        flood: FloodGuard::new(settings.policy.limits.address, Rate::REQUESTS),
        clock: system.clock.clone(),
        entropy: system.entropy.clone(),
        public_url: settings.public_url.clone().or(development.map(str::to_owned)),
        locale: settings.locale,
        brand: settings.tenants.default_tenant().brand.clone(),
    };
    let erase = erase.filter(|_| settings.identity.as_ref().is_some_and(|identity| identity.erase_results));
    Routes { identities: Arc::new(identities), erase }
}

fn offered(
    parts: Parts<'_>,
    identity: &IdentitySettings,
    provider: &IdentityPorts,
) -> (Offered, EraseResults) {
    let Parts { settings, system, store, keys, .. } = parts;
    let (clock, entropy) = (&system.clock, &system.entropy);
    let rules = Arc::new(IdentityRules {
        api: identity.provider.api(),
        judged_by: JudgedBy {
            least_age: settings.accounts.least_age,
            by_year: identity.by_year,
            test_channels: settings.mode == Mode::Development,
            providers: identity.companies.clone(),
        },
        keep_person_keys: identity.keep_person_keys,
        erase_results: identity.erase_results,
        address_limit: settings.policy.limits.address,
        number_limit: settings.policy.limits.number,
    });
    let erase = EraseResults {
        results: store.identity_results.clone(),
        api: rules.api,
        verifier: provider.verifier.clone(),
        keys: keys.clone(),
        clock: clock.clone(),
        runtime: Handle::current(),
    };
    let accept = Arc::new(Accept {
        identities: store.identities.clone(),
        results: store.identity_results.clone(),
        rules: rules.clone(),
        erase: erase.clone(),
        keys: keys.clone(),
        clock: clock.clone(),
        entropy: entropy.clone(),
    });
    let otp = identity.otp.then(|| OtpIdentity {
        otps: store.otp.clone(),
        verifier: provider.otp.clone(),
        accept: accept.clone(),
    });
    let offered = Offered {
        start: StartIdentity {
            identities: store.identities.clone(),
            rules,
            keys: keys.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        },
        complete: CompleteIdentity { verifier: provider.verifier.clone(), accept },
        read: ReadIdentity { identities: store.identities.clone(), clock: clock.clone() },
        otp,
        sdk: provider.sdk.clone(),
    };
    (offered, erase)
}
