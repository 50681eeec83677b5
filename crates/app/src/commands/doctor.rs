//! `bonin doctor`: checks configuration, keys, database, providers and clock, and says what is missing.

use std::fmt::Display;
use std::path::Path;

use bonin_http::Http;
use secrecy::ExposeSecret as _;

use super::on_runtime;
use crate::controllers::app::failure::CALLBACK;
use crate::provider_checks::{self, Answer, Checked, Trouble};
use crate::providers::Addresses;
use crate::settings::{Mode, Settings, Tree, key_file, load};
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
    messaging(&settings, findings);
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
    let sandbox = sandbox(settings);
    let addresses = Addresses { sandbox: &sandbox, public: settings.public_url.as_deref() };
    let given = &settings.providers;
    for checked in provider_checks::check(given, addresses, &Http::default(), system).await {
        tell(checked, &sandbox, findings);
    }
    if given.coolsms.as_ref().is_some_and(|coolsms| coolsms.webhook_secret.is_none()) {
        note("coolsms", "no WEBHOOK_SECRET: results are asked for instead of being pushed");
    }
    if let Some(nexmo) = &given.nexmo {
        let unseen = settings.mode == Mode::Production && settings.public_url.is_none();
        if nexmo.signature_secret.is_none() || unseen {
            note("nexmo", "no SIGNATURE_SECRET or no BONIN__PUBLIC__URL: no delivery results will come");
        }
    }
}

async fn ask_identity(settings: &Settings, system: &System, findings: &mut Findings) {
    let Some(identity) = &settings.identity else {
        return note("identity", "no provider is configured: identities are not verified");
    };
    let sandbox = sandbox(settings);
    let least_age = settings.accounts.least_age;
    let checked =
        provider_checks::check_identity(identity, least_age, &sandbox, &Http::default(), system).await;
    tell(checked, &sandbox, findings);
}

/// Whether people can log in to the messaging app; what CoolSMS thinks of its registration shows when the first one does.
fn messaging(settings: &Settings, findings: &mut Findings) {
    if settings.messaging.is_none() {
        return note("messaging", "no CLIENT_SECRET of CoolSMS: there is no messaging app");
    }
    match (&settings.public_url, settings.mode) {
        (Some(url), _) => {
            let back = format!("{}{CALLBACK}", url.trim_end_matches('/'));
            good("messaging", format!("people log in with CoolSMS and come back to {back}"));
        }
        (None, Mode::Development) => good("messaging", "people log in with CoolSMS"),
        (None, Mode::Production) => {
            findings.wrong("messaging", "without BONIN__PUBLIC__URL nobody comes back from CoolSMS");
        }
    }
}

/// Where the sandbox is, whether it runs or not.
fn sandbox(settings: &Settings) -> String {
    settings.sandbox_url.clone().unwrap_or_else(|| format!("http://{}", settings.sandbox_bind))
}

fn tell(checked: Checked, sandbox: &str, findings: &mut Findings) {
    let Checked { name, simulated, answer } = checked;
    let said = match answer {
        Ok(Answer::Cafe24 { unregistered, .. }) if !unregistered.is_empty() => {
            return findings.wrong(name, "a sender of BONIN__PROVIDERS__CAFE24__FROM is not registered");
        }
        Ok(_) if simulated => return good(name, format!("simulated by the sandbox at {sandbox}")),
        Ok(Answer::Sens) => {
            "keys, service and clock are accepted; only the console shows which senders are registered"
        }
        Ok(Answer::Cafe24 { .. }) => "keys are accepted and every sender is registered",
        Ok(Answer::Coolsms { .. }) => "keys and clock are accepted",
        Ok(Answer::Nexmo { .. }) => "keys are accepted",
        Ok(Answer::Identity) => "keys are accepted; only its console shows what is contracted",
        Err(silence) if simulated && silence.trouble == Trouble::Unreachable => {
            return note(name, format!("the sandbox at {sandbox} does not run now; `bonin serve` starts it"));
        }
        Err(silence) => return findings.wrong(name, silence.error),
    };
    good(name, said);
}
