//! Somebody with a browser: pages, forms and cookies, without scripts.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::{Method, RequestBuilder};

use crate::api::{Answer, Api};
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

const FORM: &str = "application/x-www-form-urlencoded";

/// What parts the fields of a form with a file.
const BOUNDARY: &str = "------------------------bonin";

/// A browser that follows no redirect by itself, so that a test sees each step.
#[derive(Clone, Debug)]
pub struct Visitor {
    app: Site,
    coolsms: Site,
    /// Whose account at CoolSMS they use.
    person: &'static str,
}

impl Visitor {
    /// A browser without cookies.
    pub fn new(server: &Server) -> Self {
        let site = |api: &Api| Site { api: api.clone(), cookies: BTreeMap::new() };
        Self { app: site(server.api()), coolsms: site(server.sandbox().api()), person: people::FIRST }
    }

    /// A browser that is logged in to the messaging app.
    ///
    /// # Panics
    /// When that does not lead to the page of sending.
    pub async fn logged_in(server: &Server, person: &'static str) -> Self {
        let mut visitor = Self::new(server);
        assert_eq!(visitor.log_in(person).await, "/app/send");
        visitor
    }

    /// A cookie of the server.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.app.cookies.get(name).map(String::as_str)
    }

    /// Puts a cookie of the server in the place of what it set.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.app.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Opens a page: a path of the server, or an address below it.
    pub async fn open(&mut self, address: &str) -> Answer {
        let path = address.strip_prefix(self.app.api.base()).unwrap_or(address).to_owned();
        self.app.send(Method::GET, &path, |request| request).await
    }

    /// Sends a form from one of the server's own pages.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.app.submit(path, FORM, urlencoded(fields)).await
    }

    /// Sends a form with these headers.
    pub async fn submit_from(
        &mut self,
        headers: &[(&str, &str)],
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let form = |request: RequestBuilder| {
            let request = request.header(CONTENT_TYPE, FORM).body(urlencoded(fields));
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
        };
        self.app.send(Method::POST, path, form).await
    }

    /// Sends a form with a file from one of the server's own pages.
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], image: &[u8]) -> Answer {
        let part = |name: &str, rest: &str| {
            format!("\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{rest}")
        };
        let fields = fields.iter().map(|(name, value)| part(name, &format!("\r\n\r\n{value}")));
        let file = part("image", "; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n");
        let head = fields.chain([file]).collect::<Vec<_>>().concat();
        let end = format!("\r\n--{BOUNDARY}--\r\n");
        let body = [head.as_bytes(), image, end.as_bytes()].concat();
        self.app.submit(path, &format!("multipart/form-data; boundary={BOUNDARY}"), body).await
    }

    /// Presses a button of a page: a form with the form token alone.
    pub async fn press(&mut self, path: &str) -> Answer {
        let token = self.form_token().await;
        self.submit(path, &[("form_token", &token)]).await
    }

    /// The token that the forms of this browser show.
    ///
    /// # Panics
    /// When nobody is logged in.
    pub async fn form_token(&mut self) -> String {
        field_of(&self.open("/app/earnings").await.expect(200).text, "form_token")
    }

    /// The form of a new message: its form token and its key.
    ///
    /// # Panics
    /// When nobody is logged in.
    pub async fn new_form(&mut self) -> (String, String) {
        let page = self.open("/app/send").await.expect(200).text;
        (field_of(&page, "form_token"), field_of(&page, "form_key"))
    }

    /// Logs in to the app with somebody's account at CoolSMS, who allows what is asked for. Where that leads.
    ///
    /// # Panics
    /// When that fails.
    pub async fn log_in(&mut self, person: &'static str) -> String {
        self.person = person;
        let leaving = self.submit("/app/login", &[]).await;
        self.agree(&leaving).await
    }

    /// Asks for one permission more (`read`, `images` or `cash`) with these fields of a form, and allows it. Where that
    /// leads.
    ///
    /// # Panics
    /// When it does not come so far.
    pub async fn allow(&mut self, scope: &str, fields: &[(&str, &str)]) -> String {
        let token = self.form_token().await;
        let asked = [&[("form_token", token.as_str()), ("scope", scope)], fields].concat();
        let leaving = self.submit("/app/allow", &asked).await;
        self.agree(&leaving).await
    }

    async fn agree(&mut self, leaving: &Answer) -> String {
        let back = self.answer_at_provider(&way_out(leaving), self.person, "allow").await;
        self.open(&back).await.expect(303).header("location").to_owned()
    }

    /// Goes through CoolSMS's pages as `person`, whoever was logged in there before, and answers `allow` or `refuse`;
    /// the address that it is sent back to.
    ///
    /// # Panics
    /// When the pages are others.
    pub async fn answer_at_provider(&mut self, address: &str, person: &str, answer: &str) -> String {
        let coolsms = &mut self.coolsms;
        coolsms.cookies.clear();
        let path = address.strip_prefix(coolsms.api.base()).expect("an address of CoolSMS");
        let (_, query) = path.split_once('?').expect("a log in");
        let fields = [("query", query), ("email", person), ("password", people::PASSWORD)];
        let _ = coolsms.submit("/oauth2/v1/login", FORM, urlencoded(&fields)).await.expect(303);
        let page = coolsms.send(Method::GET, path, |request| request).await.expect(200);
        let form = field_of(&page.text, "form");
        let fields = [("query", query), ("form", &form), ("answer", answer)];
        let back = coolsms.submit("/oauth2/v1/consent", FORM, urlencoded(&fields)).await.expect(303);
        back.header("location").to_owned()
    }
}

/// A host, and the cookies that it set.
#[derive(Clone, Debug)]
struct Site {
    api: Api,
    cookies: BTreeMap<String, String>,
}

impl Site {
    /// Sends a form as one of its own pages does.
    async fn submit(&mut self, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
        let own = self.api.base().to_owned();
        let form = |request: RequestBuilder| {
            let request = request.header("origin", own).header("sec-fetch-site", "same-origin");
            request.header(CONTENT_TYPE, kind).body(body)
        };
        self.send(Method::POST, path, form).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Answer {
        let mut request = with(self.api.request(method, path));
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        let answer = Answer::to(request).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie is text");
            let (name, value) =
                cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
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
    let address = value_after(&page.text, "<meta http-equiv=\"refresh\" content=\"0;url=");
    assert_eq!(value_after(&page.text, "id=\"leave\" href=\""), address, "the link leads to the same place");
    address
}

/// The value of a hidden field.
///
/// # Panics
/// When the page has none of this name.
#[track_caller]
pub fn field_of(page: &str, name: &str) -> String {
    value_after(page, &format!("name=\"{name}\" value=\""))
}

/// What stands in a page from the end of `start` to the next quotation mark.
///
/// # Panics
/// When `start` does not stand in it.
#[track_caller]
pub fn value_after(page: &str, start: &str) -> String {
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("no `{start}` in {page}"));
    let value = rest.split('"').next().unwrap_or_default();
    value.replace("&#38;", "&").replace("&amp;", "&").replace("&#61;", "=").replace("&quot;", "\"")
}

/// The body of a form without a file.
pub(crate) fn urlencoded(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| -> String {
        let byte = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}
