use std::sync::Arc;
use std::time::Duration;

use bonin_domain::messages::FailureClass;
use bonin_ports::{BulkSender, Message, MessageSender};

/// What a provider answers to one request.
#[derive(Clone)]
pub struct Reply {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// An answer of this content type, such as `text/plain; charset=euc-kr`.
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, body: body.into() }
    }

    /// An answer in JSON.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "application/json", body)
    }
}

type Make<S> = Box<dyn Fn(&str, Duration) -> Arc<S>>;
/// Makes the answer to these messages, from the body of the request.
pub(super) type Accept = Arc<dyn Fn(&[Message], &str) -> Reply + Send + Sync>;
type Partly = Arc<dyn Fn(&[Message], &str, &[usize]) -> Reply + Send + Sync>;

/// A sender to test and what its provider answers; see [`crate::conformance`].
pub struct Provider<S: ?Sized> {
    pub(super) make: Make<S>,
    pub(super) accept: Accept,
    pub(super) partly: Option<Partly>,
    pub(super) refusals: Vec<(Reply, FailureClass)>,
    pub(super) unauthorized: Vec<Reply>,
    pub(super) unavailable: Vec<(Reply, FailureClass)>,
    pub(super) unclear: Vec<Reply>,
    pub(super) secrets: Vec<String>,
}

impl Provider<dyn MessageSender> {
    /// `make` builds a sender for a base URL such as `http://127.0.0.1:4711`, whose calls take `patience` at
    /// the most; `accepted` is the answer to a message that was taken.
    pub fn new(make: impl Fn(&str, Duration) -> Arc<dyn MessageSender> + 'static, accepted: Reply) -> Self {
        Self::with(Box::new(make), Arc::new(move |_, _| accepted.clone()))
    }
}

impl Provider<dyn BulkSender> {
    /// As [`Provider::new`]; `accepted` makes the answer that takes all of these messages from the body of
    /// the request, which repeats ids that the sender gave them, say.
    pub fn bulk(
        make: impl Fn(&str, Duration) -> Arc<dyn BulkSender> + 'static,
        accepted: impl Fn(&[Message], &str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::with(Box::new(make), Arc::new(accepted))
    }

    /// Makes the answer that refuses the messages at these places and takes the others. A provider that takes
    /// all or none has none such.
    #[must_use]
    pub fn partly(
        mut self,
        partly: impl Fn(&[Message], &str, &[usize]) -> Reply + Send + Sync + 'static,
    ) -> Self {
        self.partly = Some(Arc::new(partly));
        self
    }
}

impl<S: ?Sized> Provider<S> {
    fn with(make: Make<S>, accept: Accept) -> Self {
        Self {
            make,
            accept,
            partly: None,
            refusals: Vec::new(),
            unauthorized: Vec::new(),
            unavailable: Vec::new(),
            unclear: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// Adds an answer that refuses the message, and its class.
    #[must_use]
    pub fn refusal(mut self, reply: Reply, class: FailureClass) -> Self {
        self.refusals.push((reply, class));
        self
    }

    /// Adds an answer that refuses our credentials or clock.
    #[must_use]
    pub fn unauthorized(mut self, reply: Reply) -> Self {
        self.unauthorized.push(reply);
        self
    }

    /// Adds an answer that surely accepts nothing now, and its class: out of order, or a limit of our account.
    #[must_use]
    pub fn unavailable(mut self, reply: Reply, class: FailureClass) -> Self {
        self.unavailable.push((reply, class));
        self
    }

    /// Adds an answer that leaves it open whether the message was taken.
    #[must_use]
    pub fn unclear(mut self, reply: Reply) -> Self {
        self.unclear.push(reply);
        self
    }

    /// Adds a secret that must never show: a key, a token or a password of the sender that `make` builds.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        let secret = secret.into();
        assert!(!secret.is_empty(), "an empty secret shows everywhere");
        self.secrets.push(secret);
        self
    }
}
