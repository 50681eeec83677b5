//! The suite that every message-sending adapter passes

use std::sync::Arc;

use bonin_domain::messages::FailureClass;
use bonin_nexmo::NexmoSms;
use bonin_ports::MessageSender;
use bonin_testkit::conformance::{Provider, Reply};

use crate::support::{SIGNATURE_SECRET, client_with_patience};

const ACCEPTED: &str = r#"{"message-count":"1","messages":[{"to":"821023456789","message-id":"0A01","status":"0",
    "remaining-balance":"3.14","message-price":"0.03330000","network":"45005"}]}"#;

/// Business errors come with 200.
fn status(status: &str) -> Reply {
    let body = format!(
        r#"{{"message-count":"1","messages":[{{"status":"{status}","error-text":"821023456789: 049213"}}]}}"#
    );
    Reply::json(200, body)
}

fn provider() -> Provider<dyn MessageSender> {
    let make = |base_url: &str, patience| -> Arc<dyn MessageSender> {
        Arc::new(NexmoSms::new(client_with_patience(base_url, patience)))
    };
    Provider::new(make, Reply::json(200, ACCEPTED))
        .refusal(status("3"), FailureClass::Other)
        .refusal(status("7"), FailureClass::Blocked)
        .refusal(status("12"), FailureClass::Content)
        .refusal(status("15"), FailureClass::Sender)
        .refusal(status("33"), FailureClass::InvalidNumber)
        .unauthorized(status("4"))
        .unauthorized(status("8"))
        .unauthorized(Reply::json(401, ""))
        .unavailable(status("1"), FailureClass::Quota)
        .unavailable(status("5"), FailureClass::ProviderDown)
        .unavailable(status("9"), FailureClass::Quota)
        .unclear(status("13"))
        .unclear(Reply::json(200, r#"{"message-count":"2","messages":[{"status":"0","message-id":"a"}]}"#))
        .unclear(Reply::json(
            200,
            r#"{"message-count":"2","messages":[{"status":"0","message-id":"a"},{"status":"9"}]}"#,
        ))
        .secret("abc123456789")
        .secret("YWFhMDEyOmFiYzEyMzQ1Njc4OQ")
        .secret(SIGNATURE_SECRET)
}

bonin_testkit::message_sender_conformance!(provider());
