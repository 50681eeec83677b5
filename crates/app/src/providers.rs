//! From provider settings to the ports over each provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use bonin_cafe24::{Cafe24Client, Cafe24Config, Cafe24Sender};
use bonin_coolsms_oauth::{
    CoolsmsApp, CoolsmsClient, CoolsmsConfig, CoolsmsReceipts, CoolsmsSender, Credential, OAuthClient,
    OAuthConfig,
};
use bonin_domain::messages::ProviderName;
use bonin_http::Http;
use bonin_iamport::{IamportClient, IamportConfig, PortoneClient, PortoneConfig};
use bonin_nexmo::{NexmoClient, NexmoConfig, NexmoSms, NexmoVerify};
use bonin_ports::{
    IdentityVerifier, MessagingAccount, MessagingGroups, OAuthProvider, OtpIdentityVerifier, ReceiptReader,
};
use bonin_sens::{SensClient, SensConfig, SensSender};
use bonin_services::dispatch::{Carrier, Provider, Providers};

use crate::controllers::identities::{BrowserSdk, Merchant};
use crate::settings::{
    Cafe24Settings, CoolsmsSettings, IdentityProvider, IdentitySettings, MessagingSettings, NexmoSettings,
    ProviderSettings, ProviderTarget, SensSettings,
};
use crate::wiring::{Failure, System};

/// Where providers are reached and where they reach us.
#[derive(Clone, Copy)]
pub struct Addresses<'a> {
    /// The sandbox; empty in production.
    pub sandbox: &'a str,
    /// Our public address, if providers can know it.
    pub public: Option<&'a str>,
}

impl Addresses<'_> {
    /// Where a provider pushes its receipts.
    pub fn hook(&self, provider: &str) -> Option<String> {
        self.public.map(|public| format!("{}/hooks/{provider}", public.trim_end_matches('/')))
    }
}

/// The providers that routing names, and who reads what they push.
pub struct Connected {
    /// All of them.
    pub providers: Arc<Providers>,
    /// Those that push.
    pub readers: Arc<BTreeMap<ProviderName, Arc<dyn ReceiptReader>>>,
    /// Who verifies identities, if anybody does.
    pub identity: Option<IdentityPorts>,
    /// For whom people log in to the messaging app, if it is offered.
    pub messaging: Option<MessagingPorts>,
}

/// Puts the providers together; nothing is called yet.
pub fn connect(
    settings: &ProviderSettings,
    addresses: Addresses<'_>,
    http: &Http,
    system: &System,
) -> Result<Connected, Failure> {
    let mut providers = Vec::new();
    let mut readers: BTreeMap<ProviderName, Arc<dyn ReceiptReader>> = BTreeMap::new();
    if let Some(settings) = &settings.sens {
        let sender = Arc::new(SensSender::new(sens(settings, addresses.sandbox, http, system)?));
        providers.push(Provider {
            name: name("sens"),
            carrier: Carrier::Sender(sender.clone()),
            bulk: Some(sender.clone()),
            reports: Some(sender),
            prices: settings.prices.clone(),
        });
    }
    if let Some(settings) = &settings.cafe24 {
        let client = cafe24(settings, addresses.sandbox, http, system)?;
        let sender = Arc::new(Cafe24Sender::new(client));
        providers.push(Provider {
            name: name("cafe24"),
            carrier: Carrier::Sender(sender.clone()),
            bulk: Some(sender.clone()),
            reports: Some(sender),
            prices: settings.prices.clone(),
        });
    }
    if let Some(settings) = &settings.coolsms {
        let client = coolsms(settings, addresses.sandbox, http, system)?;
        let sender = Arc::new(CoolsmsSender::new(client, settings.senders.clone())?);
        if let Some(secret) = &settings.webhook_secret {
            readers.insert(name("coolsms"), Arc::new(CoolsmsReceipts::new(secret)?));
        }
        providers.push(Provider {
            name: name("coolsms"),
            carrier: Carrier::Sender(sender.clone()),
            bulk: Some(sender.clone()),
            reports: Some(sender),
            prices: settings.prices.clone(),
        });
    }
    if let Some(settings) = &settings.nexmo {
        let sender = Arc::new(NexmoSms::new(nexmo(settings, addresses, http)?));
        if settings.signature_secret.is_some() {
            readers.insert(name("nexmo"), sender.clone());
        }
        providers.push(Provider {
            name: name("nexmo"),
            carrier: Carrier::Sender(sender),
            bulk: None,
            reports: None,
            prices: settings.prices.clone(),
        });
    }
    if let Some(settings) = &settings.nexmo_verify {
        let verifier = Arc::new(NexmoVerify::new(nexmo(settings, addresses, http)?));
        providers.push(Provider {
            name: name("nexmo_verify"),
            carrier: Carrier::Verify(verifier.clone()),
            bulk: None,
            reports: Some(verifier),
            prices: settings.prices.clone(),
        });
    }
    Ok(Connected {
        providers: Arc::new(Providers::new(providers)),
        readers: Arc::new(readers),
        identity: None,
        messaging: None,
    })
}

