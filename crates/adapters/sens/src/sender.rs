use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{FailureClass, Image, MessageKind, ProviderReference, SenderId};
use bonin_ports::{Abilities, Accepted, Encoding, Message, MessageSender, SendError};
use ring::digest;

use crate::client::SensClient;
use crate::error::SensError;
use crate::invalid::InvalidRequest;
use crate::request::{KOREA, MessageType, Recipient, SendRequest};
use crate::results::SendReceipt;

/// Bytes of a digest in a file's name: in hex it is within the 40 characters of a name.
const STEM: usize = 16;
/// The most time for uploading the one image of a message.
const UPLOAD: Duration = Duration::from_secs(2);
/// The most time for sending it.
const SEND_AFTER_UPLOAD: Duration = Duration::from_secs(3);
/// Bonin's sender over SENS: [`MessageSender`], [`bonin_ports::BulkSender`] and
/// [`bonin_ports::DeliveryReports`].
///
/// Long messages reach Korean numbers only. The images of an MMS are uploaded first.
#[derive(Clone)]
pub struct SensSender {
    pub(crate) client: SensClient,
    abilities: Abilities,
}

impl SensSender {
    /// A sender over `client`.
    pub fn new(client: SensClient) -> Self {
        let abilities = Abilities {
            kinds: &MessageKind::ALL,
            domestic_only: false,
            encoding: Encoding::EucKr,
            senders: client.senders().to_vec(),
        };
        Self { client, abilities }
    }

    /// Says before any call what SENS would refuse, cut or fail.
    pub(crate) fn check(&self, message: &Message) -> Result<(), SensError> {
        let listed = |from: &SenderId| self.client.senders().contains(from);
        if !message.from.as_ref().is_none_or(listed) {
            return Err(InvalidRequest::Sender.into());
        }
        // The names stand in for the ids that the images will have.
        let files: Vec<_> = message.images.iter().map(stem).collect();
        Ok(request(&[message], &files).check()?)
    }

    /// Uploads images, and gives the client that sends them in what is left of the 5 seconds. What goes wrong
    /// here surely sent no message.
    pub(crate) async fn upload(&self, images: &[Image]) -> Result<(SensClient, Vec<String>), SendError> {
        if images.is_empty() {
            return Ok((self.client.clone(), Vec::new()));
        }
        let client = self.client.within(UPLOAD);
        let mut files = Vec::with_capacity(images.len());
        for image in images {
            let uploaded = client.upload_file(&format!("{}.jpg", stem(image)), image.bytes()).await;
            files.push(uploaded.map_err(upload_error)?.file_id);
        }
        Ok((self.client.within(SEND_AFTER_UPLOAD), files))
    }
}

#[async_trait]
impl MessageSender for SensSender {
    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    async fn send(&self, message: &Message) -> Result<Accepted, SendError> {
        self.check(message)?;
        let (client, files) = self.upload(&message.images).await?;
        accepted(&client.send(&request(&[message], &files)).await?)
    }
}

/// One request for messages of one kind, sender, country and set of images.
///
/// # Panics
/// Where there is no message.
pub(crate) fn request(messages: &[&Message], files: &[String]) -> SendRequest {
    let first = messages[0];
    let kind = match first.kind {
        MessageKind::Sms => MessageType::Sms,
        MessageKind::Lms => MessageType::Lms,
        MessageKind::Mms => MessageType::Mms,
    };
    let mut request = SendRequest::new(kind, first.text.to_string()).country_code(first.to.country_code());
    if let Some(from) = &first.from {
        request = request.from(from.as_str());
    }
    // A recipient can replace the request's subject, but not do without one.
    let one_subject = messages.iter().all(|message| message.subject == first.subject);
    if let (true, Some(subject)) = (one_subject, &first.subject) {
        request = request.subject(subject);
    }
    for message in messages {
        let mut recipient = Recipient::new(national(&message.to));
        if message.text != first.text {
            recipient = recipient.content(&*message.text);
        }
        if let (false, Some(subject)) = (one_subject, &message.subject) {
            recipient = recipient.subject(subject);
        }
        request = request.to(recipient);
    }
    files.iter().fold(request, SendRequest::file)
}

pub(crate) fn accepted(receipt: &SendReceipt) -> Result<Accepted, SendError> {
    let reference = ProviderReference::parse(&receipt.request_id).ok_or_else(|| SendError::Unclear {
        code: "202".into(),
        cause: "the request id is too long or holds control characters".into(),
    })?;
    Ok(Accepted { reference, code: receipt.status_code.clone(), price: None })
}

/// A file's name, of its content: SENS takes a file of the same name and size for the same file.
fn stem(image: &Image) -> String {
    let digest = digest::digest(&digest::SHA256, image.bytes());
    digest.as_ref()[..STEM].iter().fold(String::with_capacity(2 * STEM), |mut stem, byte| {
        for digit in [byte >> 4, byte & 15] {
            stem.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
        stem
    })
}

fn upload_error(error: SensError) -> SendError {
    match SendError::from(error) {
        SendError::Refused { code, .. } => SendError::Refused { class: FailureClass::Content, code },
        SendError::Unclear { code, cause } => {
            SendError::Unavailable { class: FailureClass::ProviderDown, code, cause }
        }
        other @ (SendError::Unauthorized { .. } | SendError::Unavailable { .. }) => other,
    }
}

/// The number as SENS takes it beside its country code: Koreans write their leading 0, others go without a
/// trunk prefix (section "Not confirmed").
pub(crate) fn national(number: &PhoneNumber) -> String {
    let digits = number.national_digits();
    if number.country_code() == KOREA { format!("0{digits}") } else { digits.to_owned() }
}

impl From<SensError> for SendError {
    fn from(error: SensError) -> Self {
        shared(&Arc::new(error))
    }
}

/// The error of one of the messages that a call held.
pub(crate) fn shared(error: &Arc<SensError>) -> SendError {
    let code = error.code().to_owned();
    let cause = || Arc::clone(error).into();
    match &**error {
        SensError::Invalid(invalid) => SendError::Refused { class: invalid.class(), code },
        SensError::Refused { .. } => SendError::Refused { class: FailureClass::Other, code },
        SensError::Unauthorized { .. }
        | SensError::ClockSkew { .. }
        | SensError::Service { .. }
        | SensError::NotFound { .. } => SendError::Unauthorized { code },
        SensError::Throttled { .. } | SensError::Quota { .. } => {
            SendError::Unavailable { class: FailureClass::Quota, code, cause: cause() }
        }
        SensError::Unavailable { .. } => {
            SendError::Unavailable { class: FailureClass::ProviderDown, code, cause: cause() }
        }
        SensError::Unclear { .. } => SendError::Unclear { code, cause: cause() },
    }
}
