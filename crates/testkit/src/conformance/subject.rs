//! What the suite asks of a sender, be it for one message or for many.

use async_trait::async_trait;
use bonin_domain::{PhoneNumber, Region};
use bonin_ports::{Accepted, BulkSender, Message, MessageSender, SendError};

/// The text of every message; its code shows nowhere else.
pub(super) const TEXT: &str = "[본인] 인증번호 049213";
/// How many messages a sender for many gets where the number does not matter.
const SOME: usize = 3;

/// A sender under test: a [`MessageSender`] or a [`BulkSender`].
#[async_trait]
pub trait Subject: Send + Sync {
    /// How many messages it gets where the number does not matter.
    fn some(&self) -> usize;

    /// Hands over these messages, in one call: its verdicts, or one error for all of them.
    async fn verdicts(&self, messages: &[Message]) -> Vec<Result<Accepted, SendError>>;
}

#[async_trait]
impl Subject for dyn MessageSender {
    fn some(&self) -> usize {
        1
    }

    async fn verdicts(&self, messages: &[Message]) -> Vec<Result<Accepted, SendError>> {
        let [message] = messages else { panic!("a sender for one message gets one") };
        vec![self.send(message).await]
    }
}

#[async_trait]
impl Subject for dyn BulkSender {
    fn some(&self) -> usize {
        SOME.min(self.batch_limit().messages)
    }

    async fn verdicts(&self, messages: &[Message]) -> Vec<Result<Accepted, SendError>> {
        match self.send_many(messages).await {
            Ok(verdicts) => {
                assert_eq!(verdicts.len(), messages.len(), "one verdict a message");
                verdicts
            }
            Err(error) => vec![Err(error)],
        }
    }
}

/// As many short messages, each to another Korean number.
pub(super) fn messages(count: usize) -> Vec<Message> {
    (0..count)
        .map(|index| {
            let number = format!("+82102{:07}", 3_456_789 + index);
            Message::sms(PhoneNumber::parse(&number, Region::KR).expect("a Korean number"), TEXT)
        })
        .collect()
}
