//! What each provider needs, from the written tree; the sandbox's values where development leaves them out.

use std::collections::{BTreeMap, BTreeSet};

use bonin_domain::Amount;
use bonin_domain::messages::{MessageKind, SenderId};
use bonin_nexmo::SignatureMethod;
use bonin_sandbox::{Sandbox, credentials};
use secrecy::{ExposeSecret as _, SecretString};

use super::list::List;
use super::reader::{Reader, filled};
use super::tree;

/// Where a provider is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderTarget {
    /// At this address.
    Address(String),
    /// At the sandbox, wherever that listens.
    Sandbox,
}

impl ProviderTarget {
    /// The address, where the sandbox's is `sandbox`.
    pub fn at<'a>(&'a self, sandbox: &'a str) -> &'a str {
        match self {
            Self::Address(address) => address,
            Self::Sandbox => sandbox,
        }
    }
}

/// What messages cost, in KRW.
pub type Prices = BTreeMap<MessageKind, Amount>;

/// Naver SENS.
#[derive(Clone, Debug)]
pub struct SensSettings {
    /// Where it is reached.
    pub target: ProviderTarget,
    /// The project's SMS service.
    pub service_id: String,
    /// The API key's id.
    pub access_key: String,
    /// The API key.
    pub secret_key: SecretString,
    /// The registered sender numbers, the default first.
    pub senders: Vec<SenderId>,
    /// What messages cost.
    pub prices: Prices,
}

/// Cafe24.
#[derive(Clone, Debug)]
pub struct Cafe24Settings {
    /// Where it is reached.
    pub target: ProviderTarget,
    /// Where its list of sent messages is reached, if elsewhere.
    pub list_base_url: Option<String>,
    /// The SMS service's id.
    pub user_id: String,
    /// Its key.
    pub secure_key: SecretString,
    /// The registered sender numbers, the default first.
    pub senders: Vec<SenderId>,
    /// What messages cost.
    pub prices: Prices,
}

/// CoolSMS.
#[derive(Clone, Debug)]
pub struct CoolsmsSettings {
    /// Where it is reached.
    pub target: ProviderTarget,
    /// The API key.
    pub api_key: String,
    /// Its secret.
    pub api_secret: SecretString,
    /// The registered sender numbers, the default first.
    pub senders: Vec<SenderId>,
    /// What messages cost.
    pub prices: Prices,
    /// The app in the app store, for its earnings.
    pub app_id: Option<String>,
    /// What its webhook is registered with; without it no receipts are taken.
    pub webhook_secret: Option<SecretString>,
}

/// Nexmo.
#[derive(Clone, Debug)]
pub struct NexmoSettings {
    /// Where Verify is reached.
    pub target: ProviderTarget,
    /// Where SMS is reached.
    pub sms_target: ProviderTarget,
    /// The API key.
    pub api_key: String,
    /// Its secret.
    pub api_secret: SecretString,
    /// The senders, the default first.
    pub senders: Vec<SenderId>,
    /// What messages cost.
    pub prices: Prices,
    /// What receipts are signed with; without it none are taken.
    pub signature_secret: Option<SecretString>,
    /// How they are signed.
    pub signature_method: SignatureMethod,
}

/// The providers that routing names.
#[derive(Clone, Debug, Default)]
pub struct ProviderSettings {
    /// Naver SENS.
    pub sens: Option<SensSettings>,
    /// Cafe24.
    pub cafe24: Option<Cafe24Settings>,
    /// CoolSMS.
    pub coolsms: Option<CoolsmsSettings>,
    /// Nexmo SMS.
    pub nexmo: Option<NexmoSettings>,
    /// Nexmo Verify.
    pub nexmo_verify: Option<NexmoSettings>,
}

impl ProviderSettings {
    /// Whether any of them is simulated.
    pub fn any_simulated(&self) -> bool {
        let nexmo = [&self.nexmo, &self.nexmo_verify].into_iter().flatten();
        let targets = self.sens.iter().map(|p| &p.target).chain(self.cafe24.iter().map(|p| &p.target));
        let targets = targets.chain(self.coolsms.iter().map(|p| &p.target));
        let mut targets = targets.chain(nexmo.flat_map(|p| [&p.target, &p.sms_target]));
        targets.any(|target| *target == ProviderTarget::Sandbox)
    }

    /// The settings of prices that are missing: those of all that the providers carry.
    pub(super) fn without_price(&self) -> Vec<String> {
        let carried = [
            ("SENS", self.sens.as_ref().map(|of| &of.prices), &MessageKind::ALL[..]),
            ("CAFE24", self.cafe24.as_ref().map(|of| &of.prices), &MessageKind::ALL[..2]),
            ("COOLSMS", self.coolsms.as_ref().map(|of| &of.prices), &MessageKind::ALL[..]),
            ("NEXMO", self.nexmo.as_ref().map(|of| &of.prices), &MessageKind::ALL[..2]),
            ("NEXMO", self.nexmo_verify.as_ref().map(|of| &of.prices), &MessageKind::ALL[..1]),
        ];
        let mut missing: Vec<String> = Vec::new();
        for (name, prices, kinds) in carried {
            let Some(prices) = prices else { continue };
            for kind in kinds.iter().filter(|kind| !prices.contains_key(kind)) {
                missing.push(format!("PROVIDERS__{name}__PRICE_{}", kind.as_str().to_uppercase()));
            }
        }
        missing.dedup();
        missing
    }
}

