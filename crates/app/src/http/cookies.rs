//! Cookies that hold a secret: for this host alone, over TLS alone, out of reach of scripts and of what other sites
//! post (security 32).

use actix_web::http::header::{COOKIE, HeaderMap};

/// How long a browser keeps a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Until the browser is closed.
    Browser,
    /// So many seconds.
    Seconds(i64),
}

/// The header that gives a browser a cookie. `name` begins with `__Host-`, so that no other host can set it.
pub fn set(name: &str, value: &str, life: Life) -> (&'static str, String) {
    let life = match life {
        Life::Browser => String::new(),
        Life::Seconds(seconds) => format!("; Max-Age={seconds}"),
    };
    ("set-cookie", format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{life}"))
}

/// The header that takes a cookie away.
pub fn clear(name: &str) -> (&'static str, String) {
    set(name, "", Life::Seconds(0))
}

/// The values that a browser sends for a name; more than one where somebody set it twice.
pub fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let pairs = headers.get_all(COOKIE).flat_map(|value| value.to_str().unwrap_or_default().split(';'));
    pairs.filter_map(move |pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The value that a browser sends for a name; `None` also where there are two, since nobody can tell which is meant.
pub fn value<'a>(headers: &'a HeaderMap, name: &'a str) -> Option<&'a str> {
    let mut values = values(headers, name);
    values.next().filter(|_| values.next().is_none())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_set() {
        let (_, header) = set("__Host-a", "one", Life::Seconds(600));
        assert_eq!(header, "__Host-a=one; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600");
        assert_eq!(clear("__Host-a").1, "__Host-a=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("x__Host-a=no; __Host-a=one; __Host-ab=no"));
        assert_eq!(value(&headers, "__Host-a"), Some("one"));
        assert_eq!(value(&headers, "__Host-b"), None);
        headers.append(COOKIE, HeaderValue::from_static("__Host-a=two"));
        assert_eq!(value(&headers, "__Host-a"), None, "which of the two is meant cannot be told");
        assert_eq!(values(&headers, "__Host-a").count(), 2);
    }
}
