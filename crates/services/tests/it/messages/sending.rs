//! What is stored and sent.

use bonin_domain::TenantId;
use bonin_domain::access::ApiKeyId;
use bonin_domain::messages::{DeliveryState, MessageKind, SenderId};
use bonin_ports::{MessageGroupRepository as _, MessageQuery};
use bonin_services::codes::IdempotentRequest;
use bonin_services::messages::{AskedKind, IdempotentSend, MessageStatus, SendMessagesError, SendRequest};

use super::desk::{Desk, image};
use crate::support::named;

const ONE: &str = "010-1234-5678";
const TWO: &str = "010-8765-4321";
const JAPAN: &str = "+81 90 1234 5678";

fn idempotent(client: &str, key: &str, request: &str) -> IdempotentSend {
    IdempotentSend {
        client: ApiKeyId::parse(client).expect("an id"),
        request: IdempotentRequest {
            key: key.to_owned(),
            request: request.as_bytes().to_vec(),
            caller: None,
        },
    }
}

#[tokio::test]
async fn each_recipient_gets_its_own_message_without_waiting_for_the_next_look() {
    let desk = Desk::new();
    let mut request = desk.request(&[ONE, TWO]);
    request.recipients[1].text = Some("예약이\n변경되었습니다.".to_owned());
    let sent = desk.sent(request).await;
    assert_eq!((sent.group.count, sent.status.as_str(), sent.repeated), (2, "queued", false));
    let names: Vec<&str> = sent.messages.iter().map(|message| message.to.e164()).collect();
    assert_eq!(names, ["+821012345678", "+821087654321"], "in the order of recipients");
    assert!(sent.messages[0].id.as_uuid() < sent.messages[1].id.as_uuid());

    let mut handed: Vec<(String, String)> = desk
        .sens
        .script
        .messages()
        .into_iter()
        .map(|message| (message.to.e164().to_owned(), message.text.to_string()))
        .collect();
    handed.sort();
    assert_eq!(
        handed,
        [
            ("+821012345678".to_owned(), "예약이 확정되었습니다.".to_owned()),
            ("+821087654321".to_owned(), "예약이\n변경되었습니다.".to_owned()),
        ]
    );
    for message in desk.page(10).await.messages {
        assert_eq!(message.status, MessageStatus::Delivery(DeliveryState::Accepted));
        assert_eq!(message.attempts.len(), 1);
    }
}

#[tokio::test]
async fn nothing_stored_shows_numbers_texts_or_images() {
    let desk = Desk::new();
    desk.sens.hold();
    let request = SendRequest { kind: AskedKind::Auto, images: vec![image()], ..desk.request(&[ONE]) };
    let sent = desk.send.execute(request).await.unwrap_or_else(|error| panic!("{error:?}"));
    let query = MessageQuery { group: Some(sent.group.id), before: None, limit: 10 };
    let stored = desk.world.store.memory.messages(&desk.world.tenant, query).await.unwrap();
    let phone = stored[0].phone.as_bytes();
    assert!(!phone.windows(10).any(|part| part == b"1012345678"), "the number is sealed");
    assert_eq!(stored[0].kind, MessageKind::Mms);
    desk.sens.let_through(1);
    desk.settled().await;
    let message = &desk.sens.script.messages()[0];
    assert_eq!(message.images.as_ref(), [image()]);
}

#[tokio::test]
async fn auto_decides_for_each_message_by_itself() {
    let desk = Desk::new();
    let kinds = |request: SendRequest| async {
        let sent = desk.sent(request).await;
        sent.messages.iter().map(|message| message.kind).collect::<Vec<_>>()
    };
    let auto = |to: &[&str]| SendRequest { kind: AskedKind::Auto, ..desk.request(to) };
    let mut mixed = auto(&[ONE, TWO]);
    mixed.recipients[1].text = Some("가".repeat(46));
    assert_eq!(kinds(mixed).await, [MessageKind::Sms, MessageKind::Lms]);
    let mut subject = auto(&[ONE, TWO]);
    subject.recipients[0].subject = Some("안내".to_owned());
    assert_eq!(kinds(subject).await, [MessageKind::Lms, MessageKind::Sms]);
    let image = SendRequest { images: vec![image()], ..auto(&[ONE]) };
    assert_eq!(kinds(image).await, [MessageKind::Mms]);
    assert_eq!(kinds(auto(&[JAPAN])).await, [MessageKind::Sms]);
}

#[tokio::test]
async fn sender_and_provider_are_those_that_were_asked_for() {
    let desk = Desk::new();
    let from = Some(SenderId::parse("021234567").unwrap());
    desk.sent(SendRequest { from: from.clone(), ..desk.request(&[ONE]) }).await;
    assert_eq!(desk.sens.script.messages()[0].from, from);
    desk.sent(SendRequest { provider: Some(named("nexmo")), ..desk.request(&[TWO]) }).await;
    assert_eq!((desk.sens.sent(), desk.nexmo.sent()), (1, 1), "sens comes first unless another is named");
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_sends_nothing() {
    let desk = Desk::new();
    let request = |client: &str, key: &str, body: &str| SendRequest {
        idempotency: Some(idempotent(client, key, body)),
        ..desk.request(&[ONE, TWO])
    };
    let first = desk.sent(request("akey0000", "one", "body")).await;
    desk.world.pass(3_600);
    let again = desk.sent(request("akey0000", "one", "body")).await;
    assert!(again.repeated && !first.repeated);
    assert_eq!(
        (again.group.id, again.status, again.answered_at),
        (first.group.id, first.status, first.answered_at)
    );
    let ids = |sent: &[bonin_services::messages::SentMessage]| {
        sent.iter().map(|message| (message.id, message.to.clone(), message.kind)).collect::<Vec<_>>()
    };
    assert_eq!(ids(&again.messages), ids(&first.messages));
    assert_eq!(desk.sens.sent(), 2);

    let other = desk.send.execute(request("akey0000", "one", "another body")).await;
    assert!(matches!(other, Err(SendMessagesError::KeyReused)));
    assert!(!desk.sent(request("bkey0000", "one", "body")).await.repeated, "another client's key is another");
    desk.world.pass(24 * 3_600);
    assert!(!desk.sent(request("akey0000", "one", "body")).await.repeated, "a day later the key is free");
}

#[tokio::test]
async fn a_reservation_is_repeated_also_when_its_time_is_past() {
    let desk = Desk::new();
    let at = desk.world.now() + jiff::SignedDuration::from_mins(10);
    let request = || SendRequest {
        idempotency: Some(idempotent("akey0000", "one", "body")),
        scheduled_at: Some(at),
        ..desk.request(&[ONE])
    };
    let first = desk.sent(request()).await;
    desk.world.pass(3_600);
    let again = desk.sent(request()).await;
    assert_eq!((again.repeated, again.group.id), (true, first.group.id));
}

#[tokio::test]
async fn tenants_do_not_share_idempotency_keys() {
    let desk = Desk::new();
    let idempotency = Some(idempotent("akey0000", "one", "body"));
    let mine = SendRequest { idempotency: idempotency.clone(), ..desk.request(&[ONE]) };
    desk.sent(mine).await;
    let tenant = TenantId::parse("other").unwrap();
    let theirs = SendRequest { idempotency, tenant, ..desk.request(&[ONE]) };
    assert!(!desk.sent(theirs).await.repeated);
}
