//! From settings to use cases: the one place that knows every crate.

use std::sync::Arc;

use bonin_domain::keys::KeyRing;
use bonin_domain::messages::ProviderName;
use bonin_http::Http;
use bonin_persistence::StoreHandle;
use bonin_ports::{Clock, Entropy, KeyCheckVerdict};
use bonin_sens::{SensClient, SensConfig, SensSender};
use bonin_services::codes::{
    CancelVerification, CheckCode, Composer, ReadVerification, ResendCode, StartVerification,
};
use bonin_services::dispatch::{Dispatcher, DispatcherParts, PollReports, Provider, TestNumbersAside};
use secrecy::ExposeSecret as _;

use crate::controllers::verifications::Verifications;
use crate::http::flood::FloodGuard;
use crate::http::idempotency::InFlight;
use crate::settings::{Mode, ProviderTarget, SensSettings, Settings, key_file};
use crate::system::{SystemClock, SystemEntropy};

/// Anything that keeps a command from doing its work; its text is for the operator.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The clock and the generator.
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

/// A client of SENS, which is reached at `sandbox` where the settings say so.
pub fn sens_client(settings: &SensSettings, sandbox: &str, system: &System) -> Result<SensClient, Failure> {
    let base_url = match &settings.target {
        ProviderTarget::Address(address) => address.as_str(),
        ProviderTarget::Sandbox => sandbox,
    };
    let config = SensConfig::new(
        base_url,
        &settings.service_id,
        &settings.access_key,
        settings.secret_key.clone(),
        &settings.from,
    )?;
    Ok(SensClient::new(config, Http::default(), system.clock.clone()))
}

/// Everything that serves requests and sends messages.
pub struct Application {
    pub verifications: Arc<Verifications>,
    pub dispatcher: Dispatcher,
    pub poll_reports: PollReports,
}

/// Puts the use cases together.
pub fn application(
    settings: &Settings,
    system: &System,
    store: &StoreHandle,
    keys: &Arc<KeyRing>,
    sens: SensClient,
) -> Application {
    let sender = Arc::new(TestNumbersAside {
        provider: SensSender::new(sens),
        numbers: settings.policy.test_numbers.clone(),
        clock: system.clock.clone(),
    });
    let provider = Provider {
        name: ProviderName::parse("sens").expect("a provider's name"),
        sender: sender.clone(),
        reports: sender.clone(),
    };
    let dispatcher = Dispatcher::new(DispatcherParts {
        outbox: store.outbox.clone(),
        provider,
        keys: keys.clone(),
        clock: system.clock.clone(),
        entropy: system.entropy.clone(),
        runtime: tokio::runtime::Handle::current(),
    });
    let policy = Arc::new(settings.policy.clone());
    let composer = Arc::new(Composer {
        keys: keys.clone(),
        entropy: system.entropy.clone(),
        policy: policy.clone(),
        brand: settings.brand.clone(),
    });
    let verifications = Verifications {
        start: StartVerification {
            verifications: store.verifications.clone(),
            dispatcher: dispatcher.clone(),
            composer: composer.clone(),
            destinations: settings.destinations.clone(),
            clock: system.clock.clone(),
            entropy: system.entropy.clone(),
        },
        resend: ResendCode {
            verifications: store.verifications.clone(),
            dispatcher: dispatcher.clone(),
            composer,
            clock: system.clock.clone(),
        },
        check: CheckCode {
            verifications: store.verifications.clone(),
            keys: keys.clone(),
            policy: policy.clone(),
            clock: system.clock.clone(),
            entropy: system.entropy.clone(),
        },
        cancel: CancelVerification {
            verifications: store.verifications.clone(),
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
        trusted_proxies: settings.trusted_proxies.clone(),
        flood: FloodGuard::new(settings.policy.limits.address == bonin_domain::codes::RuleMode::Block),
        in_flight: InFlight::default(),
        policy,
    };
    Application {
        verifications: Arc::new(verifications),
        dispatcher,
        poll_reports: PollReports {
            outbox: store.outbox.clone(),
            reports: sender,
            clock: system.clock.clone(),
        },
    }
}
