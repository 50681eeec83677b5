//! Calls to the simulated Nexmo, and a receiver for its receipts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{App, HttpResponse, HttpServer, rt, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_sandbox::credentials::{NEXMO_API_KEY, NEXMO_API_SECRET};
use serde_json::Value;

use crate::support::{Answer, World};

pub const TO: &str = "821012345678";

pub fn basic() -> (&'static str, String) {
    let pair = format!("{NEXMO_API_KEY}:{NEXMO_API_SECRET}");
    ("authorization", format!("Basic {}", STANDARD.encode(pair)))
}

pub fn encode(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs: Vec<_> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}

pub fn with_pair<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("api_key", NEXMO_API_KEY), ("api_secret", NEXMO_API_SECRET)], fields].concat()
}

/// A form without keys.
pub fn form(path: &str, fields: &[(&str, &str)]) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(encode(fields))
}

impl World {
    /// A form with the key pair in the header.
    pub async fn nexmo(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let answer = self.nexmo_answer(path, fields).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.header("content-type").starts_with("application/json"));
        answer.json()
    }

    pub async fn nexmo_answer(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.call(form(path, fields).insert_header(basic())).await
    }

    /// The only code that the handset shows for the newest message to [`TO`].
    pub async fn newest_code(&self) -> String {
        let shown = self.get(&format!("/handset/messages?to=%2B{TO}")).await.json();
        shown["messages"][0]["code"].as_str().unwrap().to_owned()
    }

    /// Begins a verification that must begin; returns its id.
    pub async fn verification(&self, fields: &[(&str, &str)]) -> String {
        let fields = [&[("number", TO), ("brand", "Bonin")], fields].concat();
        let body = self.nexmo("/verify/json", &fields).await;
        assert_eq!(body["status"], "0", "{body}");
        body["request_id"].as_str().unwrap().to_owned()
    }

    pub async fn check_code(&self, id: &str, code: &str) -> Value {
        self.nexmo("/verify/check/json", &[("request_id", id), ("code", code)]).await
    }

    pub async fn searched(&self, id: &str) -> Value {
        self.nexmo("/verify/search/json", &[("request_id", id)]).await
    }
}

/// Takes what is posted to it.
pub struct Receiver {
    pub url: String,
    posts: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    pub fn start() -> Self {
        let posts = Arc::new(Mutex::new(Vec::new()));
        let data = Data::from(Arc::clone(&posts));
        let server = HttpServer::new(move || {
            App::new().app_data(data.clone()).route("/receipts", web::post().to(take))
        });
        let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}/receipts", server.addrs()[0]);
        rt::spawn(server.run());
        Self { url, posts }
    }

    /// What is there already, decoded.
    pub fn taken(&self) -> Vec<Vec<(String, String)>> {
        let posts = self.posts.lock().unwrap();
        posts.iter().map(|post| Query::<Vec<_>>::from_query(post).unwrap().into_inner()).collect()
    }

    /// The first `count` posts, once they are there.
    pub async fn wait_for(&self, count: usize) -> Vec<Vec<(String, String)>> {
        let all = async {
            while self.posts.lock().unwrap().len() < count {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), all).await.unwrap();
        self.taken()
    }
}

async fn take(posts: Data<Mutex<Vec<String>>>, body: Bytes) -> HttpResponse {
    posts.lock().unwrap().push(String::from_utf8(body.to_vec()).unwrap());
    HttpResponse::NoContent().finish()
}

pub fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value.as_str())
}

pub fn request(method: Method, uri: &str) -> TestRequest {
    TestRequest::default().method(method).uri(uri)
}

pub fn status_of(answer: &Answer) -> (StatusCode, Value) {
    let body = answer.json();
    let status = if body["status"].is_null() { &body["messages"][0]["status"] } else { &body["status"] };
    (answer.status, status.clone())
}
