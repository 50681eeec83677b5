//! From the written tree to domain values, with everything that is wrong in one list.

use std::net::SocketAddr;
use std::path::PathBuf;

use bonin_domain::accounts::Terms;
use bonin_domain::codes::{Code, CodeLength, Lifetime, Limits, Policy, RuleMode};
use bonin_domain::messages::Locale;
use bonin_domain::spending::Ceilings;
use bonin_domain::{Destinations, PhoneNumber, Region, TestNumber, TestNumbers, TestOutcome};
use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};

use super::accounts::AccountSettings;
use super::identity::IdentitySettings;
use super::messaging::MessagingSettings;
use super::providers::ProviderSettings;
use super::reader::{Complaint, Reader, filled};
use super::routing::RoutingSettings;
use super::tenants::Tenants;
use super::tree::{self, Tree};
use super::{accounts, identity, messaging, providers, routing, spending, tenants, terms};

/// How a deployment is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everything set up by itself, providers simulated.
    Development,
    /// Nothing assumed, nothing simulated.
    Production,
}

/// The configuration, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How the deployment is run.
    pub mode: Mode,
    /// The public listener.
    pub public_bind: SocketAddr,
    /// The address people see.
    pub public_url: Option<String>,
    /// Peers whose forwarding headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// Who may call from browsers.
    pub cors_origins: Vec<String>,
    /// The admin listener.
    pub admin_bind: SocketAddr,
    /// The address under which administrators see it, where that is another.
    pub admin_url: Option<String>,
    /// The sandbox's listener; in development only.
    pub sandbox_bind: SocketAddr,
    /// A sandbox that runs elsewhere.
    pub sandbox_url: Option<String>,
    /// The database's address, which may hold a password.
    pub database_url: SecretString,
    /// Connections of the pool.
    pub connections: u32,
    /// Whether `serve` applies migrations.
    pub migrate: bool,
    /// The key ring's file.
    pub key_file: PathBuf,
    /// The code engine.
    pub policy: Policy,
    /// Where messages may go.
    pub destinations: Destinations,
    /// The tenants.
    pub tenants: Tenants,
    /// What people agree to.
    pub terms: Terms,
    /// What a sign-up needs, and how long sessions live.
    pub accounts: AccountSettings,
    /// How identities are verified, if they are.
    pub identity: Option<IdentitySettings>,
    /// The messaging web app, if it is offered.
    pub messaging: Option<MessagingSettings>,
    /// The language of messages where a request names none.
    pub locale: Locale,
    /// Who sends what.
    pub routing: RoutingSettings,
    /// The providers that routing names.
    pub providers: ProviderSettings,
    /// What tenants' messages may cost a day.
    pub ceilings: Ceilings,
    /// Whether logs are JSON lines.
    pub json_logs: bool,
}

impl Settings {
    /// Checks a tree.
    ///
    /// # Errors
    /// Every complaint, in the order of `docs/configuration.md`.
    pub fn resolve(tree: &Tree) -> Result<Self, Vec<Complaint>> {
        let mut reader = Reader { complaints: Vec::new() };
        let settings = read(tree, &mut reader);
        match settings {
            Some(settings) if reader.complaints.is_empty() => Ok(settings),
            _ => Err(reader.complaints),
        }
    }
}

