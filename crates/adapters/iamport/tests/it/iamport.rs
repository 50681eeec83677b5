//! `IamportClient`

use std::sync::Arc;

use bonin_domain::identity::Carrier;
use bonin_domain::{PhoneNumber, Region};
use bonin_http::Http;
use bonin_iamport::{IamportClient, IamportConfig};
use bonin_ports::{IdentityVerifier, OtpIdentityVerifier};
use bonin_testkit::FixedClock;
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer};

use crate::support::{
    BIRTHDAY, CHANNEL, CI, DI, IMP_KEY, IMP_SECRET, IMP_UID, NAME, ORDER, OTP, PHONE, TOKEN, address, calls,
    certification, code, enveloped, iamport, imp_uid, now, ok, order, otp, person, shown, token, unfinished,
};

/// A server that gives a token and answers this call, made with the token, with a response.
async fn server(verb: &str, target: &str, response: &Value) -> MockServer {
    let server = MockServer::start().await;
    let mock = Mock::given(method("POST")).and(path("/users/getToken"));
    mock.respond_with(ok(&token(TOKEN, 1800))).mount(&server).await;
    let mock = Mock::given(method(verb)).and(path(target));
    let mock = mock.and(header("authorization", format!("Bearer {TOKEN}")));
    mock.respond_with(ok(&enveloped(response))).mount(&server).await;
    server
}

async fn fetched(response: &Value) -> Value {
    let server = server("GET", &format!("/certifications/{IMP_UID}"), response).await;
    shown(&iamport(&server.uri()).fetch(&imp_uid()).await.unwrap().unwrap())
}

#[tokio::test]
async fn a_result_is_read_whole() {
    let expected = json!({
        "reference": IMP_UID, "order": ORDER, "provider": "danal", "certified": true,
        "certified_at": "2026-01-01T03:00:00Z", "name": NAME, "birthday": BIRTHDAY, "gender": "Male",
        "foreigner": false, "phone": "+821012345678", "ci": CI, "di": DI, "test_channel": false,
    });
    assert_eq!(fetched(&certification()).await, expected);
}

#[tokio::test]
async fn an_unfinished_result_tells_of_nobody() {
    let expected = json!({
        "reference": IMP_UID, "order": ORDER, "provider": "danal", "certified": false, "certified_at": null,
        "name": null, "birthday": null, "gender": null, "foreigner": null, "phone": null, "ci": null, "di": null,
        "test_channel": false,
    });
    assert_eq!(fetched(&unfinished()).await, expected);
    // Absent is as good as null.
    let bare =
        json!({ "imp_uid": IMP_UID, "merchant_uid": ORDER, "pg_provider": "danal", "foreigner": false });
    assert_eq!(fetched(&bare).await, expected);
}

#[tokio::test]
async fn what_nobody_documents_changes_nothing_else() {
    let mut odd = certification();
    for (name, value) in [
        ("pg_provider", json!("a_new_company")),
        ("gender", json!("other")),
        ("phone", json!("999")),
        ("merchant_uid", json!("order 7")),
        ("certified_at", json!("1767236400")),
        ("unique_in_site", json!("x".repeat(129))),
    ] {
        odd[name] = value;
    }
    let record = fetched(&odd).await;
    assert_eq!(record["provider"], "a_new_company");
    assert_eq!(record["certified_at"], "2026-01-01T03:00:00Z");
    for name in ["gender", "phone", "order", "di"] {
        assert_eq!(record[name], Value::Null, "{name}");
    }
    assert_eq!((&record["certified"], &record["ci"]), (&json!(true), &json!(CI)));
}

#[tokio::test]
async fn a_result_is_erased() {
    let server = server("DELETE", &format!("/certifications/{IMP_UID}"), &certification()).await;
    iamport(&server.uri()).erase(&imp_uid()).await.unwrap();
    let path = format!("/certifications/{IMP_UID}");
    assert_eq!(calls(&server, "/certifications").await, [("DELETE".to_owned(), path, Value::Null)]);
}

