use async_trait::async_trait;
use bonin_domain::codes::Code;
use bonin_domain::messages::{Brand, Locale, ProviderReference};
use bonin_ports::{Accepted, ProviderVerdict, SendError, VerifyCheckError, VerifyProvider, VerifyRequest};

use crate::client::NexmoClient;
use crate::codes::verify_verdict;
use crate::error::NexmoError;
use crate::verify::VerifyStart;

/// One SMS and nothing else: Bonin decides about further messages.
const SMS_ONLY: u8 = 6;
/// The most letters of a brand.
const BRAND_LIMIT: usize = 18;
/// The brand where nothing of ours can be written.
const NO_BRAND: &str = "Verify";

/// Bonin's verification by Nexmo, which draws, sends and compares the code: [`VerifyProvider`] and
/// [`bonin_ports::DeliveryReports`].
#[derive(Clone)]
pub struct NexmoVerify {
    pub(crate) client: NexmoClient,
}

impl NexmoVerify {
    /// A provider over `client`.
    pub fn new(client: NexmoClient) -> Self {
        Self { client }
    }
}

#[async_trait]
impl VerifyProvider for NexmoVerify {
    async fn request(&self, request: &VerifyRequest) -> Result<Accepted, SendError> {
        let start = VerifyStart::new(request.to.e164().trim_start_matches('+'), brand(&request.brand))
            .workflow(SMS_ONLY)
            .code_length(request.code_length)
            .pin_expiry(pin_expiry(request.life.as_secs()))
            .language(language(request.locale));
        let id = self.client.start(&start).await.map_err(|error| error.into_send_error(verify_verdict))?;
        let reference = ProviderReference::parse(&id).ok_or_else(|| SendError::Unclear {
            code: "200".into(),
            cause: "the request id is empty or too long".into(),
        })?;
        // The price comes with the search: it is due for a success.
        Ok(Accepted { reference, code: "0".into(), price: None })
    }

    async fn check(
        &self,
        reference: &ProviderReference,
        code: &Code,
    ) -> Result<ProviderVerdict, VerifyCheckError> {
        let error = match self.client.check(reference.as_str(), code.reveal()).await {
            Ok(checked) => {
                return Ok(ProviderVerdict::Matched { event: checked.event_id, price: checked.price });
            }
            Err(error) => error,
        };
        let code = error.code().to_owned();
        match &error {
            NexmoError::Status { code: status } => match status.as_str() {
                // Wrong, wrong too often, and unknown or finished.
                "16" | "17" | "6" => Ok(ProviderVerdict::Missed),
                // Throttled, incomplete, invalid, not our credentials: refused before anything was compared.
                "1" | "2" | "3" | "4" => Err(VerifyCheckError::Unavailable { code, cause: error.into() }),
                // An internal error may have come after the comparison, and so may what nobody documents.
                _ => Err(VerifyCheckError::Unclear { code, cause: error.into() }),
            },
            NexmoError::Unclear { .. } => Err(VerifyCheckError::Unclear { code, cause: error.into() }),
            NexmoError::Invalid(_)
            | NexmoError::Refused { .. }
            | NexmoError::Unauthorized { .. }
            | NexmoError::Throttled { .. }
            | NexmoError::Unavailable { .. } => {
                Err(VerifyCheckError::Unavailable { code, cause: error.into() })
            }
        }
    }

    async fn cancel(&self, reference: &ProviderReference) -> Result<bool, SendError> {
        match self.client.cancel(reference.as_str()).await {
            Ok(()) => Ok(true),
            Err(NexmoError::Status { code }) if matches!(code.as_str(), "19" | "6") => Ok(false),
            // An internal error may have come after the end.
            Err(error) if error.code() == "5" => {
                Err(SendError::Unclear { code: "5".into(), cause: error.into() })
            }
            Err(error) => Err(error.into_send_error(verify_verdict)),
        }
    }
}

/// The brand as Nexmo takes it: Latin letters, digits and single blanks. Others are left out, since nobody
/// documents that they arrive.
fn brand(brand: &Brand) -> String {
    let plain: String = brand
        .as_str()
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || letter.is_whitespace())
        .collect();
    let words: Vec<_> = plain.split_whitespace().collect();
    let joined = words.join(" ");
    let cut = joined.get(..BRAND_LIMIT).unwrap_or(&joined).trim_end();
    if cut.is_empty() { NO_BRAND.to_owned() } else { cut.to_owned() }
}

/// The nearest life that Nexmo grants. It is the shorter of the two ends that counts: Bonin judges its own too.
fn pin_expiry(seconds: i64) -> u16 {
    u16::try_from(seconds.clamp(60, 3600)).unwrap_or(3600)
}

fn language(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "ko-kr",
        Locale::En => "en-us",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brand_is_cut_to_what_nexmo_takes() {
        for (given, taken) in [
            ("Bonin", "Bonin"),
            ("St. Mary", "St Mary"),
            ("본인 Bonin", "Bonin"),
            ("본인", "Verify"),
            ("A - B", "A B"),
            ("Twenty letters brand", "Twenty letters bra"),
            ("Seventeen letters x1", "Seventeen letters"),
        ] {
            assert_eq!(brand(&Brand::parse(given).unwrap()), taken, "{given}");
        }
    }

    #[test]
    fn a_life_is_brought_within_the_limits() {
        for (given, taken) in [(-1, 60), (59, 60), (60, 60), (300, 300), (3600, 3600), (100_000, 3600)] {
            assert_eq!(pin_expiry(given), taken);
        }
    }
}
