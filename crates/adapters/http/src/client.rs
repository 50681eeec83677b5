use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{ClientBuilder, Response};

use crate::{Answer, HttpError, Request};

/// How long an idle connection is kept. Load balancers close theirs after 60 s or more, and a request that
/// meets a closing connection is unclear, so ours go well before.
const IDLE_FOR: Duration = Duration::from_secs(20);

/// The settings of [`Http`].
#[derive(Clone, Copy, Debug)]
pub struct HttpOptions {
    /// The most time for name resolution, TCP and TLS together; 2 s. Where `total_timeout` is not longer, a
    /// slow connection counts as unclear rather than as not sent.
    pub connect_timeout: Duration,
    /// The most time for a whole call, from the start to the last byte of the answer; 5 s.
    pub total_timeout: Duration,
    /// The most bytes of an answer's body; 64 KiB.
    pub answer_limit: usize,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            total_timeout: Duration::from_secs(5),
            answer_limit: 64 * 1024,
        }
    }
}

/// The client. A clone shares its connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    answer_limit: usize,
    total_timeout: Duration,
}

impl Http {
    /// A client with these settings. Installs the crypto provider where the process has none yet.
    ///
    /// # Errors
    /// [`HttpError::Invalid`] with code `setup` where the TLS library refuses its own settings.
    pub fn new(options: HttpOptions) -> Result<Self, HttpError> {
        install_crypto_provider();
        let client = builder(options).build().or_else(|error| {
            // A machine without root certificates can still talk to a provider simulated next door.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "no HTTPS to providers: the system's root certificates cannot be read"
            );
            builder(options).tls_certs_only([]).build()
        });
        Ok(Self {
            client: client
                .map_err(|error| HttpError::Invalid { code: "setup", cause: error.without_url().into() })?,
            answer_limit: options.answer_limit,
            total_timeout: options.total_timeout,
        })
    }

    /// Sends `request` once and reads the whole answer.
    ///
    /// Any status is an answer, redirects too. Nothing is sent again, save where a kept connection turned out
    /// closed before a byte of the request was written to it.
    ///
    /// # Errors
    /// See [`HttpError`]: surely not sent, unclear, or not a valid request.
    pub async fn call(&self, request: Request) -> Result<Answer, HttpError> {
        let limit = request.answer_limit.unwrap_or(self.answer_limit);
        let mut call = self.client.request(request.method, request.url).headers(headers(request.headers)?);
        if let Some(body) = request.body {
            call = call.body(body);
        }
        if let Some(most) = request.time_limit {
            call = call.timeout(most.min(self.total_timeout));
        }
        let mut response = call.send().await.map_err(HttpError::before_answer)?;
        Ok(Answer {
            status: response.status().as_u16(),
            content_type: text(response.headers().get(CONTENT_TYPE)),
            date: text(response.headers().get(DATE)),
            body: body(&mut response, limit).await?,
        })
    }
}

/// The client with default settings.
///
/// # Panics
/// Where [`Http::new`] fails with these settings, which needs a broken TLS library.
impl Default for Http {
    fn default() -> Self {
        Self::new(HttpOptions::default()).expect("the default settings build a client")
    }
}

/// Makes *ring* the crypto provider of this process's TLS unless one is installed already.
///
/// A program calls it first in `main`, so that every other TLS client of the process uses the same.
pub fn install_crypto_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error says that another thread was quicker, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

#[expect(clippy::disallowed_methods, reason = "this is its one home")]
fn builder(options: HttpOptions) -> ClientBuilder {
    let defaults = [
        (ACCEPT, HeaderValue::from_static("application/json")),
        (USER_AGENT, HeaderValue::from_static("bonin")),
    ];
    reqwest::Client::builder()
        .connect_timeout(options.connect_timeout)
        .timeout(options.total_timeout)
        .pool_idle_timeout(IDLE_FOR)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .default_headers(HeaderMap::from_iter(defaults))
}

fn headers(pairs: Vec<(&'static str, String)>) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::with_capacity(pairs.len());
    for (name, value) in pairs {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(invalid_header)?;
        let mut value = HeaderValue::try_from(value).map_err(invalid_header)?;
        // Keys travel in headers of any name; this keeps them out of `Debug` output below us.
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

fn invalid_header(error: impl std::error::Error + Send + Sync + 'static) -> HttpError {
    HttpError::Invalid { code: "header", cause: error.into() }
}

/// Reads the body chunk by chunk, so that no server makes us hold more than `limit`.
async fn body(response: &mut Response, limit: usize) -> Result<Vec<u8>, HttpError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(HttpError::within_answer)? {
        if chunk.len() > limit - body.len() {
            return Err(HttpError::too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn text(value: Option<&HeaderValue>) -> Option<String> {
    value?.to_str().ok().map(str::to_owned)
}
