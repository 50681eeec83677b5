//! From settings to use cases: the one place that knows every crate.

pub mod accounts;
pub mod app;
pub mod console;
pub mod identity;
pub mod insight;
pub mod sending;
pub mod sessions;

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::HashCost;
use bonin_domain::keys::KeyRing;
use bonin_persistence::StoreHandle;
use bonin_ports::{Clock, Entropy, KeyCheckVerdict};
use bonin_services::access::Authenticate;
use bonin_services::accounts::Hashing;
use bonin_services::codes::{
    CancelVerification, CheckCode, Composer, ReadVerification, ResendCode, StartVerification, TenantTexts,
    Texts,
};
use bonin_services::dispatch::{
    Dispatcher, DispatcherParts, PollReports, ProviderRuns, ReceiveReceipts, Router, RouterParts,
};
use bonin_services::identity::EraseResults;
use bonin_services::messages::{CancelGroup, ListMessages, ReadGroup, ReadMessage, SendMessages};
use bonin_services::spending::{Budget, ReadSpending};
use bonin_services::templates::{ListTemplates, PreviewTemplate, RevertTemplate, SaveTemplate};
use secrecy::ExposeSecret as _;

use crate::controllers::accounts::Accounts;
use crate::controllers::analytics::Analytics;
use crate::controllers::classic::Classic;
use crate::controllers::identities::Identities;
use crate::controllers::messages::Messages;
use crate::controllers::templates::Templates;
use crate::controllers::verifications::Verifications;
use crate::http::access::{Access, KeylessAllowed};
use crate::http::flood::{FloodGuard, Rate};
use crate::http::idempotency::InFlight;
use crate::http::session::Sessions;
use crate::providers::Connected;
use crate::settings::{Mode, Settings, TenantSettings, key_file};
use crate::system::{SystemClock, SystemEntropy};

/// Anything that keeps a command from doing its work; its text is for the operator.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The clock and the generator.
#[derive(Clone)]
pub struct System {
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl System {
    pub fn new() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy::new()) }
    }
}

/// The key ring; in development it is made when it is missing.
pub fn key_ring(settings: &Settings, system: &System) -> Result<Arc<KeyRing>, Failure> {
    let path = &settings.key_file;
    if settings.mode == Mode::Development
        && key_file::make_if_missing(path, &*system.clock, &*system.entropy)?
    {
        tracing::info!(file = %path.display(), "made a key ring for development");
    }
    Ok(Arc::new(key_file::read(path)?))
}

/// Opens the database; an SQLite file's folder is made when it is missing.
pub fn open_database(settings: &Settings) -> Result<StoreHandle, Failure> {
    let url = settings.database_url.expose_secret();
    if let Some(path) = url.strip_prefix("sqlite://")
        && let Some(folder) = std::path::Path::new(path).parent()
    {
        std::fs::create_dir_all(folder)?;
    }
    Ok(bonin_persistence::connect(url, settings.connections)?)
}

/// Whether the keys in hand sealed this database; new ones are noted in it.
pub async fn agree_on_keys(store: &StoreHandle, keys: &KeyRing) -> Result<(), Failure> {
    judge_keys(store.key_checks.agree(&keys.checks()).await?)
}

/// What a comparison of keys means for the operator.
pub fn judge_keys(verdict: KeyCheckVerdict) -> Result<(), Failure> {
    match verdict {
        KeyCheckVerdict::Same => Ok(()),
        KeyCheckVerdict::Different(id) => Err(format!(
            "this database was sealed with other keys: key {id} of BONIN__KEYS__FILE is not the one it knows"
        )
        .into()),
        KeyCheckVerdict::Missing(id) => {
            Err(format!("this database was sealed with other keys: its key {id} is not in BONIN__KEYS__FILE")
                .into())
        }
    }
}

/// Everything that serves requests and sends messages.
pub struct Application {
    pub verifications: Arc<Verifications>,
    pub messages: Arc<Messages>,
    pub templates: Arc<Templates>,
    pub receipts: ReceiveReceipts,
    pub dispatcher: Dispatcher,
    pub router: Arc<Router>,
    pub texts: Arc<Texts>,
    pub poll_reports: PollReports,
    pub accounts: Arc<Accounts>,
    pub own: sessions::Routes,
    pub identities: Arc<Identities>,
    pub erase: Option<EraseResults>,
    pub classic: Arc<Classic>,
    pub analytics: Arc<Analytics>,
    pub app: app::Routes,
    pub spending: ReadSpending,
    /// Hashes passwords, of members and of administrators.
    pub hashing: Hashing,
}

