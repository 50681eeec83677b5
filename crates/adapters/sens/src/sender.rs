use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{FailureClass, ProviderReference, euc_kr_len};
use bonin_ports::{Accepted, Message, MessageSender, SendError};

use crate::client::SensClient;
use crate::error::SensError;
use crate::request::{InvalidRequest, Recipient, SMS_LIMIT, SendRequest};

const KOREA: u16 = 82;

/// Bonin's sender over SENS: [`MessageSender`] and [`bonin_ports::DeliveryReports`].
///
/// A text of up to 90 bytes in EUC-KR goes as SMS, a longer one as LMS, which reaches Korean numbers only.
#[derive(Clone)]
pub struct SensSender {
    pub(crate) client: SensClient,
}

impl SensSender {
    /// A sender over `client`.
    pub fn new(client: SensClient) -> Self {
        Self { client }
    }
}

#[async_trait]
impl MessageSender for SensSender {
    async fn send(&self, message: &Message) -> Result<Accepted, SendError> {
        let receipt = self.client.send(&request(message)?).await?;
        let reference = ProviderReference::parse(&receipt.request_id).ok_or_else(|| SendError::Unclear {
            code: "202".into(),
            cause: "the request id is too long or holds control characters".into(),
        })?;
        Ok(Accepted { reference, code: receipt.status_code })
    }
}

fn request(message: &Message) -> Result<SendRequest, SensError> {
    let bytes = euc_kr_len(&message.text).map_err(InvalidRequest::from)?;
    let request =
        if bytes <= SMS_LIMIT { SendRequest::sms(&message.text) } else { SendRequest::lms(&message.text) };
    Ok(request.country_code(message.to.country_code()).to(Recipient::new(national(&message.to))))
}

/// The number as SENS takes it beside its country code: Koreans write their leading 0, others go without a
/// trunk prefix (section "Not confirmed").
pub(crate) fn national(number: &PhoneNumber) -> String {
    let digits = number.national_digits();
    if number.country_code() == KOREA { format!("0{digits}") } else { digits.to_owned() }
}

impl From<SensError> for SendError {
    fn from(error: SensError) -> Self {
        let code = error.code().to_owned();
        match &error {
            SensError::Invalid(invalid) => Self::Refused { class: invalid.class(), code },
            SensError::Refused { .. } => Self::Refused { class: FailureClass::Other, code },
            SensError::Unauthorized { .. }
            | SensError::ClockSkew { .. }
            | SensError::Service { .. }
            | SensError::NotFound { .. } => Self::Unauthorized { code },
            SensError::Throttled { .. } | SensError::Quota { .. } => {
                Self::Unavailable { class: FailureClass::Quota, code, cause: error.into() }
            }
            SensError::Unavailable { .. } => {
                Self::Unavailable { class: FailureClass::ProviderDown, code, cause: error.into() }
            }
            SensError::Unclear { .. } => Self::Unclear { code, cause: error.into() },
        }
    }
}