fn name(name: &'static str) -> ProviderName {
    ProviderName::parse(name).expect("a constant that is a name")
}

/// A client of SENS.
pub fn sens(
    settings: &SensSettings,
    sandbox: &str,
    http: &Http,
    system: &System,
) -> Result<SensClient, Failure> {
    let config = SensConfig::new(
        settings.target.at(sandbox),
        &settings.service_id,
        &settings.access_key,
        settings.secret_key.clone(),
        settings.senders.clone(),
    )?;
    Ok(SensClient::new(config, http.clone(), system.clock.clone()))
}

/// A client of Cafe24.
pub fn cafe24(
    settings: &Cafe24Settings,
    sandbox: &str,
    http: &Http,
    system: &System,
) -> Result<Cafe24Client, Failure> {
    let config = Cafe24Config::new(
        settings.target.at(sandbox),
        &settings.user_id,
        settings.secure_key.clone(),
        settings.senders.clone(),
        settings.list_base_url.as_deref(),
    )?;
    Ok(Cafe24Client::new(config, http.clone(), system.clock.clone()))
}

/// A client of CoolSMS that signs with the API key.
pub fn coolsms(
    settings: &CoolsmsSettings,
    sandbox: &str,
    http: &Http,
    system: &System,
) -> Result<CoolsmsClient, Failure> {
    let credential =
        Credential::ApiKey { key: settings.api_key.clone(), secret: settings.api_secret.clone() };
    let mut config = CoolsmsConfig::new(settings.target.at(sandbox), credential)?;
    if let Some(app_id) = &settings.app_id {
        config = config.app_id(app_id)?;
    }
    Ok(CoolsmsClient::new(config, http.clone(), system.clock.clone(), system.entropy.clone()))
}

/// A client of Nexmo.
pub fn nexmo(
    settings: &NexmoSettings,
    addresses: Addresses<'_>,
    http: &Http,
) -> Result<NexmoClient, Failure> {
    // Without a secret no receipt would be believed, so that none is asked for.
    let callback = addresses.hook("nexmo").filter(|_| settings.signature_secret.is_some());
    let config = NexmoConfig::new(
        settings.target.at(addresses.sandbox),
        settings.sms_target.at(addresses.sandbox),
        &settings.api_key,
        settings.api_secret.clone(),
        settings.senders.clone(),
        settings.signature_secret.clone(),
        callback.as_deref(),
    )?;
    Ok(NexmoClient::new(config.signature_method(settings.signature_method), http.clone()))
}

/// The provider that verifies identities.
pub struct IdentityPorts {
    /// Knows the results of its window.
    pub verifier: Arc<dyn IdentityVerifier>,
    /// Sends one-time passwords.
    pub otp: Arc<dyn OtpIdentityVerifier>,
    /// What browsers open its window with.
    pub sdk: BrowserSdk,
}

/// Where the windows, frames and calls of the real browser SDKs are; V2 shows some of V1's.
const IDENTITY_SOURCES: &str = "https://*.iamport.kr https://*.iamport.co https://*.portone.io";

