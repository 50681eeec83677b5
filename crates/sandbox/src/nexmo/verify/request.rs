//! Reads what a verification begins with.

use bonin_domain::{PhoneNumber, Region};
use jiff::SignedDuration;

use super::errors::{self, Refusal};
use super::machine::{Channel, Plan};
use crate::nexmo::call::Call;

const LANGUAGES: [&str; 39] = [
    "ar-xa", "cs-cz", "cy-cy", "cy-gb", "da-dk", "de-de", "el-gr", "en-au", "en-gb", "en-in", "en-us",
    "es-es", "es-mx", "es-us", "fi-fi", "fil-ph", "fr-ca", "fr-fr", "hi-in", "hu-hu", "id-id", "is-is",
    "it-it", "ja-jp", "ko-kr", "nb-no", "nl-nl", "pl-pl", "pt-br", "pt-pt", "ro-ro", "ru-ru", "sv-se",
    "th-th", "tr-tr", "vi-vn", "yue-cn", "zh-cn", "zh-tw",
];
const PAYMENT_LANGUAGES: [&str; 21] = [
    "en-gb", "bg-bg", "cs-cz", "da-dk", "de-de", "ee-et", "el-gr", "es-es", "fi-fi", "fr-fr", "ga-ie",
    "hu-hu", "it-it", "lv-lv", "lt-lt", "mt-mt", "nl-nl", "pl-pl", "sk-sk", "sl-si", "sv-se",
];
/// North Korea stands for what is not served.
const NOT_SERVED: &str = "850";

/// What the person is asked to confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    Number { brand: String },
    Payment { payee: String, amount: String },
}

/// What a verification begins with, the defaults filled in.
#[derive(Debug, Clone)]
pub(super) struct Start {
    /// Country code and number, digits only.
    pub(super) number: String,
    pub(super) purpose: Purpose,
    pub(super) sender: String,
    pub(super) language: String,
    pub(super) plan: Plan,
}

impl Start {
    /// Reads a verification of a number.
    pub(super) fn read(call: &Call) -> Result<Self, Refusal> {
        let number = number(call)?;
        let brand = named(call, "brand")?;
        if call.get("pin_code").is_some() {
            return Err(errors::own_code());
        }
        let sender = call.get("sender_id").unwrap_or("VERIFY");
        if sender.len() > 11 || !sender.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(errors::invalid("sender_id"));
        }
        let default = if number.starts_with("82") { "ko-kr" } else { "en-us" };
        Ok(Self {
            purpose: Purpose::Number { brand },
            sender: sender.to_owned(),
            language: language(call, &LANGUAGES, default)?,
            plan: plan(call)?,
            number,
        })
    }

    /// Reads the confirmation of a payment.
    pub(super) fn read_payment(call: &Call) -> Result<Self, Refusal> {
        let number = number(call)?;
        let payee = named(call, "payee")?;
        let amount = call.get("amount").ok_or_else(|| errors::missing("amount"))?;
        if !is_amount(amount) {
            return Err(errors::invalid("amount"));
        }
        Ok(Self {
            purpose: Purpose::Payment { payee, amount: amount.to_owned() },
            sender: "VERIFY".to_owned(),
            language: language(call, &PAYMENT_LANGUAGES, "en-gb")?,
            plan: plan(call)?,
            number,
        })
    }

    /// The text of a message, or the words of a call.
    pub(super) fn text(&self, channel: Channel, code: &str) -> String {
        let korean = self.language == "ko-kr";
        let text = match &self.purpose {
            Purpose::Number { brand } if korean => format!("{brand} 인증번호: {code}"),
            Purpose::Number { brand } => format!("Your {brand} PIN is {code}"),
            Purpose::Payment { payee, amount } => {
                format!("Your code: {code} to confirm the payment of {amount} EUR to {payee}")
            }
        };
        match channel {
            Channel::Sms => text,
            Channel::Tts => format!("(voice call) {text}"),
        }
    }
}

fn number(call: &Call) -> Result<String, Refusal> {
    let raw = call.get("number").ok_or_else(|| errors::missing("number"))?;
    let number = match call.get("country") {
        None => {
            let digits = (7..=15).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_digit());
            if !digits || raw.starts_with('0') {
                return Err(errors::invalid("number"));
            }
            raw.to_owned()
        }
        Some(country) => {
            let region: Region =
                country.to_ascii_uppercase().parse().map_err(|_| errors::invalid("country"))?;
            let number = PhoneNumber::parse(raw, region).map_err(|_| errors::invalid("number"))?;
            number.e164().trim_start_matches('+').to_owned()
        }
    };
    if number.starts_with(NOT_SERVED) { Err(errors::unsupported_network()) } else { Ok(number) }
}

fn named(call: &Call, parameter: &str) -> Result<String, Refusal> {
    let name = call.get(parameter).ok_or_else(|| errors::missing(parameter))?;
    let plain = name.chars().all(|letter| letter.is_alphanumeric() || letter == ' ');
    if plain && name.chars().count() <= 18 { Ok(name.to_owned()) } else { Err(errors::invalid(parameter)) }
}

fn language(call: &Call, known: &[&str], default: &str) -> Result<String, Refusal> {
    let language = call.get("lg").unwrap_or(default).to_ascii_lowercase();
    if known.contains(&language.as_str()) { Ok(language) } else { Err(errors::invalid("lg")) }
}

fn plan(call: &Call) -> Result<Plan, Refusal> {
    let number = |name: &str, low: i64, high: i64| match call.get(name) {
        None => Ok(None),
        Some(raw) => {
            let value = raw.parse().ok().filter(|value| (low..=high).contains(value));
            value.map(Some).ok_or_else(|| errors::invalid(name))
        }
    };
    let code_length = number("code_length", 4, 6)?.unwrap_or(4);
    if code_length == 5 {
        return Err(errors::invalid("code_length"));
    }
    let workflow = number("workflow_id", 1, 7)?.unwrap_or(1);
    let wait = number("next_event_wait", 60, 900)?;
    let life = number("pin_expiry", 60, 3600)?;
    let life = match (life, wait) {
        // A life that is no multiple of the wait gives way to it.
        (Some(life), Some(wait)) if life % wait != 0 => wait,
        (Some(life), _) => life,
        (None, _) => 300,
    };
    Ok(Plan {
        workflow: usize::try_from(workflow).unwrap_or(1),
        code_length: u32::try_from(code_length).unwrap_or(4),
        life: SignedDuration::from_secs(life),
        wait: wait.map(SignedDuration::from_secs),
    })
}

/// A decimal number such as `10` or `10.00`.
fn is_amount(raw: &str) -> bool {
    let (whole, fraction) = raw.split_once('.').unwrap_or((raw, "0"));
    let digits = |text: &str| (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(fraction)
}
