//! `CoolsmsApp`: what is done with the token of a person

use std::sync::Arc;

use bonin_coolsms_oauth::{ConfigError, CoolsmsApp};
use bonin_http::Http;
use bonin_ports::{AccountBalance, MessagingAccount, MessagingError};
use bonin_testkit::{FixedClock, SeededEntropy};
use secrecy::SecretString;
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{APP_ID, FILES, answer, bodies, group, mms, now, ok, problem, refusing};

pub const GROUPS: &str = "/messages/v4/groups";
pub const ID: &str = "G4V20260102120405ABCDEFGHIJKLMNO";
const MEMBER: &str = "/users/v1/member";
const BALANCE: &str = "/cash/v1/balance";

pub fn app(base_url: &str) -> CoolsmsApp {
    app_over(base_url, Http::default())
}

pub fn app_over(base_url: &str, http: Http) -> CoolsmsApp {
    let (clock, entropy) = (Arc::new(FixedClock::new(now())), Arc::new(SeededEntropy::new(1)));
    CoolsmsApp::new(base_url, APP_ID, http, clock, entropy).unwrap()
}

pub fn token() -> SecretString {
    "the-token".into()
}

/// Answers calls to `target` that come with the token.
pub async fn mount(server: &MockServer, verb: &str, target: &str, answer: ResponseTemplate) {
    let call = Mock::given(method(verb)).and(path(target)).and(header("authorization", "Bearer the-token"));
    call.respond_with(answer).mount(server).await;
}

pub async fn server(verb: &str, target: &str, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    mount(&server, verb, target, answer).await;
    server
}

/// Methods and paths of what came.
pub async fn calls(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| format!("{} {}", request.method, request.url.path())).collect()
}

/// The variant and its code; a class too where it has one.
pub fn told(error: &MessagingError) -> String {
    match error {
        MessagingError::Unauthorized { code } => format!("unauthorized {code}"),
        MessagingError::Refused { class, code } => format!("refused {} {code}", class.as_str()),
        MessagingError::Unavailable { code, .. } => format!("unavailable {code}"),
        MessagingError::Unclear { code, .. } => format!("unclear {code}"),
    }
}

fn owned_group() -> Value {
    let mut group = group(ID);
    group["accountId"] = json!("12925149");
    group
}

#[tokio::test]
async fn the_account_is_the_members_where_the_token_may_ask() {
    for account in [json!("12925149"), json!(12_925_149)] {
        let server = server("GET", MEMBER, ok(&json!({ "memberId": "M", "accountId": account }))).await;
        assert_eq!(app(&server.uri()).account(&token()).await.unwrap(), "12925149");
        assert_eq!(calls(&server).await, [format!("GET {MEMBER}")]);
    }
}

#[tokio::test]
async fn a_token_that_may_only_send_has_the_same_account_by_an_empty_group() {
    for refusal in [
        problem(401, "Unauthorized", ""),
        problem(403, "Forbidden", ""),
        problem(404, "ResourceNotFound", ""),
        ok(&json!({ "memberId": "M" })),
    ] {
        // That it cannot be removed again is no reason to refuse the person.
        for removal in [ok(&group(ID)), problem(400, "NotOperationalStatus", "")] {
            let server = server("GET", MEMBER, refusal.clone()).await;
            mount(&server, "POST", GROUPS, ok(&owned_group())).await;
            mount(&server, "DELETE", &format!("{GROUPS}/{ID}"), removal).await;
            assert_eq!(app(&server.uri()).account(&token()).await.unwrap(), "12925149");
            let expected =
                [format!("GET {MEMBER}"), format!("POST {GROUPS}"), format!("DELETE {GROUPS}/{ID}")];
            assert_eq!(calls(&server).await, expected);
        }
    }
}

