//! A client of the simulated I'mport and `PortOne`, and a hand in the carrier's window.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use bonin_sandbox::credentials::{
    IAMPORT_CHANNEL_KEY, IAMPORT_CUSTOMER_CODE, IAMPORT_IMP_KEY, IAMPORT_IMP_SECRET, PORTONE_API_SECRET,
    PORTONE_CHANNEL_KEY, PORTONE_STORE_ID,
};
use serde_json::{Value, json};

use crate::support::{Answer, World};

pub const ORDER: &str = "9f1c0d5e8a7b46c2b1d0e3f4a5968778";
pub const NOT_FOUND: &str = "인증결과가 존재하지 않습니다.";

pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

/// The window's query in V1, opened as a popup on a page of the shop.
pub fn window_v1(merchant_uid: &str) -> String {
    form(&[
        ("version", "1"),
        ("customer_code", IAMPORT_CUSTOMER_CODE),
        ("channel_key", IAMPORT_CHANNEL_KEY),
        ("merchant_uid", merchant_uid),
        ("page", "http://127.0.0.1:8080/join"),
        ("mode", "popup"),
    ])
}

/// The window's query in V2.
pub fn window_v2(id: &str) -> String {
    form(&[
        ("version", "2"),
        ("store_id", PORTONE_STORE_ID),
        ("channel_key", PORTONE_CHANNEL_KEY),
        ("identity_verification_id", id),
        ("page", "http://127.0.0.1:8080/join"),
        ("mode", "popup"),
    ])
}

/// The same window, which goes back by a redirect.
pub fn by_redirect(query: &str, address: &str) -> String {
    format!("{}&redirect_url={}", query.replace("mode=popup", "mode=redirect"), encode(address))
}

impl World {
    pub async fn post_json(&self, target: &str, body: &Value) -> Answer {
        let request = TestRequest::post().uri(target).insert_header(("content-type", "application/json"));
        self.call(request.set_payload(body.to_string())).await
    }

    pub async fn iamport_token(&self) -> Value {
        let keys = json!({ "imp_key": IAMPORT_IMP_KEY, "imp_secret": IAMPORT_IMP_SECRET });
        let answer = self.post_json("/users/getToken", &keys).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["response"].clone()
    }

    /// A call to I'mport with a valid token.
    pub async fn iamport(&self, method: Method, target: &str, body: &Value) -> Answer {
        let token = self.iamport_token().await["access_token"].as_str().unwrap().to_owned();
        self.iamport_as(&token, method, target, body).await
    }

    pub async fn iamport_as(&self, token: &str, method: Method, target: &str, body: &Value) -> Answer {
        let request = TestRequest::default()
            .method(method)
            .uri(target)
            .insert_header(("authorization", format!("Bearer {token}")))
            .insert_header(("content-type", "application/json"));
        self.call(if body.is_null() { request } else { request.set_payload(body.to_string()) }).await
    }

    /// The certification of an `imp_uid` that must be there.
    pub async fn certification(&self, imp_uid: &str) -> Value {
        let answer = self.iamport(Method::GET, &format!("/certifications/{imp_uid}"), &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let answer = answer.json();
        assert_eq!((&answer["code"], &answer["message"]), (&json!(0), &Value::Null));
        answer["response"].clone()
    }

    /// A call to `PortOne` with the API secret.
    pub async fn portone(&self, method: Method, target: &str, body: &Value) -> Answer {
        let request = TestRequest::default()
            .method(method)
            .uri(target)
            .insert_header(("authorization", format!("PortOne {PORTONE_API_SECRET}")))
            .insert_header(("content-type", "application/json"));
        self.call(if body.is_null() { request } else { request.set_payload(body.to_string()) }).await
    }

    pub async fn identity(&self, id: &str) -> Value {
        let answer = self.portone(Method::GET, &format!("/identity-verifications/{id}"), &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Identifies somebody by the call for tests; the id.
    pub async fn identified(&self, body: &Value) -> String {
        let answer = self.post_json("/sandbox/identities", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let answer = answer.json();
        let id = answer.get("imp_uid").or_else(|| answer.get("identity_verification_id"));
        id.unwrap().as_str().unwrap().to_owned()
    }

    /// Ends a window.
    pub async fn finish(&self, query: &str, person: &str, outcome: &str) -> Answer {
        let request = TestRequest::post()
            .uri("/iamport/window")
            .insert_header(("content-type", "application/x-www-form-urlencoded"));
        let pairs = [("query", query), ("person", person), ("outcome", outcome)];
        self.call(request.set_payload(form(&pairs))).await
    }

    pub async fn person(&self, id: &str) -> Value {
        let people = self.get("/sandbox/people").await.json();
        let people = people["people"].as_array().unwrap().clone();
        people.into_iter().find(|person| person["id"] == id).unwrap()
    }

    /// The code of the newest message to a number.
    pub async fn code(&self, to: &str) -> String {
        let inbox = self.get(&format!("/handset/messages?to={to}")).await.json();
        inbox["messages"][0]["code"].as_str().unwrap().to_owned()
    }
}

/// What the page that opened a window is told, out of the page that tells it.
pub fn told(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.text();
    assert_eq!(attribute(&page, "data-origin"), "http://127.0.0.1:8080");
    let message: Value = serde_json::from_str(&attribute(&page, "data-result")).unwrap();
    assert_eq!(message["source"], "bonin-sandbox");
    message["result"].clone()
}

fn attribute(page: &str, name: &str) -> String {
    let marker = format!("{name}=\"");
    let start = page.find(&marker).unwrap() + marker.len();
    let value = &page[start..][..page[start..].find('"').unwrap()];
    value
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}
