use std::error::Error;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bonin_domain::identity::{
    Carrier, GenderDigit, IdentityRecord, IdentityReference, OrderId, OtpCode, OtpPerson, PersonKey,
    PersonName,
};
use bonin_domain::{PhoneNumber, Region};
use bonin_http::{Http, HttpOptions};
use bonin_iamport::{IamportClient, IamportConfig, PortoneClient, PortoneConfig};
use bonin_ports::{IdentityError, IdentityVerifier, OtpIdentityVerifier};
use bonin_testkit::FixedClock;
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

pub const IMP_UID: &str = "imp_568207623909";
pub const ORDER: &str = "0123456789abcdef0123456789abcdef";
pub const STORE: &str = "store-0001";
pub const TOKEN: &str = "planted-access-token";
pub const IMP_KEY: &str = "planted-imp-key";
pub const IMP_SECRET: &str = "planted-imp-secret";
pub const API_SECRET: &str = "planted-api-secret";
pub const CHANNEL: &str = "planted-channel-key";
pub const NAME: &str = "홍길동";
pub const PHONE: &str = "01012345678";
pub const BIRTHDAY: &str = "1990-01-31";
pub const OTP: &str = "482913";
pub const CI: &str =
    "plantedCI+/Aa0bB1cC2dD3eE4fF5gG6hH7iI8jJ9kKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ0123456789abcd=";
pub const DI: &str = "plantedDI+/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// What must never show: neither in `Debug`, nor in an error, nor in the log.
pub const PLANTED: [&str; 13] = [
    TOKEN,
    IMP_KEY,
    IMP_SECRET,
    API_SECRET,
    CHANNEL,
    NAME,
    PHONE,
    "1012345678",
    BIRTHDAY,
    "900131",
    OTP,
    CI,
    DI,
];

/// A client as both ports.
pub trait Client: IdentityVerifier + OtpIdentityVerifier {}
impl<T: IdentityVerifier + OtpIdentityVerifier> Client for T {}

pub fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

pub fn http(patience: Duration) -> Http {
    Http::new(HttpOptions { total_timeout: patience, ..HttpOptions::default() }).unwrap()
}

pub fn iamport_over(base_url: &str, http: Http, clock: Arc<FixedClock>) -> IamportClient {
    let config = IamportConfig::new(base_url, IMP_KEY, IMP_SECRET.into()).unwrap();
    IamportClient::new(config.channel_key(CHANNEL).unwrap().company("본인 상점").unwrap(), http, clock)
}

pub fn iamport(base_url: &str) -> IamportClient {
    iamport_over(base_url, Http::default(), Arc::new(FixedClock::new(now())))
}

pub fn portone_over(base_url: &str, http: Http) -> PortoneClient {
    PortoneClient::new(PortoneConfig::new(base_url, API_SECRET.into(), STORE, CHANNEL).unwrap(), http)
}

pub fn portone(base_url: &str) -> PortoneClient {
    portone_over(base_url, Http::default())
}

pub fn imp_uid() -> IdentityReference {
    IdentityReference::parse(IMP_UID).unwrap()
}

pub fn order() -> OrderId {
    OrderId::parse(ORDER).unwrap()
}

pub fn person(carrier: Carrier) -> OtpPerson {
    let phone = PhoneNumber::parse(PHONE, Region::KR).unwrap();
    let digit = GenderDigit::parse("1").unwrap();
    OtpPerson::new(PersonName::parse(NAME).unwrap(), phone, date(1990, 1, 31), digit, carrier).unwrap()
}

pub fn address() -> IpAddr {
    "203.0.113.7".parse().unwrap()
}

pub fn otp() -> OtpCode {
    OtpCode::parse(OTP).unwrap()
}

/// A certification of V1.
pub fn certification() -> Value {
    json!({
        "imp_uid": IMP_UID, "merchant_uid": ORDER, "pg_tid": "202601011200000000", "pg_provider": "danal",
        "name": NAME, "gender": "male", "birth": 633_711_600, "birthday": BIRTHDAY, "foreigner": false,
        "foreigner_v2": false, "phone": PHONE, "carrier": "SKT_MVNO", "certified": true,
        "certified_at": 1_767_236_400, "unique_key": CI, "unique_in_site": DI,
        "origin": "https://shop.example/signup", "a_new_member": { "of": ["any", "kind"] },
    })
}

/// One that was begun and not finished: everything personal is null.
pub fn unfinished() -> Value {
    json!({
        "imp_uid": IMP_UID, "merchant_uid": ORDER, "pg_tid": null, "pg_provider": "danal", "name": null,
        "gender": null, "birth": 0, "birthday": null, "foreigner": false, "foreigner_v2": null,
        "certified": false, "certified_at": 0, "unique_key": null, "unique_in_site": null, "origin": null,
    })
}

