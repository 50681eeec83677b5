//! Results that the provider pushes (section 10).

use bonin_domain::messages::ProviderReference;
use bonin_ports::{Inbound, NotAuthentic, Receipt, ReceiptReader, UnreadableReceipt};
use ring::{digest, hmac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::codes::Outcome;
use crate::config::ConfigError;
use crate::reports::state;
use crate::sign::hex;
use crate::wire::lenient;

/// Reads calls of the webhook `SINGLE-REPORT`. Those of `GROUP-REPORT` bring no receipts.
///
/// The provider proves itself by a constant, the SHA-1 of the webhook's secret: whoever saw one call can make
/// others, so the address must be HTTPS.
pub struct CoolsmsReceipts {
    key: hmac::Key,
    expected: hmac::Tag,
}

impl CoolsmsReceipts {
    /// A reader of calls that were registered with this secret.
    ///
    /// # Errors
    /// [`ConfigError::WebhookSecret`] when it is empty or not plain ASCII.
    pub fn new(secret: &SecretString) -> Result<Self, ConfigError> {
        let secret = secret.expose_secret();
        bonin_http::check_key(secret).map_err(ConfigError::WebhookSecret)?;
        let shown = hex(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes()).as_ref());
        // Tags of both sides are compared in constant time, and so, in effect, what they are tags of.
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let expected = hmac::sign(&key, shown.as_bytes());
        Ok(Self { key, expected })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(default, deserialize_with = "lenient")]
    message_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    group_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    status_code: Option<String>,
}

impl ReceiptReader for CoolsmsReceipts {
    fn authenticate(&self, inbound: &Inbound<'_>) -> Result<(), NotAuthentic> {
        let mut given = inbound.headers.iter().filter(|(name, _)| name == "x-solapi-secret");
        let (Some((_, secret)), None) = (given.next(), given.next()) else {
            return Err(NotAuthentic("the header X-Solapi-Secret is not there once"));
        };
        let lower = secret.trim().to_ascii_lowercase();
        hmac::verify(&self.key, lower.as_bytes(), self.expected.as_ref())
            .map_err(|_| NotAuthentic("the header X-Solapi-Secret is wrong"))
    }

    fn read(&self, inbound: &Inbound<'_>) -> Result<Vec<Receipt>, UnreadableReceipt> {
        let items: Vec<Value> = serde_json::from_slice(inbound.body)
            .map_err(|_| UnreadableReceipt("the body is no JSON array"))?;
        let mut receipts = Vec::with_capacity(items.len());
        let mut understood = items.is_empty();
        for item in items {
            let Some(item) = unwrapped(item) else { continue };
            match (&item.message_id, &item.group_id) {
                (Some(_), _) => {}
                // A group's report: its messages have their own.
                (None, Some(_)) => {
                    understood = true;
                    continue;
                }
                (None, None) => continue,
            }
            if let Some(receipt) = receipt(&item) {
                understood = true;
                receipts.push(receipt);
            }
        }
        // What can be read of a call is taken; a call of which nothing can be is kept for people.
        if understood { Ok(receipts) } else { Err(UnreadableReceipt("no item is a result of a message")) }
    }
}

/// Flat items are the result themselves, wrapped ones hold it in `data`.
fn unwrapped(mut item: Value) -> Option<Item> {
    let inner = match item.get_mut("data") {
        Some(data @ Value::Object(_)) => data.take(),
        _ => item,
    };
    serde_json::from_value(inner).ok()
}

fn receipt(item: &Item) -> Option<Receipt> {
    let code = item.status_code.as_deref()?;
    let (state, failure) = state(Outcome::of(code))?;
    let reference = ProviderReference::parse(item.message_id.as_deref()?)?;
    Some(Receipt { reference, state, failure, code: Some(code.to_owned()), price: None })
}
