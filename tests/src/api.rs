//! A client of the native API that shows answers as they are, errors included.

use std::sync::Once;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

/// Longer than any call may take.
const LONGEST_CALL: Duration = Duration::from_secs(30);

static CRYPTO: Once = Once::new();

/// One server's public listener, or the sandbox's.
#[derive(Clone, Debug)]
pub struct Api {
    client: Client,
    base: String,
}

/// An API key.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Its public half.
    pub id: String,
    /// Its secret half.
    pub secret: String,
}

impl ApiKey {
    /// Reads what `bonin keys create --json` printed.
    ///
    /// # Panics
    /// When that is no key.
    pub(crate) fn read(printed: &str) -> Self {
        let printed: Value = serde_json::from_str(printed).expect("JSON");
        let text = |name: &str| printed[name].as_str().expect("a text").to_owned();
        Self { id: text("api_key"), secret: text("api_secret") }
    }

    /// The value of the header `Authorization`, in its `Bearer` form.
    pub fn bearer(&self) -> String {
        format!("Bearer {}.{}", self.id, self.secret)
    }
}

/// A verification as its owner knows it.
#[derive(Clone, Debug)]
pub struct Verification {
    /// Its name.
    pub id: String,
    /// Its secret.
    pub token: String,
    /// The number it is for, in E.164 form.
    pub number: String,
    /// The answer to its start.
    pub view: Value,
}

impl Api {
    /// A client of the server at `base`, such as `http://127.0.0.1:8080`.
    ///
    /// # Panics
    /// When the client cannot be built.
    pub fn new(base: &str) -> Self {
        CRYPTO.call_once(|| {
            // The error says that there is one already, which serves as well.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        #[expect(
            clippy::disallowed_methods,
            reason = "a client as foreign to the product as its users' are: the product's own caps and time-outs are under test"
        )]
        let builder = Client::builder();
        let client = builder
            .no_proxy()
            // Loopback is not encrypted: no certificates of the machine need to be there, or to be read.
            .tls_certs_only([])
            .timeout(LONGEST_CALL)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client can be built");
        Self { client, base: base.trim_end_matches('/').to_owned() }
    }

    /// The address, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request to `path`, to which headers and a body can be added.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// `GET path`
    pub async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    /// `POST path` with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(Method::POST, path).json(body)).await
    }

    /// A call with an API key.
    pub async fn with_key(&self, key: &ApiKey, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.request(method, path).basic_auth(&key.id, Some(&key.secret));
        Answer::to(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    /// `POST path` with these very bytes.
    pub async fn post_bytes(&self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.request(Method::POST, path).header(CONTENT_TYPE, content_type);
        Answer::to(request.body(body.into())).await
    }

    /// Starts a sign-up verification of `number`.
    ///
    /// # Panics
    /// When the answer is not 201.
    pub async fn start(&self, number: &str) -> Verification {
        self.post("/v1/verifications", &start_body(number)).await.expect(201).verification(number)
    }

    /// Starts one, and waits up to so many seconds for the first outcome of its delivery.
    ///
    /// # Panics
    /// When the answer is not 201.
    pub async fn start_and_wait(&self, number: &str, seconds: u32) -> Verification {
        let request =
            self.request(Method::POST, "/v1/verifications").header("Prefer", format!("wait={seconds}"));
        Answer::to(request.json(&start_body(number))).await.expect(201).verification(number)
    }

    /// Asks for another code.
    pub async fn resend(&self, verification: &Verification) -> Answer {
        let path = format!("/v1/verifications/{}/resend", verification.id);
        self.post(&path, &json!({ "token": verification.token })).await
    }

    /// Checks a typed code.
    pub async fn check(&self, verification: &Verification, code: &str) -> Answer {
        let path = format!("/v1/verifications/{}/check", verification.id);
        self.post(&path, &json!({ "token": verification.token, "code": code })).await
    }

    /// Asks how it stands.
    pub async fn view(&self, verification: &Verification) -> Answer {
        Answer::to(self.of(Method::GET, verification)).await
    }

    /// Gives it up.
    pub async fn cancel(&self, verification: &Verification) -> Answer {
        Answer::to(self.of(Method::DELETE, verification)).await
    }

    /// The state of its delivery; `None` while the answer has none.
    pub async fn delivery(&self, verification: &Verification) -> Option<String> {
        let view = self.view(verification).await.expect(200).json();
        view["delivery"]["status"].as_str().map(str::to_owned)
    }

    fn of(&self, method: Method, verification: &Verification) -> RequestBuilder {
        self.request(method, &format!("/v1/verifications/{}", verification.id))
            .header("Verification-Token", &verification.token)
    }
}

/// The body of a sign-up start.
fn start_body(number: &str) -> Value {
    json!({ "phone_number": number, "purpose": "sign_up" })
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// Sends `request` and reads its answer.
    ///
    /// # Panics
    /// When none comes.
    pub async fn to(request: RequestBuilder) -> Self {
        Self::try_to(request).await.unwrap_or_else(|error| panic!("no answer: {error:?}"))
    }

    /// Sends `request` and reads its answer, if one comes.
    ///
    /// # Errors
    /// When the server does not answer, or not to the end.
    pub async fn try_to(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Ok(Self { status, headers, text: response.text().await? })
    }

    /// This answer, once its status is the expected one.
    ///
    /// # Panics
    /// When it is another one.
    #[track_caller]
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// This answer, once it is a problem with this status and code, in the form that all have.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    #[must_use]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.text);
        self.expect_any_problem()
    }

    /// This answer, once it is a problem in the form that all have: media type, title, status, type, request id.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    #[must_use]
    pub fn expect_any_problem(self) -> Self {
        let problem = self.json();
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        assert_eq!(problem["status"], self.status, "{}", self.text);
        assert_eq!(problem["type"], format!("/problems/{}", self.code()), "{}", self.text);
        for member in ["title", "request_id"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {}", self.text);
        }
        self
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("status {}: {error}: {}", self.status, self.text))
    }

    /// A string member of the body.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn text_of(&self, member: &str) -> String {
        let body = self.json();
        let text = body[member].as_str();
        text.unwrap_or_else(|| panic!("status {}: no text `{member}` in {}", self.status, self.text))
            .to_owned()
    }

    /// The problem's code.
    #[track_caller]
    pub fn code(&self) -> String {
        self.text_of("code")
    }

    /// The fields that the problem names, each with its code.
    #[track_caller]
    pub fn fields(&self) -> Vec<(String, String)> {
        let body = self.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        let text = |error: &Value, member: &str| error[member].as_str().unwrap_or_default().to_owned();
        errors.iter().map(|error| (text(error, "field"), text(error, "code"))).collect()
    }

    /// A header, or the empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The seconds in `Retry-After`.
    ///
    /// # Panics
    /// When there are none.
    #[track_caller]
    pub fn retry_after(&self) -> u64 {
        let seconds = self.header(RETRY_AFTER.as_str());
        seconds
            .parse()
            .unwrap_or_else(|_| panic!("Retry-After `{seconds}` of status {}: {}", self.status, self.text))
    }

    /// The verification that a start's answer tells of.
    ///
    /// # Panics
    /// When it has no id or token.
    #[track_caller]
    pub fn verification(&self, number: &str) -> Verification {
        Verification {
            id: self.text_of("id"),
            token: self.text_of("token"),
            number: number.to_owned(),
            view: self.json(),
        }
    }
}