/// The names that routing may use.
pub const NAMES: [&str; 5] = ["sens", "cafe24", "coolsms", "nexmo", "nexmo_verify"];

/// Reads the values of the providers in `needed`.
pub(super) fn read(
    reader: &mut Reader,
    written: &tree::Providers,
    needed: &BTreeSet<String>,
    production: bool,
) -> Option<ProviderSettings> {
    let wanted = |name: &str| needed.contains(name);
    let before = reader.complaints.len();
    let mut settings = ProviderSettings::default();
    if wanted("sens") {
        settings.sens = sens(&mut Values { reader, provider: "SENS", production }, &written.sens);
    }
    if wanted("cafe24") {
        settings.cafe24 = cafe24(&mut Values { reader, provider: "CAFE24", production }, &written.cafe24);
    }
    if wanted("coolsms") {
        settings.coolsms = coolsms(&mut Values { reader, provider: "COOLSMS", production }, &written.coolsms);
    }
    if wanted("nexmo") || wanted("nexmo_verify") {
        let nexmo = nexmo(&mut Values { reader, provider: "NEXMO", production }, &written.nexmo);
        settings.nexmo = nexmo.clone().filter(|_| wanted("nexmo"));
        settings.nexmo_verify = nexmo.filter(|_| wanted("nexmo_verify"));
    }
    (reader.complaints.len() == before).then_some(settings)
}

fn sens(values: &mut Values<'_>, written: &tree::Sens) -> Option<SensSettings> {
    let service_id = values.text("SERVICE_ID", written.service_id.as_ref(), credentials::SENS_SERVICE_ID);
    let access_key = values.text("ACCESS_KEY", written.access_key.as_ref(), credentials::SENS_ACCESS_KEY);
    let secret_key = values.secret("SECRET_KEY", written.secret_key.as_ref(), credentials::SENS_SECRET_KEY);
    let senders = values.senders(&written.from, credentials::SENS_FROM);
    let target = values.target("BASE_URL", written.base_url.as_ref(), "https://sens.apigw.ntruss.com");
    let prices = values.prices([&written.price_sms, &written.price_lms, &written.price_mms]);
    let prices = prices.map(|prices| with_tariff(prices, &target, &MessageKind::ALL));
    Some(SensSettings {
        target,
        service_id: service_id?,
        access_key: access_key?,
        secret_key: secret_key?,
        senders: senders?,
        prices: prices?,
    })
}

fn cafe24(values: &mut Values<'_>, written: &tree::Cafe24) -> Option<Cafe24Settings> {
    let user_id = values.text("USER_ID", written.user_id.as_ref(), credentials::CAFE24_USER_ID);
    let secure_key = values.secret("SECURE_KEY", written.secure_key.as_ref(), credentials::CAFE24_SECURE_KEY);
    let senders = values.senders(&written.from, credentials::CAFE24_FROM);
    let target = values.target("BASE_URL", written.base_url.as_ref(), "https://sslsms.cafe24.com");
    let prices = values.prices([&written.price_sms, &written.price_lms, &None]);
    let prices = prices.map(|prices| with_tariff(prices, &target, &MessageKind::ALL[..2]));
    Some(Cafe24Settings {
        target,
        list_base_url: filled(written.list_base_url.as_ref()),
        user_id: user_id?,
        secure_key: secure_key?,
        senders: senders?,
        prices: prices?,
    })
}

fn coolsms(values: &mut Values<'_>, written: &tree::Coolsms) -> Option<CoolsmsSettings> {
    let api_key = values.text("API_KEY", written.api_key.as_ref(), credentials::COOLSMS_API_KEY);
    let api_secret =
        values.secret("API_SECRET", written.api_secret.as_ref(), credentials::COOLSMS_API_SECRET);
    let senders = values.senders(&written.from, credentials::COOLSMS_FROM);
    let target = values.target("BASE_URL", written.base_url.as_ref(), "https://api.coolsms.co.kr");
    let prices = values.prices([&written.price_sms, &written.price_lms, &written.price_mms]);
    let prices = prices.map(|prices| with_tariff(prices, &target, &MessageKind::ALL));
    let webhook_secret = values.optional_secret(
        "WEBHOOK_SECRET",
        written.webhook_secret.as_ref(),
        credentials::COOLSMS_WEBHOOK_SECRET,
    );
    Some(CoolsmsSettings {
        target,
        api_key: api_key?,
        api_secret: api_secret?,
        senders: senders?,
        prices: prices?,
        app_id: filled(written.app_id.as_ref()),
        webhook_secret,
    })
}

