//! The Verify calls of `NexmoClient`

use bonin_nexmo::{InvalidRequest, NexmoError, VerifyEvent, VerifyStart, VerifyState, VerifyTry};

use crate::support::{
    CODE, REQUEST_ID, answer, assert_tells_nothing, client, fields, form, refusing, server,
};

const OTHER_ID: &str = "aa0ffecfbab1459bba27cb8fc219cfd2";

fn record(id: &str, status: &str) -> String {
    format!(
        r#"{{"request_id":"{id}","account_id":"aaa012","status":"{status}","number":"821012345678",
            "price":"0.10000000","currency":"EUR","sender_id":"verify","date_submitted":"2026-01-02 03:04:05",
            "date_finalized":"","checks":[{{"date_received":"2026-01-02 03:04:35","code":"012345",
            "status":"INVALID","ip_address":""}},{{"code":"1","status":"VALID"}}],
            "events":[{{"type":"sms","id":"1C01"}},{{"type":"tts"}}]}}"#
    )
}

#[tokio::test]
async fn a_verification_begins_with_its_fields() {
    let body = format!(r#"{{"request_id":"{REQUEST_ID}","status":"0"}}"#);
    let server = server("/verify/json", answer(200, &body)).await;
    let start = VerifyStart::new("821012345678", "Bonin").code_length(6).pin_expiry(120).workflow(4);
    let id = client(&server.uri()).start(&start.language("ko-kr")).await.unwrap();
    assert_eq!(id, REQUEST_ID);
    let sent = [
        ("number", "821012345678"),
        ("brand", "Bonin"),
        ("code_length", "6"),
        ("workflow_id", "4"),
        ("pin_expiry", "120"),
        ("lg", "ko-kr"),
    ];
    assert_eq!(form(&server).await, fields(&sent));
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_unclear() {
    for body in [
        "",
        "secret answer",
        r#"{"status":"0"}"#,
        r#"{"status":"0","request_id":""}"#,
        r#"{"status":"0","request_id":"secret answer"}"#,
        r#"{"request_id":"dd0f"}"#,
        r#"{"status":"ok","request_id":"dd0f"}"#,
        r#"{"status":true,"request_id":"dd0f"}"#,
    ] {
        let server = server("/verify/json", answer(200, body)).await;
        let error = client(&server.uri()).start(&VerifyStart::new("821012345678", "B")).await.unwrap_err();
        assert!(matches!(error, NexmoError::Unclear { ref code, .. } if code == "200"), "{body}: {error:?}");
        assert_tells_nothing(&error);
    }
}

#[tokio::test]
async fn the_running_verification_of_somebody_else_is_not_named() {
    let body = format!(r#"{{"request_id":"{REQUEST_ID}","status":"10","error_text":"Concurrent"}}"#);
    let server = server("/verify/json", answer(200, &body)).await;
    let error = client(&server.uri()).start(&VerifyStart::new("821012345678", "B")).await.unwrap_err();
    assert!(matches!(error, NexmoError::Status { ref code } if code == "10"), "{error:?}");
    assert_tells_nothing(&error);
}

#[tokio::test]
async fn a_right_code_has_its_event_and_price() {
    let success = |extra: &str| {
        format!(
            r#"{{"request_id":"{REQUEST_ID}","event_id":"1C0000001295AD96","status":"0","price":"0.10000000",
                "currency":"EUR"{extra}}}"#
        )
    };
    let first = server("/verify/check/json", answer(200, &success(""))).await;
    let checked = client(&first.uri()).check(REQUEST_ID, CODE).await.unwrap();
    assert_eq!(checked.event_id.as_deref(), Some("1C0000001295AD96"));
    assert_eq!(checked.price.unwrap().amount(), "0.10000000");
    assert_eq!(form(&first).await, fields(&[("request_id", REQUEST_ID), ("code", CODE)]));

    let messages = success(r#","estimated_price_messages_sent":"0.03330000""#);
    let second = server("/verify/check/json", answer(200, &messages)).await;
    let checked = client(&second.uri()).check(REQUEST_ID, CODE).await.unwrap();
    assert_eq!(checked.price.unwrap().amount(), "0.13330000", "its messages included");

    // A right code stays right, but what is no id of an event is not kept.
    for event in ["to +821012345678".to_owned(), "e".repeat(65)] {
        let body = success("").replace("1C0000001295AD96", &event);
        let third = server("/verify/check/json", answer(200, &body)).await;
        assert_eq!(client(&third.uri()).check(REQUEST_ID, CODE).await.unwrap().event_id, None);
    }
}

#[tokio::test]
async fn a_match_in_another_request_is_no_match() {
    for body in [format!(r#"{{"request_id":"{OTHER_ID}","status":"0"}}"#), r#"{"status":"0"}"#.to_owned()] {
        let server = server("/verify/check/json", answer(200, &body)).await;
        let error = client(&server.uri()).check(REQUEST_ID, CODE).await.unwrap_err();
        assert!(matches!(error, NexmoError::Unclear { .. }), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn a_search_shows_how_far_it_is_but_no_code() {
    for (word, state) in [
        ("IN PROGRESS", VerifyState::InProgress),
        ("SUCCESS", VerifyState::Success),
        ("FAILED", VerifyState::Failed),
        ("EXPIRED", VerifyState::Expired),
        ("CANCELLED", VerifyState::Cancelled),
    ] {
        let server = server("/verify/search/json", answer(200, &record(REQUEST_ID, word))).await;
        let found = client(&server.uri()).search(REQUEST_ID).await.unwrap();
        assert_eq!(found.state, state);
        assert_eq!(found.price.as_ref().unwrap().amount(), "0.10000000");
        assert_eq!(found.date_submitted.as_deref(), Some("2026-01-02 03:04:05"));
        assert_eq!(found.date_finalized, None);
        let received = Some("2026-01-02 03:04:35".to_owned());
        assert_eq!(
            found.checks,
            [VerifyTry { received, valid: false }, VerifyTry { received: None, valid: true }]
        );
        let [sms, tts] = found.events.as_slice() else { panic!("two events") };
        assert_eq!(*sms, VerifyEvent { kind: "sms".into(), id: Some("1C01".into()) });
        assert_eq!(tts.kind, "tts");
        assert!(!format!("{found:?}").contains(CODE) && !format!("{found:?}").contains("10123"));
    }
}

#[tokio::test]
async fn lists_of_a_search_may_be_null() {
    let body = format!(r#"{{"request_id":"{REQUEST_ID}","status":"EXPIRED","checks":null,"events":null}}"#);
    let server = server("/verify/search/json", answer(200, &body)).await;
    let found = client(&server.uri()).search(REQUEST_ID).await.unwrap();
    assert!(found.checks.is_empty() && found.events.is_empty());
}

#[tokio::test]
async fn a_search_that_finds_something_else_is_unclear() {
    for body in [record(OTHER_ID, "SUCCESS"), record(REQUEST_ID, "LOST"), "{}".to_owned()] {
        let server = server("/verify/search/json", answer(200, &body)).await;
        let error = client(&server.uri()).search(REQUEST_ID).await.unwrap_err();
        assert!(matches!(error, NexmoError::Unclear { .. }), "{body}: {error:?}");
    }
    let none = r#"{"status":"101","error_text":"No response found"}"#;
    let server = server("/verify/search/json", answer(200, none)).await;
    let error = client(&server.uri()).search(REQUEST_ID).await.unwrap_err();
    assert!(matches!(error, NexmoError::Status { ref code } if code == "101"), "{error:?}");
}

#[tokio::test]
async fn up_to_ten_are_found_in_one_call() {
    let both = format!(
        r#"{{"verification_requests":[{},{}]}}"#,
        record(REQUEST_ID, "SUCCESS"),
        record(OTHER_ID, "EXPIRED")
    );
    let many = server("/verify/search/json", answer(200, &both)).await;
    let found = client(&many.uri()).search_many(&[REQUEST_ID, OTHER_ID]).await.unwrap();
    let states: Vec<_> = found.iter().map(|record| (record.request_id.as_str(), record.state)).collect();
    assert_eq!(states, [(REQUEST_ID, VerifyState::Success), (OTHER_ID, VerifyState::Expired)]);
    assert_eq!(form(&many).await, fields(&[("request_ids", REQUEST_ID), ("request_ids", OTHER_ID)]));

    let one = server("/verify/search/json", answer(200, &record(REQUEST_ID, "FAILED"))).await;
    let found = client(&one.uri()).search_many(&[REQUEST_ID]).await.unwrap();
    assert_eq!(found.len(), 1);

    for count in [0, 11] {
        let error = client(&refusing()).search_many(&vec![REQUEST_ID; count]).await.unwrap_err();
        assert!(matches!(error, NexmoError::Invalid(InvalidRequest::IdCount)), "{count}");
    }
}

#[tokio::test]
async fn control_commands_are_echoed() {
    for command in ["cancel", "trigger_next_event"] {
        let body = format!(r#"{{"status":"0","command":"{command}"}}"#);
        let server = server("/verify/control/json", answer(200, &body)).await;
        let client = client(&server.uri());
        let (done, other) = match command {
            "cancel" => (client.cancel(REQUEST_ID).await, client.trigger_next_event(REQUEST_ID).await),
            _ => (client.trigger_next_event(REQUEST_ID).await, client.cancel(REQUEST_ID).await),
        };
        done.unwrap();
        assert!(matches!(other.unwrap_err(), NexmoError::Unclear { .. }), "the echo of another command");
        let sent = server.received_requests().await.unwrap();
        let first = String::from_utf8(sent[0].body.clone()).unwrap();
        assert_eq!(first, format!("request_id={REQUEST_ID}&cmd={command}"));
    }
}

#[tokio::test]
async fn ids_and_codes_that_nexmo_never_gave_go_nowhere() {
    let client = client(&refusing());
    for id in ["", "a b", "../x", &"a".repeat(65)] {
        for error in [
            client.check(id, CODE).await.unwrap_err(),
            client.search(id).await.unwrap_err(),
            client.search_many(&[REQUEST_ID, id]).await.unwrap_err(),
            client.cancel(id).await.unwrap_err(),
            client.trigger_next_event(id).await.unwrap_err(),
        ] {
            assert!(matches!(error, NexmoError::Invalid(InvalidRequest::RequestId)), "{id}: {error:?}");
        }
    }
    for code in ["", "123", "1234567", "12a4"] {
        let error = client.check(REQUEST_ID, code).await.unwrap_err();
        assert!(matches!(error, NexmoError::Invalid(InvalidRequest::Code)), "{code}");
    }
    let error = client.start(&VerifyStart::new("010", "B")).await.unwrap_err();
    assert!(matches!(error, NexmoError::Invalid(InvalidRequest::Recipient)));
}
