//! The conformance suite of message-sending adapters: one case for each promise of [`MessageSender::send`]
//! and [`BulkSender::send_many`].
//!
//! A small server on loopback plays the provider, well or badly. The adapter's test says how its sender is
//! made for a base URL, and what its provider answers; the suite brings the rest: statuses that nobody
//! documents, answers that break off, drip, never come or never end. Each case checks the kind of the error,
//! that there was one request and never a second one, and that nothing of the number, the text or the
//! adapter's secrets shows in what comes back.
//!
//! [`message_sender_conformance!`](crate::message_sender_conformance) makes one test of each case:
//!
//! ```
//! # use std::sync::Arc;
//! # use std::time::Duration;
//! # use bonin_domain::messages::FailureClass;
//! # use bonin_ports::MessageSender;
//! # fn sender(_base_url: &str, _patience: Duration) -> Arc<dyn MessageSender> { unimplemented!() }
//! mod conformance {
//!     # use super::*;
//!     use bonin_testkit::conformance::{Provider, Reply};
//!
//!     fn provider() -> Provider<dyn MessageSender> {
//!         // `sender` gives its `HttpOptions` this `total_timeout` and leaves the rest as it is.
//!         Provider::new(|base_url, patience| sender(base_url, patience), Reply::json(202, r#"{"id":"R-1"}"#))
//!             .refusal(Reply::json(400, r#"{"code":"3023"}"#), FailureClass::Sender)
//!             .unauthorized(Reply::json(401, ""))
//!             .unavailable(Reply::json(402, r#"{"code":"balance"}"#), FailureClass::Quota)
//!             .unclear(Reply::json(200, r#"{"code":"internal"}"#))
//!             .secret("the secret key")
//!     }
//!
//!     bonin_testkit::message_sender_conformance!(provider());
//! }
//! # fn main() {}
//! ```
//!
//! A [`BulkSender`] runs [`bulk_sender_conformance!`](crate::bulk_sender_conformance) over
//! [`Provider::bulk`], in a module of its own. There the accepted answer is made from the messages and the
//! request, and [`Provider::partly`] says what an answer looks like that refuses some of them.
//!
//! Replies that the suite brings by itself, whatever the provider: 429 and 503 are unavailable, 500, 502 and
//! 504 and every success that cannot be read are unclear, a redirect is not followed and unclear, every other
//! 4xx is surely not accepted. Where [`Abilities::encoding`](bonin_ports::Abilities) is EUC-KR, an emoji is
//! refused without a request.
//!
//! The calling crate needs `tokio` with `macros` and `rt`.
//!
//! [`MessageSender::send`]: bonin_ports::MessageSender::send
//! [`BulkSender::send_many`]: bonin_ports::BulkSender::send_many
//! [`BulkSender`]: bonin_ports::BulkSender
#![expect(
    clippy::missing_panics_doc,
    reason = "a case panics where its promise is broken; that is what it is for"
)]

mod bulk;
mod cases;
mod doubts;
mod expect;
mod provider;
mod server;
mod single;
mod subject;
mod tests;

pub use provider::{Provider, Reply};
pub use subject::Subject;

/// The cases one by one, as the two macros name them.
pub mod case {
    pub use super::bulk::*;
    pub use super::cases::*;
    pub use super::doubts::*;
    pub use super::single::*;
}
