//! The handset as a page: a phone. One template, one style sheet and one script, all in the binary.

use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;

use super::words::{self, EN, KO, Words};

/// Nothing from elsewhere, nothing inline, framed by nobody.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "handset.html")]
struct Page {
    words: &'static Words,
    /// All words as JSON, for the script.
    ko: String,
    en: String,
}

/// `GET /handset`
pub(super) async fn page(request: HttpRequest) -> HttpResponse {
    let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let json = |words| serde_json::to_string(words).unwrap_or_default();
    let page = Page { words: words::preferred(accepted), ko: json(&KO), en: json(&EN) };
    match page.render() {
        Ok(html) => guarded()
            .content_type("text/html; charset=utf-8")
            .insert_header(("Cache-Control", "no-store"))
            .insert_header(("Vary", "Accept-Language"))
            .body(html),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// `GET /handset/app.css`
pub(super) async fn style() -> HttpResponse {
    asset("text/css; charset=utf-8", include_str!("../../assets/app.css"))
}

/// `GET /handset/app.js`
pub(super) async fn script() -> HttpResponse {
    asset("text/javascript; charset=utf-8", include_str!("../../assets/app.js"))
}

fn asset(content_type: &str, body: &'static str) -> HttpResponse {
    // Another build may serve other assets under the same name.
    guarded().content_type(content_type).insert_header(("Cache-Control", "no-cache")).body(body)
}

fn guarded() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header(("Content-Security-Policy", POLICY))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .insert_header(("Cross-Origin-Opener-Policy", "same-origin"))
        .insert_header(("Cross-Origin-Resource-Policy", "same-origin"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word_names(source: &str, marker: &str) -> Vec<String> {
        source
            .split(marker)
            .skip(1)
            .map(|rest| {
                let end = rest.find(|letter: char| !(letter.is_ascii_lowercase() || letter == '_'));
                rest[..end.unwrap_or(rest.len())].to_owned()
            })
            .collect()
    }

    #[test]
    fn every_word_that_the_page_asks_for_exists() {
        let known = serde_json::to_value(&KO).unwrap();
        let template = include_str!("../../templates/handset.html");
        let script = include_str!("../../assets/app.js");
        let asked: Vec<String> = ["data-word=\"", "data-label=\"", "data-hint=\""]
            .iter()
            .flat_map(|marker| word_names(template, marker))
            .chain(word_names(script, "say(\""))
            .chain(word_names(script, "complain(\""))
            .collect();
        assert!(asked.len() > 20);
        for name in asked {
            assert!(known.get(&name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_page_holds_nothing_inline_and_nothing_from_elsewhere() {
        let template = include_str!("../../templates/handset.html");
        for banned in ["<style", "style=", "onclick", "onload", "javascript:", "src=\"http", "href=\"http"] {
            assert!(!template.contains(banned), "{banned}");
        }
        let script = include_str!("../../assets/app.js");
        for banned in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", ".style"] {
            assert!(!script.contains(banned), "{banned}");
        }
        assert!(!include_str!("../../assets/app.css").contains("url(http"));
    }
}
