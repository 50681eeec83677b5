//! Sign-ups, terms and consents.

use std::sync::Arc;

use bonin_services::accounts::{GiveConsent, ListTerms, ReadConsents, SignUp, SignUpPolicy, WithdrawConsent};

use super::sessions::Parts;
use crate::controllers::accounts::Accounts;
use crate::http::idempotency::InFlight;
use crate::settings::Settings;

/// Puts the use cases together.
pub fn routes(parts: Parts<'_>) -> Arc<Accounts> {
    let Parts { settings, system, store, keys, texts, hashing, sessions } = parts;
    let terms = Arc::new(settings.terms.clone());
    let (consents, clock) = (&store.consents, &system.clock);
    Arc::new(Accounts {
        sessions: sessions.clone(),
        sign_up: SignUp {
            verifications: store.verifications.clone(),
            identities: store.identities.clone(),
            proofs: store.proofs.clone(),
            accounts: store.accounts.clone(),
            hashing: hashing.clone(),
            terms: terms.clone(),
            texts: texts.clone(),
            policy: policy(settings),
            keys: keys.clone(),
            clock: clock.clone(),
            entropy: system.entropy.clone(),
        },
        list_terms: ListTerms { terms: terms.clone(), clock: clock.clone() },
        read_consents: ReadConsents {
            consents: consents.clone(),
            terms: terms.clone(),
            clock: clock.clone(),
        },
        give_consent: GiveConsent {
            consents: consents.clone(),
            terms: terms.clone(),
            keys: keys.clone(),
            clock: clock.clone(),
        },
        withdraw_consent: WithdrawConsent {
            consents: consents.clone(),
            terms,
            keys: keys.clone(),
            clock: clock.clone(),
        },
        keys: keys.clone(),
        locale: settings.locale,
        in_flight: InFlight::default(),
    })
}

fn policy(settings: &Settings) -> SignUpPolicy {
    let accounts = &settings.accounts;
    SignUpPolicy {
        password_rule: accounts.password_rule,
        identity_required: accounts.identity_required,
        one_per_person: accounts.one_per_person,
        least_age: accounts.least_age,
        keep_person_keys: settings.identity.as_ref().is_some_and(|identity| identity.keep_person_keys),
    }
}
