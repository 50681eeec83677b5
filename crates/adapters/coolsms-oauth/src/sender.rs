use std::time::Duration;

use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{FailureClass, Image, MessageKind, ProviderReference, SenderId};
use bonin_ports::{Abilities, Accepted, Encoding, Message, MessageSender, SendError};

use crate::client::CoolsmsClient;
use crate::config::{ConfigError, check_senders};
use crate::error::CoolsmsError;
use crate::request::{InvalidRequest, OutgoingMessage};

pub(crate) const KOREA: u16 = 82;

/// The most time for uploading the image of a message.
const UPLOAD: Duration = Duration::from_secs(2);
/// The most time for sending it: 5 seconds for both together.
const SEND_AFTER_UPLOAD: Duration = Duration::from_secs(3);

/// Bonin's sender over CoolSMS, with either credential: [`MessageSender`], [`bonin_ports::BulkSender`] and
/// [`bonin_ports::DeliveryReports`]. Its references are the provider's message ids.
///
/// Abroad it takes short messages only.
#[derive(Clone)]
pub struct CoolsmsSender {
    pub(crate) client: CoolsmsClient,
    abilities: Abilities,
}

impl CoolsmsSender {
    /// A sender over `client` with the registered numbers of its account, the default first.
    ///
    /// # Errors
    /// [`ConfigError::Senders`] when there are none, or one is not a number.
    pub fn new(client: CoolsmsClient, senders: Vec<SenderId>) -> Result<Self, ConfigError> {
        check_senders(&senders)?;
        let abilities =
            Abilities { kinds: &MessageKind::ALL, domestic_only: false, encoding: Encoding::EucKr, senders };
        Ok(Self { client, abilities })
    }

    /// Uploads the image of the messages, if they have one, and gives the client that sends them in what is left
    /// of the 5 seconds. Nothing was sent by then, so no failure here is unclear.
    pub(crate) async fn upload(
        &self,
        images: &[Image],
    ) -> Result<(CoolsmsClient, Option<String>), SendError> {
        let image = match images {
            [] => return Ok((self.client.clone(), None)),
            [image] => image,
            _ => return Err(CoolsmsError::from(InvalidRequest::Images).into()),
        };
        match self.client.within(UPLOAD).upload(image).await {
            Ok(id) => Ok((self.client.within(SEND_AFTER_UPLOAD), Some(id))),
            Err(CoolsmsError::Unclear { code, cause }) => {
                let class = FailureClass::ProviderDown;
                Err(CoolsmsError::Unavailable { class, code, cause }.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn outgoing(&self, message: &Message, image_id: Option<&str>) -> OutgoingMessage {
        let from = message.from.as_ref().or(self.abilities.senders.first()).map_or("", SenderId::as_str);
        let outgoing = OutgoingMessage::of(message.kind, from, national(&message.to), &*message.text)
            .country_code(message.to.country_code());
        let outgoing = match &message.subject {
            Some(subject) => outgoing.subject(subject),
            None => outgoing,
        };
        match image_id {
            Some(id) => outgoing.image(id),
            None => outgoing,
        }
    }
}

#[async_trait]
impl MessageSender for CoolsmsSender {
    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    async fn send(&self, message: &Message) -> Result<Accepted, SendError> {
        // What the message itself breaks is told before its image is uploaded for nothing.
        let placeholder = message.images.first().map(|_| "image");
        self.outgoing(message, placeholder).check().map_err(CoolsmsError::from)?;
        let (client, image_id) = self.upload(&message.images).await?;
        let receipt = client.send(&self.outgoing(message, image_id.as_deref())).await?;
        accepted(&receipt.message_id, receipt.status_code)
    }
}

/// The acceptance of the message with this id.
pub(crate) fn accepted(message_id: &str, code: String) -> Result<Accepted, SendError> {
    let reference = ProviderReference::parse(message_id).ok_or_else(|| SendError::Unclear {
        code: "200".into(),
        cause: "the message id is too long or holds control characters".into(),
    })?;
    Ok(Accepted { reference, code, price: None })
}

/// The number as CoolSMS takes it beside its country code: Koreans write their leading 0, others go without a
/// trunk prefix (section "Not confirmed").
pub(crate) fn national(number: &PhoneNumber) -> String {
    let digits = number.national_digits();
    if number.country_code() == KOREA { format!("0{digits}") } else { digits.to_owned() }
}

/// Whether what the provider writes may be this number: how it writes foreign ones is not confirmed.
pub(crate) fn is_number_of(written: &str, number: &PhoneNumber) -> bool {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    digits.ends_with(number.national_digits())
}

impl From<CoolsmsError> for SendError {
    fn from(error: CoolsmsError) -> Self {
        let code = error.code().to_owned();
        match error {
            CoolsmsError::Invalid(invalid) => Self::Refused { class: invalid.class(), code },
            CoolsmsError::Refused { class, .. } => Self::Refused { class, code },
            // A path that is not there is a wrong base URL.
            CoolsmsError::Unauthorized { .. } | CoolsmsError::NotFound { .. } => Self::Unauthorized { code },
            CoolsmsError::Unavailable { class, .. } => Self::Unavailable { class, code, cause: error.into() },
            CoolsmsError::Unclear { .. } => Self::Unclear { code, cause: error.into() },
        }
    }
}
