//! What a message in the outbox holds: recipient and text, sealed together.

use bonin_domain::keys::{KeyRing, Sealed, SealedField};
use bonin_domain::messages::MessageId;
use bonin_domain::{PhoneNumber, Region, TenantId};
use bonin_ports::Message;
use zeroize::Zeroizing;

/// Why a waiting message cannot be read any more.
#[derive(Debug, thiserror::Error)]
#[error("the sealed message cannot be read: {0}")]
pub struct PayloadError(String);

/// Seals a message: the number in E.164 form, a line feed, the text.
pub fn seal(
    keys: &KeyRing,
    tenant: &TenantId,
    id: MessageId,
    message: &Message,
    fill: &mut dyn FnMut(&mut [u8]),
) -> Sealed {
    let plaintext = Zeroizing::new(format!("{}\n{}", message.to.e164(), message.text));
    keys.seal(tenant, SealedField::Message, id.as_row(), plaintext.as_bytes(), fill)
}

/// Opens what [`seal`] closed.
pub fn unseal(
    keys: &KeyRing,
    tenant: &TenantId,
    id: MessageId,
    sealed: &Sealed,
) -> Result<Message, PayloadError> {
    let told = |error: &dyn std::fmt::Display| PayloadError(error.to_string());
    let bytes =
        keys.unseal(tenant, SealedField::Message, id.as_row(), sealed).map_err(|error| told(&error))?;
    let plaintext = std::str::from_utf8(&bytes).map_err(|error| told(&error))?;
    let (number, text) = plaintext.split_once('\n').ok_or_else(|| told(&"no recipient"))?;
    Ok(Message {
        to: PhoneNumber::parse(number, Region::KR).map_err(|error| told(&error))?,
        text: text.to_owned(),
    })
}
