//! `/identity`: our own page for verifying an identity. It opens the provider's window, has the server take the result,
//! and hands the proof to the page that opened it. Nothing secret stands in an address.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bonin_domain::codes::Purpose;
use bonin_domain::identity::{IdentityReference, IdentityVerification, OrderId};
use bonin_domain::messages::Locale;

use super::certifications;
use super::identities::{BrowserSdk, Identities};
use super::identity_cookie;
use super::identity_views::{CompletedIdentityView, Fact, purpose};
use super::identity_words::Words;
use crate::http::cookies::{self, Life};
use crate::http::problems::{self, Rendered};
use crate::pages::asset_url;
use crate::problem::Problem;

/// Where phones come back to.
pub const RETURN: &str = "/identity/return";

/// What the page was opened with, kept for the way back from the provider. No secret; judged anew each time.
const OPENED: &str = "__Host-bonin-identity-page";

/// The longest origin that is looked at: a host has at most 253 characters.
const LONGEST_ORIGIN: usize = 300;

/// A year, as requirement 34 of the security design has it.
const TRANSPORT: &str = "max-age=31536000; includeSubDomains";

type Shared = web::Data<Arc<Identities>>;

#[derive(Template)]
#[template(path = "identity.html")]
struct Page<'a> {
    words: &'static Words,
    brand: &'a str,
    nonce: &'a str,
    /// The address of the style sheet that all pages share.
    design: &'static str,
    /// The same page in the other language, where that is known.
    other_language: Option<String>,
    other_lang: &'static str,
    /// `None` where it is refused.
    flow: Option<Flow<'a>>,
    refusal: &'static str,
}

/// What the page's script works with.
struct Flow<'a> {
    aim: &'static str,
    purpose: &'static str,
    /// The origin that the proof is handed to; empty for our own.
    target: &'a str,
    returned: bool,
    api: &'static str,
    script: &'a str,
}

/// With what the page was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Opened {
    locale: Locale,
    purpose: Purpose,
    /// The site that waits for the proof, where it names itself.
    origin: Option<String>,
}

/// Why the page is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    Address,
    Site,
    Offer,
}

/// `GET /identity?purpose=sign_up&origin=https://shop.example&locale=ko`
pub async fn page(shared: Shared, request: HttpRequest) -> HttpResponse {
    let query = pairs(request.query_string());
    let locale = locale(&request, one(&query, "locale").ok().flatten(), shared.locale);
    match opened(&query, locale) {
        Ok(opened) => shared.answer(locale, Ok(&opened), false),
        Err(refusal) => shared.answer(locale, Err(refusal), false),
    }
}

/// `GET /identity/return?imp_uid=&merchant_uid=&success=` (V1), `?identityVerificationId=&code=&message=` (V2): back
/// from the provider. The page's script has the result taken; nothing is done here.
pub async fn came(shared: Shared, request: HttpRequest) -> HttpResponse {
    let remembered = remembered(&request);
    let locale = remembered.as_ref().map(|opened| opened.locale);
    let locale = locale.unwrap_or_else(|| self::locale(&request, None, shared.locale));
    // Without the cookie the result is nobody's; the script finds out and offers to start again.
    let opened = remembered.unwrap_or(Opened { locale, purpose: Purpose::SignUp, origin: None });
    shared.answer(locale, Ok(&opened), true)
}

/// `POST /identity/complete`: what our page does after coming back, with the browser's cookie in place of a token.
pub async fn complete(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let completed = certifications::held(&shared, &request, payload).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header(identity_cookie::clear());
    Ok(response.json(CompletedIdentityView::new(&completed, &Fact::ALL)))
}

/// `GET /identity/page.css`
pub async fn style() -> HttpResponse {
    asset("text/css; charset=utf-8", include_str!("../../assets/identity.css"))
}

/// `GET /identity/page.js`
pub async fn script() -> HttpResponse {
    asset("text/javascript; charset=utf-8", include_str!("../../assets/identity.js"))
}

/// What of the provider's parameters is passed on to our page: what could have come from it, in its form.
pub fn came_back(query: &str) -> String {
    let query = pairs(query);
    let kept = |name: &str, formed: fn(&str) -> bool| {
        let value = one(&query, name).ok().flatten().filter(|value| formed(value))?;
        Some(format!("{name}={value}"))
    };
    let kept = [
        kept("imp_uid", |text| IdentityReference::parse(text).is_ok()),
        kept("merchant_uid", |text| OrderId::parse(text).is_ok()),
        kept("success", |text| matches!(text, "true" | "false")),
    ];
    let kept: Vec<String> = kept.into_iter().flatten().collect();
    if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) }
}

