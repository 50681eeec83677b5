//! `PortoneClient`

use bonin_domain::identity::{Carrier, IdentityReference};
use bonin_domain::{PhoneNumber, Region};
use bonin_ports::{IdentityError, IdentityVerifier, OtpIdentityVerifier};
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{
    API_SECRET, BIRTHDAY, CHANNEL, CI, DI, NAME, ORDER, OTP, PHONE, STORE, address, answer, calls, code, ok,
    order, otp, person, portone, shown, unverified, verified,
};

const PATH: &str = "/identity-verifications";

fn reference() -> IdentityReference {
    IdentityReference::from(&order())
}

/// A server that answers this call, made with our secret.
async fn server(verb: &str, rest: &str, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let mock = Mock::given(method(verb)).and(path(format!("{PATH}/{ORDER}{rest}")));
    let mock = mock.and(header("authorization", format!("PortOne {API_SECRET}")));
    mock.respond_with(answer).mount(&server).await;
    server
}

async fn fetched(body: &Value) -> Value {
    let server = server("GET", "", ok(body)).await;
    let record = portone(&server.uri()).fetch(&reference()).await.unwrap().unwrap();
    let expected = ("GET".to_owned(), format!("{PATH}/{ORDER}?storeId={STORE}"), Value::Null);
    assert_eq!(calls(&server, PATH).await, [expected]);
    shown(&record)
}

#[tokio::test]
async fn a_result_is_read_whole() {
    let expected = json!({
        "reference": ORDER, "order": ORDER, "provider": "danal", "certified": true,
        "certified_at": "2026-01-01T03:00:00.5Z", "name": NAME, "birthday": BIRTHDAY, "gender": "Male",
        "foreigner": false, "phone": "+821012345678", "ci": CI, "di": DI, "test_channel": false,
    });
    assert_eq!(fetched(&verified()).await, expected);
}

#[tokio::test]
async fn a_failed_result_tells_of_nobody() {
    let expected = json!({
        "reference": ORDER, "order": ORDER, "provider": "danal", "certified": false, "certified_at": null,
        "name": null, "birthday": null, "gender": null, "foreigner": null, "phone": null, "ci": null, "di": null,
        "test_channel": false,
    });
    assert_eq!(fetched(&unverified()).await, expected);
}

#[tokio::test]
async fn a_channel_for_tests_is_told() {
    let mut body = verified();
    body["channel"]["type"] = json!("TEST");
    assert_eq!(fetched(&body).await["test_channel"], true);
}

#[tokio::test]
async fn a_one_time_password_is_asked_for() {
    let server = server("POST", "/send", ok(&json!({}))).await;
    let sent = portone(&server.uri()).request(&order(), &person(Carrier::Lgu), address()).await.unwrap();
    assert_eq!(sent.as_str(), ORDER);
    let expected = json!({
        "storeId": STORE, "channelKey": CHANNEL, "operator": "LGU", "method": "SMS",
        "customer": {
            "name": NAME, "phoneNumber": PHONE, "identityNumber": "9001311", "ipAddress": "203.0.113.7",
        },
    });
    assert_eq!(calls(&server, PATH).await, [("POST".to_owned(), format!("{PATH}/{ORDER}/send"), expected)]);
}

#[tokio::test]
async fn each_carrier_has_its_name() {
    let carriers = [
        (Carrier::Skt, "SKT"),
        (Carrier::Kt, "KT"),
        (Carrier::Lgu, "LGU"),
        (Carrier::SktMvno, "SKT_MVNO"),
        (Carrier::KtMvno, "KT_MVNO"),
        (Carrier::LguMvno, "LGU_MVNO"),
    ];
    let server = server("POST", "/send", ok(&json!({}))).await;
    let client = portone(&server.uri());
    for (carrier, _) in carriers {
        client.request(&order(), &person(carrier), address()).await.unwrap();
    }
    let sent: Vec<_> =
        calls(&server, PATH).await.into_iter().map(|(_, _, body)| body["operator"].clone()).collect();
    assert_eq!(sent, carriers.map(|(_, name)| json!(name)));
}

#[tokio::test]
async fn an_address_of_version_4_is_written_as_one() {
    let server = server("POST", "/send", ok(&json!({}))).await;
    let mapped = "::ffff:203.0.113.7".parse().unwrap();
    portone(&server.uri()).request(&order(), &person(Carrier::Kt), mapped).await.unwrap();
    assert_eq!(calls(&server, PATH).await[0].2["customer"]["ipAddress"], "203.0.113.7");
}

