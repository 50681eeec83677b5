use std::time::Duration;

use reqwest::{Method, Url};

/// One request. It has no `Debug`: its headers carry keys, its body numbers and texts.
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) answer_limit: Option<usize>,
    pub(crate) time_limit: Option<Duration>,
}

impl Request {
    /// A request without a body. The path and query of `url` go out exactly as [`Url`] writes them, so a
    /// signature computed over `url.path()` and `url.query()` covers what is sent.
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: Vec::new(), body: None, answer_limit: None, time_limit: None }
    }

    /// Adds a header; `Accept` and `User-Agent` replace the client's own. The value is checked by
    /// [`crate::Http::call`].
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sets the body and its `Content-Type`.
    #[must_use]
    pub fn body(mut self, content_type: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some(bytes.into());
        self.header("content-type", content_type)
    }

    /// Takes an answer of up to `bytes` instead of the client's limit, for calls that answer with long lists.
    #[must_use]
    pub fn answer_limit(mut self, bytes: usize) -> Self {
        self.answer_limit = Some(bytes);
        self
    }

    /// Gives the whole call up after `most`, where that is sooner than the client's `total_timeout`.
    #[must_use]
    pub fn time_limit(mut self, most: Duration) -> Self {
        self.time_limit = Some(most);
        self
    }
}
