/// A whole answer, whatever its status: 4xx and 5xx are answers, not errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status, such as 202.
    pub status: u16,
    /// The header `Content-Type` as sent, such as `application/json; charset=utf-8`.
    pub content_type: Option<String>,
    /// The header `Date` as sent: the server's clock, in the form `Sun, 06 Nov 1994 08:49:37 GMT`.
    pub date: Option<String>,
    /// The body, at most as long as the request's or the client's limit.
    pub body: Vec<u8>,
}

/// Shows how long the body is, never what it says: providers repeat numbers and texts in it.
impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Answer")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
