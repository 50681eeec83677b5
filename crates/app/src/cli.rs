//! The command line. Results and the `listening …` lines go to standard output, logs to standard error.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands;

/// Proves who holds a phone number, and sends the messages that this takes.
#[derive(Parser)]
#[command(name = "bonin", version, propagate_version = true)]
struct Cli {
    /// A TOML file over config/default.toml and config/<mode>.toml; the environment goes over it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server; with nothing configured, in development mode with the sandbox and its handset.
    Serve,
    /// Applies the database migrations that are missing.
    Migrate,
    /// Checks configuration, keys, database, provider and clock, and says what is missing.
    Doctor,
    /// Runs the sandbox alone: simulated providers and the handset. Not in production mode.
    Sandbox,
    /// Makes and shows key rings.
    #[command(subcommand)]
    Keys(Keys),
}

#[derive(Subcommand)]
enum Keys {
    /// Makes the key ring's file (`BONIN__KEYS__FILE`) with one fresh key, unless it is there.
    Init,
    /// Adds a fresh key to the ring; it reads, but does not seal yet.
    Add,
    /// Makes a key of the ring the one that seals, once every process knows it.
    Activate {
        /// The key's number.
        id: u32,
    },
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let file = cli.config.as_deref();
    bonin_http::install_crypto_provider();
    let outcome = match cli.command {
        Command::Serve => commands::serve::run(file),
        Command::Migrate => commands::migrate::run(file),
        Command::Doctor => commands::doctor::run(file),
        Command::Sandbox => commands::sandbox::run(file),
        Command::Keys(Keys::Init) => commands::keys::init(file),
        Command::Keys(Keys::Add) => commands::keys::add(file),
        Command::Keys(Keys::Activate { id }) => commands::keys::activate(file, id),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bonin: {error}");
            ExitCode::FAILURE
        }
    }
}
