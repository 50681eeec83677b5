//! `CoolsmsSender` as `DeliveryReports`

use bonin_domain::messages::{DeliveryState, FailureClass, ProviderReference};
use bonin_ports::{DeliveryReport, DeliveryReports, ReportError, SentMessage, TakenMessage};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;
use wiremock::matchers::query_param;
use wiremock::{Mock, MockServer};

use crate::support::{KOREAN, LIST, MESSAGE_ID, Signed, answer, message, now, number, ok, sender, server};

fn page(rows: &[(&str, Value)], next_key: &Value) -> ResponseTemplate {
    let list: Value = rows
        .iter()
        .map(|(id, row)| ((*id).to_owned(), row.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    ok(&json!({ "startKey": null, "nextKey": next_key, "limit": 20, "messageList": list }))
}

async fn report(answer: ResponseTemplate) -> Result<DeliveryReport, ReportError> {
    let server = server("GET", LIST, answer).await;
    let reference = ProviderReference::parse(MESSAGE_ID).unwrap();
    let taken = TakenMessage { reference: &reference, to: &number(KOREAN), accepted_at: now() };
    let report = sender(&server.uri()).report(&taken).await;
    let asked = server.received_requests().await.unwrap().remove(0);
    assert_eq!(asked.url.query(), Some(&*format!("messageId={MESSAGE_ID}")));
    report
}

#[tokio::test]
async fn the_status_code_alone_decides() {
    for (code, state, failure) in [
        ("2000", DeliveryState::Accepted, None),
        ("3000", DeliveryState::Sent, None),
        ("4000", DeliveryState::Delivered, None),
        ("3032", DeliveryState::Failed, Some(FailureClass::InvalidNumber)),
        ("3043", DeliveryState::Failed, Some(FailureClass::Unreachable)),
        ("2230", DeliveryState::Failed, Some(FailureClass::Quota)),
        ("1062", DeliveryState::Failed, Some(FailureClass::Sender)),
    ] {
        // The word beside it has no full list anywhere.
        let row = json!({ "statusCode": code, "status": "SENDING", "replacement": 0, "log": [{}] });
        let report = report(page(&[(MESSAGE_ID, row)], &Value::Null)).await.unwrap();
        assert_eq!((report.state, report.failure, report.code.as_deref()), (state, failure, Some(code)));
    }
}

#[tokio::test]
async fn a_message_that_nothing_is_said_of_is_accepted() {
    let accepted = DeliveryReport::of(DeliveryState::Accepted);
    assert_eq!(report(page(&[], &Value::Null)).await.unwrap(), accepted);
    let other = ("another", json!({ "statusCode": "4000" }));
    assert_eq!(report(page(&[other], &Value::Null)).await.unwrap(), accepted);
    for row in [json!({}), json!({ "statusCode": null }), json!({ "statusCode": "soon" })] {
        assert_eq!(report(page(&[(MESSAGE_ID, row)], &Value::Null)).await.unwrap(), accepted);
    }
}

#[tokio::test]
async fn without_a_clear_answer_there_is_no_report() {
    assert_eq!(report(answer(500, "")).await.unwrap_err().code, "500");
    assert_eq!(report(answer(200, "<html>")).await.unwrap_err().code, "200");
    assert_eq!(report(answer(200, r#"{"messageList":[]}"#)).await.unwrap_err().code, "200");
    assert_eq!(report(answer(401, "")).await.unwrap_err().code, "401");
}

/// Looks for a text that was sent to `to` 20 s ago.
async fn find_for(to: &str, server: &MockServer) -> Result<Option<String>, ReportError> {
    let since = now() - SignedDuration::from_secs(20);
    find_from(to, server, since, since + SignedDuration::from_secs(2)).await
}

async fn find_from(
    to: &str,
    server: &MockServer,
    since: Timestamp,
    until: Timestamp,
) -> Result<Option<String>, ReportError> {
    let message = message(to, "찾는 글");
    let sent = SentMessage { message: &message, since, until };
    let found = sender(&server.uri()).find(&sent).await?;
    Ok(found.map(|reference| reference.as_str().to_owned()))
}

fn row(to: &str, text: &str, code: &str) -> Value {
    json!({ "to": to, "text": text, "statusCode": code, "country": "82" })
}

#[tokio::test]
async fn a_message_is_found_by_recipient_time_and_text() {
    let rows =
        [("M1", row("01012345678", "other", "4000")), ("M2", row("01012345678", "찾는 글\r\n", "3000"))];
    let server = server("GET", LIST, page(&rows, &Value::Null)).await;
    assert_eq!(find_for(KOREAN, &server).await.unwrap().as_deref(), Some("M2"));
    let asked = server.received_requests().await.unwrap().remove(0);
    assert_eq!(
        asked.url.query(),
        Some(
            "limit=100&dateType=CREATED&startDate=2026-01-02T03%3A03%3A15.678Z\
             &endDate=2026-01-02T03%3A04%3A17.678Z&to=01012345678"
        )
    );
}

#[tokio::test]
async fn a_foreign_number_is_not_filtered_but_compared() {
    let rows =
        [("M1", row("01012345678", "찾는 글", "2000")), ("M2", row("+16502530000", "찾는 글", "2000"))];
    let server = server("GET", LIST, page(&rows, &Value::Null)).await;
    assert_eq!(find_for("+1 650 253 0000", &server).await.unwrap().as_deref(), Some("M2"));
    let asked = server.received_requests().await.unwrap().remove(0);
    assert!(!asked.url.query().unwrap().contains("to="));
}

#[tokio::test]
async fn a_message_that_was_refused_was_never_taken() {
    let refused = [("M1", row("01012345678", "찾는 글", "1062"))];
    let server = server("GET", LIST, page(&refused, &Value::Null)).await;
    assert_eq!(find_for(KOREAN, &server).await.unwrap(), None);
}

#[tokio::test]
async fn later_pages_are_read_and_then_it_is_surely_not_there() {
    let server = MockServer::start().await;
    let second = page(&[("M2", row("01012345678", "찾는 글", "2000"))], &Value::Null);
    let cursor = Mock::given(query_param("startKey", "next"));
    cursor.and(Signed).respond_with(second).mount(&server).await;
    let first = page(&[("M1", row("01012345678", "other", "2000"))], &json!("next"));
    Mock::given(Signed).respond_with(first).mount(&server).await;
    assert_eq!(find_for(KOREAN, &server).await.unwrap().as_deref(), Some("M2"));
}

#[tokio::test]
async fn nothing_is_said_where_it_might_still_show() {
    let endless = page(&[("M1", row("01012345678", "other", "2000"))], &json!("again"));
    let endless = server("GET", LIST, endless).await;
    assert_eq!(find_for(KOREAN, &endless).await.unwrap_err().code, "too_many_pages");
    assert_eq!(endless.received_requests().await.unwrap().len(), 5);

    let wordless = page(&[("M1", json!({ "to": "01012345678", "statusCode": "2000" }))], &Value::Null);
    let wordless = server("GET", LIST, wordless).await;
    assert_eq!(find_for(KOREAN, &wordless).await.unwrap_err().code, "no_text");

    let empty = server("GET", LIST, page(&[], &Value::Null)).await;
    let ago = |seconds| now() - SignedDuration::from_secs(seconds);
    assert_eq!(find_from(KOREAN, &empty, ago(4), now()).await.unwrap_err().code, "too_early");
    assert_eq!(find_from(KOREAN, &empty, ago(10), now()).await.unwrap(), None, "a call ends after 5 s");

    let late = page(&[], &Value::Null).insert_header("date", "Fri, 02 Jan 2026 03:04:26 GMT");
    let late = server("GET", LIST, late).await;
    assert_eq!(find_for(KOREAN, &late).await.unwrap_err().code, "clock");
}