/// Puts the use cases together. `listening` is the address of the public listener.
///
/// # Errors
/// The system's, when it gives no thread to hash on.
pub fn application(
    settings: &Settings,
    system: &System,
    store: &StoreHandle,
    keys: &Arc<KeyRing>,
    connected: &Connected,
    listening: &str,
) -> Result<Application, Failure> {
    let providers = &connected.providers;
    let router = Arc::new(Router::new(RouterParts {
        table: settings.routing.table.clone(),
        providers: providers.clone(),
        conversions: store.conversions.clone(),
        clock: system.clock.clone(),
        entropy: system.entropy.clone(),
    }));
    let runs = ProviderRuns::new(providers.clone());
    let dispatcher = Dispatcher::new(DispatcherParts {
        outbox: store.outbox.clone(),
        router: router.clone(),
        runs: runs.clone(),
        test_numbers: settings.policy.test_numbers.clone(),
        code_length: u8::try_from(settings.policy.code_length.digits()).unwrap_or(u8::MAX),
        keys: keys.clone(),
        clock: system.clock.clone(),
        entropy: system.entropy.clone(),
        runtime: tokio::runtime::Handle::current(),
    });
    let texts = texts(settings, store);
    let budget = Arc::new(Budget { ceilings: settings.ceilings.clone(), router: router.clone() });
    let access = Arc::new(Access {
        authenticate: Authenticate {
            api_keys: store.api_keys.clone(),
            keys: keys.clone(),
            clock: system.clock.clone(),
        },
        keyless_allowed: KeylessAllowed(settings.tenants.keyless),
        tenants: settings.tenants.all.keys().cloned().collect(),
        trusted_proxies: settings.trusted_proxies.clone(),
    });
    let sessions = sessions::sessions(settings, system, store, &access, listening);
    let verifications =
        verifications(settings, system, store, keys, &dispatcher, &texts, &runs, &sessions, &budget);
    let verifications = Arc::new(verifications);
    let hashing = Hashing::start(HashCost::default(), system.entropy.clone())?;
    let (texts, sessions, hashing) = (&texts, &sessions, &hashing);
    let parts = sessions::Parts { settings, system, store, keys, texts, hashing, sessions };
    let own = sessions::routes(parts);
    let provider = connected.identity.as_ref();
    let parts_of_identity = identity::Parts { settings, system, store, keys, sessions, provider, listening };
    let identity::Routes { identities, erase } = identity::routes(parts_of_identity);
    let provider = connected.messaging.as_ref();
    let app = app::routes(app::Parts { settings, system, store, keys, sessions, provider, listening });
    Ok(Application {
        accounts: accounts::routes(parts),
        analytics: Arc::new(Analytics { access: access.clone(), figures: insight::figures(system, store) }),
        classic: Arc::new(Classic {
            verifications: verifications.clone(),
            account_lookups: own.account_lookups.clone(),
            password_resets: own.password_resets.clone(),
            origins: sessions.origins.clone(),
        }),
        hashing: hashing.clone(),
        own,
        identities,
        erase,
        app,
        verifications,
        messages: Arc::new(messages(settings, system, store, keys, &dispatcher, &budget, &access)),
        spending: spending(settings, system, store),
        templates: Arc::new(templates(settings, system, store, keys, texts, &access)),
        receipts: ReceiveReceipts {
            readers: connected.readers.clone(),
            receipts: store.receipts.clone(),
            keys: keys.clone(),
            clock: system.clock.clone(),
            entropy: system.entropy.clone(),
        },
        dispatcher,
        router,
        texts: texts.clone(),
        poll_reports: PollReports {
            outbox: store.outbox.clone(),
            providers: providers.clone(),
            keys: keys.clone(),
            clock: system.clock.clone(),
        },
    })
}

fn spending(settings: &Settings, system: &System, store: &StoreHandle) -> ReadSpending {
    let names = settings.tenants.all.keys();
    ReadSpending {
        spending: store.spending.clone(),
        ceilings: settings.ceilings.clone(),
        tenants: names.filter_map(|name| TenantId::parse(name).ok()).collect(),
        clock: system.clock.clone(),
    }
}

