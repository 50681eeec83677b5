//! Somebody who uses the messaging app in a browser without scripts.

use std::collections::BTreeMap;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};

use crate::api::{Answer, Api};
use crate::server::Server;
use crate::visitor::way_out;

/// The accounts of the simulated CoolSMS.
const ACCOUNTS: [&str; 2] = ["sandbox@bonin.test", "second@bonin.test"];

/// Their password.
const PASSWORD: &str = "bonin-sandbox";

/// What parts the fields of a form with a file.
const BOUNDARY: &str = "------------------------bonin";

/// A browser that is logged in to the messaging app of a server.
#[derive(Clone, Debug)]
pub struct AppUser {
    app: Api,
    provider: Api,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
    email: &'static str,
}

impl AppUser {
    /// Logs in with the first account, or the second one.
    ///
    /// # Panics
    /// When that does not lead to the page of sending.
    pub async fn log_in(server: &Server, account: usize) -> Self {
        let provider = Api::new(server.sandbox().url());
        let mut user =
            Self { app: server.api().clone(), provider, cookies: BTreeMap::new(), email: ACCOUNTS[account] };
        assert_eq!(user.log_in_again().await, "/app/send");
        user
    }

    /// Logs in once more in the same browser. Where that leads.
    pub async fn log_in_again(&mut self) -> String {
        let leave = self.post("/app/login", &[]).await;
        self.consent(&leave).await
    }

    /// Allows one thing more: `read`, `images` or `cash`. Fields of a form may go along. Where that leads.
    pub async fn allow(&mut self, scope: &str, fields: &[(&str, &str)]) -> String {
        let token = self.form_token().await;
        let mut all = vec![("scope", scope), ("form_token", token.as_str())];
        all.extend(fields);
        let leave = self.post("/app/allow", &all).await;
        self.consent(&leave).await
    }

    /// Logs in at the provider where it asks, allows, and comes back.
    async fn consent(&mut self, leave: &Answer) -> String {
        let address = way_out(leave);
        let provider = self.provider.clone();
        let path = address.strip_prefix(provider.base()).expect("the provider's address").to_owned();
        let mut page = self.call(&provider, Method::GET, &path, None).await.expect(200);
        if page.text.contains("name=\"password\"") {
            let query = field_of(&page.text, "query");
            let typed = [("query", query.as_str()), ("email", self.email), ("password", PASSWORD)];
            let answer = self.form(&provider, "/oauth2/v1/login", &typed).await;
            assert!(answer.status < 400, "{}", answer.text);
            page = self.call(&provider, Method::GET, &path, None).await.expect(200);
        }
        let (query, form) = (field_of(&page.text, "query"), field_of(&page.text, "form"));
        let typed = [("query", query.as_str()), ("form", form.as_str()), ("answer", "allow")];
        let answer = self.form(&provider, "/oauth2/v1/consent", &typed).await;
        let back = answer.header("location").to_owned();
        let path = back.strip_prefix(self.app.base()).expect("our address").to_owned();
        self.get(&path).await.expect(303).header("location").to_owned()
    }

    /// `GET path`
    pub async fn get(&mut self, path: &str) -> Answer {
        let app = self.app.clone();
        self.call(&app, Method::GET, path, None).await
    }

    /// `POST path` with a form of these fields alone.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let app = self.app.clone();
        self.form(&app, path, fields).await
    }

    /// Presses a button of a page: a form with the form token alone.
    pub async fn press(&mut self, path: &str) -> Answer {
        let token = self.form_token().await;
        self.post(path, &[("form_token", &token)]).await
    }

    /// The form of a new message: its form token and its key.
    pub async fn new_form(&mut self) -> (String, String) {
        let page = self.get("/app/send").await.expect(200);
        (field_of(&page.text, "form_token"), field_of(&page.text, "form_key"))
    }

    /// `POST path` with a form with a file.
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], image: &[u8]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend_from_slice(part(&format!("name=\"{name}\""), "").as_bytes());
            body.extend_from_slice(value.as_bytes());
        }
        let file = part("name=\"image\"; filename=\"a.jpg\"", "Content-Type: image/jpeg\r\n");
        body.extend_from_slice(file.as_bytes());
        body.extend_from_slice(image);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let app = self.app.clone();
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.call(&app, Method::POST, path, Some((&kind, body))).await
    }

    /// The token that the forms of this browser show.
    ///
    /// # Panics
    /// When nobody is logged in.
    pub async fn form_token(&mut self) -> String {
        let page = self.get("/app/earnings").await.expect(200);
        field_of(&page.text, "form_token")
    }

    async fn form(&mut self, at: &Api, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value)));
        let body = pairs.collect::<Vec<_>>().join("&").into_bytes();
        self.call(at, Method::POST, path, Some(("application/x-www-form-urlencoded", body))).await
    }

    async fn call(&mut self, at: &Api, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> Answer {
        let jar = self.cookies.entry(at.base().to_owned()).or_default();
        let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = at.request(method.clone(), path).header(COOKIE, cookies.join("; "));
        if method == Method::POST {
            request = request.header("origin", at.base()).header("sec-fetch-site", "same-origin");
        }
        if let Some((kind, body)) = body {
            request = request.header(CONTENT_TYPE, kind).body(body);
        }
        let answer = Answer::to(request).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            let (name, rest) = cookie.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            if cookie.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// The head of one part of a form with a file.
fn part(name: &str, more: &str) -> String {
    format!("\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; {name}\r\n{more}\r\n")
}

/// The value of a hidden field.
///
/// # Panics
/// When the page has none of this name.
#[track_caller]
pub fn field_of(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("the page has the field");
    let value = rest.split('"').next().unwrap_or_default();
    value.replace("&#38;", "&").replace("&amp;", "&").replace("&#61;", "=").replace("&quot;", "\"")
}

pub(crate) fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
