use std::collections::BTreeSet;
use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::{AccountId, Consent, TermId, TermVersion, Terms};
use bonin_domain::messages::Locale;
use bonin_ports::{Clock, ConsentRepository, RepositoryError};
use jiff::Timestamp;

/// Shows what a member agreed to and withdrew.
pub struct ReadConsents {
    /// Where consents are stored.
    pub consents: Arc<dyn ConsentRepository>,
    /// All terms, of all times.
    pub terms: Arc<Terms>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// How a member stands to one term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentState {
    /// The term.
    pub term: TermId,
    /// Its title, while it is in force.
    pub title: Option<String>,
    /// Whether nobody may have an account without it.
    pub required: bool,
    /// Its current version, while it is in force.
    pub current: Option<TermVersion>,
    /// The last thing the member said of it.
    pub latest: Option<Consent>,
}

impl ConsentState {
    /// Whether the member's yes stands, to whichever version.
    pub fn is_given(&self) -> bool {
        self.latest.as_ref().is_some_and(|consent| consent.given)
    }

    /// Whether the member's yes is to the current version.
    pub fn is_current(&self) -> bool {
        self.is_given() && self.latest.as_ref().map(|consent| &consent.version) == self.current.as_ref()
    }
}

/// All that a member agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentsSeen {
    /// Each term that is in force, required ones first, then those that were and of which the member said something.
    pub states: Vec<ConsentState>,
    /// Everything said, oldest first.
    pub history: Vec<Consent>,
    /// When.
    pub at: Timestamp,
}

impl ReadConsents {
    /// What an account agreed to; titles in `locale` where they are there.
    ///
    /// # Errors
    /// The store's.
    #[tracing::instrument(name = "accounts.consents", skip_all, fields(account.id = %account))]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        account: AccountId,
        locale: Locale,
    ) -> Result<ConsentsSeen, RepositoryError> {
        let at = self.clock.now();
        let history = self.consents.history(tenant, account).await?;
        let latest = |term: &TermId| history.iter().rev().find(|consent| consent.term == *term).cloned();
        let current = self.terms.current(locale, at);
        let mut states: Vec<ConsentState> = current
            .iter()
            .map(|term| ConsentState {
                term: term.id.clone(),
                title: Some(term.title.clone()),
                required: term.required,
                current: Some(term.version.clone()),
                latest: latest(&term.id),
            })
            .collect();
        let in_force: BTreeSet<&TermId> = current.iter().map(|term| &term.id).collect();
        let said: BTreeSet<&TermId> = history.iter().map(|consent| &consent.term).collect();
        states.extend(said.difference(&in_force).map(|&term| ConsentState {
            term: term.clone(),
            title: None,
            required: false,
            current: None,
            latest: latest(term),
        }));
        Ok(ConsentsSeen { states, history, at })
    }
}
