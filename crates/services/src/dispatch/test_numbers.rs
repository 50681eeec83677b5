//! Keeping test numbers away from the provider (requirement I05).

use std::sync::Arc;

use async_trait::async_trait;
use bonin_domain::messages::{DeliveryState, FailureClass, ProviderReference};
use bonin_domain::{TestNumber, TestNumbers, TestOutcome};
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
    /// The test number that a message goes to. One that ended while the message waited still counts for the
    /// message with its code: that code is known to everybody, and must not reach a phone.
    fn test_number(&self, message: &Message) -> Option<&TestNumber> {
        let live =
            |test: &&TestNumber| test.until > self.clock.now() || message.text.contains(test.code.reveal());
        self.numbers.listed(&message.to).filter(live)
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
        match self.test_number(message).and_then(reference) {
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
        match self.test_number(sent.message).and_then(reference) {
            Some(reference) => Ok(Some(reference)),
            None => self.provider.find(sent).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::codes::{Code, CodeLength};
    use bonin_domain::{PhoneNumber, Region};
    use bonin_testkit::{FixedClock, ScriptedSender};
    use jiff::Timestamp;

    use super::*;

    fn number(raw: &str) -> PhoneNumber {
        PhoneNumber::parse(raw, Region::KR).unwrap()
    }

    fn message(to: &str, text: &str) -> Message {
        Message { to: number(to), text: text.to_owned() }
    }

    /// A provider beside the test number 010-0000-0001 with code 123456, which ends at second 100.
    fn aside(outcome: TestOutcome, now: i64) -> TestNumbersAside<ScriptedSender> {
        let test = TestNumber {
            number: number("010-0000-0001"),
            code: Code::parse("123456", CodeLength::SIX).unwrap(),
            outcome,
            until: Timestamp::from_second(100).unwrap(),
        };
        TestNumbersAside {
            provider: ScriptedSender::default(),
            numbers: TestNumbers::new(vec![test]).unwrap(),
            clock: Arc::new(FixedClock::new(Timestamp::from_second(now).unwrap())),
        }
    }

    #[tokio::test]
    async fn the_provider_never_hears_of_a_test_number() {
        for (outcome, state) in
            [(TestOutcome::Delivered, DeliveryState::Delivered), (TestOutcome::Failed, DeliveryState::Failed)]
        {
            let aside = aside(outcome, 99);
            let accepted = aside.send(&message("010-0000-0001", "code 123456")).await.unwrap();
            assert_eq!(aside.report(&accepted.reference).await.unwrap().state, state);
            assert!(aside.provider.messages().is_empty());
        }
    }

    #[tokio::test]
    async fn other_numbers_are_sent_to() {
        let aside = aside(TestOutcome::Delivered, 99);
        aside.send(&message("010-0000-0002", "code 123456")).await.unwrap();
        assert_eq!(aside.provider.messages().len(), 1);
    }

    #[tokio::test]
    async fn an_ended_test_number_is_sent_to_but_never_its_old_code() {
        let aside = aside(TestOutcome::Delivered, 100);
        aside.send(&message("010-0000-0001", "code 123456")).await.unwrap();
        assert!(aside.provider.messages().is_empty());
        aside.send(&message("010-0000-0001", "code 654321")).await.unwrap();
        assert_eq!(aside.provider.messages().len(), 1);
    }
}
