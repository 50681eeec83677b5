//! Which sites may make a browser change something here (security 33).

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, ORIGIN};

use crate::problem::{Problem, ProblemCode};

/// The origins whose pages may change something here: our own and the listed ones.
#[derive(Clone, Debug, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// Our own origin is that of `public_url`; where none is configured, that of `listening`
    /// (`http://127.0.0.1:8080`) by number and as `localhost`. `listed` are those of
    /// `BONIN__PUBLIC__CORS_ORIGINS`.
    pub fn new(public_url: Option<&str>, listening: &str, listed: &[String]) -> Self {
        let own = if let Some(url) = public_url {
            vec![url.to_owned()]
        } else {
            let port = listening.rsplit(':').next().unwrap_or_default();
            let here = |host| format!("http://{host}:{port}");
            vec![listening.to_owned(), here("localhost"), here("127.0.0.1")]
        };
        Self(own.iter().chain(listed).filter_map(|url| origin_of(url)).collect())
    }

    /// Whether pages of this origin may change something here.
    pub fn allow(&self, origin: &str) -> bool {
        origin_of(origin).is_some_and(|origin| self.0.contains(&origin))
    }

    /// Refuses a request that a browser makes for another site. One that no browser makes names no site and
    /// passes: it carries no cookie that somebody else put there.
    ///
    /// # Errors
    /// 403 `cross_site_refused`.
    pub fn check(&self, request: &HttpRequest) -> Result<(), Problem> {
        if self.lets_through(request.headers()) {
            Ok(())
        } else {
            Err(Problem::new(ProblemCode::CrossSiteRefused))
        }
    }

    fn lets_through(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(ORIGIN);
        let mut sites = headers.get_all("sec-fetch-site");
        match (origins.next(), sites.next()) {
            // `null`, as sandboxed frames and redirects send it, is no origin that could be listed.
            (Some(origin), _) => {
                let named = origin.to_str().is_ok_and(|origin| self.allow(origin));
                named && origins.next().is_none()
            }
            (None, Some(site)) => {
                let ours = site.to_str().is_ok_and(|site| matches!(site, "same-origin" | "none"));
                ours && sites.next().is_none()
            }
            (None, None) => true,
        }
    }
}

/// Whether a browser makes the request: only they say for which page, and scripts cannot take that away.
pub fn is_browser(headers: &HeaderMap) -> bool {
    headers.contains_key(ORIGIN) || headers.keys().any(|name| name.as_str().starts_with("sec-fetch-"))
}

/// The origin of an address, in the spelling of browsers: lower case, no path, no port that goes without saying.
fn origin_of(url: &str) -> Option<String> {
    let url = url.trim().to_ascii_lowercase();
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
    let usual = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    Some(format!("{scheme}://{}", host.strip_suffix(usual).unwrap_or(host)))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn lets_through(lines: &[(&'static str, &'static str)]) -> bool {
        let listed = ["https://shop.example/".to_owned()];
        Origins::new(Some("https://id.example:443/base"), "http://127.0.0.1:8080", &listed)
            .lets_through(&headers(lines))
    }

    #[test]
    fn our_own_pages_and_listed_ones_pass() {
        assert!(lets_through(&[("origin", "https://id.example")]));
        assert!(lets_through(&[("origin", "https://shop.example"), ("sec-fetch-site", "same-site")]));
        assert!(lets_through(&[("sec-fetch-site", "same-origin")]));
        assert!(lets_through(&[("sec-fetch-site", "none")]));
        assert!(lets_through(&[("accept", "*/*")]), "no browser");
    }

    #[test]
    fn other_sites_are_refused() {
        for origin in [
            "https://evil.example",
            "http://id.example",
            "https://id.example.evil.example",
            "https://id.example:8443",
            "https://id.example@evil.example",
            "http://127.0.0.1:8080",
            "null",
            "",
        ] {
            assert!(!lets_through(&[("origin", origin)]), "{origin}");
            assert!(!lets_through(&[("origin", origin), ("sec-fetch-site", "same-origin")]), "{origin}");
        }
        for site in ["cross-site", "same-site", "", "Same-Origin"] {
            assert!(!lets_through(&[("sec-fetch-site", site)]), "{site}");
        }
        let twice = [("origin", "https://id.example"), ("origin", "https://evil.example")];
        assert!(!lets_through(&twice));
        assert!(!lets_through(&[("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn without_a_public_address_we_are_where_we_listen() {
        let origins = Origins::new(None, "http://0.0.0.0:8080", &[]);
        for own in ["http://0.0.0.0:8080", "http://localhost:8080", "http://127.0.0.1:8080"] {
            assert!(origins.allow(own), "{own}");
        }
        assert!(!origins.allow("http://localhost:8090"));
        assert!(!origins.allow("https://localhost:8080"));
    }

    #[test]
    fn browsers_are_known_by_what_they_say_of_their_page() {
        assert!(is_browser(&headers(&[("origin", "null")])));
        assert!(is_browser(&headers(&[("sec-fetch-mode", "cors")])));
        assert!(!is_browser(&headers(&[("user-agent", "Mozilla/5.0"), ("referer", "https://id.example/")])));
    }
}
