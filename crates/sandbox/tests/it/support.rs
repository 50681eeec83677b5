//! A sandbox with a clock that stands still, and a client that signs.

use std::sync::{Arc, Mutex};

use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, init_service};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_sandbox::{Sandbox, credentials};
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use serde_json::{Value, json};

/// A sandbox and the hand on its clock.
pub struct World {
    pub sandbox: Sandbox,
    now: Arc<Mutex<Timestamp>>,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: actix_web::http::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }
}

/// The three headers of a signed request.
pub struct Signature {
    pub timestamp: String,
    pub access_key: String,
    pub tag: String,
}

pub fn service_path() -> String {
    format!("/sms/v2/services/{}", credentials::SENS_SERVICE_ID)
}

pub fn sign(method: &str, target: &str, timestamp: i64) -> Signature {
    let message = format!("{method} {target}\n{timestamp}\n{}", credentials::SENS_ACCESS_KEY);
    let key = hmac::Key::new(hmac::HMAC_SHA256, credentials::SENS_SECRET_KEY.as_bytes());
    Signature {
        timestamp: timestamp.to_string(),
        access_key: credentials::SENS_ACCESS_KEY.to_owned(),
        tag: STANDARD.encode(hmac::sign(&key, message.as_bytes())),
    }
}

pub fn sms(to: &[&str], content: &str) -> Value {
    let messages: Vec<_> = to.iter().map(|to| json!({ "to": to })).collect();
    json!({ "type": "SMS", "from": credentials::SENS_FROM, "content": content, "messages": messages })
}

impl World {
    pub fn new() -> Self {
        let now = Arc::new(Mutex::new("2026-11-21T00:00:00.125Z".parse().unwrap()));
        let clock = Arc::clone(&now);
        Self { sandbox: Sandbox::new(move || *clock.lock().unwrap()), now }
    }

    pub fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub fn advance(&self, milliseconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_millis(milliseconds);
    }

    pub async fn try_call(&self, request: TestRequest) -> Result<Answer, String> {
        let service = init_service(App::new().configure(self.sandbox.routes())).await;
        let response = call_service(&service, request.to_request()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body()).await.map_err(|error| error.to_string())?;
        Ok(Answer { status, headers, body: body.to_vec() })
    }

    pub async fn call(&self, request: TestRequest) -> Answer {
        self.try_call(request).await.unwrap()
    }

    pub async fn get(&self, target: &str) -> Answer {
        self.call(TestRequest::get().uri(target)).await
    }

    pub async fn delete(&self, target: &str) -> Answer {
        self.call(TestRequest::delete().uri(target)).await
    }

    /// A request to SENS, signed now.
    pub fn signed(&self, method: Method, target: &str) -> TestRequest {
        let signature = sign(method.as_str(), target, self.now().as_millisecond());
        with(TestRequest::default().method(method).uri(target), &signature)
    }

    pub async fn sens_get(&self, rest: &str) -> Answer {
        self.call(self.signed(Method::GET, &format!("{}{rest}", service_path()))).await
    }

    /// A call to SENS with a JSON body.
    pub async fn sens_call(&self, method: Method, rest: &str, body: &Value) -> Answer {
        let request = self.signed(method, &format!("{}{rest}", service_path()));
        self.call(request.set_payload(body.to_string())).await
    }

    pub fn sending(&self, body: &Value) -> TestRequest {
        self.signed(Method::POST, &format!("{}/messages", service_path())).set_payload(body.to_string())
    }

    pub async fn send(&self, body: &Value) -> Answer {
        self.call(self.sending(body)).await
    }

    /// Sends one SMS that must be accepted; returns its request id.
    pub async fn accepted(&self, to: &str, content: &str) -> String {
        let answer = self.send(&sms(&[to], content)).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()["requestId"].as_str().unwrap().to_owned()
    }

    pub async fn fault(&self, fault: Value) {
        let answer = self.put_fault(&fault.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    pub async fn put_fault(&self, body: &str) -> Answer {
        self.call(TestRequest::put().uri("/sandbox/faults").set_payload(body.to_owned())).await
    }

    /// The texts on the handset, newest first.
    pub async fn texts(&self, query: &str) -> Vec<String> {
        let answer = self.get(&format!("/handset/messages{query}")).await.json();
        let messages = answer["messages"].as_array().unwrap();
        messages.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    }

    /// The only message of a request, as the list shows it.
    pub async fn result(&self, request_id: &str) -> Value {
        let answer = self.sens_get(&format!("/messages?requestId={request_id}")).await.json();
        assert_eq!(answer["itemCount"], 1, "{answer}");
        answer["messages"][0].clone()
    }
}

pub fn with(request: TestRequest, signature: &Signature) -> TestRequest {
    request
        .insert_header(("x-ncp-apigw-timestamp", signature.timestamp.as_str()))
        .insert_header(("x-ncp-iam-access-key", signature.access_key.as_str()))
        .insert_header(("x-ncp-apigw-signature-v2", signature.tag.as_str()))
}
