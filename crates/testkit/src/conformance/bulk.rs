//! What a sender for many messages does besides failing well.

use std::sync::Arc;

use bonin_ports::{BulkSender, SendError};

use super::expect::{accepted, accepting, send};
use super::provider::Provider;
use super::subject::messages;

/// As many messages as one call takes: one request, one verdict each.
pub async fn a_full_batch_goes_in_one_request(provider: Provider<dyn BulkSender>) {
    let count = |subject: &dyn BulkSender| subject.batch_limit().messages;
    let (verdicts, requests) = accepted(&provider, |subject| numbered(subject, count(subject))).await;
    assert!(verdicts.iter().all(Result::is_ok), "{:?}", verdicts.iter().find(|verdict| verdict.is_err()));
    assert_eq!(requests.len(), 1, "one request a batch");
}

/// A batch of one.
pub async fn one_message_is_a_batch_too(provider: Provider<dyn BulkSender>) {
    let (verdicts, requests) = accepted(&provider, |_| messages(1)).await;
    assert!(matches!(verdicts.as_slice(), [Ok(_)]), "{verdicts:?}");
    assert_eq!(requests.len(), 1, "one request a batch");
}

/// Where the provider takes some messages and refuses others, each verdict is at its message's place.
pub async fn verdicts_are_in_the_order_of_the_messages(provider: Provider<dyn BulkSender>) {
    let (server, subject) = accepting(&provider).await;
    let messages = numbered(&*subject, 5.min(subject.batch_limit().messages));
    // Neither the same from both ends nor in the order of the numbers alone.
    let refused: Vec<usize> = [1, 2].into_iter().filter(|place| *place < messages.len()).collect();
    match &provider.partly {
        Some(partly) => {
            let (partly, places) = (Arc::clone(partly), refused.clone());
            server
                .will_take(Arc::new(move |messages, request| partly(messages, request, &places)), &messages);
        }
        None => server.will_take(Arc::clone(&provider.accept), &messages),
    }
    let verdicts = send(&provider, &*subject, &messages).await;
    for (place, verdict) in verdicts.iter().enumerate() {
        let fits = if provider.partly.is_some() && refused.contains(&place) {
            matches!(verdict, Err(SendError::Refused { .. }))
        } else {
            verdict.is_ok()
        };
        assert!(fits, "at {place}: {verdict:?}");
    }
    assert_eq!(server.requests().len(), 1, "one request a batch");
}

/// Messages with different texts, where one call takes them.
fn numbered(subject: &dyn BulkSender, count: usize) -> Vec<bonin_ports::Message> {
    let mut messages = messages(count);
    if !subject.batch_limit().one_text {
        for (index, message) in messages.iter_mut().enumerate() {
            message.text = format!("{} ({index})", message.text).into();
        }
    }
    messages
}
