//! Form bodies and query strings.

use bonin_http::Url;

/// Writes fields as `application/x-www-form-urlencoded`.
pub(crate) fn write<'a>(base: &Url, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut url = base.clone();
    url.set_query(None);
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}

/// Reads fields, decoded.
pub(crate) fn read(base: &Url, text: &str) -> Vec<(String, String)> {
    let mut url = base.clone();
    url.set_query(Some(text));
    url.query_pairs().into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let base = Url::parse("http://127.0.0.1/").unwrap();
        let fields = [("text", "Code=1234 & go+#%"), ("to", "821012345678"), ("empty", ""), ("k", "인증 #1")];
        let written = write(&base, fields);
        assert!(written.starts_with("text=Code%3D1234+%26+go%2B%23%25&to=821012345678&empty=&k=%EC"));
        let read = read(&base, &written);
        assert_eq!(read, fields.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}
