use bonin_http::Url;
use jiff::Timestamp;

use crate::time::seoul_time;

/// Which messages to list (section 5); data of the last 90 days.
#[derive(Clone)]
pub struct ListQuery {
    pairs: Vec<(&'static str, String)>,
}

impl ListQuery {
    /// Those of one request.
    pub fn request(request_id: &str) -> Self {
        Self { pairs: vec![("requestId", request_id.to_owned())] }
    }

    /// Those that were requested from `since` to `until`, at most 30 days, in whole seconds.
    pub fn requested(since: Timestamp, until: Timestamp) -> Self {
        Self { pairs: vec![("requestStartTime", seoul_time(since)), ("requestEndTime", seoul_time(until))] }
    }

    /// Only those to this recipient, digits as they were sent.
    #[must_use]
    pub fn to(self, digits: &str) -> Self {
        self.with("to", digits)
    }

    /// Rows per page, 1 to 100; 20 where nothing is said.
    #[must_use]
    pub fn page_size(self, rows: u8) -> Self {
        self.with("pageSize", &rows.to_string())
    }

    /// The page after the one that brought `token`.
    #[must_use]
    pub fn next_token(mut self, token: &str) -> Self {
        self.pairs.retain(|(name, _)| *name != "nextToken");
        self.with("nextToken", token)
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.pairs.push((name, value.to_owned()));
        self
    }

    pub(crate) fn write(&self, url: &mut Url) {
        write(&self.pairs, url);
    }
}

/// Writes a query into `url`, each value percent-encoded once.
pub(crate) fn write(pairs: &[(&'static str, String)], url: &mut Url) {
    let pairs: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
    url.set_query(Some(&pairs.join("&")));
}

/// Everything but RFC 3986's unreserved characters is encoded: a blank is `%20`, never `+`, which the
/// gateway would sign differently.
fn percent_encoded(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                encoded.push('%');
                for digit in [byte >> 4, byte & 15] {
                    encoded.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                }
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(list: &ListQuery) -> String {
        let mut url = Url::parse("http://127.0.0.1/").unwrap();
        list.write(&mut url);
        url.query().unwrap().to_owned()
    }

    #[test]
    fn times_are_of_seoul_and_values_encoded_once() {
        let since = "2026-01-02T00:00:00.999Z".parse().unwrap();
        let until = "2026-01-02T09:00:00Z".parse().unwrap();
        assert_eq!(
            query(&ListQuery::requested(since, until)),
            "requestStartTime=2026-01-02%2009%3A00%3A00&requestEndTime=2026-01-02%2018%3A00%3A00"
        );
        assert_eq!(query(&ListQuery::request("RSSA-1_2.3~4")), "requestId=RSSA-1_2.3~4");
        assert_eq!(
            query(&ListQuery::request("a+b/c=%20'&#가")),
            "requestId=a%2Bb%2Fc%3D%2520%27%26%23%EA%B0%80"
        );
    }

    #[test]
    fn a_next_token_replaces_the_one_before() {
        let list = ListQuery::request("a").to("010").page_size(100);
        let list = list.next_token("one").next_token("two");
        assert_eq!(query(&list), "requestId=a&to=010&pageSize=100&nextToken=two");
    }
}