fn read(tree: &Tree, reader: &mut Reader) -> Option<Settings> {
    let mode = match tree.mode.as_str() {
        "development" => Some(Mode::Development),
        "production" => Some(Mode::Production),
        _ => {
            reader.complain("MODE", "must be development or production");
            None
        }
    };
    let production = mode == Some(Mode::Production);
    let public_bind = bind(reader, "PUBLIC__BIND", &tree.public.bind);
    let admin_bind = bind(reader, "ADMIN__BIND", &tree.admin.bind);
    let sandbox_bind = bind(reader, "SANDBOX__BIND", &tree.sandbox.bind);
    let trusted_proxies = proxies(reader, &tree.public.trusted_proxies.0);
    let sandbox_url = filled(tree.sandbox.url.as_ref());
    if production && sandbox_url.is_some() {
        reader.complain("SANDBOX__URL", "there is no sandbox in production");
    }
    let database_url = match (&tree.database.url, production) {
        (Some(url), _) if !url.expose_secret().is_empty() => Some(url.clone()),
        (_, false) => Some(SecretString::from("sqlite://data/bonin.db")),
        (_, true) => {
            reader.complain("DATABASE__URL", "is missing: sqlite://PATH or postgres://…");
            None
        }
    };
    let key_file = match (key_file_path(tree), production) {
        (Some(path), _) => Some(path),
        (None, false) => Some(PathBuf::from("data/keys.json")),
        (None, true) => {
            reader.complain("KEYS__FILE", "is missing; `bonin keys init` makes a key ring");
            None
        }
    };
    if !(2..=64).contains(&tree.database.connections) {
        reader.complain("DATABASE__CONNECTIONS", "must be 2 to 64");
    }
    let policy = policy(reader, tree);
    let destinations = destinations(reader, tree);
    let tenants = tenants::read(reader, tree);
    let terms = terms::read(reader, &tree.terms, production);
    let accounts = accounts::read(reader, &tree.accounts);
    let identity = identity::read(reader, &tree.identity, &tree.providers.iamport, production);
    if let (Some(accounts), Some(None)) = (&accounts, &identity)
        && accounts.identity_required
    {
        let secret = if tree.identity.api == "v2" { "PORTONE_SECRET" } else { "IMP_SECRET" };
        let name = format!("PROVIDERS__IAMPORT__{secret}");
        reader.complain(&name, "is missing: sign-ups need an identity proof");
    }
    if tree.accounts.one_per_person && !tree.identity.keep_person_keys {
        let what = "nobody can be known again: IDENTITY__KEEP_PERSON_KEYS is false";
        reader.complain("ACCOUNTS__ONE_PER_PERSON", what);
    }
    let routing = routing::read(reader, tree, production);
    let needed = routing.as_ref().map(|routing| routing.providers.clone()).unwrap_or_default();
    let providers = providers::read(reader, &tree.providers, &needed, production);
    let ceilings = match (&tenants, &providers) {
        (Some(tenants), Some(providers)) => spending::read(reader, &tree.limits, tenants, providers),
        _ => None,
    };
    let messaging = messaging::read(reader, &tree.providers.coolsms, production);
    let json_logs = match tree.log.format.as_str() {
        "json" => true,
        "text" => false,
        _ => {
            reader.complain("LOG__FORMAT", "must be json or text");
            true
        }
    };
    Some(Settings {
        mode: mode?,
        public_bind: public_bind?,
        public_url: filled(tree.public.url.as_ref()),
        trusted_proxies,
        cors_origins: tree.public.cors_origins.0.clone(),
        admin_bind: admin_bind?,
        admin_url: filled(tree.admin.url.as_ref()),
        sandbox_bind: sandbox_bind?,
        sandbox_url,
        database_url: database_url?,
        connections: tree.database.connections,
        migrate: tree.database.migrate || mode == Some(Mode::Development),
        key_file: key_file?,
        policy: policy?,
        destinations: destinations?,
        tenants: tenants?,
        terms: terms?,
        accounts: accounts?,
        identity: identity?,
        messaging: messaging?,
        locale: Locale::Ko,
        routing: routing?,
        providers: providers?,
        ceilings: ceilings?,
        json_logs,
    })
}

/// Where the key ring's file is said to be.
pub fn key_file_path(tree: &Tree) -> Option<PathBuf> {
    filled(tree.keys.file.as_ref()).map(PathBuf::from)
}

fn bind(reader: &mut Reader, name: &str, written: &str) -> Option<SocketAddr> {
    let parsed = written.replace("localhost:", "127.0.0.1:").parse::<SocketAddr>();
    reader.read(name, parsed.map_err(|_| "must be an address and port such as 127.0.0.1:8080"))
}

