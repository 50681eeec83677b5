//! Keeping test numbers away from the provider (requirement I05).

use std::sync::Arc;

use async_trait::async_trait;
use bonin_domain::messages::{DeliveryState, FailureClass, ProviderReference};
use bonin_domain::{PhoneNumber, TestNumber, TestNumbers, TestOutcome};
use bonin_ports::{
    Accepted, Clock, DeliveryReport, DeliveryReports, Message, MessageSender, ReportError, SendError,
    SentMessage,
};

/// What a message to a test number is called; no provider calls one so.
const DELIVERED: &str = "test-number-delivered";
const FAILED: &str = "test-number-failed";

/// A provider that never hears of test numbers: their messages are accepted and reported on here.
pub struct TestNumbersAside<P> {
    /// The provider of all other numbers.
    pub provider: P,
    /// The test numbers.
    pub numbers: TestNumbers,
    /// The time, since test numbers end.
    pub clock: Arc<dyn Clock>,
}

impl<P> TestNumbersAside<P> {
    fn live(&self, number: &PhoneNumber) -> Option<&TestNumber> {
        self.numbers.live(number, self.clock.now())
    }
}

fn reference(test: &TestNumber) -> Option<ProviderReference> {
    ProviderReference::parse(match test.outcome {
        TestOutcome::Delivered => DELIVERED,
        TestOutcome::Failed => FAILED,
    })
}

#[async_trait]
impl<P: MessageSender> MessageSender for TestNumbersAside<P> {
    async fn send(&self, message: &Message) -> Result<Accepted, SendError> {
        match self.live(&message.to).and_then(reference) {
            Some(reference) => Ok(Accepted { reference, code: "test_number".to_owned() }),
            None => self.provider.send(message).await,
        }
    }
}

#[async_trait]
impl<P: DeliveryReports> DeliveryReports for TestNumbersAside<P> {
    async fn report(&self, reference: &ProviderReference) -> Result<DeliveryReport, ReportError> {
        let (state, failure) = match reference.as_str() {
            DELIVERED => (DeliveryState::Delivered, None),
            FAILED => (DeliveryState::Failed, Some(FailureClass::Other)),
            _ => return self.provider.report(reference).await,
        };
        Ok(DeliveryReport { state, failure, code: Some("test_number".to_owned()) })
    }

    async fn find(&self, sent: &SentMessage<'_>) -> Result<Option<ProviderReference>, ReportError> {
        match self.live(&sent.message.to).and_then(reference) {
            Some(reference) => Ok(Some(reference)),
            None => self.provider.find(sent).await,
        }
    }
}
