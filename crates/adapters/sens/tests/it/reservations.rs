//! Messages for later: sending, `SensClient::reservation` and `SensClient::cancel_reservation`

use bonin_sens::{InvalidRequest, Recipient, ReservationState, SendRequest, SensError};
use jiff::civil::date;
use serde_json::json;
use wiremock::MockServer;

use crate::support::{REQUEST_ID, answer, calls, client, gateway, mount, now};

#[tokio::test]
async fn a_message_for_later_says_when() {
    let accepted = format!(r#"{{"requestId":"{REQUEST_ID}","statusCode":"202"}}"#);
    let request = || SendRequest::sms("안녕").to(Recipient::new("01012345678"));
    for (request, time, zone) in [
        (request().reserve_at(now()), "2026-01-02 12:04", "Asia/Seoul"),
        (
            request().reserve_local(date(2026, 1, 3).at(7, 30, 59, 0), "Asia/Tokyo"),
            "2026-01-03 07:30",
            "Asia/Tokyo",
        ),
    ] {
        let server = gateway("POST", answer(202, &accepted)).await;
        client(&server.uri()).send(&request).await.unwrap();
        let body = &calls(&server).await[0].1;
        assert_eq!((&body["reserveTime"], &body["reserveTimeZone"]), (&json!(time), &json!(zone)));
    }
}

#[tokio::test]
async fn advertising_and_the_sender_are_said_too() {
    let accepted = format!(r#"{{"requestId":"{REQUEST_ID}","statusCode":"202"}}"#);
    let server = gateway("POST", answer(202, &accepted)).await;
    let request = SendRequest::sms("(광고)").to(Recipient::new("01012345678"));
    client(&server.uri()).send(&request.clone().advertising().from("0255550100")).await.unwrap();
    let body = &calls(&server).await[0].1;
    assert_eq!((&body["contentType"], &body["from"]), (&json!("AD"), &json!("0255550100")));
    let error = client(&server.uri()).send(&request.from("0299999999")).await.unwrap_err();
    assert!(matches!(error, SensError::Invalid(InvalidRequest::Sender)), "{error:?}");
}

#[tokio::test]
async fn a_reservation_has_a_state() {
    let rest = format!("reservations/{REQUEST_ID}/reserve-status");
    for (word, state, is_final) in [
        ("READY", ReservationState::Ready, false),
        ("PROCESSING", ReservationState::Processing, false),
        ("CANCELED", ReservationState::Canceled, true),
        ("DONE", ReservationState::Done, true),
        ("FAIL", ReservationState::Fail, true),
        ("STALE", ReservationState::Stale, true),
        ("SKIP", ReservationState::Skip, true),
        ("NEW", ReservationState::Unknown, false),
    ] {
        let body = json!({
            "reserveId": REQUEST_ID, "reserveTimeZone": "Asia/Seoul", "reserveTime": "2026-01-02 12:30",
            "reserveStatus": word,
        });
        let server = MockServer::start().await;
        mount(&server, "GET", &rest, answer(200, &body.to_string())).await;
        let reservation = client(&server.uri()).reservation(REQUEST_ID).await.unwrap();
        assert_eq!((reservation.state, reservation.state.is_final()), (state, is_final), "{word}");
        assert_eq!(reservation.reserve_id, REQUEST_ID);
        assert_eq!(reservation.moment(), Some("2026-01-02T03:30:00Z".parse().unwrap()));
    }
    let server = MockServer::start().await;
    mount(&server, "GET", &rest, answer(404, r#"{"error":{"errorCode":"300","message":"."}}"#)).await;
    let error = client(&server.uri()).reservation(REQUEST_ID).await.unwrap_err();
    assert!(matches!(error, SensError::NotFound { .. }), "{error:?}");
}

#[tokio::test]
async fn a_reservation_is_cancelled_by_204_only() {
    let rest = format!("reservations/{REQUEST_ID}");
    for (status, expected) in [(204, "cancelled"), (400, "400"), (404, "404"), (200, "200"), (500, "500")] {
        let server = MockServer::start().await;
        mount(&server, "DELETE", &rest, answer(status, "")).await;
        let told = match client(&server.uri()).cancel_reservation(REQUEST_ID).await {
            Ok(()) => "cancelled".to_owned(),
            Err(error) => error.code().to_owned(),
        };
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn an_id_that_leads_elsewhere_is_not_asked_for() {
    let server = MockServer::start().await;
    let client = client(&server.uri());
    for id in ["", "..", "a/b", "a?b"] {
        for error in
            [client.reservation(id).await.unwrap_err(), client.cancel_reservation(id).await.unwrap_err()]
        {
            assert!(matches!(error, SensError::Invalid(InvalidRequest::Id)), "{id}");
        }
    }
    assert!(calls(&server).await.is_empty());
}