impl Identities {
    fn answer(&self, locale: Locale, opened: Result<&Opened, Refusal>, returned: bool) -> HttpResponse {
        let opened = opened.and_then(|opened| self.judge(opened).map(|sdk| (opened, sdk)));
        let mut random = [0; 16];
        self.entropy.fill(&mut random);
        let nonce = URL_SAFE_NO_PAD.encode(random);
        let words = Words::of(locale);
        let (flow, refusal) = match &opened {
            Ok((opened, sdk)) => (Some(flow(words, opened, sdk, returned)), ""),
            Err(refusal) => (None, refusal.words(words)),
        };
        let other = if locale == Locale::Ko { Locale::En } else { Locale::Ko };
        let page = Page {
            words,
            brand: self.brand.as_str(),
            nonce: &nonce,
            design: asset_url("design.css"),
            other_language: opened
                .as_ref()
                .ok()
                .filter(|_| !returned)
                .map(|(opened, _)| opened.address(other)),
            other_lang: other.as_str(),
            flow,
            refusal,
        };
        let Ok(html) = page.render() else { return HttpResponse::InternalServerError().finish() };
        let status = opened.as_ref().map_or_else(|refusal| refusal.status(), |_| StatusCode::OK);
        let sdk = opened.as_ref().ok().map(|(_, sdk)| *sdk);
        let foreign = opened.as_ref().is_ok_and(|(opened, _)| opened.origin.is_some());
        let mut response = HttpResponse::build(status);
        guard(&mut response)
            .content_type("text/html; charset=utf-8")
            .insert_header(("content-security-policy", policy(&nonce, sdk)))
            .insert_header(("cross-origin-opener-policy", opener_policy(sdk.is_some(), foreign)))
            .insert_header(("content-language", words.lang))
            .insert_header(("vary", "accept-language, cookie"));
        if let Ok((opened, _)) = &opened {
            response.append_header(opened.cookie());
        }
        let mut response = response.body(html);
        response.extensions_mut().insert(Rendered);
        response
    }

    /// Whether the page may be shown as it was opened: only our own site and the listed ones get a proof.
    fn judge(&self, opened: &Opened) -> Result<&BrowserSdk, Refusal> {
        let offered = self.offered.as_ref().filter(|_| self.access.keyless_allowed.0);
        let sdk = &offered.ok_or(Refusal::Offer)?.sdk;
        match &opened.origin {
            Some(origin) if !self.origins.allow(origin) => Err(Refusal::Site),
            _ => Ok(sdk),
        }
    }
}

fn flow<'a>(words: &'static Words, opened: &'a Opened, sdk: &'a BrowserSdk, returned: bool) -> Flow<'a> {
    Flow {
        aim: words.aim(opened.purpose),
        purpose: opened.purpose.as_str(),
        target: opened.origin.as_deref().unwrap_or_default(),
        returned,
        api: sdk.api(),
        script: &sdk.script_url,
    }
}

impl Opened {
    /// The page in another language.
    fn address(&self, locale: Locale) -> String {
        let origin = self.origin.as_ref().map(|origin| format!("&origin={origin}")).unwrap_or_default();
        format!("/identity?purpose={}&locale={}{origin}", self.purpose, locale.as_str())
    }

    fn cookie(&self) -> (&'static str, String) {
        let origin = self.origin.as_deref().unwrap_or_default();
        let value = format!("{}|{}|{origin}", self.locale.as_str(), self.purpose);
        cookies::set(OPENED, &value, Life::Seconds(IdentityVerification::LIFE.as_secs()))
    }

    fn read(value: &str) -> Option<Self> {
        let mut parts = value.splitn(3, '|');
        let locale = parts.next()?.parse().ok()?;
        let purpose = purpose(parts.next()?).ok()?;
        let origin = parts.next().filter(|origin| !origin.is_empty());
        if origin.is_some_and(|origin| !is_origin(origin)) {
            return None;
        }
        Some(Self { locale, purpose, origin: origin.map(str::to_owned) })
    }
}

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::Address => StatusCode::BAD_REQUEST,
            Self::Site => StatusCode::FORBIDDEN,
            Self::Offer => StatusCode::NOT_FOUND,
        }
    }

    fn words(self, words: &'static Words) -> &'static str {
        match self {
            Self::Address => words.refused_address,
            Self::Site => words.refused_site,
            Self::Offer => words.refused_offer,
        }
    }
}

