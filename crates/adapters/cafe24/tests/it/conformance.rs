//! The promises of the ports

use std::sync::Arc;
use std::time::Duration;

use bonin_cafe24::Cafe24Sender;
use bonin_domain::messages::FailureClass;
use bonin_testkit::conformance::{Provider, Reply};

use crate::support::{KEY, client_within};

fn line(body: &str) -> Reply {
    Reply::new(200, "text/html", body)
}

fn sender(base_url: &str, patience: Duration) -> Arc<Cafe24Sender> {
    Arc::new(Cafe24Sender::new(client_within(base_url, patience)))
}

/// What Cafe24 answers, be it to one message or to many.
fn answers<S: ?Sized>(provider: Provider<S>) -> Provider<S> {
    provider
        .refusal(line("-114,"), FailureClass::Sender)
        .refusal(line("-202,"), FailureClass::Content)
        .refusal(line("0044"), FailureClass::SpamFilter)
        .refusal(line("9998,0"), FailureClass::Other)
        .unauthorized(line("-102,"))
        .unavailable(line("-100,"), FailureClass::ProviderDown)
        .unavailable(line("-203,"), FailureClass::ProviderDown)
        .unavailable(line("-201,0"), FailureClass::Quota)
        .unclear(line("112"))
        .unclear(line("successful,1"))
        .secret(KEY)
        .secret("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY")
}

mod one {
    use bonin_domain::messages::FailureClass;
    use bonin_ports::MessageSender;

    use super::{Provider, answers, line, sender};

    fn provider() -> Provider<dyn MessageSender> {
        let provider = Provider::new(|base_url, patience| sender(base_url, patience), line("success,1234"));
        answers(provider).refusal(line("3205"), FailureClass::InvalidNumber)
    }

    bonin_testkit::message_sender_conformance!(provider());
}

mod many {
    use bonin_ports::BulkSender;

    use super::{Provider, answers, line, sender};

    fn provider() -> Provider<dyn BulkSender> {
        let taken = |_: &[bonin_ports::Message], _: &str| line("success,1234");
        // Of several recipients it does not say whose number is wrong.
        answers(Provider::bulk(|base_url, patience| sender(base_url, patience), taken)).unclear(line("3205"))
    }

    bonin_testkit::bulk_sender_conformance!(provider());
}