#[tokio::test]
async fn an_account_that_nothing_names_is_not_made_up() {
    let nameless = server("POST", GROUPS, ok(&group(ID))).await;
    mount(&nameless, "GET", MEMBER, problem(401, "Unauthorized", "")).await;
    let error = app(&nameless.uri()).account(&token()).await.unwrap_err();
    assert_eq!(told(&error), "unavailable account");

    let ended = server("GET", MEMBER, problem(401, "Unauthorized", "")).await;
    mount(&ended, "POST", GROUPS, problem(401, "Unauthorized", "")).await;
    let error = app(&ended.uri()).account(&token()).await.unwrap_err();
    assert_eq!(told(&error), "unauthorized 401/Unauthorized");

    let down = server("GET", MEMBER, answer(500, "")).await;
    let error = app(&down.uri()).account(&token()).await.unwrap_err();
    assert_eq!(told(&error), "unavailable 500");
    assert_eq!(calls(&down).await.len(), 1, "no group is made for a fault");
}

#[tokio::test]
async fn the_balance_is_as_the_provider_writes_it() {
    let server = server("GET", BALANCE, answer(200, r#"{"balance":1234.5,"point":7}"#)).await;
    let balance = app(&server.uri()).balance(&token()).await.unwrap();
    assert_eq!(balance, AccountBalance { balance: "1234.5".into(), point: "7".into() });
}

#[tokio::test]
async fn an_image_is_stored_under_a_name() {
    let server = server("POST", FILES, ok(&json!({ "fileId": "ST01FZ26" }))).await;
    let image = &mms("010-1234-5678", "").images[0];
    assert_eq!(app(&server.uri()).store_image(&token(), image).await.unwrap(), "ST01FZ26");
    assert_eq!(bodies(&server, FILES).await[0]["type"], "MMS");
}

/// Nothing is sent by asking and storing, so no answer leaves a doubt.
#[tokio::test]
async fn errors_of_calls_that_send_nothing_say_what_to_do() {
    for (answer, expected) in [
        (problem(401, "Unauthorized", ""), "unauthorized 401/Unauthorized"),
        (problem(403, "Forbidden", ""), "unauthorized 403/Forbidden"),
        (problem(400, "ValidationError", "the-token"), "refused other 400/ValidationError"),
        (problem(404, "ResourceNotFound", ""), "refused other 404/ResourceNotFound"),
        (answer(408, ""), "unavailable 408"),
        (answer(429, ""), "unavailable 429"),
        (answer(503, ""), "unavailable 503"),
        (answer(500, ""), "unavailable 500"),
        (answer(200, "{}"), "unavailable 200"),
    ] {
        let server = server("GET", BALANCE, answer.clone()).await;
        mount(&server, "POST", FILES, answer).await;
        let app = app(&server.uri());
        let error = app.balance(&token()).await.unwrap_err();
        assert_eq!(told(&error), expected);
        assert!(!format!("{error:?} {error}").contains("the-token"), "{error:?}");
        let error = app.store_image(&token(), &mms("010-1234-5678", "").images[0]).await.unwrap_err();
        assert_eq!(told(&error), expected);
    }
    let error = app(&refusing()).balance(&token()).await.unwrap_err();
    assert_eq!(told(&error), "unavailable connect");
}

#[tokio::test]
async fn what_cannot_be_a_token_is_never_sent() {
    let error = app(&refusing()).balance(&"a\nb".into()).await.unwrap_err();
    assert_eq!(told(&error), "unauthorized access_token");
}

#[test]
fn a_bad_setting_is_named() {
    let made = |base: &str, app_id: &str| {
        let (clock, entropy) = (Arc::new(FixedClock::new(now())), Arc::new(SeededEntropy::new(1)));
        CoolsmsApp::new(base, app_id, Http::default(), clock, entropy)
    };
    assert!(matches!(made("nowhere", APP_ID), Err(ConfigError::BaseUrl(_))));
    for bad in ["", "four", "an app"] {
        assert!(matches!(made("https://api.coolsms.co.kr", bad), Err(ConfigError::AppId(_))), "{bad}");
    }
    let shown = format!("{:?}", made("https://api.coolsms.co.kr", APP_ID).unwrap());
    assert!(shown.contains(APP_ID), "{shown}");
}
