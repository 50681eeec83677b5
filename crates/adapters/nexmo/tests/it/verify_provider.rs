//! `NexmoVerify` as a `VerifyProvider`

use bonin_domain::codes::{Code, CodeLength};
use bonin_domain::messages::{Brand, Locale, ProviderReference};
use bonin_nexmo::NexmoVerify;
use bonin_ports::{ProviderVerdict, SendError, VerifyCheckError, VerifyProvider, VerifyRequest};
use jiff::SignedDuration;

use crate::support::{
    CODE, REQUEST_ID, answer, assert_tells_nothing, fields, form, impatient_client, late, number, refusing,
    server, told, verify,
};

fn request() -> VerifyRequest {
    VerifyRequest {
        to: number(),
        brand: Brand::parse("본인 Bonin").unwrap(),
        locale: Locale::Ko,
        code_length: 6,
        life: SignedDuration::from_mins(3),
    }
}

fn reference() -> ProviderReference {
    ProviderReference::parse(REQUEST_ID).unwrap()
}

fn code() -> Code {
    Code::parse(CODE, CodeLength::SIX).unwrap()
}

fn status(status: &str) -> String {
    format!(r#"{{"request_id":"{REQUEST_ID}","status":"{status}","error_text":"secret answer"}}"#)
}

#[tokio::test]
async fn a_verification_is_one_sms_in_the_persons_language() {
    let server = server("/verify/json", answer(200, &status("0"))).await;
    let provider = verify(&server.uri());
    let accepted = provider.request(&request()).await.unwrap();
    assert_eq!((accepted.reference.as_str(), accepted.code.as_str()), (REQUEST_ID, "0"));
    assert_eq!(accepted.price, None);
    let sent = [
        ("number", "821012345678"),
        ("brand", "Bonin"),
        ("code_length", "6"),
        ("workflow_id", "6"),
        ("pin_expiry", "180"),
        ("lg", "ko-kr"),
    ];
    assert_eq!(form(&server).await, fields(&sent));

    let english = VerifyRequest {
        locale: Locale::En,
        code_length: 4,
        brand: Brand::parse("본인").unwrap(),
        life: SignedDuration::from_secs(30),
        ..request()
    };
    provider.request(&english).await.unwrap();
    let sent = [
        ("number", "821012345678"),
        ("brand", "Verify"),
        ("code_length", "4"),
        ("workflow_id", "6"),
        ("pin_expiry", "60"),
        ("lg", "en-us"),
    ];
    assert_eq!(form(&server).await, fields(&sent));
}

#[tokio::test]
async fn codes_of_another_length_are_refused_by_us() {
    for code_length in [0, 5, 7, 10] {
        let request = VerifyRequest { code_length, ..request() };
        let error = verify(&refusing()).request(&request).await.unwrap_err();
        assert_eq!(told(&error), "Refused Content code_length");
    }
}

#[tokio::test]
async fn each_status_of_a_start_is_what_the_caller_can_do_about_it() {
    for (given, expected) in [
        ("1", "Unavailable Quota 1"),
        ("2", "Refused Other 2"),
        ("3", "Refused Other 3"),
        ("4", "Unauthorized 4"),
        ("5", "Unavailable ProviderDown 5"),
        ("6", "Refused Other 6"),
        ("7", "Refused Blocked 7"),
        ("8", "Unauthorized 8"),
        ("9", "Unavailable Quota 9"),
        // Not the running request, though the answer names it.
        ("10", "Unavailable Other 10"),
        ("15", "Refused Other 15"),
        ("20", "Refused Other 20"),
        ("29", "Refused Blocked 29"),
        ("16", "Unclear 16"),
        ("500", "Unclear 500"),
    ] {
        let server = server("/verify/json", answer(200, &status(given))).await;
        let error = verify(&server.uri()).request(&request()).await.unwrap_err();
        assert_eq!(told(&error), expected);
        assert_tells_nothing(&error);
    }
    for (http, expected) in [
        (401, "Unauthorized 401"),
        (404, "Unavailable ProviderDown 404"),
        (429, "Unavailable Quota 429"),
        (503, "Unavailable ProviderDown 503"),
        (500, "Unclear 500"),
        (200, "Unclear 200"),
    ] {
        let server = server("/verify/json", answer(http, "")).await;
        let error = verify(&server.uri()).request(&request()).await.unwrap_err();
        assert_eq!(told(&error), expected);
    }
    let error = verify(&refusing()).request(&request()).await.unwrap_err();
    assert_eq!(told(&error), "Unavailable ProviderDown connect");
}

#[tokio::test]
async fn a_start_without_an_answer_is_unclear() {
    let server = server("/verify/json", late(&status("0"))).await;
    let provider = NexmoVerify::new(impatient_client(&server.uri()));
    let error = provider.request(&request()).await.unwrap_err();
    assert_eq!(told(&error), "Unclear timeout");
    assert_tells_nothing(&error);
}

async fn check(http: u16, body: &str) -> Result<ProviderVerdict, VerifyCheckError> {
    let server = server("/verify/check/json", answer(http, body)).await;
    let result = verify(&server.uri()).check(&reference(), &code()).await;
    assert_eq!(form(&server).await, fields(&[("request_id", REQUEST_ID), ("code", CODE)]));
    result
}

#[tokio::test]
async fn a_right_code_matches_with_event_and_price() {
    let body = format!(
        r#"{{"request_id":"{REQUEST_ID}","event_id":"1C01","status":"0","price":"0.10000000","currency":"EUR"}}"#
    );
    let ProviderVerdict::Matched { event, price } = check(200, &body).await.unwrap() else {
        panic!("the code is right")
    };
    assert_eq!(event.as_deref(), Some("1C01"));
    assert_eq!(price.unwrap().amount(), "0.10000000");
}

#[tokio::test]
async fn wrong_codes_and_finished_requests_are_missed() {
    for given in ["16", "17"] {
        assert_eq!(check(200, &status(given)).await.unwrap(), ProviderVerdict::Missed, "{given}");
    }
    let unknown = r#"{"status":"6","error_text":"The Nexmo platform was unable to process this message"}"#;
    assert_eq!(check(200, unknown).await.unwrap(), ProviderVerdict::Missed);
}

#[tokio::test]
async fn a_check_without_a_verdict_says_whether_the_code_was_compared() {
    for (http, body, expected) in [
        (200, status("1"), "Unavailable 1"),
        (200, status("2"), "Unavailable 2"),
        (200, status("3"), "Unavailable 3"),
        (200, status("4"), "Unavailable 4"),
        (200, status("5"), "Unclear 5"),
        (200, status("99"), "Unclear 99"),
        (200, String::new(), "Unclear 200"),
        (200, r#"{"request_id":"another","status":"0"}"#.into(), "Unclear 200"),
        (401, String::new(), "Unavailable 401"),
        (404, String::new(), "Unavailable 404"),
        (429, String::new(), "Unavailable 429"),
        (503, String::new(), "Unavailable 503"),
        (500, String::new(), "Unclear 500"),
        (502, String::new(), "Unclear 502"),
        (504, String::new(), "Unclear 504"),
    ] {
        let error = check(http, &body).await.unwrap_err();
        assert_eq!(told_check(&error), expected);
        assert_tells_nothing(&error);
    }
    let error = verify(&refusing()).check(&reference(), &code()).await.unwrap_err();
    assert_eq!(told_check(&error), "Unavailable connect");
    let server = server("/verify/check/json", late(&status("0"))).await;
    let provider = NexmoVerify::new(impatient_client(&server.uri()));
    let error = provider.check(&reference(), &code()).await.unwrap_err();
    assert_eq!(told_check(&error), "Unclear timeout");
    assert_tells_nothing(&error);
}

fn told_check(error: &VerifyCheckError) -> String {
    match error {
        VerifyCheckError::Unavailable { code, .. } => format!("Unavailable {code}"),
        VerifyCheckError::Unclear { code, .. } => format!("Unclear {code}"),
    }
}

async fn cancel(http: u16, body: &str) -> Result<bool, SendError> {
    let server = server("/verify/control/json", answer(http, body)).await;
    let result = verify(&server.uri()).cancel(&reference()).await;
    assert_eq!(form(&server).await, fields(&[("request_id", REQUEST_ID), ("cmd", "cancel")]));
    result
}

#[tokio::test]
async fn a_verification_is_ended_where_nexmo_lets_it() {
    assert!(cancel(200, r#"{"status":"0","command":"cancel"}"#).await.unwrap());
    for given in ["19", "6"] {
        assert!(!cancel(200, &status(given)).await.unwrap(), "{given}");
    }
    for (http, body, expected) in [
        (200, status("1"), "Unavailable Quota 1"),
        (200, status("4"), "Unauthorized 4"),
        (200, status("5"), "Unclear 5"),
        (200, String::new(), "Unclear 200"),
        (500, String::new(), "Unclear 500"),
        (503, String::new(), "Unavailable ProviderDown 503"),
    ] {
        assert_eq!(told(&cancel(http, &body).await.unwrap_err()), expected);
    }
}
