//! `NexmoVerify` as `DeliveryReports`

use bonin_domain::messages::{DeliveryState, ProviderReference};
use bonin_ports::{DeliveryReport, DeliveryReports, Message, ReportError, SentMessage, TakenMessage};
use jiff::Timestamp;

use crate::support::{REQUEST_ID, answer, fields, form, number, refusing, server, verify};

async fn ask(base_url: &str) -> Result<DeliveryReport, ReportError> {
    let (reference, to) = (ProviderReference::parse(REQUEST_ID).unwrap(), number());
    let taken = TakenMessage { reference: &reference, to: &to, accepted_at: Timestamp::UNIX_EPOCH };
    verify(base_url).report(&taken).await
}

async fn report(status: u16, body: &str) -> Result<DeliveryReport, ReportError> {
    let server = server("/verify/search/json", answer(status, body)).await;
    let report = ask(&server.uri()).await;
    assert_eq!(form(&server).await, fields(&[("request_id", REQUEST_ID)]));
    report
}

#[tokio::test]
async fn each_state_of_a_verification_has_its_state_of_delivery() {
    for (word, state, price) in [
        ("IN PROGRESS", DeliveryState::Sent, None),
        ("SUCCESS", DeliveryState::Delivered, Some("0.13330000")),
        ("FAILED", DeliveryState::Delivered, Some("0.13330000")),
        ("EXPIRED", DeliveryState::Expired, Some("0.13330000")),
        ("CANCELLED", DeliveryState::Expired, Some("0.13330000")),
    ] {
        let body = format!(
            r#"{{"request_id":"{REQUEST_ID}","status":"{word}","price":"0.10000000","currency":"EUR",
                "estimated_price_messages_sent":"0.03330000"}}"#
        );
        let report = report(200, &body).await.unwrap();
        assert_eq!((report.state, report.failure), (state, None), "{word}");
        assert_eq!(report.code.as_deref(), Some(word));
        assert_eq!(report.price.as_ref().map(bonin_domain::messages::Price::amount), price, "{word}");
    }
}

#[tokio::test]
async fn what_is_not_known_yet_is_accepted() {
    let body = r#"{"status":"101","error_text":"No response found"}"#;
    assert_eq!(report(200, body).await.unwrap(), DeliveryReport::of(DeliveryState::Accepted));
}

#[tokio::test]
async fn without_a_clear_answer_there_is_no_report() {
    for (status, body, code) in [
        (200, r#"{"status":"1","error_text":"Throttled"}"#, "1"),
        (200, r#"{"status":"4"}"#, "4"),
        (200, "<html>", "200"),
        (401, "", "401"),
        (500, "", "500"),
    ] {
        assert_eq!(report(status, body).await.unwrap_err().code, code);
    }
    assert_eq!(ask(&refusing()).await.unwrap_err().code, "connect");
}

#[tokio::test]
async fn what_has_no_reference_cannot_be_found() {
    let message = Message::sms(number(), "text");
    let sent = SentMessage { message: &message, since: Timestamp::UNIX_EPOCH, until: Timestamp::UNIX_EPOCH };
    let error = verify(&refusing()).find(&sent).await.unwrap_err();
    assert_eq!(error.code, "unsupported");
}
