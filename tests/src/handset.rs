//! The phone that the sandbox's messages arrive on.

use serde_json::Value;

use crate::api::{Answer, Api};

/// A message on the handset.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its name, to wait for the one after it.
    pub id: String,
    /// Who brought it.
    pub provider: String,
    /// Whom it is from.
    pub from: String,
    /// `sms`, `lms` or `mms`.
    pub kind: String,
    /// What it says.
    pub text: String,
    /// The code in it.
    pub code: Option<String>,
}

impl Message {
    fn read(message: &Value) -> Self {
        let text = |member: &str| message[member].as_str().map(str::to_owned);
        Self {
            id: text("id").expect("a message has an id"),
            provider: text("provider").expect("a message has a provider"),
            from: text("from").expect("a message has a sender"),
            kind: text("type").expect("a message has a type"),
            text: text("text").expect("a message has a text"),
            code: text("code"),
        }
    }
}

/// The handset of one sandbox.
#[derive(Clone, Debug)]
pub struct Handset(Api);

impl Handset {
    /// The handset of the sandbox that `api` talks to.
    pub(crate) fn new(api: Api) -> Self {
        Self(api)
    }

    /// The newest message to `number`, or the first to come.
    ///
    /// # Panics
    /// When none comes within 20 s.
    pub async fn message(&self, number: &str) -> Message {
        self.wait(number, None).await
    }

    /// The message to `number` that comes after `earlier`.
    ///
    /// # Panics
    /// When none comes within 20 s.
    pub async fn message_after(&self, number: &str, earlier: &Message) -> Message {
        self.wait(number, Some(earlier)).await
    }

    /// The code in the newest message to `number`, or in the first to come.
    ///
    /// # Panics
    /// When no message comes within 20 s, or it holds no code.
    pub async fn code(&self, number: &str) -> String {
        let message = self.message(number).await;
        message.code.unwrap_or_else(|| panic!("no code in {:?}", message.text))
    }

    /// All messages to `number`, newest first.
    ///
    /// # Panics
    /// When the sandbox does not answer.
    pub async fn messages(&self, number: &str) -> Vec<Message> {
        let path = format!("/handset/messages?to={}", escaped(number));
        let body = self.0.get(&path).await.expect(200).json();
        body["messages"].as_array().expect("a list of messages").iter().map(Message::read).collect()
    }

    async fn wait(&self, number: &str, after: Option<&Message>) -> Message {
        let after = after.map(|message| format!("&after={}", message.id)).unwrap_or_default();
        let path = format!("/handset/messages/wait?to={}{after}&timeout_ms=20000", escaped(number));
        let answer: Answer = self.0.get(&path).await;
        Message::read(&answer.expect(200).json())
    }
}

/// A number in E.164 form as part of a query.
fn escaped(number: &str) -> String {
    number.replace('+', "%2B")
}
