//! What the command line can do.

pub mod api_keys;
pub mod doctor;
pub mod keys;
pub mod migrate;
pub mod sandbox;
pub mod serve;

use std::path::Path;

use crate::settings::{Complaint, Settings, load};
use crate::wiring::Failure;

/// Reads the settings; a refusal lists everything at once.
fn settings(file: Option<&Path>) -> Result<Settings, Failure> {
    Settings::resolve(&load(file)?).map_err(|complaints| listed(&complaints).into())
}

fn listed(complaints: &[Complaint]) -> String {
    let lines = complaints.iter().map(|complaint| format!("\n  {}: {}", complaint.name, complaint.what));
    format!("the configuration is not complete:{}", lines.collect::<String>())
}

/// Runs `work` on the runtime that outlives requests.
fn on_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
