//! `CoolsmsSender` as a `BulkSender`

use bonin_domain::messages::FailureClass;
use bonin_ports::{BulkSender, Message, SendError};
use serde_json::{Value, json};

use crate::support::{
    APP_ID, FILES, MANY, answer, bodies, group, message, mms, mount, ok, problem, refusing, sender, server,
};

fn listed(id: &str, place: &str) -> Value {
    json!({ "messageId": id, "statusCode": "2000", "statusMessage": "", "customFields": { "n": place } })
}

fn three() -> Vec<Message> {
    vec![message("010-1111-0001", "하나"), message("010-1111-0002", "둘"), message("010-1111-0001", "셋")]
}

#[tokio::test]
async fn one_call_brings_a_verdict_for_each_in_their_order() {
    let refused = json!({
        "to": "01011110002", "from": "0255550102", "type": "SMS", "country": "82", "messageId": "M1",
        "statusCode": "1060", "statusMessage": "", "accountId": "1", "customFields": { "n": "1" },
    });
    let body = json!({
        "failedMessageList": [refused], "groupInfo": group("G4V"),
        "messageList": [listed("M2", "2"), listed("M0", "0")],
    });
    let server = server("POST", MANY, ok(&body)).await;
    let verdicts = sender(&server.uri()).send_many(&three()).await.unwrap();
    let references: Vec<_> = verdicts.iter().map(|v| v.as_ref().ok().map(|a| a.reference.as_str())).collect();
    assert_eq!(references, [Some("M0"), None, Some("M2")]);
    assert!(
        matches!(&verdicts[1], Err(SendError::Refused { class: FailureClass::Blocked, code }) if code == "1060")
    );

    let sent = bodies(&server, MANY).await.remove(0);
    assert_eq!(sent["showMessageList"], true);
    assert_eq!(sent["allowDuplicates"], true, "two of them go to one number");
    assert_eq!(sent["agent"]["appId"], APP_ID);
    assert!(sent.get("scheduledDate").is_none());
    let texts: Vec<_> = sent["messages"].as_array().unwrap().iter().map(|m| m["text"].clone()).collect();
    assert_eq!(texts, ["하나", "둘", "셋"]);
    assert_eq!(sent["messages"][2]["customFields"], json!({ "n": "2" }));
}

#[tokio::test]
async fn one_that_cannot_be_carried_does_not_stop_the_others() {
    let body = json!({
        "failedMessageList": [], "groupInfo": group("G4V"), "messageList": [listed("M0", "0"), listed("M2", "2")],
    });
    let server = server("POST", MANY, ok(&body)).await;
    let mut messages = three();
    messages[1].text = "😀".into();
    let verdicts = sender(&server.uri()).send_many(&messages).await.unwrap();
    assert!(verdicts[0].is_ok() && verdicts[2].is_ok());
    assert!(matches!(&verdicts[1], Err(SendError::Refused { code, .. }) if code == "unencodable"));
    assert_eq!(bodies(&server, MANY).await[0]["messages"].as_array().unwrap().len(), 2);

    for message in &mut messages {
        message.text = "😀".into();
    }
    let verdicts = sender(&refusing()).send_many(&messages).await.unwrap();
    assert!(verdicts.iter().all(Result::is_err), "no call is made for nothing");
}

#[tokio::test]
async fn pictures_are_uploaded_once_for_all() {
    let body = json!({
        "failedMessageList": [], "groupInfo": group("G4V"), "messageList": [listed("M0", "0"), listed("M1", "1")],
    });
    let server = server("POST", MANY, ok(&body)).await;
    mount(&server, "POST", FILES, ok(&json!({ "fileId": "ST01FZ26" }))).await;
    let messages = [mms("010-1111-0001", "a"), mms("010-1111-0002", "b")];
    assert!(sender(&server.uri()).send_many(&messages).await.unwrap().iter().all(Result::is_ok));
    assert_eq!(bodies(&server, FILES).await.len(), 1);
    let sent = bodies(&server, MANY).await.remove(0);
    assert!(sent["messages"].as_array().unwrap().iter().all(|m| m["imageId"] == "ST01FZ26"));
}

#[tokio::test]
async fn one_persons_picture_never_goes_to_another() {
    let messages = [mms("010-1111-0001", "a"), Message { images: [].into(), ..mms("010-1111-0002", "b") }];
    let error = sender(&refusing()).send_many(&messages).await.unwrap_err();
    assert!(matches!(&error, SendError::Refused { code, .. } if code == "different"), "{error:?}");
}

#[tokio::test]
async fn the_error_of_a_whole_call_is_that_of_each() {
    let outcome = |answer| async {
        let server = server("POST", MANY, answer).await;
        sender(&server.uri()).send_many(&three()).await.unwrap_err()
    };
    assert!(matches!(outcome(problem(403, "InvalidAPIKey", "")).await, SendError::Unauthorized { .. }));
    assert!(matches!(outcome(problem(413, "RecipientsTooMany", "")).await, SendError::Refused { .. }));
    assert!(matches!(outcome(answer(503, "")).await, SendError::Unavailable { .. }));
    assert!(matches!(outcome(answer(500, "")).await, SendError::Unclear { .. }));
    assert!(matches!(outcome(answer(200, r#"{"messageList":[]}"#)).await, SendError::Unclear { .. }));
    let none = sender(&refusing()).send_many(&[]).await.unwrap_err();
    assert!(matches!(none, SendError::Refused { code, .. } if code == "message_count"));
}

#[tokio::test]
async fn ten_thousand_may_go_with_texts_of_their_own() {
    let limit = sender(&refusing()).batch_limit();
    assert_eq!((limit.messages, limit.one_text), (10_000, false));
}
