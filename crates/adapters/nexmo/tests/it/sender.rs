//! `NexmoSms` as a `MessageSender`

use std::sync::Arc;

use bonin_domain::messages::{MessageKind, SenderId};
use bonin_ports::{Accepted, Encoding, Message, MessageSender, SendError};

use crate::support::{answer, assert_tells_nothing, form, number, refusing, server, sms, told};

const PATH: &str = "/sms/json";

fn element(status: &str) -> String {
    match status {
        "0" => r#"{"status":"0","message-id":"0A01","message-price":"0.03330000"}"#.into(),
        "free" => r#"{"status":"0","message-id":"0A02"}"#.into(),
        other => format!(r#"{{"status":"{other}","error-text":"secret answer"}}"#),
    }
}

fn body(statuses: &[&str]) -> String {
    let elements: Vec<_> = statuses.iter().map(|status| element(status)).collect();
    format!(r#"{{"message-count":"{}","messages":[{}]}}"#, elements.len(), elements.join(","))
}

async fn send(statuses: &[&str]) -> Result<Accepted, SendError> {
    let server = server(PATH, answer(200, &body(statuses))).await;
    let result = sms(&server.uri()).send(&Message::sms(number(), "안녕")).await;
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    result
}

#[tokio::test]
async fn abilities_are_what_nexmo_carries() {
    let sender = sms("http://127.0.0.1:9");
    let abilities = sender.abilities();
    assert_eq!(abilities.kinds, [MessageKind::Sms, MessageKind::Lms]);
    assert_eq!((abilities.domestic_only, abilities.encoding), (false, Encoding::Unicode));
    assert_eq!(abilities.senders[0].as_str(), "Bonin");
}

#[tokio::test]
async fn a_message_goes_from_the_default_sender_or_the_one_it_names() {
    let server = server(PATH, answer(200, &body(&["0"]))).await;
    let sender = sms(&server.uri());
    sender.send(&Message::sms(number(), "안녕")).await.unwrap();
    let sent = form(&server).await;
    assert_eq!(sent[0], ("from".to_owned(), "Bonin".to_owned()));
    assert_eq!(sent[1], ("to".to_owned(), "821012345678".to_owned()));

    let from = Some(SenderId::parse("02-5555-0100").unwrap());
    sender.send(&Message { from, ..Message::sms(number(), "안녕") }).await.unwrap();
    assert_eq!(form(&server).await[0].1, "0255550100");
}

#[tokio::test]
async fn each_part_of_a_text_is_billed() {
    let sender = sms("http://127.0.0.1:9");
    let parts = |text: &str| sender.billed_parts(&Message::sms(number(), text));
    assert_eq!((parts("가나다"), parts(&"가".repeat(70)), parts(&"가".repeat(71))), (1, 1, 2));
    assert_eq!(parts(&"가".repeat(1_000)), 15);
    let subject = Some("제목".to_owned());
    let long = Message { kind: MessageKind::Lms, subject, ..Message::sms(number(), "가".repeat(70)) };
    assert_eq!(sender.billed_parts(&long), 2, "the subject goes with it");
}

#[tokio::test]
async fn a_subject_is_the_first_line() {
    let server = server(PATH, answer(200, &body(&["0"]))).await;
    let long =
        Message {
            kind: MessageKind::Lms, subject: Some("제목".into()), ..Message::sms(number(), "긴 글")
        };
    sms(&server.uri()).send(&long).await.unwrap();
    assert_eq!(form(&server).await[2].1, "제목\n긴 글");
}

#[tokio::test]
async fn all_parts_together_are_one_acceptance() {
    let accepted = send(&["0", "0", "0"]).await.unwrap();
    assert_eq!((accepted.reference.as_str(), accepted.code.as_str()), ("0A01", "0"));
    let price = accepted.price.unwrap();
    assert_eq!((price.amount(), price.currency()), ("0.09990000", "EUR"));

    let accepted = send(&["0"]).await.unwrap();
    assert_eq!(accepted.price.unwrap().amount(), "0.03330000");
    assert_eq!(send(&["0", "free"]).await.unwrap().price, None, "a sum of some is no price");
}

#[tokio::test]
async fn a_message_of_which_some_parts_were_taken_is_unclear() {
    for statuses in [&["0", "9"][..], &["1", "0"], &["0", "0", "5"]] {
        let error = send(statuses).await.unwrap_err();
        assert!(matches!(error, SendError::Unclear { .. }), "{statuses:?}: {error:?}");
        assert_tells_nothing(&error);
    }
}

#[tokio::test]
async fn each_status_is_what_the_caller_can_do_about_it() {
    for (status, expected) in [
        ("1", "Unavailable Quota 1"),
        ("2", "Refused Other 2"),
        ("3", "Refused Other 3"),
        ("4", "Unauthorized 4"),
        ("5", "Unavailable ProviderDown 5"),
        ("6", "Refused Other 6"),
        ("7", "Refused Blocked 7"),
        ("8", "Unauthorized 8"),
        ("9", "Unavailable Quota 9"),
        ("10", "Unavailable Quota 10"),
        ("11", "Unauthorized 11"),
        ("12", "Refused Content 12"),
        ("14", "Unauthorized 14"),
        ("15", "Refused Sender 15"),
        ("22", "Refused Other 22"),
        ("23", "Refused Other 23"),
        ("29", "Refused Blocked 29"),
        ("32", "Unauthorized 32"),
        ("33", "Refused InvalidNumber 33"),
        ("13", "Unclear 13"),
        ("999", "Unclear 999"),
    ] {
        let error = send(&[status, status]).await.unwrap_err();
        assert_eq!(told(&error), expected);
        assert_tells_nothing(&error);
    }
}

#[tokio::test]
async fn each_http_status_is_what_the_caller_can_do_about_it() {
    for (status, expected) in [
        (400, "Refused Other 400"),
        (401, "Unauthorized 401"),
        (403, "Unauthorized 403"),
        (429, "Unavailable Quota 429"),
        (503, "Unavailable ProviderDown 503"),
        (500, "Unclear 500"),
        (504, "Unclear 504"),
        (200, "Unclear 200"),
    ] {
        let server = server(PATH, answer(status, "")).await;
        let error = sms(&server.uri()).send(&Message::sms(number(), "안녕")).await.unwrap_err();
        assert_eq!(told(&error), expected);
    }
    let error = sms(&refusing()).send(&Message::sms(number(), "안녕")).await.unwrap_err();
    assert_eq!(told(&error), "Unavailable ProviderDown connect");
}

#[tokio::test]
async fn a_message_id_that_cannot_be_kept_is_unclear() {
    for id in ["i".repeat(201), "a\\n".into()] {
        let body = format!(r#"{{"message-count":"1","messages":[{{"status":"0","message-id":"{id}"}}]}}"#);
        let server = server(PATH, answer(200, &body)).await;
        let error = sms(&server.uri()).send(&Message::sms(number(), "안녕")).await.unwrap_err();
        assert_eq!(told(&error), "Unclear 200");
    }
}

#[tokio::test]
async fn what_nexmo_cannot_carry_is_refused_by_us() {
    let sender = sms(&refusing());
    let mms = Message { kind: MessageKind::Mms, ..Message::sms(number(), "사진") };
    assert_eq!(told(&sender.send(&mms).await.unwrap_err()), "Refused Content mms");
    let empty = Message { text: Arc::from(""), ..Message::sms(number(), "x") };
    assert_eq!(told(&sender.send(&empty).await.unwrap_err()), "Refused Content text_empty");
    let long = Message::sms(number(), "가".repeat(3201));
    assert_eq!(told(&sender.send(&long).await.unwrap_err()), "Refused Content text_too_long");
}
