//! Listing and reading.

use bonin_domain::TenantId;
use bonin_domain::messages::{DeliveryState, FailureClass};
use bonin_services::messages::{MessageStatus, ReadMessageError, SendRequest};
use bonin_testkit::SendStep;

use super::desk::{Desk, recipient};

const ONE: &str = "010-1234-5678";

#[tokio::test]
async fn a_list_is_read_page_by_page_newest_first() {
    let desk = Desk::new();
    let numbers = |from: usize| (from..from + 5).map(|number| recipient(&format!("010-2345-{number:04}")));
    let first = SendRequest { recipients: numbers(0).collect(), ..desk.request(&[]) };
    let first = desk.sent(first).await;
    desk.world.pass(1);
    let second = SendRequest { recipients: numbers(5).collect(), ..desk.request(&[]) };
    let second = desk.sent(second).await;
    let mut newest_first: Vec<_> =
        first.messages.iter().chain(&second.messages).map(|message| message.id).collect();
    newest_first.reverse();

    let (mut read, mut before, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = desk.list.execute(&desk.world.tenant, None, before, 4).await.unwrap();
        read.extend(page.messages.iter().map(|message| message.id));
        pages += 1;
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!((read, pages), (newest_first, 3));
    let exactly = desk.page(10).await;
    assert_eq!((exactly.messages.len(), exactly.next), (10, None), "a full page may be the last one");

    let group = desk.list.execute(&desk.world.tenant, Some(first.group.id), None, 100).await.unwrap();
    assert_eq!(group.messages.len(), 5);
    assert!(group.messages.iter().all(|message| message.group.id == first.group.id));
}

#[tokio::test]
async fn a_message_shows_every_provider_that_was_asked() {
    let desk = Desk::new();
    desk.sens.script.will_answer([SendStep::Refused(FailureClass::Sender)]);
    let sent = desk.sent(desk.request(&[ONE])).await;
    let (message, at) = desk.read.execute(&desk.world.tenant, sent.messages[0].id).await.unwrap();
    assert_eq!(at, desk.world.now());
    assert_eq!(message.to.e164(), "+821012345678");
    assert_eq!(message.status, MessageStatus::Delivery(DeliveryState::Accepted));
    let attempts: Vec<_> = message
        .attempts
        .iter()
        .map(|attempt| (attempt.provider.as_str(), attempt.state, attempt.failure))
        .collect();
    assert_eq!(
        attempts,
        [
            ("sens", DeliveryState::Failed, Some(FailureClass::Sender)),
            ("nexmo", DeliveryState::Accepted, None),
        ]
    );
}

#[tokio::test]
async fn other_tenants_messages_do_not_exist() {
    let desk = Desk::new();
    let sent = desk.sent(desk.request(&[ONE])).await;
    let other = TenantId::parse("other").unwrap();
    let read = desk.read.execute(&other, sent.messages[0].id).await;
    assert!(matches!(read, Err(ReadMessageError::NotFound)));
    let page = desk.list.execute(&other, Some(sent.group.id), None, 10).await.unwrap();
    assert!(page.messages.is_empty());
}