/// Nothing but our own style and script, the provider's script, and what that one talks to. Its layers and windows are
/// placed by style attributes.
fn policy(nonce: &str, sdk: Option<&BrowserSdk>) -> String {
    let common = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'; img-src data:"
    );
    let Some(sdk) = sdk else { return format!("{common}; form-action 'none'") };
    let (script, theirs) = (sdk.script_origin(), &sdk.sources);
    format!(
        "{common} {theirs}; script-src 'nonce-{nonce}' {script}; style-src-attr 'unsafe-inline'; \
         connect-src 'self' {theirs}; frame-src {theirs}; form-action {theirs}"
    )
}

/// The provider's window, and a site of another origin that opened us, reach us through the opener: where there may be
/// one of the two, browsers must not part us from it.
fn opener_policy(opens_windows: bool, foreign: bool) -> &'static str {
    match (opens_windows, foreign) {
        (false, _) => "same-origin",
        (true, false) => "same-origin-allow-popups",
        (true, true) => "unsafe-none",
    }
}

fn guard(response: &mut actix_web::HttpResponseBuilder) -> &mut actix_web::HttpResponseBuilder {
    response
        .insert_header(("strict-transport-security", TRANSPORT))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(("referrer-policy", "no-referrer"))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .insert_header(("cache-control", "no-store"))
}

fn asset(content_type: &'static str, body: &'static str) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    guard(&mut response)
        .content_type(content_type)
        .insert_header(("content-security-policy", "default-src 'none'; frame-ancestors 'none'"))
        // Another build may serve others under the same name.
        .insert_header(("cache-control", "no-cache"))
        .body(body)
}

/// The parameters of an address; none where they are not written like parameters.
fn pairs(query: &str) -> Vec<(String, String)> {
    web::Query::<Vec<(String, String)>>::from_query(query).map(web::Query::into_inner).unwrap_or_default()
}

/// A parameter that is given once or not at all.
fn one<'a>(query: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Refusal> {
    let mut values = query.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => Err(Refusal::Address),
    }
}

fn opened(query: &[(String, String)], locale: Locale) -> Result<Opened, Refusal> {
    let purpose = one(query, "purpose")?.ok_or(Refusal::Address)?;
    let purpose = purpose_of(purpose)?;
    let origin = match one(query, "origin")?.filter(|origin| !origin.is_empty()) {
        Some(origin) if is_origin(origin) => Some(origin.to_owned()),
        Some(_) => return Err(Refusal::Site),
        None => None,
    };
    Ok(Opened { locale, purpose, origin })
}

fn purpose_of(text: &str) -> Result<Purpose, Refusal> {
    purpose(text).map_err(|_| Refusal::Address)
}

/// `https://shop.example:8443`, and nothing after it: what browsers take as the target of a message, and what can
/// stand in a cookie.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    text.len() <= LONGEST_ORIGIN && host.is_some_and(|host| !host.is_empty() && host.bytes().all(allowed))
}

fn remembered(request: &HttpRequest) -> Option<Opened> {
    Opened::read(cookies::value(request.headers(), OPENED)?)
}