pub fn enveloped(response: &Value) -> Value {
    json!({ "code": 0, "message": null, "response": response })
}

pub fn token(text: &str, life_s: i64) -> Value {
    // The provider's clock is a day ahead: only the difference counts.
    let now = now().as_second() + 86_400;
    enveloped(&json!({ "access_token": text, "now": now, "expired_at": now + life_s }))
}

/// An identity verification of V2 that succeeded.
pub fn verified() -> Value {
    json!({
        "status": "VERIFIED", "id": ORDER, "version": "V2", "pgTxId": "202601011200000000", "pgRawResponse": NAME,
        "requestedAt": "2026-01-01T02:58:00Z", "updatedAt": "2026-01-01T03:00:00.5Z",
        "statusChangedAt": "2026-01-01T03:00:00.5Z", "verifiedAt": "2026-01-01T12:00:00.5+09:00",
        "channel": {
            "type": "LIVE", "id": "channel-id-1", "key": CHANNEL, "name": "다날", "pgProvider": "DANAL",
            "pgMerchantId": "B010000000",
        },
        "verifiedCustomer": {
            "name": NAME, "operator": "SKT_MVNO", "phoneNumber": PHONE, "birthDate": BIRTHDAY, "gender": "MALE",
            "isForeigner": false, "ci": CI, "di": DI, "aNewMember": [],
        },
    })
}

/// One that failed.
pub fn unverified() -> Value {
    json!({
        "status": "FAILED", "id": ORDER, "version": "V2", "requestedAt": "2026-01-01T02:58:00Z",
        "updatedAt": "2026-01-01T03:00:00Z", "statusChangedAt": "2026-01-01T03:00:00Z",
        "requestedCustomer": { "name": NAME, "phoneNumber": PHONE },
        "failure": { "reason": NAME, "pgCode": "9010", "pgMessage": PHONE },
        "channel": { "type": "LIVE", "pgProvider": "DANAL", "pgMerchantId": "B010000000" },
    })
}

pub fn ok(body: &Value) -> ResponseTemplate {
    answer(200, &body.to_string())
}

pub fn answer(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "application/json")
}

/// What came: method, path with query, and body, of calls to paths that begin like this.
pub async fn calls(server: &MockServer, beginning: &str) -> Vec<(String, String, Value)> {
    let requests = server.received_requests().await.unwrap();
    let of_path = requests.iter().filter(|request| request.url.path().starts_with(beginning));
    let read = of_path.map(|request| {
        let target = match request.url.query() {
            Some(query) => format!("{}?{query}", request.url.path()),
            None => request.url.path().to_owned(),
        };
        (request.method.to_string(), target, serde_json::from_slice(&request.body).unwrap_or_default())
    });
    read.collect()
}

/// What is known of a record, with its secrets revealed.
pub fn shown(record: &IdentityRecord) -> Value {
    json!({
        "reference": record.reference.as_str(),
        "order": record.order.as_ref().map(OrderId::as_str),
        "provider": record.provider,
        "certified": record.certified,
        "certified_at": record.certified_at.map(|at| at.to_string()),
        "name": record.name.as_ref().map(PersonName::reveal),
        "birthday": record.birthday.map(|birthday| birthday.to_string()),
        "gender": record.gender.map(|gender| format!("{gender:?}")),
        "foreigner": record.foreigner,
        "phone": record.phone.as_ref().map(PhoneNumber::e164),
        "ci": record.ci.as_ref().map(PersonKey::reveal),
        "di": record.di.as_ref().map(PersonKey::reveal),
        "test_channel": record.test_channel,
    })
}

/// All that an error shows, with its causes.
pub fn whole(error: &IdentityError) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        write!(text, " {inner} {inner:?}").unwrap();
        cause = inner.source();
    }
    text
}

pub fn hides_what_was_planted(text: &str) {
    for planted in PLANTED {
        assert!(!text.contains(planted), "{planted} shows in {text}");
    }
}

/// The code of an error, which has to be of this kind.
pub fn code<'a>(error: &'a IdentityError, kind: &str) -> &'a str {
    let (found, code) = match error {
        IdentityError::Refused { code } => ("refused", code),
        IdentityError::Unauthorized { code } => ("unauthorized", code),
        IdentityError::Unavailable { code, .. } => ("unavailable", code),
        IdentityError::Unclear { code, .. } => ("unclear", code),
    };
    assert_eq!(found, kind, "{error:?}");
    code
}
