//! `bonin doctor`: checks configuration, keys, database, provider and clock, and says what is missing.

use std::fmt::Display;
use std::path::Path;

use bonin_sens::{ListQuery, SensError};
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;

use super::on_runtime;
use crate::settings::{Mode, ProviderTarget, Settings, Tree, key_file, load};
use crate::wiring::{Failure, System, judge_keys, open_database, sens_client};

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
    let system = System::new();
    let keys = keys(&settings, findings);
    database(&settings, keys.as_ref(), findings).await;
    sens(&settings, &system, findings).await;
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

/// Asks SENS for the messages of the last minute: that takes good keys, the right service and a right clock,
/// and costs nothing.
async fn sens(settings: &Settings, system: &System, findings: &mut Findings) {
    let sandbox = settings.sandbox_url.clone().unwrap_or_else(|| format!("http://{}", settings.sandbox_bind));
    let simulated = settings.sens.target == ProviderTarget::Sandbox;
    let client = match sens_client(&settings.sens, &sandbox, system) {
        Ok(client) => client,
        Err(error) => return findings.wrong("sens", error),
    };
    let until = system.clock.now();
    let since = until.checked_sub(SignedDuration::from_mins(1)).unwrap_or(until);
    match client.list(&ListQuery::requested(since, until)).await {
        Ok(_) if simulated => good("sens", format!("simulated by the sandbox at {sandbox}")),
        Ok(_) => {
            good("sens", "keys, service and clock are accepted");
            note(
                "sens",
                format!("only the console shows whether {} is a registered sender", settings.sens.from),
            );
        }
        Err(SensError::Unavailable { .. }) if simulated => {
            note("sens", format!("the sandbox at {sandbox} does not run now; `bonin serve` starts it"));
        }
        Err(error) => findings.wrong("sens", error),
    }
}
