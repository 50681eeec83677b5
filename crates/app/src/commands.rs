//! What the command line can do.

pub mod accounts;
pub mod admin;
pub mod api_keys;
pub mod doctor;
pub mod keys;
pub mod migrate;
pub mod sandbox;
pub mod serve;

use std::path::Path;

use bonin_persistence::StoreHandle;

use crate::settings::{Complaint, Settings, load};
use crate::wiring::{Failure, open_database};

/// Reads the settings; a refusal lists everything at once.
fn settings(file: Option<&Path>) -> Result<Settings, Failure> {
    Settings::resolve(&load(file)?).map_err(|complaints| listed(&complaints).into())
}

fn listed(complaints: &[Complaint]) -> String {
    let lines = complaints.iter().map(|complaint| format!("\n  {}: {}", complaint.name, complaint.what));
    format!("the configuration is not complete:{}", lines.collect::<String>())
}

/// The configured database, which is brought up to date or must be, as for `serve`.
async fn ready_database(settings: &Settings) -> Result<StoreHandle, Failure> {
    let store = open_database(settings)?;
    if settings.migrate {
        store.database.migrate().await?;
    } else if let Some(missing) = store.database.pending_migrations().await?.first() {
        return Err(format!("migration {missing} is missing; run `bonin migrate`").into());
    }
    Ok(store)
}

/// Runs `work` on the runtime that outlives requests.
fn on_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
