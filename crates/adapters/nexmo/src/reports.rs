//! What became of verifications: Verify v1 does not push, so it is searched (section 2.3).

use async_trait::async_trait;
use bonin_domain::messages::{DeliveryState, ProviderReference};
use bonin_ports::{DeliveryReport, DeliveryReports, ReportError, SentMessage, TakenMessage};

use crate::error::NexmoError;
use crate::provider::NexmoVerify;
use crate::verify::{VerifyRecord, VerifyState};

#[async_trait]
impl DeliveryReports for NexmoVerify {
    #[tracing::instrument(name = "nexmo.report", skip_all)]
    async fn report(&self, taken: &TakenMessage<'_>) -> Result<DeliveryReport, ReportError> {
        match self.client.search(taken.reference.as_str()).await {
            Ok(record) => Ok(report(record)),
            // Not yet, or not for the minute after its end.
            Err(NexmoError::Status { code }) if code == "101" => {
                Ok(DeliveryReport::of(DeliveryState::Accepted))
            }
            Err(error) => Err(ReportError { code: error.code().to_owned(), cause: Some(error.into()) }),
        }
    }

    /// Verify is searched by request id alone, which is what we do not know.
    async fn find(&self, _sent: &SentMessage<'_>) -> Result<Option<ProviderReference>, ReportError> {
        Err(ReportError { code: "unsupported".into(), cause: None })
    }
}

fn report(record: VerifyRecord) -> DeliveryReport {
    let state = match record.state {
        VerifyState::InProgress => DeliveryState::Sent,
        // Whoever types codes, even wrong ones, has the message.
        VerifyState::Success | VerifyState::Failed => DeliveryState::Delivered,
        // It is over, and nobody knows whether the message arrived.
        VerifyState::Expired | VerifyState::Cancelled => DeliveryState::Expired,
    };
    // While it runs, the price is not what it will be.
    let price = record.price.filter(|_| state.is_final());
    DeliveryReport { code: Some(record.state.as_str().to_owned()), price, ..DeliveryReport::of(state) }
}
