//! The command line. Results and the `listening …` lines go to standard output, logs to standard error.

use std::path::PathBuf;
use std::process::ExitCode;

use bonin_domain::TenantId;
use bonin_domain::access::{ApiKeyId, Scope};
use bonin_domain::admin::AdminName;
use bonin_ports::Revoke;
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
    /// API keys, with which callers show who they are; and root keys, with which the database is sealed.
    ///
    /// API keys are given out to callers and kept (as digests) in the database: create, list, rotate, revoke.
    /// Root keys never leave this server; their ring is the file `BONIN__KEYS__FILE`: init, add, activate.
    #[command(subcommand)]
    Keys(Keys),
    /// Accounts of members.
    #[command(subcommand)]
    Accounts(Accounts),
    /// Administrators, who use the console on the admin listener.
    #[command(subcommand)]
    Admin(Admin),
}

#[derive(Subcommand)]
enum Admin {
    /// Prints a token with which somebody becomes an administrator at /console/join: once, within 30 minutes. Works
    /// beside a running server, and is recorded.
    Invite {
        /// Lets this administrator set password and authenticator app anew.
        #[arg(long, value_name = "NAME", value_parser = AdminName::parse)]
        reset: Option<AdminName>,
    },
    /// Lists the administrators.
    List,
    /// Removes an administrator, ends their sessions, and takes back what was to set them anew. Works beside a running
    /// server, and is recorded.
    Remove {
        /// Who.
        #[arg(value_name = "NAME", value_parser = AdminName::parse)]
        name: AdminName,
    },
    /// Walks the whole record of what administrators did: whether it is as it was written, and number and hash of its
    /// newest entry, to be compared with the server's log. Fails where it does not hold.
    Audit,
}

#[derive(Subcommand)]
enum Accounts {
    /// Takes over the members of another system, with the passwords that it hashed. Nobody's account is changed: who has
    /// one is skipped. Works beside a running server.
    ///
    /// One JSON object a line: `login_id`, `phone_number`, `password_hash` (Argon2id as `$argon2id$v=19$…`, or bcrypt),
    /// and where they are known `nickname` and `phone_proved_at`. Nothing is stored unless all lines are right.
    Import {
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The tenant whose members they become, one of those in the configuration.
        #[arg(long, value_name = "TENANT", default_value = "default", value_parser = TenantId::parse)]
        tenant: TenantId,
    },
}

#[derive(Subcommand)]
enum Keys {
    /// API keys: makes one and shows its secret, this once.
    Create {
        /// The tenant for which it acts, one of those in the configuration.
        #[arg(long, value_name = "TENANT", default_value = "default", value_parser = TenantId::parse)]
        tenant: TenantId,
        /// What it may do, repeated for each: start, check, read, send, accounts, admin. All but admin unless given.
        #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
        scopes: Vec<Scope>,
        /// Prints one line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// API keys: lists them, without their secrets.
    List {
        /// Prints one line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// API keys: gives one a second secret and shows it, this once; the first stays live until it is revoked.
    Rotate {
        /// The key: its `api_key`.
        #[arg(value_name = "KEY", value_parser = ApiKeyId::parse)]
        id: ApiKeyId,
        /// Prints one line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// API keys: takes one back for good.
    Revoke {
        /// The key: its `api_key`.
        #[arg(value_name = "KEY", value_parser = ApiKeyId::parse)]
        id: ApiKeyId,
        /// Ends the older of its two secrets only.
        #[arg(long)]
        older_secret: bool,
        /// Ends the newer of its two secrets only: one that was not kept.
        #[arg(long, conflicts_with = "older_secret")]
        newer_secret: bool,
    },
    /// Root keys: makes the ring's file (`BONIN__KEYS__FILE`) with one fresh key, unless it is there.
    Init,
    /// Root keys: adds a fresh one to the ring; it reads, but does not seal yet.
    Add,
    /// Root keys: makes one of the ring the one that seals, once every process knows it.
    Activate {
        /// The key's number.
        id: u32,
    },
}

fn scope(name: &str) -> Result<Scope, String> {
    Scope::from_name(name).ok_or_else(|| format!("one of {}", Scope::ALL.map(Scope::as_str).join(", ")))
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
        Command::Keys(Keys::Create { tenant, scopes, json }) => {
            commands::api_keys::create(file, tenant, scopes, json)
        }
        Command::Keys(Keys::List { json }) => commands::api_keys::list(file, json),
        Command::Keys(Keys::Rotate { id, json }) => commands::api_keys::rotate(file, &id, json),
        Command::Keys(Keys::Revoke { id, older_secret, newer_secret }) => {
            let what = match (older_secret, newer_secret) {
                (true, _) => Revoke::OlderSecret,
                (false, true) => Revoke::NewerSecret,
                (false, false) => Revoke::Key,
            };
            commands::api_keys::revoke(file, &id, what)
        }
        Command::Keys(Keys::Init) => commands::keys::init(file),
        Command::Keys(Keys::Add) => commands::keys::add(file),
        Command::Keys(Keys::Activate { id }) => commands::keys::activate(file, id),
        Command::Accounts(Accounts::Import { file: members, tenant }) => {
            commands::accounts::import(file, &members, &tenant)
        }
        Command::Admin(Admin::Invite { reset }) => commands::admin::invite(file, reset),
        Command::Admin(Admin::List) => commands::admin::list(file),
        Command::Admin(Admin::Remove { name }) => commands::admin::remove(file, &name),
        Command::Admin(Admin::Audit) => commands::admin::audit(file),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bonin: {error}");
            ExitCode::FAILURE
        }
    }
}