/// The provider that verifies identities; nothing is called yet. `least_age` is told to its window.
pub fn identity(
    settings: &IdentitySettings,
    least_age: Option<u8>,
    sandbox: &str,
    http: &Http,
    system: &System,
) -> Result<IdentityPorts, Failure> {
    let (target, path) = &settings.sdk;
    let (script_url, sources) = match target {
        ProviderTarget::Sandbox => (format!("{sandbox}{path}"), sandbox),
        ProviderTarget::Address(address) => (address.clone(), IDENTITY_SOURCES),
    };
    let sdk = |merchant| BrowserSdk {
        script_url: script_url.clone(),
        channel_key: settings.channel_key.clone(),
        merchant,
        sources: sources.to_owned(),
    };
    match &settings.provider {
        IdentityProvider::Iamport { target, imp_key, imp_secret, customer_code } => {
            let mut config = IamportConfig::new(target.at(sandbox), imp_key, imp_secret.clone())?
                .channel_key(&settings.channel_key)?;
            if let Some(company) = &settings.company {
                config = config.company(company)?;
            }
            let client = Arc::new(IamportClient::new(config, http.clone(), system.clock.clone()));
            let (customer_code, company) = (customer_code.clone(), settings.company.clone());
            let sdk = sdk(Merchant::V1 { customer_code, company, least_age });
            Ok(IdentityPorts { verifier: client.clone(), otp: client, sdk })
        }
        IdentityProvider::Portone { target, secret, store_id } => {
            let (base_url, channel_key) = (target.at(sandbox), &settings.channel_key);
            let config = PortoneConfig::new(base_url, secret.clone(), store_id, channel_key)?;
            let client = Arc::new(PortoneClient::new(config, http.clone()));
            let sdk = sdk(Merchant::V2 { store_id: store_id.clone() });
            Ok(IdentityPorts { verifier: client.clone(), otp: client, sdk })
        }
    }
}

/// CoolSMS, for people who log in there.
pub struct MessagingPorts {
    /// Logs people in.
    pub oauth: Arc<dyn OAuthProvider>,
    /// Their accounts.
    pub account: Arc<dyn MessagingAccount>,
    /// Their messages.
    pub groups: Arc<dyn MessagingGroups>,
    /// Where it is, without a slash at the end: where browsers go, and what it may call itself.
    pub address: String,
}

/// CoolSMS, for people who log in there; nothing is called yet.
pub fn messaging(
    settings: &MessagingSettings,
    sandbox: &str,
    http: &Http,
    system: &System,
) -> Result<MessagingPorts, Failure> {
    let address = settings.target.at(sandbox).trim_end_matches('/');
    let config =
        OAuthConfig::new(address, &settings.client_id, settings.client_secret.clone(), settings.pkce)?;
    let (clock, entropy) = (&system.clock, &system.entropy);
    let app = CoolsmsApp::new(address, &settings.app_id, http.clone(), clock.clone(), entropy.clone())?;
    let app = Arc::new(app);
    Ok(MessagingPorts {
        oauth: Arc::new(OAuthClient::new(config, http.clone(), clock.clone())),
        account: app.clone(),
        groups: app,
        address: address.to_owned(),
    })
}

/// Has the simulated CoolSMS push its results to us, as an operator does once with the real one.
pub async fn register_with_sandbox(
    settings: &ProviderSettings,
    addresses: Addresses<'_>,
    http: &Http,
    system: &System,
) -> Result<(), Failure> {
    let (Some(settings), Some(url)) = (&settings.coolsms, addresses.hook("coolsms")) else { return Ok(()) };
    let ProviderTarget::Sandbox = settings.target else { return Ok(()) };
    let Some(secret) = &settings.webhook_secret else { return Ok(()) };
    let client = coolsms(settings, addresses.sandbox, http, system)?;
    if !client.webhooks().await?.iter().any(|webhook| webhook.url == url) {
        client.create_webhook("SINGLE-REPORT", &url, secret).await?;
    }
    Ok(())
}
