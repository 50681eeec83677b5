//! `NexmoSms` as a `ReceiptReader`

use bonin_domain::messages::{DeliveryState, FailureClass, SenderId};
use bonin_http::{Http, Url};
use bonin_nexmo::sign::signature;
use bonin_nexmo::{NexmoClient, NexmoConfig, NexmoSms, SignatureMethod};
use bonin_ports::{Inbound, NotAuthentic, Receipt, ReceiptReader, UnreadableReceipt};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::support::{SIGNATURE_SECRET, config, sms};

const BASE: &str = "http://127.0.0.1:9";
const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
const JSON: Option<&str> = Some("application/json; charset=utf-8");

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

/// A receipt of this age, not signed.
fn fields(age: SignedDuration) -> Vec<(&'static str, String)> {
    let timestamp = (now() - age).as_second().to_string();
    [
        ("msisdn", "821012345678"),
        ("to", "Bonin"),
        ("network-code", "45005"),
        ("messageId", "0A0000001234567B"),
        ("price", "0.03330000"),
        ("status", "delivered"),
        ("scts", "2601020304"),
        ("err-code", "0"),
        ("api-key", "aaa012"),
        ("client-ref", "a=1&b=2"),
        ("message-timestamp", "2026-01-02 03:04:05"),
        ("timestamp", timestamp.as_str()),
        ("nonce", "b6a2a9b0-9f0e-4f5a-8e4e-1f0d3c2b1a00"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

fn signed(
    method: SignatureMethod,
    secret: &str,
    mut fields: Vec<(&'static str, String)>,
) -> Vec<(&'static str, String)> {
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let sig = signature(method, secret, &pairs);
    fields.push(("sig", sig));
    fields
}

fn fresh() -> Vec<(&'static str, String)> {
    signed(SignatureMethod::Md5Hash, SIGNATURE_SECRET, fields(SignedDuration::ZERO))
}

fn encoded(fields: &[(&str, String)]) -> String {
    let mut url = Url::parse(BASE).unwrap();
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap().to_owned()
}

fn query(query: &str) -> Inbound<'_> {
    Inbound { query, content_type: None, headers: &[], body: b"", at: now() }
}

fn posted<'a>(content_type: Option<&'a str>, body: &'a str) -> Inbound<'a> {
    Inbound { query: "", content_type, headers: &[], body: body.as_bytes(), at: now() }
}

fn json(fields: &[(&str, String)]) -> String {
    let members: Map<_, _> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str()))).collect();
    Value::Object(members).to_string()
}

fn delivered() -> Receipt {
    Receipt {
        reference: bonin_domain::messages::ProviderReference::parse("0A0000001234567B").unwrap(),
        state: DeliveryState::Delivered,
        failure: None,
        code: Some("0".into()),
        price: None,
    }
}

#[test]
fn a_receipt_is_read_from_a_query_a_form_and_json() {
    let reader = sms(BASE);
    let (text, object) = (encoded(&fresh()), json(&fresh()));
    for inbound in [query(&text), posted(FORM, &text), posted(None, &text), posted(JSON, &object)] {
        assert_eq!(reader.authenticate(&inbound), Ok(()));
        assert_eq!(reader.read(&inbound), Ok(vec![delivered()]));
    }
}

