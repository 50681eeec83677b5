//! The frame of a page: in which language it speaks, what it may load, and which headers go with it (security 34).

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bonin_domain::messages::Locale;
use bonin_ports::{Clock, Entropy};
use jiff::Timestamp;

use super::assets::asset_url;
use crate::http::cookies::{self, Life};
use crate::http::problems::{self, Rendered};
use crate::problem::{Problem, ProblemCode};

/// A year.
const TRANSPORT: &str = "max-age=31536000; includeSubDomains";

/// The language that somebody chose on a page; no secret.
const LANGUAGE: &str = "__Host-bonin-language";

/// A year, in seconds.
const A_YEAR: i64 = 31_536_000;

/// What frames are made of.
#[derive(Clone)]
pub struct FrameParts {
    /// Draws nonces.
    pub entropy: std::sync::Arc<dyn Entropy>,
    /// The time.
    pub clock: std::sync::Arc<dyn Clock>,
    /// The language where nothing says which.
    pub locale: Locale,
}

/// The frame of one page.
pub struct Frame {
    /// Its language.
    pub locale: Locale,
    /// What its style sheets and scripts show to be loaded.
    pub nonce: String,
    /// When it is shown.
    pub now: Timestamp,
    /// Where it stands, without its parameters.
    pub path: String,
    /// The parameters, without that of the language.
    query: Vec<(String, String)>,
    chosen: bool,
}

impl Frame {
    /// The frame of a page that answers `request`. `?lang=en` chooses a language, and is remembered.
    pub fn new(parts: &FrameParts, request: &HttpRequest) -> Self {
        let mut random = [0; 16];
        parts.entropy.fill(&mut random);
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        let mut query = pairs.map(web::Query::into_inner).unwrap_or_default();
        let asked = query.iter().find(|(name, _)| name == "lang").and_then(|(_, tag)| tag.parse().ok());
        query.retain(|(name, _)| name != "lang");
        let remembered = || cookies::value(request.headers(), LANGUAGE).and_then(|tag| tag.parse().ok());
        let locale = asked.or_else(remembered).or_else(|| problems::preferred(request));
        Self {
            locale: locale.unwrap_or(parts.locale),
            nonce: URL_SAFE_NO_PAD.encode(random),
            now: parts.clock.now(),
            path: request.path().to_owned(),
            query,
            chosen: asked.is_some(),
        }
    }

    /// The language's tag.
    pub fn lang(&self) -> &'static str {
        self.locale.as_str()
    }

    /// Whether the page speaks Korean.
    pub fn korean(&self) -> bool {
        self.locale == Locale::Ko
    }

    /// `ko` where the page speaks Korean, else `en`: for the few words of a template.
    pub fn say<'a>(&self, ko: &'a str, en: &'a str) -> &'a str {
        if self.korean() { ko } else { en }
    }

    /// The tag of the other language.
    pub fn other_lang(&self) -> &'static str {
        if self.korean() { "en" } else { "ko" }
    }

    /// The same page in the other language.
    pub fn other_language(&self) -> String {
        self.addressed(Some(("lang", self.other_lang())))
    }

    /// The page's address with its parameters, but for the language.
    pub fn address(&self) -> String {
        self.addressed(None)
    }

    /// The language, where the address chooses it.
    pub fn chosen_language(&self) -> Option<&'static str> {
        self.chosen.then(|| self.lang())
    }

    fn addressed(&self, more: Option<(&str, &str)>) -> String {
        let pairs = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(more);
        let written: Vec<String> =
            pairs.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        if written.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, written.join("&")) }
    }

    /// The frame of a page that is shown at an address which is not to be opened again: its language link leads to `path`.
    #[must_use]
    pub fn standing_at(self, path: &str) -> Self {
        Self { path: path.to_owned(), query: Vec::new(), ..self }
    }

    /// A parameter of the page's address, where it stands there once.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut values =
            self.query.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// The address of a file that the page links.
    #[expect(clippy::unused_self, reason = "templates call what is theirs on their frame")]
    pub fn asset(&self, name: &str) -> &'static str {
        asset_url(name)
    }

    /// The page as an answer.
    pub fn answer(&self, status: StatusCode, page: &impl Template) -> HttpResponse {
        let html = match page.render() {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(error = %error, "a page could not be written");
                return HttpResponse::from_error(Problem::new(ProblemCode::Internal));
            }
        };
        let mut response = HttpResponse::build(status);
        guard(&mut response)
            .content_type("text/html; charset=utf-8")
            .insert_header(("content-security-policy", self.policy()))
            .insert_header(("content-language", self.lang()))
            .insert_header(("vary", "accept-language, cookie"))
            .insert_header(("cache-control", "no-store"));
        if self.chosen {
            response.append_header(cookies::set(LANGUAGE, self.lang(), Life::Seconds(A_YEAR)));
        }
        let mut response = response.body(html);
        response.extensions_mut().insert(Rendered);
        response
    }

    /// Our own files and nothing else; no style or script within the page.
    fn policy(&self) -> String {
        let nonce = &self.nonce;
        format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; \
             img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    }
}

/// The answer that leads somewhere else after a form: `to` is a path of ours, written in the code.
pub fn see_other(to: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    guard(&mut response).insert_header(("location", to)).insert_header(("cache-control", "no-store"));
    response
}

/// The headers of everything that browsers show.
pub fn guard(response: &mut HttpResponseBuilder) -> &mut HttpResponseBuilder {
    response
        .insert_header(("strict-transport-security", TRANSPORT))
        .insert_header(("x-content-type-options", "nosniff"))
        // Not `no-referrer`: under that, browsers send forms with `Origin: null`, which is no origin of ours.
        .insert_header(("referrer-policy", "same-origin"))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
}

/// Percent-encoding of one part of a query.
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut written, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(written, "%{byte:02X}");
        }
        written
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::test::TestRequest;

    use super::*;
    use crate::system::{SystemClock, SystemEntropy};

    fn frame(uri: &str, headers: &[(&'static str, &'static str)]) -> Frame {
        let parts = FrameParts {
            entropy: Arc::new(SystemEntropy::new()),
            clock: Arc::new(SystemClock),
            locale: Locale::Ko,
        };
        let mut request = TestRequest::with_uri(uri);
        for header in headers {
            request = request.append_header(*header);
        }
        Frame::new(&parts, &request.to_http_request())
    }

    #[test]
    fn a_chosen_language_goes_before_the_preferred_one() {
        assert_eq!(frame("/app", &[]).lang(), "ko");
        assert_eq!(frame("/app", &[("accept-language", "en")]).lang(), "en");
        let cookie = ("cookie", "__Host-bonin-language=ko");
        assert_eq!(frame("/app", &[("accept-language", "en"), cookie]).lang(), "ko");
        assert_eq!(frame("/app?lang=en", &[cookie]).lang(), "en");
    }

    #[test]
    fn the_other_language_is_the_same_page() {
        let frame = frame("/console/verifications?number=%EC%A0%84%ED%99%94&lang=ko", &[]);
        assert_eq!(frame.other_language(), "/console/verifications?number=%EC%A0%84%ED%99%94&lang=en");
        assert_eq!(frame.parameter("number"), Some("전화"));
        assert_eq!(frame.parameter("lang"), None);
    }

    #[test]
    fn no_page_allows_what_stands_within_it() {
        let policy = frame("/app", &[]).policy();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && !policy.contains('*')
        );
        assert!(policy.contains("form-action 'self';") && policy.contains("frame-ancestors 'none'"));
    }
}
