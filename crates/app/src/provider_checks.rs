//! Asks each provider something that takes good keys and a right clock, and costs nothing: for `bonin doctor` and for
//! the console.

use bonin_cafe24::{Cafe24Client, Cafe24Error};
use bonin_coolsms_oauth::{CoolsmsClient, CoolsmsError};
use bonin_domain::Amount;
use bonin_domain::identity::{IdentityReference, OrderId};
use bonin_domain::messages::SenderId;
use bonin_http::Http;
use bonin_nexmo::{NexmoClient, NexmoError};
use bonin_ports::{IdentityError, IdentityVerifier};
use bonin_sens::{ListQuery, SensClient, SensError};
use futures_util::future::join_all;
use futures_util::future::{BoxFuture, FutureExt as _};
use jiff::SignedDuration;

use crate::providers::{self, Addresses};
use crate::settings::{
    Cafe24Settings, CoolsmsSettings, IdentityProvider, IdentitySettings, NexmoSettings, ProviderSettings,
    ProviderTarget, SensSettings,
};
use crate::wiring::{Failure, System};

/// A provider that was asked.
pub struct Checked {
    /// Its name; one for both of Nexmo's.
    pub name: &'static str,
    /// Whether the sandbox stands for it.
    pub simulated: bool,
    /// What it said.
    pub answer: Result<Answer, Silence>,
}

/// What a provider's answer shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// SENS takes keys, service and clock.
    Sens,
    /// Cafe24 takes the keys.
    Cafe24 {
        /// Our senders that it does not list as registered.
        unregistered: Vec<SenderId>,
        /// Messages that are paid for; `None` where it did not say.
        remaining: Option<u64>,
    },
    /// CoolSMS takes keys and clock.
    Coolsms {
        /// Money that is left, in KRW.
        balance: Option<Amount>,
        /// Points that are left.
        points: Option<Amount>,
    },
    /// Nexmo takes the keys.
    Nexmo {
        /// Money that is left, in EUR.
        balance: Amount,
    },
    /// The identity provider takes the keys.
    Identity,
}

/// Why a provider did not say that all is well.
#[derive(Debug)]
pub struct Silence {
    /// What kind of trouble it is.
    pub trouble: Trouble,
    /// The provider's code or the transport's, such as `503/500` or `connect`; empty where nothing was asked.
    pub code: String,
    /// What happened, for the terminal.
    pub error: Failure,
}

/// What the operator can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The settings are wrong, so that nothing was asked.
    Settings,
    /// No connection came about.
    Unreachable,
    /// It is there, and out of order or out of patience.
    Unavailable,
    /// It does not take the keys.
    Keys,
    /// It does not take our time.
    Clock,
    /// It refused the question.
    Refused,
    /// Its answer did not come, or says nothing.
    Unclear,
}

impl Silence {
    fn settings(error: Failure) -> Self {
        Self { trouble: Trouble::Settings, code: String::new(), error }
    }

    fn of(trouble: Trouble, code: String, error: impl Into<Failure>) -> Self {
        // Where nobody answered, adapters tell the transport's code; that begins with a letter.
        let unreachable = matches!(code.as_str(), "dns" | "connect" | "connect_timeout" | "tls");
        let trouble = if unreachable { Trouble::Unreachable } else { trouble };
        Self { trouble, code, error: error.into() }
    }
}

/// Asks all providers that are configured, side by side.
pub async fn check(
    settings: &ProviderSettings,
    addresses: Addresses<'_>,
    http: &Http,
    system: &System,
) -> Vec<Checked> {
    let mut questions: Vec<BoxFuture<'_, Checked>> = Vec::new();
    if let Some(sens) = &settings.sens {
        questions.push(check_sens(sens, addresses.sandbox, http, system).boxed());
    }
    if let Some(cafe24) = &settings.cafe24 {
        questions.push(check_cafe24(cafe24, addresses.sandbox, http, system).boxed());
    }
    if let Some(coolsms) = &settings.coolsms {
        questions.push(check_coolsms(coolsms, addresses.sandbox, http, system).boxed());
    }
    if let Some(nexmo) = settings.nexmo.as_ref().or(settings.nexmo_verify.as_ref()) {
        questions.push(check_nexmo(nexmo, addresses, http).boxed());
    }
    join_all(questions).await
}

async fn check_sens(settings: &SensSettings, sandbox: &str, http: &Http, system: &System) -> Checked {
    let answer = match providers::sens(settings, sandbox, http, system) {
        Ok(client) => ask_sens(&client, system).await,
        Err(error) => Err(Silence::settings(error)),
    };
    Checked { name: "sens", simulated: simulated(&settings.target), answer }
}

async fn ask_sens(client: &SensClient, system: &System) -> Result<Answer, Silence> {
    let until = system.clock.now();
    let since = until.checked_sub(SignedDuration::from_mins(1)).unwrap_or(until);
    match client.list(&ListQuery::requested(since, until)).await {
        Ok(_) => Ok(Answer::Sens),
        Err(error) => {
            let trouble = match &error {
                SensError::Unauthorized { .. } | SensError::Service { .. } => Trouble::Keys,
                SensError::ClockSkew { .. } => Trouble::Clock,
                SensError::Unavailable { .. } | SensError::Throttled { .. } | SensError::Quota { .. } => {
                    Trouble::Unavailable
                }
                SensError::Invalid(_) | SensError::Refused { .. } | SensError::NotFound { .. } => {
                    Trouble::Refused
                }
                SensError::Unclear { .. } => Trouble::Unclear,
            };
            Err(Silence::of(trouble, error.code().to_owned(), error))
        }
    }
}

