use async_trait::async_trait;
use bonin_domain::messages::{FailureClass, MessageKind, ProviderReference};
use bonin_ports::{Abilities, Accepted, Encoding, Message, MessageSender, SendError};

use crate::client::NexmoClient;
use crate::codes::sms_verdict;
use crate::error::NexmoError;
use crate::sms::{SmsPart, SmsRequest};
use crate::text::SmsEncoding;
use crate::wire::sms_price;

/// Bonin's sender over Nexmo: [`MessageSender`] and [`bonin_ports::ReceiptReader`].
///
/// A long text goes as one message in parts, its subject as a first line.
#[derive(Clone)]
pub struct NexmoSms {
    pub(crate) client: NexmoClient,
    abilities: Abilities,
}

impl NexmoSms {
    /// A sender over `client`.
    pub fn new(client: NexmoClient) -> Self {
        let abilities = Abilities {
            kinds: &[MessageKind::Sms, MessageKind::Lms],
            domestic_only: false,
            encoding: Encoding::Unicode,
            senders: client.config.senders.clone(),
        };
        Self { client, abilities }
    }
}

#[async_trait]
impl MessageSender for NexmoSms {
    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    fn billed_parts(&self, message: &Message) -> u32 {
        let text = text_of(message);
        u32::try_from(SmsEncoding::of(&text).parts(&text)).unwrap_or(u32::MAX)
    }

    async fn send(&self, message: &Message) -> Result<Accepted, SendError> {
        if message.kind == MessageKind::Mms || !message.images.is_empty() {
            return Err(SendError::Refused { class: FailureClass::Content, code: "mms".into() });
        }
        let from = message.from.as_ref().or(self.abilities.senders.first());
        let from = from.map_or("", |sender| sender.as_str());
        let request = SmsRequest::new(message.to.e164().trim_start_matches('+'), from, text_of(message));
        let parts =
            self.client.send_sms(&request).await.map_err(|error| error.into_send_error(sms_verdict))?;
        accepted(&parts)
    }
}

/// The text as it goes out, its subject as a first line.
fn text_of(message: &Message) -> String {
    match &message.subject {
        Some(subject) => format!("{subject}\n{}", message.text),
        None => message.text.to_string(),
    }
}

/// Accepted when all parts are: half a text is no text, and sending it again may be.
fn accepted(parts: &[SmsPart]) -> Result<Accepted, SendError> {
    let refusal = parts.iter().find_map(|part| match part {
        SmsPart::Refused { status } => Some(status),
        SmsPart::Accepted { .. } => None,
    });
    let id = parts.iter().find_map(|part| match part {
        SmsPart::Accepted { message_id, .. } => Some(message_id),
        SmsPart::Refused { .. } => None,
    });
    match (id, refusal) {
        (Some(id), None) => {
            let reference = ProviderReference::parse(id).ok_or_else(|| SendError::Unclear {
                code: "200".into(),
                cause: "the message id is too long or holds control characters".into(),
            })?;
            Ok(Accepted { reference, code: "0".into(), price: sms_price(parts) })
        }
        (Some(_), Some(status)) => Err(SendError::Unclear {
            code: status.clone(),
            cause: "some parts of the message were accepted, others not".into(),
        }),
        (None, Some(status)) => Err(NexmoError::Status { code: status.clone() }.into_send_error(sms_verdict)),
        (None, None) => Err(SendError::Unclear { code: "200".into(), cause: "there are no parts".into() }),
    }
}
