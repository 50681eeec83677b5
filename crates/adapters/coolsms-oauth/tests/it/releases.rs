//! `CoolsmsApp` as `MessagingGroups`

use std::time::Duration;

use bonin_domain::Amount;
use bonin_domain::messages::{DeliveryState, FailureClass, MessageKind, SenderId};
use bonin_domain::messaging::GroupFigures;
use bonin_http::{Http, HttpOptions};
use bonin_ports::{
    GroupRelease, MessagingError, MessagingGroups, PreparedGroup, PreparedMessage, WebContent,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::app::{GROUPS, ID, app, app_over, calls, mount, server, token, told};
use crate::support::{APP_ID, answer, bodies, group, now, number, ok, problem, refusing};

const ONE: &str = "010-1111-0001";
const TWO: &str = "010-1111-0002";

fn on(rest: &str) -> String {
    format!("{GROUPS}/{ID}{rest}")
}

fn content() -> WebContent {
    let from = SenderId::parse("02-5555-0102").unwrap();
    WebContent { from, kind: MessageKind::Sms, subject: None, text: "안녕하세요".into(), image: None }
}

fn verdict(id: &str, code: &str, place: usize) -> Value {
    json!({ "messageId": id, "statusCode": code, "customFields": { "n": place.to_string() } })
}

fn results(list: &[Value]) -> ResponseTemplate {
    ok(&json!({ "errorCount": "0", "resultList": list }))
}

/// A provider that makes a group and answers with these verdicts.
async fn filling(list: &[Value]) -> MockServer {
    let server = server("POST", GROUPS, ok(&group(ID))).await;
    mount(&server, "PUT", &on("/messages"), results(list)).await;
    server
}

async fn prepared(server: &MockServer, content: &WebContent, to: &[&str]) -> PreparedGroup {
    let to: Vec<_> = to.iter().map(|raw| number(raw)).collect();
    app(&server.uri()).prepare(&token(), content, &to).await.unwrap()
}

/// What is said of each: its name, or its class and code, or neither.
fn shown(messages: &[PreparedMessage]) -> Vec<String> {
    let one = |message: &PreparedMessage| match (&message.reference, &message.refusal) {
        (_, Some((class, code))) => format!("{} {code}", class.as_str()),
        (Some(reference), None) => reference.as_str().to_owned(),
        (None, None) => "?".to_owned(),
    };
    messages.iter().map(one).collect()
}

#[tokio::test]
async fn a_group_is_made_with_the_app_and_filled_and_not_sent() {
    let server = filling(&[verdict("M1", "2000", 1), verdict("M0", "2000", 0)]).await;
    let group = prepared(&server, &content(), &[ONE, TWO]).await;
    assert_eq!((group.group.as_str(), shown(&group.messages)), (ID, vec!["M0".into(), "M1".into()]));
    assert_eq!(calls(&server).await, [format!("POST {GROUPS}"), format!("PUT {}", on("/messages"))]);
    assert_eq!(bodies(&server, GROUPS).await, [json!({ "allowDuplicates": false, "appId": APP_ID })]);
    let sent = bodies(&server, &on("/messages")).await.remove(0);
    assert_eq!(
        sent["messages"][1],
        json!({
            "to": "01011110002", "from": "0255550102", "text": "안녕하세요", "type": "SMS", "country": "82",
            "autoTypeDetect": false, "customFields": { "n": "1" },
        })
    );
}

#[tokio::test]
async fn each_recipient_has_a_verdict_of_its_own() {
    let list = [verdict("M1", "1062", 1), verdict("M0", "2000", 0), verdict("M2", "1030", 2)];
    let group = prepared(&filling(&list).await, &content(), &[ONE, TWO, "010-1111-0003"]).await;
    assert_eq!(shown(&group.messages), ["M0", "sender 1062", "quota 1030"]);
    // Without places numbers tell them apart, and the order never does.
    let by_number = |id: &str, code: &str, to: &str| json!({ "messageId": id, "statusCode": code, "to": to });
    let list = [by_number("M1", "1060", "01011110002"), by_number("M0", "2000", "01011110001")];
    let group = prepared(&filling(&list).await, &content(), &[ONE, TWO]).await;
    assert_eq!(shown(&group.messages), ["M0", "blocked 1060"]);
    let nameless = json!({ "messageId": "M", "statusCode": "2000" });
    let group = prepared(&filling(&[nameless.clone(), nameless]).await, &content(), &[ONE, TWO]).await;
    assert_eq!(shown(&group.messages), ["?", "?"]);
    // A code that nobody documents refuses nothing.
    let group = prepared(&filling(&[verdict("M0", "weird", 0)]).await, &content(), &[ONE]).await;
    assert_eq!(shown(&group.messages), ["M0"]);
}

#[tokio::test]
async fn the_same_number_twice_is_allowed_where_it_is_asked_for() {
    let server = filling(&[verdict("M0", "2000", 0), verdict("M1", "2000", 1)]).await;
    let group = prepared(&server, &content(), &[ONE, "+82 10-1111-0001"]).await;
    assert_eq!(shown(&group.messages), ["M0", "M1"]);
    assert_eq!(bodies(&server, GROUPS).await[0]["allowDuplicates"], true);
}

#[tokio::test]
async fn numbers_abroad_go_without_their_country_and_take_short_messages_only() {
    let server = filling(&[verdict("M0", "2000", 0)]).await;
    prepared(&server, &content(), &["+1 650 253 0000"]).await;
    let sent = bodies(&server, &on("/messages")).await.remove(0);
    assert_eq!(
        (&sent["messages"][0]["country"], &sent["messages"][0]["to"]),
        (&json!("1"), &json!("6502530000"))
    );

    let long = WebContent { kind: MessageKind::Lms, subject: Some("제목".into()), ..content() };
    let server = filling(&[verdict("M1", "2000", 1)]).await;
    let group = prepared(&server, &long, &["+1 650 253 0000", ONE]).await;
    assert_eq!(shown(&group.messages), ["content long_abroad", "M1"]);
    let sent = bodies(&server, &on("/messages")).await.remove(0);
    assert_eq!(sent["messages"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&sent["messages"][0]["type"], &sent["messages"][0]["subject"]),
        (&json!("LMS"), &json!("제목"))
    );
}

#[tokio::test]
async fn a_stored_image_goes_by_its_name() {
    let server = filling(&[verdict("M0", "2000", 0)]).await;
    let mms = WebContent { kind: MessageKind::Mms, image: Some("ST01FZ26".into()), ..content() };
    prepared(&server, &mms, &[ONE]).await;
    let sent = bodies(&server, &on("/messages")).await.remove(0);
    assert_eq!(
        (&sent["messages"][0]["type"], &sent["messages"][0]["imageId"]),
        (&json!("MMS"), &json!("ST01FZ26"))
    );
}

#[tokio::test]
async fn no_group_is_made_for_nothing() {
    let (app, to) = (app(&refusing()), [number(ONE)]);
    let named = SenderId::parse("Bonin").unwrap();
    for (content, class, expected) in [
        (WebContent { text: "😀".into(), ..content() }, FailureClass::Content, "unencodable"),
        (WebContent { text: "가".repeat(46), ..content() }, FailureClass::Content, "text_too_long"),
        (WebContent { kind: MessageKind::Mms, ..content() }, FailureClass::Content, "images"),
        (WebContent { from: named, ..content() }, FailureClass::Sender, "sender"),
    ] {
        let error = app.prepare(&token(), &content, &to).await.unwrap_err();
        let MessagingError::Refused { class: said, code } = error else { panic!("{expected}: {error:?}") };
        assert_eq!((said, code.as_str()), (class, expected));
    }
    let error = app.prepare(&token(), &content(), &[]).await.unwrap_err();
    assert_eq!(told(&error), "refused other message_count");
}

/// What is prepared is not sent, so the same call may always be made again.
#[tokio::test]
async fn errors_of_preparing_leave_no_doubt() {
    for (answer, expected) in [
        (problem(401, "Unauthorized", ""), "unauthorized 401/Unauthorized"),
        (problem(400, "InvalidAppId", ""), "refused credentials 400/InvalidAppId"),
        (problem(400, "BlockedApp", ""), "refused credentials 400/BlockedApp"),
        (problem(400, "ValidationError", "to 01011110001"), "refused other 400/ValidationError"),
        (problem(413, "RecipientsTooMany", ""), "refused other 413/RecipientsTooMany"),
        (answer(429, ""), "unavailable 429"),
        (answer(503, ""), "unavailable 503"),
        (answer(500, ""), "unavailable 500"),
        (answer(200, "[]"), "unavailable 200"),
    ] {
        let making = server("POST", GROUPS, answer.clone()).await;
        let adding = server("POST", GROUPS, ok(&group(ID))).await;
        mount(&adding, "PUT", &on("/messages"), answer).await;
        for server in [making, adding] {
            let error = app(&server.uri()).prepare(&token(), &content(), &[number(ONE)]).await.unwrap_err();
            assert_eq!(told(&error), expected);
            let shown = format!("{error:?} {error}");
            assert!(!shown.contains("0101") && !shown.contains("안녕"), "{shown}");
        }
    }
    let error = app(&refusing()).prepare(&token(), &content(), &[number(ONE)]).await.unwrap_err();
    assert_eq!(told(&error), "unavailable connect");
}

fn sent_group(changes: &Value) -> Value {
    let mut group = group(ID);
    group["count"] = json!({ "total": 3, "registeredSuccess": 2, "registeredFailed": 1, "sentPending": 2 });
    group["countForCharge"] = json!({ "sms": {}, "lms": { "82": 2 }, "mms": { "82": 0 } });
    group["app"]["profit"] = json!({ "sms": 2, "lms": "5.5", "mms": null });
    group["balance"] = json!({ "requested": 100, "replacement": 0, "refund": 0, "sum": 100 });
    group["point"] = json!({ "sum": "8.4" });
    group.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    group
}

fn amount(raw: &str) -> Amount {
    Amount::parse(raw).unwrap()
}

#[tokio::test]
async fn a_release_sends_and_brings_the_figures() {
    let server = server("POST", &on("/send"), ok(&sent_group(&json!({})))).await;
    let figures = app(&server.uri()).release(&token(), ID, None).await.unwrap();
    let expected =
        GroupFigures { delivered: 0, failed: 1, pending: 2, profit: amount("5.5"), charged: amount("108.4") };
    assert_eq!(figures, expected);
    assert_eq!(calls(&server).await, [format!("POST {}", on("/send"))]);
}

#[tokio::test]
async fn odd_figures_do_not_make_a_release_unclear() {
    let odd =
        json!({ "app": "BONIN", "count": [], "countForCharge": 7, "balance": null, "point": { "sum": -1 } });
    let server = server("POST", &on("/send"), ok(&sent_group(&odd))).await;
    let figures = app(&server.uri()).release(&token(), ID, None).await.unwrap();
    assert_eq!(figures, GroupFigures::default());
}

#[tokio::test]
async fn a_release_for_later_is_a_reservation_until_its_time_has_come() {
    let later: Timestamp = "2026-02-01T19:00:00+09:00".parse().unwrap();
    let reserving = server("POST", &on("/schedule"), ok(&group(ID))).await;
    app(&reserving.uri()).release(&token(), ID, Some(later)).await.unwrap();
    let body = bodies(&reserving, &on("/schedule")).await.remove(0);
    assert_eq!(body, json!({ "scheduledDate": "2026-02-01T10:00:00.000Z" }));

    for at in [now(), now() - SignedDuration::from_hours(1)] {
        let sending = server("POST", &on("/send"), ok(&group(ID))).await;
        app(&sending.uri()).release(&token(), ID, Some(at)).await.unwrap();
    }
}

#[tokio::test]
async fn a_group_that_was_released_before_is_no_error() {
    for name in ["AlreadySent", "GroupInProcessing", "ScheduledGroup"] {
        let server = server("POST", &on("/send"), problem(409, name, "")).await;
        mount(&server, "POST", &on("/schedule"), problem(409, name, "")).await;
        for at in [None, Some(now() + SignedDuration::from_hours(1))] {
            let figures = app(&server.uri()).release(&token(), ID, at).await.unwrap();
            assert_eq!(figures, GroupFigures::default(), "{name}");
        }
    }
}

#[tokio::test]
async fn errors_of_a_release_tell_what_was_not_sent_from_what_may_be() {
    for (answer, expected) in [
        (problem(401, "Unauthorized", ""), "unauthorized 401/Unauthorized"),
        (problem(402, "NotEnoughBalance", ""), "refused quota 402/NotEnoughBalance"),
        (problem(400, "NotEnoughBalance", ""), "refused quota 400/NotEnoughBalance"),
        (problem(400, "DeletedGroup", ""), "refused other 400/DeletedGroup"),
        (problem(400, "FailedGroup", ""), "refused other 400/FailedGroup"),
        (problem(400, "InactiveApp", ""), "refused credentials 400/InactiveApp"),
        (problem(400, "InvalidScheduledDate", ""), "refused other 400/InvalidScheduledDate"),
        (problem(404, "ResourceNotFound", ""), "refused other 404/ResourceNotFound"),
        (problem(409, "Another", ""), "refused other 409/Another"),
        (problem(400, "InvalidStatus", ""), "unclear 400/InvalidStatus"),
        (answer(408, ""), "unavailable 408"),
        (answer(429, ""), "unavailable 429"),
        (answer(503, ""), "unavailable 503"),
        (answer(500, ""), "unclear 500"),
        (answer(502, ""), "unclear 502"),
        (answer(200, "{}"), "unclear 200"),
    ] {
        let server = server("POST", &on("/send"), answer.clone()).await;
        mount(&server, "POST", &on("/schedule"), answer).await;
        for at in [None, Some(now() + SignedDuration::from_hours(1))] {
            let error = app(&server.uri()).release(&token(), ID, at).await.unwrap_err();
            assert_eq!(told(&error), expected);
        }
    }
    let error = app(&refusing()).release(&token(), ID, None).await.unwrap_err();
    assert_eq!(told(&error), "unavailable connect");
    let error = app(&refusing()).release(&token(), "../x", None).await.unwrap_err();
    assert_eq!(told(&error), "refused other id");
}

#[tokio::test]
async fn a_release_whose_answer_does_not_come_is_unclear() {
    let late = ok(&group(ID)).set_delay(Duration::from_secs(5));
    let server = server("POST", &on("/send"), late).await;
    let options = HttpOptions { total_timeout: Duration::from_millis(400), ..HttpOptions::default() };
    let app = app_over(&server.uri(), Http::new(options).unwrap());
    let error = app.release(&token(), ID, None).await.unwrap_err();
    assert_eq!(told(&error), "unclear timeout");
}

#[tokio::test]
async fn a_reservation_is_taken_back_until_it_has_gone() {
    let server_with = |answer| async { server("DELETE", &on("/schedule"), answer).await };
    let taken = server_with(ok(&group(ID))).await;
    assert!(app(&taken.uri()).cancel(&token(), ID).await.unwrap());
    let gone = server_with(problem(400, "InvalidStatus", "")).await;
    assert!(!app(&gone.uri()).cancel(&token(), ID).await.unwrap());
    for (answer, expected) in [
        (problem(404, "ResourceNotFound", ""), "refused other 404/ResourceNotFound"),
        (problem(401, "Unauthorized", ""), "unauthorized 401/Unauthorized"),
        (answer(503, ""), "unavailable 503"),
        (answer(500, ""), "unclear 500"),
    ] {
        let server = server_with(answer).await;
        let error = app(&server.uri()).cancel(&token(), ID).await.unwrap_err();
        assert_eq!(told(&error), expected);
    }
}

fn row(code: &str) -> Value {
    json!({ "to": "01011110001", "text": "안녕하세요", "type": "LMS", "statusCode": code })
}

#[tokio::test]
async fn a_group_is_followed_with_all_pages_of_its_messages() {
    let complete = sent_group(&json!({
        "status": "COMPLETE", "countForCharge": {},
        "count": { "total": 4, "registeredSuccess": 3, "registeredFailed": 1, "sentSuccess": 1, "sentFailed": 1 },
    }));
    let server = server("GET", &on(""), ok(&complete)).await;
    let first = json!({ "messageList": { "M1": row("4000"), "M2": row("3000") }, "nextKey": "M3" });
    let second =
        json!({ "messageList": { "M3": row("3043"), "M4": row("1060"), "M5": row("") }, "nextKey": null });
    let on_messages = || Mock::given(method("GET")).and(path(on("/messages")));
    on_messages().and(query_param_is_missing("startKey")).respond_with(ok(&first)).mount(&server).await;
    on_messages().and(query_param("startKey", "M3")).respond_with(ok(&second)).mount(&server).await;

    let report = app(&server.uri()).follow(&token(), ID).await.unwrap();
    assert_eq!(report.release, GroupRelease::Released);
    let expected =
        GroupFigures { delivered: 1, failed: 2, pending: 1, profit: amount("5.5"), charged: amount("108.4") };
    assert_eq!(report.figures, expected, "the kind of the messages says what the app earns");
    let told: Vec<_> = report
        .messages
        .iter()
        .map(|one| (one.reference.as_str(), one.state, one.failure, one.provider_code.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("M1", DeliveryState::Delivered, None, "4000"),
            ("M2", DeliveryState::Sent, None, "3000"),
            ("M3", DeliveryState::Failed, Some(FailureClass::Unreachable), "3043"),
            ("M4", DeliveryState::Failed, Some(FailureClass::Blocked), "1060"),
            ("M5", DeliveryState::Accepted, None, ""),
        ]
    );
}

#[tokio::test]
async fn what_was_taken_back_or_never_released_is_not_released() {
    for (status, sent_at, release, pending) in [
        ("PENDING", None, GroupRelease::Unknown, 2),
        ("", None, GroupRelease::Unknown, 2),
        ("PAUSED", None, GroupRelease::Unknown, 2),
        ("SCHEDULED", None, GroupRelease::Released, 2),
        ("SENDING", Some("2026-01-02T03:04:05Z"), GroupRelease::Released, 2),
        ("COMPLETE", None, GroupRelease::Released, 2),
        ("FAILED", None, GroupRelease::Ended, 0),
        ("FAILED", Some("2026-01-02T03:04:05Z"), GroupRelease::Released, 0),
        ("DELETED", None, GroupRelease::Ended, 0),
    ] {
        let count = json!({ "total": 2, "registeredSuccess": 2 });
        let group = sent_group(&json!({ "status": status, "dateSent": sent_at, "count": count }));
        let server = server("GET", &on(""), ok(&group)).await;
        mount(&server, "GET", &on("/messages"), ok(&json!({ "messageList": {} }))).await;
        let report = app(&server.uri()).follow(&token(), ID).await.unwrap();
        assert_eq!((report.release, report.figures.pending), (release, pending), "{status}");
    }
}

#[tokio::test]
async fn errors_of_following_leave_no_doubt() {
    for (answer, expected) in [
        (problem(401, "Unauthorized", ""), "unauthorized 401/Unauthorized"),
        (problem(404, "ResourceNotFound", ""), "refused other 404/ResourceNotFound"),
        (answer(503, ""), "unavailable 503"),
        (answer(500, ""), "unavailable 500"),
        (answer(200, "[]"), "unavailable 200"),
    ] {
        let of_group = server("GET", &on(""), answer.clone()).await;
        let of_messages = server("GET", &on(""), ok(&group(ID))).await;
        mount(&of_messages, "GET", &on("/messages"), answer).await;
        for server in [of_group, of_messages] {
            let error = app(&server.uri()).follow(&token(), ID).await.unwrap_err();
            assert_eq!(told(&error), expected);
        }
    }
    let endless = server("GET", &on(""), ok(&group(ID))).await;
    let page = json!({ "messageList": {}, "nextKey": "again" });
    mount(&endless, "GET", &on("/messages"), ok(&page)).await;
    let error = app(&endless.uri()).follow(&token(), ID).await.unwrap_err();
    assert_eq!(told(&error), "unavailable too_many_pages");
}