fn proxies(reader: &mut Reader, written: &[String]) -> Vec<IpNet> {
    let parse =
        |text: &String| text.parse::<IpNet>().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from));
    let parsed: Result<Vec<IpNet>, _> = written.iter().map(parse).collect();
    let told = parsed.map_err(|_| "must be addresses or networks such as 10.0.0.0/8");
    reader.read("PUBLIC__TRUSTED_PROXIES", told).unwrap_or_default()
}

fn policy(reader: &mut Reader, tree: &Tree) -> Option<Policy> {
    let codes = &tree.codes;
    let length = reader.read("CODES__LENGTH", CodeLength::new(codes.length).map_err(|_| "must be 4 to 10"));
    if codes.length < 6 && !codes.allow_short {
        reader.complain(
            "CODES__LENGTH",
            "codes under 6 digits are easily guessed; set BONIN__CODES__ALLOW_SHORT=true if you must",
        );
    }
    let life = reader.read("CODES__LIFE_SECONDS", Lifetime::from_secs(codes.life_seconds));
    let limits = limits(reader, &tree.limits, codes.length < 6);
    let length = length?;
    let policy = Policy::new(length, life?, Policy::default().max_checks, codes.live_codes, limits?);
    let policy = reader.read("CODES__LIVE_CODES", policy)?;
    Some(Policy { test_numbers: test_numbers(reader, &tree.test_numbers, length)?, ..policy })
}

fn test_numbers(
    reader: &mut Reader,
    written: &[tree::TestNumber],
    length: CodeLength,
) -> Option<TestNumbers> {
    let read: Result<Vec<TestNumber>, &str> = written
        .iter()
        .map(|entry| {
            let until = entry.until.as_ref().ok_or("each needs an end date, until")?;
            Ok(TestNumber {
                number: PhoneNumber::parse(&entry.phone_number, Region::KR)
                    .map_err(|_| "a phone_number is not one")?,
                code: Code::parse(&entry.code, length).map_err(|_| "a code has the wrong length")?,
                outcome: match entry.outcome.as_deref() {
                    None | Some("delivered") => TestOutcome::Delivered,
                    Some("failed") => TestOutcome::Failed,
                    Some(_) => return Err("an outcome is delivered or failed"),
                },
                until: until.parse().map_err(|_| "until is a time such as 2027-01-01T00:00:00Z")?,
            })
        })
        .collect();
    let read = reader.read("TEST_NUMBERS", read)?;
    reader.read("TEST_NUMBERS", TestNumbers::new(read))
}

fn limits(reader: &mut Reader, written: &tree::Limits, short_codes: bool) -> Option<Limits> {
    let whole = rule_mode(reader, "LIMITS__MODE", &written.mode)?;
    let mut limits = Limits::default().in_mode(whole);
    let single = [
        ("LIMITS__RESEND", &written.resend, &mut limits.resend),
        ("LIMITS__NUMBER", &written.number, &mut limits.number),
        ("LIMITS__ADDRESS", &written.address, &mut limits.address),
    ];
    for (name, written, place) in single {
        if let Some(written) = written {
            *place = rule_mode(reader, name, written)?;
        }
    }
    if short_codes {
        // Security 11: fewer values to guess, fewer guesses.
        limits.wrong_checks = 6;
    }
    Some(limits)
}

pub(super) fn rule_mode(reader: &mut Reader, name: &str, written: &str) -> Option<RuleMode> {
    match written {
        "off" => Some(RuleMode::Off),
        "record" => Some(RuleMode::Record),
        "block" => Some(RuleMode::Block),
        _ => {
            reader.complain(name, "must be off, record or block");
            None
        }
    }
}

fn destinations(reader: &mut Reader, tree: &Tree) -> Option<Destinations> {
    let regions: Result<Vec<Region>, _> = tree.numbers.countries.0.iter().map(|text| text.parse()).collect();
    let regions = reader.read("NUMBERS__COUNTRIES", regions)?;
    if regions.is_empty() {
        reader.complain("NUMBERS__COUNTRIES", "must name at least one country");
        return None;
    }
    Some(Destinations { regions })
}
