use std::fmt;

use bonin_domain::keys::{KeyRing, Sealed, SealedField};
use bonin_domain::messages::SenderId;
use bonin_domain::messaging::{WebMessage, WebSendId};
use bonin_domain::{PhoneNumber, Region, TenantId};
use bonin_ports::RepositoryError;
use zeroize::Zeroizing;

/// What stands in a send: sealed in its row. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct SentContent {
    /// The sender.
    pub from: SenderId,
    /// The first recipient, so that a list needs no other row.
    pub first: PhoneNumber,
    /// The subject.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
}

impl fmt::Debug for SentContent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SentContent(…)")
    }
}

impl SentContent {
    /// Seals it: one line for each of its values, the text last. None of the others holds a line feed.
    pub(super) fn seal(
        &self,
        keys: &KeyRing,
        tenant: &TenantId,
        id: WebSendId,
        fill: &mut dyn FnMut(&mut [u8]),
    ) -> Sealed {
        let subject = self.subject.as_deref().unwrap_or_default();
        let plaintext =
            Zeroizing::new([self.from.as_str(), self.first.e164(), subject, &self.text].join("\n"));
        keys.seal(tenant, SealedField::WebContent, id.as_row(), plaintext.as_bytes(), fill)
    }

    /// Opens what was sealed.
    pub(super) fn unseal(
        keys: &KeyRing,
        tenant: &TenantId,
        id: WebSendId,
        sealed: &Sealed,
    ) -> Result<Self, RepositoryError> {
        let bytes = keys
            .unseal(tenant, SealedField::WebContent, id.as_row(), sealed)
            .map_err(|error| RepositoryError::Internal(error.to_string()))?;
        let bad = || RepositoryError::Internal("what stands in a send cannot be read".to_owned());
        let plaintext = std::str::from_utf8(&bytes).map_err(|_| bad())?;
        let mut lines = plaintext.splitn(4, '\n');
        let mut line = || lines.next().ok_or_else(bad);
        Ok(Self {
            from: SenderId::parse(line()?).map_err(|_| bad())?,
            first: PhoneNumber::parse(line()?, Region::KR).map_err(|_| bad())?,
            subject: Some(line()?.to_owned()).filter(|subject| !subject.is_empty()),
            text: line()?.to_owned(),
        })
    }
}

/// The recipient of a message.
pub(super) fn recipient(
    keys: &KeyRing,
    tenant: &TenantId,
    message: &WebMessage,
) -> Result<PhoneNumber, RepositoryError> {
    let bytes = keys
        .unseal(tenant, SealedField::Phone, message.id.as_row(), &message.phone)
        .map_err(|error| RepositoryError::Internal(error.to_string()))?;
    let number = std::str::from_utf8(&bytes).ok().map(|text| PhoneNumber::parse(text, Region::KR));
    number
        .and_then(Result::ok)
        .ok_or_else(|| RepositoryError::Internal("a stored number does not parse".to_owned()))
}
