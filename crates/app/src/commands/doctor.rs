//! `bonin doctor`: checks configuration, keys, database, providers and clock, and says what is missing.

use std::fmt::Display;
use std::path::Path;

use bonin_cafe24::{Cafe24Client, Cafe24Error};
use bonin_coolsms_oauth::{CoolsmsClient, CoolsmsError};
use bonin_domain::identity::{IdentityReference, OrderId};
use bonin_http::Http;
use bonin_ports::{IdentityError, IdentityVerifier};
use bonin_sens::{ListQuery, SensClient, SensError};
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;

use super::on_runtime;
use crate::providers::{self, Addresses};
use crate::settings::{IdentityProvider, Mode, ProviderTarget, Settings, Tree, key_file, load};
use crate::wiring::{Failure, System, judge_keys, open_database};

/// What was found, line by line.
#[derive(Default)]
struct Findings {
    wrong: usize,
}

impl Findings {
    fn wrong(&mut self, what: &str, said: impl Display) {
        self.wrong += 1;
        println!("wrong    {what}: {said}");
    }
}

fn good(what: &str, said: impl Display) {
    println!("ok       {what}: {said}");
}

fn note(what: &str, said: impl Display) {
    println!("note     {what}: {said}");
}

/// Checks everything that can be checked without sending a message.
pub fn run(file: Option<&Path>) -> Result<(), Failure> {
    let mut findings = Findings::default();
    match load(file) {
        Ok(tree) => on_runtime(async {
            examine(&tree, &mut findings).await;
            Ok(())
        })?,
        Err(error) => findings.wrong("configuration", error),
    }
    match findings.wrong {
        0 => Ok(()),
        1 => Err("one thing is wrong".into()),
        many => Err(format!("{many} things are wrong").into()),
    }
}

async fn examine(tree: &Tree, findings: &mut Findings) {
    let settings = match Settings::resolve(tree) {
        Ok(settings) => settings,
        Err(complaints) => {
            for complaint in complaints {
                findings.wrong(&complaint.name, complaint.what);
            }
            return;
        }
    };
    let mode = match settings.mode {
        Mode::Development => "development mode, complete",
        Mode::Production => "production mode, complete",
    };
    good("configuration", mode);
    if let Some(without_sender) = &settings.routing.without_sender {
        note("routing", without_sender);
    }
    let system = System::new();
    let keys = keys(&settings, findings);
    database(&settings, keys.as_ref(), findings).await;
    ask_providers(&settings, &system, findings).await;
    ask_identity(&settings, &system, findings).await;
}

fn keys(settings: &Settings, findings: &mut Findings) -> Option<bonin_domain::keys::KeyRing> {
    let path = &settings.key_file;
    if settings.mode == Mode::Development && !path.exists() {
        note("keys", format!("{} is made by the first `bonin serve`", path.display()));
        return None;
    }
    match key_file::read(path) {
        Ok(ring) => {
            good("keys", format!("{} holds {} root keys", path.display(), ring.checks().len()));
            if key_file::is_readable_by_others(path) {
                findings.wrong("keys", format!("{} can be read by others; chmod 600 it", path.display()));
            }
            Some(ring)
        }
        Err(error) => {
            findings.wrong("keys", error);
            None
        }
    }
}

async fn database(settings: &Settings, keys: Option<&bonin_domain::keys::KeyRing>, findings: &mut Findings) {
    let url = settings.database_url.expose_secret();
    let engine = if url.starts_with("sqlite://") { "SQLite" } else { "Postgres" };
    if let Some(path) = url.strip_prefix("sqlite://")
        && !Path::new(path).exists()
    {
        note("database", format!("{path} is made by the first `bonin serve` or `bonin migrate`"));
        return;
    }
    let store = match open_database(settings) {
        Ok(store) => store,
        Err(error) => return findings.wrong("database", error),
    };
    match store.database.pending_migrations().await {
        Ok(missing) if missing.is_empty() => good("database", format!("{engine}, up to date")),
        Ok(missing) => {
            return findings
                .wrong("database", format!("{} migrations are missing; `bonin migrate`", missing.len()));
        }
        Err(error) => return findings.wrong("database", error),
    }
    if let Some(keys) = keys {
        match store.key_checks.compare(&keys.checks()).await.map_err(Failure::from).and_then(judge_keys) {
            Ok(()) => good("keys", "none that sealed this database is missing or another"),
            Err(error) => findings.wrong("keys", error),
        }
    }
}

