//! A world of ports, and the processes that share it.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use bonin_domain::accounts::{Account, AccountId, HashCost, LoginId, Password, PasswordHash};
use bonin_domain::codes::{Code, CodeLength, Policy, Purpose, Token, VerificationId};
use bonin_domain::keys::{KeyRing, SealedField};
use bonin_domain::messages::{Attempt, Brand, Locale, ProviderName};
use bonin_domain::routing::{ProviderShare, RouteMode, RoutePlan, RouteTable};
use bonin_domain::spending::Ceilings;
use bonin_domain::{ClientAddress, Destinations, PhoneNumber, Region, TenantId};
use bonin_ports::{AccountImport as _, Clock as _, Entropy as _, Outbox as _};
use bonin_services::codes::{
    CancelVerification, CheckCode, Composer, ReadVerification, ResendCode, StartError, StartRequest,
    StartVerification, StartedVerification, TenantTexts, Texts,
};
use bonin_services::dispatch::{
    Carrier, Dispatcher, DispatcherParts, PollReports, Provider as Named, ProviderRuns, Providers, Router,
    RouterParts,
};
use bonin_services::spending::Budget;
use bonin_testkit::{FixedClock, SeededEntropy, key_ring};
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;

use super::{Provider, Store};

/// Clock, store and provider, which outlive any process.
pub struct World {
    pub clock: Arc<FixedClock>,
    pub store: Arc<Store>,
    /// The first provider of the plan, named `sens`.
    pub provider: Arc<Provider>,
    /// The others, in their order.
    pub others: Vec<(ProviderName, Arc<Provider>)>,
    pub keys: Arc<KeyRing>,
    pub entropy: Arc<SeededEntropy>,
    pub policy: Arc<Policy>,
    pub ceilings: Ceilings,
    pub tenant: TenantId,
}

/// One process: the use cases and their dispatcher.
pub struct Process {
    pub dispatcher: Dispatcher,
    pub router: Arc<Router>,
    pub budget: Arc<Budget>,
    pub start: StartVerification,
    pub resend: ResendCode,
    pub check: CheckCode,
    pub cancel: CancelVerification,
    pub read: ReadVerification,
    pub poll: PollReports,
}

/// What the owner of a fresh verification holds.
pub struct Begun {
    pub id: VerificationId,
    pub token: Token,
    pub code: Code,
}

/// The name of a provider.
pub fn named(name: &str) -> ProviderName {
    ProviderName::parse(name).expect("a provider's name")
}

/// The code in a text.
pub fn code_in(text: &str) -> Code {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    Code::parse(&digits, CodeLength::SIX).expect("the only digits of a text are its code")
}

impl World {
    pub fn new() -> Self {
        Self::with_policy(|_| {})
    }

    pub fn with_policy(change: impl FnOnce(&mut Policy)) -> Self {
        let opened = "2030-01-01T03:00:00Z".parse().expect("a moment");
        let clock = Arc::new(FixedClock::new(opened));
        let mut policy = Policy::default();
        change(&mut policy);
        Self {
            provider: Arc::new(Provider::new(clock.clone())),
            others: Vec::new(),
            clock,
            store: Arc::default(),
            keys: Arc::new(key_ring()),
            entropy: Arc::new(SeededEntropy::new(1)),
            policy: Arc::new(policy),
            ceilings: Ceilings::none(),
            tenant: TenantId::default_tenant(),
        }
    }

    /// A world where other providers stand behind the first.
    pub fn with_others(names: &[&str]) -> Self {
        let mut world = Self::new();
        let provider = |name: &&str| (named(name), Arc::new(Provider::new(world.clock.clone())));
        world.others = names.iter().map(provider).collect();
        world
    }

    /// One of the other providers.
    pub fn other(&self, name: &str) -> &Provider {
        let found = self.others.iter().find(|(other, _)| other.as_str() == name);
        &found.expect("a provider of this world").1
    }

    /// A process on the runtime of the caller, which asks the providers in their order.
    pub fn process(&self) -> Process {
        let first = (named("sens"), self.provider.clone());
        let providers = std::iter::once(&first).chain(&self.others).map(|(name, provider)| Named {
            name: name.clone(),
            carrier: Carrier::Sender(provider.clone()),
            bulk: None,
            reports: Some(provider.clone()),
            prices: BTreeMap::new(),
        });
        self.process_of(providers.collect())
    }

    /// A process that asks these providers in their order.
    pub fn process_of(&self, providers: Vec<Named>) -> Process {
        let order = providers.iter().map(|provider| ProviderShare { name: provider.name.clone(), weight: 1 });
        let plan = RoutePlan::new(RouteMode::Fixed, order.collect()).expect("a plan");
        self.process_with(providers, RouteTable::new(Vec::new(), plan))
    }

