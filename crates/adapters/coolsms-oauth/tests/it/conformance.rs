//! The suite that all senders run

use bonin_domain::messages::FailureClass;
use bonin_testkit::conformance::{Provider, Reply};
use serde_json::json;

use crate::support::{SECRET, accepted, group, patient_client, sender_over};

fn problem(status: u16, name: &str) -> Reply {
    Reply::json(status, json!({ "errorCode": name, "errorMessage": "" }).to_string())
}

fn shared<S: ?Sized>(provider: Provider<S>) -> Provider<S> {
    provider
        .refusal(problem(400, "ValidationError"), FailureClass::Other)
        .unauthorized(problem(401, "Unauthorized"))
        .unauthorized(problem(403, "RequestTimeTooSkewed"))
        .unavailable(problem(402, "NotEnoughBalance"), FailureClass::Quota)
        .secret(SECRET)
}

mod single {
    use std::sync::Arc;

    use bonin_ports::MessageSender;

    use super::*;

    fn with_code(code: &str) -> Reply {
        let mut body = accepted();
        body["statusCode"] = json!(code);
        Reply::json(200, body.to_string())
    }

    fn provider() -> Provider<dyn MessageSender> {
        let provider = Provider::new(
            |base_url, patience| Arc::new(sender_over(patient_client(base_url, patience))),
            Reply::json(200, accepted().to_string()),
        );
        shared(provider)
            .refusal(with_code("1062"), FailureClass::Sender)
            .refusal(with_code("1061"), FailureClass::Blocked)
            .unavailable(with_code("1030"), FailureClass::Quota)
            .unclear(with_code("9999"))
    }

    bonin_testkit::message_sender_conformance!(provider());
}

mod bulk {
    use std::sync::Arc;

    use bonin_ports::{BulkSender, Message};

    use super::*;

    /// The answer of the provider that refuses the messages at these places.
    fn answer(messages: &[Message], refused: &[usize]) -> Reply {
        let (mut taken, mut failed) = (Vec::new(), Vec::new());
        for (place, message) in messages.iter().enumerate() {
            let fields = json!({ "n": place.to_string() });
            let mut verdict = json!({ "messageId": format!("M{place}"), "customFields": fields });
            if refused.contains(&place) {
                verdict["statusCode"] = json!("1060");
                verdict["to"] = json!(format!("0{}", message.to.national_digits()));
                failed.push(verdict);
            } else {
                verdict["statusCode"] = json!("2000");
                taken.push(verdict);
            }
        }
        let body = json!({ "failedMessageList": failed, "groupInfo": group("G4V"), "messageList": taken });
        Reply::json(200, body.to_string())
    }

    fn provider() -> Provider<dyn BulkSender> {
        let provider = Provider::bulk(
            |base_url, patience| Arc::new(sender_over(patient_client(base_url, patience))),
            |messages, _| answer(messages, &[]),
        );
        shared(provider).partly(|messages, _, refused| answer(messages, refused))
    }

    bonin_testkit::bulk_sender_conformance!(provider());
}
