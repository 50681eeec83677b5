//! `bonin migrate`

use std::path::Path;

use super::{on_runtime, settings};
use crate::wiring::{Failure, open_database};

/// Applies the migrations that are missing and names them.
pub fn run(file: Option<&Path>) -> Result<(), Failure> {
    let settings = settings(file)?;
    crate::telemetry::start(settings.json_logs);
    on_runtime(async {
        let applied = open_database(&settings)?.database.migrate().await?;
        if applied.is_empty() {
            println!("the database is up to date");
        }
        for migration in applied {
            println!("applied {migration}");
        }
        Ok(())
    })
}