#[tokio::test]
async fn another_result_erased_is_no_erasure_of_this_one() {
    let mut other = certification();
    other["imp_uid"] = json!("imp_000000000000");
    let server = server("DELETE", &format!("/certifications/{IMP_UID}"), &other).await;
    let error = iamport(&server.uri()).erase(&imp_uid()).await.unwrap_err();
    assert_eq!(code(&error, "unclear"), "200");
}

const REQUEST: &str = "/certifications/otp/request";

#[tokio::test]
async fn a_one_time_password_is_asked_for() {
    let server = server("POST", REQUEST, &json!({ "imp_uid": IMP_UID })).await;
    let client = iamport(&server.uri());
    assert_eq!(client.request(&order(), &person(Carrier::Skt), address()).await.unwrap(), imp_uid());
    let expected = json!({
        "merchant_uid": ORDER, "name": NAME, "phone": PHONE, "birth": "900131", "gender_digit": "1",
        "carrier": "SKT", "is_mvno": false, "channel_key": CHANNEL, "company": "본인 상점",
    });
    assert_eq!(calls(&server, REQUEST).await, [("POST".to_owned(), REQUEST.to_owned(), expected)]);
}

#[tokio::test]
async fn each_carrier_has_its_name() {
    let carriers = [
        (Carrier::Skt, "SKT", false),
        (Carrier::Kt, "KT", false),
        (Carrier::Lgu, "LGT", false),
        (Carrier::SktMvno, "SKT", true),
        (Carrier::KtMvno, "KT", true),
        (Carrier::LguMvno, "LGT", true),
    ];
    let server = server("POST", REQUEST, &json!({ "imp_uid": IMP_UID })).await;
    let client = iamport(&server.uri());
    for (carrier, ..) in carriers {
        client.request(&order(), &person(carrier), address()).await.unwrap();
    }
    let sent = calls(&server, REQUEST).await;
    let sent: Vec<_> = sent.iter().map(|(_, _, body)| (&body["carrier"], &body["is_mvno"])).collect();
    let expected = carriers.map(|(_, name, is_mvno)| (json!(name), json!(is_mvno)));
    let expected: Vec<_> = expected.iter().map(|(name, is_mvno)| (name, is_mvno)).collect();
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_company_that_is_not_named_is_not_sent() {
    let server = server("POST", REQUEST, &json!({ "imp_uid": IMP_UID })).await;
    let config = IamportConfig::new(&server.uri(), IMP_KEY, IMP_SECRET.into()).unwrap();
    let config = config.channel_key(CHANNEL).unwrap();
    let client = IamportClient::new(config, Http::default(), Arc::new(FixedClock::new(now())));
    client.request(&order(), &person(Carrier::Kt), address()).await.unwrap();
    assert_eq!(calls(&server, REQUEST).await[0].2.get("company"), None);
}

#[tokio::test]
async fn without_a_channel_nothing_is_asked_for() {
    let server = MockServer::start().await;
    let config = IamportConfig::new(&server.uri(), IMP_KEY, IMP_SECRET.into()).unwrap();
    let client = IamportClient::new(config, Http::default(), Arc::new(FixedClock::new(now())));
    let error = client.request(&order(), &person(Carrier::Kt), address()).await.unwrap_err();
    assert_eq!(code(&error, "unauthorized"), "channel_key");
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_number_abroad_is_refused_before_any_call() {
    let server = MockServer::start().await;
    let mut person = person(Carrier::Kt);
    person.phone = PhoneNumber::parse("+819012345678", Region::KR).unwrap();
    let error = iamport(&server.uri()).request(&order(), &person, address()).await.unwrap_err();
    assert_eq!(code(&error, "refused"), "phone");
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_one_time_password_is_compared() {
    let target = format!("/certifications/otp/confirm/{IMP_UID}");
    let server = server("POST", &target, &certification()).await;
    let record = iamport(&server.uri()).confirm(&imp_uid(), &otp()).await.unwrap();
    assert_eq!((record.certified, shown(&record)["ci"].clone()), (true, json!(CI)));
    let expected = ("POST".to_owned(), target, json!({ "otp": OTP }));
    assert_eq!(calls(&server, "/certifications").await, [expected]);
}
