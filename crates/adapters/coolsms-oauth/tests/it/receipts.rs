//! `CoolsmsReceipts`

use bonin_coolsms_oauth::CoolsmsReceipts;
use bonin_domain::messages::{DeliveryState, FailureClass};
use bonin_ports::{Inbound, Receipt, ReceiptReader, UnreadableReceipt};
use serde_json::{Value, json};

use crate::support::now;

/// The SHA-1 of `my-webhook-secret`, as the sheet has it.
const SHOWN: &str = "1c7b518f7e40f7aca065995f0f1ecb69661b1d39";

fn reader() -> CoolsmsReceipts {
    CoolsmsReceipts::new(&"my-webhook-secret".into()).unwrap()
}

fn inbound<'a>(headers: &'a [(String, String)], body: &'a [u8]) -> Inbound<'a> {
    Inbound { query: "", content_type: Some("application/json"), headers, body, at: now() }
}

fn headers(secrets: &[&str]) -> Vec<(String, String)> {
    secrets.iter().map(|secret| ("x-solapi-secret".to_owned(), (*secret).to_owned())).collect()
}

fn read(body: &Value) -> Result<Vec<Receipt>, UnreadableReceipt> {
    reader().read(&inbound(&[], body.to_string().as_bytes()))
}

#[test]
fn only_a_call_with_the_digest_of_the_secret_is_authentic() {
    let authentic = |secrets: &[&str]| reader().authenticate(&inbound(&headers(secrets), b"[]")).is_ok();
    assert!(authentic(&[SHOWN]));
    assert!(authentic(&[&SHOWN.to_uppercase()]));
    for wrong in [&[][..], &[""], &["my-webhook-secret"], &[&SHOWN[..39]], &[SHOWN, SHOWN], &[SHOWN, "x"]] {
        assert!(!authentic(wrong), "{wrong:?}");
    }
    let other = CoolsmsReceipts::new(&"other".into()).unwrap();
    assert!(other.authenticate(&inbound(&headers(&[SHOWN]), b"")).is_err());
    for bad in ["", "a b"] {
        assert!(CoolsmsReceipts::new(&bad.into()).is_err());
    }
}

#[test]
fn flat_and_wrapped_results_are_read() {
    let results = [
        json!({ "messageId": "M1", "groupId": "G", "to": "01012345678", "statusCode": "4000", "customFields": {} }),
        json!({ "messageId": "M2", "groupId": "G", "statusCode": 3032 }),
        json!({ "messageId": "M3", "statusCode": "3000" }),
    ];
    let wrapped: Vec<_> =
        results.iter().map(|r| json!({ "eventDataId": "E", "data": r, "retryCount": 0 })).collect();
    for body in [json!(results), json!(wrapped), json!([results[0], wrapped[1], results[2]])] {
        let receipts = read(&body).unwrap();
        let told: Vec<_> = receipts
            .iter()
            .map(|r| (r.reference.as_str(), r.state, r.failure, r.code.as_deref().unwrap()))
            .collect();
        assert_eq!(
            told,
            [
                ("M1", DeliveryState::Delivered, None, "4000"),
                ("M2", DeliveryState::Failed, Some(FailureClass::InvalidNumber), "3032"),
                ("M3", DeliveryState::Sent, None, "3000"),
            ]
        );
    }
}

#[test]
fn reports_of_groups_bring_no_receipts() {
    let group = json!({ "groupId": "G4V", "status": "COMPLETE", "count": { "total": 1 } });
    assert_eq!(read(&json!([group])).unwrap(), []);
    assert_eq!(read(&json!([{ "eventDataId": "E", "data": group, "retryCount": 1 }])).unwrap(), []);
    assert_eq!(read(&json!([])).unwrap(), []);
}

#[test]
fn what_can_be_read_of_a_call_is_taken() {
    let good = json!({ "messageId": "M1", "statusCode": "4000" });
    for odd in [
        json!(1),
        json!(null),
        json!({}),
        json!({ "messageId": "M2" }),
        json!({ "messageId": "M2", "statusCode": "?" }),
    ] {
        assert_eq!(read(&json!([odd, good])).unwrap().len(), 1, "{odd}");
        assert!(read(&json!([odd])).is_err(), "{odd}");
    }
    for body in [json!({}), json!("a"), json!(1)] {
        assert!(read(&body).is_err());
    }
    assert!(reader().read(&inbound(&[], b"not JSON")).is_err());
    assert!(reader().read(&inbound(&[], b"")).is_err());
}
