//! Who is asked to send a message (requirements D09 to D12).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bonin_domain::messages::{MessageKind, ProviderName, euc_kr_len};
use bonin_domain::routing::{
    Admission, Breaker, BreakerState, Channel, Conversion, ProviderFacts, RouteChoice, RouteMode, RoutePlan,
    RouteQuery, RouteTable, choose,
};
use bonin_domain::spending::Charge;
use bonin_domain::{Region, TenantId};
use bonin_ports::{Clock, ConversionLog, Encoding, Entropy, Message, RepositoryError};
use jiff::Timestamp;

use crate::dispatch::providers::{Carrier, Provider, Providers};
use crate::dispatch::waiting::{Errand, Waiting};

/// Codes that adaptive plans learn from.
const LEARN_FROM: u16 = 2_000;

/// The number of Korea, which some providers reach alone.
const KOREA: u16 = 82;

/// What a router is made of.
pub struct RouterParts {
    /// The plans.
    pub table: RouteTable,
    /// The providers they name.
    pub providers: Arc<Providers>,
    /// What became of earlier codes.
    pub conversions: Arc<dyn ConversionLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws where a plan leaves something to chance.
    pub entropy: Arc<dyn Entropy>,
}

/// Chooses providers, and remembers which of them are out of order. A breaker is this process's own: a provider
/// that fails shows it to each of them within seconds.
pub struct Router {
    parts: RouterParts,
    breakers: BTreeMap<ProviderName, Mutex<Breaker>>,
    learnt: RwLock<HashMap<(ProviderName, Option<Region>), Conversion>>,
}

impl Router {
    /// A router that knows of no failure yet.
    pub fn new(parts: RouterParts) -> Self {
        let breakers =
            parts.providers.iter().map(|provider| (provider.name.clone(), Mutex::default())).collect();
        Self { parts, breakers, learnt: RwLock::default() }
    }

    /// The provider of this name.
    pub fn provider(&self, name: &ProviderName) -> Option<&Provider> {
        self.parts.providers.get(name)
    }

    /// All providers.
    pub fn providers(&self) -> &Providers {
        &self.parts.providers
    }

    /// Orders the providers for a message, best first. `avoid` comes on top of what the message avoids itself.
    pub fn choose(&self, tenant: &TenantId, waiting: &Waiting, avoid: &[ProviderName]) -> Arc<RouteChoice> {
        let now = self.parts.clock.now();
        let avoid: Vec<ProviderName> = waiting.avoid.iter().chain(avoid).cloned().collect();
        let named = named_plan(waiting);
        let plan = named.as_ref().unwrap_or_else(|| self.plan(tenant, waiting));
        let bytes = euc_kr_len(&waiting.message.text).ok();
        let learns = plan.mode() == RouteMode::Adaptive;
        let facts = |name: &ProviderName| self.facts(name, waiting, bytes, learns, now);
        Arc::new(choose(plan, &facts, &avoid, &mut || self.uniform()))
    }

    /// Whether two messages of a tenant go by the same plan.
    pub fn share_a_plan(&self, tenant: &TenantId, one: &Waiting, other: &Waiting) -> bool {
        std::ptr::eq(self.plan(tenant, one), self.plan(tenant, other))
    }

    fn plan(&self, tenant: &TenantId, waiting: &Waiting) -> &RoutePlan {
        let (purpose, channel) = match &waiting.errand {
            Errand::Code(code) => (Some(code.purpose), Channel::Verification),
            Errand::Group(_) | Errand::Notice => (None, waiting.message.kind.into()),
        };
        let query = RouteQuery { tenant, to: &waiting.message.to, purpose, channel };
        self.parts.table.plan_for(&query)
    }

    /// Whether any provider could carry such a message, breakers aside; says before anything is stored that
    /// nobody ever will.
    pub fn can_carry(&self, tenant: &TenantId, waiting: &Waiting) -> bool {
        let choice = self.choose(tenant, waiting, &[]);
        choice.candidates.iter().any(|candidate| {
            let bytes = euc_kr_len(&waiting.message.text).ok();
            self.provider(&candidate.provider).is_some_and(|provider| able(provider, waiting, bytes))
        })
    }

    /// What a message costs at most, at the dearest provider that could carry it: its kind's price, or that of a short message
    /// for each part that is billed. What has no price costs nothing.
    pub fn dearest(&self, tenant: &TenantId, waiting: &Waiting) -> Charge {
        let bytes = euc_kr_len(&waiting.message.text).ok();
        let named = named_plan(waiting);
        let plan = named.as_ref().unwrap_or_else(|| self.plan(tenant, waiting));
        let asked = plan.providers().iter().filter_map(|share| self.provider(&share.name));
        let price = |provider: &Provider| {
            let price = |kind| provider.prices.get(&kind).copied().unwrap_or_default();
            let parts = match &provider.carrier {
                Carrier::Sender(sender) => sender.billed_parts(&waiting.message),
                Carrier::Verify(_) => 1,
            };
            price(waiting.message.kind).max(price(MessageKind::Sms) * u64::from(parts))
        };
        let able = asked.filter(|provider| able(provider, waiting, bytes));
        able.map(|provider| Charge::of(price(provider))).max().unwrap_or_default()
    }

    /// Whether a provider that may run its verification is among those that may be asked.
    pub fn may_be_run(&self, tenant: &TenantId, waiting: &Waiting) -> bool {
        let mut providers = self.plan(tenant, waiting).providers().iter();
        may_be_run_by_providers(waiting)
            && providers.any(|share| self.parts.providers.verifier(&share.name).is_some())
    }

