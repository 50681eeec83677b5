//! `SensSender::report`

use bonin_domain::messages::{DeliveryState, FailureClass, ProviderReference};
use bonin_domain::{PhoneNumber, Region};
use bonin_ports::{DeliveryReport, DeliveryReports, ReportError, TakenMessage};

use crate::support::{REQUEST_ID, answer, gateway, now, refusing, sender};

const KOREAN: &str = "010-1234-5678";

async fn report_at(base_url: &str, to: &str) -> Result<DeliveryReport, ReportError> {
    let reference = ProviderReference::parse(REQUEST_ID).unwrap();
    let to = PhoneNumber::parse(to, Region::KR).unwrap();
    let taken = TakenMessage { reference: &reference, to: &to, accepted_at: now() };
    sender(base_url).report(&taken).await
}

async fn report(status: u16, body: &str) -> Result<DeliveryReport, ReportError> {
    let server = gateway("GET", answer(status, body)).await;
    let report = report_at(&server.uri(), KOREAN).await;
    let asked = server.received_requests().await.unwrap().pop().unwrap();
    let query = format!("requestId={REQUEST_ID}&pageSize=100&to=01012345678");
    assert_eq!(asked.url.query(), Some(query.as_str()));
    report
}

async fn report_of(rows: &str) -> Result<DeliveryReport, ReportError> {
    let body = format!(r#"{{"statusCode":"202","statusName":"success","messages":[{rows}]}}"#);
    report(200, &body.replace("RID", REQUEST_ID)).await
}

fn seen(state: DeliveryState, failure: Option<FailureClass>, code: Option<&str>) -> DeliveryReport {
    DeliveryReport { failure, code: code.map(str::to_owned), ..DeliveryReport::of(state) }
}

#[tokio::test]
async fn until_it_is_completed_a_message_is_accepted() {
    let accepted = seen(DeliveryState::Accepted, None, None);
    for rows in [
        "",
        r#"{"requestId":"RID","messageId":"a","status":"READY"}"#,
        r#"{"requestId":"RID","messageId":"a","status":"PROCESSING"}"#,
        r#"{"requestId":"RID","messageId":"a"}"#,
        r#"{"requestId":"another","status":"COMPLETED","statusName":"success","statusCode":"0"}"#,
    ] {
        assert_eq!(report_of(rows).await.unwrap(), accepted, "{rows}");
    }
    assert_eq!(report(404, "").await.unwrap(), accepted);
    let reserved = r#"{"statusCode":"202","statusName":"reserved"}"#;
    assert_eq!(report(200, reserved).await.unwrap(), accepted);
}

#[tokio::test]
async fn completed_success_and_zero_is_delivered() {
    for code in [r#""0""#, "0"] {
        let row = format!(
            r#"{{"requestId":"RID","status":"COMPLETED","statusName":"success","statusCode":{code}}}"#
        );
        let delivered = seen(DeliveryState::Delivered, None, Some("0"));
        assert_eq!(report_of(&row).await.unwrap(), delivered);
    }
}

#[tokio::test]
async fn a_failure_keeps_its_code_and_has_its_class() {
    for (code, class) in [
        ("3001", FailureClass::InvalidNumber),
        ("2003", FailureClass::Unreachable),
        ("3023", FailureClass::Sender),
        ("4711", FailureClass::Other),
    ] {
        let row = format!(
            r#"{{"requestId":"RID","status":"COMPLETED","statusName":"fail","statusCode":"{code}"}}"#
        );
        let failed = seen(DeliveryState::Failed, Some(class), Some(code));
        assert_eq!(report_of(&row).await.unwrap(), failed);
    }
}

#[tokio::test]
async fn what_is_no_code_is_not_kept() {
    for word in ["to 01012345678", "01012345678"] {
        let row = format!(r#"{{"requestId":"RID","status":"COMPLETED","statusCode":"{word}"}}"#);
        let failed = seen(DeliveryState::Failed, Some(FailureClass::Other), None);
        assert_eq!(report_of(&row).await.unwrap(), failed);
    }
}

#[tokio::test]
async fn of_a_request_with_many_messages_the_recipients_own_is_reported() {
    let rows = r#"{"requestId":"RID","to":"01099999999","status":"COMPLETED","statusName":"success","statusCode":"0"},
        {"requestId":"RID","to":"01012345678","status":"COMPLETED","statusName":"fail","statusCode":"3001"}"#;
    let failed = seen(DeliveryState::Failed, Some(FailureClass::InvalidNumber), Some("3001"));
    assert_eq!(report_of(rows).await.unwrap(), failed);
    let other = r#"{"requestId":"RID","to":"01099999999","status":"COMPLETED","statusName":"success","statusCode":"0"}"#;
    assert_eq!(report_of(other).await.unwrap(), seen(DeliveryState::Accepted, None, None));
}

#[tokio::test]
async fn a_foreign_number_is_asked_about_without_the_filter() {
    let body = format!(
        r#"{{"statusCode":"202","messages":[{{"requestId":"{REQUEST_ID}","to":"6502530000","status":"COMPLETED","statusName":"success","statusCode":"0"}}]}}"#
    );
    let server = gateway("GET", answer(200, &body)).await;
    let report = report_at(&server.uri(), "+1 650 253 0000").await.unwrap();
    assert_eq!(report.state, DeliveryState::Delivered);
    let asked = server.received_requests().await.unwrap().pop().unwrap();
    assert_eq!(asked.url.query(), Some(format!("requestId={REQUEST_ID}&pageSize=100").as_str()));
}

#[tokio::test]
async fn without_a_clear_answer_there_is_no_report() {
    assert_eq!(report(500, "").await.unwrap_err().code, "500");
    assert_eq!(report(200, "<html>").await.unwrap_err().code, "200");
    let two = r#"{"requestId":"RID","messageId":"a"},{"requestId":"RID","messageId":"b"}"#;
    assert_eq!(report_of(two).await.unwrap_err().code, "several_messages");
    let error = report_at(&refusing(), KOREAN).await.unwrap_err();
    assert_eq!(error.code, "connect");
}
