//! `SensSender` as a `BulkSender`

use std::sync::Arc;

use bonin_domain::messages::MessageKind;
use bonin_ports::{Accepted, BulkSender, Message, SendError};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::sender::told;
use crate::support::{REQUEST_ID, SENDERS, answer, calls, gateway, image, message, mount, sender};

const KOREAN: &str = "010-1234-5678";
const OTHER: &str = "010-8765-4321";

fn accepted() -> ResponseTemplate {
    answer(202, &format!(r#"{{"requestId":"{REQUEST_ID}","statusCode":"202","statusName":"success"}}"#))
}

fn shown(verdicts: &[Result<Accepted, SendError>]) -> Vec<String> {
    let show = |verdict: &Result<Accepted, SendError>| match verdict {
        Ok(accepted) => format!("Accepted {}", accepted.reference.as_str()),
        Err(error) => told(error),
    };
    verdicts.iter().map(show).collect()
}

/// The verdicts, and the bodies of the calls.
async fn sent(messages: &[Message], answer: ResponseTemplate) -> (Vec<String>, Vec<Value>) {
    let server = gateway("POST", answer).await;
    let verdicts = sender(&server.uri()).send_many(messages).await.unwrap();
    let bodies = calls(&server).await.into_iter().map(|(_, body)| body).collect();
    (shown(&verdicts), bodies)
}

#[tokio::test]
async fn different_texts_and_subjects_go_in_one_call() {
    let long = |to, text, subject: Option<&str>| Message {
        kind: MessageKind::Lms,
        subject: subject.map(str::to_owned),
        ..message(to, text)
    };
    let messages = [long(KOREAN, "하나", None), long(OTHER, "둘", Some("제목"))];
    let (verdicts, bodies) = sent(&messages, accepted()).await;
    assert_eq!(verdicts, vec![format!("Accepted {REQUEST_ID}"); 2]);
    assert_eq!(bodies.len(), 1);
    assert_eq!(bodies[0]["content"], "하나");
    assert_eq!(bodies[0].get("subject"), None, "nobody gets another's subject");
    let items = json!([{ "to": "01012345678" }, { "to": "01087654321", "content": "둘", "subject": "제목" }]);
    assert_eq!(bodies[0]["messages"], items);

    let same = [long(KOREAN, "같은", Some("제목")), long(OTHER, "같은", Some("제목"))];
    let (_, bodies) = sent(&same, accepted()).await;
    assert_eq!(bodies[0]["subject"], "제목");
    assert_eq!(bodies[0]["messages"], json!([{ "to": "01012345678" }, { "to": "01087654321" }]));
}

#[tokio::test]
async fn a_message_that_cannot_go_does_not_hold_up_the_others() {
    let messages = [message(KOREAN, "😀"), message(OTHER, "안녕"), message(KOREAN, &"a".repeat(91))];
    let (verdicts, bodies) = sent(&messages, accepted()).await;
    let taken = format!("Accepted {REQUEST_ID}");
    assert_eq!(verdicts, ["Refused Content unencodable", &taken, "Refused Content text_too_long"]);
    assert_eq!(bodies[0]["messages"], json!([{ "to": "01087654321" }]));

    let (verdicts, bodies) = sent(&[message(KOREAN, "😀")], accepted()).await;
    assert_eq!((verdicts.len(), bodies.len()), (1, 0));
}

#[tokio::test]
async fn a_number_twice_and_another_country_have_requests_of_their_own() {
    let messages = [
        message(KOREAN, "하나"),
        message("+1 650 253 0000", "hello"),
        message(KOREAN, "둘"),
        message(OTHER, "셋"),
    ];
    let (verdicts, bodies) = sent(&messages, accepted()).await;
    assert_eq!(verdicts, vec![format!("Accepted {REQUEST_ID}"); 4]);
    let seen: Vec<_> = bodies.iter().map(|body| (&body["countryCode"], &body["messages"])).collect();
    assert_eq!(
        seen,
        [
            (&json!("1"), &json!([{ "to": "6502530000" }])),
            (&json!("82"), &json!([{ "to": "01012345678" }, { "to": "01087654321", "content": "셋" }])),
            (&json!("82"), &json!([{ "to": "01012345678" }])),
        ]
    );
}

#[tokio::test]
async fn an_answer_holds_for_every_message_of_the_call() {
    for (status, expected) in [
        (400, "Refused Other 400"),
        (401, "Unauthorized 401"),
        (429, "Unavailable Quota 429"),
        (503, "Unavailable ProviderDown 503"),
        (502, "Unclear 502"),
    ] {
        let messages = [message(KOREAN, "하나"), message(OTHER, "둘")];
        let (verdicts, bodies) = sent(&messages, answer(status, "")).await;
        assert_eq!(verdicts, [expected; 2]);
        assert_eq!(bodies.len(), 1);
    }
}

#[tokio::test]
async fn the_images_of_a_batch_are_uploaded_once() {
    let server = MockServer::start().await;
    mount(&server, "POST", "files", answer(200, r#"{"fileId":"f-1"}"#)).await;
    mount(&server, "POST", "messages", accepted()).await;
    let images = Arc::new([image(1)]);
    let mms = |to| Message { kind: MessageKind::Mms, images: images.clone(), ..message(to, "사진") };
    let verdicts = sender(&server.uri()).send_many(&[mms(KOREAN), mms(OTHER)]).await.unwrap();
    assert!(verdicts.iter().all(Result::is_ok));
    let calls = calls(&server).await;
    let targets: Vec<_> = calls.iter().map(|(target, _)| target.as_str()).collect();
    assert_eq!(targets, ["POST files", "POST messages"]);
    assert_eq!(calls[1].1["files"], json!([{ "fileId": "f-1" }]));
}

#[tokio::test]
async fn nothing_is_a_batch_without_a_call() {
    let (verdicts, bodies) = sent(&[], accepted()).await;
    assert_eq!((verdicts.len(), bodies.len()), (0, 0));
}

#[tokio::test]
async fn what_is_one_persons_never_goes_to_another() {
    let sender = sender("http://127.0.0.1:9");
    let mms =
        |byte| Message {
            kind: MessageKind::Mms, images: Arc::new([image(byte)]), ..message(KOREAN, "사진")
        };
    let from = Some(bonin_domain::messages::SenderId::parse(SENDERS[1]).unwrap());
    for (one, other) in [
        (mms(1), mms(2)),
        (message(KOREAN, "a"), Message { kind: MessageKind::Lms, ..message(OTHER, "a") }),
        (message(KOREAN, "a"), Message { from, ..message(OTHER, "a") }),
    ] {
        let error = sender.send_many(&[one, other]).await.unwrap_err();
        assert_eq!(told(&error), "Refused Other different");
    }
}