#[tokio::test]
async fn a_number_abroad_is_refused_before_any_call() {
    let server = MockServer::start().await;
    let mut person = person(Carrier::Kt);
    person.phone = PhoneNumber::parse("+819012345678", Region::KR).unwrap();
    let error = portone(&server.uri()).request(&order(), &person, address()).await.unwrap_err();
    assert_eq!(code(&error, "refused"), "phone");
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_one_time_password_is_compared() {
    let server = server("POST", "/confirm", ok(&json!({ "identityVerification": verified() }))).await;
    let record = portone(&server.uri()).confirm(&reference(), &otp()).await.unwrap();
    assert_eq!((record.certified, shown(&record)["di"].clone()), (true, json!(DI)));
    let expected = json!({ "storeId": STORE, "otp": OTP });
    assert_eq!(
        calls(&server, PATH).await,
        [("POST".to_owned(), format!("{PATH}/{ORDER}/confirm"), expected)]
    );
}

fn problem(status: u16, name: &str) -> ResponseTemplate {
    let body = json!({ "type": name, "message": NAME, "pgCode": "9010", "pgMessage": PHONE });
    answer(status, &body.to_string())
}

async fn confirm_fails(answer: ResponseTemplate) -> IdentityError {
    let server = server("POST", "/confirm", answer).await;
    portone(&server.uri()).confirm(&reference(), &otp()).await.unwrap_err()
}

async fn send_fails(answer: ResponseTemplate) -> IdentityError {
    let server = server("POST", "/send", answer).await;
    portone(&server.uri()).request(&order(), &person(Carrier::Kt), address()).await.unwrap_err()
}

#[tokio::test]
async fn documented_refusals_keep_their_names() {
    for (status, name) in [
        (400, "INVALID_REQUEST"),
        (404, "IDENTITY_VERIFICATION_NOT_FOUND"),
        (404, "IDENTITY_VERIFICATION_NOT_SENT"),
        (409, "IDENTITY_VERIFICATION_ALREADY_VERIFIED"),
        // The company behind has answered, so this is no doubt.
        (502, "PG_PROVIDER"),
    ] {
        assert_eq!(code(&confirm_fails(problem(status, name)).await, "refused"), format!("{status}/{name}"));
    }
    for (status, name) in [
        (400, "MAX_TRANSACTION_COUNT_REACHED"),
        (409, "IDENTITY_VERIFICATION_ALREADY_SENT"),
        (502, "PG_PROVIDER"),
    ] {
        assert_eq!(code(&send_fails(problem(status, name)).await, "refused"), format!("{status}/{name}"));
    }
}

#[tokio::test]
async fn a_channel_that_is_not_there_is_the_operators_to_mend() {
    let error = send_fails(problem(404, "CHANNEL_NOT_FOUND")).await;
    assert_eq!(code(&error, "unauthorized"), "404/CHANNEL_NOT_FOUND");
    let error = send_fails(problem(401, "UNAUTHORIZED")).await;
    assert_eq!(code(&error, "unauthorized"), "401/UNAUTHORIZED");
    let error = send_fails(problem(403, "FORBIDDEN")).await;
    assert_eq!(code(&error, "unauthorized"), "403/FORBIDDEN");
}

#[tokio::test]
async fn a_gateway_of_its_own_is_a_doubt() {
    assert_eq!(code(&confirm_fails(answer(502, "<html>")).await, "unclear"), "502");
    // A name that is not documented is not repeated.
    assert_eq!(code(&confirm_fails(problem(502, NAME)).await, "unclear"), "502");
    assert_eq!(code(&confirm_fails(problem(500, "PG_PROVIDER")).await, "unclear"), "500/PG_PROVIDER");
}

#[tokio::test]
async fn a_look_up_is_never_refused() {
    for (status, name) in [(400, "INVALID_REQUEST"), (502, "PG_PROVIDER")] {
        let server = server("GET", "", problem(status, name)).await;
        let error = portone(&server.uri()).fetch(&reference()).await.unwrap_err();
        assert_eq!(code(&error, "unclear"), format!("{status}/{name}"));
    }
}