async fn check_cafe24(settings: &Cafe24Settings, sandbox: &str, http: &Http, system: &System) -> Checked {
    let answer = match providers::cafe24(settings, sandbox, http, system) {
        Ok(client) => ask_cafe24(&client).await,
        Err(error) => Err(Silence::settings(error)),
    };
    Checked { name: "cafe24", simulated: simulated(&settings.target), answer }
}

async fn ask_cafe24(client: &Cafe24Client) -> Result<Answer, Silence> {
    let registered = client.registered_senders().await.map_err(|error| {
        let trouble = match &error {
            Cafe24Error::Unauthorized { .. } => Trouble::Keys,
            Cafe24Error::Unavailable { .. } => Trouble::Unavailable,
            Cafe24Error::Invalid(_) | Cafe24Error::Refused { .. } => Trouble::Refused,
            Cafe24Error::Unclear { .. } => Trouble::Unclear,
        };
        Silence::of(trouble, error.code().to_owned(), error)
    })?;
    let unknown = client.senders().iter().filter(|sender| !registered.contains(sender));
    Ok(Answer::Cafe24 { unregistered: unknown.cloned().collect(), remaining: client.remaining().await.ok() })
}

async fn check_coolsms(settings: &CoolsmsSettings, sandbox: &str, http: &Http, system: &System) -> Checked {
    let answer = match providers::coolsms(settings, sandbox, http, system) {
        Ok(client) => ask_coolsms(&client).await,
        Err(error) => Err(Silence::settings(error)),
    };
    Checked { name: "coolsms", simulated: simulated(&settings.target), answer }
}

async fn ask_coolsms(client: &CoolsmsClient) -> Result<Answer, Silence> {
    match client.balance().await {
        Ok(left) => {
            Ok(Answer::Coolsms { balance: Amount::parse(&left.balance), points: Amount::parse(&left.point) })
        }
        Err(error) => {
            let trouble = match &error {
                CoolsmsError::Unauthorized { .. } => Trouble::Keys,
                CoolsmsError::Unavailable { .. } => Trouble::Unavailable,
                CoolsmsError::Invalid(_) | CoolsmsError::Refused { .. } | CoolsmsError::NotFound { .. } => {
                    Trouble::Refused
                }
                CoolsmsError::Unclear { .. } => Trouble::Unclear,
            };
            Err(Silence::of(trouble, error.code().to_owned(), error))
        }
    }
}

async fn check_nexmo(settings: &NexmoSettings, addresses: Addresses<'_>, http: &Http) -> Checked {
    let answer = match providers::nexmo(settings, addresses, http) {
        Ok(client) => ask_nexmo(&client).await,
        Err(error) => Err(Silence::settings(error)),
    };
    // Asked is the host of the SMS API.
    Checked { name: "nexmo", simulated: simulated(&settings.sms_target), answer }
}

async fn ask_nexmo(client: &NexmoClient) -> Result<Answer, Silence> {
    let balance = client.balance().await.map_err(|error| {
        let trouble = match &error {
            NexmoError::Unauthorized { .. } => Trouble::Keys,
            NexmoError::Unavailable { .. } | NexmoError::Throttled { .. } => Trouble::Unavailable,
            NexmoError::Invalid(_) | NexmoError::Status { .. } | NexmoError::Refused { .. } => {
                Trouble::Refused
            }
            NexmoError::Unclear { .. } => Trouble::Unclear,
        };
        Silence::of(trouble, error.code().to_owned(), error)
    })?;
    Ok(Answer::Nexmo { balance })
}

/// Asks the identity provider for a result that cannot be there: that takes good keys, and costs nothing.
pub async fn check_identity(
    settings: &IdentitySettings,
    least_age: Option<u8>,
    sandbox: &str,
    http: &Http,
    system: &System,
) -> Checked {
    let (target, name) = match &settings.provider {
        IdentityProvider::Iamport { target, .. } => (target, "iamport"),
        IdentityProvider::Portone { target, .. } => (target, "portone"),
    };
    let answer = match providers::identity(settings, least_age, sandbox, http, system) {
        Ok(ports) => ask_identity(&*ports.verifier, system).await,
        Err(error) => Err(Silence::settings(error)),
    };
    Checked { name, simulated: simulated(target), answer }
}

async fn ask_identity(verifier: &dyn IdentityVerifier, system: &System) -> Result<Answer, Silence> {
    let nobodys = OrderId::draw(&mut |bytes| system.entropy.fill(bytes));
    match verifier.fetch(&IdentityReference::from(&nobodys)).await {
        Ok(_) => Ok(Answer::Identity),
        Err(error) => {
            let (trouble, code) = match &error {
                IdentityError::Unauthorized { code } => (Trouble::Keys, code),
                IdentityError::Unavailable { code, .. } => (Trouble::Unavailable, code),
                IdentityError::Refused { code } => (Trouble::Refused, code),
                IdentityError::Unclear { code, .. } => (Trouble::Unclear, code),
            };
            Err(Silence::of(trouble, code.clone(), error))
        }
    }
}

fn simulated(target: &ProviderTarget) -> bool {
    *target == ProviderTarget::Sandbox
}