    /// Whether the provider may be called now; a yes must be followed by [`Router::answered`].
    pub fn admit(&self, name: &ProviderName) -> bool {
        let now = self.parts.clock.now();
        self.with_breaker(name, |breaker| breaker.admit(now)) != Some(Admission::Refused)
    }

    /// Notes how a call went: `well` unless the provider seemed out of order.
    pub fn answered(&self, name: &ProviderName, well: bool) {
        let now = self.parts.clock.now();
        let before = self.breaker_state(name);
        self.with_breaker(name, |breaker| if well { breaker.succeeded(now) } else { breaker.failed(now) });
        let after = self.breaker_state(name);
        if before != after {
            let state = after.map(BreakerState::as_str);
            tracing::warn!(provider.name = %name, breaker.state = state, "a circuit breaker changed");
        }
    }

    /// The state of a provider's breaker; `None` for a provider that is not ours.
    pub fn breaker_state(&self, name: &ProviderName) -> Option<BreakerState> {
        let now = self.parts.clock.now();
        self.with_breaker(name, |breaker| breaker.state(now))
    }

    /// Since when a provider's breaker lets nothing or one call through; `None` while it lets all through.
    pub fn breaker_opened_at(&self, name: &ProviderName) -> Option<Timestamp> {
        self.with_breaker(name, |breaker| breaker.opened_at())?
    }

    /// Looks up what became of earlier codes; adaptive plans choose by that until the next time.
    ///
    /// # Errors
    /// The store's; the last look still counts then.
    pub async fn learn(&self) -> Result<(), RepositoryError> {
        if !self.parts.table.is_adaptive() {
            return Ok(());
        }
        let now = self.parts.clock.now();
        let mut seen: HashMap<_, Vec<(f64, u32, u32)>> = HashMap::new();
        for code in self.parts.conversions.recent(LEARN_FROM, now).await? {
            let age = now.duration_since(code.at).as_secs_f64().max(0.0);
            let (converted, missed) = if code.converted { (1, 0) } else { (0, 1) };
            seen.entry((code.provider, code.country)).or_default().push((age, converted, missed));
        }
        let learnt = seen
            .into_iter()
            .map(|(key, codes)| (key, Conversion::aged(codes.into_iter(), Conversion::HALF_LIFE_SECONDS)));
        *self.learnt.write().unwrap_or_else(PoisonError::into_inner) = learnt.collect();
        Ok(())
    }

    /// What is known of a provider; `bytes` is the length of the text in EUC-KR, where it has one.
    fn facts(
        &self,
        name: &ProviderName,
        waiting: &Waiting,
        bytes: Option<usize>,
        learns: bool,
        now: Timestamp,
    ) -> ProviderFacts {
        let provider = self.provider(name);
        let conversion = || {
            let known = self.learnt.read().unwrap_or_else(PoisonError::into_inner);
            known.get(&(name.clone(), waiting.message.to.region())).copied()
        };
        ProviderFacts {
            able: provider.is_some_and(|provider| able(provider, waiting, bytes)),
            open: self.with_breaker(name, |breaker| breaker.is_open(now)).unwrap_or(false),
            conversion: learns.then(conversion).flatten().unwrap_or_default(),
            price: provider
                .and_then(|provider| provider.prices.get(&waiting.message.kind))
                .map(|price| price.to_f64()),
        }
    }

    fn with_breaker<T>(&self, name: &ProviderName, act: impl FnOnce(&mut Breaker) -> T) -> Option<T> {
        let breaker = self.breakers.get(name)?;
        Some(act(&mut breaker.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// A number from 0 up to 1, of 53 random bits.
    fn uniform(&self) -> f64 {
        let mut bytes = [0; 8];
        self.parts.entropy.fill(&mut bytes);
        #[expect(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
        let [drawn, all] = [u64::from_le_bytes(bytes) >> 11, 1 << 53].map(|bits| bits as f64);
        drawn / all
    }
}

/// The plan of a message whose provider was named with it.
fn named_plan(waiting: &Waiting) -> Option<RoutePlan> {
    match &waiting.errand {
        Errand::Group(Some(name)) => Some(RoutePlan::single(name.clone())),
        Errand::Group(None) | Errand::Code(_) | Errand::Notice => None,
    }
}

/// Whether a provider can carry a message at all.
fn able(provider: &Provider, waiting: &Waiting, bytes: Option<usize>) -> bool {
    match &provider.carrier {
        Carrier::Sender(sender) => {
            let abilities = sender.abilities();
            let Message { to, from, kind, .. } = &waiting.message;
            let domestic = to.country_code() == KOREA;
            abilities.kinds.contains(kind)
                && (domestic || !abilities.domestic_only)
                && from.as_ref().is_none_or(|from| abilities.senders.contains(from))
                && match abilities.encoding {
                    Encoding::EucKr => bytes.is_some_and(|bytes| bytes <= kind.text_limit()),
                    Encoding::Unicode => true,
                }
        }
        Carrier::Verify(_) => may_be_run_by_providers(waiting),
    }
}

/// Whether a provider may draw, send and compare the code of a message.
fn may_be_run_by_providers(waiting: &Waiting) -> bool {
    match &waiting.errand {
        // Where a code is withheld from strangers, a member's must not be the provider's: checks would ask it, and
        // so take longer than a stranger's, or get no verdict where a stranger's is a miss (security 22).
        Errand::Code(code) => code.purpose.always_sends() && waiting.message.kind == MessageKind::Sms,
        Errand::Group(_) | Errand::Notice => false,
    }
}