/// Asks each provider something that takes good keys and a right clock, and costs nothing.
async fn ask_providers(settings: &Settings, system: &System, findings: &mut Findings) {
    let sandbox = settings.sandbox_url.clone().unwrap_or_else(|| format!("http://{}", settings.sandbox_bind));
    let addresses = Addresses { sandbox: &sandbox, public: settings.public_url.as_deref() };
    let http = Http::default();
    let given = &settings.providers;
    if let Some(sens) = &given.sens {
        let answer = match providers::sens(sens, &sandbox, &http, system) {
            Ok(client) => asked_sens(&client, system).await,
            Err(error) => Err(Silence::Wrong(error)),
        };
        tell("sens", &sens.target, &sandbox, answer, findings);
    }
    if let Some(cafe24) = &given.cafe24 {
        let answer = match providers::cafe24(cafe24, &sandbox, &http, system) {
            Ok(client) => asked_cafe24(&client).await,
            Err(error) => Err(Silence::Wrong(error)),
        };
        tell("cafe24", &cafe24.target, &sandbox, answer, findings);
    }
    if let Some(coolsms) = &given.coolsms {
        let answer = match providers::coolsms(coolsms, &sandbox, &http, system) {
            Ok(client) => asked_coolsms(&client).await,
            Err(error) => Err(Silence::Wrong(error)),
        };
        tell("coolsms", &coolsms.target, &sandbox, answer, findings);
        if coolsms.webhook_secret.is_none() {
            note("coolsms", "no WEBHOOK_SECRET: results are asked for instead of being pushed");
        }
    }
    if let Some(nexmo) = given.nexmo.as_ref().or(given.nexmo_verify.as_ref()) {
        match providers::nexmo(nexmo, addresses, &http) {
            // Every question to Nexmo that takes good keys costs something.
            Ok(_) => note("nexmo", "the settings are well-formed; keys show when the first message is sent"),
            Err(error) => findings.wrong("nexmo", error),
        }
        let unseen = settings.mode == Mode::Production && settings.public_url.is_none();
        if given.nexmo.is_some() && (nexmo.signature_secret.is_none() || unseen) {
            note("nexmo", "no SIGNATURE_SECRET or no BONIN__PUBLIC__URL: no delivery results will come");
        }
    }
}

/// Asks the identity provider for a result that cannot be there: that takes good keys, and costs nothing.
async fn ask_identity(settings: &Settings, system: &System, findings: &mut Findings) {
    let Some(identity) = &settings.identity else {
        return note("identity", "no provider is configured: identities are not verified");
    };
    let sandbox = settings.sandbox_url.clone().unwrap_or_else(|| format!("http://{}", settings.sandbox_bind));
    let (target, name) = match &identity.provider {
        IdentityProvider::Iamport { target, .. } => (target, "iamport"),
        IdentityProvider::Portone { target, .. } => (target, "portone"),
    };
    let ports =
        providers::identity(identity, settings.accounts.least_age, &sandbox, &Http::default(), system);
    let answer = match ports {
        Ok(ports) => asked_identity(&*ports.verifier, system).await,
        Err(error) => Err(Silence::Wrong(error)),
    };
    tell(name, target, &sandbox, answer, findings);
}

async fn asked_identity(verifier: &dyn IdentityVerifier, system: &System) -> Result<String, Silence> {
    let nobodys = OrderId::draw(&mut |bytes| system.entropy.fill(bytes));
    match verifier.fetch(&IdentityReference::from(&nobodys)).await {
        Ok(_) => Ok("keys are accepted; only its console shows what is contracted".to_owned()),
        Err(error @ IdentityError::Unavailable { .. }) => Err(Silence::Unreachable(error.into())),
        Err(error) => Err(Silence::Wrong(error.into())),
    }
}

/// Why a provider did not say that all is well.
enum Silence {
    /// It cannot be reached.
    Unreachable(Failure),
    /// It answered, and not well.
    Wrong(Failure),
}

fn tell(
    name: &str,
    target: &ProviderTarget,
    sandbox: &str,
    answer: Result<String, Silence>,
    findings: &mut Findings,
) {
    let simulated = *target == ProviderTarget::Sandbox;
    match answer {
        Ok(_) if simulated => good(name, format!("simulated by the sandbox at {sandbox}")),
        Ok(said) => good(name, said),
        Err(Silence::Unreachable(_)) if simulated => {
            note(name, format!("the sandbox at {sandbox} does not run now; `bonin serve` starts it"));
        }
        Err(Silence::Unreachable(error) | Silence::Wrong(error)) => findings.wrong(name, error),
    }
}

async fn asked_sens(client: &SensClient, system: &System) -> Result<String, Silence> {
    let until = system.clock.now();
    let since = until.checked_sub(SignedDuration::from_mins(1)).unwrap_or(until);
    match client.list(&ListQuery::requested(since, until)).await {
        Ok(_) => Ok("keys, service and clock are accepted; only the console shows which senders are \
                     registered"
            .to_owned()),
        Err(error @ SensError::Unavailable { .. }) => Err(Silence::Unreachable(error.into())),
        Err(error) => Err(Silence::Wrong(error.into())),
    }
}

async fn asked_cafe24(client: &Cafe24Client) -> Result<String, Silence> {
    let registered = client.registered_senders().await.map_err(|error| match error {
        Cafe24Error::Unavailable { .. } => Silence::Unreachable(error.into()),
        error => Silence::Wrong(error.into()),
    })?;
    match client.senders().iter().find(|sender| !registered.contains(sender)) {
        Some(_) => Err(Silence::Wrong("a sender of BONIN__PROVIDERS__CAFE24__FROM is not registered".into())),
        None => Ok("keys are accepted and every sender is registered".to_owned()),
    }
}

async fn asked_coolsms(client: &CoolsmsClient) -> Result<String, Silence> {
    match client.balance().await {
        Ok(_) => Ok("keys and clock are accepted".to_owned()),
        Err(error @ CoolsmsError::Unavailable { .. }) => Err(Silence::Unreachable(error.into())),
        Err(error) => Err(Silence::Wrong(error.into())),
    }
}
