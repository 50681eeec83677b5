//! Somebody with a browser: pages, forms and cookies, without scripts.

use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder};

use crate::api::{Answer, Api};
use crate::sandbox::Sandbox;
use crate::server::Server;

/// The people of the simulated CoolSMS, by their mail address.
pub mod people {
    /// Somebody with an account.
    pub const FIRST: &str = "sandbox@bonin.test";
    /// Somebody with another one.
    pub const SECOND: &str = "second@bonin.test";
    /// Everybody's password.
    pub const PASSWORD: &str = "bonin-sandbox";
}

/// A browser that follows no redirect by itself, so that a test sees each step.
#[derive(Clone, Debug)]
pub struct Visitor {
    public: Api,
    sandbox: Sandbox,
    /// Cookies of the server and of CoolSMS, apart, as on two hosts.
    cookies: BTreeMap<String, String>,
    provider_cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// A browser without cookies.
    pub fn new(server: &Server) -> Self {
        let (public, sandbox) = (server.api().clone(), server.sandbox().clone());
        Self { public, sandbox, cookies: BTreeMap::new(), provider_cookies: BTreeMap::new() }
    }

    /// A cookie of the server.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Puts a cookie of the server in the place of what it set.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Opens a page: a path of the server, or an address below it.
    pub async fn open(&mut self, address: &str) -> Answer {
        let path = address.strip_prefix(self.public.base()).unwrap_or(address).to_owned();
        let request = self.public.request(Method::GET, &path);
        self.send(request).await
    }

    /// Sends a form from one of the server's own pages.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let own = self.public.base().to_owned();
        let headers = [("origin", own.as_str()), ("sec-fetch-site", "same-origin")];
        self.submit_from(&headers, path, fields).await
    }

    /// Sends a form with these headers.
    pub async fn submit_from(
        &mut self,
        headers: &[(&str, &str)],
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.public.request(Method::POST, path).body(urlencoded(fields));
        request = request.header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// The form token that a page of the app shows.
    ///
    /// # Panics
    /// When there is none: nobody is logged in.
    pub async fn form_token(&mut self) -> String {
        let page = self.open("/app/account").await.expect(200);
        value_of(&page.text, "form_token")
    }

    /// Logs in to the app with somebody's account at CoolSMS, who allows what is asked for.
    ///
    /// # Panics
    /// When that fails.
    pub async fn log_in(&mut self, person: &str) {
        let away = self.submit("/app/login", &[]).await;
        let back = self.answer_at_provider(&way_out(&away), person, "allow").await;
        let _ = self.open(&back).await.expect(303);
    }

    /// Asks for one permission more, and allows it as `person`: the answer to the coming back.
    ///
    /// # Panics
    /// When it does not come so far.
    pub async fn allow_more(&mut self, scope: &str, person: &str) -> Answer {
        let token = self.form_token().await;
        let asked = self.submit("/app/allow", &[("form_token", &token), ("scope", scope)]).await;
        let back = self.answer_at_provider(&way_out(&asked), person, "allow").await;
        self.open(&back).await
    }

    /// Goes through CoolSMS's pages as `person`, whoever was logged in there before, and answers `allow` or `refuse`;
    /// the address that it is sent back to.
    ///
    /// # Panics
    /// When the pages are others.
    pub async fn answer_at_provider(&mut self, address: &str, person: &str, answer: &str) -> String {
        self.provider_cookies.clear();
        let base = self.sandbox.url().to_owned();
        let path = address.strip_prefix(&base).expect("an address of CoolSMS").to_owned();
        let (_, query) = path.split_once('?').expect("a log in");
        let fields = [("query", query), ("email", person), ("password", people::PASSWORD)];
        let _ = self.at_provider(Method::POST, "/oauth2/v1/login", &fields).await.expect(303);
        let page = self.at_provider(Method::GET, &path, &[]).await.expect(200);
        let form = value_of(&page.text, "form");
        let fields = [("query", query), ("form", &form), ("answer", answer)];
        let back = self.at_provider(Method::POST, "/oauth2/v1/consent", &fields).await.expect(303);
        back.header("location").to_owned()
    }

    async fn at_provider(&mut self, method: Method, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = self.sandbox.api().request(method.clone(), path);
        if method == Method::POST {
            request = request.header("content-type", "application/x-www-form-urlencoded");
            request = request.body(urlencoded(fields));
        }
        let answer = Answer::to(with(request, &self.provider_cookies)).await;
        keep(&mut self.provider_cookies, &answer);
        answer
    }

    async fn send(&mut self, request: RequestBuilder) -> Answer {
        let answer = Answer::to(with(request, &self.cookies)).await;
        keep(&mut self.cookies, &answer);
        answer
    }
}

/// Where the page leads that sends a browser to CoolSMS: by itself, and by its link.
///
/// # Panics
/// When it is another page, or may be stored.
#[track_caller]
pub fn way_out(page: &Answer) -> String {
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"), "{}", page.text);
    let after = |start: &str| {
        let (_, rest) =
            page.text.split_once(start).unwrap_or_else(|| panic!("no `{start}` in {}", page.text));
        rest.split('"').next().unwrap_or_default().replace("&#38;", "&")
    };
    let address = after("<meta http-equiv=\"refresh\" content=\"0;url=");
    assert_eq!(after("id=\"leave\" href=\""), address, "the link leads to the same place");
    address
}

/// The value of a hidden field of a page.
///
/// # Panics
/// When there is no such field.
pub fn value_of(page: &str, field: &str) -> String {
    let start = format!("name=\"{field}\" value=\"");
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("no field `{field}` in {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn with(request: RequestBuilder, cookies: &BTreeMap<String, String>) -> RequestBuilder {
    let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if pairs.is_empty() { request } else { request.header("cookie", pairs.join("; ")) }
}

fn keep(cookies: &mut BTreeMap<String, String>, answer: &Answer) {
    for header in answer.headers.get_all("set-cookie") {
        let header = header.to_str().expect("a cookie is text");
        let (name, value) = header.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
        if header.contains("Max-Age=0") {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn urlencoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        let bytes = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        });
        bytes.collect()
    };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}
