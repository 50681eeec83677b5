//! A client of the simulated CoolSMS.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::Method;
use actix_web::test::TestRequest;
use bonin_sandbox::credentials::{COOLSMS_API_KEY, COOLSMS_API_SECRET, COOLSMS_FROM};
use ring::hmac;
use serde_json::{Value, json};

use crate::support::{Answer, World};

pub const SEND: &str = "/messages/v4/send";
pub const DETAIL: &str = "/messages/v4/send-many/detail";
pub const GROUPS: &str = "/messages/v4/groups";

/// The header of a call at `date`, with a salt that was never used before.
pub fn authorization(date: &str) -> String {
    static SALTS: AtomicU64 = AtomicU64::new(0);
    let salt = format!("salt-{:020}", SALTS.fetch_add(1, Ordering::Relaxed));
    signed(COOLSMS_API_KEY, COOLSMS_API_SECRET, date, &salt)
}

pub fn signed(key: &str, secret: &str, date: &str, salt: &str) -> String {
    let tag =
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), format!("{date}{salt}").as_bytes());
    let hex = hex(tag.as_ref());
    format!("HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={hex}")
}

pub fn sms(to: &str, text: &str) -> Value {
    json!({ "to": to, "from": COOLSMS_FROM, "text": text })
}

impl World {
    /// A call to CoolSMS, signed now.
    pub fn coolsms(&self, method: Method, target: &str, body: &Value) -> TestRequest {
        let request = TestRequest::default().method(method).uri(target);
        let request = request.insert_header(("authorization", authorization(&self.now().to_string())));
        if body.is_null() { request } else { request.set_payload(body.to_string()) }
    }

    pub async fn coolsms_call(&self, method: Method, target: &str, body: &Value) -> Answer {
        self.call(self.coolsms(method, target, body)).await
    }

    pub async fn coolsms_get(&self, target: &str) -> Value {
        let answer = self.coolsms_call(Method::GET, target, &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub async fn coolsms_post(&self, target: &str, body: &Value) -> Answer {
        self.coolsms_call(Method::POST, target, body).await
    }

    /// Sends one message that must be accepted; its id.
    pub async fn coolsms_sent(&self, to: &str, text: &str) -> String {
        let answer = self.coolsms_post(SEND, &json!({ "message": sms(to, text) })).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["messageId"].as_str().unwrap().to_owned()
    }

    /// A message as the list shows it.
    pub async fn coolsms_row(&self, id: &str) -> Value {
        self.coolsms_get(&format!("/messages/v4/list?messageId={id}")).await["messageList"][id].clone()
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// The name of a refusal with this status.
pub fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.text());
    answer.json()["errorCode"].as_str().unwrap().to_owned()
}