    /// A process with these providers and plans.
    pub fn process_with(&self, providers: Vec<Named>, table: RouteTable) -> Process {
        let providers = Arc::new(Providers::new(providers));
        let runs = ProviderRuns::new(providers.clone());
        let router = Arc::new(Router::new(RouterParts {
            table,
            providers: providers.clone(),
            conversions: self.store.memory.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }));
        let dispatcher = Dispatcher::new(DispatcherParts {
            outbox: self.store.clone(),
            router: router.clone(),
            runs: runs.clone(),
            test_numbers: self.policy.test_numbers.clone(),
            code_length: 6,
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            runtime: Handle::current(),
        });
        let budget = Arc::new(Budget { ceilings: self.ceilings.clone(), router: router.clone() });
        let composer = Arc::new(Composer {
            keys: self.keys.clone(),
            entropy: self.entropy.clone(),
            policy: self.policy.clone(),
            texts: Arc::new(Texts::new(
                HashMap::new(),
                TenantTexts { brand: Brand::parse("본인").expect("a brand"), web_otp: None },
                3,
                self.store.memory.clone(),
            )),
            budget: budget.clone(),
        });
        Process {
            start: StartVerification {
                verifications: self.store.clone(),
                accounts: self.store.memory.clone(),
                dispatcher: dispatcher.clone(),
                composer: composer.clone(),
                destinations: Destinations::default(),
                clock: self.clock.clone(),
                entropy: self.entropy.clone(),
            },
            resend: ResendCode {
                verifications: self.store.clone(),
                outbox: self.store.clone(),
                dispatcher: dispatcher.clone(),
                composer,
                clock: self.clock.clone(),
            },
            check: CheckCode {
                verifications: self.store.clone(),
                keys: self.keys.clone(),
                policy: self.policy.clone(),
                runs: runs.clone(),
                clock: self.clock.clone(),
                entropy: self.entropy.clone(),
            },
            cancel: CancelVerification { verifications: self.store.clone(), runs, clock: self.clock.clone() },
            read: ReadVerification {
                verifications: self.store.clone(),
                outbox: self.store.clone(),
                keys: self.keys.clone(),
                clock: self.clock.clone(),
            },
            poll: PollReports {
                outbox: self.store.clone(),
                providers,
                keys: self.keys.clone(),
                clock: self.clock.clone(),
            },
            router,
            budget,
            dispatcher,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock on by so many seconds.
    pub fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// A start for sign-up by the owner of the phone.
    pub fn request(&self) -> StartRequest {
        StartRequest {
            tenant: self.tenant.clone(),
            phone_number: PhoneNumber::parse("010-1234-5678", Region::KR).expect("a number"),
            purpose: Purpose::SignUp,
            login_id: None,
            account: None,
            locale: Locale::Ko,
            client_token: None,
            client: Self::client("203.0.113.7"),
            counts_address: true,
            idempotency: None,
        }
    }

    /// Has the owner of the phone join under this login id; the account's name.
    pub async fn join(&self, login_id: &str) -> AccountId {
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = AccountId::draw(self.now(), fill);
        let phone = self.request().phone_number;
        let login_id = LoginId::parse(login_id).expect("a login id");
        let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
        let password = Password::parse("a password of nobody").expect("a password");
        let seal = |field, text: &str| {
            self.keys.seal(&self.tenant, field, id.as_row(), text.as_bytes(), &mut |b| self.entropy.fill(b))
        };
        let account = Account {
            id,
            tenant: self.tenant.clone(),
            login_index: self.keys.login_index(&login_id),
            login_id: seal(SealedField::LoginId, login_id.as_str()),
            phone_index: self.keys.phone_index(&phone),
            phone: seal(SealedField::Phone, phone.e164()),
            nickname: seal(SealedField::Nickname, "민수"),
            password: PasswordHash::compute(&password, cost, &mut |b| self.entropy.fill(b)),
            phone_proved_at: self.now(),
            phone_contested_at: None,
            person: None,
            created_at: self.now(),
        };
        let skipped = self.store.memory.import(vec![account]).await.expect("the memory works");
        assert!(skipped.is_empty(), "nobody has the number or the login id");
        id
    }

    pub fn client(address: &str) -> ClientAddress {
        ClientAddress::from(address.parse::<IpAddr>().expect("an address"))
    }

    /// The texts that were handed to the provider, oldest first.
    pub fn texts(&self) -> Vec<String> {
        self.provider.script.messages().into_iter().map(|message| message.text.to_string()).collect()
    }

    /// The code of the latest text.
    pub fn latest_code(&self) -> Code {
        code_in(self.texts().last().expect("a text was sent"))
    }

    /// A code that is none of those sent.
    pub fn wrong_code(&self) -> Code {
        let sent: Vec<Code> = self.texts().iter().map(|text| code_in(text)).collect();
        let mut all = (0..10).map(|digit| Code::parse(&digit.to_string().repeat(6), CodeLength::SIX));
        let wrong = all.find_map(|code| code.ok().filter(|code| !sent.contains(code)));
        wrong.expect("fewer than ten codes are repdigits")
    }

    /// The attempts of the latest message of a verification.
    pub async fn attempts(&self, id: VerificationId) -> Vec<Attempt> {
        let messages = self.store.memory.messages(&self.tenant, id).await.expect("the memory works");
        messages.last().expect("it has a message").attempts.clone()
    }
}

impl Process {
    /// Starts a verification; its first message may still be under way.
    pub async fn begin(&self, world: &World) -> StartedVerification {
        self.try_begin(world.request()).await.expect("it starts")
    }

    pub async fn try_begin(&self, request: StartRequest) -> Result<StartedVerification, StartError> {
        self.start.execute(request).await
    }

    /// Starts a verification and has its message sent.
    pub async fn begun(&self, world: &World) -> Begun {
        self.begun_by(world, world.request()).await
    }

    pub async fn begun_by(&self, world: &World, request: StartRequest) -> Begun {
        let started = self.try_begin(request).await.expect("it starts");
        self.dispatcher.drained().await;
        Begun { id: started.verification.id, token: started.token, code: world.latest_code() }
    }

    /// Takes over what is due and waits until that is done; says how many messages.
    pub async fn take_over(&self) -> usize {
        let taken = self.dispatcher.take_over().await.expect("the store works");
        self.dispatcher.drained().await;
        taken
    }
}