fn nexmo(values: &mut Values<'_>, written: &tree::Nexmo) -> Option<NexmoSettings> {
    let api_key = values.text("API_KEY", written.api_key.as_ref(), credentials::NEXMO_API_KEY);
    let api_secret = values.secret("API_SECRET", written.api_secret.as_ref(), credentials::NEXMO_API_SECRET);
    let senders = values.senders(&written.from, credentials::NEXMO_FROM);
    let target = values.target("BASE_URL", written.base_url.as_ref(), "https://api.nexmo.com");
    let sms_target = values.target("SMS_BASE_URL", written.sms_base_url.as_ref(), "https://rest.nexmo.com");
    let prices = values.prices([&written.price_sms, &written.price_lms, &None]);
    let signature_secret = values.optional_secret(
        "SIGNATURE_SECRET",
        written.signature_secret.as_ref(),
        credentials::NEXMO_SIGNATURE_SECRET,
    );
    let signature_method = match filled(written.signature_method.as_ref()) {
        None => SignatureMethod::Md5Hash,
        Some(name) => SignatureMethod::from_name(&name).or_else(|| {
            values.complain("SIGNATURE_METHOD", "must be md5hash, md5, sha1, sha256 or sha512");
            None
        })?,
    };
    Some(NexmoSettings {
        target,
        sms_target,
        api_key: api_key?,
        api_secret: api_secret?,
        senders: senders?,
        prices: prices?,
        signature_secret,
        signature_method,
    })
}

/// The prices, with the sandbox's where a simulated provider has none: figures show something then.
fn with_tariff(mut prices: Prices, target: &ProviderTarget, kinds: &[MessageKind]) -> Prices {
    if *target == ProviderTarget::Sandbox {
        for &kind in kinds {
            prices.entry(kind).or_insert_with(|| Amount::whole(bonin_sandbox::tariff(kind.as_str())));
        }
    }
    prices
}

/// Reads the values of one provider.
pub(super) struct Values<'a> {
    pub(super) reader: &'a mut Reader,
    pub(super) provider: &'static str,
    pub(super) production: bool,
}

impl Values<'_> {
    fn complain(&mut self, name: &str, what: &str) {
        self.reader.complain(&format!("PROVIDERS__{}__{name}", self.provider), what);
    }

    /// A value that is needed; in development the sandbox's where it is missing.
    pub(super) fn text(&mut self, name: &str, written: Option<&String>, sandbox: &str) -> Option<String> {
        match filled(written) {
            Some(value) if self.production && Sandbox::is_published(&value) => {
                self.complain(name, "is the sandbox's published value");
                None
            }
            Some(value) => Some(value),
            None if self.production => {
                self.complain(name, "is missing");
                None
            }
            None => Some(sandbox.to_owned()),
        }
    }

    pub(super) fn secret(
        &mut self,
        name: &str,
        written: Option<&SecretString>,
        sandbox: &str,
    ) -> Option<SecretString> {
        let written = written.map(|secret| secret.expose_secret().to_owned());
        self.text(name, written.as_ref(), sandbox).map(SecretString::from)
    }

    /// A secret that production may do without.
    fn optional_secret(
        &mut self,
        name: &str,
        written: Option<&SecretString>,
        sandbox: &str,
    ) -> Option<SecretString> {
        let empty = written.is_none_or(|secret| secret.expose_secret().trim().is_empty());
        if self.production && empty { None } else { self.secret(name, written, sandbox) }
    }

    fn senders(&mut self, written: &List, sandbox: &str) -> Option<Vec<SenderId>> {
        let joined = written.0.join(",");
        let joined = self.text("FROM", Some(&joined).filter(|text| !text.is_empty()), sandbox)?;
        let senders: Result<Vec<SenderId>, _> = joined.split(',').map(SenderId::parse).collect();
        let name = format!("PROVIDERS__{}__FROM", self.provider);
        self.reader.read(&name, senders)
    }

    pub(super) fn target(&mut self, name: &str, written: Option<&String>, real: &str) -> ProviderTarget {
        let target = match filled(written) {
            Some(address) => ProviderTarget::Address(address),
            None if self.production => ProviderTarget::Address(real.to_owned()),
            None => ProviderTarget::Sandbox,
        };
        if let ProviderTarget::Address(address) = &target
            && self.production
            && !address.starts_with("https://")
        {
            self.complain(name, "must begin with https:// in production");
        }
        target
    }

    /// Prices of SMS, LMS and MMS, as decimal numbers.
    fn prices(&mut self, written: [&Option<String>; 3]) -> Option<Prices> {
        let mut prices = Prices::new();
        for (kind, written) in MessageKind::ALL.into_iter().zip(written) {
            let Some(text) = filled(written.as_ref()) else { continue };
            let Some(price) = Amount::parse(&text) else {
                let name = format!("PRICE_{}", kind.as_str().to_uppercase());
                self.complain(&name, "must be a number such as 9.5");
                return None;
            };
            prices.insert(kind, price);
        }
        Some(prices)
    }
}
