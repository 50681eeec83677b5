//! `SensSender` runs the suites that every sender runs.

use std::sync::Arc;
use std::time::Duration;

use bonin_domain::messages::FailureClass;
use bonin_ports::{BulkSender, MessageSender};
use bonin_sens::SensSender;
use bonin_testkit::conformance::{Provider, Reply};

use crate::support::{ACCESS_KEY, REQUEST_ID, SECRET_KEY, patient_client};

fn gateway(status: u16, code: &str) -> Reply {
    Reply::json(status, format!(r#"{{"error":{{"errorCode":"{code}","message":"."}}}}"#))
}

fn accepted() -> Reply {
    Reply::json(202, format!(r#"{{"requestId":"{REQUEST_ID}","statusCode":"202","statusName":"success"}}"#))
}

fn sender(base_url: &str, patience: Duration) -> Arc<SensSender> {
    Arc::new(SensSender::new(patient_client(base_url, patience)))
}

/// What SENS answers besides, to one message or many.
fn with_answers<S: ?Sized>(provider: Provider<S>) -> Provider<S> {
    provider
        .refusal(gateway(400, "100"), FailureClass::Other)
        .refusal(gateway(413, "430"), FailureClass::Other)
        .refusal(Reply::json(202, r#"{"statusCode":"400","statusName":"fail"}"#), FailureClass::Other)
        .unauthorized(gateway(401, "200"))
        .unauthorized(gateway(401, "210"))
        .unauthorized(Reply::json(403, r#"{"status":403,"error":"Forbidden"}"#))
        .unauthorized(gateway(404, "300"))
        .unauthorized(Reply::json(202, r#"{"statusCode":"401","statusName":"fail"}"#))
        .unauthorized(Reply::json(202, r#"{"statusCode":"403","statusName":"fail"}"#))
        .unavailable(Reply::json(202, r#"{"statusCode":"429","statusName":"fail"}"#), FailureClass::Quota)
        .unavailable(gateway(429, "400"), FailureClass::Quota)
        .unavailable(gateway(429, "410"), FailureClass::Quota)
        .unavailable(gateway(503, "500"), FailureClass::ProviderDown)
        .unclear(gateway(500, "900"))
        .unclear(gateway(504, "510"))
        .unclear(Reply::json(202, r#"{"statusCode":"500","statusName":"fail"}"#))
        .unclear(Reply::json(202, r#"{"requestId":"","statusCode":"202"}"#))
        .secret(ACCESS_KEY)
        .secret(SECRET_KEY)
}

mod one {
    use super::*;

    bonin_testkit::message_sender_conformance!(with_answers(Provider::<dyn MessageSender>::new(
        |base_url, patience| sender(base_url, patience),
        accepted()
    )));
}

mod many {
    use super::*;

    // SENS takes all messages of a call or none, so no answer takes some of them.
    bonin_testkit::bulk_sender_conformance!(with_answers(Provider::<dyn BulkSender>::bulk(
        |base_url, patience| sender(base_url, patience),
        |_, _| accepted()
    )));
}