fn messages(
    settings: &Settings,
    system: &System,
    store: &StoreHandle,
    keys: &Arc<KeyRing>,
    dispatcher: &Dispatcher,
    budget: &Arc<Budget>,
    access: &Arc<Access>,
) -> Messages {
    let (groups, clock) = (&store.message_groups, &system.clock);
    Messages {
        access: access.clone(),
        send: SendMessages {
            groups: groups.clone(),
            dispatcher: dispatcher.clone(),
            router: budget.router.clone(),
            budget: budget.clone(),
            destinations: settings.destinations.clone(),
            keys: keys.clone(),
            clock: clock.clone(),
            entropy: system.entropy.clone(),
        },
        list: ListMessages { groups: groups.clone(), keys: keys.clone(), clock: clock.clone() },
        read: ReadMessage { groups: groups.clone(), keys: keys.clone(), clock: clock.clone() },
        read_group: ReadGroup { groups: groups.clone(), clock: clock.clone() },
        cancel: CancelGroup { groups: groups.clone(), clock: clock.clone() },
        keys: keys.clone(),
        in_flight: InFlight::default(),
    }
}

fn templates(
    settings: &Settings,
    system: &System,
    store: &StoreHandle,
    keys: &Arc<KeyRing>,
    texts: &Arc<Texts>,
    access: &Arc<Access>,
) -> Templates {
    let record = console::record(system, store, keys);
    let code_length = settings.policy.code_length;
    let (templates, clock) = (&store.templates, &system.clock);
    Templates {
        access: access.clone(),
        list: ListTemplates { templates: templates.clone(), texts: texts.clone(), code_length },
        save: SaveTemplate {
            templates: templates.clone(),
            texts: texts.clone(),
            code_length,
            record: record.clone(),
            clock: clock.clone(),
        },
        revert: RevertTemplate {
            templates: templates.clone(),
            texts: texts.clone(),
            record,
            clock: clock.clone(),
        },
        preview: PreviewTemplate { texts: texts.clone(), code_length },
    }
}

fn texts(settings: &Settings, store: &StoreHandle) -> Arc<Texts> {
    let of = |tenant: &TenantSettings| TenantTexts {
        brand: tenant.brand.clone(),
        web_otp: tenant.web_otp.clone(),
    };
    let named = settings.tenants.all.iter();
    let all = named.filter_map(|(name, tenant)| Some((TenantId::parse(name).ok()?, of(tenant))));
    let minutes = settings.policy.code_life.duration().as_secs().unsigned_abs().div_ceil(60);
    Arc::new(Texts::new(
        all.collect(),
        of(settings.tenants.default_tenant()),
        u16::try_from(minutes).unwrap_or(u16::MAX),
        store.templates.clone(),
    ))
}

#[expect(clippy::too_many_arguments, reason = "wiring: everything comes together here")]
fn verifications(
    settings: &Settings,
    system: &System,
    store: &StoreHandle,
    keys: &Arc<KeyRing>,
    dispatcher: &Dispatcher,
    texts: &Arc<Texts>,
    runs: &ProviderRuns,
    sessions: &Arc<Sessions>,
    budget: &Arc<Budget>,
) -> Verifications {
    let policy = Arc::new(settings.policy.clone());
    let composer = Arc::new(Composer {
        keys: keys.clone(),
        entropy: system.entropy.clone(),
        policy: policy.clone(),
        texts: texts.clone(),
        budget: budget.clone(),
    });
    Verifications {
        start: StartVerification {
            verifications: store.verifications.clone(),
            accounts: store.accounts.clone(),
            dispatcher: dispatcher.clone(),
            composer: composer.clone(),
            destinations: settings.destinations.clone(),
            clock: system.clock.clone(),
            entropy: system.entropy.clone(),
        },
        resend: ResendCode {
            verifications: store.verifications.clone(),
            outbox: store.outbox.clone(),
            dispatcher: dispatcher.clone(),
            composer,
            clock: system.clock.clone(),
        },
        check: CheckCode {
            verifications: store.verifications.clone(),
            keys: keys.clone(),
            policy: policy.clone(),
            runs: runs.clone(),
            clock: system.clock.clone(),
            entropy: system.entropy.clone(),
        },
        cancel: CancelVerification {
            verifications: store.verifications.clone(),
            runs: runs.clone(),
            clock: system.clock.clone(),
        },
        read: ReadVerification {
            verifications: store.verifications.clone(),
            outbox: store.outbox.clone(),
            keys: keys.clone(),
            clock: system.clock.clone(),
        },
        clock: system.clock.clone(),
        keys: keys.clone(),
        locale: settings.locale,
        access: sessions.access.clone(),
        sessions: sessions.clone(),
        flood: FloodGuard::new(settings.policy.limits.address, Rate::REQUESTS),
        in_flight: InFlight::default(),
        policy,
    }
}