#[test]
fn numbers_in_json_are_signed_as_they_are_written() {
    let object = json(&fresh()).replace(r#""err-code":"0""#, r#""err-code":0"#);
    assert!(object.contains(r#""err-code":0"#));
    let reader = sms(BASE);
    assert_eq!(reader.authenticate(&posted(JSON, &object)), Ok(()));
    assert_eq!(reader.read(&posted(JSON, &object)), Ok(vec![delivered()]));
}

#[test]
fn the_signature_may_be_in_upper_case() {
    let mut fields = fresh();
    fields.last_mut().unwrap().1.make_ascii_uppercase();
    assert_eq!(sms(BASE).authenticate(&query(&encoded(&fields))), Ok(()));
}

#[test]
fn each_way_of_signing_is_taken_where_it_is_configured() {
    use SignatureMethod::{HmacMd5, HmacSha1, HmacSha256, HmacSha512, Md5Hash};
    let methods = [Md5Hash, HmacMd5, HmacSha1, HmacSha256, HmacSha512];
    for configured in methods {
        let config = config(BASE).signature_method(configured);
        let reader = NexmoSms::new(NexmoClient::new(config, Http::default()));
        for used in methods {
            let text = encoded(&signed(used, SIGNATURE_SECRET, fields(SignedDuration::ZERO)));
            assert_eq!(
                reader.authenticate(&query(&text)).is_ok(),
                used == configured,
                "{used:?} where {configured:?} is configured"
            );
        }
    }
}

#[test]
fn changed_unsigned_and_strange_receipts_are_refused() {
    let reader = sms(BASE);
    let text = encoded(&fresh());
    let unsigned = encoded(&fields(SignedDuration::ZERO));
    let foreign = encoded(&signed(SignatureMethod::Md5Hash, "another secret", fields(SignedDuration::ZERO)));
    for (case, expected) in [
        (text.replace("delivered", "failed"), "the signature is wrong"),
        (text.replace("0A0000001234567B", "0A0000001234567C"), "the signature is wrong"),
        (format!("{text}&extra=1"), "the signature is wrong"),
        (text.replace("&nonce=", "&nonce=0"), "the signature is wrong"),
        (foreign, "the signature is wrong"),
        (unsigned.clone(), "it is not signed"),
        (format!("{unsigned}&sig="), "it is not signed"),
        (format!("{text}&status=failed"), "a field is given twice"),
        (format!("{text}&a%26b=1"), "a field has an impossible name"),
        (String::new(), "it is not signed"),
    ] {
        assert_eq!(reader.authenticate(&query(&case)), Err(NotAuthentic(expected)), "{case}");
    }
    for body in ["[]", "{", r#"{"status":{"a":1}}"#, r#"{"status":null}"#] {
        let refused = Err(NotAuthentic("the fields cannot be read"));
        assert_eq!(reader.authenticate(&posted(JSON, body)), refused, "{body}");
    }
    let binary = Inbound { body: &[0xff, 0xfe], ..posted(FORM, "") };
    assert_eq!(reader.authenticate(&binary), Err(NotAuthentic("the fields cannot be read")));
}

#[test]
fn a_query_cannot_stand_in_for_a_body() {
    let text = encoded(&fresh());
    let inbound = Inbound { query: &text, ..posted(FORM, "status=failed&messageId=x") };
    assert_eq!(sms(BASE).authenticate(&inbound), Err(NotAuthentic("it is not signed")));
}

#[test]
fn receipts_are_taken_for_25_hours() {
    let reader = sms(BASE);
    let verdict = |age| {
        let text = encoded(&signed(SignatureMethod::Md5Hash, SIGNATURE_SECRET, fields(age)));
        reader.authenticate(&query(&text))
    };
    let (hours, minutes, second) =
        (SignedDuration::from_hours(25), SignedDuration::from_mins(5), SignedDuration::from_secs(1));
    assert_eq!(verdict(hours), Ok(()));
    assert_eq!(verdict(hours + second), Err(NotAuthentic("it is too old")));
    assert_eq!(verdict(-minutes), Ok(()));
    assert_eq!(verdict(-minutes - second), Err(NotAuthentic("it is from the future")));
    for time in ["", "soon", "99999999999999999999", "9999999999999"] {
        let mut fields = fields(SignedDuration::ZERO);
        fields.iter_mut().find(|(name, _)| *name == "timestamp").unwrap().1 = time.to_owned();
        let text = encoded(&signed(SignatureMethod::Md5Hash, SIGNATURE_SECRET, fields));
        assert_eq!(reader.authenticate(&query(&text)), Err(NotAuthentic("it has no time")), "{time}");
    }
}

#[test]
fn without_a_secret_nothing_is_taken() {
    let senders = vec![SenderId::parse("Bonin").unwrap()];
    let config = NexmoConfig::new(BASE, BASE, "aaa012", "s".into(), senders, None, None).unwrap();
    let reader = NexmoSms::new(NexmoClient::new(config, Http::default()));
    for text in [encoded(&fresh()), encoded(&fields(SignedDuration::ZERO))] {
        let refused = Err(NotAuthentic("no signature secret is set"));
        assert_eq!(reader.authenticate(&query(&text)), refused);
    }
}

#[test]
fn each_status_has_its_state_and_class() {
    let reader = sms(BASE);
    for (status, err_code, state, failure) in [
        ("accepted", "0", DeliveryState::Sent, None),
        ("buffered", "0", DeliveryState::Sent, None),
        ("unknown", "1", DeliveryState::Sent, None),
        ("delivered", "0", DeliveryState::Delivered, None),
        ("expired", "1", DeliveryState::Failed, Some(FailureClass::Unreachable)),
        ("expired", "3", DeliveryState::Failed, Some(FailureClass::InvalidNumber)),
        ("failed", "6", DeliveryState::Failed, Some(FailureClass::SpamFilter)),
        ("failed", "99", DeliveryState::Failed, Some(FailureClass::Other)),
        ("rejected", "99", DeliveryState::Failed, Some(FailureClass::Blocked)),
        ("rejected", "51", DeliveryState::Failed, Some(FailureClass::Sender)),
    ] {
        let text = format!("messageId=0A01&status={status}&err-code={err_code}");
        let [receipt] = reader.read(&query(&text)).unwrap().try_into().unwrap();
        assert_eq!((receipt.state, receipt.failure), (state, failure), "{status} {err_code}");
        assert_eq!((receipt.reference.as_str(), receipt.code.as_deref()), ("0A01", Some(err_code)));
    }
    let [receipt] = reader.read(&query("messageId=0A01&status=failed")).unwrap().try_into().unwrap();
    assert_eq!(receipt.code.as_deref(), Some("failed"), "without a code, the word");
}

#[test]
fn what_is_no_receipt_is_none_or_unreadable() {
    let reader = sms(BASE);
    let inbound = "msisdn=821012345678&to=Bonin&messageId=0A01&text=hello&type=text&keyword=HELLO";
    assert_eq!(reader.read(&query(inbound)), Ok(Vec::new()), "a message to us");
    for (text, expected) in [
        ("status=delivered", "there is no messageId"),
        ("status=delivered&messageId=a%0Ab", "messageId has another form"),
        ("status=read&messageId=a", "the status is not documented"),
    ] {
        assert_eq!(reader.read(&query(text)), Err(UnreadableReceipt(expected)));
    }
    let refused = Err(UnreadableReceipt("the fields cannot be read"));
    assert_eq!(reader.read(&posted(JSON, "{")), refused);
}
