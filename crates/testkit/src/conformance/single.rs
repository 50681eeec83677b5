//! What a sender for one message does besides failing well.

use bonin_domain::messages::{FailureClass, MessageKind};
use bonin_ports::{Encoding, Message, MessageSender};

use super::expect::{Expected, accepted, accepting, send};
use super::provider::Provider;
use super::subject::messages;

/// A message that the provider took: one request, and a reference that says nothing.
pub async fn an_accepted_message_has_a_reference(provider: Provider<dyn MessageSender>) {
    let (verdicts, requests) = accepted(&provider, |_| messages(1)).await;
    assert!(matches!(verdicts.as_slice(), [Ok(_)]), "{verdicts:?}");
    assert_eq!(requests.len(), 1, "one request a message");
}

/// A long message with a subject, where the provider takes them.
pub async fn a_long_text_goes_in_one_request_too(provider: Provider<dyn MessageSender>) {
    let (server, subject) = accepting(&provider).await;
    let able = subject.abilities().kinds.contains(&MessageKind::Lms);
    let mut messages = messages(1);
    messages[0] = Message {
        kind: MessageKind::Lms,
        subject: Some("알림".to_owned()),
        text: "가".repeat(1_000).into(),
        ..messages[0].clone()
    };
    server.will_take(provider.accept.clone(), &messages);
    let verdicts = send(&provider, &*subject, &messages).await;
    assert!(!able || verdicts.iter().all(Result::is_ok), "{verdicts:?}");
    assert!(server.requests().len() <= 1, "one request a message");
}

/// An emoji: EUC-KR has none, so the provider would cut or fail the message; otherwise it goes as it is.
pub async fn a_text_beyond_the_encoding_is_refused_without_a_request(provider: Provider<dyn MessageSender>) {
    let (server, subject) = accepting(&provider).await;
    let mut messages = messages(1);
    messages[0].text = "안녕 😀".into();
    server.will_take(provider.accept.clone(), &messages);
    let verdicts = send(&provider, &*subject, &messages).await;
    match subject.abilities().encoding {
        Encoding::EucKr => {
            let [Err(error)] = verdicts.as_slice() else { panic!("{verdicts:?}") };
            assert!(Expected::Refused(FailureClass::Content).fits(error), "{error:?}");
            assert!(server.requests().is_empty(), "refused before any request");
        }
        Encoding::Unicode => {
            assert!(matches!(verdicts.as_slice(), [Ok(_)]), "{verdicts:?}");
            assert_eq!(server.requests().len(), 1, "one request a message");
        }
    }
}
