//! The providers of this process, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use bonin_domain::Amount;
use bonin_domain::messages::{MessageKind, Price, ProviderName};
use bonin_ports::{Accepted, BulkSender, DeliveryReports, MessageSender, VerifyProvider};

/// How a provider brings a code or message to a person.
#[derive(Clone)]
pub enum Carrier {
    /// It sends our text.
    Sender(Arc<dyn MessageSender>),
    /// It draws, sends and compares a code of its own.
    Verify(Arc<dyn VerifyProvider>),
}

/// A provider as the dispatcher uses it.
#[derive(Clone)]
pub struct Provider {
    /// Its name.
    pub name: ProviderName,
    /// What it does.
    pub carrier: Carrier,
    /// Where one call of it takes many messages.
    pub bulk: Option<Arc<dyn BulkSender>>,
    /// Where it can be asked what became of messages.
    pub reports: Option<Arc<dyn DeliveryReports>>,
    /// What the operator says that a message costs, in KRW. Adaptive plans compare it, and it is written down where the
    /// provider tells no price.
    pub prices: BTreeMap<MessageKind, Amount>,
}

impl Provider {
    /// What a message that it takes now costs, where the operator says so.
    pub fn price(&self, kind: MessageKind) -> Option<Price> {
        Price::parse(&self.prices.get(&kind)?.to_string(), "KRW")
    }

    /// The provider's answer with a price: the one that it tells, else the operator's of this moment. One that it tells
    /// later takes its place.
    pub(super) fn priced(&self, answer: Accepted, kind: MessageKind) -> Accepted {
        Accepted { price: answer.price.or_else(|| self.price(kind)), ..answer }
    }
}

/// All providers.
#[derive(Default)]
pub struct Providers(BTreeMap<ProviderName, Provider>);

impl Providers {
    /// These providers; of two with one name the later counts.
    pub fn new(providers: impl IntoIterator<Item = Provider>) -> Self {
        Self(providers.into_iter().map(|provider| (provider.name.clone(), provider)).collect())
    }

    /// The provider of this name.
    pub fn get(&self, name: &ProviderName) -> Option<&Provider> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.values()
    }

    /// The provider of this name, where it runs verifications.
    pub fn verifier(&self, name: &ProviderName) -> Option<&Arc<dyn VerifyProvider>> {
        match &self.get(name)?.carrier {
            Carrier::Verify(verifier) => Some(verifier),
            Carrier::Sender(_) => None,
        }
    }
}