/// The language that is asked for, else the one that the browser prefers, else that of the deployment.
fn locale(request: &HttpRequest, asked: Option<&str>, otherwise: Locale) -> Locale {
    if let Some(Ok(locale)) = asked.map(str::parse) {
        return locale;
    }
    let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut tags = accepted.unwrap_or_default().split(',').filter_map(|choice| choice.split(';').next());
    if tags.any(|tag| tag.trim().parse::<Locale>().is_ok()) { problems::locale(request) } else { otherwise }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::super::identities::Merchant;
    use super::*;

    fn read(query: &str) -> Result<Opened, Refusal> {
        opened(&pairs(query), Locale::Ko)
    }

    fn sdk() -> BrowserSdk {
        BrowserSdk {
            script_url: "https://cdn.iamport.kr/v1/iamport.js".to_owned(),
            channel_key: "channel".to_owned(),
            merchant: Merchant::V2 { store_id: "store".to_owned() },
            sources: "https://*.iamport.kr".to_owned(),
        }
    }

    #[test]
    fn the_page_is_opened_for_a_purpose_and_perhaps_a_site() {
        let own = Opened { locale: Locale::Ko, purpose: Purpose::FindId, origin: None };
        assert_eq!(read("purpose=find_id"), Ok(own.clone()));
        assert_eq!(read("purpose=find_id&origin=&utm_source=mail"), Ok(own.clone()));
        let origin = Some("https://shop.example".to_owned());
        assert_eq!(read("purpose=find_id&origin=https%3A%2F%2Fshop.example"), Ok(Opened { origin, ..own }));
    }

    #[test]
    fn what_is_no_purpose_or_no_origin_is_refused() {
        for query in ["", "purpose=", "purpose=step_up", "purpose=sign_up&purpose=find_id", "%ff"] {
            assert_eq!(read(query), Err(Refusal::Address), "{query}");
        }
        for origin in [
            "shop.example",
            "javascript:alert(1)",
            "https://shop.example/path",
            "https://shop.example?x",
            "https://a@shop.example",
            "https://",
            "*",
            "null",
            "https://shop.example;x",
            "https://shop.example|ko",
        ] {
            let query = format!("purpose=sign_up&origin={}", origin.replace(';', "%3B"));
            assert_eq!(read(&query), Err(Refusal::Site), "{origin}");
        }
    }

    #[test]
    fn what_the_cookie_remembers_is_judged_like_an_address() {
        let opened = read("purpose=find_id&origin=https://shop.example:8443").unwrap();
        let (_, cookie) = opened.cookie();
        let pair = cookie.split(';').next().unwrap();
        let request =
            TestRequest::default().insert_header(("cookie", format!("a=b; {pair}"))).to_http_request();
        assert_eq!(remembered(&request), Some(opened));
        for value in
            ["", "ko", "ko|step_up|", "xx|sign_up|", "ko|sign_up|javascript:1", "ko|sign_up|https://a|b"]
        {
            assert_eq!(Opened::read(value), None, "{value}");
        }
        let twice = format!("{pair}; {pair}");
        let request = TestRequest::default().insert_header(("cookie", twice)).to_http_request();
        assert_eq!(remembered(&request), None);
    }

    #[test]
    fn the_page_speaks_the_language_asked_for_then_the_browsers_then_ours() {
        let of = |asked: Option<&str>, accepted: &str| {
            let request = TestRequest::default().insert_header((ACCEPT_LANGUAGE, accepted)).to_http_request();
            locale(&request, asked, Locale::Ko)
        };
        assert_eq!(of(Some("ko"), "en"), Locale::Ko);
        assert_eq!(of(Some("xx"), "en-US,en;q=0.9"), Locale::En);
        assert_eq!(of(None, "fr, en;q=0.2"), Locale::En);
        assert_eq!(of(None, "fr"), Locale::Ko);
        assert_eq!(of(None, ""), Locale::Ko);
    }

    #[test]
    fn only_what_the_provider_may_have_said_is_passed_on() {
        let order = "0".repeat(32);
        assert_eq!(
            came_back(&format!("success=true&imp_uid=imp_1&merchant_uid={order}&token=secret&error_msg=x")),
            format!("?imp_uid=imp_1&merchant_uid={order}&success=true")
        );
        for query in
            ["", "imp_uid=../users", "imp_uid=a&imp_uid=b", "success=1", "merchant_uid=%0d%0aset-cookie"]
        {
            assert_eq!(came_back(query), "", "{query}");
        }
    }

    #[test]
    fn nothing_inline_runs_and_nobody_frames_the_page() {
        let policy = policy("abc", Some(&sdk()));
        assert!(policy.starts_with("default-src 'none'; "));
        assert!(policy.contains("script-src 'nonce-abc' https://cdn.iamport.kr;"), "{policy}");
        assert!(policy.contains("connect-src 'self' https://*.iamport.kr;"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"));
        let scripts = policy.split("; ").find(|part| part.starts_with("script-src")).unwrap();
        assert!(!scripts.contains("unsafe"), "{scripts}");
        let refused = self::policy("abc", None);
        assert!(!refused.contains("script-src") && refused.contains("form-action 'none'"), "{refused}");
    }

    #[test]
    fn the_opener_is_kept_only_where_somebody_may_wait() {
        assert_eq!(opener_policy(false, true), "same-origin");
        assert_eq!(opener_policy(true, false), "same-origin-allow-popups");
        assert_eq!(opener_policy(true, true), "unsafe-none");
    }

    #[test]
    fn the_page_holds_nothing_inline_and_its_script_writes_no_markup() {
        let template = include_str!("../../templates/identity.html");
        for banned in ["<style", "style=", "onclick", "onload", "javascript:", "src=\"http", "|safe"] {
            assert!(!template.contains(banned), "{banned}");
        }
        let script = include_str!("../../assets/identity.js");
        for banned in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Storage", "\"*\""]
        {
            assert!(!script.contains(banned), "{banned}");
        }
    }

    #[test]
    fn every_state_that_the_script_shows_is_on_the_page() {
        let template = include_str!("../../templates/identity.html");
        let script = include_str!("../../assets/identity.js");
        let states: Vec<&str> =
            script.split("show(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(states.len() > 8, "{states:?}");
        for state in states {
            assert!(template.contains(&format!("data-state=\"{state}\"")), "{state}");
        }
    }
}
